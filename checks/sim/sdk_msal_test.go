package sim_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	msalerrors "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"onboard.example/checks/sim"
)

// MSAL under Microsoft's own names, with its discovery and its cache as they are
// by default. What its flows give is used at Graph.

// msalText is an error with the answer behind it, which MSAL keeps apart.
func msalText(err error) string {
	var call msalerrors.CallErr
	if errors.As(err, &call) {
		return msalerrors.Verbose(err)
	}
	return fmt.Sprint(err)
}

// msalConfidential is MSAL as a server has it. Its requests are written down.
func (s *sdkSim) msalConfidential(t *testing.T, cred confidential.Credential, tenant string, opts ...confidential.Option) confidential.Client {
	t.Helper()
	opts = append([]confidential.Option{confidential.WithHTTPClient(&http.Client{Transport: s.book})}, opts...)
	return must(confidential.New(sdkLogin+tenant, sdkApp, cred, opts...))(t)
}

// tokenCalls counts the tokens that were asked for.
func (l *ledger) tokenCalls() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, c := range l.calls {
		if strings.HasSuffix(c.path, "/token") {
			n++
		}
	}
	return n
}

// useful fails the test unless a token opens Graph to the person it should be of.
func (s *sdkSim) useful(t *testing.T, token, upn string) {
	t.Helper()
	me := must(s.client(t, fixedToken(token)).me().Get(t.Context(), nil))(t)
	is(t, "me", me.GetUserPrincipalName(), upn)
}

// MSAL's prompts: it has no names for them that a program could use.
const (
	promptLogin   = 1
	promptSelect  = 2
	promptConsent = 3
)

// landing is where a browser is sent back to: nothing listens there.
const landing = "http://localhost:8400/back"

// land walks through the sign-in until the browser leaves for landing, and tells
// with what.
func (s *sdkSim) land(t *testing.T, to string, words ...string) url.Values {
	t.Helper()
	w := s.browser(t)
	var left *url.URL
	w.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Scheme == "http" {
			left = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}
	w.open(to)
	for _, one := range words {
		if left == nil {
			w.press(one)
		}
	}
	if left == nil {
		t.Fatalf("still at %s: %s", w.at, w.text())
	}
	return left.Query()
}

// TestMSALProofKey: a code is good for the one who can show what was announced
// (RFC 7636).
func TestMSALProofKey(t *testing.T) {
	t.Parallel()
	s := startSDK(t, sim.Options{Scenario: "approved"})
	p := s.msalPublic(t)
	verifier := strings.Repeat("proof-", 8)
	sum := sha256.Sum256([]byte(verifier))
	code := func() string {
		to := must(p.AuthCodeURL(t.Context(), sdkApp, landing, sdkScopes, public.WithLoginHint(sdkUser), public.WithDomainHint("contoso.example")))(t)
		to += "&code_challenge_method=S256&code_challenge=" + base64.RawURLEncoding.EncodeToString(sum[:])
		return s.land(t, to, sdkUser).Get("code")
	}
	if _, err := p.AcquireTokenByAuthCode(t.Context(), code(), landing, sdkScopes); !strings.Contains(msalText(err), "AADSTS501481") {
		t.Errorf("without the proof: %v", msalText(err))
	}
	if _, err := p.AcquireTokenByAuthCode(t.Context(), code(), landing, sdkScopes, public.WithChallenge(strings.Repeat("other-", 8))); !strings.Contains(msalText(err), "AADSTS501481") {
		t.Errorf("with another: %v", msalText(err))
	}
	res := must(p.AcquireTokenByAuthCode(t.Context(), code(), landing, sdkScopes, public.WithChallenge(verifier)))(t)
	s.useful(t, res.AccessToken, sdkUser)
}

// file is a cache that outlives a client, as a file does.
type file struct {
	mu  sync.Mutex
	raw []byte
}

// Replace loads what was kept.
func (f *file) Replace(_ context.Context, c cache.Unmarshaler, _ cache.ReplaceHints) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.raw == nil {
		return nil
	}
	return c.Unmarshal(f.raw)
}

// Export keeps the cache.
func (f *file) Export(_ context.Context, c cache.Marshaler, _ cache.ExportHints) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var err error
	f.raw, err = c.Marshal()
	return err
}

// TestMSALAccounts: two people share a cache that outlives the program; each has
// their own token, and who signs out has none.
func TestMSALAccounts(t *testing.T) {
	t.Parallel()
	s := startSDK(t, sim.Options{Scenario: "approved"})
	kept := &file{}
	first := s.msalPublic(t, public.WithCache(kept), public.WithAuthority(sdkLogin+"organizations"))
	for _, upn := range []string{sdkAdmin, sdkUser} {
		res := must(first.AcquireTokenInteractive(t.Context(), sdkScopes, public.WithOpenURL(s.surf(t, upn)), public.WithPrompt(promptSelect)))(t)
		if res.IDToken.TenantID != s.Ready().Tenants[0].ID || res.IDToken.PreferredUsername != upn {
			t.Errorf("%s is %+v", upn, res.Account)
		}
	}
	next := s.msalPublic(t, public.WithCache(kept), public.WithAuthority(sdkLogin+"organizations"))
	accounts := must(next.Accounts(t.Context()))(t)
	if len(accounts) != 2 {
		t.Fatalf("%d accounts", len(accounts))
	}
	for _, a := range accounts {
		res := must(next.AcquireTokenSilent(t.Context(), sdkScopes, public.WithSilentAccount(a)))(t)
		s.useful(t, res.AccessToken, a.PreferredUsername)
		fresh := must(next.AcquireTokenSilent(t.Context(), sdkScopes, public.WithSilentAccount(a), public.WithClaims(freshClaims)))(t)
		if fresh.AccessToken == res.AccessToken {
			t.Error("claims were answered from the cache")
		}
	}
	did(t, next.RemoveAccount(t.Context(), accounts[0]))
	if _, err := next.AcquireTokenSilent(t.Context(), sdkScopes, public.WithSilentAccount(accounts[0])); err == nil {
		t.Error("a token for who signed out")
	}
	left := must(next.Accounts(t.Context()))(t)
	if len(left) != 1 || left[0].HomeAccountID != accounts[1].HomeAccountID {
		t.Errorf("left: %+v", left)
	}
}

// freshClaims lead past MSAL's cache.
const freshClaims = `{"access_token":{"nbf":{"essential":true,"value":"1"}}}`

// TestMSALServer: a server's own token comes from the cache until it is
// challenged; another tenant is another token; somebody's token is traded on.
func TestMSALServer(t *testing.T) {
	t.Parallel()
	s := startSDK(t, sim.Options{Scenario: "approved"})
	cred := must(confidential.NewCredFromSecret(sdkSecret))(t)
	c := s.msalConfidential(t, cred, "contoso.example", confidential.WithClientCapabilities([]string{"cp1"}))
	own := must(c.AcquireTokenByCredential(t.Context(), sdkScopes))(t)
	again := must(c.AcquireTokenByCredential(t.Context(), sdkScopes))(t)
	if again.AccessToken != own.AccessToken || s.book.tokenCalls() != 1 || again.Metadata.TokenSource != confidential.TokenSourceCache {
		t.Errorf("%d tokens were asked for", s.book.tokenCalls())
	}
	fresh := must(c.AcquireTokenByCredential(t.Context(), sdkScopes, confidential.WithClaims(freshClaims)))(t)
	if fresh.AccessToken == own.AccessToken || s.book.tokenCalls() != 2 {
		t.Errorf("a challenge was answered from the cache")
	}
	app := s.client(t, fixedToken(own.AccessToken))
	if got := must(app.services().Get(t.Context(), nil))(t).GetValue(); len(got) == 0 {
		t.Error("the app sees nothing")
	}
	if _, err := app.me().Get(t.Context(), nil); codeOf(err) != "BadRequest" && codeOf(err) != "Request_BadRequest" {
		t.Errorf("an app has no me: %v", describe(err))
	}
	if _, err := c.AcquireTokenByCredential(t.Context(), sdkScopes, confidential.WithTenantID("nowhere.example")); !strings.Contains(msalText(err), "AADSTS90002") {
		t.Errorf("another tenant: %v", msalText(err))
	}

	own1 := []string{sdkApp + "/.default"}
	user := must(s.msalPublic(t).AcquireTokenInteractive(t.Context(), own1, public.WithOpenURL(s.surf(t, sdkUser))))(t)
	down := must(c.AcquireTokenOnBehalfOf(t.Context(), user.AccessToken, sdkScopes))(t)
	s.useful(t, down.AccessToken, sdkUser)
	before := s.book.tokenCalls()
	twice := must(c.AcquireTokenOnBehalfOf(t.Context(), user.AccessToken, sdkScopes))(t)
	if twice.AccessToken != down.AccessToken || s.book.tokenCalls() != before {
		t.Error("the same caller's token was traded twice")
	}
	if _, err := c.AcquireTokenOnBehalfOf(t.Context(), user.AccessToken, []string{"https://graph.microsoft.com/Nonsense.All"}); err == nil {
		t.Error("a permission that does not exist was given")
	}
}

// TestMSALServerCode: a server redeems a person's code with its secret, keeps
// them signed in, and forgets them.
func TestMSALServerCode(t *testing.T) {
	t.Parallel()
	s := startSDK(t, sim.Options{Scenario: "approved"})
	c := s.msalConfidential(t, must(confidential.NewCredFromSecret(sdkSecret))(t), "contoso.example")
	to := must(c.AuthCodeURL(t.Context(), sdkApp, landing, sdkScopes, confidential.WithLoginHint(sdkUser), confidential.WithPrompt(promptLogin)))(t)
	res := must(c.AcquireTokenByAuthCode(t.Context(), s.land(t, to, sdkUser).Get("code"), landing, sdkScopes))(t)
	s.useful(t, res.AccessToken, sdkUser)
	if !slices.Contains(res.GrantedScopes, "https://graph.microsoft.com/User.Read") {
		t.Errorf("granted %v", res.GrantedScopes)
	}
	silent := must(c.AcquireTokenSilent(t.Context(), sdkScopes, confidential.WithSilentAccount(res.Account)))(t)
	if silent.AccessToken != res.AccessToken {
		t.Error("renewed for nothing")
	}
	mail := []string{"https://outlook.office365.com/EWS.AccessAsUser.All"}
	if other := must(c.AcquireTokenSilent(t.Context(), mail, confidential.WithSilentAccount(res.Account)))(t); !slices.Contains(other.GrantedScopes, mail[0]) {
		t.Errorf("of another API: %v", other.GrantedScopes)
	}
	found := must(c.Account(t.Context(), res.Account.HomeAccountID))(t)
	if found.PreferredUsername != sdkUser {
		t.Errorf("account %+v", found)
	}
	asked := must(c.AuthCodeURL(t.Context(), sdkApp, landing, []string{"User.Read"}, confidential.WithPrompt(promptConsent)))(t)
	if back := s.land(t, asked, sdkUser, "Cancel"); back.Get("error") != "access_denied" || !strings.Contains(back.Get("error_description"), "AADSTS65004") {
		t.Errorf("declined: %v", back)
	}
	if back := s.land(t, asked, sdkUser, "Accept"); back.Get("code") == "" {
		t.Errorf("agreed: %v", back)
	}
	did(t, c.RemoveAccount(t.Context(), found))
	if _, err := c.AcquireTokenSilent(t.Context(), sdkScopes, confidential.WithSilentAccount(found)); err == nil {
		t.Error("a token for who was forgotten")
	}
}
