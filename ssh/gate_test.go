package ssh

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pires/go-proxyproto"
	gossh "golang.org/x/crypto/ssh"

	"onboard.example/ssh/cases"
)

// raw opens a bare connection, and sends what a test wants to begin with.
func (s *site) raw(t *testing.T, begin string) net.Conn {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, begin); err != nil {
		t.Fatal(err)
	}
	return c
}

// greeted says whether a connection is let in: then the server's version comes,
// and its offer of algorithms (20); else SSH_MSG_DISCONNECT (1) with a text, or
// nothing.
func greeted(t *testing.T, c net.Conn) (in bool, why string) {
	t.Helper()
	r := bufio.NewReader(c)
	line, err := r.ReadString('\n')
	if err != nil {
		return false, ""
	}
	if line != "SSH-2.0-onboard\r\n" {
		t.Fatalf("it says %q", line)
	}
	head := make([]byte, 6)
	if _, err := io.ReadFull(r, head); err != nil {
		return false, ""
	}
	if head[5] == 20 {
		return true, ""
	}
	rest, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Reason uint32
		Text   string
		Lang   string
		Pad    []byte `ssh:"rest"`
	}
	if err := gossh.Unmarshal(rest, &m); err != nil || head[5] != 1 || m.Lang != "en" {
		t.Fatalf("message %d: %v, %q", head[5], err, m.Lang)
	}
	return false, m.Text
}

// quiet waits until nobody is there any more, by the server's own count.
func (s *site) quiet(t *testing.T) {
	t.Helper()
	await(t, "an empty server", func() bool {
		st := s.Status()
		return st.Connections == 0 && st.Handshakes == 0 && st.Sessions == 0
	}, func() string { return fmt.Sprintf("%+v", s.Status()) })
}

// TestLimitOfOneSource holds how many connections one source may have, that it
// is told, and that those that go make room.
func TestLimitOfOneSource(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.PerSource = 3 })
	var first net.Conn
	for range 3 {
		c := s.raw(t, "SSH-2.0-test\r\n")
		if in, why := greeted(t, c); !in {
			t.Fatal(why)
		}
		first = c
	}
	if in, why := greeted(t, s.raw(t, "SSH-2.0-test\r\n")); in || why != sayTooMany {
		t.Errorf("let in %v: %q", in, why)
	}
	out, err := s.openssh(t, s.hosts(t), "127.0.0.1", "version")
	if exitOf(err) != 255 || !strings.Contains(out, sayTooMany) {
		t.Errorf("OpenSSH shows %q, %v", out, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	await(t, "room", func() bool { return s.Status().Connections == 2 }, func() string { return fmt.Sprintf("%+v", s.Status()) })
	if in, why := greeted(t, s.raw(t, "SSH-2.0-test\r\n")); !in {
		t.Error(why)
	}
}

// TestLimitsOfAll holds the bounds over all sources: of connections, and of those
// that are not logged in.
func TestLimitsOfAll(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.Handshakes, o.Limits.Connections = 2, 3 })
	for range 2 {
		if in, why := greeted(t, s.raw(t, "SSH-2.0-test\r\n")); !in {
			t.Fatal(why)
		}
	}
	if in, why := greeted(t, s.raw(t, "SSH-2.0-test\r\n")); in || why != sayBusy {
		t.Errorf("let in %v: %q", in, why)
	}

	s = serve(t, func(o *Options) { o.Limits.Handshakes, o.Limits.Connections = 2, 3 })
	for range 3 {
		s.dial(t, "anybody", nil) // logged in, so no handshake is counted
	}
	if in, why := greeted(t, s.raw(t, "SSH-2.0-test\r\n")); in || why != sayFull {
		t.Errorf("let in %v: %q", in, why)
	}
}

// TestDefaultRate holds that one address gets fewer than 20 connections a second
// with the limits that nobody changed, and is told why it gets no more.
func TestDefaultRate(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) {
		usual := DefaultLimits()
		o.Limits.Rate, o.Limits.Burst = usual.Rate, usual.Burst
	})
	began := time.Now()
	let, told := 0, 0
	for range 200 {
		c := s.raw(t, "SSH-2.0-test\r\n")
		switch in, why := greeted(t, c); {
		case in:
			let++
		case why == sayTooFast:
			told++
		case why != "":
			t.Fatalf("it says %q", why)
		}
		_ = c.Close()
	}
	took := time.Since(began).Seconds()
	if most := float64(DefaultLimits().Burst) + DefaultLimits().Rate*took + 1; float64(let) > most || let < 5 {
		t.Errorf("%d were let in within %.2f s", let, took)
	}
	if l := DefaultLimits(); l.Rate+float64(l.Burst) >= 20 {
		t.Errorf("%v a second and %d at once: that is 20 in the first second", l.Rate, l.Burst)
	}
	if told == 0 {
		t.Error("nobody was told")
	}
}

// TestSources holds what a source is, and how the table of them stays small.
func TestSources(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"192.0.2.7": "192.0.2.7/32", "::ffff:192.0.2.7": "192.0.2.7/32",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := cases.SourceOf(netip.MustParseAddr(addr)).String(); got != want {
			t.Errorf("%s is of %s, want %s", addr, got, want)
		}
	}
	now := time.Unix(1_700_000_000, 0)
	l := DefaultLimits()
	l.Burst, l.Rate, l.PerSource = 2, 1, 5
	s := &sources{limits: l, now: func() time.Time { return now }, of: map[netip.Prefix]*source{}}
	one, two := cases.SourceOf(netip.MustParseAddr("192.0.2.1")), cases.SourceOf(netip.MustParseAddr("192.0.2.2"))
	for i, want := range []string{"", "", sayTooFast} {
		if no := s.enter(one); no != want {
			t.Errorf("%d: %q, want %q", i, no, want)
		}
	}
	if no := s.enter(two); no != "" {
		t.Errorf("another source pays for the first: %q", no)
	}
	s.loggedIn()
	s.leave(one, false)
	s.leave(one, true)
	s.leave(two, true)
	if all, fresh, known, refused := s.counts(); all != 0 || fresh != 0 || known != 2 || refused != 1 {
		t.Errorf("all %d, fresh %d, known %d, refused %d", all, fresh, known, refused)
	}
	now = now.Add(2 * time.Minute)
	three := cases.SourceOf(netip.MustParseAddr("192.0.2.3"))
	if no := s.enter(three); no != "" {
		t.Error(no)
	}
	if _, _, known, _ := s.counts(); known != 1 {
		t.Errorf("%d sources are known; those without a debt are forgotten", known)
	}
}

// TestWideSources holds that all of an IPv6 /48 together has four times what one
// source has, of everything that is counted by source.
func TestWideSources(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	l := Limits{Connections: 1000, Handshakes: 1000, PerSource: 3, Rate: 100, Burst: 100, SessionRate: 1, SessionBurst: 2, CasesPerSource: 2, Commands: 100, CommandsPerSource: 2}
	s := &sources{limits: l, now: func() time.Time { return now }, of: map[netip.Prefix]*source{}}
	one := func(net int) netip.Prefix {
		return cases.SourceOf(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 0, 1, byte(net >> 8), byte(net), 15: 1}))
	}
	other := cases.SourceOf(netip.MustParseAddr("2001:db8:2::1"))
	for name, c := range map[string]struct {
		takes func(netip.Prefix) bool
		most  int
	}{
		"connections": {func(p netip.Prefix) bool { return s.enter(p) == "" }, l.PerSource},
		"sessions":    {s.mayBegin, l.SessionBurst},
		"cases":       {s.mayKeep, l.CasesPerSource},
		"commands":    {s.enterCommand, l.CommandsPerSource},
	} {
		taken := 0
		for net := range 20 {
			for range c.most + 1 {
				if c.takes(one(net)) {
					taken++
				}
			}
		}
		if taken != wider*c.most {
			t.Errorf("%s: a /48 has %d, and one source %d", name, taken, c.most)
		}
		if !c.takes(other) {
			t.Errorf("%s: another pays for it", name)
		}
	}
	usual := &sources{limits: DefaultLimits(), now: s.now, of: map[netip.Prefix]*source{}}
	taken := 0
	for net := range 20 {
		if usual.enterCommand(one(net)) {
			taken++
		}
	}
	if all := DefaultLimits().Commands; taken != all/2 || !usual.enterCommand(other) {
		t.Errorf("a /48 has %d of %d commands", taken, all)
	}
	for range wider * l.PerSource { // what was taken can be had again
		s.leave(one(0), true)
	}
	if s.of[netip.MustParsePrefix("2001:db8:1::/48")].conns != 0 {
		t.Error("the /48 still has connections")
	}
	now = now.Add(time.Hour) // so that the table is swept with the next
	fresh := cases.SourceOf(netip.MustParseAddr("2001:db8:3::1"))
	if no := s.enter(fresh); no != "" || len(s.known(fresh)) != 2 || s.of[fresh].conns != 1 {
		t.Errorf("%q; it is not counted: %+v", no, s.of[fresh])
	}
}

// TestPaceOfSessions holds that one source begins sessions and cases at a bounded
// pace, and that a table full of those who owe nothing else has room again.
func TestPaceOfSessions(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	l := DefaultLimits()
	s := &sources{limits: l, now: func() time.Time { return now }, of: map[netip.Prefix]*source{}}
	one := cases.SourceOf(netip.MustParseAddr("192.0.2.1"))
	count := func(takes func(netip.Prefix) bool) (n int) {
		for takes(one) {
			n++
		}
		return n
	}
	if sessions, kept := count(s.mayBegin), count(s.mayKeep); sessions != l.SessionBurst || kept != l.CasesPerSource {
		t.Errorf("%d sessions and %d cases at once", sessions, kept)
	}
	now = now.Add(time.Second)
	if sessions, kept := count(s.mayBegin), count(s.mayKeep); sessions != int(l.SessionRate) || kept != 0 {
		t.Errorf("%d sessions and %d cases a second later", sessions, kept)
	}
	now = now.Add(2 * time.Minute)
	if s.sweep(now); s.of[one] == nil {
		t.Error("what it owes of cases is forgotten")
	}
	for i := range mostSources - 1 {
		s.of[cases.SourceOf(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))] = s.of[one]
	}
	if no := s.enter(cases.SourceOf(netip.MustParseAddr("192.0.2.2"))); no != "" {
		t.Errorf("nobody else gets in: %q", no)
	}
	now = now.Add(time.Hour)
	if kept := count(s.mayKeep); kept != l.CasesPerSource {
		t.Errorf("%d cases an hour later", kept)
	}
}

// TestPaceOverSSH holds that whoever begins too many sessions or cases is told.
func TestPaceOverSSH(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) {
		o.Limits.SessionsPerConnection, o.Limits.SessionRate, o.Limits.SessionBurst, o.Limits.CasesPerSource = 10, 1e-6, 3, 1
	})
	first := s.shell(t, "anybody", 100, 30)
	first.chooses()
	first.shownCode()
	second := s.shell(t, "anybody", 100, 30)
	second.chooses()
	second.sees("Not saved since")
	second.sees("has to wait")
	conn := s.dial(t, "anybody", nil)
	if _, err := conn.NewSession(); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.NewSession(); err == nil || !strings.Contains(err.Error(), sayFastSessions) {
		t.Errorf("%v", err)
	}
	if n, err := s.o.Cases.Count(t.Context()); n != 1 || err != nil {
		t.Errorf("%d cases, %v", n, err)
	}
}

// TestSourcesAreBounded holds that addresses cost a bounded amount, however many
// come.
func TestSourcesAreBounded(t *testing.T) {
	t.Parallel()
	l := DefaultLimits()
	l.Connections, l.Handshakes = 1<<20, 1<<20
	now := time.Unix(1_700_000_000, 0)
	s := &sources{limits: l, now: func() time.Time { return now }, of: map[netip.Prefix]*source{}}
	no := ""
	for i := range mostSources + 10 {
		a := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		no = s.enter(cases.SourceOf(a))
	}
	if _, _, known, _ := s.counts(); known != mostSources || no != sayBusy {
		t.Errorf("%d sources, and the last heard %q", known, no)
	}
}

// TestUnusedConnection holds that a connection whose sessions are over is gone after
// a while. (attacks/slow holds it of those that begin none.)
func TestUnusedConnection(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.Unused = 300 * time.Millisecond })
	runs := func() (conn *gossh.Client, ran bool) { // a busy machine may be too slow for that
		conn, err := s.try("anybody", nil)
		if err != nil {
			return nil, false
		}
		t.Cleanup(func() { _ = conn.Close() })
		x, err := conn.NewSession()
		if err != nil {
			return conn, false
		}
		var exit *gossh.ExitError
		return conn, errors.As(x.Run("version"), &exit) && exit.ExitStatus() == codeUnknown
	}
	var used *gossh.Client
	await(t, "a session", func() (ran bool) {
		used, ran = runs()
		return ran
	}, s.log.String)
	waitsEnd(t, used)
	s.quiet(t)
}

// waitsEnd waits until the server has closed a connection.
func waitsEnd(t *testing.T, c *gossh.Client) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		_ = c.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("it is still there")
	}
}

// behind makes the PROXY header of a client.
func behind(t *testing.T, version byte, from string) string {
	t.Helper()
	h := proxyproto.HeaderProxyFromAddrs(version, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(from)), net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.1:22")))
	text, err := h.Format()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestProxyThatSaysNothing holds that a proxy's connection without a header does
// not stay.
func TestProxyThatSaysNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) {
		o.TrustedProxies, o.Limits.Handshake = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, 200*time.Millisecond
	})
	c := s.raw(t, "")
	if in, why := greeted(t, c); in || why != "" {
		t.Errorf("let in %v: %q", in, why)
	}
	await(t, "the word about it", func() bool { return strings.Contains(s.log.String(), sayNobodyNamed) }, s.log.String)
}
