package main

import (
	"strings"
	"testing"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// TestCase starts the wizard with a hand-off code: nothing of it is used, and
// nobody is asked, before the yes.
func TestCase(t *testing.T) {
	t.Parallel()
	code := flows.Handoff{App: "hetk", Domain: "contoso.example", AADSTS: 90094}.String()
	for name, c := range map[string]struct {
		in    []string
		says  []string
		lacks string
	}{
		"left before the answer": {[]string{"q"}, []string{"Use what the hand-off code says?", "Hetk Calendar Sync", "AADSTS90094", "proves nothing"}, "Looking at"},
		"yes":                    {[]string{"1", "q"}, []string{"Hetk Calendar Sync for contoso.example", "Looking at contoso.example"}, ""},
		"no":                     {[]string{"2", "q"}, []string{"Which app are your people blocked from?"}, "Looking at"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := simulate(t, sim.Options{Scenario: "managed-default"}).Ready()
			s := startPlain(t, home(t), append(against(r), "--case", code)...)
			question := "Use what the hand-off code says?"
			for _, line := range c.in {
				s.answers(t, question, line)
				question = c.says[len(c.says)-1] // before the next prompt
			}
			s.ends(t)
			out := s.printed()
			holds(t, out, c.says...)
			if c.lacks != "" {
				lacks(t, out, c.lacks)
			}
		})
	}
}

func TestCaseUsage(t *testing.T) {
	t.Parallel()
	code := flows.Handoff{App: "hetk", Domain: "contoso.example"}.String()
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--case", "hello\x1b[2J"}, "no hand-off code"},
		{[]string{"--case", code[:len(code)-3]}, "not whole"},
		{[]string{"--case", code, "--app", "hetk"}, "Leave out one"},
		{[]string{"--case", flows.Handoff{App: "hetk", ClientID: "22222222-2222-3333-4444-555555555555"}.String()}, "not to be trusted"},
		{[]string{"--case", flows.Handoff{App: "elsewhere"}.String()}, "not described here"},
	} {
		out, errs, exit := onboard(t.Context(), nil, append(c.args, "--plain")...)
		if exit != codeUsage || out != "" || !strings.Contains(errs, c.says) || strings.ContainsRune(errs, '\x1b') {
			t.Errorf("%q: exit %d, %q %q", c.args, exit, out, errs)
		}
	}
}
