package flows

import (
	"slices"
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
	want := []Fact{
		{Head: "app", Text: "Hetk Calendar Sync"},
		{Head: "by", Text: "Hetk"},
		{Head: "client id", Text: "8dd90edb-c881-459a-ac84-2a1fee8c5c94"},
		{Head: "tenant", Text: "contoso.example"},
		{Head: "tenant id", Text: contosoID},
	}
	if q.ID != AskHandoff || !strings.Contains(q.Help, "proves nothing") || len(q.Facts) != len(want)+1 || !slices.Equal(q.Facts[:len(want)], want) {
		t.Fatalf("%s: %+v", q.Help, q.Facts)
	}
	if f := q.Facts[len(want)]; f.Head != "stopped by" || !strings.Contains(f.Text, "AADSTS90094") || !strings.Contains(f.Text, "lets only admins approve") {
		t.Errorf("%+v", f)
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

// What stopped whoever sent the code is told where the yes leads to, and the run
// goes on as it would without it.
func TestHandoffAdvice(t *testing.T) {
	t.Parallel()
	for code, says := range map[int]string{50105: "assigned", 90094: "admins approve", 7000112: "switched off", 999999: "in no list"} {
		s := handed(t, Handoff{App: "hetk", Domain: "contoso.example", AADSTS: code})
		if got := HandoffAdvice(s); got != nil {
			t.Errorf("%d: %+v before the yes", code, got)
		}
		s = Apply(s, Answered{Question: AskHandoff, Value: HandoffYes})
		plain := Apply(handed(t, Handoff{App: "hetk", Domain: "contoso.example"}), Answered{Question: AskHandoff, Value: HandoffYes})
		got := HandoffAdvice(s)
		if len(got) == 0 || !strings.Contains(got[0].Text, says) || s.Place != plain.Place || s.Path != plain.Path || HandoffAdvice(plain) != nil {
			t.Errorf("%d: %+v at %+v", code, got, s.Place)
		}
		path := slices.ContainsFunc(got, func(f Fact) bool { return f.Head == sayHandoffPath && f.Text != "" })
		if path != (code != 999999) {
			t.Errorf("%d: %+v", code, got)
		}
		if got := HandoffAdvice(Apply(s, Answered{Question: AskDomain, Value: "fabrikam.example"})); got != nil {
			t.Errorf("%d: %+v of another domain", code, got)
		}
	}
	if got := HandoffAdvice(State{}); got != nil {
		t.Errorf("%+v", got)
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
		"another folder's":    {Handoff{App: "elsewhere", ClientID: "8dd90edb-c881-459a-ac84-2a1fee8c5c94"}, "hetk", "8dd90edb-c881-459a-ac84-2a1fee8c5c94", ""},
		"another's, unknown":  {Handoff{App: "elsewhere", ClientID: other}, UnlistedID, other, ""},
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
	warned := func(q Question, says string) bool {
		return slices.ContainsFunc(q.Facts, func(f Fact) bool { return f.Warn && strings.Contains(f.Text, says) })
	}
	for app, want := range map[string]bool{"sophiie": true, "hetk": false} {
		h := Handoff{App: app, ClientID: other}
		if app == "hetk" {
			h.ClientID = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"
		}
		if q := handoffQuestion(handed(t, h)); warned(q, "stands in the code alone") != want {
			t.Errorf("%s: %+v", app, q.Facts)
		}
	}
	q := handoffQuestion(handed(t, Handoff{ClientID: other, Scopes: []string{"Mail.Read", "User.Read"}}))
	if !warned(q, "Nobody described this app") || !slices.Contains(q.Facts, Fact{Head: "asks for", Text: "Mail.Read User.Read"}) {
		t.Errorf("%+v", q.Facts)
	}
}

// TestHandoffShowsWhatIsBeyond holds that permissions that stand in a code and
// not in the app's description are shown, and that a yes promises no more than
// the code names.
func TestHandoffShowsWhatIsBeyond(t *testing.T) {
	t.Parallel()
	warned := func(h Handoff) string {
		for _, f := range Asks(handed(t, h))[0].Facts {
			if f.Warn {
				return f.Text
			}
		}
		return ""
	}
	own := HandoffOf(messageState(t, "hetk"), messageWhy("admin_consent_needed", 90094))
	if got := warned(own); got != "" {
		t.Errorf("of the app's own: %s", got)
	}
	own.Scopes = append(own.Scopes, "openid", "Directory.ReadWrite.All", "https://graph.microsoft.com/Mail.Send", "https://graph.microsoft.com/Calendars.ReadWrite")
	if got := warned(own); !strings.Contains(got, "Directory.ReadWrite.All https://graph.microsoft.com/Mail.Send.") {
		t.Errorf("%q", got)
	}
	for want, h := range map[string]Handoff{
		sayHandoffYesHelp: {App: "hetk", Domain: "contoso.example"}, sayHandoffYesApp: {App: "hetk"}, sayHandoffYesTenant: {Domain: "contoso.example"},
	} {
		if got := Asks(handed(t, h))[0].Options[0].Help; got != want {
			t.Errorf("%+v: %q", h, got)
		}
	}
}
