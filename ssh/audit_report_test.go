package ssh

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"onboard.example/ssh/cases"
)

// auditRead is an audit as it is printed in JSON.
type auditRead struct {
	Schema  string
	Entries []auditLine
	Head    cases.AuditHead
	Whole   *bool // nil: it says nothing of it
	Since   *cases.AuditHead
	auditRest
}

// auditRest is what of that stands there only where there is something to say.
type auditRest struct{ Tampered, Cut string }

// readAudit reads that, strictly.
func readAudit(t *testing.T, text string) (r auditRead) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil || d.Decode(new(any)) != io.EOF || r.Whole == nil || r.Entries == nil { //nolint:errorlint // the end itself
		t.Fatalf("%v: no document:\n%s", err, text)
	}
	return r
}

// chained makes a chain of entries.
func chained(t *testing.T, es ...cases.Entry) (out []cases.Logged) {
	t.Helper()
	var c cases.Chain
	for i, e := range es {
		e.Seq, e.Prev = uint64(i+1), c.Head().Hash
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		out = append(out, cases.Logged{Entry: e, Raw: raw, Hash: hex.EncodeToString(sum[:])})
		if err := c.Add(out[i]); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// report prints entries.
func report(t *testing.T, o AuditReportOptions, es []cases.Logged, end func(r *AuditReport) error) (string, error) {
	t.Helper()
	var b bytes.Buffer
	o.To = &b
	r := NewAuditReport(o)
	for _, l := range es {
		if err := r.Add(l); err != nil {
			t.Fatal(err)
		}
	}
	err := end(r)
	return b.String(), err
}

// TestAuditReport holds that what is printed of an audit is one document however it ends,
// that entries which are not shown leave their number and hash alone, and that the
// verdict is of all of them.
func TestAuditReport(t *testing.T) {
	t.Parallel()
	var es []cases.Entry
	for i := range 7 {
		es = append(es, cases.Entry{Who: fmt.Sprintf("W%d", i+1), Did: "watched"})
	}
	all := chained(t, es...)
	shows := func(e cases.Entry) bool { return e.Seq == 2 || e.Seq == 6 }
	text, err := report(t, AuditReportOptions{Command: "check it", Shows: shows}, all, (*AuditReport).End)
	head := all[6].Hash
	want := "     1  not shown: it is of others\n     2  0001-01-01T00:00:00Z  W2  watched\n     3  not shown: 3 entries of others, up to 5\n" +
		"     6  0001-01-01T00:00:00Z  W6  watched\n     7  not shown: it is of others\n" + fmt.Sprintf(sayAuditWhole, 7, head, "check it", 7, head)
	if err != nil || text != want {
		t.Errorf("%v:\n%s\nwant\n%s", err, text, want)
	}
	text, err = report(t, AuditReportOptions{Schema: "x/1", Shows: shows}, all, (*AuditReport).End)
	doc := readAudit(t, text)
	if err != nil || len(doc.Entries) != 7 || !*doc.Whole || doc.Head.Hash != head || doc.Schema != "x/1" {
		t.Errorf("%v: %s", err, text)
	}
	for i, l := range doc.Entries {
		if want := shows(all[i].Entry); (l.Entry == string(all[i].Raw)) != want || (l.Entry == "") == want || l.Hash != all[i].Hash || l.Seq != all[i].Seq {
			t.Errorf("entry %d is %+v", i+1, l)
		}
	}
	for name, c := range map[string]struct {
		es    []cases.Logged
		kept  cases.AuditHead
		whole bool
		says  string // of what was done to it
	}{
		"none":     {nil, cases.AuditHead{}, true, ""},
		"missing":  {append(append([]cases.Logged{}, all[:3]...), all[4:]...), cases.AuditHead{}, false, "entry 4 is missing"},
		"cut off":  {all[:5], cases.AuditHead{Seq: 6, Hash: all[5].Hash}, false, "entry 6 is missing"},
		"another":  {all, cases.AuditHead{Seq: 6, Hash: head}, false, "entry 6 is another"},
		"kept":     {all, cases.AuditHead{Seq: 6, Hash: all[5].Hash}, true, ""},
		"its hash": {append(append([]cases.Logged{}, all[:2]...), cases.Logged{Entry: all[2].Entry, Raw: all[2].Raw, Hash: head}), cases.AuditHead{}, false, "entry 3 was changed"},
	} {
		for _, verify := range []bool{false, true} {
			text, err := report(t, AuditReportOptions{Schema: "x/1", Kept: c.kept, Verify: verify}, c.es, (*AuditReport).End)
			doc, tampered := readAudit(t, text), (*cases.TamperedError)(nil)
			if *doc.Whole != c.whole || c.whole == errors.As(err, &tampered) || !strings.Contains(doc.Tampered, c.says) || c.whole && doc.Tampered != "" || verify && len(doc.Entries) != 0 || !verify && len(doc.Entries) != len(c.es) {
				t.Errorf("%s: %v: %s", name, err, text)
			}
			text, err = report(t, AuditReportOptions{Kept: c.kept, Verify: verify}, c.es, (*AuditReport).End)
			if said := strings.Contains(text, "The audit is"); said != c.whole || c.whole == errors.As(err, &tampered) || !verify && strings.Count(text, "watched") != len(c.es) {
				t.Errorf("%s: %v: %s", name, err, text)
			}
		}
	}
	for n := range 3 { // nothing of it, or some
		text, err = report(t, AuditReportOptions{Schema: "x/1"}, all[:n], func(r *AuditReport) error { return r.Cut("gone") })
		if doc := readAudit(t, text); err != nil || *doc.Whole || doc.Cut != "gone" || len(doc.Entries) != n || doc.Head.Seq != uint64(n) || doc.Tampered != "" {
			t.Errorf("%v: %s", err, text)
		}
	}
	if text, err = report(t, AuditReportOptions{}, all[:2], func(r *AuditReport) error { return r.Cut("gone") }); err != nil || strings.Count(text, "\n") != 2 {
		t.Errorf("a verdict on what was not read: %v: %s", err, text)
	}
}

// TestAuditReportIsClean holds that nothing of an entry moves the cursor of whoever reads
// it, however it came there, and that in JSON it is the same entry all the same.
func TestAuditReportIsClean(t *testing.T) {
	t.Parallel()
	one := cases.Logged{Entry: cases.Entry{Seq: 1, Who: "Ada\x1b[2J\u009b2J\u202e", Did: "x\r\nForged", Case: "\x07", More: "\u200b\U000e0041"}}
	raw := "{\"who\":\"Ada\u009b2J\u202e\U000e0041 ü\x1b\"}"
	one.Raw = []byte(raw)
	text, _ := report(t, AuditReportOptions{}, []cases.Logged{one}, func(*AuditReport) error { return nil })
	if strings.ContainsAny(text, "\x1b\r\x07\u009b\u202e\u200b\U000e0041") || strings.Count(text, "\n") != 1 || !strings.Contains(text, "Ada") {
		t.Errorf("%q", text)
	}
	text, _ = report(t, AuditReportOptions{Schema: "x/1"}, []cases.Logged{one}, (*AuditReport).End)
	if strings.ContainsAny(text, "\x1b\r\x07\u009b\u202e\u200b\U000e0041") || readAudit(t, text).Entries[0].Entry != raw {
		t.Errorf("%q", text)
	}
}

// TestAuditKept holds which texts are the head of an audit.
func TestAuditKept(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("0a", 32)
	if head, ok := AuditKept(" 9223372036854775807:" + hash + "\n"); !ok || head.Seq != 1<<63-1 || head.Hash != hash {
		t.Errorf("%+v", head)
	}
	for _, bad := range []string{"", "x", "1", ":", "0:" + hash, "-1:" + hash, "+1:" + hash, "9223372036854775808:" + hash, "1:" + hash[1:], "1:" + hash + "0", "1:" + strings.ToUpper(hash), "1:" + strings.Repeat("é", 32), strings.Repeat("9", 1<<20) + ":" + hash} {
		if head, ok := AuditKept(bad); ok || head != (cases.AuditHead{}) {
			t.Errorf("%.80q is %+v", bad, head)
		}
	}
}
