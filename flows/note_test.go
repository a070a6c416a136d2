package flows

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// noteAddresses are words that lead somewhere, by eye, by terminal or by browser,
// with the host that is named in their stead.
var noteAddresses = map[string]string{
	// Microsoft's page for device codes, in the name of a guide.
	"microsoft.com/devicelogin":        "microsoft.com",
	"microsoft.com:443/devicelogin":    "microsoft.com",
	"aka.ms:443/devicelogin":           "aka.ms",
	"aka.ms/devicelogin":               "aka.ms",
	"(aka.ms/devicelogin)":             "aka.ms",
	"go:aka.ms/devicelogin":            "aka.ms",
	"→aka.ms/devicelogin":              "aka.ms",
	"open,microsoft.com/devicelogin":   "microsoft.com",
	"microsoft。com/devicelogin":        "microsoft.com",
	"microsoft．com/devicelogin":        "microsoft.com",
	"microsoft｡com/devicelogin":        "microsoft.com",
	"microsoft․com/devicelogin":        "microsoft.com",
	"microsoft·com/devicelogin":        "microsoft.com",
	"ｍｉｃｒｏｓｏｆｔ．ｃｏｍ／ｄｅｖｉｃｅ":             "microsoft.com",
	"microsoft.com／devicelogin":        "microsoft.com",
	"microsoft.com⁄devicelogin":        "microsoft.com",
	"microsoft.com∕devicelogin":        "microsoft.com",
	"microsoft.com⧸devicelogin":        "microsoft.com",
	"microsoft.com＼devicelogin":        "microsoft.com",
	"microsoft.com：443/devicelogin":    "microsoft.com",
	"microsoft.com∶443":                "microsoft.com",
	"microsoft[.]com/devicelogin":      "microsoft.com",
	"microsoft(dot)com/devicelogin":    "microsoft.com",
	"microsoft%2Ecom%2Fdevicelogin":    "microsoft.com",
	"microsoft.соm/devicelogin":        "microsoft.соm", // two letters of its end are Cyrillic
	"MICROSOFT.COM/DEVICELOGIN":        "microsoft.com",
	"login.microsoftonline.com/common": "login.microsoftonline.com",
	"microsoft.com./devicelogin":       "microsoft.com",
	"x@microsoft.com/devicelogin":      "microsoft.com",
	"//microsoft.com/devicelogin":      "microsoft.com",
	// Hosts elsewhere.
	"https:/evil.com/x":         "evil.com",
	"https:\\\\evil.com":        "evil.com",
	"https:evil.com/x":          "evil.com",
	"https:evil.com":            "evil.com",
	"(https:evil.com)":          noteNoHost,
	"http:evil":                 "evil",
	"https：／／evil.com":          "evil.com",
	"http://[2001:db8::1]/x":    "2001:db8::1",
	"[2001:db8::1]/x":           "2001:db8::1",
	"[2001:db8::1]:8443":        "2001:db8::1",
	"192.0.2.1/x":               "192.0.2.1",
	"192.0.2.1:8443":            "192.0.2.1",
	"0xc0.0.2.1/x":              "0xc0.0.2.1",
	"3221225985/x":              "3221225985",
	"0xC0000201/x":              "0xc0000201",
	"evil.xn--p1ai/x":           "evil.xn--p1ai",
	"evil.рф/x":                 "evil.рф",
	"evil.भारत/x":               "evil.भारत",
	"evil.中国/x":                 "evil.中国",
	"evil。中国/x":                 "evil.中国",
	"evil.com./x":               "evil.com",
	"evil.com?x=1":              "evil.com",
	"evil.com#x":                "evil.com",
	"evil.com;x":                "evil.com",
	"evil.com\\x":               "evil.com",
	"evil.com/":                 "evil.com",
	"evil.com:8443":             "evil.com",
	"a:b@evil.com:8443":         "evil.com",
	"\\\\evil.com\\share":       "evil.com",
	"\\\\evil\\share":           "evil",
	"//evil":                    "evil",
	"www.evil.com":              "evil.com",
	"ｗｗｗ.evil.com":              "evil.com",
	"mailto:x@evil.com":         "evil.com",
	"javascript:alert(1)":       "alert(1",
	"data:text/html,x":          "text",
	"file:///etc/passwd":        "etc",
	"https://evil.com:8443/x":   "evil.com",
	"https://evil.com/?a=b.c/d": "evil.com",
	// What may stand in a note, with something behind it that may not.
	"https://learn.microsoft.com/x,microsoft.com/devicelogin":   "",
	"https://learn.microsoft.com/x，microsoft.com/devicelogin":   "",
	"https://learn.microsoft.com/x(aka.ms:443/devicelogin)":     "",
	"https://learn.microsoft.com。evil.com/":                     "",
	"https:/learn.microsoft.com/x":                              "",
	"https://learn.microsoft.com:443/x":                         "",
	"https://login.microsoftonline.com／common":                  "",
	"https://x.example/https://learn.microsoft.com/devicelogin": "x.example",
}

func TestAddressesOfEverySpellingAreLeftOut(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	for word, host := range noteAddresses {
		clean, left := CleanNote(s, "go to "+word+" now")
		if len(left) != 1 || host != "" && left[0] != host {
			t.Errorf("%q: left out %q, want %q; the note is %q", word, left, host, clean)
			continue
		}
		if want := "go to [" + noteLinkLeft + " " + left[0] + "] now"; clean != want {
			t.Errorf("%q became %q", word, clean)
		}
		if again, more := CleanNote(s, clean); again != clean || len(more) > 0 {
			t.Errorf("%q cleaned again is %q, without %q", clean, again, more)
		}
	}
}

func TestAnAddressWithAGapIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"go to microsoft.com /devicelogin now", "go to (aka.ms ／devicelogin now", "go to microsoft。com \\devicelogin now"} {
		clean, left := CleanNote(begun(t, "hetk"), text)
		if len(left) != 1 || strings.Contains(clean, "devicelogin") || !strings.HasSuffix(clean, "] now") {
			t.Errorf("%q became %q, without %q", text, clean, left)
		}
	}
}

// TestALinkThatIsCutIsNone has the words put for links push one that may stand over
// the end of the note: no half of it leads elsewhere.
func TestALinkThatIsCutIsNone(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	text := strings.Repeat("a.example/ ", 20) + strings.Repeat("x", NoteMost-20*11-40) + " https://learn.microsoft.com/entra/"
	for range 60 {
		clean, _ := CleanNote(s, text)
		if again, left := CleanNote(s, clean); again != clean || len(left) > 0 {
			t.Fatalf("%q cleaned again is without %q", clean, left)
		}
		text = strings.Replace(text, "/ ", " ", 1)
	}
}

// noteWords may stand as they are: what guides write all day.
var noteWords = []string{
	"contoso.example", "contoso.example.", "contoso.example:", "contoso.example;", "contoso.example,", "contoso.example?", "contoso.example?)",
	"(contoso.example)", "\"contoso.example\".", "contoso.example…", "contoso.onmicrosoft.com", "ann@contoso.example", "<ann@contoso.example>",
	"app/grant", "app/grant,", "v1.0/me", "e.g./i.e.", "etc./or", "and/or", "1/2", "2.5/10", "3.11.2026/4", "22/11/2026", "4/5?", "10:30", "14:02/15:02",
	"AADSTS65001:", "AADSTS90094?", "User.Read", "User.Read,Mail.Send", "Calendars.ReadWrite:", "8dd90edb-c881-459a-ac84-2a1fee8c5c94", "https", "https:", "(http:)",
	"www.", "file:", "data:", "...", "…/…", "/", "//", "#1", "why?", "p;", "C:\\", "Entra→Apps", "承認しました。次に設定/アプリ", "完了。", "готово.", "¿qué?", "Schritt·2", "x=1",
	"https://learn.microsoft.com/entra/identity?view=graph-rest-1.0#top", "https://learn.microsoft.com/en-us/graph/api/x.md?a=b,c",
}

func TestWhatGuidesWriteStays(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	for _, w := range noteWords {
		text := "so " + w + " then"
		if clean, left := CleanNote(s, text); clean != text || len(left) > 0 {
			t.Errorf("%q became %q, without %q", text, clean, left)
		}
	}
}

func FuzzCleanNote(f *testing.F) {
	f.Add("see https://evil.example/x")
	f.Add("https://learn.microsoft.com/a https://learn.microsoft.com@evil.example \x1b]8;;https://evil.example\x07x")
	f.Add("microsoft.com /devicelogin")
	for word := range noteAddresses {
		f.Add("go to " + word)
	}
	for _, word := range noteWords {
		f.Add(word)
	}
	s := begun(f, "hetk")
	f.Fuzz(func(t *testing.T, text string) {
		clean, _ := CleanNote(s, text)
		if len([]rune(clean)) > NoteMost || clean != checks.Line(clean, NoteMost) {
			t.Fatalf("%q is not clean", clean)
		}
		again, left := CleanNote(s, clean)
		if again != clean || len(left) > 0 {
			t.Fatalf("%q cleaned again is %q, without %q", clean, again, left)
		}
		for w := range strings.FieldsSeq(clean) {
			low := strings.ToLower(w)
			if strings.Contains(w, "://") && !strings.HasPrefix(w, "https://") {
				t.Fatalf("%q holds %q", clean, w)
			}
			if strings.HasPrefix(low, "microsoft.com") && strings.ContainsAny(low, "/\\／＼⁄∕") || slices.Contains([]string{"/devicelogin", "\\devicelogin"}, low) && strings.Contains(clean, "microsoft.com "+w) {
				t.Fatalf("%q leads to a page for device codes", clean)
			}
		}
	})
}

// TestTextsWithoutALinkAreHeldToNoApp holds that what a text without a link costs does
// not grow with the apps: a whole folder of texts is read at once.
func TestTextsWithoutALinkAreHeldToNoApp(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	apps, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	const text = "Hello, this is about {app} in {tenant}. It takes a minute."
	strange := func(apps []Profile) float64 {
		return testing.AllocsPerRun(20, func() {
			if left := StrangeLinks(text, apps); len(left) > 0 {
				t.Errorf("%v", left)
			}
		})
	}
	if few, many := strange(nil), strange(apps); many > few {
		t.Errorf("it allocates %v times with %d apps, and %v without one", many, len(apps), few)
	}
}
