package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
)

// socketRoute is the one route whose requests last as long as the client likes.
const socketRoute = "/v1/ws"

// service is one pod of the capability.
type service struct {
	settings Settings
	log      *slog.Logger
	stores   stores
	features map[string]bool
	metrics  *metrics
	started  atomic.Bool // All stores were reached once.
	stopping atomic.Bool
	health   health
	knobs    knobs
	sockets  *sockets
}

func newService(settings Settings, log *slog.Logger, stores stores, features map[string]bool) *service {
	metrics := newMetrics()
	s := &service{
		settings: settings, log: log, stores: stores, features: features, metrics: metrics, sockets: newSockets(metrics.webSockets),
	}
	s.knobs.current.Ready = true
	return s
}

func (s *service) handler() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /{$}", s.identity)
	routes.HandleFunc("POST /v1/items", s.postItem)
	routes.HandleFunc("GET /v1/items/{id}", s.getItem)
	routes.HandleFunc("GET /v1/work", s.work)
	routes.HandleFunc("GET /v1/knobs", s.getKnobs)
	routes.HandleFunc("PUT /v1/knobs", s.putKnobs)
	routes.HandleFunc("GET "+socketRoute, s.webSocket)
	routes.HandleFunc("GET /health/live", s.live)
	routes.HandleFunc("GET /health/startup", s.startup)
	routes.HandleFunc("GET /health/ready", s.ready)
	routes.Handle("GET /metrics", s.metrics.handler())
	return s.observed(routes)
}

// identity says who answers, so that a client sees how requests are spread and which version it got.
func (s *service) identity(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"capability": s.settings.Capability, "environment": s.settings.Environment, "version": version,
		"pod": hostname(), "node": s.settings.Node, "zone": s.settings.Zone, "features": s.features,
	})
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // A client that went away needs no answer.
}

// refuse answers with what is wrong, in words.
func refuse(w http.ResponseWriter, code int, problem string) {
	answer(w, code, map[string]string{"error": problem})
}

// readJSON fills target with the one JSON object of the body, or has answered already why it cannot.
func readJSON(w http.ResponseWriter, r *http.Request, target any, accepted string) bool {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(target)
	if err == nil {
		if _, more := decoder.Token(); more == io.EOF {
			return true
		}
	}
	if large, is := errors.AsType[*http.MaxBytesError](err); is {
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("body: too long; at most %d bytes are accepted", large.Limit))
		return false
	}
	if r.Context().Err() != nil {
		refuse(w, http.StatusRequestTimeout, "body: it took longer than REQUEST_TIMEOUT_SECONDS")
		return false
	}
	refuse(w, http.StatusBadRequest, "body: "+accepted+" is accepted")
	return false
}
