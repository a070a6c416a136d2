package sim

import (
	"encoding/json"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
)

// delta: what changed since a link that the simulator gave.

// maxDeltas bounds how many links are remembered; the oldest are forgotten.
const maxDeltas = 64

// deltaMark is what a link stands for: a print of every object it has told of.
type deltaMark struct {
	token string
	seen  map[string]uint64
}

// delta answers a list, or what of it changed since the link. What is gone is
// told as removed. The world is held for writing.
func (c *graphCall) delta(e *entity, context string, items []obj) (graphReply, error) {
	items, err := c.filtered(e, items)
	if err != nil {
		return graphReply{}, err
	}
	before := map[string]uint64{}
	token, since := option(c.query, "deltatoken")
	// From now on: no objects, only a link (delta-query-overview, of the directory's
	// own objects).
	latest := strings.EqualFold(token, "latest")
	if since && !latest {
		i := slices.IndexFunc(c.t.deltas, func(m deltaMark) bool { return m.token == token })
		if i < 0 {
			return graphReply{}, &graphError{
				http.StatusGone, "syncStateNotFound", "The delta token is not known here, or has been forgotten. Start again without it.",
			}
		}
		before = c.t.deltas[i].seen
	}
	mark := deltaMark{token: c.w.newID("delta"), seen: map[string]uint64{}}
	var out []obj
	for _, o := range items {
		id, _ := o["id"].(string)
		mark.seen[id] = printOf(o)
		if before[id] != mark.seen[id] && !latest {
			one, err := c.selected(e, o)
			if err != nil {
				return graphReply{}, err
			}
			out = append(out, one)
		}
	}
	for _, id := range sortedKeys(before) {
		if _, still := mark.seen[id]; !still {
			out = append(out, obj{"id": id, "@removed": obj{"reason": "deleted"}})
		}
	}
	if _, err := c.selected(e, obj{}); err != nil {
		return graphReply{}, err
	}
	if len(c.t.deltas) >= maxDeltas {
		c.t.deltas = slices.Delete(c.t.deltas, 0, 1)
	}
	c.t.deltas = append(c.t.deltas, mark)
	return graphReply{http.StatusOK, obj{
		"@odata.context":   c.contextOf(e, context),
		"@odata.deltaLink": c.here() + "?$deltatoken=" + mark.token,
		"value":            append([]obj{}, out...),
	}}, nil
}

// printOf tells two states of an object apart.
func printOf(o obj) uint64 {
	raw, err := json.Marshal(o)
	if err != nil {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write(raw)
	return h.Sum64()
}

func deltaServices(c *graphCall) (graphReply, error) {
	var out []obj
	for _, sp := range c.t.Services {
		if !c.now.Before(sp.VisibleAt) {
			out = append(out, kinded(c.serviceObject(sp), "servicePrincipal"))
		}
	}
	return c.delta(serviceEntity, "servicePrincipals", out)
}

func deltaGrants(c *graphCall) (graphReply, error) {
	var out []obj
	for _, g := range c.t.Grants {
		if o := c.grantObject(g); o != nil {
			out = append(out, o)
		}
	}
	return c.delta(grantEntity, "oauth2PermissionGrants", out)
}

// kinded says of an object what it is, as mixed lists do.
func kinded(o obj, kind string) obj {
	o["@odata.type"] = "#microsoft.graph." + strings.TrimPrefix(kind, "#microsoft.graph.")
	return o
}
