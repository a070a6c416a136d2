package graph

import (
	"slices"

	"onboard.example/checks"
)

// need is what a request needs: one of scopes (least first), where there are
// any one of also besides, and, where the directory asks for more than scopes,
// one of roles. Of a read it is used only to explain a refusal, never to keep
// it from being sent; of a write the scopes must be among those confirmed.
type need struct {
	scopes []string
	also   []string
	roles  []role
}

// lacking lists scopes any of which would help; nil where those held suffice.
func (n need) lacking(held []string) []string {
	for _, enough := range [][]string{n.scopes, n.also} {
		if len(enough) > 0 && !slices.ContainsFunc(enough, func(s string) bool { return checks.Carries(held, s) }) {
			return slices.Clone(enough)
		}
	}
	return nil
}

// least lists the fewest and narrowest scopes that suffice.
func (n need) least() []string {
	return slices.Concat(n.scopes[:min(1, len(n.scopes))], n.also[:min(1, len(n.also))])
}

// role is a directory role by its template id (entra-facts §9).
type role struct{ template, name string }

func roleNames(roles []role) []string {
	var out []string
	for _, r := range roles {
		out = append(out, r.name)
	}
	return out
}

var (
	globalAdmin    = role{"62e90394-69f5-4237-9190-012177145e10", "Global Administrator"}
	privilegedRole = role{"e8611ab8-c189-46e8-94e1-60213ab1f814", "Privileged Role Administrator"}
	cloudAppAdmin  = role{"158c047a-c907-4556-b7ef-446551a6b5f7", "Cloud Application Administrator"}
	appAdmin       = role{"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator"}
	globalReader   = role{"f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"}
	directoryRead  = role{"88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers"}
	accessAdmin    = role{"b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "Conditional Access Administrator"}
	securityAdmin  = role{"194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator"}
	securityReader = role{"5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader"}
	reportsReader  = role{"4a5d8f65-41da-4de4-8968-e035b65339cf", "Reports Reader"}
	securityOps    = role{"5f2222b1-57c3-48ba-8ad5-d4759f1fde6f", "Security Operator"}
)

// Roles that suffice, the least first. Members read most directory objects
// without a role unless the tenant restricts them (entra-facts §1), and which
// roles read policies is not documented for each: so these only ever name what
// would help after Graph said no.
var (
	directoryReaders = []role{directoryRead, globalReader, cloudAppAdmin, appAdmin, privilegedRole, globalAdmin}
	policyReaders    = []role{globalReader, cloudAppAdmin, appAdmin, privilegedRole, globalAdmin}
	accessReaders    = []role{securityReader, globalReader, accessAdmin, securityAdmin, globalAdmin}                // entra-facts §8
	logReaders       = []role{reportsReader, securityReader, globalReader, securityOps, securityAdmin, globalAdmin} // [GC:signin-list]
	grantWriters     = []role{cloudAppAdmin, appAdmin, privilegedRole, globalAdmin}                                 // entra-facts §2, §9
	appWriters       = []role{cloudAppAdmin, appAdmin, globalAdmin}                                                 // entra-facts §1, §5
	policyWriters    = []role{privilegedRole, globalAdmin}                                                          // entra-facts §3, §4; of Graph's app roles §2
)

// The scopes of each request, least first. Sources: entra-facts §1 to §9 and,
// for the wider scopes that do as well, [PERM] (permissions.json of
// microsoft-graph-devx-content, 2026-08-07), delegated entries.
var (
	needMe      = need{scopes: []string{"User.Read", "User.ReadBasic.All", "User.ReadWrite", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}}
	needMyRoles = need{scopes: []string{"User.Read", "GroupMember.Read.All", "User.Read.All", "Group.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"}}
	// Reading somebody else: entra-facts §1 says that members may by default, and
	// that a tenant can restrict it.
	needUser = need{scopes: []string{"User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}, roles: directoryReaders}
	// Whom a plan is about: name and id alone ([PERM] for GET /users/{id}, /groups).
	needPerson   = need{scopes: []string{"User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}, roles: directoryReaders}
	needGroup    = need{scopes: []string{"Group.ReadBasic.All", "GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}, roles: directoryReaders}
	needEligible = need{scopes: []string{"RoleEligibilitySchedule.Read.Directory", "RoleManagement.Read.Directory", "RoleManagement.Read.All", "RoleEligibilitySchedule.ReadWrite.Directory", "RoleManagement.ReadWrite.Directory"}}
	needTenant   = need{scopes: []string{"User.Read", "Organization.Read.All", "User.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}}
	needApps     = need{scopes: []string{"Application.Read.All", "Directory.Read.All", "Application.ReadWrite.All", "Directory.ReadWrite.All"}, roles: directoryReaders}
	// DelegatedPermissionGrant.Read.All is provisioned but mapped to no path
	// (entra-facts §2, UNCERTAIN). The request is sent with it, as with any
	// token; once refused, it was not enough, so it is not in this list.
	needGrants    = need{scopes: []string{"Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"}, roles: directoryReaders}
	needClassList = need{scopes: []string{"Application.Read.All", "Directory.Read.All", "Application.ReadWrite.All", "Directory.ReadWrite.All"}, roles: directoryReaders}
	needPolicy    = need{scopes: []string{"Policy.Read.All", "Policy.ReadWrite.Authorization"}, roles: policyReaders}
	// Policy.Read.All is not listed for these paths (entra-facts §4, UNCERTAIN),
	// so holding it alone is reported as the scope that is missing.
	needConsentPolicies = need{scopes: []string{"Policy.Read.PermissionGrant", "Policy.ReadWrite.PermissionGrant"}, roles: policyReaders}
	needConsentSets     = need{scopes: []string{"Policy.Read.PermissionGrant", "Policy.ReadWrite.PermissionGrant", "Directory.Read.All"}, roles: policyReaders}
	needWorkflow        = need{scopes: []string{"Policy.Read.All", "Policy.ReadWrite.ConsentRequest", "Directory.Read.All", "Directory.ReadWrite.All"}, roles: policyReaders}
	needRequests        = need{scopes: []string{"ConsentRequest.Read.All", "ConsentRequest.ReadWrite.All"}, roles: policyReaders}
	needDefaults        = need{scopes: []string{"Policy.Read.All", "Policy.ReadWrite.SecurityDefaults"}, roles: policyReaders}
	// [GC:conditionalaccessroot-evaluate], permissions table of v1.0.
	needEvaluate = need{scopes: []string{"Policy.Read.ConditionalAccess", "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"}, roles: accessReaders}
	// [PERM] lists the first alone; [GC:directoryaudit-list, signin-list] want
	// Directory.Read.All besides, which every sign-in of ours has.
	needLogs    = need{scopes: []string{"AuditLog.Read.All"}, roles: logReaders}
	needMembers = need{scopes: []string{"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"}, roles: directoryReaders}
	needHolders = need{scopes: []string{"RoleManagement.Read.Directory", "RoleManagement.Read.All", "Directory.Read.All", "RoleManagement.ReadWrite.Directory"}, roles: directoryReaders}

	// Writes: [PERM] for the method and path of each.
	needAppWrite   = need{scopes: []string{"Application.ReadWrite.All", "Directory.ReadWrite.All"}, roles: appWriters}
	needGrantWrite = need{scopes: []string{"DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"}, roles: grantWriters}
	// An assignment needs a scope to read apps besides ([PERM] AlsoRequires), and
	// a higher role where it gives an app a permission of Microsoft Graph's
	// (entra-facts §2).
	needAssign   = need{scopes: assigning, also: readingApps, roles: grantWriters}
	needAppRole  = need{scopes: assigning, also: readingApps, roles: policyWriters}
	needUnassign = need{scopes: assigning, roles: grantWriters}
	assigning    = []string{"AppRoleAssignment.ReadWrite.All"}
	readingApps  = []string{"Application.Read.All", "Directory.Read.All"}

	needClassWrite  = need{scopes: []string{"Policy.ReadWrite.PermissionGrant"}, roles: appWriters}
	needRuleWrite   = need{scopes: []string{"Policy.ReadWrite.PermissionGrant"}, roles: policyWriters}
	needPolicyWrite = need{scopes: []string{"Policy.ReadWrite.Authorization"}, roles: policyWriters}
	// [GC:adminconsentrequestpolicy-update] names lower roles in newer forms;
	// entra-facts §6 has Global Administrator for both pages, which surely helps.
	needWorkflowWrite = need{scopes: []string{"Policy.ReadWrite.ConsentRequest", "Directory.ReadWrite.All"}, roles: []role{globalAdmin}}
)
