package aadsts

import (
	"slices"
	"testing"
)

// denied are the words that every OAuth service refuses with, and of whom.
var denied = []textCase{
	{"denied github", "GitHub error=access_denied The user has denied your application access", NotEntra, SomebodyElse},
	{"denied google de", "Google hat Ihnen den Zugriff verweigert: Fehler 403: access_denied", NotEntra, SomebodyElse},
	{"denied google", "Google: Error 403: access_denied", NotEntra, SomebodyElse},
	{"denied google wall", "Google Authorization Error\nError 403: access_denied\nThe developer hasn't given you access to this app.", NotEntra, SomebodyElse},
	{"denied okta", "Okta: access_denied Policy evaluation failed for this request", NotEntra, SomebodyElse},
	{"denied linkedin", "LinkedIn: user_cancelled_login access_denied", NotEntra, SomebodyElse},
	{"denied linkedin alone", "https://app.example/cb?error=user_cancelled_authorize&error_description=The+user+cancelled+the+authorization", NotEntra, SomebodyElse},
	{"denied linkedin plain", "LinkedIn access_denied", NotEntra, SomebodyElse},
	{"denied facebook", "Facebook login: error=access_denied&error_reason=user_denied", NotEntra, SomebodyElse},
	{"denied slack", "Slack returned access_denied to our callback", NotEntra, SomebodyElse},
	{"denied zoom", "Zoom OAuth: {\"error\":\"access_denied\"}", NotEntra, SomebodyElse},
	{"denied hubspot", "HubSpot said access_denied, the user canceled the authentication", NotEntra, SomebodyElse},
	{"denied salesforce", "Salesforce: error=access_denied&error_description=end-user+denied+authorization", NotEntra, SomebodyElse},
	{"denied dropbox", "https://app.example/dropbox/cb?error=access_denied&error_description=The+user+chose+not+to+give+your+app+access", NotEntra, SomebodyElse},
	{"denied notion", "Notion OAuth: access_denied", NotEntra, SomebodyElse},

	// With anything of Microsoft's beside it, or nobody named, it stays open.
	{"denied here", "https://app.example/cb?error=access_denied", Ambiguous, User},
	{"denied cancel", "https://app.example/slack/cb?error=access_denied&error_subcode=cancel", Ambiguous, User},
	{"denied named", "Slack: login.microsoftonline.com returned access_denied", Ambiguous, User},
	{"denied code", "Okta access_denied AADSTS65004: User declined to consent", UserDeclined, User},
	{"denied admin", "https://app.example/zoom/cb?error=access_denied&admin_consent=True", UserDeclined, TenantAdmin},
	{"denied address", "jo@googlemail.com https://app.example/cb?error=access_denied", Ambiguous, User},
	{"denied linked", "my account is linked in your directory: access_denied", Ambiguous, User},
}

// TestDeniedElsewhere holds that a refusal of another service that is named is
// not told as Microsoft's, and never as a fact.
func TestDeniedElsewhere(t *testing.T) {
	t.Parallel()
	for _, c := range denied {
		a := Parse(c.text)
		if a.Class != c.class || a.Who != c.who {
			t.Errorf("%s: %s, %s (%s); want %s, %s", c.name, a.Class, a.Who, a.Why, c.class, c.who)
		}
		if c.class == NotEntra && (a.Sure == High || a.Path != NoPath || a.Why != whyForeign || slices.Contains(a.Also, NotEntra)) {
			t.Errorf("%s: %s, %s, also %v", c.name, a.Sure, a.Why, a.Also)
		}
	}
}

// TestNotKnownWhose holds that what is only likelier to be of another service is
// never told as that: at low an answer says that it is not certain whose message it
// is, and why it may be another's, and neither denies the other.
func TestNotKnownWhose(t *testing.T) {
	t.Parallel()
	whose := map[string]string{whyForeign: whatOther, whyBoth: whatEither, whyNetwork: whatWhose}
	low, surer := 0, 0
	for _, c := range slices.Concat(denied, second, adversarial, unseen, elsewhere) {
		a := Parse(c.text)
		if a.Class != NotEntra || a.Code != 0 {
			continue
		}
		switch a.Sure {
		case Low:
			low++
			if a.What != whose[a.Why] || a.Do != doWhose || a.Skip != skipWhose {
				t.Errorf("%s: %q, %q, %q", c.name, a.What, a.Do, a.Skip)
			}
		default:
			surer++
			if slices.Contains([]string{whatWhose, whatOther, whatEither}, a.What) || a.Why != whyForeign {
				t.Errorf("%s: %s, %q, %q", c.name, a.Sure, a.What, a.Why)
			}
		}
	}
	if low < 10 || surer < 10 {
		t.Errorf("%d texts at low, %d above: the tables hold too few", low, surer)
	}
	for text, why := range map[string]string{
		"502 Bad Gateway\nnginx/1.25.3": whyNetwork, "Google: Error 403: access_denied": whyForeign,
		"contoso.okta.com sent us back from login.microsoftonline.com": whyBoth,
	} {
		if a := Parse(text); a.Class != NotEntra || a.Sure != Low || a.Why != why {
			t.Errorf("%s: %s, %s, %q", text, a.Class, a.Sure, a.Why)
		}
	}
}

// TestGoodNewsIsNoWall holds that an admin who has approved is not read as one who has
// to, whatever else needs to be done; and that those of the same words which say that
// nobody has approved are.
func TestGoodNewsIsNoWall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want Class
	}{
		{"O administrador aprovou o aplicativo. Apenas isso.", Unknown},
		{"Der Administrator hat der App zugestimmt, es muss nur neu gestartet werden", Unknown},
		{"The admin allowed this app. You need to restart.", Unknown},
		{"De beheerder heeft de app goedgekeurd, u moet alleen opnieuw starten", Unknown},
		{"L'amministratore ha approvato l'app: serve solo riavviare", Unknown},
		{"Der App muss von einem Administrator zugestimmt werden", AdminConsentNeeded},
		{"De app moet door een beheerder worden goedgekeurd", AdminConsentNeeded},
		{"L'app deve essere approvata da un amministratore", AdminConsentNeeded},
		{"Ihr Administrator hat der App noch nicht zugestimmt", AdminConsentNeeded},
		{"Your admin hasn't allowed this app", AdminConsentNeeded},
	} {
		if a := Parse(c.text); a.Class != c.want {
			t.Errorf("%s: %s, %q", c.text, a.Class, a.What)
		}
	}
}
