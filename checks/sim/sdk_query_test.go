package sim_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/auditlogs"
	"github.com/microsoftgraph/msgraph-sdk-go/identitygovernance"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"onboard.example/checks/sim"
)

// Queries as the SDK writes them, and pages as its iterator turns them.

type (
	serviceQuery = serviceprincipals.ServicePrincipalsRequestBuilderGetQueryParameters
	serviceAsk   = serviceprincipals.ServicePrincipalsRequestBuilderGetRequestConfiguration
	userQuery    = users.UsersRequestBuilderGetQueryParameters
	userAsk      = users.UsersRequestBuilderGetRequestConfiguration
)

func TestSDKQueries(t *testing.T) {
	t.Parallel()
	c := startSDK(t, sim.Options{}).signIn(t, sdkAdmin)
	for name, query := range map[string]func(*testing.T, *sdk){
		"services": queryServices, "people": queryPeople, "expand": queryExpand, "pages": queryPages, "logs": queryLogs,
		"refused": queryRefused,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			query(t, c.as(t))
		})
	}
}

// names are the display names of a list, as they came.
func names[T interface{ GetDisplayName() *string }](list []T) []string {
	var out []string
	for _, one := range list {
		out = append(out, *one.GetDisplayName())
	}
	return out
}

// queryServices filters, searches, sorts, counts and narrows.
func queryServices(t *testing.T, c *sdk) {
	for _, tt := range []struct {
		name  string
		query serviceQuery
		want  []string
	}{
		{"filter by app", serviceQuery{Filter: new("appId eq '" + hetkApp + "'")}, []string{"Hetk Calendar Sync"}},
		{"filter with or", serviceQuery{Filter: new("appId eq '" + hetkApp + "' or appId eq '" + ownTool + "'"), Orderby: []string{"displayName desc"}, Count: new(true)}, []string{"Own Tool", "Hetk Calendar Sync"}},
		{"any", serviceQuery{Filter: new("servicePrincipalNames/any(n:n eq '" + graphAPI + "')"), Count: new(true)}, []string{graphAPIName}},
		{"starts with", serviceQuery{Filter: new("startswith(displayName,'Hetk')")}, []string{"Hetk Calendar Sync"}},
		{"search", serviceQuery{Search: new(`"displayName:Calendar"`), Count: new(true)}, []string{"Hetk Calendar Sync"}},
		{"in", serviceQuery{Filter: new("appId in ('" + ownTool + "')")}, []string{"Own Tool"}},
	} {
		got := must(c.services().Get(t.Context(), &serviceAsk{Headers: eventual(), QueryParameters: &tt.query}))(t)
		if !slices.Equal(names(got.GetValue()), tt.want) {
			t.Errorf("%s: %v", tt.name, names(got.GetValue()))
		}
		if tt.query.Count != nil {
			is(t, tt.name+": count", got.GetOdataCount(), int64(len(tt.want)))
		}
	}
	few := must(c.services().Get(t.Context(), &serviceAsk{QueryParameters: &serviceQuery{Select: []string{"id", "appId"}, Top: new(int32(1))}}))(t).GetValue()
	if len(few) != 1 || few[0].GetId() == nil || few[0].GetAppId() == nil {
		t.Fatalf("%d", len(few))
	}
	none(t, "name that was not selected", few[0].GetDisplayName())
	if len(few[0].GetAppRoles()) != 0 {
		t.Error("roles that were not selected")
	}
	asked := c.book.last(t, http.MethodGet, "/servicePrincipals")
	if !strings.Contains(asked.header.Get("SdkVersion"), "graph-go/1.89.0") {
		t.Errorf("SdkVersion %q", asked.header.Get("SdkVersion"))
	}
}

// queryPeople counts only for those who ask for an advanced query.
func queryPeople(t *testing.T, c *sdk) {
	members := &userQuery{Filter: new("userType eq 'Member'"), Count: new(true), Orderby: []string{"displayName"}, Select: []string{"id", "displayName"}}
	got := must(c.users().Get(t.Context(), &userAsk{Headers: eventual(), QueryParameters: members}))(t)
	is(t, "count", got.GetOdataCount(), int64(len(got.GetValue())))
	if !slices.IsSorted(names(got.GetValue())) {
		t.Errorf("sorted: %v", names(got.GetValue()))
	}
	none(t, "address that was not selected", got.GetValue()[0].GetUserPrincipalName())
	plain := must(c.users().Get(t.Context(), &userAsk{QueryParameters: &userQuery{Count: new(true)}}))(t)
	none(t, "count without ConsistencyLevel", plain.GetOdataCount())
	one := must(c.user(sdkUser).Get(t.Context(), &users.UserItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.UserItemRequestBuilderGetQueryParameters{Select: []string{"accountEnabled", "createdDateTime", "userType"}},
	}))(t)
	is(t, "enabled", one.GetAccountEnabled(), true)
	is(t, "type", one.GetUserType(), "Member")
	if at := one.GetCreatedDateTime(); at == nil || at.Year() != 2024 {
		t.Errorf("created %v", at)
	}
}

// queryExpand reads relations with what they hang on.
func queryExpand(t *testing.T, c *sdk) {
	ctx := t.Context()
	hetk := must(c.services().Get(ctx, &serviceAsk{QueryParameters: &serviceQuery{
		Filter: new("appId eq '" + hetkApp + "'"), Expand: []string{"appRoleAssignedTo"},
	}}))(t).GetValue()[0]
	is(t, "assigned", hetk.GetAppRoleAssignedTo()[0].GetPrincipalDisplayName(), "Sample User")
	sample := must(c.policies().PermissionGrantPolicies().ByPermissionGrantPolicyId("sample-policy").Get(ctx,
		&policies.PermissionGrantPoliciesPermissionGrantPolicyItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &policies.PermissionGrantPoliciesPermissionGrantPolicyItemRequestBuilderGetQueryParameters{Expand: []string{"includes", "excludes"}},
		}))(t)
	if len(sample.GetIncludes()) != 1 || *sample.GetExcludes()[0].GetPermissionClassification() != "high" {
		t.Errorf("%d includes", len(sample.GetIncludes()))
	}
	asked := must(identitygovernance.NewIdentityGovernanceRequestBuilderInternal(c.at(), c.adapter).AppConsent().AppConsentRequests().Get(ctx,
		&identitygovernance.AppConsentAppConsentRequestsRequestBuilderGetRequestConfiguration{
			QueryParameters: &identitygovernance.AppConsentAppConsentRequestsRequestBuilderGetQueryParameters{
				Filter: new("userConsentRequests/any(u:u/status eq 'InProgress')"), Expand: []string{"userConsentRequests"},
			},
		}))(t).GetValue()
	is(t, "reason", asked[0].GetUserConsentRequests()[0].GetReason(), "I would like to see my calendar there.")
}

// queryPages turns the pages of a list, forgetting nobody and telling nobody
// twice, and stops where it is told to.
func queryPages(t *testing.T, c *sdk) {
	ctx := t.Context()
	whole := must(c.services().Get(ctx, nil))(t).GetValue()
	first := must(c.services().Get(ctx, &serviceAsk{QueryParameters: &serviceQuery{Top: new(int32(2)), Select: []string{"id"}}}))(t)
	if next := first.GetOdataNextLink(); next == nil || !strings.HasPrefix(*next, sdkRoot+"/servicePrincipals?") {
		t.Fatalf("next: %v", next)
	}
	pages := must(core.NewPageIterator[models.ServicePrincipalable](first, c.adapter, models.CreateServicePrincipalCollectionResponseFromDiscriminatorValue))(t)
	seen := map[string]int{}
	look := func(sp models.ServicePrincipalable) bool {
		seen[*sp.GetId()]++
		return len(seen) != 3
	}
	did(t, pages.Iterate(ctx, look))
	if len(seen) != 3 {
		t.Errorf("saw %d before the pause", len(seen))
	}
	did(t, pages.Iterate(ctx, look))
	if len(seen) != len(whole) || slices.ContainsFunc(slices.Collect(maps.Values(seen)), func(n int) bool { return n != 1 }) {
		t.Errorf("saw %v of %d", seen, len(whole))
	}
	second := must(c.services().WithUrl(*first.GetOdataNextLink()).Get(ctx, nil))(t).GetValue()
	if len(second) != 2 || *second[0].GetId() == *first.GetValue()[0].GetId() || second[0].GetDisplayName() != nil {
		t.Errorf("second page: %d", len(second))
	}
}

// queryLogs filters by time and by app, newest first.
func queryLogs(t *testing.T, c *sdk) {
	ctx := t.Context()
	got := must(c.logs().SignIns().Get(ctx, &auditlogs.SignInsRequestBuilderGetRequestConfiguration{
		QueryParameters: &auditlogs.SignInsRequestBuilderGetQueryParameters{
			Filter: new("createdDateTime ge 2020-01-01T00:00:00Z and appDisplayName eq 'Sophiie'"), Top: new(int32(5)),
		},
	}))(t).GetValue()
	if len(got) != 1 || *got[0].GetStatus().GetErrorCode() != 90094 {
		t.Errorf("%d sign-ins", len(got))
	}
	all := must(c.logs().SignIns().Get(ctx, nil))(t).GetValue()
	if !slices.IsSortedFunc(all, func(a, b models.SignInable) int { return b.GetCreatedDateTime().Compare(*a.GetCreatedDateTime()) }) {
		t.Error("not the newest first")
	}
	none := must(c.logs().DirectoryAudits().Get(ctx, &auditlogs.DirectoryAuditsRequestBuilderGetRequestConfiguration{
		QueryParameters: &auditlogs.DirectoryAuditsRequestBuilderGetQueryParameters{Filter: new("activityDisplayName eq 'Delete user'")},
	}))(t).GetValue()
	if len(none) != 0 {
		t.Errorf("%d users were deleted", len(none))
	}
}

// TestSDKDelta tells what changed, and what is gone.
func TestSDKDelta(t *testing.T) {
	t.Parallel()
	c := startSDK(t, sim.Options{}).signIn(t, sdkAdmin)
	ctx := t.Context()
	body := models.NewServicePrincipal()
	body.SetAppId(new(nylasApp))
	made := must(c.services().Post(ctx, body, nil))(t)
	before := must(c.services().Delta().GetAsDeltaGetResponse(ctx, &serviceprincipals.DeltaRequestBuilderGetRequestConfiguration{
		QueryParameters: &serviceprincipals.DeltaRequestBuilderGetQueryParameters{Select: []string{"displayName"}},
	}))(t)
	did(t, c.service(*made.GetId()).Delete(ctx, nil))
	after := must(c.services().Delta().WithUrl(*before.GetOdataDeltaLink()).GetAsDeltaGetResponse(ctx, nil))(t).GetValue()
	lost := find(t, after, func(sp models.ServicePrincipalable) bool { return *sp.GetId() == *made.GetId() })
	if lost.GetAdditionalData()["@removed"] == nil {
		t.Error("a service principal that is gone is not told as removed")
	}
}

// queryRefused misuses queries: the SDK's errors say how.
func queryRefused(t *testing.T, c *sdk) {
	for name, tt := range map[string]struct {
		ask  serviceAsk
		code string
	}{
		"unknown property":     {serviceAsk{QueryParameters: &serviceQuery{Filter: new("colour eq 'red'")}}, "Request_BadRequest"},
		"no filter":            {serviceAsk{QueryParameters: &serviceQuery{Filter: new("appId eq")}}, "Request_BadRequest"},
		"unknown select":       {serviceAsk{QueryParameters: &serviceQuery{Select: []string{"colour"}}}, "Request_BadRequest"},
		"search, unprepared":   {serviceAsk{QueryParameters: &serviceQuery{Search: new(`"displayName:Hetk"`)}}, "Request_UnsupportedQuery"},
		"search, unquoted":     {serviceAsk{Headers: eventual(), QueryParameters: &serviceQuery{Search: new("displayName:Hetk")}}, "Request_BadRequest"},
		"advanced, unprepared": {serviceAsk{QueryParameters: &serviceQuery{Filter: new("appId ne '" + hetkApp + "'")}}, "Request_UnsupportedQuery"},
		"too many":             {serviceAsk{QueryParameters: &serviceQuery{Top: new(int32(1000))}}, "Request_BadRequest"},
		"skip":                 {serviceAsk{QueryParameters: &serviceQuery{Skip: new(int32(1))}}, "Request_BadRequest"},
		"unknown relation":     {serviceAsk{QueryParameters: &serviceQuery{Expand: []string{"friends"}}}, "Request_BadRequest"},
	} {
		if _, err := c.services().Get(t.Context(), &tt.ask); codeOf(err) != tt.code {
			t.Errorf("%s: %v", name, describe(err))
		}
	}
}
