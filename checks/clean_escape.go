package checks

import "unicode/utf8"

// Control characters that begin, end or break off a terminal's sequences. The
// eight-bit forms arrive as U+0080 to U+009F, which some terminals obey.
const (
	bel = 0x07
	can = 0x18
	sub = 0x1a
	esc = 0x1b
	dcs = '\u0090'
	sos = '\u0098'
	csi = '\u009b'
	st  = '\u009c'
	osc = '\u009d'
	pm  = '\u009e'
	apc = '\u009f'
)

// escape gives the length in bytes of the terminal sequence that s begins
// with, or 0 where it begins with none. A broken sequence counts as far as it
// goes, so that what follows it can still be read.
func escape(s string) int {
	if s[0] == esc {
		return escaped(s)
	}
	if s[0] != 0xc2 { // the lead byte of U+0080 to U+009F
		return 0
	}
	r, n := utf8.DecodeRuneInString(s)
	switch r {
	case csi:
		return n + control(s[n:])
	case osc, dcs, sos, pm, apc:
		return n + str(s[n:])
	default:
		return 0
	}
}

// escaped measures a sequence that begins with ESC.
func escaped(s string) int {
	if len(s) == 1 {
		return 1
	}
	switch s[1] {
	case '[':
		return 2 + control(s[2:])
	case ']', 'P', 'X', '^', '_':
		return 2 + str(s[2:])
	}
	n := 1
	for n < len(s) && s[n] >= 0x20 && s[n] <= 0x2f {
		n++
	}
	if n < len(s) && s[n] >= 0x30 && s[n] <= 0x7e {
		n++
	}
	return n
}

// control measures the rest of a control sequence: parameters, intermediate
// bytes and the final byte.
func control(s string) int {
	n := 0
	for n < len(s) && s[n] >= 0x20 && s[n] <= 0x3f {
		n++
	}
	if n < len(s) && s[n] >= 0x40 && s[n] <= 0x7e {
		n++
	}
	return n
}

// str measures the rest of a control string. One that never ends counts to
// the end of its line only: a stray introducer in a pasted log must not hide
// everything after it, and what follows is plain text again.
func str(s string) int {
	line := -1
	broken := func(at int) int {
		if line >= 0 {
			return line
		}
		return at
	}
	for i, r := range s {
		switch r {
		case bel, can, sub:
			return i + 1
		case st:
			return i + len("\u009c")
		case esc:
			if i+1 < len(s) && s[i+1] == '\\' {
				return i + 2
			}
			return broken(i) // another sequence begins: this one never ended
		case csi, osc, dcs, sos, pm, apc:
			return broken(i)
		case '\n', '\r':
			if line < 0 {
				line = i
			}
		}
	}
	return broken(len(s))
}
