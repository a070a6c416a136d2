package checks

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks/consent"
)

// noClient is taken for the id of an app whose id is not known: one that no
// policy names.
const noClient = "00000000-0000-0000-0000-000000000000"

// selfPrefix is put before the id of a policy under which users may consent
// for themselves, where it is assigned (entra-facts §3).
const selfPrefix = "ManagePermissionGrantsForSelf."

func predictChecks() []Check {
	return []Check{{
		ID: ConsentPredict, Title: titleConsentPredict, Needs: []ID{TenantMatch},
		Reads: []Part{
			PartAuthorization, PartPolicies, PartClassified, PartApp, PartGrants, PartAppRoles, PartResources,
			PartAssignments, PartUser, PartUserGroups, PartUserRoles,
		},
		Access: Access{SignIn: true, AnyScope: ScopesFor(PartAuthorization)}, Patience: propagation, Run: consentPredict,
	}}
}

// consentPredict asks the evaluator what the person asked about would meet, or
// an ordinary user where nobody was named: somebody without a role, without a
// grant of their own, and assigned to nothing.
func consentPredict(_ context.Context, s Subject) (Finding, error) {
	if len(s.App.Needs) == 0 {
		return Finding{Summary: sayNoNeeds, Fix: &Fix{Do: doNeeds, Why: whyNeeds, Who: WhoVendor}}, nil
	}
	if err := cmp.Or(s.otherApp(), s.unreached()); err != nil {
		return Finding{}, err
	}
	if f, stop := s.noSuchUser(); stop {
		return f, nil
	}
	q, assumed := s.question()
	if err := s.askFor(&q); err != nil {
		return Finding{}, err
	}
	if !s.asked(PartApp) {
		// Nobody could ask, for want of a sign-in or of the app's id.
		q.App.Enabled, q.App.AssignmentRequired, q.GrantsRead = consent.Yes, consent.No, consent.Yes
		q.App.ClientID = cmp.Or(q.App.ClientID, noClient)
	}
	a := consent.Decide(q)
	guessed := a.Outcome == consent.Unknown && q.App.Verified == consent.No && q.App.RegisteredAfter2020 == consent.Unread
	if guessed {
		// Nobody tells customers when an app was registered. An unverified one
		// is taken for a young one, which can only make the answer stricter,
		// and an inference.
		q.App.RegisteredAfter2020 = consent.Yes
		a = consent.Decide(q)
	}
	if a.Outcome == consent.Unknown {
		return s.cannotPredict(a)
	}
	f := Finding{Grade: Verified, Seen: append(s.userSeen(), s.predictSeen(a, assumed)...)}
	if assumed || guessed || a.Probably || !s.asked(PartApp) {
		f.Grade = Inferred
	}
	f.Detail = s.reasons(q, a, assumed)
	if u := s.Look.User.Value; s.Person != "" && u != nil && strings.EqualFold(u.Type, "Guest") {
		f.Grade, f.Detail = min(f.Grade, Inferred), append(f.Detail, fmt.Sprintf(sayUserGuest, s.Person))
	}
	if s.Person != "" && a.Outcome == consent.NeedsAdmin {
		f.Detail = append(f.Detail, sayCustomSelf)
	}
	switch a.Outcome {
	case consent.Allowed:
		f.Verdict, f.Summary = Pass, s.allowedSummary(a)
		if s.App.NeedsUnstated {
			f.Grade, f.Summary = Inferred, fmt.Sprintf(sayUserMaySignIn, s.who())
			f.Detail = append(f.Detail, sayUnstated)
		}
	case consent.NeedsAdmin:
		f.Verdict, f.Summary = Fail, fmt.Sprintf(sayUserMayNot, s.who(), ruleTitle(a.Decided.ID))
		f.Fix = s.approveFix(a.Decided.Why)
	case consent.Blocked:
		f.Verdict, f.Summary = Fail, fmt.Sprintf(sayUserBlocked, s.who(), ruleTitle(a.Decided.ID))
		f.Fix = s.blockedFix(a)
	case consent.Unknown:
	}
	return f, nil
}

// cannotPredict gives the reading that failed, if one did, as the reason;
// else the rule that misses a fact.
func (s Subject) cannotPredict(a consent.Answer) (Finding, error) {
	for _, p := range []Part{
		PartAuthorization, PartPolicies, PartApp, PartGrants, PartResources, PartClassified, PartAppRoles,
		PartUser, PartUserGroups, PartUserRoles, PartAssignments,
	} {
		if v := s.Look.see(p); v.failure != nil {
			return Finding{}, s.unread(p)
		}
	}
	if err := s.wantApp(PartAuthorization, PartPolicies, PartGrants, PartResources); err != nil {
		return Finding{}, err
	}
	return Finding{Summary: fmt.Sprintf(sayCannotPredict, cmp.Or(s.Person, sayOneUser)), Detail: []string{a.Decided.Why}}, nil
}

// blockedFix is the move where not even an approval would help.
func (s Subject) blockedFix(a consent.Answer) *Fix {
	sp := s.Look.App.Value
	switch {
	case a.Decided.ID == consent.RuleNotAssigned:
		return &Fix{Do: doAssign, Why: a.Decided.Why, URL: s.appPortal(bladeUsers), Who: WhoAdmin}
	case sp != nil && sp.stopped():
		return &Fix{Do: doAskVendor, Why: whyStopped, Who: WhoVendor}
	default:
		return &Fix{Do: doEnable, Why: a.Decided.Why, URL: s.appPortal(bladeProperties), Who: WhoAdmin}
	}
}

// allowedSummary tells why nobody is in the way: all is granted, or a policy
// lets people consent.
func (s Subject) allowedSummary(a consent.Answer) string {
	if a.Decided.ID == consent.RuleGranted {
		return fmt.Sprintf(sayUserNeedNot, s.who())
	}
	if a.Decided.Policy != "" {
		return fmt.Sprintf(sayUserMayBy, s.who(), a.Decided.Policy)
	}
	return fmt.Sprintf(sayUserMay, s.who())
}

// reasons are the rules that decided, scope by scope, each said once; then
// what was assumed, and why a colleague may still be at work.
func (s Subject) reasons(q consent.Question, a consent.Answer, assumed bool) []string {
	var out []string
	add := func(text string) {
		if text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if a.Outcome != consent.Allowed {
		add(a.Decided.Why)
	}
	var listed bool
	for _, sc := range a.Scopes {
		if sc.Outcome != a.Outcome || len(sc.Chain) == 0 {
			continue
		}
		add(sc.Chain[0].Why)
		listed = listed || sc.Chain[0].ID == consent.RuleManagedExclude
	}
	if listed {
		add(sayListedVerified)
	}
	if !s.asked(PartGrants) {
		q.GrantsRead = consent.Unread // taken for none to predict, and there may be some
	}
	add(consent.Colleague(q, a))
	if assumed {
		add(sayDefaultAssumed)
	}
	if !s.asked(PartApp) {
		add(sayAppAssumed)
	}
	for _, n := range a.Notes {
		switch n.ID {
		case consent.RuleScopeAssumed:
			add(sayScopesAssumed)
		case consent.RulePolicyAssumed:
			add(sayListStatic)
		default:
			add(n.Why)
		}
	}
	return out
}

// predictSeen is the evidence for a prediction: everything that was read for
// it, with the rule that decided first.
func (s Subject) predictSeen(a consent.Answer, assumed bool) []Evidence {
	value := string(a.Decided.ID)
	if a.Decided.Policy != "" {
		value += " " + a.Decided.Policy
	}
	if a.Decided.Set != "" {
		value += " " + a.Decided.Set
	}
	var out []Evidence
	if assumed {
		out = append(out, Evidence{Source: SourceStatic, Request: consent.PolicyRecommended, Value: value})
	}
	for _, p := range []Part{PartAuthorization, PartPolicies, PartApp, PartGrants} {
		if s.Look.see(p).read {
			out = append(out, s.seen(p, value)...)
			value = ""
		}
	}
	return out
}

// question puts the snapshot before the evaluator. What was not read stays
// unread. Where nobody asked the tenant at all, it is taken to be one that
// never chose, on Microsoft's default; assumed says so.
func (s Subject) question() (q consent.Question, assumed bool) {
	l := s.Look
	q = consent.Question{
		Tenant: consent.Tenant{ID: s.tenantID(), Policies: slices.Clone(l.Policies.Value)},
		App:    s.consentApp(),
		User:   consent.User{Assigned: consent.No, MayGrant: consent.No, MayGrantGraphRoles: consent.No},
	}
	for _, p := range s.App.scopes() {
		q.Asked = append(q.Asked, s.permission(p))
	}
	for _, p := range s.App.roles() {
		q.Asked = append(q.Asked, consent.Permission{Resource: p.Resource, Value: p.Role, Kind: consent.Application, UserConsentable: consent.No})
	}
	if l.Classified.Read {
		q.Tenant.Classified = l.Classified.Value
		if q.Tenant.Classified == nil {
			q.Tenant.Classified = map[string]consent.Level{}
		}
	}
	q.Granted, q.GrantsRead = s.grantedAlready()
	switch {
	case l.Authorization.Read:
		q.Tenant.Assigned = l.Authorization.Value.Assigned
		q.Tenant.RiskyAllowed = consent.No
		if r := l.Authorization.Value.RiskyAllowed; r != nil && *r {
			q.Tenant.RiskyAllowed = consent.Yes
		}
	case !s.asked(PartAuthorization):
		assumed = true
		q.Tenant.Assigned = []string{selfPrefix + consent.PolicyRecommended}
	}
	for _, id := range consent.ForSelf(q.Tenant.Assigned) {
		if _, ok := s.policy(id); ok {
			continue
		}
		if own, ok := consent.Builtin(id); ok {
			q.Tenant.Policies = slices.DeleteFunc(q.Tenant.Policies, func(p consent.Policy) bool { return strings.EqualFold(p.ID, id) })
			q.Tenant.Policies = append(q.Tenant.Policies, own)
		}
	}
	return q, assumed
}

// consentApp is the app as the evaluator wants it.
func (s Subject) consentApp() consent.App {
	a := consent.App{ClientID: s.App.ClientID}
	if !s.Look.App.Read {
		return a
	}
	sp := s.Look.App.Value
	if sp == nil {
		// Not there yet: nothing holds it back, and nothing vouches for it.
		a.Enabled, a.AssignmentRequired = consent.Yes, consent.No
		return a
	}
	a.Enabled, a.OwnerTenant = sp.enabled(), sp.OwnerTenant
	if sp.AssignmentRequired != nil {
		a.AssignmentRequired = triOf(*sp.AssignmentRequired)
	}
	if sp.Publisher != nil {
		a.Verified, a.PublisherID = triOf(sp.Publisher.ID != ""), sp.Publisher.ID
	}
	return a
}

func triOf(b bool) consent.Tri {
	if b {
		return consent.Yes
	}
	return consent.No
}

// permission is a scope with its id and type as the tenant's copy of the API
// publishes them, or as this tool knows them.
func (s Subject) permission(p Permission) consent.Permission {
	if api := s.resource(p.Resource); api != nil {
		for _, sc := range api.Scopes {
			if strings.EqualFold(sc.Value, p.Scope) {
				out := consent.Permission{Resource: p.Resource, ID: sc.ID, Value: p.Scope}
				switch {
				case strings.EqualFold(sc.Type, "User"):
					out.UserConsentable = consent.Yes
				case strings.EqualFold(sc.Type, "Admin"):
					out.UserConsentable = consent.No
				}
				return out
			}
		}
	}
	if known, ok := consent.Known(p.Resource, p.Scope); ok {
		return known
	}
	return consent.Permission{Resource: p.Resource, Value: p.Scope}
}

// grantedAlready is what people have, and whether that is the whole truth. One
// user's grants count for nobody else; they only explain a colleague.
func (s Subject) grantedAlready() ([]consent.Granted, consent.Tri) {
	l := s.Look
	if l.App.Read && l.App.Value == nil {
		return nil, consent.Yes
	}
	var out []consent.Granted
	for _, g := range l.Grants.Value {
		for _, r := range l.Resources.Value {
			if r.ID != "" && strings.EqualFold(r.ID, g.ResourceID) {
				out = append(out, consent.Granted{Resource: r.AppID, Scopes: g.values(), Everyone: g.Everyone, User: g.Principal})
			}
		}
	}
	for _, p := range s.App.roles() {
		if s.roleGranted(p) {
			out = append(out, consent.Granted{Resource: p.Resource, Scopes: []string{p.Role}, Everyone: true, Kind: consent.Application})
		}
	}
	whole := l.Grants.Read && l.Resources.Read && (l.AppRoles.Read || len(s.App.roles()) == 0)
	if !whole {
		return out, consent.Unread
	}
	return out, consent.Yes
}

// ruleTitle is a rule in a few words, for the first line.
func ruleTitle(id consent.RuleID) string {
	if t, ok := ruleTitles[id]; ok {
		return t
	}
	return string(id)
}
