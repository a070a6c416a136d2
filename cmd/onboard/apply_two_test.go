package main

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// Two applies at once make nothing twice: while one has a write under way the other
// is told so, sends nothing, and leaves no receipt.
func TestTwoAppliesAtOnce(t *testing.T) {
	t.Parallel()
	arrived, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	g := newRigBetween(t, sim.Options{Scenario: "admins-only"}, "admin@contoso.example", func(http.ResponseWriter, *http.Request, http.Handler) bool {
		once.Do(func() {
			close(arrived)
			<-goOn
		})
		return false
	}).about(sim.Expect{App: "hetk"})
	turn := []string{"apply", "--json", "--anyway", "--yes-i-mean", g.domain, "--path", "app-policy"}
	first := make(chan answer, 1)
	go func() { first <- g.with(t, turn...) }()
	<-arrived
	var second, done flows.Done
	// The first line is in doubt by the receipt: what it makes comes back as that, too.
	b := g.with(t, turn...)
	if err := json.Unmarshal([]byte(b.out), &second); err != nil || b.code == codeOpen || second.Done || second.Stopped != flows.StopSent && second.Stopped != flows.StopBusy {
		t.Errorf("the second: %v, exit %d\n%s\n%s", err, b.code, b.out, b.err)
	}
	// A plan without a line of the first's is held up by the lock alone.
	c := g.with(t, "apply", "--json", "--anyway", "--yes-i-mean", g.domain, "--path", "allow-all")
	if err := json.Unmarshal([]byte(c.out), &second); err != nil || c.code != codeFailed || second.Stopped != flows.StopBusy {
		t.Errorf("another plan: %v, exit %d\n%s\n%s", err, c.code, c.out, c.err)
	}
	writes := g.wrote()
	if len(writes) != 1 {
		t.Fatalf("sent while the first waits: %v", writes)
	}
	close(goOn)
	if a := <-first; json.Unmarshal([]byte(a.out), &done) != nil || done.Receipt == nil {
		t.Fatalf("the first: exit %d\n%s\n%s", a.code, a.out, a.err)
	}
	after := g.wrote()
	if slices.Contains(after, writes[0]) {
		t.Errorf("sent again: %v after %v", after, writes)
	}
	names, err := os.ReadDir(g.kept(""))
	if err != nil {
		t.Fatal(err)
	}
	receipts := 0
	for _, n := range names {
		if strings.HasSuffix(n.Name(), ".json") {
			receipts++
		}
	}
	if receipts != 1 {
		t.Errorf("%d receipts", receipts)
	}
}

// A receipt that cannot be read does not turn the guard off: apply names it, and
// sends nothing while it may tell of what does not show yet.
func TestApplyNamesTheReceiptItCannotRead(t *testing.T) {
	t.Parallel()
	g := newRig(t, sim.Options{Scenario: "admins-only"}, "admin@contoso.example").about(sim.Expect{App: "hetk"})
	if err := os.MkdirAll(g.kept(""), 0o700); err != nil {
		t.Fatal(err)
	}
	const name = "20261121-120000-contoso.example-ab.json"
	if err := os.WriteFile(g.kept(name), []byte(`{"schema":"onboard/rec`), 0o600); err != nil {
		t.Fatal(err)
	}
	turn := []string{"apply", "--json", "--anyway", "--yes-i-mean", g.domain}
	if a := g.with(t, turn...); a.code != codeFailed || !strings.Contains(a.err, name) || !stoppedAs(a.out, flows.StopStore) {
		t.Errorf("exit %d\n%s\n%s", a.code, a.out, a.err)
	}
	if w := g.wrote(); len(w) > 0 {
		t.Errorf("sent %v", w)
	}
	if err := os.Remove(g.kept(name)); err != nil {
		t.Fatal(err)
	}
	if a := g.with(t, turn...); a.code != codeOpen {
		t.Errorf("without it: exit %d\n%s\n%s", a.code, a.out, a.err)
	}
}
