package ssh

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"onboard.example/checks"
)

// commandSpec is a command that may be asked without a terminal: which flags it
// takes, and how many words besides, which must fit. What stands in no table is
// refused.
type commandSpec struct {
	name  string
	flags map[string]bool // by name; true: a value follows
	words int
	fit   func(words []string) bool                           // nil: whatever they are
	own   func(s *session, args []string, errs io.Writer) int // nil: the command line's own
}

// commandSpecs are all of them. None takes an address, a file, a server or a
// way to sign in: those would be the machine's that serves.
func commandSpecs() []commandSpec {
	about := map[string]bool{"app": true, "app-id": true, "domain": true, "user": true, "cloud": true, "json": false, "plain": false, "no-color": false}
	return []commandSpec{
		{name: "check", flags: about},
		{name: "dns", flags: map[string]bool{"app": true, "json": false, "plain": false, "no-color": false}, words: 1},
		{name: "apps", flags: map[string]bool{"json": false}, words: 2, fit: listsApps},
		{name: "version", flags: map[string]bool{"json": false}},
		{name: "status", flags: map[string]bool{"json": false}, words: 1, own: (*session).status},
		{name: "erase", words: 1, own: (*session).erase},
		{name: commandReceipt, words: 2, own: (*session).receipt},
		{name: commandAudit, flags: map[string]bool{"json": false, "verify": false, "kept": true, "after": true, "help": false}, own: (*session).audit},
		{name: "share", own: (*session).serveShare},
		{name: "recording", flags: map[string]bool{"size": true, "erase": false, "help": false}, words: 1, own: (*session).recording},
		{name: "fingerprint", own: func(s *session, _ []string, _ io.Writer) int { s.printFingerprint(); return codeDone }},
		{name: "help", own: func(s *session, _ []string, _ io.Writer) int { s.printHelp(); return codeDone }},
	}
}

// commandReceipt gives the signed receipt of a guided session.
const commandReceipt = "receipt"

// listsApps holds the words of `apps` to the list and to showing one app by its
// id: others of its commands read files, which would be those of the machine that
// serves.
func listsApps(words []string) bool {
	switch len(words) {
	case 0:
		return true
	case 1:
		return words[0] == "list"
	}
	id := words[1]
	return words[0] == "show" && len(id) <= mostID && !strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// mostID is the longest id of an app.
const mostID = 40

// mostWords bounds the words of a command.
const mostWords = 24

// parseCommand holds a command line to the table. It is split at spaces alone:
// nothing in it is quoted, and no shell is there to read it. no is why not.
func parseCommand(line string) (spec commandSpec, args []string, no string) {
	args = strings.Fields(line)
	switch {
	case strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xFFFD }):
		return spec, nil, sayCommandSigns
	case len(args) == 0:
		return spec, nil, sayCommandNone
	case len(args) > mostWords:
		return spec, nil, sayCommandLong
	}
	specs := commandSpecs()
	i := slices.IndexFunc(specs, func(c commandSpec) bool { return c.name == args[0] })
	if i < 0 {
		return spec, nil, fmt.Sprintf(sayNoCommand, checks.Line(args[0], 40))
	}
	spec = specs[i]
	out, no := spec.hold(args[1:])
	return spec, append([]string{spec.name}, out...), no
}

// hold gives the arguments in the form in which nothing can be mistaken: each
// flag with its value in one word, and then the words, none of which looks like a
// flag.
func (c commandSpec) hold(args []string) (held []string, no string) {
	var words []string
	for i := 0; i < len(args); i++ {
		name, isFlag := strings.CutPrefix(args[i], "--")
		if !isFlag {
			if strings.HasPrefix(args[i], "-") {
				return nil, fmt.Sprintf(sayNoFlag, checks.Line(args[i], 40), c.name)
			}
			words = append(words, args[i])
			continue
		}
		name, value, given := strings.Cut(name, "=")
		takes, known := c.flags[name]
		switch {
		case !known:
			return nil, fmt.Sprintf(sayNoFlag, checks.Line("--"+name, 40), c.name)
		case !takes && given:
			return nil, fmt.Sprintf(sayFlagValue, "--"+name)
		case !takes:
			held = append(held, "--"+name)
			continue
		case !given && i+1 < len(args) && !strings.HasPrefix(args[i+1], "-"):
			i++
			value = args[i]
		case !given || value == "":
			return nil, fmt.Sprintf(sayFlagEmpty, "--"+name)
		}
		held = append(held, "--"+name+"="+value)
	}
	if len(words) > c.words {
		return nil, fmt.Sprintf(sayManyWords, checks.Line(words[c.words], 40), c.name)
	}
	if c.fit != nil && !c.fit(words) {
		return nil, fmt.Sprintf(sayNoSuchWords, checks.Line(strings.Join(words, " "), 60), c.name)
	}
	return append(held, words...), ""
}

// serveCommand carries out a command.
func (s *session) serveCommand() int {
	out, errs := io.Writer(s.out), io.Writer(s.errors())
	if s.asked.pty { // its terminal breaks no lines by itself
		out, errs = crlf{s.out}, crlf{s.out}
	}
	spec, args, no := parseCommand(s.asked.command)
	if no != "" {
		_, _ = fmt.Fprintf(errs, "onboard: %s\n  %s\n", no, fmt.Sprintf(sayTryHelp, s.address("")))
		return codeUsage
	}
	if spec.own != nil {
		return spec.own(s, args[1:], errs)
	}
	done, full := s.takesRoom()
	if full != "" {
		complain(errs, full)
		return codeUnknown
	}
	defer done()
	ctx, cancel := context.WithTimeout(s.ctx, s.srv.o.Limits.Command)
	defer cancel()
	return s.srv.o.Command(ctx, args, out, errs)
}

// takesRoom takes the room of a command that costs something; full says why there is
// none. done gives it back.
func (s *session) takesRoom() (done func(), full string) {
	if !s.srv.sources.enterCommand(s.conn.source) {
		return nil, sayManyOfYours
	}
	leave := func() { s.srv.sources.leaveCommand(s.conn.source) }
	select {
	case s.srv.commands <- struct{}{}:
		return func() { <-s.srv.commands; leave() }, ""
	default:
		leave()
		return nil, sayManyCommands
	}
}

// errors is where the client's standard error is, of bounded size: a command
// says little there, and never waits for it.
func (s *session) errors() io.Writer { return &bounded{to: s.errs, left: mostErrors} }

// mostErrors is how much may be said on standard error, in bytes.
const mostErrors = 64 << 10

// bounded passes so many bytes on, and drops the rest.
type bounded struct {
	to io.Writer

	mu   sync.Mutex
	left int
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(len(p), b.left)
	b.left -= n
	if n > 0 {
		if _, err := b.to.Write(p[:n]); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// crlf ends lines as a terminal wants them that nobody set up for it.
type crlf struct{ to io.Writer }

// Write implements io.Writer.
func (c crlf) Write(p []byte) (int, error) {
	if _, err := io.WriteString(c.to, strings.ReplaceAll(string(p), "\n", "\r\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}

// printHelp tells what can be asked here.
func (s *session) printHelp() {
	for _, l := range []struct{ user, command, does string }{
		{"", "", sayHelpWizard},
		{userWhy, "", sayHelpWhy},
		{userPlain, "", sayHelpPlain},
		{"CODE", "", sayHelpCode},
		{userFingerprint, "", sayHelpFingerprint},
		{"", " check --app ID --domain D [--json]", sayHelpCheck},
		{"", " dns D --app ID [--json]", sayHelpDNS},
		{"", " apps; apps show ID", sayHelpApps},
		{"", " status CODE [--json]", sayHelpStatus},
		{"", " erase CODE", sayHelpErase},
		{"CODE", " " + commandReceipt, sayHelpReceipt},
		{"CODE", " recording > FILE.cast", sayHelpRecording},
		{"CODE", " recording --erase", sayHelpUnrecord},
		{userConsole, " " + commandAudit + " [--json] [--verify]", sayHelpAudit},
		{"", " version", sayHelpVersion},
	} {
		s.say(s.address(l.user) + l.command)
		s.say("    " + l.does)
	}
}
