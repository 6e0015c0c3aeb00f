package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"strings"
)

// itemID is what rand.Text makes.
var itemID = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// postItem puts an item into every store that is configured. What some have when another fails stays there.
func (s *service) postItem(w http.ResponseWriter, r *http.Request) {
	var item struct{ Content string }
	const accepted = `a JSON object with nothing but a "content", text that is not empty and without NUL,`
	if !readJSON(w, r, &item, accepted) {
		return
	}
	if item.Content == "" || strings.ContainsRune(item.Content, 0) {
		refuse(w, http.StatusBadRequest, "body: "+accepted+" is accepted")
		return
	}
	stores := s.stores.all()
	if len(stores) == 0 {
		refuse(w, http.StatusServiceUnavailable, "no store is configured")
		return
	}
	id := rand.Text()
	stored := []string{}
	for _, store := range stores {
		put := func(ctx context.Context) error { return store.Put(ctx, id, item.Content) }
		if err := s.operation(r.Context(), store, "put", put); err != nil {
			s.storeFailed(w, r, store, err, map[string]any{"id": id, "stored": stored})
			return
		}
		stored = append(stored, store.Name())
	}
	answer(w, http.StatusCreated, map[string]any{"id": id, "stored": stored})
}

// getItem asks the cache first, and fills it; ?from=postgres asks that store only. A store that fails is passed over as long as
// another has the item.
func (s *service) getItem(w http.ResponseWriter, r *http.Request) {
	id, only := r.PathValue("id"), r.URL.Query().Get("from")
	if !itemID.MatchString(id) {
		refuse(w, http.StatusNotFound, "no item can have this id")
		return
	}
	var failed Store
	var failure error
	asked := 0
	for _, store := range s.stores.byRead() {
		if only != "" && only != store.Name() {
			continue
		}
		asked++
		content, err := s.readItem(r.Context(), store, id)
		if err == nil {
			if only == "" && store != s.stores.cache {
				s.fillCache(r.Context(), id, content)
			}
			answer(w, http.StatusOK, map[string]string{"id": id, "content": content, "from": store.Name()})
			return
		}
		if !errors.Is(err, errNotFound) {
			failed, failure = store, err
		}
	}
	switch {
	case failed != nil:
		s.storeFailed(w, r, failed, failure, map[string]any{"id": id})
	case asked == 0 && only != "":
		refuse(w, http.StatusBadRequest, "from: the name of a configured store is accepted: "+strings.Join(s.stores.names(), ", "))
	default:
		refuse(w, http.StatusNotFound, "no store has this item")
	}
}

func (s *service) readItem(ctx context.Context, store Store, id string) (content string, err error) {
	err = s.operation(ctx, store, "get", func(ctx context.Context) error {
		content, err = store.Get(ctx, id)
		return err
	})
	return content, err
}

// fillCache is of use to the next one who asks; this one's answer does not depend on it.
func (s *service) fillCache(ctx context.Context, id, content string) {
	cache := s.stores.cache
	if cache == nil {
		return
	}
	fill := func(ctx context.Context) error { return cache.Put(ctx, id, content) }
	if err := s.operation(ctx, cache, "fill", fill); err != nil {
		s.log.WarnContext(ctx, "the cache is not filled", "error", classOf(err))
	}
}

func (s *service) storeFailed(w http.ResponseWriter, r *http.Request, store Store, err error, details map[string]any) {
	class := classOf(err)
	s.log.ErrorContext(r.Context(), "a store failed", "store", store.Name(), "error", class)
	details["error"] = store.Name() + " does not work at the moment: " + class
	answer(w, http.StatusServiceUnavailable, details)
}
