package resolve

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// lookOne asks about one name, without leaving its zone. Round trips: what the
// resolver knows of every name above (zones, keys, the answer); addresses; the
// servers themselves.
func (r *Resolver) lookOne(ctx context.Context, name string, kind uint16) (Answer, error) {
	out := Answer{Name: name}
	above := ancestors(name)
	var wg sync.WaitGroup
	for _, a := range above {
		for _, k := range []uint16{dns.TypeNS, dns.TypeDS, dns.TypeDNSKEY} {
			wg.Go(func() { r.tell(ctx, a, k) })
		}
	}
	wg.Go(func() { r.tell(ctx, name, kind) })
	wg.Wait()
	got := r.tell(ctx, name, kind)
	out.Resolver = r.heard(got, name, kind)
	hosts := []string{}
	for _, a := range above {
		if hosts = nameServers(r.tell(ctx, a, dns.TypeNS).msg, a); len(hosts) > 0 && a != "." {
			out.Zone = a
			break
		}
	}
	if out.Zone == "" {
		if got.err != nil {
			return out, fmt.Errorf("ask the resolver %s about %s: %w", r.servers[0], name, got.err)
		}
		return out, fmt.Errorf("look up %s: %s", name, wordNoZone)
	}
	r.askAll(ctx, &out, hosts, kind)
	decided, ok := out.Decided()
	if !ok {
		out.Security, out.Reason = Indeterminate, wordUndecided
		return out, nil
	}
	out.Agree = agree(out.Servers)
	out.Security, out.Reason = r.validate(ctx, out, kind, decided.msg)
	return out, nil
}

// ancestors returns name and all above it, the root last.
func ancestors(name string) []string {
	var out []string
	for _, i := range dns.Split(name) {
		out = append(out, name[i:])
	}
	return append(out, ".")
}

// nameServers returns the hosts of an NS set at exactly zone.
func nameServers(m *dns.Msg, zone string) []string {
	var out []string
	if m == nil {
		return nil
	}
	for _, rr := range m.Answer {
		if ns, ok := rr.(*dns.NS); ok && dns.CanonicalName(ns.Hdr.Name) == zone && len(out) < maxHosts {
			out = append(out, dns.CanonicalName(ns.Ns))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// askAll asks every address of every host at once. One of them is also asked
// for a name that nobody made: who answers that the same has a wildcard.
func (r *Resolver) askAll(ctx context.Context, out *Answer, hosts []string, kind uint16) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	add := func(rep Reply) {
		mu.Lock()
		defer mu.Unlock()
		out.Servers = append(out.Servers, rep)
	}
	probe := fmt.Sprintf("onboard-%04x.%s", dns.Id(), parent(out.Name))
	made := map[string][]dns.RR{}
	for _, h := range hosts {
		wg.Go(func() {
			addrs := r.addresses(ctx, h)
			if len(addrs) == 0 {
				add(Reply{Host: h, Outcome: Silent, Why: wordNoAddr})
			}
			for i, a := range addrs {
				wg.Go(func() { add(r.askServer(ctx, h, a, out.Zone, question{out.Name, kind})) })
				if i > 0 || out.Name == out.Zone {
					continue
				}
				wg.Go(func() {
					rep := r.askServer(ctx, h, a, out.Zone, question{probe, kind})
					mu.Lock()
					defer mu.Unlock()
					made[h] = rep.Records
				})
			}
		})
	}
	wg.Wait()
	slices.SortFunc(out.Servers, func(a, b Reply) int { return strings.Compare(a.Host+" "+a.Addr, b.Host+" "+b.Addr) })
	for _, s := range out.Servers {
		if s.Outcome == Found && len(s.Records) > 0 && sameData(s.Records, made[s.Host]) {
			out.Wildcard = true
		}
	}
	if d, ok := out.Decided(); ok {
		out.Aliases = d.Aliases
	}
}

func parent(name string) string {
	if i, end := dns.NextLabel(name, 0); !end {
		return name[i:]
	}
	return "."
}

// addresses asks the resolver for a host's addresses of both kinds.
func (r *Resolver) addresses(ctx context.Context, host string) []netip.Addr {
	var four, six *told
	var wg sync.WaitGroup
	wg.Go(func() { four = r.tell(ctx, host, dns.TypeA) })
	wg.Go(func() { six = r.tell(ctx, host, dns.TypeAAAA) })
	wg.Wait()
	var out []netip.Addr
	for _, t := range []*told{four, six} {
		if t.msg == nil {
			continue
		}
		records, _ := follow(t.msg.Answer, host, []uint16{dns.TypeA, dns.TypeAAAA}, ".")
		for _, rr := range records {
			var a netip.Addr
			switch rr := rr.(type) {
			case *dns.A:
				a, _ = netip.AddrFromSlice(rr.A)
			case *dns.AAAA:
				a, _ = netip.AddrFromSlice(rr.AAAA)
			}
			if a.IsValid() && len(out) < maxAddrs {
				out = append(out, a.Unmap())
			}
		}
	}
	return slices.Compact(out)
}

// askServer asks one authoritative server and judges whether it may decide.
func (r *Resolver) askServer(ctx context.Context, host string, a netip.Addr, zone string, q question) Reply {
	at := netip.AddrPortFrom(a, r.opt.Port)
	rep := Reply{Host: host, Addr: at.String()}
	if !r.askable(a) {
		rep.Outcome, rep.Why = Barred, wordPrivate
		return rep
	}
	start := time.Now()
	m, err := r.exchange(ctx, target{"udp", a.String(), fmt.Sprint(r.opt.Port)}, q, false)
	rep.Took = time.Since(start)
	if err != nil {
		rep.Outcome, rep.Why = Silent, err.Error()
		return rep
	}
	rep.msg = m
	rep.judge(m, q, zone)
	if rep.Outcome.Decides() && !m.Authoritative {
		rep.Outcome, rep.Why = Lame, wordNoAA
		rep.Records, rep.Aliases = nil, nil
	}
	return rep
}

// heard is what the resolver in use said.
func (r *Resolver) heard(t *told, name string, kind uint16) Reply {
	rep := Reply{Addr: r.servers[0].String(), Took: t.took, msg: t.msg}
	if t.err != nil {
		rep.Outcome, rep.Why = Silent, t.err.Error()
		return rep
	}
	rep.judge(t.msg, question{name, kind}, ".")
	return rep
}

// judge reads a message: records, aliases inside zone, how long it may be kept.
func (rep *Reply) judge(m *dns.Msg, q question, zone string) {
	rep.Rcode = dns.RcodeToString[m.Rcode]
	if m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError {
		rep.Outcome, rep.Why = Failed, wordServer+rep.Rcode
		return
	}
	rep.Records, rep.Aliases = follow(m.Answer, q.name, []uint16{q.kind}, zone)
	switch {
	case len(rep.Records) > 0:
		rep.Outcome = Found
		rep.TTL = time.Duration(rep.Records[0].Header().Ttl) * time.Second
		return
	case len(rep.Aliases) > 0 && zone != ".":
		rep.Outcome = Found // where the alias leads is asked for itself
		return
	}
	soa := startOf(m, zone, q.name)
	switch {
	case soa != nil && m.Rcode == dns.RcodeNameError:
		rep.Outcome = NoName
	case soa != nil:
		rep.Outcome = NoData
	case m.Rcode == dns.RcodeNameError:
		rep.Outcome = NoName // without SOA it must not be kept, but it is said
	case !slices.ContainsFunc(m.Ns, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeNS }):
		rep.Outcome = NoData
	default:
		rep.Outcome, rep.Why = Lame, wordOutside // a referral
	}
	if soa != nil {
		rep.Negative = time.Duration(min(soa.Hdr.Ttl, soa.Minttl)) * time.Second
	}
}

func startOf(m *dns.Msg, zone, name string) *dns.SOA {
	for _, rr := range m.Ns {
		if soa, ok := rr.(*dns.SOA); ok && dns.IsSubDomain(zone, soa.Hdr.Name) && (zone == "." || dns.IsSubDomain(soa.Hdr.Name, name)) {
			return soa
		}
	}
	return nil
}

// follow walks CNAME and DNAME from name as far as the message and the zone go,
// and returns the records at the end and the names on the way.
func follow(answer []dns.RR, name string, kinds []uint16, zone string) (records []dns.RR, aliases []string) {
	for range maxHops {
		next := ""
		for _, rr := range answer {
			h := rr.Header()
			owner := dns.CanonicalName(h.Name)
			c, isC := rr.(*dns.CNAME)
			d, isD := rr.(*dns.DNAME)
			switch {
			case owner == name && slices.Contains(kinds, h.Rrtype) && h.Class == dns.ClassINET:
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
		if !dns.IsSubDomain(zone, next) {
			return nil, aliases
		}
		name = next
	}
	return nil, aliases
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
