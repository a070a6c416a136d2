package aadsts

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Characters that begin or end a terminal's sequences; the eight-bit forms
// arrive as U+0080 to U+009F.
const (
	bel = 0x07
	esc = 0x1b
	dcs = '\u0090'
	sos = '\u0098'
	csi = '\u009b'
	st  = '\u009c'
	osc = '\u009d'
	apc = '\u009f'
)

// visible is text with nothing in it that a reader could not see: terminal
// sequences, control characters, and whatever is invisible or turns the
// direction of writing, are gone. Line breaks of every kind are "\n", every
// other space is " ", full-width forms are plain ones and digits of every
// script are ASCII digits, so that what looks alike reads alike. Bytes that
// are no UTF-8 are taken for Latin-1, as old logs have it.
//
// It is idempotent, and the result is at most twice as long as s.
func visible(s string) string {
	if isPlain(s) {
		return s
	}
	out := make([]byte, 0, len(s)+len(s)/8)
	for i := 0; i < len(s); {
		b := s[i]
		if b < utf8.RuneSelf {
			switch {
			case b == esc:
				i += escaped(s[i:])
				continue
			case b == '\r':
				if i+1 >= len(s) || s[i+1] != '\n' {
					out = append(out, '\n')
				}
			case b == '\n':
				out = append(out, '\n')
			case b == '\t' || b == '\v' || b == '\f':
				out = append(out, ' ')
			case b >= ' ' && b != 0x7f:
				end := i + 1
				for end < len(s) && s[end] >= ' ' && s[end] < 0x7f {
					end++
				}
				out = append(out, s[i:end]...)
				i = end
				continue
			}
			i++
			continue
		}
		r, n := decoded(s[i:])
		if r == utf8.RuneError && n == 1 {
			if r = rune(b); r < 0xa0 {
				i++ // a stray byte of the C1 range
				continue
			}
		} else if r >= dcs && r <= apc {
			i += sequence(r, s[i:])
			continue
		}
		out = appendShown(out, r)
		i += n
	}
	return string(out)
}

// decoded is utf8.DecodeRuneInString for text that does not begin with ASCII. It
// saves the slow way for bytes that begin no character, of which whole texts may
// consist.
func decoded(s string) (rune, int) {
	if b := s[0]; b < 0xc2 || b > 0xf4 || len(s) == 1 || s[1]&0xc0 != 0x80 {
		return utf8.RuneError, 1
	}
	return utf8.DecodeRuneInString(s)
}

// isPlain reports whether s is printable ASCII and line breaks, which are most
// texts, and need no work.
func isPlain(s string) bool {
	for i := range len(s) {
		if b := s[i]; (b < ' ' && b != '\n') || b > '~' {
			return false
		}
	}
	return true
}

// appendShown adds a character beyond ASCII in the form a reader takes it for.
func appendShown(out []byte, r rune) []byte {
	switch {
	case r > 0xa0 && r < 0x34f && r != 0xad:
		return append(out, byte(0xc0|r>>6), byte(0x80|r&0x3f)) // two bytes of UTF-8
	case r >= 0x3041 && r <= 0x30ff, r >= 0x4e00 && r <= 0x9fff, r >= emojis && r <= lastEmoji:
		return utf8.AppendRune(out, r) // most of what is not ASCII; saves the look into tables
	case r == '\u2028' || r == '\u2029' || r == '\u0085':
		return append(out, '\n')
	case unicode.Is(unicode.Zs, r):
		return append(out, ' ')
	case r >= 0xff01 && r <= 0xff5e: // full-width ASCII
		return append(out, byte(r-0xff01+'!'))
	case r == '\u2010' || r == '\u2011' || r == '\u2212': // hyphens and minus that pages use in ids
		return append(out, '-')
	case unicode.Is(unicode.Nd, r):
		return append(out, byte('0'+digit(r)))
	case hidden(r):
		return out
	}
	return utf8.AppendRune(out, r)
}

// Pictures, none of which is a letter, a digit, or hidden.
const (
	emojis    = 0x1f300
	lastEmoji = 0x1f64f
)

// hidden reports what shows nothing, or turns the writing around.
func hidden(r rune) bool {
	return r < 0xa0 || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Noncharacter_Code_Point) ||
		r == '\u2800' || r == utf8.RuneError
}

// digit is the value of a decimal digit of any script. Unicode keeps the ten
// of a script together.
func digit(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	return 0
}

// escaped measures the terminal sequence that s, beginning with ESC, begins with.
func escaped(s string) int {
	if len(s) == 1 {
		return 1
	}
	switch s[1] {
	case '[':
		return 2 + control(s[2:])
	case ']', 'P', 'X', '^', '_':
		return 2 + controlString(s[2:])
	}
	n := 1
	for n < len(s) && n < 4 && s[n] >= 0x20 && s[n] <= 0x2f {
		n++
	}
	if n < len(s) && s[n] >= 0x30 && s[n] <= 0x7e {
		n++
	}
	return n
}

// sequence measures what an eight-bit control character, which s begins with,
// introduces.
func sequence(r rune, s string) int {
	const n = 2 // every character from U+0080 to U+009F
	switch r {
	case csi:
		return n + control(s[n:])
	case osc, dcs, sos, osc + 1, apc:
		return n + controlString(s[n:])
	}
	return n
}

// maxSequence bounds a terminal sequence; a longer one is text again, so that
// measuring stays linear and a stray introducer hides little.
const maxSequence = 256

func control(s string) int {
	n := 0
	for n < len(s) && n < maxSequence && s[n] >= 0x20 && s[n] <= 0x3f {
		n++
	}
	if n < len(s) && s[n] >= 0x40 && s[n] <= 0x7e {
		n++
	}
	return n
}

// controlString measures a control string up to its terminator. One that does
// not end on its line is no string: what follows is text.
func controlString(s string) int {
	for i := 0; i < len(s) && i < maxSequence; i++ {
		switch {
		case s[i] == bel:
			return i + 1
		case s[i] == esc:
			if i+1 < len(s) && s[i+1] == '\\' {
				return i + 2
			}
			return 0
		case s[i] == 0xc2 && i+1 < len(s) && s[i+1] == st:
			return i + 2
		case s[i] == 0xc2 && i+1 < len(s) && introduces(s[i+1]):
			return 0 // of the next one; a text of these alone stays linear
		case s[i] == '\n' || s[i] == '\r':
			return 0
		}
	}
	return 0
}

// introduces reports whether an eight-bit control character, by its second byte
// in UTF-8, begins a sequence of its own.
func introduces(b byte) bool {
	switch rune(b) {
	case csi, osc, dcs, sos, osc + 1, apc:
		return true
	}
	return false
}

// utf8Text is the text that bytes stand for where they begin with the mark of
// UTF-16, as files do that a Windows shell wrote; else the bytes themselves.
func utf8Text(s string) string {
	var order binary.ByteOrder
	switch {
	case strings.HasPrefix(s, "\xff\xfe"):
		order = binary.LittleEndian
	case strings.HasPrefix(s, "\xfe\xff"):
		order = binary.BigEndian
	default:
		return s
	}
	b := []byte(s[2:])
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// line is visible text fit for one line of at most limit characters: runs of
// space are one space, and "…" ends what was cut off.
func line(s string, limit int) string {
	s = visible(s)
	if len(s) > limit*utf8.UTFMax*2 { // enough for limit characters and some spaces
		s = strings.ToValidUTF8(s[:limit*utf8.UTFMax*2], "")
	}
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	n := 0
	for i := range s {
		if n++; n == limit {
			return s[:i] + "…"
		}
	}
	return s
}
