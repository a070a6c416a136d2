package graph

import (
	"net/http"
	"strings"

	"onboard.example/checks"
)

// noRole is the role of an assignment to an app that has none (entra-facts §2).
const noRole = "00000000-0000-0000-0000-000000000000"

// appForm is the form of a write to service principals, and to what hangs on
// them (entra-facts §1, §2, §5); rest is the path behind the collection.
func appForm(method string, rest []string) (form, bool) {
	if len(rest) == 0 {
		return form{need: needAppWrite, made: true, fits: makesApp}, method == http.MethodPost
	}
	id := rest[0]
	if !checks.IsGUID(id) {
		return form{}, false
	}
	switch {
	case len(rest) == 1 && method == http.MethodPatch:
		return form{need: needAppWrite, fits: switchesApp}, true
	case len(rest) == 1:
		return deletes(needAppWrite, method, true)
	case rest[1] == "appRoleAssignedTo" && len(rest) == 2:
		return form{
			made: true, fits: assignsTo(id), needs: needOfAssignment,
		}, method == http.MethodPost
	case rest[1] == "appRoleAssignedTo":
		return deletes(needUnassign, method, len(rest) == 3 && isEntryID(rest[2]))
	case rest[1] == "delegatedPermissionClassifications" && len(rest) == 2:
		return form{
			need: needClassWrite, made: true, fits: classifiesLow,
		}, method == http.MethodPost
	case rest[1] == "delegatedPermissionClassifications":
		return deletes(needClassWrite, method, len(rest) == 3 && isEntryID(rest[2]))
	}
	return form{}, false
}

// restoreForm is the form of bringing a deleted enterprise app back
// ([GC:directory-deleteditems-restore]): of a service principal it takes the
// same as to delete it.
func restoreForm(method string, rest []string) (form, bool) {
	known := len(rest) == 3 && rest[0] == "deletedItems" && checks.IsGUID(rest[1]) && rest[2] == "restore"
	return form{need: needAppWrite, made: true}, known && method == http.MethodPost
}

func makesApp(m members) bool { return m.exactly("appId") && m.is("appId", checks.IsGUID) }

// switchesApp fits one switch at a time, so that each has a line of its own in
// a plan.
func switchesApp(m members) bool {
	return m.exactly("accountEnabled") && m.isBool("accountEnabled") ||
		m.exactly("appRoleAssignmentRequired") && m.isBool("appRoleAssignmentRequired")
}

// assignsTo fits an assignment at the service principal of the path alone.
func assignsTo(id string) func(members) bool {
	return func(m members) bool {
		return m.exactly("principalId", "resourceId", "appRoleId") && m.is("principalId", checks.IsGUID) &&
			m.is("resourceId", func(s string) bool { return strings.EqualFold(s, id) }) && m.is("appRoleId", checks.IsGUID)
	}
}

// needOfAssignment tells letting somebody use an app from giving an app a
// permission, which those of Microsoft Graph need a higher role for.
func needOfAssignment(m members) need {
	if m.is("appRoleId", func(s string) bool { return s == noRole }) {
		return needAssign
	}
	return needAppRole
}

// classifiesLow fits the one classification that plans give (entra-facts §5).
func classifiesLow(m members) bool {
	return m.exactly("permissionId", "permissionName", "classification") && m.is("permissionId", checks.IsGUID) &&
		m.is("permissionName", isScope) && m.is("classification", func(s string) bool { return s == "low" })
}

// grantForm is the form of a write to delegated grants (entra-facts §2).
func grantForm(method string, rest []string) (form, bool) {
	if len(rest) == 0 {
		return form{need: needGrantWrite, made: true, fits: grants}, method == http.MethodPost
	}
	if len(rest) != 1 || !isEntryID(rest[0]) {
		return form{}, false
	}
	if method == http.MethodPatch {
		return form{need: needGrantWrite, fits: changesScope}, true
	}
	return deletes(needGrantWrite, method, true)
}

// grants fits a grant for everyone in the tenant, or for one person.
func grants(m members) bool {
	if !m.only("clientId", "consentType", "principalId", "resourceId", "scope") || !m.is("clientId", checks.IsGUID) ||
		!m.is("resourceId", checks.IsGUID) || !m.is("scope", areScopes) {
		return false
	}
	switch m["consentType"] {
	case "AllPrincipals":
		return m["principalId"] == nil
	case "Principal":
		return m.is("principalId", checks.IsGUID)
	}
	return false
}

func changesScope(m members) bool { return m.exactly("scope") && m.is("scope", areScopes) }
