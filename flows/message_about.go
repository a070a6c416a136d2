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
	cloud, known := cloudOfHost(w.Request.Host)
	if run := s.Cloud(); run != "" {
		cloud, known = run, true
	}
	if start.Domain == "" && known { // of a cloud that is none of ours, no link can be made
		if cloud != checks.CloudPublic {
			start.Cloud = cloud
		}
		if d, err := AcceptDomain(w.Tenant.Name); err == nil {
			start.Domain = d
		}
		if checks.IsGUID(w.Tenant.ID) && w.Tenant.ID != checks.PersonalTenant && len(facts.Tenants) == 0 {
			facts.Tenants = []TenantFact{{Cloud: cloud, ID: w.Tenant.ID}}
		}
	}
	out := Apply(State{}, start)
	return Apply(out, Learned{Facts: facts, Round: out.Round})
}

// SeenBefore puts into a question what a run has seen of its tenant itself, as far
// as answers use it: nobody is asked for that. A run that has seen nothing leaves
// the question as it is.
func SeenBefore(s State, in checks.WhyAsked) checks.WhyAsked {
	var found []checks.Finding
	for _, h := range s.Findings() {
		if slices.Contains(checks.WhyChecks(), h.Check) && !s.Stale(h) {
			found = append(found, h.Finding)
		}
	}
	if s.Domain == "" || len(found) == 0 {
		return in
	}
	snap := checks.Snapshot{}
	for _, t := range s.Facts.Tenants {
		snap.Discovery.Read = true
		snap.Discovery.Value.Found = append(snap.Discovery.Value.Found, checks.CloudTenant{Cloud: t.Cloud, TenantID: t.ID})
	}
	if s.Account != nil {
		snap.Account.Read = true
		snap.Account.Value.TenantID = s.Account.TenantID
	}
	in.Findings, in.Subject.Domain, in.Subject.Cloud, in.Subject.Now, in.Subject.Look = found, s.Domain, s.Cloud(), s.At, &snap
	return in
}

// WithAsked is a run about the domain that a question was asked about, with the
// tenants that were found of it; s itself, where none was asked about, or where
// Microsoft knows none of that name: nobody there could be asked for anything.
func WithAsked(s State, in checks.WhyAsked) State {
	if look := in.Subject.Look; look != nil && look.Discovery.Read && len(look.Discovery.Value.Found) == 0 {
		return s
	}
	if in.Subject.Domain == "" || in.Subject.Look == nil || strings.EqualFold(in.Subject.Domain, s.Domain) && len(s.Facts.Tenants) > 0 {
		return s
	}
	out := Apply(State{}, Started{
		Version: s.Version, Domain: in.Subject.Domain, Cloud: s.cloud, Profile: s.Profile, Login: s.Login, Portal: s.Portal, ClientID: s.App.ClientID,
	})
	return Apply(out, Learned{Facts: FactsOf(&checks.Snapshot{Discovery: in.Subject.Look.Discovery}, in.Subject.App), Round: out.Round})
}

// Strange says that no description of an app has a run's client id: somebody
// typed it, or a text or a hand-off code names it.
func Strange(s State) bool {
	p := s.Profile
	return p != nil && s.App.ClientID != "" && (p.ID == UnlistedID || p.ID == OwnAppID || p.ClientID == "" || s.Handed != nil && s.Handed.Unvouched)
}

// unnamed is how many permissions a text names that its run's list does not have:
// those that were left out because somebody's own words may stand in them, that have
// not the form of one, or that are too many. A list that the vendor gave is all that
// the app asks for: a text adds nothing to it, nor does one about another app.
func unnamed(s State, why checks.Why) int {
	own := s.Profile != nil && (s.Profile.ID == UnlistedID || s.Profile.ID == OwnAppID)
	switch {
	case len(s.App.Needs) == 0 && !own:
		return why.Unnamed // the text's own list is shown
	case !own && !s.App.NeedsUnstated, why.App.ID != "" && !strings.EqualFold(why.App.ID, s.App.ClientID):
		return 0
	}
	n := why.Unnamed
	for _, scope := range why.Scopes {
		resource, value := splitScope(scope)
		listed := func(need checks.Permission) bool {
			return strings.EqualFold(need.Scope, value) && need.Resource == resource
		}
		basic := signInWhy[strings.ToLower(value)] != "" && resource == checks.MicrosoftGraph
		if !basic && !slices.ContainsFunc(s.App.Needs, listed) {
			n++
		}
	}
	return n
}

// cloudOfHost is the cloud whose sign-in has a host, the public one for none;
// known is false for a host of another. GCC High and DoD share theirs, and so
// their links.
func cloudOfHost(host string) (cloud checks.Cloud, known bool) {
	switch host {
	case "", "login.microsoft.com", "login.windows.net", "sts.windows.net": // other names of the public one (entra-facts §10)
		return checks.CloudPublic, true
	case "login.chinacloudapi.cn": // the older name
		return checks.CloudChina, true
	}
	for _, e := range checks.Clouds() {
		if e.Login == "https://"+host {
			return e.Cloud, true
		}
	}
	return "", false
}

// WithBody is the message with another text, as its sender edited it: whatever
// is made of the text is made anew. Of words that are not ours nothing is left
// out: where they are too long for a mail program's link, there is none.
func (m Message) WithBody(body string) Message {
	m.Body = checks.Block(body, mostMessage)
	m.Fields = slices.Clone(m.Fields)
	for i := range m.Fields {
		if m.Fields[i].Name == "Description" {
			m.Fields[i].Value = m.Body
		}
	}
	if strings.HasPrefix(m.URL, "mailto:") {
		m.setURL(m.To, m.Body)
	}
	return m
}

// mostMessage bounds an edited message, in bytes.
const mostMessage = 64 << 10
