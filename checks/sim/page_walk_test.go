package sim

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Every path by which the wall is cleared, walked by hand: in the vendor's app,
// on the sign-in pages, and in the portal. What each walk looks at is judged by
// look.

// tale is a path with the scenario it begins in.
type tale struct {
	scenario string
	run      func(t *testing.T, b *chrome, s *Sim)
}

func TestWalks(t *testing.T) {
	t.Parallel()
	b := startChrome(t)
	var walked atomic.Int32
	tales := map[string]tale{
		"direct-link":          {"managed-default", walkDirectLink},
		"entra-grant":          {"one-user-grant", walkEntraGrant},
		"consent-requests":     {"managed-default", walkConsentRequests},
		"consent-refusals":     {"managed-default", walkConsentRefusals},
		"low-impact":           {"low-empty", walkLowImpact},
		"first-sign-in":        {"managed-default", walkFirstSignIn},
		"allow-all":            {"managed-default", walkAllowAll},
		"app-policy":           {"admins-only", walkAppPolicy},
		"pilot":                {"approved", walkPilot},
		"after-disabled":       {"disabled", walkDisabled},
		"after-access":         {"approved", walkAccess},
		"after-prompt-consent": {"approved", walkPromptConsent},
		"dns-policy":           {"dns-absent", walkRecord},
		"revoke":               {"approved", walkRevoke},
		"eligible":             {"pim-eligible", walkEligible},
		"no-role":              {"approved", walkNoRole},
		"device-code":          {"approved", walkDeviceCode},
		"second-factor":        {"approved", walkSecondFactor},
		"odd-pages":            {"approved", walkOddPages},
		"keyboard":             {"approved", walkKeyboard},
		"links":                {"one-user-grant", walkLinks},
	}
	t.Cleanup(func() {
		if int(walked.Load()) < len(tales) {
			return // only some were asked for, or one has failed
		}
		for _, name := range slices.Concat(sortedKeys(sheets), sortedKeys(portalSheets)) {
			if _, ok := b.kinds.Load(name); !ok {
				t.Errorf("nobody looked at the page %q", name)
			}
		}
	})
	for name, w := range tales {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.run(t, b, startSim(t, w.scenario))
			walked.Add(1)
		})
	}
}

const appPath = "/app/" + hetkAppID

// connect presses Connect in the app, as somebody who has not signed in.
func (p *person) connect(upn string) *person {
	p.t.Helper()
	return p.open(appPath).press("Connect your calendar").signIn(upn)
}

// again presses it once more, still signed in.
func (p *person) again() *person {
	p.t.Helper()
	return p.open(appPath).press("Connect your calendar")
}

func (p *person) portal(upn, path string) *person {
	p.t.Helper()
	return p.open("/portal/" + path).signIn(upn)
}

func walkDirectLink(t *testing.T, b *chrome, s *Sim) {
	user, admin := b.person(t, s, "user"), b.person(t, s, "admin")
	user.open("/app").sees("The vendors’ apps").look("apps").press("Hetk Calendar Sync").sees("Connect your calendar")
	user.open(appPath).look("app-start").press("Connect your calendar").sees("Pick an account").look("sign-in").signIn(userUPN)
	user.sees("Need admin approval").look("wall")
	user.press("Return to the application").sees("We could not connect your calendar", "access_denied").look("app-refused")
	admin.open(appPath).press("Approve for my organization").signIn(adminUPN)
	admin.sees("Review for your organization").look("admin-consent").press("Accept").sees("answer has come back").look("app-approved")
	user.again().sees("Your calendar is connected").look("app-connected")
}

func walkEntraGrant(t *testing.T, b *chrome, s *Sim) {
	admin, user := b.person(t, s, "admin"), b.person(t, s, "user")
	admin.portal(adminUPN, "apps").sees("Hetk Calendar Sync").look("portal-apps")
	admin.fill("q", "nobody").press("Search").sees("0 applications found").look("portal-apps-none")
	admin.fill("q", "hetk").press("Search").sees("1 application found").press("Hetk Calendar Sync").sees("Getting started").look("portal-overview")
	admin.press("Permissions").sees("No admin consented permissions").look("portal-permissions-none")
	admin.press("User consent").sees("1 total user").look("portal-permissions-user")
	admin.press("Admin consent").press("Grant admin consent for Contoso").sees("Review for your organization").press("Accept")
	admin.sees("Successfully granted admin consent", "Calendars.ReadWrite").look("portal-permissions")
	admin.press("Review permissions").sees("Why do you want to review").tick("I want to control").press("Show what to do").sees("AppRoleAssignmentRequired").look("portal-review")
	user.connect("other@contoso.example")
	if name := "other@contoso.example"; s.hasUser(name) {
		user.sees("Your calendar is connected")
	} else {
		user.sees("couldn't find an account").look("sign-in-problem").signIn(userUPN).sees("Your calendar is connected")
	}
	admin.open("/portal/audit").sees("Consent to application").look("portal-audit")
	admin.open("/portal/roles").sees("Cloud Application Administrator").look("portal-roles")
	admin.press("Global Administrator").sees("Active assignments", adminUPN).look("portal-role")
}

func (s *Sim) hasUser(upn string) bool {
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	_, u := s.world.userAnywhere(upn)
	return u != nil
}

// turnOn switches the workflow on in the portal, with the admin as reviewer.
func turnOn(admin *person) {
	admin.t.Helper()
	admin.portal(adminUPN, "apps").fill("find", "admin consent settings").press("to what is found")
	admin.sees("1 result").look("portal-search").press("Admin consent settings").sees("Who can review").answer("Users can request admin consent", "Yes")
	admin.press("Save").sees("Pick at least one reviewer").look("portal-workflow-problem")
	admin.tick("Sample Admin").answer("Users can request admin consent", "Yes").press("Save").sees("Saved.", "Users: 1 selected").look("portal-workflow")
}

func asksAdmin(user *person) {
	user.t.Helper()
	user.connect(userUPN).sees("Approval required").look("request-form").press("Request approval").sees("Say why you need this app")
	user.fill("reason", "I plan with customers all day").press("Request approval").sees("Request sent").look("request-sent")
}

func walkConsentRequests(t *testing.T, b *chrome, s *Sim) {
	user, admin := b.person(t, s, "user"), b.person(t, s, "admin")
	turnOn(admin)
	asksAdmin(user)
	user.press("Back to app").sees("We could not connect your calendar")
	admin.open("/portal/requests").sees("Hetk Calendar Sync", "Pending").look("portal-requests").press("Hetk Calendar Sync")
	admin.sees("I plan with customers all day").look("portal-request").press("Review permissions and consent")
	admin.sees("Review for your organization").press("Accept").sees("Successfully granted", "Approved").look("portal-request-approved")
	admin.open("/portal/requests").sees("No requests.").press("All (Preview)").sees("Approved").look("portal-requests-all")
	user.again().sees("Your calendar is connected")
}

func walkConsentRefusals(t *testing.T, b *chrome, s *Sim) {
	user, admin := b.person(t, s, "user"), b.person(t, s, "admin")
	turnOn(admin)
	asksAdmin(user)
	admin.open("/portal/requests").press("Hetk Calendar Sync").sees("Requested by")
	admin.press("Deny").sees("Users may ask for this app again").look("portal-request-deny")
	admin.fill("reason", "Use the calendar we have").leave("deny", chromedp.Click(chromedp.CSS("button.danger")))
	admin.sees("The request was denied.", "Use the calendar we have")
	user.again().sees("Approval required").fill("reason", "I still need it").press("Request approval").sees("Request sent")
	admin.open("/portal/requests").press("Hetk Calendar Sync").sees("I still need it").press("Block").sees("nobody can ask for it again")
	admin.fill("reason", "Not here").do("block", chromedp.Click(chromedp.CSS("button.danger")))
	admin.sees("The request was blocked.")
	user.again().sees("AADSTS7000112").look("sign-in-error")
}

func walkLowImpact(t *testing.T, b *chrome, s *Sim) {
	user, admin := b.person(t, s, "user"), b.person(t, s, "admin")
	user.connect(userUPN).sees("Need admin approval")
	admin.portal(adminUPN, "consent").sees("Select permissions to classify as low impact").look("portal-consent")
	admin.press("Select permissions to classify").sees("Nearly every app asks for these").look("portal-classes-none")
	admin.press("Yes, add selected permissions").sees("The permissions were classified.", "offline_access")
	admin.press("+ Add permissions").sees("Select an API").look("portal-classes-api").press("Microsoft Graph").sees("Delegated permissions").look("portal-classes-add")
	admin.fill("q", "calendar").press("Search").tick("Calendars.ReadWrite Have").look("portal-classes-found").press("Add permissions")
	admin.sees("The permissions were classified.", "Calendars.ReadWrite").look("portal-classes")
	user.again().sees("Permissions requested").look("consent").press("Accept").sees("Your calendar is connected")
}

func walkFirstSignIn(t *testing.T, b *chrome, s *Sim) {
	admin, user := b.person(t, s, "admin"), b.person(t, s, "user")
	admin.connect(adminUPN).sees("Permissions requested").look("consent-admin").tick("Consent on behalf of your organization")
	admin.press("Accept").sees("Your calendar is connected")
	user.connect(userUPN).sees("Your calendar is connected")
}

func walkAllowAll(t *testing.T, b *chrome, s *Sim) {
	admin, user := b.person(t, s, "admin"), b.person(t, s, "user")
	admin.portal(adminUPN, "consent").sees("Let Microsoft manage").tick("Allow user consent for apps").tick("Let Microsoft manage").press("Save").sees("Saved.")
	user.connect(userUPN).sees("Need admin approval")
	admin.do("allow all", chromedp.Click(chromedp.CSS(`input[name=choice][value=all]`)))
	admin.press("Save").sees("Saved.")
	user.again().sees("Permissions requested").press("Accept").sees("Your calendar is connected")
}

// A custom policy is made by Graph alone; the portal says that it is there.
func walkAppPolicy(t *testing.T, b *chrome, s *Sim) {
	admin, user := b.person(t, s, "admin"), b.person(t, s, "user")
	user.connect(userUPN).sees("Need admin approval")
	s.world.mu.Lock()
	tenant := s.world.tenants[0]
	tenant.Policies = append(tenant.Policies, &GrantPolicy{ID: "hetk-only", Name: "Hetk only", Includes: []*ConditionSet{{
		ID: "1", PermissionType: "delegated", ClientIDs: []string{hetkAppID}, Resource: "any",
	}}})
	tenant.Assigned = append(tenant.Assigned, selfPrefix+"hetk-only")
	s.world.mu.Unlock()
	admin.portal(adminUPN, "consent").sees("customised by Microsoft Graph or PowerShell").look("portal-consent-custom")
	user.again().sees("Permissions requested").press("Accept").sees("Your calendar is connected")
}

func walkPilot(t *testing.T, b *chrome, s *Sim) {
	admin, user := b.person(t, s, "admin"), b.person(t, s, "user")
	root := "apps/" + hetkKey(t, s)
	admin.portal(adminUPN, root+"/properties").sees("Assignment required?").look("portal-properties").answer("Assignment required?", "Yes").press("Save").sees("Saved.")
	user.connect(userUPN).sees("AADSTS50105")
	admin.press("Users and groups").sees("No application assignments found").look("portal-users-none").press("+ Add user/group")
	admin.sees("Sample User").look("portal-users-add").press("Assign").sees("Pick at least one user or group")
	admin.tick("Sample User").press("Assign").sees("Application assignment succeeded.", "Default Access").look("portal-users")
	user.again().sees("Your calendar is connected")
	admin.press("Remove assignment").sees("The assignment was removed.")
	user.again().sees("AADSTS50105")
}

func walkDisabled(t *testing.T, b *chrome, s *Sim) {
	admin, user := b.person(t, s, "admin"), b.person(t, s, "user")
	user.connect(userUPN).sees("AADSTS7000112")
	admin.portal(adminUPN, "apps/"+hetkKey(t, s)).sees("Sign-in is off").look("portal-overview-off").press("Properties")
	admin.answer("Enabled for users to sign-in?", "Yes").press("Save").sees("Saved.")
	user.again().sees("Your calendar is connected")
}

// blockApp is a Conditional Access policy that keeps everybody out of an app.
func blockApp(s *Sim) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	tenant := s.world.tenants[0]
	tenant.Premium = "P1"
	for i, state := range []string{"enabled", "enabledForReportingButNotEnforced"} {
		tenant.Access = append(tenant.Access, &AccessPolicy{
			ID: stableID("policy", state), CreatedAt: s.now(),
			Doc: map[string]any{
				"displayName": []string{"Block unapproved calendar apps", "Require multifactor authentication for everybody"}[i], "state": state,
				"conditions": map[string]any{
					"users":        map[string]any{"includeUsers": []any{"All"}},
					"applications": map[string]any{"includeApplications": []any{"All"}}, "clientAppTypes": []any{"all"},
				},
				"grantControls": map[string]any{"operator": "OR", "builtInControls": []any{[]string{"block", "mfa"}[i]}},
			},
		})
	}
}

func walkAccess(t *testing.T, b *chrome, s *Sim) {
	admin, user := b.person(t, s, "admin"), b.person(t, s, "user")
	user.connect(userUPN).sees("Your calendar is connected")
	blockApp(s)
	user.again().sees("AADSTS53003")
	admin.portal(adminUPN, "conditional-access").sees("Block unapproved calendar apps", "Report-only").look("portal-access")
	admin.open("/portal/signins").sees("53003", "Failure").look("portal-signins")
	admin.leave("open the newest", chromedp.Click(chromedp.CSS("tbody tr:first-child a")))
	admin.sees("Failure reason", "Block unapproved calendar apps").look("portal-signin")
}

// An app that asks with prompt=consent meets the wall although all is granted.
func walkPromptConsent(t *testing.T, b *chrome, s *Sim) {
	user := b.person(t, s, "user")
	user.connect(userUPN).sees("Your calendar is connected")
	user.open(appPath + "?prompt=consent").press("Connect your calendar").sees("Need admin approval")
}

func walkRevoke(t *testing.T, b *chrome, s *Sim) {
	admin, user := b.person(t, s, "admin"), b.person(t, s, "user")
	user.connect(userUPN).sees("Your calendar is connected")
	admin.portal(adminUPN, "apps/"+hetkKey(t, s)+"/permissions").sees("Revoke permission").press("Revoke permission Calendars.ReadWrite").sees("The permission was revoked.")
	user.again().sees("Need admin approval")
	admin.press("Properties").sees("Enabled for users").press("Delete").sees("Are you sure you want to delete").look("portal-delete").press("Delete")
	admin.sees("The enterprise application was deleted.", "0 applications found")
	user.again().sees("Need admin approval")
}

// A role that is only eligible is activated first.
func walkEligible(t *testing.T, b *chrome, s *Sim) {
	it := b.person(t, s, "it")
	it.portal("it@contoso.example", "apps/"+hetkKey(t, s)+"/permissions").sees("needs an active Cloud Application Administrator")
	it.press("Roles & admins").sees("Activate Cloud Application Administrator").look("portal-roles-eligible")
	it.fill("reason-"+roleCloudAppAdmin, "To approve the calendar app").press("Activate").sees("The role is active.")
	it.open("/portal/apps/" + hetkKey(t, s) + "/permissions").press("Grant admin consent").sees("Review for your organization").press("Accept").sees("Successfully granted")
}

// Somebody without a role sees what they may not do, and why.
func walkNoRole(t *testing.T, b *chrome, s *Sim) {
	user := b.person(t, s, "user")
	user.portal(userUPN, "apps/"+hetkKey(t, s)+"/permissions").sees("needs an active Cloud Application Administrator").look("portal-locked")
	user.open("/portal/signins").sees("have access", "Reports Reader").look("portal-no-access")
	user.open("/portal/consent").sees("lets a Global Administrator change this")
	user.press("Sign out").sees("Pick an account")
}

// A device's code is typed in on another machine.
func walkDeviceCode(t *testing.T, b *chrome, s *Sim) {
	r := newRobot(t, s).post("/contoso.example/oauth2/v2.0/devicecode", url.Values{"client_id": {hetkAppID}, "scope": {"User.Read"}})
	var codes deviceReply
	if err := json.Unmarshal([]byte(r.body), &codes); err != nil {
		t.Fatal(err)
	}
	user := b.person(t, s, "user")
	user.open("/devicelogin").look("device").fill("otc", "WRONGCODE").press("Allow access").sees("That code didn't work")
	user.fill("otc", codes.UserCode).press("Allow access").signIn(userUPN).sees("Are you trying to sign in").look("device-confirm")
	user.press("Continue").sees("You have signed in to the application on your device").look("note")
}

// A policy that wants a second factor is met on the way.
func walkSecondFactor(t *testing.T, b *chrome, s *Sim) {
	blockApp(s)
	s.world.mu.Lock()
	policies := s.world.tenants[0].Access
	policies[0].Doc["state"], policies[1].Doc["state"] = "disabled", "enabled"
	s.world.mu.Unlock()
	user := b.person(t, s, "user")
	user.connect(userUPN).sees("Approve sign in request").look("factor").press("Approve").sees("Your calendar is connected")
}

// Pages off the paths: the look-up of a code, the redirect that leads nowhere,
// the one that carries an answer by form, a message of the portal.
func walkOddPages(t *testing.T, b *chrome, s *Sim) {
	user := b.person(t, s, "user")
	user.open("/error?code=90094").sees("Error lookup", "90094").look("lookup")
	user.open("/error?code=7").sees("never answers with the code").look("lookup-unknown")
	user.open(authorizeURL("contoso.example")).signIn(userUPN).sees("which a simulation does not have").look("landing")
	user.open("/portal/apps").signIn(userUPN).open("/portal/apps/nope").sees("no such enterprise application").look("portal-note")
	r := newRobot(t, s).open(authorizeURL("contoso.example") + "&response_mode=form_post").signIn(userUPN).sees("Press Continue")
	user.still(r.body).sees("Press Continue").look("post")
}

// still shows a page whose script would leave it at once, without the script.
func (p *person) still(body string) *person {
	p.t.Helper()
	before, after, _ := strings.Cut(body, "<script")
	_, after, _ = strings.Cut(after, "</script>")
	p.do("show the page", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		tree, err := cdp.Call(ctx, target, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, target, page.SetDocumentContent, page.SetDocumentContentParams{FrameID: tree.FrameTree.Frame.ID, HTML: before + after})
		return err
	}))
	return p
}

// The real admin center's links name their page behind the #: each leads to the
// page here, whether somebody has signed in or not.
func walkLinks(t *testing.T, b *chrome, s *Sim) {
	admin, iam := b.person(t, s, "admin"), "/#view/Microsoft_AAD_IAM/"
	app := "/objectId/" + hetkKey(t, s) + "/appId/" + hetkAppID
	admin.open("/portal" + iam + "ManagedAppMenuBlade/~/Properties" + app).signIn(adminUPN).sees("Hetk Calendar Sync | Properties")
	admin.open("/portal/" + s.Outline().Tenants[0].ID + iam + "ConsentPoliciesMenuBlade/~/AdminConsentSettings").sees("Consent and permissions | Admin consent settings")
	admin.open(iam + "ManagedAppMenuBlade/~/Permissions/preferredSingleSignOnMode~/null" + app + "?x=y#z").sees("Hetk Calendar Sync | Permissions")
	admin.open("/portal/").sees("All applications").open("/portal/contoso.example").sees("All applications")
	admin.open("/portal/#view/").sees("All applications").open("/portal/#%zz/../<b>").sees("no page in place of this one of Microsoft’s: %zz/%3Cb%3E")
	admin.open("/portal" + iam + "NoSuchBlade/~/Page").sees("no page in place of this one of Microsoft’s: Microsoft_AAD_IAM/NoSuchBlade/~/Page").look("portal-no-view")
	if path := admin.open("/portal" + iam + "RolesManagementMenuBlade/~/AllRoles").sees("All roles").at(); path != "/portal/roles" {
		t.Errorf("at %s", path)
	}
	r := newRobot(t, s).open("/portal/")
	b.person(t, s, "no scripts").open("/portal/apps").still(r.body).sees("Take the # out").look("portal-entry")
}

// Everything can be done from the keyboard: the first stop skips to the content,
// and a choice is made and saved without a mouse.
func walkKeyboard(t *testing.T, b *chrome, s *Sim) {
	admin := b.person(t, s, "admin")
	admin.portal(adminUPN, "consent").sees("User consent settings")
	admin.do("skip", chromedp.KeyEvent(kb.Tab))
	if got := admin.focused(); got != "Skip to main content" {
		t.Errorf("the first stop is %q", got)
	}
	admin.picture("skip-link")
	admin.do("enter", chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Tab))
	if got := admin.focused(); got != "Save" {
		t.Errorf("after the skip the first stop is %q", got)
	}
	admin.do("choose", chromedp.Focus(chromedp.CSS(`input[name=choice][checked]`)), chromedp.KeyEvent(kb.ArrowDown))
	admin.leave("save", chromedp.KeyEvent(kb.Enter)) // the next page is whole, with its style
	admin.sees("Saved.")
	if admin.at() != "/portal/consent" {
		t.Errorf("at %s", admin.at())
	}
	admin.do("go on", chromedp.Focus(chromedp.CSS("main button")), chromedp.KeyEvent(kb.Tab))
	if got := read(admin, "look for the focus", chromedp.Evaluate[string](`getComputedStyle(document.activeElement).outlineStyle`)); got != "solid" {
		t.Errorf("the focus is drawn %q", got)
	}
}

func (p *person) focused() string {
	p.t.Helper()
	return read(p, "ask for the focus", chromedp.Evaluate[string](`document.activeElement.innerText`))
}
