package checks_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/consent"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	roleNeed := alsoNeeds(checks.Permission{Resource: checks.MicrosoftGraph, Role: "Calendars.Read"})
	legacy, low := policies(consent.PolicyLegacy), policies(consent.PolicyLow)
	off := app(func(sp *checks.ServicePrincipal) { sp.Enabled = new(false) })
	onlyAssigned := app(func(sp *checks.ServicePrincipal) { sp.AssignmentRequired = new(true) })
	twoClouds := look(func(l *checks.Snapshot) {
		l.Discovery.Value.Found = append(l.Discovery.Value.Found, checks.CloudTenant{Cloud: checks.CloudChina, TenantID: fabrikamID})
	})
	unstated := func(s *checks.Subject) {
		s.App.Needs, s.App.NeedsUnstated = needs(checks.MicrosoftGraph, signIn...), true
	}
	apiOff := look(func(l *checks.Snapshot) { l.Resources.Value[0].Enabled = new(false) })
	unreadGrants := look(func(l *checks.Snapshot) { l.Grants = failed[[]checks.Grant](noLook(checks.FailScope)) })
	unreadPolicy := look(func(l *checks.Snapshot) { l.Authorization = failed[checks.Authorization](noLook(checks.FailScope)) })
	for _, c := range []struct {
		name    string
		is      []change
		state   checks.State
		grade   checks.Grade
		whose   checks.Who
		says    string
		because checks.ID
	}{
		{"managed default", nil, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "Users are blocked: Microsoft's managed consent policy.", checks.ConsentPredict},
		{"approved", []change{approved()}, checks.StateOpen, checks.Verified, checks.WhoNobody, "everyone in contoso.example", checks.AppGrant},
		{"approved, match by the token alone", []change{approved(), look(func(l *checks.Snapshot) { l.Organization = checks.Look[checks.Organization]{} })}, checks.StateOpen, checks.Verified, checks.WhoNobody, "", checks.AppGrant},
		{"approved, policies unread", []change{approved(), unreadPolicy}, checks.StateOpen, checks.Verified, checks.WhoNobody, "", checks.AppGrant},
		{"one user's grant", []change{granted(graphSP, "u1", allFive...)}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "managed", checks.ConsentPredict},
		{"partial grant", []change{granted(graphSP, "", "User.Read")}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "managed", checks.ConsentPredict},
		{"grant on another resource", []change{granted(exchangeSP, "", allFive...)}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "managed", checks.ConsentPredict},
		{"approved and disabled", []change{approved(), off}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "switched off", checks.AppEnabled},
		{"approved and stopped", []change{approved(), app(func(sp *checks.ServicePrincipal) { sp.DisabledByMS = "DisabledDueToViolationOfServicesAgreement" })}, checks.StateBlocked, checks.Verified, checks.WhoVendor, "Microsoft has disabled", checks.AppEnabled},
		{"approved and deactivated", []change{approved(), app(func(sp *checks.ServicePrincipal) { sp.Deactivated = new(true) })}, checks.StateBlocked, checks.Verified, checks.WhoVendor, "deactivated", checks.AppEnabled},
		{"approved for the assigned", []change{approved(), onlyAssigned}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "assigned", checks.AppAssignment},
		{"approved, enabled not said", []change{approved(), app(func(sp *checks.ServicePrincipal) { sp.Enabled = nil })}, checks.StateUnknown, checks.GradeUnknown, "", "accountEnabled", checks.AppEnabled},
		{"approved, app role missing", []change{approved(), roleNeed}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "0 of 1 app role", checks.AppRoles},
		{"wrong tenant", []change{approved(), elsewhere()}, checks.StateUnknown, checks.GradeUnknown, checks.WhoUser, "fabrikam.example", checks.TenantMatch},
		{"unknown domain", []change{approved(), look(func(l *checks.Snapshot) { l.Discovery.Value.Found = nil })}, checks.StateBlocked, checks.Inferred, checks.WhoUser, "no tenant", checks.TenantFound},
		{"two clouds, signed in to one", []change{twoClouds, approved()}, checks.StateOpen, checks.Verified, checks.WhoNobody, "", checks.AppGrant},
		{"two clouds, from outside", []change{twoClouds, outside()}, checks.StateUnknown, checks.GradeUnknown, checks.WhoUser, "Name the one", checks.TenantCloud},
		{"personal account", []change{approved(), account(func(a *checks.Account) { a.Personal = true })}, checks.StateUnknown, checks.GradeUnknown, checks.WhoUser, "personal", checks.AccountWork},
		{"from outside", []change{outside()}, checks.StateUnknown, checks.Inferred, checks.WhoUser, "By what could be seen, users are blocked", checks.ConsentPredict},
		{"nothing reachable", []change{outside(), look(func(l *checks.Snapshot) {
			l.Discovery = failed[checks.Discovery](checks.Failure{Kind: checks.FailUnreachable})
		})}, checks.StateUnknown, checks.GradeUnknown, "", "could not be reached", checks.TenantFound},
		{"sign-in not reachable, Graph is", []change{look(func(l *checks.Snapshot) {
			l.Discovery = failed[checks.Discovery](checks.Failure{Kind: checks.FailUnreachable})
		})}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "managed", checks.ConsentPredict},
		{"from outside, sign-in only", []change{outside(), func(s *checks.Subject) { s.App.Needs = needs(checks.MicrosoftGraph, "User.Read") }}, checks.StateUnknown, checks.Inferred, "", "By what could be seen, not verified", checks.ConsentPredict},
		{"client id unknown", []change{anonymous()}, checks.StateUnknown, checks.Inferred, checks.WhoVendor, "users are blocked", checks.ConsentPredict},
		{"everyone may", []change{legacy}, checks.StateOpen, checks.Verified, checks.WhoNobody, "consent for themselves", checks.ConsentPredict},
		{"everyone may, app absent", []change{policies("mine"), absent(), look(func(l *checks.Snapshot) {
			l.Policies.Value = []consent.Policy{{ID: "mine", Includes: []consent.ConditionSet{{PermissionType: "delegated"}}}}
			l.Authorization.Value.RiskyAllowed = new(true)
		})}, checks.StateOpen, checks.Verified, checks.WhoNobody, "consent for themselves", checks.ConsentPredict},
		{"everyone may, but not this app", []change{legacy, off}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "switched off", checks.AppEnabled},
		{"everyone may, policies unread", []change{legacy, look(func(l *checks.Snapshot) { l.Policies = failed[[]consent.Policy](noLook(checks.FailScope)) })}, checks.StateUnknown, checks.Inferred, "", "By what could be seen, not verified", checks.ConsentPredict},
		{"everyone may, unverified", []change{legacy, unverified()}, checks.StateBlocked, checks.Inferred, checks.WhoAdmin, "risk-based step-up", checks.ConsentPredict},
		{"low, classified", []change{low, classified(allFive...)}, checks.StateOpen, checks.Verified, checks.WhoNobody, "", checks.ConsentPredict},
		{"low, bare", []change{low}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "classified", checks.ConsentPredict},
		{"grants and policies unread", []change{unreadGrants, unreadPolicy}, checks.StateUnknown, checks.GradeUnknown, checks.WhoAdmin, "Directory.Read.All", checks.AppGrant},
		{"not approved, policy unread", []change{unreadPolicy}, checks.StateUnknown, checks.GradeUnknown, checks.WhoAdmin, "Not approved for everyone", checks.AppGrant},
		{"needs nothing", []change{approved(), func(s *checks.Subject) { s.App.Needs = nil }}, checks.StateUnknown, checks.GradeUnknown, checks.WhoVendor, "lists no permissions", checks.AppGrant},
		{"approved as far as anybody says", []change{approved(), unstated}, checks.StateUnknown, checks.Inferred, checks.WhoVendor, "what else the app asks for is not known", checks.ConsentPredict},
		{"everyone may, as far as anybody says", []change{legacy, unstated}, checks.StateUnknown, checks.Inferred, checks.WhoVendor, "what else the app asks for is not known", checks.ConsentPredict},
		{"signing in alone is stopped", []change{low, unstated}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "classified", checks.ConsentPredict},
		{"approved, api switched off", []change{approved(), apiOff}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "Microsoft Graph is switched off", checks.AppResource},
		{"everyone may, api switched off", []change{legacy, apiOff}, checks.StateBlocked, checks.Verified, checks.WhoAdmin, "Microsoft Graph is switched off", checks.AppResource},
		{"needs app roles only, granted", []change{func(s *checks.Subject) { s.App.Needs = nil }, roleNeed, look(func(l *checks.Snapshot) {
			l.AppRoles.Value = []checks.Assignment{{RoleID: "role-cal", ResourceID: graphSP}}
		})}, checks.StateOpen, checks.Verified, checks.WhoNobody, "", checks.AppRoles},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := verdict(subject(c.is...))
			if o.State != c.state || o.Grade != c.grade || !strings.Contains(o.Reason, c.says) {
				t.Errorf("verdict is %+v, want %s, %v, %q", o, c.state, c.grade, c.says)
			}
			if c.whose != "" && o.Whose != c.whose {
				t.Errorf("it is the move of %q, want %q", o.Whose, c.whose)
			}
			if len(o.Because) == 0 || o.Because[0] != c.because {
				t.Errorf("because of %v, want %s first", o.Because, c.because)
			}
			if o.State == checks.StateOpen && slices.ContainsFunc(o.NotLooked, func(s string) bool { return strings.Contains(s, "Conditional Access") }) {
				t.Errorf("says of what was looked at that it was not: %v", o.NotLooked)
			}
		})
	}
}

func TestDecideOnNothing(t *testing.T) {
	t.Parallel()
	o := checks.Decide(nil, subject())
	if o.State != checks.StateUnknown || o.Grade != checks.GradeUnknown || o.Reason == "" || o.Whose != checks.WhoUnknown {
		t.Errorf("verdict on nothing is %+v", o)
	}
}

// What was seen in another tenant says nothing, however clear it was.
func TestTheWrongTenantOutweighsAll(t *testing.T) {
	t.Parallel()
	o := checks.Decide([]checks.Finding{
		{Check: checks.AppEnabled, Verdict: fail, Grade: checks.Verified, Summary: "off"},
		{Check: checks.ConsentPredict, Verdict: pass, Grade: checks.Inferred, Summary: "may"},
		{Check: checks.TenantMatch, Verdict: fail, Grade: checks.Verified, Summary: "elsewhere"},
	}, subject())
	if o.State != checks.StateUnknown || o.Grade != checks.GradeUnknown || o.Reason != "elsewhere" {
		t.Errorf("verdict is %+v", o)
	}
}

func TestDecideSaysWhatWasNotLookedAt(t *testing.T) {
	t.Parallel()
	ews := alsoNeeds(checks.Permission{Resource: checks.ExchangeOnline, Scope: "EWS.AccessAsUser.All"})
	s := subject(approved(), granted(exchangeSP, "", "EWS.AccessAsUser.All"), ews, look(func(l *checks.Snapshot) {
		l.Resources.Value = append(l.Resources.Value, exchangeAPI())
		l.Workflow = failed[checks.Workflow](noLook(checks.FailRole))
		l.Conditional = checks.Look[checks.Conditional]{}
	}))
	o := verdict(s)
	if o.State != checks.StateOpen {
		t.Fatalf("verdict is %+v", o)
	}
	// An API that is being retired was looked at.
	resource := func(s string) bool { return strings.HasPrefix(s, "app/resource: ") }
	if len(o.MayStop) != 1 || !slices.ContainsFunc(o.MayStop, resource) || slices.ContainsFunc(o.NotLooked, resource) {
		t.Errorf("may stop people: %q; not looked at: %q", o.MayStop, o.NotLooked)
	}
	var rep struct{ NotLooked, MayStop []string }
	if err := json.Unmarshal(report(t, s), &rep); err != nil || !slices.Equal(rep.MayStop, o.MayStop) || !slices.Equal(rep.NotLooked, o.NotLooked) {
		t.Errorf("the report says %+v, %v", rep, err)
	}
	for _, want := range []string{"Conditional Access", "consent/workflow"} {
		if !slices.ContainsFunc(o.NotLooked, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("%v does not name %s", o.NotLooked, want)
		}
	}
}

// randomFindings makes up findings without regard to sense.
func randomFindings(r *rand.Rand) []checks.Finding {
	var out []checks.Finding
	for _, c := range checks.Table() {
		for range r.IntN(3) {
			f := checks.Finding{
				Check: c.ID, Verdict: checks.Verdict(r.IntN(7)), Grade: checks.Grade(r.IntN(5)), Summary: []string{"a: b.", "c"}[r.IntN(2)],
			}
			if r.IntN(2) == 0 {
				f.Verdict, f.Grade = pass, checks.Verified
			}
			if r.IntN(2) == 0 {
				f.Fix = &checks.Fix{Who: []checks.Who{checks.WhoAdmin, checks.WhoUser}[r.IntN(2)]}
			}
			out = append(out, f)
		}
	}
	return out
}

// No set of findings makes a green that lacks its evidence, whatever else is
// among them; and the order never matters.
func TestNoGreenWithoutEvidence(t *testing.T) {
	t.Parallel()
	greens := 0
	for seed := range uint64(25000) {
		r := rand.New(rand.NewPCG(seed, 7))
		fs := randomFindings(r)
		s := subject()
		if r.IntN(3) == 0 {
			alsoNeeds(checks.Permission{Resource: checks.MicrosoftGraph, Role: "Calendars.Read"})(&s)
		}
		o := checks.Decide(fs, s)
		if o.State == checks.StateOpen && o.Grade == checks.Verified {
			greens++
			if lack := lacking(fs, s); lack != "" {
				t.Fatalf("seed %d: green, although %s: %+v", seed, lack, o)
			}
		}
		r.Shuffle(len(fs), func(i, j int) { fs[i], fs[j] = fs[j], fs[i] })
		if again := checks.Decide(fs, s); again.State != o.State || again.Grade != o.Grade || again.Reason != o.Reason || again.Whose != o.Whose {
			t.Fatalf("seed %d: order matters: %+v, %+v", seed, o, again)
		}
	}
	if greens < 10 {
		t.Errorf("only %d greens: the findings made up test nothing", greens)
	}
}

// lacking names what a green verdict would be without, or "".
func lacking(fs []checks.Finding, s checks.Subject) string {
	solid := func(id checks.ID) bool {
		have := false
		for _, f := range fs {
			if f.Check == id {
				have = true
				if f.Verdict != pass || f.Grade != checks.Verified {
					return false
				}
			}
		}
		return have
	}
	failed := func(id checks.ID) bool {
		return slices.ContainsFunc(fs, func(f checks.Finding) bool { return f.Check == id && f.Verdict == fail })
	}
	for _, id := range []checks.ID{checks.TenantFound, checks.TenantMatch, checks.AppEnabled, checks.AccountWork, checks.ConsentPredict} {
		if failed(id) {
			return string(id) + " failed"
		}
	}
	if !slices.ContainsFunc(fs, func(f checks.Finding) bool { return f.Check == checks.TenantMatch && f.Verdict == pass }) {
		return "nobody saw the right tenant"
	}
	roles := slices.ContainsFunc(s.App.Needs, func(p checks.Permission) bool { return p.Role != "" })
	if roles && !slices.ContainsFunc(fs, func(f checks.Finding) bool { return f.Check == checks.AppRoles && f.Verdict == pass }) {
		return "app roles lack"
	}
	if solid(checks.AppGrant) && solid(checks.AppEnabled) && solid(checks.AppAssignment) && solid(checks.AppPresent) && (!roles || solid(checks.AppRoles)) {
		return ""
	}
	if solid(checks.ConsentPredict) && (failed(checks.AppPresent) || solid(checks.AppEnabled) && solid(checks.AppAssignment)) {
		return ""
	}
	return "neither grant nor prediction is solid"
}
