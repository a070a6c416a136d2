package ssh

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/ssh/cases"
)

// auditor is a certificate of the office for an auditor of a name.
func (o *office) auditor(name string, also ...string) gossh.Signer {
	return o.certify(newSigner(o.t), func(c *gossh.Certificate) { c.KeyId, c.ValidPrincipals = name, append(also, "auditor") })
}

// twoOffices is a server with guides of two organisations.
func twoOffices(t *testing.T, change func(*Options)) (s *site, ours, theirs *office) {
	t.Helper()
	ours, theirs = newOffice(t), newOffice(t)
	opts := ours.options()
	opts.Authorities = append(opts.Authorities, Authority{Organisation: "Example Partner", File: theirs.file})
	opts.Revoked = ours.revoked()
	put(t, opts.Revoked, "")
	s = serve(t, func(so *Options) {
		so.Guides = guides(t, opts)
		if change != nil {
			change(so)
		}
	})
	return s, ours, theirs
}

// writes adds an entry to the audit of a store.
func writes(t *testing.T, store *cases.Store, e cases.Entry) {
	t.Helper()
	if _, err := store.Audit(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

// by is what a guide did, as the audit has it since it says whose that is.
func by(name, organisation, did string) cases.Entry {
	return cases.Entry{Who: name + ", " + organisation + " (SHA256:" + strings.Repeat("x", 43) + ")", Role: "guide", Did: did, Case: "7KQ-M2X", Organisation: organisation}
}

// before is the same of when it did not say that.
func beforeThat(name, organisation, did string) cases.Entry {
	e := by(name, organisation, did)
	e.Organisation = ""
	return e
}

// mixed fills an audit with entries of all kinds; shown says which of them an auditor of
// Example Support reads.
func mixed(t *testing.T, store *cases.Store) (shown []bool) {
	t.Helper()
	for _, e := range []struct {
		cases.Entry

		shown bool
	}{
		{by("Anna Berg", "Example Support", "pointed"), true},
		{by("Eve Canary", "Example Partner", "pointed"), false},
		{by("Eve Canary, Example Support", "Example Partner", "noted"), false},
		{beforeThat("Anna Berg", "Example Support", "pointed"), true},
		{beforeThat("Eve Canary", "Example Partner", "pointed"), false},
		{beforeThat("Eve Canary, Example Support", "Example Partner", "noted"), false},
		{beforeThat("Eve Canary", "Partner, Example Support", "noted"), false}, // it could be read in two ways
		{cases.Entry{Who: operator, Role: operator, Did: didBan, More: "net 192.0.2.0/24"}, true},
		{cases.Entry{Who: operator, Role: operator, Did: didCheckReceipt, Case: "7KQ-M2X", More: "1", Organisation: "Example Support"}, true},
		{cases.Entry{Who: operator, Role: operator, Did: didCheckReceipt, Case: "7KQ-M2X", More: "canary", Organisation: "Example Partner"}, false},
		{cases.Entry{Who: operator, Role: operator, Did: didCheckReceipt, Case: "7KQ-M2X", More: "canary"}, false},
		{cases.Entry{Who: "customer", Role: "customer", Did: didRedeem, Case: "7KQ-M2X", Organisation: "Example Support"}, true},
		{cases.Entry{Who: "customer", Role: "customer", Did: didRedeem, Case: "7KQ-M2X", More: "canary"}, false},
	} {
		writes(t, store, e.Entry)
		shown = append(shown, e.shown)
	}
	return shown
}

// follows holds what an auditor was given in JSON to be a chain that can be checked by
// hand, and gives the entries that are shown, by their numbers.
func follows(t *testing.T, r auditRead) (shown map[uint64]cases.Entry) {
	t.Helper()
	shown = map[uint64]cases.Entry{}
	for i, l := range r.Entries {
		if l.Seq != uint64(i+1) || len(l.Hash) != 64 {
			t.Fatalf("entry %d is %+v", i+1, l)
		}
		if l.Entry == "" {
			continue
		}
		var e cases.Entry
		sum := sha256.Sum256([]byte(l.Entry))
		if err := json.Unmarshal([]byte(l.Entry), &e); err != nil || hex.EncodeToString(sum[:]) != l.Hash || i > 0 && e.Prev != r.Entries[i-1].Hash || e.Seq != l.Seq {
			t.Fatalf("entry %d cannot be checked by hand: %v, %+v", i+1, err, l)
		}
		shown[l.Seq] = e
	}
	if n := len(r.Entries); n > 0 && r.Head != (cases.AuditHead{Seq: uint64(n), Hash: r.Entries[n-1].Hash}) {
		t.Errorf("the head is %+v", r.Head)
	}
	return shown
}

// TestAuditorReadsTheAudit holds that an auditor reads the entries of their organisation
// and the operators', and of others the number and hash; that the chain can be followed
// over those; that it is in the audit that they read it; and that the verdict can be held
// against a head that was kept.
func TestAuditorReadsTheAudit(t *testing.T) {
	t.Parallel()
	s, ours, theirs := twoOffices(t, nil)
	shown := mixed(t, s.o.Cases)
	aud := ours.auditor("Aud Itor")
	n := uint64(len(shown)) + 1 // with that they read it

	lines := strings.Split(strings.TrimSuffix(s.fetches(t, userConsole, "audit", aud), "\n"), "\n")
	all, _, err := s.o.Cases.Entries(t.Context(), 0)
	if err != nil || uint64(len(all)) != n {
		t.Fatal(len(all), err)
	}
	if last := all[n-1]; last.Did != didReadAudit || last.More != "" || last.Who != "Aud Itor, Example Support ("+printOf(aud.PublicKey())+")" || last.Role != "auditor" || last.Organisation != "Example Support" || last.Case != "" {
		t.Errorf("it is written down as %+v", last.Entry)
	}
	var want []string
	for i, l := range all {
		if i == len(shown) || shown[i] {
			want = append(want, auditText(l))
		}
	}
	hidden := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !strings.Contains(l, "not shown") })
	if want := []string{"     2  not shown: 2 entries of others, up to 3", "     5  not shown: 3 entries of others, up to 7", "    10  not shown: 2 entries of others, up to 11", "    13  not shown: it is of others"}; !slices.Equal(hidden, want) {
		t.Errorf("not shown: %q", hidden)
	}
	verdict := fmt.Sprintf(sayAuditWhole, n, all[n-1].Hash, "ssh console@onboard.example audit --verify", n, all[n-1].Hash)
	got := slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, "not shown") })
	if text := strings.Join(want, "\n") + "\n" + verdict; strings.Join(got, "\n")+"\n" != text {
		t.Errorf("it is\n%s\nwant\n%s", strings.Join(got, "\n"), text)
	}

	text := s.fetches(t, userConsole, "audit --json", aud)
	r := readAudit(t, text)
	entries := follows(t, r)
	for i, is := range shown {
		if _, has := entries[uint64(i+1)]; has != is {
			t.Errorf("entry %d is shown: %v", i+1, has)
		}
	}
	if !*r.Whole || r.Schema != consoleAuditSchema || uint64(len(r.Entries)) != n+1 || strings.Contains(strings.ToLower(text), "canary") || strings.Contains(text, "Partner") {
		t.Errorf("it is %s", text)
	}
	kept := fmt.Sprintf("%d:%s", n, all[n-1].Hash)
	for _, line := range []string{"audit --verify", "audit --verify --kept " + kept, "audit --kept=" + kept + " --verify"} {
		if out := s.fetches(t, userConsole, line, aud); strings.Contains(out, "Anna") || strings.Contains(out, "not shown") || !strings.Contains(out, "The audit is whole: ") {
			t.Errorf("%s: %s", line, out)
		}
	}
	if got := s.auditOf(t, "", didReadAudit); len(got) != 5 || got[4].More != "--verify" {
		t.Errorf("%+v", got)
	}
	if r := readAudit(t, s.fetches(t, userConsole, "audit --json --verify", aud)); len(r.Entries) != 0 || !*r.Whole || r.Head.Seq != n+5 {
		t.Errorf("%+v", r)
	}
	other := fmt.Sprintf("%d:%s", n, strings.Repeat("0", 64))
	if out, errs, code := s.asksAs(t, userConsole, "audit --verify --kept "+other, aud); code != codeFailed || out != "" || !strings.Contains(errs, fmt.Sprintf("entry %d is another than the one whose hash was kept. Tell whoever runs", n)) {
		t.Errorf("%d, %q, %q", code, out, errs)
	}
	if _, errs, code := s.asksAs(t, userConsole, fmt.Sprintf("audit --verify --kept %d:%s", 1<<40, all[0].Hash), aud); code != codeFailed || !strings.Contains(errs, "is missing") {
		t.Errorf("%d, %q", code, errs)
	}

	// The auditor of the other organisation reads the other half.
	entries = follows(t, readAudit(t, s.fetches(t, userConsole, "audit --json", theirs.auditor("Other Itor"))))
	for seq, e := range entries {
		if e.Organisation == "Example Support" || strings.HasPrefix(e.Who, "Anna") || seq <= uint64(len(shown)) && shown[seq-1] != (e.Organisation == "" && e.Case == "") {
			t.Errorf("they read entry %d: %+v", seq, e)
		}
	}
	if entries[2].Who == "" || entries[3].Who == "" || entries[5].Who == "" || entries[6].Who != "" {
		t.Errorf("they read %+v", entries)
	}
}

// TestAuditorsOfRealSessions holds that of a guided session with an invitation each
// organisation's auditor reads what its guides did and its customers answered, to the
// last entry, and nothing of the other's.
func TestAuditorsOfRealSessions(t *testing.T) {
	t.Parallel()
	s, ours, theirs := twoOffices(t, nil)
	_, _, number, _ := helped(t, s, s, ours.named("Anna Berg"))
	in, err := s.invite(t.Context(), actor{by: "Lea Lind, Example Partner", who: "Lea Lind, Example Partner (" + printOf(newSigner(t).PublicKey()) + ")", role: "lead", organisation: "Example Partner"}, Wish{})
	if err != nil {
		t.Fatal(err)
	}
	_, to, _ := strings.Cut(in.Address, " ")
	code, _, _ := strings.Cut(to, "@")
	guest := s.shell(t, code, 100, 30)
	guest.chooses()
	await(t, "the invitation is used", func() bool {
		return slices.ContainsFunc(deeds(t, s.o.Cases), func(d string) bool { return strings.Contains(d, didRedeem) })
	}, func() string { return strings.Join(deeds(t, s.o.Cases), "\n") })
	for org, c := range map[string]struct {
		key gossh.Signer
		did []string
		of  func(cases.Number) bool
	}{
		"Example Support": {ours.auditor("A"), []string{didOpen, didAsk, didEnter, didPoint, didNote, didEnd, didReadAudit}, func(n cases.Number) bool { return n == "" || string(n) == number }},
		"Example Partner": {theirs.auditor("B"), []string{didInvite, didRedeem, didReadAudit}, func(n cases.Number) bool { return string(n) != number }},
	} {
		var got []string
		for _, e := range follows(t, readAudit(t, s.fetches(t, userConsole, "audit --json", c.key))) {
			got = append(got, e.Did)
			if e.Organisation != org || !c.of(e.Case) {
				t.Errorf("%s reads %+v", org, e)
			}
		}
		for _, d := range c.did {
			if !slices.Contains(got, d) {
				t.Errorf("%s lacks %s: %q", org, d, got)
			}
		}
	}
}

// TestSeveralRolesReadTheAudit holds that who is a guide besides reads it, too, and has
// the console; and that a listed key is an auditor's as a certificate is.
func TestSeveralRolesReadTheAudit(t *testing.T) {
	t.Parallel()
	listed := newSigner(t)
	o := newOffice(t)
	opts := o.options()
	opts.Keys = []GuideKey{{Name: "Lis Ted", Organisation: "Example Support", Role: RoleAuditor, Key: listed.PublicKey()}}
	s := serve(t, func(so *Options) { so.Guides = guides(t, opts) })
	both := o.auditor("Bo Th", "guide")
	s.guideScreen(t, both, 100, 30)
	for name, key := range map[string]gossh.Signer{"Bo Th": both, "Lis Ted": listed} {
		if out := s.fetches(t, userConsole, "audit", key); !strings.Contains(out, name+", Example Support (SHA256:") || !strings.Contains(out, didReadAudit) {
			t.Errorf("%s reads %s", name, out)
		}
	}
	if out := s.fetches(t, userConsole, "audit --help", both); !strings.Contains(out, "ssh console@onboard.example audit`, as an auditor") {
		t.Error(out)
	}
	if help, _, _ := s.asks(t, "help"); !strings.Contains(help, "ssh console@onboard.example audit [--json] [--verify]") {
		t.Errorf("help says\n%s", help)
	}
	on := opens(t, s.dial(t, userConsole, func(c *gossh.ClientConfig) { c.Auth = []gossh.AuthMethod{gossh.PublicKeys(both)} }), 80, 24, func(x *gossh.Session) error {
		if err := x.RequestPty("xterm", 24, 80, nil); err != nil {
			return err
		}
		return x.Start("audit")
	})
	if code, text := on.ends(), on.bytes(); code != codeDone || strings.Count(text, "\n") != strings.Count(text, "\r\n") || !strings.Contains(text, "The audit is whole") {
		t.Errorf("on a terminal: %d, %q", code, text)
	}
}

// TestAuditWithOpenSSH holds that an auditor with OpenSSH's own client and a certificate in
// a file reads the audit into a file, with nothing beside it, and gets the exit code.
func TestAuditWithOpenSSH(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ssh"); err != nil {
		t.Skip("NO OPENSSH: an auditor with the real client is not tested here; install openssh-client")
	}
	s, o := desked(t, nil)
	for range 700 { // more than a window of the channel takes
		writes(t, s.o.Cases, by("Anna Berg", "Example Support", "pointed"))
	}
	secret := newEd25519(t)
	signer, err := gossh.NewSignerFromKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	key := keyFile(t, dir, "id", secret, 0o600, "")
	cert := o.certify(signer, func(c *gossh.Certificate) { c.KeyId, c.ValidPrincipals = "Aud Itor", []string{"auditor"} })
	put(t, filepath.Join(dir, "id-cert.pub"), string(gossh.MarshalAuthorizedKey(cert.PublicKey())))
	run := func(line ...string) (string, string, int) {
		t.Helper()
		args := s.sshArgs(t, s.hosts(t), append([]string{"-i", key, "-o", "CertificateFile=" + key + "-cert.pub", userConsole + "@127.0.0.1"}, line...)...)
		if i := slices.Index(args, "IdentityFile=none"); i >= 0 {
			args[i] = "IdentitiesOnly=yes"
		}
		cmd := exec.CommandContext(t.Context(), "ssh", args...)
		cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"}
		var errs strings.Builder
		cmd.Stderr, cmd.WaitDelay = &errs, time.Minute
		out, err := cmd.Output()
		code := 0
		if exit := (*exec.ExitError)(nil); err != nil {
			if exit, _ = err.(*exec.ExitError); exit == nil { //nolint:errorlint // as it comes
				t.Fatal(err)
			}
			code = exit.ExitCode()
		}
		return string(out), errs.String(), code
	}
	out, errs, code := run("audit", "--json")
	r := readAudit(t, out)
	if got := follows(t, r); code != codeDone || !*r.Whole || len(got) != 701 || got[701].Did != didReadAudit || errs != "" {
		t.Errorf("%d, %d entries, %q", code, len(got), errs)
	}
	if out, errs, code := run("audit", "--verify", "--kept", "701:"+r.Head.Hash); code != codeDone || !strings.Contains(out, "whole: its last entry is 702,") || errs != "" {
		t.Errorf("%d, %q, %q", code, out, errs)
	}
	if out, errs, code := run("audit", "--verify", "--kept", "7:"+r.Head.Hash); code != codeFailed || out != "" || !strings.Contains(errs, "entry 7 is another") {
		t.Errorf("%d, %q, %q", code, out, errs)
	}
}
