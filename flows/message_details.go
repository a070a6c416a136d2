package flows

import (
	"cmp"
	"fmt"
	"strings"

	"onboard.example/checks"
)

// details are what an admin wants to know before saying yes: who can, what it
// changes, how it is taken back.
func (m *messenger) details() []passage {
	w := m.words
	if m.ask != checks.AskConsent && !m.later() {
		out := []passage{{head: w.roleHead, lines: []string{w.roles[m.ask]}}}
		for _, p := range []passage{{head: w.effectHead, lines: []string{w.effects[m.ask]}}, {head: w.undoHead, lines: []string{w.undos[m.ask]}}} {
			if p.lines[0] != "" { // to look changes nothing
				out = append(out, p)
			}
		}
		return out
	}
	out := []passage{{head: w.roleHead, lines: []string{m.role()}}, m.scopes()}
	if p := m.State.Profile; p != nil && len(p.NotRequested) > 0 {
		never := passage{head: w.neverHead}
		for _, n := range p.NotRequested {
			never.items = append(never.items, vendorLine(n))
		}
		out = append(out, never)
	}
	out = append(out, passage{head: w.effectHead, lines: m.effect()}, passage{head: w.undoHead, lines: []string{m.fill(w.undo)}})
	if m.State.Profile != nil && !m.unlisted() { // of which no description says who makes it
		out = append(out, m.maker())
	}
	return out
}

// role is the least that may approve; what a page may list beyond what is known
// can take more.
func (m *messenger) role() string {
	switch link, err := ConsentLink(m.State); {
	case m.State.needsGraphRole():
		return m.words.roleForRoles
	case m.State.App.NeedsUnstated || len(m.State.App.Needs) == 0 || err == nil && link.Note != "":
		return sentences(m.words.role, m.words.roleUnless)
	}
	return m.words.role
}

// effect is what an approval changes: of delegated permissions, of those that
// reach beyond a person's own data, and of the app's own.
func (m *messenger) effect() []string {
	w := m.words
	var out, beyond []string
	delegated, own := false, false
	for _, n := range m.State.App.Needs {
		own = own || n.Role != ""
		delegated = delegated || n.Scope != ""
		if reachesBeyond(n.Scope) {
			beyond = append(beyond, messageLine(n.Scope))
		}
	}
	if delegated || !own {
		out = append(out, w.effect)
	}
	if len(beyond) > 0 {
		out = append(out, strings.ReplaceAll(w.effectBeyond, "{beyond}", strings.Join(beyond, ", ")))
	}
	if own {
		out = append(out, w.effectForRoles)
	}
	if !delegated && !own || m.State.App.NeedsUnstated || m.unlisted() {
		out = append(out, w.effectUnknown)
	}
	return append(out, w.effectDrops, w.effectNothing)
}

// reachesBeyond says whether a delegated permission reaches what is not the
// person's own, by its name: those of others, shared things, the directory.
func reachesBeyond(scope string) bool {
	low := strings.ToLower(scope)
	return strings.HasPrefix(low, "directory.") || strings.HasSuffix(low, ".shared") ||
		strings.HasSuffix(low, ".all") && !strings.Contains(low, ".accessasuser.") // EWS, IMAP and POP: one's mailbox
}

// scopes lists every permission with what it means and why the vendor wants it.
func (m *messenger) scopes() passage {
	p := passage{head: m.words.scopesHead}
	more := ""
	if n := unnamed(m.State, m.Why); n > 0 {
		more = fmt.Sprintf(m.words.scopesLeft, n)
	}
	if m.unlisted() && m.State.App.NeedsUnstated {
		p.lines = append(p.lines, cmp.Or(more, m.words.scopesUnsaid))
		return p
	}
	for _, n := range m.State.App.Needs {
		item := messageLine(n.Scope + n.Role)
		var of, why []string
		if n.Resource != checks.MicrosoftGraph {
			of = append(of, messageLine(ResourceTitle(n.Resource)))
		}
		if n.Role != "" {
			of = append(of, m.words.appRole)
		}
		if len(of) > 0 {
			item += " (" + strings.Join(of, ", ") + ")"
		}
		basic := signInWhy[strings.ToLower(n.Scope)] != ""
		if means := m.words.means[n.Scope]; means != "" && (m.Lang != "en" || basic || n.Why == "" || m.unlisted()) {
			why = append(why, means)
		}
		if n.Why != "" && !basic && !m.unlisted() {
			why = append(why, fmt.Sprintf(m.words.quote, vendorLine(n.Why)))
		}
		if len(why) > 0 {
			item += m.words.colon + " " + strings.Join(why, m.words.between)
		}
		p.items = append(p.items, item)
	}
	if len(p.items) == 0 { // of no app that is known: what the text names
		for _, sc := range m.Why.Scopes {
			p.items = append(p.items, messageLine(sc))
		}
	}
	switch {
	case m.unlisted() && len(p.items) > 0:
		p.lines = append(p.lines, cmp.Or(more, m.words.scopesNamed))
		return p
	case m.State.App.NeedsUnstated || len(p.items) == 0:
		p.lines = append(p.lines, m.words.scopesUnknown)
	}
	if more != "" {
		p.lines = append(p.lines, more)
	}
	return p
}

// maker says who makes the app, and how that is known: the profile's word, or
// what was seen in Graph.
func (m *messenger) maker() passage {
	p := passage{head: m.words.makerHead, lines: []string{m.fill(m.words.maker)}}
	if f, ok := m.State.Finding(checks.AppPublisher); ok && f.Verdict == checks.Pass && f.Grade == checks.Verified && !m.State.Stale(f) {
		p.lines[0] = m.fill(m.words.makerSeen)
	}
	if pr := m.State.Profile; pr != nil && pr.Publisher.MPNID != "" {
		p.lines = append(p.lines, fmt.Sprintf(m.words.makerID, vendorLine(pr.Publisher.MPNID)))
	}
	return p
}

// rest are the vendor's answers, its support, and the way into the wizard.
func (m *messenger) rest() []passage {
	var out []passage
	if p := m.State.Profile; p != nil && m.ask == checks.AskConsent {
		answers := passage{head: m.words.answersHead}
		for _, a := range p.Security {
			item := vendorLine(a.Question) + " " + vendorLine(a.Answer)
			if a.Link != "" {
				item += " " + messageLine(a.Link)
			}
			answers.items = append(answers.items, item)
		}
		if len(answers.items) > 0 {
			out = append(out, answers)
		}
	}
	if where := m.vendorAt(); where != "" {
		out = append(out, passage{head: m.words.supportHead, lines: []string{where}})
	}
	sent := SentHandoff(m.State, m.Why)
	if code := sent.String(); code != "" {
		command, help, _ := strings.Cut(strings.ReplaceAll(m.words.caseHelp, "{case}", code), "\n")
		if p := m.State.Profile; p != nil && p.ID == UnlistedID && len(sent.Scopes) == 0 && len(HandoffOf(m.State, m.Why).Scopes)+unnamed(m.State, m.Why) > 0 {
			help = sentences(help, m.words.caseLeft)
		}
		if p := m.State.Profile; p != nil && p.OnboardURL != "" {
			help = sentences(help, strings.ReplaceAll(m.words.caseAt, "{url}", messageLine(p.OnboardURL)))
		}
		out = append(out, passage{head: m.words.caseHead, code: command, foot: help})
	}
	return append(out, m.person()...)
}

// vendorAt is where the vendor answers.
func (m *messenger) vendorAt() string {
	p := m.State.Profile
	if p == nil {
		return ""
	}
	return strings.TrimSpace(messageLine(p.Support.Email) + " " + messageLine(p.Support.URL))
}

// person is who asks, and the ids of their sign-in; nothing, unless they want it.
func (m *messenger) person() []passage {
	if !m.Personal {
		return nil
	}
	p := passage{head: m.words.personHead}
	who := m.Person
	if who == "" && len(m.Why.Personal.Addresses) == 1 {
		who = m.Why.Personal.Addresses[0]
	}
	if who != "" {
		p.lines = append(p.lines, messageLine(who))
	}
	if id := m.Why.Personal.Correlation; id != "" {
		p.lines = append(p.lines, fmt.Sprintf(m.words.correlation, messageLine(id)))
	}
	if id := m.Why.Personal.Trace; id != "" {
		p.lines = append(p.lines, fmt.Sprintf(m.words.trace, messageLine(id)))
	}
	if len(p.lines) == 0 {
		return nil
	}
	return []passage{p}
}
