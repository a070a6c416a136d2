package sim

import (
	"slices"
	"time"
)

// What happened in a tenant: its sign-in log and its audit log. Graph and the
// portal print them; whoever makes something happen writes it down here. The
// caller holds w.mu, locked.

// maxLog bounds each log of a tenant, in lines: the oldest go first.
const maxLog = 2000

// SignIn is one line of a tenant's sign-in log.
type SignIn struct {
	ID            string
	CorrelationID string
	At            time.Time
	UserID        string
	UPN           string
	UserName      string
	AppID         string
	AppName       string
	Resource      string // appId of the API asked for; empty if none was
	// Client is what the log calls the client: Browser, or Mobile Apps and
	// Desktop clients.
	Client  string
	Address string // of the caller
	Agent   string // User-Agent of the caller
	Code    int    // AADSTS number; 0 is success
	Reason  string // the error in words
	Detail  string
	// Silent marks what no person did, such as a refresh: v1.0 of Graph lists
	// interactive sign-ins alone (entra-facts §8).
	Silent bool
	// Applied are the Conditional Access policies and what they came to.
	Applied []AppliedAccess
}

// AppliedAccess is what one Conditional Access policy did to one sign-in.
type AppliedAccess struct {
	PolicyID string
	Name     string
	Controls []string // enforced ones, as the log words them
	// Result is success, failure, notApplied, notEnabled, unknown or
	// reportOnly… (entra-facts §8).
	Result string
}

// recordSignIn writes a sign-in into the tenant's log. u and reg may be nil
// where the sign-in ended before they were known; s holds the rest, and its ids
// and time are filled in where they are empty.
func (w *World) recordSignIn(t *Tenant, u *User, reg *Registration, s SignIn) *SignIn {
	if t == nil {
		return nil
	}
	if s.ID == "" {
		s.ID = w.newID("sign-in")
	}
	if s.CorrelationID == "" {
		s.CorrelationID = w.newID("correlation")
	}
	if s.At.IsZero() {
		s.At = w.now()
	}
	if s.Client == "" {
		s.Client = "Browser"
	}
	if u != nil {
		s.UserID, s.UPN, s.UserName = u.ID, u.UPN, u.Name
	}
	if reg != nil {
		s.AppID, s.AppName = reg.AppID, reg.Name
	}
	t.SignIns = appendLog(t.SignIns, &s)
	return &s
}

// Audit is one line of a tenant's audit log.
type Audit struct {
	ID            string
	CorrelationID string
	At            time.Time
	Activity      string // activityDisplayName, as Microsoft words it
	Category      string // ApplicationManagement, Policy, UserManagement …
	Operation     string // Add, Update, Delete, Assign …
	Failed        bool
	Reason        string
	ByUser        string // user id; empty for an app or the service itself
	ByApp         string // service principal id
	Targets       []AuditTarget
}

// AuditTarget is what an audited action changed.
type AuditTarget struct {
	ID      string
	Name    string
	Kind    string // User, ServicePrincipal, Policy, Group, Application, Other
	UPN     string
	Changes []AuditChange
}

// AuditChange is one changed property, both values as JSON.
type AuditChange struct{ Name, Old, New string }

// recordAudit writes an action into the tenant's log. by may be nil: then
// a.ByApp, or the service itself, did it.
func (w *World) recordAudit(t *Tenant, by *User, a Audit) {
	if t == nil {
		return
	}
	a.ID = w.newID("audit")
	if a.CorrelationID == "" {
		a.CorrelationID = w.newID("correlation")
	}
	if a.At.IsZero() {
		a.At = w.now()
	}
	if a.Category == "" {
		a.Category = "ApplicationManagement"
	}
	if by != nil {
		a.ByUser = by.ID
	}
	t.Audits = appendLog(t.Audits, &a)
}

// auditConsent writes down a consent, with the members by which logs are
// searched for it (entra-facts §8: names are general knowledge).
func (w *World) auditConsent(t *Tenant, by *User, sp *ServicePrincipal, everyone bool, permissions, failure string) {
	is := "False"
	if everyone {
		is = "True"
	}
	if sp == nil {
		return
	}
	w.recordAudit(t, by, Audit{
		Activity: "Consent to application", Operation: "Assign", Failed: failure != "", Reason: failure,
		Targets: []AuditTarget{{
			ID: sp.ID, Name: sp.Name, Kind: "ServicePrincipal",
			Changes: []AuditChange{
				{"ConsentContext.IsAdminConsent", "", is},
				{"ConsentContext.IsAppOnly", "", "False"},
				{"ConsentContext.OnBehalfOfAll", "", is},
				{"ConsentAction.Permissions", "", permissions},
			},
		}},
	})
}

func appendLog[T any](log []*T, one *T) []*T {
	if len(log) >= maxLog {
		log = slices.Delete(log, 0, len(log)-maxLog+1)
	}
	return append(log, one)
}
