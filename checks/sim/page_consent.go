package sim

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// The pages about consent: the question, the two walls, and the request.

// publisher says who made the app.
func publisher(v consentView) g.Node {
	if v.Verified {
		return h.P(
			h.Class("app"), strong(v.App), h.Br(),
			h.Span(h.Class("ok"), text("✓ "+v.Publisher)), text(" "),
			h.Span(h.Class("subtle"), text("(verified publisher)")),
		)
	}
	return h.P(h.Class("app"), strong(v.App), h.Br(), h.Span(h.Class("warn"), text("unverified")))
}

// permissions is the list of what the app would like to do.
func permissions(list []permissionRow) g.Node {
	return h.Ul(h.Class("permissions"), g.Map(list, permissionLine))
}

func permissionLine(r permissionRow) g.Node {
	if r.About == "" && !r.Admin {
		where := "(" + r.API
		if r.Role {
			where += ", application permission: without a signed-in user"
		}
		return h.Li(text(r.Title+" "), code(r.Value), text(" "), h.Span(h.Class("subtle"), text(where+")")))
	}
	about := r.About
	if about != "" {
		about += " "
	}
	about += "(" + r.API
	if r.Admin {
		about += ", needs an admin by the publisher's own word"
	}
	return h.Li(h.Details(
		h.Summary(text(r.Title+" "), code(r.Value)),
		para("", about+")"),
	))
}

func consentSheet(p *pen, v consentView) g.Node {
	return p.card(
		para("subtle", v.User),
		h1("Permissions requested"),
		g.If(v.Admin, h.P(text("Review for your organization, "), strong(v.Tenant), text(" ("+v.Domain+")"))),
		publisher(v),
		para("", "This app would like to:"),
		permissions(v.Permissions),
		g.If(len(v.Dropped) > 0, h.Div(
			h.Class("warnbox"),
			h.P(strong("No longer listed by the app."), text(" Accepting takes these away tenant-wide:")),
			permissions(v.Dropped),
		)),
		p.post(
			"/_signin/consent", flow(v.Flow),
			g.If(v.MayTick, h.P(
				h.Class("check"),
				h.Input(h.Type("checkbox"), h.ID("everyone"), h.Name("everyone")), text(" "),
				h.Label(h.For("everyone"), text("Consent on behalf of your organization")),
			)),
			g.If(v.Admin, para("", "If you accept, this app will get access to the specified resources for all users in your organization. No one else will be prompted to review these permissions.")),
			para("subtle", "Accepting these permissions means that you allow this app to use your data as specified in its terms of service and privacy statement. You can change these permissions later."),
			buttons(button("", "do", "cancel", "Cancel"), button("primary", "do", "accept", "Accept")),
			h.P(button("link", "do", "switch", "Use another account")),
		),
	)
}

// wallSheet is the wall without a way to ask.
func wallSheet(p *pen, v wallView) g.Node {
	return p.card(
		para("subtle", v.User),
		h1("Need admin approval"),
		publisher(v.consentView),
		para("", v.App+" needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it."),
		h.Details(h.Summary(text("What the app asks for")), permissions(v.Permissions)),
		p.post(
			"/_signin/wall", flow(v.Flow),
			h.P(button("link", "do", "switch", "Have an admin account? Sign in with that account")),
			g.If(v.MayLeave, h.P(button("link", "do", "leave", "Return to the application without granting consent"))),
		),
		trouble(v.Request, v.Correlation, v.Stamp, v.Text),
	)
}

// requestSheet is the wall with the form that asks an admin.
func requestSheet(p *pen, v wallView) g.Node {
	return p.card(
		para("subtle", v.User),
		h1("Approval required"),
		publisher(v.consentView),
		para("", "This app requires your admin’s approval to:"),
		permissions(v.Permissions),
		problem(v.Problem),
		g.If(v.Waiting, para("ok", "You have asked already. Asking again replaces your words.")),
		p.post(
			"/_signin/wall", h.Class("fields"), flow(v.Flow),
			h.Label(h.For("reason"), text("Enter justification for requesting this app")),
			h.Textarea(h.ID("reason"), h.Name("reason"), h.Rows("3"), h.MaxLength("500")),
			h.P(button("link", "do", "switch", "Have an admin account? Sign in with that account")),
			buttons(button("", "do", "leave", "Cancel"), button("primary", "do", "ask", "Request approval")),
		),
		trouble(v.Request, v.Correlation, v.Stamp, v.Text),
	)
}

func sentSheet(p *pen, v wallView) g.Node {
	return p.card(
		h1("Request sent"),
		h.P(
			h.Role("status"), text("Your request for "), strong(v.App),
			text(" was sent to the admins who review such requests. You will not see its state here; they answer by mail."),
		),
		p.post("/_signin/wall", flow(v.Flow), buttons(button("primary", "do", "leave", "Back to app"))),
	)
}
