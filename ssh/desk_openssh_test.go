package ssh

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	gossh "golang.org/x/crypto/ssh"
)

// openSSH opens the console with OpenSSH's client at a terminal of its own, by a key and
// its certificate in files. end kills the client as the loss of its machine would.
func (o *office) openSSH(s *site, name string, w, h uint16) (c *client, end func()) {
	o.t.Helper()
	t := o.t
	secret := newEd25519(t)
	signer, err := gossh.NewSignerFromKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	cert := o.certify(signer, func(c *gossh.Certificate) { c.KeyId = name })
	dir := t.TempDir()
	key := keyFile(t, dir, "id", secret, 0o600, "")
	put(t, filepath.Join(dir, "id-cert.pub"), string(gossh.MarshalAuthorizedKey(cert.PublicKey())))
	cmd := exec.CommandContext(t.Context(), "ssh")
	cmd.Args = append([]string{"ssh"}, s.sshArgs(t, s.hosts(t), "-i", key, "-o", "CertificateFile="+key+"-cert.pub", "-tt", userConsole+"@127.0.0.1")...)
	for i, a := range cmd.Args {
		if a == "IdentityFile=none" { // of those that are given the first would hold
			cmd.Args[i] = "IdentitiesOnly=yes"
		}
	}
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8"}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: h, Cols: w})
	if err != nil {
		t.Fatal(err)
	}
	c = &client{t: t, emu: vt.NewEmulator(int(w), int(h)), in: tty, over: make(chan struct{})}
	go func() {
		defer close(c.over)
		_, _ = io.Copy(c, tty) // until the client has gone
	}()
	end = func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
		_ = tty.Close()
	}
	t.Cleanup(end)
	return c, end
}

// TestGuideWithOpenSSH holds that a guide with OpenSSH's own client and a certificate in
// a file asks, watches and helps, and that killing the client takes the customer's bar
// away.
func TestGuideWithOpenSSH(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ssh"); err != nil {
		t.Skip("NO OPENSSH: a guide with the real client is not tested here; install openssh-client")
	}
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	guide, kill := o.openSSH(s, "Anna Berg", 80, 24)
	number := letIn(t, customer, guide, "Anna Berg")
	guide.sees("contoso.example")
	guide.presses("n", "A note to the customer")
	guide.types("Typed in a real terminal.\r")
	customer.sees("Typed in a real terminal.")
	kill()
	customer.sees("Anna Berg watches no more: the connection went.")
	await(t, "the bar goes", func() bool { return !strings.Contains(customer.screen(), "Watched by") }, customer.screen)
	did(t, s.o.Cases, "Anna Berg "+number+" "+didNote, "Anna Berg "+number+" "+didLose, "Anna Berg  "+didClose)
}
