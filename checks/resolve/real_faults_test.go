package resolve

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

// TestRealServersThatDoNotCount: a server that sends on to others, one that refuses,
// one where nobody listens and one that never answers are each told in words of their
// own, and the server beside them decides; where there is none beside, nothing is.
func TestRealServersThatDoNotCount(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	rule := checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
	anchors := w.trusted(t)
	for domain, c := range map[string]struct {
		host, ip string
		outcome  checks.DNSOutcome
		why      string
		alone    bool
	}{
		"lame.example":    {"ns2", "127.0.1.3", checks.DNSLame, wordReferral, false},
		"refused.example": {"ns3", "127.0.1.5", checks.DNSFailed, "the server answered REFUSED", false},
		"closed.example":  {"ns4", "127.0.1.6", checks.DNSSilent, wordRefused, false},
		"silent.example":  {"ns5", "127.0.1.7", checks.DNSSilent, wordLate, false},
		"dead.example":    {"ns3", "127.0.1.5", checks.DNSFailed, "the server answered REFUSED", true},
	} {
		t.Run(domain, func(t *testing.T) {
			t.Parallel()
			r, err := New(Options{Server: fmt.Sprintf("127.0.1.1:%d", w.port), Port: uint16(w.port), Anchors: anchors, Timeout: 3 * time.Second, Deadline: 30 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			look := r.LookDomain(t.Context(), rule, domain)
			got, fs := look.Report(), look.Findings()
			at := fmt.Sprintf("%s.contoso.example (%s:%d)", c.host, c.ip, w.port)
			if said := at + " does not count: " + c.why; !strings.Contains(strings.Join(got.Notes, "\n"), said) || !strings.Contains(strings.Join(fs[1].Detail, "\n"), said) {
				t.Errorf("lacks %q: %q, %q", said, got.Notes, fs[1].Detail)
			}
			found := false
			for _, v := range got.Servers {
				found = found || v.Host == c.host+".contoso.example" && v.Outcome == c.outcome && v.Why == c.why
			}
			state, says, agree := checks.DNSOk, "The record is at _hetk."+domain+", on the one server that answered.", checks.Warn
			if c.alone {
				state, says, agree = checks.DNSError, "The one server of "+domain+" gave no answer that counts.", checks.Unknown
			}
			if got.State != state || got.Reason != says || fs[1].Verdict != agree || !found || got.Home != domain {
				t.Errorf("%s in %s: %s; agreement %v: %s\n%+v", got.State, got.Home, got.Reason, fs[1].Verdict, fs[1].Summary, got.Servers)
			}
		})
	}
}
