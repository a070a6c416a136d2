package flows

import (
	"strings"
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

// GCC lives at the public endpoints, so that whoever names the one cloud finds
// the tenant of the other: the checks see it so.
func TestATenantOfGCCIsFoundInThePublicCloud(t *testing.T) {
	t.Parallel()
	p := profile(t, "hetk")
	for _, c := range []struct {
		asked, lives checks.Cloud
		want         string
	}{
		{checks.CloudPublic, checks.CloudGCC, contosoID},
		{checks.CloudGCC, checks.CloudPublic, contosoID},
		{checks.CloudGCCHigh, checks.CloudDoD, ""}, // one sign-in, and two Graphs
		{checks.CloudChina, checks.CloudPublic, ""},
	} {
		f := present(theApp(p))
		f.Tenants = []TenantFact{{c.lives, contosoID}}
		s := after(State{}, Started{Domain: "contoso.example", Cloud: c.asked, Profile: &p, CanWrite: true}, Learned{Facts: f})
		if got := s.TenantID(); got != c.want {
			t.Errorf("asked in %s of a tenant in %s: %q", c.asked, c.lives, got)
		}
	}
	both := after(State{}, Started{Domain: "contoso.example", Cloud: checks.CloudGCC, Profile: &p},
		Learned{Facts: Facts{Tenants: []TenantFact{{checks.CloudPublic, exSP}, {checks.CloudGCC, contosoID}}}})
	if got := both.TenantID(); got != contosoID {
		t.Errorf("of two, the one asked for is %q", got)
	}
}

// An API of another cloud has another name; its application id is the same in
// all of them.
func TestALinkOfANationalCloudNamesNoAPIOfThePublicOne(t *testing.T) {
	t.Parallel()
	for c, want := range map[checks.Cloud]bool{checks.CloudPublic: true, checks.CloudGCC: true, checks.CloudGCCHigh: false, checks.CloudDoD: false, checks.CloudChina: false} {
		l, err := ConsentLink(linked(t, c, contosoID, func(p *Profile) {
			p.Permissions = []Permission{{Resource: "Office 365 Exchange Online", Scope: "EWS.AccessAsUser.All", Why: "x"}}
		}))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(l.URL, "outlook.office365.com"); got != want || !want && !strings.Contains(l.URL, checks.ExchangeOnline+"%2FEWS.AccessAsUser.All") {
			t.Errorf("%s: %s", c, l.URL)
		}
	}
}
