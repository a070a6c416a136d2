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

type savedDoc struct {
	Schema string    `json:"schema"`
	At     time.Time `json:"at"`
	App    struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		ClientID string `json:"clientId"`
	} `json:"app"`
	Person bool       `json:"person"` // one person was asked about
	Look   *savedLook `json:"look"`
}

// savedPart is one part of a tenant: a value if it was read, else why not.
type savedPart[T any] struct {
	Read    bool `json:"read"`
	Value   T    `json:"value"`
	Failure *struct {
		Kind string `json:"kind"`
	} `json:"failure"`
}

// why is in one word why the part was not read.
func (p savedPart[T]) why() string {
	if p.Failure == nil || plain(p.Failure.Kind) == "" {
		return "not asked for"
	}
	return plain(p.Failure.Kind)
}

type savedLook struct {
	Discovery savedPart[struct {
		Found []struct {
			Cloud    string `json:"cloud"`
			TenantID string `json:"tenantId"`
		} `json:"found"`
	}] `json:"discovery"`
	Realm savedPart[struct {
		Type string `json:"type"`
	}] `json:"realm"`
	Account      savedPart[savedAccount] `json:"account"`
	Me           savedPart[savedPerson]  `json:"me"`
	Roles        savedPart[[]savedRole]  `json:"roles"`
	Eligible     savedPart[[]savedRole]  `json:"eligible"`
	Organization savedPart[struct {
		ID    string   `json:"id"`
		Plans []string `json:"plans"`
	}] `json:"organization"`
	App           savedPart[*savedService]     `json:"app"`
	Grants        savedPart[[]savedGrant]      `json:"grants"`
	Assignments   savedPart[[]savedAssignment] `json:"assignments"`
	AppRoles      savedPart[[]savedAssignment] `json:"appRoles"`
	Resources     savedPart[[]savedService]    `json:"resources"`
	Classified    savedPart[map[string]string] `json:"classified"` // level by appId/scope id
	Authorization savedPart[struct {
		Assigned []string `json:"assigned"`
		Risky    *bool    `json:"riskyAllowed"`
	}] `json:"authorization"`
	Policies   savedPart[[]savedPolicy]  `json:"policies"`
	Workflow   savedPart[savedWorkflow]  `json:"workflow"`
	Requests   savedPart[[]savedRequest] `json:"requests"`
	Defaults   savedPart[bool]           `json:"securityDefaults"`
	User       savedPart[*savedPerson]   `json:"user"`
	UserGroups savedPart[[]string]       `json:"userGroups"`
	UserRoles  savedPart[[]savedRole]    `json:"userRoles"`

	Reviewers   savedPart[[]savedReviewer] `json:"reviewers"`
	Conditional savedPart[struct {
		Asked []savedWhatIf `json:"asked"`
	}] `json:"conditional"`
	SignIns savedPart[struct {
		Entries []savedSignIn `json:"entries"`
	}] `json:"signIns"`
	Audit savedPart[struct {
		Entries []savedEvent `json:"entries"`
	}] `json:"audit"`
}

// savedReviewer is what was found behind an entry of the workflow's reviewers.
type savedReviewer struct {
	Kind   string      `json:"kind"` // user, group, role, other
	Found  bool        `json:"found"`
	People int         `json:"people"`
	Active int         `json:"active"` // of the people, those whose account is on
	Roles  []savedRole `json:"roles"`
}

// savedWhatIf is what policies of access do to one person's sign-in.
type savedWhatIf struct {
	Whose    string        `json:"whose"` // named, all, sample, mine
	Policies []savedEffect `json:"policies"`
}

type savedEffect struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Applies  bool     `json:"applies"`
	Reasons  []string `json:"reasons"` // why it does not apply, as Graph words it
	Open     []string `json:"open"`    // its conditions of which nothing was said
	All      bool     `json:"all"`     // every control is wanted
	Controls []string `json:"controls"`
	Proxied  bool     `json:"proxied"`
}

type savedSignIn struct {
	At       time.Time `json:"at"`
	User     string    `json:"user"` // a number
	Code     int       `json:"code"`
	Policies []string  `json:"policies"` // names of those that were not met
}

type savedEvent struct {
	At      time.Time `json:"at"`
	Result  string    `json:"result"`
	Admin   *bool     `json:"admin"` // for everyone
	Targets []string  `json:"targets"`
	Apps    []string  `json:"apps"`
}

type savedAccount struct {
	TenantID string   `json:"tenantId"`
	RoleIDs  []string `json:"roleIds"`
	AppOnly  bool     `json:"appOnly"`
}

type savedPerson struct {
	ID      string `json:"id"` // a number in place of it
	Type    string `json:"type"`
	Enabled *bool  `json:"enabled"`
}

type savedRole struct {
	TemplateID string `json:"templateId"`
	Scope      string `json:"scope"`
}

type savedService struct {
	ID                 string `json:"id"`
	AppID              string `json:"appId"`
	Name               string `json:"name"`
	Enabled            *bool  `json:"enabled"`
	Deactivated        *bool  `json:"deactivated"`
	DisabledByMS       string `json:"disabledByMicrosoftStatus"`
	AssignmentRequired *bool  `json:"assignmentRequired"`
	OwnerTenant        string `json:"ownerTenant"`
	Publisher          *struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"publisher"`
	Scopes []struct {
		ID      string `json:"id"`
		Value   string `json:"value"`
		Type    string `json:"type"`
		Enabled bool   `json:"enabled"`
	} `json:"scopes"`
	AppRoles []struct {
		ID    string `json:"id"`
		Value string `json:"value"`
	} `json:"appRoles"`
}

type savedGrant struct {
	ResourceID string   `json:"resourceId"`
	Everyone   bool     `json:"everyone"`
	Principal  string   `json:"principal"`
	Scopes     []string `json:"scopes"`
	Written    string   `json:"raw"`
}

type savedAssignment struct {
	PrincipalID   string `json:"principalId"`
	PrincipalType string `json:"principalType"`
	RoleID        string `json:"roleId"`
	ResourceID    string `json:"resourceId"`
}

type savedPolicy struct {
	ID       string     `json:"ID"`
	Includes []savedSet `json:"Includes"`
	Excludes []savedSet `json:"Excludes"`
	Unread   bool       `json:"Unread"`
}

type savedSet struct {
	Type         string   `json:"PermissionType"`
	Class        string   `json:"Classification"`
	Resource     string   `json:"Resource"`
	Permissions  []string `json:"Permissions"`
	Clients      []string `json:"ClientIDs"`
	Tenants      []string `json:"ClientTenantIDs"`
	Publishers   []string `json:"ClientPublisherIDs"`
	Verified     bool     `json:"VerifiedOnly"`
	Unrecognised []string `json:"Unrecognised"` // conditions that nobody knows
}

type savedWorkflow struct {
	Enabled   bool     `json:"enabled"`
	Notify    bool     `json:"notify"`
	Remind    bool     `json:"remind"`
	Days      int      `json:"days"`
	Reviewers []string `json:"reviewers"`
}

type savedRequest struct {
	AppID  string   `json:"appId"`
	Status string   `json:"status"`
	Scopes []string `json:"scopes"`
	Count  int      `json:"count"`
}

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
