package flows

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"onboard.example/checks"
)

// What is told apart here is what a person could take for an address, or what a
// terminal or a browser could make one of, however it is spelled: a refused note is
// written anew in a moment, a device that was signed in for a stranger is not called
// back. A domain alone, with nothing behind it, is one that is talked about.

// noteSchemes make an address of whatever follows their colon, with "//" or without.
var noteSchemes = []string{
	"http", "https", "ftp", "ftps", "sftp", "ssh", "telnet", "file", "mailto", "javascript", "vbscript", "data", "blob", "view-source", "intent",
}

// Signs that browsers, or eyes, take for others.
const (
	noteDots    = "\u3002\uff61\u2024\u00b7\u2027\u22c5" // and U+FF0E, which is U+002E written wide
	noteSlashes = "\u2044\u2215\u29f8\u2571\u2216\u29f5\u29f9\\"
	noteColons  = "\u2236\ua789\u02d0\ufe55"
	noteWide    = '\uff01' - '!' // how far the wide forms of ASCII lie behind it
)

// noteSpelled is how the signs of an address are written so that nobody sees one.
var noteSpelled = strings.NewReplacer("%2e", ".", "%2f", "/", "%5c", "/", "%3a", ":", "[.]", ".", "(.)", ".", "{.}", ".", "[dot]", ".", "(dot)", ".", "[/]", "/", "[:]", ":")

// foldNote writes a word with the plain signs that its own are taken for. The full
// stop of Chinese and Japanese is a dot but between two letters of these, where it
// ends a sentence.
func foldNote(word string) string {
	rs := []rune(strings.ToLower(word))
	out := make([]rune, len(rs))
	for i, r := range rs {
		if r >= '\uff01' && r <= '\uff5e' {
			r = unicode.ToLower(r - noteWide)
		}
		switch {
		case strings.ContainsRune(noteDots, r) && (i == 0 || i == len(rs)-1 || !ideographic(rs[i-1]) || !ideographic(rs[i+1])):
			r = '.'
		case strings.ContainsRune(noteSlashes, r):
			r = '/'
		case strings.ContainsRune(noteColons, r):
			r = ':'
		}
		out[i] = r
	}
	return noteSpelled.Replace(string(out))
}

func ideographic(r rune) bool {
	return r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// inHost says whether a character may stand in a host, or in what looks like one.
func inHost(r rune) bool {
	return letterOrDigit(r) || unicode.IsMark(r) || r == '.' || r == '-' || r == '_'
}

// isLink says whether a word would be taken for an address by a reader or by a
// terminal that makes addresses clickable.
func isLink(word string) bool {
	low := foldNote(word)
	if strings.Contains(low, "://") || leadsOn(low, "//") || leadsOn(low, "www.") || inBrackets(low) != "" {
		return true
	}
	if slices.ContainsFunc(noteSchemes, func(s string) bool { return leadsOn(low, s+":") }) {
		return true
	}
	return firstHost(low) != ""
}

// leadsOn says whether start stands in a folded word where a name may begin, with
// more behind it than what ends a sentence.
func leadsOn(low, start string) bool {
	for i := 0; ; {
		at := strings.Index(low[i:], start)
		if at < 0 {
			return false
		}
		i += at + len(start)
		before := []rune(low[:i-len(start)])
		opens := len(before) == 0 || !letterOrDigit(before[len(before)-1]) || start == "//"
		if opens && strings.ContainsFunc(low[i:], letterOrDigit) {
			return true
		}
	}
}

// firstHost is the first host in a folded word that something follows which belongs
// to an address; empty: there is none.
func firstHost(low string) string {
	rs := []rune(low)
	for i := 0; i < len(rs); i++ {
		from := i
		for i < len(rs) && inHost(rs[i]) {
			i++
		}
		if i == from || i == len(rs) {
			continue
		}
		if host := strings.Trim(string(rs[from:i]), ".-_"); follows(rs[i], string(rs[i+1:])) && isHost(host) {
			return host
		}
	}
	return ""
}

// follows says whether an address goes on with a sign and the rest behind it. The
// slash is enough alone; the others end a sentence, too.
func follows(sign rune, rest string) bool {
	switch sign {
	case '/':
		return true
	case '?', '#', ':', ';':
		return strings.ContainsFunc(rest, letterOrDigit)
	}
	return false
}

// isHost says whether a name could be that of a machine: its last label is made of
// letters of any script, or is one that stands for such, or all is a number that
// browsers take for one.
func isHost(name string) bool {
	labels := strings.Split(name, ".")
	top := labels[len(labels)-1]
	if n, err := strconv.ParseUint(top, 0, 64); err == nil || strings.Trim(top, "0123456789") == "" {
		for _, l := range labels {
			if _, err := strconv.ParseUint(l, 0, 64); err != nil && (l == "" || strings.Trim(l, "0123456789") != "") {
				return false
			}
		}
		return len(labels) == 4 || len(labels) == 1 && n >= 1<<24
	}
	if len(labels) < 2 || labels[len(labels)-2] == "" {
		return false
	}
	if strings.HasPrefix(top, "xn--") {
		return true
	}
	letters := 0
	for _, r := range top {
		switch {
		case unicode.IsLetter(r):
			letters++
		case !unicode.IsMark(r):
			return false
		}
	}
	return letters > 1
}

// inBrackets is the address of version 6 that stands in a folded word in brackets,
// with something behind it.
func inBrackets(low string) string {
	for rest := low; ; {
		_, after, ok := strings.Cut(rest, "[")
		if !ok {
			return ""
		}
		rest = after
		in, behind, ok := strings.Cut(rest, "]")
		if !ok || !strings.ContainsFunc(behind, letterOrDigit) && !strings.HasPrefix(behind, "/") {
			continue
		}
		if a, err := netip.ParseAddr(in); err == nil && a.Is6() {
			return in
		}
	}
}

// noteNoHost stands for the host of an address that has none.
const noteNoHost = "an address"

// linkHost names the host of an address for people; something else than a host is
// named by its first letters, with nothing in it that could be clicked.
func linkHost(word string) string {
	low := foldNote(word)
	host := inBrackets(low)
	if host == "" {
		host = firstHost(low)
	}
	if _, rest, ok := strings.Cut(low, "://"); ok || host == "" {
		if !ok {
			rest = low
		}
		rest = strings.TrimLeft(rest, "/")
		if i := strings.IndexAny(rest, "/?#;"); i >= 0 {
			rest = rest[:i]
		}
		if i := strings.LastIndexByte(rest, '@'); i >= 0 {
			rest = rest[i+1:]
		}
		if scheme, behind, ok := strings.Cut(rest, ":"); ok && slices.Contains(noteSchemes, scheme) {
			rest = behind
		}
		if name, port, ok := strings.Cut(rest, ":"); ok && strings.Trim(port, "0123456789") == "" {
			rest = name
		}
		host = rest
	}
	host = strings.TrimPrefix(strings.Trim(host, ".()<>\"'[]{}"), "www.")
	if host = checks.Line(host, MostName); host == "" || strings.ContainsFunc(host, unicode.IsSpace) || isLink(host) || isLink(host+"]") {
		return noteNoHost
	}
	return host
}

// bears says whether another address stands in a word behind the signs that end one
// for a reader, such as the comma of "https://learn.microsoft.com/x,evil.example/y".
func bears(word string) bool {
	parts := strings.FieldsFunc(foldNote(word), func(r rune) bool { return strings.ContainsRune(",;|()<>\"'、", r) })
	return len(parts) > 1 && slices.ContainsFunc(parts[1:], isLink)
}
