package aadsts

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestNobodyLeaksThroughFields holds that what may name a person is in Personal
// alone, also where it has no "@" in it.
func TestNobodyLeaksThroughFields(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"error":"interaction_required","claims":"{\"id_token\":{\"oid\":{\"value\":\"` + tenant + `\"},\"upn\":\"jane.doe\",\"xms_rp_ipaddr\":{\"value\":\"203.0.113.7\"}}}"}`,
		`claims={"access_token":{"acrs":{"essential":true,"value":"jane.doe"},"sub":{"value":"jane.doe"}}}`,
		`claims={"userinfo":{"jane.doe":{"essential":true}}}`,
		`claims=jane.doe is not json`,
		"AADSTS500011: The resource principal named https://contoso-my.sharepoint.com/personal/jane_doe_contoso_com was not found in the tenant named Contoso.",
		"https://login.microsoftonline.com/common/oauth2/authorize?client_id=" + appID + "&resource=https%3A%2F%2Fcontoso-my.sharepoint.com%2Fpersonal%2Fjane_doe_contoso_com",
		"https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=" + appID + "&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%2Fjane.doe",
		"https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=" + appID + "&redirect_uri=https%3A%2F%2Fapp.example%2Fjane_doe%2Fcallback",
		"https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=" + appID + "&redirect_uri=myapp%3A%2F%2Fauth%2F" + tenant,
		"https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=" + appID + "&scope=https%3A%2F%2Fcontoso-my.sharepoint.com%2Fpersonal%2Fjane_doe_contoso_com%2FAllSites.Read",
		"AADSTS90094 Tenant: Jane.Doe", "AADSTS90094 the tenant jane.doe is blocked", `{"tenant":"jane.doe"}`, "https://app.example/cb?admin_consent=True&tenant=Jane.Doe",
		"AADSTS90094 in the organization jane.doe@contoso.example",
		"https://app.example/cb?error=invalid_scope&scope=jane.doe%20Jane%20Doe", `{"scope":"jane.doe Jane Doe https://app.example/jane.doe api://x/jane"}`,
		"https://app.example/cb?error=jane_smith_4917712345", "https://app.example/cb?error=access_denied&suberror=jane.doe", "AADSTS90094 &response_type=jane_doe%20code",
		"AADSTS500011: The resource principal named jane.doe was not found in the tenant named Contoso.",
	} {
		out, err := json.Marshal(Parse(text).WithoutPersonal())
		if err != nil {
			t.Fatal(err)
		}
		for _, person := range []string{"jane", tenant, "203.0.113.7"} {
			if strings.Contains(string(out), person) {
				t.Errorf("%s: %q is in %s", text, person, out)
			}
		}
	}
}

// TestTenantsInSentences holds which domains are a tenant's.
func TestTenantsInSentences(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"AADSTS90094 in tenant contoso.example":                                 "contoso.example",
		"AADSTS90002: Tenant contoso.com not found.":                            "contoso.com",
		"the organization contoso.co.uk.":                                       "contoso.co.uk",
		"isn't available in your organization contoso.onmicrosoft.com":          "contoso.onmicrosoft.com",
		"does not exist in the directory (contoso.de)":                          "",
		"AADSTS90094 beim Mandanten müller.example":                             "müller.example",
		"テナント contoso.jp で":                                                     "contoso.jp",
		"tenant is full. tenant was moved. the tenant contoso.berlin, they say": "contoso.berlin",
		"tenant jane.doe":      "",
		"Tenant: Contoso.Com":  "contoso.com",
		"tenant settings.json": "",
		"https://login.microsoftonline.com/contoso.anything/oauth2/v2.0/authorize?x=": "contoso.anything",
	} {
		if got := Parse(text).Tenant.Name; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestUnknownErrorIsOne holds that an error whose name is not repeated is one all
// the same.
func TestUnknownErrorIsOne(t *testing.T) {
	t.Parallel()
	a := Parse("https://app.example/cb?admin_consent=True&tenant=contoso.example&error=something_else")
	if a.Class == NoneSuccess || a.Error != "" {
		t.Errorf("%s, %q", a.Class, a.Error)
	}
	if a := Parse("https://app.example/cb?error=invalid_target&suberror=bad_token"); a.Error != "invalid_target" || a.Suberror != "bad_token" {
		t.Errorf("%q, %q", a.Error, a.Suberror)
	}
}

// TestScopesThatAreKept holds that permissions have the form of Microsoft's.
func TestScopesThatAreKept(t *testing.T) {
	t.Parallel()
	for scope, want := range map[string]int{
		"openid profile email offline_access":                                                   4,
		"Calendars.ReadWrite.Shared MailboxItem.ImportExport EWS.AccessAsUser.All SMTP.Send":    4,
		"https://graph.microsoft.com/.default https://outlook.office.com/IMAP.AccessAsUser.All": 2,
		"api://8dd90edb-c881-459a-ac84-2a1fee8c5c94/access_as_user":                             1,
		"Sites.FullControl.All EduAssignments.ReadWriteBasic Chat.ManageDeletion.All":           3,
		"Calendar.Write": 1,
		"jane doe j.d":   0,
	} {
		if got := Parse(`AADSTS70011 {"scope":"` + scope + `"}`).Scopes; len(got) != want {
			t.Errorf("%q: %q", scope, got)
		}
	}
}

// TestHalvesOfCharacters holds that JSON's way to write an emoji is read.
func TestHalvesOfCharacters(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"appDisplayName":"Hetk \ud83d\ude00 Sync"}`:          "Hetk 😀 Sync",
		`{"x":"{\"appDisplayName\":\"Hetk \\ud83d\\ude00\"}"}`: "Hetk 😀",
		`{"appDisplayName":"Hetk \ud83d Sync"}`:                "Hetk Sync",
		`{"appDisplayName":"Hetk \ude00\ud83d Sync"}`:          "Hetk Sync",
		`{"appDisplayName":"Hetk \ud83d\u0041 Sync"}`:          "Hetk A Sync",
	} {
		if got := Parse(text).App.Name; got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestClaimsThatAreKept holds that what a client has to ask again with is told.
func TestClaimsThatAreKept(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`claims={"access_token":{"acrs":{"essential":true,"value":"c1"},"oid":{"value":"x"}}}`:                                                `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`,
		`claims={"access_token":{"nbf":{"essential":true,"value":"1604106651"},"xms_rp_ipaddr":{"value":"203.0.113.7"}}}`:                     `{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}`,
		`claims=%7B%22access_token%22%3A%7B%22capolids%22%3A%7B%22essential%22%3Atrue%2C%22values%22%3A%5B%22` + tenant + `%22%5D%7D%7D%7D`:   `{"access_token":{"capolids":{"essential":true}}}`,
		`claims={"id_token":{"amr":{"essential":true,"values":["mfa","x y"]}}}`:                                                               `{"id_token":{"amr":{"essential":true,"values":["mfa"]}}}`,
		`Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19"`: `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`,
		`{"claims":{"access_token":{"acrs":{"essential":true,"value":"c1"}}},"upn":"x"}`:                                                      `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`,
		`claims={"id_token":{"oid":null}}`: "",
		`claims=[]`:                        "",
	} {
		if got := Parse("AADSTS50076 " + text).Claims; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestAddressesThatAreKept holds what is told of addresses, and what with
// personal data alone.
func TestAddressesThatAreKept(t *testing.T) {
	t.Parallel()
	const authorize = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=" + appID + "&redirect_uri="
	for uri, want := range map[string]string{
		"https://app.example/oauth2/callback":           "https://app.example/oauth2/callback",
		"https://app.example/signin-oidc":               "https://app.example/signin-oidc",
		"https://app.example/cb/jane.doe?x=1":           "https://app.example/cb/…",
		"https://app.example/t/4711/callback":           "https://app.example/…/callback",
		"https://app.example/":                          "https://app.example/",
		"http://localhost:3000/auth/microsoft/callback": "http://localhost:3000/auth/microsoft/callback",
		"http://localhost:3000":                         "http://localhost:3000",
		"myapp://auth":                                  "myapp://auth",
	} {
		a := Parse(authorize + strings.NewReplacer(":", "%3A", "/", "%2F", "?", "%3F").Replace(uri))
		if a.Request.RedirectURI != want {
			t.Errorf("%s: %s, want %s", uri, a.Request.RedirectURI, want)
		}
		if whole := strings.TrimSuffix(uri, "?x=1"); strings.Contains(want, "…") && a.Personal.RedirectURI != whole {
			t.Errorf("%s: whole %q", uri, a.Personal.RedirectURI)
		}
	}
	for text, want := range map[string]string{
		"resource=https%3A%2F%2Fgraph.microsoft.com%2F":                                    "https://graph.microsoft.com",
		"resource=api%3A%2F%2F" + appID + "%2Faccess":                                      "api://" + appID,
		"The service principal for resource 'https://outlook.office365.com/x' is disabled": "https://outlook.office365.com",
		"The service principal for resource '" + appID + "' is disabled":                   appID,
		"resource=" + appID: appID,
		"resource principal named https://ews.contoso.example/x was not found": "https://ews.contoso.example",
	} {
		if got := Parse("AADSTS500011 https://app.example/?" + text).API.ID; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestWhenIsOfAZone holds that a time is taken only where the text says of which
// zone it is: pages show local time, and an admin would search the wrong hour.
func TestWhenIsOfAZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 22, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"Timestamp: 2026-03-04T22:00:00Z":                               at,
		"Timestamp: 2026-03-04 22:00:00Z":                               at,
		"Timestamp: 2026-03-04T22:00:00.000Z, then":                     at,
		"Timestamp: 2026-03-04 22:00:00 UTC":                            at,
		"Timestamp: 2026-03-04T23:00:00+01:00":                          at,
		"Timestamp: 2026-03-04 23:00:00 +01:00":                         at,
		"Timestamp: 2026-03-04T23:00:00+0100":                           at,
		"Date: Wed, 04 Mar 2026 22:00:00 GMT":                           at,
		`{"timestamp":"2026-03-04 22:00:00Z"}`:                          at,
		"Timestamp: 3/4/2026 10:00:00 PM":                               {},
		"Timestamp: 3/4/2026, 10:00:00 PM":                              {},
		"Zeitstempel: 4.3.2026, 22:00:00":                               {},
		"Timestamp: 2026-03-04 22:00:00":                                {},
		"Timestamp: 2026-03-04T22:00":                                   {},
		"Timestamp: 2026-03-04 22:00:00 CET":                            {},
		"Timestamp: 1999-03-04T22:00:00Z":                               {},
		"Timestamp: 2026-02-31T22:00:00Z":                               {},
		"Timestamp: 3/4/2026 10:00 PM\nTimestamp: 2026-03-04T22:00:00Z": at,
	} {
		if got := Parse("AADSTS90094\n" + text).At; !got.Equal(want) || got.IsZero() != want.IsZero() {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// TestSecretsAreSeen holds that whoever pastes a token, a code or a secret is
// warned, in whatever dress it comes, and that nobody else is.
func TestSecretsAreSeen(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Ab3_xY9-", 12)
	for _, text := range []string{
		"Authorization: Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl AADSTS90094",
		"token was eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl",
		`"eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0."`,
		"curl -H 'authorization: bearer " + long + "'",
		"refresh token 0.AXoA" + long,
		"1.AVYA" + long + " is what it sent",
		"M.C521_BAY.0.U." + long,
		"secret abc8Q~" + strings.Repeat("x", 31) + "_yZ was used",
		"client_secret=" + long,
		`{"refresh_token":"0.AXoA` + long + `"}`,
		"https://app.example/cb?code=0.AXoA" + long + "&state=1",
		"SAMLResponse=" + strings.Repeat("PHNhbWxwOlJlc3BvbnNl", 4),
		"Cookie: ESTSAUTHPERSISTENT=" + long,
		`{"username":"x","password":"hunter2!"}`,
		"Password: hunter2!",
		"password: Hunter2Hunter2 AADSTS50126", "Kennwort: Geheim1234", "Passwort: Geheim1234 geht nicht", "Mot de passe : hunter2hunter", "Wachtwoord: hunter2!", "Senha: hunter2!",
		"contraseña: hunter2!", "Hasło: hunter2! nie działa", "Lösenord: hunter2!", "パスワード：hunter2!",
		"Authorization: Basic amFuZTpIdW50ZXIy", "curl -H 'Authorization: Basic amFuZUBjb250b3NvLmV4YW1wbGU6aHVudGVyMg=='", `{"authorization":"Basic amFuZTpIdW50ZXIy"}`,
		"session_state=" + long,
		"https%3A%2F%2Fapp.example%2Fcb%23access_token%3DeyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl",
	} {
		a := Parse(text)
		if !a.Secret {
			t.Errorf("not seen: %s", text)
		}
		if out, _ := json.Marshal(a); strings.Contains(string(out), "xY9-Ab3") || strings.Contains(string(out), "eyJ0") || strings.Contains(string(out), "hunter2") {
			t.Errorf("repeated: %s", out)
		}
	}
	for _, text := range []string{
		"AADSTS90094: The grant requires admin permission. Trace ID: " + trace + " Correlation ID: " + correl,
		`WWW-Authenticate: Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="invalid_token"`,
		`{"error":"invalid_grant","error_codes":[53003],"claims":"{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"` + tenant + `\"]}}}"}`,
		`claims={"access_token":{"acrs":{"essential":true,"value":"c1"}},"id_token":{"amr":{"essential":true}}}`,
		"https://app.example/cb?error=access_denied&session_state=" + tenant,
		"Authorization: Basic authentication is switched off", "Authorization: Bearer", "Password: expired on 2026-11-20", "Password: AADSTS50126 wrong", "Kennwort: abgelaufen seit 3 Tagen", "Contraseña: caducada", "Hasło: ******",
		"Password: 20.11.2026 was the last change",
		"Bearer token missing", "eyJ is how a token begins", "version 0.A.1", "Password: your password has expired. Change it.", "Password: ********",
		"Forgot password? https://app.example/reset?user=1", "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the client secret value, not the client secret ID",
		"https://login.microsoftonline.com/error?code=90094", "grant for https://graph.microsoft.com/Calendars.ReadWrite.Shared offline_access",
		"https://contoso-my.sharepoint.com/personal/some_long_path_with_many_parts_in_it_as_usual/Documents/Forms/All.aspx",
	} {
		if Parse(text).Secret {
			t.Errorf("no secret: %s", text)
		}
	}
}

// TestNumbersAreNoCodes holds that a number without Microsoft's prefix is named
// as a number, and trusted less: other programs count their errors, too.
func TestNumbersAreNoCodes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"error 50105", "50105", "Fehlercode 50105", "Sign in failed: error 50105", "the program says error code: 50105"} {
		a := Parse(text)
		if a.Class != AssignmentRequired || a.Sure != Medium || strings.Contains(a.Why, "AADSTS") || !strings.Contains(a.Why, "50105") {
			t.Errorf("%q: %s, %s: %s", text, a.Class, a.Sure, a.Why)
		}
	}
	for _, text := range []string{"AADSTS50105", `{"error":"invalid_grant","error_codes":[50105]}`, "Microsoft Entra ID\nSign-in error code: 50105", "error 50105, that is AADSTS50105"} {
		if a := Parse(text); a.Class != AssignmentRequired || a.Sure != High {
			t.Errorf("%q: %s, %s: %s", text, a.Class, a.Sure, a.Why)
		}
	}
}

// TestPasswordWasRight holds that nobody is told so where the text does not.
func TestPasswordWasRight(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"AADSTS53003": true,
		"You cannot access this right now. Your sign-in was successful but does not meet the criteria": true,
		"the account is blocked by policy": false,
		"AADSTS530035":                     false,
		"blocked by Conditional Access":    false,
	} {
		if a := Parse(text); a.Class != CAPolicy || strings.Contains(a.What, "password was right") != want {
			t.Errorf("%q: %s: %q", text, a.Class, a.What)
		}
	}
	if a := Parse("the account is blocked by policy"); a.What != whatBlocked || a.Sure != Low {
		t.Errorf("%s: %q", a.Sure, a.What)
	}
}

// TestApprovalOfWhat holds that a sentence about somebody's approval is no wall
// where it speaks of no app, and is hedged where it may be one.
func TestApprovalOfWhat(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"The order needs approval by the admin of the warehouse: permission slip required",
		"Please remember that the building administrator must approve every booking of the large room on the ground floor",
		"Für die Bestellung der neuen Stühle ist noch die Genehmigung des Administrators der Abteilung erforderlich",
	} {
		if a := Parse(text); a.Class != Unknown || !slices.Contains(a.Also, AdminConsentNeeded) || a.Who != WhoUnknown {
			t.Errorf("%q: %s, also %v", text, a.Class, a.Also)
		}
	}
	for _, text := range []string{"the admin must approve it", "I need my admin to approve the calendar app", "Nur ein Administrator kann die Zustimmung erteilen"} {
		if a := Parse(text); a.Class != AdminConsentNeeded || a.Sure != Low || a.What != whatLoose {
			t.Errorf("%q: %s, %s: %q", text, a.Class, a.Sure, a.What)
		}
	}
}

// TestBlockedByWhom holds that a block in words that nobody listed is told as what
// the words say, and a listed one as what it is.
func TestBlockedByWhom(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Deze app is door uw beheerder geblokkeerd":                                                                    whatOff,
		"Diese App wurde von Ihrem Administrator gesperrt":                                                             whatOff,
		"The application 'x' has been disabled by your admin.":                                                         wordsOf(AppDisabled).what,
		"AADSTS7000112: Application 'x'(Calendar Bridge) is disabled. Your administrator has blocked this application": "The app is switched off in your organisation; blocking a request for it does that, too.",
	} {
		if a := Parse(text); a.Class != AppDisabled || a.What != want {
			t.Errorf("%q: %s: %q", text, a.Class, a.What)
		}
	}
}

// TestLookupOfTheCloud holds that a code is looked up at the sign-in of the cloud
// that it came from.
func TestLookupOfTheCloud(t *testing.T) {
	t.Parallel()
	for text, host := range map[string]string{
		"AADSTS90094": "login.microsoftonline.com",
		"AADSTS90094 https://login.microsoftonline.us/contoso.example/oauth2/v2.0/authorize?client_id=" + appID:  "login.microsoftonline.us",
		"AADSTS4242424 https://login.partner.microsoftonline.cn/common/oauth2/v2.0/authorize?client_id=" + appID: "login.partner.microsoftonline.cn",
		"AADSTS90094 at login.microsoftonline.us/common/reprocess":                                               "login.microsoftonline.us",
		"AADSTS90094 https://login.windows.net/common/oauth2/authorize?client_id=" + appID:                       "login.microsoftonline.com",
		"AADSTS90094 https://login.microsoftonline.us.evil.example/common/oauth2/v2.0/authorize":                 "login.microsoftonline.com",
	} {
		a := Parse(text)
		want := "https://" + host + "/error?code="
		if !strings.HasPrefix(a.Lookup, want) || len(a.Codes) != 1 || a.Codes[0].Lookup != a.Lookup {
			t.Errorf("%s: %s, %v", text, a.Lookup, a.Codes)
		}
	}
}

// TestEmpty holds that nothing is told apart from something unknown.
func TestEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \r\n\t", "\u200b\x1b[0m", "<b></b>"} {
		if a := Parse(text); !a.Empty || a.Class != Unknown {
			t.Errorf("%q: %+v", text, a)
		}
	}
	if Parse("x").Empty {
		t.Error("x is something")
	}
}
