package checks

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

const fullPolicy = "v=hetk1; policy=private"

func found(host string, texts ...string) DNSReply {
	r := DNSReply{Host: host, Addr: "192.0.2.1:53", Outcome: DNSFound, TTL: 5 * time.Minute}
	for _, t := range texts {
		r.Texts = append(r.Texts, []string{t})
	}
	return r
}

func missing(host string, o DNSOutcome) DNSReply {
	return DNSReply{Host: host, Addr: "192.0.2.2:53", Outcome: o, Negative: 10 * time.Minute, Why: map[bool]string{true: "no answer in time"}[!o.Decides()]}
}

func answer(resolver DNSReply, servers ...DNSReply) DNSAnswer {
	a := DNSAnswer{
		Name: "_hetk.contoso.example.", Asked: "_hetk.contoso.example.", Zone: "contoso.example.", At: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC),
		Servers: servers, Resolver: resolver, Agree: true, Security: DNSInsecure,
	}
	resolver.Host = ""
	a.Resolver = resolver
	return a
}

// TestDNSResolverBehind: the resolver in use gives an old answer where its answer is
// another than the servers', and not where it has what they are still to get.
func TestDNSResolverBehind(t *testing.T) {
	t.Parallel()
	with := func(a DNSAnswer, change func(*DNSAnswer)) DNSAnswer { change(&a); return a }
	ok, none, bad := found("ns1.", fullPolicy), missing("ns2.", DNSNoName), found("ns1.", "v=hetk2; policy=private")
	for name, c := range map[string]struct {
		answer          DNSAnswer
		behind, settled bool
	}{
		"the servers differ, it has the record":     {with(answer(ok, ok, none), func(a *DNSAnswer) { a.Agree = false }), false, false},
		"the servers differ, it has none yet":       {with(answer(none, ok, none), func(a *DNSAnswer) { a.Agree = false }), true, false},
		"another invalid record than the servers'":  {answer(found("", "v=hetk3; policy=private"), bad), true, false},
		"the same invalid record as the servers'":   {answer(bad, bad), false, true},
		"the record in other words":                 {answer(found("", "v=hetk1;policy=private"), ok), false, true},
		"bogus, and it has the record all the same": {with(answer(ok, ok), func(a *DNSAnswer) { a.Security = DNSBogus }), false, false},
	} {
		got := hetkRule().Compare(c.answer, nil, nil)
		if behind := strings.Contains(strings.Join(got.Notes, " "), "may go on"); behind != c.behind || got.Settled != c.settled {
			t.Errorf("%s: %s, settled %v: %q", name, got.State, got.Settled, got.Notes)
		}
	}
}

// TestDNSCompare: every shape of product.md §9 has a state and words of its own.
func TestDNSCompare(t *testing.T) {
	t.Parallel()
	with := func(a DNSAnswer, change func(*DNSAnswer)) DNSAnswer { change(&a); return a }
	ok, none := found("ns1.", fullPolicy), missing("ns1.", DNSNoName)
	none2 := missing("ns2.", DNSNoName)
	doubled := answer(none, found("ns1.", fullPolicy))
	doubled.Name = "_hetk.contoso.example.contoso.example."
	alias := func(a *DNSAnswer) { a.Aliases = []string{"policy.fabrikam.example."} }
	for name, c := range map[string]struct {
		answer  DNSAnswer
		failed  error
		doubled *DNSAnswer
		state   DNSState
		says    string // in the reason or a note
		settled bool
	}{
		"on every server":            {answer(ok, ok, found("ns2.", fullPolicy)), nil, nil, DNSOk, "each of the 2 servers", true},
		"said in other words":        {answer(ok, ok, found("ns2.", "v=hetk1;policy=private")), nil, nil, DNSOk, "each of the 2 servers", true},
		"no such name":               {answer(none, none), nil, nil, DNSAbsent, "There is no _hetk.contoso.example.", true},
		"other TXT only":             {answer(none, found("ns1.", "x")), nil, nil, DNSAbsent, "no policy record", true},
		"no such type":               {answer(none, missing("ns1.", DNSNoData)), nil, nil, DNSAbsent, "no policy record", true},
		"wrong version":              {answer(none, found("ns1.", "v=hetk2; policy=private")), nil, nil, DNSInvalid, "character 3: The version is \"hetk2\"", false},
		"bad syntax":                 {answer(none, found("ns1.", "v=hetk1; policy")), nil, nil, DNSInvalid, "character 16", false},
		"two records":                {answer(none, found("ns1.", fullPolicy, "v=hetk1; policy=open")), nil, nil, DNSAmbiguous, "2 policy records", false},
		"one server has it":          {with(answer(none, ok, none2), func(a *DNSAnswer) { a.Agree = false }), nil, nil, DNSDisagree, "1 of 2", false},
		"two invalid ones":           {answer(none, found("ns1.", "v=hetk2"), found("ns2.", "v=hetk3")), nil, nil, DNSDisagree, "0 of 2", false},
		"an alias on some":           {with(answer(none, DNSReply{Host: "ns1.", Outcome: DNSFound, Aliases: []string{"x."}}, none2), func(a *DNSAnswer) { a.Agree = false }), nil, nil, DNSDisagree, "alias (CNAME) at the name, and others", false},
		"an alias in the way":        {with(answer(none, none), alias), nil, nil, DNSAbsent, "remove it first", true},
		"an alias to it":             {with(answer(ok, ok), alias), nil, nil, DNSOk, "is an alias: policy.fabrikam.example", true},
		"a wildcard":                 {with(answer(ok, ok), func(a *DNSAnswer) { a.Wildcard = true }), nil, nil, DNSOk, "wildcard", true},
		"the doubled name":           {answer(none, none), nil, &doubled, DNSAbsent, "Type only _hetk as the name", true},
		"the doubled name, wildcard": {answer(none, none), nil, new(with(doubled, func(a *DNSAnswer) { a.Wildcard = true })), DNSAbsent, "There is no _hetk", true},
		"the doubled name, empty":    {answer(none, none), nil, new(answer(none, none)), DNSAbsent, "There is no _hetk", true},
		"bogus":                      {with(answer(ok, ok), func(a *DNSAnswer) { a.Security, a.Reason = DNSBogus, "expired" }), nil, nil, DNSError, "bogus): expired", false},
		"not checked":                {with(answer(ok, ok), func(a *DNSAnswer) { a.Security, a.Reason = DNSIndeterminate, "no keys" }), nil, nil, DNSOk, "the one server that answered", true},
		"one silent, one has it":     {answer(ok, ok, missing("ns2.", DNSSilent)), nil, nil, DNSOk, "ns2 (192.0.2.2:53) does not count: no answer in time", true},
		"one lame, one without":      {answer(none, missing("ns2.", DNSLame), none), nil, nil, DNSAbsent, "does not count", true},
		"all silent":                 {answer(none, missing("ns1.", DNSSilent), missing("ns2.", DNSLame)), nil, nil, DNSError, "None of the 2 servers", false},
		"no network of a kind":       {answer(ok, ok, missing("ns2.", DNSNoPath)), nil, nil, DNSOk, "no network of their kind", true},
		"no server at all":           {answer(none), nil, nil, DNSError, "None of the 0", false},
		"the look failed":            {DNSAnswer{Name: "_hetk.x."}, errors.New("time\x1b[2J out"), nil, DNSError, "could not be looked up: time", false},
		"the resolver not yet":       {answer(none, ok), nil, nil, DNSOk, "nothing is there for 10m, until 2026-11-21 14:10 UTC", false},
		"the resolver's old one":     {answer(found("", "v=hetk1; policy=open"), ok), nil, nil, DNSOk, "old answer for 5m, until 2026-11-21 14:05 UTC", false},
		"one forging":                {with(answer(ok, ok, missing("ns2.", DNSForged)), func(a *DNSAnswer) { a.Security, a.Reason = DNSBogus, "it does not fit, at ns2" }), nil, nil, DNSError, "bogus): it does not fit, at ns2", false},
		"the resolver silent":        {answer(missing("", DNSSilent), ok), nil, nil, DNSOk, "gave no answer: no answer in time", false},
		"an escape sequence":         {answer(none, found("ns1.", "policy=\x1b]0;x\x07\u202e")), nil, nil, DNSInvalid, "must begin", false},
	} {
		got := hetkRule().Compare(c.answer, c.failed, c.doubled)
		said := strings.Join(append([]string{got.Reason}, got.Notes...), "\n")
		if got.State != c.state || !strings.Contains(said, c.says) || got.Settled != c.settled {
			t.Errorf("%s: %s, settled %v: %s", name, got.State, got.Settled, said)
		}
		shown := append([]string{got.Reason, got.Found, got.Name, got.Doubled}, got.Notes...)
		for _, v := range append(got.Servers, got.Resolver) {
			shown = append(append(shown, v.Found...), v.Host, v.Addr, v.Why)
		}
		for _, s := range shown {
			if strings.ContainsFunc(s, unicode.IsControl) || strings.Contains(s, "%!") || strings.ContainsRune(s, '\u202e') {
				t.Errorf("%s: not fit to be shown: %q", name, s)
			}
		}
		if len(got.Servers) != len(c.answer.Servers) || got.Have == nil || got.Lack == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestDNSLasts: times as people write them.
func TestDNSLasts(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 43 * time.Second: "43s", time.Minute: "1m", 5 * time.Minute: "5m", 90 * time.Second: "1m30s", time.Hour: "1h",
		24 * time.Hour: "24h", 23*time.Hour + 58*time.Minute + 3*time.Second: "23h58m", 10 * time.Minute: "10m", 20 * time.Hour: "20h",
	} {
		if got := DNSLasts(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestDNSCompareLines(t *testing.T) {
	t.Parallel()
	a := answer(missing("", DNSNoName), found("ns1.", "other", fullPolicy), missing("ns2.", DNSNoData), missing("ns3.", DNSSilent))
	a.Agree = false
	got := hetkRule().Compare(a, nil, nil)
	if !slices.Equal(got.Have, []string{"ns1 (192.0.2.1:53)"}) || !slices.Equal(got.Lack, []string{"ns2 (192.0.2.2:53)"}) {
		t.Error(got.Have, got.Lack)
	}
	v := got.Servers[0]
	if v.Asked != "_hetk.contoso.example" || v.Wanted != fullPolicy || !slices.Equal(v.Found, []string{"other", fullPolicy}) || v.TTL != 300 || v.State != DNSOk || v.Until != nil {
		t.Errorf("%+v", v)
	}
	if v := got.Servers[1]; len(v.Found) != 0 || v.TTL != 600 || v.State != DNSAbsent {
		t.Errorf("%+v", v)
	}
	if v := got.Resolver; v.Until == nil || !v.Until.Equal(a.At.Add(10*time.Minute)) {
		t.Errorf("%+v", v)
	}
}

// TestDNSServerWithoutAnAddress: it is named, has a line of its own, and is not told
// twice on a surface that has such lines.
func TestDNSServerWithoutAnAddress(t *testing.T) {
	t.Parallel()
	lost := DNSReply{Host: "ns2.contoso.example.", Outcome: DNSSilent, Why: "the name server has no address"}
	look := DNSLook{Rule: hetkRule(), Domain: "contoso.example", Answer: answer(found("", fullPolicy), found("ns1.contoso.example.", fullPolicy), lost)}
	look.Answer.Way = []DNSReply{missing("ns1.fabrikam.example.", DNSSilent)}
	r := look.Report()
	const says = "ns2.contoso.example does not count: the name server has no address"
	if !slices.Contains(r.Notes, says) || slices.Contains(r.Beside(), says) {
		t.Errorf("%q; beside the lines %q", r.Notes, r.Beside())
	}
	if len(r.Beside()) != 1 || !strings.HasPrefix(r.Beside()[0], "ns1.fabrikam.example (192.0.2.2:53) does not count") {
		t.Errorf("who has no line is not told of: %q", r.Beside())
	}
	told, rows := 0, 0
	for _, f := range look.Findings() {
		for _, d := range f.Detail {
			if d == says {
				told++
			}
		}
		for _, e := range f.Seen {
			if f.Check == CheckDNSPolicy && e.Request == "TXT _hetk.contoso.example @ns2.contoso.example" && e.Value == "silent: the name server has no address" {
				rows++
			}
		}
	}
	if told != 1 || rows != 1 {
		t.Errorf("told %d times, in %d lines", told, rows)
	}
}

// TestDNSKeptForLong: what says that it lives for decades is told as what a cache makes
// of it.
func TestDNSKeptForLong(t *testing.T) {
	t.Parallel()
	old := missing("", DNSNoName)
	old.Negative = (1<<31 - 1) * time.Second
	r := hetkRule().Compare(answer(old, found("ns1.", fullPolicy)), nil, nil)
	if said := strings.Join(r.Notes, " "); !strings.Contains(said, "for up to about a week, until 2026-11-28 14:00 UTC") {
		t.Errorf("%q", said)
	}
	if r.Resolver.TTL != 1<<31-1 {
		t.Errorf("told as %d seconds", r.Resolver.TTL)
	}
}
