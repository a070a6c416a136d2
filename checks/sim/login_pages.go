package sim

import (
	"bytes"
	crand "crypto/rand"
	"embed"
	"fmt"
	"net/http"

	g "maragu.dev/gomponents"
)

// The pages. They are built from nodes that escape whatever they are given, need
// no script, and say on top of each that the tenant is simulated.
//
// To add a page: write a view (a struct of plain values) and a function from a
// pen and that view to a node, most often p.card(…) for sign-in or p.shell(…)
// for the portal; name it in sheets (the portal's in portalSheets), its title in
// pageTitles (a view with a title method titles itself), and answer with
// s.page(c, status, name, view). TestWalks must then come by and look at it.
// Addresses go through p.to (our own pages), href and action (any other), which
// let nothing but http, https and relative addresses through; forms through
// p.post, which posts to our own pages. g.Raw, h.Href, h.Action, h.Src and event
// attributes are for page_kit.go alone: a test looks.

//go:embed pages
var pageFiles embed.FS

// pageSet is what the pages share.
type pageSet struct {
	style []byte
}

func loadPages() (*pageSet, error) {
	style, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		return nil, fmt.Errorf("reading the style sheet: %w", err)
	}
	return &pageSet{style: style}, nil
}

// sheet draws one kind of page; ok is false for a view of another kind.
type sheet func(p *pen, view any) (node g.Node, ok bool)

// drawn makes a sheet of a function over its own kind of view.
func drawn[V any](draw func(*pen, V) g.Node) sheet {
	return func(p *pen, view any) (g.Node, bool) {
		v, ok := view.(V)
		if !ok {
			return nil, false
		}
		return draw(p, v), true
	}
}

// sheets are the pages of sign-in and of the vendor's app, by name; those of the
// portal are portalSheets.
var sheets = map[string]sheet{
	"account": drawn(accountSheet),
	"error":   drawn(errorSheet),
	"lookup":  drawn(lookupSheet),
	"note":    drawn(noteSheet),
	"post":    drawn(postSheet),
	"consent": drawn(consentSheet),
	"wall":    drawn(wallSheet),
	"request": drawn(requestSheet),
	"sent":    drawn(sentSheet),
	"device":  drawn(deviceSheet),
	"confirm": drawn(confirmSheet),
	"factor":  drawn(factorSheet),
	"app":     drawn(appSheet),
	"landing": drawn(landingSheet),
	"apps":    drawn(appListSheet),
}

// page renders a page. Its headers let it load our style sheet and nothing
// else; form-action is left open, for a form of ours may end at the app's
// redirect, which is checked before.
func (s *Sim) page(c *visit, status int, name string, view any) answer {
	p := &pen{name: name, title: pageTitles[name], base: c.at.base(), nonce: crand.Text()}
	if t, ok := view.(interface{ title() string }); ok {
		p.title = t.title()
	}
	draw, known := sheets[name]
	if !known {
		draw, known = portalSheets[name]
	}
	if !known {
		s.log.Error("no such page", "page", name)
		return answer{status: http.StatusInternalServerError}
	}
	node, ok := draw(p, view)
	if !ok {
		s.log.Error("not the page's view", "page", name, "view", fmt.Sprintf("%T", view))
		return answer{status: http.StatusInternalServerError}
	}
	var b bytes.Buffer
	if err := node.Render(&b); err != nil {
		s.log.Error("page not rendered", "page", name, "err", err)
		return answer{status: http.StatusInternalServerError}
	}
	return answer{status: status, body: b.Bytes()}.
		with("Content-Type", "text/html; charset=utf-8").
		with("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; script-src 'nonce-"+p.nonce+"'")
}

// style is the one style sheet.
func (s *Sim) style(*visit) answer {
	return answer{status: http.StatusOK, body: s.login.pages.style}.with("Content-Type", "text/css; charset=utf-8")
}

// The views: one per page, in the order a person meets them.

type accountView struct {
	Flow, App, Problem, Name string
	Device, Admin            bool
	Accounts                 []accountRow
}

type accountRow struct {
	UPN, Name, Tenant  string
	Roles              []string
	SignedIn, Disabled bool
}

type consentView struct {
	Flow                             string
	App, AppID, User, Tenant, Domain string
	Publisher                        string
	Verified                         bool
	Permissions                      []permissionRow
	Dropped                          []permissionRow
	MayTick                          bool // "Consent on behalf of your organization"
	Admin                            bool // the admin consent page
}

type permissionRow struct {
	API, Value, Title, About string
	Role, Admin              bool
}

type wallView struct {
	consentView
	Code                                       int
	Text, Request, Correlation, Stamp, Problem string
	MayAsk, Waiting, MayLeave                  bool
}

type errorView struct {
	Code                              int
	Text, Request, Correlation, Stamp string
}

type lookupView struct {
	Code        int
	Asked, Text string
}

type noteView struct{ Title, Text string }

func (v noteView) title() string { return v.Title }

type postView struct {
	To     string
	Fields []postField
}

type postField struct{ Name, Value string }

type deviceView struct{ Code, Problem string }

type confirmView struct{ Flow, App, User string }
