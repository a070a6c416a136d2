package sim_test

import (
	"context"
	"crypto/x509"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	azauth "github.com/microsoft/kiota-authentication-azure-go"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"

	"onboard.example/checks/sim"
)

// azidentity's credentials, handed to the Graph SDK as its users do.

// azure are the options that lead azidentity to the simulator.
func (s *sdkSim) azure() azcore.ClientOptions { return azcore.ClientOptions{Transport: s.http()} }

// with makes the SDK with a credential of azidentity's.
func (s *sdkSim) with(t *testing.T, cred azcore.TokenCredential) *sdk {
	t.Helper()
	auth := must(azauth.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(cred, sdkScopes, []string{graphHost}))(t)
	return s.client(t, auth.GetAuthorizationTokenProvider())
}

// TestAzureApps: the credentials of apps, by secret, certificate and assertion.
func TestAzureApps(t *testing.T) {
	t.Parallel()
	own := newPaper(t)
	s := startSDK(t, sim.Options{Scenario: "approved", Register: []string{certApp + ":@" + own.path}})
	tenant := s.Ready().Tenants[0].ID
	bySecret := must(azidentity.NewClientSecretCredential(tenant, sdkApp, sdkSecret, &azidentity.ClientSecretCredentialOptions{ClientOptions: s.azure()}))(t)
	byCert := must(azidentity.NewClientCertificateCredential(tenant, certApp, []*x509.Certificate{own.cert}, own.key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: s.azure(), SendCertificateChain: true}))(t)
	byAssertion := must(azidentity.NewClientAssertionCredential(tenant, certApp,
		func(context.Context) (string, error) { return own.sign(t, nil), nil },
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: s.azure()}))(t)
	for name, cred := range map[string]azcore.TokenCredential{"secret": bySecret, "certificate": byCert, "assertion": byAssertion} {
		token := must(cred.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: sdkScopes}))(t)
		if left := time.Until(token.ExpiresOn); left < 50*time.Minute || left > 70*time.Minute {
			t.Errorf("%s: good for %s", name, left)
		}
		if got := must(s.with(t, cred).services().Get(t.Context(), nil))(t).GetValue(); len(got) == 0 {
			t.Errorf("%s: the app sees nothing", name)
		}
		again := must(cred.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: sdkScopes}))(t)
		if again.Token != token.Token {
			t.Errorf("%s: not from the cache", name)
		}
	}
	wrong := must(azidentity.NewClientSecretCredential(tenant, sdkApp, "x", &azidentity.ClientSecretCredentialOptions{ClientOptions: s.azure()}))(t)
	_, err := wrong.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: sdkScopes})
	if err == nil || !strings.Contains(err.Error(), "AADSTS7000215") {
		t.Errorf("a wrong secret: %v", err)
	}
}

// TestAzurePassword: a person's password, which the SDK takes to Graph.
func TestAzurePassword(t *testing.T) {
	t.Parallel()
	s := startSDK(t, sim.Options{Scenario: "approved"})
	home := s.Ready().Tenants[0]
	with := func(password string) azcore.TokenCredential {
		//nolint:staticcheck // deprecated, and in use
		return must(azidentity.NewUsernamePasswordCredential(home.ID, sdkApp, sdkUser, password,
			&azidentity.UsernamePasswordCredentialOptions{ClientOptions: s.azure()}))(t)
	}
	is(t, "me", must(s.with(t, with(home.Users[1].Password)).me().Get(t.Context(), nil))(t).GetUserPrincipalName(), sdkUser)
	_, err := with("x").GetToken(t.Context(), policy.TokenRequestOptions{Scopes: sdkScopes})
	if err == nil || !strings.Contains(err.Error(), "AADSTS50126") {
		t.Errorf("a wrong password: %v", err)
	}
}

// TestAzurePeople: a person signs in by device code, an API goes on for them, and
// a claims challenge is met with a new token.
func TestAzurePeople(t *testing.T) {
	t.Parallel()
	s := startSDK(t, sim.Options{Scenario: "approved", Faults: []string{"caechallenge=1,path=/v1.0/organization"}})
	tenant := s.Ready().Tenants[0].ID
	cred := must(azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
		ClientOptions: s.azure(), TenantID: tenant, ClientID: sdkApp,
		UserPrompt: func(_ context.Context, m azidentity.DeviceCodeMessage) error {
			w := s.browser(t)
			w.open(m.VerificationURL)
			w.press("Allow access", "otc", m.UserCode)
			w.press(sdkUser)
			w.press("Continue")
			return nil
		},
	}))(t)
	record := must(cred.Authenticate(t.Context(), &policy.TokenRequestOptions{Scopes: sdkScopes, EnableCAE: true}))(t)
	if record.Username != sdkUser || record.TenantID != tenant {
		t.Errorf("signed in: %+v", record)
	}
	c := s.with(t, cred)
	is(t, "me", must(c.me().Get(t.Context(), nil))(t).GetUserPrincipalName(), sdkUser)
	must(organization.NewOrganizationRequestBuilderInternal(c.at(), c.adapter).Get(t.Context(), nil))(t)
	var states []int
	for _, call := range s.book.calls {
		if call.path == "/organization" {
			states = append(states, call.status)
		}
	}
	if !slices.Equal(states, []int{http.StatusUnauthorized, http.StatusOK}) {
		t.Errorf("challenged: %v", states)
	}
	own := must(cred.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{sdkApp + "/.default"}}))(t)
	behalf := must(azidentity.NewOnBehalfOfCredentialWithSecret(tenant, sdkApp, own.Token, sdkSecret,
		&azidentity.OnBehalfOfCredentialOptions{ClientOptions: s.azure()}))(t)
	is(t, "me, on behalf", must(s.with(t, behalf).me().Get(t.Context(), nil))(t).GetUserPrincipalName(), sdkUser)
}
