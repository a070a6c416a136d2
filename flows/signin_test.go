package flows

import (
	"slices"
	"testing"

	"onboard.example/checks"
)

// wantsSignIn is the sign-in that a state wants; false where it wants none.
func wantsSignIn(s State) (Want, bool) {
	i := slices.IndexFunc(Wants(s), func(w Want) bool { return w.Kind == WantSignIn })
	if i < 0 {
		return Want{}, false
	}
	return Wants(s)[i], true
}

// TestChoosingAgainPutsTheAccountAway holds that whoever chooses how to sign in
// a second time is the account before no more, whichever way they choose.
func TestChoosingAgainPutsTheAccountAway(t *testing.T) {
	t.Parallel()
	for _, way := range []Way{WayBrowser, WayDevice, WayNone} {
		s := diagnosed(t, "hetk", Facts{})
		round := s.Round
		s = after(s, WentBack{}, Answered{Question: AskSignIn, Value: string(way)})
		if s.Account != nil || s.Round == round {
			t.Errorf("%s: %+v is in hand, round %d after %d", way, s.Account, s.Round, round)
		}
		w, wanted := wantsSignIn(s)
		if wanted != (way != WayNone) || wanted && (w.Way != way || w.Scopes != SetOf(checks.ReadScopes())) {
			t.Errorf("%s: wants %+v", way, w)
		}
		if _, on := Next(s); on != (way == WayNone) {
			t.Errorf("%s: goes on: %v, for %q", way, on, Missing(s))
		}
		s = after(s, Advanced{}, Advanced{})
		for _, want := range Wants(s) {
			if want.Kind == WantLook && way != WayNone && s.Place.Stage > StageSignIn {
				t.Errorf("%s: looks %+v as nobody in particular", way, want)
			}
		}
		if failed := after(s, SignInFailed{Attempt: s.SignIn.Attempt, Reason: checks.FailDenied}); failed.Account != nil {
			t.Errorf("%s: a sign-in that failed brought %+v back", way, failed.Account)
		}
	}
}

// otherDomain is a diagnosed run whose person went back and typed another domain.
func otherDomain(t *testing.T, more ...Event) State {
	t.Helper()
	s := diagnosed(t, "hetk", Facts{})
	for s.Place.Stage > StageTenant {
		s = after(s, WentBack{})
	}
	s = after(s, append([]Event{Answered{Question: AskDomain, Value: "fabrikam.example"}, Advanced{}}, more...)...)
	return see(s, nil)
}

func TestAnotherDomainAndTheAccountInHand(t *testing.T) {
	t.Parallel()
	const fabrikamID = "99999999-2222-3333-4444-555555555555"
	of := func(tenants ...TenantFact) func(State) Event {
		return func(s State) Event { return Learned{Facts: Facts{Tenants: tenants, At: noon}, Round: s.Round} }
	}
	public, china := TenantFact{Cloud: checks.CloudPublic, ID: fabrikamID}, TenantFact{Cloud: checks.CloudChina, ID: contosoID}
	for name, c := range map[string]struct {
		learns func(State) Event
		then   []Event
		stays  bool
		on     bool // the account lets the person on
	}{
		"another tenant":             {learns: of(public)},
		"another domain of its own":  {learns: of(TenantFact{Cloud: checks.CloudPublic, ID: contosoID}), stays: true, on: true},
		"not known":                  {learns: of(), stays: true},
		"two clouds":                 {learns: of(public, china), stays: true},
		"two clouds, its own chosen": {learns: of(public, china), then: []Event{Answered{Question: AskCloud, Value: string(checks.CloudChina)}}, stays: true, on: true},
		"two clouds, the other":      {learns: of(public, china), then: []Event{Answered{Question: AskCloud, Value: string(checks.CloudPublic)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := otherDomain(t)
			s = after(s, c.learns(s))
			s = after(s, c.then...)
			if stays := s.Account != nil; stays != c.stays {
				t.Errorf("the account stays: %v", stays)
			}
			s.Place.Stage = StageSignIn
			if _, on := Next(s); on != c.on {
				t.Errorf("goes on: %v, for %q", on, Missing(s))
			}
			s = after(s, Answered{Question: AskSignIn, Value: string(WayBrowser)}, admin())
			if _, on := Next(s); !on || s.Account == nil {
				t.Errorf("whoever signs in then does not go on: %q", Missing(s))
			}
		})
	}
}

// TestAnotherDomainStopsTheSignInBefore holds that a sign-in to the tenant before
// is not waited for any more.
func TestAnotherDomainStopsTheSignInBefore(t *testing.T) {
	t.Parallel()
	s := see(after(begun(t, "hetk"), tenant()), nil)
	s = after(s, Advanced{}, Answered{Question: AskSignIn, Value: string(WayDevice)}, WentBack{}, WentBack{})
	if _, wanted := wantsSignIn(s); !wanted || s.Place.Stage != StageTenant {
		t.Fatalf("at %+v, signing in: %v", s.Place, wanted)
	}
	s = after(s, Answered{Question: AskDomain, Value: "fabrikam.example"})
	if w, wanted := wantsSignIn(s); wanted {
		t.Errorf("wants %+v", w)
	}
}

// TestALookOfWhatAnybodyMayKnowEndsNoOther: between a sign-in and the diagnosis a
// look at what is public may come to its end. Its facts are not those that the
// diagnosis waits for, and nothing that hangs on these counts as read.
func TestALookOfWhatAnybodyMayKnowEndsNoOther(t *testing.T) {
	t.Parallel()
	s := see(after(begun(t, "hetk"), tenant()), nil)
	s = after(s, Advanced{}, Answered{Question: AskSignIn, Value: string(WayBrowser)}, admin())
	public := wanted(s, WantLook)
	if len(public) != 1 || slices.ContainsFunc(public[0].Checks.IDs(), func(id checks.ID) bool { return !IsPublic(id) }) {
		t.Fatalf("before the diagnosis %+v is wanted", public)
	}
	s = after(s, Learned{Round: s.Round, Checks: public[0].Checks.IDs(), Facts: tenant().Facts})
	if s.FactsRead() {
		t.Error("what anybody may know counts as the facts of whoever is signed in")
	}
	s = after(s, Advanced{})
	look := wanted(s, WantLook)
	if len(look) != 1 {
		t.Fatalf("at the diagnosis %+v is wanted", look)
	}
	for _, id := range look[0].Checks.IDs() {
		s = after(s, finding(s, id, checks.Pass))
	}
	if len(wanted(s, WantLook)) != 1 {
		t.Fatal("the look is cut off before its facts are in")
	}
	s = after(s, Learned{Round: s.Round, Checks: look[0].Checks.IDs(), Facts: present(theApp(profile(t, "hetk")))})
	if left := wanted(s, WantLook); len(left) != 0 || !s.FactsRead() {
		t.Errorf("all is in and %+v is wanted; facts read: %v", left, s.FactsRead())
	}
}
