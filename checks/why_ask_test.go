package checks

import (
	"fmt"
	"slices"
	"strings"
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
		"AADSTS500212":  AskCrossTenant,
		"AADSTS500213":  AskCrossTenant,
		"AADSTS500021":  AskRestrictions,
		"AADSTS50002":   AskRestrictions,
		"AADSTS51000":   AskHelp,
		"AADSTS53000":   AskDevice,
		"AADSTS135011":  AskDevice,
		"AADSTS530036":  AskDeviceCode,
		"AADSTS50079":   AskFactor,
		"AADSTS50057":   AskAccount,
		"AADSTS530034":  AskHelp, // the partner's own organisation has to move
		"AADSTS50126":   AskHelp,
		"AADSTS700016":  AskHelp, // the id may be wrong, and that is the vendor's to say
		"AADSTS650054":  AskHelp,
		"AADSTS7000229": AskConsent,
		"AADSTS20001":   AskFederation,
		"AADSTS90123":   AskFederation,
		"AADSTS80001":   AskDirectory,
		"AADSTS80013":   AskDirectory,
		"AADSTS53011":   AskRisk,
		"AADSTS53004":   AskRisk,
		"AADSTS16003":   AskInvite,
		"AADSTS51004":   AskInvite,
		"AADSTS90072":   AskInvite,
		"AADSTS50020":   AskHelp, // their own move: another account
		"AADSTS80012":   AskHelp,
		"AADSTS50015":   AskHelp,
		"AADSTS54000":   AskHelp,
		"AADSTS500341":  AskHelp,
		"AADSTS50161":   AskHelp,
		"AADSTS50166":   AskHelp,
		"AADSTS50053":   AskAccount,
		"AADSTS90094 AADSTS50105 AADSTS53003 AADSTS50057 AADSTS7000112 AADSTS50011": AskHelp, // a list
		"AADSTS90033": AskHelp,
		"":            AskHelp,
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

// TestAdminIsAskedForWhatTheCodeSays holds over the whole table that whose move
// is the admin's is never told of a passing fault at Microsoft, of a sign-in that
// is not Microsoft's, of a locked account where it is none, or of nothing.
func TestAdminIsAskedForWhatTheCodeSays(t *testing.T) {
	t.Parallel()
	for _, e := range aadsts.Entries() {
		w := Explain(WhyAsked{Text: aadsts.Parse(fmt.Sprintf("AADSTS%d", e.Code))})
		ask, trouble := w.Ask(), w.Trouble()
		if !slices.Contains(WhyTroubles(), trouble) && trouble != "" {
			t.Errorf("AADSTS%d: %q is in no list", e.Code, trouble)
		}
		if trouble == TroubleFault && w.Who != aadsts.Microsoft {
			t.Errorf("AADSTS%d, of %s: a fault at Microsoft", e.Code, w.Who)
		}
		if ask == AskAccount && e.Code != 50057 && e.Code != 50053 && e.Code != 500571 {
			t.Errorf("AADSTS%d: an account that is locked or switched off", e.Code)
		}
		if ask == AskHelp && (trouble == "" || trouble == TroubleNotEntra) && e.Class != aadsts.Unknown {
			t.Errorf("AADSTS%d, %s of %s: nothing is said of what happened (%q)", e.Code, e.Class, e.Who, trouble)
		}
	}
}

// TestTrouble holds what is told of a code that says more than its class, and
// that what is not known well is not told.
func TestTrouble(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]WhyTrouble{
		"AADSTS50126": TroublePassword, "AADSTS50055": TroubleNewPassword, "AADSTS70018": TroubleUnfinished, "AADSTS50140": TroubleUnfinished,
		"AADSTS900561": TroubleUnfinished, "AADSTS50058": TroubleUnfinished, "AADSTS700082": TroubleSession, "AADSTS90033": TroubleFault,
		"AADSTS80012": TroubleLogonHours, "AADSTS54000": TroubleAgeGroup, "AADSTS500341": TroubleDeleted, "AADSTS50161": TroubleExternalStep,
		"AADSTS90002": TroubleNoTenant, "AADSTS50034": TroubleNoAccount, "AADSTS50011": TroubleVendor, "AADSTS700016": TroubleApp,
		"AADSTS90094 AADSTS50105 AADSTS53003 AADSTS50057 AADSTS7000112 AADSTS50011": TroubleSeveral,
		"This app has been disabled by Microsoft":                                   TroubleByMicrosoft, "This app has been disabled by your admin": "",
		"": "", "AADSTS4242424": "", "Blocked by policy. Microsoft 365 sign-in.": "",
	} {
		w := Explain(WhyAsked{Text: aadsts.Parse(text)})
		if got := w.Trouble(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if code, _ := w.Named(); want == TroubleSeveral && code != 0 {
			t.Errorf("%q names AADSTS%d alone", text, code)
		}
	}
}

// TestHowSureSaysWhatWasAssumed holds that Microsoft's default, which nobody read
// in the tenant, does not stand beside what the text says as if it were seen.
func TestHowSureSaysWhatWasAssumed(t *testing.T) {
	t.Parallel()
	for grade, assumed := range map[Grade]bool{Inferred: true, Asserted: true, Verified: false} {
		f := Finding{Check: ConsentPredict, Verdict: Fail, Grade: grade, Summary: "An ordinary user may not consent."}
		got := Explain(WhyAsked{Text: aadsts.Parse("AADSTS65001"), Findings: []Finding{f}}).HowSure()
		if !strings.Contains(got, "An ordinary user may not consent") || strings.Contains(got, sayWhyAssumed) != assumed {
			t.Errorf("%s: %s", grade, got)
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

// TestDeveloperIsToldCauses holds that a parameter is named as a cause only where
// the person was asked to consent, and that what is not documented says so.
func TestDeveloperIsToldCauses(t *testing.T) {
	t.Parallel()
	const request = " https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=" + appID + "&prompt=consent&scope=Directory.Read.All&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%2Fmine"
	for code, cause := range map[string]bool{"AADSTS90094": true, "AADSTS65001": true, "AADSTS53003": false, "AADSTS50057": false} {
		for _, p := range Explain(WhyAsked{Text: aadsts.Parse(code + request)}).Developer().Parameters {
			if (p.Name == "prompt" || p.Name == "scope") && p.Cause != cause {
				t.Errorf("%s: %s is a cause: %t", code, p.Name, p.Cause)
			}
		}
	}
	if !strings.Contains(devPrompt, "reported, not documented") || !strings.Contains(devPromptConsent, "reported, not documented") {
		t.Error("what prompt=consent does is said for certain")
	}
	a := aadsts.Parse("AADSTS90094" + request)
	for _, c := range []struct {
		text aadsts.Answer
		want string
	}{{a, "https://app.example/cb/mine"}, {a.WithoutPersonal(), "https://app.example/cb/…"}} {
		if got := Explain(WhyAsked{Text: c.text}).Developer().Parameters[2].Value; got != c.want {
			t.Errorf("redirect %q, want %q", got, c.want)
		}
	}
	for uri, want := range map[string]string{
		"http%3A%2F%2F%5B%3A%3A1%5D%2Fcb":       devRedirectSix,
		"http%3A%2F%2F127.0.0.1%3A3000%2Fcb":    devRedirect,
		"http%3A%2F%2Flocalhost.example%2Fcb":   devRedirectPlain,
		"http%3A%2F%2Flocalhost%3A3000":         devRedirect,
		"myapp%3A%2F%2Fauth":                    devRedirect,
		"https%3A%2F%2Fapp.example%2Fcallback":  devRedirect,
		"http%3A%2F%2Fapp.example%2Fcallback":   devRedirectPlain,
		"http%3A%2F%2F127.0.0.1.example%2Fback": devRedirectPlain,
	} {
		text := "AADSTS50011 https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=" + appID + "&redirect_uri=" + uri
		if p := Explain(WhyAsked{Text: aadsts.Parse(text)}).Developer().Parameters[2]; p.Says != want {
			t.Errorf("%s: %q", uri, p.Says)
		}
	}
}

// TestLookupOfTheCloudAskedAbout holds that a code of no address of its own is
// looked up where the tenant is.
func TestLookupOfTheCloudAskedAbout(t *testing.T) {
	t.Parallel()
	const govRequest = " https://login.microsoftonline.us/common/oauth2/v2.0/authorize?client_id=" + appID
	const publicRequest = " https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=" + appID
	for _, c := range []struct {
		text  string
		cloud Cloud
		found []CloudTenant
		host  string
	}{
		{"AADSTS90094", "", nil, "login.microsoftonline.com"},
		{"AADSTS90094", CloudGCCHigh, nil, "login.microsoftonline.us"},
		{"AADSTS90094", "", []CloudTenant{{Cloud: CloudChina, TenantID: whyHere}}, "login.partner.microsoftonline.cn"},
		{"AADSTS90094", "", []CloudTenant{{Cloud: CloudChina, TenantID: whyHere}, {Cloud: CloudPublic, TenantID: whyThere}}, "login.microsoftonline.com"},
		{"AADSTS90094" + govRequest, CloudPublic, nil, "login.microsoftonline.us"},
		{"AADSTS90094" + publicRequest, CloudChina, nil, "login.microsoftonline.com"},
		{"AADSTS4242424 login.microsoftonline.us", CloudPublic, nil, "login.microsoftonline.us"},
	} {
		in := WhyAsked{Text: aadsts.Parse(c.text), Subject: Subject{Cloud: c.cloud, Look: &Snapshot{Discovery: Look[Discovery]{Read: true, Value: Discovery{Found: c.found}}}}}
		w := Explain(in)
		want := "https://" + c.host + "/error?code="
		if !strings.HasPrefix(w.Lookup, want) || !strings.HasPrefix(w.Codes[0].Lookup, want) {
			t.Errorf("%s at %q: %s, %s", c.text, c.cloud, w.Lookup, w.Codes[0].Lookup)
		}
	}
}

// TestNotKnownWhose holds that where it is only likelier that another service
// stopped somebody, nobody is named as the one to ask, and no developer is told
// whose it was.
func TestNotKnownWhose(t *testing.T) {
	t.Parallel()
	for text, known := range map[string]bool{
		"Google: Error 403: access_denied": false, "502 Bad Gateway nginx": false,
		"Google Workspace: admin approval required for this app": true,
	} {
		w := Explain(WhyOf(text, false))
		if w.Class != aadsts.NotEntra || (w.Sure != aadsts.Low) != known {
			t.Errorf("%s: %s, %s", text, w.Class, w.Sure)
		}
		if asks := strings.HasPrefix(w.ToDo(), sayWhyForElse); asks != known {
			t.Errorf("%s: %q", text, w.ToDo())
		}
		it, vendor := w.WritesTo()
		if (w.Whose() == sayWhyLikelyElse) == known || it != known || vendor {
			t.Errorf("%s: %q, writes to IT %t, to the vendor %t", text, w.Whose(), it, vendor)
		}
		if d := w.Developer(); (d.Means == devMeansWhose) == known {
			t.Errorf("%s: %q", text, d.Means)
		}
		if !known && (w.Ask() != AskHelp || w.Trouble() != "") {
			t.Errorf("%s: %s, %s", text, w.Ask(), w.Trouble())
		}
	}
}
