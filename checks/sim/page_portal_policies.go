package sim

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func portalWorkflowSheet(p *pen, v portalWorkflowView) g.Node {
	f := v.portalFrame
	return p.shell(
		f,
		p.post(
			"/portal/consent/admin", csrf(f),
			commands(
				button("primary", "", "", "Save", off(f)),
				p.link("/portal/consent/admin", h.Class("button"), text("Discard")),
			),
			h.H2(text("Admin consent requests")),
			yesNo(f, "enabled", "Users can request admin consent to apps they are unable to consent to", "", v.Workflow.Enabled),
			h.H2(text("Who can review admin consent requests")),
			para("subtle", "Being a reviewer gives no right to grant: approving also needs a role that may consent for everyone. Reviewers who are added later do not see older requests."),
			g.Map([]string{kindUser, kindGroup, kindRole}, func(kind string) g.Node { return reviewersOf(f, kind, v.Reviewers) }),
			yesNo(f, "notify", "Selected users will receive email notifications for requests", "", v.Workflow.NotifyReviewers),
			yesNo(f, "remind", "Selected users will receive request expiration reminders", "", v.Workflow.Reminders),
			h.Div(
				h.Class("fields"),
				h.Label(h.For("days"), text("Consent request expires after (days)")),
				h.Input(
					h.ID("days"), h.Name("days"), h.Type("number"), h.Min("1"), h.Max("60"), h.Value(v.Days), h.Required(), off(f),
				),
			),
		),
	)
}

func reviewersOf(f portalFrame, kind string, all []reviewerRow) g.Node {
	var rows g.Group
	picked := 0
	for _, r := range all {
		if r.Kind != kind {
			continue
		}
		if r.Picked {
			picked++
		}
		rows = append(rows, h.Li(tick("reviewer", r.Query, r.Picked, text(r.Name), g.If(r.About != "", h.Span(h.Class("subtle"), text(" "+r.About))))))
	}
	if len(rows) == 0 {
		rows = g.Group{h.Li(h.Class("subtle"), text("There are none in this organization."))}
	}
	return h.FieldSet(
		off(f), h.Legend(text(kind+": "+strconv.Itoa(picked)+" selected")),
		h.Ul(h.Class("plain"), rows),
	)
}

func portalClassesSheet(p *pen, v portalClassesView) g.Node {
	const root = "/portal/consent/classifications"
	var tabs []tab
	for _, l := range levels {
		words := l.Title
		if n := v.Counts[l.Word]; n > 0 {
			words += " (" + strconv.Itoa(n) + ")"
		}
		tabs = append(tabs, tab{root + searchOf("level", l.Word), words, l.Word == v.Level})
	}
	return p.shell(
		v.portalFrame,
		para("", "Classify permissions to say which of them users may consent to on their own, where the user consent settings are limited to selected permissions. Only permissions that need no administrator can be classified."),
		p.tabs("Classifications", tabs...),
		basicProposal(p, v),
		commands(p.link(root+"/add"+searchOf("level", v.Level), h.Class("button"), text("+ Add permissions"))),
		classTable(p, v),
	)
}

// basicProposal offers what nearly every app asks for.
func basicProposal(p *pen, v portalClassesView) g.Node {
	if len(v.Basic) == 0 || v.Locked != "" {
		return nil
	}
	return p.post(
		"/portal/consent/classifications/add", h.Class("proposal"), csrf(v.portalFrame),
		hidden("level", v.Level), hidden("api", graphAppID),
		h.FieldSet(
			h.Legend(text("Nearly every app asks for these: classify them first?")),
			h.Ul(h.Class("plain"), g.Map(v.Basic, func(one permissionPick) g.Node {
				return h.Li(tick("permission", one.ID, one.Picked, text(one.Value), h.Span(h.Class("subtle"), text(" "+one.Title))))
			})),
			button("", "", "", "Yes, add selected permissions"),
		),
	)
}

func classTable(p *pen, v portalClassesView) g.Node {
	if len(v.Rows) == 0 {
		return none("No permissions are classified here.")
	}
	return table("Classified permissions", []string{"API used", "Permission", "Description", "Remove"}, g.Map(v.Rows, func(r classRow) g.Node {
		return h.Tr(
			cells(r.API, r.Value, r.Title),
			h.Td(p.post(
				"/portal/consent/classifications", csrf(v.portalFrame), hidden("id", r.ID),
				button("", "", "", "Remove ", off(v.portalFrame), unseen(r.Value)),
			)),
		)
	}))
}

func portalAddClassesSheet(p *pen, v portalAddClassesView) g.Node {
	const root = "/portal/consent/classifications"
	if v.API == nil {
		return p.shell(
			v.portalFrame,
			h.H2(text("Select an API")),
			h.Ul(h.Class("tiles"), g.Map(v.APIs, func(a apiRow) g.Node {
				return h.Li(
					h.Class("tile"),
					h.H3(p.link(root+"/add"+searchOf("level", v.Level, "api", a.AppID), text(a.Name))),
					para("", count(a.Count, "delegated permission")),
				)
			})),
			h.P(p.link(root+searchOf("level", v.Level), text("Discard"))),
		)
	}
	list := none("No permission fits.")
	if len(v.Groups) > 0 {
		list = g.Map(v.Groups, func(one permissionGroup) g.Node { return permissionGroupNode(one) })
	}
	return p.shell(
		v.portalFrame,
		h.H2(text(v.API.Name)),
		h.FieldSet(
			h.Legend(text("What type of permissions does your application require?")),
			h.Label(h.Class("option"), h.Input(h.Type("radio"), h.Name("type"), h.Checked()), text(" Delegated permissions")),
			h.Label(h.Class("option"), h.Input(h.Type("radio"), h.Name("type"), h.Disabled()), text(" Application permissions"), h.Span(h.Class("subtle"), text(" (can’t be classified)"))),
		),
		p.search(root+"/add", "Search permissions", v.Query, hidden("level", v.Level), hidden("api", v.API.AppID)),
		p.post(
			root+"/add", csrf(v.portalFrame), hidden("level", v.Level), hidden("api", v.API.AppID),
			h.FieldSet(off(v.portalFrame), h.Legend(text("Select permissions")), list),
			commands(
				button("primary", "", "", "Add permissions", off(v.portalFrame)),
				p.link(root+searchOf("level", v.Level), h.Class("button"), text("Discard")),
			),
		),
	)
}

func permissionGroupNode(one permissionGroup) g.Node {
	return h.Details(
		g.If(one.Open, g.Attr("open")),
		h.Summary(text(one.Name+" ("+strconv.Itoa(len(one.Picks))+")")),
		h.Ul(h.Class("plain"), g.Map(one.Picks, func(pick permissionPick) g.Node {
			return h.Li(tick("permission", pick.ID, pick.Picked, text(pick.Value), h.Span(h.Class("subtle"), text(" "+pick.Title+" · Admin consent required: No"))))
		})),
	)
}
