package consent

import (
	"strconv"
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
			room = append(room, from.rule(l))
			if from == whole && l == whole.decided {
				a.Decided = room[len(room)-1]
			}
		}
		a.Scopes[i] = ScopeAnswer{
			Permission: e.q.Asked[i], Outcome: s.outcome, Probably: probably,
			Chain: room[start:len(room):len(room)],
		}
	}
	if a.Decided.ID == "" {
		a.Decided = whole.rule(whole.decided)
	}
	a.Notes = e.notes(second, &a)
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
		n += int(s.to - s.from)
	}
	return n
}

// notes are the qualifications of an answer, each once.
func (e *pass) notes(second *pass, a *Answer) []Rule {
	var notes []Rule
	if second != nil {
		if second.guess && a.Probably {
			notes = append(notes, second.rule(kTenantAssumed.alone()))
		}
		for i := range second.held {
			if h := &second.held[i]; h.policy != nil && h.policy.Assumed {
				notes = append(notes, second.rule(kPolicyAssumed.by(int32(i), none, none)))
			}
		}
		for i := range e.q.Asked {
			if e.q.Asked[i].Assumed && e.scopes[i].outcome == Unknown {
				notes = append(notes, second.rule(kScopeAssumed.of(int32(i))))
			}
		}
		notes = second.leaps(notes)
	}
	// Opening the policy would not help an app that is held back as risky.
	if e.risk.is == Unread && e.risk.kind == kRisk && a.Outcome == NeedsAdmin && a.Decided.ID != RuleRisk {
		notes = append(notes, e.rule(kRisk.alone()))
	}
	if e.odd {
		notes = append(notes, e.rule(kEntryUnknown.alone()))
	}
	return notes
}

// leaps are the notes on what only the second pass took for true.
func (e *pass) leaps(notes []Rule) []Rule {
	if e.own {
		notes = append(notes, e.rule(kOwnApp.alone()))
	}
	for _, l := range e.links {
		if l.kind == kInclude && e.permission(l).UserConsentable != Yes &&
			same(e.held[l.held].policy.Includes[l.set].PermissionType, "delegated") {
			notes = append(notes, e.rule(kDelegated.by(l.held, l.scope, none)))
		}
	}
	if e.mixed {
		notes = append(notes, e.rule(kPoliciesMixed.alone()))
	}
	return notes
}

// rule puts a link into words.
func (e *pass) rule(l link) Rule {
	if int(l.kind) >= len(rules) {
		return Rule{}
	}
	text := &rules[l.kind]
	r := Rule{ID: text.id, Effect: text.effect, Policy: e.policyID(l)}
	if l.set != none {
		r.Set = l.setName()
	}
	p := e.permission(l)
	switch {
	case l.why != riskNone:
		r.Why = riskWhy[l.why]
	case l.kind == kManagedExclude:
		row := managedRowOf(p.Resource, p.ID, p.Value)
		if row == nil {
			r.Why = scopeName(p) + managedUndated
			break
		}
		change := row.change
		r.Change, r.Why = &change, scopeName(p)+row.since
	default:
		n := names{scope: scopeName(p), policy: r.Policy}
		if l.kind == kNotClassified {
			n.level = levelNames[levelRank(e.held[l.held].policy.Includes[l.set].Classification)]
		}
		r.Why = fill(text.text, n)
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
	if int(l.set) < len(names) {
		return names[l.set]
	}
	return word + strconv.Itoa(int(l.set)+1)
}

// The names of the first few sets, so that the usual answer builds none.
var (
	includeNames = [...]string{"include 1", "include 2", "include 3", "include 4"}
	excludeNames = [...]string{"exclude 1", "exclude 2", "exclude 3", "exclude 4"}
)
