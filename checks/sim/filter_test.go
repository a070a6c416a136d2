package sim

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestFilterHolds(t *testing.T) {
	t.Parallel()
	o := obj{
		"appId": "AbC", "displayName": "Hetk's Sync", "accountEnabled": true, "homepage": nil, "tags": []string{"one", "two"},
		"appOwnerOrganizationId": "8dd90edb-c881-459a-ac84-2a1fee8c5c94", "createdDateTime": "2026-01-02T03:04:05Z",
		"alternativeNames": []obj{{"name": "x", "n": 3}}, "servicePrincipalNames": []string{},
	}
	for filter, want := range map[string]bool{
		"appId eq 'abc'":                                                 true,
		"appId eq 'x'":                                                   false,
		"appId eq null":                                                  false,
		"homepage eq null":                                               true,
		"displayName eq 'hetk''s sync'":                                  true,
		"accountEnabled eq true":                                         true,
		"accountEnabled eq false":                                        false,
		"appId eq 'x' or accountEnabled eq true":                         true,
		"appId eq 'abc' and accountEnabled eq false":                     false,
		"appId eq 'x' and appId eq 'x' or appId eq 'abc'":                true,
		"appId eq 'x' and (appId eq 'x' or appId eq 'abc')":              false,
		"not (appId eq 'x')":                                             true,
		"appId ne 'x'":                                                   true,
		"startswith(displayName,'HETK')":                                 true,
		"endswith(displayName,'sync')":                                   true,
		"startsWith(displayName,'sync')":                                 false,
		"appId in ('x','abc')":                                           true,
		"appOwnerOrganizationId eq 8dd90edb-c881-459a-ac84-2a1fee8c5c94": true,
		"createdDateTime ge 2026-01-01T00:00:00Z":                        true,
		"createdDateTime lt 2026-01-01T00:00:00Z":                        false,
		"tags/any(t:t eq 'two')":                                         true,
		"tags/any(t:t eq 'three')":                                       false,
		"tags/any()":                                                     true,
		"servicePrincipalNames/any()":                                    false,
		"alternativeNames/any(a:a/name eq 'x' and a/n eq 3)":             true,
	} {
		n, err := parseFilter(filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if err := n.check(serviceEntity, true); err != nil {
			t.Errorf("%s: %v", filter, err)
		}
		if got := n.holds(o, nil); got != want {
			t.Errorf("%s: %v", filter, got)
		}
	}
}

func TestFilterRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "appId", "appId eq", "eq 'x'", "appId eq 'x", "appId eq x", "appId eq 'x' and", "(appId eq 'x'", "appId eq 'x')",
		"startswith(appId)", "startswith(appId,3)", "tags/any(t:)", "tags/any(t eq 'x')", "appId in ()", "appId in ('x'", "appId # 'x'",
		"appId eq \x1b'x'", strings.Repeat("(", 100) + "appId eq 'x'" + strings.Repeat(")", 100), strings.Repeat("a", maxFilter+1),
	} {
		_, err := parseFilter(bad)
		var ge *graphError
		if !errors.As(err, &ge) || ge.status != http.StatusBadRequest {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"appId eq 'x'", "not (a eq 1 or startswith(b,'c'))", "tags/any(t:t eq 'two')", "a in ('x',null,true,1.5)", "a eq 2026-01-01T00:00:00Z",
	} {
		f.Add(seed)
	}
	o := obj{"appId": "x", "tags": []string{"a"}, "verifiedPublisher": obj{"displayName": "y"}}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := parseFilter(s)
		if err != nil {
			var ge *graphError
			if !errors.As(err, &ge) || ge.status != http.StatusBadRequest {
				t.Fatalf("%q: %v is no bad request", s, err)
			}
			return
		}
		if n.check(serviceEntity, true) == nil {
			n.holds(o, nil)
		}
	})
}
