package sim

import (
	"crypto/sha256"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

const verifier = "0123456789-0123456789-0123456789-0123456789"

func s256(v string) string {
	sum := sha256.Sum256([]byte(v))
	return encode(sum[:])
}

// codeFor signs a user in to Hetk and returns the code.
func codeFor(t *testing.T, s *Sim, change ...string) string {
	t.Helper()
	return newRobot(t, s).open(authorizeURL("contoso.example", change...)).signIn(userUPN).returned().Get("code")
}

// exchange is what Hetk's server posts for a code. The secret stays behind where
// another app is told to post.
func exchange(code string, change ...string) url.Values {
	v := url.Values{
		"grant_type": {"authorization_code"}, "client_id": {hetkAppID}, "client_secret": {hetkSecret}, "code": {code},
		"redirect_uri": {hetkBack}, "client_info": {"1"},
	}
	for i := 0; i+1 < len(change); i += 2 {
		if change[i+1] == "" {
			v.Del(change[i])
			continue
		}
		v.Set(change[i], change[i+1])
	}
	if v.Get("client_id") != hetkAppID && v.Get("client_secret") == hetkSecret {
		v.Del("client_secret")
	}
	return v
}

const tokenPath = "/contoso.example/oauth2/v2.0/token"

func TestAuthorizationCode(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	code := codeFor(t, s, "code_challenge", s256(verifier), "code_challenge_method", "S256", "nonce", "n1")
	r := newRobot(t, s)
	m := r.post(tokenPath, exchange(code, "code_verifier", verifier)).json()
	if r.status != 200 || str(m, "token_type") != "Bearer" || m["expires_in"] != float64(3600) || str(m, "refresh_token") == "" || str(m, "client_info") == "" {
		t.Fatalf("%d %v", r.status, m)
	}
	for _, want := range hetkScopes {
		if !slices.Contains(strings.Fields(str(m, "scope")), want) {
			t.Errorf("scope lacks %s: %q", want, m["scope"])
		}
	}
	id, err := s.verify(str(m, "id_token"))
	if err != nil || id.Ver != "2.0" || id.Aud != hetkAppID || id.Nonce != "n1" || id.Iss != s.LoginURL()+"/"+id.Tid+"/v2.0" || id.PreferredUsername != userUPN {
		t.Errorf("id_token %+v, %v", id, err)
	}
	access, err := s.verify(str(m, "access_token"))
	if err != nil || access.AppID != hetkAppID || !slices.Contains(access.scopes(), "Calendars.ReadWrite") || slices.Contains(access.scopes(), "offline_access") || access.Sub != id.Sub {
		t.Errorf("access_token %+v, %v", access, err)
	}
	// The code is spent; what it gave stays good.
	if m := r.post(tokenPath, exchange(code, "code_verifier", verifier)).json(); !strings.HasPrefix(str(m, "error_description"), "AADSTS54005") {
		t.Errorf("replay: %v", m)
	}
	refresh := url.Values{"grant_type": {"refresh_token"}, "client_id": {hetkAppID}, "client_secret": {hetkSecret}, "refresh_token": {str(m, "refresh_token")}}
	next := r.post(tokenPath, refresh).json()
	if str(next, "access_token") == "" || str(next, "refresh_token") == str(m, "refresh_token") {
		t.Errorf("refresh after replay: %v", next)
	}
	// Refresh tokens rotate, and the one before is not taken back.
	for _, token := range []string{str(m, "refresh_token"), str(next, "refresh_token")} {
		refresh.Set("refresh_token", token)
		if m := r.post(tokenPath, refresh).json(); str(m, "access_token") == "" {
			t.Errorf("refresh: %v", m)
		}
	}
}

func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	pkce := []string{"code_challenge", s256(verifier), "code_challenge_method", "S256"}
	tests := []struct {
		name   string
		path   string
		ask    []string // authorize
		change []string // token
		status int
		err    string
		code   string
	}{
		{"no grant type", tokenPath, nil, []string{"grant_type", ""}, 400, "invalid_request", "AADSTS900144"},
		{"on behalf of nobody", tokenPath, nil, []string{"grant_type", grantBehalf}, 400, "invalid_request", "AADSTS900144"},
		{"a grant that nobody knows", tokenPath, nil, []string{"grant_type", "dance"}, 400, "unsupported_grant_type", "AADSTS70003"},
		{"unknown tenant", "/nowhere.example/oauth2/v2.0/token", nil, nil, 400, "invalid_tenant", "AADSTS90002"},
		{"no code", tokenPath, nil, []string{"code", ""}, 400, "invalid_request", "AADSTS900144"},
		{"unknown code", tokenPath, nil, []string{"code", "nope"}, 400, "invalid_grant", "AADSTS70000"},
		{"no client", tokenPath, nil, []string{"client_id", ""}, 400, "invalid_request", "AADSTS900144"},
		{"unknown client", tokenPath, nil, []string{"client_id", "99999999-2222-3333-4444-555555555555", "code", "nope"}, 400, "unauthorized_client", "AADSTS700016"},
		{"no such client at all", tokenPath, nil, []string{"client_id", noApp}, 400, "invalid_request", "AADSTS700038"},
		{"another client", tokenPath, nil, []string{"client_id", graphCLIAppID}, 400, "invalid_grant", "AADSTS70000"},
		{"no secret", tokenPath, nil, []string{"client_secret", ""}, 401, "invalid_client", "AADSTS7000218"},
		{"no secret, but a verifier", tokenPath, pkce, []string{"client_secret", "", "code_verifier", verifier}, 401, "invalid_client", "AADSTS7000218"},
		{"wrong secret", tokenPath, nil, []string{"client_secret", "x"}, 401, "invalid_client", "AADSTS7000215"},
		{"assertion", tokenPath, nil, []string{"client_assertion", "x"}, 401, "invalid_client", "AADSTS700027"},
		{"another redirect", tokenPath, nil, []string{"redirect_uri", "https://hetk.example/admin/callback"}, 400, "invalid_grant", "AADSTS500112"},
		{"no verifier", tokenPath, pkce, nil, 400, "invalid_grant", "AADSTS501481"},
		{"wrong verifier", tokenPath, pkce, []string{"code_verifier", verifier + "x"}, 400, "invalid_grant", "AADSTS501481"},
		{"challenge as verifier", tokenPath, pkce, []string{"code_verifier", s256(verifier)}, 400, "invalid_grant", "AADSTS501481"},
		{"verifier without challenge", tokenPath, nil, []string{"code_verifier", verifier}, 400, "invalid_grant", "AADSTS501481"},
		{"more than consented", tokenPath, nil, []string{"scope", "Mail.Read"}, 400, "invalid_grant", "AADSTS65001"},
		{"two resources", tokenPath, nil, []string{"scope", "User.Read https://outlook.office365.com/EWS.AccessAsUser.All"}, 400, "invalid_request", "AADSTS28000"},
		{"unknown scope", tokenPath, nil, []string{"scope", "User.Dance"}, 400, "invalid_client", "AADSTS650053"},
		{"claims", tokenPath, nil, []string{"claims", "["}, 400, "invalid_request", "AADSTS90013"},
		{"good with secret", tokenPath, nil, nil, 200, "", ""},
		{"good with plain challenge", tokenPath, []string{"code_challenge", verifier}, []string{"code_verifier", verifier}, 200, "", ""},
		{"good under common", "/common/oauth2/v2.0/token", nil, nil, 200, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRobot(t, s).post(tt.path, exchange(codeFor(t, s, tt.ask...), tt.change...))
			m := r.json()
			if r.status != tt.status || str(m, "error") != tt.err || !strings.HasPrefix(str(m, "error_description"), tt.code) {
				t.Errorf("status %d: %v", r.status, m)
			}
			if tt.status != 200 && str(m, "access_token") != "" {
				t.Error("a refusal carries a token")
			}
		})
	}
}

func TestConfidentialApp(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	r := newRobot(t, s)
	if m := r.post(tokenPath, exchange(codeFor(t, s), "client_secret", "")).json(); r.status != 401 || !strings.HasPrefix(str(m, "error_description"), "AADSTS7000218") {
		t.Errorf("without secret: %v", m)
	}
	good := r.post(tokenPath, exchange(codeFor(t, s))).json()
	if r.status != 200 {
		t.Errorf("with secret: %s", r.body)
	}
	renew := url.Values{"grant_type": {"refresh_token"}, "client_id": {hetkAppID}, "refresh_token": {str(good, "refresh_token")}}
	if m := r.post(tokenPath, renew).json(); r.status != 401 || !strings.HasPrefix(str(m, "error_description"), "AADSTS7000218") {
		t.Errorf("refresh without secret: %v", m)
	}
	renew.Set("client_secret", "x")
	if m := r.post(tokenPath, renew).json(); r.status != 401 || !strings.HasPrefix(str(m, "error_description"), "AADSTS7000215") {
		t.Errorf("refresh with a wrong secret: %v", m)
	}
	d := r.post("/contoso.example/oauth2/v2.0/devicecode", url.Values{"client_id": {hetkAppID}, "scope": {"User.Read"}}).json()
	m := r.post(tokenPath, url.Values{"grant_type": {grantDevice}, "client_id": {hetkAppID}, "device_code": {str(d, "device_code")}}).json()
	if str(m, "error") != "invalid_client" || !strings.HasPrefix(str(m, "error_description"), "AADSTS7000218") {
		t.Errorf("device code of a confidential app: %v", m)
	}
}

func TestRefreshFollowsTheTenant(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		do   func(*Tenant)
		code string
	}{
		{"unchanged", func(*Tenant) {}, ""},
		{"account disabled", func(x *Tenant) { x.userByUPN(userUPN).Disabled = true }, "AADSTS50057"},
		{"account deleted", func(x *Tenant) { x.Users = x.Users[:1] }, "AADSTS500341"},
		{"sessions revoked", func(x *Tenant) { x.userByUPN(userUPN).SessionsFrom = time.Now().Add(time.Second) }, "AADSTS50173"},
		{"app disabled", func(x *Tenant) { x.serviceByAppID(hetkAppID).Enabled = false }, "AADSTS7000112"},
		{"assignment switched on", func(x *Tenant) { x.serviceByAppID(hetkAppID).AssignmentRequired = true }, "AADSTS50105"},
		{"consent revoked", func(x *Tenant) { x.Grants = nil }, "AADSTS65001"},
		{"one scope revoked", func(x *Tenant) { x.Grants[0].Scope = "openid profile offline_access User.Read" }, "AADSTS65001"},
		{"graph switched off", func(x *Tenant) { x.serviceByAppID(graphAppID).Enabled = false }, "AADSTS500014"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := startSim(t, "approved")
			r := newRobot(t, s)
			first := r.post(tokenPath, exchange(codeFor(t, s))).json()
			s.world.mu.Lock()
			tt.do(s.world.tenants[0])
			s.world.mu.Unlock()
			m := r.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "client_id": {hetkAppID}, "client_secret": {hetkSecret}, "refresh_token": {str(first, "refresh_token")}}).json()
			if !strings.HasPrefix(str(m, "error_description"), tt.code) || (tt.code == "") != (str(m, "access_token") != "") {
				t.Errorf("%v", m)
			}
		})
	}
}

func TestV1Endpoints(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	q := url.Values{"client_id": {hetkAppID}, "response_type": {"code"}, "redirect_uri": {hetkBack}, "resource": {"https://graph.microsoft.com/"}}
	code := newRobot(t, s).open("/contoso.example/oauth2/authorize?" + q.Encode()).signIn(userUPN).returned().Get("code")
	m := newRobot(t, s).post("/contoso.example/oauth2/token", exchange(code, "resource", "https://graph.microsoft.com")).json()
	if str(m, "resource") != "https://graph.microsoft.com" || str(m, "expires_in") != "3600" || str(m, "id_token") == "" {
		t.Errorf("%v", m)
	}
	if c, err := s.verify(str(m, "access_token")); err != nil || c.Aud != "https://graph.microsoft.com" {
		t.Errorf("%+v %v", c, err)
	}
	d := newRobot(t, s).post("/contoso.example/oauth2/devicecode", url.Values{"client_id": {hetkAppID}, "resource": {graphAppID}}).json()
	if str(d, "verification_url") == "" {
		t.Errorf("%v", d)
	}
	app := newRobot(t, s).post("/contoso.example/oauth2/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {hetkAppID}, "client_secret": {s.world.registration(hetkAppID).Secret}, "resource": {"https://graph.microsoft.com"},
	}).json()
	if str(app, "access_token") == "" {
		t.Errorf("%v", app)
	}
}

func TestClientCredentialRefusals(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	secret := s.world.registration(hetkAppID).Secret
	base := func(change ...string) url.Values {
		v := url.Values{"grant_type": {"client_credentials"}, "client_id": {hetkAppID}, "client_secret": {secret}, "scope": {"https://graph.microsoft.com/.default"}}
		for i := 0; i+1 < len(change); i += 2 {
			v.Set(change[i], change[i+1])
		}
		return v
	}
	tests := []struct {
		name, path string
		form       url.Values
		status     int
		code       string
	}{
		{"good", tokenPath, base(), 200, ""},
		{"common", "/common/oauth2/v2.0/token", base(), 400, "AADSTS900023"},
		{"no client", tokenPath, base("client_id", ""), 400, "AADSTS900144"},
		{"no secret", tokenPath, base("client_secret", ""), 401, "AADSTS7000216"},
		{"bad secret", tokenPath, base("client_secret", "x"), 401, "AADSTS7000215"},
		{"named scope", tokenPath, base("scope", "User.Read"), 400, "AADSTS1002012"},
		{"no scope", tokenPath, base("scope", ""), 400, "AADSTS900144"},
		{"unknown api", tokenPath, base("scope", "https://nowhere.example/.default"), 400, "AADSTS500011"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRobot(t, s).post(tt.path, tt.form)
			if r.status != tt.status || !strings.HasPrefix(str(r.json(), "error_description"), tt.code) {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	off := startSim(t, "disabled")
	if r := newRobot(t, off).post(tokenPath, base()); r.status != 400 || !strings.Contains(r.body, "AADSTS7000112") {
		t.Errorf("disabled: %d %s", r.status, r.body)
	}
}

// TestDevicePolling turns the clock instead of waiting.
func TestDevicePolling(t *testing.T) {
	t.Parallel()
	s := newRig(t, "managed-default")
	now := s.time()
	poll := func(code string) string {
		v := &visit{at: place{host: "sim"}, now: s.time(), body: url.Values{"device_code": {code}, "client_id": {graphCLIAppID}}}
		s.world.mu.Lock()
		defer s.world.mu.Unlock()
		_, refused := s.pollDevice(v)
		if refused == nil {
			return ""
		}
		return refused.oauth
	}
	begin := func() *deviceGrant {
		d := &deviceGrant{code: "code", userCode: "ABCDEFGHJ", reg: s.world.registration(graphCLIAppID)}
		s.login.devices.put(s.time(), d.code, d)
		return d
	}
	d := begin()
	want := func(what, oauth string) {
		t.Helper()
		if got := poll("code"); got != oauth {
			t.Errorf("%s: %q, want %q", what, got, oauth)
		}
	}
	want("first", "authorization_pending")
	want("too soon", "slow_down")
	s.pass(deviceInterval * time.Second)
	want("in time", "authorization_pending")
	d.refused = refuse(65004).as("authorization_declined", "")
	want("declined", "authorization_declined")
	d.refused = nil
	s.pass(deviceLife)
	want("expired", "expired_token")
	if got := poll("nope"); got != "bad_verification_code" {
		t.Errorf("unknown: %q", got)
	}
	d = begin()
	d.home, d.user = s.world.tenants[0], s.world.tenants[0].Users[0]
	want("answered", "")
	want("again", "bad_verification_code")
	if !s.time().After(now) {
		t.Error("the clock stood still")
	}
}

func TestDeviceCodeRefusals(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	for _, tt := range []struct {
		name, tenant string
		form         url.Values
		code         string
	}{
		{"unknown app, any tenant", "organizations", url.Values{"client_id": {"11111111-2222-4333-8444-555555555555"}, "scope": {"openid"}}, "AADSTS50059"},
		{"unknown app", "contoso.example", url.Values{"client_id": {"11111111-2222-4333-8444-555555555555"}, "scope": {"openid"}}, "AADSTS700016"},
		{"no app", "contoso.example", url.Values{"scope": {"openid"}}, "AADSTS900144"},
		{"no scope", "contoso.example", url.Values{"client_id": {hetkAppID}}, "AADSTS900144"},
		{"unknown tenant", "nowhere.example", url.Values{"client_id": {hetkAppID}, "scope": {"openid"}}, "AADSTS90002"},
	} {
		r := newRobot(t, s).post("/"+tt.tenant+"/oauth2/v2.0/devicecode", tt.form)
		if r.status != 400 || !strings.HasPrefix(str(r.json(), "error_description"), tt.code) {
			t.Errorf("%s: %d %s", tt.name, r.status, r.body)
		}
	}
	// A known one has a code: that is how one learns whether an app exists.
	if r := newRobot(t, s).post("/organizations/oauth2/v2.0/devicecode", url.Values{"client_id": {hetkAppID}, "scope": {"openid"}}); r.status != 200 {
		t.Errorf("known app: %s", r.body)
	}
	newRobot(t, s).open("/devicelogin").press("Allow access", "otc", strings.Repeat("é", 900)).sees("That code didn't work")
}
