package flows

import (
	"fmt"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/aadsts"
)

// TestMessageOfEveryCode holds over the whole table, in every language, that a
// message to IT tells what the code says: whose move is the admin's is never told
// of a fault at Microsoft or of nothing, and who is not stopped by Microsoft's
// sign-in does not say so.
func TestMessageOfEveryCode(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	for _, lang := range MessageLanguages() {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w, _ := messageTexts(lang)
			intro := strings.ReplaceAll(w.intro, "{app}", s.App.Name)
			for _, e := range aadsts.Entries() {
				why := checks.Explain(checks.WhyOf(fmt.Sprintf("AADSTS%d", e.Code), false))
				m := makeMessage(t, MessageAsked{State: s, Why: why, Form: MessageEmail, Lang: lang})
				has := func(text string) bool { return text != "" && strings.Contains(m.Body, text) }
				ask := why.Ask()
				if e.Class != aadsts.Unknown && has(w.stopped[checks.AskHelp]) {
					t.Errorf("AADSTS%d: says that it is not known what is missing:\n%s", e.Code, m.Body)
				}
				if has(w.help[checks.TroubleFault]) != (why.Who == aadsts.Microsoft) {
					t.Errorf("AADSTS%d, %s: a fault at Microsoft:\n%s", e.Code, why.Who, m.Body)
				}
				if has(w.stopped[checks.AskAccount]) != (e.Code == 50053 || e.Code == 50057 || e.Code == 500571) {
					t.Errorf("AADSTS%d: a locked account:\n%s", e.Code, m.Body)
				}
				if why.Who == aadsts.TenantAdmin && has(w.help[checks.TroubleNotEntra]) {
					t.Errorf("AADSTS%d: another sign-in than Microsoft's:\n%s", e.Code, m.Body)
				}
				if plain := ask == checks.AskHelp || ask == checks.AskFederation || ask == checks.AskDirectory; has(intro) == plain {
					t.Errorf("AADSTS%d asks for %s: begins with Microsoft's sign-in: %t", e.Code, ask, has(intro))
				}
				if vendor := why.Who == aadsts.AppVendor; ask == checks.AskHelp && has(w.askVendor) != vendor || vendor && ask != checks.AskHelp {
					t.Errorf("AADSTS%d, of %s, asks for %s:\n%s", e.Code, why.Who, ask, m.Body)
				}
			}
		})
	}
}

// TestMessageAsksForTheCode holds what is told and asked for by the codes that
// say more than their class.
func TestMessageAsksForTheCode(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		help := func(t checks.WhyTrouble) []string { return []string{w.help[t], w.wishes[t]} }
		asks := func(a checks.WhyAsk) []string { return []string{w.stopped[a], w.ask[a], w.portal[a], w.roles[a]} }
		for code, want := range map[int][]string{
			80001: asks(checks.AskDirectory), 80013: asks(checks.AskDirectory), 20001: asks(checks.AskFederation), 50107: asks(checks.AskFederation),
			53004: asks(checks.AskRisk), 53011: asks(checks.AskRisk), 16003: asks(checks.AskInvite), 51004: asks(checks.AskInvite), 90072: asks(checks.AskInvite),
			80012: help(checks.TroubleLogonHours), 50015: help(checks.TroubleAgeGroup), 54000: help(checks.TroubleAgeGroup), 500341: help(checks.TroubleDeleted),
			50161: help(checks.TroubleExternalStep), 50166: help(checks.TroubleExternalStep), 51000: help(checks.TroubleFeature), 530034: help(checks.TroublePartner),
			50126: help(checks.TroublePassword), 50055: help(checks.TroubleNewPassword), 70018: help(checks.TroubleUnfinished), 50140: help(checks.TroubleUnfinished),
		} {
			why := checks.Explain(checks.WhyOf(fmt.Sprintf("AADSTS%d", code), false))
			says(t, MessageAsked{State: s, Why: why, Lang: lang}, want, nil)
		}
	}
}

// TestMessageAboutRisk: each button for what it is meant for, no higher role than it
// takes, and no new finding called an undo (id-protection-admin-action-user).
func TestMessageAboutRisk(t *testing.T) {
	t.Parallel()
	why := checks.Explain(checks.WhyOf("AADSTS53004", false))
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		says(t, MessageAsked{State: messageState(t, "hetk"), Why: why, Lang: lang},
			[]string{"Confirm user safe", "Dismiss user risk", "Security Operator", w.undos[checks.AskRisk]}, []string{"Confirm user compromised", "Security Administrator"})
	}
}

// TestMessageOfWhatMicrosoftSwitchedOff: no code says so, and IT is told all the same
// what is known.
func TestMessageOfWhatMicrosoftSwitchedOff(t *testing.T) {
	t.Parallel()
	why := checks.Explain(checks.WhyOf("This app has been disabled by Microsoft", false))
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		says(t, MessageAsked{State: messageState(t, "hetk"), Why: why, Lang: lang},
			[]string{w.help[checks.TroubleByMicrosoft], w.askVendor}, []string{w.stopped[checks.AskHelp]})
		if w.help[checks.TroubleByMicrosoft] == "" {
			t.Errorf("%s has no words", lang)
		}
	}
}

// TestMessageWaitsForTheVendor holds that for an app that is not known in the
// tenant, where the vendor has to look first, nobody is asked to approve it, and
// the link comes with what has to be known before.
func TestMessageWaitsForTheVendor(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	link, err := ConsentLink(s)
	if err != nil {
		t.Fatal(err)
	}
	why := checks.Explain(checks.WhyOf("AADSTS700016", false))
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		a := MessageAsked{State: s, Why: why, Lang: lang}
		says(t, a, []string{w.help[checks.TroubleApp], w.askVendor, w.linkLater, link.URL, w.linkAll, w.role, w.effectNothing, "Calendars.ReadWrite"}, []string{w.unapproved, w.ask[checks.AskConsent]})
		a.Unvouched = true
		says(t, a, []string{strings.ReplaceAll(w.stranger, "{client}", s.App.ClientID), link.URL}, nil)
		says(t, MessageAsked{Why: why, Lang: lang}, []string{w.askVendor}, []string{w.linkLater, w.linkNone})
	}
}

// TestMessageOfAList holds that of a text with errors of many kinds none is taken
// for what happened: all are named, and nobody is asked to approve anything.
func TestMessageOfAList(t *testing.T) {
	t.Parallel()
	why := checks.Explain(checks.WhyOf("AADSTS50105 AADSTS90094 AADSTS53003 AADSTS50057 AADSTS7000112 AADSTS50011", false))
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		m := makeMessage(t, MessageAsked{State: messageState(t, "hetk"), Why: why, Form: MessageEmail, Lang: lang})
		for _, code := range why.Codes {
			if !strings.Contains(m.Body, fmt.Sprintf("AADSTS%d", code.Number)) {
				t.Errorf("%s: lacks %d:\n%s", lang, code.Number, m.Body)
			}
		}
		if strings.Contains(m.Subject, "AADSTS") || strings.Contains(m.Body, "adminconsent") || !strings.Contains(m.Body, w.help[checks.TroubleSeveral]) {
			t.Errorf("%s: %s\n%s", lang, m.Subject, m.Body)
		}
	}
}
