package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// onward goes through the places whose answers are there already: for the next
// app those of the tenant and the account, and the sign-in where none was
// wanted from the start.
func (m *Model) onward() {
	for range flows.StageDiagnosis {
		s := m.state
		switch {
		case s.Place.Stage >= flows.StageDiagnosis:
			m.hurry = false
			return
		case s.Place.Stage == flows.StageSignIn && (m.noSignIn || m.nobodySignsIn()) && s.SignIn.Way == "":
			if !m.hand(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayNone)}) {
				return
			}
		case !m.hurry || s.Place.Stage == flows.StageApp || s.SignIn.Busy:
			return
		}
		if _, ok := flows.Next(m.state); !ok || !m.hand(flows.Advanced{}) {
			return
		}
	}
}

// back goes to the place before, and stays there.
func (m *Model) back() tea.Cmd {
	m.hurry = false
	return m.tell(flows.WentBack{})
}

// backTo goes back to a stage, as far as the way leads.
func (m *Model) backTo(stage flows.Stage) tea.Cmd {
	for m.state.Place.Stage > stage && m.state.CanGoBack() && m.hand(flows.WentBack{}) {
		continue
	}
	return m.tick()
}

// signInAnew puts the account in hand away and asks again who signs in, for the
// one in hand may be of another tenant, or may not do what is needed.
func (m *Model) signInAnew() tea.Cmd {
	if m.state.Account != nil {
		m.put(flows.SignedOut{})
	}
	return m.backTo(flows.StageSignIn)
}

// takeBack goes to the plan that takes back what this run changed last. Nothing
// is sent before that plan is agreed to.
func (m *Model) takeBack() tea.Cmd {
	r, ok := flows.TakeBack(m.state)
	if !ok {
		return nil
	}
	m.put(flows.Recall(r))
	return m.tell(flows.Chose{Path: flows.Undo})
}

// undoOffer is the key that does it.
func (m *Model) undoOffer() offer {
	if _, ok := flows.TakeBack(m.state); !ok {
		return offer{act: actUndo, why: whyNoUndo, hidden: true}
	}
	return offer{act: actUndo}
}

// nobodySignsIn says that this is served where nobody can sign in, for the app of
// the run at least.
func (m *Model) nobodySignsIn() bool { return m.served && (m.noSignIn || !m.state.SignsIn()) }

// signInOffer is the key that does it.
func (m *Model) signInOffer() offer {
	if m.nobodySignsIn() {
		return offer{act: actSignIn, why: whyNoSignIn, hidden: true}
	}
	o := offer{act: actSignIn, hidden: !m.elsewhere() && !m.turnedAway()}
	if m.state.Account == nil {
		o.word, o.hidden = wordSignInNow, false
	}
	if m.applying() {
		o.why = whyApplying
	}
	return o
}

// elsewhere says that somebody is signed in to another tenant.
func (m *Model) elsewhere() bool {
	a, id := m.state.Account, m.state.TenantID()
	return a != nil && id != "" && a.TenantID != "" && !strings.EqualFold(a.TenantID, id)
}

// turnedAway says that something cannot be seen because Microsoft wants whoever
// is signed in to do so again.
func (m *Model) turnedAway() bool {
	return slices.ContainsFunc(m.state.Findings(), func(h flows.Held) bool {
		return !m.state.Stale(h) && checks.WantsSignIn(h.Finding)
	})
}

// nextApp begins again with the choice of the app, for the same tenant and as
// the same person.
func (m *Model) nextApp() tea.Cmd {
	cmd := m.backTo(flows.StageApp)
	m.hurry, m.pickAgain = true, true
	return cmd
}
