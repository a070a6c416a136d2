package sim

import (
	"net/http"
	"slices"
	"strings"
)

// The real admin center names its pages behind the # of its address, which no
// browser sends: https://HOST/TENANT/#view/EXTENSION/BLADE/~/PAGE/objectId/ID. Such
// links lead here too. The entry page's one script puts what stands there into a
// path, which lasts through a sign-in and which a browser without scripts can be
// given as well: the same address without the #.

// viewPage is one page of the real admin center, and ours in its place. Microsoft
// documents none of these names [K: as they stand in the address bar].
type viewPage struct{ view, path string }

// Our pages by the names of Microsoft's. {app} is the enterprise app's object id,
// {client} its client id.
var viewPages = []viewPage{
	{"Microsoft_AAD_IAM/StartboardApplicationsMenuBlade", "/apps"},
	{"Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview", "/apps"},
	{"Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AccessRequests", "/requests"},
	{"Microsoft_AAD_IAM/ManagedAppMenuBlade", "/apps/{app}"},
	{"Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Overview", "/apps/{app}"},
	{"Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Properties", "/apps/{app}/properties"},
	{"Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Users", "/apps/{app}/users"},
	{"Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Permissions", "/apps/{app}/permissions"},
	{"Microsoft_AAD_IAM/ManagedAppMenuBlade/~/SignIns", "/signins?app={client}"},
	{"Microsoft_AAD_IAM/ManagedAppMenuBlade/~/AuditLogs", "/audit?app={app}"},
	{"Microsoft_AAD_IAM/ConsentPoliciesMenuBlade", "/consent"},
	{"Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/UserSettings", "/consent"},
	{"Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/AdminConsentSettings", "/consent/admin"},
	{"Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/PermissionClassifications", "/consent/classifications"},
	{"Microsoft_AAD_IAM/RolesManagementMenuBlade", "/roles"},
	{"Microsoft_AAD_IAM/RolesManagementMenuBlade/~/AllRoles", "/roles"},
	{"Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/aadmigratedroles", "/roles"},
	{"Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade", "/conditional-access"},
	{"Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies", "/conditional-access"},
}

// viewParts bounds what stands behind the #, by parts between its slashes; the
// entry page's script cuts what is longer.
const viewParts = 12

// viewDoors are the entry pages, of whichever tenant one signs in to and of a
// named one, and the paths that their script leads to.
func viewDoors() []door {
	out := []door{
		{http.MethodGet, "portal", (*Sim).portalEntry},
		{http.MethodGet, "portal/{}", (*Sim).portalTenant},
	}
	for n := range viewParts {
		path := "view" + strings.Repeat("/{}", n+1)
		out = append(out,
			door{http.MethodGet, "portal/" + path, inPortal((*Sim).portalView)},
			door{http.MethodGet, "portal/{}/" + path, (*Sim).portalTenantView})
	}
	return out
}

// portalEntry is the page that sends on to the page behind the #, or to the list
// of apps. It asks no sign-in: the form of one would lose what is behind the #.
func (s *Sim) portalEntry(c *visit) answer {
	return s.page(c, http.StatusOK, "portal-entry", portalEntryView{Apps: "/portal/apps"})
}

// portalTenant is the entry to the admin center of one tenant.
func (s *Sim) portalTenant(c *visit) answer {
	if _, refused := s.tenantAt(c.at, c.vars[0]); refused != nil {
		return s.noTenant(c, refused)
	}
	return s.page(c, http.StatusOK, "portal-entry", portalEntryView{Apps: "/portal/" + pathEscaped(c.vars[:1])[0] + "/view/" + viewPages[1].view})
}

type portalEntryView struct {
	Apps string // path of the list of apps
}

func (portalEntryView) title() string { return wordsPortal }

// noTenant refuses a tenant that is not there; what can be none is a path that
// nobody knows.
func (s *Sim) noTenant(c *visit, refused *refusal) answer {
	if !isGUID(c.vars[0]) && !looksLikeDomain(c.vars[0]) {
		return answer{status: http.StatusNotFound}
	}
	return s.asPage(c, refused)
}

// portalTenantView is portalView in one tenant: somebody who is in another one's
// signs in anew.
func (s *Sim) portalTenantView(c *visit) answer {
	t, refused := s.tenantAt(c.at, c.vars[0])
	if refused != nil {
		return s.noTenant(c, refused)
	}
	if in := s.session(c).portal; t != nil && (in == nil || in.tenant != t) {
		return s.accountPage(c, s.begin(c, &attempt{kind: forPortal, then: portalThen(c), tenant: t, pinned: true}), http.StatusOK, "", "")
	}
	c.vars = c.vars[1:]
	return inPortal((*Sim).portalView)(s, c)
}

// portalView is the page that stands for one of the real admin center's.
func (s *Sim) portalView(c *visit, who account) answer {
	asked := strings.Join(c.vars, "/")
	i := slices.IndexFunc(viewPages, func(p viewPage) bool {
		rest, ok := cutFold(asked, p.view)
		return ok && !strings.HasPrefix(rest, "/~/") && (rest == "" || rest[0] == '/')
	})
	if i < 0 {
		return s.portalNote(c, who, http.StatusNotFound, wordsNotFound, wordsNoView+" "+clip(asked))
	}
	path := viewPages[i].path
	if !strings.Contains(path, "{") {
		return portalTo(c, path, "")
	}
	sp := viewedApp(who.tenant, asked)
	if sp == nil {
		return s.noSuchApp(c, who)
	}
	return portalTo(c, strings.NewReplacer("{app}", sp.ID, "{client}", sp.AppID).Replace(path), "")
}

// viewedApp is the enterprise app that an address names, by its object id, else
// by its client id.
func viewedApp(t *Tenant, view string) *ServicePrincipal {
	named := map[string]string{}
	parts := strings.Split(view, "/")
	for i := 0; i+1 < len(parts); i++ {
		named[strings.ToLower(parts[i])] = parts[i+1]
	}
	if sp := t.serviceByID(named["objectid"]); sp != nil {
		return sp
	}
	return t.serviceByAppID(named["appid"])
}

// cutFold is strings.CutPrefix, whatever the case.
func cutFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
