package checks

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"onboard.example/checks/consent"
)

// propagation is how long a change of the tenant's consent settings may take
// to show: minutes as a rule, no figure is published (entra-facts §3, §6).
const propagation = time.Hour

func policyChecks() []Check {
	own := []Part{PartApp, PartGrants, PartResources}
	return []Check{
		{
			ID: ConsentPolicy, Title: titleConsentPolicy, Needs: []ID{TenantMatch}, Reads: append([]Part{PartAuthorization}, own...),
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartAuthorization)}, Patience: propagation, Run: consentPolicy,
		},
		{
			ID: ConsentManaged, Title: titleConsentManaged, Needs: []ID{TenantMatch},
			Reads:  append([]Part{PartAuthorization, PartPolicies}, own...),
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartPolicies)}, Run: consentManaged,
		},
		{
			ID: ConsentClassified, Title: titleConsentClassified, Needs: []ID{TenantMatch},
			Reads:  append([]Part{PartAuthorization, PartClassified}, own...),
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartClassified)}, Patience: propagation, Run: consentClassified,
		},
		{
			ID: ConsentRisk, Title: titleConsentRisk, Needs: []ID{TenantMatch}, Reads: []Part{PartAuthorization, PartApp},
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartAuthorization)}, Run: consentRisk,
		},
	}
}

// assignedPolicies reads which policies let users consent, and fails where
// Graph's answer had none of it: nil means not read, never "none".
func (s Subject) assignedPolicies() ([]string, error) {
	if err := s.must(PartAuthorization); err != nil {
		return nil, err
	}
	all := s.Look.Authorization.Value.Assigned
	if all == nil {
		return nil, &unreadError{
			part: PartAuthorization, seen: s.seen(PartAuthorization, ""),
			failure: &Failure{Kind: FailNotFound, Message: fmt.Sprintf(sayNoProperty, "permissionGrantPoliciesAssigned")},
		}
	}
	return consent.ForSelf(all), nil
}

func holds(ids []string, id string) bool {
	return slices.ContainsFunc(ids, func(have string) bool { return strings.EqualFold(have, id) })
}

// choice is the portal's user consent setting that the assigned policies
// amount to (entra-facts §3).
type choice uint8

const (
	choiceNone choice = iota
	choiceLow
	choiceAll
	choiceManaged
	choiceCustom
)

func choiceOf(ids []string) choice {
	var out choice
	for _, id := range ids {
		var c choice
		switch {
		case strings.EqualFold(id, consent.PolicyLow):
			c = choiceLow
		case strings.EqualFold(id, consent.PolicyLegacy):
			c = choiceAll
		case strings.EqualFold(id, consent.PolicyRecommended), strings.EqualFold(id, consent.PolicyAllowConsent):
			c = choiceManaged
		default:
			c = choiceCustom
		}
		if out != choiceNone && out != c {
			return choiceCustom
		}
		out = c
	}
	return out
}

func consentPolicy(_ context.Context, s Subject) (Finding, error) {
	ids, err := s.assignedPolicies()
	if err != nil {
		return Finding{}, err
	}
	f := Finding{Verdict: Pass, Grade: Verified, Seen: s.seen(PartAuthorization, listOr(ids, sayNone))}
	switch choiceOf(ids) {
	case choiceNone:
		f.Summary = sayChoiceNone
		f = s.unapproved(f, whyChoiceNone)
	case choiceLow:
		f.Summary = sayChoiceLow
	case choiceAll:
		f.Summary = sayChoiceAll
	case choiceManaged:
		f.Summary = sayChoiceManaged
	case choiceCustom:
		f.Summary = fmt.Sprintf(sayChoiceCustom, strings.Join(ids, ", "))
	}
	f.Detail = append(f.Detail, sayPortalPolicy)
	return f, nil
}

func listOr(list []string, none string) string {
	if len(list) == 0 {
		return none
	}
	return strings.Join(list, ", ")
}

// policy finds a policy that was read, by its id.
func (s Subject) policy(id string) (consent.Policy, bool) {
	for _, p := range s.Look.Policies.Value {
		if strings.EqualFold(p.ID, id) && !p.Unread {
			return p, true
		}
	}
	return consent.Policy{}, false
}

// consentManaged says which scopes are on the list that Microsoft keeps. The
// tenant's own excludes are the list; the copy in this tool is second best,
// and makes the finding an inference.
func consentManaged(_ context.Context, s Subject) (Finding, error) {
	if err := s.unreached(); err != nil {
		return Finding{}, err
	}
	ids, err := s.assignedPolicies()
	if err != nil && s.asked(PartAuthorization) {
		return Finding{}, err
	}
	f := Finding{Verdict: Pass, Grade: Verified}
	if err == nil {
		f.Seen = s.seen(PartAuthorization, listOr(ids, sayNone))
		if !consent.IsManaged(s.Look.Authorization.Value.Assigned) {
			f.Summary = sayNotManaged
			return f, nil
		}
	}
	f.Detail = nil
	listed, live := s.managedList()
	if !live || err != nil {
		f.Grade = Inferred
		f.Detail = append(f.Detail, sayListStatic)
		f.Seen = append(f.Seen, Evidence{Source: SourceStatic, Request: consent.PolicyRecommended, Value: listOr(listed, sayNone)})
	} else {
		f.Seen = append(f.Seen, s.seen(PartPolicies, consent.PolicyRecommended+": "+listOr(listed, sayNone))...)
	}
	if err != nil {
		f.Detail = append(f.Detail, sayDefaultAssumed)
	}
	total := len(s.App.scopes())
	f.Summary = fmt.Sprintf(sayOnList, len(listed), counted(total, "scope", "scopes"))
	for _, scope := range listed {
		f.Detail = append(f.Detail, s.sinceWhen(scope))
	}
	if len(listed) == 0 {
		return f, nil
	}
	if s.asked(PartPolicies) && !live { // what the tenant's own list says could not be read
		f.Verdict = Warn
		return f, nil
	}
	why := []string{sayListedVerified}
	if s.grantsRead() != nil || slices.ContainsFunc(s.grants(), func(g Grant) bool { return !g.Everyone }) {
		why = append(why, sayColleague)
	}
	return s.unapproved(f, whyListed, why...), nil
}

// managedList names the needed scopes on the managed list; live tells whether
// the tenant itself said so. The evaluator says which they are, for a tenant
// on that policy alone, in which nothing is granted and nothing else is in the
// way.
func (s Subject) managedList() (listed []string, live bool) {
	_, live = s.policy(consent.PolicyRecommended)
	q, _ := s.question()
	q.Tenant.Assigned = []string{selfPrefix + consent.PolicyRecommended}
	if own, ok := consent.Builtin(consent.PolicyRecommended); ok && !live {
		q.Tenant.Policies = []consent.Policy{own}
	}
	q.Granted, q.GrantsRead = nil, consent.Yes
	q.App.ClientID = cmp.Or(q.App.ClientID, noClient)
	q.App.Enabled, q.App.AssignmentRequired = consent.Yes, consent.No
	for _, sc := range consent.Decide(q).Scopes {
		on := slices.ContainsFunc(sc.Chain, func(r consent.Rule) bool { return r.ID == consent.RuleManagedExclude })
		if on && sc.Permission.Kind == consent.Delegated {
			listed = append(listed, sc.Permission.Value)
		}
	}
	return listed, live
}

// sinceWhen dates a listed scope by Microsoft's announcement, where known.
func (s Subject) sinceWhen(scope string) string {
	for _, p := range s.App.scopes() {
		if p.Scope != scope {
			continue
		}
		if c, ok := consent.ManagedExcluded(p.Resource, p.Scope); ok && c.Certain {
			return fmt.Sprintf(sayListedSince, scope, c.When(), c.MessageID)
		}
	}
	return fmt.Sprintf(sayListed, scope)
}

// consentClassified says which scopes the tenant classified Low. That matters
// only where users may consent to what is low.
func consentClassified(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartClassified); err != nil {
		return Finding{}, err
	}
	need := s.App.scopes()
	var bare []Permission
	for _, p := range need {
		if s.level(p) != consent.Low {
			bare = append(bare, p)
		}
	}
	f := Finding{
		Verdict: Pass, Grade: Verified, Seen: s.seen(PartClassified, fmt.Sprintf("%d low", len(need)-len(bare))),
	}
	say := func(more string) string {
		return fmt.Sprintf(sayClassified, len(need)-len(bare), counted(len(need), "scope", "scopes"), more)
	}
	f.Summary = say("")
	if len(bare) == 0 {
		return f, nil
	}
	ids, err := s.assignedPolicies()
	switch {
	case err != nil:
		f.Verdict = Warn
		f.Detail = append(f.Detail, sayClassifiedUnsure)
	case !holds(ids, consent.PolicyLow) && slices.ContainsFunc(ids, custom):
		f.Detail = append(f.Detail, sayClassifiedCustom)
	case !holds(ids, consent.PolicyLow):
		f.Summary, f.Detail = say(sayPlaysNoPart), []string{sayClassifiedIdle}
	default:
		f = s.unapproved(f, whyClassified, fmt.Sprintf(sayNotClassified, scopeNames(bare)))
	}
	return f, nil
}

// custom reports a policy that is none of Microsoft's own for users.
func custom(id string) bool {
	_, known := consent.Builtin(id)
	return !known
}

// ClassifiedAs is the level, in lower case, that a snapshot's tenant gave to a
// scope of an API, by its id; empty: none, or it was not read.
func ClassifiedAs(s *Snapshot, appID, scopeID string) string {
	return strings.ToLower(string(s.Classified.Value[consent.ClassKey(appID, scopeID)]))
}

// ClassificationID is the object id of the classification that a snapshot's
// tenant gave to a scope; empty: none, or it is not known.
func ClassificationID(s *Snapshot, appID, scopeID string) string {
	return s.Classified.IDs[consent.ClassKey(appID, scopeID)]
}

// level is the tenant's classification of a scope.
func (s Subject) level(p Permission) consent.Level {
	id := s.permission(p).ID
	if id == "" {
		return consent.Unclassified
	}
	return s.Look.Classified.Value[consent.ClassKey(p.Resource, id)]
}

// consentRisk says whether Microsoft's risk-based step-up may hold the app:
// it is on unless switched off, and looks at unverified apps of others
// (entra-facts §7).
func consentRisk(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartAuthorization); err != nil {
		return Finding{}, err
	}
	allowed := s.Look.Authorization.Value.RiskyAllowed
	f := Finding{Verdict: Pass, Grade: Verified, Seen: s.seen(PartAuthorization, "allowUserConsentForRiskyApps="+boolText(allowed))}
	app := s.Look.App
	app.Read = app.Read && s.otherApp() == nil
	switch {
	case allowed != nil && *allowed:
		f.Summary = sayStepUpOff
	case app.Read && app.Value != nil && app.Value.Publisher != nil && app.Value.Publisher.ID != "":
		f.Summary = sayStepUpVerified
		f.Seen = append(f.Seen, s.seen(PartApp, "verifiedPublisherId="+app.Value.Publisher.ID)...)
	case app.Read && app.Value != nil && app.Value.Publisher != nil:
		f.Verdict, f.Grade, f.Summary = Warn, Inferred, sayStepUpMay
		f.Detail = []string{sayStepUpRule}
		f.Fix = s.approveFix(whyStepUp)
		f.Seen = append(f.Seen, s.seen(PartApp, "verifiedPublisherId=null")...)
	default:
		f.Grade, f.Summary = Inferred, sayStepUpOn
		f.Detail = []string{sayStepUpRule}
	}
	return f, nil
}
