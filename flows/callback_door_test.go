package flows

import (
	"net/url"
	"strings"
	"testing"

	"onboard.example/checks"
)

const doorAt, doorState = "https://onboard.example/consent", "s1gned"

// served is a run at the consent link that a service runs.
func served(t *testing.T, redirect string) State {
	t.Helper()
	p := profile(t, "hetk")
	p.AdminConsent = AdminConsent{RedirectURI: redirect}
	s := after(State{}, Started{Domain: "contoso.example", Profile: &p, Nonce: "n0nce", Doors: true})
	s = see(after(s, tenant()), nil)
	s = after(s, Advanced{}, Answered{Question: AskSignIn, Value: string(WayNone)}, Advanced{})
	s = after(see(after(s, Learned{Facts: Facts{}}), blocked), Advanced{}, Chose{Path: DirectLink})
	if step, ok := s.Step(); !ok || step.ID != LinkOpen {
		t.Fatalf("at %+v", s.Place)
	}
	return s
}

// linkOf takes the consent link apart.
func linkOf(t *testing.T, s State) (path string, q url.Values) {
	t.Helper()
	l, err := ConsentLink(s)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(l.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Path, u.Query()
}

// TestLinkLeadsToADoorThatWaits: a service's address stands in the link while the
// service says so, and at no other time.
func TestLinkLeadsToADoorThatWaits(t *testing.T) {
	t.Parallel()
	s := served(t, "")
	if w, ok := wantReturn(s); !ok || w.Client != s.App.ClientID {
		t.Errorf("wants %+v, %t", w, ok)
	}
	if path, q := linkOf(t, s); q.Has("redirect_uri") || q.Has("state") || strings.Contains(path, "v2.0") || TakesReturn(s) {
		t.Errorf("before it waits: %s %v", path, q)
	}
	s = after(s, Listening{At: doorAt, State: doorState})
	path, q := linkOf(t, s)
	if q.Get("redirect_uri") != doorAt || q.Get("state") != doorState || !strings.Contains(path, "/v2.0/") || !strings.Contains(q.Get("scope"), "Calendars.ReadWrite") {
		t.Errorf("%s %v", path, q)
	}
	if ReturnHint(s) != words.returnDoor || !TakesReturn(s) || s.DoorState() != doorState || s.RunID() != "n0nce" {
		t.Errorf("%q", ReturnHint(s))
	}
	if w, again := wantReturn(s); !again || w.Redirect != "" {
		t.Errorf("another wait: %+v", w)
	}
	gone := after(s, Listening{})
	if _, q := linkOf(t, gone); q.Has("redirect_uri") {
		t.Errorf("after it went: %v", q)
	}
	back := after(s, Resumed{Doors: true})
	if _, q := linkOf(t, back); q.Has("redirect_uri") || back.DoorState() != doorState {
		t.Errorf("in another process: %v, %q", q, back.DoorState())
	}
	if _, ok := wantReturn(after(s, Resumed{})); ok {
		t.Error("waits where no service is")
	}
	own := after(served(t, "https://app.example/back"), Listening{})
	if _, q := linkOf(t, own); q.Get("redirect_uri") != "https://app.example/back" {
		t.Errorf("the vendor's own: %v", q)
	}
}

// TestDoorsThatAreNone: journals come from disks.
func TestDoorsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, e := range []Listening{
		{At: "http://onboard.example/consent", State: "x"},
		{At: "https:///consent", State: "x"},
		{At: doorAt},
		{State: "x"},
		{At: "javascript:alert(1)", State: "x"},
		{At: doorAt, State: strings.Repeat("x", mostReturn)},
		{At: "https://%zz", State: "x"},
	} {
		s := after(served(t, ""), e)
		if _, q := linkOf(t, s); q.Has("redirect_uri") || s.DoorState() != "" {
			t.Errorf("%.60v: %.60v", e, q)
		}
	}
}

// TestDoorsStateCountsOnce: what came by a door's state moves the run once.
func TestDoorsStateCountsOnce(t *testing.T) {
	t.Parallel()
	s := after(served(t, ""), Listening{At: doorAt, State: doorState})
	good := "admin_consent=True&tenant=" + contosoID + "&state="
	for _, state := range []string{"", "onboard-hetk-n0nce", doorState + "x"} {
		if c, _ := ReadReturn(s, good+state, false); c.Ours || s.Said(c) != ReturnStrange {
			t.Errorf("%q is believed", state)
		}
	}
	for query, want := range map[string]ReturnSaid{
		good + doorState: ReturnGood, good + doorState + "&error=access_denied": ReturnError, "error=x&state=" + doorState: ReturnError,
		"admin_consent=False&state=" + doorState:                                            ReturnEmpty,
		"admin_consent=True&tenant=99999999-9999-4999-8999-999999999999&state=" + doorState: ReturnElsewhere,
	} {
		c, ok := ReadReturn(s, query, false)
		if !ok || s.Said(c) != want {
			t.Errorf("%s: %s", query, s.Said(c))
			continue
		}
		was := after(s, Returned{Callback: c})
		if was.DoorState() != "" || was.HasClaimed(LinkApprove) != (want == ReturnGood) || was.Callback == nil {
			t.Errorf("%s: state %q, claimed %t", want, was.DoorState(), was.HasClaimed(LinkApprove))
		}
		if again, _ := ReadReturn(was, query, false); again.Ours || was.News(again) {
			t.Errorf("%s: it counts twice", want)
		}
		if _, waits := wantReturn(was); waits != (want != ReturnGood) {
			t.Errorf("%s: waits %t", want, waits)
		}
		if was.Overall().State == checks.StateOpen {
			t.Errorf("%s: green", want)
		}
	}
	pasted, _ := ReadReturn(s, doorAt+"?"+good+doorState, true)
	if got := after(s, Returned{Callback: pasted}); s.Said(pasted) != ReturnGood || !got.HasClaimed(LinkApprove) {
		t.Error("a pasted one does not count")
	}
	if other := after(s, Answered{Question: AskDomain, Value: "fabrikam.example"}); other.DoorState() != "" {
		t.Error("of another tenant")
	}
}
