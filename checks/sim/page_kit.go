package sim

import (
	"net/url"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// What every page is made of.

// pen draws one page.
type pen struct {
	name  string // of the kind of page
	title string
	base  string // of every address of our own, without a slash at the end
	nonce string // of the one script a page may have
}

// deadAddress is where an address leads that is not let through.
const deadAddress = "about:invalid"

// safeAddress lets http, https and relative addresses through. A scheme is
// whatever stands before a colon that comes ahead of any slash, question mark or
// number sign; browsers drop control characters and spaces around it, so an
// address that has any is not let through at all.
func safeAddress(raw string) string {
	if strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) {
		return deadAddress
	}
	u, err := url.Parse(raw)
	if err != nil {
		return deadAddress
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" {
			return deadAddress
		}
		return raw
	case "":
		return raw
	}
	return deadAddress
}

// href and action are the addresses of links and forms that leave our pages.
func href(raw string) g.Node { return h.Href(safeAddress(raw)) }

func action(raw string) g.Node { return h.Action(safeAddress(raw)) }

// to leads to a page of our own; path starts with a slash.
func (p *pen) to(path string) g.Node { return href(p.base + path) }

// link is a link to a page of our own.
func (p *pen) link(path string, children ...g.Node) g.Node {
	return h.A(p.to(path), g.Group(children))
}

// post is a form that posts to a page of our own.
func (p *pen) post(path string, children ...g.Node) g.Node {
	return h.Form(h.Method("post"), action(p.base+path), g.Group(children))
}

// document is a whole page: head, the banner that says it is simulated, and body.
func (p *pen) document(kind string, bar g.Node, body ...g.Node) g.Node {
	return h.Doctype(h.HTML(
		h.Lang("en"),
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("color-scheme"), h.Content("light dark")),
			h.TitleEl(g.Text(p.title+" · simulated")),
			h.Link(h.Rel("stylesheet"), p.to("/_signin/style.css")),
		),
		h.Body(
			h.Class(kind), h.Data("page", p.name),
			h.A(h.Class("skip"), href("#main"), g.Text("Skip to main content")),
			h.Header(
				h.P(h.Class("banner"), h.Strong(g.Text("Simulated tenant.")), g.Text(" "+wordsBanner)),
				bar,
			),
			g.Group(body),
		),
	))
}

// card is a page of the sign-in service: one box in the middle.
func (p *pen) card(children ...g.Node) g.Node {
	return p.document("signin", nil, h.Main(h.ID("main"), h.Class("card"), g.Group(children)))
}

// script is the only script there is: fixed words, never data.
func (p *pen) script(fixed fixedScript) g.Node {
	return h.Script(g.Attr("nonce", p.nonce), g.Raw(string(fixed)))
}

// fixedScript is a constant of the program.
type fixedScript string

// submitBack sends the form that brings an answer back to its app.
const submitBack fixedScript = `document.getElementById("back").submit()`

// goToView leaves the portal's entry page for the page that is named behind the
// #, as a path below it (portal_view.go), or for the list of apps.
const goToView fixedScript = `
const parts = location.hash.slice(1).split("?")[0].split("/").filter(part => !["", ".", ".."].includes(part))
if (parts[0] === "view") parts.shift()
const view = parts.slice(0, 12).map(encodeURIComponent).join("/")
location.replace(view ? location.origin + location.pathname.replace(/\/+$/, "") + "/view/" + view : document.getElementById("apps").href)
`

// Small parts.

func text(s string) g.Node { return g.Text(s) }

func h1(s string) g.Node { return h.H1(text(s)) }

func para(class, s string) g.Node {
	if class == "" {
		return h.P(text(s))
	}
	return h.P(h.Class(class), text(s))
}

func strong(s string) g.Node { return h.Strong(text(s)) }

func code(s string) g.Node { return h.Code(text(s)) }

func hidden(name, value string) g.Node {
	return h.Input(h.Type("hidden"), h.Name(name), h.Value(value))
}

// button is a submit button that sends name=value; an empty name sends nothing.
func button(class, name, value, words string, more ...g.Node) g.Node {
	return h.Button(
		g.If(class != "", h.Class(class)),
		g.If(name != "", g.Group{h.Name(name), h.Value(value)}),
		text(words), g.Group(more),
	)
}

func buttons(children ...g.Node) g.Node { return h.Div(h.Class("buttons"), g.Group(children)) }

// unseen is text for those who hear the page.
func unseen(s string) g.Node { return h.Span(h.Class("unseen"), text(s)) }

// problem is what went wrong with the form; nothing for none.
func problem(s string) g.Node {
	return g.If(s != "", h.P(h.Class("problem"), h.Role("alert"), text(s)))
}

// done is what was just done; nothing for none.
func done(s string) g.Node {
	return g.If(s != "", h.P(h.Class("done"), h.Role("status"), text(s)))
}

// fact is one line of a description list.
type fact struct {
	name  string
	value g.Node
}

func facts(class string, list ...fact) g.Node {
	return h.Dl(g.If(class != "", h.Class(class)), g.Map(list, func(f fact) g.Node {
		return h.Div(h.Dt(text(f.name)), h.Dd(f.value))
	}))
}
