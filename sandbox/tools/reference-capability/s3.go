package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// objects keeps items in a bucket, under the capability's name.
type objects struct {
	client *minio.Client
	bucket string
	prefix string
}

// openObjects takes keys from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and without them the role that the pod has: by EKS
// Pod Identity, by web identity, or the node's.
func openObjects(s Settings) (Store, error) {
	endpoint := s.S3Endpoint
	if endpoint == nil {
		endpoint = &url.URL{Scheme: "https", Host: "s3." + s.Region + ".amazonaws.com"}
	}
	secure := endpoint.Scheme == "https"
	transport, err := minio.DefaultTransport(secure)
	if err != nil {
		return nil, err
	}
	if secure {
		if transport.TLSClientConfig.RootCAs, err = authorities("S3_CA_FILE", s.S3CA); err != nil {
			return nil, err
		}
	}
	keys := credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{},
		&credentials.IAM{Client: &http.Client{Timeout: time.Second}, Region: s.Region},
	})
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds: keys, Secure: secure, Region: s.Region, Transport: transport, MaxRetries: 2,
	})
	if err != nil || strings.Trim(endpoint.Path, "/") != "" {
		return nil, settingError("S3_ENDPOINT: not usable; http[s]://host:port without a path is accepted.")
	}
	return &objects{client, s.Bucket, s.Capability + "/items/"}, nil
}

func (o *objects) Name() string                      { return "s3" }
func (o *objects) Prepare(ctx context.Context) error { return o.Ping(ctx) }
func (o *objects) Close()                            {}

func (o *objects) Ping(ctx context.Context) error {
	exists, err := o.client.BucketExists(ctx, o.bucket)
	if err == nil && !exists {
		return minio.ErrorResponse{Code: "NoSuchBucket"}
	}
	return err
}

func (o *objects) Put(ctx context.Context, id, content string) error {
	_, err := o.client.PutObject(ctx, o.bucket, o.prefix+id, strings.NewReader(content), int64(len(content)),
		minio.PutObjectOptions{ContentType: "text/plain; charset=utf-8"})
	return err
}

func (o *objects) Get(ctx context.Context, id string) (string, error) {
	object, err := o.client.GetObject(ctx, o.bucket, o.prefix+id, minio.GetObjectOptions{})
	if err != nil {
		return "", err
	}
	defer object.Close()
	content, err := io.ReadAll(object)
	if failure, is := errors.AsType[minio.ErrorResponse](err); is && failure.Code == "NoSuchKey" {
		return "", errNotFound
	}
	return string(content), err
}
