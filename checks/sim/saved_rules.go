package sim

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// The rules of a saved snapshot: choices, policies, classifications, workflow.

// rules are the tenant's own switches.
func (m *making) rules() {
	l := m.look
	if assumePart(m, l.Organization, "organization", wordsSavedNoPlan) {
		switch plans := l.Organization.Value.Plans; {
		case hasFold(plans, planP2):
			m.home.Premium = "P2"
		case hasFold(plans, planP1):
			m.home.Premium = "P1"
		}
	}
	if l.Eligible.Read && m.home.Premium == "" && !l.Organization.Read {
		m.home.Premium = "P2" // nobody else can be asked (entra-facts §9)
	}
	if assumePart(m, l.Authorization, "authorization", wordsSavedMicrosoft) {
		m.home.Consent = plainAll(l.Authorization.Value.Assigned)
		m.home.Risky = l.Authorization.Value.Risky
	}
	if assumePart(m, l.Defaults, "securityDefaults", wordsSavedOn) && !l.Defaults.Value {
		m.home.Defaults = &l.Defaults.Value
	}
}

// policies are the consent policies, those that differ from Microsoft's.
func (m *making) policies() error {
	l := m.look
	if !assumePart(m, l.Policies, "policies", wordsSavedShipped) {
		return nil
	}
	shipped, err := builtinPolicies(m.tenantIDOfHome())
	if err != nil {
		return err
	}
	var named []policySpec
	for i := range l.Policies.Value {
		p := &l.Policies.Value[i]
		id := plain(p.ID)
		if id == "" || slices.ContainsFunc(named, func(o policySpec) bool { return strings.EqualFold(o.ID, id) }) {
			return fmt.Errorf("%w: the policy %q has no id of its own", errNotSaved, id)
		}
		spec := policySpec{ID: id, Name: id, Includes: m.sets(id, p.Includes, true), Excludes: m.sets(id, p.Excludes, false)}
		known := find(shipped, func(o *GrantPolicy) bool { return strings.EqualFold(o.ID, id) })
		switch {
		case p.Unread && known != nil:
			m.assume(wordsSavedPolicyKnown, id)
			spec = m.specOf(known)
		case p.Unread:
			m.assume(wordsSavedPolicy, id)
			spec.Includes, spec.Excludes = nil, nil
		}
		named = append(named, spec)
	}
	missing := func(p *GrantPolicy) bool {
		return !slices.ContainsFunc(named, func(o policySpec) bool { return strings.EqualFold(o.ID, p.ID) })
	}
	m.home.OnlyPolicies = len(named) > 0 && slices.ContainsFunc(shipped, missing)
	for _, spec := range named {
		known := find(shipped, func(o *GrantPolicy) bool { return strings.EqualFold(o.ID, spec.ID) })
		same := known != nil && reflect.DeepEqual(spec, m.specOf(known))
		if same && !m.home.OnlyPolicies {
			continue
		}
		m.home.Policies = append(m.home.Policies, spec)
	}
	return nil
}

func (m *making) tenantIDOfHome() string {
	cloud := m.home.Cloud
	if cloud == "" {
		cloud = string(CloudPublic)
	}
	return stableID("tenant", firstDomain, cloud)
}

// specOf is a policy as a scenario writes it.
func (m *making) specOf(p *GrantPolicy) policySpec {
	out := policySpec{ID: p.ID, Name: p.ID}
	for i, list := range [][]*ConditionSet{p.Includes, p.Excludes} {
		for _, c := range list {
			s := setSpec{
				Type: c.PermissionType, Class: everyWord(c.Classification), Resource: anyWord(c.Resource), Clients: everyList(c.ClientIDs),
				Tenants: everyList(c.ClientTenantIDs), Publishers: everyList(c.ClientPublisherIDs), Verified: c.VerifiedPublisher,
			}
			s.Scopes = m.values(s.Resource, c.Permissions)
			if i == 0 {
				out.Includes = append(out.Includes, s)
			} else {
				out.Excludes = append(out.Excludes, s)
			}
		}
	}
	return out
}

// sets are condition sets. One with a condition that nobody knows cannot be
// played: it is taken not to let anybody in.
func (m *making) sets(policy string, list []savedSet, include bool) []setSpec {
	var out []setSpec
	for _, s := range list {
		if len(s.Unrecognised) > 0 {
			m.assume(wordsSavedCondition, policy, strings.Join(plainAll(s.Unrecognised), ", "))
			if include {
				continue
			}
		}
		one := setSpec{
			Type: plain(s.Type), Class: everyWord(plain(s.Class)), Resource: anyWord(plain(s.Resource)), Clients: everyList(plainAll(s.Clients)),
			Publishers: everyList(plainAll(s.Publishers)), Verified: s.Verified,
		}
		for _, id := range s.Tenants {
			one.Tenants = append(one.Tenants, m.tenantID(id))
		}
		one.Tenants = everyList(one.Tenants)
		one.Scopes = m.values(one.Resource, plainAll(s.Permissions))
		out = append(out, one)
	}
	return out
}

// values are scopes by value where the API publishes them, else by id.
func (m *making) values(api string, ids []string) []string {
	if ids = everyList(ids); ids == nil {
		return nil
	}
	reg := m.base.registration(api)
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if sc := reg.scopeNamed(id); sc != nil && sc.Value != "" {
			id = sc.Value
		}
		out = append(out, id)
	}
	return out
}

// everyWord, everyList and anyWord are conditions with Graph's words for "no
// condition" left out, as a scenario leaves them out.
func everyWord(s string) string {
	if strings.EqualFold(s, "all") {
		return ""
	}
	return s
}

func everyList(list []string) []string {
	if len(list) == 0 || hasFold(list, "all") {
		return nil
	}
	return list
}

func anyWord(s string) string {
	if strings.EqualFold(s, "any") || strings.EqualFold(s, "all") {
		return ""
	}
	return s
}

// classified are the scopes that the tenant has classified.
func (m *making) classified() {
	if !assumePart(m, m.look.Classified, "classified", wordsSavedNone) {
		return
	}
	for _, key := range sortedKeys(m.look.Classified.Value) {
		api, scope, _ := strings.Cut(strings.ToLower(key), "/")
		level := strings.ToLower(m.look.Classified.Value[key])
		if m.base.registration(api) == nil || !isGUID(scope) || !slices.Contains([]string{"low", "medium", "high"}, level) {
			m.assume(wordsSavedClass)
			continue
		}
		i := slices.IndexFunc(m.home.Classified, func(c classSpec) bool { return c.Resource == api && c.Level == level })
		if i < 0 {
			m.home.Classified = append(m.home.Classified, classSpec{Resource: api, Level: level})
			i = len(m.home.Classified) - 1
		}
		m.home.Classified[i].Scopes = append(m.home.Classified[i].Scopes, m.values(api, []string{scope})...)
	}
}

// workflow is the admin consent workflow. Reviewers by role stay as they are;
// others are numbers, and their roles are not known.
func (m *making) workflow() {
	l := m.look
	if !assumePart(m, l.Workflow, "workflow", wordsSavedOff) {
		return
	}
	w := l.Workflow.Value
	spec := &workflowSpec{Enabled: w.Enabled, Days: min(max(w.Days, 1), 60)}
	if !w.Notify {
		spec.Notify = &w.Notify
	}
	if !w.Remind {
		spec.Remind = &w.Remind
	}
	behind := l.Reviewers.Value
	if len(behind) != len(w.Reviewers) {
		behind = make([]savedReviewer, len(w.Reviewers))
	}
	for i, q := range w.Reviewers {
		if name := m.reviewer(q, behind[i]); name != "" {
			spec.Reviewers = append(spec.Reviewers, name)
		}
	}
	m.home.Workflow = spec
}

// maxAskers is how many people of one request are played.
const maxAskers = 20

// requests are what people asked the admins for.
func (m *making) requests() {
	if !assumePart(m, m.look.Requests, "requests", wordsSavedNone) {
		return
	}
	for _, r := range m.look.Requests.Value {
		status := plain(r.Status)
		if strings.EqualFold(status, "Initializing") {
			status = string(RequestInProgress)
		}
		if !strings.EqualFold(r.AppID, m.reg.App) || !slices.Contains([]string{"InProgress", "Completed", "Expired"}, status) {
			m.assume(wordsSavedRequest)
			continue
		}
		scopes := slices.DeleteFunc(plainAll(r.Scopes), func(v string) bool {
			_, ok := m.base.resolveScope(v)
			return !ok
		})
		if r.Count > maxAskers {
			m.assume(wordsSavedAskers, maxAskers)
		}
		for n := range min(max(r.Count, 1), maxAskers) {
			as := savedUser
			if n > 0 {
				as = m.person(fmt.Sprintf("asker %d", n))
			}
			if as != "" {
				m.home.Requests = append(m.home.Requests, requestSpec{As: as, App: m.reg.App, Scopes: scopes, Status: status, Reason: wordsSavedReason})
			}
		}
	}
}
