package graph

import (
	"regexp"
	"strings"
	"sync"

	"onboard.example/checks"
)

// The forms of a reviewer's query. The first is documented, the others are
// general knowledge (entra-facts §6, UNCERTAIN): what fits none of them is
// kept as of another kind, and nothing is said of it. Only the id is taken out
// of a query; its own words never become an address.
var (
	reviewerUser  = regexp.MustCompile(`(?i)^/?(?:v1\.0/|beta/)?users/([0-9a-f-]{36})$`)
	reviewerGroup = regexp.MustCompile(`(?i)^/?(?:v1\.0/|beta/)?groups/([0-9a-f-]{36})(?:/(?:transitiveMembers|members)(?:/microsoft\.graph\.user)?)?$`)
	reviewerRole  = regexp.MustCompile(`(?i)roleDefinitionId\s+eq\s+'([0-9a-f-]{36})'`)
)

// readReviewers looks for the people behind the workflow's reviewers, in one
// more stage that a tenant with reviewers forces.
func readReviewers(rd *reading, t *trail) ([]checks.Reviewer, error) {
	w := rd.workflow()
	t.seen = append(t.seen, w.seen...)
	if w.err != nil {
		return nil, w.err
	}
	if !w.value.Enabled || len(w.value.Reviewers) == 0 {
		return []checks.Reviewer{}, nil
	}
	return eachResource(t, w.value.Reviewers, readReviewer)
}

func readReviewer(t *trail, query string) (checks.Reviewer, error) {
	query = strings.TrimSpace(query)
	if m := reviewerUser.FindStringSubmatch(query); m != nil {
		return reviewingUser(t, m[1])
	}
	if m := reviewerGroup.FindStringSubmatch(query); m != nil {
		return reviewingGroup(t, m[1])
	}
	if m := reviewerRole.FindStringSubmatch(query); m != nil {
		return reviewingRole(t, m[1])
	}
	return checks.Reviewer{Kind: checks.ReviewerOther}, nil
}

// account is what is asked of somebody behind a reviewer.
type account struct {
	Type    string `json:"@odata.type"`
	ID      string `json:"id"`
	Enabled *bool  `json:"accountEnabled"`
}

// take counts somebody.
func take(r *checks.Reviewer, a account) {
	r.Found = true
	r.People++
	switch {
	case a.Enabled == nil: // not said: neither on nor off
		r.Unsure = true
	case *a.Enabled:
		r.Active++
	}
}

// reviewingUser reads one person and their roles at once: being a reviewer
// gives no right to approve (entra-facts §6).
func reviewingUser(t *trail, id string) (checks.Reviewer, error) {
	r := checks.Reviewer{Kind: checks.ReviewerUser}
	own := &trail{call: t.call, ctx: t.ctx}
	var wg sync.WaitGroup
	var rolesErr error
	wg.Go(func() {
		rolesErr = guarded(func() (err error) { r.Roles, err = rolesOf(own, "users/"+id, needUser); return err })
	})
	u, err := one[userRead](t, ask{path: "users/" + id, query: "$select=id,accountEnabled", need: needUser})
	wg.Wait()
	t.seen = append(t.seen, own.seen...)
	switch {
	case absent(err):
		return checks.Reviewer{Kind: checks.ReviewerUser}, nil
	case err != nil:
		return r, err
	}
	take(&r, account{Enabled: u.Enabled})
	r.RolesKnown = rolesErr == nil
	return r, nil
}

// reviewingGroup reads the people of a group, those in groups in it included;
// the first page is enough to know that there is somebody.
func reviewingGroup(t *trail, id string) (checks.Reviewer, error) {
	r := checks.Reviewer{Kind: checks.ReviewerGroup}
	found, more, err := onePage[account](t, ask{
		path: "groups/" + id + "/transitiveMembers/microsoft.graph.user", query: "$select=id,accountEnabled&$count=true&$top=100",
		index: true, need: needMembers,
	})
	if absent(err) {
		t.saw(sayAbsent)
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.Found = true
	for _, a := range found {
		take(&r, a)
	}
	t.saw("%s", countedOf(len(found), "member", more))
	return r, nil
}

// reviewingRole reads who holds a directory role. A role that is only held
// through a group, or could be activated, shows as held by nobody known.
func reviewingRole(t *trail, id string) (checks.Reviewer, error) {
	r := checks.Reviewer{Kind: checks.ReviewerRole, RolesKnown: true, Roles: []checks.Role{{TemplateID: strings.ToLower(id)}}}
	found, more, err := onePage[struct {
		Principal *account `json:"principal"`
	}](t, ask{
		path: "roleManagement/directory/roleAssignments", query: "$filter=" + escaped("roleDefinitionId eq "+quoted(strings.ToLower(id))) + "&$expand=principal",
		need: needHolders,
	})
	if err != nil {
		return r, err
	}
	for _, a := range found {
		switch {
		case a.Principal == nil, strings.HasSuffix(a.Principal.Type, ".servicePrincipal"):
		case strings.HasSuffix(a.Principal.Type, ".group"):
			r.Found, r.Unsure = true, true
		default:
			take(&r, *a.Principal)
		}
	}
	if r.People == 0 {
		r.Unsure = true // it may be held by those who activate it (PIM), who were not asked for
	}
	t.saw("%s", countedOf(len(found), "holder", more))
	return r, nil
}
