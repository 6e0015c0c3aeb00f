package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// environment is variables without the process's own.
func environment(pairs ...string) func(string) string {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

func settingsOf(t *testing.T, pairs ...string) Settings {
	t.Helper()
	settings, err := readSettings(environment(pairs...))
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// started is a service that has reached its stores.
func started(t *testing.T, configured stores, pairs ...string) *service {
	t.Helper()
	s := newService(settingsOf(t, pairs...), slog.New(slog.DiscardHandler), configured, map[string]bool{})
	s.prepare(t.Context())
	return s
}

func ask(s *service, method, target, body string) *httptest.ResponseRecorder {
	answered := httptest.NewRecorder()
	s.handler().ServeHTTP(answered, httptest.NewRequest(method, target, strings.NewReader(body)))
	return answered
}

func expect(t *testing.T, answered *httptest.ResponseRecorder, code int, parts ...string) {
	t.Helper()
	body := answered.Body.String()
	if answered.Code != code {
		t.Fatalf("%d expected; %d %s", code, answered.Code, body)
	}
	for _, part := range parts {
		if !strings.Contains(body, part) {
			t.Fatalf("%q expected in %s", part, body)
		}
	}
}

func exposed(t *testing.T, s *service) string {
	t.Helper()
	answered := ask(s, http.MethodGet, "/metrics", "")
	text, _ := io.ReadAll(answered.Body)
	return string(text)
}

// memoryStore is a store that can fail.
type memoryStore struct {
	sync.Mutex
	name    string
	items   map[string]string
	failure error
	pings   int
}

func newMemoryStore(name string) *memoryStore {
	return &memoryStore{name: name, items: map[string]string{}}
}

func (m *memoryStore) fail(err error) {
	m.Lock()
	defer m.Unlock()
	m.failure = err
}

func (m *memoryStore) Name() string                      { return m.name }
func (m *memoryStore) Prepare(ctx context.Context) error { return m.failure }
func (m *memoryStore) Close()                            {}

func (m *memoryStore) Ping(context.Context) error {
	m.Lock()
	defer m.Unlock()
	m.pings++
	return m.failure
}

func (m *memoryStore) Put(_ context.Context, id, content string) error {
	m.Lock()
	defer m.Unlock()
	if m.failure == nil {
		m.items[id] = content
	}
	return m.failure
}

func (m *memoryStore) Get(_ context.Context, id string) (string, error) {
	m.Lock()
	defer m.Unlock()
	if m.failure != nil {
		return "", m.failure
	}
	content, there := m.items[id]
	if !there {
		return "", errNotFound
	}
	return content, nil
}
