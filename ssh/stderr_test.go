package ssh

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	gossh "golang.org/x/crypto/ssh"

	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// wall is a channel whose client opened no window: what is written to it waits.
type wall struct {
	gossh.Channel

	end    chan struct{} // closed: the client has gone
	closed chan struct{} // closed with the channel
}

func (w wall) Write([]byte) (int, error) {
	<-w.end
	return 0, io.EOF
}

func (w wall) Read([]byte) (int, error) { return 0, io.EOF }

func (w wall) Stderr() io.ReadWriter { return w }

func (w wall) SendRequest(string, bool, []byte) (bool, error) { return false, nil }

func (w wall) Close() error {
	close(w.closed)
	return nil
}

// person is who logged in.
type person struct{ gossh.Conn }

func (person) User() string { return "anybody" }

// TestStandardErrorNeverWaits holds that a client which takes nothing of its
// standard error keeps no command from ending, and no place of one.
func TestStandardErrorNeverWaits(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) {
		o.Command = func(_ context.Context, _ []string, _, errs io.Writer) int {
			for range 100 {
				complain(errs, strings.Repeat("x", 1<<10))
			}
			return codeUsage
		}
	})
	here, there := net.Pipe()
	defer func() { _, _ = here.Close(), there.Close() }()
	from := netip.MustParseAddr("192.0.2.1")
	w := wall{end: make(chan struct{}), closed: make(chan struct{})}
	one := newSession(s.Server, &conn{Conn: here, from: from, source: cases.SourceOf(from)}, &gossh.ServerConn{Conn: person{}}, w)
	for _, line := range []string{"check --app nosuch", "check --nosuch", "status", "status nobody"} {
		for range s.o.Limits.Commands + 1 {
			one.asked.command, one.asked.exec = line, true
			ended := make(chan int, 1)
			go func() { ended <- one.serveCommand() }()
			select {
			case code := <-ended:
				if code != codeUsage {
					t.Errorf("%s: %d", line, code)
				}
			case <-time.After(patience):
				t.Fatalf("%q waits for the client", line)
			}
		}
	}
	if n := s.Status().Commands; n != 0 {
		t.Errorf("%d places of commands are held", n)
	}
	close(w.end)
	one.run() // with its last words, which nobody hears
	<-w.closed
}

// TestPanicsBesideTheSession holds that a panic on one of the goroutines that serve
// a session ends that session alone: of a lone ESC, of a change of the window.
func TestPanicsBesideTheSession(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.Idle = o.Limits.Warning }) // so that it is said at once
	here, there := net.Pipe()
	defer func() { _, _ = here.Close(), there.Close() }()
	from := netip.MustParseAddr("192.0.2.1")
	for name, breaks := range map[string]func(*session){
		"a lone ESC": func(one *session) {
			taken := newKeys(s.o.Limits, s.o.Now, func(tea.Msg) { panic("ours") })
			taken.caught = one.caught
			taken.feed([]byte("\x1b"))
		},
		"the clock": func(one *session) {
			one.told(func(string) { panic("ours") }, nil)
			one.touch()
			one.watch()
		},
	} {
		w := wall{end: make(chan struct{}), closed: make(chan struct{})}
		one := newSession(s.Server, &conn{Conn: here, from: from, source: cases.SourceOf(from)}, &gossh.ServerConn{Conn: person{}}, w)
		breaks(one)
		select {
		case <-one.ctx.Done():
		case <-time.After(patience):
			t.Fatalf("%s: the session goes on", name)
		}
		if !errors.Is(context.Cause(one.ctx), tui.ErrBroke) {
			t.Errorf("%s: it ended with %v", name, context.Cause(one.ctx))
		}
		close(w.end)
	}
	if st := s.Status(); st.Broke != 2 {
		t.Errorf("%+v", st)
	}
}

// TestCommandsOfOneSource holds that one source leaves room for the commands of
// others, and that it is told.
func TestCommandsOfOneSource(t *testing.T) {
	t.Parallel()
	let, in := make(chan struct{}), make(chan struct{})
	s := serve(t, func(o *Options) {
		o.Limits.Commands, o.Limits.CommandsPerSource = 3, 2
		o.Command = func(context.Context, []string, io.Writer, io.Writer) int {
			in <- struct{}{}
			<-let
			return codeDone
		}
	})
	var at []*client
	for range 2 {
		at = append(at, opens(t, s.dial(t, "anybody", nil), 0, 0, func(x *gossh.Session) error { return x.Start("check") }))
		<-in
	}
	if _, errs, code := s.asks(t, "check"); code != codeUnknown || !strings.Contains(errs, sayManyOfYours) {
		t.Errorf("a third: %d, %q", code, errs)
	}
	if !s.sources.enterCommand(cases.SourceOf(netip.MustParseAddr("192.0.2.1"))) {
		t.Error("another source has no room")
	}
	close(let)
	for _, c := range at {
		if code := c.ends(); code != codeDone {
			t.Errorf("exit code %d", code)
		}
	}
	later := opens(t, s.dial(t, "anybody", nil), 0, 0, func(x *gossh.Session) error { return x.Start("check") })
	<-in
	if code := later.ends(); code != codeDone {
		t.Errorf("later: exit code %d", code)
	}
}
