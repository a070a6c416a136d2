package resolve

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

func judgeOf(z *testZone) *judge {
	return &judge{r: &Resolver{opt: Options{Now: time.Now}}, zone: z.name, keys: []key{{z.key, z.key.KeyTag()}}}
}

// TestCutByTCP: an answer that is cut by TCP too is none; its part would read
// as "no such type".
func TestCutByTCP(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	w.set(func() { w.hook = func(_ string, m *dns.Msg) { m.Truncated, m.Answer, m.Ns = true, nil, nil } })
	a, err := w.ask(t, "_hetk.contoso.example", nil)
	if err != nil || a.Servers[0].Outcome != Silent || a.Servers[0].Why != wordCut {
		t.Errorf("%+v, %v", a.Servers, err)
	}
}

// TestWrongZone: a server that speaks for another zone, as parked ones do for
// all names, says nothing about this one.
func TestWrongZone(t *testing.T) {
	t.Parallel()
	up := rr(t, ". 60 IN SOA a. b. 1 1 1 1 60")
	for name, c := range map[string]struct {
		hook func(string, *dns.Msg)
		want Outcome
	}{
		"no such name, of the root": {func(_ string, m *dns.Msg) { m.Rcode, m.Answer, m.Ns = dns.RcodeNameError, nil, []dns.RR{up} }, Lame},
		"no such type, of the root": {func(_ string, m *dns.Msg) { m.Answer, m.Ns = nil, []dns.RR{up} }, Lame},
		"contradicts itself":        {func(_ string, m *dns.Msg) { m.Rcode = dns.RcodeNameError }, Failed},
		"a code without a name":     {func(_ string, m *dns.Msg) { m.Rcode = 13 }, Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, true, record)
			w.set(func() { w.hook = c.hook })
			a, err := w.ask(t, "_hetk.contoso.example", nil)
			if err != nil || a.Servers[0].Outcome != c.want || a.Servers[0].Why == "" || len(a.Servers[0].Records) > 0 {
				t.Errorf("%+v, %v", a.Servers, err)
			}
		})
	}
}

// TestAliasDisagreement: where one server has an alias and the other has not,
// that is not hidden behind servers that agree on where the alias leads.
func TestAliasDisagreement(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, "_hetk.contoso.example. 300 IN CNAME p.contoso.example.", `p.contoso.example. 300 IN TXT "y"`)
	w.set(func() {
		w.hook = func(ip string, m *dns.Msg) {
			if ip == "127.0.0.3" && m.Question[0].Name == "_hetk.contoso.example." {
				m.Answer, m.Rcode = nil, dns.RcodeNameError
			}
		}
	})
	a, err := w.ask(t, "_hetk.contoso.example", nil)
	if err != nil || a.Agree || a.Asked != "_hetk.contoso.example." || a.Servers[0].Outcome != Found || a.Servers[1].Outcome != NoName {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestWildcardAlias(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, "*.contoso.example. 300 IN CNAME www.fabrikam.example.")
	w.set(func() {
		w.hook = func(_ string, m *dns.Msg) {
			if n := m.Question[0].Name; strings.HasSuffix(n, ".contoso.example.") {
				m.Answer, m.Ns, m.Rcode = []dns.RR{rr(t, n+" 300 IN CNAME www.fabrikam.example.")}, nil, 0
			}
		}
	})
	a, err := w.ask(t, "_hetk.contoso.example", nil)
	if err != nil || !a.Wildcard {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestWeakestZone: an alias from a signed zone into an unsigned one is as
// trustworthy as the unsigned one.
func TestWeakestZone(t *testing.T) {
	t.Parallel()
	for ds, want := range map[bool]Security{true: Secure, false: Insecure} {
		w := newWorld(t, false, "_hetk.contoso.example. 300 IN CNAME p.fabrikam.example.")
		other := newZone(t, "fabrikam.example.", `p.fabrikam.example. 300 IN TXT "y"`)
		w.set(func() {
			w.zones = append(w.zones, other)
			w.zones[1].rrs = append(w.zones[1].rrs, rr(t, "fabrikam.example. 300 IN NS ns1.contoso.example."))
			if ds {
				w.zones[1].rrs = append(w.zones[1].rrs, other.key.ToDS(dns.SHA256))
			}
		})
		a, err := w.ask(t, "_hetk.contoso.example", nil)
		if err != nil || a.Security != want || a.Zone != "fabrikam.example." || a.Asked != "p.fabrikam.example." || !slices.Equal(a.Aliases, []string{"p.fabrikam.example."}) {
			t.Errorf("with DS %v: %+v, %v", ds, a, err)
		}
	}
}

// TestCancelledLook: a look that is given up leaves nothing behind for the next.
func TestCancelledLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	r, err := New(Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Look(ctx, "_hetk.contoso.example", dns.TypeTXT); err == nil {
		t.Error("a cancelled look answered")
	}
	if a, err := r.Look(t.Context(), "_hetk.contoso.example", dns.TypeTXT); err != nil || a.Security != Secure {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestReserved(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"192.0.0.8": false, "0.1.2.3": false, "240.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false, "2002:7f00:1::": false,
		"2001:0:4136:e378::": false, "::7f00:1": false, "64:ff9b:1::a00:1": false, "64:ff9b::a00:1": false, "64:ff9b::808:808": true,
		"fec0::1": false, "2001:500:2::c": true, "198.41.0.4": true, "192.5.5.241": true, "ff02::fb": false,
	} {
		if got := (&Resolver{}).askable(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
}

// TestBothKinds: many addresses of one kind leave room for the other.
func TestBothKinds(t *testing.T) {
	t.Parallel()
	m := new(dns.Msg)
	for _, a := range []string{"1", "2", "1", "3", "4", "5", "6"} {
		m.Answer = append(m.Answer, rr(t, "ns.example. A 192.0.2."+a))
	}
	if got := addressesOf(m.Answer, "ns.example.", dns.TypeA); len(got) != 6 || got[1] == got[2] {
		t.Error(got)
	}
	w := newWorld(t, false, record, "ns1.contoso.example. 300 IN A 127.0.0.4", "ns1.contoso.example. 300 IN A 127.0.0.5", "ns1.contoso.example. 300 IN A 127.0.0.6",
		"ns1.contoso.example. 300 IN A 127.0.0.7", "ns1.contoso.example. 300 IN AAAA ::1")
	a, err := w.ask(t, "_hetk.contoso.example", nil)
	if err != nil || !slices.ContainsFunc(a.Servers, func(r Reply) bool { return strings.HasPrefix(r.Addr, "[::1]") }) {
		t.Errorf("%+v, %v", a.Servers, err)
	}
}

// TestEDNS: servers that refuse, or silently drop, what they do not know.
func TestEDNS(t *testing.T) {
	t.Parallel()
	refuse := func(code int) func(q, m *dns.Msg) bool {
		return func(q, m *dns.Msg) bool {
			if q.IsEdns0() != nil {
				*m = dns.Msg{MsgHdr: dns.MsgHdr{Id: q.Id, Response: true, Rcode: code & 15}}
				if code > 15 {
					m.Question = q.Question
					m.SetEdns0(udpSize, false)
					m.Rcode = code
				}
			}
			return false
		}
	}
	for name, c := range map[string]struct {
		rude     func(q, m *dns.Msg) bool
		unsigned bool
		want     Outcome
		security Security
	}{
		"FORMERR":          {refuse(dns.RcodeFormatError), true, Found, Insecure},
		"NOTIMP":           {refuse(dns.RcodeNotImplemented), true, Found, Insecure},
		"BADVERS":          {refuse(dns.RcodeBadVers), true, Found, Insecure},
		"dropped":          {func(q, _ *dns.Msg) bool { return q.IsEdns0() != nil }, true, Found, Insecure},
		"dropped, signed":  {func(q, m *dns.Msg) bool { m.Answer = m.Answer[:min(1, len(m.Answer))]; return q.IsEdns0() != nil }, false, Failed, Indeterminate},
		"always FORMERR":   {func(q, m *dns.Msg) bool { refuse(1)(q.SetEdns0(1, true), m); m.Id = q.Id; return false }, true, Failed, Indeterminate},
		"answers with OPT": {nil, false, Found, Secure},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.unsigned, record)
			w.set(func() { w.rude = c.rude })
			a, err := w.ask(t, "_hetk.contoso.example", func(o *Options) { o.Timeout = 2 * time.Second })
			if err != nil || len(a.Servers) != 2 || a.Servers[0].Outcome != c.want || a.Security != c.security {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}

// TestResolverWithoutDNSSEC: one that passes no signatures on is not a forger.
func TestResolverWithoutDNSSEC(t *testing.T) {
	t.Parallel()
	strip := func(m *dns.Msg) {
		m.Answer = slices.DeleteFunc(m.Answer, func(r dns.RR) bool { return r.Header().Rrtype == dns.TypeRRSIG })
		m.Ns = nil
	}
	for name, tell := range map[string]func(*dns.Msg){
		"no signatures": strip,
		"no keys": func(m *dns.Msg) {
			if m.Question[0].Qtype == dns.TypeDNSKEY {
				m.Answer = nil
			}
		},
	} {
		w := newWorld(t, false, record)
		w.set(func() { w.tell = tell })
		a, err := w.ask(t, "_hetk.contoso.example", nil)
		if err != nil || a.Security != Indeterminate || a.Servers[0].Outcome != Found {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

// TestEarlyAddresses: addresses that come along with the servers' names save a
// round trip, and do not hide those that the resolver tells when asked.
func TestEarlyAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	w.set(func() {
		w.tell = func(m *dns.Msg) {
			if q := m.Question[0]; q.Qtype == dns.TypeNS && len(m.Answer) > 0 {
				m.Extra = append(m.Extra, rr(t, "ns1.contoso.example. A 127.0.0.2"), rr(t, "www.contoso.example. A 127.0.0.9"))
			}
		}
	})
	a, err := w.ask(t, "_hetk.contoso.example", nil)
	if err != nil || len(a.Servers) != 2 || !a.Agree || a.Security != Secure {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestPublicOnly: a service that strangers use asks nothing at home for them.
func TestPublicOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	a, err := w.ask(t, "_hetk.contoso.example", func(o *Options) { o.PublicOnly = true })
	if err != nil || len(a.Servers) != 2 || a.Servers[0].Outcome != Barred || a.Servers[1].Outcome != Barred || a.Security != Indeterminate {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestLostOnTheWay: what asks the resolver for signatures is lost twice, so that the
// third question has none of it. Nobody forged anything, and nobody is said to have.
func TestLostOnTheWay(t *testing.T) {
	t.Parallel()
	for _, kind := range []uint16{dns.TypeDS, dns.TypeDNSKEY} {
		t.Run(dns.TypeToString[kind], func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, `_hetk.contoso.example. 300 IN TXT "v=hetk1"`)
			w.set(func() {
				w.drops = func(q *dns.Msg, auth bool) bool {
					return !auth && q.IsEdns0() != nil && q.Question[0].Qtype == kind && q.Question[0].Name == "contoso.example."
				}
			})
			a, err := w.ask(t, "_hetk.contoso.example", func(o *Options) { o.Timeout = 2 * time.Second })
			if err != nil || a.Security == Bogus || a.Broken != "" {
				t.Fatalf("%s %q %q, %v", a.Security, a.Reason, a.Broken, err)
			}
			if d, ok := a.Decided(); !ok || d.Outcome != Found || !a.Agree {
				t.Errorf("%+v", a.Servers)
			}
			if a.Security != Indeterminate || a.Reason != wordStripped {
				t.Errorf("%s %q", a.Security, a.Reason)
			}
		})
	}
	t.Run("of the zone's own servers", func(t *testing.T) { // which are asked where a resolver gives no keys
		t.Parallel()
		w := newWorld(t, false, `_hetk.contoso.example. 300 IN TXT "v=hetk1"`)
		keys := func(q *dns.Msg) bool {
			return q.Question[0].Qtype == dns.TypeDNSKEY && q.Question[0].Name == "contoso.example."
		}
		w.set(func() {
			w.tell = func(m *dns.Msg) {
				if keys(m) {
					m.Answer, m.Rcode = nil, dns.RcodeServerFailure
				}
			}
			w.drops = func(q *dns.Msg, auth bool) bool { return auth && q.IsEdns0() != nil && keys(q) }
		})
		a, err := w.ask(t, "_hetk.contoso.example", func(o *Options) { o.Timeout = 2 * time.Second })
		if err != nil || a.Security != Indeterminate || a.Reason != wordNoKeys || a.Broken != "" {
			t.Fatalf("%s %q %q, %v", a.Security, a.Reason, a.Broken, err)
		}
		if d, ok := a.Decided(); !ok || d.Outcome != Found || !a.Agree {
			t.Errorf("%+v", a.Servers)
		}
	})
}
