package flows

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"onboard.example/checks"
)

// The reasons for which a receipt cannot be taken back.
var (
	ErrNoReceipt    = errors.New("there is no receipt to take back")
	ErrOtherReceipt = errors.New("the receipt is of another tenant or another app")
	ErrMovedOn      = errors.New("the tenant has moved on since")
	ErrNoWayBack    = errors.New("this cannot be taken back from here")
	ErrForeign      = errors.New("the receipt asks for something that is not this app's, so nothing of it is done")
	ErrUnknownID    = errors.New("which object was made is not known: take it back by hand")
)

// Recall is the event that takes up a receipt, to take back what it did.
func Recall(r Receipt) Recalled {
	return Recalled{Plan: r.Plan, App: r.App, Tenant: r.Tenant, Lines: r.Lines}
}

// undoChecks are the checks that read what a receipt's lines are about.
func undoChecks(s State) []checks.ID {
	out := appChecks()
	if s.Undoing == nil {
		return out
	}
	for _, l := range s.Undoing.Lines {
		switch l.Kind {
		case CreateApp, DeleteApp:
			out = append(out, checks.AppUserGrants, checks.AppRoles, checks.AppAssignment)
		case AssignRole, Assign, Unassign, RequireAssignment, FreeAssignment:
			out = append(out, checks.AppRoles, checks.AppAssignment)
		case GrantOne, DeleteGrant:
			out = append(out, checks.AppUserGrants)
		case SetConsent:
			out = append(out, checks.ConsentPolicy)
		case Classify, Unclassify:
			out = append(out, checks.ConsentClassified, checks.AppResource)
		case SetWorkflow:
			out = append(out, checks.ConsentWorkflow)
		case CreatePolicy, AddCondition, DeletePolicy:
			out = append(out, checks.ConsentPolicy, checks.ConsentPredict)
		case EnableApp, DisableApp, CreateGrant, WidenGrant, NarrowGrant:
		}
	}
	return SetOf(out).IDs()
}

// planUndo takes back what a receipt says was done: the last line first, only
// what stands as the receipt left it. What is back already is left out; what
// somebody changed since stops the whole, for half of it undone is a third
// state that nobody asked for.
func planUndo(s State, p *Plan) error {
	r := s.Undoing
	switch {
	case r == nil:
		return ErrNoReceipt
	case !strings.EqualFold(r.Tenant.ID, p.Tenant), !strings.EqualFold(r.App.ClientID, s.App.ClientID):
		return ErrOtherReceipt
	}
	p.Undoes = r.Plan
	for _, l := range slices.Backward(r.Lines) {
		if l.Outcome == LineWaiting.String() || l.Outcome == LineRefused.String() || l.Kind == AddCondition {
			continue // nothing was done, or it goes with the policy
		}
		if l.Back == nil {
			return fmt.Errorf("%w: %s", ErrNoWayBack, l.Title)
		}
		stand, what, err := standing(s.Facts, *r, l)
		switch {
		case err != nil:
			return err
		case stand == stoodMoved:
			return fmt.Errorf("%w: %s: %s", ErrMovedOn, l.Title, what)
		case stand == stoodBack:
			continue
		}
		line, err := backLine(s.Facts, s.App, l)
		if err != nil {
			return err
		}
		p.Lines = append(p.Lines, line)
	}
	return nil
}

// backLine is the line that takes one back.
func backLine(f Facts, app checks.App, l ReceiptLine) (Change, error) {
	b := *l.Back
	if strings.Contains(b.Path+b.Body, NewObjectRef) {
		id := madeID(f, l)
		if id == "" {
			return Change{}, fmt.Errorf("%w: %s", ErrUnknownID, l.Title)
		}
		b = *b.bind(NewObjectRef, id)
	}
	if !belongs(f, app, b) {
		return Change{}, fmt.Errorf("%w: %s", ErrForeign, l.Title)
	}
	c := Change{
		Kind: b.Kind, Title: fmt.Sprintf("%s: %s", planWords.backLine[b.Kind], l.Title), Method: b.Method, Path: b.Path, Body: b.Body,
		Before: l.After, After: l.Before, Resource: l.Resource, Effect: planWords.backEffect[b.Kind], Benchmark: words.noBenchmark,
		Undo: planWords.backUndo,
	}
	c.Scope, c.Role = needsOf(b.Kind)
	switch b.Kind { // what is sent is what is shown, whatever the receipt says of it
	case SetConsent:
		c.Before, c.After = consentSays(f.Consent), consentSays(sent[consentSent](b.Body).Role.Assigned)
	case SetWorkflow:
		c.Before, c.After = workflowSays(*f.Workflow), workflowSays(workflowIn(b.Body))
	case NarrowGrant:
		c.After = sent[scopeSent](b.Body).Scope
	case CreateGrant, GrantOne:
		c.After = sent[grantSent](b.Body).Scope
	default:
	}
	switch b.Kind {
	case Unclassify:
		c.Scopes = l.Scopes
	case DeleteApp, DeletePolicy: // what is made again is another one
		c.Undo = planWords.noUndo
		return c, nil
	default:
	}
	c.Back = &Back{Kind: l.Kind, Method: l.Method, Path: l.Path, Body: l.Body}
	if l.Method == "DELETE" { // it was of another id, which went with what was deleted
		c.Back.Path = c.Path + "/" + NewObjectRef
	}
	return c, nil
}

// belongs says whether a request is about this app, or about a setting that
// plans for it change. A receipt is a file: anybody may have written in it, and
// what it asks for is done with an admin's rights.
func belongs(f Facts, app checks.App, b Back) bool {
	id, of := path.Base(b.Path), ""
	if f.App != nil {
		of = f.App.ID
	}
	at := func(format string, args ...any) bool { return b.Path == fmt.Sprintf(format, args...) }
	known := slices.Concat(f.Roles, f.Assigned)
	switch b.Kind {
	case DeleteApp, DisableApp, EnableApp, RequireAssignment, FreeAssignment:
		return of != "" && at("/servicePrincipals/%s", of)
	case DeleteGrant, NarrowGrant:
		_, ok := grantByID(f, id)
		return ok && at("/oauth2PermissionGrants/%s", id)
	case CreateGrant, GrantOne:
		return of != "" && at("/oauth2PermissionGrants") && strings.EqualFold(sent[grantSent](b.Body).ClientID, of)
	case AssignRole, Assign:
		a := sent[assignSent](b.Body)
		return of != "" && at("/servicePrincipals/%s/appRoleAssignedTo", a.ResourceID) && (strings.EqualFold(a.PrincipalID, of) || strings.EqualFold(a.ResourceID, of))
	case Unassign:
		i := slices.IndexFunc(known, func(a AssignFact) bool { return a.ID == id })
		return i >= 0 && at("/servicePrincipals/%s/appRoleAssignedTo/%s", known[i].ResourceID, id)
	case Classify, Unclassify:
		return slices.ContainsFunc(f.Resources, func(r ResourceFact) bool {
			return strings.HasPrefix(b.Path, "/servicePrincipals/"+r.ID+"/delegatedPermissionClassifications")
		})
	case SetConsent:
		return at("/policies/authorizationPolicy")
	case SetWorkflow:
		return at("/policies/adminConsentRequestPolicy")
	case DeletePolicy:
		return at("/policies/permissionGrantPolicies/%s", OwnPolicyID(app))
	case CreateApp, WidenGrant, CreatePolicy, AddCondition:
	}
	return false
}

// needsOf are the least Graph scopes and the least directory role that a kind
// of change takes (entra-facts §1 to §6, [PERM]).
func needsOf(k ChangeKind) (scope, role string) {
	switch k {
	case CreateApp, DeleteApp, EnableApp, DisableApp, RequireAssignment, FreeAssignment:
		return "Application.ReadWrite.All", leastRole
	case AssignRole, Assign, Unassign:
		return assignScopes, leastRole
	case SetConsent:
		return "Policy.ReadWrite.Authorization", "Privileged Role Administrator"
	case SetWorkflow:
		return "Policy.ReadWrite.ConsentRequest", "Global Administrator"
	case CreatePolicy, AddCondition, DeletePolicy:
		return "Policy.ReadWrite.PermissionGrant", "Privileged Role Administrator"
	case Classify, Unclassify:
		return "Policy.ReadWrite.PermissionGrant", leastRole
	case CreateGrant, WidenGrant, NarrowGrant, DeleteGrant, GrantOne:
	}
	return "DelegatedPermissionGrant.ReadWrite.All", leastRole
}

// madeID is the id of what a line made, as Microsoft gave it, or as it is seen
// now where no answer came.
func madeID(f Facts, l ReceiptLine) string {
	if l.ObjectID != "" {
		return l.ObjectID
	}
	switch l.Kind {
	case CreateApp:
		if f.App != nil {
			return f.App.ID
		}
	case CreateGrant, GrantOne:
		if g, ok := grantLike(f, sent[grantSent](l.Body)); ok {
			return g.ID
		}
	case AssignRole, Assign:
		a := sent[assignSent](l.Body)
		for _, have := range slices.Concat(f.Roles, f.Assigned) {
			if hasAssignment([]AssignFact{have}, a.PrincipalID, a.ResourceID, a.AppRoleID) {
				return have.ID
			}
		}
	default:
	}
	return ""
}

// grantLike finds the grant for the same app, API and person: there is one at
// most (entra-facts §2).
func grantLike(f Facts, g grantSent) (GrantFact, bool) {
	list, who := f.Grants, ""
	if g.PrincipalID != nil {
		list, who = f.UserGrants, *g.PrincipalID
	}
	for _, have := range list {
		if strings.EqualFold(have.ResourceID, g.ResourceID) && strings.EqualFold(have.Principal, who) {
			return have, true
		}
	}
	return GrantFact{}, false
}

// stood is how the tenant stands to a line of a receipt.
type stood uint8

const (
	stoodLeft  stood = iota // as the line left it
	stoodBack               // as it was before the line
	stoodMoved              // somebody changed it since
)

// standing holds what a line of a receipt did against what was read; what says
// in a few words how it moved.
func standing(f Facts, r Recalled, l ReceiptLine) (st stood, what string, err error) {
	if !f.AppRead {
		return st, "", ErrNotRead
	}
	switch l.Kind {
	case CreateApp, EnableApp, DisableApp, RequireAssignment, FreeAssignment, DeleteApp:
		return standingApp(f, r, l)
	case CreateGrant, GrantOne, WidenGrant, NarrowGrant, DeleteGrant:
		return standingGrant(f, l)
	case AssignRole, Assign, Unassign:
		if f.App != nil && (!f.RolesRead || !f.AssignedRead) {
			return st, "", ErrNotRead
		}
		a := sent[assignSent](l.Body)
		if l.Kind == Unassign {
			a = sent[assignSent](l.Back.Body)
		}
		there := f.App != nil && hasAssignment(slices.Concat(f.Roles, f.Assigned), a.PrincipalID, a.ResourceID, a.AppRoleID)
		return either(there == (l.Kind != Unassign)), "", nil
	case SetConsent, SetWorkflow, Classify, Unclassify, CreatePolicy, DeletePolicy, AddCondition:
		return standingSetting(f, l)
	}
	return stoodMoved, string(l.Kind), nil
}

func either(left bool) stood {
	if left {
		return stoodLeft
	}
	return stoodBack
}

func standingApp(f Facts, r Recalled, l ReceiptLine) (st stood, what string, err error) {
	switch {
	case l.Kind == CreateApp && f.App == nil:
		return stoodBack, "", nil
	case f.App == nil:
		return stoodMoved, planWords.movedGone, nil
	case l.Kind == CreateApp && l.ObjectID != "" && !strings.EqualFold(f.App.ID, l.ObjectID):
		return stoodMoved, planWords.movedOther, nil
	case l.Kind == CreateApp:
		if !f.GrantsRead || !f.RolesRead || !f.AssignedRead {
			return st, "", ErrNotRead
		}
		if !onlyBy(f, r) {
			return stoodMoved, planWords.movedUsed, nil
		}
		return stoodLeft, "", nil
	case l.Kind == EnableApp, l.Kind == DisableApp:
		return either(f.App.Enabled == (l.Kind == EnableApp)), "", nil
	case l.Kind == RequireAssignment, l.Kind == FreeAssignment:
		return either(f.App.AssignedOnly == (l.Kind == RequireAssignment)), "", nil
	}
	return stoodMoved, planWords.movedOther, nil
}

// onlyBy says whether everything that hangs on the enterprise app was made by a
// receipt: then it can go.
func onlyBy(f Facts, r Recalled) bool {
	made := func(kinds ...ChangeKind) (n int) {
		for _, l := range r.Lines {
			if slices.Contains(kinds, l.Kind) && l.Outcome != LineWaiting.String() && l.Outcome != LineRefused.String() {
				n++
			}
		}
		return n
	}
	return len(f.Grants) <= made(CreateGrant) && len(f.UserGrants) <= made(GrantOne) &&
		len(f.Roles) <= made(AssignRole) && len(f.Assigned) <= made(Assign)
}

func standingGrant(f Facts, l ReceiptLine) (st stood, what string, err error) {
	if f.App == nil {
		return either(l.Kind == DeleteGrant), "", nil
	}
	if !f.GrantsRead {
		return st, "", ErrNotRead
	}
	var have GrantFact
	var there bool
	before, after := "", sent[scopeSent](l.Body).Scope
	switch l.Kind {
	case CreateGrant, GrantOne:
		have, there = grantLike(f, sent[grantSent](l.Body))
	case DeleteGrant:
		have, there = grantLike(f, sent[grantSent](l.Back.Body))
		before = sent[grantSent](l.Back.Body).Scope
	default:
		have, there = grantByID(f, path.Base(l.Path))
		before = sent[scopeSent](l.Back.Body).Scope
	}
	is := func(scope string) bool {
		return there == (scope != "") && !have.Cut && sameSet(have.Scopes, strings.Fields(scope))
	}
	switch {
	case is(after):
		return stoodLeft, "", nil
	case is(before):
		return stoodBack, "", nil
	case !there:
		return stoodMoved, planWords.movedGone, nil
	}
	return stoodMoved, fmt.Sprintf(planWords.movedHolds, strings.Join(have.Scopes, " ")), nil
}

func standingSetting(f Facts, l ReceiptLine) (st stood, what string, err error) {
	switch l.Kind {
	case SetConsent:
		switch {
		case !f.ConsentRead:
			return st, "", ErrNotRead
		case sameSet(f.Consent, sent[consentSent](l.Body).Role.Assigned):
			return stoodLeft, "", nil
		case sameSet(f.Consent, sent[consentSent](l.Back.Body).Role.Assigned):
			return stoodBack, "", nil
		}
		return stoodMoved, fmt.Sprintf(planWords.movedHolds, consentSays(f.Consent)), nil
	case SetWorkflow:
		switch {
		case !f.WorkflowRead || f.Workflow == nil:
			return st, "", ErrNotRead
		case workflowBody(*f.Workflow) == l.Body:
			return stoodLeft, "", nil
		case workflowBody(*f.Workflow) == l.Back.Body:
			return stoodBack, "", nil
		}
		return stoodMoved, fmt.Sprintf(planWords.movedHolds, workflowSays(*f.Workflow)), nil
	case Classify, Unclassify:
		if !f.ClassRead || len(l.Scopes) != 1 {
			return st, "", ErrNotRead
		}
		switch level := classNamed(f, l.Resource, l.Scopes[0]); level {
		case "", "low":
			return either((level == "low") == (l.Kind == Classify)), "", nil
		default:
			return stoodMoved, fmt.Sprintf(planWords.movedHolds, level), nil
		}
	case CreatePolicy:
		if !f.PoliciesRead {
			return st, "", ErrNotRead
		}
		_, there := policyByID(f, sent[policySent](l.Body).ID)
		return either(there), "", nil
	default:
	}
	return stoodMoved, string(l.Kind), nil
}
