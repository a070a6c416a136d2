package sim

import (
	"errors"
	"net/http"
	"strings"
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

// heldAssignments are the application permissions granted to the app.
func heldAssignments(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	for _, g := range sp.RoleGrants {
		out = append(out, roleGrantObject(c.t, sp, g))
	}
	return c.many(assignmentEntity, "servicePrincipals('"+sp.ID+"')/appRoleAssignments", out)
}

// givenAssignments are who is assigned to the app, and which apps hold roles of it.
func givenAssignments(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	for _, id := range sp.Assigned {
		who := obj{"id": id, "type": "User"}
		if u := c.t.userByID(id); u != nil {
			who["displayName"] = u.Name
		} else if g := c.t.groupByID(id); g != nil {
			who["displayName"], who["type"] = g.Name, "Group"
		}
		out = append(out, assignment(stableID("assigned", sp.ID, id), noRole, who, sp, stamp(sp.CreatedAt)))
	}
	for _, client := range c.t.Services {
		for _, g := range client.RoleGrants {
			if g.Resource == sp.ID {
				out = append(out, roleGrantObject(c.t, client, g))
			}
		}
	}
	return c.many(assignmentEntity, "servicePrincipals('"+sp.ID+"')/appRoleAssignedTo", out)
}

func classObject(cl *Classification) obj {
	return obj{"id": cl.ID, "classification": cl.Level, "permissionId": cl.Permission, "permissionName": cl.Name}
}

func listClasses(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	for _, cl := range c.t.Classifications {
		if cl.Resource == sp.ID {
			out = append(out, classObject(cl))
		}
	}
	return c.many(classEntity, "servicePrincipals('"+sp.ID+"')/delegatedPermissionClassifications", out)
}

// createClass classifies one scope, once, and only one that is open to users
// (entra-facts §5).
func createClass(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	m, err := c.decode("permissionId", "permissionName", "classification")
	if err != nil {
		return graphReply{}, err
	}
	var id, name, level string
	if err := errors.Join(member(m, "permissionId", &id), member(m, "permissionName", &name), member(m, "classification", &level)); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	if level != "low" && level != "medium" && level != "high" {
		return graphReply{}, badRequest("Invalid value specified for property 'classification'.")
	}
	scope := c.scopeOf(sp, id)
	if scope == nil || name != "" && !strings.EqualFold(name, scope.Value) {
		return graphReply{}, badRequest("The delegated permission '%s' does not exist on this service principal.", id)
	}
	if scope.Admin {
		return graphReply{}, badRequest("The delegated permission '%s' requires admin consent and cannot be classified.", scope.Value)
	}
	for _, cl := range c.t.Classifications {
		if cl.Resource == sp.ID && cl.Permission == scope.ID {
			return graphReply{}, &graphError{http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue", "The permission is classified already."}
		}
	}
	cl := &Classification{ID: c.w.newID("class"), Resource: sp.ID, Permission: scope.ID, Name: scope.Value, Level: level}
	c.t.Classifications = append(c.t.Classifications, cl)
	a, err := c.one(classEntity, "servicePrincipals('"+sp.ID+"')/delegatedPermissionClassifications", classObject(cl))
	a.status = http.StatusCreated
	return a, err
}

func (c *graphCall) scopeOf(sp *ServicePrincipal, id string) *Scope {
	reg := c.w.registration(sp.AppID)
	if reg == nil {
		return nil
	}
	for i := range reg.Scopes {
		if strings.EqualFold(reg.Scopes[i].ID, id) {
			return &reg.Scopes[i]
		}
	}
	return nil
}

func deleteClass(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	for i, cl := range c.t.Classifications {
		if cl.Resource == sp.ID && cl.ID == c.keys[1].value {
			c.t.Classifications = append(c.t.Classifications[:i:i], c.t.Classifications[i+1:]...)
			return graphReply{status: http.StatusNoContent}, nil
		}
	}
	return graphReply{}, notFound("delegatedPermissionClassification", c.keys[1].value)
}
