package sim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// The admin consent requests of a tenant. Graph only reads them: approving or
// denying one is for the portal (entra-facts §6).

var (
	// The sample of the list has empty children: they are read by a second call
	// or by $expand (entra-facts §6).
	requestEntity = &entity{
		name: "appConsentRequest", set: "identityGovernance/appConsent/appConsentRequests", skips: true,
		usual:  "id appId appDisplayName consentType pendingScopes userConsentRequests",
		filter: []string{"id", "appId", "appDisplayName", "userConsentRequests"},
		expand: map[string]relation{"userConsentRequests": told("userConsentRequests")}, unread: []string{"userConsentRequests"},
	}
	userRequestEntity = &entity{
		name: "userConsentRequest", skips: true,
		usual:  "id approvalId completedDateTime createdBy createdDateTime customData reason status approval",
		filter: []string{"id", "status", "reason", "createdDateTime", "createdBy"},
		expand: map[string]relation{"approval": told("approval")},
	}
	approvalEntity = &entity{name: "approval", usual: "id stages", expand: map[string]relation{"stages": told("stages")}}
	routeEntity    = &entity{name: "appConsentApprovalRoute", expand: map[string]relation{"appConsentRequests": allRequests}}
	readRequests   = access{scopes: []string{"ConsentRequest.Read.All", "ConsentRequest.ReadWrite.All"}}
)

func requestRoutes() []*graphRoute {
	const get, root = http.MethodGet, "identityGovernance/appConsent/appConsentRequests"
	const users = root + "/{}/userConsentRequests"
	return []*graphRoute{
		on(get, "identityGovernance/appConsent", readRequests, nil, getAppConsent),
		on(get, root, readRequests, requestEntity, listRequests),
		on(get, root+"/filterByCurrentUser/{}", readRequests, requestEntity, myRequests),
		on(get, root+"/{}", readRequests, nil, getRequest),
		on(get, users, readRequests, userRequestEntity, listUserRequests),
		on(get, users+"/filterByCurrentUser/{}", readRequests, userRequestEntity, myUserRequests),
		on(get, users+"/{}", readRequests, nil, getUserRequest),
		on(get, users+"/{}/approval", readRequests, nil, getApproval),
	}
}

func (c *graphCall) requestObject(r *AppConsentRequest) obj {
	scopes := make([]obj, 0, len(r.Pending))
	for _, s := range r.Pending {
		scopes = append(scopes, obj{"displayName": s})
	}
	users := make([]obj, 0, len(r.Users))
	for _, one := range r.Users {
		users = append(users, c.userRequestObject(one))
	}
	return obj{
		"id": r.ID, "appId": r.AppID, "appDisplayName": r.AppName, "pendingScopes": scopes, "consentType": "Static",
		"userConsentRequests": users,
	}
}

func (c *graphCall) userRequestObject(r *UserConsentRequest) obj {
	state := r.Status
	if state == RequestInProgress && r.CreatedAt.Before(c.now.AddDate(0, 0, -cmp.Or(c.t.Workflow.DurationDays, defaultRequestDays))) {
		state = RequestExpired
	}
	by := obj{"id": r.UserID}
	if u := c.t.userByID(r.UserID); u != nil {
		by = obj{"id": u.ID, "displayName": u.Name, "userPrincipalName": u.UPN, "mail": u.UPN}
	}
	stage := obj{
		"id": r.ID, "status": string(state), "reviewResult": r.Result, "justification": r.Reply,
		"displayName": nil, "assignedToMe": c.u != nil && c.t.reviews(c.u, r.Reviewers), "reviewedBy": nil, "reviewedDateTime": stamp(r.CompletedAt),
	}
	if u := c.t.userByID(r.ReviewedBy); u != nil {
		stage["reviewedBy"] = obj{"id": u.ID, "displayName": u.Name, "userPrincipalName": u.UPN}
	}
	return obj{
		"id": r.ID, "approvalId": r.ID, "reason": r.Reason, "status": string(state), "createdDateTime": stamp(r.CreatedAt),
		"completedDateTime": stamp(r.CompletedAt), "createdBy": obj{"user": by}, "approval": obj{"id": r.ID, "stages": []obj{stage}},
	}
}

// requests are those that want admits.
func (c *graphCall) requests(want func(*AppConsentRequest) bool) []obj {
	var out []obj
	for _, r := range c.t.Requests {
		if want(r) {
			out = append(out, c.requestObject(r))
		}
	}
	return out
}

func allRequests(c *graphCall, _ obj) (any, error) {
	out := c.requests(func(*AppConsentRequest) bool { return true })
	for _, o := range out {
		o["userConsentRequests"] = []obj{}
	}
	return append([]obj{}, out...), nil
}

func getAppConsent(c *graphCall) (graphReply, error) {
	return c.one(routeEntity, "identityGovernance/appConsent", obj{"id": "appConsent"})
}

func listRequests(c *graphCall) (graphReply, error) {
	return c.many(requestEntity, requestEntity.set, c.requests(func(*AppConsentRequest) bool { return true }))
}

// currentUser reads the parameter of filterByCurrentUser.
func (c *graphCall) currentUser(k key, allowed ...string) error {
	switch {
	case k.name != "on" || !slices.Contains(allowed, k.value):
		return badRequest("The value of 'on' must be '%s'.", strings.Join(allowed, "' or '"))
	case c.u == nil:
		return badRequest("filterByCurrentUser is only valid with delegated authentication flow.")
	}
	return nil
}

// myRequests are the requests that the caller reviews.
func myRequests(c *graphCall) (graphReply, error) {
	if err := c.currentUser(c.keys[0], "reviewer"); err != nil {
		return graphReply{}, err
	}
	return c.many(requestEntity, requestEntity.set, c.requests(func(r *AppConsentRequest) bool {
		return slices.ContainsFunc(r.Users, func(one *UserConsentRequest) bool { return c.t.reviews(c.u, one.Reviewers) })
	}))
}

func (c *graphCall) requestKey() (*AppConsentRequest, error) {
	id := c.keys[0].value
	r := find(c.t.Requests, func(r *AppConsentRequest) bool { return strings.EqualFold(r.ID, id) })
	if r == nil {
		return nil, notFound("appConsentRequest", id)
	}
	return r, nil
}

func getRequest(c *graphCall) (graphReply, error) {
	r, err := c.requestKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(requestEntity, requestEntity.set, c.requestObject(r))
}

// usersContext names the children of one request.
func usersContext(r *AppConsentRequest) string {
	return requestEntity.set + "('" + r.ID + "')/userConsentRequests"
}

func (c *graphCall) userRequests(r *AppConsentRequest, want func(*UserConsentRequest) bool) (graphReply, error) {
	var out []obj
	for _, one := range r.Users {
		if want(one) {
			out = append(out, c.userRequestObject(one))
		}
	}
	return c.many(userRequestEntity, usersContext(r), out)
}

func listUserRequests(c *graphCall) (graphReply, error) {
	r, err := c.requestKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.userRequests(r, func(*UserConsentRequest) bool { return true })
}

// myUserRequests are those that the caller made, or reviews.
func myUserRequests(c *graphCall) (graphReply, error) {
	r, err := c.requestKey()
	if err != nil {
		return graphReply{}, err
	}
	if err := c.currentUser(c.keys[1], "reviewer", "principal"); err != nil {
		return graphReply{}, err
	}
	own := c.keys[1].value == "principal"
	return c.userRequests(r, func(one *UserConsentRequest) bool {
		return own && one.UserID == c.u.ID || !own && c.t.reviews(c.u, one.Reviewers)
	})
}

func (c *graphCall) userRequestKey() (*AppConsentRequest, *UserConsentRequest, error) {
	r, err := c.requestKey()
	if err != nil {
		return nil, nil, err
	}
	one := find(r.Users, func(u *UserConsentRequest) bool { return strings.EqualFold(u.ID, c.keys[1].value) })
	if one == nil {
		return nil, nil, notFound("userConsentRequest", c.keys[1].value)
	}
	return r, one, nil
}

func getUserRequest(c *graphCall) (graphReply, error) {
	r, one, err := c.userRequestKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(userRequestEntity, usersContext(r), c.userRequestObject(one))
}

func getApproval(c *graphCall) (graphReply, error) {
	r, one, err := c.userRequestKey()
	if err != nil {
		return graphReply{}, err
	}
	approval, _ := c.userRequestObject(one)["approval"].(obj)
	return c.one(approvalEntity, usersContext(r)+"('"+one.ID+"')/approval", approval)
}
