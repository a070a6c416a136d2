package consent

// Decide answers one prompt. It never fails: what cannot be told is Unknown,
// and the chains say what is missing. It neither keeps nor changes the
// question, and the answer shares nothing with it but strings.
func Decide(q Question) Answer {
	var few [4]held
	held, odd := hold(&q, few[:0])
	var room workspace
	first := look(pass{q: &q, held: held, odd: odd}, &room)
	if first.settled() {
		return first.answer(nil)
	}
	guess := false
	for i := range held {
		guess = guess || held[i].policy != nil && held[i].policy.Assumed
	}
	var more workspace
	second := look(pass{q: &q, held: held, odd: odd, lean: true, guess: guess}, &more)
	return first.answer(&second)
}

// pass is one look at a question.
type pass struct {
	q    *Question
	held []held
	// lean takes assumed contents and undocumented readings for true.
	lean bool
	// guess takes unread facts to be as in most tenants. Only where the policies
	// themselves are assumed: then nothing was read there, or next to nothing.
	guess bool

	odd  bool // an entry with an unknown prefix is assigned
	risk risk

	scopes  []scopeState
	links   []link
	outcome Outcome
	decided link
	mixed   bool
	own     bool // the managed list decided about an app of the tenant's own
}

// scopeState is what a pass found for one permission.
type scopeState struct {
	outcome  Outcome
	granted  Tri
	grant    kind // the rule, where granted is Yes
	may      Tri
	from, to int32 // its links
}

// link is a rule before it is put into words: indexes into what the pass
// holds, with none for what the rule does not speak of.
type link struct {
	kind             kind
	why              riskFact // of kRiskUnread
	held, scope, set int32
}

const none = -1

// of is a link that speaks of a scope, by index, and of no policy.
func (k kind) of(scope int32) link { return link{kind: k, held: none, scope: scope, set: none} }

// alone is a link that speaks of nothing in particular.
func (k kind) alone() link { return k.of(none) }

// by is a link that speaks of a policy and one of its sets.
func (k kind) by(held, scope, set int32) link {
	return link{kind: k, held: held, scope: scope, set: set}
}

// workspace is room for what one look finds in a usual prompt.
type workspace struct {
	links  [24]link
	scopes [8]scopeState
}

// fact returns t, or what most tenants have where t is unread on a guess.
func (e *pass) fact(t, usual Tri) Tri {
	if t == Unread && e.guess {
		return usual
	}
	return t
}

// look decides every scope and then the whole. It takes and returns the pass
// by value, and what finds links returns them: a slice that a method stores in
// its receiver has to live on the heap, and the question and the room with it.
func look(e pass, room *workspace) pass {
	for i := range e.held {
		e.held[i].covers = Yes
	}
	asked := e.q.Asked
	if e.scopes = room.scopes[:min(len(asked), len(room.scopes))]; len(asked) > len(e.scopes) {
		e.scopes = make([]scopeState, len(asked))
	}
	for i := range asked {
		e.scopes[i].granted, e.scopes[i].grant = e.granted(&asked[i])
		e.scopes[i].may = e.mayGrant(&asked[i])
	}
	e.risk = e.risky()
	e.links = room.links[:0]
	for i := range asked {
		e.links = e.scope(int32(i), &e.scopes[i], e.links)
	}
	e.whole()
	return e
}

// settled is whether nothing is left open, of the whole or of any scope.
func (e *pass) settled() bool {
	for i := range e.scopes {
		if e.scopes[i].outcome == Unknown {
			return false
		}
	}
	return e.outcome != Unknown
}

// enabled is whether the app is enabled.
func (e *pass) enabled() Tri { return e.fact(e.q.App.Enabled, Yes) }

// assignment is whether only assigned people may use the app.
func (e *pass) assignment() Tri { return e.fact(e.q.App.AssignmentRequired, No) }

// whole decides the prompt from its scopes.
func (e *pass) whole() {
	switch e.enabled() {
	case No:
		e.settle(Blocked, kAppDisabled.alone())
		return
	case Yes:
	default:
		e.settle(Unknown, kEnabledUnread.alone())
		return
	}
	if len(e.scopes) == 0 {
		e.settle(Unknown, kNothingAsked.alone())
		return
	}
	allGranted := Yes
	lowest := Allowed
	for i := range e.scopes {
		s := &e.scopes[i]
		allGranted = allGranted.and(s.granted)
		if s.outcome == NeedsAdmin || s.outcome == Unknown && lowest == Allowed {
			lowest = s.outcome
		}
	}
	if lowest == Allowed {
		e.open(allGranted)
		return
	}
	e.settle(lowest, e.first(lowest))
}

// open decides a prompt of which every scope is allowed.
func (e *pass) open(allGranted Tri) {
	if allGranted != No {
		kept := e.assignment().and(e.q.User.Assigned.not())
		switch {
		case kept == No:
		case allGranted == Unread:
			e.settle(Unknown, kGrantsUnread.alone())
			return
		case kept == Yes:
			e.settle(Blocked, kNotAssigned.alone())
			return
		case e.assignment() == Unread:
			e.settle(Unknown, kAssignmentUnread.alone())
			return
		default:
			e.settle(Unknown, kAssignedUnread.alone())
			return
		}
	}
	if e.mixed = !e.oneCovers(); e.mixed && !e.lean {
		e.settle(Unknown, kPoliciesMixed.alone())
		return
	}
	e.settle(Allowed, e.first(Allowed))
}

// oneCovers tells whether no policy is needed, or one covers all that need it.
func (e *pass) oneCovers() bool {
	needed := false
	for i := range e.scopes {
		needed = needed || e.scopes[i].granted != Yes && e.scopes[i].may != Yes
	}
	for i := range e.held {
		if e.held[i].covers == Yes {
			return true
		}
	}
	return !needed
}

// settle records the whole.
func (e *pass) settle(o Outcome, l link) { e.outcome, e.decided = o, l }

// first is the link that an admin should hear first among those that stand for
// an outcome, in scopes that have it.
func (e *pass) first(o Outcome) link {
	best := kind(len(rules)).alone()
	for i := range e.scopes {
		s := &e.scopes[i]
		if s.outcome != o {
			continue
		}
		for _, l := range e.links[s.from:s.to] {
			if rules[l.kind].effect == o && e.before(l, best) {
				best = l
			}
		}
	}
	return best
}

// before orders links for an admin's ear, whatever order facts came in.
func (e *pass) before(l, m link) bool {
	if l.kind != m.kind {
		return l.kind < m.kind
	}
	if c := e.permission(l).compare(e.permission(m)); c != 0 {
		return c < 0
	}
	return l.held != m.held && foldCompare(e.policyID(l), e.policyID(m)) < 0
}

// permission is what a link speaks of, or nil.
func (e *pass) permission(l link) *Permission {
	if l.scope == none {
		return nil
	}
	return &e.q.Asked[l.scope]
}

// policyID is the id of the policy a link speaks of, or "".
func (e *pass) policyID(l link) string {
	if l.held == none {
		return ""
	}
	h := &e.held[l.held]
	if h.policy != nil {
		return h.policy.ID
	}
	return h.id
}

// compare orders permissions by what people read: value, API, id.
func (p *Permission) compare(o *Permission) int {
	switch {
	case p == o:
		return 0
	case p == nil:
		return -1
	case o == nil:
		return 1
	}
	if c := foldCompare(p.Value, o.Value); c != 0 {
		return c
	}
	if c := foldCompare(p.Resource, o.Resource); c != 0 {
		return c
	}
	return foldCompare(p.ID, o.ID)
}
