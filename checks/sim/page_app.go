package sim

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// The pages of the vendor's app.

// vendor is a page of the app: its own bar, then one column.
func (p *pen) vendor(v appView, children ...g.Node) g.Node {
	return p.document(
		"vendor",
		h.Div(h.Class("appbar"), h.A(h.Class("brand"), href(v.Home), text(v.App)), h.Span(text("My profile › Calendar settings"))),
		h.Main(h.ID("main"), h.Class("page"), g.Group(children)),
		h.Footer(para("subtle", "This page plays the vendor’s app: it is what one of your users sees.")),
	)
}

func appListSheet(p *pen, v appListView) g.Node {
	return p.card(
		h1("The vendors’ apps"),
		para("", "Each has a page, where a user presses Connect and meets the wall, or gets through."),
		h.Ul(g.Map(v.Apps, func(a appLink) g.Node { return h.Li(p.link("/app/"+a.AppID, text(a.Name))) })),
	)
}

func appSheet(p *pen, v appView) g.Node {
	switch {
	case v.User != "":
		return p.vendor(
			v,
			h1("Your calendar is connected"),
			h.P(h.Class("done"), h.Role("status"), text("✓ Connected.")),
			h.P(strong(v.User), text(" has connected to "+v.App+".")),
			facts("", fact{"Account", text(v.User)}, fact{"Organization", text(v.Tenant)}),
			h.H2(text("What we may do")), permissions(v.Asks),
			buttons(h.A(h.Class("button"), href(v.Home), text("Start again"))),
		)
	case v.Approved:
		return p.vendor(
			v,
			h1("Thank you"),
			h.P(h.Class("done"), h.Role("status"), text("✓ Your admin’s answer has come back.")),
			para("", "Whether it is enough, only the organization can tell: connect a calendar to see."),
			buttons(h.A(h.Class("button primary"), href(v.Home), text("Start again"))),
		)
	case v.Problem != nil:
		return p.vendor(v, appRefused(v))
	}
	return p.vendor(v, appStart(p, v))
}

func appStart(p *pen, v appView) g.Node {
	option := func(value, words string) g.Node {
		return h.Option(h.Value(value), g.If(v.Prompt == value, h.Selected()), text(words))
	}
	return g.Group{
		h1("Calendar settings"),
		h.Section(
			h.Class("tile"), h.Aria("labelledby", "work"),
			h.H2(h.ID("work"), text("Work calendar")),
			para("", "No calendar is connected. Connect your Microsoft 365 calendar, so that "+v.App+" can keep it up to date."),
			h.P(h.A(h.Class("button primary"), href(v.Link), text("Connect your calendar"))),
			h.Details(h.Summary(text("What we ask for")), permissions(v.Asks)),
		),
		h.Section(
			h.Class("tile"), h.Aria("labelledby", "admins"),
			h.H2(h.ID("admins"), text("For administrators")),
			para("", "Approve "+v.App+" once for everybody in your organization."),
			h.P(h.A(h.Class("button"), href(v.AdminLink), text("Approve for my organization"))),
		),
		h.Form(
			h.Method("get"), action(v.Home), h.Class("search"),
			h.Label(h.For("prompt"), text("How this app asks Microsoft (for training)")),
			h.Div(
				h.Class("row"),
				h.Select(
					h.ID("prompt"), h.Name("prompt"),
					option("", "As usual"), option("consent", "With prompt=consent on every sign-in"),
					option("select_account", "With prompt=select_account"), option("login", "With prompt=login"),
				),
				button("", "", "", "Use"),
			),
		),
	}
}

func appRefused(v appView) g.Node {
	e := v.Problem
	list := []fact{{"error", code(e.Error)}}
	for _, one := range []struct{ name, value string }{
		{"error_subcode", e.Sub},
		{"Code", prefixed("AADSTS", e.Code)},
		{"Message", e.Text},
		{"Trace ID", e.Trace},
		{"Correlation ID", e.Correlation},
		{"Timestamp", e.Stamp},
	} {
		if one.value != "" {
			list = append(list, fact{one.name, text(one.value)})
		}
	}
	return g.Group{
		h1("We could not connect your calendar"),
		problem(e.says()),
		h.H2(text("What Microsoft answered")),
		facts("", list...),
		buttons(
			h.A(h.Class("button"), href(v.AdminLink), text("Approve for my organization")),
			h.A(h.Class("button primary"), href(v.Home), text("Start again")),
		),
	}
}

// prefixed is a value with its prefix, or nothing for none.
func prefixed(prefix, value string) string {
	if value == "" {
		return ""
	}
	return prefix + value
}

func landingSheet(p *pen, v landingView) g.Node {
	return p.card(
		h1("Done here"),
		h.P(
			text("Your browser would now return to the app at "), strong(v.Host),
			text(", which a simulation does not have. This is the address, with the answer in it:"),
		),
		h.P(code(v.To)),
		para("", "You may close this window."),
	)
}
