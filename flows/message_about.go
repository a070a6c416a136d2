package flows

import (
	"slices"
	"strings"

	"onboard.example/checks"
)

// AboutWhy is a run about the app and the tenant of an answer, of which messages
// are made. What the run knows itself comes first; then the app among profiles
// that has the client id of the text, or one that nobody described; then the
// tenant that the text names, to which a link can be tied: such a link can
// approve nowhere else.
func AboutWhy(s State, w checks.Why, profiles []Profile) State {
	start := Started{
		Version: s.Version, Domain: s.Domain, Cloud: s.cloud, Profile: s.Profile, Login: s.Login, Portal: s.Portal, ClientID: s.App.ClientID,
	}
	facts := s.Facts
	if start.Profile == nil && w.App.ID != "" {
		p := Unlisted(w.App.ID, w.Scopes)
		if i := slices.IndexFunc(profiles, func(p Profile) bool { return strings.EqualFold(p.ClientID, w.App.ID) }); i >= 0 {
			p = profiles[i]
		}
		start.Profile, start.ClientID = &p, p.ClientID
	}
	if start.Domain == "" {
		if d, err := AcceptDomain(w.Tenant.Name); err == nil {
			start.Domain = d
		}
		if checks.IsGUID(w.Tenant.ID) && w.Tenant.ID != checks.PersonalTenant && len(facts.Tenants) == 0 {
			facts.Tenants = []TenantFact{{Cloud: checks.CloudPublic, ID: w.Tenant.ID}}
		}
	}
	out := Apply(State{}, start)
	return Apply(out, Learned{Facts: facts, Round: out.Round})
}

// WithBody is the message with another text, as its sender edited it: whatever
// is made of the text is made anew.
func (m Message) WithBody(body string) Message {
	m.Body = checks.Block(body, mostMessage)
	m.Fields = slices.Clone(m.Fields)
	for i := range m.Fields {
		if m.Fields[i].Name == "Description" {
			m.Fields[i].Value = m.Body
		}
	}
	if strings.HasPrefix(m.URL, "mailto:") {
		m.URL = mailto(m.To, m.Subject, m.Body)
	}
	return m
}

// mostMessage bounds an edited message, in bytes.
const mostMessage = 64 << 10
