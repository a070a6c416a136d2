package flows

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks"
)

// Rank lists every path of this release for a tenant: those that fit first,
// those that are advised before those that are not, by goal, then least effect
// first, then what somebody has begun, then as the vendor lists them, then least
// effort, then without a licence; those that do not fit after them, each with
// the reason.
func Rank(s State) []Ranked { return RankUnder(s, s.Overall()) }

// RankUnder is Rank where the verdict of the state is known already.
func RankUnder(s State, open checks.Overall) []Ranked {
	all := Paths()
	out := make([]Ranked, 0, len(all))
	for _, p := range all {
		r := Ranked{Path: p, Fits: true, Advised: true, Why: pathTexts[p.ID].fits}
		if why := words.fits[p.ID]; why != "" {
			r.Why = why
		}
		if why := unfit(s, p, open); why != "" {
			r.Fits, r.Why = false, why
		} else {
			r = s.fitted(r, open)
		}
		r.Path.Least = s.least(r.Path)
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Ranked) int {
		if !a.Fits && !b.Fits {
			return 0 // as they stand in the product's table
		}
		return cmp.Or(
			boolOrder(a.Fits, b.Fits),
			boolOrder(a.Advised, b.Advised),
			cmp.Compare(goalOrder[a.Path.Goal], goalOrder[b.Path.Goal]),
			cmp.Compare(a.Path.Effect, b.Path.Effect),
			boolOrder(a.Begun, b.Begun),
			cmp.Compare(s.vendorOrder(a.Path.ID), s.vendorOrder(b.Path.ID)),
			cmp.Compare(a.Path.Minutes, b.Path.Minutes),
			boolOrder(a.Path.Licence == "", b.Path.Licence == ""),
		)
	})
	for i := range out {
		if out[i].Fits {
			out[i].Rank = i + 1
		}
	}
	return out
}

// goalOrder is the order of goals in the list: where something is approved
// already, why people are stopped comes before approving more.
var goalOrder = [...]int{GoalMend: 0, GoalOpen: 1, GoalPolicy: 2, GoalRevoked: 3, GoalUndone: 4}

// vendorOrder is the place of a path in the vendor's own list; what it does not
// name comes after what it does.
func (s State) vendorOrder(id PathID) int {
	if s.Profile == nil {
		return 0
	}
	if i := slices.Index(s.Profile.Paths, id); i >= 0 {
		return i
	}
	return len(s.Profile.Paths)
}

// fitted puts into a path that fits what this tenant makes of it; open is the verdict.
func (s State) fitted(r Ranked, open checks.Overall) Ranked {
	f := s.Facts.App
	switch r.Path.ID {
	case DirectLink, EntraGrant:
		if r.Path.ID == DirectLink && s.Profile != nil && !s.consentV2() {
			r.Path.Gains, r.Why, r.Broad = words.linkV1Gains, words.linkV1Fits, true
		}
		if f != nil && !f.Enabled { // then more than a grant is changed
			r.Path.Gains, r.Path.Undo = words.enableGains, words.enableUndo
		}
	case ConsentRequests:
		return s.fittedRequests(r)
	case LowImpact:
		return s.fittedLow(r)
	case AllowAll:
		r.Advised = false
	case Pilot:
		named, _ := s.who() // nobody: whoever it is, the grants are others'
		switch {
		case s.wouldOpen(named.ID):
			r.Why = pathWords.pilotOff
		case s.grantSeen() && f != nil && f.AssignedOnly:
			r.Why = pathWords.pilotAssign
		case s.Facts.PlansRead && !s.Facts.P1:
			r.Why = pathWords.pilotNoP1
		}
		if f != nil && !f.Enabled {
			r.Path.Gains, r.Path.Undo = r.Path.Gains+" "+pathWords.alsoEnables, r.Path.Undo+" "+pathWords.alsoDisable
		}
	case DNSRecord:
		if !s.openToAll(open) {
			r.Advised, r.Why = false, recordWords.notNow
		}
	case AppPolicy:
		if only := s.adminOnly(); len(only) > 0 {
			r.Advised, r.Why = false, fmt.Sprintf(warnWords.notAdminOnly, strings.Join(only, ", "))
		}
	case FirstSignIn, AfterApproval, Revoke, Undo:
	}
	return r
}

// fittedRequests is the workflow where it is on already: then nothing but this
// app is changed.
func (s State) fittedRequests(r Ranked) Ranked {
	if !s.gave(checks.ConsentWorkflow, checks.Pass) {
		return r
	}
	if !s.gave(checks.ConsentReviewers, checks.Pass) {
		r.Why = pathWords.requestsNobody
		return r
	}
	r.Path.Effect, r.Path.Minutes, r.Why = EffectApp, minutesToAsk, pathWords.requestsOn
	r.Path.Gains, r.Path.Benchmark, r.Path.Undo = words.grantGains, words.grantBenchmark, words.grantUndo
	if s.gave(checks.ConsentRequests, checks.Pending) {
		r.Why, r.Begun, r.Path.Minutes = pathWords.requestsWait, true, minutesToDecide
	}
	return r
}

// What is left of the requests' minutes where the workflow is on: somebody asks
// and a reviewer decides, or a reviewer decides.
const (
	minutesToAsk    = 5
	minutesToDecide = 2
)

// fittedLow advises the path where the setting is there already, and only
// classifications are missing.
func (s State) fittedLow(r Ranked) Ranked {
	switch s.choice() {
	case choiceLow:
		r.Why = fmt.Sprintf(pathWords.lowSet, strings.Join(s.unclassified(), ", "))
		r.Path.Gains, r.Path.Undo, r.Path.Benchmark = pathWords.lowGains, pathWords.lowUndo, pathWords.lowBenchmark
	case choiceCustom:
		r.Advised, r.Why = false, pathWords.notCustom
	case choiceNone, choiceAll, choiceUnread, choiceManaged:
		r.Advised, r.Why = false, pathWords.notLow
	}
	return r
}

// least is the least directory role for a path in this tenant, by Microsoft's
// name (entra-facts §9; §6 for the workflow, §5 for classifications alone).
func (s State) least(p Path) string {
	grants := leastRole
	if s.needsGraphRole() {
		grants = leastRoleForAppRoles
	}
	switch p.ID {
	case DirectLink, EntraGrant, FirstSignIn, Pilot, Revoke:
		return grants
	case ConsentRequests:
		if s.gave(checks.ConsentWorkflow, checks.Pass) && s.gave(checks.ConsentReviewers, checks.Pass) {
			return grants
		}
	case LowImpact:
		if s.choice() == choiceLow {
			return leastRole
		}
	case AllowAll, AppPolicy, AfterApproval, DNSRecord, Undo:
	}
	return p.Least
}

// grantSeen says whether the grant was seen in Graph, whole and for everyone, by
// whoever looks now: then what blocks is something that no grant clears, such
// as an assignment.
func (s State) grantSeen() bool {
	h, ok := s.counts(checks.AppGrant)
	return ok && h.Verdict == checks.Pass && h.Grade == checks.Verified
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
func (s State) apiOff() bool { return s.gave(checks.AppResource, checks.Fail) }

// needsRole says whether the app asks for an app role of any API.
func (s State) needsRole() bool {
	return slices.ContainsFunc(s.App.Needs, func(p checks.Permission) bool { return p.Role != "" })
}

// roleMissing says whether an app role that the app needs was seen missing:
// consent by an admin grants it together with the scopes.
func (s State) roleMissing() bool { return s.needsRole() && s.gave(checks.AppRoles, checks.Fail) }

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
