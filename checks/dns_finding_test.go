package checks

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDNSFindings(t *testing.T) {
	t.Parallel()
	ok, none := found("ns1.", fullPolicy), missing("ns1.", DNSNoName)
	ms := DNSMail{Domain: "contoso.example", Known: true, Exists: true, MX: []string{"contoso-example.mail.protection.outlook.com"}, KnownTexts: true, Texts: []string{"MS=ms12345678"}}
	differ := answer(none, ok, missing("ns2.", DNSNoName))
	differ.Agree = false
	bogus, secure, vague := answer(ok, ok), answer(ok, ok), answer(ok, ok)
	bogus.Security, secure.Security, vague.Security = DNSBogus, DNSSecure, DNSIndeterminate
	for name, c := range map[string]struct {
		look DNSLook
		want [5]Verdict // policy, agree, dnssec, mail, proof
	}{
		"all well":          {DNSLook{Answer: answer(ok, ok), Mail: ms}, [5]Verdict{Pass, Pass, Pass, Pass, Pass}},
		"signed":            {DNSLook{Answer: secure, Mail: ms}, [5]Verdict{Pass, Pass, Pass, Pass, Pass}},
		"absent, no mail":   {DNSLook{Answer: answer(none, none), Mail: DNSMail{Known: true, Exists: true, KnownTexts: true}}, [5]Verdict{Warn, Pass, Pass, Warn, Warn}},
		"not everywhere":    {DNSLook{Answer: differ, Mail: ms}, [5]Verdict{Pending, Pending, Pass, Pass, Pass}},
		"one silent":        {DNSLook{Answer: answer(ok, ok, missing("ns2.", DNSSilent)), Mail: ms}, [5]Verdict{Pass, Warn, Pass, Pass, Pass}},
		"no IPv6 here":      {DNSLook{Answer: answer(ok, ok, missing("ns2.", DNSNoPath)), Mail: ms}, [5]Verdict{Pass, Pass, Pass, Pass, Pass}},
		"bogus":             {DNSLook{Answer: bogus, Mail: ms}, [5]Verdict{Unknown, Pass, Fail, Pass, Pass}},
		"not checked":       {DNSLook{Answer: vague, Mail: ms}, [5]Verdict{Pass, Pass, Unknown, Pass, Pass}},
		"nobody answered":   {DNSLook{Answer: answer(missing("", DNSSilent), missing("ns1.", DNSSilent)), Mail: ms}, [5]Verdict{Unknown, Unknown, Pass, Pass, Pass}},
		"nothing was had":   {DNSLook{Failed: errors.New("no network"), MailFailed: errors.New("no network")}, [5]Verdict{Unknown, Unknown, Unknown, Unknown, Unknown}},
		"two of them":       {DNSLook{Answer: answer(none, found("ns1.", fullPolicy, "v=hetk1")), Mail: ms}, [5]Verdict{Fail, Pass, Pass, Pass, Pass}},
		"mail at Google":    {DNSLook{Answer: answer(ok, ok), Mail: DNSMail{Known: true, Exists: true, KnownTexts: true, MX: []string{"smtp.google.com"}}}, [5]Verdict{Pass, Pass, Pass, Warn, Warn}},
		"the mail unknown":  {DNSLook{Answer: answer(ok, ok), MailFailed: errors.New("\x1b[2J")}, [5]Verdict{Pass, Pass, Pass, Unknown, Unknown}},
		"an empty DNSLook ": {DNSLook{}, [5]Verdict{Unknown, Unknown, Unknown, Unknown, Unknown}},
	} {
		c.look.Rule, c.look.Domain, c.look.At = hetkRule(), "contoso.example", time.Unix(0, 0)
		got := c.look.Findings()
		ids := []ID{CheckDNSPolicy, CheckDNSAgree, CheckDNSSEC, CheckDNSMail, CheckDNSProof}
		for i, f := range got {
			if f.Check != ids[i] || f.Verdict != c.want[i] || f.Summary == "" || f.Seen == nil || strings.Contains(f.Summary, "%!") || strings.Contains(f.Summary, "\x1b") {
				t.Errorf("%s: %+v, want %v", name, f, c.want[i])
			}
			if f.Verdict == Fail && f.Fix == nil || f.Verdict == Pass && f.Grade == GradeUnknown || f.Verdict != Unknown && len(f.Seen) == 0 {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

// Nobody can publish in the zone above a domain that is not there: no advice then.
func TestNoRecordForADomainThatIsNotThere(t *testing.T) {
	t.Parallel()
	none := missing("ns1.", DNSNoName)
	for name, c := range map[string]struct {
		mail   DNSMail
		failed error
		advice bool
	}{
		"not there":         {DNSMail{Known: true}, nil, false},
		"there":             {DNSMail{Known: true, Exists: true}, nil, true},
		"nobody knows":      {DNSMail{}, nil, true},
		"could not be seen": {DNSMail{Known: true}, errors.New("no answer"), true},
	} {
		l := DNSLook{Rule: hetkRule(), Domain: "nosuch.example", Answer: answer(none, none), Mail: c.mail, MailFailed: c.failed}
		got := l.Findings()[0]
		if got.Verdict != Warn || (got.Fix != nil) != c.advice {
			t.Errorf("%s: %+v", name, got)
		}
		if told := strings.Contains(strings.Join(got.Detail, " "), "There is no domain nosuch.example."); told == c.advice {
			t.Errorf("%s: %q", name, got.Detail)
		}
	}
}

func TestDNSByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		name, kind, addr string
		want             []string
	}{
		"a server":        {"_hetk.contoso.example", "TXT", "192.0.2.1:53", []string{"dig +norecurse '@192.0.2.1' -p 53 +dnssec '_hetk.contoso.example' TXT", "Resolve-DnsName -DnsOnly -Name '_hetk.contoso.example' -Type TXT -NoRecursion -Server '192.0.2.1'"}},
		"another port":    {"contoso.example", "MX", "[2001:db8::1]:5353", []string{"dig +norecurse '@2001:db8::1' -p 5353 +dnssec 'contoso.example' MX"}},
		"the resolver":    {"contoso.example", "MX", "", []string{"dig +dnssec 'contoso.example' MX", "Resolve-DnsName -DnsOnly -Name 'contoso.example' -Type MX"}},
		"a name to fear":  {"a'; rm -rf /;'.example", "TXT", "", nil},
		"an option":       {"-f/etc/passwd", "TXT", "", nil},
		"a kind to fear":  {"a.example", "TXT; x", "", nil},
		"no address":      {"a.example", "TXT", "x y", nil},
		"address to fear": {"a.example", "TXT", "$(x):53", nil},
	} {
		var got []string
		for _, x := range DNSByHand(c.name, c.kind, c.addr) {
			got = append(got, x.Line)
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s: %q", name, got)
		}
		requests := []string{c.kind + " " + c.name, c.kind + " " + c.name + " @resolver in use (10.0.0.1:53)"}
		if c.addr != "" {
			requests = []string{c.kind + " " + c.name + " @" + c.addr, c.kind + " " + c.name + " @ns1.example (" + c.addr + ")"}
		}
		for _, request := range requests {
			var again []string
			for _, x := range ByHand(Evidence{Source: SourceDNS, Request: request}) {
				again = append(again, x.Line)
			}
			if strings.Join(again, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("%s, by the evidence %q: %q", name, request, again)
			}
		}
	}
}

// TestDNSAdviceFitsWhatIsThere: nobody who has a record already is told to add
// another.
func TestDNSAdviceFitsWhatIsThere(t *testing.T) {
	t.Parallel()
	none := missing("", DNSNoName)
	alias := answer(none, missing("ns1.", DNSNoData))
	alias.Aliases = []string{"elsewhere.example."}
	for name, c := range map[string]struct {
		a    DNSAnswer
		want string
	}{
		"absent":      {answer(none, missing("ns1.", DNSNoName)), "add a TXT record"},
		"two":         {answer(none, found("ns1.", fullPolicy, fullPolicy)), "keep one TXT record"},
		"wrong":       {answer(none, found("ns1.", "v=hetk1; policy=open")), "change the TXT record"},
		"the alias":   {alias, "remove the alias"},
		"DKIM":        {answer(none, found("ns1.", "v=DKIM1; p=abc; n=hetk1")), "add a TXT record"},
		"SPF":         {answer(none, found("ns1.", "v=spf1 include:hetk1.example -all")), "add a TXT record"},
		"a text":      {answer(none, found("ns1.", "Our security policy: see https://contoso.example")), "add a TXT record"},
		"a version":   {answer(none, found("ns1.", "v=hetk2; policy=private")), "change the TXT record"},
		"no opening":  {answer(none, found("ns1.", "policy=private")), "change the TXT record"},
		"a zone line": {answer(none, found("ns1.", "_hetk IN TXT v=hetk1")), "change the TXT record"},
	} {
		for _, f := range (DNSLook{Rule: hetkRule(), Domain: "contoso.example", Answer: c.a, At: time.Unix(0, 0)}).Findings() {
			if f.Check == CheckDNSPolicy && (f.Fix == nil || !strings.Contains(f.Fix.Do, c.want)) {
				t.Errorf("%s: %s: %+v", name, f.Summary, f.Fix)
			}
		}
	}
}

// TestDNSIsStrippedEverywhere: no address of a person stays in what is saved, on the
// way of an alias either, and what was looked at is not changed.
func TestDNSIsStrippedEverywhere(t *testing.T) {
	t.Parallel()
	a := answer(found("", "adele@contoso.example"), found("ns1.", "adele@contoso.example"))
	a.Way = []DNSReply{found("ns2.", "adele@contoso.example")}
	text, err := json.Marshal(stripAnswer(a))
	if err != nil || strings.Contains(string(text), "adele") || a.Way[0].Texts[0][0] != "adele@contoso.example" {
		t.Errorf("%s, %v", text, err)
	}
}

// TestDNSUnseenIsShown: what cannot be seen in a record is shown, so that found is not
// what was wanted.
func TestDNSUnseenIsShown(t *testing.T) {
	t.Parallel()
	r := (DNSLook{Rule: hetkRule(), Answer: answer(missing("", DNSNoName), found("ns1.", fullPolicy+"\r\x1b\u202e"))}).Report()
	if want := fullPolicy + `\013\027\226\128\174`; r.State != DNSInvalid || r.Found != want || r.Servers[0].Found[0] != want {
		t.Errorf("%s: %q %q", r.State, r.Found, r.Servers[0].Found)
	}
}

// TestDNSPolicyZone: the finding carries the zone that the record belongs in, also
// where an alias led to another one.
func TestDNSPolicyZone(t *testing.T) {
	t.Parallel()
	a := answer(missing("", DNSNoName), missing("ns1.", DNSNoName))
	l := DNSLook{Rule: hetkRule(), Domain: "sub.contoso.example", Answer: a}
	if got := l.Findings()[0].Zone; got != "contoso.example" {
		t.Errorf("the zone is %q", got)
	}
	l.Answer.Aliases, l.Answer.Zone, l.Answer.Home = []string{"policy.fabrikam.example."}, "fabrikam.example.", "contoso.example."
	if f := l.Findings()[0]; f.Zone != "contoso.example" || !strings.Contains(f.Fix.Do, "at _hetk.sub (in the zone contoso.example)") {
		t.Errorf("behind an alias, the zone is %q: %+v", f.Zone, f.Fix)
	}
}

// TestDNSEvidenceIsNotReadBack: what stands in a record is a text. The evidence says
// beside it what was judged of the record as it came.
func TestDNSEvidenceIsNotReadBack(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]DNSState{
		fullPolicy: DNSOk, "foo | " + fullPolicy: DNSInvalid, "no-name": DNSAbsent, "failed: x": DNSAbsent, "v=hetk1; \x1bpolicy=private": DNSInvalid,
	} {
		l := DNSLook{Rule: hetkRule(), Domain: "contoso.example", Answer: answer(found("", text), found("ns1.", text), missing("ns2.", DNSSilent))}
		seen := l.Findings()[0].Seen
		if len(seen) != 3 || seen[0].State != want || seen[0].Outcome != DNSFound || seen[1].State != DNSError || seen[1].Outcome != DNSSilent || seen[2].State != want {
			t.Errorf("%q: %+v", text, seen)
		}
	}
}

// TestDNSAgreementIsOnTheRecord: what else stands at the name, or how a server says
// that nothing does, is no disagreement about the record.
func TestDNSAgreementIsOnTheRecord(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		one, two DNSReply
		want     Verdict
	}{
		"another TXT on one":      {found("ns1.", fullPolicy, "MS=ms1"), found("ns2.", fullPolicy), Pass},
		"no name and no data":     {missing("ns1.", DNSNoName), missing("ns2.", DNSNoData), Pass},
		"written otherwise":       {found("ns1.", fullPolicy), found("ns2.", "v=hetk1;policy=private"), Pass},
		"the record on one alone": {found("ns1.", fullPolicy), missing("ns2.", DNSNoName), Pending},
		"an alias on one alone":   {DNSReply{Host: "ns1.", Outcome: DNSFound, Aliases: []string{"x."}}, missing("ns2.", DNSNoName), Pending},
	} {
		a := answer(missing("", DNSNoName), c.one, c.two)
		a.Agree = false
		if f := (DNSLook{Rule: hetkRule(), Domain: "contoso.example", Answer: a}).Findings()[1]; f.Verdict != c.want || (len(f.Detail) > 0) != (c.want == Pass) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// TestDNSSignedInWords: why an answer counts as unsigned, and from where on it is
// signed.
func TestDNSSignedInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		security DNSSecurity
		weak     bool
		reason   string
		verdict  Verdict
		says     string
	}{
		{DNSSecure, false, "the root", Pass, "all the way from the root,"},
		{DNSInsecure, false, "not signed from contoso.example", Pass, "nothing is wrong (not signed from contoso.example)"},
		{DNSInsecure, true, "NSEC3 with too many iterations", Warn, "in a way that no longer counts"},
	} {
		a := answer(missing("", DNSNoName), missing("ns1.", DNSNoName))
		a.Security, a.Weak, a.Reason = c.security, c.weak, c.reason
		f := (DNSLook{Rule: hetkRule(), Domain: "contoso.example", Answer: a}).Findings()[2]
		if f.Verdict != c.verdict || !strings.Contains(f.Summary, c.says) || (f.Fix != nil) != c.weak {
			t.Errorf("%+v: %+v", c, f)
		}
	}
}

// TestDNSRepairIsWhoseItIs: nobody is told to take DNSSEC off a domain for somebody
// else's mistake, or for a clock.
func TestDNSRepairIsWhoseItIs(t *testing.T) {
	t.Parallel()
	ok := found("ns1.", fullPolicy)
	for _, c := range []struct {
		broken, zone string
		fault        DNSFault
		security     DNSSecurity
		says, not    string
	}{
		{"contoso.example.", "", "", DNSBogus, "Repair the signing of contoso.example, or remove its DS", ""},
		{"", "", "", DNSBogus, "Repair the signing of contoso.example, or remove its DS", ""},
		{"example.", "", "", DNSBogus, "Nothing to mend in contoso.example: it is the signing of example, above it, that does not hold, as the resolver in use passes it on. Ask another", "DS"},
		{".", "", "", DNSBogus, "the resolver in use, answers in place of the DNS", "DS record"},
		{"contoso.example.", "", DNSFaultTime, DNSBogus, "it says 2026-11-21 14:00 UTC. If it is, have contoso.example signed anew", "DS"},
		{"example.", "", DNSFaultTime, DNSBogus, "If it is, there is nothing to mend in contoso.example: it is the signing of example that is out of time", "DS"},
		{"fabrikam.test.", "fabrikam.test.", DNSFaultTime, DNSBogus, "nothing to mend in contoso.example: it is the signing of fabrikam.test that is out of time", "DS"},
		{".", "", DNSFaultTime, DNSIndeterminate, "it says 2026-11-21 14:00 UTC. If it is, something on the way answers", "DS record"},
		{".", "", DNSFaultAnchor, DNSBogus, "--trust-anchor", "DS record"},
		{"contoso.example.", "fabrikam.test.", "", DNSBogus, "Repair the signing of contoso.example,", "fabrikam"},
		{"fabrikam.test.", "fabrikam.test.", "", DNSBogus, "Nothing to mend in contoso.example: it is the signing of fabrikam.test, where the alias leads", "DS record"},
		{"test.", "fabrikam.test.", "", DNSBogus, "Nothing to mend in contoso.example: it is the signing of test,", "DS record"},
	} {
		a := answer(ok, ok)
		a.Home, a.Security, a.Broken, a.Fault, a.Reason = a.Zone, c.security, c.broken, c.fault, "x"
		if c.zone != "" {
			a.Zone = c.zone
		}
		f := (DNSLook{Rule: hetkRule(), Domain: "contoso.example", Answer: a}).Findings()[2]
		who := WhoAdmin
		if strings.HasPrefix(c.says, "Nothing to mend in") { // whoever's clock may be wrong looks at it first
			who = WhoElse
		}
		if f.Fix == nil || f.Fix.Who != who || !strings.Contains(f.Fix.Do, c.says) || c.not != "" && strings.Contains(f.Fix.Do, c.not) {
			t.Errorf("%+v: %+v", c, f.Fix)
		}
	}
}

// TestDNSOneServerIsWrong: where another server's answer holds by the same keys and the
// same clock, neither the DS nor the clock is at fault, but that one server.
func TestDNSOneServerIsWrong(t *testing.T) {
	t.Parallel()
	ok, odd := found("ns1.contoso.example.", fullPolicy), missing("ns2.contoso.example.", DNSForged)
	ok.Addr, odd.Addr = "192.0.2.1:53", "192.0.2.2:53"
	const serve = "Have ns2.contoso.example (192.0.2.2:53) serve the signed zone contoso.example as its other servers do"
	for name, c := range map[string]struct {
		change func(*DNSAnswer)
		says   string
	}{
		"unsigned":    {func(*DNSAnswer) {}, serve},
		"out of time": {func(a *DNSAnswer) { a.Fault = DNSFaultTime }, serve},
		"on the way":  {func(a *DNSAnswer) { a.Servers, a.Way, a.Zone = []DNSReply{ok}, a.Servers, "fabrikam.test." }, serve},
		"and one beyond": {func(a *DNSAnswer) {
			a.Servers, a.Way, a.Zone = []DNSReply{ok, missing("ns9.", DNSForged)}, a.Servers, "fabrikam.test."
		}, serve},
		"both":            {func(a *DNSAnswer) { a.Servers[0].Outcome = DNSForged }, "or remove its DS record"},
		"the other dead":  {func(a *DNSAnswer) { a.Servers[0].Outcome = DNSSilent }, "or remove its DS record"},
		"beyond":          {func(a *DNSAnswer) { a.Zone, a.Broken = "fabrikam.test.", "fabrikam.test." }, "Nothing to mend in contoso.example: it is the signing of fabrikam.test, where the alias leads"},
		"beyond, by time": {func(a *DNSAnswer) { a.Zone, a.Broken, a.Fault = "fabrikam.test.", "fabrikam.test.", DNSFaultTime }, "Nothing to mend in contoso.example"},
	} {
		a := answer(ok, ok, odd)
		a.Home, a.Security, a.Broken, a.Reason = a.Zone, DNSBogus, a.Zone, "x"
		c.change(&a)
		f := (DNSLook{Rule: hetkRule(), Domain: "contoso.example", Answer: a}).Findings()[2]
		if f.Fix == nil || !strings.Contains(f.Fix.Do, c.says) || strings.Contains(f.Fix.Do, "DS record") != strings.Contains(c.says, "DS record") || strings.Contains(f.Fix.Do, "clock") {
			t.Errorf("%s: %+v", name, f.Fix)
		}
	}
}

// TestDNSServersAreCounted: a server with two addresses is one, those on the way of an
// alias and those that were not asked are not passed over.
func TestDNSServersAreCounted(t *testing.T) {
	t.Parallel()
	at := func(r DNSReply, addr string) DNSReply { r.Addr = addr; return r }
	ok, ok2 := found("ns1.", fullPolicy), found("ns2.", fullPolicy)
	none := missing("ns2.", DNSNoName)
	twice := []DNSReply{at(ok, "192.0.2.1:53"), at(ok, "[2001:db8::1]:53"), at(ok2, "192.0.2.2:53"), at(ok2, "[2001:db8::2]:53")}
	for name, c := range map[string]struct {
		change func(*DNSAnswer)
		reason string
		agree  string
		want   Verdict
	}{
		"two addresses each":      {func(a *DNSAnswer) { a.Servers = twice }, "each of the 2 servers", "Both servers", Pass},
		"two of three":            {func(a *DNSAnswer) { a.Servers = append(slices.Clone(twice), missing("ns3.", DNSNoPath)) }, "each of the 2 servers", "The 2 servers of contoso.example that could be asked say the same", Pass},
		"one server, two of them": {func(a *DNSAnswer) { a.Servers = twice[:2] }, "the one server", "Only one server", Pass},
		"one lacks it at one": {func(a *DNSAnswer) {
			a.Servers, a.Agree = append(slices.Clone(twice[:3]), at(none, "[2001:db8::2]:53")), false
		}, "1 of 2 have", "The 2 servers", Pending},
		"at odds with itself": {func(a *DNSAnswer) { a.Servers, a.Agree = []DNSReply{twice[2], at(none, "[2001:db8::2]:53")}, false }, "different things at its addresses", "The one server", Pending},
		"nobody": {func(a *DNSAnswer) {
			a.Servers = []DNSReply{missing("ns1.", DNSSilent), at(missing("ns1.", DNSSilent), "[2001:db8::1]:53")}
		}, "The one server of", "The one server of", Unknown},
		"silent on the way":   {func(a *DNSAnswer) { a.Way = []DNSReply{missing("ns9.", DNSSilent)} }, "the one server", "the answer of one other does not", Warn},
		"in order on the way": {func(a *DNSAnswer) { a.Way = []DNSReply{ok2} }, "the one server", "Only one server", Pass},
		"not all asked":       {func(a *DNSAnswer) { a.Servers, a.Unasked = twice, 3 }, "each of the 2 servers", "3 more name servers", Warn},
		"all but one asked":   {func(a *DNSAnswer) { a.Servers, a.Unasked = twice, 1 }, "each of the 2 servers", "One more name server", Warn},
	} {
		a := answer(ok, ok)
		c.change(&a)
		l := DNSLook{Rule: hetkRule(), Domain: "contoso.example", Answer: a}
		r, f := l.Report(), l.Findings()[1]
		if !strings.Contains(r.Reason, c.reason) || !strings.Contains(f.Summary, c.agree) || f.Verdict != c.want {
			t.Errorf("%s: %q; %s %q", name, r.Reason, f.Verdict, f.Summary)
		}
		if said := strings.Join(r.Notes, " "); c.want != Unknown && (c.want == Warn) != (strings.Contains(said, "does not count") || strings.Contains(said, "not asked")) {
			t.Errorf("%s: %q", name, said)
		}
	}
}

// TestDNSReplyInJSON: what is kept of an answer says its times in units that their
// names tell, and comes back as it was.
func TestDNSReplyInJSON(t *testing.T) {
	t.Parallel()
	r := DNSReply{Host: "ns1.", Addr: "192.0.2.1:53", Outcome: DNSFound, Texts: [][]string{{fullPolicy}}, TTL: 5 * time.Minute, Negative: time.Hour, Took: 60 * time.Millisecond}
	text, err := json.Marshal(r)
	if err != nil || !strings.Contains(string(text), `"ttlSeconds":300,"negativeSeconds":3600,"tookMs":60`) {
		t.Fatalf("%s, %v", text, err)
	}
	var back DNSReply
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("%+v, %v", back, err)
	}
	// What was written before the names told the units: seconds, and before that nanoseconds.
	for old, want := range map[string][3]time.Duration{
		`{"ttl":300,"negative":60,"tookMs":20}`:                     {5 * time.Minute, time.Minute, 20 * time.Millisecond},
		`{"ttl":2000000000,"negative":60000000000,"took":20000000}`: {2 * time.Second, time.Minute, 20 * time.Millisecond},
		`{"ttl":1,"negative":0,"took":20000000}`:                    {0, 0, 20 * time.Millisecond},
		`{"ttlSeconds":2,"negativeSeconds":3,"tookMs":4,"ttl":9}`:   {2 * time.Second, 3 * time.Second, 4 * time.Millisecond},
		`{"ttl":9223372036854775807,"negative":-1,"took":-5}`:       {0, 0, 0},
		`{"ttlSeconds":9223372036854775807,"negativeSeconds":-1}`:   {0, 0, 0},
	} {
		if err := json.Unmarshal([]byte(old), &back); err != nil || back.TTL != want[0] || back.Negative != want[1] || back.Took != want[2] {
			t.Errorf("%s: %+v, %v", old, back, err)
		}
	}
	for _, bad := range []string{`{"ttl":-1}`, `{"ttl":9223372036854775807}`} {
		if err := json.Unmarshal([]byte(bad), &back); err != nil || back.TTL != 0 {
			t.Errorf("%s: %+v, %v", bad, back, err)
		}
	}
	if err := json.Unmarshal([]byte(`{"ttl":"x"}`), &back); err == nil {
		t.Error("a word was taken for a time")
	}
}

// TestDNSEndlessAliases: which alias leads nowhere, and who is to mend what.
func TestDNSEndlessAliases(t *testing.T) {
	t.Parallel()
	const ours, other = "_hetk.contoso.example.", "b.fabrikam.example."
	for name, c := range map[string]struct {
		by      DNSAliasBy
		tree    string
		aliases []string
		say, do string
	}{
		"a circle": {DNSAliasOwn, "", []string{other, ours}, "The alias (CNAME) at _hetk.contoso.example leads in a circle, so no record can be found behind it: _hetk.contoso.example → b.fabrikam.example → _hetk.contoso.example.", "remove the alias"},
		"itself":   {DNSAliasOwn, "", []string{ours}, "The alias (CNAME) at _hetk.contoso.example leads to itself: no record can be found there.", "remove the alias"},
		"further":  {DNSAliasWildcard, "", []string{other, other}, "The alias (CNAME) at b.fabrikam.example leads to itself: no record can be found there.", "add a TXT record: name _hetk (in the zone contoso.example)"},
		"a tree":   {DNSAliasTree, "contoso.example.", []string{"_hetk.a.contoso.example.", "_hetk.a.a.contoso.example."}, "after 2 of them, at _hetk.a.a.contoso.example, there is still another. All that is below contoso.example is led elsewhere (DNAME): where that is below it again, it goes on like that.", ""},
	} {
		a := answer(found("", ""), found("ns1.", ""))
		a.Aliases, a.AliasBy, a.Tree, a.Endless, a.Security = c.aliases, c.by, c.tree, true, DNSIndeterminate
		l := DNSLook{Rule: hetkRule(), Domain: "contoso.example", Answer: a, Failed: errors.New("it looped")}
		r, f := l.Report(), l.Findings()[0]
		if r.State != DNSError || !strings.HasSuffix(r.Reason, c.say) || f.Verdict != Unknown || f.Summary != r.Reason {
			t.Errorf("%s: %+v", name, r)
		}
		if do := f.Fix; (do == nil) != (c.do == "") || do != nil && !strings.Contains(do.Do, c.do) {
			t.Errorf("%s: %+v", name, f.Fix)
		}
	}
}

// TestDNSRootIsForged: that there is no top-level domain is the root's word, and a word
// of the root that does not hold is nobody's to mend but what is on the way.
func TestDNSRootIsForged(t *testing.T) {
	t.Parallel()
	odd := missing("b.root-servers.net.", DNSForged)
	odd.Addr = "192.0.2.3:53"
	a := answer(missing("", DNSNoName), missing("a.root-servers.net.", DNSNoName), odd)
	a.Name, a.Asked, a.Zone, a.Top, a.Security, a.Broken = "_hetk.contoso.nowhere.", "nowhere.", ".", "nowhere.", DNSBogus, "."
	all := DNSLook{Rule: hetkRule(), Domain: "contoso.nowhere", Answer: a}.Findings()
	if f := all[2].Fix; f == nil || f.Do != doDNSOnTheWay || all[0].Verdict != Unknown || all[0].Fix != nil {
		t.Errorf("%+v", all)
	}
	a.Security, a.Servers = DNSInsecure, []DNSReply{missing("a.root-servers.net.", DNSNoName)}
	l := DNSLook{Rule: hetkRule(), Domain: "contoso.nowhere", Answer: a, MailFailed: errors.New("no answer in time")}
	if r, all := l.Report(), l.Findings(); r.State != DNSAbsent || r.Zone != "." || r.Home != "" || all[0].Fix != nil || !strings.Contains(all[1].Summary, " of the root ") {
		t.Errorf("%+v, %+v", r, all)
	}
}
