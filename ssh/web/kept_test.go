package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// hears waits until a run was told of so many browsers.
func (w *runner) hears(t *testing.T, n int) {
	t.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for w.heard() < n {
		select {
		case <-tick.C:
		case <-late.C:
			t.Fatalf("it heard %d times", w.heard())
		}
	}
}

// brings is a browser that comes back.
func brings(t *testing.T, r *Returns, state string, more ...string) fate {
	t.Helper()
	return r.bring(t.Context(), strings.TrimPrefix(back(state, more...), ReturnPath+"?"))
}

// TestKeptForLater holds what a run hears of what came while it was away: the last of
// it that gave consent, once, and no more than a run reads.
func TestKeptForLater(t *testing.T) {
	t.Parallel()
	r := newReturns(t, nil)
	w := waits(t, r, "run1", "")
	state := (<-w.ready).State
	w.leaves(t)
	for _, f := range []fate{
		brings(t, r, state, "error", "access_denied", "error_description", "AADSTS65004: somebody declined"),
		brings(t, r, state, "code", "s3cr3t", "session_state", "x"),
		brings(t, r, state, "code", "s3cr3t"),
		brings(t, r, state, "error", "access_denied", "error_description", "AADSTS65004: somebody else declined"),
		brings(t, r, state, "admin_consent", "False"),
	} {
		if f != fateKept {
			t.Errorf("%d", f)
		}
	}
	other := waits(t, r, "run2", state)
	if at := <-other.ready; at.State == state {
		t.Error("another run has the state")
	}
	again := waits(t, r, "run1", state)
	if at := <-again.ready; at.State != state {
		t.Error("the run has another state")
	}
	again.hears(t, 1)
	again.mu.Lock()
	q, err := url.ParseQuery(again.came[0])
	again.mu.Unlock()
	want := url.Values{"admin_consent": {"True"}, "tenant": {tenantID}, "state": {state}}
	if err != nil || q.Encode() != want.Encode() {
		t.Errorf("it hears %v, %v", q, err)
	}
	again.leaves(t)
	if f := brings(t, r, state); f != fateUsed {
		t.Errorf("a second time: %d", f)
	}
	last := waits(t, r, "run1", state)
	if at := <-last.ready; at.State == state || last.heard() != 0 || other.heard() != 0 {
		t.Errorf("%d and %d heard it, too", last.heard(), other.heard())
	}
}

// TestKeptErrors holds what is kept of an error, and that a run waits on by a new link
// then.
func TestKeptErrors(t *testing.T) {
	t.Parallel()
	r := newReturns(t, nil)
	w := waits(t, r, "run1", "")
	state := (<-w.ready).State
	w.leaves(t)
	brings(t, r, state, "error", "access_denied", "error_description", "AADSTS65004: call +1 555")
	again := waitsToSay(t, r, "run1", state, flows.ReturnError)
	if at := <-again.ready; at.State != state {
		t.Error("the run has another state")
	}
	if at := <-again.ready; at.State == state {
		t.Error("the link counts twice")
	}
	again.mu.Lock()
	defer again.mu.Unlock()
	c, ok := flows.ReadReturn(flows.State{}, again.came[0], false)
	if !ok || c.Error != "access_denied" || c.AADSTS != "AADSTS65004" || c.Consented || strings.Contains(again.came[0], "555") {
		t.Errorf("%q", again.came[0])
	}
}

// TestKeptWhileLeaving holds that what a run could not take, for it was left just then,
// is kept on.
func TestKeptWhileLeaving(t *testing.T) {
	t.Parallel()
	r := newReturns(t, nil)
	w := waits(t, r, "run1", "")
	state := (<-w.ready).State
	w.leaves(t)
	brings(t, r, state)
	ctx, stop := context.WithCancel(t.Context())
	err := r.Await(ctx, run.ReturnAsk{ClientID: appID, Run: "run1", State: state}, func(run.Waiting) {}, func(string) flows.ReturnSaid {
		stop()
		return flows.ReturnStrange
	})
	if err == nil || len(r.waiting) != 0 {
		t.Errorf("%v, %d wait", err, len(r.waiting))
	}
	waits(t, r, "run1", state).hears(t, 1)
}

// TestKeptForADay holds that nothing is kept for longer than its link counts, which a
// run that comes back late still hears of.
func TestKeptForADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReturns(t, nil)
		for _, late := range []time.Duration{time.Minute, -time.Minute} {
			w := waits(t, r, "run1", "")
			state := (<-w.ready).State
			w.leaves(t)
			if f := brings(t, r, state); f != fateKept {
				t.Fatal(f)
			}
			time.Sleep(stateLife - late)
			again := waits(t, r, "run1", state)
			synctest.Wait()
			if n := again.heard(); (n == 1) != (late > 0) {
				t.Errorf("%s before its end: heard %d times", late, n)
			}
			again.leaves(t)
		}
	})
}

// TestKeptIsBounded holds that what is kept costs a bounded amount, and that the
// oldest makes room.
func TestKeptIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	r := newReturns(t, func() time.Time { return now })
	stateOf := func(i int) string {
		return makeState(r.key, signed{run: sumOf(fmt.Sprint("run", i)), to: sumOf(appID, r.at), until: now.Add(stateLife)})
	}
	first := stateOf(0)
	for i := range mostSpent + 1 {
		state := first
		if i > 0 {
			now = now.Add(time.Second)
			state = stateOf(i)
		}
		if f := brings(t, r, state); f != fateKept {
			t.Fatal(f)
		}
	}
	if _, ok := r.keptFor(sumOf("run0"), first); ok || len(r.kept) != mostSpent {
		t.Errorf("%d are kept, the first %v", len(r.kept), ok)
	}
}
