package main

import (
	"os"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// TestBadDomains shows what is said of what is no domain, before anything is
// asked of anybody.
func TestBadDomains(t *testing.T) {
	t.Parallel()
	const do = "type the part behind the @ of a work address, such as contoso.com"
	for _, c := range []struct{ domain, says, do string }{
		{"outlook.com", "outlook.com is for personal accounts", "type the domain of your work or school address"},
		{"someone@gmail.com", "gmail.com is for personal accounts", "type the domain of your work or school address"},
		{"contoso", `"contoso" is not a domain: it has no dot`, do},
		{"192.0.2.7", "it is an IP address", do},
		{"login.microsoftonline.com", "it is Microsoft's own sign-in host", do},
		{"8b3f5ba7-df8b-54c4-9669-9de5fe5f5d9b", "that is an id, not a domain", do},
		{"con toso.example", "only letters, digits, hyphens and dots make one", do},
		{"contoso..example", "is not a domain", do},
		{strings.Repeat("a", 70) + ".example", "is not a domain", do},
		{strings.Repeat("a.", 500) + "example", "it is too long", do},
		{strings.Repeat("megabytes.", 300_000), "it is too long", do},
		{evil + ".example", "is not a domain", do},
	} {
		name := c.domain[:min(len(c.domain), 20)]
		t.Run(checks.Line(name, 20), func(t *testing.T) {
			t.Parallel()
			for _, more := range []string{"--json", "--plain"} {
				refused(t, ask(t, nil, "check", "--app", "hetk", "--domain", c.domain, more), c.says, c.do)
			}
			refused(t, ask(t, strings.NewReader(""), "--plain", "--app", "hetk", "--domain", c.domain), c.says, c.do)
		})
	}
}

// TestBadTenants shows what is said of domains that are none of the tenant's,
// or of two.
func TestBadTenants(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	for _, l := range []look{
		{
			name: "nobody's", scenario: "unknown-domain", as: "nobody", args: []string{"--domain", "nosuch.example"},
			state: checks.StateBlocked, whose: checks.WhoUser, code: codeBlocked,
			says:     []string{"Microsoft knows no tenant with the domain nosuch.example.", "→ Check the spelling; use the domain that people sign in with at work."},
			verdicts: map[checks.ID]checks.Verdict{"tenant/found": checks.Fail, "app/grant": checks.Skipped},
		},
		{
			name: "in two clouds", scenario: "two-clouds", as: "nobody", state: checks.StateUnknown, whose: checks.WhoUser, code: codeUnknown,
			says:     []string{"contoso.example is a tenant in more than one cloud: public cloud, China cloud (21Vianet). Name the one you mean.", "→ Choose with --cloud public or --cloud china."},
			verdicts: map[checks.ID]checks.Verdict{"tenant/found": checks.Pass, "tenant/cloud": checks.Warn},
		},
		{
			name: "in another cloud", scenario: "managed-default", as: "nobody", args: []string{"--cloud", "china"}, state: checks.StateUnknown, whose: checks.WhoUser, code: codeUnknown,
			says: []string{"→ Choose with --cloud public.", "contoso.example is no tenant of the China cloud (21Vianet); it is in the public cloud."},
		},
	} {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			l.run(t, schema)
		})
	}
}

// TestSlowBody shows that an answer which never ends is waited for only so
// long. It takes the whole patience of a request, and so looks only once.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "approved", Faults: []string{"slow=1h"}})
	token, err := s.Token("admin@contoso.example")
	if err != nil {
		t.Fatal(err)
	}
	a := ask(t, nil, append([]string{"check", "--app", "hetk", "--domain", "contoso.example", "--token-file", keep(t, "token", token)}, against(s.Ready())...)...)
	if a.code != codeUnknown {
		t.Errorf("exit %d", a.code)
	}
	holds(t, a.out, "Microsoft could not be reached.", "no whole answer within 20s", "→ Check the network")
}

// TestEvilFlags gives every flag an attacker's text, and some what only looks
// right: none is obeyed, repeated raw, or taken for good.
func TestEvilFlags(t *testing.T) {
	t.Parallel()
	check := []string{"check", "--app", "hetk", "--domain", "contoso.example"}
	for _, c := range []struct {
		args []string
		says string
	}{
		{append(check, "--app", evil), "no app "},
		{append(check, "--app", "../../etc/passwd"), "no app "},
		{append(check, "--app-id", evil), "--app-id "},
		{append(check, "--client-id", evil), "--client-id "},
		{append(check, "--cloud", evil), "no cloud "},
		{append(check, "--sign-in", evil), "no way to sign in called "},
		{append(check, "--apps", evil), "no folder "},
		{append(check, "--token-file", evil), "there is no such file"},
		{append(check, "--ca-file", evil), "there is no such file"},
		{append(check, "--proxy", evil), "the proxy is not an address"},
		{append(check, "--proxy", "gopher://127.0.0.1:70"), `the proxy's scheme "gopher" is not known`},
		{append(check, "--dns-server", evil), "is no IP address"},
		{append(check, "--login-url", evil), "is no https address"},
		{append(check, "--graph-url", evil), "is no https address"},
		{append(check, "--login-url", "http://127.0.0.1:1"), "is no https address"},
		{append(check, "--graph-url", "https://127.0.0.1:1/?q=1"), "is no https address"},
		{append(check, "--graph-url", "https://127.0.0.1:1/#f"), "is no https address"},
		{append(check, "--graph-url", "javascript:alert(1)"), "is no https address"},
		{append(check, "--login-url", "https://admin:hunter2@127.0.0.1:1"), "--login-url holds a user name"},
		{append(check, "--graph-url", "https://admin:hunter2@127.0.0.1:1"), "--graph-url holds a user name"},
		{append(check, "--portal-url", evil), "is no https address"},
		{append(check, "--portal-url", "https://admin:hunter2@127.0.0.1:1"), "--portal-url holds a user name"},
		{append(check, "--portal-url", "https://127.0.0.1:1/portal/"), "it is Microsoft that is asked"},
		{append(check, "--login-url", "https://login.microsoftonline.com", "--portal-url", "https://portal.fabrikam.example"), "it is Microsoft that is asked"},
		{[]string{"--plain", "--portal-url", "https://portal.fabrikam.example"}, "it is Microsoft that is asked"},
		{append(check, "--token-file", "x", "--sign-in", "az"), "exclude each other"},
		{append(check, "--"+evil), "unknown flag"},
		{append(check, evil), "is not a command of"},
		{[]string{evil}, "is not a command of"},
		{[]string{"apps", "show", evil}, "no app "},
		{[]string{"apps", "show", "../hetk"}, "no app "},
		{[]string{"apps", "lint", evil}, "no such file"},
		{[]string{"sim", "--fault", evil}, "no such kind"},
		{[]string{"sim", "--fault", "throttle=-1"}, "a count of calls is a number from 1"},
		{[]string{"sim", "--scenario", evil}, "there is no scenario "},
		{[]string{"sim", "--scenario", "../../etc/passwd"}, "a name, not a path, is wanted"},
		{[]string{"sim", "--listen", evil}, "is no address"},
		{[]string{"sim", "--listen", "0.0.0.0:0"}, "not on this machine alone"},
		{[]string{"sim", "--register", evil}, "register: "},
		{[]string{"demo", "--latency", evil}, "invalid argument"},
		{[]string{"demo", "--auto"}, "--auto is for plain lines"},
		{[]string{"--json"}, "the wizard prints no JSON"},
	} {
		t.Run(checks.Line(strings.Join(c.args[max(0, len(c.args)-2):], " "), 60), func(t *testing.T) {
			t.Parallel()
			a := ask(t, strings.NewReader(""), c.args...)
			refused(t, a, c.says)
			lacks(t, a.err, "hunter2")
		})
	}
}

// TestOddFiles shows that what is no plain file is neither waited for nor read
// without end, wherever a file is named.
func TestOddFiles(t *testing.T) {
	t.Parallel()
	check := []string{"check", "--app", "hetk", "--domain", "contoso.example"}
	empty, folder := keep(t, "empty", ""), t.TempDir()
	for _, c := range []struct {
		name, file, says string
	}{
		{"missing", folder + "/none", "there is no such file"},
		{"a folder", folder, "it is a folder"},
		{"empty", empty, "it "},
		{"without end", "/dev/zero", "it is far too large"},
		{"nothing", os.DevNull, "it "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			refused(t, ask(t, nil, append(check, "--token-file", c.file)...), "the token file", c.says)
			refused(t, ask(t, nil, append(check, "--ca-file", c.file)...), "the CA file", c.says)
		})
	}
}
