package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"onboard.example/flows"
)

// full are texts with something in every field of an answer.
var full = []string{
	"AADSTS90094 App name: Contoso Notes App id: 22222222-2222-4333-8444-555555555555 Correlation Id: 33333333-2222-4333-8444-555555555555 IP address: 192.0.2.7",
	"App name: Contoso Notes\nApp id: 22222222-2222-4333-8444-555555555555\nUser: adele\nTenant: fabrikam.example\nNeed admin approval",
	"Need admin approval\nContoso Notes\nunverified\nContoso Notes needs permission to access resources in your organization that only an admin can grant.",
	"AADSTS650053: The application 'Contoso Notes' asked for scope 'Calendar.Write' that doesn't exist on the resource '00000003-0000-0000-c000-000000000000'.",
	"AADSTS500011: The resource principal named https://ews.fabrikam.example was not found in the tenant named Fabrikam. error_codes: [500011]",
	"AADSTS65005: Contoso Notes is requesting access to a resource Fabrikam Mail that isn't available in your organization fabrikam.example",
	`{"error":"interaction_required","error_codes":[50076],"suberror":"basic_action","scope":"openid Calendars.ReadWrite api://x/Tickets.Read","claims":"{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"},\"nbf\":{\"value\":\"1604106651\"}},\"id_token\":{\"amr\":{\"values\":[\"mfa\"]}}}","appDisplayName":"Contoso Notes","tenant":"fabrikam.example"}`,
	"https://login.microsoftonline.com/fabrikam.example/oauth2/v2.0/authorize?client_id=22222222-2222-4333-8444-555555555555&response_type=code&prompt=consent&scope=openid%20Tickets.Read&redirect_uri=https%3A%2F%2Fapp.fabrikam.example%2Fcallback&login_hint=adele&state=1 AADSTS65001",
	"https://app.example/consented?error=access_denied&error_subcode=cancel&admin_consent=True&tenant=fabrikam.example&scope=User.Read",
	"Microsoft: An administrator of Fabrikam has set a policy that prevents you from granting Contoso Notes the permissions it is requesting. Contact an administrator of Fabrikam.",
}

// TestWhyTellsProgramsOfNobody holds, through the command itself, that nothing of
// somebody's comes through to programs, wherever in a text it stands, in the answer,
// in a message, or in a hand-off code; and that --include-personal brings it.
func TestWhyTellsProgramsOfNobody(t *testing.T) {
	t.Parallel()
	schema := whySchemaOf(t)
	somebody := []string{
		"Zyxanna Quollberg", "zyxanna.quollberg@contoso.example", "quollberg-lt07.corp.contoso.example", `CONTOSO\zquollberg`, "z.quollberg",
		`C:\Users\zquollberg\app.log`, "/home/zquollberg/app.log", "+49 170 5550123", "203.0.113.77",
	}
	more := [][]string{nil, {"--developer"}, {"--message", "email"}, {"--message", "jira", "--lang", "de"}, {"--message", "support"}, {"--details", "--app", "nylas"}}
	n := 0
	for _, text := range full {
		for at := range len(text) {
			if at > 0 && strings.ContainsRune(" \n:=&?\"'/,.%", rune(text[at-1])) {
				who := somebody[n%len(somebody)]
				gap := []string{" ", ""}[n/len(somebody)%2]
				args := append([]string{"why", "--json"}, more[n%len(more)]...)
				out, errs, _ := onboard(t.Context(), strings.NewReader(text[:at]+who+gap+text[at:]), args...)
				must(t, schema.validate(out))
				all := strings.ToLower(out + errs)
				var r whyReport
				must(t, json.Unmarshal([]byte(out), &r))
				if r.Case != "" {
					h, err := flows.ParseHandoff(r.Case)
					must(t, err)
					held, err := json.Marshal(h)
					must(t, err)
					all += strings.ToLower(string(held))
				}
				if slices.ContainsFunc([]string{"quollberg", "zyxanna", "5550123", "203.0.113.77"}, func(s string) bool { return strings.Contains(all, s) }) {
					t.Errorf("%q, %q: %s", who, text, all)
				}
				n++
			}
		}
	}
	if n < 200 {
		t.Errorf("%d texts with somebody in them", n)
	}
	out, _, _ := onboard(t.Context(), strings.NewReader("AADSTS90094 App name: Contoso Notes Zyxanna Quollberg"), "why", "--json", "--include-personal")
	holds(t, out, "Contoso Notes Zyxanna Quollberg")
}

// TestWhyNamesADescribedApp: a name that a description has is told to programs.
func TestWhyNamesADescribedApp(t *testing.T) {
	t.Parallel()
	out, _, _ := onboard(t.Context(), strings.NewReader("Need admin approval\nhetk calendar sync\nhetk calendar sync needs permission to access resources"), "why", "--json")
	var r whyReport
	must(t, json.Unmarshal([]byte(out), &r))
	if r.App.Name != "Hetk Calendar Sync" || len(r.LeftOut) > 0 {
		t.Errorf("%q, left out %q", r.App.Name, r.LeftOut)
	}
	out, _, _ = onboard(t.Context(), strings.NewReader("Need admin approval\nContoso Notes\nContoso Notes needs permission to access resources"), "why", "--json")
	r = whyReport{}
	must(t, json.Unmarshal([]byte(out), &r))
	if r.App.Name != "" || !slices.Equal(r.LeftOut, []string{"app"}) {
		t.Errorf("%q, left out %q", r.App.Name, r.LeftOut)
	}
}

// TestWhyMessageSaysWhatItLeavesOut holds that the message that a program sends says
// that the app asks for more than it names, and by how much; somebody who reads the
// text is shown all of it.
func TestWhyMessageSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	const text = `AADSTS65001 client_id=22222222-2222-4333-8444-555555555555 {"scope":"User.Read Tickets.Read Parcels.Read"}`
	for lang, says := range map[string]string{
		"en": "permissions that are not named here (2)", "de": "Berechtigungen, die hier nicht stehen (2)", "fr": "qui ne figurent pas ici (2)",
		"es": "que no figuran aquí (2)", "nl": "die hier niet staan (2)", "ja": "ここに記載されていないアクセス許可も含まれています（2 件）",
	} {
		args := []string{"why", "--message", "email", "--lang", lang}
		out, _, _ := onboard(t.Context(), strings.NewReader(text), append(args, "--json")...)
		var r whyReport
		must(t, json.Unmarshal([]byte(out), &r))
		if r.Message == nil || !strings.Contains(r.Message.Body, says) || !strings.Contains(r.Message.Body, "User.Read") || strings.Contains(out, "Parcels") || !slices.Equal(r.LeftOut, []string{"scopes"}) {
			t.Errorf("%s, left out %q: %+v", lang, r.LeftOut, r.Message)
		}
		h, err := flows.ParseHandoff(r.Case)
		must(t, err)
		if len(h.Scopes) > 0 {
			t.Errorf("%s: the code has %q, and not all", lang, h.Scopes)
		}
		out, _, _ = onboard(t.Context(), strings.NewReader(text), args...)
		holds(t, out, "Tickets.Read", "Parcels.Read")
		if strings.Contains(out, says) {
			t.Errorf("%s: %s", lang, out)
		}
	}
}
