package flows

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"onboard.example/checks"
)

// AppQuestion asks which app the run is about. Its answer is an id of a
// profile; put it into the run with Picked.
func AppQuestion(s State, profiles []Profile) Question {
	q := Question{ID: AskApp, Kind: Choice, Title: words.askApp, Help: words.askAppHelp, Rule: RuleOption}
	for _, p := range profiles {
		q.Options = append(q.Options, Option{ID: p.ID, Title: p.Name, Help: p.Publisher.Name})
	}
	if s.Profile != nil {
		q.Answer = s.Profile.ID
	}
	return q
}

// Asks are the questions of the place where the person is, but the one for the
// app, which needs the profiles: AppQuestion.
func Asks(s State) []Question {
	switch s.Place.Stage {
	case StageApp:
		if s.askingHandoff() {
			return []Question{handoffQuestion(s)}
		}
		if s.Profile != nil && (s.Profile.ClientID == "" || s.clientID != "") {
			return []Question{clientIDQuestion(s)}
		}
	case StageTenant:
		q := Question{
			ID: AskDomain, Kind: Text, Title: words.askDomain, Help: words.askDomainHelp,
			Example: "contoso.com", Rule: RuleDomain, Answer: s.Domain,
		}
		if s.Domain == "" && s.Hint != "" {
			q.Answer, q.Help = s.Hint, q.Help+" "+words.askDomainHint
		}
		return []Question{q}
	case StageKnown:
		if len(s.Facts.Tenants) > 1 {
			return []Question{cloudQuestion(s)}
		}
	case StageSignIn:
		switch {
		case s.SeekingNow():
			return nil
		case len(s.candidates()) > 0:
			return s.foundQuestions()
		}
		return []Question{signInQuestion(s)}
	case StageSteps:
		return stepQuestions(s)
	case StageDiagnosis, StagePaths, StageProof:
	}
	return nil
}

func stepQuestions(s State) []Question {
	step, _ := s.Step()
	var out []Question
	if s.lostAccount() {
		q := signInQuestion(s)
		q.Title, q.Optional = words.askSignInAgain, true
		out = append(out, q)
	}
	if s.Proven(step) { // nothing is left to choose
		return out
	}
	for _, id := range step.Asks {
		if q, ok := pathQuestion(s, id); ok {
			out = append(out, q)
		}
	}
	return out
}

// lostAccount says whether somebody was signed in and is no more, as after a
// run was taken up again.
func (s State) lostAccount() bool {
	return s.Account == nil && !s.SignIn.Busy && s.SignIn.Way != "" && s.SignIn.Way != WayNone
}

func cloudQuestion(s State) Question {
	q := Question{ID: AskCloud, Kind: Choice, Title: words.askCloud, Help: words.askCloudHelp, Rule: RuleOption, Answer: string(s.Cloud())}
	for _, t := range s.Facts.Tenants {
		o := Option{ID: string(t.Cloud), Title: string(t.Cloud), Help: t.ID}
		if e, ok := checks.EndpointsOf(t.Cloud); ok {
			o.Title = e.Title
		}
		if s.Profile != nil && !s.Profile.HasCloud(t.Cloud) {
			o.Why = words.notInCloud
		}
		q.Options = append(q.Options, o)
	}
	return q
}

func signInQuestion(s State) Question {
	q := Question{ID: AskSignIn, Kind: Choice, Title: words.askSignIn, Help: words.askSignInHelp, Rule: RuleOption, Answer: string(s.SignIn.Way)}
	switch {
	case s.Keeps:
		q.Help = words.askSignInKept
	case !s.CanWrite: // a served run
		q.Help = words.askSignInServed
	}
	for _, w := range s.Offers() {
		q.Options = append(q.Options, Option{ID: string(w.Way), Title: wayTitles[w.Way], Help: wayHelps[w.Way], Why: w.Why})
	}
	none := Option{ID: string(WayNone), Title: wayTitles[WayNone], Help: wayHelps[WayNone]}
	if s.Seeking() {
		none.Why = seekWords.noSignIn
	}
	q.Options = append(q.Options, none)
	return q
}

// Accept checks an answer by the rule of its question and gives the event that
// puts it into the run. The error says what to type instead.
func Accept(q Question, value string) (Event, error) {
	value = strings.TrimSpace(checks.Line(value, mostAnswer))
	var err error
	switch q.Rule {
	case RuleOption:
		value, err = acceptOption(q, value)
	case RuleDomain:
		value, err = AcceptDomain(value)
	case RuleGUID:
		value, err = strings.ToLower(value), nil
		if !checks.IsGUID(value) && (q.Instead == nil || value != q.Instead.ID) {
			err = errors.New(words.badGUID)
		}
	case RuleWho:
		value, err = acceptWho(value)
	case RuleYes:
		if value = strings.ToLower(value); value != q.Want {
			err = errors.New(seekWords.badYes)
		}
	case RuleTyped:
		if !strings.EqualFold(value, q.Want) {
			err = fmt.Errorf(words.badTyped, q.Want)
		}
	}
	if err != nil {
		return nil, err
	}
	return Answered{Question: q.ID, Value: value}, nil
}

// mostAnswer bounds an answer, in characters; a domain has at most 253.
const mostAnswer = 320

func acceptOption(q Question, value string) (string, error) {
	i := slices.IndexFunc(q.Options, func(o Option) bool { return strings.EqualFold(o.ID, value) })
	if i < 0 {
		var ids []string
		for _, o := range q.Options {
			ids = append(ids, o.ID)
		}
		return "", fmt.Errorf(words.badOption, strings.Join(ids, ", "))
	}
	if why := q.Options[i].Why; why != "" {
		return "", errors.New(why)
	}
	return q.Options[i].ID, nil
}

// ShownDomain is a domain in ASCII form as people are told it: one that was written
// in another script in both forms, as look-alikes differ in one of them alone.
func ShownDomain(ascii string) string {
	d, err := checks.ParseDomain(ascii, idna.Lookup)
	if err != nil || d.ASCII != ascii || d.Unicode == ascii {
		return ascii
	}
	return d.Unicode + " (" + ascii + ")"
}

// AcceptDomain checks and cleans a domain as people type it, by the law of
// checks.ParseDomain. The error says what to type instead.
func AcceptDomain(value string) (string, error) {
	if strings.TrimSpace(value) == "" {
		return "", errors.New(words.needDomain)
	}
	d, err := checks.ParseDomain(value, idna.Lookup)
	var bad *checks.DomainError
	if errors.As(err, &bad) {
		return "", fmt.Errorf(words.badDomain, bad.Say, bad.Do)
	}
	return d.ASCII, err
}
