package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestDefaultsNeedNothing(t *testing.T) {
	s := settingsOf(t)
	if s.Port != 8080 || s.Timeout != 30*time.Second || s.CacheTTL != 5*time.Minute || !s.HashTags || !s.AccessLog || s.Traces {
		t.Fatalf("%+v", s)
	}
	opened, err := openStores(s)
	if err != nil || len(opened.all()) != 0 {
		t.Fatal(opened, err)
	}
}

func TestWhatTheApplicationInjectsIsAccepted(t *testing.T) {
	settingsOf(t, "APG_CAPABILITY", "audio-processing", "APG_ENVIRONMENT", "prod", "PORT", "8080", "LOG_FORMAT", "json",
		"LOG_LEVEL", "warning", "ACCESS_LOG", "true", "DEBUG_REQUEST_HEADER", "X-Debug-Request", "AUDIT_LOG", "all",
		"CACHE_DEFAULT_TTL_SECONDS", "300", "REDIS_KEY_HASH_TAGS", "true", "MAX_UPLOAD_MB", "100",
		"REQUEST_TIMEOUT_SECONDS", "30", "DB_POOL_SIZE", "5", "OTEL_PROPAGATORS", "tracecontext,baggage",
		"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")
}

func TestProblemsNameTheVariable(t *testing.T) {
	for _, wrong := range []struct{ name, given, says string }{
		{"S3_BUCKET", "b", `"b" given; a bucket's name`},
		{"PORT", "http", `"http" given; a whole number from 1 to 65535 is accepted`},
		{"DB_POOL_SIZE", "0", `"0" given; a whole number from 1 to 500 is accepted`},
		{"REQUEST_TIMEOUT_SECONDS", "1.5", `"1.5" given`},
		{"LOG_LEVEL", "loud", `"loud" given; info, debug, warn, warning, error are accepted`},
		{"ACCESS_LOG", "yes", `"yes" given; true, false are accepted`},
		{"APG_CAPABILITY", "Audio", `a DNS label is accepted`},
		{"OTEL_PROPAGATORS", "b3", `"b3" given; a list of tracecontext, baggage, none is accepted`},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", `http:// or https:// is accepted`},
		{"S3_ENDPOINT", "storage", `http:// or https:// is accepted`},
		{"REDIS_URL", "http://user:hidden@host", `redis:// or rediss://`},
	} {
		_, err := readSettings(environment(wrong.name, wrong.given))
		expectSettingError(t, err, wrong.name, wrong.says)
	}
}

func TestSecretsAreNotRepeated(t *testing.T) {
	for _, given := range []string{"postgres://u:hidden@h:port/d", "mysql://u:hidden@h/d", "postgres://u:hidden@h/d?sslmode=odd",
		"postgres://u:hidden@h/d?sslmode=verify-full&sslrootcert=/nowhere", "postgres://u:hidden@h/d?pool_max_conns=x"} {
		_, err := openStores(settingsOf(t, "DATABASE_URL", given))
		expectSettingError(t, err, "DATABASE_URL", "is accepted")
	}
	for _, given := range []string{"redis://u:hidden@h/first", "redis://u:hidden@h,i/0", "redis+sentinel://u:hidden@h/0",
		"redis://h/0?password=hidden"} {
		_, err := openStores(settingsOf(t, "REDIS_URL", given))
		expectSettingError(t, err, "REDIS_URL", "is accepted")
	}
}

func TestStoresNeedReadableAuthorities(t *testing.T) {
	_, err := openStores(settingsOf(t, "REDIS_URL", "rediss://h", "REDIS_CA_FILE", "/nowhere"))
	expectSettingError(t, err, "REDIS_CA_FILE", `"/nowhere" given`)
	_, err = openStores(settingsOf(t, "S3_BUCKET", "items", "S3_CA_FILE", "/nowhere"))
	expectSettingError(t, err, "S3_CA_FILE", `"/nowhere" given`)
	_, err = openStores(settingsOf(t, "S3_BUCKET", "items", "S3_ENDPOINT", "http://h/path"))
	expectSettingError(t, err, "S3_ENDPOINT", "without a path")
}

func expectSettingError(t *testing.T, err error, name, says string) {
	t.Helper()
	if err == nil {
		t.Fatalf("%s: accepted", name)
	}
	line := err.Error()
	_, is := err.(settingError)
	if !is || !strings.HasPrefix(line, name+": ") || !strings.Contains(line, says) || strings.ContainsAny(line, "\n") {
		t.Fatalf("%s, %s expected; %s", name, says, line)
	}
	if strings.Contains(line, "hidden") {
		t.Fatalf("a secret is shown: %s", line)
	}
}

func TestFeatures(t *testing.T) {
	read := func(text string) (map[string]bool, error) {
		path := filepath.Join(t.TempDir(), "flags.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return readFeatures(path)
	}
	none, err := read("[]\n")
	if err != nil || len(none) != 0 {
		t.Fatal(none, err)
	}
	flags, err := read("- name: \"fast\"\n  default: true\n  owner: \"a\"\n  removeBy: \"2027-01-31\"\n")
	if err != nil || !flags["fast"] {
		t.Fatal(flags, err)
	}
	if _, err := read("fast: true\n"); err == nil {
		t.Fatal("accepted")
	}
	if absent, err := readFeatures("/nowhere/flags.yaml"); err != nil || len(absent) != 0 {
		t.Fatal(absent, err)
	}
}

func TestMemoryLimit(t *testing.T) {
	for text, limit := range map[string]int64{"max\n": 0, "9223372036854771712\n": 0, "134217728\n": 128 << 20} {
		path := filepath.Join(t.TempDir(), "memory.max")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if found := memoryLimit([]string{"/nowhere", path}); found != limit {
			t.Fatal(text, found)
		}
	}
}
