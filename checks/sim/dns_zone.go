package sim

import (
	"strings"

	"github.com/miekg/dns"
)

// zone is one zone's records, by name.
type zone struct {
	name    string // fully qualified, lower case
	records map[string][]dns.RR
	key     *zoneKey // nil: not signed
	tenant  bool     // a tenant's domain
	nsec3   *nsec3Spec
	stray   *zoneKey  // one that it does not have
	wrong   bogusKind // how what it signs does not hold
	// disowned: the zone above names the stray key as this one's.
	disowned bool
}

// zones are those of one server.
type zones []*zone

// of finds the zone that a question belongs to: the longest there is, and for DS
// the one above, which holds it.
func (all zones) of(name string, kind uint16) *zone {
	var best *zone
	for _, z := range all {
		if dns.IsSubDomain(z.name, name) && (best == nil || len(z.name) > len(best.name)) && (kind != dns.TypeDS || z.name != name || z.name == ".") {
			best = z
		}
	}
	if best == nil && kind == dns.TypeDS { // whoever holds the zone itself alone says that there is none here
		return all.of(name, dns.TypeNS)
	}
	return best
}

// answer is what a server with these zones says: records, an alias, "no such
// record", "no such name", or who knows more.
func (all zones) answer(r *dns.Msg, q dns.Question, signed bool) {
	name := dns.CanonicalName(q.Name)
	z := all.of(name, q.Qtype)
	if z == nil {
		r.Rcode = dns.RcodeRefused
		return
	}
	z.lookUp(r, name, q.Qtype, signed)
	for _, rr := range r.Answer { // spelled the way it was asked for: resolvers that mix upper and lower case check that
		if strings.EqualFold(rr.Header().Name, q.Name) {
			rr.Header().Name = q.Name
		}
	}
	for _, rr := range r.Answer {
		if ns, ok := rr.(*dns.NS); ok {
			all.glue(r, ns.Ns)
		}
	}
}

// glue adds the addresses of a name server, where they are known.
func (all zones) glue(r *dns.Msg, host string) {
	if z := all.of(dns.CanonicalName(host), dns.TypeA); z != nil {
		for _, rr := range z.records[dns.CanonicalName(host)] {
			if t := rr.Header().Rrtype; t == dns.TypeA || t == dns.TypeAAAA {
				r.Extra = append(r.Extra, dns.Copy(rr))
			}
		}
	}
}

// lookUp fills the answer for a name in the zone.
func (z *zone) lookUp(r *dns.Msg, name string, kind uint16, signed bool) {
	if cut := z.cut(name); cut != "" && (cut != name || kind != dns.TypeDS) {
		z.refer(r, cut, signed)
		return
	}
	r.Authoritative = true
	for range 8 { // aliases that stay in the zone
		if at := z.dname(name); at != "" { // also where the name is there: it is out of sight
			to := z.lead(r, at, name, signed)
			if to == "" || kind == dns.TypeCNAME || !z.holds(to) {
				return
			}
			name = to
			continue
		}
		owner := name
		if !z.exists(name) {
			owner = z.wildcard(name)
		}
		alias := z.of(owner, dns.TypeCNAME)
		if found := z.of(owner, kind); len(found) > 0 {
			r.Answer = append(r.Answer, z.given(found, name, signed)...)
			z.expand(r, owner, name, signed)
			return
		}
		if len(alias) == 0 {
			z.deny(r, name, owner, signed)
			return
		}
		r.Answer = append(r.Answer, z.given(alias, name, signed)...)
		z.expand(r, owner, name, signed)
		to, ok := alias[0].(*dns.CNAME)
		if !ok || !z.holds(dns.CanonicalName(to.Target)) {
			return
		}
		name = dns.CanonicalName(to.Target)
	}
}

// holds says whether a name belongs to this zone, there or not.
func (z *zone) holds(name string) bool {
	return dns.IsSubDomain(z.name, name) && z.cut(name) == ""
}

// cut is the name at or above name where another zone begins; empty: none.
func (z *zone) cut(name string) string {
	found := ""
	for at := name; at != z.name && dns.IsSubDomain(z.name, at); at = above(at) {
		if len(z.of(at, dns.TypeNS)) > 0 {
			found = at
		}
	}
	return found
}

// refer says who knows more.
func (z *zone) refer(r *dns.Msg, cut string, signed bool) {
	for _, rr := range z.of(cut, dns.TypeNS) {
		r.Ns = append(r.Ns, dns.Copy(rr))
		if ns, ok := rr.(*dns.NS); ok {
			zones{z}.glue(r, ns.Ns)
		}
	}
	if !signed || z.key == nil {
		return
	}
	if ds := z.of(cut, dns.TypeDS); len(ds) > 0 {
		r.Ns = append(r.Ns, z.given(ds, cut, true)...)
		return
	}
	r.Ns = append(r.Ns, z.denial(cut, cut)...)
}

// deny says that a name or a record is not there.
func (z *zone) deny(r *dns.Msg, name, owner string, signed bool) {
	soa := z.of(z.name, dns.TypeSOA)
	for _, rr := range z.given(soa, z.name, signed) {
		rr.Header().Ttl = negativeTTL // RFC 2308 §3: the smaller of TTL and minimum
		r.Ns = append(r.Ns, rr)
	}
	if owner == "" { // there is no wildcard either
		r.Rcode = dns.RcodeNameError
	}
	if !signed || z.key == nil {
		return
	}
	r.Ns = append(r.Ns, z.denial(name, owner)...)
}

// expand proves that no name itself was there, where a wildcard answered.
func (z *zone) expand(r *dns.Msg, owner, name string, signed bool) {
	if signed && z.key != nil && owner != name {
		r.Ns = append(r.Ns, z.expansion(name)...)
	}
}

// of are the records of one name and type.
func (z *zone) of(name string, kind uint16) []dns.RR {
	var out []dns.RR
	for _, rr := range z.records[name] {
		if rr.Header().Rrtype == kind {
			out = append(out, rr)
		}
	}
	return out
}

// exists says whether a name is there, if only because another one lies below it
// (RFC 8020).
func (z *zone) exists(name string) bool {
	if len(z.records[name]) > 0 {
		return true
	}
	for n := range z.records {
		if dns.IsSubDomain(name, n) {
			return true
		}
	}
	return false
}

// encloser is the longest name above name that is there.
func (z *zone) encloser(name string) string {
	at := above(name)
	for at != z.name && !z.exists(at) {
		at = above(at)
	}
	return at
}

// wildcard is the name that answers for one that is not there (RFC 4592); empty:
// none does.
func (z *zone) wildcard(name string) string {
	star := "*." + strings.TrimPrefix(z.encloser(name), ".")
	if len(z.records[star]) > 0 {
		return star
	}
	return ""
}

// above is the name without its first label.
func above(name string) string {
	if i, end := dns.NextLabel(name, 0); !end {
		return name[i:]
	}
	return "."
}

func (z *zone) add(rr dns.RR) {
	n := dns.CanonicalName(rr.Header().Name)
	z.records[n] = append(z.records[n], rr)
}
