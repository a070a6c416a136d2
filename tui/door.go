package tui

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// paster is a screen that takes pasted text whole, and not into a field.
type paster interface {
	paste(m *Model, text string)
}

// doorSheet takes what somebody was shown: pasted, or typed where it is short.
// Nothing of it gets into the run or its journal.
type doorSheet struct {
	text  string // as pasted; it is cleaned where it is shown, and read by checks
	field field
}

func (s *doorSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(say(RoleStrong, wordDoorTitle))
	b.put(para(RoleSubtle, wordDoorHelp, 0, w)...)
	b.gap()
	if s.text != "" {
		n := fill(wordDoorChars, "n", number(utf8.RuneCountInString(s.text)))
		b.put(para(RoleInfo, fill(wordDoorPasted, "n", n), 0, w)...)
		b.put(linkless(RoleSubtle, clean(strings.Join(strings.Fields(s.text[:min(len(s.text), mostLine)]), " ")), 2, w)...)
		b.gap()
	}
	text, cursor := s.field.window(w - 2)
	foot := row{}.add(RoleFocus, "> ").add(RoleText, text)
	if s.field.empty() && s.text == "" {
		foot = foot.add(RoleSubtle, "  "+fill(wordSuchAs, "example", wordDoorExample))
	}
	b.foot = append(b.foot, foot)
	if s.field.said != "" {
		b.foot = append(b.foot, hanging(say(RoleBad, "✗ "), RoleText, s.field.said, w)...)
	}
	b.cursor = &place{row: 0, col: 2 + cursor}
	return b
}

func (s *doorSheet) typing(*Model) *field { return &s.field }

func (s *doorSheet) offers(*Model) []offer {
	why := ""
	if s.text == "" && s.field.value() == "" {
		why = whyNothingHere
	}
	out := []offer{{act: actTake, word: wordDoorExplain, why: why}, {act: actBack, word: keyClose}}
	if s.text != "" {
		out = append(out, offer{act: actFilter, key: "ctrl+u", word: wordDoorClear})
	}
	return out
}

// paste takes text of any form; more than is read of one is refused, so that
// nobody takes the answer to a part for that to the whole.
func (s *doorSheet) paste(m *Model, text string) {
	if len(text) > checks.WhyMostText {
		m.tellPerson(RoleWarn, fill(wordDoorTooLarge, "n", number(len(text)>>10)))
		return
	}
	if s.text != "" {
		text = s.text + "\n" + text
	}
	if len(text) <= checks.WhyMostText {
		s.text = text
	}
}

func (s *doorSheet) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actTake:
		in := checks.WhyOf(strings.TrimSpace(s.text+"\n"+s.field.value()), false)
		m.open(newWhyAnswer(m, in))
		// Where pastes come as keys, what follows the first line is no command.
		m.deaf = m.now().Add(typeAhead)
	case actFilter:
		s.text, s.field = "", field{}
	default:
		m.close()
	}
	return nil
}

// whyAnswer is the answer: five lines, and more on a key.
type whyAnswer struct {
	in   checks.WhyAsked
	why  checks.Why
	run  flows.State // about the same app and tenant
	more bool
}

func newWhyAnswer(m *Model, in checks.WhyAsked) *whyAnswer {
	s := &whyAnswer{in: in, run: flows.AboutWhy(m.state, checks.Explain(in), m.profiles)}
	s.in.Subject.App = s.run.App
	s.why = checks.Explain(s.in)
	return s
}

// said takes back or takes up what they say themselves.
func (s *whyAnswer) said(key string) {
	if key == keyColleague {
		s.in.Colleague = !s.in.Colleague
	} else {
		s.in.Before = !s.in.Before
	}
	s.why = checks.Explain(s.in)
}

// The keys of what people say themselves.
const (
	keyColleague = "1"
	keyBefore    = "2"
)

// lines are the answer's lines after the first, each behind its heading.
func (s *whyAnswer) lines(more bool) [][2]string {
	w := s.why
	next := w.OrElse()
	if it, vendor := w.WritesTo(); it || vendor {
		next = strings.TrimSpace(wordDoorWrite + " " + next)
	}
	if next == "" {
		next = wordDoorNone
	}
	out := [][2]string{{wordDoorWho, string(w.Who)}, {wordDoorDo, w.ToDo()}, {wordDoorSure, w.HowSure()}, {wordDoorNext, next}}
	out = append(out, [2]string{wordDoorColleague, w.Colleague}, [2]string{wordDoorBefore, w.Before})
	if !more {
		return out
	}
	out = append(out, [2]string{wordDoorSkip, w.Skip})
	head := wordDoorCodes
	for _, c := range w.Codes {
		out = append(out, [2]string{head, strings.TrimSpace("AADSTS" + number(c.Number) + " " + c.Name)})
		head = ""
	}
	if s.run.Profile != nil {
		out = append(out, [2]string{wordDoorApp, strings.TrimSpace(s.run.App.Name + " " + s.run.App.ClientID)})
	}
	tenant := s.run.Domain
	if tenant == "" {
		tenant = s.run.TenantID()
	}
	out = append(out, [2]string{wordDoorTenant, tenant})
	for _, r := range w.Reasons {
		out = append(out, [2]string{"", r.Says})
	}
	return out
}

// warnings are what must not be missed.
func (s *whyAnswer) warnings() []string {
	var out []string
	if s.why.AdminConsent {
		out = append(out, wordDoorClaim)
	}
	if s.why.Secret {
		out = append(out, wordDoorSecret)
	}
	return out
}

func (s *whyAnswer) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(para(RoleStrong, clean(s.why.What), 0, w)...)
	b.gap()
	for _, l := range s.lines(s.more) {
		if l[1] != "" {
			b.put(hanging(row{}.add(RoleSubtle, fixed(l[0], cells(wordDoorSkip)+2)), RoleText, clean(l[1]), w)...)
		}
	}
	for _, l := range s.warnings() {
		b.gap()
		b.put(hanging(say(RoleWarn, "! "), RoleText, l, w)...)
	}
	return b
}

func (s *whyAnswer) typing(*Model) *field { return nil }

func (s *whyAnswer) offers(m *Model) []offer {
	more := wordDoorMore
	if s.more {
		more = wordDoorLess
	}
	start := ""
	if s.run.Profile == nil {
		start = whyNoApp
	}
	out := []offer{
		{act: actTell, word: wordDoorMessage},
		{act: actEvidence, word: more},
		{act: actPlay, key: keyColleague, word: wordDoorColleagueKey},
		{act: actPlay, key: keyBefore, word: wordDoorBeforeKey},
		{act: actNext, word: wordDoorAnother},
		{act: actShowAll, word: wordDoorStart, why: start},
		{act: actCopy},
	}
	return append(out, closing()...)
}

func (s *whyAnswer) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actTell:
		m.open(newWhyMessage(s))
	case actEvidence:
		s.more = !s.more
	case actPlay:
		s.said(o.key)
	case actNext:
		m.close()
		if paste, ok := m.topSheet().(*doorSheet); ok {
			*paste = doorSheet{}
		}
	case actShowAll:
		profile := *s.run.Profile
		m.close()
		return m.tellAndGo(flows.Picked{Profile: profile})
	case actCopy:
		return m.copy(s.text())
	default:
		m.close()
	}
	return nil
}

// text is the answer as plain lines.
func (s *whyAnswer) text() string {
	lines := []string{s.why.What}
	for _, l := range s.lines(true) {
		if l[1] != "" {
			lines = append(lines, strings.TrimSpace(l[0]+": "+l[1]))
		}
	}
	return strings.Join(append(lines, s.warnings()...), "\n") + "\n"
}
