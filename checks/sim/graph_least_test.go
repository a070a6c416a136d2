package sim

import (
	"net/http"
	"strings"
	"testing"
)

// The least scope of each operation, as the sources name it (entra-facts §1 to
// §10, [PERM] and [GC] there), opens it; a neighbour that is not enough does not.
func TestLeastPrivilege(t *testing.T) {
	t.Parallel()
	for at, scopes := range map[string][2]string{ // enough, not enough
		"GET /servicePrincipals/{servicePrincipal-id}":                                                     {"Application.Read.All", "User.Read.All"},
		"POST /servicePrincipals":                                                                          {"Application.ReadWrite.All", "Application.Read.All"},
		"PATCH /servicePrincipals/{servicePrincipal-id}":                                                   {"Application.ReadWrite.All", "Directory.Read.All"},
		"GET /servicePrincipals/{servicePrincipal-id}/oauth2PermissionGrants":                              {"Directory.Read.All", "Application.Read.All"},
		"GET /oauth2PermissionGrants":                                                                      {"DelegatedPermissionGrant.ReadWrite.All", "DelegatedPermissionGrant.Read.All"},
		"POST /oauth2PermissionGrants":                                                                     {"DelegatedPermissionGrant.ReadWrite.All", "Directory.Read.All"},
		"PATCH /oauth2PermissionGrants/{oAuth2PermissionGrant-id}":                                         {"DelegatedPermissionGrant.ReadWrite.All", "Application.ReadWrite.All"},
		"GET /servicePrincipals/{servicePrincipal-id}/appRoleAssignments":                                  {"Application.Read.All", "AuditLog.Read.All"},
		"GET /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo":                                   {"Application.Read.All", "User.Read"},
		"POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo":                                  {"AppRoleAssignment.ReadWrite.All Application.Read.All", "AppRoleAssignment.ReadWrite.All"},
		"GET /policies/authorizationPolicy":                                                                {"Policy.Read.All", "Policy.Read.PermissionGrant"},
		"PATCH /policies/authorizationPolicy":                                                              {"Policy.ReadWrite.Authorization", "Policy.Read.All"},
		"GET /policies/permissionGrantPolicies":                                                            {"Policy.Read.PermissionGrant", "Policy.Read.All"},
		"GET /policies/permissionGrantPolicies/{permissionGrantPolicy-id}/includes":                        {"Directory.Read.All", "Policy.Read.All"},
		"POST /policies/permissionGrantPolicies":                                                           {"Policy.ReadWrite.PermissionGrant", "Policy.Read.PermissionGrant"},
		"GET /servicePrincipals(appId='{appId}')/delegatedPermissionClassifications":                       {"Application.Read.All", "Policy.Read.All"},
		"POST /servicePrincipals(appId='{appId}')/delegatedPermissionClassifications":                      {"Policy.ReadWrite.PermissionGrant", "Application.ReadWrite.All"},
		"GET /policies/adminConsentRequestPolicy":                                                          {"Policy.Read.All", "ConsentRequest.Read.All"},
		"PUT /policies/adminConsentRequestPolicy":                                                          {"Policy.ReadWrite.ConsentRequest", "Policy.Read.All"},
		"GET /identityGovernance/appConsent/appConsentRequests":                                            {"ConsentRequest.Read.All", "Directory.Read.All"},
		"GET /identityGovernance/appConsent/appConsentRequests/{appConsentRequest-id}/userConsentRequests": {"ConsentRequest.Read.All", "Policy.Read.All"},
		"GET /groupSettings":                                                                               {"GroupSettings.Read.All", "Policy.Read.All"},
		"GET /identity/conditionalAccess/policies":                                                         {"Policy.Read.All", "Policy.Read.ConditionalAccess"},
		"POST /identity/conditionalAccess/evaluate":                                                        {"Policy.Read.ConditionalAccess", "Directory.Read.All"},
		"GET /policies/identitySecurityDefaultsEnforcementPolicy":                                          {"Policy.Read.All", "Policy.Read.ConditionalAccess"},
		"GET /auditLogs/signIns":                                                                           {"AuditLog.Read.All", "Directory.Read.All"},
		"GET /auditLogs/directoryAudits":                                                                   {"AuditLog.Read.All", "Directory.Read.All"},
		"GET /me/transitiveMemberOf/graph.directoryRole":                                                   {"User.Read", "openid"},
		"GET /roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='{on}')":    {"RoleEligibilitySchedule.Read.Directory", "User.Read"},
		"GET /tenantRelationships/findTenantInformationByDomainName(domainName='{domainName}')":            {"CrossTenantInformation.ReadBasic.All", "Directory.Read.All"},
	} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			method, path, _ := strings.Cut(at, " ")
			op := operation{method: method, path: path}
			for i, scope := range scopes {
				r := wholeRig(t)
				p := r.ask(op, target(r, op, ""), r.token(admin, strings.Fields(scope)...), bodies(r, op))
				if open := p.status < http.StatusMultipleChoices; open != (i == 0) || i == 1 && p.code() != "Authorization_RequestDenied" {
					t.Errorf("with %s: %d %.300s", scope, p.status, p.raw)
				}
			}
		})
	}
}
