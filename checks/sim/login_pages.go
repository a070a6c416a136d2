package sim

import (
	"bytes"
	crand "crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"net/http"
)

// The pages. They are templates with contextual escaping, need no script, and
// say on top of each that the tenant is simulated.

//go:embed pages
var pageFiles embed.FS

// pageSet is the parsed templates and the style sheet.
type pageSet struct {
	tmpl  *template.Template
	style []byte
}

func loadPages() (*pageSet, error) {
	t, err := template.ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("reading the pages: %w", err)
	}
	style, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		return nil, fmt.Errorf("reading the pages: %w", err)
	}
	return &pageSet{tmpl: t, style: style}, nil
}

// pageData is what every template gets: V is the page's own view.
type pageData struct {
	Title string
	Base  string
	Nonce string
	V     any
}

// page renders a template. Its headers let it load our style sheet and nothing
// else; form-action is left open, for a form of ours may end at the app's
// redirect, which is checked before.
func (s *Sim) page(c *visit, status int, name string, view any) answer {
	d := pageData{Title: pageTitles[name], Base: c.at.base(), Nonce: crand.Text(), V: view}
	if t, ok := view.(interface{ title() string }); ok {
		d.Title = t.title()
	}
	var b bytes.Buffer
	if err := s.login.pages.tmpl.ExecuteTemplate(&b, name, d); err != nil {
		s.log.Error("page not rendered", "page", name, "err", err)
		return answer{status: http.StatusInternalServerError}
	}
	return answer{status: status, body: b.Bytes()}.
		with("Content-Type", "text/html; charset=utf-8").
		with("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; script-src 'nonce-"+d.Nonce+"'")
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
