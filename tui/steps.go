package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// stepsScreen is one step of the chosen path: what to do, and what of it shows
// already. Its checks look again by themselves for as long as the step is open.
type stepsScreen struct{ ask asker }

// patience is how long a step is waited for before the likely causes are
// offered.
const patience = time.Minute

func (s *stepsScreen) question(m *Model) flows.Question {
	qs := flows.Asks(m.state)
	if len(qs) == 0 {
		return flows.Question{}
	}
	s.ask.set(qs[0])
	return qs[0]
}

func (s *stepsScreen) body(m *Model) body {
	step, _ := m.state.Step()
	w := m.size.text()
	var b body
	b.put(m.stepTitle(step, w)...)
	if m.size.class == wide && m.size.h >= 20 {
		lw, rw := m.size.split()
		var left, right body
		s.instructions(m, &left, step, lw)
		right.put(say(RoleStrong, wordWatchedTitle))
		right.put(nil)
		m.putWatch(&right, step, rw)
		b.put(nil)
		base := len(b.rows)
		b.put(sideBySide(left.rows, right.rows, lw)...)
		if left.focusEnd > 0 {
			b.focus, b.focusEnd = left.focus+base, left.focusEnd+base
		}
		m.putPasting(&b, w)
		return b
	}
	if m.size.tight() {
		m.putWatch(&b, step, w)
		b.gap()
		s.instructions(m, &b, step, w)
		m.putPasting(&b, w)
		return b
	}
	b.gap()
	s.instructions(m, &b, step, w)
	b.gap()
	m.putWatch(&b, step, w)
	m.putPasting(&b, w)
	return b
}

// stepTitle says which step this is.
func (m *Model) stepTitle(step flows.Step, w int) []row {
	head := say(RoleSubtle, fill(wordStepOf, "n", number(m.step.n), "of", number(m.step.of))+" · ")
	return m.markedFirst(hanging(head, RoleStrong, m.words(step.Title), w), string(step.ID), w)
}

// instructions are the step's text, numbered where they are things to do, with
// the permissions to compare where the person is about to accept them.
func (s *stepsScreen) instructions(m *Model, b *body, step flows.Step, w int) {
	for _, l := range m.whoseStep(step) {
		b.put(para(RoleInfo, l, 0, w)...)
	}
	for i, l := range flows.StepLines(m.state, step) {
		text := clean(l.Text)
		if !step.Claim {
			b.put(linkless(RoleText, text, 0, w)...)
			continue
		}
		head := row{}.add(RoleAccent, number(i+1)+". ")
		b.put(hanging(head, RoleText, text, w)...)
		if l.Lists {
			b.put(m.permissions(3, w)...)
		}
	}
	if hint := flows.ReturnHint(m.state); hint != "" && !m.state.Proven(step) {
		b.put(para(RoleSubtle, hint, 0, w)...)
	}
	if q := s.question(m); q.ID != "" {
		b.gap()
		s.ask.put(b, q, w, true)
	}
}

// cameBack takes an address that was pasted at a step with the consent link; ok is
// false where it is none of Microsoft's consent page.
func (m *Model) cameBack(text string) (ok bool) {
	if !flows.TakesReturn(m.state) {
		return false
	}
	c, ok := flows.ReadReturn(m.state, text, true)
	if ok {
		m.put(flows.Returned{Callback: c})
		m.tellPerson(RoleInfo, wordCameBack)
	}
	return ok
}

// whoseStep says who else must act, and that nobody has to sit here until they
// did.
func (m *Model) whoseStep(step flows.Step) []string {
	line := flows.Move(m.state, step)
	if line == "" {
		return nil
	}
	if m.resumeWith != "" {
		line += " " + wordMoveKept
	}
	return []string{clean(line)}
}

// permissions lists what the app needs and why, to hold beside Microsoft's
// page; the ones of signing in share a line.
func (m *Model) permissions(in, w int) []row {
	var rows []row
	var signIn []string
	last := checks.MicrosoftGraph
	for _, p := range m.state.App.Needs {
		name := p.Scope + p.Role
		if slices.Contains(signInScopes, strings.ToLower(name)) {
			signIn = append(signIn, clean(name))
			continue
		}
		if p.Resource != last {
			rows = append(rows, row{}.add(RoleText, spaces(in)).add(RoleSubtle, fill(wordOnResource, "resource", clean(flows.ResourceTitle(p.Resource)))))
			last = p.Resource
		}
		head := row{}.add(RoleText, spaces(in)).add(RoleInfo, fixed(clean(name), max(cells(clean(name))+1, min(22, w/3))))
		rows = append(rows, hanging(head, RoleSubtle, clean(p.Why), w)...)
	}
	if text := wordSignInScopes; len(signIn) > 0 {
		if len(rows) == 0 {
			text = wordSignInAlone
		}
		rows = append(rows, para(RoleSubtle, fill(text, "scopes", strings.Join(signIn, ", ")), in, w)...)
	}
	return rows
}

// signInScopes are those that every app with a sign-in asks for.
var signInScopes = []string{"openid", "profile", "email", "offline_access"}

// putWatch shows the step's checks: what was seen, when, and when it is looked
// at next. Each takes the same rows, whatever was found.
func (m *Model) putWatch(b *body, step flows.Step, w int) {
	if m.state.SignIn.Busy {
		b.put(m.signInProgress(w)...)
		return
	}
	if m.state.Proven(step) {
		b.put(hanging(say(RoleOK, "✓ "), RoleOK, stepDone(step), w)...)
		return
	}
	es := m.entriesOf(step)
	for _, e := range es {
		b.put(m.marked(watchedRow(e, step.Gone, w), string(e.id), w))
	}
	b.put(m.servers(w)...)
	b.put(row{}.add(RoleSubtle, cut("  "+m.lookedWhen(es), w, false)))
	switch waited := m.now().Sub(m.state.Entered); {
	case m.state.Account == nil && !needsNobody(step):
		b.put(hanging(say(RoleWarn, "? "), RoleSubtle, wordCannotLook, w)...)
	case waited >= patience && len(step.Links) > 0:
		b.put(hanging(say(RoleWarn, "! "), RoleText, fill(wordStillWaiting, "ago", ago(waited)), w)...)
	default:
		b.put(para(RoleSubtle, m.looksAgain(), 2, w)...)
	}
}

// entriesOf are the entries of what a step looks at.
func (m *Model) entriesOf(step flows.Step) []entry {
	looks := m.state.LooksAt(step)
	return m.entries(func(id checks.ID) bool { return slices.Contains(looks, id) })
}

// stepDone says that a step is seen done.
func stepDone(step flows.Step) string {
	if step.Gone {
		return wordStepGone
	}
	if provenByDNS(step) {
		return wordStepInDNS
	}
	return wordStepDone
}

// looksAgain says how long it is normal that nothing shows on this path.
func (m *Model) looksAgain() string {
	p, ok := flows.PathByID(m.state.Path)
	if !ok || p.NotYet == "" {
		return wordTakesMinutes
	}
	return fill(wordLooksAgain, "normal", clean(p.NotYet))
}

// watchedRow is one check that is waited for. What is not there yet is pending
// here, and so is what is not gone yet: that is what the step is for.
func watchedRow(e entry, gone bool, w int) row {
	mark, word, role := verdictLook(e.held.Verdict, e.held.Grade)
	if e.held.Verdict == checks.Fail || gone && e.held.Verdict == checks.Pass {
		mark, word, role = verdictLook(checks.Pending, e.held.Grade)
	}
	text := strings.TrimSuffix(clean(e.held.Summary), ".")
	if !e.found {
		mark, word, role, text = "…", wordLooking, RoleInfo, titleOf(e.id)
	}
	r := row{}.add(role, mark+" "+fixed(word, 8))
	if w >= 60 {
		r = r.add(RoleSubtle, fixed(string(e.id), 18)+" ")
	}
	return r.add(RoleText, cut(text, w-r.width(), false))
}

// lookedWhen says when the checks were looked at last and when they will be
// next: they are looked at together.
func (m *Model) lookedWhen(es []entry) string {
	var last, next time.Time
	looking := false
	for _, e := range es {
		if e.held.At.After(last) {
			last = e.held.At
		}
		if n := e.held.Next; n.After(next) {
			next = n
		}
		looking = looking || e.looking
	}
	at := m.clock(last)
	switch {
	case last.IsZero():
		return wordNotLooked
	case looking || !next.IsZero() && !next.After(m.now()):
		return fill(wordLookedLooking, "at", at)
	case next.IsZero():
		return fill(wordLookedAt, "at", at)
	case m.still:
		return fill(wordLookedNext, "at", at, "next", m.clock(next))
	}
	return fill(wordLookedNext, "at", at, "next", m.clock(next)) + fill(wordNextIn, "in", ago(next.Sub(m.now())))
}

func (s *stepsScreen) choose(m *Model, k tea.KeyPressMsg) bool { return s.ask.digit(s.question(m), k) }

func (s *stepsScreen) typing(m *Model) *field {
	if f := m.linkField(); f != nil {
		return f
	}
	return s.ask.typing(s.question(m))
}

func (s *stepsScreen) offers(m *Model) []offer {
	if m.linking() {
		return m.linkOffers()
	}
	step, _ := m.state.Step()
	missing := flows.Missing(m.state)
	out := s.ask.offers(s.question(m))
	claim := ""
	switch {
	case !step.Claim:
		claim = whyNothingToClaim
	case m.state.HasClaimed(step.ID):
		claim = whyClaimed
	case m.state.Proven(step):
		claim = whyProven
	}
	if len(out) == 0 {
		out = append(out, offer{act: actTake, word: wordGoOn, why: missing})
	}
	early := ""
	if m.now().Sub(m.state.Entered) < patience {
		early = whyTooEarly
	}
	link := m.mainLink()
	return append(out,
		offer{act: actOpen, why: m.cannotOpen(link)},
		offer{act: actLinks, why: m.noLinks()},
		offer{act: actCopy, word: wordCopyLink, why: m.noLinks()},
		offer{act: actCode, why: m.noCodeFor(m.firstLink()), hidden: true},
		offer{act: actClaim, why: claim},
		offer{act: actWhy, why: early},
		offer{act: actAgain},
		offer{act: actEvidence, why: m.nothingSeen(step)},
	)
}

func (s *stepsScreen) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	if cmd, done := m.actLink(o); done {
		return cmd
	}
	step, _ := m.state.Step()
	switch o.act {
	case actOpen:
		return m.openURL(m.mainLink())
	case actLinks:
		return m.openLinks()
	case actCopy:
		return m.copy(m.mainLink())
	case actCode:
		m.open(&codeSheet{link: m.firstLink()})
		return nil
	case actClaim:
		cmd := m.tellAndGo(flows.Claimed{Step: step.ID})
		m.tellPerson(RoleInfo, wordClaimedNote)
		return cmd
	case actWhy:
		m.open(&whySheet{})
		return nil
	case actAgain:
		return m.tell(flows.AskedAgain{})
	case actEvidence:
		m.open(&evidenceSheet{id: m.firstSeen(step)})
		return nil
	default: // no other is offered here
	}
	if q := s.question(m); q.ID != "" {
		if e, _ := s.ask.act(q, o, k); e != nil {
			return m.tellAndGo(e)
		}
		return nil
	}
	return m.tell(flows.Advanced{})
}

// firstSeen is the step's first check that was answered.
func (m *Model) firstSeen(step flows.Step) checks.ID {
	for _, e := range m.entriesOf(step) {
		if e.found && e.held.Verdict != checks.Pass {
			return e.id
		}
	}
	for _, id := range step.Checks {
		if _, ok := m.state.Finding(id); ok {
			return id
		}
	}
	return ""
}

func (m *Model) nothingSeen(step flows.Step) string {
	if m.firstSeen(step) == "" {
		return whyStillLooking
	}
	return ""
}

// causes are why what a step waits for does not show, the likely ones first.
func (m *Model) causes() []string {
	step, _ := m.state.Step()
	switch {
	case step.Gone:
		return goneCauses
	case slices.Contains(step.Checks, checks.ConsentPredict), slices.Contains(step.Checks, checks.ConsentWorkflow):
		return settingCauses
	}
	return stepCauses
}

// whySheet lists why a step may still wait, the likely causes first.
type whySheet struct{}

func (s *whySheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(para(RoleStrong, wordWhyTitle, 0, w)...)
	b.gap()
	for i, c := range m.causes() {
		head := row{}.add(RoleAccent, fixed(number(i+1)+".", 3))
		b.put(hanging(head, RoleText, m.words(c), w)...)
	}
	return b
}

func (s *whySheet) typing(*Model) *field { return nil }

func (s *whySheet) offers(*Model) []offer { return closing(actWhy) }

func (s *whySheet) act(m *Model, _ offer, _ tea.KeyPressMsg) tea.Cmd {
	m.close()
	return nil
}

// closing are the keys of a sheet: its own key closes it again.
func closing(own ...action) []offer {
	out := []offer{{act: actBack, word: keyClose}, {act: actPage}, {act: actTake, word: keyClose, hidden: true}, {act: actLeave, word: keyClose, hidden: true}}
	for _, a := range own {
		out = append(out, offer{act: a, word: keyClose, hidden: true})
	}
	return out
}
