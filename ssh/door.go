package ssh

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// User names that people are told of elsewhere: they open the flow of somebody who
// is blocked, and the wizard on plain lines.
const (
	UserWhy   = userWhy
	UserPlain = userPlain
)

// Limited is l with the limits of this server, for a door beside that of SSH: its
// connections count with all the others, by source and in all, bans hold there,
// and PROXY headers are read from the same nets; a balancer that says there that it
// speaks for itself is one of its own address. Whoever is refused is dropped
// without a word, for they speak another protocol. The connections have a method
// Known(), to be called each time that a client has begun to ask, and one Rests(),
// for when it has its answer; they live for Limits.Unused from the first time on,
// and then for the answer that is on its way, and while they have a session (Visit).
func (s *Server) Limited(l net.Listener) net.Listener {
	g := newGate(l, s.sources, &s.o)
	g.mute, g.itself = true, true
	return besides{g}
}

// besides is a gate to another door.
type besides struct{ *gate }

// Accept implements net.Listener.
func (l besides) Accept() (net.Conn, error) {
	raw, err := l.gate.Accept()
	if err != nil {
		return nil, err
	}
	c, ok := raw.(*conn)
	if !ok {
		return raw, nil
	}
	return newGuest(c), nil
}

// doorPace is how much more may come in at another door than a session may be typed
// into: whatever TLS and what is spoken in it add to that, and what of it nobody reads.
const doorPace = 2

// guest is a connection at another door.
type guest struct {
	*conn

	pace  *rate.Limiter // of bytes that come in
	stays atomic.Bool   // a session is on it

	once    sync.Once
	refused error
}

func newGuest(c *conn) *guest {
	l := c.gate.limits
	return &guest{conn: c, pace: rate.NewLimiter(rate.Limit(doorPace*l.Bytes), doorPace*l.BytesBurst)}
}

// Read implements net.Conn. Who is behind a proxy is asked first, here, where
// nobody else waits.
func (g *guest) Read(p []byte) (int, error) {
	g.once.Do(func() {
		if !g.proxied {
			return
		}
		if g.refused = g.gate.admit(g.conn); g.refused == nil {
			// The wait for the header has lifted the deadline that was set before, and
			// until now nothing held what was set.
			g.refused = g.SetDeadline(g.began.Add(g.gate.limits.Handshake))
		}
	})
	if g.refused != nil {
		return 0, g.refused
	}
	n, err := g.conn.Read(p)
	if n > 0 && !g.pace.AllowN(time.Now(), n) {
		return 0, errFlood
	}
	return n, err
}

// Write implements net.Conn. How long it may take is said by whoever serves here, at
// each answer, and not by the limits of SSH; but for a session, which reads as one of
// SSH does or is gone.
func (g *guest) Write(p []byte) (int, error) {
	if g.stays.Load() {
		return g.conn.Write(p)
	}
	return g.Conn.Write(p)
}

// answerTime is how long an answer may take that is on its way when the time of its
// connection is over.
const answerTime = 30 * time.Second

// Known says that the client has begun to ask. What its answer may take is not bound
// by the time for that any more.
func (g *guest) Known() {
	if g.loggedIn() {
		g.release()
	}
	g.lasts(answerTime)
}

// Rests says that the client has its answer. Once the connection's time is over, it
// ends here, whatever was asked in the meantime: each answer would have a time of its
// own.
func (g *guest) Rests() {
	if g.lasts(0) {
		_ = g.Close()
	}
}

// From is who is there, behind a proxy too.
func (g *guest) From() netip.Addr { return g.from }
