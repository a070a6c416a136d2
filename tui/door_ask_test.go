package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/checks"
	"onboard.example/flows"
)

// found is what a fake Microsoft says of a domain: it is of the tenant tenantID,
// and on Microsoft's default.
func found(_ context.Context, domain string, in checks.WhyAsked) (checks.WhyAsked, error) {
	in.Subject, in.Findings = checks.Subject{App: in.Subject.App}, nil
	switch {
	case strings.Contains(domain, "outlook"):
		in.Personal = "outlook.com"
		return in, nil
	case !strings.Contains(domain, "."):
		return in, errors.New("a domain looks like contoso.example")
	}
	in.Subject.Domain = domain
	if strings.HasPrefix(domain, "unreached") {
		in.Subject.Look = &checks.Snapshot{}
		return in, nil
	}
	in.Subject.Look = &checks.Snapshot{Discovery: checks.Look[checks.Discovery]{
		Read: true, Value: checks.Discovery{Found: []checks.CloudTenant{{Cloud: checks.CloudPublic, TenantID: tenantID}}},
	}}
	in.Findings = []checks.Finding{finding(checks.ConsentPredict, checks.Fail, checks.Inferred, "By Microsoft's default an ordinary user may not agree to this app").Finding}
	return in, nil
}

// askingDoor is the wizard at an answer, where somebody can be asked.
func askingDoor(t *testing.T, w, h int, text string, ask AskWhy) *Model {
	t.Helper()
	o := walking(t, w, h)
	o.AskWhy = ask
	m := New(t.Context(), atApp(t), o)
	press(m, "w")
	m.Update(tea.PasteMsg{Content: text})
	press(m, "enter")
	return m
}

// askAbout types a domain and lets the answer come.
func askAbout(t *testing.T, m *Model, domain string) {
	t.Helper()
	press(m, "d", "ctrl+u")
	for _, r := range domain {
		press(m, string(r))
	}
	_, cmd := m.Update(pressed("enter"))
	carry(m, cmd)
}

// TestDoorAsks holds that the door asks about a domain when it is told to, says
// who was asked, and narrows its answer and its links down by it.
func TestDoorAsks(t *testing.T) {
	t.Parallel()
	const cancelled = "error=access_denied&error_subcode=cancel client_id=8dd90edb-c881-459a-ac84-2a1fee8c5c94"
	m := askingDoor(t, 80, 24, cancelled, found)
	s, ok := m.current().(*whyAnswer)
	if !ok || s.why.Class != "ambiguous" || !strings.Contains(s.text(m), wordDoorNobodyAsked) {
		t.Fatalf("%T %s", m.current(), s.text(m))
	}
	askAbout(t, m, "contoso.example")
	if s.why.Class != "admin_consent_needed" || s.run.TenantID() != tenantID || !strings.Contains(s.text(m), "were asked about contoso.example. Nobody signed in") {
		t.Errorf("%s %s\n%s", s.why.Class, s.run.TenantID(), s.text(m))
	}
	press(m, "1")
	if s.why.Colleague == "" || s.why.Class != "admin_consent_needed" {
		t.Errorf("%+v", s.why)
	}
	press(m, "m")
	if msg, ok := m.current().(*whyMessage); !ok || !strings.Contains(msg.text(), "/"+tenantID+"/adminconsent") {
		t.Errorf("%T", m.current())
	}
	press(m, "esc")
	askAbout(t, m, "outlook.com")
	if s.why.Class != "personal_account" || strings.Contains(s.text(m), "were asked about") || !strings.Contains(s.text(m), "outlook.com is for personal mail, and no organisation's: nobody was asked about it") || strings.Contains(s.text(m), wordDoorNobodyAsked) {
		t.Errorf("%s\n%s", s.why.Class, s.text(m))
	}
	askAbout(t, m, "unreached.example")
	if !strings.Contains(s.text(m), "unreached.example and could not be reached") {
		t.Error(s.text(m))
	}
	askAbout(t, m, "nonsense")
	if !strings.Contains(s.text(m), "Nobody could be asked. A domain looks like contoso.example.") {
		t.Error(s.text(m))
	}
	press(m, "d")
	if d, ok := m.current().(*doorDomain); !ok || d.field.value() != "nonsense" {
		t.Errorf("%T: what was mistyped is gone", m.current())
	}
}

// TestDoorAskingIsCalledOff holds that what is asked ends with the answer, and that
// what comes too late counts for nothing.
func TestDoorAskingIsCalledOff(t *testing.T) {
	t.Parallel()
	asked := make(chan context.Context, 2)
	m := askingDoor(t, 80, 24, "AADSTS90094", func(ctx context.Context, domain string, in checks.WhyAsked) (checks.WhyAsked, error) {
		asked <- ctx
		in.Subject.Domain = domain
		return in, nil
	})
	s, ok := m.current().(*whyAnswer)
	if !ok {
		t.Fatalf("%T", m.current())
	}
	first := s.ask(m, "contoso.example")
	if _, text := s.looked(m); !strings.Contains(text, "Asking") || !strings.Contains(text, "contoso.example") {
		t.Errorf("%q", text)
	}
	second := s.ask(m, "fabrikam.example")
	m.Update(first())
	if ctx := <-asked; ctx.Err() == nil || s.asked != "" {
		t.Errorf("%v, asked %q", ctx.Err(), s.asked)
	}
	press(m, "esc")
	m.Update(second())
	if ctx := <-asked; ctx.Err() == nil || s.asked != "" || s.asking != "" {
		t.Errorf("%v, asked %q", ctx.Err(), s.asked)
	}
	m = askingDoor(t, 80, 24, "AADSTS90094", nil)
	press(m, "d")
	if _, ok := m.current().(*whyAnswer); !ok || !strings.Contains(m.notice.text, whyNoAsking) {
		t.Errorf("%T %q", m.current(), m.notice.text)
	}
}

// TestDoorCountsTheRun holds that what a run has seen of its tenant counts at its
// door without anybody being asked, and that another app in the text is told.
func TestDoorCountsTheRun(t *testing.T) {
	t.Parallel()
	d := atSignIn(t)
	d.happen(flows.WentBack{}, flows.WentBack{}, flows.WentBack{})
	m := New(t.Context(), d, walking(t, 80, 24))
	if m.state.Place.Stage != flows.StageApp {
		t.Fatalf("%+v", m.state.Place)
	}
	press(m, "w")
	m.Update(tea.PasteMsg{Content: "AADSTS90094 tenant '99999999-2222-3333-4444-555555555555' application '66666666-2222-3333-4444-555555555555'"})
	press(m, "enter")
	s, ok := m.current().(*whyAnswer)
	if !ok || s.why.Class != "wrong_tenant" {
		t.Fatalf("%T %+v", m.current(), s)
	}
	text := s.text(m)
	for _, says := range []string{"What this run has seen of contoso.example counts, too.", "The text is about another app than Hetk Calendar Sync: one with the id 66666666-2222-3333-4444-555555555555"} {
		if !strings.Contains(text, says) {
			t.Errorf("lacks %q:\n%s", says, text)
		}
	}
	press(m, "a")
	if m.state.Place.Stage != flows.StageApp || !strings.Contains(m.notice.text, whyOtherApp) {
		t.Errorf("%+v %q", m.state.Place, m.notice.text)
	}
	press(m, "m")
	if got := screenText(t, m.View().Content, 80, 24); !strings.Contains(got, "is about another app") {
		t.Errorf("the message does not say so:\n%s", got)
	}
	press(m, "esc", "n")
	m.Update(tea.PasteMsg{Content: "AADSTS90094 tenant 'fabrikam.example'"})
	press(m, "enter", "a")
	if m.state.Place.Stage != flows.StageTenant || m.state.Domain != "contoso.example" || len(m.sheets) != 0 {
		t.Errorf("the run's own: %+v %s %d", m.state.Place, m.state.Domain, len(m.sheets))
	}
}

// TestDoorAskScreens holds the asking as it settles, at three sizes.
func TestDoorAskScreens(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(*Model){
		"domain": func(m *Model) { press(m, "d") },
		"asking": func(m *Model) {
			if s, ok := m.current().(*whyAnswer); ok {
				s.ask(m, "contoso.example")
			}
		},
		"asked": func(m *Model) {
			if s, ok := m.current().(*whyAnswer); ok {
				carry(m, s.ask(m, "contoso.example"))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
				m := askingDoor(t, z[0], z[1], shownText, found)
				at(m)
				fmt.Fprintf(&b, "== %d×%d\n%s", z[0], z[1], screenText(t, m.View().Content, z[0], z[1]))
			}
			golden.RequireEqual(t, b.String())
		})
	}
}

// TestPlainDoorAsks holds that line mode asks, too.
func TestPlainDoorAsks(t *testing.T) {
	t.Parallel()
	o := still(t, 80, 24)
	o.AskWhy = found
	var out bytes.Buffer
	in := "w\nerror=access_denied&error_subcode=cancel\n.\nt\n\ncontoso.example\nt\nb\nq\n"
	if err := Plain(t.Context(), strings.NewReader(in), &out, atApp(t), o); err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"t. Ask about the domain", wordDoorAskTitle, "There is no domain yet.", "Asking Microsoft's public sign-in service", "were asked about contoso.example.", "Most likely contoso.example"} {
		if !strings.Contains(out.String(), says) {
			t.Errorf("lacks %q:\n%s", says, out.String())
		}
	}
}

// TestDoorStartsWhatIsMissing holds that the way on is called approving where an
// approval is what is missing, and looking elsewhere.
func TestDoorStartsWhatIsMissing(t *testing.T) {
	t.Parallel()
	const app = " application '8dd90edb-c881-459a-ac84-2a1fee8c5c94'"
	for text, want := range map[string]string{"AADSTS90094" + app: wordDoorStart, "AADSTS50105" + app: wordDoorLook, "AADSTS53003" + app: wordDoorLook, "AADSTS50011" + app: wordDoorLook} {
		m := atDoor(t, 80, 24, text, "enter")
		got := ""
		for _, o := range m.current().offers(m) {
			if o.act == actShowAll {
				got = o.word
			}
		}
		if got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
	m := atDoor(t, 80, 24, "AADSTS90094 application '66666666-2222-3333-4444-555555555555' scope=openid%20Mail.Read", "enter", "a")
	if got := screenText(t, m.View().Content, 80, 24); !strings.Contains(got, "Nobody described this app") || !strings.Contains(got, "Mail.Read") || m.state.Profile != nil {
		t.Error(got)
	}
}

// TestDoorMessageForms holds that what is copied has its subject once, and whom it
// goes to, and that a vendor's own page can be opened.
func TestDoorMessageForms(t *testing.T) {
	t.Parallel()
	m := atDoor(t, 80, 24, shownText, "enter", "m")
	msg, ok := m.current().(*whyMessage)
	if !ok {
		t.Fatalf("%T", m.current())
	}
	for i, form := range flows.MessageForms() {
		msg.form = i
		subject := msg.message().Subject
		if n := strings.Count(msg.text(), strings.ReplaceAll(subject, "_", "\\_")); n != 1 {
			t.Errorf("%s: the subject stands there %d times:\n%s", form, n, msg.text())
		}
	}
	p := *msg.about.State.Profile
	for email, url := range map[string]string{"support@vendor.example": "", "": "https://vendor.example/support"} {
		p.Support = flows.Support{Email: email, URL: url, Wants: []string{"the domain"}}
		msg.about.State = flows.Apply(flows.State{}, flows.Started{Profile: &p, Domain: "contoso.example"})
		if text := msg.text(); email != "" && !strings.HasPrefix(text, "To: "+email+"\n") || email == "" && strings.Contains(text, "To:") {
			t.Errorf("%s", text)
		}
		if msg.page() != url {
			t.Errorf("page %q", msg.page())
		}
		screen := strings.Join(texts(msg.body(m).rows), "\n")
		if url != "" && !strings.Contains(screen, "The vendor takes it at "+url) {
			t.Error(screen)
		}
		why := ""
		for _, o := range msg.offers(m) {
			if o.act == actOpen {
				why = o.why
			}
		}
		if why == whyNoMail {
			t.Errorf("%s %s cannot be opened", email, url)
		}
	}
}

// TestDoorPastesAddUp holds that what does not fit any more is left out with a
// word, and what was there stays.
func TestDoorPastesAddUp(t *testing.T) {
	t.Parallel()
	m := atDoor(t, 80, 24, strings.Repeat("lorem ipsum ", 50_000))
	s, ok := m.current().(*doorSheet)
	if !ok {
		t.Fatalf("%T", m.current())
	}
	before := s.text
	m.Update(tea.PasteMsg{Content: strings.Repeat("x", 600<<10)})
	if s.text != before || !strings.Contains(m.notice.text, "With these 600 KiB it would be 1185 KiB") {
		t.Errorf("%d, %q", len(s.text), m.notice.text)
	}
}
