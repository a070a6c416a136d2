package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/rivo/uniseg"
)

// span is text of one role. Its text is clean: see clean.
type span struct {
	text string
	role Role
}

// row is one line of a screen.
type row []span

// say makes a row of one role.
func say(r Role, text string) row { return row{{text, r}} }

// width is the number of cells that a row takes.
func (r row) width() int {
	n := 0
	for _, s := range r {
		n += cells(s.text)
	}
	return n
}

// text is the row without its looks.
func (r row) text() string {
	var b strings.Builder
	for _, s := range r {
		b.WriteString(s.text)
	}
	return b.String()
}

// add appends spans, in place of a chain of appends.
func (r row) add(role Role, text string) row {
	if text == "" {
		return r
	}
	return append(r, span{text, role})
}

// pad fills a row with spaces up to w cells.
func (r row) pad(w int) row {
	if n := w - r.width(); n > 0 {
		return append(r[:len(r):len(r)], span{spaces(n), RoleText})
	}
	return r
}

// fit cuts a row to w cells, with a sign that something is missing.
func (r row) fit(w int) row {
	if w <= 0 {
		return nil
	}
	if r.width() <= w {
		return r
	}
	var out row
	left := w
	for i, s := range r {
		n := cells(s.text)
		if n < left || n == left && i == len(r)-1 {
			out, left = append(out, s), left-n
			continue
		}
		return append(out, span{cut(s.text, left, true), s.role})
	}
	return out
}

// cut shortens text to w cells. With more, the last cell says that the text
// goes on even where it would just have fitted.
func cut(s string, w int, more bool) string {
	if w <= 0 {
		return ""
	}
	if n := cells(s); n < w || n == w && !more {
		return s
	}
	return head(s, w-1) + "…"
}

// head is as much of the beginning of text as fits w cells, in whole letters.
func head(s string, w int) string {
	n := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if n += cells(g.Str()); n > w {
			from, _ := g.Positions()
			return s[:from]
		}
	}
	return s
}

// fixed gives text exactly w cells: cut or padded.
func fixed(s string, w int) string {
	s = cut(s, w, false)
	return s + spaces(w-cells(s))
}

// wrap breaks text at spaces into lines of at most w cells. Words longer than
// a line are broken, for want of anything better; links never come here.
func wrap(s string, w int) []string {
	w = max(w, 1)
	if cells(s) <= w && !strings.Contains(s, "\n") {
		return []string{s}
	}
	var out []string
	for par := range strings.SplitSeq(s, "\n") {
		line, n := "", 0
		from, at := 0, 0 // where the line begins in par, below 0 where it is no part of it, and where the rest does
		for word := range strings.FieldsSeq(par) {
			k := cells(word)
			next := at + strings.Index(par[at:], word)
			apart := par[at:next]
			at = next + len(word)
			if n > 0 && n+1+k <= w {
				if n += 1 + k; from >= 0 && apart == " " {
					line = par[from:at]
				} else {
					line, from = line+" "+word, -1
				}
				continue
			}
			if n > 0 {
				out = append(out, line)
			}
			for k > w {
				part := head(word, w)
				if part == "" { // a letter wider than the line
					break
				}
				out, word = append(out, part), word[len(part):]
				k = cells(word)
			}
			line, n, from = word, k, at-len(word)
		}
		out = append(out, line)
	}
	return out
}

// para wraps text of one role behind an indent of spaces.
func para(role Role, text string, indent, w int) []row {
	lines := wrap(text, w-indent)
	out := make([]row, 0, len(lines))
	for _, l := range lines {
		out = append(out, row{{spaces(indent), RoleText}, {l, role}})
	}
	return out
}

// hanging wraps text behind a head; further lines stand under the text.
func hanging(lead row, role Role, text string, w int) []row {
	in := lead.width()
	if in*5 > w*2 {
		left := len(lead.text()) - len(strings.TrimLeft(lead.text(), " "))
		return append([]row{lead}, para(role, text, min(left+2, w/3), w)...)
	}
	lines := wrap(text, w-in)
	out := make([]row, 0, len(lines))
	for i, l := range lines {
		r := lead[:len(lead):len(lead)]
		if i > 0 {
			r = row{{spaces(in), RoleText}}
		}
		out = append(out, append(r, span{l, role}))
	}
	return out
}

// flow wraps text of several roles as one paragraph. Spans stand apart where
// one of them ends or begins with a space.
func flow(w int, spans ...span) []row {
	var out []row
	var r row
	n, apart := 0, false
	for _, s := range spans {
		apart = apart || strings.HasPrefix(s.text, " ")
		for i, word := range strings.Fields(s.text) {
			k := cells(word)
			switch {
			case n == 0 || i == 0 && !apart:
			case n+1+k > w:
				out, r, n = append(out, r), nil, 0
			default:
				r, n = append(r, span{" ", s.role}), n+1
			}
			for k > w && n == 0 { // such as a path: broken, for want of anything better
				part := head(word, w)
				if part == "" {
					break
				}
				out, word = append(out, row{{part, s.role}}), word[len(part):]
				k = cells(word)
			}
			r, n = append(r, span{word, s.role}), n+k
		}
		apart = strings.HasSuffix(s.text, " ")
	}
	if r != nil {
		out = append(out, r)
	}
	return out
}

// sideBySide joins two columns; the left one is lw cells wide.
func sideBySide(left, right []row, lw int) []row {
	out := make([]row, 0, max(len(left), len(right)))
	for i := range max(len(left), len(right)) {
		var r row
		if i < len(left) {
			r = left[i].fit(lw)
		}
		if i < len(right) && len(right[i]) > 0 {
			r = append(r.pad(lw), span{spaces(gutter), RoleText})
			r = append(r, right[i]...)
		}
		out = append(out, r)
	}
	return out
}

// cells is the width of text as the renderer counts it.
func cells(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return ansi.StringWidthWc(s)
}

// isASCII is the fast way out for nearly all text.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// blank is a reservoir of spaces, so that padding allocates nothing.
const blank = "                                                                                                                                "

// spaces gives n spaces; none for n below one.
func spaces(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(blank):
		return blank[:n]
	default:
		return strings.Repeat(" ", n)
	}
}

// with appends a span that is made already.
func (r row) with(s span) row { return append(r[:len(r):len(r)], s) }
