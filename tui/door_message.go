package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// whyMessage is the message that gets a block fixed: its form and language are
// chosen here, and its words can be changed. Its answer keeps it.
type whyMessage struct {
	about  flows.AnswerAbout
	form   int // of flows.MessageForms
	lang   int // of flows.MessageLanguages
	edited map[[2]int]string
	old    map[[2]int]bool // of those that were edited before the answer changed
}

// writes is the message of an answer, as it was left.
func (s *whyAnswer) writes() *whyMessage {
	if s.msg == nil {
		s.msg = &whyMessage{edited: map[[2]int]string{}, old: map[[2]int]bool{}}
		if _, vendor := s.why.WritesTo(); vendor {
			s.msg.form = slices.Index(flows.MessageForms(), flows.MessageSupport)
		}
	}
	s.msg.about = s.about()
	return s.msg
}

// ofAnother notes that the answer has changed: what was edited is kept, with what
// it was made of; what was not is made anew.
func (s *whyMessage) ofAnother() *whyMessage {
	if s == nil || len(s.edited) == 0 {
		return nil
	}
	for k := range s.edited {
		s.old[k] = true
	}
	return s
}

// edit keeps a text that was edited; one that was left as it was is none.
func (s *whyMessage) edit(m *Model, was, text string) {
	if strings.TrimRight(was, "\n") == strings.TrimRight(text, "\n") {
		return
	}
	s.edited[s.key()] = text
	delete(s.old, s.key())
	if n := len(m.scrolls); n > 0 { // from its beginning, where it says so
		m.scrolls[n-1] = 0
	}
}

// message is the message as it stands now.
func (s *whyMessage) message() flows.Message {
	m, err := flows.NewMessage(flows.MessageAsked{
		State: s.about.State, Why: s.about.Why, Unvouched: s.about.Strange,
		Form: flows.MessageForms()[s.form], Lang: flows.MessageLanguages()[s.lang],
	})
	if err != nil { // form and language come from the lists
		return flows.Message{}
	}
	if text, ok := s.edited[s.key()]; ok {
		return m.WithBody(text)
	}
	return m
}

func (s *whyMessage) key() [2]int { return [2]int{s.form, s.lang} }

// edits reports whether the message stands as they edited it.
func (s *whyMessage) edits() bool {
	_, ok := s.edited[s.key()]
	return ok
}

// title names form and language.
func (s *whyMessage) title() string {
	return fill(wordMessageFor, "form", formTitles[string(flows.MessageForms()[s.form])], "lang", langTitles[flows.MessageLanguages()[s.lang]])
}

// text is what is copied and saved: to whom and the subject first, in the forms
// that have them apart from what is written.
func (s *whyMessage) text() string {
	m := s.message()
	out := ""
	if m.To != "" {
		out = fill(wordMessageTo, "who", m.To) + "\n"
	}
	if m.Form != flows.MessageTeams && m.Form != flows.MessageSlack { // which begin with it
		out += m.Subject + "\n\n"
	}
	return out + m.Body
}

func (s *whyMessage) body(m *Model) body {
	var b body
	w := m.size.text()
	title := row{}.add(RoleInfo, s.title())
	b.put(title)
	switch {
	case s.old[s.key()]:
		b.put(para(RoleWarn, wordEditedBefore, 0, w)...)
	case s.edits():
		b.put(para(RoleSubtle, wordEdited, 0, w)...)
	}
	for _, l := range s.about.BeforeSending(flows.MessageForms()[s.form]) {
		b.put(hanging(say(RoleWarn, "! "), RoleText, clean(l), w)...)
	}
	msg := s.message()
	for l := range strings.SplitSeq(strings.TrimRight(s.text(), "\n"), "\n") {
		if l == "" {
			b.gap()
			continue
		}
		role, room := RoleText, w
		if l == msg.Subject {
			role = RoleStrong
		}
		if strings.HasPrefix(l, "https://") { // whole, where the window is wide enough
			room = m.size.span()
		}
		b.put(linkless(role, clean(l), 0, room)...)
	}
	if msg.Shortened && m.drv.Hands().Host != nil {
		b.gap()
		b.put(para(RoleSubtle, wordMessageCut, 0, w)...)
	}
	if form := s.page(); form != "" {
		b.gap()
		b.put(linkless(RoleSubtle, fill(wordMessageAt, "url", clean(form)), 0, m.size.span())...)
	}
	return b
}

// page is the vendor's page for such a message; empty: there is none.
func (s *whyMessage) page() string {
	if msg := s.message(); msg.Form == flows.MessageSupport && strings.HasPrefix(msg.URL, "https://") {
		return msg.URL
	}
	return ""
}

func (s *whyMessage) typing(*Model) *field { return nil }

func (s *whyMessage) offers(m *Model) []offer {
	open, mail, keep := wordMessageOpen, "", ""
	if s.page() != "" {
		open = wordMessagePage
	}
	switch msg := s.message(); {
	case msg.URL == "" && s.edits() && (msg.Form == flows.MessageEmail || msg.To != ""):
		mail = whyMailLong
	case s.page() == "" && !strings.HasPrefix(msg.URL, "mailto:"):
		mail = whyNoMail
	case m.drv.Hands().Host == nil:
		mail = whyNoBrowser
	}
	if m.keepReport == nil {
		keep = whyNoDisk
	}
	form := offer{act: actFilter, key: "f", word: wordMessageForm}
	lang := offer{act: actManual, key: "g", word: wordMessageLang}
	edit := offer{act: actEvidence, word: wordMessageEdit}
	first := []offer{form, lang, edit, {act: actCopy}}
	if m.size.tight() { // to copy it is what most came for
		lang.word = wordMessageTight
		first = []offer{{act: actCopy}, form, lang, edit}
	}
	return append(append(first, []offer{
		{act: actOpen, word: open, why: mail},
		{act: actScript, word: wordMessageSave, why: keep},
		{act: actLinks, word: wordShowWhole},
		{act: actHelp},
	}...), closing(actTell)...)
}

func (s *whyMessage) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actFilter:
		s.form, m.scroll = (s.form+1)%len(flows.MessageForms()), 0
	case actManual:
		s.lang, m.scroll = (s.lang+1)%len(flows.MessageLanguages()), 0
	case actEvidence:
		was := s.message().Body
		m.open(newEditSheet(was, func(text string) { s.edit(m, was, text) }))
	case actCopy:
		return m.copy(s.text())
	case actOpen:
		return m.openURL(s.message().URL)
	case actScript:
		return m.keep(ReportForm{Base: messageFile, Ext: "txt", Text: s.text()})
	case actLinks:
		return m.printText(s.text())
	case actHelp:
		m.open(newHelp(m.offers(), false))
	default:
		m.close()
	}
	return nil
}

// messageFile is how the name of a message's file begins.
const messageFile = "onboard-message"

// keep writes a text to disk, in one form.
func (m *Model) keep(form ReportForm) tea.Cmd {
	keep, ctx := m.keepReport, m.ctx
	if keep == nil {
		return nil
	}
	return func() tea.Msg {
		name, err := keep(ctx, []ReportForm{form})
		return keptMsg{name: name, err: err}
	}
}
