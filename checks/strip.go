package checks

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Stripped is the snapshot without personal data, to be kept or sent: people's
// and groups' ids, names and addresses are gone or numbered, and so is whatever
// else may hold one (evidence values, addresses' queries, messages). What is
// left is judged the same: no check's verdict or grade rests on who somebody
// is. Names and ids of the tenant, of apps and of policies stay.
func (s Snapshot) Stripped() Snapshot {
	out := s
	who := &roll{known: map[string]string{}}
	a := &out.Account.Value
	a.UPN, a.ObjectID = "", ""
	out.Me.Value = Person{Type: s.Me.Value.Type}
	if u := s.User.Value; u != nil {
		out.User.Value = &Person{ID: who.number(u.ID), Type: u.Type, Enabled: u.Enabled}
	}
	out.UserGroups.Value = slices.Clone(s.UserGroups.Value)
	for i, id := range out.UserGroups.Value {
		out.UserGroups.Value[i] = who.number(id)
	}
	if p := s.Who.Value; p != nil {
		out.Who.Value = &Principal{ID: who.number(p.ID), Kind: p.Kind}
	}
	out.Discovery.Value.Missed = maps.Clone(s.Discovery.Value.Missed)
	for cloud, f := range out.Discovery.Value.Missed {
		out.Discovery.Value.Missed[cloud] = stripFailure(f)
	}
	out.Grants.Value = slices.Clone(s.Grants.Value)
	for i := range out.Grants.Value {
		g := &out.Grants.Value[i]
		g.ID, g.Principal = "", who.number(g.Principal) // a grant's id is made of its principal's
	}
	out.Assignments.Value = who.assignments(s.Assignments.Value)
	out.AppRoles.Value = who.assignments(s.AppRoles.Value)
	out.Workflow.Value.Reviewers, out.Workflow.Value.Forms = slices.Clone(s.Workflow.Value.Reviewers), nil
	for i, q := range out.Workflow.Value.Reviewers {
		if !strings.Contains(strings.ToLower(q), "roledefinitionid") {
			out.Workflow.Value.Reviewers[i] = who.number(q)
		}
	}
	out.SignIns.Value.Entries = slices.Clone(s.SignIns.Value.Entries)
	for i := range out.SignIns.Value.Entries {
		e := &out.SignIns.Value.Entries[i]
		e.User, e.Reason = who.number(e.User), ""
	}
	out.Audit.Value.Entries = who.events(s.Audit.Value.Entries, s.App.Value)
	out.DNSPolicy.Value, out.DNSMail.Value = stripPublished(s.DNSPolicy.Value), stripMail(s.DNSMail.Value)
	for _, p := range Parts() {
		lenses[p].strip(&out)
	}
	return out
}

// events are an audit log's without reasons and people; the app's own id stays,
// since it says which of them are the app's.
func (r *roll) events(list []ConsentEvent, app *ServicePrincipal) []ConsentEvent {
	out := slices.Clone(list)
	for i := range out {
		out[i].Reason, out[i].Targets = "", slices.Clone(out[i].Targets)
		for j, id := range out[i].Targets {
			if app == nil || !strings.EqualFold(id, app.ID) {
				out[i].Targets[j] = r.number(id)
			}
		}
	}
	return out
}

// roll numbers people and groups, the same one always alike.
type roll struct{ known map[string]string }

func (r *roll) number(id string) string {
	if id == "" {
		return ""
	}
	key := strings.ToLower(id)
	if r.known[key] == "" {
		r.known[key] = fmt.Sprintf("principal %d", len(r.known)+1)
	}
	return r.known[key]
}

func (r *roll) assignments(list []Assignment) []Assignment {
	out := slices.Clone(list)
	for i := range out {
		out[i].ID, out[i].PrincipalID = "", r.number(out[i].PrincipalID)
	}
	return out
}

// stripFailure is a failure without what others wrote into it.
func stripFailure(f *Failure) *Failure {
	if f == nil {
		return nil
	}
	out := *f
	out.Message, out.Claims = "", ""
	return &out
}

// stripLook takes out of a look what may name a person in passing.
func stripLook[T any](l *Look[T]) {
	l.Failure, l.IDs = stripFailure(l.Failure), nil
	l.Seen = slices.Clone(l.Seen)
	for i := range l.Seen {
		l.Seen[i].Value = ""
		l.Seen[i].Request, _, _ = strings.Cut(l.Seen[i].Request, " {") // a question's body
		l.Seen[i].Request, _, _ = strings.Cut(l.Seen[i].Request, "?")
		l.Seen[i].Request, _, _ = strings.Cut(l.Seen[i].Request, "/users/")
		l.Seen[i].Request, _, _ = strings.Cut(l.Seen[i].Request, "/groups/")
	}
}
