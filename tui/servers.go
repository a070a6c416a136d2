package tui

import (
	"slices"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// servers is a row for each name server of the domain: what it has of the policy
// record, and how long a cache goes on saying otherwise. Nothing outside the path
// of the record.
func (m *Model) servers(w int) []row {
	list := m.nameServers()
	if len(list) == 0 {
		return nil
	}
	wide := 0
	for _, n := range list {
		wide = max(wide, cells(clean(n.Name)))
	}
	wide = min(wide, w/2)
	rows := []row{say(RoleSubtle, cut("  "+fill(wordAskedOfServers, "name", clean(list[0].Asked)), w, false))}
	for _, n := range list {
		mark, role := "… ", RoleText
		switch {
		case n.Has:
			mark, role = "✓ ", RoleOK
		case n.Out:
			mark, role = "! ", RoleWarn
		case n.Found != "":
			mark, role = "✗ ", RoleBad
		}
		r := row{}.add(role, mark+fixed(clean(n.Name), wide)+" ")
		rows = append(rows, r.add(RoleText, cut(clean(n.Say), w-r.width(), false)))
	}
	return rows
}

// nameServers are those of the path of the record.
func (m *Model) nameServers() []flows.NameServer {
	if m.state.Path != flows.DNSRecord {
		return nil
	}
	return flows.NameServers(m.state, m.now().Truncate(time.Second))
}

// needsNobody says whether a step can be looked at without a sign-in.
func needsNobody(step flows.Step) bool {
	return !slices.ContainsFunc(step.Looks(), func(id checks.ID) bool { return !flows.IsPublic(id) })
}

// howSure says how sure a proof is; on the path of the record, where the verdict on
// consent is another matter, by the record alone.
func (m *Model) howSure(o checks.Overall) (string, checks.Overall) {
	meaning := m.gradeMeaning(o.Grade)
	if m.state.Path == flows.DNSRecord {
		o.Grade, o.NotLooked, o.MayStop = m.recordGrade(), nil, nil
		if meaning = m.gradeMeaning(o.Grade); o.Grade == checks.Verified {
			meaning = wordServersAsked
		}
	}
	return fill(wordHowSure, "grade", gradeWord(o.Grade), "meaning", meaning), o
}

// recordGrade is how sure it is what the DNS has of the policy record.
func (m *Model) recordGrade() checks.Grade {
	h, ok := m.state.Finding(checks.CheckDNSPolicy)
	if !ok || m.state.Stale(h) {
		return checks.GradeUnknown
	}
	return h.Grade
}

// provenByDNS says whether it is the DNS that proves a step.
func provenByDNS(step flows.Step) bool { return slices.Contains(step.Checks, checks.CheckDNSPolicy) }
