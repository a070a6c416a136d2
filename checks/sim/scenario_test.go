package sim

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// wanted are the scenarios that other rooms count on.
const wanted = `managed-default admins-only low-empty low-classified allow-all approved one-user-grant partial-grant
	wrong-resource disabled assignment-required unverified no-role pim-eligible wrong-tenant unknown-domain two-clouds
	slow-replication throttled
	direct-link entra-grant consent-requests low-impact first-sign-in app-policy pilot dns-policy revoke
	conditional-access device-required cloud-apps-session mfa-required cached-token prompt-consent ews-retiring
	guest-user request-denied workflow-no-role`

// Every scenario loads, starts, and prints a ready line whose every part works.
func TestEveryScenarioStarts(t *testing.T) {
	t.Parallel()
	for name := range strings.FieldsSeq(wanted) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := Start(t.Context(), Options{Scenario: name, Dir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			r := s.Ready()
			if r.Tenants[0].Domain != "contoso.example" || r.Tenants[0].Users[0].UPN != admin || r.Tenants[0].Users[1].UPN != user {
				t.Errorf("first tenant: %+v", r.Tenants[0])
			}
			for _, tenant := range r.Tenants {
				for _, u := range tenant.Users {
					raw, err := os.ReadFile(filepath.Join(filepath.Dir(r.CA), "tokens", u.UPN))
					if err != nil {
						t.Fatal(err)
					}
					if cl, err := s.verify(strings.TrimSpace(string(raw))); err != nil || cl.Tid != tenant.ID {
						t.Errorf("token of %s: %v, tenant %s", u.UPN, err, cl.Tid)
					}
				}
			}
			if len(s.Scenario().Expect) == 0 {
				t.Error("nothing is expected of it")
			}
		})
	}
}

func TestReadyLineShape(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-4333-8444-555555555555"
	s, err := Start(t.Context(), Options{Scenario: "approved", Register: []string{id + ":s3cret"}})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(s.Ready().CA)
	line, err := json.Marshal(s.Ready())
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`"https":"127.0.0.1:`, `"dns":"127.0.0.1:`, `"ca":"/`, `"portal":"https://`, `"tenants":[{"id":"`, `"domain":"contoso.example"`,
		`"users":[{"upn":"admin@contoso.example","password":"`, `"roles":["Global Administrator"]`, `"roles":[]`,
		`{"clientId":"` + id + `","secret":"s3cret","name":"`, `"servicePrincipalId":"`,
	} {
		if !strings.Contains(string(line), part) {
			t.Errorf("%s is not in %s", part, line)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error("second close:", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

// A registered app holds every scope and app role that the simulator knows.
func TestRegister(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-4333-8444-555555555555"
	r := newRig(t, "managed-default", func(o *Options) { o.Register = []string{id} })
	tenant := r.world.tenants[0]
	for _, api := range []string{graphAppID, exchangeAppID} {
		if have, all := tenant.granted(nil, id, api), r.world.registration(api).Scopes; len(have) != len(all) {
			t.Errorf("%s: %d of %d scopes", api, len(have), len(all))
		}
	}
	if got, want := len(tenant.serviceByAppID(id).RoleGrants), len(graphAppRoles)+1; got != want {
		t.Errorf("%d app roles, want %d", got, want)
	}
	p := r.do("GET", "/v1.0/servicePrincipals(appId='"+id+"')/appRoleAssignments", r.token(admin), "")
	if len(p.values()) != len(graphAppRoles)+1 {
		t.Errorf("assignments: %s", p.raw)
	}
	const few = "11111111-2222-4333-8444-666666666666"
	if err := r.world.register([]string{few + "=User.Read,Policy.Read.All:s=x"}); err != nil {
		t.Fatal(err)
	}
	if have := tenant.granted(nil, few, graphAppID); len(have) != 2 || r.world.registration(few).Secret != "s=x" || len(tenant.granted(nil, few, exchangeAppID)) != 0 {
		t.Errorf("%v", have)
	}
	for _, bad := range []string{"", "x", id + "x", hetkAppID, id[:35] + ":s", "11111111-2222-4333-8444-777777777777=User.Reed", "11111111-2222-4333-8444-777777777777="} {
		if err := r.world.register([]string{bad}); err == nil {
			t.Errorf("%q was registered", bad)
		}
	}
}

func TestScenariosList(t *testing.T) {
	t.Parallel()
	list, err := Scenarios(nil)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, sc := range list {
		names[sc.Name] = true
		if sc.Title == "" || sc.About == "" || strings.Contains(sc.About, "\n") {
			t.Errorf("%s: %q %q", sc.Name, sc.Title, sc.About)
		}
		for i, e := range sc.Expect {
			if open := e.State == "open"; open != (e.Exit == 0) || open && e.Grade != "verified" {
				t.Errorf("%s: expect[%d]: %s with exit %d and grade %s", sc.Name, i, e.State, e.Exit, e.Grade)
			}
		}
	}
	for name := range strings.FieldsSeq(wanted) {
		if !names[name] {
			t.Errorf("no scenario %s", name)
		}
	}
}

// What is wrong with a scenario is said with its place.
func TestScenarioErrors(t *testing.T) {
	t.Parallel()
	const head = "title: t\nabout: a\n"
	for body, want := range map[string]string{
		"title: [":                                            "broken.yaml:",
		head + "nonsense: 1\n":                                "[3:1] unknown field \"nonsense\"",
		head + "tenants:\n  - realms: x\n":                    "[4:5] unknown field \"realms\"",
		"about: only\n":                                       "title and about",
		head + "faults: nonsense\n":                           "broken.yaml: [3:",
		head + "tenants:\n  - domain: x\n":                    "is not known",
		head + "tenants:\n  - consent: maybe\n":               "none of managed, none, low, all",
		head + "tenants:\n  - domain: fabrikam.example\n":     "must be contoso.example",
		head + "tenants:\n  - apps:\n      - app: nonsense\n": "no app \"nonsense\"",
		head + "tenants:\n  - users:\n      - upn: ../../etc/passwd@contoso.example\n":                                                              "name@domain",
		head + "tenants:\n  - users:\n      - upn: x@contoso.example\n        roles: [King]\n":                                                      "no directory role \"King\"",
		head + "tenants:\n  - users:\n      - upn: x@contoso.example\n      - upn: X@contoso.example\n":                                             "there twice",
		head + "tenants:\n  - apps:\n      - app: hetk\n        grants:\n          - {for: everyone, resource: graph, scope: Nonsense.Read}\n":      "no scope \"Nonsense.Read\"",
		head + "tenants:\n  - apps:\n      - app: hetk\n        grants:\n          - {for: ghost, resource: graph, scope: User.Read}\n":             "not \"ghost\"",
		head + "tenants:\n  - access:\n      - state: enabled\n":                                                                                    "a name is needed",
		head + "tenants:\n  - access:\n      - {name: x, grant: [sesame]}\n":                                                                        "Invalid value",
		head + "tenants:\n  - access:\n      - {name: x, users: [ghost], grant: [mfa]}\n":                                                           "no account, group or role",
		head + "tenants:\n  - access:\n      - {name: x, apps: [ghost], grant: [mfa]}\n":                                                            "no app \"ghost\"",
		head + "tenants:\n  - access:\n      - name: x\n":                                                                                           "at least one grant or session control",
		head + "tenants:\n  - locations:\n      - name: x\n":                                                                                        "ranges or countries",
		head + "tenants:\n  - requests:\n      - {as: ghost, app: hetk}\n":                                                                          "no account \"ghost\"",
		head + "tenants:\n  - requests:\n      - {as: user@contoso.example, app: hetk, scopes: [Nonsense]}\n":                                       "no scope \"Nonsense\"",
		head + "tenants:\n  - signIns:\n      - {as: user@contoso.example, app: ghost}\n":                                                           "no app \"ghost\"",
		head + "tenants:\n  - apps:\n      - {app: hetk, owners: [ghost]}\n":                                                                        "owners: no account",
		head + "tenants:\n  - apps:\n      - {app: hetk, roles: [Nonsense]}\n":                                                                      "no app role",
		head + "apps:\n  - {app: hetk, prompt: please}\n":                                                                                           "none of consent, login",
		head + "tenants:\n  - apps:\n      - app: hetk\n        grants:\n          - {for: everyone, resource: graph, scope: User.Read, ago: 1m}\n": "ago needs",
		head + "tenants:\n  - consents:\n      - {by: ghost, app: hetk}\n":                                                                          "consents: no account",
		head + "tenants:\n  - consents:\n      - {by: user@contoso.example, app: hetk}\n":                                                           "not in this tenant",
		head + "tenants:\n  - requests:\n      - {as: user@contoso.example, app: hetk, status: Lost}\n":                                             "none of InProgress",
		head + "tenants:\n  - workflow: {enabled: true, reviewers: [ghost]}\n":                                                                      "no account \"ghost\"",
		head + "apps:\n  - {app: hetk, homeTenant: here}\n":                                                                                         "is not a GUID",
		head + "apis:\n  - api: 11111111-2222-4333-8444-555555555555\n":                                                                             "needs a GUID and a name",
		head + "apis:\n  - {api: graph, scopes: [{value: a b, id: 11111111-2222-4333-8444-555555555555}]}\n":                                        "without spaces",
		head + "apis:\n  - {api: graph, roles: [{value: A}]}\n":                                                                                     "app role",
		head + "expect:\n  - as: none\n":                                                                                                            "as, app and state are needed",
		head + "apps:\n  - app: 11111111-2222-4333-8444-555555555555\n":                                                                             "needs a GUID and a name",
	} {
		_, err := LoadScenario(fstest.MapFS{"broken.yaml": {Data: []byte(body)}}, "broken")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", body, err, want)
		}
	}
	if _, err := LoadScenario(nil, "nonsense"); err == nil || !strings.Contains(err.Error(), "managed-default") {
		t.Errorf("unknown name: %v", err)
	}
	if _, err := LoadScenario(nil, "../scenarios/approved"); err == nil {
		t.Error("a path was taken as a name")
	}
	if _, err := LoadScenario(fstest.MapFS{"big.yaml": {Data: make([]byte, maxScenario+1)}}, "big"); err == nil {
		t.Error("a huge file was read")
	}
}

func TestStartErrors(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"scenario":     {Scenario: "nonsense"},
		"fault":        {Faults: []string{"nonsense"}},
		"auto-approve": {AutoApprove: "ghost@contoso.example"},
		"register":     {Register: []string{"nonsense"}},
		"listen":       {Listen: "256.0.0.1:1"},
		"dns":          {DNS: "256.0.0.1:1"},
		"dir":          {Dir: "/dev/null/x"},
	} {
		if s, err := Start(t.Context(), o); err == nil {
			t.Errorf("%s: started", name)
			_ = s.Close()
		}
	}
}

// A scenario file, whatever is in it, is taken or refused with its name.
func FuzzScenario(f *testing.F) {
	list, err := fs.Glob(builtin, "scenarios/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range list {
		data, err := builtin.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("title: a\nabout: b\ntenants: [{domain: contoso.example, groups: [{name: x, members: [y]}], policies: [{id: z}]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if sc, err := parseScenario("fuzz", data); err == nil && len(sc.Tenants) == 0 || err != nil && !strings.HasPrefix(err.Error(), "fuzz.yaml") {
			t.Fatalf("%v, %v", sc, err)
		}
	})
}
