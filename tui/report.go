package tui

import (
	"encoding/json"
	"fmt"

	"onboard.example/flows"
)

// ReportForm is a report in one of its forms, as a file of its own.
type ReportForm struct {
	Base string // how its name begins; empty: as a report's
	Ext  string // the ending of its name, without a dot
	Text string
}

// reportForms is a run's report in every form there is.
func reportForms(s flows.State) ([]ReportForm, error) {
	r := flows.ReportOf(s)
	page, err := r.HTML()
	if err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	return []ReportForm{{Ext: "md", Text: r.Markdown()}, {Ext: "html", Text: page}, {Ext: "json", Text: string(data) + "\n"}}, nil
}

// reportText is a run as a page of Markdown to keep or to send.
func reportText(s flows.State) string { return flows.ReportOf(s).Markdown() }

// messageText is what to tell the people who were blocked.
func messageText(s flows.State) string { return flows.UserMessage(s) }
