package tui

import (
	"context"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/flows"
)

// inAnotherTenant is a diagnosis by somebody who signed in elsewhere.
func inAnotherTenant(t testing.TB) *fakeDriver {
	t.Helper()
	d, a := atSignIn(t), signedIn()
	a.Account.UPN, a.Account.TenantID = "admin@fabrikam.example", "99999999-2222-3333-4444-555555555555"
	d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayBrowser)}, a, flows.Advanced{})
	rounded(d, append(tenantFindings(), finding(checks.TenantMatch, checks.Fail, checks.Verified, "You are signed in to another tenant"))...)
	return d
}

// turned is a driver whose world has answered all that is wanted.
func turned(d *fakeDriver, granted bool) *world {
	w := &world{fakeDriver: d, granted: granted}
	w.turn()
	return w
}

func TestSignInAnewFromAnotherTenant(t *testing.T) {
	t.Parallel()
	d := inAnotherTenant(t)
	m := New(t.Context(), d, still(t, 40, 12))
	if got := flat(m); !strings.Contains(got, "s sign in anew") {
		t.Errorf("the key is not on the smallest screen:\n%s", plainText(m.View().Content))
	}
	press(m, "s")
	if s := m.state; s.Place.Stage != flows.StageSignIn || s.Account != nil {
		t.Errorf("at %+v as %v", s.Place, s.Account)
	}
	d = inAnotherTenant(t)
	out := answered(t, turned(d, false), Options{}, "s", "q")
	if s := d.State(); s.Place.Stage != flows.StageSignIn || s.Account != nil || !strings.Contains(out, "s. Sign in anew.") {
		t.Errorf("at %+v as %v:\n%s", s.Place, s.Account, out)
	}
}

// TestChoosingAgainIsNobodyUntilThen holds that who is at the sign-in with an
// account in hand can go on as it, go on as nobody, or be asked anew.
func TestChoosingAgainIsNobodyUntilThen(t *testing.T) {
	t.Parallel()
	at := func(t *testing.T) *fakeDriver {
		t.Helper()
		d := atSignIn(t)
		d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayBrowser)}, signedIn(), flows.Advanced{}, flows.WentBack{})
		return d
	}
	none := number(len(flows.Asks(at(t).State())[0].Options))
	for keys, want := range map[string]struct {
		stage   flows.Stage
		account bool
		busy    bool
	}{
		"f":  {flows.StageDiagnosis, true, false},
		none: {flows.StageDiagnosis, false, false},
		"1":  {flows.StageSignIn, false, true},
	} {
		d := at(t)
		m := New(t.Context(), d, still(t, 80, 24))
		if !strings.Contains(flat(m), "Signed in as admin@contoso.example.") {
			t.Errorf("who is signed in is not said:\n%s", plainText(m.View().Content))
		}
		if press(m, keys); keys != "f" {
			press(m, "enter")
		}
		got := d.State()
		if got.Place.Stage != want.stage || (got.Account != nil) != want.account || got.SignIn.Busy != want.busy {
			t.Errorf("%q on the screen: at %+v as %v, signing in: %v", keys, got.Place, got.Account, got.SignIn.Busy)
		}
		if want.busy {
			continue // lines wait for the sign-in
		}
		w := turned(at(t), false)
		out := answered(t, w, Options{}, keys, "q")
		if got := w.State(); got.Place.Stage != want.stage || (got.Account != nil) != want.account {
			t.Errorf("%q on lines: at %+v as %v:\n%s", keys, got.Place, got.Account, out)
		}
		if !strings.Contains(out, "Signed in as admin@contoso.example. Choosing a way signs in anew.") || !strings.Contains(out, "f. Go on as admin@contoso.example.") {
			t.Errorf("lines lack it:\n%s", out)
		}
	}
}

// challenger is a Graph that wants another sign-in before it shows the app.
type challenger struct{}

func (challenger) Serves() []checks.Part { return []checks.Part{checks.PartApp} }

func (challenger) Read(_ context.Context, _ checks.Query, _ []checks.Part, land func(checks.Piece)) {
	no := checks.Look[*checks.ServicePrincipal]{Failure: &checks.Failure{Kind: checks.FailSignIn, Status: 401, Claims: `{"a":1}`}}
	land(checks.NewPiece(checks.PartApp, no, func(s *checks.Snapshot) *checks.Look[*checks.ServicePrincipal] { return &s.App }))
}

// TestSignInAnewWhereMicrosoftWantsIt holds that the key which answers a claims
// challenge is on the screen that tells of it.
func TestSignInAnewWhereMicrosoftWantsIt(t *testing.T) {
	t.Parallel()
	d := atSignIn(t)
	d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayBrowser)}, signedIn(), flows.Advanced{})
	rounded(d, tenantFindings()...)
	m := New(t.Context(), d, still(t, 100, 40))
	if got := flat(m); strings.Contains(got, "sign in anew") {
		t.Errorf("the key is there without a reason:\n%s", plainText(m.View().Content))
	}
	var met checks.Finding
	sub := d.State().Subject()
	checks.Run(t.Context(), sub, []checks.Reader{challenger{}}, []checks.ID{checks.AppPresent}, func(f checks.Finding) {
		if f.Check == checks.AppPresent {
			met = f
		}
	})
	rounded(d, append(tenantFindings(), flows.Found{Finding: met})...)
	m = New(t.Context(), d, still(t, 100, 40))
	if got := flat(m); !strings.Contains(got, "s sign in anew") {
		t.Errorf("the key is not there for %+v:\n%s", met, plainText(m.View().Content))
	}
	press(m, "s")
	if s := m.state; s.Place.Stage != flows.StageSignIn || s.Account != nil {
		t.Errorf("at %+v as %v", s.Place, s.Account)
	}
}

func TestNoSignInIsNotAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(asked(t))
	o := still(t, 80, 24)
	o.NoSignIn = true
	m := New(t.Context(), w, o)
	press(m, "enter")
	if s := m.state; s.Place.Stage != flows.StageDiagnosis || s.SignIn.Way != flows.WayNone {
		t.Fatalf("at %+v, signing in by %q", s.Place, s.SignIn.Way)
	}
	press(m, "esc") // who changes their mind is asked
	if s := m.state; s.Place.Stage != flows.StageSignIn {
		t.Errorf("back went to %+v", s.Place)
	}
	w = newWorld(started(t))
	said(t, w, Options{NoSignIn: true}, "2\ncontoso.example\n1\n")
	if s := w.State(); s.Place.Stage != flows.StageDiagnosis {
		t.Errorf("a script ended at %+v", s.Place)
	}
}

func TestNextAppKeepsTenantAndAccount(t *testing.T) {
	t.Parallel()
	const otherID = "8dd90edb-c881-459a-ac84-2a1fee8c5c95"
	walk := func(t *testing.T, d Driver, next func(*Model)) {
		t.Helper()
		m := New(t.Context(), d, still(t, 80, 24))
		next(m)
		m.follow()
		s := m.state
		if s.Place.Stage != flows.StageDiagnosis || s.Profile.ID != "revenue-grid" || s.Domain != "contoso.example" || s.Account == nil {
			t.Errorf("at %+v with %s for %s as %v", s.Place, s.Profile.ID, s.Domain, s.Account)
		}
	}
	walk(t, turned(atProof(t), true), func(m *Model) {
		press(m, "n")
		if m.state.Place.Stage != flows.StageApp || m.app.question(m).ID != flows.AskApp {
			t.Fatalf("at %+v, asking %q", m.state.Place, m.app.question(m).ID)
		}
		press(m, "4", "enter")
		typeIn(m, otherID)
		press(m, "enter")
	})
	w := turned(atProof(t), true)
	out := answered(t, w, Options{}, "n", "4", otherID, "q")
	if s := w.State(); s.Place.Stage != flows.StageDiagnosis || s.Profile.ID != "revenue-grid" || s.Account == nil {
		t.Errorf("at %+v:\n%s", s.Place, out)
	}
	// Going back on the way does not bounce forward again.
	d := turned(atProof(t), true)
	m := New(t.Context(), d, still(t, 80, 24))
	press(m, "n", "4", "enter")
	typeIn(m, otherID)
	press(m, "enter", "esc")
	if at := m.state.Place.Stage; at != flows.StageSignIn {
		t.Errorf("back went to stage %d", at)
	}
}

// TestUndoIsWhatWasWritten holds that a proof says how to take back the lines
// that were sent, and none that were not.
func TestUndoIsWhatWasWritten(t *testing.T) {
	t.Parallel()
	d := atPlan(t)
	w := &world{fakeDriver: d}
	p := d.State().Plan
	if err := w.Do(t.Context(), flows.Confirmed{Plan: p.ID, Typed: p.Domain}); err != nil {
		t.Fatal(err)
	}
	if err := w.Do(t.Context(), flows.Advanced{}); err != nil {
		t.Fatal(err)
	}
	m := New(t.Context(), w, still(t, 80, 40))
	want := p.Lines[0].Title + ": " + p.Lines[0].Undo
	if m.state.Place.Stage != flows.StageProof || !strings.Contains(flat(m), want) {
		t.Errorf("at %+v lacks %q:\n%s", m.state.Place, want, plainText(m.View().Content))
	}
	if out := answered(t, w, Options{}, "q"); !strings.Contains(out, "Undo: "+want) || !strings.Contains(out, plainTakeBack) {
		t.Errorf("lines lack it:\n%s", out)
	}
}

// TestUndoIsAPlan holds that one key leads from the proof to the plan that takes
// back what was written, and sends nothing.
func TestUndoIsAPlan(t *testing.T) {
	t.Parallel()
	d := atPlan(t)
	w := &world{fakeDriver: d}
	p := d.State().Plan
	for _, e := range []flows.Event{flows.Confirmed{Plan: p.ID, Typed: p.Domain}, flows.Advanced{}} {
		if err := w.Do(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	m := New(t.Context(), w, still(t, 120, 40))
	shows(t, m, "u undo")
	press(m, "u")
	if s := m.state; s.Path != flows.Undo || s.Place.Step != flows.UndoPlan || s.Undoing == nil || s.Undoing.Plan != p.ID || s.Confirmed != "" {
		t.Errorf("u leads to %+v of %s, taking back %+v", s.Place, s.Path, s.Undoing)
	}
}

// TestUndoOfNothing holds that nothing is offered to be taken back where nothing
// was done, and where nothing here can write.
func TestUndoOfNothing(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atProof(t), still(t, 80, 40))
	if strings.Contains(flat(m), "u undo") {
		t.Errorf("offered:\n%s", plainText(m.View().Content))
	}
	press(m, "u")
	if m.state.Path == flows.Undo {
		t.Error("it is taken back")
	}
}

// TestPlainSavesTheReport writes it in every form, where there is a disk.
func TestPlainSavesTheReport(t *testing.T) {
	t.Parallel()
	var exts []string
	out := answered(t, turned(atProof(t), true), Options{KeepReport: func(_ context.Context, forms []ReportForm) (string, error) {
		for _, f := range forms {
			exts = append(exts, f.Ext)
		}
		return "r.md, r.html, r.json", nil
	}}, "s", "q")
	if strings.Join(exts, " ") != "md html json" || !strings.Contains(out, "Saved as r.md, r.html, r.json") {
		t.Errorf("kept %v:\n%s", exts, out)
	}
}
