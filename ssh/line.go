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
	came chan []byte   // whole lines, with their ends; never closed, for two write to it
	over chan struct{} // closed when no other comes
	rest []byte        // of the line that is being read
	end  error         // why there is no other; set before over is closed
	*hidden
}

// mostLines bounds the lines that were finished and not read yet. Line mode reads
// them as they come, so more wait only where nobody reads.
const mostLines = 16

// newLines are lines whose echo goes to out. They come as long as edited runs.
func newLines(out io.Writer) *lines {
	in := newTyped()
	return &lines{
		came: make(chan []byte, mostLines), over: make(chan struct{}), end: io.EOF, hidden: &hidden{typed: in},
		term: term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{in, out}, ""),
	}
}

// lines begins to read the client's keys. They pass the same filter as those of
// the screen: the library that edits lines waits for ever on some sequences.
func (s *session) lines(ctx context.Context) *lines {
	l := newLines(s.out)
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
		if !l.key(msg) {
			s.notice(sayManyKeys)
		}
	})
	taken.over, taken.caught = func() { s.notice(sayManyKeys) }, s.caught
	go func() { // it ends with what is typed
		defer close(l.over)
		defer s.caught()
		l.edited(ctx)
	}()
	go func() {
		defer l.typed.end()
		defer stop()
		defer taken.close()
		defer s.caught()
		s.hearLines(ctx, taken.feed)
	}()
	return l
}

// key takes a key or a paste. It never waits, for the key that ends the session
// comes the same way: a hidden line that finds no room is dropped, which is false.
func (l *lines) key(msg tea.Msg) bool {
	line, echo, taken := l.take(msg)
	if !taken {
		return true
	}
	_, _ = io.WriteString(l.term, echo) // a client that is gone hears nothing
	if line == nil {
		return true
	}
	select {
	case <-l.over: // nobody reads it
		return true
	default:
	}
	select {
	case l.came <- line:
		return true
	default:
		return false
	}
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
		select {
		case l.rest = <-l.came:
		case <-l.over:
			select {
			case l.rest = <-l.came: // it came before
			default:
				return 0, l.end
			}
		}
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

// empties empties the line that the editor is at, however full this is: to its
// end, and back.
func (t *typed) empties() {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = t.buf.WriteString("\x05\x15") // never fails
	t.more.Signal()
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
