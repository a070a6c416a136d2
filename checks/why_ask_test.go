package checks

import (
	"slices"
	"testing"

	"onboard.example/checks/aadsts"
)

// TestAsk holds what a message asks IT for: the thing that is in the way, and
// not another that looks like it.
func TestAsk(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]WhyAsk{
		"AADSTS90094":  AskConsent,
		"AADSTS90095":  AskConsent,
		"AADSTS65001":  AskConsent,
		"AADSTS650051": AskConsent, // the consent link again
		"AADSTS90099":  AskConsent,
		"https://app.example/consented?error=access_denied&error_description=AADSTS65004&admin_consent=True": AskConsent, // the admin's own cancel
		"https://app.example/cb?error=access_denied&error_subcode=cancel":                                    AskConsent,
		"https://app.example/cb?error=access_denied&error_description=AADSTS65004":                           AskHelp, // the person's own
		"AADSTS50105":   AskAssign,
		"AADSTS7000112": AskEnable,
		"AADSTS500014: The service principal for resource 'https://outlook.office365.com' is disabled.": AskService,
		"AADSTS650052": AskService,
		"AADSTS500011": AskService,
		"AADSTS53003":  AskAccess,
		"AADSTS530032": AskAccess,
		"AADSTS530035": AskDefaults,
		"Blocked by policy. Microsoft 365 sign-in.": AskHelp, // some policy; which kind is not known
		"AADSTS500212": AskCrossTenant,
		"AADSTS500213": AskCrossTenant,
		"AADSTS500021": AskRestrictions,
		"AADSTS50002":  AskRestrictions,
		"AADSTS51000":  AskHelp,
		"AADSTS53000":  AskDevice,
		"AADSTS135011": AskDevice,
		"AADSTS530036": AskDeviceCode,
		"AADSTS50079":  AskFactor,
		"AADSTS50057":  AskAccount,
		"AADSTS530034": AskHelp, // the partner's own organisation has to move
		"AADSTS50126":  AskHelp,
		"AADSTS90033":  AskHelp,
		"":             AskHelp,
	} {
		if got := Explain(WhyAsked{Text: aadsts.Parse(text)}).Ask(); got != want {
			t.Errorf("%q asks for %s, want %s", text, got, want)
		}
	}
}

// TestAsksAreListed holds that nothing is asked for that the list lacks.
func TestAsksAreListed(t *testing.T) {
	t.Parallel()
	asks := WhyAsks()
	for _, e := range aadsts.Entries() {
		w := Explain(WhyAsked{Text: aadsts.Answer{Class: e.Class, Who: e.Who, Code: e.Code, Sure: e.Sure, Path: e.Path, Also: e.Also}})
		if !slices.Contains(asks, w.Ask()) {
			t.Errorf("AADSTS%d asks for %q", e.Code, w.Ask())
		}
	}
}

// TestServiceIsNotTheApp: of AADSTS500014 the service behind the app is switched
// off, and nobody is sent to look at the app.
func TestServiceIsNotTheApp(t *testing.T) {
	t.Parallel()
	w := Explain(WhyAsked{Text: aadsts.Parse("AADSTS500014"), Colleague: true, Before: true})
	if w.Class != aadsts.ServiceMissing || w.Who != aadsts.TenantAdmin {
		t.Errorf("%s, %s", w.Class, w.Who)
	}
	if w.Before == beforeWhy(aadsts.AppDisabled) || w.Colleague == colleagueWhy(aadsts.AppDisabled) {
		t.Errorf("of the app: %q, %q", w.Before, w.Colleague)
	}
	if d := w.Developer(); slices.Contains(d.Tenant, devTheirsEnable) || !slices.Contains(d.Tenant, devTheirsService) {
		t.Errorf("theirs: %q", d.Tenant)
	}
}
