package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/checks"
	"onboard.example/flows"
)

const (
	vendorsID = "5a1c0001-0000-4000-8000-00000ca7e71c"
	takersID  = "5a1c00ff-0000-4000-8000-00000000fa4e"
)

// unknownApp is a run for an app whose client id nobody knows.
func unknownApp(t testing.TB) flows.Started {
	t.Helper()
	s := started(t)
	for _, p := range profiles(t) {
		if p.ID == "carerix" {
			s.Profile, s.ClientID, s.Domain = &p, "", "contoso.example"
		}
	}
	return s
}

// twinFacts are two apps of one name.
func twinFacts() flows.Facts {
	return flows.Facts{NamedRead: true, At: noon, Named: []checks.NamedApp{
		{AppID: vendorsID, Name: "Carerix Calendar - Production", OwnerTenant: "99999999-9999-4999-8999-999999999999", Publisher: checks.Publisher{ID: "1", Name: "Carerix"}, Created: noon.Add(-240 * time.Hour)},
		{AppID: takersID, Name: "Carerix Calendar - Production\x1b]0;x\x07\u202e", OwnerTenant: "f8cdef31-a31e-4b4a-93e4-5f571e91255a", Created: noon},
	}}
}

// twins is what the look by name finds: two apps of one name.
func twins(d *fakeDriver) {
	d.happen(flows.Learned{Facts: twinFacts()})
	rounded(d, finding(checks.AppNamed, checks.Warn, checks.Verified, "The client id is not known. 2 enterprise apps here by the name Carerix Calendar."),
		finding(checks.TenantFound, checks.Pass, checks.Verified, "found"), finding(checks.TenantCloud, checks.Pass, checks.Verified, "public"),
		finding(checks.TenantRealm, checks.Pass, checks.Inferred, "managed"), finding(checks.CheckDNSMail, checks.Pass, checks.Inferred, "mail"))
}

// seekTo is a model that looks for an app by its name, walked by keys alone.
func seekTo(t testing.TB, w, h int, stop string) *Model {
	t.Helper()
	d := newFake(unknownApp(t))
	m := New(t.Context(), d, still(t, w, h))
	m.Update(wokenMsg{of: m.wake})
	if stop == "ask" {
		return m
	}
	press(m, "tab")
	for range 6 { // over what is known, to the sign-in
		if m.state.Place.Stage == flows.StageSignIn {
			break
		}
		d.happen(facts(false))
		rounded(d, tenantFindings()...)
		m.follow()
		press(m, "enter")
	}
	if m.state.Place.Stage != flows.StageSignIn {
		t.Fatalf("at stage %d, missing %q", m.state.Place.Stage, flows.Missing(m.state))
	}
	press(m, "1", "enter")
	d.happen(signedIn())
	m.follow()
	if stop == "looking" {
		return m
	}
	twins(d)
	m.follow()
	if stop == "found" {
		return m
	}
	m.deaf = time.Time{}
	press(m, "2", "enter")
	return m
}

func TestLookingForAnApp(t *testing.T) {
	t.Parallel()
	for _, stop := range []string{"ask", "looking", "found", "yes"} {
		for _, size := range [][2]int{{40, 12}, {80, 24}, {120, 40}} {
			t.Run(stop+"-"+number(size[0]), func(t *testing.T) {
				t.Parallel()
				m := seekTo(t, size[0], size[1], stop)
				got := screenText(t, m.View().Content, size[0], size[1])
				if strings.ContainsAny(got, "\x1b\x07\u202e") {
					t.Error("a hostile name got through")
				}
				golden.RequireEqual(t, []byte(got))
			})
		}
	}
}

func TestATypedYesTakesTheApp(t *testing.T) {
	t.Parallel()
	m := seekTo(t, 80, 24, "yes")
	press(m, "y", "enter")
	if m.state.App.ClientID != "" || !strings.Contains(screenText(t, m.View().Content, 80, 24), "type yes in full") {
		t.Fatalf("one key is enough: %+v", m.state.App)
	}
	press(m, "e", "s", "enter")
	if m.state.App.ClientID != takersID || m.state.App.IDFrom != checks.IDFound || m.state.Place.Stage != flows.StageDiagnosis {
		t.Errorf("at stage %d with %+v", m.state.Place.Stage, m.state.App)
	}
	m = seekTo(t, 80, 24, "yes")
	press(m, "esc")
	if q := flows.Asks(m.state); len(q) != 1 || q[0].ID != flows.AskFound {
		t.Errorf("back leads to %+v", q)
	}
}

func TestLineModeLooksForAnApp(t *testing.T) {
	t.Parallel()
	w := newWorld(unknownApp(t))
	w.twins = true
	out := answered(t, w, still(t, 80, 24), "f", "contoso.example", "1", "1", "2", "y", "b", "1", "yes", "q")
	if s := w.State(); s.App.ClientID != vendorsID || s.App.IDFrom != checks.IDFound {
		t.Errorf("the app is %+v\n%s", s.App, out)
	}
	for _, want := range []string{"f. I do not know it: look for it in the tenant.", "owner Microsoft", "Nothing was taken: type yes in full", "Client id: " + vendorsID} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
}
