package flows

import (
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks"
)

// The answers by which an app is looked for by its name, and by which none of
// those found is taken.
const (
	FindID    = "find"
	FoundNone = "none"
	foundYes  = "yes"
)

// mostNamed bounds the apps of one name that a journal holds.
const mostNamed = 20

// Seeking says that nobody knows the app's client id, and that it is looked for
// by name once somebody is signed in.
func (s State) Seeking() bool {
	return s.Profile != nil && s.App.ClientID == "" && s.Answer(AskClientID) == FindID
}

// SeekingNow says that the look by name is under way.
func (s State) SeekingNow() bool {
	_, found := s.sought()
	return s.seeks() && !found
}

// seeks says that the tenant is asked, or was.
func (s State) seeks() bool {
	return s.Place.Stage == StageSignIn && s.Seeking() && s.Account != nil && !s.unsettled && !s.SignIn.Busy
}

// sought is what the look by name came to in this round.
func (s State) sought() (Held, bool) {
	h, ok := s.now(checks.AppNamed)
	return h, ok && s.FactsRead()
}

// candidates are the apps that were found by name, by whoever is signed in now.
func (s State) candidates() []checks.NamedApp {
	if h, ok := s.sought(); !s.seeks() || !ok || h.Verdict != checks.Warn || !s.Facts.NamedRead {
		return nil
	}
	return s.Facts.Named
}

// candidate is the one of a client id.
func (s State) candidate(id string) (checks.NamedApp, bool) {
	all := s.candidates()
	i := slices.IndexFunc(all, func(a checks.NamedApp) bool { return id != "" && strings.EqualFold(a.AppID, id) })
	if i < 0 {
		return checks.NamedApp{}, false
	}
	return all[i], true
}

// clientIDQuestion asks for the client id of an app whose profile has none.
func clientIDQuestion(s State) Question {
	q := Question{
		ID: AskClientID, Kind: Text, Title: words.askClientID, Help: words.askClientIDHelp,
		Example: "00000000-0000-0000-0000-000000000000", Rule: RuleGUID, Answer: s.App.ClientID,
	}
	if s.Profile != nil && s.Profile.ClientID == "" {
		q.Instead = &Option{ID: FindID, Title: seekWords.ask, Help: seekWords.askHelp}
	}
	return q
}

// foundQuestions are asked once an app was looked for: which it is, and then for
// the typed yes to all that tells it from another of its name.
func (s State) foundQuestions() []Question {
	if a, ok := s.candidate(s.Answer(AskFound)); ok {
		q := Question{
			ID: AskFoundYes, Kind: Typed, Title: Words(s, seekWords.yes), Help: seekWords.yesHelp, Rule: RuleYes, Want: foundYes,
			Facts: []Fact{
				{Head: seekWords.name, Text: a.Name},
				{Head: seekWords.id, Text: a.AppID},
				{Head: seekWords.owner, Text: a.Owner(s.TenantID())},
				{Head: seekWords.publisher, Text: a.PublishedBy()},
				{Head: seekWords.since, Text: a.Since()},
				{Text: Words(s, seekWords.warning), Warn: true},
			},
		}
		return []Question{q}
	}
	q := Question{ID: AskFound, Kind: Choice, Title: Words(s, seekWords.found), Help: Words(s, seekWords.foundHelp), Rule: RuleOption}
	if s.Facts.NamedMore {
		q.Help += " " + seekWords.foundMore
	}
	for _, a := range s.candidates() {
		q.Options = append(q.Options, Option{
			ID: a.AppID, Title: a.Name, Help: fmt.Sprintf(seekWords.one, a.AppID, a.Owner(s.TenantID()), a.PublishedBy(), a.Since()),
		})
	}
	q.Options = append(q.Options, Option{ID: FoundNone, Title: seekWords.none, Help: seekWords.noneHelp})
	return []Question{q}
}

// missingApp says why the app is not settled at the sign-in; empty: it is.
func (s State) missingApp() string {
	h, looked := s.sought()
	switch {
	case !s.Seeking():
		return ""
	case s.Account == nil:
		return seekWords.noSignIn
	case !looked:
		return seekWords.wait
	case len(s.candidates()) == 0:
		return fmt.Sprintf(seekWords.nothing, strings.TrimSuffix(h.Summary, "."))
	}
	return seekWords.choose
}

// seek answers what is asked of an app that is looked for.
func (s State) seek(e Answered) State {
	was := s
	switch e.Question {
	case AskClientID:
		if s.Profile == nil || s.Profile.ClientID != "" {
			return s
		}
		if s.App.ClientID != "" {
			s.App.ClientID, s.App.IDFrom, s.clientID = "", checks.IDOfProfile, ""
			s = s.afresh(was)
		}
		return s.forget(AskFound).keepAnswer(e)
	case AskFound:
		if e.Value == FoundNone && s.Seeking() {
			s = s.forget(AskFound, AskClientID)
			s.trail = nil
			return s.enter(Place{Stage: StageApp})
		}
		if _, ok := s.candidate(e.Value); !ok {
			return s
		}
		return s.keepAnswer(e)
	default:
	}
	a, ok := s.candidate(s.Answer(AskFound))
	if !ok || e.Value != foundYes {
		return s
	}
	s.App.ClientID, s.App.IDFrom, s.clientID = a.AppID, checks.IDFound, a.AppID
	s = s.afresh(was).forget(AskFound)
	s.Facts.Tenants, s.Facts.Name, s.Facts.Domains = was.Facts.Tenants, was.Facts.Name, was.Facts.Domains
	return s
}
