package sim

import (
	"strings"
	"testing"
)

const viewOfApp = "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/"

// A link of the real admin center, with its # taken out, leads to the page here
// that stands for it, through the sign-in.
func TestPortalViewsByPath(t *testing.T) {
	t.Parallel()
	s := startSim(t, "one-user-grant")
	key := hetkKey(t, s)
	tail := "/objectId/" + key + "/appId/" + hetkAppID
	tenant := s.Outline().Tenants[0].ID
	for path, want := range map[string]struct{ at, heading string }{
		"view/Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview":                     {"/portal/apps", "Enterprise applications | All applications"},
		"view/microsoft_aad_iam/STARTBOARDApplicationsMenuBlade/~/AccessRequests/menuId~/null":        {"/portal/requests", "Admin consent requests"},
		"view/" + viewOfApp + "Properties" + tail:                                                     {"/portal/apps/" + key + "/properties", "Hetk Calendar Sync | Properties"},
		"view/" + viewOfApp + "Users/appId/" + hetkAppID:                                              {"/portal/apps/" + key + "/users", "Users and groups"},
		"view/Microsoft_AAD_IAM/ManagedAppMenuBlade" + tail:                                           {"/portal/apps/" + key, "Hetk Calendar Sync | Overview"},
		tenant + "/view/" + viewOfApp + "SignIns" + tail:                                              {"/portal/signins", "Sign-in logs"},
		"contoso.example/view/" + viewOfApp + "AuditLogs" + tail:                                      {"/portal/audit", "Audit logs"},
		"common/view/Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/aadmigratedroles":                {"/portal/roles", "All roles"},
		"view/Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/PermissionClassifications/x/y/z/1/2/3/4/5": {"/portal/consent/classifications", "Permission classifications"},
	} {
		r := newRobot(t, s).open("/portal/" + path).sees("Sign in").signIn(adminUPN).sees(want.heading)
		if r.at.Path != want.at {
			t.Errorf("%s: at %s, want %s", path, r.at, want.at)
		}
	}
}

// What has no place here says so, and what is nobody's tenant is refused.
func TestPortalViewsThatAreNotThere(t *testing.T) {
	t.Parallel()
	s := startSim(t, "one-user-grant")
	r := portalAs(t, s, adminUPN, "apps")
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"view/Microsoft_AAD_IAM/NoSuchBlade/~/Page":                                    {404, "no page in place of this one of Microsoft’s: Microsoft_AAD_IAM/NoSuchBlade/~/Page"},
		"view/" + viewOfApp + "NoSuchPage":                                             {404, "no page in place"},
		"view/" + viewOfApp + "PropertiesToo":                                          {404, "no page in place"},
		"view/%3Cscript%3E":                                                            {404, "<script>"},
		"view/" + viewOfApp + "Properties/objectId/nobody":                             {404, "no such enterprise application"},
		"view/" + viewOfApp + "Properties/objectId":                                    {404, "no such enterprise application"},
		"nobody.example":                                                               {400, "AADSTS90002"},
		"nobody.example/view/Microsoft_AAD_IAM/StartboardApplicationsMenuBlade":        {400, "AADSTS90002"},
		"what/view/Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview": {404, ""},
	} {
		if r.open("/portal/" + path).sees(want.says); r.status != want.status {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	if r.open("/portal/view/" + strings.Repeat("x/", viewParts+1)); r.status != 404 {
		t.Errorf("a long address: %d", r.status)
	}
}

// A link into one tenant is not answered from another.
func TestPortalViewsKeepToTheirTenant(t *testing.T) {
	t.Parallel()
	s := startSim(t, "wrong-tenant")
	first, second := s.Outline().Tenants[0], s.Outline().Tenants[1]
	r := portalAs(t, s, first.Users[0].UPN, "apps")
	r.open("/portal/"+second.ID+"/view/Microsoft_AAD_IAM/RolesManagementMenuBlade/~/AllRoles").sees("Sign in", second.Users[0].UPN).lacks(first.Users[0].UPN)
	if r.signIn(second.Users[0].UPN).sees("All roles", second.Domain); r.at.Path != "/portal/roles" {
		t.Errorf("at %s", r.at)
	}
	r.open("/portal/" + second.Domain + "/view/Microsoft_AAD_IAM/RolesManagementMenuBlade/~/AllRoles").sees("All roles")
}

// The entry page asks nobody to sign in, and says what to do without scripts.
func TestPortalEntry(t *testing.T) {
	t.Parallel()
	s := startSim(t, "one-user-grant")
	for path, to := range map[string]string{
		"/": "/portal/apps", "/portal": "/portal/apps", "/portal/": "/portal/apps",
		"/portal/contoso.example": "/portal/contoso.example/view/Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview",
	} {
		r := newRobot(t, s).open(path).sees("Simulated tenant", "Take the # out of the address")
		soundPage(t, path, r.doc)
		if link := strings.TrimPrefix(linkOf(t, r, "Enterprise applications"), s.LoginURL()); r.status != 200 || link != to {
			t.Errorf("%s: %d, leads to %s", path, r.status, link)
		}
		nonce, _, _ := strings.Cut(strings.SplitAfter(r.body, `<script nonce="`)[1], `"`)
		if csp := r.header.Get("Content-Security-Policy"); nonce == "" || !strings.HasSuffix(csp, "script-src 'nonce-"+nonce+"'") {
			t.Errorf("%s: nonce %q, policy %q", path, nonce, csp)
		}
		r.open(linkOf(t, r, "Enterprise applications")).signIn(adminUPN).sees("All applications")
	}
}
