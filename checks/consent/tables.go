package consent

import (
	_ "embed"
	"strings"
	"sync"
)

// Ids of well-known APIs. Source: entra-facts §14.
const (
	MicrosoftGraph = "00000003-0000-0000-c000-000000000000"
	ExchangeOnline = "00000002-0000-0ff1-ce00-000000000000"
	// azureADGraph is the retired directory API; its app roles are as
	// restricted as Microsoft Graph's [K: permissions-reference].
	azureADGraph = "00000002-0000-0000-c000-000000000000"
)

// managedCSV is Microsoft's managed list as of October 2026: 32 scopes of
// Microsoft Graph and 4 of Exchange Online. Source: [TOP; MC; PUB],
// entra-facts §3a. Confidence "family" marks members that a source named only
// by their family.
//
//go:embed managed.csv
var managedCSV string

// scopesCSV holds ids of common scopes and whether users may consent to them
// by the publisher's wish, as of August 2026. Source: [DESC, PERM]; where the
// two differ, or an older page says otherwise, the flag is "uncertain".
//
//go:embed scopes.csv
var scopesCSV string

// managedRow is one line of managedCSV.
type managedRow struct {
	resource, scope, id string
	change              Change
	since               string // all but the scope's name of Rule.Why
}

// managedList is managedCSV, parsed once.
var managedList = sync.OnceValue(func() []managedRow {
	var list []managedRow
	for f := range rows(managedCSV, 6) {
		c := Change{MessageID: f[3], Effective: f[4], Certain: f[5] == "named"}
		list = append(list, managedRow{resource: f[0], scope: f[1], id: f[2], change: c, since: managedSince(c)})
	}
	return list
})

// knownList is scopesCSV, parsed once.
var knownList = sync.OnceValue(func() []Permission {
	var list []Permission
	for f := range rows(scopesCSV, 4) {
		p := Permission{Resource: f[0], Value: f[1], ID: f[2], Kind: Delegated, Assumed: true}
		switch f[3] {
		case "yes":
			p.UserConsentable = Yes
		case "no":
			p.UserConsentable = No
		}
		list = append(list, p)
	}
	return list
})

// rows yields the fields of each line of a table without quotes, skipping the
// heading. A line with another number of fields is left out; a test sees to
// it that there is none.
func rows(csv string, n int) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		head := true
		for line := range strings.Lines(csv) {
			f := strings.Split(strings.TrimSpace(line), ",")
			if !head && len(f) == n && !yield(f) {
				return
			}
			head = false
		}
	}
}

// ManagedExcluded tells whether this package's copy of Microsoft's managed
// list holds a scope, named by its id or its value, and which announcement put
// it there. It says nothing about a tenant: the list changes without notice,
// and the tenant's own excludes are the truth.
func ManagedExcluded(resource, scope string) (Change, bool) {
	if row := managedRowOf(resource, scope, scope); row != nil {
		return row.change, true
	}
	return Change{}, false
}

// managedRowOf finds a scope by id or value, or returns nil.
func managedRowOf(resource, id, value string) *managedRow {
	list := managedList()
	for i := range list {
		r := &list[i]
		if (id != "" && same(r.id, id) || same(r.scope, value)) &&
			same(r.resource, resource) {
			return r
		}
	}
	return nil
}

// Known returns a common scope with its id, by the API's appId and the scope's
// value, for use where the API was not read. The id is the same in every
// tenant. The permission is Assumed: whether users may consent to it is as
// published in August 2026, or Unread where publications differ.
func Known(resource, value string) (Permission, bool) {
	for _, p := range knownList() {
		if same(p.Value, value) && same(p.Resource, resource) {
			return p, true
		}
	}
	return Permission{}, false
}

// BasicSignIn tells whether a scope of Microsoft Graph only signs a person in
// and reads their own profile. Apps that ask for nothing else are never held
// by risk-based step-up. Unread means that the source does not say.
// Source: publisher-verification docs, "basic sign-in and read user profile".
func BasicSignIn(value string) Tri {
	switch {
	case same(value, "openid"), same(value, "profile"),
		same(value, "email"), same(value, "User.Read"):
		return Yes
	case value == "", same(value, "offline_access"):
		return Unread
	default:
		return No
	}
}
