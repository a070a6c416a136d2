package sim

import (
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// The frame of the portal's pages, and what they are made of.

// portalSheets are the portal's pages by name.
var portalSheets = map[string]sheet{
	"portal-apps":        drawn(portalAppsSheet),
	"portal-overview":    drawn(portalOverviewSheet),
	"portal-properties":  drawn(portalPropertiesSheet),
	"portal-delete":      drawn(portalDeleteSheet),
	"portal-users":       drawn(portalUsersSheet),
	"portal-add-users":   drawn(portalAddUsersSheet),
	"portal-permissions": drawn(portalPermissionsSheet),
	"portal-review":      drawn(portalReviewSheet),
	"portal-consent":     drawn(portalConsentSheet),
	"portal-workflow":    drawn(portalWorkflowSheet),
	"portal-classes":     drawn(portalClassesSheet),
	"portal-add-classes": drawn(portalAddClassesSheet),
	"portal-requests":    drawn(portalRequestsSheet),
	"portal-request":     drawn(portalRequestSheet),
	"portal-access":      drawn(portalAccessSheet),
	"portal-signins":     drawn(portalSignInsSheet),
	"portal-signin":      drawn(portalSignInSheet),
	"portal-audit":       drawn(portalAuditSheet),
	"portal-dns":         drawn(portalDNSSheet),
	"portal-roles":       drawn(portalRolesSheet),
	"portal-role":        drawn(portalRoleSheet),
	"portal-search":      drawn(portalSearchSheet),
	"portal-note":        drawn(portalNoteSheet),
	"portal-entry":       drawn(portalEntrySheet),
}

// csrf is the session's own word, in every form of the portal.
func csrf(f portalFrame) g.Node { return hidden("csrf", f.CSRF) }

// current marks the page one is on.
func current(is bool) g.Node { return g.If(is, h.Aria("current", "page")) }

// shell is a page of the portal: bar, menus and content.
func (p *pen) shell(f portalFrame, children ...g.Node) g.Node {
	return p.document(
		"portal", p.bar(f),
		h.Div(
			h.Class("shell"),
			p.menu(f),
			h.Div(
				h.Class("stage"),
				p.crumbs(f),
				h.Div(
					h.Class("columns"),
					p.bladeMenu(f),
					h.Main(
						h.ID("main"),
						h1(f.heading()),
						g.If(f.Kind != "", para("kind", f.Kind)),
						done(f.Done), problem(f.Problem), locked(f.Locked),
						g.Group(children),
					),
				),
			),
		),
	)
}

func (p *pen) bar(f portalFrame) g.Node {
	about := f.User
	if len(f.Roles) > 0 {
		about += " · " + strings.Join(f.Roles, ", ")
	}
	return h.Div(
		h.Class("bar"),
		p.link("/portal/apps", h.Class("brand"), text(wordsPortal)),
		h.Form(
			h.Method("get"), action(p.base+"/portal/search"), h.Class("find"), h.Role("search"), h.Aria("label", "Admin center"),
			h.Input(
				h.Type("search"), h.ID("find"), h.Name("find"), h.Value(f.Find), h.MaxLength("100"),
				h.Aria("label", "Search pages and applications"), h.Placeholder("Search pages and applications"),
			),
			button("", "", "", "Go", unseen(" to what is found")),
		),
		h.Div(
			h.Class("me"),
			h.P(h.Span(h.Class("upn"), text(about)), text(" "), h.Span(h.Class("org"), text(f.Tenant+" ("+f.Domain+")"))),
			p.post("/portal/signout", csrf(f), button("", "", "", "Sign out")),
		),
	)
}

// entry is one line of a menu; one without a path is a heading.
type entry struct{ Path, Words string }

// menuOf lays entries out: a heading begins a list of its own, which it names.
func (p *pen) menuOf(here string, entries []entry) g.Node {
	var out, items g.Group
	label := ""
	flush := func() {
		if len(items) > 0 {
			out = append(out, h.Ul(g.If(label != "", h.Aria("label", label)), items))
		}
		items = nil
	}
	for _, e := range entries {
		if e.Path == "" {
			flush()
			label = e.Words
			out = append(out, para("group", e.Words))
			continue
		}
		items = append(items, h.Li(p.link(e.Path, current(e.Words == here), text(e.Words))))
	}
	flush()
	return out
}

// The menu of the whole portal.
var portalMenu = []entry{
	{"", "Entra ID"},
	{"/portal/apps", "Enterprise apps"},
	{"/portal/roles", "Roles & admins"},
	{"/portal/conditional-access", "Conditional Access"},
	{"", "Monitoring & health"},
	{"/portal/signins", "Sign-in logs"},
	{"/portal/audit", "Audit logs"},
	{"", "Outside Microsoft"},
	{"/portal/dns", wordsDNS},
}

func (p *pen) menu(f portalFrame) g.Node {
	here := map[blade]string{bladeApps: "Enterprise apps", bladeApp: "Enterprise apps", bladeConsent: "Enterprise apps", bladeRoles: "Roles & admins"}[f.Blade]
	if f.Blade == bladeLogs || f.Blade == bladeDNS {
		here = f.Tab
	}
	return h.Nav(h.Class("menu"), h.Aria("label", "Entra ID"), p.menuOf(here, portalMenu))
}

// bladeMenu is the menu beside the page: of all apps, of one, of consent.
func (p *pen) bladeMenu(f portalFrame) g.Node {
	var entries []entry
	label := wordsAppsPage
	switch f.Blade {
	case bladeApps:
		entries = []entry{
			{"", "Manage"},
			{"/portal/apps", "All applications"},
			{"", "Security"},
			{"/portal/conditional-access", wordsCA},
			{"/portal/consent", wordsConsentPage},
			{"", "Activity"},
			{"/portal/signins", wordsSignIns},
			{"/portal/audit", wordsAudit},
			{"/portal/requests", wordsRequestsPage},
		}
	case bladeApp:
		root := "/portal/apps/" + f.App.Key
		label = f.App.Name
		entries = []entry{
			{root, wordsOverview},
			{"", "Manage"},
			{root + "/properties", wordsProperties},
			{root + "/users", wordsUsersPage},
			{"", "Security"},
			{"/portal/conditional-access" + searchOf("app", f.App.AppID), wordsCA},
			{root + "/permissions", wordsPermissions},
			{"", "Activity"},
			{"/portal/signins" + searchOf("app", f.App.AppID), wordsSignIns},
			{"/portal/audit" + searchOf("app", f.App.Key), wordsAudit},
		}
	case bladeConsent:
		label = wordsConsentPage
		entries = []entry{
			{"", "Manage"},
			{"/portal/consent", wordsUserConsent},
			{"/portal/consent/admin", wordsWorkflow},
			{"/portal/consent/classifications", wordsClasses},
		}
	case bladeRoles, bladeLogs, bladeDNS, bladeNone:
		return nil
	}
	return h.Nav(h.Class("blade"), h.Aria("label", label), p.menuOf(f.Tab, entries))
}

func (p *pen) crumbs(f portalFrame) g.Node {
	return h.Nav(
		h.Class("crumbs"), h.Aria("label", "Breadcrumb"),
		h.Ol(
			g.Map(f.Crumbs, func(c crumb) g.Node { return h.Li(p.link(c.Path, text(c.Words))) }),
			h.Li(h.Span(h.Aria("current", "page"), text(f.heading()))),
		),
	)
}

// locked says why the page may not be changed; nothing if it may.
func locked(why string) g.Node { return g.If(why != "", para("warnbox", why)) }

// off disables a control of a locked page.
func off(f portalFrame) g.Node { return g.If(f.Locked != "", h.Disabled()) }

// commands is the row of what can be done, above the page's content.
func commands(children ...g.Node) g.Node { return h.Div(h.Class("commands"), g.Group(children)) }

// table is a table that scrolls by itself where the window is narrow, also by keyboard.
func table(caption string, head []string, rows g.Node) g.Node {
	return h.Div(
		h.Class("scroll"), h.Role("region"), h.Aria("label", caption), h.TabIndex("0"),
		h.Table(
			h.Caption(h.Class("unseen"), text(caption)),
			h.THead(h.Tr(g.Map(head, func(n string) g.Node { return h.Th(h.Scope("col"), text(n)) }))),
			h.TBody(rows),
		),
	)
}

// cells are a row's cells of text.
func cells(values ...string) g.Group {
	return g.Map(values, func(v string) g.Node { return h.Td(text(v)) })
}

// rowHead is the cell that names its row.
func rowHead(child g.Node) g.Node { return h.Th(h.Scope("row"), child) }

// none says that a list is empty.
func none(words string) g.Node { return para("none", words) }

// tab is one of the tabs of a page; they are links, for each has its address.
type tab struct {
	Path, Words string
	Here        bool
}

func (p *pen) tabs(label string, list ...tab) g.Node {
	return h.Nav(h.Class("tabs"), h.Aria("label", label), h.Ul(g.Map(list, func(t tab) g.Node {
		return h.Li(p.link(t.Path, current(t.Here), text(t.Words)))
	})))
}

// search is a form that asks the same page again.
func (p *pen) search(path, label, value string, more ...g.Node) g.Node {
	return h.Form(
		h.Method("get"), action(p.base+path), h.Class("search"), h.Role("search"), h.Aria("label", label),
		h.Label(h.For("q"), text(label)),
		h.Div(
			h.Class("row"),
			h.Input(h.Type("search"), h.ID("q"), h.Name("q"), h.Value(value), h.MaxLength("100")),
			g.Group(more), button("", "", "", "Search"),
		),
	)
}

// radio is one choice of a set.
func radio(name, value, words string, on bool) g.Node {
	return h.Label(
		h.Class("option"),
		h.Input(h.Type("radio"), h.Name(name), h.Value(value), g.If(on, h.Checked())), text(" "+words),
	)
}

// yesNo is the portal's Yes/No switch.
func yesNo(f portalFrame, name, legend, about string, yes bool) g.Node {
	return h.FieldSet(
		h.Class("yesno"), off(f), h.Legend(text(legend)),
		h.Div(radio(name, "yes", "Yes", yes), radio(name, "no", "No", !yes)),
		g.If(about != "", para("subtle", about)),
	)
}

// tick is a check box with its words.
func tick(name, value string, on bool, children ...g.Node) g.Node {
	return h.Label(
		h.Class("option"),
		h.Input(h.Type("checkbox"), h.Name(name), h.Value(value), g.If(on, h.Checked())), text(" "), g.Group(children),
	)
}

// by is an app's publisher.
func by(verified bool, name string) g.Node {
	if !verified {
		return h.Span(h.Class("warn"), text(wordsUnverified))
	}
	return g.Group{h.Span(h.Class("ok"), text("✓ "+name)), text(" (verified)")}
}

func portalSearchSheet(p *pen, v portalSearchView) g.Node {
	list := none("Nothing found.")
	if len(v.Found) > 0 {
		list = table("Found", []string{"Name", "Where"}, g.Map(v.Found, func(hit searchHit) g.Node {
			return h.Tr(rowHead(p.link(hit.Path, text(hit.Words))), cells(hit.Where))
		}))
	}
	return p.shell(v.portalFrame, h.P(h.Class("count"), h.Role("status"), text(count(len(v.Found), "result")+" for “"+v.Find+"”")), list)
}

func portalNoteSheet(p *pen, v portalNoteView) g.Node {
	if !v.Denied {
		return p.shell(v.portalFrame, para("", v.Text), h.P(p.link("/portal/apps", text("Back to Enterprise applications"))))
	}
	return p.shell(
		v.portalFrame,
		para("", wordsNoAccessLead),
		para("", v.Text),
		facts(
			"",
			fact{"Account", text(v.User)},
			fact{"Active roles", text(textOr(strings.Join(v.Roles, ", "), "none"))},
			fact{"Organization", text(v.Tenant + " (" + v.Domain + ")")},
		),
		h.P(p.link("/portal/apps", text("Back to Enterprise applications"))),
	)
}

// portalEntrySheet is seen only where scripts are off, or for a moment.
func portalEntrySheet(p *pen, v portalEntryView) g.Node {
	return p.card(
		h1(wordsPortal),
		para("", wordsEntry),
		para("", wordsEntryOff),
		h.P(p.link(v.Apps, h.ID("apps"), text("Enterprise applications"))),
		p.script(goToView),
	)
}
