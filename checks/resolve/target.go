package resolve

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// target is one server and how it is spoken to.
type target struct {
	network string // udp (TCP on truncation), tcp or tls
	host    string // address, or a name for tls://
	port    string
}

func (t target) String() string { return net.JoinHostPort(t.host, t.port) }

// loopbackPort is the port of a plain server on this machine, 0 of any other.
func (t target) loopbackPort() uint16 {
	a, err := netip.ParseAddr(t.host)
	port, perr := strconv.ParseUint(t.port, 10, 16)
	if err != nil || perr != nil || !a.IsLoopback() || t.network == "tls" {
		return 0
	}
	return uint16(port)
}

// inUse returns the resolvers to ask, in order: at most three, as libc does.
func inUse(opt Options) ([]target, error) {
	if opt.Server != "" {
		t, err := parseServer(opt.Server)
		return []target{t}, err
	}
	path := opt.ResolvConf
	if path == "" {
		if out, err := systemServers(); err != nil || len(out) > 0 {
			return out, err
		}
		path = "/etc/resolv.conf"
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("find the resolver in use: %w", err)
	}
	defer f.Close()
	var out []target
	network := "udp"
	lines := bufio.NewScanner(io.LimitReader(f, maxBytes))
	for lines.Scan() {
		word := strings.Fields(lines.Text())
		switch {
		case len(word) < 2:
		case word[0] == "options" && slices.Contains(word, "use-vc"): // resolv.conf(5): TCP
			network = "tcp"
		case word[0] == "nameserver" && len(out) < 3:
			if a, err := netip.ParseAddr(word[1]); err == nil {
				out = append(out, target{host: a.String(), port: "53"})
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	for i := range out {
		out[i].network = network
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("read %s: %s", path, wordNoServer)
	}
	return out, nil
}

// parseServer reads host[:port], tcp://host[:port] and tls://host[:port]. Only
// tls:// takes a name: its certificate has to be for something.
func parseServer(s string) (target, error) {
	t := target{network: "udp", port: "53"}
	rest := s
	if scheme, after, ok := strings.Cut(s, "://"); ok {
		t.network, rest = strings.ToLower(scheme), after
	}
	if t.network == "tls" {
		t.port = "853" // RFC 7858 §3.1
	}
	t.host = rest
	if host, port, err := net.SplitHostPort(rest); err == nil {
		t.host, t.port = host, port
	} else if inner, ok := strings.CutPrefix(rest, "["); ok && strings.HasSuffix(inner, "]") {
		t.host = strings.TrimSuffix(inner, "]")
	}
	port, err := strconv.ParseUint(t.port, 10, 16)
	_, addrErr := netip.ParseAddr(t.host)
	_, name := dns.IsDomainName(t.host)
	name = name && t.host != "" && !strings.ContainsAny(t.host, ":/[]@ ")
	bad := func(why string) (target, error) { return target{}, fmt.Errorf("name server %q: %s", s, why) }
	switch {
	case t.network == "https":
		return bad(wordNoHTTPS)
	case t.network != "udp" && t.network != "tcp" && t.network != "tls", strings.Contains(rest, "/"), addrErr != nil && !name:
		return bad(wordBadServer)
	case err != nil || port == 0:
		return bad(wordBadPort)
	case addrErr != nil && t.network != "tls":
		return bad(wordNameless)
	}
	return t, nil
}

// reserved are networks that look public and are not name servers' on the
// internet: RFC 6890's special blocks, and forms of IPv6 that hold an IPv4
// address in disguise (6to4, Teredo, the IPv4-compatible, local NAT64).
func reserved() []netip.Prefix {
	var out []netip.Prefix
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4",
		"::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2002::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

// Public reports whether an address is one of the internet's: not private, not of
// a machine or a link alone, not reserved, and none of those in the disguise of
// another form.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if inner, has := undisguised(a); has {
		return public(inner)
	}
	return public(a)
}

// undisguised is the IPv4 address that a well-known NAT64 address leads to
// (RFC 6052).
func undisguised(a netip.Addr) (inner netip.Addr, has bool) {
	if !netip.MustParsePrefix("64:ff9b::/96").Contains(a) {
		return inner, false
	}
	b := a.As16()
	return netip.AddrFrom4([4]byte(b[12:])), true
}

// public reports whether an address can be a name server's on the internet.
func public(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(reserved(), func(p netip.Prefix) bool { return p.Contains(a) })
}

// stands notes where a resolver is that is in use: where that is a private address, name
// servers may be at such, too. named: the operator named it, or a port.
func (r *Resolver) stands(a netip.Addr, named bool) {
	a = a.Unmap()
	if r.opt.PublicOnly || !a.IsValid() || public(a) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.private = true
	r.here = r.here || a.IsLoopback() && named
}

// askable reports whether a zone may send us to a. Link-local and multicast
// addresses are never asked: cloud machines keep their secrets at 169.254.169.254.
func (r *Resolver) askable(a netip.Addr) bool {
	a = a.Unmap()
	if inner, has := undisguised(a); has && !r.askable(inner) {
		return false
	}
	if public(a) {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if a.IsLoopback() {
		return r.here
	}
	return r.private && a.IsGlobalUnicast()
}
