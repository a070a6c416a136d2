package sim

import (
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func portalPermissionsSheet(p *pen, v portalPermissionsView) g.Node {
	root := "/portal/apps/" + v.App.Key
	list := everyoneTable(p, v)
	if v.Users {
		list = ownTable(v)
	}
	tabWord := ""
	if v.Users {
		tabWord = "user"
	}
	return p.shell(
		v.portalFrame,
		commands(
			p.link(root+"/review", h.Class("button"), text("Review permissions")),
			p.link(root+"/permissions", h.Class("button"), text("Refresh")),
		),
		para("", "Applications can be granted permissions to your organization and its data by three methods: an admin consents to the application for all users, a user grants consent to the application, or an admin integrates an application and enables self-service access or assigns users directly to it."),
		para("", "As an administrator you can grant consent on behalf of all users in this organization, so that they will not be asked when they use the application."),
		p.post(
			root+"/grant", csrf(v.portalFrame),
			button("primary", "", "", "Grant admin consent for "+v.Tenant, g.If(v.Locked != "" || !v.App.Registered, h.Disabled())),
		),
		p.tabs(
			"Granted permissions",
			tab{root + "/permissions", "Admin consent", !v.Users},
			tab{root + "/permissions?tab=user", "User consent", v.Users},
		),
		p.search(root+"/permissions", "Search permissions", v.Query, g.If(v.Users, hidden("tab", tabWord))),
		list,
	)
}

func everyoneTable(p *pen, v portalPermissionsView) g.Node {
	if len(v.Everyone) == 0 {
		return none("No admin consented permissions found for the application.")
	}
	return table(
		"Admin consent",
		[]string{"API name", "Claim value", "Permission", "Type", "Granted through", "Granted by", "Revoke"},
		g.Map(v.Everyone, func(r portalGrantRow) g.Node {
			if r.Role {
				return h.Tr(cells(r.API, r.Value, r.Title, "Application", "Admin consent", "An administrator", "–"))
			}
			return h.Tr(
				cells(r.API, r.Value, r.Title, "Delegated", "Admin consent", "An administrator"),
				h.Td(p.post(
					"/portal/apps/"+v.App.Key+"/revoke", csrf(v.portalFrame), hidden("grant", r.Grant), hidden("scope", r.Value),
					button("", "", "", "Revoke ", off(v.portalFrame), unseen("permission "+r.Value)),
				)),
			)
		}),
	)
}

func ownTable(v portalPermissionsView) g.Node {
	if len(v.Own) == 0 {
		return none("No user consented permissions found for the application.")
	}
	return g.Group{
		para("subtle", wordsUsersGrant),
		table(
			"User consent",
			[]string{"API name", "Claim value", "Permission", "Type", "Granted through", "Granted by"},
			g.Map(v.Own, func(r portalGrantRow) g.Node {
				return h.Tr(
					cells(r.API, r.Value, r.Title, "Delegated", "User consent"),
					h.Td(h.Details(h.Summary(text(count(len(r.Users), "total user"))), text(strings.Join(r.Users, ", ")))),
				)
			}),
		),
	}
}

// reviewReasons are why somebody reviews permissions, in the panel's order.
var reviewReasons = []portalChoice{
	{Word: "control", Title: "I want to control access to this application", About: "Require assignment in Properties, then assign those who may use it under Users and groups."},
	{Word: "less", Title: "This application has more permissions than I want", About: "Revoke single permissions in the list. What users gave for themselves goes by script."},
	{Word: "suspicious", Title: "This application is suspicious and I want to investigate", About: "Switch sign-in off in Properties: nobody gets a new token while you look at its sign-ins and audit log."},
	{Word: "malicious", Title: "This application is malicious and I’m compromised", About: "Switch sign-in off, take every permission away, and follow your own plan for incidents."},
}

func portalReviewSheet(p *pen, v portalReviewView) g.Node {
	root := "/portal/apps/" + v.App.Key
	return p.shell(
		v.portalFrame,
		h.Form(
			h.Method("get"), action(p.base+root+"/review"),
			h.FieldSet(
				h.Legend(text("Why do you want to review permissions for this application?")),
				g.Map(reviewReasons, func(r portalChoice) g.Node {
					return h.Div(h.Class("choice"), radio("why", r.Word, r.Title, r.Word == v.Why))
				}),
			),
			commands(button("primary", "", "", "Show what to do"), p.link(root+"/permissions", h.Class("button"), text("Close"))),
		),
		g.Map(reviewReasons, func(r portalChoice) g.Node {
			if r.Word != v.Why {
				return nil
			}
			return h.Section(
				h.Aria("labelledby", "what"),
				h.H2(h.ID("what"), text("What to do")),
				para("", r.About),
				g.If(!v.Granted, para("subtle", "Nothing is granted to this application at the moment.")),
				h.P(
					p.link(root+"/properties", text("Properties")), text(" · "), p.link(root+"/users", text("Users and groups")),
					text(" · "), p.link(root+"/permissions", text("Permissions")),
				),
				h.H3(text("Microsoft Graph PowerShell")),
				h.Pre(h.TabIndex("0"), h.Aria("label", "Script"), h.Role("region"), code(strings.Join(v.Script, "\n"))),
			)
		}),
	)
}

func portalConsentSheet(p *pen, v portalConsentView) g.Node {
	return p.shell(
		v.portalFrame,
		p.post(
			"/portal/consent", csrf(v.portalFrame),
			commands(
				button("primary", "", "", "Save", off(v.portalFrame)),
				p.link("/portal/consent", h.Class("button"), text("Discard")),
			),
			para("", "Control when end users and group owners are allowed to grant consent to applications, and when they will be required to request administrator review and approval. Access that users give helps them to be productive, and is a risk where nobody watches it."),
			g.If(v.Custom, para("warnbox", wordsCustom)),
			h.FieldSet(
				off(v.portalFrame), h.Legend(text("User consent for applications")),
				para("", "Configure whether users are allowed to consent for applications to access your organization’s data."),
				g.Map(v.Choices, func(c portalChoice) g.Node {
					return h.Div(
						h.Class("choice"),
						radio("choice", c.Word, c.Title, c.Chosen),
						para("subtle", c.About),
						consentExtra(p, v, c),
					)
				}),
			),
		),
	)
}

// consentExtra is what stands below a choice.
func consentExtra(p *pen, v portalConsentView, c portalChoice) g.Node {
	switch c.Word {
	case "low":
		words := "Select permissions to classify as low impact"
		if v.Low > 0 {
			words = count(v.Low, "permission") + " classified as low impact"
		}
		return h.P(h.Class("extra"), p.link("/portal/consent/classifications", text(words)))
	case "managed":
		return h.P(h.Class("extra"), tick("mail", "yes", v.Mail, text("Enable user consent for popular mail clients")))
	}
	return nil
}
