package flows

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"onboard.example/checks"
)

// randomEvent makes an event that often makes sense where it comes.
func randomEvent(r *rand.Rand, s State) Event {
	plausible := []func() Event{
		func() Event { return Advanced{} },
		func() Event { return Advanced{} },
		func() Event { return WentBack{} },
		func() Event { return AskedAgain{} },
		func() Event { return tenant() },
		func() Event { return Learned{Facts: present(Facts{})} },
		func() Event {
			return Answered{Question: AskDomain, Value: []string{"contoso.example", "fabrikam.example"}[r.IntN(2)]}
		},
		func() Event {
			return Answered{Question: AskSignIn, Value: []string{"none", "browser", "az", "rubbish"}[r.IntN(4)]}
		},
		func() Event { return Answered{Question: AskHow, Value: []string{HowGraph, HowPortal}[r.IntN(2)]} },
		func() Event { return admin([]string{"Application.ReadWrite.All", ""}[r.IntN(2)]) },
		func() Event { return SignInFailed{Attempt: s.SignIn.Attempt, Reason: checks.FailSignIn} },
		func() Event { return SignedOut{} },
		func() Event { return Chose{Path: []PathID{DirectLink, EntraGrant, "revoke"}[r.IntN(3)]} },
		func() Event { return Claimed{Step: s.Place.Step} },
		func() Event {
			return finding(s, allChecks()[r.IntN(len(allChecks()))], checks.Verdict(r.IntN(6)))
		},
		func() Event {
			if e, ok := Due(s); ok {
				return e
			}
			return Advanced{}
		},
		func() Event {
			if s.Plan == nil {
				return Confirmed{}
			}
			return Confirmed{Plan: s.Plan.ID, Typed: s.Plan.Domain}
		},
		func() Event { return Applying{Plan: s.Confirmed, Line: r.IntN(3) - 1} },
		func() Event {
			return Applied{Plan: s.Confirmed, Line: r.IntN(3) - 1, Outcome: []Outcome{OutcomeSent, OutcomeRefused, OutcomeUnclear, ""}[r.IntN(4)]}
		},
		func() Event { return Reread{Plan: s.Confirmed, Line: r.IntN(3) - 1, Seen: r.IntN(2) == 0} },
		func() Event { return Stopped{Plan: s.Confirmed, Why: StopMoved} },
		func() Event { return Resumed{Version: "2", CanWrite: r.IntN(2) == 0} },
	}
	if r.IntN(10) > 0 {
		return plausible[r.IntN(len(plausible))]()
	}
	all := samples()
	e := all[r.IntN(len(all))]
	if _, end := e.(Ended); end && r.IntN(10) > 0 {
		return Noted{Text: "not yet"}
	}
	v := reflect.New(reflect.TypeOf(e)).Elem()
	fillValue(v, r, 0)
	return asEvent(v)
}

// sound fails the test if a state contradicts itself.
func sound(t *testing.T, s State) {
	t.Helper()
	if step, ok := s.Step(); s.Place.Stage == StageSteps && !ok || ok && step.ID == "" {
		t.Fatalf("at a step that is none: %+v", s.Place)
	}
	if len(s.found) > mostFindings || len(s.Notes) > mostNotes || len(s.trail) > mostTrail || len(s.Guides) > mostGuides || len(s.Asking) > mostAsked || len(s.askers) > mostAsks || len(s.Pointers)+len(s.Hints) > 2*mostGuides {
		t.Fatal("a state grew without end")
	}
	if s.Plan != nil && len(s.Lines) != len(s.Plan.Lines) {
		t.Fatalf("a plan of %d lines with %d statuses", len(s.Plan.Lines), len(s.Lines))
	}
	if s.Confirmed != "" && (s.Plan == nil || s.Plan.ID != s.Confirmed) {
		t.Fatal("a plan is confirmed that is not in hand")
	}
	wants := Wants(s)
	have := map[Want]bool{}
	for _, w := range wants {
		if have[w] {
			t.Fatalf("%+v is wanted twice", w)
		}
		have[w] = true
		if w.Kind == WantApply && (s.Account == nil || s.Confirmed == "") {
			t.Fatal("a change is wanted without a confirmation or an account")
		}
	}
	if s.End != "" && len(wants) > 0 {
		t.Fatalf("after the end %d things are wanted", len(wants))
	}
	_, _, _ = Asks(s), Links(s), Missing(s)
	_, _ = Due(s)
}

func TestApplyHoldsForAnyEvents(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			s := begun(t, []string{"hetk", "revenue-grid", "nylas"}[seed%3])
			start := s
			var events []Event
			for range 120 {
				e := Clean(randomEvent(r, s))
				before, copied := s, frozen(s)
				next := after(s, e)
				if !reflect.DeepEqual(copied, frozen(before)) {
					t.Fatalf("applying %s changed the state before it", e.Kind())
				}
				if again := after(s, e); !reflect.DeepEqual(frozen(next), frozen(again)) {
					t.Fatalf("applying %s twice gave two states", e.Kind())
				}
				s = next
				events = append(events, e)
				sound(t, s)
			}
			_, _, _ = Rank(s), s.Overall(), ReportOf(s)
			if diff := cmp.Diff(frozen(s), frozen(replayed(t, start, events)), cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(State{})); diff != "" {
				t.Errorf("a replay is not the run (-run +replay):\n%s", diff)
			}
		})
	}
}

// replayed sends events through a journal's lines and folds them.
func replayed(t *testing.T, s State, events []Event) State {
	t.Helper()
	for _, e := range events {
		line, err := MarshalRecord(Record{Seq: s.Seq + 1, Writer: "w", N: s.Seq + 1, At: after(s, AskedAgain{}).At, By: ByPerson, Event: e})
		if err != nil {
			t.Fatal(err)
		}
		r, err := UnmarshalRecord(line)
		if err != nil {
			t.Fatal(err)
		}
		s = Fold(s, r)
	}
	return s
}

// frozen copies everything that a state shows, so that later writes into what
// it holds would show.
func frozen(s State) any {
	type all struct {
		Plain    State
		Found    []Held
		Answers  []Answered
		Trail    []Place
		Claims   []StepID
		Lines    []LineState
		Notes    []Noted
		Guides   [2][]Guide
		Marks    []Pointed
		Hints    []Suggested
		Asked    []asked
		Receipts []Filed
		Account  Account
		Plan     Plan
		Profile  Profile
		App      checks.App
		Private  string
	}
	out := all{
		Found: s.Findings(), Answers: append([]Answered{}, s.answers...), Trail: append([]Place{}, s.trail...),
		Claims: append([]StepID{}, s.claims...), Lines: append([]LineState{}, s.Lines...), Notes: append([]Noted{}, s.Notes...),
		Guides: [2][]Guide{append([]Guide{}, s.Guides...), append([]Guide{}, s.Asking...)},
		Marks:  append([]Pointed{}, s.Pointers...), Hints: append([]Suggested{}, s.Hints...), Asked: append([]asked{}, s.askers...), Receipts: append([]Filed{}, s.Receipts...),
		Private: fmt.Sprint(s.since, s.started, s.cloud, s.clientID), App: s.App,
	}
	if s.Account != nil {
		out.Account = *s.Account
	}
	if s.Plan != nil {
		out.Plan = *s.Plan
	}
	if s.Profile != nil {
		out.Profile = *s.Profile
	}
	s.found, s.answers, s.trail, s.claims, s.Lines, s.Notes, s.Guides, s.Receipts = nil, nil, nil, nil, nil, nil, nil, nil
	s.Asking, s.Pointers, s.Hints, s.askers = nil, nil, nil, nil
	s.Account, s.Plan, s.Profile, s.App = nil, nil, nil, checks.App{}
	s.since, s.started, s.cloud, s.clientID = 0, false, "", ""
	out.Plain = s
	return out
}

func TestNothingHappensAfterTheEnd(t *testing.T) {
	t.Parallel()
	s := after(begun(t, "hetk"), Ended{Why: EndLeft})
	for _, e := range samples() {
		if settles(e) {
			continue
		}
		if got := Apply(s, e); !reflect.DeepEqual(got, s) {
			t.Errorf("%s changed a run that had ended", e.Kind())
		}
	}
	if got := Apply(s, nil); !reflect.DeepEqual(got, s) {
		t.Error("no event changed a run")
	}
	if got := Apply(after(begun(t, "hetk"), Ended{}), nil); got.End != EndLeft {
		t.Errorf("an end without a reason is %q, want left", got.End)
	}
}

func TestAnotherDomainForgetsWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(theApp(profile(t, "hetk"))))
	s = after(s, Chose{Path: DirectLink})
	round := s.Round
	s = after(s, Answered{Question: AskDomain, Value: "Fabrikam.example"})
	if s.Domain != "fabrikam.example" || len(s.Findings()) != 0 || s.Facts.App != nil || s.TenantID() != "" || s.Path != "" || s.Round <= round {
		t.Errorf("after another domain: %q, %d findings, facts %+v, path %q", s.Domain, len(s.Findings()), s.Facts, s.Path)
	}
	same := after(s, Answered{Question: AskDomain, Value: "fabrikam.example"})
	if same.Round != s.Round {
		t.Error("the same domain again began a new look")
	}
}

func TestOldFindingsGiveNoVerdict(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(theApp(profile(t, "hetk"))))
	s = see(after(s, AskedAgain{}), nil)
	if o := s.Overall(); o.State != checks.StateOpen || o.Grade != checks.Verified {
		t.Fatalf("all checks pass, and the verdict is %s, %s: %s", o.State, o.Grade, o.Reason)
	}
	for name, e := range map[string]Event{"taken up again": Resumed{}, "signed out": SignedOut{}, "another account": admin()} {
		if o := after(s, e).Overall(); o.State == checks.StateOpen {
			t.Errorf("%s: still %s, %s", name, o.State, o.Grade)
		}
	}
	if o := after(s, AskedAgain{}).Overall(); o.State != checks.StateOpen {
		t.Errorf("looking again made it %s before anything was seen", o.State)
	}
}

func TestALateFindingOfAnOldRoundIsIgnored(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(Facts{}))
	late := finding(s, checks.AppGrant, checks.Pass)
	s = after(s, AskedAgain{})
	s = after(s, finding(s, checks.AppGrant, checks.Fail), late)
	if h, _ := s.Finding(checks.AppGrant); h.Verdict != checks.Fail {
		t.Errorf("a late finding took the place of a newer one: %s", h.Verdict)
	}
	early := finding(s, checks.AppGrant, checks.Pass)
	early.Round += 5
	if h, _ := after(s, early).Finding(checks.AppGrant); h.Verdict != checks.Fail {
		t.Error("a finding of a round to come was taken")
	}
}

func TestTheSameFindingAgainRenewsItsTime(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(Facts{}))
	s = after(s, AskedAgain{})
	next := noon.Add(99)
	s = after(s, Looked{Checks: []checks.ID{checks.AppGrant, "no/such"}, Round: s.Round, At: noon.Add(9), Next: next})
	h, _ := s.Finding(checks.AppGrant)
	if s.Stale(h) || !h.At.Equal(noon.Add(9)) || !h.Next.Equal(next) {
		t.Errorf("after the same finding again: %+v", h)
	}
	if _, ok := s.Finding("no/such"); ok {
		t.Error("a finding came from nowhere")
	}
}

func FuzzApply(f *testing.F) {
	f.Add([]byte("\x00\x05\x10"))
	f.Add([]byte(strings.Repeat("\x01\x04\x09\x0e", 20)))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := begun(t, "hetk")
		for i, b := range data[:min(len(data), 200)] {
			r := rand.New(rand.NewPCG(uint64(b), uint64(i)))
			s = after(s, randomEvent(r, s))
			sound(t, s)
		}
	})
}

// The bar is a million events a second (budgets: W8).
func BenchmarkFold(b *testing.B) {
	s := begun(b, "hetk")
	var rs []Record
	for i := range 1000 {
		var e Event
		switch i % 10 {
		case 0:
			e = AskedAgain{}
		case 1:
			e = Answered{Question: AskHow, Value: HowPortal}
		case 2:
			e = tenant()
		default:
			f := finding(s, allChecks()[i%len(allChecks())], checks.Verdict(i%6))
			e = f
		}
		rs = append(rs, Record{Seq: uint64(i), At: noon, By: ByDriver, Event: e})
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = Fold(s, rs...)
	}
	b.ReportMetric(float64(b.N)*float64(len(rs))/b.Elapsed().Seconds(), "events/s")
}
