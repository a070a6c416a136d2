package sim

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestFaultsSpoilGraph(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]func(reply) bool{
		"throttle=1,retry-after=1500ms": func(p reply) bool {
			return p.status == 429 && p.header.Get("Retry-After") == "2" && p.code() == "TooManyRequests"
		},
		"throttle=1":       func(p reply) bool { return p.status == 429 && p.header.Get("Retry-After") == "" },
		"5xx=1":            func(p reply) bool { return p.status == 503 && p.code() == "serviceNotAvailable" },
		"5xx=1,status=504": func(p reply) bool { return p.status == 504 },
		"502=1:1":          func(p reply) bool { return p.status == 502 },
		"429=1":            func(p reply) bool { return p.status == 429 && p.header.Get("Retry-After") == "1" },
		"licence=1,path=/v1.0/": func(p reply) bool {
			return p.status == 403 && p.code() == "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
		},
		"html=1":             func(p reply) bool { return p.status == 200 && strings.Contains(p.raw, "<!doctype html>") },
		"5xx=1,path=/v1.0/m": func(p reply) bool { return p.status == 503 },
		"cae": func(p reply) bool {
			_, rest, ok := strings.Cut(p.header.Get("WWW-Authenticate"), `claims="`)
			claims, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(rest, `"`))
			return ok && err == nil && p.status == 401 && strings.Contains(string(claims), `"access_token"`)
		},
	} {
		t.Run(spec, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "approved", func(o *Options) { o.Faults = []string{spec} })
			if p := r.do("GET", "/v1.0/me", r.token(admin), ""); !want(p) {
				t.Errorf("spoilt: %d %v %s", p.status, p.header, p.raw)
			}
			if p := r.do("GET", "/v1.0/me", r.token(admin), ""); p.status != http.StatusOK {
				t.Errorf("after: %d %s", p.status, p.raw)
			}
		})
	}
	r := newRig(t, "approved", func(o *Options) { o.Faults = []string{"5xx,path=/v1.0/users"} })
	if p := r.do("GET", "/v1.0/me", r.token(admin), ""); p.status != http.StatusOK {
		t.Errorf("another path: %d", p.status)
	}
}

// A rate is drawn from the seed: the same calls are spoilt in every run.
func TestFaultRateRepeats(t *testing.T) {
	t.Parallel()
	run := func() string {
		var out strings.Builder
		r := newRig(t, "approved", func(o *Options) { o.Faults = []string{"5xx,rate=0.5"} })
		for range 32 {
			if r.do("GET", "/v1.0/me", r.token(admin), "").status == http.StatusOK {
				out.WriteByte('.')
			} else {
				out.WriteByte('x')
			}
		}
		return out.String()
	}
	a, b := run(), run()
	if a != b || !strings.Contains(a, ".") || !strings.Contains(a, "x") {
		t.Errorf("%s\n%s", a, b)
	}
}

func TestLatencyAndSlowBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "approved", func(o *Options) {
			o.Latency, o.Faults = 60*time.Millisecond, []string{"slow=5s", "latency=40ms"}
		})
		start := time.Now()
		if p := r.do("GET", "/v1.0/me", r.token(admin), ""); p.status != http.StatusOK || p.text("userPrincipalName") != admin {
			t.Errorf("%d %s", p.status, p.raw)
		}
		if took := time.Since(start); took < 4*time.Second || took > 6*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestFaultSyntax(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "nonsense", "throttle=0", "throttle=x", "slow=-1s", "slow=x", "latency", "latency=fast", "5xx=1,status=200", "5xx,rate=2",
		"5xx,nonsense=1", "throttle=1,retry-after=soon", "replication", "429:0", "429:1.5", "429:x", "429:NaN", "429:", "600", "499",
		"html,", ",html", "rate=0.5", "html,path=x", "latency=1s:0.5", "latency:0.5=1s", "workflow", "replication=1s,of=mail", "html,of=" + lagGrants,
		"html,spread=1s", "cae=0", "429:0.2 503:0.1",
	} {
		f, err := parseFaults(bad)
		if err == nil {
			t.Errorf("%q was taken as %+v", bad, f)
		} else if !strings.Contains(err.Error(), "--fault 429:0.2,503:0.05,slow") {
			t.Errorf("%q: the error says not what to type: %v", bad, err)
		}
	}
	got, err := parseFaults("429:0.2,503:0.05, slow,reset,html,truncate,caechallenge,throttle=3,retry-after=1s,path=/x,slow=1s,licence,502=2,replication=9s,of=servicePrincipals,spread=3s")
	if err != nil {
		t.Fatal(err)
	}
	var short []string
	for _, f := range got {
		short = append(short, fmt.Sprint(f.kind, " ", f.left, " ", f.rate, " ", f.wait, " ", f.retryAfter, " ", f.status, " ", f.path))
	}
	if want := []string{
		"throttle -1 0.2 0s 1s 503 ", "5xx -1 0.05 0s 0s 503 ", "slow -1 1 2s 0s 503 ", "reset -1 1 0s 0s 503 ", "html -1 1 0s 0s 503 ",
		"truncated -1 1 0s 0s 503 ", "cae 1 1 0s 0s 503 ", "throttle 3 1 0s 1s 503 /x", "slow -1 1 1s 0s 503 ", "licence -1 1 0s 0s 503 /v1.0/auditLogs",
		"5xx 2 1 0s 0s 502 ", "replication -1 1 9s 0s 503 ",
	}; !slices.Equal(short, want) {
		t.Errorf("got  %q\nwant %q", short, want)
	}
	if last := got[len(got)-1]; last.of != lagServices || last.spread != 3*time.Second {
		t.Errorf("replication %+v", last)
	}
	for _, o := range []Options{{Latency: -1}, {RTT: -time.Second}, {Faults: []string{"html", "nope"}}} {
		if s, err := Start(t.Context(), o); err == nil {
			t.Errorf("%+v was started", o)
			_ = s.Close()
		}
	}
}

// Faults of the connection need a real one.
func TestFaultsOfTheConnection(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]func(*http.Response, []byte, error) bool{
		"truncated=1": func(_ *http.Response, body []byte, err error) bool { return err != nil && len(body) > 0 },
		"notjson=1": func(r *http.Response, body []byte, err error) bool {
			return err == nil && r.StatusCode == 200 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") && !json.Valid(body)
		},
		"slow=50ms": func(r *http.Response, body []byte, err error) bool {
			return err == nil && r.StatusCode == 200 && json.Valid(body)
		},
	} {
		t.Run(spec, func(t *testing.T) {
			t.Parallel()
			s := started(t, Options{Scenario: "approved", Faults: []string{spec}})
			token, err := s.Token(admin)
			if err != nil {
				t.Fatal(err)
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.LoginURL()+"/v1.0/me", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+token)
			res, err := trusting(t, s).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = res.Body.Close() }()
			if res.ProtoMajor != 2 {
				t.Errorf("spoken: %s", res.Proto)
			}
			body, err := io.ReadAll(res.Body)
			if !want(res, body, err) {
				t.Errorf("%d %v %q %v", res.StatusCode, res.Header, body, err)
			}
		})
	}
}

// A reset comes before any answer, over HTTP/2 and over HTTP/1.
func TestReset(t *testing.T) {
	t.Parallel()
	s := started(t, Options{Scenario: "approved", Faults: []string{"reset"}})
	for _, two := range []bool{true, false} {
		c := trusting(t, s)
		tr, ok := c.Transport.(*http.Transport)
		if !ok {
			t.Fatal("another transport")
		}
		if tr.ForceAttemptHTTP2 = two; !two {
			tr.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.LoginURL()+"/v1.0/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.Do(req)
		if err == nil {
			_ = res.Body.Close()
			t.Errorf("HTTP/2 %v: answered %d", two, res.StatusCode)
		}
	}
}

// The luck of a path's calls does not depend on what other calls there are.
func TestLuckOfAPath(t *testing.T) {
	t.Parallel()
	run := func(others int) string {
		f, err := newFaults([]string{"503:0.5"}, Options{Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for range 64 {
			for range others {
				f.ofPart("/v1.0/users")
			}
			if f.ofPart("/v1.0/me") == nil {
				out.WriteByte('.')
			} else {
				out.WriteByte('x')
			}
		}
		return out.String()
	}
	hits := 0
	f, err := newFaults([]string{"503:0.2"}, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 10_000 {
		if f.ofPart("/v1.0/me") != nil {
			hits++
		}
	}
	if hits < 1800 || hits > 2200 {
		t.Errorf("%d of 10000 at a rate of 0.2", hits)
	}
	if a, b := run(0), run(3); a != b {
		t.Errorf("%s\n%s", a, b)
	}
}

// The sign-in service has words of its own for the same trouble.
func TestFaultsOfSignIn(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved", func(o *Options) { o.Faults = []string{"429=1,path=/contoso.example/", "503=1,path=/contoso.example/"} })
	form := url.Values{"grant_type": {"refresh_token"}}
	for _, want := range []string{"AADSTS90055", "AADSTS90033", "AADSTS900144"} {
		if m := newRobot(t, s).post(tokenPath, form).json(); !strings.HasPrefix(str(m, "error_description"), want+":") {
			t.Errorf("%s: %v", want, m)
		}
	}
}

// The request form follows its switch after a while, both ways.
func TestWorkflowSwitchLags(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", func(o *Options) { o.Faults = []string{"workflow=1h"} })
	turn := func(on bool, ago time.Duration) {
		s.world.mu.Lock()
		s.world.tenants[0].Workflow.Enabled = on
		s.world.mu.Unlock()
		s.noticeSwitches()
		s.world.mu.Lock()
		seen := s.login.switches[s.world.tenants[0]]
		seen.at = seen.at.Add(-ago)
		s.login.switches[s.world.tenants[0]] = seen
		s.world.mu.Unlock()
	}
	meet := func() *robot {
		return newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN)
	}
	meet().sees("Need admin approval")
	turn(true, 0)
	meet().sees("Need admin approval")
	turn(true, 2*time.Hour)
	meet().sees("Approval required")
	turn(false, 59*time.Minute)
	meet().sees("Approval required")
	turn(false, time.Minute)
	meet().sees("Need admin approval")
}

func TestLagOfEachObject(t *testing.T) {
	t.Parallel()
	f, err := newFaults([]string{"replication=10s,spread=20s", "replication=1m,of=servicePrincipals"}, Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[time.Duration]bool{}
	for _, id := range []string{"a", "b", "c", "d"} {
		d := f.lag.of(lagGrants, id)
		if d < 10*time.Second || d >= 30*time.Second || d != f.lag.of(lagGrants, id) {
			t.Errorf("grant %s: %s", id, d)
		}
		seen[d] = true
		if d := f.lag.of(lagServices, id); d != time.Minute {
			t.Errorf("service principal %s: %s", id, d)
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d different lags", len(seen))
	}
}

func FuzzFault(f *testing.F) {
	for _, seed := range []string{"throttle=1,retry-after=2s", "5xx,rate=0.5,status=502", "slow=1s,path=/", "replication=20s", "cae", "429:0.2,503:0.05,slow,reset,html,truncate,caechallenge"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all, err := parseFaults(s)
		if err != nil {
			return
		}
		for _, one := range all {
			if !(one.rate > 0 && one.rate <= 1) || one.wait < 0 || one.retryAfter < 0 || one.spread < 0 || one.left == 0 || one.status < 500 || one.status > 599 {
				t.Fatalf("%q became %+v", s, one)
			}
		}
	})
}

// A claims challenge is for clients that have said they take one, in any case; no
// other meets it, or spends it.
func TestChallengeForWhoTakesIt(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved", func(o *Options) { o.Faults = []string{"caechallenge=2"} })
	k, err := r.verify(r.token(user))
	if err != nil {
		t.Fatal(err)
	}
	ask := func(cc ...string) reply {
		k.XmsCC = cc
		return r.do("GET", "/v1.0/me", r.mint(k), "")
	}
	for range 3 {
		if p := ask(); p.status != 200 {
			t.Fatalf("one that says nothing: %d %s", p.status, p.raw)
		}
		if p := ask("protapp"); p.status != 200 {
			t.Fatalf("one that says something else: %d %s", p.status, p.raw)
		}
		if p := r.do("GET", "/v1.0/me", "", ""); strings.Contains(p.header.Get("WWW-Authenticate"), "insufficient_claims") {
			t.Fatalf("nobody: %v", p.header)
		}
	}
	for _, cc := range []string{"cp1", "CP1"} {
		if p := ask(cc); p.status != 401 || !strings.Contains(p.header.Get("WWW-Authenticate"), "insufficient_claims") {
			t.Errorf("%s: %d %v", cc, p.status, p.header)
		}
	}
	if p := ask("cp1"); p.status != 200 {
		t.Errorf("the third: %d %s", p.status, p.raw)
	}
}
