// Package aadsts reads what somebody was shown when Microsoft stopped their
// sign-in, and says what happened and whose move it is.
//
// The text may be anything: a page that was copied, an address, JSON, HTML, a
// line of a log, words read off a screenshot. Parse finds the codes, the walls
// that carry no code, and the ids a support case asks for. It touches nothing
// outside, never fails, and takes time and memory in proportion to the text.
//
// How it reads: the text is cleaned first (clean.go), so that whatever is taken
// from it is fit to be shown, and then unwrapped coat by coat (layers.go),
// because pages put JSON into HTML into addresses. Every coat is searched for
// pairs of key and value (pairs.go, facts.go), the innermost for codes
// (codes.go, digits.go), ids (ids.go) and the words of pages (walls.go,
// wordings.go, spoken.go). The latter are compared in a form that survives bad
// scans, lost accents and wrapped lines (fold.go). Each find is a sign with a
// rank, and the highest decides (judge.go, verdicts.go). Nothing is searched by
// regular expressions: hostile texts must not cost more than plain ones.
//
// What somebody pasted is never repeated back. An Answer holds names, ids and
// permissions that have the form of such, and words of ours.
//
// Codes are advice: Microsoft changes them, and says so [ED:reference-error-codes].
// Nothing in the product may be decided by an Answer; it only chooses the words
// that help somebody on. Source keys in square brackets are those of the
// project's file of facts about Microsoft; [K] is general knowledge.
package aadsts

import "time"

// MaxBytes is how much of a text Parse reads. What follows is left out, and
// the Answer says so.
const MaxBytes = 1 << 20

// How much of a kind an Answer holds at most; a text is no place to fill a
// screen from.
const (
	maxCodes     = 16
	maxScopes    = 64
	maxAddresses = 16
	maxAlso      = 3
)

// Class is what happened. The names are stable and printed.
type Class string

// The classes, which are all there are.
const (
	AdminConsentNeeded     Class = "admin_consent_needed"
	UserConsentOff         Class = "user_consent_off"
	PermissionsNeedAdmin   Class = "permissions_need_admin"
	UnverifiedPublisher    Class = "unverified_publisher"
	RiskyApp               Class = "risky_app"
	RequestPending         Class = "request_pending"
	ConsentMissing         Class = "consent_missing"
	AssignmentRequired     Class = "assignment_required"
	AppDisabled            Class = "app_disabled"
	AppNotInTenant         Class = "app_not_in_tenant"
	ServiceMissing         Class = "service_missing_in_tenant"
	TenantBlocked          Class = "tenant_blocked"
	CAPolicy               Class = "ca_policy"
	MFARequired            Class = "mfa_required"
	DeviceRequired         Class = "device_required"
	DeviceCodeBlocked      Class = "device_code_blocked"
	CrossTenantPolicy      Class = "cross_tenant_policy"
	PartnerNotAuthorised   Class = "partner_not_authorised"
	WrongTenant            Class = "wrong_tenant"
	PersonalAccount        Class = "personal_account"
	AccountDisabled        Class = "account_disabled"
	UserDeclined           Class = "user_declined"
	ExpiredToken           Class = "expired_token"
	GraphPermissionMissing Class = "graph_permission_missing"
	VendorMisconfigured    Class = "vendor_misconfigured"
	NotEntra               Class = "not_entra"
	Transient              Class = "transient"
	NoneSuccess            Class = "none_success"
	Ambiguous              Class = "ambiguous"
	Unknown                Class = "unknown"
)

// Who is whose move it is: exactly one. The names are stable and printed.
type Who string

// The parties, which are all there are.
const (
	User         Who = "user"
	TenantAdmin  Who = "tenant admin"
	AppVendor    Who = "app vendor"
	Microsoft    Who = "Microsoft"
	SomebodyElse Who = "somebody else" // another organisation, a network, another identity service
	Nobody       Who = "nobody"
	WhoUnknown   Who = "unknown"
)

// PathID is the way to clear the block that an answer leads to; "" where none
// does. The ids are those of the paths.
type PathID string

// The paths that a text can lead to.
const (
	NoPath          PathID = ""
	DirectLink      PathID = "direct-link"
	EntraGrant      PathID = "entra-grant"
	ConsentRequests PathID = "consent-requests"
	FirstSignIn     PathID = "first-sign-in"
	Pilot           PathID = "pilot"
	AfterApproval   PathID = "after-approval"
)

// Sure is how far an answer can be trusted, from the text alone.
type Sure string

// From a code with one meaning down to nothing.
const (
	High   Sure = "high"   // a code, or a redirect, with one meaning
	Medium Sure = "medium" // a code of which only others report the meaning, or words of a page
	Low    Sure = "low"    // signs that fit several things
	None   Sure = "none"   // nothing was recognised
)

// Answer is what a text says. Every string in it is fit to be shown on one
// line: it is either ours, or was cleaned of control characters, terminal
// sequences, and whatever is invisible or turns the direction of writing.
//
// What may name a person, or lead to one, is in Personal alone.
type Answer struct {
	Class Class   `json:"class"`
	Who   Who     `json:"who"`
	Also  []Class `json:"alsoPossible"` // what else it may be, likeliest first; never Class, at most three

	Code   int    `json:"code,omitempty"` // the code that decided; 0 where it was none
	What   string `json:"what"`           // what happened, to the person who is stopped
	Do     string `json:"do"`             // what clears it: to Who, or to that person where Who is Microsoft or nobody
	Skip   string `json:"skip"`           // what not to waste time on
	Sure   Sure   `json:"sure"`
	Why    string `json:"why"`              // what in the text says so
	Path   PathID `json:"path"`             // where it leads
	Lookup string `json:"lookup,omitempty"` // Microsoft's own page on Code

	Codes    []Code    `json:"aadsts"`
	Error    string    `json:"error,omitempty"`    // OAuth's error
	Suberror string    `json:"suberror,omitempty"` // Entra's suberror or error_subcode
	Claims   string    `json:"claims,omitempty"`   // claims that a client is to ask again with, those that name nobody
	At       time.Time `json:"at,omitzero"`        // when it happened, where the text says so with its zone
	App      Named     `json:"app,omitzero"`
	// Doubtful is true where the app's name stood behind a label and nothing tells
	// where it ends: somebody's name may be in it. It is for people, who look before
	// they send: that it is false is no promise, for nobody can tell what else
	// whoever wrote the text has put there.
	Doubtful bool     `json:"appNameDoubtful,omitempty"`
	Tenant   Named    `json:"tenant,omitzero"` // Name is a domain or what the page calls it
	API      Named    `json:"api,omitzero"`    // the resource
	Scopes   []string `json:"scopes"`
	Request  Request  `json:"request,omitzero"` // the sign-in or consent address, where the text holds one
	Language string   `json:"language,omitempty"`

	// AdminConsent is true where an admin consent redirect says so. Anybody can
	// type such an address: it is an assertion, and no proof [ED:v2-admin-consent].
	AdminConsent bool `json:"adminConsent"`
	// Secret is true where the text holds what looks like a code, a token or a
	// secret; none of it is in the Answer. Such a text must not be passed on.
	Secret bool `json:"secret"`
	// Cut is true where the text was longer than MaxBytes.
	Cut bool `json:"cut"`
	// Empty is true where there is no text at all.
	Empty bool `json:"-"`

	Personal Personal `json:"personal,omitzero"`
}

// Code is a code found in the text.
type Code struct {
	Number int    `json:"number"`
	Known  bool   `json:"known"`          // it is in the table
	Name   string `json:"name,omitempty"` // Microsoft's own name for it, where published
	Class  Class  `json:"class"`          // what it means by itself
	Guess  bool   `json:"guess"`          // characters were read as digits, or lines joined, to find it
	Lookup string `json:"lookup"`
}

// Named is something with an id, a name, or both.
type Named struct {
	ID   string `json:"id,omitempty"` // a GUID in lower case; for an API also its address
	Name string `json:"name,omitempty"`
}

// Request is what a sign-in or consent address asks for.
type Request struct {
	Kind         string `json:"kind,omitempty"`   // "authorize", "adminconsent", "token" or "devicecode"
	Host         string `json:"host,omitempty"`   // the sign-in host, which tells the cloud
	Tenant       string `json:"tenant,omitempty"` // as written: a GUID, a domain, "common", "organizations", "consumers"
	Version      string `json:"version,omitempty"`
	Prompt       string `json:"prompt,omitempty"`
	ResponseType string `json:"responseType,omitempty"`
	RedirectURI  string `json:"redirectUri,omitempty"` // without query and fragment; "…" stands for what no sign-in needs in a path
}

// Personal is what may name a person or lead to one. Callers leave it out
// unless they were asked for it.
type Personal struct {
	Addresses   []string `json:"addresses,omitempty"`
	Trace       string   `json:"traceId,omitempty"`
	Correlation string   `json:"correlationId,omitempty"`
	RequestID   string   `json:"requestId,omitempty"`
	UserID      string   `json:"userId,omitempty"`
	IP          string   `json:"ip,omitempty"`
	Device      string   `json:"deviceId,omitempty"`
	RedirectURI string   `json:"redirectUri,omitempty"` // the whole path, where the request has "…"
}

// WithoutPersonal is the answer without what may name a person.
func (a Answer) WithoutPersonal() Answer {
	a.Personal = Personal{}
	return a
}

// Classes lists every class, in the order of the product's description.
func Classes() []Class {
	return []Class{
		AdminConsentNeeded, UserConsentOff, PermissionsNeedAdmin, UnverifiedPublisher, RiskyApp, RequestPending,
		ConsentMissing, AssignmentRequired, AppDisabled, AppNotInTenant, ServiceMissing, TenantBlocked, CAPolicy,
		MFARequired, DeviceRequired, DeviceCodeBlocked, CrossTenantPolicy, PartnerNotAuthorised, WrongTenant,
		PersonalAccount, AccountDisabled, UserDeclined, ExpiredToken, GraphPermissionMissing, VendorMisconfigured,
		NotEntra, Transient, NoneSuccess, Ambiguous, Unknown,
	}
}

// Parties lists every Who.
func Parties() []Who {
	return []Who{User, TenantAdmin, AppVendor, Microsoft, SomebodyElse, Nobody, WhoUnknown}
}
