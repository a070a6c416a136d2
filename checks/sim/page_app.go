package sim

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// The pages of the vendor's app.

func appSheet(p *pen, v appView) g.Node {
	again := "Connect with Microsoft"
	if v.User != "" || v.Approved || v.Error != "" {
		again = "Start again"
	}
	return p.card(
		h1(v.App),
		appOutcome(v),
		buttons(h.A(h.Class("button primary"), href(v.Link), text(again))),
		para("subtle", "This page plays the vendor’s app: it is what one of your users sees."),
	)
}

func appOutcome(v appView) g.Node {
	switch {
	case v.User != "":
		return g.Group{
			h.P(h.Class("ok"), h.Role("status"), strong("✓ Connected.")),
			para("", v.User+" has connected to "+v.App+"."),
		}
	case v.Approved:
		return g.Group{
			h.P(h.Class("ok"), h.Role("status"), strong("✓ Thank you.")),
			para("", "Your admin’s answer has come back. Whether it is enough, only the tenant can tell."),
		}
	case v.Error != "":
		list := []fact{{"error", text(v.Error)}}
		if v.Sub != "" {
			list = append(list, fact{"error_subcode", text(v.Sub)})
		}
		if v.Text != "" {
			list = append(list, fact{"error_description", text(v.Text)})
		}
		return g.Group{problem("Could not connect."), facts("", list...)}
	}
	return para("", "Connect your Microsoft 365 account to begin.")
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
