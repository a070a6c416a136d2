package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

// Groups, and what an account is a member of.

func (c *graphCall) groupObject(g *Group) obj {
	return obj{
		"id": g.ID, "displayName": g.Name, "mailEnabled": false, "createdDateTime": peopleSince, "renewedDateTime": peopleSince,
		"mailNickname": strings.ReplaceAll(g.Name, " ", ""), "securityEnabled": true,
	}
}

func listGroups(c *graphCall) (graphReply, error) {
	var out []obj
	for _, g := range c.t.Groups {
		out = append(out, c.groupObject(g))
	}
	return c.many(groupEntity, "groups", out)
}

func (c *graphCall) groupKey() (*Group, error) {
	g := c.t.groupByID(c.keys[0].value)
	if g == nil {
		return nil, notFound("group", c.keys[0].value)
	}
	return g, nil
}

func getGroup(c *graphCall) (graphReply, error) {
	g, err := c.groupKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(groupEntity, "groups", c.groupObject(g))
}

func listMembers(c *graphCall) (graphReply, error) {
	g, err := c.groupKey()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	for _, id := range g.Members {
		if o := c.directoryObject(id); o != nil {
			out = append(out, o)
		}
	}
	return c.many(memberEntity, "directoryObjects", out)
}

// memberships are the groups and roles of an account. Groups do not hold
// groups in the simulator, so direct and transitive are the same.
func (c *graphCall) memberships(u *User) []obj {
	var out []obj
	for _, g := range c.t.Groups {
		if slices.Contains(g.Members, u.ID) {
			out = append(out, kinded(c.groupObject(g), "group"))
		}
	}
	for _, r := range u.Roles {
		out = append(out, kinded(c.roleObject(r), "directoryRole"))
	}
	return out
}

// mine lists what the caller is a member of; kind narrows it.
func mine(kind string) func(*graphCall) (graphReply, error) {
	return func(c *graphCall) (graphReply, error) { return c.memberOf(c.u, kind) }
}

// theirs lists what the account of the first key is a member of.
func theirs(kind string) func(*graphCall) (graphReply, error) {
	return func(c *graphCall) (graphReply, error) {
		u, err := c.userKey()
		if err != nil {
			return graphReply{}, err
		}
		return c.memberOf(u, kind)
	}
}

func (c *graphCall) memberOf(u *User, kind string) (graphReply, error) {
	if u == nil {
		return graphReply{}, noMe()
	}
	all := c.memberships(u)
	if kind == "" {
		return c.many(memberEntity, "directoryObjects", all)
	}
	all = slices.DeleteFunc(all, func(o obj) bool { return o["@odata.type"] != "#microsoft.graph."+kind })
	for _, o := range all {
		delete(o, "@odata.type") // a list of one type need not tell it
	}
	if kind == "group" {
		return c.many(groupEntity, "groups", all)
	}
	return c.many(roleEntity, "directoryRoles", all)
}

// memberGroups are the ids of the groups an account is in.
func (c *graphCall) memberGroups() ([]string, error) {
	if c.u == nil {
		return nil, noMe()
	}
	out := []string{}
	for _, g := range c.t.Groups {
		if slices.Contains(g.Members, c.u.ID) {
			out = append(out, g.ID)
		}
	}
	return out, nil
}

// checkMine says which of the given groups the caller is in.
func checkMine(c *graphCall) (graphReply, error) {
	var in struct {
		GroupIDs []string `json:"groupIds"`
	}
	if err := c.action(&in); err != nil {
		return graphReply{}, err
	}
	if len(in.GroupIDs) == 0 || len(in.GroupIDs) > 20 {
		return graphReply{}, badRequest("groupIds must hold 1 to 20 ids.")
	}
	if id, odd := oddID(in.GroupIDs); odd {
		return graphReply{}, badRequest("Invalid object identifier '%s'.", id)
	}
	all, err := c.memberGroups()
	if err != nil {
		return graphReply{}, err
	}
	all = slices.DeleteFunc(all, func(id string) bool { return !hasFold(in.GroupIDs, id) })
	return c.plainList("Collection(Edm.String)", all), nil
}

// listMine are the groups the caller is in.
func listMine(c *graphCall) (graphReply, error) {
	var in struct {
		SecurityEnabledOnly *bool `json:"securityEnabledOnly"`
	}
	if err := c.action(&in); err != nil {
		return graphReply{}, err
	}
	if in.SecurityEnabledOnly == nil {
		return graphReply{}, badRequest("A value is required for parameter 'securityEnabledOnly'.")
	}
	all, err := c.memberGroups()
	if err != nil {
		return graphReply{}, err
	}
	return c.plainList("Collection(Edm.String)", all), nil
}

// plainList answers a list of texts.
func (c *graphCall) plainList(context string, list []string) graphReply {
	return graphReply{http.StatusOK, obj{"@odata.context": c.root + "/$metadata#" + context, "value": list}}
}

// action reads the parameters of an action; an unknown one is a bad request.
func (c *graphCall) action(into any) error {
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		_, unknown, found := strings.Cut(err.Error(), "unknown field ")
		if found {
			return badRequest("The parameter '%s' in the request payload is not a valid parameter for the operation.", strings.Trim(unknown, `"`))
		}
		return unreadable()
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return unreadable() // something follows the object
	}
	return nil
}
