package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"

	"onboard.example/flows"
)

// terminal is a terminal emulator that a program draws on.
type terminal struct {
	mu  sync.Mutex
	emu *vt.Emulator
	raw bytes.Buffer
}

func newTerminal(w, h int) *terminal { return &terminal{emu: vt.NewEmulator(w, h)} }

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.raw.Write(p)
	// The emulator waits for a reader of its answers: it gets no questions.
	shown := p
	for _, q := range []string{"\x1b]11;?\a", "\x1b[?2026$p", "\x1b[?2027$p", "\x1b[?u", "\x1b[c", "\x1b]11;?\x1b\\"} {
		shown = bytes.ReplaceAll(shown, []byte(q), nil)
	}
	if _, err := t.emu.Write(bytes.ReplaceAll(bytes.ReplaceAll(shown, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// screen is what the terminal shows, without looks.
func (t *terminal) screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return plainText(strings.ReplaceAll(t.emu.Render(), "\r\n", "\n"))
}

func (t *terminal) bytes() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.raw.String()
}

// inProgram runs a real program in a bubble of its own time: act gets it
// started and settled, and it has ended, with every goroutine, when this
// returns. The clock of the bubble is the only one.
func inProgram(t *testing.T, d *fakeDriver, o Options, act func(p *tea.Program, screen *terminal)) (*Model, *terminal, error) {
	t.Helper()
	var m *Model
	var err error
	screen := newTerminal(80, 24)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		o.Now, o.Width, o.Height = time.Now, 80, 24
		m = New(ctx, d, o)
		p := tea.NewProgram(m, append(ProgramOptions(o), tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(screen),
			tea.WithEnvironment([]string{"TERM=xterm-256color", "LANG=C.UTF-8", "SSH_TTY=1"}), tea.WithWindowSize(80, 24))...)
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, err = p.Run()
		}()
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		act(p, screen)
		<-done
		cancel()
		time.Sleep(3 * time.Second) // virtual: what was pending ends, or the bubble says what leaked
	})
	return m, screen, err
}

// send types keys one by one, each followed by a frame.
func send(p *tea.Program, names ...string) {
	for _, n := range names {
		p.Send(pressed(n))
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
	}
}

func TestProgramShowsAndLeavesCleanly(t *testing.T) {
	t.Parallel()
	ps := profiles(t) // parsed outside the bubble, once for all
	m, screen, err := inProgram(t, newFake(started(t)), Options{Profiles: ps}, func(p *tea.Program, screen *terminal) {
		if s := screen.screen(); !strings.Contains(s, "Which app") {
			t.Errorf("first frame:\n%s", s)
		}
		send(p, "2", "enter")
		if s := screen.screen(); !strings.Contains(s, "Which tenant") {
			t.Errorf("after choosing:\n%s", s)
		}
		p.Send(tea.WindowSizeMsg{Width: 60, Height: 20})
		send(p, "x", "?")
		if s := screen.screen(); !strings.Contains(s, "Keys that work here") {
			t.Errorf("help:\n%s", s)
		}
		send(p, "esc", "esc", "q")
	})
	if err != nil || m.stopped {
		t.Errorf("ended with %v, stopped %v", err, m.stopped)
	}
	leftClean(t, screen.bytes())
}

func TestCtrlCLeavesCleanlyFromEveryScreen(t *testing.T) {
	t.Parallel()
	ps := profiles(t)
	for _, mo := range moments() {
		t.Run(mo.name, func(t *testing.T) {
			t.Parallel()
			m, screen, err := inProgram(t, mo.make(t), Options{Profiles: ps, ResumeWith: "onboard"}, func(p *tea.Program, _ *terminal) {
				send(p, mo.open...)
				p.Send(pressed("ctrl+c"))
			})
			if err != nil || !m.stopped {
				t.Errorf("ended with %v, stopped %v", err, m.stopped)
			}
			leftClean(t, screen.bytes())
			if g := m.Goodbye(); strings.Count(g, "\n") != 1 || strings.Contains(g, "onboard goes on from here") != m.state.Begun() {
				t.Errorf("goodbye %q", g)
			}
		})
	}
}

// leftClean checks that every mode that was switched on was switched off last.
func leftClean(t *testing.T, out string) {
	t.Helper()
	for _, mode := range []string{"1049", "2004", "1000", "1002", "1003", "1004", "1006"} {
		on, off := strings.LastIndex(out, "\x1b[?"+mode+"h"), strings.LastIndex(out, "\x1b[?"+mode+"l")
		if on > off {
			t.Errorf("mode %s is left on", mode)
		}
	}
	if hide, show := strings.LastIndex(out, "\x1b[?25l"), strings.LastIndex(out, "\x1b[?25h"); hide > show {
		t.Error("the cursor is left hidden")
	}
	if cut, wrap := strings.LastIndex(out, "\x1b[?7l"), strings.LastIndex(out, "\x1b[?7h"); cut > wrap {
		t.Error("lines are left unwrapped")
	}
	for _, mouse := range []string{"\x1b[?1000h", "\x1b[?1002h", "\x1b[?1003h"} {
		if strings.Contains(out, mouse) {
			t.Error("the mouse was taken")
		}
	}
}

func TestProgramFollowsTheDriver(t *testing.T) {
	t.Parallel()
	ps := profiles(t)
	d := atLooking(t)
	_, _, err := inProgram(t, d, Options{Profiles: ps}, func(p *tea.Program, screen *terminal) {
		if s := screen.screen(); !strings.Contains(s, "looking") {
			t.Errorf("before:\n%s", s)
		}
		d.happen(facts(false))
		rounded(d, tenantFindings()...)
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
		if s := screen.screen(); !strings.Contains(s, "0 of 5 scopes") {
			t.Errorf("after:\n%s", s)
		}
		time.Sleep(2 * time.Minute) // the clocks go on, and nothing else does
		p.Send(pressed("q"))
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Run(ctx, newFake(started(t)), Options{Profiles: profiles(t)}, Terminal{In: strings.NewReader(""), Out: io.Discard, Environ: []string{"TERM=xterm"}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestRunWritesTheGoodbye(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	for want, at := range map[string]func(testing.TB) *fakeDriver{
		"Stopped at App. Nothing was chosen yet, so there is nothing to keep.\n":                         atApp,
		"Stopped at Tenant. Nothing is lost: start it again as before, and onboard goes on from here.\n": atTenant,
	} {
		out.Reset()
		err := Run(t.Context(), at(t), Options{Profiles: profiles(t), ResumeWith: "onboard"},
			Terminal{In: strings.NewReader("\x03"), Out: &out, Environ: []string{"TERM=xterm"}})
		if !errors.Is(err, ErrInterrupted) {
			t.Errorf("got %v", err)
		}
		if !strings.HasSuffix(out.String(), want) {
			t.Errorf("the end is %q", out.String()[max(out.Len()-120, 0):])
		}
	}
}

func TestWhere(t *testing.T) {
	t.Parallel()
	for want, at := range map[string]func(testing.TB) *fakeDriver{"App": atApp, "Tenant": atSignIn, "Path": atPaths, "Steps, 2 of 3": atApprove, "Proof": atProof} {
		if got := Where(at(t).State()); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := Where(flows.State{}); got != "App" {
		t.Errorf("an empty run is at %q", got)
	}
}

// TestAnIdleCanvasIsLeftAlone holds that the library, which draws nothing on a
// canvas, does not wake up as often as where it draws.
func TestAnIdleCanvasIsLeftAlone(t *testing.T) {
	t.Parallel()
	rate := func(opts []tea.ProgramOption) int64 {
		return reflect.ValueOf(tea.NewProgram(nil, opts...)).Elem().FieldByName("fps").Int()
	}
	o := Options{}
	if got := rate(ProgramOptions(o)); got != frameRate {
		t.Errorf("%d frames a second", got)
	}
	if got := rate(onCanvas(&canvas{}, ProgramOptions(o))); got > 10 {
		t.Errorf("%d times a second for nothing", got)
	}
}
