package sim_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"

	"onboard.example/checks/sim"
)

// Apps that prove themselves with a certificate.

const certApp = "33333333-4444-4555-8666-777777777777"

// paper is a certificate with its key, and the PEM file of the certificate alone.
type paper struct {
	key  *rsa.PrivateKey
	cert *x509.Certificate
	path string
}

func newPaper(t *testing.T) paper {
	t.Helper()
	key := must(rsa.GenerateKey(rand.Reader, 2048))(t)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Own Tool"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der := must(x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key))(t)
	p := paper{key: key, cert: must(x509.ParseCertificate(der))(t), path: filepath.Join(t.TempDir(), "app.pem")}
	did(t, os.WriteFile(p.path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return p
}

// TestMSALCertificate: MSAL proves the app with its certificate, for itself and
// for its users; another certificate opens nothing.
func TestMSALCertificate(t *testing.T) {
	t.Parallel()
	own, other := newPaper(t), newPaper(t)
	s := startSDK(t, sim.Options{Scenario: "approved", Register: []string{certApp + ":@" + own.path}})
	server := func(p paper, opts ...confidential.Option) confidential.Client {
		cred := must(confidential.NewCredFromCert([]*x509.Certificate{p.cert}, p.key))(t)
		opts = append(opts, confidential.WithHTTPClient(s.http()))
		return must(confidential.New(sdkLogin+"contoso.example", certApp, cred, opts...))(t)
	}
	res := must(server(own).AcquireTokenByCredential(t.Context(), sdkScopes))(t)
	if claims := claimsOf(t, res.AccessToken); claims["appidacr"] != "2" || claims["idtyp"] != "app" || claims["appid"] != certApp {
		t.Errorf("claims %v", claims)
	}
	must(s.client(t, fixedToken(res.AccessToken)).services().Get(t.Context(), nil))(t)
	must(server(own, confidential.WithX5C()).AcquireTokenByCredential(t.Context(), sdkScopes))(t)
	c := server(own)
	to := must(c.AuthCodeURL(t.Context(), certApp, landing, sdkScopes))(t)
	user := must(c.AcquireTokenByAuthCode(t.Context(), s.land(t, to, sdkUser).Get("code"), landing, sdkScopes))(t)
	s.useful(t, user.AccessToken, sdkUser)
	if claims := claimsOf(t, user.AccessToken); claims["appidacr"] != "2" {
		t.Errorf("a user's claims %v", claims)
	}
	if _, err := server(other).AcquireTokenByCredential(t.Context(), sdkScopes); !strings.Contains(msalText(err), "AADSTS700027") {
		t.Errorf("another certificate: %v", msalText(err))
	}
	secret := must(confidential.NewCredFromSecret("x"))(t)
	with := must(confidential.New(sdkLogin+"contoso.example", certApp, secret, confidential.WithHTTPClient(s.http())))(t)
	if _, err := with.AcquireTokenByCredential(t.Context(), sdkScopes); !strings.Contains(msalText(err), "AADSTS700025") {
		t.Errorf("a secret: %v", msalText(err))
	}
}

// claimsOf are what a token says.
func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	raw := must(base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1]))(t)
	var out map[string]any
	did(t, json.Unmarshal(raw, &out))
	return out
}

// sign makes an assertion as older clients do: RS256, SHA-1 for the thumbprint.
func (p paper) sign(t *testing.T, change map[string]any) string {
	t.Helper()
	print1 := sha1.Sum(p.cert.Raw)
	says := map[string]any{
		"iss": certApp, "sub": certApp, "aud": sdkLogin + "contoso.example/oauth2/v2.0/token",
		"nbf": time.Now().Add(-time.Minute).Unix(), "exp": time.Now().Add(time.Minute).Unix(), "alg": "RS256",
	}
	maps.Copy(says, change)
	head := map[string]any{"typ": "JWT", "alg": says["alg"], "x5t": base64.RawURLEncoding.EncodeToString(print1[:])}
	delete(says, "alg")
	signed := base64.RawURLEncoding.EncodeToString(must(json.Marshal(head))(t)) + "." + base64.RawURLEncoding.EncodeToString(must(json.Marshal(says))(t))
	sum := sha256.Sum256([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(must(rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, sum[:]))(t))
}

// TestMSALAssertion: an assertion is good when the app's key signed it, about
// itself, for this service, for now.
func TestMSALAssertion(t *testing.T) {
	t.Parallel()
	own := newPaper(t)
	s := startSDK(t, sim.Options{Scenario: "approved", Register: []string{certApp + ":@" + own.path}})
	good := own.sign(t, nil)
	for name, tt := range map[string]struct{ assertion, code string }{
		"good":            {good, ""},
		"by its address":  {own.sign(t, map[string]any{"aud": s.LoginURL() + "/contoso.example/oauth2/v2.0/token"}), "AADSTS50027"},
		"over":            {own.sign(t, map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}), "AADSTS50027"},
		"not yet":         {own.sign(t, map[string]any{"nbf": time.Now().Add(time.Hour).Unix()}), "AADSTS50027"},
		"somebody else's": {own.sign(t, map[string]any{"sub": sdkApp}), "AADSTS50027"},
		"elsewhere":       {own.sign(t, map[string]any{"aud": "https://login.example.com/contoso.example/oauth2/v2.0/token"}), "AADSTS50027"},
		"another cloud":   {own.sign(t, map[string]any{"aud": "https://login.microsoftonline.us/contoso.example/oauth2/v2.0/token"}), "AADSTS50027"},
		"unsigned":        {own.sign(t, map[string]any{"alg": "none"}), "AADSTS700027"},
		"forged":          {good[:len(good)-4] + "AAAA", "AADSTS700027"},
		"garbage":         {"x.y", "AADSTS50027"},
	} {
		cred := confidential.NewCredFromAssertionCallback(staticAssertion(tt.assertion))
		c := must(confidential.New(sdkLogin+"contoso.example", certApp, cred, confidential.WithHTTPClient(s.http())))(t)
		_, err := c.AcquireTokenByCredential(t.Context(), sdkScopes)
		if tt.code == "" && err != nil || !strings.Contains(msalText(err), tt.code) {
			t.Errorf("%s: %v", name, msalText(err))
		}
	}
	for name, arg := range map[string]string{"no file": filepath.Join(t.TempDir(), "none.pem"), "no certificate": s.Ready().CA + "x"} {
		if _, err := sim.Start(t.Context(), sim.Options{Register: []string{certApp + ":@" + arg}}); err == nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The simulator's own authority has no RSA key.
	if _, err := sim.Start(t.Context(), sim.Options{Register: []string{certApp + ":@" + s.Ready().CA}}); err == nil || !strings.Contains(err.Error(), "RSA") {
		t.Errorf("an odd key: %v", err)
	}
}

// staticAssertion gives MSAL an assertion that is there already.
func staticAssertion(raw string) func(context.Context, confidential.AssertionRequestOptions) (string, error) {
	return func(context.Context, confidential.AssertionRequestOptions) (string, error) { return raw, nil }
}
