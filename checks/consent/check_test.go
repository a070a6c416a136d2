package consent

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// clone copies a question so deep that nothing is shared.
func clone(q Question) Question {
	q.Tenant.Assigned = slices.Clone(q.Tenant.Assigned)
	q.Tenant.Policies = slices.Clone(q.Tenant.Policies)
	for i := range q.Tenant.Policies {
		p := &q.Tenant.Policies[i]
		p.Includes, p.Excludes = cloneSets(p.Includes), cloneSets(p.Excludes)
	}
	q.Tenant.Classified = maps.Clone(q.Tenant.Classified)
	q.User.Policies = slices.Clone(q.User.Policies)
	q.Asked = slices.Clone(q.Asked)
	q.Granted = slices.Clone(q.Granted)
	for i := range q.Granted {
		q.Granted[i].Scopes = slices.Clone(q.Granted[i].Scopes)
	}
	return q
}

func cloneSets(sets []ConditionSet) []ConditionSet {
	sets = slices.Clone(sets)
	for i := range sets {
		s := &sets[i]
		s.Permissions, s.ClientIDs = slices.Clone(s.Permissions), slices.Clone(s.ClientIDs)
		s.ClientTenantIDs, s.ClientPublisherIDs = slices.Clone(s.ClientTenantIDs), slices.Clone(s.ClientPublisherIDs)
		s.Unrecognised = slices.Clone(s.Unrecognised)
	}
	return sets
}

// chains are the ids of all chains together.
func chains(a Answer) []RuleID {
	var ids []RuleID
	for _, s := range a.Scopes {
		ids = append(ids, chainOf(s.Chain)...)
	}
	return ids
}

// dump shows an answer to whoever reads a failure.
func dump(a Answer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "decided: %s\n", a.Decided.Why)
	for _, s := range a.Scopes {
		fmt.Fprintf(&b, "  %s: %d probably %v\n", s.Permission.Value, s.Outcome, s.Probably)
		for _, r := range s.Chain {
			fmt.Fprintf(&b, "    %-22s %d %q %q %s\n", r.ID, r.Effect, r.Policy, r.Set, r.Why)
		}
	}
	for _, r := range a.Notes {
		fmt.Fprintf(&b, "  note %s: %s\n", r.ID, r.Why)
	}
	return b.String()
}

// wellFormed holds an answer to what its types promise.
func wellFormed(t *testing.T, q Question, a Answer) {
	t.Helper()
	if err := formed(q, a); err != nil {
		t.Errorf("%v\n%s", err, dump(a))
	}
}

func formed(q Question, a Answer) error {
	if len(a.Scopes) != len(q.Asked) {
		return fmt.Errorf("%d scope answers for %d scopes", len(a.Scopes), len(q.Asked))
	}
	if a.Decided.Effect != a.Outcome || a.Probably && a.Outcome == Unknown {
		return fmt.Errorf("outcome %d probably %v, decided by %s, which stands for %d", a.Outcome, a.Probably, a.Decided.ID, a.Decided.Effect)
	}
	for i, s := range a.Scopes {
		if s.Permission != q.Asked[i] {
			return fmt.Errorf("scope %d answers another question", i)
		}
		if len(s.Chain) == 0 || s.Chain[0].Effect != s.Outcome || s.Probably && s.Outcome == Unknown {
			return fmt.Errorf("scope %d: chain %v for outcome %d", i, chainOf(s.Chain), s.Outcome)
		}
	}
	for _, r := range append(slices.Concat(chainRules(a), a.Notes), a.Decided) {
		if err := spoken(r); err != nil {
			return err
		}
	}
	return nil
}

// spoken holds one rule's words to what a screen needs.
func spoken(r Rule) error {
	switch {
	case !slices.Contains(Rules(), r.ID):
		return fmt.Errorf("unknown rule %q", r.ID)
	case strings.Contains(r.Why, "{scope}"), strings.Contains(r.Why, "{policy}"):
		return fmt.Errorf("%s: %q is not filled in", r.ID, r.Why)
	case !strings.HasSuffix(r.Why, "."):
		return fmt.Errorf("%s: %q is no sentence", r.ID, r.Why)
	case strings.IndexFunc(r.Why, unicode.IsControl) >= 0 && strings.IndexFunc(r.Policy, unicode.IsControl) < 0:
		return fmt.Errorf("%s: %q has a control character", r.ID, r.Why)
	}
	return nil
}

func chainRules(a Answer) []Rule {
	var rules []Rule
	for _, s := range a.Scopes {
		rules = append(rules, s.Chain...)
	}
	return rules
}

// TestDecideIsPure asks twice and looks whether the question is as it was.
func TestDecideIsPure(t *testing.T) {
	t.Parallel()
	for _, c := range handCases() {
		q := c.q()
		before := clone(q)
		a, b := Decide(q), Decide(q)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: two answers to one question", c.name)
		}
		if !reflect.DeepEqual(q, before) {
			t.Errorf("%s: the question was changed", c.name)
		}
	}
}

// TestCertainBesideOpen: what is certain of one scope is not marked down
// because another one is not.
func TestCertainBesideOpen(t *testing.T) {
	t.Parallel()
	q := under(PolicyLegacy)
	q.Asked[0].Assumed = true                    // likely
	q.Asked[1].UserConsentable = Unread          // open
	q.Asked[2].Kind = Application                // certainly an admin's
	q.Granted = []Granted{everyone("User.Read")} // certainly granted
	a := Decide(q)
	want := []struct {
		outcome  Outcome
		probably bool
	}{{Allowed, true}, {Unknown, false}, {NeedsAdmin, false}, {Allowed, false}, {Allowed, false}}
	for i, w := range want {
		if s := a.Scopes[i]; s.Outcome != w.outcome || s.Probably != w.probably {
			t.Errorf("scope %d: %v probably %v, want %v %v", i, s.Outcome, s.Probably, w.outcome, w.probably)
		}
	}
	if a.Outcome != NeedsAdmin || a.Probably || a.Decided.ID != RuleAppRole {
		t.Errorf("the whole: %v probably %v by %s", a.Outcome, a.Probably, a.Decided.ID)
	}
}

// TestLongPrompt: a prompt longer than what a decision keeps room for is
// answered scope by scope as a short one is.
func TestLongPrompt(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]Question{"managed": managed(), "offline": offline(all()...)} {
		short := Decide(q)
		q.Asked = slices.Repeat(q.Asked, 7)
		long := Decide(q)
		if long.Outcome != short.Outcome || long.Probably != short.Probably ||
			!reflect.DeepEqual(long.Decided, short.Decided) || !reflect.DeepEqual(long.Notes, short.Notes) {
			t.Errorf("%s: asked for more of the same\n%s%s", name, dump(short), dump(long))
		}
		if want := slices.Repeat(short.Scopes, 7); !reflect.DeepEqual(long.Scopes, want) {
			t.Errorf("%s: the scopes of\n%sare not those of\n%s", name, dump(long), dump(short))
		}
	}
}

// TestUnreadAppStateKeepsTheRest: where it is not known whether the app is
// enabled, nothing is decided, but what would hold a scope back is still said.
func TestUnreadAppStateKeepsTheRest(t *testing.T) {
	t.Parallel()
	q := managed()
	q.App.Enabled = Unread
	a := Decide(q)
	want := []RuleID{RuleEnabledUnread, RuleManagedExclude, RuleAppNotIncluded}
	got := chainOf(a.Scopes[4].Chain)
	if a.Outcome != Unknown || a.Decided.ID != RuleEnabledUnread || !slices.Equal(got, want) {
		t.Errorf("%v by %s, %v; want unknown by %s, %v", a.Outcome, a.Decided.ID, got, RuleEnabledUnread, want)
	}
}
