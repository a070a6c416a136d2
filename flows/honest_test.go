package flows

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// blind are the findings of a run in which nobody signed in.
func blind() map[checks.ID]checks.Verdict {
	out := map[checks.ID]checks.Verdict{}
	for _, id := range allChecks() {
		if !slices.Contains(publicChecks(), id) {
			out[id] = checks.Unknown
		}
	}
	return out
}

// Making the enterprise app grants nothing, and whoever says that they made it
// did not say that they approved anything.
func TestMakingTheAppIsNoApproval(t *testing.T) {
	t.Parallel()
	s := see(after(begun(t, "hetk"), tenant()), nil)
	s = see(after(s, Advanced{}, Answered{Question: AskSignIn, Value: string(WayNone)}, Advanced{}), blind())
	s = after(s, Chose{Path: EntraGrant}, Answered{Question: AskHow, Value: HowPortal}, finding(s, checks.AppPresent, checks.Fail), Advanced{})
	at(t, s, StageSteps, GrantCreate)
	s = after(s, finding(s, checks.AppPresent, checks.Unknown), Claimed{Step: GrantCreate}, Advanced{})
	at(t, s, StageSteps, GrantPortal)
	if o := s.Overall(); o.State == checks.StateOpen {
		t.Errorf("said to be made gives %s, %s: %s", o.State, o.Grade, o.Reason)
	}
	s = after(s, Claimed{Step: GrantPortal})
	if o := s.Overall(); o.State != checks.StateOpen || o.Grade != checks.Asserted {
		t.Errorf("said to be approved gives %s, %s: %s", o.State, o.Grade, o.Reason)
	}
}

// Nobody's word makes open what was seen to be blocked.
func TestNobodysWordOpensWhatIsBlocked(t *testing.T) {
	t.Parallel()
	s := see(after(begun(t, "hetk"), tenant()), nil)
	s = see(after(s, Advanced{}, Answered{Question: AskSignIn, Value: string(WayNone)}, Advanced{}), blind())
	s = after(s, Chose{Path: DirectLink}, Advanced{}, Claimed{Step: LinkApprove})
	s = after(s, finding(s, checks.TenantFound, checks.Fail))
	if o := s.Overall(); o.State != checks.StateBlocked {
		t.Errorf("of a domain without a tenant: %s, %s: %s", o.State, o.Grade, o.Reason)
	}
}

// needsRole is a run whose app needs an app role as well, which is missing
// although every scope is granted.
func needsRole(t *testing.T) State {
	t.Helper()
	p := profile(t, "hetk")
	p.Permissions = append(slices.Clone(p.Permissions), Permission{Role: "Calendars.Read", Why: "x"})
	s := after(diagnosed(t, "hetk", present(theApp(p))), Picked{Profile: p}, tenant())
	return see(s, map[checks.ID]checks.Verdict{checks.AppRoles: checks.Fail})
}

// A grant of scopes is not the whole of what an app needs that asks for app
// roles: consent by an admin grants those too.
func TestAMissingAppRoleIsClearedByConsent(t *testing.T) {
	t.Parallel()
	s := needsRole(t)
	if o := s.Overall(); o.State != checks.StateBlocked {
		t.Fatalf("%s, %s: %s", o.State, o.Grade, o.Reason)
	}
	for _, id := range []PathID{DirectLink, EntraGrant, Pilot, ConsentRequests} {
		if r := ranked(t, s, id); !r.Fits {
			t.Errorf("%s: %s", r.Path.ID, r.Why)
		}
	}
	if r := ranked(t, s, AfterApproval); r.Fits {
		t.Error("an app whose application permissions are missing counts as approved")
	}
	s = after(s, Chose{Path: DirectLink})
	s = see(s, map[checks.ID]checks.Verdict{checks.AppRoles: checks.Fail})
	if s = after(s, Advanced{}); s.Place.Step != LinkApprove {
		t.Errorf("scopes alone lead to %+v", s.Place)
	}
	s = see(s, map[checks.ID]checks.Verdict{checks.AppRoles: checks.Pass})
	if s = after(s, Advanced{}); s.Place.Stage != StageProof {
		t.Errorf("everything granted, and at %+v: %q", s.Place, Missing(s))
	}
}

// Consent that shows is not said to be missing where something else is.
func TestWhatIsWaitedForIsNamed(t *testing.T) {
	t.Parallel()
	s := after(diagnosed(t, "hetk", present(Facts{})), Chose{Path: DirectLink}, Advanced{}, Claimed{Step: LinkApprove}, Advanced{})
	at(t, s, StageSteps, LinkWait)
	for name, c := range map[string]struct {
		as   map[checks.ID]checks.Verdict
		want string
	}{
		"the grant":        {map[checks.ID]checks.Verdict{checks.AppGrant: checks.Fail}, words.waitGrant},
		"nothing is there": {map[checks.ID]checks.Verdict{checks.AppGrant: checks.Fail, checks.AppPresent: checks.Fail}, words.waitGrant},
		"sign-in is off":   {map[checks.ID]checks.Verdict{checks.AppEnabled: checks.Fail}, "app/enabled fail"},
	} {
		if got := Missing(see(s, c.as)); !strings.Contains(got, c.want) || c.want != words.waitGrant && strings.Contains(got, words.waitGrant) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// The message to the people says no more than what was seen.
func TestTheMessagePromisesNoMoreThanWasSeen(t *testing.T) {
	t.Parallel()
	open := UserMessage(proven(t)) // Conditional Access was not looked at
	if strings.Contains(strings.ToLower(open), "nothing stands") {
		t.Errorf("promises what nobody looked at:\n%s", open)
	}
	unknown := UserMessage(see(after(begun(t, "hetk"), tenant()), nil))
	if strings.Contains(unknown, "is not open") || strings.Contains(unknown, "will not help") || !strings.Contains(unknown, "Hetk Calendar Sync") {
		t.Errorf("nobody knows, and the message says:\n%s", unknown)
	}
}

// An app is deactivated at its registration, for all tenants, by whoever owns
// that: no switch of the enterprise app shows it or lifts it.
func TestADeactivatedAppIsItsOwnersToActivate(t *testing.T) {
	t.Parallel()
	f := theApp(profile(t, "hetk"))
	f.App.Deactivated = true
	s := diagnosed(t, "hetk", present(f))
	_, err := MakePlan(s)
	for _, said := range []string{err.Error(), ranked(t, s, DirectLink).Why} {
		if strings.Contains(said, "Properties") || !strings.Contains(said, "deactivated") {
			t.Errorf("%q", said)
		}
	}
}

// Switching the sign-in off again does not take the grant back.
func TestUndoingAnEnabledAppNamesTheGrantToo(t *testing.T) {
	t.Parallel()
	f := theApp(profile(t, "hetk"))
	f.App.Enabled = false
	for id, want := range map[PathID]string{EntraGrant: "Revoke permission", Pilot: "remove the assignment and the grant"} {
		r := ranked(t, diagnosed(t, "hetk", present(f)), id)
		if !strings.Contains(r.Path.Undo, "sign-in off") || !strings.Contains(r.Path.Undo, want) {
			t.Errorf("%s: %q", r.Path.ID, r.Path.Undo)
		}
	}
}

// The link on the step that makes the enterprise app approves it as well, and
// the step says so.
func TestTheStepThatMakesTheAppSaysWhatItsLinkDoes(t *testing.T) {
	t.Parallel()
	step, _ := StepByID(GrantCreate)
	if text := strings.Join(step.Text, "\n"); slices.Contains(step.Links, LinkConsent) && !strings.Contains(text, "approves") {
		t.Errorf("a consent link is shown under:\n%s", text)
	}
}

// What opens for the person asked about is said of them alone, and the ways
// that open it for everybody stay.
func TestAnOpeningForOneIsSaidOfThemAlone(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(theApp(profile(t, "hetk"))))
	s.Person = "user@contoso.example"
	one := see(after(s, AskedAgain{}), map[checks.ID]checks.Verdict{checks.AppGrant: checks.Fail})
	if o := one.Overall(); o.State != checks.StateOpen || !one.OpenForOne() {
		t.Fatalf("%s, %s: for one %v", o.State, o.Grade, one.OpenForOne())
	}
	if r := ReportOf(one); r.Headline() != words.headOpenOne || !strings.Contains(UserMessage(one), "for your account") {
		t.Errorf("says %q, and\n%s", r.Headline(), UserMessage(one))
	}
	if r := Rank(one); !r[0].Fits {
		t.Errorf("%s: %s", r[0].Path.ID, r[0].Why)
	}
	held := see(after(s, AskedAgain{}), nil) // they are assigned, and the app is for those alone
	held.Facts.App = &AppFact{ID: appSP, AppID: held.App.ClientID, Enabled: true, AssignedOnly: true}
	if r := ranked(t, held, DirectLink); !held.OpenForOne() || r.Why != words.unfitGranted {
		t.Errorf("for those assigned: for one %v, %s", held.OpenForOne(), r.Why)
	}
	all := see(after(s, AskedAgain{}), nil)
	if r := ranked(t, all, DirectLink); all.OpenForOne() || r.Why != words.unfitOpen || ReportOf(all).Headline() != words.headOpen {
		t.Errorf("granted to everyone: for one %v, %s", all.OpenForOne(), r.Why)
	}
}

// What an earlier account saw is in the report as that, for the verdict above it
// does not rest on it.
func TestAReportMarksWhatDoesNotCountAnyMore(t *testing.T) {
	t.Parallel()
	s := proven(t)
	if r := ReportOf(s); len(r.Old) != 0 || strings.Contains(r.Markdown(), words.reportOld) {
		t.Errorf("old at once: %v", r.Old)
	}
	s = after(s, Resumed{CanWrite: true})
	s = after(s, finding(s, checks.TenantFound, checks.Pass))
	r := ReportOf(s)
	if r.Verdict.State == checks.StateOpen || !slices.Contains(r.Old, checks.AppGrant) || slices.Contains(r.Old, checks.TenantFound) {
		t.Fatalf("verdict %s, old %v", r.Verdict.State, r.Old)
	}
	page, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(r.Markdown()) {
		if strings.Contains(line, "`app/grant`") != strings.Contains(line, words.reportOld) && strings.Contains(line, "`app/grant`") {
			t.Errorf("is not marked: %s", line)
		}
		if strings.Contains(line, "`tenant/found`") && strings.Contains(line, words.reportOld) {
			t.Errorf("is marked: %s", line)
		}
	}
	if !strings.Contains(page, words.reportOld) {
		t.Error("the page marks nothing")
	}
}

// Where nothing was done there is nothing to take back, and where an app was
// enabled its sign-in is a part of it.
func TestAReportTakesBackWhatWasDone(t *testing.T) {
	t.Parallel()
	idle := after(diagnosed(t, "hetk", present(Facts{})), Chose{Path: DirectLink})
	if md := ReportOf(idle).Markdown(); strings.Contains(md, words.reportUndo) {
		t.Errorf("nothing was done, and the report says\n%s", md)
	}
	said := after(idle, Advanced{}, Claimed{Step: LinkApprove})
	if md := ReportOf(said).Markdown(); !strings.Contains(md, words.reportUndo) {
		t.Errorf("somebody said that they approved it, and the report says\n%s", md)
	}
	off := theApp(profile(t, "hetk"))
	off.App.Enabled = false
	s := graphRun(t, present(off))
	s = after(s, Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"}, admin(s.Plan.WriteScopes()...))
	if s.Plan.Lines[0].Kind != EnableApp {
		t.Fatalf("the plan: %+v", s.Plan.Lines)
	}
	s = after(s, Applying{Plan: s.Plan.ID, Line: 0, At: noon}, Applied{Plan: s.Plan.ID, Line: 0, Outcome: OutcomeSent, At: noon})
	if undo := ReportOf(s).Path.Undo; !strings.Contains(undo, "sign-in off") || !strings.Contains(undo, "Revoke permission") {
		t.Errorf("an app was enabled, and to take it back: %s", undo)
	}
}
