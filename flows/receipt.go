package flows

import (
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
)

// ReceiptSchema is the version of the shape of Receipt.
const ReceiptSchema = "onboard/receipt/1"

// Receipt is what was changed in a tenant, by whom and when, and how to take
// it back. It is a function of the state.
type Receipt struct {
	Schema string        `json:"schema"`
	Plan   PlanID        `json:"plan" jsonschema_description:"The id of the plan in the one run that carried it out. The digest stands beside it."`
	Digest string        `json:"digest,omitempty"` // as in Plan; receipts of old have it as the plan's id
	Path   PathID        `json:"path,omitempty"`
	Undoes PlanID        `json:"undoes,omitempty" jsonschema_description:"Of an undo: the plan of the receipt that it took back."`
	App    ReceiptApp    `json:"app"`
	Tenant ReceiptTenant `json:"tenant"`
	By     string        `json:"by"` // user principal name
	At     time.Time     `json:"at"` // of the last line
	Done   bool          `json:"done"`
	// Left: of an undo that was carried out, and what it took back shows again, all
	// or in part.
	Left    bool           `json:"left,omitempty"`
	Stopped StopReason     `json:"stopped,omitempty"`
	Lines   []ReceiptLine  `json:"lines"`
	Verdict checks.Overall `json:"verdict"`
}

// ReceiptApp is the app of a receipt.
type ReceiptApp struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	ClientID string `json:"clientId"`
}

// ReceiptTenant is the tenant of a receipt.
type ReceiptTenant struct {
	ID     string       `json:"id"`
	Domain string       `json:"domain"`
	Cloud  checks.Cloud `json:"cloud"`
}

// ReceiptLine is one line of the plan and what came of it.
type ReceiptLine struct {
	Kind      ChangeKind `json:"kind"`
	Title     string     `json:"title"`
	Method    string     `json:"method"`
	Path      string     `json:"path"`
	Body      string     `json:"body"`
	Before    string     `json:"before"`
	After     string     `json:"after"`
	Outcome   string     `json:"outcome"` // seen, already, unseen, written, refused, unclear, not sent
	ObjectID  string     `json:"objectId,omitempty"`
	RequestID string     `json:"requestId,omitempty"`
	Message   string     `json:"message,omitempty"`
	At        time.Time  `json:"at,omitzero"`        // when it was sent
	Resource  string     `json:"resource,omitempty"` // as in Change
	Scopes    []string   `json:"scopes,omitempty"`
	Undo      string     `json:"undo"`
	Back      *Back      `json:"back,omitempty"` // as in Change
}

// ReceiptOf is the receipt of the plan in hand; ok is false while none of its
// lines was sent.
func ReceiptOf(s State) (r Receipt, ok bool) {
	if s.Plan == nil || !s.touched() {
		return Receipt{}, false
	}
	p := *s.Plan
	r = Receipt{
		Schema: ReceiptSchema, Plan: p.ID, Digest: p.Digest, Path: p.Path, Undoes: p.Undoes, Done: s.Carried(), Verdict: s.Overall(),
		App:    ReceiptApp{ID: s.App.ID, Name: s.App.Name, ClientID: s.App.ClientID},
		Tenant: ReceiptTenant{ID: p.Tenant, Domain: p.Domain, Cloud: s.Cloud()},
	}
	if s.Stop != nil && !r.Done {
		r.Stopped = s.Stop.Why
	}
	r.Left = s.cameBack()
	app := s.appMade()
	for i, c := range p.Lines {
		l := s.Lines[i]
		c, _ = c.Bind(app) // as it was sent, or would have been
		r.Lines = append(r.Lines, ReceiptLine{
			Kind: c.Kind, Title: c.Title, Method: c.Method, Path: c.Path, Body: c.Body, Before: c.Before, After: c.After,
			Outcome: outcomeWord(l), ObjectID: l.Applied.ObjectID, RequestID: l.Applied.RequestID,
			Message: l.Applied.Message, At: sentAt(l), Resource: c.Resource, Scopes: c.Scopes, Undo: c.Undo, Back: c.Back,
		})
		r.At = latest(r.At, l.Sent, l.Applied.At)
		if l.By != "" {
			r.By = l.By
		}
	}
	return r, true
}

// outcomeWord is what became of a line. What was so already is nothing that the
// plan did, and nothing to take back.
func outcomeWord(l LineState) string {
	if l.Applied.Outcome == OutcomeAlready && l.Status == LineSeen {
		return string(OutcomeAlready)
	}
	return l.Status.String()
}

// sentAt is when a line was sent: a receipt's name is made of it, and must not
// change when the answer comes.
func sentAt(l LineState) time.Time {
	if l.Sent.IsZero() {
		return l.Applied.At
	}
	return l.Sent
}

// enabled says whether a line that may have been done enabled the app.
func (r Receipt) enabled() bool {
	return slices.ContainsFunc(r.Lines, func(l ReceiptLine) bool {
		return l.Kind == EnableApp && l.Outcome != LineWaiting.String() && l.Outcome != LineRefused.String()
	})
}

// appMade is the object id of the enterprise app that the plan in hand made, as
// Microsoft gave it or as it was read afterwards; empty: none is known.
func (s State) appMade() string {
	for i, c := range s.Plan.Lines {
		if id := s.Lines[i].Applied.ObjectID; c.Kind == CreateApp && id != "" {
			return id
		}
	}
	if a := s.Facts.App; a != nil && strings.EqualFold(a.AppID, s.App.ClientID) {
		return a.ID
	}
	return ""
}

// PlanFiled says whether the receipt of the plan in hand was kept since it was
// confirmed last.
func (s State) PlanFiled() bool { return s.filed }

// ReceiptsOf are the receipts of everything that this run sent, oldest first:
// of the plans that came before, and of the one in hand. It holds without any
// receipt being filed, as long as the journal does. Empty: nothing was sent.
func ReceiptsOf(s State) []Receipt { return s.kept() }

// TakeBack is the receipt of what this run changed last and what it did not take
// back since: what its undo is about. ok is false where there is nothing, or
// where nothing here can write.
func TakeBack(s State) (r Receipt, ok bool) {
	back := map[PlanID]bool{}
	for _, r := range slices.Backward(ReceiptsOf(s)) {
		switch {
		case !strings.EqualFold(r.App.ClientID, s.App.ClientID), s.TenantID() != "" && !strings.EqualFold(r.Tenant.ID, s.TenantID()):
			// of another app of this run, or of another tenant: it has a receipt
		case r.Path == Undo:
			back[r.Undoes] = back[r.Undoes] || r.Done && !r.Left
		case back[r.Plan]:
			back[r.Plan] = false // the one before, of the same lines, it did not take back
		case s.CanWrite && !s.applying() && slices.ContainsFunc(r.Lines, mayBeDone):
			return r, true
		}
	}
	return Receipt{}, false
}

// kept is past with the plan in hand, where any of it was sent. The caller may
// keep it: it is never appended to in place.
func (s State) kept() []Receipt {
	if r, ok := ReceiptOf(s); ok {
		return append(slices.Clip(s.past), r)
	}
	return s.past
}

// lineNames are the stable words of receipts, indexed by status.
var lineNames = [...]string{
	LineWaiting: "not sent", LineSending: "unclear", LineWritten: "written", LineSeen: "seen", LineUnseen: "unseen",
	LineRefused: "refused", LineUnclear: "unclear",
}

// String gives the stable word of a status, as receipts print it.
func (l LineStatus) String() string {
	if int(l) < len(lineNames) {
		return lineNames[l]
	}
	return lineNames[LineUnclear]
}
