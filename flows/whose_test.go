package flows

import (
	"encoding/json"
	"strings"
	"testing"

	"onboard.example/checks"
)

const carerixID = "5a1c0001-0000-4000-8000-00000ca7e71c"

// typed is a run for an app whose profile has no client id, with one that was typed.
func typed(t *testing.T) State {
	t.Helper()
	p := profile(t, "carerix")
	return after(State{}, Started{Version: "1", Domain: "contoso.example", Profile: &p, CanWrite: true}, Answered{Question: AskClientID, Value: carerixID})
}

func TestATypedClientIDIsSaidToBeTyped(t *testing.T) {
	t.Parallel()
	s := after(typed(t), tenant())
	if s.App.IDFrom != checks.IDGiven {
		t.Fatalf("the id is from %q", s.App.IDFrom)
	}
	whose := WhoseApp(s)
	if !strings.Contains(whose, "given by hand") || !strings.Contains(whose, "Ask Carerix whether "+carerixID+" is theirs") {
		t.Errorf("says %q", whose)
	}
	l, err := ConsentLink(s)
	if err != nil || !strings.HasPrefix(l.Note, whose) || !strings.Contains(l.Note, words.linkV1Note) {
		t.Errorf("the link says %q, %v", l.Note, err)
	}
	r := ReportOf(s)
	page, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{"Markdown": r.Markdown(), "HTML": page, "JSON": string(data)} {
		if !strings.Contains(text, "given by hand") {
			t.Errorf("the report as %s does not say who gave the id: %s", form, text)
		}
	}
}

func TestTheProfilesOwnClientIDNeedsNoWord(t *testing.T) {
	t.Parallel()
	s := begun(t, "hetk")
	own := s.App.ClientID
	if whose := WhoseApp(s); whose != "" || s.planWhose() != "" {
		t.Errorf("says %q", whose)
	}
	p := profile(t, "hetk")
	s = after(State{}, Started{Domain: "contoso.example", Profile: &p, ClientID: strings.ToUpper(own)})
	if s.App.IDFrom != checks.IDOfProfile || s.App.ClientID != own {
		t.Errorf("the profile's own id, typed again, is from %q: %s", s.App.IDFrom, s.App.ClientID)
	}
	s = after(s, Answered{Question: AskClientID, Value: carerixID}, Answered{Question: AskClientID, Value: own})
	if s.App.IDFrom != checks.IDOfProfile {
		t.Errorf("the profile's own id, typed after another, is from %q", s.App.IDFrom)
	}
}

// What the tenant says against the profile is told where the app is approved,
// whoever named the id.
func TestTheLinkSaysWhatSpeaksAgainstTheApp(t *testing.T) {
	t.Parallel()
	s := after(begun(t, "hetk"), tenant())
	judged := checks.Judge(checks.Subject{
		App: func() checks.App { a := s.App; a.Publisher = "Hetk Holding"; return a }(), Domain: s.Domain, Now: noon,
		Look: &checks.Snapshot{App: checks.Look[*checks.ServicePrincipal]{Read: true, Value: &checks.ServicePrincipal{
			AppID: s.App.ClientID, Name: "Hetk", Publisher: &checks.Publisher{ID: "1", Name: "Other"},
		}}},
	}, []checks.ID{checks.AppPublisher})
	s = after(s, Found{Round: s.Round, Finding: judged[0]})
	if judged[0].Verdict == checks.Skipped {
		t.Fatalf("found %+v", judged[0])
	}
	l, err := ConsentLink(s)
	if err != nil || !strings.Contains(l.Note, "Other, verified, and the app's profile names Hetk Holding.") {
		t.Errorf("the link says %q, %v", l.Note, err)
	}
	if s = after(s, AskedAgain{}); WhoseApp(s) != "" {
		t.Errorf("an old finding still says %q", WhoseApp(s))
	}
}

func TestAPlanForATypedClientIDWarns(t *testing.T) {
	t.Parallel()
	p := profile(t, "hetk")
	p.ClientIDFrom = checks.IDGiven
	s := after(State{}, Started{Version: "1", Domain: "contoso.example", Profile: &p, CanWrite: true}, tenant())
	f := present(theApp(p))
	f.App.Name, f.App.Publisher = "Evil\x1b[2J", ""
	s = after(s, Learned{Round: s.Round, Facts: f})
	s.Facts.Resources[0].Scopes = nil
	plan, err := PlanOf(s, EntraGrant)
	if err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(plan.Warnings, "\n"); !strings.Contains(all, "given by hand") || !strings.Contains(all, "publisher: not verified") || strings.Contains(all, "\x1b") {
		t.Errorf("warns %q", plan.Warnings)
	}
	s.App.IDFrom = checks.IDOfProfile
	if plan, err = PlanOf(s, EntraGrant); err != nil || len(plan.Warnings) != 0 {
		t.Errorf("warns %q of the profile's own id, %v", plan.Warnings, err)
	}
}

// Whoever makes a description of a code's, or of a person's, id vouches for
// nothing.
func TestHandedAndUnlistedIDsAreGiven(t *testing.T) {
	t.Parallel()
	if p := Unlisted(carerixID, nil); p.App().IDFrom != checks.IDGiven || !p.App().Undescribed {
		t.Errorf("an unlisted app: %+v", p.App())
	}
	h, err := HandedOf(Handoff{App: "carerix", ClientID: carerixID}, []Profile{profile(t, "carerix")})
	if err != nil || h.Profile.App().IDFrom != checks.IDGiven {
		t.Errorf("a code's: %+v, %v", h, err)
	}
	s := after(State{}, Started{Handed: h}, Answered{Question: AskHandoff, Value: HandoffYes})
	if s.App.IDFrom != checks.IDGiven || s.App.ClientID != carerixID {
		t.Errorf("after the yes: %+v", s.App)
	}
	if own := (Profile{ID: OwnAppID}); !own.App().Undescribed {
		t.Error("an own app is described")
	}
}
