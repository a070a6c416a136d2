package graph

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onboard.example/checks"
)

// Bounds of what a policy may be made to hold. Graph's own are not published;
// these only keep a broken plan from filling a tenant.
const (
	maxAssigned    = 64  // entries of permissionGrantPoliciesAssigned
	maxReviewers   = 100 // of the admin consent workflow
	maxDays        = 365 // that a request stays open
	maxPermissions = 100 // of one condition set
	maxPolicyID    = 64  // characters
	maxAbout       = 1024
)

// ours begins the id of every consent policy that plans make. No other may be
// made, extended, cut back or deleted: what an admin wrote by hand is not for us to touch,
// and a deleted policy does not come back (entra-facts §4).
const ours = "onboard-"

// policyForm is the form of a write to the policies about consent (entra-facts
// §3, §4, §6); rest is the path behind /policies.
func policyForm(method string, rest []string) (form, bool) {
	switch at := strings.Join(rest, "/"); {
	case at == "authorizationPolicy":
		return form{need: needPolicyWrite, fits: setsConsent}, method == http.MethodPatch
	case at == "adminConsentRequestPolicy":
		return form{need: needWorkflowWrite, fits: setsWorkflow}, method == http.MethodPut
	case at == "permissionGrantPolicies":
		return form{need: needRuleWrite, made: true, fits: makesPolicy}, method == http.MethodPost
	case len(rest) < 2 || rest[0] != "permissionGrantPolicies" || !isOurs(rest[1]):
		return form{}, false
	case len(rest) == 3 && rest[2] == "includes":
		return form{need: needRuleWrite, made: true, fits: includesApp}, method == http.MethodPost
	case len(rest) == 4 && rest[2] == "includes": // what an earlier line let in
		return deletes(needRuleWrite, method, isEntryID(rest[3]))
	}
	return deletes(needRuleWrite, method, len(rest) == 2)
}

// isOurs says whether a consent policy's id is one that plans give.
func isOurs(id string) bool {
	return strings.HasPrefix(id, ours) && len(id) > len(ours) && isWord(id, maxPolicyID, "-_")
}

// setsConsent fits a change of what users may consent to, and of nothing else
// that the policy says (entra-facts §3).
func setsConsent(m members) bool {
	role, ok := m["defaultUserRolePermissions"].(members)
	return ok && m.exactly("defaultUserRolePermissions") && role.exactly("permissionGrantPoliciesAssigned") &&
		role.areTexts("permissionGrantPoliciesAssigned", 0, maxAssigned, isAssigned)
}

// isAssigned says whether s assigns a policy of either kind; the case of the
// prefix varies (entra-facts §3).
func isAssigned(s string) bool {
	kind, id, _ := strings.Cut(s, ".")
	known := strings.EqualFold(kind, "ManagePermissionGrantsForSelf") || strings.EqualFold(kind, "ManagePermissionGrantsForOwnedResource")
	return known && isWord(id, maxName, "-_.")
}

// setsWorkflow fits the whole policy, as PUT wants it (entra-facts §6). How
// long requests may stay open is Graph's to say: a tenant that never chose has
// shown other numbers than the portal offers, and undo must be able to write
// them.
func setsWorkflow(m members) bool {
	return m.exactly("isEnabled", "notifyReviewers", "remindersEnabled", "requestDurationInDays", "reviewers") &&
		m.isBool("isEnabled") && m.isBool("notifyReviewers") && m.isBool("remindersEnabled") &&
		isNumber(m["requestDurationInDays"], maxDays) && areReviewers(m["reviewers"])
}

// isNumber says whether v is a whole number from 0 to max, written as such.
func isNumber(v any, max int) bool {
	n, ok := v.(json.Number)
	i, err := strconv.Atoi(n.String())
	return ok && err == nil && i >= 0 && i <= max && strconv.Itoa(i) == n.String()
}

// areReviewers fits reviewers by queries of the known forms. What a query starts
// from is written as it was read: nothing, or an empty text.
func areReviewers(v any) bool {
	list, ok := v.([]any)
	return ok && len(list) <= maxReviewers && !slices.ContainsFunc(list, func(v any) bool {
		r, ok := v.(members)
		return !ok || !r.only("query", "queryType", "queryRoot") || r["queryRoot"] != nil && r["queryRoot"] != "" || !r.is("query", checks.IsReviewer) ||
			!r.is("queryType", func(s string) bool { return s == checks.ReviewerQueryType })
	})
}

func makesPolicy(m members) bool {
	return m.exactly("id", "displayName", "description") && m.is("id", isOurs) &&
		m.is("displayName", func(s string) bool { return isShown(s, maxName) }) &&
		m.is("description", func(s string) bool { return isShown(s, maxAbout) })
}

// includesApp fits a rule about one app, one API and named permissions of it;
// there is no "all" and no "any" in it (entra-facts §4).
func includesApp(m members) bool {
	return m.exactly("permissionType", "resourceApplication", "permissions", "clientApplicationIds") &&
		m.is("permissionType", func(s string) bool { return s == "delegated" }) && m.is("resourceApplication", checks.IsGUID) &&
		m.areTexts("permissions", 1, maxPermissions, checks.IsGUID) && m.areTexts("clientApplicationIds", 1, 1, checks.IsGUID)
}
