package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// everywhere walks the screens with a browser and a rehearsed admin at hand.
func everywhere(t *testing.T, visit func(t *testing.T, name string, m *Model, d *fakeDriver)) {
	t.Helper()
	for _, mo := range moments() {
		for _, served := range []bool{true, false} {
			d := mo.make(t)
			if !served {
				d.hands = run.Hands{Host: &fakeHost{}, Play: &fakePlay{}}
			}
			m := New(t.Context(), d, still(t, 80, 24))
			press(m, mo.open...)
			visit(t, mo.name, m, d)
		}
	}
}

func TestKeysAreUnambiguous(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, name string, m *Model, _ *fakeDriver) {
		t.Helper()
		typing := m.current().typing(m) != nil
		by := map[string]offer{}
		for _, o := range m.offers() {
			for _, k := range o.keys(typing) {
				if other, ok := by[k]; ok && o.title() != other.title() {
					t.Errorf("%s: %q is both %q and %q", name, k, other.title(), o.title())
				}
				by[k] = o
			}
		}
	})
}

func TestEveryKeyHasAWordAndAReason(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, name string, m *Model, _ *fakeDriver) {
		t.Helper()
		typing := m.current().typing(m) != nil
		for _, o := range m.offers() {
			if o.title() == "" || o.key == "" && bindingOf(o.act).act == actNone {
				t.Errorf("%s: an offer without a word or a key: %+v", name, o)
			}
			if strings.HasSuffix(o.why, ".") {
				t.Errorf("%s: a reason is no sentence: %q", name, o.why)
			}
			if o.why == "" || len(o.keys(typing)) == 0 {
				continue
			}
			// A key that does not work says why, and does nothing else.
			before := m.View().Content
			m.key(pressed(o.keys(typing)[0]))
			if !strings.Contains(m.notice.text, o.why) {
				t.Errorf("%s: %s is off and says %q", name, o.title(), m.notice.text)
			}
			m.notice = span{}
			if m.View().Content != before {
				t.Errorf("%s: %s is off and did something", name, o.title())
			}
		}
	})
}

// TestEveryKeyShownDoesSomething presses each key of the help line: the
// screen, the run or the world is another afterwards, or a notice says why not.
func TestEveryKeyShownDoesSomething(t *testing.T) {
	t.Parallel()
	for _, mo := range moments() {
		if mo.name == "tenant-bad" {
			continue // the same answer is as wrong the second time, and says the same
		}
		probe := New(t.Context(), withHands(mo.make(t)), still(t, 80, 24))
		press(probe, mo.open...)
		for i := range probe.offers() {
			d := withHands(mo.make(t))
			m := New(t.Context(), d, still(t, 80, 24))
			press(m, mo.open...)
			o := m.offers()[i]
			typing := m.current().typing(m) != nil
			keys := o.keys(typing)
			if o.why != "" || o.hidden || len(keys) == 0 {
				continue
			}
			before, told := m.View().Content, len(d.told)
			var cmd tea.Cmd
			for _, k := range keys { // the first may be at an end already, such as up
				if _, cmd = m.Update(pressed(k)); cmd != nil || m.View().Content != before || len(d.told) != told {
					break
				}
			}
			if cmd == nil && m.View().Content == before && len(d.told) == told && m.scroll == 0 && o.act != actPage && o.act != actMove {
				t.Errorf("%s: %s (%s) did nothing", mo.name, o.title(), keys[0])
			}
		}
	}
}

func withHands(d *fakeDriver) *fakeDriver {
	d.hands = run.Hands{Host: &fakeHost{}, Play: &fakePlay{}}
	return d
}

func TestHelpLineShowsOnlyWhatWorks(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, name string, m *Model, _ *fakeDriver) {
		t.Helper()
		typing := m.current().typing(m) != nil
		line := helpLine(m.offers(), 400, false, typing).text()
		for _, o := range m.offers() {
			if o.why != "" && strings.Contains(line, o.label(false, typing)+" "+o.title()) {
				t.Errorf("%s: %q is off and shown: %s", name, o.title(), line)
			}
		}
	})
}

func TestHelpListsEveryKeyWithItsReason(t *testing.T) {
	t.Parallel()
	d := atApprove(t)
	m := New(t.Context(), d, still(t, 100, 60))
	want := m.offers()
	press(m, "?")
	text := strings.Join(strings.Fields(plainText(m.View().Content)), " ")
	for _, o := range want {
		if !strings.Contains(text, strings.Join(strings.Fields(o.title()), " ")) {
			t.Errorf("help lacks %q", o.title())
		}
		if o.why != "" && !strings.Contains(text, o.why) {
			t.Errorf("help lacks why %q is off: %q", o.title(), o.why)
		}
	}
	press(m, "?")
	if len(m.sheets) != 0 {
		t.Error("the key that opened help does not close it")
	}
}

func TestLettersAreTextWhileTyping(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atTenant(t), still(t, 80, 24))
	press(m, "q", "b", "f", "r", "e", "l", ".", "e", "x", "a", "m", "p", "l", "e")
	if got := m.tenant.ask.field.value(); got != "qbfrel.example" {
		t.Errorf("typed %q", got)
	}
	press(m, "left", "left", "backspace", "home", "x", "end", "y", "ctrl+w", "z")
	if got := m.tenant.ask.field.value(); got != "z" {
		t.Errorf("edited to %q", got)
	}
	press(m, "esc")
	if m.state.Place.Stage != flows.StageApp {
		t.Error("esc did not go back")
	}
}

func TestTypeAheadIsNotMeantForAPrompt(t *testing.T) {
	t.Parallel()
	now := noon
	o := still(t, 80, 24)
	o.Now = func() time.Time { return now }
	o.Earlier = []Earlier{{ID: "1", App: "Hetk", Domain: "contoso.example", Where: "Steps, 2 of 3", Left: noon.Add(-2 * time.Hour)}}
	o.Reopen = func(context.Context, string) (Driver, error) { return nil, errors.New("gone") }
	m := New(t.Context(), atApp(t), o)
	press(m, "n")
	if len(m.sheets) != 1 {
		t.Fatal("a key that was typed ahead answered the prompt")
	}
	now = now.Add(typeAhead)
	press(m, "n")
	if len(m.sheets) != 0 {
		t.Error("the prompt takes no keys at all")
	}
}

func TestBindingsAreWellFormed(t *testing.T) {
	t.Parallel()
	var acts []action
	for _, b := range bindings {
		if slices.Contains(acts, b.act) {
			t.Errorf("action %d stands twice", b.act)
		}
		acts = append(acts, b.act)
		if len(b.keys) == 0 || b.word == "" {
			t.Errorf("action %d lacks keys or a word", b.act)
		}
	}
}
