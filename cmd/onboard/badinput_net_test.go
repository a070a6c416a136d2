package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"onboard.example/checks/sim"
)

// distant is one bad network and what `onboard check` says of it.
type distant struct {
	name  string
	flags func(t *testing.T, s *sim.Sim) []string // beside --app and --domain
	says  []string
	lacks []string
	open  bool // the run gets through all the same
	slow  bool // it takes somebody's whole patience: looked at once, as JSON is elsewhere
}

// TestBadNetwork shows what a person gets where Microsoft can not be reached,
// or is not who answers.
func TestBadNetwork(t *testing.T) {
	t.Parallel()
	const (
		unreachable = "Could not look: Microsoft could not be reached."
		untrusted   = "Could not look: the certificate shown is not trusted; the connection may be inspected on the way."
		other       = "Could not look: something else answered in Microsoft's place"
		doNetwork   = "→ Check the network, and name the proxy if there is one (--proxy)."
		doTLS       = "→ If your organisation inspects traffic, name its root certificate (--ca-file); if not, change the network."
		doPortal    = "→ Open any web page to get past the network's own sign-in"
	)
	for _, f := range []distant{
		{name: "nobody listens", flags: bothAt(nobodyListens), says: []string{unreachable, doNetwork}},
		{name: "nobody listens for Graph", flags: graphAt(nobodyListens), says: []string{unreachable, "the connection was refused", doNetwork}},
		{name: "a captive portal redirects", flags: bothAt(captive), says: []string{other, doPortal}},
		{name: "a captive portal for Graph", flags: graphAt(captive), says: []string{other, "login.guest.example", doPortal}},
		{name: "TLS is inspected", flags: bothAt(inspected), says: []string{untrusted, "TLS inspection", doTLS}},
		{name: "TLS is inspected for Graph", flags: graphAt(inspected), says: []string{untrusted, "a company proxy or a virus scanner", doTLS}},
		{name: "a certificate for another name", flags: graphAt(misnamed), says: []string{untrusted, "the certificate belongs to another name", doTLS}},
		{name: "a certificate that has expired", flags: graphAt(expired), says: []string{untrusted, "see whether this machine's clock is right", doTLS}},
		{name: "a sign-in host whose certificate has expired", flags: bothAt(expired), says: []string{untrusted, "check this machine's clock", doTLS}},
		{name: "a clock that is years behind", flags: fromTheFuture, says: []string{untrusted, "clock", doTLS}},
		{name: "no TLS", flags: graphAt(plainHTTP), says: []string{"the other side does not speak TLS"}},
		{name: "hangs up", flags: graphAt(hangsUp), says: []string{unreachable, doNetwork}},
		{name: "an answer in another language", flags: graphAt(gibberish), says: []string{"Could not look"}},
		{name: "IPv6 alone", flags: onlyIPv6, open: true},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.run(t)
		})
	}
}

// TestBadProxy shows what a person gets of a proxy that is not there, wants a
// password, or forbids; and that a good one is gone through.
func TestBadProxy(t *testing.T) {
	t.Parallel()
	const unreachable = "Could not look: Microsoft could not be reached."
	for _, f := range []distant{
		{name: "a proxy that works", flags: through(connect), open: true},
		{name: "refused", flags: throughAddress(func(*testing.T) string { return "http://" + closedPort }), says: []string{unreachable, "the proxy did", "--proxy"}},
		{name: "wants a password", flags: through(answers("407 Proxy Authentication Required")), says: []string{unreachable, "the proxy", "Proxy Authentication Required"}},
		{name: "wrong password", flags: throughAddress(func(t *testing.T) string {
			return "http://someone:hunter2@" + proxy(t, answers("407 Proxy Authentication Required"))
		}), says: []string{unreachable, "the proxy"}, lacks: []string{"hunter2"}},
		{name: "forbids", flags: through(answers("403 Forbidden")), says: []string{unreachable, "the proxy did not let us through"}},
		{name: "is no proxy", flags: through(func(c net.Conn, _ *http.Request) { _, _ = io.WriteString(c, "SSH-2.0-server\r\n") }), says: []string{unreachable}},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.run(t)
		})
	}
}

// TestBadNames shows what a person gets where names can not be looked up.
func TestBadNames(t *testing.T) {
	t.Parallel()
	const said = "Could not look: Microsoft could not be reached."
	for _, f := range []distant{
		{name: "refused", flags: named(rcode(dns.RcodeRefused)), says: []string{said, "could not be looked up"}},
		{name: "servfail", flags: named(rcode(dns.RcodeServerFailure)), says: []string{said, "could not be looked up"}},
		{name: "no such name", flags: named(rcode(dns.RcodeNameError)), says: []string{said, "could not be looked up"}},
		{name: "no answer", slow: true, flags: named(func(dns.ResponseWriter, *dns.Msg) {}), says: []string{said, "could not be looked up"}},
		{name: "truncated, and whole over TCP", flags: named(truncated), open: true},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.run(t)
		})
	}
}

// run looks for people and for programs.
func (f distant) run(t *testing.T) {
	t.Helper()
	s := simulate(t, sim.Options{Scenario: "approved"})
	token, err := s.Token("admin@contoso.example")
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"check", "--app", "hetk", "--domain", "contoso.example", "--token-file", keep(t, "token", token)}, f.flags(t, s)...)
	code, state := codeUnknown, `"state":"unknown"`
	if f.open {
		code, state, f.says = codeOpen, `"state":"open"`, append(f.says, "open, verified")
	}
	text := ask(t, nil, args...)
	for _, w := range f.says {
		if !strings.Contains(text.out, w) {
			t.Errorf("%q is not said", w)
		}
	}
	lacks(t, text.out, f.lacks...)
	if text.code != code || text.err != "" {
		t.Errorf("exit %d, want %d; standard error %q", text.code, code, text.err)
	}
	if !f.slow {
		report := ask(t, nil, append(args, "--json")...)
		if report.code != code || report.err != "" {
			t.Errorf("exit %d, want %d; standard error %q", report.code, code, report.err)
		}
		holds(t, report.out, state)
		lacks(t, report.out, f.lacks...)
		if err := compileSchema(t).validate(report.out); err != nil {
			t.Errorf("the report does not fit its schema: %v", err)
		}
	}
	if t.Failed() {
		t.Logf("what a person saw:\n%s", text.out)
	}
}

// place starts something in Microsoft's place: its address, and the authority
// that a person trusts ("" for the simulator's alone).
type place func(t *testing.T) (base, ca string)

// graphAt has the sign-in host right and Graph at p.
func graphAt(p place) func(*testing.T, *sim.Sim) []string {
	return func(t *testing.T, s *sim.Sim) []string {
		t.Helper()
		base, ca := p(t)
		theirs, err := readBounded(s.Ready().CA, nil)
		if err != nil {
			t.Fatal(err)
		}
		return append(against(s.Ready()), "--graph-url", base, "--ca-file", keep(t, "ca.pem", string(theirs)+ca))
	}
}

// bothAt has sign-in and Graph at p.
func bothAt(p place) func(*testing.T, *sim.Sim) []string {
	return func(t *testing.T, _ *sim.Sim) []string {
		t.Helper()
		base, ca := p(t)
		flags := []string{"--login-url", base, "--graph-url", base}
		if ca != "" {
			flags = append(flags, "--ca-file", keep(t, "ca.pem", ca))
		}
		return flags
	}
}

func nobodyListens(t *testing.T) (string, string) {
	t.Helper()
	return "https://" + closedPort, ""
}

func captive(t *testing.T) (string, string) {
	t.Helper()
	s := serveTLS(t, http.RedirectHandler("http://login.guest.example/welcome", http.StatusFound), nil)
	return s.URL, pemOf(s.Certificate())
}

func inspected(t *testing.T) (string, string) {
	t.Helper()
	return serveTLS(t, http.NotFoundHandler(), nil).URL, ""
}

func misnamed(t *testing.T) (string, string) {
	t.Helper()
	s := serveTLS(t, http.NotFoundHandler(), nil)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1), pemOf(s.Certificate())
}

// expired serves with a certificate whose day is over.
func expired(t *testing.T) (string, string) {
	t.Helper()
	over := ownCert(t, -48*time.Hour, -24*time.Hour)
	s := serveTLS(t, http.NotFoundHandler(), func(s *httptest.Server) {
		s.TLS = &tls.Config{Certificates: []tls.Certificate{over}}
	})
	return s.URL, pemOf(s.Certificate())
}

// fromTheFuture is a Microsoft of ten years from now: to it, this machine's
// clock is behind.
func fromTheFuture(t *testing.T, _ *sim.Sim) []string {
	t.Helper()
	s := simulate(t, sim.Options{Now: func() time.Time { return time.Now().AddDate(10, 0, 0) }})
	return against(s.Ready())
}

func plainHTTP(t *testing.T) (string, string) {
	t.Helper()
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "http:", "https:", 1), ""
}

// hangsUp accepts and closes, without a word.
func hangsUp(t *testing.T) (string, string) {
	t.Helper()
	return "https://" + accept(t, func(c net.Conn) { _ = c.Close() }), ""
}

// gibberish speaks TLS, and then nothing that is HTTP.
func gibberish(t *testing.T) (string, string) {
	t.Helper()
	s := serveTLS(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(c, "220 mail.example ESMTP \x1b]0;owned\x07\r\n")
		_ = c.Close()
	}), nil)
	return s.URL, pemOf(s.Certificate())
}

// onlyIPv6 is a simulator on [::1] alone.
func onlyIPv6(t *testing.T, _ *sim.Sim) []string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "[::1]:0")
	if err != nil {
		t.Skipf("THIS MACHINE HAS NO IPv6 LOOPBACK, so nothing is shown here: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := simulate(t, sim.Options{Scenario: "approved", Listen: "[::1]:0", DNS: "[::1]:0"})
	token, err := s.Token("admin@contoso.example")
	if err != nil {
		t.Fatal(err)
	}
	return append(against(s.Ready()), "--token-file", keep(t, "token", token))
}

// accept listens on loopback and hands every connection to serve.
func accept(t *testing.T, serve func(net.Conn)) (address string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return l.Addr().String()
}

// proxy listens for CONNECT and has it answered.
func proxy(t *testing.T, answer func(net.Conn, *http.Request)) (address string) {
	t.Helper()
	return accept(t, func(c net.Conn) {
		defer c.Close()
		r, err := http.ReadRequest(bufio.NewReader(c))
		if err == nil {
			answer(c, r)
		}
	})
}

func through(answer func(net.Conn, *http.Request)) func(*testing.T, *sim.Sim) []string {
	return throughAddress(func(t *testing.T) string {
		t.Helper()
		return "http://" + proxy(t, answer)
	})
}

func throughAddress(address func(*testing.T) string) func(*testing.T, *sim.Sim) []string {
	return func(t *testing.T, s *sim.Sim) []string {
		t.Helper()
		return append(against(s.Ready()), "--proxy", address(t))
	}
}

// answers refuses with a status line.
func answers(status string) func(net.Conn, *http.Request) {
	return func(c net.Conn, _ *http.Request) {
		_, _ = io.WriteString(c, "HTTP/1.1 "+status+"\r\nContent-Length: 0\r\nProxy-Authenticate: Basic realm=\"office\"\r\n\r\n")
	}
}

// connect is what a proxy does.
func connect(c net.Conn, r *http.Request) {
	var d net.Dialer
	up, err := d.DialContext(context.WithoutCancel(r.Context()), "tcp", r.Host)
	if err != nil || r.Method != http.MethodConnect {
		return
	}
	defer up.Close()
	_, _ = io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n")
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(up, c)
		close(done)
	}()
	_, _ = io.Copy(c, up)
	_ = c.Close()
	<-done
}

// named points onboard at a host name, and at a name server that misbehaves.
func named(answer dns.HandlerFunc) func(*testing.T, *sim.Sim) []string {
	return func(t *testing.T, s *sim.Sim) []string {
		t.Helper()
		_, port, err := net.SplitHostPort(s.Ready().HTTPS)
		if err != nil {
			t.Fatal(err)
		}
		base := (&url.URL{Scheme: "https", Host: net.JoinHostPort("login.microsoftonline.com", port)}).String()
		return append(against(s.Ready()), "--login-url", base, "--graph-url", base, "--dns-server", nameServer(t, answer))
	}
}

func rcode(code int) dns.HandlerFunc {
	return func(w dns.ResponseWriter, q *dns.Msg) { _ = w.WriteMsg(new(dns.Msg).SetRcode(q, code)) }
}

// truncated answers whole over TCP alone.
func truncated(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg).SetReply(q)
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp {
		m.Truncated = true
	} else if len(q.Question) == 1 && q.Question[0].Qtype == dns.TypeA {
		m.Answer = append(m.Answer, &dns.A{
			Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}, A: net.IPv4(127, 0, 0, 1),
		})
	}
	_ = w.WriteMsg(m)
}

// nameServer serves DNS on loopback, UDP and TCP at one port.
func nameServer(t *testing.T, answer dns.HandlerFunc) (address string) {
	t.Helper()
	var lc net.ListenConfig
	var l net.Listener
	var pc net.PacketConn
	for tries := 1; pc == nil; tries++ { // the same port of UDP may be somebody's
		var err error
		if l, err = lc.Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		pc, err = lc.ListenPacket(t.Context(), "udp", l.Addr().String())
		if err == nil {
			break
		}
		_ = l.Close() // it served nobody
		if pc = nil; tries == 10 {
			t.Fatal(err)
		}
	}
	for _, s := range []*dns.Server{{Listener: l, Handler: answer}, {PacketConn: pc, Handler: answer}} {
		up := make(chan struct{})
		s.NotifyStartedFunc = func() { close(up) }
		go func() { _ = s.ActivateAndServe() }()
		<-up
		t.Cleanup(func() { _ = s.Shutdown() })
	}
	return l.Addr().String()
}
