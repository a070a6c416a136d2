package aadsts

import (
	"slices"
	"testing"
)

// second are texts of a second reading: walls of other services, of networks and
// of Microsoft's own doing, and what was taken for something else.
var second = []textCase{
	{"else slack 1", "Slack workspace: You need admin approval to install Hetk", NotEntra, SomebodyElse},
	{"else slack 2", "contoso.slack.com\nHetk needs admin approval. Request to install", NotEntra, SomebodyElse},
	{"else google 1", "Google Workspace: admin approval required for this app", NotEntra, SomebodyElse},
	{"else google 2", "Error 400: admin_policy_enforced\nPlease contact your Google Workspace administrator for more information", NotEntra, SomebodyElse},
	{"else google 3", "Access blocked: your institution's admin needs to review Hetk. accounts.google.com. Admin approval required", NotEntra, SomebodyElse},
	{"else okta", "contoso.okta.com: admin approval required. Your administrator must approve this application", NotEntra, SomebodyElse},
	{"else hubspot", "HubSpot: only a super admin can install apps, admin approval required", NotEntra, SomebodyElse},
	{"else dropbox 1", "Dropbox.com: your team admin has disabled this app", NotEntra, SomebodyElse},
	{"else dropbox 2", "Dropbox team: ask your team admin, the app was blocked by your admin", NotEntra, SomebodyElse},
	{"else github", "github.com/login/oauth: an organization owner needs to approve this app, request approval", NotEntra, SomebodyElse},
	{"else zoom", "This app requires admin approval. marketplace.zoom.us", NotEntra, SomebodyElse},
	{"else atlassian", "contoso.atlassian.net: an administrator must approve this application before you can use it", NotEntra, SomebodyElse},
	{"else salesforce", "login.salesforce.com: this app is blocked by admin. Your admin must approve this app", NotEntra, SomebodyElse},

	// The app may be called so.
	{"app zoom", "Need admin approval\nZoom\nZoom needs permission to access resources in your organization that only an admin can grant.", AdminConsentNeeded, TenantAdmin},
	{"app slack", "Need admin approval\nSlack\nslack.com\nSlack needs permission to access resources in your organization that only an admin can grant.", AdminConsentNeeded, TenantAdmin},
	{"app hubspot", "AADSTS90094: HubSpot.com needs admin approval", AdminConsentNeeded, TenantAdmin},
	{"app dropbox", "Genehmigung erforderlich\nDropbox\ndropbox.com\nDiese App erfordert die Genehmigung Ihres Administrators für:", AdminConsentNeeded, TenantAdmin},
	{"app github", "Microsoft 365 says admin approval required for github.com", AdminConsentNeeded, TenantAdmin},
	{"app google", "https://app.example/cb?error=access_denied&error_subcode=cancel&state=google.com", Ambiguous, User},
	{"app by the team", "I asked the IT team: admin approval is required, they say", AdminConsentNeeded, TenantAdmin},
	{"app booked", "could not book tables: need admin approval", AdminConsentNeeded, TenantAdmin},
	{"app salesforce", "Salesforce: need admin approval, it says", AdminConsentNeeded, TenantAdmin},
}

// TestElsewhere holds that a wall that may be another service's is never told as
// Microsoft's without a word of it, and the other way round.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	for _, c := range second {
		a := Parse(c.text)
		switch {
		case c.class == NotEntra:
			if a.Sure == High || len(a.Also) == 0 && c.name != "else google 2" && c.name != "else github" || slices.Contains(a.Also, NotEntra) || a.Path != NoPath || a.Why != whyForeign {
				t.Errorf("%s: %s, %s, also %v", c.name, a.Class, a.Sure, a.Also)
			}
		case c.name == "app salesforce":
			if a.Sure != Low || a.Also[0] != NotEntra {
				t.Errorf("%s: %s, also %v", c.name, a.Sure, a.Also)
			}
		case c.name == "app zoom" || c.name == "app slack" || c.name == "app dropbox":
			if a.Sure == None || a.Also[0] == NotEntra {
				t.Errorf("%s: %s, also %v", c.name, a.Sure, a.Also)
			}
		}
	}
}
