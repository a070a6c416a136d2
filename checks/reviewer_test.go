package checks_test

import (
	"testing"

	"onboard.example/checks"
)

func TestReviewerOf(t *testing.T) {
	t.Parallel()
	const id = "158c047a-c907-4556-b7ef-446551a6b5f7"
	for query, want := range map[string]checks.ReviewerKind{
		"/users/" + id:      checks.ReviewerUser,
		"/v1.0/users/" + id: checks.ReviewerUser,
		"/Beta/Users/158C047A-C907-4556-B7EF-446551A6B5F7":                                        checks.ReviewerUser,
		"/groups/" + id + "/members":                                                              checks.ReviewerGroup,
		"/groups/" + id + "/transitiveMembers/microsoft.graph.user":                               checks.ReviewerGroup,
		"/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + id + "'": checks.ReviewerRole,
		"/v1.0/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + id + "'": checks.ReviewerRole,
		"/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '" + id + "' or 1": checks.ReviewerOther,
		"/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq 'x'":               checks.ReviewerOther,
		"users/" + id:               checks.ReviewerOther,
		"/users/" + id + "/manager": checks.ReviewerOther,
		"/groups/" + id:             checks.ReviewerOther,
		"/groups/" + id + "/owners": checks.ReviewerOther,
		"/users/me":                 checks.ReviewerOther,
		"./manager":                 checks.ReviewerOther,
		"/\u212ausers/" + id:        checks.ReviewerOther,
		"":                          checks.ReviewerOther,
	} {
		kind, got := checks.ReviewerOf(query)
		if kind != want || (got == id) != (want != checks.ReviewerOther) || checks.IsReviewer(query) != (want != checks.ReviewerOther) {
			t.Errorf("%q is %s %q, want %s", query, kind, got, want)
		}
	}
}
