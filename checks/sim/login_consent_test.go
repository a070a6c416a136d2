package sim

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

const (
	adminUPN   = "admin@contoso.example"
	userUPN    = "user@contoso.example"
	hetkBack   = "https://hetk.example/auth/callback"
	hetkSecret = "simulated-secret-of-hetk"
)

var hetkScopes = []string{"openid", "profile", "offline_access", "User.Read", "Calendars.ReadWrite"}

// authorizeURL is what a vendor's app sends its user to.
func authorizeURL(tenant string, change ...string) string {
	q := url.Values{
		"client_id": {hetkAppID}, "response_type": {"code"}, "redirect_uri": {hetkBack},
		"scope": {strings.Join(hetkScopes, " ")}, "state": {"s1"},
	}
	for i := 0; i+1 < len(change); i += 2 {
		if change[i+1] == "" {
			q.Del(change[i])
			continue
		}
		q.Set(change[i], change[i+1])
	}
	return "/" + tenant + "/oauth2/v2.0/authorize?" + q.Encode()
}

// grantsOf lists the scopes of an app in the first tenant: for everyone, or one user's.
func grantsOf(t *testing.T, s *Sim, upn string) []string {
	t.Helper()
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	tenant := s.world.tenants[0]
	principal := ""
	if upn != "" {
		principal = tenant.userByUPN(upn).ID
	}
	client := tenant.serviceByAppID(hetkAppID)
	var out []string
	for _, g := range tenant.Grants {
		if client != nil && g.ClientID == client.ID && g.Principal == principal {
			out = append(out, strings.Fields(g.Scope)...)
		}
	}
	return out
}

func sameSet(a, b []string) bool {
	x, y := slices.Clone(a), slices.Clone(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

func TestUserMeetsTheWall(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{"managed-default", "admins-only", "low-empty"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			s := startSim(t, scenario)
			r := newRobot(t, s).open(authorizeURL("contoso.example"))
			r.sees("Simulated tenant", "Sign in", "Hetk Calendar Sync", userUPN)
			r.signIn(userUPN).sees("Need admin approval", "Simulated tenant", "only an admin can grant", "AADSTS90094: The grant requires admin permission.")
			if r.status != 200 {
				t.Errorf("status %d", r.status)
			}
			v := r.press("Return to the application").returned()
			if v.Get("error") != "access_denied" || v.Get("error_subcode") != "cancel" || v.Get("state") != "s1" || v.Has("error_description") {
				t.Errorf("left the wall with %v", v)
			}
			if g := grantsOf(t, s, userUPN); len(g) != 0 {
				t.Errorf("granted %v", g)
			}
		})
	}
}

func TestAdminTakesOverAtTheWall(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	r := newRobot(t, s).open(authorizeURL("organizations")).signIn(userUPN)
	r.press("Have an admin account?").sees("Sign in").signIn(adminUPN).
		sees("Permissions requested", "Consent on behalf of your organization", "Hetk", "verified publisher")
	if v := r.press("Accept", "everyone", "on").returned(); v.Get("code") == "" || v.Get("state") != "s1" {
		t.Fatalf("returned %v", v)
	}
	if g := grantsOf(t, s, ""); !sameSet(g, hetkScopes) {
		t.Errorf("tenant-wide %v", g)
	}
	// Now an ordinary user passes without a page.
	u := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN)
	if v := u.returned(); v.Get("code") == "" {
		t.Errorf("returned %v", v)
	}
}

func TestAdminForgetsTheBox(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	r := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(adminUPN)
	if v := r.press("Accept").returned(); v.Get("code") == "" {
		t.Fatalf("returned %v", v)
	}
	if g := grantsOf(t, s, ""); len(g) != 0 {
		t.Errorf("tenant-wide %v", g)
	}
	if g := grantsOf(t, s, adminUPN); !sameSet(g, hetkScopes) {
		t.Errorf("own %v", g)
	}
	newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN).sees("Need admin approval")
}

func TestUserConsentsWhereAllowed(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{"allow-all", "low-classified"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			s := startSim(t, scenario)
			r := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN)
			r.sees("Permissions requested", "Have full access to your calendars").lacks("on behalf of your organization")
			// A box that the page does not offer changes nothing when it is sent.
			r.press("Accept", "everyone", "on").sees("AADSTS90094")
			if g := append(grantsOf(t, s, ""), grantsOf(t, s, userUPN)...); len(g) != 0 {
				t.Fatalf("granted %v", g)
			}
			r.open(authorizeURL("contoso.example"))
			if v := r.press("Accept").returned(); v.Get("code") == "" {
				t.Fatalf("returned %v", v)
			}
			if g := grantsOf(t, s, userUPN); !sameSet(g, hetkScopes) || len(grantsOf(t, s, "")) != 0 {
				t.Errorf("granted %v", g)
			}
		})
	}
}

func TestDeclineConsent(t *testing.T) {
	t.Parallel()
	s := startSim(t, "allow-all")
	v := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN).press("Cancel").returned()
	if v.Get("error") != "access_denied" || v.Get("error_subcode") != "cancel" || !strings.HasPrefix(v.Get("error_description"), "AADSTS65004: ") {
		t.Errorf("returned %v", v)
	}
	if g := grantsOf(t, s, userUPN); len(g) != 0 {
		t.Errorf("granted %v", g)
	}
}

func TestWorkflowAsksAndCloses(t *testing.T) {
	t.Parallel()
	s := startSim(t, "admins-only")
	s.world.mu.Lock()
	s.world.tenants[0].Workflow.Enabled = true
	s.world.mu.Unlock()
	r := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN)
	r.sees("Approval required", "Enter justification", "AADSTS90095")
	r.press("Request approval").sees("Say why you need this app")
	r.press("Request approval", "reason", "<b>calendar</b> please").sees("Request sent")
	s.world.mu.RLock()
	reqs := s.world.tenants[0].Requests
	s.world.mu.RUnlock()
	if len(reqs) != 1 || len(reqs[0].Users) != 1 || reqs[0].Users[0].Reason != "<b>calendar</b> please" || reqs[0].Users[0].Status != RequestInProgress {
		t.Fatalf("requests %+v", reqs)
	}
	if v := r.press("Back to app").returned(); v.Get("error_subcode") != "cancel" {
		t.Errorf("returned %v", v)
	}
	newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN).sees("You have asked already")
	if err := s.Approve(t.Context(), adminUPN, hetkAppID, hetkScopes); err != nil {
		t.Fatal(err)
	}
	if one := reqs[0].Users[0]; one.Status != RequestCompleted || one.Reply != adminGranted {
		t.Errorf("after approval: %+v", one)
	}
}

func TestRefusalPages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, scenario, as string
		url                string
		sees               string
	}{
		{"app disabled", "disabled", userUPN, authorizeURL("contoso.example"), "AADSTS7000112: Application '" + hetkAppID + "'"},
		{"not assigned", "assignment-required", userUPN, authorizeURL("contoso.example"), "AADSTS50105"},
		{"unknown app", "managed-default", "", authorizeURL("contoso.example", "client_id", "11111111-2222-4333-8444-555555555555"), "AADSTS700016: Application with identifier '11111111-2222-4333-8444-555555555555' was not found in the directory 'Contoso'"},
		{"no app", "managed-default", "", authorizeURL("contoso.example", "client_id", ""), "AADSTS900144"},
		{"wrong redirect", "managed-default", "", authorizeURL("contoso.example", "redirect_uri", "https://evil.example/x"), "AADSTS50011: The redirect URI 'https://evil.example/x'"},
		{"redirect with credentials", "managed-default", "", authorizeURL("contoso.example", "redirect_uri", "http://localhost@evil.example/"), "AADSTS50011"},
		{"redirect is script", "managed-default", "", authorizeURL("contoso.example", "redirect_uri", "javascript:alert(1)"), "AADSTS50011"},
		{"unknown tenant", "managed-default", "", authorizeURL("nowhere.example"), "AADSTS90002: Tenant 'nowhere.example' not found."},
		{"no tenant name", "managed-default", "", authorizeURL("x'<script>"), "AADSTS900023"},
		{"v1 admin consent wants a tenant", "managed-default", "", "/common/adminconsent?client_id=" + hetkAppID, "AADSTS900023"},
		{"v2 admin consent wants a tenant", "managed-default", "", "/common/v2.0/adminconsent?client_id=" + hetkAppID + "&scope=User.Read&redirect_uri=" + url.QueryEscape(hetkBack), "AADSTS900023"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := startSim(t, tt.scenario)
			r := newRobot(t, s).open(tt.url)
			if tt.as != "" {
				r.signIn(tt.as)
			}
			r.sees("having trouble signing you in", tt.sees, "Simulated tenant", "Correlation Id")
			if r.status != 400 || r.left != nil {
				t.Errorf("status %d, left for %v", r.status, r.left)
			}
			if strings.Contains(r.body, "<script>") {
				t.Error("what was asked is on the page unescaped")
			}
		})
	}
}

func TestRefusalsGoToTheApp(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change []string
		err    string
		code   string
	}{
		{"no response type", []string{"response_type", ""}, "invalid_request", "AADSTS900144"},
		{"implicit token", []string{"response_type", "token"}, "unsupported_response_type", "AADSTS700051"},
		{"hybrid", []string{"response_type", "code id_token", "response_mode", "query"}, "unsupported_response_type", "AADSTS700054"},
		{"response mode", []string{"response_mode", "web_message"}, "invalid_request", "AADSTS70007"},
		{"prompt", []string{"prompt", "dance"}, "invalid_request", "AADSTS90023"},
		{"challenge method", []string{"code_challenge", strings.Repeat("a", 43), "code_challenge_method", "S512"}, "invalid_request", "AADSTS90023"},
		{"short challenge", []string{"code_challenge", "abc", "code_challenge_method", "S256"}, "invalid_request", "AADSTS50147"},
		{"claims", []string{"claims", "{"}, "invalid_request", "AADSTS90013"},
		{"no scope", []string{"scope", ""}, "invalid_request", "AADSTS900144"},
		{"unknown scope", []string{"scope", "openid Calendars.Dance"}, "invalid_client", "AADSTS650053"},
		{"unknown api", []string{"scope", "https://api.nowhere.example/User.Read"}, "invalid_resource", "AADSTS500011"},
		{"default and named", []string{"scope", "https://graph.microsoft.com/.default User.Read"}, "invalid_scope", "AADSTS70011"},
		{"silent without session", []string{"prompt", "none"}, "login_required", "AADSTS50058"},
	}
	s := startSim(t, "managed-default")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := newRobot(t, s).open(authorizeURL("contoso.example", tt.change...)).returned()
			if v.Get("error") != tt.err || !strings.HasPrefix(v.Get("error_description"), tt.code+": ") || v.Get("state") != "s1" {
				t.Errorf("returned %v", v)
			}
			for _, part := range []string{"Trace ID: ", "Correlation ID: ", "Timestamp: "} {
				if !strings.Contains(v.Get("error_description"), part) {
					t.Errorf("description lacks %q", part)
				}
			}
		})
	}
}

func TestSilentSignIn(t *testing.T) {
	t.Parallel()
	s := startSim(t, "allow-all")
	r := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN)
	none := authorizeURL("contoso.example", "prompt", "none")
	if v := r.open(none).returned(); v.Get("error") != "interaction_required" || !strings.HasPrefix(v.Get("error_description"), "AADSTS65001") {
		t.Errorf("before consent: %v", v)
	}
	if v := r.open(authorizeURL("contoso.example")).press("Accept").returned(); v.Get("code") == "" {
		t.Fatalf("consent: %v", v)
	}
	if v := r.open(none).returned(); v.Get("code") == "" {
		t.Errorf("after consent: %v", v)
	}
	if v := r.open(authorizeURL("contoso.example", "prompt", "none", "login_hint", adminUPN)).returned(); v.Get("error") != "login_required" {
		t.Errorf("another account: %v", v)
	}
	r.open(authorizeURL("contoso.example", "prompt", "select_account")).sees("Pick an account", "signed in")
	r.open(authorizeURL("contoso.example", "prompt", "consent")).sees("Permissions requested")
	r.open(authorizeURL("contoso.example", "prompt", "login", "login_hint", userUPN))
	if !strings.Contains(r.body, `value="`+userUPN+`"`) {
		t.Error("the hint is not in the form")
	}
}

func TestInsistingAppMeetsTheWallAgain(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	r := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN)
	if v := r.returned(); v.Get("code") == "" {
		t.Fatalf("returned %v", v)
	}
	r.open(authorizeURL("contoso.example", "prompt", "consent")).sees("Need admin approval")
}

func TestSignInForm(t *testing.T) {
	t.Parallel()
	s := startSim(t, "wrong-tenant")
	r := newRobot(t, s).open(authorizeURL("contoso.example"))
	r.press("Sign in").sees("Enter a user name")
	r.press("Sign in", "login", "nobody@contoso.example", "passwd", "x").sees(
		"AADSTS50034: The user account {EmailHidden} does not exist in the contoso.example directory. To sign into this application", "couldn't find an account",
	)
	newRobot(t, s).open(authorizeURL("organizations")).press("Sign in", "login", "ghost@fabrikam.example", "passwd", "x").sees("in the fabrikam.example directory")
	nameless := newRobot(t, s).open(authorizeURL("organizations")).press("Sign in", "login", "ghost", "passwd", "x").sees("couldn't find an account")
	if strings.Contains(nameless.body, "AADSTS") {
		t.Error("a directory was named for a name without one")
	}
	r.press("Sign in", "login", userUPN, "passwd", "wrong").sees("AADSTS50126", "password is incorrect")
	if r.status != 400 {
		t.Errorf("status %d", r.status)
	}
	s.world.mu.RLock()
	good := s.world.tenants[0].userByUPN(userUPN).Password
	s.world.mu.RUnlock()
	r.press("Sign in", "login", " USER@contoso.example ", "passwd", good).sees("Need admin approval")

	s.world.mu.RLock()
	other := s.world.tenants[1].Users[0]
	s.world.mu.RUnlock()
	newRobot(t, s).open(authorizeURL("contoso.example")).
		press("Sign in", "login", other.UPN, "passwd", other.Password).sees("AADSTS50020", other.UPN)
}

func TestDisabledAccount(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	s.world.mu.Lock()
	u := s.world.tenants[0].userByUPN(userUPN)
	u.Disabled = true
	s.world.mu.Unlock()
	newRobot(t, s).open(authorizeURL("contoso.example")).
		press("Sign in", "login", userUPN, "passwd", u.Password).sees("AADSTS50057")
}

// Another site, another browser, or a page kept open must not move a sign-in.
func TestFormsAreBound(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	victim := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(adminUPN)
	form, _ := victim.find("Accept")
	flow := ""
	for n := range form.Descendants() {
		if attr(n, "name") == "flow" {
			flow = attr(n, "value")
		}
	}
	if flow == "" {
		t.Fatal("the form has no secret")
	}
	steal := url.Values{"flow": {flow}, "do": {"accept"}, "everyone": {"on"}}
	newRobot(t, s).open("/devicelogin").post("/_signin/consent", steal).sees("This page is stale")
	newRobot(t, s).post("/_signin/consent", steal).sees("This page is stale")
	victim.post("/_signin/wall", steal).sees("This page is stale")
	if g := grantsOf(t, s, ""); len(g) != 0 {
		t.Fatalf("granted %v", g)
	}
	if v := victim.post("/_signin/consent", steal).returned(); v.Get("code") == "" {
		t.Fatalf("the owner's own post: %v", v)
	}
	victim.post("/_signin/consent", steal).sees("This page is stale")
}

func TestResponseModes(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	r := newRobot(t, s).open(authorizeURL("contoso.example", "response_mode", "fragment")).signIn(userUPN)
	if r.left == nil || r.left.RawQuery != "" || !strings.Contains(r.left.Fragment, "code=") {
		t.Errorf("fragment: %v", r.left)
	}
	r.open(authorizeURL("contoso.example", "response_mode", "form_post"))
	if r.status != 200 || !strings.Contains(r.body, `action="`+hetkBack+`"`) || !strings.Contains(r.body, `name="state" value="s1"`) {
		t.Errorf("form_post: %d\n%s", r.status, r.body)
	}
	csp := r.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "script-src 'nonce-") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	r.open(authorizeURL("contoso.example", "response_mode", ""))
	if v := r.returned(); v.Get("code") == "" {
		t.Errorf("query: %v", v)
	}
}
