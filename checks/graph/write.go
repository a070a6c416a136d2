package graph

import (
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"onboard.example/checks"
)

// Write is one write exactly as a plan showed it, and exactly as it is sent.
// Path is relative to the root of Graph v1.0 and begins with a slash; Body is
// JSON, or empty. These are the writes there are, with these members and no
// others; anything else is refused and not sent (entra-facts §1, §2):
//
//	POST   /servicePrincipals           appId: GUID
//	PATCH  /servicePrincipals/{id}      accountEnabled: true or false
//	POST   /oauth2PermissionGrants      clientId, resourceId: GUIDs of service principals;
//	                                    consentType: "AllPrincipals"; principalId: null, or left out;
//	                                    scope: scopes, one space between
//	PATCH  /oauth2PermissionGrants/{id} scope: the same
//	DELETE /oauth2PermissionGrants/{id} no body
type Write struct {
	Method, Path, Body string
}

// form is a kind of write that plans hold.
type form struct {
	need    need
	factory serialization.ParsableFactory // of the answer
	fits    func(members) bool            // nil: there is no body
}

// formOf finds the form of a write, by its method and path, and holds the body
// to it. The forms are few, so no regular expressions are compiled for them
// when the program starts.
func formOf(w Write) (f form, ok bool) {
	app, isApp := strings.CutPrefix(w.Path, "/servicePrincipals/")
	grant, isGrant := strings.CutPrefix(w.Path, "/oauth2PermissionGrants/")
	isApp, isGrant = isApp && checks.IsGUID(app), isGrant && isGrantID(grant)
	switch {
	case w.Method == http.MethodPost && w.Path == "/servicePrincipals":
		f = form{needAppWrite, models.CreateServicePrincipalFromDiscriminatorValue, makesApp}
	case w.Method == http.MethodPatch && isApp:
		f = form{needAppWrite, serialization.CreateUntypedNodeFromDiscriminatorValue, switchesApp}
	case w.Method == http.MethodPost && w.Path == "/oauth2PermissionGrants":
		f = form{needGrantWrite, models.CreateOAuth2PermissionGrantFromDiscriminatorValue, grantsEveryone}
	case w.Method == http.MethodPatch && isGrant:
		f = form{needGrantWrite, serialization.CreateUntypedNodeFromDiscriminatorValue, changesScope}
	case w.Method == http.MethodDelete && isGrant:
		f = form{needGrantWrite, serialization.CreateUntypedNodeFromDiscriminatorValue, nil}
	default:
		return form{}, false
	}
	if f.fits == nil {
		return f, w.Body == ""
	}
	m, ok := readMembers(w.Body)
	return f, ok && f.fits(m)
}

// isGrantID refuses ids that no grant has: they are base64url.
func isGrantID(id string) bool {
	odd := func(r rune) bool { return !alnum(r) && !strings.ContainsRune("-_=.", r) }
	return id != "" && len(id) <= maxName && !strings.ContainsFunc(id, odd) && strings.Trim(id, ".") != ""
}

func makesApp(m members) bool { return m.only("appId") && m.is("appId", checks.IsGUID) }

func switchesApp(m members) bool {
	_, ok := m["accountEnabled"].(bool)
	return ok && m.only("accountEnabled")
}

// grantsEveryone fits a grant for everyone in the tenant alone: a grant for one
// user is no write of ours.
func grantsEveryone(m members) bool {
	if m["principalId"] != nil {
		return false
	}
	return m.only("clientId", "consentType", "principalId", "resourceId", "scope") &&
		m.is("clientId", checks.IsGUID) && m.is("resourceId", checks.IsGUID) && m.is("scope", goodScope) &&
		m.is("consentType", func(s string) bool { return s == "AllPrincipals" })
}

func changesScope(m members) bool { return m.only("scope") && m.is("scope", goodScope) }

// goodScope says whether s is a list of at least one scope, in the characters
// that scopes have and with one space between (RFC 6749 §3.3).
func goodScope(s string) bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }
	for scope := range strings.SplitSeq(s, " ") {
		if scope == "" || strings.ContainsFunc(scope, odd) {
			return false
		}
	}
	return true
}

// members are the members of a JSON object by their exact names; each is a
// string, a number, a boolean or null.
type members map[string]any

// only says whether there are no members but those named.
func (m members) only(names ...string) bool {
	left := len(m)
	for _, n := range names {
		if _, there := m[n]; there {
			left--
		}
	}
	return left == 0
}

// is says whether the member of that name is a string, and a good one.
func (m members) is(member string, good func(string) bool) bool {
	s, ok := m[member].(string)
	return ok && good(s)
}

// maxBody bounds a write's body, in bytes. Graph takes grants of a few thousand
// characters.
const maxBody = 64 << 10

// readMembers reads a body so that no two readers of it can differ: one object,
// nothing nested in it and nothing behind it, each member once. encoding/json
// alone would take the last of two and any spelling of a name.
func readMembers(body string) (members, bool) {
	if len(body) > maxBody || !utf8.ValidString(body) || !json.Valid([]byte(body)) {
		return nil, false
	}
	dec := json.NewDecoder(strings.NewReader(body))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, false
	}
	out := members{}
	for dec.More() {
		key, err := dec.Token()
		member, ok := key.(string)
		if _, twice := out[member]; err != nil || !ok || twice {
			return nil, false
		}
		value, err := dec.Token()
		if _, nested := value.(json.Delim); err != nil || nested {
			return nil, false
		}
		out[member] = value
	}
	return out, true
}
