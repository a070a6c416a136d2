package sim

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// The frame of the portal's pages.

// csrf is the session's own word, in every form of the portal.
func csrf(v portalView) g.Node { return hidden("csrf", v.CSRF) }

// current marks the page one is on.
func current(is bool) g.Node { return g.If(is, h.Aria("current", "page")) }

// shell is a page of the portal: bar, menu and content.
func (p *pen) shell(v portalView, children ...g.Node) g.Node {
	bar := h.Div(
		h.Class("bar"),
		strong(wordsPortal),
		p.post(
			"/portal/signout", csrf(v),
			h.Span(text(v.User+" · "+v.Tenant+" ("+v.Domain+")")), text(" "),
			button("link", "", "", "Sign out"),
		),
	)
	return p.document(
		"portal", bar,
		h.Div(
			h.Class("shell"),
			p.menu(v),
			h.Main(h.ID("main"), done(v.Done), g.Group(children)),
		),
	)
}

func (p *pen) menu(v portalView) g.Node {
	item := func(path, words string, here bool) g.Node {
		return h.Li(p.link(path, current(here), text(words)))
	}
	var app g.Node
	if v.App != nil {
		root := "/portal/apps/" + v.App.Key
		app = h.Li(h.Ul(
			h.Aria("label", v.App.Name),
			item(root, "Properties", v.Tab == "properties"),
			item(root+"/users", "Users and groups", v.Tab == "users"),
			item(root+"/permissions", "Permissions", v.Tab == "permissions"),
		))
	}
	return h.Nav(h.Aria("label", "Entra ID"), h.Ul(
		item("/portal/apps", "Enterprise apps", v.Section == "apps" && v.App == nil),
		app,
		item("/portal/consent", "Consent and permissions", v.Section == "consent"),
	))
}

// locked says why the page may not be changed; nothing if it may.
func locked(why string) g.Node { return g.If(why != "", para("warnbox", why)) }

// off disables a control of a locked page.
func off(v portalView) g.Node { return g.If(v.Locked != "", h.Disabled()) }

// heads is a table's row of headings.
func heads(names ...string) g.Node {
	return h.THead(h.Tr(g.Map(names, func(n string) g.Node { return h.Th(h.Scope("col"), text(n)) })))
}

// cells is a table's row of text.
func cells(values ...string) g.Group {
	return g.Map(values, func(v string) g.Node { return h.Td(text(v)) })
}
