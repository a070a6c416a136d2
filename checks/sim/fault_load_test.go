package sim

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// listener hears what the server logs, for panics above all.
type listener struct {
	slog.Handler
	heard *atomic.Pointer[string]
}

func (l listener) Enabled(context.Context, slog.Level) bool { return true }

func (l listener) Handle(_ context.Context, r slog.Record) error {
	if strings.Contains(r.Message, "panic") {
		l.heard.Store(&r.Message)
	}
	return nil
}

// everyFault is every kind that spoils a call, seldom enough to let work through.
const everyFault = "429:0.2,503:0.05,slow=20ms:0.05,reset:0.02,html:0.02,notjson:0.02,truncate:0.02,caechallenge:0.02,licence:0.1"

// load is one client's round: what it asks, in turn.
type load struct {
	s      *Sim
	client *http.Client
	token  string
	form   url.Values
	bad    func(format string, args ...any)
}

func (l *load) ask(ctx context.Context, method, path string, form url.Values) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	if strings.HasSuffix(path, "$batch") {
		body = strings.NewReader(`{"requests":[{"id":"1","method":"GET","url":"/me"},{"id":"2","method":"GET","url":"/servicePrincipals?$top=3"}]}`)
	}
	req, err := http.NewRequestWithContext(ctx, method, l.s.LoginURL()+path, body)
	if err != nil {
		l.bad("%s: %v", path, err)
		return
	}
	graph := isGraphPath(req.URL.Path)
	if graph {
		req.Header.Set("Authorization", "Bearer "+l.token)
		req.Header.Set("Content-Type", "application/json")
	} else if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := l.client.Do(req)
	if err != nil {
		if !graph && ctx.Err() == nil {
			l.bad("%s %s: %v", method, path, err)
		}
		return // a reset, or the end
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	switch {
	case err != nil && !graph && ctx.Err() == nil:
		l.bad("%s %s: %v", method, path, err)
	case res.StatusCode >= 500 && (!graph || res.StatusCode != http.StatusServiceUnavailable):
		l.bad("%s %s: %d", method, path, res.StatusCode)
	case !graph && res.StatusCode >= 400:
		l.bad("%s %s: %d, which no fault explains", method, path, res.StatusCode)
	}
}

func (l *load) round(ctx context.Context, n int) {
	switch n % 8 {
	case 0:
		l.ask(ctx, http.MethodGet, "/v1.0/me", nil)
	case 1:
		l.ask(ctx, http.MethodPost, tokenPath, l.form)
	case 2:
		l.ask(ctx, http.MethodGet, "/v1.0/servicePrincipals(appId='"+graphAppID+"')?$select=id,appId", nil)
	case 3:
		l.ask(ctx, http.MethodGet, authorizeURL("contoso.example"), nil)
	case 4:
		l.ask(ctx, http.MethodGet, "/v1.0/policies/authorizationPolicy", nil)
	case 5:
		l.ask(ctx, http.MethodPost, "/contoso.example/oauth2/v2.0/devicecode", url.Values{"client_id": {hetkAppID}, "scope": {"User.Read"}})
	case 6:
		l.ask(ctx, http.MethodPost, "/v1.0/$batch", nil)
	case 7:
		l.ask(ctx, http.MethodGet, "/contoso.example/v2.0/.well-known/openid-configuration", nil)
	}
}

// TestLoadWithFaults: 200 requests in flight while everything goes wrong. Nothing
// panics, nothing fails that was not told to, and what is remembered is bounded.
func TestLoadWithFaults(t *testing.T) {
	t.Parallel()
	var heard atomic.Pointer[string]
	s := startSim(t, "approved", func(o *Options) {
		o.Faults, o.Seed, o.AutoApprove = []string{everyFault}, 5, userUPN
		o.Logger = slog.New(listener{slog.DiscardHandler, &heard})
	})
	token, err := s.Token(admin)
	if err != nil {
		t.Fatal(err)
	}
	client := trusting(t, s)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	first := newRobot(t, s).open(authorizeURL("contoso.example")).returned().Get("code")
	refresh := str(newRobot(t, s).post(tokenPath, exchange(first)).json(), "refresh_token")
	l := &load{
		s: s, client: client, token: token, bad: t.Errorf,
		form: url.Values{"grant_type": {"refresh_token"}, "client_id": {hetkAppID}, "client_secret": {hetkSecret}, "refresh_token": {refresh}},
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	var done atomic.Int64
	for i := range 200 {
		wg.Go(func() {
			for n := i; ctx.Err() == nil && !t.Failed(); n++ {
				l.round(ctx, n)
				done.Add(1)
			}
		})
	}
	wg.Wait()
	if m := heard.Load(); m != nil {
		t.Errorf("the server says: %s", *m)
	}
	if done.Load() < 100 {
		t.Errorf("only %d calls were made", done.Load())
	}
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	for what, n := range map[string][2]int{
		"sign-ins": {len(s.world.tenants[0].SignIns), maxLog}, "codes": {len(s.login.codes.order), maxCodes},
		"attempts": {len(s.login.attempts.order), maxAttempts}, "devices": {len(s.login.devices.order), maxCodes},
		"refresh tokens": {len(s.login.refresh.order), maxRefresh}, "browsers": {len(s.login.browsers.order), maxBrowsers},
	} {
		if n[0] > n[1] {
			t.Errorf("%d %s are remembered, of at most %d", n[0], what, n[1])
		}
	}
}
