package sim

import (
	"fmt"
	"strings"
)

// builtinPolicies are the consent policies Microsoft ships (entra-facts §3a,
// §4). Each tenant has its own copy, for one of the sets of "low" names the
// tenant itself.
func builtinPolicies(tenantID string) ([]*GrantPolicy, error) {
	excluded, err := managedExcludes()
	if err != nil {
		return nil, err
	}
	set := func(policy string, n int, c ConditionSet) *ConditionSet {
		c.ID = stableID("set", policy, fmt.Sprint(n))
		if c.PermissionType == "" {
			c.PermissionType = "delegatedUserConsentable"
		}
		return &c
	}
	const low, legacy = "microsoft-user-default-low", "microsoft-user-default-legacy"
	const managed, mail = "microsoft-user-default-recommended", "microsoft-user-default-allow-consent-apps"
	const appAdmin, companyAdmin = "microsoft-application-admin", "microsoft-company-admin"
	all := []*GrantPolicy{
		{
			ID: low, Name: "Default User Low Risk Policy",
			Description: "Low risk permissions of apps from verified publishers or this organization",
			Includes: []*ConditionSet{
				set(low, 0, ConditionSet{Classification: "low", VerifiedPublisher: true}),
				set(low, 1, ConditionSet{Classification: "low", ClientTenantIDs: []string{tenantID}}),
			},
		},
		{
			ID: legacy, Name: "Default User Legacy Policy", Description: "Everything users may consent to by default",
			Includes: []*ConditionSet{set(legacy, 0, ConditionSet{})},
		},
		{
			ID: managed, Name: "Microsoft User Default Recommended Policy",
			Description: "Permissions consentable based on Microsoft's current recommendations",
			Includes:    []*ConditionSet{set(managed, 0, ConditionSet{})},
			Excludes:    excluded,
		},
		{
			ID: mail, Name: "Microsoft User Default Allow Consent Apps", Description: "Popular mail clients",
			Includes: []*ConditionSet{set(mail, 0, ConditionSet{
				Resource: graphAppID, ClientIDs: mailClients(), Permissions: mailScopes(),
			})},
		},
		{
			ID: appAdmin, Name: "Application Admin Policy", Description: "What application administrators may consent to",
			Includes: []*ConditionSet{
				set(appAdmin, 0, ConditionSet{PermissionType: "delegated"}), set(appAdmin, 1, ConditionSet{PermissionType: "application"}),
			},
			Excludes: []*ConditionSet{set(appAdmin, 2, ConditionSet{PermissionType: "application", Resource: graphAppID})},
		},
		{
			ID: companyAdmin, Name: "Company Admin Policy", Description: "What global administrators may consent to",
			Includes: []*ConditionSet{
				set(companyAdmin, 0, ConditionSet{PermissionType: "delegated"}), set(companyAdmin, 1, ConditionSet{PermissionType: "application"}),
			},
		},
	}
	for _, p := range roleOnlyPolicies {
		one := &GrantPolicy{ID: p.id, Name: p.name, Description: p.about, Includes: []*ConditionSet{
			set(p.id, 0, ConditionSet{PermissionType: "application", VerifiedPublisher: p.verified}),
		}}
		if p.verified {
			one.Includes = append(one.Includes, set(p.id, 1, ConditionSet{PermissionType: "application", ClientTenantIDs: []string{tenantID}}))
		}
		all = append(all, one)
	}
	return all, nil
}

// roleOnlyPolicies are the built-in policies about application permissions alone,
// those for single chats and teams among them: no consent of a user to delegated
// permissions is decided by them. Ids and descriptions are the page's
// (manage-app-consent-policies; configure-user-consent-groups for groups); of the
// names the first and the third are printed somewhere [PUB], the others are ours.
// What the sets for chats, teams and groups hold is not published.
var roleOnlyPolicies = []struct {
	id, name, about string
	verified        bool
}{
	{
		"microsoft-all-application-permissions", "All application permissions, for any client app",
		"Includes all application permissions (app roles), for all APIs, for any client application.", false,
	},
	{
		"microsoft-all-application-permissions-verified", "All application permissions, for verified or own client apps",
		"Includes all application permissions (app roles), for all APIs, for client applications from verified publishers or which were registered in this organization.", true,
	},
	{
		"microsoft-all-application-permissions-for-chat", "All chat resource-specific application permissions, for any client app",
		"Includes all chat resource-specific application permissions, for all APIs, for any client application.", false,
	},
	{
		"microsoft-all-application-permissions-for-group", "All group resource-specific application permissions, for any client app",
		"Allow group owner consent to apps.", false,
	},
	{
		"microsoft-dynamically-managed-permissions-for-chat", "Dynamically managed permissions for chats",
		"Includes dynamically managed permissions allowed for chat resource-specific consent.", false,
	},
	{
		"microsoft-dynamically-managed-permissions-for-team", "Dynamically managed permissions for teams",
		"Includes dynamically managed permissions allowed for team resource-specific consent.", false,
	},
	{
		"microsoft-pre-approval-apps-for-chat", "Preapproved apps for chats",
		"Includes apps that preapproved by permission grant pre-approval policy for chat resource specific consent.", false,
	},
	{
		"microsoft-pre-approval-apps-for-team", "Preapproved apps for teams",
		"Includes apps that preapproved by the permission grant pre-approval policy for team resource specific consent.", false,
	},
	{
		"microsoft-pre-approval-apps-for-group", "Preapproved apps for groups",
		"Allow group owner consent to pre-approved apps only.", false,
	},
}

// managedExcludes are the exclude sets of the Microsoft-managed policy, one per
// API, from the table of what is on its list (entra-facts §3a).
func managedExcludes() ([]*ConditionSet, error) {
	rows, err := readTable("managed-policy-excluded.csv", managedCSV, 6)
	if err != nil {
		return nil, err
	}
	sets := []*ConditionSet{
		{ID: stableID("managed-exclude", graphAppID), PermissionType: "delegated", Resource: graphAppID},
		{ID: stableID("managed-exclude", exchangeAppID), PermissionType: "delegated", Resource: exchangeAppID},
	}
	for _, row := range rows {
		set, id := sets[0], row[2]
		if strings.Contains(row[0], exchangeAppID) {
			set, id = sets[1], exchangeScopeID(row[1])
		}
		set.Permissions = append(set.Permissions, id)
	}
	return sets, nil
}

// mailClients are the client ids of the companion policy (entra-facts §3a).
func mailClients() []string {
	return []string{
		"f8d98a96-0999-43f5-8af3-69971c7bb423", "b50c1dbd-1855-4e54-b07c-d3c3029e93d3",
		"e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd", "8acd33ea-7197-4a96-bc33-d7cc7101262f",
		"2cee05de-2b8f-45a2-8289-2a06ca32c4c8", "9e5f94bc-e8a4-4e73-b8be-63364c29d753",
	}
}

// mailScopes are the permissions that the companion policy allows again: a
// limited set for mail; which exactly is not published, so this is ours.
func mailScopes() []string {
	return []string{
		"570282fd-fa5c-430d-a7fd-fc8dc98a9dca", // Mail.Read
		"024d486e-b451-40bb-833d-3e66d98c5c73", // Mail.ReadWrite
		"e383f46e-2787-4529-855e-0e479a3ffac0", // Mail.Send
		"652390e4-393a-48de-9484-05f9b1212954", // IMAP.AccessAsUser.All
		"d7b7f2d9-0f45-4ea1-9d42-e50810c06991", // POP.AccessAsUser.All
	}
}
