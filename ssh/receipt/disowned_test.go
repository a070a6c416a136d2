package receipt

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// disownedLists are what is published of a key that signed a session at noon, and whether that
// session's receipt is good by it.
func disownedLists(t *testing.T, k seeded, ended time.Time) map[string]struct {
	key  Key
	good bool
} {
	t.Helper()
	is := func(since, until time.Time) Key {
		t.Helper()
		by := k.trusted(t, "onboard.example", time.Time{}, until)
		by.Disowned, by.Since = true, since
		return by
	}
	return map[string]struct {
		key  Key
		good bool
	}{
		"for all its time":    {is(time.Time{}, time.Time{}), false},
		"as of before":        {is(noon.Add(-time.Hour), noon.Add(-time.Hour)), false},
		"as of that second":   {is(ended, ended), false},
		"as of the one after": {is(ended.Add(time.Second), ended.Add(time.Second)), true},
		"as of later":         {is(noon.Add(time.Hour), noon.Add(time.Hour)), true},
		"not at all":          {k.trusted(t, "onboard.example", time.Time{}, time.Time{}), true},
	}
}

// TestADisownedKeyIsRefused holds that by what is published of it a receipt is refused that a
// disowned key signed, with the reason, whatever else is trusted; that what ended before is
// good, and is said to be in doubt; and that ssh-keygen judges by the same list as onboard.
func TestADisownedKeyIsRefused(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Log("NO OPENSSH: what ssh-keygen says of a disowned key is not tested here; install openssh-client")
	}
	k, s := key("a"), whole().one(t)
	text := signed(t, k, s)
	var e envelope
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	for name, c := range disownedLists(t, k, s.Ended.At.Truncate(time.Second)) {
		list := "Receipts are signed with these:\n  " + strings.Join(c.key.Lines(), "\n  ") + "\n  " + key("b").trusted(t, "onboard.example", time.Time{}, time.Time{}).Line() + "\n"
		keys, err := ParseKeys(list)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, list)
		}
		v := Judge(text, keys)
		switch {
		case c.good && (v.State != StateGood || !v.Named() || (v.Disowned != nil) != c.key.Disowned):
			t.Errorf("%s: %+v", name, v)
		case !c.good && (v.State != StateBad || v.Fault != FaultDisowned || !strings.Contains(v.Reason, "signed by a key that was disowned") || v.Session != nil):
			t.Errorf("%s: %+v", name, v)
		}
		old := k.trusted(t, "onboard.example", time.Time{}, time.Time{})
		for _, beside := range []Key{old, {Fingerprint: old.Fingerprint}} { // which somebody trusted before
			if v := Judge(text, append([]Key{beside}, keys...)); (v.State == StateGood) != c.good || !c.good && v.Fault != FaultDisowned {
				t.Errorf("%s, beside the list of before: %+v", name, v)
			}
		}
		if tool == "" {
			continue
		}
		dir := t.TempDir()
		var signers []string
		for line := range strings.Lines(list) { // as help tells
			if strings.Contains(line, "namespaces=") {
				signers = append(signers, strings.TrimLeft(line, " "))
			}
		}
		for file, text := range map[string]string{"signers": strings.Join(signers, ""), "signature": e.Signature} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.CommandContext(t.Context(), tool, "-Y", "verify", "-f", "signers", "-I", "onboard.example", "-n", Namespace, "-s", "signature",
			"-O", "verify-time="+s.Ended.At.Format(keyTime))
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(e.Payload)
		if out, err := cmd.CombinedOutput(); (err == nil) != c.good {
			t.Errorf("%s: ssh-keygen says %v: %s\n%s", name, err, out, list)
		}
	}
}

// TestWhatSaysThatAKeyIsDisownedIsRead holds what is read of such a line, and of one that is
// broken or only looks like it.
func TestWhatSaysThatAKeyIsDisownedIsRead(t *testing.T) {
	t.Parallel()
	by := key("a").trusted(t, "onboard.example", time.Time{}, time.Time{})
	line := by.Line()
	for text, want := range map[string]string{
		"# disowned: " + line:                               "all",
		"# disowned since 20261120120000Z: " + line:         "some",
		"# disowned since yesterday: " + line + "\n" + line: "error",
		"# disowned since: " + line:                         "error",
		"# disowned by mistake: " + line:                    "error",
		"# Disowned: " + line:                               "error",
		"# disowned: onboard.example namespaces=\"" + Namespace + "\" ssh-ed25519 AAAA": "error",
	} {
		keys, err := ParseKeys(text)
		got := "error"
		if err == nil && len(keys) == 1 && keys[0].Disowned && keys[0].Fingerprint == by.Fingerprint {
			if got = "some"; keys[0].Since.IsZero() {
				got = "all"
			} else if !keys[0].Since.Equal(noon) {
				t.Errorf("%q: as of %s", text, keys[0].Since)
			}
		}
		if got != want {
			t.Errorf("%q is read as %s: %+v, %v", text, got, keys, err)
		}
	}
}
