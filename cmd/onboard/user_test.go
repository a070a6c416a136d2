package main

import (
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/checks/sim"
)

// TestUser asks about one person, over the real clients.
func TestUser(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scenario, user string
		code           int
		says           []string
	}{
		{"managed-default", "user@contoso.example", codeBlocked, []string{"user@contoso.example may not consent: Microsoft's managed consent policy."}},
		{"managed-default", "admin@contoso.example", codeOpen, []string{"admin@contoso.example can start using the app."}},
		{"approved", "user@contoso.example", codeOpen, []string{"Consent is in place for everyone in contoso.example."}},
		{"approved", "nobody@contoso.example", codeUnknown, []string{"No user of this tenant has the name or id nobody@contoso.example.", "whose move     user"}},
		{"assignment-required", "user@contoso.example", codeBlocked, []string{"user@contoso.example is not among them"}},
	} {
		t.Run(c.scenario+" "+c.user, func(t *testing.T) {
			t.Parallel()
			r := simulate(t, sim.Options{Scenario: c.scenario}).Ready()
			args := append([]string{"check", "--app", "hetk", "--domain", "contoso.example", "--user", c.user}, against(r)...)
			args = append(args, "--token-file", filepath.Join(filepath.Dir(r.CA), "tokens", "admin@contoso.example"))
			out, errs, code := onboard(t.Context(), nil, args...)
			for _, says := range c.says {
				if !strings.Contains(out, says) {
					t.Errorf("lacks %q:\n%s%s", says, out, errs)
				}
			}
			if code != c.code {
				t.Errorf("exit %d, want %d:\n%s", code, c.code, out)
			}
		})
	}
}

func TestUserThatIsNone(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"somebody", "@contoso.example", "a@", "a b@contoso.example", "../me@contoso.example", "$x@contoso.example", "a\x1b[2J@contoso.example", strings.Repeat("a", 300) + "@contoso.example"} {
		out, errs, code := onboard(t.Context(), nil, "check", "--app", "hetk", "--domain", "contoso.example", "--user", user)
		if code != codeUsage || out != "" || !strings.Contains(errs, "names nobody") || strings.Contains(errs, "\x1b") {
			t.Errorf("%.40q: exit %d, %q %q", user, code, out, errs)
		}
	}
}

// TestDemoAboutOnePerson: a name that was mistyped leads to no approval, and an
// opening for one is not told as one for everybody.
func TestDemoAboutOnePerson(t *testing.T) {
	t.Parallel()
	for user, c := range map[string]struct {
		code        int
		says, lacks string
	}{
		"nobody@contoso.example": {codeUnknown, "Type their user principal name", "Took:"},
		"admin@contoso.example":  {codeOpen, "Nobody else was looked at.", "open for everybody"},
		"user@contoso.example":   {codeOpen, "open for everybody", "Nobody else was looked at."},
	} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			out, errs, code := onboard(t.Context(), nil, "demo", "--plain", "--auto", "--user", user)
			if code != c.code || !strings.Contains(out, c.says) || strings.Contains(out, c.lacks) {
				t.Errorf("exit %d:\n%s%s", code, out, errs)
			}
		})
	}
}
