package resolve

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// drop makes a reply one that decides nothing.
func (rep *Reply) drop(to Outcome, why string) {
	rep.Outcome, rep.Why = to, why
	rep.Records, rep.Aliases, rep.Tree, rep.TTL, rep.Negative = nil, nil, "", 0, 0
}

// judge reads a message: records, aliases inside zone, how long it may be kept.
func (rep *Reply) judge(m *dns.Msg, q question, zone string) {
	rep.Rcode = rcode(m.Rcode)
	if m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError {
		rep.Outcome, rep.Why = Failed, wordServer+rep.Rcode
		return
	}
	rep.Records, rep.Aliases = follow(m.Answer, q.name, q.kind, zone)
	if len(rep.Aliases) > 0 {
		rep.Tree = treeOf(m.Answer, q.name, rep.Aliases[0])
	}
	switch {
	case len(rep.Records) > 0 && m.Rcode == dns.RcodeNameError:
		rep.drop(Failed, wordContradicts)
		return
	case len(rep.Records) > 0:
		rep.Outcome, rep.TTL = Found, kept(m.Answer, q.kind)
		return
	case len(rep.Aliases) > 0 && zone != ".":
		rep.Outcome = Found // where the alias leads is asked for itself
		return
	}
	soa, other := startOf(m, zone, q.name)
	switch {
	case soa == nil && other:
		rep.drop(Lame, wordOutside) // speaks for another zone, as parked and catch-all servers do
		return
	case m.Rcode == dns.RcodeNameError:
		rep.Outcome = NoName // without SOA it must not be kept, but it is said
	case soa == nil && slices.ContainsFunc(m.Ns, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeNS }):
		rep.drop(Lame, wordReferral)
		return
	default:
		rep.Outcome = NoData
	}
	if soa != nil {
		rep.Negative = min(seconds(soa.Hdr.Ttl), seconds(soa.Minttl))
		if len(rep.Aliases) > 0 {
			rep.Negative = min(rep.Negative, kept(m.Answer, q.kind))
		}
	}
}

// rcode names an answer's code. 16 has two names, of which an answer that is not signed
// by itself (TSIG) means the one of EDNS0 (RFC 6891 §9); others that no name server
// answers a question with are told by their numbers.
func rcode(code int) string {
	switch {
	case code == dns.RcodeBadVers:
		return "BADVERS"
	case code == dns.RcodeStatefulTypeNotImplemented || dns.RcodeToString[code] == "":
		return fmt.Sprintf(wordCode, code)
	}
	return dns.RcodeToString[code]
}

// kept is how long an answer lives in a cache: as long as its shortest part, aliases on
// the way included (RFC 2181 §5.2, RFC 1034 §3.6.2), and no longer than the TTL that was
// signed (RFC 4035 §5.3.3).
func kept(answer []dns.RR, kind uint16) time.Duration {
	least := time.Duration(-1)
	for _, rr := range answer {
		ttl := seconds(rr.Header().Ttl)
		of := rr.Header().Rrtype
		if sig, signed := rr.(*dns.RRSIG); signed {
			of, ttl = sig.TypeCovered, min(ttl, seconds(sig.OrigTtl))
		}
		if !slices.Contains([]uint16{kind, dns.TypeCNAME, dns.TypeDNAME}, of) {
			continue
		}
		if least < 0 || ttl < least {
			least = ttl
		}
	}
	return max(least, 0)
}

// signedFor bounds how long an answer that was checked is kept by what its signatures
// say: the TTL that was signed, and the time that they still hold (RFC 4035 §5.3.3). Of
// several on one set that one counts which holds longest, as any of them does; one that
// does not hold counts for nothing.
func (rep *Reply) signedFor(now time.Time) {
	if rep.msg == nil || len(rep.msg.Question) == 0 || !rep.Outcome.Decides() {
		return
	}
	longest := map[question]time.Duration{}
	note := func(rr dns.RR, names []string, kinds ...uint16) {
		sig, ok := rr.(*dns.RRSIG)
		if !ok || !sig.ValidityPeriod(now) || !slices.Contains(kinds, sig.TypeCovered) {
			return
		}
		at := question{dns.CanonicalName(sig.Hdr.Name), sig.TypeCovered}
		if names == nil || slices.Contains(names, at.name) {
			left := time.Duration(int32(sig.Expiration-uint32(now.Unix()))) * time.Second
			longest[at] = max(longest[at], min(left, seconds(sig.OrigTtl)))
		}
	}
	q := rep.msg.Question[0]
	onTheWay := append([]string{dns.CanonicalName(q.Name), rep.Tree}, rep.Aliases...)
	for _, rr := range rep.msg.Answer {
		note(rr, onTheWay, q.Qtype, dns.TypeCNAME, dns.TypeDNAME)
	}
	for _, rr := range rep.msg.Ns {
		note(rr, nil, dns.TypeSOA, dns.TypeNSEC, dns.TypeNSEC3)
	}
	for _, d := range longest {
		rep.TTL, rep.Negative = min(rep.TTL, d), min(rep.Negative, d)
	}
}

// seconds reads a TTL: one with the highest bit set counts as 0 (RFC 2181 §8).
func seconds(ttl uint32) time.Duration {
	if ttl > 1<<31-1 {
		return 0
	}
	return time.Duration(ttl) * time.Second
}

// startOf finds the SOA that speaks for name, and whether there is one that
// does not.
func startOf(m *dns.Msg, zone, name string) (soa *dns.SOA, other bool) {
	for _, rr := range m.Ns {
		s, ok := rr.(*dns.SOA)
		if !ok {
			continue
		}
		if zone == "." || dns.IsSubDomain(zone, s.Hdr.Name) && dns.IsSubDomain(s.Hdr.Name, name) {
			return s, false
		}
		other = true
	}
	return nil, other
}

// follow walks CNAME and DNAME from name, and returns the records at the end and
// the names on the way. Of a zone's own server one step is taken: what it says of
// the next name may be another zone's, which it serves too and which is signed by
// other keys or none (RFC 1034 §4.3.2), so that name is asked for itself. Zone "."
// is the resolver in use, whose chain is walked as far as the message goes.
func follow(answer []dns.RR, name string, kind uint16, zone string) (records []dns.RR, aliases []string) {
	for range maxHops {
		next := ""
		for _, rr := range answer {
			h := rr.Header()
			if h.Class != dns.ClassINET {
				continue
			}
			owner := dns.CanonicalName(h.Name)
			c, isC := rr.(*dns.CNAME)
			d, isD := rr.(*dns.DNAME)
			switch {
			case owner == name && h.Rrtype == kind:
				records = append(records, rr)
			case isC && owner == name:
				next = dns.CanonicalName(c.Target)
			case isD && owner != name && next == "" && dns.IsSubDomain(owner, name) && dns.IsSubDomain(zone, owner):
				next = substitute(name, owner, dns.CanonicalName(d.Target))
			}
		}
		if len(records) > 0 || next == "" || slices.Contains(aliases, next) {
			return records, aliases
		}
		aliases = append(aliases, next)
		if zone != "." {
			return nil, aliases
		}
		name = next
	}
	return nil, aliases
}

// treeOf is where the DNAME stands that leads from name to next; empty: none does, and
// a CNAME of its own is what is there.
func treeOf(answer []dns.RR, name, next string) string {
	for _, rr := range answer {
		owner := dns.CanonicalName(rr.Header().Name)
		if d, ok := rr.(*dns.DNAME); ok && owner != name && dns.IsSubDomain(owner, name) && substitute(name, owner, dns.CanonicalName(d.Target)) == next {
			return owner
		}
	}
	return ""
}

// substitute puts target in owner's place (RFC 6672 §2.2); empty if too long.
func substitute(name, owner, target string) string {
	out := strings.TrimSuffix(name, owner) + strings.TrimPrefix(target, ".")
	if _, ok := dns.IsDomainName(out); !ok {
		return ""
	}
	return out
}

// sameData compares record sets without order, TTL and owner.
func sameData(a, b []dns.RR) bool { return slices.Equal(dataOf(a), dataOf(b)) }

func dataOf(rrs []dns.RR) []string {
	var out []string
	for _, rr := range rrs {
		out = append(out, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// agree reports whether all that decide say the same, and one does.
func agree(rs []Reply) bool {
	var first *Reply
	for i := range rs {
		switch {
		case !rs[i].Outcome.Decides():
		case first == nil:
			first = &rs[i]
		case rs[i].Outcome != first.Outcome || !sameData(rs[i].Records, first.Records) || !slices.Equal(rs[i].Aliases, first.Aliases):
			return false
		}
	}
	return first != nil
}

// own reports whether what was found is signed as the name's own, and not as a
// wildcard's. Only of an answer that was checked does it say anything.
func (rep *Reply) own() bool {
	if len(rep.Records) == 0 || rep.msg == nil {
		return false
	}
	h := rep.Records[0].Header()
	for _, rr := range pick(rep.msg.Answer, dns.CanonicalName(h.Name), dns.TypeRRSIG) {
		if sig, ok := rr.(*dns.RRSIG); ok && sig.TypeCovered == h.Rrtype && int(sig.Labels) == labels(h.Name) {
			return true
		}
	}
	return false
}
