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
// servers themselves, who are asked for what beside names at the same time.
func (r *Resolver) lookOne(ctx context.Context, name string, kind uint16, beside func(zone string) string) (out Answer, other *Answer, err error) {
	out.Name = name
	above := ancestors(name)
	var wg group
	for _, a := range above {
		for _, k := range []uint16{dns.TypeNS, dns.TypeDS, dns.TypeDNSKEY} {
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
		return r.homeless(out, got)
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
	if d, ok := out.Decided(); ok {
		out.Aliases = d.Aliases
	}
	return out, other, nil
}

// homeless is the answer about a name whose zone is not known, with the reason.
func (r *Resolver) homeless(out Answer, got *told) (Answer, *Answer, error) {
	out.Zone = ""
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

// askAll asks every address of every host at once, and every host about a name that
// nobody made: that is returned, by host.
func (r *Resolver) askAll(ctx context.Context, out *Answer, c cut, kind uint16) map[string]Reply {
	all := round{r: r, out: out, kind: kind, made: map[string]Reply{}, most: min(maxAddrs, max(1, maxServers/2/max(1, len(c.hosts))))}
	out.Unasked = c.more
	all.probe = fmt.Sprintf("onboard-%04x.%s", dns.Id(), parent(out.Name))
	for _, h := range c.hosts {
		all.wg.Go(func() { all.host(ctx, h, c.glue) })
	}
	all.wg.Wait()
	slices.SortFunc(out.Servers, func(a, b Reply) int { return strings.Compare(a.Host+" "+a.Addr, b.Host+" "+b.Addr) })
	return all.made
}

// wild reports whether the servers give for a name that nobody made what they give for
// the one that was asked for. One that has neither name says nothing of a wildcard,
// which may be on its way to it. One that says another thing of the two speaks against
// it, and so does the signature of a record that stands at the name itself (RFC 4034
// §3.1.3).
func wild(servers []Reply, made map[string]Reply) bool {
	is := false
	for _, s := range servers {
		m, asked := made[s.Host]
		if !asked || !s.Outcome.Decides() || s.Outcome != Found && s.Outcome == m.Outcome {
			continue
		}
		same := s.Outcome == Found && m.Outcome == Found && sameData(s.Records, m.Records) && (len(s.Records) > 0 || slices.Equal(s.Aliases, m.Aliases))
		if !same || s.own() {
			return false
		}
		is = true
	}
	return is
}

// round is one question to all servers of a zone.
type round struct {
	r     *Resolver
	out   *Answer
	kind  uint16
	most  int    // addresses of one host, of each kind
	probe string // a name that nobody made: who answers it the same has a wildcard

	wg   group
	mu   sync.Mutex
	made map[string]Reply // to probe, by host
}

// host asks one server at the addresses that came along with its name, if any
// did, while the resolver is asked for all of them.
func (all *round) host(ctx context.Context, h string, glue *dns.Msg) {
	var early []netip.Addr
	if glue != nil {
		early = append(addressesOf(glue.Extra, h, dns.TypeA), addressesOf(glue.Extra, h, dns.TypeAAAA)...)
	}
	early, _ = all.some(early)
	for _, a := range early {
		all.wg.Go(func() { all.ask(ctx, h, a) })
	}
	addrs, more := all.some(all.r.addresses(ctx, h))
	if len(early)+len(addrs) == 0 {
		all.add(Reply{Host: h, Outcome: Silent, Why: wordNoAddr})
	}
	if more {
		all.mu.Lock()
		all.out.Unasked++
		all.mu.Unlock()
	}
	for _, a := range addrs {
		if !slices.Contains(early, a) {
			all.wg.Go(func() { all.ask(ctx, h, a) })
		}
	}
}

// some are those addresses that are asked, and whether there are more.
func (all *round) some(addrs []netip.Addr) (out []netip.Addr, more bool) {
	four, six := 0, 0
	for _, a := range addrs {
		n := &six
		if a.Is4() {
			n = &four
		}
		if *n++; *n <= all.most {
			out = append(out, a)
		}
	}
	return out, len(out) < len(addrs)
}

func (all *round) ask(ctx context.Context, h string, a netip.Addr) {
	if all.out.Name != all.out.Zone {
		all.wg.Go(func() {
			rep := all.r.askServer(ctx, h, a, all.out.Zone, question{all.probe, all.kind})
			all.mu.Lock()
			defer all.mu.Unlock()
			if rep.Outcome.Decides() { // one address of a host may be silent
				all.made[h] = rep
			}
		})
	}
	all.add(all.r.askServer(ctx, h, a, all.out.Zone, question{all.out.Name, all.kind}))
}

func (all *round) add(rep Reply) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.out.Servers = append(all.out.Servers, rep)
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
	var wg group
	wg.Go(func() { four = r.tell(ctx, host, dns.TypeA) })
	wg.Go(func() { six = r.tell(ctx, host, dns.TypeAAAA) })
	wg.Wait()
	var out []netip.Addr
	if four.msg != nil {
		out = addressesOf(four.msg.Answer, host, dns.TypeA)
	}
	if six.msg != nil {
		out = append(out, addressesOf(six.msg.Answer, host, dns.TypeAAAA)...)
	}
	return out
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

// askServer asks one authoritative server and judges whether it may decide.
func (r *Resolver) askServer(ctx context.Context, host string, a netip.Addr, zone string, q question) Reply {
	at := netip.AddrPortFrom(a, r.portOf(a))
	rep := Reply{Host: host, Addr: at.String()}
	if !r.askable(a) {
		rep.Outcome, rep.Why = Barred, wordPrivate
		return rep
	}
	start := time.Now()
	m, err := r.exchange(ctx, target{"udp", a.String(), fmt.Sprint(at.Port())}, q, way{})
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
