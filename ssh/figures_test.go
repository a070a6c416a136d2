package ssh

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// TestFiguresAtTheConsole holds that a guide sees how long it takes to become open and
// where people wait, over a real connection, and nothing of whom.
func TestFiguresAtTheConsole(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 80, 24)
	customer.chooses()
	customer.goesOn()
	for range 3 { // others, of before
		c, _, err := s.o.Cases.New(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		at := cases.Standing{Stage: flows.StageSteps, Step: flows.Paths()[0].Steps[0].ID, Waits: time.Now().Add(-3 * time.Hour)}
		if err := c.Stand(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		at.Opened, at.Ended = true, true
		if err := c.Stand(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "the case that waits", func() bool {
		rows := s.listed(t, Guide{})
		return len(rows) == 1 && !rows[0].Waits.IsZero()
	}, customer.screen)
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	guide.sees("cases: 1 · waiting: 1 · here: 1 · median to open: ")
	guide.types("m")
	guide.sees("All cases at a glance")
	guide.sees(", of 3 that became open in the last 30 days")
	guide.sees("Where people wait")
	guide.sees("Diagnosis")
	if strings.Contains(guide.bytes(), "contoso") || strings.Contains(guide.bytes(), "Hetk") {
		t.Errorf("it names somebody:\n%s", guide.screen())
	}
	lines, err := s.console(t, o.named("Bob Blau"))
	if err != nil {
		t.Fatal(err)
	}
	lines.reads("m: figures.")
	lines.types("m\n")
	lines.reads("1 at Diagnosis.") // of one case no time: the queue has it
}

// TestFiguresAreKeptAMoment holds that what was read a moment ago is given again.
func TestFiguresAreKeptAMoment(t *testing.T) {
	t.Parallel()
	var at atomic.Int64
	s := serve(t, func(o *Options) {
		o.Now = func() time.Time { return time.Unix(1_800_000_000, 0).Add(time.Duration(at.Load())) }
	})
	figures := func(want int) {
		t.Helper()
		if f, err := s.figures(t.Context()); err != nil || f.Open != want {
			t.Errorf("%+v, %v; want %d", f, err, want)
		}
	}
	figures(0)
	if _, _, err := s.o.Cases.New(t.Context()); err != nil {
		t.Fatal(err)
	}
	at.Store(int64(-time.Hour)) // not before, and one that was set back holds nothing up
	figures(1)
	if _, _, err := s.o.Cases.New(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.figuresRead.keep < figuresFor {
		t.Errorf("they are kept for %s", s.figuresRead.keep)
	}
	at.Add(int64(s.figuresRead.keep - 1)) // which is longer where the machine has much to do
	figures(1)
	at.Add(1)
	figures(2)
	// What fails rests, too, and what one guide's end broke off is nothing for the others.
	at.Add(int64(time.Hour))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.figures(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	figures(2)
	if err := s.o.Cases.Close(); err != nil {
		t.Fatal(err)
	}
	at.Add(int64(time.Hour))
	_, first := s.figures(t.Context())
	_, again := s.figures(t.Context())
	if first == nil || again != first || s.figuresRead.keep < figuresFor || s.figuresRead.keep > figuresMost { //nolint:errorlint // the very same
		t.Errorf("%v, then %v, kept for %s", first, again, s.figuresRead.keep)
	}
}

// TestWhatCountsAsCleared holds what counts as having become open: the app's block, by
// a path that is for that.
func TestWhatCountsAsCleared(t *testing.T) {
	t.Parallel()
	path, _ := flows.PathByID(flows.DirectLink)
	i := slices.IndexFunc(path.Steps, func(s flows.Step) bool { return s.Claim && slices.Contains(s.Checks, checks.AppGrant) })
	if i < 0 {
		t.Fatal("no step of the path can be claimed")
	}
	at := flows.State{Place: flows.Place{Stage: flows.StageSteps, Step: path.Steps[i].ID}, Path: path.ID}
	if cleared(at) {
		t.Error("it is cleared before anybody did anything")
	}
	done := flows.Apply(at, flows.Claimed{Step: path.Steps[i].ID})
	if !cleared(done) {
		t.Errorf("it is not cleared: %+v", done.Overall())
	}
	for name, change := range map[string]func(*flows.State){
		"another goal": func(s *flows.State) { s.Path = flows.Revoke },
		"no path":      func(s *flows.State) { s.Path = "" },
		"only looked":  func(s *flows.State) { s.Place = flows.Place{Stage: flows.StageDiagnosis} },
	} {
		other := done
		if change(&other); cleared(other) || standing(other).Opened {
			t.Errorf("%s counts", name)
		}
	}
	if !standing(done).Opened || asNoted(standing(done), standing(at)) {
		t.Error("a queue hears nothing of it")
	}
}
