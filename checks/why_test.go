package checks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks/aadsts"
)

const (
	whyHere  = "11111111-2222-3333-4444-555555555555"
	whyThere = "99999999-2222-3333-4444-555555555555"
)

// whyAt is what is known of contoso.example after a look without a sign-in, with
// an app that wants calendars.
func whyAt(text string, findings ...Finding) WhyAsked {
	look := &Snapshot{Discovery: Look[Discovery]{Read: true, Value: Discovery{
		Domain: "contoso.example", Found: []CloudTenant{{Cloud: CloudPublic, TenantID: whyHere}},
	}}}
	return WhyAsked{
		Text: aadsts.Parse(text), Findings: findings,
		Subject: Subject{
			Domain: "contoso.example", Look: look,
			App: App{ID: "hetk", Name: "Hetk", ClientID: appID, Needs: []Permission{{Resource: MicrosoftGraph, Scope: "Calendars.ReadWrite"}}},
		},
	}
}

const appID = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"

func TestExplain(t *testing.T) {
	t.Parallel()
	byDefault := Finding{Check: ConsentPredict, Verdict: Fail, Grade: Inferred, Summary: "An ordinary user may not consent: Microsoft's managed consent policy.", Detail: []string{"Calendars.ReadWrite has been on Microsoft's list since November 2025."}}
	allowed := Finding{Check: ConsentPredict, Verdict: Pass, Grade: Inferred, Summary: "An ordinary user may consent."}
	personal := Finding{Check: AccountWork, Verdict: Fail, Grade: Verified, Summary: "This is a personal account."}
	elsewhere := Finding{Check: TenantMatch, Verdict: Fail, Grade: Verified, Summary: "Signed in at fabrikam.example, not at contoso.example."}
	role := Finding{Check: AccountRole, Verdict: Pass, Grade: Verified, Summary: "Global Administrator may approve."}
	noTenant := Finding{Check: TenantFound, Verdict: Fail, Grade: Verified, Summary: "No tenant has contoso.example."}
	google := func(in WhyAsked) WhyAsked {
		in.Mail = &DNSMailReport{Place: MailGoogle, Summary: "At Google."}
		return in
	}
	outlook := func(in WhyAsked) WhyAsked {
		in.Personal, in.Subject.Domain, in.Subject.Look = "outlook.com", "", nil
		return in
	}
	there := "AADSTS90094 tenant '" + whyThere + "'"
	for name, c := range map[string]struct {
		in    WhyAsked
		class aadsts.Class
		who   aadsts.Who
		grade Grade
		says  string // in what is said to people, or a reason
		also  aadsts.Class
	}{
		"nothing known":                   {WhyAsked{Text: aadsts.Parse("AADSTS90094")}, aadsts.AdminConsentNeeded, aadsts.TenantAdmin, Inferred, "", ""},
		"nothing at all":                  {WhyAsked{Text: aadsts.Parse("")}, aadsts.Unknown, aadsts.WhoUnknown, GradeUnknown, "", ""},
		"the default explains no text":    {whyAt("", byDefault), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, Inferred, "Most likely contoso.example", ""},
		"the default explains a cancel":   {whyAt("error=access_denied&error_subcode=cancel", byDefault), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, Inferred, "since November 2025", aadsts.UserDeclined},
		"the default explains the wall":   {whyAt("AADSTS90094", byDefault), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, Inferred, "since November 2025", ""},
		"the default does not explain it": {whyAt("AADSTS90094", allowed), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, Inferred, "stricter setting", aadsts.UserConsentOff},
		"the default says nothing here":   {whyAt("AADSTS50105", byDefault), aadsts.AssignmentRequired, aadsts.TenantAdmin, Inferred, "", ""},
		"an unknown code is not guessed":  {whyAt("AADSTS999999", byDefault), aadsts.Unknown, aadsts.WhoUnknown, GradeUnknown, "", ""},
		"another tenant":                  {whyAt(there, byDefault), aadsts.WrongTenant, aadsts.User, Inferred, "not that of contoso.example", aadsts.AdminConsentNeeded},
		"the same tenant":                 {whyAt("AADSTS90094 tenant '"+whyHere+"'", byDefault), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, Inferred, "names the tenant of contoso.example", ""},
		"another tenant, a passing fault": {whyAt("AADSTS90033 tenant '" + whyThere + "'"), aadsts.Transient, aadsts.Microsoft, Inferred, "not that of contoso.example", ""},
		"the tenant of personal accounts": {whyAt("AADSTS90094 tenant '" + PersonalTenant + "'"), aadsts.PersonalAccount, aadsts.User, Inferred, "all personal Microsoft accounts", aadsts.AdminConsentNeeded},
		"a personal domain, no text":      {outlook(whyAt("")), aadsts.PersonalAccount, aadsts.User, Inferred, "outlook.com is for personal mail", ""},
		"a personal domain, a wall":       {outlook(whyAt("AADSTS90094")), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, Inferred, "of an organisation", aadsts.PersonalAccount},
		"a personal account signed in":    {whyAt("", personal, byDefault), aadsts.PersonalAccount, aadsts.User, Verified, "personal account", ""},
		"signed in elsewhere, no text":    {whyAt("", elsewhere), aadsts.WrongTenant, aadsts.User, Asserted, "fabrikam.example", ""},
		"signed in elsewhere, a wall":     {whyAt("AADSTS90094", elsewhere), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, Inferred, "fabrikam.example", aadsts.WrongTenant},
		"signed in elsewhere, a fault":    {whyAt("AADSTS90033", elsewhere), aadsts.Transient, aadsts.Microsoft, Inferred, "fabrikam.example", ""},
		"no tenant":                       {whyAt("", noTenant), aadsts.NotEntra, aadsts.User, Verified, "Microsoft 365 does not know contoso.example", aadsts.PersonalAccount},
		"no tenant, mail at Google":       {google(whyAt("", noTenant)), aadsts.NotEntra, aadsts.User, Verified, "connect the app to Google", aadsts.PersonalAccount},
		"no tenant, a wall":               {whyAt("AADSTS90094", noTenant), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, Inferred, "ask again with its own domain", aadsts.WrongTenant},
		"mail at Google, a wall":          {google(whyAt("AADSTS90094", byDefault)), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, Inferred, "where they are", ""},
		"an admin asks":                   {whyAt("AADSTS90094", role, byDefault), aadsts.AdminConsentNeeded, aadsts.User, Inferred, "You may approve it yourself", ""},
		"an admin asks without a text":    {whyAt("", role, byDefault), aadsts.AdminConsentNeeded, aadsts.User, Inferred, "You may approve it yourself", ""},
		"another app":                     {whyAt("AADSTS90094 application '22222222-2222-3333-4444-555555555555'"), aadsts.AdminConsentNeeded, aadsts.TenantAdmin, Inferred, "The text is about the app 22222222", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := Explain(c.in)
			if w.Class != c.class || w.Who != c.who || w.Grade != c.grade {
				t.Errorf("%s, %s, %s; want %s, %s, %s", w.Class, w.Who, w.Grade, c.class, c.who, c.grade)
			}
			lines := []string{w.What, w.Do}
			for _, r := range w.Reasons {
				lines = append(lines, r.Says)
			}
			said := strings.Join(lines, "\n")
			if !strings.Contains(said, c.says) {
				t.Errorf("lacks %q:\n%s", c.says, said)
			}
			if c.also != "" && !slices.Contains(w.Also, c.also) || len(w.Also) > mostAlso || slices.Contains(w.Also, w.Class) || w.Also == nil {
				t.Errorf("also %v, want %s among them", w.Also, c.also)
			}
			if w.What == "" || w.Do == "" || w.Reasons == nil || w.Text != c.in.Text.Class {
				t.Errorf("%+v", w)
			}
		})
	}
}

// What the text says clearly stands, whatever else is seen, unless the place is
// another than the one asked about.
func TestExplainKeepsWhatIsClear(t *testing.T) {
	t.Parallel()
	for _, e := range aadsts.Entries() {
		in := whyAt("", Finding{Check: ConsentPredict, Verdict: Fail, Grade: Inferred, Summary: "may not"})
		in.Text = aadsts.Answer{Class: e.Class, Who: e.Who, Codes: []aadsts.Code{{Number: e.Code}}, Sure: aadsts.High}
		if w := Explain(in); w.Class != e.Class && e.Class != aadsts.Ambiguous || w.Who != e.Who && e.Class != aadsts.Ambiguous {
			t.Errorf("AADSTS%d: %s %s, was %s %s", e.Code, w.Class, w.Who, e.Class, e.Who)
		}
	}
}

func TestExplainSaid(t *testing.T) {
	t.Parallel()
	for _, c := range aadsts.Classes() {
		w := Explain(WhyAsked{Text: aadsts.Answer{Class: c}, Colleague: true, Before: true})
		if w.Colleague == "" || w.Before == "" || w.Class != c || len(w.Also) > mostAlso {
			t.Errorf("%s: %q %q %v", c, w.Colleague, w.Before, w.Also)
		}
		if w := Explain(WhyAsked{Text: aadsts.Answer{Class: c}}); w.Colleague+w.Before != "" {
			t.Errorf("%s: %q %q unasked", c, w.Colleague, w.Before)
		}
		if d := w.Developer(); d.Means == "" || d.Yours == nil || d.Tenant == nil || d.Rehearse == nil || len(d.Parameters) < 4 {
			t.Errorf("%s: %+v", c, d)
		}
	}
	w := Explain(WhyAsked{Text: aadsts.Parse(""), Colleague: true})
	if !slices.Contains(w.Also, aadsts.AssignmentRequired) {
		t.Errorf("a colleague gets in: %v", w.Also)
	}
}

// Nobody is asked for more than User.Read.
func TestWhyReadsWithUserRead(t *testing.T) {
	t.Parallel()
	for _, p := range WhyParts() {
		if s := ScopesFor(p); len(s) > 0 && !slices.Contains(s, "User.Read") {
			t.Errorf("%s needs one of %v", p, s)
		}
	}
	for _, id := range WhyChecks() {
		if !slices.ContainsFunc(Table(), func(c Check) bool { return c.ID == id }) {
			t.Errorf("%s is no check", id)
		}
	}
}

func TestDeveloper(t *testing.T) {
	t.Parallel()
	const request = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=" + appID +
		"&response_type=token&prompt=consent&redirect_uri=http%3A%2F%2Fapp.example%2Fcb&scope=openid%20Calendars.ReadWrite%20Directory.Read.All%20Odd.Read.All%20https%3A%2F%2Fgraph.microsoft.com%2F.default AADSTS90094"
	d := Explain(WhyAsked{Text: aadsts.Parse(request)}).Developer()
	want := map[string]string{
		"prompt consent":                             devPromptConsent,
		"tenant common":                              devCommon,
		"redirect_uri http://app.example/cb":         devRedirectPlain,
		"response_type token":                        devImplicit,
		"scope openid":                               devScopeUser,
		"scope Directory.Read.All":                   devScopeAdmin,
		"scope Odd.Read.All":                         devScopeUnknown,
		"scope https://graph.microsoft.com/.default": devDefault,
		"scope Calendars.ReadWrite":                  "On Microsoft's list since",
	}
	for _, p := range d.Parameters {
		key := p.Name + " " + p.Value
		if !strings.HasPrefix(p.Says, want[key]) || want[key] == "" {
			t.Errorf("%s: %q, want %q", key, p.Says, want[key])
		}
		delete(want, key)
	}
	if len(want) > 0 {
		t.Errorf("nothing of %v", want)
	}
	for in, says := range map[string]string{
		"https://login.microsoftonline.com/common/adminconsent?client_id=" + appID:                                         devCommonAdmin,
		"https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize?client_id=" + appID:                             devConsumers,
		"https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?prompt=admin_consent&client_id=" + appID:    devPromptAdmin,
		"https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize?prompt=select_account&client_id=" + appID: devPinned,
		"https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?client_id=" + appID + "&response_type=code": devRedirectNone,
		"AADSTS90094": devScopes,
	} {
		d := Explain(WhyAsked{Text: aadsts.Parse(in)}).Developer()
		if !slices.ContainsFunc(d.Parameters, func(p WhyParameter) bool { return p.Says == says }) {
			t.Errorf("%s: lacks %q in %+v", in, says, d.Parameters)
		}
	}
}

// TestDeveloperIsToldWhatTheCodeSays holds that a vendor's mistake is told with
// what mends it, first; that nobody is sent to the redirect address for another
// mistake, or to a consent link that would clear nothing.
func TestDeveloperIsToldWhatTheCodeSays(t *testing.T) {
	t.Parallel()
	redirects := []int{50011, 70004, 500112, 500113, 900971}
	for _, e := range aadsts.Entries() {
		w := Explain(WhyAsked{Text: aadsts.Parse(fmt.Sprintf("AADSTS%d", e.Code))})
		d := w.Developer()
		if w.Who == aadsts.AppVendor && (len(d.Yours) == 0 || d.Yours[0] != w.Do) {
			t.Errorf("AADSTS%d: theirs is %q, want %q first", e.Code, d.Yours, w.Do)
		}
		if slices.Contains(d.Yours, devYoursRedirect) != slices.Contains(redirects, e.Code) {
			t.Errorf("AADSTS%d: of the redirect address: %q", e.Code, d.Yours)
		}
		if w.Class == aadsts.VendorMisconfigured && slices.Contains(d.Yours, devYoursLink) {
			t.Errorf("AADSTS%d: a consent link: %q", e.Code, d.Yours)
		}
		if ask := w.Ask(); (ask == AskFederation || ask == AskDirectory) != (d.Means == devMeansTheirs) {
			t.Errorf("AADSTS%d: means %q", e.Code, d.Means)
		}
	}
	for code, want := range map[string]int{"AADSTS50011": 1, "AADSTS70011": 1, "AADSTS7000222": 0} {
		if got := len(Explain(WhyAsked{Text: aadsts.Parse(code)}).Developer().Rehearse); got != want {
			t.Errorf("%s: %d rehearsals, want %d", code, got, want)
		}
	}
	if d := Explain(WhyAsked{Text: aadsts.Parse("AADSTS700016")}).Developer(); d.Means != devUnknownHere || !slices.Contains(d.Yours, devYoursLink) {
		t.Errorf("%+v", d)
	}
}

// TestWhySaysClassesInWords holds that no class is shown to people by its name.
func TestWhySaysClassesInWords(t *testing.T) {
	t.Parallel()
	for _, c := range aadsts.Classes() {
		if c == aadsts.Unknown { // what else it may be is never that
			continue
		}
		if got := (Why{Answer: aadsts.Answer{Also: []aadsts.Class{c}}}).OrElse(); alsoWords[c] == "" || !strings.Contains(got, alsoWords[c]) {
			t.Errorf("%s: %q", c, got)
		}
	}
	if got := Explain(WhyAsked{Text: aadsts.Parse("AADSTS4242424")}).HowSure(); !strings.HasPrefix(got, sayWhyNotSure) {
		t.Errorf("%q", got)
	}
}

// TestNobodyIsAskedOnAGuess: where another service is named, Microsoft 365's admin
// is asked for help and for no approval, and nothing of theirs is told as a fact.
func TestNobodyIsAskedOnAGuess(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Slack: your admin must approve this app",
		"Salesforce OAUTH_APP_BLOCKED: this app is blocked by admin",
	} {
		w := Explain(WhyAsked{Text: aadsts.Parse(text)})
		if w.Ask() != AskHelp || w.OnlyAdmins() || w.Sure != aadsts.Low {
			t.Errorf("%q: asks for %s, only admins %v, sure %s", text, w.Ask(), w.OnlyAdmins(), w.Sure)
		}
	}
}
