package flows

import (
	"fmt"
	"net/url"
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
		if !strings.Contains(m.Body, strings.ReplaceAll(w.stranger, "{client}", id)) || strings.Contains(m.Body, w.makerHead+w.colon) {
			t.Errorf("%s:\n%s", lang, m.Body)
		}
		known := makeMessage(t, MessageAsked{State: messageState(t, "hetk"), Why: why, Form: MessageEmail, Lang: lang})
		if start, _, _ := strings.Cut(w.stranger, "{client}"); strings.Contains(known.Body, start) || !strings.Contains(known.Body, w.makerHead) {
			t.Errorf("%s, a known app:\n%s", lang, known.Body)
		}
	}
}

// says writes a message as an e-mail and holds what is in it, and what is not.
func says(t *testing.T, a MessageAsked, want, no []string) {
	t.Helper()
	a.Form = MessageEmail
	m := makeMessage(t, a)
	for _, s := range want {
		if !strings.Contains(m.Subject+"\n"+m.Body, s) {
			t.Errorf("%s lacks %q:\n%s\n%s", a.Lang, s, m.Subject, m.Body)
		}
	}
	for _, s := range no {
		if strings.Contains(m.Subject+"\n"+m.Body, s) {
			t.Errorf("%s has %q:\n%s\n%s", a.Lang, s, m.Subject, m.Body)
		}
	}
	if strings.ContainsAny(m.Subject+m.Body, "{}") || strings.Contains(m.Body, "%!") {
		t.Errorf("%s: unfilled:\n%s", a.Lang, m.Body)
	}
}

// TestMessageOfSelfNamedApp holds that an app that nobody described goes by the
// name that the page shows, in quotes and with what that is worth, and is found
// by its id; no words of ours stand for it in another language.
func TestMessageOfSelfNamedApp(t *testing.T) {
	t.Parallel()
	const id = "66666666-2222-3333-4444-555555555555"
	why := messageWhy("admin_consent_needed", 90094)
	why.App.ID, why.Tenant.Name, why.Scopes = id, "contoso.example", []string{"openid", "Mail.Read"}
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		search := strings.ReplaceAll(w.searchID, "{client}", id)
		no := []string{sayUnlistedName, sayUnlistedWhy, sayUnlistedMaker}
		says(t, MessageAsked{State: AboutWhy(State{}, why, nil), Why: why, Lang: lang}, []string{w.noApp, "› " + search + " ›", "Mail.Read", w.scopesNamed, w.effectUnknown}, append(no, w.calls))
		unsaid := why
		unsaid.Scopes = nil
		says(t, MessageAsked{State: AboutWhy(State{}, unsaid, nil), Why: unsaid, Lang: lang}, []string{w.scopesUnsaid}, []string{w.scopesNamed, "offline_access"})
		named := why
		named.App.Name = "Contoso Mail www.evil.example https://evil.example"
		says(t, MessageAsked{State: AboutWhy(State{}, named, nil), Why: named, Lang: lang},
			[]string{strings.ReplaceAll(w.quoted, "%s", "Contoso Mail www .evil.example https: //evil.example"), w.calls, "› " + search + " ›"}, append(no, w.noApp, "https://evil"))
	}
}

// TestMessageSaysWhatItLeavesOut holds that a message, in every language, says that
// the request names more than it lists, and how much more; that the hand-off code
// then has no list either, and says so; and that nothing of it is said where the list
// is whole.
func TestMessageSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	const id = "66666666-2222-3333-4444-555555555555"
	many := make([]string, mostScopes+3)
	for i := range many {
		many[i] = fmt.Sprintf("Files%d.Read", i)
	}
	for name, c := range map[string]struct {
		scopes     []string
		here, left int  // in a message that somebody reads first
		plain      int  // in one that nobody reads before a program does
		code       bool // has a list
	}{
		"whole":             {[]string{"openid", "User.Read", "Mail.Read"}, 2, 0, 0, true},
		"one's own":         {[]string{"User.Read", "Tickets.Read"}, 2, 0, 1, false},
		"of another API":    {[]string{"User.Read", "api://contoso/Tickets.Read", "api://contoso/Notes.Read"}, 1, 2, 2, false},
		"nothing but those": {[]string{"api://contoso/Tickets.Read"}, 0, 1, 1, false},
		"too many":          {many, mostScopes, 3, len(many), false},
	} {
		why := messageWhy("admin_consent_needed", 90094)
		why.App.ID, why.Tenant.Name, why.Scopes = id, "contoso.example", c.scopes
		for _, lang := range MessageLanguages() {
			for _, w := range []checks.Why{why, why.Plain(checks.WhyKnown{})} {
				words, _ := messageTexts(lang)
				left := c.left
				if len(w.Scopes) < len(c.scopes) {
					left = c.plain
				}
				m := makeMessage(t, MessageAsked{State: AboutWhy(State{}, w, nil), Why: w, Form: MessageEmail, Lang: lang})
				if says := fmt.Sprintf(words.scopesLeft, left); strings.Contains(m.Body, says) != (left > 0) || strings.Contains(m.Body, words.scopesNamed) != (left == 0) || strings.Contains(m.Body, words.scopesUnsaid) {
					t.Errorf("%s, %s, %d left out:\n%s", name, lang, left, m.Body)
				}
				if strings.Contains(m.Body, words.caseLeft) == c.code {
					t.Errorf("%s, %s, the code:\n%s", name, lang, m.Body)
				}
				if n := strings.Count(m.Body, ".Read"); left == c.left && n < c.here {
					t.Errorf("%s, %s: %d of %d named:\n%s", name, lang, n, c.here, m.Body)
				}
			}
		}
	}
}

// TestMessageOfNoAppSaysWhatItLeavesOut holds the same where no app is known, and
// where a described one's vendor does not say what it asks for.
func TestMessageOfNoAppSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	why := messageWhy("admin_consent_needed", 90094)
	why.Scopes = []string{"User.Read", "Tickets.Read"}
	plain := why.Plain(checks.WhyKnown{})
	for _, lang := range MessageLanguages() {
		words, _ := messageTexts(lang)
		more := fmt.Sprintf(words.scopesLeft, 1)
		says(t, MessageAsked{State: AboutWhy(State{}, why, nil), Why: why, Lang: lang}, []string{"Tickets.Read"}, []string{more})
		says(t, MessageAsked{State: AboutWhy(State{}, plain, nil), Why: plain, Lang: lang}, []string{"User.Read", more}, []string{"Tickets.Read", words.caseLeft})
		says(t, MessageAsked{State: messageState(t, "carerix"), Why: plain, Lang: lang}, []string{words.scopesUnknown, fmt.Sprintf(words.scopesLeft, 2)}, []string{"Tickets.Read"})
		says(t, MessageAsked{State: messageState(t, "hetk"), Why: plain, Lang: lang}, []string{"Calendars.ReadWrite"}, []string{more, words.caseLeft})
	}
}

// TestMessageOfUnvouchedID holds that a client id that was typed, or that no
// description has, comes with the warning, whatever name it goes by.
func TestMessageOfUnvouchedID(t *testing.T) {
	t.Parallel()
	s := messageState(t, "sophiie")
	why := messageWhy("admin_consent_needed", 90094)
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		warning := strings.ReplaceAll(w.stranger, "{client}", s.App.ClientID)
		says(t, MessageAsked{State: s, Why: why, Lang: lang, Unvouched: true}, []string{"Sophiie", warning}, []string{w.calls})
		says(t, MessageAsked{State: s, Why: why, Lang: lang}, nil, []string{warning})
		typed := profile(t, "sophiie")
		bare := Apply(State{}, Started{Profile: &typed, Domain: "contoso.example", ClientID: s.App.ClientID})
		says(t, MessageAsked{State: bare, Why: why, Lang: lang}, []string{warning}, nil)
	}
}

// TestMessageEffect holds that what an approval changes is told by what is asked
// for: for the person, beyond the person, or without any person.
func TestMessageEffect(t *testing.T) {
	t.Parallel()
	why := messageWhy("admin_consent_needed", 90094)
	of := func(perms ...Permission) State {
		p := profile(t, "hetk")
		p.Permissions, p.SignIn.AuthorizeScopes = perms, []string{"openid"}
		return Apply(State{}, Started{Profile: &p, Domain: "contoso.example"})
	}
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		beyond := func(names string) string { return strings.ReplaceAll(w.effectBeyond, "{beyond}", names) }
		start, _, _ := strings.Cut(w.effectBeyond, "{beyond}")
		says(t, MessageAsked{State: of(Permission{Scope: "Calendars.ReadWrite"}), Why: why, Lang: lang}, []string{w.effect, w.effectNothing}, []string{start, w.effectForRoles, w.appRole + ")"})
		says(t, MessageAsked{State: of(Permission{Scope: "User.ReadBasic.All"}, Permission{Scope: "Calendars.Read.Shared"}, Permission{Scope: "Directory.AccessAsUser.All"}, Permission{Resource: checks.ExchangeOnline, Scope: "EWS.AccessAsUser.All"}), Why: why, Lang: lang},
			[]string{beyond("User.ReadBasic.All, Calendars.Read.Shared, Directory.AccessAsUser.All")}, []string{w.effectForRoles})
		says(t, MessageAsked{State: of(Permission{Role: "Mail.Read"}), Why: why, Lang: lang}, []string{w.effectForRoles, "Mail.Read (" + w.appRole + ")", w.roleForRoles}, []string{w.means["Mail.Read"], w.role})
		says(t, MessageAsked{State: of(), Why: why, Lang: lang}, []string{w.effectUnknown, w.roleUnless}, nil)
	}
	// What names its permissions can list no more than those.
	p := profile(t, "hetk")
	p.AdminConsent = AdminConsent{Version: "v2", RedirectURI: "https://hetk.example/done"}
	w, _ := messageTexts("en")
	says(t, MessageAsked{State: Apply(State{}, Started{Profile: &p, Domain: "contoso.example"}), Why: why, Lang: "en"}, []string{w.role}, []string{w.roleUnless})
}

// TestMessageSaysWhoWhatUndo holds that every message says who can do what it
// asks for and, where that changes something, what, and how to take it back.
func TestMessageSaysWhoWhatUndo(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	for class, ask := range map[string]checks.WhyAsk{
		"assignment_required": checks.AskAssign, "app_disabled": checks.AskEnable, "service_missing_in_tenant": checks.AskService, "ca_policy": checks.AskAccess,
		"account_disabled": checks.AskAccount, "cross_tenant_policy": checks.AskCrossTenant, "tenant_blocked": checks.AskRestrictions,
		"wrong_tenant": checks.AskInvite, "device_required": checks.AskDevice, "device_code_blocked": checks.AskDeviceCode, "mfa_required": checks.AskFactor, "unknown": checks.AskHelp,
	} {
		why := messageWhy(class, 0)
		why.Sure = "high"
		if ask == checks.AskInvite {
			why.Who = "tenant admin"
		}
		if why.Ask() != ask {
			t.Errorf("%s asks for %s", class, why.Ask())
			continue
		}
		for _, lang := range MessageLanguages() {
			w, _ := messageTexts(lang)
			want := []string{w.roleHead + w.colon + "\n" + w.roles[ask] + "\n"}
			if ask != checks.AskHelp {
				want = append(want, w.effectHead+w.colon+"\n"+w.effects[ask]+"\n", w.undoHead+w.colon+"\n"+w.undos[ask]+"\n")
			}
			says(t, MessageAsked{State: s, Why: why, Lang: lang}, want, nil)
			for _, text := range append(want, w.ask[ask], w.portal[ask]) {
				if text == "" || strings.HasSuffix(text, ":\n\n") {
					t.Errorf("%s %s: no words in %q", lang, ask, want)
				}
			}
		}
	}
}

// TestMessageOfKnownTrouble holds that a message that can ask for no more than
// help says what is known all the same, and who has to move.
func TestMessageOfKnownTrouble(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	for _, class := range []string{"vendor_misconfigured", "wrong_tenant", "personal_account", "expired_token", "not_entra", "transient", "none_success"} {
		for _, lang := range MessageLanguages() {
			w, _ := messageTexts(lang)
			why := messageWhy(class, 0)
			why.Sure, why.Who = "high", ""
			if class == "transient" {
				why.Who = "Microsoft"
			}
			known := w.help[checks.WhyTrouble(class)]
			says(t, MessageAsked{State: s, Why: why, Lang: lang}, []string{known, strings.ReplaceAll(w.introPlain, "{app}", s.App.Name)}, []string{w.stopped[checks.AskHelp], strings.ReplaceAll(w.intro, "{app}", s.App.Name)})
			why.Sure = "low"
			says(t, MessageAsked{State: s, Why: why, Lang: lang}, []string{w.stopped[checks.AskHelp]}, []string{known})
			why.Who = "app vendor"
			says(t, MessageAsked{State: s, Why: why, Lang: lang}, []string{w.askVendor}, []string{w.ask[checks.AskHelp]})
		}
	}
}

// TestMessageNamesRequests holds that a request that may lie with the reviewers is
// told of, where the answer leads there.
func TestMessageNamesRequests(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"AADSTS90095": true, "AADSTS90094": false} {
		why := checks.Explain(checks.WhyOf(text, false))
		for _, lang := range MessageLanguages() {
			w, _ := messageTexts(lang)
			a := MessageAsked{State: messageState(t, "hetk"), Why: why, Lang: lang}
			if want {
				says(t, a, []string{w.requests}, nil)
			} else {
				says(t, a, nil, []string{w.requests})
			}
		}
	}
	w, _ := messageTexts("en")
	says(t, MessageAsked{State: messageState(t, "hetk"), Why: messageWhy("request_pending", 0), Lang: "en"}, []string{w.requests}, nil)
}

// TestMessageMarkup holds that neither wiki markup nor an address in a vendor's
// words comes to anything, while its own links and names stay whole.
func TestMessageMarkup(t *testing.T) {
	t.Parallel()
	p := profile(t, "hetk")
	p.Publisher.Name = "# _Evil_ {color:red}x{color} [y|https://evil.example] *z* www.evil.example"
	p.Security = []Security{{Question: "See https://evil.example/x?", Answer: "_yes_", Link: "https://hetk.example/security"}}
	s := Apply(State{}, Started{Profile: &p, Domain: "contoso.example"})
	for _, form := range MessageForms()[:5] {
		m := makeMessage(t, MessageAsked{State: s, Why: messageWhy("admin_consent_needed", 90094), Form: form, Lang: "en"})
		if strings.Contains(m.Body, "https://evil") || strings.Contains(m.Body, "www.evil") || !strings.Contains(m.Body, "https://hetk.example/security") {
			t.Errorf("%s: an address of the vendor's words:\n%s", form, m.Body)
		}
		if form == MessageJira && strings.ContainsAny(m.Body, "*{}[]|") || (form == MessageJira || form == MessageSlack) && (strings.Contains(m.Body, "_ ") || strings.Contains(m.Body, "yes_")) {
			t.Errorf("%s: markup:\n%s", form, m.Body)
		}
		if form == MessageTeams && (strings.Contains(m.Body, "\\") || strings.Contains(m.Body, "\n#") || strings.Contains(m.Body, "*z*") || strings.Contains(m.Body, "yes_")) {
			t.Errorf("%s: markup, or strokes before it:\n%s", form, m.Body)
		}
		if form != MessageEmail && form != MessageServiceNow && !strings.Contains(m.Body, "offline_access") {
			t.Errorf("%s: a name that cannot be copied:\n%s", form, m.Body)
		}
	}
}

// TestMessageToSupportNamesTheTextsApp holds that support is told the client id of
// the page, which is what it asks for.
func TestMessageToSupportNamesTheTextsApp(t *testing.T) {
	t.Parallel()
	const id = "66666666-2222-3333-4444-555555555555"
	p := profile(t, "nylas")
	why := messageWhy("admin_consent_needed", 90094)
	why.App.ID = id
	m := makeMessage(t, MessageAsked{State: Apply(State{}, Started{Profile: &p, Domain: "contoso.example"}), Why: why, Form: MessageSupport, Lang: "en"})
	if !strings.Contains(m.Body, "client id: "+id) || strings.Contains(m.Body, "carries: [fill in]") {
		t.Error(m.Body)
	}
}

// TestMailOpensWithWords holds that what a mail program is opened with says what
// it is about and has the warning and the link, however long the language.
func TestMailOpensWithWords(t *testing.T) {
	t.Parallel()
	const id = "66666666-2222-3333-4444-555555555555"
	why := messageWhy("request_pending", 90095)
	why.App.ID, why.Tenant.Name = id, "contoso.example"
	for _, lang := range MessageLanguages() {
		m := makeMessage(t, MessageAsked{State: AboutWhy(State{}, why, nil), Why: why, Form: MessageEmail, Lang: lang})
		u, err := url.Parse(m.URL)
		if err != nil {
			t.Fatal(err)
		}
		w, _ := messageTexts(lang)
		body := u.Query().Get("body")
		for _, says := range []string{w.ask[checks.AskConsent], strings.ReplaceAll(w.stranger, "{client}", id), "/contoso.example/adminconsent?client_id=" + id, "ONB1-"} {
			if !strings.Contains(body, says) {
				t.Errorf("%s lacks %q: %s", lang, says, body)
			}
		}
	}
}

// TestMessageNamesTheService holds that a service that is missing is named to IT
// as the error names it.
func TestMessageNamesTheService(t *testing.T) {
	t.Parallel()
	why := messageWhy("service_missing_in_tenant", 650052)
	why.API.ID = "https://api.fabrikam.example"
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		says(t, MessageAsked{State: messageState(t, "hetk"), Why: why, Lang: lang}, []string{strings.ReplaceAll(w.service, "%s", "api.fabrikam.example")}, nil)
	}
}
