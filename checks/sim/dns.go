package sim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/miekg/dns"
)

// The simulator's DNS: a root of its own, the registries below it, and two name
// servers for the domains of the tenants, each at an address of its own on
// loopback and all at one port, over UDP and TCP. The address of the ready line is
// the resolver in use, which keeps what it was told as resolvers do; asked without
// recursion it answers for every zone.
//
// Where a machine has no loopback address but one, that one is everybody's.

const (
	// dnsTTL is short, so that a changed record shows soon.
	dnsTTL = 300
	// negativeTTL is how long "no such name" may be kept (SOA minimum).
	negativeTTL = 60
	// udpSize is what our own answers advertise (RFC 9715 §3.1: 1232 at most).
	udpSize = 1232

	dnsTimeout = 5 * time.Second
)

// dnsRole is who answers at an address.
type dnsRole string

// The roles. Faults name all but the registry.
const (
	dnsResolver dnsRole = "resolver"
	dnsRegistry dnsRole = "registry" // the root and what is next below it
	dnsFirst    dnsRole = "ns1"
	dnsSecond   dnsRole = "ns2"
)

// dnsHost is one server of the DNS.
type dnsHost struct {
	role dnsRole
	udp  net.PacketConn
	tcp  net.Listener
}

// dnsAddresses are the addresses of the roles. With one address they are alike.
type dnsAddresses map[dnsRole]netip.Addr

// listenDNS takes one port for UDP and TCP at the resolver's address, and the same
// port at those of the others.
func (s *Sim) listenDNS(ctx context.Context) error {
	// A free UDP port may be taken for TCP, or elsewhere: a few tries find one.
	for range 16 {
		first, err := listenBoth(ctx, s.opts.DNS)
		if err != nil && !strings.HasSuffix(s.opts.DNS, ":0") {
			return fmt.Errorf("listen for DNS: %w", err)
		}
		if err != nil {
			continue
		}
		first.role = dnsResolver
		at, err := netip.ParseAddrPort(first.udp.LocalAddr().String())
		if err != nil {
			first.close()
			return fmt.Errorf("listen for DNS: %w", err)
		}
		others, busy := listenOthers(ctx, at)
		if busy && strings.HasSuffix(s.opts.DNS, ":0") {
			first.close()
			continue
		}
		s.hosts = append(others, first)
		s.dnsAt = dnsAddresses{}
		for _, role := range []dnsRole{dnsResolver, dnsRegistry, dnsFirst, dnsSecond} {
			s.dnsAt[role] = at.Addr().Unmap()
		}
		for _, o := range others {
			if a, err := netip.ParseAddrPort(o.udp.LocalAddr().String()); err == nil {
				s.dnsAt[o.role] = a.Addr().Unmap()
			}
		}
		s.dnsUDP = first.udp
		return nil
	}
	return errors.New("listen for DNS: no port is free for both UDP and TCP")
}

// listenOthers takes the same port at three more addresses of loopback. Where
// they cannot be had there are none, and busy says that another port may do.
func listenOthers(ctx context.Context, at netip.AddrPort) (others []dnsHost, busy bool) {
	a := at.Addr().Unmap()
	if !a.Is4() {
		return nil, false
	}
	for _, role := range []dnsRole{dnsRegistry, dnsFirst, dnsSecond} {
		a = a.Next()
		one, err := dnsHost{}, errors.New("no address of loopback")
		if a.IsLoopback() {
			one, err = listenBoth(ctx, netip.AddrPortFrom(a, at.Port()).String())
		}
		if err != nil {
			for _, o := range others {
				o.close()
			}
			return nil, addressInUse(err)
		}
		one.role = role
		others = append(others, one)
	}
	return others, false
}

func addressInUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

func listenBoth(ctx context.Context, addr string) (dnsHost, error) {
	lc := net.ListenConfig{}
	udp, err := lc.ListenPacket(ctx, "udp", addr)
	if err != nil {
		return dnsHost{}, err
	}
	tcp, err := lc.Listen(ctx, "tcp", udp.LocalAddr().String())
	if err != nil {
		_ = udp.Close()
		return dnsHost{}, err
	}
	return dnsHost{udp: udp, tcp: tcp}, nil
}

func (h dnsHost) close() {
	_ = h.udp.Close() // already closed where its server ran
	_ = h.tcp.Close()
}

// serveDNS answers everywhere until ctx ends, then closes all and waits.
func (s *Sim) serveDNS(ctx context.Context) {
	quick := func() time.Duration { return dnsTimeout }
	var servers []*dns.Server
	for _, h := range s.hosts {
		handler := dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) { s.answerDNS(ctx, h.role, w, q) })
		servers = append(
			servers,
			&dns.Server{PacketConn: h.udp, Handler: handler, ReadTimeout: dnsTimeout, WriteTimeout: dnsTimeout, UDPSize: udpSize},
			&dns.Server{Listener: h.tcp, Handler: handler, ReadTimeout: dnsTimeout, WriteTimeout: dnsTimeout, IdleTimeout: quick, MaxTCPQueries: 128},
		)
	}
	done := make(chan error, len(servers))
	for _, srv := range servers {
		started := make(chan struct{})
		srv.NotifyStartedFunc = func() { close(started) }
		s.wg.Go(func() { done <- srv.ActivateAndServe() })
		select {
		case <-started: // Shutdown of a server that has not started does nothing
		case err := <-done:
			s.log.Error("dns did not start", "err", err)
			done <- err
		}
	}
	<-ctx.Done()
	for _, srv := range servers {
		_ = srv.Shutdown() // it has stopped by itself if this fails
	}
	for range servers {
		if err := <-done; err != nil && !errors.Is(err, net.ErrClosed) {
			s.log.Debug("dns stopped", "err", err)
		}
	}
}

// answerDNS answers one question as a role. Anything but a plain query of the
// Internet class is refused or not implemented, as name servers do.
func (s *Sim) answerDNS(ctx context.Context, role dnsRole, w dns.ResponseWriter, q *dns.Msg) {
	_, stream := w.RemoteAddr().(*net.TCPAddr)
	r := new(dns.Msg)
	r.SetReply(q)
	opt := q.IsEdns0()
	switch {
	case q.Opcode != dns.OpcodeQuery:
		r.SetRcode(q, dns.RcodeNotImplemented)
	case len(q.Question) != 1:
		r.SetRcode(q, dns.RcodeFormatError)
	case opt != nil && opt.Version() != 0:
		r.Rcode = dns.RcodeBadVers
	case q.Question[0].Qclass != dns.ClassINET, refusedType(q.Question[0].Qtype):
		r.SetRcode(q, dns.RcodeRefused)
	default:
		if !s.answerPlain(ctx, role, r, q, opt != nil && opt.Do(), stream) {
			return
		}
	}
	limit := dns.MinMsgSize
	if opt != nil {
		r.SetEdns0(udpSize, opt.Do())
		limit = min(max(int(opt.UDPSize()), dns.MinMsgSize), udpSize)
	}
	if stream {
		limit = dns.MaxMsgSize
	}
	r.Compress = true
	cut := r.Truncated
	r.Truncate(limit)
	r.Truncated = r.Truncated || cut
	if err := w.WriteMsg(r); err != nil {
		s.log.Debug("dns answer not sent", "err", err)
	}
}

// answerPlain answers a plain question. false means that nothing is said at all.
func (s *Sim) answerPlain(ctx context.Context, role dnsRole, r, q *dns.Msg, signed, stream bool) bool {
	ask := q.Question[0]
	recursive := role == dnsResolver && q.RecursionDesired
	at := role
	if role == dnsResolver && !recursive { // the only server of all, where there is but one address
		at = dnsFirst
	}
	wrong := s.faults.spoilDNS(at, len(s.hosts) > 1 && role == dnsResolver && !recursive)
	if !wrong.wait(ctx) {
		return false
	}
	if recursive {
		s.recurse(r, ask, signed, wrong)
	} else {
		all := s.zonesOf(role)
		all.spoil(wrong.bogus(), false)
		all.answer(r, ask, signed)
	}
	wrong.spoil(r, stream)
	return true
}

// refusedType are the questions that hand out a zone, or everything at a name
// (RFC 8482).
func refusedType(t uint16) bool {
	return t == dns.TypeAXFR || t == dns.TypeIXFR || t == dns.TypeANY
}
