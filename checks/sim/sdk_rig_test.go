package sim_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	khttp "github.com/microsoft/kiota-http-go"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	ktext "github.com/microsoft/kiota-serialization-text-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"

	"onboard.example/checks/sim"
)

// Microsoft's Graph SDK as its users have it: Microsoft's own addresses, MSAL's
// tokens, the SDK's default middleware and serializers, all of it led to a
// simulator. Only the transport at the very bottom is ours: it leads there,
// trusts the simulator's certificate and writes down what passed.

const (
	sdkApp    = "22222222-3333-4444-8555-666666666666"
	sdkSecret = "own-secret"
	sdkAdmin  = "admin@contoso.example"
	sdkUser   = "user@contoso.example"
	sdkRoot   = "https://graph.microsoft.com/v1.0"
	sdkLogin  = "https://login.microsoftonline.com/"
	hetkApp   = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"
	ownTool   = "11111111-2222-4333-8444-555555555555"
	graphHost = "graph.microsoft.com"
)

// sdkSim is a simulator, and the way to it from Microsoft's names.
type sdkSim struct {
	*sim.Sim
	net  http.RoundTripper
	book *ledger
}

// startSDK starts a simulator in which sdkApp may do everything.
func startSDK(t *testing.T, o sim.Options) *sdkSim {
	t.Helper()
	if o.Scenario == "" {
		o.Scenario, o.Scenarios = "whole", os.DirFS("testdata")
	}
	o.Dir = t.TempDir()
	o.Register = append(o.Register, sdkApp+":"+sdkSecret)
	sim.ShareKeys(&o)
	s, err := sim.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	pem, err := os.ReadFile(s.Ready().CA)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("the certificate cannot be read")
	}
	d := net.Dialer{}
	tr := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return d.DialContext(ctx, network, s.Ready().HTTPS)
		},
	}
	t.Cleanup(tr.CloseIdleConnections)
	book := &ledger{next: tr}
	return &sdkSim{Sim: s, net: tr, book: book}
}

// http is a client whose Microsoft is the simulator.
func (s *sdkSim) http() *http.Client {
	return &http.Client{Transport: s.net, Timeout: 30 * time.Second}
}

// msalPublic is MSAL as a desktop program has it, with instance discovery.
func (s *sdkSim) msalPublic(t *testing.T, opts ...public.Option) public.Client {
	t.Helper()
	opts = append([]public.Option{
		public.WithAuthority(sdkLogin + "contoso.example"), public.WithHTTPClient(s.http()),
		public.WithClientCapabilities([]string{"cp1"}),
	}, opts...)
	c, err := public.New(sdkApp, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sdkTokens gives the SDK the tokens of somebody who signed in with MSAL, as
// azidentity's credentials do.
type sdkTokens struct {
	client  public.Client
	account public.Account
	hosts   *authentication.AllowedHostsValidator
	scopes  []string
}

// sdkScopes are what every token is asked for.
var sdkScopes = []string{"https://" + graphHost + "/.default"}

func (s *sdkTokens) GetAuthorizationToken(ctx context.Context, u *url.URL, more map[string]any) (string, error) {
	if u.Scheme != "https" || !s.hosts.IsUrlHostValid(u) {
		return "", fmt.Errorf("no token for %s", u.Host)
	}
	opts := []public.AcquireSilentOption{public.WithSilentAccount(s.account)}
	if claims, ok := more["claims"].(string); ok && claims != "" {
		raw, err := base64.StdEncoding.DecodeString(claims)
		if err != nil {
			return "", fmt.Errorf("claims of a challenge: %w", err)
		}
		opts = append(opts, public.WithClaims(string(raw)))
	}
	res, err := s.client.AcquireTokenSilent(ctx, s.scopes, opts...)
	return res.AccessToken, err
}

func (s *sdkTokens) GetAllowedHostsValidator() *authentication.AllowedHostsValidator { return s.hosts }

// signIn signs a person in through the browser and gives their Graph.
func (s *sdkSim) signIn(t *testing.T, upn string) *sdk {
	t.Helper()
	c := s.msalPublic(t)
	res, err := c.AcquireTokenInteractive(t.Context(), sdkScopes, public.WithOpenURL(s.surf(t, upn)))
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := authentication.NewAllowedHostsValidatorErrorCheck([]string{graphHost})
	if err != nil {
		t.Fatal(err)
	}
	return s.client(t, &sdkTokens{client: c, account: res.Account, hosts: hosts, scopes: sdkScopes})
}

// sdk is Microsoft's SDK in somebody's hands.
type sdk struct {
	*sdkSim
	adapter kiota.RequestAdapter
	tokens  authentication.AccessTokenProvider
}

// client makes the SDK's adapter the way GraphServiceClient does.
func (s *sdkSim) client(t *testing.T, tokens authentication.AccessTokenProvider) *sdk {
	t.Helper()
	parse := serialization.NewParseNodeFactoryRegistry()
	parse.ContentTypeAssociatedFactories["application/json"] = kjson.NewJsonParseNodeFactory()
	parse.ContentTypeAssociatedFactories["text/plain"] = ktext.NewTextParseNodeFactory()
	write := serialization.NewSerializationWriterFactoryRegistry()
	write.ContentTypeAssociatedFactories["application/json"] = kjson.NewJsonSerializationWriterFactory()
	options := core.GraphClientOptions{GraphServiceLibraryVersion: "1.89.0"}
	hc := core.GetDefaultClient(&options)
	hc.Transport = khttp.NewCustomTransportWithParentTransport(s.book, core.GetDefaultMiddlewaresWithOptions(&options)...)
	base, err := core.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		authentication.NewBaseBearerTokenAuthenticationProvider(tokens), options, parse, write, hc)
	if err != nil {
		t.Fatal(err)
	}
	base.SetBaseUrl(sdkRoot)
	return &sdk{sdkSim: s, adapter: &witness{RequestAdapter: base, t: t, book: s.book}, tokens: tokens}
}

// at is where builders start.
func (c *sdk) at() map[string]string { return map[string]string{"baseurl": sdkRoot} }

// as is the same person's SDK, whose findings are another test's.
func (c *sdk) as(t *testing.T) *sdk {
	t.Helper()
	return c.client(t, c.tokens)
}
