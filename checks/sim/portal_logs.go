package sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Conditional Access, sign-in logs and audit logs, as the world has them.

// Who may read what (entra-facts §8; general knowledge there for Conditional
// Access. The two app administrators read the logs by their role's own
// definition, also general knowledge).
var (
	logReaders = []string{
		roleGlobalAdmin, roleGlobalReader, roleCloudAppAdmin, roleAppAdmin, "4a5d8f65-41da-4de4-8968-e035b65339cf", // Reports Reader
		"194ae4cb-b126-40b2-bd5b-6091b380977d", "5d6b6bb7-de71-4623-b4af-96380a352509", // Security Administrator, Security Reader
	}
	accessReaders = []string{
		roleGlobalAdmin, roleGlobalReader, "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", // Conditional Access Administrator
		"194ae4cb-b126-40b2-bd5b-6091b380977d", "5d6b6bb7-de71-4623-b4af-96380a352509",
	}
)

type portalAccessView struct {
	portalFrame
	App      string // the name of the app that the list is narrowed to
	Defaults bool   // security defaults are on
	Rows     []accessRow
}

type accessRow struct {
	ID, Name, State, Users, Apps, Grant, Created, Modified string
	Covers                                                 bool
}

// portalAccess is the list of Conditional Access policies; narrowed to an app,
// those that cover it or what it asks for.
func (s *Sim) portalAccess(c *visit, who account) answer {
	if !who.user.hasRole(accessReaders...) {
		return s.noAccess(c, who, wordsNeedAccessReader)
	}
	v := portalAccessView{portalFrame: s.frame(c, who, bladeLogs, wordsCA, "Policies"), Defaults: who.tenant.SecurityDefaults}
	v.Tab = wordsCA
	var asked []string
	if id := c.get("app"); id != "" {
		if reg := s.world.registration(id); reg != nil {
			v.App, asked = reg.Name, []string{reg.AppID}
			for _, q := range reg.Required {
				asked = append(asked, q.Resource)
			}
		}
	}
	for _, p := range who.tenant.Access {
		if v.App == "" || coversApp(within(within(p.Doc, "conditions"), "applications"), asked) {
			v.Rows = append(v.Rows, s.accessRow(who.tenant, p))
		}
	}
	return s.page(c, http.StatusOK, "portal-access", v)
}

// accessStates are the portal's words for a policy's state.
var accessStates = map[string]string{
	"enabled": "On", "disabled": "Off", "enabledForReportingButNotEnforced": "Report-only",
}

// grantWords are the portal's words for grant controls.
var grantWords = map[string]string{
	"block": "Block access", "mfa": "Require multifactor authentication", "compliantDevice": "Require device to be marked as compliant",
	"domainJoinedDevice": "Require Microsoft Entra hybrid joined device", "approvedApplication": "Require approved client app",
	"compliantApplication": "Require app protection policy", "passwordChange": "Require password change",
}

func (s *Sim) accessRow(t *Tenant, p *AccessPolicy) accessRow {
	cond := within(p.Doc, "conditions")
	row := accessRow{
		ID: p.ID, Name: p.name(), State: textOr(accessStates[p.state()], p.state()), Created: p.CreatedAt.UTC().Format(minute), Modified: "–",
		Users: s.names(t, texts(within(cond, "users")["includeUsers"]), texts(within(cond, "users")["includeGroups"]), texts(within(cond, "users")["includeRoles"])),
		Apps:  s.names(t, texts(within(cond, "applications")["includeApplications"])),
	}
	if p.ModifiedAt != nil {
		row.Modified = p.ModifiedAt.UTC().Format(minute)
	}
	var grants []string
	for _, g := range p.controls() {
		grants = append(grants, textOr(grantWords[g], g))
	}
	operator, _ := within(p.Doc, "grantControls")["operator"].(string)
	row.Grant = textOr(strings.Join(grants, " "+strings.ToLower(textOr(operator, "or"))+" "), "–")
	return row
}

// names says what ids of a policy stand for.
func (s *Sim) names(t *Tenant, lists ...[]string) string {
	var out []string
	for _, id := range slices.Concat(lists...) {
		name := roleName(id) // the id itself, for what nobody knows
		if u := t.userByID(id); u != nil {
			name = u.UPN
		} else if g := t.groupByID(id); g != nil {
			name = g.Name
		} else if reg := s.world.registration(id); reg != nil {
			name = reg.Name
		}
		out = append(out, name)
	}
	return textOr(strings.Join(out, ", "), "None")
}

type portalSignInsView struct {
	portalFrame
	App    string // app id the list is narrowed to
	Query  string
	Status string
	Rows   []signInRow
	More   int
}

type signInRow struct {
	ID, When, Request, User, UPN, App, Status, Code, Reason, Detail, Address, Client, Access, Correlation, Resource string
	Applied                                                                                                         []AppliedAccess
}

// maxRows bounds a list of log lines.
const maxRows = 100

// portalSignIns is the sign-in log, newest first.
func (s *Sim) portalSignIns(c *visit, who account) answer {
	switch {
	case !who.user.hasRole(logReaders...):
		return s.noAccess(c, who, wordsNeedLogReader)
	case who.tenant.Premium == "":
		return s.noAccess(c, who, wordsNeedPremium)
	}
	v := portalSignInsView{
		portalFrame: s.frame(c, who, bladeLogs, "", wordsSignIns), App: clip(c.get("app")), Query: strings.TrimSpace(clip(c.get("q"))),
		Status: oneOf(c.get("status"), "", "success", "failure"),
	}
	q := strings.ToLower(v.Query)
	for _, one := range slices.Backward(who.tenant.SignIns) {
		ok := one.Code == 0
		if one.Silent || v.App != "" && !strings.EqualFold(v.App, one.AppID) ||
			v.Status == "success" && !ok || v.Status == "failure" && ok ||
			!strings.Contains(strings.ToLower(one.UPN+" "+one.AppName+" "+one.ID+" "+strconv.Itoa(one.Code)), q) {
			continue
		}
		if len(v.Rows) >= maxRows {
			v.More++
			continue
		}
		v.Rows = append(v.Rows, s.signInRow(one))
	}
	return s.page(c, http.StatusOK, "portal-signins", v)
}

func (s *Sim) signInRow(one *SignIn) signInRow {
	row := signInRow{
		ID: one.ID, When: one.At.UTC().Format(second), User: textOr(one.UserName, one.UPN), UPN: one.UPN, App: one.AppName, Status: "Success",
		Code: strconv.Itoa(one.Code), Reason: one.Reason, Detail: one.Detail, Address: one.Address, Client: one.Client,
		Correlation: one.CorrelationID, Resource: one.Resource, Access: "Not applied", Applied: one.Applied,
	}
	if reg := s.world.registration(one.Resource); reg != nil {
		row.Resource = reg.Name
	}
	if one.Code != 0 {
		row.Status = "Failure"
		if slices.Contains(interrupts, one.Code) {
			row.Status = "Interrupted"
		}
	}
	for _, a := range one.Applied {
		switch {
		case a.Result == "failure":
			row.Access = "Failure"
		case a.Result == "success" && row.Access != "Failure":
			row.Access = "Success"
		}
	}
	return row
}

// interrupts are the codes that ask for one thing more, which the log calls
// interrupted rather than failed (general knowledge).
var interrupts = []int{50058, 50074, 50076, 50079, 65001}

// second is a time as the logs write it.
const second = "2006-01-02 15:04:05"

type portalSignInView struct {
	portalFrame
	Row signInRow
}

// portalSignInOne is one sign-in with its details.
func (s *Sim) portalSignInOne(c *visit, who account) answer {
	switch {
	case !who.user.hasRole(logReaders...):
		return s.noAccess(c, who, wordsNeedLogReader)
	case who.tenant.Premium == "":
		return s.noAccess(c, who, wordsNeedPremium)
	}
	one := find(who.tenant.SignIns, func(l *SignIn) bool { return strings.EqualFold(l.ID, c.vars[0]) })
	if one == nil {
		return s.portalNote(c, who, http.StatusNotFound, wordsNotFound, wordsNoLine)
	}
	f := s.frame(c, who, bladeLogs, "", "Activity Details: Sign-ins")
	f.Tab = wordsSignIns
	f.Crumbs = append(f.Crumbs, crumb{"/portal/signins", wordsSignIns})
	return s.page(c, http.StatusOK, "portal-signin", portalSignInView{f, s.signInRow(one)})
}

type portalAuditView struct {
	portalFrame
	App   string // object id the list is narrowed to
	Query string
	Rows  []auditRow
	More  int
}

type auditRow struct {
	When, Category, Activity, Status, Reason, Targets, By string
	Changes                                               []AuditChange
}

// portalAudit is the audit log, newest first.
func (s *Sim) portalAudit(c *visit, who account) answer {
	if !who.user.hasRole(logReaders...) {
		return s.noAccess(c, who, wordsNeedLogReader)
	}
	v := portalAuditView{
		portalFrame: s.frame(c, who, bladeLogs, "", wordsAudit), App: clip(c.get("app")), Query: strings.TrimSpace(clip(c.get("q"))),
	}
	q := strings.ToLower(v.Query)
	for _, one := range slices.Backward(who.tenant.Audits) {
		about := func(t AuditTarget) bool { return strings.EqualFold(t.ID, v.App) }
		row := auditRowOf(who.tenant, one)
		if v.App != "" && !slices.ContainsFunc(one.Targets, about) ||
			!strings.Contains(strings.ToLower(row.Activity+" "+row.Targets+" "+row.By), q) {
			continue
		}
		if len(v.Rows) >= maxRows {
			v.More++
			continue
		}
		v.Rows = append(v.Rows, row)
	}
	return s.page(c, http.StatusOK, "portal-audit", v)
}

func auditRowOf(t *Tenant, one *Audit) auditRow {
	row := auditRow{
		When: one.At.UTC().Format(second), Category: one.Category, Activity: one.Activity, Status: "Success", Reason: one.Reason,
		By: "Microsoft Entra",
	}
	if one.Failed {
		row.Status = "Failure"
	}
	if one.ByUser != "" {
		row.By = nameOf(t, one.ByUser)
	} else if sp := t.serviceByID(one.ByApp); sp != nil {
		row.By = sp.Name
	}
	var names []string
	for _, target := range one.Targets {
		names = append(names, textOr(textOr(target.Name, target.UPN), target.ID))
		row.Changes = append(row.Changes, target.Changes...)
	}
	row.Targets = textOr(strings.Join(names, ", "), "–")
	return row
}
