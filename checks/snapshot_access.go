package checks

import "time"

// Conditional is what Graph's own what-if says of an ordinary sign-in to the
// app, in a browser, with nothing said of place, device and time. Nobody was
// asked about where the person asked about is not in the tenant.
type Conditional struct {
	Asked []WhatIf `json:"asked"` // one for each person asked about
}

// Whose says about whom a what-if was asked.
type Whose string

// About whom it can be asked.
const (
	WhoseNamed  Whose = "named"  // the person asked about
	WhoseAll    Whose = "all"    // the signed-in person, and no policy tells people apart
	WhoseSample Whose = "sample" // somebody of the tenant, picked as an ordinary user
	WhoseMine   Whose = "mine"   // the signed-in person alone: others may be treated otherwise
)

// WhatIf is what would apply to one person: the policies that are on.
type WhatIf struct {
	Whose    Whose          `json:"whose"`
	Policies []PolicyEffect `json:"policies"`
}

// PolicyEffect is one policy of Conditional Access that is on, and what Graph
// makes of it (whatIfAnalysisResult [MM, GC:resources/whatifanalysisresult]).
type PolicyEffect struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Applies  bool     `json:"applies"`
	Reasons  []string `json:"reasons"`  // why it does not apply, in Graph's words
	Open     []string `json:"open"`     // conditions it has that nothing was said of, in the same words
	All      bool     `json:"all"`      // every one of Controls is asked for, not one of them
	Controls []string `json:"controls"` // block, mfa, compliantDevice, …
	Proxied  bool     `json:"proxied"`  // sessions go through Defender for Cloud Apps
}

// SignInLog is the newest of people's interactive sign-ins to the app, newest
// first as Graph sends them.
type SignInLog struct {
	Since   time.Time `json:"since"`
	More    bool      `json:"more"` // there are older ones since Since
	Entries []SignIn  `json:"entries"`
}

// SignIn is one sign-in. Code is the number of the AADSTS error, 0 for success.
type SignIn struct {
	At       time.Time `json:"at"`
	User     string    `json:"user"` // object id
	Code     int       `json:"code"`
	Reason   string    `json:"reason"`
	Policies []string  `json:"policies,omitempty"` // of Conditional Access, that were not met
}

// AuditLog is the tenant's newest consents, to any app.
type AuditLog struct {
	Since   time.Time      `json:"since"`
	More    bool           `json:"more"`
	Entries []ConsentEvent `json:"entries"`
}

// ConsentEvent is one try to consent to an app.
type ConsentEvent struct {
	At      time.Time `json:"at"`
	Result  string    `json:"result"` // success, failure, timeout
	Reason  string    `json:"reason"`
	Admin   *bool     `json:"admin"`   // consent for everyone; nil: the entry does not say
	Targets []string  `json:"targets"` // object ids that it names
	Apps    []string  `json:"apps"`    // client ids that it names
}

// ReviewerKind says what an entry of the workflow's reviewers is.
type ReviewerKind string

// The kinds of reviewers; other is a query of a form that is not known.
const (
	ReviewerUser  ReviewerKind = "user"
	ReviewerGroup ReviewerKind = "group"
	ReviewerRole  ReviewerKind = "role"
	ReviewerOther ReviewerKind = "other"
)

// Reviewer is who was found behind one entry.
type Reviewer struct {
	Kind   ReviewerKind `json:"kind"`
	Found  bool         `json:"found"`  // the person or group is there, or somebody holds the role
	People int          `json:"people"` // people seen behind it
	Active int          `json:"active"` // those whose account is on
	Unsure bool         `json:"unsure"` // there may be others, who were not looked for
	// Roles are the person's active ones, or the role itself; of a group they
	// are not looked for.
	Roles      []Role `json:"roles,omitempty"`
	RolesKnown bool   `json:"rolesKnown"`
}
