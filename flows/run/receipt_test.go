package run

import (
	"context"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// The end of a plan can bring the next one at once, where the person went back
// to it meanwhile. The receipt is of the one that was carried out all the same.
func TestTheReceiptIsKeptWhereTheNextPlanIsThereAlready(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		plan := r.State().Plan.ID
		if s := r.confirm(); !s.Carried() {
			t.Fatalf("stop %+v", s.Stop)
		}
		r.do(flows.WentBack{})
		time.Sleep(time.Minute)
		synctest.Wait()
		if s := r.State(); s.Place.Step != flows.GrantPlan || s.Plan.ID == plan {
			t.Fatalf("at %+v with the plan %s", s.Place, s.Plan.ID)
		}
		before := len(w.saved)
		r.file(t.Context(), plan)
		if len(w.saved) != before+1 || w.saved[before].Plan != plan || !w.saved[before].Done {
			t.Errorf("saved %+v", w.saved[before:])
		}
	})
}

// A command leaves the moment its proof is there. The receipt says what that showed
// all the same: by it a later undo is done, or refused.
func TestWhoLeavesAtTheProofLeavesItInTheReceipt(t *testing.T) {
	t.Parallel()
	for range 20 { // who leaves and who saves are woken by one and the same event
		bubble(t, func(t *testing.T) {
			w := &world{}
			r := drive(t, w, journal.NewMemory(), Options{})
			r.toPlan()
			r.confirm()
			wake := r.Watch(t.Context())
			for s := r.State(); s.Place.Stage != flows.StageProof || flows.Looking(s); s = r.State() {
				if _, next := flows.Next(s); next && s.Place.Stage != flows.StageProof {
					if err := r.Do(t.Context(), flows.Advanced{}); err != nil {
						t.Fatal(err)
					}
					continue
				}
				<-wake
			}
			proved, _ := flows.ReceiptOf(r.State())
			if err := r.stop(); err == nil {
				t.Fatal("the run ended by itself")
			}
			if kept := w.saved[len(w.saved)-1]; !proved.Done || !reflect.DeepEqual(kept, proved) {
				t.Fatalf("kept is\n%+v, proved was\n%+v", kept, proved)
			}
		})
	}
}

// What is planned twice, refused and then confirmed again, is two plans of one
// digest. Dying in the second leaves a receipt of the second.
func TestEachApplicationHasItsReceipt(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w, j := &world{}, journal.NewMemory()
		w.onChange = func(_ context.Context, n int, _ Request) (Answer, error, bool) {
			return Answer{}, &checks.Failure{Kind: checks.FailRole, Status: 403}, n == 1
		}
		r := drive(t, w, j, Options{})
		r.toPlan()
		plan := *r.State().Plan
		if s := r.confirm(); s.Stop == nil || len(s.Receipts) != 1 {
			t.Fatalf("stop %+v, filed %+v", s.Stop, s.Receipts)
		}
		r.do(flows.Advanced{})
		if s := r.confirm(); s.Plan.ID == plan.ID || s.Plan.Sum() != plan.Sum() || !s.Carried() {
			t.Fatalf("the same again: %s of %s, %+v", s.Plan.ID, s.Plan.Sum(), s.Stop)
		}
		if err := r.stop(); err == nil {
			t.Fatal("the run ended by itself")
		}
		rs, err := j.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		sent := 0
		for died, rec := range rs {
			if _, ok := rec.Event.(flows.Applying); ok {
				sent++
			}
			if sent == 2 {
				secondTakenUp(t, rs[:died+1])
				return
			}
		}
		t.Fatal("nothing was sent twice")
	})
}

// Each plan of a run has an id of its own, from where the driver is given it; the
// receipt says which it is, and its digest.
func TestPlansHaveIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w, n := &world{}, 0
		w.onChange = func(_ context.Context, n int, _ Request) (Answer, error, bool) {
			return Answer{}, &checks.Failure{Kind: checks.FailRole, Status: 403}, n < 3
		}
		r := drive(t, w, journal.NewMemory(), Options{PlanID: func() flows.PlanID { n++; return flows.PlanID("0" + strconv.Itoa(n)) }})
		r.toPlan()
		for range 3 {
			r.confirm()
			r.do(flows.Advanced{})
		}
		var got []flows.Receipt
		for _, s := range w.saved {
			if len(got) == 0 || got[len(got)-1].Plan != s.Plan {
				got = append(got, s)
			}
		}
		if len(got) != 3 || got[0].Plan != "01" || got[1].Plan != "02" || got[2].Plan != "03" {
			t.Fatalf("receipts of %+v", got)
		}
		for _, r := range got {
			if len(r.Digest) != 16 || r.Digest != got[0].Digest {
				t.Errorf("%s is of %q", r.Plan, r.Digest)
			}
		}
		if a, b := chance(), chance(); a == b || len(a) != 16 || strings.Trim(string(a), "0123456789abcdef") != "" {
			t.Errorf("by chance %q and %q", a, b)
		}
	})
}

// secondTakenUp takes up a run that died in its second application.
func secondTakenUp(t *testing.T, dead []flows.Record) {
	t.Helper()
	j, w := journal.NewMemory(), &world{}
	if _, err := j.Append(t.Context(), 0, dead...); err != nil {
		t.Fatal(err)
	}
	r := drive(t, w, j, Options{Writer: "w2"})
	synctest.Wait()
	if len(w.saved) != 1 || w.saved[0].Stopped != flows.StopInterrupted || w.saved[0].Lines[0].Outcome != "unclear" {
		t.Errorf("receipts of the second application: %+v", w.saved)
	}
	if n := len(r.State().Receipts); n != 2 {
		t.Errorf("%d receipts filed", n)
	}
	if err := r.stop(); err == nil {
		t.Error("the run ended by itself")
	}
	third := drive(t, w, j, Options{Writer: "w3"})
	synctest.Wait()
	if len(w.saved) != 1 {
		t.Errorf("taken up once more: %d receipts saved", len(w.saved))
	}
	_ = third.stop()
}

// A receipt holds the requests as they were sent, with the ids that were not
// known when the plan was made.
func TestAReceiptHoldsWhatWasSent(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		if s := r.confirm(); !s.Carried() {
			t.Fatalf("stop %+v", s.Stop)
		}
		last := w.saved[len(w.saved)-1]
		for i, l := range last.Lines {
			if sent := w.writes[i]; l.Method != sent.Method || l.Path != sent.Path || l.Body != sent.Body || strings.Contains(l.Body, flows.NewAppRef) {
				t.Errorf("sent %+v, kept %s %s %s", sent, l.Method, l.Path, l.Body)
			}
		}
	})
}
