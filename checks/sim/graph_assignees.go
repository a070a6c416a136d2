package sim

import (
	"net/http"
	"slices"
	"strings"
)

// Assignments seen from whom they are for: users and groups (user-post-approleassignments,
// group-post-approleassignments).

func assignedRoutes() []*graphRoute {
	const get = http.MethodGet
	var routes []*graphRoute
	for _, of := range []string{"users/{}", "groups/{}"} {
		list := of + "/appRoleAssignments"
		routes = append(
			routes,
			on(http.MethodPost, list, assignRoles, nil, assignAssignee),
			on(get, list+"/{}", readAssigned, nil, getAssigned),
			on(http.MethodDelete, list+"/{}", assignRoles, nil, deleteAssigned),
		)
	}
	return append(routes, on(get, "groups/{}/appRoleAssignments", readAssigned, assignmentEntity, listAssigned))
}

// assignee is the id of the user or the group of the path.
func (c *graphCall) assignee() (string, error) {
	if strings.EqualFold(c.of, "groups") {
		g, err := c.groupKey()
		if err != nil {
			return "", err
		}
		return g.ID, nil
	}
	u, err := c.userKey()
	if err != nil {
		return "", err
	}
	return u.ID, nil
}

// assignedTo are the apps that somebody is assigned to by name.
func (c *graphCall) assignedTo(id string) []*ServicePrincipal {
	return slices.DeleteFunc(slices.Clone(c.t.Services), func(sp *ServicePrincipal) bool { return !slices.Contains(sp.Assigned, id) })
}

func listAssigned(c *graphCall) (graphReply, error) {
	id, err := c.assignee()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	for _, sp := range c.assignedTo(id) {
		out = append(out, c.assignedObject(sp, id))
	}
	return c.many(assignmentEntity, "appRoleAssignments", out)
}

func assignAssignee(c *graphCall) (graphReply, error) {
	id, err := c.assignee()
	if err != nil {
		return graphReply{}, err
	}
	return c.assignAs(func(principal, _ string) bool { return strings.EqualFold(principal, id) })
}

// assignedKey finds the app of the assignment of the second key, and whose it is.
func (c *graphCall) assignedKey() (*ServicePrincipal, string, error) {
	id, err := c.assignee()
	if err != nil {
		return nil, "", err
	}
	for _, sp := range c.assignedTo(id) {
		if assignedID(sp, id) == c.keys[1].value {
			return sp, id, nil
		}
	}
	return nil, "", notFound("appRoleAssignment", c.keys[1].value)
}

func getAssigned(c *graphCall) (graphReply, error) {
	sp, id, err := c.assignedKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(assignmentEntity, "appRoleAssignments", c.assignedObject(sp, id))
}

func deleteAssigned(c *graphCall) (graphReply, error) {
	sp, id, err := c.assignedKey()
	if err != nil {
		return graphReply{}, err
	}
	c.unassign(sp, id)
	return graphReply{status: http.StatusNoContent}, nil
}

// unassign ends an assignment to an app.
func (c *graphCall) unassign(sp *ServicePrincipal, id string) {
	sp.Assigned = slices.DeleteFunc(slices.Clone(sp.Assigned), func(who string) bool { return who == id })
	kind := "User"
	if c.t.groupByID(id) != nil {
		kind = "Group"
	}
	c.note("Remove app role assignment from "+strings.ToLower(kind), "ApplicationManagement", "Unassign", sp.target(), AuditTarget{ID: id, Kind: kind})
}
