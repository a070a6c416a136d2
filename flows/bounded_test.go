package flows

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

// TestEventsFitARecord holds that what comes in numbers fits a record, whatever a tenant
// holds, and that what was left out is said; that what fits is left as it is; and that it
// is the same again.
func TestEventsFitARecord(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("<", mostString) // six bytes each, in JSON
	many := func(n int) (f Facts) {
		f = Facts{AppRead: true, GrantsRead: true, App: &AppFact{ID: "a"}, Tenants: []TenantFact{{ID: "t"}}}
		for i := range n {
			f.UserGrants = append(f.UserGrants, GrantFact{ID: fmt.Sprint(i), Raw: long})
			f.Assigned = append(f.Assigned, AssignFact{ID: fmt.Sprint(i), Principal: long})
			f.Roles = append(f.Roles, AssignFact{ID: fmt.Sprint(i), Principal: long})
		}
		return f
	}
	wide, worst := many(0), many(0)
	wide.Consent = make([]string, mostList)
	for i := range wide.Consent {
		wide.Consent[i] = long
	}
	for range mostList {
		worst.Tenants = append(worst.Tenants, TenantFact{ID: long})
	}
	finding := checks.Finding{Check: checks.AppGrant, Verdict: checks.Fail, Summary: long}
	for range mostList {
		finding.Detail = append(finding.Detail, long)
		finding.Seen = append(finding.Seen, checks.Evidence{Value: long, Request: long})
	}
	for name, c := range map[string]struct {
		event Event
		tells func(t *testing.T, e Event) bool
	}{
		"people": {Learned{Facts: many(mostList), Round: 3}, func(t *testing.T, e Event) bool {
			return as[Learned](t, e).Facts.TooMany && as[Learned](t, e).Facts.App != nil
		}},
		"settings": {Learned{Facts: wide}, func(t *testing.T, e Event) bool {
			f := as[Learned](t, e).Facts
			return f.TooMany && !f.AppRead && len(f.Tenants) == 1
		}},
		"clouds": {Learned{Facts: worst}, func(t *testing.T, e Event) bool { return as[Learned](t, e).Facts.TooMany }},
		"a finding": {Found{Finding: finding, Round: 2}, func(t *testing.T, e Event) bool {
			f := as[Found](t, e).Finding
			return f.Verdict == checks.Fail && f.Detail[len(f.Detail)-1] == words.foundCut
		}},
		"few": {Learned{Facts: many(1)}, func(t *testing.T, e Event) bool {
			return !as[Learned](t, e).Facts.TooMany && len(as[Learned](t, e).Facts.Roles) == 1
		}},
		"no event":  {nil, func(t *testing.T, e Event) bool { return e == nil }},
		"a foreign": {Foreign{Tag: "x", Data: []byte(`{}`)}, func(t *testing.T, e Event) bool { return as[Foreign](t, e).Tag == "x" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Bounded(Clean(c.event))
			if !c.tells(t, got) {
				t.Errorf("it says nothing of it: %.300v", got)
			}
			if got == nil {
				return
			}
			if _, err := MarshalRecord(Record{Seq: 1 << 60, Writer: WriterID(strings.Repeat("w", 128)), N: 1 << 60, At: time.Now(), By: ByDriver, Event: got}); err != nil {
				t.Error(err)
			}
			once, _ := json.Marshal(got)
			again, _ := json.Marshal(Bounded(Clean(got)))
			if string(once) != string(again) {
				t.Error("bounded once more it is another")
			}
		})
	}
}

// as is an event of a kind.
func as[E Event](t *testing.T, e Event) E {
	t.Helper()
	out, ok := e.(E)
	if !ok {
		t.Fatalf("it is a %T", e)
	}
	return out
}

// TestAPlanThatNoRunCouldKeep holds that no plan is made that is larger than a record.
func TestAPlanThatNoRunCouldKeep(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]error{10: nil, 250: ErrTooMany} {
		s := after(chosen(t, Revoke, grantedFacts(t), nil), Answered{Question: AskRevoke, Value: RevokeGrants}, Advanced{})
		for i := range n {
			s.Facts.UserGrants = append(s.Facts.UserGrants, GrantFact{ID: fmt.Sprintf("grant-%040d", i), ResourceID: s.Facts.Resources[0].ID, Principal: fmt.Sprintf("%036d", i), Scopes: strings.Fields(strings.Repeat("Calendars.ReadWrite.Shared ", 15))})
		}
		p, err := PlanOf(s, Revoke)
		if !errors.Is(err, want) || (len(p.Lines) >= n) != (want == nil) {
			t.Errorf("for %d people: %d lines, %v", n, len(p.Lines), err)
		}
	}
}
