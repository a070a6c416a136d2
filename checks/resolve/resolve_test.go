package resolve

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks"
)

const record = `_hetk.contoso.example. 300 IN TXT "v=hetk1; policy=private"`

// TestKeysMeanwhile: what the resolver is slow to tell of keys does not keep the name
// servers from being found and asked.
func TestKeysMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	asked := make(chan struct{})
	var once sync.Once
	w.set(func() {
		w.gate = func(q *dns.Msg, auth bool) {
			switch kind := q.Question[0].Qtype; {
			case auth && kind == dns.TypeTXT:
				once.Do(func() { close(asked) })
			case !auth && (kind == dns.TypeDNSKEY || kind == dns.TypeDS || kind == dns.TypeTXT):
				<-asked
			}
		}
	})
	a, err := w.ask(t, "_hetk.contoso.example", nil)
	if d, ok := a.Decided(); err != nil || !ok || len(d.Records) != 1 || a.Security != Secure || a.Resolver.Outcome != Found {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestLook(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines    []string
		ask      string
		unsigned bool
		bad      bool
		outcome  Outcome
		security Security
		wild     bool
	}{
		"found and signed":  {[]string{record}, "_hetk.contoso.example", false, false, Found, Secure, false},
		"found, unsigned":   {[]string{record}, "_hetk.contoso.example", true, false, Found, Insecure, false},
		"found, bogus":      {[]string{record}, "_hetk.contoso.example", false, true, Forged, Bogus, false},
		"no such name":      {nil, "_hetk.contoso.example", false, false, NoName, Secure, false},
		"no such type":      {[]string{"_hetk.contoso.example. 300 IN A 192.0.2.1"}, "_hetk.contoso.example", false, false, NoData, Secure, false},
		"empty between":     {[]string{"a._hetk.contoso.example. 300 IN A 192.0.2.1"}, "_hetk.contoso.example", false, false, NoData, Secure, false},
		"wildcard":          {[]string{`*.contoso.example. 300 IN TXT "x"`}, "_hetk.contoso.example", false, false, Found, Secure, true},
		"alias":             {[]string{"_hetk.contoso.example. 300 IN CNAME p.contoso.example.", `p.contoso.example. 300 IN TXT "y"`}, "_hetk.contoso.example", false, false, Found, Secure, false},
		"large, so by TCP":  {[]string{`_hetk.contoso.example. 300 IN TXT ` + strings.Repeat(`"`+strings.Repeat("z", 250)+`" `, 10)}, "_hetk.contoso.example", false, false, Found, Secure, false},
		"upper case, apex":  {[]string{`contoso.example. 300 IN TXT "MS=1"`}, "CONTOSO.Example.", false, false, Found, Secure, false},
		"nothing at sub.ab": {nil, "_hetk.sub.ab.contoso.example", false, false, NoName, Secure, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.unsigned, c.lines...)
			w.set(func() { w.zones[2].bad = c.bad })
			a, err := w.ask(t, c.ask, nil)
			if err != nil {
				t.Fatal(err)
			}
			d := a.Servers[0]
			if _, ok := a.Decided(); ok != c.outcome.Decides() || a.Agree != ok || d.Outcome != c.outcome || a.Security != c.security || a.Wildcard != c.wild || a.Zone != "contoso.example." || len(a.Servers) != 2 {
				t.Errorf("%+v", a)
			}
			if c.outcome != Found && c.outcome != Forged && d.Negative != time.Minute {
				t.Errorf("negative answers kept for %v", d.Negative)
			}
		})
	}
}

func TestHostile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hook func(string, *dns.Msg)
		want Outcome
	}{
		"no authority":   {func(_ string, m *dns.Msg) { m.Authoritative = false }, Lame},
		"wrong id":       {func(_ string, m *dns.Msg) { m.Id++ }, Silent},
		"wrong question": {func(_ string, m *dns.Msg) { m.Question[0].Name = "fabrikam.example." }, Silent},
		"refused":        {func(_ string, m *dns.Msg) { m.Rcode = dns.RcodeRefused }, Failed},
		"cut for ever":   {func(_ string, m *dns.Msg) { m.Truncated, m.Id = true, m.Id+1 }, Silent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, record)
			w.set(func() { w.hook = c.hook })
			promptly(t, 8*time.Second, func() string {
				a, err := w.ask(t, "_hetk.contoso.example", func(o *Options) { o.Timeout, o.Deadline = 2*time.Second, 20*time.Second })
				return wrong(err == nil && len(a.Servers) == 2 && a.Servers[0].Outcome == c.want && !a.Agree && a.Security == Indeterminate, a, err)
			})
		})
	}
}

func TestLoopEnds(t *testing.T) {
	t.Parallel()
	rule := checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
	for name, c := range map[string]struct {
		lines []string
		error string
		say   string
	}{
		"circle": {
			[]string{"_hetk.contoso.example. 300 IN CNAME b.contoso.example.", "b.contoso.example. 300 IN CNAME _hetk.contoso.example."},
			fmt.Sprintf(wordCircle, "_hetk.contoso.example"), "at _hetk.contoso.example leads in a circle, so no record can be found behind it: _hetk.contoso.example → b.contoso.example → _hetk.contoso.example.",
		},
		"circle further on": {
			[]string{"_hetk.contoso.example. 300 IN CNAME b.contoso.example.", "b.contoso.example. 300 IN CNAME c.contoso.example.", "c.contoso.example. 300 IN CNAME b.contoso.example."},
			fmt.Sprintf(wordCircle, "b.contoso.example"), "at b.contoso.example leads in a circle, so no record can be found behind it: b.contoso.example → c.contoso.example → b.contoso.example.",
		},
		"itself": {
			[]string{"_hetk.contoso.example. 300 IN CNAME _hetk.contoso.example."},
			fmt.Sprintf(wordCircle, "_hetk.contoso.example"), "The alias (CNAME) at _hetk.contoso.example leads to itself",
		},
		"on and on": {
			onAndOn(9), fmt.Sprintf(wordLong, "a8.contoso.example"),
			"The aliases from _hetk.contoso.example on do not come to an end: after 8 of them, at a8.contoso.example, there is still another.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, c.lines...)
			a, err := w.ask(t, "_hetk.contoso.example", nil)
			if err == nil || !strings.Contains(err.Error(), c.error) || a.Security != Indeterminate || a.Agree || !a.Endless {
				t.Error(a, err)
			}
			l := w.look(t, rule, "contoso.example")
			f := l.Findings()[0]
			if r := l.Report(); r.State != checks.DNSError || !strings.Contains(r.Reason, c.say) || r.Settled || f.Verdict != checks.Unknown || f.Fix == nil || !strings.HasPrefix(f.Fix.Do, "In the DNS, remove the alias (CNAME) at _hetk (in the zone contoso.example)") {
				t.Errorf("%+v, %+v", r, f.Fix)
			}
		})
	}
}

// onAndOn is a chain of n aliases that ends.
func onAndOn(n int) []string {
	lines, at := []string{}, "_hetk"
	for i := range n {
		to := fmt.Sprintf("a%d", i+1)
		lines, at = append(lines, at+".contoso.example. 300 IN CNAME "+to+".contoso.example."), to
	}
	return append(lines, at+`.contoso.example. 300 IN TXT "v=hetk1; policy=private"`)
}

// TestNoSuchTop: a name below a top-level domain that does not exist is absent, as the
// root's own servers say, who are told no more of it than that domain.
func TestNoSuchTop(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		root bool // its servers answer
		lies bool // the resolver says "not there" of what is
		want checks.DNSState
	}{
		"none":                    {true, false, checks.DNSAbsent},
		"the root is not reached": {false, false, checks.DNSError},
		"the resolver lies":       {true, true, checks.DNSError},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, domain := newWorld(t, false, record), "contoso.nowhere"
			if c.lies {
				domain = "contoso.example"
			}
			var mu sync.Mutex
			heard := map[string]bool{}
			w.set(func() {
				w.rude = func(q, m *dns.Msg) bool {
					mu.Lock()
					defer mu.Unlock()
					if heard[q.Question[0].Name] = true; !c.root {
						m.Answer, m.Ns, m.Rcode = nil, nil, dns.RcodeRefused
					}
					return false
				}
				w.tell = func(m *dns.Msg) {
					if q := m.Question[0]; c.lies && q.Name != "." && !strings.HasPrefix(q.Name, "ns") {
						m.Answer, m.Ns, m.Rcode = nil, nil, dns.RcodeNameError
					}
				}
			})
			rule := checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
			l := w.look(t, rule, domain)
			r, all := l.Report(), l.Findings()
			if r.State != c.want || r.Resolver.Outcome != NoName {
				t.Fatalf("%+v", r)
			}
			mu.Lock()
			defer mu.Unlock()
			for n := range heard {
				if !c.lies && n != "nowhere." {
					t.Errorf("the root was told of %s", n)
				}
			}
			if c.want == checks.DNSError {
				return
			}
			if r.Security != Secure || r.Zone != "." || r.Home != "" || !strings.Contains(r.Reason, "There is no top-level domain .nowhere,") || !r.Settled || len(r.Lack) != 2 {
				t.Errorf("%+v", r)
			}
			if all[0].Fix != nil || all[0].Verdict != checks.Warn || all[1].Summary != "Both servers of the root say the same." || all[2].Verdict != checks.Pass {
				t.Errorf("%+v", all)
			}
		})
	}
}

func TestAskable(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string][3]bool{ // resolver public, private, on this machine
		"8.8.8.8": {true, true, true}, "127.0.0.1": {false, false, true}, "10.0.0.1": {false, true, true}, "169.254.169.254": {false, false, false},
		"::ffff:127.0.0.1": {false, false, true}, "fe80::1": {false, false, false}, "fd00::1": {false, true, true}, "0.0.0.0": {false, false, false},
		"224.0.0.1": {false, false, false}, "100.64.0.1": {false, true, true}, "64:ff9b::7f00:1": {false, false, true}, "2001:4860::8": {true, true, true}, "::1": {false, false, true},
	} {
		for i, r := range []*Resolver{{}, {private: true}, {private: true, here: true}} {
			if got := r.askable(netip.MustParseAddr(addr)); got != want[i] {
				t.Errorf("%s, %d: %v", addr, i, got)
			}
		}
	}
}

// TestAStubOpensNothingHere: that a stub resolver runs on this machine, as on most,
// lets no zone send questions to this machine; that the operator named one does.
func TestAStubOpensNothingHere(t *testing.T) {
	t.Parallel()
	stub := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(stub, []byte("nameserver 127.0.0.53\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		opt           Options
		private, here bool
	}{
		"a stub":                {Options{ResolvConf: stub}, true, false},
		"a stub, port named":    {Options{ResolvConf: stub, Port: 5300}, true, true},
		"named":                 {Options{Server: "127.0.0.1:5300"}, true, true},
		"named, at home":        {Options{Server: "10.0.0.1"}, true, false},
		"named, public":         {Options{Server: "192.0.2.53"}, false, false},
		"named, for strangers":  {Options{Server: "127.0.0.1", PublicOnly: true}, false, false},
		"everything is allowed": {Options{Server: "192.0.2.53", AllowPrivate: true}, true, true},
	} {
		r, err := New(c.opt)
		if err != nil || r.private != c.private || r.here != c.here {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestParseServer(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"tls://": wordBadServer, "tls://localhost:0": wordBadPort, "tls://localhost:99999": wordBadPort, "192.0.2.53:domain": wordBadPort,
		"tls://192.0.2.53:": wordBadPort, "tcp://localhost": wordNameless, "localhost": wordNameless, "localhost:5353": wordNameless,
		"https://dns.contoso.example/dns-query": wordNoHTTPS, "tls:/localhost": wordBadServer, "tls://dns.contoso.example/": wordBadServer,
		"tcp://[::1": wordBadServer, "[::1]x": wordBadServer, "tls://a@localhost": wordBadServer, "ftp://192.0.2.53": wordBadServer, "": wordBadServer,
	} {
		if _, err := parseServer(in); err == nil || !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
	for in, want := range map[string]string{
		"192.0.2.53": "udp 192.0.2.53:53", "[2001:db8::53]:5353": "udp [2001:db8::53]:5353", "2001:db8::53": "udp [2001:db8::53]:53",
		"tcp://192.0.2.53": "tcp 192.0.2.53:53", "tls://dns.contoso.example": "tls dns.contoso.example:853",
		"": "", "dns.contoso.example": "", "192.0.2.53:0": "", "http://192.0.2.53": "", "tls://a b": "", "192.0.2.53:x": "",
	} {
		got, err := parseServer(in)
		if (err == nil) != (want != "") || err == nil && got.network+" "+got.String() != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
}

func TestParseAnchors(t *testing.T) {
	t.Parallel()
	if got, err := ParseAnchors(strings.NewReader(rootAnchors)); err != nil || len(got) != 2 || !strings.Contains(got[1].String(), "38696 8 2") {
		t.Error(got, err)
	}
	for _, bad := range []string{"", "; only words", ". IN DS x", ". IN A 192.0.2.1", ". IN DS 1 5 1 " + strings.Repeat("0", 40), "$INCLUDE /etc/passwd", "\x00\xff", ". IN DS 20326 8 2 E06D\n. IN DS 1 8"} {
		if _, err := ParseAnchors(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// TestBytesAreBounded: what one server may send, all of them together, and the
// resolver in use, whose share nobody else spends.
func TestBytesAreBounded(t *testing.T) {
	t.Parallel()
	at := func(i int) target { return target{"udp", fmt.Sprintf("192.0.2.%d", i), "53"} }
	r := &Resolver{read: map[string]*atomic.Int64{}, servers: []target{at(53)}}
	for i := range maxBytes / maxOne {
		if err := r.spend(at(i), maxOne); err != nil {
			t.Error(i, err)
		}
		if err := r.spend(at(0), 1); err == nil {
			t.Error("one server may send without end")
		}
		r.spent.Add(-1)
	}
	if err := r.spend(at(50), 1); err == nil || err.Error() != wordAllBytes {
		t.Errorf("a fifth may send more: %v", err)
	}
	if err := r.spend(at(53), maxBytes); err != nil {
		t.Error("servers spent the resolver's share", err)
	}
	if err := r.spend(at(53), 1); err == nil || err.Error() != wordBytes {
		t.Errorf("the resolver may send without end: %v", err)
	}
}
