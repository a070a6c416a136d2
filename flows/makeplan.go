package flows

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks"
)

// The reasons for which no plan can be made.
var (
	ErrNotRead     = errors.New("the tenant has not been read yet")
	ErrOtherApp    = errors.New("what was read is another app than the one asked for")
	ErrUnstated    = errors.New("the vendor does not say which permissions the app needs")
	ErrNoResource  = errors.New("an API that the app needs is not in this tenant")
	ErrNoRole      = errors.New("an API does not publish an application permission that the app needs")
	ErrByMS        = errors.New("the app is disabled by Microsoft")
	ErrTooLong     = errors.New("the grant that is there holds more scopes than fit in here: add to it by hand")
	ErrDeactivated = errors.New("the app is deactivated")
	ErrNoPlan      = errors.New("this path is walked by hand: there is no plan for it")
)

// MakePlan makes the plan of the path that was chosen, from what was read of
// the tenant; see PlanOf.
func MakePlan(s State) (Plan, error) { return PlanOf(s, s.planPath()) }

// PlanOf makes the plan of a path: the changes that are missing to where it
// leads. It changes nothing and is the same for the same facts: an id of its own
// it gets from whoever puts it into a run. Grants are
// unions: nothing that is granted is taken away but by revoke. A plan without
// lines means that all is in place.
func PlanOf(s State, path PathID) (Plan, error) {
	p := Plan{Path: path, Tenant: s.TenantID(), Domain: s.Domain}
	if s.App.ClientID == "" || p.Tenant == "" {
		return Plan{}, ErrNotRead
	}
	make, ok := planners()[path]
	if !ok {
		return Plan{}, ErrNoPlan
	}
	if err := make(s, &p); err != nil {
		return Plan{}, err
	}
	p.Digest = digest(p)
	p.ID = PlanID(p.Digest)
	if !within(Planned{Plan: p}, mostEvent) { // no run could keep it
		return Plan{}, ErrTooMany
	}
	return p, nil
}

// planners make the lines of each path that has a plan.
func planners() map[PathID]func(State, *Plan) error {
	return map[PathID]func(State, *Plan) error{
		EntraGrant: planGrant, Pilot: planPilot, ConsentRequests: planWorkflow, LowImpact: planLow, AllowAll: planAll,
		AppPolicy: planOwnPolicy, Revoke: planRevoke, Undo: planUndo,
	}
}

// HasPlan says whether a path's change can be made by Graph from a plan.
func HasPlan(path PathID) bool { return planners()[path] != nil }

// planGrant is the tenant-wide grant.
func planGrant(s State, p *Plan) error {
	app, err := readyApp(s, p)
	if err != nil {
		return err
	}
	if err := grantLines(s, p, app); err != nil {
		return err
	}
	return roleLines(s, p, app)
}

// readyApp plans what lets people sign in to the app: that it is there, and on.
// app is its object id, or the placeholder for it.
func readyApp(s State, p *Plan) (app string, err error) {
	f := s.Facts
	switch {
	case s.App.NeedsUnstated:
		return "", ErrUnstated
	case f.App != nil && !f.GrantsRead || !f.ResRead:
		return "", ErrNotRead
	}
	return thereApp(s, p)
}

// thereApp is readyApp for what asks nothing of the app's grants.
func thereApp(s State, p *Plan) (app string, err error) {
	f := s.Facts
	if whose := s.planWhose(); whose != "" {
		p.Warnings = append(p.Warnings, whose)
	}
	switch {
	case !f.AppRead:
		return "", ErrNotRead
	case f.App == nil:
		p.Lines = append(p.Lines, createApp(s))
		return NewAppRef, nil
	case !strings.EqualFold(f.App.AppID, s.App.ClientID):
		return "", ErrOtherApp
	case f.App.ByMicrosoft != "":
		return "", fmt.Errorf("%w: %s", ErrByMS, checks.Line(f.App.ByMicrosoft, 80))
	case f.App.Deactivated:
		return "", ErrDeactivated
	}
	if !f.App.Enabled {
		p.Lines = append(p.Lines, enableApp(s))
		p.Warnings = append(p.Warnings, words.enableWarning)
	}
	return f.App.ID, nil
}

// grantLines plan the tenant-wide grants that are missing.
func grantLines(s State, p *Plan, app string) error {
	for _, need := range needsByResource(s.App) {
		line, ok, err := grantLine(s.Facts, app, need)
		if err != nil {
			return err
		}
		if ok {
			p.Lines = append(p.Lines, line)
		}
	}
	return nil
}

// roleLines plan the app roles of APIs that the app needs and does not hold
// (entra-facts §2: an assignment to the API, of the app).
func roleLines(s State, p *Plan, app string) error {
	f := s.Facts
	if !s.needsRole() {
		return nil
	}
	if f.App != nil && !f.RolesRead {
		return ErrNotRead
	}
	for _, n := range s.App.Needs {
		if n.Role == "" {
			continue
		}
		api, there := resourceIn(f, n.Resource)
		if !there {
			return fmt.Errorf("%w: %s", ErrNoResource, ResourceTitle(n.Resource))
		}
		i := slices.IndexFunc(api.Roles, func(r ScopeFact) bool { return strings.EqualFold(r.Value, n.Role) })
		if i < 0 {
			return fmt.Errorf("%w: %s", ErrNoRole, n.Role)
		}
		if app != NewAppRef && hasAssignment(f.Roles, app, api.ID, api.Roles[i].ID) {
			continue
		}
		p.Lines = append(p.Lines, roleLine(app, api, api.Roles[i]))
	}
	return nil
}

// need is what the app needs of one API.
type need struct {
	resource string
	scopes   []string
}

// needsByResource groups what the app needs by API, in the profile's order.
func needsByResource(app checks.App) []need {
	var out []need
	for _, p := range app.Needs {
		if p.Scope == "" {
			continue
		}
		i := 0
		for i < len(out) && !strings.EqualFold(out[i].resource, p.Resource) {
			i++
		}
		if i == len(out) {
			out = append(out, need{resource: p.Resource})
		}
		out[i].scopes = addFold(out[i].scopes, p.Scope)
	}
	return out
}

// createApp makes the enterprise app (entra-facts §1 [PERM]).
func createApp(s State) Change {
	return Change{
		Kind: CreateApp, Title: words.createAppLine, Method: "POST", Path: "/servicePrincipals",
		Body: body(struct {
			AppID string `json:"appId"`
		}{s.App.ClientID}),
		Before: words.absent, After: fmt.Sprintf(words.createAppAfter, s.App.Listed),
		Scope: "Application.ReadWrite.All", Role: leastRole,
		Effect: words.createAppEffect, Benchmark: words.noBenchmark, Undo: words.createAppUndo,
		Back: &Back{Kind: DeleteApp, Method: "DELETE", Path: "/servicePrincipals/" + NewObjectRef},
	}
}

// enableApp lets people sign in to the app again (entra-facts §1 [PERM]).
func enableApp(s State) Change {
	return Change{
		Kind: EnableApp, Title: words.enableAppLine, Method: "PATCH", Path: "/servicePrincipals/" + s.Facts.App.ID,
		Body:   enabledBody(true),
		Before: words.disabled, After: words.enabled,
		Scope: "Application.ReadWrite.All", Role: leastRole,
		Effect: words.enableAppEffect, Benchmark: words.noBenchmark, Undo: words.enableAppUndo, Warning: words.enableWarning,
		Back: &Back{Kind: DisableApp, Method: "PATCH", Path: "/servicePrincipals/" + s.Facts.App.ID, Body: enabledBody(false)},
	}
}

// grantLine makes or widens the tenant-wide grant on one API; ok is false where
// it covers every scope already (entra-facts §2).
func grantLine(f Facts, app string, n need) (c Change, ok bool, err error) {
	api, there := resourceIn(f, n.resource)
	if !there {
		return Change{}, false, fmt.Errorf("%w: %s", ErrNoResource, ResourceTitle(n.resource))
	}
	c = Change{
		Title: fmt.Sprintf(words.grantLine, ResourceTitle(n.resource)), Resource: n.resource, Scopes: n.scopes,
		Scope: "DelegatedPermissionGrant.ReadWrite.All", Role: leastRole,
		Effect: words.grantGains, Benchmark: words.grantBenchmark, Before: words.absent,
	}
	if f.App != nil && f.App.AssignedOnly {
		c.Effect = words.grantAssigned
	}
	var first *GrantFact // several grants on one API add up; the first is widened
	var covered []string
	for i, g := range f.Grants {
		if app == NewAppRef || !strings.EqualFold(g.ResourceID, api.ID) {
			continue
		}
		if first == nil {
			first = &f.Grants[i]
		}
		covered = append(covered, g.Scopes...)
	}
	if covers(covered, n.scopes) {
		return Change{}, false, nil
	}
	if first != nil {
		c = widen(c, *first, n.scopes, covered)
		if first.Cut || len(c.Body) > mostString { // a cut string would take away what it does not name
			return Change{}, false, fmt.Errorf("%w: %s", ErrTooLong, ResourceTitle(n.resource))
		}
		return c, true, nil
	}
	c.Kind, c.Method, c.Path = CreateGrant, "POST", "/oauth2PermissionGrants"
	c.After = strings.Join(n.scopes, " ")
	c.Body = grantBody(app, "", api.ID, c.After)
	c.Undo = words.grantUndoLine
	c.Back = &Back{Kind: DeleteGrant, Method: "DELETE", Path: "/oauth2PermissionGrants/" + NewObjectRef}
	return c, true, nil
}

// widen adds to a grant what no grant on its API holds yet. PATCH replaces the
// whole string, so it carries the union (entra-facts §2).
func widen(c Change, g GrantFact, want, covered []string) Change {
	union := slices.Clone(g.Scopes)
	for _, w := range want {
		if !hasFold(covered, w) {
			union = addFold(union, w)
		}
	}
	c.Kind, c.Method, c.Path = WidenGrant, "PATCH", "/oauth2PermissionGrants/"+g.ID
	c.Before, c.After = strings.Join(g.Scopes, " "), strings.Join(union, " ")
	c.Body = scopeBody(c.After)
	c.Undo = fmt.Sprintf(words.widenUndo, c.Before)
	c.Back = &Back{Kind: NarrowGrant, Method: "PATCH", Path: c.Path, Body: scopeBody(cmp.Or(g.Raw, c.Before))}
	return c
}

// resourceIn finds an API among the facts; ok is false where it is not there.
func resourceIn(f Facts, appID string) (api ResourceFact, ok bool) {
	for _, r := range f.Resources {
		if strings.EqualFold(r.AppID, appID) && r.ID != "" {
			return r, true
		}
	}
	return ResourceFact{}, false
}

// covers says whether a grant holds every wanted scope.
func covers(have, want []string) bool {
	for _, w := range want {
		if !hasFold(have, w) {
			return false
		}
	}
	return true
}
