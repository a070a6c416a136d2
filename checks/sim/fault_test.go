package sim

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
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
		"throttle=1":         func(p reply) bool { return p.status == 429 && p.header.Get("Retry-After") == "" },
		"5xx=1":              func(p reply) bool { return p.status == 503 && p.code() == "serviceNotAvailable" },
		"5xx=1,status=504":   func(p reply) bool { return p.status == 504 },
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
		"", "nonsense", "throttle=0", "throttle=x", "slow", "slow=-1s", "latency=fast", "5xx=1,status=200", "5xx,rate=2",
		"5xx,nonsense=1", "throttle=1,retry-after=soon", "replication",
	} {
		if f, err := parseFault(bad); err == nil {
			t.Errorf("%q was taken as %+v", bad, f)
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

func FuzzFault(f *testing.F) {
	for _, seed := range []string{"throttle=1,retry-after=2s", "5xx,rate=0.5,status=502", "slow=1s,path=/", "replication=20s", "cae"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		one, err := parseFault(s)
		if err == nil && (one.rate < 0 || one.rate > 1 || one.wait < 0 || one.left == 0 || one.status < 500) {
			t.Fatalf("%q became %+v", s, one)
		}
	})
}
