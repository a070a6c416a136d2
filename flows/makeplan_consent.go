package flows

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks"
)

// The reasons for which no plan about the consent settings can be made.
var (
	ErrNoReviewer    = errors.New("say who decides on requests first")
	ErrOddReviewer   = errors.New("a reviewer is there of a form that is not known here, and would be lost: switch it on by hand")
	ErrManyReviewers = errors.New("more reviewers are there than fit in here: change it by hand")
	ErrReviewerID    = errors.New("the sign-in does not say who you are in the directory: name a reviewer by their address")
	ErrOneRole       = errors.New("the app needs application permissions, which nobody can be given alone")
	ErrAdminOnly     = errors.New("the API leaves this permission to admins, so that no user can consent to it")
	ErrOtherLevel    = errors.New("a permission is classified otherwise already: change that by hand")
	ErrNotOurs       = errors.New("a consent policy of this name is there and lets in something else: look at it by hand")
	ErrNoUse         = errors.New("the enterprise app, which is there now, shows that the setting would not clear the block, so the setting stays as it is")
	ErrUnknownAPI    = errors.New("an API does not publish a permission that the app needs")
	ErrTooManySets   = errors.New("the tenant's user consent setting holds more policies than fit in here: change it by hand")
)

// The prefixes of the entries of the user consent setting, whose case varies,
// and the policies that its choices stand for (entra-facts §3).
const (
	forSelf      = "ManagePermissionGrantsForSelf."
	policyLow    = "microsoft-user-default-low"
	policyLegacy = "microsoft-user-default-legacy"
)

// graphAPI is Microsoft Graph.
const graphAPI = checks.MicrosoftGraph

// planLow classifies what the app needs as Low, and has users consent to Low
// permissions of verified publishers.
func planLow(s State, p *Plan) error {
	f := s.Facts
	if !f.ConsentRead || !f.ClassRead || !f.ResRead {
		return ErrNotRead
	}
	if err := appFirst(s, p); err != nil {
		return err
	}
	for _, n := range needsByResource(s.App) {
		api, there := resourceIn(f, n.resource)
		if !there {
			return fmt.Errorf("%w: %s", ErrNoResource, ResourceTitle(n.resource))
		}
		for _, scope := range n.scopes {
			line, ok, err := classLine(f, api, scope)
			if err != nil {
				return err
			}
			if ok {
				p.Lines = append(p.Lines, line)
			}
		}
	}
	return consentLine(s, p, forSelf+policyLow)
}

// appFirst plans the enterprise app before a setting is changed for its sake.
// Users' own consent would make it too, and to make it takes a scope more. But
// made first it is the smaller effect: it gives nobody anything (entra-facts §1),
// while the setting does at once; and only the enterprise app tells whether the
// publisher is verified, which decides whether the setting lets anybody consent to
// this app at all (entra-facts §3, §7). So where it turns out that the setting
// would weaken the tenant and not help, the plan ends with an app that holds
// nothing, and the setting was never touched.
func appFirst(s State, p *Plan) error {
	if _, err := thereApp(s, p); err != nil {
		return err
	}
	if s.Facts.App == nil {
		p.Warnings = append(p.Warnings, planWords.publisherWarning)
		return nil
	}
	if s.applying() && s.Plan.Of() == p.Path && slices.ContainsFunc(s.Plan.Lines, func(l Change) bool { return l.Kind == CreateApp }) {
		if why := s.unfitPublisher(p.Path); why != "" {
			return fmt.Errorf("%w: %s", ErrNoUse, why)
		}
	}
	return nil
}

// classLine classifies a scope as Low; ok is false where it is so
// (entra-facts §5).
func classLine(f Facts, api ResourceFact, scope string) (c Change, ok bool, err error) {
	i := slices.IndexFunc(api.Scopes, func(sc ScopeFact) bool { return strings.EqualFold(sc.Value, scope) })
	switch {
	case i < 0:
		return c, false, fmt.Errorf("%w: %s", ErrUnknownAPI, scope)
	case api.Scopes[i].Admin:
		return c, false, fmt.Errorf("%w: %s", ErrAdminOnly, scope)
	}
	sc := api.Scopes[i]
	switch classOf(f, api.AppID, sc.ID) {
	case "low":
		return c, false, nil
	case "":
	default:
		return c, false, fmt.Errorf("%w: %s", ErrOtherLevel, scope)
	}
	at := "/servicePrincipals/" + api.ID + "/delegatedPermissionClassifications"
	return Change{
		Kind: Classify, Title: fmt.Sprintf(planWords.classLine, sc.Value, ResourceTitle(api.AppID)), Method: "POST", Path: at,
		Body: body(classSent{sc.ID, sc.Value, "low"}), Resource: api.AppID, Scopes: []string{sc.Value}, Before: planWords.unclassified, After: planWords.low,
		Scope: "Policy.ReadWrite.PermissionGrant", Role: leastRole, Effect: planWords.classEffect, Benchmark: lowBenchmark(f, sc.Value), Undo: planWords.classUndo,
		Back: &Back{Kind: Unclassify, Method: "DELETE", Path: at + "/" + NewObjectRef},
	}, true, nil
}

// lowBenchmark is what a classification does to published baselines: where users
// may consent to Low already, no more than that, and else what the setting that
// follows does. What a sign-in alone asks for, no baseline lists as risky: there
// it is not said on every line.
func lowBenchmark(f Facts, scope string) string {
	signIn := hasFold([]string{"openid", "profile", "email", "offline_access", "User.Read"}, scope)
	switch low := hasFold(f.Consent, forSelf+policyLow); {
	case low && signIn:
		return pathWords.lowUnchanged
	case low:
		return pathWords.lowBenchmark
	case signIn:
		return pathWords.lowByItself
	}
	return benchmarkOf(LowImpact)
}

// classOf is the classification of a scope; empty: none.
func classOf(f Facts, api, scope string) string {
	for _, c := range f.Classes {
		if strings.EqualFold(c.API, api) && strings.EqualFold(c.ScopeID, scope) {
			return c.Level
		}
	}
	return ""
}

// planAll lets users consent to every app, for what its API leaves to them.
func planAll(s State, p *Plan) error {
	if err := appFirst(s, p); err != nil {
		return err
	}
	if err := consentLine(s, p, forSelf+policyLegacy); err != nil {
		return err
	}
	if len(p.Lines) > 0 {
		p.Warnings = append(p.Warnings, planWords.allWarning)
	}
	return nil
}

// planOwnPolicy makes a consent policy for this app alone and assigns it to
// users, beside whatever they may consent to already (entra-facts §4).
func planOwnPolicy(s State, p *Plan) error {
	f := s.Facts
	if !f.ConsentRead || !f.PoliciesRead || !f.ResRead {
		return ErrNotRead
	}
	if s.needsRole() {
		return ErrOneRole
	}
	if err := appFirst(s, p); err != nil {
		return err
	}
	id := OwnPolicyID(s.App)
	var there PolicyFact
	if i := slices.IndexFunc(f.Policies, func(o PolicyFact) bool { return strings.EqualFold(o.ID, id) }); i >= 0 {
		there = f.Policies[i]
	} else {
		p.Lines = append(p.Lines, Change{
			Kind: CreatePolicy, Title: fmt.Sprintf(planWords.policyLine, id), Method: "POST", Path: "/policies/permissionGrantPolicies",
			Body:   body(policySent{id, fmt.Sprintf(planWords.policyName, s.App.Name), fmt.Sprintf(planWords.policyText, s.App.Name)}),
			Before: words.absent, After: id, Scope: "Policy.ReadWrite.PermissionGrant", Role: "Privileged Role Administrator",
			Effect: planWords.policyEffect, Benchmark: words.noBenchmark, Undo: planWords.policyUndo,
			Back: &Back{Kind: DeletePolicy, Method: "DELETE", Path: "/policies/permissionGrantPolicies/" + id},
		})
	}
	switch {
	case there.Unread:
		return ErrNotRead
	case there.Odd, slices.ContainsFunc(there.Conditions, func(c ConditionFact) bool { return !ofOurs(c, s.App.ClientID) || !asksFor(s, c) }):
		return ErrNotOurs
	}
	for _, n := range needsByResource(s.App) {
		line, ok, err := conditionLine(s, there, id, n)
		if err != nil {
			return err
		}
		if ok {
			p.Lines = append(p.Lines, line)
		}
	}
	if only := s.adminOnly(); len(only) > 0 {
		p.Warnings = append(p.Warnings, fmt.Sprintf(warnWords.adminOnly, strings.Join(only, ", ")))
	}
	return consentAlso(s, p, forSelf+id)
}

// conditionLine lets in what the app needs of one API; ok is false where it is
// let in.
func conditionLine(s State, there PolicyFact, id string, n need) (c Change, ok bool, err error) {
	api, found := resourceIn(s.Facts, n.resource)
	if !found {
		return c, false, fmt.Errorf("%w: %s", ErrNoResource, ResourceTitle(n.resource))
	}
	var ids []string
	for _, scope := range n.scopes {
		i := slices.IndexFunc(api.Scopes, func(sc ScopeFact) bool { return strings.EqualFold(sc.Value, scope) })
		if i < 0 {
			return c, false, fmt.Errorf("%w: %s", ErrUnknownAPI, scope)
		}
		ids = append(ids, api.Scopes[i].ID)
	}
	if letsIn(there, n.resource, ids, s.App.ClientID) {
		return c, false, nil
	}
	c = Change{
		Kind: AddCondition, Title: fmt.Sprintf(planWords.conditionLine, ResourceTitle(n.resource)), Method: "POST",
		Path: "/policies/permissionGrantPolicies/" + id + "/includes",
		Body: body(conditionSent{"delegated", n.resource, ids, []string{s.App.ClientID}}), Resource: n.resource, Scopes: n.scopes,
		Before: words.absent, After: strings.Join(n.scopes, " "), Scope: "Policy.ReadWrite.PermissionGrant", Role: "Privileged Role Administrator",
		Effect: planWords.conditionEffect, Benchmark: words.noBenchmark, Undo: planWords.conditionUndo,
	}
	if there.ID != "" { // it stays where the policy was there before
		c.Undo, c.Back = planWords.conditionBack, removing(c.Path)
	}
	return c, true, nil
}

// removing is what takes out again what a line let into a policy; at is where
// it was put.
func removing(at string) *Back {
	return &Back{Kind: DeleteCondition, Method: "DELETE", Path: at + "/" + NewObjectRef}
}

// asksFor says whether a condition lets in nothing but what the app needs.
func asksFor(s State, c ConditionFact) bool {
	api, ok := resourceIn(s.Facts, c.API)
	var ids []string
	for _, sc := range api.Scopes {
		ids = append(ids, sc.ID)
	}
	return ok && len(c.Scopes) > 0 && covers(ids, c.Scopes)
}

// ofOurs says whether a condition is of the form that this program makes: about
// one app, and with no condition beside.
func ofOurs(c ConditionFact, client string) bool {
	return strings.EqualFold(c.Type, "delegated") && !c.Narrow && len(c.Clients) == 1 && strings.EqualFold(c.Clients[0], client)
}

// letsIn says whether a policy lets an app have all of these scopes of an API,
// and no other app.
func letsIn(p PolicyFact, api string, ids []string, client string) bool {
	for _, c := range p.Conditions {
		if strings.EqualFold(c.API, api) && ofOurs(c, client) && covers(c.Scopes, ids) {
			return true
		}
	}
	return false
}

// OwnPolicyID is the id of the consent policy that this program makes for an
// app. It tells it from every other by the app's client id.
func OwnPolicyID(app checks.App) string {
	id := strings.ToLower(app.ClientID)
	if len(id) < 8 {
		return "onboard-app"
	}
	if app.ID == "" {
		return "onboard-" + id[:8]
	}
	return "onboard-" + app.ID + "-" + id[:8]
}

// consentLine sets what users may consent to for themselves. Entries for teams,
// chats and groups stay, in their places (entra-facts §3).
func consentLine(s State, p *Plan, entry string) error {
	if !s.Facts.ConsentRead {
		return ErrNotRead
	}
	var next []string
	put := false
	for _, e := range s.Facts.Consent {
		if !isForSelf(e) {
			next = append(next, e)
			continue
		}
		if !put {
			next, put = append(next, entry), true
		}
	}
	if !put {
		next = append([]string{entry}, next...)
	}
	return setConsent(s, p, next)
}

// consentAlso adds to what users may consent to for themselves.
func consentAlso(s State, p *Plan, entry string) error {
	if !s.Facts.ConsentRead {
		return ErrNotRead
	}
	if hasFold(s.Facts.Consent, entry) {
		return nil
	}
	return setConsent(s, p, append(slices.Clone(s.Facts.Consent), entry))
}

// setConsent writes the setting whole, for PATCH replaces the list
// (entra-facts §3).
func setConsent(s State, p *Plan, next []string) error {
	was := s.Facts.Consent
	if sameSet(was, next) {
		return nil
	}
	if len(next) > mostConsent {
		return ErrTooManySets
	}
	c := Change{
		Kind: SetConsent, Title: planWords.consentLine, Method: "PATCH", Path: "/policies/authorizationPolicy", Body: consentBody(next),
		Before: consentSays(was, next), After: consentSays(next, was), Scope: "Policy.ReadWrite.Authorization", Role: "Privileged Role Administrator",
		Effect: planWords.consentEffect[p.Path], Benchmark: benchmarkOf(p.Path), Undo: fmt.Sprintf(planWords.consentUndo, consentSays(was, next)),
		Back: &Back{Kind: SetConsent, Method: "PATCH", Path: "/policies/authorizationPolicy", Body: consentBody(was)},
	}
	if managedConsent(was) {
		c.Warning = planWords.managedWarning + " " + managedNext(p.Path)
		p.Warnings = append(p.Warnings, c.Warning)
	}
	p.Lines = append(p.Lines, c)
	return nil
}

// mostConsent bounds the entries of the setting that are written.
const mostConsent = 64

func isForSelf(entry string) bool {
	return len(entry) >= len(forSelf) && strings.EqualFold(entry[:len(forSelf)], forSelf)
}

// consentSays is the part of the setting that is about users' own consent, and
// the rest where another setting differs in it.
func consentSays(assigned, other []string) string {
	own, rest := consentParts(assigned)
	_, theirs := consentParts(other)
	says := planWords.consentNone
	if len(own) > 0 {
		says = strings.Join(own, ", ")
	}
	if !sameSet(rest, theirs) {
		says += fmt.Sprintf(planWords.consentRest, cmp.Or(strings.Join(rest, ", "), words.absent))
	}
	return says
}

// consentParts are the policies for users' own consent, and the other entries.
func consentParts(assigned []string) (own, rest []string) {
	for _, e := range assigned {
		if isForSelf(e) {
			own = append(own, e[len(forSelf):])
		} else {
			rest = append(rest, e)
		}
	}
	return own, rest
}

// sameSet says whether two lists hold the same, whatever their case and order.
func sameSet(a, b []string) bool { return len(a) == len(b) && covers(a, b) && covers(b, a) }

// benchmarkOf is what a path does to published baselines.
func benchmarkOf(path PathID) string {
	if p, ok := PathByID(path); ok && p.Benchmark != "" {
		return p.Benchmark
	}
	return words.noBenchmark
}
