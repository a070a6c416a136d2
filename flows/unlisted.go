package flows

import (
	"strings"

	"onboard.example/checks"
)

// UnlistedID is the id of a profile that stands in for one that nobody wrote.
const UnlistedID = "unlisted"

// OwnAppID is the id of a profile of which somebody typed the client id alone.
const OwnAppID = "own"

// Unlisted makes a profile of what is known of an app that has none: its client
// id, and the permissions that a request or a hand-off code names. Nobody vouches
// for any of it, and its name says so. Permissions are written as authorize
// requests write them; what has not the form of one is left out.
func Unlisted(clientID string, scopes []string) Profile {
	id := strings.ToLower(clientID)
	p := Profile{ID: UnlistedID, Name: sayUnlistedName, Publisher: Maker{Name: sayUnlistedMaker}}
	if checks.IsGUID(id) {
		p.ClientID, p.ClientIDFrom = id, checks.IDGiven
	}
	for _, s := range scopes {
		resource, value := splitScope(s)
		basic := signInWhy[strings.ToLower(value)] != "" && resource == checks.MicrosoftGraph
		if len(p.Permissions) >= mostScopes || basic || !soundScope(value) || strings.Contains(value, "/") || strings.HasPrefix(value, ".") {
			continue
		}
		p.Permissions = append(p.Permissions, Permission{Resource: resource, Scope: value, Why: sayUnlistedWhy})
	}
	return p
}
