package main

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// TestDNSShapes: every shape that a record can have has a state and words of its
// own, and the command says what to do about it.
func TestDNSShapes(t *testing.T) {
	t.Parallel()
	const good = `_hetk TXT "v=hetk1; policy=private"`
	for _, c := range []struct {
		name, domain string
		records      []string
		state        checks.DNSState
		says, advice string
	}{
		{"published", "", []string{good}, checks.DNSOk, "The record is at _hetk.contoso.example", ""},
		{"other TXT beside it", "", []string{good, `_hetk TXT "v=spf1 -all"`}, checks.DNSOk, "The record is at", ""},
		{"split into strings", "", []string{`_hetk TXT "v=hetk1;" " policy=private"`}, checks.DNSOk, "comes in 2 strings", ""},
		{"an unknown tag", "", []string{`_hetk TXT "v=hetk1; policy=private; x=1"`}, checks.DNSOk, "The tag x means nothing here", ""},
		{"by an alias", "", []string{"_hetk CNAME policy", `policy TXT "v=hetk1; policy=private"`}, checks.DNSOk, "is an alias", ""},
		{"by a wildcard", "", []string{`* TXT "v=hetk1; policy=private"`}, checks.DNSOk, "A wildcard answers", ""},
		{"absent", "", []string{`other TXT "x"`}, checks.DNSAbsent, "There is no _hetk.contoso.example", "add a TXT record"},
		{"other TXT only", "", []string{`_hetk TXT "hello"`}, checks.DNSAbsent, "There is no policy record at", "add a TXT record"},
		{"another type only", "", []string{"_hetk A 192.0.2.1"}, checks.DNSAbsent, "There is no policy record at", "add a TXT record"},
		{"doubled", "", []string{`_hetk.contoso.example TXT "v=hetk1; policy=private"`}, checks.DNSAbsent, "the form added the domain by itself", "to _hetk alone"},
		{"an alias by a wildcard", "", []string{"* CNAME www"}, checks.DNSAbsent, "leave the wildcard", "add a TXT record: name _hetk (in the zone contoso.example)"},
		{"led away by a DNAME", "eu.contoso.example", []string{"eu DNAME us", "a.us A 192.0.2.1"}, checks.DNSAbsent, "All that is below eu.contoso.example is led elsewhere (DNAME), this name to _hetk.us.contoso.example", "name _hetk.us (in the zone contoso.example)"},
		{"an alias out of the zone", "mail.contoso.example", []string{"_hetk.mail CNAME gone.xn--bro-hoa.example."}, checks.DNSAbsent, "there is an alias (CNAME) to gone.xn--bro-hoa.example", "the alias (CNAME) at _hetk.mail (in the zone contoso.example)"},
		{"bad, behind an alias", "mail.contoso.example", []string{"_hetk.mail CNAME policy", `policy TXT "v=hetk1"`}, checks.DNSInvalid, "The tag policy is missing", "change the TXT record at policy (in the zone contoso.example)"},
		{"an alias in the way", "", []string{"_hetk CNAME www"}, checks.DNSAbsent, "there is an alias (CNAME) to www.contoso.example", "remove the alias"},
		{"two of them", "", []string{good, `_hetk TXT "v=hetk1; policy=open"`}, checks.DNSAmbiguous, "There are 2 policy records", "keep one TXT record"},
		{"wrong version", "", []string{`_hetk TXT "v=hetk2; policy=private"`}, checks.DNSInvalid, "At character 3", "change the TXT record"},
		{"bad syntax", "", []string{`_hetk TXT "v=hetk1; policy private"`}, checks.DNSInvalid, "At character 17: An equals sign is missing", "change the TXT record"},
		{"a tag missing", "", []string{`_hetk TXT "v=hetk1"`}, checks.DNSInvalid, "The tag policy is missing", "change the TXT record"},
		{"quotation marks in it", "", []string{`_hetk TXT "\"v=hetk1; policy=private\""`}, checks.DNSInvalid, "type it without them", "change the TXT record"},
		{"an IDN domain", "büro.example", []string{}, checks.DNSAbsent, "There is no _hetk.xn--bro-hoa.example", "add a TXT record"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lines, err := json.Marshal(c.records)
			must(t, err)
			file := "title: DNS\nabout: A shape.\ntenants:\n  - domain: contoso.example\n    dns:\n      signed: true\n      records: " + string(lines) + "\n  - domain: xn--bro-hoa.example\nexpect: []\n"
			s := simulate(t, sim.Options{Scenario: "shape", Scenarios: fstest.MapFS{"shape.yaml": {Data: []byte(file)}}})
			domain := c.domain
			if domain == "" {
				domain = "contoso.example"
			}
			out, errs, _ := onboard(t.Context(), nil, append([]string{"dns", domain, "--json"}, against(s.Ready())...)...)
			var r dnsReport
			if err := json.Unmarshal([]byte(out), &r); err != nil {
				t.Fatalf("%v: %s%s", err, out, errs)
			}
			said := strings.Join(append([]string{r.Policy.Reason}, r.Policy.Notes...), " ")
			advice := ""
			if f := r.Findings[0]; f.Fix != nil {
				advice = f.Fix.Do
			}
			if r.Policy.State != c.state || !strings.Contains(said, c.says) || !strings.Contains(advice, c.advice) || (c.advice == "") != (advice == "") {
				t.Errorf("%s: %s; %s", r.Policy.State, said, advice)
			}
			for _, v := range r.Policy.Servers {
				if v.TTL == 0 {
					t.Errorf("%s: what it says is kept by nobody", v.Host)
				}
			}
			if p := r.Publish; p == nil || p.Zone != r.Policy.Home || p.FullName != p.HostLabel+"."+p.Zone {
				t.Errorf("%+v, home %s", p, r.Policy.Home)
			}
			if want := checks.DNSSecure; c.domain == "" && r.Policy.Security != want {
				t.Errorf("%s: %s", r.Policy.Security, r.Policy.Signed)
			}
		})
	}
}
