package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"
)

func TestMigrationIsTriedUntilItSucceeds(t *testing.T) {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	tries := 0
	err := retried(context.Background(), log, time.Millisecond, func(context.Context) error {
		if tries++; tries < 3 {
			return errors.New("not there yet")
		}
		return nil
	})
	if err != nil || tries != 3 {
		t.Fatal(err, tries)
	}
}

func TestMigrationEndsWithTheReasonWhenItIsStopped(t *testing.T) {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx, stop := context.WithCancel(context.Background())
	reason := errors.New("refused")
	err := retried(ctx, log, time.Hour, func(context.Context) error {
		stop()
		return reason
	})
	if !errors.Is(err, reason) {
		t.Fatal(err)
	}
}

func TestMigrationNeedsADatabase(t *testing.T) {
	var wrong settingError
	if err := migrate(Settings{}, slog.Default()); !errors.As(err, &wrong) {
		t.Fatal(err)
	}
}
