package flows

import (
	"strings"
	"time"
)

// PlanID names a plan: a digest of its lines and its tenant, so that a
// confirmation holds for exactly what was shown.
type PlanID string

// Plan is what would be changed in a tenant, line by line. Making one changes
// nothing; see MakePlan.
type Plan struct {
	ID     PlanID   `json:"id"`
	Tenant string   `json:"tenant"` // id
	Domain string   `json:"domain"` // what must be typed to confirm
	Lines  []Change `json:"lines"`
	// Warnings are read out before the confirmation is asked for.
	Warnings []string `json:"warnings,omitempty"`
}

// ChangeKind is what a line does.
type ChangeKind string

// The kinds of changes.
const (
	CreateApp   ChangeKind = "create-app"   // make the enterprise app (service principal)
	EnableApp   ChangeKind = "enable-app"   // switch its sign-in on again
	CreateGrant ChangeKind = "create-grant" // a tenant-wide grant on one API
	WidenGrant  ChangeKind = "widen-grant"  // add scopes to the tenant-wide grant there is
)

// Mark is the sign of a line in a list: + makes something, ~ changes it.
func (k ChangeKind) Mark() string {
	switch k {
	case CreateApp, CreateGrant:
		return "+"
	case EnableApp, WidenGrant:
		return "~"
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
	Scope     string     `json:"scope"`              // least Graph scope to write it
	Role      string     `json:"role"`               // least directory role
	Effect    string     `json:"effect"`
	Benchmark string     `json:"benchmark"`
	Undo      string     `json:"undo"`
	Warning   string     `json:"warning,omitempty"`
}

// NewAppRef stands in a request for the object id of the enterprise app that an
// earlier line of the same plan makes.
const NewAppRef = "<id of the new enterprise app>"

// Bind gives the request of a line with the id of the app in it. It is the
// line itself where nothing stood open; ok is false where an id is needed and
// none was given.
func (c Change) Bind(appID string) (bound Change, ok bool) {
	if !strings.Contains(c.Path, NewAppRef) && !strings.Contains(c.Body, NewAppRef) {
		return c, true
	}
	if appID == "" {
		return c, false
	}
	c.Path = strings.ReplaceAll(c.Path, NewAppRef, appID)
	c.Body = strings.ReplaceAll(c.Body, NewAppRef, appID)
	return c, true
}

// WriteScopes are the Graph scopes that applying the plan needs, each once,
// and nothing beyond.
func (p Plan) WriteScopes() []string {
	var out []string
	for _, c := range p.Lines {
		out = addFold(out, c.Scope)
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
}
