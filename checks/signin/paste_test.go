package signin

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"onboard.example/checks"
)

const (
	pasteState = "ABCDEFGHIJKLMNOPQRSTUVWX23"
	pasteCode  = "0.AXoAcode-that-must-never-show_1~2.AgABAAIAAAA"
	pasteBase  = "https://login.microsoftonline.com"
	goodPaste  = "http://localhost:51234/?code=" + pasteCode + "&state=" + pasteState + "&session_state=11111111-2222-4333-8444-555555555555"
)

// TestPasteTaken reads one answer out of all the shapes in which it is handed over.
func TestPasteTaken(t *testing.T) {
	t.Parallel()
	long := "http://localhost:51234/?code=" + strings.Repeat("Zz9", 500) + "&state=" + pasteState
	for name, text := range map[string]string{
		"as it is":             goodPaste,
		"with a line's end":    goodPaste + "\r\n",
		"spaces around":        "  \t" + goodPaste + "  ",
		"quoted":               `"` + goodPaste + `"`,
		"single quotes":        "'" + goodPaste + "'",
		"typographic quotes":   "“" + goodPaste + "”",
		"brackets":             "<" + goodPaste + ">",
		"brackets and quotes":  `<"` + goodPaste + `">,`,
		"markdown":             "`" + goodPaste + "`",
		"its query":            goodPaste[strings.IndexByte(goodPaste, '?'):],
		"its query, bare":      goodPaste[strings.IndexByte(goodPaste, '?')+1:],
		"without its scheme":   strings.TrimPrefix(goodPaste, "http://"),
		"without its start":    goodPaste[7:],
		"a fragment behind":    goodPaste + "#",
		"as a fragment":        strings.Replace(goodPaste, "/?", "/#", 1),
		"escaped for HTML":     strings.ReplaceAll(goodPaste, "&", "&amp;"),
		"over lines":           long[:40] + "\r\n" + long[40:80] + "\n" + long[80:120] + "\r" + long[120:],
		"over lines, indented": goodPaste[:60] + "\n    " + goodPaste[60:],
		"in the code's middle": goodPaste[:35] + " " + goodPaste[35:],
		"with words before":    "here it is: " + goodPaste,
		"with words around":    "My browser says\n" + goodPaste + "\nis that right?",
		"a stop behind state":  strings.Split(goodPaste, "&session")[0] + ".",
		"twice":                goodPaste + "\n" + goodPaste,
		"zero width":           goodPaste[:50] + "\u200b\u00ad" + goodPaste[50:],
		"escapes":              "\x1b[200~" + strings.Split(goodPaste, "&session")[0] + "&x=\x1b",
		"another host":         strings.Replace(goodPaste, "localhost:51234", "127.0.0.1", 1), // it is the answer that counts
		"more parameters":      goodPaste + "&tenant=99999999-9999-4999-8999-999999999999&admin_consent=True",
		"a bad one among them": goodPaste + "&x=%zz;",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := readPaste(text, pasteState, pasteBase)
			if err != nil || a.refused != nil {
				t.Fatalf("%v %+v", err, a.refused)
			}
			if got := a.code.Reveal(); got != pasteCode && got != strings.Repeat("Zz9", 500) {
				t.Errorf("the code is %q", got)
			}
		})
	}
}

// TestPasteOdd holds what is said of everything that is not the answer, that none
// of it is repeated, and that the sign-in goes on.
func TestPasteOdd(t *testing.T) {
	t.Parallel()
	other := strings.Replace(goodPaste, pasteState, "ZZZZZZZZZZZZZZZZZZZZZZZZ22", 1)
	link := pasteBase + "/organizations/oauth2/v2.0/authorize?client_id=x&response_type=code&state=" + pasteState + "&code_challenge=y"
	for name, c := range map[string]struct{ text, say string }{
		"nothing":              {"", wordsPasteEmpty},
		"only spaces":          {" \r\n\t ", wordsPasteEmpty},
		"only what is unseen":  {"\u200b\x00\x1b", wordsPasteNothing},
		"too much":             {goodPaste + "&x=" + strings.Repeat("x", MaxPaste), wordsPasteLarge},
		"a word":               {"yes", wordsPasteNothing},
		"a domain":             {"contoso.example", wordsPasteNothing},
		"only the host":        {"http://localhost:51234/", wordsPasteNothing},
		"the link itself":      {link, wordsPasteLink},
		"the link's query":     {link[strings.IndexByte(link, '?'):], wordsPasteLink},
		"the link, wrapped":    {link[:90] + "\n" + link[90:], wordsPasteLink},
		"Microsoft's page":     {pasteBase + "/common/SAS/ProcessAuth", wordsPastePage},
		"their other host":     {"https://login.microsoft.com/kmsi?x=1", wordsPastePage},
		"another sign-in":      {other, wordsPasteOther},
		"an old one, wrapped":  {other[:60] + "\n" + other[60:], wordsPasteOther},
		"the state in lower":   {strings.Replace(goodPaste, pasteState, strings.ToLower(pasteState), 1), wordsPasteOther},
		"a longer state":       {strings.Replace(goodPaste, pasteState, pasteState+"A", 1), wordsPasteOther},
		"no state":             {"http://localhost:51234/?code=" + pasteCode, wordsPasteHalf},
		"an empty state":       {"http://localhost:51234/?code=" + pasteCode + "&state=", wordsPasteHalf},
		"half a state":         {"http://localhost:51234/?code=" + pasteCode + "&state=" + pasteState[:9], wordsPasteHalf},
		"half a code":          {"http://localhost:51234/?code=" + pasteCode[:12], wordsPasteHalf},
		"the state alone":      {"http://localhost:51234/?state=" + pasteState, wordsPasteNothing},
		"an empty code":        {"http://localhost:51234/?code=&state=" + pasteState, wordsPasteNoCode},
		"a code of controls":   {"?code=%00%1b%5b2J&state=" + pasteState, wordsPasteNoCode},
		"a code with a space":  {"?code=a+b&state=" + pasteState, wordsPasteNoCode},
		"a huge code":          {"?code=" + strings.Repeat("x", mostCode+1) + "&state=" + pasteState, wordsPasteNoCode},
		"two codes":            {"?code=a&code=" + pasteCode + "&state=" + pasteState, wordsPasteSeveral},
		"two states":           {"?code=" + pasteCode + "&state=x&state=" + pasteState, wordsPasteSeveral},
		"somebody else's no":   {"?error=access_denied&error_description=AADSTS65004%3A+x&state=other", wordsPasteOther},
		"a no of nobody's":     {"http://localhost:51234/?error=access_denied&error_description=AADSTS65004%3A+User+declined", wordsPasteRefusal + causeWords[CauseDeclined].say},
		"a no, cut off":        {"http://localhost:51234/?error=access_denied&error_description=AADSTS50105%3A+x&state=" + pasteState[:9], wordsPasteRefusal + causeWords[CauseAssignment].say},
		"a no beside a code":   {"?code=" + pasteCode + "&error=must-never-show", wordsPasteRefusal + causeWords[CauseOther].say},
		"an error page":        {"Sorry, but we're having trouble signing you in.\nAADSTS50105: Your administrator has configured\nRequest Id: x", wordsPasteError + "50105: " + causeWords[CauseAssignment].say},
		"an unknown error":     {"AADSTS999999: whatever", wordsPasteError + "999999: " + causeWords[CauseOther].say},
		"a consent page's way": {"http://localhost:51234/?admin_consent=True&tenant=x&state=" + pasteState, wordsPasteNothing},
		"bytes":                {"\xff\xfe\xfd x", wordsPasteNothing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readPaste(c.text, pasteState, pasteBase)
			var odd *InputError
			if !errors.As(err, &odd) || odd.Field != FieldPaste || odd.Say != c.say || odd.Do == "" {
				t.Fatalf("%v; want %q", err, c.say)
			}
			if said := odd.Say + odd.Do; strings.Contains(said, "must-never-show") || strings.Contains(said, pasteState) || said != checks.Line(said, 1000) {
				t.Errorf("%q repeats what was pasted, or is not clean", said)
			}
		})
	}
}

// TestPasteRefused reads Microsoft's no, with this sign-in's state.
func TestPasteRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]refusal{
		"http://localhost:51234/?error=access_denied&error_subcode=cancel&state=" + pasteState:                           {OAuth: "access_denied", Sub: "cancel"},
		"http://localhost:51234/?error=access_denied&error_description=AADSTS65004%3A+User+declined&state=" + pasteState: {OAuth: "access_denied", Description: "AADSTS65004: User declined"},
		"?code=" + pasteCode + "&error=server_error&state=" + pasteState:                                                 {OAuth: "server_error"},
		"<http://localhost:51234/?error=interaction_required&error_\ndescription=AADSTS50105&state=" + pasteState:        {OAuth: "interaction_required", Description: "AADSTS50105"},
	} {
		a, err := readPaste(text, pasteState, pasteBase)
		if err != nil || a.refused == nil || fmt.Sprint(*a.refused) != fmt.Sprint(want) || !a.code.Empty() {
			t.Errorf("%s: %v %+v", text, err, a.refused)
		}
	}
}

// FuzzReadPaste holds, for any text, that a code is taken with this sign-in's state
// alone, that nothing odd repeats what was pasted, and that it is bounded.
func FuzzReadPaste(f *testing.F) {
	for _, s := range []string{
		goodPaste, "", "?code=a&state=" + pasteState, "?error=access_denied", "AADSTS50105: x", "<" + goodPaste + ">\n", "code=%zz&state=",
		pasteBase + "/authorize?response_type=code", goodPaste[:40] + "\r\n" + goodPaste[40:], "?&&;=#\x00\xff", strings.Repeat("?code=", 2000),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := readPaste(text, pasteState, pasteBase)
		var odd *InputError
		switch {
		case errors.As(err, &odd):
			if odd.Say != checks.Line(odd.Say, 400) || odd.Do == "" {
				t.Errorf("%q", odd.Say)
			}
		case err != nil:
			t.Errorf("%v", err)
		case a.refused == nil:
			code := a.code.Reveal()
			seen := strings.Join(strings.Fields(strings.ReplaceAll(text, "&amp;", "&")), "")
			if code == "" || len(code) > mostCode || len(text) > MaxPaste || strings.ContainsAny(code, " \n\r\t\x1b") {
				t.Errorf("a code of %d bytes", len(code))
			}
			if !strings.Contains(strings.ToUpper(seen), "STATE") && !strings.Contains(seen, "%") && !strings.ContainsFunc(seen, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
				t.Error("taken without a state")
			}
		}
	})
}
