package checks_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

func reviewerCases() []judged {
	behind := func(rs ...checks.Reviewer) change {
		return look(func(l *checks.Snapshot) { l.Reviewers.Value = rs })
	}
	noRole := checks.Reviewer{Kind: checks.ReviewerUser, Found: true, People: 1, Active: 1, RolesKnown: true}
	off := checks.Reviewer{Kind: checks.ReviewerUser, Found: true, People: 1, RolesKnown: true, Roles: []checks.Role{role(cloudAppAdmin, "")}}
	gone := checks.Reviewer{Kind: checks.ReviewerUser}
	group := checks.Reviewer{Kind: checks.ReviewerGroup, Found: true, People: 4, Active: 3}
	graphRole := alsoNeeds(checks.Permission{Resource: checks.MicrosoftGraph, Role: "Calendars.Read"})
	id := checks.ConsentReviewers
	return []judged{
		{"a person who may", id, []change{behind(reviewer(cloudAppAdmin))}, pass, checks.Verified, "Behind them: 1 person.", ""},
		{"a person without a role", id, []change{behind(noRole)}, warn, checks.Verified, "holds an active role", checks.WhoAdmin},
		{"a person whose role is not enough", id, []change{behind(reviewer(cloudAppAdmin)), graphRole}, warn, checks.Verified, "may approve this app", checks.WhoAdmin},
		{"a role that sources differ about", id, []change{behind(reviewer(aiAdmin)), graphRole}, pass, checks.Verified, "Behind them", ""},
		{"one of two may", id, []change{behind(noRole, reviewer(globalAdmin))}, pass, checks.Verified, "2 people", ""},
		{"the one who may is off", id, []change{behind(noRole, off)}, warn, checks.Verified, "1 of 2 entries lead to nobody", checks.WhoAdmin},
		{"all are off or gone", id, []change{behind(off, gone)}, fail, checks.Verified, "Requests go to nobody", checks.WhoAdmin},
		{"a group", id, []change{behind(group)}, pass, checks.Verified, "Behind them: 3 people.", ""},
		{"an empty group", id, []change{behind(checks.Reviewer{Kind: checks.ReviewerGroup, Found: true})}, fail, checks.Verified, "Requests go to nobody", checks.WhoAdmin},
		{"a role held through a group", id, []change{behind(checks.Reviewer{Kind: checks.ReviewerRole, Found: true, Unsure: true, RolesKnown: true, Roles: []checks.Role{role(globalAdmin, "")}})}, pass, checks.Verified, "Requests go to reviewers", ""},
		{"a role that nobody holds", id, []change{behind(checks.Reviewer{Kind: checks.ReviewerRole, RolesKnown: true, Roles: []checks.Role{role(globalAdmin, "")}})}, fail, checks.Verified, "Requests go to nobody", checks.WhoAdmin},
		{"a form nobody knows", id, []change{behind(gone, checks.Reviewer{Kind: checks.ReviewerOther})}, pass, checks.Verified, "form that is not known", ""},
		{"people unread", id, []change{look(func(l *checks.Snapshot) { l.Reviewers = failed[[]checks.Reviewer](noLook(checks.FailDenied)) })}, pass, checks.Verified, "was not looked at", ""},
	}
}

func accessCases() []judged {
	id := checks.AccessConditional
	ask := func(whose checks.Whose, ps ...checks.PolicyEffect) []change { return []change{asked(whose, ps)} }
	block, device, mfa := rule("No entry", "block"), rule("Managed only", "compliantDevice"), rule("Second factor", "mfa")
	either := rule("Either", "mfa", "compliantDevice")
	both := either
	both.All = true
	proxied := rule("Through the proxy")
	proxied.Proxied = true
	none := []checks.PolicyEffect{}
	person := func(s *checks.Subject) { s.Person = "eve@contoso.example" }
	refused := func(f checks.Failure) []change {
		return []change{look(func(l *checks.Snapshot) { l.Conditional = failed[checks.Conditional](f) })}
	}
	return []judged{
		{"no policies", id, nil, pass, checks.Verified, "No policy of Conditional Access stops", ""},
		{"blocks everybody", id, ask(checks.WhoseAll, block), fail, checks.Verified, `stops everybody: policy "No entry"`, checks.WhoAdmin},
		{"blocks all who were picked", id, []change{asked(checks.WhoseSample, []checks.PolicyEffect{block}, []checks.PolicyEffect{mfa, block})}, warn, checks.Inferred, "Asked about 2 people", checks.WhoAdmin},
		{"blocks one who was picked", id, []change{asked(checks.WhoseSample, []checks.PolicyEffect{block}, none)}, warn, checks.Inferred, "stops some people", checks.WhoAdmin},
		{"blocks nobody who was picked", id, []change{asked(checks.WhoseSample, none, none)}, pass, checks.Verified, "Asked about 2 people", ""},
		{"blocks others than were picked", id, []change{asked(checks.WhoseSample, []checks.PolicyEffect{idle(block, "users")})}, warn, checks.Verified, `if it is about this app at all: "No entry"`, ""},
		{"spares the one who looks, of another app", id, ask(checks.WhoseMine, idle(block, "users", "application")), pass, checks.Verified, "Asked about you alone", ""},
		{"blocks the person", id, append(ask(checks.WhoseNamed, block), person), fail, checks.Verified, "stops eve@contoso.example", checks.WhoAdmin},
		{"blocks the one who looks alone", id, ask(checks.WhoseMine, block), warn, checks.Inferred, "Asked about you alone", checks.WhoAdmin},
		{"spares the one who looks", id, ask(checks.WhoseMine, idle(block, "users")), warn, checks.Inferred, "spares you", checks.WhoAdmin},
		{"spares the person", id, ask(checks.WhoseNamed, idle(block, "users")), pass, checks.Verified, "No policy", ""},
		{"blocks, by place", id, ask(checks.WhoseAll, placed(block)), warn, checks.Inferred, "by where they are", checks.WhoAdmin},
		{"does not apply, by place", id, ask(checks.WhoseAll, idle(placed(block), "location")), warn, checks.Verified, "in some places", checks.WhoAdmin},
		{"too little was said", id, ask(checks.WhoseAll, idle(block, "notEnoughInformation")), warn, checks.Verified, "in some places", checks.WhoAdmin},
		{"a reason nobody knows", id, ask(checks.WhoseAll, idle(block, "moonPhase")), warn, checks.Verified, "in some places", checks.WhoAdmin},
		{"by place, and of another app", id, ask(checks.WhoseAll, idle(placed(block), "location", "application")), pass, checks.Verified, "No policy", ""},
		{"device codes only", id, ask(checks.WhoseAll, idle(block, "authenticationFlow")), pass, checks.Verified, "No policy", ""},
		{"no reason given", id, ask(checks.WhoseAll, idle(block)), pass, checks.Verified, "No policy", ""},
		{"a managed device", id, ask(checks.WhoseAll, device), warn, checks.Verified, "wants a managed device", checks.WhoAdmin},
		{"a control nobody knows", id, ask(checks.WhoseAll, rule("New", "retinaScan")), warn, checks.Verified, "wants a managed device", checks.WhoAdmin},
		{"a second factor", id, ask(checks.WhoseAll, mfa), pass, checks.Verified, `an app that works on its own cannot: "Second factor"`, ""},
		{"either will do", id, ask(checks.WhoseAll, either), pass, checks.Verified, `"Either"`, ""},
		{"both are wanted", id, ask(checks.WhoseAll, both), warn, checks.Verified, "wants a managed device", checks.WhoAdmin},
		{"a session through the proxy", id, ask(checks.WhoseAll, proxied), warn, checks.Verified, "Defender for Cloud Apps", checks.WhoAdmin},
		{"a nameless policy", id, ask(checks.WhoseAll, checks.PolicyEffect{ID: "p-1", Applies: true, Controls: []string{"Block"}}), fail, checks.Verified, `"p-1"`, checks.WhoAdmin},
		{"nobody of that name", id, []change{person, asked(checks.WhoseNamed), look(func(l *checks.Snapshot) { l.User = read[*checks.Person](nil, "user") })}, skipped, checks.GradeUnknown, "No user of this tenant has the name", ""},
		{"nobody was asked about", id, []change{asked(checks.WhoseNamed)}, unknown, checks.GradeUnknown, "not there", checks.WhoNobody},
		{"without the scope", id, refused(noLook(checks.FailScope, "Policy.Read.ConditionalAccess", "Policy.Read.All")), unknown, checks.GradeUnknown, "Policy.Read.", checks.WhoAdmin},
		{"without the role", id, refused(noLook(checks.FailRole, "Security Reader")), unknown, checks.GradeUnknown, "lacks a role (Security Reader)", checks.WhoAdmin},
		{"without the licence", id, refused(noLook(checks.FailLicence)), unknown, checks.GradeUnknown, "lacks a licence", checks.WhoAdmin},
		{"out of reach", id, refused(checks.Failure{Kind: checks.FailUnreachable}), unknown, checks.GradeUnknown, "could not be reached", checks.WhoUser},
		{"elsewhere", id, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},
	}
}

// entered is a sign-in some minutes ago.
func entered(minutes int, user string, code int) checks.SignIn {
	return checks.SignIn{At: noon.Add(-time.Duration(minutes) * time.Minute), User: user, Code: code, Reason: "as it is"}
}

func logCases() []judged {
	ins, aud := checks.AccessSignIns, checks.AccessAudit
	byPolicy := entered(1, "u1", 53003)
	byPolicy.Policies = []string{"No entry"}
	event := func(result, reason string, admin *bool, targets ...string) checks.ConsentEvent {
		return checks.ConsentEvent{At: noon.Add(-time.Hour), Result: result, Reason: reason, Admin: admin, Targets: targets}
	}
	later := event("failure", "Risky application detected", nil, appSP)
	later.At = noon
	byApp := event("success", "", new(false))
	byApp.Apps = []string{strings.ToUpper(clientID)}
	return []judged{
		{"nobody tried", ins, nil, pass, checks.Verified, "in the last 7 days", ""},
		{"all got in", ins, []change{signedIn(entered(9, "u1", 0), entered(8, "u2", 0))}, pass, checks.Verified, "2 people signed in", ""},
		{"got in at the second try", ins, []change{signedIn(entered(1, "u1", 0), entered(2, "U1", 53003))}, pass, checks.Verified, "1 person signed in", ""},
		{"a second factor between", ins, []change{signedIn(entered(1, "u1", 50076), entered(2, "u1", 0))}, pass, checks.Verified, "1 person signed in", ""},
		{"only a second factor", ins, []change{signedIn(entered(1, "u1", 50074))}, pass, checks.Verified, "Nobody signed in", ""},
		{"stopped by a policy", ins, []change{signedIn(byPolicy)}, fail, checks.Verified, `(AADSTS53003). Policy: "No entry"`, checks.WhoAdmin},
		{"stopped after they got in", ins, []change{signedIn(entered(2, "u1", 0), entered(1, "u1", 53000))}, fail, checks.Verified, "0 got in; 1 person is stopped: Conditional Access", checks.WhoAdmin},
		{"one stopped, one in", ins, []change{signedIn(entered(1, "u1", 53003), entered(2, "u2", 0))}, warn, checks.Verified, "1 got in; 1 person is stopped", checks.WhoAdmin},
		{"met the wall", ins, []change{signedIn(entered(1, "u1", 90094), entered(2, "u2", 65001))}, warn, checks.Verified, "2 people are stopped: the want of consent", checks.WhoAdmin},
		{"met the wall before the approval", ins, []change{approved(), signedIn(entered(1, "u1", 65001))}, warn, checks.Verified, "the want of consent", checks.WhoUser},
		{"not assigned", ins, []change{signedIn(entered(1, "u1", 50105))}, warn, checks.Verified, "the want of an assignment", checks.WhoAdmin},
		{"the app is off", ins, []change{signedIn(entered(1, "u1", 7000112))}, warn, checks.Verified, "the app being off", checks.WhoAdmin},
		{"a wrong password", ins, []change{signedIn(entered(1, "u1", 50126))}, warn, checks.Verified, "something else", checks.WhoUnknown},
		{"people without ids", ins, []change{signedIn(entered(1, "", 53003), entered(2, "", 0))}, warn, checks.Verified, "1 got in; 1 person is", checks.WhoAdmin},
		{"log without a licence", ins, []change{look(func(l *checks.Snapshot) { l.SignIns = failed[checks.SignInLog](noLook(checks.FailLicence)) })}, unknown, checks.GradeUnknown, "lacks a licence (Microsoft Entra ID P1 or P2)", checks.WhoAdmin},
		{"log without the scope", ins, []change{look(func(l *checks.Snapshot) { l.SignIns = failed[checks.SignInLog](noLook(checks.FailScope)) })}, unknown, checks.GradeUnknown, "AuditLog.Read.All", checks.WhoNobody},
		{"log without the role", ins, []change{look(func(l *checks.Snapshot) { l.SignIns = failed[checks.SignInLog](noLook(checks.FailRole)) })}, unknown, checks.GradeUnknown, "lacks a role", checks.WhoAdmin},
		{"sign-ins elsewhere", ins, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},

		{"no consent", aud, nil, pass, checks.Verified, "no consent to this app in the last 30 days", ""},
		{"consent to other apps", aud, []change{consents(event("success", "", nil, "other", ""))}, pass, checks.Verified, "no consent to this app", ""},
		{"an admin's consent", aud, []change{consents(event("success", "", new(true), strings.ToUpper(appSP)))}, pass, checks.Verified, "was an admin's, for everyone", ""},
		{"by the client id, app absent", aud, []change{absent(), consents(byApp)}, pass, checks.Verified, "a person's, for themselves", ""},
		{"an enterprise app without an id", aud, []change{app(func(sp *checks.ServicePrincipal) { sp.ID = "" }), consents(event("success", "", nil, ""))}, pass, checks.Verified, "no consent to this app", ""},
		{"the last one failed", aud, []change{consents(event("success", "", new(true), appSP), later)}, warn, checks.Verified, "failed: Risky application detected", checks.WhoAdmin},
		{"only the newest were read", aud, []change{look(func(l *checks.Snapshot) { l.Audit.Value.More = true })}, pass, checks.Verified, "newest 0 entries", ""},
		{"audit of no app", aud, []change{func(s *checks.Subject) { s.App.ClientID = "" }}, unknown, checks.GradeUnknown, "client id", checks.WhoVendor},
		{"audit without a licence", aud, []change{look(func(l *checks.Snapshot) { l.Audit = failed[checks.AuditLog](noLook(checks.FailLicence)) })}, unknown, checks.GradeUnknown, "lacks a licence", checks.WhoAdmin},
		{"audit elsewhere", aud, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},
	}
}

// TestDecideWithConditionalAccess holds that consent in place opens nothing
// where the tenant's rules stop people, and that what nobody could look at
// changes no verdict and is said.
func TestDecideWithConditionalAccess(t *testing.T) {
	t.Parallel()
	block := []checks.PolicyEffect{rule("No entry", "block")}
	hung := []checks.PolicyEffect{placed(rule("Office only", "block"))}
	device := []checks.PolicyEffect{rule("Managed only", "compliantDevice")}
	refused := signedIn(entered(1, "u1", 53003))
	unread := func(kind checks.FailureKind) change {
		return look(func(l *checks.Snapshot) { l.Conditional = failed[checks.Conditional](noLook(kind)) })
	}
	for name, c := range map[string]struct {
		is    []change
		state checks.State
		grade checks.Grade
		says  string
		first checks.ID
	}{
		"blocks everybody":                  {[]change{asked(checks.WhoseAll, block)}, checks.StateBlocked, checks.Verified, "Conditional Access stops everybody", checks.AccessConditional},
		"blocks by place":                   {[]change{asked(checks.WhoseAll, hung)}, checks.StateUnknown, checks.Inferred, "is not sure", checks.AccessConditional},
		"blocks by place, and did":          {[]change{asked(checks.WhoseAll, hung), refused}, checks.StateBlocked, checks.Inferred, "0 got in", checks.AccessSignIns},
		"wants a device":                    {[]change{asked(checks.WhoseAll, device)}, checks.StateOpen, checks.Verified, "wants a managed device", checks.AppGrant},
		"wants a device that nobody has":    {[]change{asked(checks.WhoseAll, device), refused}, checks.StateUnknown, checks.Inferred, "0 got in", checks.AccessSignIns},
		"stopped once, and nothing stops":   {[]change{refused}, checks.StateOpen, checks.Verified, "in place", checks.AppGrant},
		"stopped once, and policies unread": {[]change{refused, unread(checks.FailScope)}, checks.StateUnknown, checks.Inferred, "log of sign-ins", checks.AccessSignIns},
		"unread for a scope":                {[]change{unread(checks.FailScope)}, checks.StateOpen, checks.Verified, "in place", checks.AppGrant},
		"unread for a role":                 {[]change{unread(checks.FailRole)}, checks.StateOpen, checks.Verified, "in place", checks.AppGrant},
		"unread for a licence":              {[]change{unread(checks.FailLicence)}, checks.StateOpen, checks.Verified, "in place", checks.AppGrant},
		"one got in":                        {[]change{asked(checks.WhoseAll, device), signedIn(entered(1, "u1", 53000), entered(1, "u2", 0))}, checks.StateOpen, checks.Verified, "in place", checks.AppGrant},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := verdict(subject(append([]change{approved()}, c.is...)...))
			if o.State != c.state || o.Grade != c.grade || !strings.Contains(o.Reason, c.says) || o.Because[0] != c.first {
				t.Errorf("verdict is %+v, want %s %v %q", o, c.state, c.grade, c.says)
			}
			if o.TurnedAway() != (c.state != checks.StateOpen) {
				t.Errorf("turned away: %t of %+v", o.TurnedAway(), o)
			}
			if c.state == checks.StateBlocked && o.Whose != checks.WhoAdmin {
				t.Errorf("it is the move of %q", o.Whose)
			}
			if strings.HasPrefix(name, "unread") && (len(o.NotLooked) == 0 || !strings.Contains(o.NotLooked[0], "Conditional Access was not looked at")) {
				t.Errorf("does not say that it was not looked at: %v", o.NotLooked)
			}
			if name == "wants a device" && (!strings.Contains(o.Reason, "in place") || !slices.Contains(o.Because, checks.AccessConditional) || slices.ContainsFunc(o.NotLooked, func(s string) bool { return strings.Contains(s, "access/conditional") })) {
				t.Errorf("says it elsewhere than with the opening: %+v", o)
			}
		})
	}
	walled := verdict(subject(asked(checks.WhoseAll, block)))
	if walled.TurnedAway() || walled.State != checks.StateBlocked || walled.Because[0] != checks.ConsentPredict {
		t.Errorf("the wall itself is no longer the reason: %+v", walled)
	}
}

// TestNoMoreIsAskedThanASignInAsks holds that whoever lacks scopes is told to
// allow those that a sign-in of ours asks for, and no second one for what the
// first opens too.
func TestNoMoreIsAskedThanASignInAsks(t *testing.T) {
	t.Parallel()
	f := one(subject(account(func(a *checks.Account) { a.Scopes = []string{"User.Read"} })), checks.AccountScope)
	if f.Fix == nil {
		t.Fatalf("%+v", f)
	}
	_, list, _ := strings.Cut(f.Fix.Do, ": ")
	for asked := range strings.FieldsSeq(strings.TrimSuffix(list, ".")) {
		if !slices.Contains(checks.ReadScopes(), asked) {
			t.Errorf("%s is in no sign-in of ours: %q", asked, f.Fix.Do)
		}
	}
	got := one(subject(look(func(l *checks.Snapshot) {
		l.Conditional = failed[checks.Conditional](noLook(checks.FailScope, checks.ScopesFor(checks.PartConditional)...))
	})), checks.AccessConditional)
	if got.Fix == nil || !strings.Contains(got.Fix.Do, "Policy.Read.All") || strings.Contains(got.Fix.Do, "Policy.Read.ConditionalAccess") {
		t.Errorf("%+v", got.Fix)
	}
}

// TestTheLogsAreAskedOfNobody holds that no sign-in is asked to open them, and
// that lacking them is no fault of a sign-in.
func TestTheLogsAreAskedOfNobody(t *testing.T) {
	t.Parallel()
	if slices.Contains(checks.ReadScopes(), "AuditLog.Read.All") {
		t.Error("every sign-in is asked for the logs")
	}
	f := one(subject(account(func(a *checks.Account) { a.Scopes = checks.ReadScopes() })), checks.AccountScope)
	if f.Verdict != pass || !strings.Contains(strings.Join(f.Detail, "\n"), "AuditLog.Read.All") {
		t.Errorf("a sign-in with all that is asked for gives %+v", f)
	}
	for _, p := range []checks.Part{checks.PartConditional, checks.PartReviewers} {
		if !slices.ContainsFunc(checks.ScopesFor(p), func(s string) bool { return slices.Contains(checks.ReadScopes(), s) }) {
			t.Errorf("no sign-in of ours can read %s", p)
		}
	}
	s := subject(approved(), look(func(l *checks.Snapshot) {
		l.SignIns = failed[checks.SignInLog](noLook(checks.FailScope))
		l.Audit = failed[checks.AuditLog](noLook(checks.FailScope))
	}))
	if o := verdict(s); o.State != checks.StateOpen || o.Grade != checks.Verified || slices.ContainsFunc(o.NotLooked, func(n string) bool { return strings.Contains(n, "access/") }) {
		t.Errorf("verdict without the logs is %+v", o)
	}
}
