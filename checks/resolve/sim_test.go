package resolve

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks"
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

// TestSimulatedBogus: each way in which signatures may not hold is told in words of
// its own, and nobody's answer counts.
func TestSimulatedBogus(t *testing.T) {
	t.Parallel()
	for kind, c := range map[string]struct{ name, why string }{
		"signature": {"_hetk.contoso.example", wordBadSig}, "expired": {"_hetk.contoso.example", wordOldSig}, "early": {"_hetk.contoso.example", wordEarlySig},
		"key": {"_hetk.contoso.example", wordOtherKey}, "unsigned": {"_hetk.contoso.example", wordNoSig}, "ds": {"_hetk.contoso.example", wordNoMatch},
		"denial": {"_none.contoso.example", wordNoProof},
	} {
		for _, strict := range []bool{false, true} {
			t.Run(fmt.Sprint(kind, strict), func(t *testing.T) {
				t.Parallel()
				faults := []string{"dns-bogus=" + kind}
				if strict {
					faults = append(faults, "dns-strict")
				}
				ready := simulated(t, "    txt: {_hetk: [\"v=hetk1; policy=private\"]}", faults...)
				r, err := New(trusting(t, ready, ready.DNS))
				if err != nil {
					t.Fatal(err)
				}
				a, err := r.Look(t.Context(), c.name, dns.TypeTXT)
				fault := map[string]checks.DNSFault{"expired": checks.DNSFaultTime, "early": checks.DNSFaultTime}[kind]
				if a.Broken != "contoso.example." || a.Fault != fault {
					t.Errorf("%q, %q", a.Broken, a.Fault)
				}
				if err != nil || a.Security != Bogus || !strings.HasPrefix(a.Reason, c.why) || a.Zone != "contoso.example." || len(a.Servers) != 2 || (a.Resolver.Outcome == Failed) != strict {
					t.Fatalf("%s %q: %+v, %v", a.Security, a.Reason, a, err)
				}
				for _, s := range a.Servers {
					if s.Outcome != Forged || !strings.HasPrefix(s.Why, c.why) {
						t.Errorf("%+v", s)
					}
				}
			})
		}
	}
}

// TestSimulatedBogusOnTheWay: where it is the resolver in use that alters signatures,
// the zone's own servers are not said to have forged anything: nothing of theirs could
// be checked.
func TestSimulatedBogusOnTheWay(t *testing.T) {
	t.Parallel()
	for kind, fault := range map[string]checks.DNSFault{"signature": "", "unsigned": "", "key": "", "expired": checks.DNSFaultTime, "early": checks.DNSFaultTime} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			ready := simulated(t, "    txt: {_hetk: [\"v=hetk1; policy=private\"]}", "dns-bogus="+kind+",server=resolver")
			r, err := New(trusting(t, ready, ready.DNS))
			if err != nil {
				t.Fatal(err)
			}
			a, err := r.Look(t.Context(), "_hetk.contoso.example", dns.TypeTXT)
			if err != nil || a.Security != Bogus || a.Broken != "." || a.Fault != fault || len(a.Servers) != 2 {
				t.Fatalf("%s %q %q %q: %+v, %v", a.Security, a.Reason, a.Broken, a.Fault, a, err)
			}
			for _, s := range a.Servers {
				if s.Outcome != Failed || !strings.HasPrefix(s.Why, wordNotChecked) || !strings.HasSuffix(s.Why, wordInRoot) || len(s.Records) > 0 {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}

// TestSimulatedShapes: aliases of whole trees, wildcards, and names that are not
// there, denied by NSEC and by NSEC3.
func TestSimulatedShapes(t *testing.T) {
	t.Parallel()
	const records = `records: ['_hetk TXT "v=hetk1"', '*.wild TXT "any"', '_alias CNAME _hetk', 'old DNAME @', 'a.empty TXT "x"', 'away DNAME hr', 'loop DNAME loop.loop']`
	for denial, weak := range map[string]bool{
		"": false, "nsec3: {}": false, "nsec3: {iterations: 12, salt: aabbccdd}": false, "nsec3: {iterations: 101}": true,
	} {
		ready := simulated(t, "    dns: {"+strings.TrimPrefix(denial+", ", ", ")+records+"}")
		for name, c := range map[string]struct {
			outcome Outcome
			asked   string
			wild    bool
			proved  bool // something is proved not to be there
		}{
			"_hetk.contoso.example":          {Found, "_hetk.contoso.example.", false, false},
			"_alias.contoso.example":         {Found, "_hetk.contoso.example.", false, false},
			"_hetk.old.contoso.example":      {Found, "_hetk.contoso.example.", false, false},
			"_hetk.old.old.contoso.example":  {Found, "_hetk.contoso.example.", false, false},
			"_hetk.away.contoso.example":     {Found, "_hetk.hr.contoso.example.", false, false},
			"a.wild.contoso.example":         {Found, "a.wild.contoso.example.", true, true},
			"_none.contoso.example":          {NoName, "_none.contoso.example.", false, true},
			"_none.old.contoso.example":      {NoName, "_none.contoso.example.", false, true},
			"a.b._none.contoso.example":      {NoName, "a.b._none.contoso.example.", false, true},
			"empty.contoso.example":          {NoData, "empty.contoso.example.", false, true},
			"autodiscover.contoso.example":   {NoData, "autodiscover.outlook.com.", false, false},
			"old.contoso.example":            {NoData, "old.contoso.example.", false, true},
			"www.old.away.hr.loop.x.example": {NoName, "www.old.away.hr.loop.x.example.", false, false},
		} {
			t.Run(denial+" "+name, func(t *testing.T) {
				t.Parallel()
				r, err := New(trusting(t, ready, ready.DNS))
				if err != nil {
					t.Fatal(err)
				}
				want := Secure
				if weak && c.proved {
					want = Insecure
				}
				a, err := r.Look(t.Context(), name, dns.TypeTXT)
				d, ok := a.Decided()
				if err != nil || !ok || d.Outcome != c.outcome || a.Asked != c.asked || a.Wildcard != c.wild || a.Security != want || a.Weak != (want == Insecure) || !a.Agree {
					t.Errorf("%s %s %s %q: %+v, %v", d.Outcome, a.Asked, a.Security, a.Reason, a.Servers, err)
				}
			})
		}
		t.Run(denial+" loop", func(t *testing.T) {
			t.Parallel()
			r, err := New(trusting(t, ready, ready.DNS))
			if err != nil {
				t.Fatal(err)
			}
			if a, err := r.Look(t.Context(), "x.loop.contoso.example", dns.TypeTXT); err == nil || !a.Endless {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}
