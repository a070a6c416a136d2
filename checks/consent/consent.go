// Package consent decides who may consent to what in a Microsoft Entra
// tenant, and names the rules that decided. It is pure: everything it knows
// arrives as arguments, and the same arguments always give the same answer.
//
// The rules follow Microsoft's documentation of app consent policies
// (learn.microsoft.com: manage-app-consent-policies, configure-user-consent,
// configure-permission-classifications, configure-risk-based-step-up-consent).
// What those pages leave open is answered Unknown, or Probably, never guessed.
//
// Facts come in three values, and so does every step in between: an exclude
// that may match makes the answer Unknown only where nothing else settles it.
// Each prompt is judged twice. The first pass takes nothing on trust: copies
// of built-in policies and readings that Microsoft does not spell out count
// as unread. What it finds is certain, and stays so whatever is learnt later.
// Only where it finds nothing does the second pass lean on them, and all it
// says is marked Probably.
package consent

// Outcome is what happens when somebody asks for a permission.
type Outcome uint8

// The outcomes, from no answer to the most permissive one.
const (
	// Unknown means a fact was missing; Chain says which.
	Unknown Outcome = iota
	// Blocked means that no approval lets this person in as things stand: the
	// app is disabled, or consent is complete and the person not assigned.
	Blocked
	// NeedsAdmin means an administrator must consent first.
	NeedsAdmin
	// Allowed means this person may consent, or needs no consent at all.
	Allowed
)

// String returns "unknown", "blocked", "needs admin" or "allowed".
func (o Outcome) String() string {
	switch o {
	case Blocked:
		return "blocked"
	case NeedsAdmin:
		return "needs admin"
	case Allowed:
		return "allowed"
	case Unknown:
		return "unknown"
	default:
		return "unknown"
	}
}

// Tri is a yes or no that may not have been read.
type Tri uint8

// The three answers.
const (
	Unread Tri = iota
	No
	Yes
)

// Level is a tenant's classification of a delegated permission.
type Level string

// The classifications (v1.0 metadata, permissionClassificationType).
const (
	Unclassified Level = ""
	Low          Level = "low"
	Medium       Level = "medium"
	High         Level = "high"
)

// Kind tells delegated permissions from application permissions.
type Kind uint8

// The kinds of permission.
const (
	Delegated Kind = iota
	Application
)

// Permission is one scope or app role of one API.
type Permission struct {
	Resource string // appId of the API
	ID       string // the scope's or role's id; empty if the API was not read
	Value    string // the name, such as Calendars.ReadWrite
	Kind     Kind
	// UserConsentable is whether the API's publisher left the scope open to
	// users (type "User" rather than "Admin"). App roles never are.
	UserConsentable Tri
	// Assumed is set where UserConsentable is this package's own copy of what
	// Microsoft published, not what the tenant's copy of the API says (see
	// Known). What rests on it is Probably.
	Assumed bool
}

// ConditionSet is one include or exclude of a policy: it matches where all its
// conditions do. Empty lists and empty strings mean what Graph's wildcards and
// defaults mean: everything. PermissionType alone has no default; a set
// without it, or with one that is not listed, may match or not.
// Source: v1.0 metadata and [GC:resources/permissiongrantconditionset].
type ConditionSet struct {
	ID                 string   `json:"-"` // of the set itself; it decides nothing
	PermissionType     string   // application, delegated, delegatedUserConsentable
	Classification     string   // all, low, medium, high
	Resource           string   // appId, or any
	Permissions        []string // scope ids, or all; names are understood too
	ClientIDs          []string // appIds, or all
	ClientTenantIDs    []string // tenant ids, ThisTenant, or all
	ClientPublisherIDs []string // verified publisher ids, or all
	VerifiedOnly       bool
	// Unrecognised names members of the set that this package does not know.
	// Conditions only ever narrow a set, so one with such a member may match
	// where all others do, and does not where one of them does not.
	Unrecognised []string
}

// ThisTenant stands for the tenant of the Question in ClientTenantIDs, for
// policies written down where no tenant is known (see Builtin).
const ThisTenant = "this-tenant"

// Policy is a permission grant policy with its condition sets.
type Policy struct {
	ID       string
	Includes []ConditionSet
	Excludes []ConditionSet
	// Unread is set where the policy's sets could not be read.
	Unread bool
	// Assumed is set where the sets are this package's own copy of what
	// Microsoft ships, not what the tenant said (see Builtin).
	Assumed bool
}

// Tenant is what the decision needs of a tenant.
type Tenant struct {
	ID string
	// Assigned is permissionGrantPoliciesAssigned exactly as read; nil means
	// that it was not read, empty that users may not consent.
	Assigned []string
	Policies []Policy
	// Classified maps ClassKey(resource, permission id) to its level; nil
	// means not read, a missing key that the scope is not classified.
	Classified map[string]Level
	// RiskyAllowed is allowUserConsentForRiskyApps: Unread where the policy
	// was not read; null and false both mean No (step-up is on).
	RiskyAllowed Tri
}

// App is what the decision needs of the app that asks.
type App struct {
	ClientID    string
	OwnerTenant string // empty where not read
	PublisherID string // verified publisher's id; meaningful if Verified is Yes
	Verified    Tri
	// Enabled is Yes where nothing switches the app off: not its admins
	// (accountEnabled), not its owner (isDisabled), not Microsoft
	// (disabledByMicrosoftStatus). Yes, too, where the tenant has no enterprise
	// app yet: nothing holds it back.
	Enabled Tri
	// AssignmentRequired is No where the tenant has no enterprise app yet.
	AssignmentRequired Tri
	// RegisteredAfter2020 is whether the app was registered after 8 November
	// 2020, when risk-based step-up began to flag unverified apps. No API
	// tells a customer; profiles may.
	RegisteredAfter2020 Tri
}

// User is the person who would meet the prompt.
type User struct {
	// ID is empty for a person who has no consent of their own, such as any
	// ordinary user.
	ID string
	// Assigned is whether the person, or a group they are in, is assigned to
	// the app.
	Assigned Tri
	// MayGrant is whether an active role lets the person consent for all.
	MayGrant Tri
	// MayGrantGraphRoles is whether that role also covers app roles of
	// Microsoft Graph: Global and Privileged Role Administrators only
	// [ED:grant-admin-consent]. Without MayGrant it means nothing.
	MayGrantGraphRoles Tri
	// Policies are ids of further policies held through custom directory
	// roles: bare, or as in the role's action
	// (microsoft.directory/servicePrincipals/managePermissionGrantsForSelf.{id}).
	Policies []string
}

// Granted is one grant that already exists.
type Granted struct {
	Resource string   // appId of the API
	Scopes   []string // values, compared without regard to case
	Everyone bool     // tenant-wide; else for User only
	User     string   // user id where Everyone is false
	// Kind is Application where the grant is an app role assignment; Everyone
	// is then true, and Scopes holds role values.
	Kind Kind
}

// Question is one prompt: who asks whom for what, and what is granted already.
type Question struct {
	Tenant  Tenant
	App     App
	User    User
	Asked   []Permission
	Granted []Granted
	// GrantsRead is whether Granted is the whole truth. A grant in Granted
	// counts in any case; No and Unread both mean that there may be more.
	GrantsRead Tri
}

// Rule is one link of the chain that decided.
type Rule struct {
	ID     RuleID
	Policy string // the policy the rule speaks of, if any
	Set    string // "include 1", "exclude 3", if any; counted as read
	// Effect is the outcome that the rule stands for; Unknown for a missing
	// fact and for what only qualifies an answer.
	Effect Outcome
	// Why is one sentence of plain text. Scope values and policy ids are in
	// it as they came: whoever prints it cleans them.
	Why string
	// Change is the Microsoft change that put the rule there, if known.
	Change *Change
}

// Change is a change that Microsoft announced.
type Change struct {
	MessageID string // Message Center id
	Effective string // as published, such as 2025-10/11
	Certain   bool   // false where a source named only the family of scopes
}

// ScopeAnswer is the decision for one permission.
type ScopeAnswer struct {
	Permission Permission
	Outcome    Outcome
	Probably   bool   // as Answer.Probably, for this permission alone
	Chain      []Rule // never empty; the rule that decided first
}

// Answer is the decision for the whole prompt.
type Answer struct {
	Outcome Outcome
	// Probably is set where the outcome rests on something Microsoft does not
	// document (such as different policies covering different scopes of one
	// prompt) or on assumed contents of a built-in policy.
	Probably bool
	Scopes   []ScopeAnswer // in the order asked
	// Decided is the rule that settled the whole, first in the order an admin
	// would want to hear it.
	Decided Rule
	// Notes are rules that settled nothing but qualify the answer: what was
	// assumed, and what was seen and set aside.
	Notes []Rule
}
