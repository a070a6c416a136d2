package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/graph"
	"onboard.example/checks/sim"
)

// benchRTT is injected on every round trip (row W3).
const benchRTT = 60 * time.Millisecond

// far is a simulated tenant behind a slow network, and the clients to read it.
func far(b *testing.B) (*clients, target) {
	b.Helper()
	s, err := sim.Start(b.Context(), sim.Options{Dir: b.TempDir(), RTT: benchRTT})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	r := s.Ready()
	o := &options{
		app: "hetk", domain: r.Tenants[0].Domain, loginURL: s.LoginURL(), graphURL: s.LoginURL(), caFile: r.CA,
		tokenFile: filepath.Join(filepath.Dir(r.CA), "tokens", "admin@contoso.example"),
	}
	t, err := o.target()
	if err != nil {
		b.Fatal(err)
	}
	c, err := newClients(o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.close)
	if err := c.signInFor(b.Context(), t); err != nil {
		b.Fatal(err)
	}
	return c, t
}

// suite runs every check once, and holds that each was able to look, but at the
// log of sign-ins, which the tenant has no licence for: it is asked for as well.
// The DNS is left out, for W3 is measured without it.
func suite(b *testing.B, c *clients, t target) {
	b.Helper()
	readers, err := c.readers("")
	if err != nil {
		b.Fatal(err)
	}
	checks.Run(b.Context(), t.subject, readers, nil, func(f checks.Finding) {
		if f.Verdict == checks.Unknown && f.Check != checks.AccessSignIns && !strings.HasPrefix(string(f.Check), "dns/") {
			b.Fatalf("%s could not look: %s", f.Check, f.Summary)
		}
	})
}

func reportTrips(b *testing.B) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(benchRTT), "rtt")
}

// BenchmarkSuiteWarm is row W3 warm: the whole suite, discovery included, on
// open connections.
func BenchmarkSuiteWarm(b *testing.B) {
	c, t := far(b)
	suite(b, c, t)
	for b.Loop() {
		suite(b, c, t)
	}
	reportTrips(b)
}

// BenchmarkSuiteCold is row W3 cold: TCP and TLS, discovery and the whole suite.
func BenchmarkSuiteCold(b *testing.B) {
	c, t := far(b)
	for b.Loop() {
		b.StopTimer()
		c.transport.CloseIdleConnections()
		c.signedIn(c.current())
		b.StartTimer()
		suite(b, c, t)
	}
	reportTrips(b)
}

// BenchmarkOneByOne is what W3 is held against: the same parts, each asked for
// alone, after the one before.
func BenchmarkOneByOne(b *testing.B) {
	c, t := far(b)
	r, err := graph.New(c.graphOptions(c.graphRoot(""), c.current()))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	if err := r.Warm(b.Context()); err != nil {
		b.Fatal(err)
	}
	q := checks.Query{App: t.subject.App, Domain: t.subject.Domain}
	for b.Loop() {
		for _, p := range r.Serves() {
			r.Read(b.Context(), q, []checks.Part{p}, func(checks.Piece) {})
		}
	}
	reportTrips(b)
}
