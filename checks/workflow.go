package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

func workflowChecks() []Check {
	read := Access{SignIn: true, AnyScope: ScopesFor(PartWorkflow)}
	return []Check{
		{
			ID: ConsentWorkflow, Title: titleConsentWorkflow, Needs: []ID{TenantMatch}, Reads: []Part{PartWorkflow},
			Access: read, Patience: propagation, Run: consentWorkflow,
		},
		{
			ID: ConsentReviewers, Title: titleConsentReviewers, Needs: []ID{TenantMatch}, Reads: []Part{PartWorkflow, PartReviewers},
			Access: read, Patience: propagation, Run: consentReviewers,
		},
		{
			ID: ConsentRequests, Title: titleConsentRequests, Needs: []ID{TenantMatch}, Reads: []Part{PartRequests},
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartRequests)}, Run: consentRequests,
		},
	}
}

// consentWorkflow says whether a blocked user can ask from the wall itself. It
// blocks nobody, so it warns at most.
func consentWorkflow(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartWorkflow); err != nil {
		return Finding{}, err
	}
	w := s.Look.Workflow.Value
	f := Finding{Verdict: Pass, Grade: Verified, Summary: sayWorkflowOn, Seen: s.seen(PartWorkflow, fmt.Sprintf("isEnabled=%t", w.Enabled))}
	if !w.Enabled {
		f.Verdict, f.Summary = Warn, sayWorkflowOff
		f.Fix = &Fix{Do: doWorkflow, Why: whyWorkflow, URL: s.portal(bladeWorkflow), Who: WhoAdmin}
		return f, nil
	}
	if w.Days > 0 {
		f.Detail = append(f.Detail, fmt.Sprintf(sayWorkflowDays, counted(w.Days, "day", "days")))
	}
	if !w.Notify {
		f.Detail = append(f.Detail, sayWorkflowSilent)
	}
	return f, nil
}

// consentReviewers looks at who gets the requests, and whether somebody is
// there. Being a reviewer gives no right to approve (entra-facts §6): that takes
// a role. Where nobody could look behind the entries, only a reviewer by role
// shows whether the role may.
func consentReviewers(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartWorkflow); err != nil {
		return Finding{}, err
	}
	w := s.Look.Workflow.Value
	if !w.Enabled {
		return Finding{Verdict: Skipped, Summary: sayWorkflowOff}, nil
	}
	f := Finding{Verdict: Pass, Grade: Verified, Seen: s.seen(PartWorkflow, listOr(w.Reviewers, sayNone))}
	fix := &Fix{Do: doReviewers, Why: whyReviewers, URL: s.portal(bladeWorkflow), Who: WhoAdmin}
	if len(w.Reviewers) == 0 {
		f.Verdict, f.Summary, f.Fix = Fail, sayNoReviewers, fix
		return f, nil
	}
	f.Summary = fmt.Sprintf(sayReviewers, counted(len(w.Reviewers), "entry", "entries"))
	f.Detail = []string{sayReviewersMay}
	if s.Look.Reviewers.Read && len(s.Look.Reviewers.Value) > 0 {
		s.behindReviewers(&f, fix)
		return f, nil
	}
	if s.asked(PartReviewers) {
		f.Detail = append(f.Detail, sayReviewersUnread)
	}
	byRole := func(q string) bool { return strings.Contains(strings.ToLower(q), "roledefinitionid") }
	grants := func(q string) bool {
		return slices.ContainsFunc(grantRoles, func(r grantRole) bool {
			return r.reach >= reachScopes && strings.Contains(strings.ToLower(q), r.id)
		})
	}
	if !slices.ContainsFunc(w.Reviewers, func(q string) bool { return !byRole(q) || grants(q) }) {
		f.Verdict, f.Summary, f.Fix = Warn, sayReviewersCannot, fix
	}
	return f, nil
}

// behindReviewers judges the people who were found behind the entries.
func (s Subject) behindReviewers(f *Finding, fix *Fix) {
	wants := reachScopes
	if s.App.graphRoles() {
		wants = reachAll
	}
	var people, none, strange int
	live, may := false, false // somebody is there; somebody may approve, or it is not known
	unsure := false           // somebody may be there, and was not seen
	for _, r := range s.Look.Reviewers.Value {
		people += r.Active
		switch {
		case r.Kind == ReviewerOther:
			strange++
			live, may = true, true
		case r.Active == 0 && !r.Unsure:
			none++
		case r.Active == 0 && !r.Found:
			unsure = true
		default:
			live = true
			// Sources differ about one of the roles: it is not held against them.
			reach := held(r.Roles).reach
			may = may || !r.RolesKnown || reach >= wants || reach == reachUnsure
		}
	}
	f.Seen = append(f.Seen, s.seen(PartReviewers, "")...)
	f.Detail = append(f.Detail, fmt.Sprintf(sayReviewersPeople, counted(people, sayPersonHere, sayPeopleHere)))
	if strange > 0 {
		f.Detail = append(f.Detail, fmt.Sprintf(sayReviewersStrange, counted(strange, "entry is", "entries are")))
	}
	if none > 0 {
		f.Detail = append(f.Detail, fmt.Sprintf(sayReviewersSome, none, counted(len(s.Look.Reviewers.Value), "entry", "entries")))
	}
	switch {
	case !live && unsure:
		f.Verdict, f.Summary, f.Fix = Warn, sayReviewersUnseen, fix
	case !live:
		f.Verdict, f.Summary, f.Fix = Fail, sayReviewersGone, fix
	case !may:
		f.Verdict, f.Summary, f.Fix = Warn, sayReviewersNoRole, fix
	}
}

// consentRequests looks for people who asked for this app. Requests can be
// read through Graph and not answered (entra-facts §6).
func consentRequests(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartRequests); err != nil {
		return Finding{}, err
	}
	if s.App.ClientID == "" {
		return Finding{}, &unreadError{part: PartRequests, failure: &Failure{Kind: FailNoClientID}}
	}
	people, open, expired := 0, 0, 0
	var scopes []string
	for _, r := range s.Look.Requests.Value {
		if !strings.EqualFold(r.AppID, s.App.ClientID) {
			continue
		}
		switch {
		case strings.EqualFold(r.Status, "InProgress"), strings.EqualFold(r.Status, "Initializing"):
			open++
			people += max(r.Count, 1)
			scopes = append(scopes, r.Scopes...)
		case strings.EqualFold(r.Status, "Expired"):
			expired++
		}
	}
	f := Finding{Verdict: Pass, Grade: Verified, Summary: sayNoRequests, Seen: s.seen(PartRequests, fmt.Sprintf("%d InProgress, %d Expired", open, expired))}
	switch {
	case open > 0:
		f.Verdict, f.Summary = Pending, fmt.Sprintf(sayRequests, counted(people, "person", "people"))
		if len(scopes) > 0 {
			slices.Sort(scopes)
			f.Detail = append(f.Detail, fmt.Sprintf(sayRequestScopes, strings.Join(slices.Compact(scopes), ", ")))
		}
		f.Fix = &Fix{Do: doReview, Why: whyRequests, URL: s.portal(bladeRequests), Who: WhoAdmin}
	case expired > 0:
		f.Verdict, f.Summary = Warn, sayRequestsExpired
		f.Fix = &Fix{Do: doAskOther, Why: whyExpired, Who: WhoUser}
	}
	return f, nil
}
