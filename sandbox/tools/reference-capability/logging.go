package main

import (
	"context"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

var logLevels = map[string]slog.Level{
	"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "warning": slog.LevelWarn, "error": slog.LevelError,
}

// newLogger writes a line an event. What is known of the request that it belongs to is in it.
func newLogger(s Settings, out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	var handler slog.Handler = slog.NewJSONHandler(out, options)
	if s.LogText {
		handler = slog.NewTextHandler(out, options)
	}
	handler = &requestHandler{handler, logLevels[s.LogLevel]}
	return slog.New(handler).With("capability", s.Capability, "environment", s.Environment)
}

// requestInfo goes with a request's context into every line about it.
type requestInfo struct {
	route    string // The pattern of its path
	id       string // X-Request-Id, as the gateway gave it
	detailed bool   // Whether its debug lines are logged, whatever LOG_LEVEL says
}

type requestKey struct{}

func withRequest(ctx context.Context, info requestInfo) context.Context {
	return context.WithValue(ctx, requestKey{}, info)
}

type requestHandler struct {
	slog.Handler
	level slog.Level
}

func (h *requestHandler) Enabled(ctx context.Context, level slog.Level) bool {
	info, _ := ctx.Value(requestKey{}).(requestInfo)
	return level >= h.level || info.detailed
}

func (h *requestHandler) Handle(ctx context.Context, record slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		record.AddAttrs(slog.String("trace_id", span.TraceID().String()))
	}
	if info, known := ctx.Value(requestKey{}).(requestInfo); known {
		record.AddAttrs(slog.String("route", info.route), slog.String("request_id", info.id))
	}
	return h.Handler.Handle(ctx, record)
}

func (h *requestHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &requestHandler{h.Handler.WithAttrs(attrs), h.level}
}

func (h *requestHandler) WithGroup(name string) slog.Handler {
	return &requestHandler{h.Handler.WithGroup(name), h.level}
}
