package sim_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// surfer is a person's browser without script: it follows links and fills in
// the form around a button.
type surfer struct {
	t      *testing.T
	client *http.Client
	at     *url.URL
	doc    *html.Node
}

// surf is what MSAL is given to open addresses with: the person picks their
// account, proves it is them where that is wanted, agrees, and goes on to the app.
func (s *sdkSim) surf(t *testing.T, upn string) func(string) error {
	t.Helper()
	return func(to string) error {
		w := s.browser(t)
		w.open(to)
		for _, words := range []string{upn, "Approve", "Accept", "Continue"} {
			if form, _ := w.button(words); form != nil {
				w.press(words)
			}
		}
		return nil
	}
}

func (s *sdkSim) browser(t *testing.T) *surfer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := s.http()
	c.Jar, c.Transport = jar, splitNet{s.net}
	return &surfer{t: t, client: c}
}

// splitNet leads to the simulator what is https, and to this machine what is not:
// the address MSAL waits at.
type splitNet struct{ sim http.RoundTripper }

func (s splitNet) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "https" {
		return s.sim.RoundTrip(r)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func (w *surfer) open(to string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, to, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.send(req)
}

func (w *surfer) send(req *http.Request) {
	w.t.Helper()
	resp, err := w.client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	w.at = resp.Request.URL
	if w.doc, err = html.Parse(resp.Body); err != nil {
		w.t.Fatal(err)
	}
}

// press fills the form around the button with these words and sends it.
func (w *surfer) press(words string, fields ...string) {
	w.t.Helper()
	form, button := w.button(words)
	if form == nil {
		w.t.Fatalf("no button %q at %s: %s", words, w.at, w.text())
	}
	v := url.Values{}
	for n := range form.Descendants() {
		kind := attrOf(n, "type")
		if n.Data == "input" && attrOf(n, "name") != "" && kind != "radio" && kind != "checkbox" {
			v.Set(attrOf(n, "name"), attrOf(n, "value"))
		}
	}
	if name := attrOf(button, "name"); name != "" {
		v.Set(name, attrOf(button, "value"))
	}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	to, err := w.at.Parse(attrOf(form, "action"))
	if err != nil {
		w.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, to.String(), strings.NewReader(v.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w.send(req)
}

// button finds a button by its words, and the form around it.
func (w *surfer) button(words string) (form, button *html.Node) {
	for n := range w.doc.Descendants() {
		if n.Data != "button" || !strings.Contains(textOf(n), words) {
			continue
		}
		for up := n.Parent; up != nil; up = up.Parent {
			if up.Data == "form" {
				return up, n
			}
		}
	}
	return nil, nil
}

// text is what a person reads.
func (w *surfer) text() string { return textOf(w.doc) }

func textOf(n *html.Node) string {
	var words []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode && (d.Parent == nil || d.Parent.Data != "style" && d.Parent.Data != "script") {
			words = append(words, strings.Fields(d.Data)...)
		}
	}
	return strings.Join(words, " ")
}

func attrOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
