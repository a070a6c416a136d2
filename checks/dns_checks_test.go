package checks_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

// published is what two servers and the resolver say of the policy record.
func published(texts ...string) checks.DNSPublished {
	one := checks.DNSReply{Host: "ns1.contoso.example.", Addr: "192.0.2.1:53", Outcome: checks.DNSNoName, Negative: time.Minute}
	if len(texts) > 0 {
		one.Outcome, one.TTL, one.Negative = checks.DNSFound, time.Hour, 0
	}
	for _, t := range texts {
		one.Texts = append(one.Texts, []string{t})
	}
	two, resolver := one, one
	two.Host, two.Addr, resolver.Host, resolver.Addr = "ns2.contoso.example.", "192.0.2.2:53", "", "10.0.0.1:53"
	return checks.DNSPublished{Answer: checks.DNSAnswer{
		Name: "_hetk.contoso.example.", Asked: "_hetk.contoso.example.", Zone: "contoso.example.", At: looked,
		Servers: []checks.DNSReply{one, two}, Resolver: resolver, Agree: true, Security: checks.DNSInsecure,
	}}
}

// record changes what was published.
func record(change func(*checks.DNSPublished), texts ...string) change {
	return look(func(l *checks.Snapshot) {
		l.DNSPolicy.Value = published(texts...)
		if change != nil {
			change(&l.DNSPolicy.Value)
		}
	})
}

func dnsCases() []judged {
	const good = "v=hetk1; policy=private"
	differ := record(func(p *checks.DNSPublished) {
		p.Answer.Agree = false
		p.Answer.Servers[1].Outcome, p.Answer.Servers[1].Texts = checks.DNSNoName, nil
	}, good)
	silent := func(p *checks.DNSPublished) {
		p.Answer.Servers[1].Outcome, p.Answer.Servers[1].Texts, p.Answer.Servers[1].Why = checks.DNSSilent, nil, "no answer in time"
	}
	bogus := record(func(p *checks.DNSPublished) {
		p.Answer.Security, p.Answer.Reason = checks.DNSBogus, "a signature does not fit"
	}, good)
	unsure := record(func(p *checks.DNSPublished) { p.Answer.Security = checks.DNSIndeterminate }, good)
	broken := record(func(p *checks.DNSPublished) { *p = checks.DNSPublished{Failed: "no resolver answered"} })
	unasked := look(func(l *checks.Snapshot) {
		l.DNSPolicy, l.DNSMail = checks.Look[checks.DNSPublished]{}, checks.Look[checks.DNSMail]{}
	})
	without := func(s *checks.Subject) { s.App.DNS = nil }
	mail := func(m checks.DNSMail) change { return look(func(l *checks.Snapshot) { l.DNSMail.Value = m }) }
	deaf := mail(checks.DNSMail{Domain: "contoso.example"})
	google := mail(checks.DNSMail{Domain: "contoso.example", Known: true, Exists: true, KnownTexts: true, MX: []string{"smtp.google.com"}})
	return []judged{
		{"published", checks.CheckDNSPolicy, nil, pass, checks.Verified, "on each of the 2 servers", ""},
		{"not published", checks.CheckDNSPolicy, []change{record(nil)}, warn, checks.Verified, "There is no _hetk.contoso.example", checks.WhoAdmin},
		{"published wrongly", checks.CheckDNSPolicy, []change{record(nil, "v=hetk1; policy=open")}, fail, checks.Verified, "At character", checks.WhoAdmin},
		{"published twice", checks.CheckDNSPolicy, []change{record(nil, good, "v=hetk1")}, fail, checks.Verified, "2 policy records", checks.WhoAdmin},
		{"not everywhere", checks.CheckDNSPolicy, []change{differ}, pending, checks.Verified, "1 of 2", ""},
		{"bogus", checks.CheckDNSPolicy, []change{bogus}, unknown, checks.GradeUnknown, "bogus", ""},
		{"nobody answered", checks.CheckDNSPolicy, []change{broken}, unknown, checks.GradeUnknown, "no resolver answered", ""},
		{"not asked", checks.CheckDNSPolicy, []change{unasked}, unknown, checks.GradeUnknown, "Not asked", ""},
		{"of no app of ours", checks.CheckDNSPolicy, []change{without}, skipped, checks.GradeUnknown, "reads no policy record", ""},

		{"alike", checks.CheckDNSAgree, nil, pass, checks.Verified, "Both servers", ""},
		{"alike, one silent", checks.CheckDNSAgree, []change{record(silent, good)}, warn, checks.Verified, "the answer of one other does not", ""},
		{"different", checks.CheckDNSAgree, []change{differ}, pending, checks.Verified, "do not say the same yet", ""},
		{"agreement unseen", checks.CheckDNSAgree, []change{broken}, unknown, checks.GradeUnknown, "none was asked", ""},
		{"signatures unseen", checks.CheckDNSSEC, []change{broken}, unknown, checks.GradeUnknown, "no answer whose signatures", ""},
		{"agreement on nothing", checks.CheckDNSAgree, []change{without}, skipped, checks.GradeUnknown, "reads no policy record", ""},

		{"unsigned", checks.CheckDNSSEC, nil, pass, checks.Verified, "is not signed", ""},
		{"signed, and bogus", checks.CheckDNSSEC, []change{bogus}, fail, checks.Verified, "do not hold", checks.WhoAdmin},
		{"signatures unchecked", checks.CheckDNSSEC, []change{unsure}, unknown, checks.GradeUnknown, "could not be checked", ""},
		{"signatures of nothing", checks.CheckDNSSEC, []change{without}, skipped, checks.GradeUnknown, "reads no policy record", ""},

		{"mail in Microsoft 365", checks.CheckDNSMail, nil, pass, checks.Inferred, "is in Microsoft 365", ""},
		{"mail at Google", checks.CheckDNSMail, []change{google}, warn, checks.Inferred, "is at Google", ""},
		{"mail not told", checks.CheckDNSMail, []change{deaf}, unknown, checks.GradeUnknown, "could not be told", ""},
		{"proven", checks.CheckDNSProof, nil, pass, checks.Inferred, "carries Microsoft's proof", ""},
		{"not proven", checks.CheckDNSProof, []change{google}, warn, checks.Inferred, "carries no proof", ""},
		{"proof not told", checks.CheckDNSProof, []change{deaf}, unknown, checks.GradeUnknown, "could not be told", ""},
	}
}

// TestTheDNSDecidesNothing: whatever the DNS says, the verdict stays what it is.
func TestTheDNSDecidesNothing(t *testing.T) {
	t.Parallel()
	for name, base := range map[string]change{"open": approved(), "blocked": func(*checks.Subject) {}} {
		s := subject(base)
		want := checks.Decide(checks.Judge(s, nil), s)
		for _, c := range dnsCases() {
			one := subject(append([]change{base}, c.is...)...)
			got := checks.Decide(checks.Judge(one, nil), one)
			if got.State != want.State || got.Grade != want.Grade || got.Reason != want.Reason || !slices.Equal(got.NotLooked, want.NotLooked) {
				t.Errorf("%s, %s: %+v, want %+v", name, c.name, got, want)
			}
		}
	}
}

// TestKeptRecordsAreJudgedTheSame: what was kept of the DNS names nobody, comes
// out of its file with every character in its place, and says where nobody asks.
func TestKeptRecordsAreJudgedTheSame(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"v=hetk1; policy=private", "v=hetk1; contact=it.admin@contoso.example; policy=private", "v=hetk1;\tpolicy=private",
		" v=hetk1; policy=private", "v=hetk1; policy=pri\x01vate", "v=hetk1; x=\xff; policy=private", "v=hetk1; x=ä; policy=“private”", "a@b, or hetk1",
	} {
		s := subject(record(func(p *checks.DNSPublished) {
			p.Answer.Servers[0].Texts = [][]string{{text[:5], text[5:]}}
			p.Doubled = &checks.DNSAnswer{Servers: []checks.DNSReply{{Outcome: checks.DNSFound, Texts: [][]string{{text}}}}}
		}, text))
		b, err := json.Marshal(checks.Save(s, "test"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "it.admin") || strings.Contains(string(b), "10.0.0.1") || strings.Contains(string(b), "dmarc@") {
			t.Errorf("%q: somebody is named: %s", text, b)
		}
		saved, err := checks.ReadSaved(strings.NewReader(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		_, findings, _ := saved.Judge(s.App)
		for _, f := range findings {
			if live := one(s, f.Check); strings.HasPrefix(string(f.Check), "dns/") && (f.Verdict != live.Verdict || strings.TrimRight(f.Summary, "\ufffd") == "") {
				t.Errorf("%q: %s is %v, live %v", text, f.Check, f.Verdict, live.Verdict)
			}
		}
	}
}
