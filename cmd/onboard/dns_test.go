package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"onboard.example/checks"
	"onboard.example/checks/resolve"
	"onboard.example/flows"
)

// zone serves contoso.example on loopback, as its resolver and as its only name
// server; the policy record is text, where that is not empty.
func zone(t *testing.T, text *atomic.Value) (addr, port string) {
	t.Helper()
	udp, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	must(t, err)
	up := make(chan struct{})
	s := &dns.Server{PacketConn: udp, NotifyStartedFunc: func() { close(up) }, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		r := new(dns.Msg).SetReply(q)
		r.Authoritative, r.RecursionAvailable = true, true
		var err error
		add := func(line string) {
			rr, perr := dns.NewRR(line)
			if perr != nil {
				err = perr
				return
			}
			r.Answer = append(r.Answer, rr)
		}
		name := strings.ToLower(q.Question[0].Name)
		record, _ := text.Load().(string)
		switch kind := q.Question[0].Qtype; {
		case name == "contoso.example." && kind == dns.TypeNS:
			add("contoso.example. 60 IN NS ns1.contoso.example.")
		case name == "contoso.example." && kind == dns.TypeSOA:
			add("contoso.example. 60 IN SOA ns1.contoso.example. hostmaster.contoso.example. 1 3600 600 86400 60")
		case name == "ns1.contoso.example." && kind == dns.TypeA:
			add("ns1.contoso.example. 60 IN A 127.0.0.1")
		case name == "_hetk.contoso.example." && kind == dns.TypeTXT && record != "":
			add(`_hetk.contoso.example. 60 IN TXT "` + record + `"`)
		}
		if len(r.Answer) == 0 {
			soa, perr := dns.NewRR("contoso.example. 60 IN SOA ns1.contoso.example. hostmaster.contoso.example. 1 3600 600 86400 60")
			if perr != nil {
				err = perr
			}
			r.Ns = []dns.RR{soa}
			if !strings.HasSuffix(name, "contoso.example.") || strings.HasPrefix(name, "_") && record == "" {
				r.Rcode = dns.RcodeNameError
			}
		}
		if err == nil {
			err = w.WriteMsg(r)
		}
		if err != nil {
			t.Error(err)
		}
	})}
	done := make(chan error, 1)
	go func() { done <- s.ActivateAndServe() }()
	<-up
	t.Cleanup(func() {
		if err := s.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	addr = udp.LocalAddr().String()
	_, port, err = net.SplitHostPort(addr)
	must(t, err)
	return addr, port
}

func TestDNS(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, typed string
		state       checks.DNSState
		code        int
		says        []string
	}{
		"there":         {"v=hetk1; policy=private", "Contoso.EXAMPLE.", checks.DNSOk, codeOpen, []string{"has the record", "state      ok"}},
		"absent":        {"", "contoso.example", checks.DNSAbsent, codeBlocked, []string{"The record as it should be:", "host label  _hetk (in the zone contoso.example)", `_hetk.contoso.example. 3600 IN TXT "v=hetk1; policy=private"`, "nothing there"}},
		"wrong":         {"v=hetk1; policy=public", "contoso.example", checks.DNSInvalid, codeBlocked, []string{"policy", "The record as it should be:"}},
		"escapes in it": {`v=hetk1; policy=private; x=\027[2J`, "contoso.example", checks.DNSInvalid, codeBlocked, []string{"At character"}},
		"another zone":  {"", "fabrikam.example", checks.DNSError, codeUnknown, []string{"state      error"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text atomic.Value
			text.Store(c.text)
			addr, port := zone(t, &text)
			args := []string{"dns", c.typed, "--dns-server", addr, "--dns-port", port}
			out, errs, code := onboard(t.Context(), nil, args...)
			if code != c.code || errs != "" || strings.ContainsRune(out, '\x1b') {
				t.Errorf("exit %d, want %d:\n%s%s", code, c.code, out, errs)
			}
			for _, says := range c.says {
				if !strings.Contains(out, says) {
					t.Errorf("lacks %q:\n%s", says, out)
				}
			}
			out, _, code = onboard(t.Context(), nil, append(args, "--json")...)
			fitsDNSSchema(t, out)
			var r dnsReport
			if err := json.Unmarshal([]byte(out), &r); err != nil || code != c.code || r.Policy.State != c.state || r.Schema != dnsSchema || len(r.Findings) != 5 || r.App.ID != "hetk" || r.Publish == nil {
				t.Errorf("exit %d, %v: %s", code, err, out)
			}
		})
	}
}

// fitsDNSSchema holds an answer against the schema that `dns --schema` prints.
func fitsDNSSchema(t *testing.T, out string) {
	t.Helper()
	text, errs, code := onboard(t.Context(), nil, "dns", "--schema")
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil || code != codeOpen {
		t.Fatalf("dns --schema: exit %d: %v %s", code, err, errs)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	must(t, c.AddResource("dns.json", doc))
	s, err := c.Compile("dns.json")
	must(t, err)
	inst, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	must(t, err)
	if err := s.Validate(inst); err != nil {
		t.Errorf("does not fit its schema: %v\n%s", err, out)
	}
}

// TestDNSWithoutAResolver: a machine that has none set up is no wrong usage, and
// programs are told so in the same form.
func TestDNSWithoutAResolver(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	o := &options{json: true, world: world{out: &out, err: &out}}
	l := dnsLooker{o: o, how: resolve.Options{ResolvConf: filepath.Join(t.TempDir(), "none")}, lines: &dnsLines{out: &out}}
	l.rule = checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
	domain, err := resolve.ParseDomain("contoso.example")
	must(t, err)
	l.domain = domain
	var exit *exitError
	if err := l.run(t.Context(), false); !errors.As(err, &exit) || exit.code != codeUnknown {
		t.Errorf("%v", err)
	}
	fitsDNSSchema(t, out.String())
	if !strings.Contains(out.String(), "find the resolver in use") {
		t.Errorf("%s", out.String())
	}
}

func TestDNSOfNoDomain(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"", "contoso", "https://192.0.2.1/", "192.0.2.1", "a..example", "con\x1b[2Jtoso.example", strings.Repeat("a", 300) + ".example"} {
		out, errs, code := onboard(t.Context(), nil, "dns", typed)
		if code != codeUsage || out != "" || !strings.Contains(errs, "ype the part behind the @") || strings.ContainsRune(errs, '\x1b') {
			t.Errorf("%.40q: exit %d, %q %q", typed, code, out, errs)
		}
		out, _, code = onboard(t.Context(), nil, "dns", typed, "--json")
		fitsDNSSchema(t, out)
		var r dnsReport
		if err := json.Unmarshal([]byte(out), &r); err != nil || code != codeUsage || r.Policy.State != checks.DNSError || r.Policy.Reason == "" || r.Policy.Servers == nil || r.Findings == nil {
			t.Errorf("%.40q: exit %d, %v: %s", typed, code, err, out)
		}
	}
}

// TestDomainsAreReadByOneLaw: whoever asks for a domain takes the same, and says the
// same of what is none.
func TestDomainsAreReadByOneLaw(t *testing.T) {
	t.Parallel()
	for typed, says := range map[string]string{
		"contoso": "it has no dot", "192.0.2.1": "it is an IP address", "a..example": "only letters, digits, hyphens and dots", "_hetk.contoso.example": "only letters, digits, hyphens and dots",
		"adele@gmail.com": "gmail.com is for personal accounts", "https://login.microsoftonline.com/x": "Microsoft's own sign-in host",
	} {
		for _, args := range [][]string{{"dns", typed}, {"check", "--app", "hetk", "--domain", typed}, {"--plain", "--domain", typed}} {
			out, errs, code := onboard(t.Context(), nil, args...)
			if code != codeUsage || out != "" || !strings.Contains(errs, says) || !strings.Contains(errs, "ype the ") {
				t.Errorf("%q: exit %d: %s%s", args, code, out, errs)
			}
		}
		if _, err := flows.AcceptDomain(typed); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q in the wizard: %v", typed, err)
		}
	}
	var text atomic.Value
	text.Store("v=hetk1; policy=private")
	addr, port := zone(t, &text)
	for _, typed := range []string{"Adele <adele@contoso.example>", "https://www.contoso.example/about", "contoso.example.", "CONTOSO.example:443"} {
		if out, errs, code := onboard(t.Context(), nil, "dns", typed, "--dns-server", addr, "--dns-port", port); code != codeOpen || !strings.Contains(out, "_hetk.contoso.example TXT") {
			t.Errorf("%q: exit %d: %s%s", typed, code, out, errs)
		}
		if d, err := flows.AcceptDomain(typed); err != nil || d != "contoso.example" {
			t.Errorf("%q in the wizard: %s, %v", typed, d, err)
		}
	}
}

func TestDNSUsage(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "anchor")
	must(t, os.WriteFile(empty, []byte("; nothing\n"), 0o600))
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "dns takes one domain"},
		{[]string{"a.example", "b.example"}, "dns takes one domain"},
		{[]string{"contoso.example", "--app", "nylas"}, "has no policy record"},
		{[]string{"contoso.example", "--app", "nothing"}, "nothing"},
		{[]string{"contoso.example", "--dns-port", "0"}, "it is no port, which is a number from 1 to 65535"},
		{[]string{"contoso.example", "--dns-port", "70000"}, "it is no port, which is a number from 1 to 65535"},
		{[]string{"contoso.example", "--dns-port", "dns"}, "it is no port, which is a number from 1 to 65535"},
		{[]string{"contoso.example", "--dns-server", "http://192.0.2.1"}, "Give --dns-server an address"},
		{[]string{"contoso.example", "--trust-anchor", empty}, "DS or DNSKEY"},
		{[]string{"contoso.example", "--trust-anchor", empty + "x"}, "DS or DNSKEY"},
	} {
		out, errs, code := onboard(t.Context(), nil, append([]string{"dns"}, c.args...)...)
		if code != codeUsage || out != "" || !strings.Contains(errs, c.says) {
			t.Errorf("%q: exit %d, %q %q", c.args, code, out, errs)
		}
	}
}

// TestDNSPortOfAConfiguration: it is a port, too.
func TestDNSPortOfAConfiguration(t *testing.T) {
	t.Parallel()
	if _, err := (&options{}).resolveOptions(); err == nil || !strings.Contains(err.Error(), "is no port") {
		t.Errorf("%v", err)
	}
}

// TestDNSWatch looks until the record is there, and prints what stayed the same
// in a line.
func TestDNSWatch(t *testing.T) {
	t.Parallel()
	var text atomic.Value
	text.Store("")
	addr, port := zone(t, &text)
	var out bytes.Buffer
	o := &options{world: world{out: &out, err: &out}, dnsServer: addr, dnsPort: 53}
	profile, err := o.dnsProfile()
	must(t, err)
	waits := 0
	l := dnsLooker{
		o: o, profile: profile, lines: &dnsLines{out: &out}, domain: resolve.Domain{Domain: checks.Domain{ASCII: "contoso.example", Unicode: "contoso.example"}, Organisation: "contoso.example"},
		rule: checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}},
		wait: func(_ context.Context, d time.Duration) bool {
			if waits++; waits == 2 {
				text.Store("v=hetk1; policy=private")
			}
			return d >= dnsFirst && d <= dnsMost && waits < 9
		},
	}
	l.how = resolve.Options{Server: addr, Port: portOf(t, port)}
	if err := l.run(t.Context(), true); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if got := out.String(); waits != 2 || strings.Count(got, "The record as it should be:") != 1 || strings.Count(got, "still absent, as above.") != 1 || !strings.Contains(got, "has the record") {
		t.Errorf("after %d waits:\n%s", waits, got)
	}
	text.Store("")
	l.wait = func(context.Context, time.Duration) bool { return false }
	var exit *exitError
	if err := l.run(t.Context(), true); !errors.As(err, &exit) || exit.code != codeInterrupted {
		t.Errorf("%v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.run(gone, false); !errors.As(err, &exit) || exit.code != codeInterrupted {
		t.Errorf("%v", err)
	}
	if waited(gone, time.Hour) || !waited(t.Context(), 0) {
		t.Error("the pause is none")
	}
}

func portOf(t *testing.T, s string) uint16 {
	t.Helper()
	p, err := strconv.ParseUint(s, 10, 16)
	must(t, err)
	return uint16(p)
}
