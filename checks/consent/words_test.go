package consent

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryRuleHasItsWords(t *testing.T) {
	t.Parallel()
	ids := map[RuleID]bool{}
	for i, r := range rules {
		if r.id == "" || r.text == "" || ids[r.id] {
			t.Errorf("rule %d: id %q, text %q, seen before: %v", i, r.id, r.text, ids[r.id])
		}
		ids[r.id] = true
		text := r.id.Text()
		if text == "" || strings.ContainsAny(text, "{}\x1b\n") || !strings.HasSuffix(text, ".") ||
			strings.ToUpper(text[:1]) != text[:1] {
			t.Errorf("%s: %q is not a plain sentence", r.id, text)
		}
	}
	if got := RuleID("made-up").Text(); got != "" {
		t.Errorf("an unknown rule says %q", got)
	}
	if !slices.IsSortedFunc(rules[:kGranted+1], func(a, b struct {
		id     RuleID
		effect Outcome
		text   string
	},
	) int {
		return int(a.effect) - int(b.effect)
	}) {
		t.Error("rules are not in the order Blocked, NeedsAdmin, Allowed")
	}
}

// TestTheSentences pins the words that screens show most.
func TestTheSentences(t *testing.T) {
	t.Parallel()
	sentences := map[string]string{
		"managed default":                        "Calendars.ReadWrite has been on Microsoft's managed list since Oct/Nov 2025 (MC1163922).",
		"managed, Contacts.ReadWrite":            "Contacts.ReadWrite has been on Microsoft's managed list since Jun/Jul 2026 (MC1304287).",
		"managed, EWS on Exchange":               "EWS.AccessAsUser.All has been on Microsoft's managed list since Nov 2025 (MC1163922).",
		"managed, live list is longer than ours": "Mail.Send is on Microsoft's managed list, so users may not consent to it.",
		"low, sign-in scopes forgotten":          "offline_access is not classified Low in this tenant, and consent policy microsoft-user-default-low asks for that.",
		"low, unverified":                        "Consent policy microsoft-user-default-low asks for a verified publisher, and this app has none.",
		"user consent off":                       "This tenant does not let users consent to any app.",
		"app role":                               "Calendars.Read is an app role: only an admin can approve it, in every tenant.",
		"legacy":                                 "Consent policy microsoft-user-default-legacy lets this person consent to Calendars.ReadWrite for themselves.",
		"granted to this person":                 "Calendars.ReadWrite is approved for this person alone: nothing for them to consent to.",
		"assignment, not assigned":               "Everything is approved, but only assigned people may use the app, and this person is not assigned.",
		"risky, age unknown":                     "Whether Microsoft treats the app as risky cannot be told: it is unverified, and whether it was registered after 8 November 2020 is not known.",
	}
	for _, c := range handCases() {
		want, ok := sentences[c.name]
		if !ok {
			continue
		}
		delete(sentences, c.name)
		if got := Decide(c.q()).Decided.Why; got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, want)
		}
	}
	for name := range sentences {
		t.Errorf("no case %q", name)
	}
}

// TestTheManagedRuleNamesTheChange: message id, date and certainty, from the
// live policy and from our copy alike.
func TestTheManagedRuleNamesTheChange(t *testing.T) {
	t.Parallel()
	for _, q := range []Question{managed(), offline(all()...)} {
		a := Decide(q)
		c := a.Decided.Change
		if c == nil || *c != (Change{MessageID: "MC1163922", Effective: "2025-10/11", Certain: true}) {
			t.Errorf("change %+v", c)
		}
		if a.Decided.Policy != PolicyRecommended || a.Decided.Set != "exclude 1" {
			t.Errorf("policy %q set %q", a.Decided.Policy, a.Decided.Set)
		}
	}
	q := managed()
	q.Asked = lives("OnlineMeetings.Read")
	a := Decide(q)
	if a.Decided.Change == nil || a.Decided.Change.Certain || !strings.Contains(a.Decided.Why, "by all signs since Oct/Nov 2025") {
		t.Errorf("a scope named by its family only: %+v %s", a.Decided.Change, a.Decided.Why)
	}
}

func TestWhen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ effective, want string }{
		{"2025-07/08", "Jul/Aug 2025"},
		{"2025-11", "Nov 2025"},
		{"2026-06/07", "Jun/Jul 2026"},
		{"2026-01/12", "Jan/Dec 2026"},
		{"", ""},
		{"2025", "2025"},
		{"2025-13", "2025-13"},
		{"2025-", "2025-"},
		{"soon-ish", "soon-ish"},
		{"2025-00/01", "2025-00/01"},
	} {
		if got := (Change{Effective: c.effective}).When(); got != c.want {
			t.Errorf("%q: %q, want %q", c.effective, got, c.want)
		}
	}
}

// TestNamesFromOutsideStayThemselves: a scope or a policy that looks like a
// placeholder is not filled in again.
func TestNamesFromOutsideStayThemselves(t *testing.T) {
	t.Parallel()
	q := custom(including(forHetk("openid")))
	q.Tenant.Policies[4].ID = "{scope}"
	q.Tenant.Assigned = []string{self + "{scope}"}
	q.Asked = []Permission{{Resource: MicrosoftGraph, ID: "x", Value: "{policy}{", UserConsentable: Yes}}
	if got, want := Decide(q).Decided.Why, "Consent policy {scope} does not include {policy}{."; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSetNames(t *testing.T) {
	t.Parallel()
	p := Policy{Includes: []ConditionSet{graphAny}}
	for range 11 {
		p.Excludes = append(p.Excludes, ConditionSet{PermissionType: "application"})
	}
	p.Excludes = append(p.Excludes, graphAny)
	if got := Decide(custom(p)).Decided.Set; got != "exclude 12" {
		t.Errorf("got %q", got)
	}
	p.Excludes = nil
	if got := Decide(custom(p)).Decided.Set; got != "include 1" {
		t.Errorf("got %q", got)
	}
}

func TestColleague(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		q    func() Question
		want string
	}{
		// Somebody's own consent is on record: that is the reason, with proof.
		{"a colleague consented", with(managed(), func(q *Question) { q.Granted = []Granted{one(colleague, all()...)} }), colleagueOwnConsent},
		// The same for the person who asks is no colleague's.
		{"own consent in part", with(managed(), func(q *Question) { q.Granted = []Granted{one(person, "openid")} }), ""},
		// Consent on an API that is not asked of is another story.
		{"a colleague consented elsewhere", with(managed(), func(q *Question) {
			q.Granted = []Granted{{Resource: ExchangeOnline, Scopes: []string{"EWS.AccessAsUser.All"}, User: colleague}}
		}), ""},
		// The app grew: what everyone has is less than what is asked.
		{"grown", with(managed(), func(q *Question) { q.Granted = []Granted{everyone("openid", "User.Read")} }), colleagueGrown},
		// Grants not read: what usually is the reason.
		{"domain only", is(offline(all()...)), "People who consented before Oct/Nov 2025 keep working: a stricter policy holds back new consents only."},
		{"off, grants unread by the first look", with(offline(all()...), func(q *Question) { q.Tenant.Policies = nil; q.Tenant.Assigned = []string{} }), ""},
		{"nobody consented", is(managed()), ""},
		{"not assigned", with(managed(), func(q *Question) { q.App.AssignmentRequired = Yes; q.Granted = []Granted{everyone(all()...)} }), colleagueAssigned},
		{"assignment, a colleague consented", with(managed(), func(q *Question) { q.App.AssignmentRequired = Yes; q.Granted = []Granted{one(colleague, all()...)} }), colleagueOwnConsent},
		{"allowed", is(under(PolicyLegacy)), ""},
		{"disabled", with(managed(), func(q *Question) { q.App.Enabled = No; q.Granted = []Granted{one(colleague, all()...)} }), ""},
		{"app role", with(managed(), func(q *Question) {
			q.Asked = []Permission{{Resource: MicrosoftGraph, Value: "Mail.Read", Kind: Application}}
			q.Granted = []Granted{one(colleague, all()...)}
		}), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q := c.q()
			if got := Colleague(q, Decide(q)); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
