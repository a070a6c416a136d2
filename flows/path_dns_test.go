package flows

import (
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

// told is the finding of a check of the DNS in the round of a state.
func told(s State, id checks.ID, v checks.Verdict, seen ...checks.Evidence) Found {
	return Found{Round: s.Round, Finding: checks.Finding{Check: id, Verdict: v, Grade: checks.Verified, Summary: string(id) + " " + v.String(), Seen: seen, At: s.At}}
}

func atRecord(t *testing.T) State {
	t.Helper()
	s := after(diagnosed(t, "hetk", present(Facts{})), Advanced{}, Chose{Path: DNSRecord}, Advanced{})
	if s.Place != (Place{Stage: StageSteps, Step: DNSPublish}) {
		t.Fatalf("at %+v", s.Place)
	}
	return s
}

// TestRecordPathFits: it is on the list of whoever reads a record, behind what
// clears a block, and gone from it once the record is there.
func TestRecordPathFits(t *testing.T) {
	t.Parallel()
	s := diagnosed(t, "hetk", present(Facts{}))
	if r := ranked(t, s, DNSRecord); !r.Fits || r.Advised || !strings.Contains(r.Why, "clear the block first") {
		t.Errorf("blocked: %+v", r)
	}
	open := see(after(diagnosed(t, "hetk", present(theApp(profile(t, "hetk")))), AskedAgain{}), nil)
	if r := ranked(t, open, DNSRecord); !r.Fits || !r.Advised || r.Path.Least != leastDNS {
		t.Errorf("open: %+v", r)
	}
	if r := ranked(t, after(open, told(open, checks.CheckDNSPolicy, checks.Pass)), DNSRecord); r.Fits || !strings.Contains(r.Why, "already") {
		t.Errorf("published: %+v", r)
	}
	if r := ranked(t, diagnosed(t, "nylas", present(Facts{})), DNSRecord); r.Fits || !strings.Contains(r.Why, "no policy record") {
		t.Errorf("of a vendor without one: %+v", r)
	}
}

// TestRecordPathIsProvenByTheServers: a server that is lame or silent warns, one
// that differs holds the proof up, and nobody's word counts.
func TestRecordPathIsProvenByTheServers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		record, agree checks.Verdict
		done          bool
	}{
		"on every server":    {checks.Pass, checks.Pass, true},
		"one of them silent": {checks.Pass, checks.Warn, true},
		"absent":             {checks.Warn, checks.Pass, false},
		"invalid":            {checks.Fail, checks.Pass, false},
		"in disagreement":    {checks.Pending, checks.Pending, false},
		"cannot be told":     {checks.Unknown, checks.Unknown, false},
	} {
		s := atRecord(t)
		w, ok := wantLook(s)
		if !ok || w.Every != PollFirst || !strings.Contains(string(w.Checks), string(checks.CheckDNSPolicy)) || strings.Contains(string(w.Checks), "app/") {
			t.Fatalf("wanted: %+v", w)
		}
		s = after(s, told(s, checks.CheckDNSPolicy, c.record), told(s, checks.CheckDNSAgree, c.agree))
		if to, ok := Next(s); ok != c.done || ok && to.Stage != StageProof {
			t.Errorf("%s: on to %+v, %v", name, to, ok)
		}
		s = after(s, Claimed{Step: DNSPublish}, Advanced{})
		if c.done != (s.Place.Stage == StageProof) {
			t.Errorf("%s: at %+v", name, s.Place)
		}
		if got, ok := s.Reached(); !ok || got.Goal != GoalPolicy || got.Done && !c.done {
			t.Errorf("%s: reached %+v", name, got)
		}
	}
	blind := atRecord(t)
	blind = after(blind, Claimed{Step: DNSPublish}, Advanced{})
	blind = after(blind, told(blind, checks.CheckDNSPolicy, checks.Unknown))
	if to, ok := Next(blind); !ok || to.Stage != StageProof {
		t.Errorf("where the DNS cannot be asked there is no way on: %+v", to)
	}
	proof := after(blind, Advanced{})
	if w, ok := wantLook(proof); !ok || !strings.Contains(string(w.Checks), string(checks.CheckDNSAgree)) {
		t.Errorf("the proof looks at %+v", w)
	}
	if got, _ := proof.Reached(); got.Done {
		t.Errorf("proven by a word: %+v", got)
	}
}

// TestRecordLabel: the step tells the name as the zone's form wants it, and the whole
// name while nobody knows the zone.
func TestRecordLabel(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ domain, zone, label, typing string }{
		"its own zone":  {"contoso.example", "contoso.example", "_hetk", "Type only _hetk as the name: most forms add contoso.example by themselves. Typed whole, it lands at _hetk.contoso.example.contoso.example,"},
		"below a zone":  {"mail.contoso.example", "contoso.example", "_hetk.mail", "Type only _hetk.mail as the name: most forms add contoso.example by themselves. Typed whole, it lands at _hetk.mail.contoso.example.contoso.example,"},
		"no zone known": {"mail.contoso.example", "", "_hetk.mail.contoso.example", "That is the whole name. Most forms add the zone"},
	} {
		s := atRecord(t)
		s.Domain = c.domain
		f := told(s, checks.CheckDNSPolicy, checks.Warn)
		f.Finding.Zone = c.zone
		s = after(s, f)
		if got := Words(s, "{recordLabel}"); got != c.label {
			t.Errorf("%s: the name is %q", name, got)
		}
		if got := Words(s, "{recordTyping}"); !strings.HasPrefix(got, c.typing) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestNameServers: a line for each, with what its cache goes on saying.
func TestNameServers(t *testing.T) {
	t.Parallel()
	s := atRecord(t)
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	see := func(server, value string, outcome checks.DNSOutcome, state checks.DNSState, until time.Time) checks.Evidence {
		return checks.Evidence{
			Source: checks.SourceDNS, Request: "TXT _hetk.contoso.example @" + server, Value: value,
			Outcome: outcome, State: state, Until: until,
		}
	}
	alias := see("192.0.2.8:53", "an alias (CNAME) to www.contoso.example", checks.DNSFound, checks.DNSAbsent, time.Time{})
	alias.Alias = "www.contoso.example"
	s = after(s, told(
		s, checks.CheckDNSPolicy, checks.Pending,
		see("192.0.2.1:53", "v=hetk1; policy=private", checks.DNSFound, checks.DNSOk, time.Time{}),
		see("192.0.2.2:53", "no-name", checks.DNSNoName, checks.DNSAbsent, time.Time{}),
		see("192.0.2.3:53", "v=spf1 -all | v=hetk2; policy=private", checks.DNSFound, checks.DNSInvalid, time.Time{}),
		see("192.0.2.4:53", "silent: no answer in time", checks.DNSSilent, checks.DNSError, time.Time{}),
		// What stands in a record is a text and no outcome, and one record however it is written.
		see("192.0.2.5:53", "failed: x", checks.DNSFound, checks.DNSAbsent, time.Time{}),
		see("192.0.2.6:53", "foo | v=hetk1; policy=private", checks.DNSFound, checks.DNSInvalid, time.Time{}),
		see("192.0.2.7:53", "forged: a signature does not fit", checks.DNSForged, checks.DNSError, time.Time{}),
		alias, see("192.0.2.9:53", "found", checks.DNSFound, checks.DNSAbsent, time.Time{}),
		see("10.0.0.1:53", "no-name", checks.DNSNoName, checks.DNSAbsent, at.Add(43*time.Second)), checks.Evidence{Source: checks.SourceGraph, Request: "GET /x"},
	))
	var got []string
	for _, n := range NameServers(s, at) {
		got = append(got, n.Name+" "+n.Say)
		if n.Has != (n.Name == "192.0.2.1:53") || n.Asked != "_hetk.contoso.example" {
			t.Errorf("%+v", n)
		}
	}
	want := []string{
		"192.0.2.1:53 has the record", "192.0.2.2:53 nothing there", "192.0.2.3:53 has another: v=spf1 -all | v=hetk2; policy=private",
		"192.0.2.4:53 no answer in time", "192.0.2.5:53 has another: failed: x", "192.0.2.6:53 has another: foo | v=hetk1; policy=private",
		"192.0.2.7:53 a signature does not fit", "192.0.2.8:53 has an alias (CNAME) to www.contoso.example", "192.0.2.9:53 has another: found", "10.0.0.1:53 nothing there, and may go on saying so for 43s",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if late := NameServers(s, at.Add(time.Minute)); late[9].Say != "nothing there" {
		t.Errorf("a cache that is over: %+v", late[8])
	}
	if NameServers(State{}, at) != nil {
		t.Error("servers of nothing")
	}
}
