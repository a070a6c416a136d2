package consent

import (
	"math/bits"
	"strings"
)

// cond is a set of conditions, one bit each, in the order in which an admin
// would want to hear that one of them fails.
type cond uint16

const (
	condAdminOnly    cond = 1 << iota // delegatedUserConsentable
	condVerified                      // clientApplicationsFromVerifiedPublisherOnly
	condPublisher                     // clientApplicationPublisherIds
	condClass                         // permissionClassification
	condApp                           // clientApplicationIds
	condOwner                         // clientApplicationTenantIds
	condScope                         // permissions, resourceApplication
	condType                          // permissionType
	condUnrecognised                  // a member this package does not know
	condPolicy                        // the policy's sets could not be read
	condAssumed                       // a copy, and nothing is taken on trust
	condPrefix                        // an entry whose prefix is not documented
	condDelegated                     // delegated reaching past the publisher's wish
	condOwnApp                        // the managed list and an app of the tenant's own
	condKnown                         // the scope's type is from our own table
)

// match is what came of holding one or more condition sets against a scope.
type match struct {
	is    Tri
	fails cond  // conditions that do not hold; set where is is No
	gaps  cond  // conditions that cannot be told; set where is is Unread
	level uint8 // rank of the classification asked for, where that fails
	set   int32 // index of the set that the rest speaks of, or none
}

// meets adds one condition to m.
func (m *match) meets(t Tri, c cond) {
	switch t {
	case Yes:
	case No:
		m.fails |= c
	default:
		m.gaps |= c
	}
}

// settle gives m its value once all conditions are in.
func (m *match) settle() {
	switch {
	case m.fails != 0:
		m.is, m.gaps = No, 0
	case m.gaps != 0:
		m.is = Unread
	default:
		m.is = Yes
	}
}

// nearer tells whether m, which does not match, came nearer to it than o: it
// fails fewer conditions, or ones that matter more to an admin.
func (m match) nearer(o match) bool {
	a, b := bits.OnesCount16(uint16(m.fails)), bits.OnesCount16(uint16(o.fails))
	switch {
	case a != b:
		return a < b
	case m.fails != o.fails:
		return m.fails < o.fails
	default:
		return m.level < o.level
	}
}

// anySet is the disjunction over sets. A match names the first set that
// matches, a non-match the nearest one, and an open one every gap.
func (e *pass) anySet(sets []ConditionSet, p *Permission, include bool) match {
	out := match{is: No, set: none}
	for i := range sets {
		m := e.set(&sets[i], p, include)
		m.set = int32(i)
		switch {
		case m.is == Yes:
			return m
		case m.is == Unread && out.is == Unread:
			out.gaps |= m.gaps
		case m.is == Unread:
			out = m
		case out.is == No && (out.set < 0 || m.nearer(out)):
			out = m
		}
	}
	return out
}

// set holds one condition set against one scope.
// Source: [ED:manage-app-consent-policies], all conditions of a set must hold.
func (e *pass) set(s *ConditionSet, p *Permission, include bool) match {
	var m match
	e.setType(&m, s.PermissionType, p, include)
	m.meets(oneOf(s.Resource, p.Resource), condScope)
	if m.fails&condScope == 0 {
		m.meets(listsScope(s.Permissions, p), condScope)
	}
	if m.fails != 0 && !include {
		return match{is: No} // why an exclude does not match is nobody's question
	}
	m.meets(e.classifiedAs(s.Classification, p), condClass)
	if m.fails&condClass != 0 {
		m.level = levelRank(s.Classification)
	}
	m.meets(e.listsApp(s.ClientIDs), condApp)
	m.meets(e.listsOwner(s.ClientTenantIDs), condOwner)
	if !wild(s.ClientPublisherIDs) {
		listed := has(s.ClientPublisherIDs, e.q.App.PublisherID)
		m.meets(e.q.App.Verified.and(listed), condPublisher)
	}
	if s.VerifiedOnly {
		m.meets(e.q.App.Verified, condVerified)
	}
	if len(s.Unrecognised) > 0 {
		m.gaps |= condUnrecognised
	}
	m.settle()
	return m
}

// setType adds permissionType to m.
func (e *pass) setType(m *match, kind string, p *Permission, include bool) {
	switch {
	case same(kind, "delegated"):
		m.meets(tri(p.Kind == Delegated), condType)
		// Whether such an include lets users past a publisher who wants an
		// admin is not spelt out; as an exclude it can only hold back.
		if include && !e.lean && e.consentable(p) != Yes {
			m.gaps |= condDelegated
		}
	case same(kind, "delegatedUserConsentable"):
		m.meets(tri(p.Kind == Delegated), condType)
		if p.Assumed && !e.lean {
			m.gaps |= condKnown
		} else {
			m.meets(p.UserConsentable, condAdminOnly)
		}
	case same(kind, "application"):
		m.meets(tri(p.Kind == Application), condType)
	default:
		m.gaps |= condUnrecognised
	}
}

// consentable is whether users may consent to p by the API publisher's wish.
func (e *pass) consentable(p *Permission) Tri {
	if p.Assumed && !e.lean {
		return Unread
	}
	return p.UserConsentable
}

// classifiedAs is whether p has the classification that a set asks for.
func (e *pass) classifiedAs(want string, p *Permission) Tri {
	switch {
	case want == "" || same(want, "all"):
		return Yes
	case !same(want, string(Low)) && !same(want, string(Medium)) && !same(want, string(High)):
		return Unread
	case e.q.Tenant.Classified == nil:
		return Unread
	case len(e.q.Tenant.Classified) == 0:
		return No
	case p.ID == "" || p.Resource == "":
		return Unread
	}
	return tri(same(want, string(e.level(p))))
}

// levelRank orders the classifications, the one that asks least first.
func levelRank(level string) uint8 {
	switch {
	case same(level, string(Low)):
		return 0
	case same(level, string(Medium)):
		return 1
	default:
		return 2
	}
}

// level looks p's classification up without building the key on the heap.
func (e *pass) level(p *Permission) Level {
	var room [96]byte
	key := appendLower(room[:0], p.Resource)
	key = append(key, '/')
	key = appendLower(key, p.ID)
	return e.q.Tenant.Classified[string(key)]
}

// ClassKey is the key of a permission in Tenant.Classified.
func ClassKey(resource, id string) string {
	return strings.ToLower(resource + "/" + id)
}

// listsApp is whether a list of client ids holds the app. On a guess, an app
// without an id is on nobody's list: lists name apps that are known.
func (e *pass) listsApp(ids []string) Tri {
	if wild(ids) {
		return Yes
	}
	if e.guess && e.q.App.ClientID == "" {
		return No
	}
	return has(ids, e.q.App.ClientID)
}

// listsOwner is whether a list of tenants holds the one that owns the app.
func (e *pass) listsOwner(ids []string) Tri {
	if wild(ids) {
		return Yes
	}
	is := has(ids, e.q.App.OwnerTenant)
	if has(ids, ThisTenant) == Yes {
		is = is.or(e.ownApp())
	}
	return is
}

// ownApp is whether the app is registered in the very tenant.
func (e *pass) ownApp() Tri {
	if e.q.App.OwnerTenant == "" || e.q.Tenant.ID == "" {
		return Unread
	}
	return tri(same(e.q.App.OwnerTenant, e.q.Tenant.ID))
}

// listsScope is whether a list of permissions holds p, by id as Graph writes
// them or by name as Builtin does where no id is published.
func listsScope(ids []string, p *Permission) Tri {
	is := tri(len(ids) == 0)
	if is == No && p.ID == "" {
		is = Unread
	}
	// This is the one long list of a usual tenant: it is walked once, and first
	// letters settle most of it.
	id, value := initial(p.ID), initial(p.Value)
	for _, s := range ids {
		if s == "" {
			continue
		}
		switch initial(s) {
		case id, value, 'a':
			if same(s, p.ID) || same(s, p.Value) || wildcard(s) {
				return Yes
			}
		}
		if p.Value == "" && isName(s) {
			is = Unread
		}
	}
	return is
}

// isName is whether an entry of a list of permissions is no id.
func isName(s string) bool { return len(s) != len(MicrosoftGraph) || s[8] != '-' }

// oneOf is whether want, which may be a wildcard, is got.
func oneOf(want, got string) Tri {
	switch {
	case want == "" || wildcard(want):
		return Yes
	case got == "":
		return Unread
	default:
		return tri(same(want, got))
	}
}

// wild is whether a list stands for everything.
func wild(ids []string) bool {
	for _, id := range ids {
		if len(id) == 3 && wildcard(id) {
			return true
		}
	}
	return len(ids) == 0
}

// wildcard is whether one entry stands for everything.
func wildcard(id string) bool { return same(id, "all") || same(id, "any") }

// has is whether a list holds id; that cannot be told of an empty id.
func has(ids []string, id string) Tri {
	if id == "" {
		return Unread
	}
	for _, s := range ids {
		if same(s, id) {
			return Yes
		}
	}
	return No
}
