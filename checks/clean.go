package checks

import (
	"unicode"
	"unicode/utf8"
)

// What stands for something taken out or cut off.
const (
	shownInstead = '\uFFFD'
	cutHere      = "…"
	maxMarks     = 3 // combining marks in a row; more only serve to smear the screen
	tabWidth     = "    "
)

// Line makes text from outside fit to be shown on one line of a terminal, a
// log or a page, in at most max characters (Unicode code points), the last
// being "…" where something was cut off. Escape sequences and control
// characters vanish whole, line breaks and tabs become spaces, and whatever is
// invisible or turns the direction of writing is shown as U+FFFD, so that a
// reader sees that something was there.
func Line(s string, max int) string {
	if max <= 0 {
		return ""
	}
	if len(s) <= max && plain(s) {
		return s
	}
	c := cleaner{limit: max, size: func(rune) int { return 1 }, ellipsis: 1}
	c.run(s)
	return c.text()
}

// Block is Line for text of several lines: line breaks of every kind become
// "\n" and stay, tabs become four spaces, and maxBytes bounds the result in
// bytes, "…" included.
func Block(s string, maxBytes int) string {
	if maxBytes < len(cutHere) {
		return ""
	}
	if len(s) <= maxBytes && plain(s) {
		return s
	}
	c := cleaner{limit: maxBytes, size: utf8.RuneLen, ellipsis: len(cutHere), block: true}
	c.run(s)
	return c.text()
}

// plain reports whether s is printable ASCII, which needs no work.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// cleaner writes what may be shown, and remembers where to cut.
type cleaner struct {
	limit    int            // of size
	size     func(rune) int // what a character counts
	ellipsis int            // what "…" counts
	block    bool

	out   []byte
	used  int
	cut   int  // length of out up to which "…" still fits
	full  bool // the limit was passed
	marks int  // combining marks in a row at the end of out
	last  rune // last character written that is no mark and no joiner
}

func (c *cleaner) run(s string) {
	for len(s) > 0 && !c.full {
		if n := escape(s); n > 0 {
			s = s[n:]
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		c.rune(r, s[n:])
		if r == '\r' && n < len(s) && s[n] == '\n' {
			n++
		}
		s = s[n:]
	}
}

func (c *cleaner) text() string {
	if !c.full {
		return string(c.out)
	}
	kept := c.out[:c.cut]
	for {
		r, n := utf8.DecodeLastRune(kept)
		if r != zwj && r != vs15 && r != vs16 {
			break // what only makes sense with its neighbour must not stay alone
		}
		kept = kept[:len(kept)-n]
	}
	return string(kept) + cutHere
}

// rune decides on one character; rest is what follows it.
func (c *cleaner) rune(r rune, rest string) {
	switch {
	case r == '\n' || r == '\r':
		if c.block {
			c.write('\n')
		} else {
			c.write(' ')
		}
	case r == '\t' && c.block:
		for _, t := range tabWidth {
			c.write(t)
		}
	case r == '\t':
		c.write(' ')
	case unicode.Is(unicode.Cc, r):
	case r == zwj && pictograph(c.last) && pictograph(next(rest)):
		c.append(r)
	case (r == vs16 || r == vs15) && c.marks == 0 && (pictograph(c.last) || keycap(c.last) && next(rest) == enclosingKeycap):
		c.append(r)
		c.marks++
	case hidden(r):
		c.write(shownInstead)
	case unicode.In(r, unicode.Mn, unicode.Me):
		if c.marks < maxMarks {
			c.append(r)
			c.marks++
		}
	default:
		c.write(r)
	}
}

// write appends a character that stands for itself.
func (c *cleaner) write(r rune) {
	c.append(r)
	c.last, c.marks = r, 0
}

func (c *cleaner) append(r rune) {
	if c.full {
		return
	}
	c.used += c.size(r)
	if c.used > c.limit {
		c.full = true
		return
	}
	c.out = utf8.AppendRune(c.out, r)
	if c.used <= c.limit-c.ellipsis {
		c.cut = len(c.out)
	}
}

// next is the first character of s that will be written, or 0: it looks one
// ahead only, since a joiner before anything removed joins nothing.
func next(s string) rune {
	if len(s) == 0 {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

const (
	zwj             = '\u200d'
	vs15            = '\ufe0e'
	vs16            = '\ufe0f'
	enclosingKeycap = '\u20e3'
)

// hidden reports what shows nothing, or turns the writing around: format
// characters (bidi controls, zero-width characters, tags), line and paragraph
// separators, fillers, variation selectors, private use and non-characters.
// The few format characters that are visible (Arabic number signs) stay.
func hidden(r rune) bool {
	if r < 0xad {
		return false
	}
	if unicode.Is(unicode.Prepended_Concatenation_Mark, r) {
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Noncharacter_Code_Point) || unicode.Is(fillers, r)
}

// fillers are letters that draw nothing and are used to fake an empty name.
var fillers = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x115f, Hi: 0x1160, Stride: 1}, // Hangul choseong and jungseong fillers
	{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // Braille blank
	{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
	{Lo: 0xffa0, Hi: 0xffa0, Stride: 1}, // half-width Hangul filler
}}

// pictographs are the blocks that emoji sequences are made of. Go's tables
// have no such property; a joiner anywhere else is shown as U+FFFD.
var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00a9, Hi: 0x00ae, Stride: 5},
		{Lo: 0x203c, Hi: 0x203c, Stride: 1},
		{Lo: 0x2049, Hi: 0x2049, Stride: 1},
		{Lo: 0x2122, Hi: 0x2122, Stride: 1},
		{Lo: 0x2139, Hi: 0x2139, Stride: 1},
		{Lo: 0x2190, Hi: 0x21ff, Stride: 1},
		{Lo: 0x2300, Hi: 0x23ff, Stride: 1},
		{Lo: 0x25a0, Hi: 0x27bf, Stride: 1},
		{Lo: 0x2900, Hi: 0x297f, Stride: 1},
		{Lo: 0x2b00, Hi: 0x2bff, Stride: 1},
		{Lo: 0x3030, Hi: 0x3030, Stride: 1},
		{Lo: 0x303d, Hi: 0x303d, Stride: 1},
		{Lo: 0x3297, Hi: 0x3299, Stride: 2},
	},
	R32: []unicode.Range32{{Lo: 0x1f000, Hi: 0x1faff, Stride: 1}},
}

func pictograph(r rune) bool { return unicode.Is(pictographs, r) }

func keycap(r rune) bool { return r >= '0' && r <= '9' || r == '#' || r == '*' }
