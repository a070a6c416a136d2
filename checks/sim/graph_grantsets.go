package sim

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// The write side of consent policies (entra-facts §4). Microsoft's own policies
// cannot be changed; a custom one is there at once, with nothing in it.

// setSide is one of the two collections of condition sets.
type setSide string

const (
	includes setSide = "includes"
	excludes setSide = "excludes"
)

// builtIn says whether a policy is Microsoft's: their ids begin with a word that
// custom ids may not begin with (entra-facts §4).
func builtIn(id string) bool { return strings.HasPrefix(strings.ToLower(id), "microsoft-") }

func (c *graphCall) customPolicy() (*GrantPolicy, error) {
	p, err := c.policyKey()
	if err != nil {
		return nil, err
	}
	if builtIn(p.ID) {
		return nil, badRequest("Built-in permission grant policies cannot be changed: '%s'.", p.ID)
	}
	return p, nil
}

func (p *GrantPolicy) target(changes ...AuditChange) AuditTarget {
	return AuditTarget{ID: p.ID, Name: p.Name, Kind: "Policy", Changes: changes}
}

func createGrantPolicy(c *graphCall) (graphReply, error) {
	m, err := c.payload("permissionGrantPolicy", "id displayName description")
	if err != nil {
		return graphReply{}, err
	}
	p := &GrantPolicy{}
	if err := errors.Join(member(m, "id", &p.ID), member(m, "displayName", &p.Name), member(m, "description", &p.Description)); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	wrongID := strings.ContainsFunc(p.ID, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	switch {
	case p.ID == "" || len(p.ID) > 64 || wrongID || builtIn(p.ID):
		return graphReply{}, badRequest("Invalid value specified for property 'id' of resource 'PermissionGrantPolicy'.")
	case p.Name == "":
		return graphReply{}, badRequest("A value is required for property 'displayName' of resource 'PermissionGrantPolicy'.")
	case c.t.policyByID(p.ID) != nil:
		return graphReply{}, &graphError{
			http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue",
			"A conflicting object with one or more of the specified property values is present in the directory.",
		}
	}
	c.t.Policies = append(c.t.Policies, p)
	c.note("Add permission grant policy", "Policy", "Add", p.target())
	a, err := c.one(grantPolicyEntity, "policies/permissionGrantPolicies", grantPolicyObject(p))
	a.status = http.StatusCreated
	return a, err
}

func patchGrantPolicy(c *graphCall) (graphReply, error) {
	p, err := c.customPolicy()
	if err != nil {
		return graphReply{}, err
	}
	m, err := c.payload("permissionGrantPolicy", "displayName description")
	if err != nil {
		return graphReply{}, err
	}
	name, about := p.Name, p.Description
	if err := errors.Join(member(m, "displayName", &name), member(m, "description", &about)); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	c.note("Update permission grant policy", "Policy", "Update", p.target(wasNow("displayName", p.Name, name)))
	p.Name, p.Description = name, about
	return graphReply{status: http.StatusNoContent}, nil
}

// deleteGrantPolicy removes a custom policy, which cannot be brought back
// (entra-facts §4). One that is assigned is refused.
func deleteGrantPolicy(c *graphCall) (graphReply, error) {
	p, err := c.customPolicy()
	if err != nil {
		return graphReply{}, err
	}
	if slices.ContainsFunc(c.t.Assigned, func(e string) bool {
		_, id, _ := strings.Cut(e, ".")
		return strings.EqualFold(id, p.ID)
	}) {
		return graphReply{}, badRequest("The permission grant policy '%s' is assigned to the default user role and cannot be deleted.", p.ID)
	}
	c.t.Policies = slices.DeleteFunc(slices.Clone(c.t.Policies), func(o *GrantPolicy) bool { return o == p })
	c.note("Delete permission grant policy", "Policy", "Delete", p.target())
	return graphReply{status: http.StatusNoContent}, nil
}

// of is the policy's collection of this side.
func (side setSide) of(p *GrantPolicy) *[]*ConditionSet {
	if side == excludes {
		return &p.Excludes
	}
	return &p.Includes
}

func (side setSide) context(p *GrantPolicy) string {
	return "policies/permissionGrantPolicies('" + p.ID + "')/" + string(side)
}

func (side setSide) list(c *graphCall) (graphReply, error) {
	p, err := c.policyKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.many(setEntity, side.context(p), setObjects(*side.of(p)))
}

// key finds the set of the second key.
func (side setSide) key(c *graphCall, p *GrantPolicy) (*ConditionSet, error) {
	set := find(*side.of(p), func(s *ConditionSet) bool { return strings.EqualFold(s.ID, c.keys[1].value) })
	if set == nil {
		return nil, notFound("permissionGrantConditionSet", c.keys[1].value)
	}
	return set, nil
}

func (side setSide) get(c *graphCall) (graphReply, error) {
	p, err := c.policyKey()
	if err != nil {
		return graphReply{}, err
	}
	set, err := side.key(c, p)
	if err != nil {
		return graphReply{}, err
	}
	return c.one(setEntity, side.context(p), setObject(set))
}

func (side setSide) create(c *graphCall) (graphReply, error) {
	p, err := c.customPolicy()
	if err != nil {
		return graphReply{}, err
	}
	set := &ConditionSet{}
	if err := c.readSet(set); err != nil {
		return graphReply{}, err
	}
	if set.PermissionType == "" {
		return graphReply{}, badRequest("A value is required for property 'permissionType' of resource 'PermissionGrantConditionSet'.")
	}
	set.ID = c.w.newID("set")
	all := side.of(p)
	*all = append(slices.Clone(*all), set)
	c.note("Add permission grant condition set", "Policy", "Update", p.target(wasNow(string(side), nil, setObject(set))))
	a, err := c.one(setEntity, side.context(p), setObject(set))
	a.status = http.StatusCreated
	return a, err
}

func (side setSide) patch(c *graphCall) (graphReply, error) {
	p, err := c.customPolicy()
	if err != nil {
		return graphReply{}, err
	}
	set, err := side.key(c, p)
	if err != nil {
		return graphReply{}, err
	}
	change := *set
	if err := c.readSet(&change); err != nil {
		return graphReply{}, err
	}
	c.note("Update permission grant condition set", "Policy", "Update", p.target(wasNow(string(side), setObject(set), setObject(&change))))
	*set = change
	return graphReply{status: http.StatusNoContent}, nil
}

func (side setSide) remove(c *graphCall) (graphReply, error) {
	p, err := c.customPolicy()
	if err != nil {
		return graphReply{}, err
	}
	set, err := side.key(c, p)
	if err != nil {
		return graphReply{}, err
	}
	all := side.of(p)
	*all = slices.DeleteFunc(slices.Clone(*all), func(o *ConditionSet) bool { return o == set })
	c.note("Delete permission grant condition set", "Policy", "Update", p.target(wasNow(string(side), setObject(set), nil)))
	return graphReply{status: http.StatusNoContent}, nil
}

// readSet reads the body into a set; what it does not name stays.
func (c *graphCall) readSet(set *ConditionSet) error {
	m, err := c.payload("permissionGrantConditionSet", `permissionType permissionClassification resourceApplication permissions
		clientApplicationIds clientApplicationTenantIds clientApplicationPublisherIds clientApplicationsFromVerifiedPublisherOnly`)
	if err != nil {
		return err
	}
	var only *bool
	lists := map[string]*[]string{
		"permissions": &set.Permissions, "clientApplicationIds": &set.ClientIDs,
		"clientApplicationTenantIds": &set.ClientTenantIDs, "clientApplicationPublisherIds": &set.ClientPublisherIDs,
	}
	for name, list := range lists {
		fresh := slices.Clone(*list)
		if raw, ok := m[name]; ok {
			fresh = nil
			if err := json.Unmarshal(raw, &fresh); err != nil {
				return badRequest("The value of property '%s' has the wrong type.", name)
			}
		}
		*list = fresh
	}
	if err := errors.Join(
		member(m, "permissionType", &set.PermissionType), member(m, "permissionClassification", &set.Classification),
		member(m, "resourceApplication", &set.Resource), member(m, "clientApplicationsFromVerifiedPublisherOnly", &only),
	); err != nil {
		return firstGraphError(err)
	}
	if only != nil {
		set.VerifiedPublisher = *only
	}
	switch {
	case strings.EqualFold(set.PermissionType, "delegatedUserConsentable") && m["permissionType"] != nil:
		// Only built-in policies use it (entra-facts §4).
		return badRequest("Invalid value specified for property 'permissionType' of resource 'PermissionGrantConditionSet'.")
	case set.Classification != "" && !hasFold([]string{"all", "low", "medium", "high"}, set.Classification):
		return badRequest("Invalid value specified for property 'permissionClassification' of resource 'PermissionGrantConditionSet'.")
	}
	return checkSetIDs(set, m)
}
