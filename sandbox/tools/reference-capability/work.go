package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// work is a piece of work as heavy as the request and the pod's knobs together ask for.
func (s *service) work(w http.ResponseWriter, r *http.Request) {
	var asked Knobs
	if err := asked.ask(r.URL.Query()); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	load := s.knobs.get().plus(asked)
	begun := time.Now()
	defer func() { s.metrics.processing.Observe(time.Since(begun).Seconds()) }()
	used := burn(r.Context(), load.CPU)
	select {
	case <-r.Context().Done():
		refuse(w, http.StatusServiceUnavailable, "it took longer than REQUEST_TIMEOUT_SECONDS")
		return
	case <-time.After(load.Latency):
	}
	if rand.Float64() < load.Fail {
		refuse(w, http.StatusInternalServerError, "it failed, as it was told to")
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"cpu": used.String(), "duration": time.Since(begun).Round(time.Microsecond).String(), "pod": hostname(),
	})
}

// burnt keeps the compiler from leaving the computation out.
var burnt atomic.Uint64

// burn uses a processor for as long as it is told. It counts the time that its thread ran, so that a pod whose limit holds it
// back does the same work in more time. It returns the time that it used.
func burn(ctx context.Context, wanted time.Duration) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	begun := threadTime()
	for ctx.Err() == nil {
		if used := threadTime() - begun; used >= wanted {
			return used
		}
		state := uint64(begun)
		for range 10_000 {
			state = state*6364136223846793005 + 1442695040888963407
		}
		burnt.Store(state)
	}
	return threadTime() - begun
}

// threadTime is how long this thread has been running on a processor.
func threadTime() time.Duration {
	var now unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now) // It fails for clocks that do not exist only.
	return time.Duration(now.Nano())
}
