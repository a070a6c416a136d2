package ssh

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// afterAKill is a server on what a server that was killed left on its disk, at this moment.
func afterAKill(t *testing.T, o *office, file string) *site {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"cases.db", "cases.db-wal"} {
		data, err := os.ReadFile(filepath.Join(filepath.Dir(file), name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return serve(t, func(so *Options) {
		so.Cases, so.Guides = openedWith(t, filepath.Join(dir, "cases.db"), cases.Options{}), guides(t, o.options())
	})
}

// deskOf is the desk of a guide who came to a server, with what tells others so.
func (s *site) deskOf(t *testing.T, o *office, name string) *desk {
	t.Helper()
	d := &desk{s: &session{srv: s.Server, ctx: t.Context(), conn: &conn{from: loopback}, proven: o.named(name).PublicKey()}}
	var err error
	if d.who, err = s.o.Guides.who(d.s.proven, loopback); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.attends())
	return d
}

// happensIn has something happen in a case.
func (s *site) happensIn(t *testing.T, n cases.Number, by flows.Author, e flows.Event) {
	t.Helper()
	c, err := s.o.Cases.Case(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := c.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	at := uint64(len(rs))
	if _, err := c.Append(t.Context(), at, flows.Record{Seq: at + 1, Writer: "customer", N: at + 1, At: s.o.Now(), By: by, Event: e}); err != nil {
		t.Fatal(err)
	}
}

// endings are what the audit has of a guide's visits of a case.
func (s *site) endings(t *testing.T, n cases.Number) (out []string) {
	t.Helper()
	entries, _, err := s.o.Cases.Entries(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Case == n && e.Did != didShow {
			if e.Organisation != "Example Support" || !strings.HasPrefix(e.Who, "Bea Blau, ") || e.Role != string(RoleGuide) {
				t.Errorf("the entry is %+v", e)
			}
			out = append(out, strings.TrimSpace(e.Did+" "+e.More))
		}
	}
	return out
}

// TestVisitEndsThoughItsServerDied holds that the visit of a guide whose server was killed
// is ended by the next one, with how it ended in the case, and stands in the audit once;
// that a recording ends with it; and that the guide can ask anew at once.
func TestVisitEndsThoughItsServerDied(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		then  func(t *testing.T, s *site, d *desk, n cases.Number, visit flows.VisitID)
		audit []string
		why   flows.WatchEnd
	}{
		"watched": {yesThenSeen, []string{didAsk, didEnter, didLose}, flows.WatchLost},
		"watched and recorded": {func(t *testing.T, s *site, d *desk, n cases.Number, visit flows.VisitID) {
			t.Helper()
			yesThenSeen(t, s, d, n, visit)
			if err := d.at.AskToRecord(t.Context()); err != nil {
				t.Fatal(err)
			}
			rs := s.records(t, string(n))
			asked, _ := rs[len(rs)-1].Event.(flows.AskedToRecord)
			s.happensIn(t, n, flows.ByPerson, flows.Recorded{Visit: visit, Ask: asked.Ask, On: true})
			rs = s.records(t, string(n))
			if st := flows.Fold(flows.State{}, rs...); asked.Ask == "" || !on(st) {
				t.Fatal("it is not recorded")
			}
		}, []string{didAsk, didEnter, didAskTape, didLose}, flows.WatchLost},
		"asked": {func(*testing.T, *site, *desk, cases.Number, flows.VisitID) {}, []string{didAsk, didLose}, flows.WatchLost},
		"let in, which nobody saw": {func(t *testing.T, s *site, _ *desk, n cases.Number, visit flows.VisitID) {
			t.Helper()
			s.happensIn(t, n, flows.ByPerson, flows.Watched{Visit: visit, Here: true})
		}, []string{didAsk, didEnter, didLose}, flows.WatchLost},
		"ended by the customer": {func(t *testing.T, s *site, d *desk, n cases.Number, visit flows.VisitID) {
			t.Helper()
			yesThenSeen(t, s, d, n, visit)
			s.happensIn(t, n, flows.ByPerson, flows.Watched{Visit: visit, Why: flows.WatchStopped})
		}, []string{didAsk, didEnter, didEnd + " stopped"}, flows.WatchStopped},
		"refused": {func(t *testing.T, s *site, _ *desk, n cases.Number, visit flows.VisitID) {
			t.Helper()
			s.happensIn(t, n, flows.ByPerson, flows.Watched{Visit: visit, Why: flows.WatchRefused})
		}, []string{didAsk, didRefuse + " refused"}, flows.WatchRefused},
		"erased": {func(t *testing.T, s *site, d *desk, n cases.Number, visit flows.VisitID) {
			t.Helper()
			yesThenSeen(t, s, d, n, visit)
			c, err := s.o.Cases.Case(t.Context(), n)
			if err == nil {
				err = c.Erase(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
		}, []string{didAsk, didEnter, didEnd + " erased"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			file := filepath.Join(t.TempDir(), "cases.db")
			s := serve(t, func(so *Options) {
				so.Cases, so.Guides = openedWith(t, file, cases.Options{}), guides(t, o.options())
			})
			one, _, err := s.o.Cases.New(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			n := one.Number()
			s.happensIn(t, n, flows.ByPerson, flows.Started{})
			d := s.deskOf(t, o, "Bea Blau")
			visit := asksFor(t, s, d, one)
			c.then(t, s, d, n, visit)
			if s.endsLeft(t.Context(), ""); !slices.Equal(s.endings(t, n), c.audit[:len(s.endings(t, n))]) || slices.Contains(s.endings(t, n), didLose) {
				t.Fatalf("before the end the audit has %q", s.endings(t, n))
			}

			after := afterAKill(t, o, file)
			if name == "watched" { // at once, and as whoever else looks
				d := after.deskOf(t, o, "Bea Blau")
				if _, err := d.ask(t.Context(), string(n)); err != nil {
					t.Errorf("they cannot ask anew: %v", err)
				}
				if err := d.at.Leave(t.Context(), flows.WatchLeft); err != nil {
					t.Error(err)
				}
				c.audit = append(slices.Clone(c.audit), didAsk, didLeave)
			}
			await(t, "the end", func() bool { return len(after.endings(t, n)) >= len(c.audit) }, func() string { return strings.Join(after.endings(t, n), ", ") })
			for range 2 {
				after.endsLeft(t.Context(), "")
			}
			got, want := after.endings(t, n), c.audit
			if name == "watched" { // they may ask anew before the audit has the end
				got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
			}
			if !slices.Equal(got, want) {
				t.Errorf("the audit has %q, want %q", got, want)
			}
			if c.why == "" {
				return
			}
			rs := after.records(t, string(n))
			was, st := flows.VisitOf(rs, visit)
			if was.On || was.Why != c.why || len(st.Guides)+len(st.Asking) != 0 {
				t.Errorf("it is %+v; %+v watch, %+v ask", was, st.Guides, st.Asking)
			}
			if on(st) {
				t.Error("it is recorded on")
			}
			all, err := receipt.Sessions(t.Context(), string(n), rs)
			if err != nil || was.Let != (len(all) == 1) || was.Let && !all[0].Over() {
				t.Errorf("the receipts are %+v, %v", all, err)
			}
		})
	}
}

// on says whether a run is recorded.
func on(s flows.State) bool {
	_, is := s.Recorded(s.At)
	return is
}

// yesThenSeen has the customer say yes, and the guide see what there is.
func yesThenSeen(t *testing.T, s *site, d *desk, n cases.Number, visit flows.VisitID) {
	t.Helper()
	s.happensIn(t, n, flows.ByPerson, flows.Watched{Visit: visit, Here: true})
	if v, err := d.at.View(t.Context()); err != nil || v.Run == nil {
		t.Fatal(v.Standing, err)
	}
}

// TestGuideIsToldOfTheirOtherSession holds that who watches in another session is told so
// when they ask, and that this one goes on.
func TestGuideIsToldOfTheirOtherSession(t *testing.T) {
	t.Parallel()
	s, _, bea, _, c, _, happens := handingLate(t)
	visit := asksFor(t, s, bea, c)
	happens(flows.ByPerson, flows.Watched{Visit: visit, Here: true})
	second := &desk{s: bea.s, who: bea.who}
	t.Cleanup(second.attends())
	for range 2 {
		if _, err := second.ask(t.Context(), string(c.Number())); !errors.Is(err, errAskTwice) {
			t.Errorf("they hear %v", err)
		}
	}
	if v, err := bea.at.View(t.Context()); err != nil || v.Standing != run.StandWatches {
		t.Errorf("the first: %v, %v", v.Standing, err)
	}
}
