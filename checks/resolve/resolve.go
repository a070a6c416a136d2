// Package resolve asks the DNS: the resolver in use, and every authoritative
// server of a name's zone, and says who answered what.
//
// One Resolver serves one run: it remembers what the resolver in use said and
// is thrown away with it, so that a later look sees the DNS as it then is.
// Everything a server can make us spend is bounded: time, bytes, queries,
// servers, addresses and hops. Whoever runs a zone chooses the addresses of its
// name servers, so a private address is asked only where the operator's own
// resolver is private too (and Options.PublicOnly does not forbid it), or
// Options.AllowPrivate says so; one of this machine itself only where the operator
// named a resolver here, or a port, and not because a stub resolver runs here.
package resolve

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

// Bounds of one run. A common zone needs a tenth of each.
const (
	maxQueries = 600     // per Resolver
	maxHosts   = 32      // name servers of one zone that are asked
	maxAddrs   = 4       // addresses of one name server that are asked, of each kind
	maxServers = 64      // addresses that are asked of one zone, about: fewer of each where there are many servers
	maxTold    = 16      // addresses of one name server that are read, of each kind
	maxHops    = 8       // CNAME and DNAME, across zones
	maxLabels  = 16      // of a name that is looked at
	maxBytes   = 1 << 20 // read from a resolver in use, and from all servers of zones together
	maxOne     = 1 << 18 // read from one address of a zone's server: four of the largest answers
	maxStrays  = 16      // datagrams of one exchange that answer something else
)

// Options say whom to ask and for how long.
type Options struct {
	Server     string // host[:port], tcp://host[:port] or tls://host[:port]; empty: /etc/resolv.conf
	ResolvConf string // read where Server is empty; default /etc/resolv.conf
	// Port is where authoritative servers listen; default 53, and for those at a
	// loopback address the port of Server, where that is at one too: a DNS of
	// one's own machine is not on the port that is kept for the system's.
	Port         uint16
	AllowPrivate bool             // ask name servers at private and loopback addresses
	PublicOnly   bool             // never ask them, wherever the resolver is: for a service that strangers use
	Timeout      time.Duration    // of one attempt; default 2 s
	Deadline     time.Duration    // of one Look; default 10 s
	TLS          *tls.Config      // for tls://; default verifies the host
	Anchors      []dns.RR         // DS or DNSKEY; default RootAnchors
	Now          func() time.Time // for signatures' validity; default time.Now
}

// Resolver asks on behalf of one run. It is safe for concurrent use.
type Resolver struct {
	opt     Options
	servers []target
	private bool   // name servers may be at private addresses,
	here    bool   // and on this machine
	near    uint16 // where authoritative servers at loopback addresses listen; 0: where all do
	given   bool   // the anchors are not the built-in ones

	queries atomic.Int64
	spent   atomic.Int64 // bytes read from servers of zones
	mu      sync.Mutex
	told    map[question]*told
	read    map[string]*atomic.Int64 // bytes by address
	pipes   map[target][]*pipe       // to resolvers by TCP and TLS, until the last look ends
	alone   map[target]bool          // resolvers that want a connection for each question
	looks   int                      // under way
	opened  []*pipe                  // since no look was under way
}

type question struct {
	name string
	kind uint16
}

// New finds the resolver in use. It asks nothing yet.
func New(opt Options) (*Resolver, error) {
	unsaid := opt.Port == 0
	if unsaid {
		opt.Port = 53
	}
	if opt.Timeout <= 0 {
		opt.Timeout = 2 * time.Second
	}
	if opt.Deadline <= 0 {
		opt.Deadline = 10 * time.Second
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	given := opt.Anchors != nil
	if !given {
		anchors, err := ParseAnchors(strings.NewReader(rootAnchors))
		if err != nil {
			return nil, fmt.Errorf("read the built-in trust anchors: %w", err)
		}
		opt.Anchors = anchors
	}
	servers, err := inUse(opt)
	if err != nil {
		return nil, err
	}
	r := &Resolver{opt: opt, servers: servers, given: given, told: map[question]*told{}, read: map[string]*atomic.Int64{}, pipes: map[target][]*pipe{}, alone: map[target]bool{}}
	r.private, r.here = opt.AllowPrivate, opt.AllowPrivate
	for _, s := range servers {
		if a, err := netip.ParseAddr(s.host); err == nil { // where a name leads is seen once there is a connection
			r.stands(a, opt.Server != "" || opt.Port != 53)
		}
	}
	if unsaid && opt.Server != "" {
		r.near = servers[0].loopbackPort()
	}
	return r, nil
}

// portOf is where the authoritative server at an address listens.
func (r *Resolver) portOf(a netip.Addr) uint16 {
	if r.near != 0 && a.IsLoopback() {
		return r.near
	}
	return r.opt.Port
}

// Outcome says what one server did with a question.
type Outcome = checks.DNSOutcome

// The outcomes, as checks names them.
const (
	Found  = checks.DNSFound
	NoData = checks.DNSNoData
	NoName = checks.DNSNoName
	Lame   = checks.DNSLame
	Failed = checks.DNSFailed
	Silent = checks.DNSSilent
	Forged = checks.DNSForged
	Barred = checks.DNSBarred
	NoPath = checks.DNSNoPath
)

// Reply is what one server said. Text in it is as the server sent it: clean it
// before it is shown.
type Reply struct {
	Host     string   // name server's name; empty for the resolver in use
	Addr     string   // address and port
	Outcome  Outcome  //
	Rcode    string   // NOERROR, NXDOMAIN, …
	Records  []dns.RR // of the type asked for, at the end of the aliases
	Aliases  []string // names passed on the way, in order, without the first
	Tree     string   // where the DNAME stands that makes the first of them; empty: a CNAME does
	TTL      time.Duration
	Negative time.Duration // how long "not there" may be kept (RFC 2308 §5)
	Took     time.Duration
	Why      string // for a person; empty where the outcome decides

	msg *dns.Msg
}

// Answer is what is known about one name and type.
type Answer struct {
	Name  string // fully qualified, lower case
	Zone  string // apex of the zone that the last name is in
	Home  string // apex of the zone that Name is in
	Asked string // the last name: where aliases led, or Name; or Top
	// Top is the top-level domain of the last name, where the root says that there is
	// none: it is asked for that alone, as what stands before it is not for it to know.
	Top      string
	Servers  []Reply // every address of every authoritative server of Zone, asked for Asked
	Way      []Reply // the same of the zones on the way of the aliases
	Unasked  int     // name servers that were not asked, or not at all of their addresses: there are too many
	Resolver Reply
	Broken   string          // of Bogus: the zone whose signing does not hold
	Fault    checks.DNSFault // and what is wrong with it
	Aliases  []string
	Endless  bool              // the aliases lead in a circle, or on for too long: nobody was asked for the last
	AliasBy  checks.DNSAliasBy // how Name leads to the first of Aliases
	Tree     string            // of a DNAME, where it stands
	Wildcard bool              // the servers answer the same for a name that nobody made
	Agree    bool              // all servers that decide say the same, and one does
	Security Security
	Weak     bool   // insecure although there are signatures: they no longer count
	Reason   string // why the security is what it is; of Secure, from where on it is signed; for a person
}

// put is the name that the servers are asked for.
func (a *Answer) put() string { return cmp.Or(a.Top, a.Name) }

// Decided returns the first reply that decides, and whether there is one.
func (a Answer) Decided() (Reply, bool) {
	for _, r := range a.Servers {
		if r.Outcome.Decides() {
			return r, true
		}
	}
	return Reply{}, false
}

// led says how the name leads to another one.
func (a Answer) led() (by checks.DNSAliasBy, tree string) {
	d, ok := a.Decided()
	switch {
	case !ok || len(d.Aliases) == 0:
		return "", ""
	case d.Tree != "":
		return checks.DNSAliasTree, d.Tree
	case a.Wildcard:
		return checks.DNSAliasWildcard, ""
	}
	return checks.DNSAliasOwn, ""
}

// Look asks for one name and type: three round trips, three more per alias. The
// error says that nothing could be learned at all; what single servers did wrong is
// in their replies.
func (r *Resolver) Look(ctx context.Context, name string, kind uint16) (Answer, error) {
	a, _, err := r.look(ctx, name, kind, nil)
	return a, err
}

// look is Look. beside names what else the servers of name's own zone are asked for
// at the same time; nil where they were not asked.
func (r *Resolver) look(ctx context.Context, name string, kind uint16, beside func(zone string) string) (Answer, *Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Deadline)
	defer cancel()
	r.begin()
	defer r.hangUp()
	name = dns.CanonicalName(name)
	if _, ok := dns.IsDomainName(name); !ok || name == "." || dns.CountLabel(name) > maxLabels {
		return Answer{}, nil, fmt.Errorf("look up %q: %s", bare(name), wordNoName)
	}
	var other *Answer
	out, seen := Answer{Name: name, Security: Secure}, map[string]bool{}
	for at := name; ; {
		if seen[at] || len(seen) >= maxHops {
			out.Security, out.Agree, out.Endless = Indeterminate, false, true
			say := fmt.Sprintf(wordLong, bare(at))
			if seen[at] {
				say = fmt.Sprintf(wordCircle, bare(at))
			}
			return out, other, fmt.Errorf("look up %s: %s", bare(name), say)
		}
		seen[at] = true
		one, two, err := r.lookOne(ctx, at, kind, beside)
		if at == name {
			out.Resolver, out.Home, other, beside = one.Resolver, one.Zone, two, nil
			if one.Top != "" {
				out.Home = "" // of a name that can be in no zone
			}
		}
		if err != nil {
			out.Security, out.Agree = Indeterminate, false // nothing is known, least of all that it is secure
			return out, other, err
		}
		out.Zone, out.Top, out.Asked, out.Servers, out.Agree = one.Zone, one.Top, cmp.Or(one.Top, at), one.Servers, one.Agree
		if at == name {
			out.AliasBy, out.Tree = one.led()
		}
		out.Wildcard = out.Wildcard || one.Wildcard
		out.Unasked += one.Unasked
		out.Aliases = append(out.Aliases, one.Aliases...)
		if worse(one.Security, out.Security) || at == name {
			out.Security, out.Reason, out.Weak = one.Security, one.Reason, one.Weak
			out.Broken, out.Fault = one.Broken, one.Fault
		}
		first, ok := one.Decided()
		if !ok || !one.Agree || first.Outcome != Found || len(first.Records) > 0 || len(first.Aliases) == 0 {
			return out, other, nil // where servers disagree about an alias, that is the answer
		}
		at = first.Aliases[len(first.Aliases)-1]
		out.Way = append(out.Way, one.Servers...)
	}
}
