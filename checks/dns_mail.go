package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// DNSMail is what a domain's public records show of its mail, as the resolver
// in use told it. Names have no dot at the end.
//
// Where a question was not answered, nothing is known of it: none there is only
// where Known, KnownTexts or KnownDMARC says so.
type DNSMail struct {
	Domain       string   `json:"domain"`
	Known        bool     `json:"known"`        // the question for MX was answered
	Exists       bool     `json:"exists"`       // the domain is there
	MX           []string `json:"mx"`           // hosts, best first; one empty host: takes no mail (RFC 7505)
	Autodiscover string   `json:"autodiscover"` // where autodiscover.DOMAIN is an alias to
	KnownTexts   bool     `json:"knownTexts"`
	Texts        []string `json:"texts"` // TXT records of the domain, strings joined
	KnownDMARC   bool     `json:"knownDmarc"`
	DMARC        []string `json:"dmarc"` // TXT records of _dmarc.DOMAIN, strings joined
	// Above is the domain that was registered, where Domain is one below it, with
	// what is there: its proof, and its policy for those below (RFC 7489 §6.6.3).
	Above      string   `json:"above,omitempty"`
	AboveKnown bool     `json:"aboveKnown,omitempty"` // the question for its TXT was answered
	AboveTexts []string `json:"aboveTexts,omitempty"`
	AboveDMARC []string `json:"aboveDmarc,omitempty"`
}

// DNSMailPlace says where a domain's mailboxes seem to be. Ids are printed.
type DNSMailPlace string

// The places. All of them are inferred from public signs.
const (
	MailMicrosoft DNSMailPlace = "microsoft-365"
	MailGoogle    DNSMailPlace = "google"
	MailHybrid    DNSMailPlace = "hybrid" // arrives elsewhere, and Microsoft 365 has a part in it
	MailElsewhere DNSMailPlace = "elsewhere"
	MailNone      DNSMailPlace = "none"
	MailUnknown   DNSMailPlace = "unknown"
)

// DNSMailReport is DNSMail, judged. Its text is fit to be shown.
type DNSMailReport struct {
	Place   DNSMailPlace `json:"place"`
	Summary string       `json:"summary"`
	Signs   []string     `json:"signs"`           // what it was inferred from
	Proof   []string     `json:"proof"`           // Microsoft's proofs of ownership, MS=ms…
	DMARC   string       `json:"dmarc,omitempty"` // the policy that applies, p= or sp=
}

// Microsoft's names, worldwide and of GCC High and DoD
// (learn.microsoft.com/microsoft-365/enterprise/dns-records-for-office-365-dod and
// dns-records-for-office-365-gcc-high); those of China [K], where mail would else
// be told to be elsewhere.
var (
	microsoftMX       = []string{"mail.protection.outlook.com", "mx.microsoft", "mail.protection.office365.us", "mail.protection.partner.outlook.cn"}
	microsoftDiscover = []string{"autodiscover.outlook.com", "autodiscover.office365.us", "autodiscover-dod.office365.us", "autodiscover.partner.outlook.cn"}
	microsoftSPF      = []string{"spf.protection.outlook.com", "spf.protection.office365.us", "spf.protection.partner.outlook.cn"}
)

// Judge infers where mail is. Microsoft's names: entra-facts §10, and
// learn.microsoft.com/microsoft-365/enterprise/external-domain-name-system-records;
// Google's: support.google.com/a/answer/174125 and answer/33786.
func (m DNSMail) Judge() DNSMailReport {
	out := DNSMailReport{Place: MailUnknown, Signs: []string{}, Proof: ownershipProofs(m.Texts), DMARC: m.dmarc()}
	sign := func(say string, args ...any) { out.Signs = append(out.Signs, fmt.Sprintf(say, args...)) }
	microsoft, google, other := 0, 0, 0
	for _, host := range m.MX {
		switch {
		case host == "":
			continue
		case slices.ContainsFunc(microsoftMX, func(zone string) bool { return under(host, zone) }):
			microsoft++
		case strings.EqualFold(host, "smtp.google.com") || strings.EqualFold(host, "aspmx.l.google.com") || under(host, "aspmx.l.google.com") || under(host, "googlemail.com"):
			google++
		default:
			other++
		}
		sign(sayMailMX, Line(host, dnsShown))
	}
	discover := slices.Contains(microsoftDiscover, strings.ToLower(m.Autodiscover))
	if m.Autodiscover != "" {
		sign(sayMailAutodiscover, Line(m.Autodiscover, dnsShown))
	}
	sends := false
	for _, zone := range microsoftSPF {
		if m.spfIncludes(zone) {
			sends = true
			sign(sayMailSPF, zone)
		}
	}
	if m.spfIncludes("_spf.google.com") {
		sign(sayMailSPF, "_spf.google.com")
	}
	say := sayMailUnknown
	switch {
	case !m.Known:
	case !m.Exists:
		out.Place, say = MailNone, sayMailNoDomain
	case microsoft > 0 && google+other == 0:
		out.Place, say = MailMicrosoft, sayMailMicrosoft
	case microsoft > 0, google+other > 0 && discover, other > 0 && sends:
		out.Place, say = MailHybrid, sayMailHybrid
	case google > 0 && other == 0:
		out.Place, say = MailGoogle, sayMailGoogle
	case google+other > 0:
		out.Place, say = MailElsewhere, sayMailElsewhere
	case discover:
		out.Place, say = MailHybrid, sayMailOnlyDiscover
	case len(m.MX) > 0: // the one that says so
		out.Place, say = MailNone, sayMailNone
	default:
		out.Place, say = MailNone, sayMailNoMX
	}
	out.Summary = fmt.Sprintf(say, Line(m.Domain, dnsShown))
	return out
}

// under reports whether host is a name below zone, in whatever case.
func under(host, zone string) bool {
	return strings.HasSuffix(strings.ToLower(host), "."+zone)
}

// ownershipProofs are Microsoft's records of ownership, MS=ms and digits: entra-facts §10.
func ownershipProofs(texts []string) []string {
	out := []string{}
	for _, t := range texts {
		head, digits := "ms=ms", strings.TrimSpace(t)
		if len(digits) > len(head) && strings.EqualFold(digits[:len(head)], head) && strings.Trim(digits[len(head):], "0123456789") == "" {
			out = append(out, Line(digits, dnsShown))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// spfIncludes reports whether the domain's SPF record names another's.
func (m DNSMail) spfIncludes(domain string) bool {
	for _, t := range m.Texts {
		words := strings.Fields(t)
		if len(words) == 0 || !strings.EqualFold(words[0], "v=spf1") {
			continue
		}
		for _, w := range words[1:] {
			if w = strings.ToLower(strings.TrimLeft(w, "+-~?")); w == "include:"+domain || w == "redirect="+domain {
				return true
			}
		}
	}
	return false
}

// dmarc is the policy that applies to the domain: of its own record, else of the one
// of the domain that was registered, whose sp= goes before its p=. It is empty if
// there is none, or more than one at the place that counts (RFC 7489 §6.6.3).
func (m DNSMail) dmarc() string {
	own, n := dmarcOf(m.DMARC)
	if n > 0 {
		return own["p"]
	}
	above, _ := dmarcOf(m.AboveDMARC)
	return cmp.Or(above["sp"], above["p"])
}

// dmarcOf reads the policies of the one DMARC record among texts; none where there
// are several. n is how many there are.
func dmarcOf(texts []string) (policy map[string]string, n int) {
	policy = map[string]string{}
	for _, t := range texts {
		tags, _ := dnsTags(t)
		if len(tags) == 0 || !strings.EqualFold(tags[0].Name, "v") || tags[0].Column != 1 || tags[0].Value != "DMARC1" {
			continue
		}
		n++
		for _, tag := range tags[1:] {
			policy[strings.ToLower(tag.Name)] = Line(strings.ToLower(tag.Value), dnsShown)
		}
	}
	if n > 1 {
		return nil, n
	}
	return policy, n
}
