package checks_test

import (
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/consent"
)

// The made-up world of the tests: contoso.example, on Microsoft's default,
// with a verified calendar app that nobody approved, seen by an admin whose
// sign-in may read everything.
const (
	contosoID  = "c0000000-0000-4000-8000-000000000001"
	fabrikamID = "f0000000-0000-4000-8000-000000000002"
	vendorID   = "e0000000-0000-4000-8000-000000000003"
	clientID   = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"
	appSP      = "a0000000-0000-4000-8000-000000000004"
	graphSP    = "a0000000-0000-4000-8000-000000000005"
	exchangeSP = "a0000000-0000-4000-8000-000000000006"

	globalAdmin   = "62e90394-69f5-4237-9190-012177145e10"
	cloudAppAdmin = "158c047a-c907-4556-b7ef-446551a6b5f7"
	aiAdmin       = "d2562ede-74db-457e-a7b6-544e236ebb61"
	globalReader  = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"

	calendarsID = "1ec239c2-d7c9-4623-a91a-a9775856bb36"
	userReadID  = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
)

var (
	noon    = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	looked  = noon.Add(-2 * time.Second)
	signIn  = []string{"openid", "profile", "offline_access"}
	allFive = append([]string{"User.Read", "Calendars.ReadWrite"}, signIn...)
)

// change is one way in which a subject differs from the base.
type change func(*checks.Subject)

func read[T any](v T, request string) checks.Look[T] {
	return checks.Look[T]{Read: true, Value: v, At: looked, Seen: []checks.Evidence{{
		Source: checks.SourceGraph, Request: "GET https://graph.microsoft.com/v1.0/" + request, At: looked, RequestID: "req-" + request,
	}}}
}

func failed[T any](f checks.Failure) checks.Look[T] {
	return checks.Look[T]{Failure: &f, At: looked, Seen: []checks.Evidence{{
		Source: checks.SourceGraph, Request: "GET https://graph.microsoft.com/v1.0/thing", At: looked,
	}}}
}

// subject builds the base and changes it.
func subject(cs ...change) checks.Subject {
	s := checks.Subject{
		App: checks.App{
			ID: "hetk", Name: "Hetk Calendar Sync", Listed: "Hetk", ClientID: clientID, Publisher: "Hetk",
			Needs:           needs(checks.MicrosoftGraph, allFive...),
			ConsentRedirect: "http://localhost/consented",

			DNS: &checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}},
		},
		Domain: "contoso.example", Now: noon, Look: &checks.Snapshot{},
	}
	l := s.Look
	l.Discovery = read(checks.Discovery{Domain: "contoso.example", Found: []checks.CloudTenant{
		{Cloud: checks.CloudPublic, TenantID: contosoID, Graph: "graph.microsoft.com"},
	}}, "discovery")
	l.Realm = read(checks.Realm{Type: "Managed", Brand: "Contoso"}, "realm")
	l.Account = read(checks.Account{
		TenantID: contosoID, UPN: "admin@contoso.example", Scopes: everyScope(), RoleIDs: []string{globalAdmin},
	}, "account")
	l.Me = read(checks.Person{ID: "me", UPN: "admin@contoso.example", Type: "Member"}, "me")
	l.Roles = read([]checks.Role{{TemplateID: globalAdmin, Name: "Global Administrator", Scope: "/"}}, "roles")
	l.Eligible = read([]checks.Role{}, "eligible")
	l.Organization = read(checks.Organization{ID: contosoID, Name: "Contoso", Domains: []string{"contoso.example"}}, "organization")
	l.App = read(&checks.ServicePrincipal{
		ID: appSP, AppID: clientID, Name: "Hetk Calendar Sync", Enabled: new(true), AssignmentRequired: new(false),
		OwnerTenant: vendorID, Publisher: &checks.Publisher{ID: "1234567", Name: "Hetk"},
	}, "app")
	l.Grants = read([]checks.Grant{}, "grants")
	l.Assignments = read([]checks.Assignment{}, "assignments")
	l.AppRoles = read([]checks.Assignment{}, "appRoles")
	l.Resources = read([]checks.ServicePrincipal{graphAPI()}, "resources")
	l.Classified = read(map[string]consent.Level{}, "classified")
	l.Authorization = read(checks.Authorization{Assigned: []string{
		"ManagePermissionGrantsForSelf.microsoft-user-default-recommended",
		"ManagePermissionGrantsForSelf.microsoft-user-default-allow-consent-apps",
	}}, "authorization")
	l.Policies = read(livePolicies(), "policies")
	l.Workflow = read(checks.Workflow{Enabled: true, Notify: true, Days: 30, Reviewers: []string{"/users/1"}}, "workflow")
	l.Requests = read([]checks.ConsentRequest{}, "requests")
	l.Defaults = read(true, "defaults")
	l.Reviewers = read([]checks.Reviewer{reviewer(cloudAppAdmin)}, "reviewers")
	l.Conditional = read(checks.Conditional{Asked: []checks.WhatIf{{Whose: checks.WhoseAll}}}, "conditional")
	l.SignIns = read(checks.SignInLog{Since: noon.AddDate(0, 0, -7)}, "signIns")
	l.Audit = read(checks.AuditLog{Since: noon.AddDate(0, 0, -30)}, "audit")
	l.DNSPolicy = checks.Look[checks.DNSPublished]{Read: true, At: looked, Value: published("v=hetk1; policy=private")}
	l.DNSMail = checks.Look[checks.DNSMail]{Read: true, At: looked, Value: checks.DNSMail{
		Domain: "contoso.example", Known: true, Exists: true, MX: []string{"contoso-example.mail.protection.outlook.com"},
		Texts: []string{"MS=ms12345678", "v=spf1 include:spf.protection.outlook.com -all"}, DMARC: []string{"v=DMARC1; p=reject; rua=mailto:dmarc@contoso.example"},
	}}
	l.Probe = read(checks.Probe{TenantID: contosoID, Answer: checks.ProbeThere}, "probe")
	l.Callback = read(checks.Callback{Consented: true, Ours: true, Tenant: contosoID}, "callback")
	for _, c := range cs {
		c(&s)
	}
	return s
}

func everyScope() []string {
	var out []string
	for _, p := range checks.Parts() {
		out = append(out, checks.ScopesFor(p)...)
	}
	return out
}

func needs(resource string, scopes ...string) []checks.Permission {
	var out []checks.Permission
	for _, sc := range scopes {
		out = append(out, checks.Permission{Resource: resource, Scope: sc, Why: "to sync"})
	}
	return out
}

func graphAPI() checks.ServicePrincipal {
	api := checks.ServicePrincipal{ID: graphSP, AppID: checks.MicrosoftGraph, Name: "Microsoft Graph", Enabled: new(true)}
	for _, name := range allFive {
		k, _ := consent.Known(checks.MicrosoftGraph, name)
		api.Scopes = append(api.Scopes, checks.PublishedScope{ID: k.ID, Value: name, Type: "User", Enabled: true})
	}
	api.AppRoles = []checks.PublishedRole{{ID: "role-cal", Value: "Calendars.Read"}}
	return api
}

func exchangeAPI() checks.ServicePrincipal {
	return checks.ServicePrincipal{ID: exchangeSP, AppID: checks.ExchangeOnline, Name: "Office 365 Exchange Online", Enabled: new(true), Scopes: []checks.PublishedScope{
		{ID: "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5", Value: "EWS.AccessAsUser.All", Type: "User", Enabled: true},
	}}
}

// livePolicies are the built-in policies as a tenant's own answer.
func livePolicies() []consent.Policy {
	var out []consent.Policy
	for _, id := range []string{consent.PolicyLow, consent.PolicyLegacy, consent.PolicyRecommended} {
		p, _ := consent.Builtin(id)
		p.Assumed = false
		out = append(out, p)
	}
	return append(out, consent.Policy{ID: consent.PolicyAllowConsent, Includes: []consent.ConditionSet{{
		PermissionType: "delegatedUserConsentable", ClientIDs: []string{"f8d98a96-0999-43f5-8af3-69971c7bb423"},
	}}})
}

func policies(ids ...string) change {
	return func(s *checks.Subject) {
		assigned := []string{"ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team"}
		for _, id := range ids {
			assigned = append(assigned, "managePermissionGrantsForSelf."+id)
		}
		s.Look.Authorization.Value.Assigned = assigned
	}
}

// granted adds a grant; principal empty means everyone.
func granted(resourceSP, principal string, scopes ...string) change {
	return func(s *checks.Subject) {
		s.Look.Grants.Value = append(s.Look.Grants.Value, checks.Grant{
			ID: "g" + principal, ResourceID: resourceSP, Everyone: principal == "", Principal: principal, Scopes: scopes, Raw: " " + strings.Join(scopes, " "),
		})
	}
}

func approved() change { return granted(graphSP, "", allFive...) }

func app(f func(*checks.ServicePrincipal)) change {
	return func(s *checks.Subject) {
		sp := *s.Look.App.Value
		f(&sp)
		s.Look.App.Value = &sp
	}
}

func absent() change {
	return func(s *checks.Subject) {
		s.Look.App.Value = nil
		f := checks.Failure{Kind: checks.FailNotFound, Status: 404, Code: "Request_ResourceNotFound"}
		s.Look.Grants = failed[[]checks.Grant](f)
		s.Look.Assignments = failed[[]checks.Assignment](f)
		s.Look.AppRoles = failed[[]checks.Assignment](f)
	}
}

// outside is how it looks before anybody signs in.
func outside() change {
	return func(s *checks.Subject) {
		s.Look = &checks.Snapshot{Discovery: s.Look.Discovery, Realm: s.Look.Realm}
	}
}

func look(f func(*checks.Snapshot)) change { return func(s *checks.Subject) { f(s.Look) } }

func account(f func(*checks.Account)) change {
	return func(s *checks.Subject) { f(&s.Look.Account.Value) }
}

func roles(rs ...checks.Role) change {
	return look(func(l *checks.Snapshot) { l.Roles.Value = rs })
}

// reviewer is a person with a role, who can sign in.
func reviewer(roleID string) checks.Reviewer {
	return checks.Reviewer{Kind: checks.ReviewerUser, Found: true, People: 1, Active: 1, RolesKnown: true, Roles: []checks.Role{role(roleID, "")}}
}

// asked is a what-if about some people, each with what stands before them.
func asked(whose checks.Whose, people ...[]checks.PolicyEffect) change {
	return look(func(l *checks.Snapshot) {
		l.Conditional.Value.Asked = nil
		for _, p := range people {
			l.Conditional.Value.Asked = append(l.Conditional.Value.Asked, checks.WhatIf{Whose: whose, Policies: p})
		}
	})
}

// rule is a policy of Conditional Access that applies.
func rule(name string, controls ...string) checks.PolicyEffect {
	return checks.PolicyEffect{ID: "id of " + name, Name: name, Applies: true, Controls: controls}
}

// idle is a policy that does not apply, for a reason.
func idle(p checks.PolicyEffect, reasons ...string) checks.PolicyEffect {
	p.Applies, p.Reasons = false, reasons
	return p
}

// placed is a policy with a condition that nothing was said of.
func placed(p checks.PolicyEffect) checks.PolicyEffect {
	p.Open = []string{"location"}
	return p
}

func signedIn(entries ...checks.SignIn) change {
	return look(func(l *checks.Snapshot) { l.SignIns.Value.Entries = entries })
}

func consents(entries ...checks.ConsentEvent) change {
	return look(func(l *checks.Snapshot) { l.Audit.Value.Entries = entries })
}

func role(id, name string) checks.Role { return checks.Role{TemplateID: id, Name: name, Scope: "/"} }

func classified(scopes ...string) change {
	return look(func(l *checks.Snapshot) {
		l.Classified.Value = map[string]consent.Level{}
		for _, sc := range scopes {
			k, _ := consent.Known(checks.MicrosoftGraph, sc)
			l.Classified.Value[consent.ClassKey(checks.MicrosoftGraph, k.ID)] = consent.Low
		}
	})
}

func alsoNeeds(ps ...checks.Permission) change {
	return func(s *checks.Subject) { s.App.Needs = append(slices.Clone(s.App.Needs), ps...) }
}

// one judges a single check.
func one(s checks.Subject, id checks.ID) checks.Finding {
	return checks.Judge(s, []checks.ID{id})[0]
}

func verdict(s checks.Subject) checks.Overall {
	return checks.Decide(checks.Judge(s, nil), s)
}
