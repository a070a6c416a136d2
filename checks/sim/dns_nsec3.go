package sim

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// What a signed zone proves that it does not hold: by NSEC, or hashed, by NSEC3
// (RFC 5155), without opt-out.

// nsec3Spec has a zone deny by NSEC3. RFC 9276 wants neither iterations nor salt.
type nsec3Spec struct {
	Iterations int    `yaml:"iterations"`
	Salt       string `yaml:"salt"` // hexadecimal
}

// mostIterations is what validators ever bore (RFC 5155 §10.3, for short keys and
// long ones); today's give up far below.
const mostIterations = 2500

func (n *nsec3Spec) check() error {
	if n == nil {
		return nil
	}
	if n.Iterations < 0 || n.Iterations > mostIterations {
		return errors.New("dns.nsec3.iterations: a number from 0 to 2500 is wanted")
	}
	if salt, err := hex.DecodeString(n.Salt); err != nil || len(salt) > 255 {
		return errors.New("dns.nsec3.salt: hexadecimal digits in pairs are wanted, such as aabbccdd; at most 255 pairs")
	}
	return nil
}

// param is the record by which the zone's servers know how to hash.
func (n *nsec3Spec) param(zone string) dns.RR {
	return &dns.NSEC3PARAM{Hdr: head(zone, dns.TypeNSEC3PARAM), Hash: dns.SHA1, Iterations: uint16(n.Iterations), SaltLength: uint8(len(n.Salt) / 2), Salt: n.Salt}
}

func (n *nsec3Spec) hash(name string) string {
	return strings.ToLower(dns.HashName(name, dns.SHA1, uint16(n.Iterations), n.Salt))
}

// denial proves that a name has no record of a type, where owner is the name or the
// wildcard that stands for it, or that there is no such name, where owner is empty.
func (z *zone) denial(name, owner string) []dns.RR {
	if z.wrong == bogusDenial {
		return nil
	}
	star := "*." + strings.TrimPrefix(z.encloser(name), ".")
	var names []string
	switch {
	case z.nsec3 == nil && owner == name:
		names = []string{name}
	case z.nsec3 == nil:
		names = []string{name, star}
	case owner == name:
		names = []string{name}
	default: // RFC 5155 §7.2.1, and §7.2.5 with a wildcard
		names = []string{z.encloser(name), z.closer(name), star}
	}
	var out []dns.RR
	for _, n := range names {
		for _, rr := range z.proof(n) {
			if !slices.ContainsFunc(out, func(had dns.RR) bool { return dns.IsDuplicate(had, rr) }) {
				out = append(out, rr)
			}
		}
	}
	return out
}

// expansion proves that no name itself was there, where a wildcard answered.
func (z *zone) expansion(name string) []dns.RR {
	switch {
	case z.wrong == bogusDenial:
		return nil
	case z.nsec3 == nil:
		return z.proof(name)
	}
	return z.proof(z.closer(name)) // RFC 5155 §7.2.6
}

// closer is the name on the way to name that is next below what is there.
func (z *zone) closer(name string) string {
	at := name
	for up := z.encloser(name); above(at) != up && at != z.name; {
		at = above(at)
	}
	return at
}

// proof is the NSEC or NSEC3 at a name, or the one that spans it.
func (z *zone) proof(name string) []dns.RR {
	if z.nsec3 != nil {
		return z.proofHashed(name)
	}
	names := z.signedNames()
	i := len(names) - 1
	for i > 0 && compareNames(names[i], name) > 0 {
		i--
	}
	n := &dns.NSEC{Hdr: head(names[i], dns.TypeNSEC), NextDomain: names[(i+1)%len(names)], TypeBitMap: z.typesAt(names[i], dns.TypeRRSIG, dns.TypeNSEC)}
	n.Hdr.Ttl = negativeTTL
	return z.given([]dns.RR{n}, names[i], true)
}

// proofHashed is proof by NSEC3. In its order stand the names that have nothing but
// others below them, too.
func (z *zone) proofHashed(name string) []dns.RR {
	at := map[string]string{}
	for _, n := range z.signedNames() {
		for ; at[z.nsec3.hash(n)] == "" && dns.IsSubDomain(z.name, n); n = above(n) {
			at[z.nsec3.hash(n)] = n
		}
	}
	hashes := sortedKeys(at)
	i, there := slices.BinarySearch(hashes, z.nsec3.hash(name))
	if !there {
		i = (i - 1 + len(hashes)) % len(hashes)
	}
	owner := at[hashes[i]]
	n := &dns.NSEC3{
		Hdr: head(hashes[i]+"."+strings.TrimPrefix(z.name, "."), dns.TypeNSEC3), Hash: dns.SHA1, Iterations: uint16(z.nsec3.Iterations),
		SaltLength: uint8(len(z.nsec3.Salt) / 2), Salt: z.nsec3.Salt, HashLength: 20, NextDomain: strings.ToUpper(hashes[(i+1)%len(hashes)]),
	}
	n.Hdr.Ttl = negativeTTL
	if z.cut(owner) == "" && len(z.records[owner]) > 0 || len(z.of(owner, dns.TypeDS)) > 0 {
		n.TypeBitMap = z.typesAt(owner, dns.TypeRRSIG)
	} else {
		n.TypeBitMap = z.typesAt(owner)
	}
	return z.given([]dns.RR{n}, n.Hdr.Name, true)
}

// typesAt are the types of the records at a name, beside others; where another zone
// begins, those that this one speaks of.
func (z *zone) typesAt(name string, types ...uint16) []uint16 {
	delegated := z.cut(name) != ""
	for _, rr := range z.records[name] {
		t := rr.Header().Rrtype
		if !delegated || t == dns.TypeNS || t == dns.TypeDS {
			types = append(types, t)
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}
