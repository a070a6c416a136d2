package sim

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/miekg/dns"
)

const longText = "v=long1; pad="

func dnsSim(t *testing.T) *Sim {
	t.Helper()
	file := `title: DNS
about: A domain with records of its own.
tenants:
  - domain: contoso.example
    txt:
      _hetk: ["v=hetk1; policy=private"]
      "@": ["back\\slash \"quoted\""]
      _long: ["` + longText + strings.Repeat("x", 300) + `"]
      _many: [` + strings.TrimSuffix(strings.Repeat(`"`+strings.Repeat("y", 200)+`", `, 10), ", ") + `]
      a.b: ["deep"]
expect: []
`
	return startSim(t, "dns", func(o *Options) { o.Scenarios = fstest.MapFS{"dns.yaml": {Data: []byte(file)}} })
}

func ask(t *testing.T, s *Sim, network, name string, kind uint16, change ...func(*dns.Msg)) *dns.Msg {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion(name, kind)
	for _, f := range change {
		f(m)
	}
	c := &dns.Client{Net: network, UDPSize: 4096, Timeout: 30 * time.Second}
	r, _, err := c.ExchangeContext(t.Context(), m, s.dnsUDP.LocalAddr().String())
	if err != nil {
		t.Fatalf("%s %s: %v", network, name, err)
	}
	return r
}

func answers(r *dns.Msg) []string {
	var out []string
	for _, rr := range r.Answer {
		if x, ok := rr.(*dns.TXT); ok {
			out = append(out, strings.Join(x.Txt, ""))
			continue
		}
		out = append(out, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	slices.Sort(out)
	return out
}

func TestDNSRecords(t *testing.T) {
	t.Parallel()
	s := dnsSim(t)
	tests := []struct {
		name string
		kind uint16
		want []string
	}{
		{"contoso.example.", dns.TypeNS, []string{"ns1.contoso.example.", "ns2.contoso.example."}},
		{"contoso.example.", dns.TypeA, []string{"192.0.2.10"}},
		{"contoso.example.", dns.TypeMX, []string{"0 contoso-example.mail.protection.outlook.com."}},
		{"_hetk.contoso.example.", dns.TypeTXT, []string{"v=hetk1; policy=private"}},
		{"_long.contoso.example.", dns.TypeTXT, []string{longText + strings.Repeat("x", 300)}},
		{"a.b.contoso.example.", dns.TypeTXT, []string{"deep"}},
		{"autodiscover.contoso.example.", dns.TypeCNAME, []string{"autodiscover.outlook.com."}},
		{"autodiscover.contoso.example.", dns.TypeA, []string{"192.0.2.10", "autodiscover.outlook.com."}},
		{"contoso.onmicrosoft.example.", dns.TypeMX, []string{"0 contoso-onmicrosoft-example.mail.protection.outlook.com."}},
		{"CoNtOsO.eXaMpLe.", dns.TypeA, []string{"192.0.2.10"}},
	}
	for _, network := range []string{"udp", "tcp"} {
		for _, tt := range tests {
			t.Run(network+" "+tt.name+dns.TypeToString[tt.kind], func(t *testing.T) {
				t.Parallel()
				r := ask(t, s, network, tt.name, tt.kind)
				if r.Rcode != dns.RcodeSuccess || !r.RecursionAvailable || !slices.Equal(answers(r), tt.want) {
					t.Errorf("got %v\n%s", answers(r), r)
				}
				if r.Answer[0].Header().Name != tt.name {
					t.Errorf("owner is spelled %q", r.Answer[0].Header().Name)
				}
			})
		}
	}
	txt := answers(ask(t, s, "udp", "contoso.example.", dns.TypeTXT))
	joined := strings.Join(txt, "\n")
	for _, want := range []string{"MS=ms", "v=spf1 include:spf.protection.outlook.com -all", `back\\slash`} {
		if !strings.Contains(joined, want) {
			t.Errorf("TXT lacks %q: %q", want, txt)
		}
	}
	if got := answers(ask(t, s, "udp", "_dmarc.contoso.example.", dns.TypeTXT)); len(got) != 1 || !strings.HasPrefix(got[0], "v=DMARC1;") {
		t.Errorf("DMARC %q", got)
	}
}

func TestDNSNegative(t *testing.T) {
	t.Parallel()
	s := dnsSim(t)
	tests := []struct {
		name  string
		kind  uint16
		rcode int
		soa   string
	}{
		{"_hetk.www.contoso.example.", dns.TypeTXT, dns.RcodeNameError, "contoso.example."},
		{"_hetk.contoso.example.", dns.TypeA, dns.RcodeSuccess, "contoso.example."},
		{"b.contoso.example.", dns.TypeTXT, dns.RcodeSuccess, "contoso.example."}, // empty, but something lies below
		{"contoso.example.", dns.TypeAAAA, dns.RcodeSuccess, "contoso.example."},
		{"notcontoso.example.", dns.TypeA, dns.RcodeNameError, "example."},
		{"nowhere.test.", dns.TypeMX, dns.RcodeNameError, "."},
	}
	for _, tt := range tests {
		t.Run(tt.name+dns.TypeToString[tt.kind], func(t *testing.T) {
			t.Parallel()
			r := ask(t, s, "udp", tt.name, tt.kind)
			if r.Rcode != tt.rcode || len(r.Answer) != 0 || len(r.Ns) != 1 || r.Authoritative {
				t.Fatalf("got\n%s", r)
			}
			soa, ok := r.Ns[0].(*dns.SOA)
			if !ok || soa.Hdr.Name != tt.soa || soa.Hdr.Ttl != negativeTTL || soa.Minttl != negativeTTL {
				t.Errorf("authority %v", r.Ns)
			}
		})
	}
	if r := ask(t, s, "udp", "contoso.example.", dns.TypeSOA); len(r.Answer) != 1 {
		t.Errorf("SOA asked for: %s", r)
	}
}

func TestDNSProtocol(t *testing.T) {
	t.Parallel()
	s := dnsSim(t)
	edns := func(m *dns.Msg) { m.SetEdns0(4096, true) }
	plain := ask(t, s, "udp", "_many.contoso.example.", dns.TypeTXT)
	if !plain.Truncated || plain.Len() > dns.MinMsgSize {
		t.Errorf("no EDNS0: truncated %v, %d bytes", plain.Truncated, plain.Len())
	}
	big := ask(t, s, "udp", "_many.contoso.example.", dns.TypeTXT, edns)
	if !big.Truncated || big.Len() > udpSize || big.IsEdns0() == nil {
		t.Errorf("EDNS0: truncated %v, %d bytes", big.Truncated, big.Len())
	}
	if tcp := ask(t, s, "tcp", "_many.contoso.example.", dns.TypeTXT, edns); tcp.Truncated || len(tcp.Answer) != 10 {
		t.Errorf("TCP: %s", tcp)
	}
	version := func(m *dns.Msg) { edns(m); m.IsEdns0().SetVersion(3) }
	if r := ask(t, s, "udp", "contoso.example.", dns.TypeA, version); r.Rcode != dns.RcodeBadVers || len(r.Answer) != 0 {
		t.Errorf("EDNS version 3: %s", r)
	}
	for name, kind := range map[string]uint16{"ANY": dns.TypeANY, "AXFR": dns.TypeAXFR} {
		if r := ask(t, s, "tcp", "contoso.example.", kind); r.Rcode != dns.RcodeRefused {
			t.Errorf("%s: %s", name, r)
		}
	}
	chaos := func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }
	if r := ask(t, s, "udp", "version.bind.", dns.TypeTXT, chaos); r.Rcode != dns.RcodeRefused {
		t.Errorf("CHAOS: %s", r)
	}
	notify := func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify }
	if r := ask(t, s, "udp", "contoso.example.", dns.TypeSOA, notify); r.Rcode != dns.RcodeNotImplemented {
		t.Errorf("NOTIFY: %s", r)
	}
}

func TestDNSTextCannotBreakTheZone(t *testing.T) {
	t.Parallel()
	z := newZone("contoso.example.", "ns1.contoso.example.")
	before := len(z.records)
	z.text(strings.Repeat("x", 64), "label too long")
	if len(z.records) != before {
		t.Error("a label of 64 octets was taken")
	}
	if got := digits("abcdef01-2345"); got != "01234501" {
		t.Errorf("digits %q", got)
	}
}
