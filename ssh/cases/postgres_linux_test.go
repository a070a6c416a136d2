package cases

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"onboard.example/ssh/cluster"
)

// server is a PostgreSQL server that tests started.
type server struct{ *cluster.Postgres }

func startServer() (*server, error) {
	s, err := cluster.StartPostgres()
	return &server{s}, err
}

// ask asks the server directly, as its operator would.
func (s *server) ask(t testing.TB, query string, into ...any) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // it is asked at a test's end too
	conn, err := pgx.Connect(ctx, s.URL(""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if len(into) == 0 {
		_, err = conn.Exec(ctx, query)
	} else {
		err = conn.QueryRow(ctx, query).Scan(into...)
	}
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// patiently ends an address at which the database gives up nothing for its time: what is
// held open on purpose must not end before the test is done, however full the machine is.
const patiently = "&statement_timeout=0&idle_in_transaction_session_timeout=0"

// waits waits until somebody at the server waits for a lock.
func (s *server) waits(t testing.TB, what string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, s.URL(""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	eventually(t, what, func() (is bool) {
		if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)`).Scan(&is); err != nil {
			t.Fatal(err)
		}
		return is
	})
}

// name makes a place for a store that holds nothing.
func (s *server) name(t testing.TB) string {
	t.Helper()
	name := "t" + strings.ToLower(rand.Text())
	s.ask(t, `CREATE SCHEMA `+name)
	t.Cleanup(func() { s.ask(t, `DROP SCHEMA `+name+` CASCADE`) })
	return name
}

// shared is the server of all tests that do it no harm.
var shared = sync.OnceValues(startServer)

// began says whether somebody asked for it.
var began = new(sync.Once)

// endShared ends it.
func endShared() {
	used := true
	began.Do(func() { used = false })
	if s, err := sharedIf(used); err == nil && s != nil {
		if err := s.Remove(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

func sharedIf(used bool) (*server, error) {
	if !used {
		return nil, nil
	}
	return shared()
}

// postgres is the server of all tests.
func postgres(t testing.TB) *server {
	t.Helper()
	began.Do(func() {})
	s, err := shared()
	return s.or(t, err)
}

// ofItsOwn is a server for a test that ends it.
func ofItsOwn(t testing.TB) *server {
	t.Helper()
	s, err := startServer()
	s = s.or(t, err)
	t.Cleanup(func() {
		if err := s.Remove(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// or skips the test where there is no server.
func (s *server) or(t testing.TB, err error) *server {
	t.Helper()
	if errors.Is(err, cluster.ErrNone) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// freshPostgres opens a new store on the server.
func freshPostgres(t testing.TB, o Options) *Store {
	t.Helper()
	s := postgres(t)
	return open(t, s.URL(s.name(t)), o)
}

// holds says whether any of the server's files but its log of writes has a text.
func (s *server) holds(t testing.TB, text []byte) (in []string) {
	t.Helper()
	s.ask(t, `CHECKPOINT`)
	err := filepath.WalkDir(filepath.Join(s.Data(), "base"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil //nolint:nilerr // it went meanwhile
		}
		data, err := os.ReadFile(path)
		if err == nil && bytes.Contains(data, text) {
			in = append(in, filepath.Base(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// restoredPostgres makes a database of a dump of SQLite's, and gives its address.
func restoredPostgres(t *testing.T, dump string) string {
	t.Helper()
	s := postgres(t)
	name := s.name(t)
	s.ask(t, `SET search_path = `+name+`; `+postgresDump(dump))
	return s.URL(name)
}

// postgresDump is a dump of SQLite's in PostgreSQL's words.
func postgresDump(dump string) string {
	var b strings.Builder
	for l := range strings.Lines(dump) {
		if !strings.HasPrefix(l, "CREATE TRIGGER") { // they are the databases' own
			b.WriteString(l)
		}
	}
	for version := range len(schemas) {
		if strings.Contains(dump, fmt.Sprintf("INSERT INTO facts VALUES ('version', '%d')", version+1)) {
			for v := range version + 1 {
				b.WriteString(postgresDialect().more[v+1])
			}
		}
	}
	dump = b.String()
	return literals.ReplaceAllString(strings.ReplaceAll(dump, " BLOB", " BYTEA"), `'\x$1'::bytea`)
}

var literals = regexp.MustCompile(`X'([0-9A-F]*)'`)

// shapePostgres is the schema of a store.
func shapePostgres(t *testing.T, s *Store) []string {
	t.Helper()
	out := column(t, s.files.read, `SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable
		FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1`)
	out = append(out, column(t, s.files.read, `SELECT c.conrelid::regclass || ' ' || pg_get_constraintdef(c.oid)
		FROM pg_constraint c WHERE c.connamespace = current_schema()::regnamespace ORDER BY 1`)...)
	return append(out, column(t, s.files.read, `SELECT event_object_table || ' ' || event_manipulation || ' ' || action_statement
		FROM information_schema.triggers WHERE trigger_schema = current_schema() ORDER BY 1`)...)
}
