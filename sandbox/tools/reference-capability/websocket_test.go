package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func connect(t *testing.T, server *httptest.Server) *websocket.Conn {
	t.Helper()
	connection, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+socketRoute, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.CloseNow() })
	return connection
}

func say(t *testing.T, connection *websocket.Conn, text string) {
	t.Helper()
	if err := connection.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func hear(t *testing.T, connection *websocket.Conn, text string) {
	t.Helper()
	if _, message, err := connection.Read(t.Context()); err != nil || string(message) != text {
		t.Fatal(string(message), err)
	}
}

func TestWebSocket(t *testing.T) {
	s := started(t, stores{}, "REQUEST_TIMEOUT_SECONDS", "1")
	server := httptest.NewServer(s.handler())
	defer server.Close()
	one, two := connect(t, server), connect(t, server)
	say(t, one, "hello")
	hear(t, one, "hello")
	say(t, two, "I am here too")
	hear(t, two, "I am here too")
	say(t, one, `{"broadcast": "news"}`)
	hear(t, two, `{"broadcast": "news"}`)
	time.Sleep(1200 * time.Millisecond) // The time limit of requests is not one for connections.
	say(t, one, "still here, and without the news")
	hear(t, one, "still here, and without the news")
	if text := exposed(t, s); !strings.Contains(text, "apg_websocket_clients 2") {
		t.Fatal(text)
	}
	go s.sockets.close(t.Context())
	for _, connection := range []*websocket.Conn{one, two} {
		if _, _, err := connection.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
			t.Fatal(err)
		}
	}
	late := connect(t, server)
	if _, _, err := late.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Fatal(err)
	}
	expect(t, ask(s, http.MethodGet, socketRoute, ""), http.StatusUpgradeRequired)
}
