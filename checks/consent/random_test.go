package consent

import (
	"math/rand/v2"
	"strings"
)

// world makes random questions out of so few names that their parts meet.
type world struct {
	*rand.Rand
	// known makes every fact read, so that nothing is Unknown for want of one.
	known bool
}

func newWorld(seed uint64, known bool) world {
	return world{Rand: rand.New(rand.NewPCG(seed, 11)), known: known}
}

var (
	worldAPIs     = []string{MicrosoftGraph, ExchangeOnline}
	worldScopes   = []string{"openid", "offline_access", "User.Read", "Calendars.ReadWrite", "Mail.Send", "Directory.Read.All"}
	worldApps     = []string{hetk, otherApp, thunder}
	worldTenants  = []string{contoso, fabrikam, woodgrove}
	worldPubs     = []string{publisher, "7654321"}
	worldPolicies = []string{"my-policy", "other", "third", PolicyRecommended}
	worldLevels   = []Level{Unclassified, Low, Medium, High}
)

// odds is true once in n.
func (w world) odds(n int) bool { return w.IntN(n) == 0 }

// pick is one of several.
func pick[T any](w world, from []T) T { return from[w.IntN(len(from))] }

// some is up to n of several, with repeats.
func some[T any](w world, from []T, n int) []T {
	var out []T
	for range w.IntN(n + 1) {
		out = append(out, pick(w, from))
	}
	return out
}

// tri is a random answer, Unread only where the world has gaps.
func (w world) tri() Tri {
	if !w.known && w.odds(5) {
		return Unread
	}
	return Tri(1 + w.IntN(2))
}

// mostly is a Tri that is usually the given one.
func (w world) mostly(t Tri) Tri {
	if w.odds(4) {
		return w.tri()
	}
	return t
}

// gap is s, or nothing where the world has gaps.
func (w world) gap(s string) string {
	if !w.known && w.odds(8) {
		return ""
	}
	return s
}

// name is s in random case.
func (w world) name(s string) string {
	switch w.IntN(4) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	default:
		return s
	}
}

// permission is one of a few scopes or, rarely, an app role. Its type belongs
// to the scope, not to the chance.
func (w world) permission() Permission {
	value := pick(w, worldScopes)
	p := Permission{Resource: w.gap(pick(w, worldAPIs)), ID: w.gap(live(value).ID), Value: value, UserConsentable: Yes}
	if p.ID != "" {
		p.Value = w.gap(value)
	}
	if value == "Directory.Read.All" {
		p.UserConsentable = No
	}
	if !w.known && w.odds(8) {
		p.UserConsentable = Unread
	}
	p.Assumed = !w.known && w.odds(8)
	if w.odds(12) {
		p.Kind, p.UserConsentable = Application, No
	}
	return p
}

// list is a list of a condition: usually a wildcard.
func (w world) list(from []string) []string {
	switch w.IntN(5) {
	case 0, 1, 2:
		return nil
	case 3:
		return []string{"all"}
	default:
		return append(some(w, from, 2), pick(w, from))
	}
}

// set is one condition set.
func (w world) set() ConditionSet {
	ids := make([]string, len(worldScopes))
	for i, v := range worldScopes {
		ids[i] = live(v).ID
	}
	s := ConditionSet{
		PermissionType: pick(w, []string{"delegated", "delegatedUserConsentable", "delegatedUserConsentable", "application"}),
		Resource:       pick(w, append([]string{"", "any", "any"}, worldAPIs...)),
		Permissions:    w.list(ids), ClientIDs: w.list(worldApps),
		ClientTenantIDs: w.list(append([]string{ThisTenant}, worldTenants...)), ClientPublisherIDs: w.list(worldPubs),
		VerifiedOnly: w.odds(4),
	}
	if w.odds(3) {
		s.Classification = pick(w, []string{"all", "low", "low", "medium", "HIGH"})
	}
	if !w.known && w.odds(10) {
		s.Unrecognised = []string{"someNewMember"}
	}
	if !w.known && w.odds(30) {
		s.PermissionType = ""
	}
	return s
}

// sets is up to n sets.
func (w world) sets(n int) []ConditionSet {
	var out []ConditionSet
	for range w.IntN(n + 1) {
		out = append(out, w.set())
	}
	return out
}

// policy is a random policy with an id.
func (w world) policy(id string) Policy {
	p := Policy{ID: id, Includes: append(w.sets(2), w.set()), Excludes: w.sets(2)}
	if w.odds(3) {
		p.Includes = append(p.Includes, cloneSets([]ConditionSet{consentable})...)
	}
	if w.odds(3) {
		p.Excludes = nil
	}
	if !w.known && w.odds(10) {
		p.Unread = true
	}
	if !w.known && w.odds(10) {
		p.Assumed = true
	}
	return p
}

// question is a whole prompt.
func (w world) question() Question {
	q := Question{
		Tenant: Tenant{ID: w.gap(contoso), Assigned: []string{}, RiskyAllowed: w.tri(), Classified: w.classified()},
		App: App{
			ClientID: w.gap(pick(w, worldApps)), OwnerTenant: w.gap(pick(w, worldTenants)), PublisherID: w.gap(pick(w, worldPubs)),
			Verified: w.tri(), Enabled: w.mostly(Yes), AssignmentRequired: w.mostly(No), RegisteredAfter2020: w.tri(),
		},
		User:       User{ID: person, Assigned: w.tri(), MayGrant: w.mostly(No), MayGrantGraphRoles: w.tri()},
		GrantsRead: w.mostly(Yes),
	}
	if w.known {
		q.GrantsRead = Yes
	}
	for _, id := range worldPolicies {
		if w.known || !w.odds(12) {
			q.Tenant.Policies = append(q.Tenant.Policies, w.policy(id))
		}
	}
	for _, id := range some(w, worldPolicies, 3) {
		q.Tenant.Assigned = append(q.Tenant.Assigned, self+id)
	}
	if w.odds(3) {
		q.Tenant.Assigned = append(q.Tenant.Assigned, team)
	}
	if w.odds(6) {
		q.User.Policies = some(w, worldPolicies, 2)
	}
	if !w.known && w.odds(12) {
		q.Tenant.Assigned = append(q.Tenant.Assigned, "ManagePermissionGrantsForWhom.x")
	}
	if !w.known && w.odds(12) {
		q.Tenant.Assigned = nil
	}
	for range 1 + w.IntN(4) {
		q.Asked = append(q.Asked, w.permission())
	}
	for range w.IntN(3) {
		q.Granted = append(q.Granted, w.grant())
	}
	return q
}

// classified is a random map of classifications, nil where not read.
func (w world) classified() map[string]Level {
	if !w.known && w.odds(6) {
		return nil
	}
	m := map[string]Level{}
	for _, api := range worldAPIs {
		for _, v := range worldScopes {
			if l := pick(w, worldLevels); l != Unclassified {
				m[ClassKey(api, live(v).ID)] = l
			}
		}
	}
	return m
}

// grant is a random grant.
func (w world) grant() Granted {
	g := Granted{Resource: w.gap(pick(w, worldAPIs)), Scopes: some(w, worldScopes, 4)}
	switch w.IntN(3) {
	case 0:
		g.Everyone = true
	case 1:
		g.User = person
	default:
		g.User = colleague
	}
	if w.odds(8) {
		g.Kind, g.Everyone, g.User = Application, true, ""
	}
	return g
}
