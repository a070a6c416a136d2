//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks/sim"
)

// Keys of a terminal.
const keyDown, keyUp = "\x1b[B", "\x1b[A"

// benchWait is how long anything may take before the benchmark gives up.
const benchWait = time.Minute

// way is a way in: ours, or that of sshd.
type way interface {
	visit(ctx context.Context) (*typist, error)
}

// benchServer is `onboard serve` as a process of its own.
type benchServer struct {
	cmd           *exec.Cmd
	addr, metrics string
	ended         chan struct{}
	config        gossh.ClientConfig
}

// startServed starts a server over a simulated Microsoft.
func startServed(b *servedBench) *benchServer {
	b.Helper()
	return startServedIn(b, filepath.Join(b.TempDir(), "state"), "")
}

// startServedIn is startServed with a state of its own, and with more of a
// configuration and of an environment.
func startServedIn(b *servedBench, state, more string, env ...string) *benchServer {
	b.Helper()
	world, err := sim.Start(b.ctx, sim.Options{Dir: b.TempDir(), Scenario: "managed-default"})
	b.must(err)
	b.Cleanup(func() { _ = world.Close() })
	r := world.Ready()
	_, port, _ := strings.Cut(r.DNS, ":")
	config := filepath.Join(b.TempDir(), "serve.yaml")
	b.must(os.WriteFile(config, fmt.Appendf(nil, `
listen: 127.0.0.1:0
name: 127.0.0.1
port: 2222
state: %s
metrics: 127.0.0.1:0
log: {format: text}
microsoft: {loginUrl: "https://%s", graphUrl: "https://%s", dnsServer: "%s", dnsPort: %s, caFile: %q}
%s
%s`, state, r.HTTPS, r.HTTPS, r.DNS, port, r.CA, benchLimits, more), 0o600))
	v := &benchServer{cmd: exec.CommandContext(b.ctx, b.bin, "serve", "--config", config), ended: make(chan struct{})}
	v.cmd.Env = append(quiet(b.B), env...)
	if most := os.Getenv("GOMAXPROCS"); most != "" {
		v.cmd.Env = append(v.cmd.Env, "GOMAXPROCS="+most)
	}
	log, err := v.cmd.StderrPipe()
	b.must(err)
	b.must(v.cmd.Start())
	lines := bufio.NewScanner(log)
	for v.addr == "" || v.metrics == "" {
		if !lines.Scan() {
			b.Fatalf("the server did not start: %v", lines.Err())
		}
		if m := regexp.MustCompile(`msg=serving listen=(\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			v.addr = m[1]
		}
		if m := regexp.MustCompile(`msg="serving metrics" listen=(\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			v.metrics = m[1]
		}
	}
	go func() {
		defer close(v.ended)
		for lines.Scan() { // nobody reads the rest
			if strings.Contains(lines.Text(), "level=ERROR") {
				fmt.Fprintln(os.Stderr, lines.Text())
			}
		}
		_ = v.cmd.Wait()
	}()
	v.config = benchClient(b, "anybody")
	return v
}

// stop ends the server.
func (v *benchServer) stop(b *servedBench) {
	b.Helper()
	b.must(v.cmd.Process.Signal(syscall.SIGKILL)) // its sessions are gone already, or of no use
	<-v.ended
}

// benchClient is how clients log in: with a key, which ours takes as it takes any.
func benchClient(b *servedBench, user string) gossh.ClientConfig {
	return gossh.ClientConfig{
		User: user, Auth: []gossh.AuthMethod{gossh.PublicKeys(benchKey(b))}, Timeout: benchWait,
		HostKeyCallback: gossh.InsecureIgnoreHostKey(), //nolint:gosec // a server of our own on loopback
	}
}

// dial logs in as a user.
func (v *benchServer) dial(user string) (*gossh.Client, error) {
	config := v.config
	config.User = user
	return gossh.Dial("tcp", v.addr, &config)
}

// visit implements way.
func (v *benchServer) visit(ctx context.Context) (*typist, error) {
	c, err := v.dial("anybody")
	if err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	return typing(ctx, c, "Which app")
}

// of reads a number of the server's own.
func (v *benchServer) of(ctx context.Context, name string) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+v.metrics+"/metrics", nil)
	if err != nil {
		return 0, fmt.Errorf("read the metrics: %w", err)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("read the metrics: %w", err)
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "onboard_"+name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("there is no metric %s", name)
}

// resident is what of a process is in memory, in bytes.
func resident(pid int) float64 { return ofSmaps(pid, "Rss:") }

// ofSmaps reads a line of what the system says of a process's memory, in bytes.
func ofSmaps(pid int, key string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == key {
			n, _ := strconv.ParseFloat(f[1], 64)
			return n * 1024
		}
	}
	return 0
}

// worked is how long a process has computed.
func worked(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * (time.Second / 100) // USER_HZ, which is 100 on Linux
}

// opened is how many files a process has open.
func opened(pid int) float64 {
	all, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return float64(len(all))
}

// typist is somebody at a terminal of 80×24.
type typist struct {
	conn *gossh.Client
	s    *gossh.Session
	in   io.WriteCloser
	news chan struct{} // holds one: something came
	over chan struct{} // closed when nothing more comes

	mu    sync.Mutex
	tail  []byte // what came last
	came  int    // bytes
	first time.Time
	glass *glass // draws what comes; nil: nobody looks
}

// typing begins a session, and waits for a text of its first frame.
func typing(ctx context.Context, c *gossh.Client, want string) (y *typist, err error) {
	return typingIn(ctx, c, 80, 24, want)
}

// typingIn is typing in a window of another size.
func typingIn(ctx context.Context, c *gossh.Client, w, h int, want string) (y *typist, err error) {
	y = &typist{conn: c, news: make(chan struct{}, 1), over: make(chan struct{})}
	defer func() {
		if err != nil {
			_ = c.Close()
		}
	}()
	if y.s, err = c.NewSession(); err != nil {
		return nil, fmt.Errorf("begin a session: %w", err)
	}
	if y.in, err = y.s.StdinPipe(); err != nil {
		return nil, fmt.Errorf("begin a session: %w", err)
	}
	y.s.Stdout = y
	if err = y.s.RequestPty("xterm-256color", h, w, nil); err != nil {
		return nil, fmt.Errorf("ask for a terminal: %w", err)
	}
	if err = y.s.Shell(); err != nil {
		return nil, fmt.Errorf("begin a session: %w", err)
	}
	go func() {
		defer close(y.over)
		_ = y.s.Wait() // how it ended does not matter
	}()
	return y, y.until(ctx, want)
}

// Write implements io.Writer: what the server sends.
func (y *typist) Write(p []byte) (int, error) {
	now := time.Now()
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.came += len(p); y.first.IsZero() {
		y.first = now
	}
	if y.glass != nil {
		y.glass.draws(p)
	}
	const most = 4 << 10
	y.tail = append(y.tail, p...)
	if len(y.tail) > 2*most {
		y.tail = append([]byte(nil), y.tail[len(y.tail)-most:]...)
	}
	select {
	case y.news <- struct{}{}:
	default:
	}
	return len(p), nil
}

// errNoFrame says that what was waited for did not come.
var errNoFrame = errors.New("no frame came")

// waits waits until something is so.
func (y *typist) waits(ctx context.Context, so func() bool) error {
	late := time.NewTimer(benchWait)
	defer late.Stop()
	for {
		y.mu.Lock()
		is := so()
		y.mu.Unlock()
		if is {
			return nil
		}
		select {
		case <-y.news:
		case <-y.over:
			return io.ErrUnexpectedEOF
		case <-late.C:
			return errNoFrame
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// until waits for a text among what came last.
func (y *typist) until(ctx context.Context, text string) error {
	if err := y.waits(ctx, func() bool { return bytes.Contains(y.tail, []byte(text)) }); err != nil {
		return fmt.Errorf("wait for %q: %w", text, err)
	}
	return nil
}

// key types a key, and gives the time until something came of it.
func (y *typist) key(ctx context.Context, key string) (time.Duration, error) {
	y.mu.Lock()
	y.first = time.Time{}
	y.mu.Unlock()
	began := time.Now()
	if _, err := io.WriteString(y.in, key); err != nil {
		return 0, fmt.Errorf("type: %w", err)
	}
	if err := y.waits(ctx, func() bool { return !y.first.IsZero() }); err != nil {
		return 0, fmt.Errorf("type %q: %w", key, err)
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.first.Sub(began), nil
}

// goes types a key, and waits for a text that comes of it.
func (y *typist) goes(ctx context.Context, key, want string) error {
	y.mu.Lock()
	y.tail = nil
	y.mu.Unlock()
	if _, err := io.WriteString(y.in, key); err != nil {
		return fmt.Errorf("type: %w", err)
	}
	return y.until(ctx, want)
}

// payload types a key, and gives the bytes that came of it.
func (y *typist) payload(ctx context.Context, key string) (int, error) {
	bytes := func() int {
		y.mu.Lock()
		defer y.mu.Unlock()
		return y.came
	}
	before := bytes()
	if _, err := y.key(ctx, key); err != nil {
		return 0, err
	}
	for {
		now := bytes()
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return 0, err
		}
		if bytes() == now { // the rest of the frame has come
			return now - before, nil
		}
	}
}

// leave ends it without a word.
func (y *typist) leave() { _ = y.conn.Close() }

// pause lets time pass: a load has its pace.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// freePort is a port of loopback that nobody has now.
func freePort(ctx context.Context) (int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a port: %w", err)
	}
	defer func() { _ = l.Close() }()
	at, _ := l.Addr().(*net.TCPAddr)
	return at.Port, nil
}
