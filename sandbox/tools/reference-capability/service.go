package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// A store that does not answer within this counts as down; probes wait longer.
const pingTimeout = 1500 * time.Millisecond

type service struct {
	settings Settings
	log      *slog.Logger
	stores   []Store
	started  atomic.Bool
	stopping atomic.Bool
	knobs    knobs
	sockets  sockets
	health   struct {
		sync.Mutex
		at    time.Time
		state map[string]string
	}
}

func newService(settings Settings, log *slog.Logger, stores []Store) *service {
	s := &service{settings: settings, log: log, stores: stores}
	s.knobs.set(Knobs{Ready: true})
	return s
}

func (s *service) handler() http.Handler {
	routes := http.NewServeMux()
	handle := func(pattern string, handler http.HandlerFunc) { routes.HandleFunc(pattern, s.observed(pattern, handler)) }
	handle("GET /{$}", s.identity)
	handle("POST /v1/items", s.putItem)
	handle("GET /v1/items/{id}", s.getItem)
	handle("GET /v1/work", s.work)
	handle("GET /v1/knobs", s.getKnobs)
	handle("PUT /v1/knobs", s.putKnobs)
	routes.HandleFunc("GET /v1/ws", s.webSocket)
	routes.HandleFunc("GET /health/live", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, status("ok")) })
	routes.HandleFunc("GET /health/startup", s.startup)
	routes.HandleFunc("GET /health/ready", s.ready)
	routes.Handle("GET /metrics", promhttp.Handler())
	return routes
}

// observed gives a route its time limit, span, metrics and access log.
func (s *service) observed(pattern string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		inFlight.Inc()
		defer inFlight.Dec()
		ctx, cancel := context.WithTimeout(r.Context(), s.settings.Timeout)
		defer cancel()
		if s.settings.DebugHeader != "" && r.Header.Get(s.settings.DebugHeader) != "" {
			ctx = context.WithValue(ctx, detailed{}, true)
		}
		ctx = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(r.Header))
		ctx, span := tracer.Start(ctx, pattern, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		recorder := &statusRecorder{ResponseWriter: w, code: http.StatusOK}
		r.Body = http.MaxBytesReader(w, r.Body, s.settings.MaxBody)
		next(recorder, r.WithContext(ctx))
		took := time.Since(begun)
		requests.WithLabelValues(r.Method, pattern, strconv.Itoa(recorder.code)).Inc()
		durations.WithLabelValues(pattern).Observe(took.Seconds())
		if s.settings.AccessLog {
			s.log.InfoContext(ctx, "request", "route", pattern, "code", recorder.code, "duration_ms", took.Milliseconds())
		}
	}
}

type statusRecorder struct {
	http.ResponseWriter
	code int
}

func (r *statusRecorder) WriteHeader(code int) {
	r.code = code
	r.ResponseWriter.WriteHeader(code)
}

// prepare makes what the stores need, again and again until it is done: they may come later than this pod.
func (s *service) prepare(ctx context.Context) {
	for _, store := range s.stores {
		for {
			limited, cancel := context.WithTimeout(ctx, 10*time.Second)
			err := store.Prepare(limited)
			cancel()
			if err == nil {
				break
			}
			s.log.Warn("a store is not there yet", "store", store.Name(), "error", plain(err))
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Second):
			}
		}
	}
	s.started.Store(true)
	s.log.Info("started")
}

func (s *service) startup(w http.ResponseWriter, _ *http.Request) {
	if !s.started.Load() {
		answer(w, http.StatusServiceUnavailable, status("starting"))
		return
	}
	answer(w, http.StatusOK, status("ok"))
}

func (s *service) ready(w http.ResponseWriter, r *http.Request) {
	state := map[string]string{}
	code := http.StatusOK
	for name, problem := range s.storeStates(r.Context()) {
		state[name] = problem
		if problem != "ok" {
			code = http.StatusServiceUnavailable
		}
	}
	switch {
	case s.stopping.Load():
		state["pod"], code = "stopping", http.StatusServiceUnavailable
	case !s.knobs.get().Ready:
		state["pod"], code = "unready, as the knob says", http.StatusServiceUnavailable
	case !s.started.Load():
		state["pod"], code = "starting", http.StatusServiceUnavailable
	}
	answer(w, code, state)
}

// storeStates asks every store how it is, all at once, and remembers the answers for a second.
func (s *service) storeStates(ctx context.Context) map[string]string {
	s.health.Lock()
	defer s.health.Unlock()
	if time.Since(s.health.at) < time.Second {
		return s.health.state
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingTimeout)
	defer cancel()
	var lock sync.Mutex
	var asked sync.WaitGroup
	state := map[string]string{}
	for _, store := range s.stores {
		asked.Go(func() {
			found := "ok"
			if err := store.Ping(ctx); err != nil {
				found = plain(err)
			}
			lock.Lock()
			defer lock.Unlock()
			state[store.Name()] = found
		})
	}
	asked.Wait()
	s.health.at, s.health.state = time.Now(), state
	return state
}

func (s *service) identity(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{
		"capability": s.settings.Capability, "environment": s.settings.Environment, "version": version, "pod": hostname(),
	})
}

func (s *service) putItem(w http.ResponseWriter, r *http.Request) {
	var item struct{ Content string }
	if err := json.NewDecoder(r.Body).Decode(&item); err != nil || item.Content == "" {
		answer(w, http.StatusBadRequest, problem(`a JSON object with a "content" that is not empty is accepted`))
		return
	}
	if len(s.stores) == 0 {
		answer(w, http.StatusServiceUnavailable, problem("no store is configured"))
		return
	}
	id := rand.Text()
	stored := []string{}
	for _, store := range s.stores {
		put := func(ctx context.Context) error { return store.Put(ctx, id, item.Content) }
		if err := operation(r.Context(), store, "put", put); err != nil {
			s.storeFailed(w, r, store, err)
			return
		}
		stored = append(stored, store.Name())
	}
	answer(w, http.StatusCreated, map[string]any{"id": id, "stored": stored})
}

// getItem asks the stores in their order; one that fails is passed over as long as another has the item.
func (s *service) getItem(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	var failed Store
	var failure error
	for _, store := range s.stores {
		if only := r.URL.Query().Get("from"); only != "" && only != store.Name() {
			continue
		}
		var content string
		err := operation(r.Context(), store, "get", func(ctx context.Context) (err error) {
			content, err = store.Get(ctx, id)
			return err
		})
		if err == nil {
			answer(w, http.StatusOK, map[string]string{"id": id, "content": content, "from": store.Name()})
			return
		}
		if !errors.Is(err, errNotFound) {
			failed, failure = store, err
		}
	}
	if failed != nil {
		s.storeFailed(w, r, failed, failure)
		return
	}
	answer(w, http.StatusNotFound, problem("no store has this item"))
}

func (s *service) storeFailed(w http.ResponseWriter, r *http.Request, store Store, err error) {
	s.log.ErrorContext(r.Context(), "a store failed", "store", store.Name(), "error", plain(err))
	answer(w, http.StatusServiceUnavailable, problem(store.Name()+" does not work at the moment"))
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}

func status(text string) map[string]string  { return map[string]string{"status": text} }
func problem(text string) map[string]string { return map[string]string{"error": text} }
