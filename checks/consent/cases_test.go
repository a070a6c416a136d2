package consent

import (
	"slices"
	"testing"
)

// handCase is one prompt worked out by hand. note is a rule that must be among
// the notes, links are rules that must be in some chain, absent is one that
// must be nowhere.
type handCase struct {
	name    string
	q       func() Question
	want    Outcome
	prob    bool
	decided RuleID
	note    RuleID
	links   []RuleID
	absent  RuleID
}

// with changes a question.
func with(q Question, change func(*Question)) func() Question {
	return func() Question {
		c := clone(q)
		change(&c)
		return c
	}
}

// is gives a question as it is.
func is(q Question) func() Question { return func() Question { return clone(q) } }

var graphAny = ConditionSet{PermissionType: "delegated", Resource: MicrosoftGraph}

// forHetk is the narrow policy that entra-facts §4 proposes: this app, this
// API, these scopes.
func forHetk(values ...string) ConditionSet {
	c := graphAny
	c.ClientIDs = []string{hetk}
	for _, v := range values {
		c.Permissions = append(c.Permissions, live(v).ID)
	}
	return c
}

// consentable is the include of the built-in policies.
var consentable = ConditionSet{PermissionType: "delegatedUserConsentable", Classification: "all", Resource: "any", Permissions: []string{"all"}}

func managedCases() []handCase {
	return []handCase{
		// The managed default holds back calendars: the story of the product.
		{name: "managed default", q: is(managed()), want: NeedsAdmin, decided: RuleManagedExclude, links: []RuleID{RuleInclude, RuleAppNotIncluded}},
		// Nothing on the list is asked for: the managed policy lets users consent.
		{name: "managed, basic scopes only", q: with(managed(), func(q *Question) { q.Asked = lives("openid", "profile", "User.Read") }), want: Allowed, decided: RuleInclude},
		// Mail.Send is not on the list (entra-facts §3a).
		{name: "managed, Mail.Send", q: with(managed(), func(q *Question) { q.Asked = lives("User.Read", "Mail.Send") }), want: Allowed, decided: RuleInclude},
		// Contacts.Read is not, Contacts.ReadWrite is since mid 2026.
		{name: "managed, Contacts.Read", q: with(managed(), func(q *Question) { q.Asked = lives("Contacts.Read") }), want: Allowed, decided: RuleInclude},
		{name: "managed, Contacts.ReadWrite", q: with(managed(), func(q *Question) { q.Asked = lives("Contacts.ReadWrite") }), want: NeedsAdmin, decided: RuleManagedExclude},
		// Verification does not lift the list: the app of managed() is verified already; unverified adds risk, not the other way round.
		{name: "managed, unverified", q: with(managed(), func(q *Question) { q.App.Verified = No }), want: NeedsAdmin, decided: RuleManagedExclude},
		// The tenant's own excludes win over our copy: this tenant's list has no calendars.
		{name: "managed, live list is shorter than ours", q: with(managed(), func(q *Question) { q.Tenant.Policies[0].Excludes[0].Permissions = []string{live("Mail.Read").ID} }), want: Allowed, decided: RuleInclude},
		// And where it has more than ours, it holds back more, without a date.
		{name: "managed, live list is longer than ours", q: with(managed(), func(q *Question) {
			q.Asked = lives("Mail.Send")
			q.Tenant.Policies[0].Excludes[0].Permissions = []string{live("Mail.Send").ID}
		}), want: NeedsAdmin, decided: RuleManagedExclude},
		// Live and assumed under one id: the live one counts, so nothing is Probably.
		{name: "managed, live beside our copy", q: with(managed(), func(q *Question) {
			b, _ := Builtin(PolicyRecommended)
			q.Tenant.Policies = append([]Policy{b}, q.Tenant.Policies...)
		}), want: NeedsAdmin, decided: RuleManagedExclude},
		// Prefixes come in both spellings.
		{name: "managed, lower-case prefix", q: with(managed(), func(q *Question) {
			q.Tenant.Assigned = []string{"managePermissionGrantsForSelf." + PolicyRecommended}
		}), want: NeedsAdmin, decided: RuleManagedExclude},
		// One policy that permits is enough: legacy beside recommended opens the tenant.
		{name: "managed and legacy together", q: with(managed(), func(q *Question) { q.Tenant.Assigned = append(q.Tenant.Assigned, self+PolicyLegacy) }), want: Allowed, decided: RuleInclude},
		// A mail client on the companion's list may, if that policy has the scopes.
		{name: "managed, Thunderbird", q: with(managed(), func(q *Question) { q.App.ClientID = thunder; q.Asked = lives("Mail.ReadWrite", "User.Read") }), want: Allowed, decided: RuleInclude},
		// Undocumented: does the list hold for an app of this tenant? Likely, not surely.
		{name: "managed, the tenant's own app", q: with(managed(), func(q *Question) { q.App.OwnerTenant = contoso }), want: NeedsAdmin, prob: true, decided: RuleManagedExclude, note: RuleOwnApp},
		// Owner not read, as where the app was never seen here: an app of the tenant's own would have been.
		{name: "managed, owner unread", q: with(managed(), func(q *Question) { q.App.OwnerTenant = "" }), want: NeedsAdmin, decided: RuleManagedExclude, absent: RuleOwnApp},
		// One scope on the list needs an admin for the whole prompt, whatever cannot be told of the others.
		{name: "managed, another scope unknown", q: with(managed(), func(q *Question) { q.Asked[3].UserConsentable = Unread }), want: NeedsAdmin, decided: RuleManagedExclude, links: []RuleID{RuleScopeTypeUnread}},
		// EWS on Exchange Online is on the list.
		{name: "managed, EWS on Exchange", q: with(managed(), func(q *Question) {
			q.Asked = []Permission{{Resource: ExchangeOnline, ID: "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5", Value: "EWS.AccessAsUser.All", UserConsentable: Yes}}
		}), want: NeedsAdmin, decided: RuleManagedExclude},
		// The Graph scope of the same name is another scope, and not on it.
		{name: "managed, EWS of Graph", q: with(managed(), func(q *Question) { q.Asked = lives("EWS.AccessAsUser.All") }), want: Allowed, decided: RuleInclude},
		// A scope kept for admins is so under the managed policy too, on the list or not.
		{name: "managed, admin-only scope", q: with(managed(), func(q *Question) { q.Asked = lives("Directory.Read.All") }), want: NeedsAdmin, decided: RuleAdminOnly},
		// What no policy change would help is heard first.
		{name: "managed, admin-only beside the list", q: with(managed(), func(q *Question) { q.Asked = lives("Calendars.ReadWrite", "Directory.Read.All") }), want: NeedsAdmin, decided: RuleAdminOnly, links: []RuleID{RuleManagedExclude}},
		// The id of the scope was not read: the list may hold it.
		{name: "managed, scope without id", q: with(managed(), func(q *Question) {
			q.Asked = []Permission{{Resource: MicrosoftGraph, Value: "X.Read", UserConsentable: Yes}}
		}), want: Unknown, decided: RuleScopeIDUnread},
		// The policy itself could not be read.
		{name: "managed, sets unread", q: with(managed(), func(q *Question) { q.Tenant.Policies[0] = Policy{ID: PolicyRecommended, Unread: true} }), want: Unknown, decided: RulePolicyUnread},
		// Nor was it in the list at all.
		{name: "managed, policy missing", q: with(managed(), func(q *Question) { q.Tenant.Policies = q.Tenant.Policies[1:] }), want: Unknown, decided: RulePolicyUnread},
		// An unread companion cannot undo what legacy permits.
		{name: "legacy permits, another unread", q: with(under(PolicyLegacy, "x"), func(*Question) {}), want: Allowed, decided: RuleInclude},
	}
}

func preCases() []handCase {
	granted := managed()
	granted.Granted = []Granted{everyone(all()...)}
	return []handCase{
		// Approved for everyone: nothing to consent to, whatever the policy.
		{name: "granted", q: is(granted), want: Allowed, decided: RuleGranted},
		// Grants are compared without regard to case.
		{name: "granted, other case", q: with(managed(), func(q *Question) {
			q.Granted = []Granted{everyone("OPENID", "Profile", "offline_ACCESS", "user.read", "calendars.readwrite")}
		}), want: Allowed, decided: RuleGranted},
		// One person's own grant serves that person.
		{name: "granted to this person", q: with(managed(), func(q *Question) { q.Granted = []Granted{one(person, all()...)} }), want: Allowed, decided: RuleGrantedSelf},
		// And nobody else: one user's grant proves nothing.
		{name: "granted to a colleague", q: with(managed(), func(q *Question) { q.Granted = []Granted{one(colleague, all()...)} }), want: NeedsAdmin, decided: RuleManagedExclude},
		// A grant without a user id matches no user without one.
		{name: "nobody's grant", q: with(managed(), func(q *Question) { q.User.ID = ""; q.Granted = []Granted{one("", all()...)} }), want: NeedsAdmin, decided: RuleManagedExclude},
		// A partial grant leaves the calendar.
		{name: "partly granted", q: with(managed(), func(q *Question) { q.Granted = []Granted{everyone("openid", "User.Read")} }), want: NeedsAdmin, decided: RuleManagedExclude, links: []RuleID{RuleGranted}},
		// The right scopes on the wrong API are no grant.
		{name: "granted on another resource", q: with(managed(), func(q *Question) {
			q.Granted = []Granted{{Resource: ExchangeOnline, Scopes: all(), Everyone: true}}
		}), want: NeedsAdmin, decided: RuleManagedExclude},
		// Half for everyone, half for the person: together whole.
		{name: "granted in two parts", q: with(managed(), func(q *Question) {
			q.Granted = []Granted{everyone("openid", "profile"), one(person, "offline_access", "User.Read", "Calendars.ReadWrite")}
		}), want: Allowed, decided: RuleGrantedSelf, links: []RuleID{RuleGranted}},
		// Mail.ReadWrite granted does not cover Mail.Read: names must match.
		{name: "a wider scope is another scope", q: with(managed(), func(q *Question) {
			q.Asked = lives("Mail.Read")
			q.Granted = []Granted{everyone("Mail.ReadWrite")}
		}), want: NeedsAdmin, decided: RuleManagedExclude},
		// Grants not read, and the policy says no: it hangs on the grants.
		{name: "grants unread", q: with(managed(), func(q *Question) { q.GrantsRead = Unread }), want: Unknown, decided: RuleGrantsUnread, links: []RuleID{RuleManagedExclude}},
		// Assignment rules users out, so what an unread policy says is no matter, only the grants are.
		{name: "grants unread, policy unread, assignment", q: with(under("x"), func(q *Question) { q.GrantsRead, q.App.AssignmentRequired = Unread, Yes }), want: Unknown, decided: RuleGrantsUnread, links: []RuleID{RuleAssignment}, absent: RulePolicyUnread},
		// Read in part is not the whole truth either.
		{name: "grants read in part", q: with(managed(), func(q *Question) { q.GrantsRead = No }), want: Unknown, decided: RuleGrantsUnread},
		// Grants not read, and the policy says yes: they do not matter.
		{name: "grants unread, all allowed", q: with(under(PolicyLegacy), func(q *Question) { q.GrantsRead = Unread }), want: Allowed, decided: RuleInclude},
		// Grants not read, but what is there is enough.
		{name: "grants unread but enough", q: with(granted, func(q *Question) { q.GrantsRead = Unread }), want: Allowed, decided: RuleGranted},
		// A grant cannot be matched to a scope without a name.
		{name: "granted, scope unnamed", q: with(granted, func(q *Question) { q.Asked[4].Value = "" }), want: Unknown, decided: RuleGrantsUnread},
		// Nor to one whose API is not known, nor a grant on an API that is not.
		{name: "granted, API unread", q: with(granted, func(q *Question) { q.Asked[4].Resource = "" }), want: Unknown, decided: RuleScopeIDUnread, links: []RuleID{RuleGrantsUnread}},
		{name: "granted on an API unread", q: with(granted, func(q *Question) { q.Granted[0].Resource = "" }), want: Unknown, decided: RuleGrantsUnread},
		// Disabled beats everything.
		{name: "disabled", q: with(granted, func(q *Question) { q.App.Enabled = No }), want: Blocked, decided: RuleAppDisabled},
		{name: "disabled, for an admin", q: with(managed(), func(q *Question) { q.App.Enabled = No; q.User.MayGrant = Yes }), want: Blocked, decided: RuleAppDisabled},
		{name: "disabled, nothing asked", q: with(managed(), func(q *Question) { q.App.Enabled = No; q.Asked = nil }), want: Blocked, decided: RuleAppDisabled},
		// Enabled or not always matters.
		{name: "state unread", q: with(granted, func(q *Question) { q.App.Enabled = Unread }), want: Unknown, decided: RuleEnabledUnread},
		// Nothing asked is no green.
		{name: "nothing asked", q: with(managed(), func(q *Question) { q.Asked = nil }), want: Unknown, decided: RuleNothingAsked},
		// Assignment required: users cannot consent even where policy would let them.
		{name: "assignment, consent lacking", q: with(under(PolicyLegacy), func(q *Question) { q.App.AssignmentRequired = Yes; q.User.Assigned = Yes }), want: NeedsAdmin, decided: RuleAssignment},
		// Consent complete, person not assigned: approved and still blocked.
		{name: "assignment, not assigned", q: with(granted, func(q *Question) { q.App.AssignmentRequired = Yes }), want: Blocked, decided: RuleNotAssigned},
		{name: "assignment, assigned", q: with(granted, func(q *Question) { q.App.AssignmentRequired = Yes; q.User.Assigned = Yes }), want: Allowed, decided: RuleGranted},
		{name: "assignment, assigned unread", q: with(granted, func(q *Question) { q.App.AssignmentRequired = Yes; q.User.Assigned = Unread }), want: Unknown, decided: RuleAssignedUnread},
		{name: "assignment unread, granted", q: with(granted, func(q *Question) { q.App.AssignmentRequired = Unread }), want: Unknown, decided: RuleAssignmentUnread},
		// Assigned anyhow: whether assignment is required no longer matters.
		{name: "assignment unread, granted, assigned", q: with(granted, func(q *Question) { q.App.AssignmentRequired = Unread; q.User.Assigned = Yes }), want: Allowed, decided: RuleGranted},
		{name: "assignment unread, policy permits", q: with(under(PolicyLegacy), func(q *Question) { q.App.AssignmentRequired = Unread }), want: Unknown, decided: RuleAssignmentUnread},
		// Where the policy refuses, an admin is needed either way.
		{name: "assignment unread, policy refuses", q: with(managed(), func(q *Question) { q.App.AssignmentRequired = Unread }), want: NeedsAdmin, decided: RuleManagedExclude},
		// An admin may grant what the policy refuses.
		{name: "admin", q: with(managed(), func(q *Question) { q.User.MayGrant = Yes }), want: Allowed, decided: RuleMayGrant},
		{name: "admin, assignment required", q: with(managed(), func(q *Question) { q.User.MayGrant = Yes; q.App.AssignmentRequired = Yes }), want: Allowed, decided: RuleMayGrant},
		{name: "role unread", q: with(managed(), func(q *Question) { q.User.MayGrant = Unread }), want: Unknown, decided: RuleRoleUnread},
		{name: "role unread, policy permits", q: with(under(PolicyLegacy), func(q *Question) { q.User.MayGrant = Unread }), want: Allowed, decided: RuleInclude},
		// For an admin without assignment it matters whether consent is complete: it may be the assignment that stops them.
		{name: "admin, grants unread, not assigned", q: with(managed(), func(q *Question) {
			q.User.MayGrant, q.GrantsRead, q.App.AssignmentRequired = Yes, Unread, Yes
		}), want: Unknown, decided: RuleGrantsUnread},
	}
}

func roleCases() []handCase {
	role := func(api string) Permission {
		return Permission{Resource: api, ID: "88888888-8888-4888-8888-888888888888", Value: "Calendars.Read", Kind: Application, UserConsentable: No}
	}
	roles := func(q Question, api string, change func(*Question)) func() Question {
		return with(q, func(q *Question) {
			q.Asked = append(lives("User.Read"), role(api))
			change(q)
		})
	}
	none := func(*Question) {}
	return []handCase{
		// App roles are never in a user's gift, however open the policy.
		{name: "app role", q: roles(under(PolicyLegacy), MicrosoftGraph, none), want: NeedsAdmin, decided: RuleAppRole},
		{name: "app role, policy of all kinds", q: roles(custom(including(ConditionSet{PermissionType: "application"}, graphAny)), MicrosoftGraph, none), want: NeedsAdmin, decided: RuleAppRole},
		// Users may not consent at all is the wider reason, and heard first.
		{name: "app role, user consent off", q: roles(under(), MicrosoftGraph, none), want: NeedsAdmin, decided: RuleUserConsentOff},
		// Cloud Application Administrators grant app roles of other APIs, not of Graph.
		{name: "app role of Graph, some admin", q: roles(managed(), MicrosoftGraph, func(q *Question) { q.User.MayGrant = Yes }), want: NeedsAdmin, decided: RuleAppRole},
		{name: "app role of Exchange, some admin", q: roles(managed(), ExchangeOnline, func(q *Question) { q.User.MayGrant = Yes }), want: Allowed, decided: RuleMayGrant},
		{name: "app role of Graph, global admin", q: roles(managed(), MicrosoftGraph, func(q *Question) { q.User.MayGrant, q.User.MayGrantGraphRoles = Yes, Yes }), want: Allowed, decided: RuleMayGrant},
		{name: "app role of Graph, role unread", q: roles(managed(), MicrosoftGraph, func(q *Question) { q.User.MayGrant, q.User.MayGrantGraphRoles = Yes, Unread }), want: Unknown, decided: RuleRoleUnread},
		// Nor of the retired directory API, which is as restricted.
		{name: "app role of the old Graph, some admin", q: roles(managed(), "00000002-0000-0000-C000-000000000000", func(q *Question) { q.User.MayGrant = Yes }), want: NeedsAdmin, decided: RuleAppRole},
		// The extra right alone is none.
		{name: "app role of Graph, extra right alone", q: roles(managed(), MicrosoftGraph, func(q *Question) { q.User.MayGrantGraphRoles = Yes }), want: NeedsAdmin, decided: RuleAppRole},
		{name: "app role of an API unread", q: roles(managed(), "", func(q *Question) { q.User.MayGrant = Yes }), want: Unknown, decided: RuleRoleUnread},
		// A delegated grant of the same name is no app role assignment.
		{name: "app role, scope of that name granted", q: roles(managed(), MicrosoftGraph, func(q *Question) { q.Granted = []Granted{everyone("User.Read", "Calendars.Read")} }), want: NeedsAdmin, decided: RuleAppRole},
		{name: "app role assigned", q: roles(managed(), MicrosoftGraph, func(q *Question) {
			q.Granted = []Granted{everyone("User.Read"), {Resource: MicrosoftGraph, Scopes: []string{"Calendars.Read"}, Everyone: true, Kind: Application}}
		}), want: Allowed, decided: RuleGranted},
	}
}

func settingCases() []handCase {
	return []handCase{
		// No ForSelf entry: user consent is off, though owners of teams may consent.
		{name: "user consent off", q: is(under()), want: NeedsAdmin, decided: RuleUserConsentOff},
		{name: "user consent off, list empty", q: with(under(), func(q *Question) { q.Tenant.Assigned = []string{} }), want: NeedsAdmin, decided: RuleUserConsentOff},
		// Not read is not off.
		{name: "setting unread", q: with(under(), func(q *Question) { q.Tenant.Assigned = nil }), want: Unknown, decided: RuleUserConsentUnread, absent: RuleUserConsentOff},
		// Not read, but a custom role permits: no matter.
		{name: "setting unread, own policy permits", q: with(under(), func(q *Question) { q.Tenant.Assigned = nil; q.User.Policies = []string{PolicyLegacy} }), want: Allowed, decided: RuleInclude},
		// Off for all, but this person has a policy through a custom role: the default is not the whole list.
		{name: "off, own policy permits", q: with(under(), func(q *Question) { q.User.Policies = []string{PolicyLegacy} }), want: Allowed, decided: RuleInclude},
		{name: "off, own policy as an action", q: with(under(), func(q *Question) {
			q.User.Policies = []string{"microsoft.directory/servicePrincipals/managePermissionGrantsForSelf." + PolicyLegacy}
		}), want: Allowed, decided: RuleInclude},
		{name: "off, own policy refuses", q: with(under(), func(q *Question) { q.User.Policies = []string{PolicyRecommended} }), want: NeedsAdmin, decided: RuleManagedExclude},
		// Allow user consent for apps.
		{name: "legacy", q: is(under(PolicyLegacy)), want: Allowed, decided: RuleInclude},
		{name: "legacy, admin-only scope", q: with(under(PolicyLegacy), func(q *Question) { q.Asked = lives("User.Read", "Group.Read.All") }), want: NeedsAdmin, decided: RuleAdminOnly},
		{name: "legacy, scope type unread", q: with(under(PolicyLegacy), func(q *Question) { q.Asked[0].UserConsentable = Unread }), want: Unknown, decided: RuleScopeTypeUnread},
		// An entry of an unknown kind may mean anything: not certain, but likely no leave.
		{name: "unknown prefix", q: with(managed(), func(q *Question) { q.Tenant.Assigned = append(q.Tenant.Assigned, "ManagePermissionGrantsForAll.x") }), want: NeedsAdmin, prob: true, decided: RuleManagedExclude, note: RuleEntryUnknown},
		{name: "unknown prefix, policy permits", q: with(under(PolicyLegacy), func(q *Question) { q.Tenant.Assigned = append(q.Tenant.Assigned, "x") }), want: Allowed, decided: RuleInclude, note: RuleEntryUnknown},
		{name: "entry that names no policy", q: with(under(), func(q *Question) { q.Tenant.Assigned = append(q.Tenant.Assigned, self) }), want: NeedsAdmin, prob: true, decided: RuleUserConsentOff, note: RuleEntryUnknown},
		// Verified publishers, low impact, and nothing classified: nobody consents to anything (CIPP issues 3719/2955).
		{name: "low, nothing classified", q: is(under(PolicyLow)), want: NeedsAdmin, decided: RuleNotClassified},
		{name: "low, all classified", q: with(under(PolicyLow), func(q *Question) { q.Tenant.Classified = low(all()...) }), want: Allowed, decided: RuleInclude},
		// Forgetting the sign-in scopes needs an admin for the whole (entra-facts §5).
		{name: "low, sign-in scopes forgotten", q: with(under(PolicyLow), func(q *Question) { q.Tenant.Classified = low("Calendars.ReadWrite", "User.Read") }), want: NeedsAdmin, decided: RuleNotClassified},
		{name: "low, one classified medium", q: with(under(PolicyLow), func(q *Question) {
			q.Tenant.Classified = low(all()...)
			q.Tenant.Classified[ClassKey(MicrosoftGraph, live("Calendars.ReadWrite").ID)] = Medium
		}), want: NeedsAdmin, decided: RuleNotClassified},
		// Classified on another API is not classified here.
		{name: "low, classified elsewhere", q: with(under(PolicyLow), func(q *Question) {
			q.Tenant.Classified = map[string]Level{}
			for _, v := range all() {
				q.Tenant.Classified[ClassKey(ExchangeOnline, live(v).ID)] = Low
			}
		}), want: NeedsAdmin, decided: RuleNotClassified},
		{name: "low, unverified", q: with(under(PolicyLow), func(q *Question) { q.Tenant.Classified = low(all()...); q.App.Verified = No }), want: NeedsAdmin, decided: RuleUnverified},
		// Apps of this tenant need no verified publisher under low.
		{name: "low, unverified, own app", q: with(under(PolicyLow), func(q *Question) {
			q.Tenant.Classified = low(all()...)
			q.App.Verified, q.App.OwnerTenant = No, contoso
		}), want: Allowed, decided: RuleInclude},
		{name: "low, publisher unread", q: with(under(PolicyLow), func(q *Question) { q.Tenant.Classified = low(all()...); q.App.Verified = Unread }), want: Unknown, decided: RulePublisherUnread},
		{name: "low, classifications unread", q: with(under(PolicyLow), func(q *Question) { q.Tenant.Classified = nil }), want: Unknown, decided: RuleClassUnread},
		// Unread classifications do not matter to an app that low refuses anyhow.
		{name: "low, unverified, classifications unread", q: with(under(PolicyLow), func(q *Question) { q.Tenant.Classified = nil; q.App.Verified = No }), want: NeedsAdmin, decided: RuleUnverified},
		// Classifying changes nothing on the managed policy (product §4, screens).
		{name: "managed, all classified", q: with(managed(), func(q *Question) { q.Tenant.Classified = low(all()...) }), want: NeedsAdmin, decided: RuleManagedExclude},
		// Low unread owner, unverified: it may be an app of this tenant.
		{name: "low, unverified, owner unread", q: with(under(PolicyLow), func(q *Question) {
			q.Tenant.Classified = low(all()...)
			q.App.Verified, q.App.OwnerTenant = No, ""
		}), want: Unknown, decided: RuleOwnerUnread},
	}
}

func setCases() []handCase {
	set := func(change func(*ConditionSet)) func() Question {
		c := graphAny
		change(&c)
		return is(custom(including(c)))
	}
	without := func(excludes ...ConditionSet) func() Question {
		return is(custom(Policy{Includes: []ConditionSet{graphAny}, Excludes: excludes}))
	}
	calendar := live("Calendars.ReadWrite").ID
	return []handCase{
		// The narrow per-app policy of entra-facts §4.
		{name: "app policy", q: is(custom(including(forHetk(all()...)))), want: Allowed, decided: RuleInclude},
		{name: "app policy, another app asks", q: with(custom(including(forHetk(all()...))), func(q *Question) { q.App.ClientID = otherApp }), want: NeedsAdmin, decided: RuleAppNotIncluded},
		{name: "app policy, one scope more", q: with(custom(including(forHetk(all()...))), func(q *Question) { q.Asked = append(q.Asked, live("Mail.Read")) }), want: NeedsAdmin, decided: RuleScopeNotIncluded},
		{name: "app policy, client id unread", q: with(custom(including(forHetk(all()...))), func(q *Question) { q.App.ClientID = "" }), want: Unknown, decided: RuleClientUnread},
		// The wildcards.
		{name: "all and any", q: set(func(c *ConditionSet) {
			*c = ConditionSet{
				PermissionType: "Delegated", Classification: "ALL", Resource: "Any", Permissions: []string{"All"}, ClientIDs: []string{"all"},
				ClientTenantIDs: []string{"all"}, ClientPublisherIDs: []string{"all"},
			}
		}), want: Allowed, decided: RuleInclude},
		{name: "everything empty", q: set(func(c *ConditionSet) { *c = ConditionSet{PermissionType: "delegated"} }), want: Allowed, decided: RuleInclude},
		// permissionType has no wildcard: an include without one is no leave.
		{name: "no permission type", q: set(func(c *ConditionSet) { c.PermissionType = "" }), want: Unknown, decided: RuleUnrecognised},
		{name: "new permission type", q: set(func(c *ConditionSet) { c.PermissionType = "delegatedForAgents" }), want: Unknown, decided: RuleUnrecognised},
		{name: "new classification", q: set(func(c *ConditionSet) { c.Classification = "veryLow" }), want: Unknown, decided: RuleClassUnread},
		{name: "app roles only", q: set(func(c *ConditionSet) { c.PermissionType = "application" }), want: NeedsAdmin, decided: RuleScopeNotIncluded},
		{name: "another API", q: set(func(c *ConditionSet) { c.Resource = ExchangeOnline }), want: NeedsAdmin, decided: RuleScopeNotIncluded},
		{name: "scope's API unread", q: with(custom(including(graphAny)), func(q *Question) { q.Asked[4].Resource = "" }), want: Unknown, decided: RuleScopeIDUnread},
		// Names in a list of ids, against a scope of which only the id is known.
		{name: "list of names, scope unnamed", q: with(custom(including(ConditionSet{PermissionType: "delegated", Permissions: all()})), func(q *Question) { q.Asked[4].Value = "" }), want: Unknown, decided: RuleScopeIDUnread},
		{name: "list of names", q: is(custom(including(ConditionSet{PermissionType: "delegated", Permissions: all()}))), want: Allowed, decided: RuleInclude},
		{name: "ids in capitals", q: set(func(c *ConditionSet) { c.ClientIDs = []string{"8DD90EDB-C881-459A-AC84-2A1FEE8C5C94"} }), want: Allowed, decided: RuleInclude},
		{name: "another owner", q: set(func(c *ConditionSet) { c.ClientTenantIDs = []string{contoso, woodgrove} }), want: NeedsAdmin, decided: RuleAppNotIncluded},
		{name: "this owner", q: set(func(c *ConditionSet) { c.ClientTenantIDs = []string{contoso, fabrikam} }), want: Allowed, decided: RuleInclude},
		{name: "owner unread", q: with(custom(including(ConditionSet{PermissionType: "delegated", ClientTenantIDs: []string{fabrikam}})), func(q *Question) { q.App.OwnerTenant = "" }), want: Unknown, decided: RuleOwnerUnread},
		{name: "this publisher", q: set(func(c *ConditionSet) { c.ClientPublisherIDs = []string{"7654321", publisher} }), want: Allowed, decided: RuleInclude},
		{name: "another publisher", q: set(func(c *ConditionSet) { c.ClientPublisherIDs = []string{"7654321"} }), want: NeedsAdmin, decided: RulePublisherUnlisted},
		// A publisher id without verification is a claim.
		{name: "publisher listed, not verified", q: with(custom(including(ConditionSet{PermissionType: "delegated", ClientPublisherIDs: []string{publisher}})), func(q *Question) { q.App.Verified = No }), want: NeedsAdmin, decided: RuleUnverified},
		{name: "publisher listed, id unread", q: with(custom(including(ConditionSet{PermissionType: "delegated", ClientPublisherIDs: []string{publisher}})), func(q *Question) { q.App.PublisherID = "" }), want: Unknown, decided: RulePublisherUnread},
		{name: "verified only", q: set(func(c *ConditionSet) { c.VerifiedOnly = true }), want: Allowed, decided: RuleInclude},
		// A member that we do not know: leave may hang on it.
		{name: "include with an unknown member", q: set(func(c *ConditionSet) { c.Unrecognised = []string{"resourceScopeType"} }), want: Unknown, decided: RuleUnrecognised},
		// But not where another condition fails anyhow.
		{name: "unknown member, other app", q: set(func(c *ConditionSet) { c.Unrecognised, c.ClientIDs = []string{"x"}, []string{otherApp} }), want: NeedsAdmin, decided: RuleAppNotIncluded},
		{name: "exclude with an unknown member", q: without(ConditionSet{PermissionType: "delegated", Unrecognised: []string{"x"}}), want: Unknown, decided: RuleUnrecognised},
		{name: "unknown exclude on another API", q: without(ConditionSet{PermissionType: "delegated", Resource: ExchangeOnline, Unrecognised: []string{"x"}}), want: Allowed, decided: RuleInclude},
		// A sure exclude beside an unsure include settles it.
		{name: "unsure include, sure exclude", q: is(custom(Policy{
			Includes: []ConditionSet{{PermissionType: "delegated", Unrecognised: []string{"x"}}},
			Excludes: []ConditionSet{{PermissionType: "delegated", Permissions: []string{calendar}}},
		})), want: NeedsAdmin, decided: RuleExclude},
		// Excludes beat includes, however narrow the include.
		{name: "exclude of one scope", q: without(ConditionSet{PermissionType: "delegated", Permissions: []string{calendar}}), want: NeedsAdmin, decided: RuleExclude},
		{name: "exclude of another scope", q: without(ConditionSet{PermissionType: "delegated", Permissions: []string{live("Mail.Read").ID}}), want: Allowed, decided: RuleInclude},
		{name: "exclude of another app", q: without(ConditionSet{PermissionType: "delegated", ClientIDs: []string{otherApp}}), want: Allowed, decided: RuleInclude},
		{name: "exclude of app roles", q: without(ConditionSet{PermissionType: "application"}), want: Allowed, decided: RuleInclude},
		{name: "exclude by classification", q: with(custom(Policy{Includes: []ConditionSet{graphAny}, Excludes: []ConditionSet{{PermissionType: "delegated", Classification: "high"}}}), func(q *Question) {
			q.Tenant.Classified = map[string]Level{ClassKey(MicrosoftGraph, calendar): High}
		}), want: NeedsAdmin, decided: RuleExclude},
		// The nearest include is the one to speak of: one step away, not two.
		{name: "nearest include", q: with(custom(including(
			ConditionSet{PermissionType: "delegated", Classification: "low", VerifiedOnly: true}, ConditionSet{PermissionType: "delegated", ClientIDs: []string{otherApp}},
		)), func(q *Question) { q.App.Verified = No }), want: NeedsAdmin, decided: RuleAppNotIncluded, absent: RuleUnverified},
		// A policy of no includes permits nothing.
		{name: "no includes", q: is(custom(Policy{})), want: NeedsAdmin, decided: RulePolicyEmpty},
		// Two policies, each with half: Microsoft does not say whether they add up.
		{name: "two policies share the scopes", q: with(custom(including(forHetk("openid", "profile", "offline_access", "User.Read"))), func(q *Question) {
			q.Tenant.Policies = append(q.Tenant.Policies, Policy{ID: "other", Includes: []ConditionSet{forHetk("Calendars.ReadWrite")}})
			q.Tenant.Assigned = append(q.Tenant.Assigned, self+"other")
		}), want: Allowed, prob: true, decided: RuleInclude, note: RulePoliciesMixed},
		// Two includes of one policy do add up: each scope is an event of its own.
		{name: "two includes share the scopes", q: is(custom(including(forHetk("openid", "profile", "offline_access", "User.Read"), forHetk("Calendars.ReadWrite")))), want: Allowed, decided: RuleInclude},
		// What is granted already need not be covered.
		{name: "grant and policy share the scopes", q: with(custom(including(forHetk("Calendars.ReadWrite"))), func(q *Question) {
			q.Granted = []Granted{everyone("openid", "profile", "offline_access", "User.Read")}
		}), want: Allowed, decided: RuleInclude, links: []RuleID{RuleGranted}},
		// delegated reaches scopes that the publisher keeps for admins, it seems.
		{name: "delegated and an admin-only scope", q: with(custom(including(graphAny)), func(q *Question) { q.Asked = lives("Directory.Read.All") }), want: Allowed, prob: true, decided: RuleInclude, note: RuleDelegated},
		{name: "delegated and a scope type unread", q: with(custom(including(graphAny)), func(q *Question) { q.Asked[4].UserConsentable = Unread }), want: Allowed, prob: true, decided: RuleInclude, note: RuleDelegated},
		// Two policies under one id that differ: neither is taken.
		{name: "one id, two policies", q: with(custom(including(graphAny)), func(q *Question) { q.Tenant.Policies = append(q.Tenant.Policies, Policy{ID: "MY-policy"}) }), want: Unknown, decided: RulePolicyUnread},
		{name: "one policy, listed twice", q: with(custom(including(graphAny)), func(q *Question) { q.Tenant.Policies = append(q.Tenant.Policies, q.Tenant.Policies[4]) }), want: Allowed, decided: RuleInclude},
	}
}

func riskCases() []handCase {
	risky := under(PolicyLegacy)
	risky.App.Verified = No
	return []handCase{
		// Unverified, young, foreign, beyond basic, step-up on: held back, as far as Microsoft says.
		{name: "risky", q: is(risky), want: NeedsAdmin, prob: true, decided: RuleRisk},
		{name: "risky, step-up off", q: with(risky, func(q *Question) { q.Tenant.RiskyAllowed = Yes }), want: Allowed, decided: RuleInclude},
		{name: "risky but old", q: with(risky, func(q *Question) { q.App.RegisteredAfter2020 = No }), want: Allowed, decided: RuleInclude},
		{name: "risky but ours", q: with(risky, func(q *Question) { q.App.OwnerTenant = contoso }), want: Allowed, decided: RuleInclude},
		{name: "risky, basic sign-in only", q: with(risky, func(q *Question) { q.Asked = lives("openid", "profile", "email", "User.Read") }), want: Allowed, decided: RuleInclude},
		// Whether offline_access is basic is not said.
		{name: "risky, offline access", q: with(risky, func(q *Question) { q.Asked = lives("openid", "offline_access") }), want: Unknown, decided: RuleRiskUnread},
		{name: "risky, age unknown", q: with(risky, func(q *Question) { q.App.RegisteredAfter2020 = Unread }), want: Unknown, decided: RuleRiskUnread},
		{name: "risky, setting unread", q: with(risky, func(q *Question) { q.Tenant.RiskyAllowed = Unread }), want: Unknown, decided: RuleRiskUnread},
		{name: "risk: publisher unread", q: with(risky, func(q *Question) { q.App.Verified = Unread }), want: Unknown, decided: RuleRiskUnread},
		{name: "risk: owner unread", q: with(risky, func(q *Question) { q.App.OwnerTenant = "" }), want: Unknown, decided: RuleRiskUnread},
		// An admin is not held back by it, nor is what is granted.
		{name: "risky, for an admin", q: with(risky, func(q *Question) { q.User.MayGrant = Yes }), want: Allowed, decided: RuleMayGrant},
		{name: "risky but granted", q: with(risky, func(q *Question) { q.Granted = []Granted{everyone(all()...)} }), want: Allowed, decided: RuleGranted},
		// Where policy refuses, risk does not matter, but opening the policy would not help.
		{name: "risky, policy refuses", q: with(risky, func(q *Question) { q.Tenant.Assigned = managed().Tenant.Assigned }), want: NeedsAdmin, decided: RuleManagedExclude, note: RuleRisk},
		// Where policy refuses, it does not matter that the risk is unknown.
		{name: "risk unknown, policy refuses", q: with(managed(), func(q *Question) { q.App.Verified, q.App.RegisteredAfter2020 = No, Unread }), want: NeedsAdmin, decided: RuleManagedExclude},
		// The beyond-basic part is granted already; whether it still counts is not said.
		{name: "risky, calendar granted", q: with(risky, func(q *Question) { q.Granted = []Granted{everyone("Calendars.ReadWrite", "offline_access")} }), want: Unknown, decided: RuleRiskUnread},
	}
}

func offlineCases() []handCase {
	return []handCase{
		// Domain only: Microsoft's default is assumed, so a likely no, never a certain one.
		{name: "domain only", q: is(offline(all()...)), want: NeedsAdmin, prob: true, decided: RuleManagedExclude, note: RulePolicyAssumed},
		{name: "domain only, client id unknown", q: with(offline(all()...), func(q *Question) { q.App.ClientID = "" }), want: NeedsAdmin, prob: true, decided: RuleManagedExclude, note: RuleTenantAssumed},
		// A scope whose id is not published is on the list by name.
		{name: "domain only, IMAP on Exchange", q: with(offline(), func(q *Question) { q.Asked = []Permission{{Resource: ExchangeOnline, Value: "IMAP.AccessAsUser.All"}} }), want: NeedsAdmin, prob: true, decided: RuleManagedExclude},
		// Calendars.ReadBasic: on the list whatever its disputed type.
		{name: "domain only, Calendars.ReadBasic", q: is(offline("Calendars.ReadBasic")), want: NeedsAdmin, prob: true, decided: RuleManagedExclude},
		// Nothing on the list, from a verified publisher: likely fine, never green.
		{name: "domain only, basic and verified", q: with(offline("openid", "User.Read", "Mail.Send"), func(q *Question) { q.App.Verified = Yes }), want: Allowed, prob: true, decided: RuleInclude, note: RuleScopeAssumed},
		// The same from a publisher we know nothing of.
		{name: "domain only, publisher unread", q: is(offline("openid", "User.Read", "Mail.Send")), want: Unknown, decided: RuleRiskUnread, absent: RuleTenantAssumed},
		// A young, unverified app of another tenant: step-up is on unless somebody switched it off.
		{name: "domain only, risky", q: with(offline("Mail.Send"), func(q *Question) {
			q.Tenant.ID, q.App.OwnerTenant, q.App.Verified, q.App.RegisteredAfter2020 = contoso, fabrikam, No, Yes
		}), want: NeedsAdmin, prob: true, decided: RuleRisk},
		// Which scopes the mail clients get is not published.
		{name: "domain only, Thunderbird", q: with(offline("Mail.ReadWrite"), func(q *Question) { q.App.ClientID = thunder }), want: Unknown, decided: RuleUnrecognised, links: []RuleID{RuleManagedExclude}},
		// A custom scope we know nothing of.
		{name: "domain only, unheard-of scope", q: is(offline("Weather.Read")), want: Unknown, decided: RuleScopeTypeUnread},
		// Signed in without the right to read policies: what was read stays certain.
		{name: "policies assumed, app disabled", q: with(offline(all()...), func(q *Question) { q.App.Enabled = No }), want: Blocked, decided: RuleAppDisabled},
		{name: "policies assumed, granted", q: with(offline(all()...), func(q *Question) {
			q.App.Enabled, q.App.AssignmentRequired, q.Granted, q.GrantsRead = Yes, No, []Granted{everyone(all()...)}, Yes
		}), want: Allowed, decided: RuleGranted},
		{name: "policies assumed, app role", q: with(offline(), func(q *Question) {
			q.App.Enabled, q.User.MayGrant, q.GrantsRead = Yes, No, Yes
			q.Asked = []Permission{{Resource: MicrosoftGraph, Value: "Mail.Read", Kind: Application}}
		}), want: NeedsAdmin, decided: RuleAppRole},
		// A live policy that permits needs no guess from one that is assumed.
		{name: "live legacy beside our copy", q: with(under(PolicyLegacy), func(q *Question) {
			b, _ := Builtin(PolicyRecommended)
			q.Tenant.Policies[0] = b
			q.Tenant.Assigned = append(q.Tenant.Assigned, self+PolicyRecommended)
		}), want: Allowed, decided: RuleInclude},
		// Our copy of a scope's type, with live policies: probably.
		{name: "scope assumed, legacy live", q: with(under(PolicyLegacy), func(q *Question) { q.Asked[4].Assumed = true }), want: Allowed, prob: true, decided: RuleInclude, note: RuleScopeAssumed},
		// The list refuses whatever the type.
		{name: "scope assumed, managed live", q: with(managed(), func(q *Question) { q.Asked[4].Assumed = true }), want: NeedsAdmin, decided: RuleManagedExclude},
		{name: "low assumed, all classified", q: with(under(PolicyLow), func(q *Question) {
			q.Tenant.Policies[2], _ = Builtin(PolicyLow)
			q.Tenant.Classified = low(all()...)
		}), want: Allowed, prob: true, decided: RuleInclude},
		{name: "low assumed, own app", q: with(under(PolicyLow), func(q *Question) {
			q.Tenant.Policies[2], _ = Builtin(PolicyLow)
			q.Tenant.Classified = low(all()...)
			q.App.Verified, q.App.OwnerTenant = No, contoso
		}), want: Allowed, prob: true, decided: RuleInclude},
		{name: "nothing known at all", q: is(Question{}), want: Unknown, decided: RuleEnabledUnread},
	}
}

// handCases are all of them.
func handCases() []handCase {
	return slices.Concat(managedCases(), preCases(), roleCases(), settingCases(), setCases(), riskCases(), offlineCases())
}

func TestHandWorkedCases(t *testing.T) {
	t.Parallel()
	cases := handCases()
	if len(cases) < 60 {
		t.Errorf("%d cases, want 60 or more", len(cases))
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q := c.q()
			a := Decide(q)
			if a.Outcome != c.want || a.Probably != c.prob || a.Decided.ID != c.decided {
				t.Errorf("outcome %d probably %v by %s, want %d %v by %s\n%s", a.Outcome, a.Probably, a.Decided.ID, c.want, c.prob, c.decided, dump(a))
			}
			if c.note != "" && !slices.Contains(chainOf(a.Notes), c.note) {
				t.Errorf("notes %v lack %s", chainOf(a.Notes), c.note)
			}
			if c.absent != "" && slices.Contains(slices.Concat(chains(a), chainOf(a.Notes)), c.absent) {
				t.Errorf("%s has no place here\n%s", c.absent, dump(a))
			}
			for _, id := range c.links {
				if !slices.Contains(chains(a), id) {
					t.Errorf("no chain has %s\n%s", id, dump(a))
				}
			}
			wellFormed(t, q, a)
		})
	}
}

// TestEveryRuleIsWorked holds the table to its promise: each rule decides or
// takes part somewhere.
func TestEveryRuleIsWorked(t *testing.T) {
	t.Parallel()
	seen := map[RuleID]bool{}
	for _, c := range handCases() {
		a := Decide(c.q())
		seen[a.Decided.ID] = true
		for _, id := range slices.Concat(chains(a), chainOf(a.Notes)) {
			seen[id] = true
		}
	}
	for _, id := range Rules() {
		if !seen[id] {
			t.Errorf("no case works rule %s", id)
		}
	}
}
