package tui

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/checks"
	"onboard.example/flows"
)

// requested lets a guide ask to watch.
func requested(t testing.TB, d *fakeDriver, id flows.VisitID, name string) {
	t.Helper()
	d.happen(flows.AskedToWatch{Visit: id, Guide: name, Org: "Hetk support", Until: noon.Add(flows.AskWait), Lasts: 30 * time.Minute})
	if len(d.State().Asking) == 0 {
		t.Fatalf("%s does not ask", name)
	}
}

// visited lets a guide watch.
func visited(t testing.TB, d *fakeDriver, id flows.VisitID, name string) {
	t.Helper()
	requested(t, d, id, name)
	d.happenBy(flows.ByPerson, flows.Watched{Visit: id, Here: true})
	if _, ok := d.State().Watching(id, noon); !ok {
		t.Fatalf("%s does not watch", name)
	}
}

// stillAt are options of a surface whose clock is moved by hand.
func stillAt(t testing.TB, w, h int, now *time.Time) Options {
	t.Helper()
	o := still(t, w, h)
	o.Now = func() time.Time { return *now }
	return o
}

// answer lets the command of a key run to its end.
func answer(t testing.TB, m *Model, key string) {
	t.Helper()
	_, cmd := m.Update(pressed(key))
	if cmd == nil {
		return
	}
	if msg := cmd(); msg != nil {
		if _, batch := msg.(tea.BatchMsg); !batch {
			m.Update(msg)
		}
	}
}

// wake tells the model that the run went on.
func wake(m *Model) { m.Update(wokenMsg{of: m.wake}) }

// watchMoments are the screens of a run that guides come to.
func watchMoments() []moment {
	return []moment{
		{name: "asked", make: func(t testing.TB) *fakeDriver {
			t.Helper()
			d := atDiagnosis(t)
			requested(t, d, "v1", "Ann Lee")
			return d
		}},
		{name: "asked-under-a-plan", make: func(t testing.TB) *fakeDriver {
			t.Helper()
			d := atPlan(t)
			requested(t, d, "v1", "Ann Lee")
			return d
		}},
		{name: "watched", make: watchedDiagnosis},
		{name: "watched-paths", make: func(t testing.TB) *fakeDriver {
			t.Helper()
			d := watchedDiagnosis(t)
			d.happen(flows.Advanced{})
			d.happenBy(flows.ByGuide, flows.Suggested{Path: flows.EntraGrant, Visit: "v1"})
			return d
		}},
		{name: "watched-step", make: func(t testing.TB) *fakeDriver {
			t.Helper()
			d := atApprove(t)
			visited(t, d, "v1", "Ann Lee")
			d.happenBy(flows.ByGuide, flows.Pointed{At: string(d.State().Place.Step), Visit: "v1"})
			return d
		}},
		{name: "watched-by-two", make: func(t testing.TB) *fakeDriver {
			t.Helper()
			d := watchedDiagnosis(t)
			visited(t, d, "v2", "Bo Ek")
			return d
		}},
		{name: "guides", open: []string{"ctrl+g"}, make: func(t testing.TB) *fakeDriver {
			t.Helper()
			d := watchedDiagnosis(t)
			visited(t, d, "v2", "Bo Ek")
			d.happenBy(flows.ByPerson, flows.Noted{Text: "Where do I find that?"})
			d.happenBy(flows.ByGuide, flows.Noted{Text: "https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent says where.", Visit: "v2"})
			return d
		}},
	}
}

func watchedDiagnosis(t testing.TB) *fakeDriver {
	t.Helper()
	d := atDiagnosis(t)
	visited(t, d, "v1", "Ann Lee")
	d.happenBy(flows.ByGuide, flows.Pointed{At: string(checks.AppGrant), Visit: "v1"}, flows.Noted{Text: "That one is what blocks: press p for the ways out.", Visit: "v1"})
	return d
}

// TestWatchScreens holds the customer's screens with guides, as TestScreens does
// the others.
func TestWatchScreens(t *testing.T) {
	t.Parallel()
	for _, mo := range watchMoments() {
		t.Run(mo.name, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, screensOf(t, func(o Options) *Model {
				m := New(t.Context(), mo.make(t), o)
				press(m, mo.open...)
				return m
			}))
		})
	}
}

// screensOf is a screen at each size and in each look.
func screensOf(t *testing.T, make func(o Options) *Model) string {
	t.Helper()
	var b strings.Builder
	for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
		fmt.Fprintf(&b, "== %d×%d\n%s", z[0], z[1], screenText(t, make(still(t, z[0], z[1])).View().Content, z[0], z[1]))
	}
	for _, look := range []struct {
		name   string
		ground Ground
		plain  bool
	}{{"dark", GroundDark, false}, {"light", GroundLight, false}, {"no colour", GroundDark, true}} {
		o := still(t, 80, 24)
		o.Ground, o.Look.NoColor = look.ground, look.plain
		buf := uv.NewScreenBuffer(80, 24)
		uv.NewStyledString(make(o).View().Content).Draw(buf, buf.Bounds())
		fmt.Fprintf(&b, "== 80×24 %s\n%s\n", look.name, strings.ReplaceAll(buf.Render(), "\r\n", "\n"))
	}
	return b.String()
}

// TestTheBarIsOnEveryScreen holds that who watches, and the key that ends it, are
// seen whole on every screen of the wizard in every window.
func TestTheBarIsOnEveryScreen(t *testing.T) {
	t.Parallel()
	for _, mo := range moments() {
		for _, z := range [][2]int{{40, 10}, {40, 12}, {80, 24}, {100, 17}, {200, 60}, {39, 9}, {60, 5}} {
			for _, names := range [][]string{{"Ann Lee"}, {"Ann Lee", "Bo Ek"}, {strings.Repeat("Longname ", 7)}} {
				d := mo.make(t)
				for i, n := range names {
					visited(t, d, flows.VisitID(fmt.Sprint("v", i)), n)
				}
				m := New(t.Context(), d, still(t, z[0], z[1]))
				press(m, mo.open...)
				c := plainText(m.View().Content)
				if !strings.Contains(c, "Watched by ") || !strings.Contains(c, "ctrl+x ends it") {
					t.Errorf("%s at %d×%d, by %v:\n%s", mo.name, z[0], z[1], names, c)
				}
				if n := strings.Count(c, "\n") + 1; n > z[1] {
					t.Errorf("%s at %d×%d: %d rows", mo.name, z[0], z[1], n)
				}
				for line := range strings.SplitSeq(c, "\n") {
					if cells(line) > z[0] {
						t.Errorf("%s at %d×%d: %q", mo.name, z[0], z[1], line)
					}
				}
			}
		}
	}
}

// TestOneKeyEndsTheWatching presses it on every screen, while text is typed and
// while the screen has just opened: the watch is over before the next frame.
func TestOneKeyEndsTheWatching(t *testing.T) {
	t.Parallel()
	for _, mo := range moments() {
		d := mo.make(t)
		visited(t, d, "v1", "Ann Lee")
		visited(t, d, "v2", "Bo Ek")
		m := New(t.Context(), d, still(t, 80, 24))
		press(m, mo.open...)
		m.deaf = noon.Add(time.Hour)
		place, answers := m.state.Place, len(d.told)
		press(m, "ctrl+x")
		if len(d.State().Guides) != 0 || strings.Contains(plainText(m.View().Content), "Watched by") {
			t.Errorf("%s: %+v watch on", mo.name, d.State().Guides)
		}
		if m.state.Place != place || len(d.told) != answers+2 {
			t.Errorf("%s: the key did more than that: %+v", mo.name, d.told[answers:])
		}
		if p := d.State().Parted; p == nil || p.Why != flows.WatchStopped {
			t.Errorf("%s: parted %+v", mo.name, p)
		}
	}
}

func TestOneOfTwoIsEndedAlone(t *testing.T) {
	t.Parallel()
	d := watchedDiagnosis(t)
	visited(t, d, "v2", "Bo Ek")
	m := New(t.Context(), d, still(t, 80, 24))
	press(m, "ctrl+g", "down", "ctrl+r")
	if s := d.State(); len(s.Guides) != 1 || s.Guides[0].Name != "Ann Lee" {
		t.Errorf("left: %+v", s.Guides)
	}
}

// TestTheRequestIgnoresWhatWasTyped runs into the prompt with a run of keys: none
// of them answers, and neither do Enter and space ever.
func TestTheRequestIgnoresWhatWasTyped(t *testing.T) {
	t.Parallel()
	now := noon
	d := atDiagnosis(t)
	m := New(t.Context(), d, stillAt(t, 80, 24, &now))
	requested(t, d, "v1", "Ann Lee")
	wake(m)
	if _, open := m.topSheet().(*askSheet); !open {
		t.Fatal("the prompt does not open by itself")
	}
	for _, k := range []string{"n", "y", "ctrl+y", "enter", "space", "esc", "n"} { // faster than anybody reads
		answer(t, m, k)
		now = now.Add(askGrace - time.Millisecond)
	}
	if len(d.told) != 0 || len(d.State().Asking) != 1 {
		t.Fatalf("what was typed ahead answered: %+v", d.told)
	}
	now = now.Add(askGrace)
	for _, k := range []string{"enter", "space", "y", "Y", "1", "tab"} {
		answer(t, m, k)
	}
	if len(d.told) != 0 {
		t.Fatalf("a key that is none answered: %+v", d.told)
	}
	answer(t, m, "ctrl+y")
	if s := d.State(); len(s.Guides) != 1 {
		t.Fatalf("the yes is none: %+v", s.Guides)
	}
	if _, open := m.topSheet().(*askSheet); open {
		t.Error("the prompt stays")
	}
}

func TestNoIsOneKey(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"n", "esc"} {
		now := noon
		d := atDiagnosis(t)
		requested(t, d, "v1", "Ann Lee")
		m := New(t.Context(), d, stillAt(t, 80, 24, &now))
		now = now.Add(askGrace)
		press(m, key)
		if s := d.State(); len(s.Guides)+len(s.Asking) != 0 || s.Parted == nil || s.Parted.Why != flows.WatchRefused || len(m.sheets) != 0 {
			t.Errorf("%s: guides %+v, asking %+v, parted %+v", key, s.Guides, s.Asking, s.Parted)
		}
	}
}

func TestAYesThatCannotBeSavedIsNone(t *testing.T) {
	t.Parallel()
	now := noon
	d := atDiagnosis(t)
	requested(t, d, "v1", "Ann Lee")
	m := New(t.Context(), d, stillAt(t, 80, 24, &now))
	now = now.Add(askGrace)
	d.refuse = errors.New("no space left on device")
	_, cmd := m.Update(pressed("ctrl+y"))
	if c := plainText(m.View().Content); !strings.Contains(c, "it counts once it is saved") {
		t.Errorf("while it is saved:\n%s", c)
	}
	m.Update(cmd())
	if c := plainText(m.View().Content); len(d.State().Guides) != 0 || !strings.Contains(c, "No space left on device") || !strings.Contains(c, "Nobody watches") {
		t.Errorf("after it:\n%s", c)
	}
}

func TestARequestThatIsOverClosesItsPrompt(t *testing.T) {
	t.Parallel()
	now := noon
	d := atDiagnosis(t)
	requested(t, d, "v1", "Ann Lee")
	m := New(t.Context(), d, stillAt(t, 80, 24, &now))
	now = now.Add(askGrace)
	d.happenBy(flows.ByServer, flows.Watched{Visit: "v1", Why: flows.WatchLeft})
	wake(m)
	if len(m.sheets) != 0 {
		t.Error("the prompt of a guide who left stays")
	}
	press(m, "q") // meant for the prompt
	if m.notice.text != wordTooFast {
		t.Errorf("a key that was meant for the prompt: %q", m.notice.text)
	}
}

// TestGuidesNeverComeBetweenTheEyeAndTheKey lets a note, a marker, advice and a
// request arrive on every screen: no key does anything else than it would have, and
// where something is typed, confirmed or secret not a row of it moves.
func TestGuidesNeverComeBetweenTheEyeAndTheKey(t *testing.T) {
	t.Parallel()
	for _, mo := range moments() {
		for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
			d := mo.make(t)
			visited(t, d, "v1", "Ann Lee")
			m := New(t.Context(), d, still(t, z[0], z[1]))
			press(m, mo.open...)
			m.notice = span{}
			offers, before := fmt.Sprint(m.offers()), strings.Split(plainText(m.View().Content), "\n")
			f := m.current().typing(m)
			d.happenBy(flows.ByGuide, flows.Noted{Text: strings.Repeat("look at this ", 40), Visit: "v1"}, flows.Pointed{At: string(checks.AppGrant), Visit: "v1"},
				flows.Suggested{Path: flows.EntraGrant, Visit: "v1"}, flows.AskedAgain{Visit: "v1"})
			wake(m)
			after := strings.Split(plainText(m.View().Content), "\n")
			if got := fmt.Sprint(m.offers()); got != offers {
				t.Errorf("%s: the keys were %s and are %s", mo.name, offers, got)
			}
			if m.current().typing(m) != f || len(d.told) != 0 && mo.open == nil {
				t.Errorf("%s: a guide typed or told something: %+v", mo.name, d.told)
			}
			if len(before) != len(after) {
				t.Fatalf("%s: %d rows became %d", mo.name, len(before), len(after))
			}
			for i := range before[:len(before)-2] { // all but the line of news and that of keys
				a, b := before[i], after[i]
				if strings.Contains(b, " ◆ ") { // its own row gives the room
					continue
				}
				if a != b {
					t.Errorf("%s at %d×%d: row %d was %q and is %q", mo.name, z[0], z[1], i, a, b)
				}
			}
		}
	}
}

// TestARequestCoversNothingThatMatters lets a guide ask while a domain is typed,
// under a plan, while a code is shown and while a plan is carried out.
func TestARequestCoversNothingThatMatters(t *testing.T) {
	t.Parallel()
	typing := func(t testing.TB) *fakeDriver { t.Helper(); return atTenant(t) }
	for name, at := range map[string]func(testing.TB) *fakeDriver{"typing": typing, "plan": atPlan, "code": atDevice, "applying": atApplying} {
		d := at(t)
		now := noon
		m := New(t.Context(), d, stillAt(t, 80, 24, &now))
		if name == "typing" {
			press(m, "c")
		}
		requested(t, d, "v1", "Ann Lee")
		wake(m)
		if len(m.sheets) != 0 {
			t.Errorf("%s: the prompt covers it", name)
		}
		if c := plainText(m.View().Content); !strings.Contains(c, "asks to watch · ctrl+g answers") {
			t.Errorf("%s: nobody says that a guide asks:\n%s", name, c)
		}
		press(m, "ctrl+g")
		now = now.Add(askGrace)
		answer(t, m, "ctrl+y")
		if len(d.State().Guides) != 1 {
			t.Errorf("%s: it cannot be answered", name)
		}
		if f := m.current().typing(m); name == "typing" && (f == nil || f.value() != "c") {
			t.Error("what was typed is gone")
		}
	}
}

// TestAnotherGuideAsksInTheBar: while somebody watches and a field is typed in, nothing
// but the bar can say that another asks.
func TestAnotherGuideAsksInTheBar(t *testing.T) {
	t.Parallel()
	for _, w := range []int{40, 80, 120} {
		d := atTenant(t)
		visited(t, d, "v1", "Ann Lee")
		now := noon
		m := New(t.Context(), d, stillAt(t, w, 12, &now))
		press(m, "c")
		requested(t, d, "v2", "Bo Ek")
		wake(m)
		if c := plainText(m.View().Content); len(m.sheets) != 0 || !strings.Contains(c, "asks to watch · ctrl+g answers") || !strings.Contains(c, "Bo") {
			t.Errorf("%d columns, with %d sheets:\n%s", w, len(m.sheets), c)
		}
		press(m, "ctrl+g")
		if c := plainText(m.View().Content); strings.Contains(c, "ctrl+g answers") {
			t.Errorf("%d columns, in the prompt:\n%s", w, c)
		}
		now = now.Add(askGrace)
		answer(t, m, "ctrl+y")
		if c := plainText(m.View().Content); len(d.State().Guides) != 2 || !strings.Contains(c, "● Watched by") {
			t.Errorf("%d columns, %d guides:\n%s", w, len(d.State().Guides), c)
		}
	}
}

func TestNotesBothWays(t *testing.T) {
	t.Parallel()
	d := watchedDiagnosis(t)
	m := New(t.Context(), d, still(t, 80, 24))
	if c := plainText(m.View().Content); !strings.Contains(c, "Ann Lee: That one is what blocks") || !strings.Contains(c, "(ctrl+g)") {
		t.Errorf("a note is not announced:\n%s", c)
	}
	press(m, "ctrl+g", "t", "h", "a", "n", "k", "s")
	press(m, "enter")
	notes := d.State().Notes
	if len(notes) != 2 || notes[1].Text != "thanks" || notes[1].From != "" {
		t.Errorf("notes %+v", notes)
	}
	press(m, "esc")
	if c := plainText(m.View().Content); strings.Contains(c, "(ctrl+g)") {
		t.Errorf("a note that was read is announced again:\n%s", c)
	}
	if c := plainText(m.View().Content); !strings.Contains(c, "◆ Ann Lee") {
		t.Errorf("no marker:\n%s", c)
	}
}

func TestTheEndOfAWatchIsTold(t *testing.T) {
	t.Parallel()
	for why, word := range partedWords {
		d := atDiagnosis(t)
		visited(t, d, "v1", "Ann Lee")
		m := New(t.Context(), d, still(t, 80, 24))
		d.happen(flows.Watched{Visit: "v1", Why: why})
		wake(m)
		if c := plainText(m.View().Content); !strings.Contains(c, "Ann Lee "+fill(word, "to", wordHandSomebody)) {
			t.Errorf("%s:\n%s", why, c)
		}
	}
}

// TestTheEndOfAWatchIsToldAfterWhatStands holds that who is gone is told though
// something else was being said as they went, and once.
func TestTheEndOfAWatchIsToldAfterWhatStands(t *testing.T) {
	t.Parallel()
	d := atDiagnosis(t)
	visited(t, d, "v1", "Ann Lee")
	m := New(t.Context(), d, still(t, 80, 24))
	m.tellPerson(RoleWarn, "This is read first.")
	d.happen(flows.Watched{Visit: "v1", Why: flows.WatchLost})
	wake(m)
	if m.notice.text != "This is read first." {
		t.Fatalf("notice %q", m.notice.text)
	}
	press(m, "tab")
	if !strings.Contains(m.notice.text, "Ann Lee "+partedWords[flows.WatchLost]) {
		t.Errorf("notice %q", m.notice.text)
	}
	press(m, "tab")
	if wake(m); strings.Contains(m.notice.text, "Ann Lee") {
		t.Errorf("again: %q", m.notice.text)
	}
}

// TestGuidesOnPlainLines answers a request, writes a note and ends the watch.
func TestGuidesOnPlainLines(t *testing.T) {
	t.Parallel()
	w := &world{fakeDriver: atDiagnosis(t)}
	w.turn()
	requested(t, w.fakeDriver, "v1", "Ann Lee")
	out := answered(t, w, Options{}, "y", "", "yes", "t", "where is it?", "x", "q")
	for _, want := range []string{
		"Ann Lee of Hetk support asks to watch this run.", "They cannot: type, choose, approve or confirm anything",
		"y is none of the choices.", "Ann Lee (Hetk support) may watch until 14:32.",
		"Watching until 14:32: Ann Lee (Hetk support).", "x. End the watching, at once.", "Sent.", "The watching ended.",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
	s := w.State()
	if len(s.Guides) != 0 || s.Parted == nil || s.Parted.Why != flows.WatchStopped || !slices.ContainsFunc(s.Notes, func(n flows.Noted) bool { return n.Text == "where is it?" }) {
		t.Errorf("guides %+v, parted %+v, notes %+v", s.Guides, s.Parted, s.Notes)
	}
	if after := out[strings.Index(out, "The watching ended."):]; strings.Contains(after, "Watching until") || strings.Contains(after, "x. End") {
		t.Errorf("after the end:\n%s", after)
	}
}

func TestWhatGuidesDoOnPlainLines(t *testing.T) {
	t.Parallel()
	d := watchedDiagnosis(t)
	d.happenBy(flows.ByGuide, flows.Suggested{Path: flows.EntraGrant, Visit: "v1"})
	var out bytes.Buffer
	p := &plain{m: New(t.Context(), d, still(t, 80, 24)), out: &lineWriter{to: &out}, said: map[checks.ID]string{}}
	p.guideNews()
	p.guideNews()
	want := "Ann Lee (Hetk support) points at app/grant.\nAnn Lee (Hetk support) suggests: Grant admin consent in Entra.\nAnn Lee (Hetk support) writes: That one is what blocks: press p for the ways out.\n"
	if path, ok := flows.PathByID(flows.EntraGrant); ok {
		want = strings.Replace(want, "Grant admin consent in Entra", strings.TrimSuffix(path.Title, "."), 1)
	}
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
