package sim

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// furnished is a tenant with something on every page of the portal.
func furnished(t *testing.T) *Sim {
	t.Helper()
	s := startSim(t, "managed-default")
	withWorkflow(t, s, adminUPN)
	askFor(t, s)
	if err := s.Approve(t.Context(), adminUPN, "5a1c0003-0000-4000-8000-0000000a71a5", nil); err != nil {
		t.Fatal(err)
	}
	blockApp(s)
	askForOther := newRobot(t, s).open("/app/5a1c0003-0000-4000-8000-0000000a71a5")
	askForOther.open(linkOf(t, askForOther, "Connect your calendar")).signIn(userUPN).sees("AADSTS53003")
	return s
}

// Every link of the portal leads somewhere, for an admin; for an ordinary user to
// a page or to the words that say why not.
func TestPortalHasNoDeadLinks(t *testing.T) {
	t.Parallel()
	s := furnished(t)
	for upn, least := range map[string]int{adminUPN: 35, userUPN: 15} {
		if n := crawl(t, s, upn); n < least {
			t.Errorf("%s came to %d pages only", upn, n)
		}
	}
}

// The portal of every scenario is whole.
func TestPortalOfEveryScenario(t *testing.T) {
	t.Parallel()
	all, err := Scenarios(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range all {
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			s := startSim(t, sc.Name)
			upn := adminUPN
			if !s.hasUser(upn) {
				upn = s.world.tenants[0].Users[0].UPN
			}
			crawl(t, s, upn)
		})
	}
}

// crawl follows every link of the portal and tells how many pages there were.
func crawl(t *testing.T, s *Sim, upn string) int {
	t.Helper()
	r := portalAs(t, s, upn, "apps")
	seen, todo := map[string]bool{}, []string{
		"/portal/apps", "/portal/requests?tab=all", "/portal/signins", "/portal/audit", "/portal/roles", "/portal/apps?type=all",
	}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		r.open(path)
		if r.status != 200 && r.status != 403 {
			t.Errorf("%s: %s answers %d", upn, path, r.status)
		}
		soundPage(t, path, r.doc)
		walk(r.doc, func(n *html.Node) {
			to := strings.TrimPrefix(attr(n, "href"), s.LoginURL())
			if n.Data == "a" && strings.HasPrefix(to, "/portal/") {
				todo = append(todo, to)
			}
		})
	}
	return len(seen)
}

// soundPage looks for what every page has: one heading, one place for its content,
// ids that are there once, the banner.
func soundPage(t *testing.T, path string, doc *html.Node) {
	t.Helper()
	count, ids := map[string]int{}, map[string]bool{}
	walk(doc, func(n *html.Node) {
		count[n.Data]++
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("%s: id %q is there twice", path, id)
			}
			ids[id] = true
		}
	})
	if count["h1"] != 1 || count["main"] != 1 || count["title"] != 1 || !strings.Contains(inner(doc), "Simulated tenant.") {
		t.Errorf("%s: %d headings, %d main, %d titles", path, count["h1"], count["main"], count["title"])
	}
}

// Whatever is posted to the portal, it answers with a page and stays up.
func TestPortalStandsJunk(t *testing.T) {
	t.Parallel()
	s := furnished(t)
	r := portalAs(t, s, adminUPN, "apps")
	s.world.mu.RLock()
	tenant := s.world.tenants[0]
	id := tenant.Requests[0].ID
	app := tenant.serviceByAppID("5a1c0003-0000-4000-8000-0000000a71a5").ID
	s.world.mu.RUnlock()
	long := strings.Repeat("ü", 250)
	for _, d := range portalDoors() {
		if d.methods != "POST" || d.path == "portal/signout" || strings.HasSuffix(d.path, "delete") {
			continue
		}
		key := app
		if strings.Contains(d.path, "requests") {
			key = id
		}
		path := "/" + strings.Replace(d.path, "{}", key, 1)
		r.open("/portal/apps")
		word := csrfOf(r)
		for _, junk := range []string{"", "x", long, "\x00\xff", "' or 1=1", "<script>"} {
			v := url.Values{"csrf": {word}}
			for _, name := range []string{
				"who", "grant", "scope", "choice", "enabled", "assignment", "days", "reviewer", "level", "api", "permission", "id", "do", "reason", "role", "mail",
			} {
				v[name] = []string{junk, junk}
			}
			r.post(path, v)
			if r.status >= 500 || r.status == 0 || !strings.Contains(r.text(), "Simulated tenant") {
				t.Errorf("%s with %.10q: %d", path, junk, r.status)
			}
		}
	}
	for _, q := range []string{"?q=" + url.QueryEscape(long), "?app=%00", "?tab=%ff", "?level=x", "?why=x", "?status=x", "?done=x", "?do=x", "?api=x"} {
		for _, path := range []string{"apps", "apps/" + app + "/permissions", "apps/" + app + "/review", "consent/classifications", "consent/classifications/add", "requests", "requests/" + id, "signins", "audit", "conditional-access"} {
			if r.open("/portal/" + path + q); r.status != 200 {
				t.Errorf("%s%.20s: %d", path, q, r.status)
			}
		}
	}
}

func TestPortalLogs(t *testing.T) {
	t.Parallel()
	s := furnished(t)
	r := portalAs(t, s, adminUPN, "signins").sees("53003")
	if r.open("/portal/signins?status=success").status != 200 {
		t.Errorf("status %d", r.status)
	}
	r.lacks("53003")
	r.open("/portal/signins?status=failure&q=nylas").sees("53003").open("/portal/signins?app=" + hetkAppID).lacks("53003")
	r.open("/portal/signins/nope").sees("There is no such line in the log.")
	r.open("/portal/audit?q=consent").sees("Consent to application", adminUPN).open("/portal/audit?q=nothing-of-this").sees("No activities found.")
	r.open("/portal/conditional-access").sees("Block unapproved calendar apps", "Block access", "Report-only", "Security defaults are on")
	r.open("/portal/conditional-access?app=" + hetkAppID).sees("Narrowed to what covers Hetk Calendar Sync")
	user := portalAs(t, s, userUPN, "apps")
	for _, path := range []string{"signins", "signins/x", "audit", "conditional-access"} {
		if user.open("/portal/"+path).sees("You don’t have access", "Active roles"); user.status != 403 {
			t.Errorf("%s: %d", path, user.status)
		}
	}
	s.world.mu.Lock()
	s.world.tenants[0].Premium = ""
	s.world.mu.Unlock()
	for _, path := range []string{"signins", "signins/x"} {
		r.open("/portal/" + path).sees("need an Entra ID P1 or P2 licence")
	}
	r.open("/portal/audit").sees("Consent to application")
}

func TestPortalKeepsGuestsOut(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	s.world.mu.Lock()
	s.world.tenants[0].userByUPN(userUPN).Guest = true
	s.world.mu.Unlock()
	if r := portalAs(t, s, userUPN, "apps").sees("Guests may not use"); r.status != 403 {
		t.Errorf("status %d", r.status)
	}
}

// TestPortalLeadsToTheApps: from the list, also to the app that the tenant has
// never met, and from the app's own page; Microsoft's have no such page.
func TestPortalLeadsToTheApps(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", withOwnClient)
	r := portalAs(t, s, adminUPN, "apps")
	apps := newRobot(t, s).open(linkOf(t, r, wordsVendors)).lacks("Microsoft Graph")
	for _, words := range []string{"Hetk Calendar Sync", "Registered app " + ownClient[:8]} {
		newRobot(t, s).open(linkOf(t, apps, words)).sees("Connect your calendar")
	}
	s.world.mu.RLock()
	graph := s.world.tenants[0].serviceByAppID(graphAppID).ID
	s.world.mu.RUnlock()
	r.open("/portal/apps/" + graph).sees("Permissions").lacks(wordsVendorPage)
	if err := s.Approve(t.Context(), adminUPN, hetkAppID, nil); err != nil {
		t.Fatal(err)
	}
	r.open("/portal/apps/" + hetkKey(t, s))
	newRobot(t, s).open(linkOf(t, r, wordsVendorPage)).sees("Connect your calendar", "Hetk Calendar Sync")
}
