package tui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// slowly is a driver whose work takes its time: what is wanted is begun by Do
// and answered a minute later.
type slowly struct {
	*world
	ctx context.Context //nolint:containedctx // of the test's bubble
}

func slow(ctx context.Context, events ...flows.Event) *slowly {
	w := &world{fakeDriver: newFake(events...)}
	s := &slowly{world: w, ctx: ctx}
	s.work()
	return s
}

func (s *slowly) Do(ctx context.Context, e flows.Event) error {
	if err := s.fakeDriver.Do(ctx, e); err != nil {
		return err
	}
	s.work()
	return nil
}

func (s *slowly) work() {
	go func() {
		select {
		case <-time.After(time.Minute):
			s.turn()
		case <-s.ctx.Done():
		}
	}()
}

// bubble runs line mode in a bubble of its own time. in writes to the input as
// if typed, knowing what was printed.
func bubble(t *testing.T, o Options, make func(context.Context) Driver, in func(t *testing.T, w io.WriteCloser, printed func() string)) string {
	t.Helper()
	var text string
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r, w := io.Pipe()
		var out talk // a buffer with a lock
		out.moved = sync.NewCond(&out.mu)
		var done atomic.Bool
		o.Profiles, o.Now = profiles(t), time.Now
		drv := make(ctx)
		go func() {
			if err := Plain(ctx, r, &out, drv, o); err != nil {
				t.Error(err)
			}
			_ = r.Close()
			done.Store(true)
		}()
		synctest.Wait()
		in(t, w, func() string {
			synctest.Wait()
			return out.printed()
		})
		_ = w.Close()
		for range 100 {
			if synctest.Wait(); done.Load() {
				break
			}
			time.Sleep(time.Minute)
		}
		if !done.Load() {
			t.Errorf("it never ended:\n%s", out.printed())
		}
		text = out.printed()
		cancel()
		synctest.Wait()
	})
	return text
}

func typed(t *testing.T, w io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// TestPlainFinishesWhatIsUnderWay ends the input in the middle of a look, a
// sign-in and a plan: each is carried to its end, and its outcome printed.
func TestPlainFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	at := func(last string, lines ...string) func(*testing.T, io.WriteCloser, func() string) int {
		return func(t *testing.T, w io.WriteCloser, printed func() string) int {
			for _, l := range lines {
				typed(t, w, l+"\n")
				time.Sleep(10 * time.Minute) // whatever it begins is over
			}
			if !strings.HasSuffix(printed(), ": ") {
				t.Fatalf("nothing is asked:\n%s", printed())
			}
			before := len(printed())
			typed(t, w, last+"\n")
			return before
		}
	}
	for _, c := range []struct {
		name string
		in   func(*testing.T, io.WriteCloser, func() string) int
		want string
		open bool
	}{
		{"a sign-in, and the look after it", at("1", "1"), "Blocked. Users are blocked: An ordinary user may not consent", false},
		{"a look", at("r", "1", "1"), "Blocked. Users are blocked: An ordinary user may not consent", false},
		{"a plan that was confirmed", at("contoso.example", "1", "1", "1", "2", "2"), "Open. ", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var drv *slowly
			var before int
			out := bubble(t, Options{}, func(ctx context.Context) Driver {
				drv = slow(ctx, asked(t))
				time.Sleep(2 * time.Minute) // the tenant is found
				return drv
			}, func(t *testing.T, w io.WriteCloser, printed func() string) { before = c.in(t, w, printed) })
			tail := out[before:]
			if !strings.Contains(tail, c.want) || strings.Contains(tail, plainGivesUp) {
				t.Errorf("want %q after the end of the input:\n%s", c.want, out)
			}
			if o := drv.State().Overall(); (o.State == checks.StateOpen) != c.open {
				t.Errorf("left at %+v", o)
			}
		})
	}
}

// TestPlainGivesUpOnASignInThatNobodyEnds holds that the end of the input does
// not wait for ever.
func TestPlainGivesUpOnASignInThatNobodyEnds(t *testing.T) {
	t.Parallel()
	out := bubble(t, Options{}, func(context.Context) Driver { return atDevice(t) }, func(*testing.T, io.WriteCloser, func() string) {})
	if !strings.Contains(out, plainGivesUp) {
		t.Errorf("got:\n%s", out)
	}
}

// TestPlainTypeAheadAnswersNoSignIn writes a whole script at once: it answers
// up to the sign-in, which it must not choose.
func TestPlainTypeAheadAnswersNoSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(started(t))
	out := said(t, w, Options{}, "2\ncontoso.example\n1\n1\n1\n1\n")
	if s := w.State(); s.Place.Stage != flows.StageSignIn || s.SignIn.Way != "" {
		t.Errorf("at %+v, signing in by %q", s.Place, s.SignIn.Way)
	}
	if strings.Count(out, plainTooEarly) != 1 {
		t.Errorf("it is not said once that lines came too early:\n%s", out)
	}
}

// TestPlainScriptGoesOnWithoutASignIn is the script that is safe to pipe.
func TestPlainScriptGoesOnWithoutASignIn(t *testing.T) {
	t.Parallel()
	d := atLooking(t)
	w := &world{fakeDriver: d}
	w.turn()
	said(t, w, Options{}, "1\n1\n1\n")
	if s := w.State(); s.Place.Step != flows.LinkApprove {
		t.Errorf("at %+v", s.Place)
	}
}

// TestPlainScriptIsReadBeforeTheFirstLook pipes a script to a run that begins
// with a look.
func TestPlainScriptIsReadBeforeTheFirstLook(t *testing.T) {
	t.Parallel()
	var drv *slowly
	bubble(t, Options{NoSignIn: true}, func(ctx context.Context) Driver {
		drv = slow(ctx, asked(t))
		return drv
	}, func(t *testing.T, w io.WriteCloser, _ func() string) { typed(t, w, "1\n1\n") })
	if s := drv.State(); s.Place.Stage != flows.StagePaths {
		t.Errorf("at %+v", s.Place)
	}
}

// TestPlainTypeAheadConfirmsNothing types the domain before it was asked for.
func TestPlainTypeAheadConfirmsNothing(t *testing.T) {
	t.Parallel()
	d := atHow(t)
	w := &world{fakeDriver: d}
	w.turn()
	out := said(t, w, Options{}, "2\ncontoso.example\ncontoso.example\n")
	if s := w.State(); s.Confirmed != "" || w.granted || s.Place.Step != flows.GrantPlan {
		t.Errorf("confirmed %q at %+v:\n%s", s.Confirmed, s.Place, out)
	}
	if !strings.Contains(out, plainTooEarly) {
		t.Errorf("got:\n%s", out)
	}
}

// TestPlainWhatIsTypedWhileBusyAnswersNothing types while the tenant is looked
// at and while somebody signs in.
func TestPlainWhatIsTypedWhileBusyAnswersNothing(t *testing.T) {
	t.Parallel()
	var drv *slowly
	out := bubble(t, Options{}, func(ctx context.Context) Driver {
		drv = slow(ctx, asked(t))
		return drv
	}, func(t *testing.T, w io.WriteCloser, _ func() string) {
		time.Sleep(time.Second)
		typed(t, w, "1\n1\n") // the tenant is being found
		time.Sleep(5 * time.Minute)
		if s := drv.State(); s.Place.Stage != flows.StageKnown {
			t.Errorf("what was typed too early led to %+v", s.Place)
		}
		typed(t, w, "1\n")
		time.Sleep(90 * time.Second)
		typed(t, w, "1\n") // chooses the browser
		time.Sleep(time.Second)
		typed(t, w, "1\n") // none of what can be said now
		time.Sleep(5 * time.Minute)
		if s := drv.State(); s.Place.Stage != flows.StageDiagnosis {
			t.Errorf("what was typed while signing in led to %+v", s.Place)
		}
	})
	if !strings.Contains(out, plainTooEarly) || !strings.Contains(out, "1 is none of the choices") {
		t.Errorf("got:\n%s", out)
	}
}

// TestPlainWhatFollowsTheYesLeavesNothing pastes the domain with more behind
// it: what is carried out is not left by that.
func TestPlainWhatFollowsTheYesLeavesNothing(t *testing.T) {
	t.Parallel()
	var drv *slowly
	out := bubble(t, Options{}, func(ctx context.Context) Driver {
		d := atPlan(t)
		drv = &slowly{world: &world{fakeDriver: d}, ctx: ctx}
		return drv
	}, func(t *testing.T, w io.WriteCloser, _ func() string) {
		time.Sleep(time.Second)
		typed(t, w, "contoso.example\nq\nq\n")
	})
	if o := drv.State().Overall(); o.State != checks.StateOpen {
		t.Errorf("left at %+v:\n%s", o, out)
	}
}

// TestPlainLeavesAPlanOnTheSecondAsking asks to leave while lines are sent.
func TestPlainLeavesAPlanOnTheSecondAsking(t *testing.T) {
	t.Parallel()
	out := answered(t, atApplying(t), Options{}, "q", "q")
	if !strings.Contains(out, wordSureToLeave) {
		t.Errorf("got:\n%s", out)
	}
}

// TestPlainReadsNoFlood stops at more lines than anybody types ahead.
func TestPlainReadsNoFlood(t *testing.T) {
	t.Parallel()
	out := bubble(t, Options{}, func(ctx context.Context) Driver { return slow(ctx, asked(t)) }, func(_ *testing.T, w io.WriteCloser, _ func() string) {
		_, _ = io.WriteString(w, strings.Repeat("1\n", 3*mostAhead))
	})
	if !strings.Contains(out, "More than 256 lines came") {
		t.Errorf("got:\n%s", out)
	}
}

// TestPlainAutoGivesUp holds that Auto waits for what it cannot do itself, and
// not for ever.
func TestPlainAutoGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		d := atApprove(t) // nobody plays the admin here
		begun := time.Now()
		var out bytes.Buffer
		if err := Plain(ctx, nil, &out, d, Options{Profiles: profiles(t), Now: time.Now, Auto: true}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took != autoPatience || !strings.Contains(out.String(), plainGivesUp) {
			t.Errorf("waited %v:\n%s", took, out.String())
		}
	})
}

// TestPlainAutoTakesWhatCameInTime is the other half: what turns while it waits
// is gone on with.
func TestPlainAutoTakesWhatCameInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w := &world{fakeDriver: atApprove(t)}
		go func() {
			time.Sleep(autoPatience - time.Second)
			w.mu.Lock()
			w.granted = true
			w.mu.Unlock()
			w.turn()
			w.happen(flows.Noted{Text: "moved"})
		}()
		var out bytes.Buffer
		if err := Plain(ctx, nil, &out, w, Options{Profiles: profiles(t), Now: time.Now, Auto: true}); err != nil {
			t.Fatal(err)
		}
		if o := w.State().Overall(); o.State != checks.StateOpen || strings.Contains(out.String(), plainGivesUp) {
			t.Errorf("left at %+v:\n%s", o, out.String())
		}
	})
}
