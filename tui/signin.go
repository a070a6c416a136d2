package tui

import (
	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// signInScreen offers the ways to sign in, and shows the one that is going on.
// What it shows of a code lives in the driver alone and in no event.
type signInScreen struct{ ask asker }

func (s *signInScreen) question(m *Model) flows.Question {
	qs := flows.Asks(m.state)
	if len(qs) == 0 {
		return flows.Question{}
	}
	s.ask.set(qs[0])
	return qs[0]
}

func (s *signInScreen) body(m *Model) body {
	var b body
	w := m.size.text()
	if m.state.SignIn.Busy {
		s.busy(m, &b, w)
		m.putPasting(&b, w)
		return b
	}
	if f := m.state.SignIn.Failed; f != nil {
		b.put(m.signInFailure(*f, w)...)
		b.gap()
	}
	if a := m.state.Account; a != nil && s.question(m).ID == flows.AskSignIn {
		b.put(say(RoleInfo, fill(wordSignedInAs, "who", clean(a.UPN))))
		b.gap()
	}
	b.put(m.seeking(w)...)
	s.ask.put(&b, s.question(m), w, true)
	return b
}

// seeking says how far the look for an app by its name has come, where that is
// not what is asked; nothing where none is looked for.
func (m *Model) seeking(w int) []row {
	why, st := flows.Missing(m.state), m.state
	switch {
	case !st.Seeking() || st.Account == nil && st.SignIn.Way != flows.WayNone:
		return nil
	case st.SeekingNow():
		return para(RoleText, "… "+fill(wordSeeking, "domain", m.domain(), "app", m.appName()), 0, w)
	case len(flows.Asks(st)) > 0 && flows.Asks(st)[0].ID == flows.AskSignIn:
		return append(hanging(say(RoleWarn, "! "), RoleText, sentence(clean(why)), w), row{})
	}
	return nil
}

// busy says what is waited for, since when, and what else can be done.
func (s *signInScreen) busy(m *Model, b *body, w int) {
	b.put(m.signInProgress(w)...)
}

// signInProgress is the sign-in that is going on, for the screens that show it.
func (m *Model) signInProgress(w int) []row {
	if m.guide != nil {
		return para(RoleInfo, wordGuideSignIn, 0, w)
	}
	var b body
	p, shown := m.drv.Prompt()
	title, ok := signingInWords[m.state.SignIn.Way]
	if !ok {
		title = wordSigningIn
	}
	b.put(para(RoleStrong, title, 0, w)...)
	b.gap()
	switch {
	case !shown:
		b.put(say(RoleInfo, "… "+wordAskingMicrosoft))
	case p.Code != "":
		m.putCode(&b, p, w)
	case p.Paste != nil:
		m.putLink(&b, p, w)
	case p.URL != "":
		b.put(para(RoleText, wordBrowserOpened, 0, w)...)
		b.put(para(RoleSubtle, wordBrowserElse, 0, w)...)
	}
	if shown && !p.Started.IsZero() {
		b.gap()
		b.put(say(RoleSubtle, m.waitingSince(p)))
	}
	return b.rows
}

// putCode shows a device code, with what to know before it is typed anywhere.
func (m *Model) putCode(b *body, p run.Prompt, w int) {
	b.put(hanging(say(RoleSubtle, fixed(wordCodePage, 12)), RoleText, "", w)...)
	b.rows[len(b.rows)-1] = append(b.rows[len(b.rows)-1], m.linkSpan(p.URL, w-12))
	b.put(row{}.add(RoleSubtle, fixed(wordCode, 12)).add(RoleFocus, clean(p.Code)))
	b.gap()
	b.put(hanging(say(RoleWarn, "! "), RoleWarn, fill(wordCodeWarning, "at", m.clock(p.Started)), w)...)
}

// waitingSince says how long a sign-in is waited for, and until when.
func (m *Model) waitingSince(p run.Prompt) string {
	text := fill(wordStartedAt, "at", m.clock(p.Started), "ago", ago(m.now().Sub(p.Started)))
	if !p.Until.IsZero() {
		text += " · " + fill(wordWorksUntil, "at", m.clock(p.Until))
	}
	return text
}

// signInFailure says why a sign-in came to nothing and what to do instead.
func (m *Model) signInFailure(f flows.SignInFailed, w int) []row {
	text, ok := signInFailureWords[f.Reason]
	if !ok {
		text = wordSignInFailed
	}
	if served := signInFailureServed[f.Reason]; m.served && served != "" {
		text = served
	}
	rows := hanging(say(RoleBad, "✗ "), RoleBad, text, w)
	if f.Reason == checks.FailInput { // our own words: nobody else was asked
		return append(rows, linkless(RoleText, clean(f.Message), 2, w)...)
	}
	if f.Message != "" {
		said := clean(f.Message)
		if f.Code != "" {
			said = fill(wordSaidCode, "said", said, "code", clean(f.Code))
		}
		rows = append(rows, linkless(RoleSubtle, fill(wordMicrosoftSaid, "said", said), 2, w)...)
	}
	return rows
}

func (s *signInScreen) choose(m *Model, k tea.KeyPressMsg) bool { return s.ask.digit(s.question(m), k) }

func (s *signInScreen) typing(m *Model) *field {
	if f := m.linkField(); f != nil {
		return f
	}
	if q := s.question(m); q.Kind == flows.Typed {
		return s.ask.typing(q)
	}
	return nil
}

func (s *signInScreen) offers(m *Model) []offer {
	if m.linking() {
		return m.linkOffers()
	}
	if m.state.SignIn.Busy {
		return []offer{
			{act: actOpen, why: m.cannotOpen(m.promptLink())},
			{act: actLinks, why: m.noLinks()},
			{act: actCopy, word: wordCopyCode, why: m.noCode()},
			{act: actCode, why: m.noCodeFor(m.firstLink())},
			{act: actTake, word: wordStopSignIn},
		}
	}
	out := s.ask.offers(s.question(m))
	if m.state.Seeking() && m.state.Account != nil {
		out = append(out, offer{act: actAgain})
	}
	return out
}

func (s *signInScreen) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	if cmd, done := m.actLink(o); done {
		return cmd
	}
	if m.state.SignIn.Busy {
		switch o.act {
		case actOpen:
			return m.openURL(m.promptLink())
		case actLinks:
			return m.openLinks()
		case actCopy:
			p, _ := m.drv.Prompt()
			return m.copy(p.Code)
		case actCode:
			m.open(&codeSheet{link: m.firstLink()})
		case actTake:
			return m.tell(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayNone)})
		default: // no other is offered here
		}
		return nil
	}
	if o.act == actAgain {
		return m.tell(flows.AskedAgain{})
	}
	e, _ := s.ask.act(s.question(m), o, k)
	if e == nil {
		return nil
	}
	return m.tellAndGo(e)
}

// promptLink is the page of the sign-in that is going on.
func (m *Model) promptLink() string {
	p, _ := m.drv.Prompt()
	return p.URL
}

// noCode says why there is no code to copy.
func (m *Model) noCode() string {
	if p, ok := m.drv.Prompt(); ok && p.Code != "" {
		return ""
	}
	return whyNoCode
}

// signInFailureWords say why a sign-in came to nothing, by kind, and what to
// do instead.
var signInFailureWords = map[checks.FailureKind]string{
	checks.FailDenied:      wordFailDenied,
	checks.FailSignIn:      wordFailSignIn,
	checks.FailInput:       wordFailInput,
	checks.FailCancelled:   wordFailCancelled,
	checks.FailUnreachable: wordFailUnreachable,
	checks.FailTLS:         wordFailTLS,
	checks.FailWrongTenant: wordFailWrongTenant,
	checks.FailNotJSON:     wordFailNotJSON,
	checks.FailCut:         wordFailCut,
	checks.FailThrottled:   wordFailThrottled,
	checks.FailService:     wordFailService,
	checks.FailScope:       wordFailScope,
}

// signInFailureServed are those of signInFailureWords that are others where this
// runs on a machine of somebody else's.
var signInFailureServed = map[checks.FailureKind]string{
	checks.FailDenied:      wordFailDeniedServed,
	checks.FailUnreachable: wordFailUnreachableServed,
	checks.FailTLS:         wordFailTLSServed,
	checks.FailNotJSON:     wordFailNotJSONServed,
	checks.FailCut:         wordFailCutServed,
}
