package ssh

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// firstWait is how long a client may be silent before it is taken for one of SSH:
// some of those wait for the server's version (RFC 4253 §4.2 lets either side
// begin), and whoever speaks TLS begins at once. It holds a ClientHello that was
// lost once, and sent again after a second (RFC 6298 §2).
const firstWait = 3 * time.Second

// tlsHello is what a connection of TLS begins with: the type of a record of the
// handshake (RFC 8446 §5.1). SSH begins with a letter.
const tlsHello = 0x16

// Both is l for two doors on one port, with the limits of this server: over is that
// of SSH, for Serve, and beside that of TLS, whose connections are as those of
// Limited. They are told apart by the first byte, once they have been counted and
// a PROXY header was read; whoever is silent for a while is of SSH, and whoever asks
// in plain HTTP is told what is spoken here. Once over is closed, clients of SSH are
// told that the server stops; l is closed with the second of both.
func (s *Server) Both(l net.Listener) (over, beside net.Listener) {
	f := &fork{srv: s, gate: newGate(l, s.sources, &s.o), ended: make(chan struct{})}
	f.gate.itself = true
	for _, b := range []*branch{&f.over, &f.beside} {
		b.fork, b.conns, b.shut = f, make(chan net.Conn), make(chan struct{})
	}
	go f.accept()
	return &f.over, &f.beside
}

// fork is one listener for two doors.
type fork struct {
	srv          *Server
	gate         *gate
	over, beside branch
	ended        chan struct{} // closed when nothing more comes
	why          error         // set before that
}

// branch is what one of them listens to.
type branch struct {
	fork  *fork
	conns chan net.Conn
	once  sync.Once
	shut  chan struct{} // closed with it
}

// Accept implements net.Listener.
func (b *branch) Accept() (net.Conn, error) {
	select {
	case <-b.shut:
		return nil, net.ErrClosed
	default:
	}
	select {
	case c := <-b.conns:
		return c, nil
	case <-b.shut:
		return nil, net.ErrClosed
	case <-b.fork.ended:
		return nil, b.fork.why
	}
}

// Addr implements net.Listener.
func (b *branch) Addr() net.Addr { return b.fork.gate.Addr() }

// Close implements net.Listener.
func (b *branch) Close() error {
	b.once.Do(func() { close(b.shut) })
	if b.fork.over.isShut() && b.fork.beside.isShut() {
		return b.fork.gate.Close()
	}
	return nil
}

func (b *branch) isShut() bool {
	select {
	case <-b.shut:
		return true
	default:
		return false
	}
}

// give hands a connection over; false: nobody takes it any more.
func (b *branch) give(c net.Conn) bool {
	select {
	case b.conns <- c:
		return true
	case <-b.shut:
	case <-b.fork.ended:
	}
	return false
}

// mostPause is the longest pause after the system could not give a connection, for
// want of descriptors for one.
const mostPause = time.Second

// accept takes what comes in, until the listener is closed or broken.
func (f *fork) accept() {
	defer close(f.ended)
	for pause := time.Duration(0); ; {
		raw, err := f.gate.Accept()
		var passing interface{ Temporary() bool }
		switch {
		case err == nil:
			pause = 0
			if c, ok := raw.(*conn); ok {
				go f.sort(c)
			}
		case !errors.Is(err, net.ErrClosed) && errors.As(err, &passing) && passing.Temporary():
			pause = min(max(2*pause, 5*time.Millisecond), mostPause)
			<-time.After(pause)
		default:
			f.why = err
			return
		}
	}
}

// sort finds out what a connection speaks, and hands it over.
func (f *fork) sort(c *conn) {
	given := false
	defer f.srv.contained()
	defer func() {
		if !given {
			_ = c.Close()
		}
	}()
	if f.gate.admit(c) != nil {
		return
	}
	first, err := c.peek(min(firstWait, f.gate.limits.Handshake/4))
	switch {
	case err != nil:
	case first == tlsHello:
		g := newGuest(c)
		g.once.Do(func() {}) // it was admitted
		given = f.beside.give(g)
	case first >= 'A' && first <= 'Z' && first != 'S': // an HTTP method
		f.gate.turnAway(c, []byte(sayPlainHTTP))
	case c.alone: // as at a door of SSH alone
		f.gate.namedNobody(c)
	default:
		if given = f.over.give(c); !given && f.over.isShut() {
			f.gate.turnAway(c, refusal(disconnectByApplication, sayDraining))
		}
	}
}

// peek gives what a client begins with, and leaves it to be read; 0: it has not
// begun by then. An error says that it never will.
func (c *conn) peek(wait time.Duration) (first byte, err error) {
	if err := c.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return 0, fmt.Errorf("wait for the first byte: %w", err)
	}
	one, in := make([]byte, 1), c.in
	if in == nil {
		in = c.Conn
	}
	switch _, err := io.ReadFull(in, one); {
	case err == nil:
		c.in = io.MultiReader(bytes.NewReader(one), in)
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return 0, fmt.Errorf("wait for the first byte: %w", err)
	}
	if err := c.SetReadDeadline(c.began.Add(c.gate.limits.Handshake)); err != nil {
		return 0, fmt.Errorf("wait for the rest: %w", err)
	}
	return one[0], nil
}
