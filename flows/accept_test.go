package flows

import (
	"strings"
	"testing"

	"onboard.example/checks"
)

func TestDomains(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"contoso.example":                    "contoso.example",
		"  Contoso.Example. ":                "contoso.example",
		"user@contoso.example":               "contoso.example",
		"https://contoso.example/path?q=1":   "contoso.example",
		"bücher.example":                     "xn--bcher-kva.example",
		"xn--bcher-kva.example":              "xn--bcher-kva.example",
		"mail.contoso.example":               "mail.contoso.example",
		"contoso.onmicrosoft.com":            "contoso.onmicrosoft.com",
		"a@b@contoso.example":                "contoso.example",
		"\x1b[31mcontoso.example":            "contoso.example",
		strings.Repeat("a", 60) + ".example": strings.Repeat("a", 60) + ".example",
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			e, err := Accept(Question{ID: AskDomain, Rule: RuleDomain}, in)
			if err != nil {
				t.Fatal(err)
			}
			if e != (Answered{AskDomain, want}) {
				t.Errorf("accepted as %+v, want %q", e, want)
			}
		})
	}
}

func TestDomainsThatAreNone(t *testing.T) {
	t.Parallel()
	for in, say := range map[string]string{
		"":                                    "type the tenant's domain",
		"   ":                                 "type the tenant's domain",
		"contoso":                             "is not a domain",
		"contoso .example":                    "is not a domain",
		"..":                                  "is not a domain",
		"contoso..example":                    "is not a domain",
		"-contoso.example":                    "is not a domain",
		"https://":                            "is not a domain",
		"user@":                               "is not a domain",
		"[::1]":                               "is not a domain",
		"con_toso!.example":                   "is not a domain",
		"user@gmail.com":                      "personal accounts",
		"Outlook.com":                         "personal accounts",
		strings.Repeat("a", 64) + ".example":  "is not a domain",
		strings.Repeat("a.", 400) + "example": "is not a domain",
		"contoso.example\u202e":               "is not a domain",
		strings.Repeat("\x00", 1<<20):         "type the tenant's domain",
	} {
		t.Run(say+" "+checks.Line(in, 20), func(t *testing.T) {
			t.Parallel()
			e, err := Accept(Question{ID: AskDomain, Rule: RuleDomain}, in)
			if err == nil {
				t.Fatalf("accepted as %+v", e)
			}
			if !strings.Contains(err.Error(), say) || len(err.Error()) > 300 || strings.ContainsAny(err.Error(), "\x00\x1b\u202e") {
				t.Errorf("says %q, want %q in it", err, say)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	how := Question{ID: AskHow, Rule: RuleOption, Options: []Option{{ID: HowPortal}, {ID: HowGraph, Why: "sign in first"}}}
	typed := Question{ID: AskConfirm, Rule: RuleTyped, Want: "contoso.example"}
	id := Question{ID: AskClientID, Rule: RuleGUID}
	for name, c := range map[string]struct {
		q    Question
		in   string
		want string
		say  string
	}{
		"an option":            {how, " Portal ", HowPortal, ""},
		"a disabled option":    {how, HowGraph, "", "sign in first"},
		"no option":            {how, "magic", "", "choose one of: portal, graph"},
		"nothing":              {how, "", "", "choose one of"},
		"the very text":        {typed, "CONTOSO.example", "CONTOSO.example", ""},
		"another text":         {typed, "contoso.com", "", "type contoso.example to apply"},
		"a client id":          {id, " 8DD90EDB-C881-459A-AC84-2A1FEE8C5C94", "8dd90edb-c881-459a-ac84-2a1fee8c5c94", ""},
		"a client id in curls": {id, "{8dd90edb-c881-459a-ac84-2a1fee8c5c94}", "", "00000000-0000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := Accept(c.q, c.in)
			switch {
			case c.say == "" && (err != nil || e != (Answered{c.q.ID, c.want})):
				t.Errorf("accepted as %+v, %v", e, err)
			case c.say != "" && (err == nil || !strings.Contains(err.Error(), c.say)):
				t.Errorf("says %v, want %q", err, c.say)
			}
		})
	}
}

func TestQuestionsOfEachPlace(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	if q := AppQuestion(s, []Profile{profile(t, "hetk"), profile(t, "nylas")}); len(q.Options) != 2 || q.Answer != "hetk" {
		t.Errorf("apps: %+v", q)
	}
	s = see(after(s, tenant()), nil)
	if q := Asks(s); len(q) != 0 {
		t.Errorf("asked where nothing is open: %+v", q)
	}
	two := after(s, Learned{Facts: Facts{Tenants: []TenantFact{{checks.CloudPublic, contosoID}, {checks.CloudChina, exSP}}}})
	q := Asks(two)
	if len(q) != 1 || q[0].ID != AskCloud || q[0].Options[0].Why != "" || q[0].Options[1].Why == "" {
		t.Errorf("clouds: %+v; the app is not in China", q)
	}
	s = after(s, Advanced{})
	if q = Asks(s); len(q) != 1 || len(q[0].Options) != 3 || q[0].Options[1].Why == "" {
		t.Errorf("ways to sign in: %+v", q)
	}
	for _, o := range q[0].Options {
		if o.Title == "" || o.Help == "" {
			t.Errorf("the way %s has no title or help", o.ID)
		}
	}
	plan := graphRun(t, present(Facts{}))
	if q = Asks(plan); len(q) != 1 || q[0].Want != "contoso.example" || !strings.Contains(q[0].Title, "contoso.example") {
		t.Errorf("to confirm: %+v", q)
	}
	back := after(plan, WentBack{})
	if q = Asks(back); len(q) != 1 || q[0].Answer != HowGraph {
		t.Errorf("how: %+v", q)
	}
	for name, change := range map[string]func(*State){
		"served":           func(s *State) { s.CanWrite = false },
		"nobody signed in": func(s *State) { s.Account = nil },
		"not stated":       func(s *State) { s.App.NeedsUnstated = true },
	} {
		s := back
		change(&s)
		if q = Asks(s); q[0].Options[1].Why == "" {
			t.Errorf("%s: by Graph can be chosen", name)
		}
	}
}

func FuzzAcceptDomain(f *testing.F) {
	for _, in := range []string{"contoso.example", "user@bücher.example", "https://x.example/", "..", "\x1b]0;x\x07"} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		d, err := AcceptDomain(in)
		if err != nil {
			return
		}
		if again, err := AcceptDomain(d); err != nil || again != d {
			t.Fatalf("%q is accepted as %q and then as %q, %v", in, d, again, err)
		}
		if !pathSafe(d) {
			t.Fatalf("%q is accepted as %q, which cannot stand in a link", in, d)
		}
	})
}

// TestShownDomain: a domain of another script is shown in both forms.
func TestShownDomain(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"contoso.example": "contoso.example", "xn--bcher-kva.example": "bücher.example (xn--bcher-kva.example)", "xn--a.example": "xn--a.example", "": "",
	} {
		if got := ShownDomain(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
