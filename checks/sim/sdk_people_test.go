package sim_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithappid"
	"github.com/microsoftgraph/msgraph-sdk-go/directoryobjects"
	"github.com/microsoftgraph/msgraph-sdk-go/directoryroles"
	"github.com/microsoftgraph/msgraph-sdk-go/groups"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
)

const globalAdmin = "62e90394-69f5-4237-9190-012177145e10"

// me is what GraphServiceClient.Me gives: a token in the path, which the SDK's
// middleware replaces.
func (c *sdk) me() *users.UserItemRequestBuilder {
	at := maps.Clone(c.at())
	at["user%2Did"] = "me-token-to-replace"
	return users.NewUserItemRequestBuilderInternal(at, c.adapter)
}

func (c *sdk) users() *users.UsersRequestBuilder {
	return users.NewUsersRequestBuilderInternal(c.at(), c.adapter)
}

func (c *sdk) user(id string) *users.UserItemRequestBuilder { return c.users().ByUserId(id) }

func (c *sdk) groups() *groups.GroupsRequestBuilder {
	return groups.NewGroupsRequestBuilderInternal(c.at(), c.adapter)
}

// drivePeople reads somebody by the names and relations they have.
func drivePeople(t *testing.T, c *sdk) {
	ctx := t.Context()
	me := must(c.me().Get(ctx, nil))(t)
	is(t, "me", me.GetUserPrincipalName(), sdkAdmin)
	none(t, "job", me.GetJobTitle())
	if me.GetBusinessPhones() == nil {
		t.Error("no list of phones")
	}
	list := must(c.users().Get(ctx, nil))(t).GetValue()
	guest := find(t, list, func(u models.Userable) bool {
		return *u.GetUserPrincipalName() != sdkAdmin && *u.GetUserPrincipalName() != sdkUser
	})
	is(t, "guest", must(c.user(*guest.GetId()).Get(ctx, nil))(t).GetId(), *guest.GetId())
	who := must(c.user(sdkUser).Get(ctx, nil))(t)
	pilot := must(c.groups().Get(ctx, nil))(t).GetValue()[0]
	is(t, "group", must(c.groups().ByGroupId(*pilot.GetId()).Get(ctx, nil))(t).GetDisplayName(), "Pilot")
	is(t, "security group", pilot.GetSecurityEnabled(), true)
	if at := pilot.GetCreatedDateTime(); at == nil || at.IsZero() {
		t.Error("the group was never created")
	}
	one := c.user(*who.GetId())
	kinds(t, "memberOf", must(one.MemberOf().Get(ctx, nil))(t).GetValue(), "*models.Group")
	kinds(t, "transitiveMemberOf", must(one.TransitiveMemberOf().Get(ctx, nil))(t).GetValue(), "*models.Group")
	if n := len(must(one.TransitiveMemberOf().GraphDirectoryRole().Get(ctx, nil))(t).GetValue()); n != 0 {
		t.Errorf("the user has %d roles", n)
	}
	given := must(one.AppRoleAssignments().Get(ctx, nil))(t).GetValue()
	is(t, "assigned to", given[0].GetResourceDisplayName(), "Hetk Calendar Sync")
	found := must(c.objects().ByDirectoryObjectId(*who.GetId()).Get(ctx, nil))(t)
	if u, ok := found.(models.Userable); !ok || *u.GetDisplayName() != *who.GetDisplayName() {
		t.Errorf("directory object is %T", found)
	}
	ids := directoryobjects.NewGetByIdsPostRequestBody()
	ids.SetIds([]string{*who.GetId(), *pilot.GetId()})
	ids.SetTypes([]string{"user", "group"})
	kinds(t, "getByIds", must(c.objects().GetByIds().PostAsGetByIdsPostResponse(ctx, ids, nil))(t).GetValue(), "*models.Group", "*models.User")
}

func (c *sdk) objects() *directoryobjects.DirectoryObjectsRequestBuilder {
	return directoryobjects.NewDirectoryObjectsRequestBuilderInternal(c.at(), c.adapter)
}

// kinds fails the test unless a list holds objects of exactly these types.
func kinds(t *testing.T, what string, list []models.DirectoryObjectable, want ...string) {
	t.Helper()
	var got []string
	for _, o := range list {
		got = append(got, typeName(o))
	}
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// driveMe reads what the person who signed in belongs to.
func driveMe(t *testing.T, c *sdk) {
	ctx := t.Context()
	kinds(t, "memberOf", must(c.me().MemberOf().Get(ctx, nil))(t).GetValue(), "*models.DirectoryRole", "*models.Group")
	kinds(t, "transitiveMemberOf", must(c.me().TransitiveMemberOf().Get(ctx, nil))(t).GetValue(), "*models.DirectoryRole", "*models.Group")
	roles := must(c.me().TransitiveMemberOf().GraphDirectoryRole().Get(ctx, nil))(t).GetValue()
	is(t, "role", roles[0].GetRoleTemplateId(), globalAdmin)
	pilot := must(c.me().TransitiveMemberOf().GraphGroup().Get(ctx, nil))(t).GetValue()[0]
	must(c.me().AppRoleAssignments().Get(ctx, nil))(t)
	check := users.NewItemCheckMemberGroupsPostRequestBody()
	check.SetGroupIds([]string{*pilot.GetId(), "00000000-dead-4000-8000-000000000000"})
	in := must(c.me().CheckMemberGroups().PostAsCheckMemberGroupsPostResponse(ctx, check, nil))(t).GetValue()
	if !slices.Equal(in, []string{*pilot.GetId()}) {
		t.Errorf("member of %v", in)
	}
	ask := users.NewItemGetMemberGroupsPostRequestBody()
	ask.SetSecurityEnabledOnly(new(true))
	all := must(c.me().GetMemberGroups().PostAsGetMemberGroupsPostResponse(ctx, ask, nil))(t).GetValue()
	if !slices.Contains(all, *pilot.GetId()) {
		t.Errorf("member of %v", all)
	}
}

// driveRoles reads who holds which role, and who could.
func driveRoles(t *testing.T, c *sdk) {
	ctx := t.Context()
	active := directoryroles.NewDirectoryRolesRequestBuilderInternal(c.at(), c.adapter)
	role := find(t, must(active.Get(ctx, nil))(t).GetValue(), func(r models.DirectoryRoleable) bool { return *r.GetRoleTemplateId() == globalAdmin })
	one := active.ByDirectoryRoleId(*role.GetId())
	is(t, "role", must(one.Get(ctx, nil))(t).GetDisplayName(), "Global Administrator")
	members := must(one.Members().Get(ctx, nil))(t).GetValue()
	kinds(t, "members", members, "*models.User")
	dir := rolemanagement.NewRoleManagementRequestBuilderInternal(c.at(), c.adapter).Directory()
	given := must(dir.RoleAssignments().Get(ctx, nil))(t).GetValue()
	mine := find(t, given, func(a models.UnifiedRoleAssignmentable) bool { return *a.GetPrincipalId() == *members[0].GetId() })
	is(t, "scope", mine.GetDirectoryScopeId(), "/")
	is(t, "definition", mine.GetRoleDefinitionId(), globalAdmin)
	defs := must(dir.RoleDefinitions().Get(ctx, nil))(t).GetValue()
	find(t, defs, func(d models.UnifiedRoleDefinitionable) bool {
		return *d.GetDisplayName() == "Privileged Role Administrator"
	})
	def := must(dir.RoleDefinitions().ByUnifiedRoleDefinitionId(globalAdmin).Get(ctx, nil))(t)
	is(t, "built in", def.GetIsBuiltIn(), true)
	could := dir.RoleEligibilityScheduleInstances()
	list := must(could.Get(ctx, nil))(t).GetValue()
	if len(list) != 1 || list[0].GetMemberType() == nil || list[0].GetStartDateTime() == nil {
		t.Errorf("%d could", len(list))
	}
	own := must(could.FilterByCurrentUserWithOn(new("principal")).GetAsFilterByCurrentUserWithOnGetResponse(ctx, nil))(t).GetValue()
	is(t, "could be", own[0].GetPrincipalId(), *members[0].GetId())
	none(t, "end", own[0].GetEndDateTime())
}

// driveApplications reads the apps that the tenant itself owns.
func driveApplications(t *testing.T, c *sdk) {
	ctx := t.Context()
	all := applications.NewApplicationsRequestBuilderInternal(c.at(), c.adapter)
	own := find(t, must(all.Get(ctx, nil))(t).GetValue(), func(a models.Applicationable) bool { return *a.GetAppId() == ownTool })
	got := must(all.ByApplicationId(*own.GetId()).Get(ctx, nil))(t)
	is(t, "name", got.GetDisplayName(), "Own Tool")
	is(t, "audience", got.GetSignInAudience(), "AzureADMultipleOrgs")
	if got.GetCreatedDateTime() == nil || len(got.GetRequiredResourceAccess()) != 1 {
		t.Errorf("created %v, requires %d", got.GetCreatedDateTime(), len(got.GetRequiredResourceAccess()))
	}
	byApp := applicationswithappid.NewApplicationsWithAppIdRequestBuilderInternal(c.at(), c.adapter, new(ownTool))
	is(t, "id", must(byApp.Get(ctx, nil))(t).GetId(), *own.GetId())
}
