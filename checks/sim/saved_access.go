package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Conditional Access, reviewers and logs of a saved snapshot.

// reviewer is an entry of the workflow's reviewers as a scenario writes it.
// Those by role stay as they are; behind others stand as many sample people as
// were found.
func (m *making) reviewer(query string, r savedReviewer) string {
	if !m.look.Reviewers.Read {
		r = savedReviewer{}
	}
	if strings.HasPrefix(query, "/") {
		for range min(r.Active, 1) {
			m.roleHolder(r)
		}
		return plain(query)
	}
	switch {
	case (r.Kind == "user" || r.Kind == "group") && !r.Found:
		m.assume(wordsSavedMissing)
		return reviewerQuery(map[string]string{"user": kindUser, "group": kindGroup}[r.Kind], stableID("saved-nobody", query))
	case r.Kind == "other":
		return "/" + stableID("saved-query", query)
	case r.Kind == "group":
		return m.reviewing(query, r)
	}
	upn := m.person(query)
	if !strings.Contains(upn, "@") {
		return ""
	}
	if r.Kind != "user" || r.Roles == nil {
		m.assume(wordsSavedReviewers)
	}
	for i := range m.home.Users {
		if u := &m.home.Users[i]; u.UPN == upn {
			u.Roles = union(u.Roles, m.roles(r.Roles))
			u.Disabled = u.Disabled || r.Kind == "user" && r.Active == 0
		}
	}
	return upn
}

// reviewing is a group of reviewers, with its people.
func (m *making) reviewing(query string, r savedReviewer) string {
	var members []string
	for n := range min(max(r.People, 0), maxAskers) {
		upn := m.person(query + " member " + strconv.Itoa(n))
		if upn == "" {
			break
		}
		members = append(members, upn)
		m.home.Users[len(m.home.Users)-1].Disabled = n >= r.Active
	}
	return m.group(query, members...)
}

// roleHolder sees to it that somebody holds a reviewing role.
func (m *making) roleHolder(r savedReviewer) {
	for _, role := range m.roles(r.Roles) {
		has := func(u userSpec) bool { return slices.Contains(u.Roles, role) && !u.Disabled }
		if role == roleName(roleGlobalAdmin) || slices.ContainsFunc(m.home.Users, has) {
			continue // admin@ is one
		}
		if upn := m.person("holder of " + role); upn != "" {
			m.home.Users[len(m.home.Users)-1].Roles = []string{role}
		}
	}
}

// effect is what one policy does to those who were asked about.
type effect struct {
	savedEffect
	asked, hit int // people, and those to whom it applies
	reason     string
}

// access makes policies of Conditional Access that do what Graph said the
// tenant's do. What else is in them nobody asked.
func (m *making) access() {
	l := m.look
	if !assumePart(m, l.Conditional, "conditional", wordsSavedNone) {
		return
	}
	var effects []*effect
	for _, w := range l.Conditional.Value.Asked {
		if w.Whose == "mine" {
			m.assume(wordsSavedMine)
		}
		for _, p := range w.Policies {
			e := find(effects, func(e *effect) bool { return e.ID == p.ID && e.Name == p.Name })
			if e == nil {
				e = &effect{savedEffect: p}
				effects = append(effects, e)
			}
			e.add(p)
		}
	}
	if len(effects) > 0 && m.home.Premium == "" {
		m.home.Premium = "P1" // nobody else has any (entra-facts §8)
	}
	for _, e := range effects {
		if spec, ok := m.accessSpecOf(e); ok {
			m.home.Access = append(m.home.Access, spec)
		}
	}
}

func (e *effect) add(p savedEffect) {
	e.asked++
	if p.Applies {
		e.hit++
		e.Applies, e.Open = true, union(e.Open, p.Open)
	} else if len(p.Reasons) > 0 {
		e.reason = plain(p.Reasons[0])
	}
}

// accessSpecOf is the policy as a scenario writes it; ok is false if it does
// nothing.
func (m *making) accessSpecOf(e *effect) (spec accessSpec, ok bool) {
	spec = accessSpec{Name: m.policyName(e), Every: e.All}
	for _, control := range e.Controls {
		spec.Grant = union(spec.Grant, []string{m.control(spec.Name, plain(control))})
	}
	if e.Proxied {
		spec.Session = "mcasConfigured"
	}
	if len(spec.Grant) == 0 && spec.Session == "" {
		m.assume(wordsSavedEffect, spec.Name)
		return spec, false
	}
	m.reach(&spec, e)
	return spec, true
}

// policyName is a name that no other policy here has.
func (m *making) policyName(e *effect) string {
	name := plain(e.Name)
	if name == "" {
		name = "Policy"
	}
	taken := func(n string) bool {
		return slices.ContainsFunc(m.home.Access, func(a accessSpec) bool { return a.Name == n })
	}
	out := name
	for n := 2; taken(out); n++ {
		out = fmt.Sprintf("%s (%d)", name, n)
	}
	return out
}

// control is a grant control that the simulator plays, or its nearest.
func (m *making) control(policy, control string) string {
	if name, ok := graphTypes().allows("conditionalAccessGrantControl", control); ok {
		return name
	}
	instead := "compliantDevice" // not everybody has it
	switch control {
	case "authenticationStrength", "termsOfUse", "customAuthenticationFactor":
		instead = "mfa" // a person can give it there and then
	}
	m.assume(wordsSavedControl, policy, control, instead)
	return instead
}

// reach says for whom and where a policy is.
func (m *making) reach(spec *accessSpec, e *effect) {
	switch {
	case e.Applies && e.hit < e.asked:
		m.assume(wordsSavedSome, spec.Name)
		spec.Users = []string{savedUser}
		m.person("somebody else") // to whom it does not apply
	case e.Applies && m.apart() && strings.Contains(m.sc.Case.As, firstDomain):
		spec.But = []string{m.sc.Case.As} // admins are often spared
	}
	switch {
	case e.Applies && len(e.Open) > 0:
		m.office()
		spec.ButPlaces = []string{savedOffice}
		if open := strings.Join(plainAll(e.Open), ", "); open != "location" {
			m.assume(wordsSavedOpen, spec.Name, open)
		}
	case e.Applies:
	case e.reason == "application":
		spec.Apps = []string{"None"}
	case e.reason == "devicePlatform":
		spec.Platforms = []string{"android"}
	case e.reason == "clientApps":
		spec.Clients = []string{"other"}
	case e.reason == "authenticationFlow":
		spec.Flow = "deviceCodeFlow" // nobody asks about signing in to an app by one
	case e.reason == "users":
		spec.Users = []string{"None"}
	case slices.Contains([]string{"location", "devices", "time", "notEnoughInformation"}, e.reason):
		m.office()
		spec.Places = []string{savedOffice}
		if e.reason != "location" {
			m.assume(wordsSavedOpen, spec.Name, e.reason)
		}
	default:
		m.assume(wordsSavedSpared, spec.Name, e.reason)
		spec.Users = []string{"None"}
	}
}

// apart says whether some people were asked about in place of whoever signed
// in, because policies treat people differently.
func (m *making) apart() bool {
	return slices.ContainsFunc(m.look.Conditional.Value.Asked, func(w savedWhatIf) bool { return w.Whose == "sample" })
}

const savedOffice = "Office"

// office is the place that policies about places know.
func (m *making) office() {
	if len(m.home.Locations) == 0 {
		m.home.Locations = []placeSpec{{Name: savedOffice, Ranges: []string{"203.0.113.0/24"}}}
	}
}

// happened is what the logs hold, as long ago as it was when the snapshot was
// taken.
func (m *making) happened() {
	l := m.look
	assumePart(m, l.SignIns, "signIns", wordsSavedNone)
	if l.SignIns.Read && m.home.Premium == "" {
		m.home.Premium = "P1" // nobody else's can be read (entra-facts §8)
	}
	for _, e := range l.SignIns.Value.Entries {
		line := signInSpec{As: savedUser, App: m.reg.App, Code: e.Code, Ago: max(m.doc.At.Sub(e.At), 0), Unmet: plainAll(e.Policies)}
		if e.User != "" {
			line.As = m.holder(e.User)
		}
		if t := refusalTexts[e.Code].text; !strings.Contains(t, "%s") {
			line.Reason = t
		}
		if line.As != "" {
			m.home.SignIns = append(m.home.SignIns, line)
		}
	}
	if !assumePart(m, l.Audit, "audit", wordsSavedNone) || m.inTenant() == nil {
		return
	}
	for _, e := range l.Audit.Value.Entries {
		ours := hasFold(e.Apps, m.reg.App) || l.App.Value != nil && l.App.Value.ID != "" && hasFold(e.Targets, l.App.Value.ID)
		if !ours {
			continue
		}
		m.assume(wordsSavedEvents)
		one := eventSpec{App: m.reg.App, By: savedUser, Ago: max(m.doc.At.Sub(e.At), 0)}
		if e.Admin != nil && *e.Admin {
			one.By, one.Everyone = savedAdmin, true
		}
		if !strings.EqualFold(e.Result, "success") {
			one.Failed = wordsSavedReasonless
		}
		m.home.Consents = append(m.home.Consents, one)
	}
}
