package ssh

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// comesBack finds how a session says that it is gone on with.
var comesBack = regexp.MustCompile(`ssh\s+([0-9A-Za-z-]+)@onboard\.example`)

// chooses takes an app and a tenant, as far as the screen that tells of it.
func (c *client) chooses() {
	c.t.Helper()
	c.sees("Which app")
	c.types("2\r")
	c.sees("domain")
	c.types("contoso.example\r")
	c.knows()
}

// goesOn goes on from what the domain tells to the diagnosis: once, for there the same key
// means something else.
func (c *client) goesOn() {
	c.t.Helper()
	c.sees("Enter goes on")
	c.once("\r", "● Diagnosis")
}

// knows waits until the run is about the tenant: the first row names it.
func (c *client) knows() {
	c.t.Helper()
	await(c.t, "the tenant", func() bool {
		first, _, _ := strings.Cut(c.screen(), "\n")
		return strings.Contains(first, "contoso.example")
	}, c.screen)
}

// opensHelp opens the help by one press of F1, for a second would close it.
func (c *client) opensHelp() {
	c.t.Helper()
	c.presses("#", "# does nothing here") // it takes keys now
	c.types("\x1bOP")
	c.sees("Keys that work here")
}

// closesHelp closes it by one press, for a second would go back.
func (c *client) closesHelp() {
	c.t.Helper()
	c.types("\x1b")
	await(c.t, "the end of the help", func() bool { return !strings.Contains(c.screen(), "Keys that work here") }, c.screen)
}

// shownCode is the code that the screen tells.
func (c *client) shownCode() string {
	c.t.Helper()
	c.opensHelp()
	var m []string
	await(c.t, "the code", func() bool {
		m = comesBack.FindStringSubmatch(c.screen())
		return m != nil
	}, c.screen)
	return m[1]
}

// left ends the session by its key, and gives the code by which it is gone on
// with.
func (c *client) left() (code string) {
	c.t.Helper()
	c.types("\x03")
	if exit := c.ends(); exit != codeInterrupted {
		c.t.Errorf("exit code %d", exit)
	}
	raw := c.bytes()
	m := comesBack.FindStringSubmatch(raw[max(strings.LastIndex(raw, "\x1b[?1049l"), 0):])
	if m == nil {
		c.t.Fatalf("it does not say how to come back: %q", raw[max(0, len(raw)-400):])
	}
	return m[1]
}

// TestWizardOverSSH walks a few screens of the wizard over a real connection,
// leaves the terminal as it was, and goes on where it was left.
func TestWizardOverSSH(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := s.shell(t, "anybody", 80, 24)
	c.sees("Which app")
	if n, err := s.o.Cases.Count(t.Context()); n != 0 || err != nil {
		t.Errorf("%d cases of somebody who only looked in, %v", n, err)
	}
	c.chooses()
	c.sees("Enter goes on")
	if at := c.screen(); strings.Contains(at, "sign in") || strings.Contains(at, "--proxy") {
		t.Errorf("it promises a sign-in, or sends to flags:\n%s", at)
	}
	c.shownCode()
	code := c.left()
	raw := c.bytes()
	if on, off := strings.Index(raw, "\x1b[?1049h"), strings.LastIndex(raw, "\x1b[?1049l"); on != 0 || off < on || !strings.Contains(raw[off:], "\x1b[?2004l") && !strings.Contains(raw[:off+20], "\x1b[?2004l") {
		t.Errorf("the terminal is not left as it was: %q", raw[max(off-40, 0):])
	}
	if strings.Contains(s.log.String(), code) {
		t.Errorf("the code is in the log:\n%s", s.log)
	}

	again := s.shell(t, code, 80, 24)
	again.knows()
	if got := again.left(); got != code {
		t.Errorf("another code: %s", got)
	}
	if n, err := s.o.Cases.Count(t.Context()); n != 1 || err != nil {
		t.Errorf("%d cases, %v", n, err)
	}
}

// TestOwnSize holds that the screen is of the window's size, and follows it.
func TestOwnSize(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := s.shell(t, "anybody", 40, 12)
	c.sees("Which app")
	c.mu.Lock()
	c.emu.Resize(120, 40)
	c.mu.Unlock()
	if err := c.s.WindowChange(40, 120); err != nil {
		t.Fatal(err)
	}
	c.sees("Nothing\n is changed without being shown first.")
	tiny := s.shell(t, "anybody", 20, 5)
	tiny.sees("This window is")
	tiny.types("\x03")
	tiny.ends()
}

// TestBrokenConnection holds that what was chosen survives it, and that whoever
// comes back finds the old session gone.
func TestBrokenConnection(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := s.shell(t, "anybody", 100, 30)
	c.chooses()
	code := c.shownCode()
	again := s.shell(t, code, 100, 30) // the first is still there, as after a network that went away
	again.knows()
	if exit := c.ends(); exit != codeFailed || !strings.Contains(c.bytes(), sayTaken) {
		t.Errorf("the first ended with %d: %q", exit, c.bytes())
	}
	_ = again.conn.Close()
	third := s.shell(t, strings.ToLower(strings.ReplaceAll(code, "-", "")), 100, 30)
	third.knows()
	if got := third.left(); got != code {
		t.Errorf("the code is told as %s", got)
	}
}

// TestCodesThatOpenNothing holds what such a code is answered, and that the case
// of another is not opened by it.
func TestCodesThatOpenNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := s.shell(t, "anybody", 100, 30)
	c.chooses()
	code := c.left()
	last := "0"
	if strings.HasSuffix(code, "0") {
		last = "1"
	}
	mistyped := s.shell(t, code[:len(code)-1]+last, 80, 24)
	if exit := mistyped.ends(); exit != codeUsage || !strings.Contains(mistyped.bytes(), "mistyped") {
		t.Errorf("%d: %q", exit, mistyped.bytes())
	}
	if _, err := s.o.Cases.Erase(t.Context(), (&session{srv: s.Server, conn: &conn{}}).try(code)); err != nil {
		t.Fatal(err)
	}
	erased := s.shell(t, code, 80, 24)
	if exit := erased.ends(); exit != codeUsage || !strings.Contains(erased.bytes(), "There is no such case") {
		t.Errorf("%d: %q", exit, erased.bytes())
	}
}

// TestIdleAndTotal holds that a session that was idle too long, or lasted too long,
// ends and says why.
func TestIdleAndTotal(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.Idle, o.Limits.Warning = 400*time.Millisecond, 200*time.Millisecond })
	c := s.shell(t, "anybody", 100, 30)
	if exit := c.ends(); exit != codeFailed || !strings.HasSuffix(c.bytes(), sayIdle+"\r\n") {
		t.Errorf("%d: %q", exit, c.bytes())
	}
	s = serve(t, func(o *Options) { o.Limits.Total, o.Limits.Warning = 400*time.Millisecond, 200*time.Millisecond })
	plain := s.shell(t, userPlain, 100, 30)
	if exit := plain.ends(); exit != codeFailed || !strings.Contains(plain.bytes(), sayTotal) {
		t.Errorf("%d: %q", exit, plain.bytes())
	}
}

// TestSessionIsWarned holds when a session is told that it is about to end, that a
// key keeps it, and that no key keeps it for ever.
func TestSessionIsWarned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := &Server{o: Options{Now: time.Now, Limits: Limits{Idle: 30 * time.Minute, Total: 2 * time.Hour, Warning: time.Minute, BytesBurst: 1}}}
		var mu sync.Mutex
		var told []string
		watched := func() (one *session, stop func()) {
			mu.Lock()
			defer mu.Unlock()
			told = nil
			one = newSession(srv, &conn{}, &gossh.ServerConn{Conn: person{}}, wall{})
			one.told(func(text string) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, text)
			}, nil)
			one.touch()
			return one, one.watch()
		}
		passes := func(d time.Duration, notices int, why error, one *session, says ...string) {
			t.Helper()
			time.Sleep(d) // virtual
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if len(told) != notices || !errors.Is(context.Cause(one.ctx), why) {
				t.Fatalf("told %q, ended by %v", told, context.Cause(one.ctx))
			}
			for _, want := range says {
				if !strings.Contains(told[len(told)-1], want) {
					t.Errorf("told %q, want %q", told, want)
				}
			}
		}
		one, stop := watched()
		passes(29*time.Minute-time.Second, 0, nil, one)
		passes(time.Second, 1, nil, one, "ends in 1m0s")
		one.touch()
		passes(29*time.Minute-time.Second, 1, nil, one)
		passes(time.Second, 2, nil, one)
		passes(time.Minute-time.Second, 2, nil, one)
		passes(time.Second, 2, errIdle, one)
		stop()

		one, stop = watched()
		for range 11 {
			passes(10*time.Minute, 0, nil, one)
			one.touch()
		}
		passes(9*time.Minute, 1, nil, one, "as long as one may")
		one.touch()
		passes(time.Minute-time.Second, 1, nil, one)
		passes(time.Second, 1, errTotal, one)
		stop()

		one, stop = watched()
		stop()
		passes(3*time.Hour, 0, nil, one)
	})
}

// TestDrain holds that sessions are told, saved, and ended with a word, and that
// nobody new is let in meanwhile.
func TestDrain(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *Options) { o.Limits.Total = time.Hour })
	c := s.shell(t, "anybody", 100, 30)
	c.chooses()
	other := s.dial(t, "anybody", nil) // connected, without a session
	ctx, stop := context.WithCancel(t.Context())
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		s.Drain(ctx)
	}()
	c.sees("The server stops in a moment")
	late := opens(t, other, 80, 24, func(x *gossh.Session) error { return x.Start("version") })
	if exit := late.ends(); exit != codeFailed || !strings.Contains(late.errors(), sayDraining) {
		t.Errorf("%d: %q", exit, late.errors())
	}
	if _, err := s.try("anybody", nil); err == nil {
		t.Error("somebody new got in")
	}
	stop()
	if exit := c.ends(); exit != codeFailed || !strings.Contains(c.bytes(), sayDrained) || !comesBack.MatchString(c.bytes()[strings.LastIndex(c.bytes(), sayDrained):]) {
		t.Errorf("%d: %q", exit, c.bytes())
	}
	<-drained
	s.quiet(t)
}

// TestDoor holds that why@ opens where somebody learns why they are blocked.
func TestDoor(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := s.shell(t, userWhy, 80, 24)
	c.sees("AADSTS")
	c.types("\x1b[200~AADSTS65001: The user or administrator has not consented\x1b[201~\r")
	c.sees("whose move")
	c.types("\x03")
	c.ends()
	lines := opens(t, s.dial(t, userWhy, nil), 0, 0, (*gossh.Session).Shell)
	lines.types("AADSTS65001: The user or administrator has not consented\n.\n")
	lines.reads("admin")
	_ = lines.conn.Close()
}

// TestPlainLines holds line mode: on a terminal that is asked for it or cannot do
// otherwise, where it echoes and edits; and without a terminal.
func TestPlainLines(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	pty := func(user, term string) *client {
		return opens(t, s.dial(t, user, nil), 80, 24, func(x *gossh.Session) error {
			if err := x.RequestPty(term, 24, 80, nil); err != nil {
				return err
			}
			return x.Shell()
		})
	}
	for name, c := range map[string]*client{"plain": pty(userPlain, "xterm"), "dumb": pty("anybody", "dumb"), "none": pty("anybody", "")} {
		c.reads("Choose:")
		c.types("9\x7f2\x1b[D\x1b[C\r")
		c.reads("domain")
		c.types("contoso.exampel\x7f\x7fle\r")
		c.reads("contoso.example")
		c.reads("Kept as case ")
		c.types("\x03")
		if exit := c.ends(); exit != codeInterrupted {
			t.Errorf("%s: exit code %d", name, exit)
		}
		if raw := c.bytes(); strings.Contains(raw, "\x1b[?1049h") || strings.Contains(strings.ReplaceAll(raw, "\r\n", ""), "\n") {
			t.Errorf("%s: it draws, or leaves lines unended: %q", name, raw)
		}
	}
	bare := opens(t, s.dial(t, "anybody", nil), 0, 0, (*gossh.Session).Shell)
	bare.reads("Choose:")
	bare.types("2\n")
	bare.reads("domain")
	bare.types("contoso.example\n")
	bare.reads("Kept as case ")
	if err := bare.in.Close(); err != nil {
		t.Fatal(err)
	}
	if exit := bare.ends(); exit != codeDone || strings.ContainsAny(bare.bytes(), "\x1b\r") {
		t.Errorf("%d: %q", exit, bare.bytes())
	}
}

// TestColours holds that no colour is sent to who wants none, whatever the value
// of NO_COLOR, and none but the terminal's own to an old one.
func TestColours(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	colour := regexp.MustCompile(`\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])[0-9;]*m`)
	for name, c := range map[string]struct {
		term, key, value string
		want             bool
	}{
		"none": {"xterm-256color", "NO_COLOR", "yes", false}, "usual": {"xterm-256color", "LANG", "C.UTF-8", true}, "old": {"vt100", "LANG", "C.UTF-8", false},
	} {
		x := opens(t, s.dial(t, "anybody", nil), 80, 24, func(x *gossh.Session) error {
			if err := x.Setenv(c.key, c.value); err != nil {
				return err
			}
			if err := x.RequestPty(c.term, 24, 80, nil); err != nil {
				return err
			}
			return x.Shell()
		})
		x.sees("Which app")
		if got := colour.MatchString(x.bytes()); got != c.want && name != "old" {
			t.Errorf("%s: colours %v: %q", name, got, x.bytes())
		}
		_ = x.conn.Close()
	}
}

// TestCommands holds the allow-list, and what is said of everything else.
func TestCommands(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for line, want := range map[string]string{
		"check --domain contoso.example --app hetk --json": `["check" "--domain=contoso.example" "--app=hetk" "--json"]`,
		"check --domain=contoso.example":                   `["check" "--domain=contoso.example"]`,
		"dns contoso.example --app hetk":                   `["dns" "--app=hetk" "contoso.example"]`,
		"apps show hetk":                                   `["apps" "show" "hetk"]`,
		"apps list --json":                                 `["apps" "--json" "list"]`,
		"apps":                                             `["apps"]`,
		"  version  ":                                      `["version"]`,
	} {
		if out, errs, code := s.asks(t, line); code != codeUnknown || strings.TrimSpace(out) != want {
			t.Errorf("%s: %d, %q, %q", line, code, out, errs)
		}
	}
	for line, want := range map[string]string{
		"rm -rf /":    `"rm" is not a command here, and there is no shell`,
		"sh -c id":    `"sh" is not a command`,
		"scp -t /tmp": `"scp" is not a command`,
		"check --login-url https://127.0.0.1 --domain x": `"--login-url" is no flag of`,
		"check --login-url=https://127.0.0.1":            `"--login-url" is no flag of`,
		"check --graph-url x":                            "no flag", "check --proxy x": "no flag", "check --ca-file x": "no flag",
		"check --dns-server 127.0.0.1": "no flag", "check --token-file /etc/passwd": "no flag", "check --sign-in device": "no flag",
		"check --save /tmp/x": "no flag", "check --from /etc/passwd": "no flag", "check --apps /etc": "no flag",
		"check --probe-secret-file x": "no flag", "check --client-id x": "no flag", "check --keep-sign-in": "no flag", "check --schema": "no flag",
		"check -h": "no flag", "check --": "no flag", "check --domain": "needs a value", "check --domain=": "needs a value",
		"check --domain --json": "needs a value", "check --json=x": "takes no value", "check contoso.example": "one word too many",
		"why AADSTS65001": "is not a command", "apply --app x": "is not a command", "undo x": "is not a command", "serve": "is not a command",
		"sim": "is not a command", "check --domain x\ncheck": "signs that no command has", "check --domain \x1b[2J": "signs",
		strings.Repeat("check ", 40): "too many words", "": "no command", "dns a b": "one word too many",
		"apps lint /etc/passwd": "is nothing that `apps` takes", "apps lint": "is nothing that", "apps lint -": "no flag", "apps new": "is nothing that", "apps schema": "is nothing that",
		"apps help lint": "is nothing that", "apps help": "is nothing that", "apps completion bash": "is nothing that", "apps show ../../etc/passwd": "is nothing that", "apps show": "is nothing that",
		"apps list hetk": "is nothing that", "apps --json lint /etc/passwd": "is nothing that", "apps LIST": "is nothing that", "apps show hetk x": "one word too many", "dns --watch a": "no flag",
	} {
		out, errs, code := s.asks(t, line)
		if code != codeUsage || !strings.Contains(errs, want) || out != "" || strings.Contains(errs, "\x1b") {
			t.Errorf("%q: %d, %q, %q", line, code, out, errs)
		}
	}
	if out, _, code := s.asks(t, "help"); code != codeDone || !strings.Contains(out, "ssh onboard.example check --app ID --domain D") || strings.Contains(out, "\r") {
		t.Errorf("help: %d, %q", code, out)
	}
	if out, _, code := s.asks(t, "fingerprint"); code != codeDone || !strings.Contains(out, s.o.Identity.Fingerprint()) {
		t.Errorf("fingerprint: %d, %q", code, out)
	}
}

// TestStatus holds that a case is told of to whoever has its code, and that
// nobody is sent away from it.
func TestStatus(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := s.shell(t, "anybody", 100, 30)
	c.chooses()
	code := c.shownCode()
	var out, errs string
	var exit int
	await(t, "what was typed last", func() bool { // it is stored soon after
		out, errs, exit = s.asks(t, "status "+code+" --json")
		return strings.Contains(out, "contoso.example")
	}, func() string { return out + errs })
	var st caseStatus
	if err := json.Unmarshal([]byte(out), &st); err != nil || exit != codeDone || errs != "" {
		t.Fatalf("%v, %d, %q, %q", err, exit, out, errs)
	}
	if st.Schema != statusSchema || st.Domain != "contoso.example" || st.App != "Hetk Calendar Sync" || st.Case == "" || st.Ended || st.Where == "" {
		t.Errorf("%+v", st)
	}
	if out, _, exit := s.asks(t, "status "+code); exit != codeDone || !strings.Contains(out, st.Case) {
		t.Errorf("%d, %q", exit, out)
	}
	for line, want := range map[string]string{"status": "Type `status CODE`", "status --json": "Type `status CODE`", "status nobody": "no resume code", "status " + code[:len(code)-2]: "resume code"} {
		if out, errs, exit := s.asks(t, line); exit != codeUsage || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: %d, %q, %q", line, exit, out, errs)
		}
	}
	c.left()
	if strings.Contains(s.log.String(), code) {
		t.Errorf("the code is in the log:\n%s", s.log)
	}
}

// TestErase holds that a customer erases a case with its code, and nobody without
// it; whoever is at it then is told, and is not told how to come back.
func TestErase(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := s.shell(t, "anybody", 100, 30)
	c.chooses()
	code := c.shownCode()
	for line, want := range map[string]string{"erase": "Type `erase CODE`", "erase nobody": "no resume code", "erase " + code[:len(code)-2]: "resume code", "erase " + code + " " + code: "one word too many"} {
		if out, errs, exit := s.asks(t, line); exit != codeUsage || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: %d, %q, %q", line, exit, out, errs)
		}
	}
	if _, errs, exit := s.asks(t, "status "+code); exit != codeDone {
		t.Fatalf("it is gone: %d, %q", exit, errs)
	}
	if out, errs, exit := s.asks(t, "erase "+code); exit != codeDone || errs != "" || !strings.Contains(out, "is erased") || strings.Contains(out, code) {
		t.Errorf("%d, %q, %q", exit, out, errs)
	}
	if exit := c.ends(); exit != codeFailed || !strings.Contains(c.bytes(), sayErasedHere) {
		t.Errorf("who was at it: %d, %q", exit, c.bytes())
	}
	if _, after, _ := strings.Cut(c.bytes(), sayErasedHere); strings.Contains(after, code) {
		t.Errorf("who was at it is told to come back: %q", after)
	}
	for _, line := range []string{"erase " + code, "status " + code} {
		if out, errs, exit := s.asks(t, line); exit != codeUsage || out != "" || !strings.Contains(errs, "no such case") {
			t.Errorf("%s: %d, %q, %q", line, exit, out, errs)
		}
	}
	if n, err := s.o.Cases.Count(t.Context()); n != 0 || err != nil {
		t.Errorf("%d cases are left, %v", n, err)
	}
	if strings.Contains(s.log.String(), code) {
		t.Errorf("the code is in the log:\n%s", s.log)
	}
}
