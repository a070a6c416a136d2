package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// DNSPublished is what was found of an app's policy record in the DNS.
type DNSPublished struct {
	Answer DNSAnswer `json:"answer"`
	// Failed says why nothing, or not all, could be learned; empty: it could.
	Failed string `json:"failed,omitempty"`
	// Doubled is what is where a form puts a record that was typed whole; nil: it
	// was not looked at.
	Doubled *DNSAnswer `json:"doubled,omitempty"`
}

// dnsChecks judge the vendor's second layer, and what the domain's records tell.
// None of them opens or blocks anything: see Decide.
func dnsChecks() []Check {
	ruled := func(a App) bool { return a.DNS != nil }
	published := []Part{PartDNSPolicy}
	return []Check{
		{ID: CheckDNSPolicy, Title: titleDNSPolicy, Reads: published, For: ruled, Patience: DNSPatience, Run: dnsPublished(DNSLook.policy)},
		{ID: CheckDNSAgree, Title: titleDNSAgree, Reads: published, For: ruled, Patience: DNSPatience, Run: dnsPublished(DNSLook.agree)},
		{ID: CheckDNSSEC, Title: titleDNSSEC, Reads: published, For: ruled, Run: dnsPublished(DNSLook.signed)},
		{ID: CheckDNSMail, Title: titleDNSMail, Reads: []Part{PartDNSMail}, Run: dnsMail(DNSLook.mail)},
		{ID: CheckDNSProof, Title: titleDNSProof, Reads: []Part{PartDNSMail}, Run: dnsMail(DNSLook.proof)},
	}
}

// DNS reports a check of the DNS.
func (c Check) DNS() bool { return strings.HasPrefix(string(c.ID), "dns/") }

// dnsPublished runs a check of the policy record.
func dnsPublished(judge func(DNSLook, DNSReport) Finding) func(context.Context, Subject) (Finding, error) {
	return func(_ context.Context, s Subject) (Finding, error) {
		if s.App.DNS == nil {
			return Finding{Verdict: Skipped, Summary: fmt.Sprintf(sayDNSNoRule, Line(s.App.Name, dnsShown))}, nil
		}
		if err := s.must(PartDNSPolicy); err != nil {
			return Finding{}, err
		}
		l := DNSLook{Rule: *s.App.DNS, Domain: s.Domain, Answer: s.Look.DNSPolicy.Value.Answer, Doubled: s.Look.DNSPolicy.Value.Doubled, At: s.Look.DNSPolicy.At}
		if why := s.Look.DNSPolicy.Value.Failed; why != "" {
			l.Failed = errors.New(why)
		}
		r := l.Report()
		f := judge(l, r)
		f.Seen = l.seen(r)
		return f, nil
	}
}

// dnsMail runs a check of what the domain's records tell.
func dnsMail(judge func(DNSLook) Finding) func(context.Context, Subject) (Finding, error) {
	return func(_ context.Context, s Subject) (Finding, error) {
		l := DNSLook{Domain: s.Domain, Mail: s.Look.DNSMail.Value, At: s.Look.DNSMail.At}
		if f := s.Look.DNSMail.Failure; f != nil && f.Kind == FailUnreachable { // not Microsoft
			l.MailFailed = f
			return judge(l), nil
		}
		if err := s.must(PartDNSMail); err != nil {
			return Finding{}, err
		}
		return judge(l), nil
	}
}

// stripPublished is what was found without addresses in it. What is judged of it
// stays, and every character in its place.
func stripPublished(p DNSPublished) DNSPublished {
	p.Answer = stripAnswer(p.Answer)
	if p.Doubled != nil {
		doubled := stripAnswer(*p.Doubled)
		p.Doubled = &doubled
	}
	return p
}

func stripAnswer(a DNSAnswer) DNSAnswer {
	a.Servers, a.Way = slices.Clone(a.Servers), slices.Clone(a.Way)
	for _, list := range [][]DNSReply{a.Servers, a.Way} {
		for i := range list {
			list[i] = stripReply(list[i])
		}
	}
	a.Resolver = stripReply(a.Resolver)
	a.Resolver.Addr = "" // of somebody's own network
	return a
}

func stripReply(r DNSReply) DNSReply {
	texts := make([][]string, 0, len(r.Texts))
	for _, t := range r.Texts {
		t = slices.Clone(t)
		for i := range t {
			t[i] = strings.Map(shownControl, t[i])
		}
		whole, parts := noAddresses(strings.Join(t, "")), make([]string, 0, len(t))
		for _, s := range t {
			parts = append(parts, whole[:len(s)])
			whole = whole[len(s):]
		}
		texts = append(texts, parts)
	}
	r.Texts = texts
	return r
}

// shownControl keeps the place of a character that cleaning would take out.
func shownControl(r rune) rune {
	if r != '\t' && unicode.IsControl(r) {
		return unicode.ReplacementChar
	}
	return r
}

func stripMail(m DNSMail) DNSMail {
	m.Texts, m.DMARC = slices.Clone(m.Texts), slices.Clone(m.DMARC)
	m.AboveTexts, m.AboveDMARC = slices.Clone(m.AboveTexts), slices.Clone(m.AboveDMARC)
	for _, list := range [][]string{m.Texts, m.DMARC, m.AboveTexts, m.AboveDMARC} {
		for i := range list {
			list[i] = noAddresses(list[i])
		}
	}
	return m
}

// noAddresses crosses out what is before an @, byte for byte, and the @.
func noAddresses(text string) string {
	out := []byte(text)
	for i, c := range out {
		if c != '@' {
			continue
		}
		out[i] = 'x'
		for j := i - 1; j >= 0 && !strings.ContainsRune(" \t=:;,<>\"", rune(out[j])); j-- {
			out[j] = 'x'
		}
	}
	return string(out)
}
