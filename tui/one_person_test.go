package tui

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/flows"
)

// atOneOpen is a diagnosis about one person, who is let in where nobody else is.
func atOneOpen(t testing.TB) *fakeDriver {
	t.Helper()
	begin := started(t)
	begin.Person = "admin@contoso.example"
	d := newFake(begin)
	d.happen(flows.Picked{Profile: profile(t, "hetk")}, flows.Advanced{},
		flows.Answered{Question: flows.AskDomain, Value: "contoso.example"}, flows.Advanced{}, facts(false))
	rounded(d, publicFindings()...)
	d.happen(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayBrowser)}, signedIn(), flows.Advanced{}, facts(false))
	rounded(d, oneOpen()...)
	return d
}

func oneOpen() []flows.Found {
	fs := tenantFindings()
	for i := range fs {
		if fs[i].Finding.Check == checks.ConsentPredict {
			fs[i] = finding(checks.ConsentPredict, checks.Pass, checks.Verified, "admin@contoso.example may consent")
		}
	}
	return fs
}

// TestOpenForOnePerson is no end for the others: the ways out stay, and nothing
// says that everybody can connect.
func TestOpenForOnePerson(t *testing.T) {
	t.Parallel()
	d := atOneOpen(t)
	m := New(t.Context(), d, still(t, 80, 24))
	m.refresh()
	shows(t, m, "admin@contoso.example can start", "p the ways out", "v the proof")
	press(m, "p")
	if m.state.Place.Stage != flows.StagePaths || !slices.ContainsFunc(m.ranked, func(r flows.Ranked) bool { return r.Fits }) {
		t.Fatalf("at stage %d, with %+v", m.state.Place.Stage, m.ranked)
	}
	press(m, "esc", "v")
	if m.state.Place.Stage != flows.StageProof {
		t.Fatalf("at stage %d", m.state.Place.Stage)
	}
	rounded(d, oneOpen()...)
	m.refresh()
	if _, cmd := m.Update(pressed("q")); cmd == nil || m.state.End != flows.EndDone {
		t.Errorf("ended as %q", m.state.End)
	}
	told := m.Goodbye() + flows.UserMessage(m.state) + flows.ReportOf(m.state).Headline()
	if strings.Contains(told, "everybody") || strings.Contains(told, "people can connect") ||
		strings.Count(told, "Nobody else was looked at") != 2 || !strings.Contains(told, "for your account") {
		t.Errorf("told: %s", told)
	}
}

func TestOpenForOnePersonOnPlainLines(t *testing.T) {
	t.Parallel()
	w := &world{fakeDriver: atOneOpen(t), oneOpen: true}
	w.turn()
	out := answered(t, w, Options{}, "w", "q")
	if !strings.Contains(out, "w. The ways out.") || !strings.Contains(out, "1. The proof.") ||
		!strings.Contains(out, "Open the consent link") || strings.Contains(out, "everybody in") {
		t.Error(out)
	}
}

// TestWhoseMoveByRole says it by what the account may do.
func TestWhoseMoveByRole(t *testing.T) {
	t.Parallel()
	for want, role := range map[string]flows.Found{
		wordNotYours:     finding(checks.AccountRole, checks.Fail, checks.Verified, "no role"),
		wordPerhapsYours: finding(checks.AccountRole, checks.Warn, checks.Verified, "may be enough", fixed2("Ask one of these admins.", "", checks.WhoAdmin)),
	} {
		d := atDiagnosis(t)
		rounded(d, role)
		m := New(t.Context(), d, still(t, 80, 24))
		m.refresh()
		if got := m.move(); got != want {
			t.Errorf("%s: %q", want, got)
		}
	}
}
