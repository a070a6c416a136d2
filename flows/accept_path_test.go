package flows

import (
	"strings"
	"testing"

	"onboard.example/checks"
)

func TestWhoIsAccepted(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"user@contoso.example":                 "user@contoso.example",
		" Sample.User@Contoso.Example ":        "Sample.User@contoso.example",
		"guest_x.example#EXT#@contoso.example": "guest_x.example#EXT#@contoso.example",
		"Pilot group":                          "Pilot group",
		"R&D (Tallinn), first":                 "R&D (Tallinn), first",
		"8DD90EDB-C881-459A-AC84-2A1FEE8C5C94": "8dd90edb-c881-459a-ac84-2a1fee8c5c94",
		"\x1b[31mPilot":                        "Pilot",
		strings.Repeat("g", 256):               strings.Repeat("g", 256),
	} {
		e, err := Accept(Question{ID: AskWho, Rule: RuleWho}, in)
		if err != nil || e != (Answered{AskWho, want}) {
			t.Errorf("%q is accepted as %+v, %v", in, e, err)
		}
	}
	for in, say := range map[string]string{
		"":                         "name a person or a group",
		" \t ":                     "name a person or a group",
		"@contoso.example":         "is no address",
		"user@":                    "is no address",
		"user@contoso":             "is no address",
		"a user@contoso.example":   "is no address",
		"a@b@contoso.example":      "is no address",
		"a,b@contoso.example":      "is no address",
		"x/y@contoso.example":      "is no address",
		`x"y@contoso.example`:      "is no address",
		"somebody@gmail.com":       "personal address",
		"Somebody@Outlook.com":     "personal address",
		strings.Repeat("g", 257):   "at most 256",
		"user@contoso.example\x00": "",
	} {
		e, err := Accept(Question{ID: AskWho, Rule: RuleWho}, in)
		if say == "" {
			if err != nil {
				t.Errorf("%q: %v", in, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), say) || len(err.Error()) > 300 {
			t.Errorf("%q is accepted as %+v, or says %v, want %q", in, e, err, say)
		}
	}
}

func FuzzAcceptWho(f *testing.F) {
	for _, in := range []string{"user@contoso.example", "Pilot", "@", "a@b@c", "8dd90edb-c881-459a-ac84-2a1fee8c5c94", "\x1b]0;x\x07@x.example"} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		q := Question{ID: AskWho, Rule: RuleWho}
		e, err := Accept(q, in)
		if err != nil {
			return
		}
		got, ok := e.(Answered)
		if !ok || got.Value == "" || got.Value != checks.Line(got.Value, mostAnswer) {
			t.Fatalf("%q is accepted as %+v", in, e)
		}
		if again, err := Accept(q, got.Value); err != nil || again != e {
			t.Fatalf("%q is accepted as %q and then as %+v, %v", in, got.Value, again, err)
		}
	})
}

func TestQuestionsOfThePaths(t *testing.T) {
	t.Parallel()
	f := tenantFacts(theApp(profile(t, "hetk")), consents())
	s := chosen(t, ConsentRequests, f, walled(map[checks.ID]checks.Verdict{checks.AccountRole: checks.Fail}))
	q := Asks(s)
	if len(q) != 1 || q[0].ID != AskReviewers || len(q[0].Options) != 3 || !strings.Contains(q[0].Options[0].Help, "no role") {
		t.Fatalf("reviewers: %+v", q)
	}
	for _, bad := range []string{"", "somebody", "WHO ELSE"} {
		if e, err := Accept(q[0], bad); err == nil || !strings.Contains(err.Error(), "me, role, who") {
			t.Errorf("%q is accepted as %+v, %v", bad, e, err)
		}
	}
	q = Asks(after(chosen(t, Pilot, f, walled(nil)), Advanced{}))
	if len(q) != 1 || q[0].ID != AskWho || q[0].Answer != "" || !strings.Contains(q[0].Example, "contoso.example") {
		t.Errorf("who: %+v", q)
	}
	named := chosen(t, Pilot, f, walled(nil))
	named.Person = "user@contoso.example"
	if q = Asks(named); q[0].Answer != "user@contoso.example" {
		t.Errorf("the person asked about is not proposed: %+v", q)
	}
	q = Asks(chosen(t, Revoke, grantedFacts(t), nil))
	if len(q) != 1 || q[0].ID != AskRevoke || len(q[0].Options) != 2 {
		t.Errorf("how much: %+v", q)
	}
}

// Why a path cannot be walked by Graph is said before it is chosen.
func TestWhyNotByGraph(t *testing.T) {
	t.Parallel()
	f := tenantFacts(theApp(profile(t, "hetk")), consents())
	graph := func(s State) string { return howQuestion(s).Options[1].Why }
	s := chosen(t, AppPolicy, f, walled(nil))
	if why := graph(s); why != "" {
		t.Errorf("by Graph: %q", why)
	}
	if title := howQuestion(s).Options[0].Title; title != pathWords.howShell {
		t.Errorf("by hand: %q", title)
	}
	for name, c := range map[string]struct {
		change func(*State)
		want   string
	}{
		"served":           {func(s *State) { s.CanWrite = false }, words.howNoWrite},
		"nobody signed in": {func(s *State) { s.Account = nil }, words.howNoAccount},
		"no plan":          {func(s *State) { s.Path = DirectLink }, ErrNoPlan.Error()},
		"classified otherwise": {func(s *State) {
			s.Path = LowImpact
			s.Facts.Classes = []ClassFact{{API: checks.MicrosoftGraph, ScopeID: "1", Level: "high"}}
		}, ErrOtherLevel.Error()},
	} {
		s := s
		c.change(&s)
		if why := graph(s); !strings.Contains(why, c.want) {
			t.Errorf("%s: %q, want %q", name, why, c.want)
		}
	}
}

// What a plan is about stays as it was confirmed until the plan has come to its
// end.
func TestNoAnswerChangesAPlanThatIsCarriedOut(t *testing.T) {
	t.Parallel()
	f := grantedFacts(t)
	s := after(chosen(t, Revoke, f, nil), Answered{Question: AskRevoke, Value: RevokeGrants}, Advanced{}, by(HowGraph), Advanced{})
	s = looks(s, f, nil)
	e, ok := Due(s)
	if !ok {
		t.Fatalf("no plan is due: %q", WhyNoPlan(s))
	}
	s = after(s, e)
	s = after(s, Confirmed{Plan: s.Plan.ID, Typed: "contoso.example"}, admin(s.Plan.WriteScopes()...))
	got := after(s, Answered{Question: AskRevoke, Value: RevokeApp}, Answered{Question: AskWho, Value: "x"}, Answered{Question: AskReviewers, Value: ReviewersMe})
	if got.Answer(AskRevoke) != RevokeGrants || got.Answer(AskWho) != "" || got.Answer(AskReviewers) != "" || got.Round != s.Round {
		t.Errorf("answers changed while lines are sent: %v", got.answers)
	}
}

// TestNobodySignsIn holds that where there is no way to sign in nobody is told to.
func TestNobodySignsIn(t *testing.T) {
	t.Parallel()
	s := chosen(t, AppPolicy, tenantFacts(theApp(profile(t, "hetk")), consents()), walled(nil))
	s.Account, s.Facts.AppRead, s.Facts.GrantsRead = nil, false, false
	for _, c := range []struct {
		ways  []WayOffer
		write bool
		want  [2]string
	}{
		{[]WayOffer{{Way: WayDevice}}, false, [2]string{pathWords.unfitUnread, words.howNoAccount}},
		{nil, true, [2]string{pathWords.unfitUnread, words.howNoAccount}},
		{nil, false, [2]string{pathWords.unfitNobody, words.howNobody}},
	} {
		s.Ways, s.CanWrite = c.ways, c.write
		if got := [2]string{s.unfitRevoke(), reviewersQuestion(s).Options[0].Why}; got != c.want {
			t.Errorf("%d ways, writes %v: %q", len(c.ways), c.write, got)
		}
	}
}
