package flows

import (
	"strings"
	"testing"
	"time"
)

// How long is normal is the change's own, and what may be done where it does
// not come is the path's.
func TestPatience(t *testing.T) {
	t.Parallel()
	own := "ManagePermissionGrantsForSelf.microsoft-user-default-allow-consent-apps"
	for name, c := range map[string]struct {
		consent []string
		kind    ChangeKind
		want    time.Duration
	}{
		"a grant":               {nil, CreateGrant, 2 * time.Minute},
		"the setting":           {[]string{owned}, SetConsent, time.Hour},
		"the setting, managed":  {[]string{managed}, SetConsent, 5 * time.Minute},
		"the setting, of mails": {[]string{strings.ToUpper(own)}, SetConsent, 5 * time.Minute},
		"the workflow":          {[]string{managed}, SetWorkflow, time.Hour},
		"a classification":      {nil, Classify, 10 * time.Minute},
	} {
		if got := Patience(Facts{Consent: c.consent}, c.kind); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestWhatDoesNotShow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path    PathID
		consent []string
		answers []Answered
		says    []string
		not     string
	}{
		"managed, a policy of ours": {AppPolicy, []string{managed}, nil, []string{"It manages this setting here", "no choice in the admin center", "take back"}, "make the choice in the admin center"},
		"managed, low":              {LowImpact, []string{managed}, nil, []string{"It manages this setting here", "make the choice in the admin center"}, "no choice"},
		"the mail apps alone":       {LowImpact, []string{forSelf + policyMail}, nil, []string{"It manages this setting here"}, ""},
		"not managed":               {LowImpact, []string{owned}, nil, []string{"not to be seen yet", "up to an hour"}, "manages"},
		"the workflow":              {ConsentRequests, []string{managed}, []Answered{{AskReviewers, ReviewersMe}}, []string{"not to be seen yet", "up to an hour"}, "manages"},
		"a grant":                   {EntraGrant, []string{managed}, nil, []string{"not to be seen yet", "some minutes"}, "hour"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, f := tenantOf(t, func(f *Facts) { f.Consent = c.consent })
			s := onPath(t, c.path, f, c.answers...)
			p, err := PlanOf(s, c.path)
			if err != nil {
				t.Fatal(err)
			}
			s.Plan, s.Lines, s.Confirmed, s.CanWrite = &p, make([]LineState, len(p.Lines)), p.ID, true
			last := len(p.Lines) - 1
			s = after(s, Applying{Plan: p.ID, Line: last}, Applied{Plan: p.ID, Line: last, Outcome: OutcomeSent}, Reread{Plan: p.ID, Line: last}, Stopped{Plan: p.ID, Why: StopUnseen, Text: "said"})
			again := s
			again.past = s.kept()
			next := p
			next.ID, again.Plan, again.Lines = "next", &next, make([]LineState, len(p.Lines))
			for _, s := range []State{s, again} { // and under the plan that is made next
				got := WhyStopped(s)
				for _, part := range append(c.says, "said") {
					if !strings.Contains(got, part) {
						t.Errorf("it says %q, want %q in it", got, part)
					}
				}
				if c.not != "" && strings.Contains(got, c.not) {
					t.Errorf("it says %q, and not %q", got, c.not)
				}
			}
			managedIs := strings.Contains(WhyStopped(s), "manages")
			if warned := strings.Contains(strings.Join(p.Warnings, " "), "Microsoft manages this setting here"); warned != managedIs {
				t.Errorf("warnings: %v", p.Warnings)
			}
		})
	}
}

// An app that is not there yet may have roles of its own: that is said first,
// and found out before anybody is shut out.
func TestAGroupPilotOfAnAppThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t, func(f *Facts) { f.App = nil; f.Who = &WhoFact{ID: groupID, Name: "Pilots", Group: true, Asked: "x"} })
	p, err := PlanOf(onPath(t, Pilot, f, Answered{AskWho, "x"}), Pilot)
	if err != nil || !strings.Contains(strings.Join(p.Warnings, " "), "roles of its own") {
		t.Errorf("%v, %v", p.Warnings, err)
	}
}
