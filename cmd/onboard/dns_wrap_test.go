package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"onboard.example/checks"
)

// dnsSeen is a look at a domain without the record, which one of its servers is
// silent about.
func dnsSeen(texts ...[]string) dnsReport {
	rule := checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
	one := checks.DNSReply{Host: "ns1.contoso.example.", Addr: "192.0.2.1:53", Outcome: checks.DNSNoName, Negative: time.Minute}
	if len(texts) > 0 {
		one.Outcome, one.Texts = checks.DNSFound, texts
	}
	two, cache := checks.DNSReply{Host: "ns2.contoso.example.", Addr: "192.0.2.2:53", Outcome: checks.DNSSilent, Why: "no answer in time"}, one
	cache.Host, cache.Addr = "", "10.0.0.1:53"
	seen := checks.DNSLook{Rule: rule, Domain: "contoso.example", At: time.Unix(1, 0), Answer: checks.DNSAnswer{
		Name: "_hetk.contoso.example.", Asked: "_hetk.contoso.example.", Zone: "contoso.example.", At: time.Unix(1, 0),
		Servers: []checks.DNSReply{one, two}, Resolver: cache, Agree: true, Security: checks.DNSInsecure,
	}}
	policy := seen.Report()
	publish := rule.Publish("contoso.example", policy.Home)
	return dnsReport{
		App: checks.ReportApp{Name: "Hetk Calendar Sync"}, Policy: policy, Publish: &publish, Findings: seen.Findings(),
		Domain: dnsDomain{ASCII: "contoso.example", Unicode: "contoso.example"},
	}
}

func dnsPrinted(t *testing.T, r dnsReport, width int) string {
	t.Helper()
	var out bytes.Buffer
	l := dnsLines{out: &out, width: func() int { return width }}
	must(t, l.report(r))
	must(t, l.report(r)) // nothing new
	l.next(time.Minute)
	return out.String()
}

// TestDNSWraps holds that on a terminal no line is wider than it is but those to be
// copied, and that nothing is left out or said in other words than in a pipe.
func TestDNSWraps(t *testing.T) {
	t.Parallel()
	r := dnsSeen()
	piped := dnsPrinted(t, r, 0)
	if !strings.Contains(piped, "\n  ns2.contoso.example  192.0.2.2:53             silent: no answer in time\n") || strings.Count(piped, "no answer in time") != 1 {
		t.Errorf("in a pipe:\n%s", piped)
	}
	copied := []string{r.Policy.Wanted, r.Publish.FullName}
	for _, f := range r.Publish.Forms {
		copied = append(copied, f.Value)
	}
	for _, width := range []int{20, 40, 49, 50, 80, 200} {
		out := dnsPrinted(t, r, width)
		for l := range strings.SplitSeq(out, "\n") {
			if ansi.StringWidth(l) > width && len(strings.Fields(l)) > 1 && !slices.ContainsFunc(copied, func(c string) bool { return strings.HasSuffix(l, c) }) {
				t.Errorf("at %d columns: %q", width, l)
			}
		}
		if !slices.Equal(strings.Fields(out), strings.Fields(piped)) {
			t.Errorf("at %d columns the words are not those:\n%s", width, out)
		}
		for _, c := range copied {
			if !strings.Contains(out, c) {
				t.Errorf("at %d columns %q is broken:\n%s", width, c, out)
			}
		}
		if table := strings.Contains(out, "\n  ns1.contoso.example  192.0.2.1:53             nothing there"); table != (width == 200) {
			t.Errorf("at %d columns:\n%s", width, out)
		}
	}
}

// TestDNSOfHundreds: a zone that holds hundreds of records fills nobody's terminal.
func TestDNSOfHundreds(t *testing.T) {
	t.Parallel()
	var texts [][]string
	for i := range 700 {
		texts = append(texts, []string{fmt.Sprintf("v=hetk1; policy=%d", i)})
	}
	out := dnsPrinted(t, dnsSeen(texts...), 0)
	if strings.Count(out, "and 697 more") != 2 || len(out) > 3000 {
		t.Errorf("%d bytes:\n%.3000s", len(out), out)
	}
}
