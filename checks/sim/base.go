package sim

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"time"
)

// The part of the world that every scenario shares: Microsoft's own apps, the
// vendors' apps, the built-in consent policies.

//go:embed data/scopes.csv
var scopesCSV []byte // resource, scope, guid, adminConsentRequiredByDefault

//go:embed data/managed-policy-excluded.csv
var managedCSV []byte // resource, scope, guid, messageCenter, effective, confidence

// microsoftTenant owns Microsoft's own apps.
const microsoftTenant = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"

// ownedResource are the entries for resource-specific consent that a tenant
// of 2026 holds besides the user's own (entra-facts §3, captured list [PUB]).
var ownedResource = []string{
	"ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team",
	"ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-chat",
}

// graphAppRoles are application permissions of Microsoft Graph, by value.
var graphAppRoles = map[string]string{
	"Application.Read.All":                   "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
	"Application.ReadWrite.All":              "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
	"AppRoleAssignment.ReadWrite.All":        "06b708a9-e830-4db3-a914-8e69da51d44f",
	"AuditLog.Read.All":                      "b0afded3-3588-46d8-8b3d-9842eff778da",
	"Calendars.Read":                         "798ee544-9d2d-430c-a058-570e29e34338",
	"Calendars.ReadWrite":                    "ef54d2bf-783f-4e0f-bca1-3210c0444d99",
	"ConsentRequest.Read.All":                "1260ad83-98fb-4785-abbb-d6cc1806fd41",
	"DelegatedPermissionGrant.ReadWrite.All": "8e8e4742-1d95-4f68-9d56-6ee75648c72a",
	"Directory.Read.All":                     "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
	"Directory.ReadWrite.All":                "19dbc75e-c2e2-444c-a770-ec69d8559fc7",
	"Group.Read.All":                         "5b567255-7703-4780-807c-7be8301ae99b",
	"Mail.Read":                              "810c84a8-4a9e-49e6-bf7d-12d183f40d01",
	"Mail.ReadWrite":                         "e2a3a72e-5f79-4c64-b1b1-878b674786c9",
	"Mail.Send":                              "b633e1c5-b582-4048-a93e-9f11b44c7e96",
	"Organization.Read.All":                  "498476ce-e0fe-48b0-b801-37ba7e2685c6",
	"Policy.Read.All":                        "246dd0d5-5bd0-4def-940b-0421030a5b68",
	"Policy.Read.ConditionalAccess":          "37730810-e9ba-4e46-b07e-8ca78d182097",
	"Policy.Read.PermissionGrant":            "9e640839-a198-48fb-8b9a-013fd6f6cbcd",
	"Policy.ReadWrite.Authorization":         "fb221be6-99f2-473f-bd32-01c6a0e9ca3b",
	"Policy.ReadWrite.ConsentRequest":        "999f8c63-0a38-4f1b-91fd-ed1947bdd1a9",
	"Policy.ReadWrite.PermissionGrant":       "a402ca1c-2696-4531-972d-6e5ee4aa11ea",
	"RoleManagement.Read.Directory":          "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
	"User.Read.All":                          "df021288-bdef-4463-88db-98f22de89214",
}

// roleNames are the directory roles the simulator knows (entra-facts §9; the
// ids of the user, Exchange and Teams administrators are general knowledge).
var roleNames = map[string]string{
	roleGlobalAdmin:                        "Global Administrator",
	rolePrivilegedAdmin:                    "Privileged Role Administrator",
	roleCloudAppAdmin:                      "Cloud Application Administrator",
	roleAppAdmin:                           "Application Administrator",
	roleAIAdmin:                            "AI Administrator",
	roleGlobalReader:                       "Global Reader",
	"88d8e3e3-8f55-4a1e-953a-9b9898b8876b": "Directory Readers",
	roleAccessAdmin:                        "Conditional Access Administrator",
	"cf1c38e5-3621-4004-a7cb-879624dced7c": "Application Developer",
	roleSecurityAdmin:                      "Security Administrator",
	roleSecurityReader:                     "Security Reader",
	roleReportsReader:                      "Reports Reader",
	roleUserAdmin:                          "User Administrator",
	roleExchangeAdmin:                      "Exchange Administrator",
	"69091246-20e8-4a56-aa4d-066075b2a7a8": "Teams Administrator",
}

// roleName is a role's display name, or its id if the simulator has no name.
func roleName(id string) string {
	if n, ok := roleNames[id]; ok {
		return n
	}
	return id
}

// roleByName finds a role's template id by its display name or id.
func roleByName(name string) (string, bool) {
	for id, n := range roleNames {
		if strings.EqualFold(n, name) || strings.EqualFold(id, name) {
			return id, true
		}
	}
	return "", false
}

// exchangeScopes are delegated permissions of Exchange Online. Ids that no
// source gives are made by the simulator and stable.
var exchangeScopes = []string{
	"EAS.AccessAsUser.All", "EWS.AccessAsUser.All", "IMAP.AccessAsUser.All", "POP.AccessAsUser.All", "SMTP.Send",
	"Calendars.ReadWrite", "Mail.ReadWrite", "User.Read",
}

// moreScopes are delegated permissions of Microsoft Graph that writes need and
// the table of scopes lacks; their ids are made by the simulator.
var moreScopes = []string{scopeDefaults, scopeSettings}

func exchangeScopeID(value string) string {
	if value == "EWS.AccessAsUser.All" {
		return "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5" // scopes.csv
	}
	return stableID("exchange-scope", value)
}

// readTable reads an embedded table without its heading.
func readTable(name string, data []byte, columns int) ([][]string, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = columns
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return rows[1:], nil
}

// baseApps are the registrations that every world holds.
func baseApps() ([]*Registration, error) {
	graph := &Registration{
		AppID: graphAppID, Name: "Microsoft Graph", HomeTenant: microsoftTenant, FirstParty: true,
		IdentifierURI: "https://graph.microsoft.com https://graph.microsoft.us " +
			"https://dod-graph.microsoft.us https://microsoftgraph.chinacloudapi.cn",
	}
	rows, err := readTable("scopes.csv", scopesCSV, 4)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if strings.Contains(row[0], graphAppID) {
			// Where the sources differ the scope is taken to be open to users.
			graph.Scopes = append(graph.Scopes, Scope{
				ID: row[2], Value: row[1], Admin: row[3] == "yes", Enabled: true, Title: scopeTitle(row[1]), About: scopeTitle(row[1]),
			})
		}
	}
	for _, v := range moreScopes {
		graph.Scopes = append(graph.Scopes, Scope{
			ID: stableID("graph-scope", v), Value: v, Admin: true, Enabled: true, Title: scopeTitle(v), About: scopeTitle(v),
		})
	}
	for _, v := range sortedKeys(graphAppRoles) {
		graph.AppRoles = append(graph.AppRoles, AppRole{
			ID: graphAppRoles[v], Value: v, Title: scopeTitle(v), Members: []string{"Application"},
		})
	}
	exchange := &Registration{
		AppID: exchangeAppID, Name: "Office 365 Exchange Online", HomeTenant: microsoftTenant, FirstParty: true,
		IdentifierURI: "https://outlook.office365.com https://outlook.office.com",
		AppRoles: []AppRole{{
			ID: "dc890d15-9560-4a4c-9b7f-a736ec74ec40", Value: "full_access_as_app",
			Title: "Use Exchange Web Services with full access to all mailboxes", Members: []string{"Application"},
		}},
	}
	for _, v := range exchangeScopes {
		exchange.Scopes = append(exchange.Scopes, Scope{
			ID: exchangeScopeID(v), Value: v, Enabled: true, Title: scopeTitle(v), About: scopeTitle(v),
		})
	}
	firstParty := []*Registration{
		graph, exchange, firstPartyClient(graphCLIAppID, "Microsoft Graph Command Line Tools"), azureCLI(), resourceManager(),
	}
	return append(firstParty, vendorApps()...), nil
}

// firstPartyClient is one of Microsoft's command-line clients: public, at any
// loopback redirect, usable in every tenant (entra-facts §14).
func firstPartyClient(id, name string) *Registration {
	return &Registration{
		AppID: id, Name: name, HomeTenant: microsoftTenant, FirstParty: true, Public: true, AnyLoopback: true,
		Required: []Required{{Resource: graphAppID, Scopes: []string{"openid", "profile", "offline_access", "User.Read"}}},
	}
}

// registered is when the vendors' apps were registered: after risk-based
// step-up began, so that an unverified one trips it.
var registered = time.Date(2023, time.March, 1, 9, 0, 0, 0, time.UTC)

// vendor makes a vendor's multi-tenant app: a web app, as these vendors register
// theirs. Answers go to the vendor's own https addresses alone (entra-facts §11),
// and its server proves itself by a secret wherever it asks for tokens (7000218).
// Only Hetk's client id is a real one; the other ids, owner tenants and publisher
// ids exist in the simulator alone.
func vendor(key, id, name, publisher string, required ...Required) *Registration {
	reg := &Registration{
		AppID: id, Name: name, HomeTenant: stableID("vendor-tenant", key), RegisteredAt: registered,
		Secret:       "simulated-secret-of-" + key,
		RedirectURIs: []string{"https://" + key + ".example/auth/callback", "https://" + key + ".example/admin/callback"},
		Required:     required,
	}
	if publisher != "" {
		reg.Publisher = &Publisher{
			Name: publisher, MPNID: fmt.Sprint(6000000 + len(key)*1111), AddedAt: registered.Add(30 * 24 * time.Hour),
		}
	}
	return reg
}

// vendorKeys are the short names by which scenarios speak of the vendors' apps.
var vendorKeys = map[string]string{
	"hetk":         hetkAppID,
	"carerix":      "5a1c0001-0000-4000-8000-00000ca7e71c",
	"revenue-grid": "5a1c0002-0000-4000-8000-00000e5e0e6d",
	"nylas":        "5a1c0003-0000-4000-8000-0000000a71a5",
	"sophiie":      "5a1c0004-0000-4000-8000-0000050f11e0",
}

// vendorApps are the five apps the product knows (their pages, in words).
func vendorApps() []*Registration {
	graph := func(scopes ...string) Required { return Required{Resource: graphAppID, Scopes: scopes} }
	return []*Registration{
		vendor("hetk", vendorKeys["hetk"], "Hetk Calendar Sync", "Hetk",
			graph("openid", "profile", "offline_access", "User.Read", "Calendars.ReadWrite")),
		vendor("carerix", vendorKeys["carerix"], "Carerix Calendar - Production", "Carerix",
			graph("openid", "profile", "offline_access", "User.Read", "Calendars.ReadWrite")),
		vendor("revenue-grid", vendorKeys["revenue-grid"], "Revenue Grid Email Sidebar", "",
			graph("openid", "profile", "email", "offline_access", "User.Read", "User.ReadBasic.All", "Calendars.ReadWrite",
				"Mail.ReadWrite", "MailboxSettings.ReadWrite"),
			Required{Resource: exchangeAppID, Scopes: []string{"EWS.AccessAsUser.All"}}),
		vendor("nylas", vendorKeys["nylas"], "Nylas Integration", "Nylas",
			graph("openid", "profile", "email", "offline_access", "User.Read", "Calendars.ReadWrite", "Mail.ReadWrite", "Mail.Send")),
		vendor("sophiie", vendorKeys["sophiie"], "Sophiie", "Sophiie",
			graph("openid", "profile", "email", "offline_access", "User.Read", "Calendars.ReadWrite", "Mail.ReadWrite", "Mail.Send")),
	}
}
