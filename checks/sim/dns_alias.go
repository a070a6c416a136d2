package sim

import (
	"errors"
	"strings"

	"github.com/miekg/dns"
)

// Aliases of whole trees (DNAME, RFC 6672).

// dname is the name above name, in the zone, whose DNAME leads all that is below it
// elsewhere; empty: none does.
func (z *zone) dname(name string) string {
	found := ""
	for at := name; at != z.name && dns.IsSubDomain(z.name, at); {
		if at = above(at); len(z.of(at, dns.TypeDNAME)) > 0 {
			found = at // what is below another one is out of sight
		}
	}
	return found
}

// lead answers with the DNAME at owner and the CNAME that comes of it for name, which
// nobody signs. to is the name that it leads to; empty: that would be too long, and
// the answer says so.
func (z *zone) lead(r *dns.Msg, owner, name string, signed bool) (to string) {
	set := z.of(owner, dns.TypeDNAME)
	r.Answer = append(r.Answer, z.given(set, owner, signed)...)
	d, ok := set[0].(*dns.DNAME)
	if !ok {
		return ""
	}
	to = strings.TrimSuffix(name, owner) + dns.CanonicalName(d.Target)
	if d.Target == "." {
		to = strings.TrimSuffix(name, owner)
	}
	buf := make([]byte, 256) // 255 is the most that a name takes (RFC 1035 §2.3.4)
	if n, err := dns.PackDomainName(to, buf, 0, nil, false); err != nil || n > 255 {
		r.Rcode = dns.RcodeYXDomain
		return ""
	}
	r.Answer = append(r.Answer, &dns.CNAME{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: d.Hdr.Ttl}, Target: to})
	return to
}

// stands says what is wrong with a record that a scenario publishes, beside those
// that the domain has by itself.
func stands(zone string, rr dns.RR) error {
	if rr.Header().Rrtype == dns.TypeDNAME && rr.Header().Name == zone {
		return errors.New("a DNAME at the domain itself would lead its own name servers away")
	}
	return nil
}
