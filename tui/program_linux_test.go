package tui

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// onPTY runs the wizard on a real terminal device. keys are sent, each once
// the text before it was seen.
func onPTY(ctx context.Context, t *testing.T, d *fakeDriver, steps [][2]string) (seen string, kept bool, err error) {
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
		done <- Run(ctx, d, still(t, 80, 24), Terminal{In: tty, Out: tty, Environ: []string{"TERM=xterm-256color", "LANG=C.UTF-8", "SSH_TTY=1"}})
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
	return screen.text(), kept, err
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
	seen, kept, err := onPTY(t.Context(), t, d, [][2]string{
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
	seen, kept, err := onPTY(t.Context(), t, newFake(started(t)), [][2]string{{"Which app", "q"}})
	if err != nil || !kept {
		t.Errorf("ended with %v, modes kept: %v", err, kept)
	}
	leftClean(t, seen)
}

// TestEndOfTheContextOnARealTerminal ends the run from outside, as a signal
// does.
func TestEndOfTheContextOnARealTerminal(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	d := newFake(started(t))
	d.hands.Play = cancelling{cancel}
	seen, kept, err := onPTY(ctx, t, d, [][2]string{{"Which app", "\x1b[B"}, {"Hetk", "X"}})
	if !errors.Is(err, context.Canceled) || !kept {
		t.Errorf("ended with %v, modes kept: %v", err, kept)
	}
	leftClean(t, seen)
	if !strings.Contains(seen, "Stopped at App.") && !strings.Contains(seen, "Left at App.") {
		t.Errorf("no goodbye: %q", seen[max(len(seen)-100, 0):])
	}
}

// cancelling is a rehearsed admin whose one move ends everything.
type cancelling struct{ cancel context.CancelFunc }

func (cancelling) Moves(flows.State) []run.Move { return []run.Move{{ID: "x", Key: "X", Title: "end"}} }

func (c cancelling) Make(context.Context, string) error {
	c.cancel()
	return nil
}

// TestFramesOnACanvas draws every screen over the one before on a real
// terminal: what an emulator makes of the differences is the screen.
func TestFramesOnACanvas(t *testing.T) {
	t.Parallel()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = master.Close(), tty.Close() }()
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	screen := &seenBytes{news: make(chan struct{}, 1)}
	var wg sync.WaitGroup
	wg.Go(func() { screen.follow(master) })
	c, ok := newCanvas(Terminal{In: tty, Out: tty, Environ: []string{"TERM=xterm-256color"}}, Look{})
	if !ok {
		t.Fatal("a terminal is not taken")
	}
	if err := c.enter(); err != nil {
		t.Fatal(err)
	}
	emulated := newTerminal(80, 24)
	for _, mo := range moments() {
		m := New(t.Context(), mo.make(t), still(t, 80, 24))
		press(m, mo.open...)
		from := len(screen.text())
		c.draw(m.View())
		c.draw(m.View()) // the same again: nothing to write
		if _, err := c.Write([]byte("\x1b]2;end of " + mo.name + "\a")); err != nil {
			t.Fatal(err)
		}
		if !screen.wait("end of " + mo.name) {
			t.Fatal("the terminal is gone")
		}
		if _, err := emulated.emu.Write([]byte(screen.text()[from:])); err != nil {
			t.Fatal(err)
		}
		if got, want := trimmed(emulated.screen()), trimmed(plainText(m.View().Content)); got != want {
			t.Errorf("%s is drawn as\n%s\nwant\n%s", mo.name, got, want)
		}
	}
	c.leave()
	c.leave()
	_ = tty.Close()
	_ = master.Close()
	wg.Wait()
	leftClean(t, screen.text())
}

// trimmed is a screen without the spaces at its lines' ends.
func trimmed(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func TestCanvasWantsATerminal(t *testing.T) {
	t.Parallel()
	f, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for _, term := range []Terminal{{}, {In: strings.NewReader(""), Out: f}, {In: f, Out: f}, {In: f, Out: &bytes.Buffer{}}} {
		if _, ok := newCanvas(term, Look{}); ok {
			t.Errorf("%+v was taken for a terminal", term)
		}
	}
}

// BenchmarkKeyToBytes is one key on a real terminal device, from the key's
// byte going in to the frame's bytes coming out (budgets W4).
func BenchmarkKeyToBytes(b *testing.B) {
	master, tty, err := pty.Open()
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _, _ = master.Close(), tty.Close() }()
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	screen := &seenBytes{news: make(chan struct{}, 1)}
	var wg sync.WaitGroup
	wg.Go(func() { screen.follow(master) })
	wg.Go(func() {
		_ = Run(ctx, atTenant(b), still(b, 80, 24), Terminal{In: tty, Out: tty, Environ: []string{"TERM=xterm-256color"}})
	})
	screen.wait("Which tenant")
	for quiet := time.NewTimer(200 * time.Millisecond); ; { // the first frames and questions
		select {
		case <-screen.news:
			continue
		case <-quiet.C:
		}
		break
	}
	var took []time.Duration
	for b.Loop() {
		key := "x" // every letter changes the frame
		if len(took)%50 == 49 {
			key = "\x15" // ctrl+u
		}
		at := time.Now()
		if _, err := master.WriteString(key); err != nil {
			b.Fatal(err)
		}
		<-screen.news
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	cancel()
	_ = tty.Close()
	_ = master.Close()
	wg.Wait()
}
