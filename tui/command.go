package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// What commands send back. None of them carries the model.
type (
	wokenMsg  struct{ of <-chan struct{} }
	tickedMsg struct{}
	openedMsg struct{ err error }
	playedMsg struct{ err error }
	toldMsg   struct{ err error }
	keptMsg   struct {
		name string
		err  error
	}
	reopenedMsg struct {
		drv Driver
		err error
	}
)

// listen waits for the driver's next wake-up.
func (m *Model) listen() tea.Cmd {
	ctx, wake := m.ctx, m.wake
	return func() tea.Msg {
		select {
		case <-ctx.Done():
		case _, ok := <-wake:
			if ok {
				return wokenMsg{of: wake}
			}
		}
		return nil
	}
}

// tick lets the clocks on the screen go on, once a second and only while
// something is waited for.
func (m *Model) tick() tea.Cmd {
	every := time.Second
	if m.atQueue() {
		every = consoleTick
	}
	if m.still || m.ticking || len(m.wants) == 0 && m.console == nil {
		return nil
	}
	m.ticking = true
	ctx := m.ctx
	return func() tea.Msg {
		t := time.NewTimer(every)
		defer t.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			return tickedMsg{}
		}
	}
}

// put gives an event of the person to the driver.
func (m *Model) put(e flows.Event) {
	m.hand(e)
	m.onward()
}

// hand is put, and goes no further; false where it was not taken.
func (m *Model) hand(e flows.Event) bool {
	err := m.drv.Do(m.ctx, e)
	if err != nil {
		m.tellPerson(RoleBad, fill(wordNotDone, "why", clean(err.Error())))
	}
	m.refresh()
	return err == nil
}

// tell is put, as the answer to a key.
func (m *Model) tell(e flows.Event) tea.Cmd {
	m.put(e)
	return m.tick()
}

// tellAndGo is tell, and goes on where nothing more is missing.
func (m *Model) tellAndGo(e flows.Event) tea.Cmd {
	at := m.state.Place
	m.put(e)
	if _, ok := flows.Next(m.state); ok && m.state.Place == at {
		m.put(flows.Advanced{})
	}
	return m.tick()
}

// confirm gives the typed yes. It waits for the store, so it is a command.
func (m *Model) confirm(e flows.Confirmed) tea.Cmd {
	ctx, drv := m.ctx, m.drv
	m.tellPerson(RoleInfo, wordStoring)
	return func() tea.Msg { return toldMsg{err: drv.Do(ctx, e)} }
}

func (m *Model) told(msg toldMsg) {
	m.notice = span{}
	if msg.err != nil {
		m.tellPerson(RoleBad, fill(wordNotConfirmed, "why", clean(msg.err.Error())))
	}
	m.refresh()
}

// cannotOpen says why a browser cannot be opened from here.
func (m *Model) cannotOpen(url string) string {
	switch {
	case m.drv.Hands().Host == nil:
		return whyNoBrowser
	case !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://"):
		return whyNoLinks
	}
	return ""
}

// openURL asks the host for its browser.
func (m *Model) openURL(url string) tea.Cmd {
	host, ctx := m.drv.Hands().Host, m.ctx
	if host == nil || url == "" {
		return nil
	}
	m.tellPerson(RoleInfo, wordOpening)
	return func() tea.Msg { return openedMsg{err: host.Open(ctx, url)} }
}

func (m *Model) opened(msg openedMsg) {
	if msg.err != nil && !errors.Is(msg.err, context.Canceled) {
		m.tellPerson(RoleWarn, wordNotOpened)
	}
}

// copy sends text to the terminal's clipboard, and to the host's where there
// is one. Neither says whether it came through: the notice does not pretend.
func (m *Model) copy(text string) tea.Cmd {
	if text == "" {
		return nil
	}
	m.tellPerson(RoleInfo, wordCopied)
	cmds := []tea.Cmd{m.setClipboard(text)}
	if host := m.drv.Hands().Host; host != nil {
		ctx := m.ctx
		cmds = append(cmds, func() tea.Msg {
			_ = host.Copy(ctx, text) // the terminal was asked as well
			return nil
		})
	}
	return tea.Batch(cmds...)
}

// moves are the rehearsed admin's, in demo alone, and only while letters are
// keys.
func (m *Model) moves() []offer {
	var out []offer
	if m.stageScreen().typing(m) != nil {
		return nil
	}
	for i, v := range m.playable() {
		out = append(out, offer{act: actPlay, key: v.Key, word: clean(v.Title), n: i, hidden: true})
	}
	return out
}

func (m *Model) playable() []run.Move {
	play := m.drv.Hands().Play
	if play == nil {
		return nil
	}
	return play.Moves(m.state)
}

// play makes a move of the rehearsed admin.
func (m *Model) play(n int) tea.Cmd {
	moves := m.playable()
	if n >= len(moves) {
		return nil
	}
	play, ctx, id := m.drv.Hands().Play, m.ctx, moves[n].ID
	m.tellPerson(RoleInfo, fill(wordPlayed, "what", clean(moves[n].Title)))
	return func() tea.Msg { return playedMsg{err: play.Make(ctx, id)} }
}

func (m *Model) played(msg playedMsg) {
	m.tellPerson(RoleInfo, wordPlayDone)
	if msg.err != nil {
		m.tellPerson(RoleBad, fill(wordNotPlayed, "why", clean(msg.err.Error())))
	}
	m.follow()
}

// saveReport writes the report to disk.
func (m *Model) saveReport() tea.Cmd {
	keep, ctx, s := m.keepReport, m.ctx, m.state
	if keep == nil {
		return nil
	}
	return func() tea.Msg {
		forms, err := reportForms(s)
		if err != nil {
			return keptMsg{err: err}
		}
		name, err := keep(ctx, forms)
		return keptMsg{name: name, err: err}
	}
}

func (m *Model) kept(msg keptMsg) {
	if msg.err != nil {
		m.tellPerson(RoleBad, fill(wordNotKept, "why", clean(msg.err.Error())))
		return
	}
	m.tellPerson(RoleInfo, fill(wordKept, "name", clean(msg.name)))
}

// leave ends the program; a plan that is being carried out is left only on the
// second asking, since what was sent cannot be unsent.
func (m *Model) leave() tea.Cmd {
	if m.applying() && !m.sure {
		m.sure = true
		m.tellPerson(RoleWarn, wordSureToLeave)
		return nil
	}
	if m.done() {
		m.put(flows.Ended{Why: flows.EndDone})
	}
	return tea.Quit
}

// applying says that a confirmed plan is being carried out.
func (m *Model) applying() bool { return m.state.Confirmed != "" && !m.state.Carried() }

// done says that the run has come to its end, proven: an opening, or what else
// its path leads to.
func (m *Model) done() bool {
	if m.state.Place.Stage != flows.StageProof {
		return false
	}
	if got, ok := m.state.Reached(); ok {
		return got.Done
	}
	return m.overall.State == checks.StateOpen && m.overall.Grade == checks.Verified
}

// interrupt ends the program at once; the run can be gone on with. The program
// is told to quit, for the library does not wait for its own reader when it is
// interrupted.
func (m *Model) interrupt() tea.Cmd {
	m.stopped = true
	return tea.Quit
}

// missing says what keeps the person from going on, as a line.
func (m *Model) missing(why string, w int) []row {
	if m.decidingNow() {
		return para(RoleInfo, "… "+why, 0, w)
	}
	return hanging(say(RoleWarn, "! "), RoleText, sentence(why), w)
}
