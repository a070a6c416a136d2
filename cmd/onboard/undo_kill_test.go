package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
)

// TestUndoKilledAtEveryWrite kills `undo` while each of its writes is on its way,
// before Microsoft has made it and after: undone once more, the tenant is as it was
// before the plan. What would be made twice waits until it can show no longer.
func TestUndoKilledAtEveryWrite(t *testing.T) {
	t.Parallel()
	var kinds killedKinds
	t.Run("plans", func(t *testing.T) {
		t.Parallel()
		for _, p := range killPlans() {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				g, before := newKill(t, p)
				for n := range p.back {
					for _, landed := range []bool{false, true} { // each leaves the tenant as it was
						ok := t.Run(fmt.Sprintf("line %d, landed %v", n+1, landed), func(t *testing.T) { //nolint:paralleltest // in one tenant, one after the other
							kinds.add(g.undoKilledAt(t, p, n, landed, before), p.here)
						})
						if !ok {
							return
						}
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		if !t.Failed() {
			kinds.all(
				t, flows.DeleteApp, flows.DisableApp, flows.DeleteGrant, flows.NarrowGrant, flows.Unassign, flows.FreeAssignment, flows.SetConsent, flows.Unclassify,
				flows.SetWorkflow, flows.DeletePolicy, flows.DeleteCondition, flows.CreateGrant, flows.GrantOne, flows.AssignRole, flows.RestoreApp,
			)
		}
	})
}

// undoKilledAt kills the undo of the plan at line n, and gives the kind of that
// line.
func (g *rig) undoKilledAt(t *testing.T, p killPlan, n int, landed bool, before string) flows.ChangeKind {
	t.Helper()
	g.afresh(t)
	var end flows.Done
	a := g.with(t, append([]string{"apply", "--json", "--anyway", "--yes-i-mean", g.domain}, p.args...)...)
	if json.Unmarshal([]byte(a.out), &end) != nil || !end.Done {
		t.Fatalf("apply, exit %d\n%s\n%s", a.code, a.out, a.err)
	}
	g.dies(t, p.here, n, landed, append([]string{"undo", end.File, "--json", "--yes-i-mean", g.domain}, g.signedIn()...)...)
	name, r := g.inDoubt(t, true, p.back, n)
	u := g.undo(t, end.File)
	if doubt := r.Lines[n]; !landed && doubt.Method == http.MethodPost {
		if u.code != codeUnknown || !strings.Contains(u.err, "nothing is made twice") || !stoppedAs(u.out, flows.StopSent) {
			t.Fatalf("once more at once: exit %d\n%s\n%s", u.code, u.out, u.err)
		}
		g.age(t, name, 2*time.Hour)
		g.age(t, end.File, 2*time.Hour)
		u = g.undo(t, end.File)
	}
	if u.code != codeOpen {
		t.Fatalf("once more: exit %d\n%s\n%s", u.code, u.out, u.err)
	}
	if after := g.state(t); after != before {
		t.Fatalf("taken back, it is not as it was:\n%s", firstDifference(before, after))
	}
	return r.Lines[n].Kind
}
