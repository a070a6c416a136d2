package sim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Admin consent requests: what blocked users asked for. Here, and nowhere in
// Graph, they are approved, denied or blocked (entra-facts §6).

type portalRequestsView struct {
	portalFrame
	All  bool
	Off  bool // the workflow is off
	Rows []requestRow
}

type requestRow struct {
	ID, App, AppID, Publisher, State, Since, Until string
	Verified                                       bool
	Asked                                          int
}

// portalRequests lists them: those that wait for this reviewer, or all.
func (s *Sim) portalRequests(c *visit, who account) answer {
	t := who.tenant
	s.world.expireRequests(t)
	v := portalRequestsView{
		portalFrame: s.frame(c, who, bladeApps, wordsAppsPage, wordsRequestsPage),
		All:         c.get("tab") == "all", Off: !t.Workflow.Enabled,
	}
	for _, r := range slices.Backward(t.Requests) {
		if v.All && maySeeRequests(who, r) || !v.All && r.open() && r.awaits(t, who.user) {
			v.Rows = append(v.Rows, s.requestRow(t, r))
		}
	}
	return s.page(c, http.StatusOK, "portal-requests", v)
}

// maySeeRequests says whether All shows a request: to those who run apps or read
// everything, and to its reviewers.
func maySeeRequests(who account, r *AppConsentRequest) bool {
	return who.user.hasRole(append([]string{roleGlobalReader}, grantingRoles...)...) || r.awaits(who.tenant, who.user)
}

// open says whether somebody still waits for an answer.
func (r *AppConsentRequest) open() bool {
	return slices.ContainsFunc(r.Users, func(one *UserConsentRequest) bool { return one.Status == RequestInProgress })
}

// awaits says whether the user was a reviewer when any of the requests was made.
func (r *AppConsentRequest) awaits(t *Tenant, u *User) bool {
	return slices.ContainsFunc(r.Users, func(one *UserConsentRequest) bool { return t.reviews(u, one.Reviewers) })
}

// state is the word the portal has for a request's state.
func (r *AppConsentRequest) state() string {
	if r.open() {
		return wordsPending
	}
	if len(r.Users) == 0 {
		return "–"
	}
	last := r.Users[len(r.Users)-1]
	switch {
	case last.Status == RequestExpired:
		return "Expired"
	case strings.HasPrefix(last.Result, "Approve"):
		return "Approved"
	}
	return last.Result
}

func (s *Sim) requestRow(t *Tenant, r *AppConsentRequest) requestRow {
	row := requestRow{ID: r.ID, App: r.AppName, AppID: r.AppID, Publisher: wordsUnverified, State: r.state(), Asked: len(r.Users)}
	if reg := s.world.registration(r.AppID); reg != nil && reg.Publisher != nil {
		row.Publisher, row.Verified = reg.Publisher.Name, true
	}
	if len(r.Users) > 0 {
		first := r.Users[0].CreatedAt.UTC()
		row.Since = first.Format(time.DateOnly)
		row.Until = first.AddDate(0, 0, max(t.Workflow.DurationDays, 1)).Format(time.DateOnly)
	}
	return row
}

type portalRequestView struct {
	portalFrame
	Row         requestRow
	Open        bool
	Permissions []permissionRow
	By          []requestedBy
	Action      string // deny or block, while its justification is asked
	Reason      string
}

type requestedBy struct{ Name, UPN, Reason, When, State, Reply string }

// portalRequest is one request with its details.
func (s *Sim) portalRequest(c *visit, who account) answer {
	return s.requestPage(c, who, http.StatusOK, "")
}

func (s *Sim) requestPage(c *visit, who account, status int, problem string) answer {
	t := who.tenant
	s.world.expireRequests(t)
	r := find(t.Requests, func(r *AppConsentRequest) bool { return strings.EqualFold(r.ID, c.vars[0]) })
	switch {
	case r == nil:
		return s.portalNote(c, who, http.StatusNotFound, wordsNotFound, wordsNoRequest)
	case !maySeeRequests(who, r):
		return s.noAccess(c, who, wordsNeedReviewer)
	}
	f := s.frame(c, who, bladeApps, "", r.AppName)
	f.Tab, f.Problem = wordsRequestsPage, problem
	f.Kind = wordsRequestsPage
	f.Crumbs = append(f.Crumbs, crumb{"/portal/apps", wordsAppsPage}, crumb{"/portal/requests", wordsRequestsPage})
	if !r.awaits(t, who.user) {
		f.Locked = wordsNeedReviewer
	}
	v := portalRequestView{
		portalFrame: f, Row: s.requestRow(t, r), Open: r.open(),
		Action: oneOf(c.get("do"), "", "deny", "block"), Reason: clip(c.body.Get("reason")),
	}
	for _, one := range s.askedIn(r) {
		v.Permissions = append(v.Permissions, s.permission(one))
	}
	for _, one := range r.Users {
		by := requestedBy{UPN: nameOf(t, one.UserID), Reason: one.Reason, When: one.CreatedAt.UTC().Format(minute), State: string(one.Status), Reply: one.Reply}
		if u := t.userByID(one.UserID); u != nil {
			by.Name = u.Name
		}
		switch one.Status {
		case RequestCompleted:
			by.State = one.Result
		case RequestInProgress:
			by.State = wordsPending
		case RequestExpired:
		}
		v.By = append(v.By, by)
	}
	return s.page(c, status, "portal-request", v)
}

// minute is a time as the portal's tables write it.
const minute = "2006-01-02 15:04"

// askedIn is what a request asks for. The request names permissions alone: the
// app's registration tells of which API they are, Microsoft Graph otherwise.
func (s *Sim) askedIn(r *AppConsentRequest) []AskedScope {
	var out []AskedScope
	reg := s.world.registration(r.AppID)
	for _, value := range r.Pending {
		asked := AskedScope{Resource: graphAppID, Value: value}
		if reg != nil {
			list := s.registeredFor(reg)
			if i := slices.IndexFunc(list, func(one AskedScope) bool { return strings.EqualFold(one.Value, value) }); i >= 0 {
				asked = list[i]
			}
		}
		out = append(out, asked)
	}
	return out
}

// portalDecide answers a request. Approving is consent for everyone, on the
// consent page; the two others want a justification.
func (s *Sim) portalDecide(c *visit, who account) answer {
	t := who.tenant
	s.world.expireRequests(t)
	r := find(t.Requests, func(r *AppConsentRequest) bool { return strings.EqualFold(r.ID, c.vars[0]) })
	reg := (*Registration)(nil)
	if r != nil {
		reg = s.world.registration(r.AppID)
	}
	reason := strings.TrimSpace(clipTo(c.body.Get("reason"), maxReason))
	do := c.body.Get("do")
	switch {
	case r == nil:
		return s.portalNote(c, who, http.StatusNotFound, wordsNotFound, wordsNoRequest)
	case !r.awaits(t, who.user):
		return s.noAccess(c, who, wordsNeedReviewer)
	case !r.open():
		return s.requestPage(c, who, statusPage, wordsAnswered)
	case reg == nil:
		return s.requestPage(c, who, statusPage, wordsNoRegistration)
	case do == "approve":
		return s.askAdminConsent(c, who, reg, scopeSet{list: s.askedIn(r)}, "/requests/"+r.ID)
	case do != "deny" && do != "block":
		return s.requestPage(c, who, statusPage, "")
	case reason == "":
		return s.requestPage(c, who, statusPage, wordsJustify)
	case do == "block":
		sp, err := s.world.ensureServicePrincipal(t, reg)
		if err != nil {
			return s.requestPage(c, who, statusPage, wordsNoRegistration)
		}
		sp.Enabled = false
	}
	s.world.denyRequests(t, r, who.user, reason)
	// The activity has this name also where the answer is no (general knowledge).
	s.audit(who, "Approve all requests in business flow", "Update", AuditTarget{
		ID: r.ID, Name: r.AppName, Kind: "Other", Changes: []AuditChange{changed("Result", "", "Denied")},
	})
	return portalTo(c, "/requests/"+r.ID, map[string]string{"deny": "denied", "block": "blocked"}[do])
}

// denyRequests ends what waits with a no.
func (w *World) denyRequests(t *Tenant, r *AppConsentRequest, by *User, reason string) {
	for _, one := range r.Users {
		if one.Status != RequestInProgress {
			continue
		}
		one.Status, one.Result, one.Reply = RequestCompleted, "Denied", reason
		one.CompletedAt, one.ReviewedBy = w.now(), by.ID
	}
	r.Pending = nil
}
