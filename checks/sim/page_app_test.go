package sim

import (
	"cmp"
	"net/url"
	"strings"
	"testing"
)

func TestReadProblem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want appProblem
	}{
		"whole": {
			"AADSTS65004: User declined to consent to access the app. Trace ID: t1 Correlation ID: c1 Timestamp: 2026-11-01 10:00:00Z",
			appProblem{Code: "65004", Text: "User declined to consent to access the app.", Trace: "t1", Correlation: "c1", Stamp: "2026-11-01 10:00:00Z"},
		},
		"none":     {"", appProblem{}},
		"words":    {"something went wrong", appProblem{Text: "something went wrong"}},
		"no words": {"AADSTS90094", appProblem{Code: "90094"}},
		"no code":  {"AADSTSx: y", appProblem{Text: "AADSTSx: y"}},
		"cut":      {"AADSTS50105: Not assigned. Trace ID: t1", appProblem{Code: "50105", Text: "Not assigned.", Trace: "t1"}},
	} {
		c.want.Error, c.want.Sub = "e", "s"
		if got := readProblem("e", "s", c.text); *got != c.want {
			t.Errorf("%s: %+v, want %+v", name, *got, c.want)
		}
	}
}

func FuzzReadProblem(f *testing.F) {
	f.Add("AADSTS65004: User declined. Trace ID: t Correlation ID: c Timestamp: x")
	f.Add("AADSTS")
	f.Add("Timestamp: Trace ID: Correlation ID:")
	f.Fuzz(func(t *testing.T, text string) {
		p := readProblem("e", "", text)
		if strings.Trim(p.Code, "+-0123456789") != "" || len(p.Text)+len(p.Trace)+len(p.Correlation)+len(p.Stamp) > len(text) {
			t.Errorf("%q: %+v", text, p)
		}
	})
}

// An ordinary user presses Connect and meets the wall; an admin approves from the
// same page; then the user gets through.
func TestAppPageWall(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	user := newRobot(t, s).open("/app/"+hetkAppID).sees("Connect your calendar", "What we ask for", "Simulated tenant")
	user.open(linkOf(t, user, "Connect your calendar")).signIn(userUPN).sees("Need admin approval", "Hetk Calendar Sync").
		press("Return to the application").sees("We could not connect your calendar", "access_denied", "cancel")
	admin := newRobot(t, s).open("/app/" + hetkAppID)
	admin.open(linkOf(t, admin, "Approve for my organization")).signIn(adminUPN).press("Accept").sees("Your admin’s answer has come back")
	user.open("/app/" + hetkAppID)
	user.open(linkOf(t, user, "Connect your calendar")).sees("Your calendar is connected", userUPN, "Calendars.ReadWrite")
	user.open(user.at.String()).sees("not the answer to a connection started on this page")
}

// Everything that stands in a user's way, or does not, as the app's page meets it.
func TestAppPageOfEveryScenario(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		app, upn string
		press    []string // on the way
		sees     string
	}{
		"admins-only":           {sees: "Need admin approval"},
		"allow-all":             {press: []string{"Accept"}, sees: "Your calendar is connected"},
		"app-policy":            {press: []string{"Accept"}, sees: "Your calendar is connected"},
		"approved":              {sees: "Your calendar is connected"},
		"assignment-required":   {sees: "AADSTS50105"},
		"conditional-access":    {sees: "AADSTS53003"},
		"consent-requests":      {sees: "Approval required"},
		"deactivated":           {sees: "AADSTS7000112"},
		"device-required":       {sees: "AADSTS53000"},
		"disabled":              {sees: "AADSTS7000112"},
		"disabled-by-microsoft": {sees: "AADSTS7000112"},
		"ews-retiring":          {app: "revenue-grid", sees: "Your calendar is connected"},
		"guest-user":            {upn: "visitor@fabrikam.example", sees: "Your calendar is connected"},
		"low-empty":             {sees: "Need admin approval"},
		"low-impact":            {app: "sophiie", sees: "Need admin approval"}, // one scope is not classified
		"low-classified":        {press: []string{"Accept"}, sees: "Your calendar is connected"},
		"managed-default":       {sees: "Need admin approval"},
		"mfa-required":          {press: []string{"Approve"}, sees: "Your calendar is connected"},
		"one-user-grant":        {sees: "Your calendar is connected"},
		"partial-grant":         {sees: "Need admin approval"},
		"pilot":                 {sees: "Your calendar is connected"},
		"prompt-consent":        {sees: "Need admin approval"},
		"request-denied":        {app: "carerix", sees: "AADSTS7000112"},
		"unverified":            {sees: "Need admin approval"},
		"workflow-no-role":      {sees: "Approval required"},
		"wrong-resource":        {sees: "Need admin approval"},
		"wrong-tenant":          {upn: "user@fabrikam.example", sees: "Your calendar is connected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startSim(t, name)
			r := newRobot(t, s).open("/app/" + vendorKeys[cmp.Or(c.app, "hetk")])
			r.open(linkOf(t, r, "Connect your calendar")).signIn(cmp.Or(c.upn, userUPN))
			for _, words := range c.press {
				r.press(words)
			}
			r.sees(c.sees)
		})
	}
}

func TestAppPageAsksAsItIsTold(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	r := newRobot(t, s).open("/app/" + hetkAppID + "?prompt=consent&login_hint=" + url.QueryEscape(userUPN))
	if to := linkOf(t, r, "Connect your calendar"); !strings.Contains(to, "prompt=consent") || !strings.Contains(to, "login_hint=user%40contoso.example") {
		t.Errorf("link %s", to)
	}
	r.open("/app/" + hetkAppID + "?prompt=dance")
	if to := linkOf(t, r, "Connect your calendar"); strings.Contains(to, "prompt") {
		t.Errorf("link %s", to)
	}
	for _, path := range []string{"/app/nope", "/app/nope/callback", "/app/" + graphAppID + "/callback"} {
		if r.open(path); r.status != 404 {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	r.open("/app/" + hetkAppID + "/callback?code=x&state=y").sees("not the answer to a connection")
	r.open("/app/"+hetkAppID+"/callback?error=server_error&error_description=AADSTS90033:+Busy.").sees("Microsoft refused the sign-in.", "AADSTS90033", "Busy.")
	r.open("/app/" + hetkAppID + "/callback?error=consent_required").sees("an administrator’s approval, or another step")
}

// linkOf is where the link with these words leads.
func linkOf(t *testing.T, r *robot, words string) string {
	t.Helper()
	for n := range r.doc.Descendants() {
		if n.Data == "a" && squeeze(inner(n)) == words {
			return attr(n, "href")
		}
	}
	t.Fatalf("no link %q on the page:\n%s", words, r.text())
	return ""
}
