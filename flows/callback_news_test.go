package flows

import (
	"testing"

	"onboard.example/checks"
)

// TestWhatComesBackCountsOnce: any page in a browser can send requests to this
// machine. They make no work and hide no answer of Microsoft's.
func TestWhatComesBackCountsOnce(t *testing.T) {
	t.Parallel()
	strange := checks.Callback{Error: "x"}
	other := checks.Callback{Error: "y"}
	ours := checks.Callback{Error: "access_denied", Ours: true}
	yes := checks.Callback{Consented: true, Ours: true}
	pasted := checks.Callback{Consented: true, Pasted: true}
	for name, c := range map[string]struct {
		have *checks.Callback
		came checks.Callback
		want bool
	}{
		"the first, of nobody":     {nil, strange, true},
		"the same again":           {&strange, strange, false},
		"another, of nobody":       {&strange, other, false},
		"ours, after nobody's":     {&strange, ours, true},
		"nobody's, after ours":     {&ours, other, false},
		"a yes, after a no":        {&ours, yes, true},
		"a yes, twice":             {&yes, yes, false},
		"pasted, after nobody's":   {&strange, pasted, true},
		"pasted, and not ours":     {&ours, pasted, false},
		"pasted, where none is in": {nil, pasted, true},
	} {
		if got := (State{Callback: c.have}).News(c.came); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestWithoutANonceNothingIsOurs: a run of before has none, and its state could be
// guessed.
func TestWithoutANonceNothingIsOurs(t *testing.T) {
	t.Parallel()
	s := State{}
	s.App.ID = "hetk"
	if c, ok := ReadReturn(s, "admin_consent=True&state=onboard-hetk", false); !ok || c.Ours {
		t.Errorf("%+v %t", c, ok)
	}
	s.nonce = "n"
	if c, ok := ReadReturn(s, "admin_consent=True&state=onboard-hetk-n", false); !ok || !c.Ours {
		t.Errorf("%+v %t", c, ok)
	}
}

// TestAnIDThatNobodyVouchedForStaysSo: journals of before say nothing of where an
// id came from.
func TestAnIDThatNobodyVouchedForStaysSo(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-3333-4444-555555555555"
	hetk := Profile{ID: "hetk", ClientID: id}
	for name, c := range map[string]struct {
		s    State
		p    Profile
		want checks.IDSource
	}{
		"unlisted":          {State{}, Profile{ID: UnlistedID, ClientID: id}, checks.IDGiven},
		"an app of its own": {State{}, Profile{ID: OwnAppID, ClientID: id}, checks.IDGiven},
		"handed over":       {State{Handed: &Handed{Unvouched: true}}, hetk, checks.IDGiven},
		"a profile's own":   {State{}, hetk, checks.IDOfProfile},
		"no id":             {State{}, Profile{ID: OwnAppID}, checks.IDOfProfile},
	} {
		if got := c.s.pick(c.p, c.p.ClientID).App.IDFrom; got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
