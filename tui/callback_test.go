package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// TestPastedRedirect: at the consent link an address that Microsoft's page led to
// can be pasted, on the screen and on lines; anything else is told to be none.
func TestPastedRedirect(t *testing.T) {
	t.Parallel()
	const address = "https://app.example/back?admin_consent=True&tenant=99999999-9999-4999-8999-999999999999&state=onboard-hetk-n&code=SECRET"
	at := func(redirect string) *fakeDriver {
		d := atStep(t, flows.DirectLink, flows.LinkApprove)
		d.state.App.ConsentRedirect = redirect
		return d
	}
	d := at("https://app.example/back")
	m := New(t.Context(), d, still(t, 80, 24))
	if text := screenText(t, m.View().Content, 80, 24); !strings.Contains(squeezed(text), squeezed("Pasted here, it counts as your word")) {
		t.Errorf("the screen does not say what can be pasted:\n%s", text)
	}
	m.Update(tea.PasteMsg{Content: address + "\r\n"})
	got := d.State().Callback
	if got == nil || !got.Consented || !got.Pasted || !got.Ours || got.Tenant != "99999999-9999-4999-8999-999999999999" {
		t.Fatalf("taken: %+v", got)
	}
	if text := screenText(t, m.View().Content, 80, 24); !strings.Contains(text, wordCameBack) || strings.Contains(text, "SECRET") {
		t.Errorf("the screen says:\n%s", text)
	}
	m.Update(tea.PasteMsg{Content: "hello"})
	if text := screenText(t, m.View().Content, 80, 24); !strings.Contains(text, wordNoPaste) {
		t.Errorf("an odd paste:\n%s", text)
	}

	none := at("")
	m = New(t.Context(), none, still(t, 80, 24))
	m.Update(tea.PasteMsg{Content: address})
	if none.State().Callback != nil {
		t.Error("taken for an app without an address")
	}
	elsewhere := atStep(t, flows.LowImpact, flows.LowClassify)
	elsewhere.state.App.ConsentRedirect = "https://app.example/back"
	m = New(t.Context(), elsewhere, still(t, 80, 24))
	m.Update(tea.PasteMsg{Content: address})
	if elsewhere.State().Callback != nil {
		t.Error("taken at a step without the link")
	}
	if c := checks.VendorCallback; flows.IsPublic(c) != true {
		t.Error("what came back needs no sign-in to be looked at")
	}
}
