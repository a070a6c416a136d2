package run

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// A run that was killed between the sending of a line and the record of what came
// of it is taken up while what it sent does not show. The same yes to the same
// plan reads again and sends nothing, until it shows or may show no longer.
func TestWhatAKilledRunSentIsReadAndNotSentAgain(t *testing.T) {
	t.Parallel()
	for name, shows := range map[string]bool{"it shows later": true, "it never shows": false} {
		for where, kept := range map[string]bool{"in the run": false, "by its receipt": true} {
			t.Run(name+", known "+where, func(t *testing.T) {
				t.Parallel()
				bubble(t, func(t *testing.T) { killedAndTakenUp(t, shows, kept) })
			})
		}
	}
}

// killedAndTakenUp is the test for a line that shows later or never. kept: it is
// another run that finds the receipt, and not the same that is taken up.
func killedAndTakenUp(t *testing.T, shows, kept bool) {
	t.Helper()
	dead, receipt := killedWhileSending(t)
	w, j, o := &world{}, journal.NewMemory(), Options{Writer: "w2"}
	if kept {
		w.earlier = []flows.Receipt{receipt}
	} else if _, err := j.Append(t.Context(), 0, dead...); err != nil {
		t.Fatal(err)
	}
	r := drive(t, w, j, o)
	if kept {
		r.toPlan()
	} else {
		synctest.Wait()
		r.do(flows.Answered{Question: flows.AskSignIn, Value: "browser"}, flows.Advanced{})
	}
	looks, _ := w.count()
	s := r.confirm()
	if s.Stop == nil || s.Stop.Why != flows.StopSent || s.Stop.Text == "" {
		t.Fatalf("at %+v, stop %+v, lines %+v", s.Place, s.Stop, s.Lines)
	}
	if now, writes := w.count(); writes != 0 || now == looks {
		t.Errorf("%d writes, %d looks after the yes", writes, now-looks)
	}
	if line, left, ok, err := r.SentBefore(t.Context()); err != nil || !ok || line.Kind != flows.CreateApp || left <= 0 {
		t.Errorf("sent before: %+v, %s, %t", line, left, ok)
	}
	want := []flows.ChangeKind{flows.CreateApp, flows.CreateGrant}
	if shows {
		w.do(Request{Method: "POST", Path: "/servicePrincipals", Body: `{"appId":"` + s.App.ClientID + `"}`})
		want = want[1:]
	} else {
		time.Sleep(flows.Patience(s.Facts, flows.CreateApp))
	}
	r.do(flows.Advanced{}) // back to the plan, where it is read again
	r.do(flows.AskedAgain{})
	if s = r.State(); s.Plan == nil || !slices.Equal(kindsOf(s.Plan.Lines), want) {
		t.Fatalf("at %+v, then the plan is %+v", s.Place, s.Plan)
	}
	if s = r.confirm(); !s.Carried() {
		t.Errorf("then it stopped with %+v", s.Stop)
	}
	if _, writes := w.count(); writes != len(want) {
		t.Errorf("%d writes, want %d", writes, len(want))
	}
}

// killedWhileSending is the journal and the receipt of a run that died with its
// first write on its way, which makes nothing that shows.
func killedWhileSending(t *testing.T) ([]flows.Record, flows.Receipt) {
	t.Helper()
	w, j := &world{}, journal.NewMemory()
	var dead []flows.Record
	var receipt flows.Receipt
	w.onChange = func(ctx context.Context, _ int, _ Request) (Answer, error, bool) {
		rs, err := j.Since(ctx, 0)
		if err != nil {
			t.Error(err)
		}
		dead, receipt = rs, w.saved[len(w.saved)-1]
		return Answer{}, context.Canceled, true
	}
	r := drive(t, w, j, Options{Reread: time.Second})
	r.toPlan()
	if s := r.confirm(); s.Stop == nil || s.Stop.Why != flows.StopUnclear {
		t.Fatalf("stop %+v", s.Stop)
	}
	_ = r.stop()
	if len(dead) == 0 || dead[len(dead)-1].Event.Kind() != flows.KindApplying || receipt.Lines[0].Outcome != "unclear" {
		t.Fatalf("%d records, receipt %+v", len(dead), receipt)
	}
	return dead, receipt
}

func kindsOf(lines []flows.Change) []flows.ChangeKind {
	var out []flows.ChangeKind
	for _, l := range lines {
		out = append(out, l.Kind)
	}
	return out
}

// Why no plan can be made of what is there is the same before the first line and
// between two.
func TestWhyAPlanIsNotCarriedFurther(t *testing.T) {
	t.Parallel()
	left, leave := context.WithCancel(t.Context())
	leave()
	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		want flows.StopReason
	}{
		"not read":                  {t.Context(), fmt.Errorf("x: %w", flows.ErrNotRead), flows.StopUnread},
		"not read, for it was left": {left, flows.ErrNotRead, flows.StopInterrupted},
		"of no use":                 {t.Context(), fmt.Errorf("%w: x", flows.ErrNoUse), flows.StopNoUse},
		"it would open":             {t.Context(), flows.ErrWouldOpen, flows.StopMoved},
		"somebody is gone":          {t.Context(), flows.ErrNotFound, flows.StopMoved},
	} {
		if got := (&carrying{work: c.ctx}).noPlan(c.err); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
