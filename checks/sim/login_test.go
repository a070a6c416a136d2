package sim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// get asks without a browser and reads JSON, if it is JSON.
func (r *robot) json() map[string]any {
	r.t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(r.body), &m); err != nil {
		r.t.Fatalf("status %d, not JSON: %v\n%s", r.status, err, r.body)
	}
	return m
}

func str(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	id := s.world.tenants[0].ID
	for _, tt := range []struct{ path, issuer, token string }{
		{"/contoso.example/v2.0", "/" + id + "/v2.0", "/" + id + "/oauth2/v2.0/token"},
		{"/CONTOSO.example/v2.0", "/" + id + "/v2.0", "/" + id + "/oauth2/v2.0/token"},
		{"/" + id + "/v2.0", "/" + id + "/v2.0", "/" + id + "/oauth2/v2.0/token"},
		{"/contoso.onmicrosoft.example/v2.0", "/" + id + "/v2.0", "/" + id + "/oauth2/v2.0/token"},
		{"/contoso.example", "https://sts.windows.net/" + id + "/", "/" + id + "/oauth2/token"},
		{"/common/v2.0", "/{tenantid}/v2.0", "/common/oauth2/v2.0/token"},
		{"/organizations/v2.0", "/{tenantid}/v2.0", "/organizations/oauth2/v2.0/token"},
		{"/consumers/v2.0", "/" + consumersID + "/v2.0", "/consumers/oauth2/v2.0/token"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			r := newRobot(t, s).open(tt.path + "/.well-known/openid-configuration")
			m := r.json()
			root := s.LoginURL()
			if !strings.HasPrefix(tt.issuer, "https://") {
				tt.issuer = root + tt.issuer
			}
			if r.status != 200 || str(m, "issuer") != tt.issuer || str(m, "token_endpoint") != root+tt.token {
				t.Errorf("status %d, issuer %q, token %q", r.status, m["issuer"], m["token_endpoint"])
			}
			for k, v := range m {
				if u, ok := v.(string); ok && k != "issuer" && strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, root+"/") {
					t.Errorf("%s is at another host: %s", k, u)
				}
			}
			if how, _ := m["token_endpoint_auth_methods_supported"].([]any); !slices.Equal(how, []any{"client_secret_post", "private_key_jwt", "client_secret_basic"}) {
				t.Errorf("apps prove themselves by %v", how)
			}
			if strings.Count(str(m, "token_endpoint"), "token") != 1 {
				t.Error("clients make the device code's address by replacing every \"token\"")
			}
			keys := newRobot(t, s).open(strings.TrimPrefix(str(m, "jwks_uri"), root)).json()
			if list, ok := keys["keys"].([]any); !ok || len(list) != 1 {
				t.Errorf("keys %v", keys)
			}
		})
	}
}

func TestDiscoveryClouds(t *testing.T) {
	t.Parallel()
	for cloud, want := range map[Cloud][4]string{
		CloudPublic:  {"EU", "", "microsoftonline.com", "graph.microsoft.com"},
		CloudGCC:     {"NA", "GCC", "microsoftonline.com", "graph.microsoft.com"},
		CloudGCCHigh: {"USGov", "DODCON", "microsoftonline.us", "graph.microsoft.us"},
		CloudDoD:     {"USGov", "DOD", "microsoftonline.us", "dod-graph.microsoft.us"},
		CloudChina:   {"AS", "", "partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn"},
	} {
		t.Run(string(cloud), func(t *testing.T) {
			t.Parallel()
			s := startSim(t, "managed-default")
			s.world.mu.Lock()
			s.world.tenants[0].Cloud = cloud
			s.world.mu.Unlock()
			m := newRobot(t, s).open("/contoso.example/v2.0/.well-known/openid-configuration").json()
			got := [4]string{str(m, "tenant_region_scope"), str(m, "tenant_region_sub_scope"), str(m, "cloud_instance_name"), str(m, "msgraph_host")}
			if got != want {
				t.Errorf("got %v, want %v", got, want)
			}
			// Under Microsoft's own names the tenant answers in its own cloud alone.
			c := trusting(t, s)
			tr, ok := c.Transport.(*http.Transport)
			if !ok {
				t.Fatal("another transport")
			}
			proxyTo(tr, s)
			for _, host := range []string{"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"} {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+"/contoso.example/v2.0/.well-known/openid-configuration", nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := c.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if found := resp.StatusCode == 200; found != (cloudTable[cloud].login == host) {
					t.Errorf("%s answers %d", host, resp.StatusCode)
				}
			}
		})
	}
}

func TestCloudPrefix(t *testing.T) {
	t.Parallel()
	s := startSim(t, "two-clouds")
	for prefix, want := range map[string]*Tenant{"": s.world.tenants[0], "/_cloud/public": s.world.tenants[0], "/_cloud/gcc": s.world.tenants[0], "/_cloud/china": s.world.tenants[1]} {
		m := newRobot(t, s).open(prefix + "/contoso.example/v2.0/.well-known/openid-configuration").json()
		if str(m, "issuer") != s.LoginURL()+prefix+"/"+want.ID+"/v2.0" || !strings.HasPrefix(str(m, "authorization_endpoint"), s.LoginURL()+prefix+"/") {
			t.Errorf("%q: issuer %s", prefix, m["issuer"])
		}
	}
	if r := newRobot(t, s).open("/_cloud/dod/contoso.example/v2.0/.well-known/openid-configuration"); r.status != 400 || str(r.json(), "error") != "invalid_tenant" {
		t.Errorf("dod: %d", r.status)
	}
	if r := newRobot(t, s).open("/_cloud/moon/contoso.example/v2.0/.well-known/openid-configuration"); r.status != 404 {
		t.Errorf("moon: %d", r.status)
	}
	// The vendor's app is registered in the public cloud and unknown elsewhere.
	newRobot(t, s).open("/_cloud/china" + authorizeURL("contoso.example")).sees("AADSTS700016")
	newRobot(t, s).open("/_cloud/public" + authorizeURL("organizations")).lacks("contoso-cn").sees(userUPN)
}

func TestUnknownTenant(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	r := newRobot(t, s).open("/Nowhere.example/v2.0/.well-known/openid-configuration")
	m := r.json()
	if r.status != 400 || str(m, "error") != "invalid_tenant" || !strings.HasPrefix(str(m, "error_description"), "AADSTS90002: Tenant 'nowhere.example' not found.") {
		t.Errorf("status %d, %v", r.status, m)
	}
	for _, k := range []string{"timestamp", "trace_id", "correlation_id", "error_uri"} {
		if str(m, k) == "" {
			t.Errorf("no %s", k)
		}
	}
	if codes, ok := m["error_codes"].([]any); !ok || len(codes) != 1 || codes[0] != float64(90002) {
		t.Errorf("error_codes %v", m["error_codes"])
	}
	newRobot(t, s).open(strings.TrimPrefix(str(m, "error_uri"), s.LoginURL())).sees("90002", "not found")
	if r := newRobot(t, s).open("/error?code=123"); r.status != 404 {
		t.Errorf("lookup of an unknown code: %d", r.status)
	}
	if r := newRobot(t, s).open("/" + strings.Repeat("a", 3000) + "/v2.0/.well-known/openid-configuration"); r.status != 400 || len(r.body) > 2000 {
		t.Errorf("a long name: %d, %d bytes", r.status, len(r.body))
	}
}

func TestUnknownSignInPaths(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	for _, path := range []string{"/contoso.example", "/nope", "/contoso.example/oauth2/v2.0/dance", "/_signin/nope", "/_signin", "/portal/nope", "/app/nope", "/_cloud/public/nope", "/app/" + graphAppID} {
		if r := newRobot(t, s).open(path); r.status != 404 {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	r := newRobot(t, s).open("/contoso.example/oauth2/v2.0/token")
	if r.status != 405 || r.header.Get("Allow") != "POST" {
		t.Errorf("GET of the token endpoint: %d %q", r.status, r.header.Get("Allow"))
	}
	if r := newRobot(t, s).post("/_signin/account", url.Values{"flow": {strings.Repeat("x", 70<<10)}}); r.status != 413 {
		t.Errorf("a form of 70 KiB: %d", r.status)
	}
	if r := newRobot(t, s).open("/contoso.example/adminconsent?client_id=" + strings.Repeat("x", 20<<10)); r.status != 413 {
		t.Errorf("a query of 20 KiB: %d", r.status)
	}
	if r := newRobot(t, s).open("/contoso.example/adminconsent?client_id=%zz"); r.status != 400 {
		t.Errorf("a broken query: %d", r.status)
	}
}

func TestRealm(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	if m := newRobot(t, s).open("/getuserrealm.srf?json=1&login=" + userUPN).json(); str(m, "NameSpaceType") != "Managed" || str(m, "FederationBrandName") != "Contoso" || str(m, "CloudInstanceName") != "microsoftonline.com" {
		t.Errorf("srf %v", m)
	}
	if m := newRobot(t, s).open("/getuserrealm.srf?json=1&login=x@nowhere.example").json(); str(m, "NameSpaceType") != "Unknown" || m["DomainName"] != nil {
		t.Errorf("unknown %v", m)
	}
	if m := newRobot(t, s).open("/common/UserRealm/" + userUPN + "?api-version=1.0").json(); str(m, "account_type") != "Managed" || str(m, "cloud_audience_urn") == "" {
		t.Errorf("userrealm %v", m)
	}
	s.world.mu.Lock()
	s.world.tenants[0].Realm = "Federated"
	s.world.mu.Unlock()
	if m := newRobot(t, s).open("/common/userrealm/" + userUPN + "?api-version=2.1").json(); str(m, "NameSpaceType") != "Federated" || !strings.HasPrefix(str(m, "AuthURL"), "https://sts.contoso.example/") {
		t.Errorf("federated %v", m)
	}
	if r := newRobot(t, s).open("/getuserrealm.srf"); r.status != 400 {
		t.Errorf("without login: %d", r.status)
	}
}

func TestInstanceDiscovery(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	ask := func(endpoint string) *robot {
		return newRobot(t, s).open("/common/discovery/instance?api-version=1.1&authorization_endpoint=" + url.QueryEscape(endpoint))
	}
	m := ask(s.LoginURL() + "/contoso.example/oauth2/v2.0/authorize").json()
	if str(m, "tenant_discovery_endpoint") != s.LoginURL()+"/contoso.example/v2.0/.well-known/openid-configuration" {
		t.Errorf("endpoint %v", m["tenant_discovery_endpoint"])
	}
	if !strings.Contains(ask("https://login.microsoftonline.us/x/oauth2/v2.0/authorize").body, s.https.Addr().String()) {
		t.Error("our own name is no alias")
	}
	for _, bad := range []string{"https://evil.example/x/oauth2/v2.0/authorize", "http://login.microsoftonline.com/x", "", "https://%zz"} {
		if r := ask(bad); r.status != 400 {
			t.Errorf("%q: %d", bad, r.status)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	good, err := s.Token(userUPN, "User.Read")
	if err != nil {
		t.Fatal(err)
	}
	now := s.now()
	c, err := s.verify(good)
	if err != nil || c.Scp != "User.Read" {
		t.Fatalf("%+v, %v", c, err)
	}
	parts := strings.Split(good, ".")
	none := encode([]byte(`{"typ":"JWT","alg":"none","kid":"`+s.login.sign.pair.kid+`"}`)) + "." + parts[1] + "."
	hmac := encode([]byte(`{"typ":"JWT","alg":"HS256","kid":"`+s.login.sign.pair.kid+`"}`)) + "." + parts[1] + "." + parts[2]
	c.Wids = append(c.Wids, roleGlobalAdmin)
	body, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	other := newSigner(func(do func()) { do() }, newKeyPair)
	if _, err := other.wait(); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		raw  string
		at   time.Time
		want error
	}{
		"expired":   {good, now.Add(25 * time.Hour), errTokenExpired},
		"early":     {good, now.Add(-time.Hour), errTokenEarly},
		"none":      {none, now, errTokenSignature},
		"hmac":      {hmac, now, errTokenSignature},
		"forged":    {parts[0] + "." + encode(body) + "." + parts[2], now, errTokenSignature},
		"other key": {other.mint(c), now, errTokenSignature},
		"garbage":   {"x.y.z", now, errTokenMalformed},
		"two parts": {parts[0] + "." + parts[1], now, errTokenMalformed},
		"huge":      {strings.Repeat("a", maxToken+1), now, errTokenMalformed},
		"empty":     {"", now, errTokenMalformed},
	} {
		if _, err := s.login.sign.verify(tt.raw, tt.at); err != tt.want { //nolint:errorlint // sentinels, never wrapped
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestShelf(t *testing.T) {
	t.Parallel()
	s := newShelf[int](time.Minute, 3)
	at := time.Unix(0, 0)
	for i, k := range []string{"a", "b", "c", "d"} {
		s.put(at.Add(time.Duration(i)*time.Second), k, i)
	}
	if _, known, _ := s.get(at, "a"); known || len(s.items) != 3 {
		t.Error("the oldest is still there")
	}
	if v, known, live := s.get(at.Add(59*time.Second), "d"); v != 3 || !known || !live {
		t.Error("d is gone")
	}
	if _, known, live := s.get(at.Add(2*time.Minute), "d"); !known || live {
		t.Error("d should be known and expired")
	}
	s.put(at.Add(2*time.Second), "f", 6)
	s.put(at.Add(2*time.Second), "g", 7)
	if _, known, _ := s.get(at, "d"); !known {
		t.Error("what is in use was pushed out by what nobody used")
	}
	if _, known, _ := s.get(at, "c"); known || s.size() != 3 || len(s.items) != 3 {
		t.Error("the longest unused is still there")
	}
	s.put(at.Add(time.Hour), "e", 5)
	if len(s.items) != 1 || s.size() != 1 {
		t.Errorf("stale ones were kept: %d, %d", len(s.items), s.size())
	}
	s.put(at.Add(time.Hour), "e", 8)
	if v, _, _ := s.get(at, "e"); v != 8 || s.size() != 1 {
		t.Errorf("e is %d, of %d, after it was put twice", v, s.size())
	}
	s.drop("e")
	if _, known, _ := s.get(at, "e"); known || s.size() != 0 {
		t.Error("e is still there")
	}
	if _, known, _ := s.get(at, ""); known {
		t.Error("nothing is known by the empty key")
	}
}

func TestSeededSecretsRepeat(t *testing.T) {
	t.Parallel()
	a, b, c := secrets(7), secrets(7), secrets(8)
	x := []string{a(), a()}
	if !slices.Equal(x, []string{b(), b()}) || x[0] == c() || x[0] == x[1] || len(x[0]) != 26 {
		t.Errorf("secrets %v", x)
	}
	if first, second := secrets(0)(), secrets(0)(); first == second {
		t.Error("unseeded secrets repeat")
	}
}
