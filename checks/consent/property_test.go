package consent

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// decider is Decide, or something that means to be.
type decider func(Question) Answer

// property is a law that every decider keeps: check looks at one random
// question and a change to it.
type property struct {
	name  string
	check func(decider, world) error
}

// rounds is how many questions each property is tried on.
const rounds = 3000

func properties() []property {
	return []property{
		{"an extra include is never stricter", extraInclude},
		{"an extra exclude is never laxer", extraExclude},
		{"an extra policy is never stricter", extraPolicy},
		{"order never matters", anyOrder},
		{"case never matters", anyCase},
		{"a granted scope never needs consent", grantedScope},
		{"a right to grant is never stricter", rightToGrant},
		{"knowing more never contradicts", knowingMore},
		{"entries for owners change nothing", ownersEntries},
		{"an answer is well formed", wellSpoken},
		{"one scope more is never laxer", oneScopeMore},
		{"nothing assumed, nothing guessed", nothingAssumed},
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	for _, p := range properties() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(rounds) {
				if err := p.check(Decide, newWorld(seed, false)); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
			}
		})
	}
}

// rank orders outcomes by how much they let through.
func rank(o Outcome) int {
	switch o {
	case Blocked:
		return 0
	case NeedsAdmin:
		return 1
	case Unknown:
		return 2
	case Allowed:
		return 3
	default:
		return -1
	}
}

// noStricter compares the whole and every scope.
func noStricter(before, after Answer) error {
	if rank(after.Outcome) < rank(before.Outcome) {
		return fmt.Errorf("the whole went from %d to %d\n%s%s", before.Outcome, after.Outcome, dump(before), dump(after))
	}
	for i := range before.Scopes {
		if rank(after.Scopes[i].Outcome) < rank(before.Scopes[i].Outcome) {
			return fmt.Errorf("scope %d went from %d to %d\n%s%s", i, before.Scopes[i].Outcome, after.Scopes[i].Outcome, dump(before), dump(after))
		}
	}
	return nil
}

func extraInclude(decide decider, w world) error {
	q := w.question()
	before := decide(clone(q))
	for i := range q.Tenant.Policies {
		p := &q.Tenant.Policies[i]
		at := w.IntN(len(p.Includes) + 1)
		p.Includes = slices.Insert(p.Includes, at, w.set())
	}
	return noStricter(before, decide(q))
}

func extraExclude(decide decider, w world) error {
	q := w.question()
	before := decide(clone(q))
	for i := range q.Tenant.Policies {
		p := &q.Tenant.Policies[i]
		p.Excludes = slices.Insert(p.Excludes, w.IntN(len(p.Excludes)+1), w.set())
	}
	return noStricter(decide(q), before)
}

func extraPolicy(decide decider, w world) error {
	q := w.question()
	before := decide(clone(q))
	if q.Tenant.Assigned == nil {
		return nil
	}
	p := w.policy("extra")
	p.Assumed = false // one that is assumed makes the second pass guess
	q.Tenant.Policies = append(q.Tenant.Policies, p)
	q.Tenant.Assigned = append(q.Tenant.Assigned, self+"extra")
	return noStricter(before, decide(q))
}

// gist is what of an answer must not hang on order or case. Set is left out:
// it counts sets as they were read.
func gist(a Answer) string {
	var b strings.Builder
	line := func(r Rule) {
		change := ""
		if r.Change != nil {
			change = r.Change.MessageID
		}
		fmt.Fprintf(&b, "%s %s %s %s\n", r.ID, strings.ToLower(r.Policy), strings.ToLower(r.Why), change)
	}
	fmt.Fprintf(&b, "%d %v\n", a.Outcome, a.Probably)
	line(a.Decided)
	var scopes []string
	for _, s := range a.Scopes {
		var c strings.Builder
		fmt.Fprintf(&c, "%s %s %d %v", strings.ToLower(s.Permission.Value), strings.ToLower(s.Permission.Resource), s.Outcome, s.Probably)
		for _, r := range s.Chain {
			fmt.Fprintf(&c, " %s/%s", r.ID, strings.ToLower(r.Policy))
		}
		scopes = append(scopes, c.String())
	}
	slices.Sort(scopes)
	notes := make([]string, 0, len(a.Notes))
	for _, r := range a.Notes {
		notes = append(notes, string(r.ID)+strings.ToLower(r.Why))
	}
	slices.Sort(notes)
	return b.String() + strings.Join(scopes, "\n") + strings.Join(notes, "\n")
}

func sameGist(a, b Answer) error {
	if x, y := gist(a), gist(b); x != y {
		return fmt.Errorf("was\n%s\nis\n%s", x, y)
	}
	return nil
}

func shuffle[T any](w world, s []T) {
	w.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

func anyOrder(decide decider, w world) error {
	q := w.question()
	before := decide(clone(q))
	shuffle(w, q.Tenant.Assigned)
	shuffle(w, q.Tenant.Policies)
	shuffle(w, q.User.Policies)
	shuffle(w, q.Asked)
	shuffle(w, q.Granted)
	for i := range q.Granted {
		shuffle(w, q.Granted[i].Scopes)
	}
	for _, p := range q.Tenant.Policies {
		shuffle(w, p.Includes)
		shuffle(w, p.Excludes)
		for _, s := range slices.Concat(p.Includes, p.Excludes) {
			shuffle(w, s.Permissions)
			shuffle(w, s.ClientIDs)
			shuffle(w, s.ClientTenantIDs)
			shuffle(w, s.ClientPublisherIDs)
		}
	}
	return sameGist(before, decide(q))
}

func anyCase(decide decider, w world) error {
	q := w.question()
	before := decide(clone(q))
	each := func(list []string) {
		for i := range list {
			list[i] = w.name(list[i])
		}
	}
	each(q.Tenant.Assigned)
	each(q.User.Policies)
	q.Tenant.ID, q.App.ClientID, q.App.OwnerTenant = w.name(q.Tenant.ID), w.name(q.App.ClientID), w.name(q.App.OwnerTenant)
	q.User.ID = w.name(q.User.ID)
	for i := range q.Asked {
		p := &q.Asked[i]
		p.Resource, p.ID, p.Value = w.name(p.Resource), w.name(p.ID), w.name(p.Value)
	}
	for i := range q.Granted {
		g := &q.Granted[i]
		g.Resource, g.User = w.name(g.Resource), w.name(g.User)
		each(g.Scopes)
	}
	for k, l := range q.Tenant.Classified {
		q.Tenant.Classified[k] = Level(w.name(string(l)))
	}
	for i := range q.Tenant.Policies {
		p := &q.Tenant.Policies[i]
		p.ID = w.name(p.ID)
		for _, sets := range [][]ConditionSet{p.Includes, p.Excludes} {
			for j := range sets {
				s := &sets[j]
				s.PermissionType, s.Classification, s.Resource = w.name(s.PermissionType), w.name(s.Classification), w.name(s.Resource)
				each(s.Permissions)
				each(s.ClientIDs)
				each(s.ClientTenantIDs)
				each(s.ClientPublisherIDs)
			}
		}
	}
	return sameGist(before, decide(q))
}

func grantedScope(decide decider, w world) error {
	q := w.question()
	for i := range q.Asked { // what has no name cannot be found among grants
		q.Asked[i].Resource, q.Asked[i].Value = pick(w, worldAPIs), pick(w, worldScopes)
	}
	i := w.IntN(len(q.Asked))
	p := q.Asked[i]
	g := Granted{Resource: p.Resource, Scopes: []string{p.Value}, Kind: p.Kind, Everyone: true}
	if p.Kind == Delegated && w.odds(2) {
		g.Everyone, g.User = false, q.User.ID
	}
	q.Granted = append(q.Granted, g)
	a := decide(q)
	if s := a.Scopes[i]; s.Outcome == NeedsAdmin || s.Outcome == Unknown && q.App.Enabled != Unread {
		return fmt.Errorf("a granted scope came out as %d\n%s", s.Outcome, dump(a))
	}
	for _, p := range q.Asked {
		q.Granted = append(q.Granted, Granted{Resource: p.Resource, Scopes: []string{p.Value}, Kind: p.Kind, Everyone: true})
	}
	if a = decide(q); a.Outcome == NeedsAdmin {
		return errors.New("everything is granted, and an admin is needed")
	}
	return nil
}

func rightToGrant(decide decider, w world) error {
	q := w.question()
	q.User.MayGrant = No
	before := decide(clone(q))
	q.User.MayGrant = Yes
	return noStricter(before, decide(q))
}

func ownersEntries(decide decider, w world) error {
	q := w.question()
	if q.Tenant.Assigned == nil {
		return nil
	}
	before := decide(clone(q))
	for range 1 + w.IntN(3) {
		entry := w.name(owned) + pick(w, worldPolicies)
		q.Tenant.Assigned = slices.Insert(q.Tenant.Assigned, w.IntN(len(q.Tenant.Assigned)+1), entry)
	}
	if after := decide(q); !reflect.DeepEqual(before, after) {
		return fmt.Errorf("was\n%s\nis\n%s", dump(before), dump(after))
	}
	return nil
}

func wellSpoken(decide decider, w world) error {
	q := w.question()
	a := decide(clone(q))
	if err := formed(q, a); err != nil {
		return fmt.Errorf("%w\n%s", err, dump(a))
	}
	return nil
}

// oneScopeMore: a prompt that also asks for something else is let through no
// more easily. Only where neither is Blocked: a scope that lacks consent makes
// an approval the next thing to do for a person who is not assigned, too.
func oneScopeMore(decide decider, w world) error {
	q := w.question()
	before := decide(clone(q))
	q.Asked = append(q.Asked, w.permission())
	after := decide(q)
	if before.Outcome == Blocked || before.Decided.ID == RuleAssignedUnread || before.Decided.ID == RuleAssignmentUnread ||
		before.Decided.ID == RuleGrantsUnread {
		return nil
	}
	if rank(after.Outcome) > rank(before.Outcome) {
		return fmt.Errorf("went from %d to %d\n%s%s", before.Outcome, after.Outcome, dump(before), dump(after))
	}
	return nil
}

// nothingAssumed: a certain answer stays word for word when everything that is
// assumed is declared unread instead.
func nothingAssumed(decide decider, w world) error {
	q := w.question()
	before := decide(clone(q))
	if before.Probably || before.Outcome == Unknown {
		return nil
	}
	for i := range q.Tenant.Policies {
		if p := &q.Tenant.Policies[i]; p.Assumed {
			p.Unread, p.Assumed = true, false
		}
	}
	for i := range q.Asked {
		if p := &q.Asked[i]; p.Assumed {
			p.UserConsentable, p.Assumed = Unread, false
		}
	}
	if after := decide(q); after.Outcome != before.Outcome || after.Probably {
		return fmt.Errorf("certain %d hung on something assumed\n%s%s", before.Outcome, dump(before), dump(after))
	}
	return nil
}
