package flows

import (
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks"
)

// unfit says in a line why a path cannot clear this tenant's block; empty: it
// can, as far as is known.
func unfit(s State, p Path, o checks.Overall) string {
	switch p.Goal {
	case GoalMend:
		if !s.grantSeen() || s.roleMissing() {
			return pathWords.unfitNotYet
		}
		return ""
	case GoalRevoked:
		return s.unfitRevoke()
	case GoalPolicy:
		return s.unfitRecord()
	case GoalOpen, GoalUndone:
	}
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
	held := p.ID == Pilot && f != nil && f.AssignedOnly // whom it assigns gets in
	if s.grantSeen() && !s.roleMissing() && (f == nil || f.Enabled) && !held {
		return words.unfitGranted
	}
	if s.apiOff() {
		return words.unfitAPI
	}
	if h, ok := s.counts(checks.ConsentPredict); ok && checks.PersonStopped(h.Finding) {
		return words.unfitPerson
	}
	return s.unfitPath(p)
}

// unfitPath is unfit for what hangs on the path.
func (s State) unfitPath(p Path) string {
	off := s.Facts.App != nil && !s.Facts.App.Enabled
	switch p.ID {
	case DirectLink:
		if _, err := ConsentLink(s); err != nil {
			return words.needLink
		}
		if off {
			return words.unfitDisabled
		}
	case FirstSignIn:
		if s.needsRole() {
			return pathWords.unfitFirstRoles
		}
	case LowImpact, AllowAll, AppPolicy:
		if off {
			return pathWords.unfitDisabledElse
		}
		return s.unfitSetting(p.ID)
	case EntraGrant, Pilot:
		return ""
	case ConsentRequests, AfterApproval, Revoke, DNSRecord, Undo:
	}
	if off {
		return pathWords.unfitDisabledElse
	}
	return ""
}

// unfitSetting is unfit for what lets users consent for themselves
// (entra-facts §1, §3a, §4, §5, §7).
func (s State) unfitSetting(id PathID) string {
	f := s.Facts.App
	switch {
	case s.needsRole():
		return pathWords.unfitRoles
	case f != nil && f.AssignedOnly:
		return pathWords.unfitAssigned
	case s.App.NeedsUnstated && id != AllowAll:
		return pathWords.unfitUnstated
	case id == AllowAll && s.choice() == choiceAll:
		return pathWords.unfitAllSet
	case id != AppPolicy && len(s.adminOnly()) > 0:
		return fmt.Sprintf(pathWords.unfitAdminOnly, strings.Join(s.adminOnly(), ", "))
	case s.unfitPublisher(id) != "":
		return s.unfitPublisher(id)
	case id == LowImpact && s.choice() == choiceManaged:
		return pathWords.unfitManaged
	}
	return ""
}

// unfitPublisher is unfitSetting for what the enterprise app says of its
// publisher, which is not known before it is there.
func (s State) unfitPublisher(id PathID) string {
	publisher, _ := s.Finding(checks.AppPublisher)
	switch unverified := s.gave(checks.AppPublisher, checks.Warn) && !checks.OtherOwner(publisher.Finding); {
	case !unverified, s.ownApp():
	case id == LowImpact:
		return pathWords.unfitUnverified
	case s.gave(checks.ConsentRisk, checks.Warn):
		return pathWords.unfitRisk
	}
	return ""
}

// nobodySignsIn says that there is no way to sign in here, as in a run that is served
// where nobody's registration for that is known.
func (s State) nobodySignsIn() bool { return !s.CanWrite && !s.SignsIn() }

// unfitRevoke says why there is nothing to take back.
func (s State) unfitRevoke() string {
	f := s.Facts
	switch {
	case s.somethingGranted():
		return ""
	case f.AppRead && f.App == nil:
		return pathWords.unfitAbsent
	case f.AppRead && f.GrantsRead:
		return pathWords.unfitNothing
	case s.Account == nil && s.nobodySignsIn():
		return pathWords.unfitNobody
	case s.Account == nil:
		return pathWords.unfitUnread
	case Looking(s) && !s.FactsRead():
		return pathWords.unfitReading
	}
	return pathWords.unfitUnseen
}
