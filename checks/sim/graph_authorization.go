package sim

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// The authorization policy: the user consent choice, the risk setting, and what
// else the page of its update lets an admin change (authorizationpolicy-update).
// Of the rest the simulator keeps what was written, and decides nothing by it.

const (
	authorizationProps = "allowEmailVerifiedUsersToJoinOrganization allowInvitesFrom allowedToSignUpEmailBasedSubscriptions " +
		"allowedToUseSSPR blockMsolPowerShell description displayName guestUserRoleId"
	permissionProps = "allowedToCreateApps allowedToCreateSecurityGroups allowedToCreateTenants " +
		"allowedToReadBitlockerKeysForOwnedDevice allowedToReadOtherUsers"
)

// guestRoles are the roles that guests may have: that of users, of guests, of
// restricted guests (authorizationPolicy resource, guestUserRoleId).
var guestRoles = []string{
	"a0b1b346-4d3e-4e8b-98f8-753987be4970", "10dae51f-b6af-4016-8d66-8c2a99b929b3", "2af84b1e-32c8-42b7-82bc-daa82404023b",
}

// permissions are what ordinary members may do.
func (c *graphCall) permissions() obj {
	o := obj{
		"allowedToCreateApps": true, "allowedToCreateSecurityGroups": true, "allowedToCreateTenants": true,
		"allowedToReadBitlockerKeysForOwnedDevice": true, "allowedToReadOtherUsers": true,
		"permissionGrantPoliciesAssigned": append([]string{}, c.t.Assigned...),
	}
	maps.Copy(o, c.t.memberMay)
	return o
}

func getPermissions(c *graphCall) (graphReply, error) {
	return c.one(permissionsEntity, "policies/authorizationPolicy/defaultUserRolePermissions", c.permissions())
}

// authorizationObject is the policy as it stands.
func (c *graphCall) authorizationObject() obj {
	var risky any
	if r := c.t.RiskyAppsAllowed; r != nil {
		risky = *r
	}
	o := obj{
		"id": "authorizationPolicy", "displayName": "Authorization Policy",
		"description":                            "Used to manage authorization related settings across the company.",
		"allowedToSignUpEmailBasedSubscriptions": true, "allowedToUseSSPR": true,
		"allowEmailVerifiedUsersToJoinOrganization": false, "allowInvitesFrom": "everyone",
		"allowUserConsentForRiskyApps": risky, "blockMsolPowerShell": false,
		"guestUserRoleId":            guestRoles[1],
		"defaultUserRolePermissions": c.permissions(),
	}
	maps.Copy(o, c.t.authorization)
	return o
}

func getAuthorization(c *graphCall) (graphReply, error) {
	return c.one(authorizationEntity, "policies/authorizationPolicy", c.authorizationObject())
}

// patchAuthorization changes what the body names. While Microsoft manages the
// user consent choice a change of it is answered 204 and dropped, as was measured
// on one live tenant (entra-facts §3 [PUB]).
func patchAuthorization(c *graphCall) (graphReply, error) {
	m, err := c.payload("authorizationPolicy", "allowUserConsentForRiskyApps defaultUserRolePermissions "+authorizationProps)
	if err != nil {
		return graphReply{}, err
	}
	risky := clone(c.t.RiskyAppsAllowed)
	perms := map[string]json.RawMessage{}
	if err := errors.Join(member(m, "allowUserConsentForRiskyApps", &risky), member(m, "defaultUserRolePermissions", &perms)); err != nil {
		return graphReply{}, firstGraphError(err)
	}
	assigned := slices.Clone(c.t.Assigned) // decoding reuses the array
	if err := member(perms, "permissionGrantPoliciesAssigned", &assigned); err != nil {
		return graphReply{}, err
	}
	for _, entry := range assigned {
		if err := c.checkAssigned(entry); err != nil {
			return graphReply{}, err
		}
	}
	written, changes, err := rewritten(authorizationProps, c.authorizationObject(), m)
	if err != nil {
		return graphReply{}, err
	}
	may, more, err := rewritten(permissionProps, c.permissions(), perms)
	if err != nil {
		return graphReply{}, err
	}
	changes = append(changes, more...)
	if jsonText(risky) != jsonText(c.t.RiskyAppsAllowed) {
		changes = append(changes, wasNow("AllowUserConsentForRiskyApps", c.t.RiskyAppsAllowed, risky))
	}
	if !c.t.Managed && !slices.Equal(c.t.Assigned, assigned) {
		changes = append(changes, wasNow("PermissionGrantPolicyIdsAssignedToDefaultUserRole", c.t.Assigned, assigned))
		c.t.Assigned = assigned
	}
	c.t.RiskyAppsAllowed = risky
	c.t.authorization, c.t.memberMay = merged(c.t.authorization, written), merged(c.t.memberMay, may)
	if len(changes) > 0 {
		c.note("Update authorization policy", "AuthorizationPolicy", "Update", AuditTarget{
			ID: stableID("authorization-policy", c.t.ID), Name: "Authorization Policy", Kind: "Policy", Changes: changes,
		})
	}
	return graphReply{status: http.StatusNoContent}, nil
}

// rewritten reads those of the named properties that a body holds, and tells what
// they change of the object.
func rewritten(names string, have obj, m map[string]json.RawMessage) (obj, []AuditChange, error) {
	out, changes := obj{}, []AuditChange{}
	for name := range strings.FieldsSeq(names) {
		raw, ok := m[name]
		if !ok {
			continue
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, nil, badRequest("The value of property '%s' has the wrong type.", name)
		}
		switch text, _ := v.(string); name {
		case "allowInvitesFrom":
			if known, ok := graphTypes().allows(name, text); ok {
				v = known
			}
		case "guestUserRoleId":
			if !slices.Contains(guestRoles, strings.ToLower(text)) {
				return nil, nil, badRequest("Invalid value specified for property '%s' of resource 'AuthorizationPolicy'.", name)
			}
			v = strings.ToLower(text)
		}
		if out[name] = v; jsonText(v) != jsonText(have[name]) {
			changes = append(changes, wasNow(strings.ToUpper(name[:1])+name[1:], have[name], v))
		}
	}
	return out, changes, nil
}

// merged is a map with another one's members on top; neither is changed.
func merged(under, over obj) obj {
	out := obj{}
	maps.Copy(out, under)
	maps.Copy(out, over)
	return out
}
