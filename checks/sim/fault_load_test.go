package sim

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"
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

// loadEnv names the variable that says how long the load lasts.
const loadEnv = "ONBOARD_LOAD"

// loadFor is how long the load lasts: a few seconds where nothing is said.
func loadFor(t *testing.T) time.Duration {
	t.Helper()
	said := os.Getenv(loadEnv)
	if said == "" {
		return 3 * time.Second
	}
	d, err := time.ParseDuration(said)
	if err != nil || d <= 0 {
		t.Fatalf("%s=%q: want a duration such as 60s", loadEnv, said)
	}
	return d
}

// crowd fills a shelf with copies of one thing that lies there: what is bounded
// is at its bound before the load begins, and may not grow any more.
func crowd[T any](t *testing.T, name string, s *shelf[T], now time.Time, another func(T) T) {
	t.Helper()
	if s.size() == 0 {
		t.Fatalf("no %s lie there to be copied", name)
	}
	one := s.of(s.order.Back())
	for n := s.size(); n < s.max; n++ {
		s.put(now, fmt.Sprintf("%s-%d", one.key, n), another(one.value))
	}
}

// crowded fills everything that the simulator remembers of callers.
func crowded(t *testing.T, s *Sim) {
	t.Helper()
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	l, now := s.login, time.Now()
	crowd(t, "refresh", l.refresh, now, func(g *refreshGrant) *refreshGrant {
		c := *g
		c.subject.asked.raw = slices.Clone(c.subject.asked.raw)
		c.subject.asked.list = slices.Clone(c.subject.asked.list)
		return &c
	})
	crowd(t, "codes", l.codes, now, func(c *authCode) *authCode { d := *c; return &d })
	crowd(t, "attempts", l.attempts, now, func(a *attempt) *attempt { b := *a; return &b })
	crowd(t, "devices", l.devices, now, func(d *deviceGrant) *deviceGrant { e := *d; return &e })
	home := s.world.tenants[0]
	for len(home.SignIns) < maxLog {
		line := *home.SignIns[0]
		home.SignIns = append(home.SignIns, &line)
	}
}

// watchMemory samples what is on the heap after a collection, twelve times
// over d. Where the load was asked for, and so has the process to itself, it
// holds it to be flat: after the half the most may not be a half above the most
// before it. Beside other tests it is theirs too, and only written down.
func watchMemory(ctx context.Context, t *testing.T, d time.Duration, done *atomic.Int64) {
	t.Helper()
	tick := time.NewTicker(d / 12)
	defer tick.Stop()
	var before, after uint64
	for n := 1; n < 12; n++ {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		t.Logf("after %s: %d calls, %.1f MiB live, %.1f MiB from the system", d*time.Duration(n)/12, done.Load(),
			float64(m.HeapAlloc)/(1<<20), float64(m.Sys)/(1<<20))
		if n <= 6 {
			before = max(before, m.HeapAlloc)
		} else {
			after = max(after, m.HeapAlloc)
		}
	}
	if os.Getenv(loadEnv) != "" && after > before+before/2 {
		t.Errorf("%d bytes were live before the half, and %d after it: it grows", before, after)
	}
}

// TestLoadWithFaults: 200 requests in flight while everything goes wrong. Nothing
// panics, nothing fails that was not told to, and what is remembered is bounded.
// Memory is flat: everything is full before it begins. ONBOARD_LOAD=60s makes
// it a minute.
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
	for _, n := range []int{3, 5} {
		l.round(t.Context(), n) // a sign-in and a device's code, to be copied
	}
	crowded(t, s)
	lasting := loadFor(t)
	ctx, cancel := context.WithTimeout(t.Context(), lasting)
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
	wg.Go(func() { watchMemory(ctx, t, lasting, &done) })
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
		"sign-ins": {len(s.world.tenants[0].SignIns), maxLog}, "codes": {s.login.codes.size(), maxCodes},
		"attempts": {s.login.attempts.size(), maxAttempts}, "devices": {s.login.devices.size(), maxCodes},
		"refresh tokens": {s.login.refresh.size(), maxRefresh},
	} {
		if n[0] > n[1] {
			t.Errorf("%d %s are remembered, of at most %d", n[0], what, n[1])
		}
	}
}
