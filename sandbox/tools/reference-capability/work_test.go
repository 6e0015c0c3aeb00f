package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestWorkRefusesWhatIsOutOfBounds(t *testing.T) {
	s := started(t, stores{})
	for query, says := range map[string]string{
		"cpu=6s":       `cpu: \"6s\" given; a duration from 0s to 5s, such as 50ms, is accepted`,
		"cpu=fast":     `cpu: \"fast\" given`,
		"cpu=":         `cpu: \"\" given`,
		"latency=-1ms": `latency: \"-1ms\" given; a duration from 0s to 30s, such as 50ms, is accepted`,
		"fail=1.1":     `fail: \"1.1\" given; a number from 0 to 1 is accepted`,
		"fail=NaN":     `fail: \"NaN\" given`,
	} {
		expect(t, ask(s, http.MethodGet, "/v1/work?"+query, ""), 400, says)
	}
}

func TestWork(t *testing.T) {
	s := started(t, stores{})
	begun := time.Now()
	expect(t, ask(s, http.MethodGet, "/v1/work?cpu=20ms&latency=30ms", ""), 200, `"cpu":`)
	if took := time.Since(begun); took < 50*time.Millisecond {
		t.Fatal(took)
	}
	expect(t, ask(s, http.MethodGet, "/v1/work?fail=1", ""), 500, "as it was told to")
	quick := started(t, stores{}, "REQUEST_TIMEOUT_SECONDS", "1")
	expect(t, ask(quick, http.MethodGet, "/v1/work?latency=5s", ""), 503, "REQUEST_TIMEOUT_SECONDS")
}

func TestBurnCountsProcessorTime(t *testing.T) {
	if used := burn(t.Context(), 20*time.Millisecond); used < 20*time.Millisecond || used > time.Second {
		t.Fatal(used)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if used := burn(ended, time.Minute); used > time.Second {
		t.Fatal(used)
	}
}

func TestKnobs(t *testing.T) {
	s := started(t, stores{})
	expect(t, ask(s, http.MethodGet, "/v1/knobs", ""), 200, `{"cpu":"0s","latency":"0s","fail":0,"queueLength":0,"ready":true}`)
	expect(t, ask(s, http.MethodPut, "/v1/knobs", `{"cpu": "1ms", "queueLength": 7}`), 200, `"cpu":"1ms"`, `"queueLength":7`, `"ready":true`)
	expect(t, ask(s, http.MethodPut, "/v1/knobs", `{"fail": 1}`), 200, `"cpu":"1ms"`, `"fail":1`)
	expect(t, ask(s, http.MethodGet, "/v1/work", ""), 500)
	if text := exposed(t, s); !strings.Contains(text, "apg_queue_length 7") {
		t.Fatal(text)
	}
	for body, says := range map[string]string{
		`{"cpu": "6s"}`:                       `cpu: \"6s\" given`,
		`{"fail": 2}`:                         `fail: \"2\" given`,
		`{"queueLength": -1}`:                 "queueLength: -1 given; a whole number from 0 is accepted",
		`{"speed": 1}`:                        "body: ",
		`{"queueLength": 1.5}`:                "body: ",
		`{"queueLength": 9, "latency": "1h"}`: "latency: ",
	} {
		expect(t, ask(s, http.MethodPut, "/v1/knobs", body), 400, says)
	}
	expect(t, ask(s, http.MethodGet, "/v1/knobs", ""), 200, `"queueLength":7`)
}

func TestKnobsAreAddedToWhatARequestAsksFor(t *testing.T) {
	asked := Knobs{}
	if err := asked.ask(url.Values{"cpu": {"1ms"}, "latency": {"2ms"}, "fail": {"0.5"}}); err != nil {
		t.Fatal(err)
	}
	both := Knobs{CPU: time.Millisecond, Fail: 0.5, Ready: true}.plus(asked)
	if fmt.Sprint(both) != fmt.Sprint(Knobs{CPU: 2 * time.Millisecond, Latency: 2 * time.Millisecond, Fail: 0.75, Ready: true}) {
		t.Fatal(both)
	}
}
