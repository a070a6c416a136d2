package flows

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// aboutText is an answer to a text, as a surface lays it out.
func aboutText(t *testing.T, s State, text string) AnswerAbout {
	t.Helper()
	all, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	w := checks.Explain(checks.WhyOf(text, false))
	return AnswerAbout{State: AboutWhy(s, w, all), Why: w, ToIT: "Write to IT.", ToVendor: "Write to the vendor."}
}

// TestAnswerHasFiveLines holds that all five say something, whatever the class,
// and that there is always somebody to ask.
func TestAnswerHasFiveLines(t *testing.T) {
	t.Parallel()
	for text, next := range map[string]string{
		"AADSTS90094": "Write to IT.", "AADSTS50011": "Write to the vendor.", "AADSTS999999": sayAnswerStuck + " Write to IT.", "AADSTS50020": "",
		"AADSTS90033": "", "admin_consent=True&tenant=x": "",
	} {
		first := aboutText(t, State{}, text).First()
		if len(first) != 5 || slices.ContainsFunc(first, func(f Fact) bool { return f.Head == "" || f.Text == "" }) || !strings.HasPrefix(first[4].Text, next) {
			t.Errorf("%s: %+v", text, first)
		}
		if strings.Contains(first[4].Text, "then,") {
			t.Errorf("%s refers to nothing: %s", text, first[4].Text)
		}
	}
}

// TestAnswerWarns holds what must not be missed: another app, a secret, an address
// that claims consent, a client id of nobody's.
func TestAnswerWarns(t *testing.T) {
	t.Parallel()
	const other = "application '66666666-2222-3333-4444-555555555555'"
	a := aboutText(t, messageState(t, "hetk"), "AADSTS90094 "+other+" https://app.example/cb?code=0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&admin_consent=True")
	warns := func(notes []Fact, says string) bool {
		return slices.ContainsFunc(notes, func(f Fact) bool { return f.Warn && strings.Contains(f.Text, says) })
	}
	for _, says := range []string{"is about another app than Hetk Calendar Sync: one with the id 66666666-2222-3333-4444-555555555555", "do not pass it on"} {
		if !warns(a.Notes(), says) || !slices.ContainsFunc(a.BeforeSending(MessageEmail), func(s string) bool { return strings.Contains(s, says) }) {
			t.Errorf("lacks %q: %+v %q", says, a.Notes(), a.BeforeSending(MessageEmail))
		}
	}
	own := aboutText(t, State{}, "AADSTS90094 "+other+" tenant 'contoso.example'")
	own.Strange = true
	if warns(own.Notes(), "another app") || !warns(own.More(), "in no description of the app") {
		t.Errorf("%+v %+v", own.Notes(), own.More())
	}
	own.Strange = false
	if warns(own.More(), "in no description of the app") || len(own.BeforeSending(MessageEmail)) != 0 {
		t.Errorf("%+v", own.More())
	}
}

// TestAnswerSaysWhoCannotHelp holds that a message to the wrong people is known
// to be one, and one to the right ones is not talked of.
func TestAnswerSaysWhoCannotHelp(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"AADSTS50011": "the app's vendor can", "AADSTS90033": "Nobody at your IT", "AADSTS50020": "your own move", "AADSTS90094": "", "AADSTS999999": "",
	} {
		a := aboutText(t, State{}, text)
		got := strings.Join(a.BeforeSending(MessageEmail), " ")
		if !strings.Contains(got, says) || says == "" && got != "" || len(a.BeforeSending(MessageSupport)) != 0 {
			t.Errorf("%s: %q", text, got)
		}
	}
}

// TestSeenBefore holds that a run's own looks come into a question, those that are
// stale do not, and a run without any leaves it as it is.
func TestSeenBefore(t *testing.T) {
	t.Parallel()
	in := checks.WhyOf("AADSTS90094 tenant '99999999-2222-3333-4444-555555555555'", false)
	if got := SeenBefore(messageState(t, "hetk"), in); got.Subject.Domain != "" || got.Findings != nil {
		t.Errorf("%+v", got)
	}
	s := messageState(t, "hetk")
	s = Apply(s, Found{Finding: checks.Finding{Check: checks.TenantFound, Verdict: checks.Pass, Grade: checks.Verified}, Round: s.Round})
	s = Apply(s, Found{Finding: checks.Finding{Check: checks.ConsentWorkflow, Verdict: checks.Pass}, Round: s.Round})
	got := SeenBefore(s, in)
	if got.Subject.Domain != "contoso.example" || len(got.Findings) != 1 || checks.Explain(got).Class != "wrong_tenant" {
		t.Errorf("%+v", got)
	}
	if got := SeenBefore(Apply(s, AskedAgain{}), in); got.Findings != nil {
		t.Errorf("stale: %+v", got.Findings)
	}
}

// TestWithAsked holds that links are tied to the tenant of the domain that was
// asked about, and to the run's own where that is the same.
func TestWithAsked(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	in := checks.WhyAsked{Subject: checks.Subject{Domain: "fabrikam.example", Look: &checks.Snapshot{Discovery: checks.Look[checks.Discovery]{
		Read: true, Value: checks.Discovery{Found: []checks.CloudTenant{{Cloud: checks.CloudPublic, TenantID: "99999999-2222-3333-4444-555555555555"}}},
	}}}}
	if got := WithAsked(s, in); got.Domain != "fabrikam.example" || got.TenantID() != "99999999-2222-3333-4444-555555555555" || got.Profile.ID != "hetk" {
		t.Errorf("%s %s", got.Domain, got.TenantID())
	}
	in.Subject.Domain = "contoso.example"
	if got := WithAsked(s, in); got.TenantID() != contosoID {
		t.Errorf("%s", got.TenantID())
	}
	none := checks.WhyAsked{Subject: checks.Subject{Domain: "nowhere.example", Look: &checks.Snapshot{Discovery: checks.Look[checks.Discovery]{Read: true}}}}
	if got := WithAsked(State{}, none); got.Domain != "" {
		t.Errorf("a run about %s, which Microsoft does not know", got.Domain)
	}
	unread := checks.WhyAsked{Subject: checks.Subject{Domain: "contoso.example", Look: &checks.Snapshot{}}}
	if got := WithAsked(State{}, unread); got.Domain != "contoso.example" {
		t.Errorf("Microsoft was not heard: a run about %q", got.Domain)
	}
	if got := WithAsked(s, checks.WhyAsked{}); got.Domain != "contoso.example" {
		t.Errorf("%s", got.Domain)
	}
}

// TestStrange holds which client ids are nobody's.
func TestStrange(t *testing.T) {
	t.Parallel()
	const id = "66666666-2222-3333-4444-555555555555"
	own := Profile{ID: OwnAppID, ClientID: id}
	unlisted, bare, hetk := Unlisted(id, nil), profile(t, "sophiie"), profile(t, "hetk")
	for name, c := range map[string]struct {
		p    *Profile
		id   string
		want bool
	}{
		"nothing": {nil, "", false}, "described": {&hetk, "", false}, "typed alone": {&own, id, true},
		"unlisted": {&unlisted, id, true}, "of a name": {&bare, id, true}, "no id yet": {&bare, "", false},
	} {
		if got := Strange(Apply(State{}, Started{Profile: c.p, ClientID: c.id})); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestDoubtfulName holds that a name that may have somebody's in it is shown to be
// checked before it is sent, and only where the message has it.
func TestDoubtfulName(t *testing.T) {
	t.Parallel()
	const text = "AADSTS90094 App name: Contoso Notes Jane Doe"
	asks := func(a AnswerAbout) bool {
		return slices.ContainsFunc(a.BeforeSending(MessageEmail), func(s string) bool { return strings.Contains(s, `"Contoso Notes Jane Doe"`) })
	}
	for name, c := range map[string]struct {
		a    AnswerAbout
		asks bool
	}{
		"no app is known":       {aboutText(t, State{}, text), true},
		"an id that nobody has": {aboutText(t, State{}, text+"\napplication '66666666-2222-3333-4444-555555555555'"), true},
		"a described app":       {aboutText(t, messageState(t, "hetk"), text), false},
		"a name with an end":    {aboutText(t, State{}, `AADSTS90094 {"appDisplayName":"Contoso Notes Jane Doe"}`), false},
	} {
		if asks(c.a) != c.asks {
			t.Errorf("%s: %q", name, c.a.BeforeSending(MessageEmail))
		}
		shows := slices.ContainsFunc(c.a.More(), func(f Fact) bool { return f.Head == sayAnswerApp && strings.Contains(f.Text, sayAnswerUnclear) })
		if shows != c.a.Why.Doubtful {
			t.Errorf("%s: %+v", name, c.a.More())
		}
	}
}

// TestMessageSaysWhereOnboardIs holds that a message names the page where an admin
// gets onboard, where the app's description has one, and nothing else of the kind.
func TestMessageSaysWhereOnboardIs(t *testing.T) {
	t.Parallel()
	const at = "https://app.example/onboard"
	for _, lang := range MessageLanguages() {
		for _, form := range []MessageForm{MessageEmail, MessageTeams, MessageJira} {
			s := messageState(t, "hetk")
			why := messageWhy("admin_consent_needed", 90094)
			without, err := NewMessage(MessageAsked{State: s, Why: why, Form: form, Lang: lang})
			if err != nil {
				t.Fatal(err)
			}
			p := *s.Profile
			p.OnboardURL, s.Profile = at, &p
			with, err := NewMessage(MessageAsked{State: s, Why: why, Form: form, Lang: lang})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(with.Body, at) || strings.Contains(without.Body, at) || len(with.Body) <= len(without.Body) {
				t.Errorf("%s, %s: with the page:\n%s\nwithout it:\n%s", lang, form, with.Body, without.Body)
			}
		}
	}
}
