//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// graphGate stands in front of Graph: it notes every write, and may answer or
// hold one in Graph's place.
type graphGate struct {
	next http.Handler
	// meet is told of a write before it reaches Graph; it says whether it has
	// answered by itself. Nil lets everything through.
	meet func(w http.ResponseWriter, r *http.Request, next http.Handler) bool

	mu     sync.Mutex
	writes []string
}

func (g *graphGate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Graph's what-if is a POST that changes nothing.
	asks := r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/conditionalAccess/evaluate")
	if asks || !strings.HasPrefix(r.URL.Path, "/v1.0/") {
		g.next.ServeHTTP(w, r)
		return
	}
	g.mu.Lock()
	g.writes = append(g.writes, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/v1.0"))
	g.mu.Unlock()
	if g.meet == nil || !g.meet(w, r, g.next) {
		g.next.ServeHTTP(w, r)
	}
}

func (g *graphGate) seen() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.writes)
}

// gated is a simulated tenant behind a gate, and the wizard's flags for it.
func gated(t *testing.T, meet func(http.ResponseWriter, *http.Request, http.Handler) bool) (*graphGate, []string) {
	t.Helper()
	s := simulate(t, sim.Options{})
	g := &graphGate{meet: meet}
	base, ca := serveBetween(t, s, func(next http.Handler) http.Handler {
		g.next = next
		return g
	})
	return g, append(wizardAt(t, s), "--domain", "contoso.example", "--graph-url", base, "--ca-file", ca)
}

// toThePlan walks the plain wizard up to the plan's confirmation.
func toThePlan(t *testing.T, s *session) {
	t.Helper()
	for _, a := range [][2]string{
		{"1. Go on.", "1"},
		{"1. Use the token", "1"},
		{"1. The ways out.", "1"},
		{"2. Grant in the Entra admin center.", "2"},
		{"2. By Graph", "2"},
	} {
		s.answers(t, a[0], a[1])
	}
	s.sees(t, "This will change 2 things in contoso.example. Nothing has been changed yet.")
}

// TestKilledMidApply kills the process while a write is on its way, and goes
// on in another: nothing is ever sent twice, and the end is the same.
func TestKilledMidApply(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, write string
		landed      bool // Graph did it before the process died
		ends        string
		code        int
		sent        []string
	}{
		{"the app was created", "/v1.0/servicePrincipals", true, openInContoso, codeOpen, []string{"POST /servicePrincipals", "POST /oauth2PermissionGrants"}},
		// Nobody knows that it was not: it may still show, and is not made twice.
		{"the app was not created", "/v1.0/servicePrincipals", false, "It is: create enterprise app. Look again in", codeUnknown, []string{"POST /servicePrincipals"}},
		{"the grant was made", "/v1.0/oauth2PermissionGrants", true, openInContoso, codeOpen, []string{"POST /servicePrincipals", "POST /oauth2PermissionGrants"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			arrived, killed := make(chan struct{}), make(chan struct{})
			var once sync.Once
			g, flags := gated(t, func(w http.ResponseWriter, r *http.Request, next http.Handler) (mine bool) {
				if r.URL.Path != c.write {
					return false
				}
				once.Do(func() {
					mine = true
					if c.landed {
						next.ServeHTTP(newDiscard(), r)
					}
					close(arrived)
					<-killed
					panic(http.ErrAbortHandler)
				})
				return mine
			})
			env := home(t)
			s := startPlain(t, env, flags...)
			toThePlan(t, s)
			s.answers(t, "Type contoso.example to apply", "contoso.example")
			select {
			case <-arrived:
			case <-s.done:
				t.Fatalf("ended before the write:\n%s", s.shown())
			}
			if err := s.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			close(killed)
			<-s.done

			again := startPlain(t, env, flags...)
			again.answers(t, "Hetk Calendar Sync → contoso.example", "1")
			again.goesOn(t, c.ends)
			again.answers(t, "q. Leave.", "q")
			if code := again.ends(t); code != c.code {
				t.Errorf("exit %d, want %d", code, c.code)
			}
			if got := g.seen(); !slices.Equal(got, c.sent) {
				t.Errorf("sent %q, want %q", got, c.sent)
			}
			if t.Failed() {
				t.Log(again.shown())
			}
		})
	}
}

// openInContoso is the verdict at the end.
const openInContoso = "Open. Consent is in place for everyone in contoso.example."

// goesOn takes what leads on, through sign-in, choice and confirmation, until
// a text is seen.
func (s *session) goesOn(t *testing.T, text string) {
	t.Helper()
	ways := [][2]string{
		{"1. Use the token", "1"},
		{"Done: this is seen in Microsoft Graph.", "1"},
		{"2. By Graph, from a plan. You see", "2"},
		{"Type contoso.example to apply", "contoso.example"},
		// Earlier, the same way on is printed again with each line that is seen.
		{"Every line was read again in contoso.example, and is there.", "1"},
		{"There is nothing to change: all that the app needs is in place.", "1"},
	}
	for range 10 {
		next := -1
		s.until(t, text, func(seen string) bool {
			rest := seen[min(s.told, len(seen)):]
			next = slices.IndexFunc(ways, func(w [2]string) bool { return strings.HasSuffix(rest, ": ") && strings.Contains(rest, w[0]) })
			return strings.Contains(rest, text) || next >= 0
		})
		if next < 0 {
			return
		}
		s.answers(t, ways[next][0], ways[next][1])
	}
	t.Fatalf("%q never came:\n%s", text, s.shown())
}

// discard is an answer that nobody reads.
type discard struct{ header http.Header }

func newDiscard() *discard                     { return &discard{http.Header{}} }
func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

// TestConflict shows what an apply makes of "already there": it reads again,
// and goes by what it sees.
func TestConflict(t *testing.T) {
	t.Parallel()
	const grants = "/v1.0/oauth2PermissionGrants"
	for _, c := range []struct {
		name   string
		landed bool
		says   string
		code   int
	}{
		{"somebody else was first", true, "Open. Consent is in place for everyone in contoso.example.", codeOpen},
		{"and yet it is not there", false, "Permission entry already exists.", codeBlocked},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, flags := gated(t, func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
				if r.URL.Path != grants {
					return false
				}
				if c.landed {
					next.ServeHTTP(newDiscard(), r)
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusConflict)
				_, _ = fmt.Fprint(w, graphError("Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists."))
				return true
			})
			s := startPlain(t, home(t), flags...)
			toThePlan(t, s)
			s.answers(t, "Type contoso.example to apply", "contoso.example")
			s.goesOn(t, c.says)
			s.answers(t, "q. Leave.", "q")
			if !c.landed { // what was refused is still being looked for
				s.answers(t, "q again leaves", "q")
			}
			if code := s.ends(t); code != c.code {
				t.Errorf("exit %d, want %d\n%s", code, c.code, s.shown())
			}
		})
	}
}

// TestNoPlaceToKeep shows what is said where a run cannot be kept: it goes on
// all the same. Files and links stand in for a read-only home, for root may
// write where modes forbid it.
func TestNoPlaceToKeep(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, state string)
	}{
		{"a file in place of the folder", func(t *testing.T, state string) {
			t.Helper()
			must(t, os.WriteFile(state, nil, 0o600))
		}},
		{"a file in place of the runs", func(t *testing.T, state string) {
			t.Helper()
			must(t, os.MkdirAll(filepath.Join(state, "onboard"), 0o700))
			must(t, os.WriteFile(filepath.Join(state, "onboard", "runs"), nil, 0o600))
		}},
		{"a link that leads nowhere", func(t *testing.T, state string) {
			t.Helper()
			must(t, os.Symlink(filepath.Join(t.TempDir(), "gone", "gone"), state))
		}},
		{"a device", func(t *testing.T, state string) {
			t.Helper()
			must(t, os.Symlink("/dev/null", state))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env := home(t)
			c.spoil(t, stateOf(env))
			s := startPlain(t, env, append(wizardAt(t, simulate(t, sim.Options{})), "--domain", "contoso.example")...)
			s.sees(t, "This run cannot be kept, so it cannot be resumed. Saving the run: ")
			s.answers(t, "1. Go on.", "q")
			if code := s.ends(t); code != codeUnknown {
				t.Errorf("exit %d", code)
			}
			lacks(t, s.shown(), "Nothing is lost")
		})
	}
}

// TestDiskFullOnTheScreen shows while the run goes on what of it is not saved,
// and where it cannot be kept at all, that.
func TestDiskFullOnTheScreen(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	must(t, err)
	flags := append(wizardAt(t, simulate(t, sim.Options{})), "--domain", "contoso.example")
	for _, size := range []pty.Winsize{{Rows: 12, Cols: 40}, {Rows: 24, Cols: 80}} {
		s := startScreenOf(t, home(t), size, sh, append([]string{"-c", `ulimit -f 8; exec onboard "$@"`, "sh"}, flags...)...)
		s.sees(t, "Not saved since ")
		s.press(t, "?", "file too large.")
		s.types(t, "\x03")
		s.ends(t)
		holds(t, s.printed(), "The last steps could not be saved")
	}
	env := home(t)
	must(t, os.WriteFile(stateOf(env), nil, 0o600))
	s := startScreen(t, env, pty.Winsize{Rows: 24, Cols: 80}, flags...)
	s.sees(t, "This run cannot be kept, so it cannot be resumed. No receipt of changes can")
	s.sees(t, "Saving the run: mkdir")
	s.types(t, "\x03")
	s.ends(t)
	if was, _, _ := strings.Cut(s.printed(), "\x1b[?1049h"); strings.Contains(was, "kept") {
		t.Errorf("said where the screen covers it: %q", was)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// stateOf is where processes of an environment keep their runs.
func stateOf(env []string) string {
	for _, e := range env {
		if dir, ok := strings.CutPrefix(e, "XDG_STATE_HOME="); ok {
			return dir
		}
	}
	return ""
}

// TestDiskFull fills the disk under a run: what cannot be stored is said, and
// nothing is sent to Graph for which the yes could not be stored.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	g, flags := gated(t, nil)
	env := home(t)
	// ulimit -f bounds every file that the process writes, in blocks of 512
	// bytes: the journal's disk is full after some records. It needs no root,
	// as a small tmpfs would, and the pipes are not bounded by it.
	args := append([]string{"-c", `ulimit -f 16; exec onboard "$@"`, "sh", "--plain"}, flags...)
	sh, err := exec.LookPath("sh")
	must(t, err)
	s := startAs(t, env, sh, args...)
	toThePlan(t, s)
	holds(t, s.shown(), "Not saved since ", ": leaving now loses what came after. Saving the run: ")
	s.answers(t, "Type contoso.example to apply", "contoso.example")
	s.sees(t, "Not confirmed, and nothing was sent: the run cannot be saved")
	s.answers(t, "Type contoso.example to apply", "q")
	s.ends(t)
	holds(t, s.shown(), "The last steps could not be saved", "file too large")
	if got := g.seen(); len(got) != 0 {
		t.Errorf("sent %q although the yes was not stored", got)
	}
	lacks(t, s.shown(), "Nothing is lost")
}

// TestTwoRuns shows that two runs at once have a journal each, that neither
// offers to take over the other's, and that both can be gone on with.
func TestTwoRuns(t *testing.T) {
	t.Parallel()
	env, sm := home(t), simulate(t, sim.Options{})
	flags := append(wizardAt(t, sm), "--domain", "contoso.example")
	one := startPlain(t, env, flags...)
	one.answers(t, "1. Go on.", "1")
	one.sees(t, "1. Use the token")
	two := startPlain(t, env, flags...)
	two.answers(t, "1. Go on.", "1")
	two.sees(t, "1. Use the token")
	lacks(t, two.shown(), "Hetk Calendar Sync → contoso.example")
	for _, s := range []*session{one, two} {
		s.answers(t, "1. Use the token", "q")
		s.ends(t)
	}
	kept, err := filepath.Glob(filepath.Join(stateOf(env), "onboard", "runs", "*.run"))
	must(t, err)
	if len(kept) != 2 {
		t.Errorf("kept %q, want two", kept)
	}
	three := startPlain(t, env, flags...)
	three.sees(t, "2. Hetk Calendar Sync → contoso.example")
}

// TestTamperedRuns shows that saved runs that somebody changed, or laid there,
// are neither followed nor believed.
func TestTamperedRuns(t *testing.T) {
	t.Parallel()
	const id = "20260101-000000-1.run"
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, runs string)
	}{
		{"a bit turned over", func(t *testing.T, runs string) {
			t.Helper()
			kept, err := filepath.Glob(filepath.Join(runs, "*.run"))
			must(t, err)
			text, err := os.ReadFile(kept[0])
			must(t, err)
			must(t, os.WriteFile(kept[0], []byte(strings.Replace(string(text), "contoso.example", "fabrikam.example", 1)), 0o600))
		}},
		{"a link to a device", func(t *testing.T, runs string) {
			t.Helper()
			empty(t, runs)
			must(t, os.Symlink("/dev/zero", filepath.Join(runs, id)))
		}},
		{"a folder", func(t *testing.T, runs string) {
			t.Helper()
			empty(t, runs)
			must(t, os.MkdirAll(filepath.Join(runs, id), 0o700))
		}},
		{"escape sequences", func(t *testing.T, runs string) {
			t.Helper()
			empty(t, runs)
			must(t, os.WriteFile(filepath.Join(runs, id), []byte("00000000 {\"domain\":\""+evil+"\"}\n"), 0o600))
		}},
		{"a pipe", func(t *testing.T, runs string) {
			t.Helper()
			empty(t, runs)
			must(t, exec.CommandContext(t.Context(), "mkfifo", filepath.Join(runs, id)).Run())
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env, sm := home(t), simulate(t, sim.Options{})
			flags := append(wizardAt(t, sm), "--domain", "contoso.example")
			s := startPlain(t, env, flags...)
			s.answers(t, "1. Go on.", "1")
			s.answers(t, "1. Use the token", "q")
			s.ends(t)
			c.spoil(t, filepath.Join(stateOf(env), "onboard", "runs"))
			again := startPlain(t, env, flags...)
			again.answers(t, "1. Go on.", "q")
			again.ends(t)
			lacks(t, again.shown(), "fabrikam", "owned", "Hetk Calendar Sync → ")
		})
	}
}

func empty(t *testing.T, dir string) {
	t.Helper()
	must(t, os.RemoveAll(dir))
	must(t, os.MkdirAll(dir, 0o700))
}

// TestATerminalThatGoesAway ends a simulator like any other end does: what it
// made, with tokens in it, is removed.
func TestATerminalThatGoesAway(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]os.Signal{"SIGHUP": syscall.SIGHUP, "SIGTERM": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tmp := t.TempDir()
			p := startAs(t, append(home(t), "TMPDIR="+tmp), "onboard", "sim")
			p.sees(t, `"portal"`)
			must(t, p.cmd.Process.Signal(sent))
			if code := p.ends(t); code != codeOpen {
				t.Errorf("exit %d", code)
			}
			left, err := os.ReadDir(tmp)
			must(t, err)
			if len(left) > 0 {
				t.Errorf("%s is left", left[0].Name())
			}
		})
	}
}

// TestCheckInAFile prints the same lines in the same order, run after run, where
// nobody watches them come.
func TestCheckInAFile(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "approved"})
	args := append([]string{"check", "--domain", "contoso.example"}, wizardAt(t, s)...)
	out, errs, code := onboard(t.Context(), nil, args...)
	if code != codeUnknown && code != codeOpen {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var places []int
	for _, c := range checks.Table() {
		if i := strings.Index(out, " "+string(c.ID)+" "); i >= 0 {
			places = append(places, i)
		}
	}
	if len(places) < 5 || !slices.IsSorted(places) {
		t.Errorf("not in the table's order: %v\n%s", places, out)
	}
}

// TestInterruptedCheck stops a check that waits: nothing half-printed is left
// where a program would read it.
func TestInterruptedCheck(t *testing.T) {
	t.Parallel()
	const says = "onboard: stopped before the end; nothing was changed"
	s := simulate(t, sim.Options{Faults: []string{"slow=1h"}})
	flags := slices.Clip(append([]string{"check", "--domain", "contoso.example"}, wizardAt(t, s)...))
	t.Run("for people", func(t *testing.T) {
		t.Parallel()
		p := startScreen(t, home(t), pty.Winsize{Rows: 40, Cols: 160}, flags...)
		p.sees(t, "tenant/realm")
		must(t, p.cmd.Process.Signal(os.Interrupt))
		if code := p.ends(t); code != codeInterrupted {
			t.Errorf("exit %d, want %d", code, codeInterrupted)
		}
		holds(t, p.shown(), says)
	})
	t.Run("for programs", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		base, ca := serveBetween(t, s, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				cancel()
				next.ServeHTTP(w, r)
			})
		})
		out, errs, code := onboard(ctx, nil, append(flags, "--json", "--graph-url", base, "--ca-file", ca)...)
		if code != codeInterrupted || out != "" {
			t.Errorf("exit %d with %q on standard output", code, out)
		}
		holds(t, errs, says)
	})
	t.Run("while a kept answer is waited for", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		in, typed := io.Pipe()
		go func() {
			_, _ = io.WriteString(typed, "{") // returns once it was read
			cancel()
		}()
		out, errs, code := onboard(ctx, in, "check", "--from", "-")
		if code != codeInterrupted || out != "" {
			t.Errorf("exit %d with %q on standard output", code, out)
		}
		holds(t, errs, says)
		must(t, typed.Close())
	})
	t.Run("a pipe that nobody writes to", func(t *testing.T) {
		t.Parallel()
		pipe := filepath.Join(t.TempDir(), "pipe")
		must(t, exec.CommandContext(t.Context(), "mkfifo", pipe).Run())
		if _, errs, code := onboard(t.Context(), nil, "check", "--from", pipe); code != codeUsage {
			t.Errorf("exit %d: %s", code, errs)
		}
	})
	t.Run("while a token is waited for", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		in, typed := io.Pipe()
		go func() {
			_, _ = io.WriteString(typed, "eyJ") // returns once it was read
			cancel()
		}()
		out, errs, code := onboard(ctx, in, append(flags, "--token-file", "-")...)
		if code != codeInterrupted || out != "" {
			t.Errorf("exit %d with %q on standard output", code, out)
		}
		holds(t, errs, says)
		must(t, typed.Close())
	})
}
