package checks

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tagReader reads a list of tags, name=value between semicolons, and counts
// characters as it goes.
type tagReader struct {
	text   string
	at     int // byte
	column int // character, from 1
}

// dnsTags reads text as a list of tags (RFC 6376 §3.2), as far as it is one.
func dnsTags(text string) ([]DNSTag, *DNSProblem) {
	r := &tagReader{text: text, column: 1}
	var out []DNSTag
	for {
		r.blanks()
		if r.at == len(text) && len(out) > 0 {
			return out, nil // one semicolon may stand at the end
		}
		t, problem := r.tag()
		if problem != nil {
			return out, problem
		}
		out = append(out, t)
		if r.at == len(text) {
			return out, nil
		}
		r.next() // the semicolon
	}
}

// peek returns the character at hand; 0 at the end.
func (r *tagReader) peek() rune {
	if r.at == len(r.text) {
		return 0
	}
	c, _ := utf8.DecodeRuneInString(r.text[r.at:])
	return c
}

func (r *tagReader) next() {
	_, n := utf8.DecodeRuneInString(r.text[r.at:])
	r.at += n
	r.column++
}

func (r *tagReader) blanks() {
	for c := r.peek(); c == ' ' || c == '\t'; c = r.peek() {
		r.next()
	}
}

// tag reads one tag, up to the semicolon behind it or the end.
func (r *tagReader) tag() (DNSTag, *DNSProblem) {
	t := DNSTag{Column: r.column}
	start := r.at
	if c := r.peek(); c == ';' {
		return t, &DNSProblem{r.column, sayDNSEmptyTag}
	} else if !letter(c) {
		return t, r.stray(sayDNSTagName)
	}
	for c := r.peek(); letter(c) || '0' <= c && c <= '9' || c == '_' || c == '-'; c = r.peek() {
		r.next()
	}
	t.Name = r.text[start:r.at]
	r.blanks()
	if r.peek() != '=' || r.at == len(r.text) {
		return t, &DNSProblem{r.column, fmt.Sprintf(sayDNSEquals, Line(t.Name, dnsShown))}
	}
	r.next()
	r.blanks()
	t.ValueColumn = r.column
	start = r.at
	end := r.at
	for r.at < len(r.text) && r.peek() != ';' {
		c := r.peek()
		if c != ' ' && c != '\t' && (c < '!' || c > '~') {
			return t, r.stray(sayDNSCharacter)
		}
		r.next()
		if c != ' ' && c != '\t' {
			end = r.at
		}
	}
	t.Value = r.text[start:end]
	return t, nil
}

// stray is the problem of a character that cannot stand where it stands.
func (r *tagReader) stray(say string) *DNSProblem {
	if r.at == len(r.text) {
		return &DNSProblem{r.column, sayDNSEnds}
	}
	_, n := utf8.DecodeRuneInString(r.text[r.at:])
	return &DNSProblem{r.column, fmt.Sprintf(say, called(r.text[r.at:r.at+n]))}
}

// called names a character, also one that cannot be seen.
func called(c string) string {
	switch one, _ := utf8.DecodeRuneInString(c); {
	case c == "\n" || c == "\r":
		return sayDNSLineEnd
	case !utf8.ValidString(c):
		return fmt.Sprintf(sayDNSByte, visible(c))
	case unicode.IsControl(one):
		return fmt.Sprintf(sayDNSControl, visible(c))
	case !unicode.IsPrint(one):
		return fmt.Sprintf(sayDNSUnseen, one)
	default:
		return fmt.Sprintf(sayDNSNamed, c)
	}
}

// visible is a text with \DDD for each byte of what cannot be seen, as zone files have
// it.
func visible(text string) string {
	var out strings.Builder
	for len(text) > 0 {
		c, n := utf8.DecodeRuneInString(text)
		if c == utf8.RuneError && n == 1 || !unicode.IsPrint(c) {
			for i := range n {
				fmt.Fprintf(&out, decimal, text[i])
			}
		} else {
			out.WriteString(text[:n])
		}
		text = text[n:]
	}
	return out.String()
}

func letter(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
