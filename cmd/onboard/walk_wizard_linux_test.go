package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"onboard.example/checks/sim"
)

// browsed is a server whose wizard is walked in a browser.
type browsed struct {
	*webbed

	browser context.Context
	wire    *wire
}

// startBrowsed serves, and starts a Chromium for which webName is the door; web goes
// into that part of the configuration, and rest is more of it.
func startBrowsed(t *testing.T, s *sim.Sim, web, rest string) *browsed {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("NO WIZARD IN A BROWSER: chromium is not installed")
	}
	if len(npmEnv(t)) == 0 {
		t.Skip("NO WIZARD IN A BROWSER: type `npm ci --prefix ssh/web/assets`")
	}
	w := servesWeb(t, s, filepath.Join(t.TempDir(), "state"), web, rest)
	between := newWire(t, w.web)
	return &browsed{webbed: w, wire: between, browser: startBrowserAt(t, "MAP "+webName+":443 "+between.at+", MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")}
}

// wire is what lies between the browser and the door, and can be cut.
type wire struct {
	at string

	mu   sync.Mutex
	to   string // where it leads
	open []net.Conn
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{at: l.Addr().String(), to: to}
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		_ = l.Close()
		w.cut()
	})
	go func() {
		for {
			here, err := l.Accept()
			if err != nil {
				return
			}
			there, err := new(net.Dialer).DialContext(ctx, "tcp", w.leads(""))
			if err != nil {
				_ = here.Close()
				continue
			}
			w.mu.Lock()
			w.open = append(w.open, here, there)
			w.mu.Unlock()
			for _, way := range [][2]net.Conn{{here, there}, {there, here}} {
				go func() {
					_, _ = io.Copy(way[0], way[1])
					_ = way[0].Close()
					_ = way[1].Close()
				}()
			}
		}
	}()
	return w
}

// leads has it lead somewhere else from now on, unless that is empty, and tells where it
// leads.
func (w *wire) leads(to string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.to = cmp.Or(to, w.to)
	return w.to
}

// cut ends every connection.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
}

// tab is a page with the wizard, in a browser of its own.
type tab struct {
	*surfer
}

func (b *browsed) tab(t *testing.T, more ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	ctx, quit := chromedp.NewContext(b.browser, chromedp.WithNewBrowserContext())
	t.Cleanup(quit)
	p := &tab{&surfer{t: t, ctx: ctx, base: "https://" + webName}}
	if err := chromedp.Do(ctx); err != nil { // opens the tab, which must outlive each step
		t.Fatalf("open a tab: %v", err)
	}
	p.do("watch the policy", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: watchPolicy})
		return err
	}))
	for _, a := range more {
		p.do("set up", a)
	}
	p.open("/wizard")
	return p
}

// watchPolicy notes what the content security policy of the page stopped.
const watchPolicy = `window.stopped = []; addEventListener("securitypolicyviolation", e => stopped.push(e.violatedDirective + " " + e.blockedURI))`

// rows are what the terminal shows.
const rows = `[...document.querySelectorAll(".xterm-rows > div")].map(r => r.textContent.replaceAll("\u00a0", " ")).join("\n")`

// reads evaluates something.
func reads[T any](p *tab, script string) T {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 30*time.Second)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		p.t.Fatalf("%s: %v", script, err)
	}
	return v
}

func (p *tab) screen() string { p.t.Helper(); return reads[string](p, rows) }

// shows waits until the terminal shows a text.
func (p *tab) shows(text string) *tab {
	p.t.Helper()
	p.until(fmt.Sprintf("%q", text), func() bool { return strings.Contains(p.screen(), text) })
	return p
}

// until waits for something.
func (p *tab) until(what string, is func() bool) {
	p.t.Helper()
	late, tick := time.NewTimer(time.Minute), time.NewTicker(20*time.Millisecond)
	defer late.Stop()
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-late.C:
			p.t.Fatalf("%s never came:\n%s\n%s", what, reads[string](p, "document.body.innerText"), p.screen())
		}
	}
}

// asTyped makes of a key event one as a keyboard makes it: where the page takes a
// rawKeyDown, no character follows it.
func asTyped(k *input.DispatchKeyEventParams) {
	if k.Type == kb.KeyDown {
		k.Type = input.DispatchKeyEventTypeRawKeyDown
	}
}

// types types text, or a key of package kb.
func (p *tab) types(keys string) *tab {
	p.t.Helper()
	p.do("type", chromedp.KeyEvent(keys, asTyped))
	return p
}

// presses presses a key until the terminal shows a text: a screen that has just
// opened takes none, and says so. Only then is it pressed again, or where nothing at all
// comes of it for long: a key more would answer the next screen.
func (p *tab) presses(key, until string) *tab {
	p.t.Helper()
	p.calm()
	const lost = 20 * time.Second
	var last time.Time
	p.until(fmt.Sprintf("%q", until), func() bool {
		switch seen := p.screen(); {
		case strings.Contains(seen, until):
			return true
		case !last.IsZero() && strings.Contains(seen, notNow[0]):
			p.calm()
			last = time.Time{}
		case last.IsZero() || time.Since(last) > lost:
			last = time.Now()
			p.types(key)
		}
		return false
	})
	return p
}

// calm waits until the terminal says no more that a key came too fast: one that means
// nothing, and is taken, ends that.
func (p *tab) calm() {
	p.t.Helper()
	var last time.Time
	p.until("keys are taken", func() bool {
		if !strings.Contains(p.screen(), notNow[0]) {
			return true
		}
		if time.Since(last) > time.Second {
			last = time.Now()
			p.types("#")
		}
		return false
	})
}

// option moves to an option of a list, and takes it.
func (p *tab) option(title, next string) *tab {
	p.t.Helper()
	for range 40 {
		was := focusIn(p.screen())
		if strings.Contains(was, " "+title) {
			return p.presses(kb.Enter, next)
		}
		p.types(kb.ArrowDown)
		p.until("another option", func() bool { return focusIn(p.screen()) != was })
	}
	p.t.Fatalf("no option %q:\n%s", title, p.screen())
	return p
}

// says waits for one of the sentences of the page.
func (p *tab) says(text string) *tab {
	p.t.Helper()
	p.until(text, func() bool {
		return strings.Contains(reads[string](p, `document.getElementById("status").innerText`), text)
	})
	return p
}

// picture keeps what is shown.
func (p *tab) picture(name string) *tab {
	p.t.Helper()
	dir := os.Getenv("ONBOARD_SHOTS")
	if dir == "" {
		dir = p.t.ArtifactDir()
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// TestWizardInABrowser walks a path from the start page to the consent that comes
// back, all in a real browser: the wizard in one tab, Microsoft in another. In between
// the connection breaks, and the page goes on with its case.
func TestWizardInABrowser(t *testing.T) {
	t.Parallel()
	b := startBrowsed(t, redirecting(t), ", redirects: [hetk]", "")
	b.path(t)
	b.looks(t)
}

// path walks one of the paths.
func (b *browsed) path(t *testing.T) {
	p := b.tab(t).holds("the start", `document.activeElement.id == "open"`)
	p.barriers("start")
	p.picture("start")
	p.types(kb.Enter).shows("Which app").picture("wizard")
	p.option("Hetk", "Which tenant?")
	p.types("contoso.example" + kb.Enter).shows("without a sign-in").shows("enter go on")
	p.presses(kb.Enter, "● Diagnosis").shows("p the ways out").presses("p", "● Path").option("Open the consent link", "Step 1 of 3")
	p.barriers("terminal")

	b.wire.cut()
	p.says("The connection broke. Your run is kept; its resume code:").picture("broken")
	code := reads[string](p, `document.getElementById("detail").textContent`)
	p.types(kb.Enter) // the button has the focus
	p.says("Connected").shows("leads back to this service").picture("again")

	p.presses("l", "Enter returns to onboard.")
	admin := &surfer{t: t, ctx: p.other(t)}
	admin.open(p.link(`adminconsent\?`)).press(walkAdmin).sees("Review for your organization").press("Accept")
	back := reads[string](&tab{admin}, "document.body.innerText")
	admin.open(regexp.MustCompile(`https://` + webName + `/consent\S+`).FindString(back)).sees("Your answer was heard")
	p.types(kb.Enter).shows("pass    Microsoft's consent page came back")
	p.presses(kb.Enter, "Step 2 of 3").presses(kb.Enter, "Step 3 of 3").shows("Asserted").picture("asserted")
	p.types(kb.F6).holds("the way out of the terminal", `document.activeElement.tagName == "A"`)
	p.do("go back", chromedp.Focus(".xterm-helper-textarea"))
	p.do("stop", chromedp.KeyEvent("c", chromedp.KeyModifiers(kb.ModifierCtrl), asTyped))
	p.says("The session is over. To go on with it later, the resume code: " + code).picture("ended")
	if stopped := reads[[]string](p, "stopped"); len(stopped) > 0 {
		t.Errorf("the policy stopped %q", stopped)
	}
	if kept := reads[string](p, `document.cookie + Object.keys(localStorage) + Object.keys(sessionStorage)`); kept != "" {
		t.Errorf("the page keeps %q", kept)
	}
	if strings.Contains(b.printed(), code) {
		t.Error("the log holds the resume code")
	}
}

// link is the link with something in it that the terminal shows, unbroken: a row that
// is full goes on.
func (p *tab) link(with string) string {
	p.t.Helper()
	lines := strings.Split(p.screen(), "\n")
	width := 0
	for _, l := range lines {
		width = max(width, len([]rune(l)))
	}
	var all strings.Builder
	for _, l := range lines {
		all.WriteString(l)
		if len([]rune(l)) < width {
			all.WriteString("\n")
		}
	}
	found := regexp.MustCompile(`https://\S+` + with + `\S+`).FindString(all.String())
	if found == "" {
		p.t.Fatalf("no link:\n%s", p.screen())
	}
	return found
}

// other is another tab of the same browser.
func (p *tab) other(t *testing.T) context.Context {
	t.Helper()
	ctx, quit := chromedp.NewContext(p.ctx)
	t.Cleanup(quit)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	return ctx
}

// holds waits until something is so in the page.
func (p *tab) holds(what, script string) *tab {
	p.t.Helper()
	p.until(what, func() bool { return reads[bool](p, script) })
	return p
}

// looks holds what the page is to people who see, hear or have it small.
func (b *browsed) looks(t *testing.T) {
	scheme := func(to string) chromedp.Action[chromedp.Void] {
		return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: to}}})
			return err
		})
	}
	const size = `document.querySelectorAll(".xterm-rows > div").length`
	dark := b.tab(t, chromedp.EmulateViewport(2600, 1500), scheme("dark")).types(kb.Enter).shows("Which app")
	dark.picture("dark")
	if n := reads[int](dark, size); n != 60 {
		t.Errorf("%d rows of a large window", n)
	}
	dark.does("light", scheme("light")).picture("turned-light")
	dark.barriers("large")
	small := b.tab(t, chromedp.EmulateViewport(420, 330)).types(kb.Enter).shows("Which app").picture("small")
	if n := reads[int](small, size); n < 12 {
		t.Errorf("%d rows of a small window", n)
	}
	heard := b.tab(t).does("read out", chromedp.Click("#reader")).does("plain", chromedp.Click("#plain")).does("open", chromedp.Click("#open"))
	heard.shows("Which app are your people blocked from?")
	heard.holds("what is read out", `[...document.querySelectorAll(".xterm-accessibility-tree > div")].some(e => e.textContent.includes("Which app are your people blocked from?"))`)
	heard.picture("plain")
	heard.barriers("plain")
	reads[bool](heard, `(() => { const s = document.createElement("script"); s.textContent = "window.ran = true"; document.body.append(s); return true })()`)
	if reads[bool](heard, `window.ran === true`) || len(reads[[]string](heard, "stopped")) != 1 {
		t.Error("a script in the page runs")
	}
}

// does is do.
func (p *tab) does(what string, a chromedp.Action[chromedp.Void]) *tab {
	p.t.Helper()
	p.do(what, a)
	return p
}

// barriers asks axe-core for everything that WCAG 2.2 A and AA ask.
func (p *tab) barriers(name string) {
	p.t.Helper()
	file := os.Getenv("ONBOARD_AXE")
	if file == "" {
		p.t.Log("NO ACCESSIBILITY TEST of " + name + ": ONBOARD_AXE does not name axe.min.js")
		return
	}
	source, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatal(err)
	}
	reads[bool](p, string(source)+"; true")
	ctx, stop := context.WithTimeout(p.ctx, time.Minute)
	defer stop()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" ")).join("\n"))`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatal(err)
	}
	if found != "" {
		p.t.Errorf("%s: %s", name, found)
	}
}
