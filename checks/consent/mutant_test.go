package consent

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

// mutants are deciders with one rule broken each, made by asking Decide a bent
// question or bending its answer. Each must be caught by the properties named,
// or by the oracle where none is: laws that nothing can break prove nothing.
func mutants() []struct {
	name     string
	decide   decider
	caughtBy []string
} {
	bend := func(change func(*Question)) decider {
		return func(q Question) Answer {
			q = clone(q)
			change(&q)
			return Decide(q)
		}
	}
	sets := func(change func(*ConditionSet)) decider {
		return bend(func(q *Question) {
			for _, p := range q.Tenant.Policies {
				for i := range p.Includes {
					change(&p.Includes[i])
				}
				for i := range p.Excludes {
					change(&p.Excludes[i])
				}
			}
		})
	}
	policies := func(change func(*Policy)) decider {
		return bend(func(q *Question) {
			for i := range q.Tenant.Policies {
				change(&q.Tenant.Policies[i])
			}
		})
	}
	return []struct {
		name     string
		decide   decider
		caughtBy []string
	}{
		{"all includes must match", policies(func(p *Policy) {
			if len(p.Includes) > 1 {
				p.Includes = nil
			}
		}), []string{"an extra include is never stricter"}},
		{"a second exclude lifts the first", policies(func(p *Policy) {
			if len(p.Excludes)%2 == 0 {
				p.Excludes = nil
			}
		}), []string{"an extra exclude is never laxer"}},
		{"all policies must permit", bend(func(q *Question) {
			if len(ForSelf(q.Tenant.Assigned)) > 1 {
				q.Tenant.Assigned = q.Tenant.Assigned[:0]
			}
		}), []string{"an extra policy is never stricter"}},
		{"only the first policy counts", bend(func(q *Question) {
			q.Tenant.Policies = q.Tenant.Policies[:min(1, len(q.Tenant.Policies))]
		}), []string{"order never matters"}},
		{"only the first include counts", policies(func(p *Policy) { p.Includes = p.Includes[:1] }), []string{"order never matters"}},
		{"prefixes in one case only", bend(func(q *Question) {
			q.Tenant.Assigned = slices.DeleteFunc(q.Tenant.Assigned, func(s string) bool { return !strings.HasPrefix(s, self) })
		}), []string{"case never matters"}},
		{"ids in one case only", sets(func(s *ConditionSet) {
			s.ClientIDs = slices.DeleteFunc(s.ClientIDs, func(s string) bool { return s == strings.ToUpper(s) })
		}), []string{"case never matters"}},
		{"grants are forgotten", bend(func(q *Question) { q.Granted, q.GrantsRead = nil, Yes }), []string{"a granted scope never needs consent"}},
		{"grants of one person are forgotten", bend(func(q *Question) {
			q.Granted = slices.DeleteFunc(q.Granted, func(g Granted) bool { return !g.Everyone })
		}), []string{"a granted scope never needs consent"}},
		{"admins may not grant", func(q Question) Answer {
			if q.User.MayGrant == Yes {
				q.User.MayGrant = No
				q.App.AssignmentRequired = Yes
			}
			return Decide(q)
		}, []string{"a right to grant is never stricter"}},
		{"unread grants are none", bend(func(q *Question) { q.GrantsRead = Yes }), []string{"knowing more never contradicts"}},
		{"an unread publisher is unverified", bend(func(q *Question) {
			if q.App.Verified == Unread {
				q.App.Verified = No
			}
		}), []string{"knowing more never contradicts"}},
		{"unread classifications are none", bend(func(q *Question) {
			if q.Tenant.Classified == nil {
				q.Tenant.Classified = map[string]Level{}
			}
		}), []string{"knowing more never contradicts"}},
		{"unread policies permit nothing", policies(func(p *Policy) {
			if p.Unread {
				*p = Policy{ID: p.ID}
			}
		}), []string{"knowing more never contradicts"}},
		{"an unread setting is off", bend(func(q *Question) {
			if q.Tenant.Assigned == nil {
				q.Tenant.Assigned = []string{}
			}
		}), []string{"knowing more never contradicts"}},
		{"unknown members are ignored", sets(func(s *ConditionSet) { s.Unrecognised = nil }), []string{"knowing more never contradicts"}},
		{"unknown entries are ignored", bend(func(q *Question) {
			q.Tenant.Assigned = slices.DeleteFunc(q.Tenant.Assigned, func(s string) bool { _, k := entryOf(s); return k == entryOther })
		}), []string{"knowing more never contradicts"}},
		{"an app of unread state is enabled", bend(func(q *Question) {
			if q.App.Enabled == Unread {
				q.App.Enabled = Yes
			}
		}), []string{"knowing more never contradicts"}},
		{"owners' entries let users consent", bend(func(q *Question) {
			for i, s := range q.Tenant.Assigned {
				if id, ok := cutFold(s, owned); ok {
					q.Tenant.Assigned[i] = self + id
				}
			}
		}), []string{"entries for owners change nothing"}},
		{"copies are taken for live", policies(func(p *Policy) { p.Assumed = false }), []string{"nothing assumed, nothing guessed"}},
		{"only the last scope counts", func(q Question) Answer {
			a := Decide(q)
			b := Decide(Question{Tenant: q.Tenant, App: q.App, User: q.User, Granted: q.Granted, GrantsRead: q.GrantsRead, Asked: q.Asked[len(q.Asked)-1:]})
			a.Outcome, a.Probably, a.Decided = b.Outcome, b.Probably, b.Decided
			return a
		}, []string{"one scope more is never laxer", "order never matters"}},
		{"the chain is lost", func(q Question) Answer {
			a := Decide(q)
			for i := range a.Scopes {
				a.Scopes[i].Chain = nil
			}
			return a
		}, []string{"an answer is well formed"}},

		// These keep every law and are merely wrong: the oracle's to catch.
		{"excludes are ignored", policies(func(p *Policy) { p.Excludes = nil }), nil},
		{"the verified publisher is not asked for", sets(func(s *ConditionSet) { s.VerifiedOnly = false }), nil},
		{"publisher ids are ignored", sets(func(s *ConditionSet) { s.ClientPublisherIDs = nil }), nil},
		{"owner tenants are ignored", sets(func(s *ConditionSet) { s.ClientTenantIDs = nil }), nil},
		{"client ids are ignored", sets(func(s *ConditionSet) { s.ClientIDs = nil }), nil},
		{"permissions are ignored", sets(func(s *ConditionSet) { s.Permissions = nil }), nil},
		{"the API is ignored", sets(func(s *ConditionSet) { s.Resource = "any" }), nil},
		{"classifications are ignored", sets(func(s *ConditionSet) { s.Classification = "all" }), nil},
		{"medium passes for low", bend(func(q *Question) {
			for k, l := range q.Tenant.Classified {
				if l == Medium {
					q.Tenant.Classified[k] = Low
				}
			}
		}), nil},
		{"delegated is always meant", sets(func(s *ConditionSet) {
			if s.PermissionType == "delegatedUserConsentable" {
				s.PermissionType = "delegated"
			}
		}), nil},
		{"custom roles are ignored", bend(func(q *Question) { q.User.Policies = nil }), nil},
		{"risk is ignored", bend(func(q *Question) { q.Tenant.RiskyAllowed = Yes }), nil},
		{"verified apps are risky too", bend(func(q *Question) { q.App.Verified = No }), nil},
		{"assignment is ignored", bend(func(q *Question) { q.App.AssignmentRequired = No }), nil},
		{"anybody is assigned", bend(func(q *Question) { q.User.Assigned = Yes }), nil},
		{"any admin grants roles of Graph", bend(func(q *Question) { q.User.MayGrantGraphRoles = Yes }), nil},
		{"disabled apps work", bend(func(q *Question) { q.App.Enabled = Yes }), nil},
		{"a colleague's grant will do", bend(func(q *Question) {
			for i := range q.Granted {
				q.Granted[i].Everyone = true
			}
		}), nil},
		{"a grant on any API will do", bend(func(q *Question) {
			for _, g := range slices.Clone(q.Granted) {
				for _, api := range worldAPIs {
					g.Resource = api
					q.Granted = append(q.Granted, g)
				}
			}
		}), nil},
		{"app roles are like scopes", bend(func(q *Question) {
			for i := range q.Asked {
				q.Asked[i].Kind = Delegated
			}
		}), nil},
	}
}

func TestMutantsAreCaught(t *testing.T) {
	t.Parallel()
	byName := map[string]property{}
	for _, p := range properties() {
		byName[p.name] = p
	}
	for _, m := range mutants() {
		for _, name := range m.caughtBy {
			if _, ok := byName[name]; !ok {
				t.Fatalf("%s: no property %q", m.name, name)
			}
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for _, name := range m.caughtBy {
				if !caught(byName[name].check, m.decide) {
					t.Errorf("%q does not catch it", name)
				}
			}
			if len(m.caughtBy) == 0 && !caught(againstOracle, m.decide) {
				t.Error("the oracle does not catch it")
			}
		})
	}
	idle := maps.Clone(byName)
	for _, m := range mutants() {
		for _, name := range m.caughtBy {
			delete(idle, name)
		}
	}
	for name := range idle {
		t.Errorf("no mutant breaks %q", name)
	}
}

// caught tells whether a check fails a decider on some question.
func caught(check func(decider, world) error, decide decider) bool {
	for seed := range uint64(rounds) {
		if check(decide, newWorld(seed, false)) != nil {
			return true
		}
	}
	return false
}

var errDisagree = errors.New("the oracle says otherwise")

// againstOracle compares a decider with the oracle, all known.
func againstOracle(decide decider, w world) error {
	q := newWorld(w.Uint64(), true).question()
	want := oracle(q)
	if a := decide(clone(q)); a.Outcome != Unknown && a.Outcome != want {
		return errDisagree
	}
	return nil
}
