package sim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPageRefusals: what is wrong before anything may go back to an app.
func TestPageRefusals(t *testing.T) {
	t.Parallel()
	s := startSim(t, "two-clouds", withOwnClient)
	s.world.mu.Lock()
	only := &Registration{AppID: "33333333-4444-4555-8666-777777777777", Name: "In-house", HomeTenant: s.world.tenants[0].ID, SingleTenant: true, RedirectURIs: []string{hetkBack}}
	s.world.apps = append(s.world.apps, only)
	s.world.mu.Unlock()
	for _, tt := range []struct{ name, at, says string }{
		{"another cloud", "/_cloud/gcc-high" + authorizeURL("contoso.example"), "AADSTS90038: The specified tenant 'contoso.example' belongs to the National Cloud 'microsoftonline.com'."},
		{"another cloud, admin consent", "/_cloud/gcc-high/contoso.example/adminconsent?client_id=" + hetkAppID, "AADSTS90038"},
		{"nowhere", authorizeURL("nowhere.example"), "AADSTS90002"},
		{"placeholder", authorizeURL("contoso.example", "client_id", noApp), "AADSTS700038: " + noApp},
		{"personal accounts", authorizeURL("consumers"), "AADSTS9002332"},
		{"personal accounts by id", authorizeURL(consumersID), "AADSTS9002332"},
		{"single tenant, anybody", authorizeURL("common", "client_id", only.AppID), "AADSTS50194: Application '" + only.AppID + "'(In-house)"},
	} {
		r := newRobot(t, s).open(tt.at)
		if r.sees(tt.says); r.status != 400 {
			t.Errorf("%s: status %d", tt.name, r.status)
		}
	}
	newRobot(t, s).open(authorizeURL("contoso.example", "client_id", only.AppID)).sees("Sign in", "In-house")
	newRobot(t, s).open(authorizeURL("organizations", "client_id", ownClient, "redirect_uri", "http://localhost:1")).sees("Sign in")
	for path, form := range map[string]url.Values{
		"token":      {"grant_type": {"client_credentials"}, "client_id": {hetkAppID}},
		"devicecode": {"client_id": {hetkAppID}, "scope": {"openid"}},
	} {
		m := newRobot(t, s).post("/_cloud/dod/contoso.example/oauth2/v2.0/"+path, form).json()
		if !strings.HasPrefix(str(m, "error_description"), "AADSTS90038") {
			t.Errorf("%s: %v", path, m)
		}
	}
}

// TestAppRefusals: what goes back to the app, in each mode.
func TestAppRefusals(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	for _, tt := range []struct {
		name   string
		change []string
		err    string
		code   string
	}{
		{"the first version's parameter", []string{"resource", graphAppID}, "invalid_request", "AADSTS901002"},
		{"implicit token", []string{"response_type", "token"}, "unsupported_response_type", "AADSTS700051"},
		{"implicit id_token", []string{"response_type", "id_token", "nonce", "n"}, "unsupported_response_type", "AADSTS700054"},
		{"hybrid", []string{"response_type", "code id_token", "nonce", "n"}, "unsupported_response_type", "AADSTS700054"},
		{"the first version's prompt", []string{"prompt", "admin_consent"}, "invalid_request", "AADSTS90023"},
		{"itself by name", []string{"scope", "api://" + hetkAppID + "/.default"}, "invalid_request", "AADSTS90009"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.code == "AADSTS90009" {
				s.world.mu.Lock()
				s.world.registration(hetkAppID).IdentifierURI = "api://" + hetkAppID
				s.world.mu.Unlock()
			}
			for _, mode := range []string{modeQuery, modeFragment, modeForm} {
				r := newRobot(t, s).open(authorizeURL("contoso.example", append(tt.change, "response_mode", mode)...))
				var v url.Values
				switch mode {
				case modeForm:
					v = url.Values{}
					for _, n := range []string{"error", "error_description", "error_uri", "state"} {
						v.Set(n, r.hidden(n))
					}
				case modeFragment:
					parsed, err := url.ParseQuery(r.left.Fragment)
					if err != nil {
						t.Fatal(err)
					}
					v = parsed
				default:
					v = r.returned()
				}
				number := strings.TrimPrefix(tt.code, "AADSTS")
				if v.Get("error") != tt.err || !strings.HasPrefix(v.Get("error_description"), tt.code+":") || v.Get("state") != "s1" || !strings.HasSuffix(v.Get("error_uri"), "/error?code="+number) {
					t.Errorf("%s: %v", mode, v)
				}
			}
		})
	}
}

func TestPersonalAccounts(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	typed := []string{"login", "someone@Outlook.com", "passwd", "x"}
	newRobot(t, s).open(authorizeURL("contoso.example")).press("Sign in", typed...).
		sees("AADSTS50020: User account 'someone@Outlook.com' from identity provider 'live.com' does not exist in tenant 'Contoso'")
	newRobot(t, s).open(authorizeURL("organizations")).press("Sign in", typed...).
		sees("You can't sign in here with a personal account.", "Pick an account")
}

// TestTwoTenants: side by side, one browser, and each hint picks its own.
func TestTwoTenants(t *testing.T) {
	t.Parallel()
	s := startSim(t, "wrong-tenant")
	s.world.mu.RLock()
	other := s.world.tenants[1]
	s.world.mu.RUnlock()
	stranger := other.Users[0].UPN
	r := newRobot(t, s)
	r.open(authorizeURL("organizations")).sees(userUPN, stranger)
	r.open(authorizeURL("organizations", "domain_hint", other.DefaultDomain())).sees(stranger).lacks(userUPN)
	r.open(authorizeURL("organizations", "domain_hint", "nowhere.example")).sees(stranger, userUPN)
	r.press("Sign in", "login", stranger, "passwd", other.Users[0].Password).lacks("Your account or password is incorrect")
	r.open(authorizeURL("contoso.example")).sees("Sign in", userUPN).lacks(stranger).
		press("Sign in", "login", stranger, "passwd", other.Users[0].Password).
		sees("AADSTS50020", "does not exist in tenant 'Contoso'")
	// A wrong password of an account from elsewhere leaves the link with its tenant.
	r.open(authorizeURL("contoso.example", "prompt", "login")).press("Sign in", "login", stranger, "passwd", "wrong").sees("AADSTS50126", userUPN).
		press("Sign in", "login", stranger, "passwd", other.Users[0].Password).sees("AADSTS50020")
	// Invited as a guest, the same name signs in to this tenant.
	s.world.mu.Lock()
	s.world.tenants[0].Users = append(s.world.tenants[0].Users, &User{ID: stableID("guest"), UPN: stranger, Name: "A guest", Password: "guest", Guest: true})
	s.world.mu.Unlock()
	r.open(authorizeURL("contoso.example", "login_hint", stranger)).press("Sign in", "login", stranger, "passwd", "guest").
		lacks("AADSTS50020").sees("Hetk")
}

func TestLockout(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	r := newRobot(t, s).open(authorizeURL("contoso.example"))
	for range triesAllowed {
		r.press("Sign in", "login", userUPN, "passwd", "wrong").sees("AADSTS50126")
	}
	password := s.world.tenants[0].userByUPN(userUPN).Password
	r.press("Sign in", "login", userUPN, "passwd", password).sees("AADSTS50053: The account is locked")
	s.world.mu.Lock()
	s.login.bad[s.world.tenants[0].userByUPN(userUPN)].until = time.Now().Add(-time.Second)
	s.world.mu.Unlock()
	if r.press("Sign in", "login", userUPN, "passwd", password).returned().Get("code") == "" {
		t.Error("still locked")
	}
	if len(s.login.bad) != 0 {
		t.Error("a good password did not clear the count")
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	out := func(q ...string) string {
		v := url.Values{}
		for i := 0; i+1 < len(q); i += 2 {
			v.Set(q[i], q[i+1])
		}
		return "/contoso.example/oauth2/v2.0/logout?" + v.Encode()
	}
	in := func(upns ...string) *robot {
		r := newRobot(t, s)
		for _, upn := range upns {
			r.open(authorizeURL("contoso.example", "prompt", "select_account")).signIn(upn)
			if r.left == nil {
				r.press("Accept")
			}
		}
		return r
	}
	r := in(userUPN)
	if v := r.open(out("post_logout_redirect_uri", hetkBack, "state", "bye")).returned(); v.Get("state") != "bye" || r.left.Host != "hetk.example" {
		t.Errorf("left to %v", r.left)
	}
	r.open(authorizeURL("contoso.example")).sees("Sign in")
	for _, bad := range []string{"https://evil.example/", "javascript:alert(1)", "//evil.example", hetkBack + "\r\nx: y"} {
		if r := in(userUPN).open(out("post_logout_redirect_uri", bad)); r.left != nil || r.status != 200 {
			t.Errorf("%q: left to %v", bad, r.left)
		}
	}
	// Nobody is signed in: only an app that the request names is believed.
	if r := newRobot(t, s).open(out("post_logout_redirect_uri", hetkBack)); r.left != nil {
		t.Errorf("a stranger left to %v", r.left)
	}
	if r := newRobot(t, s).open(out("post_logout_redirect_uri", hetkBack, "client_id", hetkAppID)); r.left == nil {
		t.Error("the app that the request names was not believed")
	}
	id := str(newRobot(t, s).post(tokenPath, exchange(codeFor(t, s))).json(), "id_token")
	if r := newRobot(t, s).open(out("post_logout_redirect_uri", hetkBack, "id_token_hint", id)); r.left == nil {
		t.Error("the app of the hint was not believed")
	}
	// One of two accounts.
	r = in(userUPN, adminUPN)
	r.open(authorizeURL("contoso.example")).sees("Pick an account")
	r.open(out("logout_hint", adminUPN)).sees("Signed out")
	if r.open(authorizeURL("contoso.example")).returned().Get("code") == "" {
		t.Error("the other account was signed out as well")
	}
	r.open(out("id_token_hint", id)).sees("Signed out")
	r.open(authorizeURL("contoso.example")).sees("Sign in")
}

func TestAdminPromptOfTheFirstVersion(t *testing.T) {
	t.Parallel()
	s := startSim(t, "allow-all")
	q := url.Values{"client_id": {hetkAppID}, "response_type": {"code"}, "redirect_uri": {hetkBack}, "resource": {graphAppID}, "prompt": {"admin_consent"}, "state": {"s1"}}
	at := "/contoso.example/oauth2/authorize?" + q.Encode()
	newRobot(t, s).open(at).signIn(userUPN).sees("Need admin approval")
	v := newRobot(t, s).open(at).signIn(adminUPN).sees("Permissions requested").press("Accept").returned()
	if v.Get("code") == "" || v.Get("admin_consent") != "True" || v.Get("state") != "s1" {
		t.Errorf("returned %v", v)
	}
	if g := grantsOf(t, s, ""); len(g) == 0 {
		t.Error("nothing granted for everyone")
	}
}

func TestServiceThatCannotCome(t *testing.T) {
	t.Parallel()
	s := startSim(t, "allow-all")
	s.world.mu.Lock()
	s.world.apps = append(s.world.apps, &Registration{
		AppID: "44444444-5555-4666-8777-888888888888", Name: "In-house API", HomeTenant: stableID("another"), SingleTenant: true,
		IdentifierURI: "api://in-house", Scopes: []Scope{{ID: stableID("scope"), Value: "Do", Enabled: true}},
	})
	bare := &Registration{AppID: "55555555-6666-4777-8888-999999999999", Name: "Asks for nothing", RedirectURIs: []string{hetkBack}}
	s.world.apps = append(s.world.apps, bare)
	s.world.mu.Unlock()
	newRobot(t, s).open(authorizeURL("contoso.example", "scope", "openid api://in-house/Do")).signIn(userUPN).sees("AADSTS650052", "In-house API")
	q := url.Values{"client_id": {hetkAppID}, "redirect_uri": {hetkBack}, "scope": {"api://in-house/Do"}}
	newRobot(t, s).open("/contoso.example/v2.0/adminconsent?" + q.Encode()).signIn(adminUPN).sees("AADSTS650052")
	newRobot(t, s).open("/contoso.example/adminconsent?client_id=" + bare.AppID).signIn(adminUPN).sees("AADSTS650056: Misconfigured application.")
}

func TestTokenEndpointRefusals(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	for _, tt := range []struct {
		path, code string
		form       url.Values
	}{
		{"/common/oauth2/v2.0/token", "AADSTS9001023", url.Values{"grant_type": {"password"}, "client_id": {hetkAppID}, "username": {userUPN}, "password": {"x"}}},
		{"/consumers/oauth2/v2.0/token", "AADSTS9001023", url.Values{"grant_type": {"password"}, "client_id": {graphCLIAppID}, "username": {userUPN}, "password": {"x"}}},
		{tokenPath, "AADSTS901002", url.Values{"grant_type": {"client_credentials"}, "client_id": {hetkAppID}, "resource": {graphAppID}}},
	} {
		m := newRobot(t, s).post(tt.path, tt.form).json()
		if !strings.HasPrefix(str(m, "error_description"), tt.code+":") {
			t.Errorf("%s: %v", tt.code, m)
		}
	}
	for kind, body := range map[string]string{
		"multipart/form-data; boundary=x": "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--x--\r\n",
		"application/json":                `{"grant_type":"client_credentials"}`,
		"text/plain":                      "grant_type=client_credentials",
		"nonsense/":                       "grant_type=client_credentials",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.LoginURL()+tokenPath, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", kind)
		if m := newRobot(t, s).send(req).json(); !strings.HasPrefix(str(m, "error_description"), "AADSTS900144: The request body must contain the following parameter: 'grant_type'") {
			t.Errorf("%s: %v", kind, m)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.LoginURL()+tokenPath, strings.NewReader(exchange(codeFor(t, s)).Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	req.Header.Set("Origin", "https://app.example")
	if m := newRobot(t, s).send(req).json(); !strings.HasPrefix(str(m, "error_description"), "AADSTS9002326:") {
		t.Errorf("from a page's script: %v", m)
	}
}

// TestRefreshUnused turns the clock: 90 days without use end a refresh token.
func TestRefreshUnused(t *testing.T) {
	t.Parallel()
	s := newRig(t, "approved")
	tenant := s.world.tenants[0]
	s.login.refresh.put(s.time(), "unused", &refreshGrant{issued: s.time(), subject: tokenSubject{
		tenant: tenant, user: tenant.Users[0], reg: s.world.registration(hetkAppID),
	}})
	renew := func() *refusal {
		v := &visit{now: s.time(), body: url.Values{"refresh_token": {"unused"}, "client_id": {hetkAppID}, "client_secret": {hetkSecret}}}
		_, refused := s.renew(v)
		return refused
	}
	s.pass(refreshLife - time.Hour)
	if f := renew(); f != nil {
		t.Errorf("in time: %v", f)
	}
	s.pass(2 * time.Hour)
	if f := renew(); f == nil || f.code != 700082 || !strings.Contains(f.text, "90.00:00:00") {
		t.Errorf("too late: %v", f)
	}
}

func TestCodeLookup(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	for code, says := range map[string]string{
		"65001": "has not consented", "AADSTS700016": "was not found in the directory", "%2050131": "Conditional Access condition failed",
		"50107": "Federation realm missing. Fix federation.",
	} {
		if r := newRobot(t, s).open("/error?code="+code).sees("Error lookup", says); r.status != 200 {
			t.Errorf("%s: %d", code, r.status)
		}
	}
	for _, bad := range []string{"", "1", "code", "-50131", "99999999999999999999"} {
		if r := newRobot(t, s).open("/error?code=" + bad); r.status != 404 {
			t.Errorf("%q: %d", bad, r.status)
		}
	}
}

// TestPagesScript: an app that runs in a browser, on this machine.
func TestPagesScript(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", withOwnClient)
	ask := []string{"client_id", ownClient, "redirect_uri", "http://localhost:3000/"}
	redeem := func(origin string, pkce bool) (map[string]any, http.Header) {
		more, proof := ask, []string(nil)
		if pkce {
			more = append(slices.Clone(ask), "code_challenge", s256(verifier), "code_challenge_method", "S256")
			proof = []string{"code_verifier", verifier}
		}
		code := newRobot(t, s).open(authorizeURL("contoso.example", more...)).signIn(userUPN).returned().Get("code")
		body := exchange(code, append(slices.Clone(ask), proof...)...).Encode()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.LoginURL()+tokenPath, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", origin)
		r := newRobot(t, s).send(req)
		return r.json(), r.header
	}
	if m, h := redeem("http://localhost:3000", true); str(m, "access_token") == "" || h.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
		t.Errorf("%v %v", m, h)
	}
	if m, h := redeem("http://localhost:3000", false); !strings.HasPrefix(str(m, "error_description"), "AADSTS9002325:") || h.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("without PKCE: %v", m)
	}
	if m, h := redeem("https://evil.example", true); !strings.HasPrefix(str(m, "error_description"), "AADSTS9002326:") || h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("from elsewhere: %v %v", m, h)
	}
}
