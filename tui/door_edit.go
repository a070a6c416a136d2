package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
)

// Bounds of a text being edited.
const (
	editLine  = 2000 // characters of a line
	editLines = 500
)

// editSheet edits a text of several lines. The line with the cursor is a field;
// the others are as they were left.
type editSheet struct {
	above, below []string
	field        field
	done         func(text string)
}

func newEditSheet(text string, done func(string)) *editSheet {
	s := &editSheet{done: done}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	s.below = slices.Clone(lines[1:])
	s.line(lines[0])
	s.field.right, s.field.left = s.field.left, ""
	return s
}

// line makes a text the line with the cursor, which stands at its end.
func (s *editSheet) line(text string) {
	s.field = field{limit: editLine}
	s.field.left = checks.Line(text, editLine)
}

// text is all of it.
func (s *editSheet) text() string {
	return strings.TrimRight(strings.Join(slices.Concat(s.above, []string{s.field.left + s.field.right}, s.below), "\n"), "\n") + "\n"
}

func (s *editSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(say(RoleStrong, wordEditTitle))
	put := func(lines []string) {
		for _, l := range lines {
			if l == "" {
				b.put(nil)
				continue
			}
			b.put(linkless(RoleSubtle, clean(l), 2, w)...)
		}
	}
	put(s.above)
	putLine(&b, &s.field, w)
	put(s.below)
	return b
}

func (s *editSheet) typing(*Model) *field { return &s.field }

// offers are the keys that go over a line's ends; within it the field has them.
func (s *editSheet) offers(*Model) []offer {
	out := []offer{{act: actBack, word: wordEditDone}, {act: actTake, word: wordEditLine}, {act: actMove}}
	if s.field.left == "" && len(s.above) > 0 {
		out = append(out, offer{act: actFilter, key: "backspace", hidden: true}, offer{act: actFilter, key: "left", n: 1, hidden: true})
	}
	if s.field.right == "" && len(s.below) > 0 {
		out = append(out, offer{act: actManual, key: "delete", hidden: true}, offer{act: actManual, key: "right", n: 1, hidden: true})
	}
	return out
}

func (s *editSheet) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actTake:
		s.split()
	case actMove:
		s.move(k.String())
	case actFilter:
		if o.n == 1 {
			s.up()
		} else {
			s.join()
		}
	case actManual:
		if o.n == 1 {
			s.down()
			s.field.right, s.field.left = s.field.left, ""
		} else {
			s.field.right = checks.Line(s.below[0], editLine)
			s.below = s.below[1:]
		}
	default:
		s.done(s.text())
		m.close()
	}
	return nil
}

// paste puts text in at the cursor, line by line.
func (s *editSheet) paste(m *Model, text string) {
	lines := strings.Split(checks.Block(text, pasteLimit), "\n")
	if len(text) > pasteLimit || len(lines)+len(s.above)+len(s.below) > editLines {
		m.tellPerson(RoleWarn, fill(wordPasteTooLarge, "n", number(len(text)>>10)))
		return
	}
	for i, l := range lines {
		if i > 0 {
			s.split()
		}
		s.field.insert(l)
	}
}

func (s *editSheet) split() {
	if len(s.above)+len(s.below) >= editLines {
		return
	}
	s.above = append(s.above, s.field.left)
	s.field = field{limit: editLine, right: s.field.right}
}

// join puts the line behind the one above it.
func (s *editSheet) join() {
	last := len(s.above) - 1
	rest := s.field.right
	s.line(s.above[last])
	s.field.right, s.above = checks.Line(rest, editLine), s.above[:last]
}

func (s *editSheet) move(key string) {
	if key == "up" {
		s.up()
	} else {
		s.down()
	}
}

func (s *editSheet) up() {
	if last := len(s.above) - 1; last >= 0 {
		s.below = slices.Insert(s.below, 0, s.field.left+s.field.right)
		s.line(s.above[last])
		s.above = s.above[:last]
	}
}

func (s *editSheet) down() {
	if len(s.below) > 0 {
		s.above = append(s.above, s.field.left+s.field.right)
		s.line(s.below[0])
		s.below = s.below[1:]
	}
}
