package ssh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// TestBansAreKept holds that bans outlive the process, until they run out or are
// lifted.
func TestBansAreKept(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	clock := func() time.Time { return now }
	file := filepath.Join(t.TempDir(), "bans.json")
	b, err := OpenBans(file, clock)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []Ban{
		{Kind: BanNet, Value: " 192.0.2.7/24 ", Reason: "scanning\x1b[2J", Until: now.Add(time.Hour)},
		{Kind: BanNet, Value: "2001:db8::1", Reason: "flood"},
		{Kind: BanKey, Value: "SHA256:" + strings.Repeat("a", 43), Reason: "abuse"},
		{Kind: BanClient, Value: "SSH-2.0-Bad", Reason: "old"},
		{Kind: BanClient, Value: "SSH-2.0-Bad", Reason: "older than that"},
	} {
		if _, err := b.Add(one); err != nil {
			t.Fatal(err)
		}
	}
	again, err := OpenBans(file, clock)
	if err != nil {
		t.Fatal(err)
	}
	if got := again.List(); len(got) != 4 || got[0].Reason != "older than that" || got[3].Value != "192.0.2.0/24" || strings.Contains(got[3].Reason, "\x1b") {
		t.Errorf("kept: %+v", got)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for addr, want := range map[string]bool{"192.0.2.99": true, "::ffff:192.0.2.99": true, "192.0.3.1": false, "2001:db8::1": true, "2001:db8::2": false} {
		if _, banned := again.OfAddr(netip.MustParseAddr(addr)); banned != want {
			t.Errorf("%s is banned: %v", addr, banned)
		}
	}
	now = now.Add(time.Hour)
	if _, banned := again.OfAddr(netip.MustParseAddr("192.0.2.99")); banned || len(again.List()) != 3 {
		t.Error("a ban holds that is over")
	}
	for value, want := range map[string]bool{"2001:0db8::0001": true, "SSH-2.0-Bad": true, "nobody": false} {
		if was, err := again.Lift(value); was != want || err != nil {
			t.Errorf("%s: %v, %v", value, was, err)
		}
	}
	if left, err := OpenBans(file, clock); err != nil || len(left.List()) != 1 {
		t.Errorf("%v, %v", left.List(), err)
	}
}

// TestBansRefused holds what is no ban.
func TestBansRefused(t *testing.T) {
	t.Parallel()
	b, err := OpenBans("", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]Ban{
		"no reason": {Kind: BanNet, Value: "192.0.2.1"}, "half the world": {Kind: BanNet, Value: "0.0.0.0/1", Reason: "x"},
		"no address": {Kind: BanNet, Value: "host.example", Reason: "x"}, "no kind": {Kind: "name", Value: "x", Reason: "x"},
		"no key": {Kind: BanKey, Value: "MD5:aa", Reason: "x"}, "everybody": {Kind: BanClient, Value: "SSH-2.0-", Reason: "x"},
		"over": {Kind: BanNet, Value: "192.0.2.1", Reason: "x", Until: time.Now().Add(-time.Hour)},
	} {
		if _, err := b.Add(one); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if len(b.List()) != 0 {
		t.Error(b.List())
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"broken": "[{", "unknown": `[{"kind":"net","value":"192.0.2.1","reason":"x","who":"y"}]`, "wrong": `[{"kind":"net","value":"x","reason":"x"}]`, "more": "[]\n[]", "cut": `[]x`} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenBans(file, nil); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	nowhere, err := OpenBans(filepath.Join(dir, "nowhere", "bans.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var unkept *UnkeptError
	if _, err := nowhere.Add(Ban{Kind: BanNet, Value: "192.0.2.1", Reason: "x"}); !errors.Is(err, os.ErrNotExist) || !errors.As(err, &unkept) || !strings.Contains(err.Error(), "it is in force") {
		t.Errorf("it was kept: %v", err)
	}
	if _, banned := nowhere.OfAddr(netip.MustParseAddr("192.0.2.1")); !banned {
		t.Error("a ban that cannot be kept does not hold")
	}
}

// TestBansCanBeReadAgain holds that as many bans as there may be, as long as they may
// be, are a file that the next start reads.
func TestBansCanBeReadAgain(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "bans.json")
	list := make([]Ban, mostBans-1)
	for i := range list {
		one, err := Ban{Kind: BanClient, Value: fmt.Sprintf("SSH-2.0-%d-%s", i, strings.Repeat(`\"`, 110)), Reason: strings.Repeat(`"\<>&😀`, 40), Made: time.Unix(1_700_000_000, 0)}.valid()
		if err != nil {
			t.Fatal(err)
		}
		list[i] = one
	}
	text, err := encodeBans(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := OpenBans(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Add(Ban{Kind: BanNet, Value: "192.0.2.1", Reason: "<&>"}); err != nil {
		t.Fatal(err)
	}
	if again, err := OpenBans(file, nil); err != nil || len(again.List()) != mostBans {
		t.Errorf("%v", err)
	}
	if _, err := b.Add(Ban{Kind: BanNet, Value: "192.0.2.2", Reason: "x"}); err == nil {
		t.Error("one more was taken")
	}
	if text, err = os.ReadFile(file); err != nil || !bytes.Contains(text, []byte("<&>")) {
		t.Errorf("it is not readable for people: %v", err)
	}
	if err := os.WriteFile(file, append(text, bytes.Repeat([]byte(" "), largestBans)...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenBans(file, nil); err == nil || !strings.Contains(err.Error(), "more than 32 MiB") {
		t.Errorf("%v", err)
	}
}

// TestBannedAreTold holds that whoever is banned hears why: by address before the
// handshake, by key and by client before they are in.
func TestBannedAreTold(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	secretKey := newEd25519(t)
	signer, err := gossh.NewSignerFromKey(secretKey)
	if err != nil {
		t.Fatal(err)
	}
	fine, err := gossh.NewSignerFromKey(newEd25519(t))
	if err != nil {
		t.Fatal(err)
	}
	add := func(kind BanKind, value, reason string) {
		t.Helper()
		if _, err := s.o.Bans.Add(Ban{Kind: kind, Value: value, Reason: reason, Until: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	add(BanKey, gossh.FingerprintSHA256(signer.PublicKey()), "that key was shared")
	add(BanClient, "SSH-2.0-Scanner", "no scanners")
	banner := ""
	hear := func(o *gossh.ClientConfig) {
		banner = ""
		o.BannerCallback = func(m string) error { banner += m; return nil }
	}
	_, secret, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	code := secret.Reveal() // whoever comes with one is asked for a key
	if _, err := s.try(code, func(o *gossh.ClientConfig) { hear(o); o.Auth = []gossh.AuthMethod{gossh.PublicKeys(signer)} }); err == nil || !strings.Contains(banner, "that key was shared") {
		t.Errorf("%v, told %q", err, banner)
	}
	if _, err := s.try(code, func(o *gossh.ClientConfig) { // whatever else it tries then
		hear(o)
		o.Auth = append([]gossh.AuthMethod{gossh.PublicKeys(signer, fine)}, o.Auth...)
	}); err == nil || strings.Count(banner, "that key was shared") != 1 {
		t.Errorf("it comes in without its key: %v, told %q", err, banner)
	}
	hosts := s.hosts(t)
	shown, other := keyFile(t, t.TempDir(), "shown", secretKey, 0o600, ""), keyFile(t, t.TempDir(), "other", newEd25519(t), 0o600, "")
	for _, user := range []string{"alice", "why", code} {
		out, err := s.openssh(t, hosts, "-i", shown, "-o", "BatchMode=no", user+"@127.0.0.1", "version")
		if exitOf(err) != 255 || !strings.Contains(out, "that key was shared") || strings.Contains(out, `["version"]`) {
			t.Errorf("a banned key of %s: %v: %s", user, err, out)
		}
		for _, args := range [][]string{{"-i", other}, {}} {
			out, err := s.openssh(t, hosts, append(args, "-o", "BatchMode=no", user+"@127.0.0.1", "version")...)
			if exitOf(err) != codeUnknown || !strings.Contains(out, `["version"]`) {
				t.Errorf("%s %q is not served: %v: %s", user, args, err, out)
			}
		}
	}
	if _, err := s.try("anybody", func(o *gossh.ClientConfig) { hear(o); o.ClientVersion = "SSH-2.0-Scanner_2" }); err == nil || !strings.Contains(banner, "no scanners") {
		t.Errorf("%v, told %q", err, banner)
	}
	add(BanNet, "127.0.0.1", "enough is enough")
	out, err := s.openssh(t, s.hosts(t), "127.0.0.1")
	if exitOf(err) != 255 || !strings.Contains(out, "enough is enough") || !strings.Contains(out, "not served here until ") {
		t.Errorf("%v: %s", err, out)
	}
	s.quiet(t)
}

// TestBansReachWhoIsThere holds that a ban ends the connections that it covers, with
// a word to whoever is at work on one, and no others.
func TestBansReachWhoIsThere(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	signer, err := gossh.NewSignerFromKey(newEd25519(t))
	if err != nil {
		t.Fatal(err)
	}
	user := func() string {
		_, secret, err := s.o.Cases.New(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return secret.Reveal()
	}
	other := s.shell(t, "anybody", 80, 24)
	other.sees("Which app")
	for _, ban := range []Ban{
		{Kind: BanKey, Value: gossh.FingerprintSHA256(signer.PublicKey()), Reason: "for the key"},
		{Kind: BanClient, Value: "SSH-2.0-Scanner", Reason: "for the client"},
		{Kind: BanNet, Value: "127.0.0.1", Reason: "for the net"},
	} {
		as := func(o *gossh.ClientConfig) {
			o.ClientVersion, o.Auth = "SSH-2.0-Scanner_2", []gossh.AuthMethod{gossh.PublicKeys(signer)}
		}
		used, unused, mute := s.dial(t, user(), as), s.dial(t, user(), as), s.dial(t, user(), as)
		c := opens(t, used, 80, 24, func(x *gossh.Session) error {
			if err := x.RequestPty("xterm", 24, 80, nil); err != nil {
				return err
			}
			return x.Shell()
		})
		c.sees("Which app")
		if _, err := mute.NewSession(); err != nil { // a channel, and nothing on it
			t.Fatal(err)
		}
		if _, err := s.o.Bans.Add(ban); err != nil {
			t.Fatal(err)
		}
		if code := c.ends(); code != codeFailed || !strings.Contains(c.bytes(), ban.Reason) || strings.Contains(c.bytes(), sayTaken) {
			t.Errorf("%s: it ended with %d: %q", ban.Kind, code, c.bytes()[max(0, len(c.bytes())-300):])
		}
		for _, conn := range []*gossh.Client{used, unused, mute} {
			_ = conn.Wait()
		}
		if ban.Kind != BanNet {
			other.types("?")
			other.sees("Keys that work here")
			other.types("\x1b[27u")
		}
		if _, err := s.o.Bans.Lift(ban.Value); err != nil {
			t.Fatal(err)
		}
	}
	if code := other.ends(); code != codeFailed || !strings.Contains(other.bytes(), "for the net") {
		t.Errorf("whoever else is of the net: %d", code)
	}
	s.quiet(t)
}

// TestBanEndsCommands holds that a command of somebody who is banned ends, and
// that they are told.
func TestBanEndsCommands(t *testing.T) {
	t.Parallel()
	in := make(chan struct{})
	s := serve(t, func(o *Options) {
		o.Command = func(ctx context.Context, _ []string, _, _ io.Writer) int {
			close(in)
			<-ctx.Done()
			return codeUnknown
		}
	})
	c := opens(t, s.dial(t, "anybody", nil), 0, 0, func(x *gossh.Session) error { return x.Start("check") })
	<-in
	if _, err := s.o.Bans.Add(Ban{Kind: BanNet, Value: "127.0.0.1", Reason: "enough"}); err != nil {
		t.Fatal(err)
	}
	if code := c.ends(); code != codeUnknown || !strings.Contains(c.errors(), "enough") {
		t.Errorf("%d: %q", code, c.errors())
	}
	s.quiet(t)
}

// TestBanOfOneThatLogsIn holds that a ban ends connections that have not logged in
// yet, too.
func TestBanOfOneThatLogsIn(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := s.raw(t, "SSH-2.0-test\r\n")
	if in, why := greeted(t, c); !in {
		t.Fatal(why)
	}
	if _, err := s.o.Bans.Add(Ban{Kind: BanNet, Value: "127.0.0.0/8", Reason: "enough"}); err != nil {
		t.Fatal(err)
	}
	s.quiet(t)
}
