package sim

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func adminURL(version string, change ...string) string {
	q := url.Values{"client_id": {hetkAppID}, "redirect_uri": {hetkBack}, "state": {"s1"}}
	if version != "" {
		q.Set("scope", strings.Join(hetkScopes, " "))
	}
	for i := 0; i+1 < len(change); i += 2 {
		if change[i+1] == "" {
			q.Del(change[i])
			continue
		}
		q.Set(change[i], change[i+1])
	}
	return "/contoso.example" + version + "/adminconsent?" + q.Encode()
}

func TestAdminConsentLink(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"", "/v2.0"} {
		t.Run("version"+version, func(t *testing.T) {
			t.Parallel()
			s := startSim(t, "managed-default")
			r := newRobot(t, s).open(adminURL(version)).sees("review permissions for Hetk Calendar Sync").signIn(adminUPN)
			r.sees("Permissions requested", "Review for your organization", "Contoso", "Have full access to your calendars", "No one else will be prompted")
			v := r.press("Accept").returned()
			if v.Get("admin_consent") != "True" || v.Get("tenant") != s.world.tenants[0].ID || v.Get("state") != "s1" || v.Has("error") {
				t.Errorf("returned %v", v)
			}
			if got := v.Get("scope"); (version != "") != (got == strings.Join(hetkScopes, " ")) {
				t.Errorf("scope %q", got)
			}
			if g := grantsOf(t, s, ""); !sameSet(g, hetkScopes) {
				t.Errorf("granted %v", g)
			}
		})
	}
}

func TestAdminConsentRoles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		role     string
		appRoles bool
		may      bool
	}{
		{roleGlobalAdmin, false, true},
		{roleGlobalAdmin, true, true},
		{rolePrivilegedAdmin, true, true},
		{roleCloudAppAdmin, false, true},
		{roleCloudAppAdmin, true, false},
		{roleAppAdmin, false, true},
		{roleAppAdmin, true, false},
		{roleUserAdmin, false, false},
		{roleExchangeAdmin, false, false},
		{"", false, false},
	}
	for _, tt := range tests {
		name := roleName(tt.role)
		if tt.appRoles {
			name += " app roles"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startSim(t, "managed-default")
			s.world.mu.Lock()
			u := s.world.tenants[0].userByUPN(userUPN)
			if tt.role != "" {
				u.Roles = []string{tt.role}
			}
			if tt.appRoles {
				reg := s.world.registration(hetkAppID)
				reg.Required[0].Roles = []string{"Calendars.Read"}
			}
			s.world.mu.Unlock()
			r := newRobot(t, s).open(adminURL("")).signIn(userUPN)
			if !tt.may {
				r.sees("Need admin approval", "AADSTS90094")
				v := r.press("Return to the application").returned()
				if v.Get("error") != "access_denied" || v.Get("error_subcode") != "cancel" || v.Get("admin_consent") != "True" {
					t.Errorf("returned %v", v)
				}
				if len(grantsOf(t, s, "")) != 0 {
					t.Error("granted")
				}
				return
			}
			if v := r.press("Accept").returned(); v.Has("error") {
				t.Errorf("returned %v", v)
			}
			s.world.mu.RLock()
			defer s.world.mu.RUnlock()
			sp := s.world.tenants[0].serviceByAppID(hetkAppID)
			if got := len(sp.RoleGrants); got != map[bool]int{true: 1}[tt.appRoles] {
				t.Errorf("%d app roles", got)
			}
		})
	}
}

func TestAdminConsentCancelled(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	v := newRobot(t, s).open(adminURL("/v2.0")).signIn(adminUPN).press("Cancel").returned()
	if v.Get("error") != "access_denied" || !strings.HasPrefix(v.Get("error_description"), "AADSTS65004") || v.Get("admin_consent") != "True" || v.Get("state") != "s1" {
		t.Errorf("returned %v", v)
	}
	if len(grantsOf(t, s, "")) != 0 {
		t.Error("granted")
	}
}

// TestAdminConsentWithoutReply: consent lands, then the browser has nowhere to go.
func TestAdminConsentWithoutReply(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	s.world.mu.Lock()
	reg := s.world.registration(hetkAppID)
	reg.RedirectURIs, reg.AnyLoopback = nil, false
	s.world.mu.Unlock()
	newRobot(t, s).open(adminURL("", "redirect_uri", "")).signIn(adminUPN).press("Accept").sees("AADSTS500113")
	if g := grantsOf(t, s, ""); !sameSet(g, hetkScopes) {
		t.Errorf("granted %v", g)
	}
	newRobot(t, s).open(adminURL("", "redirect_uri", "https://evil.example/")).sees("AADSTS50011")
	newRobot(t, s).open(authorizeURL("contoso.example", "redirect_uri", "")).sees("AADSTS500113")
}

func TestAdminConsentTakesAwayWhatIsNotListed(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	s.world.mu.Lock()
	tenant, reg := s.world.tenants[0], s.world.registration(hetkAppID)
	err := s.world.grantEveryone(tenant, reg, map[string][]string{graphAppID: {"Mail.Read"}, exchangeAppID: {"EWS.AccessAsUser.All"}})
	s.world.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	// By named scopes nothing is lost.
	newRobot(t, s).open(adminURL("/v2.0")).signIn(adminUPN).lacks("takes these away").press("Accept").returned()
	if g := grantsOf(t, s, ""); !slices.Contains(g, "Mail.Read") {
		t.Errorf("v2 took Mail.Read away: %v", g)
	}
	newRobot(t, s).open(adminURL("")).signIn(adminUPN).sees("takes these away", "Mail.Read", "EWS.AccessAsUser.All").press("Accept").returned()
	if g := grantsOf(t, s, ""); !sameSet(g, hetkScopes) {
		t.Errorf("v1 left %v", g)
	}
}

func TestAdminConsentDefaultScope(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	v := newRobot(t, s).open(adminURL("/v2.0", "scope", "https://graph.microsoft.com/.default")).signIn(adminUPN).press("Accept").returned()
	if v.Get("scope") != "https://graph.microsoft.com/.default" {
		t.Errorf("returned %v", v)
	}
	if g := grantsOf(t, s, ""); !sameSet(g, hetkScopes) {
		t.Errorf("granted %v", g)
	}
	if v := newRobot(t, s).open(adminURL("/v2.0", "scope", "")).returned(); !strings.HasPrefix(v.Get("error_description"), "AADSTS900144") || v.Get("admin_consent") != "True" {
		t.Errorf("without scope: %v", v)
	}
}

func TestApprove(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	if err := s.Approve(t.Context(), userUPN, hetkAppID, hetkScopes); !errors.Is(err, ErrMayNotConsent) {
		t.Errorf("as a user: %v", err)
	}
	for name, err := range map[string]error{
		"no account": s.Approve(t.Context(), "x@y.example", hetkAppID, nil),
		"no app":     s.Approve(t.Context(), adminUPN, "nope", nil),
		"no scope":   s.Approve(t.Context(), adminUPN, hetkAppID, []string{"Calendars.Dance"}),
	} {
		if err == nil {
			t.Errorf("%s: approved", name)
		}
	}
	if len(grantsOf(t, s, "")) != 0 {
		t.Fatal("granted")
	}
	if err := s.Approve(t.Context(), adminUPN, hetkAppID, hetkScopes); err != nil {
		t.Fatal(err)
	}
	if g := grantsOf(t, s, ""); !sameSet(g, hetkScopes) {
		t.Errorf("granted %v", g)
	}
	if got := s.ConsentURL("contoso.example", hetkAppID, nil); got != s.LoginURL()+"/contoso.example/adminconsent?client_id="+hetkAppID {
		t.Errorf("link %s", got)
	}
}

// TestVendorApp walks the vendor's own pages: wall, approval, connected.
func TestVendorApp(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	link := func(r *robot) string {
		to := ""
		for n := range r.doc.Descendants() {
			if n.Data == "a" && strings.Contains(attr(n, "href"), "/authorize?") {
				to = attr(n, "href")
			}
		}
		return to
	}
	r := newRobot(t, s).open(s.AppURL(hetkAppID)).sees("Hetk Calendar Sync", "Connect your calendar")
	r.open(link(r)).signIn(userUPN).sees("Need admin approval").press("Return to the application").sees("could not connect", "access_denied", "cancel")
	if err := s.Approve(t.Context(), adminUPN, hetkAppID, nil); err != nil {
		t.Fatal(err)
	}
	r.open(s.AppURL(hetkAppID))
	r.open(link(r)).sees("Connected", userUPN)
	r.open(r.at.String()).sees("Start again").lacks("has connected")
	newRobot(t, s).open("/app/" + hetkAppID + "/callback?code=x&state=").sees("not the answer to a connection started")
}

// TestLanding: a person's browser is not sent to a host that cannot exist, a
// program is.
func TestLanding(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	r := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN)
	r.returned()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.LoginURL()+authorizeURL("contoso.example"), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Dest", "document")
	r.send(req).sees("hetk.example", "which a simulation does not have", "state=s1")
	if r.left != nil {
		t.Errorf("sent to %v", r.left)
	}
}
