package checks

import (
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks/consent"
)

// who names the person asked about, for the beginning of a sentence.
func (s Subject) who() string {
	if s.Person == "" {
		return sayAnyUser
	}
	return s.Person
}

// noSuchUser is the finding where nobody was found by what was typed, which says
// nothing about the person who was meant, or where the person may not sign in
// at all; stop is false where neither is so.
func (s Subject) noSuchUser() (f Finding, stop bool) {
	l := s.Look.User
	if s.Person == "" || !l.Read {
		return Finding{}, false
	}
	switch u := l.Value; {
	case u == nil:
		return Finding{
			Summary: fmt.Sprintf(sayNoUser, s.Person), Detail: []string{sayGuestName}, Seen: s.seen(PartUser, sayAbsentValue),
			Fix: &Fix{Do: doUserName, Who: WhoUser},
		}, true
	case u.Enabled != nil && !*u.Enabled:
		return Finding{
			Verdict: Fail, Grade: Verified, Summary: fmt.Sprintf(sayUserOff, s.Person), Seen: s.seen(PartUser, "accountEnabled=false"),
			Fix: &Fix{Do: doUserOn, Who: WhoAdmin},
		}, true
	}
	return Finding{}, false
}

// PersonStopped reports whether a finding says that the person asked about was
// not found, or may not sign in at all: no approval of an app changes that.
func PersonStopped(f Finding) bool {
	return f.Fix != nil && (f.Fix.Do == doUserName || f.Fix.Do == doUserOn)
}

// askFor puts the person asked about into a question. What nobody signed in to
// read leaves them an ordinary user; what could not be read is the error.
func (s Subject) askFor(q *consent.Question) error {
	if s.Person == "" || !s.asked(PartUser) {
		return nil
	}
	if err := s.must(PartUser, PartUserGroups, PartUserRoles); err != nil {
		return err
	}
	u := s.Look.User.Value
	q.User.ID = u.ID
	have := held(s.Look.UserRoles.Value)
	switch have.reach {
	case reachAll:
		q.User.MayGrant, q.User.MayGrantGraphRoles = consent.Yes, consent.Yes
	case reachScopes:
		q.User.MayGrant = consent.Yes
	case reachUnsure:
		q.User.MayGrant = consent.Unread
	case reachNothing:
	}
	if s.Look.Assignments.Read {
		q.User.Assigned = triOf(s.userAssigned())
	} else {
		q.User.Assigned = consent.Unread
	}
	return nil
}

// userAssigned reports whether the person, or a group that they are a direct
// member of, is assigned to the app; groups in groups do not count
// (entra-facts §7 [PUB]).
func (s Subject) userAssigned() bool {
	u := s.Look.User.Value
	return u != nil && slices.ContainsFunc(s.Look.Assignments.Value, func(a Assignment) bool {
		return strings.EqualFold(a.PrincipalID, u.ID) ||
			slices.ContainsFunc(s.Look.UserGroups.Value, func(g string) bool { return strings.EqualFold(g, a.PrincipalID) })
	})
}

// userSeen is the evidence of the person asked about.
func (s Subject) userSeen() []Evidence {
	u := s.Look.User.Value
	if s.Person == "" || u == nil {
		return nil
	}
	return slices.Concat(
		s.seen(PartUser, u.UPN),
		s.seen(PartUserRoles, roleNames(s.Look.UserRoles.Value)),
		s.seen(PartUserGroups, fmt.Sprintf("%d groups", len(s.Look.UserGroups.Value))),
	)
}
