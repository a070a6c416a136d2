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

// wideOf is what a provider gives one customer who asks for more than a /64: an
// IPv6 /48 (RIPE-690 recommends a /48 or a /56 for each). IPv4 has no such thing.
func wideOf(p netip.Prefix) (wide netip.Prefix, has bool) {
	if p.Addr().Is4() {
		return wide, false
	}
	wide, err := p.Addr().Prefix(48)
	return wide, err == nil
}

// wider is how much more than one source all of a /48 together may have.
const wider = 4

// source is what is known of one source, or of all of a /48 together.
type source struct {
	times    int // of the limits of one source
	conns    int
	commands int           // that run
	pace     *rate.Limiter // of connections
	sessions *rate.Limiter // nil: none yet
	cases    *rate.Limiter // nil: none yet
}

// mostSources bounds the table of sources. One that has neither a connection nor
// a debt is forgotten; while there are so many nobody new is let in.
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
	of := s.find(from, now)
	if of == nil {
		return sayBusy
	}
	if !take(of, now, func(one *source) *rate.Limiter { return one.pace }) {
		return sayTooFast
	}
	for _, one := range of {
		if one.conns >= one.times*s.limits.PerSource {
			return sayTooMany
		}
	}
	for _, one := range of {
		one.conns++
	}
	s.all++
	s.fresh++
	return ""
}

// find gives the entry of a source, and of the /48 that it is in; they are made
// where there are none; nil where there is no room for them. The caller holds mu.
func (s *sources) find(from netip.Prefix, now time.Time) []*source {
	if len(s.of) >= mostSources-1 || now.Sub(s.swept) > time.Minute { // before either is made: it owes nothing yet
		s.sweep(now)
	}
	one := s.entry(from, 1, now)
	if one == nil {
		return nil
	}
	wide, has := wideOf(from)
	if !has {
		return []*source{one}
	}
	all := s.entry(wide, wider, now)
	if all == nil {
		return nil
	}
	return []*source{one, all}
}

// entry gives one entry, made where there is none; nil where there is no room for
// it. The caller holds mu.
func (s *sources) entry(of netip.Prefix, times int, now time.Time) *source {
	one := s.of[of]
	if one != nil {
		return one
	}
	if len(s.of) >= mostSources {
		return nil
	}
	one = &source{times: times, pace: rate.NewLimiter(rate.Limit(times)*rate.Limit(s.limits.Rate), times*s.limits.Burst)}
	s.of[of] = one
	return one
}

// known gives the entries of a source that there are. The caller holds mu.
func (s *sources) known(from netip.Prefix) []*source {
	of := []*source{s.of[from]}
	if wide, has := wideOf(from); has {
		of = append(of, s.of[wide])
	}
	return slices.DeleteFunc(of, func(x *source) bool { return x == nil })
}

// take takes one from the pace of each, or from none.
func take(of []*source, now time.Time, pace func(*source) *rate.Limiter) bool {
	for _, one := range of {
		if pace(one).TokensAt(now) < 1 {
			return false
		}
	}
	for _, one := range of {
		pace(one).AllowN(now, 1)
	}
	return true
}

// sweep forgets the sources that owe nothing. Where there are too many, what they
// owe of cases is forgiven: that lasts for long, and would keep others out. The
// caller holds mu.
func (s *sources) sweep(now time.Time) {
	s.swept = now
	paid := func(l *rate.Limiter) bool { return l == nil || l.TokensAt(now) >= float64(l.Burst()) }
	full := len(s.of) >= mostSources-1
	for from, one := range s.of {
		if one.conns == 0 && one.commands == 0 && paid(one.pace) && paid(one.sessions) && (full || paid(one.cases)) {
			delete(s.of, from)
		}
	}
}

// mayBegin counts a session of a source in, if it does not begin too many in a
// short time.
func (s *sources) mayBegin(from netip.Prefix) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	of := s.find(from, now)
	return of != nil && take(of, now, func(one *source) *rate.Limiter {
		if one.sessions == nil {
			one.sessions = rate.NewLimiter(rate.Limit(one.times)*rate.Limit(s.limits.SessionRate), one.times*s.limits.SessionBurst)
		}
		return one.sessions
	})
}

// mayKeep counts a case of a source in, if it did not begin too many within an
// hour.
func (s *sources) mayKeep(from netip.Prefix) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	of := s.find(from, now)
	return of != nil && take(of, now, func(one *source) *rate.Limiter {
		if one.cases == nil {
			most := one.times * s.limits.CasesPerSource
			one.cases = rate.NewLimiter(rate.Limit(float64(most)/time.Hour.Seconds()), most)
		}
		return one.cases
	})
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

// loggedIn says that a connection has logged in.
func (s *sources) loggedIn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh--
}

// refuse counts a connection that was turned away for another reason than how many
// there are.
func (s *sources) refuse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused++
}

// leave counts a connection out; fresh says that it never logged in.
func (s *sources) leave(from netip.Prefix, fresh bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if fresh {
		s.fresh--
	}
	for _, one := range s.known(from) {
		one.conns--
	}
}

// enterCommand counts a command of a source in, if there may be one more.
func (s *sources) enterCommand(from netip.Prefix) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := s.find(from, s.now())
	if of == nil || slices.ContainsFunc(of, func(one *source) bool { return one.commands >= s.mostCommands(one) }) {
		return false
	}
	for _, one := range of {
		one.commands++
	}
	return true
}

// mostCommands is how many commands one entry may have at once. There are few of
// them in all, so that a whole /48 gets no more than half.
func (s *sources) mostCommands(one *source) int {
	l := s.limits
	if one.times == 1 {
		return l.CommandsPerSource
	}
	return min(one.times*l.CommandsPerSource, max(l.CommandsPerSource, l.Commands/2))
}

// leaveCommand counts a command out.
func (s *sources) leaveCommand(from netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.known(from) {
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
