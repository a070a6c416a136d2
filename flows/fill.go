package flows

import "strings"

// Words fills the {placeholders} of a text with what a state knows: {app},
// {publisher}, {client}, {listed}, {domain}, {tenant}, {role} and {scopes}.
// What is not known yet is named in general words. What it fills in comes from
// profiles and tenants; surfaces clean it like any text from outside.
func Words(s State, text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	or := func(value, general string) string {
		if value == "" {
			return general
		}
		return value
	}
	role := leastRole
	if s.needsGraphRole() {
		role = leastRoleForAppRoles
	}
	publisher := ""
	if s.Profile != nil {
		publisher = s.Profile.Publisher.Name
	}
	return strings.NewReplacer(
		"{app}", or(s.App.Name, words.theApp),
		"{publisher}", or(publisher, words.theVendor),
		"{client}", or(s.App.ClientID, words.theClient),
		"{listed}", or(s.App.Listed, words.theApp),
		"{domain}", or(s.Domain, words.theTenant),
		"{tenant}", or(or(s.Facts.Name, s.Domain), words.theTenant),
		"{role}", role,
		"{scopes}", or(strings.Join(ScopeNames(s), " "), words.theScopes),
	).Replace(text)
}

// ScopeNames are the permissions that the app needs, by name, each once, as
// the consent page lists them.
func ScopeNames(s State) []string {
	var out []string
	for _, p := range s.App.Needs {
		out = addFold(out, p.Scope+p.Role)
	}
	return out
}
