package flows

import (
	"time"

	"onboard.example/checks"
)

// ReceiptSchema is the version of the shape of Receipt.
const ReceiptSchema = "onboard/receipt/1"

// Receipt is what was changed in a tenant, by whom and when, and how to take
// it back. It is a function of the state.
type Receipt struct {
	Schema  string         `json:"schema"`
	Plan    PlanID         `json:"plan"`
	App     ReceiptApp     `json:"app"`
	Tenant  ReceiptTenant  `json:"tenant"`
	By      string         `json:"by"` // user principal name
	At      time.Time      `json:"at"` // of the last line
	Done    bool           `json:"done"`
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
	Outcome   string     `json:"outcome"` // seen, unseen, written, refused, unclear, not sent
	ObjectID  string     `json:"objectId,omitempty"`
	RequestID string     `json:"requestId,omitempty"`
	Message   string     `json:"message,omitempty"`
	At        time.Time  `json:"at,omitzero"`
	Undo      string     `json:"undo"`
}
