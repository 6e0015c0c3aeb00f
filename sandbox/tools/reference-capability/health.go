package main

import (
	"context"
	"net/http"
	"sync"
	"time"
)

const (
	pingTimeout    = 1500 * time.Millisecond // A store that does not answer within this counts as failed; probes wait 3 s.
	pingsAge       = time.Second             // For as long, an answer about the stores stands.
	prepareTimeout = 10 * time.Second        // For one attempt to make what a store needs.
	prepareAgain   = time.Second             // Between two attempts.
)

// dependency is a store, as /health/ready shows it.
type dependency struct {
	State string `json:"state"`           // ok, failed or not configured
	Error string `json:"error,omitempty"` // The class of the failure
}

// health remembers how the stores were a moment ago.
type health struct {
	sync.Mutex
	at     time.Time
	stores map[string]dependency
}

func (s *service) live(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// startup is over when every store was reached once, and its schema made.
func (s *service) startup(w http.ResponseWriter, _ *http.Request) {
	if !s.started.Load() {
		answer(w, http.StatusServiceUnavailable, map[string]string{"status": "starting"})
		return
	}
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// ready says whether the pod can serve, and what of it cannot.
func (s *service) ready(w http.ResponseWriter, r *http.Request) {
	stores := s.storeStates(r.Context())
	status, code := "ready", http.StatusServiceUnavailable
	switch {
	case s.stopping.Load():
		status = "stopping"
	case !s.started.Load():
		status = "starting"
	case !s.knobs.get().Ready:
		status = "unready, as the knob says"
	case anyFailed(stores):
		status = "unready, a store failed"
	default:
		code = http.StatusOK
	}
	answer(w, code, map[string]any{"status": status, "dependencies": stores})
}

func anyFailed(stores map[string]dependency) bool {
	for _, store := range stores {
		if store.State == "failed" {
			return true
		}
	}
	return false
}

// storeStates asks every store how it is, all at once. Who asks meanwhile waits for the same answers.
func (s *service) storeStates(ctx context.Context) map[string]dependency {
	s.health.Lock()
	defer s.health.Unlock()
	if time.Since(s.health.at) < pingsAge {
		return s.health.stores
	}
	// The answers are for others too: a probe that hangs up does not spoil them.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingTimeout)
	defer cancel()
	found := map[string]dependency{}
	for _, name := range storeNames {
		found[name] = dependency{State: "not configured"}
	}
	var lock sync.Mutex
	var asked sync.WaitGroup
	for _, store := range s.stores.all() {
		asked.Go(func() {
			is := dependency{State: "ok"}
			if err := s.counted(ctx, store, "ping", store.Ping); err != nil {
				is = dependency{State: "failed", Error: classOf(err)}
			}
			lock.Lock()
			defer lock.Unlock()
			found[store.Name()] = is
		})
	}
	asked.Wait()
	s.health.at, s.health.stores = time.Now(), found
	return found
}

// prepare makes what the stores need, again and again until it is done: they may come later than this pod.
func (s *service) prepare(ctx context.Context) {
	var preparing sync.WaitGroup
	for _, store := range s.stores.all() {
		preparing.Go(func() { s.prepareStore(ctx, store) })
	}
	preparing.Wait()
	if ctx.Err() == nil {
		s.started.Store(true)
		s.log.Info("started")
	}
}

func (s *service) prepareStore(ctx context.Context, store Store) {
	for ctx.Err() == nil {
		limited, cancel := context.WithTimeout(ctx, prepareTimeout)
		err := s.counted(limited, store, "prepare", store.Prepare)
		cancel()
		if err == nil {
			return
		}
		s.log.Warn("a store is not there yet", "store", store.Name(), "error", classOf(err))
		select {
		case <-ctx.Done():
		case <-time.After(prepareAgain):
		}
	}
}
