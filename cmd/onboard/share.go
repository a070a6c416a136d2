package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/term"

	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh"
	"onboard.example/tui"
)

// mostNotices is how many lines about the sharing wait to be shown; more are about what
// is no longer so.
const mostNotices = 16

// sharing is a server by which the wizard's run is shared.
type sharing struct {
	*ssh.Share

	host    string // as it was typed
	at      string // host and port
	notices chan tui.Notice

	mu   sync.Mutex
	code string // of the case there; empty: there is none yet
}

// openShare connects to the server of --share; nil: the run is not shared, of which the
// person is told where they wished for it. It is an error where something listens in the
// place of a server that is known, or the flag names none.
func (o *options) openShare(ctx context.Context) (*sharing, error) {
	if o.share == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	at, err := ssh.ShareAddress(o.share)
	if err != nil {
		return nil, usage(sayShareType, "--share: %w", err)
	}
	s := &sharing{host: o.share, at: at, notices: make(chan tui.Notice, mostNotices)}
	s.Share, err = ssh.OpenShare(ctx, ssh.ShareOptions{
		Address: at, KnownHosts: o.knownHosts(), Trust: o.trusts,
		Kept: func(err error) { _, _ = fmt.Fprintf(o.err, sayShareKeyUnkept, err) },
	})
	var changed *ssh.ChangedHostError
	var unknown *ssh.UnknownHostError
	switch {
	case errors.As(err, &changed):
		return nil, usage(fmt.Sprintf(sayShareChanged, s.host), "%w", changed)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &unknown):
		_, _ = fmt.Fprintf(o.err, sayShareUntrusted, s.host, unknown, s.typed("fingerprint@"))
		return nil, nil //nolint:nilnil // as above
	case err != nil:
		_, _ = fmt.Fprintf(o.err, sayShareAway, s.host, err)
		return nil, nil //nolint:nilnil // as above
	}
	s.notices <- tui.Notice{Text: fmt.Sprintf(sayShareReady, s.host)}
	return s, nil
}

// knownHosts are the files in which OpenSSH keeps the keys of servers, the person's own
// first; without a home that is empty.
func (o *options) knownHosts() []string {
	home := ""
	for _, e := range o.env {
		for _, name := range []string{"HOME=", "USERPROFILE="} {
			if dir, ok := strings.CutPrefix(e, name); ok && filepath.IsAbs(dir) && home == "" {
				home = dir
			}
		}
	}
	if home != "" {
		home = filepath.Join(home, ".ssh", "known_hosts")
	}
	return []string{home, filepath.Join(string(filepath.Separator), "etc", "ssh", "ssh_known_hosts")}
}

// trusts asks whether a server is the right one whose key nobody knows. Only a person at
// a terminal is asked: what a script types is no answer to it.
func (o *options) trusts(ctx context.Context, who *ssh.UnknownHostError) bool {
	in, ok := o.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) { //nolint:gosec // a descriptor
		return false
	}
	_, _ = fmt.Fprintf(o.err, sayShareAsk, who.Address, who.Fingerprint)
	said := make(chan string, 1)
	go func() { said <- readWord(in) }()
	select {
	case <-ctx.Done():
		return false
	case word := <-said:
		return strings.EqualFold(word, "yes")
	}
}

// readWord reads a line and not a byte more: what follows is the wizard's.
func readWord(in io.Reader) string {
	var line []byte
	for one := make([]byte, 1); len(line) < 100; {
		n, err := in.Read(one)
		if n == 1 && one[0] != '\n' {
			line = append(line, one[0])
		}
		if err != nil || n == 1 && one[0] == '\n' {
			break
		}
	}
	return strings.TrimSpace(string(line))
}

// typed is what is typed to come to the server as a user, and with a command behind it.
func (s *sharing) typed(user string) string {
	host, port, err := net.SplitHostPort(s.at)
	switch {
	case err != nil:
		return "ssh " + user + s.host
	case port == "22":
		return "ssh " + user + host
	}
	return "ssh -p " + port + " " + user + host
}

// shares shares a run until stop is called, which returns once what happened last is
// there, or cannot be. Without a server it ends what an earlier process let begin:
// nobody watches any more.
func (w *wizard) shares(ctx context.Context, j flows.Journal) (stop func()) {
	if w.share == nil {
		if c, err := run.NewCallers(ctx, j, "", nil); err == nil {
			_ = c.HangUp(ctx) // where the run cannot be written, the screen says so
		}
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // it ends behind the run
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.share.Run(ctx, j, w.share.tell)
	}()
	return func() {
		cancel()
		<-done
	}
}

// tell tells the person what becomes of it; it does not wait.
func (s *sharing) tell(news ssh.ShareNews) {
	n := tui.Notice{}
	switch news.What {
	case ssh.ShareBegan:
		s.mu.Lock()
		s.code = news.Code
		s.mu.Unlock()
		n = tui.Notice{Text: fmt.Sprintf(sayShareBegan, s.host, news.Number, s.typed("")+" erase "+news.Code), Stays: true}
	case ssh.ShareLost:
		n = tui.Notice{Text: fmt.Sprintf(sayShareLost, s.host), Bad: true}
	case ssh.ShareQuiet:
		n = tui.Notice{Text: fmt.Sprintf(sayShareQuiet, s.host)}
	case ssh.ShareBack:
		n = tui.Notice{Text: fmt.Sprintf(sayShareBack, s.host)}
	case ssh.ShareEnded:
		n = tui.Notice{Text: fmt.Sprintf(sayShareEnded, s.host, news.Why), Bad: true}
	}
	s.notes(n)
}

// notes has a line wait to be shown. Where too many wait the first goes that is no more
// so, and never one that stays: it has the code.
func (s *sharing) notes(n tui.Notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.notices <- n:
		return
	default:
	}
	var waiting []tui.Notice
	for len(s.notices) > 0 {
		select {
		case one := <-s.notices:
			waiting = append(waiting, one)
		default: // it was shown meanwhile
		}
	}
	waiting = append(waiting, n)
	if i := slices.IndexFunc(waiting, func(n tui.Notice) bool { return !n.Stays }); i >= 0 && len(waiting) > cap(s.notices) {
		waiting = slices.Delete(waiting, i, i+1)
	}
	for _, one := range waiting {
		select {
		case s.notices <- one: // nobody else puts one in
		default:
		}
	}
}

// receiptWay is how the person gets the signed receipt of a guided session; empty: there
// was none.
func (s *sharing) receiptWay() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.code == "" {
		return ""
	}
	return s.typed(s.code+"@") + " receipt"
}
