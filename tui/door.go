package tui

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
)

// paster is a screen that takes pasted text whole, and not into a field.
type paster interface {
	paste(m *Model, text string)
}

// doorSheet takes what somebody was shown: pasted, or typed where it is short.
// Nothing of it gets into the run or its journal but the app and the tenant that
// it names, and they only after a yes.
type doorSheet struct {
	text  string // as pasted; it is cleaned where it is shown, and read by checks
	field field
}

func (s *doorSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(say(RoleStrong, wordDoorTitle))
	b.put(para(RoleSubtle, m.ownOr(wordDoorHelp, wordDoorHelpServed), 0, w)...)
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
	whole := text
	if s.text != "" {
		whole = s.text + "\n" + text
	}
	switch {
	case len(text) > checks.WhyMostText:
		m.tellPerson(RoleWarn, fill(wordDoorTooLarge, "n", number(len(text)>>10)))
	case len(whole) > checks.WhyMostText:
		m.tellPerson(RoleWarn, fill(wordDoorTooMuch, "n", number(len(text)>>10), "all", number(len(whole)>>10)))
	default:
		s.text = whole
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
