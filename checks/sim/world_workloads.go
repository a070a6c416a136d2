package sim

import "strings"

// Conditional Access for apps that sign in by themselves.

// coversService weighs a policy for workload identities (general knowledge of
// Microsoft's page on them): it is for service principals registered in the
// tenant itself and for no other one; vendors' and multi-tenant apps are out of
// its reach. A filter by attributes holds none here, for none are simulated.
func coversService(work map[string]any, ask accessAsk) bool {
	in := func(side string) bool {
		list := texts(work[side+"ServicePrincipals"])
		return hasFold(list, "ServicePrincipalsInMyTenant") || hasFold(list, ask.service.ID)
	}
	return ask.single && in("include") && !in("exclude") && len(within(work, "servicePrincipalFilter")) == 0
}

// ownSingle says whether an app is the tenant's own, and nobody else's.
func (w *World) ownSingle(t *Tenant, sp *ServicePrincipal) bool {
	reg := w.registration(sp.AppID)
	return reg != nil && reg.SingleTenant && strings.EqualFold(reg.HomeTenant, t.ID)
}
