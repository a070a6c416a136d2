package signin

import (
	"slices"
	"strings"
)

// Microsoft's own clients (entra-facts §14). GraphCommandLineTools is offered
// only as an opt-in that says what the sign-in log will show; no page of
// Microsoft's permits another product to use it.
const (
	GraphCommandLineTools = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
	azureCLI              = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
)

// Borrowed gives the name of Microsoft's own client behind a client id; ok is
// false for any other. A caller shows the name before signing in with it: the
// tenant's sign-in log will.
func Borrowed(clientID string) (name string, ok bool) {
	switch strings.ToLower(clientID) {
	case GraphCommandLineTools:
		return "Microsoft Graph Command Line Tools", true
	case azureCLI:
		return "Microsoft Azure CLI", true
	}
	return "", false
}

// protocolScopes are added by MSAL itself. They must not be passed to it: the
// token endpoint does not name offline_access among what it gave, and MSAL would
// take it for declined.
var protocolScopes = []string{"openid", "profile", "offline_access", "email"}

// apiScopes is the union of lists without duplicates and without the protocol's
// own scopes.
func apiScopes(lists ...[]string) []string {
	var out []string
	for _, s := range slices.Concat(lists...) {
		s = strings.TrimSpace(s)
		if s == "" || hasScope(protocolScopes, s) || hasScope(out, s) {
			continue
		}
		out = append(out, s)
	}
	return out
}

// hasScope compares as Microsoft does: without regard to case, and with or
// without the API's address in front.
func hasScope(list []string, scope string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(bare(s), bare(scope)) })
}

func bare(scope string) string { return scope[strings.LastIndexByte(scope, '/')+1:] }

// without gives the scopes of list that have does not hold.
func without(list, have []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return hasScope(have, s) })
}
