package sim

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	khttp "github.com/microsoft/kiota-http-go"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipalswithappid"
)

// sdkClient is what an app of the SDK's users has: the adapter with Microsoft's
// default middleware, which retries and packs bodies.
func sdkClient(t *testing.T, s *Sim, token string) (kiota.RequestAdapter, string) {
	t.Helper()
	base := trusting(t, s).Transport
	client := &http.Client{Transport: khttp.NewCustomTransportWithParentTransport(roundTripper{base, token}, khttp.GetDefaultMiddlewares()...)}
	parse := serialization.NewParseNodeFactoryRegistry()
	parse.ContentTypeAssociatedFactories["application/json"] = kjson.NewJsonParseNodeFactory()
	write := serialization.NewSerializationWriterFactoryRegistry()
	write.ContentTypeAssociatedFactories["application/json"] = kjson.NewJsonSerializationWriterFactory()
	adapter, err := khttp.NewNetHttpRequestAdapterWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, parse, write, client)
	if err != nil {
		t.Fatal(err)
	}
	url := s.LoginURL() + "/v1.0"
	adapter.SetBaseUrl(url)
	return adapter, url
}

// roundTripper puts a fixed token on each request.
type roundTripper struct {
	next  http.RoundTripper
	token string
}

func (r roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+r.token)
	return r.next.RoundTrip(req)
}

func started(t *testing.T, o Options) *Sim {
	t.Helper()
	o.keys = sharedKeys
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// The whole of an admin's work through Microsoft's own SDK, over HTTP/2: find
// out that the app is absent, make it, grant it, read it back, take it away.
func TestMicrosoftSDK(t *testing.T) {
	t.Parallel()
	s := started(t, Options{Scenario: "managed-default"})
	token, err := s.Token(admin)
	if err != nil {
		t.Fatal(err)
	}
	adapter, root := sdkClient(t, s, token)
	ctx := t.Context()
	byApp := func(id string) *serviceprincipalswithappid.ServicePrincipalsWithAppIdRequestBuilder {
		return serviceprincipalswithappid.NewServicePrincipalsWithAppIdRequestBuilder(root+"/servicePrincipals(appId='"+id+"')", adapter)
	}
	_, err = byApp(hetkAppID).Get(ctx, nil)
	var odata *odataerrors.ODataError
	if !errors.As(err, &odata) || *odata.GetErrorEscaped().GetCode() != "Request_ResourceNotFound" {
		t.Fatalf("absent app: %v", err)
	}
	made := models.NewServicePrincipal()
	made.SetAppId(new(hetkAppID))
	apps := serviceprincipals.NewServicePrincipalsRequestBuilderInternal(map[string]string{"baseurl": root}, adapter)
	sp, err := apps.Post(ctx, made, nil)
	if err != nil {
		t.Fatal(err)
	}
	graph, err := byApp(graphAppID).Get(ctx, nil)
	if err != nil || len(graph.GetOauth2PermissionScopes()) < 90 {
		t.Fatalf("microsoft graph: %v", err)
	}
	grant := models.NewOAuth2PermissionGrant()
	grant.SetClientId(sp.GetId())
	grant.SetResourceId(graph.GetId())
	grant.SetConsentType(new("AllPrincipals"))
	grant.SetScope(new("User.Read Calendars.ReadWrite"))
	grants := oauth2permissiongrants.NewOauth2PermissionGrantsRequestBuilderInternal(map[string]string{"baseurl": root}, adapter)
	if _, err := grants.Post(ctx, grant, nil); err != nil {
		t.Fatal(err)
	}
	mine := apps.ByServicePrincipalId(*sp.GetId())
	list, err := mine.Oauth2PermissionGrants().Get(ctx, nil)
	if err != nil || len(list.GetValue()) != 1 || *list.GetValue()[0].GetScope() != "User.Read Calendars.ReadWrite" {
		t.Fatalf("grants: %v, %v", list, err)
	}
	if err := grants.ByOAuth2PermissionGrantId(*list.GetValue()[0].GetId()).Delete(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if list, err = mine.Oauth2PermissionGrants().Get(ctx, nil); err != nil || len(list.GetValue()) != 0 {
		t.Fatalf("after the delete: %v, %v", list, err)
	}
}

// The policies, as the SDK's typed models see them.
func TestMicrosoftSDKPolicies(t *testing.T) {
	t.Parallel()
	s := started(t, Options{Scenario: "low-classified", Faults: []string{"throttle=1,retry-after=1s"}})
	token, err := s.Token(admin)
	if err != nil {
		t.Fatal(err)
	}
	adapter, root := sdkClient(t, s, token)
	begin := time.Now()
	orgs, err := organization.NewOrganizationRequestBuilder(root+"/organization", adapter).Get(t.Context(), nil)
	if err != nil || *orgs.GetValue()[0].GetDisplayName() != "Contoso" || len(orgs.GetValue()[0].GetVerifiedDomains()) == 0 {
		t.Fatalf("organization: %v", err)
	}
	if waited := time.Since(begin); waited < time.Second {
		t.Errorf("the SDK did not wait for Retry-After: %s", waited)
	}
	all := policies.NewPoliciesRequestBuilderInternal(map[string]string{"baseurl": root}, adapter)
	auth, err := all.AuthorizationPolicy().Get(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	assigned := auth.GetDefaultUserRolePermissions().GetPermissionGrantPoliciesAssigned()
	if !strings.Contains(strings.Join(assigned, " "), "microsoft-user-default-low") || auth.GetAllowUserConsentForRiskyApps() != nil {
		t.Errorf("assigned: %v", assigned)
	}
	low, err := all.PermissionGrantPolicies().ByPermissionGrantPolicyId("microsoft-user-default-low").Includes().Get(t.Context(), nil)
	if err != nil || len(low.GetValue()) != 2 {
		t.Fatalf("includes: %v", err)
	}
	set := low.GetValue()[0]
	if *set.GetPermissionType() != models.DELEGATEDUSERCONSENTABLE_PERMISSIONTYPE || *set.GetPermissionClassification() != "low" ||
		!*set.GetClientApplicationsFromVerifiedPublisherOnly() {
		t.Errorf("first include: %v %v", set.GetPermissionType(), *set.GetPermissionClassification())
	}
	graph := s.world.tenants[0].serviceByAppID(graphAppID).ID
	classes, err := serviceprincipals.NewServicePrincipalsRequestBuilderInternal(map[string]string{"baseurl": root}, adapter).
		ByServicePrincipalId(graph).DelegatedPermissionClassifications().Get(t.Context(), nil)
	if err != nil || len(classes.GetValue()) != 6 || *classes.GetValue()[0].GetClassification() != models.LOW_PERMISSIONCLASSIFICATIONTYPE {
		t.Errorf("classifications: %d, %v", len(classes.GetValue()), err)
	}
}
