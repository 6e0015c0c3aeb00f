package main

import (
	"net/url"
	"regexp"
	"time"
)

// Settings is what the platform's Application injects: its settings as they are, secrets by reference.
type Settings struct {
	Capability  string // APG_CAPABILITY, a DNS label; "reference" when not given
	Environment string // APG_ENVIRONMENT; "sandbox" when not given
	Node, Zone  string // NODE_NAME and NODE_ZONE, where the pod runs; nothing when not given
	Port        int    // PORT, TCP; 8080 when not given

	LogText     bool          // LOG_FORMAT: json or text; json when not given
	LogLevel    string        // LOG_LEVEL: debug, info, warn, warning or error; info when not given
	AccessLog   bool          // ACCESS_LOG: a line a request; true when not given
	DebugHeader string        // DEBUG_REQUEST_HEADER: a request with this header is logged in detail; none when not given
	Timeout     time.Duration // REQUEST_TIMEOUT_SECONDS; 30 s when not given
	MaxBody     int64         // MAX_UPLOAD_MB in bytes, 100 MB when not given, and at most 1/64 of Memory
	Memory      int64         // The container's memory limit in bytes; 0: none

	FeaturesFile string // FEATURE_FLAGS_FILE; where Application mounts it when not given

	DatabaseURL string // DATABASE_URL, a secret; empty: not configured
	Pool        int    // DB_POOL_SIZE, connections to a store; 5 when not given

	RedisURL *url.URL      // REDIS_URL, a secret; nil: not configured
	RedisCA  string        // REDIS_CA_FILE, PEM; the system's authorities when not given
	CacheTTL time.Duration // CACHE_DEFAULT_TTL_SECONDS; 300 s when not given
	HashTags bool          // REDIS_KEY_HASH_TAGS: keys of the capability in one slot of a Redis Cluster; true when not given

	Bucket     string   // S3_BUCKET; empty: not configured
	Region     string   // S3_REGION; us-east-1 when not given
	S3Endpoint *url.URL // S3_ENDPOINT of a compatible store; nil: AWS
	S3CA       string   // S3_CA_FILE, PEM; the system's authorities when not given

	Traces      bool     // Whether OTEL_EXPORTER_OTLP_ENDPOINT, or the one for traces, says where to send them
	Propagators []string // OTEL_PROPAGATORS: tracecontext, baggage or none; the first two when not given
}

const flagsPath = "/etc/apg/feature-flags/flags.yaml"

var (
	dnsLabel   = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	bucketName = regexp.MustCompile(`^$|^[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]$`)
)

// readSettings reads the environment; its error is about the first variable that is wrong.
func readSettings(env func(string) string) (Settings, error) {
	r := reader{env: env}
	memory := memoryLimit(memoryFiles)
	s := Settings{
		Capability:   r.matching("APG_CAPABILITY", "reference", dnsLabel, "a DNS label"),
		Environment:  r.matching("APG_ENVIRONMENT", "sandbox", dnsLabel, "a DNS label"),
		Node:         env("NODE_NAME"),
		Zone:         env("NODE_ZONE"),
		Port:         r.number("PORT", 8080, 1, 65535),
		LogText:      r.oneOf("LOG_FORMAT", "json", "text") == "text",
		LogLevel:     r.oneOf("LOG_LEVEL", "info", "debug", "warn", "warning", "error"),
		AccessLog:    r.oneOf("ACCESS_LOG", "true", "false") == "true",
		DebugHeader:  env("DEBUG_REQUEST_HEADER"),
		Timeout:      r.seconds("REQUEST_TIMEOUT_SECONDS", 30, 3600),
		MaxBody:      int64(r.number("MAX_UPLOAD_MB", 100, 1, 10_000)) * 1_000_000,
		Memory:       memory,
		FeaturesFile: r.text("FEATURE_FLAGS_FILE", flagsPath),
		DatabaseURL:  env("DATABASE_URL"),
		Pool:         r.number("DB_POOL_SIZE", 5, 1, 500),
		RedisURL:     r.address("REDIS_URL", "redis", "rediss", "redis+sentinel", "rediss+sentinel"),
		RedisCA:      env("REDIS_CA_FILE"),
		CacheTTL:     r.seconds("CACHE_DEFAULT_TTL_SECONDS", 300, 31_536_000),
		HashTags:     r.oneOf("REDIS_KEY_HASH_TAGS", "true", "false") == "true",
		Bucket:       r.matching("S3_BUCKET", "", bucketName, "a bucket's name, of 3 to 63 small letters, digits, dots and hyphens,"),
		Region:       r.text("S3_REGION", "us-east-1"),
		S3Endpoint:   r.address("S3_ENDPOINT", "http", "https"),
		S3CA:         env("S3_CA_FILE"),
		Propagators:  r.someOf("OTEL_PROPAGATORS", "tracecontext,baggage", "tracecontext", "baggage", "none"),
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		s.Traces = r.address(name, "http", "https") != nil || s.Traces
	}
	if memory > 0 {
		s.MaxBody = min(s.MaxBody, memory/64)
	}
	if r.problem != "" {
		return s, r.problem
	}
	return s, nil
}
