package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// Knobs make every piece of work slower, busier or failing, for the whole pod.
type Knobs struct {
	CPU         time.Duration // Processor time of a piece of work; at most 5 s
	Latency     time.Duration // Time that it waits; at most 30 s
	Fail        float64       // Probability of an error, 0 to 1
	QueueLength int           // What the metric apg_queue_length says
	Ready       bool          // Whether /health/ready may answer 200
}

const (
	mostCPU     = 5 * time.Second
	mostLatency = 30 * time.Second
)

type knobs struct {
	sync.Mutex
	current Knobs
}

func (k *knobs) get() Knobs {
	k.Lock()
	defer k.Unlock()
	return k.current
}

func (k *knobs) set(next Knobs) {
	k.Lock()
	defer k.Unlock()
	k.current = next
	queueLength.Set(float64(next.QueueLength))
}

// withQuery is the knobs with what a request asks for itself: cpu=50ms, latency=1s, fail=0.1.
func (k Knobs) withQuery(query url.Values) (Knobs, error) {
	var err error
	read := func(name string, most time.Duration, target *time.Duration) {
		given := query.Get(name)
		if given == "" || err != nil {
			return
		}
		value, wrong := time.ParseDuration(given)
		if wrong != nil || value < 0 || value > most {
			err = fmt.Errorf("%s: %q given; a duration from 0s to %s is accepted", name, given, most)
			return
		}
		*target = value
	}
	read("cpu", mostCPU, &k.CPU)
	read("latency", mostLatency, &k.Latency)
	if given := query.Get("fail"); given != "" && err == nil {
		value, wrong := strconv.ParseFloat(given, 64)
		if wrong != nil || !(value >= 0 && value <= 1) {
			err = fmt.Errorf("fail: %q given; a number from 0 to 1 is accepted", given)
		}
		k.Fail = value
	}
	return k, err
}

func (s *service) work(w http.ResponseWriter, r *http.Request) {
	knobs, err := s.knobs.get().withQuery(r.URL.Query())
	if err != nil {
		answer(w, http.StatusBadRequest, problem(err.Error()))
		return
	}
	begun := time.Now()
	defer func() { processing.Observe(time.Since(begun).Seconds()) }()
	rounds := burn(r.Context(), knobs.CPU)
	select {
	case <-r.Context().Done():
		answer(w, http.StatusServiceUnavailable, problem("it took longer than REQUEST_TIMEOUT_SECONDS"))
		return
	case <-time.After(knobs.Latency):
	}
	if rand.Float64() < knobs.Fail {
		answer(w, http.StatusInternalServerError, problem("it failed, as it was told to"))
		return
	}
	answer(w, http.StatusOK, map[string]any{"rounds": rounds, "milliseconds": time.Since(begun).Milliseconds(), "pod": hostname()})
}

// burn computes for as long as it is told, and says how much it got done.
func burn(ctx context.Context, howLong time.Duration) (rounds uint64) {
	state := uint64(1)
	for begun := time.Now(); time.Since(begun) < howLong && ctx.Err() == nil; rounds++ {
		for range 10_000 {
			state = state*6364136223846793005 + 1442695040888963407
		}
	}
	return rounds + state&1
}

// knobsJSON is how people write them: durations as "50ms".
type knobsJSON struct {
	CPU         *string  `json:"cpu,omitempty"`
	Latency     *string  `json:"latency,omitempty"`
	Fail        *float64 `json:"fail,omitempty"`
	QueueLength *int     `json:"queueLength,omitempty"`
	Ready       *bool    `json:"ready,omitempty"`
}

func (k Knobs) json() knobsJSON {
	cpu, latency := k.CPU.String(), k.Latency.String()
	return knobsJSON{&cpu, &latency, &k.Fail, &k.QueueLength, &k.Ready}
}

func (s *service) getKnobs(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, s.knobs.get().json())
}

// putKnobs changes those that are given.
func (s *service) putKnobs(w http.ResponseWriter, r *http.Request) {
	var given knobsJSON
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&given); err != nil {
		answer(w, http.StatusBadRequest, problem("a JSON object with cpu, latency, fail, queueLength and ready is accepted"))
		return
	}
	query := url.Values{}
	add := func(name string, value *string) {
		if value != nil {
			query.Set(name, *value)
		}
	}
	add("cpu", given.CPU)
	add("latency", given.Latency)
	if given.Fail != nil {
		query.Set("fail", strconv.FormatFloat(*given.Fail, 'g', -1, 64))
	}
	next, err := s.knobs.get().withQuery(query)
	if err == nil && given.QueueLength != nil && *given.QueueLength < 0 {
		err = fmt.Errorf("queueLength: %d given; a number from 0 is accepted", *given.QueueLength)
	}
	if err != nil {
		answer(w, http.StatusBadRequest, problem(err.Error()))
		return
	}
	if given.QueueLength != nil {
		next.QueueLength = *given.QueueLength
	}
	if given.Ready != nil {
		next.Ready = *given.Ready
	}
	s.knobs.set(next)
	answer(w, http.StatusOK, next.json())
}

// plain says what kind of error it is, without the addresses and credentials that a library's message may repeat.
func plain(err error) string {
	var network net.Error
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "its name is not known"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "it does not answer in time"
	case errors.As(err, &network):
		return "it cannot be reached"
	default:
		return "it answers with an error"
	}
}
