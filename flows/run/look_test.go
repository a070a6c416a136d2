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

func TestALookIsMadeOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.begin()
		if looks, _ := w.count(); looks != 1 {
			t.Errorf("looked %d times without signing in, want once", looks)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if looks, _ := w.count(); looks != 1 {
			t.Errorf("looked %d times after an hour", looks)
		}
		if h, ok := r.State().Finding(checks.TenantFound); !ok || h.Verdict != checks.Pass || r.State().TenantID() != tenantID {
			t.Errorf("found %+v, tenant %q", h, r.State().TenantID())
		}
	})
}

// waiting stands at a step that polls.
func waiting(t *testing.T, w *world) *rig {
	t.Helper()
	r := drive(t, w, journal.NewMemory(), Options{})
	r.begin()
	r.do(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: "browser"}, flows.Advanced{},
		flows.Chose{Path: flows.DirectLink}, flows.Advanced{})
	if s := r.State(); s.Place.Step != flows.LinkApprove {
		t.Fatalf("at %+v; missing %q", s.Place, flows.Missing(s))
	}
	return r
}

func TestAStepThatWaitsIsPolledWithGrowingPauses(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		r := waiting(t, w)
		before, _ := w.count()
		var gaps []time.Duration
		last := time.Now()
		for len(gaps) < 8 {
			h, _ := r.State().Finding(checks.AppGrant)
			if !h.Next.After(time.Now()) {
				t.Fatalf("the next look is said to be at %s, and it is %s", h.Next, time.Now())
			}
			time.Sleep(time.Until(h.Next))
			synctest.Wait()
			now, _ := w.count()
			if now != before+1 {
				t.Fatalf("%d looks when the next was due", now-before)
			}
			before = now
			gaps = append(gaps, time.Since(last))
			last = time.Now()
		}
		if !slices.IsSorted(gaps) || gaps[0] < time.Second || gaps[7] != flows.PollMost {
			t.Errorf("pauses %v", gaps)
		}
		if n := counted(t, r.j, flows.KindLooked); n < 5 {
			t.Errorf("%d looks found the same and were kept whole", n)
		}
		w.mu.Lock()
		w.app = &flows.AppFact{ID: newAppID, Enabled: true}
		w.grants = []flows.GrantFact{{ResourceID: graphSP, Scopes: flows.ScopeNames(r.State())}}
		w.mu.Unlock()
		time.Sleep(flows.PollMost)
		synctest.Wait()
		if !flowsProven(r.State()) {
			t.Error("the grant was made and is not seen")
		}
		seen, _ := w.count()
		time.Sleep(time.Hour)
		synctest.Wait()
		if now, _ := w.count(); now != seen {
			t.Errorf("looked %d times more after it was seen", now-seen)
		}
	})
}

func flowsProven(s flows.State) bool {
	step, ok := s.Step()
	return ok && s.Proven(step)
}

func TestLeavingAStepCancelsItsPoll(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		r := waiting(t, w)
		cancelled := make(chan struct{})
		w.mu.Lock()
		w.onLook = func(ctx context.Context, _ int, ask Ask) error {
			if len(ask.Checks) != 3 {
				return nil
			}
			<-ctx.Done() // as a slow answer would
			close(cancelled)
			return ctx.Err()
		}
		w.mu.Unlock()
		time.Sleep(flows.PollMost)
		synctest.Wait()
		r.do(flows.WentBack{}, flows.WentBack{})
		select {
		case <-cancelled:
		default:
			t.Error("the poll goes on after its step was left")
		}
		if at := r.State().Place.Stage; at != flows.StageDiagnosis {
			t.Errorf("at stage %d", at)
		}
	})
}

func TestAskingAgainLooksAtOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		r := waiting(t, w)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		before, _ := w.count()
		r.do(flows.AskedAgain{})
		if now, _ := w.count(); now != before+1 {
			t.Errorf("%d looks after asking again", now-before)
		}
		w.mu.Lock()
		first, last := w.looks[0], w.looks[len(w.looks)-1]
		w.mu.Unlock()
		if last.Round <= first.Round || last.Domain != "contoso.example" || last.Tenant != tenantID {
			t.Errorf("the look was %+v", last)
		}
	})
}

func TestALookThatBreaksIsAnswered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		on      func(context.Context, int, Ask) error
		say     string
		trouble bool
	}{
		"an error": {func(context.Context, int, Ask) error { return errors.New("no route\x1b[2J") }, "no route", false},
		"a panic":  {func(context.Context, int, Ask) error { panic("index out of range") }, "index out of range", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				w := &world{onLook: c.on}
				r := drive(t, w, journal.NewMemory(), Options{})
				r.begin()
				s := r.State()
				h, ok := s.Finding(checks.TenantFound)
				if !ok || h.Verdict != checks.Unknown || len(h.Detail) != 1 || !strings.Contains(h.Detail[0], c.say) || strings.Contains(h.Detail[0], "\x1b") {
					t.Errorf("found %+v", h)
				}
				if (s.Trouble != nil) != c.trouble || len(flows.Wants(s)) != 0 {
					t.Errorf("trouble %+v, wants %+v", s.Trouble, flows.Wants(s))
				}
				w.mu.Lock()
				w.onLook = nil
				w.mu.Unlock()
				r.do(flows.AskedAgain{})
				if h, _ := r.State().Finding(checks.TenantFound); h.Verdict != checks.Pass {
					t.Errorf("after asking again: %+v", h)
				}
			})
		})
	}
}

func TestWithoutHandsTheRunSaysSo(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{t: t}
		d, err := New(t.Context(), Hands{}, journal.NewMemory(), Options{Writer: "w"})
		if err != nil {
			t.Fatal(err)
		}
		r := work(t, d, w, nil)
		r.begin()
		if h, ok := r.State().Finding(checks.TenantFound); !ok || h.Verdict != checks.Unknown {
			t.Errorf("found %+v", h)
		}
		r.do(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: "browser"})
		if f := r.State().SignIn.Failed; f == nil || f.Message != words.noSignIn {
			t.Errorf("sign-in: %+v", f)
		}
	})
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{}
		answer := make(chan error)
		w.onSignIn = func(ctx context.Context, ask SignInAsk, show func(Prompt)) (flows.Account, error) {
			show(Prompt{Way: ask.Way, URL: "https://login.example/device", Code: "ABCD"})
			select {
			case err := <-answer:
				return flows.Account{UPN: "admin@contoso.example", TenantID: tenantID}, err
			case <-ctx.Done():
				return flows.Account{}, ctx.Err()
			}
		}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.begin()
		r.do(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: "device"})
		if p, ok := r.Prompt(); !ok || p.Code != "ABCD" {
			t.Errorf("to show: %+v, %v", p, ok)
		}
		// Another way takes the place of the first.
		r.do(flows.Answered{Question: flows.AskSignIn, Value: "browser"})
		answer <- &checks.Failure{Kind: checks.FailDenied, Message: "not here", Code: "AADSTS53003"}
		synctest.Wait()
		s := r.State()
		if s.SignIn.Failed == nil || s.SignIn.Failed.Reason != checks.FailDenied || s.SignIn.Failed.Code != "AADSTS53003" || s.SignIn.Busy {
			t.Errorf("after a refusal: %+v", s.SignIn)
		}
		if p, ok := r.Prompt(); ok {
			t.Errorf("still shown: %+v", p)
		}
		r.do(flows.Answered{Question: flows.AskSignIn, Value: "browser"})
		answer <- nil
		synctest.Wait()
		if s := r.State(); s.Account == nil || s.Account.Way != flows.WayBrowser || s.SignIn.Failed != nil {
			t.Errorf("signed in: %+v, %+v", s.Account, s.SignIn)
		}
		rs, err := r.j.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range rs {
			line, err := flows.MarshalRecord(rec)
			if err != nil || strings.Contains(string(line), "ABCD") {
				t.Errorf("the journal holds a code: %s, %v", line, err)
			}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.asks) != 3 || w.asks[2].Tenant != tenantID || !slices.Contains(w.asks[2].Scopes, "Application.Read.All") {
			t.Errorf("asked: %+v", w.asks)
		}
	})
}

func TestASignInThatPanicsIsAFailedOne(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := &world{onSignIn: func(context.Context, SignInAsk, func(Prompt)) (flows.Account, error) { panic("nil map") }}
		r := drive(t, w, journal.NewMemory(), Options{})
		r.begin()
		r.do(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: "browser"})
		if s := r.State(); s.SignIn.Failed == nil || s.Trouble == nil || s.Trouble.What != flows.TroublePanic {
			t.Errorf("sign-in %+v, trouble %+v", s.SignIn, s.Trouble)
		}
	})
}
