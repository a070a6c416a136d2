package flows

import (
	"slices"
	"testing"

	"onboard.example/checks"
)

func TestEntraGrantByGraph(t *testing.T) {
	t.Parallel()
	s := graphRun(t, present(Facts{}))
	if n := len(s.Plan.Lines); n != 2 {
		t.Fatalf("the plan has %d lines, want 2", n)
	}
	if got := after(s, Confirmed{Plan: s.Plan.ID, Typed: "fabrikam.example"}); got.Confirmed != "" {
		t.Fatal("another domain confirmed the plan")
	}
	if got := after(s, Confirmed{Plan: "another", Typed: "contoso.example"}); got.Confirmed != "" {
		t.Fatal("another plan was confirmed")
	}
	s = after(s, Confirmed{Plan: s.Plan.ID, Typed: " Contoso.example "})
	at(t, s, StageSteps, GrantApply)
	w := wanted(s, WantSignIn)
	if len(w) != 1 || w[0].Way != WayBrowser || !slices.Contains(w[0].Scopes.Words(), "DelegatedPermissionGrant.ReadWrite.All") {
		t.Fatalf("wanted to sign in: %+v", w)
	}
	if len(wanted(s, WantApply)) != 0 {
		t.Fatal("applying is wanted before the scopes are there")
	}
	s = after(s, admin(s.Plan.WriteScopes()...))
	if w := wanted(s, WantApply); len(w) != 1 || w[0].Plan != s.Plan.ID {
		t.Fatalf("wanted to apply: %+v", w)
	}
	for i := range s.Plan.Lines {
		s = after(s, Applying{Plan: s.Plan.ID, Line: i, At: noon}, Applied{Plan: s.Plan.ID, Line: i, Outcome: OutcomeSent, RequestID: "r", At: noon})
		if s.Carried() {
			t.Fatal("carried out before it was seen")
		}
		s = after(s, Reread{Plan: s.Plan.ID, Line: i, Seen: true})
	}
	if !s.Carried() || len(wanted(s, WantApply)) != 0 {
		t.Fatalf("carried out: %v, wanted: %+v", s.Carried(), wanted(s, WantApply))
	}
	s = after(s, Advanced{})
	at(t, s, StageSteps, GrantWait)
	s = after(see(s, nil), Advanced{})
	at(t, s, StageProof, "")
	r, ok := ReceiptOf(s)
	if !ok || !r.Done || r.By != "admin@contoso.example" || r.Lines[1].Outcome != "seen" {
		t.Errorf("receipt: %+v", r)
	}
}

func TestWhatAPlanIsAboutStaysUntilItsEnd(t *testing.T) {
	t.Parallel()
	s := graphRun(t, present(Facts{}))
	s = after(s, Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"}, admin(s.Plan.WriteScopes()...))
	if len(wanted(s, WantApply)) != 1 {
		t.Fatal("applying is not wanted")
	}
	for _, e := range []Event{
		Picked{Profile: profile(t, "revenue-grid")},
		Answered{Question: AskDomain, Value: "fabrikam.example"},
		Answered{Question: AskCloud, Value: "china"},
		Answered{Question: AskClientID, Value: exSP},
	} {
		got := after(s, e)
		if got.App.ClientID != s.App.ClientID || got.Domain != s.Domain || got.Cloud() != s.Cloud() || got.Facts.At != s.Facts.At || got.Confirmed != s.Confirmed {
			t.Errorf("%s %+v in the middle of a plan: %s in %s", e.Kind(), e, got.App.Name, got.Domain)
		}
	}
}

func TestAConfirmationOfAPlanShownNoMoreCountsForNothing(t *testing.T) {
	t.Parallel()
	s := graphRun(t, present(Facts{}))
	yes := Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"}
	for name, got := range map[string]State{
		"gone back": after(s, WentBack{}, yes), "read anew": after(s, WentBack{}, Advanced{}, yes), "another account": after(s, admin(), yes),
	} {
		if got.Confirmed != "" || len(wanted(got, WantApply))+len(wanted(got, WantSignIn)) != 0 {
			t.Errorf("%s: confirmed %q, wants %+v", name, got.Confirmed, Wants(got))
		}
	}
}

func TestAPlanIsOnlyAppliedInItsTenantWithItsScopes(t *testing.T) {
	t.Parallel()
	s := graphRun(t, present(Facts{}))
	s = after(s, Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"})
	elsewhere := admin(s.Plan.WriteScopes()...)
	elsewhere.Account.TenantID = "55555555-5555-5555-5555-555555555555"
	for name, c := range map[string]struct {
		e   Event
		why StopReason
	}{
		"another tenant":  {elsewhere, StopTenant},
		"too few scopes":  {admin("Application.ReadWrite.All"), StopSignIn},
		"sign-in failed":  {SignInFailed{Attempt: s.SignIn.Attempt, Reason: checks.FailDenied}, StopSignIn},
		"signed out":      {SignedOut{}, StopSignIn},
		"taken up again":  {Resumed{CanWrite: true}, StopInterrupted},
		"the hand stops":  {Stopped{Plan: s.Plan.ID, Why: StopMoved}, StopMoved},
		"another attempt": {SignInFailed{Attempt: 99}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := after(s, c.e)
			if c.why == "" {
				if got.Stop != nil {
					t.Errorf("stopped: %+v", got.Stop)
				}
				return
			}
			if got.Stop == nil || got.Stop.Why != c.why || got.Confirmed != "" || len(wanted(got, WantApply))+len(wanted(got, WantSignIn)) != 0 {
				t.Errorf("stop %+v, confirmed %q, wants %+v", got.Stop, got.Confirmed, Wants(got))
			}
			back := after(got, Advanced{})
			if got.Account == nil {
				at(t, after(got, Answered{Question: AskHow, Value: ""}, Advanced{}), StageSteps, GrantHow)
				if q := Asks(after(back, WentBack{})); len(q) == 0 {
					t.Error("nobody is asked to sign in")
				}
				return
			}
			at(t, back, StageSteps, GrantPlan) // a new plan is made of what is there now
		})
	}
	wrong := after(graphRun(t, present(Facts{})), elsewhere)
	wrong = after(wrong, Confirmed{Plan: wrong.Plan.ID, Typed: "contoso.example"})
	if wrong.Confirmed != "" || wrong.Stop == nil || wrong.Stop.Why != StopTenant {
		t.Errorf("confirmed while signed in elsewhere: %q, %+v", wrong.Confirmed, wrong.Stop)
	}
}

func TestALineInDoubtIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	s := graphRun(t, present(Facts{}))
	s = after(s, Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"}, admin(s.Plan.WriteScopes()...))
	s = after(s, Applying{Plan: s.Plan.ID, Line: 0, At: noon})
	s = after(s, Resumed{CanWrite: true})
	if s.Lines[0].Status != LineUnclear || s.Lines[1].Status != LineWaiting || s.Stop == nil {
		t.Fatalf("after dying between sending and the answer: %+v, stop %+v", s.Lines, s.Stop)
	}
	if got := after(s, Applying{Plan: s.Plan.ID, Line: 0}); got.Lines[0].Status != LineUnclear {
		t.Error("a line in doubt is being sent again")
	}
	if got := after(s, Applied{Plan: s.Plan.ID, Line: 0, Outcome: OutcomeSent}); got.Lines[0].Status != LineWritten {
		t.Error("an answer that came late is lost")
	}
	if r, ok := ReceiptOf(s); !ok || r.Done || r.Lines[0].Outcome != "unclear" || r.Lines[1].Outcome != "not sent" || r.By == "" {
		t.Errorf("receipt: %+v", r)
	}
	// What was written shows by now: the new plan has the rest alone.
	at(t, s, StageSteps, GrantHow)
	if q := Asks(s); len(q) != 2 || q[0].ID != AskSignIn || q[1].ID != AskHow {
		t.Fatalf("asked: %+v", q)
	}
	s = after(s, admin(), Advanced{}, Learned{Facts: present(theApp(profile(t, "hetk")))})
	at(t, s, StageSteps, GrantPlan)
	s = see(s, blocked)
	e, ok := Due(s)
	if !ok {
		t.Fatal("no new plan is due")
	}
	if s = after(s, e); len(s.Plan.Lines) != 1 || s.Plan.Lines[0].Kind != CreateGrant {
		t.Errorf("the new plan: %+v", s.Plan.Lines)
	}
}

func TestAPlanIsMadeOfWhatWasReadNow(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(Facts{}))
	s = after(s, Chose{Path: EntraGrant}, Answered{Question: AskHow, Value: HowGraph}, Advanced{})
	at(t, s, StageSteps, GrantPlan)
	step, _ := s.Step()
	for _, id := range step.Checks {
		s = after(s, finding(s, id, checks.Fail))
	}
	if _, ok := Due(s); ok {
		t.Error("a plan is due of facts that were read before the step was entered")
	}
	if why := WhyNoPlan(s); why != "" {
		t.Errorf("still reading, and said is %q", why)
	}
	if _, ok := Due(after(s, Learned{Round: s.Round})); !ok {
		t.Error("no plan is due of facts that were read now")
	}
	s.App.NeedsUnstated = true
	if why := WhyNoPlan(after(s, Learned{Round: s.Round})); why != ErrUnstated.Error() {
		t.Errorf("why there is no plan: %q", why)
	}
	s.Account = nil
	if why := WhyNoPlan(s); why == "" {
		t.Error("nothing says that nobody is signed in")
	}
	if why := WhyNoPlan(begun(t, "hetk")); why != "" {
		t.Errorf("away from any plan: %q", why)
	}
}

func TestNothingIsWrittenWhereNothingCanWrite(t *testing.T) {
	t.Parallel()
	s := graphRun(t, present(Facts{}))
	s.CanWrite = false
	s = after(s, Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"})
	if s.Confirmed != "" || s.Stop == nil || s.Stop.Why != StopNoHands {
		t.Errorf("confirmed %q, stop %+v", s.Confirmed, s.Stop)
	}
}
