package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"onboard.example/checks"
	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// portalHeadings are how the headings of the simulated portal's pages end, by the
// page that a link of the real one names.
var portalHeadings = map[string]string{
	"AppAppsPreview": "All applications", "AccessRequests": "Admin consent requests",
	"Permissions": "Hetk Calendar Sync | Permissions", "Properties": "Hetk Calendar Sync | Properties", "Users": "Hetk Calendar Sync | Users and groups",
	"UserSettings": "User consent settings", "AdminConsentSettings": "Admin consent settings", "PermissionClassifications": "Permission classifications",
	"aadmigratedroles": "All roles", "AllRoles": "All roles", "Policies": "Conditional Access | Policies",
	"SignIns": "Sign-in logs", "AuditLogs": "Audit logs",
}

// Every link of the admin center that a step or a finding shows opens, in a
// browser, the page of the simulated one that the step speaks of: the first of
// them through the sign-in, and each once more by its path where scripts are off.
func TestPortalLinksLeadThere(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "disabled"})
	links := stepLinks(known(t, s, ""), s.LoginURL())
	if len(links) < 9 {
		t.Fatalf("%d links of steps: %v", len(links), links)
	}
	steps := len(links)
	for _, u := range findingLinks(t, s) {
		links[u] = "a finding"
	}
	if len(links) == steps {
		t.Fatal("no finding has a link of another form than a step's")
	}
	tab := chromium(t)
	first := true
	for u, where := range links {
		want := headingOf(t, u)
		see(t, tab, where, chromedp.Navigate(u))
		if first {
			first = false
			see(t, tab, where, chromedp.Click(`//button[contains(., "admin@contoso.example")]`, chromedp.NodeVisible))
		}
		see(t, tab, where+": "+u, chromedp.WaitVisible(fmt.Sprintf(`//h1[contains(normalize-space(.), %q)]`, want)))
		see(t, tab, where+" by its path: "+u, chromedp.Steps(
			chromedp.Navigate(strings.Replace(u, "#", "", 1)), chromedp.WaitVisible(fmt.Sprintf(`//h1[contains(normalize-space(.), %q)]`, want))))
	}
}

// stepLinks are the links into the portal of every step of every path, with the
// step that shows it.
func stepLinks(s flows.State, base string) map[string]string {
	out := map[string]string{}
	s.Login, s.Portal = base, base+"/portal"
	for _, p := range flows.Paths() {
		s.Path = p.ID
		for _, step := range p.Steps {
			s.Place = flows.Place{Stage: flows.StageSteps, Step: step.ID}
			for _, l := range flows.Links(s) {
				if l.ID != flows.LinkConsent {
					out[l.URL] = string(step.ID)
				}
			}
		}
	}
	return out
}

// findingLinks are the links into the portal of every finding about a tenant.
func findingLinks(t *testing.T, s *sim.Sim) []string {
	t.Helper()
	p, err := (&options{}).profile("hetk")
	if err != nil {
		t.Fatal(err)
	}
	ready := s.Ready()
	r := readerAs(t, s, "admin@"+ready.Tenants[0].Domain)
	var out []string
	subject := checks.Subject{
		App: p.App(), Domain: ready.Tenants[0].Domain, Cloud: checks.CloudPublic, Now: time.Now(), Look: &checks.Snapshot{},
		Login: s.LoginURL(), Portal: s.LoginURL() + "/portal",
	}
	checks.Run(t.Context(), subject, []checks.Reader{r}, nil, func(f checks.Finding) {
		if f.Fix != nil && strings.Contains(f.Fix.URL, "/#view/") {
			out = append(out, f.Fix.URL)
		}
	})
	return out
}

func headingOf(t *testing.T, link string) string {
	t.Helper()
	_, page, _ := strings.Cut(link, "/~/")
	page, _, _ = strings.Cut(page, "/")
	want, ok := portalHeadings[page]
	if !ok {
		t.Fatalf("%s names a page that no test expects", link)
	}
	return want
}

// chromium is a tab of a headless browser, for loopback alone.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("NO BROWSER TESTS: chromium is not installed")
	}
	// Every simulator has an authority of its own, so certificates are not looked at.
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.IgnoreCertErrors,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	alloc, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), opts...)
	tab, quit := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		if err := chromedp.Cancel(tab); err != nil {
			t.Logf("closing the browser: %v", err)
		}
		quit()
		stop()
	})
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return tab
}

// see does one thing in the browser, or says what stands there instead.
func see(t *testing.T, tab context.Context, what string, do chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, stop := context.WithTimeout(tab, 30*time.Second)
	defer stop()
	if _, err := chromedp.Run(ctx, do); err != nil {
		page, _ := chromedp.Run(tab, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
		t.Fatalf("%s: %v\n%s", what, err, page)
	}
}
