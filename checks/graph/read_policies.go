package graph

import (
	"net/url"
	"slices"
	"strings"
	"sync"

	"onboard.example/checks/consent"
)

// readPolicies reads the consent policies with their condition sets. The list
// carries the sets in Microsoft's sample, and may not (entra-facts §4): then
// those of the policies that are assigned to users are read each, in one more
// stage that such an answer forces. The other policies stay unread.
func readPolicies(rd *reading, t *trail) ([]consent.Policy, error) {
	found, err := list[policyRead](t,
		ask{path: "policies/permissionGrantPolicies", need: needConsentPolicies})
	if err != nil {
		return nil, err
	}
	t.saw("%s", counted(len(found), "consent policy record"))
	out, bare := []consent.Policy{}, false
	for _, p := range found {
		policy, whole := policyOf(p)
		if policy.ID == "" {
			return nil, t.lacks("id")
		}
		policy.Unread, bare = !whole, bare || !whole
		out = append(out, policy)
	}
	if !bare {
		return out, nil
	}
	l := rd.assigned()
	t.seen = append(t.seen, l.seen...)
	if l.err != nil {
		return out, nil // which policies matter is not known: all without sets stay unread
	}
	return out, readSets(t, out, found, l.value.Assigned)
}

// policyOf copies a policy; whole is false where one of its lists of sets is
// not there or holds something that is no set.
func policyOf(p policyRead) (policy consent.Policy, whole bool) {
	in, inOK := conditionSets(p.Includes)
	ex, exOK := conditionSets(p.Excludes)
	return consent.Policy{ID: text(p.ID), Includes: in, Excludes: ex}, inOK && exOK
}

// forSelf is the prefix of assignments that are about a user's own consent; its
// case varies (entra-facts §3).
const forSelf = "managepermissiongrantsforself."

// assignedForSelf says whether a policy is assigned to users.
func assignedForSelf(assigned []string, id string) bool {
	return slices.ContainsFunc(assigned, func(a string) bool { return strings.EqualFold(a, forSelf+id) })
}

// readSets reads what the list did not carry, of the assigned policies, all at
// once. A policy whose sets cannot be read stays unread, with the evidence of
// the try: the others are worth having.
func readSets(t *trail, policies []consent.Policy, found []policyRead, assigned []string) error {
	var wg sync.WaitGroup
	var trails []*trail
	for i := range policies {
		p := &policies[i]
		if !p.Unread || !assignedForSelf(assigned, p.ID) && !isOurs(p.ID) { // ours are looked at before they are assigned
			continue
		}
		in, ex := &trail{call: t.call, ctx: t.ctx}, &trail{call: t.call, ctx: t.ctx}
		trails = append(trails, in, ex)
		wg.Go(func() {
			_ = guarded(func() error { readPolicySets(in, ex, p, found[i]); return nil }) // else it stays unread
		})
	}
	wg.Wait()
	for _, own := range trails {
		t.seen = append(t.seen, own.seen...)
	}
	if t.ctx.Err() != nil {
		return stopped(t.ctx)
	}
	return nil
}

// readPolicySets fills in the missing lists of one policy.
func readPolicySets(in, ex *trail, p *consent.Policy, found policyRead) {
	includes, excludes := found.Includes, found.Excludes
	var wg sync.WaitGroup
	if includes == nil {
		wg.Go(func() {
			_ = guarded(func() (err error) { includes, err = setsOf(in, p.ID, "includes"); return err })
		})
	}
	if excludes == nil {
		wg.Go(func() {
			_ = guarded(func() (err error) { excludes, err = setsOf(ex, p.ID, "excludes"); return err })
		})
	}
	wg.Wait()
	var inOK, exOK bool
	p.Includes, inOK = conditionSets(includes)
	p.Excludes, exOK = conditionSets(excludes)
	p.Unread = !inOK || !exOK
}

// setsOf reads one list of sets.
func setsOf(t *trail, policy, which string) ([]*conditionSetRead, error) {
	sets, err := list[conditionSetRead](t, ask{
		path: "policies/permissionGrantPolicies/" + url.PathEscape(policy) + "/" + which, need: needConsentSets,
	})
	if err != nil {
		return nil, err
	}
	t.saw("%s", counted(len(sets), "condition set"))
	out := []*conditionSetRead{}
	for _, s := range sets {
		out = append(out, &s)
	}
	return out, nil
}

// conditionSets copies sets; ok is false where they were not there, or one of
// them is null.
func conditionSets(sets []*conditionSetRead) (out []consent.ConditionSet, ok bool) {
	if sets == nil {
		return nil, false
	}
	for _, s := range sets {
		if s == nil {
			return nil, false
		}
		out = append(out, conditionSet(s))
	}
	return out, true
}

// permissionTypes are the values of permissionType in v1.0 [MM].
var permissionTypes = []string{"delegatedUserConsentable", "delegated", "application"}

func conditionSet(s *conditionSetRead) consent.ConditionSet {
	c := consent.ConditionSet{
		ID:             text(s.ID),
		Classification: text(s.Classification), Resource: text(s.Resource),
		Permissions: names(s.Permissions), ClientIDs: names(s.Clients),
		ClientTenantIDs: names(s.Tenants), ClientPublisherIDs: names(s.Publishers),
		VerifiedOnly: yes(s.VerifiedOnly),
		Unrecognised: slices.Clone(s.other),
	}
	if k := deref(s.Type); slices.Contains(permissionTypes, k) {
		c.PermissionType = k
	} else {
		// Absent, or a value that v1.0 has no name for: it must be there
		// (entra-facts §4), so nothing can be said of such a set.
		c.Unrecognised = append(c.Unrecognised, "permissionType")
	}
	return c
}

func names(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, name(s))
	}
	return out
}
