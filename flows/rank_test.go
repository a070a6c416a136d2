package flows

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// asItIs is a tenant to rank paths for: what was read of it, and what the
// checks found where it is not "pass".
type asItIs struct {
	facts    Facts
	verdicts map[checks.ID]checks.Verdict
	signedIn bool
	change   func(*State)
}

// managed and the others are the user consent settings, as Graph prints them.
func consents(entries ...string) []string {
	out := []string{"ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team"}
	for _, e := range entries {
		out = append(out, "managePermissionGrantsForSelf."+e)
	}
	return out
}

var (
	managedPair = consents("microsoft-user-default-recommended", "microsoft-user-default-allow-consent-apps")
	wholeGrant  = GrantFact{ID: "g", ResourceID: graphSP, Scopes: strings.Fields("openid profile offline_access User.Read Calendars.ReadWrite")}
)

// tenantFacts are what was read of a tenant: the app is there unless a is zero.
func tenantFacts(a Facts, consent []string, grants ...GrantFact) Facts {
	f := present(a, grants...)
	f.ConsentRead, f.Consent = true, consent
	f.RolesRead, f.AssignedRead, f.ClassRead = true, true, true
	f.Resources[0].Scopes = []ScopeFact{
		{ID: "1", Value: "Calendars.ReadWrite"},
		{ID: "2", Value: "User.Read"},
		{ID: "3", Value: "openid"},
		{ID: "4", Value: "profile"},
		{ID: "5", Value: "offline_access"},
	}
	f.WorkflowRead, f.Workflow = true, &WorkflowFact{}
	return f
}

// stand is a run at the diagnosis of a tenant, for an app whose vendor offers
// every path.
func stand(t *testing.T, c asItIs) State {
	t.Helper()
	p := profile(t, "hetk")
	p.Paths = nil
	s := after(State{}, Started{Version: "1", Domain: "contoso.example", Profile: &p, CanWrite: true, Ways: []WayOffer{{Way: WayBrowser}}})
	s = see(after(s, tenant()), nil)
	s = after(s, Advanced{})
	if !c.signedIn {
		s = after(s, Answered{Question: AskSignIn, Value: string(WayNone)}, Advanced{})
	} else {
		s = after(s, Answered{Question: AskSignIn, Value: string(WayBrowser)}, admin(), Advanced{}, Learned{Facts: c.facts})
	}
	if c.change != nil {
		c.change(&s)
	}
	return see(s, c.verdicts)
}

func off(f Facts) Facts {
	f.App.Enabled = false
	return f
}

func assignedOnly(f Facts) Facts {
	f.App.AssignedOnly = true
	return f
}

// walled are the findings of a tenant whose users meet the wall, with more.
func walled(more map[checks.ID]checks.Verdict) map[checks.ID]checks.Verdict {
	out := map[checks.ID]checks.Verdict{
		checks.AppGrant: checks.Fail, checks.ConsentPredict: checks.Fail, checks.ConsentWorkflow: checks.Warn, checks.ConsentReviewers: checks.Skipped,
	}
	maps.Copy(out, more)
	return out
}

func unlooked() map[checks.ID]checks.Verdict {
	out := map[checks.ID]checks.Verdict{}
	for _, id := range allChecks() {
		if !slices.Contains(publicChecks(), id) {
			out[id] = checks.Unknown
		}
	}
	return out
}

// TestRankingOfScenarios holds the order of the paths against the product's
// words, worked by hand: least effect first, then effort, then licence; each
// path that does not fit says why. The names are those of the simulator's
// scenarios, whose tenants these are.
func TestRankingOfScenarios(t *testing.T) {
	t.Parallel()
	there := func() Facts { return theApp(profile(t, "hetk")) }
	own := []PathID{DirectLink, EntraGrant, FirstSignIn, Pilot}
	join := func(lists ...[]PathID) []PathID { return slices.Concat(lists...) }
	absent := map[checks.ID]checks.Verdict{checks.AppPresent: checks.Fail}
	for name, c := range map[string]struct {
		asItIs
		fits  []PathID // advised, in order
		not   []PathID // fit, and are not advised
		unfit map[PathID]string
	}{
		"managed-default": {
			asItIs: asItIs{facts: tenantFacts(Facts{}, managedPair), verdicts: walled(absent), signedIn: true},
			fits:   join(own, []PathID{ConsentRequests, AppPolicy}), not: []PathID{AllowAll},
			unfit: map[PathID]string{LowImpact: "Microsoft manages", AfterApproval: "not approved yet", Revoke: "nothing to take back"},
		},
		"admins-only": {
			asItIs: asItIs{facts: tenantFacts(there(), consents()), verdicts: walled(nil), signedIn: true},
			fits:   join(own, []PathID{ConsentRequests, AppPolicy}), not: []PathID{LowImpact, AllowAll},
			unfit: map[PathID]string{AfterApproval: "not approved yet", Revoke: "nothing is granted"},
		},
		"low-empty": {
			asItIs: asItIs{facts: tenantFacts(there(), consents("microsoft-user-default-low")), verdicts: walled(nil), signedIn: true},
			fits:   join(own, []PathID{ConsentRequests, AppPolicy, LowImpact}), not: []PathID{AllowAll},
			unfit: map[PathID]string{AfterApproval: "not approved yet", Revoke: "nothing is granted"},
		},
		"a custom policy for another app": {
			asItIs: asItIs{facts: tenantFacts(there(), consents("microsoft-user-default-low", "ours")), verdicts: walled(nil), signedIn: true},
			fits:   join(own, []PathID{ConsentRequests, AppPolicy}), not: []PathID{LowImpact, AllowAll},
			unfit: map[PathID]string{AfterApproval: "not approved yet", Revoke: "nothing is granted"},
		},
		"unverified": {
			asItIs: asItIs{
				facts: tenantFacts(there(), consents("microsoft-user-default-legacy")), signedIn: true,
				verdicts: walled(map[checks.ID]checks.Verdict{checks.AppPublisher: checks.Warn, checks.ConsentRisk: checks.Warn}),
			},
			fits: join(own, []PathID{ConsentRequests}),
			unfit: map[PathID]string{
				AppPolicy: "risk-based step-up", LowImpact: "not verified", AllowAll: "already", AfterApproval: "not approved yet", Revoke: "nothing is granted",
			},
		},
		"a request waits": {
			asItIs: asItIs{
				facts: tenantFacts(there(), consents()), signedIn: true,
				verdicts: walled(map[checks.ID]checks.Verdict{
					checks.ConsentWorkflow: checks.Pass, checks.ConsentReviewers: checks.Pass, checks.ConsentRequests: checks.Pending,
				}),
			},
			fits: join([]PathID{ConsentRequests}, own, []PathID{AppPolicy}), not: []PathID{LowImpact, AllowAll},
			unfit: map[PathID]string{AfterApproval: "not approved yet", Revoke: "nothing is granted"},
		},
		"approved": {
			asItIs: asItIs{facts: tenantFacts(there(), managedPair, wholeGrant), signedIn: true},
			fits:   []PathID{AfterApproval, Revoke},
			unfit: map[PathID]string{
				DirectLink: "can connect already", EntraGrant: "can connect already", FirstSignIn: "can connect already", Pilot: "can connect already",
				ConsentRequests: "can connect already", AppPolicy: "can connect already", LowImpact: "can connect already", AllowAll: "can connect already",
			},
		},
		"allow-all": {
			asItIs: asItIs{
				facts: tenantFacts(there(), consents("microsoft-user-default-legacy")), signedIn: true,
				verdicts: map[checks.ID]checks.Verdict{checks.AppGrant: checks.Fail},
			},
			unfit: map[PathID]string{
				DirectLink: "can connect already", EntraGrant: "can connect already", FirstSignIn: "can connect already", Pilot: "can connect already",
				ConsentRequests: "can connect already", AppPolicy: "can connect already", LowImpact: "can connect already", AllowAll: "can connect already",
				AfterApproval: "not approved yet", Revoke: "nothing is granted",
			},
		},
		"assignment-required": {
			asItIs: asItIs{
				facts: assignedOnly(tenantFacts(there(), managedPair, wholeGrant)), signedIn: true,
				verdicts: map[checks.ID]checks.Verdict{checks.AppAssignment: checks.Fail, checks.ConsentPredict: checks.Fail},
			},
			fits: []PathID{AfterApproval, Pilot, Revoke},
			unfit: map[PathID]string{
				DirectLink: "in place already", EntraGrant: "in place already", FirstSignIn: "in place already", ConsentRequests: "in place already",
				AppPolicy: "in place already", LowImpact: "in place already", AllowAll: "in place already",
			},
		},
		"assignment required and not approved": {
			asItIs: asItIs{
				facts: assignedOnly(tenantFacts(there(), consents())), signedIn: true,
				verdicts: walled(map[checks.ID]checks.Verdict{checks.AppAssignment: checks.Fail}),
			},
			fits: join(own, []PathID{ConsentRequests}),
			unfit: map[PathID]string{
				AppPolicy: "assignment is required", LowImpact: "assignment is required", AllowAll: "assignment is required",
				AfterApproval: "not approved yet", Revoke: "nothing is granted",
			},
		},
		"disabled": {
			asItIs: asItIs{
				facts: off(tenantFacts(there(), managedPair, wholeGrant)), signedIn: true,
				verdicts: map[checks.ID]checks.Verdict{checks.AppEnabled: checks.Fail, checks.ConsentPredict: checks.Fail},
			},
			fits: []PathID{AfterApproval, EntraGrant, Pilot, Revoke},
			unfit: map[PathID]string{
				DirectLink: "does not enable it", FirstSignIn: "does not enable it", ConsentRequests: "does not enable it",
				AppPolicy: "does not enable it", LowImpact: "does not enable it", AllowAll: "does not enable it",
			},
		},
		"one-user-grant": {
			asItIs: asItIs{
				facts: func() Facts {
					f := tenantFacts(there(), managedPair)
					f.UserGrants = []GrantFact{{ID: "u", ResourceID: graphSP, Principal: exSP, Scopes: wholeGrant.Scopes}}
					return f
				}(),
				verdicts: walled(map[checks.ID]checks.Verdict{checks.AppUserGrants: checks.Warn}), signedIn: true,
			},
			fits: join(own, []PathID{ConsentRequests, AppPolicy, Revoke}), not: []PathID{AllowAll},
			unfit: map[PathID]string{LowImpact: "Microsoft manages", AfterApproval: "not approved yet"},
		},
		"no role for users": {
			asItIs: asItIs{
				facts: func() Facts {
					f := tenantFacts(there(), consents())
					f.Resources[0].Scopes[0].Admin = true
					return f
				}(),
				verdicts: walled(nil), signedIn: true,
			},
			fits: join(own, []PathID{ConsentRequests}), not: []PathID{AppPolicy},
			unfit: map[PathID]string{
				LowImpact: "Calendars.ReadWrite", AllowAll: "Calendars.ReadWrite", AfterApproval: "not approved yet", Revoke: "nothing is granted",
			},
		},
		"nobody signed in": {
			asItIs: asItIs{verdicts: unlooked()},
			fits:   join(own, []PathID{ConsentRequests, AppPolicy}), not: []PathID{LowImpact, AllowAll},
			unfit: map[PathID]string{AfterApproval: "not approved yet", Revoke: "sign in first"},
		},
		"an API is off": {
			asItIs: asItIs{
				facts: tenantFacts(there(), consents()), verdicts: walled(map[checks.ID]checks.Verdict{checks.AppResource: checks.Fail}), signedIn: true,
			},
			unfit: map[PathID]string{
				DirectLink: "switched off", EntraGrant: "switched off", FirstSignIn: "switched off", Pilot: "switched off", ConsentRequests: "switched off",
				AppPolicy: "switched off", LowImpact: "switched off", AllowAll: "switched off", AfterApproval: "not approved yet", Revoke: "nothing is granted",
			},
		},
		"an app role is needed": {
			asItIs: asItIs{
				facts: tenantFacts(there(), consents()), verdicts: walled(map[checks.ID]checks.Verdict{checks.AppRoles: checks.Fail}), signedIn: true,
				change: func(s *State) {
					s.App.Needs = append(slices.Clone(s.App.Needs), checks.Permission{Resource: checks.MicrosoftGraph, Role: "Mail.Read"})
				},
			},
			fits: []PathID{DirectLink, EntraGrant, Pilot, ConsentRequests},
			unfit: map[PathID]string{
				FirstSignIn: "application permissions", AppPolicy: "application permissions", LowImpact: "application permissions",
				AllowAll: "application permissions", AfterApproval: "not approved yet", Revoke: "nothing is granted",
			},
		},
		"what the app needs is not stated": {
			asItIs: asItIs{
				facts: tenantFacts(there(), consents()), verdicts: walled(nil), signedIn: true,
				change: func(s *State) { s.App.NeedsUnstated = true },
			},
			fits: join(own, []PathID{ConsentRequests}), not: []PathID{AllowAll},
			unfit: map[PathID]string{
				LowImpact: "does not say", AppPolicy: "does not say", AfterApproval: "not approved yet", Revoke: "nothing is granted",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stand(t, c.asItIs)
			var fits, not []PathID
			for i, r := range Rank(s) {
				if r.Path.Goal == GoalPolicy {
					continue // a second layer, that clears nothing
				}
				switch {
				case r.Why == "" || r.Path.Least == "":
					t.Errorf("%s has no reason, or no role: %+v", r.Path.ID, r)
				case r.Fits && r.Rank != i+1 || !r.Fits && r.Rank != 0:
					t.Errorf("%s has rank %d in place %d", r.Path.ID, r.Rank, i+1)
				}
				switch {
				case r.Fits && r.Advised:
					fits = append(fits, r.Path.ID)
				case r.Fits:
					not = append(not, r.Path.ID)
				case c.unfit[r.Path.ID] == "" || !strings.Contains(r.Why, c.unfit[r.Path.ID]):
					t.Errorf("%s does not fit: %q, want %q", r.Path.ID, r.Why, c.unfit[r.Path.ID])
				}
			}
			if !slices.Equal(fits, c.fits) || !slices.Equal(not, c.not) {
				t.Errorf("fit: %v, not advised: %v; want %v and %v (%s, %s)", fits, not, c.fits, c.not, s.Overall().State, s.Overall().Reason)
			}
		})
	}
}

// ranked finds a path in the list.
func ranked(t *testing.T, s State, id PathID) Ranked {
	t.Helper()
	for _, r := range Rank(s) {
		if r.Path.ID == id {
			return r
		}
	}
	t.Fatalf("%s is not on the list", id)
	return Ranked{}
}

func TestWhatATenantMakesOfAPath(t *testing.T) {
	t.Parallel()
	there := func() Facts { return theApp(profile(t, "hetk")) }
	on := walled(map[checks.ID]checks.Verdict{checks.ConsentWorkflow: checks.Pass, checks.ConsentReviewers: checks.Pass})
	waits := walled(map[checks.ID]checks.Verdict{
		checks.ConsentWorkflow: checks.Pass, checks.ConsentReviewers: checks.Pass, checks.ConsentRequests: checks.Pending,
	})
	nobody := walled(map[checks.ID]checks.Verdict{checks.ConsentWorkflow: checks.Pass, checks.ConsentReviewers: checks.Fail})
	graphRole := func(s *State) {
		s.App.Needs = append(slices.Clone(s.App.Needs), checks.Permission{Resource: checks.MicrosoftGraph, Role: "Mail.Read"})
	}
	half := tenantFacts(there(), consents("microsoft-user-default-low"))
	half.Classes = []ClassFact{{API: checks.MicrosoftGraph, ScopeID: "2", Level: "low"}, {API: checks.MicrosoftGraph, ScopeID: "3", Level: "low"}, {API: checks.MicrosoftGraph, ScopeID: "4", Level: "low"}, {API: checks.MicrosoftGraph, ScopeID: "5", Level: "low"}}
	for name, c := range map[string]struct {
		asItIs
		id              PathID
		least, why      string
		benchmark, gain string
	}{
		"requests are off":         {asItIs{facts: tenantFacts(there(), consents()), verdicts: walled(nil)}, ConsentRequests, roleGlobal, "switched on once", "5.1.5.2", "for any app"},
		"requests are on":          {asItIs{facts: tenantFacts(there(), consents()), verdicts: on}, ConsentRequests, leastRole, "can ask already", "unchanged", "Nothing else"},
		"a request waits":          {asItIs{facts: tenantFacts(there(), consents()), verdicts: waits}, ConsentRequests, leastRole, "a request waits", "unchanged", "Nothing else"},
		"nobody to decide":         {asItIs{facts: tenantFacts(there(), consents()), verdicts: nobody}, ConsentRequests, roleGlobal, "nobody who may approve", "5.1.5.2", "for any app"},
		"the low setting is there": {asItIs{facts: half, verdicts: walled(nil)}, LowImpact, leastRole, "missing is the classification of: Calendars.ReadWrite", "unchanged", "every other app"},
		"no user consent":          {asItIs{facts: tenantFacts(there(), consents()), verdicts: walled(nil)}, LowImpact, rolePrivileged, "every verified publisher", "breaks them", "every other app"},
		"any app":                  {asItIs{facts: tenantFacts(there(), consents()), verdicts: walled(nil)}, AllowAll, rolePrivileged, "weakens every user", "breaks them", "any app"},
		"a Graph role":             {asItIs{facts: tenantFacts(there(), consents()), verdicts: walled(nil), change: graphRole}, EntraGrant, leastRoleForAppRoles, "", "unchanged", ""},
		"a pilot of a disabled app": {asItIs{
			facts: off(tenantFacts(there(), consents())), verdicts: walled(map[checks.ID]checks.Verdict{checks.AppEnabled: checks.Fail}),
		}, Pilot, leastRole, "", "unchanged", "switched on, as the last thing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.signedIn = true
			r := ranked(t, stand(t, c.asItIs), c.id)
			if r.Path.Least != c.least || !strings.Contains(r.Why, c.why) || !strings.Contains(r.Path.Benchmark, c.benchmark) || !strings.Contains(r.Path.Gains, c.gain) {
				t.Errorf("least %q, why %q, benchmark %q, gains %q", r.Path.Least, r.Why, r.Path.Benchmark, r.Path.Gains)
			}
		})
	}
}

// Whoever is in already can still be shown the other paths: consent can be
// taken back from the diagnosis, and from the proof.
func TestThePathsAreReachedFromAnOpenTenant(t *testing.T) {
	t.Parallel()
	open := stand(t, asItIs{facts: tenantFacts(theApp(profile(t, "hetk")), managedPair, wholeGrant), signedIn: true})
	for name, s := range map[string]State{
		"diagnosis": after(open, Advanced{To: StagePaths}), "proof": after(open, Advanced{}, Advanced{To: StagePaths}),
	} {
		if s.Place.Stage != StagePaths {
			t.Errorf("from the %s to stage %d", name, s.Place.Stage)
		}
		s = after(s, Chose{Path: Revoke})
		at(t, s, StageSteps, RevokeWhat)
	}
	if s := after(open, Advanced{}); s.Place.Stage != StageProof {
		t.Errorf("to stage %d", s.Place.Stage)
	}
}

// TestTheVendorsOrder holds that a vendor's list decides among ways of the same
// reach, and a request that waits comes before it.
func TestTheVendorsOrder(t *testing.T) {
	t.Parallel()
	facts := tenantFacts(theApp(profile(t, "hetk")), consents())
	listed := func(ids ...PathID) func(*State) {
		return func(s *State) {
			p := *s.Profile
			p.Paths = ids
			s.Profile = &p
		}
	}
	waits := walled(map[checks.ID]checks.Verdict{
		checks.ConsentWorkflow: checks.Pass, checks.ConsentReviewers: checks.Pass, checks.ConsentRequests: checks.Pending,
	})
	for name, c := range map[string]struct {
		asItIs
		want []PathID
	}{
		"as listed, within a reach": {
			asItIs{facts: facts, verdicts: walled(nil), signedIn: true, change: listed(LowImpact, ConsentRequests, FirstSignIn, EntraGrant, DirectLink)},
			[]PathID{FirstSignIn, EntraGrant, DirectLink, ConsentRequests},
		},
		"a request waits": {
			asItIs{facts: facts, verdicts: waits, signedIn: true, change: listed(EntraGrant, DirectLink, ConsentRequests)},
			[]PathID{ConsentRequests, EntraGrant, DirectLink},
		},
	} {
		var got []PathID
		s := stand(t, c.asItIs)
		for _, r := range Rank(s) {
			if r.Fits && r.Advised && r.Path.Goal == GoalOpen {
				got = append(got, r.Path.ID)
			}
			if r.Broad != (r.Path.ID == DirectLink) {
				t.Errorf("%s: %s grants all that is registered: %v", name, r.Path.ID, r.Broad)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if r := Rank(stand(t, asItIs{facts: facts, verdicts: walled(nil), signedIn: true})); !Broader(r) || Broader(r[1:]) || Broader(nil) {
		t.Error("a link for everything registered passes for the smallest way")
	}
}

// TestRequestsAreGoneOnWith holds that what others did already is not asked for
// again, and that the steps are counted as they will be walked.
func TestRequestsAreGoneOnWith(t *testing.T) {
	t.Parallel()
	facts := tenantFacts(theApp(profile(t, "hetk")), consents())
	on := map[checks.ID]checks.Verdict{checks.ConsentWorkflow: checks.Pass, checks.ConsentReviewers: checks.Pass}
	waits := maps.Clone(on)
	waits[checks.ConsentRequests] = checks.Pending
	for name, c := range map[string]struct {
		verdicts map[checks.ID]checks.Verdict
		at       StepID
		of       int
	}{
		"nothing is set up": {walled(nil), RequestsWho, 8},
		"users can ask":     {walled(on), RequestsAsk, 3},
		"a request waits":   {walled(waits), RequestsApprove, 2},
	} {
		s := chosen(t, ConsentRequests, facts, c.verdicts)
		if n, of := s.StepNumber(); s.Place.Step != c.at || n != 1 || of != c.of {
			t.Errorf("%s: at %s, step %d of %d, want %s, 1 of %d", name, s.Place.Step, n, of, c.at, c.of)
		}
	}
}
