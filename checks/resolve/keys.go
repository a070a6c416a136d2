package resolve

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

// key is a DNSKEY with its tag, which takes a walk over the key to compute.
type key struct {
	*dns.DNSKEY
	tag uint16
}

// descend follows DS and DNSKEY from the nearest anchor to zone.
func (j *judge) descend(ctx context.Context, zone string) *verdict {
	path := ancestors(zone)
	start := slices.IndexFunc(path, func(n string) bool { return len(j.anchors(n)) > 0 })
	if start < 0 {
		return &verdict{is: Indeterminate, why: wordNoAnchor}
	}
	j.from = path[start]
	if v := j.enter(ctx, path[start], j.anchors(path[start]), true); v != nil {
		return v
	}
	for i := start - 1; i >= 0; i-- {
		j.tries = 0
		t := j.r.tell(ctx, path[i], dns.TypeDS)
		if t.err != nil || (t.msg.Rcode != dns.RcodeSuccess && t.msg.Rcode != dns.RcodeNameError) {
			return &verdict{is: Indeterminate, why: wordStripped}
		}
		if plain(t.msg) { // what is above was signed: what asks for signatures was lost on the way
			return &verdict{is: Indeterminate, why: wordStripped}
		}
		ds := pick(t.msg.Answer, path[i], dns.TypeDS)
		if len(ds) == 0 {
			cut, v := j.noDS(t.msg, path[i])
			if v != nil {
				return v
			}
			if cut {
				return &verdict{is: Insecure, why: wordUnsigned + bare(path[i])}
			}
			continue
		}
		if v := j.own(ds, t.msg.Answer); v != nil {
			return v
		}
		if v := j.enter(ctx, path[i], ds, false); v != nil {
			return v
		}
	}
	return nil
}

// noDS reads why a name has no DS: cut says that an unsigned zone starts there.
func (j *judge) noDS(m *dns.Msg, name string) (cut bool, v *verdict) {
	if alias := pick(m.Answer, name, dns.TypeCNAME); len(alias) > 0 {
		return false, j.own(alias, m.Answer) // no zone starts at an alias
	}
	return j.proof(m).noDS(name)
}

func (j *judge) anchors(name string) []dns.RR {
	var out []dns.RR
	for _, rr := range j.r.opt.Anchors {
		if rr.Header().Name == name {
			out = append(out, rr)
		}
	}
	return out
}

// enter makes zone the one whose keys are believed, if a key that trust (DS or
// DNSKEY) names has signed its keys. At an anchor, keys or signatures that are
// not there at all mean a resolver that does not pass them on; below it, an answer
// without EDNS0 too.
func (j *judge) enter(ctx context.Context, zone string, trust []dns.RR, anchor bool) *verdict {
	told := trust
	trust = slices.DeleteFunc(slices.Clone(trust), func(rr dns.RR) bool { return !supported(rr) })
	if len(trust) == 0 && anchor {
		return &verdict{is: Indeterminate, why: wordOldAnchor}
	}
	if i := slices.IndexFunc(told, func(rr dns.RR) bool { return !outdated(rr) }); len(trust) == 0 && i >= 0 {
		return &verdict{is: Indeterminate, why: fmt.Sprintf(wordStrange, bare(zone), strangeness(told[i]))}
	}
	if len(trust) == 0 {
		return &verdict{is: Insecure, why: wordOldSigned + bare(zone), weak: true} // RFC 4035 §5.2: unknown algorithms only
	}
	m := j.keysIn
	if j.keysOf != zone {
		t := j.r.tell(ctx, zone, dns.TypeDNSKEY)
		if m = t.msg; t.err != nil {
			return &verdict{is: Indeterminate, why: wordNoKeys, lacks: zone}
		}
	}
	set := pick(m.Answer, zone, dns.TypeDNSKEY)
	signed := len(pick(m.Answer, zone, dns.TypeRRSIG)) > 0
	switch {
	case anchor && (len(set) == 0 || !signed), plain(m) && m.Rcode == dns.RcodeSuccess:
		return &verdict{is: Indeterminate, why: wordStripped}
	case len(set) == 0 && m.Rcode != dns.RcodeSuccess:
		return &verdict{is: Indeterminate, why: wordNoKeys, lacks: zone}
	case len(set) == 0:
		return &verdict{is: Bogus, why: wordNoKeys, at: zone}
	case len(set) > maxKeys || len(trust) > maxTrust:
		return &verdict{is: Bogus, why: wordTooMany, at: zone}
	}
	all, entry := usable(set, trust)
	switch {
	case len(entry) == 0 && anchor:
		return &verdict{is: Bogus, why: wordOffAnchor + bare(zone), at: zone, fault: checks.DNSFaultAnchor}
	case len(entry) == 0:
		return &verdict{is: Bogus, why: wordNoMatch, at: zone}
	}
	j.zone, j.keys, j.tries, j.failed = zone, entry, 0, 0
	if v := j.own(set, m.Answer); v != nil {
		if anchor && v.fault == checks.DNSFaultTime { // sooner this machine's clock than the root's keeper
			v.is = Indeterminate
		}
		return v
	}
	j.keys = all
	return nil
}

// usable returns a zone's keys, and those of them that trust names.
func usable(set, trust []dns.RR) (all, entry []key) {
	for _, rr := range set {
		k, ok := rr.(*dns.DNSKEY)
		if !ok || k.Flags&dns.ZONE == 0 || k.Flags&dns.REVOKE != 0 || k.Protocol != 3 {
			continue
		}
		one := key{k, k.KeyTag()}
		all = append(all, one)
		if slices.ContainsFunc(trust, func(rr dns.RR) bool { return names(rr, one) }) {
			entry = append(entry, one)
		}
	}
	return all, entry
}

// names reports whether a DS or DNSKEY that is trusted means k.
func names(rr dns.RR, k key) bool {
	switch t := rr.(type) {
	case *dns.DNSKEY:
		return t.Algorithm == k.Algorithm && t.PublicKey == k.PublicKey
	case *dns.DS:
		if t.KeyTag != k.tag || t.Algorithm != k.Algorithm {
			return false
		}
		ds := k.ToDS(t.DigestType)
		return ds != nil && strings.EqualFold(ds.Digest, t.Digest)
	}
	return false
}

// outdated are the algorithms that no longer count: RFC 9904 §3, RFC 9905, RFC 9906.
func outdated(rr dns.RR) bool {
	old := []uint8{dns.RSAMD5, dns.DSA, dns.RSASHA1, dns.DSANSEC3SHA1, dns.RSASHA1NSEC3SHA1, dns.ECCGOST}
	switch t := rr.(type) {
	case *dns.DNSKEY:
		return slices.Contains(old, t.Algorithm)
	case *dns.DS:
		return slices.Contains(old, t.Algorithm) || t.DigestType == dns.SHA1 || t.DigestType == dns.GOST94
	}
	return false
}

// strangeness names what is not known of a DS or DNSKEY, by its number.
func strangeness(rr dns.RR) string {
	switch t := rr.(type) {
	case *dns.DNSKEY:
		return fmt.Sprint(t.Algorithm)
	case *dns.DS:
		if slices.Contains(algorithms(), t.Algorithm) {
			return fmt.Sprintf(wordDigest, t.DigestType)
		}
		return fmt.Sprint(t.Algorithm)
	}
	return ""
}

// algorithms are those that are known here: what RFC 9904 has validators know, without
// SHA-1 (RFC 9905), and without Ed448, which the library lacks.
func algorithms() []uint8 {
	return []uint8{dns.RSASHA256, dns.RSASHA512, dns.ECDSAP256SHA256, dns.ECDSAP384SHA384, dns.ED25519}
}

// supported reports whether a DS or DNSKEY can be relied on here.
func supported(rr dns.RR) bool {
	algs := algorithms()
	switch t := rr.(type) {
	case *dns.DNSKEY:
		return slices.Contains(algs, t.Algorithm)
	case *dns.DS:
		return slices.Contains(algs, t.Algorithm) && (t.DigestType == dns.SHA256 || t.DigestType == dns.SHA384)
	}
	return false
}
