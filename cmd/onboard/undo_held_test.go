package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// An undo whose lines were seen, and of which something shows again at its end, is
// no success: not by its exit code, not to a machine, not in the list. It can be
// done again, and then it holds.
func TestAnUndoThatDidNotHold(t *testing.T) {
	t.Parallel()
	g := newRig(t, sim.Options{Scenario: "admins-only"}, "admin@contoso.example").about(sim.Expect{App: "hetk"})
	before := g.state(t)
	var end, undone flows.Done
	if a := g.with(t, "apply", "--json", "--anyway", "--yes-i-mean", g.domain, "--path", "allow-all"); json.Unmarshal([]byte(a.out), &end) != nil || !end.Done {
		t.Fatalf("apply, exit %d\n%s\n%s", a.code, a.out, a.err)
	}
	g.putBack(t, end.Receipt.Lines[0].Body)
	u := g.undo(t, end.File)
	g.met(nil)
	if err := json.Unmarshal([]byte(u.out), &undone); err != nil || u.code != codeFailed || undone.Done || undone.Reached == nil || undone.Reached.Done ||
		len(undone.Reached.Notes) != 1 || undone.Reached.Notes[0] != end.Receipt.Lines[0].Title || !undone.Receipt.Done || !undone.Receipt.Left {
		t.Fatalf("%v, exit %d\n%s\n%s", err, u.code, u.out, u.err)
	}
	l := g.do(t, nil, "undo")
	if strings.Contains(l.out, sayReceiptGone) || !strings.Contains(l.out, fmt.Sprintf(sayReceiptUndo, end.File)+sayReceiptLeft) {
		t.Errorf("the list says\n%s", l.out)
	}
	if u := g.undo(t, end.File); u.code != codeOpen {
		t.Errorf("again: exit %d\n%s\n%s", u.code, u.out, u.err)
	}
	if after := g.state(t); after != before {
		t.Errorf("taken back, it is not as it was:\n%s", firstDifference(before, after))
	}
	if u := g.undo(t, end.File); u.code != codeFailed || !strings.Contains(u.err, "it was taken back already") {
		t.Errorf("a third time: exit %d\n%s", u.code, u.err)
	}
}

// putBack has somebody write the consent setting once more, between the look at
// the next write of it and the look after that.
func (g *rig) putBack(t *testing.T, body string) {
	t.Helper()
	direct := g.s.Ready().HTTPS
	if !strings.HasPrefix(direct, "https://") {
		direct = "https://" + direct
	}
	looks := -1 // they come one after the other: one run asks
	g.met(func(_ http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/policies/authorizationPolicy") {
			return false
		}
		g.mu.Lock()
		if r.Method == http.MethodPatch {
			looks = 0
		} else if looks >= 0 {
			looks++
		}
		now := r.Method == http.MethodGet && looks == 2
		g.mu.Unlock()
		if !now {
			return false
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, direct+"/v1.0/policies/authorizationPolicy", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return false
		}
		req.Header.Set("Authorization", "Bearer "+g.token)
		req.Header.Set("Content-Type", "application/json")
		resp, err := g.client.Do(req)
		if err != nil {
			t.Error(err)
			return false
		}
		if _ = resp.Body.Close(); resp.StatusCode != http.StatusNoContent {
			t.Errorf("somebody else: %s", resp.Status)
		}
		return false
	})
}

// A copy that lags hides what was seen a moment ago: undo calls nothing taken back
// by it, and apply makes nothing twice. Once it may show no longer, both go on.
func TestWhatALaggingCopyHides(t *testing.T) {
	t.Parallel()
	g := newRig(t, sim.Options{Scenario: "managed-default"}, "admin@contoso.example").about(sim.Expect{App: "hetk"})
	before := g.state(t)
	turn := []string{"apply", "--json", "--anyway", "--yes-i-mean", g.domain, "--path", "entra-grant"}
	var end flows.Done
	if a := g.with(t, turn...); json.Unmarshal([]byte(a.out), &end) != nil || !end.Done || len(end.Receipt.Lines) != 2 {
		t.Fatalf("apply, exit %d\n%s\n%s", a.code, a.out, a.err)
	}
	g.wrote()
	lag := func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/servicePrincipals(appId='"+end.Receipt.App.ClientID) {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"error":{"code":"Request_ResourceNotFound","message":"Resource does not exist."}}`))
		return true
	}
	g.met(lag)
	if u := g.undo(t, end.File); u.code != codeUnknown || !strings.Contains(u.err, flows.ErrTooEarly.Error()) {
		t.Errorf("undo: exit %d\n%s\n%s", u.code, u.out, u.err)
	}
	if a := g.with(t, turn...); a.code != codeUnknown || !stoppedAs(a.out, flows.StopSent) {
		t.Errorf("apply: exit %d\n%s\n%s", a.code, a.out, a.err)
	}
	if w := g.wrote(); len(w) > 0 {
		t.Errorf("sent: %v", w)
	}
	g.met(nil)
	if u := g.undo(t, end.File); u.code != codeOpen {
		t.Errorf("undo of what shows: exit %d\n%s\n%s", u.code, u.out, u.err)
	}
	if after := g.state(t); after != before {
		t.Errorf("taken back, it is not as it was:\n%s", firstDifference(before, after))
	}
	var again flows.Done // what was taken back is no hindrance
	if a := g.with(t, turn...); json.Unmarshal([]byte(a.out), &again) != nil || !again.Done {
		t.Fatalf("once more: exit %d\n%s\n%s", a.code, a.out, a.err)
	}
	g.age(t, again.File, 2*time.Hour)
	g.met(lag)
	if u := g.undo(t, again.File); u.code != codeOpen {
		t.Errorf("long after: exit %d\n%s\n%s", u.code, u.out, u.err)
	}
}
