package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/checks/aadsts"
)

func TestWhy(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "page.txt")
	must(t, os.WriteFile(file, []byte("Administratorgenehmigung erforderlich\nHetk"), 0o600))
	const evil = "AADSTS50105\x1b[2J\x1b]0;owned\a \u202eevil\u200b ('8dd90edb-c881-459a-ac84-2a1fee8c5c94') eve@contoso.example Correlation ID: 11111111-2222-3333-4444-555555555555"
	for name, c := range map[string]struct {
		args  []string
		in    string
		code  int
		class aadsts.Class
		says  []string
	}{
		"a code":           {[]string{"AADSTS90094"}, "", codeOpen, aadsts.AdminConsentNeeded, []string{"whose move     tenant admin", "error?code=90094"}},
		"several words":    {[]string{"Need", "admin", "approval"}, "", codeOpen, aadsts.AdminConsentNeeded, []string{"how sure       medium"}},
		"a file":           {[]string{"--file", file}, "", codeOpen, aadsts.AdminConsentNeeded, []string{"tenant admin"}},
		"standard input":   {nil, `{"error":"invalid_grant","error_codes":[50105]}`, codeOpen, aadsts.AssignmentRequired, []string{"Users and groups"}},
		"named input":      {[]string{"--file", "-"}, "AADSTS7000112", codeOpen, aadsts.AppDisabled, nil},
		"an unknown code":  {[]string{"AADSTS999999"}, "", codeUnknown, aadsts.Unknown, []string{"in no list we have", "not among those known here"}},
		"nothing":          {nil, "", codeUnknown, aadsts.Unknown, []string{"whose move     unknown"}},
		"a claim":          {[]string{"https://app.example/cb?admin_consent=True&tenant=11111111-2222-3333-4444-555555555555"}, "", codeOpen, aadsts.NoneSuccess, []string{"proves nothing"}},
		"hostile":          {nil, evil, codeOpen, aadsts.AssignmentRequired, nil},
		"more than enough": {nil, "AADSTS65001 " + strings.Repeat("lorem ipsum ", 200_000), codeOpen, aadsts.ConsentMissing, []string{"Only the first 1 MiB were read."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"why"}, c.args...)
			out, errs, code := onboard(t.Context(), strings.NewReader(c.in), args...)
			if code != c.code || errs != "" {
				t.Errorf("exit %d, want %d: %s", code, c.code, errs)
			}
			for _, says := range c.says {
				if !strings.Contains(out, says) {
					t.Errorf("lacks %q:\n%s", says, out)
				}
			}
			asJSON, _, _ := onboard(t.Context(), strings.NewReader(c.in), append(args, "--json")...)
			var r whyReport
			if err := json.Unmarshal([]byte(asJSON), &r); err != nil || r.Schema != whySchema || r.Class != c.class || r.Who == "" || r.Codes == nil {
				t.Errorf("%v: %s", err, asJSON)
			}
			if text := out + asJSON; strings.ContainsAny(text, "\x1b\a\u202e\u200b") || strings.Contains(text, "eve@") || strings.Contains(text, "11111111-2222-3333-4444-555555555555") && name == "hostile" {
				t.Errorf("passed on: %q", text)
			}
		})
	}
	out, _, _ := onboard(t.Context(), strings.NewReader(evil), "why", "--include-personal")
	if !strings.Contains(out, "eve@contoso.example") || !strings.Contains(out, "11111111-2222-3333-4444-555555555555") || strings.ContainsRune(out, '\x1b') {
		t.Errorf("with what is personal: %q", out)
	}
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
		{[]string{"--file", pipe}, codeUnknown, ""}, // nobody writes to it: it is empty
	} {
		out, errs, code := onboard(t.Context(), nil, append([]string{"why"}, c.args...)...)
		if code != c.code || !strings.Contains(errs, c.says) || c.code == codeUsage && out != "" {
			t.Errorf("%q: exit %d, %q %q", c.args, code, out, errs)
		}
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
