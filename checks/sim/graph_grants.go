package sim

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// oAuth2PermissionGrants (entra-facts §2).

var grantEntity = &entity{
	name:   "oAuth2PermissionGrant",
	set:    "oauth2PermissionGrants",
	filter: []string{"id", "clientId", "consentType", "principalId", "resourceId"},
	eqOnly: true,
}

// maxScope is the longest scope text a grant may hold, in characters (public
// page of the resource).
const maxScope = 3850

func grantRoutes() []*graphRoute {
	const list, one = "oauth2PermissionGrants", "oauth2PermissionGrants/{}"
	return []*graphRoute{
		on(http.MethodGet, list, readGrants, grantEntity, listGrants),
		on(http.MethodGet, list+"/delta", readGrants, grantEntity, deltaGrants),
		on(http.MethodPost, list, editGrants, nil, createGrant),
		on(http.MethodGet, one, readGrants, nil, getGrant),
		on(http.MethodPatch, one, editGrants, nil, patchGrant),
		on(http.MethodDelete, one, editGrants, nil, deleteGrant),
	}
}

const everyone, oneUser = "AllPrincipals", "Principal"

// grantObject is what a read sees of a grant; nil if it sees none yet.
func (c *graphCall) grantObject(g *Grant) obj {
	scope := g.seenScope(c.now)
	if scope == nil {
		return nil
	}
	o := obj{"id": g.ID, "clientId": g.ClientID, "resourceId": g.Resource, "consentType": everyone, "principalId": nil, "scope": *scope}
	if g.Principal != "" {
		o["consentType"], o["principalId"] = oneUser, g.Principal
	}
	return o
}

// grants lists what reads see of the grants that want admits.
func (c *graphCall) grants(want func(*Grant) bool) (graphReply, error) {
	return c.many(grantEntity, "oauth2PermissionGrants", c.grantsWhere(want))
}

func listGrants(c *graphCall) (graphReply, error) { return c.grants(func(*Grant) bool { return true }) }

func serviceGrants(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.grants(func(g *Grant) bool { return g.ClientID == sp.ID })
}

func myGrants(c *graphCall) (graphReply, error) {
	if c.u == nil {
		return graphReply{}, noMe()
	}
	return c.grants(func(g *Grant) bool { return g.Principal == c.u.ID })
}

func otherGrants(c *graphCall) (graphReply, error) {
	u, err := c.userKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.grants(func(g *Grant) bool { return g.Principal == u.ID })
}

// grantKey finds the grant of the first key, if reads see it.
func (c *graphCall) grantKey() (*Grant, error) {
	g := c.t.grantByID(c.keys[0].value)
	if g == nil || g.seenScope(c.now) == nil {
		return nil, notFound("oAuth2PermissionGrant", c.keys[0].value)
	}
	return g, nil
}

func getGrant(c *graphCall) (graphReply, error) {
	g, err := c.grantKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(grantEntity, "oauth2PermissionGrants", c.grantObject(g))
}

// createGrant makes a grant. A second one for the same client, API and
// principal is a conflict, also while reads do not see the first.
func createGrant(c *graphCall) (graphReply, error) {
	m, err := c.payload("oAuth2PermissionGrant", "clientId consentType principalId resourceId scope")
	if err != nil {
		return graphReply{}, err
	}
	var client, kind, resource, scope string
	var principal *string
	if err := errors.Join(
		member(m, "clientId", &client), member(m, "consentType", &kind), member(m, "principalId", &principal),
		member(m, "resourceId", &resource), member(m, "scope", &scope),
	); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	who := ""
	if principal != nil {
		who = *principal
	}
	if err := c.checkGrant(client, resource, kind, who, scope); err != nil {
		return graphReply{}, err
	}
	client, resource = c.t.serviceByID(client).ID, c.t.serviceByID(resource).ID
	if u := c.t.userByID(who); u != nil {
		who = u.ID
	}
	if c.t.grantOf(client, resource, who) != nil {
		return graphReply{}, &graphError{http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists."}
	}
	g := c.w.addGrant(c.t, client, resource, who, nil)
	g.Scope = scope
	c.noteGrant("Add delegated permission grant", "Assign", g, wasNow("DelegatedPermissionGrant.Scope", nil, scope))
	a, err := c.one(grantEntity, "oauth2PermissionGrants", obj{
		"id": g.ID, "clientId": client, "resourceId": resource, "consentType": kind, "principalId": principal, "scope": scope,
	})
	a.status = http.StatusCreated
	return a, err
}

// checkGrant refuses grants that make no sense.
func (c *graphCall) checkGrant(client, resource, kind, principal, scope string) error {
	for _, m := range [][2]string{{"clientId", client}, {"resourceId", resource}} {
		sp := c.t.serviceByID(m[1])
		if sp == nil || c.now.Before(sp.VisibleAt) {
			return badRequest("Invalid value specified for property '%s': no service principal '%s'.", m[0], strings.ToValidUTF8(m[1], "?"))
		}
	}
	switch {
	case kind != everyone && kind != oneUser:
		return badRequest("Invalid value specified for property 'consentType' of resource 'OAuth2PermissionGrant'.")
	case kind == everyone && principal != "":
		return badRequest("principalId must be null when consentType is AllPrincipals.")
	case kind == oneUser && c.t.userByID(principal) == nil:
		return badRequest("Invalid value specified for property 'principalId' of resource 'OAuth2PermissionGrant'.")
	}
	return checkScope(scope)
}

func checkScope(scope string) error {
	if len(scope) > maxScope {
		return badRequest("The scope is longer than %d characters.", maxScope)
	}
	if strings.ContainsFunc(scope, func(r rune) bool { return r < ' ' || r > '~' }) {
		return badRequest("Invalid value specified for property 'scope' of resource 'OAuth2PermissionGrant'.")
	}
	return nil
}

// patchGrant replaces the scope text as a whole: unions are the client's.
func patchGrant(c *graphCall) (graphReply, error) {
	g, err := c.grantKey()
	if err != nil {
		return graphReply{}, err
	}
	m, err := c.payload("oAuth2PermissionGrant", "scope")
	if err != nil {
		return graphReply{}, err
	}
	var scope *string
	if err := member(m, "scope", &scope); err != nil {
		return graphReply{}, err
	}
	if scope == nil {
		return graphReply{}, badRequest("A value is required for property 'scope' of resource 'OAuth2PermissionGrant'.")
	}
	if err := checkScope(*scope); err != nil {
		return graphReply{}, err
	}
	change := wasNow("DelegatedPermissionGrant.Scope", g.Scope, *scope)
	c.w.setScope(g, *scope)
	c.noteGrant("Update delegated permission grant", "Update", g, change)
	return graphReply{status: http.StatusNoContent}, nil
}

func deleteGrant(c *graphCall) (graphReply, error) {
	g, err := c.grantKey()
	if err != nil {
		return graphReply{}, err
	}
	c.t.Grants = slices.DeleteFunc(c.t.Grants, func(o *Grant) bool { return o == g })
	c.noteGrant("Remove delegated permission grant", "Unassign", g, wasNow("DelegatedPermissionGrant.Scope", g.Scope, nil))
	return graphReply{status: http.StatusNoContent}, nil
}

// noteGrant writes a change of a grant down; the client is its target.
func (c *graphCall) noteGrant(activity, operation string, g *Grant, change AuditChange) {
	var targets []AuditTarget
	for _, id := range []string{g.Resource, g.ClientID} {
		if sp := c.t.serviceByID(id); sp != nil {
			targets = append(targets, AuditTarget{ID: sp.ID, Name: sp.Name, Kind: "ServicePrincipal"})
		}
	}
	if len(targets) > 0 {
		last := &targets[len(targets)-1]
		last.Changes = []AuditChange{change, wasNow("DelegatedPermissionGrant.ConsentType", nil, consentType(g))}
	}
	c.note(activity, "ApplicationManagement", operation, targets...)
}

func consentType(g *Grant) string {
	if g.Principal != "" {
		return oneUser
	}
	return everyone
}

// removeService takes a service principal away with all that hangs on it.
func (w *World) removeService(t *Tenant, sp *ServicePrincipal) {
	if lag := w.lag.of(lagServices, sp.ID); lag > 0 {
		if t.leaving == nil {
			t.leaving = map[string]time.Time{}
		}
		t.leaving[strings.ToLower(sp.AppID)] = w.now().Add(lag)
	}
	if t.gone == nil {
		t.gone = map[string]bool{}
	}
	t.gone[sp.ID] = true
	kept := &deletedService{sp: sp, at: w.now()}
	for _, g := range t.Grants {
		if g.ClientID == sp.ID || g.Resource == sp.ID {
			kept.grants = append(kept.grants, g)
		}
	}
	for _, c := range t.Classifications {
		if c.Resource == sp.ID {
			kept.classes = append(kept.classes, c)
		}
	}
	if t.deleted = append(t.deleted, kept); len(t.deleted) > mostDeleted {
		t.deleted = slices.Delete(t.deleted, 0, 1)
	}
	t.Services = slices.DeleteFunc(t.Services, func(o *ServicePrincipal) bool { return o == sp })
	t.Grants = slices.DeleteFunc(t.Grants, func(g *Grant) bool { return g.ClientID == sp.ID || g.Resource == sp.ID })
	t.Classifications = slices.DeleteFunc(t.Classifications, func(c *Classification) bool { return c.Resource == sp.ID })
	for _, o := range t.Services {
		o.RoleGrants = slices.DeleteFunc(o.RoleGrants, func(g RoleGrant) bool { return g.Resource == sp.ID })
	}
}
