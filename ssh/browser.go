package ssh

import (
	"io"
	"net"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// far is the client's end of a session: a channel of SSH, or a terminal in a
// browser.
type far interface {
	io.ReadWriteCloser
	// exit tells the client how it ended.
	exit(code int)
	// kept tells the client's program, not the person, by what the case is gone on
	// with.
	kept(number, code string)
	// gone tells it that there is nothing to go on with.
	gone()
}

// channelEnd is the end of SSH.
type channelEnd struct{ gossh.Channel }

func (c channelEnd) exit(code int) {
	_, _ = c.SendRequest("exit-status", false, gossh.Marshal(struct{ Code uint32 }{uint32(code)})) //nolint:gosec // a code of ours
}

func (channelEnd) kept(string, string) {} // people read it
func (channelEnd) gone()               {}

// Screen is a terminal in a browser. What is typed is read from it, and what is
// written to it is shown; Write may take as long as the browser does. Its methods
// are called by several goroutines, but each by one at a time.
type Screen interface {
	io.ReadWriteCloser
	// Sized has every later size of the window told, in cells, as the browser says it.
	Sized(tell func(width, height uint32))
	// Kept tells the browser of the case, and by which code it is gone on with.
	Kept(number, code string)
	// Gone tells it that there is no such case, or no longer: no code goes on with it.
	Gone()
	// Ended tells it that the session is over, and with which exit code.
	Ended(code int)
}

// screenEnd is the end of a browser.
type screenEnd struct{ Screen }

func (s screenEnd) exit(code int)            { s.Ended(code) }
func (s screenEnd) kept(number, code string) { s.Kept(number, code) }
func (s screenEnd) gone()                    { s.Gone() }

// Window is what a browser opens.
type Window struct {
	// User is UserWhy, UserPlain, a resume code, or anybody; Plain is the wizard on
	// plain lines, whoever it is.
	User  string
	Plain bool
	// Width and Height are its size in cells, as the browser says it.
	Width, Height uint32
}

// Visit serves the wizard on a terminal in a browser until the person leaves or is
// gone, as a session of SSH with a terminal is served: the same screen, the same
// limits, the same cases. c is a connection that a listener of Limited has taken,
// or one of TLS over it. refused says why there is no session; it is empty where there
// was one.
func (s *Server) Visit(c net.Conn, w Window, to Screen) (refused string) {
	defer s.contained()
	g := guestOf(c)
	if g == nil {
		return sayNotHere
	}
	if ban, banned := s.o.Bans.OfAddr(g.from); banned { // since it connected
		return ban.words()
	}
	if no := g.begin(); no != "" {
		return no
	}
	defer g.end()
	g.stays.Store(true)
	late := time.AfterFunc(s.inner.MaxTimeout, func() { _ = g.Close() }) // behind the session's own end, as over SSH
	defer late.Stop()
	one := openSession(s, g.conn, screenEnd{to}, io.Discard)
	if why := s.enter(one); why != "" {
		one.cancel(errGone) // the page is told by whoever called
		return why
	}
	defer s.leave(one)
	defer one.close()
	one.user, one.browser = w.User, true
	one.asked = asked{pty: true, term: "xterm-256color", env: []string{"COLORTERM=truecolor"}}
	if w.Plain {
		one.asked.term = "dumb"
	}
	one.window.set(s.o.Limits.clamp(w.Width, w.Height))
	to.Sized(func(w, h uint32) { one.window.set(s.o.Limits.clamp(w, h)) })
	one.started.Store(true)
	one.run()
	return ""
}

// guestOf finds the connection of the listener under one of TLS; nil: it is none of
// this server's.
func guestOf(c net.Conn) *guest {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = t.NetConn()
	}
	g, _ := c.(*guest)
	return g
}
