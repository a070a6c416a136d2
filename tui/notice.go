package tui

import tea "charm.land/bubbletea/v2"

// Notice is a line for the person that comes from outside the run: what becomes of its
// being shared, for instance.
type Notice struct {
	Text string
	// Stays has it stand in the help from then on, too, in the place of the one before.
	Stays bool
	// Bad says that something is not as it was wished.
	Bad bool
}

// noticedMsg says that one came.
type noticedMsg struct{ of Notice }

// hearNotices waits for the next.
func (m *Model) hearNotices() tea.Cmd {
	if m.notices == nil {
		return nil
	}
	ctx, notices := m.ctx, m.notices
	return func() tea.Msg {
		select {
		case <-ctx.Done():
		case n, ok := <-notices:
			if ok {
				return noticedMsg{n}
			}
		}
		return nil
	}
}

// noticed shows one until the next key.
func (m *Model) noticed(n Notice) {
	text, role := clean(n.Text), RoleInfo
	if n.Bad {
		role = RoleWarn
	}
	if n.Stays {
		m.standing = text
	}
	m.tellPerson(role, text)
}
