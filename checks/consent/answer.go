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
	a.Scopes = make([]ScopeAnswer, len(e.scopes))
	n := e.rulesOf(second)
	room := make([]Rule, 0, n+notesOf(second))
	var w prose
	w.text.Grow(n * sentence)
	for i := range e.scopes {
		from, s := e, &e.scopes[i]
		probably := false
		if second != nil && s.outcome == Unknown {
			from, s = second, &second.scopes[i]
			probably = s.outcome != Unknown
		}
		start := len(room)
		for _, l := range from.links[s.from:s.to] {
			room = append(room, from.rule(&w, l))
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
		a.Decided = whole.rule(&w, whole.decided)
	}
	a.Notes = e.notes(second, &a, &w, room[len(room):])
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

// notesOf is how many notes an answer usually has at most.
func notesOf(second *pass) int {
	if second == nil {
		return 0
	}
	return 2 + len(second.held)
}

// notes are the qualifications of an answer, each once, in the room given.
func (e *pass) notes(second *pass, a *Answer, w *prose, room []Rule) []Rule {
	var notes []Rule
	if second != nil {
		notes = room
		if second.guess && a.Probably {
			notes = append(notes, second.rule(w, kTenantAssumed.alone()))
		}
		for i := range second.held {
			if h := &second.held[i]; h.policy != nil && h.policy.Assumed {
				notes = append(notes, second.rule(w, kPolicyAssumed.by(int32(i), none, none)))
			}
		}
		if l, yes := e.assumed(); yes {
			notes = append(notes, second.rule(w, l))
		}
		notes = second.leaps(notes, w)
	}
	// Opening the policy would not help an app that is held back as risky.
	if e.risk.is == Unread && e.risk.kind == kRisk && a.Outcome == NeedsAdmin && a.Decided.ID != RuleRisk {
		notes = append(notes, e.rule(w, kRisk.alone()))
	}
	if e.odd {
		notes = append(notes, e.rule(w, kEntryUnknown.alone()))
	}
	return notes
}

// assumed is the note on permissions whose type is not read but known: of the
// one, by name, or of several at once.
func (e *pass) assumed() (l link, yes bool) {
	for i := range e.q.Asked {
		switch {
		case !e.q.Asked[i].Assumed || e.scopes[i].outcome != Unknown:
		case yes:
			return kScopeAssumed.alone(), true
		default:
			l, yes = kScopeAssumed.of(int32(i)), true
		}
	}
	return l, yes
}

// leaps are the notes on what only the second pass took for true.
func (e *pass) leaps(notes []Rule, w *prose) []Rule {
	if e.own {
		notes = append(notes, e.rule(w, kOwnApp.alone()))
	}
	for _, l := range e.links {
		if l.kind == kInclude && e.permission(l).UserConsentable != Yes &&
			same(e.held[l.held].policy.Includes[l.set].PermissionType, "delegated") {
			notes = append(notes, e.rule(w, kDelegated.by(l.held, l.scope, none)))
		}
	}
	if e.mixed {
		notes = append(notes, e.rule(w, kPoliciesMixed.alone()))
	}
	return notes
}

// rule puts a link into words.
func (e *pass) rule(w *prose, l link) Rule {
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
			r.Why = w.join(scopeName(p), managedUndated)
			break
		}
		r.Change, r.Why = w.change(row.change), w.join(scopeName(p), row.since)
	default:
		n := names{scope: scopeName(p), policy: r.Policy}
		if l.kind == kNotClassified {
			n.level = levelNames[levelRank(e.held[l.held].policy.Includes[l.set].Classification)]
		}
		r.Why = w.fill(text.text, n)
	}
	return r
}

// prose is where the sentences of one answer are written, one behind the
// other, so that a chain of twenty costs one allocation and not twenty. What
// was handed out stays as it is where the room has to grow.
type prose struct {
	text    strings.Builder
	changes []Change
}

// sentence is about how long one is, with its names.
const sentence = 96

// join writes two halves of a sentence.
func (w *prose) join(a, b string) string {
	from := w.text.Len()
	w.text.WriteString(a)
	w.text.WriteString(b)
	return w.text.String()[from:]
}

// change keeps a change for the answer alone.
func (w *prose) change(c Change) *Change {
	if w.changes == nil {
		w.changes = make([]Change, 0, 2)
	}
	w.changes = append(w.changes, c)
	return &w.changes[len(w.changes)-1]
}

// fill puts names into a text. They come from outside: each is put in once and
// never looked at again.
func (w *prose) fill(text string, n names) string {
	at := strings.IndexByte(text, '{')
	if at < 0 {
		return text
	}
	from := w.text.Len()
	for ; at >= 0; at = strings.IndexByte(text, '{') {
		w.text.WriteString(text[:at])
		text = text[at:]
		end := strings.IndexByte(text, '}') + 1
		switch text[:end] {
		case "{scope}":
			w.text.WriteString(n.scope)
		case "{policy}":
			w.text.WriteString(n.policy)
		default:
			w.text.WriteString(n.level)
		}
		text = text[end:]
	}
	w.text.WriteString(text)
	return w.text.String()[from:]
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
