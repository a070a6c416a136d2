package ssh

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/coder/websocket"

	"onboard.example/ssh/web"
)

// What the door under test is called, and what is spoken at it.
const (
	doorName = "onboard.example"
	origin   = "https://" + doorName
	spoken   = "onboard.wizard.1"
)

// doored is a server with a door in the browser, where the wizard is.
type doored struct {
	*site

	door  string // where it listens
	trust *x509.CertPool
}

// doors serves with such a door.
func doors(t *testing.T, change func(*Options)) *doored {
	t.Helper()
	return doorsBy(t, change, (*Server).Limited)
}

// doorsBy is doors on a listener that is limited in another way.
func doorsBy(t *testing.T, change func(*Options), limited func(*Server, net.Listener) net.Listener) *doored {
	t.Helper()
	s := serve(t, change)
	proof, trust := proofOf(t)
	page := fstest.MapFS{}
	for _, name := range []string{"wizard.js", "wizard.css", "node_modules/@xterm/xterm/lib/xterm.js", "node_modules/@xterm/xterm/css/xterm.css", "node_modules/@xterm/xterm/LICENSE", "node_modules/@xterm/addon-fit/lib/addon-fit.js", "node_modules/@xterm/addon-fit/LICENSE"} {
		page[name] = &fstest.MapFile{Data: []byte("/* " + name + " */")}
	}
	door, err := web.New(web.Options{Certificate: proof, Log: s.o.Log, Wizard: &web.Wizard{
		Origin: origin, Width: s.o.Limits.Width, Height: s.o.Limits.Height, Assets: page,
		Serve: func(c net.Conn, v *web.Visitor) string {
			return s.Visit(c, Window{User: v.User, Plain: v.Plain, Width: v.Width, Height: v.Height}, v)
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- door.Serve(limited(s.Server, l)) }()
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), patience)
		defer stop()
		door.Drain(ctx)
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return &doored{site: s, door: l.Addr().String(), trust: trust}
}

// proofOf makes a certificate for the door, and what trusts it.
func proofOf(t *testing.T) (*web.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{doorName}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	proof, err := web.LoadCertificate(certFile, keyFile, doorName, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	trust := x509.NewCertPool()
	trust.AddCert(leaf)
	return proof, trust
}

// from is a client's side from an address of this machine; raw hears of each
// connection, in TLS.
func (d *doored) from(t *testing.T, address string, raw func(net.Conn)) *http.Client {
	t.Helper()
	tr := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: d.trust},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}).DialContext(ctx, network, d.door)
			if err == nil && raw != nil {
				raw(c)
			}
			return c, err
		},
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// calls opens a WebSocket as the page does, but for what change changes.
func (d *doored) calls(t *testing.T, c *http.Client, change func(*websocket.DialOptions)) (ws *websocket.Conn, status int, err error) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	o := &websocket.DialOptions{HTTPClient: c, HTTPHeader: http.Header{"Origin": {origin}}, Subprotocols: []string{spoken}}
	if change != nil {
		change(o)
	}
	ws, res, err := websocket.Dial(ctx, "wss://"+doorName+"/wizard/line", o)
	if ws != nil {
		t.Cleanup(func() { _ = ws.CloseNow() })
	}
	if res != nil {
		status = res.StatusCode
		if res.Body != nil {
			_ = res.Body.Close()
		}
	}
	return ws, status, err
}

// glass is a page with a terminal in it.
type glass struct {
	t    *testing.T
	ws   *websocket.Conn
	over chan struct{} // closed when nothing more comes

	mu   sync.Mutex
	emu  *vt.Emulator
	raw  bytes.Buffer
	told []map[string]any
	err  error
}

// looks is a page as it is, which reads all that comes.
func looks(t *testing.T, ws *websocket.Conn) *glass {
	g := &glass{t: t, ws: ws, over: make(chan struct{}), emu: vt.NewEmulator(200, 60)}
	go g.reads(context.WithoutCancel(t.Context()))
	return g
}

func (g *glass) reads(ctx context.Context) {
	defer close(g.over)
	defer func() { _ = g.ws.CloseNow() }() // whoever still writes is told
	g.ws.SetReadLimit(1 << 20)
	for {
		kind, text, err := g.ws.Read(ctx)
		g.mu.Lock()
		switch {
		case err != nil:
			g.err = err
		case kind == websocket.MessageText:
			var one map[string]any
			if json.Unmarshal(text, &one) == nil {
				g.told = append(g.told, one)
			}
		default:
			g.raw.Write(text)
			_, _ = g.emu.Write(bytes.ReplaceAll(text, []byte("\x1b]11;?\a"), nil)) // the emulator waits for a reader of its answers
		}
		g.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// opens opens the wizard as a page does.
func (d *doored) opens(t *testing.T, user string, cols, rows int) *glass {
	t.Helper()
	ws, _, err := d.calls(t, d.from(t, "127.0.0.1", nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	g := looks(t, ws)
	g.emu.Resize(min(cols, 200), min(rows, 60))
	g.says(fmt.Sprintf(`{"user":%q,"plain":false,"cols":%d,"rows":%d}`, user, cols, rows))
	return g
}

// says sends what the page says besides keys.
func (g *glass) says(text string) {
	g.t.Helper()
	if err := g.ws.Write(g.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		g.t.Fatal(err)
	}
}

// types sends keys.
func (g *glass) types(keys string) {
	g.t.Helper()
	if err := g.ws.Write(g.t.Context(), websocket.MessageBinary, []byte(keys)); err != nil {
		g.t.Fatal(err)
	}
}

func (g *glass) screen() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.emu.String()
}

func (g *glass) all() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return fmt.Sprintf("%s\n%v\n%v", g.raw.String(), g.told, g.err)
}

func (g *glass) sees(text string) {
	g.t.Helper()
	await(g.t, fmt.Sprintf("%q", text), func() bool { return strings.Contains(g.screen(), text) }, func() string { return g.screen() + g.all() })
}

// presses sends keys until a text is on the screen.
func (g *glass) presses(keys, until string) {
	g.t.Helper()
	var last time.Time
	await(g.t, fmt.Sprintf("%q", until), func() bool {
		if strings.Contains(g.screen(), until) {
			return true
		}
		if time.Since(last) > 400*time.Millisecond {
			last = time.Now()
			g.types(keys)
		}
		return false
	}, g.all)
}

// hears waits for what the page is told.
func (g *glass) hears(key string) (value any) {
	g.t.Helper()
	await(g.t, key, func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, one := range g.told {
			if v, ok := one[key]; ok {
				value = v
				return true
			}
		}
		return false
	}, g.all)
	return value
}

// ends waits until nothing more comes, and gives why.
func (g *glass) ends() websocket.StatusCode {
	g.t.Helper()
	select {
	case <-g.over:
	case <-time.After(patience):
		g.t.Fatalf("it does not end:\n%s", g.all())
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return websocket.CloseStatus(g.err)
}

// empty waits until the server has let go of everything.
func (d *doored) empty(t *testing.T) {
	t.Helper()
	await(t, "the end of everything", func() bool { s := d.Status(); return s.Sessions == 0 && s.Connections == 0 }, func() string { return fmt.Sprintf("%+v\n%s", d.Status(), d.log) })
}

// TestWizardInBrowser walks a few screens over a WebSocket, loses the connection, goes
// on where it was with the code that the page was told, and leaves.
func TestWizardInBrowser(t *testing.T) {
	t.Parallel()
	d := doors(t, nil)
	g := d.opens(t, "", 80, 24)
	g.sees("Which app")
	if n, err := d.o.Cases.Count(t.Context()); n != 0 || err != nil {
		t.Errorf("%d cases of somebody who only looked in, %v", n, err)
	}
	g.types("2\r")
	g.sees("domain")
	g.types("contoso.example\r")
	code, _ := g.hears("code").(string)
	if len(code) < leastOfCode || g.hears("case") == "" {
		t.Fatalf("%s", g.all())
	}
	g.sees("What contoso.example tells")
	_ = g.ws.CloseNow()
	g.ends()
	d.empty(t)

	again := d.opens(t, code, 120, 40)
	again.sees("contoso.example")
	if got := again.hears("code"); got != code {
		t.Errorf("another code: %v", got)
	}
	again.says(`{"cols":40,"rows":12}`)
	again.types("\x03")
	if got := again.hears("ended"); got != float64(codeInterrupted) {
		t.Errorf("ended with %v", got)
	}
	if got := again.ends(); got != websocket.StatusNormalClosure {
		t.Errorf("closed with %v", got)
	}
	last := again.all()
	if last = last[strings.LastIndex(last, "\x1b[?1049l"):]; !strings.Contains(last, "the resume code "+code+" on this page") || !strings.Contains(last, "ssh "+code+"@onboard.example") {
		t.Errorf("it does not say how to come back: %q", last)
	}
	if strings.Contains(d.log.String(), code) {
		t.Errorf("the code is in the log:\n%s", d.log)
	}
	d.empty(t)
}

// TestBrowserByName holds what else a page can open: the flow of who is blocked, plain
// lines, no code, and a code that opens nothing.
func TestBrowserByName(t *testing.T) {
	t.Parallel()
	d := doors(t, nil)
	why := d.opens(t, "why", 100, 30)
	why.sees("What were you shown?")
	plain := d.opens(t, "", 100, 30)
	plain.sees("Which app")
	ws, _, err := d.calls(t, d.from(t, "127.0.0.1", nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := looks(t, ws)
	lines.says(`{"user":"","plain":true,"cols":100,"rows":30}`)
	lines.sees("Which app are your people blocked from?")
	lines.types("q\r")
	lines.hears("ended")
	lines.ends()
	if strings.Contains(lines.all(), "\x1b[?1049h") {
		t.Error("plain lines change the screen")
	}
	none := d.opens(t, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AA22", 100, 30)
	if got := none.hears("ended"); got != float64(codeUsage) {
		t.Errorf("ended with %v:\n%s", got, none.all())
	}
}

// TestBrowserErased holds that a page hears when its case is erased, or there is no such
// case, and of a code that was mistyped it does not.
func TestBrowserErased(t *testing.T) {
	t.Parallel()
	d := doors(t, nil)
	g := d.opens(t, "", 100, 30)
	g.sees("Which app")
	g.types("2\r")
	g.sees("domain")
	g.types("contoso.example\r")
	code, _ := g.hears("code").(string)
	g.sees("contoso.example")
	if _, errs, exit := d.asks(t, "erase "+code); exit != codeDone {
		t.Fatalf("%d, %q", exit, errs)
	}
	if got := g.hears("ended"); got != float64(codeFailed) {
		t.Errorf("ended with %v", got)
	}
	g.ends()
	if !strings.Contains(g.all(), "gone:true") {
		t.Errorf("%s", g.all())
	}
	after := d.opens(t, code, 100, 30)
	after.hears("ended")
	after.ends()
	if !strings.Contains(after.all(), "gone:true") || strings.Contains(after.all(), "code:") {
		t.Errorf("%s", after.all())
	}
	typo := d.opens(t, code[:len(code)-2], 100, 30)
	typo.hears("ended")
	typo.ends()
	if strings.Contains(typo.all(), "gone:true") {
		t.Errorf("%s", typo.all())
	}
}

// stays is a terminal in a browser that cannot be told of its end.
type stays struct{ over chan struct{} }

func (s stays) Read([]byte) (int, error)    { <-s.over; return 0, io.EOF }
func (s stays) Write(p []byte) (int, error) { return len(p), nil }
func (s stays) Close() error                { return nil }
func (stays) Sized(func(uint32, uint32))    {}
func (stays) Kept(string, string)           {}
func (stays) Gone()                         {}
func (s stays) Ended(int)                   { <-s.over }

// TestBrowserBackstop holds that a connection ends whose session should have ended long
// ago, and did not.
func TestBrowserBackstop(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.Total, o.Limits.Warning = time.Millisecond, time.Millisecond })
	here, there := net.Pipe()
	defer func() { _ = there.Close() }()
	g := newGuest(&conn{Conn: here, gate: newGate(nil, s.sources, &s.o), began: time.Now()})
	if err := g.gate.enter(g.conn, netip.MustParseAddr("203.0.113.7")); err != nil {
		t.Fatal(err)
	}
	g.Known()
	to := stays{make(chan struct{})}
	visited := make(chan string, 1)
	go func() { visited <- s.Visit(g, Window{User: userFingerprint}, to) }()
	_ = there.SetDeadline(time.Now().Add(patience))
	if _, err := io.ReadAll(there); err != nil {
		t.Errorf("it does not end: %v", err)
	}
	await(t, "its end", func() bool { return s.Status().Connections == 0 }, s.log.String)
	select {
	case why := <-visited:
		t.Errorf("the session has ended: %q", why)
	default:
	}
	close(to.over)
	if why := <-visited; why != "" {
		t.Errorf("refused: %s", why)
	}
}

// TestBrowserOnOnePort opens the wizard at the port of SSH.
func TestBrowserOnOnePort(t *testing.T) {
	t.Parallel()
	var over net.Listener
	made := make(chan struct{})
	d := doorsBy(t, nil, func(s *Server, l net.Listener) net.Listener {
		var beside net.Listener
		over, beside = s.Both(l)
		close(made)
		return beside
	})
	<-made
	served := make(chan error, 1)
	go func() { served <- d.Serve(over) }()
	g := d.opens(t, "", 80, 24)
	g.sees("Which app")
	s := (&site{Server: d.Server, addr: d.door, log: d.log}).shell(t, "anybody", 80, 24)
	s.sees("Which app")
	g.types("\x03")
	g.hears("ended")
	s.types("\x03")
	s.ends()
	_ = over.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
