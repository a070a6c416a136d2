package ssh

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/ssh/web"
)

// pipes is a listener whose connections are made by a test, of no machine's time.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	shut  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.shut:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.shut) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 443} }

// named is a connection from an address.
type named struct {
	net.Conn

	from string
}

func (n named) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(n.from), 999))
}

// dial connects from an address.
func (p *pipes) dial(from string) net.Conn {
	here, there := net.Pipe()
	p.conns <- named{here, from}
	return there
}

// timed is the door in the browser, as it is served, in a time of its own.
type timed struct {
	*pipes

	all *sources
}

// The nets of such a door, and what a trusted proxy says.
const (
	timedProxy  = "198.51.100.1"
	timedHeader = "PROXY TCP4 203.0.113.7 192.0.2.1 999 443\r\n"
)

// opensTimed serves until the returned function is called; both is at one port with SSH.
func opensTimed(t *testing.T, both bool, limits Limits) (d timed, stop func()) {
	t.Helper()
	bans, err := OpenBans("", nil)
	if err != nil {
		t.Fatal(err)
	}
	all := &sources{limits: limits, now: time.Now, of: map[netip.Prefix]*source{}}
	s := &Server{sources: all, o: Options{Limits: limits, Bans: bans, Log: slog.New(slog.DiscardHandler), TrustedProxies: []netip.Prefix{netip.MustParsePrefix(timedProxy + "/32")}}}
	proof, _ := proofOf(t)
	door, err := web.New(web.Options{Certificate: proof})
	if err != nil {
		t.Fatal(err)
	}
	d = timed{&pipes{conns: make(chan net.Conn), shut: make(chan struct{})}, all}
	var over, beside net.Listener = d, nil
	if both {
		over, beside = s.Both(d)
	} else {
		beside = s.Limited(d)
	}
	served := make(chan error, 1)
	go func() { served <- door.Serve(beside) }()
	return d, func() {
		_ = over.Close()
		ctx, stop := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
		defer stop()
		door.Drain(ctx)
		if err := <-served; err != nil {
			t.Error(err)
		}
	}
}

// secured is TLS over a connection.
func secured(t *testing.T, c net.Conn) *tls.Conn {
	t.Helper()
	s := tls.Client(c, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // whose it is is not the question
	if err := s.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestDoorHoldsTheTime holds that whoever comes to the door in the browser and asks
// nothing is let go of when the time for that is over, which began with the
// connection: whatever was said until then, and whatever the door has for each step.
func TestDoorHoldsTheTime(t *testing.T) {
	t.Parallel()
	drips := func(t *testing.T, c io.Writer, every time.Duration, text string) {
		t.Helper()
		for i := range text {
			time.Sleep(every) // of a clock of the test's own
			if _, err := io.WriteString(c, text[i:i+1]); err != nil {
				return // it is over
			}
		}
	}
	for name, begins := range map[string]func(t *testing.T, c net.Conn) (end io.Reader){
		"half a record": func(t *testing.T, c net.Conn) io.Reader {
			_, _ = io.WriteString(c, "\x16\x03\x01\x02\x00\x01")
			return c
		},
		"a record, byte by byte": func(t *testing.T, c net.Conn) io.Reader {
			_, _ = io.WriteString(c, "\x16\x03\x01\x02\x00")
			go drips(t, c, 100*time.Millisecond, strings.Repeat("\x01", 200))
			return c
		},
		"TLS, and nothing": func(t *testing.T, c net.Conn) io.Reader { return secured(t, c) },
		"TLS late, and nothing": func(t *testing.T, c net.Conn) io.Reader {
			time.Sleep(400 * time.Millisecond) // not so late that it is taken for SSH
			return secured(t, c)
		},
		"half a request": func(t *testing.T, c net.Conn) io.Reader {
			s := secured(t, c)
			go func() { _, _ = io.WriteString(s, "GET / HTTP/1.1\r\nHost: ") }()
			return s
		},
		"a request, byte by byte": func(t *testing.T, c net.Conn) io.Reader {
			s := secured(t, c)
			go drips(t, s, 100*time.Millisecond, "GET / HTTP/1.1\r\nHost: "+strings.Repeat("a", 200))
			return s
		},
	} {
		for door, both := range map[string]bool{"its own port": false, "one port": true} {
			for from, header := range map[string]string{"203.0.113.9": "", timedProxy: timedHeader} {
				t.Run(fmt.Sprintf("%s, %s, %s", name, door, from), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						limits := DefaultLimits()
						limits.Handshake = 2 * time.Second
						defer time.Sleep(time.Second) // until who writes a byte at a time has seen the end
						d, stop := opensTimed(t, both, limits)
						defer stop()
						c := d.dial(from)
						defer func() { _ = c.Close() }()
						began := time.Now()
						if _, err := io.WriteString(c, header); err != nil {
							t.Fatal(err)
						}
						_, _ = io.Copy(io.Discard, begins(t, c)) // how it is told is another matter
						synctest.Wait()
						if took := time.Since(began); took != limits.Handshake {
							t.Errorf("it ended after %s", took)
						}
						if n, fresh, _, _ := d.all.counts(); n != 0 || fresh != 0 {
							t.Errorf("%d connections, %d of them fresh", n, fresh)
						}
					})
				})
			}
		}
	}
}

// TestDoorLetsAnswersArrive holds that the time for asking does not cut the answer to
// whoever asked in time, and reads slowly.
func TestDoorLetsAnswersArrive(t *testing.T) {
	t.Parallel()
	for name, both := range map[string]bool{"its own port": false, "one port": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limits := DefaultLimits()
				limits.Handshake = 2 * time.Second
				d, stop := opensTimed(t, both, limits)
				defer stop()
				c := d.dial("203.0.113.9")
				defer func() { _ = c.Close() }()
				s := secured(t, c)
				go func() {
					_, _ = io.WriteString(s, "GET / HTTP/1.1\r\nHost: onboard.example\r\nConnection: close\r\n\r\n")
				}()
				buf := make([]byte, 1)
				var all strings.Builder
				for i := 0; ; i++ {
					n, err := s.Read(buf)
					all.Write(buf[:n])
					if err != nil {
						break
					}
					if i == 0 {
						time.Sleep(5 * time.Second) // nothing of the rest is taken
					}
				}
				if text := all.String(); !strings.HasPrefix(text, fmt.Sprintf("HTTP/1.1 %d ", http.StatusOK)) || !strings.HasSuffix(text, lastOfPage) {
					t.Errorf("%q", text)
				}
			})
		})
	}
}

// TestDoorEndsPipelines holds that requests which were sent ahead give a connection no
// more time than one that is on its way when its time is over.
func TestDoorEndsPipelines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.Unused = 2 * time.Second
		d, stop := opensTimed(t, false, limits)
		defer stop()
		c := d.dial("203.0.113.9")
		defer func() { _ = c.Close() }()
		began := time.Now()
		s := secured(t, c)
		go func() {
			_, _ = io.WriteString(s, strings.Repeat("GET / HTTP/1.1\r\nHost: onboard.example\r\n\r\n", 45))
		}()
		var all strings.Builder
		buf := make([]byte, 512)
		for {
			n, err := s.Read(buf)
			all.Write(buf[:n])
			if err != nil {
				break
			}
			time.Sleep(100 * time.Millisecond) // as fast as it likes
		}
		answers := strings.Count(all.String(), "HTTP/1.1 200 ")
		if took := time.Since(began); took < limits.Unused || took > limits.Unused+writeTimeOfDoor || answers == 0 || answers == 45 {
			t.Errorf("%d answers, and its end after %s", answers, took)
		}
		if rest := all.String(); !strings.HasSuffix(rest, lastOfPage) {
			t.Errorf("the last answer was cut: %q", rest[max(0, len(rest)-100):])
		}
		if n, _, _, _ := d.all.counts(); n != 0 {
			t.Errorf("%d connections", n)
		}
	})
}

// lastOfPage is what a page ends with, as it is sent.
const lastOfPage = "</html>\r\n0\r\n\r\n"

// writeTimeOfDoor is how long one answer may take at the door in the browser.
const writeTimeOfDoor = 10 * time.Second
