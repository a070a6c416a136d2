package flows

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The reasons for which no plan about people can be made.
var (
	ErrNobodyNamed = errors.New("say for whom first: a person's address, or a group's name")
	ErrNotFound    = errors.New("nobody of that name was found in the tenant")
	ErrWouldOpen   = errors.New("its sign-in is off, and it is approved for others: switched on for one person, it would be open to them too. By hand, or for a group, it is closed to them first")
	ErrOwnRoles    = errors.New("the app has roles of its own, and which one people get is your choice: assign them by hand")
)

// noRole is the role of an assignment to an app that has none (entra-facts §2
// [K]; the pages on assigning users to an app print it).
const noRole = "00000000-0000-0000-0000-000000000000"

// who is whom the plan is about, as the tenant knows them.
func (s State) who() (WhoFact, error) {
	asked := s.Answer(AskWho)
	switch w := s.Facts.Who; {
	case asked == "":
		return WhoFact{}, ErrNobodyNamed
	case w == nil || !strings.EqualFold(w.Asked, asked) || w.ID == "":
		return WhoFact{}, fmt.Errorf("%w: %s", ErrNotFound, asked)
	default:
		return *w, nil
	}
}

// planPilot lets in one person, or one group. What opens the app to more than
// before comes last, so that wherever the plan is cut off nobody is in whom it
// is not for: sign-in is switched on when all else is in place.
func planPilot(s State, p *Plan) error {
	who, err := s.who()
	if err != nil {
		return err
	}
	plan := planOne
	if who.Group {
		plan = planGroup
	}
	if err := plan(s, p, who); err != nil {
		return err
	}
	slices.SortStableFunc(p.Lines, func(a, b Change) int { return boolOrder(a.Kind != EnableApp, b.Kind != EnableApp) })
	f := s.Facts
	if also := s.alsoAssigned(who); also != "" && (who.Group || f.App.AssignedOnly && !f.App.Enabled) {
		p.Warnings = append(p.Warnings, fmt.Sprintf(pilotWords.also, also))
	}
	if f.App != nil && !f.App.Enabled {
		if len(f.Roles) > 0 {
			p.Warnings = append(p.Warnings, pilotWords.rolesAgain)
		}
		if c := s.choice(); !f.App.AssignedOnly && !who.Group && c != choiceNone {
			p.Warnings = append(p.Warnings, pilotWords.usersAgain)
		}
	}
	return nil
}

// planGroup lets in a group, which cannot hold a grant: it is assigned, then the
// app is for those assigned alone, and then it is approved. A refusal to assign
// it, as without a licence, has shut nobody out; an app that was made first stays.
func planGroup(s State, p *Plan, who WhoFact) error {
	app, err := readyApp(s, p)
	if err != nil {
		return err
	}
	f := s.Facts
	switch {
	case f.App != nil && !f.AssignedRead:
		return ErrNotRead
	case f.App != nil && f.App.OwnRoles:
		return ErrOwnRoles
	case f.TooMany:
		return ErrTooMany
	case f.App == nil:
		p.Warnings = append(p.Warnings, planWords.rolesWarning)
	}
	if app == NewAppRef || !hasAssignment(f.Assigned, who.ID, app, "") {
		if !f.P1 {
			p.Warnings = append(p.Warnings, licenceWords(f))
		}
		p.Lines = append(p.Lines, assignLine(app, who))
	}
	if f.App == nil || !f.App.AssignedOnly {
		p.Lines = append(p.Lines, requireLine(app))
		p.Warnings = append(p.Warnings, planWords.requireWarning)
	}
	if err := grantLines(s, p, app); err != nil {
		return err
	}
	for i, l := range p.Lines {
		if l.Kind == CreateGrant || l.Kind == WidenGrant {
			p.Lines[i].Effect = words.grantAssigned // by then
		}
	}
	return roleLines(s, p, app)
}

// licenceWords warn of a group's assignment where no licence for it was read.
func licenceWords(f Facts) string {
	if f.PlansRead {
		return pilotWords.noLicence
	}
	return pilotWords.licence
}

// Doubt says why Microsoft will hardly take the plan in hand, though it can be
// made: who is sure of better confirms it all the same. Empty: nothing is known
// against it. Which plans of Microsoft's hold Entra ID P1 is read from a closed
// list of two, so that not finding one proves nothing.
func Doubt(s State) string {
	if s.Plan == nil || s.Plan.Of() != Pilot || !s.Facts.PlansRead || s.Facts.P1 {
		return ""
	}
	who, err := s.who()
	if err != nil || !who.Group || !slices.ContainsFunc(s.Plan.Lines, func(l Change) bool { return l.Kind == Assign }) {
		return ""
	}
	return pathWords.groupNoP1
}

// wouldOpen says whether switching the app on opens it to others than the one
// person: those for whom it is approved, where nothing else holds them back.
func (s State) wouldOpen(who string) bool {
	f := s.Facts
	return f.App != nil && !f.App.Enabled && !f.App.AssignedOnly &&
		(len(f.Grants) > 0 || slices.ContainsFunc(f.UserGrants, func(g GrantFact) bool { return !strings.EqualFold(g.Principal, who) }))
}

// planOne is a grant for one person on each API, where neither it nor one for
// everyone covers what the app needs. Nothing changes for anybody else.
func planOne(s State, p *Plan, who WhoFact) error {
	if s.needsRole() {
		return ErrOneRole // app roles are never one person's
	}
	app, err := readyApp(s, p)
	if err != nil {
		return err
	}
	if s.wouldOpen(who.ID) {
		return ErrWouldOpen
	}
	f := s.Facts
	if f.App != nil && f.App.AssignedOnly { // a grant lets nobody in who is not assigned
		switch {
		case !f.AssignedRead:
			return ErrNotRead
		case f.App.OwnRoles:
			return ErrOwnRoles
		case hasAssignment(f.Assigned, who.ID, app, ""):
		case f.TooMany: // it may be among those that were not kept
			return ErrTooMany
		default:
			p.Lines = append(p.Lines, assignLine(app, who))
		}
	}
	for _, n := range needsByResource(s.App) {
		api, there := resourceIn(f, n.resource)
		if !there {
			return fmt.Errorf("%w: %s", ErrNoResource, ResourceTitle(n.resource))
		}
		covered, own := grantsOf(f, app, api.ID, who.ID)
		if covers(covered, n.scopes) {
			continue
		}
		c := Change{
			Kind: GrantOne, Title: fmt.Sprintf(planWords.oneLine, who.Name, ResourceTitle(n.resource)), Resource: n.resource, Scopes: n.scopes,
			Scope: "DelegatedPermissionGrant.ReadWrite.All", Role: leastRole, Before: words.absent,
			Effect: fmt.Sprintf(planWords.oneEffect, who.Name), Benchmark: words.noBenchmark,
		}
		if own != nil {
			if c = widen(c, *own, n.scopes, covered); own.Cut || len(c.Body) > mostString {
				return fmt.Errorf("%w: %s", ErrTooLong, ResourceTitle(n.resource))
			}
			p.Lines = append(p.Lines, c)
			continue
		}
		if f.TooMany {
			return ErrTooMany
		}
		c.Method, c.Path, c.After = "POST", "/oauth2PermissionGrants", strings.Join(n.scopes, " ")
		c.Body = grantBody(app, who.ID, api.ID, c.After)
		c.Undo = words.grantUndoLine
		c.Back = &Back{Kind: DeleteGrant, Method: "DELETE", Path: "/oauth2PermissionGrants/" + NewObjectRef}
		p.Lines = append(p.Lines, c)
	}
	return nil
}

// grantsOf is what the app may do at an API for one person, by everyone's
// grants and by theirs, and their own grant there.
func grantsOf(f Facts, app, api, who string) (covered []string, own *GrantFact) {
	if app == NewAppRef {
		return nil, nil
	}
	for _, g := range f.Grants {
		if strings.EqualFold(g.ResourceID, api) {
			covered = append(covered, g.Scopes...)
		}
	}
	for i, g := range f.UserGrants {
		if strings.EqualFold(g.ResourceID, api) && strings.EqualFold(g.Principal, who) {
			covered = append(covered, g.Scopes...)
			own = &f.UserGrants[i]
		}
	}
	return covered, own
}

// requireLine shuts out everybody who is not assigned (entra-facts §1 [PERM]).
func requireLine(app string) Change {
	return Change{
		Kind: RequireAssignment, Title: planWords.requireLine, Method: "PATCH", Path: "/servicePrincipals/" + app, Body: body(requiredSent{true}),
		Before: planWords.everybodyMay, After: planWords.assignedMay, Scope: "Application.ReadWrite.All", Role: leastRole,
		Effect: planWords.requireEffect, Benchmark: words.noBenchmark, Undo: planWords.requireUndo, Warning: planWords.requireWarning,
		Back: &Back{Kind: FreeAssignment, Method: "PATCH", Path: "/servicePrincipals/" + app, Body: body(requiredSent{false})},
	}
}

// alsoAssigned counts, in words, who is assigned to the app beside somebody;
// empty: nobody is, as far as was read.
func (s State) alsoAssigned(who WhoFact) string {
	f, have := s.Facts, map[string]bool{}
	for _, a := range f.Assigned {
		if f.App != nil && strings.EqualFold(a.ResourceID, f.App.ID) && !strings.EqualFold(a.Principal, who.ID) {
			have[strings.ToLower(a.Principal)] = true
		}
	}
	switch {
	case len(have) == 0:
		return ""
	case f.TooMany:
		return pilotWords.alsoMany
	case len(have) == 1:
		return pilotWords.alsoOne
	}
	return fmt.Sprintf(pilotWords.alsoSome, len(have))
}

// assignLine assigns a person or a group to the app (entra-facts §2).
func assignLine(app string, who WhoFact) Change {
	effect := planWords.assignOne
	if who.Group {
		effect = planWords.assignEffect
	}
	return Change{
		Kind: Assign, Title: fmt.Sprintf(planWords.assignLine, who.Name), Method: "POST", Path: "/servicePrincipals/" + app + "/appRoleAssignedTo",
		Body:   body(assignSent{who.ID, app, noRole}),
		Before: words.absent, After: fmt.Sprintf(planWords.assignAfter, who.Name), Scope: assignScopes, Role: leastRole,
		Effect: fmt.Sprintf(effect, who.Name), Benchmark: words.noBenchmark, Undo: planWords.assignUndo,
		Back: &Back{Kind: Unassign, Method: "DELETE", Path: "/servicePrincipals/" + app + "/appRoleAssignedTo/" + NewObjectRef},
	}
}

// assignScopes are needed together to assign; to take an assignment back the
// first is enough (entra-facts §2 [PERM AlsoRequires]).
const (
	assignScopes  = "AppRoleAssignment.ReadWrite.All Application.Read.All"
	unassignScope = "AppRoleAssignment.ReadWrite.All"
)

// roleLine gives the app an app role of an API. Those of Microsoft Graph take
// the stronger role (entra-facts §9).
func roleLine(app string, api ResourceFact, role ScopeFact) Change {
	least := roleAt(Facts{Resources: []ResourceFact{api}}, api.ID)
	return Change{
		Kind: AssignRole, Title: fmt.Sprintf(planWords.roleLine, role.Value, ResourceTitle(api.AppID)), Method: "POST",
		Path: "/servicePrincipals/" + api.ID + "/appRoleAssignedTo", Body: body(assignSent{app, api.ID, role.ID}),
		Resource: api.AppID, Before: words.absent, After: role.Value, Scope: assignScopes, Role: least,
		Effect: planWords.roleEffect, Benchmark: words.noBenchmark, Undo: planWords.roleUndo,
		Back: &Back{Kind: Unassign, Method: "DELETE", Path: "/servicePrincipals/" + api.ID + "/appRoleAssignedTo/" + NewObjectRef},
	}
}

// hasAssignment says whether a principal holds a role at a resource; an empty
// role is any.
func hasAssignment(list []AssignFact, principal, resource, role string) bool {
	for _, a := range list {
		if strings.EqualFold(a.Principal, principal) && strings.EqualFold(a.ResourceID, resource) && (role == "" || strings.EqualFold(a.RoleID, role)) {
			return true
		}
	}
	return false
}
