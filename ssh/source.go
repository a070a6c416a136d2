package ssh

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// sourceOf is what one customer of a provider has: an IPv4 address, or an IPv6
// /64. Whoever has one of those has all of it.
func sourceOf(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // fits both families
	return p
}

// addrOf is the address of a peer; not valid where it has none.
func addrOf(a net.Addr) netip.Addr {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.AddrPort().Addr().Unmap()
	}
	if a == nil {
		return netip.Addr{}
	}
	p, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap()
}

// source is what is known of one source.
type source struct {
	conns    int
	commands int           // that run
	pace     *rate.Limiter // of connections
}

// mostSources bounds the table of sources. One that has neither a connection nor
// a debt is forgotten; more than these at once are only held to what holds for
// all.
const mostSources = 1 << 16

// sources counts connections, in all and for each source.
type sources struct {
	limits Limits
	now    func() time.Time

	mu      sync.Mutex
	of      map[netip.Prefix]*source
	there   map[*conn]struct{} // that were counted in
	all     int
	fresh   int // not logged in yet
	swept   time.Time
	refused uint64
}

// enter counts one more connection in; no is why not, empty where it may come.
func (s *sources) enter(from netip.Prefix) (no string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if no != "" {
			s.refused++
		}
	}()
	switch {
	case s.all >= s.limits.Connections:
		return sayFull
	case s.fresh >= s.limits.Handshakes:
		return sayBusy
	}
	now := s.now()
	one := s.find(from, now)
	if one == nil {
		return sayBusy
	}
	if !one.pace.AllowN(now, 1) {
		return sayTooFast
	}
	if one.conns >= s.limits.PerSource {
		return sayTooMany
	}
	one.conns++
	s.all++
	s.fresh++
	return ""
}

// find gives the entry of a source, made where there is none; nil where there is
// no room for one. The caller holds mu.
func (s *sources) find(from netip.Prefix, now time.Time) *source {
	one := s.of[from]
	if one != nil {
		return one
	}
	if len(s.of) >= mostSources || now.Sub(s.swept) > time.Minute {
		s.sweep(now)
	}
	if len(s.of) >= mostSources {
		return nil
	}
	one = &source{pace: rate.NewLimiter(rate.Limit(s.limits.Rate), s.limits.Burst)}
	s.of[from] = one
	return one
}

// sweep forgets the sources that owe nothing. The caller holds mu.
func (s *sources) sweep(now time.Time) {
	s.swept = now
	for from, one := range s.of {
		if one.conns == 0 && one.commands == 0 && one.pace.TokensAt(now) >= float64(s.limits.Burst) {
			delete(s.of, from)
		}
	}
}

// here and gone note which connections were counted in.
func (s *sources) here(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.there == nil {
		s.there = map[*conn]struct{}{}
	}
	s.there[c] = struct{}{}
}

func (s *sources) gone(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.there, c)
}

// conns are the connections that are there.
func (s *sources) conns() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.there))
}

// known says that a connection has logged in.
func (s *sources) known() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh--
}

// leave counts a connection out; fresh says that it never logged in.
func (s *sources) leave(from netip.Prefix, fresh bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if fresh {
		s.fresh--
	}
	if one := s.of[from]; one != nil {
		one.conns--
	}
}

// enterCommand counts a command of a source in, if there may be one more.
func (s *sources) enterCommand(from netip.Prefix) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.find(from, s.now())
	if one == nil || one.commands >= s.limits.CommandsPerSource {
		return false
	}
	one.commands++
	return true
}

// leaveCommand counts a command out.
func (s *sources) leaveCommand(from netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.of[from]; one != nil {
		one.commands--
	}
}

// counts are how many connections there are, how many of them are not logged in
// yet, how many sources are known, and how many were refused so far.
func (s *sources) counts() (all, fresh, known int, refused uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all, s.fresh, len(s.of), s.refused
}
