package cases

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is a PostgreSQL server of Debian's that a test started, with a socket in
// a folder of its own and nothing on the network.
type server struct {
	bin, dir string
	uid, gid uint32
	word     string // the password
	log      *os.File

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// startTime is how long a server may take to start and to stop.
const startTime = 60 * time.Second

// noServer says where there is none; every test that needs one skips then.
var errNoServer = errors.New("NO POSTGRESQL: the store of several nodes is not tested here; install Debian's postgresql")

// binaries is where Debian has the server's programs.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return "", errNoServer
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// newServer makes a server's files and starts it. The caller stops it.
func newServer() (s *server, err error) {
	s = &server{word: "word/with@signs:" + rand.Text()}
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	// It refuses to run as root, and its user must get there: a temporary folder of
	// the test would be root's.
	if s.dir, err = os.MkdirTemp("", "onboard-pg"); err != nil {
		return nil, err
	}
	s.uid, s.gid = uint32(os.Getuid()), uint32(os.Getgid())
	if s.uid == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errNoServer, err)
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		s.uid, s.gid = uint32(uid), uint32(gid)
	}
	file := filepath.Join(s.dir, "word")
	if err := os.WriteFile(file, []byte(s.word), 0o600); err != nil {
		return nil, err
	}
	if s.log, err = os.Create(filepath.Join(s.dir, "log")); err != nil {
		return nil, err
	}
	for _, name := range []string{s.dir, file} {
		if err := os.Chown(name, int(s.uid), int(s.gid)); err != nil {
			return nil, err
		}
	}
	made := s.command("initdb", "-D", s.data(), "-U", "onboard", "-A", "scram-sha-256", "--pwfile", file, "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")
	if out, err := made.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	return s, s.start()
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

// command is a program of the server's, as its user.
func (s *server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: s.uid, Gid: s.gid}, Pdeathsig: syscall.SIGQUIT}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Credential = nil
	}
	return cmd
}

// start starts the server and waits until it answers. It ends with this process.
func (s *server) start() error {
	began := make(chan error, 1)
	cmd, done := s.command("postgres", "-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=on", "-c", "max_connections=300", "-c", "shared_buffers=64MB", "-c", "unix_socket_permissions=0777"), make(chan struct{})
	cmd.Stdout, cmd.Stderr = s.log, s.log
	go func() {
		runtime.LockOSThread() // which it is told of the end of
		defer close(done)
		err := cmd.Start()
		began <- err
		if err == nil {
			_ = cmd.Wait() // it is told by signals how to end
		}
	}()
	if err := <-began; err != nil {
		return err
	}
	s.mu.Lock()
	s.cmd, s.done = cmd, done
	s.mu.Unlock()
	return s.answers(done)
}

// answers waits until the server answers.
func (s *server) answers(done <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.url(""))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-done:
			return errors.New("the server ended by itself: " + s.tail())
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w: %s", err, s.tail())
		case <-time.After(10 * time.Millisecond): // until it does
		}
	}
}

// tail is the end of its log.
func (s *server) tail() string {
	data, _ := os.ReadFile(s.log.Name())
	return string(data[max(0, len(data)-2000):])
}

// stop ends the server by a signal and waits until it is gone, with its children.
func (s *server) stop(sig syscall.Signal) error {
	s.mu.Lock()
	cmd, done := s.cmd, s.done
	s.mu.Unlock()
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", cmd.Process.Pid))
	if err := cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-done:
	case <-time.After(startTime):
		return errors.New("the server goes on: " + s.tail())
	}
	for end := time.Now().Add(startTime); slices.ContainsFunc(strings.Fields(string(children)), lives); { // they notice that it was killed, and store what they were told until then
		if time.Now().After(end) {
			return errors.New("its children go on: " + s.tail())
		}
		<-time.After(time.Millisecond) // between two looks
	}
	return nil
}

// lives says whether there is such a process, and it is not over.
func lives(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !bytes.Contains(stat, []byte(") Z "))
}

// again starts a server that ended, however it did: the children of one that was
// killed hold its memory for a moment, and until then it refuses.
func (s *server) again() error {
	end := time.Now().Add(startTime)
	for {
		err := s.start()
		if err == nil || time.Now().After(end) {
			return err
		}
	}
}

// remove ends the server and removes its files.
func (s *server) remove() error {
	return errors.Join(s.stop(syscall.SIGQUIT), s.log.Close(), os.RemoveAll(s.dir))
}

// url is the address of the server, of the store that has a name in it.
func (s *server) url(name string) string { return s.urlAt(s.dir, name) }

// urlAt is url by a socket in another folder.
func (s *server) urlAt(dir, name string) string {
	q := url.Values{"host": {dir}, "sslmode": {"disable"}}
	if name != "" {
		q.Set("search_path", name)
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword("onboard", s.word), Path: "/postgres", RawQuery: q.Encode()}
	return u.String()
}

// ask asks the server directly, as its operator would.
func (s *server) ask(t testing.TB, query string, into ...any) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // it is asked at a test's end too
	conn, err := pgx.Connect(ctx, s.url(""))
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

// name makes a place for a store that holds nothing.
func (s *server) name(t testing.TB) string {
	t.Helper()
	name := "t" + strings.ToLower(rand.Text())
	s.ask(t, `CREATE SCHEMA `+name)
	t.Cleanup(func() { s.ask(t, `DROP SCHEMA `+name+` CASCADE`) })
	return name
}

// shared is the server of all tests that do it no harm.
var shared = sync.OnceValues(newServer)

// began says whether somebody asked for it.
var began = new(sync.Once)

// endShared ends it.
func endShared() {
	used := true
	began.Do(func() { used = false })
	if s, err := sharedIf(used); err == nil && s != nil {
		if err := s.remove(); err != nil {
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
	s, err := newServer()
	s = s.or(t, err)
	t.Cleanup(func() {
		if err := s.remove(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// or skips the test where there is no server.
func (s *server) or(t testing.TB, err error) *server {
	t.Helper()
	if errors.Is(err, errNoServer) {
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
	return open(t, s.url(s.name(t)), o)
}

// holds says whether any of the server's files but its log of writes has a text.
func (s *server) holds(t testing.TB, text []byte) (in []string) {
	t.Helper()
	s.ask(t, `CHECKPOINT`)
	err := filepath.WalkDir(filepath.Join(s.data(), "base"), func(path string, d os.DirEntry, err error) error {
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
	return s.url(name)
}

// postgresDump is a dump of SQLite's in PostgreSQL's words.
func postgresDump(dump string) string {
	if at := strings.Index(dump, "CREATE TRIGGER"); at >= 0 { // they come last, and are the databases' own
		dump = dump[:at]
		for version := range len(schemas) {
			dump += postgresDialect().more[version+1]
		}
	}
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
