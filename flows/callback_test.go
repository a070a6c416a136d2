package flows

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// returning is a run at the consent link of an app with a registered address.
func returning(t *testing.T, redirect string) State {
	t.Helper()
	p := profile(t, "hetk")
	p.AdminConsent = AdminConsent{Version: "v2", RedirectURI: redirect}
	s := after(State{}, Started{
		Domain: "contoso.example", Profile: &p, Nonce: "n0nce", CanWrite: true, Ways: []WayOffer{{Way: WayBrowser}},
	})
	s = see(after(s, tenant()), nil)
	s = after(s, Advanced{}, Answered{Question: AskSignIn, Value: string(WayBrowser)}, admin(), Advanced{})
	s = see(after(s, Learned{Facts: Facts{}}), blocked)
	s = after(s, Advanced{}, Chose{Path: DirectLink})
	if step, ok := s.Step(); !ok || step.ID != LinkOpen {
		t.Fatalf("at %+v", s.Place)
	}
	return s
}

func TestReadReturn(t *testing.T) {
	t.Parallel()
	s := returning(t, "http://localhost/consented")
	const good = "admin_consent=True&tenant=" + contosoID + "&state=onboard-hetk-n0nce&scope=x"
	for name, tt := range map[string]struct {
		text string
		want checks.Callback
		not  bool
	}{
		"a query":               {text: good, want: checks.Callback{Consented: true, Ours: true, Tenant: contosoID}},
		"an address":            {text: " http://localhost:1/consented?" + good + "\r\n", want: checks.Callback{Consented: true, Ours: true, Tenant: contosoID}},
		"a fragment":            {text: "https://app.example/#" + good, want: checks.Callback{Consented: true, Ours: true, Tenant: contosoID}},
		"an error before all":   {text: good + "&error=access_denied&error_description=AADSTS65004%3a+declined", want: checks.Callback{Error: "access_denied", AADSTS: "AADSTS65004", Ours: true, Tenant: contosoID}},
		"an error alone":        {text: "https://app.example/?error=x%1b%5b2J", want: checks.Callback{Error: "x"}},
		"another state":         {text: strings.Replace(good, "n0nce", "other", 1), want: checks.Callback{Consented: true, Tenant: contosoID}},
		"no state":              {text: "?admin_consent=true", want: checks.Callback{Consented: true}},
		"not given":             {text: "admin_consent=False&state=onboard-hetk-n0nce", want: checks.Callback{Ours: true}},
		"a tenant that is none": {text: "admin_consent=True&tenant=../x", want: checks.Callback{Consented: true}},
		"a sign-in's code":      {text: "http://localhost/?code=SECRET&state=x", not: true},
		"a page":                {text: "https://app.example/", not: true},
		"words":                 {text: "I did it", not: true},
		"nothing":               {not: true},
		"broken":                {text: "admin_consent=%zz", not: true},
		"megabytes":             {text: "admin_consent=True&x=" + strings.Repeat("x", mostReturn), not: true},
	} {
		got, ok := ReadReturn(s, tt.text, false)
		if ok == tt.not || got != tt.want {
			t.Errorf("%s: %+v %v, want %+v", name, got, ok, tt.want)
		}
	}
	if c, _ := ReadReturn(s, good, true); !c.Pasted {
		t.Error("a paste is not said to be one")
	}
}

func FuzzReadReturn(f *testing.F) {
	f.Add("http://localhost/?admin_consent=True&state=onboard-hetk")
	f.Add("error=x&error_description=AADSTS65004")
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := ReadReturn(State{App: checks.App{ID: "hetk"}}, text, true)
		if c.Consented && (c.Error != "" || !ok) || len(c.AADSTS) > 14 || c.Tenant != "" && !checks.IsGUID(c.Tenant) || c.Error != checks.Line(c.Error, 60) {
			t.Errorf("%q: %+v %v", text, c, ok)
		}
	})
}

// TestReturnIsSomebodysWord: a redirect goes on like "I did it" and proves nothing.
func TestReturnIsSomebodysWord(t *testing.T) {
	t.Parallel()
	s := returning(t, "https://app.example/back")
	good := checks.Callback{Consented: true, Ours: true, Tenant: s.TenantID()}
	if got := s.LooksAt(mustStep(t, s)); slices.Contains(got, checks.VendorCallback) {
		t.Errorf("before anything came, looks at %v", got)
	}
	back := after(s, Returned{good})
	if back.Callback == nil || *back.Callback != good || back.Round != s.Round+1 || !back.HasClaimed(LinkApprove) {
		t.Fatalf("after a good one: %+v", back.Callback)
	}
	if looks, ok := wantLook(back); !ok || !strings.Contains(string(looks.Checks), "vendor/callback") {
		t.Errorf("looks for %+v", looks)
	}
	if o := back.Overall(); o.State == checks.StateOpen {
		t.Errorf("by a redirect: %+v", o)
	}
	for name, c := range map[string]checks.Callback{
		"error":          {Error: "access_denied", Ours: true},
		"strange":        {Consented: true, Tenant: s.TenantID()},
		"another tenant": {Consented: true, Ours: true, Tenant: "99999999-9999-4999-8999-999999999999"},
		"empty":          {Ours: true},
	} {
		if got := after(s, Returned{c}); got.HasClaimed(LinkApprove) || got.Callback == nil {
			t.Errorf("%s: claimed %v, kept %v", name, got.claims, got.Callback)
		}
	}
	if other := after(back, Answered{Question: AskDomain, Value: "fabrikam.example"}); other.Callback != nil {
		t.Error("of another tenant")
	}
	if away := after(s, WentBack{}, Returned{good}); away.Callback != nil {
		t.Error("taken where no link is")
	}
}

func mustStep(t *testing.T, s State) Step {
	t.Helper()
	step, ok := s.Step()
	if !ok {
		t.Fatal("no step")
	}
	return step
}

// TestReturnIsAwaitedOnLoopbackAlone, with the port that was taken in the link.
func TestReturnIsAwaitedOnLoopbackAlone(t *testing.T) {
	t.Parallel()
	for redirect, want := range map[string]struct {
		port uint16
		ok   bool
	}{
		"http://localhost/consented": {0, true}, "http://localhost": {0, true}, "http://localhost:8400/x": {8400, true},
		"http://127.0.0.1:8400/x": {8400, true}, "http://[::1]:8400/x": {8400, true},
		"http://127.0.0.1/x": {}, "https://localhost/x": {}, "https://app.example/x": {}, "http://localhost:0/": {},
		"http://localhost.evil.example/": {}, "http://user@localhost/": {}, "http://localhost/?x=1": {}, "": {}, "http://localhost:99999/": {},
	} {
		port, ok := Loopback(redirect)
		if ok != want.ok || ok && port != want.port {
			t.Errorf("%q: %d %v", redirect, port, ok)
		}
		if redirect == "" {
			continue
		}
		if w := wanted(returning(t, redirect), WantReturn); (len(w) == 1) != want.ok {
			t.Errorf("%q: wants %v", redirect, w)
		}
	}
	s := after(returning(t, "http://localhost/consented"), Listening{Port: 4711})
	l, err := ConsentLink(s)
	if err != nil || !strings.Contains(l.URL, "redirect_uri=http%3A%2F%2Flocalhost%3A4711%2Fconsented&") || !strings.HasSuffix(l.URL, "&state=onboard-hetk-n0nce") {
		t.Errorf("the link is %s, %v", l.URL, err)
	}
	if ReturnHint(s) != words.returnHeard || ReturnHint(returning(t, "https://app.example/x")) != words.returnPaste {
		t.Error("the hint says something else")
	}
	fixed := after(returning(t, "http://localhost:8400/x"), Listening{Port: 8400})
	if l, err = ConsentLink(fixed); err != nil || !strings.Contains(l.URL, "localhost%3A8400%2Fx&") {
		t.Errorf("a fixed port: %s, %v", l.URL, err)
	}
	done := after(s, Returned{checks.Callback{Consented: true, Ours: true}})
	if w := wanted(done, WantReturn); len(w) != 0 {
		t.Errorf("it came, and is waited for: %v", w)
	}
	if again := after(s, Resumed{Version: "2"}); again.returnPort != 0 {
		t.Error("another process waits elsewhere")
	}
	if h := ReturnHint(after(begun(t, "hetk"), Advanced{})); h != "" {
		t.Errorf("hint without an address: %s", h)
	}
}

// TestABrowserOnItsWayIsWaitedFor: the tenant may show the consent before the
// browser that gave it comes back.
func TestABrowserOnItsWayIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := after(returning(t, "http://localhost/consented"), Advanced{})
	s = after(s, finding(s, checks.AppGrant, checks.Pass))
	step, ok := s.Step()
	if !ok || !s.Proven(step) {
		t.Fatalf("at %+v, proven %v", s.Place, ok && s.Proven(step))
	}
	if len(wanted(s, WantReturn)) != 1 {
		t.Error("nobody waits for the browser any more")
	}
	s = after(s, Returned{Callback: checks.Callback{Consented: true, Ours: true}})
	if len(wanted(s, WantReturn)) != 0 {
		t.Error("it came, and is waited for")
	}
}
