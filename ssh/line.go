package ssh

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"golang.org/x/term"

	"onboard.example/tui"
)

// plain walks the wizard on plain lines.
func (s *session) plain(drv tui.Driver, o tui.Options) error {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	in, out := io.Reader(s.limited()), io.Writer(s.out)
	if s.asked.pty {
		lines := s.lines(ctx)
		in, out = lines, lines.term
	}
	say := func(text string) { _, _ = io.WriteString(out, "\n"+text+"\n") } // a client that is gone hears nothing
	s.told(say, func(bool) { say(s.back(sayKeptPlain, sayKeptHerePlain)) })
	defer s.told(nil, nil)
	// Where the person stops or the client goes, nothing more is finished first.
	err := tui.Plain(ctx, in, out, drv, o)
	if ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	return err
}

// limited is the client's input as it comes, of bounded pace.
func (s *session) limited() io.Reader { return limited{s} }

type limited struct{ s *session }

// Read implements io.Reader.
func (l limited) Read(p []byte) (int, error) {
	n, err := l.s.ch.Read(p)
	if n > 0 && !l.s.took(n) {
		return 0, errFlood
	}
	return n, err
}

// lines edits lines on the client's terminal, which does not do that itself: it
// echoes nothing and sends every key.
type lines struct {
	term *term.Terminal
	came chan []byte // whole lines, with their ends
	rest []byte      // of the line that is being read
	end  error       // why there is no other; set before came is closed
	*hidden
}

// lines begins to read the client's keys. They pass the same filter as those of
// the screen: the library that edits lines waits for ever on some sequences.
func (s *session) lines(ctx context.Context) *lines {
	typed := newTyped()
	l := &lines{came: make(chan []byte), end: io.EOF, hidden: new(hidden), term: term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{typed, s.out}, "")}
	size := func(to size) {
		defer s.caught()
		_ = l.term.SetSize(to.w, to.h) // it redraws a line, which cannot fail here
	}
	at := s.window.get()
	size(at)
	stop := s.window.listen(at, size)
	taken := newKeys(s.srv.o.Limits, s.srv.o.Now, func(msg tea.Msg) {
		if p, ok := msg.(uv.KeyPressEvent); ok && p.MatchString("ctrl+c") {
			s.cancel(errInterrupted)
		}
		line, echo, taken := l.take(msg)
		if !taken {
			typed.put(lineBytes(msg))
			return
		}
		_, _ = io.WriteString(l.term, echo) // a client that is gone hears nothing
		if line != nil {
			select {
			case l.came <- line:
			case <-ctx.Done():
			}
		}
	})
	taken.over, taken.caught = func() { s.notice(sayManyKeys) }, s.caught
	go func() { // it ends with typed
		defer close(l.came)
		defer s.caught()
		l.edited(ctx)
	}()
	go func() {
		defer typed.end()
		defer stop()
		defer taken.close()
		defer s.caught()
		s.hearLines(ctx, taken.feed)
	}()
	return l
}

// hearLines reads until ctx ends or the input does: that is no end of the
// session, for what is under way may be waited for.
func (s *session) hearLines(ctx context.Context, feed func([]byte)) {
	buf := make([]byte, 1<<10)
	for ctx.Err() == nil {
		n, err := s.ch.Read(buf)
		if n > 0 && s.took(n) {
			feed(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

// lineBytes is a key as the editor of lines knows it; nil: it has no use for it.
func lineBytes(msg tea.Msg) []byte {
	switch e := msg.(type) {
	case uv.PasteEvent:
		return []byte(strings.NewReplacer("\r\n", "\r", "\n", "\r", "\t", " ").Replace(e.Content))
	case uv.KeyPressEvent:
		if e.Text != "" {
			return []byte(e.Text)
		}
		for name, b := range lineKeys() {
			if e.MatchString(name) {
				return []byte(b)
			}
		}
	}
	return nil
}

// lineKeys are the keys that edit a line.
func lineKeys() map[string]string {
	return map[string]string{
		"enter": "\r", "ctrl+j": "\r", "backspace": "\x7f", "tab": " ", "delete": "\x04",
		"ctrl+a": "\x01", "ctrl+e": "\x05", "ctrl+k": "\x0b", "ctrl+u": "\x15", "ctrl+w": "\x17", "ctrl+d": "\x04", "ctrl+h": "\x7f",
		"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
	}
}

// edited passes on the lines that were edited on the terminal, until there are no
// more.
func (l *lines) edited(ctx context.Context) {
	for {
		line, err := l.term.ReadLine()
		if err != nil && !errors.Is(err, term.ErrPasteIndicator) {
			l.end = err
			return
		}
		select {
		case l.came <- append([]byte(line), '\n'):
		case <-ctx.Done():
			l.end = ctx.Err()
			return
		}
	}
}

// Read implements io.Reader: whole lines, as they are finished.
func (l *lines) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		line, ok := <-l.came
		if !ok {
			return 0, l.end
		}
		l.rest = line
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// mostTyped bounds what waits for the editor of lines, in bytes.
const mostTyped = 64 << 10

// typed is what was typed and not read yet.
type typed struct {
	mu    sync.Mutex
	more  *sync.Cond
	buf   bytes.Buffer
	ended bool
}

func newTyped() *typed {
	t := new(typed)
	t.more = sync.NewCond(&t.mu)
	return t
}

// put adds what was typed; what does not fit any more is dropped.
func (t *typed) put(b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(b) > 0 && t.buf.Len()+len(b) <= mostTyped {
		_, _ = t.buf.Write(b) // never fails
		t.more.Signal()
	}
}

func (t *typed) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	t.more.Broadcast()
}

// Read implements io.Reader.
func (t *typed) Read(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.buf.Len() == 0 && !t.ended {
		t.more.Wait()
	}
	return t.buf.Read(p)
}
