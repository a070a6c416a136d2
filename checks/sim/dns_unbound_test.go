package sim

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// unbound starts Debian's validating resolver in front of the simulator's, and
// gives its address.
func unbound(t *testing.T, s *Sim) string {
	t.Helper()
	path, err := exec.LookPath("unbound")
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/unbound"); err != nil {
			t.Skip("NO SECOND OPINION ON SIGNATURES: unbound is not installed")
		}
	}
	free, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := free.LocalAddr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	conf := "server:\n directory: \"" + dir + "\"\n chroot: \"\"\n username: \"\"\n pidfile: \"\"\n interface: " + strings.Replace(at, ":", "@", 1) +
		"\n do-daemonize: no\n use-syslog: no\n do-not-query-localhost: no\n module-config: \"validator iterator\"\n trust-anchor-file: \"" + s.Ready().TrustAnchor +
		"\"\nforward-zone:\n name: \".\"\n forward-addr: " + strings.Replace(s.dnsUDP.LocalAddr().String(), ":", "@", 1) + "\n"
	file := filepath.Join(dir, "unbound.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, path, "-c", file)
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
	})
	return at
}

// fromElsewhere asks from another address than the server's: before the server
// listens, a socket of the same address may be given its very port, and then hears
// its own question as the answer.
func fromElsewhere() *dns.Client {
	return &dns.Client{Timeout: time.Second, Dialer: &net.Dialer{Timeout: time.Second, LocalAddr: &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)}}}
}

// TestDNSSignaturesHoldForUnbound: another validator than ours finds every answer
// signed, those that say "not there" too, and sees what is forged.
func TestDNSSignaturesHoldForUnbound(t *testing.T) {
	t.Parallel()
	const lines = "    dns: {signed: true, records: ['_hetk TXT \"v=hetk1\"', '*.wild TXT \"any\"', '_alias CNAME _hetk', 'old DNAME @', 'a.empty TXT \"x\"']}"
	good := nameServers(t, lines)
	bad := nameServers(t, lines, func(o *Options) { o.Faults = []string{"dns-bogus"} })
	hashed := nameServers(t, strings.Replace(lines, "signed: true", "signed: true, nsec3: {iterations: 3, salt: aabb}", 1)+"\n")
	atGood, atBad, atHashed := unbound(t, good), unbound(t, bad), unbound(t, hashed)
	for _, c := range []struct {
		at, name string
		kind     uint16
		rcode    int
		signed   bool
	}{
		{atGood, "_hetk.contoso.example.", dns.TypeTXT, dns.RcodeSuccess, true},
		{atGood, "_alias.contoso.example.", dns.TypeTXT, dns.RcodeSuccess, true},
		{atGood, "a.wild.contoso.example.", dns.TypeTXT, dns.RcodeSuccess, true},
		{atGood, "a.wild.contoso.example.", dns.TypeA, dns.RcodeSuccess, true},
		{atGood, "_hetk.contoso.example.", dns.TypeA, dns.RcodeSuccess, true},
		{atGood, "_none.contoso.example.", dns.TypeTXT, dns.RcodeNameError, true},
		{atGood, "a.b.c.contoso.example.", dns.TypeTXT, dns.RcodeNameError, true},
		{atGood, "nowhere.example.", dns.TypeA, dns.RcodeNameError, true},
		{atGood, "hr.contoso.example.", dns.TypeMX, dns.RcodeSuccess, false}, // not signed, and proved so
		{atGood, "_hetk.old.contoso.example.", dns.TypeTXT, dns.RcodeSuccess, true},
		{atHashed, "_hetk.old.contoso.example.", dns.TypeTXT, dns.RcodeSuccess, true},
		{atHashed, "_hetk.contoso.example.", dns.TypeTXT, dns.RcodeSuccess, true},
		{atHashed, "a.wild.contoso.example.", dns.TypeTXT, dns.RcodeSuccess, true},
		{atHashed, "a.wild.contoso.example.", dns.TypeA, dns.RcodeSuccess, true},
		{atHashed, "_hetk.contoso.example.", dns.TypeA, dns.RcodeSuccess, true},
		{atHashed, "empty.contoso.example.", dns.TypeA, dns.RcodeSuccess, true},
		{atHashed, "_none.contoso.example.", dns.TypeTXT, dns.RcodeNameError, true},
		{atHashed, "a.b.c.contoso.example.", dns.TypeTXT, dns.RcodeNameError, true},
		{atHashed, "_none.old.contoso.example.", dns.TypeTXT, dns.RcodeNameError, true},
		{atHashed, "hr.contoso.example.", dns.TypeMX, dns.RcodeSuccess, false},
		{atBad, "_hetk.contoso.example.", dns.TypeTXT, dns.RcodeServerFailure, false},
	} {
		m := new(dns.Msg)
		m.SetQuestion(c.name, c.kind)
		m.SetEdns0(1232, true)
		var r *dns.Msg
		err := context.DeadlineExceeded
		for end := time.Now().Add(20 * time.Second); err != nil && time.Now().Before(end); { // it takes a moment to listen
			r, _, err = fromElsewhere().ExchangeContext(t.Context(), m, c.at)
		}
		if err != nil || r.Rcode != c.rcode || r.AuthenticatedData != c.signed {
			t.Errorf("%s %s: %v: %s", c.name, dns.TypeToString[c.kind], err, r)
		}
	}
}
