package sim

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// members reads a token's claims as an outsider does: with the key set and the
// standard library alone.
func members(t *testing.T, s *Sim, keysAt, raw string) map[string]any {
	t.Helper()
	part := strings.Split(raw, ".")
	if len(part) != 3 {
		t.Fatalf("not a token: %q", raw)
	}
	head := map[string]string{}
	body := map[string]any{}
	for i, into := range []any{&head, &body} {
		b, err := base64.RawURLEncoding.DecodeString(part[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, into); err != nil {
			t.Fatal(err)
		}
	}
	var set struct {
		Keys []struct {
			Kty, Use, Kid, X5t, N, E string
			X5c                      []string
		}
	}
	if err := json.Unmarshal([]byte(newRobot(t, s).open(keysAt).body), &set); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(part[0] + "." + part[1]))
	sig, err := base64.RawURLEncoding.DecodeString(part[2])
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range set.Keys {
		if k.Kid != head["kid"] || k.Kty != "RSA" || k.Use != "sig" || head["alg"] != "RS256" || head["typ"] != "JWT" {
			continue
		}
		n, _ := base64.RawURLEncoding.DecodeString(k.N)
		e, _ := base64.RawURLEncoding.DecodeString(k.E)
		key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig); err != nil {
			t.Fatalf("signature: %v", err)
		}
		der, err := base64.StdEncoding.DecodeString(k.X5c[0])
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil || !key.Equal(cert.PublicKey) {
			t.Errorf("x5c holds another key: %v", err)
		}
		return body
	}
	t.Fatalf("no key %v in the set", head)
	return nil
}

// TestTokenShapes: what each endpoint gives, checked against the key set and the
// issuer of its own discovery document.
func TestTokenShapes(t *testing.T) {
	t.Parallel()
	for _, cloud := range []Cloud{CloudPublic, CloudGCCHigh, CloudChina} {
		t.Run(string(cloud), func(t *testing.T) {
			t.Parallel()
			s := startSim(t, "approved", withOwnClient)
			s.world.mu.Lock()
			tenant := s.world.tenants[0]
			tenant.Cloud = cloud
			s.world.mu.Unlock()
			at := "/" + tenant.ID
			v1 := newRobot(t, s).open(at + "/.well-known/openid-configuration").json()
			v2 := newRobot(t, s).open(at + "/v2.0/.well-known/openid-configuration").json()
			m := newRobot(t, s).post(at+"/oauth2/v2.0/token", exchange(codeFor(t, s, "nonce", "n2"))).json()
			keys := at + "/discovery/v2.0/keys"
			id := members(t, s, keys, str(m, "id_token"))
			if id["iss"] != v2["issuer"] || id["ver"] != "2.0" || id["aud"] != hetkAppID || id["nonce"] != "n2" || id["preferred_username"] != userUPN || id["tid"] != tenant.ID || id["at_hash"] != nil || id["upn"] != nil {
				t.Errorf("second version's id_token %v", id)
			}
			access := members(t, s, keys, str(m, "access_token"))
			if access["iss"] != v1["issuer"] || access["ver"] != "1.0" || access["upn"] != userUPN || access["appid"] != hetkAppID || access["nonce"] != nil ||
				access["oid"] != tenant.userByUPN(userUPN).ID || !strings.Contains(" "+str(access, "scp")+" ", " Calendars.ReadWrite ") || access["idtyp"] != "user" {
				t.Errorf("access_token for Graph %v", access)
			}
			if wids, ok := access["wids"].([]any); !ok || len(wids) != 1 || wids[0] != roleMember {
				t.Errorf("wids %v", access["wids"])
			}
			q := url.Values{"client_id": {hetkAppID}, "response_type": {"code"}, "redirect_uri": {hetkBack}, "resource": {graphAppID}, "nonce": {"n1"}}
			code := newRobot(t, s).open(at + "/oauth2/authorize?" + q.Encode()).signIn(userUPN).returned().Get("code")
			m = newRobot(t, s).post(at+"/oauth2/token", exchange(code)).json()
			id = members(t, s, at+"/discovery/keys", str(m, "id_token"))
			if id["iss"] != v1["issuer"] || id["ver"] != "1.0" || id["upn"] != userUPN || id["nonce"] != "n1" || id["preferred_username"] != nil {
				t.Errorf("first version's id_token %v", id)
			}
			app := newRobot(t, s).post(at+"/oauth2/v2.0/token", url.Values{
				"grant_type": {"client_credentials"}, "client_id": {ownClient}, "client_secret": {"own-secret"}, "scope": {graphAppID + "/.default"},
			}).json()
			own := members(t, s, keys, str(app, "access_token"))
			if roles, ok := own["roles"].([]any); !ok || !slices.Contains(roles, any("Directory.Read.All")) || own["idtyp"] != "app" || own["scp"] != nil || own["upn"] != nil || own["iss"] != v1["issuer"] {
				t.Errorf("an app's own token %v", own)
			}
		})
	}
}

// TestOwnAPI: an app's token for itself has the second shape, and on behalf of
// trades it for one to Graph.
func TestOwnAPI(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", withOwnClient)
	ask := []string{"client_id", ownClient, "redirect_uri", "http://localhost/x", "scope", "openid offline_access " + ownClient + "/.default"}
	code := newRobot(t, s).open(authorizeURL("contoso.example", ask...)).signIn(userUPN).returned().Get("code")
	r := newRobot(t, s)
	m := r.post(tokenPath, exchange(code, ask...)).json()
	c := members(t, s, "/contoso.example/discovery/v2.0/keys", str(m, "access_token"))
	if c["ver"] != "2.0" || c["aud"] != ownClient || c["azp"] != ownClient || c["appid"] != nil || c["preferred_username"] != userUPN {
		t.Fatalf("token for itself %v", c)
	}
	form := func(change ...string) url.Values {
		v := url.Values{
			"grant_type": {grantBehalf}, "client_id": {ownClient}, "client_secret": {"own-secret"}, "assertion": {str(m, "access_token")},
			"requested_token_use": {"on_behalf_of"}, "scope": {"https://graph.microsoft.com/User.Read"},
		}
		for i := 0; i+1 < len(change); i += 2 {
			v.Set(change[i], change[i+1])
		}
		return v
	}
	got := r.post(tokenPath, form()).json()
	if c := members(t, s, "/contoso.example/discovery/v2.0/keys", str(got, "access_token")); c["upn"] != userUPN || c["aud"] != "https://graph.microsoft.com" || c["appid"] != ownClient {
		t.Errorf("on behalf of %v", c)
	}
	graph, err := s.Token(userUPN)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := s.verify(str(m, "access_token"))
	if err != nil {
		t.Fatal(err)
	}
	old, app := claims, claims
	old.Exp = 1
	app.IDType = "app"
	for _, tt := range []struct{ name, code, field, value string }{
		{"no assertion", "AADSTS900144", "assertion", ""},
		{"no use", "AADSTS900144", "requested_token_use", ""},
		{"another use", "AADSTS90023", "requested_token_use", "behalf"},
		{"no secret", "AADSTS7000218", "client_secret", ""},
		{"wrong secret", "AADSTS7000215", "client_secret", "x"},
		{"unknown app", "AADSTS700016", "client_id", "11111111-2222-4333-8444-555555555555"},
		{"garbage", "AADSTS50027", "assertion", "x.y"},
		{"forged", "AADSTS50013", "assertion", str(m, "access_token")[:len(str(m, "access_token"))-4] + "AAAA"},
		{"made for Graph", "AADSTS500131", "assertion", graph},
		{"expired", "AADSTS500133", "assertion", s.mint(old)},
		{"an id_token", "AADSTS240002", "assertion", str(m, "id_token")},
		{"an app's", "AADSTS7000114", "assertion", s.mint(app)},
		{"unknown scope", "AADSTS650053", "scope", "https://graph.microsoft.com/User.Dance"},
	} {
		if m := r.post(tokenPath, form(tt.field, tt.value)).json(); !strings.HasPrefix(str(m, "error_description"), tt.code+":") {
			t.Errorf("%s: %v", tt.name, m)
		}
	}
}

// TestRevocation: a revoked session ends in the browser and at the token
// endpoint; signing in again begins anew. Time is turned, not waited for.
func TestRevocation(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*Sim) error{
		"sessions revoked": func(s *Sim) error { return s.RevokeSessions(t.Context(), strings.ToUpper(userUPN)) },
		"password changed": func(s *Sim) error { return s.ChangePassword(t.Context(), userUPN, "another") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startSim(t, "approved")
			b := newRobot(t, s)
			first := b.post(tokenPath, exchange(b.open(authorizeURL("contoso.example")).signIn(userUPN).returned().Get("code"))).json()
			waiting := b.open(authorizeURL("contoso.example")).returned().Get("code")
			if err := end(s); err != nil {
				t.Fatal(err)
			}
			for what, form := range map[string]url.Values{
				"refresh": {"grant_type": {"refresh_token"}, "client_id": {hetkAppID}, "client_secret": {hetkSecret}, "refresh_token": {str(first, "refresh_token")}},
				"code":    exchange(waiting),
			} {
				m := b.post(tokenPath, form).json()
				if !strings.HasPrefix(str(m, "error_description"), "AADSTS50173:") || str(m, "error") != "invalid_grant" || !strings.Contains(str(m, "error_description"), "TokensValidFrom") {
					t.Errorf("%s: %v", what, m)
				}
			}
			code := b.open(authorizeURL("contoso.example")).sees("Sign in").signIn(userUPN).returned().Get("code")
			if m := b.post(tokenPath, exchange(code)).json(); str(m, "access_token") == "" {
				t.Errorf("after signing in again: %v", m)
			}
			if code := b.open(authorizeURL("contoso.example")).returned().Get("code"); code == "" {
				t.Error("the new session does not last")
			}
		})
	}
	s := startSim(t, "approved")
	if len(s.world.tenants[0].Audits) != 0 {
		t.Error("something was audited before anything happened")
	}
	if err := s.RevokeSessions(t.Context(), userUPN); err != nil {
		t.Fatal(err)
	}
	if a := s.world.tenants[0].Audits; len(a) != 1 || a[0].Category != "UserManagement" || a[0].Targets[0].UPN != userUPN {
		t.Errorf("audit log %+v", a)
	}
	s = startSim(t, "approved")
	if err := s.RevokeSessions(t.Context(), "nobody@contoso.example"); err == nil {
		t.Error("an unknown account was changed")
	}
	if u := s.world.tenants[0].userByUPN(userUPN); u.revoked(signIn{at: time.Unix(0, 0)}) {
		t.Error("a user who never revoked anything is revoked")
	}
}

func TestGuestTokens(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	s.world.mu.Lock()
	s.world.tenants[0].userByUPN(userUPN).Guest = true
	s.world.mu.Unlock()
	m := newRobot(t, s).post(tokenPath, exchange(codeFor(t, s))).json()
	c, err := s.verify(str(m, "access_token"))
	if err != nil || c.IDP != "mail" || c.Acct == nil || *c.Acct != 1 {
		t.Errorf("%+v %v", c, err)
	}
}

func TestUserInfo(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	m := newRobot(t, s).post(tokenPath, exchange(codeFor(t, s))).json()
	d := newRobot(t, s).open("/contoso.example/v2.0/.well-known/openid-configuration").json()
	ask := func(token string) *robot {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, str(d, "userinfo_endpoint"), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		return newRobot(t, s).send(req)
	}
	id, err := s.verify(str(m, "id_token"))
	if err != nil {
		t.Fatal(err)
	}
	if who := ask(str(m, "access_token")).json(); str(who, "sub") != id.Sub || str(who, "name") != id.Name || str(who, "email") != "" {
		t.Errorf("%v", who)
	}
	for _, bad := range []string{"", "x", str(m, "id_token")} {
		if r := ask(bad); r.status != 401 || r.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%.10q: %d", bad, r.status)
		}
	}
}

// TestRevocationAtGraph: a client that takes claims challenges is told at once,
// any other when its token ends.
func TestRevocationAtGraph(t *testing.T) {
	t.Parallel()
	s := newRig(t, "approved")
	s.pass(-time.Hour)
	tenant := s.world.tenants[0]
	u := tenant.userByUPN(userUPN)
	c := s.userClaims(tenant, u, s.world.registration(graphCLIAppID), s.time(), 3*time.Hour)
	c.Aud, c.Scp = graphAppID, "User.Read"
	able := c
	able.XmsCC = []string{"cp1"}
	s.pass(time.Hour)
	me := func(c claims) reply { return s.do("GET", "/v1.0/me", s.mint(c), "") }
	if p := me(able); p.status != 200 {
		t.Fatalf("before: %d %s", p.status, p.raw)
	}
	if err := s.RevokeSessions(t.Context(), userUPN); err != nil {
		t.Fatal(err)
	}
	if p := me(able); p.status != 401 || !strings.Contains(p.header.Get("WWW-Authenticate"), `error="insufficient_claims", claims="`) || !strings.Contains(p.raw, "TokenIssuedBeforeRevocationTimestamp") {
		t.Errorf("able: %d %v %s", p.status, p.header, p.raw)
	}
	if p := me(c); p.status != 200 {
		t.Errorf("not able: %d %s", p.status, p.raw)
	}
	able.Iat = s.time().Add(time.Second).Unix()
	if p := me(able); p.status != 200 {
		t.Errorf("a new token: %d %s", p.status, p.raw)
	}
}
