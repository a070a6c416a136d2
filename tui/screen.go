package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// screen is one part of the wizard: what it shows, which keys it offers, and
// what they do. Screens keep only what is of the eye, such as a cursor; all
// else is in the state of the run.
type screen interface {
	body(m *Model) body
	offers(m *Model) []offer
	act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd
	// typing is the field that takes letters now; nil: none does.
	typing(m *Model) *field
}

// current is the screen that has the keys: the topmost sheet over the stage's.
func (m *Model) current() screen {
	if n := len(m.sheets); n > 0 {
		return m.sheets[n-1]
	}
	if m.guide != nil {
		return m.guide
	}
	return m.stageScreen()
}

// stageScreen is the screen of the place where the person is.
func (m *Model) stageScreen() screen {
	if m.atQueue() {
		return m.console
	}
	switch m.state.Place.Stage {
	case flows.StageApp:
		return &m.app
	case flows.StageTenant:
		return &m.tenant
	case flows.StageKnown:
		return &m.known
	case flows.StageSignIn:
		return &m.signIn
	case flows.StageDiagnosis:
		return &m.diagnosis
	case flows.StagePaths:
		return &m.paths
	case flows.StageSteps:
		if step, ok := m.state.Step(); ok && (step.Plan || step.Apply) {
			return &m.plan
		}
		return &m.steps
	case flows.StageProof:
	}
	return &m.proof
}

// open lays a sheet over what is seen; close takes the topmost away. Where the
// body was scrolled to is remembered under it.
func (m *Model) open(s screen) {
	m.sheets = append(m.sheets, s)
	m.scrolls = append(m.scrolls, m.scroll)
	m.scroll = 0
}

// What asks for a yes and lay under it is a question anew: no key that was meant for
// what is closed answers it.
func (m *Model) close() {
	n := len(m.sheets)
	if n == 0 {
		return
	}
	m.sheets, m.scroll, m.scrolls = m.sheets[:n-1], m.scrolls[n-1], m.scrolls[:n-1]
	if s, asks := m.topSheet().(sudden); asks {
		quiet, _ := s.sudden()
		*quiet = m.now().Add(askGrace)
	}
}

// offers are the screen's own and, after them, the ones that are everywhere;
// what a screen offers itself stands in the place of the general one.
func (m *Model) offers() []offer {
	own := m.current().offers(m)
	general := []offer{{act: actInterrupt, hidden: true}}
	if len(m.sheets) == 0 && m.guide == nil {
		general = append(m.moves(), m.common()...)
	}
	general = append(general, m.watchOffers()...)
	out := own
	for _, g := range general {
		if !slices.ContainsFunc(own, func(o offer) bool { return o.act == g.act && g.act != actPlay }) {
			g.general = true
			out = append(out, g)
		}
	}
	return out
}

// common are the offers of every screen that is no sheet.
func (m *Model) common() []offer {
	if m.console != nil { // there is no way to go back or on
		return []offer{{act: actPage, hidden: true}, {act: actHelp}, {act: actLeave}, {act: actInterrupt, hidden: true}}
	}
	served := ""
	if m.drv.Hands().Host == nil {
		served = whyServed
	}
	return []offer{
		{act: actBack, why: m.noBack()},
		{act: actForward, why: flows.Missing(m.state), hidden: true},
		{act: actPage, hidden: true},
		{act: actHelp},
		{act: actLeave},
		{act: actSuspend, why: served, hidden: true},
		{act: actInterrupt, hidden: true},
	}
}

// noBack says why one cannot go back.
func (m *Model) noBack() string {
	switch {
	case m.applying():
		return whyApplying
	case !m.state.CanGoBack():
		return whyNoBack
	}
	return ""
}

// do acts on an offer: the screen on its own, the model on the general ones.
func (m *Model) do(o offer, k tea.KeyPressMsg) tea.Cmd {
	if o.act == actPage {
		m.page(k)
		return nil
	}
	if !o.general {
		return m.current().act(m, o, k)
	}
	switch o.act {
	case actInterrupt:
		return m.interrupt()
	case actHelp:
		m.open(newHelp(m.offers(), m.current().typing(m) != nil))
	case actLeave:
		return m.leave()
	case actSuspend:
		if m.pause != nil {
			m.pause() // the canvas takes it back when the program is resumed
		}
		return tea.Suspend
	case actBack:
		return m.back()
	case actForward:
		return m.tell(flows.Advanced{})
	case actPlay:
		return m.play(o.n)
	case actGuides:
		m.openGuides()
	case actEndWatch:
		return m.endWatches()
	case actRecord:
		return m.endTape()
	default: // no other is general
	}
	return nil
}

// page scrolls the body by most of its height.
func (m *Model) page(k tea.KeyPressMsg) {
	n := max(m.height()-2, 1)
	if k.String() == "pgup" {
		n = -n
	}
	m.scroll, m.paged = max(m.scroll+n, 0), true
}

// stepBy moves a cursor in a list of n by a move key, stopping at the ends.
func stepBy(at, n int, k tea.KeyPressMsg) int {
	switch k.String() {
	case "up", "k":
		at--
	case "down", "j":
		at++
	case "home":
		at = 0
	case "end":
		at = n - 1
	}
	return max(min(at, n-1), 0)
}
