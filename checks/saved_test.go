package checks_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"onboard.example/checks"
)

// TestSavedSnapshotsAreJudgedAlike writes and reads snapshots of many tenants:
// what is told of them stays, and only how sure it is goes down.
func TestSavedSnapshotsAreJudgedAlike(t *testing.T) {
	t.Parallel()
	states := map[checks.State]int{}
	for seed := range uint64(300) {
		s := randomSubject(rand.New(rand.NewPCG(seed, 9)))
		s.Person = ""
		live := checks.Judge(s, nil)
		b, err := json.Marshal(checks.Save(s, "1.2.3"))
		if err != nil {
			t.Fatal(err)
		}
		saved, err := checks.ReadSaved(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		_, findings, o := saved.Judge(s.App)
		want := checks.Decide(live, s)
		states[want.State]++
		if o.State != want.State || o.Grade != min(want.Grade, checks.Asserted) || o.Whose != want.Whose {
			t.Fatalf("seed %d: verdict %+v, live %+v", seed, o, want)
		}
		for i, f := range findings {
			if f.Verdict != live[i].Verdict || f.Grade != min(live[i].Grade, checks.Asserted) {
				t.Fatalf("seed %d: %s is %v %v, live %v %v", seed, f.Check, f.Verdict, f.Grade, live[i].Verdict, live[i].Grade)
			}
		}
	}
	if states[checks.StateBlocked] == 0 || states[checks.StateOpen] == 0 {
		t.Fatalf("only %v were tried", states)
	}
}

func TestSavedSnapshotsOfStrangers(t *testing.T) {
	t.Parallel()
	whole, err := json.Marshal(checks.Save(subject(approved()), "1"))
	if err != nil {
		t.Fatal(err)
	}
	swap := func(old, new string) string {
		out := strings.Replace(string(whole), old, new, 1)
		if out == string(whole) {
			t.Fatalf("%q is not in the file", old)
		}
		return out
	}
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"empty":          {"", checks.ErrNotSaved},
		"a report":       {`{"schema":"onboard/check/1"}`, checks.ErrSavedVersion},
		"a later form":   {swap("snapshot/1", "snapshot/2"), checks.ErrSavedVersion},
		"no schema":      {`{"look":{}}`, checks.ErrNotSaved},
		"cut off":        {string(whole[:len(whole)/2]), checks.ErrNotSaved},
		"more than that": {swap(`"look":`, `"token":"x","look":`), checks.ErrNotSaved},
		"no time":        {swap(`"at":"2`, `"at":"0001-01-01T00:00:00Z","version":"2`), checks.ErrNotSaved},
		"no app":         {swap(`"clientId":"`, `"clientId":"x`), checks.ErrNotSaved},
		"endless":        {strings.Repeat(" ", 17<<20), checks.ErrSavedSize},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := checks.ReadSaved(strings.NewReader(c.text)); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	evil, err := checks.ReadSaved(strings.NewReader(swap(`"domain":"`, `"domain":"\u001b]0;x\u0007\u202e`)))
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(evil.Domain, "\x1b\x07\u202e") {
		t.Errorf("the domain reached us as %q", evil.Domain)
	}
}

func FuzzReadSaved(f *testing.F) {
	whole, err := json.Marshal(checks.Save(subject(), "1"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"schema":"onboard/snapshot/1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := checks.ReadSaved(bytes.NewReader(data))
		if err != nil {
			return
		}
		_, findings, o := s.Judge(checks.App{ClientID: s.App.ClientID})
		if o.Grade == checks.Verified {
			t.Error("a file proves")
		}
		for _, x := range findings {
			if x.Grade == checks.Verified || strings.ContainsAny(x.Summary, "\x1b\x07\n") {
				t.Errorf("%+v", x)
			}
		}
	})
}
