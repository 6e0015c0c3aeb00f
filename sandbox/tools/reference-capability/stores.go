package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/redis/go-redis/v9"
)

// errNotFound: the store works and does not have it.
var errNotFound = errors.New("not found")

// Store keeps items. The three of them are the capability's database, cache and object storage.
type Store interface {
	Name() string
	// Prepare makes what the store needs before the first item; safe to repeat, and by several pods at once.
	Prepare(ctx context.Context) error
	Ping(ctx context.Context) error
	Put(ctx context.Context, id, content string) error
	// Get returns errNotFound when there is no such item.
	Get(ctx context.Context, id string) (string, error)
	Close()
}

// openStores opens those that are configured, in the order in which they are read: the cache first. Nothing is connected yet.
func openStores(s Settings) ([]Store, error) {
	var stores []Store
	if s.Redis != nil {
		store, err := openCache(s)
		if err != nil {
			return nil, err
		}
		stores = append(stores, store)
	}
	if s.Database != nil {
		store, err := openDatabase(s)
		if err != nil {
			return nil, err
		}
		stores = append(stores, store)
	}
	if s.Bucket != "" {
		store, err := openObjects(s)
		if err != nil {
			return nil, err
		}
		stores = append(stores, store)
	}
	return stores, nil
}

type database struct {
	pool   *pgxpool.Pool
	schema string
}

func openDatabase(s Settings) (Store, error) {
	config, err := pgxpool.ParseConfig(s.Database.String())
	if err != nil {
		// The library's own message may repeat the password.
		return nil, errors.New("DATABASE_URL: a postgres:// address with a readable sslrootcert is accepted.")
	}
	config.MaxConns = int32(s.Pool)
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, errors.New("DATABASE_URL: cannot be used.")
	}
	return &database{pool, pgx.Identifier{strings.ReplaceAll(s.Capability, "-", "_")}.Sanitize()}, nil
}

func (d *database) Name() string { return "postgres" }

// Prepare takes a lock: two CREATE ... IF NOT EXISTS at once can both find nothing and then collide.
func (d *database) Prepare(ctx context.Context) error {
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, fmt.Sprintf(`SELECT pg_advisory_xact_lock(hashtext('apg-reference'));
			CREATE SCHEMA IF NOT EXISTS %[1]s;
			CREATE TABLE IF NOT EXISTS %[1]s.items (
				id text PRIMARY KEY, content text NOT NULL, created timestamptz NOT NULL DEFAULT now())`, d.schema))
		return err
	})
}

func (d *database) Ping(ctx context.Context) error { return d.pool.Ping(ctx) }

func (d *database) Put(ctx context.Context, id, content string) error {
	_, err := d.pool.Exec(ctx, "INSERT INTO "+d.schema+".items (id, content) VALUES ($1, $2)", id, content)
	return err
}

func (d *database) Get(ctx context.Context, id string) (content string, err error) {
	err = d.pool.QueryRow(ctx, "SELECT content FROM "+d.schema+".items WHERE id = $1", id).Scan(&content)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", errNotFound
	}
	return content, err
}

func (d *database) Close() { d.pool.Close() }

type cache struct {
	client   redis.UniversalClient
	settings Settings
}

// openCache takes redis://[user:password@]host:port/db, or several hosts with +sentinel, the parameter "master" and, where
// the Sentinels ask for one, "sentinel_password". rediss is TLS, always with the server's name verified.
func openCache(s Settings) (Store, error) {
	address := s.Redis
	password, _ := address.User.Password()
	options := &redis.UniversalOptions{
		Addrs:    strings.Split(address.Host, ","),
		Username: address.User.Username(),
		Password: password,
		PoolSize: s.Pool,
	}
	if number := strings.Trim(address.Path, "/"); number != "" {
		db, err := strconv.Atoi(number)
		if err != nil {
			return nil, errors.New("REDIS_URL: a number is accepted as its path.")
		}
		options.DB = db
	}
	if strings.HasSuffix(address.Scheme, "+sentinel") {
		options.MasterName = address.Query().Get("master")
		options.SentinelPassword = address.Query().Get("sentinel_password")
		if options.MasterName == "" {
			return nil, errors.New("REDIS_URL: with +sentinel the parameter master is needed.")
		}
	}
	if strings.HasPrefix(address.Scheme, "rediss") {
		roots, err := authorities("REDIS_CA_FILE", s.RedisCA)
		if err != nil {
			return nil, err
		}
		options.TLSConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return &cache{redis.NewUniversalClient(options), s}, nil
}

func (c *cache) key(id string) string {
	if c.settings.CacheHashTags {
		return "{" + c.settings.Capability + "}:item:" + id
	}
	return c.settings.Capability + ":item:" + id
}

func (c *cache) Name() string                      { return "redis" }
func (c *cache) Prepare(ctx context.Context) error { return c.Ping(ctx) }
func (c *cache) Ping(ctx context.Context) error    { return c.client.Ping(ctx).Err() }
func (c *cache) Close()                            { _ = c.client.Close() }

func (c *cache) Put(ctx context.Context, id, content string) error {
	return c.client.Set(ctx, c.key(id), content, c.settings.CacheTTL).Err()
}

func (c *cache) Get(ctx context.Context, id string) (string, error) {
	content, err := c.client.Get(ctx, c.key(id)).Result()
	if errors.Is(err, redis.Nil) {
		return "", errNotFound
	}
	return content, err
}

type objects struct {
	client *minio.Client
	bucket string
	prefix string
}

func openObjects(s Settings) (Store, error) {
	endpoint := s.S3Endpoint
	if endpoint == nil {
		endpoint = &url.URL{Scheme: "https", Host: "s3." + s.Region + ".amazonaws.com"}
	}
	transport, err := minio.DefaultTransport(endpoint.Scheme == "https")
	if err != nil {
		return nil, err
	}
	if endpoint.Scheme == "https" {
		if transport.TLSClientConfig.RootCAs, err = authorities("S3_CA_FILE", s.S3CA); err != nil {
			return nil, err
		}
	}
	// Keys from the environment, else the role that the pod has.
	chain := credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{},
		&credentials.IAM{Client: &http.Client{Transport: http.DefaultTransport}},
	})
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds: chain, Secure: endpoint.Scheme == "https", Region: s.Region, Transport: transport,
	})
	if err != nil {
		return nil, errors.New("S3_ENDPOINT: a host without a path is accepted.")
	}
	return &objects{client, s.Bucket, s.Capability + "/items/"}, nil
}

func (o *objects) Name() string                      { return "s3" }
func (o *objects) Prepare(ctx context.Context) error { return o.Ping(ctx) }
func (o *objects) Close()                            {}

func (o *objects) Ping(ctx context.Context) error {
	exists, err := o.client.BucketExists(ctx, o.bucket)
	if err == nil && !exists {
		return errors.New("there is no such bucket")
	}
	return err
}

func (o *objects) Put(ctx context.Context, id, content string) error {
	body := bytes.NewReader([]byte(content))
	_, err := o.client.PutObject(ctx, o.bucket, o.prefix+id, body, body.Size(), minio.PutObjectOptions{})
	return err
}

func (o *objects) Get(ctx context.Context, id string) (string, error) {
	object, err := o.client.GetObject(ctx, o.bucket, o.prefix+id, minio.GetObjectOptions{})
	if err != nil {
		return "", err
	}
	defer object.Close()
	content, err := io.ReadAll(object)
	if minio.ToErrorResponse(err).Code == "NoSuchKey" {
		return "", errNotFound
	}
	return string(content), err
}

// authorities reads the certificates that servers are verified by; nil, the system's, without a file.
func authorities(variable, path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s: a readable file of PEM certificates is accepted.", variable)
	}
	return pool, nil
}
