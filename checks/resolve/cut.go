package resolve

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/miekg/dns"
)

// cut is a zone, as it was found: its apex and its name servers.
type cut struct {
	zone  string
	hosts []string
	more  int      // hosts beside them that are not asked
	glue  *dns.Msg // what came along with their names
	// unsure: of a name below, the resolver in use did not say whether a zone starts
	// there, so this may not be the zone that was looked for.
	unsure bool
}

// findCut finds the zone of a name in what the resolver in use told of the names
// above: the deepest that has name servers. Where the resolver fails for a deeper
// one, as it does where none of that zone's servers answers or its signatures do not
// hold, it is unsure.
func (r *Resolver) findCut(ctx context.Context, above []string) cut {
	var c cut
	for _, a := range above {
		t := r.tell(ctx, a, dns.TypeNS)
		if c.hosts, c.more = nameServers(t.msg, a); len(c.hosts) > 0 {
			c.zone, c.glue = a, t.msg
			break
		}
		c.unsure = c.unsure || t.err != nil || t.msg.Rcode != dns.RcodeSuccess && t.msg.Rcode != dns.RcodeNameError
	}
	return c
}

// refer follows what the servers of a zone above refer to, down to the zone of the
// name that q asks for. A round trip for each step.
func (r *Resolver) refer(ctx context.Context, c cut, q question) cut {
	for range maxHops {
		next, known := r.step(ctx, c, q)
		switch {
		case !known && c.unsure:
			return cut{} // a zone above must not be taken for it
		case !known || next.zone == c.zone:
			c.unsure = false
			return c // referred to, if only by name: none of its servers gives an answer
		}
		c = next
	}
	return cut{}
}

// step asks all servers of a zone at once, and takes the first word on where the
// name of q is: in this zone, or in one that is referred to.
func (r *Resolver) step(ctx context.Context, c cut, q question) (next cut, known bool) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	said := make(chan cut, 1)
	var wg group
	for _, h := range c.hosts {
		wg.Go(func() {
			for _, a := range r.addressesWith(ctx, h, c.glue) {
				wg.Go(func() {
					if to, ok := r.referred(ctx, a, c, q); ok {
						select {
						case said <- to:
							stop()
						default:
						}
					}
				})
			}
		})
	}
	wg.Wait()
	select {
	case next = <-said:
		return next, true
	default:
		return cut{}, false
	}
}

// referred is what one server says. That it answers with authority does not say
// that the name is in c's zone: it may have the zone below as well, and answers out
// of the nearest that it has (RFC 1034 §4.3.2).
func (r *Resolver) referred(ctx context.Context, a netip.Addr, c cut, q question) (cut, bool) {
	if !r.askable(a) {
		return cut{}, false
	}
	m, err := r.askFor(ctx, a, q)
	if err != nil {
		return cut{}, false
	}
	for _, rr := range m.Ns {
		to := dns.CanonicalName(rr.Header().Name)
		if rr.Header().Rrtype == dns.TypeNS && to != c.zone && dns.IsSubDomain(c.zone, to) && dns.IsSubDomain(to, q.name) {
			return c.below(to, m.Ns, m.Extra), true
		}
	}
	if !m.Authoritative {
		return cut{}, false
	}
	switch zone := c.spokenFor(m, q); zone {
	case c.zone:
		return cut{zone: c.zone, hosts: c.hosts, more: c.more, glue: c.glue}, true
	case "":
		return r.begins(ctx, a, c, ancestors(q.name))
	default:
		return r.begins(ctx, a, c, ancestors(zone))
	}
}

// askFor asks one authoritative server; an answer that says nothing about names is
// an error.
func (r *Resolver) askFor(ctx context.Context, a netip.Addr, q question) (*dns.Msg, error) {
	m, err := r.exchange(ctx, target{"udp", a.String(), fmt.Sprint(r.portOf(a))}, q, way{})
	if err == nil && m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError {
		err = errors.New(wordServer + rcode(m.Rcode))
	}
	return m, err
}

// below is the zone that the servers of c tell of, with those addresses of its hosts
// that they may speak for.
func (c cut) below(zone string, ns, extra []dns.RR) cut {
	next := cut{zone: zone, glue: &dns.Msg{}}
	next.hosts, next.more = nameServers(&dns.Msg{Answer: ns}, zone)
	for _, rr := range extra {
		if dns.IsSubDomain(c.zone, dns.CanonicalName(rr.Header().Name)) {
			next.glue.Extra = append(next.glue.Extra, rr)
		}
	}
	return next
}

// spokenFor is the zone that an answer with authority comes from, as what stands
// beside it says; empty where it does not. Behind an alias it is the last name's zone
// that stands there, and not the first's.
func (c cut) spokenFor(m *dns.Msg, q question) string {
	if q.kind != dns.TypeCNAME && slices.ContainsFunc(m.Answer, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeCNAME }) {
		return ""
	}
	for _, rr := range m.Ns {
		at := dns.CanonicalName(rr.Header().Name)
		if t := rr.Header().Rrtype; (t == dns.TypeSOA || t == dns.TypeNS) && dns.IsSubDomain(c.zone, at) && dns.IsSubDomain(at, q.name) {
			return at
		}
	}
	return ""
}

// begins asks a server which of names begins a zone that it has, and returns the
// first of those: names are the deepest first, and count down to c's zone. Where none
// does, it is c's. A name that it gives no answer about may begin one.
func (r *Resolver) begins(ctx context.Context, a netip.Addr, c cut, names []string) (cut, bool) {
	names = names[:max(0, slices.Index(names, c.zone))]
	said := make([]*dns.Msg, len(names))
	var wg group
	for i, n := range names {
		wg.Go(func() {
			if m, err := r.askFor(ctx, a, question{n, dns.TypeNS}); err == nil {
				said[i] = m
			}
		})
	}
	wg.Wait()
	for i, m := range said {
		if m == nil {
			return cut{}, false
		}
		if _, other := startOf(m, c.zone, names[i]); other && len(m.Answer) == 0 {
			return cut{}, false // it speaks for a zone that the name is not in, as catch-all servers do
		}
		if hosts, _ := nameServers(m, names[i]); m.Authoritative && len(hosts) > 0 {
			return c.below(names[i], m.Answer, m.Extra), true
		}
	}
	return cut{zone: c.zone, hosts: c.hosts, more: c.more, glue: c.glue}, true
}

// addressesWith are a host's, those that came along with its name, else those that
// the resolver in use knows.
func (r *Resolver) addressesWith(ctx context.Context, host string, glue *dns.Msg) []netip.Addr {
	if glue != nil {
		if along := append(addressesOf(glue.Extra, host, dns.TypeA), addressesOf(glue.Extra, host, dns.TypeAAAA)...); len(along) > 0 {
			return along
		}
	}
	return r.addresses(ctx, host)
}

// descendBy is descend with the keys of the answer's own zone as its servers give
// them: a resolver that checks, and does not let that be switched off, gives none of
// a zone whose signatures do not hold.
func (j *judge) descendBy(ctx context.Context, a *Answer) *verdict {
	for _, s := range a.Servers {
		at, err := netip.ParseAddrPort(s.Addr)
		if err != nil || !s.Outcome.Decides() {
			continue
		}
		m, err := j.r.exchange(ctx, target{"udp", at.Addr().String(), fmt.Sprint(at.Port())}, question{a.Zone, dns.TypeDNSKEY}, way{})
		if err == nil && m.Authoritative && m.Rcode == dns.RcodeSuccess && !plain(m) { // else what asks for signatures was lost on the way
			j.keysOf, j.keysIn = a.Zone, m
			break
		}
	}
	return j.descend(ctx, a.Zone)
}
