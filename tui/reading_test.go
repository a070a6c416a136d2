package tui

import (
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/flows"
)

// told is what a reading says, to be compared.
func told(r reading) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%+v %+v %+v", r.wants, r.overall, r.step)
	for _, p := range r.ranked {
		fmt.Fprintf(&s, "; %d %s %t %s", p.Rank, p.Path.ID, p.Fits, p.Why)
	}
	return s.String()
}

// TestReadingsAreOfTheirRecord holds that what guides share of a case is what follows
// from the very record that each has read, of that case alone, and is gone once one of
// them may not see it any more.
func TestReadingsAreOfTheirRecord(t *testing.T) {
	t.Parallel()
	late, early := atDiagnosis(t).State(), atApp(t).State()
	if told(read(late)) == told(read(early)) {
		t.Fatal("the states tell the same")
	}
	late.Seq, late.At = 9, noon
	at := func(seq uint64, when time.Time) flows.State {
		s := early
		s.Seq, s.At = seq, when
		return s
	}
	all, a, b := new(Readings), new(guideScreen), new(guideScreen)
	for i, c := range []struct {
		number string
		state  flows.State
	}{{"1", late}, {"1", at(8, noon)}, {"1", late}, {"2", at(9, noon)}, {"1", at(9, noon.Add(1))}, {"1", late}, {"", at(9, noon)}, {"", late}} {
		if got := told(all.read(c.number, a, c.state)); got != told(read(c.state)) {
			t.Errorf("%d: it is read as\n%s\nwant\n%s", i, got, told(read(c.state)))
		}
	}
	first := all.read("1", a, late).ranked
	if again := all.read("1", b, late).ranked; &again[0] != &first[0] {
		t.Error("it is worked out again for the second guide")
	}
	all.forget("1", new(guideScreen)) // who only asked
	all.forget("1", a)
	all.forget("1", a)
	if again := all.read("1", b, late).ranked; &again[0] != &first[0] {
		t.Error("it is forgotten while a guide watches")
	}
	all.forget("1", b)
	if len(all.of) != 1 {
		t.Errorf("%d cases are known, want the other one", len(all.of))
	}
	if again := all.read("1", a, late).ranked; &again[0] == &first[0] {
		t.Error("what was forgotten is there")
	}
	for i := range 3 * mostReadings {
		all.read(fmt.Sprint("case ", i), a, early)
	}
	if len(all.of) > mostReadings {
		t.Errorf("%d cases are kept", len(all.of))
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range uint64(50) {
				s := at(n+uint64(i)%2, noon)
				if n%10 == 0 {
					all.forget("3", a)
				}
				if got := all.read("3", a, s); len(got.ranked) > 0 {
					t.Errorf("of another state: %s", told(got))
				}
			}
		})
	}
	wg.Wait()
	var none *Readings
	none.forget("1", a)
	if told(none.read("1", a, late)) != told(read(late)) {
		t.Error("without readings it is read otherwise")
	}
}

// TestAStateIsReadOnce holds that what follows from a driver's state is worked out once for
// each record, and anew for every other state.
func TestAStateIsReadOnce(t *testing.T) {
	t.Parallel()
	d := newFake(flows.Started{Nonce: "run"})
	d.state.Place.Stage = flows.StageDiagnosis
	m := New(t.Context(), d, still(t, 100, 30))
	had := func() bool {
		t.Helper()
		was := m.ranked
		m.refresh()
		if got, want := told(m.reading), told(read(d.State())); got != want {
			t.Errorf("it is read as\n%s\nwant\n%s", got, want)
		}
		return &m.ranked[0] == &was[0]
	}
	for range 2 {
		if !had() {
			t.Error("the same state is read again")
		}
	}
	for name, change := range map[string]func(){
		"a record": func() { d.happen(publicFindings()[0]) },
		"a moment": func() { d.state.At = d.state.At.Add(1) },
		"another run": func() {
			s := newFake(flows.Started{Nonce: rand.Text()}).state
			s.Seq, s.At, s.Unsaved, s.Place = d.state.Seq, d.state.At, d.state.Unsaved, d.state.Place
			d.state = s
		},
		"not saved":     func() { d.state.Unsaved = &flows.Troubled{What: flows.TroubleStore, Text: "full"} },
		"without a run": func() { d.state = flows.State{Place: flows.Place{Stage: flows.StageDiagnosis}} },
	} {
		if change(); had() {
			t.Errorf("%s: it is not read again", name)
		}
	}
}

// TestReadingsThatBroke holds that a guide whose colleague's program broke while it worked
// out what follows is not shown that nothing does.
func TestReadingsThatBroke(t *testing.T) {
	t.Parallel()
	s := atDiagnosis(t).State()
	all := new(Readings)
	have := all.latest("1", new(guideScreen), s)
	func() {
		defer func() { _ = recover() }() // as the program of a session does
		have.once.Do(func() { panic("broke") })
	}()
	if got := told(all.read("1", new(guideScreen), s)); got != told(read(s)) {
		t.Errorf("it is read as\n%s\nwant\n%s", got, told(read(s)))
	}
}

// TestReadingsEndWithTheConsole holds that a guide's watching shares what follows from the
// case until their console ends, and that one who waits to be let in ends it for nobody.
func TestReadingsEndWithTheConsole(t *testing.T) {
	t.Parallel()
	all := new(Readings)
	console := func() *Model {
		m := guiding(seated(t, atPlanLinked(t)), Options{Profiles: profiles(t), Width: 100, Height: 30})
		m.console = &consoleScreen{of: &Console{Readings: all}}
		m.guide.of = "1"
		return m
	}
	m, waits := console(), console()
	m.Update(look(m))
	waits.Update(viewedMsg{of: waits.guide})
	if len(all.of) != 1 {
		t.Fatalf("%d cases are shared, want one", len(all.of))
	}
	m.unread()
	if len(all.of) != 0 {
		t.Error("it outlives the console")
	}
}
