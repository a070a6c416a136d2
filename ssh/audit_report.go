package ssh

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"onboard.example/checks"
	"onboard.example/ssh/cases"
)

// AuditReport prints the audit while it is read, an entry at a time, and holds its chain
// to what was written. It keeps nothing of what it printed.
type AuditReport struct {
	o     AuditReportOptions
	chain cases.Chain
	bad   error // why the chain is not what was written; nil: so far it is

	begun  bool // the document is
	listed bool // it has an entry
	hidden span // the entries that were left out since the last one that was printed
}

// AuditReportOptions say what is printed of an audit, and where.
type AuditReportOptions struct {
	To io.Writer
	// Schema names the shape of the JSON; empty: it is lines for people.
	Schema string
	// Verify has the verdict printed, and no entries.
	Verify bool
	// Kept is a head that was kept elsewhere, which the audit must still hold; of the
	// zero head that is not asked.
	Kept cases.AuditHead
	// After is a head that was kept elsewhere, with which the reading begins: its entry is
	// the first that is added. It is checked and not printed, as it was read before. Of the
	// zero head it begins with the first of all.
	After cases.AuditHead
	// Command is what people type to have it checked again.
	Command string
	// Onward is what they type, before --after, to go on where a reading was cut.
	Onward string
	// Shows says which entries are printed; nil: all. Of the others there is the hash.
	Shows func(cases.Entry) bool
	// Found is told of the first that is not as it was written, once, as soon as that is
	// known; nil: nobody is.
	Found func(*cases.TamperedError)
}

// span is a row of entries, by their numbers; of none n is 0.
type span struct{ n, first, last uint64 }

// auditLine is an entry in JSON. Its hash is the SHA-256 of the bytes of entry, which is
// JSON and holds the hash of the one before as prev.
type auditLine struct {
	Seq   uint64 `json:"seq"`
	Hash  string `json:"hash"`
	Entry string `json:"entry,omitempty"` // none: it is not shown
}

// auditVerdict is what follows the entries in JSON.
type auditVerdict struct {
	Head  cases.AuditHead `json:"head"`  // the last entry that is what was written
	Whole bool            `json:"whole"` // from the first entry to the head
	// Since is the head that was kept, where everything from it to the head is what was
	// written, and nothing before it was checked.
	Since    *cases.AuditHead `json:"since,omitempty"`
	Tampered string           `json:"tampered,omitempty"` // what is not as it was written
	Cut      string           `json:"cut,omitempty"`      // why it was not read to its end
}

// NewAuditReport makes one that has printed nothing yet.
func NewAuditReport(o AuditReportOptions) *AuditReport {
	return &AuditReport{o: o, chain: cases.Chain{Kept: o.Kept, After: o.After}}
}

// AuditKept reads a head of an audit as people keep it, SEQ:HASH; ok is false of what is
// none, such as no text: who gives that, by a variable that is not set, would be told that
// all is well without the check that they asked for.
func AuditKept(text string) (head cases.AuditHead, ok bool) {
	seq, hash, cut := strings.Cut(strings.TrimSpace(text), ":")
	n, err := strconv.ParseUint(seq, 10, 63)
	if !cut || err != nil || n == 0 || len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return cases.AuditHead{}, false
	}
	return cases.AuditHead{Seq: n, Hash: hash}, true
}

// Add takes the next entry. The error is that of writing.
func (r *AuditReport) Add(l cases.Logged) error {
	if r.bad == nil {
		r.found(r.chain.Add(l))
	}
	if r.o.Verify || r.o.After.Seq != 0 && l.Seq == r.o.After.Seq {
		return nil
	}
	shown := r.o.Shows == nil || r.o.Shows(l.Entry)
	if r.o.Schema != "" {
		return r.line(l, shown)
	}
	if !shown {
		if r.hidden.n == 0 {
			r.hidden.first = l.Seq
		}
		r.hidden.n, r.hidden.last = r.hidden.n+1, l.Seq
		return nil
	}
	if err := r.others(); err != nil {
		return err
	}
	return r.print(auditText(l) + "\n")
}

// found keeps what the chain says of an entry, and tells of it.
func (r *AuditReport) found(bad error) {
	r.bad = bad
	if tampered := (*cases.TamperedError)(nil); errors.As(bad, &tampered) && r.o.Found != nil {
		r.o.Found(tampered)
	}
}

// line prints an entry in JSON.
func (r *AuditReport) line(l cases.Logged, shown bool) error {
	if err := r.begin(); err != nil {
		return err
	}
	one := auditLine{Seq: l.Seq, Hash: l.Hash}
	if shown {
		one.Entry = string(l.Raw)
	}
	data, err := json.Marshal(one)
	if err != nil {
		return err
	}
	comma := ",\n"
	if !r.listed {
		comma, r.listed = "\n", true
	}
	return r.print(comma + visible(string(data)))
}

// begin begins the document.
func (r *AuditReport) begin() error {
	if r.begun {
		return nil
	}
	r.begun = true
	return r.print(fmt.Sprintf(`{"schema":%q,"entries":[`, r.o.Schema))
}

// others says in a line that entries are not shown.
func (r *AuditReport) others() error {
	h := r.hidden
	r.hidden = span{}
	switch h.n {
	case 0:
		return nil
	case 1:
		return r.print(fmt.Sprintf(sayAuditOther, h.first))
	}
	return r.print(fmt.Sprintf(sayAuditOthers, h.first, h.n, h.last))
}

// auditText is an entry for people.
func auditText(l cases.Logged) string {
	words := []string{fmt.Sprintf("%6d", l.Seq), l.At.UTC().Format(time.RFC3339), l.Who}
	for _, w := range []string{l.Role, l.Did, string(l.Case), l.More} {
		if w != "" {
			words = append(words, w)
		}
	}
	return checks.Line(strings.Join(words, "  "), 2000)
}

// Tampered is what is not as it was written, of what was read so far; nil: nothing.
func (r *AuditReport) Tampered() error { return r.bad }

// End prints the verdict, behind the last entry. It fails with a cases.TamperedError
// where the audit is not what was written, which people are told by that alone.
func (r *AuditReport) End() error {
	if r.bad == nil {
		r.found(r.chain.End())
	}
	return errors.Join(r.verdict(""), r.bad)
}

// Cut ends what is printed of an audit that could not be read to its end, and says why:
// in JSON, whose document is whole so. People are told elsewhere.
func (r *AuditReport) Cut(why string) error { return r.verdict(why) }

// Onward says what to type to go on with a reading that was cut: behind the last entry
// that was checked, or, where none was, as it was asked. It is empty where that is from the
// first entry, or something is not as it was written.
func (r *AuditReport) Onward() string {
	checked, say := r.chain.Head(), sayAuditOnward
	head := checked
	if checked.Seq == 0 {
		head, say = r.o.After, sayAuditNotBegun
	}
	if r.bad != nil || head.Seq == 0 {
		return ""
	}
	line := fmt.Sprintf(say, r.o.Onward, head.Seq, head.Hash)
	if r.o.Kept.Seq > checked.Seq {
		line += fmt.Sprintf(" --kept %d:%s", r.o.Kept.Seq, r.o.Kept.Hash)
	}
	return line
}

// AuditAfter reads what --after was given, and holds it against the head of --kept, which
// must not stand before it, for nothing there is read, nor give it another hash: no audit
// has both. no is what is wrong.
func AuditAfter(text string, kept cases.AuditHead) (after cases.AuditHead, no string) {
	after, ok := AuditKept(text)
	switch {
	case !ok:
		return cases.AuditHead{}, fmt.Sprintf(sayAuditAfter, checks.Line(text, 100))
	case kept.Seq != 0 && kept.Seq < after.Seq:
		return cases.AuditHead{}, fmt.Sprintf(sayAuditBefore, kept.Seq, after.Seq)
	case kept.Seq == after.Seq && kept.Hash != after.Hash:
		return cases.AuditHead{}, fmt.Sprintf(sayAuditBoth, after.Seq)
	}
	return after, ""
}

func (r *AuditReport) verdict(cut string) error {
	head := r.chain.Head()
	if r.o.Schema != "" {
		if err := r.begin(); err != nil {
			return err
		}
		v := auditVerdict{Head: head, Whole: r.bad == nil && cut == "", Cut: cut}
		if v.Whole && r.o.After.Seq != 0 {
			v.Whole, v.Since = false, &r.o.After
		}
		if r.bad != nil {
			v.Tampered = r.bad.Error()
		}
		data, err := json.Marshal(v)
		if err != nil {
			return err
		}
		end := "],"
		if r.listed {
			end = "\n],"
		}
		return r.print(end + visible(string(data[1:])) + "\n")
	}
	if err := r.others(); err != nil {
		return err
	}
	switch {
	case r.bad != nil, cut != "":
		return nil
	case r.o.After.Seq != 0:
		return r.print(fmt.Sprintf(sayAuditSince, r.o.After.Seq, head.Seq, head.Hash, r.o.After.Seq, r.o.Command, head.Seq, head.Hash))
	case head.Seq == 0:
		return r.print(sayAuditEmpty + "\n")
	}
	return r.print(fmt.Sprintf(sayAuditWhole, head.Seq, head.Hash, r.o.Command, head.Seq, head.Hash))
}

func (r *AuditReport) print(text string) error {
	_, err := io.WriteString(r.o.To, text)
	return err
}

// visible writes what of a JSON document cannot be seen as its escapes: it says the same,
// and no terminal acts on it.
func visible(text string) string {
	if !strings.ContainsFunc(text, unseen) {
		return text
	}
	var b strings.Builder
	for _, c := range text {
		switch {
		case !unseen(c):
			b.WriteRune(c)
		case c > 0xFFFF: // a pair, RFC 8259 §7
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+(c-0x10000)>>10, 0xDC00+(c-0x10000)&0x3FF)
		default:
			fmt.Fprintf(&b, `\u%04x`, c)
		}
	}
	return b.String()
}

func unseen(c rune) bool { return !unicode.IsPrint(c) }
