package flows

import (
	"slices"

	"onboard.example/checks"
)

// allChecks are the checks of this release.
func allChecks() []checks.ID {
	return []checks.ID{
		checks.TenantFound, checks.TenantCloud, checks.TenantRealm, checks.TenantMatch, checks.AccountWork, checks.AccountRole, checks.AccountScope,
		checks.AppPresent, checks.AppEnabled, checks.AppPublisher, checks.AppAssignment, checks.AppGrant, checks.AppRoles, checks.AppUserGrants,
		checks.AppResource, checks.ConsentPolicy, checks.ConsentManaged, checks.ConsentClassified, checks.ConsentRisk, checks.ConsentPredict,
		checks.ConsentWorkflow, checks.ConsentReviewers, checks.ConsentRequests, checks.AccessDefaults,
	}
}

// publicChecks are the checks that need no sign-in.
func publicChecks() []checks.ID {
	return []checks.ID{checks.TenantFound, checks.TenantCloud, checks.TenantRealm}
}

// overall is the verdict over the findings of a state.
func overall(s State) checks.Overall {
	return checks.Overall{State: checks.StateUnknown, Whose: checks.WhoUnknown}
}

// ReadScopes are the Graph scopes that a sign-in to look asks for, reading
// alone (entra-facts §14). MSAL adds the sign-in ones by itself.
func ReadScopes() []string {
	return []string{"User.Read", "Application.Read.All", "Directory.Read.All", "Policy.Read.All", "Policy.Read.PermissionGrant"}
}

// withReading adds to a plan's scopes what re-reading after each write needs.
func withReading(write []string) []string {
	out := slices.Clone(write)
	for _, r := range ReadScopes() {
		out = addFold(out, r)
	}
	return out
}
