package sim_test

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks/consent"
	"onboard.example/checks/sim"
)

// A mutant is a side that gets one rule wrong. It is made by changing what that
// side is told so that a correct side answers as the wrong one would: one that
// is told of no excludes answers as one that ignores them.
type mutant struct {
	evaluator func(*consent.Question)
	simulator func(*situation)
}

func eachSet(q *consent.Question, change func(*consent.ConditionSet)) {
	for i := range q.Tenant.Policies {
		for j := range q.Tenant.Policies[i].Includes {
			change(&q.Tenant.Policies[i].Includes[j])
		}
		for j := range q.Tenant.Policies[i].Excludes {
			change(&q.Tenant.Policies[i].Excludes[j])
		}
	}
}

func evaluatorMutants() map[string]func(*consent.Question) {
	return map[string]func(*consent.Question){
		"ignores excludes": func(q *consent.Question) {
			for i := range q.Tenant.Policies {
				q.Tenant.Policies[i].Excludes = nil
			}
		},
		"minds the prefix's case": func(q *consent.Question) {
			q.Tenant.Assigned = slices.DeleteFunc(q.Tenant.Assigned, func(e string) bool { return !strings.HasPrefix(e, "ManagePermissionGrants") })
		},
		"takes owned-resource entries for users' own": func(q *consent.Question) {
			for i, e := range q.Tenant.Assigned {
				_, id, _ := strings.Cut(e, ".")
				q.Tenant.Assigned[i] = "ManagePermissionGrantsForSelf." + id
			}
		},
		"uses the first policy only": func(q *consent.Question) {
			q.Tenant.Assigned = slices.DeleteFunc(q.Tenant.Assigned, func(e string) bool { return !strings.HasSuffix(e, "0") })
		},
		"ignores classifications": func(q *consent.Question) {
			eachSet(q, func(c *consent.ConditionSet) { c.Classification = "" })
		},
		"ignores the API": func(q *consent.Question) { eachSet(q, func(c *consent.ConditionSet) { c.Resource = "any" }) },
		"ignores the permissions listed": func(q *consent.Question) {
			eachSet(q, func(c *consent.ConditionSet) { c.Permissions = nil })
		},
		"ignores the clients listed":    func(q *consent.Question) { eachSet(q, func(c *consent.ConditionSet) { c.ClientIDs = nil }) },
		"ignores the owner tenants":     func(q *consent.Question) { eachSet(q, func(c *consent.ConditionSet) { c.ClientTenantIDs = nil }) },
		"ignores the publishers listed": func(q *consent.Question) { eachSet(q, func(c *consent.ConditionSet) { c.ClientPublisherIDs = nil }) },
		"ignores verified only":         func(q *consent.Question) { eachSet(q, func(c *consent.ConditionSet) { c.VerifiedOnly = false }) },
		"takes all delegated as user-consentable": func(q *consent.Question) {
			eachSet(q, func(c *consent.ConditionSet) {
				if strings.EqualFold(c.PermissionType, "delegatedUserConsentable") {
					c.PermissionType = "delegated"
				}
			})
		},
		"ignores grants": func(q *consent.Question) { q.Granted = nil },
		"counts a stranger's grant": func(q *consent.Question) {
			for i := range q.Granted {
				q.Granted[i].Everyone = true
			}
		},
		"counts a grant on any API": func(q *consent.Question) {
			for i := range q.Granted {
				q.Granted[i].Resource = graphAPI
			}
		},
		"ignores the app being disabled":  func(q *consent.Question) { q.App.Enabled = consent.Yes },
		"ignores required assignment":     func(q *consent.Question) { q.App.AssignmentRequired = consent.No },
		"ignores that one is assigned":    func(q *consent.Question) { q.User.Assigned = consent.No },
		"ignores risk-based step-up":      func(q *consent.Question) { q.Tenant.RiskyAllowed = consent.Yes },
		"steps up although switched off":  func(q *consent.Question) { q.Tenant.RiskyAllowed = consent.No },
		"steps up for old apps":           func(q *consent.Question) { q.App.RegisteredAfter2020 = consent.Yes },
		"ignores roles":                   func(q *consent.Question) { q.User.MayGrant, q.User.MayGrantGraphRoles = consent.No, consent.No },
		"lets every role grant app roles": func(q *consent.Question) { q.User.MayGrantGraphRoles = q.User.MayGrant },
		"ignores custom-role policies":    func(q *consent.Question) { q.User.Policies = nil },
	}
}

func simulatorMutants() map[string]func(*situation) {
	sets := func(s *situation, change func(*sim.ConditionSet)) {
		for _, p := range s.tenant.Policies {
			for _, c := range append(slices.Clone(p.Includes), p.Excludes...) {
				change(c)
			}
		}
	}
	return map[string]func(*situation){
		"ignores excludes": func(s *situation) {
			for _, p := range s.tenant.Policies {
				p.Excludes = nil
			}
		},
		"takes owned-resource entries for users' own": func(s *situation) {
			for i, e := range s.tenant.Assigned {
				_, id, _ := strings.Cut(e, ".")
				s.tenant.Assigned[i] = "ManagePermissionGrantsForSelf." + id
			}
		},
		"ignores classifications":    func(s *situation) { sets(s, func(c *sim.ConditionSet) { c.Classification = "all" }) },
		"ignores verified only":      func(s *situation) { sets(s, func(c *sim.ConditionSet) { c.VerifiedPublisher = false }) },
		"ignores the owner tenants":  func(s *situation) { sets(s, func(c *sim.ConditionSet) { c.ClientTenantIDs = nil }) },
		"ignores the clients listed": func(s *situation) { sets(s, func(c *sim.ConditionSet) { c.ClientIDs = nil }) },
		"ignores the API":            func(s *situation) { sets(s, func(c *sim.ConditionSet) { c.Resource = "" }) },
		"ignores admin-only scopes": func(s *situation) {
			for _, a := range s.apis {
				for i := range a.Scopes {
					a.Scopes[i].Admin = false
				}
			}
		},
		"ignores grants": func(s *situation) { s.tenant.Grants = nil },
		"counts a stranger's grant": func(s *situation) {
			for _, g := range s.tenant.Grants {
				g.Principal = ""
			}
		},
		"ignores risk-based step-up": func(s *situation) { s.tenant.RiskyAppsAllowed = new(true) },
		"ignores required assignment": func(s *situation) {
			if sp := s.service(clientID); sp != nil {
				sp.AssignmentRequired = false
			}
		},
		"ignores group assignment": func(s *situation) { s.tenant.Groups[0].Members = nil },
		"ignores deactivation": func(s *situation) {
			if sp := s.service(clientID); sp != nil {
				sp.Deactivated, sp.DisabledByMS = nil, ""
			}
		},
		"ignores roles": func(s *situation) { s.user.Roles = nil },
	}
}

// Each mutant of either side is caught by some situation.
func TestMutantsAreCaught(t *testing.T) {
	t.Parallel()
	mutants := map[string]mutant{}
	for name, change := range evaluatorMutants() {
		mutants["evaluator "+name] = mutant{evaluator: change, simulator: func(*situation) {}}
	}
	for name, change := range simulatorMutants() {
		mutants["simulator "+name] = mutant{evaluator: func(*consent.Question) {}, simulator: change}
	}
	for name, m := range mutants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(situations) {
				s := situationOf(seed)
				q := s.question()
				m.evaluator(&q)
				m.simulator(&s)
				if what, _ := s.disagree(t, q); what != "" {
					return
				}
			}
			t.Errorf("nobody noticed in %d situations", situations)
		})
	}
}
