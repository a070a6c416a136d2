package sim

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	msalerrors "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

// The real client library against the simulator.

const ownClient = "22222222-3333-4444-8555-666666666666"

func withOwnClient(o *Options) { o.Register = []string{ownClient + ":own-secret"} }

func publicClient(t *testing.T, s *Sim, clientID, authority string) public.Client {
	t.Helper()
	p, err := public.New(
		clientID, public.WithAuthority(s.LoginURL()+authority), public.WithHTTPClient(trusting(t, s)),
		public.WithInstanceDiscovery(false), public.WithClientCapabilities([]string{"cp1"}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// play is the person at the browser that MSAL opens: account by account, button
// by button, until the answer is posted to the loopback redirect.
func play(t *testing.T, s *Sim, upn string, buttons ...string) func(string) error {
	t.Helper()
	return func(to string) error {
		r := newRobot(t, s).open(to)
		if upn != "" {
			r.signIn(upn)
		}
		for _, b := range append(buttons, "Continue") {
			r.press(b)
		}
		v := r.returned()
		back := *r.left
		back.RawQuery = ""
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, back.String(), strings.NewReader(v.Encode()))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
}

func TestMSALBrowser(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", withOwnClient)
	p := publicClient(t, s, ownClient, "/contoso.example")
	scopes := []string{"User.Read", "Directory.Read.All"}
	res, err := p.AcquireTokenInteractive(t.Context(), scopes, public.WithOpenURL(play(t, s, adminUPN)))
	if err != nil {
		t.Fatal(err)
	}
	if res.Account.PreferredUsername != adminUPN || len(res.DeclinedScopes) != 0 || !slices.Contains(res.GrantedScopes, "Directory.Read.All") {
		t.Errorf("result %+v", res.Account)
	}
	c, err := s.verify(res.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	if c.UPN != adminUPN || !slices.Contains(c.scopes(), "Directory.Read.All") || !slices.Contains(c.Wids, roleGlobalAdmin) ||
		!slices.Contains(c.Wids, roleMember) || !slices.Equal(c.XmsCC, []string{"cp1"}) || c.Aud != graphAppID || c.Ver != "1.0" {
		t.Errorf("claims %+v", c)
	}
	// Everything granted comes with any token, as at Microsoft: the cache has it.
	silent, err := p.AcquireTokenSilent(t.Context(), []string{"Policy.Read.All"}, public.WithSilentAccount(res.Account))
	if err != nil || silent.AccessToken != res.AccessToken {
		t.Errorf("silent: %v", err)
	}
	again, err := p.AcquireTokenSilent(t.Context(), scopes, public.WithSilentAccount(res.Account),
		public.WithClaims(`{"access_token":{"nbf":{"essential":true,"value":"1"}}}`))
	if err != nil {
		t.Fatalf("claims challenge: %v", err)
	}
	if again.AccessToken == res.AccessToken {
		t.Error("a claims challenge was answered from the cache")
	}
}

func TestMSALBrowserCancelled(t *testing.T) {
	t.Parallel()
	s := startSim(t, "allow-all")
	p := publicClient(t, s, graphCLIAppID, "/organizations")
	_, err := p.AcquireTokenInteractive(t.Context(), []string{"User.Read"}, public.WithOpenURL(play(t, s, userUPN, "Cancel")))
	if err == nil || !strings.Contains(err.Error(), "AADSTS65004") {
		t.Errorf("error %v", err)
	}
}

func TestMSALDeviceCode(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", withOwnClient)
	p := publicClient(t, s, ownClient, "/contoso.example")
	dc, err := p.AcquireTokenByDeviceCode(t.Context(), []string{"User.Read"})
	if err != nil {
		t.Fatal(err)
	}
	if dc.Result.VerificationURL != s.LoginURL()+"/devicelogin" || len(dc.Result.UserCode) != 9 {
		t.Errorf("reply %+v", dc.Result)
	}
	r := newRobot(t, s).open("/devicelogin")
	r.press("Allow access", "otc", "WRONGCODE").sees("That code didn't work")
	r.press("Allow access", "otc", " "+strings.ToLower(dc.Result.UserCode)).sees("on another device").
		signIn(userUPN).sees("Are you trying to sign in to Registered app").press("Continue").sees("You have signed in")
	res, err := dc.AuthenticationResult(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if res.Account.PreferredUsername != userUPN {
		t.Errorf("account %+v", res.Account)
	}
	r.open("/devicelogin").press("Allow access", "otc", dc.Result.UserCode).sees("That code didn't work")
}

func TestMSALDeviceDeclined(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", withOwnClient)
	p := publicClient(t, s, ownClient, "/contoso.example")
	dc, err := p.AcquireTokenByDeviceCode(t.Context(), []string{"User.Read"})
	if err != nil {
		t.Fatal(err)
	}
	newRobot(t, s).open("/devicelogin?otc=" + dc.Result.UserCode).press("Allow access").signIn(userUPN).press("Cancel").sees("You declined")
	_, err = dc.AuthenticationResult(t.Context())
	if err == nil || !strings.Contains(err.Error(), "authorization_declined") {
		t.Errorf("error %v", err)
	}
}

func TestMSALAutoApprove(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", func(o *Options) { o.AutoApprove = adminUPN })
	p := publicClient(t, s, graphCLIAppID, "/contoso.example")
	dc, err := p.AcquireTokenByDeviceCode(t.Context(), []string{"Policy.Read.All"})
	if err != nil {
		t.Fatal(err)
	}
	res, err := dc.AuthenticationResult(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if c, err := s.verify(res.AccessToken); err != nil || !slices.Contains(c.scopes(), "Policy.Read.All") {
		t.Errorf("claims %+v, %v", c, err)
	}
	if _, err := p.AcquireTokenInteractive(t.Context(), []string{"Directory.Read.All"}, public.WithOpenURL(play(t, s, ""))); err != nil {
		t.Errorf("browser: %v", err)
	}
	// A code that is approved is a sign-in of now, not of before the sessions ended.
	if err := s.RevokeSessions(t.Context(), adminUPN); err != nil {
		t.Fatal(err)
	}
	if dc, err = p.AcquireTokenByDeviceCode(t.Context(), []string{"Policy.Read.All"}); err != nil {
		t.Fatal(err)
	}
	if _, err = dc.AuthenticationResult(t.Context()); err != nil {
		t.Errorf("after the sessions were ended: %v", err)
	}
	// The person's own consent, never everyone's.
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	tenant := s.world.tenants[0]
	cli := tenant.serviceByAppID(graphCLIAppID)
	for _, g := range tenant.Grants {
		if g.ClientID == cli.ID && g.Principal == "" {
			t.Errorf("granted for everyone: %+v", g)
		}
	}
}

func TestAutoApproveStopsAtTheWall(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", func(o *Options) { o.AutoApprove = userUPN })
	newRobot(t, s).open(authorizeURL("contoso.example")).sees("Need admin approval", userUPN)
	p := publicClient(t, s, graphCLIAppID, "/contoso.example")
	dc, err := p.AcquireTokenByDeviceCode(t.Context(), []string{"Calendars.ReadWrite"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = dc.AuthenticationResult(t.Context()); err == nil || !strings.Contains(err.Error(), "AADSTS90094") {
		t.Errorf("error %v", err)
	}
}

func TestMSALClientCredentials(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", withOwnClient)
	probe := func(clientID, secret, tenant string) (confidential.AuthResult, error) {
		cred, err := confidential.NewCredFromSecret(secret)
		if err != nil {
			t.Fatal(err)
		}
		c, err := confidential.New(s.LoginURL()+"/"+tenant, clientID, cred,
			confidential.WithHTTPClient(trusting(t, s)), confidential.WithInstanceDiscovery(false))
		if err != nil {
			t.Fatal(err)
		}
		return c.AcquireTokenByCredential(t.Context(), []string{"https://graph.microsoft.com/.default"})
	}
	res, err := probe(ownClient, "own-secret", "contoso.example")
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.verify(res.AccessToken)
	if err != nil || c.IDType != "app" || !slices.Contains(c.Roles, "Directory.Read.All") || c.Scp != "" || c.UPN != "" || c.Aud != "https://graph.microsoft.com" {
		t.Errorf("claims %+v, %v", c, err)
	}
	hetk := s.world.registration(hetkAppID).Secret
	for _, tt := range []struct{ name, id, secret, tenant, code string }{
		{"nobody consented yet", hetkAppID, hetk, "contoso.example", "AADSTS7000229"},
		{"unknown app", "11111111-2222-4333-8444-555555555555", "x", "contoso.example", "AADSTS700016"},
		{"bad secret", hetkAppID, "x", "contoso.example", "AADSTS7000215"},
		{"unknown tenant", hetkAppID, hetk, "nowhere.example", "AADSTS90002"},
	} {
		if _, err := probe(tt.id, tt.secret, tt.tenant); err == nil || !strings.Contains(errText(err), tt.code) {
			t.Errorf("%s: %v", tt.name, errText(err))
		}
	}
	if err := s.Approve(t.Context(), adminUPN, hetkAppID, nil); err != nil {
		t.Fatal(err)
	}
	res, err = probe(hetkAppID, hetk, "contoso.example")
	if err != nil {
		t.Fatal(err)
	}
	if c, err := s.verify(res.AccessToken); err != nil || len(c.Roles) != 0 || c.Tid == "" {
		t.Errorf("claims %+v, %v", c, err)
	}
}

// errText is an error with the body behind it, which MSAL keeps apart.
func errText(err error) string {
	if err == nil {
		return ""
	}
	var call msalerrors.CallErr
	if errors.As(err, &call) {
		return msalerrors.Verbose(err)
	}
	return err.Error()
}

func TestMSALWithInstanceDiscovery(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", withOwnClient)
	// All of Microsoft's names lead to the simulator, as a test bench does it.
	c := trusting(t, s)
	tr, ok := c.Transport.(*http.Transport)
	if !ok {
		t.Fatal("another transport")
	}
	proxyTo(tr, s)
	p, err := public.New(ownClient, public.WithAuthority("https://login.microsoftonline.com/contoso.example"), public.WithHTTPClient(c))
	if err != nil {
		t.Fatal(err)
	}
	dc, err := p.AcquireTokenByDeviceCode(t.Context(), []string{"User.Read"})
	if err != nil {
		t.Fatal(err)
	}
	if u, err := url.Parse(dc.Result.VerificationURL); err != nil || u.Host != "login.microsoftonline.com" {
		t.Errorf("verification at %s", dc.Result.VerificationURL)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := dc.AuthenticationResult(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestMSALRefreshDiesWithTheGrant: a refresh fails once the grant is gone.
func TestMSALRefreshDiesWithTheGrant(t *testing.T) {
	t.Parallel()
	s := startSim(t, "allow-all")
	p := publicClient(t, s, graphCLIAppID, "/contoso.example")
	res, err := p.AcquireTokenInteractive(t.Context(), []string{"User.Read", "Calendars.ReadWrite"}, public.WithOpenURL(play(t, s, userUPN, "Accept")))
	if err != nil {
		t.Fatal(err)
	}
	claims := public.WithClaims(`{"access_token":{"nbf":{"essential":true,"value":"1"}}}`) // past the cache
	if _, err := p.AcquireTokenSilent(t.Context(), []string{"Calendars.ReadWrite"}, public.WithSilentAccount(res.Account), claims); err != nil {
		t.Fatal(err)
	}
	s.world.mu.Lock()
	s.world.tenants[0].Grants = nil
	s.world.mu.Unlock()
	_, err = p.AcquireTokenSilent(t.Context(), []string{"Calendars.ReadWrite"}, public.WithSilentAccount(res.Account), claims)
	if !strings.Contains(errText(err), "AADSTS65001") {
		t.Errorf("error %v", errText(err))
	}
}

// TestMSALCloudPrefix: a client pointed at a cloud's prefix stays in that cloud.
func TestMSALCloudPrefix(t *testing.T) {
	t.Parallel()
	s := startSim(t, "two-clouds")
	p := publicClient(t, s, graphCLIAppID, "/_cloud/china/contoso.example")
	res, err := p.AcquireTokenInteractive(t.Context(), []string{"User.Read"}, public.WithOpenURL(play(t, s, "admin@contoso-cn.example", "Accept")))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := s.verify(res.AccessToken); err != nil || c.Tid != s.world.tenants[1].ID {
		t.Errorf("claims %+v, %v", c, err)
	}
}
