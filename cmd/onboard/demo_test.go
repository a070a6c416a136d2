package main

import (
	"strings"
	"testing"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// A scenario about somebody else than the admin, or about another domain,
// shows nothing of itself to the admin.
func TestDemoIsTheCaseOfItsScenario(t *testing.T) {
	t.Parallel()
	const domain = "contoso.example"
	first := sim.ReadyTenant{Domain: domain, Users: []sim.ReadyUser{{UPN: "admin@" + domain}}}
	for name, want := range map[string][2]string{
		"managed-default": {"admin@contoso.example", domain},
		"no-role":         {"user@contoso.example", domain},
		"pim-eligible":    {"it@contoso.example", domain},
		"wrong-tenant":    {"admin@fabrikam.example", domain},
		"unknown-domain":  {"admin@contoso.example", "nowhere.example"},
	} {
		sc, err := sim.LoadScenario(nil, name)
		if err != nil {
			t.Fatal(err)
		}
		if who, of := caseOf(sc, first, false); who != want[0] || of != want[1] {
			t.Errorf("%s: %s looks at %s, want %s at %s", name, who, of, want[0], want[1])
		}
		if who, of := caseOf(sc, first, true); who != "admin@contoso.example" || of != domain {
			t.Errorf("%s by itself: %s looks at %s", name, who, of)
		}
	}
}

func TestTheWizardTakesNoTokenFromItsKeys(t *testing.T) {
	t.Parallel()
	_, errs, code := onboard(t.Context(), strings.NewReader("1\n"), "--plain", "--token-file", "-")
	if code != codeUsage || !strings.Contains(errs, "--token-file - is where the wizard reads your answers") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// The rehearsal hands its own token over: that the machine has the Azure CLI,
// which knows nothing of the rehearsed tenant, changes nothing.
func TestATokenThatWasHandedOverComesFirst(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o     options
		first flows.Way
	}{
		"nothing asked":    {options{}, ""},
		"a token":          {options{tokenFile: "t"}, flows.WayToken},
		"a token, and az":  {options{tokenFile: "t", signIn: "az"}, flows.WayAz},
		"the browser":      {options{signIn: "browser"}, flows.WayBrowser},
		"a token by words": {options{tokenFile: "t", signIn: "token"}, flows.WayToken},
	} {
		for _, w := range []flows.Way{flows.WayBrowser, flows.WayAz, flows.WayToken, flows.WayDevice} {
			if got := c.o.rank(w) == 0; got != (w == c.first) {
				t.Errorf("%s: %s first: %v", name, w, got)
			}
		}
	}
}
