package resolve

import (
	"net"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks/sim"
)

// simulated serves contoso.example, as lines say, and hr.contoso.example, a zone of
// its own at the same servers.
func simulated(t *testing.T, lines string, faults ...string) sim.Ready {
	t.Helper()
	file := "title: DNS\nabout: Names.\ntenants:\n  - domain: contoso.example\n" + lines + "\n  - domain: hr.contoso.example\n    txt: {_hetk: [\"v=hetk1; policy=private\"]}\nexpect: []\n"
	s, err := sim.Start(t.Context(), sim.Options{
		Scenario: "names", Scenarios: fstest.MapFS{"names.yaml": {Data: []byte(file)}}, Dir: t.TempDir(), DNSSign: true, Faults: faults,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s.Ready()
}

// trusting is how to ask the simulator's DNS through a resolver.
func trusting(t *testing.T, ready sim.Ready, resolver string) Options {
	t.Helper()
	f, err := os.Open(ready.TrustAnchor)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	anchors, err := ParseAnchors(f)
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(ready.DNS)
	if err != nil {
		t.Fatal(err)
	}
	where, err := parseServer("127.0.0.1:" + port)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Server: resolver, Port: where.loopbackPort(), Anchors: anchors, Timeout: 3 * time.Second, Deadline: 20 * time.Second}
}

// failing is a resolver that passes on what the one at addr says, but fails for all
// that is in zone, as one does that finds its signatures wrong.
func failing(t *testing.T, addr, zone string) string {
	t.Helper()
	pc, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	run(t, &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(rw dns.ResponseWriter, q *dns.Msg) {
		name := dns.CanonicalName(q.Question[0].Name)
		m, _, err := (&dns.Client{Net: "tcp"}).ExchangeContext(t.Context(), q, addr)
		if err != nil || dns.IsSubDomain(zone, name) && q.Question[0].Qtype != dns.TypeDS {
			m = new(dns.Msg).SetRcode(q, dns.RcodeServerFailure)
		}
		_ = rw.WriteMsg(m)
	})})
	return pc.LocalAddr().String()
}

// TestSimulatedParentAndChild: the simulator's name servers have a zone and the one
// below it. Where the resolver in use fails for the one below, that is found.
func TestSimulatedParentAndChild(t *testing.T) {
	t.Parallel()
	ready := simulated(t, "    txt: {_hetk: [\"v=hetk1; policy=private\"]}")
	for name, zone := range map[string]string{
		"_hetk.hr.contoso.example": "hr.contoso.example.", "_none.hr.contoso.example": "hr.contoso.example.", "hr.contoso.example": "hr.contoso.example.",
		"_hetk.contoso.example": "contoso.example.", "_none.contoso.example": "contoso.example.",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := New(trusting(t, ready, failing(t, ready.DNS, "hr.contoso.example.")))
			if err != nil {
				t.Fatal(err)
			}
			a, err := r.Look(t.Context(), name, dns.TypeTXT)
			if err != nil || a.Zone != zone || len(a.Servers) != 2 || !a.Agree || a.Security != Secure {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}
