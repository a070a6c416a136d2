package sim

import (
	"fmt"
	"strings"
)

// What consent leaves in the audit log.

// auditGrant writes down a consent that was given: principal is empty for
// everyone.
func (s *Sim) auditGrant(t *Tenant, u *User, reg *Registration, principal string, scopes map[string][]string) {
	client := t.serviceByAppID(reg.AppID)
	if client == nil {
		return
	}
	kind := "AllPrincipals"
	if principal != "" {
		kind = "Principal"
	}
	var parts []string
	for _, resource := range sortedKeys(scopes) {
		api := t.serviceByAppID(resource)
		if api == nil {
			continue
		}
		if g := t.grantOf(client.ID, api.ID, principal); g != nil {
			parts = append(parts, fmt.Sprintf("[Id: %s, ClientId: %s, PrincipalId: %s, ResourceId: %s, ConsentType: %s, Scope: %s]",
				g.ID, g.ClientID, g.Principal, g.Resource, kind, strings.Join(scopes[resource], " ")))
		}
	}
	s.world.auditConsent(t, u, client, principal == "", "[] => ["+strings.Join(parts, ", ")+"]", "")
}

// auditRefused writes down that risk took the decision from a user
// (entra-facts §7).
func (s *Sim) auditRefused(a *attempt) {
	s.world.auditConsent(a.tenant, a.user, a.tenant.serviceByAppID(a.reg.AppID), false, "", wordsRiskDetected)
}
