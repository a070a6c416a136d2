package flows

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

var update = flag.Bool("update", false, "write the goldens anew")

// goldenPlans are plans that hold every kind of line between them.
func goldenPlans(t *testing.T) map[string]Plan {
	t.Helper()
	out := map[string]Plan{}
	add := func(name string, path PathID, change func(*Facts), answers ...Answered) {
		var changes []func(*Facts)
		if change != nil {
			changes = append(changes, change)
		}
		_, f := tenantOf(t, changes...)
		p, err := MakePlan(onPath(t, path, f, answers...))
		if err != nil || len(p.Lines) == 0 {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = p
	}
	graph := []string{"Calendars.ReadWrite", "User.Read"}
	add("grant", EntraGrant, func(f *Facts) { f.App = nil })
	add("widen", EntraGrant, func(f *Facts) {
		f.App.Enabled = false
		f.Grants = []GrantFact{{ID: "-g_1", ResourceID: graphSP, Scopes: graph, Raw: " " + strings.Join(graph, " ")}}
	})
	add("pilot", Pilot, func(f *Facts) {
		f.App = nil
		f.Who = &WhoFact{ID: groupID, Name: "Pilots", Group: true, Asked: "x"}
	}, Answered{AskWho, "x"})
	add("requests", ConsentRequests, nil, Answered{AskReviewers, ReviewersRole})
	add("low", LowImpact, nil)
	add("policy", AppPolicy, nil)
	add("condition", AppPolicy, func(f *Facts) { f.Policies = []PolicyFact{{ID: "onboard-hetk-8dd90edb"}} })
	add("revoke", Revoke, func(f *Facts) {
		f.Grants = []GrantFact{{ID: "g1", ResourceID: graphSP, Scopes: graph}}
		f.UserGrants = []GrantFact{{ID: "u1", ResourceID: graphSP, Scopes: graph[:1], Principal: userID}}
		f.Roles = []AssignFact{{"r1", appSP, exSP, "99999999-9999-4999-8999-999999999999"}}
	}, Answered{AskRevoke, RevokeApp})
	return out
}

func hetk() ScriptOptions {
	return ScriptOptions{App: checks.App{ID: "hetk", Name: "Hetk Calendar Sync", ClientID: "8dd90edb-c881-459a-ac84-2a1fee8c5c94"}}
}

// What scripts are, word by word: to be read by whoever changes them.
func TestScriptsAreAsTheyWere(t *testing.T) {
	t.Parallel()
	for name, p := range goldenPlans(t) {
		for _, form := range ScriptForms() {
			got, err := Script(p, form, hetk())
			if err != nil {
				t.Errorf("%s as %s: %v", name, form, err)
				continue
			}
			file := filepath.Join("testdata", "script", name+"."+string(form)+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil || string(want) != got {
				t.Errorf("%s is another (%v); go test -update writes it anew, and then it is to be read", file, err)
			}
		}
	}
}

// everyLine has a line of every kind, forwards and backwards.
func everyLine() []Change {
	sp, app := "/servicePrincipals/"+appSP, "/servicePrincipals/"+NewAppRef
	classes, roles := "/servicePrincipals/"+graphSP+"/delegatedPermissionClassifications", "/servicePrincipals/"+graphSP+"/appRoleAssignedTo"
	grants, policies := "/oauth2PermissionGrants", "/policies/permissionGrantPolicies"
	class, role := body(classSent{"aaaa", "User.Read", "low"}), body(assignSent{NewAppRef, graphSP, "bbbb"})
	mk := func(kind ChangeKind, method, at, text string, back *Back) Change {
		return Change{Kind: kind, Title: string(kind), Method: method, Path: at, Body: text, Scope: "Some.Scope", Role: "Some Role", Back: back}
	}
	mb := func(kind ChangeKind, method, at, text string) *Back { return &Back{kind, method, at, text} }
	consent := func(e ...string) string { return consentBody(e) }
	return []Change{
		mk(CreateApp, "POST", "/servicePrincipals", `{"appId":"8dd90edb-c881-459a-ac84-2a1fee8c5c94"}`, mb(DeleteApp, "DELETE", "/servicePrincipals/"+NewObjectRef, "")),
		mk(EnableApp, "PATCH", sp, enabledBody(true), mb(DisableApp, "PATCH", sp, enabledBody(false))),
		mk(DisableApp, "PATCH", sp, enabledBody(false), mb(EnableApp, "PATCH", sp, enabledBody(true))),
		mk(CreateGrant, "POST", grants, grantBody(NewAppRef, "", graphSP, "User.Read"), mb(DeleteGrant, "DELETE", grants+"/"+NewObjectRef, "")),
		mk(GrantOne, "POST", grants, grantBody(NewAppRef, userID, graphSP, "User.Read"), mb(DeleteGrant, "DELETE", grants+"/"+NewObjectRef, "")),
		mk(WidenGrant, "PATCH", grants+"/g", scopeBody("a b"), mb(NarrowGrant, "PATCH", grants+"/g", scopeBody(" a"))),
		mk(NarrowGrant, "PATCH", grants+"/g", scopeBody("a"), mb(WidenGrant, "PATCH", grants+"/g", scopeBody("a b"))),
		mk(DeleteGrant, "DELETE", grants+"/g", "", mb(CreateGrant, "POST", grants, grantBody(appSP, "", graphSP, "a"))),
		mk(AssignRole, "POST", roles, role, mb(Unassign, "DELETE", roles+"/"+NewObjectRef, "")),
		mk(Assign, "POST", app+"/appRoleAssignedTo", body(assignSent{groupID, NewAppRef, noRole}), mb(Unassign, "DELETE", app+"/appRoleAssignedTo/"+NewObjectRef, "")),
		mk(Unassign, "DELETE", roles+"/r", "", mb(AssignRole, "POST", roles, body(assignSent{appSP, graphSP, "bbbb"}))),
		mk(RequireAssignment, "PATCH", app, body(requiredSent{true}), mb(FreeAssignment, "PATCH", app, body(requiredSent{false}))),
		mk(FreeAssignment, "PATCH", sp, body(requiredSent{false}), mb(RequireAssignment, "PATCH", sp, body(requiredSent{true}))),
		mk(SetConsent, "PATCH", "/policies/authorizationPolicy", consent("a"), mb(SetConsent, "PATCH", "/policies/authorizationPolicy", consent())),
		mk(Classify, "POST", classes, class, mb(Unclassify, "DELETE", classes+"/"+NewObjectRef, "")),
		mk(Unclassify, "DELETE", classes+"/c", "", mb(Classify, "POST", classes, class)),
		mk(SetWorkflow, "PUT", "/policies/adminConsentRequestPolicy", workflowBody(WorkflowFact{Enabled: true}), mb(SetWorkflow, "PUT", "/policies/adminConsentRequestPolicy", workflowBody(WorkflowFact{}))),
		mk(CreatePolicy, "POST", policies, body(policySent{"onboard-x", "x", "y"}), mb(DeletePolicy, "DELETE", policies+"/onboard-x", "")),
		mk(AddCondition, "POST", policies+"/onboard-x/includes", body(conditionSent{"delegated", "a", []string{"b"}, []string{"c"}}), removing(policies+"/onboard-x/includes")),
		mk(DeleteCondition, "DELETE", policies+"/onboard-x/includes/i", "", nil),
		mk(DeletePolicy, "DELETE", policies+"/onboard-x", "", nil),
		mk(DeleteApp, "DELETE", sp, "", nil),
	}
}

func planWith(lines ...Change) Plan {
	p := Plan{Path: EntraGrant, Tenant: contosoID, Domain: "contoso.example", Lines: lines}
	p.ID, p.Digest = "1", digest(p)
	return p
}

// Every kind of line is written in every form, and no placeholder is left but
// in a text for people.
func TestScriptsKnowEveryKind(t *testing.T) {
	t.Parallel()
	all := everyLine()
	for _, c := range all {
		if c.Kind.Mark() == "?" {
			t.Errorf("%s is no kind", c.Kind)
		}
	}
	if n := len(all); n != 22 {
		t.Errorf("%d kinds of 22", n)
	}
	for _, form := range ScriptForms() {
		text, err := Script(planWith(all...), form, hetk())
		if err != nil {
			t.Errorf("%s: %v", form, err)
		}
		for _, c := range all {
			if !strings.Contains(text, string(c.Kind)) {
				t.Errorf("%s: nothing of %s", form, c.Kind)
			}
		}
		if form != FormTicket && strings.Contains(text, "<id of") {
			t.Errorf("%s: a placeholder is left:\n%s", form, text)
		}
	}
}

// A plan that no script of ours could carry is refused, in every form.
func TestScriptsRefuse(t *testing.T) {
	t.Parallel()
	enable := everyLine()[1]
	with := func(change func(*Change)) Plan {
		c := enable
		change(&c)
		return planWith(c)
	}
	cases := map[string]struct {
		p    Plan
		form ScriptForm
		o    ScriptOptions
		want error
	}{
		"a form that is none":     {planWith(enable), "cobol", hetk(), ErrNoForm},
		"an empty plan":           {planWith(), FormHTTP, hetk(), ErrNothing},
		"a cloud that is none":    {planWith(enable), FormHTTP, ScriptOptions{Cloud: "mars"}, ErrNoCloud},
		"no tenant":               {Plan{ID: "x", Lines: []Change{enable}}, FormHTTP, hetk(), ErrOddPlan},
		"a name that is a path":   {Plan{ID: "../x", Tenant: contosoID, Lines: []Change{enable}}, FormHTTP, hetk(), ErrOddPlan},
		"a method that reads":     {with(func(c *Change) { c.Method = "GET" }), FormAz, hetk(), ErrOddPlan},
		"a path with a query":     {with(func(c *Change) { c.Path += "?x=y" }), FormAz, hetk(), ErrOddPlan},
		"a path that climbs":      {with(func(c *Change) { c.Path = "/servicePrincipals/../users/x" }), FormAz, hetk(), ErrOddPlan},
		"a path elsewhere":        {with(func(c *Change) { c.Path = "@evil.example/x" }), FormAz, hetk(), ErrOddPlan},
		"a path with a quote":     {with(func(c *Change) { c.Path += "'" }), FormAz, hetk(), ErrOddPlan},
		"a body that is none":     {with(func(c *Change) { c.Body = "x" }), FormTicket, hetk(), ErrOddPlan},
		"an app that nobody made": {with(func(c *Change) { c.Path = "/servicePrincipals/" + NewAppRef }), FormHTTP, hetk(), ErrOddPlan},
		"a way back that is odd":  {with(func(c *Change) { c.Back = &Back{DisableApp, "PATCH", "/x y", "{}"} }), FormHTTP, hetk(), ErrOddPlan},
		"nothing to see":          {with(func(c *Change) { c.Kind, c.Body, c.Back = WidenGrant, `{}`, &Back{NarrowGrant, "PATCH", "/x", `{}`} }), FormHTTP, hetk(), ErrOddPlan},
		"a kind that is none":     {with(func(c *Change) { c.Kind = "dance" }), FormHTTP, hetk(), ErrOddPlan},
	}
	for name, c := range cases {
		if text, err := Script(c.p, c.form, c.o); !errors.Is(err, c.want) || text != "" {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// The clouds by the names that each tool has for them.
func TestScriptsOfOtherClouds(t *testing.T) {
	t.Parallel()
	p := planWith(everyLine()[0], everyLine()[3])
	for cloud, want := range map[checks.Cloud][]string{
		checks.CloudPublic:  {"'Global'", "'Public'", "'AzureCloud'", "https://graph.microsoft.com", `"global"`},
		checks.CloudGCC:     {"'Global'", "'USGov'", "'AzureCloud'", "https://graph.microsoft.com", `"global"`},
		checks.CloudGCCHigh: {"'USGov'", "'USGovHigh'", "'AzureUSGovernment'", "https://graph.microsoft.us", `"usgovernmentl4"`},
		checks.CloudDoD:     {"'USGovDoD'", "'USGovDoD'", "'AzureUSGovernment'", "https://dod-graph.microsoft.us", `"usgovernmentl5"`},
		checks.CloudChina:   {"'China'", "'China'", "'AzureChinaCloud'", "https://microsoftgraph.chinacloudapi.cn", `"china"`},
	} {
		o := hetk()
		o.Cloud = cloud
		for i, form := range []ScriptForm{FormPowerShell, FormM365, FormAz, FormHTTP, FormTerraform} {
			text, err := Script(p, form, o)
			if err != nil || !strings.Contains(text, want[i]) {
				t.Errorf("%s as %s holds no %s: %v", cloud, form, want[i], err)
			}
			if cloud != checks.CloudPublic && cloud != checks.CloudGCC && strings.Contains(text, "graph.microsoft.com") {
				t.Errorf("%s as %s speaks of the public Graph", cloud, form)
			}
		}
	}
}

// The scopes that a script signs in with are the plan's and those of its way
// back, each once.
func TestPowerShellAsksForThePlansScopes(t *testing.T) {
	t.Parallel()
	for name, p := range goldenPlans(t) {
		text, err := Script(p, FormPowerShell, hetk())
		scopes := p.WriteScopes()
		if name == "revoke" { // to assign again takes more than to take back
			scopes = append(scopes, "Application.Read.All")
		}
		want := "$Scopes = '" + strings.Join(scopes, "', '") + "'\n"
		if err != nil || !strings.Contains(text, want) || strings.Count(text, "-Scopes ") != 1 {
			t.Errorf("%s: %v: no %s", name, err, want)
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r > 0x7e || r < ' ' && r != '\n' }); i >= 0 {
			t.Errorf("%s: not ASCII: %q", name, text[i:min(len(text), i+40)])
		}
		if !slices.Contains(strings.Split(text, "\n"), "param([switch] $Undo)") {
			t.Errorf("%s: no way back", name)
		}
	}
}
