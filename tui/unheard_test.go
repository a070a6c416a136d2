package tui

import (
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
