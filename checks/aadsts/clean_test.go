package aadsts

import (
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain\nline":                 "plain\nline",
		"a\r\nb\rc\u2028d\u0085e":     "a\nb\nc\nd\ne",
		"a\tb\u00a0c\u3000d":          "a b c d",
		"\x1b[31mred\x1b[0m":          "red",
		"\x1b]0;title\x07x":           "x",
		"\x1b]8;;http://x\x1b\\y":     "y",
		"\x1b]never ends\nz":          "never ends\nz",
		"\x1bP1;2q\x1b\\w":            "w",
		"\u009b31mv\u009d0;t\u009cu":  "vu",
		"\x1b":                        "",
		"a\x00b\x07c\x7fd":            "abcd",
		"zero\u200bwidth\ufeff\u00ad": "zerowidth",
		"\u202eright\u2066left\u2069": "rightleft",
		"ＡＡＤ１２":                       "AAD12",
		"٩٠ ९४ 𝟗𝟎":                    "90 94 90",
		"\xe4\xf6 latin1 \x9b x":      "äö latin1  x",
		"tag\U000e0041s":              "tags",
		"a\u2011b":                    "a-b",
		"e\u0301":                     "e\u0301",
		"管理者の承認":                      "管理者の承認",
		"private\ue000 use\ufffd":     "private use",
	} {
		got := visible(in)
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if again := visible(got); again != got {
			t.Errorf("%q: twice gives %q", in, again)
		}
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"%41%zz%4":                       "A%zz%4",
		"&amp;&#65;&#x41;&auml;&Eacute;": "&AAäÉ",
		"&nonsense; & &;":                "&nonsense; & &;",
		`\u00e4\/\"\\ \x41`:              `ä/"\ A`,
		`a\nTrace C:\new`:                "a\nTrace C:\\new",
		`\u12`:                           `\u12`,
		"&#0;&#x110000;":                 "&#0;\ufffd",
		"100% sure":                      "100% sure",
	} {
		if got, _ := decode(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if n := len(layers("%2525252541")); n != maxLayers {
		t.Errorf("%d layers", n)
	}
}

func TestUntagged(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Need <b>admin</b> approval":             "Need admin approval",
		"<p>a</p><br/>b":                         "\na\n\nb",
		"1 < 2 and 3 > 2":                        "1 < 2 and 3 > 2",
		"<open":                                  "<open",
		"a<!-- c -->b<":                          "ab<",
		"<a" + strings.Repeat("x", maxTag) + ">": "<a" + strings.Repeat("x", maxTag) + ">",
	} {
		if got := untagged(in); got != want {
			t.Errorf("%.40q: %.40q, want %.40q", in, got, want)
		}
	}
}

func TestSqueeze(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{
		"Need admin approval":      "NEED ADRNIN APPR0VA1",
		"Größe über":               "grosse uber",
		"Łódź":                     "lodz",
		"l’administrateur":         "L'ADMINISTRATEUR",
		"が":                        "か\u3099",
		"café":                     "cafe\u0301",
		"Аdmin":                    "admin", // the first letter is Cyrillic
		"Administrator-\nfreigabe": "Administratorfreigabe",
	} {
		if string(squeeze(a)) != string(squeeze(b)) {
			t.Errorf("%q is %q, %q is %q", a, squeeze(a), b, squeeze(b))
		}
	}
	if string(squeeze("for need")) == string(squeeze("fomeed")) {
		t.Error("words were run together into other letters")
	}
}

// shown reports every string in v, by where it is.
func shown(v reflect.Value, at string, use func(at, s string)) {
	switch v.Kind() {
	case reflect.String:
		use(at, v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				shown(v.Field(i), at+"."+f.Name, use)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			shown(v.Index(i), at+"[]", use)
		}
	default:
	}
}

// fit is why a string is not fit to be shown on one line; "" if it is.
func fit(s string) string {
	if !utf8.ValidString(s) {
		return "no UTF-8"
	}
	if utf8.RuneCountInString(s) > 600 {
		return "too long"
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r >= 0x80 && hidden(r) || unicode.Is(unicode.Zs, r) && r != ' ' {
			return "a character nobody sees"
		}
	}
	return ""
}

// TestHostileText holds that nothing a terminal obeys, and nothing unseen, gets
// through, by whatever coat it comes in.
func TestHostileText(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"\x1b[2J\x1b]52;c;AAAA\x07", "\u009b2J\u009d52;c;AAAA\u009c", "\u202e\u2066\u200b\ufeff", "\x00\x08\x7f", "\U000e0041", "\u2028", "\x1bPq\x1b\\",
		"%1b[2J", "%C2%9b2J", "%E2%80%AE", "%251b[2J", "&#27;[2J", "&#x9b;2J", "&#8238;", `\u001b[2J`, `\u202e`, `\x1b[2J`, "%00",
	} {
		text := "AADSTS65001: application with ID '" + appID + "' named 'Cal" + bad + "endar'. App name: X" + bad + "Y\n" +
			"https://app.example/cb?error=acc" + bad + "ess_denied&suberror=a" + bad + "b&claims=%7B" + bad + "%7D&scope=User" + bad + ".Read&prompt=con" + bad + "sent&redirect_uri=https://a" + bad + ".example/" + bad +
			"&tenant=con" + bad + "toso.example\njo@con" + bad + "toso.example directory 'Con" + bad + "toso' resource principal named api://x" + bad + " was not found"
		shown(reflect.ValueOf(Parse(text)), "", func(at, s string) {
			if why := fit(s); why != "" {
				t.Errorf("%q: %s holds %q: %s", bad, at, s, why)
			}
		})
	}
}
