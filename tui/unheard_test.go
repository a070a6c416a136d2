package tui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
)

// TestAYesOfWhichNothingIsHeardIsNotCalledNone holds that nobody is told more than is
// known, on the screen and on plain lines.
func TestAYesOfWhichNothingIsHeardIsNotCalledNone(t *testing.T) {
	t.Parallel()
	away := fmt.Errorf("the database of cases is away: %w", flows.ErrUnheard)
	for name, ask := range map[string]func(t *testing.T, d *fakeDriver){
		"to be watched": func(t *testing.T, d *fakeDriver) { t.Helper(); requested(t, d, "v1", "Ann Lee") },
		"to be recorded": func(t *testing.T, d *fakeDriver) {
			t.Helper()
			visited(t, d, "v1", "Ann Lee")
			tapeAsked(t, d, "v1")
		},
	} {
		now := noon
		d := atDiagnosis(t)
		ask(t, d)
		m := New(t.Context(), d, stillAt(t, 80, 24, &now))
		now = now.Add(askGrace + time.Second)
		d.refuse = away
		answer(t, m, "ctrl+y")
		c := strings.Join(strings.Fields(plainText(m.View().Content)), " ")
		if !strings.Contains(c, "It is not known whether your yes was saved") || strings.Contains(c, "Nobody watches") || strings.Contains(c, "Nothing is recorded") {
			t.Errorf("%s: it says\n%s", name, c)
		}
	}
	for not, unheard := range map[string]string{wordAskNotKept: plainAskUnheard, wordTapeNotKept: wordTapeUnheard} {
		if text := notKept(away, not, unheard); !strings.HasPrefix(text, "It is not known") || !strings.Contains(text, "is away") {
			t.Errorf("in lines: %s", text)
		}
		if text := notKept(flows.ErrGone, not, unheard); !strings.HasPrefix(text, "No") {
			t.Errorf("what is known: %s", text)
		}
	}
}

// TestTheGuidesPanelClaimsNothingOfAnOpenYesRegression holds that who reads who watches is not told
// that nobody does while their yes is on its way, though the time to answer ends meanwhile, nor
// once nothing was heard of it: until it is seen what became of it, or its watch would be over.
func TestTheGuidesPanelClaimsNothingOfAnOpenYesRegression(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err   error
		after func(t *testing.T, d *fakeDriver)
		says  string // at the end; none of it is said before
	}{
		"seen": {flows.ErrUnheard, func(t *testing.T, d *fakeDriver) { t.Helper(); visited(t, d, "v1", "Ann Lee") }, "Ann Lee (Hetk support), until"},
		"told no": {flows.ErrUnheard, func(t *testing.T, d *fakeDriver) {
			t.Helper()
			d.happenBy(flows.ByPerson, flows.Watched{Visit: "v1", Why: flows.WatchRefused})
		}, wordGuidesNone},
		"known to be none": {flows.ErrGone, nil, wordGuidesNone},
		"over in any case": {flows.ErrUnheard, nil, wordGuidesNone},
	} {
		now := noon
		d := atDiagnosis(t)
		visited(t, d, "v0", "Bob Blau") // who left a note and went, so that there is a panel
		d.happen(flows.Noted{Visit: "v0", Text: "Hello"})
		d.happenBy(flows.ByPerson, flows.Watched{Visit: "v0", Why: flows.WatchStopped})
		requested(t, d, "v1", "Ann Lee")
		m := New(t.Context(), d, stillAt(t, 80, 24, &now))
		panel := func(when, says string) {
			t.Helper()
			if _, open := m.topSheet().(*guidesSheet); open {
				m.close()
			}
			m.open(&guidesSheet{})
			shown := strings.Join(strings.Fields(plainText(m.View().Content)), " ")
			if !strings.Contains(shown, says) || says != wordGuidesNone && strings.Contains(shown, wordGuidesNone) {
				t.Errorf("%s, %s: it does not say %q:\n%s", name, when, says, shown)
			}
			if why := (&guidesSheet{}).offers(m)[0].why; says != wordGuidesNone && why == whyNobodyWatches {
				t.Errorf("%s, %s: a key is off, for %s", name, when, why)
			}
			m.close()
		}
		panel("asked", wordGuidesNone)
		now = now.Add(askGrace + time.Second)
		d.refuse = c.err
		_, cmd := m.Update(pressed("ctrl+y"))
		panel("on its way", wordAskStoring)
		now = noon.Add(flows.AskWait) // nobody can answer any more
		panel("late", wordAskStoring)
		if shown := strings.Join(strings.Fields(plainText(m.View().Content)), " "); strings.Contains(shown, wordGuidesNone) || !strings.Contains(shown, wordAskStoring) {
			t.Errorf("%s: the prompt says\n%s", name, shown)
		}
		m.Update(cmd())
		if errors.Is(c.err, flows.ErrUnheard) {
			panel("unheard", wordGuidesOpen)
			now = now.Add(time.Minute)
			wake(m)
			panel("a minute later", wordGuidesOpen)
		}
		if c.after == nil {
			now = noon.Add(flows.WatchMost + time.Minute)
		} else {
			now = noon.Add(askGrace + time.Second)
			c.after(t, d)
		}
		wake(m)
		panel("at the end", c.says)
	}
}
