package aadsts

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

func squeezed(texts ...string) [][]byte {
	out := make([][]byte, 0, len(texts))
	for _, t := range texts {
		out = append(out, squeeze(t))
	}
	return out
}

const (
	maxPage   = 16 << 10 // how much of a text is taken for a page with a wall on it
	maxWall   = 600      // how far behind the heading of a wall its sentence ends
	maxBeside = 80       // how much may stand between the name and the sentence that begins with it: the publisher
)

// wallName is the app that a wall names: what stands behind the heading and
// again where the sentence of the wall begins, or on a line of its own between
// the two. It needs no heading where
// the English sentence follows a code of Microsoft's, or the name is said twice.
func wallName(s string) string {
	s = s[:min(len(s), maxPage)]
	if strings.Contains(s, "\n>") { // a page that somebody quotes in a mail
		s = strings.NewReplacer("\n> ", "\n", "\n>", "\n").Replace(s)
	}
	if at := strings.Index(s, " needs permission to access resources"); at > 0 {
		return sentenceName(s[:at])
	}
	at, end := lastHeading(s)
	if at < 0 {
		return ""
	}
	behind := s[end:min(len(s), end+maxWall)]
	page := strings.TrimLeft(behind, " .。!:、")
	if rest, ok := strings.CutPrefix(page, "です"); ok {
		page = strings.TrimLeft(rest, " .。")
	}
	if title, rest, ok := strings.Cut(strings.TrimLeft(page, "\n "), "\n"); ok && strings.HasPrefix(page, "\n") && len(title) <= maxName {
		title = strings.TrimSpace(title)
		if n := appName(title); n == title && n != "" && saidOf(n, rest) {
			return n
		}
		return ""
	}
	return twice(page)
}

// messageNames reads the names of the app and of the API out of messages that
// name them in the middle of a sentence.
func (f *facts) messageNames(s string) {
	a := f.answer
	s = s[:min(len(s), maxPage)]
	for _, m := range nameSentences {
		if a.App.Name != "" {
			break
		}
		set(&a.App.Name, appName(amid(s, m[0], m[1])))
	}
	for _, verb := range []string{" is requesting one or more permissions that you", " is requesting access to a resource "} {
		if at := strings.Index(s, verb); at > 0 {
			set(&a.App.Name, sentenceName(s[:at]))
		}
	}
	if n := appName(amid(s, " is requesting access to a resource ", " that is")); n != "" && a.API == (Named{}) {
		a.API.Name = n
	}
}

// amid is what stands between two pieces of one sentence; "" where they are
// no such.
func amid(s, lead, tail string) string {
	_, rest, ok := strings.Cut(s, lead)
	if !ok {
		return ""
	}
	rest = rest[:min(len(rest), maxName)]
	n, _, ok := strings.Cut(rest, tail)
	if !ok || strings.Contains(n, "\n\n") {
		return ""
	}
	return n
}

// sentenceName is the name that an English wall's sentence begins with, out of
// what stands before the sentence's verb.
func sentenceName(head string) string {
	start := strings.LastIndexByte(head, '\n') + 1
	for _, end := range []string{": ", ". ", "! "} {
		if at := strings.LastIndex(head, end); at >= start {
			start = at + len(end)
		}
	}
	line := head[start:]
	if len(line) > 3*maxName {
		line = strings.ToValidUTF8(line[len(line)-3*maxName:], "")
	}
	if at, end := lastHeading(line); at >= 0 {
		line = strings.TrimSpace(line[end:])
		if n := around(strings.Fields(line)); n != "" {
			return appName(n)
		}
	} else if len(line) > maxName {
		return ""
	}
	words := strings.Fields(line)
	for n := len(words) / 2; n > 0; n-- {
		last := words[len(words)-n:]
		before := words[:len(words)-n]
		if k := len(before); k > n && strings.EqualFold(before[k-1], "unverified") {
			before = before[:k-1]
		}
		if k := len(before); k >= n && slices.Equal(before[k-n:], last) {
			return appName(strings.Join(last, " "))
		}
	}
	// Said once, the words tell nobody where the name begins.
	if n := strings.Join(words, " "); aboveIt(head[:start], n) {
		return appName(n)
	}
	if behindCode(head[:start]) {
		return sentenceAlone(words)
	}
	return ""
}

// maxWords is how many words a name has that is not said twice.
const maxWords = 6

// around is the words that a list both begins and ends with: as many as there
// are; "" where it does not.
func around(words []string) string {
	for n := min(len(words)/2, 8); n > 0; n-- {
		if x := strings.Join(words[:n], " "); x == strings.Join(words[len(words)-n:], " ") {
			return x
		}
	}
	return ""
}

// lastHeading is where the last of the walls' headings stands, and ends; -1 for
// none.
func lastHeading(s string) (at, end int) {
	at = -1
	for _, h := range wallHeadings {
		for i := len(s) - len(h); i >= 0 && i >= at; i-- {
			if foldedEqual(s[i], h[0]) && strings.EqualFold(s[i:i+len(h)], h) && (i > at || i+len(h) > end) {
				at, end = i, i+len(h)
				break
			}
		}
	}
	return at, end
}

// foldedEqual is a quick look at first bytes: it never says no where two letters
// are equal but for their case.
func foldedEqual(a, b byte) bool {
	return lower(a) == lower(b) || a >= utf8.RuneSelf && b >= utf8.RuneSelf
}

// saidOf reports whether a page that goes on so speaks of the app of this name:
// the wall's sentence begins with it, or the request form goes on below it.
func saidOf(name, rest string) bool {
	below := squeeze(formLine(rest[:min(len(rest), 4*maxBeside)]))
	for _, list := range [][][]byte{formSentences, looseForms} {
		for _, w := range list {
			if i := bytes.Index(below, w); i >= 0 && i <= maxBeside {
				return true
			}
		}
	}
	at := repeats(name, rest)
	return at >= 0 && says(rest[at:])
}

// formLine is the first line of a text, or the one below it where the first says
// no more than who published the app: of two others nobody can tell which is the
// app's name.
func formLine(s string) string {
	first, rest, _ := strings.Cut(strings.TrimLeft(s, "\n "), "\n")
	if !ofPublisher(first) {
		return first
	}
	second, _, _ := strings.Cut(strings.TrimLeft(rest, "\n "), "\n")
	return second
}

// ofPublisher reports whether a line says that the publisher is not verified, or
// of which domain it is.
func ofPublisher(s string) bool {
	s = strings.TrimSpace(s)
	if d := tenantDomain(s); d != "" && strings.EqualFold(d, s) {
		return true
	}
	text := string(squeeze(s))
	return slices.ContainsFunc(wordings, func(w wording) bool {
		return w.wall == tagUnverified && slices.ContainsFunc(w.texts, func(t string) bool { return strings.HasPrefix(text, string(squeeze(t))) && len(s) <= 2*len(t) })
	})
}

// says reports whether the line that a text begins with is the sentence of a
// wall.
func says(s string) bool {
	s, _, _ = strings.Cut(s, "\n")
	text := squeeze(s)
	return slices.ContainsFunc(wallSentences, func(w []byte) bool { return bytes.Contains(text, w) })
}

// repeats is where in s, and not far, a name stands by itself; -1 where it does
// not.
func repeats(name, s string) int {
	at := strings.Index(s[:min(len(s), len(name)+maxBeside)], name)
	if at < 0 || at > 0 && s[at-1] != ' ' && s[at-1] != '\n' {
		return -1
	}
	if end := at + len(name); end < len(s) && isWord(s[end]) {
		return -1
	}
	return at
}

// twice is the words that a wall copied as one line begins with behind its
// heading, and that its sentence begins with again; "" where there are none.
func twice(page string) string {
	page, _, _ = strings.Cut(page, "\n")
	words := strings.Fields(page)
	for n := min(len(words)-1, 8); n > 0; n-- {
		x := strings.Join(words[:n], " ")
		rest := strings.Join(words[n:], " ")
		if at := repeats(x, rest); at >= 0 && says(rest[at:]) {
			return appName(x)
		}
	}
	return ""
}
