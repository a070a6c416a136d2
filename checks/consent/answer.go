package consent

import (
	"strconv"
	"strings"
)

// answer puts what the passes found into words. The first pass is certain;
// the second, nil where none was needed, fills what it left open.
func (e *pass) answer(second *pass) Answer {
	whole := e
	var a Answer
	if second != nil && e.outcome == Unknown {
		whole = second
		a.Probably = second.outcome != Unknown
	}
	a.Outcome = whole.outcome
	a.Decided = whole.decided.rule()
	a.Scopes = make([]ScopeAnswer, len(e.scopes))
	room := make([]Rule, 0, e.rulesOf(second))
	for i := range e.scopes {
		from, s := e, &e.scopes[i]
		probably := false
		if second != nil && s.outcome == Unknown {
			from, s = second, &second.scopes[i]
			probably = s.outcome != Unknown
		}
		start := len(room)
		for _, l := range from.links[s.from:s.to] {
			room = append(room, l.rule())
		}
		a.Scopes[i] = ScopeAnswer{
			Permission: e.q.Asked[i], Outcome: s.outcome, Probably: probably,
			Chain: room[start:len(room):len(room)],
		}
	}
	a.Notes = e.notes(second, a.Probably)
	return a
}

// rulesOf is how many rules the chains of an answer have together.
func (e *pass) rulesOf(second *pass) int {
	n := 0
	for i := range e.scopes {
		s := &e.scopes[i]
		if second != nil && s.outcome == Unknown {
			s = &second.scopes[i]
		}
		n += s.to - s.from
	}
	return n
}

// notes are the qualifications of an answer, each once.
func (e *pass) notes(second *pass, probably bool) []Rule {
	var notes []Rule
	add := func(k kind, h *held, p *Permission) {
		notes = append(notes, link{kind: k, held: h, scope: p, set: -1}.rule())
	}
	if second != nil {
		if second.guess && probably {
			add(kTenantAssumed, nil, nil)
		}
		for i := range second.held {
			if h := &second.held[i]; h.policy != nil && h.policy.Assumed {
				add(kPolicyAssumed, h, nil)
			}
		}
		for i := range e.q.Asked {
			if p := &e.q.Asked[i]; p.Assumed && e.scopes[i].outcome == Unknown {
				add(kScopeAssumed, nil, p)
			}
		}
		second.leaps(add)
	}
	if e.odd {
		add(kEntryUnknown, nil, nil)
	}
	return notes
}

// leaps are the notes on what only the second pass took for true.
func (e *pass) leaps(add func(kind, *held, *Permission)) {
	if e.own {
		add(kOwnApp, nil, nil)
	}
	for _, l := range e.links {
		if l.kind == kInclude && l.scope.UserConsentable != Yes && l.held.policy != nil && l.set >= 0 &&
			strings.EqualFold(l.held.policy.Includes[l.set].PermissionType, "delegated") {
			add(kDelegated, l.held, l.scope)
		}
	}
	if e.mixed {
		add(kPoliciesMixed, nil, nil)
	}
}

// rule puts a link into words.
func (l link) rule() Rule {
	if int(l.kind) >= len(rules) {
		return Rule{}
	}
	r := Rule{ID: rules[l.kind].id, Effect: rules[l.kind].effect, Policy: l.policyID()}
	if l.set >= 0 {
		r.Set = l.setName()
	}
	switch {
	case l.kind == kManagedExclude:
		if row := managedRowOf(l.scope.Resource, l.scope.ID, l.scope.Value); row != nil {
			change := row.change
			r.Change = &change
		}
		r.Why = managedWhy(scopeName(l.scope), r.Change)
	case l.why != "":
		r.Why = l.why
	default:
		r.Why = fill(rules[l.kind].text, scopeName(l.scope), r.Policy)
	}
	return r
}

// setName is "include 1" for the first include.
func (l link) setName() string {
	names := includeNames[:]
	word := "include "
	if l.kind == kExclude || l.kind == kManagedExclude {
		names, word = excludeNames[:], "exclude "
	}
	if l.set < len(names) {
		return names[l.set]
	}
	return word + strconv.Itoa(l.set+1)
}

// The names of the first few sets, so that the usual answer builds none.
var (
	includeNames = [...]string{"include 1", "include 2", "include 3", "include 4"}
	excludeNames = [...]string{"exclude 1", "exclude 2", "exclude 3", "exclude 4"}
)
