package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

const (
	mostCPU     = 5 * time.Second
	mostLatency = 30 * time.Second
)

// Knobs make every piece of work of the pod slower, busier or failing.
type Knobs struct {
	CPU         time.Duration // Processor time; at most 5 s; none at first
	Latency     time.Duration // Time that it waits; at most 30 s; none at first
	Fail        float64       // Probability of an error, 0 to 1; 0 at first
	QueueLength int           // What the metric apg_queue_length says; 0 at first
	Ready       bool          // Whether /health/ready may answer 200; true at first
}

// knobs hold for the process, until they are changed or it ends.
type knobs struct {
	sync.Mutex
	current Knobs
}

func (k *knobs) get() Knobs {
	k.Lock()
	defer k.Unlock()
	return k.current
}

// change sets what is given, all of it or nothing.
func (k *knobs) change(given knobsJSON) (Knobs, error) {
	k.Lock()
	defer k.Unlock()
	next, err := k.current.with(given)
	if err == nil {
		k.current = next
	}
	return next, err
}

// ask changes the knobs to what is asked for by name: cpu=50ms, latency=1s, fail=0.1.
func (k *Knobs) ask(query url.Values) error {
	for _, knob := range []struct {
		name string
		set  func(given string) error
	}{
		{"cpu", func(given string) error { return duration(given, mostCPU, &k.CPU) }},
		{"latency", func(given string) error { return duration(given, mostLatency, &k.Latency) }},
		{"fail", func(given string) error { return probability(given, &k.Fail) }},
	} {
		if !query.Has(knob.name) {
			continue
		}
		given := query.Get(knob.name)
		if err := knob.set(given); err != nil {
			return fmt.Errorf("%s: %q given; %w is accepted", knob.name, given, err)
		}
	}
	return nil
}

// plus is the load of both together.
func (k Knobs) plus(other Knobs) Knobs {
	k.CPU += other.CPU
	k.Latency += other.Latency
	k.Fail = 1 - (1-k.Fail)*(1-other.Fail)
	return k
}

// duration returns what would be accepted, when it is not.
func duration(given string, most time.Duration, target *time.Duration) error {
	value, err := time.ParseDuration(given)
	if err != nil || value < 0 || value > most {
		return fmt.Errorf("a duration from 0s to %s, such as 50ms,", most)
	}
	*target = value
	return nil
}

func probability(given string, target *float64) error {
	value, err := strconv.ParseFloat(given, 64)
	if err != nil || !(value >= 0 && value <= 1) { // NaN is neither.
		return errors.New("a number from 0 to 1")
	}
	*target = value
	return nil
}

// knobsJSON is how clients write them; what is left out stays as it is.
type knobsJSON struct {
	CPU         *string  `json:"cpu"`
	Latency     *string  `json:"latency"`
	Fail        *float64 `json:"fail"`
	QueueLength *int     `json:"queueLength"`
	Ready       *bool    `json:"ready"`
}

func (k Knobs) json() knobsJSON {
	cpu, latency := k.CPU.String(), k.Latency.String()
	return knobsJSON{&cpu, &latency, &k.Fail, &k.QueueLength, &k.Ready}
}

// with is the knobs with what a client gave.
func (k Knobs) with(given knobsJSON) (Knobs, error) {
	query := url.Values{}
	if given.CPU != nil {
		query.Set("cpu", *given.CPU)
	}
	if given.Latency != nil {
		query.Set("latency", *given.Latency)
	}
	if given.Fail != nil {
		query.Set("fail", strconv.FormatFloat(*given.Fail, 'g', -1, 64))
	}
	if given.QueueLength != nil {
		if k.QueueLength = *given.QueueLength; k.QueueLength < 0 {
			return k, fmt.Errorf("queueLength: %d given; a whole number from 0 is accepted", k.QueueLength)
		}
	}
	if given.Ready != nil {
		k.Ready = *given.Ready
	}
	err := k.ask(query)
	return k, err
}

func (s *service) getKnobs(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, s.knobs.get().json())
}

func (s *service) putKnobs(w http.ResponseWriter, r *http.Request) {
	var given knobsJSON
	if !readJSON(w, r, &given, `a JSON object such as {"cpu": "50ms", "latency": "1s", "fail": 0.1, "queueLength": 3, "ready": true}`) {
		return
	}
	next, err := s.knobs.change(given)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	s.metrics.queueLength.Set(float64(next.QueueLength))
	s.log.InfoContext(r.Context(), "knobs are changed", "cpu", next.CPU.String(), "latency", next.Latency.String(),
		"fail", next.Fail, "queueLength", next.QueueLength, "ready", next.Ready)
	answer(w, http.StatusOK, next.json())
}
