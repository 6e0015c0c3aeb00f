package main

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// storeTimeout bounds one operation on a store, so that a request hears of a store that hangs.
const storeTimeout = 5 * time.Second

// storeNames are all stores that there can be.
var storeNames = []string{"postgres", "redis", "s3"}

// errNotFound: the store works and does not have it.
var errNotFound = errors.New("not found")

// Store keeps items.
type Store interface {
	Name() string
	// Prepare makes what the store needs before the first item; safe to repeat, and by several pods at once.
	Prepare(ctx context.Context) error
	Ping(ctx context.Context) error
	Put(ctx context.Context, id, content string) error
	// Get returns errNotFound when there is no such item.
	Get(ctx context.Context, id string) (string, error)
	Close()
}

// stores are those that are configured.
type stores struct {
	durable []Store // Database and object storage
	cache   Store   // nil: not configured
}

// openStores connects to nothing yet; its error is about a setting.
func openStores(s Settings) (stores, error) {
	var opened stores
	if s.DatabaseURL != "" {
		store, err := openDatabase(s)
		if err != nil {
			return opened, err
		}
		opened.durable = append(opened.durable, store)
	}
	if s.Bucket != "" {
		store, err := openObjects(s)
		if err != nil {
			return opened, err
		}
		opened.durable = append(opened.durable, store)
	}
	if s.RedisURL != nil {
		store, err := openCache(s)
		if err != nil {
			return opened, err
		}
		opened.cache = store
	}
	return opened, nil
}

// all is the order of writing: the cache last, so that it never has what nothing else has.
func (s stores) all() []Store {
	if s.cache == nil {
		return s.durable
	}
	return append(slices.Clone(s.durable), s.cache)
}

// byRead is the order of reading: the cache first.
func (s stores) byRead() []Store {
	if s.cache == nil {
		return s.durable
	}
	return append([]Store{s.cache}, s.durable...)
}

func (s stores) names() []string {
	names := []string{}
	for _, store := range s.all() {
		names = append(names, store.Name())
	}
	return names
}

func (s stores) close() {
	for _, store := range s.all() {
		store.Close()
	}
}

// counted runs an operation on a store and counts how it ended.
func (s *service) counted(ctx context.Context, store Store, name string, run func(context.Context) error) error {
	err := run(ctx)
	outcome := "ok"
	switch {
	case errors.Is(err, errNotFound):
		outcome = "missing"
	case err != nil:
		outcome = "error"
	}
	s.metrics.storeOperations.WithLabelValues(store.Name(), name, outcome).Inc()
	return err
}

// operation is an operation that a request waits for: bounded, counted, and a span of the request's trace.
func (s *service) operation(ctx context.Context, store Store, name string, run func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	ctx, span := tracer.Start(ctx, store.Name()+" "+name, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("db.system.name", store.Name()), attribute.String("db.operation.name", name)))
	defer span.End()
	begun := time.Now()
	err := s.counted(ctx, store, name, run)
	if err != nil && !errors.Is(err, errNotFound) {
		span.SetStatus(codes.Error, classOf(err))
	}
	s.log.DebugContext(ctx, "store operation", "store", store.Name(), "operation", name, "failed", err != nil,
		"duration_ms", float64(time.Since(begun).Microseconds())/1000)
	return err
}

// authorities reads the certificates that servers are verified by; nil, the system's, without a file.
func authorities(variable, path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(text) {
		return nil, settingError(variable + ": \"" + path + "\" given; a readable file of PEM certificates is accepted.")
	}
	return pool, nil
}
