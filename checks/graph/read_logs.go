package graph

import (
	"strconv"
	"strings"
	"time"

	"onboard.example/checks"
)

// How far back the logs are read, and how many entries: the newest that fit on
// one page. The log of sign-ins is kept for 7 days in tenants without a
// licence, and only licensed ones show it through Graph (entra-facts §8).
const (
	signInsBack = 7 * 24 * time.Hour
	auditBack   = 30 * 24 * time.Hour
	logEntries  = 100
)

// logScope keeps a log from being asked for by a sign-in that was not given
// the scope for it: it is asked of nobody by default, and a refusal would be
// all that came back. A token that cannot be read is tried.
func logScope(t *trail) error {
	if t.claims.opaque || t.claims.holdsAny(needLogs.scopes) {
		return nil
	}
	return &checks.Failure{Kind: checks.FailScope, Missing: needLogs.scopes, Message: wordNotSent}
}

// since is the beginning of a log's window as an OData literal.
func since(rd *reading, back time.Duration) (time.Time, string) {
	at := rd.now().Add(-back).UTC().Truncate(time.Second)
	return at, at.Format(time.RFC3339)
}

// signInEntry is what is looked at of an entry of auditLogs/signIns [MM].
type signInEntry struct {
	At     time.Time `json:"createdDateTime"`
	UserID string    `json:"userId"`
	Status *struct {
		Code   *int   `json:"errorCode"`
		Reason string `json:"failureReason"`
	} `json:"status"`
	Policies []struct {
		Name   string `json:"displayName"`
		Result string `json:"result"`
	} `json:"appliedConditionalAccessPolicies"`
}

// auditEntry is what is looked at of one of auditLogs/directoryAudits [MM]. Who
// did it is not.
type auditEntry struct {
	At      time.Time `json:"activityDateTime"`
	Result  string    `json:"result"`
	Reason  string    `json:"resultReason"`
	Targets []struct {
		ID       string `json:"id"`
		Modified []struct {
			Name string `json:"displayName"`
			New  string `json:"newValue"`
		} `json:"modifiedProperties"`
	} `json:"targetResources"`
	More []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"additionalDetails"`
}

// readSignIns reads people's newest sign-ins to the app, or those of the person
// asked about. v1.0 lists interactive ones alone (entra-facts §8).
func readSignIns(rd *reading, t *trail) (checks.SignInLog, error) {
	if _, err := appPath(rd, ""); err != nil {
		return checks.SignInLog{}, err
	}
	if err := logScope(t); err != nil {
		return checks.SignInLog{}, err
	}
	from, at := since(rd, signInsBack)
	filter := "appId eq " + quoted(strings.ToLower(strings.TrimSpace(rd.q.App.ClientID))) + " and createdDateTime ge " + at
	if who := strings.TrimSpace(rd.q.Person); checks.IsGUID(who) {
		filter += " and userId eq " + quoted(strings.ToLower(who))
	} else if who != "" {
		filter += " and userPrincipalName eq " + quoted(strings.ToLower(who))
	}
	found, more, err := onePage[signInEntry](t, ask{path: "auditLogs/signIns", query: "$top=" + strconv.Itoa(logEntries) + "&$filter=" + escaped(filter), need: needLogs})
	if err != nil {
		return checks.SignInLog{}, err
	}
	out := checks.SignInLog{Since: from, More: more, Entries: []checks.SignIn{}}
	for _, f := range found {
		if f.At.IsZero() || f.Status == nil || f.Status.Code == nil {
			// Without them a refusal might be taken for a success.
			return checks.SignInLog{}, t.lacks("createdDateTime or status")
		}
		s := checks.SignIn{At: f.At.UTC(), User: name(f.UserID), Code: *f.Status.Code, Reason: clean(f.Status.Reason)}
		for _, p := range f.Policies {
			if strings.EqualFold(p.Result, "failure") {
				s.Policies = append(s.Policies, name(p.Name))
			}
		}
		out.Entries = append(out.Entries, s)
	}
	t.saw("%s", countedOf(len(out.Entries), "sign-in", more))
	return out, nil
}

// readAudit reads the tenant's newest consents, to any app: which of them are
// this app's is told by the ids in them.
func readAudit(rd *reading, t *trail) (checks.AuditLog, error) {
	if _, err := appPath(rd, ""); err != nil {
		return checks.AuditLog{}, err
	}
	if err := logScope(t); err != nil {
		return checks.AuditLog{}, err
	}
	from, at := since(rd, auditBack)
	found, more, err := onePage[auditEntry](t, ask{
		path:  "auditLogs/directoryAudits",
		query: "$top=" + strconv.Itoa(logEntries) + "&$filter=" + escaped("activityDisplayName eq 'Consent to application' and activityDateTime ge "+at),
		need:  needLogs,
	})
	if err != nil {
		return checks.AuditLog{}, err
	}
	out := checks.AuditLog{Since: from, More: more, Entries: []checks.ConsentEvent{}}
	for _, f := range found {
		if f.At.IsZero() || f.Result == "" {
			return checks.AuditLog{}, t.lacks("activityDateTime or result")
		}
		out.Entries = append(out.Entries, f.event())
	}
	t.saw("%s", countedOf(len(out.Entries), "consent", more))
	return out, nil
}

// event copies an entry. The names of the properties are general knowledge
// (entra-facts §8); where they are not there, nothing is said of them.
func (f auditEntry) event() checks.ConsentEvent {
	e := checks.ConsentEvent{At: f.At.UTC(), Result: name(f.Result), Reason: clean(f.Reason), Targets: []string{}, Apps: []string{}}
	for _, target := range f.Targets {
		e.Targets = append(e.Targets, name(target.ID))
		for _, m := range target.Modified {
			if strings.EqualFold(m.Name, "ConsentContext.IsAdminConsent") {
				yes := strings.EqualFold(strings.Trim(m.New, `" `), "true")
				e.Admin = &yes
			}
		}
	}
	for _, d := range f.More {
		if strings.EqualFold(d.Key, "AppId") {
			e.Apps = append(e.Apps, name(d.Value))
		}
	}
	return e
}
