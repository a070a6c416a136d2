package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// TestKilledAtEveryWrite kills `apply` while each of its writes is on its way,
// before Microsoft has made it and after: the receipt on the disk says which
// line is in doubt, and taking it back leaves the tenant as it was.
func TestKilledAtEveryWrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scenario string
		turn     []string
		lines    int
	}{
		{"group", []string{"--path", "pilot", "--for", "Pilot"}, 3},
		{"managed-default", []string{"--path", "entra-grant"}, 2},
		{"partial-grant", []string{"--path", "entra-grant"}, 1},
		{"admins-only", []string{"--path", "app-policy"}, 3},
		{"admins-only", []string{"--path", "consent-requests", "--reviewers", "me"}, 1},
		{"approved", []string{"--path", "revoke", "--revoke", "app"}, 2},
		{"low-empty", []string{"--path", "low-impact"}, 5},
		{"admins-only", []string{"--path", "allow-all"}, 1},
		{"managed-default", []string{"--path", "pilot", "--for", "user@contoso.example"}, 2},
	} {
		for n := range c.lines {
			for _, landed := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s, line %d, landed %v", c.scenario, c.turn[1], n+1, landed), func(t *testing.T) {
					t.Parallel()
					killedAt(t, c.scenario, c.turn, c.lines, n, landed)
				})
			}
		}
	}
}

func killedAt(t *testing.T, scenario string, turn []string, lines, n int, landed bool) {
	t.Helper()
	arrived, killed := make(chan struct{}), make(chan struct{})
	count := 0 // of writes; they come one after the other
	o := sim.Options{Scenario: scenario}
	if scenario == aGroup.Scenario {
		o = aGroup
	}
	g := newRigBetween(t, o, "admin@contoso.example", func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if count++; count != n+1 {
			return false
		}
		if landed {
			next.ServeHTTP(newDiscard(), r)
		}
		close(arrived)
		<-killed
		panic(http.ErrAbortHandler)
	}).about(sim.Expect{App: "hetk"})
	before := g.state(t)
	env := home(t)
	g.env = env
	args := append([]string{"apply", "--json", "--anyway", "--yes-i-mean", g.domain}, turn...)
	s := startAs(t, env, "onboard", append(args, g.more...)...)
	select {
	case <-arrived:
	case <-s.done:
		t.Fatalf("ended before the write:\n%s", s.shown())
	}
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	close(killed)
	<-s.done
	if (g.state(t) != before) != (n > 0 || landed) {
		t.Errorf("the tenant is neither the old nor the new")
	}
	name, doubt := g.onlyReceipt(t, lines, n)
	if !landed && doubt.Method == http.MethodPost {
		sent := g.s.Writes()
		if a := g.with(t, append([]string{"apply", "--json", "--anyway", "--yes-i-mean", g.domain}, turn...)...); a.code != codeUnknown ||
			!strings.Contains(a.err, "nothing is made twice") || g.s.Writes() != sent || !stoppedAs(a.out, flows.StopSent) {
			t.Errorf("once more at once: exit %d, %d writes\n%s\n%s", a.code, g.s.Writes()-sent, a.out, a.err)
		}
	}
	u := g.undo(t, name)
	if !landed && doubt.Kind != flows.AddCondition { // which goes with its policy
		// It does not show and may still come: nothing is taken back, for what
		// came before may be what holds it back.
		now := g.state(t)
		if u.code != codeUnknown || !strings.Contains(u.err, "still show") {
			t.Fatalf("undo at once: exit %d\n%s\n%s", u.code, u.out, u.err)
		}
		if g.state(t) != now {
			t.Error("undo at once changed something")
		}
		g.edit(t, name, `"at": "`+doubt.At.Format(time.RFC3339Nano)+`"`, `"at": "`+doubt.At.Add(-2*time.Hour).Format(time.RFC3339Nano)+`"`)
		u = g.undo(t, name)
	}
	if u.code != codeOpen {
		t.Fatalf("undo: exit %d\n%s\n%s", u.code, u.out, u.err)
	}
	if after := g.state(t); after != before {
		t.Errorf("taken back, it is not as it was:\n%s", firstDifference(before, after))
	}
}

// stoppedAs says whether a plan that was not carried out is said to be stopped for
// a reason, with the plan.
func stoppedAs(out string, why flows.StopReason) bool {
	var d flows.Done
	return json.Unmarshal([]byte(out), &d) == nil && !d.Done && d.Stopped == why && d.Why != "" && len(d.Plan.Plan.Lines) > 0
}

// onlyReceipt reads the one receipt that is kept: what came before line n was
// seen, line n is in doubt, and the rest was not sent. doubt is line n.
func (g *rig) onlyReceipt(t *testing.T, lines, n int) (name string, doubt flows.ReceiptLine) {
	t.Helper()
	dir := ""
	for _, e := range g.env {
		if d, ok := strings.CutPrefix(e, "XDG_STATE_HOME="); ok {
			dir = filepath.Join(d, "onboard", "receipts")
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "2*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("receipts %v, %v", files, err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var r flows.Receipt
	if err := json.Unmarshal(raw, &r); err != nil || r.Done || len(r.Lines) != lines {
		t.Fatalf("%v: %s", err, raw)
	}
	for i, l := range r.Lines {
		want := "seen"
		switch {
		case i == n:
			want = "unclear"
		case i > n:
			want = "not sent"
		}
		if l.Outcome != want {
			t.Errorf("line %d is %q, want %q", i+1, l.Outcome, want)
		}
	}
	return filepath.Base(files[0]), r.Lines[n]
}
