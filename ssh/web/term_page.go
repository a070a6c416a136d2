package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// wizardPolicy is the content security policy of the page with the wizard: scripts,
// styles and a connection of this door alone, and no script that stands in the page.
// The terminal's library writes the styles of its cells itself, which no hash and no
// nonce can name beforehand: so styles may stand in the page, which holds nothing
// that anybody else wrote.
func wizardPolicy(origin string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' wss://" + strings.TrimPrefix(origin, "https://") +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// file is something that the page loads.
type file struct {
	kind         string
	text, packed []byte
}

// wizardFiles are the files of the page, by their path. Each path names its content,
// so that a browser that has one need not ask again.
type wizardFiles struct {
	script, style, licence string // paths
	of                     map[string]file
}

// Where in the assets what is.
var (
	scripts  = []string{"node_modules/@xterm/xterm/lib/xterm.js", "node_modules/@xterm/addon-fit/lib/addon-fit.js", "wizard.js"}
	styles   = []string{"node_modules/@xterm/xterm/css/xterm.css", "wizard.css"}
	licences = []string{"node_modules/@xterm/xterm/LICENSE", "node_modules/@xterm/addon-fit/LICENSE"}
)

// readAssets reads the assets, one file of each kind: every connection counts.
func readAssets(from fs.FS) (*wizardFiles, error) {
	out := &wizardFiles{of: map[string]file{}}
	for _, one := range []struct {
		to         *string
		name, kind string
		parts      []string
	}{
		{&out.script, "wizard.js", "text/javascript; charset=utf-8", scripts},
		{&out.style, "wizard.css", "text/css; charset=utf-8", styles},
		{&out.licence, "licence.txt", "text/plain; charset=utf-8", licences},
	} {
		var all bytes.Buffer
		for _, part := range one.parts {
			text, err := fs.ReadFile(from, part)
			if err != nil {
				return nil, fmt.Errorf("read the wizard's page: %w", err)
			}
			all.Write(text)
			all.WriteString("\n")
		}
		f := file{kind: one.kind, text: all.Bytes()}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(f.text); err != nil {
			return nil, fmt.Errorf("pack the wizard's page: %w", err)
		}
		if err := z.Close(); err != nil {
			return nil, fmt.Errorf("pack the wizard's page: %w", err)
		}
		f.packed = packed.Bytes()
		sum := sha256.Sum256(f.text)
		*one.to = WizardPath + "/" + hex.EncodeToString(sum[:8]) + "/" + one.name
		out.of[*one.to] = f
	}
	return out, nil
}

// serve answers with one of the files.
func (f file) serve(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Type", f.kind)
	head.Set("Cache-Control", "public, max-age=31536000, immutable")
	head.Set("Vary", "Accept-Encoding")
	text := f.text
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		head.Set("Content-Encoding", "gzip")
		text = f.packed
	}
	head.Set("Content-Length", strconv.Itoa(len(text)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(text) // whoever has gone needs no file
	}
}

// routeWizard adds what the wizard in the browser answers.
func (d *Door) routeWizard(mux *http.ServeMux) error {
	wizard := d.o.Wizard
	if wizard == nil {
		return nil
	}
	if wizard.Assets == nil {
		text, err := rendered(d.o.Landing.withoutWizard())
		mux.HandleFunc(WizardPath, func(w http.ResponseWriter, _ *http.Request) { send(w, http.StatusOK, text) })
		return err
	}
	files, err := readAssets(wizard.Assets)
	if err != nil {
		return err
	}
	text, err := rendered(wizard.page(files, d.o.Landing))
	if err != nil {
		return err
	}
	policy := wizardPolicy(wizard.Origin)
	mux.HandleFunc(WizardPath, d.atHome(WizardPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		send(w, http.StatusOK, text)
	}))
	mux.HandleFunc(linePath, d.line)
	for path, f := range files.of {
		mux.HandleFunc(path, f.serve)
	}
	return nil
}

// withoutWizard is the page of a build that has no assets.
func (l Landing) withoutWizard() g.Node {
	return page(sayWizardTitle, h.P(g.Text(sayWizardNone)), h.Pre(h.TabIndex("0"), h.Aria("label", sayConnectWizard), h.Role("region"), h.Code(g.Text(l.Wizard))), h.P(h.A(h.Href("/"), g.Text(sayMissingBack))))
}

// page is the page with the wizard. Its words are all here: the script shows and
// hides them.
func (w *Wizard) page(files *wizardFiles, l Landing) g.Node {
	hidden := g.Attr("hidden")
	return pageWith(
		sayWizardTitle,
		[]g.Node{h.Link(h.Rel("stylesheet"), h.Href(files.style)), h.Script(h.Src(files.script), h.Defer())},
		h.P(g.Text(sayWizardFoot+" "), h.A(h.Href(files.licence), g.Text(sayWizardLicence))),
		h.Div(
			h.ID("start"),
			h.P(h.Class("lead"), g.Text(sayWizardLead)),
			h.NoScript(h.P(h.Class("bad"), g.Text(sayWizardNoScript))),
			h.Form(
				h.ID("form"), g.Attr("autocomplete", "off"),
				h.P(h.Label(h.For("code"), g.Text(sayWizardCode)), h.Input(h.ID("code"), h.Type("text"), h.MaxLength("80"), g.Attr("spellcheck", "false"), g.Attr("autocapitalize", "characters"), g.Attr("autocomplete", "off"), h.Aria("describedby", "code-what"))),
				h.P(h.ID("code-what"), h.Class("soft"), g.Text(sayWizardCodeWhat)),
				h.P(h.Label(h.Input(h.ID("reader"), h.Type("checkbox")), g.Text(" "+sayWizardReader))),
				h.P(h.Label(h.Input(h.ID("plain"), h.Type("checkbox")), g.Text(" "+sayWizardPlain))),
				h.P(h.Class("row"), h.Button(h.ID("open"), h.Type("submit"), g.Attr("autofocus"), g.Text(sayWizardOpen)), h.Button(h.ID("why"), h.Type("button"), g.Text(sayWizardWhy))),
			),
			h.P(g.Text(sayWizardSSH+" "), h.Code(g.Text(l.Wizard)), g.Text(". "), h.A(h.Href("/"), g.Text(sayWizardSSHHow))),
		),
		h.Div(h.ID("screen"), hidden, h.Role("region"), h.Aria("label", sayWizardScreen), h.Data("cols", strconv.Itoa(w.Width)), h.Data("rows", strconv.Itoa(w.Height)), h.Data("line", linePath), h.Data("speaks", spoken)),
		h.Div(
			h.ID("bar"), hidden,
			h.P(
				h.ID("status"), h.Role("status"),
				says("connecting", sayWizardConnecting), says("connected", sayWizardConnected), says("ended", sayWizardEnded), says("later", sayWizardLater), says("broken", sayWizardBroken), says("kept", sayWizardBrokenKept), says("came", sayWizardBrokenCame), says("refused", sayWizardRefused),
				h.Code(h.ID("detail"), hidden),
			),
			h.P(h.Class("row"), h.Button(h.ID("again"), h.Type("button"), hidden, g.Text(sayWizardAgain)), h.Button(h.ID("begin"), h.Type("button"), hidden, g.Text(sayWizardBegin)), h.A(h.Href("/"), h.Target("_blank"), h.Rel("noopener"), g.Text(sayWizardSSHHow))),
		),
	)
}

// says is a sentence that the script shows at its time.
func says(id, text string) g.Node {
	return h.Span(h.ID("say-"+id), g.Attr("hidden"), g.Text(text+" "))
}
