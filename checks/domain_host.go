package checks

import (
	"iter"
	"net/url"
	"strings"
	"unicode"
)

const (
	ats     = "@＠"
	dots    = ".。．｡"
	lists   = ",;，、；|"
	wraps   = "\"'`<>()[]{},; "
	guestAt = "#EXT#@" // in the name of a guest, before the domain of their host
)

// hostIn finds the part that should be a domain: behind the @ of an address, the host
// of a URL, else the whole. It says where there are several that are not the same.
func hostIn(text string, script Script) (host string, many bool) {
	text = strings.Trim(text, wraps)
	if rest, ok := cutMailto(text); ok {
		text = rest
	}
	in := typedHosts{}
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		in.line(line)
	}
	same := func(host string) string {
		host = strings.TrimSuffix(host, ".")
		if ascii, err := asciiOf(host, script); err == nil {
			return ascii
		}
		return strings.ToLower(host)
	}
	for _, h := range in.found {
		if same(h) != same(in.found[0]) {
			return "", true
		}
	}
	if len(in.found) == 0 || in.more && !in.sure {
		return hostOf(strings.TrimSpace(text)), false // which is no name, and refused as it is
	}
	return in.found[0], false
}

// typedHosts are those that a text names.
type typedHosts struct {
	found []string
	sure  bool // one of them by an address or a URL, which need not stand alone
	more  bool // there are words that name none
}

// line takes a line of a text, which may be a list.
func (in *typedHosts) line(line string) {
	url := false // the item before was one, and what follows it at once may be of it
	for item := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(lists, r) }) {
		if url && strings.IndexFunc(item, unicode.IsSpace) != 0 && !strings.Contains(item, "://") {
			continue
		}
		name := max(strings.LastIndex(item, "<"), 0) // A. Person <user@contoso.com>
		for word := range wordsOf(item[:name]) {
			if strings.ContainsAny(word, ats) || strings.Contains(word, "://") {
				in.word(word)
			}
		}
		url = false
		for word := range wordsOf(item[name:]) {
			in.word(word)
			url = strings.Contains(word, "://")
		}
		in.sure = in.sure || name > 0
	}
}

// wordsOf are the words of a text, without what they are wrapped in.
func wordsOf(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>", r) }) {
			if word = strings.Trim(word, wraps); word != "" && !yield(word) {
				return
			}
		}
	}
}

// word takes what a word names: the host of a URL or of an address, or itself; both
// the host and the address where it is a link that has one in it.
func (in *typedHosts) word(word string) {
	if strings.Contains(word, "://") {
		if u, err := url.Parse(word); err == nil && u.Hostname() != "" {
			in.found, in.sure = append(in.found, u.Hostname()), true
			return
		}
	}
	if rest, ok := cutMailto(word); ok {
		word = rest
	}
	for i := range len(word) - len(guestAt) + 1 {
		if strings.EqualFold(word[i:i+len(guestAt)], guestAt) {
			word = word[i+len(guestAt)-1:]
			break
		}
	}
	first := hostOf(word)
	switch at := strings.LastIndexAny(first, ats); {
	case at >= 0:
		in.address(first[at:])
	case strings.ContainsAny(strings.Trim(first, dots), dots):
		in.found = append(in.found, first)
	default:
		in.more = true
	}
	if at := strings.LastIndexAny(word, ats); at >= len(first) {
		in.address(word[at:])
	}
}

// address takes an address from its @ on.
func (in *typedHosts) address(text string) {
	in.sure = true
	host, _, _ := strings.Cut(hostOf(strings.TrimLeft(text, ats)), "&")
	if host != "" {
		in.found = append(in.found, host)
	}
}

// hostOf is a text up to the port, path, question or fragment of a link.
func hostOf(text string) string {
	if i := strings.IndexAny(text, "/?#"); i >= 0 {
		text = text[:i]
	}
	if host, port, ok := strings.Cut(text, ":"); ok && isDigits(port) {
		text = host
	}
	return strings.TrimSpace(text)
}

// cutMailto is what a mailto link leads to; false: it is none.
func cutMailto(text string) (string, bool) {
	const scheme = "mailto:"
	if len(text) < len(scheme) || !strings.EqualFold(text[:len(scheme)], scheme) {
		return text, false
	}
	to, _, _ := strings.Cut(text[len(scheme):], "?")
	return to, true
}
