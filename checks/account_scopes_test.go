package checks_test

import (
	"strings"
	"testing"

	"onboard.example/checks"
)

// TestScopesThatReadMore holds that a token is not said to lack what a wider
// scope of it reads, as the Azure CLI's has them.
func TestScopesThatReadMore(t *testing.T) {
	t.Parallel()
	with := func(scopes ...string) checks.Finding {
		return one(subject(account(func(a *checks.Account) { a.Scopes = scopes })), checks.AccountScope)
	}
	cli := with("openid", "profile", "email", "AuditLog.Read.All", "Directory.AccessAsUser.All", "Group.ReadWrite.All", "User.ReadWrite.All")
	said := strings.Join(cli.Detail, "\n") + cli.Fix.Do
	for _, p := range []checks.Part{checks.PartMe, checks.PartRoles, checks.PartOrganization, checks.PartApp, checks.PartGrants, checks.PartClassified} {
		for _, scope := range checks.ScopesFor(p) {
			if strings.Contains(said, "It takes "+scope) {
				t.Errorf("the Azure CLI's token is said not to read %s:\n%s", p, said)
			}
		}
	}
	if cli.Verdict != checks.Warn || !strings.Contains(cli.Fix.Do, "Policy.Read.All") || strings.Contains(cli.Fix.Do, "Directory.Read.All") {
		t.Errorf("%s: %q", cli.Verdict, cli.Fix.Do)
	}
	for _, c := range []struct {
		held, scope string
		want        bool
	}{
		{"Directory.AccessAsUser.All", "Directory.Read.All", true},
		{"https://graph.microsoft.com/directory.accessasuser.all", "Directory.Read.All", true},
		{"Directory.ReadWrite.All", "Directory.Read.All", true},
		{"User.ReadWrite.All", "User.Read.All", true},
		{"Directory.AccessAsUser.All", "Policy.Read.All", false},
		{"Directory.AccessAsUser.All", "AuditLog.Read.All", false},
		{"Directory.AccessAsUser.All", "Directory.ReadWrite.All", false}, // what it writes is asked for by itself
		{"EWS.AccessAsUser.All", "Directory.Read.All", false},
		{"Directory.Read.All", "Directory.AccessAsUser.All", false},
	} {
		if got := checks.Carries([]string{c.held}, c.scope); got != c.want {
			t.Errorf("%s carries %s: %t", c.held, c.scope, got)
		}
	}
}
