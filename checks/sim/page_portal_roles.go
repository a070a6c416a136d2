package sim

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func portalRolesSheet(p *pen, v portalRolesView) g.Node {
	return p.shell(
		v.portalFrame,
		h.H2(text("Your role")),
		yourRoles(v),
		g.Map(v.Eligible, func(r roleRow) g.Node { return activation(p, v, r) }),
		table("Administrative roles", []string{"Role", "Description", "Active assignments", "Eligible assignments"}, g.Map(v.Roles, func(r roleRow) g.Node {
			return h.Tr(rowHead(p.link("/portal/roles/"+r.ID, text(r.Name))), cells(r.About, strconv.Itoa(r.Active), strconv.Itoa(r.Eligible)))
		})),
	)
}

func yourRoles(v portalRolesView) g.Node {
	var active, eligible g.Group
	for _, r := range v.portalFrame.Roles {
		active = append(active, h.Li(text(r)))
	}
	for _, r := range v.Eligible {
		if !r.Mine {
			eligible = append(eligible, h.Li(text(r.Name+" (eligible: not active until it is activated)")))
		}
	}
	if len(active)+len(eligible) == 0 {
		return para("", v.User+" holds no administrative role.")
	}
	return h.Ul(active, eligible)
}

// activation is the form that makes an eligible role active.
func activation(p *pen, v portalRolesView, r roleRow) g.Node {
	if r.Mine {
		return nil
	}
	return p.post(
		"/portal/roles", h.Class("fields panel"), csrf(v.portalFrame), hidden("role", r.ID),
		h.H3(text("Activate "+r.Name)),
		h.Label(h.For("reason-"+r.ID), text("Reason")),
		h.Input(h.ID("reason-"+r.ID), h.Name("reason"), h.MaxLength("200")),
		commands(button("primary", "", "", "Activate ", unseen(r.Name))),
	)
}

func portalRoleSheet(p *pen, v portalRoleView) g.Node {
	list := func(title string, people []portalPerson) g.Node {
		if len(people) == 0 {
			return g.Group{h.H2(text(title)), none("No role assignments found.")}
		}
		return g.Group{h.H2(text(title)), table(title, []string{"Name", "Type", "Scope"}, g.Map(people, func(one portalPerson) g.Node {
			return h.Tr(rowHead(personName(one)), cells(one.Kind, "Directory"))
		}))}
	}
	return p.shell(
		v.portalFrame,
		para("", v.Role.About),
		list("Active assignments", v.Active), list("Eligible assignments", v.Eligible),
	)
}
