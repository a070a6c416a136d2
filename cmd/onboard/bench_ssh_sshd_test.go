//go:build linux

package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/ssh"
)

// benchDaemon is OpenSSH's sshd as a process of its own. Whoever logs in gets the
// wizard of the same binary, on a terminal.
type benchDaemon struct {
	cmd    *exec.Cmd
	addr   string
	config gossh.ClientConfig
	mlkem  bool
}

// startSshd starts sshd; nil where there is none that starts.
func startSshd(b *servedBench) *benchDaemon {
	b.Helper()
	at := *benchSshd
	if at == "" {
		at = "/usr/sbin/sshd"
	}
	if _, err := os.Stat(at); err != nil {
		fmt.Printf("no sshd to compare with (apt install openssh-server, or -sshd FILE): %v\n", err)
		return nil
	}
	me, err := user.Current()
	b.must(err)
	port, err := freePort(b.ctx)
	b.must(err)
	dir := b.TempDir()
	host := filepath.Join(dir, "keys", "host")
	_, _, err = ssh.LoadIdentity([]string{host})
	b.must(err)
	d := &benchDaemon{addr: fmt.Sprintf("127.0.0.1:%d", port), config: benchClient(b, me.Username)}
	b.must(os.WriteFile(filepath.Join(dir, "keys", "known"), gossh.MarshalAuthorizedKey(benchKey(b).PublicKey()), 0o600))
	config := filepath.Join(dir, "sshd_config")
	b.must(os.WriteFile(config, fmt.Appendf(nil, `ListenAddress 127.0.0.1
Port %d
HostKey %s
AuthorizedKeysFile %s
AuthenticationMethods publickey
PermitRootLogin yes
StrictModes no
UseDNS no
MaxStartups 10000
PidFile none
LogLevel QUIET
PrintMotd no
PrintLastLog no
ForceCommand exec %s
`, port, host, filepath.Join(dir, "keys", "known"), b.bin), 0o600))
	if text, err := exec.CommandContext(b.ctx, at, "-t", "-f", config).CombinedOutput(); err != nil {
		fmt.Printf("no sshd to compare with: it refuses its configuration: %v\n%s\n", err, text)
		return nil
	}
	told, _ := exec.CommandContext(b.ctx, at, "-T", "-f", config).Output() // without it the newer algorithm is not compared
	d.mlkem = strings.Contains(string(told), gossh.KeyExchangeMLKEM768X25519)
	d.cmd = exec.CommandContext(b.ctx, at, "-D", "-e", "-f", config)
	d.cmd.Stderr = os.Stderr
	b.must(d.cmd.Start())
	b.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		_ = d.cmd.Wait()
	})
	late := time.Now().Add(benchWait)
	for {
		c, err := gossh.Dial("tcp", d.addr, &d.config)
		if err == nil {
			fmt.Printf("beside it %s\n", c.ServerVersion())
			_ = c.Close()
			return d
		}
		if time.Now().After(late) {
			fmt.Printf("no sshd to compare with: %v\n", err)
			return nil
		}
		b.must(pause(b.ctx, 50*time.Millisecond))
	}
}

// benchKey is the key of every client. It is the same each time.
func benchKey(b *servedBench) gossh.Signer {
	b.Helper()
	if b.key == nil {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		b.must(err)
		b.key, err = gossh.NewSignerFromSigner(private)
		b.must(err)
	}
	return b.key
}

// visit implements way.
func (d *benchDaemon) visit(ctx context.Context) (*typist, error) {
	c, err := gossh.Dial("tcp", d.addr, &d.config)
	if err != nil {
		return nil, fmt.Errorf("log in at sshd: %w", err)
	}
	return typing(ctx, c, "Which app")
}

// resident is what sshd and all that it started take, shared pages shared out.
func (d *benchDaemon) resident() float64 {
	parents := map[int]int{}
	all, _ := os.ReadDir("/proc")
	for _, e := range all {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		if f := strings.Fields(rest); len(f) > 1 {
			parents[pid], _ = strconv.Atoi(f[1])
		}
	}
	sum := 0.0
	for pid := range parents {
		for at := pid; at > 1; at = parents[at] {
			if at == d.cmd.Process.Pid {
				sum += ofSmaps(pid, "Pss:")
				break
			}
		}
	}
	return sum
}
