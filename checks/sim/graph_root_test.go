package sim

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
)

// What there is no version for is refused as Graph refuses things, in JSON; and a
// version is read in any case.
func TestVersions(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	for _, at := range []string{"/v2.0/users", "/v1.1/users", "/v1/me", "/v1.00/", "/V3"} {
		p := r.do("GET", at, "", "")
		refusedAs(t, at, p, 400, "BadRequest")
		if version, _, _ := strings.Cut(at[1:], "/"); !strings.Contains(p.raw, "Invalid version: "+version) {
			t.Errorf("%s: %s", at, p.raw)
		}
	}
	for _, at := range []string{"/V1.0/users?$top=1", "/BETA/users?$top=1"} {
		p := r.do("GET", at, r.token(admin), "")
		version := strings.ToLower(strings.Split(at, "/")[1])
		if p.status != http.StatusOK || !strings.Contains(p.text("@odata.context"), "/"+version+"/$metadata") || !strings.Contains(p.text("@odata.nextLink"), "/"+version+"/") {
			t.Errorf("%s: %d %s", at, p.status, p.raw)
		}
	}
	for _, at := range []string{"/v1.0/", "/beta", "/v1.0/$metadata"} {
		refusedAs(t, at, r.do("POST", at, r.token(admin), "{}"), 405, "Request_BadRequest")
	}
	for _, at := range []string{"/common/v2.0/.well-known/openid-configuration", "/vault.example/v2.0/.well-known/openid-configuration"} {
		if p := r.do("GET", at, "", ""); p.code() == "BadRequest" {
			t.Errorf("%s is taken for Graph's", at)
		}
	}
}

// The root lists the sets, each of which answers; contexts point to metadata that
// is there, and holds the types.
func TestRootAndMetadata(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	for _, at := range []string{"/v1.0", "/v1.0/", "/beta/"} {
		p := r.do("GET", at, "", "")
		if p.status != http.StatusOK || !strings.HasSuffix(p.text("@odata.context"), strings.Trim(at, "/")+"/$metadata") || len(p.values()) < 5 {
			t.Errorf("%s: %d %s", at, p.status, p.raw)
		}
	}
	sets := map[any]bool{}
	for _, one := range r.do("GET", "/v1.0", "", "").values() {
		sets[one["name"]] = true
		name, _ := one["url"].(string)
		if p := r.do("GET", "/v1.0/"+name, r.token(admin), ""); name != "directoryObjects" && p.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, p.status, p.raw)
		}
	}
	p := r.do("GET", "/v1.0/$metadata", "", "")
	if p.status != http.StatusOK || !strings.HasPrefix(p.header.Get("Content-Type"), "application/xml") {
		t.Fatalf("%d %v", p.status, p.header)
	}
	var doc struct {
		XMLName xml.Name `xml:"http://docs.oasis-open.org/odata/ns/edmx Edmx"`
		Schema  struct {
			Entities []struct {
				Name string `xml:",attr"`
				Key  struct {
					Ref struct {
						Name string `xml:",attr"`
					} `xml:"PropertyRef"`
				} `xml:"Key"`
				Props []struct {
					Name string `xml:",attr"`
					Type string `xml:",attr"`
				} `xml:"Property"`
			} `xml:"EntityType"`
			Complex []struct {
				Name string `xml:",attr"`
			} `xml:"ComplexType"`
			Sets []struct {
				Name       string `xml:",attr"`
				EntityType string `xml:",attr"`
			} `xml:"EntityContainer>EntitySet"`
		} `xml:"DataServices>Schema"`
	}
	if err := xml.Unmarshal([]byte(p.raw), &doc); err != nil {
		t.Fatal(err)
	}
	entities := map[string]bool{}
	for _, e := range doc.Schema.Entities {
		entities["microsoft.graph."+e.Name] = e.Key.Ref.Name == "id"
		if e.Name != "oAuth2PermissionGrant" {
			continue
		}
		types := map[string]string{}
		for _, p := range e.Props {
			types[p.Name] = p.Type
		}
		if types["scope"] != "Edm.String" || types["clientId"] != "Edm.String" {
			t.Errorf("grants: %v", types)
		}
	}
	if len(entities)+len(doc.Schema.Complex) != len(graphTypes().types) {
		t.Errorf("%d entities and %d others of %d types", len(entities), len(doc.Schema.Complex), len(graphTypes().types))
	}
	for _, s := range doc.Schema.Sets {
		if !sets[s.Name] || !entities[s.EntityType] {
			t.Errorf("set %s of %s", s.Name, s.EntityType)
		}
	}
}

// Functions and actions may be written with their namespace; types may not stand
// in for sets.
func TestQualifiedOperations(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token := r.token(admin)
	for _, at := range []string{
		"/v1.0/servicePrincipals/microsoft.graph.delta()", "/v1.0/oauth2PermissionGrants/microsoft.graph.delta",
		"/v1.0/identityGovernance/appConsent/appConsentRequests/microsoft.graph.filterByCurrentUser(on='reviewer')",
	} {
		if p := r.do("GET", at, token, ""); p.status != http.StatusOK {
			t.Errorf("%s: %d %s", at, p.status, p.raw)
		}
	}
	if p := r.do("POST", "/v1.0/me/microsoft.graph.checkMemberGroups", token, `{"groupIds":["`+graphAppID+`"]}`); p.status != http.StatusOK {
		t.Errorf("an action: %d %s", p.status, p.raw)
	}
	for _, at := range []string{"/v1.0/microsoft.graph.users", "/v1.0/policies/microsoft.graph.authorizationPolicy"} {
		if p := r.do("GET", at, token, ""); p.status == http.StatusOK {
			t.Errorf("%s: %d", at, p.status)
		}
	}
}

// A list that is only counted is asked as any other is; tokens of pages are this
// list's own.
func TestCountsAndPagesAreChecked(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token := r.token(admin)
	for _, option := range []string{"$top=0", "$top=", "$orderby=,", "$orderby=nonsense", "$expand=,", "$select=,", "$select=nonsense", "$filter="} {
		for _, at := range []string{"/v1.0/servicePrincipals", "/v1.0/servicePrincipals/$count"} {
			refusedAs(t, at+"?"+option, r.do("GET", at+"?"+option, token, "", "ConsistencyLevel", "eventual"), 400, "Request_BadRequest")
		}
	}
	if p := r.do("GET", "/v1.0/users/$count?$top=1&$orderby=displayName&$select=id", token, "", "ConsistencyLevel", "eventual"); p.raw != "3" {
		t.Errorf("a count: %d %s", p.status, p.raw)
	}
	next := r.do("GET", "/v1.0/users?$top=2", token, "").text("@odata.nextLink")
	next = strings.TrimPrefix(next, "https://graph.microsoft.com")
	if p := r.do("GET", next, token, ""); p.status != http.StatusOK || len(p.values()) != 1 || p.text("@odata.nextLink") != "" {
		t.Errorf("the next page: %d %s", p.status, p.raw)
	}
	_, own, _ := strings.Cut(next, "skiptoken=")
	own, _, _ = strings.Cut(own, "&")
	for _, at := range []string{
		"/v1.0/users?$skiptoken=1", "/v1.0/users?$skiptoken=99999", "/v1.0/users?$skiptoken=", "/v1.0/users?$skiptoken=x" + own,
		"/v1.0/groups?$skiptoken=" + own, "/v1.0/applicationTemplates?$skip=-1", "/v1.0/applicationTemplates?$skip=x",
	} {
		refusedAs(t, at, r.do("GET", at, token, ""), 400, "Request_BadRequest")
	}
	if p := r.do("GET", "/v1.0/applicationTemplates?$skip=99", token, ""); p.status != http.StatusOK || len(p.values()) != 0 {
		t.Errorf("skipped: %d %s", p.status, p.raw)
	}
}

// Ids of groups are ids.
func TestMemberGroupsNameIDs(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	for _, bad := range []string{`["x"]`, `[null]`, `[""]`, `["` + graphAppID + `","x"]`, `[]`, `null`} {
		refusedAs(t, bad, r.do("POST", "/v1.0/me/checkMemberGroups", r.token(admin), `{"groupIds":`+bad+`}`), 400, "Request_BadRequest")
	}
}

// The options of $expand are read as the pages write them.
func TestExpandOptions(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token := r.token(admin)
	for query, want := range map[string]int{
		"$expand=manager($levels=max;$select=id,displayName)": 200, "$expand=memberOf($select=id)": 200, "$expand=memberOf($top=5)": 200, "$format=application/json;odata.metadata=none": 200,
		"$expand=manager($levels=max)": 200, "$expand=manager($levels=0)": 400, "$expand=memberOf($filter=x)": 400, "$expand=memberOf($select=id": 400,
	} {
		if p := r.do("GET", "/v1.0/users/"+admin+"?"+query, token, ""); p.status != want {
			t.Errorf("%s: %d, want %d: %.200s", query, p.status, want, p.raw)
		}
	}
	p := r.do("GET", "/v1.0/users/"+admin+"?$select=id&$expand=memberOf($top=5;$select=id)", token, "")
	list, _ := p.body["memberOf"].([]any)
	if len(list) == 0 {
		t.Fatal(p.raw)
	}
	if one, _ := list[0].(map[string]any); one["id"] == nil || one["displayName"] != nil {
		t.Errorf("%v", one)
	}
}
