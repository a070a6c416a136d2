package sim

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestBetaStaysInBeta: an answer to /beta has its context and its next page
// there, in a batch too.
func TestBetaStaysInBeta(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	p := r.do("GET", "/beta/users?$top=1&$select=id", r.token(admin), "")
	context, _ := p.body["@odata.context"].(string)
	next, _ := p.body["@odata.nextLink"].(string)
	if !strings.HasSuffix(context, "/beta/$metadata#users(id)") || !strings.Contains(next, "/beta/users?") {
		t.Fatalf("context %s, next %s", context, next)
	}
	u, err := url.Parse(next)
	if err != nil {
		t.Fatal(err)
	}
	if q := r.do("GET", u.RequestURI(), r.token(admin), ""); q.status != 200 || len(q.values()) != 1 || q.raw == p.raw {
		t.Errorf("the next page: %d %s", q.status, q.raw)
	}
	b := r.do("POST", "/beta/$batch", r.token(admin), `{"requests":[{"id":"1","method":"GET","url":"/organization"}]}`, "Content-Type", "application/json")
	if !strings.Contains(b.raw, "/beta/$metadata#organization") || strings.Contains(b.raw, "/v1.0/") {
		t.Errorf("in a batch: %.300s", b.raw)
	}
}

// rig is a simulator without a network, on a clock that the test turns.
type rig struct {
	*Sim
	t     *testing.T
	mu    sync.Mutex
	clock time.Time
}

func (r *rig) time() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = r.clock.Add(d)
}

func newRig(t *testing.T, scenario string, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, clock: time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)}
	o := Options{Scenario: scenario, Now: r.time, Seed: 7, keys: sharedKeys}
	for _, c := range change {
		c(&o)
	}
	s, err := build(o.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	r.Sim = s
	return r
}

// token is a token of an account with the given scopes; none means all.
func (r *rig) token(upn string, scopes ...string) string {
	r.t.Helper()
	tenant, u := r.world.userAnywhere(upn)
	if u == nil {
		r.t.Fatalf("no account %s", upn)
	}
	raw := r.scriptToken(tenant, u)
	if len(scopes) == 0 {
		return raw
	}
	cl, err := r.verify(raw)
	if err != nil {
		r.t.Fatal(err)
	}
	cl.Scp = strings.Join(scopes, " ")
	return r.mint(cl)
}

// reply is an answer taken apart.
type reply struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (r *rig) do(method, target, token, body string, headers ...string) reply {
	r.t.Helper()
	req := httptest.NewRequestWithContext(r.t.Context(), method, "https://graph.microsoft.com"+target, strings.NewReader(body))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	r.Handler().ServeHTTP(rec, req)
	out := reply{status: rec.Code, header: rec.Header(), raw: rec.Body.String()}
	if strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") && rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &out.body); err != nil {
			r.t.Fatalf("%s %s: %v in %s", method, target, err, rec.Body)
		}
	}
	return out
}

func (p reply) code() string {
	e, _ := p.body["error"].(map[string]any)
	c, _ := e["code"].(string)
	return c
}

func (p reply) values() []map[string]any {
	var out []map[string]any
	list, _ := p.body["value"].([]any)
	for _, v := range list {
		m, _ := v.(map[string]any)
		out = append(out, m)
	}
	return out
}

func (p reply) text(name string) string {
	s, _ := p.body[name].(string)
	return s
}

const admin, user = "admin@contoso.example", "user@contoso.example"

// spID is the id of an app's service principal, as Graph tells it.
func (r *rig) spID(appID string) string {
	r.t.Helper()
	p := r.do("GET", "/v1.0/servicePrincipals(appId='"+appID+"')?$select=id", r.token(admin), "")
	if p.status != http.StatusOK {
		r.t.Fatalf("service principal of %s: %d %s", appID, p.status, p.raw)
	}
	return p.text("id")
}

func TestGraphReads(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	graph := r.spID(graphAppID)
	for path, want := range map[string]string{
		"/v1.0/organization":                                        `"displayName":"Contoso"`,
		"/v1.0/myorganization/organization":                         `"verifiedDomains"`,
		"/v1.0/contoso.example/organization":                        `"verifiedDomains"`,
		"/beta/organization":                                        `"verifiedDomains"`,
		"/v1.0/me":                                                  `"userPrincipalName":"admin@contoso.example"`,
		"/v1.0/me?$select=id,userType":                              `"userType":"Member"`,
		"/v1.0/me/transitiveMemberOf":                               `"@odata.type":"#microsoft.graph.directoryRole"`,
		"/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole": `"roleTemplateId":"62e90394-69f5-4237-9190-012177145e10"`,
		"/v1.0/me/transitiveMemberOf/graph.directoryRole?$select=roleTemplateId":                                             `"roleTemplateId"`,
		"/v1.0/servicePrincipals(appId='" + hetkAppID + "')":                                                                 `"verifiedPublisherId":"6`,
		"/v1.0/servicePrincipals('" + graph + "')":                                                                           `"oauth2PermissionScopes":[{`,
		"/v1.0/servicePrincipals/" + graph:                                                                                   `"isDisabled":null`,
		"/v1.0/servicePrincipals?%24filter=appId+eq+'" + hetkAppID + "'":                                                     `"displayName":"Hetk Calendar Sync"`,
		"/v1.0/servicePrincipals?$filter=startswith(displayName,'hetk')&$select=id":                                          `"value":[{"id"`,
		"/v1.0/servicePrincipals(appId='" + hetkAppID + "')/oauth2PermissionGrants":                                          `"consentType":"AllPrincipals"`,
		"/v1.0/oauth2PermissionGrants?$filter=consentType eq 'AllPrincipals'":                                                `"principalId":null`,
		"/v1.0/servicePrincipals/" + graph + "/appRoleAssignedTo":                                                            `"value":[]`,
		"/v1.0/servicePrincipals(appId='" + hetkAppID + "')/appRoleAssignments":                                              `"value":[]`,
		"/v1.0/policies/authorizationPolicy":                                                                                 "ManagePermissionGrantsForSelf.microsoft-user-default-recommended",
		"/v1.0/policies/permissionGrantPolicies":                                                                             `"id":"microsoft-user-default-low"`,
		"/v1.0/policies/permissionGrantPolicies/microsoft-user-default-recommended":                                          `"excludes":[{`,
		"/v1.0/policies/permissionGrantPolicies/microsoft-user-default-recommended/excludes":                                 "1ec239c2-d7c9-4623-a91a-a9775856bb36",
		"/v1.0/policies/permissionGrantPolicies/microsoft-user-default-low/includes":                                         `"clientApplicationsFromVerifiedPublisherOnly":true`,
		"/v1.0/policies/adminConsentRequestPolicy":                                                                           `"isEnabled":false`,
		"/v1.0/policies/identitySecurityDefaultsEnforcementPolicy":                                                           `"isEnabled":true`,
		"/v1.0/servicePrincipals(appId='" + graphAppID + "')/delegatedPermissionClassifications":                             `"value":[]`,
		"/v1.0/policies/permissionGrantPolicies?$expand=includes":                                                            `"includes":[{`,
		"/v1.0/identityGovernance/appConsent/appConsentRequests?$filter=userConsentRequests/any(u:u/status eq 'InProgress')": `"value":[]`,
		"/v1.0/users/" + user: `"displayName":"Sample User"`,
		"/v1.0/tenantRelationships/findTenantInformationByDomainName(domainName='contoso.example')": `"defaultDomainName":"contoso.example"`,
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			p := r.do("GET", strings.ReplaceAll(path, " ", "%20"), r.token(admin), "")
			if p.status != http.StatusOK || !strings.Contains(p.raw, want) {
				t.Errorf("%d, %q is not in %.400s", p.status, want, p.raw)
			}
			if p.header.Get("request-id") == "" || p.body["@odata.context"] == nil {
				t.Errorf("no request id or no context: %v", p.header)
			}
		})
	}
}

func TestGraphRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	missing := stableID("nothing")
	for _, tc := range []struct {
		name, method, path, body string
		status                   int
		code                     string
	}{
		{"unknown segment", "GET", "/v1.0/nonsense", "", 400, "Request_BadRequest"},
		{"unknown property", "GET", "/v1.0/me?$select=nonsense", "", 400, "Request_BadRequest"},
		{"unknown property of none", "GET", "/v1.0/oauth2PermissionGrants?$filter=clientId%20eq%20'x'&$select=nonsense", "", 400, "Request_BadRequest"},
		{"unknown property in filter", "GET", "/v1.0/servicePrincipals?$filter=nonsense%20eq%20'x'", "", 400, "Request_BadRequest"},
		{"unfilterable property", "GET", "/v1.0/oauth2PermissionGrants?$filter=scope%20eq%20'x'", "", 400, "Request_UnsupportedQuery"},
		{"not only eq", "GET", "/v1.0/oauth2PermissionGrants?$filter=startswith(clientId,'x')", "", 400, "Request_UnsupportedQuery"},
		{"ne without consistency", "GET", "/v1.0/servicePrincipals?$filter=appId%20ne%20'x'", "", 400, "Request_UnsupportedQuery"},
		{"broken filter", "GET", "/v1.0/servicePrincipals?$filter=appId%20eq", "", 400, "Request_BadRequest"},
		{"page of none", "GET", "/v1.0/users?$top=0", "", 400, "Request_BadRequest"},
		{"page too large", "GET", "/v1.0/users?$top=1000", "", 400, "Request_BadRequest"},
		{"unknown option", "GET", "/v1.0/users?$skip=1", "", 400, "Request_BadRequest"},
		{"search without consistency", "GET", "/v1.0/users?$search=%22displayName:x%22", "", 400, "Request_UnsupportedQuery"},
		{"expand unknown", "GET", "/v1.0/servicePrincipals?$expand=synchronization", "", 400, "Request_BadRequest"},
		{"option twice", "GET", "/v1.0/users?$top=1&$top=2", "", 400, "Request_BadRequest"},
		{"sorting a filter", "GET", "/v1.0/servicePrincipals?$filter=accountEnabled%20eq%20true&$orderby=displayName", "", 400, "Request_UnsupportedQuery"},
		{"key not a guid", "GET", "/v1.0/servicePrincipals/hetk", "", 400, "Request_BadRequest"},
		{"key without quotes", "GET", "/v1.0/servicePrincipals(appId=hetk)", "", 400, "Request_BadRequest"},
		{"no such app", "GET", "/v1.0/servicePrincipals(appId='" + missing + "')", "", 404, "Request_ResourceNotFound"},
		{"no such object", "GET", "/v1.0/servicePrincipals/" + missing, "", 404, "Request_ResourceNotFound"},
		{"no such policy", "GET", "/v1.0/policies/permissionGrantPolicies/none", "", 404, "Request_ResourceNotFound"},
		{"no such grant", "DELETE", "/v1.0/oauth2PermissionGrants/none", "", 404, "Request_ResourceNotFound"},
		{"wrong method", "DELETE", "/v1.0/organization", "", 405, "Request_BadRequest"},
		{"other tenant", "GET", "/v1.0/" + missing + "/organization", "", 403, "Authorization_RequestDenied"},
		{"app exists", "POST", "/v1.0/servicePrincipals", `{"appId":"` + hetkAppID + `"}`, 409, "Request_MultipleObjectsWithSameKeyValue"},
		{"app unknown", "POST", "/v1.0/servicePrincipals", `{"appId":"` + missing + `"}`, 400, "NoBackingApplicationObject"},
		{"app absent", "POST", "/v1.0/servicePrincipals", `{}`, 400, "Request_BadRequest"},
		{"body not JSON", "POST", "/v1.0/servicePrincipals", `<x>`, 400, "BadRequest"},
		{"unknown member", "POST", "/v1.0/servicePrincipals", `{"nonsense":1}`, 400, "Request_BadRequest"},
		{"member of wrong type", "PATCH", "/v1.0/servicePrincipals(appId='" + hetkAppID + "')", `{"accountEnabled":"no"}`, 400, "Request_BadRequest"},
		{"grant for nobody", "POST", "/v1.0/oauth2PermissionGrants", `{"clientId":"x","resourceId":"y","consentType":"AllPrincipals","scope":"z"}`, 400, "Request_BadRequest"},
		{"workflow of no days", "PUT", "/v1.0/policies/adminConsentRequestPolicy", `{"isEnabled":true,"requestDurationInDays":0}`, 400, "Request_BadRequest"},
		{"policy that is not there", "PATCH", "/v1.0/policies/authorizationPolicy", `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.none"]}}`, 400, "Request_BadRequest"},
		{"eligible for what", "GET", "/v1.0/roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')", "", 400, "AadPremiumLicenseRequired"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := r.do(tc.method, tc.path, r.token(admin), tc.body)
			if p.status != tc.status || p.code() != tc.code {
				t.Fatalf("%d %s, want %d %s: %s", p.status, p.code(), tc.status, tc.code, p.raw)
			}
			inner, _ := p.body["error"].(map[string]any)["innerError"].(map[string]any)
			if inner["request-id"] != p.header.Get("request-id") || inner["date"] == nil || inner["client-request-id"] == nil {
				t.Errorf("envelope: %s", p.raw)
			}
		})
	}
}

func TestGraphTokens(t *testing.T) {
	t.Parallel()
	r := newRig(t, "two-clouds")
	good := r.token(admin)
	cl, err := r.verify(good)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*claims)) string {
		c := cl
		change(&c)
		return r.mint(c)
	}
	other := newRig(t, "approved", func(o *Options) { o.keys = newKeyPair })
	for name, token := range map[string]string{
		"none":            "",
		"garbage":         "garbage",
		"three parts":     "a.b.c",
		"expired":         with(func(c *claims) { c.Exp = r.time().Unix() - 1 }),
		"not yet":         with(func(c *claims) { c.Nbf = r.time().Unix() + 3600 }),
		"other audience":  with(func(c *claims) { c.Aud = hetkAppID }),
		"unknown tenant":  with(func(c *claims) { c.Tid = stableID("x") }),
		"unknown account": with(func(c *claims) { c.Oid = stableID("x") }),
		"wrong cloud":     r.token("admin@contoso-cn.example"),
		"other signature": other.token(admin),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := r.do("GET", "/v1.0/organization", token, "")
			if p.status != http.StatusUnauthorized || p.code() != "InvalidAuthenticationToken" || p.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%d %s", p.status, p.raw)
			}
		})
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	token := r.token(admin)
	whole := r.do("GET", "/v1.0/servicePrincipals?$select=appId", token, "").values()
	var paged []map[string]any
	next := "/v1.0/servicePrincipals?$select=appId&$top=2"
	for range len(whole) + 1 {
		p := r.do("GET", next, token, "")
		paged = append(paged, p.values()...)
		link := p.text("@odata.nextLink")
		if link == "" {
			break
		}
		u, err := url.Parse(link)
		if err != nil || u.Host != "graph.microsoft.com" {
			t.Fatalf("next link %q: %v", link, err)
		}
		next = u.RequestURI()
	}
	if len(paged) != len(whole) || !slices.EqualFunc(paged, whole, maps.Equal) {
		t.Errorf("paged %v, whole %v", paged, whole)
	}
	p := r.do("GET", "/v1.0/servicePrincipals?$count=true&$top=1&$filter=appId%20ne%20'x'", token, "", "ConsistencyLevel", "eventual")
	if n, ok := p.body["@odata.count"].(float64); !ok || int(n) != len(whole) {
		t.Errorf("count: %s", p.raw)
	}
	for dir, first := range map[string]string{"desc": "Windows Azure Service Management API", "asc": "Hetk Calendar Sync"} {
		p := r.do("GET", "/v1.0/servicePrincipals?$select=displayName&$orderby=displayName%20"+dir, token, "")
		if got := p.values()[0]["displayName"]; got != first {
			t.Errorf("%s: %v first", dir, got)
		}
	}
}

func TestBatch(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved", func(o *Options) { o.Faults = []string{"throttle=1,retry-after=3s,path=/v1.0/users"} })
	body := `{"requests":[
		{"id":"1","method":"GET","url":"/policies/authorizationPolicy","body":null},
		{"id":"2","method":"GET","url":"servicePrincipals(appId='` + hetkAppID + `')?$select=id"},
		{"id":"3","method":"GET","url":"/nonsense"},
		{"id":"4","method":"GET","url":"/me","dependsOn":["3"]},
		{"id":"5","method":"GET","url":"/users"},
		{"id":"6","method":"PATCH","url":"/servicePrincipals(appId='` + hetkAppID + `')","headers":{"content-type":"text/plain"},"body":{"accountEnabled":false}},
		{"id":"7","method":"PATCH","url":"/servicePrincipals(appId='` + hetkAppID + `')","headers":{"Content-Type":"application/json"},"body":{"accountEnabled":false}},
		{"id":"8","method":"POST","url":"/myorganization/%24Batch","headers":{"Content-Type":"application/json"},"body":{"requests":[{"id":"1","method":"GET","url":"/me"}]}},
		{"id":"9","method":"GET","url":"https://elsewhere.example/me"}]}`
	p := r.do("POST", "/v1.0/$batch", r.token(admin), body)
	if p.status != http.StatusOK {
		t.Fatalf("%d %s", p.status, p.raw)
	}
	got := map[string]float64{}
	list, _ := p.body["responses"].([]any)
	for _, one := range list {
		m, _ := one.(map[string]any)
		id, _ := m["id"].(string)
		got[id], _ = m["status"].(float64)
		if h, _ := m["headers"].(map[string]any); id == "5" && h["Retry-After"] != "3" {
			t.Errorf("throttled part: %v", h)
		}
	}
	want := map[string]float64{"1": 200, "2": 200, "3": 400, "4": 424, "5": 429, "6": 400, "7": 204, "8": 400, "9": 400}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var many []string
	for i := range 21 {
		many = append(many, fmt.Sprintf(`{"id":"%d","method":"GET","url":"/me"}`, i))
	}
	for code, bad := range map[string]string{
		"MaximumValueExceeded too many": `{"requests":[` + strings.Join(many, ",") + `]}`,
		"BadRequest none":               `{"requests":[]}`,
		"Request_BadRequest twice":      `{"requests":[{"id":"1","method":"GET","url":"/me"},{"id":"1","method":"GET","url":"/me"}]}`,
		"Request_BadRequest forward":    `{"requests":[{"id":"1","method":"GET","url":"/me","dependsOn":["2"]}]}`,
		"Request_BadRequest itself":     `{"requests":[{"id":"1","method":"GET","url":"/me","dependsOn":["1"]}]}`,
		"BadRequest not JSON":           `{`,
		"BadRequest without its type":   `{"requests":[{"id":"1","method":"GET","url":"/me"},{"id":"2","method":"POST","url":"/me/checkMemberGroups","headers":{"Accept":"*/*"},"body":{"groupIds":[]}}]}`,
	} {
		code, name, _ := strings.Cut(code, " ")
		refusedAs(t, name, r.do("POST", "/v1.0/$batch", r.token(admin), bad), 400, code)
	}
}

func TestGzipAndMetadata(t *testing.T) {
	t.Parallel()
	r := newRig(t, "managed-default")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(`{"appId":"` + hetkAppID + `"}`)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	p := r.do("POST", "/v1.0/servicePrincipals", r.token(admin), packed.String(), "Content-Encoding", "gzip")
	if p.status != http.StatusCreated {
		t.Errorf("gzip: %d %s", p.status, p.raw)
	}
	var bomb bytes.Buffer
	z = gzip.NewWriter(&bomb)
	if _, err := z.Write(bytes.Repeat([]byte(" "), 8<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if p = r.do("POST", "/v1.0/servicePrincipals", r.token(admin), bomb.String(), "Content-Encoding", "gzip"); p.status != http.StatusRequestEntityTooLarge {
		t.Errorf("bomb: %d", p.status)
	}
	if p = r.do("POST", "/v1.0/servicePrincipals", r.token(admin), "plain", "Content-Encoding", "gzip"); p.status != http.StatusBadRequest {
		t.Errorf("no gzip: %d", p.status)
	}
	if p = r.do("GET", "/v1.0/me", r.token(admin), "", "Accept", "application/json;odata.metadata=none"); p.body["@odata.context"] != nil {
		t.Errorf("context although none was wanted: %s", p.raw)
	}
}
