package main

import (
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// verifyRig is an operator's door to a server with a case in its store, in which there was
// a guided session, and the receipt of that.
func verifyRig(t *testing.T) (s *cases.Store, file, socket string, c *cases.Case, text []byte) {
	t.Helper()
	s, file, _ = auditRig(t)
	id, _, err := ssh.LoadIdentity([]string{filepath.Join(t.TempDir(), "keys", "host")})
	if err != nil {
		t.Fatal(err)
	}
	server, err := ssh.New(ssh.Options{
		Identity: id, Cases: s, Name: "onboard.example", Version: "test",
		Eyes:    func(netip.Prefix) run.Looker { return nil },
		Command: func(context.Context, []string, io.Writer, io.Writer) int { return codeUnknown },
	})
	if err != nil {
		t.Fatal(err)
	}
	if c, _, err = s.New(t.Context()); err != nil {
		t.Fatal(err)
	}
	began := time.Now().UTC().Add(-time.Hour).Truncate(time.Second)
	for i, r := range []flows.Record{
		{By: flows.ByDriver, Event: flows.Started{Version: "test"}},
		{By: flows.ByServer, Event: flows.AskedToWatch{
			Visit: "v1", Guide: "Anna Berg", Org: "Example Support", Until: began.Add(time.Hour), Lasts: time.Hour, Print: "SHA256:" + strings.Repeat("A", 43), Server: "onboard.example",
		}},
		{By: flows.ByPerson, Event: flows.Watched{Visit: "v1", Here: true}},
		{By: flows.ByPerson, Event: flows.Answered{Question: flows.AskDomain, Value: "contoso.example"}},
		{By: flows.ByPerson, Event: flows.Watched{Visit: "v1", Why: flows.WatchStopped}},
	} {
		r.Writer, r.N, r.At = "w", uint64(i+1), began.Add(time.Duration(i)*time.Second)
		if _, err := c.Append(t.Context(), uint64(i), r); err != nil {
			t.Fatal(err)
		}
	}
	return s, file, doorTo(t, s, server), c, signedNow(t, s, server, c, nil)
}

// signedNow is the receipt of the first guided session of a case as the journal gives it,
// signed with the store's newest key.
func signedNow(t *testing.T, s *cases.Store, server *ssh.Server, c *cases.Case, change func(*receipt.Session)) []byte {
	t.Helper()
	if server != nil {
		if _, err := server.ReceiptKeys(t.Context()); err != nil { // the first makes one
			t.Fatal(err)
		}
	}
	rs, err := c.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	all, err := receipt.Sessions(t.Context(), string(c.Number()), rs)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if change != nil {
		change(&all[0])
	}
	keys, err := s.ReceiptKeys(t.Context())
	if err != nil || len(keys) == 0 {
		t.Fatal(keys, err)
	}
	text, err := receipt.Sign(keys[len(keys)-1], all[0])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestAdminVerify holds what `admin verify` says of receipts, in words and as JSON, with
// which exit code, and that the audit has that somebody looked.
func TestAdminVerify(t *testing.T) {
	t.Parallel()
	s, file, socket, c, text := verifyRig(t)
	number := string(c.Number())
	verify := func(args ...string) answer {
		t.Helper()
		return ask(t, nil, append([]string{"admin", "--socket", socket, "verify"}, args...)...)
	}
	good, bad := keep(t, "good.json", string(text)+"\n"), keep(t, "bad.json", strings.Replace(string(text), "Anna", "Eve", 1))
	other := keep(t, "other.json", string(signedNow(t, s, nil, c, func(s *receipt.Session) { s.Did.Notes, s.Ended.By = 7, "guide" })))
	none := keep(t, "none\x1b[2J.json", "{}")
	gone := keep(t, "gone.json", string(signedNow(t, s, nil, c, func(s *receipt.Session) { s.Case = "000-000" })))
	for name, x := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"as it was":              {[]string{good}, codeOpen, []string{"good.json: As it was: the journal of case " + number, "guided session 1, records 2 to 5, SHA-256 "}},
		"twice":                  {[]string{good, good}, codeOpen, []string{"As it was"}},
		"not genuine":            {[]string{bad}, codeFailed, []string{"Not genuine: it was changed after it was signed"}},
		"another session":        {[]string{other}, codeFailed, []string{"Changed: ", "\n  did.notes: 7 in the receipt, 0 by the journal\n", "\n  ended.by: guide in the receipt, customer by the journal\n"}},
		"no receipt":             {[]string{none}, codeUsage, []string{"Not genuine: it is no receipt of a guided session"}},
		"no case":                {[]string{gone}, codeUnknown, []string{"No verdict: there is no case 000-000 here"}},
		"one is bad":             {[]string{good, gone, none, other}, codeFailed, []string{"As it was", "No verdict", "Not genuine", "Changed"}},
		"one is none":            {[]string{good, gone, none}, codeUsage, []string{"As it was", "No verdict", "Not genuine"}},
		"of one nobody can tell": {[]string{gone, good}, codeUnknown, []string{"As it was", "No verdict"}},
	} {
		a := verify(x.args...)
		if a.code != x.code || a.err != "" {
			t.Errorf("%s: %+v", name, a)
		}
		holds(t, a.out, x.says...)
	}
	if a := ask(t, strings.NewReader(string(text)), "admin", "--socket", socket, "verify", "-"); a.code != codeOpen || !strings.HasPrefix(a.out, "-: As it was") {
		t.Errorf("%+v", a)
	}
	var got struct {
		Schema   string
		Receipts []struct {
			File, State, Fault, Case, SHA256 string
			Session                          int
			Changed                          []receipt.Change
		}
	}
	a := verify("--json", good, other, bad)
	if err := json.Unmarshal([]byte(a.out), &got); err != nil || a.code != codeFailed || a.err != "" || got.Schema != adminVerifySchema || len(got.Receipts) != 3 {
		t.Fatalf("%v: %+v", err, a)
	}
	if r := got.Receipts; r[0].File != good || r[0].State != "same" || r[0].Case != number || r[0].Session != 1 || len(r[0].SHA256) != 64 || r[1].State != "changed" || len(r[1].Changed) != 2 || r[2].State != "not-genuine" || r[2].Fault != "changed" {
		t.Errorf("%+v", r)
	}
	if a := ask(t, nil, "admin", "--socket", socket, "audit"); strings.Count(a.out, "operator  operator  receipt-checked  "+number+"  1\n") != 11 {
		t.Errorf("the audit has\n%s", a.out)
	}

	tamper(t, file, `UPDATE records SET sealed = x'00' WHERE seq = 4`)
	if a := verify(good); a.code != codeFailed || !strings.Contains(a.out, "Damaged: record 4 of case "+number) || !strings.Contains(a.out, "within guided session 1") {
		t.Errorf("%+v", a)
	}
	if err := c.Erase(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := verify(good); a.code != codeUnknown || !strings.Contains(a.out, "No verdict: there is no case "+number) {
		t.Errorf("%+v", a)
	}
}

// TestAdminVerifyDisowned holds what is said of receipts that a disowned key signed.
func TestAdminVerifyDisowned(t *testing.T) {
	t.Parallel()
	s, _, socket, c, text := verifyRig(t)
	do := func(args ...string) answer {
		t.Helper()
		return ask(t, nil, append([]string{"admin", "--socket", socket}, args...)...)
	}
	good, other := keep(t, "good.json", string(text)), keep(t, "other.json", string(signedNow(t, s, nil, c, func(s *receipt.Session) { s.Did.Notes = 7 })))
	signed, err := receipt.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	if a := do("receipt-keys", "--disown", signed.Fingerprint(), "--since", time.Now().UTC().Add(-time.Minute).Format(time.RFC3339)); a.code != codeOpen {
		t.Fatalf("%+v", a)
	}
	if a := do("verify", good); a.code != codeOpen || !strings.Contains(a.out, "As it was") || !strings.Contains(a.out, "That key is disowned for sessions that ended from ") {
		t.Errorf("of before: %+v", a)
	}
	if a := do("receipt-keys", "--disown", signed.Fingerprint()); a.code != codeOpen {
		t.Fatalf("%+v", a)
	}
	if a := do("verify", good); a.code != codeFailed || !strings.Contains(a.out, "Not genuine: it was signed by a key that was disowned") || !strings.Contains(a.out, "As it was: the journal") {
		t.Errorf("%+v", a)
	}
	if a := do("verify", other); a.code != codeFailed || !strings.Contains(a.out, "Not genuine: it was signed by a key that was disowned") || !strings.Contains(a.out, "Changed: ") || !strings.Contains(a.out, "did.notes: 7") {
		t.Errorf("%+v", a)
	}
}

// TestAdminVerifyIsGivenAnything holds that files of any size and content are refused
// politely, before or by the server, and the server goes on.
func TestAdminVerifyIsGivenAnything(t *testing.T) {
	t.Parallel()
	_, _, socket, _, text := verifyRig(t)
	verify := func(args ...string) answer {
		t.Helper()
		return ask(t, nil, append([]string{"admin", "--socket", socket, "verify"}, args...)...)
	}
	refused(t, verify(), "verify takes 1 to 100 receipts, and 0 were named", "Type `onboard admin verify RECEIPT`")
	refused(t, verify(make([]string, mostReceipts+1)...), "and 101 were named")
	refused(t, verify(filepath.Join(t.TempDir(), "nowhere")), "read the receipt", "Type `onboard admin verify RECEIPT`")
	refused(t, verify(t.TempDir()), "read the receipt")
	refused(t, verify("-"), "read the receipt", "nothing comes in")
	large := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 1<<40); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct{ file, says string }{
		"very large": {large, "it is larger than 1024 KiB"},
		"the most":   {keep(t, "most", strings.Repeat("\xff", receipt.Most)), "it is no receipt"},
		"empty":      {keep(t, "empty", ""), "there is nothing in it"},
		"escapes":    {keep(t, "escapes", `{"schema":"onboard/session-receipt/`+"\u202e"+`9"}`), "it is a receipt of the version"},
		"a picture":  {keep(t, "picture", "\x89PNG\r\n\x1a\n\x00"), "it is no receipt"},
	} {
		if a := verify(x.file); a.code != codeUsage || a.err != "" || !strings.Contains(a.out, x.says) {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if a := verify(keep(t, "good", string(text))); a.code != codeOpen {
		t.Errorf("afterwards: %+v", a)
	}
	refused(t, ask(t, nil, "admin", "verify", "x", "--socket"), "socket")
	if a := ask(t, nil, "admin", "verify", keep(t, "good", string(text)), "--socket", filepath.Join(t.TempDir(), "none")); a.code != codeFailed || !strings.Contains(a.err, "reach the server") || a.out != "" {
		t.Errorf("without a server: %+v", a)
	}
}
