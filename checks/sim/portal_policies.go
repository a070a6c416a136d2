package sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Consent and permissions: Admin consent settings and Permission classifications.

type portalWorkflowView struct {
	portalFrame
	Workflow  Workflow
	Days      string // as typed
	Reviewers []reviewerRow
}

// reviewerRow is somebody who could review requests.
type reviewerRow struct {
	Query, Kind, Name, About string
	Picked                   bool
}

// The kinds of reviewers, in the portal's order.
const (
	kindUser  = "Users"
	kindGroup = "Groups (Preview)"
	kindRole  = "Roles (Preview)"
)

// reviewerKinds are the forms of a reviewer's query (entra-facts §6; those of
// groups and roles are general knowledge there).
func reviewerQuery(kind, id string) string {
	switch kind {
	case kindUser:
		return "/users/" + id
	case kindGroup:
		return "/groups/" + id + "/transitiveMembers/microsoft.graph.user"
	}
	return "/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + id + "'"
}

// reviews says whether a user is meant by one of the queries, whatever version
// of Graph they name.
func (t *Tenant) reviews(u *User, queries []string) bool {
	return slices.ContainsFunc(queries, func(q string) bool {
		q = strings.ToLower(q)
		for _, version := range []string{"/v1.0", "/beta"} {
			q = strings.TrimPrefix(q, version)
		}
		switch {
		case strings.HasPrefix(q, "/users/"):
			return q == "/users/"+strings.ToLower(u.ID)
		case strings.HasPrefix(q, "/groups/"):
			id, _, _ := strings.Cut(strings.TrimPrefix(q, "/groups/"), "/")
			g := t.groupByID(id)
			return g != nil && slices.Contains(g.Members, u.ID)
		}
		return slices.ContainsFunc(u.Roles, func(r string) bool { return strings.Contains(q, "'"+r+"'") })
	})
}

// possibleReviewers are everybody who could be one, with those who are.
func possibleReviewers(t *Tenant, picked []string) []reviewerRow {
	var out []reviewerRow
	add := func(kind, id, name, about string) {
		q := reviewerQuery(kind, id)
		is := slices.ContainsFunc(picked, func(p string) bool { return strings.EqualFold(p, q) })
		out = append(out, reviewerRow{Query: q, Kind: kind, Name: name, About: about, Picked: is})
	}
	for _, u := range t.Users {
		if !u.Disabled {
			add(kindUser, u.ID, u.Name, u.UPN)
		}
	}
	for _, g := range t.Groups {
		add(kindGroup, g.ID, g.Name, strconv.Itoa(len(g.Members))+" members")
	}
	for _, r := range grantingRoles {
		add(kindRole, r, roleName(r), "")
	}
	return out
}

// portalWorkflow is Admin consent settings.
func (s *Sim) portalWorkflow(c *visit, who account) answer {
	return s.workflowPage(c, who, who.tenant.Workflow, strconv.Itoa(who.tenant.Workflow.DurationDays), http.StatusOK, "")
}

func (s *Sim) workflowPage(c *visit, who account, wf Workflow, days string, status int, problem string) answer {
	f := s.frame(c, who, bladeConsent, wordsConsentPage, wordsWorkflow)
	f.lock(who, writeWorkflow.roles, wordsNeedGlobal)
	f.Problem = problem
	return s.page(c, status, "portal-workflow", portalWorkflowView{
		portalFrame: f, Workflow: wf, Days: days, Reviewers: possibleReviewers(who.tenant, wf.Reviewers),
	})
}

// portalSaveWorkflow saves them as a whole. Reviewers that the page does not
// offer, as Graph may have set them, stay.
func (s *Sim) portalSaveWorkflow(c *visit, who account) answer {
	if !who.user.hasRole(writeWorkflow.roles...) {
		return s.noAccess(c, who, wordsNeedGlobal)
	}
	days := clip(c.body.Get("days"))
	n, err := strconv.Atoi(strings.TrimSpace(days))
	wf := Workflow{
		Enabled: c.body.Get("enabled") == "yes", NotifyReviewers: c.body.Get("notify") == "yes",
		Reminders: c.body.Get("remind") == "yes", DurationDays: n,
	}
	offered := possibleReviewers(who.tenant, nil)
	for _, q := range who.tenant.Workflow.Reviewers {
		if !slices.ContainsFunc(offered, func(r reviewerRow) bool { return strings.EqualFold(r.Query, q) }) {
			wf.Reviewers = append(wf.Reviewers, q)
		}
	}
	for _, r := range offered {
		if slices.Contains(c.body["reviewer"], r.Query) {
			wf.Reviewers = append(wf.Reviewers, r.Query)
		}
	}
	switch {
	case err != nil || n < 1 || n > 60:
		return s.workflowPage(c, who, wf, days, statusPage, wordsBadDays)
	case wf.Enabled && len(wf.Reviewers) == 0:
		return s.workflowPage(c, who, wf, days, statusPage, wordsNoReviewers)
	}
	s.audit(who, "Update policy", "Update", AuditTarget{
		Name: "Admin consent request policy", Kind: "Policy", Changes: []AuditChange{changed("IsEnabled", who.tenant.Workflow.Enabled, wf.Enabled)},
	})
	wf.Version = who.tenant.Workflow.Version + 1
	who.tenant.Workflow = wf
	return portalTo(c, "/consent/admin", "saved")
}

// levels are the classifications, in the order of the tabs.
var levels = []portalChoice{
	{Word: "low", Title: "Low"}, {Word: "medium", Title: "Medium (Preview)"}, {Word: "high", Title: "High (Preview)"},
}

type portalClassesView struct {
	portalFrame
	Level  string
	Counts map[string]int
	Rows   []classRow
	Basic  []permissionPick // what nearly every app asks for, not classified yet
}

type classRow struct{ ID, API, Value, Title string }

type permissionPick struct {
	ID, Value, Title string
	Picked           bool
}

// basicSignIn are the permissions that the portal proposes to start with.
var basicSignIn = []string{"User.Read", "offline_access", "openid", "profile", "email"}

// portalClasses is Permission classifications.
func (s *Sim) portalClasses(c *visit, who account) answer {
	f := s.frame(c, who, bladeConsent, wordsConsentPage, wordsClasses)
	f.lock(who, classWriters, wordsNeedAppAdmin)
	v := portalClassesView{portalFrame: f, Level: oneOf(c.get("level"), "low", "medium", "high"), Counts: map[string]int{}}
	for _, one := range who.tenant.Classifications {
		v.Counts[one.Level]++
		api := who.tenant.serviceByID(one.Resource)
		if one.Level == v.Level && api != nil {
			v.Rows = append(v.Rows, classRow{one.ID, api.Name, one.Name, scopeTitle(one.Name)})
		}
	}
	if graph := s.world.registration(graphAppID); v.Level == "low" && graph != nil {
		for _, value := range basicSignIn {
			if sc := graph.scope(value); sc != nil && who.tenant.classified(graphAppID, sc.ID) == "" {
				v.Basic = append(v.Basic, permissionPick{sc.ID, sc.Value, sc.Title, true})
			}
		}
	}
	return s.page(c, http.StatusOK, "portal-classes", v)
}

// portalUnclassify takes a classification away.
func (s *Sim) portalUnclassify(c *visit, who account) answer {
	if !who.user.hasRole(classWriters...) {
		return s.noAccess(c, who, wordsNeedAppAdmin)
	}
	id := c.body.Get("id")
	one := find(who.tenant.Classifications, func(k *Classification) bool { return k.ID == id })
	if one == nil {
		return s.portalNote(c, who, statusPage, wordsNotFound, wordsNoPermission)
	}
	who.tenant.Classifications = slices.DeleteFunc(who.tenant.Classifications, func(k *Classification) bool { return k == one })
	s.audit(who, "Remove delegated permission classification", "Delete", classTarget(who.tenant, one, changed(one.Name, one.Level, nil)))
	return portalTo(c, "/consent/classifications"+searchOf("level", one.Level), "unclassified")
}

type portalAddClassesView struct {
	portalFrame
	Level, Query string
	APIs         []apiRow
	API          *apiRow
	Groups       []permissionGroup
}

type apiRow struct {
	AppID, Name string
	Count       int
}

type permissionGroup struct {
	Name  string
	Open  bool
	Picks []permissionPick
}

// portalAddClasses is the panel "Request API permissions": an API, and what can
// be classified of it.
func (s *Sim) portalAddClasses(c *visit, who account) answer {
	return s.addClassesPage(c, who, http.StatusOK, "")
}

func (s *Sim) addClassesPage(c *visit, who account, status int, problem string) answer {
	f := s.frame(c, who, bladeConsent, wordsConsentPage, wordsAddClasses)
	f.lock(who, classWriters, wordsNeedAppAdmin)
	f.Problem, f.Tab = problem, wordsClasses
	f.Crumbs = append(f.Crumbs, crumb{"/portal/consent/classifications", wordsClasses})
	v := portalAddClassesView{
		portalFrame: f, Level: oneOf(c.get("level"), "low", "medium", "high"), Query: strings.TrimSpace(clip(c.get("q"))),
	}
	for _, sp := range who.tenant.Services {
		reg := s.world.registration(sp.AppID)
		if reg == nil || len(reg.Scopes) == 0 {
			continue
		}
		row := apiRow{reg.AppID, sp.Name, len(reg.Scopes)}
		v.APIs = append(v.APIs, row)
		if strings.EqualFold(reg.AppID, c.get("api")) {
			v.API = &row
			v.Groups = permissionGroups(who.tenant, reg, v.Query)
		}
	}
	return s.page(c, status, "portal-add-classes", v)
}

// permissionGroups are an API's permissions by the word they begin with, as the
// panel groups them. What needs an admin by its publisher's word cannot be
// classified (entra-facts §5).
func permissionGroups(t *Tenant, reg *Registration, query string) []permissionGroup {
	groups := map[string]*permissionGroup{}
	for _, sc := range reg.Scopes {
		if sc.Admin || !sc.Enabled || t.classified(reg.AppID, sc.ID) != "" ||
			!strings.Contains(strings.ToLower(sc.Value+" "+sc.Title), strings.ToLower(query)) {
			continue
		}
		name, _, dotted := strings.Cut(sc.Value, ".")
		if !dotted {
			name = "OpenId permissions"
		}
		g := groups[name]
		if g == nil {
			g = &permissionGroup{Name: name, Open: query != ""}
			groups[name] = g
		}
		g.Picks = append(g.Picks, permissionPick{ID: sc.ID, Value: sc.Value, Title: sc.Title})
	}
	var out []permissionGroup
	for _, name := range sortedKeys(groups) {
		out = append(out, *groups[name])
	}
	// The sign-in permissions come first, as in the panel.
	slices.SortStableFunc(out, func(a, b permissionGroup) int {
		rank := func(g permissionGroup) int {
			if strings.HasPrefix(g.Name, "OpenId") {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	return out
}

// portalClassify classifies what was picked.
func (s *Sim) portalClassify(c *visit, who account) answer {
	if !who.user.hasRole(classWriters...) {
		return s.noAccess(c, who, wordsNeedAppAdmin)
	}
	level := oneOf(c.body.Get("level"), "low", "medium", "high")
	reg, sp := s.world.registration(c.body.Get("api")), who.tenant.serviceByAppID(c.body.Get("api"))
	picked := c.body["permission"]
	switch {
	case reg == nil || sp == nil:
		return s.addClassesPage(c, who, statusPage, wordsNoPermission)
	case len(picked) == 0:
		return s.addClassesPage(c, who, statusPage, wordsPickPermission)
	}
	var add []*Classification
	for _, id := range picked {
		i := slices.IndexFunc(reg.Scopes, func(sc Scope) bool { return sc.ID == id })
		if i < 0 || reg.Scopes[i].Admin || !reg.Scopes[i].Enabled {
			return s.addClassesPage(c, who, statusPage, wordsNoPermission)
		}
		if who.tenant.classified(reg.AppID, id) == "" {
			add = append(add, &Classification{
				ID: s.world.newID("class"), Resource: sp.ID, Permission: id, Name: reg.Scopes[i].Value, Level: level,
			})
		}
	}
	for _, one := range add {
		s.audit(who, "Add delegated permission classification", "Add", classTarget(who.tenant, one, changed(one.Name, nil, one.Level)))
	}
	who.tenant.Classifications = append(who.tenant.Classifications, add...)
	return portalTo(c, "/consent/classifications"+searchOf("level", level), "classified")
}

// classTarget is the API of a classification, as the audit log has it.
func classTarget(t *Tenant, one *Classification, change AuditChange) AuditTarget {
	target := AuditTarget{ID: one.Resource, Kind: "ServicePrincipal", Changes: []AuditChange{change}}
	if sp := t.serviceByID(one.Resource); sp != nil {
		target.Name = sp.Name
	}
	return target
}
