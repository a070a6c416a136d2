package receipt

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
)

// TestReceiptIsGood holds that a receipt is the same bytes each time, that who trusts the
// key finds it good and reads what it says, and that who trusts none knows nothing.
func TestReceiptIsGood(t *testing.T) {
	t.Parallel()
	k, s := key("a"), whole().one(t)
	text := signed(t, k, s)
	if again := signed(t, k, whole().one(t)); !bytes.Equal(text, again) {
		t.Error("it is other bytes the second time")
	}
	for name, around := range map[string]string{"as it is": string(text), "with a line break": string(text) + "\r\n"} {
		v := Judge([]byte(around), []Key{key("b").trusted(t, "", time.Time{}, time.Time{}), k.trusted(t, "onboard.example", time.Time{}, time.Time{})})
		if v.State != StateGood || v.Session == nil || v.Session.Guide != s.Guide || v.Key != k.trusted(t, "", time.Time{}, time.Time{}).Fingerprint {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if v := Judge(text, nil); v.State != StateUnknown || v.Session == nil || !strings.Contains(v.Reason, "proves nothing about who signed it") {
		t.Errorf("without a key: %+v", v)
	}
	if bytes.ContainsAny(text, "\n\r\x1b") || len(text) > 8<<10 {
		t.Errorf("it is no line of its own: %q", text)
	}
}

// TestEveryChangedBitIsSeen changes a receipt at each of its bytes, in two bits in turn,
// and cuts it off at each: it is never good, and never unknown either.
func TestEveryChangedBitIsSeen(t *testing.T) {
	t.Parallel()
	k := key("a")
	text := signed(t, k, whole().one(t))
	trusted := []Key{k.trusted(t, "", time.Time{}, time.Time{})}
	bad := func(what string, at int, is []byte) {
		t.Helper()
		for _, keys := range [][]Key{trusted, nil} {
			if v := Judge(is, keys); v.State != StateBad || v.Session != nil || v.Reason == "" {
				t.Fatalf("%s at %d: %+v", what, at, v)
			}
		}
	}
	for i := range text {
		for _, bit := range []byte{1 << (i % 8), 0x20} {
			changed := bytes.Clone(text)
			changed[i] ^= bit
			bad("a bit", i, changed)
		}
		bad("cut", i, text[:i])
	}
}

// forge signs an envelope around any payload.
func forge(t testing.TB, k Signer, payload string) string {
	t.Helper()
	sig, err := signatureOf(k, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(envelope{Schema, payload, sig})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestEachFaultHasItsWord holds what is wrong with a receipt to its word, which none
// shares with another, and to a text that can be shown.
func TestEachFaultHasItsWord(t *testing.T) {
	t.Parallel()
	k := key("a")
	s := whole().one(t)
	good := string(signed(t, k, s))
	payload, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(s *Session)) string {
		c := s
		change(&c)
		return string(signed(t, k, c))
	}
	swap := func(a, b string) string {
		out := strings.Replace(good, a, b, 1)
		if out == good {
			t.Fatalf("there is no %q", a)
		}
		return out
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(good), "", "  "); err != nil {
		t.Fatal(err)
	}
	trust := k.trusted(t, "onboard.example", time.Time{}, time.Time{})
	late, early, elsewhere := trust, trust, trust
	late.From, early.Until, elsewhere.Server = s.Ended.At.Add(time.Second), s.Ended.At, "evil.example"
	for name, c := range map[string]struct {
		text string
		what FaultKind
		says string
		keys []Key
	}{
		"nothing":                {" \n", FaultNoReceipt, sayEmpty, nil},
		"a text":                 {"hello", FaultNoReceipt, sayNotReceipt, nil},
		"other JSON":             {`{"a":1}`, FaultNoReceipt, sayNotReceipt, nil},
		"a deep one":             {`{"a":` + strings.Repeat("[", 100000), FaultNoReceipt, sayNotReceipt, nil},
		"of changes":             {`{"schema":"onboard/receipt/1","plan":"x"}`, FaultNoReceipt, sayChanges, nil},
		"huge":                   {good + strings.Repeat(" ", Most), FaultLarge, "larger than 1024 KiB", nil},
		"a newer one":            {swap("receipt/1", "receipt/2"), FaultVersion, "of the version 2", nil},
		"a newer payload":        {forge(t, k, strings.Replace(string(payload), "session/1", "session/9", 1)), FaultVersion, "version", nil},
		"cut off":                {good[:len(good)-1], FaultCut, sayCut, nil},
		"an escape":              {swap("7KQ", "\x1b[2J"), FaultControl, sayControl, nil},
		"bytes":                  {swap("7KQ", "\xff\xfe"), FaultControl, sayControl, nil},
		"an escape, written out": {forge(t, k, strings.Replace(string(payload), "Anna", `\u001b[2JAnna`, 1)), FaultControl, sayControl, nil},
		"a hidden sign":          {with(func(s *Session) { s.Guide.Name = "Anna\u202eBerg" }), FaultControl, sayControl, nil},
		"twice":                  {`{"schema":"onboard/session-receipt/1",` + good[1:], FaultTwice, `says "schema" twice`, nil},
		"twice, otherwise":       {`{"Schema":"x",` + good[1:], FaultTwice, `says "schema" twice`, nil},
		"twice within":           {forge(t, k, `{"schema":"x",`+string(payload)[1:]), FaultTwice, `says "schema" twice`, nil},
		"more":                   {`{"more":1,` + good[1:], FaultChanged, sayReshaped, nil},
		"pretty":                 {pretty.String(), FaultChanged, sayReshaped, nil},
		"something behind":       {good + good, FaultChanged, sayReshaped, nil},
		"no signature":           {swap("SSH SIGNATURE", "SSH SIGNATUR3"), FaultChanged, sayNoSign, nil},
		"another payload":        {swap("Anna Berg", "Bob Blau"), FaultChanged, sayChanged, nil},
		"more in the payload":    {forge(t, k, `{"more":1,`+string(payload)[1:]), FaultChanged, "says what no session can be", nil},
		"no end":                 {forge(t, k, strings.Replace(string(payload), s.Ended.At.Format(time.RFC3339Nano), "0001-01-01T00:00:00Z", 1)), FaultChanged, "a time is missing", nil},
		"nobody":                 {with(func(s *Session) { s.Guide.Name = "" }), FaultChanged, "it does not say who", nil},
		"after the yes":          {with(func(s *Session) { s.Ended.At = s.Until.Add(1) }), FaultChanged, "ended after", nil},
		"an end of its own":      {with(func(s *Session) { s.Ended.By = "magic" }), FaultChanged, "nothing ends a session so", nil},
		"less than nothing":      {with(func(s *Session) { s.Mean.Changes = -1 }), FaultChanged, "out of its bounds", nil},
		"no list of deeds":       {with(func(s *Session) { s.Did.Deeds = nil }), FaultChanged, "out of its bounds", nil},
		"a deed of its own":      {with(func(s *Session) { s.Did.Deeds = []Deed{{At: s.Allowed, Did: "typed"}} }), FaultChanged, "no guide can do that", nil},
		"backwards":              {with(func(s *Session) { s.Journal.From, s.Journal.To = 9, 8 }), FaultChanged, "out of its bounds", nil},
		"half a sum":             {with(func(s *Session) { s.Journal.SHA256 = s.Journal.SHA256[:62] }), FaultChanged, "the journal's sum is none", nil},
		"a sum of letters":       {with(func(s *Session) { s.Journal.SHA256 = strings.Repeat("x", 64) }), FaultChanged, "the journal's sum is none", nil},
		"a sum in capitals":      {with(func(s *Session) { s.Journal.SHA256 = strings.Repeat("AB", 32) }), FaultChanged, "the journal's sum is none", nil},
		"a yes before":           {with(func(s *Session) { s.Asked = s.Allowed.Add(1) }), FaultChanged, "not in order", nil},
		"an end before":          {with(func(s *Session) { s.Ended.At = s.Allowed.Add(-1) }), FaultChanged, "not in order", nil},
		"a picture":              {"\x89PNG\r\n\x1a\n\x00", FaultNoReceipt, sayNotReceipt, nil},
		"another key":            {string(signed(t, key("b"), s)), FaultOtherKey, "another key than those that are trusted", []Key{trust}},
		"a key of later":         {good, FaultTime, "was not in use", []Key{late}},
		"a key of before":        {good, FaultTime, "was not in use", []Key{early}},
		"another server's":       {good, FaultServer, "is trusted for evil.example", []Key{elsewhere}},
	} {
		v := Judge([]byte(c.text), c.keys)
		if v.State != StateBad || v.Fault != c.what || !strings.Contains(v.Reason, c.says) || v.Session != nil {
			t.Errorf("%s: %s %s: %s", name, v.State, v.Fault, v.Reason)
		}
		if checks.Line(v.Reason, 400) != v.Reason {
			t.Errorf("%s: it cannot be shown: %q", name, v.Reason)
		}
	}
	bare, both := trust, trust
	bare.Server, both.Server = "", "new.example,Onboard.example"
	for name, c := range map[string]struct {
		keys  []Key
		named bool
	}{
		"one of them": {[]Key{late, elsewhere, trust}, true}, "by itself": {[]Key{late, bare}, false}, "both": {[]Key{bare, trust, bare}, true}, "renamed": {[]Key{both}, true},
	} {
		if v := Judge([]byte(good), c.keys); v.State != StateGood || v.Named() != c.named {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// TestSignatureIsForReceiptsAlone holds that what a key signed for something else is the
// signature of no receipt.
func TestSignatureIsForReceiptsAlone(t *testing.T) {
	t.Parallel()
	k := key("a")
	payload := []byte("{}")
	text, err := signatureOf(k, payload)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := checkSignature(text, payload); err != nil {
		t.Fatal(err)
	}
	public, err := gossh.NewPublicKey(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	other := armoured(sigBlob{
		Magic: magic(), Version: sigVersion, PublicKey: public.Marshal(), Namespace: "file", Hash: sigHash,
		Signature: gossh.Marshal(gossh.Signature{Format: public.Type(), Blob: k.Sign(signedText(payload))}),
	})
	if _, err := checkSignature(other, payload); !errors.Is(err, errOtherUse) {
		t.Errorf("another namespace: %v", err)
	}
	if _, err := checkSignature(text+"\n", payload); !errors.Is(err, errNoSignature) {
		t.Errorf("in another form: %v", err)
	}
}

// TestKeysAreRead holds what keys are read from: what fingerprint@ prints, in which a
// host key stands, too, and each other way to name one.
func TestKeysAreRead(t *testing.T) {
	t.Parallel()
	a, b := key("a"), key("b")
	old := a.trusted(t, "onboard.example", time.Time{}, noon)
	now := b.trusted(t, "onboard.example", noon, time.Time{})
	host := strings.Fields(key("host").trusted(t, "onboard.example", time.Time{}, time.Time{}).Line())
	printed := "The host key\n  SHA256:abc in use\n  onboard.example ssh-ed25519 " + host[3] + "\n\nReceipts:\n  " + old.Line() + "\r\n  " + now.Line() + "\n# a word\n"
	got, err := ParseKeys(printed)
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, want := range []Key{old, now} {
		if g := got[i]; g.Fingerprint != want.Fingerprint || g.Server != want.Server || !g.From.Equal(want.From) || !g.Until.Equal(want.Until) || !bytes.Equal(g.Public, want.Public) {
			t.Errorf("%+v is read as %+v", want, g)
		}
	}
	bare := "ssh-ed25519 " + strings.Fields(now.Line())[3]
	for name, text := range map[string]string{"a key": bare, "with a word": bare + " receipts of us\n", "for more": "onboard.example namespaces=\"git," + Namespace + "\" " + bare, "a fingerprint": now.Fingerprint + "\n"} {
		one, err := ParseKeys(text)
		if err != nil || len(one) != 1 || one[0].Fingerprint != now.Fingerprint || (one[0].Server != "") != (name == "for more") {
			t.Errorf("%s: %+v, %v", name, one, err)
		}
	}
	for name, c := range map[string]struct{ text, says string }{
		"nothing":            {"", "no key for receipts"},
		"a host key":         {"onboard.example ssh-ed25519 " + host[3], "no key for receipts"},
		"for something else": {"onboard.example namespaces=\"git\" " + bare, "no key for receipts"},
		"in the comment":     {"onboard.example " + bare + " namespaces=\"" + Namespace + "\"", "no key for receipts"},
		"else and a comment": {"onboard.example namespaces=\"git\" " + bare + " namespaces=\"" + Namespace + "\"", "no key for receipts"},
		"an authority":       {"onboard.example cert-authority,namespaces=\"" + Namespace + "\" " + bare, "no key for receipts"},
		"half a key":         {bare[:30], "line 1 holds a key that cannot be read"},
		"a time":             {"\nx namespaces=\"" + Namespace + "\",valid-after=\"soon\" " + bare, `line 2: "soon" is no time`},
		"half a print":       {"SHA256:abc", "is no fingerprint"},
		"many":               {strings.Repeat(bare+"\n", MostLines+1), "more than 1000 keys"},
	} {
		if _, err := ParseKeys(c.text); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSSHKeygenVerifies holds that OpenSSH's own ssh-keygen finds a receipt good, with
// what it holds alone, and one that was changed not, nor with a key out of its time.
func TestSSHKeygenVerifies(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("NO OPENSSH: that ssh-keygen verifies a receipt is not tested here; install openssh-client")
	}
	k, s := key("a"), whole().one(t)
	var e envelope
	if err := json.Unmarshal(signed(t, k, s), &e); err != nil {
		t.Fatal(err)
	}
	verify := func(by Key, payload string) (string, error) {
		t.Helper()
		dir := t.TempDir()
		for name, text := range map[string]string{"signers": by.Line() + "\n", "signature": e.Signature} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.CommandContext(t.Context(), tool, "-Y", "verify", "-f", "signers", "-I", "onboard.example", "-n", Namespace, "-s", "signature",
			"-O", "verify-time="+s.Ended.At.Format(keyTime))
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(payload)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	by := k.trusted(t, "onboard.example", noon.Add(-time.Hour), noon.Add(time.Hour))
	if out, err := verify(by, e.Payload); err != nil || !strings.Contains(out, `Good "`+Namespace+`" signature`) {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := verify(by, e.Payload+" "); err == nil {
		t.Errorf("it was changed: %s", out)
	}
	if out, err := verify(k.trusted(t, "onboard.example", noon.Add(time.Hour), time.Time{}), e.Payload); err == nil {
		t.Errorf("the key is of later: %s", out)
	}
	if out, err := verify(key("b").trusted(t, "onboard.example", time.Time{}, time.Time{}), e.Payload); err == nil {
		t.Errorf("it is another's: %s", out)
	}
}

// FuzzRead holds that whatever is read as a receipt is, byte for byte, what its own words
// make, and that whatever is not gives a reason that can be shown.
func FuzzRead(f *testing.F) {
	k := key("a")
	s := whole().one(f)
	good := string(signed(f, k, s))
	f.Add([]byte(good))
	f.Add([]byte(good[:len(good)/2]))
	f.Add([]byte(`{"schema":"onboard/session-receipt/1","payload":"","signature":""}`))
	f.Add([]byte(`{"schema":"onboard/receipt/1"}`))
	f.Add([]byte(forge(f, k, `{"schema":"onboard/session/1","did":{"deeds":[{"at":"2026-11-20T12:00:00+01:00"}]}}`)))
	f.Add([]byte("{\"a\":[{\"\xff\":1}]}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Read(text)
		var why *Fault
		if err != nil {
			if !errors.As(err, &why) || why.What == "" || checks.Line(why.Error(), 400) != why.Error() {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		payload, err := json.Marshal(got.Session)
		if err != nil {
			t.Fatal(err)
		}
		var e envelope
		if err := json.Unmarshal(text, &e); err != nil || e.Payload != string(payload) {
			t.Fatalf("it says %s, and was read as %s", e.Payload, payload)
		}
		again, err := json.Marshal(e)
		if err != nil || !bytes.Equal(again, bytes.TrimSpace(text)) {
			t.Fatalf("%q is not %q", text, again)
		}
	})
}

// FuzzPayload is FuzzRead for what somebody signed.
func FuzzPayload(f *testing.F) {
	payload, err := json.Marshal(whole().one(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(payload))
	f.Add(`{"schema":"onboard/session/1"}`)
	f.Fuzz(func(t *testing.T, payload string) {
		s, err := readSession([]byte(payload))
		var why *Fault
		if err != nil {
			if !errors.As(err, &why) || checks.Line(why.Error(), 400) != why.Error() {
				t.Fatalf("%q: %v", payload, err)
			}
			return
		}
		again, err := json.Marshal(s)
		if err != nil || string(again) != payload {
			t.Fatalf("%q is not %q", payload, again)
		}
	})
}

// FuzzParseKeys holds that every key that is read can be written down and read again.
func FuzzParseKeys(f *testing.F) {
	k := key("a").trusted(f, "onboard.example", noon, noon.Add(time.Hour))
	f.Add(k.Line())
	f.Add("ssh-ed25519 AAAA")
	f.Add(k.Fingerprint)
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := ParseKeys(text)
		if err != nil {
			return
		}
		for _, k := range keys {
			if k.Fingerprint == "" {
				t.Fatalf("%q gives a key without a fingerprint", text)
			}
			if k.Public == nil || k.Server == "" {
				continue
			}
			again, err := ParseKeys(k.Line())
			if err != nil || len(again) != 1 || again[0].Fingerprint != k.Fingerprint || again[0].Server != k.Server || !again[0].From.Equal(k.From) || !again[0].Until.Equal(k.Until) {
				t.Fatalf("%q is read as %+v, %v", k.Line(), again, err)
			}
		}
	})
}
