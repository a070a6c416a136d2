package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestWalksInABrowser drives the wizard by keys and a real browser beside it, at
// once, through the paths that people walk by hand most.
func TestWalksInABrowser(t *testing.T) {
	t.Parallel()
	b := startBrowser(t)
	for name, run := range map[string]func(*testing.T, context.Context){
		"direct-link": surfDirectLink, "entra-grant": surfEntraGrant, "low-impact": surfLowImpact, "consent-requests": surfRequests,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, b)
		})
	}
}

// startBrowser is one Chromium for all of them.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	return startBrowserAt(t, "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
}

// startBrowserAt is a Chromium that finds hosts by rules.
func startBrowserAt(t *testing.T, hosts string) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("NO BROWSER TESTS: chromium is not installed")
	}
	// No ordinary profile, no traffic of its own. Every simulator has a new
	// authority, so certificates are not looked at: all of it is loopback.
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.IgnoreCertErrors, chromedp.WindowSize(1280, 900), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("host-resolver-rules", hosts))
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
	return ctx
}

// surfer is somebody at a browser of their own: own cookies, own tab.
type surfer struct {
	t    *testing.T
	ctx  context.Context
	base string
}

func (w *walk) surfer(browser context.Context) *surfer {
	w.t.Helper()
	ctx, quit := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	w.t.Cleanup(quit)
	s := &surfer{t: w.t, ctx: ctx, base: "https://" + w.world.Ready().HTTPS}
	if err := chromedp.Do(ctx); err != nil { // opens the tab, which must outlive each step
		w.t.Fatalf("open a tab: %v", err)
	}
	return s
}

// do runs an action, within the time of one step.
func (s *surfer) do(what string, a chromedp.Action[chromedp.Void]) *surfer {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.ctx, 30*time.Second)
	defer stop()
	if _, err := chromedp.Run(ctx, a); err != nil {
		page, _ := chromedp.Run(s.ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
		s.t.Fatalf("%s: %v\n%s", what, err, page)
	}
	return s
}

func (s *surfer) open(to string) *surfer {
	s.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = s.base + to
	}
	return s.do("open "+to, chromedp.Navigate(to))
}

// with is the XPath of what holds the words.
func with(kind, words string) string {
	return "//" + kind + `[contains(normalize-space(.), "` + words + `")]`
}

// sees waits until the page says all of it.
func (s *surfer) sees(words ...string) *surfer {
	s.t.Helper()
	for _, w := range words {
		s.do("see "+w, chromedp.WaitVisible(with("main", w)))
	}
	return s
}

// press presses the button, or follows the link, with these words, and waits for
// the page that it leads to.
func (s *surfer) press(words string) *surfer {
	s.t.Helper()
	click := chromedp.Click(with("button", words)+" | "+with("a", words), chromedp.NodeVisible)
	return s.do("press "+words, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.RunResponse(ctx, click)
		return chromedp.Void{}, err
	})
}

// tick ticks, or picks, the box whose label begins so.
func (s *surfer) tick(label string) *surfer {
	s.t.Helper()
	return s.do("tick "+label, chromedp.Click(`//label[starts-with(normalize-space(.), "`+label+`")]`, chromedp.NodeVisible))
}

// fill types into the field with this id.
func (s *surfer) fill(id, words string) *surfer {
	s.t.Helper()
	return s.do("fill "+id, chromedp.SendKeys(chromedp.ID(id), words))
}

// opener stands in the machine's way of opening a browser: what the wizard opens
// comes out of it.
func opener(t *testing.T) (env []string, opened func() string) {
	t.Helper()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "opened")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\nprintf '%s\\n' \"$1\" > '" + pipe + "'\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	f, err := os.OpenFile(pipe, os.O_RDWR, 0) // writers need not wait for a reader, nor readers for a writer
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return []string{"PATH=" + dir + ":" + os.Getenv("PATH")}, func() string {
		if err := f.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(f).ReadString('\n')
		if err != nil {
			t.Fatalf("nothing was opened: %v", err)
		}
		return strings.TrimSpace(line)
	}
}

func surfDirectLink(t *testing.T, b context.Context) {
	env, opened := opener(t)
	w := startWalkIn(t, env, at("managed-default"), "hetk").blocked("✗ Users are blocked: Microsoft's managed consent policy.")
	w.path("Open the consent link").onward("Approve in your browser")
	user, admin := w.surfer(b), w.surfer(b)
	user.open("/app/" + w.client).press("Connect your calendar").press(walkUser).sees("Need admin approval")
	w.types(t, "o")
	admin.open(opened()).press(walkAdmin).sees("Review for your organization").press("Accept")
	w.finished(proofForAll)
	user.open("/app/" + w.client).press("Connect your calendar").sees("Your calendar is connected")
	w.proven(proofSeen)
}

func surfEntraGrant(t *testing.T, b context.Context) {
	w := startWalk(t, at("admins-only"), "hetk").blocked("✗ Users are blocked: user consent is off.")
	w.path("Grant in the Entra admin center").option("By hand in the Entra admin center")
	admin := w.surfer(b).open("/portal/apps").press(walkAdmin).press("Hetk Calendar Sync").press("Permissions")
	admin.press("Grant admin consent for Contoso").sees("Review for your organization").press("Accept").sees("Successfully granted admin consent")
	w.finished(proofForAll).proven(proofSeen)
	w.surfer(b).open("/app/" + w.client).press("Connect your calendar").press(walkUser).sees("Your calendar is connected")
}

func surfLowImpact(t *testing.T, b context.Context) {
	w := startWalk(t, at("low-impact"), "sophiie").blocked("✗ Users are blocked")
	w.path("User consent for low-impact permissions").option("By hand in the Entra admin center").key("\r", "classif")
	admin := w.surfer(b).open("/portal/consent").press(walkAdmin).open("/portal/consent/classifications")
	admin.press("+ Add permissions").press("Microsoft Graph").fill("q", "Mail.Send").press("Search").tick("Mail.Send ").press("Add permissions")
	admin.sees("The permissions were classified.")
	w.finished(proofByUser).proven(proofSeen)
	w.surfer(b).open("/app/" + w.client).press("Connect your").press(walkUser).sees("Permissions requested").press("Accept").sees("connected")
}

func surfRequests(t *testing.T, b context.Context) {
	w := startWalk(t, at("admins-only"), "hetk").blocked("✗ Users are blocked")
	w.path("Let users ask, admins answer").option("Me").option("By hand in the Entra admin center").waits("Switch requests on")
	admin, user := w.surfer(b).open("/portal/apps").press(walkAdmin).open("/portal/consent/admin"), w.surfer(b)
	admin.tick("Yes").tick("Sample Admin").press("Save").sees("Saved.")
	w.finished("A user asks")
	user.open("/app/" + w.client).press("Connect your calendar").press(walkUser).sees("Approval required")
	user.fill("reason", "I plan with customers").press("Request approval").sees("Request sent")
	w.key("r", "enter go on").onward("A reviewer approves")
	admin.open("/portal/requests").press("Hetk Calendar Sync").sees("I plan with customers").press("Review permissions and consent").press("Accept").sees("Approved")
	w.finished(proofForAll)
	user.open("/app/" + w.client).press("Connect your calendar").sees("Your calendar is connected")
	w.proven(proofSeen)
}
