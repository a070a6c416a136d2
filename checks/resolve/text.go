package resolve

import (
	"context"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

// LookTXT is Look for TXT records, in the form that checks judge. It fills what
// was learned even where it returns an error.
func (r *Resolver) LookTXT(ctx context.Context, name string) (checks.DNSAnswer, error) {
	a, err := r.Look(ctx, name, dns.TypeTXT)
	return r.texts(name, a), err
}

// texts is an answer of TXT records, in the form that checks judge.
func (r *Resolver) texts(name string, a Answer) checks.DNSAnswer {
	out := checks.DNSAnswer{
		Name: a.Name, Asked: a.Asked, Zone: a.Zone, Home: a.Home, At: r.opt.Now(), Resolver: textReply(a.Resolver),
		Aliases: a.Aliases, AliasBy: a.AliasBy, Tree: a.Tree, Wildcard: a.Wildcard, Agree: a.Agree, Security: a.Security, Weak: a.Weak, Reason: a.Reason,
	}
	if out.Name == "" {
		out.Name = name
	}
	for _, s := range a.Servers {
		out.Servers = append(out.Servers, textReply(s))
	}
	for _, s := range a.Way {
		out.Way = append(out.Way, textReply(s))
	}
	out.Unasked, out.Broken, out.Fault = a.Unasked, a.Broken, a.Fault
	out.Top, out.Endless = a.Top, a.Endless
	return out
}

// LookDomain takes every look that the checks of the DNS need: the policy record,
// where it would be with its zone doubled, and the mail; all at once, within one
// Deadline.
func (r *Resolver) LookDomain(ctx context.Context, rule checks.DNSRule, domain string) checks.DNSLook {
	out := checks.DNSLook{Rule: rule, Domain: domain, At: r.opt.Now()}
	var wg group
	wg.Go(func() { out.Answer, out.Doubled, out.Failed = r.lookPolicy(ctx, rule, domain) })
	wg.Go(func() { out.Mail, out.MailFailed = r.LookMail(ctx, domain) })
	wg.Wait()
	return out
}

// lookPolicy looks at the policy record, and where it would be with its zone
// doubled, as forms do that add the zone by themselves: its servers are asked for
// both at once. doubled is nil where that could not be seen.
func (r *Resolver) lookPolicy(ctx context.Context, rule checks.DNSRule, domain string) (a checks.DNSAnswer, doubled *checks.DNSAnswer, err error) {
	wanted, _ := rule.Names(domain, "")
	one, two, err := r.look(ctx, wanted, dns.TypeTXT, func(zone string) string {
		_, twice := rule.Names(domain, zone)
		return dns.CanonicalName(twice)
	})
	if two != nil {
		there := r.texts(two.Name, *two)
		doubled = &there
	}
	return r.texts(wanted, one), doubled, err
}

func textReply(r Reply) checks.DNSReply {
	out := checks.DNSReply{
		Host: r.Host, Addr: r.Addr, Outcome: r.Outcome, Rcode: r.Rcode,
		Aliases: r.Aliases, TTL: r.TTL, Negative: r.Negative, Took: r.Took, Why: r.Why,
	}
	for _, rr := range r.Records {
		t, ok := rr.(*dns.TXT)
		if !ok {
			continue
		}
		var texts []string
		for _, s := range t.Txt {
			texts = append(texts, raw(s))
		}
		// A set holds no record twice (RFC 2181 §5), whatever a server sends.
		if !slices.ContainsFunc(out.Texts, func(had []string) bool { return slices.Equal(had, texts) }) {
			out.Texts = append(out.Texts, texts)
		}
	}
	return out
}

// raw undoes what the library does to a string of a TXT record: it puts a
// backslash before quotation marks and backslashes, and \DDD for bytes that are
// not printable.
func raw(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\' || i+1 == len(s):
			out.WriteByte(s[i])
		case i+3 < len(s) && digits(s[i+1:i+4]):
			out.WriteByte((s[i+1]-'0')*100 + (s[i+2]-'0')*10 + s[i+3] - '0')
			i += 3
		default:
			i++
			out.WriteByte(s[i])
		}
	}
	return out.String()
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}
