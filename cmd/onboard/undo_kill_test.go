package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// TestUndoKilledAtEveryWrite kills `undo` while each of its writes is on its way,
// before Microsoft has made it and after: undone once more, the tenant is as it was
// before the plan. What would be made twice waits until it can show no longer.
func TestUndoKilledAtEveryWrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scenario string
		turn     []string
		lines    int
	}{
		{"group", []string{"--path", "pilot", "--for", "Pilot"}, 3},
		{"approved", []string{"--path", "revoke", "--revoke", "app"}, 2},
		{"admins-only", []string{"--path", "allow-all"}, 1},
	} {
		for n := range c.lines {
			for _, landed := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s, line %d, landed %v", c.scenario, c.turn[1], n+1, landed), func(t *testing.T) {
					t.Parallel()
					undoKilledAt(t, c.scenario, c.turn, n, landed)
				})
			}
		}
	}
}

func undoKilledAt(t *testing.T, scenario string, turn []string, n int, landed bool) {
	t.Helper()
	arrived, killed := make(chan struct{}), make(chan struct{})
	var armed atomic.Bool
	count := 0 // of writes of the undo; they come one after the other
	o := sim.Options{Scenario: scenario}
	if scenario == aGroup.Scenario {
		o = aGroup
	}
	g := newRigBetween(t, o, "admin@contoso.example", func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if !armed.Load() {
			return false
		}
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
	g.env = home(t)
	var end flows.Done
	if a := g.with(t, append([]string{"apply", "--json", "--anyway", "--yes-i-mean", g.domain}, turn...)...); json.Unmarshal([]byte(a.out), &end) != nil || !end.Done {
		t.Fatalf("apply, exit %d\n%s\n%s", a.code, a.out, a.err)
	}
	armed.Store(true)
	s := startAs(t, g.env, "onboard", append([]string{"undo", end.File, "--json", "--yes-i-mean", g.domain}, g.signedIn()...)...)
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
	name, doubt := g.undoReceipt(t, n)
	u := g.undo(t, end.File)
	if !landed && doubt.Method == http.MethodPost {
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
		t.Errorf("taken back, it is not as it was:\n%s", firstDifference(before, after))
	}
}

// undoReceipt finds the receipt of an undo that died at line n: what came before
// was seen, and what comes after was not sent. doubt is line n.
func (g *rig) undoReceipt(t *testing.T, n int) (name string, doubt flows.ReceiptLine) {
	t.Helper()
	for _, e := range g.env {
		dir, ok := strings.CutPrefix(e, "XDG_STATE_HOME=")
		if !ok {
			continue
		}
		files, err := filepath.Glob(filepath.Join(dir, "onboard", "receipts", "2*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			var r flows.Receipt
			if err := json.Unmarshal(raw, &r); err != nil {
				t.Fatal(err)
			}
			if r.Undoes == "" {
				continue
			}
			for i, l := range r.Lines {
				if want := map[bool]string{true: "unclear", false: "seen"}[i == n]; i <= n && l.Outcome != want || i > n && l.Outcome != "not sent" {
					t.Errorf("line %d is %q", i+1, l.Outcome)
				}
			}
			return filepath.Base(f), r.Lines[n]
		}
	}
	t.Fatal("the undo left no receipt")
	return "", doubt
}
