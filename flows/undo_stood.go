package flows

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

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
	case CreateApp, RestoreApp, EnableApp, DisableApp, RequireAssignment, FreeAssignment, DeleteApp:
		return standingApp(f, r, l)
	case CreateGrant, GrantOne, WidenGrant, NarrowGrant, DeleteGrant:
		return standingGrant(f, l)
	case AssignRole, Assign, Unassign:
		switch {
		case f.App == nil && l.Kind == Unassign:
			return stoodMoved, planWords.movedGone, nil
		case f.App != nil && (!f.RolesRead || !f.AssignedRead):
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
	case AddCondition:
		return standingCondition(f, l)
	case SetConsent, SetWorkflow, Classify, Unclassify, DeletePolicy, DeleteCondition:
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

// madeApp says whether a receipt's plan may have made the enterprise app, or
// restored it: before it there was none.
func (r Recalled) madeApp() bool {
	return slices.ContainsFunc(r.Lines, func(l ReceiptLine) bool {
		return (l.Kind == CreateApp || l.Kind == RestoreApp) && mayBeDone(l)
	})
}

func standingApp(f Facts, r Recalled, l ReceiptLine) (st stood, what string, err error) {
	switch {
	case l.Kind == DeleteApp:
		return standingDeleted(f, path.Base(l.Path))
	case (l.Kind == CreateApp || l.Kind == RestoreApp) && f.App == nil:
		return stoodBack, "", nil
	case f.App == nil && r.madeApp():
		return stoodBack, "", nil // it went with the app
	case f.App == nil:
		return stoodMoved, planWords.movedGone, nil
	case l.Kind == CreateApp && l.ObjectID != "" && !strings.EqualFold(f.App.ID, l.ObjectID):
		return stoodMoved, planWords.movedOther, nil
	case l.Kind == RestoreApp && path.Base(path.Dir(l.Path)) != f.App.ID:
		return stoodMoved, planWords.movedOther, nil
	case l.Kind == CreateApp, l.Kind == RestoreApp:
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

// standingDeleted is standing for an enterprise app that was deleted: it is there
// again, or can be restored, or neither.
func standingDeleted(f Facts, id string) (st stood, what string, err error) {
	switch {
	case f.App != nil && f.App.ID == id:
		return stoodBack, "", nil
	case f.App != nil:
		return stoodMoved, planWords.movedOther, nil
	case !f.DeletedRead:
		return st, "", ErrNotRead
	case f.Deleted == nil:
		return stoodMoved, planWords.movedForGood, nil
	}
	return stoodLeft, "", nil
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
	switch made := l.Kind == CreateGrant || l.Kind == GrantOne; {
	case f.App == nil && made:
		return stoodBack, "", nil
	case f.App == nil:
		return stoodMoved, planWords.movedGone, nil
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
		return stoodMoved, fmt.Sprintf(planWords.movedHolds, consentSays(f.Consent, sent[consentSent](l.Body).Role.Assigned)), nil
	case SetWorkflow:
		switch {
		case !f.WorkflowRead || f.Workflow == nil:
			return st, "", ErrNotRead
		case workflowIs(*f.Workflow, l.Body):
			return stoodLeft, "", nil
		case workflowIs(*f.Workflow, l.Back.Body):
			return stoodBack, "", nil
		}
		return stoodMoved, fmt.Sprintf(planWords.movedHolds, workflowSays(*f.Workflow, nameless)), nil
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
	if p.Unread {
		return st, "", ErrNotRead
	}
	if p.Odd {
		return stoodMoved, planWords.movedOther, nil
	}
	for _, c := range p.Conditions {
		if !has(AddCondition, func(l ReceiptLine) bool {
			return isCondition(c, l.Body)
		}) {
			return stoodMoved, planWords.movedOther, nil
		}
	}
	if hasFold(f.Consent, forSelf+id) && !has(SetConsent, func(l ReceiptLine) bool { return hasFold(sent[consentSent](l.Body).Role.Assigned, forSelf+id) }) {
		return stoodMoved, planWords.movedUsed, nil
	}
	return stoodLeft, "", nil
}

// standingCondition is standing for what a receipt let into a policy that was
// there before.
func standingCondition(f Facts, l ReceiptLine) (st stood, what string, err error) {
	p, there := policyByID(f, path.Base(path.Dir(l.Path)))
	switch {
	case !f.PoliciesRead, p.Unread, slices.ContainsFunc(p.Conditions, func(c ConditionFact) bool { return c.ID == "" }):
		return st, "", ErrNotRead
	case !there:
		return stoodBack, "", nil
	case l.ObjectID == "":
		return either(madeID(f, l) != ""), "", nil
	}
	switch c, in := conditionByID(p, l.ObjectID); {
	case !in:
		return stoodBack, "", nil
	case !isCondition(c, l.Body):
		return stoodMoved, planWords.movedOther, nil
	}
	return stoodLeft, "", nil
}

// isCondition says whether a condition is what a body made: that, and with
// nothing more to it.
func isCondition(c ConditionFact, text string) bool {
	b := sent[conditionSent](text)
	return len(b.Clients) == 1 && ofOurs(c, b.Clients[0]) && strings.EqualFold(b.API, c.API) && sameSet(b.Scopes, c.Scopes)
}
