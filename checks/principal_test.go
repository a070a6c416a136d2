package checks_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// meant names whom the app is meant for, and says what was read of them.
func meant(who string, l checks.Look[*checks.Principal]) change {
	return func(s *checks.Subject) { s.Who, s.Look.Who = who, l }
}

func TestWhomTheAppIsMeantFor(t *testing.T) {
	t.Parallel()
	pilot := read(&checks.Principal{ID: "G1", Kind: checks.PrincipalGroup, Name: "Pilot"}, "groups")
	assigned := look(func(l *checks.Snapshot) {
		l.Assignments = read([]checks.Assignment{{PrincipalID: "g1", PrincipalType: "Group"}}, "assigned")
	})
	unread := look(func(l *checks.Snapshot) { l.Assignments = failed[[]checks.Assignment](noLook(checks.FailScope)) })
	none := failed[*checks.Principal](checks.Failure{Kind: checks.FailNotFound, Message: "no group has this name"})
	for name, c := range map[string]struct {
		is   []change
		says string // empty: nothing
	}{
		"assigned":            {[]change{meant("pilot", pilot), assigned}, "Pilot is assigned to the app."},
		"not assigned":        {[]change{meant("pilot", pilot)}, "Pilot is not assigned to the app."},
		"assignments unread":  {[]change{meant("pilot", pilot), unread}, ""},
		"nobody is named":     {[]change{meant("", pilot)}, ""},
		"not looked for":      {[]change{meant("pilot", checks.Look[*checks.Principal]{})}, ""},
		"read, and empty":     {[]change{meant("pilot", read[*checks.Principal](nil, "groups"))}, ""},
		"none of the name":    {[]change{meant("pilot", none)}, "pilot was not found: no group has this name."},
		"refused for a scope": {[]change{meant("pilot", failed[*checks.Principal](noLook(checks.FailScope, "Directory.Read.All")))}, "Whether pilot is assigned is not known. Could not look: the sign-in lacks the permission Directory.Read.All"},
		"refused as wrong":    {[]change{meant("pilot", failed[*checks.Principal](checks.Failure{Kind: checks.FailRequest, Status: 400, Message: "x"}))}, "Whether pilot is assigned is not known. "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with, without := one(subject(c.is...), checks.AppAssignment), one(subject(append(c.is, meant("", checks.Look[*checks.Principal]{}))...), checks.AppAssignment)
			more := slices.DeleteFunc(slices.Clone(with.Detail), func(d string) bool { return slices.Contains(without.Detail, d) })
			if len(more) != min(1, len(c.says)) || len(more) == 1 && !strings.HasPrefix(more[0], c.says) {
				t.Errorf("says %q, want %q", more, c.says)
			}
			with.Detail, without.Detail = nil, nil
			if !reflect.DeepEqual(with, without) {
				t.Errorf("whom it is meant for changes the finding: %+v, %+v", with, without)
			}
		})
	}
}

// TestWhoIsReadWhereSomebodyIsNamed: and the reader is told whom.
func TestWhoIsReadWhereSomebodyIsNamed(t *testing.T) {
	t.Parallel()
	base := subject(meant("", read(&checks.Principal{ID: "g1", Kind: checks.PrincipalGroup, Name: "Pilot"}, "groups")))
	for _, who := range []string{"", "Pilot"} {
		f := &fake{serves: checks.Parts(), from: base.Look}
		s := base
		s.Look, s.Who = nil, who
		got := checks.Run(t.Context(), s, []checks.Reader{f}, []checks.ID{checks.AppAssignment}, func(checks.Finding) {})
		if named := who != ""; slices.Contains(f.asked, checks.PartWho) != named || got.Who.Read != named || f.query.Who != who {
			t.Errorf("%q: asked %v of %+v, got %+v", who, f.asked, f.query, got.Who)
		}
	}
	bare := account(func(a *checks.Account) {
		a.Scopes = slices.DeleteFunc(everyScope(), func(s string) bool { return strings.HasPrefix(s, "Directory.") })
	})
	for who, want := range map[string]bool{"": false, "Pilot": true} {
		f := one(subject(bare, func(s *checks.Subject) { s.Who = who }), checks.AccountScope)
		if got := strings.Contains(strings.Join(f.Detail, "\n"), "whom the app is meant for"); got != want {
			t.Errorf("%q: %v", who, f.Detail)
		}
	}
}

// TestStrippedPrincipals: who is meant is numbered as in the list of those who
// are assigned, and is in no address of what was seen.
func TestStrippedPrincipals(t *testing.T) {
	t.Parallel()
	const id = "0e51c0de-0000-4000-8000-00000000000a"
	s := subject(meant("Sales 7f3a", read(&checks.Principal{ID: id, Kind: checks.PrincipalGroup, Name: "Sales 7f3a"}, "who")), look(func(l *checks.Snapshot) {
		l.Who.Seen[0].Value, l.Who.Seen[0].Request = "Sales 7f3a", "GET https://graph.microsoft.com/v1.0/groups/"+id
		l.Who.Seen = append(l.Who.Seen, checks.Evidence{Request: "GET https://graph.microsoft.com/v1.0/groups?$filter=displayName%20eq%20'Sales%207f3a'"})
		l.Reviewers.Seen[0].Request = "GET https://graph.microsoft.com/v1.0/groups/" + id + "/transitiveMembers"
		l.Assignments.Value = []checks.Assignment{{PrincipalID: id, PrincipalType: "Group"}}
	}))
	bare := s.Look.Stripped()
	b, err := json.Marshal(bare)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{id, "7f3a"} {
		if i := strings.Index(string(b), word); i >= 0 {
			t.Errorf("still names the group: %s", b[max(0, i-80):i+40])
		}
	}
	if p := bare.Who.Value; p.ID == "" || p.ID != bare.Assignments.Value[0].PrincipalID || p.Kind != checks.PrincipalGroup {
		t.Errorf("%+v, assigned %+v", p, bare.Assignments.Value)
	}
	if s.Look.Who.Value.ID != id {
		t.Error("the snapshot itself was changed")
	}
}
