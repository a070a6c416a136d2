package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks"
)

// The bodies of requests, and the reading of them again: a line's body is the
// one place that says what it does, so that nothing can be shown that is not
// sent.

// body writes a request's JSON, without escaping what is no HTML anyway.
func body(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // plain structs of strings: cannot happen
		return ""
	}
	return strings.TrimSpace(b.String())
}

// sent reads what a body of ours says; the zero value where it is none.
func sent[T any](text string) (v T) {
	if json.Unmarshal([]byte(text), &v) != nil {
		var none T
		return none
	}
	return v
}

// enabledSent is accountEnabled of a service principal.
type enabledSent struct {
	Enabled bool `json:"accountEnabled"`
}

func enabledBody(on bool) string { return body(enabledSent{on}) }

// requiredSent is appRoleAssignmentRequired of a service principal.
type requiredSent struct {
	Required bool `json:"appRoleAssignmentRequired"`
}

// grantSent is an oAuth2PermissionGrant (entra-facts §2).
type grantSent struct {
	ClientID    string  `json:"clientId"`
	ConsentType string  `json:"consentType"`
	PrincipalID *string `json:"principalId"`
	ResourceID  string  `json:"resourceId"`
	Scope       string  `json:"scope"`
}

// grantBody makes a grant for one user, or for everyone where user is empty.
func grantBody(app, user, api, scope string) string {
	g := grantSent{ClientID: app, ConsentType: "AllPrincipals", ResourceID: api, Scope: scope}
	if user != "" {
		g.ConsentType, g.PrincipalID = "Principal", &user
	}
	return body(g)
}

// scopeSent is what changes a grant.
type scopeSent struct {
	Scope string `json:"scope"`
}

func scopeBody(scope string) string { return body(scopeSent{scope}) }

// assignSent is an appRoleAssignment (entra-facts §2).
type assignSent struct {
	PrincipalID string `json:"principalId"`
	ResourceID  string `json:"resourceId"`
	AppRoleID   string `json:"appRoleId"`
}

// consentSent is the user consent setting (entra-facts §3).
type consentSent struct {
	Role struct {
		Assigned []string `json:"permissionGrantPoliciesAssigned"`
	} `json:"defaultUserRolePermissions"`
}

func consentBody(assigned []string) string {
	var c consentSent
	c.Role.Assigned = assigned
	if assigned == nil {
		c.Role.Assigned = []string{}
	}
	return body(c)
}

// classSent classifies a scope (entra-facts §5).
type classSent struct {
	PermissionID   string `json:"permissionId"`
	PermissionName string `json:"permissionName"`
	Classification string `json:"classification"`
}

// workflowSent is the admin consent request policy, whole (entra-facts §6).
type workflowSent struct {
	Enabled   bool           `json:"isEnabled"`
	Notify    bool           `json:"notifyReviewers"`
	Remind    bool           `json:"remindersEnabled"`
	Days      int            `json:"requestDurationInDays"`
	Reviewers []reviewerSent `json:"reviewers"`
}

type reviewerSent struct {
	Query string  `json:"query"`
	Type  string  `json:"queryType"`
	Root  *string `json:"queryRoot"`
}

func workflowBody(w WorkflowFact) string {
	out := workflowSent{Enabled: w.Enabled, Notify: w.Notify, Remind: w.Remind, Days: w.Days, Reviewers: []reviewerSent{}}
	for i, q := range w.Reviewers {
		form := w.form(i)
		out.Reviewers = append(out.Reviewers, reviewerSent{Query: q, Type: form.Type, Root: form.Root})
	}
	return body(out)
}

// workflowIn is the workflow that a body sets.
func workflowIn(text string) WorkflowFact {
	w := sent[workflowSent](text)
	out := WorkflowFact{Enabled: w.Enabled, Notify: w.Notify, Remind: w.Remind, Days: w.Days}
	for _, r := range w.Reviewers {
		out.Reviewers = append(out.Reviewers, r.Query)
		out.Forms = append(out.Forms, checks.ReviewerForm{Type: r.Type, Root: r.Root})
	}
	out.Forms = oddForms(out.Forms)
	return out
}

// oddForms are the forms of reviewers where any is another than ours.
func oddForms(list []checks.ReviewerForm) []checks.ReviewerForm {
	if slices.ContainsFunc(list, func(f checks.ReviewerForm) bool { return f != checks.ReviewerForm{Type: checks.ReviewerQueryType} }) {
		return list
	}
	return nil
}

// policySent is a consent policy without its conditions (entra-facts §4).
type policySent struct {
	ID          string `json:"id"`
	Name        string `json:"displayName"`
	Description string `json:"description"`
}

// conditionSent is what such a policy lets in.
type conditionSent struct {
	Type    string   `json:"permissionType"`
	API     string   `json:"resourceApplication"`
	Scopes  []string `json:"permissions"`
	Clients []string `json:"clientApplicationIds"`
}

// digest is of everything that a plan would send, and where.
func digest(p Plan) string {
	h := sha256.New()
	for _, part := range []string{p.Tenant, p.Domain} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	for _, c := range p.Lines {
		for _, part := range []string{c.Method, c.Path, c.Body, c.Before} {
			_, _ = fmt.Fprintf(h, "%d:%s", len(part), part)
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
