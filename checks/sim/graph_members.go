package sim

import (
	"net/http"
	"slices"
)

// checkMember… and getMember…: which groups, and directory roles, an object is in
// (directoryobject-checkmembergroups and its kin). What an account is in is asked
// of /me with User.Read, of others with more.

func memberRoutes() []*graphRoute {
	var routes []*graphRoute
	for of, who := range map[string]access{
		"me": readMine, "users/{}": readOthers, "groups/{}": readGroup, "servicePrincipals/{}": readApps, "directoryObjects/{}": readDirectory,
	} {
		routes = append(
			routes,
			on(http.MethodPost, of+"/checkMemberGroups", who, nil, checkMembership("groupIds", false)),
			on(http.MethodPost, of+"/checkMemberObjects", who, nil, checkMembership("ids", true)),
			on(http.MethodPost, of+"/getMemberGroups", who, nil, listMembership(false)),
			on(http.MethodPost, of+"/getMemberObjects", who, nil, listMembership(true)),
		)
	}
	return routes
}

// member is the object that is asked about.
func (c *graphCall) member() (string, error) {
	if len(c.keys) == 0 {
		if c.u == nil {
			return "", noMe()
		}
		return c.u.ID, nil
	}
	if u := c.t.userByUPN(c.keys[0].value); u != nil {
		return u.ID, nil
	}
	if o := c.directoryObject(c.keys[0].value); o != nil {
		id, _ := o["id"].(string)
		return id, nil
	}
	return "", notFound("directoryObject", c.keys[0].value)
}

// memberIDs are the ids of what an object is in: groups, and roles if wanted.
func (c *graphCall) memberIDs(id string, roles bool) []string {
	out := []string{}
	for _, g := range c.t.Groups {
		if slices.Contains(g.Members, id) {
			out = append(out, g.ID)
		}
	}
	if u := c.t.userByID(id); u != nil && roles {
		for _, r := range u.Roles {
			out = append(out, stableID("role", c.t.ID, r))
		}
	}
	return out
}

// checkMembership says which of the given ids an object is in: at most 20
// (directoryobject-checkmembergroups).
func checkMembership(parameter string, roles bool) func(*graphCall) (graphReply, error) {
	return func(c *graphCall) (graphReply, error) {
		in := struct {
			GroupIDs []string `json:"groupIds"`
			IDs      []string `json:"ids"`
		}{}
		if err := c.action(&in); err != nil {
			return graphReply{}, err
		}
		asked, other := in.GroupIDs, in.IDs
		if parameter == "ids" {
			asked, other = other, asked
		}
		if len(asked) == 0 || len(asked) > 20 || other != nil {
			return graphReply{}, badRequest("%s must hold 1 to 20 ids.", parameter)
		}
		if id, odd := oddID(asked); odd {
			return graphReply{}, badRequest("Invalid object identifier '%s'.", id)
		}
		id, err := c.member()
		if err != nil {
			return graphReply{}, err
		}
		all := slices.DeleteFunc(c.memberIDs(id, roles), func(id string) bool { return !hasFold(asked, id) })
		return c.plainList("Collection(Edm.String)", all), nil
	}
}

// listMembership are the ids of all that an object is in. Every group of a
// scenario is a security group; with securityEnabledOnly roles are left out.
func listMembership(roles bool) func(*graphCall) (graphReply, error) {
	return func(c *graphCall) (graphReply, error) {
		var in struct {
			SecurityEnabledOnly *bool `json:"securityEnabledOnly"`
		}
		if err := c.action(&in); err != nil {
			return graphReply{}, err
		}
		if in.SecurityEnabledOnly == nil {
			return graphReply{}, badRequest("A value is required for parameter 'securityEnabledOnly'.")
		}
		id, err := c.member()
		if err != nil {
			return graphReply{}, err
		}
		return c.plainList("Collection(Edm.String)", c.memberIDs(id, roles && !*in.SecurityEnabledOnly)), nil
	}
}
