package main

import (
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Settings is what the platform's Application injects: its settings as they are, secrets by reference.
type Settings struct {
	Capability  string // APG_CAPABILITY
	Environment string // APG_ENVIRONMENT
	Port        int    // PORT, TCP; 8080 when not given

	LogLevel    string        // LOG_LEVEL: debug, info, warn or error
	AccessLog   bool          // ACCESS_LOG
	DebugHeader string        // DEBUG_REQUEST_HEADER: a request with this header is logged in detail
	Timeout     time.Duration // REQUEST_TIMEOUT_SECONDS
	MaxBody     int64         // MAX_UPLOAD_MB, in bytes

	Database *url.URL // DATABASE_URL; nil: not configured
	Pool     int      // DB_POOL_SIZE

	Redis         *url.URL      // REDIS_URL, redis: or rediss:, with +sentinel; nil: not configured
	RedisCA       string        // REDIS_CA_FILE
	CacheTTL      time.Duration // CACHE_DEFAULT_TTL_SECONDS
	CacheHashTags bool          // REDIS_KEY_HASH_TAGS

	Bucket     string   // S3_BUCKET; empty: not configured
	Region     string   // S3_REGION
	S3Endpoint *url.URL // S3_ENDPOINT; nil: AWS
	S3CA       string   // S3_CA_FILE
}

// readSettings reads the environment. The error names the variable and what it accepts, and never its value: it may be a
// secret.
func readSettings(env func(string) string) (Settings, error) {
	r := reader{env: env}
	s := Settings{
		Capability:    r.text("APG_CAPABILITY", "reference"),
		Environment:   r.text("APG_ENVIRONMENT", "sandbox"),
		Port:          r.number("PORT", 8080, 1, 65535),
		LogLevel:      r.oneOf("LOG_LEVEL", "info", "debug", "info", "warn", "error"),
		AccessLog:     r.oneOf("ACCESS_LOG", "true", "true", "false") == "true",
		DebugHeader:   r.text("DEBUG_REQUEST_HEADER", ""),
		Timeout:       time.Duration(r.number("REQUEST_TIMEOUT_SECONDS", 30, 1, 3600)) * time.Second,
		MaxBody:       int64(r.number("MAX_UPLOAD_MB", 100, 1, 10000)) << 20,
		Database:      r.address("DATABASE_URL", "postgres", "postgresql"),
		Pool:          r.number("DB_POOL_SIZE", 5, 1, 500),
		Redis:         r.address("REDIS_URL", "redis", "rediss", "redis+sentinel", "rediss+sentinel"),
		RedisCA:       r.text("REDIS_CA_FILE", ""),
		CacheTTL:      time.Duration(r.number("CACHE_DEFAULT_TTL_SECONDS", 300, 1, 1<<30)) * time.Second,
		CacheHashTags: r.oneOf("REDIS_KEY_HASH_TAGS", "true", "true", "false") == "true",
		Bucket:        r.text("S3_BUCKET", ""),
		Region:        r.text("S3_REGION", "us-east-1"),
		S3Endpoint:    r.address("S3_ENDPOINT", "http", "https"),
		S3CA:          r.text("S3_CA_FILE", ""),
	}
	if r.problem != "" {
		return s, fmt.Errorf("%s", r.problem)
	}
	return s, nil
}

// reader remembers the first problem.
type reader struct {
	env     func(string) string
	problem string
}

func (r *reader) text(name, otherwise string) string {
	if value := r.env(name); value != "" {
		return value
	}
	return otherwise
}

func (r *reader) number(name string, otherwise, least, most int) int {
	given := r.env(name)
	if given == "" {
		return otherwise
	}
	value, err := strconv.Atoi(given)
	if err != nil || value < least || value > most {
		r.refuse(name, fmt.Sprintf("a whole number from %d to %d is accepted", least, most))
		return otherwise
	}
	return value
}

func (r *reader) oneOf(name, otherwise string, accepted ...string) string {
	given := r.text(name, otherwise)
	for _, one := range accepted {
		if given == one {
			return given
		}
	}
	r.refuse(name, strings.Join(accepted, ", ")+" are accepted")
	return otherwise
}

func (r *reader) address(name string, schemes ...string) *url.URL {
	given := r.env(name)
	if given == "" {
		return nil
	}
	parsed, err := url.Parse(given)
	if err == nil && parsed.Host != "" {
		for _, scheme := range schemes {
			if parsed.Scheme == scheme {
				return parsed
			}
		}
	}
	r.refuse(name, "an address that begins with "+strings.Join(schemes, ":// or ")+":// is accepted")
	return nil
}

func (r *reader) refuse(name, accepted string) {
	if r.problem == "" {
		r.problem = fmt.Sprintf("%s: %s.", name, accepted)
	}
}

func hostname() string {
	name, _ := os.Hostname()
	return name
}
