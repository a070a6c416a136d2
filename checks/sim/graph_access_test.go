package sim

import (
	"net/http"
	"slices"
	"testing"
)

// Scope and role are checked on every call, from the token.
func TestGraphAccess(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	hetk := r.spID(hetkAppID)
	all := []string{
		"/v1.0/me", "/v1.0/organization", "/v1.0/servicePrincipals", "/v1.0/oauth2PermissionGrants",
		"/v1.0/policies/authorizationPolicy", "/v1.0/policies/permissionGrantPolicies",
		"/v1.0/policies/permissionGrantPolicies/microsoft-user-default-low/includes",
		"/v1.0/servicePrincipals/" + hetk + "/oauth2PermissionGrants", "/v1.0/servicePrincipals/" + hetk + "/appRoleAssignedTo",
		"/v1.0/servicePrincipals/" + r.spID(graphAppID) + "/delegatedPermissionClassifications",
		"/v1.0/policies/identitySecurityDefaultsEnforcementPolicy", "/v1.0/policies/adminConsentRequestPolicy",
	}
	opens := map[string][]int{
		"openid":                                 {},
		"User.Read":                              {0, 1},
		"Application.Read.All":                   {2, 8, 9},
		"Directory.Read.All":                     {0, 1, 2, 3, 6, 7, 8, 9},
		"DelegatedPermissionGrant.ReadWrite.All": {3, 7},
		"DelegatedPermissionGrant.Read.All":      {}, // no path is mapped to it (entra-facts §2)
		"Policy.Read.All":                        {4, 10, 11},
		"Policy.Read.PermissionGrant":            {5, 6},
	}
	for scope, open := range opens {
		for i, path := range all {
			p := r.do("GET", path, r.token(user, scope), "")
			want := http.StatusForbidden
			if slices.Contains(open, i) {
				want = http.StatusOK
			}
			if p.status != want || want == http.StatusForbidden && p.code() != "Authorization_RequestDenied" {
				t.Errorf("%s with %s: %d %.200s, want %d", path, scope, p.status, p.raw, want)
			}
		}
	}
	for _, write := range [][3]string{
		{"PATCH", "/v1.0/servicePrincipals/" + hetk, `{"accountEnabled":true}`},
		{"POST", "/v1.0/oauth2PermissionGrants", `{}`},
		{"PATCH", "/v1.0/policies/authorizationPolicy", `{}`},
		{"DELETE", "/v1.0/servicePrincipals/" + hetk, ``},
	} {
		if p := r.do(write[0], write[1], r.token(user), write[2]); p.status != http.StatusForbidden {
			t.Errorf("%v as a plain user: %d", write, p.status)
		}
		if p := r.do(write[0], write[1], r.token(admin, "User.Read", "Directory.Read.All"), write[2]); p.status != http.StatusForbidden {
			t.Errorf("%v without the scope: %d", write, p.status)
		}
	}
}

// An app's own token is judged by its app roles, needs no directory role, and
// has no me.
func TestAppOnlyToken(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-4333-8444-555555555555"
	r := newRig(t, "approved", func(o *Options) { o.Register = []string{id} })
	cl, err := r.verify(r.token(admin))
	if err != nil {
		t.Fatal(err)
	}
	cl.IDType, cl.Scp, cl.Wids, cl.UPN = "app", "", nil, ""
	cl.Oid = r.world.tenants[0].serviceByAppID(id).ID
	cl.Roles = []string{"Application.Read.All"}
	for path, want := range map[string]int{
		"/v1.0/servicePrincipals(appId='" + hetkAppID + "')": http.StatusOK,
		"/v1.0/oauth2PermissionGrants":                       http.StatusForbidden,
		"/v1.0/me":                                           http.StatusForbidden,
	} {
		if p := r.do("GET", path, r.mint(cl), ""); p.status != want {
			t.Errorf("%s: %d %s", path, p.status, p.raw)
		}
	}
	cl.Roles = []string{"Directory.Read.All", "Application.ReadWrite.All"}
	if p := r.do("GET", "/v1.0/me", r.mint(cl), ""); p.status != http.StatusBadRequest {
		t.Errorf("me: %d %s", p.status, p.raw)
	}
	if p := r.do("PATCH", "/v1.0/servicePrincipals(appId='"+hetkAppID+"')", r.mint(cl), `{"accountEnabled":false}`); p.status != http.StatusNoContent {
		t.Errorf("write: %d %s", p.status, p.raw)
	}
}

// Guests see themselves and the organisation, and no directory.
func TestGuestsAreRestricted(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	r.world.tenants[0].userByUPN(user).Guest = true
	for path, want := range map[string]int{
		"/v1.0/me": http.StatusOK, "/v1.0/organization": http.StatusOK,
		"/v1.0/servicePrincipals": http.StatusForbidden, "/v1.0/users": http.StatusForbidden,
	} {
		if p := r.do("GET", path, r.token(user), ""); p.status != want {
			t.Errorf("%s: %d %s", path, p.status, p.raw)
		}
	}
}

// Nothing unknown is ever answered 200.
func TestNothingUnknownIsOK(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	for _, path := range []string{
		"/nonsense", "/v1", "/v2.0/me", "/v1.0/me/nonsense", "/v1.0//", "/beta/x", "/contoso.example/nonsense",
		"/contoso.example/oauth2/v2.0/nonsense", "/_cloud/moon/v1.0/me", "/_cloud/china", "/.well-known/openid-configuration", "/v1.0/../x",
	} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			if p := r.do(method, path, r.token(admin), ""); p.status < 300 {
				t.Errorf("%s %s: %d %.200s", method, path, p.status, p.raw)
			}
		}
	}
}
