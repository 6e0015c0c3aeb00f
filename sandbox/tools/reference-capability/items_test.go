package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
)

func posted(t *testing.T, s *service) string {
	t.Helper()
	answered := ask(s, http.MethodPost, "/v1/items", `{"content": "hello"}`)
	expect(t, answered, http.StatusCreated, `"stored":`)
	var item struct{ ID string }
	if err := json.Unmarshal(answered.Body.Bytes(), &item); err != nil {
		t.Fatal(err)
	}
	return item.ID
}

func TestItemsGoThroughTheCache(t *testing.T) {
	database, cache := newMemoryStore("postgres"), newMemoryStore("redis")
	s := started(t, stores{durable: []Store{database}, cache: cache})
	id := posted(t, s)
	expect(t, ask(s, http.MethodGet, "/v1/items/"+id, ""), 200, `"from":"redis"`, `"content":"hello"`)
	clear(cache.items)
	expect(t, ask(s, http.MethodGet, "/v1/items/"+id, ""), 200, `"from":"postgres"`)
	expect(t, ask(s, http.MethodGet, "/v1/items/"+id, ""), 200, `"from":"redis"`)
	expect(t, ask(s, http.MethodGet, "/v1/items/"+id+"?from=postgres", ""), 200, `"from":"postgres"`)
	expect(t, ask(s, http.MethodGet, "/v1/items/"+id+"?from=s3", ""), 400, "from: ", "postgres, redis")
	if text := exposed(t, s); !strings.Contains(text, `apg_store_operations_total{operation="get",outcome="missing",store="redis"} 1`) {
		t.Fatal(text)
	}
}

func TestFailedStores(t *testing.T) {
	database, cache := newMemoryStore("postgres"), newMemoryStore("redis")
	s := started(t, stores{durable: []Store{database}, cache: cache})
	id := posted(t, s)
	cache.fail(errors.New("at 10.0.0.1 with password hidden"))
	expect(t, ask(s, http.MethodGet, "/v1/items/"+id, ""), 200, `"from":"postgres"`)
	answered := ask(s, http.MethodPost, "/v1/items", `{"content": "x"}`)
	expect(t, answered, 503, `"error":"redis does not work at the moment: failed"`, `"stored":["postgres"]`)
	if strings.Contains(answered.Body.String(), "hidden") {
		t.Fatal(answered.Body)
	}
	database.fail(errors.New("down"))
	expect(t, ask(s, http.MethodGet, "/v1/items/"+id, ""), 503, "postgres does not work")
}

func TestHostileItemsAreRefused(t *testing.T) {
	s := started(t, stores{durable: []Store{newMemoryStore("postgres")}}, "MAX_UPLOAD_MB", "1")
	for _, body := range []string{"", "hello", `{"content": ""}`, `{"content": 1}`, `{"content": "a"} {}`, `{"content": "a", "id": "b"}`,
		`{"content": "\u0000"}`, `[]`, `null`} {
		expect(t, ask(s, http.MethodPost, "/v1/items", body), 400, "body: ", "is accepted")
	}
	large := `{"content": "` + strings.Repeat("a", 1_000_000) + `"}`
	expect(t, ask(s, http.MethodPost, "/v1/items", large), 413, "at most 1000000 bytes")
	for _, id := range []string{"a", "..%2f..%2fsecret", strings.Repeat("a", 26), strings.Repeat("A", 26)} {
		expect(t, ask(s, http.MethodGet, "/v1/items/"+id, ""), 404)
	}
	expect(t, ask(started(t, stores{}), http.MethodPost, "/v1/items", `{"content": "a"}`), 503, "no store is configured")
}
