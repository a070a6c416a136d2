package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// reception is where a guide's questions to customers end up in tests.
type reception struct {
	mu    sync.Mutex
	asked []string
	seat  Seat
	err   error
}

func (r *reception) ask(_ context.Context, number string) (Seat, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, number)
	if s, wakes := r.seat.(wakingSeat); wakes {
		return s, r.err
	}
	return quietSeat{r.seat}, r.err
}

// quietSeat wakes nobody, and neither does quietQueue: what waits for them ends.
type quietSeat struct{ Seat }

func (quietSeat) Watch(context.Context) <-chan struct{} { return quiet() }

type quietQueue struct{ *fakeQueue }

func (quietQueue) Watch(context.Context) <-chan struct{} { return quiet() }

func quiet() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// visiting is a console over the usual queue, from which cases can be asked for.
func visiting(t testing.TB, r *reception, w, h int) *Model {
	t.Helper()
	return console(t, nil, w, h, func(o *Options) { o.Console.Ask, o.Console.Queue = r.ask, quietQueue{&fakeQueue{rows: busy()}} })
}

// keyed presses keys one after the other, each once what is seen was seen, and lets
// its commands run.
func keyed(m *Model, keys ...string) {
	for _, k := range keys {
		m.deaf = time.Time{}
		if cmd := m.key(pressed(k)); cmd != nil {
			visit1(m, cmd)
		}
	}
}

// visit1 runs a command and what it makes.
func visit1(m *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			visit1(m, c)
		}
	case visitedMsg, viewedMsg, saidMsg, leftMsg, queuedMsg:
		_, next := m.Update(msg)
		visit1(m, next)
	}
}

// TestVisitScreens holds what a guide sees on the way from the queue to a case and
// back.
func TestVisitScreens(t *testing.T) {
	t.Parallel()
	waits := run.View{
		As: "Anna Berg (Example Support)", Until: noon.Add(flows.AskWait),
		Outline: run.Outline{Stage: flows.StageDiagnosis, Since: noon, Last: noon},
	}
	for name, c := range map[string]struct {
		view func(t *testing.T) run.View
		err  error
		keys []string
	}{
		"sheet":      {nil, nil, []string{"enter"}},
		"sheet-away": {nil, nil, []string{"down", "down", "enter"}},
		"sheet-help": {nil, nil, []string{"?"}},
		"refused":    {nil, errors.New("that case is gone: it was erased, or its days are over"), []string{"enter", "y"}},
		"waits":      {func(*testing.T) run.View { return waits }, nil, []string{"enter", "y"}},
		"watches":    {func(t *testing.T) run.View { t.Helper(); return seated(t, atApprove(t)).view }, nil, []string{"enter", "y"}},
		"said-no":    {func(*testing.T) run.View { return run.View{Standing: run.StandOver, Why: flows.WatchRefused} }, nil, []string{"enter", "y"}},
		"left":       {func(t *testing.T) run.View { t.Helper(); return seated(t, atApprove(t)).view }, nil, []string{"enter", "y", "q"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, screensOf(t, func(o Options) *Model {
				seat := &fakeSeat{}
				if c.view != nil {
					seat.view = c.view(t)
				}
				r := &reception{seat: seat, err: c.err}
				o.Served, o.Console = true, &Console{Queue: quietQueue{&fakeQueue{rows: busy()}}, Name: "Anna Berg", Organisation: "Example Support", Role: "guide", Ask: r.ask}
				m := New(t.Context(), nil, o)
				relisted(t, m)
				keyed(m, c.keys...)
				return m
			}))
		})
	}
}

// TestVisitIsAskedOnPurpose holds that one key asks nobody, however often it comes, and
// that two that belong together ask for the case under the cursor, once.
func TestVisitIsAskedOnPurpose(t *testing.T) {
	t.Parallel()
	r := &reception{seat: &fakeSeat{}}
	m := visiting(t, r, 80, 24)
	keyed(m, "enter", "enter", "enter", "esc", "y", "y", "enter", "n", "q", "esc", "down")
	for k := '!'; k <= '~'; k++ { // no sheet is open, or a key closed it
		if k != 'q' && k != '/' {
			keyed(m, string(k))
		}
	}
	if len(r.asked) > 0 {
		t.Fatalf("%v were asked by accident", r.asked)
	}
	m = visiting(t, r, 80, 24)
	keyed(m, "down", "enter")
	cmd := m.key(pressed("y"))
	keyed(m, "y", "esc", "enter", "q") // while the answer is on its way
	if _, open := m.topSheet().(*visitSheet); !open {
		t.Fatal("the sheet went while they were asked")
	}
	visit1(m, cmd)
	if m.guide == nil || m.guide.of != "9TT-4RB" || fmt.Sprint(r.asked) != "[9TT-4RB]" {
		t.Errorf("asked %v", r.asked)
	}
	if m.key(pressed("q")); m.guide == nil {
		t.Error("a key that was meant for the sheet leaves the case")
	}
	// A search finds it, too.
	m = visiting(t, r, 80, 24)
	keyed(m, "/", "5", "x", "y", "enter", "y")
	if m.guide == nil || m.guide.of != "5XY-Z6W" {
		t.Errorf("asked %v", r.asked)
	}
}

// TestVisitLeavesNothing holds that nothing of a case is left once it is not watched
// any more, whoever ended it, and that what comes late of it is not taken.
func TestVisitLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
		for name, end := range map[string]func(m *Model, seat *fakeSeat){
			"left": func(m *Model, _ *fakeSeat) { keyed(m, "q") },
			"writing": func(m *Model, _ *fakeSeat) {
				keyed(m, "n", "h", "i")
				m.Update(viewedMsg{of: m.guide, view: run.View{Standing: run.StandOver, Why: flows.WatchStopped}})
			},
			"ended": func(m *Model, seat *fakeSeat) {
				seat.view = run.View{Standing: run.StandOver, Why: flows.WatchStopped}
				keyed(m, "s")
				visit1(m, m.lookOn())
			},
		} {
			seat := seated(t, atApprove(t))
			r := &reception{seat: seat}
			m := visiting(t, r, z[0], z[1])
			keyed(m, "enter", "y")
			if m.state.Domain != "contoso.example" {
				t.Fatalf("%s: the case is not seen", name)
			}
			g, late := m.guide, look(m)
			end(m, seat)
			if m.state.Seq != 0 || g.note != nil || len(m.sheets) > 0 {
				t.Errorf("%s: something of the case is left", name)
			}
			if m.guide != nil { // what is said of it stays until it was read
				if c := strings.Join(strings.Fields(plainText(m.View().Content)), " "); !strings.Contains(c, "the customer ended it") {
					t.Errorf("%s: it shows\n%s", name, c)
				}
				keyed(m, "x", "j", "enter")
			}
			if m.guide != nil || m.state.Seq != 0 {
				t.Fatalf("%s: not at the queue:\n%s", name, plainText(m.View().Content))
			}
			m.Update(late)
			m.Update(saidMsg{of: g, done: wordGuideSent})
			m.Update(wokenMsg{of: nil})
			if c := plainText(m.View().Content); m.state.Seq != 0 || strings.Contains(c, "Hetk") || !strings.Contains(c, "cases: 5") {
				t.Errorf("%s: what came late is shown:\n%s", name, c)
			}
			keyed(m, "down", "enter") // and it works as before
			if _, open := m.topSheet().(*visitSheet); !open {
				t.Errorf("%s: no other case can be asked for", name)
			}
		}
	}
}

// TestVisitErrors holds that an error is told and leaves the way back, and that leaving
// tells the customer, or says that it is not known.
func TestVisitErrors(t *testing.T) {
	t.Parallel()
	r := &reception{err: errors.New("the cases cannot be\x1b[2J reached")}
	m := visiting(t, r, 80, 24)
	keyed(m, "enter", "y")
	if c := plainText(m.View().Content); !strings.Contains(c, "Not asked: The cases cannot be reached.") || m.guide != nil {
		t.Errorf("it shows\n%s", c)
	}
	keyed(m, "esc")
	if len(m.sheets) > 0 {
		t.Error("there is no way back")
	}
	seat := seated(t, atApprove(t))
	r.err, r.seat = nil, seat
	keyed(m, "enter", "y", "q")
	if c := plainText(m.View().Content); !strings.Contains(c, "You left case 5XY-Z6W.") || fmt.Sprint(seat.said) != "[leave left]" {
		t.Errorf("said %q, shows\n%s", seat.said, c)
	}
	seat.no = errors.New("the cases cannot be reached")
	keyed(m, "enter", "y", "q")
	if c := plainText(m.View().Content); !strings.Contains(c, "it is not known yet whether its") {
		t.Errorf("it shows\n%s", c)
	}
}

// TestVisitIsReadAhead holds that the console hears for which case its guide may ask as
// soon as they read what that means, and when they turn away.
func TestVisitIsReadAhead(t *testing.T) {
	t.Parallel()
	var heard []string
	r := &reception{seat: &fakeSeat{}}
	m := console(t, nil, 80, 24, func(o *Options) {
		o.Console.Ask, o.Console.Queue = r.ask, quietQueue{&fakeQueue{rows: busy()}}
		o.Console.Ahead = func(_ context.Context, number string) { heard = append(heard, number) }
	})
	keyed(m, "down", "enter", "esc", "enter", "y")
	if fmt.Sprintf("%q", heard) != `["9TT-4RB" "" "9TT-4RB"]` || fmt.Sprint(r.asked) != "[9TT-4RB]" {
		t.Errorf("heard %q, asked %q", heard, r.asked)
	}
}
