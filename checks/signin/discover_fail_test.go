package signin

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
)

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

// A panic over an answer is the caller's to catch: it ends no process.
func TestDiscoverPanicGoesToTheCaller(t *testing.T) {
	t.Parallel()
	for _, part := range []checks.Part{checks.PartDiscovery, checks.PartRealm} {
		broken := func(http.ResponseWriter, *http.Request) { panic("over an answer") }
		d, err := NewDiscoverer(DiscovererOptions{Transport: &elsewhere{hosts: map[string]http.HandlerFunc{hostPublic: broken, hostGov: unknownTenant, hostChina: unknownTenant}}})
		if err != nil {
			t.Fatal(err)
		}
		func() {
			defer func() {
				if r := recover(); r != "over an answer" {
					t.Errorf("%s: %v", part, r)
				}
			}()
			d.Read(t.Context(), checks.Query{Domain: "fabrikam.example"}, []checks.Part{part}, func(checks.Piece) {})
		}()
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

func TestDiscoverDoesNotWaitForStragglers(t *testing.T) {
	t.Parallel()
	blackhole := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	known := httptest.NewTLSServer(tenantAnswer(someTenant, "", "microsoftonline.com"))
	t.Cleanup(known.Close)
	never := httptest.NewTLSServer(http.HandlerFunc(blackhole))
	t.Cleanup(never.Close)
	rt := hostsAt{hostPublic: known, hostGov: never, hostChina: never}
	d, err := NewDiscoverer(DiscovererOptions{Transport: rt, Straggle: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	s := lookWith(t.Context(), d, checks.Query{Domain: domain})
	if f := s.Discovery.Value.Found; len(f) != 1 || f[0].Cloud != checks.CloudPublic {
		t.Fatalf("got %+v %v", s.Discovery, s.Discovery.Failure)
	}
	missed := s.Discovery.Value.Missed
	if f := missed[checks.CloudChina]; len(missed) != 3 || f == nil || f.Kind != checks.FailUnreachable || f.Message != hostChina+": "+wordsNoAnswer {
		t.Errorf("missed %+v", missed)
	}
	if !s.Realm.Read || s.Realm.Value.Type != "Managed" {
		t.Errorf("realm %+v", s.Realm)
	}
}

// hostsAt sends requests for hosts to test servers, over a real connection.
type hostsAt map[string]*httptest.Server

func (h hostsAt) RoundTrip(r *http.Request) (*http.Response, error) {
	srv := h[r.URL.Hostname()]
	r = r.Clone(r.Context())
	r.URL.Host = srv.Listener.Addr().String()
	return srv.Client().Transport.RoundTrip(r)
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
