package sim

import (
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/dns"
)

// Where a domain's mail is, as its records show it (entra-facts §10 [K]).

// mailPlaces are the words of a scenario.
const (
	mailMicrosoft = "microsoft" // the default
	mailGateway   = "gateway"   // arrives at a gateway and goes on to Microsoft 365
	mailGoogle    = "google"
	mailElsewhere = "elsewhere"
	mailNone      = "none"
)

func knownMail(word string) error {
	switch word {
	case "", mailMicrosoft, mailGateway, mailGoogle, mailElsewhere, mailNone:
		return nil
	}
	return fmt.Errorf("dns.mail: %q is none of microsoft, gateway, google, elsewhere, none", word)
}

// mailNames are Microsoft's names in a cloud.
func mailNames(c Cloud) (mx, discover, spf string) {
	switch c {
	case CloudGCCHigh:
		return "mail.protection.office365.us.", "autodiscover.office365.us.", "spf.protection.office365.us"
	case CloudDoD:
		return "mail.protection.office365.us.", "autodiscover-dod.office365.us.", "spf.protection.office365.us"
	case CloudChina:
		return "mail.protection.partner.outlook.cn.", "autodiscover.partner.outlook.cn.", "spf.protection.partner.outlook.cn"
	case CloudPublic, CloudGCC:
	}
	return "mail.protection.outlook.com.", "autodiscover.outlook.com.", "spf.protection.outlook.com"
}

// mail adds the records of a domain's mail, and the proof that Microsoft wanted
// once.
func (z *zone) mail(t *Tenant, d *Domain) {
	at, discover, spf := mailNames(t.Cloud)
	bare := strings.TrimSuffix(z.name, ".")
	mx := func(host string, preference uint16) {
		z.add(&dns.MX{Hdr: head(z.name, dns.TypeMX), Preference: preference, Mx: host})
	}
	outlook := func() {
		z.add(&dns.CNAME{Hdr: head("autodiscover."+z.name, dns.TypeCNAME), Target: discover})
	}
	if !d.Unproved {
		z.text("", "MS=ms"+digits(t.ID))
	}
	switch d.Mail {
	case mailGoogle:
		mx("smtp.google.com.", 1)
		z.text("", "v=spf1 include:_spf.google.com -all")
	case mailElsewhere:
		mx("mx."+z.name, 10)
		z.add(&dns.A{Hdr: head("mx."+z.name, dns.TypeA), A: web})
		z.text("", "v=spf1 mx -all")
	case mailNone: // RFC 7505
		mx(".", 0)
		z.text("", "v=spf1 -all")
	case mailGateway:
		mx("mx.gateway.example.", 10)
		z.text("", "v=spf1 include:"+spf+" include:spf.gateway.example -all")
		outlook()
	default:
		mx(strings.ReplaceAll(bare, ".", "-")+"."+at, 0)
		z.text("", "v=spf1 include:"+spf+" -all")
		z.text("_mta-sts", "v=STSv1; id=20261101T000000")
		outlook()
	}
	z.text("_dmarc", "v=DMARC1; p=reject; rua=mailto:dmarc@"+bare)
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

// The errors of Publish, beside those of names.
var (
	errNoZone   = errors.New("no tenant has this domain")
	errNotThere = errors.New("there is no such record")
	errNoRecord = errors.New("this is no name or value of a TXT record")
	errAlias    = errors.New("an alias (CNAME) stands at this name, and beside an alias nothing else can")
)

// mostText bounds a TXT record, in bytes: what common hosts of the DNS take.
const mostText = 2048

// Publish adds a TXT record to a tenant's domain, as somebody does at their host
// of the DNS: name is what is before the domain, "@" for the domain itself. What
// is there already stays.
func (s *Sim) Publish(domain, name, value string) error {
	return s.inDomain(domain, func(d *Domain) error { return s.publish(d, name, value) })
}

// inDomain does something with a tenant's domain under the world's lock.
func (s *Sim) inDomain(domain string, do func(*Domain) error) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	for _, t := range s.world.tenants {
		for i := range t.Domains {
			if strings.EqualFold(t.Domains[i].Name, strings.TrimSuffix(domain, ".")) {
				return do(&t.Domains[i])
			}
		}
	}
	return fmt.Errorf("%s: %w", domain, errNoZone)
}

// publish is Publish under the world's lock.
func (s *Sim) publish(d *Domain, name, value string) error {
	rr := textRecord(dns.CanonicalName(d.Name), strings.TrimSpace(name), value)
	if rr == nil || value == "" || len(value) > mostText || strings.ContainsAny(name, " \t") {
		return errNoRecord
	}
	for _, had := range d.Records {
		if !had.Till.IsZero() || had.RR.Header().Name != rr.Header().Name {
			continue
		}
		if had.RR.Header().Rrtype == dns.TypeCNAME {
			return errAlias
		}
		if dns.IsDuplicate(had.RR, rr) {
			return nil
		}
	}
	d.Records = append(d.Records, DomainRecord{RR: rr, From: s.now()})
	return nil
}

// Withdraw takes a TXT record that was published away again; the error says that
// there is none.
func (s *Sim) Withdraw(domain, name, value string) error {
	return s.inDomain(domain, func(d *Domain) error { return s.withdraw(d, textRecord(dns.CanonicalName(d.Name), name, value)) })
}

// withdraw is Withdraw under the world's lock.
func (s *Sim) withdraw(d *Domain, rr dns.RR) error {
	for i := range d.Records {
		if had := &d.Records[i]; rr != nil && had.Till.IsZero() && dns.IsDuplicate(had.RR, rr) {
			had.Till = s.now()
			return nil
		}
	}
	return errNotThere
}
