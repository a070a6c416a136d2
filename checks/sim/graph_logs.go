package sim

import (
	"net/http"
	"slices"
	"strings"
)

// auditLogs: what really happened in the simulator (entra-facts §8).

var (
	signInEntity = &entity{
		name: "signIn", set: "auditLogs/signIns", largest: 1000,
		filter: []string{
			"id", "appId", "appDisplayName", "userId", "userPrincipalName", "userDisplayName", "status", "createdDateTime", "correlationId",
			"conditionalAccessStatus", "ipAddress", "clientAppUsed", "resourceId", "resourceDisplayName", "isInteractive", "riskState",
		},
	}
	auditEntity = &entity{
		name: "directoryAudit", set: "auditLogs/directoryAudits", largest: 1000,
		filter: []string{
			"id", "activityDisplayName", "activityDateTime", "category", "correlationId", "result", "loggedByService", "operationType",
			"initiatedBy", "targetResources",
		},
	}
)

func logRoutes() []*graphRoute {
	const get = http.MethodGet
	return []*graphRoute{
		on(get, "auditLogs/signIns", readSignIns, signInEntity, listSignIns),
		on(get, "auditLogs/signIns/{}", readSignIns, nil, getSignIn),
		on(get, "auditLogs/directoryAudits", readAudits, auditEntity, listAudits),
		on(get, "auditLogs/directoryAudits/{}", readAudits, nil, getAudit),
	}
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// accessCodes are the errors by which Conditional Access ends a sign-in (aadsts
// 50076, 50142, 5300x, 53009, 53003x): the log calls it a failure, whether or not
// it can name the policy.
var accessCodes = []int{50076, 50142, 53000, 53001, 53002, 53003, 53009, 530033, 530036}

func (c *graphCall) signInObject(s *SignIn) obj {
	status := obj{"errorCode": s.Code, "failureReason": "Other.", "additionalDetails": nullable(s.Detail)}
	if s.Reason != "" {
		status["failureReason"] = s.Reason
	}
	access := "notApplied"
	if slices.Contains(accessCodes, s.Code) {
		access = "failure"
	}
	applied := []obj{}
	for _, a := range s.Applied {
		applied = append(applied, obj{
			"id": a.PolicyID, "displayName": a.Name, "enforcedGrantControls": append([]string{}, a.Controls...),
			"enforcedSessionControls": []string{}, "result": a.Result,
		})
		if a.Result == "failure" || a.Result == "success" && access != "failure" {
			access = a.Result
		}
	}
	o := obj{
		"id": s.ID, "createdDateTime": stamp(s.At), "userDisplayName": nullable(s.UserName), "userPrincipalName": nullable(s.UPN),
		"userId": s.UserID, "appId": nullable(s.AppID), "appDisplayName": nullable(s.AppName), "ipAddress": nullable(s.Address),
		"clientAppUsed": s.Client, "correlationId": s.CorrelationID, "conditionalAccessStatus": access, "isInteractive": !s.Silent,
		"riskDetail": "none", "riskLevelAggregated": "none", "riskLevelDuringSignIn": "none", "riskState": "none",
		"userAgent": nullable(s.Agent), "status": status, "appliedConditionalAccessPolicies": applied,
		"homeTenantId": c.t.ID, "resourceTenantId": c.t.ID, "resourceId": nullable(s.Resource),
		"deviceDetail": obj{
			"deviceId": "", "displayName": "", "operatingSystem": "", "browser": "", "isCompliant": false, "isManaged": false, "trustType": "",
		},
		"location": obj{"city": nil, "state": nil, "countryOrRegion": nil, "geoCoordinates": nil},
	}
	if s.UserID == "" {
		o["userId"] = "00000000-0000-0000-0000-000000000000" // nobody was signed in yet
	}
	if api := c.w.registration(s.Resource); api != nil {
		o["resourceDisplayName"] = api.Name
	}
	return o
}

// signIns are the interactive sign-ins, newest first: v1.0 has no others
// (entra-facts §8).
func (c *graphCall) signIns() []obj {
	var out []obj
	lines := slices.Clone(c.t.SignIns)
	slices.Reverse(lines)
	slices.SortStableFunc(lines, func(a, b *SignIn) int { return b.At.Compare(a.At) })
	for _, s := range lines {
		if !s.Silent {
			out = append(out, c.signInObject(s))
		}
	}
	return out
}

func listSignIns(c *graphCall) (graphReply, error) {
	return c.many(signInEntity, signInEntity.set, c.signIns())
}

func getSignIn(c *graphCall) (graphReply, error) { return c.byID(signInEntity, c.signIns()) }

// byID answers the object of the first key.
func (c *graphCall) byID(e *entity, all []obj) (graphReply, error) {
	for _, o := range all {
		if id, _ := o["id"].(string); strings.EqualFold(id, c.keys[0].value) {
			return c.one(e, e.set, o)
		}
	}
	return graphReply{}, notFound(e.name, c.keys[0].value)
}

func (c *graphCall) auditObject(a *Audit) obj {
	result := "success"
	if a.Failed {
		result = "failure"
	}
	by := obj{"user": nil, "app": nil}
	if u := c.t.userByID(a.ByUser); u != nil {
		by["user"] = obj{"id": u.ID, "displayName": u.Name, "userPrincipalName": u.UPN, "ipAddress": nil}
	} else {
		app := obj{"appId": nil, "displayName": "Microsoft Entra ID", "servicePrincipalId": nullable(a.ByApp), "servicePrincipalName": nil}
		if sp := c.t.serviceByID(a.ByApp); sp != nil {
			app["displayName"], app["appId"] = sp.Name, sp.AppID
		}
		by["app"] = app
	}
	targets := []obj{}
	for _, t := range a.Targets {
		changes := []obj{}
		for _, ch := range t.Changes {
			changes = append(changes, obj{"displayName": ch.Name, "oldValue": nullable(ch.Old), "newValue": nullable(ch.New)})
		}
		targets = append(targets, obj{
			"id": nullable(t.ID), "displayName": nullable(t.Name), "type": nullable(t.Kind), "userPrincipalName": nullable(t.UPN),
			"groupType": nil, "modifiedProperties": changes,
		})
	}
	return obj{
		"id": a.ID, "activityDateTime": stamp(a.At), "activityDisplayName": a.Activity, "category": a.Category, "correlationId": a.CorrelationID,
		"result": result, "resultReason": a.Reason, "loggedByService": "Core Directory", "operationType": nullable(a.Operation),
		"initiatedBy": by, "targetResources": targets,
	}
}

func (c *graphCall) audits() []obj {
	var out []obj
	lines := slices.Clone(c.t.Audits)
	slices.Reverse(lines)
	slices.SortStableFunc(lines, func(a, b *Audit) int { return b.At.Compare(a.At) })
	for _, a := range lines {
		out = append(out, c.auditObject(a))
	}
	return out
}

func listAudits(c *graphCall) (graphReply, error) {
	return c.many(auditEntity, auditEntity.set, c.audits())
}

func getAudit(c *graphCall) (graphReply, error) { return c.byID(auditEntity, c.audits()) }
