package flows

import (
	"cmp"
	"fmt"
	"strings"

	"onboard.example/checks"
)

// wish says what is asked for, and where to do it.
func (m *messenger) wish() []passage {
	first := passage{head: m.words.askHead, lines: []string{m.words.ask[m.ask]}}
	switch api := vendorLine(strings.TrimPrefix(cmp.Or(m.Why.API.Name, m.Why.API.ID), "https://")); {
	case m.ask == checks.AskHelp && m.Why.Who == "app vendor":
		first.lines[0] = m.words.askVendor
		if m.later() {
			m.warnOfID(&first)
			_ = m.link(&first, m.words.linkLater) // later has seen that one can be made
		}
	case m.ask == checks.AskHelp:
		first.lines[0] = cmp.Or(m.words.wishes[m.Why.Trouble()], first.lines[0])
	case m.ask == checks.AskService && api != "":
		first.lines = append(first.lines, fmt.Sprintf(m.words.service, api))
	}
	if m.ask != checks.AskConsent {
		return append([]passage{first}, m.byHand()...)
	}
	m.warnOfID(&first)
	err := m.link(&first, m.fill(m.words.linkHead))
	if err != nil {
		first.lines = append(first.lines, m.words.linkNone)
	}
	hand := m.byHand()
	if err == nil {
		hand[0].lines = append(hand[0].lines, m.words.unlisted)
	}
	if string(m.Why.Path) == string(ConsentRequests) || m.Why.Class == "request_pending" {
		hand[0].lines = append(hand[0].lines, m.words.requests)
	}
	return append([]passage{first}, hand...)
}

// warnOfID says that nobody's description vouches for the app's id, where that is
// so.
func (m *messenger) warnOfID(p *passage) {
	if !m.strange() {
		return
	}
	warning := m.fill(m.words.stranger)
	if m.unlisted() && m.Why.App.Name != "" {
		warning = sentences(warning, m.words.calls)
	}
	p.lines = append(p.lines, warning)
}

// link puts the consent link under a line that says what it is. It fails where
// none can be made.
func (m *messenger) link(p *passage, says string) error {
	link, err := ConsentLink(m.State)
	if err != nil {
		return err
	}
	p.lines, p.link = append(p.lines, says), link.URL
	if !m.State.consentV2() { // the link is of the form that names no permissions
		p.foot = m.words.linkAll
	}
	return nil
}

// later says that the consent link is for when the vendor has vouched for the
// app's id: an approval of a wrong one would only bring in another app.
func (m *messenger) later() bool {
	_, err := ConsentLink(m.State)
	return err == nil && m.ask == checks.AskHelp && m.Why.Who == "app vendor" && m.Why.Trouble() == checks.TroubleApp
}

func (m *messenger) byHand() []passage {
	if portal := m.words.portal[m.ask]; portal != "" {
		return []passage{{lines: []string{m.words.byHand + " " + m.fill(portal)}}}
	}
	return nil
}
