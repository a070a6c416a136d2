package tui

import (
	"strings"

	"onboard.example/checks"
)

// Bounds of what is shown of text from outside, in characters and bytes.
const (
	mostLine  = 600
	mostBlock = 16 << 10
)

// clean makes text from outside fit for one line of the screen.
func clean(s string) string { return checks.Line(s, mostLine) }

// cleanBlock does the same for several lines.
func cleanBlock(s string) string { return checks.Block(s, mostBlock) }

// linkless wraps text that may hold addresses: one that does not fit its line
// whole is named by its host, so that none is ever broken or cut.
func linkless(role Role, text string, indent, w int) []row {
	return linklessHanging(row{}.add(RoleText, spaces(indent)), role, text, w)
}

func linklessHanging(head row, role Role, text string, w int) []row {
	room := w - head.width()
	if strings.Contains(text, "://") {
		words := strings.Split(text, " ")
		for i, word := range words {
			if strings.Contains(word, "://") && cells(word) > room {
				words[i] = shortLink(word)
			}
		}
		text = strings.Join(words, " ")
	}
	return hanging(head, role, text, w)
}
