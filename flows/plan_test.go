package flows

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

// planned makes the plan for a profile in a tenant.
func planned(t *testing.T, id string, f Facts) (Plan, error) {
	t.Helper()
	f.Tenants = tenant().Facts.Tenants
	return MakePlan(after(begun(t, id), Learned{Facts: f}))
}

func TestPlans(t *testing.T) {
	t.Parallel()
	hetk := profile(t, "hetk")
	off := theApp(hetk)
	off.App.Enabled = false
	all := []string{"calendars.readwrite", "User.Read", "openid", "profile", "offline_access"}
	for name, c := range map[string]struct {
		facts Facts
		want  []string
	}{
		"no enterprise app": {present(Facts{}), []string{
			`POST /servicePrincipals {"appId":"8dd90edb-c881-459a-ac84-2a1fee8c5c94"}`,
			`POST /oauth2PermissionGrants {"clientId":"` + NewAppRef + `","consentType":"AllPrincipals","principalId":null,"resourceId":"` + graphSP + `","scope":"Calendars.ReadWrite User.Read openid profile offline_access"}`,
		}},
		"a grant of an app that is gone": {present(Facts{}, GrantFact{ID: "g1", ResourceID: graphSP, Scopes: all}), []string{
			`POST /servicePrincipals {"appId":"8dd90edb-c881-459a-ac84-2a1fee8c5c94"}`,
			`POST /oauth2PermissionGrants {"clientId":"` + NewAppRef + `","consentType":"AllPrincipals","principalId":null,"resourceId":"` + graphSP + `","scope":"Calendars.ReadWrite User.Read openid profile offline_access"}`,
		}},
		"no grant": {present(theApp(hetk)), []string{
			`POST /oauth2PermissionGrants {"clientId":"` + appSP + `","consentType":"AllPrincipals","principalId":null,"resourceId":"` + graphSP + `","scope":"Calendars.ReadWrite User.Read openid profile offline_access"}`,
		}},
		"a partial grant is widened and loses nothing": {present(theApp(hetk), GrantFact{ID: "g1", ResourceID: graphSP, Scopes: []string{"Files.Read", "user.read"}}), []string{
			`PATCH /oauth2PermissionGrants/g1 {"scope":"Files.Read user.read Calendars.ReadWrite openid profile offline_access"}`,
		}},
		"a grant on another API counts for nothing": {present(theApp(hetk), GrantFact{ID: "g1", ResourceID: exSP, Scopes: all}), []string{
			`POST /oauth2PermissionGrants {"clientId":"` + appSP + `","consentType":"AllPrincipals","principalId":null,"resourceId":"` + graphSP + `","scope":"Calendars.ReadWrite User.Read openid profile offline_access"}`,
		}},
		"two grants on one API add up": {present(theApp(hetk), GrantFact{ID: "g1", ResourceID: graphSP, Scopes: all[:3]}, GrantFact{ID: "g2", ResourceID: graphSP, Scopes: all[3:]}), nil},
		"all is granted":               {present(theApp(hetk), GrantFact{ID: "g1", ResourceID: strings.ToUpper(graphSP), Scopes: all}), nil},
		"disabled": {present(off, GrantFact{ID: "g1", ResourceID: graphSP, Scopes: all}), []string{
			`PATCH /servicePrincipals/` + appSP + ` {"accountEnabled":true}`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := planned(t, "hetk", c.facts)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range p.Lines {
				got = append(got, l.Method+" "+l.Path+" "+l.Body)
				whole(t, l)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("plan:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if p.ID == "" || p.Tenant != contosoID || p.Domain != "contoso.example" {
				t.Errorf("plan %q for %s, %s", p.ID, p.Tenant, p.Domain)
			}
		})
	}
}

// whole fails the test if a line does not say everything that an admin must
// know before agreeing to it.
func whole(t *testing.T, c Change) {
	t.Helper()
	for what, text := range map[string]string{
		"title": c.Title, "before": c.Before, "after": c.After, "scope": c.Scope, "role": c.Role, "effect": c.Effect,
		"benchmark": c.Benchmark, "undo": c.Undo, "mark": strings.Trim(c.Kind.Mark(), "?"),
	} {
		if text == "" {
			t.Errorf("%s %s has no %s", c.Method, c.Path, what)
		}
	}
	if !json.Valid([]byte(c.Body)) {
		t.Errorf("the body is no JSON: %s", c.Body)
	}
	if c.Kind == EnableApp && c.Warning == "" {
		t.Error("an app is enabled without a warning")
	}
}

// PATCH replaces a grant's whole string, so that a grant of which not every
// scope travels through a journal is widened by hand alone.
func TestAGrantThatIsTooLongLosesNothing(t *testing.T) {
	t.Parallel()
	p := profile(t, "hetk")
	look := func(n int, more ...string) Facts {
		scopes := more
		for i := range n {
			scopes = append(scopes, fmt.Sprintf("S%d.Read", i))
		}
		return FactsOf(&checks.Snapshot{
			App:       checks.Look[*checks.ServicePrincipal]{Read: true, Value: &checks.ServicePrincipal{ID: appSP, AppID: p.ClientID}},
			Grants:    checks.Look[[]checks.Grant]{Read: true, Value: []checks.Grant{{ID: "g", Everyone: true, ResourceID: graphSP, Scopes: scopes}}},
			Resources: checks.Look[[]checks.ServicePrincipal]{Read: true, Value: []checks.ServicePrincipal{{ID: graphSP, AppID: checks.MicrosoftGraph}}},
		}, p.App())
	}
	for n, want := range map[int]error{mostList: nil, mostList + 1: ErrTooLong, 900: ErrTooLong} {
		plan, err := planned(t, "hetk", look(n))
		if !errors.Is(err, want) {
			t.Errorf("%d scopes: %v", n, err)
		}
		for _, l := range plan.Lines {
			if got := len(strings.Fields(l.After)); got != n+5 {
				t.Errorf("%d scopes are %d after %s", n, got, l.Title)
			}
		}
	}
	if plan, err := planned(t, "hetk", look(1, strings.Repeat("x", mostString))); !errors.Is(err, ErrTooLong) {
		t.Errorf("a long scope: %+v, %v", plan.Lines, err)
	}
	if plan, err := planned(t, "hetk", look(900, "Calendars.ReadWrite", "User.Read", "openid", "profile", "offline_access")); err != nil || len(plan.Lines) != 0 {
		t.Errorf("all is granted: %+v, %v", plan.Lines, err)
	}
}

func TestEachAPIHasAGrantOfItsOwn(t *testing.T) {
	t.Parallel()
	p, err := planned(t, "revenue-grid", present(Facts{}))
	if err != nil {
		t.Fatal(err)
	}
	var on []string
	for _, l := range p.Lines {
		on = append(on, string(l.Kind)+" "+l.Resource)
	}
	if want := []string{"create-app ", "create-grant " + checks.MicrosoftGraph, "create-grant " + checks.ExchangeOnline}; !slices.Equal(on, want) {
		t.Errorf("lines: %v, want %v", on, want)
	}
	if got := p.WriteScopes(); !slices.Equal(got, []string{"Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All"}) {
		t.Errorf("write scopes: %v", got)
	}
}

func TestPlansThatCannotBeMade(t *testing.T) {
	t.Parallel()
	hetk := profile(t, "hetk")
	byMS, deactivated, noAPI := theApp(hetk), theApp(hetk), present(theApp(hetk))
	byMS.App.ByMicrosoft, deactivated.App.Deactivated, noAPI.Resources = "Disabled\x1b[2J", true, nil
	other := present(theApp(hetk))
	other.App.AppID = contosoID
	half := present(theApp(hetk))
	half.GrantsRead = false
	for name, c := range map[string]struct {
		app   string
		facts Facts
		want  error
	}{
		"nothing read":          {"hetk", Facts{}, ErrNotRead},
		"grants not read":       {"hetk", half, ErrNotRead},
		"another app":           {"hetk", other, ErrOtherApp},
		"needs not stated":      {"nylas", present(Facts{}), ErrUnstated},
		"an API is missing":     {"hetk", noAPI, ErrNoResource},
		"disabled by Microsoft": {"hetk", present(byMS), ErrByMS},
		"deactivated":           {"hetk", present(deactivated), ErrDeactivated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := planned(t, c.app, c.facts)
			if !errors.Is(err, c.want) || len(p.Lines) != 0 {
				t.Errorf("plan %+v, error %v, want %v", p, err, c.want)
			}
			if strings.Contains(fmt.Sprint(err), "\x1b") {
				t.Error("an error carries what can move a terminal")
			}
		})
	}
	s := after(begun(t, "hetk"), Learned{Facts: present(Facts{})})
	if _, err := MakePlan(s); !errors.Is(err, ErrNotRead) {
		t.Errorf("without a tenant: %v", err)
	}
	s = after(s, tenant())
	s.App.Needs = append(slices.Clone(s.App.Needs), checks.Permission{Resource: checks.MicrosoftGraph, Role: "Mail.Read"})
	if _, err := MakePlan(s); !errors.Is(err, ErrNoRole) {
		t.Errorf("an app role that no API publishes: %v", err)
	}
}

// What a plan says it does is what makes the next plan empty, whatever was
// granted before; and it takes nothing away.
func TestAPlanAppliedLeavesNothingToDo(t *testing.T) {
	t.Parallel()
	scopes := []string{"Calendars.ReadWrite", "calendars.readwrite", "User.Read", "openid", "profile", "offline_access", "Mail.Send", "Files.Read"}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		f := present(Facts{})
		if r.IntN(4) > 0 {
			f.App = theApp(profile(t, "hetk")).App
			f.App.Enabled = r.IntN(2) == 0
			for i := range r.IntN(3) {
				g := GrantFact{ID: fmt.Sprint("g", i), ResourceID: []string{graphSP, exSP}[r.IntN(2)]}
				for range r.IntN(6) {
					g.Scopes = addFold(g.Scopes, scopes[r.IntN(len(scopes))])
				}
				f.Grants = append(f.Grants, g)
			}
		}
		p, err := planned(t, "hetk", f)
		if err != nil {
			t.Fatal(err)
		}
		again, err := planned(t, "hetk", f)
		if err != nil || again.ID != p.ID {
			t.Fatalf("seed %d: two plans of the same facts: %s, %s, %v", seed, p.ID, again.ID, err)
		}
		app := profile(t, "hetk").App()
		for _, l := range p.Lines {
			if Shows(f, app, l) {
				t.Fatalf("seed %d: %s shows before it is done", seed, l.Title)
			}
			had := slices.Clone(f.Grants)
			f = carriedOut(t, f, l)
			if !Shows(f, app, l) {
				t.Fatalf("seed %d: %s does not show after it is done", seed, l.Title)
			}
			for i, g := range had {
				if !covers(f.Grants[i].Scopes, g.Scopes) {
					t.Fatalf("seed %d: %s took away %v", seed, l.Title, g.Scopes)
				}
			}
		}
		if rest, err := planned(t, "hetk", f); err != nil || len(rest.Lines) != 0 {
			t.Fatalf("seed %d: still to do: %+v, %v", seed, rest.Lines, err)
		}
	}
}

// carriedOut is a tenant after a line, as Graph would do it.
func carriedOut(t *testing.T, f Facts, c Change) Facts {
	t.Helper()
	c, ok := c.Bind(appSP)
	if !ok {
		t.Fatal("a line could not be bound")
	}
	var b struct {
		AppID, ClientID, ResourceID, Scope string
		AccountEnabled                     bool
	}
	if err := json.Unmarshal([]byte(c.Body), &b); err != nil {
		t.Fatal(err)
	}
	f.Grants = slices.Clone(f.Grants)
	switch c.Kind {
	case CreateApp:
		f.App = &AppFact{ID: appSP, AppID: b.AppID, Enabled: true}
	case EnableApp:
		a := *f.App
		a.Enabled = b.AccountEnabled
		f.App = &a
	case CreateGrant:
		if b.ClientID != appSP {
			t.Fatalf("a grant for %s", b.ClientID)
		}
		f.Grants = append(f.Grants, GrantFact{ID: "new", ResourceID: b.ResourceID, Scopes: strings.Fields(b.Scope)})
	case WidenGrant:
		for i, g := range f.Grants {
			if strings.HasSuffix(c.Path, "/"+g.ID) {
				f.Grants[i].Scopes = strings.Fields(b.Scope)
			}
		}
	default:
		t.Fatalf("a plan for a grant holds %s", c.Kind)
	}
	return f
}

// An answer that does not print accountEnabled proves no switching on.
func TestWhatWasNotPrintedProvesNothing(t *testing.T) {
	t.Parallel()
	yes := true
	app := profile(t, "hetk").App()
	for _, enabled := range []*bool{nil, &yes} {
		f := FactsOf(&checks.Snapshot{App: checks.Look[*checks.ServicePrincipal]{Read: true, Value: &checks.ServicePrincipal{ID: appSP, AppID: app.ClientID, Enabled: enabled}}}, app)
		if got := Shows(f, app, Change{Kind: EnableApp}); got != (enabled != nil) || !f.App.Enabled {
			t.Errorf("accountEnabled %v shows as switched on: %v", enabled, got)
		}
	}
}

func TestBinding(t *testing.T) {
	t.Parallel()
	c := Change{Path: "/x/" + NewAppRef, Body: `{"a":"` + NewAppRef + `"}`}
	if _, ok := c.Bind(""); ok {
		t.Error("bound without an id")
	}
	if got, ok := c.Bind("id"); !ok || got.Path != "/x/id" || got.Body != `{"a":"id"}` {
		t.Errorf("bound: %+v", got)
	}
	plain := Change{Path: "/x", Body: "{}"}
	if got, ok := plain.Bind(""); !ok || got.Path != "/x" {
		t.Errorf("a line that needs no id: %+v, %v", got, ok)
	}
}

func TestFactsOfASnapshot(t *testing.T) {
	t.Parallel()
	if f := FactsOf(nil, checks.App{}); f.AppRead || f.App != nil {
		t.Errorf("facts of nothing: %+v", f)
	}
	no, yes := false, true
	s := &checks.Snapshot{
		Discovery:    checks.Look[checks.Discovery]{Read: true, Value: checks.Discovery{Found: []checks.CloudTenant{{Cloud: checks.CloudPublic, TenantID: contosoID}}}},
		Organization: checks.Look[checks.Organization]{Read: true, Value: checks.Organization{ID: contosoID, Name: "Contoso", Domains: []string{"contoso.example"}}},
		App: checks.Look[*checks.ServicePrincipal]{Read: true, At: noon, Value: &checks.ServicePrincipal{
			ID: appSP, AppID: "a", Enabled: &no, Deactivated: &yes, DisabledByMS: "NotDisabled", AssignmentRequired: &yes, Publisher: &checks.Publisher{Name: "Hetk"},
		}},
		Grants: checks.Look[[]checks.Grant]{Read: true, Value: []checks.Grant{
			{ID: "g", Everyone: true, ResourceID: graphSP, Raw: " User.Read  openid"},
			{ID: "one", Principal: "somebody", ResourceID: graphSP, Scopes: []string{"User.Read"}},
		}},
		Resources: checks.Look[[]checks.ServicePrincipal]{Read: true, Value: []checks.ServicePrincipal{{ID: graphSP, AppID: checks.MicrosoftGraph}}},
	}
	f := FactsOf(s, checks.App{})
	if f.App == nil || f.App.Enabled || !f.App.Deactivated || f.App.ByMicrosoft != "" || f.App.Publisher != "Hetk" || !f.App.AssignedOnly || !f.At.Equal(noon) {
		t.Errorf("app: %+v at %s", f.App, f.At)
	}
	if len(f.Grants) != 1 || !slices.Equal(f.Grants[0].Scopes, []string{"User.Read", "openid"}) {
		t.Errorf("grants: %+v, want the tenant-wide one alone", f.Grants)
	}
	if len(f.UserGrants) != 1 || f.UserGrants[0].Principal != "somebody" {
		t.Errorf("single users' grants: %+v", f.UserGrants)
	}
	if len(f.Tenants) != 1 || f.Name != "Contoso" || len(f.Resources) != 1 {
		t.Errorf("facts: %+v", f)
	}
	kept := f.with(Facts{})
	if kept.App == nil || len(kept.Grants) != 1 || len(kept.Tenants) != 1 {
		t.Error("a poll that read nothing forgot what was read")
	}
	if gone := f.with(Facts{AppRead: true}); gone.App != nil {
		t.Error("an app that is gone is still there")
	}
}

// A classification breaks no baseline that user consent for Low broke already, and
// what a sign-in alone asks for breaks none.
func TestClassificationsSayWhatTheyBreak(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t)
	for name, c := range map[string]struct {
		consent []string
		want    string
		basic   string // of what a sign-in alone asks for
		lines   int    // that are no classifications
	}{
		"with the setting":            {nil, benchmarkOf(LowImpact), pathWords.lowByItself, 1},
		"the setting is there before": {[]string{forSelf + policyLow}, pathWords.lowBenchmark, pathWords.lowUnchanged, 0},
	} {
		f.Consent, f.Classes = c.consent, nil
		p, err := MakePlan(onPath(t, LowImpact, f))
		if err != nil || len(p.Lines) < 2 {
			t.Fatalf("%s: %+v, %v", name, p.Lines, err)
		}
		for _, l := range p.Lines {
			want := c.basic
			if slices.Equal(l.Scopes, []string{"Calendars.ReadWrite"}) {
				want = c.want
			}
			if l.Kind != Classify {
				c.lines--
			} else if l.Benchmark != want {
				t.Errorf("%s: %s: %s", name, l.Title, l.Benchmark)
			}
		}
		if c.lines != 0 {
			t.Errorf("%s: %+v", name, p.Lines)
		}
	}
}
