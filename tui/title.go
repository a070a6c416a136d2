package tui

import (
	"strings"

	"onboard.example/flows"
)

// titleRow says what the run is about: app, tenant, cloud, who signed in. What
// does not fit is left out from the end, never cut in a name's middle.
func (m *Model) titleRow() row {
	if m.console != nil && m.state.Seq == 0 { // nor is anything else known while an answer is waited for
		return m.consoleTitle()
	}
	s := m.state
	var parts []string
	if s.Profile != nil {
		parts = append(parts, clean(s.Profile.Name))
	}
	about := ""
	if s.Domain != "" {
		about = clean(s.Domain)
	}
	r := row{}.add(RoleTitle, wordProduct)
	room := m.size.w - 2
	for i, p := range append(parts, m.titleTail(about)...) {
		sep := " · "
		switch {
		case i == 0:
			sep = "  "
		case p == about:
			sep = " → "
		}
		if r.width()+cells(sep)+cells(p) > room {
			if i == 0 || p == about {
				r = r.add(RoleSubtle, sep).add(RoleText, cut(p, max(room-r.width()-cells(sep), 1), false))
			}
			break
		}
		role := RoleText
		if i > 0 && p != about {
			role = RoleSubtle
		}
		r = r.add(RoleSubtle, sep).add(role, p)
	}
	return r
}

// titleTail is what follows the app in the title.
func (m *Model) titleTail(domain string) []string {
	if domain == "" {
		return nil
	}
	out := []string{domain}
	switch c := cloudTitle(m.state.Cloud()); {
	case m.demo:
		out = append(out, wordSimulated)
	case m.state.Service != "":
		out = append(out, fill(wordOtherService, "host", clean(m.state.Service)))
	case c != "":
		out = append(out, strings.TrimSuffix(c, " cloud"))
	}
	if a := m.state.Account; a != nil {
		out = append(out, clean(a.UPN))
	}
	return out
}

// crumb is one part of the way on the screen; several stages may share one.
type crumb struct {
	name string
	from flows.Stage
}

// crumbTable is the way as the breadcrumb shows it.
var crumbTable = []crumb{
	{crumbApp, flows.StageApp},
	{crumbTenant, flows.StageTenant},
	{crumbDiagnosis, flows.StageDiagnosis},
	{crumbPath, flows.StagePaths},
	{crumbSteps, flows.StageSteps},
	{crumbProof, flows.StageProof},
}

// crumbs is the breadcrumb: done, here, to come. Narrow windows keep the marks
// and the one word that matters.
func (m *Model) crumbs() row {
	if m.atQueue() {
		return m.consoleCounts()
	}
	here := 0
	for i, c := range crumbTable {
		if m.state.Place.Stage >= c.from {
			here = i
		}
	}
	r := make(row, 0, 4*len(crumbTable)) // a gap, a mark, a space, a name
	for i, c := range crumbTable {
		mark, role := "○", RoleSubtle
		switch {
		case i < here:
			mark, role = "✓", RoleOK
		case i == here:
			mark, role = "●", RoleFocus
		}
		if m.size.class == narrow {
			r = r.add(role, mark).add(RoleSubtle, " ")
			continue
		}
		if i > 0 {
			r = r.add(RoleSubtle, " ── ")
		}
		name := RoleSubtle
		if i == here {
			name = RoleStrong
		}
		r = r.add(role, mark).add(RoleText, " ").add(name, c.name)
	}
	if m.size.class == narrow {
		r = r.add(RoleText, " ").add(RoleStrong, crumbTable[here].name)
		switch { // the title has no room for it
		case m.demo:
			r = r.add(RoleWarn, " · "+wordSimulated)
		case m.state.Service != "":
			r = r.add(RoleWarn, " · "+wordNotMicrosoft)
		}
	}
	return r
}

// windowTitle is what the terminal's own title bar shows.
func (m *Model) windowTitle() string {
	if m.console != nil && m.state.Profile == nil {
		return wordProduct + ": " + wordConsole
	}
	if m.state.Profile == nil {
		return wordProduct
	}
	return wordProduct + ": " + clean(m.state.Profile.Name)
}
