package main

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// observed gives every request its time limit, body limit, span, metrics and access log. Probes, which nobody waits for, have a
// line at level debug instead of all that.
func (s *service) observed(routes *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		_, pattern := routes.Handler(r)
		route := routeOf(pattern)
		ctx := withRequest(r.Context(), requestInfo{
			route:    route,
			id:       r.Header.Get("X-Request-Id"),
			detailed: s.settings.DebugHeader != "" && r.Header.Get(s.settings.DebugHeader) != "",
		})
		if route != socketRoute {
			limited, cancel := context.WithTimeout(ctx, s.settings.Timeout)
			defer cancel()
			ctx = limited
		}
		r.Body = http.MaxBytesReader(w, r.Body, s.settings.MaxBody)
		answered := &recorder{ResponseWriter: w, code: http.StatusOK}
		level := slog.LevelInfo
		if isProbe(route) {
			level = slog.LevelDebug
			routes.ServeHTTP(answered, r.WithContext(ctx))
		} else {
			ctx = s.measured(ctx, routes, answered, r, route, begun)
		}
		if s.settings.AccessLog {
			s.log.Log(ctx, level, "request", "method", methodOf(r), "code", answered.code, "status", answered.code,
				"bytes", answered.bytes, "duration_ms", float64(time.Since(begun).Microseconds())/1000)
		}
	})
}

// measured answers inside a span, and counts the request; the span is in the context that it returns.
func (s *service) measured(
	ctx context.Context, next http.Handler, w *recorder, r *http.Request, route string, begun time.Time,
) context.Context {
	method := methodOf(r)
	ctx = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(r.Header))
	ctx, span := tracer.Start(ctx, method+" "+route, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", method), attribute.String("http.route", route)))
	defer span.End()
	s.log.DebugContext(ctx, "request begins", "method", method, "protocol", r.Proto, "bytes", r.ContentLength)
	if route != socketRoute {
		s.metrics.inFlight.Inc()
		defer s.metrics.inFlight.Dec()
	}
	next.ServeHTTP(w, r.WithContext(ctx))
	span.SetAttributes(attribute.Int("http.response.status_code", w.code))
	if w.code >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	s.metrics.requests.WithLabelValues(method, route, strconv.Itoa(w.code)).Inc()
	if route != socketRoute {
		s.metrics.durations.WithLabelValues(route).Observe(time.Since(begun).Seconds())
	}
	return ctx
}

// routeOf is a pattern's path, such as /v1/items/{id}.
func routeOf(pattern string) string {
	_, path, matched := strings.Cut(pattern, " ")
	if !matched {
		return "unmatched"
	}
	return strings.TrimSuffix(path, "{$}")
}

func isProbe(route string) bool { return strings.HasPrefix(route, "/health/") || route == "/metrics" }

// methodOf keeps what a client makes up out of labels.
func methodOf(r *http.Request) string {
	known := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}
	if slices.Contains(known, r.Method) {
		return r.Method
	}
	return "other"
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	code  int
	bytes int
}

func (r *recorder) WriteHeader(code int) {
	r.code = code
	r.ResponseWriter.WriteHeader(code)
}

func (r *recorder) Write(part []byte) (int, error) {
	written, err := r.ResponseWriter.Write(part)
	r.bytes += written
	return written, err
}

// Unwrap lets the WebSocket library take the connection over.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
