package flows

import (
	"net/url"
	"slices"
	"strings"

	"onboard.example/checks"
)

// NoteMost bounds a note of a guide, in characters.
const NoteMost = 500

// learnHost is where Microsoft documents what the steps are about.
const learnHost = "learn.microsoft.com"

// CleanNote makes the note of a guide fit to be shown: on one line, bounded, and
// without links that lead to strange hosts, each of which gives way to a word
// that names its host. left are those hosts, each once.
//
// A link may lead to the hosts of the app's profile, to Microsoft's documentation
// and to the admin center of the run's cloud. To Microsoft's sign-in leads only a
// link that the run makes itself: any other could approve another app, or sign in
// somebody else's device.
func CleanNote(s State, text string) (clean string, left []string) {
	words := strings.Fields(checks.Line(text, NoteMost))
	for i, w := range words {
		if !isLink(w) || s.linkAllowed(w) {
			continue
		}
		host := linkHost(w)
		if !slices.Contains(left, host) {
			left = append(left, host)
		}
		words[i] = "[" + noteLinkLeft + " " + host + "]"
	}
	return checks.Line(strings.Join(words, " "), NoteMost), left
}

// noteLinkLeft stands in a note for a link, before its host.
const noteLinkLeft = "a link left out:"

// isLink says whether a word would be taken for an address by a reader or by a
// terminal that makes addresses clickable.
func isLink(word string) bool {
	low := strings.ToLower(word)
	if strings.Contains(low, "://") || strings.Contains(low, "www.") || strings.Contains(low, "mailto:") {
		return true
	}
	host, _, path := strings.Cut(strings.TrimLeft(low, "([<\"'"), "/") // such as example.com/x; what has no path is a domain that is talked about
	top := host[strings.LastIndexByte(host, '.')+1:]
	return path && len(top) > 1 && len(top) < len(host) && strings.Trim(top, "abcdefghijklmnopqrstuvwxyz") == ""
}

// linkHost names the host of an address for people; something else than a host is
// named by its first letters, with nothing in it that could be clicked.
func linkHost(word string) string {
	_, rest, ok := strings.Cut(word, "://")
	if !ok {
		rest = word
	}
	if i := strings.IndexAny(rest, "/?#\\"); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	return checks.Line(strings.TrimPrefix(strings.ToLower(rest), "www."), mostName)
}

// linkAllowed says whether a word is a whole https address that may stand in a
// note.
func (s State) linkAllowed(word string) bool {
	for _, l := range Links(s) {
		if word == l.URL {
			return true
		}
	}
	u, err := url.Parse(word)
	if err != nil || strings.Count(word, "://") != 1 || u.Scheme != "https" || u.User != nil || u.Host == "" || !strings.HasPrefix(word, "https://") {
		return false
	}
	return slices.Contains(s.noteHosts(), strings.ToLower(u.Host))
}

// noteHosts are the hosts to which the links of notes may lead.
func (s State) noteHosts() []string {
	out := []string{learnHost}
	add := func(addresses ...string) {
		for _, a := range addresses {
			if u, err := url.Parse(a); err == nil && u.Scheme == "https" && u.Host != "" {
				out = append(out, strings.ToLower(u.Host))
			}
		}
	}
	add(s.endpoints().Portal)
	if p := s.Profile; p != nil {
		add(p.Support.URL, p.OnboardURL)
		if p.DNSPolicy != nil {
			add(p.DNSPolicy.DocsURL)
		}
		for _, q := range p.Security {
			add(q.Link)
		}
	}
	login := strings.ToLower(strings.TrimPrefix(s.endpoints().Login, "https://"))
	return slices.DeleteFunc(out, func(h string) bool { return h == login })
}
