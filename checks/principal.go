package checks

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// PrincipalKind says what a Principal is.
type PrincipalKind string

// The kinds of principals.
const (
	PrincipalUser  PrincipalKind = "user"
	PrincipalGroup PrincipalKind = "group"
)

// Principal is whom a plan lets use an app: a person, or a group.
type Principal struct {
	ID   string        `json:"id"`
	Kind PrincipalKind `json:"kind"`
	// Name is a person's user principal name, or a group's display name.
	Name string `json:"name"`
}

// DeletedApp is an enterprise app among the directory's deleted items, where it
// stays for 30 days and can be restored ([GC:directory-deleteditems-get]).
type DeletedApp struct {
	ID    string    `json:"id"`
	AppID string    `json:"appId"`
	Name  string    `json:"name"`
	At    time.Time `json:"at"` // zero: not said
}

// ofNobody reports a part of somebody who was not named: there is nothing to
// read then.
func (s Subject) ofNobody(p Part) bool {
	return p.ofUser() && s.Person == "" || p == PartWho && s.Who == "" || p == PartDeleted && s.Deleted == ""
}

// aboutWho says of the person or group of a plan whether they are assigned to
// the app, or why that is not known; nothing where nobody is named or looked for.
func (s Subject) aboutWho() []string {
	l := s.Look.Who
	switch {
	case s.Who == "":
		return nil
	case l.Failure != nil && l.Failure.Status == 0 && (l.Failure.Kind == FailNotFound || l.Failure.Kind == FailRequest):
		return []string{fmt.Sprintf(sayWhoNotFound, s.Who, l.Failure.Message)} // the reader's own words: nothing was refused
	case l.Failure != nil:
		why, _ := explain(s, Check{}, l.Failure)
		return []string{fmt.Sprintf(sayWhoUnread, s.Who, why)}
	case l.Value == nil || !s.Look.Assignments.Read:
		return nil
	}
	if slices.ContainsFunc(s.Look.Assignments.Value, func(a Assignment) bool { return strings.EqualFold(a.PrincipalID, l.Value.ID) }) {
		return []string{fmt.Sprintf(sayUserAssigned, l.Value.Name)}
	}
	return []string{fmt.Sprintf(sayWhoNotAssigned, l.Value.Name)}
}
