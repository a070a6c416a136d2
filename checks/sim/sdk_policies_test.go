package sim_test

import (
	"net/http"
	"slices"
	"testing"

	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"
)

func (c *sdk) policies() *policies.PoliciesRequestBuilder {
	return policies.NewPoliciesRequestBuilderInternal(c.at(), c.adapter)
}

func (c *sdk) grants() *oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilder {
	return oauth2permissiongrants.NewOauth2PermissionGrantsRequestBuilderInternal(c.at(), c.adapter)
}

// driveGrants grants one person a permission, widens it and takes it back.
func driveGrants(t *testing.T, c *sdk) {
	ctx := t.Context()
	first := must(c.grants().Delta().GetAsDeltaGetResponse(ctx, nil))(t)
	client, api, who := c.idOf(t, ownTool), c.idOf(t, graphAPI), *must(c.me().Get(ctx, nil))(t).GetId()
	body := models.NewOAuth2PermissionGrant()
	body.SetClientId(&client)
	body.SetResourceId(&api)
	body.SetConsentType(new("Principal"))
	body.SetPrincipalId(&who)
	body.SetScope(new("User.Read"))
	made := must(c.grants().Post(ctx, body, nil))(t)
	is(t, "principal", made.GetPrincipalId(), who)
	if _, err := c.grants().Post(ctx, body, nil); codeOf(err) != "Request_MultipleObjectsWithSameKeyValue" {
		t.Errorf("the same again: %v", describe(err))
	}
	one := c.grants().ByOAuth2PermissionGrantId(*made.GetId())
	change := models.NewOAuth2PermissionGrant()
	change.SetScope(new("User.Read Mail.Read"))
	must(one.Patch(ctx, change, nil))(t)
	is(t, "scope", must(one.Get(ctx, nil))(t).GetScope(), "User.Read Mail.Read")
	mine := must(c.me().Oauth2PermissionGrants().Get(ctx, nil))(t).GetValue()
	find(t, mine, func(g models.OAuth2PermissionGrantable) bool { return *g.GetId() == *made.GetId() })
	theirs := must(c.user(who).Oauth2PermissionGrants().Get(ctx, nil))(t).GetValue()
	if len(theirs) != len(mine) {
		t.Errorf("%d grants by id, %d of me", len(theirs), len(mine))
	}
	all := must(c.grants().Get(ctx, nil))(t).GetValue()
	find(t, all, func(g models.OAuth2PermissionGrantable) bool {
		return g.GetPrincipalId() == nil && *g.GetConsentType() == "AllPrincipals"
	})
	next := must(c.grants().Delta().WithUrl(*first.GetOdataDeltaLink()).GetAsDeltaGetResponse(ctx, nil))(t)
	find(t, next.GetValue(), func(g models.OAuth2PermissionGrantable) bool { return *g.GetId() == *made.GetId() })
	did(t, one.Delete(ctx, nil))
	gone[models.OAuth2PermissionGrantable](t, "grant")(one.Get(ctx, nil))
}

// driveAuthorization changes what users may consent to, and back.
func driveAuthorization(t *testing.T, c *sdk) {
	ctx := t.Context()
	all := c.policies().AuthorizationPolicy()
	was := must(all.Get(ctx, nil))(t)
	is(t, "invites", was.GetAllowInvitesFrom(), models.EVERYONE_ALLOWINVITESFROM)
	none(t, "risky apps", was.GetAllowUserConsentForRiskyApps())
	if was.GetGuestUserRoleId() == nil {
		t.Error("no role of guests")
	}
	change := models.NewAuthorizationPolicy()
	may := models.NewDefaultUserRolePermissions()
	may.SetPermissionGrantPoliciesAssigned([]string{"ManagePermissionGrantsForSelf.sample-policy"})
	change.SetDefaultUserRolePermissions(may)
	must(all.Patch(ctx, change, nil))(t)
	got := must(all.Get(ctx, nil))(t).GetDefaultUserRolePermissions()
	if !slices.Equal(got.GetPermissionGrantPoliciesAssigned(), may.GetPermissionGrantPoliciesAssigned()) {
		t.Errorf("assigned: %v", got.GetPermissionGrantPoliciesAssigned())
	}
	is(t, "create apps", got.GetAllowedToCreateApps(), *was.GetDefaultUserRolePermissions().GetAllowedToCreateApps())

	defaults := c.policies().IdentitySecurityDefaultsEnforcementPolicy()
	is(t, "security defaults", must(defaults.Get(ctx, nil))(t).GetDisplayName(), "Security Defaults")
	off := models.NewIdentitySecurityDefaultsEnforcementPolicy()
	off.SetIsEnabled(new(false))
	must(defaults.Patch(ctx, off, nil))(t)
	is(t, "security defaults", must(defaults.Get(ctx, nil))(t).GetIsEnabled(), false)
}

// driveWorkflow changes the admin consent workflow: with PATCH by its builder, and
// with PUT, which Graph documents and the builder lacks.
func driveWorkflow(t *testing.T, c *sdk) {
	ctx := t.Context()
	one := c.policies().AdminConsentRequestPolicy()
	was := must(one.Get(ctx, nil))(t)
	is(t, "enabled", was.GetIsEnabled(), true)
	is(t, "days", was.GetRequestDurationInDays(), 10)
	is(t, "reviewers' type", was.GetReviewers()[0].GetQueryType(), "MicrosoftGraph")
	none(t, "reviewers' root", was.GetReviewers()[0].GetQueryRoot())
	change := models.NewAdminConsentRequestPolicy()
	change.SetRemindersEnabled(new(false))
	must(one.Patch(ctx, change, nil))(t)
	is(t, "reminders", must(one.Get(ctx, nil))(t).GetRemindersEnabled(), false)

	whole := models.NewAdminConsentRequestPolicy()
	whole.SetIsEnabled(new(true))
	whole.SetNotifyReviewers(new(false))
	whole.SetRemindersEnabled(new(true))
	whole.SetRequestDurationInDays(new(int32(5)))
	whole.SetReviewers(was.GetReviewers())
	ri := must(one.ToPatchRequestInformation(ctx, whole, nil))(t)
	ri.Method = kiota.PUT
	did(t, c.adapter.SendNoContent(ctxOf(t, byRequest), ri, nil))
	got := must(one.Get(ctx, nil))(t)
	is(t, "days", got.GetRequestDurationInDays(), 5)
	is(t, "notify", got.GetNotifyReviewers(), false)
	if *got.GetVersion() <= *was.GetVersion() {
		t.Errorf("version %d after %d", *got.GetVersion(), *was.GetVersion())
	}
}

// driveGrantPolicies makes a policy with conditions of both kinds.
func driveGrantPolicies(t *testing.T, c *sdk) {
	ctx := t.Context()
	all := c.policies().PermissionGrantPolicies()
	list := must(all.Get(ctx, nil))(t).GetValue()
	find(t, list, func(p models.PermissionGrantPolicyable) bool { return *p.GetId() == "microsoft-user-default-low" })
	body := models.NewPermissionGrantPolicy()
	body.SetId(new("pilot-policy"))
	body.SetDisplayName(new("Pilot"))
	body.SetDescription(new("For the pilot"))
	is(t, "id", must(all.Post(ctx, body, nil))(t).GetId(), "pilot-policy")
	one := all.ByPermissionGrantPolicyId("pilot-policy")
	change := models.NewPermissionGrantPolicy()
	change.SetDisplayName(new("Pilot 2"))
	must(one.Patch(ctx, change, nil))(t)
	is(t, "name", must(one.Get(ctx, nil))(t).GetDisplayName(), "Pilot 2")

	set := must(one.Includes().Post(ctx, conditions("all"), nil))(t)
	is(t, "kind", set.GetPermissionType(), models.DELEGATED_PERMISSIONTYPE)
	is(t, "API", set.GetResourceApplication(), graphAPI)
	in := one.Includes().ByPermissionGrantConditionSetId(*set.GetId())
	low := models.NewPermissionGrantConditionSet()
	low.SetPermissionClassification(new("low"))
	must(in.Patch(ctx, low, nil))(t)
	is(t, "class", must(in.Get(ctx, nil))(t).GetPermissionClassification(), "low")
	if n := len(must(one.Includes().Get(ctx, nil))(t).GetValue()); n != 1 {
		t.Errorf("%d includes", n)
	}
	did(t, in.Delete(ctx, nil))
	gone[models.PermissionGrantConditionSetable](t, "include")(in.Get(ctx, nil))

	set = must(one.Excludes().Post(ctx, conditions("all"), nil))(t)
	out := one.Excludes().ByPermissionGrantConditionSetId(*set.GetId())
	must(out.Patch(ctx, low, nil))(t)
	got := must(out.Get(ctx, nil))(t)
	if !slices.Equal(got.GetClientApplicationIds(), []string{hetkApp}) || *got.GetPermissionClassification() != "low" {
		t.Errorf("exclude for %v", got.GetClientApplicationIds())
	}
	if n := len(must(one.Excludes().Get(ctx, nil))(t).GetValue()); n != 1 {
		t.Errorf("%d excludes", n)
	}
	did(t, out.Delete(ctx, nil))
	did(t, one.Delete(ctx, nil))
	gone[models.PermissionGrantPolicyable](t, "policy")(one.Get(ctx, nil))
	if last := c.book.last(t, http.MethodDelete, "/policies/permissionGrantPolicies/pilot-policy"); last.status != http.StatusNoContent {
		t.Errorf("deleted with %d", last.status)
	}
}

// conditions let one app have permissions of Graph.
func conditions(permissions ...string) *models.PermissionGrantConditionSet {
	s := models.NewPermissionGrantConditionSet()
	s.SetPermissionType(new(models.DELEGATED_PERMISSIONTYPE))
	s.SetResourceApplication(new(graphAPI))
	s.SetPermissions(permissions)
	s.SetClientApplicationIds([]string{hetkApp})
	return s
}
