package main

import (
	"context"
	"log/slog"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("reference-capability")

// startTracing sends spans by OTLP over HTTP where OTEL_EXPORTER_OTLP_ENDPOINT says, and nowhere without it.
func startTracing(ctx context.Context, s Settings) (stop func(context.Context) error, err error) {
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	options := []sdktrace.TracerProviderOption{}
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != "" {
		exporter, err := otlptracehttp.New(ctx)
		if err != nil {
			return nil, err
		}
		options = append(options, sdktrace.WithBatcher(exporter))
	}
	described, err := resource.New(ctx, resource.WithAttributes(
		attribute.String("service.name", s.Capability),
		attribute.String("service.version", version),
		attribute.String("deployment.environment.name", s.Environment),
	), resource.WithFromEnv(), resource.WithHost())
	if err != nil {
		return nil, err
	}
	provider := sdktrace.NewTracerProvider(append(options, sdktrace.WithResource(described))...)
	otel.SetTracerProvider(provider)
	return provider.Shutdown, nil
}

// newLogger writes JSON lines; the trace of the request that a line belongs to is in it.
func newLogger(s Settings) *slog.Logger {
	level := map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError}[s.LogLevel]
	handler := slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug})
	return slog.New(&requestHandler{Handler: handler, level: level}).With("capability", s.Capability, "environment", s.Environment)
}

type detailed struct{}

// requestHandler adds the trace, and lets everything pass of a request that asks for details.
type requestHandler struct {
	slog.Handler
	level slog.Level
}

func (h *requestHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level || ctx.Value(detailed{}) != nil
}

func (h *requestHandler) Handle(ctx context.Context, record slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		record.AddAttrs(slog.String("trace_id", span.TraceID().String()))
	}
	return h.Handler.Handle(ctx, record)
}

func (h *requestHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &requestHandler{h.Handler.WithAttrs(attrs), h.level}
}

func (h *requestHandler) WithGroup(name string) slog.Handler {
	return &requestHandler{h.Handler.WithGroup(name), h.level}
}

// Metrics of the capability; labels are route patterns, never paths.
var (
	requests = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "http_requests_total", Help: "Requests answered."}, []string{"method", "route", "code"})
	durations = promauto.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_request_duration_seconds", Help: "Time to answer a request.",
		Buckets: []float64{.005, .025, .1, .25, .5, 1, 2, 5, 10}}, []string{"route"})
	inFlight = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "http_requests_in_flight", Help: "Requests being answered."})
	queueLength = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "apg_queue_length", Help: "Tasks that wait, as the knob says."})
	processing = promauto.NewHistogram(prometheus.HistogramOpts{
		Name: "apg_processing_seconds", Help: "Time that a piece of work took.",
		Buckets: []float64{.01, .05, .1, .5, 1, 2, 5, 10, 30}})
	storeOperations = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "apg_store_operations_total", Help: "Operations on stores."}, []string{"store", "operation", "outcome"})
	webSockets = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "apg_websocket_clients", Help: "Open WebSocket connections."})
	build = promauto.NewGaugeVec(prometheus.GaugeOpts{
		Name: "apg_build_info", Help: "Always 1; the version is in the label."}, []string{"version"})
)

// operation runs an operation on a store inside a span and counts how it ended.
func operation(ctx context.Context, store Store, name string, run func(context.Context) error) error {
	ctx, span := tracer.Start(ctx, strings.Join([]string{store.Name(), name}, " "), trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()
	err := run(ctx)
	outcome := "ok"
	if err != nil && err != errNotFound {
		outcome = "error"
		span.RecordError(err)
	}
	storeOperations.WithLabelValues(store.Name(), name, outcome).Inc()
	return err
}
