package sim

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The admin portal, in the words and places of the Entra admin center: Enterprise
// applications with Properties, Permissions and Users and groups, and Consent and
// permissions. Any user of a tenant may look; what they may change their roles
// decide (entra-facts §9).

// portalPage is an endpoint of the portal: it knows who is signed in.
type portalPage func(*Sim, *visit, account) answer

// inPortal lets somebody in who has signed in to the portal, and sends everybody
// else to sign in. A form must carry the session's own word, so that no other
// site can post for its user.
func inPortal(run portalPage) endpoint {
	return func(s *Sim, c *visit) answer {
		b := s.session(c)
		if b.portal == nil || b.portal.user.Disabled || !c.at.sees(b.portal.tenant.Cloud) {
			return s.portalSignIn(c)
		}
		if c.r.Method == http.MethodPost && !s.ownForm(c, b) {
			return s.asPage(c, (&refusal{oauth: oauthRequest, text: wordsStale, state: http.StatusBadRequest}))
		}
		return run(s, c, *b.portal)
	}
}

func (s *Sim) ownForm(c *visit, b *browser) bool {
	return !c.newBrowser && subtle.ConstantTimeCompare([]byte(c.body.Get("csrf")), []byte(b.csrf)) == 1
}

// portalSignIn asks who wants in, and afterwards shows what they came for. Only
// a GET comes back: a form is for its sender to send again.
func (s *Sim) portalSignIn(c *visit) answer {
	then := "/apps"
	if c.r.Method == http.MethodGet && len(c.r.URL.Path) > len("/portal") {
		then = "/" + strings.Join(pathEscaped(strings.Split(strings.Trim(c.r.URL.Path, "/"), "/")[1:]), "/")
	}
	return s.accountPage(c, s.begin(c, &attempt{kind: forPortal, then: then}), http.StatusOK, "", "")
}

func pathEscaped(parts []string) []string {
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return parts
}

func (s *Sim) portalHome(c *visit) answer { return seeOther(c, c.at.base()+"/portal/apps") }

// portalSignOut leaves the portal, and the sign-in service with it.
func (s *Sim) portalSignOut(c *visit) answer {
	if !s.ownForm(c, s.session(c)) {
		return s.asPage(c, (&refusal{oauth: oauthRequest, text: wordsStale, state: http.StatusBadRequest}))
	}
	s.login.browsers.drop(c.browser)
	return seeOther(c, c.at.base()+"/portal")
}

// portalView is the frame of every page of the portal.
type portalView struct {
	Title                string
	Section              string // apps or consent
	Tab                  string
	User, Tenant, Domain string
	CSRF                 string
	Done                 string // what was just done
	Locked               string // why this account may not change the page
	App                  *portalAppView
	Apps                 []portalAppView
	Query                string
	AppRegistered        bool
	Everyone, Own        []portalGrantRow
	Roles                []permissionRow
	People               []portalPerson
	Choices              []portalChoice
}

func (v portalView) title() string { return v.Title + " · " + wordsPortal }

type portalAppView struct {
	Key, ObjectID, AppID, Name, Publisher, Created string
	Verified, Enabled, Assignment                  bool
	Stopped                                        string // why it is off beyond the switch
}

type portalGrantRow struct {
	permissionRow
	Grant string
	User  string
}

type portalPerson struct {
	ID, Name, UPN, Kind string
	Assigned            bool
}

type portalChoice struct {
	Word, Title, About string
	Chosen             bool
}

// frame begins the view of a page.
func (s *Sim) frame(c *visit, who account, section, title string) portalView {
	return portalView{
		Title: title, Section: section, User: who.user.UPN, Tenant: who.tenant.Name, Domain: who.tenant.DefaultDomain(),
		CSRF: s.session(c).csrf, Done: portalDone[c.get("done")],
	}
}

// portalApps lists the enterprise applications. Microsoft's own are left out, as
// the real list's default filter does.
func (s *Sim) portalApps(c *visit, who account) answer {
	v := s.frame(c, who, "apps", wordsAppsPage)
	v.Query = strings.TrimSpace(clip(c.get("q")))
	for _, sp := range who.tenant.Services {
		if reg := s.world.registration(sp.AppID); reg != nil && reg.FirstParty {
			continue
		}
		q := strings.ToLower(v.Query)
		if strings.HasPrefix(strings.ToLower(sp.Name), q) || strings.HasPrefix(strings.ToLower(sp.AppID), q) || strings.HasPrefix(sp.ID, q) {
			v.Apps = append(v.Apps, s.portalAppView(sp))
		}
	}
	return s.page(c, http.StatusOK, "portal-apps", v)
}

func (s *Sim) portalAppView(sp *ServicePrincipal) portalAppView {
	v := portalAppView{
		Key: sp.ID, ObjectID: sp.ID, AppID: sp.AppID, Name: sp.Name, Enabled: sp.Enabled, Assignment: sp.AssignmentRequired,
		Publisher: wordsUnverified, Created: sp.CreatedAt.UTC().Format(time.DateOnly),
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

// appFrame begins the view of one app's page; ok is false if the tenant has no
// such app.
func (s *Sim) appFrame(c *visit, who account, tab string) (*ServicePrincipal, portalView, bool) {
	sp := who.tenant.serviceByID(c.vars[0])
	if sp == nil {
		return nil, portalView{}, false
	}
	v := s.frame(c, who, "apps", sp.Name)
	app := s.portalAppView(sp)
	v.App, v.Tab = &app, tab
	v.AppRegistered = s.world.registration(sp.AppID) != nil
	return sp, v, true
}

func (s *Sim) noSuchApp(c *visit) answer {
	return s.page(c, http.StatusNotFound, "note", noteView{Title: wordsNotFound, Text: wordsNoSuchApp})
}

// forbidden is a change that the account's roles do not allow.
func (s *Sim) forbidden(c *visit, why string) answer {
	return s.page(c, http.StatusForbidden, "note", noteView{Title: wordsNoAccess, Text: why})
}

// portalApp is an app's Properties.
func (s *Sim) portalApp(c *visit, who account) answer {
	_, v, ok := s.appFrame(c, who, "properties")
	if !ok {
		return s.noSuchApp(c)
	}
	if !who.user.hasRole(appWriters...) {
		v.Locked = wordsNeedAppAdmin
	}
	return s.page(c, http.StatusOK, "portal-app", v)
}

// portalSaveApp saves the two switches of Properties.
func (s *Sim) portalSaveApp(c *visit, who account) answer {
	sp, _, ok := s.appFrame(c, who, "properties")
	switch {
	case !ok:
		return s.noSuchApp(c)
	case !who.user.hasRole(appWriters...):
		return s.forbidden(c, wordsNeedAppAdmin)
	}
	sp.Enabled = c.body.Get("enabled") == "yes"
	sp.AssignmentRequired = c.body.Get("assignment") == "yes"
	return seeOther(c, c.at.base()+"/portal/apps/"+sp.ID+"?done=saved")
}

// portalUsers is an app's Users and groups.
func (s *Sim) portalUsers(c *visit, who account) answer {
	sp, v, ok := s.appFrame(c, who, "users")
	if !ok {
		return s.noSuchApp(c)
	}
	if !who.user.hasRole(appWriters...) {
		v.Locked = wordsNeedAppAdmin
	}
	for _, u := range who.tenant.Users {
		v.People = append(v.People, portalPerson{u.ID, u.Name, u.UPN, "User", slices.Contains(sp.Assigned, u.ID)})
	}
	for _, g := range who.tenant.Groups {
		kind := "Group"
		if who.tenant.Premium == "" {
			kind = wordsGroupNeedsP1
		}
		v.People = append(v.People, portalPerson{g.ID, g.Name, "", kind, slices.Contains(sp.Assigned, g.ID)})
	}
	return s.page(c, http.StatusOK, "portal-users", v)
}

// portalAssign assigns one user or group, or takes the assignment back. Groups
// need a licence (entra-facts §2).
func (s *Sim) portalAssign(c *visit, who account) answer {
	sp, _, ok := s.appFrame(c, who, "users")
	t, id := who.tenant, c.body.Get("who")
	group := t.groupByID(id) != nil
	switch {
	case !ok:
		return s.noSuchApp(c)
	case !who.user.hasRole(appWriters...):
		return s.forbidden(c, wordsNeedAppAdmin)
	case !group && t.userByID(id) == nil:
		return s.page(c, statusPage, "note", noteView{Title: wordsNotFound, Text: wordsNobody})
	case group && t.Premium == "":
		return s.forbidden(c, wordsGroupNeedsP1)
	}
	sp.Assigned = slices.DeleteFunc(sp.Assigned, func(a string) bool { return a == id })
	if c.body.Get("do") == "assign" {
		sp.Assigned = append(sp.Assigned, id)
	}
	return seeOther(c, c.at.base()+"/portal/apps/"+sp.ID+"/users?done=saved")
}
