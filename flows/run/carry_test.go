package run

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

func TestAPlanIsCarriedOut(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w, j := &world{}, journal.NewMemory()
		w.onChange = func(_ context.Context, n int, _ Request) (Answer, error, bool) {
			if got := counted(t, j, flows.KindApplying); got != n {
				t.Errorf("write %d is sent with %d stored as being sent", n, got)
			}
			if got := counted(t, j, flows.KindConfirmed); got != 1 {
				t.Error("a write is sent before its confirmation is stored")
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			if n == 2 && (len(w.saved) == 0 || w.saved[len(w.saved)-1].Lines[0].RequestID != "req-app") {
				t.Error("the second line is sent before the first has a receipt")
			}
			return Answer{}, nil, false
		}
		r := drive(t, w, j, Options{})
		r.toPlan()
		s := r.confirm()
		if !s.Carried() || s.Stop != nil {
			t.Fatalf("lines %+v, stop %+v", s.Lines, s.Stop)
		}
		want := []flows.Kind{
			flows.KindConfirmed, flows.KindSignedIn, flows.KindApplying, flows.KindApplied, flows.KindReread,
			flows.KindApplying, flows.KindApplied, flows.KindReread, flows.KindFiled,
		}
		got := slices.DeleteFunc(kinds(t, j), func(k flows.Kind) bool { return !slices.Contains(want, k) })
		got = got[slices.Index(got, flows.KindConfirmed):]
		if !slices.Equal(got, want) {
			t.Errorf("events %v, want %v", got, want)
		}
		if last := w.asks[len(w.asks)-1]; !slices.Contains(last.Scopes, "DelegatedPermissionGrant.ReadWrite.All") {
			t.Errorf("signed in with %v to write", last.Scopes)
		}
		if slices.Contains(w.asks[0].Scopes, "DelegatedPermissionGrant.ReadWrite.All") {
			t.Error("write scopes were asked for before a plan was confirmed")
		}
		rec := w.saved[len(w.saved)-1]
		if !rec.Done || rec.By != "admin@contoso.example" || len(rec.Lines) != 2 || rec.Lines[0].RequestID != "req-app" || rec.Lines[1].ObjectID != "g" || rec.Lines[0].At.IsZero() {
			t.Errorf("receipt: %+v", rec)
		}
		if len(s.Receipts) != 1 || s.Receipts[0].Name != "receipt-1" {
			t.Errorf("filed: %+v", s.Receipts)
		}
		r.do(flows.Advanced{})
		time.Sleep(time.Minute)
		synctest.Wait()
		r.do(flows.Advanced{})
		if s := r.State(); s.Place.Stage != flows.StageProof || s.Overall().State != checks.StateOpen {
			t.Errorf("at %+v: %+v; missing %q", s.Place, s.Overall(), flows.Missing(s))
		}
		if last := w.saved[len(w.saved)-1]; rec.Verdict.State == checks.StateOpen || last.Verdict.State != checks.StateOpen || last.At != rec.At {
			t.Errorf("the receipt says %+v, and after the proof %+v", rec.Verdict, last.Verdict)
		}
		wholeJournal(t, r.Driver, j)
	})
}

func TestWhatStopsAPlan(t *testing.T) {
	t.Parallel()
	refuse := func(status int, code string) func(context.Context, int, Request) (Answer, error, bool) {
		return func(context.Context, int, Request) (Answer, error, bool) {
			return Answer{}, &checks.Failure{Kind: checks.FailRole, Status: status, Code: code, Message: "Insufficient privileges", RequestID: "req-no"}, true
		}
	}
	for name, c := range map[string]struct {
		set    func(w *world)
		why    flows.StopReason
		line   flows.LineStatus // of the first
		writes int
		text   string
	}{
		"refused":               {func(w *world) { w.onChange = refuse(403, "Authorization_RequestDenied") }, flows.StopRefused, flows.LineRefused, 1, "Insufficient"},
		"not found at first":    {func(w *world) { w.onChange = refuse(404, "Request_ResourceNotFound") }, flows.StopRefused, flows.LineRefused, 1, ""},
		"there already, not so": {func(w *world) { w.onChange = refuse(409, "Request_MultipleObjectsWithSameKeyValue") }, flows.StopMoved, flows.LineUnseen, 1, ""},
		"a server's error":      {func(w *world) { w.onChange = refuse(503, "") }, flows.StopUnclear, flows.LineUnclear, 1, ""},
		"no answer": {func(w *world) {
			w.onChange = func(context.Context, int, Request) (Answer, error, bool) {
				return Answer{}, errors.New("connection reset"), true
			}
		}, flows.StopUnclear, flows.LineUnclear, 1, "connection reset"},
		"204 and nothing changed": {func(w *world) {
			w.onChange = func(context.Context, int, Request) (Answer, error, bool) { return Answer{Status: 204}, nil, true }
		}, flows.StopUnseen, flows.LineUnseen, 1, ""},
		"the hand falls over": {func(w *world) {
			w.onChange = func(context.Context, int, Request) (Answer, error, bool) { panic("nil map") }
		}, flows.StopUnclear, flows.LineUnclear, 1, "nil map"},
		"no hand": {func(w *world) { w.changer = func() error { return errors.New("not here") } }, flows.StopNoHands, flows.LineWaiting, 0, "not here"},
		"the tenant cannot be read": {func(w *world) {
			w.onLook = func(context.Context, int, Ask) error {
				return &checks.Failure{Kind: checks.FailUnreachable, Message: "no route"}
			}
		}, flows.StopUnread, flows.LineWaiting, 0, "no route"},
		"another tenant": {func(w *world) {
			w.onSignIn = func(_ context.Context, ask SignInAsk, _ func(Prompt)) (flows.Account, error) {
				return flows.Account{UPN: "admin@fabrikam.example", TenantID: "another", Scopes: ask.Scopes}, nil
			}
		}, flows.StopTenant, flows.LineWaiting, 0, ""},
		"scopes are kept back": {func(w *world) {
			w.onSignIn = func(context.Context, SignInAsk, func(Prompt)) (flows.Account, error) {
				return flows.Account{UPN: "admin@contoso.example", TenantID: tenantID, Scopes: checks.ReadScopes()}, nil
			}
		}, flows.StopSignIn, flows.LineWaiting, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				w, j := &world{}, journal.NewMemory()
				r := drive(t, w, j, Options{})
				r.toPlan()
				w.mu.Lock()
				c.set(w)
				w.mu.Unlock()
				s := r.confirm()
				_, writes := w.count()
				if s.Stop == nil || s.Stop.Why != c.why || s.Lines[0].Status != c.line || writes != c.writes {
					t.Fatalf("stop %+v, lines %+v, %d writes", s.Stop, s.Lines, writes)
				}
				if !strings.Contains(s.Stop.Text, c.text) || s.Confirmed != "" {
					t.Errorf("says %q, want %q in it; confirmed %q", s.Stop.Text, c.text, s.Confirmed)
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				if _, later := w.count(); later != writes {
					t.Errorf("%d writes an hour later", later)
				}
				if c.writes > 0 && (len(w.saved) == 0 || w.saved[len(w.saved)-1].Done || len(s.Receipts) != 1) {
					t.Errorf("what was sent has no receipt: %+v", w.saved)
				}
				if c.writes == 0 && len(w.saved) != 0 {
					t.Error("a receipt for nothing")
				}
				wholeJournal(t, r.Driver, j)
			})
		})
	}
}

func TestAWriteWithoutAnAnswerThatShowsIsDone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		w.onChange = func(_ context.Context, n int, r Request) (Answer, error, bool) {
			if n == 1 {
				w.do(r)
				return Answer{}, errors.New("connection reset"), true
			}
			return Answer{}, nil, false
		}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		if s := r.confirm(); !s.Carried() {
			t.Errorf("lines %+v, stop %+v", s.Lines, s.Stop)
		}
		if _, writes := w.count(); writes != 2 {
			t.Errorf("%d writes, want each line once", writes)
		}
	})
}

// A refusal that only means "not seen yet" may be sent again: nothing was
// written by it.
func TestALineThatCameTooEarlyIsSentAgain(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		w.onChange = func(_ context.Context, n int, _ Request) (Answer, error, bool) {
			if n == 2 || n == 3 {
				return Answer{}, &checks.Failure{Kind: checks.FailNotFound, Status: 404}, true
			}
			return Answer{}, nil, false
		}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		if s := r.confirm(); !s.Carried() || counted(t, r.j, flows.KindApplying) != 4 {
			t.Errorf("lines %+v, stop %+v, sent %d times", s.Lines, s.Stop, counted(t, r.j, flows.KindApplying))
		}
	})
}

func TestReplicationIsWaitedFor(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		w.onChange = func(_ context.Context, n int, r Request) (Answer, error, bool) {
			if n != 1 {
				return Answer{}, nil, false
			}
			time.AfterFunc(40*time.Second, func() { w.do(r) })
			return Answer{Status: 201, ObjectID: newAppID}, nil, true
		}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		began := time.Now()
		if s := r.confirm(); !s.Carried() {
			t.Errorf("lines %+v, stop %+v", s.Lines, s.Stop)
		}
		if took := time.Since(began); took < 40*time.Second || took > 2*time.Minute {
			t.Errorf("took %s", took)
		}
	})
}

func TestATenantThatMovedIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		plan := r.State().Plan.ID
		w.mu.Lock() // somebody else makes the enterprise app
		w.app = &flows.AppFact{ID: newAppID, AppID: r.State().App.ClientID, Enabled: true}
		w.mu.Unlock()
		s := r.confirm()
		if s.Stop == nil || s.Stop.Why != flows.StopMoved {
			t.Fatalf("stop %+v, lines %+v", s.Stop, s.Lines)
		}
		if _, writes := w.count(); writes != 0 {
			t.Errorf("%d writes by an old plan", writes)
		}
		r.do(flows.Advanced{})
		if s = r.State(); s.Plan.ID == plan || len(s.Plan.Lines) != 1 {
			t.Fatalf("the new plan: %+v", s.Plan)
		}
		if s = r.confirm(); !s.Carried() {
			t.Errorf("the new plan stopped: %+v", s.Stop)
		}
	})
}

func TestLeavingDuringAWriteWaitsForItsAnswer(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w, j := &world{}, journal.NewMemory()
		sent := make(chan struct{})
		w.onChange = func(ctx context.Context, n int, r Request) (Answer, error, bool) {
			if n > 1 {
				return Answer{}, nil, false
			}
			close(sent)
			select {
			case <-time.After(3 * time.Second):
				return w.do(r), nil, true
			case <-ctx.Done():
				return Answer{}, ctx.Err(), true
			}
		}
		r := drive(t, w, j, Options{})
		r.toPlan()
		if err := r.Do(t.Context(), flows.Confirmed{Plan: r.State().Plan.ID, Typed: "contoso.example"}); err != nil {
			t.Fatal(err)
		}
		<-sent
		if err := r.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("leaving gave %v", err)
		}
		s := flowsOf(t, j)
		if s.Lines[0].Status != flows.LineWritten || s.Lines[1].Status != flows.LineWaiting || s.Stop == nil || s.Stop.Why != flows.StopInterrupted {
			t.Errorf("left behind: %+v, stop %+v", s.Lines, s.Stop)
		}
		if !r.Saved().All() || len(w.saved) == 0 {
			t.Errorf("saved %+v, %d receipts", r.Saved(), len(w.saved))
		}
	})
}

func TestLeavingDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w, j := &world{}, journal.NewMemory()
		sent := make(chan struct{})
		w.onChange = func(ctx context.Context, _ int, _ Request) (Answer, error, bool) {
			close(sent)
			<-ctx.Done()
			return Answer{}, ctx.Err(), true
		}
		r := drive(t, w, j, Options{WriteGrace: 2 * time.Second})
		r.toPlan()
		if err := r.Do(t.Context(), flows.Confirmed{Plan: r.State().Plan.ID, Typed: "contoso.example"}); err != nil {
			t.Fatal(err)
		}
		<-sent
		left := time.Now()
		if err := r.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("leaving gave %v", err)
		}
		if took := time.Since(left); took > 6*time.Second {
			t.Errorf("leaving took %s", took)
		}
		if s := r.State(); s.Lines[0].Status != flows.LineUnclear || s.Stop == nil {
			t.Errorf("left behind: %+v, stop %+v", s.Lines, s.Stop)
		}
	})
}

// flowsOf is the run as a journal has it.
func flowsOf(t *testing.T, j flows.Journal) flows.State {
	t.Helper()
	rs, err := j.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return flows.Fold(flows.State{}, rs...)
}

// A process that dies at any record leaves a journal that ends there. Whoever
// takes it up sends no line that may have been sent.
func TestDyingAnywhereNeverRepeatsAWrite(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w, j := &world{}, journal.NewMemory()
		r := drive(t, w, j, Options{})
		r.toPlan()
		if s := r.confirm(); !s.Carried() {
			t.Fatalf("stop %+v", s.Stop)
		}
		if err := r.stop(); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		rs, err := j.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		first := slices.IndexFunc(rs, func(r flows.Record) bool { return r.Event.Kind() == flows.KindConfirmed })
		for died := first; died <= len(rs); died++ {
			takenUp(t, rs[:died], rs)
		}
	})
}

// takenUp takes up a run that died after the records in dead, when the tenant
// was as the records in all say.
func takenUp(t *testing.T, dead, all []flows.Record) {
	t.Helper()
	j := journal.NewMemory()
	if _, err := j.Append(t.Context(), 0, dead...); err != nil {
		t.Fatal(err)
	}
	w := &world{}
	// Worst case: the line that was being sent did arrive.
	sent := 0
	for _, r := range dead {
		if _, ok := r.Event.(flows.Applying); ok {
			sent++
		}
	}
	w.t = t
	plan := *flows.Fold(flows.State{}, all...).Plan
	for _, line := range plan.Lines[:sent] {
		b, _ := line.Bind(newAppID)
		w.do(Request{Method: b.Method, Path: b.Path, Body: b.Body})
	}
	r := drive(t, w, j, Options{Writer: "w2"})
	synctest.Wait()
	time.Sleep(time.Minute)
	synctest.Wait()
	if _, writes := w.count(); writes != 0 {
		t.Fatalf("died after %d records: %d writes without a new confirmation", len(dead), writes)
	}
	s := r.State()
	if before := flows.Fold(flows.State{}, dead...); before.Confirmed != "" && !before.Carried() && (s.Stop == nil || s.Stop.Why != flows.StopInterrupted) {
		t.Errorf("died after %d records: stop %+v", len(dead), s.Stop)
	}
	if sent > 0 && len(w.saved) == 0 && len(flows.Fold(flows.State{}, dead...).Receipts) == 0 {
		t.Errorf("died after %d records: what was sent has no receipt", len(dead))
	}
	// Signed in again, the plan is made of what is still to do, and only that.
	if s.Account == nil {
		if q := flows.Asks(s); len(q) == 0 || q[0].ID != flows.AskSignIn {
			t.Fatalf("died after %d records: nobody is asked to sign in: %+v", len(dead), q)
		}
		r.do(flows.Answered{Question: flows.AskSignIn, Value: "browser"})
	}
	for range 4 {
		time.Sleep(flows.PollMost)
		synctest.Wait()
		if s = r.State(); s.Place.Step == flows.GrantPlan || s.Place.Stage == flows.StageProof {
			break
		}
		r.do(flows.Advanced{})
	}
	if sent == len(plan.Lines) && s.Place.Step == flows.GrantPlan && len(s.Plan.Lines) > 0 {
		t.Errorf("died after %d records: all was sent, and a plan has %d lines", len(dead), len(s.Plan.Lines))
	}
	if s.Place.Step == flows.GrantPlan && sent < len(plan.Lines) {
		if rest := len(s.Plan.Lines); rest != len(plan.Lines)-sent {
			t.Errorf("died after %d records: %d lines still to do, want %d", len(dead), rest, len(plan.Lines)-sent)
		}
		if s = r.confirm(); !s.Carried() {
			t.Errorf("died after %d records: the rest stopped with %+v", len(dead), s.Stop)
		}
	}
	if _, writes := w.count(); writes != len(plan.Lines)-sent {
		t.Errorf("died after %d records, %d sent: %d writes after", len(dead), sent, writes)
	}
	if err := r.stop(); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestNothingIsSentThatCouldNotBeStoredFirst(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w, j := &world{}, &shaky{Memory: journal.NewMemory()}
		r := drive(t, w, j, Options{})
		r.toPlan()
		j.set(func(_ int, rs []flows.Record) (error, error) {
			for _, r := range rs {
				if a, ok := r.Event.(flows.Applying); ok && a.Line == 1 {
					return errFull, nil
				}
			}
			return nil, nil
		})
		s := r.confirm()
		if s.Stop == nil || s.Stop.Why != flows.StopStore || s.Lines[0].Status != flows.LineSeen || s.Lines[1].Status != flows.LineWaiting {
			t.Errorf("stop %+v, lines %+v", s.Stop, s.Lines)
		}
		if _, writes := w.count(); writes != 1 {
			t.Errorf("%d writes", writes)
		}
	})
}

// Nothing is sent where the receipt that would tell of it after a kill cannot be
// kept: every applied plan has one.
func TestAReceiptThatCannotBeKeptStopsTheWrite(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{onSave: func() error { return errFull }}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		r.do(flows.Confirmed{Plan: r.State().Plan.ID, Typed: "contoso.example"})
		time.Sleep(time.Minute)
		synctest.Wait()
		s := r.State()
		if s.Stop == nil || s.Stop.Why != flows.StopStore || s.Trouble == nil || s.Trouble.What != flows.TroubleReceipt || len(s.Receipts) != 0 {
			t.Errorf("stop %+v, trouble %+v, filed %v", s.Stop, s.Trouble, s.Receipts)
		}
		if _, writes := w.count(); writes != 0 || s.Lines[0].Status != flows.LineRefused {
			t.Errorf("%d writes, lines %+v", writes, s.Lines)
		}
	})
}
