package run

import (
	"context"
	"fmt"
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

// slowMail is a world whose tenant answers at once, and whose name servers answer
// when they may.
type slowMail struct {
	*world
	may chan struct{}
}

func (w *slowMail) Look(ctx context.Context, ask Ask, found func(checks.Finding)) (flows.Facts, error) {
	rest := ask
	rest.Checks = butMail(ask)
	facts, err := w.world.Look(ctx, rest, found)
	if err == nil && len(rest.Checks) < len(ask.Checks) {
		ask.Tell(facts, rest.Checks)
		<-w.may
		found(w.finding(checks.CheckDNSMail, ask))
	}
	return facts, err
}

// TestTheSameIsToldBeforeTheSlowest: whoever asks again about a tenant that stayed as
// it was waits for no name server either, and is told what was found before they are
// told that the tenant was read.
func TestTheSameIsToldBeforeTheSlowest(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &slowMail{&world{t: t}, make(chan struct{})}
		j := journal.NewMemory()
		d, err := New(t.Context(), Hands{Look: w}, j, Options{Writer: "w"})
		if err != nil {
			t.Fatal(err)
		}
		r := work(t, d, w.world, j)
		r.begin()
		ids := butMail(w.looks[0])
		for look := range 3 {
			if look > 0 {
				r.do(flows.AskedAgain{})
			}
			s := r.State()
			for _, id := range ids {
				if h, ok := s.Finding(id); !ok || s.Stale(h) {
					t.Errorf("look %d: %s is waited for, and is known", look, id)
				}
			}
			if h, ok := s.Finding(checks.CheckDNSMail); ok && !s.Stale(h) || !s.Told(ids) || !flows.Looking(s) {
				t.Errorf("look %d: told %v, looking %v, mail %+v", look, s.Told(ids), flows.Looking(s), h)
			}
			w.may <- struct{}{}
			synctest.Wait()
			s = r.State()
			if h, ok := s.Finding(checks.CheckDNSMail); !ok || s.Stale(h) || flows.Looking(s) {
				t.Errorf("look %d has ended: looking %v, mail %+v", look, flows.Looking(s), h)
			}
		}
		found, learned := 0, 0
		for i, k := range kinds(t, j) {
			switch k {
			case flows.KindFound, flows.KindLooked:
				found = i
			case flows.KindLearned:
				if learned++; found == 0 {
					t.Error("facts were told before what was found")
				}
				found = 0
			default:
			}
		}
		if n := counted(t, j, flows.KindFound); n != len(ids)+1 || learned != 6 {
			t.Errorf("%d findings were kept whole, and facts were told %d times", n, learned)
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

// TestALookTellsSoMuch: a look that tells again and again fills no journal, and one
// that has ended tells nothing more.
func TestALookTellsSoMuch(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		var kept func(flows.Facts, []checks.ID)
		var of []checks.ID
		w.onLook = func(_ context.Context, _ int, ask Ask) error {
			kept, of = ask.Tell, butMail(ask)
			for i := range 100 {
				f := w.facts()
				f.Name = fmt.Sprint("Contoso ", i)
				ask.Tell(f, of)
			}
			return nil
		}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.begin()
		told := counted(t, r.j, flows.KindLearned)
		late := w.facts()
		late.Name = "Contoso, later"
		kept(late, of)
		synctest.Wait()
		if n := counted(t, r.j, flows.KindLearned); told != mostTold+1 || n != told {
			t.Errorf("told %d times in the look, and %d behind it", told, n-told)
		}
	})
}
