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
	r.open("/portal/apps/"+key+"/permissions?tab=user").sees("Calendars.ReadWrite", "1 total user", "can’t be revoked here")
	r.open("/portal/apps/"+key+"/permissions").sees("Grant admin consent for Contoso", "No admin consented permissions")
	r.press("Grant admin consent for Contoso").sees("Permissions requested", "Review for your organization").press("Accept").
		sees("Successfully granted admin consent", "An administrator")
	if r.at.Path != "/portal/apps/"+key+"/permissions" {
		t.Errorf("at %s", r.at)
	}
	if g := grantsOf(t, s, ""); !sameSet(g, hetkScopes) {
		t.Fatalf("granted %v", g)
	}
	r.press("Revoke permission").sees("The permission was revoked.")
	if g := grantsOf(t, s, ""); len(g) != len(hetkScopes)-1 {
		t.Errorf("left %v", g)
	}
	for range hetkScopes[1:] {
		r.press("Revoke permission")
	}
	r.sees("No admin consented permissions")
	r.press("Grant admin consent").press("Cancel").lacks("Successfully")
	if g := grantsOf(t, s, ""); len(g) != 0 {
		t.Errorf("after cancel %v", g)
	}
}

func TestPortalSearchesApps(t *testing.T) {
	t.Parallel()
	s := startSim(t, "one-user-grant")
	r := portalAs(t, s, adminUPN, "apps?q=calendar").sees("1 application found", "Hetk Calendar Sync")
	r.open("/portal/apps?q=nobody").sees("0 applications found")
	r.open("/portal/apps?q=" + hetkAppID[:8]).sees("Hetk Calendar Sync")
	r.open("/portal/apps?type=microsoft").sees("Microsoft Graph").lacks("Hetk")
	r.open("/portal/apps?type=all").sees("Microsoft Graph", "Hetk")
	r.open("/portal/search?find=CONSENT").sees("User consent settings", "Admin consent requests").open("/portal/search?find=hetk").sees("1 result", "Hetk Calendar Sync")
	r.open("/portal/search").sees("Nothing found.").open("/portal/search?find=%3Cb%3E").sees("0 results", "<b>")
	r.open("/portal/apps/"+hetkKey(t, s)).sees("Hetk Calendar Sync | Overview", "✓ Hetk (verified)")
}

func TestPortalProperties(t *testing.T) {
	t.Parallel()
	s := startSim(t, "disabled")
	key := hetkKey(t, s)
	r := portalAs(t, s, adminUPN, "apps/"+key+"/properties").sees("Enabled for users to sign-in?", "Assignment required?")
	r.press("Save", "enabled", "yes", "assignment", "yes").sees("Saved.")
	s.world.mu.RLock()
	sp := s.world.tenants[0].serviceByID(key)
	enabled, assignment := sp.Enabled, sp.AssignmentRequired
	user := s.world.tenants[0].userByUPN(userUPN).ID
	s.world.mu.RUnlock()
	if !enabled || !assignment {
		t.Errorf("enabled %v, assignment %v", enabled, assignment)
	}
	r.open("/portal/apps/"+key+"/users").sees("Assignment is required", "No application assignments found")
	r.open("/portal/apps/" + key + "/users/add").press("Assign").sees("Pick at least one user or group.")
	r.press("Assign", "who", user).sees("Application assignment succeeded.", "Sample User", "Default Access")
	r.press("Remove assignment").sees("The assignment was removed.").lacks("Default Access")
	r.open("/portal/apps/" + key + "/delete").press("Delete").sees("The enterprise application was deleted.").lacks("Hetk")
	for _, page := range []string{"", "/properties", "/users", "/users/add", "/permissions", "/review", "/delete"} {
		r.open("/portal/apps/" + key + page).sees("no such enterprise application")
		if r.status != 404 {
			t.Errorf("%s: status %d", page, r.status)
		}
	}
}

func TestPortalAssignsGroupsWithALicence(t *testing.T) {
	t.Parallel()
	for premium, words := range map[string]string{"": "plan level", "P1": "Application assignment succeeded."} {
		s := startSim(t, "assignment-required")
		key := hetkKey(t, s)
		s.world.mu.Lock()
		tenant := s.world.tenants[0]
		tenant.Premium = premium
		tenant.Groups = append(tenant.Groups, &Group{ID: stableID("group", "pilot"), Name: "Pilot"})
		s.world.mu.Unlock()
		r := portalAs(t, s, adminUPN, "apps/"+key+"/users/add").sees("Pilot")
		r.press("Assign", "who", stableID("group", "pilot")).sees(words)
	}
}

func TestPortalReviewsPermissions(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	r := portalAs(t, s, userUPN, "apps").open("/portal/apps/" + hetkKey(t, s) + "/review").sees("Why do you want to review permissions")
	for why, words := range map[string]string{
		"control": "AppRoleAssignmentRequired", "less": "Remove-MgOauth2PermissionGrant", "suspicious": "AccountEnabled:$false", "malicious": "AccountEnabled:$false",
	} {
		r.open("/portal/apps/"+hetkKey(t, s)+"/review?why="+why).sees("What to do", words)
	}
	r.open("/portal/apps/" + hetkKey(t, s) + "/review?why=dance").lacks("What to do")
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
		mail := tenant.mailClients()
		s.world.mu.RUnlock()
		if now != choice || managed != (choice == "managed") || mail != (choice == "managed") || !kept {
			t.Errorf("%s: now %q, managed %v, mail %v, owned kept %v", choice, now, managed, mail, kept)
		}
	}
	r.press("Save", "choice", "dance").sees("Pick one of the four choices")
	r.open("/portal/consent").press("Save", "choice", "managed", "mail", "no")
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	if s.world.tenants[0].mailClients() {
		t.Error("mail clients stay")
	}
}

func TestPortalWorkflow(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	s.world.mu.RLock()
	user := s.world.tenants[0].userByUPN(userUPN)
	s.world.mu.RUnlock()
	r := portalAs(t, s, adminUPN, "consent/admin").sees("Users can request admin consent", "Cloud Application Administrator")
	r.press("Save", "enabled", "yes").sees("Pick at least one reviewer")
	for _, days := range []string{"0", "61", "x", ""} {
		r.press("Save", "enabled", "yes", "days", days, "reviewer", "/users/"+user.ID).sees("1 to 60 days")
	}
	r.press("Save", "enabled", "yes", "days", "14", "notify", "yes", "reviewer", "/users/"+user.ID).sees("Saved.", "Users: 1 selected")
	s.world.mu.RLock()
	wf := s.world.tenants[0].Workflow
	s.world.mu.RUnlock()
	if !wf.Enabled || wf.DurationDays != 14 || !wf.NotifyReviewers || !slices.Equal(wf.Reviewers, []string{"/users/" + user.ID}) {
		t.Errorf("workflow %+v", wf)
	}
}

func TestReviewersByEveryQuery(t *testing.T) {
	t.Parallel()
	u := &User{ID: "0000000a-0000-0000-0000-000000000001", Roles: []string{roleCloudAppAdmin}}
	tenant := &Tenant{Users: []*User{u}, Groups: []*Group{{ID: "0000000b-0000-0000-0000-000000000001", Members: []string{u.ID}}}}
	for query, want := range map[string]bool{
		reviewerQuery(kindUser, u.ID):                                true,
		"/v1.0/users/" + strings.ToUpper(u.ID):                       true,
		reviewerQuery(kindGroup, tenant.Groups[0].ID):                true,
		"/beta" + reviewerQuery(kindGroup, tenant.Groups[0].ID):      true,
		reviewerQuery(kindRole, roleCloudAppAdmin):                   true,
		reviewerQuery(kindRole, roleGlobalAdmin):                     false,
		reviewerQuery(kindUser, "0000000a-0000-0000-0000-000000002"): false,
		reviewerQuery(kindGroup, "nobody"):                           false,
		"":                                                           false,
	} {
		if got := tenant.reviews(u, []string{query}); got != want {
			t.Errorf("%q: %v", query, got)
		}
	}
}

func TestPortalClassifies(t *testing.T) {
	t.Parallel()
	s := startSim(t, "low-empty")
	s.world.mu.RLock()
	graph := s.world.registration(graphAppID)
	calendar, admin := graph.scope("Calendars.ReadWrite").ID, graph.scope("Directory.Read.All").ID
	s.world.mu.RUnlock()
	r := portalAs(t, s, adminUPN, "consent/classifications").sees("No permissions are classified here.", "Nearly every app asks for these")
	r.open("/portal/consent/classifications/add?level=low").sees("Select an API", "Microsoft Graph", "Office 365 Exchange Online")
	r.open("/portal/consent/classifications/add?level=low&api=" + graphAppID + "&q=calendars").sees("Calendars.ReadWrite").lacks("Mail.Send")
	r.press("Add permissions").sees("Pick at least one permission")
	r.press("Add permissions", "permission", admin).sees("no such permission that could be classified")
	r.press("Add permissions", "permission", calendar).sees("The permissions were classified.", "Have full access to your calendars")
	r.open("/portal/consent/classifications?level=medium").lacks("Have full access")
	r.open("/portal/consent/classifications").press("Remove").sees("The classification was removed.").lacks("Have full access")
}

// askFor lets the ordinary user ask for an app whose approval needs an admin.
func askFor(t *testing.T, s *Sim) {
	t.Helper()
	newRobot(t, s).open("/app/"+hetkAppID).open(connectLink(t, s)).signIn(userUPN).
		press("Request approval", "reason", "My calendar, please").sees("Request sent")
}

func connectLink(t *testing.T, s *Sim) string {
	t.Helper()
	return "/organizations/oauth2/v2.0/authorize?" + url.Values{
		"client_id": {hetkAppID}, "response_type": {"code"}, "redirect_uri": {hetkBack},
		"scope": {strings.Join(hetkScopes, " ")}, "state": {"x"},
	}.Encode()
}

func withWorkflow(t *testing.T, s *Sim, upn string) {
	t.Helper()
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	tenant := s.world.tenants[0]
	tenant.Workflow = Workflow{Enabled: true, DurationDays: 30, Reviewers: []string{"/users/" + tenant.userByUPN(upn).ID}}
}

func TestPortalAnswersRequests(t *testing.T) {
	t.Parallel()
	for do, want := range map[string]struct{ words, state, result string }{
		"approve": {"Successfully granted admin consent", "Approved", "Approved"},
		"deny":    {"The request was denied.", "Denied", "Denied"},
		"block":   {"The request was blocked.", "Denied", "Denied"},
	} {
		s := startSim(t, "managed-default")
		withWorkflow(t, s, adminUPN)
		askFor(t, s)
		s.world.mu.RLock()
		id := s.world.tenants[0].Requests[0].ID
		s.world.mu.RUnlock()
		r := portalAs(t, s, adminUPN, "requests").sees("My Pending", "Hetk Calendar Sync", "Pending")
		r.open("/portal/requests/"+id).sees("My calendar, please", "Sample User", "Calendars.ReadWrite")
		if do == "approve" {
			r.press("Review permissions and consent").sees("Review for your organization").press("Accept")
		} else {
			words := strings.ToUpper(do[:1]) + do[1:]
			r.open("/portal/requests/" + id + "?do=" + do).press(words).sees("Give a justification")
			r.press(words, "reason", "Not this one")
		}
		r.sees(want.words, want.state)
		r.open("/portal/requests").sees("No requests.").open("/portal/requests?tab=all").sees(want.state)
		s.world.mu.RLock()
		one := s.world.tenants[0].Requests[0].Users[0]
		sp := s.world.tenants[0].serviceByAppID(hetkAppID)
		s.world.mu.RUnlock()
		if one.Status != RequestCompleted || one.Result != want.result || do == "block" && (sp == nil || sp.Enabled) {
			t.Errorf("%s: %+v, %+v", do, one, sp)
		}
		r.open("/portal/requests/" + id).lacks("Review permissions and consent")
	}
}

// Who was no reviewer when a request was made has no say in it, whatever the
// role.
func TestPortalKeepsRequestsToTheirReviewers(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	withWorkflow(t, s, userUPN)
	askFor(t, s)
	withWorkflow(t, s, adminUPN)
	s.world.mu.RLock()
	id := s.world.tenants[0].Requests[0].ID
	s.world.mu.RUnlock()
	admin := portalAs(t, s, adminUPN, "requests").sees("No requests.")
	admin.open("/portal/requests?tab=all").sees("Hetk Calendar Sync")
	admin.open("/portal/requests/" + id).sees("Only a reviewer of this request")
	admin.post("/portal/requests/"+id, url.Values{"csrf": {csrfOf(admin)}, "do": {"deny"}, "reason": {"no"}}).sees("You don’t have access")
	user := portalAs(t, s, userUPN, "requests").sees("Hetk Calendar Sync")
	user.open("/portal/requests/" + id).press("Review permissions and consent").sees("Need admin approval")
	user.open("/portal/requests/"+id+"?do=deny").press("Deny", "reason", "no").sees("The request was denied.")
	user.post("/portal/requests/"+id, url.Values{"csrf": {csrfOf(user)}, "do": {"deny"}, "reason": {"no"}}).sees("answered already")
	user.open("/portal/requests/nope").sees("There is no such request.")
}

func csrfOf(r *robot) string {
	word := ""
	for n := range r.doc.Descendants() {
		if attr(n, "name") == "csrf" {
			word = attr(n, "value")
		}
	}
	return word
}

func TestPortalLocksOutThoseWithoutARole(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	key := hetkKey(t, s)
	before := grantsOf(t, s, "")
	r := portalAs(t, s, userUPN, "apps/"+key+"/permissions").sees("Consent for everyone needs an active")
	csrf := csrfOf(r)
	s.world.mu.RLock()
	grant := s.world.tenants[0].Grants[0].ID
	user := s.world.tenants[0].userByUPN(userUPN).ID
	s.world.mu.RUnlock()
	for path, v := range map[string]url.Values{
		"/portal/apps/" + key + "/properties": {"enabled": {"no"}},
		"/portal/apps/" + key + "/delete":     {},
		"/portal/apps/" + key + "/revoke":     {"grant": {grant}},
		"/portal/apps/" + key + "/users":      {"who": {user}},
		"/portal/apps/" + key + "/users/add":  {"who": {user}},
		"/portal/consent":                     {"choice": {"all"}},
		"/portal/consent/admin":               {"enabled": {"yes"}, "days": {"3"}},
		"/portal/consent/classifications":     {"id": {"x"}},
		"/portal/consent/classifications/add": {"api": {graphAppID}, "permission": {"x"}},
		"/portal/apps/" + key + "/grant":      {},
		"/portal/apps/" + key + "/revoke?":    {"grant": {grant}, "scope": {"User.Read"}},
	} {
		v.Set("csrf", csrf)
		r.post(path, v)
		denied := r.status == 403 && strings.Contains(r.text(), "You don’t have access")
		if !denied && !strings.Contains(r.text(), "Need admin approval") {
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
	r.open("/portal/apps").press("Sign out").sees("Pick an account")
}

func TestPortalRoles(t *testing.T) {
	t.Parallel()
	s := startSim(t, "pim-eligible")
	r := portalAs(t, s, "it@contoso.example", "roles").sees("Cloud Application Administrator (eligible", "Global Administrator")
	r.press("Activate").sees("activating asks for a reason")
	r.press("Activate", "role", roleGlobalAdmin, "reason", "x").sees("You don’t have access", "not eligible for that role")
	r.open("/portal/roles").press("Activate", "reason", "A ticket").sees("The role is active.").lacks("(eligible")
	r.open("/portal/apps/" + hetkKey(t, s) + "/permissions").press("Grant admin consent").sees("Permissions requested")
	r.open("/portal/roles/"+roleCloudAppAdmin).sees("Eligible assignments", "it@contoso.example")
	r.open("/portal/roles/nope").sees("There is no such role.")
}
