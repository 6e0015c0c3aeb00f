package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// A connection that does not answer for this long is closed.
const heartbeat = 20 * time.Second

// sockets are the open connections of the pod.
type sockets struct {
	sync.Mutex
	open map[*websocket.Conn]struct{}
}

func (s *sockets) add(connection *websocket.Conn) {
	s.Lock()
	defer s.Unlock()
	if s.open == nil {
		s.open = map[*websocket.Conn]struct{}{}
	}
	s.open[connection] = struct{}{}
	webSockets.Set(float64(len(s.open)))
}

func (s *sockets) remove(connection *websocket.Conn) {
	s.Lock()
	defer s.Unlock()
	delete(s.open, connection)
	webSockets.Set(float64(len(s.open)))
}

func (s *sockets) all() []*websocket.Conn {
	s.Lock()
	defer s.Unlock()
	all := make([]*websocket.Conn, 0, len(s.open))
	for connection := range s.open {
		all = append(all, connection)
	}
	return all
}

// webSocket sends every message back; one of the form {"broadcast": "..."} goes to all other clients of the pod.
func (s *service) webSocket(w http.ResponseWriter, r *http.Request) {
	connection, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer connection.CloseNow()
	s.sockets.add(connection)
	defer s.sockets.remove(connection)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go beat(ctx, connection)
	for {
		kind, message, err := connection.Read(ctx)
		if err != nil {
			return
		}
		var wish struct{ Broadcast string }
		if json.Unmarshal(message, &wish) != nil || wish.Broadcast == "" {
			if connection.Write(ctx, kind, message) != nil {
				return
			}
			continue
		}
		for _, other := range s.sockets.all() {
			if other != connection {
				_ = other.Write(ctx, kind, message)
			}
		}
	}
}

func beat(ctx context.Context, connection *websocket.Conn) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(heartbeat):
		}
		limited, cancel := context.WithTimeout(ctx, heartbeat)
		err := connection.Ping(limited)
		cancel()
		if err != nil {
			_ = connection.CloseNow()
			return
		}
	}
}

// closeSockets tells every client that the pod goes away, so that it connects to another.
func (s *service) closeSockets() {
	for _, connection := range s.sockets.all() {
		go connection.Close(websocket.StatusGoingAway, "the pod is stopping")
	}
}
