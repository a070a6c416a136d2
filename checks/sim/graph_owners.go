package sim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Owners of enterprise apps, and what accounts own: terraform makes itself the
// owner of what it makes, and then ceases to be (azuread provider,
// service_principal_resource).

func ownerRoutes() []*graphRoute {
	const get, owners = http.MethodGet, "servicePrincipals/{}/owners"
	routes := []*graphRoute{
		on(get, owners+"/$ref", readApps, nil, listOwnerRefs),
		on(http.MethodPost, owners+"/$ref", writeApps, nil, addOwner),
		on(get, owners+"/{}/$ref", readApps, nil, getOwnerRef),
		on(http.MethodDelete, owners+"/{}/$ref", writeApps, nil, removeOwner),
		on(get, "servicePrincipals/{}/ownedObjects", readApps, memberEntity, ownedByService),
	}
	for _, cast := range []string{"", "/microsoft.graph.servicePrincipal", "/graph.servicePrincipal"} {
		list := memberEntity
		if cast != "" {
			list = serviceEntity
		}
		routes = append(
			routes,
			on(get, "me/ownedObjects"+cast, readMine, list, func(c *graphCall) (graphReply, error) { return c.listOwned(c.u, list) }),
			on(get, "users/{}/ownedObjects"+cast, readOthers, list, func(c *graphCall) (graphReply, error) {
				u, err := c.userKey()
				if err != nil {
					return graphReply{}, err
				}
				return c.listOwned(u, list)
			}),
		)
	}
	return routes
}

// listOwned lists what an account owns.
func (c *graphCall) listOwned(u *User, list *entity) (graphReply, error) {
	if u == nil {
		return graphReply{}, noMe()
	}
	return c.many(list, list.set, c.ownedBy(u))
}

// ownedByService is what an app owns: nothing, in any scenario.
func ownedByService(c *graphCall) (graphReply, error) {
	if _, err := c.serviceKey(); err != nil {
		return graphReply{}, err
	}
	return c.many(memberEntity, "directoryObjects", nil)
}

// refersTo is the account, or the app, that a reference names: the address of a
// directory object, with a tenant in it or without.
func (c *graphCall) refersTo(ref string) (AuditTarget, error) {
	u, err := url.Parse(ref)
	if err != nil || u.Scheme != "https" {
		return AuditTarget{}, badRequest("Invalid URL format specified in @odata.bind or @odata.id: '%s'.", strings.ToValidUTF8(ref, "?"))
	}
	path, err := splitPath(u)
	if err != nil {
		return AuditTarget{}, err
	}
	flat := flatten(path.parts)
	if len(flat) != 2 || !hasFold([]string{"directoryObjects", "users", "servicePrincipals"}, flat[0].name) {
		return AuditTarget{}, badRequest("Invalid URL format specified in @odata.bind or @odata.id: '%s'.", strings.ToValidUTF8(ref, "?"))
	}
	id := flat[1].name
	if flat[1].key != nil {
		id = flat[1].key.value
	}
	if who, ok := c.ownerNamed(id); ok {
		return who, nil
	}
	return AuditTarget{}, notFound("directoryObject", id)
}

// ownerNamed is the account or the app of an id.
func (c *graphCall) ownerNamed(id string) (AuditTarget, bool) {
	if u := c.t.userByID(id); u != nil {
		return AuditTarget{ID: u.ID, Name: u.Name, Kind: "User", UPN: u.UPN}, true
	}
	if sp := c.t.serviceByID(id); sp != nil && !c.now.Before(sp.VisibleAt) {
		return sp.target(), true
	}
	return AuditTarget{}, false
}

// boundOwners are the owners that the body of a new app names.
func (c *graphCall) boundOwners() ([]string, error) {
	var body struct {
		Owners []string `json:"owners@odata.bind"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return nil, badRequest("The value of 'owners@odata.bind' has the wrong type.")
	}
	var ids []string
	for _, ref := range body.Owners {
		who, err := c.refersTo(ref)
		if err != nil {
			return nil, err
		}
		ids = union(ids, []string{who.ID})
	}
	return ids, nil
}

// addOwner adds one (serviceprincipal-post-owners). The words of the refusal are
// general knowledge.
func addOwner(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	var in struct {
		Ref string `json:"@odata.id"`
	}
	if err := c.action(&in); err != nil {
		return graphReply{}, err
	}
	who, err := c.refersTo(in.Ref)
	if err != nil {
		return graphReply{}, err
	}
	if slices.Contains(sp.Owners, who.ID) {
		return graphReply{}, badRequest("One or more added object references already exist for the following modified properties: 'owners'.")
	}
	sp.Owners = append(slices.Clone(sp.Owners), who.ID)
	c.note("Add owner to service principal", "ApplicationManagement", "Assign", sp.target(), who)
	return graphReply{status: http.StatusNoContent}, nil
}

// ownerKey finds the owner of the second key.
func (c *graphCall) ownerKey() (*ServicePrincipal, AuditTarget, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return nil, AuditTarget{}, err
	}
	who, ok := c.ownerNamed(c.keys[1].value)
	if !ok || !slices.Contains(sp.Owners, who.ID) {
		return nil, AuditTarget{}, notFound("directoryObject", c.keys[1].value)
	}
	return sp, who, nil
}

func removeOwner(c *graphCall) (graphReply, error) {
	sp, who, err := c.ownerKey()
	if err != nil {
		return graphReply{}, err
	}
	sp.Owners = slices.DeleteFunc(slices.Clone(sp.Owners), func(id string) bool { return id == who.ID })
	c.note("Remove owner from service principal", "ApplicationManagement", "Unassign", sp.target(), who)
	return graphReply{status: http.StatusNoContent}, nil
}

func (c *graphCall) reference(id string) obj {
	return obj{"@odata.id": c.root + "/directoryObjects/" + id}
}

// getOwnerRef answers a reference (OData JSON Format 4.01 §14).
func getOwnerRef(c *graphCall) (graphReply, error) {
	_, who, err := c.ownerKey()
	if err != nil {
		return graphReply{}, err
	}
	one := c.reference(who.ID)
	one["@odata.context"] = c.root + "/$metadata#$ref"
	return graphReply{http.StatusOK, one}, nil
}

func listOwnerRefs(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	refs := []obj{}
	for _, o := range c.ownersOf(sp) {
		id, _ := o["id"].(string)
		refs = append(refs, c.reference(id))
	}
	return graphReply{http.StatusOK, obj{"@odata.context": c.root + "/$metadata#Collection($ref)", "value": refs}}, nil
}
