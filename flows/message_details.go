package flows

import (
	"fmt"
	"strings"

	"onboard.example/checks"
)

// details are what an admin wants to know before saying yes.
func (m *messenger) details() []passage {
	if m.ask != checks.AskConsent {
		return nil
	}
	s, w := m.State, m.words
	role := w.role
	if s.needsGraphRole() {
		role = w.roleForRoles
	}
	out := []passage{{head: w.roleHead, lines: []string{role}}, m.scopes()}
	if p := s.Profile; p != nil && len(p.NotRequested) > 0 {
		never := passage{head: w.neverHead}
		for _, n := range p.NotRequested {
			never.items = append(never.items, messageLine(n))
		}
		out = append(out, never)
	}
	out = append(out, passage{head: w.effectHead, lines: []string{w.effect}}, passage{head: w.undoHead, lines: []string{m.fill(w.undo)}})
	if s.Profile != nil && s.Profile.ID != UnlistedID { // of which no description says who makes it
		out = append(out, m.maker())
	}
	return out
}

// scopes lists every permission with what it means and why the vendor wants it.
func (m *messenger) scopes() passage {
	p := passage{head: m.words.scopesHead}
	for _, n := range m.State.App.Needs {
		item := messageLine(n.Scope + n.Role)
		if n.Resource != checks.MicrosoftGraph {
			item += " (" + messageLine(ResourceTitle(n.Resource)) + ")"
		}
		var why []string
		basic := signInWhy[strings.ToLower(n.Scope)] != ""
		if means := m.words.means[n.Scope]; means != "" && (m.Lang != "en" || basic || n.Why == "") {
			why = append(why, means)
		}
		if n.Why != "" && !basic {
			why = append(why, fmt.Sprintf(m.words.quote, messageLine(n.Why)))
		}
		if len(why) > 0 {
			item += ": " + strings.Join(why, "; ")
		}
		p.items = append(p.items, item)
	}
	if len(p.items) == 0 { // of no app that is known: what the text names
		for _, sc := range m.Why.Scopes {
			p.items = append(p.items, messageLine(sc))
		}
	}
	if m.State.App.NeedsUnstated || len(p.items) == 0 {
		p.lines = append(p.lines, m.words.scopesUnknown)
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
		p.lines = append(p.lines, fmt.Sprintf(m.words.makerID, messageLine(pr.Publisher.MPNID)))
	}
	return p
}

// rest are the vendor's answers, its support, and the way into the wizard.
func (m *messenger) rest() []passage {
	var out []passage
	if p := m.State.Profile; p != nil && m.ask == checks.AskConsent {
		answers := passage{head: m.words.answersHead}
		for _, a := range p.Security {
			item := messageLine(a.Question) + " " + messageLine(a.Answer)
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
	if code := HandoffOf(m.State, m.Why).String(); code != "" {
		command, help, _ := strings.Cut(strings.ReplaceAll(m.words.caseHelp, "{case}", code), "\n")
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
