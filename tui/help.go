package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// helpSheet lists every key of the screen it was opened on; one that does not
// work now says why.
type helpSheet struct {
	keys  []offer
	typed bool
}

func newHelp(offers []offer, typing bool) *helpSheet {
	return &helpSheet{keys: slices.Clone(offers), typed: typing}
}

func (s *helpSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	if broke := flow(w, m.trouble()...); len(broke) > 0 { // below the body it may be cut
		b.put(broke...)
		b.gap()
	}
	if m.standing != "" {
		b.put(para(RoleInfo, m.standing, 0, w)...)
		b.gap()
	}
	if text := m.receiptWords(); text != "" {
		b.put(para(RoleInfo, text, 0, w)...)
		b.gap()
	}
	b.put(say(RoleStrong, wordHelpTitle))
	if s.typed {
		b.put(para(RoleSubtle, wordHelpTyping, 0, w)...)
	}
	b.gap()
	seen := map[string]bool{}
	for _, o := range s.keys {
		label := o.label(m.look.ASCII, s.typed)
		if label == "" || seen[label] {
			continue
		}
		seen[label] = true
		for i, k := range o.keys(s.typed) {
			if i > 0 && o.act != actMove && o.act != actPage {
				label += " " + k
			}
		}
		head := row{}.add(RoleAccent, fixed(label, max(cells(label)+1, 13)))
		if o.why == "" {
			b.put(hanging(head, RoleText, o.title(), w)...)
			continue
		}
		head = row{}.add(RoleSubtle, fixed(label, max(cells(label)+1, 13))+o.title()+"  ")
		b.put(hanging(head, RoleWarn, fill(wordNotNow, "why", o.why), w)...)
	}
	if m.atQueue() { // where no verdict is shown
		return b
	}
	b.gap()
	for _, l := range wordsHelpLegend {
		b.put(linkless(RoleSubtle, l, 0, w)...)
	}
	return b
}

func (s *helpSheet) typing(*Model) *field { return nil }

func (s *helpSheet) offers(*Model) []offer { return closing(actHelp) }

func (s *helpSheet) act(m *Model, _ offer, _ tea.KeyPressMsg) tea.Cmd {
	m.close()
	return nil
}
