package main

import (
	"context"
	"log/slog"
	"os/signal"
	"syscall"
	"time"
)

// migrate makes the tables, as their owner, and ends. A database that is not there yet is asked again until it is, or until the
// process is told to stop: whoever started it knows how long that may take.
func migrate(s Settings, log *slog.Logger) error {
	if s.DatabaseURL == "" {
		return settingError("DATABASE_URL: nothing given; migrate needs the database that it changes.")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	store, err := openDatabase(s)
	if err != nil {
		return err
	}
	defer store.Close()
	return retried(ctx, log, 2*time.Second, store.Prepare)
}

// retried runs it until it succeeds; the last error when the context ends before.
func retried(ctx context.Context, log *slog.Logger, pause time.Duration, run func(context.Context) error) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, storeTimeout)
		err := run(attempt)
		cancel()
		if err == nil {
			log.Info("migrated")
			return nil
		}
		log.Warn("not migrated yet", "reason", classOf(err))
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
