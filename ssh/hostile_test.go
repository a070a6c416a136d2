package ssh

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net"
	"net/netip"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
	"onboard.example/flows/run"
)

// TestNothingStays does what leaves programs behind elsewhere: keys behind the
// last one, a connection that breaks with input under way, terminals without a
// shell. It is not parallel: it counts goroutines.
func TestNothingStays(t *testing.T) { //nolint:paralleltest // it counts goroutines of the whole process
	s := serve(t, nil)
	s.shell(t, "anybody", 80, 24).sees("Which app")
	before := runtime.NumGoroutine()
	for range 20 {
		c := s.shell(t, "anybody", 80, 24)
		c.sees("Which app")
		c.types("q" + strings.Repeat("j", 50))
		if code := c.ends(); code != codeDone {
			t.Errorf("left with %d", code)
		}
		_ = c.conn.Close()
	}
	for range 20 {
		c := s.shell(t, "anybody", 80, 24)
		c.sees("Which app")
		c.types(strings.Repeat("j", 20<<10))
		_ = c.conn.Close()
	}
	for range 20 {
		conn := s.dial(t, "anybody", nil)
		x, err := conn.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if err := x.RequestPty("xterm", 24, 80, nil); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			if err := x.WindowChange(24+i, 80); err != nil {
				t.Fatal(err)
			}
		}
		_ = conn.Close()
	}
	await(t, "the first one alone", func() bool { return s.Status().Sessions == 1 }, func() string { return fmt.Sprintf("%+v", s.Status()) })
	await(t, "no goroutine too many", func() bool { return runtime.NumGoroutine() <= before+20 }, func() string {
		buf := make([]byte, 1<<20)
		return fmt.Sprintf("%d before, %d now\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
	})
}

// TestSharedConnection holds that terminals of one connection end one by one, as
// OpenSSH's ControlMaster closes them, and that the others live.
func TestSharedConnection(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	hosts := s.hosts(t)
	control := filepath.Join(t.TempDir(), "c")
	master := []string{"-o", "ControlMaster=auto", "-o", "ControlPath=" + control, "-o", "ControlPersist=no"}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	// The first holds the connection; tmux is not needed, for -tt asks for a
	// terminal whatever there is.
	first := exec.CommandContext(ctx, "ssh")
	first.Args = append([]string{"ssh"}, s.sshArgs(t, hosts, append(master, "-tt", "127.0.0.1")...)...)
	in, err := first.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "the first session", func() bool { return s.Status().Sessions == 1 }, s.log.String)
	for range 3 {
		next := exec.CommandContext(ctx, "ssh")
		next.Args = append([]string{"ssh"}, s.sshArgs(t, hosts, append(master, "-tt", "127.0.0.1")...)...)
		more, err := next.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := next.Start(); err != nil {
			t.Fatal(err)
		}
		await(t, "another session", func() bool { return s.Status().Sessions == 2 }, s.log.String)
		if st := s.Status(); st.Connections != 1 {
			t.Errorf("%d connections", st.Connections)
		}
		_ = more.Close() // the other session holds it too
		_ = next.Process.Kill()
		_ = next.Wait()
		await(t, "its end", func() bool { return s.Status().Sessions == 1 }, s.log.String)
	}
	if _, err := io.WriteString(in, "q"); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err != nil {
		t.Errorf("the first ended with %v", err)
	}
	s.quiet(t)
}

// TestSessionsOfOneConnection holds how many there may be.
func TestSessionsOfOneConnection(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.SessionsPerConnection, o.Limits.Sessions = 2, 3 })
	conn := s.dial(t, "anybody", nil)
	for range 2 {
		if _, err := conn.NewSession(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.NewSession(); err == nil || !strings.Contains(err.Error(), sayManySessions) {
		t.Errorf("a third: %v", err)
	}
	s.shell(t, "anybody", 80, 24).sees("Which app")
	c := s.shell(t, "anybody", 80, 24)
	if code := c.ends(); code != codeFailed || !strings.Contains(c.errors(), sayFull) {
		t.Errorf("a fourth of all: %d, %q", code, c.errors())
	}
}

// TestRequestsRefused holds what is not served: forwarding either way, sockets,
// sftp and other subsystems, agents, X11, signals, other channels.
func TestRequestsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	conn := s.dial(t, "anybody", nil)
	for _, kind := range []string{"direct-tcpip", "direct-streamlocal@openssh.com", "forwarded-tcpip", "x11", "auth-agent@openssh.com", "tun@openssh.com"} {
		if _, _, err := conn.OpenChannel(kind, gossh.Marshal(struct {
			Host string
			Port uint32
			From string
			At   uint32
		}{"127.0.0.1", 22, "127.0.0.1", 1})); err == nil {
			t.Errorf("%s was opened", kind)
		}
	}
	for _, kind := range []string{"tcpip-forward", "streamlocal-forward@openssh.com", "no-more-sessions@openssh.com", "anything"} {
		if ok, _, err := conn.SendRequest(kind, true, gossh.Marshal(struct {
			Host string
			Port uint32
		}{"", 0})); ok || err != nil {
			t.Errorf("%s: %v, %v", kind, ok, err)
		}
	}
	ch, reqs, err := conn.OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	go gossh.DiscardRequests(reqs)
	for _, kind := range []string{"subsystem", "auth-agent-req@openssh.com", "x11-req", "signal", "break", "anything", "pty-req", "env", "window-change", "exec"} {
		if ok, err := ch.SendRequest(kind, true, []byte{0, 0, 0, 4, 's', 'f', 't', 'p'}); ok && kind != "exec" || err != nil {
			t.Errorf("%s: %v, %v", kind, ok, err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "sftp", append([]string{"-F", "none", "-o", "BatchMode=yes", "-P"}, s.sftpArgs(t)...)...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "subsystem request failed") {
		t.Errorf("sftp: %v, %s", err, out)
	}
}

// sshArgs are the arguments of the machine's ssh for a site.
func (s *site) sshArgs(t *testing.T, hosts string, args ...string) []string {
	t.Helper()
	_, port, _ := strings.Cut(s.addr, ":")
	return append([]string{
		"-F", "none", "-o", "UserKnownHostsFile=" + hosts, "-o", "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes",
		"-o", "IdentityAgent=none", "-o", "IdentityFile=none", "-o", "BatchMode=yes", "-p", port,
	}, args...)
}

func (s *site) sftpArgs(t *testing.T) []string {
	t.Helper()
	_, port, _ := strings.Cut(s.addr, ":")
	return []string{port, "-o", "UserKnownHostsFile=" + s.hosts(t), "-o", "StrictHostKeyChecking=yes", "-o", "IdentityFile=none", "127.0.0.1"}
}

// heap is what lives on the heap now, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestHugeWindows holds that a window costs what a limit allows, and not what a
// client says; neither at the start, nor later, nor typed. It is not parallel: it
// measures memory.
func TestHugeWindows(t *testing.T) { //nolint:paralleltest // it measures memory of the whole process
	s := serve(t, nil)
	s.shell(t, "anybody", 80, 24).sees("Which app")
	before := heap()
	for _, side := range []int{10_000, 100_000, 1<<31 - 1} {
		c := opens(t, s.dial(t, "anybody", nil), 80, 24, func(x *gossh.Session) error {
			if err := x.RequestPty("xterm", side, side, nil); err != nil {
				return err
			}
			return x.Shell()
		})
		c.sees("Which app")
		for i := range 200 {
			if err := c.s.WindowChange(side-i, side); err != nil {
				t.Fatal(err)
			}
		}
		c.types("\x1b[8;100000;100000t")
		c.types("?")
		c.reads("Keys that work here")
		if grown := int64(heap()) - int64(before); grown > 64<<20 {
			t.Errorf("%d: %d MiB more", side, grown>>20)
		}
		_ = c.conn.Close()
	}
}

// TestEnvironmentIsBounded holds that variables are few, small, and of those that
// say how a terminal looks.
func TestEnvironmentIsBounded(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.Unused = 10 * time.Minute }) // as long as a slow machine may take
	x, err := s.dial(t, "anybody", nil).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for i := range 2000 {
		if x.Setenv("LC_"+strings.Repeat("A", i%20), strings.Repeat("x", 100)) == nil {
			taken++
		}
	}
	if taken != mostEnv {
		t.Errorf("%d were taken", taken)
	}
	y, err := s.dial(t, "anybody", nil).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	for _, kv := range [][2]string{{"PATH", "/"}, {"LD_PRELOAD", "x"}, {"TERM", "xterm"}, {"SSH_TTY", "x"}, {"LC_x", "x"}, {"LANG", "de DE"}, {"LANG", strings.Repeat("x", 1000)}, {"LANG", "\x1b[2J"}} {
		if y.Setenv(kv[0], kv[1]) == nil {
			t.Errorf("%s was taken", kv)
		}
	}
	if err := y.Setenv("LANG", "de_DE.UTF-8"); err != nil {
		t.Error(err)
	}
}

// TestFloods holds that what nobody types ends the session, with a word, and costs
// little: strings that do not end, pastes without end, counts.
func TestFloods(t *testing.T) {
	t.Parallel()
	for name, flood := range map[string]string{
		"a string without an end": "\x1b]" + strings.Repeat("a", 8<<20),
		"a paste without an end":  "\x1b[200~" + strings.Repeat("a", 10<<20),
		"keys with counts":        strings.Repeat("\x1b[65;30;97;1;0;65535_", 400_000),
		"letters":                 strings.Repeat("j", 8<<20),
		"zeros":                   strings.Repeat("\x00", 8<<20),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(o *Options) { o.Limits.BytesBurst = 128 << 10 }) // the sooner it is seen
			c := s.shell(t, "anybody", 80, 24)
			c.sees("Which app")
			go func() { _, _ = io.WriteString(c.in, flood) }()
			if code := c.ends(); code != codeFailed || !strings.Contains(c.bytes(), sayFlood) {
				t.Errorf("exit code %d; %q", code, c.bytes()[max(0, len(c.bytes())-300):])
			}
			s.quietBut(t, 1)
		})
	}
}

// quietBut waits until only so many connections are there.
func (s *site) quietBut(t *testing.T, n int) {
	t.Helper()
	await(t, "no session", func() bool { return s.Status().Sessions == 0 && s.Status().Connections <= n }, func() string { return fmt.Sprintf("%+v", s.Status()) })
}

// cycle gives texts in turn, for ever.
func cycle(texts ...string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := 0; yield(texts[i%len(texts)]); i++ {
		}
	}
}

// deaf is a connection that stops to read when it is told to.
type deaf struct {
	net.Conn

	stop chan struct{} // closed: it reads no more
	end  chan struct{} // closed: the test is over
}

// Read implements net.Conn.
func (d *deaf) Read(p []byte) (int, error) {
	select {
	case <-d.stop:
		<-d.end
		return 0, io.EOF
	default:
		return d.Conn.Read(p)
	}
}

// TestClientThatDoesNotRead holds that such a client is cut off, and that nothing
// waits for it.
func TestClientThatDoesNotRead(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.Pending, o.Limits.Stall = 8<<10, 2*time.Second })
	small := &net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10) })
	}}
	raw, err := small.DialContext(t.Context(), "tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	d := &deaf{Conn: raw, stop: make(chan struct{}), end: make(chan struct{})}
	defer func() { _ = raw.Close() }()
	defer close(d.end)
	conn, chans, reqs, err := gossh.NewClientConn(d, s.addr, &gossh.ClientConfig{User: "anybody", HostKeyCallback: gossh.FixedHostKey(s.o.Identity.PublicKeys()[0])})
	if err != nil {
		t.Fatal(err)
	}
	c := opens(t, gossh.NewClient(conn, chans, reqs), 200, 60, func(x *gossh.Session) error {
		if err := x.RequestPty("xterm", 60, 200, nil); err != nil {
			return err
		}
		return x.Shell()
	})
	c.sees("Which app")
	close(d.stop)
	go func() { // the help opens and closes, until it is cut off
		tick := time.NewTicker(15 * time.Millisecond)
		defer tick.Stop()
		for keys := range cycle("?", "\x1b[27u") {
			<-tick.C
			if _, err := io.WriteString(c.in, keys); err != nil {
				return
			}
		}
	}()
	await(t, "its end", func() bool { return s.Status().Connections == 0 }, func() string { return fmt.Sprintf("%+v", s.Status()) })
	await(t, "the word about it", func() bool { return strings.Contains(s.log.String(), "session ended") }, s.log.String)
}

// TestOneBreaksAlone holds that a panic ends its session with an apology and the
// number of the case, and nobody else's.
func TestOneBreaksAlone(t *testing.T) {
	t.Parallel()
	secret := "what-somebody-typed.example"
	s := serve(t, func(o *Options) {
		o.AskWhy = func(context.Context, string, checks.WhyAsked) (checks.WhyAsked, error) { panic(secret) }
	})
	other := s.shell(t, "anybody", 80, 24)
	other.sees("Which app")
	c := s.shell(t, userWhy, 80, 24)
	c.sees("AADSTS")
	c.types("AADSTS90094\r")
	c.sees("AADSTS90094")
	c.presses("d", "Which domain")
	c.types("contoso.example\r")
	if code := c.ends(); code != codeBroke {
		t.Errorf("exit code %d:\n%s", code, c.screen())
	}
	end := c.bytes()[strings.LastIndex(c.bytes(), "\x1b[?1049l"):]
	if !strings.Contains(end, saySorry) || !strings.Contains(end, "name fault ") || strings.Contains(end, secret) {
		t.Errorf("it says %q", end)
	}
	if log := s.log.String(); !strings.Contains(log, "a session broke") || !strings.Contains(log, "hostile_test.go") || strings.Contains(log, secret) {
		t.Errorf("the log says:\n%s", log)
	}
	other.types("?")
	other.sees("Keys that work here")
	if st := s.Status(); st.Broke != 1 {
		t.Errorf("%+v", st)
	}
}

// TestLookThatBreaks holds that a panic of a look is a look that could not be
// taken.
func TestLookThatBreaks(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) {
		o.Eyes = func(netip.Prefix) run.Looker { return eyes{onLook: func(run.Ask) { panic("ours") }} }
	})
	c := s.shell(t, "anybody", 100, 30)
	c.sees("Which app")
	c.types("2\r")
	c.sees("domain")
	c.types("contoso.example\r")
	c.sees("the server made a mistake while it looked")
	c.types("\x03")
	if code := c.ends(); code != codeInterrupted {
		t.Errorf("exit code %d", code)
	}
}
