package flows

import (
	"path"
	"slices"
	"strings"

	"onboard.example/checks"
)

// PlanChecks are the checks whose look reads everything that the plan of a path
// is made of.
func PlanChecks(s State, of PathID) []checks.ID {
	switch of {
	case ConsentRequests:
		return []checks.ID{checks.ConsentWorkflow, checks.AppAssignment}
	case LowImpact:
		return []checks.ID{checks.AppPresent, checks.AppEnabled, checks.AppPublisher, checks.ConsentPolicy, checks.ConsentClassified, checks.AppResource}
	case AllowAll:
		return []checks.ID{checks.AppPresent, checks.AppEnabled, checks.AppPublisher, checks.ConsentPolicy, checks.ConsentRisk}
	case AppPolicy:
		return []checks.ID{checks.AppPresent, checks.AppEnabled, checks.AppPublisher, checks.ConsentPolicy, checks.ConsentRisk, checks.ConsentPredict, checks.AppResource}
	case Undo:
		return undoChecks(s)
	case Pilot, Revoke:
		ids := append(appChecks(), checks.AppRoles, checks.AppUserGrants, checks.AppAssignment)
		if of == Pilot { // it reads the tenant's licence
			ids = append(ids, checks.TenantMatch)
		}
		return ids
	case EntraGrant, DirectLink, FirstSignIn, DNSRecord, AfterApproval:
	}
	if s.needsRole() {
		return append(appChecks(), checks.AppRoles)
	}
	return appChecks()
}

// appChecks read the app and its grants.
func appChecks() []checks.ID {
	return []checks.ID{checks.AppPresent, checks.AppEnabled, checks.AppGrant}
}

// Shows says whether what a line changes is in place, by what was read.
func Shows(f Facts, app checks.App, c Change) bool {
	switch c.Kind {
	case CreatePolicy, AddCondition, DeletePolicy, DeleteCondition, SetConsent, SetWorkflow, Classify, Unclassify:
		return showsSetting(f, c)
	case DeleteApp:
		return f.AppRead && f.App == nil
	case CreateApp, RestoreApp, EnableApp, DisableApp, CreateGrant, WidenGrant, NarrowGrant, DeleteGrant, GrantOne, AssignRole, Assign, Unassign,
		RequireAssignment, FreeAssignment:
		if f.App == nil || !strings.EqualFold(f.App.AppID, app.ClientID) {
			return false
		}
		c, _ = c.Bind(f.App.ID) // which an earlier line of the plan may have made
		return showsApp(f, c)
	}
	return false
}

// showsApp is Shows for what hangs on the enterprise app.
func showsApp(f Facts, c Change) bool {
	switch c.Kind {
	case CreateApp:
		return true
	case RestoreApp:
		return path.Base(path.Dir(c.Path)) == f.App.ID
	case EnableApp, DisableApp:
		return f.App.Enabled == (c.Kind == EnableApp) && !f.App.EnabledUnread
	case RequireAssignment, FreeAssignment:
		return f.App.AssignedOnly == (c.Kind == RequireAssignment)
	case CreateGrant, WidenGrant, GrantOne:
		return showsGrant(f, c)
	case NarrowGrant:
		g, ok := grantByID(f, path.Base(c.Path))
		return ok && sameSet(g.Scopes, strings.Fields(sent[scopeSent](c.Body).Scope))
	case DeleteGrant:
		_, there := grantByID(f, path.Base(c.Path))
		return f.GrantsRead && !there
	case AssignRole, Assign:
		a := sent[assignSent](c.Body)
		return hasAssignment(slices.Concat(f.Roles, f.Assigned), a.PrincipalID, a.ResourceID, a.AppRoleID)
	case Unassign:
		return f.RolesRead && f.AssignedRead && !slices.ContainsFunc(slices.Concat(f.Roles, f.Assigned), func(a AssignFact) bool {
			return a.ID == path.Base(c.Path)
		})
	case DeleteApp, SetConsent, Classify, Unclassify, SetWorkflow, CreatePolicy, AddCondition, DeletePolicy, DeleteCondition:
	}
	return false
}

// showsGrant says whether the grants on the API of a line hold its scopes: for
// everyone, or for the one user that it is about.
func showsGrant(f Facts, c Change) bool {
	api, ok := resourceIn(f, c.Resource)
	if !ok {
		g := sent[grantSent](c.Body) // a grant that is put back may be on any API
		if g.ResourceID == "" {
			return false
		}
		api.ID = g.ResourceID
	}
	who := ""
	if p := sent[grantSent](c.Body).PrincipalID; p != nil {
		who = *p
	} else if g, found := grantByID(f, path.Base(c.Path)); found {
		who = g.Principal // a user's own that is widened
	}
	list, want := f.Grants, c.Scopes
	if who != "" {
		list = slices.Concat(f.Grants, f.UserGrants)
	}
	if len(want) == 0 {
		want = strings.Fields(sent[grantSent](c.Body).Scope)
	}
	var have []string
	for _, g := range list {
		if strings.EqualFold(g.ResourceID, api.ID) && (g.Principal == "" || strings.EqualFold(g.Principal, who)) {
			have = append(have, g.Scopes...)
		}
	}
	return covers(have, want)
}

// showsSetting is Shows for what is the tenant's.
func showsSetting(f Facts, c Change) bool {
	switch c.Kind {
	case SetConsent:
		return f.ConsentRead && sameSet(f.Consent, sent[consentSent](c.Body).Role.Assigned)
	case SetWorkflow:
		return f.WorkflowRead && f.Workflow != nil && workflowIs(*f.Workflow, c.Body)
	case Classify, Unclassify:
		return f.ClassRead && len(c.Scopes) == 1 && classNamed(f, c.Resource, c.Scopes[0]) == map[bool]string{true: "low"}[c.Kind == Classify]
	case CreatePolicy, DeletePolicy:
		id := path.Base(c.Path)
		if c.Kind == CreatePolicy {
			id = sent[policySent](c.Body).ID
		}
		_, there := policyByID(f, id)
		return f.PoliciesRead && there == (c.Kind == CreatePolicy)
	case AddCondition:
		p, _ := policyByID(f, path.Base(path.Dir(c.Path)))
		want := sent[conditionSent](c.Body)
		return len(want.Clients) == 1 && letsIn(p, want.API, want.Scopes, want.Clients[0])
	case DeleteCondition:
		p, there := policyByID(f, path.Base(path.Dir(path.Dir(c.Path))))
		_, in := conditionByID(p, path.Base(c.Path))
		return f.PoliciesRead && (!there || !p.Unread && !in)
	case CreateApp, DeleteApp, RestoreApp, EnableApp, DisableApp, CreateGrant, WidenGrant, NarrowGrant, DeleteGrant, GrantOne, AssignRole, Assign,
		Unassign, RequireAssignment, FreeAssignment:
	}
	return false
}

// classNamed is the classification of a scope by its name.
func classNamed(f Facts, api, scope string) string {
	r, _ := resourceIn(f, api)
	for _, sc := range r.Scopes {
		if strings.EqualFold(sc.Value, scope) {
			return classOf(f, api, sc.ID)
		}
	}
	return ""
}

func policyByID(f Facts, id string) (p PolicyFact, ok bool) {
	for _, p := range f.Policies {
		if strings.EqualFold(p.ID, id) {
			return p, true
		}
	}
	return PolicyFact{}, false
}

// conditionByID finds what a policy lets in, by its id.
func conditionByID(p PolicyFact, id string) (c ConditionFact, ok bool) {
	for _, c := range p.Conditions {
		if c.ID == id && id != "" {
			return c, true
		}
	}
	return ConditionFact{}, false
}

// grantByID finds a grant, everyone's or one user's.
func grantByID(f Facts, id string) (g GrantFact, ok bool) {
	for _, g := range slices.Concat(f.Grants, f.UserGrants) {
		if g.ID == id {
			return g, true
		}
	}
	return GrantFact{}, false
}
