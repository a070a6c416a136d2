package checks

import "strings"

// ReviewerQueryType is the type of every reviewer's query that is known
// (entra-facts §6).
const ReviewerQueryType = "MicrosoftGraph"

// IsReviewer says whether a query of the admin consent workflow names a person,
// the members of a group or the holders of a role, in the forms that policies
// hold, with a version before them or none (entra-facts §6: the first is
// documented, the others are read from tenants). Others are not written back:
// what they mean is not known.
func IsReviewer(query string) bool {
	kind, _ := ReviewerOf(query)
	return kind != ReviewerOther
}

// ReviewerOf says whom a reviewer's query names: a person, a group or a role, and
// its id, in lower case; ReviewerOther where it is of no form that is known.
func ReviewerOf(query string) (kind ReviewerKind, id string) {
	q, rooted := strings.CutPrefix(strings.ToLower(query), "/")
	if !rooted || strings.ContainsFunc(query, func(r rune) bool { return r > '~' }) { // some letters have a lower case in ASCII
		return ReviewerOther, ""
	}
	if at, rest, _ := strings.Cut(q, "/"); at == "v1.0" || at == "beta" {
		q = rest
	}
	if id, ok := strings.CutPrefix(q, "rolemanagement/directory/roleassignments?$filter=roledefinitionid eq '"); ok {
		if id, ok = strings.CutSuffix(id, "'"); ok && IsGUID(id) {
			return ReviewerRole, id
		}
		return ReviewerOther, ""
	}
	parts := strings.Split(q, "/")
	if len(parts) < 2 || !IsGUID(parts[1]) {
		return ReviewerOther, ""
	}
	switch rest := strings.Join(parts[2:], "/"); parts[0] {
	case "users":
		if len(parts) == 2 {
			return ReviewerUser, parts[1]
		}
	case "groups":
		if rest = strings.TrimSuffix(rest, "/microsoft.graph.user"); rest == "transitivemembers" || rest == "members" {
			return ReviewerGroup, parts[1]
		}
	}
	return ReviewerOther, ""
}
