package ssh

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// program is a client that people use.
type program struct {
	name, debian string // the program, and the package it comes with
	has          []string
	// args are its arguments for a user at a port; a terminal is asked for where
	// there is no command.
	args func(s *site, t *testing.T, port, user string, command ...string) []string
}

// programs are all that are tried. libssh2 below 1.11 has no MAC in common.
func programs() []program {
	tty := func(flag string, command []string) []string {
		if len(command) > 0 {
			return nil
		}
		return []string{flag}
	}
	return []program{
		{"ssh", "openssh-client", nil, func(s *site, t *testing.T, port, user string, command ...string) []string {
			t.Helper()
			args := append(tty("-tt", command), "-F", "none", "-o", "UserKnownHostsFile="+s.hosts(t), "-o", "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes", "-o", "IdentityAgent=none", "-o", "IdentityFile=none", "-p", port, user+"@127.0.0.1")
			return append(args, command...)
		}},
		{"plink", "putty-tools", nil, func(s *site, _ *testing.T, port, user string, command ...string) []string {
			args := append(tty("-t", command), "-ssh", "-noagent", "-no-antispoof", "-hostkey", s.o.Identity.Fingerprint(), "-P", port, user+"@127.0.0.1")
			return append(args, command...)
		}},
		{"dbclient", "dropbear-bin", nil, func(_ *site, _ *testing.T, port, user string, command ...string) []string {
			args := append(tty("-t", command), "-y", "-p", port, user+"@127.0.0.1")
			return append(args, command...)
		}},
		{"/usr/bin/python3", "python3-paramiko", []string{"-c", "import paramiko"}, func(s *site, _ *testing.T, port, user string, command ...string) []string {
			key := base64.StdEncoding.EncodeToString(s.o.Identity.PublicKeys()[0].Marshal())
			return append([]string{filepath.Join("testdata", "paramiko_client.py"), port, user, key}, command...)
		}},
	}
}

// there says whether a program is on this machine.
func (p program) there(t *testing.T) bool {
	t.Helper()
	at, err := exec.LookPath(p.name)
	if err == nil && p.has != nil {
		err = exec.CommandContext(t.Context(), at, p.has...).Run()
	}
	return err == nil
}

// command makes the command of a program.
func (p program) command(t *testing.T, s *site, user string, command ...string) *exec.Cmd {
	t.Helper()
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), p.name, p.args(s, t, port, user, command...)...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8"}
	return cmd
}

// at opens the wizard with a program, at a terminal of its own.
func (p program) at(t *testing.T, s *site, user string) (c *client, ended func() string) {
	t.Helper()
	cmd := p.command(t, s, user)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	c = &client{t: t, emu: vt.NewEmulator(80, 24), in: tty, over: make(chan struct{})}
	go func() {
		defer close(c.over)
		_, _ = io.Copy(c, tty) // until the program has gone
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-c.over
		_ = tty.Close()
	})
	return c, func() string {
		t.Helper()
		<-c.over
		var exit *exec.ExitError
		if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
			t.Error(err)
		}
		return c.bytes()
	}
}

// TestClientsPeopleUse walks the first screens with each client that people use:
// to a tenant, away, and back to it by the code; and asks a command.
func TestClientsPeopleUse(t *testing.T) {
	t.Parallel()
	for _, p := range programs() {
		t.Run(p.debian, func(t *testing.T) {
			t.Parallel()
			if !p.there(t) {
				t.Skipf("NOT TRIED WITH THIS CLIENT: %s is not installed (Debian: %s)", p.name, p.debian)
			}
			s := serve(t, nil)
			out, err := p.command(t, s, "anybody", "version").Output()
			if exitOf(err) != codeUnknown || !strings.Contains(string(out), `["version"]`) {
				t.Errorf("a command: %v, %q", err, out)
			}
			c, ended := p.at(t, s, "anybody")
			c.chooses()
			if got := c.shownCode(); got == "" {
				t.Error("no code")
			}
			c.types("\x03")
			m := comesBack.FindStringSubmatch(ended())
			if m == nil {
				t.Fatalf("it does not say how to come back: %q", c.bytes())
			}
			again, ended := p.at(t, s, m[1])
			again.knows()
			again.types("\x03")
			if out := ended(); !strings.Contains(out, "\x1b[?1049l") {
				t.Errorf("the terminal is not left as it was: %q", out)
			}
			s.quiet(t)
			if log := s.log.String(); strings.Count(log, "session ended") != 3 {
				t.Errorf("the log says:\n%s", log)
			}
		})
	}
}

// TestSSHAudit holds that ssh-audit finds nothing to fail. One that is older than
// an algorithm calls it unknown: that is no fault of it.
func TestSSHAudit(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("ssh-audit")
	if err != nil {
		t.Skip("NOT AUDITED: ssh-audit is not installed (Debian: ssh-audit)")
	}
	s := serve(t, nil)
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "-n", "-4", "-t", fmt.Sprint(int(patience.Seconds())), "-p", port, "127.0.0.1")
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	out, _ := cmd.CombinedOutput() // its exit code counts what it does not know, too
	report := string(out)
	for _, want := range []string{"banner: SSH-2.0-onboard", "(kex) curve25519-sha256", "(key) ssh-ed25519", "(enc) chacha20-poly1305@openssh.com", "hmac-sha2-256-etm@openssh.com"} {
		if !strings.Contains(report, want) {
			t.Fatalf("it was not audited: %s", report)
		}
	}
	for line := range strings.Lines(report) {
		if strings.Contains(line, "[fail]") && !strings.Contains(line, "unknown algorithm") {
			t.Errorf("%s", line)
		}
	}
}
