package resolve

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// refers adds a server of the zone above, at 127.0.0.4, that knows nothing but where
// contoso.example is, and a resolver that fails for everything in contoso.example.
func (w *world) refers(t *testing.T, kinds ...uint16) {
	t.Helper()
	pc, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", fmt.Sprintf("127.0.0.4:%d", w.port))
	if err != nil {
		t.Fatal(err)
	}
	ns, glue := rr(t, "contoso.example. 300 IN NS ns1.contoso.example."), rr(t, "ns1.contoso.example. 300 IN A 127.0.0.2")
	strange := rr(t, "ns1.contoso.example.fabrikam. 300 IN A 127.0.0.9")
	run(t, &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(rw dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.Ns, m.Extra = []dns.RR{ns}, []dns.RR{strange, glue}
		_ = rw.WriteMsg(m)
	})})
	above, at := rr(t, "example. 300 IN NS ns.example."), rr(t, "ns.example. 300 IN A 127.0.0.4")
	w.set(func() {
		w.tell = func(m *dns.Msg) {
			name, kind := dns.CanonicalName(m.Question[0].Name), m.Question[0].Qtype
			fails := len(kinds) == 0
			for _, k := range kinds {
				fails = fails || k == kind
			}
			switch {
			case name == "example." && kind == dns.TypeNS:
				m.Answer = []dns.RR{above}
			case name == "ns.example." && kind == dns.TypeA:
				m.Rcode, m.Answer, m.Ns = dns.RcodeSuccess, []dns.RR{at}, nil
			case dns.IsSubDomain("contoso.example.", name) && kind != dns.TypeDS && fails:
				m.Rcode, m.Answer, m.Ns = dns.RcodeServerFailure, nil, nil
			}
		}
	})
}

// TestIteration: where the resolver in use fails for a zone, its servers are found
// from the zone above, and are asked themselves.
func TestIteration(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kinds  []uint16
		spoil  func(w *world)
		want   Security
		counts bool
	}{
		"the resolver fails for all of it":     {nil, func(*world) {}, Secure, true},
		"it fails for the name servers alone":  {[]uint16{dns.TypeNS}, func(*world) {}, Secure, true},
		"it fails as the signatures are wrong": {nil, func(w *world) { w.zones[2].bad = true }, Bogus, false},
		"it fails as no server has the zone": {nil, func(w *world) {
			w.hook = func(_ string, m *dns.Msg) {
				m.Rcode, m.Authoritative, m.Answer, m.Ns = dns.RcodeRefused, false, nil, nil
			}
		}, Indeterminate, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, record)
			w.refers(t, c.kinds...)
			w.set(func() { c.spoil(w) })
			a, err := w.ask(t, "_hetk.contoso.example", nil)
			if err != nil || a.Zone != "contoso.example." || a.Home != a.Zone || len(a.Servers) != 1 || a.Servers[0].Host != "ns1.contoso.example." {
				t.Fatalf("%+v, %v", a, err)
			}
			if d, ok := a.Decided(); ok != c.counts || a.Security != c.want || ok && len(d.Records) != 1 {
				t.Errorf("%+v", a)
			}
		})
	}
}

// TestAZoneAboveIsNotTakenForIt: where neither the resolver nor the servers above say
// which zone the name is in, nothing is decided, and the reason names the failure.
func TestAZoneAboveIsNotTakenForIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	w.set(func() {
		w.tell = func(m *dns.Msg) {
			if dns.IsSubDomain("contoso.example.", dns.CanonicalName(m.Question[0].Name)) {
				m.Rcode, m.Answer, m.Ns = dns.RcodeServerFailure, nil, nil
			}
		}
		w.rude = func(*dns.Msg, *dns.Msg) bool { return true }
	})
	a, err := w.ask(t, "_hetk.contoso.example", func(o *Options) { o.Timeout = 2 * time.Second })
	if err == nil || !strings.Contains(err.Error(), "SERVFAIL") || a.Zone != "" || len(a.Servers) > 0 {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestParentAndChildOnOneServer: a server that has a zone and the one below it
// answers from the one below, with authority; the resolver in use fails for that.
// The zone above is not taken for it, whatever the answer holds.
func TestParentAndChildOnOneServer(t *testing.T) {
	t.Parallel()
	catchAll := rr(t, "fabrikam. 60 IN SOA a. b. 1 1 1 1 60")
	for name, c := range map[string]struct {
		asked string
		spoil func(w *world)
		zone  string
		want  Security
	}{
		"a record alone":        {"_hetk.contoso.example", func(*world) {}, "contoso.example.", Secure},
		"no such type":          {"_other.contoso.example", func(*world) {}, "contoso.example.", Secure},
		"no such name":          {"_none.contoso.example", func(*world) {}, "contoso.example.", Secure},
		"the zone itself":       {"contoso.example", func(*world) {}, "contoso.example.", Secure},
		"an alias":              {"_alias.contoso.example", func(*world) {}, "contoso.example.", Secure},
		"the zone in between":   {"_hetk.example", func(*world) {}, "example.", Secure},
		"signatures do not fit": {"_hetk.contoso.example", func(w *world) { w.zones[2].bad = true }, "contoso.example.", Bogus},
		"an alias out of the zone, and the zone above beside it": {"_away.contoso.example", func(w *world) {
			w.hook = func(_ string, m *dns.Msg) {
				if m.Question[0].Qtype == dns.TypeTXT && m.Question[0].Name == "_away.contoso.example." {
					m.Ns = w.zones[1].sign(w.zones[1].sets("example.", dns.TypeSOA), "example.")
				}
			}
		}, "example.", Secure},
		"a server that has none of them": {"_hetk.contoso.example", func(w *world) {
			w.hook = func(_ string, m *dns.Msg) { m.Answer, m.Ns, m.Rcode = nil, []dns.RR{catchAll}, 0 }
		}, "", Indeterminate},
		"it does not say where the zone begins": {"_hetk.contoso.example", func(w *world) {
			w.hook = func(_ string, m *dns.Msg) {
				if m.Question[0].Qtype == dns.TypeNS {
					m.Answer, m.Ns, m.Rcode = nil, nil, dns.RcodeServerFailure
				}
			}
		}, "", Indeterminate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, record, "_other.contoso.example. 300 IN A 192.0.2.1", "_alias.contoso.example. 300 IN CNAME _hetk.contoso.example.", "_away.contoso.example. 300 IN CNAME _hetk.example.")
			above, at := rr(t, "example. 300 IN NS ns.example."), rr(t, "ns.example. 300 IN A 127.0.0.2")
			w.set(func() {
				w.zones[1].rrs = append(w.zones[1].rrs, rr(t, `_hetk.example. 300 IN TXT "x"`))
				w.zones[2].rrs = append(w.zones[2].rrs, rr(t, "ns1.contoso.example. 300 IN AAAA ::1"))
				c.spoil(w)
				w.tell = func(m *dns.Msg) {
					switch name, kind := dns.CanonicalName(m.Question[0].Name), m.Question[0].Qtype; {
					case name == "example." && kind == dns.TypeNS:
						m.Answer = []dns.RR{above}
					case name == "ns.example." && kind == dns.TypeA:
						m.Rcode, m.Answer, m.Ns = dns.RcodeSuccess, []dns.RR{at}, nil
					case dns.IsSubDomain("contoso.example.", name) && kind != dns.TypeDS && kind != dns.TypeA:
						m.Rcode, m.Answer, m.Ns = dns.RcodeServerFailure, nil, nil
					}
				}
			})
			a, err := w.ask(t, c.asked, nil)
			if (err == nil) != (c.zone != "") || a.Zone != c.zone || a.Security != c.want {
				t.Errorf("%s %s %q: %+v, %v", a.Zone, a.Security, a.Reason, a.Servers, err)
			}
			if home := "contoso.example."; c.zone == "example." && strings.HasPrefix(c.asked, "_away") && a.Home != home {
				t.Errorf("home is %s", a.Home)
			}
		})
	}
}
