package main

import (
	"context"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

var tracer = otel.Tracer("reference-capability")

// startTracing sends spans by OTLP over HTTP when the environment says where. Otherwise they give log lines their trace_id, and
// go nowhere. The exporter reads its variables itself; OTEL_SERVICE_NAME goes before the capability's name.
func startTracing(ctx context.Context, s Settings, log *slog.Logger) (flush func(context.Context) error, err error) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.Warn("traces are not delivered", "error", classOf(err))
	}))
	otel.SetTextMapPropagator(propagators(s.Propagators))
	described, err := resource.New(ctx, resource.WithAttributes(
		attribute.String("service.name", s.Capability),
		attribute.String("service.version", version),
		attribute.String("deployment.environment.name", s.Environment),
	), resource.WithHost(), resource.WithFromEnv())
	if err != nil {
		return nil, settingError("OTEL_RESOURCE_ATTRIBUTES: not readable; name=value pairs with commas are accepted.")
	}
	options := []sdktrace.TracerProviderOption{sdktrace.WithResource(described)}
	if s.Traces {
		exporter, err := otlptracehttp.New(ctx)
		if err != nil {
			return nil, err
		}
		options = append(options, sdktrace.WithBatcher(exporter))
	}
	provider := sdktrace.NewTracerProvider(options...)
	otel.SetTracerProvider(provider)
	return provider.Shutdown, nil
}

func propagators(names []string) propagation.TextMapPropagator {
	var all []propagation.TextMapPropagator
	if slices.Contains(names, "tracecontext") {
		all = append(all, propagation.TraceContext{})
	}
	if slices.Contains(names, "baggage") {
		all = append(all, propagation.Baggage{})
	}
	return propagation.NewCompositeTextMapPropagator(all...)
}
