package tui

import (
	"strings"
	"testing"

	"onboard.example/checks"
)

// atMessage is the wizard with the message of an answer open.
func atMessage(t *testing.T, w, h int) (*Model, *whyMessage) {
	t.Helper()
	m := atDoor(t, w, h, shownText, "enter", "m")
	msg, ok := m.current().(*whyMessage)
	if !ok {
		t.Fatalf("%T", m.current())
	}
	return m, msg
}

// openable is why a message cannot be opened in a mail program; empty: it can.
func openable(m *Model, s *whyMessage) string {
	for _, o := range s.offers(m) {
		if o.act == actOpen {
			return o.why
		}
	}
	return "no such key"
}

// TestDoorKeepsTheMessage holds that what was changed in a message, and the form
// and language that were chosen, are there when it is opened again.
func TestDoorKeepsTheMessage(t *testing.T) {
	t.Parallel()
	for _, leave := range []string{"esc", "m"} {
		m, msg := atMessage(t, 40, 12)
		press(m, "g", "pgdown", "pgdown", "e", "X", "esc")
		if m.scroll != 0 || !strings.Contains(screenText(t, m.View().Content, 40, 12), wordEdited) {
			t.Errorf("what was edited is not said, scrolled to %d:\n%s", m.scroll, screenText(t, m.View().Content, 40, 12))
		}
		was, title := msg.text(), msg.title()
		press(m, leave)
		if _, ok := m.current().(*whyAnswer); !ok {
			t.Fatalf("%T", m.current())
		}
		press(m, "1", "m")
		again, ok := m.current().(*whyMessage)
		if !ok || again.text() != was || again.title() != title || !again.edits() {
			t.Errorf("after %s: %T, %s in place of %s:\n%.200s", leave, m.current(), again.title(), title, again.text())
		}
	}
}

// TestDoorSaysWhichAnswerWasEdited holds that an edited message that was made of
// another answer than the one on the screen says so.
func TestDoorSaysWhichAnswerWasEdited(t *testing.T) {
	t.Parallel()
	m, _ := atMessage(t, 80, 24)
	press(m, "e", "X", "esc", "esc")
	s, ok := m.current().(*whyAnswer)
	if !ok {
		t.Fatalf("%T", m.current())
	}
	s.in.Text = checks.WhyOf("AADSTS50105", false).Text
	s.explain(m)
	press(m, "m")
	if screen := screenText(t, m.View().Content, 80, 24); !strings.Contains(screen, wordEditedBefore) {
		t.Errorf("%s", screen)
	}
	press(m, "g")
	if screen := screenText(t, m.View().Content, 80, 24); strings.Contains(screen, wordEdited) || !strings.Contains(screen, "AADSTS50105") {
		t.Errorf("%s", screen)
	}
	// To look and change nothing is no editing.
	m, msg := atMessage(t, 80, 24)
	press(m, "e", "down", "esc")
	if msg.edits() {
		t.Error("edited without a change")
	}
}

// TestDoorOpensNoEmptyMail holds that an edited message that no mail program's
// link can hold is not opened empty, and says why.
func TestDoorOpensNoEmptyMail(t *testing.T) {
	t.Parallel()
	m, msg := atMessage(t, 80, 24)
	if why := openable(m, msg); why == whyMailLong {
		t.Error(why)
	}
	press(m, "e", "X", "esc")
	if why := openable(m, msg); why != whyMailLong {
		t.Errorf("%q, opens with %q", why, msg.message().URL)
	}
	msg.edited[msg.key()] = "My own words.\n"
	if why := openable(m, msg); why == whyMailLong {
		t.Error(why)
	}
}
