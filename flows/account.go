package flows

import (
	"slices"
	"strings"
)

// Way is how somebody signs in: a rung of the ladder (product §10).
type Way string

// The ways to sign in. WayNone is to go on without; WayLink is by a link that any
// browser opens, and the address that it ends on, pasted back.
const (
	WayNone    Way = "none"
	WayLink    Way = "link"
	WayBrowser Way = "browser"
	WayAz      Way = "az"
	WayToken   Way = "token"
	WayDevice  Way = "device"
)

// WayOffer is a way to sign in as far as it exists here. Why says what is
// missing where it cannot be used; empty: it can.
type WayOffer struct {
	Way Way    `json:"way"`
	Why string `json:"why,omitempty"`
	// Registered says that it needs the app's vendor to have registered this tool for
	// signing in (onboardClientId in the app's profile).
	Registered bool `json:"registered,omitempty"`
}

// Offers are the ways to sign in as they are for the app of the run.
func (s State) Offers() []WayOffer {
	out := slices.Clone(s.Ways)
	for i, o := range out {
		if o.Registered && o.Why == "" && (s.Profile == nil || s.Profile.OnboardClientID == "") {
			out[i].Why = words.wayUnregistered
		}
	}
	return out
}

// SignsIn says whether there is a way to sign in for the app of the run.
func (s State) SignsIn() bool {
	return slices.ContainsFunc(s.Offers(), func(o WayOffer) bool { return o.Why == "" })
}

// Account is who signed in, as the token in hand says. It holds no token.
type Account struct {
	ID       string   `json:"id,omitempty"` // object id in the directory; empty: the token does not say
	UPN      string   `json:"upn"`
	TenantID string   `json:"tenantId"`
	Roles    []string `json:"roles"`  // names of active directory roles
	Scopes   []string `json:"scopes"` // what was given
	Way      Way      `json:"way"`
}

// Has says whether the account was given every one of the scopes, by name.
func (a *Account) Has(scopes ...string) bool {
	if a == nil {
		return false
	}
	for _, want := range scopes {
		if !slices.ContainsFunc(a.Scopes, func(have string) bool { return strings.EqualFold(have, want) }) {
			return false
		}
	}
	return true
}
