package flows

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// TestProbeOnlyOnceSaid: the vendor's credential is asked about the run's own app
// alone, and once somebody said that consent was given.
func TestProbeOnlyOnceSaid(t *testing.T) {
	t.Parallel()
	looks := func(s State) bool {
		w, _ := wantLook(s)
		return slices.Contains(w.Checks.IDs(), checks.VendorProbe)
	}
	s := served(t, "")
	if looks(after(s, Returned{Callback: checks.Callback{Consented: true, Ours: true}})) {
		t.Error("nobody probes here, and it is asked for")
	}
	s = after(s, Resumed{Doors: true, Probes: []string{strings.ToUpper(s.App.ClientID)}})
	if looks(s) {
		t.Error("before anybody said anything")
	}
	said := after(s, Returned{Callback: checks.Callback{Consented: true, Ours: true}})
	if !looks(said) || !slices.Contains(said.LooksAt(mustStep(t, said)), checks.VendorProbe) {
		t.Error("not after somebody said so")
	}
	for name, c := range map[string]checks.Callback{"error": {Error: "x", Ours: true}, "strange": {Consented: true}} {
		if looks(after(s, Returned{Callback: c})) {
			t.Errorf("after: %s", name)
		}
	}
	if other := after(said, Resumed{Doors: true, Probes: []string{"11111111-2222-4333-8444-555555555555"}}); looks(other) {
		t.Error("about another app")
	}
	there := after(said, Found{Round: said.Round, Finding: checks.Finding{Check: checks.VendorProbe, Verdict: checks.Pass, Grade: checks.Inferred}})
	if o := there.Overall(); o.Grade == checks.Verified || o.State == checks.StateOpen && o.Grade > checks.Asserted {
		t.Errorf("an inference is proof: %+v", o)
	}
}
