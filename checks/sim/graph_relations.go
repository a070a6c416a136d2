package sim

import "slices"

// Relations that $expand follows, where Microsoft's pages of the types name
// them, and the lists of the same names.

func serviceRelations() map[string]relation {
	of := func(list func(*graphCall, *ServicePrincipal) []obj) relation {
		return func(c *graphCall, o obj) (any, error) {
			id, _ := o["id"].(string)
			sp := c.t.serviceByID(id)
			if sp == nil {
				return []obj{}, nil
			}
			return append([]obj{}, list(c, sp)...), nil
		}
	}
	return map[string]relation{
		"appRoleAssignments": of((*graphCall).heldBy),
		"appRoleAssignedTo":  of((*graphCall).givenBy),
		"owners":             of((*graphCall).ownersOf),
		"memberOf":           of((*graphCall).groupsOfService),
		"transitiveMemberOf": of((*graphCall).groupsOfService),
		"oauth2PermissionGrants": of(func(c *graphCall, sp *ServicePrincipal) []obj {
			return c.grantsWhere(func(g *Grant) bool { return g.ClientID == sp.ID })
		}),
		"delegatedPermissionClassifications": of((*graphCall).classesOf),
	}
}

// ownersOf are the accounts, and the apps, that own the enterprise app.
func (c *graphCall) ownersOf(sp *ServicePrincipal) []obj {
	var out []obj
	for _, id := range sp.Owners {
		if o := c.directoryObject(id); o != nil {
			out = append(out, o)
		}
	}
	return out
}

// groupsOfService are the groups that hold the app itself.
func (c *graphCall) groupsOfService(sp *ServicePrincipal) []obj {
	var out []obj
	for _, g := range c.t.Groups {
		if slices.Contains(g.Members, sp.ID) {
			out = append(out, kinded(c.groupObject(g), "group"))
		}
	}
	return out
}

func (c *graphCall) classesOf(sp *ServicePrincipal) []obj {
	var out []obj
	for _, cl := range c.t.Classifications {
		if cl.Resource == sp.ID {
			out = append(out, classObject(cl))
		}
	}
	return out
}

// grantsWhere are the grants that reads see and want admits.
func (c *graphCall) grantsWhere(want func(*Grant) bool) []obj {
	var out []obj
	for _, g := range c.t.Grants {
		if o := c.grantObject(g); o != nil && want(g) {
			out = append(out, o)
		}
	}
	return out
}

func serviceOwners(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.many(memberEntity, "directoryObjects", c.ownersOf(sp))
}

func serviceMemberOf(c *graphCall) (graphReply, error) {
	sp, err := c.serviceKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.many(memberEntity, "directoryObjects", c.groupsOfService(sp))
}

func userRelations() map[string]relation {
	of := func(list func(*graphCall, *User) []obj) relation {
		return func(c *graphCall, o obj) (any, error) {
			id, _ := o["id"].(string)
			u := c.t.userByID(id)
			if u == nil {
				return []obj{}, nil
			}
			return append([]obj{}, list(c, u)...), nil
		}
	}
	return map[string]relation{
		"memberOf":           of((*graphCall).memberships),
		"transitiveMemberOf": of((*graphCall).memberships),
		"appRoleAssignments": of((*graphCall).userAssignments),
		"oauth2PermissionGrants": of(func(c *graphCall, u *User) []obj {
			return c.grantsWhere(func(g *Grant) bool { return g.Principal == u.ID })
		}),
		"ownedObjects": of((*graphCall).ownedBy),
		"manager":      func(*graphCall, obj) (any, error) { return nil, nil }, //nolint:nilnil // nobody in a scenario has one
	}
}

// ownedBy are the enterprise apps that a user owns.
func (c *graphCall) ownedBy(u *User) []obj {
	var out []obj
	for _, sp := range c.t.Services {
		if slices.Contains(sp.Owners, u.ID) {
			out = append(out, kinded(c.serviceObject(sp), "servicePrincipal"))
		}
	}
	return out
}

func groupRelations() map[string]relation {
	members := func(c *graphCall, o obj) (any, error) {
		id, _ := o["id"].(string)
		g := c.t.groupByID(id)
		out := []obj{}
		if g == nil {
			return out, nil
		}
		for _, m := range g.Members {
			if found := c.directoryObject(m); found != nil {
				out = append(out, found)
			}
		}
		return out, nil
	}
	none := func(*graphCall, obj) (any, error) { return []obj{}, nil }
	return map[string]relation{"members": members, "transitiveMembers": members, "owners": none, "memberOf": none}
}
