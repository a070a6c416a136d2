package cases

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
)

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// drawnCode is a code from real randomness.
func drawnCode(t testing.TB) Code {
	t.Helper()
	c, err := newCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// equal says whether two codes are the same, of which both are codes.
func equal(a, b Code) bool { return a.reveal() == b.reveal() }

func TestACodeIsReadAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$`)
	wide := strings.NewReplacer("0", "０", "A", "Ａ", "b", "ｂ", "-", "－", "Z", "Ｚ", "7", "７")
	sloppy := strings.NewReplacer("0", "o", "1", "l", "V", "u")
	for range 200 {
		c := drawnCode(t)
		text := c.Reveal()
		if !form.MatchString(text) {
			t.Fatalf("the code is %q", text)
		}
		for name, typed := range map[string]string{
			"as it is":        text,
			"small":           strings.ToLower(text),
			"together":        strings.ReplaceAll(text, "-", ""),
			"with spaces":     strings.ReplaceAll(text, "-", " "),
			"other dashes":    strings.ReplaceAll(text, "-", "–"),
			"soft hyphens":    strings.ReplaceAll(text, "-", "\u00ad"),
			"over lines":      strings.ReplaceAll(text, "-", "\r\n"),
			"wide":            wide.Replace(text),
			"letters alike":   sloppy.Replace(text),
			"with the host":   text + "@onboard.example",
			"with spaces off": " \t" + text + "\u00a0\n",
			"groups apart":    text[:7] + "  " + text[7:],
		} {
			if got, err := ParseCode(typed); err != nil || !equal(got, c) {
				t.Errorf("%s: %q: %v", name, typed, err)
			}
		}
	}
}

// Two things go wrong when people type: one letter is another, and two have
// changed places. Both are always noticed.
func TestEveryCommonTypingErrorIsNoticed(t *testing.T) {
	t.Parallel()
	for range 20 {
		text := strings.ReplaceAll(drawnCode(t).Reveal(), "-", "")
		for i := range text {
			for _, r := range alphabet {
				wrong := text[:i] + string(r) + text[i+1:]
				if _, err := ParseCode(wrong); wrong != text && !errors.Is(err, ErrMistyped) {
					t.Fatalf("letter %d as %c: %v", i+1, r, err)
				}
			}
			if i+1 < len(text) && text[i] != text[i+1] {
				wrong := text[:i] + string(text[i+1]) + string(text[i]) + text[i+2:]
				if _, err := ParseCode(wrong); !errors.Is(err, ErrMistyped) {
					t.Fatalf("letters %d and %d swapped: %v", i+1, i+2, err)
				}
			}
			if _, err := ParseCode(text[:i] + text[i+1:]); !errors.Is(err, ErrMistyped) || !strings.Contains(err.Error(), "27") {
				t.Fatalf("without letter %d: %v", i+1, err)
			}
			if _, err := ParseCode(text[:i] + "7" + text[i:]); !errors.Is(err, ErrMistyped) || !strings.Contains(err.Error(), "29") {
				t.Fatalf("with one too many at %d: %v", i+1, err)
			}
		}
	}
}

func TestWhatIsNoCode(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{
		"", " ", "root", "why", "plain", "console", "fingerprint", "7KQ-M2X", "admin@contoso.example", "@", "@" + strings.Repeat("7", 28),
		strings.Repeat("7", 19), strings.Repeat("7", 27) + "é", strings.Repeat("7", 27) + "!", strings.Repeat("7", 500),
		"\x00" + strings.Repeat("7", 28), "\xff" + strings.Repeat("7", 28), "7777-7777-7777-7777-7777-7777-777\x1b", "٣" + strings.Repeat("7", 27),
	} {
		if _, err := ParseCode(typed); !errors.Is(err, ErrNotCode) {
			t.Errorf("%q: %v", typed, err)
		}
	}
	for _, typed := range []string{strings.Repeat("0", 28), strings.Repeat("O", 28), strings.Repeat("7", 20), strings.Repeat("Z", 28)} {
		if _, err := ParseCode(typed); !errors.Is(err, ErrMistyped) {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if (Code{}).Reveal() != "" {
		t.Error("no code reveals something")
	}
}

// Whatever prints, logs or stores a code shows a mask, wherever the code sits.
func TestACodeIsNeverShown(t *testing.T) {
	t.Parallel()
	c := drawnCode(t)
	raw := c.reveal()
	in := struct {
		Shown  Code
		hidden Code
		Many   []Code
		Behind *Code
	}{c, c, []Code{c}, &c}
	var b bytes.Buffer
	for _, v := range []any{c, &c, in, &in, in.Many, map[string]Code{"x": c}, Try{Code: c.Reveal()}, []*Try{{Code: c.Reveal()}}, fmt.Errorf("wrapped: %v", c)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%c", "%U", "%b"} {
			fmt.Fprintf(&b, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(data)
	}
	for _, secret := range []string{
		c.Reveal(), strings.ReplaceAll(c.Reveal(), "-", ""), string(raw[:]), fmt.Sprintf("%x", raw), fmt.Sprintf("%X", raw),
		strings.Trim(fmt.Sprint(raw), "[]"), fmt.Sprintf("% x", raw), fmt.Sprintf("%#v", raw),
	} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("shown as %q", secret)
		}
	}
	if !strings.Contains(b.String(), mask) {
		t.Error("nothing was written at all")
	}
	if in.hidden.Reveal() != c.Reveal() {
		t.Error("the code is lost")
	}
}

func TestANumberIsReadAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	n, err := newNumber(rand.Reader)
	if err != nil || !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}$`).MatchString(string(n)) {
		t.Fatalf("the number is %q, %v", n, err)
	}
	for _, typed := range []string{string(n), strings.ToLower(string(n)), strings.ReplaceAll(string(n), "-", ""), " " + string(n) + "\n"} {
		if got, err := ParseNumber(typed); err != nil || got != n {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "7KQ-M2", "7KQ-M2XX", "7KQ-M2!", "Ω", strings.Repeat("7", 500)} {
		if got, err := ParseNumber(typed); !errors.Is(err, ErrNotNumber) {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}

// Without randomness nothing is made.
func TestWithoutRandomnessNothingIsDrawn(t *testing.T) {
	t.Parallel()
	for n := range 8 + secretLen + 4 + codeBytes {
		if d, err := draw(bytes.NewReader(make([]byte, n))); err == nil {
			t.Errorf("of %d bytes: %v", n, d)
		}
	}
	if _, err := draw(bytes.NewReader(make([]byte, 8+secretLen+4+codeBytes))); err != nil {
		t.Error(err)
	}
}

func FuzzParseCode(f *testing.F) {
	c := drawnCode(f)
	for _, s := range []string{c.Reveal(), strings.ToLower(c.Reveal()), "", "root", strings.Repeat("0", 28), "ＯＯＯＯ-" + c.Reveal()[5:], c.Reveal() + "@host"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := ParseCode(typed)
		if err != nil {
			if !errors.Is(err, ErrNotCode) && !errors.Is(err, ErrMistyped) {
				t.Fatalf("%q: %v", typed, err)
			}
			if len(typed) > 8 && strings.Contains(err.Error(), typed) {
				t.Fatalf("the error tells what was typed: %v", err)
			}
			if c.Reveal() != "" {
				t.Fatal("an error with a code")
			}
			return
		}
		again, err := ParseCode(c.Reveal())
		if err != nil || !equal(again, c) {
			t.Fatalf("%q gives %q, which gives %v", typed, c.Reveal(), err)
		}
	})
}
