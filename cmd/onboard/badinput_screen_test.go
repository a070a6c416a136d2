//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"onboard.example/checks/sim"
)

var usual = pty.Winsize{Rows: 30, Cols: 100}

// TestPasted shows what becomes of megabytes, and of escape sequences, that
// are pasted where a domain belongs: nothing of either is taken or obeyed.
func TestPasted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, paste, says string }{
		{"megabytes", strings.Repeat("contoso.example ", 200_000), "is no answer to this: nothing was pasted"},
		{"escape sequences", evil, "evil"},
		{"lines", "contoso\r\nexample\r\n", "contoso"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := startScreen(t, home(t), usual, wizardAt(t, simulate(t, sim.Options{}))...)
			s.sees(t, "Which tenant?")
			s.types(t, "\x1b[200~"+c.paste+"\x1b[201~")
			s.sees(t, c.says)
			s.types(t, "\x15contoso.example\r") // ctrl+u empties the field
			s.sees(t, "What contoso.example tells")
			s.types(t, "\x03")
			if code := s.ends(t); code != codeInterrupted {
				t.Errorf("exit %d", code)
			}
			leftClean(t, s.printed())
		})
	}
}

// leftClean holds what a terminal got: every mode that was switched on is off
// at the end, and nothing that was pasted was ever obeyed.
func leftClean(t *testing.T, raw string) {
	t.Helper()
	for _, mode := range []struct{ on, off, name string }{
		{"\x1b[?1049h", "\x1b[?1049l", "the alternate screen"},
		{"\x1b[?25l", "\x1b[?25h", "the hidden cursor"},
		{"\x1b[?7l", "\x1b[?7h", "lines that do not wrap"},
		{"\x1b[?2004h", "\x1b[?2004l", "paste mode"},
	} {
		on, off := strings.LastIndex(raw, mode.on), strings.LastIndex(raw, mode.off)
		if off < on {
			t.Errorf("%s: on at %d, off at %d", mode.name, on, off)
		}
	}
	if t.Failed() {
		t.Logf("the last of what the terminal got: %q", raw[max(0, len(raw)-600):])
	}
	lacks(t, raw, "owned", "\x1b]52;c;aGk=", "\u009b", "\u202e", "\u2066", "\u200b")
}

// TestWindows shows that no window breaks the wizard, however small, large or
// restless it is.
func TestWindows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		sizes []pty.Winsize
	}{
		{"nothing at all", []pty.Winsize{{}}},
		{"one cell", []pty.Winsize{{Rows: 1, Cols: 1}}},
		{"larger than any, later", []pty.Winsize{usual, {Rows: 10000, Cols: 10000}}},
		{"a storm", storm()},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := startScreenOn(t, vt.NewEmulator(300, 250), home(t), c.sizes[0], "onboard", wizardAt(t, simulate(t, sim.Options{}))...)
			s.until(t, "first frame", func(string) bool { return strings.Contains(s.printed(), "\x1b[?2004h") })
			for _, size := range c.sizes[1:] {
				if err := pty.Setsize(s.tty, &size); err != nil {
					t.Fatal(err)
				}
			}
			s.settles(t, "Which tenant?")
			s.types(t, "contoso.example\r")
			s.sees(t, "What contoso.example tells")
			s.types(t, "\x03")
			if code := s.ends(t); code != codeInterrupted {
				t.Errorf("exit %d", code)
			}
			leftClean(t, s.printed())
		})
	}
}

// settles gives the window its usual size until a text is seen: a program that
// has only just started may miss a change, and sees the next.
func (s *session) settles(t *testing.T, text string) {
	t.Helper()
	for range 20 {
		for _, size := range []pty.Winsize{{Rows: usual.Rows + 1, Cols: usual.Cols}, usual} {
			if err := pty.Setsize(s.tty, &size); err != nil {
				t.Fatal(err)
			}
		}
		if s.soon(t, text) {
			return
		}
	}
	t.Fatalf("%q is not seen:\n%s", text, s.shown())
}

// storm is two hundred sizes, one after the other.
func storm() []pty.Winsize {
	sizes := make([]pty.Winsize, 0, 200)
	for i := range 200 {
		sizes = append(sizes, pty.Winsize{Rows: uint16(1 + i*37%120), Cols: uint16(1 + i*53%300)}) //nolint:gosec // both are small
	}
	return sizes
}

// TestHugeWindow shows that a window of ten thousand by ten thousand, for
// which no machine has the memory, gets plain lines.
func TestHugeWindow(t *testing.T) {
	t.Parallel()
	s := startScreen(t, home(t), pty.Winsize{Rows: 10000, Cols: 10000}, wizardAt(t, simulate(t, sim.Options{}))...)
	s.sees(t, "this window says that it is 10000×10000")
	s.sees(t, "Which tenant?")
	s.types(t, "\x03")
	if code := s.ends(t); code != codeInterrupted {
		t.Errorf("exit %d", code)
	}
}

// TestMistypedAtATerminal shows that a wrong command line is answered at once:
// the terminal is asked nothing, which some never answer.
func TestMistypedAtATerminal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"a flag":         {[]string{"check", "--no-such-flag"}, "unknown flag: --no-such-flag"},
		"a command":      {[]string{"chekc"}, "is not a command of"},
		"too few":        {[]string{"apps", "show"}, "accepts 1 arg(s), received 0"},
		"a flag's value": {[]string{"check", "--app", "hetk", "--domain", "contoso.example", "--cloud", "mars"}, "no cloud"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startScreen(t, home(t), usual, c.args...)
			s.sees(t, c.says)
			if code := s.ends(t); code != codeUsage {
				t.Errorf("exit %d", code)
			}
			if strings.Contains(s.printed(), "\x1b") {
				t.Errorf("the terminal is sent more than text: %q", s.printed())
			}
		})
	}
}

// TestHelpAtATerminal shows that help is printed, and the terminal is asked
// nothing: neither its colours nor what it is.
func TestHelpAtATerminal(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--help"}, {"check", "--help"}, {"help", "check"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			s := startScreen(t, home(t), usual, args...)
			s.sees(t, "--no-color")
			if code := s.ends(t); code != codeOpen {
				t.Errorf("exit %d", code)
			}
			lacks(t, s.printed(), "\x1b]10;?", "\x1b]11;?", "\x1b[c")
		})
	}
}

// TestCtrlCAfterTheApp shows that an app that was chosen is enough to go on from:
// what the farewell promises is offered.
func TestCtrlCAfterTheApp(t *testing.T) {
	t.Parallel()
	env := home(t)
	s := startScreen(t, env, usual)
	s.sees(t, "Which app")
	s.press(t, "2", "› 2")
	s.press(t, "\r", "Which tenant?")
	s.types(t, "\x03")
	if code := s.ends(t); code != codeInterrupted {
		t.Errorf("exit %d", code)
	}
	holds(t, s.printed(), "Stopped at Tenant.", "onboard goes on from here")
	again := startScreen(t, env, usual)
	again.sees(t, "Tenant, left")
	again.press(t, "\r", "Which tenant?")
	again.types(t, "\x03")
	again.ends(t)
}

// TestCtrlC shows that the wizard can be stopped at any stage: the terminal is
// left as it was, nothing is lost, and `onboard` offers to go on.
func TestCtrlC(t *testing.T) {
	t.Parallel()
	// Key by key from the tenant to the first step, and what each leads to.
	way := []struct{ key, seen string }{
		{"", "Which tenant?"},
		{"contoso.example\r", "What contoso.example tells"},
		{"\r", "Sign in to look?"},
		{"1\r", "Users are blocked"},
		{"p", "quickest."}, // of what fits, or of what usually works where a slow machine could not look
		{"\r", "Step 1 of"},
	}
	for _, c := range []struct {
		name  string
		keys  int    // of way
		where string // of the farewell
	}{
		{"at the tenant", 1, "Tenant"},
		{"at what is known", 2, "Tenant"},
		{"at the sign-in", 3, "Tenant"},
		{"at the diagnosis", 4, "Diagnosis"},
		{"at the paths", 5, "Path"},
		{"at a step", 6, "Steps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env, flags := home(t), wizardAt(t, simulate(t, sim.Options{}))
			s := startScreen(t, env, usual, flags...)
			s.sees(t, way[0].seen)
			for _, w := range way[1:c.keys] {
				s.press(t, w.key, w.seen)
			}
			s.types(t, "\x03")
			if code := s.ends(t); code != codeInterrupted {
				t.Errorf("exit %d, want %d", code, codeInterrupted)
			}
			leftClean(t, s.printed())
			if c.keys == 1 { // nothing was said yet that could be gone on with
				holds(t, s.printed(), c.where, "Nothing was chosen yet, so there is nothing to keep.")
				lacks(t, s.printed(), "goes on from here")
				kept, err := os.ReadDir(filepath.Join(stateOf(env), "onboard", "runs"))
				must(t, err)
				if len(kept) > 0 {
					t.Errorf("kept %v", kept)
				}
				return
			}
			holds(t, s.printed(), c.where, "onboard goes on from here")
			again := startScreen(t, env, usual, flags...)
			again.sees(t, "Hetk Calendar Sync → contoso.example")
			again.types(t, "\x03")
			if code := again.ends(t); code != codeInterrupted {
				t.Errorf("exit %d", code)
			}
			leftClean(t, again.printed())
		})
	}
}
