//go:build unix

package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"onboard.example/checks"
	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// counts is an asker that counts how often the credential was used. Domains that
// begin with "no" have no tenant.
type counts struct{ asked []string }

func (c *counts) ask(_ context.Context, q checks.Query, may func() *checks.Failure) checks.Look[checks.Probe] {
	if strings.HasPrefix(q.Domain, "no") {
		return checks.Look[checks.Probe]{Failure: &checks.Failure{Kind: checks.FailNotAsked}}
	}
	if no := may(); no != nil {
		return checks.Look[checks.Probe]{Failure: no}
	}
	c.asked = append(c.asked, q.Domain)
	return checks.Look[checks.Probe]{Read: true, Value: checks.Probe{Answer: checks.ProbeThere, Code: q.Domain}}
}

// TestProbesArePaced holds how often Microsoft is asked with a vendor's credential,
// and about which app.
func TestProbesArePaced(t *testing.T) {
	t.Parallel()
	now, c := time.Now(), new(counts)
	var n probeCounts
	desk := pacedProbe(map[string]asker{"app": c.ask}, func() time.Time { return now }, &n)
	of := func(from, app, domain string) checks.Look[checks.Probe] {
		return desk(netip.MustParsePrefix(from))(t.Context(), checks.Query{App: checks.App{ClientID: app}, Domain: domain})
	}
	about := func(app, domain string) checks.Look[checks.Probe] { return of("192.0.2.1/32", app, domain) }
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
	for i := range 2 * mostProbed { // without a tenant: they take nothing from anybody
		if l := about("app", fmt.Sprintf("no%d.example", i)); l.Failure == nil || l.Failure.Kind != checks.FailNotAsked {
			t.Fatalf("%+v", l)
		}
	}
	if about("app", "next.example"); len(c.asked) != 3 {
		t.Errorf("asked %v", c.asked)
	}
	if about("app", "next.example"); len(c.asked) != 3 {
		t.Errorf("its answer is not kept: asked %v", c.asked)
	}
	if n.asked.Load() != 3 || n.refused.Load() != 0 {
		t.Errorf("%d asked, %d refused", n.asked.Load(), n.refused.Load())
	}
	for i := range 100 {
		about("app", fmt.Sprintf("d%d.example", i))
	}
	if len(c.asked) > 2+probeOneBurst || n.asked.Load() != uint64(len(c.asked)) {
		t.Errorf("one source asked %d times at once", len(c.asked))
	}
	if l := about("app", "late.example"); l.Failure == nil || l.Failure.Kind != checks.FailThrottled || n.refused.Load() == 0 {
		t.Errorf("%+v", l)
	}
	if l := of("198.51.100.7/32", "app", "late.example"); !l.Read {
		t.Errorf("another pays for it: %+v", l)
	}
	now = now.Add(6 * time.Second)
	if l := about("app", "later.example"); !l.Read {
		t.Errorf("%+v", l)
	}
	now, c.asked = now.Add(time.Hour), nil
	for i := range 100 { // of a /48
		of(fmt.Sprintf("2001:db8:1:%x::/64", i), "app", fmt.Sprintf("w%d.example", i))
	}
	if len(c.asked) != probeOneBurst {
		t.Errorf("a /48 asked %d times at once", len(c.asked))
	}
	now, c.asked = now.Add(time.Hour), nil
	for i := range 2 * mostProbing { // of everybody
		of(fmt.Sprintf("10.0.%d.%d/32", i/256, i%256), "app", fmt.Sprintf("a%d.example", i))
	}
	if len(c.asked) != probeBurst {
		t.Errorf("all asked %d times at once", len(c.asked))
	}
}

// TestProbingIsBounded holds that sources cost a bounded amount, and are forgotten
// once they owe nothing.
func TestProbingIsBounded(t *testing.T) {
	t.Parallel()
	now, p := time.Unix(1_700_000_000, 0), newProbePace()
	p.all.SetBurst(10 * mostProbing)
	p.all.SetLimit(rate.Inf)
	from := func(i int) netip.Prefix {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 32)
	}
	for i := range mostProbing + 1 {
		if p.allow(from(i), now) != (i < mostProbing) {
			t.Fatal(i, len(p.of))
		}
	}
	if now = now.Add(time.Minute); !p.allow(from(mostProbing), now) || len(p.of) != 1 {
		t.Errorf("%d sources are remembered", len(p.of))
	}
}

// TestProbesOfOneApp holds that two credentials for one client id are refused: one of
// them would be used for the other.
func TestProbesOfOneApp(t *testing.T) {
	t.Parallel()
	profiles := []flows.Profile{{ID: "one", ClientID: "8dd90edb-c881-459a-ac84-2a1fee8c5c94"}, {ID: "two", ClientID: "8DD90EDB-c881-459a-ac84-2a1fee8c5c94"}}
	file := keep(t, "secret", "x\n")
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	both := []serveProbe{{App: "one", SecretFile: file}, {App: "two", SecretFile: file}}
	c := defaultServe()
	clients, err := newClients(c.served())
	if err != nil {
		t.Fatal(err)
	}
	defer clients.close()
	if _, ids, err := openProbes(t.Context(), both[:1], clients, profiles, new(probeCounts)); err != nil || len(ids) != 1 {
		t.Errorf("%v, %v", ids, err)
	}
	if _, _, err := openProbes(t.Context(), both, clients, profiles, new(probeCounts)); err == nil || !strings.Contains(err.Error(), "have one client id") {
		t.Errorf("%v", err)
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
	passes := func(seen string) bool { return strings.Contains(seen, "✓ pass    vendor/probe") }
	for range 20 { // the run asks by itself less and less often
		if c.within(t, probeKept, passes) {
			break
		}
		c.types(t, "r")
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
