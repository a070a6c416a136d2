package ssh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
)

// patience is how long a test waits for what must come.
const patience = time.Minute

// eyes look at a tenant in which everything is fine.
type eyes struct {
	onLook func(ask run.Ask) // nil: nothing happens
}

// Look implements run.Looker.
func (e eyes) Look(_ context.Context, ask run.Ask, found func(checks.Finding)) (flows.Facts, error) {
	if e.onLook != nil {
		e.onLook(ask)
	}
	for _, id := range ask.Checks {
		found(checks.Finding{Check: id, Verdict: checks.Unknown, Grade: checks.Inferred, Summary: "seen from outside", At: time.Now()})
	}
	return flows.Facts{Tenants: []flows.TenantFact{{Cloud: checks.CloudPublic, ID: "11111111-1111-1111-1111-111111111111"}}, At: time.Now()}, nil
}

// logged is what a server logged.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// site is a server under test.
type site struct {
	*Server

	addr string
	log  *logged
	came *sync.Map // who came to the door in the browser, where there is one at the same port
}

// serve starts a server on loopback, with limits that a test does not meet unless
// it sets them.
func serve(t *testing.T, change func(*Options)) *site {
	t.Helper()
	id, made, err := LoadIdentity([]string{filepath.Join(t.TempDir(), "keys", "host")})
	if err != nil || !made {
		t.Fatal(made, err)
	}
	profiles, err := flows.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := cases.Open(t.Context(), filepath.Join(t.TempDir(), "cases.db"), cases.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
	})
	log := new(logged)
	o := Options{
		Identity: id, Cases: kept, Limits: DefaultLimits(), Name: "onboard.example", Profiles: profiles, Version: "test",
		Log:  slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Eyes: func(netip.Prefix) run.Looker { return eyes{} },
		Command: func(_ context.Context, args []string, out, _ io.Writer) int {
			_, _ = fmt.Fprintf(out, "%q\n", args)
			return codeUnknown
		},
	}
	o.Limits.PerSource, o.Limits.Rate, o.Limits.Burst = 1000, 1000, 1000
	o.Limits.SessionRate, o.Limits.SessionBurst, o.Limits.CasesPerSource = 1000, 1000, 1000
	o.Limits.CommandsPerSource = o.Limits.Commands
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		now, stop := context.WithCancel(context.Background())
		stop()
		s.Drain(now)
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return &site{Server: s, addr: l.Addr().String(), log: log}
}

// dial logs in as a user.
func (s *site) dial(t *testing.T, user string, change func(*gossh.ClientConfig)) *gossh.Client {
	t.Helper()
	c, err := s.try(user, change)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// try is dial where it may fail.
func (s *site) try(user string, change func(*gossh.ClientConfig)) (*gossh.Client, error) {
	config := &gossh.ClientConfig{User: user, HostKeyCallback: gossh.FixedHostKey(s.o.Identity.PublicKeys()[0]), Timeout: patience, Auth: []gossh.AuthMethod{
		gossh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) { return nil, nil }),
	}}
	if change != nil {
		change(config)
	}
	return gossh.Dial("tcp", s.addr, config)
}

// client is a terminal at the other end of a real connection.
type client struct {
	t    *testing.T
	conn *gossh.Client
	s    *gossh.Session
	in   io.WriteCloser
	over chan struct{} // closed when nothing more comes

	mu  sync.Mutex
	emu *vt.Emulator
	raw bytes.Buffer
	ext bytes.Buffer
}

// Write implements io.Writer: what the server sends.
func (c *client) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw.Write(p)
	// The emulator waits for a reader of its answers: it gets no questions.
	if _, err := c.emu.Write(bytes.ReplaceAll(p, []byte("\x1b]11;?\a"), nil)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// screen is what the terminal shows.
func (c *client) screen() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.emu.String()
}

func (c *client) bytes() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.raw.String()
}

func (c *client) errors() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ext.String()
}

// sees waits until a text is on the screen.
func (c *client) sees(text string) {
	c.t.Helper()
	await(c.t, fmt.Sprintf("%q", text), func() bool { return strings.Contains(c.screen(), text) }, func() string { return c.screen() + "\n" + c.errors() })
}

// reads waits until a text has come, wherever it stands.
func (c *client) reads(text string) {
	c.t.Helper()
	await(c.t, fmt.Sprintf("%q", text), func() bool { return strings.Contains(c.bytes()+c.errors(), text) }, func() string { return c.bytes() + "\n" + c.errors() })
}

// types sends keys.
func (c *client) types(keys string) {
	c.t.Helper()
	if _, err := io.WriteString(c.in, keys); err != nil {
		c.t.Fatal(err)
	}
}

// presses sends a key until a text is on the screen: a screen that has just opened
// takes none.
func (c *client) presses(key, until string) {
	c.t.Helper()
	var last time.Time
	await(c.t, fmt.Sprintf("%q", until), func() bool {
		if strings.Contains(c.screen(), until) {
			return true
		}
		if time.Since(last) > 400*time.Millisecond {
			last = time.Now()
			c.types(key)
		}
		return false
	}, c.screen)
}

// ends waits for the end, and gives the exit code.
func (c *client) ends() int {
	c.t.Helper()
	select {
	case <-c.over:
	case <-time.After(patience):
		c.t.Fatalf("it does not end; screen:\n%s", c.screen())
	}
	err := c.s.Wait()
	var exit *gossh.ExitError
	switch {
	case errors.As(err, &exit):
		return exit.ExitStatus()
	case err != nil:
		return -1
	}
	return 0
}

// await looks until something is so.
func await(t *testing.T, what string, is func() bool, seen func() string) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s never came:\n%s", what, seen())
		}
	}
}

// opens opens a session; with begin it is started.
func opens(t *testing.T, conn *gossh.Client, w, h int, begin func(*gossh.Session) error) *client {
	t.Helper()
	s, err := conn.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, conn: conn, s: s, emu: vt.NewEmulator(max(w, 80), max(h, 24)), over: make(chan struct{})}
	if w > 0 {
		c.emu.Resize(w, h)
	}
	if c.in, err = s.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	ext, err := s.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := begin(s); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = io.Copy(c, out) })
	wg.Go(func() {
		buf := make([]byte, 1024)
		for {
			n, err := ext.Read(buf)
			c.mu.Lock()
			c.ext.Write(buf[:n])
			c.mu.Unlock()
			if err != nil {
				return
			}
		}
	})
	go func() {
		wg.Wait()
		close(c.over)
	}()
	return c
}

// shell opens the wizard on a terminal of a size.
func (s *site) shell(t *testing.T, user string, w, h int) *client {
	t.Helper()
	return opens(t, s.dial(t, user, nil), w, h, func(x *gossh.Session) error {
		if err := x.RequestPty("xterm-256color", h, w, nil); err != nil {
			return err
		}
		return x.Shell()
	})
}

// asks runs a command, and gives what came of it.
func (s *site) asks(t *testing.T, line string) (out, errs string, code int) {
	t.Helper()
	c := opens(t, s.dial(t, "anybody", nil), 0, 0, func(x *gossh.Session) error { return x.Start(line) })
	code = c.ends()
	return c.bytes(), c.errors(), code
}
