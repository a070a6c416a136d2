package tui

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// onPTY runs the wizard on a real terminal device. keys are sent, each once
// the text before it was seen.
func onPTY(t *testing.T, d *fakeDriver, steps [][2]string) (seen string, err error, kept bool) { //nolint:staticcheck // the error is the program's, not the helper's
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = master.Close(), tty.Close() }()
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	before := modes(t, tty)
	screen := &seenBytes{news: make(chan struct{}, 1)}
	var wg sync.WaitGroup
	wg.Go(func() { screen.follow(master) })
	done := make(chan error, 1)
	wg.Go(func() {
		done <- Run(t.Context(), d, still(t, 80, 24), Terminal{In: tty, Out: tty, Environ: []string{"TERM=xterm-256color", "LANG=C.UTF-8", "SSH_TTY=1"}})
	})
	for _, s := range steps {
		if !screen.wait(s[0]) {
			t.Fatalf("%q never came; seen:\n%q", s[0], screen.text())
		}
		if _, err := master.WriteString(s[1]); err != nil {
			t.Fatal(err)
		}
	}
	err = <-done
	kept = modes(t, tty) == before
	if !screen.wait("not kept.\r\n") { // the goodbye is the last of it
		t.Errorf("no goodbye; seen:\n%q", screen.text())
	}
	_ = tty.Close()
	_ = master.Close()
	wg.Wait()
	return screen.text(), err, kept
}

func modes(t *testing.T, f *os.File) unix.Termios {
	t.Helper()
	m, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return *m
}

// seenBytes is all that a terminal was sent; waiting goes on from what was
// waited for last.
type seenBytes struct {
	mu   sync.Mutex
	all  bytes.Buffer
	from int
	news chan struct{}
}

func (s *seenBytes) follow(f *os.File) {
	b := make([]byte, 4096)
	for {
		n, err := f.Read(b)
		s.mu.Lock()
		s.all.Write(b[:n])
		s.mu.Unlock()
		select {
		case s.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (s *seenBytes) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

func (s *seenBytes) wait(want string) bool {
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for {
		if i := strings.Index(s.text()[s.from:], want); i >= 0 {
			s.from += i + len(want)
			return true
		}
		select {
		case <-s.news:
		case <-limit.C:
			return false
		}
	}
}

// TestLinkOnARealTerminal prints a link whole in the normal screen, comes back
// by Enter, and leaves the terminal's modes as they were.
func TestLinkOnARealTerminal(t *testing.T) {
	t.Parallel()
	d := atLink(t)
	link := New(t.Context(), d, still(t, 80, 24)).mainLink()
	if len(link) < 80 {
		t.Fatalf("too short to be broken: %q", link)
	}
	seen, err, kept := onPTY(t, d, [][2]string{
		{"Step 1 of 3", "l"},
		{"\x1b[?1049l", ""},
		{link + "\r", ""},
		{wordEnterReturns, "\n"},
		{"\x1b[?1049h", ""},
		{"Step 1 of 3", "\x03"},
	})
	if !errors.Is(err, ErrInterrupted) {
		t.Errorf("ended with %v", err)
	}
	if !kept {
		t.Error("the terminal's modes are not what they were")
	}
	leftClean(t, seen)
	if !strings.HasSuffix(seen, "This run was not kept.\r\n") {
		t.Errorf("the end is %q", seen[max(len(seen)-100, 0):])
	}
}

// TestQuitOnARealTerminal leaves by q.
func TestQuitOnARealTerminal(t *testing.T) {
	t.Parallel()
	seen, err, kept := onPTY(t, newFake(started(t)), [][2]string{{"Which app", "q"}})
	if err != nil || !kept {
		t.Errorf("ended with %v, modes kept: %v", err, kept)
	}
	leftClean(t, seen)
}
