package ssh

import (
	"net"
	"net/netip"
	"sync"
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
// Known(), to be called once a client has begun to ask; they live for
// Limits.Unused from then on.
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
	return &guest{conn: c}, nil
}

// guest is a connection at another door.
type guest struct {
	*conn

	once    sync.Once
	refused error
}

// Read implements net.Conn. Who is behind a proxy is asked first, here, where
// nobody else waits.
func (g *guest) Read(p []byte) (int, error) {
	g.once.Do(func() {
		if !g.proxied {
			return
		}
		if g.refused = g.gate.admit(g.conn); g.refused == nil {
			// The wait for the header has lifted the deadline that was set before.
			g.refused = g.SetReadDeadline(g.began.Add(g.gate.limits.Handshake))
		}
	})
	if g.refused != nil {
		return 0, g.refused
	}
	return g.conn.Read(p)
}

// Write implements net.Conn. How long it may take is said by whoever serves here, at
// each answer, and not by the limits of SSH.
func (g *guest) Write(p []byte) (int, error) { return g.Conn.Write(p) }

// Known says that the client has begun to ask.
func (g *guest) Known() { g.loggedIn() }

// From is who is there, behind a proxy too.
func (g *guest) From() netip.Addr { return g.from }
