package flows

import (
	"strings"
	"testing"

	"onboard.example/checks"
)

// handed is a run that was started with a hand-off code.
func handed(t *testing.T, h Handoff) State {
	t.Helper()
	all, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	said, err := HandedOf(h, all)
	if err != nil {
		t.Fatal(err)
	}
	return Apply(State{}, Started{Version: "test", Handed: said})
}

func TestHandoffIsAskedFirst(t *testing.T) {
	t.Parallel()
	h := Handoff{App: "hetk", Domain: "contoso.example", TenantID: contosoID, AADSTS: 90094}
	s := handed(t, h)
	if s.Profile != nil || s.Domain != "" || s.Place.Stage != StageApp || len(Wants(s)) != 0 {
		t.Fatalf("used before the yes: %+v, wants %v", s.Place, Wants(s))
	}
	if _, ok := Next(s); ok || Missing(s) != sayHandoffNeed {
		t.Errorf("missing %q", Missing(s))
	}
	q := Asks(s)[0]
	for _, says := range []string{"Hetk Calendar Sync", "8dd90edb-c881-459a-ac84-2a1fee8c5c94", "contoso.example", contosoID, "AADSTS90094", "proves nothing"} {
		if q.ID != AskHandoff || !strings.Contains(q.Help, says) {
			t.Errorf("lacks %q: %s", says, q.Help)
		}
	}
	yes, err := Accept(q, HandoffYes)
	if err != nil {
		t.Fatal(err)
	}
	used := Apply(s, yes)
	if used.Profile == nil || used.Profile.ID != "hetk" || used.Domain != "contoso.example" || used.Place.Stage != StageKnown || len(Wants(used)) == 0 {
		t.Errorf("after the yes: %+v %s", used.Place, used.Domain)
	}
	if again := Apply(used, Answered{Question: AskHandoff, Value: HandoffNo}); again.Handed == nil || again.Domain != used.Domain {
		t.Errorf("answered twice: %+v", again.Handed)
	}
	left := Apply(s, Answered{Question: AskHandoff, Value: HandoffNo})
	if left.Profile != nil || left.Domain != "" || left.Handed != nil || len(Asks(left)) != 0 || Missing(left) != words.needApp {
		t.Errorf("after the no: %+v", left)
	}
}

// Where the domain is of another tenant than the code says, the run does not go
// on by it.
func TestHandoffOfAnotherTenant(t *testing.T) {
	t.Parallel()
	for id, stays := range map[string]bool{contosoID: false, "99999999-1111-1111-1111-111111111111": true} {
		s := Apply(handed(t, Handoff{App: "hetk", Domain: "contoso.example", TenantID: id}), Answered{Question: AskHandoff, Value: HandoffYes})
		s = see(after(s, Learned{Facts: Facts{Tenants: []TenantFact{{Cloud: checks.CloudPublic, ID: contosoID}}, At: noon}, Round: s.Round}), nil)
		if _, ok := Next(s); ok == stays || stays && !strings.Contains(Missing(s), id) {
			t.Errorf("%s: goes on %v, missing %q", id, ok, Missing(s))
		}
		s = Apply(s, Answered{Question: AskDomain, Value: "fabrikam.example"})
		if s.handoffElsewhere() != "" {
			t.Errorf("another domain: %q", s.handoffElsewhere())
		}
	}
}

func TestHandedOf(t *testing.T) {
	t.Parallel()
	const other = "22222222-2222-3333-4444-555555555555"
	all, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		h            Handoff
		id, clientID string
		bad          string
	}{
		"a built-in app":      {Handoff{App: "hetk"}, "hetk", "8dd90edb-c881-459a-ac84-2a1fee8c5c94", ""},
		"by its client id":    {Handoff{ClientID: "8dd90edb-c881-459a-ac84-2a1fee8c5c94"}, "hetk", "8dd90edb-c881-459a-ac84-2a1fee8c5c94", ""},
		"an id of its own":    {Handoff{App: "sophiie", ClientID: other}, "sophiie", other, ""},
		"another client id":   {Handoff{App: "hetk", ClientID: other}, "", "", "not to be trusted"},
		"an unlisted app":     {Handoff{ClientID: other, Scopes: []string{"Mail.Read"}}, UnlistedID, other, ""},
		"an app of elsewhere": {Handoff{App: "elsewhere"}, "", "", "not described here"},
		"a tenant alone":      {Handoff{Domain: "contoso.example"}, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := HandedOf(c.h, all)
			switch {
			case c.bad != "":
				if err == nil || !strings.Contains(err.Error(), c.bad) {
					t.Errorf("%+v, %v", got, err)
				}
			case err != nil || c.id == "" && got.Profile != nil || c.id != "" && (got.Profile.ID != c.id || got.Profile.ClientID != c.clientID):
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	for app, want := range map[string]bool{"sophiie": true, "hetk": false} {
		h := Handoff{App: app, ClientID: other}
		if app == "hetk" {
			h.ClientID = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"
		}
		if q := handoffQuestion(handed(t, h)); strings.Contains(q.Help, "stands in the code alone") != want {
			t.Errorf("%s: %s", app, q.Help)
		}
	}
	q := handoffQuestion(handed(t, Handoff{ClientID: other, Scopes: []string{"Mail.Read"}}))
	if !strings.Contains(q.Help, "Nobody described this app") || !strings.Contains(q.Help, "Mail.Read") {
		t.Error(q.Help)
	}
}
