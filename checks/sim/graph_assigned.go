package sim

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Who is assigned to an app, what it holds of others, and classifications.

// assignment is a role given to a principal at a resource.
func assignment(id, role string, principal obj, resource *ServicePrincipal, made any) obj {
	return obj{
		"id": id, "appRoleId": role, "createdDateTime": made,
		"principalId": principal["id"], "principalDisplayName": principal["displayName"], "principalType": principal["type"],
		"resourceId": resource.ID, "resourceDisplayName": resource.Name,
	}
}

// noRole is the role id of an assignment to an app without roles (entra-facts §2).
const noRole = "00000000-0000-0000-0000-000000000000"

func roleGrantObject(t *Tenant, client *ServicePrincipal, g RoleGrant) obj {
	resource := t.serviceByID(g.Resource)
	return assignment(g.ID, g.RoleID, obj{"id": client.ID, "displayName": client.Name, "type": "ServicePrincipal"}, resource, stamp(g.CreatedAt))
}

// assignedObject is a user's or a group's assignment to an app.
func (c *graphCall) assignedObject(sp *ServicePrincipal, id string) obj {
	who := obj{"id": id, "type": "User"}
	if u := c.t.userByID(id); u != nil {
		who["displayName"] = u.Name
	} else if g := c.t.groupByID(id); g != nil {
		who["displayName"], who["type"] = g.Name, "Group"
	}
	at, ok := sp.AssignedAt[id]
	if !ok {
		at = sp.CreatedAt
	}
	return assignment(assignedID(sp, id), noRole, who, sp, stamp(at))
}

// assignedID is the id of a user's or a group's assignment to an app.
func assignedID(sp *ServicePrincipal, principal string) string {
	return stableID("assigned", sp.ID, principal)
}

// heldBy are the application permissions granted to the app.
func (c *graphCall) heldBy(sp *ServicePrincipal) []obj {
	var out []obj
	for _, g := range sp.RoleGrants {
		out = append(out, roleGrantObject(c.t, sp, g))
	}
	return out
}

// givenBy are who is assigned to the app, and which apps hold roles of it.
func (c *graphCall) givenBy(sp *ServicePrincipal) []obj {
	var out []obj
	for _, id := range sp.Assigned {
		out = append(out, c.assignedObject(sp, id))
	}
	for _, client := range c.t.Services {
		for _, g := range client.RoleGrants {
			if g.Resource == sp.ID {
				out = append(out, roleGrantObject(c.t, client, g))
			}
		}
	}
	return out
}

func heldAssignments(c *graphCall) (graphReply, error) {
	return c.assignments((*graphCall).heldBy, false)
}

func givenAssignments(c *graphCall) (graphReply, error) {
	return c.assignments((*graphCall).givenBy, false)
}

func getHeld(c *graphCall) (graphReply, error) { return c.assignments((*graphCall).heldBy, true) }

func getGiven(c *graphCall) (graphReply, error) { return c.assignments((*graphCall).givenBy, true) }

// assignments answers a list of assignments, or the one that the second key names.
func (c *graphCall) assignments(of func(*graphCall, *ServicePrincipal) []obj, single bool) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	all := of(c, sp)
	if !single {
		return c.many(assignmentEntity, "appRoleAssignments", all)
	}
	for _, o := range all {
		if o["id"] == c.keys[1].value {
			return c.one(assignmentEntity, "appRoleAssignments", o)
		}
	}
	return graphReply{}, notFound("appRoleAssignment", c.keys[1].value)
}

// userAssignments are the apps a user is assigned to, by name or through a
// group of theirs.
func (c *graphCall) userAssignments(u *User) []obj {
	var out []obj
	for _, sp := range c.t.Services {
		for _, id := range sp.Assigned {
			g := c.t.groupByID(id)
			if id == u.ID || g != nil && slices.Contains(g.Members, u.ID) {
				out = append(out, c.assignedObject(sp, id))
			}
		}
	}
	return out
}

func myAssignments(c *graphCall) (graphReply, error) { return c.assignmentsOf(c.u) }

func otherAssignments(c *graphCall) (graphReply, error) {
	u, err := c.userKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.assignmentsOf(u)
}

func (c *graphCall) assignmentsOf(u *User) (graphReply, error) {
	if u == nil {
		return graphReply{}, noMe()
	}
	return c.many(assignmentEntity, "appRoleAssignments", c.userAssignments(u))
}

func assignHeld(c *graphCall) (graphReply, error) {
	return c.assign(func(sp *ServicePrincipal, principal, _ string) bool { return strings.EqualFold(principal, sp.ID) })
}

func assignGiven(c *graphCall) (graphReply, error) {
	return c.assign(func(sp *ServicePrincipal, _, resource string) bool { return strings.EqualFold(resource, sp.ID) })
}

// assign gives a role of an app to a user, a group or another app; fits says
// whether the body speaks of the app in the path.
func (c *graphCall) assign(fits func(sp *ServicePrincipal, principal, resource string) bool) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.assignAs(func(principal, resource string) bool { return fits(sp, principal, resource) })
}

// assignAs is assign for whatever the path speaks of.
func (c *graphCall) assignAs(fits func(principal, resource string) bool) (graphReply, error) {
	m, err := c.payload("appRoleAssignment", "principalId resourceId appRoleId principalType principalDisplayName resourceDisplayName")
	if err != nil {
		return graphReply{}, err
	}
	var principal, resourceID, role string
	if err := errors.Join(member(m, "principalId", &principal), member(m, "resourceId", &resourceID), member(m, "appRoleId", &role)); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	for _, need := range [][2]string{{"principalId", principal}, {"resourceId", resourceID}, {"appRoleId", role}} {
		if need[1] == "" {
			return graphReply{}, badRequest("A value is required for property '%s' of resource 'AppRoleAssignment'.", need[0])
		}
	}
	resource := c.t.serviceByID(resourceID)
	if !fits(principal, resourceID) || resource == nil {
		return graphReply{}, badRequest("Invalid value specified for property 'resourceId' or 'principalId' of resource 'AppRoleAssignment'.")
	}
	var o obj
	if client := c.t.serviceByID(principal); client != nil {
		o, err = c.assignApp(client, resource, role)
	} else {
		o, err = c.assignPerson(resource, principal, role)
	}
	if err != nil {
		return graphReply{}, err
	}
	a, err := c.one(assignmentEntity, "appRoleAssignments", o)
	a.status = http.StatusCreated
	return a, err
}

// assignApp grants an application permission. Those of Microsoft Graph need one
// of the two highest roles (entra-facts §9).
func (c *graphCall) assignApp(client, resource *ServicePrincipal, role string) (obj, error) {
	reg := c.w.registration(resource.AppID)
	if reg == nil || reg.appRole(role) == nil {
		return nil, badRequest("Permission being assigned was not found on application '%s'.", resource.Name)
	}
	high := []string{roleGlobalAdmin, rolePrivilegedAdmin}
	if c.u != nil && resource.AppID == graphAppID && !slices.ContainsFunc(c.claims.activeRoles(), func(r string) bool { return slices.Contains(high, r) }) {
		return nil, denied()
	}
	if slices.ContainsFunc(client.RoleGrants, func(g RoleGrant) bool { return g.Resource == resource.ID && strings.EqualFold(g.RoleID, role) }) {
		return nil, badRequest("Permission being assigned already exists on the object")
	}
	g := RoleGrant{ID: c.w.newID("role-grant"), Resource: resource.ID, RoleID: reg.appRole(role).ID, CreatedAt: c.now}
	client.RoleGrants = append(client.RoleGrants, g)
	c.note("Add app role assignment to service principal", "ApplicationManagement", "Assign",
		resource.target(wasNow("AppRole.Value", nil, reg.appRole(role).Value)), client.target())
	return roleGrantObject(c.t, client, g), nil
}

// assignPerson assigns a user or a group to an app. Groups need Entra ID P1
// (entra-facts §2).
func (c *graphCall) assignPerson(resource *ServicePrincipal, principal, role string) (obj, error) {
	u, g := c.t.userByID(principal), c.t.groupByID(principal)
	who := AuditTarget{Kind: "User"}
	switch {
	case u != nil:
		principal, who.ID, who.Name, who.UPN = u.ID, u.ID, u.Name, u.UPN
	case g != nil && c.t.Premium == "":
		return nil, badRequest("The tenant needs Microsoft Entra ID P1 to assign a group to an application.")
	case g != nil:
		principal, who.ID, who.Name, who.Kind = g.ID, g.ID, g.Name, "Group"
	default:
		return nil, notFound("principal", principal)
	}
	if role != noRole {
		// No app of the simulator has roles for users.
		return nil, badRequest("Permission being assigned was not found on application '%s'.", resource.Name)
	}
	if slices.Contains(resource.Assigned, principal) {
		return nil, badRequest("Permission being assigned already exists on the object")
	}
	resource.Assigned = append(slices.Clone(resource.Assigned), principal)
	resource.AssignedAt = maps.Clone(resource.AssignedAt)
	if resource.AssignedAt == nil {
		resource.AssignedAt = map[string]time.Time{}
	}
	resource.AssignedAt[principal] = c.now
	c.note("Add app role assignment grant to "+strings.ToLower(who.Kind), "ApplicationManagement", "Assign", resource.target(), who)
	return c.assignedObject(resource, principal), nil
}

// deleteHeld takes an application permission back.
func deleteHeld(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.dropRole(sp, func(g RoleGrant) bool { return g.ID == c.keys[1].value })
}

func (c *graphCall) dropRole(client *ServicePrincipal, is func(RoleGrant) bool) (graphReply, error) {
	i := slices.IndexFunc(client.RoleGrants, is)
	if i < 0 {
		return graphReply{}, notFound("appRoleAssignment", c.keys[1].value)
	}
	resource := c.t.serviceByID(client.RoleGrants[i].Resource)
	client.RoleGrants = slices.Delete(slices.Clone(client.RoleGrants), i, i+1)
	c.note("Remove app role assignment from service principal", "ApplicationManagement", "Unassign", resource.target(), client.target())
	return graphReply{status: http.StatusNoContent}, nil
}

// deleteGiven ends an assignment to the app.
func deleteGiven(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	id := c.keys[1].value
	for _, who := range sp.Assigned {
		if assignedID(sp, who) == id {
			c.unassign(sp, who)
			return graphReply{status: http.StatusNoContent}, nil
		}
	}
	for _, client := range c.t.Services {
		if slices.ContainsFunc(client.RoleGrants, func(g RoleGrant) bool { return g.ID == id && g.Resource == sp.ID }) {
			return c.dropRole(client, func(g RoleGrant) bool { return g.ID == id })
		}
	}
	return graphReply{}, notFound("appRoleAssignment", id)
}
