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
