package sim

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"
)

// The remaining flows of the real client library, and what it makes of refusals.

func confidentialClient(t *testing.T, s *Sim, clientID, secret, tenant string) confidential.Client {
	t.Helper()
	cred, err := confidential.NewCredFromSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	c, err := confidential.New(s.LoginURL()+"/"+tenant, clientID, cred,
		confidential.WithHTTPClient(trusting(t, s)), confidential.WithInstanceDiscovery(false))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestMSALAuthCode: the vendor's server redeems the code and renews silently.
func TestMSALAuthCode(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	c := confidentialClient(t, s, hetkAppID, s.world.registration(hetkAppID).Secret, "contoso.example")
	scopes := []string{"User.Read", "Calendars.ReadWrite"}
	to, err := c.AuthCodeURL(t.Context(), hetkAppID, hetkBack, scopes, confidential.WithLoginHint(userUPN), confidential.WithDomainHint("contoso.example"))
	if err != nil {
		t.Fatal(err)
	}
	code := newRobot(t, s).open(to).signIn(userUPN).returned().Get("code")
	res, err := c.AcquireTokenByAuthCode(t.Context(), code, hetkBack, scopes)
	if err != nil {
		t.Fatal(err)
	}
	if res.Account.PreferredUsername != userUPN || !slices.Contains(res.GrantedScopes, "Calendars.ReadWrite") || len(res.DeclinedScopes) != 0 || res.IDToken.TenantID == "" {
		t.Errorf("result %+v", res)
	}
	// Another API is not in the cache: the refresh token gets it.
	s.world.mu.Lock()
	err = s.world.grantEveryone(s.world.tenants[0], s.world.registration(hetkAppID), map[string][]string{exchangeAppID: {"EWS.AccessAsUser.All"}})
	s.world.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.AcquireTokenSilent(t.Context(), []string{"https://outlook.office365.com/EWS.AccessAsUser.All"}, confidential.WithSilentAccount(res.Account))
	if err != nil || again.AccessToken == res.AccessToken {
		t.Errorf("silent: %v", err)
	}
	if _, err := c.AcquireTokenByAuthCode(t.Context(), code, hetkBack, scopes); !strings.Contains(errText(err), "AADSTS54005") {
		t.Errorf("replayed: %v", errText(err))
	}
	if err := s.RevokeSessions(t.Context(), userUPN); err != nil {
		t.Fatal(err)
	}
	if _, err := c.AcquireTokenSilent(t.Context(), []string{"Mail.Read"}, confidential.WithSilentAccount(res.Account)); !strings.Contains(errText(err), "AADSTS50173") {
		t.Errorf("revoked: %v", errText(err))
	}
}

// TestMSALOnBehalfOf: an app's own API goes on to Graph for its caller.
func TestMSALOnBehalfOf(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", withOwnClient)
	p := publicClient(t, s, ownClient, "/contoso.example")
	res, err := p.AcquireTokenInteractive(t.Context(), []string{ownClient + "/.default"}, public.WithOpenURL(play(t, s, userUPN)))
	if err != nil {
		t.Fatal(err)
	}
	c := confidentialClient(t, s, ownClient, "own-secret", "contoso.example")
	down, err := c.AcquireTokenOnBehalfOf(t.Context(), res.AccessToken, []string{"https://graph.microsoft.com/User.Read"})
	if err != nil {
		t.Fatal(errText(err))
	}
	if k, err := s.verify(down.AccessToken); err != nil || k.UPN != userUPN || !graphAudience(k.Aud) {
		t.Errorf("claims %+v %v", k, err)
	}
	adapter, root := sdkClient(t, s, down.AccessToken)
	if _, err := organization.NewOrganizationRequestBuilder(root+"/organization", adapter).Get(t.Context(), nil); err != nil {
		t.Errorf("the token is no use at Graph: %v", err)
	}
	if _, err := c.AcquireTokenOnBehalfOf(t.Context(), down.AccessToken, []string{"User.Read"}); !strings.Contains(errText(err), "AADSTS500131") {
		t.Errorf("with Graph's token: %v", errText(err))
	}
}

// TestMSALRefusals: the library hands on what the service says.
func TestMSALRefusals(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	p := publicClient(t, s, graphCLIAppID, "/contoso.example")
	policed(s, "enabled", map[string]any{"authenticationFlows": map[string]any{"transferMethods": "deviceCodeFlow"}}, "block")
	dc, err := p.AcquireTokenByDeviceCode(t.Context(), []string{"User.Read"})
	if err != nil {
		t.Fatal(err)
	}
	newRobot(t, s).open("/devicelogin?otc=" + dc.Result.UserCode).press("Allow access").signIn(userUPN).sees("AADSTS53003")
	if _, err = dc.AuthenticationResult(t.Context()); !strings.Contains(errText(err), "AADSTS530036") {
		t.Errorf("device code: %v", errText(err))
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := p.AcquireTokenInteractive(ctx, []string{"Mail.Read"}, public.WithOpenURL(func(to string) error {
		newRobot(t, s).open(to).signIn(userUPN).sees("Need admin approval")
		cancel() // the person closes the browser
		return nil
	})); !errors.Is(err, context.Canceled) {
		t.Errorf("at the wall: %v", err)
	}
}

// TestMSALSecondFactor: a policy that wants MFA ends the silent way with claims,
// and the browser opens the door again.
func TestMSALSecondFactor(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved", withOwnClient)
	p := publicClient(t, s, ownClient, "/contoso.example")
	scopes := []string{"User.Read"}
	res, err := p.AcquireTokenInteractive(t.Context(), scopes, public.WithOpenURL(play(t, s, userUPN)))
	if err != nil {
		t.Fatal(err)
	}
	policed(s, "enabled", nil, "mfa")
	_, err = p.AcquireTokenSilent(t.Context(), scopes, public.WithSilentAccount(res.Account), public.WithClaims(`{"access_token":{"nbf":{"essential":true,"value":"1"}}}`))
	if !strings.Contains(errText(err), "AADSTS50076") || !strings.Contains(errText(err), "capolids") {
		t.Fatalf("silent: %v", errText(err))
	}
	claims := `{"access_token":{"capolids":{"essential":true,"values":["` + stableID("policy", "enabled") + `"]}}}`
	res, err = p.AcquireTokenInteractive(t.Context(), scopes, public.WithClaims(claims), public.WithOpenURL(play(t, s, userUPN, "Approve")))
	if err != nil {
		t.Fatal(err)
	}
	if k, err := s.verify(res.AccessToken); err != nil || !slices.Contains(k.AMR, "mfa") {
		t.Errorf("claims %+v %v", k, err)
	}
}

// TestSDKThroughFaults: the SDK's own middleware gets through throttling and
// failures, and hands on what it cannot mend.
func TestSDKThroughFaults(t *testing.T) {
	t.Parallel()
	s := started(t, Options{Scenario: "approved", Faults: []string{"503=1,retry-after=1s,licence=1,path=/v1.0/organization,caechallenge"}})
	token, err := s.Token(admin)
	if err != nil {
		t.Fatal(err)
	}
	adapter, root := sdkClient(t, s, token)
	orgs := organization.NewOrganizationRequestBuilder(root+"/organization", adapter)
	var odata *odataerrors.ODataError
	if _, err := orgs.Get(t.Context(), nil); !errors.As(err, &odata) || *odata.GetErrorEscaped().GetCode() != "Authentication_RequestFromNonPremiumTenantOrB2CTenant" {
		t.Errorf("licence, after a retry: %v", err)
	}
	// The SDK takes up the claims challenge by itself, once.
	if got, err := orgs.Get(t.Context(), nil); err != nil || len(got.GetValue()) != 1 {
		t.Errorf("claims challenge: %v", err)
	}
	if s.faults.list[2].left != 0 {
		t.Error("no challenge was made")
	}
}

// TestMSALNationalCloud: under a national cloud's own names.
func TestMSALNationalCloud(t *testing.T) {
	t.Parallel()
	s := startSim(t, "two-clouds")
	d := newRobot(t, s).open("/_cloud/china/contoso.example/v2.0/.well-known/openid-configuration").json()
	if u, err := url.Parse(str(d, "device_authorization_endpoint")); err != nil || !strings.HasPrefix(u.Path, "/_cloud/china/") {
		t.Errorf("device endpoint %v", d["device_authorization_endpoint"])
	}
	p := publicClient(t, s, graphCLIAppID, "/_cloud/china/contoso.example")
	dc, err := p.AcquireTokenByDeviceCode(t.Context(), []string{"https://microsoftgraph.chinacloudapi.cn/User.Read"})
	if err != nil {
		t.Fatal(err)
	}
	r := newRobot(t, s).open(dc.Result.VerificationURL).press("Allow access", "otc", dc.Result.UserCode).signIn("admin@contoso-cn.example")
	r.press("Accept").press("Continue").sees("You have signed in")
	res, err := dc.AuthenticationResult(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.verify(res.AccessToken)
	if err != nil || k.Aud != "https://microsoftgraph.chinacloudapi.cn" || k.Iss != "https://sts.chinacloudapi.cn/"+k.Tid+"/" {
		t.Errorf("claims %+v %v", k, err)
	}
}
