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
	for _, says := range []string{"is about another app, 66666666-2222-3333-4444-555555555555; this is about Hetk Calendar Sync", "do not pass it on"} {
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
