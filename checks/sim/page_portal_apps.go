package sim

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func portalAppsSheet(p *pen, v portalView) g.Node {
	return p.shell(
		v,
		h1("Enterprise applications"),
		h.Form(
			h.Method("get"), action(p.base+"/portal/apps"), h.Class("fields"), h.Role("search"),
			h.Label(h.For("q"), text("Search by application name or object ID")),
			h.Input(h.Type("search"), h.ID("q"), h.Name("q"), h.Value(v.Query), h.MaxLength("100")),
		),
		appsTable(p, v),
	)
}

func appsTable(p *pen, v portalView) g.Node {
	if len(v.Apps) == 0 {
		return para("", "No applications found. An app is listed once somebody has consented to it, or its service principal was created.")
	}
	return h.Table(
		h.Caption(text("All applications")),
		heads("Name", "Object ID", "Application ID", "Created on"),
		h.TBody(g.Map(v.Apps, func(a portalAppView) g.Node {
			return h.Tr(h.Td(p.link("/portal/apps/"+a.Key, text(a.Name))), cells(a.ObjectID, a.AppID, a.Created))
		})),
	)
}

func yesNo(v portalView, name, legend string, yes bool) g.Node {
	radio := func(value, words string, on bool) g.Node {
		return h.Label(
			h.Input(h.Type("radio"), h.Name(name), h.Value(value), g.If(on, h.Checked())), text(" "+words),
		)
	}
	return h.FieldSet(off(v), h.Legend(text(legend)), radio("yes", "Yes", yes), text(" "), radio("no", "No", !yes))
}

func portalAppSheet(p *pen, v portalView) g.Node {
	by := h.Span(h.Class("warn"), text("unverified"))
	if v.App.Verified {
		by = g.Group{h.Span(h.Class("ok"), text("✓ "+v.App.Publisher)), text(" (verified)")}
	}
	return p.shell(
		v,
		h1(v.App.Name+" | Properties"),
		g.If(v.App.Stopped != "", para("problem", v.App.Stopped)),
		facts(
			"",
			fact{"Name", text(v.App.Name)}, fact{"Application ID", text(v.App.AppID)},
			fact{"Object ID", text(v.App.ObjectID)}, fact{"Publisher", by},
		),
		locked(v.Locked),
		p.post(
			"/portal/apps/"+v.App.Key, csrf(v),
			yesNo(v, "enabled", "Enabled for users to sign-in?", v.App.Enabled),
			yesNo(v, "assignment", "Assignment required?", v.App.Assignment),
			button("primary", "", "", "Save", off(v)),
		),
	)
}

func portalUsersSheet(p *pen, v portalView) g.Node {
	lead := "Assignment is not required: everybody can sign in, assigned or not."
	if v.App.Assignment {
		lead = "Assignment is required: only those assigned here can sign in. Members of nested groups do not count."
	}
	return p.shell(
		v,
		h1(v.App.Name+" | Users and groups"),
		para("", lead),
		locked(v.Locked),
		h.Table(
			h.Caption(text("Users and groups of the tenant")),
			heads("Display name", "Object type", "Role assigned", "Change"),
			h.TBody(g.Map(v.People, func(one portalPerson) g.Node { return personRow(p, v, one) })),
		),
	)
}

func personRow(p *pen, v portalView, one portalPerson) g.Node {
	role, do, words := "–", "assign", "Assign "
	if one.Assigned {
		role, do, words = "Default Access", "remove", "Remove "
	}
	return h.Tr(
		h.Td(text(one.Name), g.If(one.UPN != "", g.Group{h.Br(), h.Span(h.Class("subtle"), text(one.UPN))})),
		cells(one.Kind, role),
		h.Td(p.post(
			"/portal/apps/"+v.App.Key+"/users", csrf(v), hidden("who", one.ID),
			button("", "do", do, words, off(v), unseen(one.Name)),
		)),
	)
}
