package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/minio/minio-go/v7"
	"github.com/redis/go-redis/v9"
)

// redisCode is the word that a Redis server begins an error with, such as WRONGPASS.
var redisCode = regexp.MustCompile(`^[A-Z]{3,}\b`)

// noSentinel is how the Redis library begins the text of an error that has no type.
const noSentinel = "redis: all sentinels"

// classOf says what kind of failure it is, without the addresses, names and credentials that a library's message may repeat.
func classOf(err error) string {
	if unverified, is := errors.AsType[*tls.CertificateVerificationError](err); is && unverified != nil {
		return "certificate"
	}
	if answered, is := errors.AsType[*pgconn.PgError](err); is {
		return "refused: " + answered.Code
	}
	if answered, is := errors.AsType[minio.ErrorResponse](err); is {
		return "refused: " + answered.Code
	}
	if answered, is := errors.AsType[redis.Error](err); is && redisCode.MatchString(answered.Error()) {
		return "refused: " + redisCode.FindString(answered.Error())
	}
	if strings.HasPrefix(err.Error(), noSentinel) {
		return "no sentinel answers"
	}
	dns, _ := errors.AsType[*net.DNSError](err)
	network, isNetwork := errors.AsType[net.Error](err)
	switch {
	case dns != nil && dns.IsNotFound:
		return "unknown host"
	case errors.Is(err, context.DeadlineExceeded), isNetwork && network.Timeout():
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case isNetwork, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "unreachable"
	default:
		return "failed"
	}
}
