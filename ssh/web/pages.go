package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the style of the pages
	"encoding/base64"
	"errors"
	"fmt"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// style is the style of every page. It stands in the page, and the policy names
// its hash, so that a page is one request and nothing else is let in.
//
//go:embed style.css
var style string

// policyOf is the content security policy of every answer: the style above, and
// nothing else, from nowhere.
func policyOf() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// Landing is what the landing page says of the service.
type Landing struct {
	// Wizard, Why and Plain are the commands that open them; Case is the one that
	// goes on with a case, with CODE in the place of its code.
	Wizard, Why, Plain string
	// Fingerprints are those of the host keys, the one in use first, and Known the
	// lines for a known_hosts file.
	Fingerprints, Known []string

	wizard string // where it is in the browser; empty: nowhere
}

// page is the landing page.
func (l Landing) page() g.Node {
	how := sayKeysHow
	if len(l.Fingerprints) > 1 {
		how = sayKeysHowMany
	}
	row := func(command, what string) g.Node {
		return h.Tr(h.Td(h.Code(g.Text(command))), h.Td(g.Text(what)))
	}
	return page(
		sayTitle,
		h.P(h.Class("lead"), g.Text(sayWhat)),
		h.P(g.Text(sayReads)),
		h.H2(g.Text(sayConnect)),
		h.P(g.Text(sayConnectHow)),
		h.Pre(h.Class("first"), h.TabIndex("0"), h.Aria("label", sayConnectWizard), h.Role("region"), h.Code(g.Text(l.Wizard))),
		h.Div(
			h.Class("wide"), h.TabIndex("0"), h.Role("region"), h.Aria("label", sayCaption),
			h.Table(
				h.Caption(g.Text(sayCaption)),
				h.THead(h.Tr(h.Th(h.Scope("col"), g.Text(sayColumnType)), h.Th(h.Scope("col"), g.Text(sayColumnOpens)))),
				h.TBody(row(l.Wizard, sayConnectWizard), row(l.Why, sayConnectWhy), row(l.Plain, sayConnectPlain)),
			),
		),
		h.P(g.Text(sayConnectCase)),
		g.If(l.wizard != "", h.P(h.ID("browser"), g.Text(sayConnectBrowser+" "), h.A(h.Href(l.wizard), g.Text(sayConnectBrowserOpen)))),
		h.H2(g.Text(sayKeys)),
		h.P(g.Text(how)),
		h.Ul(g.Map(l.Fingerprints, func(f string) g.Node { return h.Li(h.Code(g.Text(f))) })),
		h.P(g.Text(sayKnown)),
		g.Map(l.Known, func(k string) g.Node {
			return h.Pre(h.TabIndex("0"), h.Aria("label", sayKnown), h.Role("region"), h.Code(g.Text(k)))
		}),
	)
}

// missingPage is what stands where nothing is.
func missingPage() g.Node {
	return page(sayMissingTitle, h.P(g.Text(sayMissing)), h.P(h.A(h.Href("/"), g.Text(sayMissingBack))))
}

// page is a whole page.
func page(title string, body ...g.Node) g.Node {
	return pageWith(title, nil, h.P(g.Text(sayFoot)), body...)
}

// pageWith is a whole page with more in its head, and a foot of its own.
func pageWith(title string, head []g.Node, foot g.Node, body ...g.Node) g.Node {
	return h.Doctype(h.HTML(
		h.Lang("en"),
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("color-scheme"), h.Content("light dark")),
			h.TitleEl(g.Text(title+" · onboard")),
			h.StyleEl(g.Raw(style)),
			g.Group(head),
		),
		h.Body(
			h.Header(h.P(h.Class("name"), g.Text("onboard"))),
			h.Main(append([]g.Node{h.H1(g.Text(title))}, body...)...),
			h.Footer(foot),
		),
	))
}

// errLarge says that a page came out larger than anything here may be.
var errLarge = errors.New("a page is too large")

// rendered writes a page out.
func rendered(n g.Node) ([]byte, error) {
	var b bytes.Buffer
	if err := n.Render(&b); err != nil {
		return nil, fmt.Errorf("make a page: %w", err)
	}
	if b.Len() > largestPage {
		return nil, errLarge
	}
	return b.Bytes(), nil
}
