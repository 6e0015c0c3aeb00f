package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is what the pod says of itself to Prometheus. A route is a pattern, never the path that was asked for.
type metrics struct {
	registry        *prometheus.Registry
	requests        *prometheus.CounterVec
	durations       *prometheus.HistogramVec
	inFlight        prometheus.Gauge
	queueLength     prometheus.Gauge
	processing      prometheus.Histogram
	storeOperations *prometheus.CounterVec
	webSockets      prometheus.Gauge
}

func newMetrics() *metrics {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	in := promauto.With(registry)
	in.NewGauge(prometheus.GaugeOpts{
		Name: "apg_build_info", Help: "Always 1; the version is in the label.", ConstLabels: prometheus.Labels{"version": version},
	}).Set(1)
	return &metrics{
		registry: registry,
		requests: in.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests answered, other than probes.",
		}, []string{"method", "route", "code"}),
		durations: in.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time to answer a request, other than probes and WebSocket connections.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route"}),
		inFlight: in.NewGauge(prometheus.GaugeOpts{
			Name: "http_requests_in_flight", Help: "Requests being answered, other than probes and WebSocket connections.",
		}),
		queueLength: in.NewGauge(prometheus.GaugeOpts{
			Name: "apg_queue_length", Help: "Tasks that wait, as the knob queueLength says.",
		}),
		processing: in.NewHistogram(prometheus.HistogramOpts{
			Name: "apg_processing_seconds", Help: "Time that a piece of work took.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}),
		storeOperations: in.NewCounterVec(prometheus.CounterOpts{
			Name: "apg_store_operations_total", Help: "Operations on stores; the outcome is ok, missing or error.",
		}, []string{"store", "operation", "outcome"}),
		webSockets: in.NewGauge(prometheus.GaugeOpts{
			Name: "apg_websocket_clients", Help: "Open WebSocket connections.",
		}),
	}
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
