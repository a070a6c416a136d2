package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"onboard.example/checks"
	"onboard.example/ssh"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// The operator's door is a socket that its owner alone can open: one JSON request
// and one JSON answer for each connection.

// adminAsk is a request of `onboard admin`.
type adminAsk struct {
	Do     string    `json:"do"` // status, bans, ban, lift, audit, invite, invitations, revoke, receipt-keys, new-receipt-key, disown-receipt-key or check-receipt
	Ban    *ssh.Ban  `json:"ban,omitempty"`
	Value  string    `json:"value,omitempty"`
	After  uint64    `json:"after,omitempty"` // of the audit
	Invite *ssh.Wish `json:"invite,omitempty"`
	Since  time.Time `json:"since,omitzero"` // as of when a key for receipts is disowned; zero: all its time

	Receipt []byte `json:"receipt,omitempty"` // to check
}

// adminAnswer is what a server answers.
type adminAnswer struct {
	Error  string         `json:"error,omitempty"`
	Status *ssh.Status    `json:"status,omitempty"`
	Bans   []ssh.Ban      `json:"bans,omitempty"`
	Audit  []cases.Logged `json:"audit,omitempty"`
	More   bool           `json:"more,omitempty"` // of the audit
	Late   string         `json:"late,omitempty"` // what was done is in force here, and not everywhere yet

	Invitations []cases.Invitation `json:"invitations,omitempty"`
	Address     string             `json:"address,omitempty"` // of the invitation that was made, with its code

	Keys []receipt.Key `json:"keys,omitempty"` // that sign receipts; their public halves

	Checked *ssh.ReceiptCheck `json:"checked,omitempty"`
}

// mostAdmin bounds a request, and mostAnswer an answer, in bytes: the longest receipt goes
// up in base64, and a list of bans may be as long as the file that keeps it. adminTime is the time for one.
const (
	mostAdmin  = 2 * receipt.Most
	mostAnswer = 64 << 20
	adminTime  = 10 * time.Second
)

// adminDoor is the listening end.
type adminDoor struct {
	net.Listener

	server *ssh.Server
	bans   *ssh.Bans
	audit  func(ctx context.Context, after uint64) (some []cases.Logged, more bool, err error) // nil: there is none
	log    *slog.Logger
	path   string
	pause  time.Duration // after a connection that could not be accepted
}

// openAdmin listens at a socket. One that a server left behind when it was killed
// is removed; one at which a server answers is not.
func openAdmin(ctx context.Context, path string, server *ssh.Server, bans *ssh.Bans, log *slog.Logger) (*adminDoor, error) {
	if info, err := os.Lstat(path); err == nil {
		if info.Mode().Type() != os.ModeSocket {
			return nil, usage(saySeeConfig, sayAdminNoSocket, path)
		}
		if c, err := new(net.Dialer).DialContext(ctx, "unix", path); err == nil {
			_ = c.Close()
			return nil, usage(saySeeConfig, sayAdminTaken, path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("open the operator's socket: %w", err)
		}
	}
	l, err := listenAlone(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open the operator's socket: %w", err)
	}
	return &adminDoor{Listener: l, server: server, bans: bans, log: log, path: path, pause: 100 * time.Millisecond}, nil
}

// listenAlone listens at a socket of its owner's alone. It is made in a folder
// that nobody else gets into and moved once it has its mode: who can reach its
// place could connect before that.
func listenAlone(ctx context.Context, path string) (net.Listener, error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".") // short, for a socket's name is; 0700
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what was in it has moved
	inside := filepath.Join(dir, "s")
	l, err := new(net.ListenConfig).Listen(ctx, "unix", inside)
	if err != nil {
		return nil, err
	}
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false) // it would look for it where it was made
	}
	err = os.Chmod(inside, 0o600)
	if err == nil {
		err = os.Rename(inside, path)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Close implements io.Closer: the socket goes with the door.
func (a *adminDoor) Close() error { return errors.Join(os.Remove(a.path), a.Listener.Close()) }

// serve answers until the door is closed. One request at a time is enough for one
// operator, and bounds what it costs.
func (a *adminDoor) serve() {
	for {
		c, err := a.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // too many files are open, say: bans are needed most then
			time.Sleep(a.pause)
		default:
			a.answer(c)
		}
	}
}

// answer answers one connection.
func (a *adminDoor) answer(c net.Conn) {
	defer func() { _ = c.Close() }()
	if c.SetDeadline(time.Now().Add(adminTime)) != nil {
		return
	}
	var ask adminAsk
	d := json.NewDecoder(io.LimitReader(c, mostAdmin))
	d.DisallowUnknownFields()
	answer := adminAnswer{Error: sayAdminBroken}
	if err := d.Decode(&ask); err == nil {
		answer = a.do(ask)
	}
	to := json.NewEncoder(c)
	to.SetEscapeHTML(false) // or a list of bans grows up to sixfold
	_ = to.Encode(answer)   // whoever has gone needs no answer
}

// do carries out a request.
func (a *adminDoor) do(ask adminAsk) (out adminAnswer) {
	failed := func(err error) adminAnswer { return adminAnswer{Error: checks.Line(err.Error(), 300)} }
	switch ask.Do {
	case "status":
		st := a.server.Status()
		return adminAnswer{Status: &st}
	case "audit":
		if a.audit == nil {
			break
		}
		ctx, cancel := context.WithTimeout(context.Background(), adminTime)
		defer cancel()
		some, more, err := a.audit(ctx, ask.After)
		if err != nil {
			return failed(err)
		}
		return adminAnswer{Audit: some, More: more}
	case "invite", "invitations", "revoke":
		out, err := a.invitations(ask)
		if err != nil {
			return failed(err)
		}
		return out
	case "receipt-keys", "new-receipt-key", "disown-receipt-key":
		out, err := a.receiptKeys(ask)
		if err != nil {
			return failed(err)
		}
		return out
	case "check-receipt":
		out, err := a.checkReceipt(ask.Receipt)
		if err != nil {
			return failed(err)
		}
		return out
	case "bans":
		return adminAnswer{Bans: a.bans.List()}
	case "ban":
		if ask.Ban == nil {
			return adminAnswer{Error: sayAdminBroken}
		}
		ban, err := a.bans.Add(*ask.Ban)
		late, err := isLate(err)
		if unkept := (*ssh.UnkeptError)(nil); err == nil || errors.As(err, &unkept) {
			a.log.Info("ban", "kind", ban.Kind, "made", ban.Made, "until", ban.Until, "kept", err == nil, "late", late != "")
		}
		if err != nil {
			return failed(err)
		}
		return adminAnswer{Bans: []ssh.Ban{ban}, Late: late}
	case "lift":
		was, err := a.bans.Lift(ask.Value)
		late, err := isLate(err)
		if was {
			a.log.Info("ban lifted", "kept", err == nil, "late", late != "")
		}
		switch {
		case err != nil:
			return failed(err)
		case !was:
			return adminAnswer{Error: fmt.Sprintf(sayNoSuchBan, checks.Line(ask.Value, 80))}
		}
		return adminAnswer{Late: late}
	}
	return adminAnswer{Error: fmt.Sprintf(sayAdminUnknown, checks.Line(ask.Do, 40))}
}

// isLate takes out of an error what is no failure: that other servers hear of it later.
func isLate(err error) (late string, other error) {
	if is := (*ssh.LateError)(nil); errors.As(err, &is) {
		return checks.Line(is.Error(), 300), nil
	}
	return "", err
}

// askAdmin asks a running server.
func askAdmin(ctx context.Context, path string, ask adminAsk) (adminAnswer, error) {
	var out adminAnswer
	ctx, cancel := context.WithTimeout(ctx, adminTime)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return out, &exitError{code: codeFailed, cause: fmt.Errorf("reach the server at %s: %w", checks.Line(path, 200), err), typed: sayAdminWhere}
	}
	defer func() { _ = c.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := c.SetDeadline(deadline); err != nil {
			return out, fmt.Errorf("reach the server: %w", err)
		}
	}
	if err := json.NewEncoder(c).Encode(ask); err != nil {
		return out, fmt.Errorf("ask the server: %w", err)
	}
	if err := json.NewDecoder(io.LimitReader(c, mostAnswer)).Decode(&out); err != nil {
		return out, fmt.Errorf("hear the server: %w", err)
	}
	if out.Error != "" {
		return out, &exitError{code: codeFailed, cause: errors.New(checks.Line(out.Error, 400))}
	}
	return out, nil
}

// notifySystemd tells a supervisor of the server's state, where one asks for it
// (sd_notify(3)). What goes wrong with that is no reason not to serve.
func notifySystemd(env []string, state string) {
	for _, e := range env {
		path, ok := strings.CutPrefix(e, "NOTIFY_SOCKET=")
		if !ok || path == "" {
			continue
		}
		if path[0] == '@' { // an abstract socket
			path = "\x00" + path[1:]
		}
		c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
		if err != nil {
			return
		}
		_, _ = io.WriteString(c, state)
		_ = c.Close()
	}
}
