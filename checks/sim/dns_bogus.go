package sim

import (
	"errors"
	"slices"
	"time"

	"github.com/miekg/dns"
)

// bogusKind is how the signatures of the tenants' zones do not hold, written
// dns-bogus=KIND. The keys of a zone are signed as they should be, so that it is the
// answer which does not hold.
type bogusKind string

const (
	bogusSignature bogusKind = "signature" // they do not fit; what dns-bogus alone means
	bogusExpired   bogusKind = "expired"   // until yesterday
	bogusEarly     bogusKind = "early"     // from tomorrow
	bogusKey       bogusKind = "key"       // by a key that the zone does not have
	bogusUnsigned  bogusKind = "unsigned"  // there are none
	bogusDenial    bogusKind = "denial"    // no proof (NSEC, NSEC3) of what is not there
	bogusDS        bogusKind = "ds"        // the zone above names another key; of no server
)

func isBogusKind(word string) bool {
	return slices.Contains([]bogusKind{bogusSignature, bogusExpired, bogusEarly, bogusKey, bogusUnsigned, bogusDenial, bogusDS}, bogusKind(word))
}

// setBogus reads the value of dns-bogus: how, or how often.
func (f *fault) setBogus(value string, given, rated bool) error {
	f.how = bogusSignature
	if !given || !isBogusKind(value) {
		err := f.setCount(value, given, rated)
		if err != nil {
			err = errors.New("dns-bogus is one of signature, expired, early, key, unsigned, denial and ds, or a count of answers")
		}
		return err
	}
	if f.how = bogusKind(value); f.how == bogusDS && rated {
		return errors.New("a rate makes no sense here")
	}
	return nil
}

// bogus says how the next answer does not hold; empty: it does.
func (all dnsWrong) bogus() bogusKind {
	for _, f := range all {
		if f.kind == faultDNSBogus && f.how != bogusDS {
			return f.how
		}
	}
	return ""
}

// strict says whether the resolver checks signatures.
func (all dnsWrong) strict() bool {
	return slices.ContainsFunc(all, func(f *fault) bool { return f.kind == faultDNSStrict })
}

// bogus says how a server's answers never hold; empty: they do.
func (f *faults) bogus(role dnsRole) bogusKind {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all dnsWrong
	for _, one := range f.dns {
		if one.on(role) && one.left < 0 && one.rate == 1 {
			all = append(all, one)
		}
	}
	return all.bogus()
}

// any says whether there is a fault of a kind, and how where it says how.
func (f *faults) any(kind faultKind, how ...bogusKind) bool {
	return slices.ContainsFunc(f.dns, func(one *fault) bool {
		return one.kind == kind && (len(how) == 0 || slices.Contains(how, one.how))
	})
}

// spoil has the zones that are signed sign so; the tenants' alone, unless all are
// wanted.
func (all zones) spoil(how bogusKind, every bool) {
	for _, z := range all {
		if z.tenant || every {
			z.wrong = how
		}
	}
}

// refuses says whether a resolver that checks signatures gives no answer, because
// this one out of z does not hold. Keys hold unless the zone above names others.
func (z *zone) refuses(m *dns.Msg, kind uint16) bool {
	switch {
	case z.key == nil:
		return false
	case z.disowned:
		return true
	case z.wrong == bogusDenial:
		return len(m.Answer) == 0
	}
	return z.wrong != "" && kind != dns.TypeDNSKEY
}

// sign gives the signature of a set, right or wrong as the zone's are; nil: none.
func (z *zone) sign(set []dns.RR) *dns.RRSIG {
	how, key, now := z.wrong, z.key, z.key.now()
	if set[0].Header().Rrtype == dns.TypeDNSKEY {
		how = ""
	}
	const day = 24 * time.Hour
	from, till := now.Add(-time.Hour), now.Add(signatureLife)
	switch how {
	case bogusUnsigned:
		return nil
	case bogusExpired:
		from, till = now.Add(-3*day), now.Add(-day)
	case bogusEarly:
		from, till = now.Add(day), now.Add(3*day)
	case bogusKey:
		key = z.stray
	case bogusSignature, bogusDenial, bogusDS:
	}
	sig := &dns.RRSIG{
		Hdr:       dns.RR_Header{Ttl: set[0].Header().Ttl}, // RFC 4034 §3: that of the set
		Algorithm: key.record.Algorithm, KeyTag: key.tag, SignerName: z.name, Inception: uint32(from.Unix()), Expiration: uint32(till.Unix()),
	}
	if err := sig.Sign(key.secret, set); err != nil {
		return nil // unsigned in a signed zone: whoever checks says so
	}
	if how == bogusSignature && len(sig.Signature) > 8 {
		sig.Signature = "AAAAAAAA" + sig.Signature[8:]
	}
	return sig
}

// trusted is the key of a zone that the one above names.
func (z *zone) trusted() *dns.DNSKEY {
	if !z.disowned {
		return z.key.record
	}
	k := *z.stray.record
	k.Hdr.Name = z.name
	return &k
}
