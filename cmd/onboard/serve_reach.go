package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/resolve"
	"onboard.example/checks/signin"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// What a served session may reach. Strangers choose the domain, so nothing that
// follows from a domain may lead into the network that the server stands in:
// a domain with a private address is refused before anything is asked about it,
// name servers at private addresses are not asked (resolve.Options.PublicOnly),
// and no connection is made to one, whatever a name led to meanwhile.

// errNotPublic says that a domain leads to an address that is not public. It
// tells no address: the resolver in use may know names that are nobody's
// business.
var errNotPublic = errors.New(sayNotPublic)

// publicWait bounds the look at a domain's own addresses.
const publicWait = 3 * time.Second

// public refuses a domain that leads to a private, loopback or other special
// address. One that leads nowhere leads nowhere private.
func (o *options) public(ctx context.Context, domain string) error {
	if !o.publicOnly {
		return nil
	}
	ascii, err := signin.ParseDomain(domain)
	if err != nil {
		return nil //nolint:nilerr // what is no domain is told by whoever reads it
	}
	ctx, cancel := context.WithTimeout(ctx, publicWait)
	defer cancel()
	addrs, err := o.resolver().LookupNetIP(ctx, "ip", ascii+".")
	if err != nil {
		return nil //nolint:nilerr // nothing to reach
	}
	for _, a := range addrs {
		if !resolve.Public(a) {
			return errNotPublic
		}
	}
	return nil
}

// resolver finds addresses as everything else of these options does.
func (o *options) resolver() *net.Resolver {
	if o.lookup != nil {
		return o.lookup
	}
	if o.dnsServer != "" {
		if r, err := resolverThrough(o.dnsServer); err == nil { // else it was refused at the start
			return r
		}
	}
	return net.DefaultResolver
}

// onlyPublic makes a dialer that connects to public addresses alone, looked at
// when the name was resolved and the connection is about to be made.
// r finds the addresses; nil: the machine's own resolver.
func onlyPublic(r *net.Resolver) func(context.Context, string, string) (net.Conn, error) {
	d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Resolver: r, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !resolve.Public(at.Addr()) {
			return errNotPublic
		}
		return nil
	}}
	return d.DialContext
}

// guarded looks at public domains alone.
type guarded struct {
	run.Looker

	o *options
}

// Look implements run.Looker.
func (g guarded) Look(ctx context.Context, ask run.Ask, found func(checks.Finding)) (flows.Facts, error) {
	if err := g.o.public(ctx, ask.Domain); err != nil {
		return flows.Facts{}, err
	}
	return g.Looker.Look(ctx, ask, found)
}

// askPublic is askFor about public domains alone.
func (o *options) askPublic(ctx context.Context, domain string, in checks.WhyAsked) (checks.WhyAsked, error) {
	if err := o.public(ctx, domain); err != nil {
		return in, err
	}
	out, err := o.askFor(ctx, domain, in)
	if err != nil {
		return out, fmt.Errorf("ask about the domain: %w", err)
	}
	return out, nil
}

// domainsOf are the domains that a command is about: of its flags, and every word,
// for a word that is none leads nowhere.
func domainsOf(args []string) []string {
	var out []string
	for _, a := range args[1:] {
		if name, value, ok := strings.Cut(a, "="); ok && (name == "--domain" || name == "--user") {
			if at := strings.LastIndexByte(value, '@'); at >= 0 {
				value = value[at+1:]
			}
			out = append(out, value)
		} else if !strings.HasPrefix(a, "-") {
			out = append(out, a)
		}
	}
	return out
}
