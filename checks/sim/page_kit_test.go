package sim

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestSafeAddress(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://contoso.example/cb?code=1&state=%22": "https://contoso.example/cb?code=1&state=%22",
		"http://localhost:8400":                       "http://localhost:8400",
		"HTTPS://contoso.example/":                    "HTTPS://contoso.example/",
		"/portal/apps?q=a:b":                          "/portal/apps?q=a:b",
		"#main":                                       "#main",
		"?done=saved":                                 "?done=saved",
		"":                                            "",
		"javascript:alert(1)":                         deadAddress,
		"JavaScript:alert(1)":                         deadAddress,
		" javascript:alert(1)":                        deadAddress,
		"java\nscript:alert(1)":                       deadAddress,
		"java\tscript:alert(1)":                       deadAddress,
		"\x01javascript:alert(1)":                     deadAddress,
		"data:text/html,<script>1</script>":           deadAddress,
		"vbscript:x":                                  deadAddress,
		"blob:https://contoso.example/1":              deadAddress,
		"file:///etc/hosts":                           deadAddress,
		"https:alert(1)":                              deadAddress,
		"\\\\contoso.example\\x":                      deadAddress,
		"https://contoso.example/%zz":                 deadAddress,
		"%6aavascript:alert(1)":                       deadAddress,
	} {
		if got := safeAddress(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

// Whatever a page is told, it says, and does nothing with it.
func TestPagesEscapeWhatTheyAreTold(t *testing.T) {
	t.Parallel()
	const bad = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`
	p := &pen{title: bad, base: "https://127.0.0.1:1", nonce: "n"}
	perm := []permissionRow{{API: bad, Value: bad, Title: bad, About: bad}, {API: bad, Value: bad, Title: bad}}
	consent := consentView{Flow: bad, App: bad, User: bad, Tenant: bad, Domain: bad, Publisher: bad, Verified: true, Permissions: perm, Dropped: perm, MayTick: true, Admin: true}
	wall := wallView{consentView: consent, Text: bad, Problem: bad, MayLeave: true, Waiting: true}
	for name, view := range map[string]any{
		"account": accountView{Flow: bad, App: bad, Problem: bad, Name: bad, Accounts: []accountRow{{UPN: bad, Name: bad}}},
		"consent": consent, "wall": wall, "request": wall, "sent": wall,
		"error": errorView{Text: bad}, "lookup": lookupView{Asked: bad}, "note": noteView{Title: bad, Text: bad},
		"post":    postView{To: "javascript:alert(1)", Fields: []postField{{bad, bad}}},
		"device":  deviceView{Code: bad, Problem: bad},
		"confirm": confirmView{Flow: bad, App: bad, User: bad},
		"landing": landingView{To: bad, Host: bad}, "apps": appListView{Apps: []appLink{{AppID: bad, Name: bad}}},
	} {
		node, ok := sheets[name](p, view)
		if !ok {
			t.Errorf("%s: not its view", name)
			continue
		}
		var b bytes.Buffer
		if err := node.Render(&b); err != nil {
			t.Fatal(err)
		}
		doc, err := html.Parse(&b)
		if err != nil {
			t.Fatal(err)
		}
		walk(doc, func(n *html.Node) {
			if n.Data == "script" && attr(n, "nonce") == "" || n.Data == "img" {
				t.Errorf("%s: made an element of its data", name)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || (a.Key == "href" || a.Key == "action") && strings.HasPrefix(a.Val, "javascript") {
					t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
				}
			}
		})
	}
}

// Only page_kit.go may write what is not escaped, or an address that is not
// looked at; and no file may bring the template engines back, whose reflection
// keeps every method of every linked type alive.
func TestPagesGoThroughTheKit(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	forbidden := map[string]bool{
		"h.Href": true, "h.Action": true, "h.Src": true, "h.SrcSet": true, "h.FormAction": true, "h.Poster": true,
		"h.Script": true, "h.StyleEl": true, "h.Style": true, "h.IFrame": true, "h.Embed": true, "h.Object": true,
		"g.Raw": true, "g.Rawf": true, "g.NodeFunc": true,
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if path, _ := strconv.Unquote(i.Path.Value); strings.HasSuffix(path, "/template") {
				t.Errorf("%s imports %s", name, path)
			}
		}
		if name == "page_kit.go" {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && !plainAttribute(call) {
				t.Errorf("%s sets an attribute that the kit alone may set", name)
			}
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && forbidden[x.Name+"."+sel.Sel.Name] {
				t.Errorf("%s uses %s.%s", name, x.Name, sel.Sel.Name)
			}
			return true
		})
	}
}

// plainAttribute says whether a call, if it is g.Attr, names an attribute that
// neither runs anything nor leads anywhere.
func plainAttribute(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return true
	}
	if x, ok := sel.X.(*ast.Ident); !ok || x.Name != "g" || sel.Sel.Name != "Attr" {
		return true
	}
	lit, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		return false
	}
	name, err := strconv.Unquote(lit.Value)
	return err == nil && !strings.HasPrefix(name, "on") &&
		!slices.Contains([]string{"href", "src", "action", "formaction", "style", "srcdoc", "xlink:href"}, name)
}

// An address that is let through leads to a web page, however it is written.
func FuzzSafeAddress(f *testing.F) {
	for _, s := range []string{"https://contoso.example/", "javascript:alert(1)", "java\tscript:x", "//contoso.example", "?a=b:c", "#x", "\x00data:x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := safeAddress(raw)
		if got == deadAddress {
			return
		}
		// As a browser reads it: without controls and spaces, in any case.
		plain := strings.ToLower(strings.Map(func(r rune) rune {
			if r <= ' ' || r == 0x7f {
				return -1
			}
			return r
		}, got))
		before, _, hasColon := strings.Cut(plain, ":")
		if hasColon && !strings.ContainsAny(before, "/?#") && before != "http" && before != "https" {
			t.Errorf("%q leads to %q", raw, got)
		}
	})
}
