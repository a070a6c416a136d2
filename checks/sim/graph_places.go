package sim

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Named locations of Conditional Access.

func (n *NamedLocation) object() obj {
	o := obj{
		"id": n.ID, "displayName": n.Name, "createdDateTime": stamp(n.CreatedAt), "modifiedDateTime": stamp(n.CreatedAt),
	}
	if len(n.Countries) > 0 {
		o["countriesAndRegions"], o["includeUnknownCountriesAndRegions"], o["countryLookupMethod"] = n.Countries, false, "clientIpAddress"
		return kinded(o, "countryNamedLocation")
	}
	ranges := []obj{}
	for _, r := range n.Ranges {
		kind := "iPv4CidrRange"
		if strings.Contains(r, ":") {
			kind = "iPv6CidrRange"
		}
		ranges = append(ranges, kinded(obj{"cidrAddress": r}, kind))
	}
	o["ipRanges"], o["isTrusted"] = ranges, n.Trusted
	return kinded(o, "ipNamedLocation")
}

func listPlaces(c *graphCall) (graphReply, error) {
	var out []obj
	for _, n := range c.t.Locations {
		out = append(out, n.object())
	}
	return c.many(placeEntity, placeSet, out)
}

func (c *graphCall) placeKey() (*NamedLocation, error) {
	n := find(c.t.Locations, func(n *NamedLocation) bool { return strings.EqualFold(n.ID, c.keys[0].value) })
	if n == nil {
		return nil, notFound("namedLocation", c.keys[0].value)
	}
	return n, nil
}

func getPlace(c *graphCall) (graphReply, error) {
	n, err := c.placeKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(placeEntity, placeSet, n.object())
}

// readPlace reads the body into a location, by the type that it names.
func (c *graphCall) readPlace(n *NamedLocation) error {
	var head struct {
		Type string `json:"@odata.type"`
	}
	if err := json.Unmarshal(c.body, &head); err != nil {
		return unreadable()
	}
	kind := strings.TrimPrefix(head.Type, "#microsoft.graph.")
	if kind != "ipNamedLocation" && kind != "countryNamedLocation" {
		return badRequest("@odata.type must be #microsoft.graph.ipNamedLocation or #microsoft.graph.countryNamedLocation.")
	}
	m, err := c.payload(kind, "displayName ipRanges isTrusted countriesAndRegions includeUnknownCountriesAndRegions countryLookupMethod")
	if err != nil {
		return err
	}
	var ranges []struct {
		CIDR string `json:"cidrAddress"`
	}
	if err := errors.Join(
		member(m, "displayName", &n.Name), member(m, "isTrusted", &n.Trusted),
		member(m, "countriesAndRegions", &n.Countries), member(m, "ipRanges", &ranges),
	); err != nil {
		return firstGraphError(err)
	}
	if m["ipRanges"] != nil {
		n.Ranges = nil
	}
	for _, r := range ranges {
		n.Ranges = append(n.Ranges, r.CIDR)
	}
	if n.Name == "" || len(n.Ranges)+len(n.Countries) == 0 {
		return badRequest("A named location needs a displayName and ranges or countries.")
	}
	return nil
}

func createPlace(c *graphCall) (graphReply, error) {
	n := &NamedLocation{CreatedAt: c.now}
	if err := c.readPlace(n); err != nil {
		return graphReply{}, err
	}
	if err := c.unlicensedAccess(); err != nil {
		return graphReply{}, err
	}
	n.ID = c.w.newID("place")
	c.t.Locations = append(c.t.Locations, n)
	c.note("Add named location", "Policy", "Add", AuditTarget{ID: n.ID, Name: n.Name, Kind: "Policy"})
	a, err := c.one(placeEntity, placeSet, n.object())
	a.status = http.StatusCreated
	return a, err
}

func patchPlace(c *graphCall) (graphReply, error) {
	n, err := c.placeKey()
	if err != nil {
		return graphReply{}, err
	}
	change := *n
	change.Countries = slices.Clone(n.Countries)
	if err := c.readPlace(&change); err != nil {
		return graphReply{}, err
	}
	*n = change
	c.note("Update named location", "Policy", "Update", AuditTarget{ID: n.ID, Name: n.Name, Kind: "Policy"})
	return graphReply{status: http.StatusNoContent}, nil
}

// deletePlace refuses a trusted location, as Graph does (public page of the
// operation: it must be untrusted first).
func deletePlace(c *graphCall) (graphReply, error) {
	n, err := c.placeKey()
	if err != nil {
		return graphReply{}, err
	}
	if n.Trusted {
		return graphReply{}, badRequest("A trusted named location cannot be deleted: set isTrusted to false first.")
	}
	c.t.Locations = slices.DeleteFunc(slices.Clone(c.t.Locations), func(o *NamedLocation) bool { return o == n })
	c.note("Delete named location", "Policy", "Delete", AuditTarget{ID: n.ID, Name: n.Name, Kind: "Policy"})
	return graphReply{status: http.StatusNoContent}, nil
}
