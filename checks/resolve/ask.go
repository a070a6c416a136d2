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
			if a != "." || k == dns.TypeDNSKEY {
				wg.Go(func() { r.tell(ctx, a, k) })
			}
		}
	}
	wg.Go(func() { r.tell(ctx, name, kind) })
	wg.Wait()
	got := r.tell(ctx, name, kind)
	out.Resolver = r.heard(got, name, kind)
	var hosts []string
	for _, a := range above[:len(above)-1] {
		if hosts = nameServers(r.tell(ctx, a, dns.TypeNS).msg, a); len(hosts) > 0 {
			out.Zone = a
			break
		}
	}
	if out.Zone == "" {
		if got.err != nil {
			return out, fmt.Errorf("ask the resolver %s about %s: %w", got.from, name, got.err)
		}
		return out, fmt.Errorf("look up %s: %s", name, wordNoZone)
	}
	r.askAll(ctx, &out, hosts, kind)
	out.Security, out.Reason = r.validate(ctx, &out, kind)
	out.Agree = agree(out.Servers)
	if d, ok := out.Decided(); ok {
		out.Aliases = d.Aliases
	}
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
	made := map[string]Reply{}
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
					made[h] = rep
				})
			}
		})
	}
	wg.Wait()
	slices.SortFunc(out.Servers, func(a, b Reply) int { return strings.Compare(a.Host+" "+a.Addr, b.Host+" "+b.Addr) })
	for _, s := range out.Servers {
		m := made[s.Host]
		if s.Outcome == Found && m.Outcome == Found && sameData(s.Records, m.Records) && (len(s.Records) > 0 || slices.Equal(s.Aliases, m.Aliases)) {
			out.Wildcard = true
		}
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
	return append(addressesOf(four.msg, host, dns.TypeA), addressesOf(six.msg, host, dns.TypeAAAA)...)
}

func addressesOf(m *dns.Msg, host string, kind uint16) []netip.Addr {
	var out []netip.Addr
	if m == nil {
		return nil
	}
	records, _ := follow(m.Answer, host, kind, ".")
	for _, rr := range records {
		var a netip.Addr
		switch rr := rr.(type) {
		case *dns.A:
			a, _ = netip.AddrFromSlice(rr.A)
		case *dns.AAAA:
			a, _ = netip.AddrFromSlice(rr.AAAA)
		}
		if a = a.Unmap(); a.IsValid() && len(out) < maxAddrs && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
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
	m, err := r.exchange(ctx, target{"udp", a.String(), fmt.Sprint(r.opt.Port)}, q, way{})
	rep.Took = time.Since(start)
	switch {
	case noPath(err):
		rep.Outcome, rep.Why = NoPath, wordNoPath
		return rep
	case err != nil:
		rep.Outcome, rep.Why = Silent, wordOf(err)
		return rep
	}
	rep.msg = m
	rep.judge(m, q, zone)
	if rep.Outcome.Decides() && !m.Authoritative {
		rep.drop(Lame, wordNoAA)
	}
	return rep
}

// heard is what the resolver in use said.
func (r *Resolver) heard(t *told, name string, kind uint16) Reply {
	rep := Reply{Addr: t.from.String(), Took: t.took, msg: t.msg}
	if t.err != nil {
		rep.Outcome, rep.Why = Silent, wordOf(t.err)
		return rep
	}
	rep.judge(t.msg, question{name, kind}, ".")
	return rep
}
