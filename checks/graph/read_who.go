package graph

import (
	"strings"

	"onboard.example/checks"
)

// readWho reads the person or group that a plan is about. An address is a
// person's, a GUID a person's or a group's, and anything else the display name
// of one group: of none or several it is nobody's, which is a failure, so that
// nobody is ever let in by a name that another has too.
func readWho(rd *reading, t *trail) (*checks.Principal, error) {
	who := strings.TrimSpace(rd.q.Who)
	switch {
	case who == "" || checks.Line(who, maxName) != who:
		return nil, &checks.Failure{Kind: checks.FailRequest, Message: wordBadWho}
	case strings.Contains(who, "@"):
		return principalBy(t, checks.PrincipalUser, who, wordNoPerson)
	case !checks.IsGUID(who):
		return groupNamed(t, who)
	}
	p, err := principalBy(t, checks.PrincipalUser, who, wordNoPerson)
	if f := asFailure(err); err != nil && f.Kind == checks.FailNotFound && f.Message == wordNoPerson {
		return principalBy(t, checks.PrincipalGroup, who, wordNoPrincipal)
	}
	return p, err
}

// principalBy reads one person or group by id or, of a person, address.
func principalBy(t *trail, kind checks.PrincipalKind, who, none string) (*checks.Principal, error) {
	p := checks.Principal{Kind: kind}
	var err error
	if kind == checks.PrincipalUser {
		err = readPerson(t, who, &p)
	} else {
		var g *groupRead
		g, err = one[groupRead](t, ask{path: "groups/" + who, query: "$select=id,displayName", need: needGroup})
		if err == nil {
			p.ID, p.Name = text(g.ID), text(g.Name)
		}
	}
	switch {
	case absent(err):
		t.saw(sayAbsent)
		return nil, t.failure(checks.FailNotFound, none)
	case err != nil:
		return nil, err
	case !checks.IsGUID(p.ID) || p.Name == "":
		return nil, t.lacks("id or name")
	}
	t.saw("%s, %s", p.Name, p.Kind)
	return &p, nil
}

func readPerson(t *trail, who string, p *checks.Principal) error {
	path, err := pathOf(who, "")
	if err != nil {
		return err
	}
	u, err := one[userRead](t, ask{path: path, query: "$select=id,userPrincipalName", need: needPerson})
	if err == nil {
		p.ID, p.Name = text(u.ID), text(u.UPN)
	}
	return err
}

// groupNamed reads the one group of that display name. What is answered is held
// against the name again: a filter that somebody on the way drops must not turn
// the first group of a tenant into the one that was meant.
func groupNamed(t *trail, who string) (*checks.Principal, error) {
	groups, more, err := onePage[struct {
		ID   string `json:"id"`
		Name string `json:"displayName"`
	}](t, ask{
		path: "groups", query: "$filter=" + escaped("displayName eq "+quoted(who)) + "&$select=id,displayName&$top=5", need: needGroup,
	})
	if err != nil {
		return nil, err
	}
	var same []checks.Principal
	for _, g := range groups {
		if !checks.IsGUID(g.ID) {
			return nil, t.lacks("id")
		}
		if strings.EqualFold(strings.TrimSpace(g.Name), who) {
			same = append(same, checks.Principal{ID: g.ID, Kind: checks.PrincipalGroup, Name: name(g.Name)})
		}
	}
	t.saw("%s of this name", counted(len(same), "group"))
	switch {
	case len(same) == 0 && !more:
		return nil, t.failure(checks.FailNotFound, wordNoGroup)
	case len(same) != 1 || more:
		return nil, t.failure(checks.FailRequest, wordManyGroups)
	}
	return &same[0], nil
}
