package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A real browser in front of the simulator. ONBOARD_SHOTS names the folder for
// screenshots (else they are the test's artefacts), ONBOARD_AXE the axe.min.js
// that looks for barriers (else that is left out, loudly).

// chrome is one Chromium for all walks.
type chrome struct {
	ctx   context.Context
	shots string
	axe   string
	seen  sync.Map // pages looked at already, by name
	kinds sync.Map // kinds of pages looked at, as sheets names them
}

func startChrome(t *testing.T) *chrome {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("NO BROWSER TESTS: chromium is not installed")
	}
	b := &chrome{shots: os.Getenv("ONBOARD_SHOTS")}
	if b.shots == "" {
		b.shots = t.ArtifactDir()
	}
	if err := os.MkdirAll(b.shots, 0o755); err != nil {
		t.Fatal(err)
	}
	if file := os.Getenv("ONBOARD_AXE"); file == "" {
		t.Log("NO ACCESSIBILITY TESTS: ONBOARD_AXE does not name axe.min.js")
	} else {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b.axe = string(source)
	}
	// No ordinary profile, no traffic of its own. Every simulator has a new
	// authority, so certificates are not looked at: all of it is loopback.
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.IgnoreCertErrors, chromedp.WindowSize(1280, 900), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	alloc, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), opts...)
	ctx, quit := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("closing the browser: %v", err)
		}
		quit()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	b.ctx = ctx
	return b
}

// person is somebody at a browser of their own: own cookies, own tab.
type person struct {
	t    *testing.T
	b    *chrome
	s    *Sim
	ctx  context.Context
	name string
}

const stepTime = 30 * time.Second

func (b *chrome) person(t *testing.T, s *Sim, name string) *person {
	t.Helper()
	ctx, quit := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(quit)
	return &person{t: t, b: b, s: s, ctx: ctx, name: name}
}

// do runs actions, within the time of one step.
func (p *person) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	read(p, what, chromedp.Steps(steps...))
}

// read runs an action that tells something.
func read[T any](p *person, what string, a chromedp.Action[T]) T {
	p.t.Helper()
	if err := chromedp.Do(p.ctx); err != nil { // opens the tab, which must outlive the step
		p.t.Fatalf("%s: open a tab: %v", p.name, err)
	}
	ctx, stop := context.WithTimeout(p.ctx, stepTime)
	defer stop()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		page, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
		p.t.Fatalf("%s: %s: %v\n%s", p.name, what, err, page)
	}
	return v
}

func (p *person) open(path string) *person {
	p.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = p.s.LoginURL() + path
	}
	p.do("open "+path, chromedp.Navigate(path))
	return p
}

// within is the XPath of what holds the words.
func holding(kind, words string) string {
	return "//" + kind + `[contains(normalize-space(.), "` + words + `")]`
}

// sees waits until the page says all of it.
func (p *person) sees(words ...string) *person {
	p.t.Helper()
	for _, w := range words {
		p.do("see "+w, chromedp.WaitVisible(holding("main", w)))
	}
	return p
}

// press presses the button, or follows the link, with these words, and waits for
// the page it leads to.
func (p *person) press(words string) *person {
	p.t.Helper()
	return p.leave("press "+words, chromedp.Click(holding("button", words)+" | "+holding("a", words), chromedp.NodeVisible))
}

// leave does what leads to another page.
func (p *person) leave(what string, step chromedp.Action[chromedp.Void]) *person {
	p.t.Helper()
	p.do(what, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.RunResponse(ctx, step)
		return chromedp.Void{}, err
	})
	return p
}

// tick ticks, or picks, the box whose label begins so.
func (p *person) tick(label string) *person {
	p.t.Helper()
	p.do("tick "+label, chromedp.Click(`//label[starts-with(normalize-space(.), "`+label+`")]`, chromedp.NodeVisible))
	return p
}

// answer picks Yes or No under a legend.
func (p *person) answer(legend, word string) *person {
	p.t.Helper()
	p.do("answer "+legend, chromedp.Click(
		`//fieldset[legend[contains(normalize-space(.), "`+legend+`")]]//label[normalize-space(.)="`+word+`"]`, chromedp.NodeVisible))
	return p
}

// fill types into the field with this id, and forgets what was there.
func (p *person) fill(id, words string) *person {
	p.t.Helper()
	read(p, "select "+id, chromedp.Evaluate[bool](`document.getElementById("`+id+`").select(); true`))
	p.do("fill "+id, chromedp.SendKeys(chromedp.ID(id), words))
	return p
}

// signIn signs in on the sign-in page by typing.
func (p *person) signIn(upn string) *person {
	p.t.Helper()
	p.sees("Sign in")
	p.fill("login", upn).fill("passwd", defaultPassword)
	return p.leave("sign in", chromedp.SendKeys(chromedp.ID("passwd"), kb.Enter))
}

// at is the path of the page.
func (p *person) at() string {
	p.t.Helper()
	return read(p, "read the address", chromedp.Evaluate[string]("location.pathname"))
}

// look judges the page a person is on, once for each name: no barriers in light
// and in dark, nothing cut off on a narrow screen, the banner there; and keeps
// pictures of it.
func (p *person) look(name string) *person {
	p.t.Helper()
	if _, known := p.b.seen.LoadOrStore(name, true); known {
		return p
	}
	p.do("wait for the page", chromedp.WaitReady(chromedp.CSS("main")))
	banner := read(p, "look for the banner", chromedp.Evaluate[bool](
		`document.querySelector(".banner").checkVisibility() && document.querySelector(".banner").innerText.includes("Simulated tenant")`))
	p.b.kinds.Store(read(p, "ask for the kind of page", chromedp.Evaluate[string]("document.body.dataset.page")), true)
	if !banner {
		p.t.Errorf("%s: the banner is missing", name)
	}
	for _, scheme := range []string{"dark", "light"} {
		p.do(name+" in "+scheme, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			return err
		}))
		p.picture(name + "." + scheme)
		p.barriers(name+" in "+scheme, scheme)
	}
	p.narrow(name)
	return p
}

func (p *person) picture(name string) {
	p.t.Helper()
	png := read(p, "take a picture", chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(p.b.shots, name+".png"), png, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// violation is a finding of axe-core.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	}
}

// barriers asks axe-core for everything that WCAG 2.2 A and AA ask, and for its
// best practices; in the second scheme only the colours can differ.
func (p *person) barriers(name, scheme string) {
	p.t.Helper()
	if p.b.axe == "" {
		return
	}
	rules := `{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`
	if scheme == "light" {
		rules = `{runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}}`
	} else {
		read(p, "bring axe", chromedp.Evaluate[bool](p.b.axe+"; true"))
	}
	var found []violation
	raw := read(p, "look for barriers", chromedp.Evaluate[string](
		`axe.run(document, `+rules+`).then(r => JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise))
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		p.t.Fatal(err)
	}
	for _, v := range found {
		var where strings.Builder
		for _, n := range v.Nodes {
			fmt.Fprintf(&where, "\n  %s\n  %s", n.HTML, n.FailureSummary)
		}
		p.t.Errorf("%s: %s (%s): %s%s", name, v.ID, v.Impact, v.Help, where.String())
	}
}

// narrow is a telephone, or a page zoomed to four times its size: the page must
// not scroll sideways (WCAG 1.4.10).
func (p *person) narrow(name string) {
	p.t.Helper()
	p.do("narrow the window", chromedp.EmulateViewport(320, 640))
	wide := read(p, "measure the page", chromedp.Evaluate[int]("document.scrollingElement.scrollWidth"))
	p.do("widen it again", chromedp.EmulateViewport(1280, 900))
	if wide > 320 {
		p.t.Errorf("%s: %d pixels wide in a window of 320", name, wide)
	}
}
