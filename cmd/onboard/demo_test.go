package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// A scenario tells the story of one app, and its demo is about that app, with
// the client id that the app has in the simulator.
func TestDemoIsAboutTheAppOfItsScenario(t *testing.T) {
	t.Parallel()
	all, err := sim.Scenarios(nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.Start(t.Context(), sim.Options{Listen: "127.0.0.1:0", DNS: "127.0.0.1:0", Scenario: "entra-grant", Seed: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, sc := range all {
		want := sc.Expect[0]
		o := &options{}
		o.aboutScenario(sc, s.VendorApp)
		start, err := o.start()
		if err != nil || start.Profile == nil || start.Profile.ID != want.App {
			t.Errorf("%s: about %q, want %s: %v", sc.Name, o.app, want.App, err)
			continue
		}
		if want.ClientID != "" && start.ClientID != want.ClientID {
			t.Errorf("%s: client id %q, want %s", sc.Name, start.ClientID, want.ClientID)
		}
	}
	for _, app := range []string{"hetk", "carerix", "revenue-grid", "nylas", "sophiie"} {
		o := &options{app: app}
		o.aboutScenario(s.Scenario(), s.VendorApp)
		if start, err := o.start(); err != nil || start.ClientID == "" || start.Profile.ID != app {
			t.Errorf("--app %s: client id %q of %q: %v", app, start.ClientID, o.app, err)
		}
	}
	o := &options{app: "carerix", appID: "11111111-2222-3333-4444-555555555555"}
	o.aboutScenario(s.Scenario(), s.VendorApp)
	if o.appID != "11111111-2222-3333-4444-555555555555" {
		t.Errorf("the client id that was typed became %s", o.appID)
	}
}

// Nobody's account is used in a demo, whatever the machine has.
func TestDemoOffersItsOwnTokenAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "az"), []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, errs, code := onboard(ctx, nil, "demo", "--plain", "--auto")
	if code != codeOpen || strings.Contains(out, "Azure CLI") || strings.Contains(out, "device") {
		t.Errorf("exit %d: %s%s", code, out, errs)
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

// Why an app is off decides what a rehearsed admin can do about it: where nobody
// in the tenant can, the demo says so and ends, and waits for nothing.
func TestDemoMovesByTheCause(t *testing.T) {
	t.Parallel()
	for scenario, want := range map[string]struct {
		code        int
		says, lacks string
	}{
		"disabled-by-microsoft": {codeBlocked, "Nobody here can make that move", "Switch the app on"},
		"deactivated":           {codeOpen, "Activate the app again, as its vendor", "Switch the app on"},
		"disabled":              {codeOpen, "Switch the app on, as admin@contoso.example", "Activate the app again"},
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			out, errs, code := onboard(ctx, nil, "demo", "--plain", "--auto", "--scenario", scenario)
			if code != want.code || !strings.Contains(out, want.says) || strings.Contains(out, want.lacks) || strings.Contains(out, "Nothing that can be done from here is left") {
				t.Errorf("exit %d: %s%s", code, out, errs)
			}
		})
	}
}
