package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// connectTimeout is for a database that does not answer at all; connect_timeout in DATABASE_URL goes before.
const connectTimeout = 5 * time.Second

// database keeps items in a table of the capability's own schema.
type database struct {
	pool   *pgxpool.Pool
	schema string // Both quoted already
	table  string
}

func openDatabase(s Settings) (Store, error) {
	if !strings.HasPrefix(s.DatabaseURL, "postgres://") && !strings.HasPrefix(s.DatabaseURL, "postgresql://") {
		return nil, settingError("DATABASE_URL: not a postgres URL; postgres://user:password@host:port/database is accepted.")
	}
	config, err := pgxpool.ParseConfig(s.DatabaseURL)
	if err != nil { // The library's own message may repeat the password.
		return nil, settingError("DATABASE_URL: not a postgres URL, or its sslrootcert is not readable; " +
			"postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=/file.pem is accepted.")
	}
	config.MaxConns = int32(s.Pool)
	if !strings.Contains(s.DatabaseURL, "connect_timeout=") {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	// No prepared statements: a pooler gives every transaction another connection.
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, settingError("DATABASE_URL: its pool settings cannot be used together.")
	}
	schema := strings.ReplaceAll(s.Capability, "-", "_")
	return &database{pool, pgx.Identifier{schema}.Sanitize(), pgx.Identifier{schema, "items"}.Sanitize()}, nil
}

func (d *database) Name() string { return "postgres" }

// Prepare looks first: CREATE ... IF NOT EXISTS asks for the right to create even when there is nothing to do. It takes a lock,
// because two at once can both find nothing and then collide.
func (d *database) Prepare(ctx context.Context) error {
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtext('apg-reference'))"); err != nil {
			return err
		}
		var there bool
		if err := tx.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", d.table).Scan(&there); err != nil || there {
			return err
		}
		_, err := tx.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+d.schema+"; CREATE TABLE "+d.table+
			" (id text PRIMARY KEY, content text NOT NULL, created timestamptz NOT NULL DEFAULT now())")
		return err
	})
}

func (d *database) Ping(ctx context.Context) error { return d.pool.Ping(ctx) }

func (d *database) Put(ctx context.Context, id, content string) error {
	_, err := d.pool.Exec(ctx, "INSERT INTO "+d.table+" (id, content) VALUES ($1, $2)", id, content)
	return err
}

func (d *database) Get(ctx context.Context, id string) (content string, err error) {
	err = d.pool.QueryRow(ctx, "SELECT content FROM "+d.table+" WHERE id = $1", id).Scan(&content)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", errNotFound
	}
	return content, err
}

func (d *database) Close() { d.pool.Close() }
