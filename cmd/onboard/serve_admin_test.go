package main

import (
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"onboard.example/ssh"
)

// tired is a listener that fails for a while, as one does while too many files are
// open.
type tired struct {
	net.Listener

	fails int
}

// Accept implements net.Listener.
func (l *tired) Accept() (net.Conn, error) {
	if l.fails > 0 {
		l.fails--
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

// TestAdminDoorGoesOn holds that the operator is heard again after connections
// could not be accepted, that the socket is its owner's alone and goes with the
// door, and that what was changed is in the log, without whom it was about.
func TestAdminDoorGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "admin.sock")
	bans, err := ssh.OpenBans(filepath.Join(dir, "nowhere", "bans.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	door, err := openAdmin(t.Context(), path, nil, bans, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode().Type() != os.ModeSocket || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if left, err := os.ReadDir(dir); len(left) != 1 || err != nil {
		t.Errorf("it leaves %v, %v", left, err)
	}
	door.Listener, door.pause = &tired{door.Listener, 3}, time.Millisecond
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		door.serve()
	}()
	if _, err := askAdmin(t.Context(), path, adminAsk{Do: "bans"}); err != nil {
		t.Errorf("nobody answers: %v", err)
	}
	_, err = askAdmin(t.Context(), path, adminAsk{Do: "ban", Ban: &ssh.Ban{Kind: ssh.BanNet, Value: "192.0.2.7", Reason: "x"}})
	if err == nil || !strings.Contains(err.Error(), "it is in force") {
		t.Errorf("a ban that could not be kept: %v", err)
	}
	if a, err := askAdmin(t.Context(), path, adminAsk{Do: "bans"}); err != nil || len(a.Bans) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	if err := door.Close(); err != nil {
		t.Error(err)
	}
	<-ended
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
	if said := log.String(); !strings.Contains(said, "msg=ban kind=net") || !strings.Contains(said, "kept=false") || strings.Contains(said, "192.0.2.7") {
		t.Errorf("the log says %q", said)
	}
}

// TestNoProxyByAnyName holds that private addresses are refused however no proxy
// is written.
func TestNoProxyByAnyName(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	for _, proxy := range []string{"none", "direct", "off", "NONE", " none "} {
		c := defaultServe()
		c.Microsoft.Proxy = proxy
		if err := c.settle(); err != nil {
			t.Fatal(err)
		}
		cl, err := newClients(c.served())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cl.transport.DialContext(t.Context(), "tcp", l.Addr().String()); !errors.Is(err, errNotPublic) {
			t.Errorf("%q: connected to loopback: %v", proxy, err)
		}
		cl.close()
	}
}

// TestLogNaming holds how addresses and keys stand in the log.
func TestLogNaming(t *testing.T) {
	t.Parallel()
	const print = "SHA256:wxyz" // in no number to the base of 16
	if addr, key := (serveLog{Addresses: "plain"}).naming(); addr != nil || key != nil {
		t.Error("plain is not as it is")
	}
	if _, key := (serveLog{Addresses: "off"}).naming(); key(print) != "-" {
		t.Error("a key is not left out")
	}
	_, key := serveLog{Addresses: "hash"}.naming()
	if a := key(print); a != key(print) || a == key("SHA256:wxyy") || strings.Contains(a, "wxyz") || len(a) != 12 {
		t.Errorf("hashed as %q", a)
	}
}
