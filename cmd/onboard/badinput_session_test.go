//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"onboard.example/checks/sim"
)

// session is onboard as a process of its own, on plain pipes or at a terminal.
type session struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	tty  *os.File      // nil on pipes
	emu  *vt.Emulator  // what the terminal shows; guarded by mu but for Read
	news chan struct{} // holds one: something was printed
	done chan struct{} // closed when the output has ended

	told int // how much had been printed at the last answer

	mu  sync.Mutex
	raw bytes.Buffer // standard output and error, as they came
}

// home is a home of its own for a test's processes.
func home(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "XDG_STATE_HOME=" + filepath.Join(dir, "state"),
		"TERM=xterm-256color", "LANG=C.UTF-8",
	}
}

// startPlain starts the wizard on plain lines, through pipes.
func startPlain(t *testing.T, env []string, args ...string) *session {
	t.Helper()
	return startAs(t, env, "onboard", append([]string{"--plain"}, args...)...)
}

// startAs starts a program through pipes.
func startAs(t *testing.T, env []string, name string, args ...string) *session {
	t.Helper()
	cmd := command(t, env, name, args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	s := &session{cmd: cmd, in: in}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s.follow(t, r)
	return s
}

// startScreen starts the wizard at a terminal of the given size.
func startScreen(t *testing.T, env []string, size pty.Winsize, args ...string) *session {
	t.Helper()
	return startScreenOf(t, env, size, "onboard", args...)
}

// startScreenOf starts a program at a terminal.
func startScreenOf(t *testing.T, env []string, size pty.Winsize, name string, args ...string) *session {
	t.Helper()
	return startScreenOn(t, vt.NewEmulator(int(min(max(size.Cols, 80), 300)), int(min(max(size.Rows, 24), 200))), env, size, name, args...)
}

// startScreenOn is startScreenOf with a glass of its own, at least as large as every
// size that the window will have: it hears of none, and breaks at rows that it lacks.
func startScreenOn(t *testing.T, glass *vt.Emulator, env []string, size pty.Winsize, name string, args ...string) *session {
	t.Helper()
	s := &session{cmd: command(t, env, name, args...), emu: glass}
	f, err := pty.StartWithSize(s.cmd, &size)
	if err != nil {
		t.Fatal(err)
	}
	s.tty, s.in = f, f
	go func() { // a terminal answers what it is asked, whether or not anybody listens
		part := make([]byte, 256)
		for {
			n, err := s.emu.Read(part)
			if err != nil {
				return
			}
			_, _ = f.Write(part[:n])
		}
	}()
	t.Cleanup(func() {
		if c, ok := s.emu.InputPipe().(io.Closer); ok {
			_ = c.Close()
		}
	})
	s.follow(t, f)
	return s
}

func command(t *testing.T, env []string, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env, cmd.Dir = env, t.TempDir()
	return cmd
}

// follow reads what the process prints until it ends.
func (s *session) follow(t *testing.T, r io.ReadCloser) {
	t.Helper()
	s.news, s.done = make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(s.done)
		part := make([]byte, 32<<10)
		for {
			n, err := r.Read(part)
			s.mu.Lock()
			s.raw.Write(part[:n])
			if s.emu != nil {
				_, _ = s.emu.Write(part[:n])
			}
			s.mu.Unlock()
			select {
			case s.news <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		_ = r.Close()
		<-s.done
	})
}

// printed is everything that came, as it came.
func (s *session) printed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw.String()
}

// shown is what a person sees now.
func (s *session) shown() string {
	if s.emu == nil {
		return s.printed()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emu.String()
}

// until waits for what is seen to become so, and returns what was seen then.
func (s *session) until(t *testing.T, what string, so func(string) bool) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		seen := s.shown()
		if so(seen) {
			return seen
		}
		select {
		case <-s.news:
		case <-s.done:
			if seen = s.shown(); !so(seen) {
				t.Fatalf("ended without %s:\n%s", what, seen)
			}
			return seen
		case <-ctx.Done():
			t.Fatalf("no %s:\n%s", what, s.shown())
		}
	}
}

// sees waits until a text stands on the screen.
func (s *session) sees(t *testing.T, text string) {
	t.Helper()
	s.until(t, text, func(seen string) bool { return strings.Contains(seen, text) })
}

// reads waits until a pattern is seen, and gives its first group. A frame may come in
// parts, so that what stands below a text is not there yet when that text is.
func (s *session) reads(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	return re.FindStringSubmatch(s.until(t, pattern, re.MatchString))[1]
}

// types sends keys.
func (s *session) types(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(s.in, keys); err != nil {
		t.Fatalf("type %.20q: %v\n%s", keys, err, s.shown())
	}
}

// notNow is what the wizard says of a key that came while it takes none.
var notNow = []string{"That key came too fast", "is being looked up", "or wait until it shows"}

// press types a key until what it leads to is seen. A screen that has just
// opened takes no keys for a moment, and says so; only then is it typed again,
// for a key more would answer the next screen.
func (s *session) press(t *testing.T, key, next string) {
	t.Helper()
	for range 20 {
		most := againAfter(s.shown())
		s.types(t, key)
		if s.within(t, most, func(seen string) bool { return strings.Contains(seen, next) }) {
			return
		}
		s.until(t, next, func(seen string) bool { return strings.Contains(seen, next) || refuses(seen) })
		if strings.Contains(s.shown(), next) {
			return
		}
	}
	t.Fatalf("%q never led to %q:\n%s", key, next, s.shown())
}

// refuses says whether a screen says that it takes no keys, or took none last.
func refuses(seen string) bool {
	return slices.ContainsFunc(notNow, func(n string) bool { return strings.Contains(seen, n) })
}

// againAfter is how long a key that is typed now has to be seen to lead somewhere before what
// the screen says of keys is taken to be said of it. What it says already stands there until a
// key is taken, and shown to be.
func againAfter(seen string) time.Duration {
	if refuses(seen) {
		return 5 * time.Second
	}
	return time.Second
}

// soon says whether a text is seen within a moment.
func (s *session) soon(t *testing.T, text string) bool {
	t.Helper()
	return s.within(t, time.Second, func(seen string) bool { return strings.Contains(seen, text) })
}

// within says whether what is seen becomes so within a time.
func (s *session) within(t *testing.T, most time.Duration, so func(string) bool) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	for !so(s.shown()) {
		select {
		case <-s.news:
		case <-s.done:
			return so(s.shown())
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// answers types a line once a text stands behind everything answered before.
func (s *session) answers(t *testing.T, question, line string) {
	t.Helper()
	seen := s.until(t, question, func(seen string) bool {
		at := strings.LastIndex(seen, question)
		return at >= s.told && strings.HasSuffix(seen, ": ")
	})
	// What was printed since belongs to the next question.
	s.told = len(seen)
	s.types(t, line+"\n")
}

// ends waits for the end and gives the exit code.
func (s *session) ends(t *testing.T) int {
	t.Helper()
	s.until(t, "end", func(string) bool {
		select {
		case <-s.done:
			return true
		default:
			return false
		}
	})
	err := s.cmd.Wait()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return -1
}

// wizardAt are the flags of a wizard about a simulated tenant.
func wizardAt(t *testing.T, s *sim.Sim) []string {
	t.Helper()
	token, err := s.Token("admin@contoso.example")
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{"--app", "hetk", "--token-file", keep(t, "token", token)}, against(s.Ready())...)
}
