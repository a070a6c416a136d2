package ssh

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// The wizard in the browser against clients that are none: each of them is let go of,
// and somebody else is served all the while.

// TestBrowserDoorRefuses holds who gets no WebSocket: pages from elsewhere, whatever
// says nothing of where it is from, other protocols, and what asks for a page there.
func TestBrowserDoorRefuses(t *testing.T) {
	t.Parallel()
	d := doors(t, nil)
	c := d.from(t, "127.0.0.1", nil)
	for name, one := range map[string]struct {
		change func(*websocket.DialOptions)
		status int
	}{
		"another origin":     {func(o *websocket.DialOptions) { o.HTTPHeader.Set("Origin", "https://evil.example") }, http.StatusForbidden},
		"its name as a part": {func(o *websocket.DialOptions) { o.HTTPHeader.Set("Origin", origin+".evil.example") }, http.StatusForbidden},
		"another port":       {func(o *websocket.DialOptions) { o.HTTPHeader.Set("Origin", origin+":444") }, http.StatusForbidden},
		"no TLS":             {func(o *websocket.DialOptions) { o.HTTPHeader.Set("Origin", "http://"+doorName) }, http.StatusForbidden},
		"a sandboxed page":   {func(o *websocket.DialOptions) { o.HTTPHeader.Set("Origin", "null") }, http.StatusForbidden},
		"no origin":          {func(o *websocket.DialOptions) { o.HTTPHeader.Del("Origin") }, http.StatusForbidden},
		"two origins":        {func(o *websocket.DialOptions) { o.HTTPHeader["Origin"] = []string{origin, origin} }, http.StatusForbidden},
		"another host's name": {func(o *websocket.DialOptions) {
			o.Host = "evil.example"
			o.HTTPHeader.Set("Origin", "https://evil.example")
		}, http.StatusForbidden},
		"no protocol":       {func(o *websocket.DialOptions) { o.Subprotocols = nil }, http.StatusBadRequest},
		"another protocol":  {func(o *websocket.DialOptions) { o.Subprotocols = []string{"onboard.wizard.0"} }, http.StatusBadRequest},
		"several protocols": {func(o *websocket.DialOptions) { o.Subprotocols = []string{spoken, "other"} }, http.StatusBadRequest},
	} {
		_, got, err := d.calls(t, c, one.change)
		if err == nil || got != one.status {
			t.Errorf("%s: %v, %d", name, err, got)
		}
	}
	for method, status := range map[string]int{http.MethodGet: http.StatusUpgradeRequired, http.MethodPost: http.StatusMethodNotAllowed, http.MethodConnect: http.StatusMethodNotAllowed} {
		req, err := http.NewRequestWithContext(t.Context(), method, "https://"+doorName+"/wizard/line", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != status || strings.Contains(string(text), "<") {
			t.Errorf("%s: %d %s", method, res.StatusCode, text)
		}
	}
	if s := d.Status(); s.Served != 0 {
		t.Errorf("%d sessions", s.Served)
	}
}

// TestBrowserThatSaysNothing holds the time of those that do not come to a session: in
// the middle of TLS, before a request, and after the protocol was changed.
func TestBrowserThatSaysNothing(t *testing.T) {
	t.Parallel()
	d := doors(t, func(o *Options) { o.Limits.Handshake, o.Limits.Unused = 300*time.Millisecond, 300*time.Millisecond })
	dial := func() net.Conn {
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", d.door)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	dial()
	half := dial()
	if _, err := half.Write([]byte{0x16, 3, 1, 2, 0, 1}); err != nil { // a record that never comes
		t.Fatal(err)
	}
	quiet := tls.Client(dial(), &tls.Config{RootCAs: d.trust, ServerName: doorName})
	_ = quiet.HandshakeContext(t.Context()) // a slow machine is too slow for it
	if ws, _, err := d.calls(t, d.from(t, "127.0.0.1", nil), nil); err == nil {
		g := looks(t, ws)
		g.ends()
	}
	d.empty(t)
	if s := d.Status(); s.Served != 0 {
		t.Errorf("%d sessions", s.Served)
	}
}

// TestBrowserHostile sends what no page sends. What can be survived is, and the rest
// ends that one session; somebody else's goes on.
func TestBrowserHostile(t *testing.T) {
	t.Parallel()
	d := doors(t, func(o *Options) { o.Limits.KeysBurst, o.Limits.BytesBurst = 300, 128<<10 })
	beside := d.opens(t, "", 80, 24)
	beside.sees("Which app")
	t.Run("all", func(t *testing.T) { //nolint:paralleltest // what follows waits for it
		for name, one := range badPages(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				g := d.opens(t, "", 80, 24)
				g.sees("Which app")
				one.sends(g)
				if got := g.ends(); got != one.ends && got != -1 { // what is still unread when a socket is closed takes the last word with it
					t.Errorf("it ended with %v:\n%.400s", got, g.all())
				}
			})
		}
	})
	beside.says(`{"cols":100,"rows":30}`)
	beside.types("\x1bOP")
	beside.sees("Keys that work here")
}

// badPage is what no page sends, and how its connection ends.
type badPage struct {
	sends func(g *glass)
	ends  websocket.StatusCode
}

func badPages(t *testing.T) map[string]badPage {
	frame := func(g *glass, kind websocket.MessageType, text string) {
		_ = g.ws.Write(context.WithoutCancel(t.Context()), kind, []byte(text)) // it may be over by then
	}
	return map[string]badPage{
		"a large message":   {func(g *glass) { frame(g, websocket.MessageBinary, strings.Repeat("a", 33<<10)) }, websocket.StatusMessageTooBig},
		"a huge message":    {func(g *glass) { frame(g, websocket.MessageBinary, strings.Repeat("a", 8<<20)) }, websocket.StatusMessageTooBig},
		"a long size":       {func(g *glass) { frame(g, websocket.MessageText, `{"cols":80,"rows":24`+strings.Repeat(" ", 300)+"}") }, websocket.StatusPolicyViolation},
		"no size":           {func(g *glass) { frame(g, websocket.MessageText, "size") }, websocket.StatusPolicyViolation},
		"less than nothing": {func(g *glass) { frame(g, websocket.MessageText, `{"cols":-1,"rows":24}`) }, websocket.StatusPolicyViolation},
		"beyond all":        {func(g *glass) { frame(g, websocket.MessageText, `{"cols":1e300,"rows":24}`) }, websocket.StatusPolicyViolation},
		"another hello":     {func(g *glass) { frame(g, websocket.MessageText, `{"user":"why","cols":80,"rows":24}`) }, websocket.StatusPolicyViolation},
		"a flood of pings": {func(g *glass) {
			ctx, stop := context.WithTimeout(t.Context(), patience)
			defer stop()
			for g.ws.Ping(ctx) == nil {
				continue
			}
		}, websocket.StatusPolicyViolation},
		"a flood of nothing": {func(g *glass) {
			for g.ws.Write(t.Context(), websocket.MessageBinary, nil) == nil {
				continue
			}
		}, websocket.StatusNormalClosure},
		"a flood of keys": {func(g *glass) {
			for range 200 {
				frame(g, websocket.MessageBinary, strings.Repeat("a", 16<<10))
			}
		}, websocket.StatusNormalClosure},
	}
}

// TestBrowserHello holds a page that begins in another way than pages do.
func TestBrowserHello(t *testing.T) {
	t.Parallel()
	d := doors(t, nil)
	for _, text := range []string{"", "{}", `{"cols":80,"rows":24}`, `{"user":null}`, `{"user":"` + strings.Repeat("a", 65) + `"}`, "[", `{"user":"a","cols":"wide"}`} {
		ws, _, err := d.calls(t, d.from(t, "127.0.0.1", nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		g := looks(t, ws)
		g.says(text)
		if got := g.ends(); got != websocket.StatusPolicyViolation {
			t.Errorf("%q: %v", text, got)
		}
	}
	ws, _, err := d.calls(t, d.from(t, "127.0.0.1", nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	g := looks(t, ws)
	g.types("keys")
	if got := g.ends(); got != websocket.StatusPolicyViolation {
		t.Errorf("keys first: %v", got)
	}
	if s := d.Status(); s.Served != 0 {
		t.Errorf("%d sessions", s.Served)
	}
}

// TestBrowserWindows holds that a window is drawn within the limits whatever a page
// says, and that a storm of sizes is drawn at the pace of the limits.
func TestBrowserWindows(t *testing.T) {
	t.Parallel()
	d := doors(t, nil)
	g := d.opens(t, "", 10_000, 10_000)
	g.sees("Which app")
	g.says(`{"cols":4294967295,"rows":4294967295}`)
	g.says(`{"cols":0,"rows":0}`)
	for i := range 2000 {
		if i%2 == 0 {
			g.says(`{"cols":10000,"rows":10000}`)
		} else {
			g.says(`{"cols":40,"rows":12}`)
		}
	}
	g.says(`{"cols":100,"rows":30}`)
	g.types("\x1bOP")
	g.sees("esc close") // the help, scrolled as the smallest window left it
	g.mu.Lock()
	drawn, sent := strings.Count(g.raw.String(), "\x1b[2J"), g.raw.Len()
	g.mu.Unlock()
	if drawn > 600 || sent > 4<<20 {
		t.Errorf("%d whole screens in %d bytes were drawn of 2000 sizes", drawn, sent)
	}
}

// TestBrowserEscapes holds that what a terminal may send and no person types does
// nothing, and costs nothing.
func TestBrowserEscapes(t *testing.T) {
	t.Parallel()
	d := doors(t, func(o *Options) { o.Limits.KeysBurst = 300 })
	g := d.opens(t, "", 80, 24)
	g.sees("Which app")
	for _, bomb := range []string{
		strings.Repeat("\x1b[65;30;97;1;0;65535_", 700), // keys that say how often they repeat
		"\x1b[8;10000;10000t", "\x1b[4;9999;9999t",      // sizes, as keys
		"\x1b]52;c;" + strings.Repeat("zzzz", 7000), "\x1b\\", // no end for long
		"\x1bP" + strings.Repeat("z", 30<<10), "\x1b\\", // a string that nobody takes
		"\x1b[" + strings.Repeat("1;", 15<<10) + "m", "\x9b31zzz", // too long, and C1
		"\xff\xfe\xf0\x9f", "\u202e\u2066\u200b",
		"\x1b[200~" + strings.Repeat("\x1b[2J\x07x", 4000), "\x1b[201~",
	} {
		g.types(bomb)
	}
	g.presses("\x1b\x1bOP", "Keys that work here") // more keys came than are taken at once
	if broke := d.Status().Broke; broke != 0 {
		t.Errorf("%d sessions broke", broke)
	}
}

// TestBrowserThatReadsNothing holds that a browser that does not read what it is shown
// is given up, and holds nothing up meanwhile.
func TestBrowserThatReadsNothing(t *testing.T) {
	t.Parallel()
	j := &jammed{stuck: make(chan struct{}, 1), freed: make(chan struct{})}
	d := doorsBy(t, func(o *Options) { o.Limits.Pending, o.Limits.Resizes = 16<<10, time.Millisecond }, func(s *Server, l net.Listener) net.Listener {
		j.Listener = l
		return s.Limited(j)
	})
	beside := d.shell(t, "anybody", 80, 24) // over SSH
	beside.sees("Which app")
	g := d.opens(t, "", 200, 60)
	g.sees("Which app")
	j.jam.Store(true)
	say := func(text string) { _ = g.ws.Write(t.Context(), websocket.MessageText, []byte(text)) } // it may be over
	await(t, "the end of who does not read", func() bool {
		say(`{"cols":200,"rows":60}`)
		say(`{"cols":199,"rows":59}`)
		return d.Status().Sessions == 1
	}, d.log.String)
	if !strings.Contains(d.log.String(), errSlow.Error()) {
		t.Errorf("%s", d.log)
	}
	close(j.freed)
	beside.presses("\x1bOP", "Keys that work here")
}

// TestBrowserCrowd lets two hundred pages of one source try to get in while somebody
// else is served, under the limits that everybody has.
func TestBrowserCrowd(t *testing.T) {
	t.Parallel()
	d := doors(t, func(o *Options) {
		of := DefaultLimits()
		o.Limits.PerSource, o.Limits.Rate, o.Limits.Burst = of.PerSource, of.Rate, of.Burst
		o.Limits.SessionRate, o.Limits.SessionBurst = of.SessionRate, of.SessionBurst
	})
	var in, out atomic.Int32
	var crowd sync.WaitGroup
	for range 200 {
		crowd.Go(func() {
			ws, _, err := d.calls(t, d.from(t, "127.0.0.2", nil), nil)
			if err != nil {
				out.Add(1)
				return
			}
			in.Add(1)
			looks(t, ws)
			_ = ws.Write(t.Context(), websocket.MessageText, []byte(`{"user":"","cols":80,"rows":24}`)) // it may be refused
		})
	}
	ws, _, err := d.calls(t, d.from(t, "127.0.0.1", nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	g := looks(t, ws)
	g.says(`{"user":"","cols":80,"rows":24}`)
	g.sees("Which app")
	g.types("\x1bOP")
	g.sees("Keys that work here")
	crowd.Wait()
	if in.Load() > 2*int32(d.o.Limits.PerSource) || in.Load() == 0 || out.Load() < 100 {
		t.Errorf("%d came in, and %d did not", in.Load(), out.Load())
	}
}

// TestBrowserEnds holds how a session ends that nobody ended: with a word, and the
// page is told. Pings are no keys.
func TestBrowserEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limits func(*Limits)
		does   func(d *doored)
		says   string
	}{
		"idle":    {func(l *Limits) { l.Idle, l.Warning = 600*time.Millisecond, 300*time.Millisecond }, nil, sayIdle},
		"total":   {func(l *Limits) { l.Total, l.Warning = 600*time.Millisecond, 300*time.Millisecond }, nil, sayTotal},
		"drained": {nil, func(d *doored) { ctx, stop := context.WithCancel(context.Background()); stop(); d.Drain(ctx) }, sayDrained},
		"banned": {nil, func(d *doored) {
			if _, err := d.o.Bans.Add(Ban{Kind: BanNet, Value: "127.0.0.1", Reason: "it floods"}); err != nil {
				panic(err)
			}
		}, "it floods"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := doors(t, func(o *Options) {
				if c.limits != nil {
					c.limits(&o.Limits)
				}
			})
			g := d.opens(t, "", 100, 30)
			if c.does != nil {
				g.sees("Which app")
				c.does(d)
			}
			g.hears("ended")
			if got := g.ends(); got != websocket.StatusNormalClosure {
				t.Errorf("closed with %v", got)
			}
			if words := strings.Join(strings.Fields(g.all()), " "); !strings.Contains(words, c.says) {
				t.Errorf("%q is not in %s", c.says, words)
			}
			d.empty(t)
		})
	}
}

// TestBrowserFull holds what a page is told when there is no session for it.
func TestBrowserFull(t *testing.T) {
	t.Parallel()
	d := doors(t, func(o *Options) { o.Limits.Sessions = 1 })
	g := d.opens(t, "", 80, 24)
	g.sees("Which app")
	late := d.opens(t, "", 80, 24)
	if got := late.hears("refused"); got != sayFull {
		t.Errorf("%v", got)
	}
	if got := late.ends(); got != websocket.StatusTryAgainLater {
		t.Errorf("closed with %v", got)
	}
	g.types("\x1bOP")
	g.sees("Keys that work here")
	if !slices.Contains(strings.Fields(d.log.String()), "browser=true") {
		t.Errorf("the log does not say that it is a browser:\n%s", d.log)
	}
}
