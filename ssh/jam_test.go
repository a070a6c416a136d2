package ssh

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// jammed is a listener whose connections, once jam is set, write nothing until they
// are closed or freed: their clients do not read.
type jammed struct {
	net.Listener

	jam   atomic.Bool
	stuck chan struct{} // has one for each write that waits
	freed chan struct{} // closed at the end
}

// Accept implements net.Listener.
func (j *jammed) Accept() (net.Conn, error) {
	c, err := j.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &jammedConn{Conn: c, j: j, closed: make(chan struct{})}, nil
}

type jammedConn struct {
	net.Conn

	j      *jammed
	once   sync.Once
	closed chan struct{}
}

// Write implements net.Conn.
func (c *jammedConn) Write(p []byte) (int, error) {
	if c.j.jam.Load() {
		select {
		case c.j.stuck <- struct{}{}:
		default:
		}
		select {
		case <-c.closed:
			return 0, net.ErrClosed
		case <-c.j.freed:
		}
	}
	return c.Conn.Write(p)
}

// Close implements net.Conn.
func (c *jammedConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// TestBanOfTheDeaf holds that a ban of somebody who reads nothing holds up nobody:
// neither whoever makes it, nor the server, which counts and lets others in.
func TestBanOfTheDeaf(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	raw, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	j := &jammed{Listener: raw, stuck: make(chan struct{}, 1), freed: make(chan struct{})}
	served := make(chan error, 1)
	go func() { served <- s.Serve(j) }()
	t.Cleanup(func() {
		_ = j.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	deaf, err := (&site{Server: s.Server, addr: raw.Addr().String()}).try("anybody", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = deaf.Close() })
	if _, _, err := deaf.OpenChannel("session", nil); err != nil { // and no shell is asked for
		t.Fatal(err)
	}
	await(t, "the session", func() bool { return s.Status().Sessions == 1 }, s.log.String)
	j.jam.Store(true)
	go func() { _, _, _ = deaf.SendRequest("anything", true, nil) }() // which is answered
	<-j.stuck
	done := make(chan error, 1)
	go func() {
		_, err := s.o.Bans.Add(Ban{Kind: BanNet, Value: "127.0.0.1", Reason: "a test"})
		_ = s.Status()
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Error("the server waits for somebody who does not read")
	}
	close(j.freed)
	s.quiet(t)
}
