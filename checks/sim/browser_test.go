package sim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// robot is a browser without script: it keeps cookies, follows redirects within
// the simulator, fills forms and presses buttons by their words.
type robot struct {
	t      *testing.T
	sim    *Sim
	client *http.Client
	status int
	at     *url.URL
	header http.Header
	body   string
	doc    *html.Node
	left   *url.URL // where it was sent outside of the simulator
}

// startSim runs a scenario for one test.
func startSim(t *testing.T, scenario string, change ...func(*Options)) *Sim {
	t.Helper()
	o := Options{Scenario: scenario, Dir: t.TempDir(), keys: sharedKeys}
	for _, f := range change {
		f(&o)
	}
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatalf("start %s: %v", scenario, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// trusting is a client that knows the simulator's authority.
func trusting(t *testing.T, s *Sim) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(s.caPath())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("the certificate cannot be read")
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 30 * time.Second}
}

func newRobot(t *testing.T, s *Sim) *robot {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &robot{t: t, sim: s, client: trusting(t, s)}
	r.client.Jar = jar
	r.client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.URL.Host != s.https.Addr().String() {
			r.left = req.URL
			return http.ErrUseLastResponse
		}
		return nil
	}
	return r
}

// open loads an address; a path is the simulator's.
func (r *robot) open(to string) *robot {
	r.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = r.sim.LoginURL() + to
	}
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, to, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.send(req)
}

func (r *robot) post(to string, v url.Values) *robot {
	r.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = r.sim.LoginURL() + to
	}
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, to, strings.NewReader(v.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.send(req)
}

func (r *robot) send(req *http.Request) *robot {
	r.t.Helper()
	r.left = nil
	resp, err := r.client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		r.t.Fatal(err)
	}
	r.status, r.at, r.header, r.body = resp.StatusCode, resp.Request.URL, resp.Header, string(b)
	if r.doc, err = html.Parse(strings.NewReader(r.body)); err != nil {
		r.t.Fatal(err)
	}
	return r
}

// press finds the button with these words, fills the form around it and sends it.
func (r *robot) press(words string, fields ...string) *robot {
	r.t.Helper()
	form, button := r.find(words)
	if form == nil {
		r.t.Fatalf("no button %q on the page:\n%s", words, r.text())
	}
	v := url.Values{}
	walk(form, func(n *html.Node) {
		if n.Data != "input" && n.Data != "textarea" || attr(n, "name") == "" {
			return
		}
		if kind := attr(n, "type"); kind == "radio" || kind == "checkbox" {
			if !has(n, "checked") {
				return
			}
		}
		v.Set(attr(n, "name"), attr(n, "value"))
	})
	if n := attr(button, "name"); n != "" {
		v.Set(n, attr(button, "value"))
	}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	to := attr(form, "action")
	if strings.HasPrefix(to, "http://") {
		u, err := url.Parse(to)
		if err != nil {
			r.t.Fatal(err)
		}
		u.RawQuery = v.Encode()
		r.left = u
		return r
	}
	return r.post(to, v)
}

func (r *robot) find(words string) (form, button *html.Node) {
	walk(r.doc, func(n *html.Node) {
		if n.Data == "button" && !has(n, "disabled") && strings.Contains(squeeze(inner(n)), words) && button == nil {
			button = n
		}
	})
	for n := button; n != nil; n = n.Parent {
		if n.Data == "form" {
			return n, button
		}
	}
	return nil, nil
}

// signIn picks an account on the sign-in page.
func (r *robot) signIn(upn string) *robot {
	r.t.Helper()
	return r.press(upn)
}

// text is what a person reads.
func (r *robot) text() string { return squeeze(inner(r.doc)) }

// sees fails the test unless the page says all of it.
func (r *robot) sees(words ...string) *robot {
	r.t.Helper()
	for _, w := range words {
		if !strings.Contains(r.text(), w) {
			r.t.Fatalf("page (status %d) does not say %q:\n%s", r.status, w, r.text())
		}
	}
	return r
}

// lacks fails the test if the page says any of it.
func (r *robot) lacks(words ...string) *robot {
	r.t.Helper()
	for _, w := range words {
		if strings.Contains(r.text(), w) {
			r.t.Fatalf("page says %q:\n%s", w, r.text())
		}
	}
	return r
}

// returned is the parameters with which the browser left for the app.
func (r *robot) returned() url.Values {
	r.t.Helper()
	if r.left == nil {
		r.t.Fatalf("still in the simulator, at %s, status %d:\n%s", r.at, r.status, r.text())
	}
	return r.left.Query()
}

func walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := range n.ChildNodes() {
		walk(c, visit)
	}
}

func inner(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && (c.Parent == nil || c.Parent.Data != "script") {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// proxyTo makes a transport dial the simulator whatever the name.
func proxyTo(tr *http.Transport, s *Sim) {
	d := net.Dialer{}
	tr.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return d.DialContext(ctx, network, s.https.Addr().String())
	}
}

// hidden is the value of a hidden field of the page.
func (r *robot) hidden(name string) string {
	r.t.Helper()
	value := ""
	walk(r.doc, func(n *html.Node) {
		if n.Data == "input" && attr(n, "name") == name {
			value = attr(n, "value")
		}
	})
	return value
}
