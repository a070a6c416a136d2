package checks_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"onboard.example/checks"
)

func TestStrippedSnapshotsNameNobody(t *testing.T) {
	t.Parallel()
	const person = "u-7f3a@contoso.example"
	s := subject(granted(graphSP, person, "User.Read"), account(func(a *checks.Account) { a.UPN, a.ObjectID = person, person }), look(func(l *checks.Snapshot) {
		l.Me.Value = checks.Person{ID: person, UPN: person, Name: person, Type: "Member"}
		l.Me.Seen[0].Value, l.Me.Seen[0].Request = person, "GET https://graph.microsoft.com/v1.0/users/"+person+"/x"
		l.Realm.Seen[0].Request = "GET https://login.microsoftonline.com/getuserrealm.srf?login=" + person + "&json=1"
		l.Assignments.Value = []checks.Assignment{{ID: person, PrincipalID: person, PrincipalType: "User"}}
		l.AppRoles.Value = []checks.Assignment{{PrincipalID: person}}
		l.Workflow.Value.Reviewers = []string{"/users/" + person}
		l.Discovery.Value.Missed = map[checks.Cloud]*checks.Failure{checks.CloudChina: {Kind: checks.FailTLS, Message: "a proxy that " + person + " runs"}}
		l.Conditional.Seen[0].Request = `POST https://graph.microsoft.com/v1.0/identity/conditionalAccess/evaluate {"userId":"` + person + `"}`
		l.SignIns.Value.Entries = []checks.SignIn{{At: looked, User: person, Code: 53003, Reason: person + " was stopped", Policies: []string{"No entry"}}}
		l.Audit.Value.Entries = []checks.ConsentEvent{{At: looked, Result: "failure", Reason: person + " may not", Targets: []string{appSP, person}}}
		l.Defaults = failed[bool](checks.Failure{Kind: checks.FailDenied, Message: "no access for " + person})
	}))
	before, err := json.Marshal(s.Look)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(s.Look.Stripped())
	if err != nil {
		t.Fatal(err)
	}
	if i := strings.Index(string(b), "u-7f3a"); i >= 0 {
		t.Errorf("still names the person: %s", b[max(0, i-80):i+40])
	}
	if after, err := json.Marshal(s.Look); err != nil || string(after) != string(before) {
		t.Error("the snapshot itself was changed")
	}
}

func TestStrippedSnapshotsAreJudgedTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		s := randomSubject(rand.New(rand.NewPCG(seed, 3)))
		bare := s
		stripped := s.Look.Stripped()
		bare.Look = &stripped
		a, b := checks.Judge(s, nil), checks.Judge(bare, nil)
		for i := range a {
			if a[i].Verdict != b[i].Verdict || a[i].Grade != b[i].Grade {
				t.Fatalf("seed %d: %s is %v %v, stripped %v %v", seed, a[i].Check, a[i].Verdict, a[i].Grade, b[i].Verdict, b[i].Grade)
			}
		}
		if o, p := checks.Decide(a, s), checks.Decide(b, bare); o.State != p.State || o.Grade != p.Grade {
			t.Fatalf("seed %d: verdict %+v, stripped %+v", seed, o, p)
		}
	}
}
