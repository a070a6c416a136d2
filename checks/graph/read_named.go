package graph

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"onboard.example/checks"
)

// mostNamed is how many enterprise apps of one name are read: more than a person
// can tell apart.
const mostNamed = 20

// namedEntry is a service principal as a search by name sees it.
type namedEntry struct {
	AppID       string `json:"appId"`
	Name        string `json:"displayName"`
	OwnerTenant string `json:"appOwnerOrganizationId"`
	Created     string `json:"createdDateTime"` // not in the SDK's model
	Publisher   *struct {
		ID   string `json:"verifiedPublisherId"`
		Name string `json:"displayName"`
	} `json:"verifiedPublisher"`
}

// readNamed looks for the enterprise apps whose name is, or begins with, one that
// the app goes by. displayName takes eq and startsWith without the eventually
// consistent index (servicePrincipal [G21]); of each name one page is read, the
// very name apart, so that no crowd of longer names can hide it.
func readNamed(rd *reading, t *trail) (checks.Named, error) {
	out := checks.Named{Apps: []checks.NamedApp{}}
	names := rd.q.App.Names()
	if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return checks.Line(n, maxName) != n }) {
		return out, &checks.Failure{Kind: checks.FailRequest, Message: wordBadAppName}
	}
	for _, form := range []string{"displayName eq ", "startswith(displayName,"} {
		for _, n := range names {
			if err := t.namedBy(form, n, &out); err != nil {
				return out, err
			}
		}
	}
	slices.SortStableFunc(out.Apps, func(a, b checks.NamedApp) int {
		return cmp.Or(cmp.Compare(inexact(names, a.Name), inexact(names, b.Name)), a.Created.Compare(b.Created), cmp.Compare(a.AppID, b.AppID))
	})
	if len(out.Apps) > mostNamed {
		out.Apps, out.More = out.Apps[:mostNamed], true
	}
	return out, nil
}

// inexact is 0 for a name that is looked for, 1 for one that only begins so.
func inexact(names []string, have string) int {
	if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, strings.TrimSpace(have)) }) {
		return 0
	}
	return 1
}

// namedBy asks one question and adds what is new. What is answered is held
// against the name again: a filter that somebody on the way drops must not make
// candidates of a tenant's first apps.
func (t *trail) namedBy(form, n string, out *checks.Named) error {
	filter := form + quoted(n)
	if strings.HasSuffix(form, ",") {
		filter += ")"
	}
	found, more, err := onePage[namedEntry](t, ask{
		path: "servicePrincipals", need: needApps,
		query: "$filter=" + escaped(filter) + "&$select=appId,displayName,appOwnerOrganizationId,createdDateTime,verifiedPublisher&$top=" + strconv.Itoa(mostNamed),
	})
	if err != nil {
		return err
	}
	same := 0
	for _, e := range found {
		if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(e.Name)), strings.ToLower(n)) {
			continue
		}
		a := checks.NamedApp{AppID: strings.ToLower(e.AppID), Name: name(e.Name)}
		if !checks.IsGUID(a.AppID) {
			return t.lacks("appId")
		}
		if checks.IsGUID(e.OwnerTenant) {
			a.OwnerTenant = strings.ToLower(e.OwnerTenant)
		}
		if p := e.Publisher; p != nil {
			a.Publisher = checks.Publisher{ID: name(p.ID), Name: name(p.Name)}
		}
		if at, err := time.Parse(time.RFC3339, e.Created); err == nil {
			a.Created = at.UTC()
		}
		same++
		if !slices.ContainsFunc(out.Apps, func(have checks.NamedApp) bool { return have.AppID == a.AppID }) {
			out.Apps = append(out.Apps, a)
		}
	}
	out.More = out.More || more
	t.saw("%s of this name", counted(same, "enterprise app"))
	return nil
}
