package tui

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/flows"
)

// flat is a frame as one line of words, so that breaks do not matter.
func flat(m *Model) string { return strings.Join(strings.Fields(plainText(m.View().Content)), " ") }

// TestWhoseMoveIsAlwaysThere holds that the smallest window says whole whose
// move it is, in every state that a verdict can be in.
func TestWhoseMoveIsAlwaysThere(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("A reason that is much longer than any window of this size can show. ", 4)
	none := func(id checks.ID) flows.Found { return finding(id, checks.Unknown, checks.GradeUnknown, long) }
	for name, more := range map[string][]flows.Found{
		"blocked":       nil,
		"a long reason": {finding(checks.ConsentPredict, checks.Fail, checks.Verified, long)},
		"no role":       {finding(checks.AccountRole, checks.Fail, checks.Verified, long)},
		"eligible":      {finding(checks.AccountRole, checks.Warn, checks.Verified, long)},
		"disabled":      {finding(checks.AppEnabled, checks.Fail, checks.Verified, long, fixed2(long, "", checks.WhoAdmin))},
		"by Microsoft":  {finding(checks.AppEnabled, checks.Fail, checks.Verified, long, fixed2(long, "", checks.WhoMicrosoft))},
		"assignment": {
			finding(checks.AppAssignment, checks.Fail, checks.Verified, long, fixed2(long, "", checks.WhoAdmin)),
			finding(checks.AppGrant, checks.Pass, checks.Verified, "5 of 5"), finding(checks.ConsentPredict, checks.Pass, checks.Verified, "ok"),
		},
		"wrong tenant": {finding(checks.TenantMatch, checks.Fail, checks.Verified, long, fixed2(long, "", checks.WhoUser))},
		"unknown":      {none(checks.ConsentPredict), none(checks.AppGrant), none(checks.AppPresent), none(checks.ConsentPolicy)},
	} {
		for _, z := range [][2]int{{40, 10}, {40, 12}, {60, 17}, {80, 24}, {120, 40}} {
			d := atDiagnosis(t)
			rounded(d, more...)
			m := New(t.Context(), d, still(t, z[0], z[1]))
			if m.lookingNow() {
				var rest []flows.Found
				for _, id := range m.wanted() {
					if _, ok := m.state.Finding(id); !ok {
						rest = append(rest, finding(id, checks.Pass, checks.Verified, "as it should be"))
					}
				}
				rounded(d, rest...)
				m.refresh()
			}
			if m.overall.State == checks.StateOpen || m.lookingNow() {
				t.Fatalf("%s: %v, looking %v", name, m.overall.State, m.lookingNow())
			}
			if got := flat(m); !strings.Contains(got, m.move()) {
				t.Errorf("%s at %v lacks %q:\n%s", name, z, m.move(), plainText(m.View().Content))
			}
		}
	}
}

// TestWorstComesFirst holds the order of findings, that it settles only once
// all have landed, and that the focus stays on its finding.
func TestWorstComesFirst(t *testing.T) {
	t.Parallel()
	d := atLooking(t)
	m := New(t.Context(), d, still(t, 80, 40))
	laid := m.diagnosis.listed(m)
	m.diagnosis.at, m.diagnosis.own = checks.AppPresent, true
	d.happen(facts(false))
	last := checks.TenantRealm
	for _, id := range m.wanted() {
		f := finding(id, checks.Pass, checks.Verified, "as it should be")
		switch id {
		case last:
			continue
		case checks.AccessDefaults:
			f.Finding.Verdict = checks.Fail
		case checks.ConsentReviewers:
			f.Finding.Verdict = checks.Skipped
		case checks.ConsentRisk:
			f.Finding.Verdict = checks.Unknown
		case checks.AppRoles:
			f.Finding.Verdict = checks.Warn
		default:
		}
		rounded(d, f)
		m.refresh()
		for i, e := range m.diagnosis.listed(m) {
			if e.id != laid[i].id {
				t.Fatalf("row %d became %s after %s", i, e.id, id)
			}
		}
	}
	rounded(d, finding(last, checks.Pass, checks.Verified, "as it should be"))
	m.refresh()
	es := m.diagnosis.listed(m)
	var got []checks.ID
	for _, e := range append(slices.Clone(es[:3]), es[len(es)-1]) {
		got = append(got, e.id)
	}
	if want := []checks.ID{checks.AccessDefaults, checks.AppRoles, checks.ConsentRisk, checks.ConsentReviewers}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
	if i := m.diagnosis.index(m, es); es[i].id != checks.AppPresent {
		t.Errorf("the focus went to %s", es[i].id)
	}
	press(m, "r") // the order stays while it is looked at again
	again := m.diagnosis.listed(m)
	for i := range es {
		if again[i].id != es[i].id {
			t.Fatalf("row %d became %s while looking again", i, again[i].id)
		}
	}
}

// TestTallyBeginsWithFailures holds that what is out of sight is told worst
// first.
func TestTallyBeginsWithFailures(t *testing.T) {
	t.Parallel()
	at := func(v checks.Verdict) entry {
		e := entry{found: true}
		e.held.Verdict, e.held.Grade = v, checks.Verified
		return e
	}
	if got := tally([]entry{at(checks.Pass)}, []entry{at(checks.Skipped), at(checks.Fail)}); got != "3 more: 1 fail, 1 pass, 1 skipped" {
		t.Errorf("got %q", got)
	}
}

// TestNoWayBackFromAPlanUnderWay holds that back says why it does not work
// while lines are sent, on the screen and on lines.
func TestNoWayBackFromAPlanUnderWay(t *testing.T) {
	t.Parallel()
	d := atApplying(t)
	m := New(t.Context(), d, still(t, 80, 24))
	at := m.state.Place
	press(m, "esc")
	if m.state.Place != at || !strings.Contains(m.notice.text, whyApplying) {
		t.Errorf("at %+v, notice %q", m.state.Place, m.notice.text)
	}
	press(m, "?")
	if got := flat(m); !strings.Contains(got, "not now: "+whyApplying) {
		t.Errorf("help does not say why:\n%s", plainText(m.View().Content))
	}
	out := answered(t, d, Options{}, "b", "q", "q")
	if !strings.Contains(out, "b. Back. Not now: "+whyApplying) || strings.Count(out, whyApplying) < 2 || d.State().Place != at {
		t.Errorf("at %+v:\n%s", d.State().Place, out)
	}
}

// TestPlanSaysItsEffect holds that each line says who gains what.
func TestPlanSaysItsEffect(t *testing.T) {
	t.Parallel()
	for _, z := range [][2]int{{40, 60}, {80, 24}, {120, 40}} {
		m := New(t.Context(), atPlan(t), still(t, z[0], z[1]))
		want := m.state.Plan.Lines[0].Effect
		if got := flat(m); want == "" || !strings.Contains(got, "effect "+want[:20]) {
			t.Errorf("%v lacks %q:\n%s", z, want, plainText(m.View().Content))
		}
	}
	tight := New(t.Context(), atPlan(t), still(t, 40, 12))
	shown := false
	for range 8 {
		shown = shown || strings.Contains(flat(tight), "effect")
		press(tight, "pgdown")
	}
	if !shown {
		t.Error("40×12 never shows an effect")
	}
	if out := answered(t, atPlan(t), Options{}, "q"); !strings.Contains(out, tight.state.Plan.Lines[0].Effect) {
		t.Errorf("lines lack the effect:\n%s", out)
	}
}

// TestSaidOnce holds that nothing is said twice.
func TestSaidOnce(t *testing.T) {
	t.Parallel()
	if got := notLooked("Conditional Access was not looked at; it may stop people."); strings.Count(strings.ToLower(got), wordNotLookedAt) != 1 {
		t.Errorf("got %q", got)
	}
	if got := notLooked("consent/classified: no scope"); got != "Not looked at: consent/classified: no scope." {
		t.Errorf("got %q", got)
	}
	d := atDiagnosis(t)
	rounded(d, finding(checks.AppGrant, checks.Fail, checks.Verified, "Nothing is granted.", detailed("It needs an admin."), fixed2("Approve it.", "It needs an admin.", checks.WhoAdmin)))
	m := New(t.Context(), d, still(t, 80, 24))
	m.open(&explainSheet{id: checks.AppGrant})
	if got := flat(m); strings.Count(got, "It needs an admin") != 1 {
		t.Errorf("got:\n%s", plainText(m.View().Content))
	}
}

// TestPathsAreHonestAboutWhatWasNotRead holds that nothing is said to fit a
// tenant that nobody could look at.
func TestPathsAreHonestAboutWhatWasNotRead(t *testing.T) {
	t.Parallel()
	d := atSignIn(t)
	d.happen(flows.Learned{}, flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayNone)}, flows.Advanced{}, flows.Advanced{})
	d.happen(flows.Learned{Facts: flows.Facts{Tenants: facts(false).Facts.Tenants}})
	s := d.State()
	s.Facts.AppRead, s.Facts.App = false, nil
	d.state = s
	m := New(t.Context(), d, still(t, 80, 24))
	if got := flat(m); !strings.Contains(got, "could not be looked at") || strings.Contains(got, "fit this tenant") {
		t.Errorf("got:\n%s", plainText(m.View().Content))
	}
}

// TestPathsSayThatTheTenantIsStillRead holds that what was not read yet is not said
// to be unreadable, and that the list is another once it was.
func TestPathsSayThatTheTenantIsStillRead(t *testing.T) {
	t.Parallel()
	d := atSignIn(t)
	d.happen(flows.Learned{Facts: flows.Facts{Tenants: facts(false).Facts.Tenants}}, flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayToken)},
		flows.SignedIn{Account: flows.Account{UPN: "admin@contoso.example", TenantID: tenantID, Way: flows.WayToken, Scopes: checks.ReadScopes()}}, flows.Advanced{}, flows.Advanced{To: flows.StagePaths})
	s := d.State()
	s.Facts.AppRead, s.Facts.App, s.Facts.GrantsRead, s.Facts.Grants = false, nil, false, nil
	d.state = s
	m := New(t.Context(), d, still(t, 80, 70))
	if got := flat(m); !strings.Contains(got, "is still being looked at, and the list may change") || strings.Contains(got, "could not be looked at") ||
		!strings.Contains(got, "what is granted is still being looked at") {
		t.Errorf("got:\n%s", plainText(m.View().Content))
	}
	read := facts(true)
	read.Round = d.State().Round
	d.happen(read)
	m = New(t.Context(), d, still(t, 80, 70))
	if got := flat(m); strings.Contains(got, "looked at") || !strings.Contains(got, "Take consent back") {
		t.Errorf("once it was read:\n%s", plainText(m.View().Content))
	}
}

// TestNothingIsComparedWithNothing holds that an admin is told to stop at what is
// not listed only where something is listed.
func TestNothingIsComparedWithNothing(t *testing.T) {
	t.Parallel()
	d := newFake(flows.Started{Version: "1"})
	p := profile(t, "carerix")
	d.happen(flows.Picked{Profile: p}, flows.Answered{Question: flows.AskClientID, Value: "5a1c0001-2222-3333-4444-555555555555"}, flows.Advanced{},
		flows.Answered{Question: flows.AskDomain, Value: "contoso.example"}, flows.Advanced{})
	rounded(d, publicFindings()...)
	d.happen(flows.Learned{Facts: flows.Facts{Tenants: []flows.TenantFact{{Cloud: checks.CloudPublic, ID: tenantID}}}})
	d.happen(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayNone)}, flows.Advanced{},
		flows.Chose{Path: flows.DirectLink}, flows.Advanced{})
	m := New(t.Context(), d, still(t, 80, 40))
	shows(t, m, "names Carerix Calendar - Production. Which permissions it needs is not said here: ask Carerix,",
		"Among them are the ones of signing in: openid, profile, offline_access")
	if c := plainText(m.View().Content); strings.Contains(c, "no others") {
		t.Errorf("screen:\n%s", c)
	}
}

// TestAnotherServiceIsInTheTitle holds that a screen of a simulator never looks
// like one of Microsoft's, in the smallest window or on plain lines.
func TestAnotherServiceIsInTheTitle(t *testing.T) {
	t.Parallel()
	d := atKnown(t)
	d.happen(flows.Resumed{Version: "1", Service: "127.0.0.1:4711"})
	for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
		m := New(t.Context(), d, still(t, z[0], z[1]))
		want := "contoso.example · not Microsoft: 127.0.0.1:4711"
		if z[0] == 40 {
			want = "Tenant · not Microsoft"
		}
		shows(t, m, want)
	}
	if out := said(t, d, Options{Auto: true}, ""); !strings.Contains(out, "Hetk Calendar Sync for contoso.example, not Microsoft: 127.0.0.1:4711.") {
		t.Errorf("got:\n%s", out)
	}
}
