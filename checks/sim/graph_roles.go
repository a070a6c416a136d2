package sim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Directory roles: who holds them, who could (entra-facts §9).

var (
	roleEntity = &entity{
		name: "directoryRole", set: "directoryRoles", directory: true, filter: []string{"roleTemplateId", "displayName", "id"},
		expand: map[string]relation{"members": roleMembers},
	}
	roleDefEntity = &entity{
		name: "unifiedRoleDefinition", set: "roleManagement/directory/roleDefinitions",
		filter: []string{"id", "displayName", "templateId", "isBuiltIn", "isEnabled"},
	}
	roleGivenEntity = &entity{
		name: "unifiedRoleAssignment", set: "roleManagement/directory/roleAssignments",
		filter: []string{"id", "principalId", "roleDefinitionId", "directoryScopeId"}, expand: roleRelations(),
	}
	pimEntity = &entity{
		name: "unifiedRoleEligibilityScheduleInstance", set: "roleManagement/directory/roleEligibilityScheduleInstances",
		filter: []string{"id", "principalId", "roleDefinitionId", "directoryScopeId", "memberType"}, expand: roleRelations(),
	}
)

func roleRoutes() []*graphRoute {
	const get, root = http.MethodGet, "roleManagement/directory/"
	return []*graphRoute{
		on(get, "directoryRoles", readRoles, roleEntity, listRoles),
		on(get, "directoryRoles/{}", readRoles, nil, getRole),
		on(get, "directoryRoles/{}/members", readRoles, memberEntity, listRoleMembers),
		on(get, root+"roleDefinitions", readRoles, roleDefEntity, listRoleDefinitions),
		on(get, root+"roleDefinitions/{}", readRoles, nil, getRoleDefinition),
		on(get, root+"roleAssignments", readRoles, roleGivenEntity, listRoleAssignments),
		on(get, root+"roleEligibilityScheduleInstances", readPIM, pimEntity, listEligible),
		on(get, root+"roleEligibilityScheduleInstances/filterByCurrentUser/{}", readPIM, pimEntity, myEligible),
	}
}

func (c *graphCall) roleObject(template string) obj {
	return obj{
		"id": stableID("role", c.t.ID, template), "displayName": roleName(template), "roleTemplateId": template,
		"description": "Can do what the role " + roleName(template) + " may do.",
	}
}

// activated are the roles that somebody holds: others are not in the list.
func (c *graphCall) activated() []string {
	var out []string
	for _, u := range c.t.Users {
		out = union(out, u.Roles)
	}
	return out
}

func listRoles(c *graphCall) (graphReply, error) {
	var out []obj
	for _, r := range c.activated() {
		out = append(out, c.roleObject(r))
	}
	return c.many(roleEntity, "directoryRoles", out)
}

// roleKey finds a role by its id, or by roleTemplateId='…'.
func (c *graphCall) roleKey() (string, error) {
	k := c.keys[0]
	for _, r := range c.activated() {
		if strings.EqualFold(k.name, "roleTemplateId") && strings.EqualFold(k.value, r) ||
			k.name == "" && strings.EqualFold(k.value, stableID("role", c.t.ID, r)) {
			return r, nil
		}
	}
	return "", notFound("directoryRole", k.value)
}

func getRole(c *graphCall) (graphReply, error) {
	r, err := c.roleKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(roleEntity, "directoryRoles", c.roleObject(r))
}

func (c *graphCall) holders(template string) []obj {
	out := []obj{}
	for _, u := range c.t.Users {
		if slices.Contains(u.Roles, template) {
			out = append(out, kinded(userObject(u), "user"))
		}
	}
	return out
}

func roleMembers(c *graphCall, o obj) (any, error) {
	template, _ := o["roleTemplateId"].(string)
	return c.holders(template), nil
}

func listRoleMembers(c *graphCall) (graphReply, error) {
	r, err := c.roleKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.many(memberEntity, "directoryObjects", c.holders(r))
}

func roleDefinition(id string) obj {
	return obj{
		"id": id, "templateId": id, "displayName": roleName(id), "isBuiltIn": true, "isEnabled": true, "version": "1",
		"description":     "Can do what the role " + roleName(id) + " may do.",
		"resourceScopes":  []string{"/"},
		"rolePermissions": []obj{{"allowedResourceActions": []string{}, "excludedResourceActions": []string{}, "condition": nil}},
	}
}

func listRoleDefinitions(c *graphCall) (graphReply, error) {
	var out []obj
	for _, id := range sortedKeys(roleNames) {
		out = append(out, roleDefinition(id))
	}
	return c.many(roleDefEntity, "roleManagement/directory/roleDefinitions", out)
}

func getRoleDefinition(c *graphCall) (graphReply, error) {
	id := strings.ToLower(c.keys[0].value)
	if _, ok := roleNames[id]; !ok {
		return graphReply{}, notFound("unifiedRoleDefinition", c.keys[0].value)
	}
	return c.one(roleDefEntity, "roleManagement/directory/roleDefinitions", roleDefinition(id))
}

func roleRelations() map[string]relation {
	return map[string]relation{
		"principal": func(c *graphCall, o obj) (any, error) {
			id, _ := o["principalId"].(string)
			return c.directoryObject(id), nil
		},
		"roleDefinition": func(_ *graphCall, o obj) (any, error) {
			id, _ := o["roleDefinitionId"].(string)
			return roleDefinition(id), nil
		},
	}
}

func listRoleAssignments(c *graphCall) (graphReply, error) {
	var out []obj
	for _, u := range c.t.Users {
		for _, r := range u.Roles {
			out = append(out, obj{
				"id": stableID("role-assignment", u.ID, r), "principalId": u.ID, "roleDefinitionId": r, "directoryScopeId": "/",
				"principalOrganizationId": c.t.ID,
			})
		}
	}
	return c.many(roleGivenEntity, "roleManagement/directory/roleAssignments", out)
}

// eligible are the roles that accounts could activate.
func (c *graphCall) eligible(users ...*User) []obj {
	var out []obj
	for _, u := range users {
		for _, r := range u.Eligible {
			out = append(out, obj{
				"id": stableID("eligible", u.ID, r), "directoryScopeId": "/", "principalId": u.ID, "roleDefinitionId": r,
				"memberType": "Direct", "roleEligibilityScheduleId": stableID("eligibility", u.ID, r),
				"startDateTime": stamp(c.now.Add(-24 * time.Hour)),
			})
		}
	}
	return out
}

func listEligible(c *graphCall) (graphReply, error) {
	return c.many(pimEntity, "roleManagement/directory/roleEligibilityScheduleInstances", c.eligible(c.t.Users...))
}

// myEligible lists the roles that the caller could activate.
func myEligible(c *graphCall) (graphReply, error) {
	if k := c.keys[0]; k.name != "on" || k.value != "principal" {
		return graphReply{}, badRequest("The value of 'on' must be 'principal'.")
	}
	if c.u == nil {
		return graphReply{}, badRequest("filterByCurrentUser is only valid with delegated authentication flow.")
	}
	return c.many(pimEntity, "Collection(unifiedRoleEligibilityScheduleInstance)", c.eligible(c.u))
}
