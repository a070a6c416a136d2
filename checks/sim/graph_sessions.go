package sim

import "net/http"

// revokeSignInSessions: whatever a user signed in to before is over
// (user-revokesigninsessions).

// The page of the action names no role; who may do it to others is general
// knowledge.
var (
	revokeMine   = access{scopes: []string{"User.RevokeSessions.All", "User.ReadWrite.All", scopeDirWrite}, guests: true}
	revokeOthers = access{scopes: []string{"User.RevokeSessions.All", "User.ReadWrite.All", scopeDirWrite}, roles: []string{roleGlobalAdmin, roleUserAdmin}}
)

func revokeOwnSessions(c *graphCall) (graphReply, error) { return c.revokeSessions(c.u) }

func revokeUserSessions(c *graphCall) (graphReply, error) {
	u, err := c.userKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.revokeSessions(u)
}

// revokeSessions ends the sessions of an account. Those of guests are their home
// tenant's, so nothing of theirs ends here (page of the action).
func (c *graphCall) revokeSessions(u *User) (graphReply, error) {
	if u == nil {
		return graphReply{}, noMe()
	}
	if !u.Guest {
		u.SessionsFrom = c.now
		c.s.login.revoking.Store(true)
	}
	c.note("Update StsRefreshTokenValidFrom Timestamp", "UserManagement", "Update", AuditTarget{ID: u.ID, Name: u.Name, Kind: "User", UPN: u.UPN})
	return graphReply{http.StatusOK, obj{"@odata.context": c.root + "/$metadata#Edm.Boolean", "value": true}}, nil
}
