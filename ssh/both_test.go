package ssh

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/ssh/web"
)

// together opens one port more at a server, for SSH and for the door in the browser.
func (s *site) together(t *testing.T) (both *site, doors [2]net.Listener) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over, beside := s.Both(l)
	both = &site{Server: s.Server, addr: l.Addr().String(), log: s.log, came: new(sync.Map)}
	proof, _ := proofOf(t)
	door, err := web.New(web.Options{Certificate: proof, Log: s.o.Log})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 2)
	go func() { ended <- s.Serve(over) }()
	go func() { ended <- door.Serve(told{beside, both.came}) }()
	t.Cleanup(func() {
		_ = over.Close()
		now, stop := context.WithCancel(context.Background())
		stop()
		door.Drain(now)
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("it still listens: %v", err)
		}
	})
	return both, [2]net.Listener{over, beside}
}

// told notes who is there as the door in the browser is told, by the client's own
// address.
type told struct {
	net.Listener

	came *sync.Map
}

func (l told) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if g, ok := c.(*guest); ok {
		l.came.Store(g.Conn.RemoteAddr().String(), c.RemoteAddr().String())
	}
	return c, err
}

// browses opens a page over a connection, which is kept, and gives who is there as the
// door was told; that is empty where it fails.
func (s *site) browses(t *testing.T, raw net.Conn) (who string, err error) {
	t.Helper()
	c := tls.Client(raw, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // whose it is is not the question
	if err := c.HandshakeContext(t.Context()); err != nil {
		return "", fmt.Errorf("shake hands: %w", err)
	}
	if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: onboard.example\r\n\r\n"); err != nil {
		return "", fmt.Errorf("ask: %w", err)
	}
	buf := make([]byte, 4096)
	n, err := c.Read(buf)
	if err != nil {
		return "", fmt.Errorf("hear: %w", err)
	}
	if said := string(buf[:n]); !strings.HasPrefix(said, "HTTP/1.1 200 ") || !strings.HasSuffix(said, "\r\n\r\nok\n") {
		return "", fmt.Errorf("%w: %q", errUnwell, said)
	}
	is, _ := s.came.Load(raw.LocalAddr().String())
	who, _ = is.(string)
	return who, nil
}

// errUnwell says that the door did not answer as it does.
var errUnwell = errors.New("another answer")

// bytewise is a connection that sends a byte at a time.
type bytewise struct{ net.Conn }

// Write implements net.Conn.
func (b bytewise) Write(p []byte) (int, error) {
	for i := range p {
		if _, err := b.Conn.Write(p[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

// TestBothWithPrograms holds that the clients people use reach both doors at one
// port: those that begin, one that waits for the server's version, and a browser.
func TestBothWithPrograms(t *testing.T) {
	t.Parallel()
	s, _ := serve(t, nil).together(t)
	host, port, _ := net.SplitHostPort(s.addr)
	for _, p := range programs() {
		t.Run(p.debian, func(t *testing.T) {
			t.Parallel()
			if !p.there(t) {
				t.Skipf("NOT TRIED WITH THIS CLIENT: %s is not installed (Debian: %s)", p.name, p.debian)
			}
			out, err := p.command(t, s, "anybody", "version").Output()
			if exitOf(err) != codeUnknown || !strings.Contains(string(out), `["version"]`) {
				t.Errorf("%v, %q", err, out)
			}
		})
	}
	key := string(gossh.MarshalAuthorizedKey(s.o.Identity.PublicKeys()[0]))
	for name, one := range map[string]struct {
		args []string
		want string
	}{
		"waits":      {[]string{"ssh-keyscan", "-T", "60", "-t", "ed25519", "-p", port, host}, strings.TrimSpace(key)},
		"browser":    {[]string{"curl", "-sk", "https://" + s.addr + "/healthz"}, "ok\n"},
		"plain HTTP": {[]string{"curl", "-s", "http://" + s.addr}, "This port speaks SSH and HTTPS."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(one.args[0]); err != nil {
				t.Skipf("NOT TRIED: %s is not installed", one.args[0])
			}
			out, err := exec.CommandContext(t.Context(), one.args[0], one.args[1:]...).Output()
			if err != nil || !strings.Contains(string(out), one.want) {
				t.Errorf("%v, %q", err, out)
			}
		})
	}
}

// TestBothToldApart holds what is made of the first byte.
func TestBothToldApart(t *testing.T) {
	t.Parallel()
	s, _ := serve(t, nil).together(t)
	for name, one := range map[string]struct{ begin, rest string }{
		"SSH": {"SSH-2.0-test\r\n", ""}, "first letter": {"S", "SH-2.0-test\r\n"}, "silence": {"", "SSH-2.0-test\r\n"},
		"garbage": {"\x00\x01\x02\xff", ""}, "small letters": {"get / http/1.1\r\n\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := s.raw(t, one.begin)
			r := bufio.NewReader(c)
			if line, err := r.ReadString('\n'); err != nil || line != "SSH-2.0-onboard\r\n" {
				t.Fatalf("%v, %q", err, line)
			}
			if one.rest == "" {
				return
			}
			if _, err := io.WriteString(c, one.rest); err != nil {
				t.Fatal(err)
			}
			if head, err := r.Peek(6); err != nil || head[5] != 20 { // its offer of algorithms
				t.Errorf("%v, %q", err, head)
			}
		})
	}
	for _, method := range []string{"GET", "POST", "CONNECT", "PRI", "PROXY"} {
		said, err := io.ReadAll(s.raw(t, method+" / HTTP/1.1\r\nHost: x\r\n\r\n"))
		if err != nil || string(said) != sayPlainHTTP {
			t.Errorf("%s: %v, %q", method, err, said)
		}
	}
	for name, dial := range map[string]func() net.Conn{"whole": func() net.Conn { return s.raw(t, "") }, "byte by byte": func() net.Conn { return bytewise{s.raw(t, "")} }} {
		if body, err := s.browses(t, dial()); err != nil || !strings.HasPrefix(body, "127.0.0.1:") {
			t.Errorf("%s: %v, %q", name, err, body)
		}
	}
	if said, err := io.ReadAll(s.raw(t, "\x16\xff\xff\x00\x01?")); err == nil && strings.Contains(string(said), "SSH") {
		t.Errorf("broken TLS is told %q", said)
	}
	quick, _ := serve(t, func(o *Options) { o.Limits.Handshake = 4 * time.Millisecond }).together(t)
	_, _ = io.ReadAll(quick.raw(t, "")) // whatever it is told: it ends
	quick.quiet(t)
}

// TestBothCountTogether holds that the limits of one source hold for both doors at
// once, before it is known which one is meant.
func TestBothCountTogether(t *testing.T) {
	t.Parallel()
	s, _ := serve(t, func(o *Options) { o.Limits.PerSource = 2 }).together(t)
	first := s.raw(t, "")
	if _, err := s.browses(t, first); err != nil {
		t.Fatal(err)
	}
	if st := s.Status(); st.Connections != 1 || st.Handshakes != 0 {
		t.Errorf("%+v", st)
	}
	_ = s.raw(t, "") // silent
	await(t, "the silent one", func() bool { return s.Status().Connections == 2 && s.Status().Handshakes == 1 }, func() string { return fmt.Sprintf("%+v", s.Status()) })
	if in, why := greeted(t, s.raw(t, "SSH-2.0-test\r\n")); in || why != sayTooMany {
		t.Errorf("let in %v: %q", in, why)
	}
	if body, err := s.browses(t, s.raw(t, "")); err == nil {
		t.Errorf("let in: %q", body)
	}
	_ = first.Close()
	await(t, "room", func() bool { return s.Status().Connections == 1 }, func() string { return fmt.Sprintf("%+v", s.Status()) })
	if _, err := s.browses(t, s.raw(t, "")); err != nil {
		t.Error(err)
	}
	if _, err := s.o.Bans.Add(Ban{Kind: BanNet, Value: "127.0.0.1", Reason: "a test"}); err != nil {
		t.Fatal(err)
	}
	s.quiet(t) // the silent one, too
}

// TestBothBehindAProxy holds that the PROXY header is read before the doors are told
// apart, and what a proxy may say at each.
func TestBothBehindAProxy(t *testing.T) {
	t.Parallel()
	s, _ := serve(t, func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }).together(t)
	for name, one := range map[string]struct{ header, tls, ssh string }{
		"version 1": {behind(t, 1, "198.51.100.7:999"), "198.51.100.7:0", "let in"},
		"version 2": {behind(t, 2, "198.51.100.8:999"), "198.51.100.8:0", "let in"},
		"itself":    {"PROXY UNKNOWN\r\n", "127.0.0.1:0", ""},
		"itself, 2": {"\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00", "127.0.0.1:0", ""},
		"none":      {"", "", ""},
		"broken":    {"PROXY TCP4 300.1.1.1 1.1.1.1 1 1\r\n", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, slow := range []bool{false, true} {
				raw := s.raw(t, one.header)
				if slow {
					raw = bytewise{raw}
				}
				if body, err := s.browses(t, raw); body != one.tls || (err != nil) != (one.tls == "") {
					t.Errorf("TLS: %v, %q", err, body)
				}
			}
			in, why := greeted(t, s.raw(t, one.header+"SSH-2.0-test\r\n"))
			if in != (one.ssh != "") || why != "" {
				t.Errorf("SSH: let in %v: %q", in, why)
			}
		})
	}
}

// TestBothStop holds that clients of SSH are told that the server stops while a
// balancer still hears the other door, and that the port is let go with the second.
func TestBothStop(t *testing.T) {
	t.Parallel()
	s, doors := serve(t, nil).together(t)
	_ = doors[0].Close()
	if _, err := doors[0].Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
	if in, why := greeted(t, s.raw(t, "SSH-2.0-test\r\n")); in || why != sayDraining {
		t.Errorf("let in %v: %q", in, why)
	}
	last := s.raw(t, "")
	if _, err := s.browses(t, last); err != nil {
		t.Error(err)
	}
	_ = last.Close()
	s.quiet(t)
}

// broken is a listener that cannot accept: for want of something, and then for good.
type broken struct {
	net.Listener

	left int
}

// passes is an error that passes.
type passes struct{ error }

// Temporary says so.
func (passes) Temporary() bool { return true }

var errBroken = errors.New("broken")

// Accept implements net.Listener.
func (b *broken) Accept() (net.Conn, error) {
	if b.left--; b.left >= 0 {
		return nil, passes{errors.New("too many open files")}
	}
	return nil, errBroken
}

// TestBothBreak holds that what passes is waited for, and that both doors hear of
// what does not.
func TestBothBreak(t *testing.T) {
	t.Parallel()
	l := &broken{left: 2}
	over, beside := serve(t, nil).Both(l)
	for _, b := range []net.Listener{over, beside} {
		if _, err := b.Accept(); !errors.Is(err, errBroken) || l.left >= 0 {
			t.Errorf("%v", err)
		}
	}
}
