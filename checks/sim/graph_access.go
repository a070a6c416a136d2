package sim

import (
	"net/http"
	"slices"
	"strings"
)

// access is what an operation wants of the caller: one of the scopes (least
// first) and, of a user, one of the roles. Sources are the
// permission tables quoted in entra-facts §1 to §6 ([PERM]) and the roles of
// §9. Where no source names a role for reading, an ordinary member may read;
// guests may not.
type access struct {
	scopes  []string
	also    []string // one of these as well, where Graph wants two
	roles   []string // nil: every member
	guests  bool     // guests may as well
	licence string   // P1 or P2, where Graph refuses tenants without
}

// Scopes that open several doors.
const (
	scopeDirRead  = "Directory.Read.All"
	scopeDirWrite = "Directory.ReadWrite.All"
	scopeDirUser  = "Directory.AccessAsUser.All"
	scopeAppRead  = "Application.Read.All"
	scopeAppWrite = "Application.ReadWrite.All"
	scopeSettings = "GroupSettings.ReadWrite.All"
	scopeDefaults = "Policy.ReadWrite.SecurityDefaults"
)

// Who may write what (entra-facts §9; guide of each operation).
var (
	appWriters    = []string{roleGlobalAdmin, roleCloudAppAdmin, roleAppAdmin}
	grantWriters  = grantingRoles
	policyWriters = []string{roleGlobalAdmin, rolePrivilegedAdmin}
	classWriters  = []string{roleGlobalAdmin, roleCloudAppAdmin, roleAppAdmin}
	// Readers of Conditional Access and of logs (entra-facts §8, general
	// knowledge there).
	policyReaders = []string{roleGlobalAdmin, roleGlobalReader, roleSecurityReader, roleSecurityAdmin, roleAccessAdmin}
	accessWriters = []string{roleGlobalAdmin, roleSecurityAdmin, roleAccessAdmin}
	auditReaders  = []string{roleGlobalAdmin, roleGlobalReader, roleSecurityReader, roleSecurityAdmin, roleReportsReader}
)

// The access of each operation.
var (
	readMe    = access{scopes: []string{"User.Read", "User.ReadWrite", "User.ReadBasic.All", "User.Read.All", scopeDirRead, scopeDirWrite}, guests: true}
	readMine  = access{scopes: []string{"User.Read", "User.Read.All", "GroupMember.Read.All", "Group.Read.All", scopeDirRead, scopeDirWrite}, guests: true}
	readOrg   = access{scopes: []string{"User.Read", "Organization.Read.All", scopeDirRead, scopeDirWrite}, guests: true}
	readUsers = access{scopes: []string{"User.ReadBasic.All", "User.Read.All", scopeDirRead, scopeDirWrite}}
	readGroup = access{scopes: []string{"GroupMember.Read.All", "Group.Read.All", scopeDirRead, scopeDirWrite}}
	readRoles = access{scopes: []string{"RoleManagement.Read.Directory", scopeDirRead, scopeDirWrite}}
	readPIM   = access{
		scopes:  []string{"RoleEligibilitySchedule.Read.Directory", "RoleManagement.Read.Directory", "RoleManagement.Read.All"},
		licence: "P2",
	}

	readApps   = access{scopes: []string{scopeAppRead, scopeAppWrite, scopeDirRead, scopeDirWrite}}
	writeApps  = access{scopes: []string{scopeAppWrite, scopeDirWrite, scopeDirUser}, roles: appWriters}
	readGrants = access{scopes: []string{"DelegatedPermissionGrant.ReadWrite.All", scopeDirRead, scopeDirWrite}}
	editGrants = access{scopes: []string{"DelegatedPermissionGrant.ReadWrite.All", scopeDirWrite, scopeDirUser}, roles: grantWriters}

	readPolicy     = access{scopes: []string{"Policy.Read.All", "Policy.ReadWrite.Authorization"}}
	writePolicy    = access{scopes: []string{"Policy.ReadWrite.Authorization"}, roles: policyWriters}
	readGrantRules = access{scopes: []string{"Policy.Read.PermissionGrant", "Policy.ReadWrite.PermissionGrant"}}
	readGrantSets  = access{scopes: []string{"Policy.Read.PermissionGrant", "Policy.ReadWrite.PermissionGrant", scopeDirRead}}
	readWorkflow   = access{scopes: []string{"Policy.Read.All", "Policy.ReadWrite.ConsentRequest"}}
	writeWorkflow  = access{scopes: []string{"Policy.ReadWrite.ConsentRequest"}, roles: []string{roleGlobalAdmin}}
	readDefaults   = access{scopes: []string{"Policy.Read.All"}}
	readClasses    = access{scopes: []string{scopeAppRead, scopeAppWrite, scopeDirRead, "Policy.ReadWrite.PermissionGrant"}}
	writeClasses   = access{scopes: []string{"Policy.ReadWrite.PermissionGrant"}, roles: classWriters}
	readTenants    = access{scopes: []string{"CrossTenantInformation.ReadBasic.All"}}

	// An app role needs a scope to give it and one to read apps (entra-facts §2).
	assignRoles = access{
		scopes: []string{"AppRoleAssignment.ReadWrite.All"}, roles: appWriters,
		also: []string{scopeAppRead, scopeAppWrite, scopeDirRead, scopeDirWrite},
	}
	readOthers    = access{scopes: []string{"User.Read.All", "GroupMember.Read.All", "Group.Read.All", scopeDirRead, scopeDirWrite}}
	readAssigned  = access{scopes: []string{"AppRoleAssignment.ReadWrite.All", scopeDirRead, scopeDirWrite}}
	readDirectory = access{scopes: []string{scopeDirRead, scopeDirWrite}}
	readDomains   = access{scopes: []string{"Domain.Read.All", scopeDirRead, scopeDirWrite}}
	readSkus      = access{scopes: []string{"LicenseAssignment.Read.All", "Organization.Read.All", scopeDirRead, scopeDirWrite}}
	writeRules    = access{scopes: []string{"Policy.ReadWrite.PermissionGrant"}, roles: policyWriters}
	writeDefaults = access{scopes: []string{scopeDefaults}, roles: accessWriters}

	// Conditional Access: [PERM] names Policy.Read.All for its policies and
	// Policy.Read.ConditionalAccess for what-if (entra-facts §8).
	readAccess  = access{scopes: []string{"Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"}, roles: policyReaders}
	writeAccess = access{scopes: []string{"Policy.ReadWrite.ConditionalAccess"}, also: []string{"Policy.Read.All", scopeAppRead}, roles: accessWriters}
	readPlaces  = access{scopes: []string{"Policy.Read.ConditionalAccess", "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"}, roles: policyReaders}
	readWhatIf  = access{scopes: []string{"Policy.Read.ConditionalAccess", "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"}}

	readSignIns  = access{scopes: []string{"AuditLog.Read.All"}, roles: auditReaders, licence: "P1"}
	readAudits   = access{scopes: []string{"AuditLog.Read.All"}, roles: auditReaders}
	readSettings = access{scopes: []string{"GroupSettings.Read.All", scopeSettings, scopeDirRead, scopeDirWrite}}
	// Writing settings needs the caller's own rights as well (entra-facts §7).
	writeSettings = access{scopes: []string{scopeSettings, scopeDirWrite}, also: []string{scopeDirUser}, roles: []string{roleGlobalAdmin}}
)

// allowed checks scope, role and licence. Graph answers a missing scope and a
// missing role with the same code (entra-facts §15).
func (c *graphCall) allowed(rt *graphRoute) error {
	a := rt.access
	held := c.held()
	has := func(s string) bool {
		return slices.ContainsFunc(held, func(h string) bool {
			// Who has the directory as its user has it may read it too
			// (permissions-reference; the Azure CLI lives by it).
			return strings.EqualFold(h, s) || s == scopeDirRead && c.u != nil && strings.EqualFold(h, scopeDirUser)
		})
	}
	if !slices.ContainsFunc(a.scopes, has) || a.also != nil && !slices.ContainsFunc(a.also, has) {
		return denied()
	}
	if c.u != nil {
		if c.u.Guest && !a.guests && len(c.claims.activeRoles()) == 0 {
			return denied()
		}
		if a.roles != nil && !slices.ContainsFunc(c.claims.activeRoles(), func(r string) bool { return slices.Contains(a.roles, r) }) {
			return denied()
		}
	}
	if a.licence != "" && c.t.Premium < a.licence { // "" < "P1" < "P2"
		return a.unlicensed()
	}
	return nil
}

// unlicensed is how Graph refuses a tenant without the licence: logs by a code
// of their own (entra-facts §8), PIM by another.
func (a access) unlicensed() error {
	if a.licence == "P1" {
		return &graphError{
			http.StatusForbidden, "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
			"Neither tenant is B2C or tenant doesn't have premium license",
		}
	}
	return &graphError{
		http.StatusBadRequest, "AadPremiumLicenseRequired",
		"The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
	}
}

// held lists the delegated scopes of the token, or an app's own roles.
func (c *graphCall) held() []string {
	if c.u == nil {
		return c.claims.Roles
	}
	return c.claims.scopes()
}

// activeRoles are the directory roles the token was issued with.
func (cl claims) activeRoles() []string {
	return slices.DeleteFunc(slices.Clone(cl.Wids), func(r string) bool { return r == roleMember })
}
