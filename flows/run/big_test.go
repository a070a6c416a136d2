package run

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// crowd adds so many users who consented for themselves, to so many scopes, and are
// assigned, to what is read of a tenant.
func crowd(users, scopes int) func(*flows.Facts) {
	names := strings.Fields(strings.Repeat("Calendars.ReadWrite.Shared ", scopes))
	return func(f *flows.Facts) {
		for range users {
			f.UserGrants = append(f.UserGrants, flows.GrantFact{ID: strings.Repeat("x", 43), ResourceID: graphSP, Principal: tenantID, Scopes: names, Raw: strings.Join(names, " ")})
			f.Assigned = append(f.Assigned, flows.AssignFact{ID: strings.Repeat("y", 43), Principal: tenantID, ResourceID: graphSP, RoleID: "00000000-0000-0000-0000-000000000000"})
		}
	}
}

// grows has another crowd be there.
func (w *world) grows(users, scopes int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.crowd = crowd(users, scopes)
}

// onDisk is a journal in a file.
func onDisk(t *testing.T) *journal.File {
	t.Helper()
	d, err := journal.OpenDir(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := d.Create()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// TestABigTenantIsKept holds that a run goes on being saved whatever a tenant holds, and
// that the end of a watch behind it reaches the guide.
func TestABigTenantIsKept(t *testing.T) {
	t.Parallel()
	for _, scopes := range []int{2, 12, 40, 250} {
		bubble(t, func(t *testing.T) {
			w, j := &world{}, onDisk(t)
			r := drive(t, w, j, Options{})
			r.begin()
			g := comes(t, j, "Ann Lee")
			r.sees(g)
			w.grows(256, scopes)
			r.do(flows.AskedAgain{})
			time.Sleep(time.Second)
			synctest.Wait()
			r.do(flows.Watched{Visit: g.visit, Why: flows.WatchStopped})
			synctest.Wait()
			if s := r.Saved(); s.Err != nil || s.Stored != s.Applied {
				t.Errorf("with %d scopes %d of %d are stored: %v", scopes, s.Stored, s.Applied, s.Err)
			}
			if f := r.State().Facts; !f.TooMany && len(f.UserGrants) != 256 {
				t.Errorf("with %d scopes %d grants are kept, and nothing says that there are more", scopes, len(f.UserGrants))
			}
			if v := view(t, g); v.Standing != StandOver || v.Why != flows.WatchStopped {
				t.Errorf("with %d scopes the guide is told %v, %q", scopes, v.Standing, v.Why)
			}
		})
	}
}

// TestWhatNoRecordHoldsIsGivenUp holds that what is too large for a record keeps nothing
// else from being saved, and is told.
func TestWhatNoRecordHoldsIsGivenUp(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := onDisk(t)
		r := drive(t, &world{}, j, Options{})
		r.begin()
		p := flows.Plan{Path: flows.EntraGrant, Tenant: tenantID}
		for range 200 {
			p.Lines = append(p.Lines, flows.Change{Title: strings.Repeat("x", 4000)})
		}
		r.post(flows.Planned{Plan: p})
		r.do(flows.Noted{Text: "behind it"})
		synctest.Wait()
		s := r.State()
		if saved := r.Saved(); saved.Err != nil || saved.Stored != saved.Applied || len(s.Notes) != 1 {
			t.Errorf("%+v with %d notes", saved, len(s.Notes))
		}
		if s.Plan != nil || s.Trouble == nil || s.Trouble.What != flows.TroubleLarge {
			t.Errorf("the plan is %v, and the trouble %+v", s.Plan != nil, s.Trouble)
		}
		err := r.keep(t.Context(), flows.Planned{Plan: p})
		if err == nil || r.Saved().Err != nil {
			t.Errorf("kept with %v, and saved with %v", err, r.Saved().Err)
		}
	})
}

// TestAWaitKeepsFactsOnce holds that a step which looks for hours puts the same facts into
// the journal once, and others as soon as there are some.
func TestAWaitKeepsFactsOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{app: &flows.AppFact{ID: newAppID, AppID: newAppID, Name: "Hetk Calendar Sync", Enabled: true}, crowd: crowd(50, 3)}
		w.onLook = func(_ context.Context, _ int, ask Ask) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			ask.Tell(w.facts(), []checks.ID{checks.AppGrant})
			return nil
		}
		r := waiting(t, w)
		learned := func() (n int) {
			for _, k := range kinds(t, r.j) {
				if k == flows.KindLearned {
					n++
				}
			}
			return n
		}
		looks, _ := w.count()
		time.Sleep(time.Minute)
		synctest.Wait()
		before := learned()
		time.Sleep(8 * time.Hour)
		synctest.Wait()
		if after, _ := w.count(); after < looks+100 {
			t.Fatalf("it was looked %d times", after-looks)
		}
		if n := learned(); n != before {
			t.Errorf("%d copies of the same facts are kept", n-before)
		}
		w.grows(51, 3)
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := len(r.State().Facts.UserGrants); n != 51 || learned() == before {
			t.Errorf("of 51 grants %d are known", n)
		}
	})
}
