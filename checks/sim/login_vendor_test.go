package sim

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestVendorsAreWebApps: no vendor's app may be answered anywhere but at an
// address of its own (50011), a page of the simulator's included.
func TestVendorsAreWebApps(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved", withOwnClient)
	for key, id := range vendorKeys {
		for _, back := range []string{
			"http://localhost:1234/anything", "http://localhost", "http://127.0.0.1:1/", "http://" + key + ".example/auth/callback",
			"https://" + key + ".example/auth/callback/", s.LoginURL() + "/app/" + id + "/callback",
		} {
			ask := url.Values{"client_id": {id}, "redirect_uri": {back}, "response_type": {"code"}, "scope": {"openid"}}.Encode()
			for _, path := range []string{"/oauth2/v2.0/authorize?", "/oauth2/authorize?", "/adminconsent?", "/v2.0/adminconsent?"} {
				newRobot(t, s).open("/contoso.example"+path+ask).sees("AADSTS50011", id)
			}
		}
		for _, back := range []string{"https://" + key + ".example/auth/callback", "https://" + key + ".example/admin/callback"} {
			newRobot(t, s).open(authorizeURL("contoso.example", "client_id", id, "redirect_uri", back, "scope", "openid")).sees("Pick an account")
		}
	}
	for _, id := range []string{ownClient, graphCLIAppID, azureCLIAppID} {
		newRobot(t, s).open(authorizeURL("contoso.example", "client_id", id, "redirect_uri", "http://localhost:1234/x", "scope", "openid")).sees("Pick an account")
	}
}

// TestVendorPageReturn: the vendor's page asks with the vendor's own address, and
// what it has asked comes back to it; nothing else does.
func TestVendorPageReturn(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved", withOwnClient)
	r := newRobot(t, s).open("/app/" + hetkAppID)
	for _, words := range []string{"Connect your calendar", "Approve for my organization"} {
		if to, err := url.Parse(linkOf(t, r, words)); err != nil || to.Query().Get("redirect_uri") != hetkBack {
			t.Errorf("%s: %v", words, to)
		}
	}
	to := linkOf(t, r, "Connect your calendar")
	// Somebody else's browser, with the same address: the answer goes to the vendor.
	if v := newRobot(t, s).open(to).signIn(userUPN).returned(); v.Get("code") == "" {
		t.Errorf("went to %v", v)
	}
	r.open(to).signIn(userUPN).sees("Your calendar is connected", userUPN)
	if !strings.HasPrefix(r.at.String(), s.LoginURL()+"/app/"+hetkAppID+"/callback?") {
		t.Errorf("at %s", r.at)
	}
	// What the page has got once it does not wait for again.
	if v := r.open(to).returned(); v.Get("code") == "" {
		t.Errorf("went to %v", v)
	}
	// An admin goes on from where somebody is told that this was stale.
	stale := newRobot(t, s).open("/app/" + hetkAppID + "/callback?code=x&state=y").sees("not the answer to a connection")
	stale.open(linkOf(t, stale, "Approve for my organization")).signIn(adminUPN).press("Accept").sees("Your admin’s answer has come back")
	// A fragment is not for a server to read.
	r.open("/app/" + hetkAppID)
	if r.open(linkOf(t, r, "Connect your calendar") + "&response_mode=fragment"); r.left == nil || r.left.Host != "hetk.example" {
		t.Errorf("went to %v", r.left)
	}
	// An app with no address of its own has the simulator's page.
	own := newRobot(t, s).open("/app/" + ownClient)
	own.open(linkOf(t, own, "Connect your calendar")).signIn(userUPN).sees("Your calendar is connected")
}

// TestAppWithoutSecret: an app that is not public and has no secret cannot show one.
func TestAppWithoutSecret(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	const id = "44444444-5555-4666-8777-888888888888"
	s.world.AddApp(&Registration{AppID: id, Name: "Bare", RedirectURIs: []string{hetkBack}})
	for secret, want := range map[string]string{"": "AADSTS7000216", "x": "AADSTS7000215"} {
		if m := appToken(t, s, id, secret, graphAppID+"/.default"); !strings.HasPrefix(str(m, "error_description"), want) {
			t.Errorf("%q: %v", secret, m)
		}
	}
}

// TestProofs: a token says how the app has shown who it is
// [ED:access-token-claims-reference]; that of a certificate is in TestMSALCertificate.
func TestProofs(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved", withOwnClient)
	acr := func(m map[string]any) string {
		t.Helper()
		k, err := s.verify(str(m, "access_token"))
		if err != nil {
			t.Fatalf("%v: %v", m, err)
		}
		return k.AppIDACR + k.AzpACR
	}
	robot := newRobot(t, s)
	redeem := func(scope string, secret ...string) map[string]any {
		ask := []string{"client_id", ownClient, "redirect_uri", "http://localhost/x", "scope", scope}
		code := newRobot(t, s).open(authorizeURL("contoso.example", ask...)).signIn(userUPN).returned().Get("code")
		return robot.post(tokenPath, exchange(code, append(ask, secret...)...)).json()
	}
	renew := func(m map[string]any, secret string) map[string]any {
		v := url.Values{"grant_type": {grantRefresh}, "client_id": {ownClient}, "refresh_token": {str(m, "refresh_token")}}
		if secret != "" {
			v.Set("client_secret", secret)
		}
		return robot.post(tokenPath, v).json()
	}
	public := redeem("openid offline_access User.Read")
	secret := redeem("openid offline_access User.Read", "client_secret", "own-secret")
	got := []string{
		acr(public), acr(secret), acr(renew(public, "own-secret")), acr(renew(secret, "")),
		acr(redeem(ownClient + "/.default")), acr(redeem(ownClient+"/.default", "client_secret", "own-secret")),
		acr(robot.post(tokenPath, exchange(codeFor(t, s))).json()),
		acr(appToken(t, s, ownClient, "own-secret", graphAppID+"/.default")),
	}
	if want := []string{"0", "1", "1", "0", "0", "1", "1", "1"}; !slices.Equal(got, want) {
		t.Errorf("proofs %v, want %v", got, want)
	}
}

// TestCapabilities: a token repeats the one capability that there is.
func TestCapabilities(t *testing.T) {
	t.Parallel()
	for claims, want := range map[string][]string{
		"": nil, `{}`: nil, `{"access_token":{"xms_cc":{"values":["foo"]}}}`: nil,
		`{"access_token":{"xms_cc":{"values":["foo","CP1","cp1"]}}}`: {"CP1"},
		`{"access_token":{"xms_cc":{"values":["cp1"]}}}`:             {"cp1"},
	} {
		if got, f := capabilities(claims); f != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v %v", claims, got, f)
		}
	}
	if _, f := capabilities("["); f == nil || f.code != 90013 {
		t.Errorf("broken: %v", f)
	}
}

// TestEmailClaim: for who asks for the scope, in the second version's id_tokens.
func TestEmailClaim(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved", withOwnClient)
	s.world.mu.Lock()
	s.world.registration(ownClient).IDTokens = true
	s.world.mu.Unlock()
	for scope, want := range map[string]string{"openid profile": "", "openid profile email": userUPN, "openid Email": userUPN} {
		ask := []string{"client_id", ownClient, "redirect_uri", "http://localhost/x", "scope", scope}
		hybrid := append(slices.Clone(ask), "response_type", "code id_token", "nonce", "n")
		r := newRobot(t, s).open(authorizeURL("contoso.example", hybrid...)).signIn(userUPN)
		if r.left == nil {
			t.Fatalf("%s: %s", scope, r.text())
		}
		v, err := url.ParseQuery(r.left.Fragment)
		if err != nil || v.Get("session_state") == "" {
			t.Errorf("%s: %v %v", scope, v, err)
		}
		m := newRobot(t, s).post(tokenPath, exchange(v.Get("code"), ask...)).json()
		for from, raw := range map[string]string{"authorize": v.Get("id_token"), "token": str(m, "id_token")} {
			if k, err := s.verify(raw); err != nil || k.Email != want {
				t.Errorf("%s from %s: %q %v", scope, from, k.Email, err)
			}
		}
	}
}
