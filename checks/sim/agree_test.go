package sim_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/checks/consent"
	"onboard.example/checks/sim"
)

// The product's evaluator and the simulator's rules were written apart. Here
// they are asked the same ten thousand questions.

const (
	homeTenant  = "10000000-0000-4000-8000-000000000001"
	otherTenant = "10000000-0000-4000-8000-000000000002"
	clientID    = "20000000-0000-4000-8000-000000000001"
	otherClient = "20000000-0000-4000-8000-000000000002"
	graphAPI    = "00000003-0000-0000-c000-000000000000"
	otherAPI    = "30000000-0000-4000-8000-000000000001"
	upn         = "user@contoso.example"
	userID      = "40000000-0000-4000-8000-000000000001"
	strangerID  = "40000000-0000-4000-8000-000000000002"
	groupID     = "50000000-0000-4000-8000-000000000001"
)

// roles that may matter, and one that may not (entra-facts §9).
var someRoles = []string{
	"62e90394-69f5-4237-9190-012177145e10", "e8611ab8-c189-46e8-94e1-60213ab1f814",
	"158c047a-c907-4556-b7ef-446551a6b5f7", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
	"f2ef992c-3afb-46b9-b7cf-a126ee74c451", "fe930be7-5e62-47db-91af-98c3a49a38b1",
}

// situation is one random world with one question about it.
type situation struct {
	tenant *sim.Tenant
	user   *sim.User
	client *sim.Registration
	apis   []*sim.Registration
	asked  []sim.AskedScope
}

// dice draws the parts of a situation.
type dice struct{ *rand.Rand }

func (d dice) yes(percent int) bool { return d.IntN(100) < percent }

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// some keeps each element with the given chance.
func some[T any](d dice, percent int, list []T) []T {
	var out []T
	for _, v := range list {
		if d.yes(percent) {
			out = append(out, v)
		}
	}
	return out
}

// odd changes the case of a text at random: nothing here may depend on it.
func (d dice) odd(s string) string {
	switch d.IntN(4) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	}
	return s
}

func situationOf(seed uint64) situation {
	d := dice{rand.New(rand.NewPCG(seed, 42))} //nolint:gosec // repeatable on purpose
	s := situation{apis: []*sim.Registration{api(d, graphAPI), api(d, otherAPI)}}
	s.client = &sim.Registration{
		AppID: clientID, Name: "Sample App", HomeTenant: pick(d, homeTenant, otherTenant, otherTenant),
		RegisteredAt: time.Date(pick(d, 2019, 2024), time.May, 1, 0, 0, 0, 0, time.UTC),
	}
	if d.yes(60) {
		s.client.Publisher = &sim.Publisher{Name: "Sample", MPNID: pick(d, "6000001", "6000002")}
	}
	s.user = &sim.User{ID: userID, UPN: upn}
	if d.yes(15) {
		s.user.Roles = []string{pick(d, someRoles...)}
	}
	s.tenant = &sim.Tenant{
		ID: homeTenant, Domains: []sim.Domain{{Name: "contoso.example", Default: true}},
		Users:  []*sim.User{s.user, {ID: strangerID, UPN: "stranger@contoso.example"}},
		Groups: []*sim.Group{{ID: groupID, Name: "Pilot", Members: some(d, 50, []string{userID})}},
	}
	s.tenant.RiskyAppsAllowed = pick(d, nil, new(bool), new(true))
	s.policies(d)
	s.services(d)
	s.grants(d)
	for _, a := range s.apis {
		for _, sc := range some(d, 35, a.Scopes) {
			s.asked = append(s.asked, sim.AskedScope{Resource: d.odd(a.AppID), Value: d.odd(sc.Value)})
		}
		if d.yes(4) {
			s.asked = append(s.asked, sim.AskedScope{Resource: a.AppID, Value: a.AppRoles[0].Value, Role: true})
		}
	}
	if len(s.asked) == 0 {
		s.asked = []sim.AskedScope{{Resource: graphAPI, Value: "openid"}}
	}
	return s
}

// api publishes the basic scopes and a few more.
func api(d dice, id string) *sim.Registration {
	a := &sim.Registration{AppID: id, Name: "API " + id[:8], FirstParty: true, HomeTenant: otherTenant}
	for i, v := range []string{"openid", "offline_access", "User.Read", "Calendars.ReadWrite", "Mail.Read", "Files.Read.All"} {
		a.Scopes = append(a.Scopes, sim.Scope{ID: fmt.Sprintf("%s6%07d", id[:28], i), Value: v, Admin: i > 2 && d.yes(15), Enabled: true})
	}
	a.AppRoles = []sim.AppRole{{ID: fmt.Sprintf("%s7%07d", id[:28], 0), Value: "Calendars.ReadWrite", Members: []string{"Application"}}}
	return a
}

// policies draws policies, and which of them apply to users.
func (s *situation) policies(d dice) {
	for i := range 4 {
		p := &sim.GrantPolicy{ID: fmt.Sprintf("policy-%d", i)}
		for range 1 + d.IntN(2) {
			p.Includes = append(p.Includes, s.set(d, 75))
		}
		for range d.IntN(3) {
			p.Excludes = append(p.Excludes, s.set(d, 45))
		}
		s.tenant.Policies = append(s.tenant.Policies, p)
		if d.yes(40) {
			s.tenant.Assigned = append(s.tenant.Assigned, d.odd("ManagePermissionGrantsForSelf.")+p.ID)
		} else if d.yes(40) {
			s.tenant.Assigned = append(s.tenant.Assigned, d.odd("ManagePermissionGrantsForOwnedResource.")+p.ID)
		} else if d.yes(10) {
			s.user.SelfPolicies = append(s.user.SelfPolicies, p.ID)
		}
	}
}

// set draws one condition set; each condition is left open with the chance.
func (s *situation) set(d dice, open int) *sim.ConditionSet {
	c := &sim.ConditionSet{
		PermissionType: pick(d, "delegatedUserConsentable", "delegatedUserConsentable", "delegated", "delegatedUSERconsentable", "application"),
		Resource:       pick(d, "", "any"), Permissions: pick(d, nil, []string{"all"}),
	}
	if !d.yes(open) {
		c.Classification = pick(d, "low", "low", "medium", "high", "all")
	}
	if !d.yes(open) {
		c.Resource = pick(d, graphAPI, strings.ToUpper(otherAPI))
	}
	if !d.yes(open) {
		c.Permissions = nil
		for _, a := range s.apis {
			for _, sc := range some(d, 50, a.Scopes) {
				c.Permissions = append(c.Permissions, d.odd(sc.ID))
			}
		}
	}
	if !d.yes(open) {
		c.ClientIDs = pick(d, []string{clientID}, []string{otherClient}, []string{otherClient, strings.ToUpper(clientID)}, []string{"all"})
	}
	if !d.yes(open) {
		c.ClientTenantIDs = pick(d, []string{homeTenant}, []string{otherTenant}, []string{"all"})
	}
	if !d.yes(open) {
		c.ClientPublisherIDs = pick(d, []string{"6000001"}, []string{"6000002"}, []string{"all"})
	}
	c.VerifiedPublisher = !d.yes(open)
	return c
}

// services draws the app's own state in the tenant and the classifications.
func (s *situation) services(d dice) {
	for i, a := range s.apis {
		sp := &sim.ServicePrincipal{ID: fmt.Sprintf("60000000-0000-4000-8000-%012d", i), AppID: a.AppID, Enabled: true, OwnerTenant: a.HomeTenant}
		s.tenant.Services = append(s.tenant.Services, sp)
		for _, sc := range some(d, 60, a.Scopes) {
			s.tenant.Classifications = append(s.tenant.Classifications, &sim.Classification{
				ID: "c" + sc.ID, Resource: sp.ID, Permission: sc.ID, Name: sc.Value, Level: pick(d, "low", "low", "medium", "high"),
			})
		}
	}
	if d.yes(25) {
		return
	}
	s.tenant.Services = append(s.tenant.Services, &sim.ServicePrincipal{
		ID: "60000000-0000-4000-8000-00000000000c", AppID: clientID, OwnerTenant: s.client.HomeTenant, Publisher: s.client.Publisher,
		Enabled: !d.yes(7), Deactivated: pick(d, nil, nil, nil, new(false), new(d.yes(30))), AssignmentRequired: d.yes(15),
		DisabledByMS: pick(d, "", "", "", "NotDisabled", pick(d, "", "", "DisabledDueToViolationOfServicesAgreement")),
		Assigned:     some(d, 40, []string{userID, groupID, strangerID}),
	})
}

// grants draws what is granted already, in the shapes that Graph stores.
func (s *situation) grants(d dice) {
	client := s.service(clientID)
	if client == nil {
		return
	}
	for i, a := range s.apis {
		for _, who := range some(d, 30, []string{"", userID, strangerID}) {
			var values []string
			for _, sc := range some(d, 60, a.Scopes) {
				values = append(values, d.odd(sc.Value))
			}
			s.tenant.Grants = append(s.tenant.Grants, &sim.Grant{
				ID: fmt.Sprint("g", i, who), ClientID: client.ID, Resource: s.service(a.AppID).ID, Principal: who,
				Scope: pick(d, "", " ") + strings.Join(values, " "),
			})
		}
		if d.yes(10) {
			client.RoleGrants = append(client.RoleGrants, sim.RoleGrant{ID: fmt.Sprint("r", i), Resource: s.service(a.AppID).ID, RoleID: a.AppRoles[0].ID})
		}
	}
}

func (s *situation) service(appID string) *sim.ServicePrincipal {
	i := slices.IndexFunc(s.tenant.Services, func(sp *sim.ServicePrincipal) bool { return strings.EqualFold(sp.AppID, appID) })
	if i < 0 {
		return nil
	}
	return s.tenant.Services[i]
}

// simulator asks the simulator, in the evaluator's words: Blocked where no
// approval would help, Allowed where the person may consent or needs none.
// open is set where no source says what Microsoft does, and the evaluator may
// leave risk-based step-up open: only basic scopes are missing, and either more
// is asked that is granted already, or offline_access is among them, of which
// no source says that it is part of basic sign-in (entra-facts §7).
func (s *situation) simulator(t testing.TB) (outcome consent.Outcome, open bool) {
	t.Helper()
	w := sim.NewWorld(time.Now, 1)
	w.AddTenant(s.tenant)
	for _, r := range append(s.apis, s.client) {
		w.AddApp(r)
	}
	r, err := w.Ask(homeTenant, upn, clientID, s.asked...)
	if err != nil {
		t.Fatal(err)
	}
	offline := func(a sim.AskedScope) bool { return strings.EqualFold(a.Value, "offline_access") }
	open = len(r.Missing) > 0 && !slices.ContainsFunc(r.Missing, beyondBasic) &&
		(slices.ContainsFunc(s.asked, beyondBasic) || slices.ContainsFunc(s.asked, offline))
	switch {
	case r.Kind == sim.RulingAppDisabled:
		return consent.Blocked, false
	case len(r.Missing) == 0 && r.Kind == sim.RulingNotAssigned:
		return consent.Blocked, false
	case r.Consent == sim.RulingGranted, r.Consent == sim.RulingUserMay, r.Consent == sim.RulingAdminMay:
		return consent.Allowed, open
	}
	return consent.NeedsAdmin, open
}

// beyondBasic tells a scope that is more than basic sign-in (entra-facts §7).
func beyondBasic(a sim.AskedScope) bool {
	basic := []string{"openid", "profile", "email", "offline_access", "user.read"}
	return a.Role || !strings.EqualFold(a.Resource, graphAPI) || !slices.Contains(basic, strings.ToLower(a.Value))
}

func tri(b bool) consent.Tri {
	if b {
		return consent.Yes
	}
	return consent.No
}

// question puts the situation as the product would read it from Graph.
func (s *situation) question() consent.Question {
	q := consent.Question{
		Tenant: consent.Tenant{
			ID: homeTenant, Assigned: append([]string{}, s.tenant.Assigned...), Classified: map[string]consent.Level{},
			RiskyAllowed: tri(s.tenant.RiskyAppsAllowed != nil && *s.tenant.RiskyAppsAllowed),
		},
		App: consent.App{
			ClientID: clientID, OwnerTenant: s.client.HomeTenant, Verified: tri(s.client.Publisher != nil), Enabled: consent.Yes,
			AssignmentRequired: consent.No, RegisteredAfter2020: tri(s.client.RegisteredAt.Year() > 2020),
		},
		User: consent.User{
			ID: userID, Assigned: consent.No, Policies: s.user.SelfPolicies,
			MayGrant:           tri(len(s.user.Roles) > 0 && slices.Contains(someRoles[:4], s.user.Roles[0])),
			MayGrantGraphRoles: tri(len(s.user.Roles) > 0 && slices.Contains(someRoles[:2], s.user.Roles[0])),
		},
		GrantsRead: consent.Yes,
	}
	if s.client.Publisher != nil {
		q.App.PublisherID = s.client.Publisher.MPNID
	}
	if sp := s.service(clientID); sp != nil {
		off := !sp.Enabled || sp.Deactivated != nil && *sp.Deactivated || strings.HasPrefix(sp.DisabledByMS, "Disabled")
		q.App.Enabled, q.App.AssignmentRequired = tri(!off), tri(sp.AssignmentRequired)
		q.User.Assigned = tri(slices.Contains(sp.Assigned, userID) ||
			slices.Contains(sp.Assigned, groupID) && slices.Contains(s.tenant.Groups[0].Members, userID))
	}
	for _, p := range s.tenant.Policies {
		q.Tenant.Policies = append(q.Tenant.Policies, consent.Policy{ID: p.ID, Includes: sets(p.Includes), Excludes: sets(p.Excludes)})
	}
	s.putScopes(&q)
	return q
}

func sets(in []*sim.ConditionSet) []consent.ConditionSet {
	var out []consent.ConditionSet
	for _, c := range in {
		out = append(out, consent.ConditionSet{
			PermissionType: c.PermissionType, Classification: c.Classification, Resource: c.Resource, Permissions: c.Permissions,
			ClientIDs: c.ClientIDs, ClientTenantIDs: c.ClientTenantIDs, ClientPublisherIDs: c.ClientPublisherIDs, VerifiedOnly: c.VerifiedPublisher,
		})
	}
	return out
}

// putScopes adds what is asked, granted and classified.
func (s *situation) putScopes(q *consent.Question) {
	for _, a := range s.apis {
		for _, c := range s.tenant.Classifications {
			if c.Resource == s.service(a.AppID).ID {
				q.Tenant.Classified[consent.ClassKey(a.AppID, c.Permission)] = consent.Level(c.Level)
			}
		}
		for _, g := range s.tenant.Grants {
			if g.Resource == s.service(a.AppID).ID {
				q.Granted = append(q.Granted, consent.Granted{
					Resource: a.AppID, Scopes: strings.Fields(g.Scope), Everyone: g.Principal == "", User: g.Principal,
				})
			}
		}
		if client := s.service(clientID); client != nil {
			for _, g := range client.RoleGrants {
				if g.Resource == s.service(a.AppID).ID {
					q.Granted = append(q.Granted, consent.Granted{
						Resource: a.AppID, Scopes: []string{a.AppRoles[0].Value}, Everyone: true, Kind: consent.Application,
					})
				}
			}
		}
		for _, asked := range s.asked {
			if strings.EqualFold(asked.Resource, a.AppID) {
				q.Asked = append(q.Asked, permission(a, asked))
			}
		}
	}
}

func permission(a *sim.Registration, asked sim.AskedScope) consent.Permission {
	if asked.Role {
		return consent.Permission{Resource: a.AppID, ID: a.AppRoles[0].ID, Value: asked.Value, Kind: consent.Application, UserConsentable: consent.No}
	}
	i := slices.IndexFunc(a.Scopes, func(sc sim.Scope) bool { return strings.EqualFold(sc.Value, asked.Value) })
	return consent.Permission{Resource: a.AppID, ID: a.Scopes[i].ID, Value: asked.Value, UserConsentable: tri(!a.Scopes[i].Admin)}
}

const situations = 10_000

// disagree compares the two on one situation, after one side was tampered with.
func (s *situation) disagree(t testing.TB, tampered consent.Question) (string, consent.Outcome) {
	t.Helper()
	want, open := s.simulator(t)
	got := consent.Decide(tampered)
	if got.Outcome == want || open && got.Outcome == consent.Unknown && got.Decided.ID == "risk-unread" {
		return "", want
	}
	return fmt.Sprintf("the simulator says %d, the evaluator %d (%s: %s)", want, got.Outcome, got.Decided.ID, got.Decided.Why), want
}

func TestEvaluatorAndSimulatorAgree(t *testing.T) {
	t.Parallel()
	seen := map[consent.Outcome]int{}
	for seed := range uint64(situations) {
		s := situationOf(seed)
		what, outcome := s.disagree(t, s.question())
		if what != "" {
			t.Errorf("situation %d: %s", seed, what)
		}
		seen[outcome]++
	}
	// A comparison that hardly ever meets one of the outcomes shows little.
	for _, o := range []consent.Outcome{consent.Blocked, consent.NeedsAdmin, consent.Allowed} {
		if seen[o] < situations/50 {
			t.Errorf("outcome %d came up %d times in %d", o, seen[o], situations)
		}
	}
}

// BenchmarkAsk is one decision of the simulator's own rules.
func BenchmarkAsk(b *testing.B) {
	s := situationOf(1)
	w := sim.NewWorld(time.Now, 1)
	w.AddTenant(s.tenant)
	for _, r := range append(s.apis, s.client) {
		w.AddApp(r)
	}
	for b.Loop() {
		if _, err := w.Ask(homeTenant, upn, clientID, s.asked...); err != nil {
			b.Fatal(err)
		}
	}
}
