package resolve

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync/atomic"

	"github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"
)

// lookOne asks about one name, without leaving its zone. Round trips: what the
// resolver knows of every name above (zones, keys, the answer); addresses; the
// servers themselves, who are asked for what beside names at the same time.
func (r *Resolver) lookOne(ctx context.Context, name string, kind uint16, beside func(zone string) string) (out Answer, other *Answer, err error) {
	out.Name = name
	above := ancestors(name)
	defer r.early(ctx, above)()
	var wg group
	for _, a := range above {
		for _, k := range []uint16{dns.TypeDS, dns.TypeDNSKEY} {
			if a != "." || k != dns.TypeDS {
				wg.Go(func() { r.tell(ctx, a, k) })
			}
		}
	}
	wg.Go(func() { r.tell(ctx, name, kind) })
	defer wg.Wait()
	c := r.findCut(ctx, above) // what is not needed for it may take its time meanwhile
	if c.unsure {
		c = r.refer(ctx, c, question{name, kind})
	}
	if out.Zone = c.zone; c.zone == "" || c.zone == "." {
		got := r.tell(ctx, name, kind)
		out.Resolver = r.heard(got, name, kind)
		if c.zone == "" || out.Resolver.Outcome != NoName {
			return r.homeless(out, got)
		}
		out.Top, beside = above[len(above)-2], nil // only the root can say that there is none
	}
	j := &judge{r: r}
	var chain *verdict
	wg.Go(func() { chain = j.descend(ctx, out.Zone) }) // from what was told, while the servers are asked
	if name, ok := besides(beside, out.Zone); ok {
		other = &Answer{Name: name, Zone: out.Zone, Security: Indeterminate, Reason: wordBeside}
		other.Asked, other.Home = other.Name, other.Zone
		wg.Go(func() {
			other.Wildcard = wild(other.Servers, r.askAll(ctx, other, c, kind))
			other.Agree = agree(other.Servers)
		})
	}
	made := r.askAll(ctx, &out, c, kind)
	wg.Wait()
	out.Resolver = r.heard(r.tell(ctx, name, kind), name, kind)
	if chain != nil && chain.lacks == out.Zone { // the resolver in use does not pass them on; the zone does
		chain = j.descendBy(ctx, &out)
	}
	out.Security, out.Reason = j.validate(ctx, &out, kind, chain)
	out.Wildcard = wild(out.Servers, made) // of those that count
	out.Agree = agree(out.Servers)
	if out.Security == Secure { // so whoever checks keeps nothing for longer than its signatures hold
		for i := range out.Servers {
			out.Servers[i].signedFor(r.opt.Now())
		}
		out.Resolver.signedFor(r.opt.Now())
	}
	d, ok := out.Decided()
	if ok && out.Top != "" && d.Outcome != NoName { // it is there, whatever the resolver says
		return r.homeless(out, r.tell(ctx, name, kind))
	}
	out.Aliases = d.Aliases
	return out, other, nil
}

// early asks for the name servers of all names above, before all else as all else
// waits for them, and for the addresses of what they are told to be as soon as they
// are: another of those names may take long. Whose zones are open to all, as com or
// co.uk, those are not asked for, and no more than one zone may have. What it returns
// ends it; what was not needed is left.
func (r *Resolver) early(ctx context.Context, above []string) (end func()) {
	ctx, stop := context.WithCancel(ctx)
	var asked atomic.Int64
	var wg group
	for _, a := range above {
		wg.Go(func() {
			t := r.tell(ctx, a, dns.TypeNS)
			if suffix, _ := publicsuffix.PublicSuffix(bare(a)); a == "." || suffix == bare(a) {
				return
			}
			hosts, _ := nameServers(t.msg, a)
			for _, h := range hosts {
				if asked.Add(1) > maxHosts {
					return
				}
				for _, k := range addressKinds() {
					wg.Go(func() { r.tell(ctx, h, k) })
				}
			}
		})
	}
	return func() {
		stop()
		wg.Wait()
	}
}

// homeless is the answer about a name whose zone is not known, with the reason.
func (r *Resolver) homeless(out Answer, got *told) (Answer, *Answer, error) {
	out.Zone, out.Top, out.Servers = "", "", nil
	switch {
	case got.err != nil:
		return out, nil, &unheard{fmt.Sprintf("ask the resolver %s about %s: %s", got.from, bare(out.Name), wordOf(got.err)), got.err}
	case out.Resolver.Outcome == NoName:
		return out, nil, fmt.Errorf("look up %s: %s", bare(out.Name), wordNoDomain)
	case out.Resolver.Outcome == Failed:
		return out, nil, fmt.Errorf("look up %s: %s: %s", bare(out.Name), wordNoZone, out.Resolver.Why)
	}
	return out, nil, fmt.Errorf("look up %s: %s", bare(out.Name), wordNoZone)
}

// besides is the name that is asked for beside another one, if there is one.
func besides(beside func(zone string) string, zone string) (string, bool) {
	if beside == nil {
		return "", false
	}
	name := beside(zone)
	_, ok := dns.IsDomainName(name)
	return name, ok && dns.CountLabel(name) <= maxLabels
}

// unheard is the error of a resolver that said nothing, in a person's words.
type unheard struct {
	say string
	err error
}

func (u *unheard) Error() string { return u.say }
func (u *unheard) Unwrap() error { return u.err }

// ancestors returns name and all above it, the root last.
func ancestors(name string) []string {
	var out []string
	for _, i := range dns.Split(name) {
		out = append(out, name[i:])
	}
	return append(out, ".")
}

// nameServers returns the hosts of an NS set at exactly zone, and how many more there
// are than are asked. Which those are does not depend on the order of the answer.
func nameServers(m *dns.Msg, zone string) (hosts []string, more int) {
	var out []string
	if m == nil {
		return nil, 0
	}
	for _, rr := range m.Answer {
		if ns, ok := rr.(*dns.NS); ok && dns.CanonicalName(ns.Hdr.Name) == zone {
			out = append(out, dns.CanonicalName(ns.Ns))
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	most := min(len(out), maxHosts)
	return out[:most], len(out) - most
}

func parent(name string) string {
	if i, end := dns.NextLabel(name, 0); !end {
		return name[i:]
	}
	return "."
}

// addressKinds are the types that hold addresses.
func addressKinds() []uint16 { return []uint16{dns.TypeA, dns.TypeAAAA} }

// addresses asks the resolver for a host's addresses of both kinds.
func (r *Resolver) addresses(ctx context.Context, host string) []netip.Addr {
	var four, six []netip.Addr
	var wg group
	wg.Go(func() { four = r.address(ctx, host, dns.TypeA) })
	wg.Go(func() { six = r.address(ctx, host, dns.TypeAAAA) })
	wg.Wait()
	return append(four, six...)
}

// address asks the resolver for a host's addresses of one kind.
func (r *Resolver) address(ctx context.Context, host string, kind uint16) []netip.Addr {
	t := r.tell(ctx, host, kind)
	if t.msg == nil {
		return nil
	}
	return addressesOf(t.msg.Answer, host, kind)
}

func addressesOf(in []dns.RR, host string, kind uint16) []netip.Addr {
	var out []netip.Addr
	records, _ := follow(in, host, kind, ".")
	for _, rr := range records {
		var a netip.Addr
		switch rr := rr.(type) {
		case *dns.A:
			a, _ = netip.AddrFromSlice(rr.A)
		case *dns.AAAA:
			a, _ = netip.AddrFromSlice(rr.AAAA)
		}
		if a = a.Unmap(); a.IsValid() && len(out) < maxTold && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, netip.Addr.Compare) // resolvers give them in turns
	return out
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
