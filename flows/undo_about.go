package flows

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"onboard.example/checks"
)

// backAbout is what a request that takes something back is about.
type backAbout struct {
	title, before, after, warning string
	benchmark                     string
	role                          string // stronger than the kind's; empty: the kind's
}

// aboutBack says what a request does, from its body and from what was read; ok
// is false where it is not about this app, or does something else than its kind
// says. A receipt is a file: anybody may have written in it, and what it asks
// for is done with an admin's rights.
func aboutBack(f Facts, app checks.App, l ReceiptLine, b Back) (a backAbout, ok bool) {
	a = backAbout{benchmark: words.noBenchmark, before: words.absent, after: words.absent}
	switch b.Kind {
	case RestoreApp:
		d := f.Deleted
		if d == nil || !strings.EqualFold(d.AppID, app.ClientID) {
			return a, false
		}
		a.title, a.before, a.after, a.warning = d.Name, planWords.deleted, d.Name, planWords.restoreWarning
		return a, b.Method == "POST" && b.Body == "" && b.Path == restoring(d.ID).Path
	case DeleteApp, DisableApp, EnableApp, RequireAssignment, FreeAssignment:
		return aboutApp(f, b, a)
	case DeleteGrant, NarrowGrant, CreateGrant, GrantOne:
		return aboutGrant(f, app, b, a)
	case AssignRole, Assign, Unassign:
		return aboutAssignment(f, b, a)
	case Classify, Unclassify:
		return aboutClass(f, l, b, a)
	case SetConsent:
		a.benchmark = planWords.benchBack
		next := sent[consentSent](b.Body).Role.Assigned
		a.title, a.before, a.after = planWords.consentLine, consentSays(f.Consent, next), consentSays(next, f.Consent)
		if laxer(f.Consent, next, app) {
			a.warning, a.benchmark = planWords.allWarning, benchmarkOf(AllowAll)
		}
		return a, b.Method == "PATCH" && b.Path == "/policies/authorizationPolicy"
	case SetWorkflow:
		if f.Workflow == nil {
			return a, false
		}
		a.benchmark = planWords.benchBack
		a.title, a.before, a.after = planWords.workflowTitle, workflowSays(*f.Workflow, nameless), workflowSays(workflowIn(b.Body), nameless)
		return a, b.Method == "PUT" && b.Path == "/policies/adminConsentRequestPolicy" && writable(workflowIn(b.Body))
	case DeletePolicy:
		a.title, a.before = OwnPolicyID(app), OwnPolicyID(app)
		return a, b.Method == "DELETE" && b.Path == "/policies/permissionGrantPolicies/"+OwnPolicyID(app)
	case DeleteCondition:
		return aboutCondition(f, app, l, b, a)
	case CreateApp, WidenGrant, CreatePolicy, AddCondition:
	}
	return a, false
}

// aboutCondition is aboutBack for what our own policy lets in: what the receipt
// put there, and nothing else of it.
func aboutCondition(f Facts, app checks.App, l ReceiptLine, b Back, a backAbout) (backAbout, bool) {
	at := "/policies/permissionGrantPolicies/" + OwnPolicyID(app)
	p, _ := policyByID(f, OwnPolicyID(app))
	c, in := conditionByID(p, path.Base(b.Path))
	api, _ := resourceIn(f, c.API)
	var scopes []string
	for _, id := range c.Scopes {
		scopes = append(scopes, cmp.Or(nameIn(api, id), id))
	}
	a.title, a.before = ResourceTitle(c.API), strings.Join(scopes, " ")
	return a, in && b.Method == "DELETE" && b.Body == "" && path.Dir(b.Path) == at+"/includes" && ofOurs(c, app.ClientID) && isCondition(c, l.Body)
}

// laxer says whether a user consent setting lets users consent to more than the
// one that is there: what Microsoft's own smaller choices do not, and what is
// known of no other policy.
func laxer(now, next []string, app checks.App) bool {
	self := func(e string) bool { return isForSelf(e) && !strings.EqualFold(e[len(forSelf):], OwnPolicyID(app)) }
	if !slices.ContainsFunc(now, self) && slices.ContainsFunc(next, self) {
		return true // where they may consent to nothing, the smallest choice is more
	}
	small := []string{policyLow, "microsoft-user-default-recommended", "microsoft-user-default-allow-consent-apps", OwnPolicyID(app)}
	return slices.ContainsFunc(next, func(e string) bool {
		return isForSelf(e) && !hasFold(now, e) && !hasFold(small, e[len(forSelf):])
	})
}

func aboutApp(f Facts, b Back, a backAbout) (backAbout, bool) {
	if f.App == nil || b.Path != "/servicePrincipals/"+f.App.ID {
		return a, false
	}
	a.title = f.App.Name
	switch b.Kind {
	case DeleteApp:
		a.before, a.warning = f.App.Name, planWords.keptWarning
		return a, b.Method == "DELETE" && b.Body == ""
	case DisableApp, EnableApp:
		on := b.Kind == EnableApp
		a.before, a.after = words.disabled, words.enabled
		if !on {
			a.before, a.after = words.enabled, words.disabled
		}
		return a, b.Method == "PATCH" && b.Body == enabledBody(on)
	case RequireAssignment, FreeAssignment:
		must := b.Kind == RequireAssignment
		a.before, a.after = planWords.everybodyMay, planWords.assignedMay
		if !must {
			a.before, a.after = planWords.assignedMay, planWords.everybodyMay
		}
		return a, b.Method == "PATCH" && b.Body == body(requiredSent{must})
	default:
	}
	return a, false
}

func aboutGrant(f Facts, app checks.App, b Back, a backAbout) (backAbout, bool) {
	if b.Kind == DeleteGrant || b.Kind == NarrowGrant {
		g, there := grantByID(f, path.Base(b.Path))
		if !there || b.Path != "/oauth2PermissionGrants/"+g.ID {
			return a, false
		}
		a.title, a.before = grantTitle(f, g.ResourceID, g.Principal), strings.Join(g.Scopes, " ")
		if b.Kind == DeleteGrant {
			return a, b.Method == "DELETE" && b.Body == ""
		}
		next := strings.Fields(sent[scopeSent](b.Body).Scope)
		a.after = strings.Join(next, " ")
		return a, b.Method == "PATCH" && len(next) > 0 && !g.Cut && covers(g.Scopes, next)
	}
	g := sent[grantSent](b.Body)
	one := g.PrincipalID != nil && checks.IsGUID(*g.PrincipalID)
	who := ""
	if one {
		who = *g.PrincipalID
	}
	a.title, a.after = grantTitle(f, g.ResourceID, who), g.Scope
	if more := beyond(f, app, g); len(more) > 0 {
		a.warning = fmt.Sprintf(planWords.moreWarning, strings.Join(more, " "))
	}
	fits := b.Kind == GrantOne && one && g.ConsentType == "Principal" || b.Kind == CreateGrant && g.PrincipalID == nil && g.ConsentType == "AllPrincipals"
	return a, fits && f.App != nil && b.Method == "POST" && b.Path == "/oauth2PermissionGrants" && strings.EqualFold(g.ClientID, f.App.ID)
}

// grantTitle names a grant by its API, and the user whose it is.
func grantTitle(f Facts, resource, user string) string {
	if user == "" {
		return fmt.Sprintf(words.grantLine, apiTitle(f, resource))
	}
	return fmt.Sprintf(planWords.oneLine, user, apiTitle(f, resource))
}

// beyond are the scopes of a grant that the app does not ask for.
func beyond(f Facts, app checks.App, g grantSent) (more []string) {
	var asked []string
	for _, n := range needsByResource(app) {
		if api, ok := resourceIn(f, n.resource); ok && strings.EqualFold(api.ID, g.ResourceID) {
			asked = n.scopes
		}
	}
	for scope := range strings.FieldsSeq(g.Scope) {
		if !hasFold(asked, scope) {
			more = append(more, scope)
		}
	}
	return more
}

func aboutAssignment(f Facts, b Back, a backAbout) (backAbout, bool) {
	if f.App == nil {
		return a, false
	}
	known := slices.Concat(f.Roles, f.Assigned)
	if b.Kind == Unassign {
		i := slices.IndexFunc(known, func(k AssignFact) bool { return k.ID == path.Base(b.Path) })
		if i < 0 {
			return a, false
		}
		a.title, a.role = roleTitle(f, known[i]), roleAt(f, known[i].ResourceID)
		if known[i].ResourceID == f.App.ID { // somebody's assignment to the app
			a.title, a.role = known[i].Principal, ""
		}
		a.before = a.title
		return a, b.Method == "DELETE" && b.Body == "" && b.Path == "/servicePrincipals/"+known[i].ResourceID+"/appRoleAssignedTo/"+known[i].ID
	}
	s := sent[assignSent](b.Body)
	if b.Method != "POST" || b.Path != "/servicePrincipals/"+s.ResourceID+"/appRoleAssignedTo" {
		return a, false
	}
	if b.Kind == Assign {
		a.title, a.after = s.PrincipalID, fmt.Sprintf(planWords.assignAfter, s.PrincipalID)
		return a, s.ResourceID == f.App.ID && s.AppRoleID == noRole && s.PrincipalID != f.App.ID
	}
	name := roleTitle(f, AssignFact{ResourceID: s.ResourceID, RoleID: s.AppRoleID})
	a.title, a.after, a.role = fmt.Sprintf(planWords.roleLine, name, apiTitle(f, s.ResourceID)), name, roleAt(f, s.ResourceID)
	if name == s.AppRoleID { // none that the app needs
		a.warning = fmt.Sprintf(planWords.moreWarning, name)
	}
	return a, s.PrincipalID == f.App.ID && s.ResourceID != f.App.ID
}

func aboutClass(f Facts, l ReceiptLine, b Back, a backAbout) (backAbout, bool) {
	if len(l.Scopes) != 1 {
		return a, false
	}
	api, found := resourceIn(f, l.Resource)
	at := "/servicePrincipals/" + api.ID + "/delegatedPermissionClassifications"
	a.title = fmt.Sprintf(planWords.classLine, l.Scopes[0], ResourceTitle(l.Resource))
	if b.Kind == Unclassify {
		a.before, a.after, a.benchmark = planWords.low, planWords.unclassified, planWords.benchBack
		known := slices.ContainsFunc(f.Classes, func(c ClassFact) bool {
			return strings.EqualFold(c.API, l.Resource) && c.ID == path.Base(b.Path) && nameIn(api, c.ScopeID) == l.Scopes[0]
		})
		return a, found && known && b.Method == "DELETE" && b.Body == "" && path.Dir(b.Path) == at
	}
	a.before, a.after = planWords.unclassified, planWords.low
	c := sent[classSent](b.Body)
	named := slices.ContainsFunc(api.Scopes, func(sc ScopeFact) bool {
		return strings.EqualFold(sc.ID, c.PermissionID) && strings.EqualFold(sc.Value, l.Scopes[0])
	})
	return a, found && named && b.Method == "POST" && b.Path == at && c.Classification == "low"
}

// nameIn is the name of a scope of an API by its id.
func nameIn(api ResourceFact, id string) string {
	for _, sc := range api.Scopes {
		if strings.EqualFold(sc.ID, id) {
			return sc.Value
		}
	}
	return ""
}
