//go:build unix

package main

import (
	"encoding/json"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// TestWalkToThePolicyRecord goes, on plain lines and without a sign-in, from a
// domain without the record to the proof that every name server has it, while
// whoever keeps the DNS publishes it elsewhere.
func TestWalkToThePolicyRecord(t *testing.T) {
	t.Parallel()
	world := simulate(t, sim.Options{Scenario: "dns-absent", Faults: []string{"dns-lame=3"}})
	flags := append([]string{"--app", "hetk", "--domain", "contoso.example", "--sign-in", "none"}, against(world.Ready())...)
	s := startPlain(t, home(t), flags...)
	for _, a := range [][2]string{
		{"1. Go on.", "1"},
		{"1. The ways out.", "1"},
		{"a. Offer those that are not advised", "a"},
		{"7. Publish the vendor's DNS policy record.", "7"},
	} {
		s.answers(t, a[0], a[1])
	}
	for _, want := range []string{
		// How the name is to be typed hangs on whether the zone is known by then.
		"Name: _hetk", "Value: v=hetk1; policy=private", "forms add",
		"In the DNS, add a TXT record: name _hetk (in the zone contoso.example)",
		`_hetk.contoso.example. 3600 IN TXT "v=hetk1; policy=private"`, "warn: dns/policy. There is no _hetk.contoso.example.",
	} {
		s.sees(t, want)
	}
	if err := world.Publish("contoso.example", "_hetk", "v=hetk1; policy=open"); err != nil {
		t.Fatal(err)
	}
	s.sees(t, "fail: dns/policy. The record counts for nothing. At character 17")
	if err := world.Withdraw("contoso.example", "_hetk", "v=hetk1; policy=open"); err != nil {
		t.Fatal(err)
	}
	if err := world.Publish("contoso.example", "_hetk", "v=hetk1; policy=private"); err != nil {
		t.Fatal(err)
	}
	s.sees(t, "Done: every name server that answers has it.")
	s.answers(t, "1. Go on.", "1")
	s.sees(t, "Published: every name server of contoso.example that answers has the policy record of Hetk Calendar Sync.")
	s.sees(t, "every name server was asked in this run")
	s.answers(t, "q. Leave.", "q")
	<-s.done
	if strings.Contains(s.shown(), "Nobody is signed in, so nothing here can look") {
		t.Errorf("a sign-in is wanted:\n%s", s.shown())
	}
}

// TestDNSOfADomainThatIsNotThere: nobody is told to write into the zone above it.
func TestDNSOfADomainThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "dns-absent"})
	out, errs, code := onboard(t.Context(), nil, append([]string{"dns", "nosuch.example"}, against(s.Ready())...)...)
	if code != codeBlocked || !strings.Contains(out, "There is no domain nosuch.example.") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if strings.Contains(out, "→") || strings.Contains(out, "_hetk.nosuch.example. 3600 IN TXT") || strings.Contains(out, "add a TXT record") {
		t.Errorf("a record is wanted in a zone of somebody else's:\n%s", out)
	}
}

// TestDNSOfTheSimulator: each shape has a state and words of its own, by the
// command alone, against the simulator's servers.
func TestDNSOfTheSimulator(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scenario string
		faults   []string
		sign     bool
		state    checks.DNSState
		code     int
		security checks.DNSSecurity
		says     string
	}{
		"published and signed":   {"dns-signed", nil, false, checks.DNSOk, codeOpen, checks.DNSSecure, "each of the 2 servers"},
		"published, not signed":  {"dns-policy", nil, false, checks.DNSOk, codeOpen, checks.DNSIndeterminate, "each of the 2 servers"},
		"absent":                 {"dns-absent", nil, false, checks.DNSAbsent, codeBlocked, checks.DNSIndeterminate, "There is no _hetk.contoso.example"},
		"absent, signed":         {"dns-absent", nil, true, checks.DNSAbsent, codeBlocked, checks.DNSSecure, "There is no _hetk.contoso.example"},
		"invalid":                {"dns-invalid", nil, true, checks.DNSInvalid, codeBlocked, checks.DNSSecure, "At character 3"},
		"in disagreement":        {"dns-disagree", nil, true, checks.DNSDisagree, codeBlocked, checks.DNSSecure, "1 of 2 have the record"},
		"bogus":                  {"dns-bogus", nil, false, checks.DNSError, codeUnknown, checks.DNSBogus, "does not fit"},
		"one forging":            {"dns-signed", []string{"dns-bogus,server=ns2"}, false, checks.DNSError, codeUnknown, checks.DNSBogus, ", at ns2.contoso.example ("},
		"one lame":               {"dns-signed", []string{"dns-lame"}, false, checks.DNSOk, codeOpen, checks.DNSSecure, "ns2.contoso.example"},
		"both lame":              {"dns-signed", []string{"dns-lame,server=all"}, false, checks.DNSError, codeUnknown, "", "None of the 2 servers of contoso.example gave an answer that counts"},
		"one silent":             {"dns-signed", []string{"dns-silent"}, false, checks.DNSOk, codeOpen, checks.DNSSecure, "no answer in time"},
		"one failing":            {"dns-signed", []string{"dns-servfail,server=ns1"}, false, checks.DNSOk, codeOpen, checks.DNSSecure, "the server answered SERVFAIL"},
		"one refusing":           {"dns-signed", []string{"dns-refused"}, false, checks.DNSOk, codeOpen, checks.DNSSecure, "the server answered REFUSED"},
		"slow":                   {"dns-signed", []string{"dns-slow=300ms,server=all"}, false, checks.DNSOk, codeOpen, checks.DNSSecure, "each of the 2 servers"},
		"cut":                    {"dns-signed", []string{"dns-truncate"}, false, checks.DNSOk, codeOpen, checks.DNSSecure, "each of the 2 servers"},
		"a resolver that fails":  {"dns-signed", []string{"dns-servfail,server=resolver"}, false, checks.DNSError, codeUnknown, "", "could not be looked up"},
		"a resolver that is off": {"dns-signed", []string{"dns-silent,server=resolver"}, false, checks.DNSError, codeUnknown, "", "no answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, sim.Options{Scenario: c.scenario, Faults: c.faults, DNSSign: c.sign})
			args := append([]string{"dns", "contoso.example", "--json"}, against(s.Ready())...)
			out, errs, code := onboard(t.Context(), nil, args...)
			fitsDNSSchema(t, out)
			var r dnsReport
			if err := json.Unmarshal([]byte(out), &r); err != nil {
				t.Fatalf("%v: %s%s", err, out, errs)
			}
			said := strings.Join(append([]string{r.Policy.Reason}, r.Policy.Notes...), " ")
			if code != c.code || r.Policy.State != c.state || c.security != "" && r.Policy.Security != c.security || !strings.Contains(said, c.says) {
				t.Errorf("exit %d, %s, %s: %s", code, r.Policy.State, r.Policy.Security, said)
			}
		})
	}
}
