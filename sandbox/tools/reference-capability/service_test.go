package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
)

func TestProbes(t *testing.T) {
	database := newMemoryStore("postgres")
	s := newService(settingsOf(t), newLogger(settingsOf(t), new(bytes.Buffer)), stores{durable: []Store{database}}, nil)
	expect(t, ask(s, http.MethodGet, "/health/live", ""), 200)
	expect(t, ask(s, http.MethodGet, "/health/startup", ""), 503, "starting")
	expect(t, ask(s, http.MethodGet, "/health/ready", ""), 503, "starting")
	s.prepare(t.Context())
	expect(t, ask(s, http.MethodGet, "/health/startup", ""), 200)
	expect(t, ask(s, http.MethodGet, "/health/ready", ""), 200, `"postgres":{"state":"ok"}`, `"redis":{"state":"not configured"}`)
	if database.pings != 1 {
		t.Fatalf("asked %d times within a second", database.pings)
	}
	database.fail(errors.New("down"))
	s.health.at = s.health.at.Add(-pingsAge)
	expect(t, ask(s, http.MethodGet, "/health/ready", ""), 503, `"postgres":{"state":"failed","error":"failed"}`)
	expect(t, ask(s, http.MethodGet, "/health/live", ""), 200)
	database.fail(nil)
	s.health.at = s.health.at.Add(-pingsAge)
	expect(t, ask(s, http.MethodPut, "/v1/knobs", `{"ready": false}`), 200)
	expect(t, ask(s, http.MethodGet, "/health/ready", ""), 503, "knob")
	s.stopping.Store(true)
	expect(t, ask(s, http.MethodGet, "/health/ready", ""), 503, "stopping")
}

func TestStartIsOverOnlyWithEveryStore(t *testing.T) {
	database := newMemoryStore("postgres")
	database.fail(errors.New("down"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := newService(settingsOf(t), newLogger(settingsOf(t), new(bytes.Buffer)), stores{durable: []Store{database}}, nil)
	s.prepare(ctx)
	expect(t, ask(s, http.MethodGet, "/health/startup", ""), 503)
}

func TestMetricsNameRoutesAndNotPaths(t *testing.T) {
	s := started(t, stores{})
	expect(t, ask(s, http.MethodGet, "/", ""), 200, `"capability":"reference"`)
	expect(t, ask(s, http.MethodGet, "/v1/items/one", ""), 404)
	expect(t, ask(s, http.MethodGet, "/secret/path", ""), 404)
	expect(t, ask(s, http.MethodDelete, "/v1/work", ""), 405)
	expect(t, ask(s, "BREW", "/v1/work", ""), 405)
	expect(t, ask(s, http.MethodGet, "/health/live", ""), 200)
	text := exposed(t, s)
	for _, line := range []string{
		`http_requests_total{code="200",method="GET",route="/"} 1`,
		`http_requests_total{code="404",method="GET",route="/v1/items/{id}"} 1`,
		`http_requests_total{code="404",method="GET",route="unmatched"} 1`,
		`http_requests_total{code="405",method="other",route="unmatched"} 1`,
		`http_request_duration_seconds_count{route="/"} 1`,
		"http_requests_in_flight 0", "apg_queue_length 0", "apg_websocket_clients 0", "apg_processing_seconds_count 0",
		`apg_build_info{version="unreleased"} 1`, "go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("%s expected", line)
		}
	}
	for _, never := range []string{"secret", "BREW", `route="/health`} {
		if strings.Contains(text, never) {
			t.Errorf("%s not expected", never)
		}
	}
}

func TestLogs(t *testing.T) {
	settings := settingsOf(t, "DEBUG_REQUEST_HEADER", "X-Debug-Request", "APG_CAPABILITY", "audio-processing")
	flush, err := startTracing(t.Context(), settings, newLogger(settings, new(bytes.Buffer)))
	if err != nil {
		t.Fatal(err)
	}
	defer flush(context.WithoutCancel(t.Context()))
	out := new(bytes.Buffer)
	s := newService(settings, newLogger(settings, out), stores{}, nil)
	lines := func(target string, headers ...string) (all []map[string]any) {
		out.Reset()
		request := httptest.NewRequest(http.MethodGet, target, nil)
		for i := 0; i < len(headers); i += 2 {
			request.Header.Set(headers[i], headers[i+1])
		}
		s.handler().ServeHTTP(httptest.NewRecorder(), request)
		for line := range strings.Lines(out.String()) {
			var parsed map[string]any
			if err := json.Unmarshal([]byte(line), &parsed); err != nil {
				t.Fatal(line, err)
			}
			all = append(all, parsed)
		}
		return all
	}
	if quiet := lines("/health/live"); len(quiet) != 0 {
		t.Fatal(quiet)
	}
	const trace = "0af7651916cd43dd8448eb211c80319c"
	access := lines("/v1/work?fail=0", "traceparent", "00-"+trace+"-b7ad6b7169203331-01", "X-Request-Id", "r1")
	if len(access) != 1 {
		t.Fatal(access)
	}
	for name, value := range map[string]any{"level": "INFO", "msg": "request", "capability": "audio-processing", "environment": "sandbox",
		"trace_id": trace, "route": "/v1/work", "request_id": "r1", "code": 200.0, "method": "GET"} {
		if access[0][name] != value {
			t.Errorf("%s: %v expected, %v logged", name, value, access[0][name])
		}
	}
	for _, name := range []string{"time", "duration_ms", "bytes"} {
		if access[0][name] == nil {
			t.Errorf("%s expected", name)
		}
	}
	if detailed := lines("/v1/work", "X-Debug-Request", "1"); len(detailed) != 2 || detailed[0]["level"] != "DEBUG" {
		t.Fatal(detailed)
	}
	if after := lines("/v1/work"); len(after) != 1 {
		t.Fatal(after)
	}
}

func TestPropagators(t *testing.T) {
	for given, fields := range map[string]string{"tracecontext": "traceparent", "baggage": "baggage", "none": ""} {
		found := propagators(settingsOf(t, "OTEL_PROPAGATORS", given).Propagators).Fields()
		if !strings.Contains(strings.Join(found, " "), fields) || (fields == "" && len(found) > 0) {
			t.Error(given, found)
		}
	}
	otel.SetTextMapPropagator(propagators(nil))
}
