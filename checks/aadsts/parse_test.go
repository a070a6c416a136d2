package aadsts

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	appID  = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"
	tenant = "11111111-2222-4333-8444-955566677788"
	trace  = "6f0a1c9e-1111-4222-8333-944455566600"
	correl = "0a1b2c3d-1111-4222-8333-944455566601"
)

// TestFacts holds what is read beside the code.
func TestFacts(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 8, 15, 0, 0, time.UTC)
	for _, c := range []struct {
		name, text string
		check      func(a Answer) bool
	}{
		{"ids of a sentence", "AADSTS65001: The user has not consented to use the application with ID '" + appID + "' named 'Calendar Bridge'. Trace ID: " + trace + " Correlation ID: " + correl + " Timestamp: 2026-11-20 08:15:00Z", func(a Answer) bool {
			return a.App == Named{appID, "Calendar Bridge"} && a.Personal.Trace == trace && a.Personal.Correlation == correl && a.At.Equal(at)
		}},
		{"ids of JSON", `{"error":"invalid_grant","timestamp":"2026-11-20T08:15:00Z","trace_id":"` + strings.ToUpper(trace) + `","correlation_id":"` + correl + `"}`, func(a Answer) bool {
			return a.Error == "invalid_grant" && a.Personal.Trace == trace && a.Personal.Correlation == correl && a.At.Equal(at)
		}},
		{"labels of a page", "Request Id: " + trace + "\nCorrelation Id: " + correl + "\nTimestamp: 2026-11-20T08:15:00.000Z\nApp name: Calendar Bridge\nApp id: " + appID + "\nIP address: 203.0.113.7\nDevice identifier: Not available", func(a Answer) bool {
			return a.Personal.RequestID == trace && a.Personal.Correlation == correl && a.At.Equal(at) && a.App == Named{appID, "Calendar Bridge"} && a.Personal.IP == "203.0.113.7"
		}},
		{"labels of a German page", "Ablaufverfolgungs-ID: " + trace + "\nKorrelations-ID: " + correl, func(a Answer) bool {
			return a.Personal.Trace == trace && a.Personal.Correlation == correl
		}},
		{"labels of a French page", "ID de corrélation : " + correl, func(a Answer) bool { return a.Personal.Correlation == correl }},
		{"tenant by name", "AADSTS700016: Application with identifier '" + appID + "' was not found in the directory 'Contoso Ltd'.", func(a Answer) bool {
			return a.App.ID == appID && a.Tenant == Named{Name: "Contoso Ltd"}
		}},
		{"tenant by id", "AADSTS7000229: The client application " + appID + " is missing service principal in the tenant " + tenant + ".", func(a Answer) bool {
			return a.App.ID == appID && a.Tenant.ID == tenant
		}},
		{"app before its id", "AADSTS50105: Your administrator has configured the application Calendar Bridge ('" + appID + "') to block users", func(a Answer) bool {
			return a.App == Named{appID, "Calendar Bridge"}
		}},
		{"app behind its id", "AADSTS7000112: Application '" + appID + "'(Calendar Bridge) is disabled.", func(a Answer) bool {
			return a.App == Named{appID, "Calendar Bridge"}
		}},
		{"API", "AADSTS650052: The app is trying to access a service '00000002-0000-0ff1-ce00-000000000000'(Office 365 Exchange Online) that your organization 'Contoso' lacks a service principal for.", func(a Answer) bool {
			return a.API == Named{"00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"} && a.Tenant.Name == "Contoso"
		}},
		{"API by address", "AADSTS500011: The resource principal named https://ews.contoso.example was not found in the tenant named Contoso.", func(a Answer) bool {
			return a.API.ID == "https://ews.contoso.example" && a.Tenant.Name == "Contoso"
		}},
		{"app of the wall", "Need admin approval\nCalendar Bridge\nCalendar Bridge needs permission to access resources in your organization that only an admin can grant.", func(a Answer) bool {
			return a.App.Name == "Calendar Bridge"
		}},
		{"app of the wall on one line", "Need admin approval Calendar Bridge Calendar Bridge needs permission to access resources in your organization", func(a Answer) bool {
			return a.App.Name == "Calendar Bridge"
		}},
		{"error without a key", "Could not connect: access_denied (cancel)", func(a Answer) bool { return a.Error == "access_denied" && len(a.Also) == 2 }},
		{"authorize", "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize?client_id=" + appID + "&response_type=code%20id_token&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fx%3D1&scope=openid%20offline_access+https%3A%2F%2Fgraph.microsoft.com%2FCalendars.ReadWrite&prompt=consent&login_hint=jo%40contoso.example&state=s", func(a Answer) bool {
			want := Request{"authorize", "login.microsoftonline.com", "contoso.example", "2.0", "consent", "code id_token", "https://app.example/cb"}
			return a.Request == want && a.App.ID == appID && a.Tenant.Name == "contoso.example" && slices.Equal(a.Scopes, []string{"openid", "offline_access", "https://graph.microsoft.com/Calendars.ReadWrite"}) &&
				slices.Equal(a.Personal.Addresses, []string{"jo@contoso.example"})
		}},
		{"authorize at common", "https://login.microsoftonline.com/common/oauth2/authorize?client_id=" + appID + "&resource=https%3A%2F%2Fgraph.microsoft.com", func(a Answer) bool {
			return a.Request.Tenant == "common" && a.Request.Version == "1.0" && a.Tenant == Named{} && a.API.ID == "https://graph.microsoft.com"
		}},
		{"consent address of a sovereign cloud", "https://login.microsoftonline.us/" + tenant + "/v2.0/adminconsent?client_id=" + appID + "&scope=Mail.Read", func(a Answer) bool {
			return a.Request.Kind == "adminconsent" && a.Request.Host == "login.microsoftonline.us" && a.Tenant.ID == tenant && slices.Equal(a.Scopes, []string{"Mail.Read"})
		}},
		{"consent redirect", "https://app.example/ok?admin_consent=True&tenant=" + tenant + "&scope=https%3a%2f%2fgraph.microsoft.com%2fUser.Read+https%3a%2f%2fgraph.microsoft.com%2fMail.Read&state=1", func(a Answer) bool {
			return a.AdminConsent && a.Tenant.ID == tenant && len(a.Scopes) == 2
		}},
		{"twice encoded", "https%253A%252F%252Fapp.example%252Fcb%253Ferror%253Daccess_denied%2526error_subcode%253Dcancel", func(a Answer) bool {
			return a.Error == "access_denied" && a.Suberror == "cancel"
		}},
		{"claims", `{"error":"interaction_required","suberror":"basic_action","claims":"{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}"}`, func(a Answer) bool {
			return a.Suberror == "basic_action" && a.Claims == `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`
		}},
		{"claims with a person", `{"claims":"{\"hint\":\"jo@contoso.example\"}"}`, func(a Answer) bool { return a.Claims == "" }},
		{"code is a secret", "https://app.example/cb?code=0.AXoAabcdefghijklmnopqrstuvwxyz&state=1", func(a Answer) bool { return a.Secret }},
		{"token is a secret", `{"access_token":"eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30.x"}`, func(a Answer) bool { return a.Secret }},
		{"a number is none", "https://login.microsoftonline.com/error?code=50011", func(a Answer) bool { return !a.Secret && a.Code == 50011 }},
		{"form post", `<input type="hidden" name="error" value="access_denied"/><input type="hidden" name="error_subcode" value="cancel"/><input type=hidden name=state value=1>`, func(a Answer) bool {
			return a.Error == "access_denied" && a.Suberror == "cancel"
		}},
		{"addresses once", "jo@contoso.example, JO.b+x@fabrikam.example; jo@contoso.example に連絡", func(a Answer) bool {
			return slices.Equal(a.Personal.Addresses, []string{"jo@contoso.example", "JO.b+x@fabrikam.example"})
		}},
		{"language", "Administratorgenehmigung erforderlich", func(a Answer) bool { return a.Language == "de" }},
		{"language of Japanese", "管理者の承認が必要", func(a Answer) bool { return a.Language == "ja" }},
		{"nothing", "", func(a Answer) bool {
			return a.What == whatEmpty && a.App == Named{} && a.Codes != nil && a.Scopes != nil && a.Also != nil
		}},
	} {
		if a := Parse(c.text); !c.check(a) {
			got, _ := json.MarshalIndent(a, "", " ")
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// TestAlso holds what else an answer offers.
func TestAlso(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []Class
	}{
		{"https://app.example/cb?error=access_denied&error_subcode=cancel", []Class{AdminConsentNeeded, UserDeclined}},
		{"https://app.example/cb?error=access_denied", []Class{AdminConsentNeeded, UserDeclined, NotEntra}},
		{"AADSTS65004: User declined", []Class{AdminConsentNeeded}},
		{"Need admin approval unverified", []Class{UnverifiedPublisher, UserConsentOff, PermissionsNeedAdmin}},
		{"AADSTS53003 and then AADSTS50105", []Class{AssignmentRequired, DeviceRequired, MFARequired}},
		{"AADSTS9999999: needs admin approval", []Class{AdminConsentNeeded}},
		{"AADSTS500113 after the admin's yes", []Class{NoneSuccess}},
	} {
		if a := Parse(c.text); !slices.Equal(a.Also, c.want) {
			t.Errorf("%q: %s, also %v; want %v", c.text, a.Class, a.Also, c.want)
		}
	}
}

// TestUnknownCode holds that a code nobody explained is not guessed at, and
// leads to Microsoft's own page.
func TestUnknownCode(t *testing.T) {
	t.Parallel()
	a := Parse("AADSTS4242424: Something")
	if a.Class != Unknown || a.Who != WhoUnknown || a.Sure != None || a.Code != 4242424 || a.Lookup != LookupURL(4242424) || a.What != whatUnknownCode || a.Path != NoPath {
		t.Errorf("%+v", a)
	}
	if len(a.Codes) != 1 || a.Codes[0].Known || a.Codes[0].Class != Unknown {
		t.Errorf("%+v", a.Codes)
	}
}

// TestNeverGuessed reads thousands of codes that are not in the table, as
// sentences go on after them: none may be taken for one that is.
func TestNeverGuessed(t *testing.T) {
	t.Parallel()
	behind := []string{"", ": Something new.", " something new", ".", ")", "\nnext line", ", 2026-11-20", "\r\nTrace ID: " + trace, "Is it", "%3a+new"}
	asked := 0
	for _, span := range [][3]int{{1000, 9999, 13}, {10000, 99999, 17}, {100000, 999999, 211}, {1000000, 9999999, 2311}, {10000000, 99999999, 24001}} {
		for n := span[0]; n <= span[1]; n += span[2] {
			if _, ok := Lookup(n); ok {
				continue
			}
			asked++
			text := spelt(n) + behind[asked%len(behind)]
			if a := Parse(text); a.Class != Unknown || a.Who != WhoUnknown || a.Code != n || a.Lookup != LookupURL(n) {
				t.Errorf("%q: %d is %s, %s (%s)", text, a.Code, a.Class, a.Who, a.Why)
			}
		}
	}
	if asked < 10000 {
		t.Errorf("asked for %d codes only", asked)
	}
}

// TestSure holds how far an answer can be trusted.
func TestSure(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Sure{
		"AADSTS90094: x":                     High,
		"AADST590094: x":                     Medium, // read with lookalikes
		"AADSTS500021: x":                    Medium, // the meaning is others' report
		"Need admin approval":                Medium,
		"the admin must approve it":          Low,
		"Approval required":                  Low, // of what, it does not say
		"https://app.example/?error=x_y":     None,
		"AADSTS53003 and AADSTS50011":        High,
		"AADSTS50020 or AADSTS50105":         Medium, // as strong, and another's move
		"https://app.example/?error=invalid": None,
	} {
		if a := Parse(text); a.Sure != want {
			t.Errorf("%q: %s, want %s (%s)", text, a.Sure, want, a.Class)
		}
	}
}

// TestCut holds that a long text is read as far as promised, and says so.
func TestCut(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("é", MaxBytes/2-8)
	for text, want := range map[string]Class{
		"AADSTS90094 " + filler + filler:  AdminConsentNeeded,
		filler + filler + " AADSTS90094 ": Unknown,
	} {
		a, b := Parse(text), ParseBytes([]byte(text))
		if a.Class != want || !a.Cut || b.Class != want || !b.Cut {
			t.Errorf("%s %v, %s %v; want %s", a.Class, a.Cut, b.Class, b.Cut, want)
		}
	}
	if a := Parse("x " + strings.Repeat("y", MaxBytes-2)); a.Cut {
		t.Error("a text of MaxBytes was cut")
	}
}

// TestNoDefinition holds that a code of which nobody published the meaning is
// told as that, with where to look it up.
func TestNoDefinition(t *testing.T) {
	t.Parallel()
	e, _ := Lookup(399284)
	a := Parse("AADSTS399284: Inbound connection error")
	if a.Class != Unknown || a.Sure != None || a.Code != 399284 || a.Lookup != LookupURL(399284) || a.What != e.What || a.Do != e.Do || a.What == "" {
		t.Errorf("%s, %s, %d, %q, %q, %q", a.Class, a.Sure, a.Code, a.Lookup, a.What, a.Do)
	}
}

// TestWithoutPersonal holds that nothing that leads to a person is anywhere but
// in Personal.
func TestWithoutPersonal(t *testing.T) {
	t.Parallel()
	text := "AADSTS50020: User account 'jo@contoso.example' from identity provider 'live.com' does not exist in tenant 'jo@fabrikam.example'. " +
		"App name: jo@contoso.example\nhttps://jo@app.example/cb?login_hint=jo%40contoso.example&redirect_uri=https%3A%2F%2Fapp.example%2F%3Fu%3Djo%40contoso.example&scope=jo@contoso.example+User.Read" +
		"&claims=%7B%22u%22%3A%22jo%40contoso.example%22%7D&tenant=jo@contoso.example&prompt=jo@contoso.example\nTrace ID: " + trace + "\nCorrelation ID: " + correl + "\nIP address: 203.0.113.7\nobjectId: " + tenant + "\nrequest-id: " + trace
	a := Parse(text)
	if len(a.Personal.Addresses) == 0 || a.Personal.Trace == "" {
		t.Fatalf("found nothing to leave out: %+v", a.Personal)
	}
	out, err := json.Marshal(a.WithoutPersonal())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"@", "jo%40", trace, correl, "203.0.113.7", tenant, `"personal"`, `"jo"`} {
		if strings.Contains(string(out), secret) {
			t.Errorf("%q is in %s", secret, out)
		}
	}
	if !reflect.ValueOf(a.WithoutPersonal().Personal).IsZero() {
		t.Error("something personal was left")
	}
}
