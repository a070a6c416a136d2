package checks_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"onboard.example/checks"
)

func TestLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Calendars.ReadWrite", "Calendars.ReadWrite"},
		{"clipboard", "\x1b]52;c;ZXZpbA==\x07x", "x"},
		{"title in eight bits", "\u009d0;t\u009cx", "x"},
		{"raw byte", "\x9b2Jx", "\uFFFD2Jx"},
		{"csi in eight bits", "a\u009b2Jx", "ax"},
		{"link", "\x1b]8;;http://e\x1b\\L\x1b]8;;\x1b\\", "L"},
		{"conceal", "\x1b[8mhid\x1b[m", "hid"},
		{"sixel", "\x1bPq#0\x1b\\x", "x"},
		{"sos pm apc", "\x1bXa\x1b\\1\x1b^b\x1b\\2\x1b_c\x1b\\3", "123"},
		{"reset", "a\x1bcb", "ab"},
		{"charset", "a\x1b(0b", "ab"},
		{"cancelled", "a\x1b]0;evil\x18b", "ab"},
		{"string broken by another", "a\x1b]0;evil\x1b[31mb", "ab"},
		{"unfinished string", "a\x1b]0;swallow", "a"},
		{"unfinished string ends with its line", "a\x1b]0;x\nb", "a b"},
		{"unfinished csi", "a\x1b[31", "a"},
		{"lone escape", "a\x1b", "a"},
		{"escape before letters beyond ascii", "a\x1bé", "aé"},
		{"controls", "a\x00\x7f\ab\b\u0085", "ab"},
		{"carriage return", "good\rEVIL", "good EVIL"},
		{"line breaks", "1\r\n2\r3\n4\t5", "1 2 3 4 5"},
		{"bidi", "a\u202egpj.exe", "a\uFFFDgpj.exe"},
		{"isolate", "a\u2067b", "a\uFFFDb"},
		{"zero width", "a\u200bb\u200cc\u2060d\ufeffe", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe"},
		{"joiner between letters", "a\u200db", "a\uFFFDb"},
		{"tags", "a\U000E0041b", "a\uFFFDb"},
		{"soft hyphen", "a\u00adb", "a\uFFFDb"},
		{"separators", "a\u2028b\u2029c", "a\uFFFDb\uFFFDc"},
		{"fillers", "\u115f\u1160\u3164\uffa0", "\uFFFD\uFFFD\uFFFD\uFFFD"},
		{"private", "a\ue000b", "a\uFFFDb"},
		{"marks", "a" + strings.Repeat("\u0301", 200), "a\u0301\u0301\u0301"},
		{"marks around a control", "a\u0301\u0301\u0007\u0301\u0301b", "a\u0301\u0301\u0301b"},
		{"selector on a letter", "a\ufe0fb", "a\uFFFDb"},
		{"family", "👩‍👩‍👧", "👩‍👩‍👧"},
		{"heart on fire", "❤️‍🔥", "❤️‍🔥"},
		{"keycap", "1️⃣", "1️⃣"},
		{"tone and joiner", "👩🏽‍🔬", "👩🏽‍🔬"},
		{"joiner twice", "👩\u200d\u200d👩", "👩\uFFFD\uFFFD👩"},
		{"scripts", "é 日本語 ✓ نص שלום", "é 日本語 ✓ نص שלום"},
		{"arabic number sign", "\u0600١", "\u0600١"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := checks.Line(c.in, 60); got != c.want {
				t.Errorf("Line(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestLineIsBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		max  int
		want string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdef", 5, "abcd…"},
		{"日本語日本", 4, "日本語…"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
		{"abc", -1, ""},
		{"ab\x1b[31mc", 3, "abc"},
		{"👩‍👩‍👧", 3, "👩…"},
		{"0️⃣xy", 3, "0…"},
	} {
		if got := checks.Line(c.in, c.max); got != c.want {
			t.Errorf("Line(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
		}
	}
}

func TestBlock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		max  int
		want string
	}{
		{"line1\r\nline2\rline3\nend", 100, "line1\nline2\nline3\nend"},
		{"a\tb", 100, "a    b"},
		{"a\x1b]0;x\nb", 100, "a\nb"},
		{"abcdef", 5, "ab…"},
		{"日本語", 9, "日本語"},
		{"日本語", 8, "日…"},
		{"abc", 2, ""},
	} {
		if got := checks.Block(c.in, c.max); got != c.want {
			t.Errorf("Block(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
		}
	}
}

// shown fails the test where a text still holds what no terminal may get.
func shown(t *testing.T, in, out string, block bool) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Fatalf("%q: not valid UTF-8: %q", in, out)
	}
	marks := 0
	for i, r := range out {
		switch {
		case r == '\n' && block:
		case unicode.Is(unicode.Cc, r):
			t.Fatalf("%q: control character %U in %q", in, r, out)
		case r == '\u200d':
			if i == 0 || i+3 == len(out) {
				t.Fatalf("%q: joiner at an end of %q", in, out)
			}
		case unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r):
			t.Fatalf("%q: hidden character %U in %q", in, r, out)
		}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			marks++
		} else {
			marks = 0
		}
		if marks > 4 {
			t.Fatalf("%q: %d marks in a row in %q", in, marks, out)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a\x1b[31mb", "\u009d0;t\u009cx", "\x1b]52;c;x\x07", "\x9b2J", "👩‍👩‍👧", "a\u202eb", "x\x1b", "a\r\nb\rc", "\x1bP\n\x1b\\", "1️⃣"} {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit %= 4096
		l := checks.Line(s, limit)
		shown(t, s, l, false)
		if n := utf8.RuneCountInString(l); n > max(limit, 0) {
			t.Fatalf("Line(%q, %d) has %d characters", s, limit, n)
		}
		if again := checks.Line(l, limit); again != l {
			t.Fatalf("Line(%q) is not settled: %q, then %q", s, l, again)
		}
		b := checks.Block(s, limit)
		shown(t, s, b, true)
		if len(b) > max(limit, 0) {
			t.Fatalf("Block(%q, %d) has %d bytes", s, limit, len(b))
		}
		if again := checks.Block(b, limit); again != b {
			t.Fatalf("Block(%q) is not settled: %q, then %q", s, b, again)
		}
	})
}

func TestCleaningIsLinear(t *testing.T) {
	t.Parallel()
	s := strings.Repeat("\x1b]0;", 1<<18)
	if got := checks.Block(s, 1<<20); got != "" {
		t.Errorf("Block of a megabyte of broken sequences = %.40q", got)
	}
	s = strings.Repeat("\u009d\n", 1<<18)
	if got := checks.Line(s, 10); got != "         …" {
		t.Errorf("Line of broken lines = %q", got)
	}
}
