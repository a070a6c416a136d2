package aadsts

import (
	"strings"
	"unicode/utf8"
)

// Parse reads a text and says what happened and whose move it is. It accepts
// anything, and reads the first MaxBytes.
//
// Where the text holds several signs, a code that the table knows outranks the
// words of a page, those outrank what OAuth returned without a code, and of
// equals the one that an admin must clear first decides. A code that is not in
// the table is never guessed at.
func Parse(text string) Answer {
	a := Answer{Codes: []Code{}, Scopes: []string{}, Also: []Class{}}
	if len(text) > MaxBytes {
		text, a.Cut = cutAt(text, MaxBytes), true
	}
	f := facts{answer: &a}
	coats := layers(utf8Text(text))
	// From the outside in: an address's own parameters come before those of the
	// addresses that it carries.
	for _, s := range coats {
		pairs(s, f.take)
	}
	for _, s := range coats {
		if a.Request.Kind == "" {
			f.readRequest(s)
		}
	}
	innermost := coats[len(coats)-1]
	read := untagged(innermost)
	a.Empty = strings.TrimSpace(read) == ""
	a.Secret = a.Secret || holdsSecret(innermost) || holdsPassword(read)
	f.host = hostOf(a.Request.Host, innermost)
	f.readCodes(read)
	if len(read) != len(innermost) {
		f.readCodes(innermost) // codes in attributes of tags
	}
	for _, s := range labelled(read) {
		f.codes = note(f.codes, s)
	}
	if s, ok := bare(read); ok {
		f.codes = note(f.codes, s)
	}
	f.readIDs(read)
	f.names(read)
	f.labelEnds(read)
	f.bareError(read)
	a.Personal.Addresses = addresses(read)
	w := readWalls(read)
	f.codeList()
	f.judge(&w)
	return a
}

// ParseBytes is Parse for bytes.
func ParseBytes(text []byte) Answer {
	cut := len(text) > MaxBytes
	a := Parse(string(text[:min(len(text), MaxBytes)]))
	a.Cut = cut
	return a
}

// cutAt is at most n bytes of s, without half a character at the end.
func cutAt(s string, n int) string {
	for range utf8.UTFMax - 1 {
		if utf8.RuneStart(s[n]) {
			break
		}
		n--
	}
	return s[:n]
}

// readCodes notes the codes of a text behind those that are known already.
func (f *facts) readCodes(s string) {
	for _, found := range sightings(s) {
		f.codes = note(f.codes, found)
	}
}

// codeList puts the codes into the answer.
func (f *facts) codeList() {
	for _, s := range f.codes {
		c := Code{Number: s.number, Guess: s.guess, Class: Unknown, Lookup: lookupAt(f.host, s.number)}
		if e, ok := Lookup(s.number); ok {
			c.Known, c.Name, c.Class = true, e.Name, e.Class
		}
		f.answer.Codes = append(f.answer.Codes, c)
	}
}
