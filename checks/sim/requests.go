package sim

import (
	"slices"
	"strings"
	"time"
)

// AppConsentRequest is what users of a tenant asked its admins to approve: one
// per app, with a request of each user below it (entra-facts §6).
type AppConsentRequest struct {
	ID      string
	AppID   string
	AppName string
	Pending []string // scope values, as shown to the reviewer
	Users   []*UserConsentRequest
}

// RequestStatus is the state of one user's request (entra-facts §6).
type RequestStatus string

// The states of a request.
const (
	RequestInProgress RequestStatus = "InProgress"
	RequestCompleted  RequestStatus = "Completed"
	RequestExpired    RequestStatus = "Expired"
)

// UserConsentRequest is one user's request.
type UserConsentRequest struct {
	ID          string
	UserID      string
	Reason      string // what the user wrote
	Status      RequestStatus
	CreatedAt   time.Time
	CompletedAt time.Time
	Result      string // NotReviewed, Approved or Denied
	Reply       string // the reviewer's justification
	ReviewedBy  string // user id; empty when the service closed it
	// Reviewers are the policy's as they stood when the request was made: those
	// named later do not see it, those dropped since still do (entra-facts §6).
	Reviewers []string
}

// adminGranted is what the service itself writes into a request that a grant
// by another way has made pointless (entra-facts §6, UNCERTAIN there).
const adminGranted = "Admin consent granted."

// defaultRequestDays is how long a request stays open where the policy names no
// duration.
const defaultRequestDays = 30

// askAdmin files a user's request, or renews the words of the one that is open.
// The caller holds w.mu.
func (w *World) askAdmin(t *Tenant, u *User, reg *Registration, scopes []AskedScope, reason string) *UserConsentRequest {
	w.expireRequests(t)
	req := find(t.Requests, func(r *AppConsentRequest) bool { return strings.EqualFold(r.AppID, reg.AppID) })
	if req == nil {
		req = &AppConsentRequest{ID: w.newID("request"), AppID: reg.AppID, AppName: reg.Name}
		t.Requests = append(t.Requests, req)
	}
	for _, s := range scopes {
		req.Pending = union(req.Pending, []string{s.Value})
	}
	for _, one := range req.Users {
		if one.UserID == u.ID && one.Status == RequestInProgress {
			one.Reason = reason
			return one
		}
	}
	one := &UserConsentRequest{
		ID: w.newID("user-request"), UserID: u.ID, Reason: reason,
		Status: RequestInProgress, CreatedAt: w.now(), Result: "NotReviewed",
		Reviewers: slices.Clone(t.Workflow.Reviewers),
	}
	req.Users = append(req.Users, one)
	return one
}

// openRequest says whether the user waits for an answer about the app.
func (t *Tenant) openRequest(u *User, appID string) bool {
	return slices.ContainsFunc(t.Requests, func(r *AppConsentRequest) bool {
		return strings.EqualFold(r.AppID, appID) && slices.ContainsFunc(r.Users, func(one *UserConsentRequest) bool {
			return one.UserID == u.ID && one.Status == RequestInProgress
		})
	})
}

// closeRequests ends what waits about an app whose consent has just landed.
func (w *World) closeRequests(t *Tenant, appID string, by *User) {
	for _, r := range t.Requests {
		if !strings.EqualFold(r.AppID, appID) {
			continue
		}
		for _, one := range r.Users {
			if one.Status != RequestInProgress {
				continue
			}
			one.Status, one.Result, one.Reply = RequestCompleted, "Approved", adminGranted
			one.CompletedAt, one.ReviewedBy = w.now(), by.ID
		}
		r.Pending = nil
	}
}

// expireRequests ends what nobody answered within the policy's duration.
func (w *World) expireRequests(t *Tenant) {
	days := t.Workflow.DurationDays
	if days <= 0 {
		days = defaultRequestDays
	}
	limit := w.now().AddDate(0, 0, -days)
	for _, r := range t.Requests {
		for _, one := range r.Users {
			if one.Status == RequestInProgress && one.CreatedAt.Before(limit) {
				one.Status, one.CompletedAt = RequestExpired, w.now()
			}
		}
	}
}
