//go:build unix

package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"

	"onboard.example/checks/sim"
)

// TestWalks goes by keys alone through every path, from blocked to Verified: by
// hand, with somebody in the portal, and by Graph where the path has a plan.
func TestWalks(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(*testing.T){
		"direct-link":               walkDirectLink,
		"direct-link, heard of":     walkHeardOf,
		"direct-link, pasted":       walkPasted,
		"entra-grant by hand":       walkEntraGrant,
		"entra-grant by Graph":      walkEntraGrantPlan,
		"consent-requests by hand":  walkRequests,
		"consent-requests by Graph": walkRequestsPlan,
		"low-impact by hand":        walkLowImpact,
		"low-impact by Graph":       walkLowImpactPlan,
		"first-sign-in":             walkFirstSignIn,
		"allow-all by hand":         walkAllowAll,
		"allow-all by Graph":        walkAllowAllPlan,
		"app-policy by hand":        walkAppPolicy,
		"app-policy by Graph":       walkAppPolicyPlan,
		"pilot by hand":             walkPilot,
		"pilot by Graph":            walkPilotPlan,
		"dns-policy":                walkPolicyRecord,
		"after-approval":            walkAfterApproval,
		"revoke by hand":            walkRevoke,
		"revoke by Graph":           walkRevokePlan,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t)
		})
	}
}

func at(scenario string) sim.Options { return sim.Options{Scenario: scenario} }

// link is the consent link, as `l` prints it.
func (w *walk) link() string {
	w.t.Helper()
	w.key("l", "Enter returns to onboard.")
	link := w.tells("adminconsent?")
	w.key("\r", "Step 2 of 3")
	return link
}

func walkDirectLink(t *testing.T) {
	w := startWalk(t, at("managed-default"), "hetk").blocked("✗ Users are blocked: Microsoft's managed consent policy.")
	w.path("Open the consent link").key("\r", "Approve in your browser")
	handOf(t, w.world).open(w.link()).press(walkUser).sees("Need admin approval") // whose Accept is none
	handOf(t, w.world).open(w.link()).press(walkAdmin).sees("Review for your organization").press("Accept")
	w.finished(proofForAll).proven(proofSeen)
}

// ownApp is an app of the tenant's own whose consent page comes back to where onboard
// runs, and its profile.
const (
	ownApp     = "11111111-2222-4333-8444-555555555555"
	ownProfile = `id: own
name: Own Tool
publisher:
  name: Contoso
clientId: ` + ownApp + `
permissions:
  - scope: Calendars.ReadWrite
    why: read and write events
adminConsent:
  version: v2
  redirectUri: http://localhost/consented
`
)

// atOwnLink walks to the consent link of such an app, which nobody approved.
func atOwnLink(t *testing.T) *walk {
	t.Helper()
	o := at("admins-only")
	o.Register = []string{ownApp}
	w := startWalk(t, o, "own", "--apps", filepath.Dir(keep(t, "own.yaml", ownProfile)))
	w.client = ownApp
	w.waits(proofForAll) // as every registered app is: it is taken out first
	w.app(handOf(t, w.world), "/delete").press("Delete").sees("The enterprise application was deleted.")
	w.key("r", "✗ Users are blocked: user consent is off.").waits("p the ways out")
	return w.path("Open the consent link").onward("Approve in your browser").waits("this screen hears of it")
}

// led is where Microsoft's page sends an admin's browser who presses a button.
func (w *walk) led(button string) *url.URL {
	w.t.Helper()
	h := handOf(w.t, w.world).open(w.link()).press(walkAdmin).sees("Review for your organization").press(button)
	if h.left == nil || h.left.Hostname() != "localhost" || h.left.Query().Get("admin_consent") != "True" {
		w.t.Fatalf("the page leads to %v:\n%s", h.left, h.text())
	}
	return h.left
}

// walkHeardOf has the browser come back to this machine, once from a page that was
// left and once from one that was accepted: both are heard, and Graph has the last word.
func walkHeardOf(t *testing.T) {
	w := atOwnLink(t)
	for _, turn := range [][2]string{{"Cancel", "consent was not given by this page"}, {"Accept", "onboard heard that consent was given"}} {
		to := w.led(turn[0])
		back := &hand{t: t, base: "http://" + to.Host, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
		back.open(to.String()).sees(turn[1])
		if turn[0] == "Cancel" {
			w.waits("The consent page came back with an error: access_denied AADSTS65004")
		}
	}
	w.waits("Press enter.").onward(proofForAll).proven(proofSeen)
}

// walkPasted has the person paste where the browser ended, as over a connection to
// another machine.
func walkPasted(t *testing.T) {
	w := atOwnLink(t)
	w.types(t, "\x1b[200~"+w.led("Accept").String()+"\x1b[201~")
	w.waits("Taken: it counts as said").waits("Press enter.").onward(proofForAll).proven(proofSeen)
}

func walkEntraGrant(t *testing.T) {
	w := startWalk(t, at("admins-only"), "hetk").blocked("✗ Users are blocked: user consent is off.")
	w.path("Grant in the Entra admin center").option("By hand in the Entra admin center")
	h := handOf(t, w.world)
	w.app(h, "/permissions").press("Grant admin consent").press("Accept").sees("Successfully granted admin consent")
	w.finished(proofForAll).proven(proofSeen)
}

func walkEntraGrantPlan(t *testing.T) {
	w := startWalk(t, at("managed-default"), "hetk").blocked("✗ Users are blocked: Microsoft's managed consent policy.")
	w.path("Grant in the Entra admin center").byGraph(proofForAll, "POST /servicePrincipals", "POST /oauth2PermissionGrants").proven(proofSeen)
}

// asked has a user ask at the wall, and a reviewer approve in the portal.
func (w *walk) asked() *walk {
	w.t.Helper()
	user, admin := handOf(w.t, w.world), handOf(w.t, w.world)
	user.open("/app/" + w.client).press("Connect your calendar").press(walkUser).sees("Approval required")
	user.press("Request approval", "reason", "I plan with customers").sees("Request sent")
	w.key("r", "enter go on").onward("A reviewer approves")
	admin.portal(walkAdmin, "requests").press("Hetk Calendar Sync").sees("I plan with customers").press("Review permissions and consent").press("Accept")
	return w.finished(proofForAll)
}

func walkRequests(t *testing.T) {
	w := startWalk(t, at("admins-only"), "hetk").blocked("✗ Users are blocked")
	w.path("Let users ask, admins answer").option("Me").option("By hand in the Entra admin center").waits("Switch requests on")
	h := handOf(t, w.world).portal(walkAdmin, "consent/admin")
	h.press("Save", "enabled", "yes", "days", "30", "reviewer", h.value("Sample Admin")).sees("Saved.")
	w.finished("A user asks").asked().proven(proofSeen)
}

func walkRequestsPlan(t *testing.T) {
	w := startWalk(t, at("admins-only"), "hetk").blocked("✗ Users are blocked")
	w.path("Let users ask, admins answer").option("Me").byGraph("A user asks", "PUT /policies/adminConsentRequestPolicy").asked().proven(proofSeen)
}

func walkLowImpact(t *testing.T) {
	w := startWalk(t, at("low-impact"), "sophiie").blocked("✗ Users are blocked")
	w.path("User consent for low-impact permissions").option("By hand in the Entra admin center").key("\r", "classif")
	h := handOf(t, w.world).portal(walkAdmin, "consent/classifications/add?level=low&api=00000003-0000-0000-c000-000000000000&q=Mail.Send")
	h.press("Add permissions", "permission", h.value("Mail.Send")).sees("The permissions were classified.")
	w.finished(proofByUser).proven(proofSeen)
}

func walkLowImpactPlan(t *testing.T) {
	w := startWalk(t, at("low-impact"), "sophiie").blocked("✗ Users are blocked")
	w.path("User consent for low-impact permissions").byGraph(proofByUser, "classify Mail.Send of Microsoft Graph as Low").proven(proofSeen)
}

func walkFirstSignIn(t *testing.T) {
	w := startWalk(t, at("first-sign-in"), "revenue-grid").blocked("✗ Users are blocked")
	w.path("An admin signs in to the app")
	h := handOf(t, w.world).open("/app/" + w.client + "?prompt=consent").press("Connect your").press(walkAdmin)
	h.sees("Permissions requested").press("Accept", "everyone", "on")
	w.finished(proofForAll).proven(proofSeen)
}

// unbound is a profile of Hetk's that offers every path.
const unbound = `id: unbound
name: Hetk Calendar Sync
publisher:
  name: Hetk
clientId: 8dd90edb-c881-459a-ac84-2a1fee8c5c94
permissions:
  - scope: Calendars.ReadWrite
    why: read and write events
  - scope: User.Read
    why: whose calendar it is
`

func walkAllowAll(t *testing.T) {
	w := startWalk(t, at("admins-only"), "unbound", "--apps", filepath.Dir(keep(t, "unbound.yaml", unbound))).blocked("✗ Users are blocked: user consent is off.")
	w.path("Let users consent to any app").option("By hand in the Entra admin center")
	handOf(t, w.world).portal(walkAdmin, "consent").press("Save", "choice", "all").sees("Saved.")
	w.finished(proofByUser).proven(proofSeen)
}

func walkAllowAllPlan(t *testing.T) {
	w := startWalk(t, at("admins-only"), "unbound", "--apps", filepath.Dir(keep(t, "unbound.yaml", unbound))).blocked("✗ Users are blocked: user consent is off.")
	w.path("Let users consent to any app").byGraph(proofByUser, "PATCH /policies/authorizationPolicy", "microsoft-user-default-legacy").proven(proofSeen)
}

// walkAppPolicy is by hand in PowerShell: the portal makes no such policy. What
// its lines send is sent here.
func walkAppPolicy(t *testing.T) {
	w := startWalk(t, at("admins-only"), "hetk").blocked("✗ Users are blocked")
	w.path("A consent policy for this app alone").option("By hand")
	w.graph("POST", "/policies/permissionGrantPolicies", `{"id":"onboard-hetk-8dd90edb","displayName":"Hetk Calendar Sync","description":"x"}`)
	w.graph("POST", "/policies/permissionGrantPolicies/onboard-hetk-8dd90edb/includes", `{"permissionType":"delegated","clientApplicationIds":["`+w.client+`"]}`)
	w.graph("PATCH", "/policies/authorizationPolicy", `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.onboard-hetk-8dd90edb"]}}`)
	w.finished(proofByUser).proven(proofSeen)
}

func walkAppPolicyPlan(t *testing.T) {
	w := startWalk(t, at("admins-only"), "hetk").blocked("✗ Users are blocked")
	w.path("A consent policy for this app alone").byGraph(proofByUser, "POST /policies/permissionGrantPolicies").proven(proofSeen)
}

func walkPilot(t *testing.T) {
	w := startWalk(t, at("admins-only"), "hetk").blocked("✗ Users are blocked")
	w.path("A pilot first").says(walkUser, "By hand, or by Graph?").option("By hand in the Entra admin center").waits("Users and groups")
	h := handOf(t, w.world)
	w.app(h, "/users/add")
	h.press("Assign", "who", h.value("Sample User")).sees("Application assignment succeeded.")
	w.key("r", "enter go on").onward("Close the app")
	w.app(h, "/properties").press("Save", "enabled", "yes", "assignment", "yes").sees("Saved.")
	w.key("r", "enter go on").onward("Grant admin consent")
	w.app(h, "/permissions").press("Grant admin consent").press("Accept").sees("Successfully granted admin consent")
	w.finished("✓ Open for " + walkUser).proven(proofSeen)
}

func walkPilotPlan(t *testing.T) {
	w := startWalk(t, at("admins-only"), "hetk").blocked("✗ Users are blocked")
	w.path("A pilot first").says(walkUser, "By hand, or by Graph?").byGraph("✓ Open for "+walkUser, "POST /oauth2PermissionGrants").proven(proofSeen)
}

func walkPolicyRecord(t *testing.T) {
	w := startWalk(t, at("dns-absent"), "hetk").waits(proofForAll)
	w.others("Publish the vendor's DNS policy record")
	h := handOf(t, w.world).portal(walkAdmin, "dns")
	h.press("Add record", "name", "_hetk", "value", "v=hetk1; policy=private").sees("The record was added.")
	w.finished("✓ Published: every name server").proven()
}

func walkAfterApproval(t *testing.T) {
	w := startWalk(t, at("disabled"), "hetk").blocked("✗ Sign-in to the app is switched off in this tenant.")
	w.path("Approved, and still stopped").key("\r", "Switch the app's sign-in on")
	h := handOf(t, w.world)
	w.app(h, "/properties").press("Save", "enabled", "yes").sees("Saved.")
	w.finished("What stops them").onward("The user's own side").option("Yes").waits(proofForAll).proven(proofSeen)
}

// taken are the words of a proof that consent is gone.
const taken = "✓ Taken back: nothing that Hetk Calendar Sync was granted in contoso.example is left."

func walkRevoke(t *testing.T) {
	w := startWalk(t, at("revoke"), "hetk").waits(proofForAll)
	w.others("Take consent back").option("The grants alone").option("By hand in the Entra admin center")
	h := handOf(t, w.world)
	w.app(h, "/permissions")
	for range 5 {
		h.press("Revoke permission").sees("The permission was revoked.")
	}
	w.key("r", "enter go on").onward("Take back what users granted")
	var left struct{ Value []struct{ ID string } }
	if err := json.Unmarshal([]byte(w.graph("GET", "/servicePrincipals(appId='"+w.client+"')/oauth2PermissionGrants", "")), &left); err != nil {
		t.Fatal(err)
	}
	for _, g := range left.Value {
		w.graph("DELETE", "/oauth2PermissionGrants/"+g.ID, "")
	}
	w.finished(taken).proven(proofSeen)
}

func walkRevokePlan(t *testing.T) {
	w := startWalk(t, at("revoke"), "hetk").waits(proofForAll)
	w.others("Take consent back").option("The grants alone").byGraph(taken, "DELETE /oauth2PermissionGrants").proven(proofSeen)
}
