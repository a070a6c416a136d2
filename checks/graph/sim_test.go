package graph

import (
	"context"
	"crypto/x509"
	"errors"
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

// world is a running simulator with a clock of its own.
type world struct {
	*sim.Sim
	clock *clock
	pool  *x509.CertPool
}

func simulate(t testing.TB, scenario string, faults ...string) *world {
	t.Helper()
	w := &world{clock: newClock()}
	s, err := sim.Start(context.WithoutCancel(t.Context()), sim.Options{Scenario: scenario, Seed: 1, Faults: faults, Now: w.clock.Now})
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
				licence := part == "eligible" && l.Failure != nil && l.Failure.Kind == checks.FailLicence
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
		"truncated":            {"truncated,path=/v1.0/organization", checks.FailNotJSON},
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

func (w *world) changer(t testing.TB, upn string, set ...func(*Options)) *Changer {
	t.Helper()
	o := w.options(t, upn)
	for _, f := range set {
		f(&o)
	}
	c, err := Confirm(w.Ready().Tenants[0].ID, "Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All")
	if err != nil {
		t.Fatal(err)
	}
	ch, err := NewChanger(o, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ch.Close)
	return ch
}

// TestEntraGrantInSim makes and takes back everything that the entra-grant
// path needs, at once and with slow replicas.
func TestEntraGrantInSim(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{"managed-default", "slow-replication"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			w := simulate(t, scenario)
			var waits []Wait
			ch := w.changer(t, admin, func(o *Options) { o.Waiting = func(x Wait) { waits = append(waits, x) } })
			ctx, r := t.Context(), w.reader(t, admin)
			resource := graphSP(read(t, r, hetk(), checks.PartResources))

			made, err := ch.CreateServicePrincipal(ctx, clientID)
			if err != nil || !made.Changed || made.Before != sayAbsent || made.Object == "" || !strings.HasPrefix(made.Request, "POST ") || made.RequestID == "" || made.At.IsZero() {
				t.Fatalf("create: %+v, %v", made, err)
			}
			again, err := ch.CreateServicePrincipal(ctx, clientID)
			if err != nil || again.Changed || again.Request != "" || again.Object != made.Object {
				t.Errorf("create again: %+v, %v", again, err)
			}
			first, err := ch.GrantEveryone(ctx, made.Object, resource, []string{"openid", "User.Read"})
			if err != nil || !first.Changed || first.Before != "" || first.After != "openid User.Read" {
				t.Fatalf("grant: %+v, %v", first, err)
			}
			wide, err := ch.GrantEveryone(ctx, made.Object, resource, hetkNeeds)
			if err != nil || !wide.Changed || wide.Object != first.Object || wide.Before != "openid User.Read" || !strings.HasPrefix(wide.Request, "PATCH ") {
				t.Fatalf("widen: %+v, %v", wide, err)
			}
			same, err := ch.GrantEveryone(ctx, made.Object, resource, []string{"user.read"})
			if err != nil || same.Changed || same.Request != "" {
				t.Errorf("grant again: %+v, %v", same, err)
			}
			if s := read(t, r, hetk(), checks.PartGrants); !everyoneHas(s, resource) {
				t.Errorf("grants %+v", s.Grants.Value)
			}
			back, err := ch.RestoreGrant(ctx, wide.Object, wide.After, wide.Before)
			if err != nil || !back.Changed || back.After != wide.Before {
				t.Errorf("restore: %+v, %v", back, err)
			}
			if _, err := ch.RestoreGrant(ctx, wide.Object, "something else", "openid"); !errors.Is(err, ErrMoved) {
				t.Errorf("restore what moved: %v", err)
			}
			gone, err := ch.RevokeGrant(ctx, wide.Object)
			if err != nil || !gone.Changed || gone.After != sayAbsent {
				t.Errorf("revoke: %+v, %v", gone, err)
			}
			if nothing, err := ch.RevokeGrant(ctx, wide.Object); err != nil || nothing.Changed {
				t.Errorf("revoke again: %+v, %v", nothing, err)
			}
			if slow := scenario == "slow-replication"; slow != (len(waits) > 0) {
				t.Errorf("waits %v", waits)
			}
		})
	}
}

func TestEnableInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "disabled")
	ch := w.changer(t, admin)
	s := read(t, w.reader(t, admin), hetk(), checks.PartApp)
	on, err := ch.EnableServicePrincipal(t.Context(), s.App.Value.ID)
	if err != nil || !on.Changed || on.Before != "accountEnabled false" || on.After != "accountEnabled true" {
		t.Errorf("enable: %+v, %v", on, err)
	}
	if on, err = ch.EnableServicePrincipal(t.Context(), s.App.Value.ID); err != nil || on.Changed {
		t.Errorf("enable again: %+v, %v", on, err)
	}
}

func TestChangesThatAreRefusedInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "managed-default")
	_, err := w.changer(t, user).CreateServicePrincipal(t.Context(), clientID)
	if f := asFailure(err); f.Kind != checks.FailRole || !slices.Contains(f.Missing, cloudAppAdmin.name) {
		t.Errorf("without a role: %+v", f)
	}
	_, err = w.changer(t, admin).CreateServicePrincipal(t.Context(), "11111111-2222-4333-8444-555555555555")
	if f := asFailure(err); f.Kind != checks.FailRequest || f.Code != noBacking || !strings.HasPrefix(f.Message, wordNoBacking) {
		t.Errorf("an app that nobody knows: %+v", f)
	}
}

func TestSendInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "managed-default")
	ch := w.changer(t, admin)
	a, err := ch.Send(t.Context(), Write{Method: http.MethodPost, Path: "/servicePrincipals", Body: `{"appId":"` + clientID + `"}`})
	if err != nil || !isGUID(a.ObjectID) || a.RequestID == "" {
		t.Fatalf("%+v, %v", a, err)
	}
	if a, err = ch.Send(t.Context(), Write{Method: http.MethodPatch, Path: "/servicePrincipals/" + a.ObjectID, Body: `{"accountEnabled":true}`}); err != nil || a.ObjectID != "" {
		t.Errorf("%+v, %v", a, err)
	}
	_, err = ch.Send(t.Context(), Write{Method: http.MethodPost, Path: "/servicePrincipals", Body: `{"appId":"` + clientID + `"}`})
	if f := asFailure(err); f.Status != http.StatusConflict {
		t.Errorf("twice: %v", err)
	}
	for _, odd := range []Write{
		{Method: http.MethodDelete, Path: "/servicePrincipals/" + clientSP},
		{Method: http.MethodPost, Path: "/users"},
		{Method: http.MethodPatch, Path: "/oauth2PermissionGrants/../me"},
		{Method: http.MethodGet, Path: "/servicePrincipals"},
		{Method: http.MethodPost, Path: "/servicePrincipals", Body: "{"},
	} {
		if _, err := ch.Send(t.Context(), odd); err == nil || asFailure(err).Message != wordNotWritable {
			t.Errorf("%+v: %v", odd, err)
		}
	}
}
