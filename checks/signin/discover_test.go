package signin

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// look reads both parts of a domain.
func look(t *testing.T, rt http.RoundTripper, loginURL string, q checks.Query) checks.Snapshot {
	t.Helper()
	d, err := NewDiscoverer(DiscovererOptions{Transport: rt, LoginURL: loginURL})
	if err != nil {
		t.Fatal(err)
	}
	return lookWith(t.Context(), d, q)
}

func lookWith(ctx context.Context, d *Discoverer, q checks.Query) (s checks.Snapshot) {
	d.Read(ctx, q, append(d.Serves(), checks.PartApp), func(p checks.Piece) { p.Into(&s) })
	return s
}

const gov = `
title: Government
about: A tenant in each cloud, one domain in two.
tenants:
  - domain: contoso.example
    domains: [everywhere.example]
  - domain: high.example
    domains: [everywhere.example]
    cloud: gcc-high
    users: [{upn: admin@high.example}, {upn: user@high.example}]
  - domain: dod.example
    cloud: dod
    users: [{upn: admin@dod.example}, {upn: user@dod.example}]
  - domain: gcc.example
    cloud: gcc
    users: [{upn: admin@gcc.example}, {upn: user@gcc.example}]
  - domain: china.example
    cloud: china
    realm: Federated
    users: [{upn: admin@china.example}, {upn: user@china.example}]
`

func TestDiscoverInSimulatedClouds(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Scenario: "gov", Scenarios: fstest.MapFS{"gov.yaml": {Data: []byte(gov)}}})
	for name, tt := range map[string]struct {
		domain string
		clouds []checks.Cloud
		realm  string
	}{
		"public":   {"contoso.example", []checks.Cloud{checks.CloudPublic}, "Managed"},
		"GCC":      {"gcc.example", []checks.Cloud{checks.CloudGCC}, "Managed"},
		"GCC High": {"high.example", []checks.Cloud{checks.CloudGCCHigh}, "Managed"},
		"DoD":      {"dod.example", []checks.Cloud{checks.CloudDoD}, "Managed"},
		"China":    {"user@china.example", []checks.Cloud{checks.CloudChina}, "Federated"},
		"two":      {"everywhere.example", []checks.Cloud{checks.CloudPublic, checks.CloudGCCHigh}, "Managed"},
		"unknown":  {"fabrikam.example", nil, "Unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := look(t, w.rt, w.base, checks.Query{Domain: tt.domain})
			if !s.Discovery.Read || s.Discovery.Failure != nil || len(s.Discovery.Value.Missed) > 0 {
				t.Fatalf("discovery: %+v", s.Discovery)
			}
			var clouds []checks.Cloud
			for _, f := range s.Discovery.Value.Found {
				clouds = append(clouds, f.Cloud)
				if !isGUID(f.TenantID) || f.Issuer == "" || f.Graph == "" {
					t.Errorf("%+v says too little", f)
				}
			}
			if !slices.Equal(clouds, tt.clouds) {
				t.Errorf("found in %v; want %v", clouds, tt.clouds)
			}
			if !s.Realm.Read || s.Realm.Value.Type != tt.realm {
				t.Errorf("realm: %+v", s.Realm)
			}
			if tt.realm == "Federated" && s.Realm.Value.Host != "sts.china.example" {
				t.Errorf("realm host %q", s.Realm.Value.Host)
			}
			for _, e := range append(s.Discovery.Seen, s.Realm.Seen...) {
				if e.Source != "login" || !strings.HasPrefix(e.Request, "GET "+w.base+"/") || e.Value == "" || e.RequestID == "" || e.At.IsZero() {
					t.Errorf("evidence %+v", e)
				}
			}
		})
	}
	t.Run("one cloud by prefix", func(t *testing.T) {
		t.Parallel()
		s := look(t, w.rt, w.base+"/_cloud/gcc-high/", checks.Query{Domain: "everywhere.example"})
		if f := s.Discovery.Value.Found; len(f) != 1 || f[0].Cloud != checks.CloudGCCHigh {
			t.Errorf("found %+v", s.Discovery)
		}
	})
	t.Run("parts not asked for do not land", func(t *testing.T) {
		t.Parallel()
		d, err := NewDiscoverer(DiscovererOptions{Transport: w.rt, LoginURL: w.base})
		if err != nil {
			t.Fatal(err)
		}
		var landed []checks.Part
		d.Read(t.Context(), checks.Query{Domain: domain}, []checks.Part{checks.PartRealm, checks.PartMe}, func(p checks.Piece) { landed = append(landed, p.Part) })
		if !slices.Equal(landed, []checks.Part{checks.PartRealm}) {
			t.Errorf("landed %v", landed)
		}
	})
}

func TestDiscoverTwoClouds(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Scenario: "two-clouds"})
	s := look(t, w.rt, w.base, checks.Query{Domain: domain})
	f := s.Discovery.Value.Found
	if len(f) != 2 || f[0].Cloud != checks.CloudPublic || f[1].Cloud != checks.CloudChina || f[0].TenantID == f[1].TenantID {
		t.Errorf("found %+v", f)
	}
}

// elsewhere is a transport on which Microsoft's hosts are test servers.
type elsewhere struct {
	hosts map[string]http.HandlerFunc
	asked sync.Map
}

func (e *elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	e.asked.Store(r.URL.Hostname(), true)
	h := e.hosts[r.URL.Hostname()]
	if h == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: fmt.Errorf("refused")}
	}
	w := httptest.NewRecorder()
	h(w, r)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

func tenantAnswer(id, sub, instance string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/getuserrealm") {
			_, _ = io.WriteString(w, `{"NameSpaceType":"Managed","FederationBrandName":"Contoso\u001b[31m"}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"issuer":"https://%s/%s/v2.0","tenant_region_scope":"NA","tenant_region_sub_scope":%q,"cloud_instance_name":%q}`, r.URL.Host, id, sub, instance)
	}
}

func unknownTenant(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/getuserrealm") {
		_, _ = io.WriteString(w, `{"NameSpaceType":"Unknown"}`)
		return
	}
	say(http.StatusBadRequest, "invalid_tenant", "AADSTS90002: Tenant 'fabrikam.example' not found. Trace ID: 0f0f0f0f-1111-2222-3333-444444444444 Correlation ID: x Timestamp: y")(w, r)
}

const (
	hostPublic = "login.microsoftonline.com"
	hostGov    = "login.microsoftonline.us"
	hostChina  = "login.partner.microsoftonline.cn"
	someTenant = "0a1b2c3d-1111-4222-8333-444455556666"
)

func TestDiscoverAsksMicrosoftsHosts(t *testing.T) {
	t.Parallel()
	e := &elsewhere{hosts: map[string]http.HandlerFunc{
		hostPublic: tenantAnswer(someTenant, "DODCON", "microsoftonline.us"), // it answers for a tenant of another cloud
		hostGov:    tenantAnswer(strings.ToUpper(someTenant), "DODCON", "microsoftonline.us"),
		hostChina:  unknownTenant,
	}}
	s := look(t, e, "", checks.Query{Domain: "fabrikam.example"})
	want := []checks.CloudTenant{{
		Cloud: checks.CloudGCCHigh, TenantID: someTenant, Region: "NA", SubScope: "DODCON",
		Issuer: "https://" + hostPublic + "/" + someTenant + "/v2.0",
	}}
	if !slices.Equal(s.Discovery.Value.Found, want) {
		t.Errorf("found %+v", s.Discovery.Value.Found)
	}
	if s.Realm.Value.Brand != "Contoso" {
		t.Errorf("brand %q", s.Realm.Value.Brand)
	}
	for _, h := range []string{hostPublic, hostGov, hostChina} {
		if _, ok := e.asked.Load(h); !ok {
			t.Errorf("%s was not asked", h)
		}
	}
	t.Run("one alone by flag", func(t *testing.T) {
		t.Parallel()
		e := &elsewhere{hosts: map[string]http.HandlerFunc{hostGov: tenantAnswer(someTenant, "DOD", "")}}
		s := look(t, e, "https://"+hostGov, checks.Query{Domain: "fabrikam.example"})
		if f := s.Discovery.Value.Found; len(f) != 1 || f[0].Cloud != checks.CloudDoD || len(s.Discovery.Seen) != 1 {
			t.Errorf("got %+v", s.Discovery)
		}
	})
}

func TestDiscoverFailures(t *testing.T) {
	t.Parallel()
	html := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<!DOCTYPE html><title>Log in to our network</title>")
		}
	}
	for name, tt := range map[string]struct {
		public  http.HandlerFunc
		kind    checks.FailureKind
		message string
	}{
		"nothing there":  {nil, checks.FailUnreachable, hostPublic + ": " + wordsNoConnection},
		"captive portal": {html(200), checks.FailNotJSON, wordsHTML},
		"block page":     {html(403), checks.FailNotJSON, wordsHTML},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://portal.example/", http.StatusFound)
		}, checks.FailNotJSON, wordsRedirected},
		"truncated": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"issuer":"https://login.micr`)
		}, checks.FailNotJSON, wordsBrokenJSON},
		"empty":      {func(http.ResponseWriter, *http.Request) {}, checks.FailNotJSON, wordsEmptyAnswer},
		"no issuer":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) }, checks.FailNotJSON, wordsNoIssuer},
		"too large":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxAnswer+10)) }, checks.FailNotJSON, wordsTooLarge},
		"fault":      {say(503, "temporarily_unavailable", "busy"), checks.FailService, wordsService},
		"throttled":  {say(429, "slow_down", "busy"), checks.FailThrottled, wordsThrottled},
		"other code": {say(400, "invalid_request", "AADSTS900023: Specified tenant identifier is bad.\x1b[2J Trace ID: 0f0f0f0f-1111-2222-3333-444444444444"), checks.FailRequest, "AADSTS900023: Specified tenant identifier is bad."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hosts := map[string]http.HandlerFunc{hostGov: unknownTenant, hostChina: unknownTenant}
			if tt.public != nil {
				hosts[hostPublic] = tt.public
			}
			s := look(t, &elsewhere{hosts: hosts}, "", checks.Query{Domain: "fabrikam.example"})
			f := s.Discovery.Failure
			if s.Discovery.Read || f == nil || f.Kind != tt.kind || !strings.Contains(f.Message, tt.message) {
				t.Fatalf("got %+v, %v; want %s %q", s.Discovery, f, tt.kind, tt.message)
			}
			if len(s.Discovery.Seen) != 3 {
				t.Errorf("seen %+v", s.Discovery.Seen)
			}
			// The other clouds know what they know.
			if s.Realm.Value.Type != "Unknown" {
				t.Errorf("realm %+v", s.Realm)
			}
			// A cloud that knows the domain settles it, and what was missed is said.
			hosts[hostChina] = tenantAnswer(someTenant, "", "partner.microsoftonline.cn")
			s = look(t, &elsewhere{hosts: hosts}, "", checks.Query{Domain: "fabrikam.example"})
			missed := slices.Sorted(maps.Keys(s.Discovery.Value.Missed))
			if !s.Discovery.Read || len(s.Discovery.Value.Found) != 1 || !slices.Equal(missed, []checks.Cloud{checks.CloudGCC, checks.CloudPublic}) {
				t.Errorf("got %+v", s.Discovery)
			}
			// With that cloud chosen, the public one does not matter either way.
			hosts[hostChina] = unknownTenant
			s = look(t, &elsewhere{hosts: hosts}, "", checks.Query{Domain: "fabrikam.example", Cloud: checks.CloudChina})
			if !s.Discovery.Read || len(s.Discovery.Value.Found) != 0 {
				t.Errorf("chosen: %+v", s.Discovery)
			}
		})
	}
}

func TestDiscoverThrottledSaysHowLong(t *testing.T) {
	t.Parallel()
	sent := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for after, want := range map[string]time.Duration{
		"17": 17 * time.Second, "": 0, "soon": 0, "-4": 0, "999999999": 24 * time.Hour,
		sent.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		sent.Add(-time.Hour).Format(http.TimeFormat):       0,
	} {
		h := func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", after)
			w.Header().Set("Date", sent.Format(http.TimeFormat))
			say(429, "slow_down", "")(w, r)
		}
		s := look(t, &elsewhere{hosts: map[string]http.HandlerFunc{hostPublic: h}}, "https://"+hostPublic, checks.Query{Domain: domain})
		if f := s.Discovery.Failure; f == nil || f.Kind != checks.FailThrottled || f.After != want {
			t.Errorf("%q gave %+v", after, f)
		}
	}
}

func TestDiscoverBadDomainAsksNobody(t *testing.T) {
	t.Parallel()
	e := &elsewhere{}
	for _, in := range []string{"", "outlook.com", "not a domain"} {
		s := look(t, e, "", checks.Query{Domain: in})
		if f := s.Discovery.Failure; f == nil || f.Kind != checks.FailRequest || f.Message == "" || s.Realm.Failure == nil {
			t.Errorf("%q gave %+v", in, s.Discovery)
		}
	}
	e.asked.Range(func(k, _ any) bool { t.Errorf("%v was asked", k); return true })
}

func TestDiscoverStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var once sync.Once
	srv := quiet(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(cancel) // the person presses Ctrl-C while the host is thinking
		<-r.Context().Done()
	}))
	srv.StartTLS()
	t.Cleanup(srv.Close)
	d, err := NewDiscoverer(DiscovererOptions{Transport: trusting(t, srv), LoginURL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	s := lookWith(ctx, d, checks.Query{Domain: domain})
	for _, f := range []*checks.Failure{s.Discovery.Failure, s.Realm.Failure} {
		if f == nil || f.Kind != checks.FailCancelled {
			t.Errorf("got %+v", f)
		}
	}
}

func TestDiscoverOverBadTLS(t *testing.T) {
	t.Parallel()
	srv := quiet(http.NotFoundHandler())
	srv.StartTLS()
	t.Cleanup(srv.Close)
	rt, err := Transport(TransportOptions{Proxy: "none"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rt.CloseIdleConnections)
	s := look(t, rt, srv.URL, checks.Query{Domain: domain})
	if f := s.Discovery.Failure; f == nil || f.Kind != checks.FailTLS || !strings.HasPrefix(f.Message, "127.0.0.1: its certificate is ") {
		t.Errorf("untrusted gave %+v", f)
	}
	plain := quiet(http.NotFoundHandler())
	plain.Start()
	t.Cleanup(plain.Close)
	s = look(t, rt, strings.Replace(plain.URL, "http:", "https:", 1), checks.Query{Domain: domain})
	if f := s.Discovery.Failure; f == nil || f.Kind != checks.FailTLS || !strings.Contains(f.Message, wordsTLSPlain) {
		t.Errorf("plain HTTP gave %+v", f)
	}
}

func TestDiscoverThroughBadProxy(t *testing.T) {
	t.Parallel()
	auth := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Proxy-Authenticate", "Basic")
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(auth.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for address, want := range map[string]string{auth.URL: wordsProxyAuth, gone.URL: wordsProxyDown} {
		rt, err := Transport(TransportOptions{Proxy: address})
		if err != nil {
			t.Fatal(err)
		}
		s := look(t, rt, "https://"+hostPublic, checks.Query{Domain: domain})
		if f := s.Discovery.Failure; f == nil || f.Kind != checks.FailUnreachable || f.Message != hostPublic+": "+want {
			t.Errorf("%s gave %+v; want %q", address, f, want)
		}
	}
}
