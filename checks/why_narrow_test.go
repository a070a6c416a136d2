package checks

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks/aadsts"
)

// TestNarrowed holds what else a domain, a profile and a sign-in tell.
func TestNarrowed(t *testing.T) {
	t.Parallel()
	fail := Finding{Check: ConsentPredict, Verdict: Fail, Grade: Inferred, Summary: "An ordinary user may not consent."}
	pass := Finding{Check: ConsentPredict, Verdict: Pass, Grade: Inferred, Summary: "An ordinary user may consent."}
	noRole := Finding{Check: AccountRole, Verdict: Fail, Grade: Verified, Summary: "No role."}
	work := Finding{Check: AccountWork, Verdict: Pass, Grade: Verified, Summary: "A work account."}
	guest := Finding{Check: AccountWork, Verdict: Warn, Grade: Verified, Summary: "You are a guest there."}
	federated := Finding{Check: TenantRealm, Verdict: Pass, Grade: Inferred, Summary: "People sign in at sts.contoso.example."}
	appOff := Finding{Check: AppEnabled, Verdict: Fail, Grade: Verified, Summary: "Switched off.", Fix: &Fix{Who: WhoAdmin}}
	appStopped := Finding{Check: AppEnabled, Verdict: Fail, Grade: Verified, Summary: "Stopped.", Fix: &Fix{Who: WhoVendor}}
	assigned := Finding{Check: AppAssignment, Verdict: Fail, Grade: Verified, Summary: "Only for some."}
	granted := Finding{Check: AppGrant, Verdict: Pass, Grade: Verified, Summary: "All granted."}
	inCloud := func(in WhyAsked, c Cloud) WhyAsked {
		in.Subject.Look.Discovery.Value.Found[0].Cloud = c
		return in
	}
	const at = " https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=" + appID
	for name, c := range map[string]struct {
		in    WhyAsked
		class aadsts.Class
		who   aadsts.Who
		says  string // a reason; a "!" before it: none
		also  aadsts.Class
	}{
		"the service is named":              {whyAt("AADSTS500014: The service principal for resource 'https://outlook.office365.com/x' is disabled."), aadsts.ServiceMissing, aadsts.TenantAdmin, "The service that the text names: https://outlook.office365.com.", ""},
		"the app is off, no text":           {whyAt("", appOff, fail), aadsts.AppDisabled, aadsts.TenantAdmin, "Switched off.", ""},
		"Microsoft stopped the app":         {whyAt("", appStopped), aadsts.AppDisabled, aadsts.AppVendor, "Stopped.", ""},
		"the app is off, a wall":            {whyAt("AADSTS90094", appOff, fail), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, "Switched off.", aadsts.AppDisabled},
		"the app is off, another fault":     {whyAt("AADSTS90033", appOff), aadsts.Transient, aadsts.Microsoft, "!Switched off.", ""},
		"assignment is required":            {whyAt("", assigned), aadsts.Unknown, aadsts.WhoUnknown, "Only for some.", aadsts.AssignmentRequired},
		"approved by now":                   {whyAt("AADSTS90094", granted), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, sayWhyApproved, aadsts.ExpiredToken},
		"this user may not":                 {whyAt("AADSTS90094", fail, work, noRole), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, sayWhyYouMayNot, ""},
		"this user may not, no text":        {whyAt("", fail, work, noRole), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, sayWhyYouMayNot, ""},
		"nobody signed in":                  {whyAt("AADSTS90094", fail), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, "!" + sayWhyYouMayNot, ""},
		"this user may":                     {whyAt("AADSTS90094", pass, work, noRole), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, sayWhyYouMay, aadsts.UserConsentOff},
		"allowed by default, no text":       {whyAt("", pass), aadsts.Unknown, aadsts.WhoUnknown, "something else", aadsts.AssignmentRequired},
		"allowed by default, a device":      {whyAt("AADSTS53000", pass), aadsts.DeviceRequired, aadsts.User, "!something else", ""},
		"a guest, a wall":                   {whyAt("AADSTS90094", fail, guest), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, "rules of contoso.example", ""},
		"a guest, no text":                  {whyAt("", guest), aadsts.Unknown, aadsts.WhoUnknown, "rules of contoso.example", aadsts.WrongTenant},
		"a guest, a fault":                  {whyAt("AADSTS90033", guest), aadsts.Transient, aadsts.Microsoft, "!rules of contoso.example", ""},
		"another domain in the text":        {whyAt("AADSTS90094 tenant 'fabrikam.example'", fail), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, "names fabrikam.example", aadsts.WrongTenant},
		"a domain below this one":           {whyAt("AADSTS90094 tenant 'mail.contoso.example'", fail), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, "!names mail", ""},
		"the same domain, written big":      {whyAt("AADSTS90094 tenant 'CONTOSO.EXAMPLE'", fail), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, "!names contoso", ""},
		"a name that is no domain":          {whyAt("AADSTS90094 directory 'Fabrikam Ltd. Europe'", fail), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, "!names Fabrikam", ""},
		"another domain, a fault":           {whyAt("AADSTS90033 tenant 'fabrikam.example'"), aadsts.Transient, aadsts.Microsoft, "!names fabrikam", ""},
		"the tenant of Microsoft Services":  {whyAt("AADSTS16000 directory 'Microsoft Services'"), aadsts.PersonalAccount, aadsts.User, sayWhyServicesTenant, ""},
		"another cloud":                     {inCloud(whyAt("AADSTS90002"+at), CloudGCCHigh), aadsts.WrongTenant, aadsts.User, "US Government GCC High", aadsts.VendorMisconfigured},
		"the app is not in that cloud":      {inCloud(whyAt("AADSTS700016"+at), CloudChina), aadsts.AppNotInTenant, aadsts.AppVendor, "China cloud", aadsts.WrongTenant},
		"GCC is at the public sign-in":      {inCloud(whyAt("AADSTS90002"+at), CloudGCC), aadsts.WrongTenant, aadsts.User, "!signed in at", ""},
		"the same cloud":                    {whyAt("AADSTS90002" + at), aadsts.WrongTenant, aadsts.User, "!signed in at", ""},
		"federated, its own error":          {whyAt("AADSTS20012", federated), aadsts.NotEntra, aadsts.TenantAdmin, "sts.contoso.example", ""},
		"federated, the wall":               {whyAt("AADSTS90094", federated, fail), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, "!sts.contoso.example", ""},
		"federated, an on-premises problem": {whyAt("AADSTS80001", federated), aadsts.Transient, aadsts.TenantAdmin, "sts.contoso.example", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := Explain(c.in)
			if w.Class != c.class || w.Who != c.who {
				t.Errorf("%s, %s; want %s, %s", w.Class, w.Who, c.class, c.who)
			}
			var lines []string
			for _, r := range w.Reasons {
				lines = append(lines, r.Says)
			}
			said := strings.Join(lines, "\n")
			if not, ok := strings.CutPrefix(c.says, "!"); strings.Contains(said, not) == ok {
				t.Errorf("%q:\n%s", c.says, said)
			}
			if c.also != "" && !slices.Contains(w.Also, c.also) || len(w.Also) > mostAlso || slices.Contains(w.Also, w.Class) {
				t.Errorf("also %v, want %s among them", w.Also, c.also)
			}
		})
	}
}

// TestColleagueSince holds that why a colleague gets in is told with the date of
// Microsoft's change, where that is what stops this person, and not else.
func TestColleagueSince(t *testing.T) {
	t.Parallel()
	fail := Finding{Check: ConsentPredict, Verdict: Fail, Grade: Inferred, Summary: "An ordinary user may not consent."}
	ask := func(text string, findings ...Finding) string {
		in := whyAt(text, findings...)
		in.Colleague = true
		return Explain(in).Colleague
	}
	if got := ask("AADSTS90094", fail); !strings.Contains(got, "before Oct/Nov 2025") || !strings.Contains(got, "nothing against your account") {
		t.Errorf("a wall by default: %q", got)
	}
	if got := ask("", fail); !strings.Contains(got, "before Oct/Nov 2025") {
		t.Errorf("no text: %q", got)
	}
	read := fail
	read.Grade = Verified
	if got := ask("AADSTS90094", read); strings.Contains(got, "2025") {
		t.Errorf("a setting of the tenant's own: %q", got)
	}
	for _, c := range []struct {
		text     string
		findings []Finding
	}{{"AADSTS90094", nil}, {"AADSTS50105", []Finding{fail}}, {"AADSTS53003", []Finding{fail}}} {
		if got := ask(c.text, c.findings...); strings.Contains(got, "2025") || got == "" {
			t.Errorf("%s: %q", c.text, got)
		}
	}
}

// TestReadIsNoDefault holds that a setting that was read is not called a default.
func TestReadIsNoDefault(t *testing.T) {
	t.Parallel()
	read := Finding{Check: ConsentPredict, Verdict: Fail, Grade: Verified, Summary: "An ordinary user may not consent."}
	if w := Explain(whyAt("", read)); strings.Contains(w.What, "default") || !strings.Contains(w.What, "contoso.example") || w.Class != aadsts.AdminConsentNeeded {
		t.Errorf("%s: %q", w.Class, w.What)
	}
	in := whyAt("", Finding{Check: ConsentPredict, Verdict: Pass, Grade: Inferred, Summary: "may sign in"}, Finding{Check: AccountRole, Verdict: Fail, Grade: Verified})
	in.Subject.App.NeedsUnstated = true
	for _, r := range Explain(in).Reasons {
		if r.Says == sayWhyYouMay || r.Says == sayWhyAllowed {
			t.Errorf("of an app that does not say what it asks for: %q", r.Says)
		}
	}
}
