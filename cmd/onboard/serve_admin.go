package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"onboard.example/checks"
	"onboard.example/ssh"
)

// The operator's door is a socket that its owner alone can open: one JSON request
// and one JSON answer for each connection.

// adminAsk is a request of `onboard admin`.
type adminAsk struct {
	Do    string   `json:"do"` // status, bans, ban or lift
	Ban   *ssh.Ban `json:"ban,omitempty"`
	Value string   `json:"value,omitempty"`
}

// adminAnswer is what a server answers.
type adminAnswer struct {
	Error  string      `json:"error,omitempty"`
	Status *ssh.Status `json:"status,omitempty"`
	Bans   []ssh.Ban   `json:"bans,omitempty"`
}

// mostAdmin bounds a request, in bytes; adminTime the time for one.
const (
	mostAdmin = 64 << 10
	adminTime = 10 * time.Second
)

// adminDoor is the listening end.
type adminDoor struct {
	net.Listener

	server *ssh.Server
	bans   *ssh.Bans
}

// openAdmin listens at a socket. One that a server left behind when it was killed
// is removed; one at which a server answers is not.
func openAdmin(ctx context.Context, path string, server *ssh.Server, bans *ssh.Bans) (*adminDoor, error) {
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
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the operator's socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil { // its folder kept others out until here
		return nil, errors.Join(fmt.Errorf("open the operator's socket: %w", err), l.Close())
	}
	return &adminDoor{Listener: l, server: server, bans: bans}, nil
}

// serve answers until the door is closed. One request at a time is enough for one
// operator, and bounds what it costs.
func (a *adminDoor) serve() {
	for {
		c, err := a.Accept()
		if err != nil {
			return
		}
		a.answer(c)
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
	_ = json.NewEncoder(c).Encode(answer) // whoever has gone needs no answer
}

// do carries out a request.
func (a *adminDoor) do(ask adminAsk) (out adminAnswer) {
	failed := func(err error) adminAnswer { return adminAnswer{Error: checks.Line(err.Error(), 300)} }
	switch ask.Do {
	case "status":
		st := a.server.Status()
		return adminAnswer{Status: &st}
	case "bans":
		return adminAnswer{Bans: a.bans.List()}
	case "ban":
		if ask.Ban == nil {
			return adminAnswer{Error: sayAdminBroken}
		}
		ban, err := a.bans.Add(*ask.Ban)
		if err != nil {
			return failed(err)
		}
		return adminAnswer{Bans: []ssh.Ban{ban}}
	case "lift":
		was, err := a.bans.Lift(ask.Value)
		switch {
		case err != nil:
			return failed(err)
		case !was:
			return adminAnswer{Error: fmt.Sprintf(sayNoSuchBan, checks.Line(ask.Value, 80))}
		}
		return adminAnswer{}
	}
	return adminAnswer{Error: fmt.Sprintf(sayAdminUnknown, checks.Line(ask.Do, 40))}
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
	if err := json.NewDecoder(io.LimitReader(c, 16<<20)).Decode(&out); err != nil {
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
