package tui

import (
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// atRecord is the step at which the policy record is published, by nobody who
// signed in, with what three servers said.
func atRecord(t testing.TB) *fakeDriver {
	t.Helper()
	d := atSignIn(t)
	d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayNone)}, flows.Advanced{})
	rounded(d, tenantFindings()...)
	d.happen(flows.Advanced{}, flows.Chose{Path: flows.DNSRecord}, flows.Advanced{})
	if d.State().Place.Step != flows.DNSPublish {
		t.Fatalf("at %+v", d.State().Place)
	}
	see := func(server, value string, outcome checks.DNSOutcome, state checks.DNSState, until time.Time) checks.Evidence {
		return checks.Evidence{
			Source: checks.SourceDNS, Request: "TXT _hetk.contoso.example @" + server, Value: value, At: noon, Until: until,
			Outcome: outcome, State: state,
		}
	}
	record := finding(checks.CheckDNSPolicy, checks.Pending, checks.Verified, "The servers disagree: 1 of 2 have the record.")
	record.Finding.Seen = []checks.Evidence{
		see("ns1.contoso.example (192.0.2.1:53)", "v=hetk1; policy=private", checks.DNSFound, checks.DNSOk, time.Time{}),
		see("ns2.contoso.example (192.0.2.2:53)", "no-name\x1b[2J", checks.DNSNoName, checks.DNSAbsent, time.Time{}),
		see("resolver in use (10.0.0.1:53)", "no-name", checks.DNSNoName, checks.DNSAbsent, d.State().At.Add(time.Hour)),
	}
	rounded(d, record, finding(checks.CheckDNSAgree, checks.Pending, checks.Verified, "They differ."), finding(checks.CheckDNSSEC, checks.Pass, checks.Verified, "Signed."))
	return d
}

// TestTheRecordIsWatchedServerByServer: asked, found, and who goes on saying "not
// there", on the screen and on plain lines, and nobody is told to sign in.
func TestTheRecordIsWatchedServerByServer(t *testing.T) {
	t.Parallel()
	d := atRecord(t)
	m := New(t.Context(), d, still(t, 100, 60))
	shows(t, m, "2. Name: _hetk", "3. Value: v=hetk1; policy=private", "TXT _hetk.contoso.example, as each name server says",
		"✓ ns1.contoso.example (192.0.2.1:53)", "has the record", "… ns2.contoso.example (192.0.2.2:53)", "… resolver in use (10.0.0.1:53)", "may go on saying so for")
	if text := plainText(m.View().Content); strings.Contains(text, "Nobody is signed in") {
		t.Errorf("a sign-in is wanted:\n%s", text)
	}
	harmless(t, "servers", m.View().Content)
	if out := said(t, atRecord(t), Options{}, "q\n"); !strings.Contains(out, "ns1.contoso.example (192.0.2.1:53)") || strings.Contains(out, "Nobody is signed in, so nothing") {
		t.Errorf("plain lines:\n%s", out)
	}
}

// TestTheRecordIsProven: the proof is about the record, and says how sure it is by
// what was asked.
func TestTheRecordIsProven(t *testing.T) {
	t.Parallel()
	d := atRecord(t)
	good := []flows.Found{
		finding(checks.CheckDNSPolicy, checks.Pass, checks.Verified, "The record is at _hetk.contoso.example."),
		finding(checks.CheckDNSAgree, checks.Warn, checks.Verified, "1 server says nothing."),
		finding(checks.CheckDNSSEC, checks.Pass, checks.Verified, "Signed."),
	}
	rounded(d, good...)
	m := New(t.Context(), d, still(t, 100, 60))
	shows(t, m, "Done: every name server that answers has it.")
	press(m, "enter")
	if d.State().Place.Stage != flows.StageProof {
		t.Fatalf("at %+v", d.State().Place)
	}
	rounded(d, append(tenantFindings(), good...)...)
	m = New(t.Context(), d, still(t, 100, 60))
	shows(t, m, "✓ Published: every name server of contoso.example", "every name server was asked in this run", "dns/policy", "Remove the TXT record at _hetk.contoso.example")
	if text := plainText(m.View().Content); strings.Contains(text, "app/grant") || strings.Contains(text, "start connecting") {
		t.Errorf("the proof speaks of consent:\n%s", text)
	}
}
