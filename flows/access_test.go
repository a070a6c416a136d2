package flows

import (
	"testing"

	"onboard.example/checks"
)

// TestNobodysWordOutweighsConditionalAccess holds that "I did it" opens nothing
// that a policy may keep shut.
func TestNobodysWordOutweighsConditionalAccess(t *testing.T) {
	t.Parallel()
	s := see(after(diagnosed(t, "hetk", present(Facts{})), Chose{Path: DirectLink}), nil)
	s = see(after(s, Advanced{}, Claimed{Step: LinkApprove}), nil)
	if o := s.Overall(); o.State != checks.StateOpen || o.Grade != checks.Verified {
		t.Fatalf("all passed, and the verdict is %+v", o)
	}
	f := finding(s, checks.AccessConditional, checks.Warn)
	f.Finding.Grade = checks.Inferred
	if o := after(s, f).Overall(); o.State != checks.StateUnknown || !o.TurnedAway() {
		t.Errorf("a policy that may stop people gives %+v", o)
	}
	f.Finding.Verdict, f.Finding.Grade = checks.Fail, checks.Verified
	if o := after(s, f).Overall(); o.State != checks.StateBlocked {
		t.Errorf("a policy that stops everybody gives %+v", o)
	}
}
