package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// someAssets are made as npm would make them.
func someAssets() fstest.MapFS {
	all := fstest.MapFS{}
	for _, name := range slices.Concat(scripts, styles, licences) {
		all[name] = &fstest.MapFile{Data: []byte("/* " + name + " */")}
	}
	return all
}

func withWizard(assets fs.FS) func(*Options) {
	return func(o *Options) {
		o.Wizard = &Wizard{Origin: "https://" + named, Width: 200, Height: 60, Assets: assets, Serve: func(net.Conn, *Visitor) string { return "nothing is served" }}
	}
}

// TestWizardPage holds what the page with the wizard may do, and that what it loads is
// here.
func TestWizardPage(t *testing.T) {
	t.Parallel()
	p := opened(t, withWizard(someAssets()))
	if a := p.does(http.MethodGet, "/", nil); !strings.Contains(a.body, `href="https://`+named+`/wizard"`) {
		t.Errorf("nothing leads there: %s", a.body)
	}
	a := p.does(http.MethodGet, "/wizard", nil)
	policy := a.head.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self' wss://" + named + ";", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("%q is not in %q", want, policy)
		}
	}
	for _, want := range []string{`data-cols="200"`, `data-rows="60"`, "ssh onboard.example", "<noscript>"} {
		if a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%d: %q is not in %s", a.status, want, a.body)
		}
	}
	if regexp.MustCompile(` on[a-z]+=`).MatchString(a.body) || regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(a.body) || a.head.Get("Set-Cookie") != "" {
		t.Errorf("a script stands in the page, or a cookie is set: %s", a.body)
	}
	loads := regexp.MustCompile(`(?:src|href)="(/wizard/[^"]+)"`).FindAllStringSubmatch(a.body, -1)
	if len(loads) != 3 {
		t.Fatalf("it loads %q", loads)
	}
	for _, l := range loads {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+p.addr+l[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "identity")
		plain := hears(t, p.client(nil), r)
		r.Header.Set("Accept-Encoding", "gzip")
		packed := hears(t, p.client(nil), r)
		z, err := gzip.NewReader(strings.NewReader(packed.body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil || string(text) != plain.body || !strings.Contains(plain.body, "/* ") || packed.head.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %v, %q and %q", l[1], err, text, plain.body)
		}
		if plain.status != http.StatusOK || !strings.Contains(plain.head.Get("Cache-Control"), "immutable") || plain.head.Get("X-Content-Type-Options") != "nosniff" || plain.head.Get("Content-Encoding") != "" {
			t.Errorf("%s: %+v", l[1], plain.head)
		}
		if head := p.does(http.MethodHead, l[1], nil); head.status != http.StatusOK || head.body != "" {
			t.Errorf("%s: %+v", l[1], head)
		}
	}
	for _, no := range []string{"/wizard/", "/wizard/wizard.js", "/wizard/../style.css", "/wizard/node_modules/@xterm/xterm/package.json"} {
		if a := p.does(http.MethodGet, no, nil); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", no, a.status)
		}
	}
}

// TestWizardWithoutAssets holds what a build says that has no wizard in the browser,
// and one where it is switched off.
func TestWizardWithoutAssets(t *testing.T) {
	t.Parallel()
	p := opened(t, withWizard(nil))
	if a := p.does(http.MethodGet, "/wizard", nil); a.status != http.StatusOK || !strings.Contains(a.body, "ssh onboard.example") || !strings.Contains(a.body, "without the wizard in the browser") || strings.Contains(a.body, "<script") {
		t.Errorf("%+v", a)
	}
	if a := p.does(http.MethodGet, "/wizard/line", nil); a.status != http.StatusNotFound {
		t.Errorf("%+v", a)
	}
	off := opened(t, nil)
	for _, q := range []*place{p, off} {
		if a := q.does(http.MethodGet, "/", nil); strings.Contains(a.body, "/wizard") {
			t.Errorf("something leads to it: %s", a.body)
		}
	}
	if a := off.does(http.MethodGet, "/wizard", nil); a.status != http.StatusNotFound {
		t.Errorf("%+v", a)
	}
	half := someAssets()
	delete(half, scripts[0])
	o := Options{Certificate: &Certificate{}}
	withWizard(half)(&o)
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), scripts[0]) {
		t.Errorf("%v", err)
	}
}

// TestLocked holds what npm brings to exact versions and to their sums, from whichever
// registry the machine asks.
func TestLocked(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("assets/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct {
			Version, Integrity string
			Dependencies       map[string]string
			HasInstallScript   bool
		}
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		t.Fatal(err)
	}
	exact := regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	for name, one := range lock.Packages {
		for of, version := range one.Dependencies {
			if !exact.MatchString(version) {
				t.Errorf("%s: %s", of, version)
			}
		}
		if name != "" && (!exact.MatchString(one.Version) || !strings.HasPrefix(one.Integrity, "sha512-") || one.HasInstallScript) {
			t.Errorf("%s: %+v", name, one)
		}
	}
	if len(lock.Packages) != 3 || bytes.Contains(text, []byte("resolved")) {
		t.Errorf("%s", text)
	}
}
