package sim_test

import (
	"testing"

	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
)

// driveByApp reads and writes behind servicePrincipals(appId='…'), which the SDK
// has builders for only under the id: they are given the address.
func driveByApp(t *testing.T, c *sdk) {
	ctx := ctxOf(t, byURL)
	at := func(rest string) string { return sdkRoot + "/servicePrincipals(appId='" + rest }
	one := c.service("of the url")
	grants := must(one.Oauth2PermissionGrants().WithUrl(at(hetkApp+"')/oauth2PermissionGrants")).Get(ctx, nil))(t)
	is(t, "scope", grants.GetValue()[0].GetScope(), "openid User.Read Calendars.ReadWrite")
	given := must(one.AppRoleAssignedTo().WithUrl(at(hetkApp+"')/appRoleAssignedTo")).Get(ctx, nil))(t)
	is(t, "assigned", given.GetValue()[0].GetPrincipalType(), "User")
	held := must(one.AppRoleAssignments().WithUrl(at(graphAPI+"')/appRoleAssignments")).Get(ctx, nil))(t)
	if len(held.GetValue()) != 0 {
		t.Errorf("Graph holds %d roles", len(held.GetValue()))
	}
	// A builder forgets its address once it was used, so each call makes its own.
	classes := one.DelegatedPermissionClassifications()
	under := graphAPI + "')/delegatedPermissionClassifications"
	all := func() *serviceprincipals.ItemDelegatedPermissionClassificationsRequestBuilder {
		return classes.WithUrl(at(under))
	}
	made := must(all().Post(ctx, c.class(t, "Contacts.Read", models.HIGH_PERMISSIONCLASSIFICATIONTYPE), nil))(t)
	list := must(all().Get(ctx, nil))(t).GetValue()
	got := find(t, list, func(d models.DelegatedPermissionClassificationable) bool { return *d.GetId() == *made.GetId() })
	is(t, "class", got.GetClassification(), models.HIGH_PERMISSIONCLASSIFICATIONTYPE)
	this := func() *serviceprincipals.ItemDelegatedPermissionClassificationsDelegatedPermissionClassificationItemRequestBuilder {
		return classes.ByDelegatedPermissionClassificationId("of the url").WithUrl(at(under + "/" + *made.GetId()))
	}
	is(t, "permission", must(this().Get(ctx, nil))(t).GetPermissionName(), "Contacts.Read")
	did(t, this().Delete(ctx, nil))
	gone[models.DelegatedPermissionClassificationable](t, "class")(this().Get(ctx, nil))
}

// driveProperties reads properties by paths of their own: the SDK has models for
// them and no builders.
func driveProperties(t *testing.T, c *sdk) {
	api := c.idOf(t, graphAPI)
	roles := listOf(t, c, "/servicePrincipals/"+api+"/appRoles", models.CreateAppRoleFromDiscriminatorValue)
	find(t, roles, func(p serialization.Parsable) bool {
		r, ok := p.(models.AppRoleable)
		return ok && *r.GetValue() == "Mail.Read" && *r.GetIsEnabled()
	})
	scopes := listOf(t, c, "/servicePrincipals/"+api+"/oauth2PermissionScopes", models.CreatePermissionScopeFromDiscriminatorValue)
	find(t, scopes, func(p serialization.Parsable) bool {
		s, ok := p.(models.PermissionScopeable)
		return ok && *s.GetValue() == "Mail.Read" && *s.GetTypeEscaped() == "User"
	})
	ri := request(kiota.GET, "/policies/authorizationPolicy/defaultUserRolePermissions")
	got := must(c.adapter.Send(ctxOf(t, byRequest), ri, models.CreateDefaultUserRolePermissionsFromDiscriminatorValue, nil))(t)
	if may, ok := got.(models.DefaultUserRolePermissionsable); !ok || len(may.GetPermissionGrantPoliciesAssigned()) == 0 {
		t.Errorf("default permissions: %T", got)
	}
}

// request is what the SDK's builders make for their paths.
func request(method kiota.HttpMethod, path string) *kiota.RequestInformation {
	ri := kiota.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(method, "{+baseurl}"+path, map[string]string{"baseurl": sdkRoot})
	ri.Headers.TryAdd("Accept", "application/json")
	return ri
}

// listOf reads a list for which the SDK has no type.
func listOf(t *testing.T, c *sdk, path string, kind serialization.ParsableFactory) []serialization.Parsable {
	t.Helper()
	raw := must(c.adapter.SendPrimitive(ctxOf(t, byRequest), request(kiota.GET, path), "[]byte", nil))(t)
	body, ok := raw.([]byte)
	if !ok {
		t.Fatalf("%T", raw)
	}
	root := must(kjson.NewJsonParseNode(body))(t)
	return must(must(root.GetChildNode("value"))(t).GetCollectionOfObjectValues(kind))(t)
}
