package main

import (
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"onboard.example/checks"
	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// TestSlowNamesHoldUpNothing: what a look learns of the tenant is told while the
// resolver still has everybody wait, and the answer about the mail comes after.
func TestSlowNamesHoldUpNothing(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "managed-default"})
	told := make(chan struct{})
	once := sync.OnceFunc(func() { close(told) })
	t.Cleanup(once)
	pc, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	must(t, err)
	up := make(chan struct{})
	names := &dns.Server{PacketConn: pc, NotifyStartedFunc: func() { close(up) }, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		<-told
		_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeNameError)) // whoever asked may be gone
	})}
	done := make(chan error, 1)
	go func() { done <- names.ActivateAndServe() }()
	<-up
	t.Cleanup(func() {
		once()
		must(t, names.Shutdown())
		must(t, <-done)
	})
	base := (&url.URL{Scheme: "https", Host: s.Ready().HTTPS}).String()
	c, err := newClients(&options{loginURL: base, graphURL: base, caFile: s.Ready().CA, dnsServer: pc.LocalAddr().String(), dnsPort: 53})
	must(t, err)
	t.Cleanup(c.close)
	l := newLooker(c)
	var landed []checks.ID // as they land, with what was told among them
	var early flows.Facts
	facts, err := l.Look(t.Context(), run.Ask{
		Checks: []checks.ID{checks.CheckDNSMail, checks.TenantFound}, App: checks.App{ID: "hetk", Name: "Hetk"}, Domain: "contoso.example",
		Tell: func(f flows.Facts, of []checks.ID) {
			early = f
			landed = append(landed, "told")
			if len(of) != 1 || of[0] != checks.TenantFound {
				t.Errorf("told of %q", of)
			}
			once()
		},
	}, func(f checks.Finding) { landed = append(landed, f.Check) })
	must(t, err)
	if len(landed) != 3 || landed[0] != checks.TenantFound || landed[1] != "told" || landed[2] != checks.CheckDNSMail {
		t.Errorf("landed: %q", landed)
	}
	if len(early.Tenants) != 1 || len(facts.Tenants) != 1 || l.seen.Discovery.At.IsZero() || l.seen.DNSMail.At.IsZero() {
		t.Errorf("early %+v, at the end %+v", early, facts)
	}
}
