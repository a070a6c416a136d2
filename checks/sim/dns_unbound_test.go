package sim

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// unbound starts Debian's validating resolver in front of the simulator's, and
// gives its address once it answers. A port that was free a moment ago may be
// another's before unbound has it (it wants UDP and TCP both): then it ends, and is
// given another.
func unbound(t *testing.T, s *Sim) string {
	t.Helper()
	path, err := exec.LookPath("unbound")
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/unbound"); err != nil {
			t.Skip("NO SECOND OPINION ON SIGNATURES: unbound is not installed")
		}
	}
	said := ""
	for range 20 {
		at := freePort(t)
		if said = startUnbound(t, s, path, at); said == "" {
			return at
		}
	}
	t.Fatalf("unbound does not start: %s", said)
	return ""
}

// freePort is an address that nobody has just now.
func freePort(t *testing.T) string {
	t.Helper()
	free, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	return free.LocalAddr().String()
}

// startUnbound starts it at an address. Empty: it answers there; else what it said
// as it ended.
func startUnbound(t *testing.T, s *Sim, path, at string) string {
	t.Helper()
	dir := t.TempDir()
	conf := "server:\n directory: \"" + dir + "\"\n identity: \"" + dir + "\"\n chroot: \"\"\n username: \"\"\n pidfile: \"\"\n interface: " + strings.Replace(at, ":", "@", 1) +
		"\n do-daemonize: no\n use-syslog: no\n do-not-query-localhost: no\n module-config: \"validator iterator\"\n trust-anchor-file: \"" + s.Ready().TrustAnchor +
		"\"\nforward-zone:\n name: \".\"\n forward-addr: " + strings.Replace(s.dnsUDP.LocalAddr().String(), ":", "@", 1) + "\n"
	file := filepath.Join(dir, "unbound.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, path, "-c", file)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it was killed, or said why
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	m := new(dns.Msg) // who is there: somebody else, or another's unbound, may answer at the port by now
	m.SetQuestion("id.server.", dns.TypeTXT)
	m.Question[0].Qclass = dns.ClassCHAOS
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ended:
			return "it ended: " + said.String()
		case <-tick.C:
		}
		r, _, err := fromElsewhere(time.Second).ExchangeContext(ctx, m, at)
		if err != nil {
			continue
		}
		if is := ofType[*dns.TXT](r.Answer); len(is) == 1 && strings.Join(is[0].Txt, "") == dir {
			return ""
		}
	}
	return "the test ended"
}

// fromElsewhere asks from another address than the server's: before the server
// listens, a socket of the same address may be given its very port, and then hears
// its own question as the answer.
func fromElsewhere(patience time.Duration) *dns.Client {
	return &dns.Client{Timeout: patience, Dialer: &net.Dialer{Timeout: patience, LocalAddr: &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)}}}
}

// askedOften asks until there is an answer: on a busy machine a datagram may be lost,
// of ours, and of unbound's, which then says that it cannot answer (SERVFAIL) and keeps
// to that for 5 s. Where that is what is wanted, the first time counts.
func askedOften(t *testing.T, m *dns.Msg, at string, want int) (r *dns.Msg, err error) {
	t.Helper()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for lost, fails := 0, 0; lost < 6 && fails < 60; {
		r, _, err = fromElsewhere(10*time.Second).ExchangeContext(t.Context(), m, at)
		switch {
		case err != nil:
			lost++
		case r.Rcode != dns.RcodeServerFailure || want == dns.RcodeServerFailure:
			return r, nil
		default:
			fails++
			select {
			case <-tick.C:
			case <-t.Context().Done():
				return r, t.Context().Err()
			}
		}
	}
	return r, err
}

// TestAskedOften: what is lost, and what a resolver could not find out just then, is
// asked for again; what is answered is not, be it right or wrong.
func TestAskedOften(t *testing.T) {
	t.Parallel()
	const lost = -1
	for name, c := range map[string]struct {
		says  []int // the last from then on
		want  int
		rcode int
		asked int64 // at least; a few more where datagrams are lost indeed
	}{
		"fails, and then knows": {[]int{dns.RcodeServerFailure, dns.RcodeServerFailure, dns.RcodeNameError}, dns.RcodeNameError, dns.RcodeNameError, 3},
		"lost, then fails":      {[]int{lost, dns.RcodeServerFailure, dns.RcodeSuccess}, dns.RcodeSuccess, dns.RcodeSuccess, 3},
		"another answer":        {[]int{dns.RcodeSuccess}, dns.RcodeNameError, dns.RcodeSuccess, 1},
		"fails, as is wanted":   {[]int{dns.RcodeServerFailure}, dns.RcodeServerFailure, dns.RcodeServerFailure, 1},
		"answers, and may not":  {[]int{dns.RcodeSuccess}, dns.RcodeServerFailure, dns.RcodeSuccess, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pc, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			var asked atomic.Int64
			up := make(chan struct{})
			s := &dns.Server{PacketConn: pc, NotifyStartedFunc: func() { close(up) }, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
				say := c.says[min(int(asked.Add(1)), len(c.says))-1]
				if say == lost {
					_, _ = w.Write([]byte{0}) // an error at once, and not after ten seconds
					return
				}
				_ = w.WriteMsg(new(dns.Msg).SetRcode(q, say))
			})}
			go func() { _ = s.ActivateAndServe() }()
			<-up
			t.Cleanup(func() { _ = s.Shutdown() })
			m := new(dns.Msg)
			m.SetQuestion("_hetk.contoso.example.", dns.TypeTXT)
			r, err := askedOften(t, m, pc.LocalAddr().String(), c.want)
			if n := asked.Load(); err != nil || r.Rcode != c.rcode || n < c.asked || n > c.asked+5 {
				t.Errorf("%v after %d questions: %v", err, n, r)
			}
		})
	}
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
		r, err := askedOften(t, m, c.at, c.rcode)
		if err != nil || r.Rcode != c.rcode || r.AuthenticatedData != c.signed {
			t.Errorf("%s %s: %v: %s", c.name, dns.TypeToString[c.kind], err, r)
		}
	}
}
