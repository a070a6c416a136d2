package sim

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func portalRequestsSheet(p *pen, v portalRequestsView) g.Node {
	list := none("No requests.")
	if len(v.Rows) > 0 {
		list = table(
			"Requests",
			[]string{"Name", "Publisher", "Status", "Requested on", "Expires on", "Users"},
			g.Map(v.Rows, func(r requestRow) g.Node {
				return h.Tr(
					rowHead(p.link("/portal/requests/"+r.ID, text(r.App))), h.Td(by(r.Verified, r.Publisher)),
					cells(r.State, r.Since, r.Until, strconv.Itoa(r.Asked)),
				)
			}),
		)
	}
	return p.shell(
		v.portalFrame,
		para("", "Users ask here for apps they can’t consent to themselves. Approving grants the permissions to everyone in the organization."),
		g.If(v.Off, h.P(
			h.Class("warnbox"), text("Users can’t ask at the moment: "),
			p.link("/portal/consent/admin", text("admin consent requests are off")), text("."),
		)),
		p.tabs("Requests", tab{"/portal/requests", "My Pending", !v.All}, tab{"/portal/requests?tab=all", "All (Preview)", v.All}),
		list,
	)
}

func portalRequestSheet(p *pen, v portalRequestView) g.Node {
	path := "/portal/requests/" + v.Row.ID
	return p.shell(
		v.portalFrame,
		g.If(v.Open, commands(
			p.post(path, csrf(v.portalFrame), button("primary", "do", "approve", "Review permissions and consent", off(v.portalFrame))),
			p.link(path+"?do=deny", h.Class("button"), text("Deny")),
			p.link(path+"?do=block", h.Class("button"), text("Block")),
		)),
		g.If(v.Open && v.Action != "", justify(p, v, path)),
		h.H2(text("App details")),
		facts(
			"",
			fact{"Name", text(v.Row.App)}, fact{"Application ID", code(v.Row.AppID)},
			fact{"Publisher", by(v.Row.Verified, v.Row.Publisher)}, fact{"Status", text(v.Row.State)},
			fact{"Requested on", text(v.Row.Since)}, fact{"Expires on", text(v.Row.Until)},
		),
		g.If(len(v.Permissions) > 0, g.Group{h.H2(text("Permissions requested")), permissions(v.Permissions)}),
		h.H2(text("Requested by")),
		table("Requested by", []string{"User", "Justification", "Date", "Status", "Answer"}, g.Map(v.By, func(one requestedBy) g.Node {
			return h.Tr(rowHead(personName(portalPerson{Name: one.Name, UPN: one.UPN})), cells(one.Reason, one.When, one.State, textOr(one.Reply, "–")))
		})),
	)
}

// justify is the form of a no.
func justify(p *pen, v portalRequestView, path string) g.Node {
	title, about, words := "Deny request", "Users may ask for this app again.", "Deny"
	if v.Action == "block" {
		title, about, words = "Block request", "The app is added to the organization switched off, and nobody can ask for it again.", "Block"
	}
	return p.post(
		path+"?do="+v.Action, h.Class("fields panel"), csrf(v.portalFrame),
		h.H2(text(title)),
		para("", about),
		h.Label(h.For("reason"), text("Justification")),
		h.Textarea(h.ID("reason"), h.Name("reason"), h.Rows("3"), h.MaxLength("500"), off(v.portalFrame), text(v.Reason)),
		commands(
			button("danger", "do", v.Action, words, off(v.portalFrame)),
			p.link(path, h.Class("button"), text("Cancel")),
		),
	)
}
