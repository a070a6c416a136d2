package resolve

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

// LookMail asks the resolver in use what a domain's records show of its mail:
// one round trip. Hints need no more; nothing is decided by them. The error says
// that nothing was answered.
func (r *Resolver) LookMail(ctx context.Context, domain string) (checks.DNSMail, error) {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Deadline)
	defer cancel()
	defer r.hangUp()
	domain = dns.CanonicalName(domain)
	out := checks.DNSMail{Domain: strings.TrimSuffix(domain, ".")}
	if _, ok := dns.IsDomainName("autodiscover." + domain); !ok || domain == "." {
		return out, errors.New(wordNoName)
	}
	var mx, auto, texts, dmarc *told
	var wg sync.WaitGroup
	wg.Go(func() { mx = r.tell(ctx, domain, dns.TypeMX) })
	wg.Go(func() { auto = r.tell(ctx, "autodiscover."+domain, dns.TypeCNAME) })
	wg.Go(func() { texts = r.tell(ctx, domain, dns.TypeTXT) })
	wg.Go(func() { dmarc = r.tell(ctx, "_dmarc."+domain, dns.TypeTXT) })
	wg.Wait()
	if mx.err != nil && texts.err != nil {
		return out, &unheard{"ask the resolver " + mx.from.String() + " about " + domain + ": " + wordOf(mx.err), mx.err}
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
	for _, t := range textReply(r.heard(texts, domain, dns.TypeTXT)).Texts {
		out.Texts = append(out.Texts, strings.Join(t, ""))
	}
	for _, t := range textReply(r.heard(dmarc, "_dmarc."+domain, dns.TypeTXT)).Texts {
		out.DMARC = append(out.DMARC, strings.Join(t, ""))
	}
	return out, nil
}

func preference(rr dns.RR) uint16 {
	if m, ok := rr.(*dns.MX); ok {
		return m.Preference
	}
	return 0
}
