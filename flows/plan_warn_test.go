package flows

import (
	"strings"
	"testing"
)

// TestWhatAPlanHandsUsersIsSaid holds that a policy that lets users consent to
// what its API leaves to admins says so, and is not advised.
func TestWhatAPlanHandsUsersIsSaid(t *testing.T) {
	t.Parallel()
	for name, admin := range map[string]bool{"left to admins": true, "left to users": false} {
		_, f := tenantOf(t, func(f *Facts) { f.Resources[0].Scopes[0].Admin = admin })
		p, err := PlanOf(onPath(t, AppPolicy, f), AppPolicy)
		if err != nil || strings.Contains(strings.Join(p.Warnings, " "), "leaves to admins: Calendars.ReadWrite") != admin {
			t.Errorf("%s: %v, %v", name, p.Warnings, err)
		}
		s := stand(t, asItIs{facts: f, verdicts: walled(nil), signedIn: true})
		if r := ranked(t, s, AppPolicy); !r.Fits || r.Advised == admin || strings.Contains(r.Why, "Calendars.ReadWrite") != admin {
			t.Errorf("%s: fits %v, advised %v: %s", name, r.Fits, r.Advised, r.Why)
		}
	}
}

// TestAFormOfReviewersThatIsNotDocumentedIsSaid holds that a plan does not pass
// over that Microsoft documents people alone as reviewers (entra-facts §6).
func TestAFormOfReviewersThatIsNotDocumentedIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []Answered
		who     *WhoFact
		warned  bool
	}{
		"me":       {[]Answered{{AskReviewers, ReviewersMe}}, nil, false},
		"a role":   {[]Answered{{AskReviewers, ReviewersRole}}, nil, true},
		"a person": {[]Answered{{AskReviewers, ReviewersWho}, {AskWho, "x"}}, &WhoFact{ID: userID, Name: "Ann", Asked: "x"}, false},
		"a group":  {[]Answered{{AskReviewers, ReviewersWho}, {AskWho, "x"}}, &WhoFact{ID: groupID, Name: "Pilots", Group: true, Asked: "x"}, true},
	} {
		_, f := tenantOf(t, func(f *Facts) { f.Who = c.who })
		p, err := PlanOf(onPath(t, ConsentRequests, f, c.answers...), ConsentRequests)
		if err != nil || len(p.Lines) != 1 || strings.Contains(strings.Join(p.Warnings, " "), "documents people alone") != c.warned {
			t.Errorf("%s: %v, %v", name, p.Warnings, err)
		}
	}
}
