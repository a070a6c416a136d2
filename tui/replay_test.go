package tui

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/flows"
)

// fakeReel is what can be replayed in tests.
type fakeReel struct {
	mu    sync.Mutex
	tapes []flows.Tape
	err   error
	wake  chan struct{}
	asked []string
}

func (r *fakeReel) open(_ context.Context, number string) (Reel, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, number)
	return r, r.err
}

func (r *fakeReel) Tapes(context.Context) ([]flows.Tape, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tapes, r.err
}

func (r *fakeReel) Watch(context.Context) <-chan struct{} {
	if r.wake == nil {
		return quiet()
	}
	return r.wake
}

// becomes changes what there is.
func (r *fakeReel) becomes(err error, tapes ...flows.Tape) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tapes, r.err = tapes, err
}

// replaying is a console that replays what a reel has; commands that wait are not run.
func replaying(t testing.TB, r *fakeReel, o Options) *Model {
	t.Helper()
	o.Served, o.Console = true, &Console{Queue: quietQueue{&fakeQueue{rows: busy()}}, Name: "Anna Berg", Organisation: "Example Support", Role: "guide", Replay: r.open}
	m := New(t.Context(), nil, o)
	relisted(t, m)
	press(m, "v")
	return m
}

// opens presses Enter, and takes what comes of it. It gives what is to be waited for.
func opens(t testing.TB, m *Model) tea.Cmd {
	t.Helper()
	_, cmd := m.Update(pressed("enter"))
	return takes(m, cmd)
}

// takes runs a command whose answer is there at once, and gives what that makes.
func takes(m *Model, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	if all, batch := msg.(tea.BatchMsg); batch {
		for _, one := range all {
			if one != nil {
				return takes(m, one)
			}
		}
		return nil
	}
	_, next := m.Update(msg)
	m.deaf = time.Time{}
	return next
}

func TestReplayScreens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		keys []string
	}{
		"asks":   {nil, nil},
		"none":   {errors.New("there is nothing in that case that you may replay"), []string{"enter"}},
		"begins": {nil, []string{"enter"}},
		"idle":   {nil, []string{"enter", "right", "right", "space"}},
		"later":  {nil, []string{"enter", "space", "end", "tab", "tab", "tab"}},
		"over":   {nil, []string{"enter", "end"}},
		"help":   {nil, []string{"enter", "space", "?"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, screensOf(t, func(o Options) *Model {
				m := replaying(t, &fakeReel{tapes: tapesOf(t), err: c.err}, o)
				for _, k := range c.keys {
					if k == "enter" {
						opens(t, m)
						continue
					}
					press(m, k)
				}
				return m
			}))
		})
	}
}

// sheetOf is the replay that is seen.
func sheetOf(t testing.TB, m *Model) *replaySheet {
	t.Helper()
	s, ok := m.topSheet().(*replaySheet)
	if !ok {
		t.Fatalf("no replay is seen:\n%s", plainText(m.View().Content))
	}
	return s
}

// TestReplayByKeys holds what the keys of a replay do, and that none of them does
// anything else, in whatever view.
func TestReplayByKeys(t *testing.T) {
	t.Parallel()
	r := &fakeReel{tapes: tapesOf(t)}
	m := replaying(t, r, still(t, 80, 24))
	opens(t, m)
	s := sheetOf(t, m)
	at := func(k string, moment int, paused bool) {
		t.Helper()
		press(m, k)
		if s.film.at != moment || s.paused != paused {
			t.Errorf("%s: moment %d, paused %v; want %d, %v", k, s.film.at, s.paused, moment, paused)
		}
	}
	at("space", 0, true)
	at("right", 1, true)
	at("right", 2, true)
	if s.film.m.state.NotesCame != 1 {
		t.Errorf("the note is not there: %+v", s.film.m.state.Notes)
	}
	at("left", 1, true)
	if s.film.m.state.NotesCame != 0 || len(s.film.m.state.Pointers) != 1 {
		t.Error("a step back is none")
	}
	at("end", 5, true)
	at("right", 5, true)
	at("5", 2, true)
	at("9", 4, true)
	at("0", 0, true)
	at("left", 0, true)
	at("space", 0, false)
	for range len(reelSpeeds) {
		press(m, "+")
	}
	if reelSpeeds[s.speed] != 32 || !strings.Contains(m.notice.text, whyFastest) {
		t.Errorf("the fastest is %v: %q", reelSpeeds[s.speed], m.notice.text)
	}
	for range len(reelSpeeds) {
		press(m, "-")
	}
	if s.speed != 0 || !strings.Contains(m.notice.text, whySlowest) {
		t.Errorf("the slowest is %v: %q", reelSpeeds[s.speed], m.notice.text)
	}
	for _, k := range []string{"p", "s", "y", "ctrl+y", "ctrl+t", "ctrl+x", "enter", "/", "w"} { // of other screens
		press(m, k)
	}
	if m.topSheet() != screen(s) || s.film.m.guide.note != nil || len(s.film.m.sheets) != 0 {
		t.Error("a key of another screen does something")
	}
	press(m, "n")
	if s.k != 1 || s.film.at != 0 {
		t.Errorf("the next recording is %d at %d", s.k, s.film.at)
	}
	press(m, "n")
	if s.k != 1 || !strings.Contains(m.notice.text, whyLastTape) {
		t.Errorf("behind the last is %d: %q", s.k, m.notice.text)
	}
	press(m, "esc")
	if len(m.sheets) != 0 || !strings.Contains(plainText(m.View().Content), "cases: ") {
		t.Error("there is no way back")
	}
	if len(r.asked) != 1 || r.asked[0] != "5XY-Z6W" {
		t.Errorf("asked for %q", r.asked)
	}
}

// TestReplayGoesOnByItself plays a tape to its end as fast as it goes: each moment is
// shown once and in order, a long pause is shortened and that is said, and a tick that
// comes late does nothing.
func TestReplayGoesOnByItself(t *testing.T) {
	t.Parallel()
	m := replaying(t, &fakeReel{tapes: tapesOf(t)}, still(t, 80, 24))
	next := opens(t, m)
	s := sheetOf(t, m)
	s.speed = len(reelSpeeds) - 1
	idle := ""
	for want := range 6 {
		if s.film.at != want {
			t.Fatalf("moment %d comes after %d", s.film.at, want-1)
		}
		if strings.HasPrefix(s.said, "Nothing happens for") {
			idle = s.said
			if !strings.Contains(plainText(m.View().Content), idle) {
				t.Error("that a pause is shortened is not seen")
			}
		}
		late := reelTickedMsg{s, s.turn - 1}
		m.Update(late)
		if s.film.at != want {
			t.Fatal("a tick that came late goes on")
		}
		if want == 0 { // at the speed that it was opened with the first has begun
			next = s.roll(m)
		}
		next = takes(m, next)
	}
	if idle == "" || !s.paused || !strings.Contains(s.said, "the customer ended it") || next != nil {
		t.Errorf("idle %q; at the end %q, paused %v", idle, s.said, s.paused)
	}
	press(m, "space")
	if s.film.at != 0 || s.paused {
		t.Error("it does not begin anew")
	}
}

// TestReplayEndsWithWhatIsErased holds that nothing is shown any more of what the
// customer erased meanwhile, nor when nobody knows.
func TestReplayEndsWithWhatIsErased(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{"erased": errors.New("there is nothing in that case that you may replay"), "one of two": nil, "away": errors.New("the cases cannot be reached just now")} {
		r := &fakeReel{tapes: tapesOf(t), wake: make(chan struct{}, 2)}
		m := replaying(t, r, still(t, 80, 24))
		opens(t, m)
		s := sheetOf(t, m)
		if c := plainText(m.View().Content); !strings.Contains(c, "contoso.example") {
			t.Fatalf("%s: it shows\n%s", name, c)
		}
		r.wake <- struct{}{}
		if next := takes(m, s.recheck(t.Context())); next == nil || s.film == nil {
			t.Fatalf("%s: what is still there is shown no more", name)
		}
		r.becomes(err, r.tapes[1])
		r.wake <- struct{}{}
		takes(m, s.recheck(t.Context()))
		c := plainText(m.View().Content)
		if s.film != nil || strings.Contains(c, "contoso") || !strings.Contains(c, "Nothing of it is kept here.") {
			t.Errorf("%s: it shows\n%s", name, c)
		}
		press(m, "space", "right", "+", "n", "esc")
		if len(m.sheets) != 0 {
			t.Errorf("%s: there is no way back", name)
		}
	}
}

// TestReplayOnPlainLines tells a recording in lines, as far as somebody asks for more.
func TestReplayOnPlainLines(t *testing.T) {
	t.Parallel()
	var out lockedText
	in, keys := io.Pipe()
	done := make(chan error, 1)
	r := &fakeReel{tapes: tapesOf(t)}
	o := still(t, 0, 0)
	o.Served, o.Console = true, &Console{Queue: &fakeQueue{rows: busy()}, Name: "Anna Berg", Organisation: "Example Support", Role: "guide", Replay: r.open}
	go func() { done <- Plain(t.Context(), in, &out, nil, o) }()
	types := func(line string) {
		t.Helper()
		if _, err := io.WriteString(keys, line+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	out.waits(t, "v and a number: replay what was recorded there.")
	types("v")
	out.waits(t, "Type v and the number of a case")
	types("v 4G2-7QX")
	out.waits(t, "Recording 1 of 2, with Ann Lee (Hetk support), from 2026-")
	out.waits(t, "Enter: go on.")
	types("")
	out.waits(t, "The recording ends here: the customer ended it.")
	out.waits(t, "Recording 2 of 2")
	out.waits(t, "Enter: go on.")
	types("1")
	out.waits(t, "The customer is at: Diagnosis.")
	out.waits(t, "Enter: go on.")
	r.becomes(errors.New("there is nothing in that case that you may replay"))
	types("")
	out.waits(t, "There is nothing in that case that you may replay.")
	out.waits(t, "The replay is over.")
	out.waits(t, "v and a number: replay what was recorded there.") // what is typed before is for the replay
	types("q")
	if err := <-done; err != nil {
		t.Error(err)
	}
	all := out.String()
	for _, want := range []string{"contoso.example", "Ann Lee (Hetk support) points at app/grant.", "Look <here> & there"} {
		if !strings.Contains(all, want) {
			t.Errorf("it does not tell %q:\n%s", want, all)
		}
	}
	if strings.Contains(all, "afterwards") {
		t.Error("it tells what was not recorded")
	}
}

// TestAPlainReplayEndsWithItsTape holds that one goes on with no tape that was erased,
// though another one was made since.
func TestAPlainReplayEndsWithItsTape(t *testing.T) {
	t.Parallel()
	var out lockedText
	in, keys := io.Pipe()
	done := make(chan error, 1)
	r := &fakeReel{tapes: tapesOf(t)}
	o := still(t, 0, 0)
	o.Served, o.Console = true, &Console{Queue: &fakeQueue{rows: busy()}, Name: "Anna Berg", Organisation: "Example Support", Role: "guide", Replay: r.open}
	go func() { done <- Plain(t.Context(), in, &out, nil, o) }()
	types := func(line string) {
		t.Helper()
		if _, err := io.WriteString(keys, line+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	out.waits(t, "v and a number: replay what was recorded there.")
	types("v 4G2-7QX")
	out.waits(t, "Enter: go on.")
	r.becomes(nil, r.tapes[1])
	types("")
	out.waits(t, "This recording is there no more: it was erased.")
	out.waits(t, "The replay is over.")
	out.waits(t, "v and a number: replay what was recorded there.") // what is typed before is for the replay
	types("q")
	if err := <-done; err != nil {
		t.Error(err)
	}
	if all := out.String(); strings.Contains(all, "The recording ends here") || strings.Contains(all, "Recording 2") {
		t.Errorf("it goes on:\n%s", all)
	}
}

// TestReplayUnderTheHelp holds that a replay goes on under its help, and that what is
// erased meanwhile is gone all the same.
func TestReplayUnderTheHelp(t *testing.T) {
	t.Parallel()
	r := &fakeReel{tapes: tapesOf(t), wake: make(chan struct{}, 2)}
	m := replaying(t, r, still(t, 80, 24))
	opens(t, m)
	s := sheetOf(t, m)
	press(m, "?")
	if m.topSheet() == screen(s) {
		t.Fatal("there is no help")
	}
	if _, next := m.Update(reelTickedMsg{s, s.turn}); next == nil || s.film.at != 1 {
		t.Errorf("under the help it stands at moment %d", s.film.at)
	}
	r.wake <- struct{}{}
	again := takes(m, s.recheck(t.Context()))
	if again == nil {
		t.Fatal("under the help nobody looks any more whether it is there")
	}
	r.becomes(nil, r.tapes[1])
	r.wake <- struct{}{}
	takes(m, again)
	if s.film != nil || s.tapes != nil || s.reel != nil {
		t.Error("what was erased under the help is kept")
	}
	press(m, "esc")
	if c := plainText(m.View().Content); strings.Contains(c, "contoso") || !strings.Contains(c, "Nothing of it is kept here.") {
		t.Errorf("it shows\n%s", c)
	}
	press(m, "esc")
	r.becomes(nil, tapesOf(t)...)
	r.wake <- struct{}{}
	if takes(m, s.recheck(t.Context())) != nil {
		t.Error("a replay that was closed looks on")
	}
}
