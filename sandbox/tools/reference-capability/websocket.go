package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
)

const (
	heartbeat   = 20 * time.Second // Between two pings; a client that does not answer one within as long is dropped.
	writeTime   = 2 * time.Second  // A client that takes no message within this is dropped.
	largestText = 32 << 10         // Bytes of a message
)

// sockets are the open connections of the pod.
type sockets struct {
	mutex   sync.Mutex
	open    map[*websocket.Conn]struct{}
	closing bool
	count   prometheus.Gauge
}

func newSockets(count prometheus.Gauge) *sockets {
	return &sockets{open: map[*websocket.Conn]struct{}{}, count: count}
}

// add refuses when the pod is stopping.
func (s *sockets) add(connection *websocket.Conn) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.closing {
		return false
	}
	s.open[connection] = struct{}{}
	s.count.Set(float64(len(s.open)))
	return true
}

func (s *sockets) remove(connection *websocket.Conn) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.open, connection)
	s.count.Set(float64(len(s.open)))
}

func (s *sockets) all() []*websocket.Conn {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	all := make([]*websocket.Conn, 0, len(s.open))
	for connection := range s.open {
		all = append(all, connection)
	}
	return all
}

// close tells every client that the pod goes away, so that it connects to another, and waits until they all know.
func (s *sockets) close(ctx context.Context) {
	s.mutex.Lock()
	s.closing = true
	s.mutex.Unlock()
	var told sync.WaitGroup
	for _, connection := range s.all() {
		told.Go(func() { goAway(connection) })
	}
	done := make(chan struct{})
	go func() { told.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func goAway(connection *websocket.Conn) {
	_ = connection.Close(websocket.StatusGoingAway, "the pod is stopping")
}

// webSocket sends every message back; one of the form {"broadcast": "..."} goes to all other clients of the pod instead.
func (s *service) webSocket(w http.ResponseWriter, r *http.Request) {
	connection, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // It has answered why.
	}
	defer connection.CloseNow()
	connection.SetReadLimit(largestText)
	if !s.sockets.add(connection) {
		goAway(connection)
		return
	}
	defer s.sockets.remove(connection)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go beat(ctx, connection)
	for {
		kind, message, err := connection.Read(ctx)
		if err != nil {
			return
		}
		if !isBroadcast(message) {
			send(ctx, connection, kind, message)
			continue
		}
		for _, other := range s.sockets.all() {
			if other != connection {
				send(ctx, other, kind, message)
			}
		}
	}
}

func isBroadcast(message []byte) bool {
	var wish struct{ Broadcast *string }
	return json.Unmarshal(message, &wish) == nil && wish.Broadcast != nil
}

// send closes the connection when it fails, and its reader ends with it.
func send(ctx context.Context, client *websocket.Conn, kind websocket.MessageType, message []byte) {
	limited, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	if client.Write(limited, kind, message) != nil {
		_ = client.CloseNow()
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
