package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// A sign-in by link: the person opens the link in any browser and pastes back the
// address that it ends on. What was pasted is a secret: it is never shown, not even
// while it is typed, and goes to nobody but the hand that waits for it.

// linkPasteLimit is the longest address that is taken, in bytes and characters.
const linkPasteLimit = 8 << 10

// pasting is how far that has come.
type pasting struct {
	attempt uint32 // the sign-in that it belongs to
	open    bool   // the field is
	field   field
	half    string // what was odd, for its rest may come yet: a terminal may end lines in it
	odd     string // what was odd with the last paste
	taken   int    // characters of the one that was taken; 0: none was
}

// linkPrompt is the prompt of a sign-in by link that is going on; ok is false where
// there is none.
func (m *Model) linkPrompt() (p run.Prompt, ok bool) {
	if !m.state.SignIn.Busy {
		return p, false
	}
	p, ok = m.drv.Prompt()
	return p, ok && p.Paste != nil
}

// linking says whether an address is waited for.
func (m *Model) linking() bool {
	_, ok := m.linkPrompt()
	return ok
}

// link is how far the sign-in has come that is going on: what was typed for
// another is gone.
func (m *Model) link() *pasting {
	if n := m.state.SignIn.Attempt; m.pasting.attempt != n {
		m.pasting = pasting{attempt: n, field: field{limit: linkPasteLimit}}
	}
	return &m.pasting
}

// dropPaste drops what was typed and pasted for a sign-in by link once none waits
// for it, however that one ended.
func (m *Model) dropPaste() {
	if !m.linking() {
		m.pasting = pasting{}
	}
}

// linkField is the field for the address, where it is open.
func (m *Model) linkField() *field {
	if l := m.link(); l.open && m.linking() {
		return &l.field
	}
	return nil
}

// pasteLink takes an address that was pasted, or the rest of one.
func (m *Model) pasteLink(text string) {
	p, ok := m.linkPrompt()
	if !ok {
		return
	}
	l := m.link()
	if !l.field.empty() { // the rest of what was typed
		text = l.field.left + text + l.field.right
	}
	before := l.half
	l.field.set("")
	l.half, l.odd = "", ""
	text = strings.TrimSpace(text[:min(len(text), linkPasteLimit+1)])
	err := p.Paste(text)
	if whole := before + text; err != nil && before != "" && len(whole) <= linkPasteLimit && p.Paste(whole) == nil {
		text, err = whole, nil
	}
	if err != nil {
		l.odd, l.half = clean(err.Error()), text
		if whole := before + text; !strings.Contains(text, "?") && len(whole) <= linkPasteLimit {
			l.half = whole
		}
		return
	}
	l.open, l.taken = false, len([]rune(text))
}

// putLink shows the link, and says what will happen and what to do then.
func (m *Model) putLink(b *body, p run.Prompt, w int) {
	if m.link().taken > 0 {
		return // what is waited for is said below
	}
	step := func(n int, text string) {
		b.put(hanging(row{}.add(RoleAccent, number(n)+". "), RoleText, text, w)...)
	}
	open, ends, paste := wordLinkOpen, wordLinkEnds, wordLinkPaste
	if m.size.tight() {
		open, ends, paste = wordLinkOpenTight, wordLinkEndsTight, wordLinkPasteTight
	}
	step(1, open)
	b.put(row{}.add(RoleText, "   ").with(m.linkSpan(safeURL(p.URL), w-3)))
	if !m.size.tight() {
		b.put(para(RoleSubtle, wordLinkWhole, 3, w)...)
	}
	step(2, ends)
	step(3, paste)
	b.put(para(RoleSubtle, wordLinkSafe, 3, w)...)
}

// putPasting shows, below whatever is seen, what was odd with the last paste, and
// the field where it is open: how much is in it, and nothing of that.
func (m *Model) putPasting(b *body, w int) {
	if !m.linking() {
		return
	}
	l := m.link()
	if l.taken > 0 {
		b.foot = append(b.foot, hanging(say(RoleInfo, "… "), RoleText, fill(wordLinkTaken, "n", number(l.taken)), w)...)
		return
	}
	odd := l.odd
	if l.open && l.field.said != "" {
		odd = l.field.said
	}
	if odd != "" {
		b.foot = append(b.foot, hanging(say(RoleBad, "✗ "), RoleText, odd, w)...)
	}
	if !l.open {
		return
	}
	hidden := fill(wordLinkHidden, "n", number(len([]rune(l.field.left+l.field.right))))
	if l.field.empty() {
		hidden = wordLinkEmpty
	}
	b.foot = append(b.foot, row{}.add(RoleFocus, "> ").add(RoleSubtle, cut(hidden, w-2, false)))
	b.cursor = &place{row: len(b.foot) - 1, col: 2}
}

// linkOffers are the keys of a sign-in by link.
func (m *Model) linkOffers() []offer {
	l := m.link()
	if l.open {
		why := ""
		if l.field.empty() {
			why = whyNothingTyped
		}
		return []offer{{act: actTake, word: wordTakeIt, why: why}, {act: actBack, word: wordCloseField}, {act: actHelp, key: "f1"}}
	}
	taken := ""
	if l.taken > 0 {
		taken = whyTaken
	}
	return []offer{
		{act: actPaste, why: taken},
		{act: actStop},
		{act: actLinks, why: m.noLinks()},
		{act: actCopy, word: wordCopyLink, why: m.noLinks()},
		{act: actOpen, why: m.cannotOpen(m.promptLink()), hidden: m.drv.Hands().Host == nil},
		{act: actCode, why: m.noCodeFor(m.firstLink()), hidden: true},
		{act: actTake, word: wordPasteHere, why: taken, hidden: true},
	}
}

// actLink does what such a key says; done is false where it is none of them.
func (m *Model) actLink(o offer) (cmd tea.Cmd, done bool) {
	l := m.link()
	switch {
	case !m.linking():
		return nil, false
	case l.open && o.act == actTake:
		m.pasteLink("")
	case l.open && o.act == actHelp:
		m.open(newHelp(m.offers(), true))
	case l.open && o.act == actBack:
		l.field.set("")
		l.open, l.odd, l.half = false, "", ""
	case o.act == actPaste, o.act == actTake:
		l.open, l.odd = true, ""
	case o.act == actStop:
		m.pasting = pasting{}
		return m.tell(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayNone)}), true
	case o.act == actLinks:
		return m.openLinks(), true
	case o.act == actCopy:
		return m.copy(m.promptLink()), true
	case o.act == actOpen:
		return m.openURL(m.promptLink()), true
	case o.act == actCode:
		m.open(&codeSheet{link: m.firstLink()})
	default:
		return nil, false
	}
	return nil, true
}
