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
// somebody else's device. One that comes back to the run is no such: a guide has
// another than the customer, and a note says the same to both.
func CleanNote(s State, text string) (clean string, left []string) {
	words := strings.Fields(checks.Line(text, NoteMost))
	for i, w := range words {
		if i+1 < len(words) && partedLink(w, words[i+1]) {
			words[i+1] = w + words[i+1] // the name of its host is all that stays of it
			words[i] = ""
			continue
		}
		w = words[i]
		if !isLink(w) || s.linkAllowed(w) {
			continue
		}
		host := linkHost(w)
		if !slices.Contains(left, host) {
			left = append(left, host)
		}
		words[i] = "[" + noteLinkLeft + " " + host + "]"
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	clean = checks.Line(strings.Join(words, " "), NoteMost)
	if i := strings.LastIndexByte(clean, ' '); isLink(clean[i+1:]) && !s.linkAllowed(clean[i+1:]) {
		clean = clean[:i+1] + noteCut // a link that was cut leads elsewhere
	}
	return clean, left
}

// noteLinkLeft stands in a note for a link, before its host.
const noteLinkLeft = "a link left out:"

// noteCut stands at the end of a note for what was cut off.
const noteCut = "…"

// partedLink says whether two words are an address with a gap before its path.
func partedLink(host, path string) bool {
	low := []rune(foldNote(path))
	return len(low) > 1 && low[0] == '/' && letterOrDigit(low[1]) && !isLink(host) && !isLink(path) && isHost(strings.Trim(foldNote(host), ".([<\"'"))
}

// linkAllowed says whether a word is a whole https address that may stand in a
// note.
func (s State) linkAllowed(word string) bool {
	for _, l := range Links(s) {
		if word == l.URL && (l.ID != LinkConsent || !s.comesBack()) {
			return true
		}
	}
	u, err := url.Parse(word)
	if err != nil || strings.Count(word, "://") != 1 || u.Scheme != "https" || u.User != nil || u.Host == "" || !strings.HasPrefix(word, "https://") {
		return false
	}
	return slices.Contains(s.noteHosts(), strings.ToLower(u.Host)) && !bears(word)
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

// StrangeLinks gives the hosts of the links of a text that can stand in no note, of
// whichever app and in whichever cloud the run is, each once. A link that only a run
// makes counts as strange.
func StrangeLinks(text string, apps []Profile) (left []string) {
	_, left = CleanNote(State{}, text)
	for i := range apps {
		for _, c := range checks.Clouds() {
			if len(left) == 0 { // as of most texts: they have no link
				return nil
			}
			_, strange := CleanNote(State{Profile: &apps[i], cloud: c.Cloud}, text)
			left = slices.DeleteFunc(left, func(host string) bool { return !slices.Contains(strange, host) })
		}
	}
	return left
}
