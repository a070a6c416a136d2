package flows

import (
	"fmt"
	"strings"

	"onboard.example/checks"
)

// WhoseApp says in a few sentences whose app the client id is of, as far as that
// is not the app's own profile's word: who gave the id, and what the tenant says
// that speaks against it. Empty: there is nothing to say. What approves an app
// shows it first, for anyone can take a name.
func WhoseApp(s State) string {
	var out []string
	note := checks.IDNote(s.App.IDFrom)
	if note != "" {
		out = append(out, note)
	}
	for _, id := range []checks.ID{checks.AppPresent, checks.AppPublisher} {
		h, ok := s.Finding(id)
		switch {
		case !ok || s.Stale(h):
		case checks.OtherOwner(h.Finding):
			out = append(out, h.Summary)
		case note != "" && id == checks.AppPublisher && (h.Verdict == checks.Pass || h.Verdict == checks.Warn):
			out = append(out, fmt.Sprintf(words.publisherIs, h.Summary))
		}
	}
	if len(out) > 0 && s.App.ClientID != "" {
		out = append(out, Words(s, words.askWhose))
	}
	return strings.Join(out, " ")
}

// planWhose is the warning of a plan for an app whose client id is not its
// profile's: of facts alone, since the same facts make the same plan.
func (s State) planWhose() string {
	note := checks.IDNote(s.App.IDFrom)
	if note == "" {
		return ""
	}
	if a := s.Facts.App; a != nil {
		by := a.Publisher
		if by == "" {
			by = words.nobodyVerified
		}
		note += " " + fmt.Sprintf(words.listedAs, checks.Line(a.Name, 60), checks.Line(by, 60))
	}
	return note + " " + Words(s, words.askWhose)
}
