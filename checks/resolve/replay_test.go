package resolve

import (
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// replayZone is a zone with every shape that matters to proofs: types by name.
func replayZone(wildAtTop bool) map[string][]uint16 {
	z := map[string][]uint16{
		"z.": {dns.TypeSOA, dns.TypeNS}, "a.z.": {dns.TypeA}, "b.ent.z.": {dns.TypeTXT}, "*.w.z.": {dns.TypeTXT}, "x.w.z.": {dns.TypeA}, "y.d.w.z.": {dns.TypeA},
		"*.v.z.": {dns.TypeA}, "c.z.": {dns.TypeCNAME}, "dn.z.": {dns.TypeDNAME}, "sub.z.": {dns.TypeNS}, "signed.z.": {dns.TypeNS, dns.TypeDS}, "t.z.": {dns.TypeTXT},
	}
	if wildAtTop {
		z["*.z."] = []uint16{dns.TypeCNAME}
	}
	return z
}

// asked are the names to lie about: those of the zone, beside, between, above and
// below them.
func asked(zone map[string][]uint16) []string {
	out := []string{"0.z.", "zz.z.", "ent.z.", "w.z.", "d.w.z.", "q.d.w.z.", "v.z."}
	for n := range zone {
		out = append(out, n)
		if n != "z." {
			out = append(out, "q."+n, "q.q."+n, "q."+parent(n))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// truth is what the zone says of a name (RFC 1034 §4.3.2, RFC 4592).
type truth struct {
	exists  bool
	types   []uint16
	beyond  bool // below a delegation or DNAME: not this zone's to say
	nearest string
	wild    []uint16 // types of the wildcard that answers; nil: none does
}

func tell(zone map[string][]uint16, name string) truth {
	var t truth
	for _, above := range ancestors(name)[1:] {
		types := zone[above]
		if slices.Contains(types, dns.TypeDNAME) || slices.Contains(types, dns.TypeNS) && !slices.Contains(types, dns.TypeSOA) {
			t.beyond = true
		}
	}
	is := func(n string) bool {
		for have := range zone {
			if dns.IsSubDomain(n, have) {
				return true
			}
		}
		return false
	}
	t.exists, t.types = is(name), zone[name]
	for _, above := range ancestors(name)[1:] {
		if t.nearest == "" && is(above) {
			t.nearest = above
		}
	}
	if !t.exists {
		t.wild = zone["*."+t.nearest]
	}
	return t
}

// may reports whether a denial of TXT is true.
func (t truth) may(said Outcome) bool {
	has := func(types []uint16, k uint16) bool { return slices.Contains(types, k) }
	cut := has(t.types, dns.TypeNS) && !has(t.types, dns.TypeSOA)
	switch {
	case t.beyond || cut:
		return false
	case t.exists:
		return said == NoData && !has(t.types, dns.TypeTXT) && !has(t.types, dns.TypeCNAME)
	case t.wild != nil:
		return said == NoData && !has(t.wild, dns.TypeTXT) && !has(t.wild, dns.TypeCNAME)
	}
	return said == NoName
}

// chain is the whole chain of proofs of a zone.
func chain(zone map[string][]uint16, hash, optOut bool) []dns.RR {
	var names []string
	for n := range zone {
		names = append(names, n)
	}
	var out []dns.RR
	if !hash {
		slices.SortFunc(names, compare)
		for i, n := range names {
			out = append(out, &dns.NSEC{Hdr: dns.RR_Header{Name: n, Rrtype: dns.TypeNSEC, Class: 1}, NextDomain: names[(i+1)%len(names)], TypeBitMap: zone[n]})
		}
		return out
	}
	types := map[string][]uint16{}
	for n, k := range zone {
		if optOut && slices.Equal(k, []uint16{dns.TypeNS}) {
			continue // an unsigned delegation is left out
		}
		for _, above := range ancestors(n) {
			if dns.IsSubDomain("z.", above) {
				types[dns.HashName(above, dns.SHA1, 0, "")] = zone[above]
			}
		}
	}
	var hashes []string
	for h := range types {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	for i, h := range hashes {
		n := &dns.NSEC3{Hdr: dns.RR_Header{Name: strings.ToLower(h) + ".z.", Rrtype: dns.TypeNSEC3, Class: 1}, Hash: dns.SHA1, HashLength: 20, NextDomain: hashes[(i+1)%len(hashes)], TypeBitMap: types[h]}
		if optOut {
			n.Flags = 1
		}
		out = append(out, n)
	}
	return out
}

func proofOf(hashes map[hashing]string, records []dns.RR) *proof {
	p := &proof{zone: "z.", fault: (&judge{zone: "z."}).bogus(wordNoProof), hashes: hashes}
	for _, r := range records {
		switch r := r.(type) {
		case *dns.NSEC:
			p.nsec = append(p.nsec, r)
		case *dns.NSEC3:
			p.nsec3 = append(p.nsec3, r)
		}
	}
	return p
}

// subsets calls do with every choice of at most three, and with all.
func subsets(all []dns.RR, do func(...dns.RR)) {
	do()
	do(all...)
	for i := range all {
		do(all[i])
		for j := range i {
			do(all[i], all[j])
			for k := range j {
				do(all[i], all[j], all[k])
			}
		}
	}
}

// TestReplay: whoever stands between may put together what the zone signed in
// any way. No choice of three proofs makes a lie secure, and all of them
// together prove every truth.
func TestReplay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ top, hash, out bool }{
		"NSEC": {}, "NSEC, wildcard at the top": {true, false, false}, "NSEC3": {false, true, false}, "NSEC3, wildcard at the top": {true, true, false}, "opt-out": {false, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone := replayZone(c.top)
			all := chain(zone, c.hash, c.out)
			hashes := map[hashing]string{}
			whole := proofOf(hashes, all)
			for _, n := range asked(zone) {
				is := tell(zone, n)
				for _, said := range []Outcome{NoName, NoData} {
					q := question{n, dns.TypeTXT}
					if v := whole.denied(said, q); is.may(said) && v != nil && (!c.out || v.is != Insecure) {
						t.Errorf("%s of %s is not proved: %+v", said, n, v)
					}
					subsets(all, func(some ...dns.RR) {
						if v := proofOf(hashes, some).denied(said, q); v == nil && !is.may(said) || v != nil && !c.out && v.is != Bogus {
							t.Errorf("%s of %s: %+v by %v", said, n, v, some)
						}
					})
				}
				lieAboutWildcards(t, zone, all, hashes, n, is, c.out)
				lieAboutCuts(t, zone, all, hashes, n, is, c.out)
			}
		})
	}
}

// lieAboutWildcards serves every wildcard's set under a name.
func lieAboutWildcards(t *testing.T, zone map[string][]uint16, all []dns.RR, hashes map[hashing]string, n string, is truth, optOut bool) {
	t.Helper()
	for star := range zone {
		base, ok := strings.CutPrefix(star, "*.")
		if !ok || !dns.IsSubDomain(base, n) || labels(star) >= labels(n) {
			continue
		}
		fits := !is.exists && is.nearest == base && !is.beyond
		if v := proofOf(hashes, all).notThere(n, labels(star)); fits && v != nil && (!optOut || v.is != Insecure) {
			t.Errorf("%s from %s is not proved: %+v", n, star, v)
		}
		subsets(all, func(some ...dns.RR) {
			if v := proofOf(hashes, some).notThere(n, labels(star)); v == nil && !fits {
				t.Errorf("%s from %s, by %v", n, star, some)
			}
		})
	}
}

// lieAboutCuts says of every name that it has no DS.
func lieAboutCuts(t *testing.T, zone map[string][]uint16, all []dns.RR, hashes map[hashing]string, n string, is truth, optOut bool) {
	t.Helper()
	if n == "z." {
		return
	}
	types := zone[n]
	cut := slices.Equal(types, []uint16{dns.TypeNS})
	signed := slices.Contains(types, dns.TypeDS)
	if got, v := proofOf(hashes, all).noDS(n); cut && (v != nil || !got) {
		t.Errorf("%s is not proved to be unsigned: %+v", n, v)
	}
	subsets(all, func(some ...dns.RR) {
		got, v := proofOf(hashes, some).noDS(n)
		switch {
		case v != nil:
		case signed, is.beyond && !optOut:
			t.Errorf("%s has no DS, by %v", n, some)
		case got != cut && !optOut, cut && !got:
			t.Errorf("a cut at %s: %v, by %v", n, got, some)
		}
	})
}
