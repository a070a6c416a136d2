package sim

import (
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// TestDNSTreeAlias: a DNAME leads what is below it elsewhere, by a CNAME that is made
// for the name, and nothing else (RFC 6672).
func TestDNSTreeAlias(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(strings.Repeat("x", 60)+".", 3) + strings.Repeat("x", 30)
	s := nameServers(t, `    dns:
      signed: true
      records:
        - _hetk.new TXT "v=hetk1"
        - old DNAME new
        - old TXT "itself"
        - in.old TXT "out of sight"
        - away DNAME spf.outlook.com.
        - top DNAME .
        - chain CNAME _hetk.old
        - far DNAME `+long)
	const z = ".contoso.example."
	for name, want := range map[string][]string{
		"_hetk.old" + z:   {"new.contoso.example.", "_hetk.new.contoso.example.", "v=hetk1"},
		"in.old" + z:      {"new.contoso.example.", "in.new.contoso.example."},
		"a.b.old" + z:     {"new.contoso.example.", "a.b.new.contoso.example."},
		"old" + z:         {"itself"},
		"chain" + z:       {"_hetk.old.contoso.example.", "new.contoso.example.", "_hetk.new.contoso.example.", "v=hetk1"},
		"x.away" + z:      {"spf.outlook.com.", "x.spf.outlook.com."},
		"example.top" + z: {".", "example."},
	} {
		r := mustAskAt(t, s, dnsFirst, name, dns.TypeTXT, false)
		var got []string
		for _, rr := range r.Answer {
			switch rr := rr.(type) {
			case *dns.DNAME:
				got = append(got, rr.Target)
			case *dns.CNAME:
				got = append(got, rr.Target)
			case *dns.TXT:
				got = append(got, rr.Txt...)
			}
		}
		if !slices.Equal(got, want) || !r.Authoritative {
			t.Errorf("%s: %q, want %q\n%s", name, got, want, r)
		}
	}
	if r := mustAskAt(t, s, dnsFirst, strings.Repeat("y", 60)+".far"+z, dns.TypeTXT, false); r.Rcode != dns.RcodeYXDomain || len(r.Answer) != 1 {
		t.Errorf("a name that is too long: %s", r)
	}
	if r := mustAskAt(t, s, dnsFirst, "old"+z, dns.TypeDNAME, false); len(r.Answer) != 1 {
		t.Errorf("the record itself: %s", r)
	}
	if r := mustAskAt(t, s, dnsFirst, "_hetk.old"+z, dns.TypeCNAME, false); len(r.Answer) != 2 {
		t.Errorf("the alias itself: %s", r)
	}
	r := mustAskAt(t, s, dnsFirst, "_hetk.old"+z, dns.TypeTXT, true)
	if sigs := ofType[*dns.RRSIG](r.Answer); len(sigs) != 2 || sigs[0].TypeCovered != dns.TypeDNAME || sigs[1].TypeCovered != dns.TypeTXT {
		t.Errorf("what is signed: %s", r)
	}
	if r := ask(t, s, "tcp", "_hetk.old"+z, dns.TypeTXT); len(r.Answer) != 3 {
		t.Errorf("at the resolver: %s", r)
	}
	if _, err := recordLine("contoso.example.", "@ DNAME fabrikam.example."); err == nil {
		t.Error("a DNAME that leads the name servers away was taken")
	}
}
