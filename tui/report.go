package tui

import "onboard.example/flows"

// reportText is a run as a page of Markdown to keep or to send.
func reportText(s flows.State) string {
	text, err := flows.ReportOf(s).Markdown()
	return orTrouble(text, err)
}

// messageText is what to tell the people who were blocked.
func messageText(s flows.State) string {
	text, err := flows.UserMessage(s)
	return orTrouble(text, err)
}

// orTrouble stands in for a text that could not be made.
func orTrouble(text string, err error) string {
	if err != nil {
		return fill(wordNoText, "why", clean(err.Error()))
	}
	return text
}
