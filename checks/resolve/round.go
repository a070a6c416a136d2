package resolve

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

// askAll asks every address of every host at once, and every host about a name that
// nobody made: that is returned, by host.
func (r *Resolver) askAll(ctx context.Context, out *Answer, c cut, kind uint16) map[string]Reply {
	all := round{r: r, out: out, kind: kind, made: map[string]Reply{}, most: min(maxAddrs, max(1, maxServers/2/max(1, len(c.hosts))))}
	out.Unasked = c.more
	if out.Name != out.Zone && out.Top == "" {
		all.probe = fmt.Sprintf("onboard-%04x.%s", dns.Id(), parent(out.Name))
	}
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
	probe string // a name that nobody made: who answers it the same has a wildcard; empty: none can have

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
	var known, left atomic.Int64
	var wg group
	for _, kind := range addressKinds() { // one kind may be slow to come
		wg.Go(func() {
			addrs, more := all.some(all.r.address(ctx, h, kind))
			for _, a := range addrs {
				if !slices.Contains(early, a) {
					all.wg.Go(func() { all.ask(ctx, h, a) })
				}
			}
			known.Add(int64(len(addrs)))
			if more {
				left.Add(1)
			}
		})
	}
	wg.Wait()
	if len(early) == 0 && known.Load() == 0 {
		all.add(Reply{Host: h, Outcome: Silent, Why: wordNoAddr})
	}
	if left.Load() > 0 {
		all.mu.Lock()
		all.out.Unasked++
		all.mu.Unlock()
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
	if all.probe != "" {
		all.wg.Go(func() {
			rep := all.r.askServer(ctx, h, a, all.out.Zone, question{all.probe, all.kind})
			all.mu.Lock()
			defer all.mu.Unlock()
			if rep.Outcome.Decides() { // one address of a host may be silent
				all.made[h] = rep
			}
		})
	}
	all.add(all.r.askServer(ctx, h, a, all.out.Zone, question{all.out.put(), all.kind}))
}

func (all *round) add(rep Reply) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.out.Servers = append(all.out.Servers, rep)
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
