package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onboard.example/flows"
)

// aStep is a step of a path, and another.
func steps(t testing.TB) (one, two flows.StepID) {
	t.Helper()
	p := flows.Paths()[0]
	if len(p.Steps) < 2 {
		t.Fatal("a path of one step")
	}
	return p.Steps[0].ID, p.Steps[1].ID
}

// numbers are the cases that a filter lets through, read so many at once.
func numbers(t testing.TB, s *Store, f Filter, most int) (out []Number) {
	t.Helper()
	for at, more := (Cursor{}), true; more; {
		var some []Queued
		var err error
		if some, at, more, err = s.Queue(t.Context(), f, at, most); err != nil || len(some) > most || more && len(some) != most {
			t.Fatalf("%d of %d, %v, %v", len(some), most, more, err)
		}
		for _, q := range some {
			out = append(out, q.Number)
		}
	}
	return out
}

func TestTheQueueShowsWhereCasesStand(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time})
		one, two := steps(t)
		if all := numbers(t, s, Filter{}, 1); all != nil {
			t.Errorf("an empty queue has %v", all)
		}
		var cs []*Case
		var codes []string
		for i := range 5 {
			now.set(noon.Add(time.Duration(i/2) * time.Minute)) // two at a time
			c, code := begun(t, s)
			cs, codes = append(cs, c), append(codes, code)
		}
		must(t, cs[0], 0, note("w", 1, "a")) // now it is among the newest
		stand := func(c *Case, step flows.StepID, waiting bool) {
			t.Helper()
			at := Standing{Stage: flows.StageSteps, Step: step, N: 1, Of: 2}
			if waiting {
				at.Waits = noon.Add(-time.Minute)
			}
			if err := c.Stand(t.Context(), at); err != nil {
				t.Fatal(err)
			}
		}
		stand(cs[0], one, false)
		stand(cs[1], two, true)
		stand(cs[2], one, false)
		stand(cs[2], one, true)
		stand(cs[3], flows.ToProof, true)
		stand(cs[3], "", false)
		sat(t, cs[1])
		sat(t, cs[4])
		got, err := s.Queued(t.Context(), []Number{cs[1].Number()})
		if diff := cmp.Diff([]Queued{{Number: cs[1].Number(), Known: true, Stage: flows.StageSteps, Step: two, N: 1, Of: 2, Waits: noon.Add(-time.Minute), Made: noon, Last: noon, Present: true}}, got); diff != "" || err != nil {
			t.Errorf("%v:\n%s", err, diff)
		}
		for most := 1; most <= 6; most++ {
			all := numbers(t, s, Filter{}, most)
			if len(all) != 5 || !member(all[:2], cs[0]) || !member(all[:2], cs[4]) || !member(all[2:4], cs[2]) || !member(all[2:4], cs[3]) || all[4] != cs[1].Number() {
				t.Errorf("%d at a time: %v", most, all)
			}
			for name, c := range map[string]struct {
				f    Filter
				want []int
			}{
				"step":         {Filter{Step: one}, []int{0, 2}},
				"waiting":      {Filter{Waiting: true}, []int{1, 2}},
				"present":      {Filter{Present: true}, []int{1, 4}},
				"both":         {Filter{Waiting: true, Present: true}, []int{1}},
				"since":        {Filter{Since: noon.Add(time.Minute)}, []int{0, 2, 3, 4}},
				"no such step": {Filter{Step: "' OR 1=1 --"}, nil},
			} {
				got := numbers(t, s, c.f, most)
				if len(got) != len(c.want) {
					t.Errorf("%s, %d at a time: %v", name, most, got)
				}
				for _, i := range c.want {
					if !member(got, cs[i]) {
						t.Errorf("%s, %d at a time: case %d is not there", name, most, i)
					}
				}
			}
		}
		erase(t, s, codes[2])
		if got := numbers(t, s, Filter{Waiting: true}, 9); len(got) != 1 {
			t.Errorf("an erased case waits: %v", got)
		}
		if left := column(t, s.files.read, `SELECT CAST(COUNT(*) AS TEXT) FROM stands`); left[0] != "3" {
			t.Errorf("%s stands are left", left[0])
		}
		if err := cs[2].Stand(t.Context(), Standing{Step: one}); !errors.Is(err, ErrNoCase) {
			t.Errorf("a case that is gone stands: %v", err)
		}
	})
}

// Cases of a queue are found by their numbers, however many are asked for, in the order of
// the queue and each once; who has ended, is erased or never was is none of them.
func TestCasesOfTheQueueAreFoundByNumber(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time})
		var ask, want []Number
		for i := range 2*mostNumbers + 5 {
			now.set(noon.Add(time.Duration(i) * time.Second))
			c, code := begun(t, s)
			ask = append(ask, c.Number())
			switch i {
			case 3:
				if err := c.Stand(t.Context(), Standing{Ended: true}); err != nil {
					t.Fatal(err)
				}
			case mostNumbers + 7:
				erase(t, s, code)
			default:
				want = append(want, c.Number())
			}
		}
		ask = append(ask, "000-000", "", "' OR 1=1 --", ask[0])
		got, err := s.Queued(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		found := map[Number]int{}
		for _, one := range got {
			found[one.Number]++
		}
		for _, n := range want {
			if found[n] < 1 {
				t.Errorf("%s is not found", n)
			}
		}
		if len(found) != len(want) {
			t.Errorf("%d are found, not %d", len(found), len(want))
		}
		for name, numbers := range map[string][]Number{"none": nil, "twice the same": {want[0], want[0]}} {
			if got, err := s.Queued(t.Context(), numbers); err != nil || len(got) != min(len(numbers), 1) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		}
		got, err = s.Queued(t.Context(), []Number{want[0], want[2], want[1]})
		if err != nil || len(got) != 3 || got[0].Number != want[2] || got[2].Number != want[0] {
			t.Errorf("they come as %v, %v", got, err)
		}
	})
}

func member(all []Number, c *Case) bool {
	return slices.Contains(all, c.Number())
}

// Nothing but the steps of paths gets into a queue: no text that somebody typed.
func TestACaseStandsAtAStepAlone(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, _ := begun(t, s)
		for _, bad := range []flows.StepID{"contoso.example", " ", "proof ", "\x00"} {
			if err := c.Stand(t.Context(), Standing{Step: bad}); !errors.Is(err, ErrNoStep) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		for _, bad := range []Standing{{Stage: flows.StageProof + 1}, {N: -1}, {Of: -1}} {
			if err := c.Stand(t.Context(), bad); !errors.Is(err, ErrNoStep) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		for _, p := range flows.Paths() {
			for _, st := range p.Steps {
				if !isStep(st.ID) {
					t.Errorf("%s is no step", st.ID)
				}
			}
		}
	})
}

func TestWhoWatchesTheQueueIsWoken(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, code := begun(t, s)
		ctx, leave := context.WithCancel(t.Context())
		wake := s.WatchQueue(ctx)
		var st *Seat
		for i, do := range []func(){
			func() { begun(t, s) },
			func() { _ = c.Stand(t.Context(), Standing{Waits: noon}) },
			func() { st = sat(t, c) },
			func() { _ = st.Leave(t.Context()) },
			func() { _, _ = s.Erase(t.Context(), Try{Code: code, From: stranger}) },
		} {
			select {
			case <-wake:
			default:
			}
			do()
			select {
			case <-wake:
			case <-time.After(soon):
				t.Fatalf("after %s nobody was woken", fmt.Sprint(i))
			}
		}
		leave()
		for range wake { //nolint:revive // until it is closed
		}
	})
}

// A case that is over is in no queue, and in it again once it goes on.
func TestWhatIsOverIsInNoQueue(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, _ := begun(t, s)
		other, _ := begun(t, s)
		for _, ended := range []bool{true, false, true} {
			if err := c.Stand(t.Context(), Standing{Stage: flows.StageProof, Waits: noon, Ended: ended}); err != nil {
				t.Fatal(err)
			}
			want := 2
			if ended {
				want = 1
			}
			if got := numbers(t, s, Filter{}, 9); len(got) != want || !member(got, other) || member(got, c) == ended {
				t.Errorf("ended %v: %v", ended, got)
			}
			if got := numbers(t, s, Filter{Waiting: true}, 9); member(got, c) == ended {
				t.Errorf("ended %v: %v wait", ended, got)
			}
		}
	})
}

// A yes is found by who it was said to, while it lasts, and goes with its case; the
// name is nowhere in the database.
func TestAYesIsFoundWhileItLasts(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time})
		one, code := begun(t, s)
		two, _ := begun(t, s)
		said := func(c *Case, ended bool, yes ...Yes) {
			t.Helper()
			if err := c.Stand(t.Context(), Standing{Yes: yes, Ended: ended}); err != nil {
				t.Fatal(err)
			}
		}
		to := func(who string, want ...*Case) {
			t.Helper()
			got, err := s.YesTo(t.Context(), who, 9)
			if err != nil || len(got) != len(want) {
				t.Fatalf("%s: %v, %v", who, got, err)
			}
			for _, c := range want {
				if !member(got, c) {
					t.Errorf("%s: not %v in %v", who, c.Number(), got)
				}
			}
		}
		hour := noon.Add(time.Hour)
		said(one, false, Yes{"anna berg, example", hour}, Yes{"ben, example", time.Time{}}, Yes{"ben, example", hour})
		said(two, false, Yes{"anna berg, example", noon.Add(time.Minute)})
		to("anna berg, example", one, two)
		to("ben, example", one)
		to("' OR 1=1 --")
		if got, err := s.YesTo(t.Context(), "anna berg, example", 1); err != nil || len(got) != 1 || !member(got, one) {
			t.Errorf("the one that lasts longest: %v, %v", got, err)
		}
		if left := column(t, s.files.read, `SELECT guide FROM yeses`); len(left) != 3 || strings.Contains(strings.Join(left, " "), "anna") {
			t.Errorf("stored are %v", left)
		}
		now.set(noon.Add(time.Minute))
		to("anna berg, example", one)
		said(two, false, Yes{"anna berg, example", hour})
		said(two, true, Yes{"anna berg, example", hour}) // over
		said(one, false, Yes{"ben, example", hour})      // taken back of the other
		to("anna berg, example")
		erase(t, s, code)
		to("ben, example")
		if left := column(t, s.files.read, `SELECT guide FROM yeses`); left != nil {
			t.Errorf("%v are left", left)
		}
	})
}

// TestTheQueueSaysWhoIsAtHome holds that a run on its person's own machine is marked for
// as long as it is one.
func TestTheQueueSaysWhoIsAtHome(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, _ := begun(t, s)
		for _, home := range []bool{false, true, false} {
			if err := c.Stand(t.Context(), Standing{Stage: flows.StageDiagnosis, Home: home}); err != nil {
				t.Fatal(err)
			}
			got, _, _, err := s.Queue(t.Context(), Filter{}, Cursor{}, 10)
			if err != nil || len(got) != 1 || got[0].Home != home {
				t.Errorf("%v: %+v, %v", home, got, err)
			}
		}
	})
}

// TestAQueueIsOfOneMoment holds that what one call gives has each case once, though records
// are added to them meanwhile.
func TestAQueueIsOfOneMoment(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		const many = 1200
		s := make(t, Options{Now: time.Now})
		all := addedTo(t, s, many)
		for range 10 {
			some, _, more, err := s.Queue(t.Context(), Filter{}, Cursor{}, mostQueued)
			seen := map[Number]bool{}
			for _, q := range some {
				seen[q.Number] = true
			}
			if err != nil || more || len(some) != many || len(seen) != many {
				t.Errorf("%d, %d different ones of %d, more %v, %v", len(some), len(seen), many, more, err)
			}
		}
		all()
	})
}

// addedTo makes cases to each of which something is added, one after the other, until
// what it gives is called.
func addedTo(t *testing.T, s *Store, many int) (end func()) {
	t.Helper()
	made := make(chan *Case, many)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range many / 20 {
				c, _, err := s.New(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				made <- c
			}
		})
	}
	wg.Wait()
	close(made)
	ctx, stop := context.WithCancel(t.Context())
	wg.Go(func() {
		for c := range made {
			if ctx.Err() != nil {
				return
			}
			if _, err := c.Append(t.Context(), 0, note("w", 1, "x")); err != nil {
				t.Error(err)
			}
		}
	})
	return func() { stop(); wg.Wait() }
}

// TestWhoBeganACase holds that a case says who wrote its first record.
func TestWhoBeganACase(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, code := begun(t, s)
		if by, err := c.BegunBy(t.Context()); by != "" || err != nil {
			t.Errorf("an empty one: %q, %v", by, err)
		}
		must(t, c, 0, note("first", 1, "a"), note("second", 1, "b"))
		if by, err := c.BegunBy(t.Context()); by != "first" || err != nil {
			t.Errorf("%q, %v", by, err)
		}
		erase(t, s, code)
		if by, err := c.BegunBy(t.Context()); by != "" || err != nil {
			t.Errorf("an erased one: %q, %v", by, err)
		}
	})
}
