package sim

import (
	"errors"
	"net/http"
	"strings"
)

// Classifications of delegated permissions (entra-facts §5).

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

func getClass(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	for _, cl := range c.t.Classifications {
		if cl.Resource == sp.ID && cl.ID == c.keys[1].value {
			return c.one(classEntity, "servicePrincipals('"+sp.ID+"')/delegatedPermissionClassifications", classObject(cl))
		}
	}
	return graphReply{}, notFound("delegatedPermissionClassification", c.keys[1].value)
}

// createClass classifies one scope, once, and only one that is open to users
// (entra-facts §5).
func createClass(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	m, err := c.payload("delegatedPermissionClassification", "permissionId permissionName classification")
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
	c.note("Add delegated permission classification", "ApplicationManagement", "Add", sp.target(wasNow(cl.Name, nil, cl.Level)))
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
			c.note("Remove delegated permission classification", "ApplicationManagement", "Delete", sp.target(wasNow(cl.Name, cl.Level, nil)))
			return graphReply{status: http.StatusNoContent}, nil
		}
	}
	return graphReply{}, notFound("delegatedPermissionClassification", c.keys[1].value)
}
