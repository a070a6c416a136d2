package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A snapshot that `onboard check --save` wrote, read here as a document: what
// it says of a tenant becomes a scenario. Members that no tenant can be made of
// (evidence, what the token said, the names of what failed) are passed over.

// savedSchema is the one form that is known.
const savedSchema = "onboard/snapshot/1"

// What a snapshot may hold at most: bytes, entries of a list, and characters of
// a text.
const (
	maxSaved     = 16 << 20
	maxSavedList = 5000
	maxSavedText = 200
)

// The errors of LoadSaved.
var (
	errNotSaved     = errors.New("this is no snapshot that onboard check --save wrote")
	errSavedVersion = errors.New("this snapshot has a form that is not known here")
	errSavedSize    = fmt.Errorf("this is longer than the %d MiB that a snapshot can have", maxSaved>>20)
)

// LoadSaved makes a scenario of a snapshot that `onboard check --save` wrote:
// contoso.example with the saved tenant's rules and with sample people. What the
// snapshot could not tell is assumed, and said so in Assumed. The file may be
// anybody's: what does not belong there is an error, and texts are cleaned.
func LoadSaved(r io.Reader) (*Scenario, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSaved+1))
	if err != nil {
		return nil, fmt.Errorf("read the snapshot: %w", err)
	}
	if len(data) > maxSaved {
		return nil, errSavedSize
	}
	doc, err := parseSaved(data)
	if err != nil {
		return nil, err
	}
	sc, err := scenarioOf(doc)
	if err != nil {
		return nil, err
	}
	if _, err := sc.world(time.Now, 0); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotSaved, err)
	}
	return sc, nil
}

func parseSaved(data []byte) (*savedDoc, error) {
	var head struct {
		Schema string `json:"schema"`
	}
	switch err := json.Unmarshal(data, &head); {
	case err != nil:
		return nil, fmt.Errorf("%w: %s", errNotSaved, plain(err.Error()))
	case head.Schema == "":
		return nil, errNotSaved
	case head.Schema != savedSchema:
		return nil, fmt.Errorf("%w: %s, and what is known is %s", errSavedVersion, plain(head.Schema), savedSchema)
	}
	doc := &savedDoc{}
	if err := json.Unmarshal(data, doc); err != nil {
		return nil, fmt.Errorf("%w: %s", errNotSaved, plain(err.Error()))
	}
	if doc.At.IsZero() || !isGUID(doc.App.ClientID) || doc.Look == nil {
		return nil, fmt.Errorf("%w: it does not say when it was read, for which app, or what", errNotSaved)
	}
	return doc, doc.Look.bounded()
}

// bounded refuses lists that no tenant has, and that a simulator could not
// serve.
func (l *savedLook) bounded() error {
	sizes := map[string]int{
		"found": len(l.Discovery.Value.Found), "roleIds": len(l.Account.Value.RoleIDs), "roles": len(l.Roles.Value), "eligible": len(l.Eligible.Value),
		"plans": len(l.Organization.Value.Plans), "grants": len(l.Grants.Value), "assignments": len(l.Assignments.Value),
		"appRoles": len(l.AppRoles.Value), "resources": len(l.Resources.Value), "classified": len(l.Classified.Value),
		"assigned": len(l.Authorization.Value.Assigned), "policies": len(l.Policies.Value), "reviewers": len(l.Workflow.Value.Reviewers),
		"reviewers' people": len(l.Reviewers.Value), "asked": len(l.Conditional.Value.Asked),
		"signIns": len(l.SignIns.Value.Entries), "audit": len(l.Audit.Value.Entries),
		"requests": len(l.Requests.Value), "userGroups": len(l.UserGroups.Value), "userRoles": len(l.UserRoles.Value),
	}
	for i := range l.Resources.Value {
		sizes["scopes"] += len(l.Resources.Value[i].Scopes) + len(l.Resources.Value[i].AppRoles)
	}
	for i := range l.Policies.Value {
		for _, s := range slices.Concat(l.Policies.Value[i].Includes, l.Policies.Value[i].Excludes) {
			sizes["condition sets"] += 1 + len(s.Permissions) + len(s.Clients) + len(s.Tenants) + len(s.Publishers) + len(s.Unrecognised)
		}
	}
	for i := range l.Grants.Value {
		sizes["scopes of grants"] += len(strings.Fields(l.Grants.Value[i].Written)) + len(l.Grants.Value[i].Scopes)
	}
	for i := range l.Requests.Value {
		sizes["scopes of requests"] += len(l.Requests.Value[i].Scopes)
	}
	for _, w := range l.Conditional.Value.Asked {
		sizes["policies of access"] += len(w.Policies)
	}
	for _, name := range sortedKeys(sizes) {
		if sizes[name] > maxSavedList {
			return fmt.Errorf("%w: %d entries of %s are more than any tenant's %d", errNotSaved, sizes[name], name, maxSavedList)
		}
	}
	return nil
}

// plain is a text of a file without anything that a screen would obey, in one
// line, and not for ever.
func plain(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)), " ")
	if r := []rune(s); len(r) > maxSavedText {
		return string(r[:maxSavedText])
	}
	return s
}

func plainAll(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, plain(s))
	}
	return out
}
