package resolve

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// serveTLS adds a resolver over TLS and returns its port and who vouches for it.
func (w *world) serveTLS(t *testing.T, change ...func(*x509.Certificate)) (port int, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "resolver"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}, IsCA: true, BasicConstraintsValid: true,
	}
	for _, f := range change {
		f(c)
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := tls.NewListener(plain, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	run(t, &dns.Server{Listener: l, Handler: w.handler("127.0.0.1", false)})
	at, ok := plain.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("no port")
	}
	roots = x509.NewCertPool()
	roots.AddCert(leaf)
	return at.Port, roots
}

// TestForms asks the resolver in every form that --dns-server takes. What is wrong is
// said with what to type instead.
func TestForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	port, roots := w.serveTLS(t)
	elsewhere, its := w.serveTLS(t, func(c *x509.Certificate) {
		c.DNSNames, c.IPAddresses = []string{"*.contoso.example", "dns.contoso.example"}, nil
	})
	wild, wilds := w.serveTLS(t, func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"*.contoso.example"}, nil })
	nameless, anyones := w.serveTLS(t, func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, nil })
	from, to := time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
	old, olds := w.serveTLS(t, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = from, to })
	mute, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // takes connections, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mute.Close() })
	for name, c := range map[string]struct {
		server string
		roots  *x509.CertPool
		fails  string
	}{
		"udp":                  {fmt.Sprintf("127.0.0.1:%d", w.port), nil, ""},
		"tcp":                  {fmt.Sprintf("tcp://127.0.0.1:%d", w.port), nil, ""},
		"tls by address":       {fmt.Sprintf("tls://127.0.0.1:%d", port), roots, ""},
		"tls by name":          {fmt.Sprintf("tls://localhost:%d", port), roots, ""},
		"tls, in capitals":     {fmt.Sprintf("TLS://127.0.0.1:%d", port), roots, ""},
		"tls, a stranger":      {fmt.Sprintf("tls://127.0.0.1:%d", port), x509.NewCertPool(), ": " + wordNoAuthority},
		"tls, another's name":  {fmt.Sprintf("tls://localhost:%d", elsewhere), its, ": its certificate is for *.contoso.example, dns.contoso.example, and not for localhost; if that is who is meant, name it so: tls://dns.contoso.example:" + fmt.Sprint(elsewhere)},
		"tls, another address": {fmt.Sprintf("tls://127.0.0.1:%d", elsewhere), its, ": its certificate is for *.contoso.example, dns.contoso.example, and not for 127.0.0.1; if that is who is meant, name it so: tls://dns.contoso.example:" + fmt.Sprint(elsewhere)},
		"tls, others' names":   {fmt.Sprintf("tls://localhost:%d", wild), wilds, ": its certificate is for *.contoso.example, and not for localhost"},
		"tls, no name":         {fmt.Sprintf("tls://localhost:%d", nameless), anyones, ": its certificate is for no name or address, so not for localhost either"},
		"tls, run out":         {fmt.Sprintf("tls://localhost:%d", old), olds, ": its certificate holds only from " + stamp(from) + " to " + stamp(to) + "; is this machine's clock right?"},
		"tls where none is":    {fmt.Sprintf("tls://127.0.0.1:%d", w.port), roots, ": " + wordNoTLS},
		"tls, and no word":     {"tls://" + mute.Addr().String(), roots, ": " + wordNoTLS},
		"tcp, and no word":     {"tcp://" + mute.Addr().String(), nil, ": " + wordLate},
		"tcp where tls is":     {fmt.Sprintf("tcp://127.0.0.1:%d", port), nil, ": " + wordHungUp},
		"nothing listens: tcp": {"tcp://127.0.0.1:1", nil, ": " + wordRefused},
		"nothing listens: tls": {"tls://127.0.0.1:1", nil, ": " + wordRefused},
		"nothing listens: udp": {"127.0.0.1:1", nil, ": " + wordRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := w.ask(t, "_hetk.contoso.example", func(o *Options) {
				o.Server, o.Timeout = c.server, 10*time.Second
				if strings.HasSuffix(c.server, mute.Addr().String()) {
					o.Timeout = 5 * time.Second // to connect, too
				}
				if c.roots != nil {
					o.TLS = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.roots}
				}
			})
			switch {
			case c.fails == "" && (err != nil || a.Security != Secure || a.Resolver.Outcome != Found):
				t.Errorf("%+v, %v", a, err)
			case c.fails != "" && (err == nil || !strings.HasSuffix(err.Error(), c.fails)):
				t.Errorf("%v, want %q", err, c.fails)
			}
		})
	}
	r, err := New(Options{Server: fmt.Sprintf("tls://localhost:%d", port), Port: w.port, PublicOnly: true, TLS: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := r.Look(t.Context(), "_hetk.contoso.example", dns.TypeTXT); err != nil || len(a.Servers) != 2 || a.Servers[0].Outcome != Barred {
		t.Errorf("for strangers: %+v, %v", a, err)
	}
}

// TestIPv6: the resolver and a name server at ::1.
func TestIPv6(t *testing.T) {
	t.Parallel()
	for range 20 {
		w := newWorld(t, false, record, "ns1.contoso.example. 300 IN AAAA ::1")
		if !w.listen(t, "::1", true) {
			continue // the port is taken there
		}
		a, err := w.ask(t, "_hetk.contoso.example", func(o *Options) { o.Server, o.AllowPrivate = fmt.Sprintf("[::1]:%d", w.port), true })
		if err != nil || len(a.Servers) != 3 || !a.Agree || a.Security != Secure || a.Resolver.Addr != fmt.Sprintf("[::1]:%d", w.port) {
			t.Errorf("%+v, %v", a, err)
		}
		return
	}
	t.Fatal("no free port on ::1")
}

func TestResolvConf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"one":          {"# mine\nsearch contoso.example\nnameserver 192.0.2.53\n", "udp 192.0.2.53:53"},
		"four":         {"nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4", "udp 192.0.2.1:53 udp 192.0.2.2:53 udp 192.0.2.3:53"},
		"IPv6":         {"nameserver 2001:db8::53\nnameserver fe80::1%eth0", "udp [2001:db8::53]:53 udp [fe80::1%eth0]:53"},
		"tabs, CR, ;":  {"; x\r\nnameserver\t192.0.2.53\r\n\r\n", "udp 192.0.2.53:53"},
		"TCP asked":    {"nameserver 192.0.2.53\noptions rotate use-vc edns0", "tcp 192.0.2.53:53"},
		"a bad one":    {"nameserver dns.example\nnameserver 192.0.2.53", "udp 192.0.2.53:53"},
		"word after":   {"nameserver 192.0.2.53 # mine", "udp 192.0.2.53:53"},
		"none":         {"search contoso.example\n#nameserver 192.0.2.53\nnameserver", ""},
		"empty":        {"", ""},
		"a long line":  {strings.Repeat("x", 1<<17) + "\nnameserver 192.0.2.53", ""},
		"not a config": {"\x00\x01\xff", ""},
	} {
		path := filepath.Join(t.TempDir(), "resolv.conf")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := inUse(Options{ResolvConf: path})
		var said []string
		for _, s := range got {
			said = append(said, s.network+" "+s.String())
		}
		if strings.Join(said, " ") != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, said, err)
		}
	}
	if _, err := New(Options{ResolvConf: filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a resolv.conf that is not there was read")
	}
}

// TestSeveralResolvers: a dead one and one that fails do not keep a live one
// from answering.
func TestSeveralResolvers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	deaf, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { deaf.Close() })
	_, port, err := net.SplitHostPort(deaf.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	live, silent := target{"udp", "127.0.0.1", fmt.Sprint(w.port)}, target{"udp", "127.0.0.1", port}
	for name, servers := range map[string][]target{"dead first": {silent, live}, "refused first": {{"udp", "127.0.0.1", "1"}, silent, live}, "dead last": {live, silent}} {
		r, err := New(Options{Server: w.resolver, Port: w.port, Timeout: time.Second, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}})
		if err != nil {
			t.Fatal(err)
		}
		r.servers = servers
		a, err := r.Look(t.Context(), "_hetk.contoso.example", dns.TypeTXT)
		if err != nil || a.Security != Secure || a.Resolver.Addr != live.String() {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	r, err := New(Options{Server: silent.String(), Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	r.servers = []target{silent, silent}
	if _, err := r.Look(t.Context(), "_hetk.contoso.example", dns.TypeTXT); err == nil {
		t.Error("the dead answered")
	}
}

// counted counts the connections that were made to it.
type counted struct {
	net.Listener
	n atomic.Int64
}

func (c *counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.n.Add(1)
	}
	return conn, err
}

// TestConnectionsAreShared: many questions go over few connections, unless the
// resolver closes them on those who wait; none outlives the look.
func TestConnectionsAreShared(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	for once, want := range map[bool][2]int64{false: {1, maxPipes}, true: {12, 60}} {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c := &counted{Listener: l}
		s := &dns.Server{Listener: c, Handler: w.handler("127.0.0.1", false), MaxTCPQueries: -1}
		if once {
			s.MaxTCPQueries = 1
		}
		run(t, s)
		r, err := New(Options{Server: "tcp://" + l.Addr().String(), Port: w.port, Anchors: []dns.RR{w.zones[0].key.ToDS(dns.SHA256)}})
		if err != nil {
			t.Fatal(err)
		}
		a, err := r.Look(t.Context(), "_hetk.contoso.example", dns.TypeTXT)
		if err != nil || a.Security != Secure || len(r.pipes) != 0 || r.looks != 0 {
			t.Errorf("%+v, %v, %d left", a, err, len(r.pipes))
		}
		if n := c.n.Load(); n < want[0] || n > want[1] {
			t.Errorf("one question each %v: %d connections", once, n)
		}
	}
}

// TestLooksThatEndSideBySide: one look ends, and closes what was opened, while
// another begins: neither waits for the other's connections, and nothing panics.
func TestLooksThatEndSideBySide(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, record)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	run(t, &dns.Server{Listener: l, Handler: w.handler("127.0.0.1", false), MaxTCPQueries: -1})
	r, err := New(Options{Server: "tcp://" + l.Addr().String(), Port: w.port})
	if err != nil {
		t.Fatal(err)
	}
	at := r.servers[0]
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 300 {
				r.begin()
				p := r.pipeTo(t.Context(), at)
				r.mu.Lock()
				p.load--
				r.mu.Unlock()
				r.hangUp()
			}
		})
	}
	wg.Wait()
	if r.looks != 0 || len(r.opened) != 0 || len(r.pipes) != 0 {
		t.Errorf("%d looks, %d connections left", r.looks, len(r.opened))
	}
}
