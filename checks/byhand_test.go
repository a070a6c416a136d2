package checks_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

func TestByHand(t *testing.T) {
	t.Parallel()
	get := func(source, u string) []checks.Command {
		return checks.ByHand(checks.Evidence{Source: source, Request: "GET " + u})
	}
	graph := get(checks.SourceGraph, "https://graph.microsoft.com/v1.0/servicePrincipals?$filter=appId eq 'x'")
	want := []checks.Command{
		{Tool: "PowerShell", Line: `Invoke-MgGraphRequest -Method GET -Uri 'https://graph.microsoft.com/v1.0/servicePrincipals?$filter=appId%20eq%20''x'''`},
		{Tool: "m365", Line: `m365 request --method get --url 'https://graph.microsoft.com/v1.0/servicePrincipals?$filter=appId%20eq%20'\''x'\'''`},
		{Tool: "az", Line: `az rest --method get --url 'https://graph.microsoft.com/v1.0/servicePrincipals?$filter=appId%20eq%20'\''x'\'''`},
	}
	if len(graph) != len(want) {
		t.Fatalf("commands are %+v", graph)
	}
	for i := range want {
		if graph[i] != want[i] {
			t.Errorf("command is\n%+v, want\n%+v", graph[i], want[i])
		}
	}
	if gov := get(checks.SourceGraph, "https://graph.microsoft.us/v1.0/me"); !strings.HasSuffix(gov[2].Line, "--resource 'https://graph.microsoft.us'") {
		t.Errorf("az in another cloud: %s", gov[2].Line)
	}
	public := get(checks.SourceLogin, "https://login.microsoftonline.com/contoso.example/v2.0/.well-known/openid-configuration")
	if len(public) != 2 || public[0].Tool != "PowerShell" || public[1].Tool != "curl" {
		t.Errorf("a public page by hand: %+v", public)
	}
	for _, e := range []checks.Evidence{
		{Source: checks.SourceToken, Request: "GET https://graph.microsoft.com/v1.0/me"},
		{Source: checks.SourceGraph, Request: "PATCH https://graph.microsoft.com/v1.0/me"},
		{Source: checks.SourceGraph, Request: "GET http://graph.microsoft.com/v1.0/me"},
		{Source: checks.SourceGraph, Request: "GET https://user:pass@graph.microsoft.com/"},
		{Source: checks.SourceGraph, Request: "GET https://graph.microsoft.com/\nrm -rf /"},
		{Source: checks.SourceGraph, Request: "GET https://graph.microsoft.com/\u202e"},
		{Source: checks.SourceGraph, Request: "GET file:///etc/passwd"},
		{Source: checks.SourceGraph, Request: "GET -o/tmp/x"},
		{Source: checks.SourceGraph, Request: "app"},
		{},
	} {
		if got := checks.ByHand(e); got != nil {
			t.Errorf("%+v by hand is %+v", e, got)
		}
	}
	whatIf := checks.ByHand(checks.Evidence{Source: checks.SourceGraph, Request: `POST https://graph.microsoft.com/v1.0/identity/conditionalAccess/evaluate {"a":"it's"}`})
	wantIf := []checks.Command{
		{Tool: "PowerShell", Line: `Invoke-MgGraphRequest -Method POST -Uri 'https://graph.microsoft.com/v1.0/identity/conditionalAccess/evaluate' -ContentType 'application/json' -Body '{"a":"it''s"}'`},
		{Tool: "m365", Line: `m365 request --method post --url 'https://graph.microsoft.com/v1.0/identity/conditionalAccess/evaluate' --content-type application/json --body '{"a":"it'\''s"}'`},
		{Tool: "az", Line: `az rest --method post --url 'https://graph.microsoft.com/v1.0/identity/conditionalAccess/evaluate' --headers Content-Type=application/json --body '{"a":"it'\''s"}'`},
	}
	if !slices.Equal(whatIf, wantIf) {
		t.Errorf("the what-if by hand: %+v", whatIf)
	}
	for _, request := range []string{
		`POST https://graph.microsoft.com/v1.0/oauth2PermissionGrants {}`,
		`POST https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies {}`,
		`POST https://graph.microsoft.com/v1.0/identity/conditionalAccess/evaluate`,
		`POST https://graph.microsoft.com/v1.0/identity/conditionalAccess/evaluate {"a":`,
		`POST https://graph.microsoft.com/v1.0/identity/conditionalAccess/evaluate @/etc/passwd`,
		"POST https://graph.microsoft.com/v1.0/identity/conditionalAccess/evaluate {\"a\":\"\u202e\"}",
		`POST http://graph.microsoft.com/v1.0/identity/conditionalAccess/evaluate {}`,
	} {
		if got := checks.ByHand(checks.Evidence{Source: checks.SourceGraph, Request: request}); got != nil {
			t.Errorf("%s by hand is %+v", request, got)
		}
	}
	named := get(checks.SourceLogin, "https://127.0.0.1:1/x (Host: login.microsoftonline.us)")
	if len(named) != 1 || named[0].Line != "curl --silent --show-error --globoff --header 'Host: login.microsoftonline.us' 'https://127.0.0.1:1/x'" {
		t.Errorf("a request under another name by hand: %+v", named)
	}
	if got := get(checks.SourceLogin, "https://127.0.0.1:1/x (Host: a b)"); got != nil {
		t.Errorf("an odd host by hand: %+v", got)
	}
	for _, quote := range []string{"'", "\u2018", "\u2019", "\u201a", "\u201b"} {
		got := get(checks.SourceGraph, "https://graph.microsoft.com/v1.0/a"+quote+";b")[0].Line
		if !strings.Contains(got, "a"+quote+quote+";b") {
			t.Errorf("PowerShell would end the string at %q: %s", quote, got)
		}
	}
}

// A real shell must see one word and run nothing.
func FuzzByHand(f *testing.F) {
	for _, s := range []string{"me", "a'b", "$(touch x)", "`x`", "a\\'b", "a;b&&c|d", "!x", "a\"b", "*?[x]", "é\u2019"} {
		f.Add(s)
	}
	sh, err := exec.LookPath("sh")
	f.Fuzz(func(t *testing.T, path string) {
		const root = "https://graph.microsoft.com/v1.0/"
		for _, c := range checks.ByHand(checks.Evidence{Source: checks.SourceGraph, Request: "GET " + root + path}) {
			if strings.ContainsAny(c.Line, "\r\n\x00\x1b") {
				t.Fatalf("%q is more than a line", c.Line)
			}
			if c.Tool != "m365" || err != nil {
				continue
			}
			out, runErr := exec.CommandContext(t.Context(), sh, "-c", "printf %s "+strings.TrimPrefix(c.Line, "m365 request --method get --url ")).Output()
			if want := root + strings.ReplaceAll(path, " ", "%20"); runErr != nil || string(out) != want {
				t.Fatalf("the shell sees %q (%v), want %q", out, runErr, want)
			}
		}
	})
}
