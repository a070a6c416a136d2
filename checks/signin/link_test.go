package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// ends is what the address bar of a person's browser holds in the end: the browser
// is on another machine, where nothing listens at localhost.
func (w world) ends(t *testing.T, pick, press, link string) string {
	t.Helper()
	p := w.person(t, pick)
	if press != "" {
		p.press["consent"] = press
	}
	ended := ""
	p.client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.URL.Hostname() == "localhost" && "https://"+req.URL.Host != w.base {
			ended = req.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	p.visit(t.Context(), link, "")
	if ended == "" {
		t.Fatalf("the browser ended on none of our addresses:\n%s", strings.Join(p.pages, "\n--\n"))
	}
	return ended
}

// linked signs in by link with a person who acts on the prompt, while the sign-in
// waits.
func linked(t *testing.T, c *Client, do func(p LinkPrompt)) (Session, error) {
	t.Helper()
	var wg sync.WaitGroup
	defer wg.Wait()
	return c.Link(t.Context(), checks.ReadScopes(), func(p LinkPrompt) { wg.Go(func() { do(p) }) })
}

// odd is what is said of a paste.
func odd(err error) string {
	var in *InputError
	if errors.As(err, &in) {
		return in.Say
	}
	return fmt.Sprint(err)
}

// TestLinkSignIn signs in with a browser that is somewhere else, after pastes of
// every wrong kind, and holds what is asked of Microsoft and what is never shown.
func TestLinkSignIn(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	var prompt LinkPrompt
	ended := ""
	forms := &formKeeper{next: w.rt}
	c := w.client(t, func(o *Options) { o.Hint, o.Transport = admin, forms })
	began := time.Now()
	s, err := linked(t, c, func(p LinkPrompt) {
		prompt = p
		ended = w.ends(t, admin, "", p.URL)
		for text, say := range map[string]string{
			p.URL: wordsPasteLink, "yes": wordsPasteNothing, w.base + "/common/x": wordsPastePage, ended[:strings.Index(ended, "&state")]: wordsPasteHalf,
		} {
			if err := p.Paste(text); odd(err) != say {
				t.Errorf("%q instead of %q", odd(err), say)
			}
		}
		if err := p.Paste("  <" + ended[:70] + "\r\n" + ended[70:] + ">\n"); err != nil {
			t.Error(err)
		}
		if err := p.Paste(ended); odd(err) != wordsPasteTwice {
			t.Errorf("taken twice: %v", err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if a := s.Account(); a.UPN != admin || a.TenantID != w.tenantID() || a.ClientID != registered || s.Way() != WayLink || len(without(checks.ReadScopes(), a.Scopes)) > 0 {
		t.Errorf("%s: account %+v", s.Way(), a)
	}
	if prompt.StartedAt.Before(began) || prompt.Expires.Sub(prompt.StartedAt) != defaultPatience {
		t.Errorf("%v until %v", prompt.StartedAt, prompt.Expires)
	}
	u, err := url.Parse(prompt.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for k, want := range map[string]string{
		"response_mode": "query", "response_type": "code", "code_challenge_method": "S256", "client_id": registered, "login_hint": admin,
		"prompt": "select_account", "claims": `{"access_token":{"xms_cc":{"values":["cp1"]}}}`,
	} {
		if q.Get(k) != want {
			t.Errorf("%s is %q; want %q", k, q.Get(k), want)
		}
	}
	if asked := strings.Fields(q.Get("scope")); len(without(append(checks.ReadScopes(), "openid", "offline_access", "profile"), asked)) > 0 {
		t.Errorf("asked for %v", asked)
	}
	if !strings.HasPrefix(prompt.URL, w.base+"/"+w.tenantID()+"/") || !strings.HasPrefix(q.Get("redirect_uri"), "http://localhost:") || len(q.Get("state")) < 26 {
		t.Errorf("shown %s", prompt.URL)
	}
	back, err := url.Parse(ended)
	if err != nil {
		t.Fatal(err)
	}
	code, verifier := back.Query().Get("code"), forms.last().Get("code_verifier")
	if code == "" || len(verifier) < 43 || strings.Contains(prompt.URL, verifier) {
		t.Errorf("code %d, verifier %d", len(code), len(verifier))
	}
	tok, err := s.Token(t.Context(), checks.ReadScopes())
	if err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	slog.New(slog.NewJSONHandler(&shown, nil)).Info("m", "p", prompt.URL, "s", fmt.Sprintf("%+v %#v", s, prompt))
	slog.New(slog.NewTextHandler(&shown, nil)).Info("m", "c", fmt.Sprintf("%+v", c), "s", s)
	for _, secret := range []string{code, verifier, tok.Reveal()} {
		if strings.Contains(shown.String(), secret) {
			t.Error("a secret is printed")
		}
	}
	// The rest of a session is as of any other way.
	before := tok.Reveal()
	if err := s.Renew(t.Context()); err != nil || token(t, s) == before {
		t.Errorf("not renewed: %v", err)
	}
	if err := s.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(t.Context(), nil); err == nil {
		t.Error("a token after it was forgotten")
	}
	if left, err := c.msal.Accounts(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("%d accounts are left, %v", len(left), err)
	}
}

// formKeeper keeps what is sent to token endpoints.
type formKeeper struct {
	next http.RoundTripper
	mu   sync.Mutex
	sent []url.Values
}

func (f *formKeeper) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/token") && r.GetBody != nil {
		if body, err := r.GetBody(); err == nil {
			var b bytes.Buffer
			_, _ = b.ReadFrom(body)
			if v, err := url.ParseQuery(b.String()); err == nil {
				f.mu.Lock()
				f.sent = append(f.sent, v)
				f.mu.Unlock()
			}
		}
	}
	return f.next.RoundTrip(r)
}

func (f *formKeeper) last() url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.sent) == 0 {
		return nil
	}
	return f.sent[len(f.sent)-1]
}

// TestLinkOfSomebodyElse holds that two sign-ins at once do not take each other's
// answers, and that a code that another sign-in got is worth nothing here, even with
// this one's state put to it: the verifier is another.
func TestLinkOfSomebodyElse(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Scenario: "wrong-tenant", Register: []string{registered}})
	mine, theirs := make(chan LinkPrompt, 1), make(chan LinkPrompt, 1)
	type result struct {
		s   Session
		err error
	}
	done := make(chan result, 1)
	go func() {
		s, err := w.client(t, nil).Link(t.Context(), checks.ReadScopes(), func(p LinkPrompt) { theirs <- p })
		done <- result{s, err}
	}()
	them := <-theirs
	their := w.ends(t, user, "", them.URL)
	_, err := w.client(t, nil).Link(t.Context(), checks.ReadScopes(), func(p LinkPrompt) {
		mine <- p
		if err := p.Paste(their); odd(err) != wordsPasteOther {
			t.Errorf("%v", err)
		}
		// Their challenge, with our redirect and our state: PKCE alone is left to decide.
		forged := w.ends(t, user, "", with(t, them.URL, "redirect_uri", queryOf(t, p.URL, "redirect_uri")))
		if err := p.Paste(with(t, forged, "state", stateOf(t, p.URL))); err != nil {
			t.Errorf("it has our state: %v", err)
		}
	})
	if e := cause(t, err); e.Cause != CauseOther || e.Failure.Code != "AADSTS501481" {
		t.Errorf("%+v %+v", e, e.Failure)
	}
	if me := <-mine; stateOf(t, me.URL) == stateOf(t, them.URL) {
		t.Error("one state for two")
	}
	if err := them.Paste(their); err != nil {
		t.Error(err)
	}
	switch r := <-done; {
	case r.err != nil:
		t.Errorf("their own answer is worth nothing any more: %v", r.err)
	case r.s.Account().UPN != user:
		t.Errorf("%+v", r.s.Account())
	}
}

func stateOf(t *testing.T, address string) string {
	t.Helper()
	return queryOf(t, address, "state")
}

// queryOf is what an address holds under a name.
func queryOf(t *testing.T, address, name string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Query().Get(name) == "" {
		t.Fatal(address, err)
	}
	return u.Query().Get(name)
}

// with is an address that holds something else under a name.
func with(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(address, err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// TestLinkRefused tells each end of a sign-in by link as what it is.
func TestLinkRefused(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Scenario: "wrong-tenant", Register: []string{registered}})
	t.Run("declined", func(t *testing.T) {
		t.Parallel()
		_, err := linked(t, w.client(t, func(o *Options) { o.ClientID = GraphCommandLineTools }), func(p LinkPrompt) {
			if err := p.Paste(w.ends(t, admin, "cancel", p.URL)); err != nil {
				t.Error(err)
			}
		})
		if e := cause(t, err); e.Cause != CauseDeclined || e.Failure.Code != "AADSTS65004" {
			t.Errorf("%+v %+v", e, e.Failure)
		}
	})
	t.Run("left at the wall", func(t *testing.T) {
		t.Parallel()
		_, err := linked(t, w.client(t, func(o *Options) { o.ClientID = GraphCommandLineTools }), func(p LinkPrompt) {
			if err := p.Paste(w.ends(t, user, "", p.URL)); err != nil {
				t.Error(err)
			}
		})
		if e := cause(t, err); e.Cause != CauseDeclined || e.Failure.Kind != checks.FailDenied {
			t.Errorf("%+v %+v", e, e.Failure)
		}
	})
	t.Run("another tenant's account", func(t *testing.T) {
		t.Parallel()
		other, err := New(Options{LoginURL: w.base, ClientID: GraphCommandLineTools, Transport: w.rt})
		if err != nil {
			t.Fatal(err)
		}
		other.tenant = w.tenantID()
		_, err = other.Link(t.Context(), nil, func(p LinkPrompt) {
			if err := p.Paste(w.ends(t, "admin@fabrikam.example", "", p.URL)); err != nil {
				t.Error(err)
			}
		})
		if e := cause(t, err); e.Cause != CauseOtherTenant {
			t.Errorf("%+v", e)
		}
	})
	t.Run("unknown tenant", func(t *testing.T) {
		t.Parallel()
		_, err := w.client(t, func(o *Options) { o.Tenant = "nowhere.example" }).Link(t.Context(), nil, func(p LinkPrompt) { t.Errorf("shown %s", p.URL) })
		if e := cause(t, err); e.Cause != CauseUnknownTenant {
			t.Errorf("%+v", e)
		}
	})
	t.Run("stopped", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		var prompt LinkPrompt
		_, err := w.client(t, nil).Link(ctx, nil, func(p LinkPrompt) { prompt = p; cancel() })
		if e := cause(t, err); e.Cause != CauseCancelled {
			t.Errorf("%+v", e)
		}
		if err := prompt.Paste("http://localhost:1/?code=x&state=" + stateOf(t, prompt.URL)); odd(err) != wordsPasteOver {
			t.Errorf("a paste after its end: %v", err)
		}
	})
	t.Run("nobody pastes", func(t *testing.T) {
		t.Parallel()
		shown := false
		for patience := 2 * time.Second; !shown && patience < time.Minute; patience *= 2 { // what comes before takes of it, too
			_, err := w.client(t, func(o *Options) { o.Patience = patience }).Link(t.Context(), nil, func(LinkPrompt) { shown = true })
			if e := cause(t, err); e.Cause != CauseTimeout {
				t.Errorf("%+v", e)
			}
		}
		if !shown {
			t.Error("no link is shown")
		}
	})
}

// TestLinkEndpoint holds what is made of what the token endpoint says to a code.
func TestLinkEndpoint(t *testing.T) {
	t.Parallel()
	const code = "0.AXoAcode-that-must-never-show"
	paste := func(t *testing.T) func(LinkPrompt) {
		return func(p LinkPrompt) {
			if err := p.Paste("?code=" + code + "&state=" + stateOf(t, p.URL)); err != nil {
				t.Error(err)
			}
		}
	}
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   Cause
	}{
		"used":     {say(400, "invalid_grant", "AADSTS54005: OAuth2 Authorization code was already redeemed: code="+code), CauseCodeSpent},
		"too old":  {say(400, "invalid_grant", "AADSTS70008: The provided authorization code has expired"), CauseCodeSpent},
		"no code":  {say(400, "invalid_grant", "AADSTS70000: not valid"), CauseCodeSpent},
		"mfa":      {say(400, "interaction_required", "AADSTS50076: mfa"), CauseMFA},
		"a policy": {say(400, "invalid_grant", "AADSTS53003: blocked"), CausePolicy},
		"html":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>hotel")) }, CauseNotMicrosoft},
		"a fault":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, CauseService},
		"cut off":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, CauseNetwork},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ep := startEndpoint(t)
			ep.token = tt.answer
			_, err := ep.client(t, nil).Link(t.Context(), []string{"User.Read"}, paste(t))
			e := cause(t, err)
			b, _ := json.Marshal(e.Failure)
			if e.Cause != tt.want || strings.Contains(e.Error()+e.Say+e.Do+string(b), "must-never-show") {
				t.Errorf("%+v %s", e, b)
			}
		})
	}
	t.Run("claims and more scopes", func(t *testing.T) {
		t.Parallel()
		ep := startEndpoint(t)
		ep.token = ep.reply(graphToken(time.Now(), nil), "User.Read", 3600)
		shown := 0
		s, err := ep.client(t, func(o *Options) { o.Claims = `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}` }).Link(t.Context(), []string{"User.Read"}, func(p LinkPrompt) {
			shown++
			paste(t)(p)
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := ep.forms()[0]; !strings.Contains(got.Get("claims"), "acrs") || got.Get("code") != code || !strings.HasPrefix(got.Get("redirect_uri"), "http://localhost:") {
			t.Errorf("%v", got)
		}
		ep.token = ep.reply(graphToken(time.Now(), map[string]any{"scp": "User.Read Policy.Read.All"}), "User.Read Policy.Read.All", 3600)
		if err := s.Widen(t.Context(), []string{"Policy.Read.All"}); err != nil || shown != 2 {
			t.Errorf("%v after %d links", err, shown)
		}
	})
}
