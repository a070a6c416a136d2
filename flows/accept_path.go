package flows

import (
	"errors"
	"fmt"
	"strings"

	"onboard.example/checks"
)

// pathQuestion is a question of a step; ok is false where it is not put now.
func pathQuestion(s State, id QuestionID) (q Question, ok bool) {
	switch id {
	case AskHow:
		return howQuestion(s), true
	case AskReviewers:
		return reviewersQuestion(s), true
	case AskWho:
		return whoQuestion(s), true
	case AskRevoke:
		return revokeQuestion(s), true
	case AskUserIn, AskRulesIn, AskVendorIn:
		return inQuestion(s, id), true
	case AskConfirm:
		if s.Plan == nil || s.Account == nil || s.Confirmed != "" || len(s.Plan.Lines) == 0 || Remaking(s) {
			return Question{}, false
		}
		return Question{
			ID: AskConfirm, Kind: Typed, Title: fmt.Sprintf(words.askConfirm, s.Plan.Domain),
			Help: words.askConfirmHelp, Want: s.Plan.Domain, Rule: RuleTyped,
		}, true
	default:
		return Question{}, false
	}
}

// howQuestion asks how a path is walked. Why it cannot be walked by Graph is
// why no plan could be made of what was read.
func howQuestion(s State) Question {
	hand := Option{ID: HowPortal, Title: words.howPortal, Help: words.howPortalHelp}
	switch s.Path {
	case AppPolicy:
		hand.Title, hand.Help = pathWords.howShell, pathWords.howShellHelp
	case Revoke:
		hand.Help = pathWords.howRevokeHelp
	default:
	}
	return Question{
		ID: AskHow, Kind: Choice, Title: words.askHow, Rule: RuleOption, Answer: s.Answer(AskHow),
		Options: []Option{hand, {ID: HowGraph, Title: words.howGraph, Help: words.howGraphHelp, Why: s.notByGraph()}},
	}
}

// notByGraph says why the path cannot be walked by Graph; empty: it can, as far
// as is known.
func (s State) notByGraph() string {
	switch {
	case !s.CanWrite:
		return words.howNoWrite
	case s.Account == nil:
		return words.howNoAccount
	case !HasPlan(s.Path):
		return ErrNoPlan.Error()
	}
	if _, err := PlanOf(s, s.Path); err != nil && !errors.Is(err, ErrNotRead) && (s.FactsRead() || errors.Is(err, ErrUnstated)) {
		return err.Error()
	}
	return ""
}

func reviewersQuestion(s State) Question {
	me := Option{ID: ReviewersMe, Title: pathWords.reviewersMe, Help: pathWords.reviewersMeHelp}
	switch {
	case s.Account == nil && s.nobodySignsIn():
		me.Why = words.howNobody
	case s.Account == nil:
		me.Why = words.howNoAccount
	case s.gave(checks.AccountRole, checks.Fail):
		me.Help = pathWords.reviewersMeNoRole
	}
	return Question{
		ID: AskReviewers, Kind: Choice, Title: pathWords.askReviewers, Help: pathWords.askReviewersHelp, Rule: RuleOption, Answer: s.Answer(AskReviewers),
		Options: []Option{
			me,
			{ID: ReviewersRole, Title: pathWords.reviewersRole, Help: pathWords.reviewersRoleHelp},
			{ID: ReviewersWho, Title: pathWords.reviewersWho, Help: pathWords.reviewersWhoHelp},
		},
	}
}

func whoQuestion(s State) Question {
	q := Question{
		ID: AskWho, Kind: Text, Title: pathWords.askWho, Help: pathWords.askWhoHelp,
		Example: fmt.Sprintf(pathWords.askWhoExample, s.Domain), Rule: RuleWho, Answer: s.Answer(AskWho),
	}
	if s.Path == ConsentRequests {
		q.Title = pathWords.askReviewer
	}
	if q.Answer == "" && s.Path == Pilot {
		q.Answer = s.Person
	}
	return q
}

func revokeQuestion(s State) Question {
	app := Option{ID: RevokeApp, Title: pathWords.revokeApp, Help: pathWords.revokeAppHelp}
	return Question{
		ID: AskRevoke, Kind: Choice, Title: pathWords.askRevoke, Rule: RuleOption, Answer: s.Answer(AskRevoke),
		Options: []Option{{ID: RevokeGrants, Title: pathWords.revokeGrants, Help: pathWords.revokeGrantsHelp}, app},
	}
}

func inQuestion(s State, id QuestionID) Question {
	no := Option{ID: InNo, Title: pathWords.inNo, Help: pathWords.inNoHelp}
	if id == AskVendorIn {
		no.Help = pathWords.inNoLast
	}
	return Question{
		ID: id, Kind: Choice, Title: pathWords.askIn, Help: pathWords.askInHelp, Rule: RuleOption, Answer: s.Answer(id),
		Options: []Option{no, {ID: InYes, Title: pathWords.inYes, Help: pathWords.inYesHelp}},
	}
}

// mostGroup bounds the name of a group, as the directory does.
const mostGroup = 256

// acceptWho checks a person's address, an object id or a group's name.
func acceptWho(value string) (string, error) {
	local, domain, address := strings.Cut(value, "@")
	switch {
	case value == "":
		return "", errors.New(pathWords.needWho)
	case checks.IsGUID(strings.ToLower(value)):
		return strings.ToLower(value), nil
	case !address && len(value) > mostGroup:
		return "", fmt.Errorf(pathWords.longGroup, mostGroup)
	case !address:
		return value, nil
	case local == "" || strings.ContainsAny(value, " ,;<>()\"/\\") || strings.Contains(domain, "@"):
		return "", fmt.Errorf(pathWords.badAddress, checks.Line(value, 60))
	}
	host, err := AcceptDomain(domain)
	if checks.IsPersonalDomain(domain) {
		return "", fmt.Errorf(pathWords.personalAddress, checks.Line(value, 60))
	}
	if err != nil {
		return "", fmt.Errorf(pathWords.badAddress, checks.Line(value, 60))
	}
	return local + "@" + host, nil
}
