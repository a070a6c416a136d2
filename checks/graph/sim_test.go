package graph

import (
	"context"
	"crypto/x509"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

const (
	admin = "admin@contoso.example"
	user  = "user@contoso.example"
)

// clock is a time that passes only while somebody sleeps.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// pass lets time pass.
func (c *clock) pass(t *testing.T, d time.Duration) {
	t.Helper()
	if err := c.Sleep(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// world is a running simulator with a clock of its own.
type world struct {
	*sim.Sim
	clock *clock
	pool  *x509.CertPool
}

func simulate(t testing.TB, scenario string, faults ...string) *world {
	t.Helper()
	return start(t, sim.Options{Scenario: scenario, Faults: faults})
}

func start(t testing.TB, o sim.Options) *world {
	t.Helper()
	w := &world{clock: newClock()}
	o.Seed, o.Now = 1, w.clock.Now
	s, err := sim.Start(context.WithoutCancel(t.Context()), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	pem, err := os.ReadFile(s.Ready().CA)
	if err != nil {
		t.Fatal(err)
	}
	w.Sim, w.pool = s, x509.NewCertPool()
	if !w.pool.AppendCertsFromPEM(pem) {
		t.Fatal("the simulator's certificate cannot be read")
	}
	return w
}

func (w *world) options(t testing.TB, upn string, scopes ...string) Options {
	t.Helper()
	token, err := w.Token(upn, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Root: "https://" + w.Ready().HTTPS, RootCAs: w.pool, Proxy: noProxy, Tokens: fixed(token),
		Now: w.clock.Now, Sleep: w.clock.Sleep, Jitter: func() float64 { return 0 },
	}
}

func (w *world) reader(t testing.TB, upn string, scopes ...string) *Reader {
	t.Helper()
	r, err := New(w.options(t, upn, scopes...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

var hetkNeeds = []string{"openid", "profile", "offline_access", "User.Read", "Calendars.ReadWrite"}

// covers says whether have holds every one of want; scopes are compared
// without regard to case (entra-facts §2).
func covers(have, want []string) bool {
	return !slices.ContainsFunc(want, func(s string) bool { return !containsFold(have, s) })
}

// everyoneHas says whether a tenant-wide grant on a resource covers hetk.
func everyoneHas(s *checks.Snapshot, resource string) bool {
	return slices.ContainsFunc(s.Grants.Value, func(g checks.Grant) bool {
		return g.Everyone && g.ResourceID == resource && covers(g.Scopes, hetkNeeds)
	})
}

func graphSP(s *checks.Snapshot) string {
	for _, r := range s.Resources.Value {
		if r.AppID == checks.MicrosoftGraph {
			return r.ID
		}
	}
	return ""
}

// TestScenarios reads every tenant that the simulator has: whole, but where a
// scenario breaks Graph itself, which TestFaultsInSim is about.
func TestScenarios(t *testing.T) {
	t.Parallel()
	special := map[string]func(*checks.Snapshot) bool{
		"managed-default": func(s *checks.Snapshot) bool { return s.App.Value == nil && len(s.Grants.Value) == 0 },
		"approved":        func(s *checks.Snapshot) bool { return everyoneHas(s, graphSP(s)) },
		"throttled":       func(s *checks.Snapshot) bool { return everyoneHas(s, graphSP(s)) },
		"partial-grant":   func(s *checks.Snapshot) bool { return len(s.Grants.Value) == 1 && !everyoneHas(s, graphSP(s)) },
		"one-user-grant":  func(s *checks.Snapshot) bool { return len(s.Grants.Value) == 1 && !s.Grants.Value[0].Everyone },
		"wrong-resource": func(s *checks.Snapshot) bool {
			return len(s.Grants.Value) == 1 && s.Grants.Value[0].ResourceID != graphSP(s)
		},
		"disabled":       func(s *checks.Snapshot) bool { return told(s.App.Value.Enabled) == "false" },
		"unverified":     func(s *checks.Snapshot) bool { p := s.App.Value.Publisher; return p != nil && p.ID == "" },
		"low-classified": func(s *checks.Snapshot) bool { return len(s.Classified.Value) == 6 },
		"low-empty":      func(s *checks.Snapshot) bool { return len(s.Classified.Value) == 0 },
		"admins-only":    func(s *checks.Snapshot) bool { return !slices.ContainsFunc(s.Authorization.Value.Assigned, selfEntry) },
		"allow-all":      func(s *checks.Snapshot) bool { return slices.ContainsFunc(s.Authorization.Value.Assigned, selfEntry) },
		"assignment-required": func(s *checks.Snapshot) bool {
			return told(s.App.Value.AssignmentRequired) == "true" && len(s.Assignments.Value) == 1 && s.Assignments.Value[0].PrincipalType == "Group"
		},
	}
	all, err := sim.Scenarios(nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, sc := range all {
		if special[sc.Name] != nil {
			seen++
		}
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			w := simulate(t, sc.Name)
			r := w.reader(t, admin)
			s := read(t, r, hetk(), r.Serves()...)
			broken := len(sc.Faults) > 0 && special[sc.Name] == nil
			everyLook(t, s, func(part string, l lookHead) {
				if l.Read == (l.Failure != nil) || l.At.IsZero() {
					t.Errorf("%s: read %t, %v", part, l.Read, l.Failure)
				}
				licence := (part == "eligible" || part == "signIns") && l.Failure != nil && l.Failure.Kind == checks.FailLicence
				if !l.Read && !licence && !broken {
					t.Errorf("%s: %v", part, l.Failure)
				}
			})
			if broken || t.Failed() {
				return
			}
			if s.Organization.Value.Domains[0] != "contoso.example" || s.Me.Value.UPN != admin || len(s.Policies.Value) == 0 || s.Policies.Value[0].Unread {
				t.Errorf("organization %+v, me %+v, policies %+v", s.Organization.Value, s.Me.Value, s.Policies.Value)
			}
			if check := special[sc.Name]; check != nil && !check(s) {
				t.Errorf("app %+v, grants %+v, assigned %v, classified %v", s.App.Value, s.Grants.Value, s.Authorization.Value.Assigned, s.Classified.Value)
			}
		})
	}
	if seen != len(special) {
		t.Errorf("%d of %d scenarios with expectations exist", seen, len(special))
	}
}

func selfEntry(entry string) bool { return strings.HasPrefix(strings.ToLower(entry), forSelf) }

func TestEligibleRoleInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "pim-eligible")
	s := read(t, w.reader(t, "it@contoso.example"), hetk(), checks.PartEligible, checks.PartRoles)
	if !s.Eligible.Read || len(s.Eligible.Value) != 1 || s.Eligible.Value[0].TemplateID != cloudAppAdmin.template || len(s.Roles.Value) != 0 {
		t.Errorf("eligible %+v %v, active %+v", s.Eligible.Value, s.Eligible.Failure, s.Roles.Value)
	}
}

func TestFewScopesInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "approved")
	r := w.reader(t, user, "User.Read")
	s := read(t, r, hetk(), r.Serves()...)
	open := []string{"me", "roles", "organization"}
	everyLook(t, s, func(part string, l lookHead) {
		if slices.Contains(open, part) != l.Read {
			t.Errorf("%s: read %t, %v", part, l.Read, l.Failure)
		}
		if f := l.Failure; f != nil && part != "eligible" && (f.Kind != checks.FailScope || len(f.Missing) == 0) {
			t.Errorf("%s: %+v", part, f)
		}
	})
}

// TestFaultsInSim spoils the first answer that each part meets.
func TestFaultsInSim(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault string
		kind  checks.FailureKind // empty: reads after all
	}{
		"throttled once":       {"throttle=1,path=/v1.0/organization,retry-after=3s", ""},
		"throttled, no header": {"throttle=2,path=/v1.0/organization", ""},
		"throttled for good":   {"throttle,path=/v1.0/organization", checks.FailThrottled},
		"503 once":             {"5xx=1,path=/v1.0/organization", ""},
		"503 for good":         {"5xx,path=/v1.0/organization", checks.FailService},
		"challenge":            {"cae,path=/v1.0/organization", checks.FailSignIn},
		"captive portal":       {"html,path=/v1.0/organization", checks.FailNotJSON},
		"not json":             {"notjson,path=/v1.0/organization", checks.FailNotJSON},
		"truncated once":       {"truncated=1,path=/v1.0/organization", ""},
		"truncated":            {"truncated,path=/v1.0/organization", checks.FailCut},
		"slow":                 {"slow=1h,path=/v1.0/organization", checks.FailUnreachable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := simulate(t, "approved", tt.fault)
			o := w.options(t, admin)
			if name == "slow" {
				o.Limits.Request = 100 * time.Millisecond
			}
			r, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(r.Close)
			l := read(t, r, hetk(), checks.PartOrganization).Organization
			if (tt.kind == "") != l.Read || l.Failure != nil && l.Failure.Kind != tt.kind {
				t.Errorf("read %t, %+v", l.Read, l.Failure)
			}
			if name == "challenge" && !strings.Contains(l.Failure.Claims, `"access_token"`) {
				t.Errorf("claims %q", l.Failure.Claims)
			}
		})
	}
}

func (w *world) changer(t testing.TB, upn string) *eachAgreed {
	t.Helper()
	return w.changerWith(t, upn)
}

// changerWith has a token with these scopes and no others; with none it has all.
func (w *world) changerWith(t testing.TB, upn string, scopes ...string) *eachAgreed {
	t.Helper()
	c, err := Confirm(Agreement{Tenant: w.Ready().Tenants[0].ID, Scopes: strings.Fields(confirmedScopes), Writes: []Write{createWrite()}})
	if err != nil {
		t.Fatal(err)
	}
	ch, err := NewChanger(w.options(t, upn, scopes...), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ch.Close)
	return &eachAgreed{ch}
}

// send makes one write that must be taken, with this status.
func send(t *testing.T, ch *eachAgreed, w Write, status int) Answered {
	t.Helper()
	a, err := ch.Send(t.Context(), w)
	if err != nil || a.Status != status || a.RequestID == "" || (w.Method == http.MethodPost) != (a.ObjectID != "") {
		t.Fatalf("%s %s: %+v, %v", w.Method, w.Path, a, err)
	}
	return a
}

// TestAGrantComesAndGoesInSim makes, widens and takes back what the Graph way
// writes, and reads after each write.
func TestAGrantComesAndGoesInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "managed-default")
	ch, r := w.changer(t, admin), w.reader(t, admin)
	resource := graphSP(read(t, r, hetk(), checks.PartResources))

	made := send(t, ch, createWrite(), http.StatusCreated)
	if app := read(t, r, hetk(), checks.PartApp).App.Value; !checks.IsGUID(made.ObjectID) || app == nil || app.ID != made.ObjectID {
		t.Fatalf("made %+v, and there is %+v", made, app)
	}
	grant := send(t, ch, grantWrite(made.ObjectID, resource, "openid User.Read"), http.StatusCreated)
	granted(t, r, grant.ObjectID, "openid User.Read")
	send(t, ch, scopeWrite(grant.ObjectID, strings.Join(hetkNeeds, " ")), http.StatusNoContent)
	if s := read(t, r, hetk(), checks.PartGrants); !everyoneHas(s, resource) {
		t.Errorf("grants %+v", s.Grants.Value)
	}
	send(t, ch, scopeWrite(grant.ObjectID, "openid User.Read"), http.StatusNoContent)
	granted(t, r, grant.ObjectID, "openid User.Read")
	send(t, ch, deleteWrite(grant.ObjectID), http.StatusNoContent)
	if l := read(t, r, hetk(), checks.PartGrants).Grants; !l.Read || len(l.Value) != 0 {
		t.Errorf("left behind: %+v", l)
	}
}

// granted holds the one grant that there is to its id and scopes.
func granted(t *testing.T, r *Reader, id, scope string) {
	t.Helper()
	l := read(t, r, hetk(), checks.PartGrants).Grants
	if !l.Read || len(l.Value) != 1 || l.Value[0].ID != id || !l.Value[0].Everyone || l.Value[0].Raw != scope {
		t.Errorf("grants %+v, %v; want %s with %q", l.Value, l.Failure, id, scope)
	}
}

// TestSlowReplicasAreRefusalsInSim: what is not seen yet is refused, at once
// and with Graph's own words. Waiting is not the changer's.
func TestSlowReplicasAreRefusalsInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "slow-replication")
	ch, r := w.changer(t, admin), w.reader(t, admin)
	resource := graphSP(read(t, r, hetk(), checks.PartResources))
	began := w.clock.Now()
	refused := func(write Write, kind checks.FailureKind, status int) {
		t.Helper()
		a, err := ch.Send(t.Context(), write)
		if f := asFailure(err); f == nil || f.Kind != kind || f.Status != status || f.RequestID == "" || a.Status != 0 {
			t.Errorf("%s %s: %+v, %v", write.Method, write.Path, a, err)
		}
	}
	made := send(t, ch, createWrite(), http.StatusCreated)
	grant := grantWrite(made.ObjectID, resource, "openid User.Read")
	refused(grant, checks.FailRequest, http.StatusBadRequest)
	refused(enableWrite(made.ObjectID), checks.FailNotFound, http.StatusNotFound)
	refused(createWrite(), checks.FailRequest, http.StatusConflict)
	if now := w.clock.Now(); !now.Equal(began) {
		t.Errorf("the changer waited for %v", now.Sub(began))
	}
	w.clock.pass(t, 21*time.Second)
	id := send(t, ch, grant, http.StatusCreated).ObjectID
	refused(scopeWrite(id, "openid"), checks.FailNotFound, http.StatusNotFound)
	refused(deleteWrite(id), checks.FailNotFound, http.StatusNotFound)
	w.clock.pass(t, 21*time.Second)
	granted(t, r, id, "openid User.Read")
	send(t, ch, scopeWrite(id, "openid"), http.StatusNoContent)
	granted(t, r, id, "openid User.Read") // the reader's replica lags
	w.clock.pass(t, 21*time.Second)
	granted(t, r, id, "openid")
}

func TestAnAppIsSwitchedOnInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "disabled")
	r := w.reader(t, admin)
	app := read(t, r, hetk(), checks.PartApp).App.Value
	send(t, w.changer(t, admin), enableWrite(app.ID), http.StatusNoContent)
	if now := read(t, r, hetk(), checks.PartApp).App.Value; told(app.Enabled) != "false" || told(now.Enabled) != "true" {
		t.Errorf("was %s, is %s", told(app.Enabled), told(now.Enabled))
	}
}

func TestWritesThatAreRefusedInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "managed-default")
	_, err := w.changer(t, user).Send(t.Context(), createWrite())
	if f := asFailure(err); f == nil || f.Kind != checks.FailRole || !slices.Contains(f.Missing, cloudAppAdmin.name) {
		t.Errorf("without a role: %+v", f)
	}
	ch, unknown := w.changer(t, admin), createWrite()
	unknown.Body = strings.Replace(unknown.Body, clientID, "11111111-2222-4333-8444-555555555555", 1)
	_, err = ch.Send(t.Context(), unknown)
	if f := asFailure(err); f == nil || f.Kind != checks.FailRequest || f.Code != noBacking || !strings.HasPrefix(f.Message, wordNoBacking) {
		t.Errorf("an app that nobody knows: %+v", f)
	}
	send(t, ch, createWrite(), http.StatusCreated)
	_, err = ch.Send(t.Context(), createWrite())
	if f := asFailure(err); f == nil || f.Status != http.StatusConflict {
		t.Errorf("twice: %v", err)
	}
	_, err = ch.Send(t.Context(), deleteWrite("no-such-grant"))
	if f := asFailure(err); f == nil || f.Kind != checks.FailNotFound {
		t.Errorf("a grant that is not there: %v", err)
	}
}

// TestWhatIfInSim asks about the people of tenants whose policies differ: the
// admin whom they spare, the user whom they mean, and nobody in particular.
func TestWhatIfInSim(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scenario, person string
		whose            checks.Whose
		applies          bool
		controls, open   []string
	}{
		{"conditional-access", "", checks.WhoseSample, true, []string{"block"}, []string{"location"}},
		{"conditional-access", user, checks.WhoseNamed, true, []string{"block"}, []string{"location"}},
		{"conditional-access", admin, checks.WhoseNamed, false, []string{"block"}, []string{"location"}},
		{"device-required", "", checks.WhoseSample, true, []string{"compliantDevice"}, []string{}},
		{"mfa-required", "", checks.WhoseSample, true, []string{"mfa"}, []string{}},
		{"cloud-apps-session", "", checks.WhoseAll, true, []string{}, []string{}},
	} {
		t.Run(c.scenario+" "+c.person, func(t *testing.T) {
			t.Parallel()
			r := simulate(t, c.scenario).reader(t, admin)
			q := hetk()
			q.Person = c.person
			l := read(t, r, q, checks.PartConditional).Conditional
			if !l.Read || len(l.Value.Asked) != 1 || l.Value.Asked[0].Whose != c.whose || len(l.Value.Asked[0].Policies) == 0 {
				t.Fatalf("%+v, %v", l.Value, l.Failure)
			}
			p := l.Value.Asked[0].Policies[0]
			if p.Applies != c.applies || !slices.Equal(p.Controls, c.controls) || !slices.Equal(p.Open, c.open) {
				t.Errorf("%+v", p)
			}
		})
	}
}

// TestLogsInSim reads the logs of a licensed tenant, of one without a licence,
// and as somebody without a role for them.
func TestLogsInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "conditional-access")
	s := read(t, w.reader(t, admin), hetk(), checks.PartSignIns, checks.PartAudit)
	if !s.SignIns.Read || len(s.SignIns.Value.Entries) != 1 || s.SignIns.Value.Entries[0].Code != 53003 || !s.Audit.Read {
		t.Errorf("sign-ins %+v %v, audit %v", s.SignIns.Value, s.SignIns.Failure, s.Audit.Failure)
	}
	s = read(t, w.reader(t, user), hetk(), checks.PartSignIns)
	if f := s.SignIns.Failure; f == nil || f.Kind != checks.FailRole || len(f.Missing) == 0 {
		t.Errorf("without a role: %+v", f)
	}
	s = read(t, simulate(t, "managed-default").reader(t, admin), hetk(), checks.PartSignIns, checks.PartAudit)
	if f := s.SignIns.Failure; f == nil || f.Kind != checks.FailLicence || !s.Audit.Read {
		t.Errorf("without a licence: %+v, audit %v", f, s.Audit.Failure)
	}
}
