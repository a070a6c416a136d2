package flows

import (
	"cmp"
	"slices"

	"onboard.example/checks"
)

// Rank lists every path of this release for a tenant: those that fit first,
// least effect first, then least effort, then without a licence; those that do
// not fit after them, each with the reason. Nothing fits where people can
// connect already.
func Rank(s State) []Ranked {
	open := s.Overall()
	var out []Ranked
	for _, p := range Paths() {
		r := Ranked{Path: p, Fits: true, Advised: true}
		if s.needsGraphRole() {
			r.Path.Least = leastRoleForAppRoles
		}
		if p.ID == DirectLink && s.Profile != nil && !s.consentV2() {
			r.Path.Gains = words.linkV1Gains
		}
		if f := s.Facts.App; f != nil && !f.Enabled { // then more than a grant is changed
			r.Path.Gains, r.Path.Undo = words.enableGains, words.enableUndo
		}
		r.Why = unfit(s, p, open)
		r.Fits = r.Why == ""
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Ranked) int {
		return cmp.Or(
			boolOrder(a.Fits, b.Fits),
			boolOrder(a.Advised, b.Advised),
			cmp.Compare(a.Path.Effect, b.Path.Effect),
			cmp.Compare(a.Path.Minutes, b.Path.Minutes),
			boolOrder(a.Path.Licence == "", b.Path.Licence == ""),
		)
	})
	for i := range out {
		if out[i].Fits {
			out[i].Rank = i + 1
			out[i].Why = words.fits[out[i].Path.ID]
		}
	}
	return out
}

// unfit says in a line why a path cannot clear this tenant's block; empty: it
// can, as far as is known.
func unfit(s State, p Path, o checks.Overall) string {
	if s.openToAll(o) {
		return words.unfitOpen
	}
	if s.Profile != nil && len(s.Profile.Paths) > 0 && !slices.Contains(s.Profile.Paths, p.ID) {
		return words.unfitVendor
	}
	f := s.Facts.App
	if f != nil && f.ByMicrosoft != "" {
		return words.unfitByMS
	}
	if f != nil && f.Deactivated {
		return words.unfitDeactivated
	}
	if s.grantSeen() && !s.roleMissing() && (f == nil || f.Enabled) {
		return words.unfitGranted
	}
	if s.apiOff() {
		return words.unfitAPI
	}
	if h, ok := s.Finding(checks.ConsentPredict); ok && h.Round >= s.since && checks.PersonStopped(h.Finding) {
		return words.unfitPerson
	}
	if p.ID == DirectLink {
		if _, err := ConsentLink(s); err != nil {
			return words.needLink
		}
		if f != nil && !f.Enabled {
			return words.unfitDisabled
		}
	}
	return ""
}

// grantSeen says whether the grant was seen in Graph, whole and for everyone, by
// whoever looks now: then what blocks is something that no grant clears, such
// as an assignment.
func (s State) grantSeen() bool {
	h, ok := s.Finding(checks.AppGrant)
	return ok && h.Round >= s.since && h.Verdict == checks.Pass && h.Grade == checks.Verified
}

// OpenForOne says whether the person asked about was seen to be let in, and
// nobody else was looked at.
func (s State) OpenForOne() bool {
	o := s.Overall()
	return o.State == checks.StateOpen && o.Grade == checks.Verified && !s.openToAll(o)
}

// openToAll says whether a verdict is of an opening for everybody: where one
// person was asked about it takes the grant for everyone, and an app that is not
// for those assigned alone.
func (s State) openToAll(o checks.Overall) bool {
	held := s.Facts.App != nil && s.Facts.App.AssignedOnly
	return o.State == checks.StateOpen && o.Grade == checks.Verified && (s.Person == "" || s.grantSeen() && !held)
}

// apiOff says whether an API that the app needs was seen switched off in the
// tenant, which no grant on it mends.
func (s State) apiOff() bool {
	h, ok := s.Finding(checks.AppResource)
	return ok && h.Round >= s.since && h.Verdict == checks.Fail
}

// needsRole says whether the app asks for an app role of any API.
func (s State) needsRole() bool {
	return slices.ContainsFunc(s.App.Needs, func(p checks.Permission) bool { return p.Role != "" })
}

// roleMissing says whether an app role that the app needs was seen missing:
// consent by an admin grants it together with the scopes.
func (s State) roleMissing() bool {
	h, ok := s.Finding(checks.AppRoles)
	return s.needsRole() && ok && h.Round >= s.since && h.Verdict == checks.Fail
}

// needsGraphRole says whether the app asks for an app role of Microsoft Graph,
// which a lesser role cannot grant (entra-facts §9).
func (s State) needsGraphRole() bool {
	return slices.ContainsFunc(s.App.Needs, func(p checks.Permission) bool {
		return p.Role != "" && p.Resource == checks.MicrosoftGraph
	})
}

// boolOrder puts true first.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
