package flows

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks"
)

// MessageForm is where a message goes, which decides its form. The names are
// stable: flags and JSON use them.
type MessageForm string

// The forms.
const (
	MessageEmail      MessageForm = "email"
	MessageTeams      MessageForm = "teams"
	MessageSlack      MessageForm = "slack"
	MessageServiceNow MessageForm = "servicenow"
	MessageJira       MessageForm = "jira"
	MessageSupport    MessageForm = "support" // to the vendor, not to the person's IT
)

// MessageForms lists every form.
func MessageForms() []MessageForm {
	return []MessageForm{MessageEmail, MessageTeams, MessageSlack, MessageServiceNow, MessageJira, MessageSupport}
}

// Message is something to send that gets the block cleared. Nothing in it can act
// on a terminal, and no text from outside can become markup in it.
type Message struct {
	Form    MessageForm `json:"form"`
	Lang    string      `json:"lang"`
	To      string      `json:"to,omitempty"` // the vendor's address; the person's IT is not known
	Subject string      `json:"subject"`
	Body    string      `json:"body"` // lines end in "\n"
	// URL opens a mail program with the message, or the vendor's form; empty:
	// there is none.
	URL string `json:"url,omitempty"`
	// Shortened says that the whole message is too long for URL, which opens with
	// the first of it.
	Shortened bool `json:"shortened,omitempty"`
	// Fields are those of a ticket, by the names that its form has; never nil.
	Fields []MessageField `json:"fields"`
}

// MessageField is one field of a ticket's form.
type MessageField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// MessageAsked is what a message is made of.
type MessageAsked struct {
	State State      // the app, the tenant, the cloud
	Why   checks.Why // what stops the person
	Form  MessageForm
	Lang  string // a tag of MessageLanguages
	// Personal says that the person wants their address and the ids of their
	// sign-in in it. Without it nothing that names them gets in.
	Personal bool
	Person   string // their address, where they gave it
	// Unvouched says that the app's client id was typed, or came with a hand-off
	// code, and stands in no description of the app.
	Unvouched bool
}

// Why a message cannot be made.
var (
	errMessageForm = errors.New("no such form of message")
	errMessageLang = errors.New("no such language")
)

// HandoffOf is what of a run and an answer goes on into another run, where it is
// shown first. The tenant's id goes along only where its domain is not known.
func HandoffOf(s State, why checks.Why) Handoff {
	h := Handoff{ClientID: s.App.ClientID, Domain: s.Domain, Cloud: s.Cloud()}
	h.AADSTS, _ = why.Named()
	if h.Domain == "" {
		h.TenantID = s.TenantID()
	}
	if h.Cloud == checks.CloudPublic {
		h.Cloud = "" // what is taken without a word
	}
	if s.Profile != nil && s.Profile.ID != UnlistedID {
		h.App = s.Profile.ID
	}
	if h.ClientID != "" {
		h.Scopes = consentScopes(s)
	}
	return h
}

// SentHandoff is HandoffOf for a code, which nobody reads before it is sent: of what
// the text alone says, ids and permissions in Microsoft's own words are in it, and
// no domain, for somebody's machine may be called so. Where one of the permissions
// cannot stand in it, none does: a list that hides some would be taken for all.
func SentHandoff(s State, why checks.Why) Handoff {
	h := HandoffOf(s, why)
	if strings.EqualFold(h.Domain, why.Tenant.Name) && !strings.EqualFold(h.Domain, why.Asked) {
		h.Domain, h.TenantID = "", s.TenantID()
	}
	if s.Profile != nil && s.Profile.ID == UnlistedID {
		own := func(scope string) bool { return !checks.PlainScope(scope) }
		if unnamed(s, why) > 0 || slices.ContainsFunc(h.Scopes, own) {
			h.Scopes = nil
		}
	}
	return h
}

// NewMessage writes a message. The error says which form or language there is not.
func NewMessage(a MessageAsked) (Message, error) {
	w, ok := messageTexts(a.Lang)
	if !ok {
		return Message{}, errMessageLang
	}
	if !slices.Contains(MessageForms(), a.Form) {
		return Message{}, errMessageForm
	}
	m := &messenger{MessageAsked: a, words: w, ask: a.Why.Ask()}
	if a.Form == MessageSupport {
		return m.support(), nil
	}
	return m.toIT(), nil
}

// messenger writes one message.
type messenger struct {
	MessageAsked

	words messageWords
	ask   checks.WhyAsk
}

// passage is a piece of a message under a heading.
type passage struct {
	head  string
	lines []string
	items []string
	link  string // on a line of its own, whole
	code  string // to be typed, on a line of its own
	foot  string // below link and code
}

// fill puts what is known into a text of ours. What it puts in was cleaned.
func (m *messenger) fill(text string) string {
	s := m.State
	or := func(v, general string) string {
		if v = messageLine(v); v != "" {
			return v
		}
		return general
	}
	tenant := or(s.Domain, or(s.TenantID(), m.words.noTenant))
	maker := ""
	if s.Profile != nil {
		maker = vendorLine(s.Profile.Publisher.Name)
	}
	name := or(vendorLine(s.App.Name), or(vendorLine(m.Why.App.Name), or(s.App.ClientID, m.words.noApp)))
	listed := vendorLine(s.App.Listed)
	if m.unlisted() {
		name, listed = m.words.noApp, m.words.searchID
		if calls := vendorLine(m.Why.App.Name); calls != "" {
			name = fmt.Sprintf(m.words.quoted, calls)
		}
	}
	text = strings.ReplaceAll(text, "{listed}", or(listed, name))
	return strings.NewReplacer(
		"{app}", name, "{publisher}", or(maker, m.words.noApp), "{tenant}", tenant, "{client}", messageLine(s.App.ClientID),
	).Replace(text)
}

// unlisted says that nobody described the app: nothing but its id is known.
func (m *messenger) unlisted() bool {
	p := m.State.Profile
	return p != nil && (p.ID == UnlistedID || p.ID == OwnAppID) && m.State.App.ClientID != ""
}

// strange says that nobody's description vouches for the client id that a link
// would have approved: a good name does not make it that app's.
func (m *messenger) strange() bool {
	return m.State.App.ClientID != "" && (m.Unvouched || Strange(m.State))
}

// messageLine is text from outside as it may stand in a message.
func messageLine(v string) string { return strings.TrimSpace(checks.Line(v, 400)) }

// vendorLine is text of a profile as it may stand in a message: no address in it
// becomes a link, for the vendor's links have places of their own.
func vendorLine(v string) string {
	return strings.NewReplacer("://", ": //", "www.", "www .").Replace(messageLine(v))
}

// lead says what is the matter: the first lines of every message.
func (m *messenger) lead() passage {
	p := passage{lines: []string{sentences(m.intro(), m.stopped())}}
	if c, lookup := m.Why.Named(); c > 0 {
		p.lines = append(p.lines, strings.ReplaceAll(m.words.code, "{code}", fmt.Sprintf("AADSTS%d", c)))
		if lookup != "" {
			p.lines = append(p.lines, strings.ReplaceAll(m.words.lookup, "{url}", messageLine(lookup)))
		}
	} else if m.Why.Trouble() == checks.TroubleSeveral {
		p.lines = append(p.lines, strings.ReplaceAll(m.words.code, "{code}", codesOf(m.Why)))
	}
	if at := m.Why.At; !at.IsZero() {
		p.lines = append(p.lines, strings.ReplaceAll(m.words.at, "{at}", at.UTC().Format("2006-01-02 15:04:05")))
	}
	return p
}

// mostCodes is how many codes of a list a message names.
const mostCodes = 8

// codesOf are the codes of a text of which none stands for the rest.
func codesOf(w checks.Why) string {
	var out []string
	for _, c := range w.Codes[:min(len(w.Codes), mostCodes)] {
		out = append(out, fmt.Sprintf("AADSTS%d", c.Number))
	}
	if len(w.Codes) > mostCodes {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}

// stopped says what happened, as far as it is known.
func (m *messenger) stopped() string {
	switch {
	case m.ask == checks.AskConsent && !m.Why.OnlyAdmins():
		return m.words.unapproved
	case m.ask == checks.AskHelp:
		return cmp.Or(m.words.help[m.Why.Trouble()], m.words.stopped[m.ask])
	}
	return m.words.stopped[m.ask]
}

// intro says what they want, and by what they are stopped where that is known to
// be Microsoft's sign-in.
func (m *messenger) intro() string {
	switch m.ask {
	case checks.AskHelp, checks.AskFederation, checks.AskDirectory:
		return m.fill(m.words.introPlain)
	default:
		return m.fill(m.words.intro)
	}
}

// sentences joins two, as their script does.
func sentences(one, two string) string {
	if strings.HasSuffix(one, "。") {
		return one + two
	}
	return one + " " + two
}

// toIT writes the message to whoever looks after the tenant.
func (m *messenger) toIT() Message {
	out := Message{Form: m.Form, Lang: m.Lang, Subject: messageLine(m.fill(m.words.subject[m.ask])), Fields: []MessageField{}}
	if c, _ := m.Why.Named(); c > 0 {
		out.Subject += fmt.Sprintf(" (AADSTS%d)", c)
	}
	core := append([]passage{m.lead()}, m.wish()...)
	whole := slices.Concat(core, m.details(), m.rest())
	greet := func(ps []passage) []passage {
		return slices.Concat([]passage{{lines: []string{m.words.hello}}}, ps, []passage{{lines: []string{m.words.bye}}})
	}
	switch m.Form {
	case MessageTeams, MessageSlack:
		out.Body = m.writePassages(m.Form, append([]passage{{head: out.Subject}}, whole...))
	case MessageServiceNow:
		out.Body = m.writePassages(MessageEmail, whole)
		out.Fields = []MessageField{{"Short description", checks.Line(out.Subject, 160)}, {"Description", out.Body}}
	case MessageJira:
		out.Body = m.writePassages(m.Form, whole)
		out.Fields = []MessageField{{"Summary", checks.Line(out.Subject, 255)}, {"Description", out.Body}}
	default:
		out.Body = m.writePassages(m.Form, greet(whole))
		out.setURL("", append([]string{out.Body}, m.shorter(core, greet)...)...)
	}
	return out
}

// setURL makes the address that opens a mail program with the first of bodies
// that fits.
func (m *Message) setURL(to string, bodies ...string) {
	which := 0
	m.URL, which = mailto(to, m.Subject, bodies...)
	m.Shortened = which > 0
}

// shorter are messages to IT for mail programs, whose links break off long ones:
// what matters first. What is asked for, a warning and the link stay; details,
// then the page about the error, then the words around it are left out.
func (m *messenger) shorter(core []passage, greet func([]passage) []passage) []string {
	brief, bare := passage{lines: []string{m.intro()}}, core[1] // without the way by hand
	bare.foot = ""
	if c, _ := m.Why.Named(); c > 0 {
		brief.lines = append(brief.lines, strings.ReplaceAll(m.words.code, "{code}", fmt.Sprintf("AADSTS%d", c)))
	}
	var out []string
	for _, ps := range [][]passage{
		greet(slices.Concat(core, m.caseAlone())), greet(slices.Concat(core[:2], m.caseAlone())),
		greet(append([]passage{brief, bare}, m.caseAlone()...)), append([]passage{bare}, m.caseAlone()...),
	} {
		out = append(out, m.writePassages(m.Form, ps))
	}
	return out
}

// caseAlone is the hand-off code by itself, in which the rest is found again.
func (m *messenger) caseAlone() []passage {
	code := SentHandoff(m.State, m.Why).String()
	if code == "" {
		return nil
	}
	return []passage{{head: m.words.caseHead, code: "onboard --case " + code}}
}
