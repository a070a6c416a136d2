package sim

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func portalAccessSheet(p *pen, v portalAccessView) g.Node {
	list := none("No policies.")
	if len(v.Rows) > 0 {
		list = table(
			"Policies",
			[]string{"Policy name", "State", "Users", "Target resources", "Grant", "Creation date", "Modified date"},
			g.Map(v.Rows, func(r accessRow) g.Node {
				return h.Tr(rowHead(text(r.Name)), cells(r.State, r.Users, r.Apps, r.Grant, r.Created, r.Modified))
			}),
		)
	}
	return p.shell(
		v.portalFrame,
		para("", "Policies say who gets in to what, from where, and what they must bring. Report-only policies are weighed and never block."),
		g.If(v.App != "", h.P(
			text("Narrowed to what covers "), strong(v.App), text(" and the APIs it asks for. "),
			p.link("/portal/conditional-access", text("Show all policies")),
		)),
		g.If(v.Defaults, para("warnbox", "Security defaults are on in this organization. Policies of your own need them switched off.")),
		list,
	)
}

func portalSignInsSheet(p *pen, v portalSignInsView) g.Node {
	option := func(value, words string) g.Node {
		return h.Option(h.Value(value), g.If(v.Status == value, h.Selected()), text(words))
	}
	list := none("No sign-ins found.")
	if len(v.Rows) > 0 {
		list = table(
			"Sign-ins",
			[]string{"Date (UTC)", "User", "Application", "Status", "Sign-in error code", "IP address", "Conditional Access"},
			g.Map(v.Rows, func(r signInRow) g.Node {
				return h.Tr(
					rowHead(p.link("/portal/signins/"+r.ID, text(r.When))),
					h.Td(personName(portalPerson{Name: r.User, UPN: r.UPN})),
					cells(r.App, r.Status, zeroDash(r.Code), textOr(r.Address, "–"), r.Access),
				)
			}),
		)
	}
	return p.shell(
		v.portalFrame,
		para("", "User sign-ins (interactive), newest first."),
		p.search(
			"/portal/signins", "Search user, application, request id or error code", v.Query,
			g.If(v.App != "", hidden("app", v.App)),
			h.Select(h.Name("status"), h.Aria("label", "Status"), option("", "Any status"), option("success", "Success"), option("failure", "Failure or interrupted")),
		),
		narrowed(p, "/portal/signins", v.App),
		list,
		more(v.More),
	)
}

func zeroDash(code string) string {
	if code == "0" {
		return "–"
	}
	return code
}

func narrowed(p *pen, path, to string) g.Node {
	return g.If(to != "", h.P(text("Narrowed to one application. "), p.link(path, text("Show all"))))
}

func more(n int) g.Node {
	return g.If(n > 0, para("subtle", strconv.Itoa(n)+" older lines are not shown: search for them."))
}

func portalSignInSheet(p *pen, v portalSignInView) g.Node {
	r := v.Row
	applied := none("No policies applied.")
	if len(r.Applied) > 0 {
		applied = table("Conditional Access", []string{"Policy name", "Grant controls", "Result"}, g.Map(r.Applied, func(a AppliedAccess) g.Node {
			return h.Tr(rowHead(text(a.Name)), h.Td(g.Map(a.Controls, func(one string) g.Node { return h.Div(text(one)) })), cells(textOr(resultWords[a.Result], a.Result)))
		}))
	}
	return p.shell(
		v.portalFrame,
		h.H2(text("Basic info")),
		facts(
			"",
			fact{"Date", text(r.When + " UTC")}, fact{"Request ID", code(r.ID)}, fact{"Correlation ID", code(r.Correlation)},
			fact{"User", personName(portalPerson{Name: r.User, UPN: r.UPN})}, fact{"Application", text(r.App)},
			fact{"Resource", text(textOr(r.Resource, "–"))}, fact{"Status", text(r.Status)},
			fact{"Sign-in error code", text(zeroDash(r.Code))}, fact{"Failure reason", text(textOr(r.Reason, "–"))},
			fact{"Additional details", text(textOr(r.Detail, "–"))}, fact{"Client app", text(textOr(r.Client, "–"))},
			fact{"IP address", text(textOr(r.Address, "–"))},
		),
		h.H2(text("Conditional Access")),
		applied,
	)
}

// resultWords are the log's words for what a policy came to.
var resultWords = map[string]string{
	"success": "Success", "failure": "Failure", "notApplied": "Not applied", "notEnabled": "Not enabled",
	"reportOnlySuccess": "Report-only: Success", "reportOnlyFailure": "Report-only: Failure",
	"reportOnlyNotApplied": "Report-only: Not applied", "reportOnlyInterrupted": "Report-only: User action required",
}

func portalAuditSheet(p *pen, v portalAuditView) g.Node {
	list := none("No activities found.")
	if len(v.Rows) > 0 {
		list = table(
			"Activities",
			[]string{"Date (UTC)", "Category", "Activity", "Status", "Target(s)", "Initiated by (actor)", "Modified properties"},
			g.Map(v.Rows, func(r auditRow) g.Node {
				status := r.Status
				if r.Reason != "" {
					status += ": " + r.Reason
				}
				return h.Tr(cells(r.When, r.Category), rowHead(text(r.Activity)), cells(status, r.Targets, r.By), h.Td(changesNode(r.Changes)))
			}),
		)
	}
	return p.shell(
		v.portalFrame,
		para("", "What was changed in the organization, and by whom, newest first."),
		p.search("/portal/audit", "Search activity, target or actor", v.Query, g.If(v.App != "", hidden("app", v.App))),
		narrowed(p, "/portal/audit", v.App),
		list,
		more(v.More),
	)
}

func changesNode(changes []AuditChange) g.Node {
	if len(changes) == 0 {
		return text("–")
	}
	return h.Details(h.Summary(text(strconv.Itoa(len(changes)))), g.Map(changes, func(c AuditChange) g.Node {
		words := c.New
		if c.Old != "" {
			words = c.Old + " → " + c.New
		}
		return h.Div(strong(c.Name), text(": "+words))
	}))
}
