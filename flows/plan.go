package flows

import (
	"strings"
	"time"
)

// PlanID names one plan of one run, so that what was confirmed, sent and kept is
// of exactly the plan that was shown, and never of another that is equal to it.
// In journals and receipts of old it is the plan's digest.
type PlanID string

// Plan is what would be changed in a tenant, line by line. Making one changes
// nothing; see MakePlan.
type Plan struct {
	ID     PlanID   `json:"id" jsonschema_description:"Of a plan that is printed its digest, the same for equal plans: what apply --plan takes."`
	Digest string   `json:"digest,omitempty"` // of its tenant and its lines; see Sum
	Path   PathID   `json:"path,omitempty"`   // whose change it is; empty in journals of old: entra-grant
	Undoes PlanID   `json:"undoes,omitempty"` // the plan that it takes back
	Tenant string   `json:"tenant"`           // id
	Domain string   `json:"domain"`           // what must be typed to confirm
	Lines  []Change `json:"lines"`
	// Warnings are read out before the confirmation is asked for.
	Warnings []string `json:"warnings,omitempty"`
}

// Sum is the same for plans that would send the same to the same tenant, and
// found the same there, whenever they were made.
func (p Plan) Sum() string {
	if p.Digest == "" { // of old
		return string(p.ID)
	}
	return p.Digest
}

// Of is the path whose plan it is.
func (p Plan) Of() PathID {
	if p.Path == "" {
		return EntraGrant
	}
	return p.Path
}

// ChangeKind is what a line does.
type ChangeKind string

// The kinds of changes.
const (
	CreateApp   ChangeKind = "create-app"   // make the enterprise app (service principal)
	DeleteApp   ChangeKind = "delete-app"   // delete the enterprise app
	RestoreApp  ChangeKind = "restore-app"  // bring back the enterprise app that was deleted
	EnableApp   ChangeKind = "enable-app"   // switch its sign-in on again
	DisableApp  ChangeKind = "disable-app"  // switch its sign-in off
	CreateGrant ChangeKind = "create-grant" // a tenant-wide grant on one API
	WidenGrant  ChangeKind = "widen-grant"  // add scopes to the tenant-wide grant there is
	NarrowGrant ChangeKind = "narrow-grant" // set a grant's scopes back to what they were
	DeleteGrant ChangeKind = "delete-grant" // delete a grant, everyone's or one user's
	GrantOne    ChangeKind = "grant-one"    // a grant on one API for one user

	AssignRole        ChangeKind = "assign-role"        // give the app an app role of an API
	Assign            ChangeKind = "assign"             // assign a person or a group to the app
	Unassign          ChangeKind = "unassign"           // delete an assignment, the app's or to it
	RequireAssignment ChangeKind = "require-assignment" // only who is assigned may use the app
	FreeAssignment    ChangeKind = "free-assignment"    // everybody may use it

	SetConsent   ChangeKind = "set-consent"   // the tenant's user consent setting
	Classify     ChangeKind = "classify"      // classify a scope Low
	Unclassify   ChangeKind = "unclassify"    // delete a classification
	SetWorkflow  ChangeKind = "set-workflow"  // the admin consent workflow
	CreatePolicy ChangeKind = "create-policy" // a consent policy for this app alone
	AddCondition ChangeKind = "add-condition" // what that policy lets in
	DeletePolicy ChangeKind = "delete-policy" // delete such a policy

	DeleteCondition ChangeKind = "delete-condition" // what a policy that was there lets in besides
)

// Mark is the sign of a line in a list: + makes something, ~ changes it, -
// takes it away.
func (k ChangeKind) Mark() string {
	switch k {
	case CreateApp, RestoreApp, CreateGrant, GrantOne, AssignRole, Assign, Classify, CreatePolicy, AddCondition:
		return "+"
	case EnableApp, DisableApp, WidenGrant, NarrowGrant, RequireAssignment, FreeAssignment, SetConsent, SetWorkflow:
		return "~"
	case DeleteApp, DeleteGrant, Unassign, Unclassify, DeletePolicy, DeleteCondition:
		return "-"
	}
	return "?"
}

// Change is one line of a plan. Method, Path and Body are the exact request,
// the path relative to the root of Graph v1.0. Where the id of an object is
// not known before an earlier line made it, path and body hold a placeholder,
// which Bind fills in.
type Change struct {
	Kind      ChangeKind `json:"kind"`
	Title     string     `json:"title"`
	Method    string     `json:"method"`
	Path      string     `json:"path"`
	Body      string     `json:"body"` // JSON; empty: none
	Before    string     `json:"before"`
	After     string     `json:"after"`
	Resource  string     `json:"resource,omitempty"` // appId of the API of a grant
	Scopes    []string   `json:"scopes,omitempty"`   // that must be in place afterwards
	Back      *Back      `json:"back,omitempty"`     // what takes it back; nil: nothing by itself, see Undo
	Scope     string     `json:"scope"`              // least Graph scopes to write it, a space between
	Role      string     `json:"role"`               // least directory role
	Effect    string     `json:"effect"`
	Benchmark string     `json:"benchmark"`
	Undo      string     `json:"undo"`
	Warning   string     `json:"warning,omitempty"`
}

// Back is the request that takes a line back, path and body as in Change. What
// is not known before the line was sent is a placeholder in it.
type Back struct {
	Kind   ChangeKind `json:"kind"`
	Method string     `json:"method"`
	Path   string     `json:"path"`
	Body   string     `json:"body,omitempty"`
}

// The placeholders of requests. Brackets and spaces are in no id.
const (
	// NewAppRef is the object id of the enterprise app that an earlier line of
	// the same plan makes.
	NewAppRef = "<id of the new enterprise app>"
	// NewObjectRef is the id that Microsoft gives to what the line itself makes.
	NewObjectRef = "<id of what this made>"
)

// Bind gives the request of a line with the id of the app in it. It is the
// line itself where nothing stood open; ok is false where an id is needed and
// none was given.
func (c Change) Bind(appID string) (bound Change, ok bool) {
	if !strings.Contains(c.Path, NewAppRef) && !strings.Contains(c.Body, NewAppRef) {
		if c.Back != nil && appID != "" {
			c.Back = c.Back.bind(NewAppRef, appID)
		}
		return c, true
	}
	if appID == "" {
		return c, false
	}
	c.Path = strings.ReplaceAll(c.Path, NewAppRef, appID)
	c.Body = strings.ReplaceAll(c.Body, NewAppRef, appID)
	if c.Back != nil {
		c.Back = c.Back.bind(NewAppRef, appID)
	}
	return c, true
}

// bind puts an id in the place of a placeholder, in a copy.
func (b Back) bind(ref, id string) *Back {
	b.Path, b.Body = strings.ReplaceAll(b.Path, ref, id), strings.ReplaceAll(b.Body, ref, id)
	return &b
}

// WriteScopes are the Graph scopes that applying the plan needs, each once,
// and nothing beyond.
func (p Plan) WriteScopes() []string {
	var out []string
	for _, c := range p.Lines {
		for scope := range strings.FieldsSeq(c.Scope) {
			out = addFold(out, scope)
		}
	}
	return out
}

// Outcome is what came of sending a line.
type Outcome string

// The outcomes. Only re-reading proves a line; none of these does.
const (
	OutcomeSent    Outcome = "sent"    // Microsoft accepted it
	OutcomeAlready Outcome = "already" // it was so already (409)
	OutcomeRefused Outcome = "refused" // Microsoft said no
	OutcomeUnclear Outcome = "unclear" // no answer, or the process died
)

// LineStatus is how far a line of the plan in hand has come.
type LineStatus uint8

// The statuses of a line, in the order they are passed.
const (
	LineWaiting LineStatus = iota // not sent
	LineSending                   // stored as being sent: in doubt if we died
	LineWritten                   // accepted, not yet seen by re-reading
	LineSeen                      // seen by re-reading
	LineUnseen                    // accepted, and not there on re-reading
	LineRefused
	LineUnclear
)

// LineState is one line of the plan in hand as far as it was carried.
type LineState struct {
	Status  LineStatus
	Sent    time.Time // when it was stored as being sent; zero: never
	By      string    // who was signed in then
	Applied Applied   // zero before an answer
	// Until is when it is given up to look for it; zero: it is not waited for.
	Until time.Time
}
