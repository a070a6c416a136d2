package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
)

// TestKilledAtEveryWrite kills `apply` while each of its writes is on its way,
// before Microsoft has made it and after: the receipt on the disk says which
// line is in doubt, and taking it back leaves the tenant as it was.
func TestKilledAtEveryWrite(t *testing.T) {
	t.Parallel()
	var kinds killedKinds
	t.Run("plans", func(t *testing.T) {
		t.Parallel()
		for _, p := range killPlans() {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				g, before := newKill(t, p)
				for n := range p.lines {
					for _, landed := range []bool{false, true} { // each leaves the tenant as it was
						ok := t.Run(fmt.Sprintf("line %d, landed %v", n+1, landed), func(t *testing.T) { //nolint:paralleltest // in one tenant, one after the other
							kinds.add(g.killedAt(t, p, n, landed, before), p.here)
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
				t, flows.CreateApp, flows.EnableApp, flows.CreateGrant, flows.WidenGrant, flows.GrantOne, flows.AssignRole, flows.Assign, flows.RequireAssignment,
				flows.SetConsent, flows.Classify, flows.SetWorkflow, flows.CreatePolicy, flows.AddCondition, flows.DeleteGrant, flows.Unassign, flows.DeleteApp,
			)
		}
	})
}

// killedAt kills the plan at line n, and gives the kind of that line.
func (g *rig) killedAt(t *testing.T, p killPlan, n int, landed bool, before string) flows.ChangeKind {
	t.Helper()
	g.afresh(t)
	turn := append([]string{"apply", "--json", "--anyway", "--yes-i-mean", g.domain}, p.args...)
	g.dies(t, p.here, n, landed, append(turn, g.more...)...)
	if (g.state(t) != before) != (n > 0 || landed) {
		t.Errorf("the tenant is neither the old nor the new")
	}
	name, r := g.inDoubt(t, false, p.lines, n)
	doubt := r.Lines[n]
	if !landed && doubt.Method == http.MethodPost {
		sent := g.s.Writes()
		if a := g.with(t, turn...); a.code != codeUnknown || !strings.Contains(a.err, "nothing is made twice") || g.s.Writes() != sent || !stoppedAs(a.out, flows.StopSent) {
			t.Errorf("once more at once: exit %d, %d writes\n%s\n%s", a.code, g.s.Writes()-sent, a.out, a.err)
		}
	}
	u := g.undo(t, name)
	withPolicy := doubt.Kind == flows.AddCondition && slices.ContainsFunc(r.Lines, func(l flows.ReceiptLine) bool { return l.Kind == flows.CreatePolicy })
	if !landed && !withPolicy { // which it goes with
		// It does not show and may still come: nothing is taken back, for what
		// came before may be what holds it back.
		now := g.state(t)
		if u.code != codeUnknown || !strings.Contains(u.err, "still show") {
			t.Fatalf("undo at once: exit %d\n%s\n%s", u.code, u.out, u.err)
		}
		if g.state(t) != now {
			t.Error("undo at once changed something")
		}
		g.age(t, name, 2*time.Hour)
		u = g.undo(t, name)
	}
	if u.code != codeOpen {
		t.Fatalf("undo: exit %d\n%s\n%s", u.code, u.out, u.err)
	}
	if after := g.state(t); after != before {
		t.Fatalf("taken back, it is not as it was:\n%s", firstDifference(before, after))
	}
	return doubt.Kind
}

// stoppedAs says whether a plan that was not carried out is said to be stopped for
// a reason, with the plan.
func stoppedAs(out string, why flows.StopReason) bool {
	var d flows.Done
	return json.Unmarshal([]byte(out), &d) == nil && !d.Done && d.Stopped == why && d.Why != "" && len(d.Plan.Plan.Lines) > 0
}
