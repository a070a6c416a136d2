package sim_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"onboard.example/checks/sim"
)

const (
	chinaLogin = "https://login.partner.microsoftonline.cn/"
	chinaGraph = "microsoftgraph.chinacloudapi.cn"
	graphCLI   = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
)

// TestSDKNationalCloud: under a national cloud's names there is that cloud's
// tenant, its links stay there, and a token of elsewhere opens nothing.
func TestSDKNationalCloud(t *testing.T) {
	t.Parallel()
	s := startSDK(t, sim.Options{Scenario: "two-clouds"})
	p := must(public.New(graphCLI, public.WithAuthority(chinaLogin+"contoso.example"), public.WithHTTPClient(s.http())))(t)
	scopes := []string{"https://" + chinaGraph + "/Application.Read.All", "https://" + chinaGraph + "/User.Read"}
	res := must(p.AcquireTokenInteractive(t.Context(), scopes, public.WithOpenURL(s.surf(t, "admin@contoso-cn.example"))))(t)
	hosts := must(authentication.NewAllowedHostsValidatorErrorCheck([]string{chinaGraph}))(t)
	c := s.client(t, &sdkTokens{client: p, account: res.Account, hosts: hosts, scopes: scopes})
	root := "https://" + chinaGraph + "/v1.0"
	at := maps.Clone(c.at())
	at["baseurl"] = root
	c.adapter.SetBaseUrl(root)
	org := must(organization.NewOrganizationRequestBuilderInternal(at, c.adapter).Get(t.Context(), nil))(t).GetValue()[0]
	is(t, "organization", org.GetId(), s.Ready().Tenants[1].ID)
	first := must(serviceprincipals.NewServicePrincipalsRequestBuilderInternal(at, c.adapter).Get(t.Context(), &serviceAsk{QueryParameters: &serviceQuery{Top: new(int32(1))}}))(t)
	if next := first.GetOdataNextLink(); next == nil || !strings.HasPrefix(*next, root) {
		t.Fatalf("next: %v", next)
	}
	pages := must(core.NewPageIterator[models.ServicePrincipalable](first, c.adapter, models.CreateServicePrincipalCollectionResponseFromDiscriminatorValue))(t)
	n := 0
	did(t, pages.Iterate(t.Context(), func(models.ServicePrincipalable) bool { n++; return true }))
	if n < 2 {
		t.Errorf("%d service principals", n)
	}
	elsewhere := s.client(t, fixedToken(res.AccessToken))
	if _, err := elsewhere.me().Get(t.Context(), nil); codeOf(err) != "InvalidAuthenticationToken" {
		t.Errorf("at the worldwide Graph: %v", describe(err))
	}
	if call := s.book.last(t, http.MethodGet, "/me"); call.status != http.StatusUnauthorized {
		t.Errorf("status %d", call.status)
	}
}
