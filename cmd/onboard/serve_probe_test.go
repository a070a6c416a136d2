//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// counts is a reader that counts how often it was asked.
type counts struct{ asked []string }

// Serves implements checks.Reader.
func (*counts) Serves() []checks.Part { return []checks.Part{checks.PartProbe} }

// Read implements checks.Reader.
func (c *counts) Read(_ context.Context, q checks.Query, _ []checks.Part, land func(checks.Piece)) {
	c.asked = append(c.asked, q.Domain)
	l := checks.Look[checks.Probe]{Read: true, Value: checks.Probe{Answer: checks.ProbeThere, Code: q.Domain}}
	land(checks.NewPiece(checks.PartProbe, l, func(s *checks.Snapshot) *checks.Look[checks.Probe] { return &s.Probe }))
}

// TestProbesArePaced holds how often Microsoft is asked with a vendor's credential,
// and about which app.
func TestProbesArePaced(t *testing.T) {
	t.Parallel()
	now, c := time.Now(), new(counts)
	ask := pacedProbe(map[string]checks.Reader{"app": c}, func() time.Time { return now })
	about := func(app, domain string) checks.Look[checks.Probe] {
		return ask(t.Context(), checks.Query{App: checks.App{ClientID: app}, Domain: domain})
	}
	if l := about("APP", "contoso.example"); !l.Read || l.Value.Code != "contoso.example" {
		t.Errorf("%+v", l)
	}
	if l := about("other", "contoso.example"); l.Read || l.Failure == nil || l.Failure.Kind != checks.FailNotAsked {
		t.Errorf("of another app: %+v", l)
	}
	if l := about("app", "Contoso.example"); !l.Read || len(c.asked) != 1 {
		t.Errorf("asked %v", c.asked)
	}
	now = now.Add(probeKept)
	if about("app", "contoso.example"); len(c.asked) != 2 {
		t.Errorf("asked %v", c.asked)
	}
	for n := range 100 {
		about("app", fmt.Sprintf("d%d.example", n))
	}
	if len(c.asked) > 2+probeBurst {
		t.Errorf("asked %d times at once", len(c.asked))
	}
	if l := about("app", "late.example"); l.Failure == nil || l.Failure.Kind != checks.FailThrottled {
		t.Errorf("%+v", l)
	}
	now = now.Add(time.Second)
	if l := about("app", "late.example"); !l.Read {
		t.Errorf("%+v", l)
	}
}

// secretOf is the simulated app's own secret.
func secretOf(t *testing.T, s *sim.Sim, app string) string {
	t.Helper()
	for _, a := range s.Ready().Tenants[0].Apps {
		if strings.HasSuffix(a.Secret, "-"+app) {
			return a.Secret
		}
	}
	t.Fatalf("no secret of %s", app)
	return ""
}

// TestServeProbes holds that a served run learns from the vendor's credential whether
// the app is in the tenant, once somebody said so, and that the credential shows
// nowhere.
func TestServeProbes(t *testing.T) {
	t.Parallel()
	s := redirecting(t)
	secret := secretOf(t, s, "hetk")
	file := keep(t, "secret", secret+"\n")
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	w := servesWeb(t, s, filepath.Join(t.TempDir(), "state"), "", "probes: [{app: hetk, secretFile: "+file+"}]\n")
	if a := ask(t, nil, "serve", "--config", w.config, "--check-config"); a.code != codeOpen {
		t.Errorf("%+v", a)
	}
	c := w.atLink("Hetk")
	if strings.Contains(c.shown(), "vendor/probe") {
		t.Errorf("asked before anybody said that consent was given:\n%s", c.shown())
	}
	c.key("\r", "Step 2 of 3").key("i", "vendor/probe       Nobody in the tenant has consented")
	if err := s.Approve(t.Context(), walkAdmin, "8dd90edb-c881-459a-ac84-2a1fee8c5c94", nil); err != nil {
		t.Fatal(err)
	}
	c.waits("✓ pass    vendor/probe")
	if text := c.printed() + w.printed(); strings.Contains(text, secret) {
		t.Error("the secret is shown")
	}
	if err := os.Chmod(file, 0o604); err != nil {
		t.Fatal(err)
	}
	refused(t, ask(t, nil, "serve", "--config", w.config, "--check-config"), "others can read the credential")
}
