//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"
)

// guest is somebody at a session of a running server, over a real connection. It
// fails by errors, so that a crowd of them can be at work at once.
type guest struct {
	conn *gossh.Client
	s    *gossh.Session
	in   io.WriteCloser
	news chan struct{} // holds one: something came
	over chan struct{} // closed when nothing more comes

	mu   sync.Mutex
	emu  *vt.Emulator        // what their terminal shows; nil: they have lines alone
	text bytes.Buffer        // what came on lines
	came bytes.Buffer        // all that came on a screen
	read int                 // how much of it was answered
	drew func(screen string) // is told what the terminal shows, each time that something came; nil: nobody is
}

// guestWait is how long a guest waits for what must come, on a machine that has much
// else to do.
const guestWait = 2 * time.Minute

// errNeverCame says that what a guest waited for did not come.
var errNeverCame = errors.New("it never came")

// guestOver begins a session on a connection: on a screen, or on lines.
func guestOver(conn *gossh.Client, screen bool) (g *guest, err error) {
	g = &guest{conn: conn, news: make(chan struct{}, 1), over: make(chan struct{})}
	if g.s, err = conn.NewSession(); err != nil {
		return nil, fmt.Errorf("begin a session: %w", err)
	}
	if g.in, err = g.s.StdinPipe(); err != nil {
		return nil, fmt.Errorf("begin a session: %w", err)
	}
	if screen {
		g.emu = vt.NewEmulator(100, 40)
		if err = g.s.RequestPty("xterm-256color", 40, 100, nil); err != nil {
			return nil, fmt.Errorf("ask for a terminal: %w", err)
		}
	}
	g.s.Stdout = g
	if err = g.s.Shell(); err != nil {
		return nil, fmt.Errorf("begin a session: %w", err)
	}
	go func() {
		defer close(g.over)
		_ = g.s.Wait() // how it ended is told by what came
	}()
	return g, nil
}

// Write implements io.Writer: what the server sends.
func (g *guest) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.emu != nil {
		g.came.Write(p)
	}
	if g.emu == nil {
		g.text.Write(p)
	} else if _, err := g.emu.Write(bytes.ReplaceAll(p, []byte("\x1b]11;?\a"), nil)); err != nil { // it waits for a reader of its answers
		return 0, fmt.Errorf("draw: %w", err)
	} else if g.drew != nil {
		g.drew(g.emu.String())
	}
	select {
	case g.news <- struct{}{}:
	default:
	}
	return len(p), nil
}

// sees is what the guest sees; on lines, everything that came.
func (g *guest) sees() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.emu != nil {
		return g.emu.String()
	}
	return g.text.String()
}

// wasSent says whether a text ever came, whole, on a screen.
func (g *guest) wasSent(text string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return bytes.Contains(g.came.Bytes(), []byte(text))
}

// until waits until what is seen is so.
func (g *guest) until(ctx context.Context, what string, so func(string) bool) error {
	ctx, cancel := context.WithTimeout(ctx, guestWait)
	defer cancel()
	for !so(g.sees()) {
		select {
		case <-g.news:
		case <-g.over:
			if !so(g.sees()) {
				return fmt.Errorf("%q: %w before the end:\n%s", what, errNeverCame, g.sees())
			}
		case <-ctx.Done():
			return fmt.Errorf("%q: %w:\n%s", what, errNeverCame, g.sees())
		}
	}
	return nil
}

// types sends keys.
func (g *guest) types(keys string) error {
	if _, err := io.WriteString(g.in, keys); err != nil {
		return fmt.Errorf("type %q: %w", keys, err)
	}
	return nil
}

// press sends a key, and waits for a text. A screen that has just opened by itself
// takes no keys yet and says so: then it is sent again.
func (g *guest) press(ctx context.Context, key, next string) error {
	for range 20 {
		if err := g.types(key); err != nil {
			return err
		}
		err := g.until(ctx, next, func(seen string) bool {
			return strings.Contains(seen, next) || strings.Contains(seen, notNow[0])
		})
		if err != nil || strings.Contains(g.sees(), next) {
			return err
		}
		if err := g.calm(ctx); err != nil { // what it says stands there until a key is taken
			return err
		}
	}
	return fmt.Errorf("%q by %q: %w:\n%s", next, key, errNeverCame, g.sees())
}

// calm waits until a screen takes keys: by one that means nothing, and is taken then.
func (g *guest) calm(ctx context.Context) error {
	err := errNeverCame
	for end := time.Now().Add(guestWait); errors.Is(err, errNeverCame) && time.Now().Before(end); {
		if bad := g.types("ö"); bad != nil {
			return bad
		}
		short, cancel := context.WithTimeout(ctx, time.Second)
		err = g.until(short, "keys are taken", func(seen string) bool { return strings.Contains(seen, "ö does nothing here") })
		cancel()
	}
	return err
}

// answers types a line once the question has come since the last answer.
func (g *guest) answers(ctx context.Context, question, line string) error {
	if err := g.asked(ctx, question); err != nil {
		return err
	}
	g.mu.Lock()
	g.read = g.text.Len()
	g.mu.Unlock()
	return g.types(line + "\n")
}

// asked waits until a text has come since the last answer, and a line is asked for
// behind it. What is looked at lands at any time, and the server then asks again; that
// a run is kept it says once, and does not.
func (g *guest) asked(ctx context.Context, question string) error {
	return g.until(ctx, question, func(seen string) bool {
		_, since, ok := strings.Cut(seen[g.read:], question)
		return ok && strings.HasSuffix(guestKept.ReplaceAllString(since, ""), ": ")
	})
}

// guestKept is what the server says when it keeps a run.
var guestKept = regexp.MustCompile(`\r?\nKept as case .*yours alone\.\r?\n`)

// guestCode finds the resume code in what a guest sees.
var guestCode = regexp.MustCompile(`ssh -p 2222\s+(\S+)@127\.0\.0\.1`)

// code is by which the guest comes back, as the server tells it.
func (g *guest) code(ctx context.Context) (code string, err error) {
	find := func(seen string) bool {
		m := guestCode.FindStringSubmatch(seen)
		if m != nil {
			code = m[1]
		}
		return m != nil
	}
	if g.emu == nil {
		return code, g.until(ctx, "the code", find)
	}
	if err := g.types("\x1bOP"); err != nil { // F1
		return "", err
	}
	if err := g.until(ctx, "the help with the code", func(seen string) bool { return strings.Contains(seen, guestHelp) && find(seen) }); err != nil {
		return "", err
	}
	if err := g.types("\x1b"); err != nil {
		return "", err
	}
	return code, g.until(ctx, "the end of the help", func(seen string) bool { return !strings.Contains(seen, guestHelp) })
}

// guestHelp stands over the help.
const guestHelp = "Keys that work here"

// guestStep finds the step that a guest is at, by its words.
var guestStep = regexp.MustCompile(`Step (\d+ of \d+) · .*\S`)

// stands is where a guest is: what the run is about, the stage, and the step.
func (g *guest) stands() stand {
	seen := g.sees()
	var p stand
	if steps := guestStep.FindAllStringSubmatch(seen, -1); steps != nil {
		last := steps[len(steps)-1]
		p.step, p.number = strings.TrimSpace(last[0]), last[1]
	}
	if g.emu == nil {
		return p
	}
	head, rest, _ := strings.Cut(seen, "\n")
	head, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(head), "onboard"), " · ")
	p.about = strings.TrimSpace(head)
	crumbs, _, _ := strings.Cut(rest, "\n")
	if _, at, ok := strings.Cut(crumbs, "● "); ok {
		p.stage, _, _ = strings.Cut(at, " ")
	}
	return p
}

// stand is where a run is, as somebody sees it.
type stand struct{ about, stage, step, number string }

// where is the same as `status` tells it.
func (p stand) where() string {
	if p.number != "" {
		return "Steps, " + p.number
	}
	return p.stage
}

// stored asks the server where a case is by what it has stored.
func stored(conn *gossh.Client, code string) (number, domain, where string, err error) {
	s, err := conn.NewSession()
	if err != nil {
		return "", "", "", fmt.Errorf("begin a session: %w", err)
	}
	defer func() { _ = s.Close() }()
	out, err := s.Output("status " + code + " --json")
	if err != nil {
		return "", "", "", fmt.Errorf("ask for the status: %w", err)
	}
	var st struct{ Case, Domain, Where string }
	if err := json.Unmarshal(out, &st); err != nil {
		return "", "", "", fmt.Errorf("read the status: %w", err)
	}
	return st.Case, st.Domain, st.Where, nil
}
