package resolve

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

func hetkOf() checks.Subject {
	return checks.Subject{
		App:    checks.App{ID: "hetk", Name: "Hetk", DNS: &checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}},
		Domain: "contoso.example", Now: time.Now(),
	}
}

func judged(t *testing.T, r checks.Reader, s checks.Subject) map[checks.ID]checks.Finding {
	t.Helper()
	out := map[checks.ID]checks.Finding{}
	checks.Run(t.Context(), s, []checks.Reader{r}, dnsIDs(), func(f checks.Finding) { out[f.Check] = f })
	return out
}

func dnsIDs() []checks.ID {
	return []checks.ID{checks.CheckDNSPolicy, checks.CheckDNSAgree, checks.CheckDNSSEC, checks.CheckDNSMail, checks.CheckDNSProof}
}

func TestReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record, `contoso.example. 300 IN MX 0 contoso-example.mail.protection.outlook.com.`, `contoso.example. 300 IN TXT "MS=ms12345678"`)
	how := Options{Server: w.resolver, Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}, Timeout: 3 * time.Second, Deadline: 30 * time.Second}
	for id, f := range judged(t, NewReader(how), hetkOf()) {
		if f.Verdict != checks.Pass || len(f.Seen) == 0 {
			t.Errorf("%s: %+v", id, f)
		}
	}
	nobody := Options{ResolvConf: "/nonexistent"}
	for id, f := range judged(t, NewReader(nobody), hetkOf()) {
		if f.Verdict != checks.Unknown || f.Summary == "" {
			t.Errorf("no resolver, %s: %+v", id, f)
		}
	}
	for id, f := range judged(t, Unasked("it is a rehearsal"), hetkOf()) {
		if f.Verdict != checks.Unknown || !slices.Contains(f.Detail, "it is a rehearsal") {
			t.Errorf("unasked, %s: %+v", id, f)
		}
	}
	wrong := hetkOf()
	wrong.Domain = "a..example"
	for id, f := range judged(t, NewReader(how), wrong) {
		if f.Verdict != checks.Unknown || strings.Contains(f.Summary, "%!") {
			t.Errorf("no domain, %s: %+v", id, f)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	landed := 0
	NewReader(how).Read(gone, checks.Query{App: hetkOf().App, Domain: "contoso.example"}, NewReader(how).Serves(), func(p checks.Piece) {
		if landed++; p.Failure() == nil || p.Failure().Kind != checks.FailCancelled {
			t.Errorf("%s: %v", p.Part, p.Failure())
		}
	})
	if landed != 2 {
		t.Errorf("%d parts landed", landed)
	}
}
