package flows

import (
	"strings"
	"testing"

	"onboard.example/checks"
)

// carried is a run whose plan was carried out, and which waits for its proof.
func carried(t *testing.T) State {
	t.Helper()
	s := graphRun(t, present(Facts{}))
	s = after(s, Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"}, admin(s.Plan.WriteScopes()...))
	for i := range s.Plan.Lines {
		s = after(s, Applying{Plan: s.Plan.ID, Line: i, At: noon}, Applied{Plan: s.Plan.ID, Line: i, Outcome: OutcomeSent, At: noon},
			Reread{Plan: s.Plan.ID, Line: i, Seen: true})
	}
	s = after(s, Advanced{})
	at(t, s, StageSteps, GrantWait)
	return s
}

// What was granted can be taken away again, by anybody. Whoever goes back to
// the plan then gets another, in the same process and in the next.
func TestAfterAPlanWasCarriedOutAnotherCanBeMade(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]State{
		"gone back":      after(carried(t), WentBack{}, WentBack{}),
		"taken up again": after(carried(t), Resumed{CanWrite: true}, WentBack{}, admin(), WentBack{}, WentBack{}, Advanced{}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 3 { // to the plan, wherever the way back led
				if step, _ := s.Step(); !step.Plan {
					s = after(s, Advanced{})
				}
			}
			at(t, s, StageSteps, GrantPlan)
			if !Remaking(s) {
				t.Error("the plan that was carried out is shown as one to confirm")
			}
			s = see(after(s, Learned{Round: s.Round, Facts: present(Facts{})}), blocked)
			e, ok := Due(s)
			if !ok {
				t.Fatalf("all was taken away, and no plan is due; missing %q", Missing(s))
			}
			s = after(s, e)
			if q := Asks(s); len(s.Plan.Lines) != 2 || len(q) != 1 || q[0].ID != AskConfirm {
				t.Errorf("%d lines, asked %+v", len(s.Plan.Lines), q)
			}
			if rs := ReceiptsOf(s); len(rs) != 1 || !rs[0].Done {
				t.Errorf("receipts of what was carried out: %+v", rs)
			}
		})
	}
}

// Whoever stops the sign-in that a confirmed plan waits for stops the plan, or
// it would be neither carried out nor put away.
func TestStoppingTheSignInOfAPlanStopsThePlan(t *testing.T) {
	t.Parallel()
	s := graphRun(t, present(Facts{}))
	s = after(s, Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"})
	if len(wanted(s, WantSignIn)) != 1 {
		t.Fatal("no sign-in is wanted")
	}
	scopes := s.SignIn.Scopes
	stopped := after(s, Answered{Question: AskSignIn, Value: string(WayNone)})
	if stopped.Stop == nil || stopped.Stop.Why != StopSignIn || stopped.Confirmed != "" || stopped.SignIn.Busy || stopped.SignIn.Way != WayBrowser {
		t.Errorf("stop %+v, confirmed %q, sign-in %+v", stopped.Stop, stopped.Confirmed, stopped.SignIn)
	}
	at(t, after(stopped, Advanced{}), StageSteps, GrantPlan)
	other := after(s, Answered{Question: AskSignIn, Value: string(WayDevice)})
	if w := wanted(other, WantSignIn); len(w) != 1 || w[0].Way != WayDevice || w[0].Scopes != SetOf(scopes) {
		t.Errorf("another way for the same plan: %+v", w)
	}
	// Nobody is asked while lines are sent, and no answer cuts them off.
	sending := after(s, admin(s.Plan.WriteScopes()...), Answered{Question: AskSignIn, Value: string(WayBrowser)})
	if len(wanted(sending, WantApply)) != 1 || len(wanted(sending, WantSignIn)) != 0 {
		t.Errorf("while lines are sent: wants %+v", Wants(sending))
	}
}

// A check that was skipped can be answered as little as one that is unknown:
// nobody waits for it.
func TestNobodyWaitsForWhatCannotBeSeen(t *testing.T) {
	t.Parallel()
	for _, v := range []checks.Verdict{checks.Unknown, checks.Skipped} {
		s := after(diagnosed(t, "hetk", present(Facts{})), Chose{Path: DirectLink}, Advanced{}, Claimed{Step: LinkApprove}, Advanced{})
		at(t, s, StageSteps, LinkWait)
		s = see(s, map[checks.ID]checks.Verdict{checks.AppGrant: v})
		if missing := Missing(s); missing != "" {
			t.Errorf("%s: %q", v, missing)
		}
	}
}

// A plan is made of what was read now, and not of what was read before where
// reading failed: it says so, and makes another once it can.
func TestNoPlanIsMadeOfWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	s := graphRun(t, present(Facts{}))
	for _, id := range []checks.ID{checks.AppPresent, checks.AppGrant} {
		s := see(after(s, AskedAgain{}), map[checks.ID]checks.Verdict{id: checks.Unknown})
		if _, ok := Due(s); ok || !Remaking(s) || len(Asks(s)) != 0 || !strings.Contains(WhyNoPlan(s), string(id)+" unknown") {
			t.Errorf("%s could not be read: due %v, remaking %v, asked %+v, why %q", id, ok, Remaking(s), Asks(s), WhyNoPlan(s))
		}
		fresh := after(diagnosed(t, "hetk", present(Facts{})), Chose{Path: EntraGrant}, Answered{Question: AskHow, Value: HowGraph}, Advanced{})
		if _, ok := Due(see(fresh, map[checks.ID]checks.Verdict{id: checks.Unknown})); ok {
			t.Errorf("%s could not be read, and a plan is due", id)
		}
		s = see(after(s, AskedAgain{}), blocked)
		if q := Asks(s); Remaking(s) || len(q) != 1 || WhyNoPlan(s) != "" {
			t.Errorf("read again: remaking %v, asked %+v, why %q", Remaking(s), q, WhyNoPlan(s))
		}
	}
	// That a property was not printed keeps nobody from a plan.
	if s = see(after(s, AskedAgain{}), map[checks.ID]checks.Verdict{checks.AppEnabled: checks.Unknown, checks.AppGrant: checks.Fail}); Remaking(s) || WhyNoPlan(s) != "" {
		t.Errorf("a property that is not printed: %q", WhyNoPlan(s))
	}
}

// A plan of one account is not shown to another, of another tenant.
func TestAnEarlierPlanIsNotShownToSomebodyElsewhere(t *testing.T) {
	t.Parallel()
	away := admin()
	away.Account.TenantID = exSP
	s := see(after(graphRun(t, present(Facts{})), away), blocked)
	if !Remaking(s) || len(Asks(s)) != 0 || WhyNoPlan(s) == "" {
		t.Errorf("remaking %v, asked %+v, why %q", Remaking(s), Asks(s), WhyNoPlan(s))
	}
}

// The client id that was typed for one app is not that of the next.
func TestAnotherAppForgetsTheClientIDThatWasTyped(t *testing.T) {
	t.Parallel()
	s := after(State{}, Started{Version: "1"}, Picked{Profile: profile(t, "carerix")}, Answered{Question: AskClientID, Value: exSP})
	if s.App.ClientID != exSP || len(Asks(s)) != 1 {
		t.Fatalf("client id %q, asked %+v", s.App.ClientID, Asks(s))
	}
	if s = after(s, Picked{Profile: profile(t, "hetk")}); len(Asks(s)) != 0 {
		t.Errorf("asked for the id of an app whose vendor names it: %+v", Asks(s))
	}
}
