package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/minio/minio-go/v7"
)

func openOne(t *testing.T, pairs ...string) Store {
	t.Helper()
	opened, err := openStores(settingsOf(t, pairs...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.close)
	return opened.all()[0]
}

func ping(t *testing.T, store Store) error {
	limited, cancel := context.WithTimeout(t.Context(), pingTimeout)
	defer cancel()
	return store.Ping(limited)
}

func TestCache(t *testing.T) {
	server := miniredis.RunT(t)
	server.RequireUserAuth("audio", "p/ss")
	store := openOne(t, "REDIS_URL", "redis://audio:p%2Fss@"+server.Addr()+"/3", "APG_CAPABILITY", "audio-processing",
		"CACHE_DEFAULT_TTL_SECONDS", "60")
	if err := store.Put(t.Context(), "A", "hello"); err != nil {
		t.Fatal(err)
	}
	if content, err := store.Get(t.Context(), "A"); err != nil || content != "hello" {
		t.Fatal(content, err)
	}
	if keys := server.DB(3).Keys(); !slices.Equal(keys, []string{"{audio-processing}:item:A"}) {
		t.Fatal(keys)
	}
	server.FastForward(61 * time.Second)
	if _, err := store.Get(t.Context(), "A"); err != errNotFound {
		t.Fatal(err)
	}
	refused := openOne(t, "REDIS_URL", "redis://audio:other@"+server.Addr(), "REDIS_KEY_HASH_TAGS", "false")
	if class := classOf(ping(t, refused)); class != "refused: WRONGPASS" {
		t.Fatal(class)
	}
	if prefix := refused.(*cache).prefix; prefix != "reference:item:" {
		t.Fatal(prefix)
	}
	server.Close()
	if class := classOf(ping(t, store)); class != "unreachable" {
		t.Fatal(class)
	}
}

// certified is a certificate for a name, and a file with its authority.
func certified(t *testing.T, name string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, DNSNames: []string{name}}
	if address := net.ParseIP(name); address != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{address}
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key}, file
}

func TestCacheVerifiesAuthorityAndName(t *testing.T) {
	run := func(name string) (address, authority string) {
		certificate, authority := certified(t, name)
		server, err := miniredis.RunTLS(&tls.Config{Certificates: []tls.Certificate{certificate}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Close)
		return server.Addr(), authority
	}
	right, authority := run("127.0.0.1")
	if err := ping(t, openOne(t, "REDIS_URL", "rediss://"+right, "REDIS_CA_FILE", authority)); err != nil {
		t.Fatal(err)
	}
	misnamed, other := run("redis.example")
	for address, file := range map[string]string{right: other, misnamed: other} {
		if class := classOf(ping(t, openOne(t, "REDIS_URL", "rediss://"+address, "REDIS_CA_FILE", file))); class != "certificate" {
			t.Error(class)
		}
	}
}

func TestSentinelAddresses(t *testing.T) {
	address, err := url.Parse("rediss+sentinel://u:p@s1:26379,s2,s3:1/2?master=apg&sentinel_username=w&sentinel_password=q")
	if err != nil {
		t.Fatal(err)
	}
	options, err := redisOptions(address)
	if err != nil {
		t.Fatal(err)
	}
	found := fmt.Sprint(options.SentinelAddrs, options.MasterName, options.Username, options.Password, options.DB,
		options.SentinelUsername, options.SentinelPassword)
	if found != "[s1:26379 s2:26379 s3:1]apgup2wq" && found != "[s1:26379 s2:26379 s3:1] apg u p 2 w q" {
		t.Fatal(found)
	}
}

// Port 1 of the loopback is closed.
func TestUnreachableStores(t *testing.T) {
	for _, pairs := range [][]string{
		{"DATABASE_URL", "postgres://u:hidden@127.0.0.1:1/d?sslmode=disable"},
		{"REDIS_URL", "redis://u:hidden@127.0.0.1:1"},
		{"S3_BUCKET", "items", "S3_ENDPOINT", "http://127.0.0.1:1"},
	} {
		t.Setenv("AWS_ACCESS_KEY_ID", "id")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "hidden")
		begun := time.Now()
		if class := classOf(ping(t, openOne(t, pairs...))); class != "unreachable" {
			t.Error(pairs[0], class)
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Error(pairs[0], took)
		}
	}
}

func TestStoresThatHang(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // It accepts connections and says nothing.
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "hidden")
	host := listener.Addr().String()
	for _, pairs := range [][]string{
		{"timeout", "DATABASE_URL", "postgres://u:hidden@" + host + "/d?sslmode=disable"},
		{"timeout", "REDIS_URL", "redis://u:hidden@" + host},
		{"timeout", "REDIS_URL", "rediss://u:hidden@" + host},
		{"no sentinel answers", "REDIS_URL", "rediss+sentinel://u:hidden@" + host + "?master=m"},
		{"timeout", "S3_BUCKET", "items", "S3_ENDPOINT", "http://" + host},
	} {
		begun := time.Now()
		class := classOf(ping(t, openOne(t, pairs[1:]...)))
		if took := time.Since(begun); class != pairs[0] || took > 2*time.Second {
			t.Error(pairs, class, took)
		}
	}
}

func TestClassesOfFailures(t *testing.T) {
	for class, err := range map[string]error{
		"refused: 28P01":        fmt.Errorf("at host: %w", &pgconn.PgError{Code: "28P01", Message: "password of hidden"}),
		"refused: AccessDenied": minio.ErrorResponse{Code: "AccessDenied"},
		"unknown host":          &net.DNSError{IsNotFound: true, Name: "hidden"},
		"timeout":               context.DeadlineExceeded,
		"cancelled":             context.Canceled,
		"failed":                fmt.Errorf("hidden"),
	} {
		if found := classOf(err); found != class {
			t.Errorf("%s expected, %s found", class, found)
		}
	}
}
