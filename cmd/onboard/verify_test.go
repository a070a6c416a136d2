package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"onboard.example/ssh/receipt"
)

// receiptSigner signs receipts in tests.
type receiptSigner struct{ ed25519.PrivateKey }

func signerOf(word string) receiptSigner {
	seed := sha256.Sum256([]byte(word))
	return receiptSigner{ed25519.NewKeyFromSeed(seed[:])}
}

func (s receiptSigner) Public() ed25519.PublicKey {
	return ed25519.PublicKey(bytes.Clone(s.PrivateKey[ed25519.SeedSize:]))
}

func (s receiptSigner) Sign(message []byte) []byte { return ed25519.Sign(s.PrivateKey, message) }

// published is the line of the key that a server publishes.
func (s receiptSigner) published(t *testing.T, server string) string {
	t.Helper()
	k, err := receipt.KeyOf(server, s.Public(), time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return k.Line()
}

// aSession is a guided session.
func aSession() receipt.Session {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	return receipt.Session{
		Schema: receipt.SessionSchema, Server: "onboard.example", Case: "7KQ-M2X", N: 1, Visit: "v1",
		Guide: receipt.Guide{Name: "Anna Berg", Organisation: "Example Support", Key: "SHA256:abc"},
		Asked: at, Allowed: at.Add(time.Minute), Until: at.Add(time.Hour), Ended: receipt.End{At: at.Add(9 * time.Minute), By: "customer"},
		Start: receipt.Place{Stage: "diagnosis"}, Finish: receipt.Place{Stage: "steps", Step: "direct-link/open"},
		Did:     receipt.Did{Points: 1, Notes: 2, Deeds: []receipt.Deed{{At: at.Add(2 * time.Minute), Did: "pointed", What: "app/grant"}}},
		Mean:    receipt.Meanwhile{Answers: 3},
		Journal: receipt.JournalSum{From: 7, To: 31, Records: 25, SHA256: strings.Repeat("ab", 32)},
	}
}

// TestVerify holds what `onboard verify` says of a receipt, and its exit code, for each
// way to name a receipt and what is trusted.
//
//nolint:paralleltest // it names files in the working directory
func TestVerify(t *testing.T) {
	k, dir := signerOf("a"), t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	text, err := receipt.Sign(k, aSession())
	if err != nil {
		t.Fatal(err)
	}
	good := string(text)
	file := write("receipt.json", good+"\n")
	line := k.published(t, "onboard.example")
	bare := line[strings.Index(line, "ssh-ed25519"):]
	keys := write("keys", "The server's host key:\n  onboard.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ\n\n  "+line+"\n")
	prints, err := receipt.ParseKeys(line)
	if err != nil {
		t.Fatal(err)
	}
	write("ssh-keys", line+"\n")
	write("SHA256:keys", line+"\n")
	t.Chdir(dir)
	for name, args := range map[string][]string{
		"what fingerprint@ printed": {"verify", "--key", keys, file},
		"a line of it":              {"verify", "--key", line, file},
		"a key":                     {"verify", "--key", bare, file},
		"a fingerprint":             {"verify", "--key", prints[0].Fingerprint, file},
		"a file called as a key":    {"verify", "--key", "ssh-keys", file},
		"a file called as a print":  {"verify", "--key", "SHA256:keys", file},
		"a server that was renamed": {"verify", "--key", "new.example," + line, file},
		"one of two":                {"verify", "--key", signerOf("b").published(t, "other.example"), "--key", keys, file},
	} {
		a := ask(t, nil, args...)
		if a.code != codeOpen || a.err != "" {
			t.Errorf("%s: %d %s%s", name, a.code, a.out, a.err)
		}
		by := "Genuine: signed by onboard.example, with the key SHA256:"
		if name == "a key" || name == "a fingerprint" {
			by = ", which you trust. That it is of onboard.example is what the receipt says of itself."
		}
		holds(t, a.out, by, "7KQ-M2X, guided session 1", "Anna Berg of Example Support", "2026-11-20 12:09:00 UTC, by the customer",
			"points: 1, notes: 2, suggestions: 0, looks: 0; nothing else of theirs", "answers: 3, confirmations: 0, changes to the tenant: 0", "diagnosis to steps direct-link/open", "records 7 to 31")
	}
	if a := ask(t, strings.NewReader(good), "verify", "--key", keys, "-"); a.code != codeOpen {
		t.Errorf("what comes in: %d %s", a.code, a.err)
	}
	unknown := ask(t, nil, "verify", file)
	if unknown.code != codeUnknown || unknown.err != "" || strings.Contains(unknown.out, "Genuine") {
		t.Errorf("without a key: %d %s%s", unknown.code, unknown.out, unknown.err)
	}
	holds(t, unknown.out, "Not known:", "proves nothing about who signed it", "ssh fingerprint@onboard.example > keys", "Anna Berg")

	disowned := write("disowned", "# disowned: "+line+"\n")
	a := ask(t, nil, "verify", "--key", keys, "--key", disowned, file)
	if a.code != codeFailed || a.out != "" {
		t.Errorf("a key that was disowned: %d %s", a.code, a.out)
	}
	holds(t, a.err, "signed by a key that was disowned", prints[0].Fingerprint, "fetch it again")
	later := write("later", "# disowned since 20261121000000Z: "+line+"\n"+line+"\n")
	if a = ask(t, nil, "verify", "--key", later, file); a.code != codeOpen {
		t.Errorf("of before: %d %s", a.code, a.err)
	}
	holds(t, a.out, "Genuine: ", "disowned for sessions that ended from 2026-11-21 00:00:00 UTC on")
	holds(t, ask(t, nil, "verify", "--key", bare, file).out, "Whether that key was disowned since, this cannot know: `ssh fingerprint@HOST > keys` at the server from which you have that key")

	changed := write("changed.json", strings.Replace(good, "Anna Berg", "Anna Burg", 1))
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"changed":             {[]string{"--key", keys, changed}, codeFailed, "it was changed after it was signed"},
		"changed, and no key": {[]string{changed}, codeFailed, "it was changed after it was signed"},
		"another key":         {[]string{"--key", signerOf("b").published(t, "onboard.example"), file}, codeFailed, "Whoever signed it is not who you trust"},
		"another server":      {[]string{"--key", k.published(t, "evil.example"), file}, codeFailed, "write both in front of the key's line"},
		"a key of later":      {[]string{"--key", strings.Replace(line, "namespaces=", `valid-after="20300101000000Z",namespaces=`, 1), file}, codeFailed, "was not in use then: somebody may have had it"},
		"cut off":             {[]string{"--key", keys, write("cut", good[:200])}, codeFailed, "it was cut off"},
		"of changes":          {[]string{write("plan.json", `{"schema":"onboard/receipt/1"}`)}, codeUsage, "`onboard undo` reads it"},
		"newer":               {[]string{write("newer.json", strings.Replace(good, "receipt/1", "receipt/2", 1))}, codeUsage, "Take a newer onboard."},
		"huge":                {[]string{write("huge", strings.Repeat("x", receipt.Most+10))}, codeUsage, "larger than 1024 KiB"},
		"a picture":           {[]string{write("png", "\x89PNG\r\n\x1a\n\x00")}, codeUsage, "it is no receipt of a guided session"},
		"no such file":        {[]string{filepath.Join(dir, "none")}, codeUsage, "read the receipt"},
		"a folder":            {[]string{dir}, codeUsage, "read the receipt"},
		"no such keys":        {[]string{"--key", filepath.Join(dir, "none"), file}, codeUsage, "read the keys"},
		"keys without a key":  {[]string{"--key", file, file}, codeUsage, "no key for receipts in it"},
		"large keys":          {[]string{"--key", write("large", strings.Repeat("\n", receipt.MostKeys+1)), file}, codeUsage, "no list of keys is"},
		"half a fingerprint":  {[]string{"--key", "SHA256:abc", file}, codeUsage, "is no fingerprint"},
		"no receipt":          {nil, codeUsage, "verify takes one receipt, and 0 were named"},
		"two":                 {[]string{file, file}, codeUsage, "and 2 were named"},
	} {
		a := ask(t, nil, append([]string{"verify"}, c.args...)...)
		if a.code != c.code || a.out != "" || strings.Count(strings.TrimSpace(a.err), "\n") == 0 {
			t.Errorf("%s: %d %q %q", name, a.code, a.out, a.err)
		}
		holds(t, a.err, c.says)
	}
}

// TestVerifyWithoutOnboard runs the very lines that help tells, with OpenSSH and jq, on
// a receipt of a key that is not in use any more: genuine it is, and changed it is not.
func TestVerifyWithoutOnboard(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "ssh-keygen", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NO %s: that a receipt is verified without onboard is not tested here; install openssh-client and jq", tool)
		}
	}
	help := ask(t, nil, "verify", "--help").out
	from, to := strings.Index(help, "jq -j .payload"), strings.Index(help, "< payload")
	if from < 0 || to < from {
		t.Fatalf("help has no recipe:\n%s", help)
	}
	recipe := "set -e\n" + help[from:to] + "< payload\n"
	old, now, s := signerOf("a"), signerOf("b"), aSession()
	s.Ended.At = s.Ended.At.Add(987654321) // as servers write times
	over := s.Ended.At.Add(time.Hour).Truncate(time.Second)
	if !time.Now().After(over) {
		t.Fatal("the key's time is not over")
	}
	first, err := receipt.KeyOf("onboard.example", old.Public(), time.Time{}, over)
	if err != nil {
		t.Fatal(err)
	}
	second, err := receipt.KeyOf("onboard.example", now.Public(), over, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := receipt.Sign(old, s)
	if err != nil {
		t.Fatal(err)
	}
	later, err := receipt.Sign(now, s) // by a key that was not in use then
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		receipt string
		good    bool
	}{
		"genuine": {string(text), true}, "changed": {strings.Replace(string(text), "Anna Berg", "Anna Burg", 1), false}, "a key of later": {string(later), false},
	} {
		dir := t.TempDir()
		for file, text := range map[string]string{"receipt.json": c.receipt, "keys": "Receipts:\n  " + first.Line() + "\n  " + second.Line() + "\n"} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-c", recipe)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if good := err == nil && strings.Contains(string(out), `Good "`+receipt.Namespace+`" signature for onboard.example`); good != c.good {
			t.Errorf("%s: %v: %s\n%s", name, err, out, recipe)
		}
	}
}

// TestVerifyJSON holds what verify prints for programs to the schema that it prints, with
// the same exit codes, and that nothing is said of a session for which nobody vouches.
func TestVerifyJSON(t *testing.T) {
	t.Parallel()
	schema := ask(t, nil, "verify", "--schema")
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.out))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("verify.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("verify.json")
	if err != nil {
		t.Fatal(err)
	}
	k := signerOf("a")
	text, err := receipt.Sign(k, aSession())
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		in, key, state string
		code           int
	}{
		"good":       {string(text), k.published(t, "onboard.example"), receipt.StateGood, codeOpen},
		"unknown":    {string(text), "", receipt.StateUnknown, codeUnknown},
		"bad":        {string(text), signerOf("b").published(t, "onboard.example"), receipt.StateBad, codeFailed},
		"no receipt": {"hello", "", receipt.StateBad, codeUsage},
	} {
		args := []string{"verify", "--json", "-"}
		if x.key != "" {
			args = append(args, "--key", x.key)
		}
		a := ask(t, strings.NewReader(x.in), args...)
		if a.code != x.code || a.err != "" {
			t.Errorf("%s: %d %s", name, a.code, a.err)
		}
		inst, err := jsonschema.UnmarshalJSON(strings.NewReader(a.out))
		if err != nil {
			t.Fatalf("%s: %v: %s", name, err, a.out)
		}
		if err := compiled.Validate(inst); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var v receipt.Verdict
		if err := json.Unmarshal([]byte(a.out), &v); err != nil || v.State != x.state || (v.Session != nil) != (x.state != receipt.StateBad) {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}
