package sim

import "time"

// The document that a saved snapshot is, as far as a tenant can be made of it.

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
	DNSPolicy savedPart[savedPublished] `json:"dnsPolicy"`
	DNSMail   savedPart[savedMail]      `json:"dnsMail"`
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
