package resolve

import (
	"slices"
	"strings"

	"github.com/miekg/dns"
)

const (
	maxProofs     = 16  // NSEC or NSEC3 records read of one answer
	maxIterations = 100 // RFC 9276 §3.2: above, the zone counts as unsigned
)

// proof is the NSEC and NSEC3 records of an answer whose signatures fit.
type proof struct {
	zone   string
	nsec   []*dns.NSEC
	nsec3  []*dns.NSEC3
	heavy  bool // NSEC3 with too many iterations was there
	fault  *verdict
	hashes map[hashing]string
}

// hashing is one name under one set of NSEC3 parameters.
type hashing struct {
	name       string
	iterations uint16
	salt       string
}

// hash is a name's, in upper case, computed once for each set of parameters.
func (p *proof) hash(n *dns.NSEC3, name string) string {
	h := hashing{name, n.Iterations, n.Salt}
	if _, known := p.hashes[h]; !known {
		p.hashes[h] = dns.HashName(name, n.Hash, n.Iterations, n.Salt)
	}
	return p.hashes[h]
}

func (j *judge) proof(m *dns.Msg) *proof {
	p := &proof{zone: j.zone, fault: j.bogus(wordNoProof), hashes: map[hashing]string{}}
	for i, rr := range m.Ns {
		kind := rr.Header().Rrtype
		if i >= 4*maxProofs || len(p.nsec)+len(p.nsec3) >= maxProofs || (kind != dns.TypeNSEC && kind != dns.TypeNSEC3) {
			continue
		}
		if p.fault.why == wordNoProof {
			p.fault = j.bogus(wordBadProof) // unless it is whole
		}
		owner := dns.CanonicalName(rr.Header().Name)
		if v := j.own(pick(m.Ns, owner, kind), m.Ns); v != nil {
			p.fault = v
			continue
		}
		switch rr := rr.(type) {
		case *dns.NSEC:
			p.nsec = append(p.nsec, rr)
		case *dns.NSEC3:
			switch {
			case rr.Hash != dns.SHA1 || rr.Flags&^1 != 0 || parent(owner) != j.zone: // RFC 5155 §8.1, §8.2
			case rr.Iterations > maxIterations:
				p.heavy = true
			default:
				p.nsec3 = append(p.nsec3, rr)
			}
		}
	}
	return p
}

// match returns the types at a name that is proved to exist.
func (p *proof) match(name string) ([]uint16, bool) {
	for _, n := range p.nsec {
		if dns.CanonicalName(n.Hdr.Name) == name {
			return n.TypeBitMap, true
		}
		if next := dns.CanonicalName(n.NextDomain); next != name && dns.IsSubDomain(name, next) && p.spans(n, name) {
			return nil, true // an empty non-terminal
		}
	}
	for _, n := range p.nsec3 {
		if dns.IsSubDomain(p.zone, name) && ownHash(n) == p.hash(n, name) {
			return n.TypeBitMap, true
		}
	}
	return nil, false
}

// covers reports whether a name is proved not to exist, and whether only for
// signed ones (opt-out, RFC 5155 §6).
func (p *proof) covers(name string) (covered, optOut bool) {
	for _, n := range p.nsec {
		if p.spans(n, name) && !dns.IsSubDomain(name, n.NextDomain) && !cuts(n, name) {
			return true, false
		}
	}
	for _, n := range p.nsec3 {
		if !dns.IsSubDomain(p.zone, name) {
			continue
		}
		hash, own, next := p.hash(n, name), ownHash(n), strings.ToUpper(n.NextDomain)
		switch {
		case hash == "" || hash == own || hash == next: // a name at either end exists
			return false, false
		case own < next && own < hash && hash < next, own >= next && (own < hash || hash < next): // the last points to the first
			return true, n.Flags&1 != 0
		}
	}
	return false, false
}

// ownHash is the hash that an NSEC3 stands at.
func ownHash(n *dns.NSEC3) string {
	hash, _, _ := strings.Cut(n.Hdr.Name, ".")
	return strings.ToUpper(hash)
}

// spans reports whether name sorts between an NSEC's owner and its next name;
// the last NSEC of a zone points back to the apex.
func (p *proof) spans(n *dns.NSEC, name string) bool {
	owner, next := n.Hdr.Name, n.NextDomain
	last := compare(next, p.zone) == 0
	return dns.IsSubDomain(p.zone, name) && compare(owner, name) < 0 && (last || compare(name, next) < 0)
}

// cuts reports whether the NSEC is the parent's, of a delegation or DNAME above
// name: then it says nothing about what is below (RFC 6840 §4.1).
func cuts(n *dns.NSEC, name string) bool {
	has := func(t uint16) bool { return slices.Contains(n.TypeBitMap, t) }
	return dns.IsSubDomain(n.Hdr.Name, name) && (has(dns.TypeDNAME) || has(dns.TypeNS) && !has(dns.TypeSOA))
}

// closest finds the deepest proved ancestor of a name that is not there, and
// the name one label longer on the way to it.
func (p *proof) closest(name string) (encloser, longer string, ok bool) {
	if len(p.nsec) > 0 {
		for _, n := range p.nsec {
			if p.spans(n, name) {
				deep := max(dns.CompareDomainName(name, n.Hdr.Name), dns.CompareDomainName(name, n.NextDomain))
				path := ancestors(name)
				i := len(path) - 1 - deep
				if i <= 0 {
					return "", "", false
				}
				return path[i], path[i-1], true
			}
		}
	}
	path := ancestors(name)
	for i := 1; i < len(path) && dns.IsSubDomain(p.zone, path[i]); i++ {
		if types, ok := p.match(path[i]); ok {
			below := slices.Contains(types, dns.TypeDNAME) || slices.Contains(types, dns.TypeNS) && !slices.Contains(types, dns.TypeSOA)
			return path[i], path[i-1], !below
		}
	}
	return "", "", false
}

// short is the verdict where a proof falls short.
func (p *proof) short() *verdict {
	if p.heavy {
		return &verdict{is: Insecure, why: wordIterations, weak: true}
	}
	return p.fault
}

// notThere checks that a wildcard with so many labels may answer for name: the
// name one label longer than the wildcard's parent must not exist. That name
// itself is not there is not enough: a nearer name would shut the wildcard out
// (RFC 4592 §3.3.1).
func (p *proof) notThere(name string, wild int) *verdict {
	path := ancestors(name)
	i := len(path) - 1 - wild - 1
	if i < 0 {
		return p.short()
	}
	if covered, optOut := p.covers(path[i]); covered {
		if optOut {
			return &verdict{is: Insecure, why: wordOptOut + bare(path[i])}
		}
		return nil
	}
	return p.short()
}

// denied checks "no such name" and "no such type". After aliases it is the last
// name that is denied.
func (p *proof) denied(said Outcome, q question) *verdict {
	if types, ok := p.match(q.name); ok {
		delegated := slices.Contains(types, dns.TypeNS) && !slices.Contains(types, dns.TypeSOA)
		if said == NoName || delegated || slices.Contains(types, q.kind) || slices.Contains(types, dns.TypeCNAME) {
			return p.short()
		}
		return nil
	}
	encloser, longer, ok := p.closest(q.name)
	if !ok {
		return p.short()
	}
	covered, optOut := p.covers(longer)
	if len(p.nsec) > 0 {
		covered, optOut = p.covers(q.name)
	}
	if !covered {
		return p.short()
	}
	star := "*." + strings.TrimPrefix(encloser, ".")
	if said == NoName {
		if c, _ := p.covers(star); !c {
			return p.short()
		}
	} else if types, ok := p.match(star); !ok || slices.Contains(types, q.kind) || slices.Contains(types, dns.TypeCNAME) {
		return p.short()
	}
	if optOut {
		return &verdict{is: Insecure, why: wordOptOut + bare(longer)}
	}
	return nil
}

// noDS reads the proof that a name has no DS: cut says that a zone starts there
// all the same, and is unsigned.
func (p *proof) noDS(name string) (cut bool, v *verdict) {
	if types, ok := p.match(name); ok {
		has := func(t uint16) bool { return slices.Contains(types, t) }
		if has(dns.TypeDS) || has(dns.TypeSOA) && name != "." {
			return false, p.short()
		}
		return has(dns.TypeNS), nil
	}
	if _, longer, ok := p.closest(name); ok {
		covered, optOut := p.covers(longer)
		if covered && optOut {
			return true, nil
		}
		if covered || len(p.nsec) > 0 {
			if c, _ := p.covers(name); c {
				return false, nil // no such name, so no zone starts here
			}
		}
	}
	return false, p.short()
}
