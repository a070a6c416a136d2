package sim

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func portalPermissionsSheet(p *pen, v portalView) g.Node {
	root := "/portal/apps/" + v.App.Key
	return p.shell(
		v,
		h1(v.App.Name+" | Permissions"),
		para("", "Applications can be granted permissions to your organization and its data by three methods: an admin consents to the application for all users, a user grants consent to the application, or an admin integrates the application and enables self-service access or assigns users directly."),
		locked(v.Locked),
		p.post(
			root+"/grant", csrf(v),
			button("primary", "", "", "Grant admin consent for "+v.Tenant, g.If(v.Locked != "" || !v.AppRegistered, h.Disabled())),
		),
		h.H2(text("Admin consent")),
		everyoneTable(p, v),
		h.H2(text("User consent")),
		ownTable(p, v),
	)
}

func everyoneTable(p *pen, v portalView) g.Node {
	if len(v.Everyone)+len(v.Roles) == 0 {
		return para("", "No admin consented permissions found for the application.")
	}
	return h.Table(
		heads("API name", "Claim value", "Permission", "Type", "Granted through", "Change"),
		h.TBody(
			g.Map(v.Everyone, func(r portalGrantRow) g.Node {
				return h.Tr(cells(r.API, r.Value, r.Title, "Delegated", "Admin consent"), h.Td(revokeForm(p, v, r)))
			}),
			g.Map(v.Roles, func(r permissionRow) g.Node {
				return h.Tr(cells(r.API, r.Value, r.Title, "Application", "Admin consent", "–"))
			}),
		),
	)
}

func ownTable(p *pen, v portalView) g.Node {
	if len(v.Own) == 0 {
		return para("", "No user consented permissions found for the application.")
	}
	return h.Table(
		heads("API name", "Claim value", "Permission", "Granted by", "Change"),
		h.TBody(g.Map(v.Own, func(r portalGrantRow) g.Node {
			return h.Tr(cells(r.API, r.Value, r.Title, r.User), h.Td(revokeForm(p, v, r)))
		})),
	)
}

func revokeForm(p *pen, v portalView, r portalGrantRow) g.Node {
	of := r.Value
	if r.User != "" {
		of += " of " + r.User
	}
	return p.post(
		"/portal/apps/"+v.App.Key+"/revoke", csrf(v), hidden("grant", r.Grant), hidden("scope", r.Value),
		button("", "", "", "Revoke ", off(v), unseen(of)),
	)
}

func portalConsentSheet(p *pen, v portalView) g.Node {
	return p.shell(
		v,
		h1("Consent and permissions | User consent settings"),
		para("", "Control when end users and group owners are allowed to grant consent to applications, and when they will be required to request administrator review and approval."),
		locked(v.Locked),
		p.post(
			"/portal/consent", csrf(v),
			h.FieldSet(
				off(v), h.Legend(text("User consent for applications")),
				g.Map(v.Choices, func(c portalChoice) g.Node {
					return h.Div(
						h.Class("choice"),
						h.Label(
							h.Input(h.Type("radio"), h.Name("choice"), h.Value(c.Word), g.If(c.Chosen, h.Checked())),
							text(" "+c.Title),
						),
						para("subtle", c.About),
					)
				}),
			),
			button("primary", "", "", "Save", off(v)),
		),
	)
}
