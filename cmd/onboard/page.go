package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// page is text for people while it is being made. With a width in cells it is
// wrapped at that; without one each text is a line, for whoever reads a pipe.
type page struct {
	bytes.Buffer

	width int
}

// The layout of an answer on a terminal.
const (
	pageNarrow = 50 // below this headings stand above their text
	pageLeast  = 20 // no window is taken for narrower
)

// beside puts a text behind its heading, which has a column of so many cells with the
// blanks that it begins with; nothing, where there is no text.
func (p *page) beside(head string, column int, text string) { p.put(head, column, text, false) }

// whole is beside of a text that is to be copied, or read to the character: it is
// never broken here.
func (p *page) whole(head string, column int, text string) { p.put(head, column, text, true) }

func (p *page) put(head string, column int, text string, whole bool) {
	word := strings.TrimLeft(head, " ")
	switch in := strings.Repeat(" ", len(head)-len(word)+2); {
	case text == "":
	case p.width > 0 && p.width < pageNarrow:
		if word != "" {
			_, _ = fmt.Fprintln(p, head)
		}
		p.fill(in, in, text, whole)
	default:
		p.fill(fmt.Sprintf("%-*s ", column-1, head), strings.Repeat(" ", column), text, whole)
	}
}

// wrap puts a text into lines of the page's width, after what the first begins
// with and the others.
func (p *page) wrap(first, rest, text string) { p.fill(first, rest, text, false) }

// fill is wrap. Words stay whole: links and codes are to be copied.
func (p *page) fill(first, rest, text string, whole bool) {
	if p.width == 0 {
		_, _ = fmt.Fprintln(p, first+text)
		return
	}
	room := max(p.width, pageLeast)
	line, used := first, ansi.StringWidth(first)
	empty := true
	words := strings.Fields(text)
	if whole {
		words = []string{text}
	}
	for _, word := range words {
		w := ansi.StringWidth(word)
		switch {
		case w > room-ansi.StringWidth(rest): // from the edge it may be whole; else the terminal breaks it
			if !empty || strings.TrimSpace(line) != "" {
				_, _ = fmt.Fprintln(p, strings.TrimRight(line, " "))
			}
			_, _ = fmt.Fprintln(p, word)
			line, used, empty = rest, len(rest), true
			continue
		case empty:
		case used+1+w > room:
			_, _ = fmt.Fprintln(p, line)
			line, used = rest, len(rest)
		default:
			line, used = line+" ", used+1
		}
		line, used, empty = line+word, used+w, false
	}
	if !empty {
		_, _ = fmt.Fprintln(p, line)
	}
}

// columns is how wide the terminal is that the output goes to; 0: it is none, or
// does not say.
func (o *options) columns() int {
	f, ok := o.out.(*os.File)
	if !ok || !o.watched() {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return w
}
