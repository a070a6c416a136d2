package ssh

import (
	"fmt"
	"strings"
	"testing"

	"onboard.example/ssh/cases"
)

// TestAuditAfterAHead holds that an auditor goes on from a head that they kept: of others
// they see no more than before, the verdict says from where on it is, and what was kept
// and is not there is said as tampering.
func TestAuditAfterAHead(t *testing.T) {
	t.Parallel()
	s, ours, _ := twoOffices(t, nil)
	mixed(t, s.o.Cases)
	aud := ours.auditor("Aud Itor")
	all, _, err := s.o.Cases.Entries(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	head := func(seq int) string { return fmt.Sprintf("%d:%s", seq, all[seq-1].Hash) }
	out := s.fetches(t, userConsole, "audit --after "+head(4), aud)
	if strings.Contains(out, "     4  ") || !strings.HasPrefix(out, "     5  not shown: 3 entries of others, up to 7\n") || !strings.Contains(out, "checked from entry 4, ") || !strings.Contains(out, "Nothing before entry 4 was checked") || strings.Contains(out, "is whole") || strings.Contains(strings.ToLower(out), "canary") {
		t.Errorf("it is\n%s", out)
	}
	r := readAudit(t, s.fetches(t, userConsole, "audit --json --after="+head(4), aud))
	if *r.Whole || r.Since == nil || *r.Since != (cases.AuditHead{Seq: 4, Hash: all[3].Hash}) || r.Entries[0].Seq != 5 || r.Entries[0].Entry != "" || r.Tampered != "" {
		t.Errorf("%+v", r)
	}
	// What it printed can be pasted, and held against a head that is not before it.
	_, onward, _ := strings.Cut(s.fetches(t, userConsole, "audit --verify --after "+head(5)+" --kept "+head(6), aud), "ssh console@onboard.example ")
	if again := s.fetches(t, userConsole, strings.TrimSpace(onward), aud); !strings.Contains(again, "and is what was written") {
		t.Errorf("%q: %q", onward, again)
	}
	hash := all[3].Hash
	for line, c := range map[string]struct {
		says string
		code int
	}{
		"audit --after 5:" + hash:                               {"entry 5 is another than the one whose hash was kept. Tell whoever runs", codeFailed},
		"audit --verify --after 9000000000000000000:" + hash:    {"entry 9000000000000000000 is missing", codeFailed},
		"audit --after 0:" + hash:                               {"is no head of an audit", codeUsage},
		"audit --after=-4:" + hash:                              {"is no head of an audit", codeUsage},
		"audit --after 99999999999999999999:" + hash:            {"is no head of an audit", codeUsage},
		"audit --after 4:" + strings.ToUpper(hash):              {"is no head of an audit", codeUsage},
		"audit --after 4:" + hash[1:]:                           {"is no head of an audit", codeUsage},
		"audit --after 4":                                       {"is no head of an audit", codeUsage},
		"audit --after=":                                        {"needs a value", codeUsage},
		"audit --after " + head(4) + " --after " + head(4):      {"given twice", codeUsage},
		"audit --after " + head(4) + " --kept " + head(3):       {"before entry 4 of --after", codeUsage},
		"audit --after " + head(4) + " --kept 5:" + all[5].Hash: {"entry 5 is another", codeFailed},
	} {
		if out, errs, code := s.asksAs(t, userConsole, line, aud); code != c.code || !strings.Contains(errs, c.says) || strings.Contains(out, "was written") {
			t.Errorf("%s: %d, %q, %q", line, code, out, errs)
		}
	}
	if out, errs, code := s.asksAs(t, userConsole, "audit --kept x --after y --help", aud); code != codeDone || !strings.Contains(out, "--after SEQ:HASH") {
		t.Errorf("help: %d, %q, %q", code, out, errs)
	}
}

// TestACutAuditIsGoneOnWith holds what a cut reading says to type: the last head that was
// checked, what is still to be held against it, and nothing of what is tampered.
func TestACutAuditIsGoneOnWith(t *testing.T) {
	t.Parallel()
	all := chained(t, cases.Entry{Who: "A", Did: "a"}, cases.Entry{Who: "B", Did: "b"}, cases.Entry{Who: "C", Did: "c"})
	head := func(seq int) cases.AuditHead { return cases.AuditHead{Seq: uint64(seq), Hash: all[seq-1].Hash} }
	bad := all[2]
	bad.Hash = all[0].Hash
	for name, c := range map[string]struct {
		es          []cases.Logged
		after, kept cases.AuditHead
		want        string
	}{
		"nothing read": {nil, cases.AuditHead{}, cases.AuditHead{}, ""},
		"two":          {all[:2], cases.AuditHead{}, head(1), fmt.Sprintf(sayAuditOnward, "more", 2, all[1].Hash)},
		"kept later":   {all[:2], cases.AuditHead{}, head(3), fmt.Sprintf(sayAuditOnward, "more", 2, all[1].Hash) + " --kept 3:" + all[2].Hash},
		"not begun":    {nil, head(2), cases.AuditHead{}, fmt.Sprintf(sayAuditNotBegun, "more", 2, all[1].Hash)},
		"nor held":     {nil, head(2), head(2), fmt.Sprintf(sayAuditNotBegun, "more", 2, all[1].Hash) + " --kept 2:" + all[1].Hash},
		"gone on":      {all[1:], head(2), cases.AuditHead{}, fmt.Sprintf(sayAuditOnward, "more", 3, all[2].Hash)},
		"tampered":     {[]cases.Logged{all[0], all[1], bad}, cases.AuditHead{}, cases.AuditHead{}, ""},
	} {
		got := ""
		if _, err := report(t, AuditReportOptions{Verify: true, Onward: "more", After: c.after, Kept: c.kept}, c.es, func(r *AuditReport) error {
			got = r.Onward()
			return r.Cut("why")
		}); err != nil || got != c.want {
			t.Errorf("%s: %v, %q, want %q", name, err, got, c.want)
		}
	}
}
