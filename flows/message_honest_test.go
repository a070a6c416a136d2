package flows

import (
	"strings"
	"testing"

	"onboard.example/checks"
)

// TestMessageSaysWhoMayApprove holds that a message says that only administrators
// may approve the app where that is known, and not else.
func TestMessageSaysWhoMayApprove(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	for class, known := range map[string]bool{
		"admin_consent_needed": true, "user_consent_off": true, "permissions_need_admin": true,
		"consent_missing": false, "ambiguous": false, "graph_permission_missing": false, "app_not_in_tenant": false, "partner_not_authorised": false,
	} {
		why := messageWhy(class, 0)
		if class == "ambiguous" {
			why.Also = append(why.Also, "admin_consent_needed")
		}
		for _, lang := range MessageLanguages() {
			w, _ := messageTexts(lang)
			m := makeMessage(t, MessageAsked{State: s, Why: why, Form: MessageEmail, Lang: lang})
			if strings.Contains(m.Body, w.stopped[checks.AskConsent]) != known || strings.Contains(m.Body, w.unapproved) == known {
				t.Errorf("%s %s:\n%s", class, lang, m.Body)
			}
		}
	}
}

// TestMessageOfUnlistedApp holds that whoever is asked to approve an app that
// nobody described is told so, with the id, and of no publisher.
func TestMessageOfUnlistedApp(t *testing.T) {
	t.Parallel()
	const id = "66666666-2222-3333-4444-555555555555"
	why := messageWhy("admin_consent_needed", 90094)
	why.App.ID, why.Tenant.Name = id, "contoso.example"
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		m := makeMessage(t, MessageAsked{State: AboutWhy(State{}, why, nil), Why: why, Form: MessageEmail, Lang: lang})
		if !strings.Contains(m.Body, strings.ReplaceAll(w.stranger, "{client}", id)) || strings.Contains(m.Body, w.makerHead+":") {
			t.Errorf("%s:\n%s", lang, m.Body)
		}
		known := makeMessage(t, MessageAsked{State: messageState(t, "hetk"), Why: why, Form: MessageEmail, Lang: lang})
		if start, _, _ := strings.Cut(w.stranger, "{client}"); strings.Contains(known.Body, start) || !strings.Contains(known.Body, w.makerHead) {
			t.Errorf("%s, a known app:\n%s", lang, known.Body)
		}
	}
}
