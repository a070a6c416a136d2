package signin

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

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
				if !checks.IsGUID(f.TenantID) || f.Issuer == "" || f.Graph == "" {
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
