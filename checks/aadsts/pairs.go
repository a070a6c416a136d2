package aadsts

import (
	"strings"
)

// pair is a key and its value as they stand in the text: of an address, a JSON
// object, a form, a line of a log or a label of a page.
type pair struct {
	key   string // small letters and digits only: "trace_id", "Trace ID" and "traceId" are "traceid"
	value string // as it stands, still encoded
	mark  byte   // '=' or ':'
	loose bool   // a label, which may be the end of a sentence
	error bool   // it stands in an address that ends in /error
	param bool   // it stands where parameters of an address or fields of a form do
	id    uint8  // of the key, from 1 on
}

const (
	maxKey   = 32
	maxTries = 48 // values of one key that are looked at in a layer; of long ones maxLong
	maxLong  = 8
)

// room is how many bytes of a key's value are read, and how many such values of
// a layer are looked at. Both keep texts that are nothing but keys cheap.
func room(key string) (size, tries int) {
	switch key {
	case "errordescription":
		return 1, 1 // that there is one is all that counts
	case "scope":
		return 4 << 10, maxLong
	case "claims":
		return 2 << 10, maxLong
	case "redirecturi", "resource":
		return 1 << 10, maxLong
	default:
		return 256, maxTries
	}
}

// pairs hands the pairs of a text to use, in order. A key is handed over at
// most maxTries times, so that long values cannot make reading slow.
func pairs(s string, use func(pair)) {
	var tries [1 << 8]uint8
	ix := keyTable()
	for i := range len(s) {
		if s[i] != '=' && s[i] != ':' {
			continue
		}
		p, ok := ix.keyAt(s, i)
		if !ok || tries[p.id] >= ix.tries[p.id] {
			continue
		}
		tries[p.id]++
		p.value = valueAt(s, i+1, p)
		if p.key == "name" {
			p, ok = input(s[i+1:min(len(s), i+1+maxInput)], p)
		}
		if ok {
			use(p)
		}
	}
}

// keyAt reads the key before the mark at i; ok is false where it is none that
// anything is done with.
func (ix *keyIndex) keyAt(s string, i int) (p pair, ok bool) {
	p.mark = s[i]
	end := i
	for end > 0 && i-end < 3 && s[end-1] == ' ' {
		end--
	}
	quoted := false
	for end > 0 && i-end < 6 && (s[end-1] == '"' || s[end-1] == '\'' || s[end-1] == '\\') {
		end, quoted = end-1, true
	}
	var buf [maxKey]byte // the key, from its end
	n, start, hash := 0, end, uint32(0)
	for range 3 {
		for start > 0 && n < maxKey {
			c := keyBytes[s[start-1]]
			if c == 0 {
				break
			}
			start--
			if c != between {
				n++
				buf[maxKey-n] = c
				hash = keyHash(hash, c)
			}
		}
		if n == 0 || n == maxKey {
			break
		}
		if k := ix.find(hash, buf[maxKey-n:]); k != nil {
			p.key, p.id, p.error = k.key, k.id, strings.HasSuffix(s[max(0, start-7):start], "/error?")
			p.param = p.mark == '=' && (start == 0 || strings.IndexByte("?&#;", s[start-1]) >= 0)
		}
		// A label may have several words, of which the longest key counts;
		// anything else is one word.
		if p.mark != ':' || quoted || start == 0 || s[start-1] != ' ' {
			break
		}
		start--
	}
	p.loose = p.mark == ':' && !quoted
	return p, p.key != ""
}

// valueAt reads the value that begins at i: up to its closing quote, or up to
// what ends a value of its kind.
func valueAt(s string, i int, p pair) string {
	for n := 0; n < 4 && i < len(s) && (s[i] == ' ' || p.loose && s[i] == '\n'); n++ {
		i++
	}
	size, _ := room(p.key)
	limit := min(len(s), i+size)
	if i >= limit {
		return ""
	}
	rest := s[i:limit]
	if p.key == "claims" && rest[0] == '{' {
		return rest // braces in braces: whoever reads it knows where it ends
	}
	if p.mark == ':' && (rest[0] == '[' || rest[0] == '{') {
		if end := strings.IndexAny(rest, "]}"); end > 0 {
			return rest[:end]
		}
		return rest
	}
	// Inside a string of JSON every quote has backslashes before it, and ends
	// where as many stand again.
	escapes := 0 // backslashes before the quote: JSON inside JSON
	for escapes < len(rest) && rest[escapes] == '\\' {
		escapes++
	}
	if escapes < len(rest) && (rest[escapes] == '"' || rest[escapes] == '\'') {
		return quotedValue(rest[escapes+1:], rest[escapes], escapes)
	}
	if p.loose {
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		return rest[:end]
	}
	end := strings.IndexAny(rest, "&# \n\"'<>;),]}")
	if end < 0 {
		end = len(rest)
	}
	return rest[:end]
}

// quotedValue reads up to the quote that ends it: one with as many backslashes
// before it as the one that began it.
func quotedValue(s string, quote byte, escapes int) string {
	run := 0
	for i := range len(s) {
		switch {
		case s[i] == '\\':
			run++
			continue
		case s[i] == quote && run <= escapes:
			return s[:i-run]
		}
		run = 0
	}
	return s
}

// maxInput is how far a field's value may stand from its name.
const maxInput = 4 << 10

// input reads name="…" of a form's hidden field: its name is the key, and the
// value follows in the same tag. ok is false where it is none.
func input(tag string, p pair) (pair, bool) {
	if p.mark != '=' || len(p.value) > maxKey {
		return p, false
	}
	key := make([]byte, 0, maxKey)
	for i := range len(p.value) {
		if c := keyBytes[p.value[i]]; c > between {
			key = append(key, c)
		}
	}
	p.key = keys[string(key)]
	if p.key == "" || p.key == "name" {
		return p, false
	}
	if end := strings.IndexByte(tag, '>'); end >= 0 {
		tag = tag[:end]
	}
	_, value, ok := strings.Cut(tag, "value=")
	if !ok || value == "" {
		return p, false
	}
	if q := value[0]; q == '"' || q == '\'' {
		value, _, _ = strings.Cut(value[1:], string(q))
	} else if end := strings.IndexAny(value, " />"); end >= 0 {
		value = value[:end]
	}
	p.value, p.param = value, true
	return p, true
}
