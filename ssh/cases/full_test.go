package cases

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// filled fills a case behind what it holds, until nothing more fits in, and gives its
// last record.
func filled(t *testing.T, c *Case, w string) uint64 {
	t.Helper()
	a, err := c.About(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last, n := a.Records, uint64(0)
	for size := 500; size > 0; size /= 2 {
		for err = nil; err == nil && n < 1000; {
			n++
			var at uint64
			if at, err = c.Append(t.Context(), last, note(w, n, strings.Repeat("x", size))); err == nil {
				last = at
			}
		}
		if !errors.Is(err, ErrTooLong) {
			t.Fatalf("after %d records: %v", last, err)
		}
	}
	return last
}

// TestAFullCaseTakesEndsAlone: what lets guides see nothing more is never what there is
// no room for, and there is an end of that too.
func TestAFullCaseTakesEndsAlone(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		c, _ := begun(t, make(t, Options{MaxCase: 4000}))
		last, n := filled(t, c, "w"), uint64(0)
		says := func(by flows.Author, e flows.Event) flows.Record {
			n++
			return flows.Record{Writer: "ends", N: n, At: noon, By: by, Event: e}
		}
		for _, e := range []flows.Event{
			flows.AskedToWatch{Visit: "v", Guide: "Ann Lee", Org: "Hetk support", Until: noon.Add(time.Minute), Lasts: time.Hour},
			flows.Watched{Visit: "v", Here: true},
			flows.Recorded{Visit: "v", On: true},
			flows.AskedToRecord{Visit: "v", Until: noon.Add(time.Minute)},
			flows.Noted{Text: strings.Repeat("x", 100), Visit: "v"},
			flows.Watched{Visit: flows.VisitID(strings.Repeat("v", flows.MostEnd))},
		} {
			if _, err := c.Append(t.Context(), last, says(flows.ByServer, e)); !errors.Is(err, ErrTooLong) || !errors.Is(err, flows.ErrFull) {
				t.Errorf("a %T in a full case: %v", e, err)
			}
		}
		if _, err := c.Append(t.Context(), last, says(flows.ByPerson, flows.Watched{Visit: "v"}), note("w", 1<<20, strings.Repeat("x", 100))); !errors.Is(err, ErrTooLong) {
			t.Errorf("with something else beside: %v", err)
		}
		for _, e := range []flows.Event{
			flows.Watched{Visit: "v", Why: flows.WatchRefused},
			flows.Watched{Visit: "v", Why: flows.WatchStopped},
			flows.Recorded{Visit: "v", Why: flows.RecordStopped},
			flows.Unrecorded{},
			flows.Ended{Why: flows.EndDone},
		} {
			at, err := c.Append(t.Context(), last, says(flows.ByPerson, e))
			if err != nil {
				t.Fatalf("a %T in a full case: %v", e, err)
			}
			last = at
		}
		ends, err := 0, error(nil)
		for ; err == nil && ends < 1<<12; ends++ {
			var at uint64
			if at, err = c.Append(t.Context(), last, says(flows.ByServer, flows.Watched{Visit: "v", Why: flows.WatchOver})); err == nil {
				last = at
			}
		}
		a, none := c.About(t.Context())
		if !errors.Is(err, ErrTooLong) || ends < 60 || none != nil || a.Size > 4000+flows.EndRoom || a.Records != last {
			t.Errorf("after %d ends more: %v, %+v, %v", ends, err, a, none)
		}
	})
}

// TestWhoSaysItGetsNoMoreThanTheirPartOfTheRoom: whatever a person or a program says,
// however it is mixed, there is room for what the server says, and each record is held to
// its bound, not a batch.
func TestWhoSaysItGetsNoMoreThanTheirPartOfTheRoom(t *testing.T) {
	t.Parallel()
	const most = 4000
	over := func(by flows.Author, n uint64, size int) flows.Record {
		return flows.Record{Writer: flows.WriterID(by), N: n, At: noon, By: by, Event: flows.Watched{Visit: flows.VisitID(strings.Repeat("v", size)), Why: flows.WatchOver}}
	}
	eachStore(t, func(t *testing.T, make maker) {
		store := make(t, Options{MaxCase: most})
		for name, by := range map[string][]flows.Author{
			"person": {flows.ByPerson}, "driver": {flows.ByDriver}, "both": {flows.ByPerson, flows.ByDriver},
			"with the server's beside": {flows.ByServer, flows.ByPerson},
		} {
			c, _ := begun(t, store)
			last := filled(t, c, "w")
			n := uint64(0)
			var err error
			for size := 500; size > 0; size /= 2 {
				for err = nil; err == nil && n < 1<<12; {
					var rs []flows.Record
					for _, by := range by {
						n++
						rs = append(rs, over(by, n, size))
					}
					var at uint64
					if at, err = c.Append(t.Context(), last, rs...); err == nil {
						last = at
					}
				}
			}
			a, none := c.About(t.Context())
			if left := most + flows.EndRoom - a.Size; !errors.Is(err, ErrTooLong) || none != nil || left < flows.ServerRoom || left > flows.ServerRoom+500 {
				t.Errorf("%s: after %d there is room for %d bytes: %v, %v", name, n, left, err, none)
			}
			for i := range uint64(flows.ServerRoom / flows.MostEnd) {
				if last, err = c.Append(t.Context(), last, over(flows.ByServer, 1<<20+i, 500)); err != nil {
					t.Fatalf("%s: the server's %d: %v", name, i, err)
				}
			}
		}
		c, _ := begun(t, store)
		last := filled(t, c, "w")
		if _, err := c.Append(t.Context(), last, over(flows.ByServer, 1, 1), over(flows.ByServer, 2, flows.MostEnd)); !errors.Is(err, ErrTooLong) {
			t.Errorf("a large one beside a small one: %v", err)
		}
	})
}

// looks is a hand that sees nothing.
type looks struct{}

// Look implements run.Looker.
func (looks) Look(context.Context, run.Ask, func(checks.Finding)) (flows.Facts, error) {
	return flows.Facts{}, nil
}

// TestAWatchEndsThoughTheCaseIsFull: the person ends it while what happened before is not
// saved, and never will be; the guide sees nothing more, and hears how it ended. So it is
// with a recording, which the guide ends.
func TestAWatchEndsThoughTheCaseIsFull(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, open maker) {
		c, _ := begun(t, open(t, Options{MaxCase: 20000, Now: time.Now}))
		d, err := run.New(t.Context(), run.Hands{Look: looks{}}, c, run.Options{Writer: "d"})
		if err != nil {
			t.Fatal(err)
		}
		driven := make(chan error, 1)
		go func() { driven <- d.Run(t.Context()) }()
		do := func(es ...flows.Event) {
			t.Helper()
			for _, e := range es {
				if err := d.Do(t.Context(), e); err != nil {
					t.Fatal(err)
				}
			}
		}
		do(flows.Started{Domain: "contoso.example"}, flows.Noted{Text: "begun"})
		eventually(t, "the run is saved", func() bool { return d.Saved().All() })
		ann, err := run.KnownGuide("Ann Lee", "Hetk support")
		if err != nil {
			t.Fatal(err)
		}
		g, err := run.AskToWatch(t.Context(), c, ann, run.GuideOptions{})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the person is asked whether they may watch", func() bool { return len(d.State().Asking) == 1 })
		do(flows.Watched{Visit: d.State().Asking[0].Visit, Here: true})
		if err := g.AskToRecord(t.Context()); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the person is asked", func() bool { return d.State().TapeAsk != nil })
		do(d.State().TapeAsk.Yes())
		filled(t, c, "filler")
		do(flows.Noted{Text: strings.Repeat("never saved ", 20)})
		eventually(t, "it cannot be saved", func() bool { return errors.Is(d.Saved().Err, ErrTooLong) })
		if err := g.EndRecording(t.Context()); err != nil {
			t.Errorf("ending the recording: %v", err)
		}
		eventually(t, "the person sees that nothing is recorded", func() bool { _, on := d.State().Recorded(time.Now()); return !on })
		do(flows.Watched{Visit: d.State().Guides[0].Visit, Why: flows.WatchStopped})
		eventually(t, "the guide hears that it is over", func() bool {
			v, err := g.View(t.Context())
			return err == nil && v.Standing == run.StandOver && v.Why == flows.WatchStopped
		})
		if s := d.Saved(); s.All() || !errors.Is(s.Err, ErrTooLong) || len(d.State().Notes) < 2 || len(d.State().Guides) > 0 {
			t.Errorf("what is not saved is told as %+v, with %d notes", s, len(d.State().Notes))
		}
		do(flows.Ended{Why: flows.EndDone})
		if err := <-driven; err != nil {
			t.Error(err)
		}
		rs, err := c.Since(t.Context(), 0)
		if s := flows.Fold(flows.State{}, rs...); err != nil || s.End != flows.EndDone || len(s.Guides) > 0 {
			t.Errorf("the case ends as %q, %v", s.End, err)
		}
	})
}
