package main

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// memoryFiles are where Linux says how much memory the container may use: control groups of version 2, and of version 1.
var memoryFiles = []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}

// unlimited is less than what version 1 says when there is no limit; version 2 says "max".
const unlimited = 1 << 50

// memoryLimit is the container's limit in bytes, from the first file that has one; 0 when there is none.
func memoryLimit(paths []string) int64 {
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err == nil && limit < unlimited {
			return limit
		}
	}
	return 0
}

// limitMemory collects garbage sooner where the container would be killed otherwise. GOMEMLIMIT goes before.
func limitMemory(limit int64) {
	if limit > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit * 4 / 5)
	}
}
