package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"onboard.example/checks/sim"
)

// hand is somebody in the simulator's portal, on Microsoft's pages and in the
// vendor's app: a browser without script, which follows links by their words,
// fills forms, and presses buttons.
type hand struct {
	t      *testing.T
	base   string
	client *http.Client
	at     *url.URL
	doc    *html.Node
	left   *url.URL // where it was sent outside of the simulator
}

// handOf is a hand with cookies of its own, signed in by pick at the first page
// that asks.
func handOf(t *testing.T, s *sim.Sim) *hand {
	t.Helper()
	pem, err := os.ReadFile(s.Ready().CA)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("the certificate cannot be read")
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(tr.CloseIdleConnections)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	h := &hand{t: t, base: "https://" + s.Ready().HTTPS}
	h.client = &http.Client{Transport: tr, Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(req *http.Request, _ []*http.Request) error {
		if "https://"+req.URL.Host != h.base {
			h.left = req.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return h
}

// open loads an address; a path is the simulator's.
func (h *hand) open(to string) *hand {
	h.t.Helper()
	return h.send(http.MethodGet, to, nil)
}

func (h *hand) send(method, to string, form url.Values) *hand {
	h.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = h.base + to
	}
	req, err := http.NewRequestWithContext(h.t.Context(), method, to, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	h.left = nil
	resp, err := h.client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read as far as it goes
	h.at = resp.Request.URL
	if h.doc, err = html.Parse(io.LimitReader(resp.Body, 4<<20)); err != nil {
		h.t.Fatal(err)
	}
	return h
}

// portal opens a page of the portal as somebody who has not signed in yet.
func (h *hand) portal(upn, page string) *hand {
	h.t.Helper()
	return h.open("/portal/" + page).press(upn).open("/portal/" + page) // signing in forgets a question in the address
}

// press finds the button or the link with these words. fields are names and
// values to fill in before; a name may come several times.
func (h *hand) press(words string, fields ...string) *hand {
	h.t.Helper()
	var link, button *html.Node
	for n := range h.doc.Descendants() {
		if n.Type != html.ElementNode || !strings.Contains(inText(n), words) {
			continue
		}
		switch {
		case n.Data == "button" && !hasAttr(n, "disabled") && button == nil:
			button = n
		case n.Data == "a" && attrOf(n, "href") != "" && link == nil:
			link = n
		}
	}
	form := button
	for form != nil && form.Data != "form" {
		form = form.Parent
	}
	switch {
	case form != nil:
		return h.submit(form, button, fields)
	case link != nil:
		to, err := h.at.Parse(attrOf(link, "href"))
		if err != nil {
			h.t.Fatal(err)
		}
		return h.open(to.String())
	}
	h.t.Fatalf("nothing to press that says %q at %s:\n%s", words, h.at, h.text())
	return nil
}

// submit sends a form as a browser does.
func (h *hand) submit(form, button *html.Node, fields []string) *hand {
	h.t.Helper()
	v := url.Values{}
	for n := range form.Descendants() {
		name := attrOf(n, "name")
		if n.Type != html.ElementNode || n.Data != "input" && n.Data != "textarea" || name == "" {
			continue
		}
		if kind := attrOf(n, "type"); (kind == "radio" || kind == "checkbox") && !hasAttr(n, "checked") {
			continue
		}
		v.Add(name, attrOf(n, "value"))
	}
	if name := attrOf(button, "name"); name != "" {
		v.Set(name, attrOf(button, "value"))
	}
	filled := map[string]bool{}
	for i := 0; i+1 < len(fields); i += 2 {
		if !filled[fields[i]] {
			v.Del(fields[i])
			filled[fields[i]] = true
		}
		v.Add(fields[i], fields[i+1])
	}
	to, err := h.at.Parse(attrOf(form, "action"))
	if err != nil {
		h.t.Fatal(err)
	}
	if strings.EqualFold(attrOf(form, "method"), "post") {
		return h.send(http.MethodPost, to.String(), v)
	}
	to.RawQuery = v.Encode()
	return h.open(to.String())
}

// value is the value of the box, in any form of the page, whose label says words.
func (h *hand) value(words string) string {
	h.t.Helper()
	for n := range h.doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "label" || !strings.Contains(inText(n), words) {
			continue
		}
		for in := range n.Descendants() {
			if in.Type == html.ElementNode && in.Data == "input" {
				return attrOf(in, "value")
			}
		}
		id := attrOf(n, "for")
		for in := range h.doc.Descendants() {
			if in.Type == html.ElementNode && in.Data == "input" && id != "" && attrOf(in, "id") == id {
				return attrOf(in, "value")
			}
		}
	}
	h.t.Fatalf("no box says %q at %s:\n%s", words, h.at, h.text())
	return ""
}

// sees fails the test unless the page says all of it.
func (h *hand) sees(words ...string) *hand {
	h.t.Helper()
	for _, w := range words {
		if !strings.Contains(h.text(), w) {
			h.t.Fatalf("the page %s does not say %q:\n%s", h.at, w, h.text())
		}
	}
	return h
}

func (h *hand) text() string { return inText(h.doc) }

func inText(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && (c.Parent == nil || c.Parent.Data != "script" && c.Parent.Data != "style") {
			b.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attrOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
