// Package checks looks at a Microsoft 365 tenant and says what stands between
// an ordinary user and one third-party app.
//
// Looking is apart from judging. Readers deliver a tenant in parts, all asked
// at once, into a Snapshot; a Check is a function from a Subject, which holds
// that snapshot, to a Finding. So a snapshot can be kept and judged again
// elsewhere, findings stream as parts land, and a poll reads only the parts
// that its own checks name.
//
// A check that could not look says Unknown with the reason. An error from a
// check means just that, and one place (Run) turns it into a finding.
package checks

import (
	"context"
	"time"
)

// ID names a check. Ids are stable: they are printed, scripted and filed.
type ID string

// The checks of this release, by group.
const (
	TenantFound  ID = "tenant/found"
	TenantCloud  ID = "tenant/cloud"
	TenantRealm  ID = "tenant/realm"
	TenantMatch  ID = "tenant/match"
	AccountWork  ID = "account/work"
	AccountRole  ID = "account/role"
	AccountScope ID = "account/scopes"

	AppNamed      ID = "app/named"
	AppPresent    ID = "app/present"
	AppEnabled    ID = "app/enabled"
	AppPublisher  ID = "app/publisher"
	AppAssignment ID = "app/assignment"
	AppGrant      ID = "app/grant"
	AppRoles      ID = "app/roles"
	AppUserGrants ID = "app/user-grants"
	AppResource   ID = "app/resource"

	ConsentPolicy     ID = "consent/policy"
	ConsentManaged    ID = "consent/managed"
	ConsentClassified ID = "consent/classified"
	ConsentRisk       ID = "consent/risk"
	ConsentPredict    ID = "consent/predict"
	ConsentWorkflow   ID = "consent/workflow"
	ConsentReviewers  ID = "consent/reviewers"
	ConsentRequests   ID = "consent/requests"

	AccessConditional ID = "access/conditional"
	AccessDefaults    ID = "access/security-defaults"
	AccessSignIns     ID = "access/sign-ins"
	AccessAudit       ID = "access/audit"

	VendorProbe    ID = "vendor/probe"
	VendorCallback ID = "vendor/callback"
)

// Check is one question with the way to answer it.
type Check struct {
	ID    ID
	Title string
	// Needs are the checks whose failure makes this one meaningless: it is
	// Skipped then, so that a cause is shown and not its echoes.
	Needs []ID
	// Reads are the parts of the snapshot that Run looks at.
	Reads []Part
	// Access is what somebody must have given before Run can know.
	Access Access
	// For says whether the check is about an app at all; nil: about every app.
	For func(App) bool
	// Patience is how long a "not yet" is normal after a change.
	Patience time.Duration
	Run      func(context.Context, Subject) (Finding, error)
}

// Access is what a check needs to be allowed to look.
type Access struct {
	SignIn bool
	// AnyScope lists delegated Graph scopes, least first; one is enough.
	AnyScope []string
}

// Verdict is what a check found. The zero value is Unknown, on purpose.
type Verdict uint8

// The verdicts. Pending means too early to tell; Skipped, that a need failed.
const (
	Unknown Verdict = iota
	Pass
	Warn
	Fail
	Pending
	Skipped
)

// Grade is how sure a finding or the verdict is. The zero value is
// GradeUnknown; larger is surer. Green is for Verified alone.
type Grade uint8

// The grades: seen from outside only, said by someone, seen in Graph.
const (
	GradeUnknown Grade = iota
	Inferred
	Asserted
	Verified
)

// Finding is what one check saw and makes of it.
type Finding struct {
	Check   ID            `json:"check"`
	Verdict Verdict       `json:"verdict"`
	Grade   Grade         `json:"grade"`
	Summary string        `json:"summary"` // one line, cleaned of control characters
	Detail  []string      `json:"detail,omitempty"`
	Seen    []Evidence    `json:"seen"`
	Fix     *Fix          `json:"fix"`
	At      time.Time     `json:"at"`
	Took    time.Duration `json:"-"`
	// Zone is the zone of the DNS that the policy record belongs in, as it was found;
	// empty: not known. Of CheckDNSPolicy alone.
	Zone string `json:"zone,omitempty"`
}

// Evidence is one thing that was seen, and how to see it again.
type Evidence struct {
	Source    string    `json:"source"`  // graph, login, token, dns, file, static
	Request   string    `json:"request"` // method and URL, as sent, no secrets
	At        time.Time `json:"at"`
	Value     string    `json:"value"`     // the value seen, short, cleaned
	RequestID string    `json:"requestId"` // Microsoft's, for their support
	// Until is how long a cache may go on saying so; zero: not known.
	Until time.Time `json:"until,omitzero"`
	// Outcome is what a name server did with the question, and State what its answer
	// amounts to; empty: it was none that was asked. Of the checks of the policy
	// record alone, and to be judged by: Value is for people.
	Outcome DNSOutcome `json:"outcome,omitempty"`
	State   DNSState   `json:"state,omitempty"`
	// Alias is the name that an alias there leads to.
	Alias string `json:"alias,omitempty"`
}

// The values of Evidence.Source.
const (
	SourceGraph  = "graph"
	SourceLogin  = "login"
	SourceToken  = "token"
	SourceDNS    = "dns"
	SourceFile   = "file"   // the app's profile
	SourceStatic = "static" // this tool's own copy of what Microsoft published
)

// Fix is the next move that a finding suggests.
type Fix struct {
	Do  string `json:"do"`
	Why string `json:"why"`
	URL string `json:"url"`
	Who Who    `json:"who"`
}

// Who says whose move it is.
type Who string

// The parties of a case (product vocabulary).
const (
	WhoUser      Who = "user"
	WhoAdmin     Who = "tenant admin"
	WhoVendor    Who = "app vendor"
	WhoMicrosoft Who = "Microsoft"
	WhoElse      Who = "somebody else"
	WhoNobody    Who = "nobody"
	WhoUnknown   Who = "unknown"
)

// State is the whole answer in a word.
type State string

// The states of a case.
const (
	StateOpen    State = "open"
	StateBlocked State = "blocked"
	StateUnknown State = "unknown"
)

// Overall is the verdict over all findings: can people connect, and if not,
// what stops them and whose move it is.
type Overall struct {
	State  State  `json:"state"`
	Grade  Grade  `json:"grade"`
	Reason string `json:"reason"`
	Whose  Who    `json:"whose"`
	// Because names the findings that decided, weightiest first.
	Because []ID `json:"-"`
	// NotLooked says what was not looked at and may still stop people.
	NotLooked []string `json:"-"`
	// MayStop says what was looked at, is not in everybody's way, and may still
	// stop some.
	MayStop []string `json:"-"`
}

// App is what the checks need to know of the vendor's app. Profiles make it.
type App struct {
	ID        string // profile id, such as hetk
	Name      string // the vendor's name of it
	Listed    string // as the portal lists it
	ClientID  string // empty where the profile has none and none was given
	IDFrom    IDSource
	Publisher string
	// PublisherID is the partner id that its verified publisher mark should
	// carry; empty: the profile does not say, and its name counts.
	PublisherID string
	// Undescribed is set where nobody described the app: then its names are
	// nobody's, and nothing is held against them.
	Undescribed bool
	// Needs is every permission that must be in place, each once: the
	// profile's permissions and the sign-in scopes.
	Needs []Permission
	// NeedsUnstated is set where the vendor does not say what the app asks
	// for: then Needs holds the sign-in scopes alone, covering them proves
	// nothing, and Decide never says open.
	NeedsUnstated bool
	// DNS is the policy record that a domain may publish for the app; nil: the
	// vendor reads none.
	DNS *DNSRule
	// ConsentRedirect is the address that the vendor registered for Microsoft's
	// consent page to come back to; empty: none.
	ConsentRedirect string
}

// IDSource is who says that a client id is the app's.
type IDSource string

// The sources of a client id. All but the profile leave it to a person whether
// the id is the app's: anyone can take a name.
const (
	IDOfProfile IDSource = ""      // the app's profile
	IDGiven     IDSource = "given" // whoever typed it, or handed it over
	IDFound     IDSource = "found" // whoever took it from a search by name
)

// Permission is a scope or an app role of a resource, with the reason for it.
type Permission struct {
	Resource string // appId of the API
	Scope    string // delegated; else Role is set
	Role     string
	Why      string
}

// Subject is what a check judges.
type Subject struct {
	App    App
	Domain string
	Cloud  Cloud  // chosen or found; empty until known
	Person string // user principal name asked about; empty: an ordinary user
	Who    string // the person or group that a plan is about: an address, an object id, or a group's name
	// Deleted is the object id of an enterprise app that was deleted, and that a
	// plan would restore; empty: none.
	Deleted string
	Now     time.Time
	Look    *Snapshot
	// Login and Portal are https roots without a slash at the end, to which
	// links lead in place of the cloud's own: a simulator's. Empty: the cloud's.
	Login, Portal string
	// Service names what is asked in place of Microsoft; see OtherService.
	Service string
}
