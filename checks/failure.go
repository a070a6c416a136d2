package checks

import (
	"fmt"
	"time"
)

// FailureKind says why something could not be read. Each has another remedy,
// so they are never lumped together.
type FailureKind string

// The ways in which looking fails.
const (
	FailScope       FailureKind = "scope"        // the token lacks a scope
	FailRole        FailureKind = "role"         // the person lacks a role
	FailLicence     FailureKind = "licence"      // the tenant lacks a licence
	FailSignIn      FailureKind = "sign-in"      // 401: expired, wrong cloud, or a challenge
	FailDenied      FailureKind = "denied"       // 403 that says neither scope nor role
	FailThrottled   FailureKind = "throttled"    // 429 to the end of our patience
	FailService     FailureKind = "service"      // 5xx
	FailNotJSON     FailureKind = "not-json"     // a proxy, a captive portal, a body that is none of Graph's
	FailCut         FailureKind = "cut"          // the answer began and did not come whole
	FailUnreachable FailureKind = "unreachable"  // no route, refused, DNS, timeout
	FailTLS         FailureKind = "tls"          // certificate not trusted: often interception
	FailRequest     FailureKind = "request"      // 400: we asked wrongly, or the API changed
	FailNotFound    FailureKind = "not-found"    // 404 where there must be something
	FailNoAccess    FailureKind = "no-sign-in"   // nobody signed in: not asked at all
	FailNotAsked    FailureKind = "not-asked"    // needs no sign-in, and yet nobody asked
	FailNoClientID  FailureKind = "no-client-id" // the app's client id is not known: not asked at all
	FailCancelled   FailureKind = "cancelled"    // we stopped before the answer
	FailWrongTenant FailureKind = "wrong-tenant" // signed in elsewhere: not asked at all
	FailCredential  FailureKind = "credential"   // the vendor's own secret or certificate was not taken
	FailInput       FailureKind = "input"        // what was typed or given cannot be used: nobody was asked
)

// Failure is why a part could not be read. It is an error, and it travels in
// snapshots; its texts are cleaned of control characters before it is made.
type Failure struct {
	Kind      FailureKind   `json:"kind"`
	Status    int           `json:"status,omitempty"`
	Code      string        `json:"code,omitempty"`    // Graph's error.code or AADSTS number
	Message   string        `json:"message,omitempty"` // what the other side said
	Missing   []string      `json:"missing,omitempty"` // scopes, or roles, any of which would do
	RequestID string        `json:"requestId,omitempty"`
	After     time.Duration `json:"after,omitempty"` // Retry-After, if there was one
	// Claims is a decoded claims challenge to sign in again with.
	Claims string `json:"claims,omitempty"`
}

// Error says what failed in words for a log; screens use the words of their room.
func (f *Failure) Error() string {
	if f.Code == "" {
		return fmt.Sprintf("%s: %s", f.Kind, f.Message)
	}
	return fmt.Sprintf("%s: %s (%s)", f.Kind, f.Message, f.Code)
}
