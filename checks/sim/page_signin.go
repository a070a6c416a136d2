package sim

import (
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// The pages of the sign-in service itself.

// flow is the secret that ties a form to its sign-in.
func flow(id string) g.Node { return hidden("flow", id) }

func accountSheet(p *pen, v accountView) g.Node {
	lead := g.Group{text("to continue to "), strong(v.App)}
	switch {
	case v.Device:
		lead = g.Group{text("You're signing in to "), strong(v.App), text(" on another device.")}
	case v.Admin:
		lead = g.Group{text("to review permissions for "), strong(v.App), text(". Use an account that may consent for the organization.")}
	}
	return p.card(
		h1("Sign in"),
		h.P(lead),
		problem(v.Problem),
		g.If(len(v.Accounts) > 0, g.Group{
			h.H2(text("Pick an account")),
			p.post(
				"/_signin/account", flow(v.Flow),
				h.Ul(h.Class("accounts"), g.Map(v.Accounts, accountLine)),
			),
			para("subtle", "Accounts of a simulated tenant: picking one asks no password."),
		}),
		h.H2(text("Use another account")),
		p.post(
			"/_signin/account", h.Class("fields"), flow(v.Flow),
			h.Label(h.For("login"), text("Email")),
			h.Input(
				h.ID("login"), h.Name("login"), h.Type("email"), h.AutoComplete("username"), h.Value(v.Name),
				h.MaxLength("200"), h.Required(),
			),
			h.Label(h.For("passwd"), text("Password")),
			h.Input(h.ID("passwd"), h.Name("passwd"), h.Type("password"), h.AutoComplete("current-password"), h.MaxLength("200")),
			buttons(button("primary", "", "", "Sign in")),
		),
	)
}

func accountLine(a accountRow) g.Node {
	about := append([]string{a.Name, a.Tenant}, a.Roles...)
	if a.SignedIn {
		about = append(about, "signed in")
	}
	if a.Disabled {
		about = append(about, "account disabled")
	}
	return h.Li(h.Button(
		h.Name("pick"), h.Value(a.UPN), g.If(a.Disabled, h.Disabled()),
		h.Span(h.Class("upn"), text(a.UPN)), text(" "),
		h.Span(h.Class("subtle"), text(strings.Join(about, " · "))),
	))
}

// trouble is what a support case asks for.
func trouble(request, correlation, stamp, message string) g.Node {
	return h.Details(
		h.Class("trouble"),
		h.Summary(text("Troubleshooting details")),
		facts(
			"",
			fact{"Request Id", text(request)}, fact{"Correlation Id", text(correlation)},
			fact{"Timestamp", text(stamp)}, fact{"Message", text(message)},
		),
	)
}

func errorSheet(p *pen, v errorView) g.Node {
	return p.card(
		h1("Sorry, but we’re having trouble signing you in."),
		para("", v.Text),
		trouble(v.Request, v.Correlation, v.Stamp, v.Text),
	)
}

func lookupSheet(p *pen, v lookupView) g.Node {
	if v.Code == 0 {
		return p.card(h1("Error lookup"), para("", "The simulator never answers with the code “"+v.Asked+"”."))
	}
	return p.card(
		h1("Error lookup"),
		facts("", fact{"Error Code", text(strconv.Itoa(v.Code))}, fact{"Message", text(v.Text)}),
	)
}

func noteSheet(p *pen, v noteView) g.Node { return p.card(h1(v.Title), para("", v.Text)) }

// postSheet brings an answer back to its app by form_post.
func postSheet(p *pen, v postView) g.Node {
	return p.card(
		h1("Back to the application"),
		h.Form(
			h.Method("post"), action(v.To), h.ID("back"),
			g.Map(v.Fields, func(f postField) g.Node { return hidden(f.Name, f.Value) }),
			para("", "Script is disabled. Press Continue."),
			buttons(button("primary", "", "", "Continue")),
		),
		p.script(submitBack),
	)
}

func deviceSheet(p *pen, v deviceView) g.Node {
	return p.card(
		h1("Enter code to allow access"),
		para("", "Once you enter the code displayed on your app or device, it will have access to your account."),
		para("warnbox", "Do not enter codes from sources you don’t trust."),
		problem(v.Problem),
		p.post(
			"/devicelogin", h.Class("fields"),
			h.Label(h.For("otc"), text("Code")),
			h.Input(
				h.ID("otc"), h.Name("otc"), h.Value(v.Code), h.MaxLength("20"), h.AutoComplete("off"),
				g.Attr("autocapitalize", "characters"), g.Attr("spellcheck", "false"), h.Required(),
			),
			buttons(button("primary", "", "", "Allow access")),
		),
	)
}

func confirmSheet(p *pen, v confirmView) g.Node {
	return p.card(
		para("subtle", v.User),
		h1("Are you trying to sign in to "+v.App+"?"),
		para("", "Only continue if you started this yourself, on a device or in a program of your own."),
		p.post(
			"/_signin/confirm", flow(v.Flow),
			buttons(button("", "do", "cancel", "Cancel"), button("primary", "do", "continue", "Continue")),
		),
	)
}
