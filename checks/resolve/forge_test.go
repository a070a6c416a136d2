package resolve

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// forge signs a set with what a test wants wrong about the signature.
func forge(t *testing.T, z *testZone, set []dns.RR, change func(*dns.RRSIG)) []dns.RR {
	t.Helper()
	now := time.Now()
	sig := &dns.RRSIG{Algorithm: z.key.Algorithm, KeyTag: z.key.KeyTag(), SignerName: z.name, Inception: uint32(now.Add(-time.Hour).Unix()), Expiration: uint32(now.Add(time.Hour).Unix())}
	change(sig)
	if err := sig.Sign(z.priv, set); err != nil {
		t.Fatal(err)
	}
	return append(slices.Clone(set), sig)
}

// TestForgedSignatures: what a signature must say beside fitting a key.
func TestForgedSignatures(t *testing.T) {
	t.Parallel()
	z := newZone(t, "contoso.example.")
	below := newZone(t, "sub.contoso.example.")
	set := []dns.RR{rr(t, record)}
	now := time.Now()
	at := func(d time.Duration) uint32 { return uint32(now.Add(d).Unix()) }
	for name, c := range map[string]struct {
		signer *testZone
		change func(*dns.RRSIG)
		why    string
	}{
		"in order":           {z, func(*dns.RRSIG) {}, ""},
		"expired":            {z, func(s *dns.RRSIG) { s.Expiration = at(-time.Minute) }, wordOldSig + stamp(now.Add(-time.Minute))},
		"not yet valid":      {z, func(s *dns.RRSIG) { s.Inception, s.Expiration = at(48*time.Hour), at(50*time.Hour) }, wordEarlySig + stamp(now.Add(48*time.Hour))},
		"ends before begins": {z, func(s *dns.RRSIG) { s.Inception, s.Expiration = at(time.Hour), at(-time.Hour) }, wordOldSig + stamp(now.Add(-time.Hour))},
		"another zone's key": {below, func(s *dns.RRSIG) { s.SignerName = z.name }, wordOtherKey},
		"another signer":     {z, func(s *dns.RRSIG) { s.SignerName = "example." }, wordNoSig},
		"the same tag only":  {below, func(s *dns.RRSIG) { s.SignerName, s.KeyTag = z.name, z.key.KeyTag() }, wordBadSig},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rep := Reply{msg: &dns.Msg{Answer: forge(t, c.signer, set, c.change)}}
			q := question{set[0].Header().Name, dns.TypeTXT}
			rep.judge(rep.msg, q, z.name)
			v := judgeOf(z).answer(rep, q)
			if (v == nil) != (c.why == "") || v != nil && v.why != c.why {
				t.Errorf("%+v, want %q", v, c.why)
			}
		})
	}
}

// expanded is a wildcard's set as it is served for a name.
func expanded(t *testing.T, z *testZone, star, name string) []dns.RR {
	t.Helper()
	signed := z.sign([]dns.RR{rr(t, star+` 300 IN TXT "v=hetk1; policy=private"`)}, name)
	if signed == nil {
		t.Fatal("not signed")
	}
	return signed
}

// TestWildcardShutOut: a wildcard does not answer for names under one that is
// there, although such a name itself is not (RFC 4592 §3.3.1).
func TestWildcardShutOut(t *testing.T) {
	t.Parallel()
	z := newZone(t, "contoso.example.", `*.contoso.example. 300 IN TXT "x"`, "a.b.contoso.example. 300 IN A 192.0.2.1")
	tree := map[string][]uint16{z.name: {dns.TypeSOA}, "*.contoso.example.": {dns.TypeTXT}, "b.contoso.example.": {}, "a.b.contoso.example.": {dns.TypeA}}
	for name, c := range map[string]struct {
		ask   string
		ns    []dns.RR
		bogus bool
	}{
		"NSEC, free":       {"x.c.contoso.example.", z.nsec("x.c.contoso.example."), false},
		"NSEC, shut out":   {"x.b.contoso.example.", z.nsec("x.b.contoso.example."), true},
		"NSEC, none":       {"x.c.contoso.example.", nil, true},
		"NSEC3, free":      {"x.c.contoso.example.", hashed(z, 0, false, tree), false},
		"NSEC3, shut out":  {"x.b.contoso.example.", hashed(z, 0, false, tree), true},
		"NSEC, is there":   {"a.b.contoso.example.", z.nsec("a.b.contoso.example."), true},
		"NSEC, of another": {"x.c.contoso.example.", z.nsec("ns9.contoso.example."), false}, // the last NSEC reaches to the end
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rep := Reply{msg: &dns.Msg{Answer: expanded(t, z, "*.contoso.example.", c.ask), Ns: c.ns}}
			q := question{c.ask, dns.TypeTXT}
			rep.judge(rep.msg, q, z.name)
			if v := judgeOf(z).answer(rep, q); v.bogus() != c.bogus {
				t.Errorf("%+v", v)
			}
		})
	}
}

// TestNoDS: what proves that a zone below is unsigned, and what does not.
func TestNoDS(t *testing.T) {
	t.Parallel()
	z := newZone(t, "example.")
	const cut = "contoso.example."
	nsec := func(owner, next string, types ...uint16) []dns.RR {
		return z.sign([]dns.RR{&dns.NSEC{Hdr: dns.RR_Header{Name: owner, Rrtype: dns.TypeNSEC, Class: 1, Ttl: 60}, NextDomain: next, TypeBitMap: types}}, owner)
	}
	apex := []uint16{dns.TypeNS, dns.TypeSOA}
	strange := hashed(z, 0, false, map[string][]uint16{z.name: apex, cut: {dns.TypeNS}})
	for _, r := range strange {
		if n, ok := r.(*dns.NSEC3); ok {
			n.Flags = 2
		}
	}
	starDS := z.sign([]dns.RR{rr(t, "*.example. 300 IN CNAME x.example.")}, cut)
	for name, c := range map[string]struct {
		ns    []dns.RR
		alias []dns.RR
		cut   bool
		bogus bool
	}{
		"a delegation without DS":      {nsec(cut, "z.example.", dns.TypeNS), nil, true, false},
		"the DS is there":              {nsec(cut, "z.example.", dns.TypeNS, dns.TypeDS), nil, false, true},
		"the child's own NSEC":         {nsec(cut, "z.example.", dns.TypeNS, dns.TypeSOA), nil, false, true},
		"a plain name":                 {nsec(cut, "z.example.", dns.TypeA), nil, false, false},
		"only something below":         {nsec("a.example.", "x.contoso.example.", dns.TypeA), nil, false, false},
		"no such name":                 {nsec("a.example.", "z.example.", dns.TypeA), nil, false, false},
		"nothing proved":               {nil, nil, false, true},
		"NSEC of elsewhere":            {nsec("x.example.", "z.example.", dns.TypeA), nil, false, true},
		"NSEC3, a delegation":          {hashed(z, 0, false, map[string][]uint16{z.name: apex, cut: {dns.TypeNS}}), nil, true, false},
		"NSEC3, the DS is there":       {hashed(z, 0, false, map[string][]uint16{z.name: apex, cut: {dns.TypeNS, dns.TypeDS}}), nil, false, true},
		"NSEC3, opt-out":               {hashed(z, 0, true, map[string][]uint16{z.name: apex}), nil, true, false},
		"NSEC3, no such name":          {hashed(z, 0, false, map[string][]uint16{z.name: apex}), nil, false, false},
		"NSEC3, flags nobody knows":    {strange, nil, false, true},
		"NSEC3, with too many rounds":  {hashed(z, 101, false, map[string][]uint16{z.name: apex, cut: {dns.TypeNS}}), nil, false, false},
		"an alias":                     {nil, z.sign([]dns.RR{rr(t, cut+" 300 IN CNAME x.example.")}, cut), false, false},
		"an alias that nobody signed":  {nil, []dns.RR{rr(t, cut+" 300 IN CNAME x.example.")}, false, true},
		"an alias made by a wild card": {nil, starDS, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cut, v := judgeOf(z).noDS(&dns.Msg{Answer: c.alias, Ns: c.ns}, cut)
			if cut != c.cut || v.bogus() != c.bogus {
				t.Errorf("cut %v, %+v", cut, v)
			}
		})
	}
}

// TestTrust: which DS and DNSKEY are believed.
func TestTrust(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(w *world, leaf *testZone)
		want   Security
		why    string
	}{
		"DS of an algorithm nobody knows": {func(w *world, z *testZone) { w.ds(z, func(d *dns.DS) { d.Algorithm = 253 }) }, Indeterminate, fmt.Sprintf(wordStrange, "contoso.example", "253")},
		"DS of a digest nobody knows":     {func(w *world, z *testZone) { w.ds(z, func(d *dns.DS) { d.DigestType = 200 }) }, Indeterminate, fmt.Sprintf(wordStrange, "contoso.example", "digest 200")},
		"DS by SHA-1 alone": {func(w *world, z *testZone) {
			w.ds(z, func(d *dns.DS) { *d = *z.key.ToDS(dns.SHA1) })
		}, Insecure, wordOldSigned + "contoso.example"},
		"DS of another key":      {func(w *world, z *testZone) { w.ds(z, func(d *dns.DS) { d.Digest = strings.Repeat("0", 64) }) }, Bogus, wordNoMatch},
		"one known, one unknown": {func(w *world, z *testZone) { w.more(z, func(d *dns.DS) { d.Algorithm = 253 }) }, Secure, wordTheAnchor + wordTheRoot},
		"a wrong one beside":     {func(w *world, z *testZone) { w.more(z, func(d *dns.DS) { d.Digest = strings.Repeat("0", 64) }) }, Secure, wordTheAnchor + wordTheRoot},
		"a revoked key": {func(w *world, z *testZone) {
			z.key.Flags |= dns.REVOKE
			w.ds(z, func(d *dns.DS) { *d = *z.key.ToDS(dns.SHA256) })
		}, Bogus, wordNoMatch},
		"a key not for zones": {func(w *world, z *testZone) {
			z.key.Flags = 1
			w.ds(z, func(d *dns.DS) { *d = *z.key.ToDS(dns.SHA256) })
		}, Bogus, wordNoMatch},
		"a hundred keys":          {func(_ *world, z *testZone) { z.keys(t, 100) }, Bogus, wordTooMany},
		"a DS that a wildcard is": {func(w *world, z *testZone) { w.starDS(z) }, Bogus, wordBadSig + ", in the zone example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, record)
			w.set(func() { c.change(w, w.zones[2]) })
			a, err := w.ask(t, "_hetk.contoso.example", nil)
			if err != nil || a.Security != c.want || a.Reason != c.why || a.Weak != (c.want == Insecure) {
				t.Errorf("%s %q, %v", a.Security, a.Reason, err)
			}
		})
	}
}

// ds replaces what the parent says of z; more adds to it.
func (w *world) ds(z *testZone, change func(*dns.DS)) {
	w.zones[1].rrs = slices.DeleteFunc(w.zones[1].rrs, func(r dns.RR) bool { return r.Header().Rrtype == dns.TypeDS })
	w.more(z, change)
}

func (w *world) more(z *testZone, change func(*dns.DS)) {
	d := z.key.ToDS(dns.SHA256)
	change(d)
	w.zones[1].rrs = append(w.zones[1].rrs, d)
}

// starDS replaces z's DS by one that a wildcard makes.
func (w *world) starDS(z *testZone) {
	w.ds(z, func(d *dns.DS) { d.Hdr.Name = "*.example." })
	star := w.zones[1].sets("*.example.", dns.TypeDS)
	w.tell = func(m *dns.Msg) {
		if q := m.Question[0]; q.Qtype == dns.TypeDS && q.Name == z.name {
			m.Answer, m.Ns = w.zones[1].sign(star, z.name), nil
		}
	}
}

// keys adds keys of no use.
func (z *testZone) keys(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		k, ok := dns.Copy(z.key).(*dns.DNSKEY)
		if !ok {
			t.Fatal("no key")
		}
		k.PublicKey = strings.Repeat(string(rune('A'+i%26)), 42) + string(rune('A'+i/26)) + "A" + k.PublicKey[44:]
		z.rrs = append(z.rrs, k)
	}
}

// TestKeyTrap: signatures that do not fit, by keys of one tag, end soon
// (CVE-2023-50387).
func TestKeyTrap(t *testing.T) {
	t.Parallel()
	z := newZone(t, "contoso.example.")
	j := judgeOf(z)
	for range maxKeys - 1 {
		j.keys = append(j.keys, j.keys[0])
	}
	set := []dns.RR{rr(t, record)}
	answer := slices.Clone(set)
	for range 500 {
		signed := forge(t, z, set, func(s *dns.RRSIG) { s.Expiration += 1000 })
		if s, ok := signed[1].(*dns.RRSIG); ok {
			s.Expiration-- // so that it does not fit
			answer = append(answer, s)
		}
	}
	_, v := j.verify(set, answer)
	if v == nil || v.why != wordTooMany || j.tries > maxFailed+1 {
		t.Errorf("%+v after %d", v, j.tries)
	}
}

// TestAnotherClass: records of a class that nobody asked for prove nothing, and
// do not bring us down.
func TestAnotherClass(t *testing.T) {
	t.Parallel()
	z := newZone(t, "contoso.example.")
	q := question{"x.a.contoso.example.", dns.TypeTXT}
	for _, line := range []string{"contoso.example. CH NSEC z.contoso.example. NS SOA", "a.contoso.example. CH DNAME b.contoso.example.", "x.a.contoso.example. CH CNAME b.", `x.a.contoso.example. CH TXT "x"`} {
		m := &dns.Msg{Answer: []dns.RR{rr(t, line)}, Ns: []dns.RR{rr(t, line)}}
		rep := Reply{msg: m}
		rep.judge(m, q, z.name)
		if v := judgeOf(z).answer(rep, q); !v.bogus() || len(rep.Records)+len(rep.Aliases) > 0 {
			t.Errorf("%s: %+v, %+v", line, rep, v)
		}
		if _, v := judgeOf(z).noDS(m, "x.a.contoso.example."); !v.bogus() {
			t.Errorf("%s: %+v", line, v)
		}
		rep.Outcome, rep.Aliases = Found, []string{"x.b.contoso.example."}
		if v := judgeOf(z).answer(rep, q); !v.bogus() {
			t.Errorf("%s: %+v", line, v)
		}
	}
}
