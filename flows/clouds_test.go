package flows

import (
	"testing"

	"onboard.example/checks"
)

// inTwoClouds stands at the diagnosis of the tenant in the public cloud, where
// all is open, of a domain that is in two.
func inTwoClouds(t *testing.T) State {
	t.Helper()
	two := Learned{Facts: present(theApp(profile(t, "hetk")))}
	two.Facts.Tenants = []TenantFact{{checks.CloudPublic, contosoID}, {checks.CloudChina, exSP}}
	s := see(after(begun(t, "hetk"), two), nil)
	s = after(s, Answered{Question: AskCloud, Value: string(checks.CloudPublic)})
	s = after(see(s, nil), Advanced{}, Answered{Question: AskSignIn, Value: string(WayBrowser)}, admin(), Advanced{})
	two.Round = s.Round
	s = see(after(s, two), nil)
	if o := s.Overall(); o.State != checks.StateOpen || o.Grade != checks.Verified || s.TenantID() != contosoID {
		t.Fatalf("in the first cloud: %+v of tenant %s", o, s.TenantID())
	}
	return s
}

// What was seen in one cloud says nothing of the tenant in the other.
func TestAnotherCloudForgetsWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := inTwoClouds(t)
	late, learned := finding(s, checks.AppGrant, checks.Pass), Learned{Round: s.Round, Facts: s.Facts}
	s = after(s, WentBack{}, WentBack{}, Answered{Question: AskCloud, Value: string(checks.CloudChina)})
	if s.TenantID() != exSP || len(s.Facts.Tenants) != 2 {
		t.Fatalf("tenant %s of %v", s.TenantID(), s.Facts.Tenants)
	}
	s = after(s, late, learned)
	if o := s.Overall(); o.State == checks.StateOpen || s.Facts.AppRead || len(s.Findings()) != 0 {
		t.Errorf("of another cloud: %s, %s, %d findings, app read %v", o.State, o.Grade, len(s.Findings()), s.Facts.AppRead)
	}
}
