package tui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// shows fails unless a screen holds every one of the texts; line ends and
// runs of spaces do not count.
func shows(t *testing.T, m *Model, want ...string) {
	t.Helper()
	screen := plainText(m.View().Content)
	flat := strings.Join(strings.Fields(screen), " ")
	for _, w := range want {
		if !strings.Contains(flat, w) {
			t.Errorf("lacks %q:\n%s", w, screen)
		}
	}
}

// inTwoClouds is a domain that two clouds know.
func inTwoClouds(t testing.TB) *fakeDriver {
	t.Helper()
	d := atKnown(t)
	d.happen(flows.Learned{Facts: flows.Facts{Tenants: []flows.TenantFact{
		{Cloud: checks.CloudPublic, ID: tenantID}, {Cloud: checks.CloudGCCHigh, ID: "99999999-2222-3333-4444-555555555555"},
	}}})
	rounded(d, publicFindings()...)
	return d
}

func TestDomainInTwoCloudsIsAsked(t *testing.T) {
	t.Parallel()
	d := inTwoClouds(t)
	m := New(t.Context(), d, still(t, 80, 24))
	shows(t, m, "public cloud", "US Government GCC High", "not now")
	press(m, "2", "enter")
	if m.state.Cloud() != "" {
		t.Fatalf("a cloud in which the app is not registered was taken: %s", m.state.Cloud())
	}
	press(m, "1", "enter")
	if m.state.Cloud() != checks.CloudPublic {
		t.Errorf("cloud %q", m.state.Cloud())
	}
	w := &world{fakeDriver: inTwoClouds(t)}
	if out := said(t, w, Options{}, "1\n"); !strings.Contains(out, "2. US Government GCC High. Not now") {
		t.Errorf("got:\n%s", out)
	}
	if w.State().Cloud() != checks.CloudPublic {
		t.Errorf("line mode took cloud %q", w.State().Cloud())
	}
}

// nowhere is a domain that no cloud knows.
func nowhere(t testing.TB) *fakeDriver {
	t.Helper()
	d := atKnown(t)
	rounded(d, finding(checks.TenantFound, checks.Fail, checks.Verified, "No Microsoft 365 tenant has the domain contoso.example."),
		finding(checks.TenantCloud, checks.Skipped, checks.GradeUnknown, "Not looked at."),
		finding(checks.TenantRealm, checks.Skipped, checks.GradeUnknown, "Not looked at."),
		finding(checks.CheckDNSMail, checks.Warn, checks.Inferred, "There is no domain contoso.example."))
	return d
}

func TestUnknownDomainSaysWhatToDo(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), nowhere(t), still(t, 80, 24))
	shows(t, m, "✗ fail", "go back and type another")
	press(m, "enter")
	if m.state.Place.Stage != flows.StageKnown || m.notice.text == "" {
		t.Errorf("at stage %d, notice %q", m.state.Place.Stage, m.notice.text)
	}
	press(m, "esc")
	if m.state.Place.Stage != flows.StageTenant {
		t.Errorf("at stage %d", m.state.Place.Stage)
	}
	if out := said(t, nowhere(t), Options{}, "b\n"); !strings.Contains(out, "type another") || !strings.Contains(out, "Which tenant") {
		t.Errorf("got:\n%s", out)
	}
	if out := said(t, nowhere(t), Options{Auto: true}, ""); !strings.Contains(out, "type another") {
		t.Errorf("got:\n%s", out)
	}
}

func TestNoNetworkIsSaidOnce(t *testing.T) {
	t.Parallel()
	d := atKnown(t)
	for _, id := range []checks.ID{checks.TenantFound, checks.TenantCloud, checks.TenantRealm, checks.CheckDNSMail} {
		rounded(d, finding(id, checks.Unknown, checks.GradeUnknown, "Could not look: Microsoft could not be reached.", detailed("The name does not resolve here.")))
	}
	m := New(t.Context(), d, still(t, 80, 24))
	shows(t, m, "Check the network", "--proxy")
	if n := strings.Count(plainText(m.View().Content), "does not resolve"); n != 1 {
		t.Errorf("said %d times", n)
	}
}

func TestEverySignInFailureSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, k := range []checks.FailureKind{
		checks.FailScope, checks.FailRole, checks.FailLicence, checks.FailSignIn, checks.FailDenied, checks.FailThrottled, checks.FailService, checks.FailNotJSON, checks.FailCut,
		checks.FailUnreachable, checks.FailTLS, checks.FailRequest, checks.FailNotFound, checks.FailCancelled, checks.FailWrongTenant, "new",
	} {
		d := atSignIn(t)
		d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayBrowser)})
		d.happen(flows.SignInFailed{Attempt: d.State().SignIn.Attempt, Reason: k, Message: "said <html>\x1b[2J", Code: "65004"})
		m := New(t.Context(), d, still(t, 80, 24))
		shows(t, m, "✗", "The other side said: said <html> (AADSTS65004)", "Go on without signing in")
		harmless(t, string(k), m.View().Content)
	}
}

// A token file that is not there is nobody's refusal.
func TestWhatCannotBeUsedIsNobodysWord(t *testing.T) {
	t.Parallel()
	d := atSignIn(t)
	d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayBrowser)})
	d.happen(flows.SignInFailed{Attempt: d.State().SignIn.Attempt, Reason: checks.FailInput, Message: "There is no such file.\x1b[2J Give another."})
	m := New(t.Context(), d, still(t, 80, 24))
	shows(t, m, "cannot be used, so nobody was asked", "There is no such file. Give another.", "Go on without signing in")
	if out := plainText(m.View().Content); strings.Contains(out, "The other side said") || strings.Contains(out, "Microsoft did not accept") {
		t.Errorf("got:\n%s", out)
	}
	harmless(t, "input", m.View().Content)
}

func TestEveryStopSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, why := range []flows.StopReason{
		flows.StopMoved, flows.StopRefused, flows.StopUnclear, flows.StopUnseen, flows.StopInterrupted, flows.StopNoHands, flows.StopSignIn,
		flows.StopTenant, flows.StopUnread, flows.StopStore, flows.StopSent, flows.StopBusy, flows.StopNoUse, "new",
	} {
		d := atApplying(t)
		d.happen(flows.Stopped{Plan: d.State().Plan.ID, Why: why, Text: "detail"})
		m := New(t.Context(), d, still(t, 80, 60))
		first, _, _ := strings.Cut(flows.StopWords(d.State()), ".")
		if known := why != "new"; first == "" || known == (first == "Stopped before its end") {
			t.Errorf("%s has no words of its own: %q", why, first)
		}
		shows(t, m, strings.Join(strings.Fields(first), " "), "detail")
	}
}

// Whoever confirmed a plan and cannot sign in to write stops that sign-in, and
// the plan with it.
func TestTheSignInOfAPlanCanBeStopped(t *testing.T) {
	t.Parallel()
	d := atPlan(t)
	p := d.State().Plan
	d.happen(flows.Confirmed{Plan: p.ID, Typed: p.Domain})
	if !d.State().SignIn.Busy {
		t.Fatal("no sign-in is wanted")
	}
	m := New(t.Context(), d, still(t, 80, 60))
	shows(t, m, wordStopSignIn)
	press(m, "enter")
	if s := d.State(); s.SignIn.Busy || s.Confirmed != "" || s.Stop == nil || s.Stop.Why != flows.StopSignIn {
		t.Errorf("sign-in %+v, confirmed %q, stop %+v", s.SignIn, s.Confirmed, s.Stop)
	}
}

func TestEveryLineStatusHasItsOwnWord(t *testing.T) {
	t.Parallel()
	words := map[string]bool{}
	for s := flows.LineWaiting; s <= flows.LineUnclear; s++ {
		mark, word, role := lineLook(s)
		if words[word] || mark == "" {
			t.Errorf("status %d: %q %q", s, mark, word)
		}
		words[word] = true
		if (role == RoleOK) != (s == flows.LineSeen) {
			t.Errorf("status %d: green is for what was read again", s)
		}
	}
}

func TestGreenIsForVerifiedAlone(t *testing.T) {
	t.Parallel()
	for _, v := range []checks.Verdict{checks.Unknown, checks.Pass, checks.Warn, checks.Fail, checks.Pending, checks.Skipped} {
		for _, g := range []checks.Grade{checks.GradeUnknown, checks.Inferred, checks.Asserted, checks.Verified} {
			if _, _, role := verdictLook(v, g); (role == RoleOK) != (v == checks.Pass && g == checks.Verified) {
				t.Errorf("%s, %s is role %d", v, g, role)
			}
		}
	}
}

func TestReportIsKept(t *testing.T) {
	t.Parallel()
	var kept string
	o := still(t, 80, 24)
	o.KeepReport = func(_ context.Context, forms []ReportForm) (string, error) {
		kept = forms[0].Text
		if len(forms) != 3 || !strings.HasPrefix(forms[1].Text, "<!doctype html>") || !json.Valid([]byte(forms[2].Text)) {
			return "", fmt.Errorf("forms %v", forms)
		}
		return "report.md", nil
	}
	m := New(t.Context(), atProof(t), o)
	press(m, "r")
	pressAnd(m, "s")
	if kept != reportText(m.state) || m.notice.text != "Saved as report.md" {
		t.Errorf("%d bytes, notice %q", len(kept), m.notice.text)
	}
	m.Update(keptMsg{err: errors.New("read-only file system")})
	shows(t, m, "Not saved: read-only file system")
}

func TestReportListsWhatWasChanged(t *testing.T) {
	t.Parallel()
	r := reportText(atApplying(t).State())
	for _, want := range []string{"# Hetk Calendar Sync for contoso.example", "POST /oauth2PermissionGrants", "0 of 5 scopes granted tenant-wide"} {
		if !strings.Contains(r, want) {
			t.Errorf("lacks %q:\n%s", want, r)
		}
	}
	if r := reportText(flows.State{}); !strings.Contains(r, "Cannot be told yet") && !strings.Contains(r, "#") {
		t.Errorf("an empty run: %s", r)
	}
}

func TestPlainShowsACodeWithItsWarning(t *testing.T) {
	t.Parallel()
	out := answered(t, atDevice(t), Options{}, "s")
	for _, want := range []string{"F7QK2LMNP", "https://microsoft.com/devicelogin", "trick", "14:02:10", "s. Stop this sign-in."} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
	d := atSignIn(t)
	d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayBrowser)})
	d.prompt = &run.Prompt{Way: flows.WayBrowser, URL: "https://login.microsoftonline.com/authorize?" + strings.Repeat("x", 300), Started: noon}
	if out := answered(t, d, Options{}, "q"); !strings.Contains(out, "\n"+d.prompt.URL+"\n") {
		t.Errorf("the link is not whole on its own line:\n%s", out)
	}
}

func TestPlanThatCannotBeMadeSaysWhy(t *testing.T) {
	t.Parallel()
	d := atHow(t)
	d.happen(flows.Answered{Question: flows.AskHow, Value: flows.HowGraph}, flows.Advanced{})
	f := facts(false)
	f.Facts.App.ByMicrosoft = "DisabledDueToViolationOfServicesAgreement"
	d.happen(f)
	rounded(d, tenantFindings()...)
	if d.State().Place.Step != flows.GrantPlan {
		t.Fatalf("at %+v", d.State().Place)
	}
	m := New(t.Context(), d, still(t, 80, 24))
	shows(t, m, "DisabledDueToViolationOfServicesAgreement")
	if out := said(t, d, Options{}, "q\n"); !strings.Contains(out, "DisabledDueToViolationOfServicesAgreement") {
		t.Errorf("got:\n%s", out)
	}
}

func TestLeavingAPlanUnderWayIsAskedTwice(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atApplying(t), still(t, 80, 24))
	if _, cmd := m.Update(pressed("q")); cmd != nil || m.notice.text != wordSureToLeave {
		t.Fatalf("notice %q", m.notice.text)
	}
	if _, cmd := m.Update(pressed("q")); cmd == nil {
		t.Error("the second q does not leave")
	}
}

func TestWindowsOfAnySizeAreClamped(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atApp(t), still(t, 80, 24))
	for _, z := range [][2]int{{0, 0}, {-5, 1 << 30}, {10000, 10000}} {
		got, ok := clamped(m, tea.WindowSizeMsg{Width: z[0], Height: z[1]}).(tea.WindowSizeMsg)
		if !ok || got.Width < 0 || got.Width > maxWidth || got.Height < 0 || got.Height > maxHeight {
			t.Errorf("%v became %+v", z, got)
		}
	}
	if msg := clamped(m, tickedMsg{}); msg != (tickedMsg{}) {
		t.Errorf("another message became %v", msg)
	}
	if !Drawable(80, 24) || !Drawable(0, 0) || Drawable(10000, 10000) {
		t.Error("what can be drawn on is misjudged")
	}
}

func TestCommandsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	o := still(t, 80, 24)
	o.Still = false
	m := New(ctx, atLooking(t), o)
	listen, tick := m.listen(), m.tick()
	cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		listen()
		tick()
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("a command outlives its context")
	}
}

func TestAnswerAdvisesWhatClearsTheBlock(t *testing.T) {
	t.Parallel()
	d := atLooking(t)
	d.happen(facts(true))
	held := finding(checks.AppAssignment, checks.Fail, checks.Verified, "Only assigned people may use the app: 1 group.",
		fixed2("Assign people or a group", "", checks.WhoAdmin))
	rounded(d, tenantFindings()...)
	rounded(d, finding(checks.AppGrant, checks.Pass, checks.Verified, "5 of 5 scopes granted tenant-wide."), held,
		finding(checks.AccountRole, checks.Warn, checks.Verified, "Your role is only eligible: activate it first.",
			fixed2("Activate the role, then sign in again: a token made before does not carry it.", "", checks.WhoAdmin)))
	m := New(t.Context(), d, still(t, 80, 24))
	shows(t, m, "Only assigned people", "Assign people or a group.", "once your role is active", "Your role is only eligible: activate it first.")
	if strings.Contains(plainText(m.View().Content), "consent link") {
		t.Error("consent is advised, which is there already")
	}
}
