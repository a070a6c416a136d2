package sim_test

import (
	"testing"

	"github.com/google/uuid"
	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipalswithappid"
)

const (
	graphAPIName = "Microsoft Graph"
	nylasApp     = "5a1c0003-0000-4000-8000-0000000a71a5"
	carerixApp   = "5a1c0001-0000-4000-8000-00000ca7e71c"
	mailRead     = "810c84a8-4a9e-49e6-bf7d-12d183f40d01" // the app role
)

func (c *sdk) services() *serviceprincipals.ServicePrincipalsRequestBuilder {
	return serviceprincipals.NewServicePrincipalsRequestBuilderInternal(c.at(), c.adapter)
}

func (c *sdk) service(id string) *serviceprincipals.ServicePrincipalItemRequestBuilder {
	return c.services().ByServicePrincipalId(id)
}

func (c *sdk) serviceByApp(appID string) *serviceprincipalswithappid.ServicePrincipalsWithAppIdRequestBuilder {
	return serviceprincipalswithappid.NewServicePrincipalsWithAppIdRequestBuilderInternal(c.at(), c.adapter, &appID)
}

// idOf is the id of an app's service principal.
func (c *sdk) idOf(t *testing.T, appID string) string {
	t.Helper()
	return *must(c.serviceByApp(appID).Get(t.Context(), nil))(t).GetId()
}

// eventual asks for an advanced query.
func eventual() *kiota.RequestHeaders {
	h := kiota.NewRequestHeaders()
	h.Add("ConsistencyLevel", "eventual")
	return h
}

// driveServices makes a service principal, changes it and takes it away again,
// by both of its keys.
func driveServices(t *testing.T, c *sdk) {
	ctx := t.Context()
	first := must(c.services().Delta().GetAsDeltaGetResponse(ctx, nil))(t)
	body := models.NewServicePrincipal()
	body.SetAppId(new(nylasApp))
	body.SetTags([]string{"WindowsAzureActiveDirectoryIntegratedApp"})
	made := must(c.services().Post(ctx, body, nil))(t)
	is(t, "name", made.GetDisplayName(), "Nylas Integration")
	is(t, "enabled", made.GetAccountEnabled(), true)
	is(t, "type", made.GetServicePrincipalType(), "Application")
	none(t, "disabledByMicrosoftStatus", made.GetDisabledByMicrosoftStatus())
	is(t, "publisher", made.GetVerifiedPublisher().GetDisplayName(), "Nylas")
	if at := made.GetVerifiedPublisher().GetAddedDateTime(); at == nil || at.Year() < 2015 {
		t.Errorf("verified at %v", at)
	}
	one := c.service(*made.GetId())
	change := models.NewServicePrincipal()
	change.SetAppRoleAssignmentRequired(new(true))
	change.SetNotes(new("seen"))
	must(one.Patch(ctx, change, nil))(t)
	got := must(one.Get(ctx, nil))(t)
	is(t, "assignment required", got.GetAppRoleAssignmentRequired(), true)
	is(t, "notes", got.GetNotes(), "seen")
	if tags := got.GetTags(); len(tags) != 1 {
		t.Errorf("tags: %v", tags)
	}
	change = models.NewServicePrincipal()
	change.SetAccountEnabled(new(false))
	must(c.serviceByApp(nylasApp).Patch(ctx, change, nil))(t)
	is(t, "enabled", must(c.serviceByApp(nylasApp).Get(ctx, nil))(t).GetAccountEnabled(), false)

	next := must(c.services().Delta().WithUrl(*first.GetOdataDeltaLink()).GetAsDeltaGetResponse(ctx, nil))(t)
	find(t, next.GetValue(), func(sp models.ServicePrincipalable) bool { return *sp.GetId() == *made.GetId() })

	did(t, one.Delete(ctx, nil))
	gone[models.ServicePrincipalable](t, "deleted")(one.Get(ctx, nil))
	again := must(c.services().Post(ctx, body, nil))(t)
	if *again.GetId() == *made.GetId() {
		t.Error("a new service principal has the id of the old one")
	}
	did(t, c.serviceByApp(nylasApp).Delete(ctx, nil))
	gone[models.ServicePrincipalable](t, "deleted by its app id")(c.serviceByApp(nylasApp).Get(ctx, nil))
}

// driveServiceLists reads what hangs on a service principal.
func driveServiceLists(t *testing.T, c *sdk) {
	ctx := t.Context()
	all := must(c.services().Get(ctx, nil))(t)
	n := must(c.services().Count().Get(ctx, &serviceprincipals.CountRequestBuilderGetRequestConfiguration{Headers: eventual()}))(t)
	if len(all.GetValue()) < 5 || *n < 5 {
		t.Errorf("%d service principals, counted %d", len(all.GetValue()), *n)
	}
	hetk := find(t, all.GetValue(), func(sp models.ServicePrincipalable) bool { return *sp.GetAppId() == hetkApp })
	if owner := hetk.GetAppOwnerOrganizationId(); owner == nil || *owner == uuid.Nil {
		t.Errorf("owner organization %v", owner)
	}
	one := c.service(*hetk.GetId())
	grants := must(one.Oauth2PermissionGrants().Get(ctx, nil))(t).GetValue()
	is(t, "scope", grants[0].GetScope(), "openid User.Read Calendars.ReadWrite")
	is(t, "consent", grants[0].GetConsentType(), "AllPrincipals")
	none(t, "principal", grants[0].GetPrincipalId())
	owners := must(one.Owners().Get(ctx, nil))(t).GetValue()
	if u, ok := owners[0].(models.Userable); !ok || *u.GetUserPrincipalName() != sdkAdmin {
		t.Errorf("owner is %T", owners[0])
	}
	if got := must(one.MemberOf().Get(ctx, nil))(t).GetValue(); len(got) != 0 {
		t.Errorf("member of %d", len(got))
	}
	must(one.TransitiveMemberOf().Get(ctx, nil))(t)
	api := must(c.serviceByApp(graphAPI).Get(ctx, nil))(t)
	is(t, "name", api.GetDisplayName(), graphAPIName)
	scopes, roles := api.GetOauth2PermissionScopes(), api.GetAppRoles()
	read := find(t, scopes, func(s models.PermissionScopeable) bool { return *s.GetValue() == "User.Read" })
	is(t, "User.Read's type", read.GetTypeEscaped(), "User")
	mail := find(t, roles, func(r models.AppRoleable) bool { return *r.GetValue() == "Mail.Read" })
	if mail.GetId().String() != mailRead || mail.GetAllowedMemberTypes()[0] != "Application" {
		t.Errorf("Mail.Read is %s for %v", mail.GetId(), mail.GetAllowedMemberTypes())
	}
}

// driveAssignments gives roles and takes them back, from both sides.
func driveAssignments(t *testing.T, c *sdk) {
	ctx := t.Context()
	client, api := c.idOf(t, ownTool), c.idOf(t, graphAPI)
	held := must(c.service(client).AppRoleAssignments().Get(ctx, nil))(t).GetValue()
	if len(held) != 1 || held[0].GetAppRoleId().String() != mailRead || held[0].GetResourceId().String() != api {
		t.Errorf("held: %d", len(held))
	}
	is(t, "resource", held[0].GetResourceDisplayName(), graphAPIName)
	is(t, "holder's type", held[0].GetPrincipalType(), "ServicePrincipal")
	one := c.service(client).AppRoleAssignments().ByAppRoleAssignmentId(*held[0].GetId())
	is(t, "id", must(one.Get(ctx, nil))(t).GetId(), *held[0].GetId())
	did(t, one.Delete(ctx, nil))
	gone[models.AppRoleAssignmentable](t, "role taken back")(one.Get(ctx, nil))
	made := must(c.service(client).AppRoleAssignments().Post(ctx, assignment(t, client, api, mailRead), nil))(t)
	if made.GetCreatedDateTime() == nil || made.GetCreatedDateTime().IsZero() {
		t.Error("no time of creation")
	}

	app := c.idOf(t, hetkApp)
	who := must(c.me().Get(ctx, nil))(t)
	given := c.service(app).AppRoleAssignedTo()
	was := len(must(given.Get(ctx, nil))(t).GetValue())
	mine := must(given.Post(ctx, assignment(t, *who.GetId(), app, uuid.Nil.String()), nil))(t)
	is(t, "principal", mine.GetPrincipalDisplayName(), "Sample Admin")
	is(t, "role", mine.GetAppRoleId(), uuid.Nil)
	if now := len(must(given.Get(ctx, nil))(t).GetValue()); now != was+1 {
		t.Errorf("%d assignments after %d", now, was)
	}
	is(t, "id", must(given.ByAppRoleAssignmentId(*mine.GetId()).Get(ctx, nil))(t).GetId(), *mine.GetId())
	did(t, given.ByAppRoleAssignmentId(*mine.GetId()).Delete(ctx, nil))
	gone[models.AppRoleAssignmentable](t, "assignment")(given.ByAppRoleAssignmentId(*mine.GetId()).Get(ctx, nil))
}

// assignment is a role for somebody at an app.
func assignment(t *testing.T, who, app, role string) *models.AppRoleAssignment {
	t.Helper()
	a := models.NewAppRoleAssignment()
	for value, set := range map[string]func(*uuid.UUID){who: a.SetPrincipalId, app: a.SetResourceId, role: a.SetAppRoleId} {
		id, err := uuid.Parse(value)
		if err != nil {
			t.Fatal(err)
		}
		set(&id)
	}
	return a
}

// driveClasses classifies a permission and forgets it again.
func driveClasses(t *testing.T, c *sdk) {
	ctx := t.Context()
	all := c.service(c.idOf(t, graphAPI)).DelegatedPermissionClassifications()
	list := must(all.Get(ctx, nil))(t).GetValue()
	is(t, "classified", list[0].GetPermissionName(), "openid")
	is(t, "class", list[0].GetClassification(), models.LOW_PERMISSIONCLASSIFICATIONTYPE)
	made := must(all.Post(ctx, c.class(t, "Mail.Send", models.MEDIUM_PERMISSIONCLASSIFICATIONTYPE), nil))(t)
	is(t, "new class", made.GetClassification(), models.MEDIUM_PERMISSIONCLASSIFICATIONTYPE)
	one := all.ByDelegatedPermissionClassificationId(*made.GetId())
	is(t, "permission", must(one.Get(ctx, nil))(t).GetPermissionName(), "Mail.Send")
	did(t, one.Delete(ctx, nil))
	gone[models.DelegatedPermissionClassificationable](t, "class")(one.Get(ctx, nil))
}

// class is a classification of one of Graph's permissions.
func (c *sdk) class(t *testing.T, name string, level models.PermissionClassificationType) *models.DelegatedPermissionClassification {
	t.Helper()
	api := must(c.serviceByApp(graphAPI).Get(t.Context(), nil))(t)
	scope := find(t, api.GetOauth2PermissionScopes(), func(s models.PermissionScopeable) bool { return *s.GetValue() == name })
	d := models.NewDelegatedPermissionClassification()
	d.SetPermissionId(new(scope.GetId().String()))
	d.SetPermissionName(&name)
	d.SetClassification(&level)
	return d
}
