package ssh

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	gossh "golang.org/x/crypto/ssh"
)

// TestAttacks plays the scripts of testdata/attacks over real connections. A line
// of a script is a verb and its words; ! before it says that it must be refused, and
// ? that it may be: where time runs against it, and the machine may be slow.
// In quotes \r, \x1b and the like are what they are in Go; behind stdout, stderr and
// log stands a pattern.
func TestAttacks(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob(filepath.Join("testdata", "attacks", "*.txtar"))
	if err != nil || len(scripts) < 14 {
		t.Fatal(scripts, err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txtar"), func(t *testing.T) {
			t.Parallel()
			all, err := txtar.ParseFile(script)
			if err != nil {
				t.Fatal(err)
			}
			a := &attack{t: t, dir: t.TempDir()}
			for _, f := range all.Files {
				a.write(f.Name, string(f.Data))
			}
			n := 0
			for line := range strings.Lines(string(all.Comment)) {
				n++
				a.line = fmt.Sprintf("%s:%d: %s", script, n, strings.TrimSpace(line))
				if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
					a.play(line)
				}
			}
		})
	}
}

// attack is a script that is played.
type attack struct {
	t    *testing.T
	dir  string
	line string // that is played now, and where it stands
	may  bool   // it may be refused

	s              *site
	proxied        bool // connections begin with a PROXY header
	stdout, stderr string
	conns          []*gossh.Client // the last one is attacked through
	ch             gossh.Channel   // the last session that was opened
	c              *client         // the last screen
	held           []net.Conn
	let            guided // the guide who was let in
}

// wrong ends the test at this line.
func (a *attack) wrong(format string, args ...any) {
	a.t.Helper()
	a.t.Fatalf(a.line+": "+format, args...)
}

// write makes a file of the script's folder.
func (a *attack) write(name, text string) {
	if err := os.WriteFile(filepath.Join(a.dir, name), []byte(text), 0o600); err != nil {
		a.wrong("%v", err)
	}
}

// word is a word of a line, in quotes or not.
var word = regexp.MustCompile(`'[^']*'|\S+`)

// play plays a line.
func (a *attack) play(line string) {
	a.t.Helper()
	line, not := strings.CutPrefix(line, "! ")
	line, a.may = strings.CutPrefix(line, "? ")
	words := word.FindAllString(strings.ReplaceAll(line, "{number}", a.let.number), -1)
	for i, w := range words[1:] {
		if w[0] != '\'' {
			continue
		}
		if words[0] == "stdout" || words[0] == "stderr" || words[0] == "log" { // a pattern
			words[i+1] = w[1 : len(w)-1]
			continue
		}
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(w[1:len(w)-1], `"`, `\"`) + `"`)
		if err != nil {
			a.wrong("%s: %v", w, err)
		}
		words[i+1] = text
	}
	verb := map[string]func(not bool, words []string){
		"serve": a.serve, "exec": a.exec, "stdout": a.said, "stderr": a.complained, "log": a.logged,
		"connect": a.connect, "channel": a.channel, "request": a.request, "session": a.session, "ask": a.ask, "run": a.run,
		"setenv": a.setenv, "setenv-flood": a.setenvFlood,
		"raw": a.raw, "hold": a.hold, "drip": a.drip, "gone": a.gone, "flood": a.flood,
		"screen": a.screen, "sees": a.sees, "type": a.types, "resize": a.resize, "bomb": a.bomb, "ended": a.ended, "sent": a.sent,
		"customer": a.begins, "guide": a.letsIn, "presses": a.presses, "untouched": a.untouched, "codeless": a.codeless,
		"served": a.served, "quiet": a.quiet, "unbroken": a.unbroken, "connections": a.connections,
	}[words[0]]
	if verb == nil {
		a.wrong("no such verb")
	}
	verb(not, words[1:])
}

// serve KEY=VALUE... starts a server; "defaults" is with the limits that nobody
// changed.
func (a *attack) serve(_ bool, words []string) {
	a.proxied, a.conns, a.ch, a.c, a.held = false, nil, nil, nil, nil
	a.s = serve(a.t, func(o *Options) {
		for _, w := range words {
			key, value, _ := strings.Cut(w, "=")
			number, _ := strconv.ParseFloat(value, 64)
			d, _ := time.ParseDuration(value)
			switch key {
			case "both": // at one port with TLS; see below
			case "guides":
				o.Guides = a.guides(value, o.Log)
			case "defaults":
				o.Limits = DefaultLimits()
			case "trusted":
				a.proxied, o.TrustedProxies = true, []netip.Prefix{netip.MustParsePrefix(value)}
			case "ban":
				o.Bans, _ = OpenBans("", nil) // without a file it cannot fail
				if _, err := o.Bans.Add(Ban{Kind: BanNet, Value: value, Reason: "scanning"}); err != nil {
					a.wrong("%v", err)
				}
			case "perSource":
				o.Limits.PerSource = int(number)
			case "sessionsPerConnection":
				o.Limits.SessionsPerConnection = int(number)
			case "sessionBurst":
				o.Limits.SessionBurst = int(number)
			case "sessionRate":
				o.Limits.SessionRate = number
			case "bytesBurst":
				o.Limits.BytesBurst = int(number)
			case "handshake":
				o.Limits.Handshake = d
			case "unused":
				o.Limits.Unused = d
			default:
				a.wrong("no such setting: %s", w)
			}
		}
	})
	if slices.Contains(words, "both") {
		a.s, _ = a.s.together(a.t)
	}
	_, port, err := net.SplitHostPort(a.s.addr)
	if err != nil {
		a.wrong("%v", err)
	}
	a.write("config", fmt.Sprintf("Host onboard\nHostName 127.0.0.1\nPort %s\nUser anybody\nUserKnownHostsFile %s\nGlobalKnownHostsFile none\nStrictHostKeyChecking yes\nIdentityAgent none\nIdentityFile none\nBatchMode yes\nExitOnForwardFailure yes\n",
		port, a.s.hosts(a.t)))
}

// exec runs a program of this machine.
func (a *attack) exec(not bool, words []string) {
	cmd := exec.CommandContext(a.t.Context(), words[0], words[1:]...)
	cmd.Dir, cmd.Env = a.dir, []string{"HOME=" + a.dir, "PATH=" + os.Getenv("PATH")}
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	a.stdout, a.stderr = out.String(), errs.String()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || (err != nil) != not {
		a.wrong("%v: %s%s", err, a.stdout, a.stderr)
	}
}

// said and complained match what came last.
func (a *attack) said(not bool, words []string)       { a.match(a.stdout, not, words) }
func (a *attack) complained(not bool, words []string) { a.match(a.stderr, not, words) }

// logged matches the server's log, and waits for what must be there.
func (a *attack) logged(not bool, words []string) {
	if !not {
		await(a.t, a.line, func() bool { return regexp.MustCompile(words[0]).MatchString(a.s.log.String()) }, a.s.log.String)
	}
	a.match(a.s.log.String(), not, words)
}

func (a *attack) match(text string, not bool, words []string) {
	if regexp.MustCompile("(?m)"+words[0]).MatchString(text) == not {
		a.wrong("%q", text)
	}
}

// refused holds that something was, or was not.
func (a *attack) refused(not bool, err error) {
	a.t.Helper()
	a.stdout, a.stderr = "", fmt.Sprint(err)
	if (err != nil) != not && !a.may {
		a.wrong("%v", err)
	}
}

// dial logs in, where a proxy is trusted from an address.
func (a *attack) dial(from string) (*gossh.Client, error) {
	if !a.proxied {
		return a.s.try("anybody", nil)
	}
	raw := a.s.raw(a.t, behind(a.t, 1, from+":999"))
	conn, chans, reqs, err := gossh.NewClientConn(raw, a.s.addr, &gossh.ClientConfig{User: "anybody", HostKeyCallback: gossh.FixedHostKey(a.s.o.Identity.PublicKeys()[0])})
	if err != nil {
		return nil, err
	}
	return gossh.NewClient(conn, chans, reqs), nil
}

// connect logs in.
func (a *attack) connect(not bool, _ []string) {
	conn, err := a.dial("198.51.100.1")
	if a.refused(not, err); err != nil {
		return
	}
	a.t.Cleanup(func() { _ = conn.Close() })
	a.conns = append(a.conns, conn)
}

func (a *attack) conn() *gossh.Client { return a.conns[len(a.conns)-1] }

// channel KIND opens one, to the server's own SSH port.
func (a *attack) channel(not bool, words []string) {
	_, _, err := a.conn().OpenChannel(words[0], gossh.Marshal(struct {
		Host string
		Port uint32
		From string
		At   uint32
	}{"127.0.0.1", 22, "127.0.0.1", 1}))
	a.refused(not, err)
}

// errNo says that a request was answered with a no.
var errNo = errors.New("no")

func (a *attack) answered(not, ok bool, err error) {
	if err != nil {
		a.wrong("%v", err)
	}
	if !ok {
		err = errNo
	}
	a.refused(not, err)
}

// request KIND asks something of the connection.
func (a *attack) request(not bool, words []string) {
	ok, _, err := a.conn().SendRequest(words[0], true, gossh.Marshal(struct {
		Host string
		Port uint32
	}{"", 0}))
	a.answered(not, ok, err)
}

// session opens another.
func (a *attack) session(not bool, _ []string) {
	if a.may && len(a.conns) == 0 { // that was refused already
		return
	}
	ch, requests, err := a.conn().OpenChannel("session", nil)
	if a.refused(not, err); err == nil {
		go gossh.DiscardRequests(requests)
		a.ch = ch
	}
}

// ask KIND asks something of a session of its own.
func (a *attack) ask(not bool, words []string) {
	a.session(false, nil)
	ok, err := a.ch.SendRequest(words[0], true, gossh.Marshal(struct{ Text string }{"sftp"}))
	a.answered(not, ok, err)
	_ = a.ch.Close()
}

// setenv KEY=VALUE sets a variable of the session.
func (a *attack) setenv(not bool, words []string) {
	key, value, _ := strings.Cut(words[0], "=")
	ok, err := a.ch.SendRequest("env", true, gossh.Marshal(struct{ K, V string }{key, value}))
	a.answered(not, ok, err)
}

// setenvFlood TIMES SIZE sets so many, and says how many were taken.
func (a *attack) setenvFlood(_ bool, words []string) {
	times, size := a.number(words[0]), a.number(words[1])
	payload := gossh.Marshal(struct{ K, V string }{"LC_ALL", strings.Repeat("x", size)})
	taken := 0
	for range times {
		ok, err := a.ch.SendRequest("env", true, payload)
		if err != nil {
			a.wrong("%v", err)
		}
		if ok {
			taken++
		}
	}
	a.stdout = fmt.Sprintf("taken %d", taken)
}

func (a *attack) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		a.wrong("%v", err)
	}
	return n
}

// run COMMAND asks a command; a refused one says nothing on standard output.
func (a *attack) run(not bool, words []string) {
	conn, err := a.dial("198.51.100.1")
	if err != nil {
		a.wrong("%v", err)
	}
	defer func() { _ = conn.Close() }()
	x, err := conn.NewSession()
	if err != nil {
		a.wrong("%v", err)
	}
	var out, errs strings.Builder
	x.Stdout, x.Stderr = &out, &errs
	err = x.Run(words[0])
	a.stdout, a.stderr = out.String(), errs.String()
	var exit *gossh.ExitError
	refused := err != nil && (!errors.As(err, &exit) || exit.ExitStatus() == codeUsage)
	if refused != not || not && a.stdout != "" || strings.ContainsAny(a.stderr, "\x1b\x00") {
		a.wrong("%v: %q, %q", err, a.stdout, a.stderr)
	}
}

// raw BYTES sends what no client does, and says what comes.
func (a *attack) raw(_ bool, words []string) {
	c := a.s.raw(a.t, words[0])
	defer func() { _ = c.Close() }()
	switch in, why := greeted(a.t, c); {
	case in:
		a.stdout = "let in"
	case why != "":
		a.stdout = "told: " + why
	default:
		a.stdout = "nothing"
	}
}

// hold BYTES sends them, and nothing more.
func (a *attack) hold(_ bool, words []string) { a.held = append(a.held, a.s.raw(a.t, words[0])) }

// drip BYTES EVERY sends them, and then a byte at a time for as long as it is taken.
func (a *attack) drip(_ bool, words []string) {
	every, err := time.ParseDuration(words[1])
	if err != nil {
		a.wrong("%v", err)
	}
	c := a.s.raw(a.t, words[0])
	a.held = append(a.held, c)
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for range tick.C {
			if _, err := c.Write([]byte{'x'}); err != nil {
				return
			}
		}
	}()
}

// gone waits until the server has closed everything that was begun.
func (a *attack) gone(bool, []string) {
	for _, c := range a.held {
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			a.wrong("it is still there")
		}
	}
	for _, c := range a.conns {
		waitsEnd(a.t, c)
	}
}

// flood TIMES FROM opens so many connections from behind a trusted proxy, and keeps
// them.
func (a *attack) flood(_ bool, words []string) {
	for range a.number(words[0]) {
		a.held = append(a.held, a.s.raw(a.t, behind(a.t, 1, words[1]+":999")+"SSH-2.0-flood\r\n"))
	}
}

func (a *attack) size(text string) (w, h uint32) {
	if _, err := fmt.Sscanf(text, "%dx%d", &w, &h); err != nil {
		a.wrong("%v", err)
	}
	return w, h
}

// screen WxH [USER] opens the wizard in a window that is said to be so large.
func (a *attack) screen(_ bool, words []string) {
	w, h := a.size(words[0])
	user := append(words, "anybody")[1]
	a.c = opens(a.t, a.s.dial(a.t, user, nil), 80, 24, func(x *gossh.Session) error {
		if err := x.RequestPty("xterm-256color", int(h), int(w), nil); err != nil {
			return err
		}
		return x.Shell()
	})
}

// resize WxH TIMES changes the window's size.
func (a *attack) resize(_ bool, words []string) {
	w, h := a.size(words[0])
	for range a.number(words[1]) {
		if err := a.c.s.WindowChange(int(h), int(w)); err != nil {
			a.wrong("%v", err)
		}
	}
}

// sees TEXT waits for it.
func (a *attack) sees(_ bool, words []string) { a.c.sees(words[0]) }

// type KEYS [TIMES] types them.
func (a *attack) types(_ bool, words []string) {
	times := 1
	if len(words) > 1 {
		times = a.number(words[1])
	}
	a.c.types(strings.Repeat(words[0], times))
}

// bomb BEGIN UNIT TIMES types a great deal, until it is cut off.
func (a *attack) bomb(_ bool, words []string) {
	to, text, times := a.c.in, strings.Repeat(words[1], 1+(64<<10)/len(words[1])), a.number(words[2])
	go func() {
		_, err := io.WriteString(to, words[0])
		for left := times * len(words[1]); left > 0 && err == nil; left -= len(text) {
			_, err = io.WriteString(to, text[:min(left, len(text))])
		}
	}()
}

// ended TEXT waits for the session's end, with that word.
func (a *attack) ended(_ bool, words []string) {
	if code := a.c.ends(); code != codeFailed || !strings.Contains(a.c.bytes(), words[0]) {
		a.wrong("%d: %q", code, a.c.bytes()[max(0, len(a.c.bytes())-300):])
	}
}

// sent below N holds that no more came to the screen so far.
func (a *attack) sent(_ bool, words []string) {
	if n := len(a.c.bytes()); n >= a.number(words[1]) {
		a.wrong("%d bytes", n)
	}
}

// served [FROM] holds that somebody else gets the first screen.
func (a *attack) served(_ bool, words []string) {
	conn, err := a.dial(append(words, "198.51.100.250")[0])
	if err != nil {
		a.wrong("%v", err)
	}
	defer func() { _ = conn.Close() }()
	c := opens(a.t, conn, 80, 24, func(x *gossh.Session) error {
		if err := x.RequestPty("xterm-256color", 24, 80, nil); err != nil {
			return err
		}
		return x.Shell()
	})
	c.sees("Which app")
}

// quiet waits until nobody is there.
func (a *attack) quiet(bool, []string) { a.s.quiet(a.t) }

// unbroken holds that nothing broke.
func (a *attack) unbroken(bool, []string) {
	if n := a.s.Status().Broke; n != 0 {
		a.wrong("%d sessions broke:\n%s", n, a.s.log)
	}
}

// connections below N waits until there are fewer.
func (a *attack) connections(_ bool, words []string) {
	await(a.t, a.line, func() bool { return a.s.Status().Connections < a.number(words[1]) }, func() string { return fmt.Sprintf("%+v", a.s.Status()) })
}
