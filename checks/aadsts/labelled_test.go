package aadsts

import (
	"slices"
	"testing"
)

// TestLabelledScopes holds that words after "scope:" are permissions only as
// long as they look like Microsoft's: a sentence may name a person, and a
// parameter may be one ("tasks.custom" has the form of a name).
func TestLabelledScopes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string
	}{
		{"AADSTS90094 scope: please ask Jane Doe at extension 4917712345", nil},
		{"AADSTS90094 Scope: Jane.Doe 555-1234", nil},
		{"AADSTS90094 scope: 4917.Read", nil},
		{"AADSTS90094 scope: Mail.Read, then ask Jane.Doe User.Read", []string{"Mail.Read"}},
		{"AADSTS90094 Scopes: openid offline_access Calendars.ReadWrite.Shared", []string{"openid", "offline_access", "Calendars.ReadWrite.Shared"}},
		{"AADSTS90094 scope: https://graph.microsoft.com/Mail.Send https://graph.microsoft.com/jane.doe", []string{"https://graph.microsoft.com/Mail.Send"}},
		{`AADSTS90094 {"scope":"tasks.custom openid"}`, []string{"openid"}},
		{"https://app.example/cb?error=access_denied&scope=tasks.custom+openid", []string{"openid"}},
	} {
		if got := Parse(c.text).Scopes; !slices.Equal(got, c.want) {
			t.Errorf("%q: scopes %q, want %q", c.text, got, c.want)
		}
	}
}
