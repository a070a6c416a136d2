package checks_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"onboard.example/checks"
	"onboard.example/checks/consent"
)

const (
	unknown = checks.Unknown
	pass    = checks.Pass
	warn    = checks.Warn
	fail    = checks.Fail
	pending = checks.Pending
	skipped = checks.Skipped
)

// judged is one hand-worked case.
type judged struct {
	name  string
	id    checks.ID
	is    []change
	want  checks.Verdict
	grade checks.Grade
	says  string // part of the summary or a detail
	who   checks.Who
}

func noLook(kind checks.FailureKind, missing ...string) checks.Failure {
	return checks.Failure{Kind: kind, Status: 403, Code: "Authorization_RequestDenied", Missing: missing}
}

func tenantCases() []judged {
	twoClouds := look(func(l *checks.Snapshot) {
		l.Discovery.Value.Found = append(l.Discovery.Value.Found, checks.CloudTenant{Cloud: checks.CloudChina, TenantID: fabrikamID})
	})
	nowhere := look(func(l *checks.Snapshot) { l.Discovery.Value.Found = nil })
	return []judged{
		{"found", checks.TenantFound, nil, pass, checks.Verified, contosoID, ""},
		{"unknown domain", checks.TenantFound, []change{nowhere}, fail, checks.Verified, "no tenant with the domain contoso.example", checks.WhoUser},
		{"not in the chosen cloud", checks.TenantFound, []change{func(s *checks.Subject) { s.Cloud = checks.CloudChina }}, unknown, checks.GradeUnknown, "21Vianet", checks.WhoUser},
		{"gcc is at the public endpoints", checks.TenantFound, []change{func(s *checks.Subject) { s.Cloud = checks.CloudGCC }}, pass, checks.Verified, contosoID, ""},
		{"in two clouds", checks.TenantFound, []change{twoClouds}, pass, checks.Verified, "2 of Microsoft's clouds", ""},
		{"no domain", checks.TenantFound, []change{func(s *checks.Subject) { s.Domain = "" }}, unknown, checks.GradeUnknown, "No domain", checks.WhoUser},
		{"nothing found, one cloud silent", checks.TenantFound, []change{nowhere, look(func(l *checks.Snapshot) {
			l.Discovery.Value.Missed = map[checks.Cloud]*checks.Failure{checks.CloudPublic: {Kind: checks.FailUnreachable}}
		})}, unknown, checks.GradeUnknown, "could not be reached", checks.WhoUser},
		{"found, one cloud silent", checks.TenantFound, []change{look(func(l *checks.Snapshot) {
			l.Discovery.Value.Missed = map[checks.Cloud]*checks.Failure{checks.CloudChina: {Kind: checks.FailUnreachable}}
		})}, pass, checks.Verified, "Could not be asked: China", ""},
		{"discovery behind a captive portal", checks.TenantFound, []change{look(func(l *checks.Snapshot) {
			l.Discovery = failed[checks.Discovery](checks.Failure{Kind: checks.FailNotJSON})
		})}, unknown, checks.GradeUnknown, "sign-in page of the network", checks.WhoUser},

		{"one cloud", checks.TenantCloud, nil, pass, checks.Verified, "public cloud", ""},
		{"two clouds", checks.TenantCloud, []change{twoClouds}, warn, checks.Verified, "Name the one you mean", checks.WhoUser},
		{"two clouds, one chosen", checks.TenantCloud, []change{twoClouds, func(s *checks.Subject) { s.Cloud = checks.CloudChina }}, pass, checks.Verified, "needs a registration", ""},
		{"cloud of nothing", checks.TenantCloud, []change{nowhere}, skipped, checks.GradeUnknown, "tenant/found failed", ""},
		{"cloud unread", checks.TenantCloud, []change{look(func(l *checks.Snapshot) { l.Discovery = checks.Look[checks.Discovery]{} })}, unknown, checks.GradeUnknown, "Not asked", ""},

		{"managed", checks.TenantRealm, nil, pass, checks.Inferred, "sign in with Microsoft", ""},
		{"federated", checks.TenantRealm, []change{look(func(l *checks.Snapshot) { l.Realm.Value = checks.Realm{Type: "Federated", Host: "sts.contoso.example"} })}, pass, checks.Inferred, "sts.contoso.example", ""},
		{"federated somewhere", checks.TenantRealm, []change{look(func(l *checks.Snapshot) { l.Realm.Value = checks.Realm{Type: "Federated"} })}, pass, checks.Inferred, "own page", ""},
		{"no realm", checks.TenantRealm, []change{look(func(l *checks.Snapshot) { l.Realm.Value = checks.Realm{Type: "Unknown"} })}, warn, checks.Inferred, "does not recognise", checks.WhoUser},
		{"realm unread", checks.TenantRealm, []change{look(func(l *checks.Snapshot) { l.Realm = checks.Look[checks.Realm]{} })}, unknown, checks.GradeUnknown, "Not asked", ""},
		{"realm of nothing", checks.TenantRealm, []change{nowhere}, skipped, checks.GradeUnknown, "tenant/found", ""},

		{"match", checks.TenantMatch, nil, pass, checks.Verified, "signed in to the tenant of contoso.example", ""},
		{"match by the token alone", checks.TenantMatch, []change{look(func(l *checks.Snapshot) { l.Organization = failed[checks.Organization](noLook(checks.FailScope)) })}, pass, checks.Asserted, "contoso.example", ""},
		{"match in one of two clouds", checks.TenantMatch, []change{twoClouds}, pass, checks.Verified, "contoso.example", ""},
		{"match by the tenant's own list", checks.TenantMatch, []change{look(func(l *checks.Snapshot) {
			l.Discovery = failed[checks.Discovery](checks.Failure{Kind: checks.FailUnreachable})
		})}, pass, checks.Verified, "contoso.example", ""},
		{"wrong tenant", checks.TenantMatch, []change{elsewhere()}, fail, checks.Verified, "fabrikam.example, not to the tenant of contoso.example", checks.WhoUser},
		{"wrong tenant by the token", checks.TenantMatch, []change{elsewhere(), look(func(l *checks.Snapshot) { l.Organization = checks.Look[checks.Organization]{} })}, fail, checks.Asserted, "fabrikam.example", checks.WhoUser},
		{"token and Graph disagree", checks.TenantMatch, []change{account(func(a *checks.Account) { a.TenantID = fabrikamID })}, fail, checks.Verified, "not to the tenant", checks.WhoUser},
		{"not signed in", checks.TenantMatch, []change{outside()}, unknown, checks.GradeUnknown, "needs a sign-in", checks.WhoUser},
		{"opaque token", checks.TenantMatch, []change{account(func(a *checks.Account) { *a = checks.Account{Opaque: true} }), look(func(l *checks.Snapshot) { l.Organization = checks.Look[checks.Organization]{} })}, unknown, checks.GradeUnknown, "cannot be read", checks.WhoUser},
		{"match of nothing", checks.TenantMatch, []change{nowhere}, skipped, checks.GradeUnknown, "tenant/found", ""},
	}
}

func elsewhere() change {
	return func(s *checks.Subject) {
		s.Look.Account.Value.TenantID, s.Look.Account.Value.UPN = fabrikamID, "admin@fabrikam.example"
		s.Look.Organization.Value = checks.Organization{ID: fabrikamID, Name: "Fabrikam", Domains: []string{"fabrikam.example"}}
	}
}

func accountCases() []judged {
	graphRole := alsoNeeds(checks.Permission{Resource: checks.MicrosoftGraph, Role: "Calendars.Read"})
	noRoles := look(func(l *checks.Snapshot) { l.Roles = failed[[]checks.Role](noLook(checks.FailScope, "User.Read")) })
	return []judged{
		{"work", checks.AccountWork, nil, pass, checks.Verified, "work account", ""},
		{"work by the token", checks.AccountWork, []change{look(func(l *checks.Snapshot) { l.Me = checks.Look[checks.Person]{} })}, pass, checks.Asserted, "work account", ""},
		{"personal", checks.AccountWork, []change{account(func(a *checks.Account) { a.TenantID = "9188040D-6c67-4c5b-b112-36a304b66dad" })}, fail, checks.Verified, "personal Microsoft account", checks.WhoUser},
		{"personal by flag", checks.AccountWork, []change{account(func(a *checks.Account) { a.Personal = true })}, fail, checks.Verified, "personal", checks.WhoUser},
		{"guest", checks.AccountWork, []change{look(func(l *checks.Snapshot) { l.Me.Value.Type = "Guest" })}, warn, checks.Verified, "guest", checks.WhoUser},
		{"an app's own sign-in", checks.AccountWork, []change{account(func(a *checks.Account) { a.AppOnly = true })}, pass, checks.Verified, "an app's own", ""},
		{"opaque", checks.AccountWork, []change{account(func(a *checks.Account) { *a = checks.Account{Opaque: true} }), look(func(l *checks.Snapshot) { l.Me = checks.Look[checks.Person]{} })}, unknown, checks.GradeUnknown, "cannot be read", checks.WhoUser},
		{"nobody signed in", checks.AccountWork, []change{outside()}, unknown, checks.GradeUnknown, "needs a sign-in", checks.WhoUser},

		{"global admin", checks.AccountRole, nil, pass, checks.Verified, "Global Administrator", ""},
		{"cloud app admin", checks.AccountRole, []change{roles(role(cloudAppAdmin, "Cloud Application Administrator"))}, pass, checks.Verified, "Cloud Application Administrator", ""},
		{"cloud app admin, app roles needed", checks.AccountRole, []change{roles(role(cloudAppAdmin, "")), graphRole}, fail, checks.Verified, "not Microsoft Graph's app roles", checks.WhoAdmin},
		{"global admin, app roles needed", checks.AccountRole, []change{graphRole}, pass, checks.Verified, "Global Administrator", ""},
		{"ai admin", checks.AccountRole, []change{roles(role(aiAdmin, ""))}, warn, checks.Verified, "sources differ", checks.WhoAdmin},
		{"reader only", checks.AccountRole, []change{roles(role(globalReader, "Global Reader"))}, fail, checks.Verified, "You hold: Global Reader.", checks.WhoAdmin},
		{"no role", checks.AccountRole, []change{roles()}, fail, checks.Verified, "none of the built-in roles", checks.WhoAdmin},
		{"role over one unit", checks.AccountRole, []change{roles(checks.Role{TemplateID: cloudAppAdmin, Scope: "/administrativeUnits/1"})}, fail, checks.Verified, "none of the built-in roles", checks.WhoAdmin},
		{"only eligible", checks.AccountRole, []change{roles(), look(func(l *checks.Snapshot) {
			l.Eligible.Value = []checks.Role{role(cloudAppAdmin, "Cloud Application Administrator")}
		})}, warn, checks.Verified, "activate Cloud Application Administrator", checks.WhoAdmin},
		{"eligible for too little", checks.AccountRole, []change{graphRole, roles(), look(func(l *checks.Snapshot) { l.Eligible.Value = []checks.Role{role(cloudAppAdmin, "")} })}, fail, checks.Verified, "none of the built-in roles", checks.WhoAdmin},
		{"by the token", checks.AccountRole, []change{noRoles}, pass, checks.Asserted, "Global Administrator", ""},
		{"none by the token, eligible unread", checks.AccountRole, []change{noRoles, account(func(a *checks.Account) { a.RoleIDs = []string{"b79fbf4d-3ef9-4689-8143-76b194e85509"} }), look(func(l *checks.Snapshot) { l.Eligible = checks.Look[[]checks.Role]{} })}, fail, checks.Asserted, "not looked at", checks.WhoAdmin},
		{"neither said", checks.AccountRole, []change{noRoles, account(func(a *checks.Account) { a.RoleIDs = nil })}, unknown, checks.GradeUnknown, "lacks the permission User.Read", checks.WhoAdmin},
		{"an app holds none", checks.AccountRole, []change{account(func(a *checks.Account) { a.AppOnly = true })}, unknown, checks.GradeUnknown, "no person", checks.WhoUser},
		{"role elsewhere", checks.AccountRole, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},

		{"all scopes", checks.AccountScope, nil, pass, checks.Asserted, "everything", ""},
		{"scopes as addresses", checks.AccountScope, []change{account(func(a *checks.Account) {
			for i, sc := range a.Scopes {
				a.Scopes[i] = "https://graph.microsoft.com/" + strings.ToUpper(sc)
			}
		})}, pass, checks.Asserted, "everything", ""},
		{"some scopes", checks.AccountScope, []change{account(func(a *checks.Account) {
			a.Scopes = []string{"User.Read", "Directory.Read.All", "RoleManagement.Read.All"}
		})}, warn, checks.Asserted, "the user consent setting. It takes Policy.Read.All", checks.WhoAdmin},
		{"opaque scopes", checks.AccountScope, []change{account(func(a *checks.Account) { a.Opaque = true })}, unknown, checks.GradeUnknown, "cannot be read", checks.WhoUser},
		{"personal scopes", checks.AccountScope, []change{account(func(a *checks.Account) { a.Personal = true })}, skipped, checks.GradeUnknown, "account/work", ""},
	}
}

func appCases() []judged {
	ewsNeed := alsoNeeds(checks.Permission{Resource: checks.ExchangeOnline, Scope: "EWS.AccessAsUser.All"})
	noApp := look(func(l *checks.Snapshot) {
		l.App = failed[*checks.ServicePrincipal](noLook(checks.FailScope, "Application.Read.All"))
	})
	assignment := func(as ...checks.Assignment) change {
		return func(s *checks.Subject) {
			app(func(sp *checks.ServicePrincipal) { sp.AssignmentRequired = new(true) })(s)
			s.Look.Assignments.Value = as
		}
	}
	return []judged{
		{"present", checks.AppPresent, nil, pass, checks.Verified, "Hetk Calendar Sync", ""},
		{"absent", checks.AppPresent, []change{absent()}, fail, checks.Verified, "not in this tenant yet", checks.WhoAdmin},
		{"another app", checks.AppPresent, []change{app(func(sp *checks.ServicePrincipal) { sp.AppID = "other" })}, unknown, checks.GradeUnknown, "another app", checks.WhoElse},
		{"given, and called as the profile says", checks.AppPresent, []change{given, named("hetk")}, pass, checks.Verified, "given by hand", ""},
		{"given, and called otherwise", checks.AppPresent, []change{given, named("Other Calendar")}, warn, checks.Verified, "called Other Calendar, not Hetk Calendar Sync", checks.WhoAdmin},
		{"found, and called otherwise", checks.AppPresent, []change{found, named("Other Calendar")}, warn, checks.Verified, "found by the app's name", checks.WhoAdmin},
		{"given, and not there", checks.AppPresent, []change{given, absent()}, fail, checks.Verified, "given by hand", checks.WhoAdmin},
		{"given, of nobody's description", checks.AppPresent, []change{given, undescribed, named("Other Calendar")}, pass, checks.Verified, "given by hand", ""},
		{"the profile's own, renamed", checks.AppPresent, []change{named("Hetk Agenda")}, pass, checks.Verified, "Hetk Agenda", ""},
		{"no client id", checks.AppPresent, []change{func(s *checks.Subject) { s.App.ClientID = "" }, look(func(l *checks.Snapshot) { l.App = checks.Look[*checks.ServicePrincipal]{} })}, unknown, checks.GradeUnknown, "client id", checks.WhoVendor},
		{"present elsewhere", checks.AppPresent, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},

		{"enabled", checks.AppEnabled, nil, pass, checks.Verified, "enabled", ""},
		{"explicitly not disabled", checks.AppEnabled, []change{app(func(sp *checks.ServicePrincipal) { sp.DisabledByMS = "NotDisabled"; sp.Deactivated = new(false) })}, pass, checks.Verified, "enabled", ""},
		{"disabled", checks.AppEnabled, []change{app(func(sp *checks.ServicePrincipal) { sp.Enabled = new(false) })}, fail, checks.Verified, "switched off", checks.WhoAdmin},
		{"deactivated", checks.AppEnabled, []change{app(func(sp *checks.ServicePrincipal) { sp.Deactivated = new(true) })}, fail, checks.Verified, "deactivated", checks.WhoVendor},
		{"deactivated, of nobody knows whom", checks.AppEnabled, []change{app(func(sp *checks.ServicePrincipal) { sp.Deactivated, sp.OwnerTenant = new(true), "" })}, fail, checks.Verified, "deactivated", checks.WhoVendor},
		{"deactivated, our own", checks.AppEnabled, []change{app(func(sp *checks.ServicePrincipal) { sp.Deactivated, sp.OwnerTenant = new(true), contosoID })}, fail, checks.Verified, "deactivated", checks.WhoAdmin},
		{"stopped by Microsoft", checks.AppEnabled, []change{app(func(sp *checks.ServicePrincipal) { sp.DisabledByMS = "DisabledDueToViolationOfServicesAgreement" })}, fail, checks.Verified, "Microsoft has disabled", checks.WhoVendor},
		{"a status nobody knows", checks.AppEnabled, []change{app(func(sp *checks.ServicePrincipal) { sp.DisabledByMS = "SomethingNew" })}, fail, checks.Verified, "SomethingNew", checks.WhoVendor},
		{"not said", checks.AppEnabled, []change{app(func(sp *checks.ServicePrincipal) { sp.Enabled = nil })}, unknown, checks.GradeUnknown, "accountEnabled", ""},
		{"not there to be enabled", checks.AppEnabled, []change{absent()}, skipped, checks.GradeUnknown, "app/present", ""},

		{"verified", checks.AppPublisher, nil, pass, checks.Verified, "Hetk, verified (who, not how safe)", ""},
		{"verified under another name", checks.AppPublisher, []change{publisher("1", "Hetk Holding")}, warn, checks.Verified, "Hetk Holding, verified, and the app's profile names Hetk.", checks.WhoAdmin},
		{"another name, the partner id that it should have", checks.AppPublisher, []change{partner("1234567"), publisher("1234567", "Hetk Holding")}, pass, checks.Verified, "profile names Hetk", ""},
		{"the name, and another partner id", checks.AppPublisher, []change{partner("1234567"), publisher("7654321", "Hetk")}, warn, checks.Verified, "Hetk (partner id 1234567)", checks.WhoAdmin},
		{"whose nobody described", checks.AppPublisher, []change{given, undescribed, publisher("1", "Other Vendor")}, pass, checks.Verified, "given by hand", ""},
		{"given, and unverified", checks.AppPublisher, []change{given, unverified()}, warn, checks.Verified, "given by hand", checks.WhoVendor},
		{"unverified", checks.AppPublisher, []change{unverified()}, warn, checks.Verified, "not verified", checks.WhoVendor},
		{"publisher not said", checks.AppPublisher, []change{app(func(sp *checks.ServicePrincipal) { sp.Publisher = nil })}, unknown, checks.GradeUnknown, "verifiedPublisher", ""},
		{"no app, no publisher", checks.AppPublisher, []change{absent()}, skipped, checks.GradeUnknown, "app/present", ""},

		{"open to all", checks.AppAssignment, nil, pass, checks.Verified, "No assignment", ""},
		{"some assigned", checks.AppAssignment, []change{assignment(
			checks.Assignment{PrincipalID: "1", PrincipalType: "User"}, checks.Assignment{PrincipalID: "1", PrincipalType: "User"},
			checks.Assignment{PrincipalID: "2", PrincipalType: "Group"}, checks.Assignment{PrincipalID: "3", PrincipalType: "ServicePrincipal"},
		)}, fail, checks.Verified, "1 person and 1 group", checks.WhoAdmin},
		{"nobody assigned", checks.AppAssignment, []change{assignment()}, fail, checks.Verified, "nobody is assigned", checks.WhoAdmin},
		{"assigned unread", checks.AppAssignment, []change{assignment(), look(func(l *checks.Snapshot) { l.Assignments = failed[[]checks.Assignment](noLook(checks.FailRole)) })}, fail, checks.Verified, "not looked at", checks.WhoAdmin},
		{"assignment not said", checks.AppAssignment, []change{app(func(sp *checks.ServicePrincipal) { sp.AssignmentRequired = nil })}, unknown, checks.GradeUnknown, "appRoleAssignmentRequired", ""},
		{"assignment of nothing", checks.AppAssignment, []change{absent()}, skipped, checks.GradeUnknown, "app/present", ""},
		{"assignment unread", checks.AppAssignment, []change{noApp}, unknown, checks.GradeUnknown, "Application.Read.All", checks.WhoAdmin},

		{"apis fine", checks.AppResource, nil, pass, checks.Verified, "going away", ""},
		{"ews", checks.AppResource, []change{ewsNeed, look(func(l *checks.Snapshot) { l.Resources.Value = append(l.Resources.Value, exchangeAPI()) })}, warn, checks.Inferred, "EWS", checks.WhoAdmin},
		{"api absent", checks.AppResource, []change{look(func(l *checks.Snapshot) { l.Resources.Value = nil })}, warn, checks.Verified, "Microsoft Graph is not in this tenant", checks.WhoAdmin},
		{"api switched off", checks.AppResource, []change{approved(), look(func(l *checks.Snapshot) { l.Resources.Value[0].Enabled = new(false) })}, fail, checks.Verified, "Microsoft Graph is switched off", checks.WhoAdmin},
		{"ews switched off", checks.AppResource, []change{ewsNeed, look(func(l *checks.Snapshot) {
			l.Resources.Value = append(l.Resources.Value, exchangeAPI())
			l.Resources.Value[1].Enabled = new(false)
		})}, fail, checks.Verified, "Exchange Online is switched off", checks.WhoAdmin},
		{"apis from outside", checks.AppResource, []change{outside()}, pass, checks.Inferred, "not looked at", ""},
		{"apis unread", checks.AppResource, []change{look(func(l *checks.Snapshot) { l.Resources = failed[[]checks.ServicePrincipal](noLook(checks.FailDenied)) })}, unknown, checks.GradeUnknown, "did not say whether a scope or a role", checks.WhoAdmin},
		{"apis elsewhere", checks.AppResource, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},
	}
}

// anonymous is an app whose client id nobody knows.
func anonymous() change {
	return func(s *checks.Subject) {
		f := checks.Failure{Kind: checks.FailNoClientID, Message: "no client id"}
		s.App.ClientID = ""
		s.Look.App, s.Look.Grants = failed[*checks.ServicePrincipal](f), failed[[]checks.Grant](f)
		s.Look.Assignments, s.Look.AppRoles = failed[[]checks.Assignment](f), failed[[]checks.Assignment](f)
	}
}

func unverified() change {
	return app(func(sp *checks.ServicePrincipal) { sp.Publisher = &checks.Publisher{} })
}

func grantCases() []judged {
	roleNeed := alsoNeeds(checks.Permission{Resource: checks.MicrosoftGraph, Role: "Calendars.Read"})
	roleHeld := func(resource, id string) change {
		return look(func(l *checks.Snapshot) {
			l.AppRoles.Value = []checks.Assignment{{RoleID: id, ResourceID: resource}}
		})
	}
	lower := make([]string, len(allFive))
	for i, sc := range allFive {
		lower[i] = strings.ToLower(sc)
	}
	unreadGrants := look(func(l *checks.Snapshot) { l.Grants = failed[[]checks.Grant](noLook(checks.FailScope)) })
	return []judged{
		{"nothing granted", checks.AppGrant, nil, fail, checks.Verified, "0 of 5 scopes", checks.WhoAdmin},
		{"all granted", checks.AppGrant, []change{approved()}, pass, checks.Verified, "5 of 5 scopes", ""},
		{"granted in another case", checks.AppGrant, []change{granted(strings.ToUpper(graphSP), "", lower...)}, pass, checks.Verified, "5 of 5", ""},
		{"granted as one odd string", checks.AppGrant, []change{granted(graphSP, "", "  "+strings.Join(allFive, "   "))}, pass, checks.Verified, "5 of 5", ""},
		{"only the raw string", checks.AppGrant, []change{approved(), look(func(l *checks.Snapshot) { l.Grants.Value[0].Scopes = nil })}, pass, checks.Verified, "5 of 5", ""},
		{"in two grants", checks.AppGrant, []change{granted(graphSP, "", allFive[:2]...), granted(graphSP, "", allFive[2:]...)}, pass, checks.Verified, "5 of 5", ""},
		{"partly granted", checks.AppGrant, []change{granted(graphSP, "", append([]string{"User.Read"}, signIn...)...)}, fail, checks.Verified, "Missing on Microsoft Graph: Calendars.ReadWrite", checks.WhoAdmin},
		{"one person's grant", checks.AppGrant, []change{granted(graphSP, "u1", allFive...)}, fail, checks.Verified, "1 person has some of these for themselves", checks.WhoAdmin},
		{"granted on another api", checks.AppGrant, []change{granted(exchangeSP, "", allFive...)}, fail, checks.Verified, "Granted on another API", checks.WhoAdmin},
		{"a longer name is another scope", checks.AppGrant, []change{granted(graphSP, "", append([]string{"User.Read.All", "Calendars.ReadWrite.Shared"}, signIn...)...)}, fail, checks.Verified, "3 of 5", checks.WhoAdmin},
		{"no app, no grant", checks.AppGrant, []change{absent()}, fail, checks.Verified, "not in this tenant yet", checks.WhoAdmin},
		{"api absent", checks.AppGrant, []change{approved(), look(func(l *checks.Snapshot) { l.Resources.Value = nil })}, fail, checks.Verified, "0 of 5", checks.WhoAdmin},
		{"grants unread", checks.AppGrant, []change{unreadGrants}, unknown, checks.GradeUnknown, "lacks the permission Directory.Read.All", checks.WhoAdmin},
		{"needs nothing", checks.AppGrant, []change{func(s *checks.Subject) { s.App.Needs = nil }}, unknown, checks.GradeUnknown, "lists no permissions", checks.WhoVendor},
		{"needs app roles only", checks.AppGrant, []change{func(s *checks.Subject) { s.App.Needs = nil }, roleNeed}, pass, checks.Asserted, "needs no scopes", ""},
		{"grant elsewhere", checks.AppGrant, []change{elsewhere(), approved()}, skipped, checks.GradeUnknown, "tenant/match", ""},
		{"grant not asked", checks.AppGrant, []change{outside()}, unknown, checks.GradeUnknown, "needs a sign-in", checks.WhoUser},

		{"no roles needed", checks.AppRoles, nil, pass, checks.Asserted, "needs no app roles", ""},
		{"role granted", checks.AppRoles, []change{roleNeed, roleHeld(graphSP, "ROLE-cal")}, pass, checks.Verified, "1 of 1 app role", ""},
		{"role missing", checks.AppRoles, []change{roleNeed}, fail, checks.Verified, "Missing: Calendars.Read", checks.WhoAdmin},
		{"role on another api", checks.AppRoles, []change{roleNeed, roleHeld(exchangeSP, "role-cal")}, fail, checks.Verified, "0 of 1", checks.WhoAdmin},
		{"role of no app", checks.AppRoles, []change{roleNeed, absent()}, fail, checks.Verified, "0 of 1", checks.WhoAdmin},
		{"roles unread", checks.AppRoles, []change{roleNeed, look(func(l *checks.Snapshot) { l.AppRoles = failed[[]checks.Assignment](noLook(checks.FailThrottled)) })}, unknown, checks.GradeUnknown, "busy", checks.WhoNobody},
		{"roles elsewhere", checks.AppRoles, []change{roleNeed, elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},

		{"nobody's own", checks.AppUserGrants, nil, pass, checks.Verified, "Nobody", ""},
		{"two people's own", checks.AppUserGrants, []change{granted(graphSP, "u1", "User.Read"), granted(exchangeSP, "U1", "x"), granted(graphSP, "u2", "User.Read")}, warn, checks.Verified, "2 people", checks.WhoAdmin},
		{"own and all", checks.AppUserGrants, []change{approved(), granted(graphSP, "u1", "User.Read")}, pass, checks.Verified, "1 person also", ""},
		{"own unread", checks.AppUserGrants, []change{unreadGrants}, unknown, checks.GradeUnknown, "Directory.Read.All", checks.WhoAdmin},
		{"own of nothing", checks.AppUserGrants, []change{absent()}, skipped, checks.GradeUnknown, "app/present", ""},
	}
}

func consentCases() []judged {
	noPolicies := look(func(l *checks.Snapshot) {
		l.Policies = failed[[]consent.Policy](noLook(checks.FailScope, "Policy.Read.PermissionGrant"))
	})
	noAuthorization := look(func(l *checks.Snapshot) {
		l.Authorization = failed[checks.Authorization](noLook(checks.FailRole, "Global Reader"))
	})
	low, all := policies(consent.PolicyLow), policies(consent.PolicyLegacy)
	noGrants := look(func(l *checks.Snapshot) { l.Grants = failed[[]checks.Grant](noLook(checks.FailDenied)) })
	noAPIs := look(func(l *checks.Snapshot) {
		l.Resources = failed[[]checks.ServicePrincipal](checks.Failure{Kind: checks.FailService, Status: 503})
	})
	managedSets := func(sets ...consent.ConditionSet) change {
		return look(func(l *checks.Snapshot) {
			l.Policies.Value = []consent.Policy{{ID: consent.PolicyRecommended, Excludes: sets}}
		})
	}
	risky := look(func(l *checks.Snapshot) { l.Authorization.Value.RiskyAllowed = new(true) })
	return []judged{
		{"managed", checks.ConsentPolicy, nil, pass, checks.Verified, "Microsoft manages", ""},
		{"nobody may", checks.ConsentPolicy, []change{policies()}, fail, checks.Verified, "may not consent to any app", checks.WhoAdmin},
		{"nobody may, approved", checks.ConsentPolicy, []change{policies(), approved()}, pass, checks.Verified, "may not consent to any app", ""},
		{"low", checks.ConsentPolicy, []change{low}, pass, checks.Verified, "classified Low", ""},
		{"all", checks.ConsentPolicy, []change{all}, pass, checks.Verified, "any app", ""},
		{"custom", checks.ConsentPolicy, []change{policies("my-policy")}, pass, checks.Verified, "custom policies: my-policy", ""},
		{"mixed", checks.ConsentPolicy, []change{policies(consent.PolicyLow, consent.PolicyLegacy)}, pass, checks.Verified, "custom policies", ""},
		{"assigned not said", checks.ConsentPolicy, []change{look(func(l *checks.Snapshot) { l.Authorization.Value.Assigned = nil })}, unknown, checks.GradeUnknown, "permissionGrantPoliciesAssigned", checks.WhoNobody},
		{"policy unread", checks.ConsentPolicy, []change{noAuthorization}, unknown, checks.GradeUnknown, "lacks a role (Global Reader)", checks.WhoAdmin},
		{"policy elsewhere", checks.ConsentPolicy, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},

		{"on the list", checks.ConsentManaged, nil, fail, checks.Verified, "Calendars.ReadWrite has been on Microsoft's list since Oct/Nov 2025 (MC1163922)", checks.WhoAdmin},
		{"nobody may, grants unread", checks.ConsentPolicy, []change{policies(), noGrants}, warn, checks.Verified, "could not be read", ""},
		{"on the list, grants unread", checks.ConsentManaged, []change{noGrants}, warn, checks.Verified, "could not be read", ""},
		{"on the list, approved, apis unread", checks.ConsentManaged, []change{approved(), noAPIs}, warn, checks.Verified, "could not be read", ""},
		{"nothing classified, grants unread", checks.ConsentClassified, []change{low, noGrants}, warn, checks.Verified, "could not be read", ""},
		{"on the list, approved", checks.ConsentManaged, []change{approved()}, pass, checks.Verified, "stops nobody", ""},
		{"none on the list", checks.ConsentManaged, []change{func(s *checks.Subject) { s.App.Needs = needs(checks.MicrosoftGraph, "User.Read") }}, pass, checks.Verified, "0 of 1 scope", ""},
		{"tenant's list is shorter", checks.ConsentManaged, []change{look(func(l *checks.Snapshot) { l.Policies.Value = []consent.Policy{{ID: consent.PolicyRecommended}} })}, pass, checks.Verified, "0 of 5", ""},
		{"tenant's list is longer", checks.ConsentManaged, []change{managedSets(consent.ConditionSet{
			PermissionType: "delegated", Resource: checks.MicrosoftGraph, Permissions: []string{userReadID},
		})}, fail, checks.Verified, "User.Read is on Microsoft's list", checks.WhoAdmin},
		{"not managed", checks.ConsentManaged, []change{all}, pass, checks.Verified, "not on Microsoft's managed policy", ""},
		{"list unread", checks.ConsentManaged, []change{noPolicies}, warn, checks.Inferred, "own copy", ""},
		{"tenant's list is of other apps", checks.ConsentManaged, []change{managedSets(consent.ConditionSet{PermissionType: "delegated", Resource: checks.MicrosoftGraph, Permissions: []string{"all"}, ClientIDs: []string{exchangeSP}})}, pass, checks.Verified, "0 of 5", ""},
		{"tenant's list is of app roles", checks.ConsentManaged, []change{managedSets(consent.ConditionSet{PermissionType: "application", Resource: checks.MicrosoftGraph, Permissions: []string{"all"}})}, pass, checks.Verified, "0 of 5", ""},
		{"from outside", checks.ConsentManaged, []change{outside()}, fail, checks.Inferred, "Microsoft's default", checks.WhoAdmin},
		{"setting unread", checks.ConsentManaged, []change{noAuthorization}, unknown, checks.GradeUnknown, "lacks a role", checks.WhoAdmin},
		{"list elsewhere", checks.ConsentManaged, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},

		{"nothing classified, nothing rests on it", checks.ConsentClassified, nil, pass, checks.Verified, "which plays no part here", ""},
		{"nothing classified", checks.ConsentClassified, []change{low}, fail, checks.Verified, "0 of 5 scopes", checks.WhoAdmin},
		{"some classified", checks.ConsentClassified, []change{low, classified(signIn...)}, fail, checks.Verified, "Not classified Low: User.Read, Calendars.ReadWrite", checks.WhoAdmin},
		{"all classified", checks.ConsentClassified, []change{low, classified(allFive...)}, pass, checks.Verified, "5 of 5", ""},
		{"nothing classified, approved", checks.ConsentClassified, []change{low, approved()}, pass, checks.Verified, "stops nobody", ""},
		{"nothing classified, custom policy", checks.ConsentClassified, []change{policies("mine")}, pass, checks.Verified, "custom consent policies", ""},
		{"nothing classified, setting unread", checks.ConsentClassified, []change{noAuthorization}, warn, checks.Verified, "not known", ""},
		{"classification unread", checks.ConsentClassified, []change{look(func(l *checks.Snapshot) {
			l.Classified = failed[map[string]consent.Level](checks.Failure{Kind: checks.FailService, Status: 503})
		})}, unknown, checks.GradeUnknown, "failed (503)", checks.WhoMicrosoft},
		{"classification elsewhere", checks.ConsentClassified, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},

		{"risk, verified", checks.ConsentRisk, nil, pass, checks.Verified, "does not look at verified", ""},
		{"risk, unverified", checks.ConsentRisk, []change{unverified()}, warn, checks.Inferred, "may hold this unverified app", checks.WhoAdmin},
		{"risk off", checks.ConsentRisk, []change{unverified(), risky}, pass, checks.Verified, "is off", ""},
		{"risk, no app", checks.ConsentRisk, []change{absent()}, pass, checks.Inferred, "is on", ""},
		{"risk unread", checks.ConsentRisk, []change{noAuthorization}, unknown, checks.GradeUnknown, "lacks a role", checks.WhoAdmin},
		{"risk elsewhere", checks.ConsentRisk, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},

		{"managed wall", checks.ConsentPredict, nil, fail, checks.Verified, "MC1163922", checks.WhoAdmin},
		{"consent off", checks.ConsentPredict, []change{policies()}, fail, checks.Verified, "user consent is off", checks.WhoAdmin},
		{"approved", checks.ConsentPredict, []change{approved()}, pass, checks.Verified, "all is granted", ""},
		{"everyone may", checks.ConsentPredict, []change{all}, pass, checks.Verified, "by policy microsoft-user-default-legacy", ""},
		{"everyone may, app absent", checks.ConsentPredict, []change{policies("mine"), absent(), look(func(l *checks.Snapshot) {
			l.Policies.Value = []consent.Policy{{ID: "mine", Includes: []consent.ConditionSet{{PermissionType: "delegated"}}}}
			l.Authorization.Value.RiskyAllowed = new(true)
		})}, pass, checks.Verified, "by policy mine", ""},
		{"one person's grant opens nothing", checks.ConsentPredict, []change{granted(graphSP, "u1", allFive...)}, fail, checks.Verified, "Others here consented for themselves", checks.WhoAdmin},
		{"low and classified", checks.ConsentPredict, []change{low, classified(allFive...)}, pass, checks.Verified, "microsoft-user-default-low", ""},
		{"low and bare", checks.ConsentPredict, []change{low}, fail, checks.Verified, "classified as the policy asks", checks.WhoAdmin},
		{"unverified, low", checks.ConsentPredict, []change{low, classified(allFive...), unverified()}, fail, checks.Verified, "not verified", checks.WhoAdmin},
		{"unverified, risk", checks.ConsentPredict, []change{all, unverified()}, fail, checks.Inferred, "risk-based step-up", checks.WhoAdmin},
		{"unverified, risk off", checks.ConsentPredict, []change{all, unverified(), risky}, pass, checks.Verified, "may consent", ""},
		{"disabled", checks.ConsentPredict, []change{all, app(func(sp *checks.ServicePrincipal) { sp.Enabled = new(false) })}, fail, checks.Verified, "disabled", checks.WhoAdmin},
		{"enabled not said", checks.ConsentPredict, []change{all, app(func(sp *checks.ServicePrincipal) { sp.Enabled = nil })}, unknown, checks.GradeUnknown, "enabled was not read", ""},
		{"deactivated", checks.ConsentPredict, []change{approved(), app(func(sp *checks.ServicePrincipal) { sp.Deactivated = new(true) })}, fail, checks.Verified, "disabled", checks.WhoAdmin},
		{"stopped", checks.ConsentPredict, []change{approved(), app(func(sp *checks.ServicePrincipal) { sp.DisabledByMS = "DisabledDueToViolationOfServicesAgreement" })}, fail, checks.Verified, "disabled", checks.WhoVendor},
		{"approved for the assigned", checks.ConsentPredict, []change{approved(), app(func(sp *checks.ServicePrincipal) { sp.AssignmentRequired = new(true) })}, fail, checks.Verified, "only assigned", checks.WhoAdmin},
		{"from outside", checks.ConsentPredict, []change{outside()}, fail, checks.Inferred, "Microsoft's default", checks.WhoAdmin},
		{"from outside, sign-in only", checks.ConsentPredict, []change{outside(), func(s *checks.Subject) { s.App.Needs = needs(checks.MicrosoftGraph, "User.Read") }}, pass, checks.Inferred, "Microsoft's default", ""},
		{"client id unknown", checks.ConsentPredict, []change{anonymous()}, fail, checks.Inferred, "The enterprise app was not looked at", checks.WhoAdmin},
		{"client id unknown, everyone may", checks.ConsentPredict, []change{anonymous(), all}, unknown, checks.GradeUnknown, "client id", checks.WhoVendor},
		{"policies unread", checks.ConsentPredict, []change{noPolicies}, fail, checks.Inferred, "own copy", checks.WhoAdmin},
		{"setting unread", checks.ConsentPredict, []change{noAuthorization}, unknown, checks.GradeUnknown, "lacks a role", checks.WhoAdmin},
		{"setting unread, approved", checks.ConsentPredict, []change{noAuthorization, approved()}, pass, checks.Verified, "all is granted", ""},
		{"custom policy unread", checks.ConsentPredict, []change{policies("mine")}, unknown, checks.GradeUnknown, "cannot be told", ""},
		{"prediction of another app", checks.ConsentPredict, []change{all, app(func(sp *checks.ServicePrincipal) { sp.AppID = "other" })}, unknown, checks.GradeUnknown, "another app", checks.WhoElse},
		{"prediction for nothing", checks.ConsentPredict, []change{func(s *checks.Subject) { s.App.Needs = nil }}, unknown, checks.GradeUnknown, "lists no permissions", checks.WhoVendor},
		{"prediction elsewhere", checks.ConsentPredict, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},
	}
}

func workflowCases() []judged {
	workflow := func(w checks.Workflow) change {
		return look(func(l *checks.Snapshot) { l.Workflow.Value, l.Reviewers = w, checks.Look[[]checks.Reviewer]{} })
	}
	byRole := func(id string) string {
		return "/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + id + "'"
	}
	requests := func(rs ...checks.ConsentRequest) change {
		return look(func(l *checks.Snapshot) { l.Requests.Value = rs })
	}
	noWorkflow := look(func(l *checks.Snapshot) {
		l.Workflow = failed[checks.Workflow](checks.Failure{Kind: checks.FailSignIn, Status: 401})
	})
	return []judged{
		{"requests on", checks.ConsentWorkflow, nil, pass, checks.Verified, "30 days", ""},
		{"requests off", checks.ConsentWorkflow, []change{workflow(checks.Workflow{})}, warn, checks.Verified, "Users cannot ask", checks.WhoAdmin},
		{"workflow unread", checks.ConsentWorkflow, []change{noWorkflow}, unknown, checks.GradeUnknown, "no longer accepted", checks.WhoUser},
		{"workflow elsewhere", checks.ConsentWorkflow, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},

		{"reviewers", checks.ConsentReviewers, nil, pass, checks.Verified, "no right to approve", ""},
		{"reviewers by a role that may", checks.ConsentReviewers, []change{workflow(checks.Workflow{Enabled: true, Reviewers: []string{byRole(cloudAppAdmin)}})}, pass, checks.Verified, "1 entry", ""},
		{"reviewers by a role that may not", checks.ConsentReviewers, []change{workflow(checks.Workflow{Enabled: true, Reviewers: []string{byRole(globalReader)}})}, warn, checks.Verified, "may not approve", checks.WhoAdmin},
		{"no reviewers", checks.ConsentReviewers, []change{workflow(checks.Workflow{Enabled: true})}, fail, checks.Verified, "nobody is there", checks.WhoAdmin},
		{"reviewers of nothing", checks.ConsentReviewers, []change{workflow(checks.Workflow{})}, skipped, checks.GradeUnknown, "requests are off", ""},
		{"reviewers unread", checks.ConsentReviewers, []change{noWorkflow}, unknown, checks.GradeUnknown, "no longer accepted", checks.WhoUser},

		{"no request", checks.ConsentRequests, []change{requests(checks.ConsentRequest{AppID: "other", Status: "InProgress"}, checks.ConsentRequest{AppID: clientID, Status: "Completed"})}, pass, checks.Verified, "No request", ""},
		{"request open", checks.ConsentRequests, []change{requests(checks.ConsentRequest{AppID: strings.ToUpper(clientID), Status: "InProgress", Count: 3, Scopes: []string{"b", "a", "b"}})}, pending, checks.Verified, "They asked for: a, b", checks.WhoAdmin},
		{"request lapsed", checks.ConsentRequests, []change{requests(checks.ConsentRequest{AppID: clientID, Status: "Expired"})}, warn, checks.Verified, "lapsed", checks.WhoUser},
		{"requests of no app", checks.ConsentRequests, []change{func(s *checks.Subject) { s.App.ClientID = "" }}, unknown, checks.GradeUnknown, "client id", checks.WhoVendor},
		{"requests elsewhere", checks.ConsentRequests, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},

		{"defaults on", checks.AccessDefaults, nil, pass, checks.Verified, "defaults are on", ""},
		{"defaults off", checks.AccessDefaults, []change{look(func(l *checks.Snapshot) { l.Defaults.Value = false })}, pass, checks.Verified, "defaults are off", ""},
		{"defaults need a licence", checks.AccessDefaults, []change{look(func(l *checks.Snapshot) { l.Defaults = failed[bool](noLook(checks.FailLicence)) })}, unknown, checks.GradeUnknown, "licence", checks.WhoAdmin},
		{"defaults elsewhere", checks.AccessDefaults, []change{elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},
	}
}

func everyCase() []judged {
	return slices.Concat(tenantCases(), accountCases(), namedCases(), appCases(), grantCases(), consentCases(), workflowCases(), reviewerCases(), accessCases(), logCases(), dnsCases(), vendorCases())
}

func TestChecks(t *testing.T) {
	t.Parallel()
	for _, c := range everyCase() {
		t.Run(string(c.id)+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			f := one(subject(c.is...), c.id)
			if f.Verdict != c.want || f.Grade != c.grade {
				t.Errorf("is %v, %v; want %v, %v\n%+v", f.Verdict, f.Grade, c.want, c.grade, f)
			}
			if text := f.Summary + "\n" + strings.Join(f.Detail, "\n"); !strings.Contains(text, c.says) {
				t.Errorf("does not say %q:\n%s", c.says, text)
			}
			switch {
			case c.who == "" && f.Fix != nil:
				t.Errorf("wants somebody to move: %+v", f.Fix)
			case c.who != "" && (f.Fix == nil || f.Fix.Who != c.who):
				t.Errorf("fix is %+v, want %s to move", f.Fix, c.who)
			}
			wellMade(t, f)
		})
	}
}

// wellMade holds of every finding, whatever it found.
func wellMade(t *testing.T, f checks.Finding) {
	t.Helper()
	texts := append([]string{f.Summary}, f.Detail...)
	if f.Fix != nil {
		texts = append(texts, f.Fix.Do, f.Fix.Why, f.Fix.URL)
		if f.Fix.Do == "" || f.Fix.Why == "" || f.Fix.Who == "" {
			t.Errorf("half a fix: %+v", f.Fix)
		}
	}
	for _, e := range f.Seen {
		texts = append(texts, e.Source, e.Request, e.Value, e.RequestID)
		if e.At.IsZero() {
			t.Errorf("evidence without a time: %+v", e)
		}
	}
	for _, s := range texts {
		if strings.ContainsFunc(s, unicode.IsControl) || strings.Contains(s, "%!") {
			t.Errorf("badly made text %q", s)
		}
	}
	switch {
	case f.Summary == "":
		t.Error("no summary")
	case f.Seen == nil:
		t.Error("seen is nil: it would be null in JSON")
	case f.Grade == checks.Verified && len(f.Seen) == 0:
		t.Error("verified, and nothing seen")
	case (f.Verdict == pass || f.Verdict == fail || f.Verdict == warn) && len(f.Seen) == 0:
		t.Errorf("%v, and nothing seen", f.Verdict)
	case f.At.IsZero():
		t.Error("no time")
	}
}

// gives lists the verdicts that each check can give.
var gives = map[checks.ID][]checks.Verdict{
	checks.TenantFound: {pass, fail, unknown}, checks.TenantCloud: {pass, warn, unknown, skipped},
	checks.TenantRealm: {pass, warn, unknown, skipped}, checks.TenantMatch: {pass, fail, unknown, skipped},
	checks.AccountWork: {pass, warn, fail, unknown}, checks.AccountRole: {pass, warn, fail, unknown, skipped},
	checks.AppNamed: {warn, unknown, skipped}, checks.AccountScope: {pass, warn, unknown, skipped}, checks.AppPresent: {pass, warn, fail, unknown, skipped},
	checks.AppEnabled: {pass, fail, unknown, skipped}, checks.AppPublisher: {pass, warn, unknown, skipped},
	checks.AppAssignment: {pass, fail, unknown, skipped}, checks.AppGrant: {pass, fail, unknown, skipped},
	checks.AppRoles: {pass, fail, unknown, skipped}, checks.AppUserGrants: {pass, warn, unknown, skipped},
	checks.AppResource: {pass, warn, fail, unknown, skipped}, checks.ConsentPolicy: {pass, warn, fail, unknown, skipped},
	checks.ConsentManaged: {pass, warn, fail, unknown, skipped}, checks.ConsentClassified: {pass, warn, fail, unknown, skipped},
	checks.ConsentRisk: {pass, warn, unknown, skipped}, checks.ConsentPredict: {pass, fail, unknown, skipped},
	checks.ConsentWorkflow: {pass, warn, unknown, skipped}, checks.ConsentReviewers: {pass, warn, fail, unknown, skipped},
	checks.ConsentRequests: {pass, warn, pending, unknown, skipped}, checks.AccessDefaults: {pass, unknown, skipped},
	checks.AccessConditional: {pass, warn, fail, unknown, skipped}, checks.AccessSignIns: {pass, warn, fail, unknown, skipped},
	checks.AccessAudit:    {pass, warn, unknown, skipped},
	checks.CheckDNSPolicy: {pass, warn, fail, pending, unknown, skipped}, checks.CheckDNSAgree: {pass, warn, pending, unknown, skipped},
	checks.CheckDNSSEC: {pass, fail, unknown, skipped}, checks.CheckDNSMail: {pass, warn, unknown}, checks.CheckDNSProof: {pass, warn, unknown},
	checks.VendorProbe: {pass, warn, fail, unknown, skipped}, checks.VendorCallback: {pass, warn, fail, unknown, skipped},
}

func TestEveryVerdictHasACase(t *testing.T) {
	t.Parallel()
	have := map[checks.ID]map[checks.Verdict]bool{}
	for _, c := range everyCase() {
		if have[c.id] == nil {
			have[c.id] = map[checks.Verdict]bool{}
		}
		have[c.id][c.want] = true
	}
	for _, c := range checks.Table() {
		for _, v := range gives[c.ID] {
			if !have[c.ID][v] {
				t.Errorf("no case in which %s gives %v", c.ID, v)
			}
		}
		if len(have[c.ID]) != len(gives[c.ID]) {
			t.Errorf("%s gives %v by its cases, %v by the list", c.ID, have[c.ID], gives[c.ID])
		}
	}
}
