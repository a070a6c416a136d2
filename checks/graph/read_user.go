package graph

import (
	"net/url"
	"strings"

	"onboard.example/checks"
)

// userPath names the person asked about: by object id, or by the name they sign
// in with. A name may hold what means something in an address.
func userPath(rd *reading, rest string) (string, error) {
	return pathOf(strings.TrimSpace(rd.q.Person), rest)
}

// pathOf names somebody in an address.
func pathOf(who, rest string) (string, error) {
	if who == "" || strings.HasPrefix(who, "$") || !checks.IsGUID(who) && !strings.Contains(who, "@") {
		return "", &checks.Failure{Kind: checks.FailRequest, Message: wordBadUser}
	}
	return "users/" + url.PathEscape(who) + rest, nil
}

// readUser reads the person asked about; nil means that there is nobody of that
// name or id in this tenant.
func readUser(rd *reading, t *trail) (*checks.Person, error) {
	path, err := userPath(rd, "")
	if err != nil {
		return nil, err
	}
	u, err := one[userRead](t, ask{
		path: path, query: "$select=id,displayName,userPrincipalName,userType,accountEnabled", need: needUser,
	})
	if absent(err) {
		t.saw(sayAbsent)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := checks.Person{
		ID: text(u.ID), UPN: text(u.UPN), Name: text(u.Name), Type: text(u.Type),
		Enabled: u.Enabled,
	}
	if p.ID == "" {
		return nil, t.lacks("id")
	}
	t.saw("%s, %s", p.UPN, p.Type)
	return &p, nil
}

// readUserGroups reads the groups that the person is a direct member of: those
// in which an assignment to an app counts (entra-facts §7).
func readUserGroups(rd *reading, t *trail) ([]string, error) {
	path, err := userPath(rd, "/memberOf/microsoft.graph.group")
	if err != nil {
		return nil, err
	}
	found, err := list[groupRead](t, ask{
		path: path, query: "$select=id&$count=true&$top=999", index: true, need: needUser,
	})
	if absent(err) {
		t.saw(sayAbsent)
		return []string{}, nil
	}
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, g := range found {
		if id := text(g.ID); id != "" {
			ids = append(ids, id)
		}
	}
	t.saw("%s", counted(len(ids), "group"))
	return ids, nil
}

// readUserRoles is readRoles for the person asked about.
func readUserRoles(rd *reading, t *trail) ([]checks.Role, error) {
	path, err := userPath(rd, "")
	if err != nil {
		return nil, err
	}
	roles, err := rolesOf(t, path, needUser)
	if absent(err) {
		t.saw(sayAbsent)
		return []checks.Role{}, nil
	}
	return roles, err
}
