package main

import (
	"net/url"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/aadsts"
	"onboard.example/checks/sim"
)

// TestDoorAsksAsWhyDoes: the wizard's second door gets from a simulated Microsoft
// what `why --domain` gets, signs nobody in for it, and asks nobody about a domain
// of personal mail.
func TestDoorAsksAsWhyDoes(t *testing.T) {
	t.Parallel()
	r := simulate(t, sim.Options{Scenario: "managed-default"}).Ready()
	base := (&url.URL{Scheme: "https", Host: r.HTTPS}).String()
	o := &options{dnsPort: 53, loginURL: base, graphURL: base, caFile: r.CA, dnsServer: r.DNS, trustAnchor: r.TrustAnchor, signIn: "device", user: "eve@fabrikam.example"}
	ask := func(domain, text string) checks.Why {
		t.Helper()
		in := checks.WhyOf(text, false)
		in.Subject.App = checks.App{ClientID: "8dd90edb-c881-459a-ac84-2a1fee8c5c94", Needs: []checks.Permission{{Resource: checks.MicrosoftGraph, Scope: "Calendars.ReadWrite"}}}
		got, err := o.askFor(t.Context(), domain, in)
		if err != nil {
			t.Fatalf("%s: %v", domain, err)
		}
		if got.Subject.Look != nil && got.Subject.Look.Account.Read {
			t.Errorf("%s: somebody was signed in", domain)
		}
		return checks.Explain(got)
	}
	if w := ask("contoso.example", "error=access_denied&error_subcode=cancel"); w.Class != aadsts.AdminConsentNeeded || len(w.Reasons) == 0 {
		t.Errorf("%s %+v", w.Class, w.Reasons)
	}
	if w := ask("contoso.example", "AADSTS90094 tenant '99999999-2222-3333-4444-555555555555'"); w.Class != aadsts.WrongTenant {
		t.Errorf("%s", w.Class)
	}
	if w := ask("nowhere.example", "sign-in failed"); w.Class != aadsts.NotEntra {
		t.Errorf("%s", w.Class)
	}
	if w := ask("outlook.com", "AADSTS50020"); w.Class != aadsts.PersonalAccount {
		t.Errorf("%s", w.Class)
	}
	if _, err := o.askFor(t.Context(), "not a domain", checks.WhyAsked{}); err == nil {
		t.Error("asked about no domain")
	}
}
