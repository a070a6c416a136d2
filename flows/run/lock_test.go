package run

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// A plan is carried out by one run at a time, from the look before its first line to
// its end: what another one writes in between would be written by both.
func TestOneRunWritesAtATime(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{onLock: func() error { return flows.ErrWriting }}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		s := r.confirm()
		if s.Stop == nil || s.Stop.Why != flows.StopBusy || flows.StopWords(s) == "" || len(s.Receipts) != 0 {
			t.Fatalf("stop %+v, filed %v", s.Stop, s.Receipts)
		}
		if _, writes := w.count(); writes != 0 {
			t.Errorf("%d writes", writes)
		}
		w.onLock = nil
		r.do(flows.Advanced{})
		r.do(flows.AskedAgain{})
		if s = r.confirm(); !s.Carried() {
			t.Fatalf("then it stopped with %+v", s.Stop)
		}
		if want := []string{s.Plan.Tenant, ""}; !slices.Equal(w.locked, want) {
			t.Errorf("locked %q, want %q", w.locked, want)
		}
	})
}

// Where the tenant cannot be kept from other runs, nothing is sent.
func TestWithoutTheLockNothingIsSent(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{onLock: func() error { return errFull }}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		s := r.confirm()
		if _, writes := w.count(); writes != 0 || s.Stop == nil || s.Stop.Why != flows.StopStore || s.Stop.Text == "" {
			t.Errorf("%d writes, stop %+v", writes, s.Stop)
		}
	})
}

// A receipt that cannot be read may tell of what does not show yet, for as long as
// anything may take to: until then nothing is sent.
func TestAnUnreadReceiptHoldsUpWhatMayBeInIt(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		w.unread = flows.UnreadReceipts{
			{Name: "old.json", Saved: time.Now().Add(-2 * time.Hour), Err: errors.New("reading the receipt old.json")},
			{Name: "new.json", Saved: time.Now(), Err: errors.New("reading the receipt new.json")},
		}
		s := r.confirm()
		if s.Stop == nil || s.Stop.Why != flows.StopStore || !strings.Contains(s.Stop.Text, "new.json") || strings.Contains(s.Stop.Text, "old.json") {
			t.Fatalf("stop %+v", s.Stop)
		}
		if _, writes := w.count(); writes != 0 {
			t.Errorf("%d writes", writes)
		}
		time.Sleep(time.Hour)
		r.do(flows.Advanced{})
		r.do(flows.AskedAgain{})
		if s = r.confirm(); !s.Carried() {
			t.Errorf("an hour later it stopped with %+v", s.Stop)
		}
	})
}

// What a run elsewhere sent between the first look and a line is seen before the
// line is sent.
func TestEachLineIsHeldAgainstWhatOthersSent(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.toPlan()
		plan, tenant := r.State().Plan, r.State().TenantID()
		saves := 0
		w.onSave = func() error {
			if saves++; saves != 2 { // the first line was answered
				return nil
			}
			l, _ := plan.Lines[1].Bind(newAppID)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.earlier = append(w.earlier, flows.Receipt{
				Plan: "other", Digest: "d", App: flows.ReceiptApp{ClientID: r.State().App.ClientID}, Tenant: flows.ReceiptTenant{ID: tenant}, At: time.Now(),
				Lines: []flows.ReceiptLine{{Kind: l.Kind, Method: l.Method, Path: l.Path, Body: l.Body, Outcome: "unclear", At: time.Now()}},
			})
			return nil
		}
		s := r.confirm()
		if s.Stop == nil || s.Stop.Why != flows.StopSent || s.Lines[0].Status != flows.LineSeen || s.Lines[1].Status != flows.LineWaiting {
			t.Errorf("stop %+v, lines %+v", s.Stop, s.Lines)
		}
		if _, writes := w.count(); writes != 1 {
			t.Errorf("%d writes", writes)
		}
	})
}
