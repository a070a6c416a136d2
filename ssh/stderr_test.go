package ssh

import (
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
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
	one := newSession(s.Server, &conn{Conn: here, from: from, source: sourceOf(from)}, &gossh.ServerConn{Conn: person{}}, w)
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
	if !s.sources.enterCommand(sourceOf(netip.MustParseAddr("192.0.2.1"))) {
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
