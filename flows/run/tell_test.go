package run

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// butMail are the checks of a look without the one that is slow here.
func butMail(ask Ask) []checks.ID {
	return slices.DeleteFunc(slices.Clone(ask.Checks), func(id checks.ID) bool { return id == checks.CheckDNSMail })
}

// TestFactsAreToldBeforeTheSlowest: what was learned of the tenant is in the run while
// a check that needs more time is still looked at, and is written down once.
func TestFactsAreToldBeforeTheSlowest(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		held := make(chan struct{})
		w := &world{}
		w.onLook = func(_ context.Context, _ int, ask Ask) error {
			ask.Tell(w.facts(), butMail(ask))
			<-held
			return nil
		}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.begin()
		s := r.State()
		if s.TenantID() != tenantID || !s.Told([]checks.ID{checks.TenantFound}) || s.Told([]checks.ID{checks.CheckDNSMail}) || !flows.Looking(s) {
			t.Errorf("tenant %q, told %v and %v, looking %v", s.TenantID(), s.Told([]checks.ID{checks.TenantFound}), s.Told([]checks.ID{checks.CheckDNSMail}), flows.Looking(s))
		}
		close(held)
		synctest.Wait()
		s = r.State()
		if !s.Told([]checks.ID{checks.CheckDNSMail}) || flows.Looking(s) {
			t.Errorf("the look has ended: told %v, looking %v", s.Told([]checks.ID{checks.CheckDNSMail}), flows.Looking(s))
		}
		rs, err := r.j.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		whole := 0
		for _, rec := range rs {
			if l, ok := rec.Event.(flows.Learned); ok && len(l.Facts.Tenants) > 0 {
				whole++
			}
		}
		if n := counted(t, r.j, flows.KindLearned); n != 2 || whole != 1 {
			t.Errorf("told %d times, the same facts %d times", n, whole)
		}
		if again := flows.Fold(flows.State{}, rs...); !reflect.DeepEqual(again.Facts, s.Facts) || !again.Told([]checks.ID{checks.TenantFound, checks.CheckDNSMail}) {
			t.Errorf("replayed: %+v", again.Facts)
		}
	})
}

// TestWhatIsToldTooLateIsNoNews: a look that was cut off tells nothing, and one that
// tells of no check in particular tells nothing early.
func TestWhatIsToldTooLateIsNoNews(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		w.onLook = func(ctx context.Context, n int, ask Ask) error {
			ask.Tell(w.facts(), nil)
			<-ctx.Done()
			ask.Tell(w.facts(), butMail(ask))
			return ctx.Err()
		}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.begin()
		r.do(flows.AskedAgain{})
		if n := counted(t, r.j, flows.KindLearned); n != 0 || r.State().TenantID() != "" {
			t.Errorf("told %d times, tenant %q", n, r.State().TenantID())
		}
	})
}
