package flows

import (
	"slices"
	"sync"

	"onboard.example/checks"
)

// table has the ids of the checks: all, and those that need no sign-in.
var table = sync.OnceValue(func() (t struct{ all, public []checks.ID }) {
	for _, c := range checks.Table() {
		t.all = append(t.all, c.ID)
		if !c.Access.SignIn {
			t.public = append(t.public, c.ID)
		}
	}
	return t
})

// allChecks are the checks of this release. The slice is shared: read only.
func allChecks() []checks.ID { return table().all }

// publicChecks are the checks that need no sign-in. The slice is shared: read
// only.
func publicChecks() []checks.ID { return table().public }

// Overall is the verdict over the findings of this state: can people connect,
// and if not, what stops them and whose move it is.
func (s State) Overall() checks.Overall {
	fs := make([]checks.Finding, len(s.found))
	for i, h := range s.found {
		fs[i] = h.Finding
	}
	return checks.Decide(fs, s.Subject())
}

// ReadScopes are the Graph scopes that a sign-in to look asks for, reading
// alone (entra-facts §14). MSAL adds the sign-in ones by itself.
func ReadScopes() []string {
	return []string{"User.Read", "Application.Read.All", "Directory.Read.All", "Policy.Read.All", "Policy.Read.PermissionGrant"}
}

// withReading adds to a plan's scopes what re-reading after each write needs.
func withReading(write []string) []string {
	out := slices.Clone(write)
	for _, r := range ReadScopes() {
		out = addFold(out, r)
	}
	return out
}
