package flows

import (
	"fmt"
	"strings"
)

// Words fills the {placeholders} of a text with what a state knows: {app},
// {publisher}, {client}, {listed}, {asks}, {object}, {policy}, {domain}, {tenant}, {role},
// {scopes}, {connect}, {who} and {reviewers}; of the policy record in the DNS
// {record}, {recordLabel}, {recordName}, {recordTyping} and {recordLine}.
// What is not known yet is named in general words. What it fills in comes from
// profiles and tenants; surfaces clean it like any text from outside.
func Words(s State, text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	or := func(value, general string) string {
		if value == "" {
			return general
		}
		return value
	}
	role := leastRole
	if s.needsGraphRole() {
		role = leastRoleForAppRoles
	}
	publisher, connect, object, listed := "", "", "", s.App.Listed
	if s.Profile != nil {
		publisher, connect = s.Profile.Publisher.Name, strings.Join(s.Profile.Connect, ", ")
	}
	if s.Facts.App != nil {
		object, listed = s.Facts.App.ID, or(s.Facts.App.Name, listed) // as it is listed here
	}
	return strings.NewReplacer(append(s.recordPairs(),
		"{app}", or(s.App.Name, words.theApp),
		"{publisher}", or(publisher, words.theVendor),
		"{client}", or(s.App.ClientID, words.theClient),
		"{listed}", or(listed, words.theApp),
		"{asks}", s.asksWords(or(listed, words.theApp), or(publisher, words.theVendor)),
		"{domain}", or(s.Domain, words.theTenant),
		"{tenant}", or(or(s.Facts.Name, s.Domain), words.theTenant),
		"{role}", role,
		"{scopes}", or(strings.Join(ScopeNames(s), " "), words.theScopes),
		"{object}", or(object, pathWords.theObject),
		"{policy}", OwnPolicyID(s.App),
		"{connect}", or(connect, pathWords.theConnect),
		"{who}", or(s.Answer(AskWho), pathWords.theOne),
		"{reviewers}", s.reviewerWords(),
	)...).Replace(text)
}

// ListsPermissions says whether a line of a step, before Words filled it in, is
// the one under which the permissions stand that the app needs.
func ListsPermissions(line string) bool {
	return strings.Contains(line, "{asks}") || strings.Contains(line, "these permissions and no others")
}

// asksWords says what Microsoft's page has to show before anybody accepts: the
// name that the app is registered under, and the permissions where the profile
// says which.
func (s State) asksWords(listed, publisher string) string {
	if s.App.NeedsUnstated {
		return fmt.Sprintf(words.asksUnsaid, listed, publisher)
	}
	return fmt.Sprintf(words.asksThese, listed)
}

// ScopeNames are the permissions that the app needs, by name, each once, as
// the consent page lists them.
func ScopeNames(s State) []string {
	var out []string
	for _, p := range s.App.Needs {
		out = addFold(out, p.Scope+p.Role)
	}
	return out
}

// reviewerWords names who is to decide on requests, as it was chosen.
func (s State) reviewerWords() string {
	switch s.Answer(AskReviewers) {
	case ReviewersMe:
		if s.Account != nil && s.Account.UPN != "" {
			return s.Account.UPN
		}
	case ReviewersRole:
		return pathWords.theRole
	case ReviewersWho:
		if who := s.Answer(AskWho); who != "" {
			return who
		}
	}
	return pathWords.theReviewers
}
