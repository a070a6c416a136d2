package consent

import (
	"strconv"
	"strings"
)

// RuleID names a rule that took part in a decision. Ids are stable.
type RuleID string

// The rules, in the order in which an admin would want to hear them. Text
// says in one line what each means; Rule.Why says it of a case.
const (
	// What holds even with an approval.
	RuleAppDisabled RuleID = "app-disabled"
	RuleNotAssigned RuleID = "not-assigned"

	// What makes an approval necessary.
	RuleAssignment        RuleID = "assignment-required"
	RuleUserConsentOff    RuleID = "user-consent-off"
	RuleAppRole           RuleID = "app-role"
	RuleAdminOnly         RuleID = "admin-only-scope"
	RuleManagedExclude    RuleID = "managed-exclude"
	RuleExclude           RuleID = "policy-exclude"
	RuleRisk              RuleID = "risk-step-up"
	RuleUnverified        RuleID = "publisher-unverified"
	RulePublisherUnlisted RuleID = "publisher-not-listed"
	RuleNotClassified     RuleID = "scope-not-classified"
	RuleScopeNotIncluded  RuleID = "scope-not-included"
	RuleAppNotIncluded    RuleID = "app-not-included"
	RulePolicyEmpty       RuleID = "policy-empty"

	// What makes none necessary.
	RuleInclude  RuleID = "policy-include"
	RuleMayGrant RuleID = "admin-may-grant"
	// The first is a grant for this person alone, the second for everyone.
	RuleGrantedSelf RuleID = "granted-to-person"
	RuleGranted     RuleID = "already-granted"

	// What was not read, and matters.
	RuleNothingAsked      RuleID = "nothing-asked"
	RuleEnabledUnread     RuleID = "app-state-unread"
	RuleAssignmentUnread  RuleID = "assignment-unread"
	RuleAssignedUnread    RuleID = "assigned-unread"
	RuleUserConsentUnread RuleID = "user-consent-unread"
	RulePolicyUnread      RuleID = "policy-unread"
	RuleUnrecognised      RuleID = "condition-unrecognised"
	RuleScopeTypeUnread   RuleID = "scope-type-unread"
	RuleScopeIDUnread     RuleID = "scope-id-unread"
	RulePublisherUnread   RuleID = "publisher-unread"
	RuleClassUnread       RuleID = "classification-unread"
	RuleClientUnread      RuleID = "client-unread"
	RuleOwnerUnread       RuleID = "owner-unread"
	RuleRiskUnread        RuleID = "risk-unread"
	RuleGrantsUnread      RuleID = "grants-unread"
	RuleRoleUnread        RuleID = "role-unread"

	// Notes.
	RuleTenantAssumed RuleID = "tenant-assumed"
	RulePolicyAssumed RuleID = "policy-assumed"
	RuleScopeAssumed  RuleID = "scope-assumed"
	RuleOwnApp        RuleID = "own-app"
	RuleDelegated     RuleID = "delegated-include"
	RulePoliciesMixed RuleID = "policies-mixed"
	RuleEntryUnknown  RuleID = "entry-unrecognised"
)

// kind is a rule's place in rules.
type kind uint8

const (
	kAppDisabled kind = iota
	kNotAssigned
	kAssignment
	kUserConsentOff
	kAppRole
	kAdminOnly
	kManagedExclude
	kExclude
	kRisk
	kUnverified
	kPublisherUnlisted
	kNotClassified
	kScopeNotIncluded
	kAppNotIncluded
	kPolicyEmpty
	kInclude
	kMayGrant
	kGrantedSelf
	kGranted
	kNothingAsked
	kEnabledUnread
	kAssignmentUnread
	kAssignedUnread
	kUserConsentUnread
	kPolicyUnread
	kUnrecognised
	kScopeTypeUnread
	kScopeIDUnread
	kPublisherUnread
	kClassUnread
	kClientUnread
	kOwnerUnread
	kRiskUnread
	kGrantsUnread
	kRoleUnread
	kTenantAssumed
	kPolicyAssumed
	kScopeAssumed
	kOwnApp
	kDelegated
	kPoliciesMixed
	kEntryUnknown
)

// rules is what each rule stands for, and its one line. {scope}, {policy} and
// {level} are filled in for Rule.Why.
var rules = [...]struct {
	id     RuleID
	effect Outcome
	text   string
}{
	kAppDisabled: {RuleAppDisabled, Blocked, "The enterprise app is disabled in this tenant: nobody can sign in to it, approved or not."},
	kNotAssigned: {RuleNotAssigned, Blocked, "Everything is approved, but only assigned people may use the app, and this person is not assigned."},

	kAssignment:        {RuleAssignment, NeedsAdmin, "The app is open to assigned people only; users can then not consent for themselves, whatever the policies say."},
	kUserConsentOff:    {RuleUserConsentOff, NeedsAdmin, "This tenant does not let users consent to any app."},
	kAppRole:           {RuleAppRole, NeedsAdmin, "{scope} is an app role: only an admin can approve it, in every tenant."},
	kAdminOnly:         {RuleAdminOnly, NeedsAdmin, "{scope} is kept for admins by the API's publisher, and consent policy {policy} does not go beyond that."},
	kManagedExclude:    {RuleManagedExclude, NeedsAdmin, "{scope} is on Microsoft's managed list: users may not consent to it where Microsoft manages consent."},
	kExclude:           {RuleExclude, NeedsAdmin, "Consent policy {policy} excludes {scope} for this app."},
	kRisk:              {RuleRisk, NeedsAdmin, "Microsoft may hold an unverified app of another tenant, registered after 8 November 2020, for risky; such a request needs an admin."},
	kUnverified:        {RuleUnverified, NeedsAdmin, "Consent policy {policy} asks for a verified publisher, and this app has none."},
	kPublisherUnlisted: {RulePublisherUnlisted, NeedsAdmin, "Consent policy {policy} names the publishers that it trusts, and this app's is not among them."},
	kNotClassified:     {RuleNotClassified, NeedsAdmin, "{scope} is not classified {level} in this tenant, and consent policy {policy} asks for that."},
	kScopeNotIncluded:  {RuleScopeNotIncluded, NeedsAdmin, "Consent policy {policy} does not include {scope}."},
	kAppNotIncluded:    {RuleAppNotIncluded, NeedsAdmin, "Consent policy {policy} speaks of other apps, not of this one."},
	kPolicyEmpty:       {RulePolicyEmpty, NeedsAdmin, "Consent policy {policy} includes nothing at all."},

	kInclude:     {RuleInclude, Allowed, "Consent policy {policy} lets this person consent to {scope} for themselves."},
	kMayGrant:    {RuleMayGrant, Allowed, "This person holds a role that may consent to {scope} for everyone."},
	kGrantedSelf: {RuleGrantedSelf, Allowed, "{scope} is approved for this person alone: nothing for them to consent to."},
	kGranted:     {RuleGranted, Allowed, "{scope} is approved for everyone here: nothing to consent to."},

	kNothingAsked:      {RuleNothingAsked, Unknown, "No permission was named, so there is nothing to decide."},
	kEnabledUnread:     {RuleEnabledUnread, Unknown, "Whether the enterprise app is enabled was not read."},
	kAssignmentUnread:  {RuleAssignmentUnread, Unknown, "Whether the app is open to assigned people only was not read."},
	kAssignedUnread:    {RuleAssignedUnread, Unknown, "Only assigned people may use the app, and whether this person is assigned was not read."},
	kUserConsentUnread: {RuleUserConsentUnread, Unknown, "The tenant's user consent setting was not read."},
	kPolicyUnread:      {RulePolicyUnread, Unknown, "What consent policy {policy} includes and excludes was not read."},
	kUnrecognised:      {RuleUnrecognised, Unknown, "Consent policy {policy} has a condition that this tool does not know, so whether it reaches {scope} cannot be told."},
	kScopeTypeUnread:   {RuleScopeTypeUnread, Unknown, "Whether the API's publisher leaves {scope} open to users was not read."},
	kScopeIDUnread:     {RuleScopeIDUnread, Unknown, "The id of {scope}, or its API, was not read, and consent policy {policy} lists permissions by them."},
	kPublisherUnread:   {RulePublisherUnread, Unknown, "Whether the app's publisher is verified was not read, and consent policy {policy} asks for it."},
	kClassUnread:       {RuleClassUnread, Unknown, "How this tenant classifies {scope} was not read, and consent policy {policy} asks for it."},
	kClientUnread:      {RuleClientUnread, Unknown, "The app's client id is not known, and consent policy {policy} lists apps by it."},
	kOwnerUnread:       {RuleOwnerUnread, Unknown, "The tenant that owns the app was not read, and consent policy {policy} asks for it."},
	kRiskUnread:        {RuleRiskUnread, Unknown, "Whether Microsoft treats the app as risky cannot be told."},
	kGrantsUnread:      {RuleGrantsUnread, Unknown, "Whether {scope} is approved already was not read."},
	kRoleUnread:        {RuleRoleUnread, Unknown, "Whether this person holds a role that may consent to {scope} for everyone was not read."},

	kTenantAssumed: {RuleTenantAssumed, Unknown, "Not everything was read in the tenant; what is missing is taken to be as in most tenants: the app enabled and open to all, nothing approved yet, an ordinary user."},
	kPolicyAssumed: {RulePolicyAssumed, Unknown, "What consent policy {policy} says is this tool's own copy, not read in the tenant."},
	kScopeAssumed:  {RuleScopeAssumed, Unknown, "Whether users may consent to {scope} is this tool's own copy of what Microsoft published, not read in the tenant."},
	kOwnApp:        {RuleOwnApp, Unknown, "The app is registered in this very tenant; Microsoft does not say whether its managed list holds for such apps."},
	kDelegated:     {RuleDelegated, Unknown, "Consent policy {policy} reaches {scope}, which its publisher keeps for admins; Microsoft does not spell out that users may then consent."},
	kPoliciesMixed: {RulePoliciesMixed, Unknown, "No single consent policy covers all that the app asks for; Microsoft does not say whether several may add up in one prompt."},
	kEntryUnknown:  {RuleEntryUnknown, Unknown, "The tenant assigns a consent policy in a way that this tool does not know; it was set aside."},
}

// Text returns the rule's one line, of no case in particular, or "" for an
// unknown id.
func (id RuleID) Text() string {
	for i := range rules {
		if rules[i].id == id {
			return strings.NewReplacer(
				"Consent policy {policy}", "A consent policy", "consent policy {policy}", "a consent policy",
				"{level}", "low, medium or high",
			).Replace(anyScope(rules[i].text))
		}
	}
	return ""
}

// anyScope puts "the permission" where a text names a scope.
func anyScope(text string) string {
	if rest, ok := strings.CutPrefix(text, "{scope}"); ok {
		text = "The permission" + rest
	}
	return strings.ReplaceAll(text, "{scope}", "the permission")
}

// Rules returns every rule's id in the order in which an admin would want to
// hear them.
func Rules() []RuleID {
	ids := make([]RuleID, len(rules))
	for i := range rules {
		ids[i] = rules[i].id
	}
	return ids
}

// riskFact is a fact that the risk rule wants.
type riskFact uint8

const (
	riskNone riskFact = iota
	riskSetting
	riskPublisher
	riskOwner
	riskAge
	riskScopes
)

// riskWhy says which fact the risk rule lacks.
var riskWhy = [...]string{
	riskSetting:   "Whether Microsoft treats the app as risky cannot be told: the tenant's risk setting was not read.",
	riskPublisher: "Whether Microsoft treats the app as risky cannot be told: whether its publisher is verified was not read.",
	riskOwner:     "Whether Microsoft treats the app as risky cannot be told: the tenant that owns it was not read.",
	riskAge:       "Whether Microsoft treats the app as risky cannot be told: it is unverified, and whether it was registered after 8 November 2020 is not known.",
	riskScopes:    "Whether Microsoft treats the app as risky cannot be told: whether it asks for more than basic sign-in is not certain.",
}

// scopeName is what a sentence calls a permission.
func scopeName(p *Permission) string {
	switch {
	case p == nil:
		return "what the app asks for"
	case p.Value != "":
		return p.Value
	case p.ID != "":
		return p.ID
	default:
		return "a permission"
	}
}

// names are what a text is filled with.
type names struct{ scope, policy, level string }

// levelNames are what a sentence calls the classifications, by levelRank.
var levelNames = [...]string{"Low", "Medium", "High"}

// managedUndated is what is said of a scope on the list by a change not known.
const managedUndated = " is on Microsoft's managed list, so users may not consent to it."

// managedSince says since when a scope, named in front, is on the list.
func managedSince(c Change) string {
	sure := " has been on Microsoft's managed list since "
	if !c.Certain {
		sure = " is on Microsoft's managed list, by all signs since "
	}
	return sure + c.When() + " (" + c.MessageID + ")."
}

// When says Effective in words: "Oct/Nov 2025" for 2025-10/11. What it cannot
// read it returns as it is.
func (c Change) When() string {
	year, months, ok := strings.Cut(c.Effective, "-")
	if !ok {
		return c.Effective
	}
	var b strings.Builder
	for m := range strings.SplitSeq(months, "/") {
		n, err := strconv.Atoi(m)
		if err != nil || n < 1 || n > 12 {
			return c.Effective
		}
		if b.Len() > 0 {
			b.WriteByte('/')
		}
		b.WriteString(monthNames[3*n-3 : 3*n])
	}
	return b.String() + " " + year
}

const monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec"

// What Colleague says.
const (
	colleagueAssigned   = "Colleagues who can use the app are assigned to it, alone or through a group."
	colleagueOwnConsent = "Others here consented for themselves earlier, and a consent once given keeps working: a stricter policy holds back new consents only."
	colleagueGrown      = "Part of what the app asks for is approved for everyone; a colleague whose app asks for no more than that is not stopped."
	colleagueConsented  = "People who consented before "
	colleagueHeldBack   = "users were held back"
	colleagueBefore     = " keep working: a stricter policy holds back new consents only."
)
