package flows

import (
	"regexp"
	"strings"
	"testing"

	"onboard.example/checks"
)

// Lines to paste, and what may stand in them unquoted: names that Words writes
// as quoted expressions.
var (
	pasted      = regexp.MustCompile(`\b[A-Z][a-z]+-Mg[A-Z]|\baz [a-z]`)
	placeholder = regexp.MustCompile(`\{[a-zA-Z]+\}`)
	quotedOnes  = regexp.MustCompile(`^\{[a-zA-Z]+PS\}$|^\{clientID\}$`)
)

// unquoted is a line of PowerShell, or of a shell, without its quoted parts. A
// typographic quote ends a text of PowerShell too.
func unquoted(line string) string {
	var b strings.Builder
	in := false
	for _, r := range line {
		switch {
		case strings.ContainsRune("'‘’‚‛", r):
			in = !in
		case !in:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// TestNothingFromOutsideIsPasted holds that whatever a vendor, a profile or a
// tenant calls things, a line to paste holds it as a text and never as a command.
func TestNothingFromOutsideIsPasted(t *testing.T) {
	t.Parallel()
	p := profile(t, "hetk")
	for _, evil := range []string{"x'; Drop-Everything -UserId y; '", "x’; Drop-Everything; ’", "$(Drop-Everything)", "O'Neill; Drop-Everything", "{objectPS}'; Drop-Everything #{listed}", "a\nDrop-Everything"} {
		f := tenantFacts(theApp(p), managedPair, wholeGrant)
		app := *f.App
		app.Name, app.ID, app.Publisher = evil, evil, evil
		f.App, f.Name = &app, evil
		for _, ids := range []bool{true, false} {
			f.Resources[0].Scopes = nil
			for _, n := range p.App().Needs {
				if ids {
					f.Resources[0].Scopes = append(f.Resources[0].Scopes, ScopeFact{ID: evil, Value: n.Scope})
				}
			}
			s := onPath(t, AppPolicy, f)
			s.App.Name, s.App.Listed, s.App.ClientID, s.App.ID, s.Domain = evil, evil, evil, evil, "contoso.example"
			s.App.Needs = append(s.App.Needs, checks.Permission{Resource: evil, Scope: evil})
			count := 0
			for _, path := range Paths() {
				for _, step := range path.Steps {
					for _, l := range StepLines(s, step) {
						if !pasted.MatchString(l.Text) {
							continue
						}
						count++
						if strings.Contains(unquoted(l.Text), "Drop-Everything") {
							t.Errorf("%s, with %q:\n%s", step.ID, evil, l.Text)
						}
					}
				}
			}
			if count < 15 {
				t.Errorf("%d lines to paste were found", count)
			}
		}
	}
	for _, path := range Paths() {
		for _, step := range path.Steps {
			for _, line := range step.Text {
				if !pasted.MatchString(line) {
					continue
				}
				for _, ref := range placeholder.FindAllString(line, -1) {
					if !quotedOnes.MatchString(ref) {
						t.Errorf("%s has %s unquoted: %s", step.ID, ref, line)
					}
				}
				if strings.Contains(line, " (") && !strings.Contains(line, "= (") {
					t.Errorf("%s has a remark behind its command: %s", step.ID, line)
				}
			}
		}
	}
}

// TestAPolicyIsMadeByHand holds that its step can be followed: the ids of each
// API and of its permissions stand there, or the command that finds them.
func TestAPolicyIsMadeByHand(t *testing.T) {
	t.Parallel()
	text := func(s State) string {
		step, _ := StepByID(PolicyShell)
		var all []string
		for _, l := range StepLines(s, step) {
			all = append(all, l.Text)
		}
		return strings.Join(all, "\n")
	}
	f := tenantFacts(theApp(profile(t, "hetk")), managedPair)
	for name, c := range map[string]struct {
		f    Facts
		want []string
	}{
		"ids that were read": {f, []string{
			"For Microsoft Graph, these and no others: Calendars.ReadWrite, User.Read, openid, profile, offline_access.\n" +
				"New-MgPolicyPermissionGrantPolicyInclude -PermissionGrantPolicyId 'onboard-hetk-8dd90edb' -PermissionType delegated -ResourceApplication '00000003-0000-0000-c000-000000000000' -Permissions '1','2','3','4','5' -ClientApplicationIds '8dd90edb-c881-459a-ac84-2a1fee8c5c94'\n",
			"-DisplayName 'Consent to Hetk Calendar Sync' ", "+= 'ManagePermissionGrantsForSelf.onboard-hetk-8dd90edb'\n",
		}},
		"nobody has read them": {Facts{}, []string{
			"$ids = @((Get-MgServicePrincipal -Filter 'appId eq ''00000003-0000-0000-c000-000000000000''').Oauth2PermissionScopes | Where-Object Value -in 'Calendars.ReadWrite','User.Read','openid','profile','offline_access' | ForEach-Object Id)\n",
			"-Permissions $ids -ClientApplicationIds '8dd90edb-",
		}},
	} {
		got := text(onPath(t, AppPolicy, c.f))
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: lacks\n%s\nin\n%s", name, want, got)
			}
		}
	}
	s := onPath(t, Revoke, Facts{})
	step, _ := StepByID(RevokeUsers)
	if l := StepLines(s, step)[2].Text; !strings.Contains(l, "-ServicePrincipalId (Get-MgServicePrincipal -Filter 'appId eq ''8dd90edb-c881-459a-ac84-2a1fee8c5c94''').Id -All") {
		t.Errorf("with the enterprise app unread: %s", l)
	}
}
