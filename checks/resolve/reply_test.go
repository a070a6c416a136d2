package resolve

import (
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestKeptAsLongAsTheShortest: an answer lives as long as the shortest part of it, and
// no longer than what was signed.
func TestKeptAsLongAsTheShortest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer, ns []string
		want       time.Duration
	}{
		"a record":               {[]string{`a.example. 300 TXT "x"`}, nil, 5 * time.Minute},
		"two of a set":           {[]string{`a.example. 300 TXT "x"`, `a.example. 60 TXT "y"`}, nil, time.Minute},
		"behind an alias":        {[]string{"a.example. 30 CNAME b.example.", `b.example. 300 TXT "x"`}, nil, 30 * time.Second},
		"behind a tree's":        {[]string{"example. 20 DNAME example.net.", "a.example. 30 CNAME a.example.net.", `a.example.net. 300 TXT "x"`}, nil, 20 * time.Second},
		"longer than was signed": {[]string{`a.example. 300 TXT "x"`, "a.example. 300 RRSIG TXT 13 2 60 20300101000000 20200101000000 1 example. AAAA"}, nil, time.Minute},
		"the highest bit is set": {[]string{`a.example. 4000000000 TXT "x"`}, nil, 0},
		"something else beside":  {[]string{`a.example. 300 TXT "x"`, "b.example. 1 A 192.0.2.1"}, nil, 5 * time.Minute},
		"signed beside":          {[]string{`a.example. 300 TXT "x"`, "b.example. 5 RRSIG A 13 2 5 20300101000000 20200101000000 1 example. AAAA"}, nil, 5 * time.Minute},
		"not there":              {nil, []string{"example. 300 SOA a. b. 1 1 1 1 60"}, time.Minute},
		"not there, by an alias": {[]string{"a.example. 10 CNAME b.example."}, []string{"example. 300 SOA a. b. 1 1 1 1 60"}, 10 * time.Second},
	} {
		m := new(dns.Msg)
		for _, l := range c.answer {
			m.Answer = append(m.Answer, rr(t, l))
		}
		for _, l := range c.ns {
			m.Ns = append(m.Ns, rr(t, l))
		}
		var rep Reply
		rep.judge(m, question{"a.example.", dns.TypeTXT}, ".")
		if got := rep.TTL + rep.Negative; got != c.want || !rep.Outcome.Decides() {
			t.Errorf("%s: %s kept for %v, want %v", name, rep.Outcome, got, c.want)
		}
	}
}

// TestCodesAreNamed: a code is told by the name that it has in an answer, or by its
// number.
func TestCodesAreNamed(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{dns.RcodeServerFailure: "SERVFAIL", dns.RcodeBadVers: "BADVERS", 11: "code 11", 12: "code 12", 4095: "code 4095"} {
		var rep Reply
		rep.judge(&dns.Msg{MsgHdr: dns.MsgHdr{Rcode: code}}, question{"a.example.", dns.TypeTXT}, ".")
		if rep.Outcome != Failed || rep.Rcode != want || rep.Why != "the server answered "+want {
			t.Errorf("%d: %s %q %q", code, rep.Outcome, rep.Rcode, rep.Why)
		}
	}
}

// TestOneOddServerIsNoWildcard: who answers everything alike, and who has a record of
// the name's own with the wildcard's data, has no wildcard there.
func TestOneOddServerIsNoWildcard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, `*.contoso.example. 300 IN TXT "x"`, `_hetk.contoso.example. 300 IN TXT "x"`)
	for name, want := range map[string]bool{"_hetk.contoso.example": false, "_made.contoso.example": true} {
		if a, err := w.ask(t, name, nil); err != nil || a.Wildcard != want || a.Security != Secure {
			t.Errorf("%s: wildcard %v: %+v, %v", name, a.Wildcard, a, err)
		}
	}
	late := newWorld(t, true, `*.contoso.example. 300 IN TXT "x"`)
	for _, lacks := range []int{dns.RcodeNameError, dns.RcodeSuccess} {
		late.set(func() {
			late.hook = func(addr string, m *dns.Msg) {
				if q := m.Question[0]; addr == "127.0.0.3" && q.Qtype == dns.TypeTXT && q.Name != "contoso.example." {
					m.Rcode, m.Answer, m.Ns = lacks, nil, late.zones[2].sets("contoso.example.", dns.TypeSOA)
				}
			}
		})
		if a, err := late.ask(t, "_made.contoso.example", nil); err != nil || !a.Wildcard || a.Agree {
			t.Errorf("one server has no wildcard yet (%s): %+v, %v", dns.RcodeToString[lacks], a, err)
		}
	}
	odd := newWorld(t, true, record)
	odd.set(func() {
		odd.hook = func(addr string, m *dns.Msg) {
			if q := m.Question[0]; addr == "127.0.0.3" && q.Qtype == dns.TypeTXT && strings.HasPrefix(q.Name, "onboard-") {
				m.Rcode, m.Ns, m.Answer = dns.RcodeSuccess, nil, []dns.RR{&dns.TXT{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 60}, Txt: []string{"v=hetk1; policy=private"}}}
			}
		}
	})
	if a, err := odd.ask(t, "_hetk.contoso.example", nil); err != nil || a.Wildcard || !a.Agree {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestKeptNoLongerThanSigned: what was checked is kept no longer than its signatures
// hold, and no longer than they say (RFC 4035 §5.3.3).
func TestKeptNoLongerThanSigned(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	const (
		txt = `a.example. 86400 TXT "x"`
		soa = "example. 86400 SOA ns.example. h.example. 1 3600 600 86400 86400"
	)
	sig := func(name, covered, ttl, until string) string {
		return name + " 86400 RRSIG " + covered + " 13 2 " + ttl + " " + until + " 20261101000000 1 example. AAAA"
	}
	for name, c := range map[string]struct {
		answer, ns    []string
		ttl, negative time.Duration
	}{
		"runs out first":           {[]string{txt, sig("a.example.", "TXT", "86400", "20261121120500")}, nil, 5 * time.Minute, 0},
		"signed for less":          {[]string{txt, sig("a.example.", "TXT", "600", "20261221120000")}, nil, 10 * time.Minute, 0},
		"another holds for longer": {[]string{txt, sig("a.example.", "TXT", "86400", "20261121120500"), sig("a.example.", "TXT", "86400", "20261121130000")}, nil, time.Hour, 0},
		"one that is no more":      {[]string{txt, sig("a.example.", "TXT", "86400", "20261121110000")}, nil, 24 * time.Hour, 0},
		"another name's":           {[]string{txt, sig("b.example.", "TXT", "86400", "20261121120500")}, nil, 24 * time.Hour, 0},
		"of the alias on the way": {
			[]string{"a.example. 86400 CNAME b.example.", sig("a.example.", "CNAME", "86400", "20261121120500"), `b.example. 86400 TXT "x"`, sig("b.example.", "TXT", "86400", "20261121130000")},
			nil, 5 * time.Minute, 0,
		},
		"not there":                {nil, []string{soa, sig("example.", "SOA", "86400", "20261121120500")}, 0, 5 * time.Minute},
		"not there, as was proved": {nil, []string{soa, sig("example.", "SOA", "86400", "20261221120500"), sig("example.", "NSEC", "900", "20261221120500")}, 0, 15 * time.Minute},
		"not there, and unsigned":  {nil, []string{soa}, 0, 24 * time.Hour},
	} {
		m := new(dns.Msg).SetQuestion("a.example.", dns.TypeTXT)
		for _, line := range c.answer {
			m.Answer = append(m.Answer, rr(t, line))
		}
		for _, line := range c.ns {
			m.Ns = append(m.Ns, rr(t, line))
		}
		rep := Reply{msg: m}
		rep.judge(m, question{"a.example.", dns.TypeTXT}, ".")
		if rep.signedFor(now); rep.TTL != c.ttl || rep.Negative != c.negative {
			t.Errorf("%s: %v, not there %v", name, rep.TTL, rep.Negative)
		}
	}
	w := newWorld(t, false, `_hetk.contoso.example. 86400 IN TXT "v=hetk1; policy=private"`)
	late, unsigned := time.Now().Add(30*time.Minute), newWorld(t, true, `_hetk.contoso.example. 86400 IN TXT "v=hetk1; policy=private"`)
	for _, c := range []struct {
		w    *world
		want Security
		most time.Duration
	}{{w, Secure, 31 * time.Minute}, {unsigned, Insecure, 24 * time.Hour}} {
		a, err := c.w.ask(t, "_hetk.contoso.example", func(o *Options) { o.Now = func() time.Time { return late } })
		if err != nil || a.Security != c.want || len(a.Servers) != 2 || a.Resolver.TTL > c.most || a.Servers[0].TTL > c.most || a.Resolver.TTL < c.most/2 {
			t.Errorf("%v: %s, %v of %+v", err, a.Security, a.Resolver.TTL, a.Servers)
		}
	}
}
