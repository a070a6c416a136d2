package consent

import (
	"reflect"
	"slices"
	"strings"
)

// The prefixes of permissionGrantPoliciesAssigned. Their case varies.
// Source: [ED:configure-user-consent].
const (
	selfPrefix  = "ManagePermissionGrantsForSelf."
	ownedPrefix = "ManagePermissionGrantsForOwnedResource."
	// actionPrefix comes before selfPrefix in a custom role's action.
	// Source: [ED:../role-based-access-control/custom-consent-permissions].
	actionPrefix = "microsoft.directory/servicePrincipals/"
)

// ForSelf returns the ids of the policies under which users may consent for
// themselves, in the order assigned and each once. Entries for team, chat and
// group owners are not among them, nor are entries that name no policy.
func ForSelf(assigned []string) []string {
	var ids []string
	for _, entry := range assigned {
		id, ok := cutFold(strings.TrimSpace(entry), selfPrefix)
		if ok && id != "" && !slices.ContainsFunc(ids, func(s string) bool { return same(s, id) }) {
			ids = append(ids, id)
		}
	}
	return ids
}

// IsManaged tells whether users consent under the policy that Microsoft
// manages, alone or beside others: the default of tenants that never chose.
// Source: [TOP; PUB], entra-facts §3.
func IsManaged(assigned []string) bool {
	for _, entry := range assigned {
		id, ok := cutFold(strings.TrimSpace(entry), selfPrefix)
		if ok && same(id, PolicyRecommended) {
			return true
		}
	}
	return false
}

// entry kinds of permissionGrantPoliciesAssigned.
type entryKind uint8

const (
	entrySelf entryKind = iota
	entryOwned
	entryOther
)

// entryOf reads one entry; id is the policy's for entrySelf.
func entryOf(entry string) (id string, kind entryKind) {
	entry = strings.TrimSpace(entry)
	if id, ok := cutFold(entry, selfPrefix); ok && id != "" {
		return id, entrySelf
	}
	if _, ok := cutFold(entry, ownedPrefix); ok {
		return "", entryOwned
	}
	return "", entryOther
}

// cutFold is strings.CutPrefix without regard to case.
func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !same(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// held is a policy under which the person may consent, once resolved.
type held struct {
	id     string
	policy *Policy // nil where it was not read
	covers Tri     // whether it alone permits every scope that needs it
}

// hold collects the policies that apply to the person, in an order that does
// not depend on the order of anything asked, and tells whether an entry with an
// unknown prefix is assigned.
func hold(q *Question, into []held) (all []held, odd bool) {
	add := func(id string) {
		for i := range into {
			if same(into[i].id, id) {
				return
			}
		}
		at := len(into)
		into = append(into, held{})
		for ; at > 0 && foldCompare(into[at-1].id, id) > 0; at-- {
			into[at] = into[at-1]
		}
		into[at] = held{id: id, policy: find(q.Tenant.Policies, id)}
	}
	for _, entry := range q.Tenant.Assigned {
		switch id, kind := entryOf(entry); kind {
		case entrySelf:
			add(id)
		case entryOther:
			odd = true
		case entryOwned:
		}
	}
	for _, id := range q.User.Policies {
		id, _ = cutFold(strings.TrimSpace(id), actionPrefix)
		if id, _ = cutFold(id, selfPrefix); id != "" {
			add(id)
		}
	}
	return into, odd
}

// find returns the policy with an id: what the tenant said before our own
// copy, and that before one that could not be read. Graph's ids are unique;
// two that differ under one id are nobody's truth, so none is taken.
func find(policies []Policy, id string) *Policy {
	var best *Policy
	clash := false
	for i := range policies {
		p := &policies[i]
		if !same(p.ID, id) {
			continue
		}
		switch {
		case best == nil || trust(p) > trust(best):
			best, clash = p, false
		case trust(p) == trust(best) && !sameSets(p, best):
			clash = true
		}
	}
	if clash || best == nil || best.Unread {
		return nil
	}
	return best
}

// trust ranks a policy by where its sets came from.
func trust(p *Policy) int {
	switch {
	case p.Unread:
		return 0
	case p.Assumed:
		return 1
	default:
		return 2
	}
}

// sameSets tells whether two policies hold the same sets in the same order.
func sameSets(a, b *Policy) bool {
	return reflect.DeepEqual(a.Includes, b.Includes) && reflect.DeepEqual(a.Excludes, b.Excludes)
}

// verdict is what one policy says about one scope.
type verdict struct {
	is       Tri
	inc, exc match
}

// permits asks one policy about one scope: at least one include must match,
// and no exclude. Source: [ED:manage-app-consent-policies].
func (e *pass) permits(h *held, p *Permission) verdict {
	switch {
	case h.policy == nil:
		return verdict{inc: match{gaps: condPolicy}}
	case h.policy.Assumed && !e.lean:
		return verdict{inc: match{gaps: condAssumed}}
	}
	v := verdict{
		inc: e.anySet(h.policy.Includes, p, true),
		exc: e.anySet(h.policy.Excludes, p, false),
	}
	// Whether the managed list holds for an app registered in the very tenant
	// is not documented (entra-facts §3a, UNCERTAIN).
	if v.exc.is == Yes && !e.lean && e.ownApp() == Yes && isRecommended(h.id) {
		v.exc.is, v.exc.gaps = Unread, condOwnApp
	}
	v.is = v.inc.is.and(v.exc.is.not())
	return v
}

// isRecommended is whether id is the policy that Microsoft manages.
func isRecommended(id string) bool { return same(id, PolicyRecommended) }
