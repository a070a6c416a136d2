package resolve

import (
	"context"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Security is what DNSSEC says about an answer (RFC 4033 §5).
type Security string

// The states, from best to worst.
const (
	Secure        Security = "secure"        // signed all the way from a trust anchor
	Insecure      Security = "insecure"      // proved to be unsigned
	Indeterminate Security = "indeterminate" // no anchor above, or keys could not be had
	Bogus         Security = "bogus"         // signed, and the signatures do not fit
)

// worse reports whether a is worse than b.
func worse(a, b Security) bool {
	order := []Security{Secure, Insecure, Indeterminate, Bogus}
	return slices.Index(order, a) > slices.Index(order, b)
}

// maxTries bounds signature checks of one name: a zone with many keys of one
// tag must not buy our CPU (CVE-2023-50387).
const maxTries = 64

// verdict is a Security other than Secure, with the reason.
type verdict struct {
	is  Security
	why string
}

func (v *verdict) bogus() bool { return v != nil && v.is == Bogus }

// judge holds the keys of the zone reached so far.
type judge struct {
	r     *Resolver
	zone  string
	keys  []*dns.DNSKEY
	tries int
}

// validate walks from the nearest anchor down to the zone, then checks what
// every deciding server said.
func (r *Resolver) validate(ctx context.Context, a Answer, kind uint16, _ *dns.Msg) (Security, string) {
	j := &judge{r: r}
	if v := j.descend(ctx, a.Zone); v != nil {
		return v.is, v.why
	}
	state, why := Secure, ""
	for _, s := range a.Servers {
		if !s.Outcome.Decides() {
			continue
		}
		if v := j.answer(s, question{a.Name, kind}); v != nil && worse(v.is, state) {
			state, why = v.is, v.why
		}
	}
	return state, why
}

// descend follows DS and DNSKEY from the nearest anchor to zone.
func (j *judge) descend(ctx context.Context, zone string) *verdict {
	path := ancestors(zone)
	start := slices.IndexFunc(path, func(n string) bool { return len(j.anchors(n)) > 0 })
	if start < 0 {
		return &verdict{Indeterminate, wordNoAnchor}
	}
	if v := j.enter(ctx, path[start], j.anchors(path[start])); v != nil {
		return v
	}
	for i := start - 1; i >= 0; i-- {
		t := j.r.tell(ctx, path[i], dns.TypeDS)
		if t.err != nil || (t.msg.Rcode != dns.RcodeSuccess && t.msg.Rcode != dns.RcodeNameError) {
			return &verdict{Indeterminate, wordStripped}
		}
		ds := pick(t.msg.Answer, path[i], dns.TypeDS)
		if len(ds) == 0 {
			cut, v := j.noDS(t.msg, path[i])
			if v != nil {
				return v
			}
			if cut {
				return &verdict{Insecure, wordUnsigned + path[i]}
			}
			continue
		}
		if _, v := j.verify(ds, t.msg.Answer); v != nil {
			return v
		}
		if v := j.enter(ctx, path[i], ds); v != nil {
			return v
		}
	}
	return nil
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
// DNSKEY) names has signed its keys.
func (j *judge) enter(ctx context.Context, zone string, trust []dns.RR) *verdict {
	trust = slices.DeleteFunc(slices.Clone(trust), func(rr dns.RR) bool { return !supported(rr) })
	if len(trust) == 0 {
		return &verdict{Insecure, wordUnsigned + zone} // RFC 4035 §5.2: unknown algorithms only
	}
	t := j.r.tell(ctx, zone, dns.TypeDNSKEY)
	if t.err != nil {
		return &verdict{Indeterminate, wordNoKeys}
	}
	set := pick(t.msg.Answer, zone, dns.TypeDNSKEY)
	if len(set) == 0 {
		if t.msg.Rcode == dns.RcodeSuccess {
			return &verdict{Bogus, wordNoKeys}
		}
		return &verdict{Indeterminate, wordNoKeys}
	}
	var all, entry []*dns.DNSKEY
	for _, rr := range set {
		k, ok := rr.(*dns.DNSKEY)
		if !ok || k.Flags&dns.ZONE == 0 || k.Flags&dns.REVOKE != 0 || k.Protocol != 3 {
			continue
		}
		all = append(all, k)
		if slices.ContainsFunc(trust, func(rr dns.RR) bool { return names(rr, k) }) {
			entry = append(entry, k)
		}
	}
	if len(entry) == 0 {
		return &verdict{Bogus, wordNoMatch}
	}
	j.zone, j.keys = zone, entry
	if _, v := j.verify(set, t.msg.Answer); v != nil {
		if zone == "." && len(pick(t.msg.Answer, zone, dns.TypeRRSIG)) == 0 {
			return &verdict{Indeterminate, wordStripped}
		}
		return v
	}
	j.keys = all
	return nil
}

// names reports whether a DS or DNSKEY that is trusted means k.
func names(rr dns.RR, k *dns.DNSKEY) bool {
	switch t := rr.(type) {
	case *dns.DNSKEY:
		return t.Algorithm == k.Algorithm && t.PublicKey == k.PublicKey
	case *dns.DS:
		if t.KeyTag != k.KeyTag() || t.Algorithm != k.Algorithm {
			return false
		}
		ds := k.ToDS(t.DigestType)
		return ds != nil && strings.EqualFold(ds.Digest, t.Digest)
	}
	return false
}

// supported: RFC 8624 §3.1 and §3.3, without what may no longer be relied on.
func supported(rr dns.RR) bool {
	algs := []uint8{dns.RSASHA256, dns.RSASHA512, dns.ECDSAP256SHA256, dns.ECDSAP384SHA384, dns.ED25519}
	switch t := rr.(type) {
	case *dns.DNSKEY:
		return slices.Contains(algs, t.Algorithm)
	case *dns.DS:
		return slices.Contains(algs, t.Algorithm) && (t.DigestType == dns.SHA256 || t.DigestType == dns.SHA384)
	}
	return false
}

// pick returns one set out of a section.
func pick(in []dns.RR, name string, kind uint16) []dns.RR {
	var out []dns.RR
	for _, rr := range in {
		if h := rr.Header(); h.Rrtype == kind && h.Class == dns.ClassINET && dns.CanonicalName(h.Name) == name {
			out = append(out, rr)
		}
	}
	return out
}

// verify checks a set against the zone's keys and returns the signature that
// fits. Its label count tells whether a wildcard made the set.
func (j *judge) verify(set, section []dns.RR) (*dns.RRSIG, *verdict) {
	h := set[0].Header()
	why := wordNoSig
	for _, rr := range pick(section, dns.CanonicalName(h.Name), dns.TypeRRSIG) {
		sig, ok := rr.(*dns.RRSIG)
		if !ok || sig.TypeCovered != h.Rrtype || dns.CanonicalName(sig.SignerName) != j.zone || int(sig.Labels) > labels(h.Name) {
			continue
		}
		if !sig.ValidityPeriod(j.r.opt.Now()) {
			why = wordOldSig
			continue
		}
		for _, k := range j.keys {
			if k.KeyTag() != sig.KeyTag || k.Algorithm != sig.Algorithm {
				continue
			}
			if j.tries++; j.tries > maxTries {
				return nil, &verdict{Bogus, wordTooMany}
			}
			if sig.Verify(k, set) == nil {
				return sig, nil
			}
		}
		if why == wordNoSig {
			why = wordBadSig
		}
	}
	return nil, &verdict{Bogus, why}
}

// labels counts as RRSIG does: without the root and a leading asterisk.
func labels(name string) int {
	n := dns.CountLabel(name)
	if strings.HasPrefix(name, "*.") {
		n--
	}
	return n
}

// answer checks every set on the way from the name to what was found.
func (j *judge) answer(s Reply, q question) *verdict {
	j.tries = 0
	if s.Outcome != Found {
		return j.denied(s, q)
	}
	var soft *verdict
	for i, name := range append([]string{q.name}, s.Aliases...) {
		if !dns.IsSubDomain(j.zone, name) {
			break
		}
		if i < len(s.Aliases) && len(pick(s.msg.Answer, name, dns.TypeCNAME)) == 0 &&
			!j.synthesised(s.msg, &dns.CNAME{Target: s.Aliases[i]}, name) {
			return &verdict{Bogus, wordNoSig} // a DNAME alone led on, unsigned
		}
		for _, kind := range []uint16{q.kind, dns.TypeCNAME} {
			set := pick(s.msg.Answer, name, kind)
			if len(set) == 0 {
				continue
			}
			if kind == dns.TypeCNAME && len(set) == 1 && j.synthesised(s.msg, set[0], name) {
				continue
			}
			sig, v := j.verify(set, s.msg.Answer)
			if v != nil {
				return v
			}
			if int(sig.Labels) < labels(name) {
				if v := j.proof(s.msg).notThere(name, int(sig.Labels)); v.bogus() {
					return v
				} else if v != nil {
					soft = v
				}
			}
		}
	}
	return soft
}

// synthesised reports whether a signed DNAME of the answer makes this CNAME
// (RFC 6672 §5.3.1): the CNAME itself is not signed.
func (j *judge) synthesised(m *dns.Msg, rr dns.RR, name string) bool {
	c, ok := rr.(*dns.CNAME)
	for _, a := range m.Answer {
		d, isD := a.(*dns.DNAME)
		if !ok || !isD {
			continue
		}
		owner := dns.CanonicalName(d.Hdr.Name)
		if owner == name || !dns.IsSubDomain(owner, name) || substitute(name, owner, dns.CanonicalName(d.Target)) != dns.CanonicalName(c.Target) {
			continue
		}
		if sig, v := j.verify(pick(m.Answer, owner, dns.TypeDNAME), m.Answer); v == nil && int(sig.Labels) == labels(owner) {
			return true
		}
	}
	return false
}
