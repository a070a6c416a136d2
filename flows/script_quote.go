package flows

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"onboard.example/checks"
)

// Every text from outside is written for the language it stands in. Requests are
// printable ASCII alone, and so are scripts of PowerShell as a whole: no
// character set, no typographic quote and no sign that turns the direction of
// writing can say one thing to a reader and another to a machine.

// mostComment bounds a line of a comment.
const mostComment = 400

// remark is text for a line of a comment: one line, whatever it held.
func remark(text string) string { return checks.Line(text, mostComment) }

// remarkASCII is remark for a language whose files may be read in another
// character set than they were written in.
func remarkASCII(text string) string {
	var b strings.Builder
	for _, r := range remark(text) {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		escapeUnits(&b, r)
	}
	return b.String()
}

// escapeUnits writes a character as JSON and most languages escape it.
func escapeUnits(b *strings.Builder, r rune) {
	for _, u := range utf16.Encode([]rune{r}) {
		fmt.Fprintf(b, `\u%04x`, u)
	}
}

// asciiJSON is the same JSON in printable ASCII: beyond it characters stand in
// strings alone, where an escape means the same.
func asciiJSON(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r >= 0x7f {
			escapeUnits(&b, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// bashQuote is text as one word of bash (and of any POSIX shell): nothing has a
// meaning between single quotes but the quote. A NUL, which no argument can
// hold, is left out.
func bashQuote(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// psQuote is text as an expression of PowerShell. Its single quotes end at a
// typographic quote too (about_Quoting_Rules), which is one of the characters
// that are written by their numbers here.
func psQuote(text string) string {
	var b strings.Builder
	open, parts := false, 0
	end := func() {
		if open {
			b.WriteByte('\'')
		}
		open = false
	}
	for _, u := range utf16.Encode([]rune(text)) {
		plain := u >= 0x20 && u < 0x7f
		if plain && !open || !plain && parts == 0 { // it begins with a string, so that + joins
			if parts > 0 {
				b.WriteString(" + ")
			}
			b.WriteByte('\'')
			open = true
			parts++
		}
		switch {
		case u == '\'':
			b.WriteString("''")
		case plain:
			b.WriteByte(byte(u))
		default:
			end()
			fmt.Fprintf(&b, " + [char]0x%04x", u)
			parts++
		}
	}
	end()
	switch parts {
	case 0:
		return "''"
	case 1:
		return b.String()
	}
	return "(" + b.String() + ")"
}

// hclQuote is text as a string of Terraform. A $ or % in front of a brace, which
// would begin a template, is written by its number.
func hclQuote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	all := []rune(text)
	for i, r := range all {
		template := (r == '$' || r == '%') && i+1 < len(all) && all[i+1] == '{'
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case template || r < 0x20 || r >= 0x7f && r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		case r >= 0x10000:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// withIDs writes a text that may hold placeholders: what stands between them as
// quote says, and in their place what the language calls them.
func withIDs(text string, quote func(string) string, app, object, join string) string {
	var parts []string
	for text != "" {
		i, ref, name := len(text), "", ""
		for r, n := range map[string]string{NewAppRef: app, NewObjectRef: object} {
			if at := strings.Index(text, r); at >= 0 && at < i {
				i, ref, name = at, r, n
			}
		}
		if i > 0 {
			parts = append(parts, quote(text[:i]))
		}
		if ref != "" {
			parts = append(parts, name)
		}
		text = text[i+len(ref):]
	}
	if len(parts) == 0 {
		return quote("")
	}
	return strings.Join(parts, join)
}
