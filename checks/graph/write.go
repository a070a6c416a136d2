package graph

import (
	"net/http"
	"strings"

	"onboard.example/checks"
)

// Write is one write exactly as a plan showed it, and exactly as it is sent.
// Path is relative to the root of Graph v1.0 and begins with a slash; Body is
// JSON, or empty. These are the writes there are, with these members and no
// others; anything else is refused and not sent (entra-facts §1 to §6):
//
//	POST   /servicePrincipals           appId: GUID
//	PATCH  /servicePrincipals/{id}      accountEnabled, or appRoleAssignmentRequired: true or false
//	DELETE /servicePrincipals/{id}      no body
//	POST   /directory/deletedItems/{id}/restore
//	                                    no body
//	POST   /servicePrincipals/{id}/appRoleAssignedTo
//	                                    resourceId: {id}; principalId, appRoleId: GUIDs
//	DELETE /servicePrincipals/{id}/appRoleAssignedTo/{assignment}
//	                                    no body
//	POST   /servicePrincipals/{id}/delegatedPermissionClassifications
//	                                    permissionId: GUID; permissionName: a scope; classification: "low"
//	DELETE /servicePrincipals/{id}/delegatedPermissionClassifications/{classification}
//	                                    no body
//	POST   /oauth2PermissionGrants      clientId, resourceId: GUIDs of service principals; scope: scopes
//	                                    with spaces between, which an old grant has before them too;
//	                                    consentType: "AllPrincipals" and principalId: null or left out,
//	                                    or "Principal" and a GUID
//	PATCH  /oauth2PermissionGrants/{id} scope: the same
//	DELETE /oauth2PermissionGrants/{id} no body
//	PATCH  /policies/authorizationPolicy
//	                                    defaultUserRolePermissions: permissionGrantPoliciesAssigned alone
//	PUT    /policies/adminConsentRequestPolicy
//	                                    isEnabled, notifyReviewers, remindersEnabled, requestDurationInDays,
//	                                    reviewers: people, groups and roles, by queries of the known forms
//	POST   /policies/permissionGrantPolicies
//	                                    id: one of ours; displayName, description: texts
//	POST   /policies/permissionGrantPolicies/{one of ours}/includes
//	                                    permissionType: "delegated"; resourceApplication: GUID;
//	                                    permissions: GUIDs; clientApplicationIds: one GUID
//	DELETE /policies/permissionGrantPolicies/{one of ours}/includes/{set}
//	                                    no body
//	DELETE /policies/permissionGrantPolicies/{one of ours}
//	                                    no body
type Write struct {
	Method, Path, Body string
}

// ScopesFor lists the least delegated scopes that a write needs, all of them
// ([PERM]); nil where no plan holds such a write.
func ScopesFor(w Write) []string {
	f, ok := formOf(w)
	if !ok {
		return nil
	}
	return f.need.least()
}

// form is a kind of write that plans hold.
type form struct {
	need  need
	made  bool               // the answer carries the id of what was made
	fits  func(members) bool // nil: there is no body
	needs func(members) need // where the body decides what is needed
}

// formOf finds the form of a write, by its method and path, and holds the body
// to it. The forms are few, so no regular expressions are compiled for them
// when the program starts.
func formOf(w Write) (f form, ok bool) {
	parts := strings.Split(w.Path, "/")
	if len(parts) < 2 || parts[0] != "" {
		return form{}, false
	}
	switch rest := parts[2:]; parts[1] {
	case "servicePrincipals":
		f, ok = appForm(w.Method, rest)
	case "directory":
		f, ok = restoreForm(w.Method, rest)
	case "oauth2PermissionGrants":
		f, ok = grantForm(w.Method, rest)
	case "policies":
		f, ok = policyForm(w.Method, rest)
	}
	if !ok {
		return form{}, false
	}
	if f.fits == nil {
		return f, w.Body == ""
	}
	m, ok := readMembers(w.Body)
	if !ok || !f.fits(m) {
		return form{}, false
	}
	if f.needs != nil {
		f.need = f.needs(m)
	}
	return f, true
}

// isEntryID refuses ids that no grant, assignment or classification has: they
// are base64url.
func isEntryID(id string) bool {
	return isWord(id, maxName, "-_=.") && strings.Trim(id, ".") != ""
}

// isWord says whether s is letters and digits of ASCII and the others, at least
// one of them and at most max.
func isWord(s string, max int, others string) bool {
	odd := func(r rune) bool { return !alnum(r) && !strings.ContainsRune(others, r) }
	return s != "" && len(s) <= max && !strings.ContainsFunc(s, odd)
}

// deletes is the form of every DELETE.
func deletes(n need, method string, ok bool) (form, bool) {
	return form{need: n}, ok && method == http.MethodDelete
}

// isScope says whether s is a scope, in the characters that scopes have
// (RFC 6749 §3.3).
func isScope(s string) bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }
	return s != "" && len(s) <= maxName && !strings.ContainsFunc(s, odd)
}

// areScopes says whether s is a list of at least one scope with spaces between.
// What old grants have in spaces besides (entra-facts §2) is left to them: a
// grant is put back as it was.
func areScopes(s string) bool {
	some := false
	for scope := range strings.SplitSeq(s, " ") {
		if scope != "" && !isScope(scope) {
			return false
		}
		some = some || scope != ""
	}
	return some
}

// isShown says whether s is a text that people may be shown as it is, at most
// max characters of it. U+FFFD is not: it is what readers of JSON make of half
// a character, each its own way.
func isShown(s string, max int) bool {
	return strings.TrimSpace(s) != "" && !strings.ContainsRune(s, '\uFFFD') && checks.Line(s, max) == s
}
