package resolve

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"

	"onboard.example/checks"
)

// LookMail asks the resolver in use what a domain's records show of its mail:
// one round trip. Hints need no more; nothing is decided by them. The error says
// that nothing was answered.
func (r *Resolver) LookMail(ctx context.Context, domain string) (checks.DNSMail, error) {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Deadline)
	defer cancel()
	r.begin()
	defer r.hangUp()
	domain = dns.CanonicalName(domain)
	out := checks.DNSMail{Domain: strings.TrimSuffix(domain, ".")}
	if _, ok := dns.IsDomainName("autodiscover." + domain); !ok || domain == "." {
		return out, errors.New(wordNoName)
	}
	above := ""
	if org, err := publicsuffix.EffectiveTLDPlusOne(out.Domain); err == nil && org != out.Domain {
		out.Above, above = org, dns.Fqdn(org)
	}
	var mx, auto, texts, dmarc, aboveTexts, aboveDMARC *told
	var wg group
	wg.Go(func() { mx = r.tell(ctx, domain, dns.TypeMX) })
	wg.Go(func() { auto = r.tell(ctx, "autodiscover."+domain, dns.TypeCNAME) })
	wg.Go(func() { texts = r.tell(ctx, domain, dns.TypeTXT) })
	wg.Go(func() { dmarc = r.tell(ctx, "_dmarc."+domain, dns.TypeTXT) })
	if above != "" {
		wg.Go(func() { aboveTexts = r.tell(ctx, above, dns.TypeTXT) })
		wg.Go(func() { aboveDMARC = r.tell(ctx, "_dmarc."+above, dns.TypeTXT) })
	}
	wg.Wait()
	if mx.err != nil && texts.err != nil {
		return out, &unheard{"ask the resolver " + mx.from.String() + " about " + out.Domain + ": " + wordOf(mx.err), mx.err}
	}
	rep := r.heard(mx, domain, dns.TypeMX)
	out.Known, out.Exists = rep.Outcome.Decides(), rep.Outcome == Found || rep.Outcome == NoData
	slices.SortStableFunc(rep.Records, func(a, b dns.RR) int { return cmp.Compare(preference(a), preference(b)) })
	for _, rr := range rep.Records {
		if m, ok := rr.(*dns.MX); ok {
			out.MX = append(out.MX, strings.TrimSuffix(dns.CanonicalName(m.Mx), "."))
		}
	}
	if rep := r.heard(auto, "autodiscover."+domain, dns.TypeCNAME); len(rep.Records) > 0 {
		if c, ok := rep.Records[0].(*dns.CNAME); ok {
			out.Autodiscover = strings.TrimSuffix(dns.CanonicalName(c.Target), ".")
		}
	}
	out.Texts, out.KnownTexts = r.joined(texts, domain)
	out.DMARC, out.KnownDMARC = r.joined(dmarc, "_dmarc."+domain)
	if above != "" {
		out.AboveTexts, out.AboveKnown = r.joined(aboveTexts, above)
		out.AboveDMARC, _ = r.joined(aboveDMARC, "_dmarc."+above)
	}
	return out, nil
}

// joined are the TXT records that were told, strings joined, and whether the
// question was answered at all.
func (r *Resolver) joined(t *told, name string) (texts []string, known bool) {
	rep := r.heard(t, name, dns.TypeTXT)
	for _, t := range textReply(rep).Texts {
		texts = append(texts, strings.Join(t, ""))
	}
	return texts, rep.Outcome.Decides()
}

func preference(rr dns.RR) uint16 {
	if m, ok := rr.(*dns.MX); ok {
		return m.Preference
	}
	return 0
}
