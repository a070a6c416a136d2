package sim_test

import (
	"errors"
	"net/http"
	"sync"
	"testing"

	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
)

// batchReady registers what GraphServiceClient registers for the whole program:
// core's batch decodes its parts with it.
var batchReady = sync.OnceValue(func() error {
	kiota.RegisterDefaultDeserializer(func() serialization.ParseNodeFactory { return kjson.NewJsonParseNodeFactory() })
	return core.RegisterError(core.BatchRequestErrorRegistryKey, kiota.ErrorMappings{
		"4XX": odataerrors.CreateODataErrorFromDiscriminatorValue, "5XX": odataerrors.CreateODataErrorFromDiscriminatorValue,
	})
})

// driveBatch sends reads, a write and a failure together: parts answer one by one.
func driveBatch(t *testing.T, c *sdk) {
	did(t, batchReady())
	ctx := t.Context()
	client, api, who := c.idOf(t, hetkApp), c.idOf(t, graphAPI), *must(c.user(sdkUser).Get(ctx, nil))(t).GetId()
	grant := models.NewOAuth2PermissionGrant()
	grant.SetClientId(&client)
	grant.SetResourceId(&api)
	grant.SetConsentType(new("Principal"))
	grant.SetPrincipalId(&who)
	grant.SetScope(new("User.Read"))
	batch := core.NewBatchRequest(c.adapter)
	add := func(ri *kiota.RequestInformation, err error) core.BatchItem {
		t.Helper()
		return must(batch.AddBatchRequestStep(*must(ri, err)(t)))(t)
	}
	me := add(c.me().ToGetRequestInformation(ctx, nil))
	lost := add(c.service("00000000-dead-4000-8000-000000000000").ToGetRequestInformation(ctx, nil))
	list := add(c.services().ToGetRequestInformation(ctx, &serviceAsk{Headers: eventual(), QueryParameters: &serviceQuery{
		Filter: new("startswith(displayName,'Hetk')"), Select: []string{"id", "displayName"},
	}}))
	made := add(c.grants().ToPostRequestInformation(ctx, grant, nil))
	after := add(c.service(client).Oauth2PermissionGrants().ToGetRequestInformation(ctx, nil))
	after.DependsOnItem(made)
	vain := add(c.me().ToGetRequestInformation(ctx, nil))
	vain.DependsOnItem(lost)
	got := must(batch.Send(ctxOf(t, byBatch), c.adapter))(t)
	for id, want := range map[string]int32{
		*me.GetId(): http.StatusOK, *lost.GetId(): http.StatusNotFound, *list.GetId(): http.StatusOK,
		*made.GetId(): http.StatusCreated, *after.GetId(): http.StatusOK, *vain.GetId(): http.StatusFailedDependency,
	} {
		is(t, "status", got.GetResponseById(id).GetStatus(), want)
	}
	is(t, "me", must(core.GetBatchResponseById[models.Userable](got, *me.GetId(), models.CreateUserFromDiscriminatorValue))(t).GetUserPrincipalName(), sdkAdmin)
	hetk := must(core.GetBatchResponseById[models.ServicePrincipalCollectionResponseable](got, *list.GetId(), models.CreateServicePrincipalCollectionResponseFromDiscriminatorValue))(t)
	if got := names(hetk.GetValue()); len(got) != 1 || got[0] != "Hetk Calendar Sync" {
		t.Errorf("list: %v", got)
	}
	grants := must(core.GetBatchResponseById[models.OAuth2PermissionGrantCollectionResponseable](got, *after.GetId(), models.CreateOAuth2PermissionGrantCollectionResponseFromDiscriminatorValue))(t)
	mine := find(t, grants.GetValue(), func(g models.OAuth2PermissionGrantable) bool {
		return g.GetPrincipalId() != nil && *g.GetPrincipalId() == who
	})
	_, err := core.GetBatchResponseById[models.ServicePrincipalable](got, *lost.GetId(), models.CreateServicePrincipalFromDiscriminatorValue)
	if codeOf(err) != "Request_ResourceNotFound" {
		t.Errorf("the failed part: %v", describe(err))
	}
	did(t, c.grants().ByOAuth2PermissionGrantId(*mine.GetId()).Delete(ctx, nil))
}

// driveBatches sends more than fits into one batch.
func driveBatches(t *testing.T, c *sdk) {
	did(t, batchReady())
	many := core.NewBatchRequestCollection(c.adapter)
	var ids []string
	for range 25 {
		item := must(many.AddBatchRequestStep(*must(c.me().ToGetRequestInformation(t.Context(), nil))(t)))(t)
		ids = append(ids, *item.GetId())
	}
	got := must(many.Send(ctxOf(t, byBatch), c.adapter))(t)
	for _, id := range ids {
		is(t, "status", got.GetResponseById(id).GetStatus(), http.StatusOK)
	}
	one := core.NewBatchRequest(c.adapter)
	_, err := one.Send(ctxOf(t, byBatch), c.adapter)
	var failed *odataerrors.ODataError
	if !errors.As(err, &failed) || failed.ResponseStatusCode != http.StatusBadRequest {
		t.Errorf("an empty batch: %v", describe(err))
	}
}
