package resolve

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

// Security is what DNSSEC says about an answer (RFC 4033 §5).
type Security = checks.DNSSecurity

// The states, as checks names them, from best to worst.
const (
	Secure        = checks.DNSSecure
	Insecure      = checks.DNSInsecure
	Indeterminate = checks.DNSIndeterminate
	Bogus         = checks.DNSBogus
)

// worse reports whether a is worse than b.
func worse(a, b Security) bool {
	order := []Security{Secure, Insecure, Indeterminate, Bogus}
	return slices.Index(order, a) > slices.Index(order, b)
}

// What a zone may make our CPU do (CVE-2023-50387: many keys of one tag, many
// signatures by them). Zones in good order need a tenth of each.
const (
	maxTries  = 64 // signature checks of one answer
	maxFailed = 32 // of them, those that do not fit
	maxKeys   = 48 // DNSKEY of one zone
	maxTrust  = 24 // DS of one zone
)

// verdict is a Security other than Secure, with the reason.
type verdict struct {
	is    Security
	why   string
	weak  bool            // insecure although there are signatures: they no longer count
	at    string          // of Bogus: the zone whose signing does not hold
	fault checks.DNSFault // and what is wrong with it
	// lacks is the zone whose keys could not be had.
	lacks string
}

// bogus is the verdict that the signing of the zone reached so far does not hold.
func (j *judge) bogus(why string) *verdict { return &verdict{is: Bogus, why: why, at: j.zone} }

func (v *verdict) bogus() bool { return v != nil && v.is == Bogus }

// bare is a name as people write it.
func bare(name string) string {
	if name == "." {
		return wordTheRoot
	}
	return strings.TrimSuffix(name, ".")
}

// judge holds the keys of the zone reached so far.
type judge struct {
	r             *Resolver
	from          string // where the anchor is that it began at
	zone          string
	keys          []key
	tries, failed int
	keysOf        string // the zone whose keys were had of its own servers,
	keysIn        *dns.Msg
}

// validate checks what every deciding server said, once v tells how far the
// keys are believed (see descend). In a signed zone, a server that gave no
// signatures because it does not speak EDNS0 does not decide.
func (j *judge) validate(ctx context.Context, a *Answer, kind uint16, v *verdict) (Security, string) {
	state, why := Secure, j.origin()
	if v != nil {
		state, why, a.Weak = v.is, v.said(a.Zone), v.weak
		a.Broken, a.Fault = v.at, v.fault
	} else {
		for i := range a.Servers {
			if s := &a.Servers[i]; s.Outcome.Decides() && plain(s.msg) {
				s.drop(Failed, wordPlain)
			}
		}
	}
	if _, ok := a.Decided(); !ok {
		return Indeterminate, wordUndecided
	}
	deciding, forged := 0, map[int]string{} // by index, with the reason
	for i, s := range a.Servers {
		if !s.Outcome.Decides() {
			continue
		}
		if ctx.Err() != nil && v == nil {
			return Indeterminate, wordNoTime
		}
		deciding++
		one := v
		if v == nil {
			one = j.answer(s, question{a.put(), kind})
		}
		if one.bogus() {
			forged[i] = one.said(a.Zone)
		}
		if one != nil && v == nil && worse(one.is, state) {
			state, why, a.Weak = one.is, one.why, one.weak
			a.Broken, a.Fault = one.at, one.fault
		}
	}
	for i, reason := range forged { // nobody is to read such an answer as one
		if v != nil && v.at != a.Zone { // what is above does not hold: nothing is known of what this server said
			a.Servers[i].drop(Failed, wordNotChecked+reason)
			continue
		}
		a.Servers[i].drop(Forged, reason)
	}
	if len(forged) > 0 && len(forged) < deciding { // which one it is, is what its keeper needs
		first := a.Servers[slices.Min(slices.Collect(maps.Keys(forged)))]
		why += wordOnlyAt + bare(first.Host) + " (" + first.Addr + ")"
	}
	return state, why
}

// said is the reason, and which zone it is about where that is not the answer's own.
func (v *verdict) said(zone string) string {
	if v.at == "" || v.at == zone || v.fault == checks.DNSFaultAnchor {
		return v.why
	}
	if v.at == "." {
		return v.why + wordInRoot
	}
	return v.why + wordInZone + bare(v.at)
}

// origin says from where on everything is signed.
func (j *judge) origin() string {
	if j.r.given {
		return wordTheAnchor + bare(j.from)
	}
	return bare(j.from)
}

// plain reports whether an answer has neither EDNS0 nor a signature.
func plain(m *dns.Msg) bool {
	signed := func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeRRSIG }
	return m.IsEdns0() == nil && !slices.ContainsFunc(m.Answer, signed) && !slices.ContainsFunc(m.Ns, signed)
}

// pick returns one set out of a section.
func pick(in []dns.RR, name string, kind uint16) []dns.RR {
	var out []dns.RR
	for _, rr := range in {
		if h := rr.Header(); h.Rrtype == kind && h.Class == dns.ClassINET && dns.CanonicalName(h.Name) == name {
			out = append(out, rr)
		}
	}
	return out
}

// verify checks a set against the zone's keys and returns the signature that
// fits. Its label count tells whether a wildcard made the set.
func (j *judge) verify(set, section []dns.RR) (*dns.RRSIG, *verdict) {
	if len(set) == 0 { // only records of another class: none of ours
		return nil, j.bogus(wordNoSig)
	}
	h := set[0].Header()
	why, fault := wordNoSig, checks.DNSFault("")
	for _, rr := range pick(section, dns.CanonicalName(h.Name), dns.TypeRRSIG) {
		sig, ok := rr.(*dns.RRSIG)
		if !ok || sig.TypeCovered != h.Rrtype || dns.CanonicalName(sig.SignerName) != j.zone || int(sig.Labels) > labels(h.Name) {
			continue
		}
		if out := outOfTime(sig, j.r.opt.Now()); out != "" {
			why, fault = out, checks.DNSFaultTime
			continue
		}
		if why == wordNoSig {
			why = wordOtherKey
		}
		for _, k := range j.keys {
			if k.tag != sig.KeyTag || k.Algorithm != sig.Algorithm {
				continue
			}
			if j.tries++; j.tries > maxTries || j.failed >= maxFailed {
				return nil, j.bogus(wordTooMany)
			}
			if sig.Verify(k.DNSKEY, set) == nil {
				return sig, nil
			}
			j.failed++
			why, fault = wordBadSig, ""
		}
	}
	v := j.bogus(why)
	v.fault = fault
	return nil, v
}

// outOfTime says since when, or until when, a signature does not hold; empty: it
// holds now. Its times are counted round (RFC 4034 §3.1.5).
func outOfTime(sig *dns.RRSIG, now time.Time) string {
	if sig.ValidityPeriod(now) {
		return ""
	}
	at := func(t uint32) time.Time { return now.Add(time.Duration(int32(t-uint32(now.Unix()))) * time.Second) }
	if end := at(sig.Expiration); end.Before(now) {
		return wordOldSig + stamp(end)
	}
	return wordEarlySig + stamp(at(sig.Inception))
}

// stamp is a time as people are told it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// own verifies a set that no wildcard may have made.
func (j *judge) own(set, section []dns.RR) *verdict {
	sig, v := j.verify(set, section)
	if v == nil && int(sig.Labels) != labels(set[0].Header().Name) {
		return j.bogus(wordBadSig)
	}
	return v
}

// labels counts as RRSIG does: without the root and a leading asterisk.
func labels(name string) int {
	n := dns.CountLabel(name)
	if strings.HasPrefix(name, "*.") {
		n--
	}
	return n
}

// answer checks what was found at the name: its records, or the alias there.
func (j *judge) answer(s Reply, q question) *verdict {
	j.tries, j.failed = 0, 0
	if s.Outcome != Found {
		return j.proof(s.msg).denied(s.Outcome, q)
	}
	kind := q.kind
	if len(s.Aliases) > 0 {
		kind = dns.TypeCNAME
		if j.synthesised(s.msg, &dns.CNAME{Target: s.Aliases[0]}, q.name) {
			return nil
		}
	}
	set := pick(s.msg.Answer, q.name, kind)
	if len(set) == 0 {
		return j.bogus(wordNoSig) // a DNAME alone led on, unsigned
	}
	sig, v := j.verify(set, s.msg.Answer)
	if v == nil && int(sig.Labels) < labels(q.name) {
		v = j.proof(s.msg).notThere(q.name, int(sig.Labels))
	}
	return v
}

// synthesised reports whether a signed DNAME of the answer makes this CNAME
// (RFC 6672 §5.3.1): the CNAME itself is not signed.
func (j *judge) synthesised(m *dns.Msg, rr dns.RR, name string) bool {
	c, ok := rr.(*dns.CNAME)
	for _, a := range m.Answer {
		d, isD := a.(*dns.DNAME)
		if !ok || !isD {
			continue
		}
		owner := dns.CanonicalName(d.Hdr.Name)
		if owner == name || !dns.IsSubDomain(owner, name) || substitute(name, owner, dns.CanonicalName(d.Target)) != dns.CanonicalName(c.Target) {
			continue
		}
		if j.own(pick(m.Answer, owner, dns.TypeDNAME), m.Answer) == nil {
			return true
		}
	}
	return false
}
