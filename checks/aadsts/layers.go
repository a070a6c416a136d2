package aadsts

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxLayers is how often a text is decoded: addresses are encoded twice in
// redirects of redirects, and pages put JSON into HTML into addresses.
const maxLayers = 4

// layers is the text as it is, then decoded once, twice, and so on until
// nothing is left to decode. Every layer is visible text, and none is longer
// than the one before it by more than the Latin-1 bytes that decoding set free.
func layers(s string) []string {
	out := []string{visible(s)}
	for len(out) < maxLayers {
		last := out[len(out)-1]
		next, changed := decode(last)
		if !changed {
			break
		}
		out = append(out, visible(next))
	}
	return out
}

// decode takes one coat off: percent encoding, the entities of HTML, and the
// escapes of JSON.
func decode(s string) (string, bool) {
	first := strings.IndexAny(s, `%&\\`)
	if first < 0 {
		return s, false
	}
	out := make([]byte, first, len(s))
	copy(out, s)
	changed := false
	for i := first; i < len(s); {
		n := 0
		switch s[i] {
		case '%':
			out, n = percent(out, s[i:])
		case '&':
			out, n = entity(out, s[i:])
		case '\\':
			out, n = escape(out, s[i:])
		}
		if n > 0 {
			changed = true
			i += n
			continue
		}
		end := i + 1
		for end < len(s) && s[end] != '%' && s[end] != '&' && s[end] != '\\' {
			end++
		}
		out = append(out, s[i:end]...)
		i = end
	}
	return string(out), changed
}

// percent decodes "%41"; 0 where s begins with no such thing.
func percent(out []byte, s string) ([]byte, int) {
	if len(s) < 3 {
		return out, 0
	}
	hi, lo := hexDigit(s[1]), hexDigit(s[2])
	if hi < 0 || lo < 0 {
		return out, 0
	}
	return append(out, byte(hi<<4|lo)), 3
}

// maxEntity is the longest entity that is looked for, "&" and ";" included.
const maxEntity = 12

// entity decodes "&auml;", "&#228;" and "&#xe4;".
func entity(out []byte, s string) ([]byte, int) {
	end := strings.IndexByte(s[:min(len(s), maxEntity)], ';')
	if end < 2 {
		return out, 0
	}
	name := s[1:end]
	if name[0] != '#' {
		r := named(name)
		if r == 0 {
			return out, 0
		}
		return utf8.AppendRune(out, r), end + 1
	}
	base, digits := rune(10), name[1:]
	if digits != "" && (digits[0] == 'x' || digits[0] == 'X') {
		base, digits = 16, digits[1:]
	}
	var r rune
	for i := range len(digits) {
		d := hexDigit(digits[i])
		if d < 0 || d >= base || r > utf8.MaxRune {
			return out, 0
		}
		r = r*base + d
	}
	if digits == "" || r == 0 {
		return out, 0
	}
	return utf8.AppendRune(out, r), end + 1
}

// escape decodes what JSON and JavaScript escape.
func escape(out []byte, s string) ([]byte, int) {
	if len(s) < 2 {
		return out, 0
	}
	switch s[1] {
	case '"', '\'', '/', '\\':
		return append(out, s[1]), 2
	case 'n', 'r', 't':
		// A Windows path is no escape: "\new" keeps its letters.
		if len(s) > 2 && isWord(s[2]) && s[2] >= 'a' {
			return out, 0
		}
		return append(out, '\n'), 2
	case 'u', 'x':
		n := 4
		if s[1] == 'x' {
			n = 2
		}
		if len(s) < 2+n {
			return out, 0
		}
		r, ok := hexRune(s[2 : 2+n])
		if !ok {
			return out, 0
		}
		// Characters beyond the first 65,536 are two halves.
		if both := 2 * (2 + n); s[1] == 'u' && len(s) >= both && s[2+n] == '\\' && s[3+n] == 'u' {
			if low, ok := hexRune(s[4+n : both]); ok {
				if whole := utf16.DecodeRune(r, low); whole != utf8.RuneError {
					return utf8.AppendRune(out, whole), both
				}
			}
		}
		return utf8.AppendRune(out, r), 2 + n
	}
	return out, 0
}

// hexRune is the number that a few digits of base 16 stand for.
func hexRune(s string) (rune, bool) {
	var r rune
	for i := range len(s) {
		d := hexDigit(s[i])
		if d < 0 {
			return 0, false
		}
		r = r<<4 | d
	}
	return r, true
}

func hexDigit(b byte) rune {
	switch {
	case b >= '0' && b <= '9':
		return rune(b - '0')
	case b >= 'a' && b <= 'f':
		return rune(b-'a') + 10
	case b >= 'A' && b <= 'F':
		return rune(b-'A') + 10
	}
	return -1
}

func isWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_'
}

// maxTag bounds a tag of HTML; a longer one is text, so that a stray "<" hides
// little. Pages carry state in attributes of some kilobytes; those are cut at
// the next "<".
const maxTag = 8 << 10

// untagged is text without the tags of HTML; where a tag stood that ends a
// line or a cell, a line ends.
func untagged(s string) string {
	at := strings.IndexByte(s, '<')
	if at < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for {
		out = append(out, s[:at]...)
		s = s[at:]
		n := tag(s)
		if n == 0 {
			out = append(out, '<')
			n = 1
		} else if breaks(s[:n]) {
			out = append(out, '\n')
		}
		s = s[n:]
		if at = strings.IndexByte(s, '<'); at < 0 {
			return string(append(out, s...))
		}
	}
}

// tag measures the tag that s, beginning with "<", begins with.
func tag(s string) int {
	if len(s) < 3 || !isWord(s[1]) && s[1] != '/' && s[1] != '!' && s[1] != '?' {
		return 0
	}
	for i := 1; i < len(s) && i < maxTag; i++ {
		switch s[i] {
		case '>':
			return i + 1
		case '<':
			return 0
		}
	}
	return 0
}

// breaks reports whether a tag begins or ends a line of what a reader sees.
func breaks(tag string) bool {
	name := strings.TrimLeft(tag, "</")
	end := 0
	for end < len(name) && isWord(name[end]) {
		end++
	}
	switch strings.ToLower(name[:end]) {
	case "br", "p", "div", "li", "ul", "tr", "td", "th", "h1", "h2", "h3", "h4", "title", "script", "input", "section", "table", "form":
		return true
	}
	return false
}
