package sim

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

// Literals of the wrong kind are refused, in Graph's words.
func TestFilterKinds(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]string{
		"displayName eq 1":                             "Found operand types 'Edm.String' and 'Edm.Int32' for operator kind 'Equal'.",
		"accountEnabled eq 'true'":                     "Found operand types 'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'.",
		"accountEnabled ne 1.5":                        "Found operand types 'Edm.Boolean' and 'Edm.Double' for operator kind 'NotEqual'.",
		"createdDateTime ge '2020-01-01'":              "Found operand types 'Edm.DateTimeOffset' and 'Edm.String' for operator kind 'GreaterThanOrEqual'.",
		"id eq 8dd90edb-c881-459a-ac84-2a1fee8c5c94":   "Found operand types 'Edm.String' and 'Edm.Guid' for operator kind 'Equal'.",
		"id in ('x',true)":                             "Found operand types 'Edm.String' and 'Edm.Boolean' for operator kind 'Equal'.",
		"assignedLicenses/any(l:l/skuId eq 'x')":       "Found operand types 'Edm.Guid' and 'Edm.String' for operator kind 'Equal'.",
		"assignedLicenses/$count eq 'x'":               "Found operand types 'Edm.Int32' and 'Edm.String' for operator kind 'Equal'.",
		"assignedLicenses eq 'x'":                      "Found operand types 'Collection(microsoft.graph.assignedLicense)' and 'Edm.String' for operator kind 'Equal'.",
		"startswith(accountEnabled,'t')":               "No function signature for the function with name 'startswith'",
		"displayName/any(n:n eq 'x')":                  "Any/All may only be used following a collection",
		"not (Mail eq 'x' and DISPLAYNAME lt 2020-01)": "syntax error",
	} {
		n, err := parseFilter(filter)
		if err == nil {
			err = n.check(userEntity, true)
		}
		var ge *graphError
		if !errors.As(err, &ge) || ge.status != http.StatusBadRequest || !strings.Contains(ge.message, want) {
			t.Errorf("%s: %v", filter, err)
		}
	}
	for _, filter := range []string{
		"displayName eq null", "createdDateTime ge 2020-01-01", "createdDateTime lt 2020-01-01T00:00Z",
		"assignedLicenses/any(l:l/skuId eq 8dd90edb-c881-459a-ac84-2a1fee8c5c94)", "assignedLicenses/$count eq 1.0",
	} {
		n, err := parseFilter(filter)
		if err == nil {
			err = n.check(userEntity, true)
		}
		if err != nil {
			t.Errorf("%s: %v", filter, err)
		}
	}
}

// Names, operators and functions are read in any case, and answered in Graph's.
func TestQueryNamesInAnyCase(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token := r.token(admin)
	for query, want := range map[string]int{
		"users?$filter=DisplayName eq 'nobody'":                               0,
		"users?$filter=UserPrincipalName EQ '" + admin + "'":                  1,
		"users?$filter=NOT(userType eq 'Guest')&$count=true":                  2,
		"users?$filter=UserType eq 'Member' AND AccountEnabled eq true":       2,
		"users?$filter=StartsWith(userprincipalname,'admin@')":                1,
		"users?$filter=assignedLicenses/Any(l:l/SkuId eq null)":               0,
		"users?$orderby=DisplayName DESC":                                     3,
		`users?$search="DisplayName:admin"`:                                   1,
		"auditLogs/signIns?$filter=CreatedDateTime ge 2020-01-01":             2,
		"auditLogs/signIns?$filter=Status/ErrorCode eq 90094":                 1,
		"servicePrincipals?$filter=createdDateTime eq 2020-01-01T00:00:00.0Z": 0,
	} {
		at := "/v1.0/" + strings.NewReplacer(" ", "%20", `"`, "%22").Replace(query)
		if p := r.do("GET", at, token, "", "ConsistencyLevel", "eventual"); p.status != http.StatusOK || len(p.values()) != want {
			t.Errorf("%s: %d, %d found, want %d: %.300s", query, p.status, len(p.values()), want, p.raw)
		}
	}
	p := r.do("GET", "/v1.0/servicePrincipals?$select=DisplayName,ID&$expand=Owners($select=ID)&$top=1", token, "")
	if p.status != http.StatusOK || len(p.values()) != 1 {
		t.Fatalf("%d %.300s", p.status, p.raw)
	}
	one := p.values()[0]
	for _, name := range []string{"displayName", "id", "owners"} {
		if _, ok := one[name]; !ok {
			t.Errorf("no %s in %v", name, one)
		}
	}
	if context, _ := p.body["@odata.context"].(string); !strings.HasSuffix(context, "#servicePrincipals(displayName,id,owners())") {
		t.Errorf("context: %s", context)
	}
	refusedAs(t, "contains", r.do("GET", "/v1.0/users?$filter=contains(displayName,'a')", token, ""), 400, "Request_UnsupportedQuery")
	for _, bad := range []string{"users?$count=banana", "users?$filter="} {
		if p := r.do("GET", "/v1.0/"+bad, token, ""); p.status != http.StatusBadRequest {
			t.Errorf("%s: %d %.200s", bad, p.status, p.raw)
		}
	}
}
