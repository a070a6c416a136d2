package tui

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"onboard.example/flows"
)

// far is a terminal at the other end, played by a test.
type far struct {
	*terminal

	keys  chan tea.Msg
	mu    sync.Mutex
	broke []string
}

func newFar() *far { return &far{terminal: newTerminal(80, 24), keys: make(chan tea.Msg)} }

// remote is the far terminal as Show takes it.
func (f *far) remote(environ ...string) Remote {
	return Remote{
		Out: f.terminal, Environ: append([]string{"TERM=xterm-256color", "LANG=C.UTF-8", "SSH_TTY=1"}, environ...),
		Listen: func(ctx context.Context, send func(tea.Msg)) {
			for {
				select {
				case <-ctx.Done():
					return
				case k, ok := <-f.keys:
					if !ok {
						return
					}
					send(k)
				}
			}
		},
		Broke: func(cause any, stack []byte) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.broke = append(f.broke, string(stack))
		},
	}
}

// presses sends keys by name.
func (f *far) presses(names ...string) {
	for _, n := range names {
		f.keys <- uv.KeyPressEvent(pressed(n))
	}
}

// sees waits until a text is shown.
func (f *far) sees(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(f.screen(), text); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%q never came:\n%s", text, f.screen())
		}
	}
}

// shows runs Show over a driver, and gives how it ended.
func (f *far) shows(ctx context.Context, t *testing.T, drv Driver, environ ...string) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	r := f.remote(environ...)
	o := Options{Profiles: profiles(t), Look: LookOf(r.Environ), Width: 80, Height: 24, ResumeWith: ToldElsewhere}
	go func() { done <- Show(ctx, drv, o, r) }()
	return done
}

// TestShowDrawsAndLeaves holds that keys reach the wizard, that its frames reach
// the terminal, and that it is left as it was.
func TestShowDrawsAndLeaves(t *testing.T) {
	t.Parallel()
	f := newFar()
	done := f.shows(t.Context(), t, newFake(started(t)))
	f.sees(t, "Which app")
	f.presses("2", "enter")
	f.sees(t, "Which tenant")
	f.keys <- tea.WindowSizeMsg{Width: 40, Height: 12}
	f.keys <- NoticeMsg{Text: "The server\x1b[2J stops"}
	f.sees(t, "stops")
	f.keys <- StandingMsg{Text: "come back by 42", Quiet: true}
	f.presses("f1")
	f.sees(t, "come back by 42")
	f.presses("ctrl+c")
	if err := <-done; !errors.Is(err, ErrInterrupted) {
		t.Error(err)
	}
	raw := f.bytes()
	if !strings.HasPrefix(raw, modesOn) || !strings.HasSuffix(raw, modesOff+"Left at Tenant.\r\n") || strings.Count(raw, modesOff) != 1 {
		t.Errorf("it is left by %q", raw[max(0, len(raw)-120):])
	}
}

// TestShowEnds holds how it ends with its context, and with its terminal.
func TestShowEnds(t *testing.T) {
	t.Parallel()
	why := errors.New("enough")
	ctx, stop := context.WithCancelCause(t.Context())
	f := newFar()
	done := f.shows(ctx, t, newFake(started(t)))
	f.sees(t, "Which app")
	stop(why)
	if err := <-done; !errors.Is(err, why) {
		t.Error(err)
	}
	gone := newFar()
	done = gone.shows(t.Context(), t, newFake(started(t)))
	gone.sees(t, "Which app")
	close(gone.keys)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestShowPrintsLinks holds that a link is shown whole on the normal screen, and
// that Enter returns: there is no terminal of ours to hand over.
func TestShowPrintsLinks(t *testing.T) {
	t.Parallel()
	f := newFar()
	r := f.remote()
	o := Options{Profiles: profiles(t), Look: LookOf(r.Environ), Width: 80, Height: 24}
	m := &remote{drawn: drawn{Model: New(t.Context(), newFake(started(t)), o), on: remoteCanvas(r, o)}, tell: r.Broke}
	m.shown = m.show
	if err := m.on.enter(); err != nil {
		t.Fatal(err)
	}
	link := "https://login.example/" + strings.Repeat("long", 40)
	m.Update(m.printText(link)())
	if raw := f.bytes(); !strings.HasSuffix(raw, modesOff+"\r\n"+link+"\r\n"+wordEnterReturns+"\r\n") {
		t.Errorf("it shows %q", raw)
	}
	before := len(f.bytes())
	m.Update(tea.KeyPressMsg(pressed("x")))
	m.View()
	if len(f.bytes()) != before {
		t.Errorf("another key does %q", f.bytes()[before:])
	}
	_, cmd := m.Update(tea.KeyPressMsg(pressed("enter")))
	m.Update(cmd())
	m.View()
	if raw := f.bytes()[before:]; !strings.HasPrefix(raw, modesOn) || !strings.Contains(raw, "Which app") {
		t.Errorf("Enter does %q", raw)
	}
}

// TestGuideDrawsOnce holds that of one thing that happens to a run a guide's terminal is
// drawn once, with what was read of it: not before that, when there is nothing to see.
func TestGuideDrawsOnce(t *testing.T) {
	t.Parallel()
	f := newFar()
	r := f.remote()
	o := Options{Profiles: profiles(t), Look: LookOf(r.Environ), Width: 160, Height: 40}
	seat := seated(t, atPlanLinked(t))
	m := &remote{drawn: drawn{Model: guiding(seat, o), on: remoteCanvas(r, o)}, tell: r.Broke, news: true}
	if err := m.on.enter(); err != nil {
		t.Fatal(err)
	}
	m.View()
	before := len(f.bytes())
	seat.view.As = "Bob Blau (Hetk support)"
	m.guide.view.As = "NOT READ YET"
	m.Update(wokenMsg{of: m.wake})
	if m.View(); len(f.bytes()) != before {
		t.Errorf("woken, it shows %q", f.bytes()[before:])
	}
	m.Update(look(m.Model))
	if m.View(); !strings.Contains(f.bytes()[before:], "Bob Blau") || strings.Contains(f.bytes(), "NOT READ YET") {
		t.Errorf("what was read shows %q", f.bytes()[before:])
	}
	before = len(f.bytes())
	m.Update(tea.KeyPressMsg(pressed("tab")))
	if m.View(); len(f.bytes()) == before {
		t.Error("a key shows nothing")
	}
}

// breaking is a driver that breaks when it is told to.
type breaking struct {
	*fakeDriver

	where string
}

// State implements Driver.
func (b *breaking) State() (s flows.State) {
	if b.where == "state" {
		panic("secret of somebody")
	}
	return b.fakeDriver.State()
}

// TestShowBreaksQuietly holds that a panic ends the session and is told to the
// server alone: of what it says nothing reaches the terminal.
func TestShowBreaksQuietly(t *testing.T) {
	t.Parallel()
	f := newFar()
	b := &breaking{fakeDriver: newFake(started(t))}
	done := f.shows(t.Context(), t, b)
	f.sees(t, "Which app")
	b.where = "state"
	f.presses("2", "enter")
	if err := <-done; !errors.Is(err, ErrBroke) {
		t.Error(err)
	}
	if raw := f.bytes(); !strings.HasSuffix(raw, modesOff) || strings.Contains(raw, "secret") {
		t.Errorf("it is left by %q", raw[max(0, len(raw)-200):])
	}
	if len(f.broke) != 1 || !strings.Contains(f.broke[0], "remote_test.go") {
		t.Errorf("told %d times: %q", len(f.broke), f.broke)
	}
}

// TestShowReachesForNothing holds that no message of the library's stops the
// server or takes its terminal.
func TestShowReachesForNothing(t *testing.T) {
	t.Parallel()
	for _, msg := range []tea.Msg{tea.SuspendMsg{}, tea.Exec(nil, nil)()} {
		if got := onlyOurs(nil, msg); got != nil {
			t.Errorf("%T comes through", msg)
		}
	}
	if got := onlyOurs(nil, tea.WindowSizeMsg{Width: 1 << 30, Height: 1 << 30}); got != (tea.WindowSizeMsg{Width: maxWidth, Height: maxHeight}) {
		t.Errorf("a window of %v", got)
	}
}

// TestShowAsksAtOnce holds that what is asked of the terminal, or put on its
// clipboard, waits for no tick.
func TestShowAsksAtOnce(t *testing.T) {
	t.Parallel()
	var sent bytes.Buffer
	m := New(t.Context(), newFake(started(t)), still(t, 80, 24))
	m.direct = func(s string) { sent.WriteString(s) }
	if cmd := m.askGround(); cmd != nil || sent.String() != "\x1b]11;?\a" {
		t.Errorf("%q", sent.String())
	}
	sent.Reset()
	if cmd := m.setClipboard("text"); cmd != nil || sent.String() != "\x1b]52;c;dGV4dA==\a" {
		t.Errorf("%q", sent.String())
	}
}
