package checks

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DNSRule is the grammar of a vendor's policy record, as its profile has it: a
// TXT record at Label under the domain that begins with v=Version and carries
// every Required tag with its value. The zero value asks for nothing.
type DNSRule struct {
	Label    string            // host label under the domain, such as _calendar
	Version  string            // value of the tag v
	Required map[string]string // tag to the value wanted
}

// DNSState is what a set of TXT records amounts to. Ids are printed.
type DNSState string

// The states of a policy record. DNSError means that it cannot be told now: it
// is never read as absent or as ok.
const (
	DNSOk        DNSState = "ok"
	DNSAbsent    DNSState = "absent"
	DNSInvalid   DNSState = "invalid"
	DNSAmbiguous DNSState = "ambiguous" // more than one policy record
	DNSDisagree  DNSState = "disagree"  // between servers
	DNSError     DNSState = "error"
)

// DNSTag is one tag of a record, and where it begins: characters of the joined
// strings, from 1.
type DNSTag struct {
	Name        string `json:"name"`
	Value       string `json:"value"`
	Column      int    `json:"column"`
	ValueColumn int    `json:"valueColumn"`
}

// DNSProblem is what is wrong with a record, and at which character of its
// joined strings, from 1; one more than its length where something is missing
// at the end. Say is for a person and already fit to be shown.
type DNSProblem struct {
	Column int    `json:"column"`
	Say    string `json:"say"`
}

// DNSRecord is what was made of the TXT records at one name.
type DNSRecord struct {
	State   DNSState    `json:"state"`
	Text    string      `json:"text"` // the record that decided, strings joined, as it was sent: clean it
	Strings int         `json:"strings"`
	Tags    []DNSTag    `json:"tags,omitempty"`
	Problem *DNSProblem `json:"problem,omitempty"`
	Notes   []string    `json:"notes,omitempty"` // fit to be shown
	Ignored int         `json:"ignored"`         // other TXT records at the name
}

// Line is the text to publish, tags in the order of their names after v.
func (r DNSRule) Line() string {
	var out strings.Builder
	out.WriteString("v=" + r.Version)
	for _, tag := range slices.Sorted(maps.Keys(r.Required)) {
		out.WriteString("; " + tag + "=" + r.Required[tag])
	}
	return out.String()
}

// Parse reads the TXT records at the label, each a list of strings. As DMARC
// and SPF have it (RFC 7489 §6.3, §6.6.3, RFC 6376 §3.2, RFC 7208 §3.3, §4.5,
// §4.6): strings are joined without spaces; what does not begin with v=Version,
// in just that case, is no policy record; two that do are one too many; tag
// names and values are read without regard to case; unknown tags are passed
// over; a tag given twice, or anything else that is no tag list, spoils the
// record. A record that is none, yet mentions the version's word or a required
// tag, was meant to be one: alone, it is invalid and not absent.
func (r DNSRule) Parse(texts [][]string) DNSRecord {
	var policies, attempts []DNSRecord
	out := DNSRecord{State: DNSAbsent}
	for _, t := range texts {
		one := r.parseOne(strings.Join(t, ""))
		one.Strings = len(t)
		switch {
		case one.State != DNSAbsent:
			policies = append(policies, one)
		case one.Problem != nil:
			attempts = append(attempts, one)
		default:
			out.Ignored++
		}
	}
	// The order in which a server sends records means nothing.
	for _, set := range [][]DNSRecord{policies, attempts} {
		slices.SortFunc(set, func(a, b DNSRecord) int { return strings.Compare(a.Text, b.Text) })
	}
	ignored := out.Ignored
	switch {
	case len(policies) > 1:
		out = policies[0]
		out.State = DNSAmbiguous
		out.Problem = &DNSProblem{Column: 1, Say: fmt.Sprintf(sayDNSSeveral, len(policies))}
		out.Notes = append(out.Notes, fmt.Sprintf(sayDNSKeepOne, Line(r.Line(), dnsShown)))
	case len(policies) == 1:
		out = policies[0]
		if len(attempts) > 0 {
			out.Notes = append(out.Notes, fmt.Sprintf(sayDNSBeside, Line(attempts[0].Text, dnsShown)))
		}
	case len(attempts) > 0:
		out = attempts[0]
		out.State = DNSInvalid
	}
	if out.Strings > 1 {
		out.Notes = append(out.Notes, fmt.Sprintf(sayDNSSplit, out.Strings))
	}
	out.Ignored = ignored
	return out
}

// dnsShown bounds what is quoted of a record, in characters.
const dnsShown = 80

// parseOne reads one record. State absent means that it is no policy record; it
// then has a problem if it was meant to be one.
func (r DNSRule) parseOne(text string) DNSRecord {
	out := DNSRecord{State: DNSAbsent, Text: text}
	tags, problem := dnsTags(text)
	if len(tags) > 0 && strings.EqualFold(tags[0].Name, "v") && tags[0].Column == 1 && tags[0].Value == r.Version {
		out.State, out.Tags = DNSOk, tags
		if problem == nil {
			problem, out.Notes = r.judge(text, tags)
		}
		if problem != nil {
			out.State, out.Problem, out.Notes = DNSInvalid, problem, nil
		}
		return out
	}
	if r.meant(text, tags) {
		out.Problem = r.opening(text, tags, problem)
		out.Tags = tags
	}
	return out
}

// judge checks the tags of a record that begins as it should.
func (r DNSRule) judge(text string, tags []DNSTag) (*DNSProblem, []string) {
	var notes []string
	seen := map[string]DNSTag{}
	for _, t := range tags {
		name := strings.ToLower(t.Name)
		if _, twice := seen[name]; twice {
			return &DNSProblem{t.Column, fmt.Sprintf(sayDNSTwice, Line(t.Name, dnsShown))}, nil
		}
		seen[name] = t
	}
	known := map[string]bool{"v": true}
	for _, tag := range slices.Sorted(maps.Keys(r.Required)) {
		want, name := r.Required[tag], strings.ToLower(tag)
		known[name] = true
		t, ok := seen[name]
		switch {
		case !ok:
			return &DNSProblem{utf8.RuneCountInString(text) + 1, fmt.Sprintf(sayDNSLacks, tag, want)}, nil
		case !strings.EqualFold(t.Value, want):
			return &DNSProblem{t.ValueColumn, fmt.Sprintf(sayDNSValue, tag, Line(t.Value, dnsShown), want)}, nil
		case t.Value != want || t.Name != tag:
			notes = append(notes, fmt.Sprintf(sayDNSCase, Line(t.Name+"="+t.Value, dnsShown), tag+"="+want))
		}
	}
	for _, t := range tags {
		if !known[strings.ToLower(t.Name)] {
			notes = append(notes, fmt.Sprintf(sayDNSUnknown, Line(t.Name, dnsShown)))
		}
	}
	return nil, notes
}

// meant reports whether a record that is none was meant to be one.
func (r DNSRule) meant(text string, tags []DNSTag) bool {
	if r.Version != "" && mentions(text, r.Version) {
		return true
	}
	stem := strings.ToLower(strings.TrimRight(r.Version, "0123456789"))
	if len(tags) > 0 && len(stem) > 1 && strings.EqualFold(tags[0].Name, "v") {
		if rest, ok := strings.CutPrefix(strings.ToLower(tags[0].Value), stem); ok && strings.Trim(rest, "0123456789") == "" {
			return true // another version
		}
	}
	for tag := range r.Required {
		if mentions(text, tag) {
			return true
		}
	}
	return false
}

// foreign reports whether a record that is taken for an attempt opens as another's
// does: with a version that is not the rule's, or with a word that is neither v, nor
// the version, nor a tag of the rule. Nobody is told to overwrite such a one.
func (r DNSRule) foreign(rec DNSRecord) bool {
	stem := strings.ToLower(strings.TrimRight(r.Version, "0123456789"))
	if len(rec.Tags) > 0 && strings.EqualFold(rec.Tags[0].Name, "v") {
		return !strings.HasPrefix(strings.ToLower(rec.Tags[0].Value), stem)
	}
	if r.around(rec.Text) {
		return false
	}
	for word := range wordsIn(rec.Text) {
		ours := strings.EqualFold(word, "v") || strings.EqualFold(word, r.Version)
		for tag := range r.Required {
			ours = ours || strings.EqualFold(word, tag)
		}
		return !ours // the first decides
	}
	return false
}

// around reports whether a text is the record with nothing before it but what a line of
// a zone file has: a name, a TTL, a class, the type, a quote.
func (r DNSRule) around(text string) bool {
	before, after, ok := strings.Cut(strings.ToLower(text), "v="+strings.ToLower(r.Version))
	if next, _ := utf8.DecodeRuneInString(after); !ok || unicode.IsLetter(next) || unicode.IsDigit(next) {
		return false
	}
	line := strings.FieldsFunc(before, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("\"'(", c) })
	if len(line) == 0 {
		return true
	}
	if name := strings.ToLower(r.Label); len(line) == 1 && (line[0] == name || strings.HasPrefix(line[0], name+".")) {
		return true
	}
	return len(line) <= 4 && line[len(line)-1] == "txt" && !strings.ContainsRune(line[0], '=')
}

// wordsIn are the words of a record; a hyphen or a low line is part of one.
func wordsIn(text string) iter.Seq[string] {
	inWord := func(c rune) bool { return c == '_' || c == '-' || unicode.IsLetter(c) || unicode.IsDigit(c) }
	return strings.FieldsFuncSeq(text, func(c rune) bool { return !inWord(c) })
}

// mentions reports whether word stands in text by itself, in whatever case.
func mentions(text, word string) bool {
	for one := range wordsIn(text) {
		if strings.EqualFold(one, word) {
			return true
		}
	}
	return false
}

// opening says why a record that was meant to be one is none: its beginning.
func (r DNSRule) opening(text string, tags []DNSTag, problem *DNSProblem) *DNSProblem {
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case first == ' ' || first == '\t':
		return &DNSProblem{1, sayDNSBlank}
	case text != "" && !unicode.IsPrint(first):
		return &DNSProblem{1, fmt.Sprintf(sayDNSOpens, visible(string(first)))}
	case strings.ContainsRune("\"'“”„«»‘’", first):
		return &DNSProblem{1, sayDNSQuotes}
	case len(tags) > 0 && strings.EqualFold(tags[0].Name, "v"):
		t := tags[0]
		if rest, ok := strings.CutPrefix(t.Value, r.Version); ok && strings.TrimLeft(rest, " \t,:") != rest {
			return &DNSProblem{t.ValueColumn + utf8.RuneCountInString(r.Version), fmt.Sprintf(sayDNSSeparator, r.Version)}
		}
		return &DNSProblem{t.ValueColumn, fmt.Sprintf(sayDNSVersion, Line(t.Value, dnsShown), r.Version)}
	case problem != nil && len(tags) == 0 && problem.Column > 1 && strings.EqualFold(text[:1], "v"):
		return problem
	}
	return &DNSProblem{1, fmt.Sprintf(sayDNSBegin, r.Version)}
}
