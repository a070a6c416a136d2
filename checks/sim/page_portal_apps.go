package sim

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func portalAppsSheet(p *pen, v portalAppsView) g.Node {
	option := func(value, words string) g.Node {
		return h.Option(h.Value(value), g.If(v.Type == value, h.Selected()), text(words))
	}
	return p.shell(
		v.portalFrame,
		para("", "View, filter and search the applications that are set up to use this organization’s Microsoft Entra tenant as their identity provider."),
		p.search(
			"/portal/apps", "Search by application name or object ID", v.Query,
			h.Select(
				h.Name("type"), h.Aria("label", "Application type"),
				option(typeEnterprise, "Enterprise applications"), option(typeMicrosoft, "Microsoft applications"), option(typeAll, "All applications"),
			),
		),
		h.P(h.Class("count"), h.Role("status"), text(count(len(v.Apps), "application")+" found")),
		appsTable(p, v),
		h.P(h.Class("subtle"), text(wordsVendorsLead), p.link("/app", text(wordsVendors)), text(".")),
	)
}

// count is a number of things in words.
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

func appsTable(p *pen, v portalAppsView) g.Node {
	if len(v.Apps) == 0 {
		return none("An app is listed once somebody has consented to it, an admin consent link was accepted, or its service principal was created.")
	}
	return table(
		"All applications",
		[]string{"Name", "Object ID", "Application ID", "Created on"},
		g.Map(v.Apps, func(a portalAppView) g.Node {
			return h.Tr(
				rowHead(p.link("/portal/apps/"+a.Key, text(a.Name))),
				h.Td(code(a.ObjectID)), h.Td(code(a.AppID)), h.Td(h.Class("tight"), text(a.Created)),
			)
		}),
	)
}

// publisherOf is the publisher's name; Microsoft's own apps carry none.
func publisherOf(a portalAppView) string {
	if a.Microsoft {
		return "Microsoft"
	}
	return a.Publisher
}

func portalOverviewSheet(p *pen, v portalOverviewView) g.Node {
	root := "/portal/apps/" + v.App.Key
	tile := func(path, title, about string) g.Node {
		return h.Li(h.Class("tile"), h.H3(p.link(path, text(title))), para("", about))
	}
	return p.shell(
		v.portalFrame,
		g.If(v.App.Stopped != "", para("problem", v.App.Stopped)),
		g.If(!v.App.Enabled, para("warnbox", "Sign-in is off: see Properties.")),
		h.H2(text("Properties")),
		facts(
			"",
			fact{"Name", text(v.App.Name)}, fact{"Application ID", code(v.App.AppID)}, fact{"Object ID", code(v.App.ObjectID)},
			fact{"Publisher", by(v.App.Verified || v.App.Microsoft, publisherOf(*v.App))}, fact{"Created on", text(v.App.Created)},
		),
		h.H2(text("Getting started")),
		h.Ul(
			h.Class("tiles"),
			tile(root+"/users", "Assign users and groups", "Say who has access to the application."),
			tile(root+"/permissions", "Permissions", "Grant admin consent, and see what is granted."),
			tile(root+"/properties", "Properties", "Switch sign-in on or off, and require assignment."),
			tile("/portal/conditional-access"+searchOf("app", v.App.AppID), "Conditional Access", "See the access policies that cover the application."),
			g.If(v.App.Registered && !v.App.Microsoft, tile("/app/"+v.App.AppID, wordsVendorPage, wordsVendorPageAbout)),
		),
	)
}

func portalPropertiesSheet(p *pen, v portalPropertiesView) g.Node {
	root := "/portal/apps/" + v.App.Key
	replies := g.Node(text("–"))
	if len(v.Replies) > 0 {
		replies = g.Map(v.Replies, func(r string) g.Node { return h.Div(code(r)) })
	}
	return p.shell(
		v.portalFrame,
		para("", "View and manage application settings for your organization. Editing needs an application administrator’s role."),
		g.If(v.App.Stopped != "", para("problem", v.App.Stopped)),
		p.post(
			root+"/properties", csrf(v.portalFrame),
			commands(
				button("primary", "", "", "Save", off(v.portalFrame)),
				p.link(root+"/properties", h.Class("button"), text("Discard")),
				g.If(!v.App.Microsoft, p.link(root+"/delete", h.Class("button"), text("Delete"))),
			),
			yesNo(v.portalFrame, "enabled", "Enabled for users to sign-in?", "", v.App.Enabled),
			facts(
				"",
				fact{"Name", text(v.App.Name)}, fact{"User access URL", code(v.SignInURL)},
				fact{"Application ID", code(v.App.AppID)}, fact{"Object ID", code(v.App.ObjectID)},
				fact{"Reply URL", replies}, fact{"Publisher", by(v.App.Verified || v.App.Microsoft, publisherOf(*v.App))},
			),
			yesNo(
				v.portalFrame, "assignment", "Assignment required?",
				"If Yes, users and other apps must be assigned before they get in, and users can no longer consent for themselves.",
				v.App.Assignment,
			),
		),
	)
}

func portalDeleteSheet(p *pen, v portalDeleteView) g.Node {
	root := "/portal/apps/" + v.App.Key
	return p.shell(
		v.portalFrame,
		h.P(text("Are you sure you want to delete "), strong(v.App.Name), text("?")),
		para("", "Its permissions, for everyone and for single users, and its assignments go with it. Who signs in to the app later meets the consent rules afresh."),
		p.post(
			root+"/delete", csrf(v.portalFrame),
			commands(
				button("danger", "", "", "Delete", off(v.portalFrame)),
				p.link(root+"/properties", h.Class("button"), text("Cancel")),
			),
		),
	)
}

func portalUsersSheet(p *pen, v portalUsersView) g.Node {
	root := "/portal/apps/" + v.App.Key + "/users"
	lead := "Assignment is not required: everybody can sign in, assigned or not."
	if v.App.Assignment {
		lead = "Assignment is required: only those assigned here can sign in. Members of nested groups do not count."
	}
	list := none("No application assignments found.")
	if len(v.People) > 0 {
		list = table("Users and groups", []string{"Display name", "Object type", "Role assigned", "Remove"}, g.Map(v.People, func(one portalPerson) g.Node {
			return h.Tr(
				rowHead(personName(one)), cells(one.Kind, "Default Access"),
				h.Td(p.post(
					root, csrf(v.portalFrame), hidden("who", one.ID),
					button("", "", "", "Remove ", off(v.portalFrame), unseen("assignment of "+one.Name)),
				)),
			)
		}))
	}
	return p.shell(
		v.portalFrame,
		commands(p.link(root+"/add", h.Class("button"), text("+ Add user/group"))),
		para("", "Assign users and groups to app-roles for your application here."),
		para("", lead),
		list,
	)
}

func personName(one portalPerson) g.Node {
	return g.Group{
		text(one.Name),
		g.If(one.UPN != "", g.Group{h.Br(), h.Span(h.Class("subtle"), text(one.UPN))}),
	}
}

func portalAddUsersSheet(p *pen, v portalUsersView) g.Node {
	root := "/portal/apps/" + v.App.Key + "/users"
	list := none("Nobody else is to be found.")
	if len(v.People) > 0 {
		list = table("Users and groups to assign", []string{"Name", "Object type"}, g.Map(v.People, func(one portalPerson) g.Node {
			box := h.Input(h.Type("checkbox"), h.Name("who"), h.Value(one.ID), g.If(one.Kind == "Group" && v.NoP1, h.Disabled()))
			return h.Tr(rowHead(h.Label(h.Class("option"), box, text(" "), personName(one))), cells(one.Kind))
		}))
	}
	return p.shell(
		v.portalFrame,
		g.If(v.NoP1, para("warnbox", wordsGroupNeedsP1)),
		p.search(root+"/add", "Search users and groups", v.Query),
		p.post(
			root+"/add", csrf(v.portalFrame),
			h.FieldSet(h.Class("bare"), off(v.portalFrame), h.Legend(text("Users and groups")), list),
			para("", "Select a role: Default Access"),
			commands(
				button("primary", "", "", "Assign", off(v.portalFrame)),
				p.link(root, h.Class("button"), text("Cancel")),
			),
		),
	)
}
