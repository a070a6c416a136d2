//go:build unix

package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/creack/pty"

	"onboard.example/checks/sim"
)

const walkAdmin, walkUser = "admin@contoso.example", "user@contoso.example"

// walk is somebody at a terminal, with keys alone, and the tenant's people in
// their browsers.
type walk struct {
	*session

	t      *testing.T
	world  *sim.Sim
	client string // client id of the app
}

// startWalk starts the wizard about an app of a tenant that is blocked, and goes
// by keys to the list of paths.
func startWalk(t *testing.T, o sim.Options, app string, more ...string) *walk {
	t.Helper()
	return startWalkIn(t, nil, o, app, more...)
}

// startWalkIn is startWalk with something else in the environment.
func startWalkIn(t *testing.T, env []string, o sim.Options, app string, more ...string) *walk {
	t.Helper()
	w := &walk{t: t, world: simulate(t, o)}
	token, err := w.world.Token(walkAdmin)
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"--app", app, "--domain", "contoso.example", "--token-file", keep(t, "token", token)}, against(w.world.Ready())...)
	for _, a := range w.world.Ready().Tenants[0].Apps {
		if strings.HasSuffix(a.Secret, "-"+app) {
			w.client = a.ClientID
		}
	}
	if app != "hetk" && w.client != "" {
		args = append(args, "--app-id", w.client)
	}
	w.session = startScreen(t, append(home(t), env...), pty.Winsize{Rows: 50, Cols: 100}, append(args, more...)...)
	w.sees(t, "enter go on")
	w.key("\r", "Sign in to look?")
	w.turns("\r", standsIn).waits("● Diagnosis")
	return w
}

// key presses a key until what it leads to is seen.
func (w *walk) key(key, next string) *walk {
	w.t.Helper()
	w.press(w.t, key, next)
	return w
}

// waits waits for a text.
func (w *walk) waits(text string) *walk {
	w.t.Helper()
	w.sees(w.t, text)
	return w
}

// blocked waits until the diagnosis says so in these words.
func (w *walk) blocked(words string) *walk {
	w.t.Helper()
	return w.waits(words).waits("p the ways out")
}

// path chooses a path of the blocked by its title, wherever it stands in the list.
func (w *walk) path(title string) *walk { w.t.Helper(); return w.key("p", "● Path").listed(title) }

// others is path where people can connect already.
func (w *walk) others(title string) *walk {
	w.t.Helper()
	return w.waits("w other ways").key("w", "● Path").listed(title)
}

// listed is path in the list that is open.
func (w *walk) listed(title string) *walk {
	w.t.Helper()
	if !w.hasLine(" " + title + " ") {
		w.key("a", " "+title+" ")
	}
	return w.option(title).waits("Step 1 of ")
}

func (w *walk) hasLine(text string) bool { return strings.Contains(w.shown(), text) }

// option moves to an option of a list by its title, and takes it.
func (w *walk) option(title string) *walk {
	w.t.Helper()
	for range 40 {
		before := w.focus()
		if strings.Contains(before, " "+title) {
			return w.turns("\r", standsIn)
		}
		w.turns("\x1b[B", focusIn)
	}
	w.t.Fatalf("no option %q:\n%s", title, w.shown())
	return w
}

// turns presses a key until what is read of the screen is another: a screen that
// has just opened takes no keys for a moment, and says so; only then is it pressed
// again, for a key more would answer the next screen.
func (w *walk) turns(key string, read func(string) string) *walk {
	w.t.Helper()
	was := read(w.shown())
	turned := func(seen string) bool { now := read(seen); return now != was && now != "" }
	for range 20 {
		most := againAfter(w.shown())
		w.types(w.t, key)
		if w.within(w.t, most, turned) {
			return w
		}
		w.until(w.t, fmt.Sprintf("turn by %q", key), func(seen string) bool { return turned(seen) || refuses(seen) })
		if turned(w.shown()) {
			return w
		}
	}
	w.t.Fatalf("%q leads nowhere:\n%s", key, w.shown())
	return w
}

func (w *walk) focus() string { return focusIn(w.shown()) }

// focusIn is the line that the cursor is at.
func focusIn(screen string) string {
	for l := range strings.SplitSeq(screen, "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), "› ") {
			return strings.TrimSpace(l)
		}
	}
	return ""
}

// standsIn is what tells one screen from the next: its first line below the
// breadcrumb, and below the bar that says who watches and records.
func standsIn(screen string) string {
	seen := 0
	for l := range strings.SplitSeq(screen, "\n") {
		if l = strings.TrimSpace(l); l == "" || strings.HasPrefix(l, "● Watched by ") || strings.HasPrefix(l, "● Recorded") {
			continue
		}
		if seen++; seen == 3 {
			return l
		}
	}
	return ""
}

// types a line, and Enter.
func (w *walk) says(text, next string) *walk {
	w.t.Helper()
	w.types(w.t, text)
	w.waits("> " + text)
	return w.key("\r", next)
}

// finished looks again at once, waits until the step is seen done, and goes on to
// what comes then.
func (w *walk) finished(next string) *walk {
	w.t.Helper()
	return w.key("r", "Press enter.").onward(next)
}

// onward goes on, over steps that are seen done already, until a text stands
// there.
func (w *walk) onward(next string) *walk {
	w.t.Helper()
	for range 8 {
		w.until(w.t, next, func(seen string) bool {
			return strings.Contains(seen, next) || strings.Contains(seen, "Press enter.") || strings.Contains(seen, "enter go on")
		})
		if w.hasLine(next) {
			return w
		}
		if w.turns("\r", standsIn).soon(w.t, next) {
			return w
		}
	}
	w.t.Fatalf("no %s:\n%s", next, w.shown())
	return w
}

// byGraph reads the plan, which must say all of it, types the domain, and goes on
// to the end.
func (w *walk) byGraph(next string, says ...string) *walk {
	w.t.Helper()
	w.option("By Graph, from a plan").waits("Type contoso.example to apply")
	for _, s := range says {
		w.waits(s)
	}
	w.says("contoso.example", "was read again in contoso.example, and is there.")
	return w.waits("Receipt kept:").onward(next)
}

// The heads of proofs.
const (
	proofForAll = "✓ Consent is in place for everyone in contoso.example."
	proofByUser = "✓ People in contoso.example may consent for themselves"
	proofSeen   = "Verified: read from Microsoft Graph in this run"
)

// proven waits for the proof, leaves, and tests the exit code of one.
func (w *walk) proven(words ...string) {
	w.t.Helper()
	for _, s := range words {
		w.waits(s)
	}
	w.types(w.t, "q")
	if code := w.ends(w.t); code != codeOpen {
		w.t.Errorf("ended with %d:\n%s", code, w.shown())
	}
}

// app opens a page of the enterprise app in the portal.
func (w *walk) app(h *hand, page string) *hand {
	w.t.Helper()
	if h.at == nil {
		h.portal(walkAdmin, "apps")
	}
	h.open("/portal/apps?q=" + w.client[:8])
	for n := range h.doc.Descendants() {
		if to := attrOf(n, "href"); strings.Contains(to, "/portal/apps/") && len(to) > 36 {
			return h.open(to + page)
		}
	}
	w.t.Fatalf("the portal does not list the app:\n%s", h.text())
	return h
}

// graph sends a request as the admin, as the lines of a step do.
func (w *walk) graph(method, path, body string) string {
	w.t.Helper()
	token, err := w.world.Token(walkAdmin)
	if err != nil {
		w.t.Fatal(err)
	}
	h := handOf(w.t, w.world)
	req, err := http.NewRequestWithContext(w.t.Context(), method, h.base+"/v1.0"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := h.client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read whole
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, answer, err)
	}
	return string(answer)
}

// tells is the first word of what was printed with this in it: a link, as a
// terminal gets it, whole.
func (w *walk) tells(part string) string {
	w.t.Helper()
	for f := range strings.FieldsSeq(w.printed()) {
		if strings.HasPrefix(f, "https://") && strings.Contains(f, part) {
			f, _, _ = strings.Cut(f, "\x1b")
			return f
		}
	}
	w.t.Fatalf("no word with %q:\n%s", part, w.shown())
	return ""
}
