package sim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Enterprise applications: the list, and one of them with its switches and the
// people assigned to it.

type portalAppView struct {
	Key, ObjectID, AppID, Name, Publisher, Created string
	Verified, Enabled, Assignment, Registered      bool
	Microsoft                                      bool
	Stopped                                        string // why it is off beyond the switch
}

func (s *Sim) portalAppView(sp *ServicePrincipal) portalAppView {
	v := portalAppView{
		Key: sp.ID, ObjectID: sp.ID, AppID: sp.AppID, Name: sp.Name, Enabled: sp.Enabled, Assignment: sp.AssignmentRequired,
		Publisher: wordsUnverified, Created: sp.CreatedAt.UTC().Format(time.DateOnly),
	}
	if reg := s.world.registration(sp.AppID); reg != nil {
		v.Registered, v.Microsoft = true, reg.FirstParty
	}
	if sp.Publisher != nil {
		v.Publisher, v.Verified = sp.Publisher.Name, true
	}
	switch {
	case sp.DisabledByMS != "" && sp.DisabledByMS != "NotDisabled":
		v.Stopped = wordsDisabledByMS
	case sp.Deactivated != nil && *sp.Deactivated:
		v.Stopped = wordsDeactivated
	}
	return v
}

type portalAppsView struct {
	portalFrame
	Query, Type string
	Apps        []portalAppView
}

// The application types of the list's filter.
const (
	typeEnterprise = "enterprise"
	typeMicrosoft  = "microsoft"
	typeAll        = "all"
)

// portalApps lists the enterprise applications. Microsoft's own are left out, as
// the real list's default filter does.
func (s *Sim) portalApps(c *visit, who account) answer {
	v := portalAppsView{
		portalFrame: s.frame(c, who, bladeApps, wordsAppsPage, "All applications"),
		Query:       strings.TrimSpace(clip(c.get("q"))), Type: oneOf(c.get("type"), typeEnterprise, typeMicrosoft, typeAll),
	}
	q := strings.ToLower(v.Query)
	for _, sp := range who.tenant.Services {
		app := s.portalAppView(sp)
		if v.Type == typeEnterprise && app.Microsoft || v.Type == typeMicrosoft && !app.Microsoft {
			continue
		}
		if strings.Contains(strings.ToLower(sp.Name), q) || strings.HasPrefix(strings.ToLower(sp.AppID), q) || strings.HasPrefix(sp.ID, q) {
			v.Apps = append(v.Apps, app)
		}
	}
	slices.SortStableFunc(v.Apps, func(a, b portalAppView) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return s.page(c, http.StatusOK, "portal-apps", v)
}

// appFrame begins the view of one app's page; ok is false if the tenant has no
// such app.
func (s *Sim) appFrame(c *visit, who account, tab string) (*ServicePrincipal, portalFrame, bool) {
	sp := who.tenant.serviceByID(c.vars[0])
	if sp == nil {
		return nil, portalFrame{}, false
	}
	f := s.frame(c, who, bladeApp, sp.Name, tab)
	app := s.portalAppView(sp)
	f.App, f.Kind = &app, "Enterprise Application"
	if tab != wordsOverview {
		f.Crumbs = append(f.Crumbs, crumb{"/portal/apps/" + sp.ID, sp.Name})
	}
	return sp, f, true
}

func (s *Sim) noSuchApp(c *visit, who account) answer {
	return s.portalNote(c, who, http.StatusNotFound, wordsNotFound, wordsNoSuchApp)
}

// portalOverview is an app's first page.
func (s *Sim) portalOverview(c *visit, who account) answer {
	_, f, ok := s.appFrame(c, who, wordsOverview)
	if !ok {
		return s.noSuchApp(c, who)
	}
	return s.page(c, http.StatusOK, "portal-overview", portalOverviewView{f})
}

type portalOverviewView struct{ portalFrame }

type portalPropertiesView struct {
	portalFrame
	SignInURL string
	Replies   []string
}

// portalProperties is an app's Properties.
func (s *Sim) portalProperties(c *visit, who account) answer {
	sp, f, ok := s.appFrame(c, who, wordsProperties)
	if !ok {
		return s.noSuchApp(c, who)
	}
	f.lock(who, appWriters, wordsNeedAppAdmin)
	v := portalPropertiesView{portalFrame: f, SignInURL: "https://launcher.myapps.microsoft.com/api/signin/" + sp.AppID + "?tenantId=" + who.tenant.ID}
	if reg := s.world.registration(sp.AppID); reg != nil {
		v.Replies = reg.RedirectURIs
	}
	return s.page(c, http.StatusOK, "portal-properties", v)
}

// portalSaveApp saves the two switches of Properties.
func (s *Sim) portalSaveApp(c *visit, who account) answer {
	sp, _, ok := s.appFrame(c, who, wordsProperties)
	switch {
	case !ok:
		return s.noSuchApp(c, who)
	case !who.user.hasRole(appWriters...):
		return s.noAccess(c, who, wordsNeedAppAdmin)
	}
	enabled, assignment := c.body.Get("enabled") == "yes", c.body.Get("assignment") == "yes"
	var changes []AuditChange
	if enabled != sp.Enabled {
		changes = append(changes, changed("AccountEnabled", sp.Enabled, enabled))
	}
	if assignment != sp.AssignmentRequired {
		changes = append(changes, changed("AppRoleAssignmentRequired", sp.AssignmentRequired, assignment))
	}
	sp.Enabled, sp.AssignmentRequired = enabled, assignment
	s.audit(who, "Update service principal", "Update", AuditTarget{ID: sp.ID, Name: sp.Name, Kind: "ServicePrincipal", Changes: changes})
	return portalTo(c, "/apps/"+sp.ID+"/properties", "saved")
}

type portalDeleteView struct{ portalFrame }

// portalDelete asks once more.
func (s *Sim) portalDelete(c *visit, who account) answer {
	_, f, ok := s.appFrame(c, who, wordsDelete)
	switch {
	case !ok:
		return s.noSuchApp(c, who)
	case f.App.Microsoft:
		return s.portalNote(c, who, http.StatusForbidden, f.App.Name, wordsFirstParty)
	}
	f.lock(who, appWriters, wordsNeedAppAdmin)
	f.Tab = wordsProperties
	return s.page(c, http.StatusOK, "portal-delete", portalDeleteView{f})
}

// portalDeleted takes the app out of the tenant, with its grants and assignments.
func (s *Sim) portalDeleted(c *visit, who account) answer {
	sp, f, ok := s.appFrame(c, who, wordsDelete)
	switch {
	case !ok:
		return s.noSuchApp(c, who)
	case !who.user.hasRole(appWriters...):
		return s.noAccess(c, who, wordsNeedAppAdmin)
	case f.App.Microsoft:
		return s.portalNote(c, who, http.StatusForbidden, f.App.Name, wordsFirstParty)
	}
	s.world.removeService(who.tenant, sp)
	s.audit(who, "Remove service principal", "Delete", AuditTarget{ID: sp.ID, Name: sp.Name, Kind: "ServicePrincipal"})
	return portalTo(c, "/apps", "deleted")
}

type portalUsersView struct {
	portalFrame
	Query  string
	People []portalPerson
	NoP1   bool
}

type portalPerson struct{ ID, Name, UPN, Kind string }

// portalUsers is an app's Users and groups: who is assigned.
func (s *Sim) portalUsers(c *visit, who account) answer {
	sp, f, ok := s.appFrame(c, who, wordsUsersPage)
	if !ok {
		return s.noSuchApp(c, who)
	}
	f.lock(who, appWriters, wordsNeedAppAdmin)
	v := portalUsersView{portalFrame: f}
	v.People = directory(who.tenant, func(id string) bool { return slices.Contains(sp.Assigned, id) })
	return s.page(c, http.StatusOK, "portal-users", v)
}

// directory lists users, then groups, that a page wants.
func directory(t *Tenant, want func(id string) bool) []portalPerson {
	var out []portalPerson
	for _, u := range t.Users {
		if want(u.ID) {
			out = append(out, portalPerson{u.ID, u.Name, u.UPN, "User"})
		}
	}
	for _, g := range t.Groups {
		if want(g.ID) {
			out = append(out, portalPerson{g.ID, g.Name, "", "Group"})
		}
	}
	return out
}

// portalAddUsers is Add user/group: everybody who is not assigned yet.
func (s *Sim) portalAddUsers(c *visit, who account) answer {
	sp, f, ok := s.appFrame(c, who, wordsAddUsers)
	if !ok {
		return s.noSuchApp(c, who)
	}
	return s.addUsersPage(c, who, sp, f, http.StatusOK)
}

func (s *Sim) addUsersPage(c *visit, who account, sp *ServicePrincipal, f portalFrame, status int) answer {
	f.lock(who, appWriters, wordsNeedAppAdmin)
	f.Tab = wordsUsersPage
	f.Crumbs = append(f.Crumbs, crumb{"/portal/apps/" + sp.ID + "/users", wordsUsersPage})
	v := portalUsersView{portalFrame: f, Query: strings.TrimSpace(clip(c.get("q"))), NoP1: who.tenant.Premium == ""}
	for _, one := range directory(who.tenant, func(id string) bool { return !slices.Contains(sp.Assigned, id) }) {
		q := strings.ToLower(v.Query)
		if strings.Contains(strings.ToLower(one.Name), q) || strings.Contains(strings.ToLower(one.UPN), q) {
			v.People = append(v.People, one)
		}
	}
	return s.page(c, status, "portal-add-users", v)
}

// portalAssign assigns users and groups. Groups need a licence (entra-facts §2).
func (s *Sim) portalAssign(c *visit, who account) answer {
	sp, f, ok := s.appFrame(c, who, wordsAddUsers)
	switch {
	case !ok:
		return s.noSuchApp(c, who)
	case !who.user.hasRole(appWriters...):
		return s.noAccess(c, who, wordsNeedAppAdmin)
	}
	picked := c.body["who"]
	if len(picked) == 0 {
		f.Problem = wordsPickSomebody
		return s.addUsersPage(c, who, sp, f, statusPage)
	}
	for _, id := range picked {
		group := who.tenant.groupByID(id) != nil
		switch {
		case !group && who.tenant.userByID(id) == nil:
			f.Problem = wordsNobody
		case group && who.tenant.Premium == "":
			f.Problem = wordsGroupNeedsP1
		}
	}
	if f.Problem != "" {
		return s.addUsersPage(c, who, sp, f, statusPage)
	}
	for _, id := range picked {
		if slices.Contains(sp.Assigned, id) {
			continue
		}
		sp.Assigned = append(sp.Assigned, id)
		targets := targetsOf(who.tenant, sp, id)
		s.audit(who, "Add app role assignment grant to "+strings.ToLower(targets[1].Kind), "Assign", targets...)
	}
	return portalTo(c, "/apps/"+sp.ID+"/users", "assigned")
}

// portalUnassign takes one assignment back.
func (s *Sim) portalUnassign(c *visit, who account) answer {
	sp, _, ok := s.appFrame(c, who, wordsUsersPage)
	id := c.body.Get("who")
	switch {
	case !ok:
		return s.noSuchApp(c, who)
	case !who.user.hasRole(appWriters...):
		return s.noAccess(c, who, wordsNeedAppAdmin)
	case !slices.Contains(sp.Assigned, id):
		return s.portalNote(c, who, statusPage, wordsNotFound, wordsNobody)
	}
	sp.Assigned = slices.DeleteFunc(sp.Assigned, func(a string) bool { return a == id })
	targets := targetsOf(who.tenant, sp, id)
	s.audit(who, "Remove app role assignment from "+strings.ToLower(targets[1].Kind), "Unassign", targets...)
	return portalTo(c, "/apps/"+sp.ID+"/users", "unassigned")
}

// searchOf is the query of a link that keeps what was searched for.
func searchOf(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}
