package sim

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func savedSample(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// savedWorld is the world of a snapshot.
func savedWorld(t *testing.T, text string) (*Scenario, *World) {
	t.Helper()
	sc, err := LoadSaved(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	w, err := sc.world(time.Now, 0)
	if err != nil {
		t.Fatal(err)
	}
	return sc, w
}

// Whatever a snapshot says of an organization is so in contoso.example.
func TestSavedTenant(t *testing.T) {
	t.Parallel()
	sc, w := savedWorld(t, savedSample(t))
	c := w.tenants[0]
	if c.DefaultDomain() != firstDomain || c.Cloud != CloudGCCHigh || c.Realm != "Federated" || c.Premium != "P2" || len(w.tenants) != 3 {
		t.Errorf("%s in %s, %s, %s, %d tenants", c.DefaultDomain(), c.Cloud, c.Realm, c.Premium, len(w.tenants))
	}
	if c.RiskyAppsAllowed == nil || !*c.RiskyAppsAllowed || !c.SecurityDefaults || c.Managed || len(c.Assigned) != 2 {
		t.Errorf("switches: %+v", c)
	}
	u, signer := c.userByUPN(savedUser), c.userByUPN(savedSigner)
	if !u.Disabled || !u.Guest || len(c.Groups) != 3 || !slices.Contains(c.Groups[1].Members, u.ID) {
		t.Errorf("user %+v, groups %d", u, len(c.Groups))
	}
	if !slices.Equal(signer.Roles, []string{roleCloudAppAdmin}) || !slices.Equal(signer.Eligible, []string{roleGlobalAdmin}) {
		t.Errorf("signer %+v", signer)
	}
	if admins := c.Users[0]; admins.UPN != savedAdmin || !admins.hasRole(roleGlobalAdmin) {
		t.Errorf("the first account is %+v", admins)
	}
	if got := sc.Case; got.As != savedSigner || got.Person != savedUser || got.App != "my-app" || got.Domain != firstDomain {
		t.Errorf("case %+v", got)
	}
	wf := c.Workflow
	if !wf.Enabled || wf.NotifyReviewers || !wf.Reminders || wf.DurationDays != 14 || len(wf.Reviewers) != 6 || !strings.Contains(wf.Reviewers[1], roleGlobalAdmin) {
		t.Errorf("workflow %+v", wf)
	}
	if len(c.Requests) != 1 || len(c.Requests[0].Users) != 3 || !slices.Equal(c.Requests[0].Pending, []string{"Chat.Read"}) {
		t.Errorf("requests %+v", c.Requests)
	}
}

func TestSavedApp(t *testing.T) {
	t.Parallel()
	_, w := savedWorld(t, savedSample(t))
	c, reg := w.tenants[0], w.registration("0a0a0a0a-1111-4222-8333-444444444444")
	sp := c.serviceByAppID(reg.AppID)
	if sp.Name != "My App]0;gone evil <b>" || !sp.AssignmentRequired || len(sp.Assigned) != 2 || sp.Deactivated == nil || sp.off() {
		t.Errorf("app %+v", sp)
	}
	if reg.Publisher == nil || reg.Publisher.MPNID != "7654321" || reg.HomeTenant != "33333333-0000-4000-8000-000000000001" {
		t.Errorf("registration %+v", reg)
	}
	if len(c.Grants) != 4 || c.Grants[0].Scope != " User.Read Chat.Read" || c.Grants[1].Principal != c.userByUPN(savedUser).ID {
		t.Errorf("grants %+v", c.Grants)
	}
	if other := c.serviceByID(c.Grants[3].Resource); other == nil || other.Name != "Another API (4)" {
		t.Errorf("the grant on an API that is not described is on %+v", other)
	}
	if len(sp.RoleGrants) != 3 {
		t.Errorf("application permissions: %+v", sp.RoleGrants)
	}
	if c.serviceByAppID(exchangeAppID).Enabled || c.serviceByAppID("55555555-0000-4000-8000-00000000000a") == nil {
		t.Error("the APIs are not as they were")
	}
	if sc := w.registration(graphAppID).scope("Fresh.Read"); sc == nil || !sc.Admin {
		t.Errorf("the new scope is %+v", sc)
	}
	if id := w.registration(exchangeAppID).scope("IMAP.AccessAsUser.All").ID; id != "55555555-0000-4000-8000-000000000002" {
		t.Errorf("the scope's id is %s", id)
	}
	if asks := reg.requiredScopes(graphAppID); len(asks) != 5 {
		t.Errorf("the app asks for %v", asks)
	}
}

// Behind reviewers stand sample people, as many and as able as there were.
func TestSavedReviewers(t *testing.T) {
	t.Parallel()
	_, w := savedWorld(t, savedSample(t))
	c := w.tenants[0]
	q := c.Workflow.Reviewers
	first := find(c.Users, func(u *User) bool { return q[0] == "/users/"+u.ID })
	group := find(c.Groups, func(g *Group) bool { return strings.HasPrefix(q[2], "/groups/"+g.ID+"/") })
	if first == nil || !first.Disabled || !slices.Equal(first.Roles, []string{roleCloudAppAdmin}) {
		t.Errorf("the person is %+v", first)
	}
	if group == nil || len(group.Members) != 3 {
		t.Fatalf("the group of %s is %+v", q[2], group)
	}
	active := 0
	for _, id := range group.Members {
		if !c.userByID(id).Disabled {
			active++
		}
	}
	if active != 2 {
		t.Errorf("%d of the group are active", active)
	}
	if missing := strings.TrimPrefix(q[3], "/users/"); !isGUID(missing) || c.userByID(missing) != nil {
		t.Errorf("the missing one is %s", q[3])
	}
	if strings.HasPrefix(q[4], "/users/") || strings.HasPrefix(q[4], "/groups/") {
		t.Errorf("the strange one is %s", q[4])
	}
	if !slices.ContainsFunc(c.Users, func(u *User) bool { return u.hasRole(roleAppAdmin) }) {
		t.Error("nobody holds the reviewing role")
	}
}

// Policies do to a sign-in what Graph said they do.
func TestSavedAccess(t *testing.T) {
	t.Parallel()
	sc, w := savedWorld(t, savedSample(t))
	c := w.tenants[0]
	ask := func(upn string) map[string]accessResult {
		out := map[string]accessResult{}
		for _, r := range w.conditional(c, accessAsk{user: c.userByUPN(upn), apps: []string{graphAppID}, client: "browser", platform: "windows"}) {
			out[r.policy.name()] = r
		}
		return out
	}
	other := c.Users[len(c.Users)-1].UPN
	mine, theirs := ask(savedUser), ask(other)
	for name, want := range map[string]string{
		"Block[2J elsewhere": "notSet", "MFA and device": "notSet", "Admins": "users", "Admins (2)": "location", "Some": "notSet", "Risk": "users",
	} {
		if mine[name].why != want {
			t.Errorf("%s: %q, want %q", name, mine[name].why, want)
		}
	}
	if len(mine) != 6 || theirs["Some"].why != "users" || ask(savedSigner)["MFA and device"].why != "users" {
		t.Errorf("others: %+v", theirs)
	}
	both := mine["MFA and device"].policy
	if grant := within(both.Doc, "grantControls"); grant["operator"] != "AND" || !slices.Equal(both.controls(), []string{"mfa", "compliantDevice"}) || both.Doc["sessionControls"] == nil {
		t.Errorf("controls %v", both.Doc)
	}
	notes := strings.Join(sc.Assumed, "\n")
	for _, want := range []string{`"MFA and device" of Conditional Access asks for termsOfUse, for which mfa`, `"Frequency"`, `"Risk" of Conditional Access does not apply (signInRisk)`, `"Some" of Conditional Access applies to some`} {
		if !strings.Contains(notes, want) {
			t.Errorf("nothing is said of %s in\n%s", want, notes)
		}
	}
}

// The logs hold what they held, as long ago.
func TestSavedLogs(t *testing.T) {
	t.Parallel()
	sc, w := savedWorld(t, savedSample(t))
	c := w.tenants[0]
	if len(c.SignIns) != 3 || c.SignIns[0].UPN != savedUser || c.SignIns[0].Code != 53003 || c.SignIns[0].Applied[0].Result != "failure" || c.SignIns[1].UPN == savedUser {
		t.Errorf("sign-ins %s", jsonText(c.SignIns))
	}
	if ago := sc.Tenants[0].SignIns[0].Ago; ago != time.Hour || sc.Tenants[0].SignIns[1].Ago != 0 {
		t.Errorf("ago %v", ago)
	}
	if len(c.Audits) != 2 || c.Audits[0].Failed || !c.Audits[1].Failed || c.Audits[0].ByUser != c.userByUPN(savedAdmin).ID {
		t.Errorf("audit %s", jsonText(c.Audits))
	}
}

// The rules are the tenant's: what its policies name by id counts, and what
// could not be read lets nobody in.
func TestSavedRules(t *testing.T) {
	t.Parallel()
	sc, w := savedWorld(t, savedSample(t))
	c := w.tenants[0]
	if len(c.Policies) != 4 {
		t.Errorf("%d policies", len(c.Policies))
	}
	managed, own, half := c.policyByID("microsoft-user-default-recommended"), c.policyByID("own-rules"), c.policyByID("half-read")
	if ex := managed.Excludes; len(ex) != 1 || !slices.Equal(ex[0].Permissions, []string{"f501c180-9344-439a-bca0-6cbf209fd270", "55555555-0000-4000-8000-0000000000fe"}) {
		t.Errorf("excludes %+v", managed.Excludes)
	}
	if len(own.Includes) != 1 || own.Includes[0].ClientTenantIDs[0] != c.ID || !own.Includes[0].VerifiedPublisher || len(half.Includes) != 0 {
		t.Errorf("own rules %+v", own.Includes)
	}
	if low := c.policyByID("microsoft-user-default-low"); len(low.Includes) != 2 {
		t.Errorf("low: %+v", low)
	}
	if got := c.classified(graphAppID, "55555555-0000-4000-8000-0000000000ff"); len(c.Classifications) != 2 || got != "medium" {
		t.Errorf("classified %q, %d in all", got, len(c.Classifications))
	}
	notes := strings.Join(sc.Assumed, "\n")
	for _, want := range []string{
		"securityDefaults was not read (role): they are taken to be on.", `cloud "moon"`, "half-read", "resourceScopeType",
		"for a part of the tenant (fe930be7", "99999999-0000-4000-8000-000000000009", "What the app asks for", "assignment of a ServicePrincipal",
		"A grant for nobody", "another app, or in a state", "classification that is not known", "that was not found stays so",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("nothing is said of %q in:\n%s", want, notes)
		}
	}
}

// Names of the organization and of whoever wrote the file do not come along.
func TestSavedIsASample(t *testing.T) {
	t.Parallel()
	sc, w := savedWorld(t, savedSample(t))
	text, err := sc.YAML()
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"Fabrikam Holding", "fabrikam.example", "11111111-0000", "\x1b", "\u202e", "principal"} {
		if bytes.Contains(text, []byte(gone)) {
			t.Errorf("%q is in\n%s", gone, text)
		}
	}
	again, err := parseScenario("again", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	second, err := again.YAML()
	if err != nil || !bytes.Equal(text, second) {
		t.Errorf("printed twice, it differs: %v\n%s\n%s", err, text, second)
	}
	if got, err := again.world(time.Now, 0); err != nil || len(got.tenants[0].Grants) != len(w.tenants[0].Grants) {
		t.Errorf("the printed world: %v", err)
	}
}

// Every built-in scenario is printed so that it reads back the same.
func TestPrintedScenarios(t *testing.T) {
	t.Parallel()
	all, err := Scenarios(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range all {
		text, err := sc.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseScenario(sc.Name, text)
		if err != nil {
			t.Errorf("%s: %v\n%s", sc.Name, err, text)
			continue
		}
		if was, is := jsonText(sc), jsonText(again); was != is {
			t.Errorf("%s: %s\nwas %s", sc.Name, is, was)
		}
	}
}

// Parts that nobody read are assumed, each in words.
func TestSavedUnread(t *testing.T) {
	t.Parallel()
	sc, w := savedWorld(t, `{"schema":"onboard/snapshot/1","at":"2026-11-20T09:00:00Z","app":{"id":"hetk","name":"","clientId":"`+hetkAppID+`"},"look":{}}`)
	c := w.tenants[0]
	if !c.Managed || !c.SecurityDefaults || c.serviceByAppID(hetkAppID) != nil || sc.Case.As != "none" || sc.Case.Domain != firstDomain {
		t.Errorf("case %+v, tenant %+v", sc.Case, c)
	}
	for _, part := range []string{
		"discovery", "realm", "resources", "app", "grants", "assignments", "appRoles", "organization", "authorization",
		"securityDefaults", "policies", "classified", "workflow", "requests", "conditional", "signIns", "audit",
	} {
		said := slices.ContainsFunc(sc.Assumed, func(s string) bool { return strings.HasPrefix(s, part+" was not read (not asked for): ") })
		if !said {
			t.Errorf("nothing is said of %s", part)
		}
	}
}
