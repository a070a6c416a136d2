package ssh

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// TestLogNamesNobody holds that with addresses left out no line of the log names
// a client by its address, its net or its key, or repeats what it sent.
func TestLogNamesNobody(t *testing.T) {
	t.Parallel()
	bans, err := OpenBans("", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *Options) {
		o.Bans = bans
		o.LogName = func(netip.Addr) string { return "-" }
		o.LogKey = func(string) string { return "-" }
	})
	signer, err := gossh.NewSignerFromKey(newEd25519(t))
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := opens(t, s.dial(t, secret.Reveal(), func(o *gossh.ClientConfig) { o.Auth = []gossh.AuthMethod{gossh.PublicKeys(signer)} }), 0, 0, func(x *gossh.Session) error { return x.Start("version") })
	c.ends()
	await(t, "the word about it", func() bool { return strings.Contains(s.log.String(), "session ended") }, s.log.String)
	bad := s.raw(t, "SSH-2.0-test\r\n")
	if in, why := greeted(t, bad); !in {
		t.Fatal(why)
	}
	_ = bad.Close()
	await(t, "a failed handshake", func() bool { return strings.Contains(s.log.String(), "handshake failed") }, s.log.String)
	if _, err := bans.Add(Ban{Kind: BanNet, Value: "127.0.0.1", Reason: "enough"}); err != nil {
		t.Fatal(err)
	}
	if in, why := greeted(t, s.raw(t, "")); in || !strings.Contains(why, "enough") {
		t.Fatal(why)
	}
	await(t, "the word about it", func() bool { return strings.Contains(s.log.String(), "why=ban connections=1") }, s.log.String)
	func() {
		defer s.contained()
		panic("what 127.0.0.1 typed")
	}()
	log := s.log.String()
	for _, no := range []string{"127.0.0.1", "SHA256", gossh.FingerprintSHA256(signer.PublicKey())[7:]} {
		if strings.Contains(log, no) {
			t.Errorf("%q is in the log:\n%s", no, log)
		}
	}
	if !strings.Contains(log, "key=-") || !strings.Contains(log, "a connection broke") || !strings.Contains(log, "log_test.go") {
		t.Errorf("the log says too little:\n%s", log)
	}
	if st := s.Status(); st.Refused != 1 || st.Broke != 1 {
		t.Errorf("%+v", st)
	}
}

// TestNameless holds that an error of a connection is told without its ends, and
// without what came.
func TestNameless(t *testing.T) {
	t.Parallel()
	at := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 22}
	err := errors.Join(&net.OpError{Op: "read", Net: "tcp", Source: at, Addr: at, Err: errors.New("connection reset by peer")})
	for _, c := range []struct {
		err  error
		want string
	}{
		{err, "the connection ended"},
		{fmt.Errorf("handshake: %w", io.EOF), "the connection ended"},
		{fmt.Errorf("handshake: %w", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}), "it took too long"},
		{&gossh.AlgorithmNegotiationError{}, "no algorithm in common"},
		{&gossh.ServerAuthError{Errors: []error{errors.New("SECRET")}}, "not logged in"},
		{errors.New("ssh: disconnect, reason 2: SECRET\x1b[2J"), "what came is not SSH, or was broken off"},
	} {
		if got := nameless(c.err); got != c.want {
			t.Errorf("%q instead of %q", got, c.want)
		}
	}
}

// TestLibraryLog holds that what a library writes by itself names nobody.
func TestLibraryLog(t *testing.T) {
	t.Parallel()
	to := new(logged)
	l := LibraryLog(slog.New(slog.NewTextHandler(to, nil)))
	l.With("remote", "192.0.2.7:22").WithGroup("g").Error("ssh: panic serving connection", "remote", "192.0.2.7:22", "panic", "what was typed",
		"stack", "goroutine 7 [running]:\nx.y({0x1, 0x2})\n\t/x/y.go:17 +0x1d\n")
	if got := to.String(); strings.Contains(got, "192.0.2.7") || strings.Contains(got, "typed") || !strings.Contains(got, "panic serving connection") || !strings.Contains(got, "/x/y.go:17") {
		t.Error(got)
	}
}

// TestTally holds that what could fill a log is said at once, and then once a
// minute, with how often it was.
func TestTally(t *testing.T) {
	t.Parallel()
	var c tally
	now := time.Unix(1_700_000_000, 0)
	said := []int{}
	for range 600 {
		if n := c.count(now); n > 0 {
			said = append(said, n)
		}
		now = now.Add(time.Second / 4)
	}
	if len(said) != 3 || said[0] != 1 || said[1] != 240 || said[2] != 240 {
		t.Error(said)
	}
}
