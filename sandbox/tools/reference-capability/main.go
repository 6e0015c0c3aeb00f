// Command reference-capability is a small capability with real needs: it answers HTTP and WebSocket requests, keeps items in
// Postgres, Redis and object storage, and can be told to be slow, busy, failing or unready. Both capabilities of the platform
// run as it in the sandbox, so that probes, scaling, roll-outs and drills have something real to act on.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// version is set when it is linked.
var version = "unreleased"

// Requests that are being answered when the pod is told to stop have this long.
const drainTime = 20 * time.Second

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		fmt.Println(version)
		return
	}
	settings, err := readSettings(os.Getenv)
	if err == nil {
		err = run(settings)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(settings Settings) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log := newLogger(settings)
	stopTracing, err := startTracing(ctx, settings)
	if err != nil {
		return err
	}
	stores, err := openStores(settings)
	if err != nil {
		return err
	}
	build.WithLabelValues(version).Set(1)
	service := newService(settings, log, stores)
	server := &http.Server{Handler: service.handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute}
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(settings.Port))
	if err != nil {
		return err
	}
	log.Info("listening", "port", settings.Port, "version", version, "stores", len(stores))
	go service.prepare(ctx)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping")
	service.stopping.Store(true)
	service.closeSockets()
	limited, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	err = errors.Join(server.Shutdown(limited), stopTracing(limited))
	for _, store := range stores {
		store.Close()
	}
	log.Info("stopped")
	return err
}
