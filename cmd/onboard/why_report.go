package main

import (
	_ "embed"
	"encoding/json"
	"slices"

	"onboard.example/checks"
	"onboard.example/flows"
)

// whySchema names the shape of `why --json`.
const whySchema = "onboard/why/1"

//go:embed why.schema.json
var whySchemaJSON []byte

// whySchemaText is the JSON Schema of whyReport.
func whySchemaText() []byte { return slices.Clone(whySchemaJSON) }

// whyReport is what `why --json` prints.
type whyReport struct {
	Schema string `json:"schema"`
	checks.Why

	Asks      checks.WhyAsk        `json:"asks"`                // what a message to IT would ask for
	Domain    string               `json:"domain"`              // that was asked about; empty: none
	Account   string               `json:"account,omitempty"`   // who signed in, with --include-personal alone
	Link      string               `json:"consentLink"`         // tied to the tenant; empty: none can be made, or none is wanted
	IDFrom    string               `json:"clientIdFrom"`        // "profile", "typed", "text"; empty: no client id is known
	Case      string               `json:"case"`                // the hand-off code; empty: there is none
	Developer *checks.WhyDeveloper `json:"developer,omitempty"` // with --developer
	Message   *flows.Message       `json:"message,omitempty"`   // with --message
}

// printJSON prints the answer for programs.
func (l *whyLook) printJSON(f whyFlags) error {
	r := whyReport{Schema: whySchema, Why: l.why, Domain: l.domain, Asks: l.why.Ask(), Account: l.as, IDFrom: l.idFrom(), Case: flows.SentHandoff(l.state, l.why).String()}
	if link, err := flows.ConsentLink(l.state); err == nil && r.Asks == checks.AskConsent {
		r.Link = link.URL
	}
	if f.developer {
		d := l.why.Developer()
		r.Developer = &d
	}
	if f.message != "" {
		m, err := l.message(f)
		if err != nil {
			return err
		}
		r.Message = &m
	}
	return json.NewEncoder(l.o.out).Encode(r)
}
