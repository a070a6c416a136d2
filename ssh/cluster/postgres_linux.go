package cluster

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
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Postgres is a PostgreSQL server of Debian's, with a socket in a folder of its own
// and nothing on the network. It ends with the process that started it. Its methods
// are safe for use by several goroutines.
type Postgres struct {
	Dir  string // where its socket is, its files under it
	Word string // the password of its one user, with signs in it that a URL must escape

	bin      string
	uid, gid uint32
	log      *os.File

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// startTime is how long a server may take to start and to stop.
const startTime = 60 * time.Second

// ErrNone says that there is no PostgreSQL here to be started. Whoever needs one to
// test something skips then, loudly.
var ErrNone = errors.New("NO POSTGRESQL: what several nodes share is not tested here; install Debian's postgresql")

// binaries is where Debian has the server's programs.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return "", ErrNone
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// StartPostgres makes a server's files and starts it; it has one user, onboard, and
// one database, postgres. The caller removes it. The error is ErrNone where Debian's
// postgresql is not installed.
func StartPostgres() (s *Postgres, err error) {
	s = &Postgres{Word: "word/with@signs:" + rand.Text()}
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	// It refuses to run as root, and its user must get there: a temporary folder of
	// the test would be root's.
	if s.Dir, err = os.MkdirTemp("", "onboard-pg"); err != nil {
		return nil, err
	}
	s.uid, s.gid = uint32(os.Getuid()), uint32(os.Getgid())
	if s.uid == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNone, err)
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		s.uid, s.gid = uint32(uid), uint32(gid)
	}
	file := filepath.Join(s.Dir, "word")
	if err := os.WriteFile(file, []byte(s.Word), 0o600); err != nil {
		return nil, err
	}
	if s.log, err = os.Create(filepath.Join(s.Dir, "log")); err != nil {
		return nil, err
	}
	for _, name := range []string{s.Dir, file} {
		if err := os.Chown(name, int(s.uid), int(s.gid)); err != nil {
			return nil, err
		}
	}
	made := s.command("initdb", "-D", s.Data(), "-U", "onboard", "-A", "scram-sha-256", "--pwfile", file, "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")
	if out, err := made.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	return s, s.start()
}

// Data is the folder of its files.
func (s *Postgres) Data() string { return filepath.Join(s.Dir, "data") }

// command is a program of the server's, as its user.
func (s *Postgres) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), filepath.Join(s.bin, name), args...)
	cmd.Dir = s.Dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: s.uid, Gid: s.gid}, Pdeathsig: syscall.SIGQUIT}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Credential = nil
	}
	return cmd
}

// start starts the server and waits until it answers. It ends with this process.
func (s *Postgres) start() error {
	began := make(chan error, 1)
	cmd, done := s.command("postgres", "-D", s.Data(), "-k", s.Dir, "-c", "listen_addresses=", "-c", "fsync=on", "-c", "max_connections=300", "-c", "max_prepared_transactions=4", "-c", "shared_buffers=64MB", "-c", "unix_socket_permissions=0777"), make(chan struct{})
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
func (s *Postgres) answers(done <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL(""))
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
func (s *Postgres) tail() string {
	data, _ := os.ReadFile(s.log.Name())
	return string(data[max(0, len(data)-2000):])
}

// Stop ends the server by a signal (SIGTERM, SIGINT and SIGQUIT are its own ways of
// ending, SIGKILL is a crash) and waits until it is gone, with its children.
func (s *Postgres) Stop(sig syscall.Signal) error {
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

// Again starts a server that ended, however it did: the children of one that was
// killed hold its memory for a moment, and until then it refuses.
func (s *Postgres) Again() error {
	end := time.Now().Add(startTime)
	for {
		err := s.start()
		if err == nil || time.Now().After(end) {
			return err
		}
	}
}

// Remove ends the server and removes its files.
func (s *Postgres) Remove() error {
	return errors.Join(s.Stop(syscall.SIGQUIT), s.log.Close(), os.RemoveAll(s.Dir))
}

// URL is the server's address, and in it of the schema with that name; empty: of none.
func (s *Postgres) URL(name string) string { return s.URLAt(s.Dir, name) }

// URLAt is URL by a socket in another folder.
func (s *Postgres) URLAt(dir, name string) string {
	q := url.Values{"host": {dir}, "sslmode": {"disable"}}
	if name != "" {
		q.Set("search_path", name)
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword("onboard", s.Word), Path: "/postgres", RawQuery: q.Encode()}
	return u.String()
}
