package run

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// A line that takes its time is waited for as long as such a change may take,
// and it is said what for; whoever leaves meanwhile has it in the receipt.
func TestALineThatTakesItsTime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shows  time.Duration // after which it is there; 0: never
		leaves bool
		status flows.LineStatus
		why    flows.StopReason
		file   string // what the receipt says of the line
	}{
		"after a minute": {shows: time.Minute, status: flows.LineSeen, file: "seen"},
		"never":          {status: flows.LineUnseen, why: flows.StopUnseen, file: "unseen"},
		"left meanwhile": {leaves: true, status: flows.LineWritten, why: flows.StopInterrupted, file: "written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				w, j := &world{}, journal.NewMemory()
				r := drive(t, w, j, Options{})
				r.toPlan()
				w.mu.Lock()
				w.onChange = func(_ context.Context, n int, q Request) (Answer, error, bool) {
					if n > 1 {
						return Answer{}, nil, false
					}
					if c.shows > 0 {
						time.AfterFunc(c.shows, func() { w.do(q) })
					}
					return Answer{Status: 201, ObjectID: newAppID}, nil, true
				}
				w.mu.Unlock()
				r.do(flows.Confirmed{Plan: r.State().Plan.ID, Typed: "contoso.example"})
				if says := flows.Waiting(r.State()); says != "" {
					t.Errorf("at once it says %q", says)
				}
				time.Sleep(20 * time.Second)
				synctest.Wait()
				if says := flows.Waiting(r.State()); !strings.Contains(says, "not to be seen yet") || !strings.Contains(says, "2 min at most") {
					t.Errorf("after a while it says %q", says)
				}
				if c.leaves {
					_ = r.stop()
				}
				time.Sleep(4 * time.Minute)
				synctest.Wait()
				s := r.State()
				if s.Lines[0].Status != c.status || flows.Waiting(s) != "" || (s.Stop == nil) != (c.why == "") || s.Stop != nil && s.Stop.Why != c.why {
					t.Errorf("line %+v, stop %+v, waiting %q", s.Lines[0], s.Stop, flows.Waiting(s))
				}
				if got := w.saved[len(w.saved)-1].Lines[0].Outcome; got != c.file {
					t.Errorf("the receipt says %q, want %q", got, c.file)
				}
			})
		})
	}
}
