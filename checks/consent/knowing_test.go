package consent

import "fmt"

// knowingMore fills a random part of what a question leaves open, in a random
// way, and wants every certain answer to stand.
func knowingMore(decide decider, w world) error {
	q := w.question()
	before := decide(clone(q))
	w.learn(&q)
	after := decide(clone(q))
	if before.Outcome != Unknown && !before.Probably && after.Outcome != before.Outcome {
		return fmt.Errorf("certain %d became %d\n%s%s\n%+v", before.Outcome, after.Outcome, dump(before), dump(after), q)
	}
	for i, s := range before.Scopes {
		if s.Outcome != Unknown && !s.Probably && after.Scopes[i].Outcome != s.Outcome {
			return fmt.Errorf("certain %d of scope %d became %d\n%s%s", s.Outcome, i, after.Scopes[i].Outcome, dump(before), dump(after))
		}
	}
	return nil
}

// learn reads some of what was not read.
func (w world) learn(q *Question) {
	w.fill(&q.Tenant.ID, contoso)
	w.fill(&q.App.ClientID, pick(w, worldApps))
	w.fill(&q.App.OwnerTenant, pick(w, worldTenants))
	w.fill(&q.App.PublisherID, pick(w, worldPubs))
	for _, t := range []*Tri{
		&q.Tenant.RiskyAllowed, &q.App.Verified, &q.App.Enabled, &q.App.AssignmentRequired, &q.App.RegisteredAfter2020,
		&q.User.Assigned, &q.User.MayGrant, &q.User.MayGrantGraphRoles,
	} {
		w.tell(t)
	}
	if q.Tenant.Classified == nil && w.odds(2) {
		q.Tenant.Classified = newWorld(w.Uint64(), true).classified()
	}
	for i := range q.Asked {
		p := &q.Asked[i]
		w.identify(p)
		if p.Assumed && w.odds(2) {
			p.Assumed, p.UserConsentable = false, Unread
		}
		if p.Kind == Delegated && !p.Assumed {
			w.tell(&p.UserConsentable)
		}
	}
	for i := range q.Granted {
		w.fill(&q.Granted[i].Resource, pick(w, worldAPIs))
	}
	if q.GrantsRead != Yes && w.odds(2) {
		for range w.IntN(4) {
			q.Granted = append(q.Granted, w.grant())
		}
		q.GrantsRead = Yes
	}
	w.learnPolicies(q)
}

// identify finds out what a permission is called.
func (w world) identify(p *Permission) {
	for _, v := range worldScopes {
		if p.Value == v {
			w.fill(&p.ID, live(v).ID)
		}
		if p.ID == live(v).ID {
			w.fill(&p.Value, v)
		}
	}
	w.fill(&p.Resource, pick(w, worldAPIs))
}

// learnPolicies reads some of the policies and of what assigns them.
func (w world) learnPolicies(q *Question) {
	sure := newWorld(w.Uint64(), true)
	for _, id := range worldPolicies {
		if find(q.Tenant.Policies, id) == nil && w.odds(2) {
			p := sure.policy(id)
			q.Tenant.Policies = append(q.Tenant.Policies, p)
		}
	}
	for i := range q.Tenant.Policies {
		p := &q.Tenant.Policies[i]
		if (p.Unread || p.Assumed) && w.odds(2) {
			*p = sure.policy(p.ID)
		}
		for _, sets := range [][]ConditionSet{p.Includes, p.Excludes} {
			for j := range sets {
				w.learnSet(&sets[j])
			}
		}
	}
	if q.Tenant.Assigned == nil && w.odds(2) {
		q.Tenant.Assigned = []string{}
		for _, id := range some(w, worldPolicies, 3) {
			q.Tenant.Assigned = append(q.Tenant.Assigned, self+id)
		}
	}
	for i, entry := range q.Tenant.Assigned {
		if _, kind := entryOf(entry); kind != entryOther || w.odds(2) {
			continue
		}
		q.Tenant.Assigned[i] = team // it turns out to have meant nothing for users
		if w.odds(2) {
			q.Tenant.Assigned[i] = self + pick(w, worldPolicies) // or to have let them consent
		}
	}
}

// learnSet finds out what an unknown member of a set means.
func (w world) learnSet(s *ConditionSet) {
	if s.PermissionType == "" && w.odds(2) {
		s.PermissionType = pick(w, []string{"delegated", "delegatedUserConsentable", "application"})
	}
	if len(s.Unrecognised) == 0 || w.odds(2) {
		return
	}
	s.Unrecognised = nil
	if w.odds(2) {
		s.ClientIDs = []string{"nobody"} // the condition did not hold
	}
}

// fill puts a value where there was none.
func (w world) fill(s *string, value string) {
	if *s == "" && w.odds(2) {
		*s = value
	}
}

// tell answers a Tri that was open.
func (w world) tell(t *Tri) {
	if *t == Unread && w.odds(2) {
		*t = Tri(1 + w.IntN(2))
	}
}
