// Command reference-capability is a small capability with real needs: it answers HTTP and WebSocket requests, keeps items in
// Postgres, Redis and object storage, and can be told to be slow, busy, failing or unready. Both capabilities of the platform
// run as it in the sandbox, so that probes, scaling, roll-outs and drills have something real to act on.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// version is set when the program is linked: -X main.version=1.2.3.
var version = "unreleased"

const (
	drainTime = 20 * time.Second // For requests that are being answered when the process is told to stop.
	flushTime = 3 * time.Second  // For traces that are not sent yet when the last request is answered.
)

// Exit codes: 0 after SIGTERM, 2 when a setting is wrong, 1 for all else.
func main() {
	if slices.Contains(os.Args[1:], "--version") {
		fmt.Println(version)
		return
	}
	settings, err := readSettings(os.Getenv)
	if err == nil && slices.Contains(os.Args[1:], "migrate") {
		err = migrate(settings, newLogger(settings, os.Stdout))
	} else if err == nil {
		err = run(settings)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		if _, wrong := errors.AsType[settingError](err); wrong {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

// run serves until SIGTERM, and then until the last request is answered.
func run(settings Settings) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	limitMemory(settings.Memory)
	log := newLogger(settings, os.Stdout)
	features, err := readFeatures(settings.FeaturesFile)
	if err != nil {
		return err
	}
	stores, err := openStores(settings)
	if err != nil {
		return err
	}
	defer stores.close()
	flushTraces, err := startTracing(ctx, settings, log)
	if err != nil {
		return err
	}
	service := newService(settings, log, stores, features)
	server := newServer(settings, log, service.handler())
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(settings.Port))
	if err != nil {
		return err
	}
	log.Info("listening", "port", settings.Port, "version", version, "stores", stores.names(), "features", features)
	go service.prepare(ctx)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	stop() // A second signal ends the process at once.
	log.Info("stopping")
	drained := service.drain(server)
	limited, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	if err := flushTraces(limited); err != nil {
		log.Warn("traces are lost", "error", classOf(err))
	}
	log.Info("stopped", "drained", drained == nil)
	return drained
}

// newServer bounds the time that a client may take, too; a WebSocket connection is free of it.
func newServer(s Settings, log *slog.Logger, handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		// Both later than a request runs out of time, so that it still gets its answer.
		ReadTimeout:  s.Timeout + time.Second,
		WriteTimeout: s.Timeout + 5*time.Second,
		IdleTimeout:  2 * time.Minute,
		ErrorLog:     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// drain refuses readiness, sends WebSocket clients away, and waits for the requests that are being answered.
func (s *service) drain(server *http.Server) error {
	s.stopping.Store(true)
	limited, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	closed := make(chan struct{})
	go func() { s.sockets.close(limited); close(closed) }()
	err := server.Shutdown(limited)
	<-closed
	if err != nil {
		return fmt.Errorf("requests were cut off after %s: %w", drainTime, err)
	}
	return nil
}

// hostname is the pod's name.
func hostname() string {
	name, _ := os.Hostname()
	return name
}
