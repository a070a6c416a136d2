package signin

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"onboard.example/checks/sim"
)

// world is a running simulator and the way to it.
type world struct {
	*sim.Sim

	rt   *http.Transport
	base string
}

func startSim(t *testing.T, o sim.Options) world {
	t.Helper()
	s, err := sim.Start(context.Background(), o) //nolint:usetesting // it must outlive t.Context, which ends before Cleanup
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	rt, err := Transport(TransportOptions{CAFile: s.Ready().CA, Proxy: "none"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rt.CloseIdleConnections)
	return world{Sim: s, rt: rt, base: "https://" + s.Ready().HTTPS}
}

// tenantID is the id of the first tenant.
func (w world) tenantID() string { return w.Ready().Tenants[0].ID }

// token is the script's token of an account.
func (w world) token(t *testing.T, upn string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(filepath.Dir(w.Ready().CA), "tokens", upn))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// graph sends a request to the simulated Graph as the account and returns the body.
func (w world) graph(t *testing.T, upn, method, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.base+"/v1.0"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.token(t, upn))
	resp, err := (&http.Client{Transport: w.rt}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, b, err)
	}
	return string(b)
}

// person plays somebody with a browser: follows pages and presses buttons.
type person struct {
	client *http.Client
	pick   string            // account to choose
	press  map[string]string // form action's last segment to the value of "do"

	mu    sync.Mutex
	urls  []string
	pages []string
	wg    sync.WaitGroup
}

func (w world) person(t *testing.T, pick string) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{
		client: &http.Client{Transport: w.rt, Jar: jar}, pick: pick,
		press: map[string]string{"consent": "accept", "wall": "leave", "confirm": "continue"},
	}
	t.Cleanup(p.wg.Wait)
	return p
}

// open is an Options.Open: it returns at once, as a browser's opener does.
func (p *person) open(ctx context.Context, address string) error {
	p.mu.Lock()
	p.urls = append(p.urls, address)
	p.mu.Unlock()
	p.wg.Go(func() { p.visit(ctx, address, "") })
	return nil
}

// opened gives the addresses that were opened so far.
func (p *person) opened() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.urls...)
}

// visit goes from page to page until one has no form to answer.
func (p *person) visit(ctx context.Context, address, code string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	for range 12 {
		if err != nil {
			return
		}
		resp, derr := p.client.Do(req)
		if derr != nil {
			return
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		p.mu.Lock()
		p.pages = append(p.pages, string(body))
		p.mu.Unlock()
		action, fields := formIn(body)
		if action == "" {
			return
		}
		p.answer(action, fields, code)
		to, perr := resp.Request.URL.Parse(action)
		if perr != nil {
			return
		}
		req, err = http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(fields.Encode()))
		if err == nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
	}
}

// answer fills in what a person would.
func (p *person) answer(action string, fields url.Values, code string) {
	last := action[strings.LastIndexByte(action, '/')+1:]
	switch last {
	case "account":
		fields.Set("pick", p.pick)
	case "devicelogin":
		fields.Set("otc", code)
	default:
		if do := p.press[last]; do != "" {
			fields.Set("do", do)
		}
	}
}

// formIn is the first form of a page with its hidden fields.
func formIn(body []byte) (action string, fields url.Values) {
	fields = url.Values{}
	doc, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		return "", fields
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch {
		case n.Data == "form" && action == "":
			action = attr(n, "action")
		case n.Data == "form":
			return action, fields
		case n.Data == "input" && action != "" && attr(n, "type") == "hidden":
			fields.Set(attr(n, "name"), attr(n, "value"))
		}
	}
	return action, fields
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
