package sim

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
)

// What bodies may name: ids, and the words that stand for many. Whether an id
// leads to anything is not looked at: no source says that Graph does.

// oddID is the first entry that is neither a GUID nor one of the words.
func oddID(list []string, words ...string) (string, bool) {
	i := slices.IndexFunc(list, func(id string) bool { return !isGUID(id) && !hasFold(words, id) })
	if i < 0 {
		return "", false
	}
	return strings.ToValidUTF8(list[i], "?"), true
}

// checkSetIDs holds what a body says of a condition set against the page of the
// type: permissions, clients and their tenants are ids or the single value all,
// the API is an appId or any (permissiongrantconditionset).
func checkSetIDs(set *ConditionSet, m map[string]json.RawMessage) error {
	wrong := func(name string) error {
		return badRequest("Invalid value specified for property '%s' of resource 'PermissionGrantConditionSet'.", name)
	}
	for _, l := range []struct {
		name string
		list []string
		text bool // not ids: publishers have numbers of Microsoft's partner programme
	}{
		{"permissions", set.Permissions, false},
		{"clientApplicationIds", set.ClientIDs, false},
		{"clientApplicationTenantIds", set.ClientTenantIDs, false},
		{"clientApplicationPublisherIds", set.ClientPublisherIDs, true},
	} {
		if m[l.name] == nil || len(l.list) == 1 && strings.EqualFold(l.list[0], "all") {
			continue
		}
		_, odd := oddID(l.list)
		if l.text {
			odd = slices.ContainsFunc(l.list, func(id string) bool { return strings.TrimSpace(id) == "" || strings.EqualFold(id, "all") })
		}
		if odd {
			return wrong(l.name)
		}
	}
	if _, odd := oddID([]string{set.Resource}, "any"); odd && m["resourceApplication"] != nil {
		return wrong("resourceApplication")
	}
	return nil
}

// accessWords are the lists of ids in a policy of Conditional Access, with the
// words that may stand in them (conditionalAccessUsers, conditionalAccessApplications,
// conditionalAccessLocations, conditionalAccessClientApplications; None for apps:
// azuread provider, pull request 925 [PUB]).
var accessWords = []struct {
	within, names, kind string
	words               []string
}{
	{"applications", "includeApplications", "application", []string{"All", "None", "Office365", "MicrosoftAdminPortals"}},
	{"applications", "excludeApplications", "application", []string{"Office365", "MicrosoftAdminPortals"}},
	{"users", "includeUsers excludeUsers", "user", []string{"All", "None", "GuestsOrExternalUsers"}},
	{"users", "includeGroups excludeGroups", "group", nil},
	{"users", "includeRoles excludeRoles", "role", nil},
	{"locations", "includeLocations excludeLocations", "location", []string{"All", "AllTrusted"}},
	{"clientApplications", "includeServicePrincipals", "service principal", []string{"ServicePrincipalsInMyTenant"}},
	{"clientApplications", "excludeServicePrincipals", "service principal", nil},
}

// checkAccessIDs refuses what is no id. The words are Graph's where it speaks of
// roles (microsoft-graph-docs issue 20750 [PUB]: 1102); the numbers of the others
// are not known.
func checkAccessIDs(conditions map[string]any) error {
	for _, l := range accessWords {
		for name := range strings.FieldsSeq(l.names) {
			id, odd := oddID(texts(within(conditions, l.within)[name]), l.words...)
			if !odd {
				continue
			}
			number := ""
			if l.kind == "role" {
				number = "1102: "
			}
			return accessWrong("%s'%s' condition contains invalid %s ids: %s.", number, l.within, l.kind, id)
		}
	}
	return nil
}

// accessWrong is how Conditional Access refuses a policy: with a code of its own.
func accessWrong(format string, args ...any) error {
	e := badRequest(format, args...)
	e.code = "BadRequest"
	return e
}

// leadsToPeople says whether a reviewer's query is a path of Graph to accounts:
// one account, the members of a group, the holders of a role (entra-facts §6).
func leadsToPeople(query string) bool {
	path, _, _ := strings.Cut(query, "?")
	parts := strings.Split(path, "/")
	if len(parts) < 3 || parts[0] != "" {
		return false
	}
	parts = parts[1:]
	if v := strings.ToLower(parts[0]); v == "v1.0" || v == "beta" {
		parts = parts[1:]
	}
	if len(parts) < 2 {
		return false
	}
	switch strings.ToLower(parts[0]) {
	case "users":
		return len(parts) == 2 && (isGUID(parts[1]) || strings.Contains(parts[1], "@"))
	case "groups":
		return isGUID(parts[1])
	}
	return strings.EqualFold(strings.Join(parts, "/"), "roleManagement/directory/roleAssignments")
}

// checkWhere refuses a place that no sign-in comes from.
func checkWhere(address, country string) error {
	if _, err := netip.ParseAddr(address); address != "" && err != nil {
		return badRequest("Invalid value specified for property 'ipAddress'.")
	}
	letter := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
	if country != "" && (len(country) != 2 || strings.ContainsFunc(country, func(r rune) bool { return !letter(r) })) {
		return badRequest("Invalid value specified for property 'country'.") // ISO 3166-1 alpha-2, as in named locations
	}
	return nil
}
