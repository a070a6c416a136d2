package flows

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// How a script sees what a line changed: a request that reads it, and what of
// the answer is compared, as one text. An empty text means that it is not there.

// sight is what of an answer is compared.
type sight string

const (
	seeApp       sight = "app"       // the app's object id
	seeEnabled   sight = "enabled"   // accountEnabled
	seeRequired  sight = "required"  // appRoleAssignmentRequired
	seeScope     sight = "scope"     // a grant's scopes, sorted
	seeAssigned  sight = "assigned"  // an assignment's three ids
	seeConsent   sight = "consent"   // the user consent setting, sorted
	seeClass     sight = "class"     // a scope's classification
	seeWorkflow  sight = "workflow"  // the admin consent workflow
	seePolicy    sight = "policy"    // a policy's id
	seeCondition sight = "condition" // that a policy lets in what it should
	seeSet       sight = "set"       // a condition set of a policy, by its id
)

// look is the request that shows a line, NewObjectRef standing for the id of
// what the line is about.
type look struct {
	path string
	see  sight
	key  string // what is looked for among several: an id, a condition
}

// scriptLineOf finds out how a script sees a line.
func scriptLineOf(c Change, n int) (scriptLine, error) {
	l := scriptLine{Change: c, n: n, id: lastID(c)}
	back := Back{}
	if c.Back != nil {
		back = *c.Back
	}
	one := c.Path
	switch c.Method {
	case "POST":
		one += "/" + NewObjectRef
	case "DELETE":
		one = collection(c.Path) + "/" + NewObjectRef
	}
	switch c.Kind {
	case CreateApp, DeleteApp:
		l.look = look{path: one + "?$select=id,appId", see: seeApp}
		l.was, l.is = switched(c.Kind == DeleteApp, "there")
		l.blind = c.Kind == CreateApp
	case RestoreApp:
		l.look = look{path: "/servicePrincipals/" + path.Base(collection(c.Path)) + "?$select=id,appId", see: seeApp}
		l.was, l.is = "", "there"
	case EnableApp, DisableApp:
		l.look = look{path: one + "?$select=id,accountEnabled", see: seeEnabled}
		l.was, l.is = fmt.Sprint(c.Kind == DisableApp), fmt.Sprint(c.Kind == EnableApp)
	case RequireAssignment, FreeAssignment:
		l.look = look{path: one + "?$select=id,appRoleAssignmentRequired", see: seeRequired}
		l.was, l.is = fmt.Sprint(c.Kind == FreeAssignment), fmt.Sprint(c.Kind == RequireAssignment)
	case CreateGrant, GrantOne, WidenGrant, NarrowGrant, DeleteGrant:
		l.look = look{path: one, see: seeScope}
		l.was, l.is = sortedScope(back.Body), sortedScope(c.Body)
		l.blind = c.Method == "POST"
	case AssignRole, Assign, Unassign:
		l.look = look{path: one, see: seeAssigned}
		l.was, l.is = assignment(back.Body), assignment(c.Body)
		l.blind = c.Method == "POST"
	default:
		return settingLine(l, back)
	}
	return l, l.sound()
}

// settingLine is scriptLineOf for what is the tenant's.
func settingLine(l scriptLine, back Back) (scriptLine, error) {
	c := l.Change
	switch c.Kind {
	case SetConsent:
		l.look = look{path: c.Path + "?$select=defaultUserRolePermissions", see: seeConsent}
		l.was, l.is = sortedConsent(back.Body), sortedConsent(c.Body)
	case SetWorkflow:
		l.look = look{path: c.Path, see: seeWorkflow}
		l.was, l.is = workflowText(back.Body), workflowText(c.Body)
	case Classify, Unclassify:
		at, what := c.Path, c.Body
		if c.Kind == Unclassify {
			at, what = collection(c.Path), back.Body
		}
		l.look = look{path: at, see: seeClass, key: sent[classSent](what).PermissionID}
		if !plainPath.MatchString("/" + l.look.key) { // it stands in a query
			return l, fmt.Errorf("%w: %s", ErrOddPlan, c.Kind)
		}
		l.was, l.is = switched(c.Kind == Unclassify, "low")
	case CreatePolicy, DeletePolicy:
		at := c.Path
		if c.Kind == CreatePolicy {
			at += "/" + sent[policySent](c.Body).ID
		}
		l.look = look{path: at + "?$select=id", see: seePolicy}
		l.was, l.is = switched(c.Kind == DeletePolicy, "there")
	case AddCondition:
		l.look = look{path: c.Path, see: seeCondition, key: asciiJSON(c.Body)}
		l.was, l.is = "", "there"
	case DeleteCondition:
		l.look = look{path: collection(c.Path), see: seeSet, key: path.Base(c.Path)}
		l.was, l.is = "there", ""
	default:
		return l, fmt.Errorf("%w: %s", ErrOddPlan, c.Kind)
	}
	return l, l.sound()
}

// sound says what is wrong with a line that looks the same before and after:
// a script could not tell whether it did anything.
func (l scriptLine) sound() error {
	if l.was == l.is || l.Method == "POST" && l.Body == "" && l.Kind != RestoreApp {
		return fmt.Errorf("%w: %s", ErrOddPlan, l.Kind)
	}
	return nil
}

// switched is what is there before and after something is taken away or made.
func switched(off bool, there string) (was, is string) {
	if off {
		return there, ""
	}
	return "", there
}

// sortedScope is the scopes of a grant's body.
func sortedScope(b string) string {
	if b == "" {
		return ""
	}
	all := strings.Fields(sent[scopeSent](b).Scope)
	slices.Sort(all)
	return "[" + strings.Join(all, " ") + "]"
}

// assignment is the three ids of an assignment's body. The app's may be known
// only once a line has made it.
func assignment(b string) string {
	a := sent[assignSent](b)
	if a.PrincipalID == "" {
		return ""
	}
	ids := []string{a.PrincipalID, a.ResourceID, a.AppRoleID}
	for i, id := range ids {
		if id != NewAppRef {
			ids[i] = strings.ToLower(id)
		}
	}
	return strings.Join(ids, " ")
}

// sortedConsent is the user consent setting of a body. The case of its entries
// varies (entra-facts §3).
func sortedConsent(b string) string {
	var all []string
	for _, e := range sent[consentSent](b).Role.Assigned {
		all = append(all, strings.ToLower(e))
	}
	slices.Sort(all)
	return "[" + strings.Join(all, " ") + "]"
}

// workflowText is the workflow of a body. Some reviewers' queries are printed
// with the version in front (entra-facts §6).
func workflowText(b string) string {
	w := sent[workflowSent](b)
	var who []string
	for _, r := range w.Reviewers {
		who = append(who, strings.TrimPrefix(r.Query, "/v1.0"))
	}
	slices.Sort(who)
	return fmt.Sprintf("%t %t %t %d [%s]", w.Enabled, w.Notify, w.Remind, w.Days, strings.Join(who, " "))
}
