package flows

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"onboard.example/checks"
)

// linked is a run for an app with a registered redirect, in a cloud.
func linked(t *testing.T, c checks.Cloud, tenantID string, change func(*Profile)) State {
	t.Helper()
	p := profile(t, "hetk")
	p.AdminConsent = AdminConsent{Version: "v2", RedirectURI: "https://app.hetk.example/back?x=1&y=a b"}
	if change != nil {
		change(&p)
	}
	s := after(State{}, Started{Domain: "contoso.example", Cloud: c, Profile: &p})
	if tenantID != "" {
		s = after(s, Learned{Facts: Facts{Tenants: []TenantFact{{Cloud: c, ID: tenantID}}}})
	}
	return s
}

func TestConsentLinks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		s    State
		want string
		note bool
	}{
		"v2 with the tenant's id": {
			linked(t, checks.CloudPublic, contosoID, nil),
			"https://login.microsoftonline.com/" + contosoID + "/v2.0/adminconsent?client_id=8dd90edb-c881-459a-ac84-2a1fee8c5c94&redirect_uri=https%3A%2F%2Fapp.hetk.example%2Fback%3Fx%3D1%26y%3Da%20b&scope=Calendars.ReadWrite%20User.Read%20openid%20profile%20offline_access&state=onboard-hetk", false,
		},
		"by the domain while no id is known": {
			linked(t, "", "", nil),
			"https://login.microsoftonline.com/contoso.example/v2.0/adminconsent?client_id=8dd90edb-c881-459a-ac84-2a1fee8c5c94&redirect_uri=https%3A%2F%2Fapp.hetk.example%2Fback%3Fx%3D1%26y%3Da%20b&scope=Calendars.ReadWrite%20User.Read%20openid%20profile%20offline_access&state=onboard-hetk", false,
		},
		"v1 without a redirect": {
			linked(t, checks.CloudGCCHigh, contosoID, func(p *Profile) { p.AdminConsent = AdminConsent{} }),
			"https://login.microsoftonline.us/" + contosoID + "/adminconsent?client_id=8dd90edb-c881-459a-ac84-2a1fee8c5c94", true,
		},
		"v1 by the vendor's choice": {
			linked(t, checks.CloudChina, contosoID, func(p *Profile) { p.AdminConsent.Version = "v1" }),
			"https://login.partner.microsoftonline.cn/" + contosoID + "/adminconsent?client_id=8dd90edb-c881-459a-ac84-2a1fee8c5c94&redirect_uri=https%3A%2F%2Fapp.hetk.example%2Fback%3Fx%3D1%26y%3Da%20b&state=onboard-hetk", true,
		},
		"another API's scope behind its id": {
			linked(t, checks.CloudDoD, contosoID, func(p *Profile) {
				p.Permissions = []Permission{{Resource: "Office 365 Exchange Online", Scope: "EWS.AccessAsUser.All", Why: "x"}}
				p.SignIn.AuthorizeScopes = []string{"openid"}
			}),
			"https://login.microsoftonline.us/" + contosoID + "/v2.0/adminconsent?client_id=8dd90edb-c881-459a-ac84-2a1fee8c5c94&redirect_uri=https%3A%2F%2Fapp.hetk.example%2Fback%3Fx%3D1%26y%3Da%20b&scope=00000002-0000-0ff1-ce00-000000000000%2FEWS.AccessAsUser.All%20openid&state=onboard-hetk", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := ConsentLink(c.s)
			if err != nil {
				t.Fatal(err)
			}
			if l.URL != c.want {
				t.Errorf("link:\n%s\nwant:\n%s", l.URL, c.want)
			}
			if (l.Note != "") != c.note {
				t.Errorf("note: %q", l.Note)
			}
			u, err := url.Parse(l.URL)
			if err != nil || strings.Contains(u.Path, "common") {
				t.Errorf("%s: %v", l.URL, err)
			}
		})
	}
}

func TestALinkThatCannotNameItsScopesIsV1(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Profile){
		"the vendor does not say what it needs": func(p *Profile) { p.Permissions = nil },
		"app roles are needed":                  func(p *Profile) { p.Permissions = append(p.Permissions, Permission{Role: "Mail.Read"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := ConsentLink(linked(t, checks.CloudPublic, contosoID, change))
			if err != nil || strings.Contains(l.URL, "v2.0") || !strings.Contains(l.Note, "every permission") {
				t.Errorf("link %+v, %v", l, err)
			}
		})
	}
}

func TestLinksThatCannotBeMade(t *testing.T) {
	t.Parallel()
	for _, domain := range []string{"", "common", "organizations", "consumers", "a/b.example", "../contoso.example", "contoso..example", "contoso", "contoso.example?x=1", "contoso.example#", "con toso.example", "\u202econtoso.example"} {
		t.Run(domain, func(t *testing.T) {
			t.Parallel()
			s := linked(t, "", "", nil)
			s.Domain = domain
			if l, err := ConsentLink(s); !errors.Is(err, ErrNoLink) {
				t.Errorf("made %s, %v", l.URL, err)
			}
		})
	}
	s := linked(t, "", "", func(p *Profile) { p.ClientID = "" })
	if l, err := ConsentLink(s); !errors.Is(err, ErrNoLink) {
		t.Errorf("without a client id: %s", l.URL)
	}
	if _, err := ConsentLink(State{}); !errors.Is(err, ErrNoLink) {
		t.Errorf("of no run: %v", err)
	}
}

// Every page of the admin center is that of the run's tenant, in its cloud; a
// simulator's has one address.
func TestPagesOfTheAdminCenter(t *testing.T) {
	t.Parallel()
	for id, p := range portalPages {
		for cloud, root := range map[checks.Cloud]string{
			checks.CloudPublic: "https://entra.microsoft.com/", checks.CloudDoD: "https://entra.microsoft.us/",
		} {
			s := linked(t, cloud, contosoID, nil)
			s.Facts.App = &AppFact{ID: appSP}
			l, err := makeLink(s, id)
			if err != nil || l.ID != id || l.Title == "" || !strings.HasPrefix(l.URL, root+contosoID+"/#view/") {
				t.Errorf("%s: %+v, %v", id, l, err)
			}
			if strings.HasSuffix(l.URL, "/appId/"+s.App.ClientID) != p.ofApp {
				t.Errorf("%s: %s", id, l.URL)
			}
			s.Portal = "https://127.0.0.1:1/portal"
			if l, err = makeLink(s, id); err != nil || !strings.HasPrefix(l.URL, "https://127.0.0.1:1/portal/#view/") {
				t.Errorf("%s in a simulator: %s, %v", id, l.URL, err)
			}
		}
	}
	s := linked(t, "", "", nil)
	if l, err := makeLink(s, LinkWorkflow); err != nil || !strings.HasPrefix(l.URL, "https://entra.microsoft.com/contoso.example/#view/") {
		t.Errorf("by the domain: %s, %v", l.URL, err)
	}
	s.Domain = "../contoso.example"
	if l, err := makeLink(s, LinkWorkflow); err != nil || strings.Contains(l.URL, "..") {
		t.Errorf("a domain that is none: %s, %v", l.URL, err)
	}
}

func TestLinksOfASteps(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(theApp(profile(t, "hetk"))))
	if got := Links(s); len(got) != 0 {
		t.Errorf("links before any step: %v", got)
	}
	s = after(s, Chose{Path: EntraGrant}, Answered{Question: AskHow, Value: HowPortal}, Advanced{})
	got := Links(s)
	if len(got) != 2 || got[0].URL != "https://entra.microsoft.com/"+contosoID+"/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Permissions/objectId/"+appSP+"/appId/8dd90edb-c881-459a-ac84-2a1fee8c5c94" {
		t.Errorf("links: %+v", got)
	}
	s.Facts.App = &AppFact{ID: "not/an/id"}
	if got := Links(s); len(got) != 1 || got[0].ID != LinkEnterpriseApps {
		t.Errorf("links without an object id: %+v", got)
	}
	if _, err := makeLink(s, "no-such"); !errors.Is(err, ErrNoLink) {
		t.Errorf("a link that is none: %v", err)
	}
}
