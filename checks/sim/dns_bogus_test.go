package sim

import (
	"crypto"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestDNSHashedDenial checks what NSEC3 says of names that are there and that are not,
// by the library's own arithmetic.
func TestDNSHashedDenial(t *testing.T) {
	t.Parallel()
	for name, setting := range map[string]string{"plain": "{}", "salted": "{iterations: 7, salt: aabbCCdd}"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := nameServers(t, "    dns: {signed: true, nsec3: "+setting+", records: ['_hetk TXT \"x\"', '*.wild TXT \"any\"', 'a.empty TXT \"x\"', 'old DNAME new', 'in.old TXT \"x\"']}")
			for _, c := range []struct {
				name           string
				kind           uint16
				rcode          int
				match, covered []string
				proofs         int
			}{
				{"_hetk", dns.TypeA, 0, []string{"_hetk"}, nil, 1},
				{"empty", dns.TypeTXT, 0, []string{"empty"}, nil, 1},
				{"_none", dns.TypeTXT, dns.RcodeNameError, []string{""}, []string{"_none", "*"}, 0},
				{"a.b.none", dns.TypeTXT, dns.RcodeNameError, []string{""}, []string{"none", "*"}, 0},
				{"x.wild", dns.TypeTXT, 0, nil, []string{"x.wild"}, 1},
				{"x.y.wild", dns.TypeTXT, 0, nil, []string{"y.wild"}, 1},
				{"x.wild", dns.TypeA, 0, []string{"wild", "*.wild"}, []string{"x.wild"}, 0},
				{"hr", dns.TypeDS, 0, []string{"hr"}, nil, 1},
			} {
				full := strings.TrimPrefix(c.name+".contoso.example.", ".")
				r := mustAskAt(t, s, dnsFirst, full, c.kind, true)
				proofs := ofType[*dns.NSEC3](r.Ns)
				if r.Rcode != c.rcode || len(ofType[*dns.NSEC](r.Ns)) > 0 || len(proofs) == 0 || c.proofs > 0 && len(proofs) != c.proofs {
					t.Errorf("%s %s: %s", c.name, dns.TypeToString[c.kind], r)
				}
				any3 := func(label string, holds func(*dns.NSEC3, string) bool) bool {
					n := "contoso.example."
					if label != "" {
						n = label + "." + n
					}
					for _, p := range proofs {
						if holds(p, n) {
							return true
						}
					}
					return false
				}
				for _, m := range c.match {
					if !any3(m, (*dns.NSEC3).Match) {
						t.Errorf("%s %s: nothing stands at %q: %s", c.name, dns.TypeToString[c.kind], m, r)
					}
				}
				for _, m := range c.covered {
					if !any3(m, (*dns.NSEC3).Cover) {
						t.Errorf("%s %s: nothing spans %q: %s", c.name, dns.TypeToString[c.kind], m, r)
					}
				}
				for _, p := range proofs {
					if p.Flags != 0 || (p.Iterations == 7) != (name == "salted") || (p.Salt == "aabbccdd") != (name == "salted") {
						t.Errorf("parameters: %s", p)
					}
				}
			}
		})
	}
	for _, bad := range []nsec3Spec{{Iterations: -1}, {Iterations: 2501}, {Salt: "abc"}, {Salt: "xy"}, {Salt: strings.Repeat("ab", 256)}} {
		if bad.check() == nil {
			t.Errorf("%+.30v was taken", bad)
		}
	}
}

// TestDNSBogusKinds: each kind does what it is called, to the tenants' zones alone,
// and another validator refuses it.
func TestDNSBogusKinds(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for kind, holds := range map[string]func(r, gone *dns.Msg) bool{
		"signature": func(r, _ *dns.Msg) bool { return badSignature(r) },
		"expired":   func(r, _ *dns.Msg) bool { return signed(r).Expiration < uint32(now.Unix()) },
		"early":     func(r, _ *dns.Msg) bool { return signed(r).Inception > uint32(now.Unix()) },
		"key":       func(r, _ *dns.Msg) bool { return signed(r).ValidityPeriod(now) && !badSignature(r) },
		"unsigned":  func(r, gone *dns.Msg) bool { return signed(r) == nil && len(kinds(gone.Ns, dns.TypeRRSIG)) == 0 },
		"denial":    func(r, gone *dns.Msg) bool { return signed(r).ValidityPeriod(now) && len(gone.Ns) == 2 },
		"ds":        func(r, gone *dns.Msg) bool { return signed(r).ValidityPeriod(now) && len(gone.Ns) > 2 },
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := nameServers(t, "    txt: {_hetk: [\"v=hetk1\"]}", func(o *Options) { o.Faults = []string{"dns-bogus=" + kind} })
			r := mustAskAt(t, s, dnsSecond, "_hetk.contoso.example.", dns.TypeTXT, true)
			gone := mustAskAt(t, s, dnsSecond, "_none.contoso.example.", dns.TypeTXT, true)
			if len(kinds(r.Answer, dns.TypeTXT)) != 1 || !holds(r, gone) {
				t.Errorf("%s\n%s", r, gone)
			}
			if kind == "key" && signed(r).KeyTag == s.zoneKeys["contoso.example."].tag {
				t.Error("it is the zone's key")
			}
			// What is above the tenants is in order, and so are the keys.
			checked(t, ask(t, s, "tcp", "example.", dns.TypeDS, wantSigned), dns.TypeDS, keysOf(t, s, "."))
			ds := ofType[*dns.DS](checked(t, ask(t, s, "tcp", "contoso.example.", dns.TypeDS, wantSigned), dns.TypeDS, keysOf(t, s, "example.")))
			own := strings.EqualFold(keysOf(t, s, "contoso.example.")[0].ToDS(dns.SHA256).Digest, ds[0].Digest)
			if own != (kind != "ds") {
				t.Errorf("the key above is the zone's own: %v", own)
			}
			name := "_hetk.contoso.example."
			if kind == "denial" {
				name = "_none.contoso.example."
			}
			if v := asked(t, unbound(t, s), name); v.Rcode != dns.RcodeServerFailure {
				t.Errorf("unbound takes it: %s", v)
			}
		})
	}
}

// TestDNSStrictResolver: a resolver that checks refuses what does not hold, whatever
// it is asked, and nothing else.
func TestDNSStrictResolver(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string][3]int{ // _hetk TXT, _none TXT, the zone's keys
		"dns-strict":                           {dns.RcodeSuccess, dns.RcodeNameError, dns.RcodeSuccess},
		"dns-strict,dns-bogus":                 {dns.RcodeServerFailure, dns.RcodeServerFailure, dns.RcodeSuccess},
		"dns-strict,dns-bogus=denial":          {dns.RcodeSuccess, dns.RcodeServerFailure, dns.RcodeSuccess},
		"dns-strict,dns-bogus=ds":              {dns.RcodeServerFailure, dns.RcodeServerFailure, dns.RcodeServerFailure},
		"dns-strict,dns-bogus,server=ns2":      {dns.RcodeSuccess, dns.RcodeNameError, dns.RcodeSuccess},
		"dns-bogus=expired,server=resolver":    {dns.RcodeSuccess, dns.RcodeNameError, dns.RcodeSuccess},
		"dns-bogus=key:0.999999,server=ns1":    {dns.RcodeSuccess, dns.RcodeNameError, dns.RcodeSuccess},
		"dns-strict,dns-bogus=2,server=all":    {dns.RcodeSuccess, dns.RcodeNameError, dns.RcodeSuccess},
		"dns-strict,server=resolver,dns-bogus": {dns.RcodeServerFailure, dns.RcodeServerFailure, dns.RcodeSuccess},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := nameServers(t, "    txt: {_hetk: [\"v=hetk1\"]}", func(o *Options) { o.Faults = []string{fault} })
			for i, q := range []dns.Question{
				{Name: "_hetk.contoso.example.", Qtype: dns.TypeTXT}, {Name: "_none.contoso.example.", Qtype: dns.TypeTXT}, {Name: "contoso.example.", Qtype: dns.TypeDNSKEY},
			} {
				r := ask(t, s, "tcp", q.Name, q.Qtype, wantSigned, func(m *dns.Msg) { m.CheckingDisabled = true })
				if r.Rcode != want[i] || r.Authoritative {
					t.Errorf("%s: %s", q.Name, r)
				}
				if strings.HasSuffix(fault, "server=resolver") && strings.HasPrefix(fault, "dns-bogus") && q.Qtype == dns.TypeTXT && r.Rcode == 0 && signed(r).Expiration > uint32(time.Now().Unix()) {
					t.Errorf("not forged: %s", r)
				}
			}
			if r := ask(t, s, "tcp", "contoso.example.", dns.TypeDS, wantSigned); r.Rcode != dns.RcodeSuccess {
				t.Errorf("what is above: %s", r)
			}
		})
	}
	for _, bad := range []string{"dns-bogus=late", "dns-bogus=0", "dns-bogus=ds,server=ns1", "dns-bogus=ds:0.5", "dns-strict,server=ns1", "dns-strict,server=all"} {
		if _, err := parseFaults(bad); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// signed is the first signature of an answer; nil: there is none.
func signed(r *dns.Msg) *dns.RRSIG {
	if sigs := ofType[*dns.RRSIG](r.Answer); len(sigs) > 0 {
		return sigs[0]
	}
	return nil
}

// asked is what a resolver answers, whatever that is.
func asked(t *testing.T, at, name string) *dns.Msg {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion(name, dns.TypeTXT)
	m.SetEdns0(1232, true)
	r, err := askedOften(t, m, at, dns.RcodeServerFailure)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestKeyOfTagZero: the library signs by no key of the tag 0, which one of 65,536 has,
// so that another is drawn; where there is none, that is said.
func TestKeyOfTagZero(t *testing.T) {
	t.Parallel()
	zero := make([]byte, 64)
	copy(zero, []byte{0xff, 0xff, 0xfb, 0xf2})
	drawn := 0
	draw := func(k *dns.DNSKEY, zeros int) (crypto.PrivateKey, error) {
		secret, err := generateKey(k)
		if drawn++; drawn <= zeros {
			k.PublicKey = base64.StdEncoding.EncodeToString(zero)
			if tag := k.KeyTag(); tag != 0 {
				t.Fatalf("tag %d", tag)
			}
		}
		return secret, err
	}
	k, err := newZoneKey("contoso.example.", time.Now, func(k *dns.DNSKEY) (crypto.PrivateKey, error) { return draw(k, 2) })
	if err != nil || drawn != 3 || k.tag == 0 || k.tag != k.record.KeyTag() {
		t.Fatalf("%d drawn, %+v, %v", drawn, k, err)
	}
	z := newZone("contoso.example.", "ns1.contoso.example.")
	if z.key = k; z.sign(z.of(z.name, dns.TypeSOA)) == nil {
		t.Error("it does not sign")
	}
	drawn = 0
	if _, err := newZoneKey("contoso.example.", time.Now, func(k *dns.DNSKEY) (crypto.PrivateKey, error) { return draw(k, 100) }); err == nil || drawn != keyTries {
		t.Errorf("%d drawn, %v", drawn, err)
	}
}
