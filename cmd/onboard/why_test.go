package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"onboard.example/checks/aadsts"
	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// whySchemaOf compiles what `why --schema` prints.
func whySchemaOf(t *testing.T) reportSchema {
	t.Helper()
	text, errs, code := onboard(t.Context(), nil, "why", "--schema")
	if code != codeOpen || errs != "" {
		t.Fatalf("why --schema: exit %d: %s", code, errs)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	must(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	must(t, c.AddResource("why.json", doc))
	s, err := c.Compile("why.json")
	must(t, err)
	return reportSchema{s}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	schema := whySchemaOf(t)
	file := filepath.Join(t.TempDir(), "page.txt")
	must(t, os.WriteFile(file, []byte("Administratorgenehmigung erforderlich\nHetk"), 0o600))
	for name, c := range map[string]struct {
		args  []string
		in    string
		code  int
		class aadsts.Class
		says  []string
	}{
		"a code":             {[]string{"AADSTS90094", "--details"}, "", codeOpen, aadsts.AdminConsentNeeded, []string{"whose move     tenant admin", "error?code=90094", "not worth it   signing in again"}},
		"several words":      {[]string{"Need", "admin", "approval"}, "", codeOpen, aadsts.AdminConsentNeeded, []string{"how sure       medium, inferred"}},
		"a file":             {[]string{"--file", file}, "", codeOpen, aadsts.AdminConsentNeeded, []string{"tenant admin"}},
		"standard input":     {nil, `{"error":"invalid_grant","error_codes":[50105]}`, codeOpen, aadsts.AssignmentRequired, []string{"Users and groups"}},
		"named input":        {[]string{"--file", "-"}, "AADSTS7000112", codeOpen, aadsts.AppDisabled, nil},
		"an unknown code":    {[]string{"AADSTS999999", "--details"}, "", codeUnknown, aadsts.Unknown, []string{"in no list we have", "not among those known here"}},
		"a claim":            {[]string{"https://app.example/cb?admin_consent=True&tenant=11111111-2222-3333-4444-555555555555"}, "", codeOpen, aadsts.NoneSuccess, []string{"proves nothing"}},
		"a secret":           {[]string{"https://app.example/cb?code=0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&state=1"}, "", codeOpen, aadsts.NoneSuccess, []string{"do not pass it on"}},
		"more than enough":   {nil, "AADSTS65001 " + strings.Repeat("lorem ipsum ", 200_000), codeOpen, aadsts.ConsentMissing, []string{"Only the first 1 MiB were read."}},
		"what they say":      {[]string{"AADSTS50105", "--colleague-works", "--worked-before"}, "", codeOpen, aadsts.AssignmentRequired, []string{"Your colleague is assigned", "took you off the list"}},
		"a developer":        {[]string{"AADSTS90094", "--developer"}, "", codeOpen, aadsts.AdminConsentNeeded, []string{"no code of yours can approve it", "onboard sim --scenario managed-default"}},
		"a personal address": {[]string{"AADSTS50020", "--domain", "outlook.com"}, "", codeOpen, aadsts.PersonalAccount, []string{"outlook.com is for personal mail"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"why"}, c.args...)
			out, errs, code := onboard(t.Context(), strings.NewReader(c.in), args...)
			if code != c.code || errs != "" {
				t.Errorf("exit %d, want %d: %s", code, c.code, errs)
			}
			holds(t, out, c.says...)
			fiveFirst(t, out)
			asJSON, _, code := onboard(t.Context(), strings.NewReader(c.in), append(args, "--json")...)
			if err := schema.validate(asJSON); err != nil || code != c.code {
				t.Errorf("exit %d, %v: %s", code, err, asJSON)
			}
			var r whyReport
			if err := json.Unmarshal([]byte(asJSON), &r); err != nil || r.Schema != whySchema || r.Class != c.class {
				t.Errorf("%v: %s", err, asJSON)
			}
		})
	}
}

// fiveFirst holds that an answer begins with its five lines, and a blank one.
func fiveFirst(t *testing.T, out string) {
	t.Helper()
	lines := strings.Split(out, "\n")
	for i, head := range []string{"what happened", "whose move", "what to do", "how sure", "next best"} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], head+" ") {
			t.Fatalf("line %d is not %s:\n%s", i+1, head, out)
		}
	}
	if len(lines) > 6 && lines[5] != "" {
		t.Errorf("no blank line after the five:\n%s", out)
	}
}

// TestWhyOfEveryCode: whatever the code, the answer has its form.
func TestWhyOfEveryCode(t *testing.T) {
	t.Parallel()
	schema := whySchemaOf(t)
	for _, e := range aadsts.Entries() {
		for _, more := range [][]string{{"--developer"}, {"--message", "jira", "--lang", "ja"}} {
			out, errs, exit := onboard(t.Context(), nil, append([]string{"why", "--json", "AADSTS" + strconv.Itoa(e.Code)}, more...)...)
			if err := schema.validate(out); err != nil || errs != "" {
				t.Errorf("%d %q: %v %s", e.Code, more, err, errs)
			}
			if (exit == codeUnknown) != (e.Class == aadsts.Unknown) {
				t.Errorf("%d, %s: exit %d", e.Code, e.Class, exit)
			}
		}
	}
}

// TestWhyHarmless: no part of a hostile text acts on a terminal, and nobody's
// data gets out, whatever is printed.
func TestWhyHarmless(t *testing.T) {
	t.Parallel()
	const id = "33333333-2222-3333-4444-555555555555"
	text := "AADSTS90094" + evil + " ('8dd90edb-c881-459a-ac84-2a1fee8c5c94') app '" + evil + "' eve@contoso.example\n" +
		"Correlation ID: " + id + "\nTrace ID: " + strings.ReplaceAll(id, "3", "4") + "\nIP address: 192.0.2.7\nUser id: " + strings.ReplaceAll(id, "3", "5") +
		"\nhttps://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize?client_id=8dd90edb-c881-459a-ac84-2a1fee8c5c94&login_hint=eve%40contoso.example&scope=openid" +
		"&redirect_uri=https%3A%2F%2Fapp.example%2Feve%40contoso.example%2Fcb&claims=%7B%22upn%22%3A%22eve%40contoso.example%22%7D" +
		"\nHello eve@contoso.example, Eve\u202e\u200b needs permission to access resources in your organization that only an admin can grant."
	personal := []string{"eve@", "eve%40", id, strings.ReplaceAll(id, "3", "4"), strings.ReplaceAll(id, "3", "5"), "192.0.2.7"}
	runs := [][]string{nil, {"--details"}, {"--developer"}, {"--json"}, {"--json", "--developer", "--details"}}
	for _, form := range flows.MessageForms() {
		for _, lang := range flows.MessageLanguages() {
			runs = append(runs, []string{"--message", string(form), "--lang", lang}, []string{"--message", string(form), "--lang", lang, "--json"})
		}
	}
	for _, more := range runs {
		out, errs, code := onboard(t.Context(), strings.NewReader(text), append([]string{"why", "--app", "hetk"}, more...)...)
		if code != codeOpen {
			t.Errorf("%q: exit %d: %s", more, code, errs)
		}
		all := out + errs
		harmless(t, all)
		lacks(t, all, personal...)
		with, errs, _ := onboard(t.Context(), strings.NewReader(text), append([]string{"why", "--app", "hetk", "--include-personal"}, more...)...)
		harmless(t, with+errs)
	}
	out, _, _ := onboard(t.Context(), strings.NewReader(text), "why", "--include-personal", "--details")
	holds(t, out, "eve@contoso.example", id)
}

func TestWhyUsage(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	must(t, exec.CommandContext(t.Context(), "mkfifo", pipe).Run())
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"AADSTS1", "--file", "x"}, codeUsage, "a file too"},
		{[]string{"--file", "nowhere"}, codeUsage, "nowhere"},
		{[]string{"--file", t.TempDir()}, codeUsage, "Type the name of a file"},
		{[]string{"--file", pipe}, codeUsage, "there is no text"}, // nobody writes to it: it is empty
		{[]string{"AADSTS90094", "--message", "fax\x1b[2J"}, codeUsage, "no form of message"},
		{[]string{"AADSTS90094", "--message", "email", "--lang", "xx"}, codeUsage, "no messages in"},
		{[]string{"AADSTS90094", "--message", "email", "--developer"}, codeUsage, "Leave out one"},
		{[]string{"AADSTS90094", "--sign-in", "browser"}, codeUsage, "without a domain"},
		{[]string{"AADSTS90094", "--keep-sign-in"}, codeUsage, "keeps nothing"},
		{[]string{"--token-file", "-", "--domain", "contoso.example"}, codeUsage, "into a file"},
		{[]string{"AADSTS90094", "--domain", "no domain"}, codeUsage, "domain"},
		{[]string{"AADSTS90094", "--app", "nope"}, codeUsage, "no app"},
		{[]string{"AADSTS90094", "--app-id", "nope"}, codeUsage, "no client id"},
		{[]string{"AADSTS90094", "--app", "hetk", "--app-id", "22222222-2222-3333-4444-555555555555"}, codeUsage, "has the client id"},
	} {
		out, errs, code := onboard(t.Context(), nil, append([]string{"why"}, c.args...)...)
		if code != c.code || !strings.Contains(errs, c.says) || c.code == codeUsage && out != "" {
			t.Errorf("%q: exit %d, %q %q", c.args, code, out, errs)
		}
		harmless(t, out+errs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	in, typed := io.Pipe()
	go func() {
		_, _ = io.WriteString(typed, "AAD") // returns once it was read
		cancel()
	}()
	if out, _, code := onboard(ctx, in, "why"); code != codeInterrupted || out != "" {
		t.Errorf("exit %d: %q", code, out)
	}
	must(t, typed.Close())
}

// TestWhyMessage prints messages as people send them.
func TestWhyMessage(t *testing.T) {
	t.Parallel()
	const text = "AADSTS90094 tenant '11111111-2222-3333-4444-555555555555' eve@contoso.example"
	for name, c := range map[string]struct {
		args []string
		out  []string
		errs []string
	}{
		"a mail":          {[]string{"--message", "email"}, []string{"Subject: Please approve Hetk Calendar Sync", "/11111111-2222-3333-4444-555555555555/adminconsent", "onboard --case ONB1-"}, []string{"mailto:?subject="}},
		"in German":       {[]string{"--message", "email", "--lang", "de"}, []string{"Subject: Bitte Hetk Calendar Sync", "Cloudanwendungsadministrator"}, nil},
		"a chat":          {[]string{"--message", "teams"}, []string{"**What it changes**"}, nil},
		"a ticket":        {[]string{"--message", "servicenow"}, []string{"Short description:\nPlease approve", "Description:\n"}, nil},
		"to the vendor":   {[]string{"--message", "support", "--app", "revenue-grid"}, []string{"To: support@revenuegrid.com", "the message, as a screenshot: [attach"}, []string{"mailto:support@revenuegrid.com?subject="}},
		"with the person": {[]string{"--message", "email", "--include-personal"}, []string{"Account:\neve@contoso.example"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"why", text}, c.args...)
			if name != "to the vendor" {
				args = append(args, "--app", "hetk")
			}
			out, errs, code := onboard(t.Context(), nil, args...)
			if code != codeOpen {
				t.Errorf("exit %d: %s", code, errs)
			}
			holds(t, out, c.out...)
			holds(t, errs, c.errs...)
		})
	}
	_, errs, _ := onboard(t.Context(), nil, "why", "AADSTS90094 application '22222222-2222-3333-4444-555555555555'", "--app", "hetk", "--message", "email")
	holds(t, errs, "The text is about another app than Hetk Calendar Sync: one with the id 22222222")
	// Where it is the person's own move, that is said.
	_, errs, _ = onboard(t.Context(), nil, "why", "AADSTS50020", "--app", "hetk", "--message", "email")
	holds(t, errs, "This is your own move")
}

// TestWhyHandsOff: the code of an answer opens the wizard at the same place.
func TestWhyHandsOff(t *testing.T) {
	t.Parallel()
	out, _, _ := onboard(t.Context(), nil, "why", "--json", "AADSTS650051 tenant 'contoso.example'", "--app", "hetk")
	var r whyReport
	must(t, json.Unmarshal([]byte(out), &r))
	h, err := flows.ParseHandoff(r.Case)
	if err != nil || h.App != "hetk" || h.AADSTS != r.Code {
		t.Errorf("%+v, %v", h, err)
	}
}

// TestRehearsals: every scenario that developers are told of is there.
func TestRehearsals(t *testing.T) {
	t.Parallel()
	all, err := sim.Scenarios(nil)
	must(t, err)
	known := map[string]bool{}
	for _, sc := range all {
		known[sc.Name] = true
	}
	for _, e := range aadsts.Entries() {
		out, _, _ := onboard(t.Context(), nil, "why", "--json", "--developer", aadsts.LookupURL(e.Code))
		var r whyReport
		must(t, json.Unmarshal([]byte(out), &r))
		for _, name := range r.Developer.Rehearse {
			if !known[name] {
				t.Errorf("no scenario %s", name)
			}
		}
	}
}

// An id in a text that anybody may have sent is not put beside a known app's
// name: an admin would approve another app for it.
func TestWhyTakesNoClientIDForAName(t *testing.T) {
	t.Parallel()
	const theirs = "11111111-2222-4333-8444-555555555555"
	text := "AADSTS90094: needs admin approval https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize?client_id=" + theirs
	for _, args := range [][]string{{"why", "--app", "sophiie", "--message", "email", text}, {"why", "--app", "sophiie", "--message", "teams", "--json", text}} {
		a := ask(t, nil, args...)
		if a.code != codeOpen || strings.Contains(a.out, "adminconsent?client_id="+theirs) {
			t.Errorf("exit %d\n%s\n%s", a.code, a.out, a.err)
		}
	}
	if a := ask(t, nil, "why", "--app", "sophiie", "--app-id", theirs, "--message", "email", text); !strings.Contains(a.out, theirs) {
		t.Errorf("an id that was typed is not used:\n%s", a.out)
	}
}

// TestWhySaysWhereTheIDIsFrom: a client id that no description of an app has is
// said to be so wherever a link carries it.
func TestWhySaysWhereTheIDIsFrom(t *testing.T) {
	t.Parallel()
	const id, warning = "66666666-2222-3333-4444-555555555555", "is in no description of the app"
	for name, c := range map[string]struct {
		args []string
		from string
	}{
		"of the profile":     {[]string{"AADSTS90094 tenant 'contoso.example'", "--app", "hetk"}, "profile"},
		"of a known app":     {[]string{"AADSTS90094 application '8dd90edb-c881-459a-ac84-2a1fee8c5c94' tenant 'contoso.example'"}, "profile"},
		"of the text":        {[]string{"AADSTS90094 application '" + id + "' tenant 'contoso.example'"}, "text"},
		"typed":              {[]string{"AADSTS90094 tenant 'contoso.example'", "--app-id", id}, "typed"},
		"typed, with a name": {[]string{"AADSTS90094 tenant 'contoso.example'", "--app", "sophiie", "--app-id", id}, "typed"},
		"none":               {[]string{"AADSTS90094 tenant 'contoso.example'", "--app", "sophiie"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"why"}, c.args...)
			asJSON, _, _ := onboard(t.Context(), nil, append(args, "--json")...)
			var r whyReport
			must(t, json.Unmarshal([]byte(asJSON), &r))
			details, _, _ := onboard(t.Context(), nil, append(args, "--details")...)
			message, errs, _ := onboard(t.Context(), nil, append(args, "--message", "email")...)
			strange := c.from == "typed" || c.from == "text"
			if r.IDFrom != c.from || strings.Contains(details, warning) != strange || strings.Contains(errs, warning) != strange ||
				strings.Contains(message, "comes from no description of the app") != strange {
				t.Errorf("from %q\n%s\n%s\n%s", r.IDFrom, details, message, errs)
			}
		})
	}
}

// TestWhySaysWhoseMove: whoever writes to their IT in vain is told so.
func TestWhySaysWhoseMove(t *testing.T) {
	t.Parallel()
	for code, says := range map[string]string{
		"AADSTS50011": "the app's vendor can: ", "AADSTS90033": "Nobody at your IT can set this right",
		"AADSTS50020": "This is your own move",
	} {
		_, errs, _ := onboard(t.Context(), nil, "why", code, "--app", "hetk", "--message", "teams")
		holds(t, errs, says)
		_, errs, _ = onboard(t.Context(), nil, "why", code, "--app", "hetk", "--message", "support")
		lacks(t, errs, says)
	}
}

// TestWhyKeepsADoubtfulName: where nothing tells an app's name from a person's behind
// it, programs get none without --include-personal, and whoever sends a message is
// asked to look first.
func TestWhyKeepsADoubtfulName(t *testing.T) {
	t.Parallel()
	schema := whySchemaOf(t)
	const text = "AADSTS90094 App name: Contoso Notes Jane Doe"
	out, errs, code := onboard(t.Context(), nil, "why", "--json", "--message", "email", text)
	must(t, schema.validate(out))
	if code != codeOpen || strings.Contains(out, "Jane") || !strings.Contains(out, `"appNameDoubtful":true`) {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	out, errs, code = onboard(t.Context(), nil, "why", "--json", "--include-personal", text)
	must(t, schema.validate(out))
	if code != codeOpen || !strings.Contains(out, `"name":"Contoso Notes Jane Doe"`) {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	out, errs, code = onboard(t.Context(), nil, "why", "--message", "email", text)
	if code != codeOpen || !strings.Contains(out, "Contoso Notes Jane Doe") || !strings.Contains(errs, `calls the app "Contoso Notes Jane Doe"`) {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}
