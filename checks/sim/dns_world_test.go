package sim

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/miekg/dns"
)

// nameServers is a world with one tenant, whose DNS is as the lines say.
func nameServers(t *testing.T, lines string, change ...func(*Options)) *Sim {
	t.Helper()
	file := "title: DNS\nabout: Name servers.\ntenants:\n  - domain: contoso.example\n" + lines + "\n  - domain: hr.contoso.example\nexpect: []\n"
	return startSim(t, "dns", append([]func(*Options){func(o *Options) {
		o.Scenarios = fstest.MapFS{"dns.yaml": {Data: []byte(file)}}
	}}, change...)...)
}

// askAt asks one server as another name server would, once, and waits so long.
func askAt(t *testing.T, s *Sim, patience time.Duration, role dnsRole, name string, kind uint16, signed bool) (*dns.Msg, error) {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion(name, kind)
	m.RecursionDesired = false
	m.SetEdns0(1232, signed)
	_, port, err := net.SplitHostPort(s.dnsUDP.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := &dns.Client{Timeout: patience}
	r, _, err := c.ExchangeContext(t.Context(), m, net.JoinHostPort(s.dnsAt[role].String(), port))
	return r, err
}

func mustAskAt(t *testing.T, s *Sim, role dnsRole, name string, kind uint16, signed bool) *dns.Msg {
	t.Helper()
	r, err := askAt(t, s, 30*time.Second, role, name, kind, signed)
	if err != nil {
		t.Fatalf("%s at %s: %v", name, role, err)
	}
	return r
}

// spread skips what takes several addresses on machines that have one.
func (s *Sim) spread() bool { return len(s.hosts) == 4 }

// TestDNSFromTheRoot walks from the root down, by referrals alone.
func TestDNSFromTheRoot(t *testing.T) {
	t.Parallel()
	s := nameServers(t, `    txt: {_hetk: ["v=hetk1; policy=private"]}`)
	if !s.spread() {
		t.Fatalf("served at %d addresses", len(s.hosts))
	}
	at := s.dnsAt[dnsRegistry]
	_, port, err := net.SplitHostPort(s.dnsUDP.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		m := new(dns.Msg)
		m.SetQuestion("_hetk.contoso.example.", dns.TypeTXT)
		m.RecursionDesired = false
		r, _, err := new(dns.Client).ExchangeContext(t.Context(), m, net.JoinHostPort(at.String(), port))
		if err != nil {
			t.Fatal(err)
		}
		if r.Authoritative {
			if got := answers(r); !slices.Equal(got, []string{"v=hetk1; policy=private"}) || at != s.dnsAt[dnsFirst] {
				t.Errorf("at %s: %s", at, r)
			}
			return
		}
		glue := ofType[*dns.A](r.Extra)
		if len(glue) == 0 || len(r.Ns) == 0 || len(r.Answer) > 0 {
			t.Fatalf("no way on from %s: %s", at, r)
		}
		at, _ = netip.AddrFromSlice(glue[0].A.To4())
	}
	t.Error("the way down does not end")
}

// TestDNSRoles: each server answers for its own zones alone.
func TestDNSRoles(t *testing.T) {
	t.Parallel()
	s := nameServers(t, `    txt: {_hetk: ["x"]}`)
	for _, c := range []struct {
		role  dnsRole
		name  string
		rcode int
		auth  bool
		found int
	}{
		{dnsRegistry, "example.", dns.RcodeSuccess, true, 0},
		{dnsRegistry, "nowhere.example.", dns.RcodeNameError, true, 0},
		{dnsRegistry, "_hetk.contoso.example.", dns.RcodeSuccess, false, 0},
		{dnsRegistry, "spf.protection.outlook.com.", dns.RcodeSuccess, true, 1},
		{dnsFirst, "_hetk.contoso.example.", dns.RcodeSuccess, true, 1},
		{dnsSecond, "_hetk.contoso.example.", dns.RcodeSuccess, true, 1},
		{dnsSecond, "_hetk.hr.contoso.example.", dns.RcodeNameError, true, 0},
		{dnsSecond, "fabrikam.example.", dns.RcodeRefused, false, 0},
		{dnsResolver, "_hetk.contoso.example.", dns.RcodeSuccess, true, 1},
		{dnsResolver, "nowhere.example.", dns.RcodeNameError, true, 0},
	} {
		r := mustAskAt(t, s, c.role, c.name, dns.TypeTXT, false)
		if r.Rcode != c.rcode || r.Authoritative != c.auth || len(r.Answer) != c.found || r.RecursionAvailable {
			t.Errorf("%s at %s: %s", c.name, c.role, r)
		}
	}
	// A domain below another is a zone of its own, told by the one above.
	if r := mustAskAt(t, s, dnsFirst, "hr.contoso.example.", dns.TypeDS, false); len(r.Ns) != 1 || r.Ns[0].Header().Name != "contoso.example." {
		t.Errorf("DS of hr: %s", r)
	}
}

// TestDNSShapes: what a domain's owner may publish comes out as it should.
func TestDNSShapes(t *testing.T) {
	t.Parallel()
	s := nameServers(t, `    dns:
      records:
        - _hetk TXT "v=hetk1;" " policy=private"
        - '*.wild TXT "any"'
        - star.wild A 192.0.2.7
        - _alias CNAME _hetk
        - _far CNAME spf.protection.outlook.com.
        - _loop CNAME _loop
        - _hetk.contoso.example TXT "doubled"`)
	for name, want := range map[string][]string{
		"_hetk.contoso.example.":                 {"v=hetk1; policy=private"},
		"_hetk.contoso.example.contoso.example.": {"doubled"},
		"a.wild.contoso.example.":                {"any"},
		"b.a.wild.contoso.example.":              {"any"},
		"_alias.contoso.example.":                {"_hetk.contoso.example.", "v=hetk1; policy=private"},
		"_far.contoso.example.":                  {"spf.protection.outlook.com.", "v=spf1 ip4:192.0.2.0/24 -all"},
	} {
		if got := answers(ask(t, s, "udp", name, dns.TypeTXT)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	r := ask(t, s, "udp", "_hetk.contoso.example.", dns.TypeTXT)
	if txt, ok := r.Answer[0].(*dns.TXT); !ok || len(txt.Txt) != 2 {
		t.Errorf("the strings are not kept apart: %s", r)
	}
	if r := ask(t, s, "udp", "star.wild.contoso.example.", dns.TypeTXT); len(r.Answer) != 0 || r.Rcode != dns.RcodeSuccess {
		t.Errorf("a wildcard answers for a name that is there: %s", r)
	}
	if r := ask(t, s, "udp", "_loop.contoso.example.", dns.TypeTXT); len(r.Answer) == 0 || len(r.Answer) > 9 {
		t.Errorf("an alias of itself: %s", r)
	}
}

// TestDNSSigned checks every signature and every proof from the trust anchor down,
// by the library's own verification.
func TestDNSSigned(t *testing.T) {
	t.Parallel()
	s := nameServers(t, "    dns: {signed: true, records: ['_hetk TXT \"v=hetk1\"', '*.wild TXT \"any\"']}")
	text, err := os.ReadFile(s.Ready().TrustAnchor)
	if err != nil {
		t.Fatal(err)
	}
	parser := dns.NewZoneParser(strings.NewReader(string(text)), ".", "")
	anchor, ok := parser.Next()
	if !ok {
		t.Fatalf("the trust anchor holds nothing: %q", text)
	}
	trust := []dns.RR{anchor}
	for _, zone := range []string{".", "example.", "contoso.example."} {
		if zone != "." {
			trust = checked(t, ask(t, s, "udp", zone, dns.TypeDS, wantSigned), dns.TypeDS, keysOf(t, s, above(zone)))
		}
		for _, k := range keysOf(t, s, zone) {
			ds, ok := trust[0].(*dns.DS)
			if !ok || !strings.EqualFold(k.ToDS(ds.DigestType).Digest, ds.Digest) {
				t.Fatalf("%s: the key is not the one above", zone)
			}
		}
	}
	keys := keysOf(t, s, "contoso.example.")
	checked(t, ask(t, s, "udp", "_hetk.contoso.example.", dns.TypeTXT, wantSigned), dns.TypeTXT, keys)
	wild := ask(t, s, "udp", "a.wild.contoso.example.", dns.TypeTXT, wantSigned)
	checked(t, wild, dns.TypeTXT, keys)
	if nsec := kinds(wild.Ns, dns.TypeNSEC); len(nsec) != 1 || !covered(nsec, "a.wild.contoso.example.") {
		t.Errorf("nothing proves that a wildcard answered: %s", wild)
	}
	for _, name := range []string{"_none.contoso.example.", "zzz.contoso.example.", "a.b.contoso.example."} {
		r := ask(t, s, "udp", name, dns.TypeTXT, wantSigned)
		nsec := kinds(r.Ns, dns.TypeNSEC)
		if r.Rcode != dns.RcodeNameError || !covered(nsec, name) || !covered(nsec, "*.contoso.example.") || len(kinds(r.Ns, dns.TypeRRSIG)) != len(nsec)+1 {
			t.Errorf("%s: %s", name, r)
		}
	}
	// hr.contoso.example is not signed, and the zone above proves it.
	r := ask(t, s, "udp", "hr.contoso.example.", dns.TypeDS, wantSigned)
	nsec := ofType[*dns.NSEC](r.Ns)
	if len(nsec) != 1 || !slices.Contains(nsec[0].TypeBitMap, dns.TypeNS) || slices.Contains(nsec[0].TypeBitMap, dns.TypeDS) {
		t.Errorf("DS of hr: %s", r)
	}
	if r := ask(t, s, "udp", "contoso.example.", dns.TypeMX); len(kinds(r.Answer, dns.TypeRRSIG)) != 0 {
		t.Errorf("signatures that nobody asked for: %s", r)
	}
}

func wantSigned(m *dns.Msg) { m.SetEdns0(4096, true) }

func kinds(in []dns.RR, kind uint16) []dns.RR {
	return slices.DeleteFunc(slices.Clone(in), func(rr dns.RR) bool { return rr.Header().Rrtype != kind })
}

func ofType[T dns.RR](in []dns.RR) (out []T) {
	for _, rr := range in {
		if one, ok := rr.(T); ok {
			out = append(out, one)
		}
	}
	return out
}

func covered(nsec []dns.RR, name string) bool {
	return slices.ContainsFunc(nsec, func(rr dns.RR) bool {
		n, ok := rr.(*dns.NSEC)
		after := compareNames(n.Hdr.Name, name) < 0
		before := compareNames(name, n.NextDomain) < 0
		return ok && (after && before || after && compareNames(n.NextDomain, n.Hdr.Name) <= 0)
	})
}

func keysOf(t *testing.T, s *Sim, zone string) []*dns.DNSKEY {
	t.Helper()
	r := ask(t, s, "udp", zone, dns.TypeDNSKEY, wantSigned)
	out := ofType[*dns.DNSKEY](r.Answer)
	checked(t, r, dns.TypeDNSKEY, out)
	return out
}

// checked gives the records of a kind, whose signature one of keys made.
func checked(t *testing.T, r *dns.Msg, kind uint16, keys []*dns.DNSKEY) []dns.RR {
	t.Helper()
	set, sigs := kinds(r.Answer, kind), ofType[*dns.RRSIG](r.Answer)
	if len(set) == 0 || len(sigs) != 1 || len(keys) != 1 {
		t.Fatalf("%d records, %d signatures, %d keys: %s", len(set), len(sigs), len(keys), r)
	}
	if err := sigs[0].Verify(keys[0], set); err != nil || !sigs[0].ValidityPeriod(time.Now()) || sigs[0].Hdr.Ttl != set[0].Header().Ttl {
		t.Errorf("%s, %s: %v", set[0], sigs[0], err)
	}
	return set
}

// TestDNSFaults: each fault does what it is called, at its server alone.
func TestDNSFaults(t *testing.T) {
	t.Parallel()
	const name = "_hetk.contoso.example."
	for fault, holds := range map[string]func(r *dns.Msg, err error) bool{
		"dns-silent":               func(_ *dns.Msg, err error) bool { return err != nil },
		"dns-slow=10s":             func(_ *dns.Msg, err error) bool { return err != nil },
		"dns-slow=1ms":             func(r *dns.Msg, err error) bool { return err == nil && r.Authoritative },
		"dns-servfail":             func(r *dns.Msg, _ error) bool { return r.Rcode == dns.RcodeServerFailure && !r.Authoritative },
		"dns-refused":              func(r *dns.Msg, _ error) bool { return r.Rcode == dns.RcodeRefused },
		"dns-lame":                 func(r *dns.Msg, _ error) bool { return !r.Authoritative && len(r.Answer) == 0 && len(r.Ns) == 1 },
		"dns-truncate":             func(r *dns.Msg, _ error) bool { return r.Truncated && len(r.Answer) == 0 },
		"dns-disagree":             func(r *dns.Msg, _ error) bool { return r.Rcode == dns.RcodeNameError && r.Authoritative },
		"dns-disagree=1h":          func(r *dns.Msg, _ error) bool { return r.Rcode == dns.RcodeNameError },
		"dns-disagree=0s":          func(r *dns.Msg, _ error) bool { return len(r.Answer) == 1 },
		"dns-bogus":                func(r *dns.Msg, _ error) bool { return badSignature(r) },
		"dns-servfail:0.999999":    func(r *dns.Msg, _ error) bool { return r.Rcode == dns.RcodeServerFailure },
		"dns-lame,server=resolver": nil,
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			if holds == nil {
				if _, err := parseFaults(fault); err == nil {
					t.Error("taken")
				}
				return
			}
			s := nameServers(t, `    txt: {_hetk: ["v=hetk1"]}`, func(o *Options) { o.Faults = []string{fault} })
			patience := 30 * time.Second
			if fault == "dns-silent" || fault == "dns-slow=10s" { // nothing is to come
				patience = 400 * time.Millisecond
			}
			r, err := askAt(t, s, patience, dnsSecond, name, dns.TypeTXT, true)
			if !holds(r, err) {
				t.Errorf("%v: %s", err, r)
			}
			other, err := askAt(t, s, 30*time.Second, dnsFirst, name, dns.TypeTXT, true)
			whole := strings.HasPrefix(fault, "dns-bogus") || strings.HasPrefix(fault, "dns-truncate")
			if err != nil || (len(other.Answer) == 0) != (fault == "dns-truncate") || whole && !holds(other, nil) {
				t.Errorf("at the other server: %v: %s", err, other)
			}
			// Whoever resolves goes by the server that works.
			if r := ask(t, s, "tcp", name, dns.TypeTXT); len(r.Answer) != 1 {
				t.Errorf("at the resolver: %s", r)
			}
		})
	}
	twice := nameServers(t, `    txt: {_hetk: ["v=hetk1"]}`, func(o *Options) { o.Faults = []string{"dns-servfail=2,server=all"} })
	got := []int{}
	for _, role := range []dnsRole{dnsFirst, dnsSecond, dnsFirst} {
		got = append(got, mustAskAt(t, twice, role, name, dns.TypeTXT, false).Rcode)
	}
	if !slices.Equal(got, []int{dns.RcodeServerFailure, dns.RcodeServerFailure, dns.RcodeSuccess}) {
		t.Errorf("two failures: %v", got)
	}
	for _, bad := range []string{"dns-silent,server=ns3", "slow,server=ns1", "dns-disagree:0.5", "dns-slow=x", "dns-nothing", "dns-disagree,server=resolver"} {
		if _, err := parseFaults(bad); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func badSignature(r *dns.Msg) bool {
	sigs := ofType[*dns.RRSIG](r.Answer)
	return len(sigs) == 1 && strings.HasPrefix(sigs[0].Signature, "AAAAAAAA")
}

// TestDNSResolverKeeps: what was told is told again until its time is over, and
// the name servers have the change at once.
func TestDNSResolverKeeps(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	s := nameServers(t, "    name: Contoso", func(o *Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	})
	const name = "_hetk.contoso.example."
	if r := ask(t, s, "udp", name, dns.TypeTXT); r.Rcode != dns.RcodeNameError {
		t.Fatal(r)
	}
	if err := s.Publish("contoso.example", "_hetk", "v=hetk1; policy=private"); err != nil {
		t.Fatal(err)
	}
	if r := mustAskAt(t, s, dnsFirst, name, dns.TypeTXT, false); len(r.Answer) != 1 {
		t.Errorf("the name server: %s", r)
	}
	later.Store(int64(20 * time.Second))
	r := ask(t, s, "udp", name, dns.TypeTXT)
	if r.Rcode != dns.RcodeNameError || r.Authoritative || r.Ns[0].Header().Ttl > negativeTTL-19 {
		t.Errorf("too soon: %s", r)
	}
	later.Store(int64(negativeTTL * time.Second))
	if r := ask(t, s, "udp", name, dns.TypeTXT); len(r.Answer) != 1 {
		t.Errorf("in time: %s", r)
	}
	for _, bad := range [][3]string{
		{"nowhere.example", "_hetk", "x"},
		{"contoso.example", "_hetk", ""},
		{"contoso.example", "two words", "x"},
		{"contoso.example", strings.Repeat("x", 64), "x"},
		{"contoso.example", "_hetk", strings.Repeat("x", mostText+1)},
	} {
		if err := s.Publish(bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("%.40q was published", bad)
		}
	}
}

// TestDNSRecordLines: what a scenario cannot serve is an error with its place.
func TestDNSRecordLines(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "_hetk", "_hetk TXT", "_hetk NS ns.example.", "_hetk.fabrikam.example. TXT x", "a TXT x\nb TXT y", "@ SOA a. b. 1 2 3 4 5", "$INCLUDE /etc/passwd",
	} {
		if rr, err := recordLine("contoso.example.", bad); err == nil {
			t.Errorf("%q was taken as %s", bad, rr)
		}
	}
	if _, err := recordsOf("contoso.example", nil, []string{"_ok TXT x", "bad"}, time.Time{}); err == nil || !strings.Contains(err.Error(), "dns.records[1]") {
		t.Errorf("%v", err)
	}
	if err := knownMail("outlook"); err == nil {
		t.Error("an unknown word for mail was taken")
	}
}

// TestDNSMail: each word of a scenario has its records.
func TestDNSMail(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"microsoft": "0 contoso-example.mail.protection.outlook.com.", "gateway": "10 mx.gateway.example.",
		"google": "1 smtp.google.com.", "elsewhere": "10 mx.contoso.example.", "none": "0 .",
	} {
		s := nameServers(t, "    dns: {mail: "+word+", unproved: true}")
		if got := answers(ask(t, s, "udp", "contoso.example.", dns.TypeMX)); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q", word, got)
		}
		for _, one := range answers(ask(t, s, "udp", "contoso.example.", dns.TypeTXT)) {
			if strings.HasPrefix(one, "MS=") {
				t.Errorf("%s: a proof of ownership is there", word)
			}
		}
	}
	s := nameServers(t, "    cloud: gcc-high")
	if got := answers(ask(t, s, "udp", "contoso.example.", dns.TypeMX)); !slices.Equal(got, []string{"0 contoso-example.mail.protection.office365.us."}) {
		t.Errorf("GCC High: %q", got)
	}
}

// TestDNSAtOneAddress: where there is no other address, the one is everybody's.
func TestDNSAtOneAddress(t *testing.T) {
	t.Parallel()
	const last = "127.255.255.254:0" // no three more come after it
	s := nameServers(t, `    txt: {_hetk: ["v=hetk1"]}`, func(o *Options) { o.DNS, o.Faults = last, []string{"dns-servfail=1,server=ns1"} })
	if len(s.hosts) != 1 {
		t.Fatalf("%d servers", len(s.hosts))
	}
	const name = "_hetk.contoso.example."
	if r := mustAskAt(t, s, dnsFirst, name, dns.TypeTXT, false); r.Rcode != dns.RcodeServerFailure {
		t.Errorf("the fault of a name server: %s", r)
	}
	if r := mustAskAt(t, s, dnsFirst, name, dns.TypeTXT, false); len(r.Answer) != 1 || !r.Authoritative || r.RecursionAvailable {
		t.Errorf("as a name server: %s", r)
	}
	if r := ask(t, s, "udp", name, dns.TypeTXT); len(r.Answer) != 1 || !r.RecursionAvailable {
		t.Errorf("as the resolver: %s", r)
	}
	if r := ask(t, s, "udp", "ns1.contoso.example.", dns.TypeA); len(r.Answer) != 1 || !strings.HasSuffix(r.Answer[0].String(), "127.255.255.254") {
		t.Errorf("the name server's address: %s", r)
	}
}
