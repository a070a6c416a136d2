package sim

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// savedSuffix ends the name of a scenario that is a saved snapshot.
const savedSuffix = ".json"

// openSaved reads a snapshot out of a folder.
func openSaved(files fs.FS, name string) (*Scenario, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the snapshot: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	sc, err := LoadSaved(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", plain(name), err)
	}
	sc.Name = strings.TrimSuffix(name, savedSuffix)
	return sc, nil
}

// making is a scenario on its way out of a snapshot.
type making struct {
	doc  *savedDoc
	look *savedLook
	sc   *Scenario
	home tenantSpec // contoso.example, which stands for the tenant asked about
	app  serviceSpec
	reg  appSpec
	base *World // what every scenario begins with, changed by sc.APIs
	// apis are the app ids of APIs by the id of their service principal.
	apis   map[string]string
	people map[string]string // UPN or group's name by the number in the file
	seats  int               // accounts made
}

// scenarioOf makes the scenario, which is whole only if world accepts it.
func scenarioOf(doc *savedDoc) (*Scenario, error) {
	name := plain(doc.App.Name)
	if name == "" {
		name = strings.ToLower(doc.App.ClientID)
	}
	m := &making{
		doc: doc, look: doc.Look, apis: map[string]string{}, people: map[string]string{},
		sc: &Scenario{
			Name: "saved", Title: wordsSavedTitle,
			About: fmt.Sprintf(wordsSavedAbout, doc.At.UTC().Format("2006-01-02"), name),
		},
		reg: appSpec{App: strings.ToLower(doc.App.ClientID)}, app: serviceSpec{App: strings.ToLower(doc.App.ClientID)},
	}
	apps, err := baseApps()
	if err != nil {
		return nil, err
	}
	m.base = &World{apps: apps}
	m.places()
	if err := m.resources(); err != nil {
		return nil, err
	}
	m.registration(name)
	m.signer()
	m.asked()
	m.service()
	m.grants()
	m.assignments()
	m.rules()
	if err := m.policies(); err != nil {
		return nil, err
	}
	m.classified()
	m.workflow()
	m.requests()
	m.access()
	m.happened()
	m.names()
	m.finish()
	return m.sc, nil
}

// assume notes what was taken for granted. Each is noted once.
func (m *making) assume(format string, args ...any) {
	if note := fmt.Sprintf(format, args...); !slices.Contains(m.sc.Assumed, note) {
		m.sc.Assumed = append(m.sc.Assumed, note)
	}
}

// assumePart notes what stands for a part that was not read.
func assumePart[T any](m *making, p savedPart[T], name, instead string) bool {
	if !p.Read {
		m.assume(wordsSavedUnread, name, p.why(), instead)
	}
	return p.Read
}

// places puts the tenants into their clouds. The first is the one asked about;
// the domain may be known in other clouds as well, or not at all, and whoever
// signed in may have done so elsewhere.
func (m *making) places() {
	l := m.look
	m.home.Domain, m.sc.Case.Domain = firstDomain, firstDomain
	if assumePart(m, l.Discovery, "discovery", wordsSavedOneTenant) && len(l.Discovery.Value.Found) == 0 {
		m.sc.Case.Domain = nowhereDomain
	}
	seen := map[Cloud]bool{}
	var others []tenantSpec
	for i, f := range l.Discovery.Value.Found {
		cloud := Cloud(f.Cloud)
		if _, ok := cloudTable[cloud]; !ok {
			m.assume(wordsSavedCloud, plain(f.Cloud))
			cloud = CloudPublic
		}
		if seen[cloud] {
			continue
		}
		seen[cloud] = true
		if i == 0 {
			m.home.Cloud = cloudName(cloud)
		} else {
			others = append(others, tenantSpec{Domain: firstDomain, Cloud: cloudName(cloud)})
		}
	}
	m.sc.Tenants = others
	if assumePart(m, l.Realm, "realm", wordsSavedManaged) {
		switch r := l.Realm.Value.Type; r {
		case "Federated":
			m.home.Realm = r
		case "Managed":
		default:
			m.home.Realm = "Unknown"
			if m.sc.Case.Domain == nowhereDomain {
				m.home.Realm = "" // it was asked about the other domain
			}
		}
	}
}

// nowhereDomain stands for a domain that is no tenant's.
const nowhereDomain = "nowhere.example"

// cloudName is a cloud as a scenario names it: nothing for the public one.
func cloudName(c Cloud) string {
	if c == CloudPublic {
		return ""
	}
	return string(c)
}

// isHome says whether a tenant id is that of the tenant asked about.
func (m *making) isHome(id string) bool {
	if id == "" {
		return false
	}
	for _, f := range m.look.Discovery.Value.Found {
		if strings.EqualFold(f.TenantID, id) {
			return true
		}
	}
	return len(m.look.Discovery.Value.Found) == 0 &&
		(strings.EqualFold(id, m.look.Organization.Value.ID) || strings.EqualFold(id, m.look.Account.Value.TenantID))
}

// elsewhere says whether somebody signed in to a tenant that is not the one
// asked about.
func (m *making) elsewhere() bool {
	id := m.look.Account.Value.TenantID
	return m.look.Account.Read && id != "" && len(m.look.Discovery.Value.Found) > 0 && !m.isHome(id)
}

// tenantID is the id under which a condition may name a tenant: the sample's for
// the tenant itself, others as they are.
func (m *making) tenantID(id string) string {
	if m.isHome(id) {
		cloud := m.home.Cloud
		if cloud == "" {
			cloud = string(CloudPublic)
		}
		return stableID("tenant", firstDomain, cloud)
	}
	return plain(id)
}

// resources are the APIs as the tenant had them.
func (m *making) resources() error {
	l := m.look
	assumePart(m, l.Resources, "resources", wordsSavedAPIs)
	for i := range l.Resources.Value {
		r := &l.Resources.Value[i]
		if !isGUID(r.AppID) {
			return fmt.Errorf("%w: %q is no app id of an API", errNotSaved, plain(r.AppID))
		}
		id := strings.ToLower(r.AppID)
		m.apis[strings.ToLower(r.ID)] = id
		if err := m.publish(m.apiSpecOf(id, r)); err != nil {
			return err
		}
		if r.Enabled != nil && !*r.Enabled {
			m.home.Apps = append(m.home.Apps, serviceSpec{App: id, Disabled: true})
		}
	}
	return nil
}

// apiSpecOf is where an API differs from what the simulator has.
func (m *making) apiSpecOf(id string, r *savedService) apiSpec {
	out, known := apiSpec{API: id}, m.base.registration(id)
	if known == nil {
		known = &Registration{}
		if out.Name = plain(r.Name); out.Name == "" {
			out.Name = id
		}
	}
	for _, s := range r.Scopes {
		one := scopeSpec{Value: plain(s.Value), ID: strings.ToLower(s.ID), Admin: strings.EqualFold(s.Type, "Admin"), Disabled: !s.Enabled}
		if sc := known.scope(one.Value); sc == nil || sc.ID != one.ID || sc.Admin != one.Admin || sc.Enabled == one.Disabled {
			out.Scopes = append(out.Scopes, one)
		}
	}
	for _, a := range r.AppRoles {
		if known.appRole(a.ID) == nil {
			out.Roles = append(out.Roles, roleSpec{Value: plain(a.Value), ID: strings.ToLower(a.ID)})
		}
	}
	return out
}

// publish puts a change of an API into the scenario, if it is one.
func (m *making) publish(s apiSpec) error {
	if s.Name == "" && len(s.Scopes)+len(s.Roles) == 0 {
		return nil
	}
	if err := m.base.changeAPI(&s); err != nil {
		return fmt.Errorf("%w: %s: %w", errNotSaved, s.API, err)
	}
	m.sc.APIs = append(m.sc.APIs, s)
	return nil
}

// registration is the vendor's app. What it asks for is in no snapshot: it is
// known of the vendors' apps, and taken from what was granted or requested of
// others.
func (m *making) registration(name string) {
	sp, known := m.look.App.Value, m.base.registration(m.reg.App)
	if sp != nil && plain(sp.Name) != "" {
		name = plain(sp.Name)
	}
	if known == nil || known.Name != name {
		m.reg.Name = name
	}
	switch {
	case sp == nil || sp.Publisher == nil:
		if known == nil {
			m.assume(wordsSavedPublisher)
		}
	case sp.Publisher.ID == "":
		m.reg.Unverified = true
	case known == nil || known.Publisher == nil || known.Publisher.MPNID != sp.Publisher.ID:
		m.reg.Publisher = &madeBy{Name: plain(sp.Publisher.Name), ID: plain(sp.Publisher.ID)}
	}
	switch {
	case sp == nil || !isGUID(sp.OwnerTenant):
	case m.isHome(sp.OwnerTenant):
		m.reg.Home = firstDomain
	case known == nil || !strings.EqualFold(known.HomeTenant, sp.OwnerTenant):
		m.reg.HomeTenant = strings.ToLower(sp.OwnerTenant)
	}
	if known == nil {
		m.needs()
	}
}

// needs guesses what an app asks for that the simulator does not know.
func (m *making) needs() {
	if twin := m.base.registration(vendorKeys[m.doc.App.ID]); twin != nil {
		for _, q := range twin.Required {
			m.need(q.Resource, q.Scopes)
		}
		return
	}
	m.assume(wordsSavedNeeds)
	m.need(graphAppID, []string{"openid", "profile", "offline_access", "User.Read"})
	for _, r := range m.look.Requests.Value {
		m.need(graphAppID, r.Scopes)
	}
	for _, g := range m.look.Grants.Value {
		if id, ok := m.apis[strings.ToLower(g.ResourceID)]; ok {
			m.need(id, scopesOf(g))
		}
	}
}

// need adds scopes to what the app asks for, those that its API publishes.
func (m *making) need(api string, scopes []string) {
	reg := m.base.registration(api)
	scopes = slices.DeleteFunc(slices.Clone(scopes), func(v string) bool { return reg.scope(v) == nil })
	if api == graphAppID {
		m.reg.Scopes = union(m.reg.Scopes, scopes)
		return
	}
	i := slices.IndexFunc(m.reg.Needs, func(n needSpec) bool { return n.Resource == api })
	if i < 0 {
		m.reg.Needs = append(m.reg.Needs, needSpec{Resource: api})
		i = len(m.reg.Needs) - 1
	}
	m.reg.Needs[i].Scopes = union(m.reg.Needs[i].Scopes, scopes)
}

// finish puts the parts together.
func (m *making) finish() {
	m.sc.Case.App, m.sc.Case.ClientID = plain(m.doc.App.ID), m.reg.App
	m.sc.Apps = []appSpec{m.reg}
	m.sc.Tenants = slices.Insert(m.sc.Tenants, 0, m.home)
}
