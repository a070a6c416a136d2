package tui

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/flows"
)

// TestPlanInEachForm: the sheet goes through the requests and every form of script,
// as flows writes them, and what is copied is the whole of what is named.
func TestPlanInEachForm(t *testing.T) {
	t.Parallel()
	d, h := atPlan(t), &fakeHost{}
	d.hands.Host = h
	m := New(t.Context(), d, still(t, 80, 24))
	press(m, "ctrl+s")
	s := d.State()
	want := []string{requestsOf(s)}
	titles := []string{wordScriptRequests}
	for _, form := range flows.ScriptForms() {
		text, err := flows.Script(*s.Plan, form, flows.ScriptOptions{App: s.App, Cloud: s.Cloud()})
		if err != nil {
			t.Fatal(err)
		}
		want, titles = append(want, text), append(titles, scriptTitles[form])
	}
	for _, title := range titles {
		if title == "" || !strings.Contains(flat(m), "The same by hand: "+title) {
			t.Errorf("%q is not what the sheet is called:\n%s", title, plainText(m.View().Content))
		}
		pressAnd(m, "c")
		pressAnd(m, "f")
	}
	if !slices.Equal(h.copied, want) {
		t.Errorf("copied %q", h.copied)
	}
	if !strings.Contains(flat(m), "The same by hand: "+wordScriptRequests) {
		t.Error("after the last form comes the first")
	}
	if w := d.State(); w.Confirmed != "" || w.Plan.ID != s.Plan.ID {
		t.Error("looking at it did something")
	}
}
