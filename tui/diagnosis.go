package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// diagnosisScreen shows the answer first, then every finding on a line of its
// own, then what the one in focus means. Its heights do not depend on what was
// found, so nothing moves while findings land.
type diagnosisScreen struct {
	at   checks.ID // in focus
	own  bool      // the person moved it; until then it follows the cause
	from int       // first finding that is seen
	// settled is the order once everything had landed, worst first; the next
	// look keeps it until it has landed, too.
	settled []checks.ID
}

// explainRows is the height of the explanation below the list.
const explainRows = 5

// answerRows is the height of the answer above the list.
func (m *Model) answerRows() int {
	switch {
	case m.size.tight():
		return max(min(5, m.height()-2), 2)
	case m.size.h < 30:
		return 3
	}
	return 4
}

// place of the focus among the entries.
func (s *diagnosisScreen) index(m *Model, es []entry) int {
	if !s.own {
		if because := m.overall.Because; len(because) > 0 {
			s.at = because[0]
		}
	}
	i := slices.IndexFunc(es, func(e entry) bool { return e.id == s.at })
	return max(i, 0)
}

func (s *diagnosisScreen) body(m *Model) body {
	var b body
	es := s.listed(m)
	at := s.index(m, es)
	w, h := m.size.text(), m.height()
	lw, rw := w, 0
	if m.size.class == wide {
		lw, rw = m.size.split()
	}
	b.put(m.shortAnswer(w, m.answerRows())...)
	if !m.size.tight() {
		b.put(nil)
	}
	below := 0
	if rw == 0 && !m.size.tight() {
		below = explainRows + 1
	}
	list := s.list(m, es, at, max(h-len(b.rows)-below, 1), lw)
	switch {
	case rw > 0:
		var right []row
		if at < len(es) {
			right = m.explain(es[at], rw)
		}
		list = sideBySide(list, right, lw)
		b.put(list...)
	case below > 0:
		b.put(list...)
		b.put(nil)
		if at < len(es) {
			b.put(trim(m.explain(es[at], w)[1:], explainRows)...)
		}
	default:
		b.put(list...)
	}
	if len(b.rows) > h {
		b.rows = b.rows[:h]
	}
	return b
}

// listed are the findings as the list shows them: while they land in the order
// in which they were laid out, so that no row moves under the eye, and worst
// first once all have landed. The focus is on a finding, not on a row.
func (s *diagnosisScreen) listed(m *Model) []entry {
	es := m.entries(nil)
	if !m.lookingNow() {
		worstFirst(es)
		s.settled = s.settled[:0]
		for _, e := range es {
			s.settled = append(s.settled, e.id)
		}
		return es
	}
	slices.SortStableFunc(es, func(a, b entry) int { return cmp.Compare(s.rank(a.id), s.rank(b.id)) })
	return es
}

// rank is the place of a finding in the settled order; new ones come after.
func (s *diagnosisScreen) rank(id checks.ID) int {
	if i := slices.Index(s.settled, id); i >= 0 {
		return i
	}
	return len(s.settled)
}

// list is the part of the findings that fits h rows; the last row says what is
// not seen.
func (s *diagnosisScreen) list(m *Model, es []entry, at, h, w int) []row {
	if len(es) <= h {
		s.from = 0
		h = len(es)
	} else {
		h = max(h-1, 1)
		s.from = min(max(min(s.from, at), at-h+1), len(es)-h)
	}
	out := make([]row, 0, h+1)
	for i := s.from; i < s.from+h; i++ {
		out = append(out, m.findingRow(es[i], w, i == at))
	}
	if rest := len(es) - h; rest > 0 {
		out = append(out, say(RoleSubtle, "  "+tally(es[:s.from], es[s.from+h:])))
	}
	return out
}

// tally says how many findings are not seen, and what they are.
func tally(above, below []entry) string {
	counts := map[string]int{}
	var order []string
	hidden := slices.Concat(above, below)
	worstFirst(hidden)
	for _, e := range hidden {
		_, word, _ := verdictLook(e.held.Verdict, e.held.Grade)
		if !e.found {
			word = wordLooking
		}
		if counts[word]++; counts[word] == 1 {
			order = append(order, word)
		}
	}
	parts := make([]string, 0, len(order))
	for _, w := range order {
		parts = append(parts, fill(wordTallyPart, "n", number(counts[w]), "what", w))
	}
	return fill(wordTally, "n", number(len(above)+len(below)), "parts", strings.Join(parts, ", "))
}

func (s *diagnosisScreen) typing(*Model) *field { return nil }

func (s *diagnosisScreen) offers(m *Model) []offer {
	es := s.listed(m)
	none, unseen := "", ""
	if len(es) == 0 {
		none = whyNothingYet
	}
	if i := s.index(m, es); i < len(es) && !es[i].found {
		unseen = whyStillLooking
	}
	one, next := m.state.OpenForOne(), wordToPaths
	if m.leadsToProof() && !one {
		next = wordToProof
	}
	out := []offer{
		{act: actPaths, word: next, why: flows.Missing(m.state)},
		{act: actTake, word: keyExplain, why: none},
		{act: actMove, why: none},
		{act: actEvidence, why: unseen},
		{act: actAgain},
		{act: actLinks, why: m.noLinks()},
		m.signInOffer(),
	}
	switch {
	case one:
		out = slices.Insert(out, 1, offer{act: actProof})
	case m.leadsToProof():
		out = slices.Insert(out, 1, offer{act: actOthers})
	}
	if m.elsewhere() { // nothing else helps: it comes first
		slices.SortStableFunc(out, func(a, b offer) int { return cmp.Compare(boolWord(b.act == actSignIn), boolWord(a.act == actSignIn)) })
	}
	return out
}

func (s *diagnosisScreen) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	es := s.listed(m)
	at := s.index(m, es)
	switch o.act {
	case actMove:
		at = stepBy(at, len(es), k)
		s.at, s.own = es[at].id, true
	case actTake:
		m.open(&explainSheet{id: es[at].id})
	case actEvidence:
		m.open(&evidenceSheet{id: es[at].id})
	case actPaths:
		if m.state.OpenForOne() {
			return m.tell(flows.Advanced{To: flows.StagePaths})
		}
		return m.tell(flows.Advanced{})
	case actProof:
		return m.tell(flows.Advanced{})
	case actOthers:
		return m.tell(flows.Advanced{To: flows.StagePaths})
	case actAgain:
		s.own = false
		return m.tell(flows.AskedAgain{})
	case actLinks:
		return m.openLinks()
	case actSignIn:
		return m.signInAnew()
	default: // no other is offered here
	}
	return nil
}

// leadsToProof says that the diagnosis is of people who get in.
func (m *Model) leadsToProof() bool {
	to, ok := flows.Next(m.state)
	return ok && to.Stage == flows.StageProof
}

// shortAnswer is the answer in n rows. Whose move it is always stands there
// whole: first what is to be done in detail gives way, then the reason.
func (m *Model) shortAnswer(w, n int) []row {
	reason, move := m.reason(w), m.moveAnswer(w)
	if len(move) == 0 {
		return exactly(reason, n, w)
	}
	whose := max(min(len(para(RoleStrong, m.move(), 0, w)), n-1), 1)
	if keep := max(min(n-whose, n-min(len(move), (n+1)/2)), 1); len(reason) > keep {
		reason = exactly(reason, keep, w)
	}
	return append(reason, exactly(move, n-len(reason), w)...)
}

// answer is the verdict: what stops people, and whose move it is.
func (m *Model) answer(w int) []row { return append(m.reason(w), m.moveAnswer(w)...) }

// moveAnswer is whose move it is, and what to do; empty where nobody must move
// or nobody knows yet.
func (m *Model) moveAnswer(w int) []row {
	o := m.overall
	if o.State == checks.StateBlocked || o.State == checks.StateUnknown && !m.decidingNow() {
		return flow(w, span{m.move() + " ", RoleStrong}, span{m.smallest(), RoleText})
	}
	return nil
}

// reason is what the verdict is.
func (m *Model) reason(w int) []row {
	o := m.overall
	head, role := clean(o.Reason), RoleStrong
	switch o.State {
	case checks.StateOpen:
		role = RoleInfo
		if o.Grade == checks.Verified {
			role = RoleOK
		}
		head = "✓ " + head
	case checks.StateBlocked:
		role = RoleBad
		head = "✗ " + head
	case checks.StateUnknown:
		if m.decidingNow() {
			head, role = fill(wordLookingAt, "domain", m.domain()), RoleInfo
		}
	}
	return para(role, head, 0, w)
}

// move says whose move it is to the person who reads it: who may not approve is
// not the admin that is asked for.
func (m *Model) move() string {
	h, ok := m.state.Finding(checks.AccountRole)
	if m.overall.Whose == checks.WhoAdmin && ok {
		switch {
		case h.Verdict == checks.Fail:
			return wordNotYours
		case checks.OnlyEligible(h.Finding):
			return wordActivate
		case h.Verdict == checks.Warn:
			return wordPerhapsYours
		}
	}
	return moveWord(m.overall.Whose)
}

// smallest is what to do in a sentence: the least path where consent is what
// lacks, else what the finding that decided asks for; and what keeps the person
// who is signed in from doing it.
func (m *Model) smallest() string {
	if m.overall.State == checks.StateOpen {
		return ""
	}
	text := ""
	if h, ok := m.state.Finding(checks.AccountRole); ok && (h.Verdict == checks.Fail || h.Verdict == checks.Warn) {
		text = sentence(clean(h.Summary)) + " "
	}
	return strings.TrimSpace(text + m.nextMove())
}

// nextMove is what to do: a way out where an approval is what lacks, else what
// the finding that decided asks for.
func (m *Model) nextMove() string {
	because := m.overall.Because
	if len(because) == 0 {
		return ""
	}
	h, _ := m.state.Finding(because[0])
	g, _ := m.state.Finding(checks.AppGrant)
	consent := because[0] == checks.ConsentPredict || because[0] == checks.AppGrant
	if !consent || g.Verdict == checks.Pass || checks.PersonStopped(h.Finding) || m.overall.State != checks.StateBlocked {
		if f := m.fixOf(h.Finding); f != nil {
			return sentence(clean(f.Do))
		}
		return ""
	}
	for _, r := range m.ranked {
		if r.Fits && r.Rank == 1 {
			text := wordSmallest
			if flows.Broader(m.ranked) {
				text = wordQuickest
			}
			return fill(text, "path", clean(r.Path.Title), "minutes", number(r.Path.Minutes), "role", clean(r.Path.Least))
		}
	}
	return ""
}

// exactly fills or cuts rows to n, with a sign where some are missing.
func exactly(rows []row, n, w int) []row {
	if len(rows) > n {
		last := rows[n-1].fit(w-2).add(RoleSubtle, " …")
		rows = append(rows[:n-1:n-1], last)
	}
	for len(rows) < n {
		rows = append(rows, nil)
	}
	return rows
}

// trim keeps the first n rows, with a sign where some are missing.
func trim(rows []row, n int) []row {
	if len(rows) <= n {
		return rows
	}
	return append(rows[:n-1:n-1], say(RoleSubtle, wordMoreOnEnter))
}
