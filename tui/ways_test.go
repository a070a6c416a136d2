package tui

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/flows"
)

// atStep is a run at a step of any path.
func atStep(t testing.TB, path flows.PathID, step flows.StepID) *fakeDriver {
	t.Helper()
	d := atPaths(t)
	d.happen(flows.Chose{Path: path})
	s := d.State()
	s.Place = flows.Place{Stage: flows.StageSteps, Step: step}
	return &fakeDriver{state: s, at: noon}
}

// paged is all that a screen shows, one page after the other.
func paged(t *testing.T, m *Model, w, h int) string {
	t.Helper()
	var all strings.Builder
	for range 40 { // from the top, wherever the focus is
		press(m, "pgup")
	}
	for range 40 {
		text := screenText(t, m.View().Content, w, h)
		for l := range strings.SplitSeq(text, "\n") {
			if cells(l) > w {
				t.Errorf("%d cells in %d: %q", cells(l), w, l)
			}
		}
		all.WriteString(text)
		if press(m, "pgdown"); screenText(t, m.View().Content, w, h) == text {
			return all.String()
		}
	}
	t.Error("the screen has no end")
	return all.String()
}

// squeezed is text without what a layout changes.
func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }

// TestEveryStepFits shows every step of every path in the smallest window and in
// usual ones: each line of it can be read, and says who acts.
func TestEveryStepFits(t *testing.T) {
	t.Parallel()
	for _, p := range flows.Paths() {
		for _, st := range p.Steps {
			if st.Plan || st.Apply {
				continue // the plan's own screen
			}
			t.Run(string(st.ID), func(t *testing.T) {
				t.Parallel()
				for _, z := range [][2]int{{40, 12}, {80, 24}, {120, 40}} {
					m := New(t.Context(), atStep(t, p.ID, st.ID), still(t, z[0], z[1]))
					m.refresh()
					seen := squeezed(paged(t, m, z[0], z[1]))
					texts := []string{m.words(st.Title)}
					for _, l := range flows.StepLines(m.state, st) {
						texts = append(texts, clean(l.Text))
					}
					for _, line := range texts {
						for word := range strings.FieldsSeq(line) {
							if len(word) < z[0]-8 && z[0] < 120 && !strings.Contains(seen, squeezed(word)) {
								t.Errorf("%d×%d lacks %q of %q", z[0], z[1], word, line)
							}
						}
					}
					if move := flows.Move(m.state, st); move != "" && z[0] == 80 && !strings.Contains(seen, squeezed(move)) {
						t.Errorf("nothing says: %s", move)
					}
				}
			})
		}
	}
}

// TestTheWholeListOfPathsFits in the smallest window: each of them is there, with
// the reason where it is not offered.
func TestTheWholeListOfPathsFits(t *testing.T) {
	t.Parallel()
	for _, z := range [][2]int{{40, 12}, {80, 24}, {120, 40}} {
		m := New(t.Context(), atPaths(t), still(t, z[0], z[1]))
		m.refresh()
		seen := squeezed(paged(t, m, z[0], z[1]))
		for _, r := range m.ranked {
			want := r.Why
			if r.Fits && r.Advised {
				want = r.Path.Title
			}
			if z[0] < 120 && !strings.Contains(seen, squeezed(clean(want))) {
				t.Errorf("%d×%d: %s is not there: %q", z[0], z[1], r.Path.ID, want)
			}
		}
		press(m, "a")
		if can := m.paths.takable(m); !slices.ContainsFunc(can, func(r flows.Ranked) bool { return !r.Advised }) {
			t.Error("what is not advised cannot be taken even where it is asked for")
		}
	}
}

// TestTheFirstPathsAreThoseThatCanBeTaken holds that every path which a screen offers, or a
// guide can suggest, stands before all that are not, so that the first are all of them.
func TestTheFirstPathsAreThoseThatCanBeTaken(t *testing.T) {
	t.Parallel()
	set := func(all []flows.Ranked, in func(r flows.Ranked) bool) (out []flows.PathID) {
		for _, r := range all {
			if in(r) {
				out = append(out, r.Path.ID)
			}
		}
		return out
	}
	every := func(flows.Ranked) bool { return true }
	saw := 0
	for name, make := range map[string]func(testing.TB) *fakeDriver{
		"diagnosis": atDiagnosis, "looking": atLooking, "paths": atPaths, "a step": atLink, "proof": atProof,
	} {
		m := New(t.Context(), make(t), still(t, 100, 30))
		for _, all := range []bool{false, true} {
			m.paths.all = all
			want := set(m.ranked, func(r flows.Ranked) bool { return r.Fits && (r.Advised || all) })
			if got := set(m.paths.takable(m), every); !slices.Equal(got, want) {
				t.Errorf("%s, %t: %v can be taken, want %v", name, all, got, want)
			}
			saw += len(want)
		}
		want := set(flows.Rank(m.state), func(r flows.Ranked) bool { return r.Fits })
		if got := set(m.advisable(), every); !slices.Equal(got, want) {
			t.Errorf("%s: %v can be suggested, want %v", name, got, want)
		}
	}
	if saw == 0 {
		t.Error("no path fits anywhere")
	}
}

func TestWhatIsNotAdvisedIsOfferedOnPlainLines(t *testing.T) {
	t.Parallel()
	w := &world{fakeDriver: atPaths(t)}
	out := answered(t, w, Options{}, "a", "q")
	if !strings.Contains(out, "a. Offer those that are not advised") || !strings.Contains(out, ". User consent for low-impact permissions. 10 min") {
		t.Error(out)
	}
	if strings.Count(out, "Does not fit: An admin signs in to the app; Let users consent to any app, because the vendor does not offer it.") == 0 {
		t.Errorf("one reason is said twice:\n%s", out)
	}
}

// openFindings are those of a tenant that is approved.
func openFindings() []flows.Found {
	fs := tenantFindings()
	for i := range fs {
		switch fs[i].Finding.Check {
		case checks.AppGrant:
			fs[i] = finding(checks.AppGrant, checks.Pass, checks.Verified, "5 of 5 scopes granted tenant-wide")
		case checks.ConsentPredict:
			fs[i] = finding(checks.ConsentPredict, checks.Pass, checks.Verified, "Nobody is asked any more")
		default:
		}
	}
	return fs
}

// nothingHeld is what is found where nothing is granted.
func nothingHeld() []flows.Found {
	return append(tenantFindings(), finding(checks.AppRoles, checks.Pass, checks.Verified, "It needs no app role"))
}

// atOpen is the diagnosis of a tenant where everybody gets in, with a grant.
func atOpen(t testing.TB) *fakeDriver {
	t.Helper()
	d := atDiagnosis(t)
	d.happen(flows.AskedAgain{})
	f := facts(true)
	f.Facts.RolesRead = true
	f.Round = d.State().Round
	d.happen(f)
	rounded(d, openFindings()...)
	return d
}

// TestConsentIsTakenBackFromAnOpenTenant goes to the paths from the diagnosis
// and from the proof, and to the end of taking consent back.
func TestConsentIsTakenBackFromAnOpenTenant(t *testing.T) {
	t.Parallel()
	d := atOpen(t)
	m := New(t.Context(), d, still(t, 80, 24))
	m.refresh()
	shows(t, m, "p the proof", "w other ways")
	press(m, "p")
	rounded(d, openFindings()...)
	m.refresh()
	shows(t, m, "w other ways")
	press(m, "w")
	shows(t, m, "People can connect already", "Approved, and still stopped", "Take consent back")
	can := m.paths.takable(m)
	press(m, number(1+slices.IndexFunc(can, func(r flows.Ranked) bool { return r.Path.ID == flows.Revoke })), "enter")
	if m.state.Place.Step != flows.RevokeWhat {
		t.Fatalf("at %+v", m.state.Place)
	}
	shows(t, m, "How much shall be taken back?", "The grants alone")
	press(m, "enter", "enter") // the grants alone; by hand
	if m.state.Place.Step != flows.RevokePortal {
		t.Fatalf("at %+v, missing %q", m.state.Place, flows.Missing(m.state))
	}
	rounded(d, openFindings()...)
	m.refresh()
	shows(t, m, "pending")
	press(m, "i")
	if m.state.Place.Step != flows.RevokeUsers {
		t.Fatalf("at %+v, missing %q", m.state.Place, flows.Missing(m.state))
	}
	gone := facts(true)
	gone.Facts.Grants, gone.Facts.RolesRead, gone.Round = nil, true, d.State().Round
	d.happen(gone)
	rounded(d, nothingHeld()...)
	m.refresh()
	shows(t, m, "Gone: nothing of it shows")
	press(m, "enter")
	gone.Round = d.State().Round
	d.happen(gone)
	rounded(d, nothingHeld()...)
	m.refresh()
	shows(t, m, "✓ Taken back", "about an hour")
	if text := screenText(t, m.View().Content, 80, 24); strings.Contains(text, "start connecting") {
		t.Errorf("people are told to connect:\n%s", text)
	}
	if _, cmd := m.Update(pressed("q")); cmd == nil || m.state.End != flows.EndDone || !strings.Contains(m.Goodbye(), "Taken back") {
		t.Errorf("ended as %q: %s", m.state.End, m.Goodbye())
	}
}

// TestWhyItWaits says other causes for a setting, and for what is to be gone,
// than for consent.
func TestWhyItWaits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path flows.PathID
		step flows.StepID
		want []string
	}{
		{flows.DirectLink, flows.LinkWait, stepCauses},
		{flows.AllowAll, flows.AllWait, settingCauses},
		{flows.ConsentRequests, flows.RequestsPortal, settingCauses},
		{flows.Revoke, flows.RevokeWait, goneCauses},
	} {
		m := New(t.Context(), atStep(t, c.path, c.step), still(t, 80, 24))
		m.refresh()
		if got := m.causes(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.step, got)
		}
	}
}
