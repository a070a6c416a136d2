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
	ErrForeign      = errors.New("the receipt asks for something that is not this app's, or was made anew since, so nothing of it is done")
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
	if r.Strange {
		p.Warnings = append(p.Warnings, planWords.fileWarning)
	}
	made := slices.ContainsFunc(r.Lines, func(l ReceiptLine) bool { return l.Kind == CreatePolicy && mayBeDone(l) })
	for _, l := range slices.Backward(r.Lines) {
		switch {
		case !mayBeDone(l):
			continue
		case l.Kind == AddCondition && made:
			continue // it goes with the policy
		case l.Kind == AddCondition:
			p.Warnings = append(p.Warnings, fmt.Sprintf(planWords.handWarning, l.Title))
			continue
		case l.Kind == DeleteApp && s.Facts.AppRead && s.Facts.App != nil && l.Path == "/servicePrincipals/"+s.Facts.App.ID:
			continue // it was restored
		case l.Kind == DeleteApp:
			return fmt.Errorf("%w: %s", ErrNoWayBack, planWords.deleteUndo)
		case l.Back == nil:
			return fmt.Errorf("%w: %s", ErrNoWayBack, l.Title)
		case !takesBack(l):
			return fmt.Errorf("%w: %s", ErrForeign, l.Title)
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
		switch {
		case errors.Is(err, ErrUnknownID) && l.Kind == Classify: // the others can be taken back all the same
			p.Warnings = append(p.Warnings, fmt.Sprintf(planWords.handWarning, l.Title))
			continue
		case err != nil:
			return err
		}
		p.Lines = append(p.Lines, line)
		if line.Warning != "" {
			p.Warnings = append(p.Warnings, line.Warning)
		}
	}
	return nil
}

// backKinds are the kinds that take a kind back.
var backKinds = map[ChangeKind]ChangeKind{
	CreateApp: DeleteApp, EnableApp: DisableApp, DisableApp: EnableApp, CreateGrant: DeleteGrant, GrantOne: DeleteGrant, WidenGrant: NarrowGrant,
	AssignRole: Unassign, Assign: Unassign, RequireAssignment: FreeAssignment, FreeAssignment: RequireAssignment,
	SetConsent: SetConsent, SetWorkflow: SetWorkflow, Classify: Unclassify, Unclassify: Classify, CreatePolicy: DeletePolicy,
}

// takesBack says whether what a line names as its way back is one, and where it
// changes an object, the same object.
func takesBack(l ReceiptLine) bool {
	switch l.Kind {
	case DeleteGrant:
		return l.Back.Kind == CreateGrant || l.Back.Kind == GrantOne
	case Unassign:
		return l.Back.Kind == AssignRole || l.Back.Kind == Assign
	case NarrowGrant:
		return false // to widen again takes a plan of its own
	default:
	}
	same := l.Method == "PATCH" || l.Method == "PUT"
	return backKinds[l.Kind] != "" && l.Back.Kind == backKinds[l.Kind] && (!same || l.Path == l.Back.Path)
}

// mayBeDone says whether a line may have changed something: what was refused,
// never sent, or so already, did not.
func mayBeDone(l ReceiptLine) bool {
	return l.Outcome != LineWaiting.String() && l.Outcome != LineRefused.String() && l.Outcome != string(OutcomeAlready)
}

// backLine is the line that takes one back. What it says comes from what it
// sends and from what was read, never from the receipt.
func backLine(f Facts, app checks.App, l ReceiptLine) (Change, error) {
	b := *l.Back
	unsure := false
	if strings.Contains(b.Path+b.Body, NewObjectRef) {
		id := madeID(f, l)
		if id == "" {
			return Change{}, fmt.Errorf("%w: %s", ErrUnknownID, l.Title)
		}
		unsure = l.ObjectID == ""
		b = *b.bind(NewObjectRef, id)
	}
	about, ok := aboutBack(f, app, l, b)
	if !ok {
		return Change{}, fmt.Errorf("%w: %s", ErrForeign, l.Title)
	}
	c := Change{
		Kind: b.Kind, Title: planWords.backLine[b.Kind] + ": " + about.title, Method: b.Method, Path: b.Path, Body: b.Body,
		Before: about.before, After: about.after, Resource: l.Resource, Effect: planWords.backEffect[b.Kind], Benchmark: about.benchmark,
		Undo: planWords.backUndo, Warning: about.warning,
	}
	c.Scope, c.Role = needsOf(b.Kind)
	if about.role != "" {
		c.Role = about.role
	}
	if unsure && c.Warning == "" {
		c.Warning = fmt.Sprintf(planWords.unsureWarning, about.title)
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
	case CreatePolicy:
		return standingPolicy(f, r, l)
	case SetConsent, SetWorkflow, Classify, Unclassify, DeletePolicy, AddCondition:
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
	case l.Kind == RequireAssignment && f.App.AssignedOnly && !f.AssignedRead:
		return st, "", ErrNotRead
	case l.Kind == RequireAssignment && f.App.AssignedOnly && !assignedBy(f, r):
		return stoodMoved, planWords.movedUsed, nil // it would let everybody in
	case l.Kind == RequireAssignment, l.Kind == FreeAssignment:
		return either(f.App.AssignedOnly == (l.Kind == RequireAssignment)), "", nil
	}
	return stoodMoved, planWords.movedOther, nil
}

// onlyBy says whether everything that hangs on the enterprise app was made by a
// receipt: then it can go.
func onlyBy(f Facts, r Recalled) bool {
	by := func(is func(ReceiptLine) bool) bool {
		return slices.ContainsFunc(r.Lines, func(l ReceiptLine) bool { return mayBeDone(l) && is(l) })
	}
	for _, g := range slices.Concat(f.Grants, f.UserGrants) {
		if !by(func(l ReceiptLine) bool {
			b := sent[grantSent](l.Body)
			who := ""
			if b.PrincipalID != nil {
				who = *b.PrincipalID
			}
			return (l.Kind == CreateGrant || l.Kind == GrantOne) && strings.EqualFold(b.ResourceID, g.ResourceID) &&
				strings.EqualFold(who, g.Principal) && !g.Cut && sameSet(g.Scopes, strings.Fields(b.Scope))
		}) {
			return false
		}
	}
	return madeBy(f.Roles, r) && assignedBy(f, r)
}

// assignedBy says whether nobody is assigned to the app but by a receipt.
func assignedBy(f Facts, r Recalled) bool { return madeBy(f.Assigned, r) }

// madeBy says whether a receipt made every one of some assignments.
func madeBy(list []AssignFact, r Recalled) bool {
	for _, a := range list {
		if !slices.ContainsFunc(r.Lines, func(l ReceiptLine) bool {
			b := sent[assignSent](l.Body)
			return mayBeDone(l) && (l.Kind == AssignRole || l.Kind == Assign) && hasAssignment([]AssignFact{a}, b.PrincipalID, b.ResourceID, b.AppRoleID)
		}) {
			return false
		}
	}
	return true
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
	default:
	}
	return stoodMoved, string(l.Kind), nil
}

// standingPolicy is standing for a consent policy of ours: it can go where it
// lets in what the receipt made it let in, and where nobody else assigned it.
func standingPolicy(f Facts, r Recalled, l ReceiptLine) (st stood, what string, err error) {
	if !f.PoliciesRead || !f.ConsentRead {
		return st, "", ErrNotRead
	}
	id := sent[policySent](l.Body).ID
	p, there := policyByID(f, id)
	if !there {
		return stoodBack, "", nil
	}
	has := func(kind ChangeKind, is func(ReceiptLine) bool) bool {
		return slices.ContainsFunc(r.Lines, func(l ReceiptLine) bool { return l.Kind == kind && mayBeDone(l) && is(l) })
	}
	for _, c := range p.Conditions {
		if !has(AddCondition, func(l ReceiptLine) bool {
			b := sent[conditionSent](l.Body)
			return strings.EqualFold(b.API, c.API) && sameSet(b.Scopes, c.Scopes)
		}) {
			return stoodMoved, planWords.movedOther, nil
		}
	}
	if hasFold(f.Consent, forSelf+id) && !has(SetConsent, func(l ReceiptLine) bool { return hasFold(sent[consentSent](l.Body).Role.Assigned, forSelf+id) }) {
		return stoodMoved, planWords.movedUsed, nil
	}
	return stoodLeft, "", nil
}
