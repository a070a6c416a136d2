package tui

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// Invitations are what a lead does about invitations. The guide reads the errors as
// they are.
type Invitations interface {
	// Invite makes one. Its address is in no other place than the answer.
	Invite(ctx context.Context, w InviteWish) (Invited, error)
	// List gives those that there are, the newest first.
	List(ctx context.Context) ([]Invitation, error)
	// Revoke takes one back, by its number.
	Revoke(ctx context.Context, number string) error
}

// InviteWish is what an invitation is to be.
type InviteWish struct {
	Tenant string        // the customer's domain; empty: none is named
	For    string        // what it is for, in a line; empty: nothing is said of it
	Lasts  time.Duration // how long it can be used
}

// Invitation is one that there is. It holds no code.
type Invitation struct {
	Number, Tenant, For, By string
	State                   string // open, used, revoked or over
	Until                   time.Time
}

// Invited is one that was just made.
type Invited struct {
	Invitation

	Address string // what the customer types
}

// inviteDays is how long an invitation lasts where nothing else is said.
const (
	inviteDays = 7
	day        = 24 * time.Hour
)

// mostInviteDays is the longest that one can last.
const mostInviteDays = 90

var errInviteDays = errors.New(fill(wordInviteBadDays, "most", number(mostInviteDays)))

// open says whether it can still be used.
func (i Invitation) open() bool { return i.State == "open" }

// told is how it stands, in a few words.
func (i Invitation) told(m *Model) string {
	if i.open() {
		return fill(wordInviteOpen, "time", ago(i.Until.Sub(m.now())))
	}
	return inviteStates[i.State]
}

// about is what it names.
func (i Invitation) about() string {
	var parts []string
	for _, text := range []string{i.Tenant, i.For, i.By} {
		if text = clean(text); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " · ")
}

type (
	// invitationsMsg says which there are, and what came of taking one back.
	invitationsMsg struct {
		of       *invitationsSheet
		all      []Invitation
		gone     string // the number of the one that was to be taken back; empty: none
		bad, err error  // why it is not gone, and why they cannot be listed
	}
	// invitedMsg says what came of making one.
	invitedMsg struct {
		of  *inviteSheet
		in  Invited
		err error
	}
)

// invitationsSheet lists the invitations.
type invitationsSheet struct {
	all  []Invitation
	come bool
	said string // what went wrong last
	done string // what was done last
	at   int
	sure string // the number of the one that is to be taken back, if that is meant
	busy bool
}

// openInvitations opens the list, and has it read.
func (m *Model) openInvitations() tea.Cmd {
	s := &invitationsSheet{}
	m.open(s)
	return s.ask(m, "")
}

// ask has the invitations read, after one was taken back; empty: none is.
func (s *invitationsSheet) ask(m *Model, did string) tea.Cmd {
	s.busy, s.said, s.done = true, "", ""
	of, outer := m.console.of.Invitations, m.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(outer, askWait)
		defer cancel()
		var bad error
		if did != "" {
			bad = of.Revoke(ctx, did)
		}
		all, err := of.List(ctx)
		return invitationsMsg{s, all, did, bad, err}
	}
}

// invitationsCame takes them.
func (m *Model) invitationsCame(msg invitationsMsg) {
	s := msg.of
	s.busy = false
	if msg.err == nil {
		s.all, s.come = msg.all, true
	}
	var said []string
	switch {
	case msg.bad != nil:
		said = append(said, fill(wordRevokeNot, "number", clean(msg.gone), "why", sentence(clean(msg.bad.Error()))))
	case msg.gone != "":
		s.done = fill(plainRevoked, "number", clean(msg.gone))
	}
	if msg.err != nil {
		said = append(said, fill(wordInvitesNot, "why", sentence(clean(msg.err.Error()))))
	}
	s.said = strings.Join(said, " ")
}

func (s *invitationsSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(say(RoleStrong, wordInvites))
	s.at = max(min(s.at, len(s.all)-1), 0)
	switch {
	case !s.come && s.said == "":
		b.put(say(RoleSubtle, wordInvitesCome))
	case s.come && len(s.all) == 0:
		b.put(para(RoleSubtle, wordInvitesNone, 0, w)...)
	}
	for i, in := range s.all {
		head, role := row{}.add(RoleText, "  "), RoleText
		if i == s.at {
			head, role = say(RoleFocus, "› "), RoleStrong
			b.focus = len(b.rows)
		}
		told := RoleSubtle
		if in.open() {
			told = RoleInfo
		}
		head = head.add(role, fixed(clean(in.Number), colCase)).add(told, fixed(in.told(m), 17))
		b.put(hanging(head, RoleText, in.about(), w)...)
		if i == s.at {
			b.focusEnd = len(b.rows)
		}
	}
	switch {
	case s.busy && s.come:
		b.foot = para(RoleInfo, wordInvitesBusy, 0, w)
	case s.sure != "":
		b.foot = para(RoleAccent, fill(wordInviteSure, "number", s.sure, "yes", bindingOf(actVisit).keys[0], "no", bindingOf(actBack).keys[0]), 0, w)
	case s.said != "":
		b.foot = hanging(say(RoleBad, "✗ "), RoleText, s.said, w)
	case s.done != "":
		b.foot = para(RoleInfo, s.done, 0, w)
	}
	return b
}

func (s *invitationsSheet) typing(*Model) *field { return nil }

func (s *invitationsSheet) offers(*Model) []offer {
	busy, none := "", ""
	switch {
	case s.busy:
		busy, none = whyInviting, whyInviting
	case s.at >= len(s.all):
		none = whyNoInvite
	case !s.all[s.at].open():
		none = whyInviteShut
	}
	if s.sure != "" {
		return []offer{{act: actVisit, word: keyRevoke}, {act: actBack, word: keyClose}}
	}
	return []offer{
		{act: actInvite, why: busy},
		{act: actMove},
		{act: actRevoke, why: none},
		{act: actBack, word: keyClose},
		{act: actPage, hidden: true},
	}
}

func (s *invitationsSheet) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actMove:
		s.at = stepBy(s.at, len(s.all), k)
	case actInvite:
		m.open(newInvite())
	case actRevoke:
		s.sure = s.all[s.at].Number
	case actVisit:
		number := s.sure
		s.sure = ""
		return s.ask(m, number)
	case actBack:
		if s.sure == "" {
			m.close()
		}
		s.sure = ""
	default: // no other is offered here
	}
	return nil
}

// inviteSheet asks what an invitation is to be, one thing after the other, and then
// whether it is to be made.
type inviteSheet struct {
	fields [3]field // tenant, what it is for, days
	at     int      // of them; behind the last it is shown what was typed
	wish   InviteWish
	said   string
	busy   bool
}

func newInvite() *inviteSheet {
	s := &inviteSheet{}
	s.fields[1].limit, s.fields[2].limit = 60, 4
	s.fields[2].set(number(inviteDays))
	return s
}

// inviteAsks are the questions, each with what helps.
var inviteAsks = [3][2]string{{wordInviteTenant, wordInviteTenantHelp}, {wordInviteFor, wordInviteForHelp}, {wordInviteDays, wordInviteDaysHelp}}

// takeWish takes the answer to a question into a wish; the error says what is wrong.
func takeWish(w *InviteWish, ask int, text string) error {
	switch text = strings.TrimSpace(text); ask {
	case 0:
		w.Tenant = ""
		if text == "" {
			return nil
		}
		domain, err := flows.AcceptDomain(text)
		w.Tenant = domain
		return err
	case 1:
		w.For = text
		return nil
	}
	days, err := strconv.Atoi(text)
	if err != nil || days < 1 || days > mostInviteDays {
		return errInviteDays
	}
	w.Lasts = time.Duration(days) * day
	return nil
}

// lines are what a wish says.
func (w InviteWish) lines() [][2]string {
	or := func(text, none string) string {
		if text == "" {
			return none
		}
		return text
	}
	return [][2]string{
		{wordInviteTenant, or(clean(w.Tenant), wordInviteNoTenant)},
		{wordInviteFor, or(clean(w.For), wordInviteNoFor)},
		{wordInviteDays, number(int(w.Lasts / day))},
	}
}

func (s *inviteSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(say(RoleStrong, wordInviteNew))
	b.gap()
	if s.at < len(s.fields) {
		b.put(para(RoleText, inviteAsks[s.at][0], 0, w)...)
		b.put(para(RoleSubtle, inviteAsks[s.at][1], 0, w)...)
		putLine(&b, &s.fields[s.at], w)
		said := s.said
		if f := s.fields[s.at].said; said == "" {
			said = f
		}
		if said != "" {
			b.put(hanging(say(RoleBad, "✗ "), RoleText, clean(said), w)...)
		}
		return b
	}
	for _, l := range s.wish.lines() {
		b.put(hanging(say(RoleSubtle, fixed(l[0], 22)+" "), RoleText, l[1], w)...)
	}
	switch {
	case s.busy:
		b.foot = para(RoleInfo, wordInviteMaking, 0, w)
	case s.said != "":
		b.foot = para(RoleBad, fill(wordInviteNot, "why", s.said), 0, w)
	default:
		b.foot = para(RoleAccent, fill(wordInviteAsk, "yes", bindingOf(actVisit).keys[0], "no", bindingOf(actBack).keys[0]), 0, w)
	}
	return b
}

func (s *inviteSheet) typing(*Model) *field {
	if s.at < len(s.fields) {
		return &s.fields[s.at]
	}
	return nil
}

func (s *inviteSheet) offers(*Model) []offer {
	if s.at < len(s.fields) {
		return []offer{{act: actTake, word: keyNext}, {act: actBack}, {act: actPage, hidden: true}}
	}
	why := ""
	if s.busy {
		why = whyInviting
	}
	return []offer{{act: actVisit, word: keyInvite, why: why}, {act: actBack, why: why}, {act: actPage, hidden: true}}
}

func (s *inviteSheet) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actTake:
		if err := takeWish(&s.wish, s.at, s.fields[s.at].value()); err != nil {
			s.said = sentence(err.Error())
			return nil
		}
		s.at, s.said = s.at+1, ""
	case actBack:
		if s.at == 0 {
			m.close()
		}
		s.at, s.said = max(s.at-1, 0), ""
	case actVisit:
		s.busy, s.said = true, ""
		outer, of, wish := m.ctx, m.console.of.Invitations, s.wish
		return func() tea.Msg {
			ctx, cancel := context.WithTimeout(outer, askWait)
			defer cancel()
			in, err := of.Invite(ctx, wish)
			return invitedMsg{s, in, err}
		}
	default: // no other is offered here
	}
	return nil
}

// invited shows the invitation that was made, or says why none was.
func (m *Model) invited(msg invitedMsg) tea.Cmd {
	s := msg.of
	s.busy = false
	if msg.err != nil {
		s.said = sentence(clean(msg.err.Error()))
		return nil
	}
	m.close()
	m.open(&invitedSheet{in: msg.in})
	m.deaf = m.now().Add(typeAhead)
	return nil
}

// invitedSheet shows an invitation's address, which is nowhere else: it goes by a key
// that closes no other sheet.
type invitedSheet struct{ in Invited }

func (s *invitedSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(para(RoleStrong, fill(wordInvited, "number", clean(s.in.Number)), 0, w)...)
	b.gap()
	b.put(para(RoleAccent, clean(s.in.Address), 0, w)...)
	b.gap()
	b.put(para(RoleSubtle, wordInvitedOnce, 0, w)...)
	b.foot = para(RoleAccent, fill(wordInvitedHave, "yes", bindingOf(actVisit).keys[0]), 0, w)
	return b
}

func (s *invitedSheet) typing(*Model) *field { return nil }

func (s *invitedSheet) offers(*Model) []offer {
	return []offer{{act: actVisit, word: keyInvitedHave}, {act: actWhole}, {act: actPage, hidden: true}}
}

func (s *invitedSheet) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	if o.act == actWhole {
		return m.printText(clean(s.in.Address) + "\n")
	}
	m.close()
	if list, ok := m.topSheet().(*invitationsSheet); ok {
		return list.ask(m, "")
	}
	return nil
}
