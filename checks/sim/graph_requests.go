package sim

import (
	"net/http"
	"strings"
)

// The admin consent requests of a tenant. Graph only reads them: approving or
// denying one is for the portal (entra-facts §6).

var (
	requestEntity = &entity{
		name: "appConsentRequest", props: "id appId appDisplayName pendingScopes | userConsentRequests",
		filter: []string{"id", "appId", "appDisplayName", "userConsentRequests"},
	}
	userRequestEntity = &entity{
		name:   "userConsentRequest",
		props:  "id approvalId completedDateTime createdBy createdDateTime customData reason status approval",
		filter: []string{"id", "status", "reason", "createdDateTime"},
	}
	readRequests = access{scopes: []string{"ConsentRequest.Read.All", "ConsentRequest.ReadWrite.All"}}
)

func requestRoutes() []*graphRoute {
	const get, root = http.MethodGet, "identityGovernance/appConsent/appConsentRequests"
	return []*graphRoute{
		on(get, root, readRequests, requestEntity, listRequests),
		on(get, root+"/filterByCurrentUser/{}", readRequests, requestEntity, listRequests),
		on(get, root+"/{}", readRequests, nil, getRequest),
		on(get, root+"/{}/userConsentRequests", readRequests, userRequestEntity, listUserRequests),
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
	return obj{"id": r.ID, "appId": r.AppID, "appDisplayName": r.AppName, "pendingScopes": scopes, "userConsentRequests": users}
}

func (c *graphCall) userRequestObject(r *UserConsentRequest) obj {
	by := obj{"id": r.UserID}
	if u := c.t.userByID(r.UserID); u != nil {
		by = obj{"id": u.ID, "displayName": u.Name, "userPrincipalName": u.UPN, "mail": u.UPN}
	}
	stage := obj{
		"id": r.ID, "status": string(r.Status), "reviewResult": r.Result, "justification": r.Reply,
		"assignedToMe": false, "reviewedBy": nil, "reviewedDateTime": stamp(r.CompletedAt),
	}
	if u := c.t.userByID(r.ReviewedBy); u != nil {
		stage["reviewedBy"] = obj{"id": u.ID, "displayName": u.Name, "userPrincipalName": u.UPN}
	}
	return obj{
		"id": r.ID, "approvalId": r.ID, "reason": r.Reason, "status": string(r.Status), "createdDateTime": stamp(r.CreatedAt),
		"completedDateTime": stamp(r.CompletedAt), "createdBy": obj{"user": by}, "approval": obj{"id": r.ID, "stages": []obj{stage}},
	}
}

func listRequests(c *graphCall) (graphReply, error) {
	if len(c.keys) > 0 && (c.keys[0].name != "on" || c.keys[0].value != "reviewer") {
		return graphReply{}, badRequest("The value of 'on' must be 'reviewer'.")
	}
	var out []obj
	for _, r := range c.t.Requests {
		out = append(out, c.requestObject(r))
	}
	return c.many(requestEntity, "identityGovernance/appConsent/appConsentRequests", out)
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
	return c.one(requestEntity, "identityGovernance/appConsent/appConsentRequests", c.requestObject(r))
}

func listUserRequests(c *graphCall) (graphReply, error) {
	r, err := c.requestKey()
	if err != nil {
		return graphReply{}, err
	}
	var out []obj
	for _, one := range r.Users {
		out = append(out, c.userRequestObject(one))
	}
	return c.many(userRequestEntity, "identityGovernance/appConsent/appConsentRequests('"+r.ID+"')/userConsentRequests", out)
}
