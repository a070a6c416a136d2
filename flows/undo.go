package flows

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

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
	// ErrTooEarly says that something was sent, does not show, and still may. Then
	// nothing is taken back: what was done before it may be what holds it back, as
	// an assignment that is required holds back a grant.
	ErrTooEarly = errors.New("it was sent, and may still show")
)

// Recall is the event that takes up a receipt, to take back what it did and what
// none of some other receipts took back.
func Recall(r Receipt, by ...Receipt) Recalled {
	return Recalled{Plan: r.Plan, App: r.App, Tenant: r.Tenant, Lines: r.Lines}.among(r.At, by)
}

// among leaves out the lines that receipts took back, and notes those that they
// tried to. at is the time of the receipt that is taken up.
func (r Recalled) among(at time.Time, by []Receipt) Recalled {
	whole := Receipt{Plan: r.Plan, App: r.App, Tenant: r.Tenant, At: at, Lines: r.Lines}
	for _, b := range by {
		if !b.Undid(whole) {
			continue
		}
		for _, l := range r.Lines {
			if key := l.key(); !slices.Contains(r.Tried, key) && slices.ContainsFunc(b.Lines, func(u ReceiptLine) bool { return mayBeDone(u) && u.wouldTakeBack(l) }) {
				r.Tried = append(slices.Clip(r.Tried), key)
			}
		}
	}
	r.Lines = whole.Without(by...).Lines
	return r
}

// sent is when the last line of what is taken up was sent.
func (r Recalled) sent() time.Time {
	var at time.Time
	for _, l := range r.Lines {
		at = latest(at, l.At)
	}
	return at
}

// key tells a line of a receipt from the others of it.
func (l ReceiptLine) key() string { return l.Method + " " + l.Path + " " + l.Body }

// undoChecks are the checks that read what a receipt's lines are about.
func undoChecks(s State) []checks.ID {
	out := appChecks()
	if s.Undoing == nil {
		return out
	}
	for _, l := range s.Undoing.Lines {
		switch l.Kind {
		case CreateApp, DeleteApp, RestoreApp:
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
		case CreatePolicy, AddCondition, DeletePolicy, DeleteCondition:
			out = append(out, checks.ConsentPolicy, checks.ConsentPredict)
		case EnableApp, DisableApp, CreateGrant, WidenGrant, NarrowGrant:
		}
	}
	return SetOf(out).IDs()
}

// planUndo is takeBack as a plan.
func planUndo(s State, p *Plan) error {
	_, _, err := takeBack(s, p)
	return err
}

// takeBack takes back what a receipt says was done: the last line first, only
// what stands as the receipt left it. What is back already is left out; what
// somebody changed since stops the whole, for half of it undone is a third
// state that nobody asked for. stand are the titles of the receipt's lines that
// stand, and byHand those among them that no request of ours can take back.
func takeBack(s State, p *Plan) (stand, byHand []string, err error) {
	r := s.Undoing
	switch {
	case r == nil:
		return nil, nil, ErrNoReceipt
	case !strings.EqualFold(r.Tenant.ID, p.Tenant), !strings.EqualFold(r.App.ClientID, s.App.ClientID):
		return nil, nil, ErrOtherReceipt
	}
	p.Undoes = r.Plan
	if r.Strange {
		p.Warnings = append(p.Warnings, planWords.fileWarning)
	}
	var early []string
	f := s.Facts
	made := slices.ContainsFunc(r.Lines, func(l ReceiptLine) bool { return l.Kind == CreatePolicy && mayBeDone(l) })
	for _, l := range slices.Backward(r.Lines) {
		switch {
		case !mayBeDone(l):
			continue
		case l.Kind == AddCondition && made:
			continue // it goes with the policy
		case l.Kind == AddCondition && l.Back == nil:
			l.Back = removing(l.Path)
		case l.Kind == DeleteApp && l.Back == nil: // as receipts of old have it
			l.Back = restoring(path.Base(l.Path))
		}
		switch {
		case l.Back == nil:
			return nil, nil, fmt.Errorf("%w: %s", ErrNoWayBack, l.Title)
		case !takesBack(l):
			return nil, nil, fmt.Errorf("%w: %s", ErrForeign, l.Title)
		}
		how, what, err := standing(f, *r, l)
		if other(f, l) && how == stoodLeft {
			how, what = stoodMoved, planWords.movedOther
		}
		switch {
		case err != nil:
			return nil, nil, err
		case how == stoodMoved:
			return nil, nil, fmt.Errorf("%w: %s: %s", ErrMovedOn, l.Title, what)
		case how == stoodBack && !s.touched() && !slices.Contains(r.Tried, l.key()) && s.maySoonShow(l):
			early = append(early, fmt.Sprintf(planWords.tooEarly, l.Title, int(s.showsIn(l).Minutes())+1))
			continue
		case how == stoodBack:
			continue
		}
		stand = append(stand, l.Title)
		line, err := backLine(f, s.App, l)
		switch {
		case errors.Is(err, ErrUnknownID) && (l.Kind == Classify || l.Kind == AddCondition): // the others can be taken back all the same
			byHand = append(byHand, l.Title)
			p.Warnings = append(p.Warnings, fmt.Sprintf(planWords.handWarning, l.Title))
			continue
		case err != nil:
			return nil, nil, err
		}
		if l.Kind == Assign || l.Kind == GrantOne {
			line.Title += r.called(l)
		}
		if line.Kind == RestoreApp { // what comes next is done to it
			f = restored(f)
		}
		p.Lines = append(p.Lines, line)
		if line.Warning != "" {
			p.Warnings = append(p.Warnings, line.Warning)
		}
	}
	if len(early) > 0 { // what came before it may be what holds it back: see ErrTooEarly
		p.Lines = nil
		return nil, nil, fmt.Errorf("%w: %s", ErrTooEarly, strings.Join(early, "; "))
	}
	return stand, byHand, nil
}

// called says by which name a person or a group stood in the plan, for what was
// read has their id alone. What a file from elsewhere calls somebody is no name.
func (r Recalled) called(l ReceiptLine) string {
	if r.Strange || l.Title == "" {
		return ""
	}
	return fmt.Sprintf(planWords.madeAs, checks.Line(l.Title, 160))
}

// Deleted is the object id of the enterprise app that a plan would restore: what
// the next look has to find. Empty: none.
func (s State) Deleted() string {
	if s.Path != Undo || s.Undoing == nil {
		return ""
	}
	for _, l := range s.Undoing.Lines {
		if l.Kind == DeleteApp && mayBeDone(l) {
			return path.Base(l.Path)
		}
	}
	return ""
}

// restored are facts as they are once the deleted app is there again, without
// what hung on it.
func restored(f Facts) Facts {
	f.App = &AppFact{ID: f.Deleted.ID, AppID: f.Deleted.AppID, Name: f.Deleted.Name, Enabled: true}
	f.Grants, f.UserGrants, f.Roles, f.Assigned = nil, nil, nil, nil
	f.GrantsRead, f.RolesRead, f.AssignedRead = true, true, true
	return f
}

// backKinds are the kinds that take a kind back.
var backKinds = map[ChangeKind]ChangeKind{
	CreateApp: DeleteApp, DeleteApp: RestoreApp, RestoreApp: DeleteApp, EnableApp: DisableApp, DisableApp: EnableApp, CreateGrant: DeleteGrant, GrantOne: DeleteGrant, WidenGrant: NarrowGrant,
	AssignRole: Unassign, Assign: Unassign, RequireAssignment: FreeAssignment, FreeAssignment: RequireAssignment,
	SetConsent: SetConsent, SetWorkflow: SetWorkflow, Classify: Unclassify, Unclassify: Classify, CreatePolicy: DeletePolicy, AddCondition: DeleteCondition,
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
	if unsure { // before anything else that is to be known of it
		c.Warning = strings.TrimSpace(fmt.Sprintf(planWords.unsureWarning, about.title) + " " + c.Warning)
	}
	switch b.Kind {
	case Unclassify:
		c.Scopes = l.Scopes
	case DeletePolicy, DeleteCondition: // what is made again is another one
		c.Undo = planWords.noUndo
		return c, nil
	case DeleteApp:
		c.Undo, c.Back = planWords.deleteUndo, restoring(path.Base(c.Path))
		return c, nil
	default:
	}
	c.Back = &Back{Kind: l.Kind, Method: l.Method, Path: l.Path, Body: l.Body}
	if l.Method == "DELETE" && l.Kind != DeleteApp { // it was of another id, which went with what was deleted
		c.Back.Path = c.Path + "/" + NewObjectRef
	}
	return c, nil
}

// needsOf are the least Graph scopes and the least directory role that a kind
// of change takes (entra-facts §1 to §6, [PERM]).
func needsOf(k ChangeKind) (scope, role string) {
	switch k {
	case CreateApp, DeleteApp, RestoreApp, EnableApp, DisableApp, RequireAssignment, FreeAssignment:
		return "Application.ReadWrite.All", leastRole
	case AssignRole, Assign:
		return assignScopes, leastRole
	case Unassign:
		return unassignScope, leastRole
	case SetConsent:
		return "Policy.ReadWrite.Authorization", "Privileged Role Administrator"
	case SetWorkflow:
		return "Policy.ReadWrite.ConsentRequest", "Global Administrator"
	case CreatePolicy, AddCondition, DeletePolicy, DeleteCondition:
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
	case Classify:
		c := sent[classSent](l.Body)
		for _, have := range f.Classes {
			if strings.EqualFold(have.API, l.Resource) && strings.EqualFold(have.ScopeID, c.PermissionID) && have.Level == c.Classification {
				return have.ID
			}
		}
	case AddCondition:
		p, _ := policyByID(f, path.Base(path.Dir(l.Path)))
		for _, have := range p.Conditions {
			if isCondition(have, l.Body) {
				return have.ID
			}
		}
	default:
	}
	return ""
}

// other says whether what a line made was made anew since: it is there, by
// another id.
func other(f Facts, l ReceiptLine) bool {
	if l.ObjectID == "" || l.Kind == CreateApp {
		return false // of the app, standing says it
	}
	made := l.ObjectID
	l.ObjectID = ""
	now := madeID(f, l)
	return now != "" && now != made
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
