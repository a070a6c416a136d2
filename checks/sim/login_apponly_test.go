package sim

import (
	"crypto/sha256"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// own is an app of contoso.example alone, with a secret.
const own = "11111111-2222-4333-8444-555555555555"

// appToken asks for an app's own token and gives the answer's members.
func appToken(t *testing.T, s *Sim, id, secret, scope string) map[string]any {
	t.Helper()
	return newRobot(t, s).post(tokenPath, url.Values{
		"grant_type": {grantClient}, "client_id": {id}, "client_secret": {secret}, "scope": {scope},
	}).json()
}

func says(m map[string]any) string { return str(m, "error") + " " + str(m, "error_description") }

// TestExpiredSecret: AADSTS7000222, wherever the secret is shown, and only the
// right one.
func TestExpiredSecret(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	secret := "simulated-secret-of-hetk"
	if m := appToken(t, s, hetkAppID, secret, "https://graph.microsoft.com/.default"); str(m, "access_token") == "" {
		t.Fatalf("before: %v", m)
	}
	code := codeFor(t, s)
	s.world.mu.Lock()
	s.world.registration(hetkAppID).SecretEnds = time.Now().Add(-time.Second)
	s.world.mu.Unlock()
	const want = "invalid_client AADSTS7000222: The provided client secret keys for app '" + hetkAppID + "' are expired. Visit the Azure portal"
	for name, m := range map[string]map[string]any{
		"its own token": appToken(t, s, hetkAppID, secret, "https://graph.microsoft.com/.default"),
		"a code":        newRobot(t, s).post(tokenPath, exchange(code, "client_secret", secret)).json(),
		"first version": newRobot(t, s).post("/contoso.example/oauth2/token", url.Values{
			"grant_type": {grantClient}, "client_id": {hetkAppID}, "client_secret": {secret}, "resource": {"https://graph.microsoft.com"},
		}).json(),
	} {
		if !strings.HasPrefix(says(m), want) {
			t.Errorf("%s: %v", name, m)
		}
	}
	if m := appToken(t, s, hetkAppID, "wrong", "https://graph.microsoft.com/.default"); !strings.Contains(says(m), "AADSTS7000215") {
		t.Errorf("a wrong secret: %v", m)
	}
	// The vendor's page cannot redeem what came back to it.
	r := newRobot(t, s).open("/app/" + hetkAppID)
	r.open(linkOf(t, r, "Connect your calendar")).signIn(userUPN).sees("could not connect your calendar", "AADSTS7000222", "invalid_client")
}

// TestAppWithoutRole: AADSTS501051, where an API wants assignment.
func TestAppWithoutRole(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved", func(o *Options) { o.Register = []string{own + ":s3cret"} })
	graph := "https://graph.microsoft.com/.default"
	s.world.mu.Lock()
	s.world.tenants[0].serviceByAppID(graphAppID).AssignmentRequired = true
	s.world.mu.Unlock()
	m := appToken(t, s, hetkAppID, "simulated-secret-of-hetk", graph)
	const want = "invalid_grant AADSTS501051: Application '" + hetkAppID + "'(Hetk Calendar Sync) is not assigned to a role for the application 'https://graph.microsoft.com'(Microsoft Graph). Trace ID"
	if !strings.HasPrefix(says(m), want) {
		t.Errorf("without a role: %v", m)
	}
	if m := appToken(t, s, own, "s3cret", graph); str(m, "access_token") == "" {
		t.Errorf("with its roles: %v", m)
	}
	if m := newRobot(t, s).post(tokenPath, exchange(codeFor(t, s))).json(); str(m, "access_token") == "" {
		t.Errorf("a user's token: %v", m)
	}
}

// TestConsentCollides: AADSTS650051 while an app's service principal is half
// there, in the redirect, on the page, in the device's answer.
func TestConsentCollides(t *testing.T) {
	t.Parallel()
	now := time.Now()
	clock := &now
	s := startSim(t, "allow-all", func(o *Options) {
		o.Now = func() time.Time { return *clock }
		o.Faults = []string{"replication=30s,of=servicePrincipals"}
	})
	s.world.mu.Lock()
	tenant := s.world.tenants[0]
	if sp := tenant.serviceByAppID(hetkAppID); sp != nil {
		s.world.removeService(tenant, sp)
	} else {
		tenant.leaving = map[string]time.Time{hetkAppID: now.Add(30 * time.Second)}
	}
	id := tenant.ID
	s.world.mu.Unlock()
	want := "AADSTS650051: Consent action for Application '" + hetkAppID + "' failed due to the following error: The '" + hetkAppID +
		"' service principal name is already present for the tenant '" + id + "'. paramName: ServicePrincipalName, paramValue: " + hetkAppID + ", objectType: System.String Trace ID"

	v := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN).press("Accept").returned()
	if v.Get("error") != "invalid_client" || !strings.HasPrefix(v.Get("error_description"), want) {
		t.Errorf("redirect: %v", v)
	}
	q := url.Values{"client_id": {hetkAppID}, "redirect_uri": {hetkBack}, "state": {"s2"}}
	v = newRobot(t, s).open("/contoso.example/adminconsent?" + q.Encode()).signIn(adminUPN).press("Accept").returned()
	if v.Get("error") != "invalid_client" || v.Get("admin_consent") != "True" || v.Get("state") != "s2" {
		t.Errorf("admin consent: %v", v)
	}
	if err := s.Approve(t.Context(), adminUPN, hetkAppID, nil); err == nil || !strings.Contains(err.Error(), "half") && !strings.Contains(err.Error(), "still being made") {
		t.Errorf("approve: %v", err)
	}
	m := newRobot(t, s).post("/contoso.example/oauth2/v2.0/devicecode", url.Values{"client_id": {hetkAppID}, "scope": {strings.Join(hetkScopes, " ")}}).json()
	newRobot(t, s).open("/devicelogin").press("Allow access", "otc", str(m, "user_code")).signIn(userUPN).press("Accept").sees("AADSTS650051")
	poll := newRobot(t, s).post(tokenPath, url.Values{"grant_type": {grantDevice}, "client_id": {hetkAppID}, "client_secret": {hetkSecret}, "device_code": {str(m, "device_code")}}).json()
	if !strings.Contains(str(poll, "error_description"), "AADSTS650051") {
		t.Errorf("the device learns %v", poll)
	}

	s.world.mu.Lock()
	*clock = now.Add(31 * time.Second)
	s.world.mu.Unlock()
	if v := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN).press("Accept").returned(); v.Get("code") == "" {
		t.Errorf("a while later: %v", v)
	}
	// Now it is being made: a second consent collides with the first.
	if v := newRobot(t, s).open("/contoso.example/adminconsent?" + q.Encode()).signIn(adminUPN).press("Accept").returned(); v.Get("error") != "invalid_client" {
		t.Errorf("at once after the first: %v", v)
	}
}

// TestWorkloadPolicies: Conditional Access for apps that sign in by themselves.
// Users' policies leave them alone, and theirs leave users alone.
func TestWorkloadPolicies(t *testing.T) {
	t.Parallel()
	graph := "https://graph.microsoft.com/.default"
	for _, tt := range []struct {
		name   string
		access string
		app    string // own or hetk
		code   string // empty: a token
	}{
		{"a user's block", "{name: x, grant: [block]}", own, ""},
		{"a user's second factor", "{name: x, grant: [mfa]}", own, ""},
		{"every own app", "{name: x, workloads: [ServicePrincipalsInMyTenant], grant: [block]}", own, "AADSTS53003"},
		{"this app", "{name: x, workloads: [" + own + "], grant: [block]}", own, "AADSTS53003"},
		{"all but this one", "{name: x, workloads: [ServicePrincipalsInMyTenant], exceptWorkloads: [" + own + "], grant: [block]}", own, ""},
		{"a vendor's app", "{name: x, workloads: [ServicePrincipalsInMyTenant], grant: [block]}", hetkAppID, ""},
		{"a vendor's app by name", "{name: x, workloads: [hetk], grant: [block]}", hetkAppID, ""},
		{"another API", "{name: x, workloads: [ServicePrincipalsInMyTenant], apps: [exchange], grant: [block]}", own, ""},
		{"elsewhere", "{name: x, workloads: [ServicePrincipalsInMyTenant], locations: [Office], grant: [block]}", own, ""},
		{"anywhere but", "{name: x, workloads: [ServicePrincipalsInMyTenant], exceptLocations: [Office], grant: [block]}", own, "AADSTS53003"},
		{"only reported", "{name: x, state: report, workloads: [ServicePrincipalsInMyTenant], grant: [block]}", own, ""},
		{"a control for people", "{name: x, workloads: [ServicePrincipalsInMyTenant], grant: [mfa]}", own, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := "title: t\nabout: a\napps:\n  - {app: " + own + ", name: Own Tool, homeDomain: contoso.example, singleTenant: true, redirects: ['" + hetkBack + "']}\n" +
				"tenants:\n  - premium: P1\n    apps:\n      - {app: " + own + "}\n      - app: hetk\n        grants:\n          - {for: everyone, resource: graph, scope: '" + strings.Join(hetkScopes, " ") + "'}\n" +
				"    locations:\n      - {name: Office, ranges: [203.0.113.0/24]}\n    access:\n      - " + tt.access + "\n"
			s := startSim(t, "mine", func(o *Options) { o.Scenarios = fstest.MapFS{"mine.yaml": {Data: []byte(file)}} })
			s.world.mu.Lock()
			s.world.registration(own).Secret = "s3cret"
			s.world.mu.Unlock()
			secret := map[string]string{own: "s3cret", hetkAppID: "simulated-secret-of-hetk"}[tt.app]
			m := appToken(t, s, tt.app, secret, graph)
			if tt.code == "" && str(m, "access_token") == "" || tt.code != "" && !strings.HasPrefix(says(m), "invalid_grant "+tt.code+": ") {
				t.Errorf("%v", m)
			}
			if tt.code != "" && !strings.Contains(str(m, "claims"), "capolids") {
				t.Errorf("no policy is named: %v", m)
			}
			if strings.Contains(tt.access, "workloads") {
				if v := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN).returned(); v.Get("code") == "" {
					t.Errorf("a user: %v", v)
				}
			}
		})
	}
	bad := "title: t\nabout: a\ntenants:\n  - access:\n      - {name: x, workloads: [ghost], grant: [block]}\n"
	if _, err := LoadScenario(fstest.MapFS{"b.yaml": {Data: []byte(bad)}}, "b"); err == nil || !strings.Contains(err.Error(), `no app "ghost"`) {
		t.Error(err)
	}
}

// TestHybrid: response_type=code id_token.
func TestHybrid(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	s.world.mu.Lock()
	s.world.registration(hetkAppID).IDTokens = true
	s.world.mu.Unlock()
	answer := func(change ...string) url.Values {
		r := newRobot(t, s).open(authorizeURL("contoso.example", change...))
		if r.left == nil {
			r.signIn(userUPN)
		}
		if r.left == nil { // form_post
			v := url.Values{}
			for _, n := range []string{"code", "id_token", "state"} {
				v.Set(n, r.hidden(n))
			}
			return v
		}
		v, err := url.ParseQuery(r.left.Fragment)
		if err != nil || r.left.RawQuery != "" && len(change) > 0 && change[1] != "code" {
			t.Errorf("went to %s, %v", r.left, err)
		}
		return v
	}
	for _, mode := range []string{"", modeFragment, modeForm} {
		v := answer("response_type", "id_token code", "nonce", "n-1", "response_mode", mode)
		k := members(t, s, "/contoso.example/discovery/v2.0/keys", v.Get("id_token"))
		sum := sha256.Sum256([]byte(v.Get("code")))
		if k["c_hash"] != encode(sum[:16]) || k["nonce"] != "n-1" || k["aud"] != hetkAppID || k["ver"] != "2.0" || v.Get("state") != "s1" {
			t.Errorf("%q: %v, claims %v", mode, v, k)
		}
		m := newRobot(t, s).post(tokenPath, exchange(v.Get("code"))).json()
		if id := members(t, s, "/contoso.example/discovery/v2.0/keys", str(m, "id_token")); id["c_hash"] != nil || id["sub"] != k["sub"] {
			t.Errorf("%q: the token endpoint's id_token %v", mode, id)
		}
	}
	v := answer("response_type", "id_token", "nonce", "n-2")
	if k := members(t, s, "/contoso.example/discovery/v2.0/keys", v.Get("id_token")); k["c_hash"] != nil || v.Get("code") != "" || k["nonce"] != "n-2" {
		t.Errorf("id_token alone: %v, claims %v", v, k)
	}
	for name, tt := range map[string]struct {
		change []string
		want   string
	}{
		"no nonce":     {[]string{"response_type", "code id_token"}, "invalid_request AADSTS900144: The request body must contain the following parameter: 'nonce'."},
		"in a query":   {[]string{"response_type", "code id_token", "nonce", "n", "response_mode", "query"}, "invalid_request AADSTS70007: 'query' is not a supported value of 'response_mode' when requesting a token."},
		"no openid":    {[]string{"response_type", "code id_token", "nonce", "n", "scope", "User.Read"}, "invalid_scope AADSTS70011"},
		"twice":        {[]string{"response_type", "code code"}, "invalid_request AADSTS90023"},
		"a third":      {[]string{"response_type", "code id_token none"}, "invalid_request AADSTS90023"},
		"with a token": {[]string{"response_type", "code id_token token", "nonce", "n"}, "unsupported_response_type AADSTS700051"},
	} {
		r := newRobot(t, s).open(authorizeURL("contoso.example", tt.change...))
		v, err := url.ParseQuery(r.left.Fragment)
		if err != nil || len(v) == 0 {
			v = r.left.Query()
		}
		if got := v.Get("error") + " " + v.Get("error_description"); !strings.HasPrefix(got, tt.want) || strings.Contains(tt.change[1], "id_token") && r.left.RawQuery != "" {
			t.Errorf("%s: %v at %s", name, v, r.left)
		}
	}
	types := newRobot(t, s).open("/contoso.example/v2.0/.well-known/openid-configuration").json()["response_types_supported"]
	if list, ok := types.([]any); !ok || !slices.Contains(list, any("code id_token")) {
		t.Errorf("discovery: %v", types)
	}
}
