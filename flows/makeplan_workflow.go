package flows

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks"
)

// planWorkflow switches on the admin consent workflow. Reviewers who are there
// stay.
func planWorkflow(s State, p *Plan) error {
	w := s.Facts.Workflow
	if !s.Facts.WorkflowRead || w == nil {
		return ErrNotRead
	}
	query, err := s.reviewer()
	if err != nil {
		return err
	}
	next := WorkflowFact{Enabled: true, Notify: w.Notify, Remind: w.Remind, Days: w.Days, Reviewers: slices.Clone(w.Reviewers), Forms: w.Forms}
	if !w.Enabled { // what stood in a policy that was off nobody chose
		next.Notify, next.Remind = true, true
	}
	if next.Days == 0 {
		next.Days = 30 // as the admin center proposes
	}
	if !slices.ContainsFunc(next.Reviewers, func(q string) bool { return strings.EqualFold(bareQuery(q), bareQuery(query)) }) {
		next.Reviewers = append(next.Reviewers, query)
	}
	switch {
	case sameWorkflow(*w, next):
		return nil
	case !writable(next):
		return ErrOddReviewer
	case len(next.Reviewers) > mostReviewers:
		return ErrManyReviewers
	}
	c := Change{
		Kind: SetWorkflow, Title: planWords.workflowLine, Method: "PUT", Path: "/policies/adminConsentRequestPolicy", Body: workflowBody(next),
		Before: workflowSays(*w, s.nameOf), After: workflowSays(next, s.nameOf), Scope: "Policy.ReadWrite.ConsentRequest", Role: "Global Administrator",
		Effect: planWords.workflowEffect, Benchmark: benchmarkOf(p.Path), Undo: planWords.workflowUndo,
		Back: &Back{Kind: SetWorkflow, Method: "PUT", Path: "/policies/adminConsentRequestPolicy", Body: workflowBody(*w)},
	}
	if !w.Enabled && len(w.Reviewers) > 0 {
		c.Warning = fmt.Sprintf(planWords.workflowWarning, reviewersSay(*w, s.nameOf))
		p.Warnings = append(p.Warnings, c.Warning)
	}
	p.Lines = append(p.Lines, c)
	if who, err := s.who(); s.Answer(AskReviewers) == ReviewersRole || s.Answer(AskReviewers) == ReviewersWho && err == nil && who.Group {
		p.Warnings = append(p.Warnings, warnWords.reviewers)
	}
	return nil
}

// reviewer is the query for whoever is to decide (entra-facts §6: the form for
// a role is read from tenants, not documented).
func (s State) reviewer() (query string, err error) {
	switch s.Answer(AskReviewers) {
	case ReviewersMe:
		if s.Account == nil || s.Account.ID == "" {
			return "", ErrReviewerID
		}
		return "/users/" + s.Account.ID, nil
	case ReviewersRole:
		return "/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + leastRoleID + "'", nil
	case ReviewersWho:
		who, err := s.who()
		switch {
		case err != nil:
			return "", err
		case who.Group:
			return "/groups/" + who.ID + "/transitiveMembers/microsoft.graph.user", nil
		}
		return "/users/" + who.ID, nil
	}
	return "", ErrNoReviewer
}

// mostReviewers bounds the entries of the workflow that are written.
const mostReviewers = 100

// writable says whether every reviewer's query is of a form that is written back
// as it was read (entra-facts §6).
func writable(w WorkflowFact) bool {
	for i, q := range w.Reviewers {
		f := w.form(i)
		if !checks.IsReviewer(q) || f.Type != checks.ReviewerQueryType || f.Root != nil && *f.Root != "" {
			return false
		}
	}
	return true
}

// form is how a reviewer is asked: as it was read, or as ours are.
func (w WorkflowFact) form(i int) checks.ReviewerForm {
	if i < len(w.Forms) {
		return w.Forms[i]
	}
	return checks.ReviewerForm{Type: checks.ReviewerQueryType}
}

// bareQuery is a reviewer's query without the version that some begin with.
func bareQuery(q string) string {
	q = strings.TrimSpace(q)
	for _, version := range []string{"/v1.0/", "/beta/"} {
		if len(q) > len(version) && strings.EqualFold(q[:len(version)], version) {
			q = q[len(version)-1:]
		}
	}
	return strings.TrimSuffix(q, "/")
}

func sameWorkflow(a, b WorkflowFact) bool {
	return a.Enabled == b.Enabled && a.Notify == b.Notify && a.Remind == b.Remind && a.Days == b.Days && slices.Equal(a.Reviewers, b.Reviewers)
}

// workflowIs says whether the workflow is as a body sets it. What Graph makes of a
// queryRoot that was written as null nobody documents: null and nothing are one.
func workflowIs(w WorkflowFact, text string) bool {
	want := workflowIn(text)
	if !sameWorkflow(w, want) {
		return false
	}
	root := func(f checks.ReviewerForm) string {
		if f.Root == nil {
			return ""
		}
		return *f.Root
	}
	for i := range w.Reviewers {
		a, b := w.form(i), want.form(i)
		if !strings.EqualFold(a.Type, b.Type) || root(a) != root(b) {
			return false
		}
	}
	return true
}

// workflowSays is the workflow in a line; name gives the name of a person or a
// group by its object id, as far as it is known.
func workflowSays(w WorkflowFact, name func(id string) string) string {
	if !w.Enabled {
		return planWords.workflowOff
	}
	return fmt.Sprintf(planWords.workflowOn, reviewersSay(w, name), w.Days)
}

// reviewersSay names the reviewers of the workflow.
func reviewersSay(w WorkflowFact, name func(id string) string) string {
	var out []string
	for _, q := range w.Reviewers {
		kind, id := checks.ReviewerOf(q)
		said := cmp.Or(name(id), id)
		switch kind {
		case checks.ReviewerUser:
			said = fmt.Sprintf(planWords.reviewerUser, said)
		case checks.ReviewerGroup:
			said = fmt.Sprintf(planWords.reviewerGroup, said)
		case checks.ReviewerRole:
			said = fmt.Sprintf(planWords.reviewerRole, cmp.Or(strings.Join(checks.RoleNames([]string{id}), ""), id))
		case checks.ReviewerOther:
			said = q
		}
		out = append(out, said)
	}
	if len(out) == 0 {
		return planWords.reviewerNone
	}
	return strings.Join(out, ", ")
}

// nameOf names whom a plan is about, and who is signed in, by their object id.
func (s State) nameOf(id string) string {
	switch w, a := s.Facts.Who, s.Account; {
	case w != nil && strings.EqualFold(w.ID, id):
		return w.Name
	case a != nil && strings.EqualFold(a.ID, id):
		return a.UPN
	}
	return ""
}

// nameless is nameOf where nobody is known.
func nameless(string) string { return "" }
