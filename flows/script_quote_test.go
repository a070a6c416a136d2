package flows

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// What a quoted text may look like in each language: nothing in it can end it
// but its own end. PowerShell ends a string at a typographic quote too, and HCL
// begins a template at ${ and %{, so neither may be in one.
var (
	bashWord = regexp.MustCompile(`^(?s)'[^']*'(\\''[^']*')*$`)
	psWord   = regexp.MustCompile(`^\(?'(?:[\x20-\x26\x28-\x7e]|'')*'(?: \+ (?:'(?:[\x20-\x26\x28-\x7e]|'')*'|\[char\]0x[0-9a-f]{4}))*\)?$`)
	hclWord  = regexp.MustCompile(`^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*"$`)
	psPart   = regexp.MustCompile(`'((?:[\x20-\x26\x28-\x7e]|'')*)'|\[char\]0x([0-9a-f]{4})`)
)

// FuzzQuotes holds that a text comes out of its quotes as it went in, and that
// no remark leaves its line.
func FuzzQuotes(f *testing.F) {
	for _, s := range []string{
		"", "'", "''", `\`, `"`, "$(id)", "`id`", "${x}", "%{x}", "$${x}", "$", "${", "\n", "\r", "\x00", "\u2028", "\u0085", "\u202e", "‘x’", "é🙂", "\xff",
		"a'b\"c`d$e\nf", "') ; id #", `'\''`, "EOT", "' + [char]0x27 + '", NewAppRef, NewObjectRef,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, line := range []string{remark(s), remarkASCII(s)} {
			if strings.ContainsAny(line, "\n\r\v\f\x00\x1b\u0085\u2028\u2029\u202e") {
				t.Errorf("a remark of several lines: %q of %q", line, s)
			}
		}
		if strings.IndexFunc(remarkASCII(s), func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
			t.Errorf("not ASCII: %q", remarkASCII(s))
		}
		plain := strings.ReplaceAll(s, "\x00", "")
		if q := bashQuote(s); !bashWord.MatchString(q) || strings.ReplaceAll(q[1:len(q)-1], `'\''`, "'") != plain {
			t.Errorf("bash: %q of %q", q, s)
		}
		if !utf8.ValidString(s) {
			return // JSON and names of the directory are text
		}
		if q := psQuote(s); !psWord.MatchString(q) || psRead(q) != s {
			t.Errorf("PowerShell: %q of %q, read as %q", q, s, psRead(q))
		}
		q := hclQuote(s)
		if !hclWord.MatchString(q) || strings.Contains(q, "${") || strings.Contains(q, "%{") || hclRead(t, q) != s {
			t.Errorf("HCL: %q of %q", q, s)
		}
	})
}

func psRead(q string) string {
	var units []uint16
	for _, m := range psPart.FindAllStringSubmatch(q, -1) {
		if m[2] != "" {
			u, _ := strconv.ParseUint(m[2], 16, 16)
			units = append(units, uint16(u))
			continue
		}
		units = append(units, utf16.Encode([]rune(strings.ReplaceAll(m[1], "''", "'")))...)
	}
	return string(utf16.Decode(units))
}

// hclRead reads a string of HCL, whose escapes of characters are Go's.
func hclRead(t *testing.T, q string) string {
	t.Helper()
	s, err := strconv.Unquote(q)
	if err != nil {
		t.Errorf("%s: %v", q, err)
	}
	return s
}

// The same JSON in ASCII says the same.
func TestASCIIJSONSaysTheSame(t *testing.T) {
	t.Parallel()
	in := policySent{ID: "x", Name: "é漢🙂\u202e\u007f", Description: "‘a’ \u2028"}
	out := asciiJSON(body(in))
	if strings.IndexFunc(out, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 || sent[policySent](out) != in {
		t.Errorf("%s", out)
	}
}

// A placeholder becomes what the language calls it, wherever it stands.
func TestWithIDs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]string{
		"":                             {`''`, `''`, `""`},
		NewAppRef:                      {`"$APP"`, `$App`, hclApp},
		"/a/" + NewAppRef + "/b":       {`'/a/'"$APP"'/b'`, `('/a/' + $App + '/b')`, `"/a/${` + hclApp + `}/b"`},
		NewAppRef + "/" + NewObjectRef: {`"$APP"'/'"$1"`, `($App + '/' + $Id)`, ""},
		"it's " + NewObjectRef:         {`'it'\''s '"$1"`, `('it''s ' + $Id)`, ""},
	} {
		if got := bashText(text); got != want[0] {
			t.Errorf("bash: %s, want %s", got, want[0])
		}
		if got := psText(text); got != want[1] {
			t.Errorf("PowerShell: %s, want %s", got, want[1])
		}
		if got := hclText(text); want[2] != "" && got != want[2] {
			t.Errorf("HCL: %s, want %s", got, want[2])
		}
	}
}
