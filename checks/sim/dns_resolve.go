package sim

import (
	"sync"
	"time"

	"github.com/miekg/dns"
)

// mostTold bounds what the resolver keeps.
const mostTold = 4096

// resolved is what the resolver in use keeps: answers, and that there are none,
// for as long as they say. So a record that was asked for too early is not there
// for a while, as in the world.
type resolved struct {
	mu   sync.Mutex
	kept map[resolvedKey]resolvedAnswer
}

type resolvedKey struct {
	name   string
	kind   uint16
	signed bool
}

type resolvedAnswer struct {
	msg  *dns.Msg
	from time.Time
}

// recurse answers as a resolver: it follows aliases wherever they lead, and gives
// what it was told for as long as that may be kept. It checks no signatures, unless
// it is strict; then it refuses what does not hold, whatever is asked. One that
// forges keeps nothing.
func (s *Sim) recurse(r *dns.Msg, q dns.Question, signed bool, wrong dnsWrong) {
	key := resolvedKey{dns.CanonicalName(q.Name), q.Qtype, signed}
	now := s.now()
	s.told.mu.Lock()
	known, ok := s.told.kept[key]
	s.told.mu.Unlock()
	r.RecursionAvailable = true
	forged := wrong.bogus()
	if ok && forged == "" && remain(r, known, now, q.Name) {
		return
	}
	first, broken := s.listener()
	all := s.zonesAs(first)
	all.spoil(s.faults.bogus(first), false)
	if forged != "" {
		all.spoil(forged, true)
	}
	seen := map[string]bool{}
	for name := q.Name; !seen[dns.CanonicalName(name)] && len(seen) < 8; {
		seen[dns.CanonicalName(name)] = true
		z, one := all.of(dns.CanonicalName(name), q.Qtype), new(dns.Msg)
		all.answer(one, dns.Question{Name: name, Qtype: q.Qtype, Qclass: q.Qclass}, signed)
		if z != nil && (broken && z.tenant || wrong.strict() && z.refuses(one, q.Qtype)) { // the registries answer all the same
			r.Answer, r.Ns, r.Extra, r.Rcode = nil, nil, nil, dns.RcodeServerFailure
			return
		}
		r.Answer, r.Ns, r.Extra = append(r.Answer, one.Answer...), append(r.Ns, one.Ns...), append(r.Extra, one.Extra...)
		r.Rcode = one.Rcode
		to := ""
		for _, rr := range one.Answer {
			switch rr := rr.(type) {
			case *dns.CNAME:
				to = rr.Target
			case *dns.RRSIG:
			default:
				to = ""
			}
		}
		if to == "" || q.Qtype == dns.TypeCNAME {
			break
		}
		name = to
	}
	if forged != "" {
		return
	}
	s.told.mu.Lock()
	defer s.told.mu.Unlock()
	if len(s.told.kept) >= mostTold || s.told.kept == nil {
		s.told.kept = map[resolvedKey]resolvedAnswer{}
	}
	s.told.kept[key] = resolvedAnswer{msg: r.Copy(), from: now}
}

// listener is the server of the tenants' zones that the resolver asks; broken says
// that none of them gives an answer.
func (s *Sim) listener() (role dnsRole, broken bool) {
	for _, role := range []dnsRole{dnsFirst, dnsSecond} {
		if _, out := s.faults.has(role, faultDNSSilent, faultDNSServfail, faultDNSRefused, faultDNSLame); !out {
			return role, false
		}
	}
	return dnsFirst, true
}

// remain gives what was kept with the time that it may still be kept; false: it
// is too old.
func remain(r *dns.Msg, known resolvedAnswer, now time.Time, asked string) bool {
	age := uint32(max(0, now.Sub(known.from)) / time.Second)
	m := known.msg.Copy()
	for _, list := range [][]dns.RR{m.Answer, m.Ns, m.Extra} {
		for _, rr := range list {
			if rr.Header().Rrtype == dns.TypeOPT {
				continue
			}
			if rr.Header().Ttl <= age {
				return false
			}
			rr.Header().Ttl -= age
		}
	}
	for _, rr := range m.Answer {
		if dns.CanonicalName(rr.Header().Name) == dns.CanonicalName(asked) {
			rr.Header().Name = asked
		}
	}
	r.Answer, r.Ns, r.Extra, r.Rcode = m.Answer, m.Ns, m.Extra, m.Rcode
	return true
}
