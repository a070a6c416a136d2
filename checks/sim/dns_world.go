package sim

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// rootHost is the name server of the root.
const rootHost = "ns.example."

// web is an address for documentation (RFC 5737) behind which nothing is.
var web = net.IPv4(192, 0, 2, 10)

// DomainRecord is a record that somebody published in a domain, beside those that
// a tenant's domain has by itself.
type DomainRecord struct {
	RR dns.RR
	// From and Till are when it was published and taken away; zero: it still is
	// there.
	From, Till time.Time
}

// zonesOf are the zones that a server has, as it sees them now: the resolver all,
// for those who ask it as a name server.
func (s *Sim) zonesOf(role dnsRole) zones {
	if role == dnsResolver {
		return s.zonesAs(dnsFirst)
	}
	all := s.zonesAs(role)
	if len(s.hosts) == 1 {
		return all
	}
	return slices.DeleteFunc(all, func(z *zone) bool { return z.tenant == (role == dnsRegistry) })
}

// zonesAs are all zones there are, the tenants' as one of their servers sees them.
func (s *Sim) zonesAs(role dnsRole) zones {
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	at, never := s.now(), false
	if f, late := s.faults.has(role, faultDNSDisagree); late {
		never = f.wait < 0
		at = at.Add(-f.wait)
	}
	var all zones
	for _, t := range s.world.tenants {
		for i := range t.Domains {
			if all.exactly(dns.CanonicalName(t.Domains[i].Name)) != nil {
				continue // known in another cloud too: it is one zone all the same
			}
			z := s.tenantZone(t, &t.Domains[i])
			for _, rec := range t.Domains[i].Records {
				if !never && !rec.From.After(at) && (rec.Till.IsZero() || rec.Till.After(at)) {
					z.add(rec.RR)
				}
			}
			all = append(all, z)
		}
	}
	return s.rooted(all)
}

// rooted adds the root, the registries and Microsoft's names, has each zone
// delegated by the one above it, and gives keys to those that are signed.
func (s *Sim) rooted(all zones) zones {
	all = append(all, s.registry("."), s.outlook())
	for _, z := range slices.Clone(all) {
		labels := dns.SplitDomainName(z.name)
		if len(labels) == 0 {
			continue
		}
		if top := labels[len(labels)-1] + "."; all.exactly(top) == nil {
			all = append(all, s.registry(top))
		}
	}
	for _, z := range all {
		if z.key = s.zoneKeys[z.name]; z.key != nil {
			z.add(z.key.record)
			z.stray, z.disowned = s.stray, z.tenant && s.faults.any(faultDNSBogus, bogusDS)
			if z.nsec3 != nil {
				z.add(z.nsec3.param(z.name))
			}
		}
		if up := all.of(above(z.name), dns.TypeNS); z.name != "." {
			s.delegate(up, z)
		}
	}
	for _, z := range all { // maps have no order, answers should
		z.sort()
	}
	return all
}

func (all zones) exactly(name string) *zone {
	if i := slices.IndexFunc(all, func(z *zone) bool { return z.name == name }); i >= 0 {
		return all[i]
	}
	return nil
}

// sort puts the records of a name in an order that does not depend on chance.
func (z *zone) sort() {
	for _, list := range z.records {
		slices.SortStableFunc(list, func(a, b dns.RR) int { return int(a.Header().Rrtype) - int(b.Header().Rrtype) })
	}
}

// delegate tells the zone above where another begins.
func (s *Sim) delegate(up, z *zone) {
	for _, rr := range z.of(z.name, dns.TypeNS) {
		up.add(rr)
		ns, ok := rr.(*dns.NS)
		if !ok || !dns.IsSubDomain(z.name, ns.Ns) {
			continue
		}
		for _, a := range z.records[ns.Ns] {
			up.add(a)
		}
	}
	if z.key != nil {
		up.add(z.trusted().ToDS(dns.SHA256))
	}
}

func head(name string, kind uint16) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: dnsTTL}
}

// newZone begins a zone with the hosts that serve it.
func newZone(name string, hosts ...string) *zone {
	z := &zone{name: name, records: map[string][]dns.RR{}}
	box := "hostmaster." + name
	if name == "." {
		box = "hostmaster.example."
	}
	z.add(&dns.SOA{
		Hdr: head(name, dns.TypeSOA), Ns: hosts[0], Mbox: box, Serial: 2026110101,
		Refresh: 3600, Retry: 600, Expire: 604800, Minttl: negativeTTL,
	})
	for _, h := range hosts {
		z.add(&dns.NS{Hdr: head(name, dns.TypeNS), Ns: h})
	}
	return z
}

// address is a host's record of where it is.
func address(host string, a netip.Addr) dns.RR {
	if a.Is4() {
		return &dns.A{Hdr: head(host, dns.TypeA), A: a.AsSlice()}
	}
	return &dns.AAAA{Hdr: head(host, dns.TypeAAAA), AAAA: a.AsSlice()}
}

// registry is the root, or what is next below it.
func (s *Sim) registry(name string) *zone {
	host := rootHost
	if name != "." {
		host = "ns." + name
	}
	z := newZone(name, host)
	if name != "." {
		z.add(address(host, s.dnsAt[dnsRegistry]))
	}
	return z
}

// outlook is what tenants' records point to.
func (s *Sim) outlook() *zone {
	z := newZone("outlook.com.", "ns.com.")
	z.add(&dns.A{Hdr: head("autodiscover.outlook.com.", dns.TypeA), A: web})
	z.text("spf.protection", "v=spf1 ip4:192.0.2.0/24 -all")
	return z
}

// tenantZone is a tenant's domain: its name servers, and what its mail wants.
func (s *Sim) tenantZone(t *Tenant, d *Domain) *zone {
	name := dns.CanonicalName(d.Name)
	first, second := "ns1."+name, "ns2."+name
	z := newZone(name, first, second)
	z.tenant, z.nsec3 = true, d.NSEC3
	z.add(address(first, s.dnsAt[dnsFirst]))
	z.add(address(second, s.dnsAt[dnsSecond]))
	z.add(&dns.A{Hdr: head(name, dns.TypeA), A: web})
	z.add(&dns.A{Hdr: head("www."+name, dns.TypeA), A: web})
	z.mail(t, d)
	return z
}

// text adds a TXT record; a label of "" or "@" is the zone itself. A text longer
// than one string of DNS becomes several.
func (z *zone) text(label, value string) {
	if rr := textRecord(z.name, label, value); rr != nil {
		z.add(rr)
	}
}

// textRecord is a TXT record below a zone; nil where the name is none.
func textRecord(zone, label, value string) dns.RR {
	name := zone
	if label != "" && label != "@" {
		name = strings.ToLower(strings.TrimSuffix(label, ".")) + "." + strings.TrimPrefix(zone, ".")
	}
	if _, ok := dns.IsDomainName(name); !ok {
		return nil
	}
	var parts []string
	for chunk := range slices.Chunk([]byte(value), 255) {
		parts = append(parts, strings.ReplaceAll(string(chunk), `\`, `\\`))
	}
	return &dns.TXT{Hdr: head(name, dns.TypeTXT), Txt: parts}
}

// recordsOf reads what a scenario publishes in a domain: texts by label, and lines
// of a zone file.
func recordsOf(domain string, texts map[string][]string, lines []string, from time.Time) ([]DomainRecord, error) {
	name := dns.CanonicalName(domain)
	var out []DomainRecord
	for _, label := range sortedKeys(texts) {
		for _, v := range texts[label] {
			if rr := textRecord(name, label, v); rr != nil {
				out = append(out, DomainRecord{RR: rr, From: from})
			}
		}
	}
	for i, line := range lines {
		rr, err := recordLine(name, line)
		if err != nil {
			return nil, fmt.Errorf("dns.records[%d]: %w", i, err)
		}
		out = append(out, DomainRecord{RR: rr, From: from})
	}
	return out, nil
}

// recordLine reads one line of a zone file, which names what is below the zone.
func recordLine(zone, line string) (dns.RR, error) {
	p := dns.NewZoneParser(strings.NewReader(line+"\n"), zone, "")
	p.SetDefaultTTL(dnsTTL)
	rr, ok := p.Next()
	if err := p.Err(); err != nil {
		return nil, err
	}
	if !ok {
		return nil, errors.New("one record is wanted, such as: _hetk TXT \"v=hetk1; policy=private\"")
	}
	if _, more := p.Next(); more {
		return nil, errors.New("one record is wanted, and there are more")
	}
	rr.Header().Name = dns.CanonicalName(rr.Header().Name)
	if !dns.IsSubDomain(zone, rr.Header().Name) {
		return nil, fmt.Errorf("%s is not below %s", rr.Header().Name, zone)
	}
	if err := stands(zone, rr); err != nil {
		return nil, err
	}
	if txt, ok := rr.(*dns.TXT); ok && len(txt.Txt) == 0 {
		return nil, errors.New("a TXT record holds a text")
	}
	switch rr.Header().Rrtype {
	case dns.TypeTXT, dns.TypeCNAME, dns.TypeDNAME, dns.TypeA, dns.TypeAAAA, dns.TypeMX:
		return rr, nil
	}
	return nil, errors.New("only TXT, CNAME, DNAME, A, AAAA and MX are served")
}
