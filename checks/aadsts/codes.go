package aadsts

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// sighting is a code as it stands in the text.
type sighting struct {
	number int
	guess  bool // letters were read as digits, or lines joined
	bare   bool // Microsoft's prefix is not before it
}

const (
	minDigits = 4
	minCode   = 1000
	maxDigits = 8
)

// sightings are the codes in a text, in order, each once.
func sightings(s string) []sighting {
	var out []sighting
	for i := 0; i < len(s) && len(out) < maxCodes; {
		// Most characters cannot begin one.
		if !begins[s[i]] {
			i++
			continue
		}
		c, n := letter(s[i:])
		if c != 'a' && !looksLike(c, 'a') || !mayBegin(s[i+n:]) {
			i += n
			continue
		}
		found, end := codeAt(s, i)
		if end == 0 {
			i += n
			continue
		}
		out = note(out, found)
		i = end
	}
	return out
}

// begins tells the bytes that a code may begin with: an "A", what it is mistaken
// for, and the first bytes of Greek and Cyrillic letters.
var begins = [256]bool{'A': true, 'a': true, '4': true, '@': true, 0xce: true, 0xd0: true}

// mayBegin reports whether s can go on as "AADSTS" does behind its first
// letter. It looks at what stands there without a gap only, which is enough to
// pass over nearly all of a text at little cost.
func mayBegin(s string) bool {
	const rest = "adst"
	for k := range min(len(rest), len(s)) {
		c := lower(s[k])
		if !isWord(c) && c != '@' && c != '$' {
			return true // a gap, or a letter of another script
		}
		if c != rest[k] && !looksLike(c, rest[k]) {
			return false
		}
	}
	return true
}

// note adds a sighting unless the code was seen; what was read plainly once is
// no guess. Nothing but zeros and a few digits is no code.
func note(out []sighting, found sighting) []sighting {
	if found.number < minCode {
		return out
	}
	for i := range out {
		if out[i].number == found.number {
			out[i].guess = out[i].guess && found.guess
			out[i].bare = out[i].bare && found.bare
			return out
		}
	}
	if len(out) == maxCodes {
		return out
	}
	return append(out, found)
}

// codeAt reads "AADSTS" and a number at i, as a page, a bad scan or a wrapped
// line has it. end is where the reading stopped; 0 where there is no code.
func codeAt(s string, i int) (found sighting, end int) {
	at, noise, ok := word(s, i, "aadst")
	if !ok || noise > 2 {
		return sighting{}, 0
	}
	if last, more, ok := word(s, gap(s, at), "s"); ok && noise+more <= 2 {
		if found, end = number(s, separator(s, last)); end > 0 && (noise+more == 0 || known(found.number)) {
			found.guess = found.guess || noise+more > 0
			return found, end
		}
	}
	// The last S got lost, or was read as part of the number.
	if noise <= 1 {
		if found, end = number(s, separator(s, at)); end > 0 && known(found.number) {
			found.guess = true
			return found, end
		}
	}
	return sighting{}, 0
}

// known reports whether the table has a code. Texts that are nothing but digits
// ask it of most places, so that it looks at a few bits first.
func known(code int) bool {
	at := codePlace(code)
	if codeFilter()[at>>6]&(1<<(at&63)) == 0 {
		return false
	}
	_, ok := slices.BinarySearchFunc(entries, code, func(e Entry, code int) int { return e.Code - code })
	return ok
}

func codePlace(code int) uint32 { return uint32(code) * 2654435761 >> 18 } //nolint:gosec // at most eight digits

// codeFilter has a bit for the place of every code of the table.
var codeFilter = sync.OnceValue(func() *[1 << 8]uint64 {
	var bits [1 << 8]uint64
	for i := range entries {
		at := codePlace(entries[i].Code)
		bits[at>>6] |= 1 << (at & 63)
	}
	return &bits
})

// word matches letters one by one, with lookalikes and line wraps between them.
// noise counts the lookalikes.
func word(s string, i int, want string) (end, noise int, ok bool) {
	for k := range len(want) {
		if k > 0 {
			i = gap(s, i)
		}
		if i >= len(s) {
			return 0, 0, false
		}
		c, n := letter(s[i:])
		if c != want[k] && !looksLike(c, want[k]) {
			return 0, 0, false
		}
		if c != want[k] {
			noise++
		}
		i += n
	}
	return i, noise, true
}

// letter is the lower-case ASCII letter or other character that s begins with,
// and its length; Greek and Cyrillic twins of Latin letters are those.
func letter(s string) (byte, int) {
	b := s[0]
	if b < utf8.RuneSelf {
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		return b, 1
	}
	r, n := utf8.DecodeRuneInString(s)
	switch r {
	case 'А', 'а', 'Α', 'α':
		return 'a', n
	case 'Ѕ', 'ѕ':
		return 's', n
	case 'Т', 'т', 'Τ', 'τ':
		return 't', n
	}
	return 0, n
}

func looksLike(c, want byte) bool {
	switch want {
	case 'a':
		return c == '4' || c == '@'
	case 'd':
		return c == '0' || c == 'o'
	case 's':
		return c == '5' || c == '$'
	case 't':
		return c == '7'
	}
	return false
}

// maxGap is how much of line wrap (spaces, marks of quoting, a hyphen) may
// stand inside a code.
const maxGap = 8

// gap passes over a line wrap.
func gap(s string, i int) int {
	for n := 0; n < maxGap && i < len(s); n++ {
		switch s[i] {
		case ' ', '\n':
		case '>', '|', '-', '*', '=', '\\':
			// Only around a line's end: hyphens, marks of quoting, soft line
			// breaks of mail.
			after := i > 0 && (s[i-1] == '\n' || s[i-1] == ' ' || s[i-1] == '>')
			before := i+1 < len(s) && s[i+1] == '\n'
			if !after && !before {
				return i
			}
		default:
			return i
		}
		i++
	}
	return i
}

// separator passes over what people put between "AADSTS" and the number.
func separator(s string, i int) int {
	for n := 0; n < maxGap && i < len(s); n++ {
		switch s[i] {
		case ' ', '\n', ':', '#', '_', '-', '(', '[', '=', '*', '"', '\'', '`', '.', '\\', '>':
			i++
		default:
			return i
		}
	}
	return i
}

// labels stand before a code that is printed without Microsoft's prefix.
var labels = []string{
	"error code", "errorcode", "fehlercode", "code d'erreur", "code d’erreur", "código de error", "foutcode", "codice errore", "codice di errore",
	"codice dell'errore", "código de erro", "kod błędu", "felkod", "エラー コード", "エラーコード",
}

// maxLabel is how far before a number its label is looked for.
const maxLabel = 32

// labelled are the codes of the table that stand behind one of labels.
func labelled(s string) []sighting {
	var out []sighting
	tries := 0
	for i := 0; i < len(s) && tries < maxIDs; {
		if s[i] < '0' || s[i] > '9' {
			i++
			continue
		}
		run, end := digits(s, i)
		if len(run) > minDigits && len(run) <= maxDigits && known(value(run)) && (i == 0 || !isWord(s[i-1])) {
			tries++
			before := strings.ToLower(strings.ToValidUTF8(s[max(0, i-maxLabel):i], ""))
			if slices.ContainsFunc(labels, func(l string) bool { return strings.Contains(before, l) }) {
				out = note(out, sighting{number: value(run), bare: true})
			} else if before = strings.TrimRight(before, " :#"); strings.HasSuffix(before, "error") || strings.HasSuffix(before, "error(s)") {
				out = note(out, sighting{number: value(run), bare: true}) // "error 53003"
			}
		}
		i = end
	}
	return out
}

// bare reads a text that is nothing but a number, as somebody types it who
// looked at the number only; "error" or "code", in a language of the pages,
// may stand before it.
func bare(s string) (sighting, bool) {
	if len(s) > 60 {
		return sighting{}, false
	}
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" \n.:#'\"", r) })
	if len(fields) == 0 {
		return sighting{}, false
	}
	last := fields[len(fields)-1]
	run, end := digits(last, 0)
	if end != len(last) || end < minDigits || end > maxDigits {
		return sighting{}, false
	}
	for _, f := range fields[:len(fields)-1] {
		if !slices.Contains(errorWords, f) {
			return sighting{}, false
		}
	}
	return sighting{number: value(run), bare: true}, true
}
