package sim

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// The simulator's DNS: the authoritative server of every domain that a tenant
// holds, and of the little of the world around them that those domains point
// to. It also stands in for a resolver, so whatever else is asked does not
// exist. UDP and TCP share one port.

const (
	// dnsTTL is short, so that a changed record shows soon.
	dnsTTL = 300
	// negativeTTL is how long "no such name" may be kept (SOA minimum).
	negativeTTL = 60
	// udpSize is what our own answers advertise (RFC 9715 §3.1: 1232 at most).
	udpSize = 1232

	dnsTimeout = 5 * time.Second
)

// zone is one domain's records, by name and type.
type zone struct {
	name    string // fully qualified, lower case
	records map[string][]dns.RR
}

// serveDNS answers on both listeners until ctx ends, then closes them and waits.
func (s *Sim) serveDNS(ctx context.Context, udp net.PacketConn, tcp net.Listener) {
	handler := dns.HandlerFunc(s.answerDNS)
	quick := func() time.Duration { return dnsTimeout }
	servers := []*dns.Server{
		{PacketConn: udp, Handler: handler, ReadTimeout: dnsTimeout, WriteTimeout: dnsTimeout, UDPSize: udpSize},
		{Listener: tcp, Handler: handler, ReadTimeout: dnsTimeout, WriteTimeout: dnsTimeout, IdleTimeout: quick, MaxTCPQueries: 128},
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

// answerDNS answers one question. Anything but a plain query of the Internet class
// is refused or not implemented, as an authoritative server does.
func (s *Sim) answerDNS(w dns.ResponseWriter, q *dns.Msg) {
	r := new(dns.Msg)
	r.SetReply(q)
	r.Authoritative = true
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
		s.lookUp(r, q.Question[0])
	}
	limit := dns.MinMsgSize
	if opt != nil {
		r.SetEdns0(udpSize, opt.Do())
		limit = min(max(int(opt.UDPSize()), dns.MinMsgSize), udpSize)
	}
	if _, ok := w.RemoteAddr().(*net.TCPAddr); ok {
		limit = dns.MaxMsgSize
	}
	r.Compress = true
	r.Truncate(limit)
	if err := w.WriteMsg(r); err != nil {
		s.log.Debug("dns answer not sent", "err", err)
	}
}

// refusedType are the questions that hand out a zone, or everything at a name
// (RFC 8482).
func refusedType(t uint16) bool {
	return t == dns.TypeAXFR || t == dns.TypeIXFR || t == dns.TypeANY
}

// lookUp fills the answer: records, an alias, "no such record", or "no such name".
func (s *Sim) lookUp(r *dns.Msg, q dns.Question) {
	name := strings.ToLower(q.Name)
	z := s.zoneOf(name)
	found := z.records[name]
	for _, rr := range found {
		if rr.Header().Rrtype == q.Qtype || rr.Header().Rrtype == dns.TypeCNAME {
			r.Answer = append(r.Answer, as(q.Name, rr))
		}
	}
	if len(r.Answer) > 0 {
		s.follow(r, q.Qtype)
		return
	}
	if len(found) == 0 && !z.hasBelow(name) {
		r.Rcode = dns.RcodeNameError
	}
	r.Ns = append(r.Ns, z.soa())
}

// follow adds what an alias points to, where the simulator knows it, and the
// addresses of name servers.
func (s *Sim) follow(r *dns.Msg, qtype uint16) {
	for _, rr := range slices.Clone(r.Answer) {
		switch v := rr.(type) {
		case *dns.CNAME:
			for _, t := range s.zoneOf(v.Target).records[strings.ToLower(v.Target)] {
				if qtype != dns.TypeCNAME && t.Header().Rrtype == qtype {
					r.Answer = append(r.Answer, t)
				}
			}
		case *dns.NS:
			for _, t := range s.zoneOf(v.Ns).records[strings.ToLower(v.Ns)] {
				if t.Header().Rrtype == dns.TypeA {
					r.Extra = append(r.Extra, t)
				}
			}
		}
	}
}

// as spells a record's owner the way it was asked for: resolvers that mix upper
// and lower case check that.
func as(name string, rr dns.RR) dns.RR {
	c := dns.Copy(rr)
	c.Header().Name = name
	return c
}

// zoneOf finds the zone a name is in: a tenant's domain, the longest there is,
// else the world around them.
func (s *Sim) zoneOf(name string) zone {
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	name = strings.ToLower(name)
	best := world()
	for _, t := range s.world.tenants {
		for _, d := range t.Domains {
			fqdn := strings.ToLower(dns.Fqdn(d.Name))
			if dns.IsSubDomain(fqdn, name) && len(fqdn) > len(best.name) {
				best = t.zone(d, fqdn)
			}
		}
	}
	return best
}

// hasBelow says whether a name exists without records of its own because another
// one lies below it (RFC 8020).
func (z zone) hasBelow(name string) bool {
	for n := range z.records {
		if n != name && dns.IsSubDomain(name, n) {
			return true
		}
	}
	return false
}

func (z zone) soa() dns.RR {
	for _, rr := range z.records[z.name] {
		if rr.Header().Rrtype == dns.TypeSOA {
			c := dns.Copy(rr)
			c.Header().Ttl = negativeTTL // RFC 2308 §3: the smaller of TTL and minimum
			return c
		}
	}
	return nil
}

func (z zone) add(rr dns.RR) {
	n := strings.ToLower(rr.Header().Name)
	z.records[n] = append(z.records[n], rr)
}

func head(name string, kind uint16) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: dnsTTL}
}

func newZone(name string) zone {
	z := zone{name: name, records: map[string][]dns.RR{}}
	ns1, box := "ns1."+name, "hostmaster."+name
	if name == "." {
		ns1, box = "ns1.sim.example.", "hostmaster.sim.example."
	}
	z.add(&dns.SOA{
		Hdr: head(name, dns.TypeSOA), Ns: ns1, Mbox: box, Serial: 2026110101,
		Refresh: 3600, Retry: 600, Expire: 604800, Minttl: negativeTTL,
	})
	return z
}

// loopback is where our own name servers listen; web is an address for
// documentation (RFC 5737) behind which nothing is.
var (
	loopback = net.IPv4(127, 0, 0, 1)
	web      = net.IPv4(192, 0, 2, 10)
)

// zone is a tenant's domain as Microsoft 365 wants it: mail at Microsoft, the
// proof of ownership, SPF and DMARC (entra-facts §10 [K]).
func (t *Tenant) zone(d Domain, name string) zone {
	z := newZone(name)
	for _, ns := range []string{"ns1." + name, "ns2." + name} {
		z.add(&dns.NS{Hdr: head(name, dns.TypeNS), Ns: ns})
		z.add(&dns.A{Hdr: head(ns, dns.TypeA), A: loopback})
	}
	z.add(&dns.A{Hdr: head(name, dns.TypeA), A: web})
	z.add(&dns.A{Hdr: head("www."+name, dns.TypeA), A: web})
	mx := strings.ReplaceAll(strings.TrimSuffix(name, "."), ".", "-") + ".mail.protection.outlook.com."
	z.add(&dns.MX{Hdr: head(name, dns.TypeMX), Preference: 0, Mx: mx})
	z.text("", "MS=ms"+digits(t.ID))
	z.text("", "v=spf1 include:spf.protection.outlook.com -all")
	z.text("_dmarc", "v=DMARC1; p=reject; rua=mailto:dmarc@"+strings.TrimSuffix(name, "."))
	z.add(&dns.CNAME{Hdr: head("autodiscover."+name, dns.TypeCNAME), Target: "autodiscover.outlook.com."})
	for _, label := range sortedKeys(d.TXT) {
		for _, v := range d.TXT[label] {
			z.text(label, v)
		}
	}
	return z
}

// text adds a TXT record; a label of "" or "@" is the zone itself. A text longer
// than one string of DNS becomes several.
func (z zone) text(label, value string) {
	name := z.name
	if label != "" && label != "@" {
		name = strings.ToLower(label) + "." + strings.TrimPrefix(z.name, ".")
	}
	if _, ok := dns.IsDomainName(name); !ok {
		return
	}
	var parts []string
	for chunk := range slices.Chunk([]byte(value), 255) {
		parts = append(parts, strings.ReplaceAll(string(chunk), `\`, `\\`))
	}
	z.add(&dns.TXT{Hdr: head(name, dns.TypeTXT), Txt: parts})
}

// digits makes the eight digits of a tenant's proof record out of its id.
func digits(id string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(id) {
		if b.Len() == 8 {
			break
		}
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= 'a' && r <= 'f':
			b.WriteRune('0' + r - 'a')
		}
	}
	return b.String()
}

// world is everything that is no tenant's domain: the few names those domains
// point to, and nothing else.
func world() zone {
	z := newZone(".")
	z.add(&dns.NS{Hdr: head(".", dns.TypeNS), Ns: "ns1.sim.example."})
	z.add(&dns.A{Hdr: head("ns1.sim.example.", dns.TypeA), A: loopback})
	z.add(&dns.A{Hdr: head("autodiscover.outlook.com.", dns.TypeA), A: web})
	z.text("spf.protection.outlook.com", "v=spf1 ip4:192.0.2.0/24 -all")
	return z
}
