package tui

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/flows/run"
)

// fakeSeat is a guide's place beside a run that is made of events.
type fakeSeat struct {
	mu   sync.Mutex
	view run.View
	err  error // of View
	said []string
	no   error // of every move
}

func (s *fakeSeat) View(context.Context) (run.View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view, s.err
}

func (s *fakeSeat) Watch(context.Context) <-chan struct{} { return make(chan struct{}) }

func (s *fakeSeat) say(what string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, what)
	return s.no
}

func (s *fakeSeat) Point(_ context.Context, at string) error  { return s.say("point " + at) }
func (s *fakeSeat) Note(_ context.Context, text string) error { return s.say("note " + text) }
func (s *fakeSeat) Suggest(_ context.Context, p flows.PathID) error {
	return s.say("suggest " + string(p))
}
func (s *fakeSeat) AskAgain(context.Context) error     { return s.say("again") }
func (s *fakeSeat) AskToRecord(context.Context) error  { return s.say("ask to record") }
func (s *fakeSeat) EndRecording(context.Context) error { return s.say("end recording") }
func (s *fakeSeat) Leave(_ context.Context, why flows.WatchEnd) error {
	return s.say("leave " + string(why))
}

// seated is a seat beside a run, with the guide let in.
func seated(t testing.TB, d *fakeDriver) *fakeSeat {
	t.Helper()
	visited(t, d, "v1", "Ann Lee")
	d.happenBy(flows.ByPerson, flows.Noted{Text: "Is this right?"})
	s := d.State()
	last := []flows.Record{
		{Seq: s.Seq - 2, At: noon, By: flows.ByServer, Event: flows.AskedToWatch{Visit: "v1", Guide: "Ann Lee", Org: "Hetk support"}},
		{Seq: s.Seq - 1, At: noon, By: flows.ByPerson, Event: flows.Watched{Visit: "v1", Here: true}},
		{Seq: s.Seq, At: noon, By: flows.ByPerson, Event: flows.Noted{Text: "Is this right?"}},
	}
	return &fakeSeat{view: run.View{
		As: "Ann Lee (Hetk support)", Standing: run.StandWatches, Until: noon.Add(30 * time.Minute), Run: &run.Shared{State: s, Last: last},
	}}
}

// guiding is a guide's model that has read its view.
func guiding(seat Seat, o Options) *Model {
	o.Guide = seat
	m := New(context.Background(), nil, o)
	m.Update(m.lookOn()())
	return m
}

// look is what a look gives now.
func look(m *Model) viewedMsg {
	v, err := m.guide.seat.View(context.Background())
	return viewedMsg{m.guide, v, err}
}

// TestLooksComeInOrder holds that a guide's screen has one look at a time under way,
// looks once more where it was woken meanwhile, and shows nothing after the end,
// whatever comes.
func TestLooksComeInOrder(t *testing.T) {
	t.Parallel()
	seat := seated(t, atDiagnosis(t))
	m := guiding(seat, still(t, 80, 24))
	shown, first := look(m), m.lookOn()
	if m.lookOn() != nil {
		t.Fatal("two looks are under way, and either may come first")
	}
	early := first()
	seat.mu.Lock()
	seat.view = run.View{Standing: run.StandOver, Why: flows.WatchStopped}
	seat.mu.Unlock()
	_, next := m.Update(early)
	if m.state.Domain != "contoso.example" || next == nil {
		t.Fatalf("the first look shows %+v", m.state.Place)
	}
	visit1(m, next)
	if m.guide.view.Standing != run.StandOver || !reflect.DeepEqual(m.state, flows.State{}) {
		t.Fatalf("woken meanwhile, it shows %+v", m.guide.view)
	}
	for name, late := range map[string]viewedMsg{"a run": shown, "an error": {of: m.guide, err: errors.New("away")}} {
		m.Update(late)
		if c := plainText(m.View().Content); m.guide.view.Run != nil || !reflect.DeepEqual(m.state, flows.State{}) || !strings.Contains(c, "the customer ended it") {
			t.Errorf("after the end %s came, and it shows\n%s", name, c)
		}
	}
	if cmd := m.lookOn(); cmd == nil {
		t.Error("it waits for a look that came")
	}
}

func TestGuideScreens(t *testing.T) {
	t.Parallel()
	asking := &fakeSeat{view: run.View{
		As: "Ann Lee (Hetk support)", Until: noon.Add(5 * time.Minute),
		Outline: run.Outline{Stage: flows.StageSteps, Step: 2, Of: 3, Since: noon.Add(-4 * time.Minute), Last: noon},
	}}
	for name, c := range map[string]struct {
		seat func(t *testing.T) *fakeSeat
		keys []string
	}{
		"asks": {func(*testing.T) *fakeSeat { return asking }, nil},
		"asks-first": {func(*testing.T) *fakeSeat {
			return &fakeSeat{view: run.View{As: "Ann Lee (Hetk support)", Until: noon.Add(5 * time.Minute)}}
		}, nil},
		"theirs":   {func(t *testing.T) *fakeSeat { t.Helper(); return seated(t, atDiagnosis(t)) }, nil},
		"found":    {func(t *testing.T) *fakeSeat { t.Helper(); return seated(t, atApprove(t)) }, []string{"down", "down"}},
		"plan":     {func(t *testing.T) *fakeSeat { t.Helper(); return seated(t, atPlan(t)) }, []string{"tab", "tab"}},
		"signin":   {func(t *testing.T) *fakeSeat { t.Helper(); return seated(t, atDevice(t)) }, nil},
		"timeline": {func(t *testing.T) *fakeSeat { t.Helper(); return seated(t, atDiagnosis(t)) }, []string{"tab", "tab", "tab"}},
		"notes":    {func(t *testing.T) *fakeSeat { t.Helper(); return seated(t, atDiagnosis(t)) }, []string{"tab", "tab", "tab", "tab"}},
		"note":     {func(t *testing.T) *fakeSeat { t.Helper(); return seated(t, atDiagnosis(t)) }, []string{"n", "h", "i"}},
		"suggest":  {func(t *testing.T) *fakeSeat { t.Helper(); return seated(t, atPaths(t)) }, []string{"s", "down"}},
		"over": {func(*testing.T) *fakeSeat {
			return &fakeSeat{view: run.View{Standing: run.StandOver, Why: flows.WatchStopped}}
		}, nil},
		"not-read": {func(*testing.T) *fakeSeat { return &fakeSeat{err: errors.New("the database is away")} }, nil},
		"help":     {func(t *testing.T) *fakeSeat { t.Helper(); return seated(t, atDiagnosis(t)) }, []string{"?"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, screensOf(t, func(o Options) *Model {
				m := guiding(c.seat(t), o)
				press(m, c.keys...)
				return m
			}))
		})
	}
}

// TestAGuidesKeysDoNothingOfTheCustomers presses every key there is on a guide's
// screen, over every place of a run: what comes of it are the guide's own moves.
func TestAGuidesKeysDoNothingOfTheCustomers(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, b := range bindings {
		keys = append(keys, b.keys...)
	}
	for r := '!'; r <= '~'; r++ {
		keys = append(keys, string(r))
	}
	for _, mo := range moments() {
		for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
			d := mo.make(t)
			seat := seated(t, d)
			before, told := d.State(), len(d.told)
			m := guiding(seat, still(t, z[0], z[1]))
			for _, stays := range []bool{false, true} { // in what a key opened
				for _, k := range keys {
					if k == "ctrl+z" || k == "ctrl+c" {
						continue
					}
					if cmd := m.key(pressed(k)); cmd != nil {
						run1(m, cmd)
					}
					_ = m.View()
					if !stays && (m.guide.note != nil || len(m.sheets) > 0) {
						press(m, "esc")
					}
				}
			}
			m.Update(tea.PasteMsg{Content: "https://contoso.example/?admin_consent=True&state=n"})
			m.Update(tickedMsg{})
			if len(d.told) != told || !reflect.DeepEqual(d.State(), before) {
				t.Fatalf("%s: a guide's key told %+v", mo.name, d.told[told:])
			}
			for _, s := range seat.said {
				if what, _, _ := strings.Cut(s, " "); !slices.Contains([]string{"point", "note", "suggest", "again", "ask", "leave"}, what) {
					t.Errorf("%s: a guide does %q", mo.name, s)
				}
			}
			for _, want := range []string{"point", "again", "leave"} {
				if none := len(m.guide.spots(m)) == 0; want == "point" && none {
					continue
				}
				if !slices.ContainsFunc(seat.said, func(s string) bool { return strings.HasPrefix(s, want) }) {
					t.Errorf("%s at %d: nothing pressed makes a guide %s", mo.name, z[0], want)
				}
			}
		}
	}
}

// run1 lets a command run, and what it makes, but for the end of the program.
func run1(m *Model, cmd tea.Cmd) {
	switch msg := cmd().(type) {
	case nil, tea.QuitMsg:
	case tea.BatchMsg:
		for _, c := range msg {
			if c != nil {
				run1(m, c)
			}
		}
	case saidMsg:
		if _, next := m.Update(msg); next != nil { // it looks before it tells
			run1(m, next)
		}
	case viewedMsg:
		m.Update(msg)
	default:
		if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice { // tea.Sequence keeps its type to itself
			for i := range v.Len() {
				if c, ok := v.Index(i).Interface().(tea.Cmd); ok {
					run1(m, c)
				}
			}
		}
	}
}

// TestAGuideSeesNoCode holds that nothing that a sign-in shows reaches a guide, and
// nothing of a run stays once the yes is gone.
func TestAGuideSeesNoCode(t *testing.T) {
	t.Parallel()
	d := atDevice(t)
	seat := seated(t, d)
	for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
		m := guiding(seat, still(t, z[0], z[1]))
		for range panelCount + 1 {
			c := plainText(m.View().Content)
			if strings.Contains(c, d.prompt.Code) || strings.Contains(c, "devicelogin") {
				t.Fatalf("a guide sees the code:\n%s", c)
			}
			press(m, "tab")
		}
	}
	m := guiding(seat, still(t, 200, 60))
	press(m, "s", "n", "x")
	for name, v := range map[string]*fakeSeat{
		"over":   {view: run.View{Standing: run.StandOver, Why: flows.WatchStopped}},
		"unread": {err: errors.New("away")},
	} {
		seat.mu.Lock()
		seat.view, seat.err = v.view, v.err
		seat.mu.Unlock()
		m.Update(m.lookOn()())
		v := m.View()
		if c := plainText(v.Content) + v.WindowTitle + m.Goodbye(); strings.Contains(c, "contoso") || strings.Contains(c, "Hetk") || strings.Contains(c, "admin@") {
			t.Errorf("%s, and the screen shows\n%s", name, c)
		}
		if !reflect.DeepEqual(m.state, flows.State{}) {
			t.Errorf("%s, and the model keeps the run", name)
		}
	}
}

func TestWhatAGuideDoes(t *testing.T) {
	t.Parallel()
	d := atPaths(t)
	seat := seated(t, d)
	m := guiding(seat, still(t, 80, 24))
	do := func(keys ...string) {
		for _, k := range keys {
			if cmd := m.key(pressed(k)); cmd != nil {
				run1(m, cmd)
			}
		}
	}
	first := m.guide.spots(m)[0].id
	if do("p"); len(seat.said) > 0 || m.notice.text != wordGuideSeek || !strings.Contains(plainText(m.View().Content), "› Findings") {
		t.Errorf("what is not seen is pointed at: %q, %q", seat.said, m.notice.text)
	}
	do("p", "down", "p", "r", "n", "h", "i", "enter", "s", "enter")
	second := m.guide.spots(m)[1].id
	want := []string{"point " + first, "point " + second, "again", "note hi", "suggest " + first}
	if !slices.Equal(seat.said, want) {
		t.Errorf("said %q, want %q", seat.said, want)
	}
	do("n")
	m.paste("see https://evil.example/x")
	do("enter")
	if !slices.Equal(seat.said, want) || m.guide.note == nil || !strings.Contains(m.guide.note.said, "evil.example") {
		t.Errorf("a link to anywhere is sent: %q", seat.said)
	}
	do("esc")
	seat.no = run.ErrTooFast
	do("r")
	if !strings.Contains(m.notice.text, "too much at a time") {
		t.Errorf("notice %q", m.notice.text)
	}
	seat.no = nil
	d.happenBy(flows.ByPerson, flows.Noted{Text: "what now?"})
	seat.view.Run = &run.Shared{State: d.State()}
	m.Update(m.lookOn()())
	if c := plainText(m.View().Content); !strings.Contains(c, "customer: what now?") {
		t.Errorf("a note of the customer's is not told:\n%s", c)
	}
	do("q")
	if said := seat.said[len(seat.said)-1]; said != "leave left" || m.Goodbye() != wordGuideBye+"\n" {
		t.Errorf("leaving said %q, %q", said, m.Goodbye())
	}
}

// TestAGuidesScreenStartsNothing puts a real handle beside a real run: a guide's
// screen that is drawn, woken and ticked makes nobody look, sign in or write.
func TestAGuidesScreenStartsNothing(t *testing.T) {
	t.Parallel()
	j := journal.NewMemory()
	d := atDiagnosis(t)
	p := profile(t, "hetk")
	for i, e := range []flows.Event{flows.Started{Version: "1", Profile: &p, Domain: "contoso.example", Ways: started(t).Ways}} {
		if _, err := j.Append(t.Context(), uint64(i), flows.Record{Writer: "w", N: uint64(i) + 1, At: noon, By: flows.ByPerson, Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	who, err := run.KnownGuide("Ann Lee", "Hetk support")
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return noon }
	seat, err := run.AskToWatch(t.Context(), j, who, run.GuideOptions{Now: now, Visit: func() flows.VisitID { return "v1" }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(t.Context(), 2, flows.Record{Writer: "w", N: 9, At: noon, By: flows.ByPerson, Event: flows.Watched{Visit: "v1", Here: true}}); err != nil {
		t.Fatal(err)
	}
	o := still(t, 120, 40)
	o.Still, o.NoSignIn = false, true // as a surface that goes on by itself where it can
	m := guiding(seat, o)
	if m.state.Domain != "contoso.example" || len(flows.Wants(m.state)) == 0 {
		t.Fatalf("the guide sees %+v, wanting %+v", m.state.Place, flows.Wants(m.state))
	}
	for range 5 {
		m.Update(wokenMsg{of: m.wake})
		m.Update(tickedMsg{})
		m.Update(look(m))
		m.onward()
		_ = m.View()
	}
	rs, err := j.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(rs) != 3 || len(d.told) != 0 {
		t.Errorf("a guide's screen made %d records: %+v", len(rs)-3, rs[min(len(rs), 3):])
	}
	if h := m.drv.Hands(); h.Look != nil || h.SignIn != nil || h.Change != nil || h.Return != nil || h.Host != nil || h.Play != nil {
		t.Errorf("a guide has hands: %+v", h)
	}
	// The seat is all that a guide's model has of the run, and it has what the
	// handle has.
	seatType, guide := reflect.TypeFor[Seat](), reflect.TypeFor[*run.Guide]()
	for want := range seatType.Methods() {
		if _, ok := guide.MethodByName(want.Name); !ok {
			t.Errorf("the handle has no %s", want.Name)
		}
	}
	if _, ok := any(seat).(Driver); ok {
		t.Error("a guide's handle can drive a run")
	}
}

// TestAGuidesScreenHoldsHostileText draws a run whose every text from outside is
// hostile.
func TestAGuidesScreenHoldsHostileText(t *testing.T) {
	t.Parallel()
	d := poisoned(t)
	s := d.State()
	var last []flows.Record
	for _, e := range []flows.Event{flows.Noted{Text: evil, From: evil}, flows.Answered{Question: evil, Value: evil}, flows.Foreign{Tag: evil}, flows.Found{Finding: checks.Finding{Check: evil, Summary: evil}}} {
		last = append(last, flows.Record{At: noon, By: evil, Event: e})
	}
	seat := &fakeSeat{view: run.View{As: evil, Standing: run.StandWatches, Until: noon.Add(time.Minute), Run: &run.Shared{State: s, Last: last}}}
	for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}, {10, 3}, {0, 0}} {
		for n := range 7 {
			m := guiding(seat, still(t, z[0], z[1]))
			for range n {
				press(m, "tab")
			}
			v := m.View()
			harmless(t, fmt.Sprint(z, n), v.Content)
			harmless(t, "title", v.WindowTitle)
			if rows := strings.Count(v.Content, "\n") + 1; rows > max(z[1], 1) {
				t.Errorf("%v: %d rows", z, rows)
			}
			for line := range strings.SplitSeq(plainText(v.Content), "\n") {
				if cells(line) > z[0] {
					t.Errorf("%v: %q", z, line)
				}
			}
		}
	}
}

// TestHasSpots holds that what says that there is something to point at says so where
// there is, and nowhere else.
func TestHasSpots(t *testing.T) {
	t.Parallel()
	saw := map[bool]bool{}
	for name, make := range map[string]func(testing.TB) *fakeDriver{
		"nothing yet": func(testing.TB) *fakeDriver { return newFake() }, "app": atApp, "tenant": atTenant, "looking": atLooking,
		"diagnosis": atDiagnosis, "paths": atPaths, "a step": atLink, "proof": atProof,
	} {
		m := guiding(&fakeSeat{view: run.View{Standing: run.StandWatches, Run: &run.Shared{State: make(t).State()}}}, still(t, 100, 30))
		has := m.guide.hasSpots(m)
		if want := len(m.guide.spots(m)) > 0; has != want {
			t.Errorf("%s: %t, want %t", name, has, want)
		}
		saw[has] = true
	}
	if m := guiding(&fakeSeat{}, still(t, 100, 30)); m.guide.hasSpots(m) {
		t.Error("before the yes there is something to point at")
	}
	if len(saw) != 2 {
		t.Errorf("only %v was seen", saw)
	}
}
