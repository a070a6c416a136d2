package tui

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// A frame is drawn over the one before it row by row: a row that changed is written
// anew from where it differs, and one that only moved is moved. Rows come painted, so
// that nothing is taken apart into cells and put together again, which is what most of
// the time of a server went to while guides watched.

// Frames is what the terminals of a server share for drawing: room to make a frame in,
// which each needs only while it draws, and how a look is written for terminals of few
// colours. The zero value is ready.
type Frames struct {
	pool  sync.Pool
	looks sync.Map // by lookFor, and of no more than a theme has
}

// lookFor is an escape sequence that sets a look, for a kind of terminal.
type lookFor struct {
	profile  colorprofile.Profile
	sequence string
}

// lend gives room for a frame.
func (f *Frames) lend() *bytes.Buffer {
	if b, ok := f.pool.Get().(*bytes.Buffer); ok {
		return b
	}
	return new(bytes.Buffer)
}

// largestFrame bounds the room that is kept, in bytes.
const largestFrame = 64 << 10

// back takes the room back.
func (f *Frames) back(b *bytes.Buffer) {
	if b.Cap() <= largestFrame {
		b.Reset()
		f.pool.Put(b)
	}
}

// setLook ends every look, in two spellings.
const setLook, setLookZero = ansi.ResetStyle, "\x1b[0m"

// in is how a look is written for a kind of terminal.
func (f *Frames) in(p colorprofile.Profile, sequence string) string {
	if p == colorprofile.TrueColor || sequence == setLook {
		return sequence
	}
	have, _ := f.looks.Load(lookFor{p, sequence})
	if made, ok := have.(string); ok {
		return made
	}
	var b strings.Builder
	_, _ = (&colorprofile.Writer{Forward: &b, Profile: p}).WriteString(sequence) // into memory
	made := b.String()
	if made == setLook && sequence != setLookZero {
		made = "" // a colour where there are none: it ends nothing
	}
	f.looks.Store(lookFor{p, strings.Clone(sequence)}, made)
	return made
}

// painted is a row of a frame, with its looks.
type painted struct {
	text  string
	width int // in cells, as the frame counts them
	// even: every sign is surely a cell, on whatever terminal, so that the place of each
	// is known. What is not even is drawn whole.
	even bool
}

// paintedRow measures a row.
func paintedRow(text string) painted {
	p := painted{text: text, even: true}
	for rest := text; rest != ""; {
		part, isText := piece(rest)
		rest = rest[len(part):]
		if !isText {
			continue
		}
		n, even := measured(part)
		p.width += n
		p.even = p.even && even
	}
	return p
}

// measured is how many cells text has, as the frame counts them, and whether that is so
// on every terminal. Each sign is judged alone: one of two cells and one of none are
// none of one.
func measured(text string) (width int, even bool) {
	even = true
	for _, r := range text {
		if surelyCell(r) {
			width++
			continue
		}
		if _, ours := asciiSigns[r]; !ours {
			return cells(text), false
		}
		width, even = width+1, false
	}
	return width, even
}

// surelyCell says whether a sign is one cell on every terminal: ASCII, and those of our own
// words that Unicode calls neither wide nor ambiguous (UAX #11). The ambiguous ones, such
// as lines, dots and arrows, are two cells where a terminal is set up for Chinese,
// Japanese or Korean; of letters of other people's it is not asked.
func surelyCell(r rune) bool {
	switch r {
	case '✓', '✗', '›', '▸', '−':
		return true
	}
	return r >= ' ' && r < 0x7f
}

// piece is how a row begins: with text up to the next escape sequence, or with one.
func piece(s string) (part string, isText bool) {
	switch i := strings.IndexByte(s, ansi.ESC); {
	case i < 0:
		return s, true
	case i > 0:
		return s[:i], true
	}
	for i := 2; i < len(s) && s[1] == '['; i++ { // the end of a look, as nearly all are
		if c := s[i]; c == 'm' {
			return s[:i+1], false
		} else if c != ';' && (c < '0' || c > '9') {
			break
		}
	}
	part, _, n, _ := ansi.DecodeSequence(s, 0, nil)
	if n <= 0 {
		return s, false
	}
	return part, false
}

// isLook says whether an escape sequence sets a look.
func isLook(sequence string) bool {
	return strings.HasPrefix(sequence, "\x1b[") && strings.HasSuffix(sequence, "m")
}

// pen is the looks that hold after one more was set.
func pen(before, sequence string) string {
	if sequence == setLook || sequence == setLookZero {
		return ""
	}
	return before + sequence
}

// shared is how much two even rows have in common at their beginning: how many bytes
// and cells, and in which looks it ends. It ends at the first hyperlink at the latest, and
// never within a sign: those that are surely cells are not joined to the one before.
func shared(a, b string) (n, width int, looks string) {
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	for n < same {
		part, isText := piece(b[n:])
		if isText {
			part = part[:min(len(part), same-n)]
			for n+len(part) < len(b) && !utf8.RuneStart(b[n+len(part)]) {
				part = part[:len(part)-1]
			}
			n, width = n+len(part), width+cells(part)
			if n < same && b[n] != ansi.ESC {
				break // within a letter
			}
			continue
		}
		if n+len(part) > same || !isLook(part) {
			break
		}
		n, looks = n+len(part), pen(looks, part)
	}
	return n, width, looks
}

// drawRows writes the rows of a frame over those that are shown; nil is a terminal of
// which nothing is known, which is cleared first. Rows below the window are not seen, nor is
// what of a row is beyond it.
func (c *canvas) drawRows(frame *bytes.Buffer, shown *string, content string) {
	h := c.area.h
	was, is := make([]string, h), rowsOf(content, h)
	if shown == nil {
		frame.WriteString(setLook + ansi.CursorHomePosition + ansi.EraseEntireScreen)
	} else {
		was = rowsOf(*shown, h)
	}
	fresh := 0
	for y := range is {
		if was[y] != is[y] {
			fresh++
		}
	}
	if shown != nil && 2*fresh > h { // of fewer none was scrolled
		scroll(frame, was, is)
	}
	for y := range is {
		if was[y] != is[y] {
			c.drawRow(frame, y, was[y], is[y])
		}
	}
}

// rowsOf are the first h rows of a frame; what is not there is empty.
func rowsOf(content string, h int) []string {
	rows := make([]string, h)
	for y := range rows {
		rows[y], content, _ = strings.Cut(content, "\n")
	}
	return rows
}

// drawRow writes a row over another: what differs, where the place of each sign is known
// in both, or else the whole of it.
func (c *canvas) drawRow(frame *bytes.Buffer, y int, before, text string) {
	was, is := paintedRow(before), paintedRow(text)
	if is.width > c.area.w {
		is = paintedRow(ansi.TruncateWc(is.text, c.area.w, ""))
	}
	from, col, looks := 0, 0, ""
	surely := was.even && is.even
	if surely {
		from, col, looks = shared(was.text, is.text)
	}
	frame.WriteString(ansi.CursorPosition(col+1, y+1))
	if !surely { // what was there may be longer than it was counted
		frame.WriteString(ansi.EraseLineRight)
	}
	left := c.write(frame, looks, is.text[from:])
	if left != "" {
		frame.WriteString(setLook)
	}
	if surely && is.width < min(was.width, c.area.w) {
		frame.WriteString(ansi.EraseLineRight)
	}
}

// write writes a part of a row, in the looks that hold there, and gives those that hold
// at its end.
func (c *canvas) write(frame *bytes.Buffer, looks, text string) string {
	for rest := looks; rest != ""; {
		part, _ := piece(rest)
		rest = rest[len(part):]
		frame.WriteString(c.frames.in(c.profile, part))
	}
	for text != "" {
		part, isText := piece(text)
		text = text[len(part):]
		switch {
		case isText:
			frame.WriteString(part)
		case isLook(part):
			looks = pen(looks, part)
			frame.WriteString(c.frames.in(c.profile, part))
		case c.profile > colorprofile.NoTTY: // a hyperlink
			frame.WriteString(part)
		}
	}
	return looks
}

// place puts the cursor before the cell x of a row that is drawn, which is where the
// terminal itself comes to once it has written what is before it: its columns are ours
// only where every sign is surely a cell.
func (c *canvas) place(frame *bytes.Buffer, x, y int, text string) {
	at, even, rest := 0, true, ansi.Strip(text)
	for rest != "" && at < x {
		sign, _ := ansi.FirstGraphemeCluster(rest, ansi.WcWidth)
		rest = rest[len(sign):]
		n, surely := measured(sign)
		at, even = at+n, even && surely
	}
	if next, _ := utf8.DecodeRuneInString(rest); rest != "" && at == x && cells(string(next)) == 0 {
		at = x + 1 // it belongs to the sign before
	}
	if even || at > x { // within a sign there is no such place
		frame.WriteString(ansi.CursorPosition(x+1, y+1))
		return
	}
	frame.WriteString(ansi.CursorPosition(1, y+1))
	if c.write(frame, "", ansi.TruncateWc(text, x, "")) != "" {
		frame.WriteString(setLook)
	}
	if at < x {
		frame.WriteString(ansi.CursorForward(x - at))
	}
}

// fewScrolled is how many rows must have moved for moving them to be worth it.
const fewScrolled = 3

// scroll moves the rows that were scrolled, if some were: was has them where they are
// then.
func scroll(frame *bytes.Buffer, was, is []string) {
	h, best, from, to, by := len(is), fewScrolled-1, 0, 0, 0
	for d := 1 - h; d < h; d++ {
		if d == 0 {
			continue
		}
		run, gain := 0, 0
		for y := max(0, -d); y <= min(h, h-d); y++ {
			if y < min(h, h-d) && is[y] == was[y+d] {
				run++
				if is[y] != "" && is[y] != was[y] {
					gain++
				}
				continue
			}
			if gain > best {
				best, from, to, by = gain, y-run, y, d
			}
			run, gain = 0, 0
		}
	}
	if by == 0 {
		return
	}
	top, end := min(from, from+by), max(to, to+by) // of what is scrolled, the end not in it
	frame.WriteString(ansi.SetTopBottomMargins(top+1, end))
	if by > 0 {
		frame.WriteString(ansi.CursorPosition(1, end) + strings.Repeat(ansi.Index, by))
	} else {
		frame.WriteString(ansi.CursorPosition(1, top+1) + strings.Repeat(ansi.ReverseIndex, -by))
	}
	frame.WriteString(ansi.SetTopBottomMargins(0, 0))
	copy(was[from:to], was[from+by:to+by])
	clear(was[top:from])
	clear(was[to:end])
}
