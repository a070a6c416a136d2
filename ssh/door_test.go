package ssh

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// beside serves another door, which answers a line with who is there.
func (s *site) beside(t *testing.T) string {
	t.Helper()
	raw, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := s.Limited(raw)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				if _, err := bufio.NewReader(c).ReadString('\n'); err != nil {
					return
				}
				g, ok := c.(*guest)
				if !ok {
					return
				}
				g.Known()
				_, _ = fmt.Fprintf(c, "%s\n", g.From())
				g.Rests()
				_, _ = io.Copy(io.Discard, c) // until the client goes, or its time is over
			}()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-ended
	})
	return raw.Addr().String()
}

// asksBeside sends lines to the other door; open keeps the connection.
func asksBeside(t *testing.T, addr, lines string) (said string, open net.Conn) {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(c, lines) // whoever is refused is cut off
	said, _ = bufio.NewReader(c).ReadString('\n')
	return strings.TrimSuffix(said, "\n"), c
}

// TestAnotherDoorCounts holds that connections at another door count with those of
// SSH: those of one source, and all.
func TestAnotherDoorCounts(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.PerSource = 2 })
	at := s.beside(t)
	first := s.dial(t, "anybody", nil)
	said, second := asksBeside(t, at, "hello\n")
	if said != "127.0.0.1" {
		t.Fatalf("%q", said)
	}
	if st := s.Status(); st.Connections != 2 || st.Handshakes != 0 {
		t.Errorf("%+v", st)
	}
	if said, _ := asksBeside(t, at, "hello\n"); said != "" {
		t.Errorf("a third connection: %q", said)
	}
	if _, err := s.try("anybody", nil); err == nil || !strings.Contains(err.Error(), sayTooMany) {
		t.Errorf("%v", err)
	}
	_ = second.Close()
	await(t, "room", func() bool { return s.Status().Connections == 1 }, func() string { return fmt.Sprintf("%+v", s.Status()) })
	_ = first.Close()
	await(t, "room", func() bool { return s.Status().Connections == 0 }, func() string { return fmt.Sprintf("%+v", s.Status()) })
	if said, _ := asksBeside(t, at, "hello\n"); said != "127.0.0.1" {
		t.Errorf("%q", said)
	}
}

// TestAnotherDoorEnds holds that a connection there lives as long as one of SSH
// without a session, and on for an answer that is on its way then.
func TestAnotherDoorEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer func() { _ = there.Close() }()
		limits := DefaultLimits()
		all := &sources{limits: limits, now: time.Now, of: map[netip.Prefix]*source{}}
		bans, err := OpenBans("", nil)
		if err != nil {
			t.Fatal(err)
		}
		g := &guest{conn: &conn{Conn: here, gate: &gate{sources: all, bans: bans, limits: limits}}}
		if err := g.gate.enter(g.conn, netip.MustParseAddr("203.0.113.7")); err != nil {
			t.Fatal(err)
		}
		is := func(after time.Duration, open int) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			if n, _, _, _ := all.counts(); n != open {
				t.Fatalf("%d connections", n)
			}
		}
		g.Known()
		g.Rests()
		is(limits.Unused-time.Second, 1)
		g.Known()               // a second before its end
		is(answerTime/2, 1)     // the answer is on its way
		g.Rests()               // and there
		g.Known()               // what was asked ahead counts no more
		is(time.Millisecond, 0) // nothing is waited for
		g.Known()               // it is over
		is(10*limits.Unused, 0) // and stays so
		if _, err := here.Write([]byte("x")); err == nil {
			t.Error("it is open")
		}
	})
}

// TestAnotherDoorEndsAtOnce holds that a connection whose time is over has ended when
// its answer is there: whoever asked ahead gets no more time by that.
func TestAnotherDoorEndsAtOnce(t *testing.T) {
	t.Parallel()
	here, there := net.Pipe()
	defer func() { _ = there.Close() }()
	all := &sources{limits: DefaultLimits(), now: time.Now, of: map[netip.Prefix]*source{}}
	bans, err := OpenBans("", nil)
	if err != nil {
		t.Fatal(err)
	}
	g := &guest{conn: &conn{Conn: here, gate: &gate{sources: all, bans: bans, limits: all.limits}, last: time.Now().Add(-time.Second)}}
	if err := g.gate.enter(g.conn, netip.MustParseAddr("203.0.113.7")); err != nil {
		t.Fatal(err)
	}
	g.Known()
	if n, _, _, _ := all.counts(); n != 1 {
		t.Errorf("it is cut amid its answer: %d connections", n)
	}
	g.Rests()
	if n, _, _, _ := all.counts(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

// TestAnotherDoorEndsThere holds the same over a real connection: a client that has its
// answer, and says no more, is cut off.
func TestAnotherDoorEndsThere(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.Unused = time.Millisecond })
	at := s.beside(t)
	_, c := asksBeside(t, at, "hello\n")
	if _, err := io.ReadAll(c); err != nil {
		t.Errorf("%v", err)
	}
}

// TestAnotherDoorBans holds that bans hold there, and are not told in the words of
// SSH.
func TestAnotherDoorBans(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	at := s.beside(t)
	if _, err := s.o.Bans.Add(Ban{Kind: BanNet, Value: "127.0.0.1", Reason: "a test"}); err != nil {
		t.Fatal(err)
	}
	if said, _ := asksBeside(t, at, "hello\n"); said != "" {
		t.Errorf("%q", said)
	}
}

// TestAnotherDoorBehindAProxy holds that a trusted proxy names who is there, and
// has to.
func TestAnotherDoorBehindAProxy(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		o.Limits.PerSource = 1
	})
	at := s.beside(t)
	const header = "PROXY TCP4 203.0.113.%d 127.0.0.1 4711 443\r\nhello\n"
	if said, _ := asksBeside(t, at, fmt.Sprintf(header, 7)); said != "203.0.113.7" {
		t.Errorf("%q", said)
	}
	if said, _ := asksBeside(t, at, fmt.Sprintf(header, 7)); said != "" {
		t.Errorf("a second one of the same source: %q", said)
	}
	if said, _ := asksBeside(t, at, fmt.Sprintf(header, 8)); said != "203.0.113.8" {
		t.Errorf("%q", said)
	}
	if said, _ := asksBeside(t, at, "hello\n"); said != "" {
		t.Errorf("without a header: %q", said)
	}
}

// TestAnotherDoorForBalancers holds that a trusted proxy which asks for itself, as
// balancers do that look whether a server is well, is heard there, and counted.
func TestAnotherDoorForBalancers(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		o.Limits.PerSource = 2
	})
	at := s.beside(t)
	for name, header := range map[string]string{
		"version 1": "PROXY UNKNOWN\r\n", "version 2": "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00",
	} {
		if said, _ := asksBeside(t, at, header+"hello\n"); said != "127.0.0.1" {
			t.Errorf("%s: %q", name, said)
		}
	}
	if said, _ := asksBeside(t, at, "PROXY UNKNOWN\r\nhello\n"); said != "" {
		t.Errorf("a third one: %q", said)
	}
	if in, why := greeted(t, s.raw(t, "PROXY UNKNOWN\r\nSSH-2.0-test\r\n")); in || why != "" {
		t.Errorf("over SSH: let in %v: %q", in, why)
	}
}

// TestAnotherDoorIsCut holds that a connection behind a proxy can be ended from
// elsewhere while its header is on its way: whoever drains does.
func TestAnotherDoorIsCut(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	raw, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := s.Limited(raw)
	t.Cleanup(func() { _ = l.Close() })
	for range 50 {
		there, err := new(net.Dialer).DialContext(t.Context(), "tcp", raw.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = io.Copy(io.Discard, c) })
		wg.Go(func() { _, _ = io.WriteString(there, "PROXY TCP4 203.0.113.7 127.0.0.1 4711 443\r\nhello\n") })
		wg.Go(func() {
			_ = c.RemoteAddr()
			_ = c.SetDeadline(time.Now().Add(patience))
			_ = c.Close()
		})
		wg.Wait()
		_ = there.Close()
	}
	s.quiet(t)
}

// TestClosedIsNotCounted holds that a connection which was ended while it was counted
// in does not stay in the counts.
func TestClosedIsNotCounted(t *testing.T) {
	t.Parallel()
	bans, err := OpenBans("", nil)
	if err != nil {
		t.Fatal(err)
	}
	here, there := net.Pipe()
	defer func() { _ = there.Close() }()
	all := &sources{limits: DefaultLimits(), now: time.Now, of: map[netip.Prefix]*source{}}
	g := &gate{sources: all, bans: bans}
	c := &conn{Conn: here, gate: g}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := g.enter(c, netip.MustParseAddr("203.0.113.7")); !errors.Is(err, errRefused) {
		t.Errorf("%v", err)
	}
	if conns, fresh, _, _ := all.counts(); conns != 0 || fresh != 0 || len(all.conns()) != 0 {
		t.Errorf("%d connections, %d of them fresh", conns, fresh)
	}
}

// TestAnotherDoorsDeadlines holds that whoever serves there says how long an answer
// may take.
func TestAnotherDoorsDeadlines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		g := &guest{conn: &conn{Conn: here, gate: &gate{limits: DefaultLimits()}}}
		began := time.Now()
		if err := g.SetWriteDeadline(began.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		_, _ = here.Close(), there.Close()
	})
}
