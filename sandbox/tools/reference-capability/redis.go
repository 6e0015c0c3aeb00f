package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const redisForms = "redis[s]://user:password@host:port/db or " +
	"redis[s]+sentinel://user:password@host:port,host:port/db?master=name&sentinel_username=...&sentinel_password=... is accepted."

// cache keeps items in Redis, for as long as CACHE_DEFAULT_TTL_SECONDS says.
type cache struct {
	client *redis.Client
	prefix string
	ttl    time.Duration
}

func openCache(s Settings) (Store, error) {
	options, err := redisOptions(s.RedisURL)
	if err != nil {
		return nil, err
	}
	options.PoolSize = s.Pool
	options.ContextTimeoutEnabled = true
	dialer := &net.Dialer{Timeout: 2 * time.Second, KeepAlive: 30 * time.Second}
	options.Dialer = dialer.DialContext
	if strings.HasPrefix(s.RedisURL.Scheme, "rediss") {
		roots, err := authorities("REDIS_CA_FILE", s.RedisCA)
		if err != nil {
			return nil, err
		}
		// The name that is dialled is the one that is verified, of Sentinels and of the master that they name. The library's own
		// way to dial TLS would not stop when the request's time is over.
		secure := &tls.Dialer{NetDialer: dialer, Config: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
		options.Dialer = secure.DialContext
	}
	opened := &cache{ttl: s.CacheTTL, prefix: s.Capability + ":item:"}
	if s.HashTags {
		opened.prefix = "{" + s.Capability + "}:item:"
	}
	redis.SetLogger(silent{}) // Whoever asked hears of the failure, and logs it without addresses.
	if options.MasterName == "" {
		opened.client = redis.NewClient(&redis.Options{
			Addr: options.SentinelAddrs[0], Username: options.Username, Password: options.Password, DB: options.DB,
			PoolSize: options.PoolSize, ContextTimeoutEnabled: true, Dialer: options.Dialer,
		})
	} else {
		opened.client = redis.NewFailoverClient(options)
	}
	return opened, nil
}

// redisOptions reads the address. Without a MasterName, the one of SentinelAddrs is the server itself.
func redisOptions(address *url.URL) (*redis.FailoverOptions, error) {
	refused := func(problem string) (*redis.FailoverOptions, error) {
		return nil, settingError("REDIS_URL: " + problem + "; " + redisForms)
	}
	password, _ := address.User.Password()
	query := address.Query()
	options := &redis.FailoverOptions{
		SentinelAddrs: strings.Split(address.Host, ","), Username: address.User.Username(), Password: password,
		MasterName:       query.Get("master"),
		SentinelUsername: query.Get("sentinel_username"), SentinelPassword: query.Get("sentinel_password"),
	}
	port := "6379"
	sentinels := strings.HasSuffix(address.Scheme, "+sentinel")
	if sentinels {
		port = "26379"
		for _, known := range []string{"master", "sentinel_username", "sentinel_password"} {
			query.Del(known)
		}
	}
	for i, host := range options.SentinelAddrs {
		if !strings.Contains(host, ":") {
			options.SentinelAddrs[i] = net.JoinHostPort(host, port)
		}
	}
	if number := strings.Trim(address.Path, "/"); number != "" {
		db, err := strconv.Atoi(number)
		if err != nil || db < 0 {
			return refused("its path is not the number of a database")
		}
		options.DB = db
	}
	switch {
	case len(query) > 0:
		return refused("it has a parameter that is not known")
	case sentinels && options.MasterName == "":
		return refused("its parameter master is missing")
	case !sentinels && len(options.SentinelAddrs) > 1:
		return refused("it has several hosts without +sentinel")
	}
	return options, nil
}

func (c *cache) Name() string                      { return "redis" }
func (c *cache) Prepare(ctx context.Context) error { return c.Ping(ctx) }
func (c *cache) Ping(ctx context.Context) error    { return c.client.Ping(ctx).Err() }
func (c *cache) Close()                            { _ = c.client.Close() }

func (c *cache) Put(ctx context.Context, id, content string) error {
	return c.client.Set(ctx, c.prefix+id, content, c.ttl).Err()
}

func (c *cache) Get(ctx context.Context, id string) (string, error) {
	content, err := c.client.Get(ctx, c.prefix+id).Result()
	if errors.Is(err, redis.Nil) {
		return "", errNotFound
	}
	return content, err
}

// silent takes what the Redis library would print on its own.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}
