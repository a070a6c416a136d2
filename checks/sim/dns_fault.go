package sim

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/miekg/dns"
)

// Faults of the DNS. Each is of one server: server=ns1, ns2, all (both) or
// resolver; left out it is ns2 alone, so that the other goes on as it should, and
// both of those that a zone has as a whole (dns-truncate, dns-bogus).
const (
	faultDNSSilent   faultKind = "dns-silent"   // no answer
	faultDNSSlow     faultKind = "dns-slow"     // dns-slow=DURATION before every answer, by default slowDNS
	faultDNSServfail faultKind = "dns-servfail" // SERVFAIL
	faultDNSRefused  faultKind = "dns-refused"  // REFUSED
	faultDNSLame     faultKind = "dns-lame"     // no authority: sends to the root
	faultDNSTruncate faultKind = "dns-truncate" // nothing but "too long" over UDP
	faultDNSDisagree faultKind = "dns-disagree" // dns-disagree=DURATION: changes show that much later; never without
	faultDNSBogus    faultKind = "dns-bogus"    // dns-bogus=KIND: signatures that do not hold; signs every zone
	faultDNSStrict   faultKind = "dns-strict"   // the resolver checks signatures, and SERVFAILs where they do not hold, CD or not
)

// slowDNS is longer than a product waits once, and shorter than it waits in all.
const slowDNS = 1500 * time.Millisecond

// ofDNS says whether a fault is one of the DNS.
func (k faultKind) ofDNS() bool {
	return slices.Contains([]faultKind{
		faultDNSSilent, faultDNSSlow, faultDNSServfail, faultDNSRefused, faultDNSLame, faultDNSTruncate, faultDNSDisagree, faultDNSBogus, faultDNSStrict,
	}, k)
}

// setDNS reads the value of a fault of the DNS.
func (f *fault) setDNS(value string, given, rated bool) error {
	f.server = string(dnsSecond)
	var err error
	switch f.kind {
	case faultDNSTruncate:
		f.server = "all"
	case faultDNSBogus:
		f.server = "all"
		return f.setBogus(value, given, rated)
	case faultDNSStrict:
		f.server = string(dnsResolver)
	case faultDNSSlow:
		if f.wait = slowDNS; given {
			f.wait, err = duration(value)
		}
		return err
	case faultDNSDisagree:
		if f.wait = -1; given {
			f.wait, err = duration(value)
		}
		if rated {
			err = errors.Join(err, errors.New("a rate makes no sense here"))
		}
		return err
	default:
	}
	return f.setCount(value, given, rated)
}

// setServer reads server=.
func (f *fault) setServer(value string) error {
	f.server = value
	switch {
	case !f.kind.ofDNS():
		return errors.New("server goes with faults of the DNS")
	case f.how == bogusDS:
		return errors.New("what the zone above says is of none of its servers")
	case f.kind == faultDNSStrict && value != string(dnsResolver):
		return errors.New("only the resolver checks signatures")
	case value == string(dnsFirst), value == string(dnsSecond), value == "all":
		return nil
	case value == string(dnsResolver) && f.kind != faultDNSLame && f.kind != faultDNSDisagree:
		return nil
	case value == string(dnsResolver):
		return errors.New("a resolver is never lame, and has nobody to disagree with")
	}
	return errors.New("server is ns1, ns2, all or resolver")
}

// on says whether a fault is of a server.
func (f *fault) on(role dnsRole) bool {
	return f.server == string(role) || f.server == "all" && (role == dnsFirst || role == dnsSecond)
}

// dnsWrong is what goes wrong with one answer.
type dnsWrong []*fault

// spoilDNS takes the faults of the next answer of a server. spared is one that
// nobody spoils: the resolver's, asked as a name server by hand.
func (f *faults) spoilDNS(role dnsRole, spared bool) dnsWrong {
	if len(f.dns) == 0 || spared {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var out dnsWrong
	for i, one := range f.dns {
		if one.left == 0 || !one.on(role) {
			continue
		}
		f.asked++
		if one.rate < 1 && chance(f.seed+uint64(i), string(role), f.asked) >= one.rate {
			continue
		}
		if one.left > 0 {
			one.left--
		}
		out = append(out, one)
	}
	return out
}

// has says whether a server has a fault that lasts.
func (f *faults) has(role dnsRole, kinds ...faultKind) (*fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.dns {
		if one.on(role) && one.left < 0 && one.rate == 1 && slices.Contains(kinds, one.kind) {
			return one, true
		}
	}
	return nil, false
}

// wait takes the time that a slow server takes. false: there is no answer.
func (all dnsWrong) wait(ctx context.Context) bool {
	for _, f := range all {
		if f.kind == faultDNSSilent {
			return false
		}
		if f.kind != faultDNSSlow {
			continue
		}
		t := time.NewTimer(f.wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return false
		}
	}
	return true
}

// spoil spoils an answer.
func (all dnsWrong) spoil(r *dns.Msg, stream bool) {
	for _, f := range all {
		switch f.kind {
		case faultDNSServfail, faultDNSRefused:
			r.Answer, r.Ns, r.Extra, r.Authoritative = nil, nil, nil, false
			r.Rcode = dns.RcodeServerFailure
			if f.kind == faultDNSRefused {
				r.Rcode = dns.RcodeRefused
			}
		case faultDNSLame: // as servers do that never heard of the zone
			r.Answer, r.Extra, r.Authoritative, r.Rcode = nil, nil, false, dns.RcodeSuccess
			r.Ns = []dns.RR{&dns.NS{Hdr: head(".", dns.TypeNS), Ns: rootHost}}
		case faultDNSTruncate:
			if !stream {
				r.Answer, r.Ns, r.Extra, r.Truncated = nil, nil, nil, true
			}
		default:
		}
	}
}
