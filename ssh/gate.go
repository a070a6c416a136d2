package ssh

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pires/go-proxyproto"
	gossh "golang.org/x/crypto/ssh"

	"onboard.example/ssh/cases"
)

// gate is the listener with its limits: what comes through has been counted,
// before a byte of its handshake was read.
type gate struct {
	net.Listener

	sources *sources
	bans    *Bans
	trusted []netip.Prefix // whose connections begin with a PROXY header, always
	limits  Limits
	log     *slog.Logger
	name    func(netip.Addr) string // how an address is written in logs

	refusing chan struct{} // holds one for each refusal that is being said
	mute     bool          // refusals are not said: another protocol is spoken
	itself   bool          // a trusted proxy may come for itself, to ask whether this one is well

	banned, nameless tally // refusals, of bans and of proxies without a header
}

// tally counts what would fill a log: it is said at once, and then once a minute.
type tally struct {
	mu   sync.Mutex
	n    int
	said time.Time
}

// count counts one more. n is how many are to be told of; 0: none yet.
func (t *tally) count(now time.Time) (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n++
	if now.Sub(t.said) < time.Minute {
		return 0
	}
	n, t.n, t.said = t.n, 0, now
	return n
}

// mostRefusals is how many clients at once are told why they are refused. More
// are dropped without a word: being refused must cost less than being served.
const mostRefusals = 64

func newGate(l net.Listener, s *sources, o *Options) *gate {
	return &gate{
		Listener: l, sources: s, bans: o.Bans, trusted: o.TrustedProxies, limits: o.Limits, log: o.Log, name: o.nameOf,
		refusing: make(chan struct{}, mostRefusals),
	}
}

// kernelBuffer bounds what the system keeps for a client that does not read, in
// bytes: it would keep megabytes.
const kernelBuffer = 64 << 10

// Accept implements net.Listener: it returns the next connection that may come
// in. Behind a trusted proxy nobody knows yet who that is: admit says so.
func (g *gate) Accept() (net.Conn, error) {
	for {
		raw, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if t, ok := raw.(*net.TCPConn); ok {
			_ = t.SetWriteBuffer(kernelBuffer) // the system's own bound will do where this cannot be had
		}
		peer := addrOf(raw.RemoteAddr())
		c := &conn{Conn: raw, gate: g, began: time.Now()}
		if g.trusts(peer) {
			c.proxied = true
			return c, nil
		}
		if err := g.enter(c, peer); err != nil {
			continue
		}
		return c, nil
	}
}

func (g *gate) trusts(peer netip.Addr) bool {
	return slices.ContainsFunc(g.trusted, func(p netip.Prefix) bool { return p.Contains(peer) })
}

// errRefused says that a connection was turned away, and told why.
var errRefused = errors.New("refused")

// enter counts a connection in, or turns it away with a word.
func (g *gate) enter(c *conn, from netip.Addr) error {
	c.mu.Lock()
	c.from, c.source = from, cases.SourceOf(from)
	c.mu.Unlock()
	if g.isBanned(c) {
		return errRefused
	}
	if no := g.sources.enter(c.source); no != "" {
		g.refuse(c, disconnectTooMany, no)
		g.log.Debug("refused", "from", g.name(from), "why", no)
		return errRefused
	}
	if !c.counts() { // it was ended meanwhile, from elsewhere
		g.sources.leave(c.source, true)
		return errRefused
	}
	if g.isBanned(c) { // since the look above: whoever made the ban may not have found it here
		_ = c.Close() // count it out
		return errRefused
	}
	return nil
}

// counts notes that a connection was counted in, so that Close counts it out; false:
// it is closed already.
func (c *conn) counts() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.counted, c.fresh = true, true
	c.gate.sources.here(c)
	return true
}

// isBanned turns a connection away whose address is banned.
func (g *gate) isBanned(c *conn) bool {
	ban, banned := g.bans.OfAddr(c.from)
	if !banned {
		return false
	}
	g.refuse(c, disconnectHost, ban.words())
	g.sources.refuse()
	g.log.Debug("refused", "from", g.name(c.from), "why", "ban", "kind", ban.Kind, "made", ban.Made)
	if n := g.banned.count(time.Now()); n > 0 {
		g.log.Info("refused", "why", "ban", "connections", n)
	}
	return true
}

// headerWait is how long a trusted proxy may take to say who is behind it.
const headerWait = 5 * time.Second

// admit is the rest of the gate for a connection from a trusted proxy: the
// header is read, and whoever it names is counted. A trusted proxy that names
// nobody is refused, but where balancers ask whether this one is well: there it may
// say that it speaks for itself (LOCAL in version 2, UNKNOWN in version 1), and is
// counted as that. Others never get to name anybody, for they are not asked.
func (g *gate) admit(c *conn) error {
	if !c.proxied || c.admitted {
		return nil
	}
	p := proxyproto.NewConn(c.Conn, proxyproto.WithPolicy(proxyproto.REQUIRE), proxyproto.SetReadHeaderTimeout(min(headerWait, g.limits.Handshake)))
	var from netip.Addr
	switch h := p.ProxyHeader(); {
	case h == nil:
	case h.Command == proxyproto.PROXY:
		from = addrOf(h.SourceAddr)
	case g.itself && h.Command == proxyproto.LOCAL:
		from, c.alone = addrOf(c.Conn.RemoteAddr()), true
	}
	if !from.IsValid() {
		g.namedNobody(c)
		return errRefused
	}
	c.in, c.admitted = p, true
	return g.enter(c, from)
}

// namedNobody ends a connection of a trusted proxy that should have named somebody.
func (g *gate) namedNobody(c *conn) {
	_ = c.Close() // nobody is there to be told: it was a proxy that spoke
	g.sources.refuse()
	if n := g.nameless.count(time.Now()); n > 0 {
		g.log.Warn("refused", "from", g.name(addrOf(c.Conn.RemoteAddr())), "why", sayNobodyNamed, "connections", n)
	}
}

// conn is one connection: counted once in, and once out. Its Conn never changes:
// whoever ends it does so from anywhere, at any time.
type conn struct {
	net.Conn

	in       io.Reader // what comes behind a PROXY header, or was looked at; nil: Conn. It is set before the first Read returns
	gate     *gate
	began    time.Time
	proxied  bool
	admitted bool       // its header was read
	alone    bool       // which says that the proxy comes for itself
	from     netip.Addr // set with source under mu, once, before it is counted
	source   netip.Prefix

	mu      sync.Mutex
	counted bool
	fresh   bool // not logged in yet
	unused  *time.Timer
	last    time.Time // of a connection at another door, once its client has asked: when it ends
	readBy  time.Time // deadlines, as they were asked for last
	writeBy time.Time
	open    int // sessions
	closed  bool
	leaving bool // it is closed once its sessions have ended
	told    bool // it is being told why not, and closed then

	who       func() *gossh.ServerConn // nil from it: not logged in yet
	announced sync.Once                // the host keys were named
	proved    atomic.Bool              // and proved
}

// RemoteAddr implements net.Conn: who is there, behind a proxy too.
func (c *conn) RemoteAddr() net.Addr {
	c.mu.Lock()
	from := c.from
	c.mu.Unlock()
	if from.IsValid() && c.proxied {
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	return c.Conn.RemoteAddr()
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	if c.in != nil {
		return c.in.Read(p)
	}
	return c.Conn.Read(p)
}

// Write implements net.Conn. A client that reads nothing for so long is gone,
// whatever its kernel says.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	fresh := c.fresh
	c.mu.Unlock()
	if !fresh { // else the deadline of the handshake stands
		if err := c.SetWriteDeadline(time.Now().Add(c.gate.limits.Stall)); err != nil {
			return 0, fmt.Errorf("write: %w", err)
		}
	}
	return c.Conn.Write(p)
}

// SetDeadline implements net.Conn. Until somebody is logged in nothing moves it
// beyond the time for that, which began with the connection: whoever serves here
// sets a deadline for each step.
func (c *conn) SetDeadline(t time.Time) error {
	return c.Conn.SetDeadline(c.held(t, &c.readBy, &c.writeBy))
}

// SetReadDeadline implements net.Conn, as SetDeadline does.
func (c *conn) SetReadDeadline(t time.Time) error {
	return c.Conn.SetReadDeadline(c.held(t, &c.readBy))
}

// SetWriteDeadline implements net.Conn, as SetDeadline does.
func (c *conn) SetWriteDeadline(t time.Time) error {
	return c.Conn.SetWriteDeadline(c.held(t, &c.writeBy))
}

// held is a deadline within the time for logging in, and notes what was asked for.
func (c *conn) held(t time.Time, asked ...*time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range asked {
		*a = t
	}
	if last := c.began.Add(c.gate.limits.Handshake); c.fresh && (t.IsZero() || t.After(last)) {
		return last
	}
	return t
}

// release gives a connection that is logged in the deadlines that were asked for
// before.
func (c *conn) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.fresh && !c.closed {
		_, _ = c.Conn.SetReadDeadline(c.readBy), c.Conn.SetWriteDeadline(c.writeBy) // one that is gone needs none
	}
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.mu.Lock()
	counted, fresh, told := c.counted, c.fresh, c.told
	c.counted, c.closed = false, true
	if c.unused != nil {
		c.unused.Stop()
	}
	c.mu.Unlock()
	if counted {
		c.gate.sources.gone(c)
		c.gate.sources.leave(c.source, fresh)
	}
	if told {
		return nil
	}
	return c.Conn.Close()
}

// loggedIn notes that somebody has logged in: they have a while to begin a session.
// now: it was not known yet.
func (c *conn) loggedIn() (now bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.fresh || !c.counted {
		return false
	}
	c.fresh = false
	c.gate.sources.loggedIn()
	c.wait()
	return true
}

// about is what bans go by, as far as it is known yet.
func (c *conn) about() (from netip.Addr, key, client string) {
	c.mu.Lock()
	who := c.who
	c.mu.Unlock()
	if who == nil || who() == nil {
		return c.from, "", ""
	}
	if p := who().Permissions; p != nil {
		key = p.Extensions[fingerprintOf]
	}
	return c.from, key, string(who().ClientVersion())
}

// wait gives a connection without a session its time. The caller holds mu.
func (c *conn) wait() {
	if !c.closed {
		c.unused = time.AfterFunc(c.gate.limits.Unused, func() { _ = c.Close() })
	}
}

// begin counts a session in; no is why not, empty where there may be one more.
func (c *conn) begin() (no string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.leaving || c.open >= c.gate.limits.SessionsPerConnection {
		return sayManySessions
	}
	if !c.gate.sources.mayBegin(c.source) {
		return sayFastSessions
	}
	c.open++
	if c.unused != nil {
		c.unused.Stop()
		c.unused = nil
	}
	return ""
}

// lasts ends a connection without a session that has asked at another door, at its
// time, and not within the given time. over: that time has come, and whoever called is
// to close it before anything more is asked.
func (c *conn) lasts(least time.Duration) (over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.fresh || c.open > 0 {
		return false
	}
	now := time.Now()
	if c.last.IsZero() {
		c.last = now.Add(c.gate.limits.Unused)
	}
	if c.unused != nil {
		c.unused.Stop()
	}
	if least <= 0 && !now.Before(c.last) {
		return true
	}
	c.unused = time.AfterFunc(max(c.last.Sub(now), least), func() { _ = c.Close() })
	return false
}

// end counts a session out.
func (c *conn) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open--
	switch {
	case c.open > 0:
	case c.leaving:
		go func() { _ = c.Close() }() // which takes mu
	default:
		c.wait()
	}
}

// expel closes a connection once its sessions have said goodbye, and does not
// wait for that for long.
func (c *conn) expel() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leaving = true
	if c.open == 0 {
		go func() { _ = c.Close() }() // which takes mu
		return
	}
	time.AfterFunc(2*lastWords, func() { _ = c.Close() })
}

// refuse tells a client of SSH why it is not served, and closes.
func (g *gate) refuse(c *conn, reason uint32, why string) {
	if g.mute {
		_ = c.Close()
		return
	}
	g.turnAway(c, refusal(reason, why))
}

// turnAway says a last word to a client, and closes. It never holds up whoever
// calls.
func (g *gate) turnAway(c *conn, word []byte) {
	select {
	case g.refusing <- struct{}{}:
	default:
		_ = c.Close()
		return
	}
	c.mu.Lock()
	c.told = true
	c.mu.Unlock()
	raw := c.Conn
	go func() {
		defer func() { <-g.refusing }()
		sayLast(raw, word)
	}()
}
