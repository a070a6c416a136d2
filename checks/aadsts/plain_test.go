package aadsts_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"onboard.example/checks"
	"onboard.example/checks/aadsts"
	"onboard.example/flows"
)

// canary is somebody's data, and what of it must not be seen again, in small
// letters and without what stands between digits.
type canary struct {
	text    string
	needles []string
}

// canaries are invented: nobody is called so, and the numbers and addresses are
// those for documentation.
var canaries = []canary{
	{"Zyxanna Quollberg", []string{"zyxanna", "quollberg"}},
	{"zyxanna.quollberg@contoso.example", []string{"zyxanna", "quollberg"}},
	{"+49 170 5550123", []string{"5550123"}},
	{"(0170) 555 01 23", []string{"5550123"}},
	{"01705550123", []string{"5550123"}},
	{"QUOLLBERG-LT07.corp.contoso.example", []string{"quollberg", "lt07"}},
	{`CONTOSO\zquollberg`, []string{"quollberg"}},
	{"zquollberg", []string{"quollberg"}},
	{"z.quollberg", []string{"quollberg"}},
	{`C:\Users\zquollberg\AppData\Local\app.log`, []string{"quollberg", "appdata"}},
	{"/home/zquollberg/app.log", []string{"quollberg"}},
	{"203.0.113.77", []string{"203.0.113.77"}},
	{"2001:db8::77ff", []string{"77ff"}},
}

// leaks says which of a canary's needles are in a text; "" for none.
func (c canary) leaks(out string) string {
	low := strings.ToLower(out)
	digits := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "/", "", ".", "").Replace(low)
	for _, n := range c.needles {
		if strings.Contains(low, n) || strings.Contains(digits, n) {
			return n
		}
	}
	return ""
}

// places are where a text's words begin and end.
func places(text string) [][2]int {
	var out [][2]int
	start := -1
	for i, r := range text {
		word := r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > utf8.RuneSelf
		switch {
		case word && start < 0:
			start = i
		case !word && start >= 0:
			out, start = append(out, [2]int{start, i}), -1
		}
	}
	if start >= 0 {
		out = append(out, [2]int{start, len(text)})
	}
	return append(out, [2]int{len(text), len(text)})
}

// seeded are a text with a canary at one of its places: before the word with and
// without a gap, coded as in an address, on a line of its own, and in the word's
// place.
func seeded(text, c string, at [2]int) []string {
	before, word, behind := text[:at[0]], text[at[0]:at[1]], text[at[1]:]
	return []string{
		before + c + " " + word + behind,
		before + c + word + behind,
		before + word + " " + c + behind,
		before + word + c + behind,
		before + url.QueryEscape(c) + word + behind,
		before + "\n" + c + "\n" + word + behind,
		before + c + behind,
	}
}

// given is what programs are given of a text: the answer, what it says to
// developers, the link, what the hand-off code holds, and a message; and what the
// hand-off code of somebody holds who reads the answer.
func given(t *testing.T, text string, asked checks.Subject) string {
	t.Helper()
	in := checks.WhyOf(text, false)
	in.Subject = asked
	read := checks.Explain(in) // by somebody, who is given a hand-off code as well
	run := flows.Apply(flows.State{}, flows.Started{Domain: asked.Domain})
	readers := flows.SentHandoff(flows.AboutWhy(run, read, nil), read)
	w := read.Plain(checks.WhyKnown{Domain: asked.Domain, Apps: []string{"Hetk Calendar Sync"}})
	s := flows.AboutWhy(run, w, nil)
	code := flows.SentHandoff(s, w)
	m, err := flows.NewMessage(flows.MessageAsked{State: s, Why: w, Form: flows.MessageJira, Lang: "en"})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	link, _ := flows.ConsentLink(s) //nolint:errcheck // without one there is nothing to look at
	out, err := json.Marshal([]any{w, w.Developer(), code, readers, m, link})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestNobodyIsInWhatProgramsGet holds that nobody's name, address, telephone,
// machine, login, path or IP address comes through to programs, wherever in any of
// the own texts it stands. Which of the canaries a place gets, and in which of the
// forms, goes round.
func TestNobodyIsInWhatProgramsGet(t *testing.T) {
	t.Parallel()
	found := checks.Snapshot{}
	found.Discovery.Read = true
	found.Discovery.Value.Found = []checks.CloudTenant{{Cloud: checks.CloudPublic, TenantID: "99999999-8888-4777-8666-555555555555"}}
	subjects := []checks.Subject{{}, {Domain: "fabrikam.example", Look: &found}}
	every := 1
	if aadsts.Watched {
		every = 8
	}
	texts, n := aadsts.Texts(), 0
	for i, text := range texts {
		for k, at := range places(text) {
			if (i+k)%every != 0 {
				continue
			}
			c := canaries[n%len(canaries)]
			forms := seeded(text, c.text, at)
			s := forms[n/len(canaries)%len(forms)]
			if leak := c.leaks(given(t, s, subjects[n/3%2])); leak != "" && c.leaks(text) == "" {
				t.Errorf("%q: %q is in %s", s, leak, given(t, s, subjects[n/3%2]))
			}
			n++
		}
	}
	if n < 1000 {
		t.Errorf("%d texts with somebody in them: the tables hold too few", n)
	}
	t.Logf("%d texts, %d with somebody in them", len(texts), n)
}

// TestPlainKeeps holds what programs are given all the same: ids, numbers, Microsoft's own
// names, and what somebody described or typed.
func TestPlainKeeps(t *testing.T) {
	t.Parallel()
	const id, tenant = "8dd90edb-c881-459a-ac84-2a1fee8c5c94", "11111111-2222-4333-8444-955566677788"
	known := checks.WhyKnown{
		Domain: "contoso.example", Apps: []string{"Hetk Calendar Sync"}, Redirects: []string{"https://hetk.example/cb"},
		Needs: []checks.Permission{{Scope: "Tickets.Read"}},
	}
	authorize := "https://login.microsoftonline.com/CONTOSO/oauth2/v2.0/authorize?client_id=" + id + "&redirect_uri="
	plain := func(text string) checks.Why { return checks.Explain(checks.WhyOf(text, true)).Plain(known) }
	for text, want := range map[string]string{
		"App name: hetk calendar sync App id: " + id:          "Hetk Calendar Sync",
		`{"appDisplayName":"Calendar Bridge"}`:                "",
		"App name: Hetk Calendar Sync Jane Doe App id: " + id: "",
	} {
		w := plain(text)
		if w.App.Name != want || (len(w.LeftOut) > 0) != (want == "") || len(w.Personal.Addresses) > 0 {
			t.Errorf("%q: %q, left out %q", text, w.App.Name, w.LeftOut)
		}
	}
	for uri, want := range map[string]string{
		"https://hetk.example/cb":              "https://hetk.example/cb",
		"https://app.example/callback":         "https://…/callback",
		"http://app.example/jane/callback":     "http://…/…/callback",
		"http://localhost:3000/auth":           "http://localhost:3000/auth",
		"http://localhost:01705550123/auth":    "http://…/auth",
		"http://[::1]:8080/auth":               "http://[::1]:8080/auth",
		"http://localhost":                     "http://localhost",
		"jane://auth":                          "…",
		"https://login.microsoftonline.com/cb": "https://login.microsoftonline.com/cb",
		"https://jane@localhost/cb":            "",
	} {
		if got := plain(strings.Replace(authorize, "CONTOSO", "common", 1) + url.QueryEscape(uri)).Request.RedirectURI; got != want {
			t.Errorf("%s: %q, want %q", uri, got, want)
		}
	}
	for name, want := range map[string]string{"contoso.example": "contoso.example", "fabrikam.example": "…", "common": "common", tenant: tenant} {
		if got := plain(strings.Replace(authorize, "CONTOSO", name, 1)).Request.Tenant; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	w := plain(`{"scope":"openid Tickets.Read Calendars.ReadWrite Policy.ReadWrite.PermissionGrant https://graph.microsoft.com/Mail.Send api://` + id +
		`/access_as_user https://jane.example/Mail.Read Jane.Read Zquollberg.ReadWrite.All Mail.Jane.Read"}`)
	if got := strings.Join(w.Scopes, " "); got != "openid Tickets.Read Calendars.ReadWrite Policy.ReadWrite.PermissionGrant https://graph.microsoft.com/Mail.Send api://"+id+"/access_as_user" {
		t.Errorf("scopes %q", got)
	}
	if w.Unnamed != 4 || !slices.Equal(w.LeftOut, []string{"scopes"}) {
		t.Errorf("%d unnamed, left out %q", w.Unnamed, w.LeftOut)
	}
	for _, scope := range []string{
		"EAS.AccessAsUser.All", "TeamsAppInstallation.ReadWriteSelfForUser", "TeamsTab.ReadWriteForChat", "User.EnableDisableAccount.All",
		"Group-Conversation.ReadWrite.All", "User.ReadWrite.CrossCloud", "CallEvents.Read", "Community.ReadWrite.All", "Bookmark.Read.All",
	} {
		if !checks.PlainScope(scope) {
			t.Errorf("%s is one of Microsoft's", scope)
		}
	}
	for text, want := range map[string]string{
		`claims={"access_token":{"acrs":{"essential":true,"value":"c1"},"nbf":{"value":"1705550123"}},"id_token":{"amr":{"values":["mfa","jane"]}}}`: `{"access_token":{"acrs":{"essential":true,"value":"c1"},"nbf":{}},"id_token":{"amr":{"values":["mfa"]}}}`,
		`claims={"access_token":{"acrs":{"value":"0170555012"},"xms_cc":{"values":["cp1"]}}}`:                                                        `{"access_token":{"acrs":{},"xms_cc":{"values":["cp1"]}}}`,
	} {
		if got := plain("AADSTS50076 " + text).Claims; got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	for text, want := range map[string]string{
		"AADSTS500011: The resource principal named https://outlook.office365.com was not found": "https://outlook.office365.com",
		"AADSTS500011: The resource principal named https://ews.fabrikam.example was not found":  "",
		"AADSTS500011: The resource principal named " + tenant + " was not found":                tenant,
	} {
		w := plain(text)
		said, err := json.Marshal(w.Reasons)
		if err != nil || w.API.ID != want || strings.Contains(string(said), "fabrikam") || want != "" && !strings.Contains(string(said), want) {
			t.Errorf("%s: %q, %s, %v", text, w.API.ID, said, err)
		}
	}
}
