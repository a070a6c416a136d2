package tui

import "onboard.example/flows"

// reportText is a run as a page of Markdown to keep or to send.
func reportText(s flows.State) string { return flows.ReportOf(s).Markdown() }

// messageText is what to tell the people who were blocked.
func messageText(s flows.State) string { return flows.UserMessage(s) }
