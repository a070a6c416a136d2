package sim

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func portalAs(t *testing.T, s *Sim, upn, path string) *robot {
	t.Helper()
	return newRobot(t, s).open("/portal/" + path).sees("Simulated tenant").signIn(upn)
}

func hetkKey(t *testing.T, s *Sim) string {
	t.Helper()
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	sp := s.world.tenants[0].serviceByAppID(hetkAppID)
	if sp == nil {
		t.Fatal("no enterprise app")
	}
	return sp.ID
}

func TestPortalGrantsAndRevokes(t *testing.T) {
	t.Parallel()
	s := startSim(t, "one-user-grant")
	key := hetkKey(t, s)
	r := portalAs(t, s, adminUPN, "apps").sees("Enterprise applications", "Hetk Calendar Sync", "Simulated tenant").lacks("Microsoft Graph")
	r.open("/portal/apps/"+key+"/permissions").sees("Grant admin consent for Contoso", "No admin consented permissions", "User consent", "Calendars.ReadWrite")
	r.press("Grant admin consent for Contoso").sees("Permissions requested", "Review for your organization").press("Accept").
		sees("Successfully granted admin consent")
	if r.at.Path != "/portal/apps/"+key+"/permissions" {
		t.Errorf("at %s", r.at)
	}
	if g := grantsOf(t, s, ""); !sameSet(g, hetkScopes) {
		t.Fatalf("granted %v", g)
	}
	r.press("Revoke").sees("The permission was revoked.")
	if g := grantsOf(t, s, ""); len(g) != len(hetkScopes)-1 {
		t.Errorf("left %v", g)
	}
	for range hetkScopes[1:] {
		r.press("Revoke")
	}
	r.sees("No admin consented permissions")
	r.press("Grant admin consent").press("Cancel").lacks("Successfully")
	if g := grantsOf(t, s, ""); len(g) != 0 {
		t.Errorf("after cancel %v", g)
	}
}

func TestPortalProperties(t *testing.T) {
	t.Parallel()
	s := startSim(t, "disabled")
	key := hetkKey(t, s)
	r := portalAs(t, s, adminUPN, "apps/"+key).sees("Enabled for users to sign-in?", "Assignment required?")
	r.press("Save", "enabled", "yes", "assignment", "yes").sees("Saved.")
	s.world.mu.RLock()
	sp := s.world.tenants[0].serviceByID(key)
	enabled, assignment := sp.Enabled, sp.AssignmentRequired
	s.world.mu.RUnlock()
	if !enabled || !assignment {
		t.Errorf("enabled %v, assignment %v", enabled, assignment)
	}
	r.open("/portal/apps/" + key + "/users").sees("Assignment is required")
	r.press("Assign Sample").sees("Saved.", "Default Access").press("Remove Sample").lacks("Default Access")
	r.open("/portal/apps/nope").sees("no such enterprise application")
	if r.status != 404 {
		t.Errorf("status %d", r.status)
	}
}

func TestPortalConsentChoice(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	r := portalAs(t, s, adminUPN, "consent").sees("User consent settings", "Let Microsoft manage your consent settings")
	for _, choice := range []string{"none", "low", "all", "managed"} {
		r.press("Save", "choice", choice).sees("Saved.")
		s.world.mu.RLock()
		tenant := s.world.tenants[0]
		now, managed, kept := tenant.chosen(), tenant.Managed, slices.ContainsFunc(tenant.Assigned, func(e string) bool { return !isSelf(e) })
		s.world.mu.RUnlock()
		if now != choice || managed != (choice == "managed") || !kept {
			t.Errorf("%s: now %q, managed %v, owned kept %v", choice, now, managed, kept)
		}
	}
	r.press("Save", "choice", "dance").sees("Pick one of the four choices")
}

func TestPortalLocksOutThoseWithoutARole(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	key := hetkKey(t, s)
	before := grantsOf(t, s, "")
	r := portalAs(t, s, userUPN, "apps/"+key+"/permissions").sees("Consent for everyone needs an active")
	csrf := ""
	for n := range r.doc.Descendants() {
		if attr(n, "name") == "csrf" {
			csrf = attr(n, "value")
		}
	}
	s.world.mu.RLock()
	grant := s.world.tenants[0].Grants[0].ID
	user := s.world.tenants[0].userByUPN(userUPN).ID
	s.world.mu.RUnlock()
	for path, v := range map[string]url.Values{
		"/portal/apps/" + key:              {"enabled": {"no"}},
		"/portal/apps/" + key + "/revoke":  {"grant": {grant}},
		"/portal/apps/" + key + "/users":   {"who": {user}, "do": {"assign"}},
		"/portal/consent":                  {"choice": {"all"}},
		"/portal/apps/" + key + "/grant":   {},
		"/portal/apps/" + key + "/revoke?": {"grant": {grant}, "scope": {"User.Read"}},
	} {
		v.Set("csrf", csrf)
		if r.post(path, v); r.status != 403 && !strings.Contains(r.text(), "Need admin approval") {
			t.Errorf("%s: %d %s", path, r.status, r.text())
		}
		v.Set("csrf", "x")
		if r.post(path, v); r.status != 400 {
			t.Errorf("%s without the session's word: %d", path, r.status)
		}
	}
	if after := grantsOf(t, s, ""); !sameSet(before, after) {
		t.Errorf("grants changed: %v", after)
	}
	r.open("/portal").press("Sign out").sees("Pick an account")
}
