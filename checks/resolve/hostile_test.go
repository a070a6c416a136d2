package resolve

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestHostileServer: one name server of two does its worst. It costs what it
// may cost, and what the other one says stands.
func TestHostileServer(t *testing.T) {
	t.Parallel()
	garbage := bytes.Repeat([]byte{0xc0, 0x0c, 0xff}, 1300)
	flood := func(c net.PacketConn, to net.Addr, _ []byte) {
		for range 200 {
			_, _ = c.WriteTo(garbage, to)
		}
	}
	cut := func(c net.PacketConn, to net.Addr, q []byte) { // go on by TCP
		q[2] |= 0x86
		_, _ = c.WriteTo(q, to)
	}
	answers := func(c net.PacketConn, to net.Addr, q []byte) { // compression that points at itself
		q[2] |= 0x84
		q[7] = 1
		_, _ = c.WriteTo(append(q[:12:12], 0xc0, 0x0c, 0, 16, 0, 1, 0xc0, 0x0c, 0, 16, 0, 1), to)
	}
	drip := func(ctx context.Context, c net.Conn) {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			if _, err := c.Write([]byte{0xff}); err != nil {
				return
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}
	huge := func(_ context.Context, c net.Conn) {
		for {
			if _, err := c.Write(bytes.Repeat([]byte{0xff}, 1<<16)); err != nil {
				return
			}
		}
	}
	for name, c := range map[string]struct {
		datagram func(net.PacketConn, net.Addr, []byte)
		stream   func(context.Context, net.Conn)
	}{
		"a flood of garbage": {flood, nil},
		"names in circles":   {answers, nil},
		"slow drip":          {cut, drip},
		"huge":               {cut, huge},
		"hangs up":           {cut, func(context.Context, net.Conn) {}},
		"half an answer":     {cut, func(_ context.Context, c net.Conn) { _, _ = c.Write([]byte{0, 40, 1}) }},
		"never a word":       {func(net.PacketConn, net.Addr, []byte) {}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const deadline = 6 * time.Second
			w := newRudeWorld(t, c.datagram, c.stream)
			w.without("127.0.0.2")
			promptly(t, deadline+time.Second, func() string {
				r, err := New(Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}, Timeout: time.Second, Deadline: deadline})
				if err != nil {
					t.Fatal(err)
				}
				a, err := r.Look(t.Context(), "_hetk.contoso.example", dns.TypeTXT)
				for at, n := range r.read { // no machine is so busy that it excuses these
					if n.Load() > maxOne+1<<16 && at != w.resolver {
						t.Errorf("%s sent %d bytes", at, n.Load())
					}
				}
				if n := r.spent.Load(); n > maxBytes+1<<16 {
					t.Errorf("all sent %d bytes", n)
				}
				return wrong(err == nil && len(a.Servers) == 2 && !a.Servers[0].Outcome.Decides() && a.Servers[0].Why != "" && a.Agree && a.Security == Secure, a, err)
			})
		})
	}
}

// without takes an address out of the leaf.
func (w *world) without(addr string) {
	w.set(func() {
		z := w.zones[2]
		z.rrs = slices.DeleteFunc(slices.Clone(z.rrs), func(r dns.RR) bool {
			a, ok := r.(*dns.A)
			return ok && a.A.String() == addr
		})
	})
}

// promptly does what has to end within a time of its own, and again where it did
// not, or where do says what is wrong with it: a busy machine's own time is not the
// server's, nor is the answer of one that it kept from answering. It passes only if
// one try is both right and in time.
func promptly(t *testing.T, most time.Duration, do func() (bad string)) {
	t.Helper()
	var bads []string
	for range 8 {
		start := time.Now()
		bad := do()
		took := time.Since(start)
		if bad == "" && took <= most || t.Failed() {
			return
		}
		bads = append(bads, fmt.Sprintf("took %v, at most %v; wrong: %s", took, most, bad))
	}
	t.Error(strings.Join(bads, "\n"))
}

// wrong is what a look said, if it is not as it should be.
func wrong(ok bool, a Answer, err error) string {
	if ok {
		return ""
	}
	return fmt.Sprintf("%+v, %v", a, err)
}

// newRudeWorld is a world where ns1 is at 127.0.0.8, too, and knows no manners there.
func newRudeWorld(t *testing.T, datagram func(net.PacketConn, net.Addr, []byte), stream func(context.Context, net.Conn)) *world {
	t.Helper()
	for range 20 {
		w := newWorld(t, false, record, "ns1.contoso.example. 300 IN A 127.0.0.8")
		at := net.JoinHostPort("127.0.0.8", fmt.Sprint(w.port))
		pc, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", at)
		if err != nil {
			continue // the port is taken there
		}
		t.Cleanup(func() { pc.Close() })
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", at)
		if err != nil {
			continue
		}
		t.Cleanup(func() { l.Close() })
		beRude(t, pc, l, datagram, stream)
		return w
	}
	t.Fatal("no free port at 127.0.0.8")
	return nil
}

// beRude serves until its listeners close.
func beRude(t *testing.T, pc net.PacketConn, l net.Listener, datagram func(net.PacketConn, net.Addr, []byte), stream func(context.Context, net.Conn)) {
	t.Helper()
	go func() {
		buf := make([]byte, 4096)
		for n, from, err := pc.ReadFrom(buf); err == nil; n, from, err = pc.ReadFrom(buf) {
			datagram(pc, from, bytes.Clone(buf[:n]))
		}
	}()
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			go func() {
				defer c.Close()
				if stream != nil {
					stream(t.Context(), c)
				}
			}()
		}
	}()
}

// TestDrip: a resolver that sends one byte and stops costs its deadline.
func TestDrip(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			_, _ = c.Write([]byte{0xff})
			t.Cleanup(func() { c.Close() })
		}
	}()
	promptly(t, 2*time.Second, func() string {
		r, err := New(Options{Server: "tcp://" + l.Addr().String(), Timeout: 200 * time.Millisecond, Deadline: 5 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		a, err := r.Look(t.Context(), "contoso.example", dns.TypeTXT)
		return wrong(err != nil && strings.Contains(err.Error(), wordLate), a, err)
	})
}
