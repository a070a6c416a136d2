package flows

import (
	"slices"
	"strings"

	"onboard.example/checks"
)

// How things stand in a tenant, by what was read in this round: what guards and
// the ranking of paths ask.

// choice is the portal's user consent setting (entra-facts §3).
type choice uint8

const (
	choiceUnread choice = iota
	choiceNone
	choiceLow
	choiceAll
	choiceManaged
	choiceCustom // any other policy, or several that are not one choice
)

// choice is what users of the tenant may consent to.
func (s State) choice() choice {
	if !s.Facts.ConsentRead {
		return choiceUnread
	}
	out := choiceNone
	for _, e := range s.Facts.Consent {
		if !isForSelf(e) {
			continue
		}
		c := choiceCustom
		switch strings.ToLower(e[len(forSelf):]) {
		case policyLow:
			c = choiceLow
		case policyLegacy:
			c = choiceAll
		case policyManaged, policyMail:
			c = choiceManaged
		}
		if out != choiceNone && out != c {
			return choiceCustom
		}
		out = c
	}
	return out
}

// The pair of policies that Microsoft manages (entra-facts §3).
const (
	policyManaged = "microsoft-user-default-recommended"
	policyMail    = "microsoft-user-default-allow-consent-apps"
)

// now is what a check found in this round.
func (s State) now(id checks.ID) (Held, bool) {
	h, ok := s.Finding(id)
	return h, ok && !s.Stale(h)
}

// sees says whether what a plan or a proof is made of was read in this round, at
// every one of the checks, by somebody who is signed in to the tenant. Facts of
// before, such as those of an earlier process, stay as they were until a look
// brings newer ones: by themselves they prove nothing.
func (s State) sees(ids ...checks.ID) bool {
	if s.Account == nil || s.elsewhere() || !s.FactsRead() || !s.Told(ids) {
		return false
	}
	return !slices.ContainsFunc(ids, func(id checks.ID) bool {
		h, ok := s.now(id)
		return !ok || h.Verdict == checks.Unknown
	})
}

// counts is what a check found that counts for a verdict: by whom looks now, if
// not in this very round.
func (s State) counts(id checks.ID) (Held, bool) {
	h, ok := s.Finding(id)
	return h, ok && h.Round >= s.since
}

// absent says whether the enterprise app was seen not to be there.
func (s State) absent() bool {
	h, ok := s.Finding(checks.AppPresent)
	return ok && h.Verdict == checks.Fail
}

// requestsOn says whether users were seen to be able to ask, with somebody to
// decide who may.
func (s State) requestsOn() bool {
	on, ok := s.now(checks.ConsentWorkflow)
	who, looked := s.now(checks.ConsentReviewers)
	return ok && looked && on.Verdict == checks.Pass && on.Grade == checks.Verified && who.Verdict == checks.Pass
}

// asked says whether somebody's request for the app waits for an answer.
func (s State) asked() bool {
	h, ok := s.now(checks.ConsentRequests)
	return ok && h.Verdict == checks.Pending
}

// stops says whether a finding is of something that keeps people out, or may.
func stops(f checks.Finding) bool {
	return f.Verdict == checks.Fail || f.Check == checks.AccessConditional && f.Verdict == checks.Warn && f.Grade <= checks.Inferred
}

// Who is whom a plan is about, as typed: what the next look has to find. Empty:
// nobody.
func (s State) Who() string {
	if s.Path == Pilot || s.Path == ConsentRequests && s.Answer(AskReviewers) == ReviewersWho {
		return s.Answer(AskWho)
	}
	return ""
}

// assigned says whether the one who was named was seen assigned to the app.
func (s State) assigned() bool {
	who, err := s.who()
	f := s.Facts
	return err == nil && s.sees(checks.AppAssignment) && f.App != nil && f.AssignedRead && hasAssignment(f.Assigned, who.ID, f.App.ID, "")
}

// piloted says whether the one who was named was seen to be let in: by a grant
// of their own, or assigned and approved.
func (s State) piloted() bool {
	who, err := s.who()
	f := s.Facts
	if err != nil || f.App == nil || !f.App.Enabled || f.App.EnabledUnread || !f.GrantsRead || !f.ResRead || s.App.NeedsUnstated {
		return false
	}
	if !s.sees(checks.AppEnabled, checks.AppGrant, checks.AppAssignment) {
		return false
	}
	if f.App.AssignedOnly && !s.assigned() {
		return false
	}
	if !f.App.AssignedOnly && (who.Group || s.wide()) {
		return false // what everyone has is no pilot
	}
	for _, n := range needsByResource(s.App) {
		api, there := resourceIn(f, n.resource)
		person := who.ID
		if who.Group {
			person = "" // a group holds no grant
		}
		covered, _ := grantsOf(f, f.App.ID, api.ID, person)
		if !there || !covers(covered, n.scopes) {
			return false
		}
	}
	return !s.roleMissing()
}

// wide says whether grants for everyone were read that cover all that the app
// needs.
func (s State) wide() bool {
	for _, n := range needsByResource(s.App) {
		api, there := resourceIn(s.Facts, n.resource)
		if covered, _ := grantsOf(s.Facts, "", api.ID, ""); !there || !covers(covered, n.scopes) {
			return false
		}
	}
	return len(s.App.Needs) > 0
}

// grantsGone says whether no grant of the app was seen left, everyone's or one
// user's, and no app role that it holds.
func (s State) grantsGone() bool {
	f := s.Facts
	if !f.AppRead || !s.sees(checks.AppGrant, checks.AppUserGrants, checks.AppRoles) {
		return false
	}
	return f.App == nil || f.GrantsRead && f.RolesRead && len(f.Grants)+len(f.UserGrants)+len(f.Roles) == 0
}

// takenBack says whether what was chosen to be taken back was seen gone.
func (s State) takenBack() bool {
	return s.grantsGone() && (s.Answer(AskRevoke) != RevokeApp || s.Facts.App == nil)
}

// somethingGranted says whether anything was seen that could be taken back.
func (s State) somethingGranted() bool {
	f := s.Facts
	return f.App != nil && len(f.Grants)+len(f.UserGrants)+len(f.Roles) > 0
}

// adminOnly are the scopes that the app needs and that their API leaves to
// admins, as far as was read.
func (s State) adminOnly() []string {
	var out []string
	for _, r := range s.Facts.Resources {
		for _, sc := range r.Scopes {
			if sc.Admin {
				out = addFold(out, sc.Value)
			}
		}
	}
	return out
}

// unclassified are the scopes that the app needs and that are not classified
// Low, as far as was read.
func (s State) unclassified() []string {
	var out []string
	for _, r := range s.Facts.Resources {
		for _, sc := range r.Scopes {
			if classOf(s.Facts, r.AppID, sc.ID) != "low" {
				out = addFold(out, sc.Value)
			}
		}
	}
	return out
}

// ownApp says whether the app is registered in this very tenant.
func (s State) ownApp() bool {
	a := s.Facts.App
	return a != nil && a.OwnerTenant != "" && strings.EqualFold(a.OwnerTenant, s.TenantID())
}

// gave says whether a check gave one of some verdicts that count.
func (s State) gave(id checks.ID, vs ...checks.Verdict) bool {
	h, ok := s.counts(id)
	return ok && slices.Contains(vs, h.Verdict)
}
