package flows

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

// messageState is a run that knows the app and the tenant.
func messageState(t *testing.T, id string) State {
	t.Helper()
	p := profile(t, id)
	if p.ClientID == "" {
		p.ClientID = "22222222-2222-3333-4444-555555555555"
	}
	s := Apply(State{}, Started{Version: "test", Profile: &p, Domain: "contoso.example"})
	return Apply(s, tenant())
}

// messageWhy is an answer as the checks give it, by its class and code.
func messageWhy(class string, code int) checks.Why {
	in := checks.WhyAsked{}
	reflect.ValueOf(&in.Text.Class).Elem().SetString(class)
	in.Text.Code, in.Text.What = code, "Something stopped you."
	in.Text.At = time.Date(2026, 3, 5, 14, 2, 1, 0, time.UTC)
	in.Text.Personal.Addresses = []string{"eve@contoso.example"}
	in.Text.Personal.Correlation = "33333333-2222-3333-4444-555555555555"
	in.Text.Lookup = "https://login.microsoftonline.com/error?code=90094"
	return checks.Explain(in)
}

func makeMessage(t *testing.T, a MessageAsked) Message {
	t.Helper()
	m, err := NewMessage(a)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMessageSaysAll(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	link, err := ConsentLink(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range MessageLanguages() {
		for _, form := range MessageForms() {
			if form == MessageSupport {
				continue
			}
			t.Run(lang+" "+string(form), func(t *testing.T) {
				t.Parallel()
				m := makeMessage(t, MessageAsked{State: s, Why: messageWhy("admin_consent_needed", 90094), Form: form, Lang: lang})
				body := strings.ReplaceAll(m.Body, `\_`, "_")
				for _, says := range []string{
					link.URL, "/" + contosoID + "/adminconsent", "Hetk Calendar Sync", "AADSTS90094", "2026-03-05 14:02:01", "Cloud Application Administrator",
					"Calendars.ReadWrite", "read events to sync them", "User.Read", "offline_access", "files and documents", "Revoke permission",
					"Enterprise apps", "On whose behalf does it act?", "onboard --case ONB1-", "https://login.microsoftonline.com/error?code=90094",
				} {
					if !strings.Contains(body, says) {
						t.Errorf("lacks %q:\n%s", says, m.Body)
					}
				}
				if !strings.Contains(m.Subject, "Hetk Calendar Sync") || !strings.Contains(m.Subject, "contoso.example") {
					t.Errorf("subject %q", m.Subject)
				}
				if strings.Contains(m.Body+m.URL, "eve@") || strings.Contains(m.Body, "33333333") {
					t.Errorf("personal:\n%s", m.Body)
				}
				if strings.ContainsAny(m.Subject+m.Body, "{}") || strings.Contains(m.Body, "%!") || strings.Contains(m.Body, "\n\n\n") {
					t.Errorf("unfilled:\n%s", m.Body)
				}
				code := m.Body[strings.Index(m.Body, "ONB1-"):]
				code, _, _ = strings.Cut(code, "\n")
				h, err := ParseHandoff(strings.Trim(code, "`"))
				if err != nil || h.App != "hetk" || h.Domain != "contoso.example" || h.AADSTS != 90094 || len(h.Scopes) != 5 {
					t.Errorf("%+v, %v", h, err)
				}
			})
		}
	}
}

// Every language says everything, for everything that may be asked.
func TestMessageLanguagesAreWhole(t *testing.T) {
	t.Parallel()
	english, _ := messageTexts("en")
	for _, lang := range MessageLanguages() {
		w, ok := messageTexts(lang)
		if !ok {
			t.Fatalf("no words of %s", lang)
		}
		v, en := reflect.ValueOf(w), reflect.ValueOf(english)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			f := v.Field(i)
			if f.Kind() == reflect.String {
				if f.Len() == 0 {
					t.Errorf("%s: %s is empty", lang, name)
				}
				if lang != "en" && f.String() == en.Field(i).String() && name != "code" && name != "personHead" && name != "colon" && name != "between" {
					t.Errorf("%s: %s is English", lang, name)
				}
				sameHoles(t, lang+" "+name, f.String(), en.Field(i).String())
			} else {
				for _, k := range en.Field(i).MapKeys() {
					one := f.MapIndex(k)
					if !one.IsValid() || one.Len() == 0 {
						t.Errorf("%s: %s lacks %s", lang, name, k)
						continue
					}
					sameHoles(t, lang+" "+name, one.String(), en.Field(i).MapIndex(k).String())
				}
			}
		}
		for text := range strings.SplitSeq(strings.Join(slices.Collect(mapsValues(w.portal)), "\n"), "\n") {
			if text != "" && text != strings.TrimSpace(text) {
				t.Errorf("%s: %q", lang, text)
			}
		}
	}
	if _, ok := messageTexts("xx"); ok {
		t.Error("a language that there is not")
	}
}

func mapsValues(m map[checks.WhyAsk]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

// sameHoles holds the places that are filled in against those of the English
// text. Languages may leave the app out of a sentence, but put nothing new in.
func sameHoles(t *testing.T, where, text, english string) {
	t.Helper()
	for _, hole := range []string{"{app}", "{listed}", "{publisher}", "{tenant}", "{code}", "{url}", "{at}", "{case}", "{client}", "%s"} {
		if strings.Contains(text, hole) != strings.Contains(english, hole) {
			t.Errorf("%s: %s is in one of %q and %q", where, hole, text, english)
		}
	}
}

func TestMessageByWhatIsAsked(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	for class, says := range map[string]string{
		"assignment_required": "Users and groups", "app_disabled": "Enabled for users to sign-in", "ca_policy": "Conditional Access",
		"account_disabled": "unlock or enable", "unknown": "tell me what is missing", "app_not_in_tenant": "Grant admin consent",
	} {
		m := makeMessage(t, MessageAsked{State: s, Why: messageWhy(class, 0), Form: MessageEmail, Lang: "en"})
		if !strings.Contains(m.Body, says) || strings.Contains(m.Body, "AADSTS") {
			t.Errorf("%s: lacks %q:\n%s", class, says, m.Body)
		}
		if consent := strings.Contains(m.Body, "/adminconsent"); consent != (class == "app_not_in_tenant") {
			t.Errorf("%s: consent link %v:\n%s", class, consent, m.Body)
		}
	}
}

func TestMessageForms(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	why := messageWhy("admin_consent_needed", 90094)
	for _, lang := range MessageLanguages() {
		mail := makeMessage(t, MessageAsked{State: s, Why: why, Form: MessageEmail, Lang: lang})
		u, err := url.Parse(mail.URL)
		if err != nil || u.Scheme != "mailto" || len(mail.URL) > mostMailto || u.Query().Get("subject") != mail.Subject || !strings.Contains(u.Query().Get("body"), "ONB1-") {
			t.Errorf("%s: %v, %d bytes: %s", lang, err, len(mail.URL), mail.URL)
		}
	}
	snow := makeMessage(t, MessageAsked{State: s, Why: why, Form: MessageServiceNow, Lang: "en"})
	jira := makeMessage(t, MessageAsked{State: s, Why: why, Form: MessageJira, Lang: "en"})
	if len(snow.Fields) != 2 || snow.Fields[0].Name != "Short description" || snow.Fields[1].Value != snow.Body || strings.Contains(snow.Body, "**") {
		t.Errorf("%+v", snow.Fields)
	}
	if len(jira.Fields) != 2 || jira.Fields[0].Name != "Summary" || !strings.Contains(jira.Body, "\nWho can do it:\n") || strings.ContainsAny(jira.Body, "*[]{}") {
		t.Errorf("%+v", jira.Fields)
	}
	if slack := makeMessage(t, MessageAsked{State: s, Why: why, Form: MessageSlack, Lang: "en"}); !strings.Contains(slack.Body, "*Who can do it*\n") || !strings.Contains(slack.Body, "• ") {
		t.Error(slack.Body)
	}
	if _, err := NewMessage(MessageAsked{State: s, Form: "fax", Lang: "en"}); err == nil {
		t.Error("a fax")
	}
	if _, err := NewMessage(MessageAsked{State: s, Form: MessageEmail, Lang: "xx"}); err == nil {
		t.Error("a language that there is not")
	}
}

func TestMessagePersonal(t *testing.T) {
	t.Parallel()
	m := makeMessage(t, MessageAsked{State: messageState(t, "hetk"), Why: messageWhy("admin_consent_needed", 90094), Form: MessageEmail, Lang: "en", Personal: true})
	for _, says := range []string{"eve@contoso.example", "Correlation ID: 33333333-2222-3333-4444-555555555555"} {
		if !strings.Contains(m.Body, says) {
			t.Errorf("lacks %q:\n%s", says, m.Body)
		}
	}
	if m := makeMessage(t, MessageAsked{Why: checks.Explain(checks.WhyAsked{}), Form: MessageEmail, Lang: "en", Personal: true}); strings.Contains(m.Body, "Account:") {
		t.Errorf("nothing personal is known:\n%s", m.Body)
	}
}

func TestMessageToSupport(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"sophiie", "revenue-grid", "hetk", "nylas"} {
		a := MessageAsked{State: messageState(t, id), Why: messageWhy("admin_consent_needed", 90094), Form: MessageSupport, Lang: "en"}
		m := makeMessage(t, a)
		if len(m.Fields) != len(a.State.Profile.Support.Wants) || !strings.Contains(m.Body, contosoID) || strings.Contains(m.Body, "eve@") {
			t.Errorf("%s: %+v\n%s", id, m.Fields, m.Body)
		}
		if to := a.State.Profile.Support.Email; to != m.To || to != "" && !strings.HasPrefix(m.URL, "mailto:"+to+"?subject=") {
			t.Errorf("%s: to %q by %q", id, m.To, m.URL)
		}
	}
	a := MessageAsked{State: messageState(t, "sophiie"), Why: messageWhy("ca_policy", 53003), Form: MessageSupport, Lang: "de", Person: "eve@contoso.example"}
	want := []string{messageGerman.vendorAddress, "contoso.example", messageGerman.vendorShot}
	for i, f := range makeMessage(t, a).Fields {
		if f.Value != want[i] {
			t.Errorf("%s: %q, want %q", f.Name, f.Value, want[i])
		}
	}
	a.Personal = true
	if f := makeMessage(t, a).Fields[0]; f.Value != "eve@contoso.example" {
		t.Errorf("%+v", f)
	}
}

// TestMessageToSupportHasNoEmptyHeading holds that nothing is headed under which
// nothing stands.
func TestMessageToSupportHasNoEmptyHeading(t *testing.T) {
	t.Parallel()
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		p := profile(t, "nylas")
		for _, s := range []State{{}, Apply(State{}, Started{Profile: &p})} {
			m := makeMessage(t, MessageAsked{State: s, Why: messageWhy("vendor_misconfigured", 0), Form: MessageSupport, Lang: lang})
			if strings.Contains(m.Body, w.vendorKnown) != (s.App.ClientID != "") || strings.Contains(strings.TrimPrefix(m.Body, w.hello), w.colon+"\n\n") {
				t.Errorf("%s:\n%s", lang, m.Body)
			}
		}
	}
}

// Roles and facts of the app change what is said of who may approve it.
func TestMessageOfRolesAndPublisher(t *testing.T) {
	t.Parallel()
	p := profile(t, "hetk")
	p.Permissions = append(p.Permissions, Permission{Role: "Calendars.Read", Why: "all calendars"})
	p.Publisher.MPNID = "1234567"
	s := Apply(Apply(State{}, Started{Profile: &p, Domain: "contoso.example"}), tenant())
	s = Apply(s, Found{Finding: checks.Finding{Check: checks.AppPublisher, Verdict: checks.Pass, Grade: checks.Verified}, Round: s.Round})
	m := makeMessage(t, MessageAsked{State: s, Why: messageWhy("admin_consent_needed", 0), Form: MessageEmail, Lang: "en"})
	for _, says := range []string{"Privileged Role Administrator or Global Administrator", "seen in Microsoft Graph", "1234567", "all calendars"} {
		if !strings.Contains(m.Body, says) {
			t.Errorf("lacks %q:\n%s", says, m.Body)
		}
	}
	if strings.Contains(m.Body, "Application Administrator is enough") {
		t.Error("the lesser role")
	}
}

// Whatever names and answers hold, a message stays text.
func TestMessageOfHostileProfile(t *testing.T) {
	t.Parallel()
	const evil = "a\x1b[2J\u202eb\u200b**x** [y](https://evil.example) <!channel> @channel `z`\r\nBcc: eve@contoso.example"
	p := profile(t, "hetk")
	p.Name, p.EnterpriseAppName, p.Publisher.Name, p.NotRequested = evil, evil, evil, []string{evil}
	p.Security, p.Support.Wants, p.Support.Email = []Security{{Question: evil, Answer: evil, Link: evil}}, []string{evil}, "x@y.example?bcc=eve@contoso.example"
	s := Apply(Apply(State{}, Started{Profile: &p, Domain: "contoso.example"}), tenant())
	for _, form := range MessageForms() {
		for _, lang := range MessageLanguages() {
			m := makeMessage(t, MessageAsked{State: s, Why: messageWhy("admin_consent_needed", 90094), Form: form, Lang: lang, Personal: true, Person: evil})
			all := []string{m.Subject, m.Body, m.URL, m.To}
			for _, f := range m.Fields {
				all = append(all, f.Name, f.Value)
			}
			text := strings.Join(all, "")
			if strings.ContainsAny(text, "\x1b\r\u202e\u200b") || strings.Contains(text, "\nBcc") || strings.Contains(m.Subject, "\n") {
				t.Errorf("%s %s: %q", form, lang, text)
			}
			if (form == MessageTeams || form == MessageJira) && (strings.Contains(m.Body, "[y](") || strings.Contains(m.Body, "**x**")) {
				t.Errorf("%s: markup:\n%s", form, m.Body)
			}
			if form == MessageSlack && (strings.Contains(m.Body, "<!") || strings.Contains(m.Body, "@channel") || strings.Contains(m.Body, "*x")) {
				t.Errorf("markup:\n%s", m.Body)
			}
			if u, err := url.Parse(m.URL); m.URL != "" && (err != nil || len(u.Query()["bcc"])+len(u.Query()["cc"]) > 0) {
				t.Errorf("%s: %v %s", form, err, m.URL)
			}
		}
	}
}

func TestAboutWhy(t *testing.T) {
	t.Parallel()
	all, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	const hetk = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"
	text := func(s string) checks.Why { return checks.Explain(checks.WhyOf(s, false)) }
	for name, c := range map[string]struct {
		s                  State
		text               string
		id, domain, tenant string
	}{
		"nothing":         {State{}, "AADSTS90094", "", "", ""},
		"a known app":     {State{}, "AADSTS90094 application '" + hetk + "' tenant 'contoso.example'", "hetk", "contoso.example", ""},
		"an unlisted app": {State{}, "AADSTS90094 application '22222222-2222-3333-4444-555555555555' tenant '" + contosoID + "'", UnlistedID, "", contosoID},
		"the run's own":   {messageState(t, "hetk"), "AADSTS90094 application '22222222-2222-3333-4444-555555555555' tenant 'fabrikam.example'", "hetk", "contoso.example", contosoID},
		"personal":        {State{}, "AADSTS50020 tenant '" + checks.PersonalTenant + "'", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := AboutWhy(c.s, text(c.text), all)
			id := ""
			if s.Profile != nil {
				id = s.Profile.ID
			}
			if id != c.id || s.Domain != c.domain || s.TenantID() != c.tenant {
				t.Errorf("%q %q %q", id, s.Domain, s.TenantID())
			}
		})
	}
}

// An answer that was turned still names what Microsoft showed.
func TestMessageNamesTheCode(t *testing.T) {
	t.Parallel()
	in := checks.WhyOf("AADSTS90094 tenant '99999999-2222-3333-4444-555555555555'", false)
	in.Subject = checks.Subject{Domain: "contoso.example", Look: &checks.Snapshot{Discovery: checks.Look[checks.Discovery]{
		Read: true, Value: checks.Discovery{Found: []checks.CloudTenant{{Cloud: checks.CloudPublic, TenantID: contosoID}}},
	}}}
	why := checks.Explain(in)
	m := makeMessage(t, MessageAsked{State: messageState(t, "hetk"), Why: why, Form: MessageEmail, Lang: "en"})
	if why.Class != "wrong_tenant" || !strings.Contains(m.Subject, "AADSTS90094") || !strings.Contains(m.Body, "error?code=90094") || HandoffOf(messageState(t, "hetk"), why).AADSTS != 90094 {
		t.Errorf("%s: %s\n%s", why.Class, m.Subject, m.Body)
	}
}

func TestMessageEdited(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	for _, form := range []MessageForm{MessageEmail, MessageJira} {
		m := makeMessage(t, MessageAsked{State: s, Why: messageWhy("admin_consent_needed", 90094), Form: form, Lang: "en"}).WithBody("My own words.\x1b[2J\nAnd more.")
		if m.Body != "My own words.\nAnd more." {
			t.Errorf("%q", m.Body)
		}
		if u, err := url.Parse(m.URL); form == MessageEmail && (err != nil || u.Query().Get("body") != "My own words.\r\nAnd more.") {
			t.Errorf("%v %s", err, m.URL)
		}
		if form == MessageJira && m.Fields[1].Value != m.Body {
			t.Errorf("%+v", m.Fields)
		}
	}
}

// TestMailIsNeverEmpty holds in every language that a mail program opens with
// words or not at all, and that what was left out is said.
func TestMailIsNeverEmpty(t *testing.T) {
	t.Parallel()
	s := messageState(t, "hetk")
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		m := makeMessage(t, MessageAsked{State: s, Why: messageWhy("admin_consent_needed", 90094), Form: MessageEmail, Lang: lang})
		u, err := url.Parse(m.URL)
		if err != nil || !m.Shortened {
			t.Fatalf("%s: %v, shortened: %v", lang, err, m.Shortened)
		}
		body := u.Query().Get("body")
		for _, says := range []string{w.hello, strings.ReplaceAll(w.intro, "{app}", s.App.Name), "AADSTS90094", "/adminconsent?client_id=", w.caseHead, "ONB1-", w.bye} {
			if !strings.Contains(body, says) {
				t.Errorf("%s lacks %q: %s", lang, says, body)
			}
		}
		if long := m.WithBody(m.Body + "One line more.\n"); long.URL != "" || long.Shortened {
			t.Errorf("%s: an edited message of %d bytes opens with %q", lang, len(long.Body), long.URL)
		}
		short := m.WithBody("My own words.\n")
		if u, err := url.Parse(short.URL); err != nil || u.Query().Get("body") == "" || short.Shortened {
			t.Errorf("%s: %v %q, shortened: %v", lang, err, short.URL, short.Shortened)
		}
	}
}

// Where neither app nor tenant is known, there are places to fill them in.
func TestMessageOfNothingKnown(t *testing.T) {
	t.Parallel()
	why := checks.Explain(checks.WhyOf("AADSTS90094 scope=openid%20Mail.Read", false))
	for _, lang := range MessageLanguages() {
		w, _ := messageTexts(lang)
		m := makeMessage(t, MessageAsked{Why: why, Form: MessageEmail, Lang: lang})
		for _, says := range []string{w.noApp, w.linkNone, w.undoHead} {
			if !strings.Contains(m.Body, says) {
				t.Errorf("lacks %q:\n%s", says, m.Body)
			}
		}
		if !strings.Contains(m.Subject, w.noApp) || !strings.Contains(m.Subject, w.noTenant) || strings.Contains(m.Body, w.makerHead+":\n") || strings.Contains(m.Body, "ONB1") {
			t.Errorf("%s\n%s", m.Subject, m.Body)
		}
	}
}
