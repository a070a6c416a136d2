package flows

import (
	"onboard.example/checks"
)

// The versions of the shapes of PlanDoc and Done.
const (
	PlanDocSchema = "onboard/plan/1"
	DoneDocSchema = "onboard/apply/1"
)

// PlanDoc is a plan as something to read by a machine. It is a function of the
// state.
type PlanDoc struct {
	Schema  string        `json:"schema"`
	App     ReceiptApp    `json:"app"`
	Tenant  ReceiptTenant `json:"tenant"`
	Account *Account      `json:"account"` // null: nobody signed in
	Path    PathID        `json:"path"`
	Fits    bool          `json:"fits"` // whether the path can clear this tenant's block
	Why     string        `json:"why"`  // why it does or does not fit, in a line
	// Plan has its digest for an id, as onboard/plan/1 always had: plans that would
	// do the same are the same text, and its id is what is agreed to. Without lines:
	// all is in place.
	Plan Plan `json:"plan"`
}

// Done is what came of a plan, for a machine.
type Done struct {
	Schema  string         `json:"schema"`
	Plan    PlanDoc        `json:"plan"`
	Done    bool           `json:"done"`    // every line was seen in the tenant, or all was in place; of an undo, and it stayed so
	Stopped StopReason     `json:"stopped"` // empty: it was not
	Why     string         `json:"why"`     // of the stop, in a sentence
	Receipt *Receipt       `json:"receipt"` // null: nothing was sent
	File    string         `json:"file"`    // the receipt's name; empty: none is kept
	Verdict checks.Overall `json:"verdict"`
	// Reached is what the path has come to, where that is no opening for
	// everybody, such as a pilot; null: the verdict says it all.
	Reached *Reached `json:"reached"`
}

// PlanDocOf is the plan in hand, and how its path fits.
func PlanDocOf(s State, fit Ranked) PlanDoc {
	d := PlanDoc{
		Schema: PlanDocSchema, Account: s.Account, Path: s.Path, Fits: fit.Fits || fit.Path.ID == "", Why: fit.Why,
		App:    ReceiptApp{ID: s.App.ID, Name: s.App.Name, ClientID: s.App.ClientID},
		Tenant: ReceiptTenant{ID: s.TenantID(), Domain: s.Domain, Cloud: s.Cloud()},
		Plan:   Plan{Path: s.Path, Tenant: s.TenantID(), Domain: s.Domain},
	}
	if s.Plan != nil {
		d.Plan = *s.Plan
		d.Plan.ID = PlanID(d.Plan.Sum())
	}
	if d.Plan.Lines == nil {
		d.Plan.Lines = []Change{}
	}
	return d
}

// DoneOf is what came of the plan in hand.
func DoneOf(s State, fit Ranked) Done {
	d := Done{Schema: DoneDocSchema, Plan: PlanDocOf(s, fit), Verdict: s.Overall(), Done: inPlace(s, fit)}
	if got, ok := s.Reached(); ok {
		d.Reached = &got
		d.Done = d.Done && (got.Done || s.Path != Undo) // that each line was seen once is not the end of an undo
	}
	if s.Stop != nil && !d.Done {
		d.Stopped, d.Why = s.Stop.Why, WhyStopped(s)
	}
	if r, ok := ReceiptOf(s); ok {
		d.Receipt = &r
		if n := len(s.Receipts); n > 0 {
			d.File = s.Receipts[n-1].Name
		}
	}
	return d
}

// PlanTitle says what the plan of a path is for. It is the path's own title but
// where that names the portal, which a plan does without.
func PlanTitle(path PathID) string {
	p, ok := PathByID(path)
	switch {
	case path == EntraGrant:
		return planWords.grantTitle
	case ok:
		return p.Title
	}
	return string(path)
}

// inPlace says whether every line of a plan was seen, or, of one without lines,
// that all is in place. Where the path does not fit the tenant, no lines may only
// mean that it can do nothing there.
func inPlace(s State, fit Ranked) bool {
	switch {
	case s.Plan != nil && len(s.Plan.Lines) > 0:
		return s.Carried()
	case fit.Path.ID == "", fit.Fits, fit.Path.Goal == GoalRevoked:
		return true
	case fit.Path.ID == Pilot:
		return s.piloted()
	}
	return s.Overall().State == checks.StateOpen
}
