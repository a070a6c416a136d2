package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// HandOvers are what a lead does about handing cases over to colleagues. The guide reads
// the errors as they are.
type HandOvers interface {
	// Colleagues gives who can be handed a case now, and how it is handed over.
	Colleagues(ctx context.Context, number string) (Handing, error)
	// HandOver hands a case to one of them, in place of whoever had it before.
	HandOver(ctx context.Context, number string, to Colleague) error
	// TakeBack takes a hand-over of this guide's back.
	TakeBack(ctx context.Context, number string) error
}

// Handing is who can be handed a case.
type Handing struct {
	All  []Colleague
	Now  *Handed       // by this guide; nil: it is not
	Time time.Duration // how long a colleague has to ask
}

// Colleague is a guide of the same organisation who is at a console now.
type Colleague struct {
	Key        string // the fingerprint of their key, by which they are told apart
	Name, Role string
	Since      time.Time
}

// Handed is that a case was handed over to this guide, or by them: one of By and To is
// empty.
type Handed struct {
	By, To string
	At     time.Time
	End    HandedEnd
}

// HandedEnd is what became of a hand-over; empty: it stands.
type HandedEnd string

// The ends of a hand-over that are told.
const (
	HandedRefused HandedEnd = "refused" // the customer said no to the colleague
	HandedExpired HandedEnd = "expired"
)

// toMe says whether it was handed to this guide.
func (h *Handed) toMe() bool { return h != nil && h.By != "" }

// told is what is said of it in a queue.
func (h *Handed) told(m *Model) string {
	since := ago(m.now().Sub(h.At))
	switch {
	case h.By != "":
		return fill(wordHandedYou, "who", h.By, "ago", since)
	case h.End == HandedRefused:
		return fill(wordHandedRefused, "who", h.To)
	case h.End == HandedExpired:
		return fill(wordHandedExpired, "who", h.To)
	}
	return fill(wordHandedTo, "who", h.To, "ago", since)
}

// cleaned is one whose names can be shown.
func (h *Handed) cleaned() *Handed {
	if h == nil {
		return nil
	}
	out := *h
	out.By, out.To = clean(h.By), clean(h.To)
	return &out
}

type (
	// handingMsg says who can be handed a case.
	handingMsg struct {
		of  *handOverSheet
		all Handing
		err error
	}
	// handedMsg says what came of handing it over; to is nobody where it was taken back.
	handedMsg struct {
		of  *handOverSheet
		to  Colleague
		err error
	}
)

// handOverSheet hands a case over to somebody who is chosen in it and then confirmed, or
// takes that back.
type handOverSheet struct {
	number string
	all    Handing
	come   bool
	busy   bool
	at     int
	sure   *Colleague // who is to have it, if that is meant
	said   string     // what went wrong last
}

// openHandOver opens the sheet for a case, and has looked who is there.
func (m *Model) openHandOver(number string) tea.Cmd {
	s := &handOverSheet{number: number}
	m.open(s)
	return s.look(m)
}

// look has looked who is there.
func (s *handOverSheet) look(m *Model) tea.Cmd {
	s.busy, s.said = true, ""
	outer, of := m.ctx, m.console.of.HandOvers
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(outer, askWait)
		defer cancel()
		all, err := of.Colleagues(ctx, s.number)
		return handingMsg{s, all, err}
	}
}

// handing takes who is there. The cursor stays on whom it was on.
func (m *Model) handing(msg handingMsg) {
	s := msg.of
	s.busy = false
	if msg.err != nil {
		s.said = fill(wordHandNot, "why", sentence(clean(msg.err.Error())))
		return
	}
	key := ""
	if s.at < len(s.all.All) {
		key = s.all.All[s.at].Key
	}
	s.all, s.come = msg.all.cleaned(), true
	s.at = max(slices.IndexFunc(s.all.All, func(c Colleague) bool { return c.Key == key }), 0)
}

// cleaned is the same with names that can be shown. A key is as it is, to be known by.
func (h Handing) cleaned() Handing {
	h.All, h.Now = slices.Clone(h.All), h.Now.cleaned()
	for i, c := range h.All {
		h.All[i].Name, h.All[i].Role = clean(c.Name), clean(c.Role)
	}
	return h
}

// called is a colleague's name and, where another there has the same, the key.
func (h Handing) called(c Colleague) string {
	same := func(o Colleague) bool { return strings.EqualFold(o.Name, c.Name) && o.Key != c.Key }
	if !slices.ContainsFunc(h.All, same) {
		return c.Name
	}
	return c.Name + ", " + fill(wordHandKey, "key", cut(strings.TrimPrefix(clean(c.Key), "SHA256:"), 12, false))
}

// stands says whether there is a hand-over to take back.
func (h Handing) stands() bool { return h.Now != nil && h.Now.End == "" }

func (s *handOverSheet) body(m *Model) body {
	var b body
	w, of := m.size.text(), m.console.of
	b.put(para(RoleStrong, fill(wordHandTitle, "case", s.number), 0, w)...)
	what := fill(wordHandWhat, "min", number(int(s.all.Time/time.Minute)))
	if m.size.tight() || !s.come {
		what = wordHandTight
	}
	b.put(para(RoleText, what, 0, w)...)
	b.gap()
	if s.come {
		b.put(s.now(m, w)...)
	}
	switch {
	case !s.come && s.said == "":
		b.put(say(RoleSubtle, wordHandCome))
	case s.come && len(s.all.All) == 0:
		b.put(para(RoleWarn, fill(wordHandNobody, "org", clean(of.Organisation)), 0, w)...)
	}
	for i, c := range s.all.All {
		head, role := row{}.add(RoleText, "  "), RoleText
		if i == s.at {
			head, role = say(RoleFocus, "› "), RoleStrong
			b.focus = len(b.rows)
		}
		b.put(hanging(head, role, strings.Join([]string{s.all.called(c), c.Role, fill(wordHandSince, "time", m.clockShort(c.Since))}, " · "), w)...)
		if i == s.at {
			b.focusEnd = len(b.rows)
		}
	}
	switch {
	case s.busy && s.come:
		b.foot = para(RoleInfo, wordHandBusy, 0, w)
	case s.sure != nil:
		b.foot = para(RoleAccent, fill(wordHandSure, "who", s.all.called(*s.sure), "yes", bindingOf(actVisit).keys[0], "no", bindingOf(actBack).keys[0]), 0, w)
	case s.said != "":
		b.foot = hanging(say(RoleBad, "✗ "), RoleText, s.said, w)
	}
	return b
}

// now says how the case is handed over; nothing where it is not.
func (s *handOverSheet) now(m *Model, w int) []row {
	now := s.all.Now
	switch {
	case now == nil:
		return nil
	case now.End != "":
		return para(RoleWarn, sentence(now.told(m)), 0, w)
	case len(s.all.All) == 0:
		return para(RoleInfo, fill(wordHandIsNow, "who", now.To, "time", m.clockShort(now.At)), 0, w)
	}
	return para(RoleInfo, fill(wordHandIs, "who", now.To, "time", m.clockShort(now.At)), 0, w)
}

func (s *handOverSheet) typing(*Model) *field { return nil }

func (s *handOverSheet) offers(*Model) []offer {
	if s.sure != nil {
		return []offer{{act: actVisit, word: keyHandOver}, {act: actBack, word: keyClose}}
	}
	busy, none, back := "", "", ""
	if len(s.all.All) == 0 {
		none = whyNobody
	}
	if !s.all.stands() {
		back = whyNotHanded
	}
	if s.busy {
		busy, none, back = whyHanding, whyHanding, whyHanding
	}
	return []offer{
		{act: actTake, word: keyHandTo, why: none},
		{act: actMove, why: none},
		{act: actRevoke, word: keyHandBack, why: back},
		{act: actAgain, word: keyHandLook, why: busy},
		{act: actBack, word: keyClose},
		{act: actPage, hidden: true},
	}
}

func (s *handOverSheet) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	switch o.act {
	case actMove:
		s.at = stepBy(s.at, len(s.all.All), k)
	case actTake:
		to := s.all.All[s.at]
		s.sure = &to
	case actVisit:
		to := *s.sure
		s.sure = nil
		return s.does(m, to)
	case actRevoke:
		return s.does(m, Colleague{})
	case actAgain:
		return s.look(m)
	case actBack:
		if s.sure == nil {
			m.close()
		}
		s.sure = nil
	default: // no other is offered here
	}
	return nil
}

// does hands the case to somebody or, where that is nobody, takes it back.
func (s *handOverSheet) does(m *Model, to Colleague) tea.Cmd {
	s.busy, s.said = true, ""
	outer, of := m.ctx, m.console.of.HandOvers
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(outer, askWait)
		defer cancel()
		return handedMsg{s, to, to.do(ctx, of, s.number)}
	}
}

// do hands a case to a colleague or, of the zero value, takes it back.
func (c Colleague) do(ctx context.Context, of HandOvers, number string) error {
	if c.Key == "" {
		return of.TakeBack(ctx, number)
	}
	return of.HandOver(ctx, number, c)
}

// handed tells what came of it.
func (m *Model) handed(msg handedMsg) tea.Cmd {
	s := msg.of
	s.busy = false
	if msg.err != nil {
		s.said = msg.to.failed(msg.err)
		return nil
	}
	if m.topSheet() == screen(s) {
		m.close()
		m.deaf = m.now().Add(typeAhead)
	}
	m.tellPerson(RoleInfo, s.all.done(msg.to, s.number))
	return m.list()
}

// failed says that it was not done, and why.
func (c Colleague) failed(err error) string {
	words := wordHandFailed
	if c.Key == "" {
		words = wordHandBackNot
	}
	return fill(words, "why", sentence(clean(err.Error())))
}

// done says that it was done.
func (h Handing) done(to Colleague, number string) string {
	if to.Key == "" {
		return fill(wordHandBack, "case", number)
	}
	return fill(wordHanded, "case", number, "who", h.called(to))
}
