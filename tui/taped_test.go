package tui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// tapeAsked lets the guide of a visit ask to record.
func tapeAsked(t testing.TB, d *fakeDriver, id flows.VisitID) {
	t.Helper()
	d.happen(flows.AskedToRecord{Visit: id, Until: noon.Add(flows.AskWait), Keeps: 30 * 24 * time.Hour})
	if a, ok := d.State().AsksToRecord(noon); !ok || a.Guide.Visit != id {
		t.Fatalf("%s does not ask to record", id)
	}
}

// taped is a run that a guide watches and records.
func taped(t testing.TB, d *fakeDriver, id flows.VisitID, name string) *fakeDriver {
	t.Helper()
	visited(t, d, id, name)
	tapeAsked(t, d, id)
	d.happenBy(flows.ByPerson, flows.Recorded{Visit: id, On: true})
	if _, on := d.State().Recorded(noon); !on {
		t.Fatal("it is not recorded")
	}
	return d
}

// TestTapeScreens holds what the customer and the guide see of a recording.
func TestTapeScreens(t *testing.T) {
	t.Parallel()
	beside := func(t *testing.T, d *fakeDriver) *fakeSeat {
		t.Helper()
		return &fakeSeat{view: run.View{As: "Ann Lee (Hetk support)", Standing: run.StandWatches, Until: noon.Add(30 * time.Minute), Run: &run.Shared{State: d.State()}}}
	}
	for name, make := range map[string]func(t *testing.T, o Options) *Model{
		"asked": func(t *testing.T, o Options) *Model {
			t.Helper()
			d := atDiagnosis(t)
			visited(t, d, "v1", "Ann Lee")
			tapeAsked(t, d, "v1")
			return New(t.Context(), d, o)
		},
		"recorded": func(t *testing.T, o Options) *Model {
			t.Helper()
			return New(t.Context(), taped(t, atDiagnosis(t), "v1", "Ann Lee"), o)
		},
		"guide": func(t *testing.T, o Options) *Model {
			t.Helper()
			return guiding(beside(t, taped(t, atDiagnosis(t), "v1", "Ann Lee")), o)
		},
		"guide-asks": func(t *testing.T, o Options) *Model {
			t.Helper()
			m := guiding(seated(t, atDiagnosis(t)), o)
			press(m, "ctrl+t")
			return m
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, screensOf(t, func(o Options) *Model { return make(t, o) }))
		})
	}
}

// TestTheQuestionToRecordIsSeenWhole holds that all of the question, and how to answer
// it, is on the screen without scrolling: at 80×24 for the longest names, beside another
// guide who watches and while something is said, and in the smallest window for usual ones.
func TestTheQuestionToRecordIsSeenWhole(t *testing.T) {
	t.Parallel()
	long, longOrg := strings.Repeat("Longname ", 7)[:60], strings.Repeat("Organisation ", 5)[:60]
	for _, c := range []struct {
		w, h      int
		name, org string
		beside    bool
	}{
		{80, 24, "Ann Lee", "Hetk support", false},
		{80, 24, long, longOrg, true},
		{80, 29, long, longOrg, true},
		{80, 30, long, longOrg, true},
		{100, 24, "Ann Lee", "Hetk support", true},
		{40, 12, "Ann Lee", "Hetk support", false},
		{80, 12, long, longOrg, false},
		{100, 17, long, longOrg, true},
	} {
		d := atDiagnosis(t)
		if c.beside {
			visited(t, d, "v0", "Bob Blau")
		}
		d.happen(flows.AskedToWatch{Visit: "v1", Guide: c.name, Org: c.org, Until: noon.Add(flows.AskWait), Lasts: time.Hour})
		d.happenBy(flows.ByPerson, flows.Watched{Visit: "v1", Here: true})
		tapeAsked(t, d, "v1")
		m := New(t.Context(), d, still(t, c.w, c.h))
		if c.beside {
			m.tellPerson(RoleInfo, "A guide wrote something.")
		}
		shown := plainText(m.View().Content)
		seen := strings.Join(strings.Fields(shown), " ")
		want := []string{"asks to record", "30 days", "ctrl+t ends it", "recording --erase", "ctrl+y lets them record, n does not."}
		if c.h < 18 {
			want = append(want, c.name+" of "+c.org, "Kept is what the guide sees, no codes", "The guide sees it and, once over, who leads there.", "With your resume code:")
		} else {
			want = append(want, "who leads at", "Nothing else answers.", "nothing typed but not sent.", "as does the end of the watching.", "And you, as a file.", "erase the whole run.")
		}
		for _, w := range want {
			if !strings.Contains(seen, w) {
				t.Errorf("at %d×%d %q is not seen:\n%s", c.w, c.h, w, shown)
			}
		}
		if strings.Contains(shown, "more below") || strings.Contains(shown, "more above") {
			t.Errorf("at %d×%d it is to be scrolled:\n%s", c.w, c.h, shown)
		}
	}
}

// TestNobodySaysYesToARecordingUnread holds that where the question is higher than the window its yes counts
// once its end is seen, which a no need not wait for; and that in the smallest window that is for
// usual names at once, how long it is kept being known or not, and the guide's own question too.
func TestNobodySaysYesToARecordingUnread(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Longname ", 7)[:60]
	for name, c := range map[string]struct {
		h     int
		who   string
		keeps time.Duration
		whole bool
	}{
		"whole":          {12, "Ann Lee", 30 * 24 * time.Hour, true},
		"kept who knows": {12, "Ann Lee", 0, true},
		"long names":     {12, long, 30 * 24 * time.Hour, false},
		"low":            {10, "Ann Lee", 30 * 24 * time.Hour, false},
	} {
		ask := func() (*fakeDriver, *Model) {
			now := noon
			d := atDiagnosis(t)
			visited(t, d, "v1", c.who)
			d.happen(flows.AskedToRecord{Visit: "v1", Until: noon.Add(flows.AskWait), Keeps: c.keeps})
			m := New(t.Context(), d, stillAt(t, 40, c.h, &now))
			now = now.Add(2 * askGrace)
			return d, m
		}
		d, m := ask()
		if whole := !strings.Contains(plainText(m.View().Content), "more below"); whole != c.whole {
			t.Errorf("%s: whole is %v:\n%s", name, whole, plainText(m.View().Content))
		}
		answer(t, m, "ctrl+y")
		if _, on := d.State().Recorded(noon); on != c.whole {
			t.Errorf("%s: recorded is %v, unread", name, on)
		}
		if !c.whole {
			if shown := plainText(m.View().Content); !strings.Contains(shown, "Please read it to the end first: pgdn.") {
				t.Errorf("%s: it is not said:\n%s", name, shown)
			}
			for i := 0; i < 5 && !strings.Contains(plainText(m.View().Content), "recording --erase."); i++ {
				press(m, "pgdown")
			}
			answer(t, m, "ctrl+y")
			if _, on := d.State().Recorded(noon); !on {
				t.Errorf("%s: not recorded, read:\n%s", name, plainText(m.View().Content))
			}
		}
		d, m = ask()
		answer(t, m, "n")
		if _, on := d.State().Recorded(noon); on || d.State().TapeAsk != nil {
			t.Errorf("%s: a no is none", name)
		}
	}
	m := guiding(seated(t, atDiagnosis(t)), still(t, 40, 12))
	press(m, "ctrl+t")
	shown := plainText(m.View().Content)
	for _, want := range []string{"What you are shown and do is kept", "You see it and, once over, your leads;", "the customer has it and can erase it.", "ctrl+t ends it.", "y asks them, esc does not."} {
		if !strings.Contains(strings.Join(strings.Fields(shown), " "), want) {
			t.Errorf("the guide does not see %q:\n%s", want, shown)
		}
	}
	if strings.Contains(shown, "more below") {
		t.Errorf("the guide is to scroll:\n%s", shown)
	}
}

// TestTheMarkIsOnEveryScreen holds that it is said in words that it is recorded, on
// every screen of the customer's and of the guide's in every window, with the key that
// ends it on the customer's, and that the key ends the recording alone wherever it is
// pressed.
func TestTheMarkIsOnEveryScreen(t *testing.T) {
	t.Parallel()
	for _, mo := range moments() {
		for _, z := range [][2]int{{40, 10}, {40, 12}, {80, 24}, {100, 17}, {200, 60}, {39, 9}, {60, 5}} {
			for _, name := range []string{"Ann Lee", strings.Repeat("Longname ", 6)} {
				d := taped(t, mo.make(t), "v1", name)
				o := still(t, z[0], z[1])
				o.Look.NoColor = true
				m := New(t.Context(), d, o)
				press(m, mo.open...)
				c := plainText(m.View().Content)
				if !strings.Contains(c, "Recorded") || !strings.Contains(c, "ctrl+t ends") {
					t.Errorf("%s at %d×%d:\n%s", mo.name, z[0], z[1], c)
				}
				for line := range strings.SplitSeq(c, "\n") {
					if cells(line) > z[0] {
						t.Errorf("%s at %d×%d: %q", mo.name, z[0], z[1], line)
					}
				}
				if z[0] >= 40 && z[1] >= 10 {
					g := guiding(&fakeSeat{view: run.View{As: name, Standing: run.StandWatches, Until: noon.Add(time.Hour), Run: &run.Shared{State: d.State()}}}, o)
					if c := plainText(g.View().Content); !strings.Contains(c, "● Recorded") {
						t.Errorf("%s at %d×%d, the guide's:\n%s", mo.name, z[0], z[1], c)
					}
				}
				m.deaf = noon.Add(time.Hour)
				told := len(d.told)
				press(m, "ctrl+t")
				r := d.State().Recording
				if len(d.told) != told+1 || r.Why != flows.RecordStopped || len(d.State().Guides) != 1 || strings.Contains(plainText(m.View().Content), "● Recorded") {
					t.Errorf("%s: the key told %+v, and it is %+v", mo.name, d.told[told:], r)
				}
			}
		}
	}
}

// TestTheRecordRequestIgnoresWhatWasTyped holds that no key of a run of keys answers,
// that no key answers but the one that is named, and that a no is one key.
func TestTheRecordRequestIgnoresWhatWasTyped(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"ctrl+y", "n", "esc"} {
		now := noon
		d := atDiagnosis(t)
		visited(t, d, "v1", "Ann Lee")
		m := New(t.Context(), d, stillAt(t, 80, 24, &now))
		tapeAsked(t, d, "v1")
		wake(m)
		for _, k := range []string{"n", "y", "ctrl+y", "enter", "space", "esc"} {
			answer(t, m, k)
			now = now.Add(askGrace - time.Millisecond)
		}
		now = now.Add(askGrace)
		for _, k := range []string{"enter", "space", "y", "Y", "1", "tab"} {
			answer(t, m, k)
		}
		if len(d.told) != 0 || m.state.TapeAsk == nil {
			t.Fatalf("what was typed ahead, or is no answer, answered: %+v", d.told)
		}
		answer(t, m, key)
		_, on := d.State().Recorded(now)
		if on != (key == "ctrl+y") || d.State().TapeAsk != nil || len(m.sheets) != 0 {
			t.Errorf("%s: recorded %v, sheets %d", key, on, len(m.sheets))
		}
	}
}

// TestAQuestionThatWasBuriedIsAnew holds that a key that was meant for the question of
// one guide answers none that lay under it, however the one on top went.
func TestAQuestionThatWasBuriedIsAnew(t *testing.T) {
	t.Parallel()
	bury := map[string]func(t *testing.T, d *fakeDriver, m *Model){
		"to record": func(t *testing.T, d *fakeDriver, m *Model) {
			t.Helper()
			tapeAsked(t, d, "v1")
			wake(m)
		},
		"to watch": func(t *testing.T, d *fakeDriver, m *Model) {
			t.Helper()
			requested(t, d, "v2", "Bob Blau")
			m.refresh()
			m.openAsk(m.state.Asking[0])
		},
	}
	top := map[string]func(d *fakeDriver, m *Model){
		"n":      func(_ *fakeDriver, m *Model) { answer(t, m, "n") },
		"ctrl+y": func(_ *fakeDriver, m *Model) { answer(t, m, "ctrl+y") },
		"gone": func(d *fakeDriver, m *Model) {
			d.happen(flows.Watched{Visit: "v3", Why: flows.WatchLeft})
			wake(m)
		},
	}
	for under, lay := range bury {
		for over, end := range top {
			now := noon
			d := atDiagnosis(t)
			visited(t, d, "v1", "Ann Lee")
			m := New(t.Context(), d, stillAt(t, 80, 24, &now))
			lay(t, d, m)
			buried := m.topSheet()
			requested(t, d, "v3", "Eve")
			m.refresh()
			if s, open := m.topSheet().(*askSheet); !open || s.visit != "v3" {
				m.open(&askSheet{visit: "v3", quiet: m.now()})
			}
			now = now.Add(2 * askGrace)
			end(d, m)
			m.deaf = time.Time{}
			if m.topSheet() != buried {
				t.Fatalf("%s, %s: on top is %T", under, over, m.topSheet())
			}
			told := len(d.told)
			for _, k := range []string{"ctrl+y", "n", "esc"} {
				answer(t, m, k)
			}
			if len(d.told) != told || m.topSheet() != buried {
				t.Errorf("%s, %s: a key at once told %+v", under, over, d.told[told:])
			}
			now = now.Add(askGrace)
			if answer(t, m, "ctrl+y"); len(d.told) != told+1 {
				t.Errorf("%s, %s: it cannot be answered later", under, over)
			}
		}
	}
}

// TestHowLongItIsKeptIsExact holds that no time is told shorter than it is.
func TestHowLongItIsKeptIsExact(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		24 * time.Hour: "a day", 47 * time.Hour: "47 hours", 48 * time.Hour: "2 days", 720 * time.Hour: "30 days", 721 * time.Hour: "721 hours",
		2 * time.Hour: "2 hours", 119 * time.Minute: "119 minutes", time.Hour: "60 minutes",
	} {
		if got := lasting(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

// TestAYesThatIsBeingStoredIsNotCovered holds that no other question opens over it.
func TestAYesThatIsBeingStoredIsNotCovered(t *testing.T) {
	t.Parallel()
	now := noon
	d := atDiagnosis(t)
	visited(t, d, "v1", "Ann Lee")
	m := New(t.Context(), d, stillAt(t, 80, 24, &now))
	tapeAsked(t, d, "v1")
	wake(m)
	now = now.Add(askGrace)
	_, yes := m.Update(pressed("ctrl+y"))
	requested(t, d, "v2", "Bob Blau")
	wake(m)
	if s, open := m.topSheet().(*tapeSheet); !open || !s.busy {
		t.Fatalf("over it lies %T", m.topSheet())
	}
	m.Update(yes())
	wake(m)
	if _, open := m.topSheet().(*askSheet); !open || len(m.sheets) != 1 {
		t.Errorf("of %d sheets %T is on top", len(m.sheets), m.topSheet())
	}
}

// TestAYesToBeRecordedThatCannotBeSavedIsNone holds that, and what closes the question.
func TestAYesToBeRecordedThatCannotBeSavedIsNone(t *testing.T) {
	t.Parallel()
	now := noon
	d := atDiagnosis(t)
	visited(t, d, "v1", "Ann Lee")
	tapeAsked(t, d, "v1")
	m := New(t.Context(), d, stillAt(t, 80, 24, &now))
	now = now.Add(askGrace)
	d.refuse = errors.New("no space left on device")
	answer(t, m, "ctrl+y")
	if c := plainText(m.View().Content); !strings.Contains(c, "Nothing is recorded: your yes could not be saved. No space left") {
		t.Errorf("it says\n%s", c)
	}
	d.refuse = nil
	now = now.Add(time.Minute)
	m.notice = span{}
	wake(m)
	if _, open := m.topSheet().(*tapeSheet); !open {
		t.Fatal("the question that stands is not asked again")
	}
	d.happenBy(flows.ByServer, flows.Recorded{Visit: "v1", Why: flows.RecordLeft})
	wake(m)
	if len(m.sheets) != 0 {
		t.Error("the question that was taken back stays")
	}
	// The guide ends what goes on: the customer is told.
	d = taped(t, atDiagnosis(t), "v1", "Ann Lee")
	m = New(t.Context(), d, still(t, 80, 24))
	d.happenBy(flows.ByServer, flows.Recorded{Visit: "v1", Why: flows.RecordLeft})
	wake(m)
	if c := plainText(m.View().Content); !strings.Contains(c, "The recording ended: Ann Lee ended it.") || !strings.Contains(c, "Watched by") {
		t.Errorf("it says\n%s", c)
	}
}

// TestRecordedOnPlainLines answers the question in words, and ends the recording.
func TestRecordedOnPlainLines(t *testing.T) {
	t.Parallel()
	w := &world{fakeDriver: atDiagnosis(t)}
	w.turn()
	visited(t, w.fakeDriver, "v1", "Ann Lee")
	tapeAsked(t, w.fakeDriver, "v1")
	out := answered(t, w, Options{}, "y", "", "yes", "z", "x", "q")
	for _, want := range []string{
		"Ann Lee of Hetk support asks to record the rest of this watching.", "as long as the case, 30 days after its last change. z ends it", "y is none of the choices.",
		"It is recorded from here on.", "Recorded, and watched until 14:32: Ann Lee (Hetk support).", "z. End the recording, at once.", "The recording ended.", "The watching ended.",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
	if r := w.State().Recording; r == nil || r.Why != flows.RecordStopped {
		t.Errorf("recording %+v", r)
	}
}

// TestWhatIsToldIsSeen holds that a guide is told of a move with a look that began after
// it, whatever look was under way: the same key takes back what they were told is asked.
func TestWhatIsToldIsSeen(t *testing.T) {
	t.Parallel()
	for name, under := range map[string]bool{"at rest": false, "a look under way": true} {
		d := atDiagnosis(t)
		seat := seated(t, d)
		m := guiding(seat, still(t, 80, 24))
		keyed(m, "ctrl+t")
		early := look(m)
		if under && m.lookOn() == nil {
			t.Fatal("no look is under way")
		}
		asked := m.key(pressed("y"))()
		tapeAsked(t, d, "v1")
		seat.mu.Lock()
		seat.view.Run = &run.Shared{State: d.State()}
		seat.mu.Unlock()
		_, next := m.Update(asked)
		if m.notice.text == wordTapeAsked {
			t.Errorf("%s: it is told before it is seen", name)
		}
		if under {
			if next != nil {
				t.Errorf("%s: two looks are under way", name)
			}
			if _, next = m.Update(early); m.notice.text == wordTapeAsked {
				t.Errorf("%s: it is told with what was seen before it", name)
			}
		}
		visit1(m, next)
		if m.notice.text != wordTapeAsked {
			t.Errorf("%s: told is %q", name, m.notice.text)
		}
		if keyed(m, "ctrl+t"); len(m.sheets) > 0 || !slices.Contains(seat.said, "end recording") {
			t.Errorf("%s: the key asks once more: %q", name, seat.said)
		}
	}
}

// TestWhatFailedStays holds that the word of a move that went well, which is told late, is
// not put over that of a later one that did not.
func TestWhatFailedStays(t *testing.T) {
	t.Parallel()
	m := guiding(seated(t, atDiagnosis(t)), still(t, 80, 24))
	_, looks := m.Update(saidMsg{of: m.guide, done: wordGuideSent})
	m.Update(saidMsg{of: m.guide, err: run.ErrTooFast})
	failed := m.notice.text
	if visit1(m, looks); failed == "" || m.notice.text != failed {
		t.Errorf("%q, and then %q", failed, m.notice.text)
	}
}

// TestAGuideAsksToRecord holds that it takes two keys to ask and one to end, and that
// nobody ends what is another's.
func TestAGuideAsksToRecord(t *testing.T) {
	t.Parallel()
	seat := seated(t, atDiagnosis(t))
	m := guiding(seat, still(t, 80, 24))
	keyed(m, "ctrl+t", "n", "ctrl+t", "esc")
	if len(seat.said) != 0 {
		t.Fatalf("one key asks: %q", seat.said)
	}
	keyed(m, "ctrl+t", "y")
	if strings.Join(seat.said, ",") != "ask to record" || m.notice.text != wordTapeAsked {
		t.Fatalf("it said %q", seat.said)
	}
	d := taped(t, atDiagnosis(t), "v1", "Ann Lee")
	seat.view.Run = &run.Shared{State: d.State()}
	seat.view.Tapings = []run.Taping{{On: true}}
	m.Update(look(m))
	if m.notice.text != tapingWords[""] {
		t.Errorf("of the yes it says %q", m.notice.text)
	}
	keyed(m, "ctrl+t")
	if strings.Join(seat.said, ",") != "ask to record,end recording" {
		t.Errorf("it said %q", seat.said)
	}
	seat.view.As = "Bo Ek (Hetk support)"
	m.Update(look(m))
	keyed(m, "ctrl+t")
	if len(seat.said) != 2 || !strings.Contains(m.notice.text, whyTapedNow) {
		t.Errorf("another's recording: it said %q, and tells %q", seat.said, m.notice.text)
	}
}
