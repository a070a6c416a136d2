package resolve

import (
	"crypto"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

// hashed makes the NSEC3 chain of names, all with the given types.
func hashed(z *testZone, iterations uint16, optOut bool, names map[string][]uint16) []dns.RR {
	var hashes []string
	types := map[string][]uint16{}
	for n, k := range names {
		h := dns.HashName(n, dns.SHA1, iterations, "")
		hashes = append(hashes, h)
		types[h] = k
	}
	slices.Sort(hashes)
	var out []dns.RR
	for i, h := range hashes {
		owner := strings.ToLower(h) + "." + z.name
		n := &dns.NSEC3{Hdr: dns.RR_Header{Name: owner, Rrtype: dns.TypeNSEC3, Class: 1, Ttl: 60}, Hash: dns.SHA1, Iterations: iterations, HashLength: 20, NextDomain: hashes[(i+1)%len(hashes)], TypeBitMap: types[h]}
		if optOut {
			n.Flags = 1
		}
		out = append(out, z.sign([]dns.RR{n}, owner)...)
	}
	return out
}

func TestNSEC3(t *testing.T) {
	t.Parallel()
	z := newZone(t, "contoso.example.")
	txt := question{"_hetk.contoso.example.", dns.TypeTXT}
	apex := []uint16{dns.TypeNS, dns.TypeSOA}
	bare := map[string][]uint16{z.name: apex, "ns1.contoso.example.": {dns.TypeA}}
	with := func(types ...uint16) map[string][]uint16 {
		return map[string][]uint16{z.name: apex, txt.name: types}
	}
	for name, c := range map[string]struct {
		names  map[string][]uint16
		rounds uint16
		out    bool
		said   Outcome
		spoil  bool
		want   Security
	}{
		"no such name":               {bare, 0, false, NoName, false, Secure},
		"no such type":               {with(dns.TypeA), 0, false, NoData, false, Secure},
		"the type is there":          {with(dns.TypeTXT), 0, false, NoData, false, Bogus},
		"an alias is there":          {with(dns.TypeCNAME), 0, false, NoData, false, Bogus},
		"the parent's, at a cut":     {with(dns.TypeNS), 0, false, NoData, false, Bogus},
		"the name is there":          {with(dns.TypeA), 0, false, NoName, false, Bogus},
		"the wildcard is there":      {map[string][]uint16{z.name: apex, "*.contoso.example.": {dns.TypeTXT}}, 0, false, NoName, false, Bogus},
		"type hidden by a wildcard":  {map[string][]uint16{z.name: apex, "*.contoso.example.": {dns.TypeTXT}}, 0, false, NoData, false, Bogus},
		"wildcard of another type":   {map[string][]uint16{z.name: apex, "*.contoso.example.": {dns.TypeA}}, 0, false, NoData, false, Secure},
		"opt-out":                    {bare, 0, true, NoName, false, Insecure},
		"a hundred rounds":           {bare, 100, false, NoName, false, Secure},
		"more than a hundred rounds": {bare, 101, false, NoName, false, Insecure},
		"other signatures":           {bare, 0, false, NoName, true, Bogus},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signer := *z
			signer.bad = c.spoil
			m := &dns.Msg{Ns: hashed(&signer, c.rounds, c.out, c.names)}
			j := &judge{r: &Resolver{opt: Options{Now: time.Now}}, zone: z.name, keys: []key{{z.key, z.key.KeyTag()}}}
			got := Secure
			if v := j.answer(Reply{Outcome: c.said, msg: m}, txt); v != nil {
				got = v.is
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestExpiredAndNoAnchor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	a, err := w.ask(t, "_hetk.contoso.example", func(o *Options) { o.Now = func() time.Time { return time.Now().Add(48 * time.Hour) } })
	if err != nil || a.Security != Indeterminate || !strings.HasPrefix(a.Reason, wordOldSig) || a.Broken != "." || a.Fault != checks.DNSFaultTime {
		t.Error(a.Security, a.Reason, a.Broken, a.Fault, err) // where the root's own keys are out of time, it is our clock
	}
	a, err = w.ask(t, "_hetk.contoso.example", func(o *Options) {
		o.Anchors = []dns.RR{rr(t, "fabrikam.example. IN DS 1 13 2 "+strings.Repeat("0", 64))}
	})
	if err != nil || a.Security != Indeterminate {
		t.Error(a.Security, a.Reason, err)
	}
	a, err = w.ask(t, "_hetk.contoso.example", func(o *Options) { o.Anchors = nil })
	if err != nil || a.Security != Bogus || a.Reason != wordOffAnchor+wordTheRoot || a.Fault != checks.DNSFaultAnchor || a.Broken != "." {
		t.Error(a.Security, a.Reason, err)
	}
}

// TestBrokenAbove: what does not hold above the domain is not laid at its door.
func TestBrokenAbove(t *testing.T) {
	t.Parallel()
	for zone, i := range map[string]int{".": 0, "example.": 1, "contoso.example.": 2} {
		w := newWorld(t, false, record)
		w.set(func() {
			z := w.zones[i]
			keys := func(m *dns.Msg) bool { return m.Question[0].Qtype == dns.TypeDNSKEY }
			spoil := func(m *dns.Msg) { // all but its keys
				for _, r := range slices.Concat(m.Answer, m.Ns) {
					if sig, ok := r.(*dns.RRSIG); ok && sig.SignerName == z.name && !keys(m) {
						sig.Signature = "AAAA" + sig.Signature[4:]
					}
				}
			}
			w.tell, w.hook = spoil, func(_ string, m *dns.Msg) { spoil(m) }
		})
		a, err := w.ask(t, "_hetk.contoso.example", nil)
		if err != nil || a.Security != Bogus || a.Broken != zone || a.Fault != "" || strings.Contains(a.Reason, ", in ") == (i == 2) {
			t.Errorf("%s: %s %q %s %s, %v", zone, a.Security, a.Reason, a.Broken, a.Fault, err)
		}
		for _, s := range a.Servers { // what is above them is no fault of theirs
			if want := map[bool]Outcome{true: Forged, false: Failed}[i == 2]; s.Outcome != want || strings.HasPrefix(s.Why, wordNotChecked) == (i == 2) {
				t.Errorf("%s: %+v", zone, s)
			}
		}
	}
}

// TestManyServers: whoever is not asked is counted, whatever the order of the answer.
func TestManyServers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, record)
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprintf("s%02d.contoso.example.", i))
	}
	turn := 0
	w.set(func() {
		z := w.zones[2]
		z.rrs = slices.DeleteFunc(z.rrs, func(r dns.RR) bool { return r.Header().Rrtype == dns.TypeNS })
		for _, n := range names {
			z.rrs = append(z.rrs, rr(t, "contoso.example. 300 IN NS "+n), rr(t, n+" 300 IN A 127.0.0.2"), rr(t, n+" 300 IN A 127.0.0.3"))
		}
		w.tell = func(m *dns.Msg) {
			turn++
			m.Answer = append(m.Answer[turn%max(1, len(m.Answer)):], m.Answer[:turn%max(1, len(m.Answer))]...)
		}
	})
	for range 2 {
		a, err := w.ask(t, "_hetk.contoso.example", nil)
		if err != nil || len(a.Servers) != maxHosts || a.Unasked != 40 || !a.Agree {
			t.Errorf("%d asked, %d not, %v", len(a.Servers), a.Unasked, err)
		}
		for i, s := range a.Servers {
			if s.Host != names[i] || !strings.HasPrefix(s.Addr, "127.0.0.2:") {
				t.Errorf("%+v", s)
			}
		}
	}
}

// TestServersOnTheWay: the servers of the zone that an alias leads out of are told of,
// too.
func TestServersOnTheWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, "_hetk.contoso.example. 300 IN CNAME _hetk.example.")
	w.set(func() {
		w.zones[1].rrs = append(w.zones[1].rrs, rr(t, `_hetk.example. 300 IN TXT "x"`))
		w.hook = func(ip string, m *dns.Msg) {
			if ip == "127.0.0.3" && m.Question[0].Name == "_hetk.contoso.example." {
				m.Authoritative = false
			}
		}
	})
	r, err := New(Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := r.LookTXT(t.Context(), "_hetk.contoso.example")
	if err != nil || a.Zone != "example." || len(a.Way) != 2 || a.Way[0].Outcome != Found || a.Way[1].Outcome != Lame || a.AliasBy != checks.DNSAliasOwn {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestOneForger: of two servers one forges. The other still decides, the answer is
// bogus all the same, and it is told which server it is.
func TestOneForger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	spoil := func(ip string, m *dns.Msg) {
		for _, r := range m.Answer {
			if x, ok := r.(*dns.TXT); ok && ip == "127.0.0.3" {
				x.Txt = []string{"v=hetk0"}
			}
		}
	}
	w.set(func() { w.hook = spoil })
	a, err := w.ask(t, "_hetk.contoso.example", nil)
	if err != nil || !a.Agree || a.Security != Bogus || a.Servers[0].Outcome != Found || a.Servers[1].Outcome != Forged || len(a.Servers[1].Records) > 0 {
		t.Errorf("%+v, %v", a, err)
	}
	if a.Reason != wordBadSig+", at ns2.contoso.example (127.0.0.3:"+fmt.Sprint(w.port)+")" || a.Servers[1].Why != wordBadSig {
		t.Errorf("%q, %q", a.Reason, a.Servers[1].Why)
	}
}

// TestAliasIntoAnotherZone: a server of both zones tells what is in the one that the
// alias leads to, too, which other keys sign, or none. That is not bogus.
func TestAliasIntoAnotherZone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Security{"signed": Secure, "unsigned": Insecure} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, "_hetk.contoso.example. 300 IN CNAME _hetk.s.contoso.example.", "s.contoso.example. 300 IN NS ns1.contoso.example.")
			below := newZone(t, "s.contoso.example.", `_hetk.s.contoso.example. 300 IN TXT "v=hetk1; policy=private"`)
			target := below.sets("_hetk.s.contoso.example.", dns.TypeTXT)
			if want == Secure {
				target = below.sign(target, "_hetk.s.contoso.example.")
			}
			w.set(func() {
				w.zones = append(w.zones, below)
				if leaf := w.zones[2]; want == Secure {
					leaf.rrs = append(leaf.rrs, below.key.ToDS(dns.SHA256))
				}
				w.hook = func(_ string, m *dns.Msg) {
					if len(m.Answer) > 0 && m.Answer[0].Header().Rrtype == dns.TypeCNAME {
						m.Answer = append(m.Answer, copies(target)...)
					}
				}
			})
			a, err := w.ask(t, "_hetk.contoso.example", nil)
			if d, ok := a.Decided(); err != nil || !ok || len(d.Records) != 1 || a.Security != want || a.Zone != "s.contoso.example." || !slices.Equal(a.Aliases, []string{"_hetk.s.contoso.example."}) {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}

func TestDNAME(t *testing.T) {
	t.Parallel()
	in := []dns.RR{rr(t, "a.example. DNAME b.example."), rr(t, `x.b.example. TXT "y"`)}
	got, via := follow(in, "x.a.example.", dns.TypeTXT, ".")
	if len(got) != 1 || !slices.Equal(via, []string{"x.b.example."}) {
		t.Error(got, via)
	}
	if got, via := follow(in, "a.example.", dns.TypeTXT, "example."); len(got)+len(via) != 0 {
		t.Error("a DNAME was used for its own name", got, via)
	}
}

// TestUnsignedDNAME: an alias that nobody signed is not secure.
func TestUnsignedDNAME(t *testing.T) {
	t.Parallel()
	z := newZone(t, "contoso.example.")
	j := &judge{r: &Resolver{opt: Options{Now: time.Now}}, zone: z.name, keys: []key{{z.key, z.key.KeyTag()}}}
	q := question{"x.a.contoso.example.", dns.TypeTXT}
	d := rr(t, "a.contoso.example. 300 IN DNAME fabrikam.example.")
	for _, signed := range []bool{false, true} {
		rep := Reply{msg: &dns.Msg{Answer: []dns.RR{d}}}
		if signed {
			rep.msg.Answer = z.sign([]dns.RR{d}, d.Header().Name)
		}
		rep.judge(rep.msg, q, z.name)
		if v := j.answer(rep, q); v.bogus() == signed {
			t.Errorf("signed %v: %+v", signed, v)
		}
	}
}

// FuzzAnswer reads whatever a server may send: no input may panic, and nothing
// unsigned may come out secure.
func FuzzAnswer(f *testing.F) {
	z := newZone(f, "contoso.example.")
	q := question{"_hetk.contoso.example.", dns.TypeTXT}
	seed := new(dns.Msg)
	seed.Response = true
	seed.Question = []dns.Question{{Name: q.name, Qtype: q.kind, Qclass: 1}}
	seed.Answer = []dns.RR{rr(f, record), rr(f, "contoso.example. DNAME b.example.")}
	seed.Ns = hashed(z, 0, false, map[string][]uint16{z.name: {dns.TypeSOA}})
	wire, err := seed.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wire)
	f.Add([]byte{})
	other := newZone(f, "contoso.example.") // keys that signed nothing here
	f.Fuzz(func(t *testing.T, wire []byte) {
		in := reads(seed, wire)
		if in == nil {
			return
		}
		rep := Reply{msg: in}
		rep.judge(in, q, z.name)
		_ = rep.own()
		j := &judge{r: &Resolver{opt: Options{Now: time.Now}}, zone: z.name, keys: []key{{other.key, other.key.KeyTag()}}}
		if rep.Outcome == Found && len(rep.Records) > 0 || rep.Outcome == NoName || rep.Outcome == NoData {
			if v := j.answer(rep, q); v == nil {
				t.Fatalf("taken for secure: %v", in)
			}
		}
		_, _ = j.noDS(in, z.name)
	})
}

// FuzzKeys reads whatever a zone may send as its keys, and believes in each of
// them as far as the library lets it: no input may panic.
func FuzzKeys(f *testing.F) {
	for _, alg := range []uint8{dns.RSASHA256, dns.RSASHA512, dns.ECDSAP256SHA256, dns.ECDSAP384SHA384, dns.ED25519} {
		z := newZone(f, "contoso.example.")
		z.key.Algorithm = alg
		bits := map[uint8]int{dns.RSASHA256: 1024, dns.RSASHA512: 1024, dns.ECDSAP384SHA384: 384}[alg]
		if bits == 0 {
			bits = 256
		}
		priv, err := z.key.Generate(bits)
		if err != nil {
			f.Fatal(err)
		}
		signer, ok := priv.(crypto.Signer)
		if !ok {
			f.Fatal("the key cannot sign")
		}
		z.priv = signer
		m := new(dns.Msg)
		m.Answer = z.sign([]dns.RR{z.key}, z.name)
		wire, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		if v := believe(m); v != nil {
			f.Fatalf("algorithm %d: %+v", alg, v)
		}
		f.Add(wire)
	}
	f.Fuzz(func(_ *testing.T, wire []byte) {
		m := new(dns.Msg)
		if m.Unpack(wire) == nil {
			_ = believe(m)
		}
	})
}

// believe takes the keys of a message for trusted and checks their signature.
func believe(m *dns.Msg) *verdict {
	set := pick(m.Answer, "contoso.example.", dns.TypeDNSKEY)
	all, _ := usable(set[:min(len(set), maxKeys)], set)
	j := &judge{r: &Resolver{opt: Options{Now: time.Now}}, zone: "contoso.example.", keys: all}
	for _, k := range all {
		_ = names(&dns.DS{KeyTag: k.tag, Algorithm: k.Algorithm, DigestType: dns.SHA256}, k)
	}
	return j.own(set, m.Answer)
}
