package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// TestAStepsQuestionIsTyped: a step that asks for a text takes letters as text,
// those of keys among them, and a paste.
func TestAStepsQuestionIsTyped(t *testing.T) {
	t.Parallel()
	for _, at := range []struct {
		path flows.PathID
		step flows.StepID
	}{{flows.Pilot, flows.PilotWho}, {flows.ConsentRequests, flows.RequestsName}} {
		d := atStep(t, at.path, at.step)
		m := New(t.Context(), d, still(t, 80, 24))
		for _, r := range "else@" {
			m.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
		m.Update(tea.PasteMsg{Content: "contoso.example\r\n"})
		if text := screenText(t, m.View().Content, 80, 24); !strings.Contains(text, "> else@contoso.example") {
			t.Fatalf("%s: the letters went elsewhere:\n%s", at.step, text)
		}
		press(m, "enter")
		if got := d.State().Answer(flows.AskWho); got != "else@contoso.example" {
			t.Errorf("%s: answered %q", at.step, got)
		}
	}
}
