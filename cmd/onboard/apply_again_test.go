package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// What was taken back is not taken back again: what is there now somebody made
// since.
func TestUndoTwice(t *testing.T) {
	t.Parallel()
	for name, old := range map[string]bool{"a receipt": false, "a receipt of old": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			undoTwice(t, old)
		})
	}
}

// undoTwice is TestUndoTwice for a receipt of today, or for one of old, whose
// plan has its digest for an id.
func undoTwice(t *testing.T, old bool) {
	t.Helper()
	g := newRig(t, sim.Options{Scenario: "admins-only"}, "admin@contoso.example").about(sim.Expect{App: "hetk"})
	var end flows.Done
	if a := g.with(t, "apply", "--json", "--anyway", "--yes-i-mean", g.domain); json.Unmarshal([]byte(a.out), &end) != nil || a.code != codeOpen {
		t.Fatalf("exit %d\n%s", a.code, a.err)
	}
	if old {
		g.edit(t, end.File, `"plan": "`+string(end.Receipt.Plan)+`",`, `"plan": "`+end.Receipt.Digest+`",`)
		g.edit(t, end.File, `"digest": "`+end.Receipt.Digest+`",`, "")
	}
	if u := g.undo(t, end.File); u.code != codeOpen {
		t.Fatalf("exit %d\n%s", u.code, u.err)
	}
	var again flows.Done // of equal lines: a plan of its own
	if a := g.with(t, "apply", "--json", "--anyway", "--yes-i-mean", g.domain, "--plan", end.Receipt.Digest); json.Unmarshal([]byte(a.out), &again) != nil || a.code != codeOpen {
		t.Fatalf("exit %d\n%s", a.code, a.err)
	}
	if again.Receipt.Plan == end.Receipt.Plan || again.Receipt.Digest != end.Receipt.Digest || again.File == end.File {
		t.Errorf("plan %s of %s, and again %s of %s", end.Receipt.Plan, end.Receipt.Digest, again.Receipt.Plan, again.Receipt.Digest)
	}
	if u := g.undo(t, end.File); u.code != codeFailed || !strings.Contains(u.err, "it was taken back already") {
		t.Errorf("the first again: exit %d\n%s", u.code, u.err)
	}
	if a := g.with(t, "apply", "--anyway", "--yes-i-mean", g.domain, "--path", "revoke", "--plan", string(again.Receipt.Plan)); a.code != codeUsage ||
		!strings.Contains(a.err, "the receipt "+again.File) || strings.Contains(a.err, "moved on") {
		t.Errorf("a plan's id for its digest: exit %d\n%s", a.code, a.err)
	}
	if l := g.do(t, nil, "undo"); !strings.Contains(l.out, fmt.Sprintf(sayReceiptUndo, end.File)) {
		t.Errorf("the list does not say what was taken back:\n%s", l.out)
	}
	u := g.do(t, nil, append([]string{"undo", strings.TrimSuffix(again.File, ".json"), "--yes-i-mean", g.domain}, g.signedIn()...)...)
	if of := fmt.Sprintf(sayReceiptOf, "admin@contoso.example", again.Receipt.At.UTC().Format("2006-01-02 15:04"), again.Receipt.Digest); u.code != codeOpen || !strings.Contains(u.err, of) {
		t.Errorf("the second: exit %d\n%s\nwant %s", u.code, u.err, of)
	}
	if err := g.s.Approve(t.Context(), "admin@contoso.example", "8dd90edb-c881-459a-ac84-2a1fee8c5c94", nil); err != nil {
		t.Fatal(err)
	}
	g.wrote()
	if u := g.do(t, nil, "undo", end.File, "--yes-i-mean", "fabrikam.example"); u.code != codeUsage || !strings.Contains(u.err, "To agree, type contoso.example.") {
		t.Errorf("another domain: exit %d\n%s", u.code, u.err)
	}
	if u := g.undo(t, end.File); u.code != codeFailed || !strings.Contains(u.err, "it was taken back already") || len(g.wrote()) > 0 {
		t.Errorf("exit %d\n%s\n%s", u.code, u.out, u.err)
	}
	if l := g.do(t, nil, "undo"); !strings.Contains(l.out, sayReceiptGone) {
		t.Errorf("the list says\n%s", l.out)
	}
}

// age makes a kept receipt, and all that it says was sent, older.
func (g *rig) age(t *testing.T, receipt string, by time.Duration) {
	t.Helper()
	r, err := journal.ReadReceipt(g.kept(receipt))
	if err != nil {
		t.Fatal(err)
	}
	r.At = r.At.Add(-by)
	for i := range r.Lines {
		if !r.Lines[i].At.IsZero() {
			r.Lines[i].At = r.Lines[i].At.Add(-by)
		}
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(g.kept(receipt), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// kept is the file of a receipt, or the folder of all.
func (g *rig) kept(receipt string) string {
	at := slices.IndexFunc(g.env, func(e string) bool { return strings.HasPrefix(e, "XDG_STATE_HOME=") })
	return filepath.Join(strings.TrimPrefix(g.env[at], "XDG_STATE_HOME="), "onboard", "receipts", receipt)
}

// edit changes a kept receipt.
func (g *rig) edit(t *testing.T, receipt, old, with string) {
	t.Helper()
	file := g.kept(receipt)
	raw, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(raw), old) {
		t.Fatalf("no %q in it, %v", old, err)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(raw), old, with)), 0o600); err != nil {
		t.Fatal(err)
	}
}
