package tui

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/rivo/uniseg"

	"onboard.example/checks"
)

// Limits of what goes into a field, in characters. A domain name has at most
// 253; anything longer was not meant for it.
const (
	fieldLimit = 256
	pasteLimit = 64 << 10
)

// field is one line of text being typed. The library's input is not used: it
// looks for clipboard programs in its init and reads the clipboard of the
// machine it runs on, which is the server's when served.
type field struct {
	left, right string // text before and after the cursor, always clean
	said        string // what is wrong, set by the screen that owns the field
	limit       int    // in characters; zero is fieldLimit
}

// value is the text typed, without surrounding spaces.
func (f *field) value() string { return strings.TrimSpace(f.left + f.right) }

// empty says that nothing was typed at all, not even spaces.
func (f *field) empty() bool { return f.left == "" && f.right == "" }

// set replaces the text, cleaned, with the cursor at its end.
func (f *field) set(s string) {
	f.left, f.right, f.said = "", "", ""
	f.insert(s)
	f.said = ""
}

// key edits by one key; false where the key is none of the field's.
func (f *field) key(k tea.KeyPressMsg) bool {
	switch k.String() {
	case "left", "ctrl+b":
		f.move(-1)
	case "right", "ctrl+f":
		f.move(1)
	case "home", "ctrl+a":
		f.left, f.right = "", f.left+f.right
	case "end", "ctrl+e":
		f.left, f.right = f.left+f.right, ""
	case "backspace", "ctrl+h":
		f.left = f.left[:len(f.left)-lastCluster(f.left)]
	case "delete", "ctrl+d":
		f.right = f.right[firstCluster(f.right):]
	case "ctrl+u":
		f.left = ""
	case "ctrl+k":
		f.right = ""
	case "ctrl+w", "alt+backspace":
		trimmed := strings.TrimRightFunc(f.left, unicode.IsSpace)
		f.left = trimmed[:strings.LastIndexFunc(trimmed, unicode.IsSpace)+1]
	default:
		if k.Text == "" || k.Mod.Contains(tea.ModAlt) || k.Mod.Contains(tea.ModCtrl) {
			return false
		}
		f.insert(k.Text)
		return true
	}
	f.said = ""
	return true
}

// insert puts text at the cursor: cleaned, on one line, and never past the
// limit. What does not fit is refused whole, so that nobody confirms half of
// what they pasted.
func (f *field) insert(s string) {
	limit := f.limit
	if limit == 0 {
		limit = fieldLimit
	}
	s = checks.Line(s[:min(len(s), pasteLimit)], pasteLimit)
	if f.left == "" {
		s = strings.TrimLeft(s, " ")
	}
	if len([]rune(f.left+f.right))+len([]rune(s)) > limit {
		f.said = fill(wordTooLong, "limit", number(limit))
		return
	}
	f.left += s
	f.said = ""
}

func (f *field) move(n int) {
	if n < 0 {
		k := len(f.left) - lastCluster(f.left)
		f.left, f.right = f.left[:k], f.left[k:]+f.right
		return
	}
	k := firstCluster(f.right)
	f.left, f.right = f.left+f.right[:k], f.right[k:]
}

// window gives the text that fits w cells around the cursor, and the cursor's
// place in it.
func (f *field) window(w int) (text string, cursor int) {
	w = max(w, 2)
	left := f.left
	for cells(left) > w-1 {
		left = left[firstCluster(left):]
	}
	return left + cut(f.right, w-cells(left), false), cells(left)
}

func firstCluster(s string) int {
	c, _, _, _ := uniseg.FirstGraphemeClusterInString(s, -1)
	return len(c)
}

func lastCluster(s string) int {
	n := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		n = len(g.Str())
	}
	return n
}
