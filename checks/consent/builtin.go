package consent

// Ids of the built-in policies for users.
// Source: [ED:manage-app-consent-policies]; the last as the API spells it
// [PUB], which the docs print in another order.
const (
	PolicyLow          = "microsoft-user-default-low"
	PolicyLegacy       = "microsoft-user-default-legacy"
	PolicyRecommended  = "microsoft-user-default-recommended"
	PolicyAllowConsent = "microsoft-user-default-allow-consent-apps"
)

// mailClients are the apps that PolicyAllowConsent speaks of: Apple, Spark,
// eM Client, Samsung, Android Mail, Thunderbird. Source: [PUB verified
// 2026-09-03; entra-docs PR 1941].
var mailClients = [...]string{
	"f8d98a96-0999-43f5-8af3-69971c7bb423",
	"b50c1dbd-1855-4e54-b07c-d3c3029e93d3",
	"e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd",
	"8acd33ea-7197-4a96-bc33-d7cc7101262f",
	"2cee05de-2b8f-45a2-8289-2a06ca32c4c8",
	"9e5f94bc-e8a4-4e73-b8be-63364c29d753",
}

// Builtin returns this package's own copy of one of the four built-in policies
// for users, for use where the tenant's could not be read. It is Assumed:
// Microsoft describes these policies in words, and changes one of them without
// notice. The result shares nothing with later ones.
func Builtin(id string) (Policy, bool) {
	switch {
	case same(id, PolicyLow):
		return Policy{ID: PolicyLow, Assumed: true, Includes: []ConditionSet{
			{PermissionType: "delegated", Classification: string(Low), VerifiedOnly: true},
			{PermissionType: "delegated", Classification: string(Low), ClientTenantIDs: []string{ThisTenant}},
		}}, true
	case same(id, PolicyLegacy):
		return Policy{ID: PolicyLegacy, Assumed: true, Includes: []ConditionSet{
			{PermissionType: "delegatedUserConsentable"},
		}}, true
	case same(id, PolicyRecommended):
		return Policy{
			ID: PolicyRecommended, Assumed: true,
			Includes: []ConditionSet{{PermissionType: "delegatedUserConsentable"}},
			Excludes: managedExcludes(),
		}, true
	case same(id, PolicyAllowConsent),
		same(id, "microsoft-user-allow-default-consent-apps"):
		// Which scopes it allows those apps is not published, only that they
		// are limited; so for those apps the copy cannot be said to match.
		return Policy{ID: id, Assumed: true, Includes: []ConditionSet{{
			PermissionType: "delegatedUserConsentable",
			ClientIDs:      append([]string(nil), mailClients[:]...),
			Unrecognised:   []string{"permissions (not published)"},
		}}}, true
	default:
		return Policy{}, false
	}
}

// managedExcludes is the managed list as excludes, one for each API. Scopes are
// held by id and by name: some ids are not published.
func managedExcludes() []ConditionSet {
	var sets []ConditionSet
	for _, r := range managedList() {
		if len(sets) == 0 || sets[len(sets)-1].Resource != r.resource {
			sets = append(sets, ConditionSet{PermissionType: "delegated", Resource: r.resource})
		}
		last := &sets[len(sets)-1]
		if r.id != "" {
			last.Permissions = append(last.Permissions, r.id)
		}
		last.Permissions = append(last.Permissions, r.scope)
	}
	return sets
}
