package tui

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/checks"
	"onboard.example/flows"
)

// handedDriver is a wizard that was started with a hand-off code.
func handedDriver(t *testing.T, h flows.Handoff) *fakeDriver {
	t.Helper()
	all, err := flows.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	said, err := flows.HandedOf(h, all)
	if err != nil {
		t.Fatal(err)
	}
	start := started(t)
	start.Handed = said
	return newFake(start)
}

func handoffsShown() map[string]flows.Handoff {
	return map[string]flows.Handoff{
		"known": {App: "hetk", Domain: "contoso.example", TenantID: tenantID, AADSTS: 50105},
		"stranger": {
			ClientID: "66666666-2222-3333-4444-555555555555", Domain: "contoso.example", AADSTS: 90094,
			Scopes: []string{"openid", "Calendars.ReadWrite", "Mail.ReadWrite", "offline_access"},
		},
		"unvouched": {App: "sophiie", ClientID: "66666666-2222-3333-4444-555555555555", Domain: "contoso.example"},
	}
}

// TestHandoffScreens holds the question about a hand-off code, and what its error
// tells where the yes leads to.
func TestHandoffScreens(t *testing.T) {
	t.Parallel()
	for name, h := range handoffsShown() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			for _, keys := range [][]string{nil, {"enter"}, {"down", "up", "enter"}} {
				for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
					m := New(t.Context(), handedDriver(t, h), walking(t, z[0], z[1]))
					press(m, keys...)
					fmt.Fprintf(&b, "== %q %d×%d\n%s", keys, z[0], z[1], screenText(t, m.View().Content, z[0], z[1]))
				}
			}
			golden.RequireEqual(t, b.String())
		})
	}
}

// TestPlainHandoff holds that line mode says each fact of a code by itself, and
// what its error means once it is used.
func TestPlainHandoff(t *testing.T) {
	t.Parallel()
	d := handedDriver(t, handoffsShown()["known"])
	at := func() string {
		p := &plain{m: New(t.Context(), d, still(t, 80, 24)), out: &lineWriter{to: &bytes.Buffer{}}, said: map[checks.ID]string{}}
		return strings.Join(p.scene().lines, "\n") + "\n"
	}
	asked := at()
	d.happen(flows.Answered{Question: flows.AskHandoff, Value: flows.HandoffYes}, facts(false))
	rounded(d, publicFindings()...)
	after := at()
	for _, says := range []string{"App: Hetk Calendar Sync.\n", "Tenant: contoso.example.\n", "Client id: 8dd90edb-c881-459a-ac84-2a1fee8c5c94.\n", "Stopped by: AADSTS50105, which says to them: "} {
		if !strings.Contains(asked, says) {
			t.Errorf("lacks %q:\n%s", says, asked)
		}
	}
	if !strings.Contains(after, "Stopped by: AADSTS50105") || !strings.Contains(after, "Path: Approved, and still stopped") || !strings.Contains(after, wordKnownAdvice) {
		t.Errorf("after the yes:\n%s", after)
	}
}
