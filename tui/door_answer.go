package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// whyAnswer is the answer: five lines, and more on a key.
type whyAnswer struct {
	in      checks.WhyAsked
	why     checks.Why
	run     flows.State // about the same app and tenant
	strange bool        // nobody's description has the app's client id
	more    bool
	msg     *whyMessage // nil until it is asked for

	seen   bool   // the run's own looks count
	asking string // the domain that is being asked about; empty: none
	asked  string // the domain that was
	typed  string // as it was typed last
	failed string // why none could be
	stop   context.CancelFunc
	domain string // the run's own domain, which is nobody's secret
}

func newWhyAnswer(m *Model, in checks.WhyAsked) *whyAnswer {
	s := &whyAnswer{in: flows.SeenBefore(m.state, in), domain: m.state.Domain}
	s.seen = s.in.Subject.Domain != ""
	s.explain(m)
	return s
}

// explain makes the answer anew of all that is known by now.
func (s *whyAnswer) explain(m *Model) {
	s.run = flows.AboutWhy(flows.WithAsked(m.state, s.in), checks.Explain(s.in), m.profiles)
	s.in.Subject.App = s.run.App
	s.why = checks.Explain(s.in).Typed(s.domain)
	s.msg = s.msg.ofAnother()
	s.strange = flows.Strange(s.run) || s.run.Profile != nil && flows.Strange(m.state) && s.run.App.ClientID == m.state.App.ClientID
}

// said takes back or takes up what they say themselves.
func (s *whyAnswer) said(key string) {
	if key == keyColleague {
		s.in.Colleague = !s.in.Colleague
	} else {
		s.in.Before = !s.in.Before
	}
	s.why = checks.Explain(s.in).Typed(s.domain)
}

// The keys of what people say themselves.
const (
	keyColleague = "1"
	keyBefore    = "2"
)

// about is the answer as it is laid out on every surface.
func (s *whyAnswer) about() flows.AnswerAbout {
	return flows.AnswerAbout{State: s.run, Why: s.why, ToIT: wordDoorWrite, ToVendor: wordDoorWriteVendor, Strange: s.strange}
}

// facts are all lines after the first; warnings come last.
func (s *whyAnswer) facts(more bool) []flows.Fact {
	a := s.about()
	out := a.First()[1:]
	rest := a.Notes()
	if more {
		rest = append(rest, a.More()...)
	}
	for _, warn := range []bool{false, true} {
		for _, f := range rest {
			if f.Warn == warn {
				out = append(out, f)
			}
		}
	}
	return out
}

// looked says who was asked about the tenant, and who was not.
func (s *whyAnswer) looked(m *Model) (Role, string) {
	switch {
	case s.asking != "":
		return RoleInfo, fill(wordDoorAsking, "domain", clean(s.asking))
	case s.failed != "":
		return RoleWarn, fill(wordDoorNotAsked, "why", s.failed)
	case s.asked != "" && !s.in.Subject.Look.Discovery.Read:
		said := wordDoorUnreached
		if m.served {
			said = wordDoorUnreachedServed
		}
		return RoleWarn, fill(said, "domain", clean(s.asked))
	case s.asked != "":
		return RoleSubtle, fill(wordDoorAsked, "domain", clean(s.asked))
	case s.in.Personal != "":
		return RoleWarn, fill(wordDoorPersonal, "domain", clean(s.in.Personal)) + " " + wordDoorAskHint
	case s.seen:
		return RoleSubtle, fill(wordDoorSeen, "domain", clean(s.in.Subject.Domain))
	case m.askWhy == nil:
		return RoleSubtle, wordDoorNobodyAsked
	}
	return RoleSubtle, wordDoorNobodyAsked + " " + wordDoorAskHint
}

func (s *whyAnswer) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(para(RoleStrong, clean(s.why.What), 0, w)...)
	b.gap()
	for _, f := range s.facts(s.more) {
		head := row{}.add(RoleSubtle, fixed(f.Head, doorHead))
		if f.Warn {
			b.gap()
			head = say(RoleWarn, "! ")
		}
		b.put(linklessHanging(head, RoleText, clean(f.Text), w)...)
	}
	b.gap()
	role, text := s.looked(m)
	b.put(para(role, text, 0, w)...)
	return b
}

// doorHead is the width of an answer's headings, with the gap behind them.
const doorHead = 14

func (s *whyAnswer) typing(*Model) *field { return nil }

func (s *whyAnswer) offers(m *Model) []offer {
	more := wordDoorMore
	if s.more {
		more = wordDoorLess
	}
	start, no := wordDoorLook, ""
	if s.why.Ask() == checks.AskConsent {
		start = wordDoorStart
	}
	switch {
	case s.run.Profile == nil:
		no = whyNoApp
	case s.about().OtherApp():
		no = whyOtherApp
	}
	out := []offer{
		{act: actTell, word: wordDoorMessage},
		{act: actEvidence, word: more},
		{act: actPlay, key: "d", word: wordDoorAskKey, why: m.cannotAsk()},
		{act: actShowAll, word: start, why: no},
		{act: actPlay, key: keyColleague, word: wordDoorColleagueKey},
		{act: actPlay, key: keyBefore, word: wordDoorBeforeKey},
		{act: actNext, word: wordDoorAnother},
		{act: actCopy},
		{act: actHelp},
	}
	return append(out, closing()...)
}

func (s *whyAnswer) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actTell:
		m.open(s.writes())
	case actEvidence:
		s.more = !s.more
	case actPlay:
		if o.key == "d" {
			m.open(newDoorDomain(s))
			return nil
		}
		s.said(o.key)
	case actNext:
		s.halt()
		m.close()
		if paste, ok := m.topSheet().(*doorSheet); ok {
			*paste = doorSheet{}
		}
	case actShowAll:
		if s.own(m) {
			return m.goOnWith(*s.run.Profile, "")
		}
		m.open(newDoorStart(m, s))
	case actCopy:
		return m.copy(s.text(m))
	case actHelp:
		m.open(newHelp(m.offers(), false))
	default:
		s.halt()
		m.close()
	}
	return nil
}

// text is the answer as plain lines.
func (s *whyAnswer) text(m *Model) string {
	lines := []string{s.why.What}
	head := ""
	for _, f := range s.facts(true) {
		head = f.Head
		if head != "" {
			head += ": "
		}
		lines = append(lines, head+f.Text)
	}
	_, looked := s.looked(m)
	return strings.Join(append(lines, looked), "\n") + "\n"
}

// own says that going on is going on with the run: nothing of it is the text's.
func (s *whyAnswer) own(m *Model) bool {
	return m.state.Profile != nil && (m.state.Domain != "" || s.run.Domain == "")
}

// startable is the app that a run can go on with; nil: none.
func (s *whyAnswer) startable(m *Model) *flows.Handed {
	if s.run.Profile == nil {
		return nil
	}
	p := *s.run.Profile
	h := flows.HandoffOf(s.run, s.why)
	h.AADSTS = 0 // the answer says what that means
	h.Scopes = slices.Clone(s.why.Scopes)
	mine := m.state.Profile != nil && m.state.Profile.ID == p.ID
	return &flows.Handed{Handoff: h, Profile: &p, Unvouched: !mine && s.strange && p.ID != flows.UnlistedID}
}
