package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"onboard.example/ssh/receipt"
)

// receiptKeys holds the operator's way to the keys that sign receipts, at a server that
// runs: there is one from the first start on, which fingerprint@ prints; a new one is in
// use in a moment, and the next one not before that.
func (v *served) receiptKeys(t *testing.T) {
	t.Helper()
	do := func(args ...string) answer {
		t.Helper()
		return ask(t, nil, append(append([]string{"admin", "receipt-keys"}, args...), "--config", v.config)...)
	}
	printed := func() []receipt.Key {
		t.Helper()
		out, code := v.runs("fingerprint", "", "")
		keys, err := receipt.ParseKeys(out)
		if code != codeOpen || err != nil {
			t.Fatalf("%d, %v: %s", code, err, out)
		}
		return keys
	}
	first, was := do(), printed()
	if first.code != codeOpen || strings.Count(first.out, "\n") != 1 || len(was) != 1 || strings.TrimSpace(first.out) != was[0].Line() {
		t.Errorf("listed is %+v, printed %+v", first, was)
	}
	if a := do("--new"); a.code != codeOpen || !strings.Contains(a.out, "A new key is in use from ") || !strings.Contains(a.out, "valid-before=") {
		t.Errorf("%+v", a)
	}
	if a := do("--new"); a.code != codeFailed || !strings.Contains(a.err, "has just come, or is to come, into use") {
		t.Errorf("at once: %+v", a)
	}
	var list struct {
		Schema string
		Keys   []receiptKeyLine
	}
	a := do("--json")
	if err := json.Unmarshal([]byte(a.out), &list); err != nil || list.Schema != adminReceiptKeysSchema || len(list.Keys) != 2 {
		t.Fatalf("%v: %+v", err, a)
	}
	now := printed()
	if k := list.Keys; len(now) != 2 || k[0].Fingerprint != was[0].Fingerprint || k[1].Fingerprint != now[1].Fingerprint || k[0].From != nil || k[1].Until != nil ||
		k[1].From == nil || !k[1].From.Equal(now[1].From) || time.Until(*k[1].From) > time.Minute || k[0].Until == nil || !k[0].Until.Equal(*k[1].From) || k[0].Line != now[0].Line() {
		t.Errorf("listed are %+v, printed %+v", list.Keys, now)
	}
	for what, args := range map[string][]string{
		"no time":       {"--disown", now[0].Fingerprint, "--since", "yesterday"},
		"a time alone":  {"--since", "2026-11-22T07:30:00Z"},
		"a new one too": {"--disown", now[0].Fingerprint, "--new"},
	} {
		if a := do(args...); a.code != codeUsage || a.out != "" {
			t.Errorf("%s: %+v", what, a)
		}
	}
	if a := do("--disown", now[0].Fingerprint, "--since", time.Now().Add(time.Hour).UTC().Format(time.RFC3339)); a.code != codeFailed || !strings.Contains(a.err, "name none after now") {
		t.Errorf("as of a time to come: %+v", a)
	}
	if a := do("--disown", "SHA256:another"); a.code != codeFailed || !strings.Contains(a.err, "no such key") {
		t.Errorf("%+v", a)
	}
	if a := do("--disown", now[0].Fingerprint); a.code != codeOpen || !strings.Contains(a.out, "The key "+now[0].Fingerprint+" is disowned.") || !strings.Contains(a.out, "# disowned: ") {
		t.Errorf("%+v", a)
	}
	if a := do("--disown", now[0].Fingerprint); a.code != codeFailed || !strings.Contains(a.err, "disowned already") {
		t.Errorf("again: %+v", a)
	}
	if keys, err := receipt.ParseKeys(do().out); err != nil || len(keys) != 2 || !keys[0].Disowned || keys[0].Fingerprint != now[0].Fingerprint || keys[1].Disowned || !keys[1].From.IsZero() {
		t.Errorf("listed are %+v, %v", keys, err)
	}
	if a := ask(t, nil, "admin", "audit", "--config", v.config); strings.Count(a.out, "receipt-key-disowned  "+now[0].Fingerprint+"\n") != 2 || strings.Count(a.out, "not-done  receipt-key-disowned\n") != 2 {
		t.Errorf("%+v", a)
	}
	if a := ask(t, nil, "admin", "audit", "--config", v.config); strings.Count(a.out, "operator  operator  receipt-key\n") != 2 || strings.Count(a.out, "operator  operator  not-done  receipt-key\n") != 1 {
		t.Errorf("%+v", a)
	}
}
