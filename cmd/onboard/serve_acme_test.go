package main

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"onboard.example/checks/sim"
)

// leafAt is the number of the certificate that a door shows for webName; 0: none.
func (a *authority) leafAt(addr string) int64 {
	a.t.Helper()
	c, err := (&tls.Dialer{Config: &tls.Config{ServerName: webName, RootCAs: a.trust}}).DialContext(a.t.Context(), "tcp", addr)
	if err != nil {
		return 0
	}
	defer func() { _ = c.Close() }()
	there, ok := c.(*tls.Conn)
	if !ok {
		a.t.Fatal("no TLS")
	}
	return there.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

// shows waits until a door shows a certificate.
func (a *authority) shows(v *served, n int64) {
	a.t.Helper()
	a.t.Cleanup(func() {
		if said, _ := a.complaints(); a.t.Failed() {
			a.t.Logf("%s\n%s", said, v.printed())
		}
	})
	until(a.t, fmt.Sprintf("certificate %d is shown", n), func() bool { return a.leafAt(v.addr) == n })
}

// until waits for what is to come about.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-late.C:
			t.Fatalf("it never came about that %s", what)
		}
	}
}

// letIn says whether a handshake comes to an end, whosever the certificate is.
func letIn(t *testing.T, addr string, c *tls.Config) bool {
	t.Helper()
	c.InsecureSkipVerify = true
	there, err := (&tls.Dialer{Config: c}).DialContext(t.Context(), "tcp", addr)
	if err == nil {
		_ = there.Close()
	}
	return err == nil
}

// secrets are everything in a folder that no log may hold.
func secrets(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
		text, err := os.ReadFile(file)
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); len(line) > 20 && !strings.Contains(line, "CERTIFICATE") {
				all = append(all, line)
			}
		}
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return all
}

// forMonths is a certificate that is renewed in two months.
func forMonths(int) (from, until time.Time, no string) {
	return time.Now().Add(-time.Minute), time.Now().Add(90 * 24 * time.Hour), ""
}

// TestServeACME has an authority issue the door's certificate, at the port that SSH
// is at, and starts again without asking for another.
func TestServeACME(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, forMonths)
	state := filepath.Join(t.TempDir(), "state")
	s := simulate(t, sim.Options{Scenario: "managed-default"})
	v := servesWith(t, s, state, a.config(", email: it@contoso.example"))
	if a := ask(t, nil, "serve", "--config", v.config, "--check-config"); a.code != codeOpen || !strings.Contains(a.out, "for onboard.example, by ACME from https://127.0.0.1") {
		t.Errorf("%+v", a)
	}
	if a.leafAt(v.addr) != 0 {
		t.Error("there is a certificate before the authority looked")
	}
	a.door <- v.addr
	a.shows(v, 101)
	if status, _ := opens(t, browserAt(t, v.addr, a.trust), "https://"+webName+"/"); status != http.StatusOK {
		t.Errorf("%d", status)
	}
	for name, c := range map[string]*tls.Config{
		"another name": {ServerName: "other.example"}, "another's proof": {ServerName: "other.example", NextProtos: []string{"acme-tls/1"}}, "a file of the folder": {ServerName: "acme_account+key"},
	} {
		if letIn(t, v.addr, c) {
			t.Errorf("%s: it is let in", name)
		}
	}
	until(t, "the proof is taken away", func() bool {
		return !letIn(t, v.addr, &tls.Config{ServerName: webName, NextProtos: []string{"acme-tls/1"}})
	})
	if !letIn(t, v.addr, &tls.Config{}) {
		t.Error("whoever names nobody is not let in")
	}
	v.ends()
	cache := filepath.Join(state, "acme")
	if info, err := os.Stat(cache); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	again := servesWith(t, s, state, a.config(""))
	a.shows(again, 101)
	again.ends()
	for _, secret := range secrets(t, cache) {
		if strings.Contains(v.printed()+again.printed(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
	a.mu.Lock()
	orders := slices.Clone(a.orders)
	a.mu.Unlock()
	for _, o := range orders {
		if proof := base64.RawURLEncoding.EncodeToString([]byte(o.token)); strings.Contains(v.printed(), o.token) || strings.Contains(v.printed(), proof) {
			t.Error("the log holds a token")
		}
	}
	if said, issued := a.complaints(); said != "" || issued != 1 || !slices.Equal(a.contact, []string{"mailto:it@contoso.example"}) {
		t.Errorf("%d were issued, to %v: %s", issued, a.contact, said)
	}
}

// TestServeACMEHosts has certificates issued for two hosts, of which one is written as
// nobody's browser writes it: the wizard is opened at that, and the other leads there.
func TestServeACMEHosts(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, forMonths)
	more := strings.Replace(a.config(""), "name: "+webName+", port: 443, acme: {hosts: ["+webName, "name: Onboard.Example, port: 443, acme: {hosts: [WWW.onboard.example, Onboard.Example", 1)
	v := servesFrom(t, someNPM(t), simulate(t, sim.Options{Scenario: "managed-default"}), filepath.Join(t.TempDir(), "state"), more)
	a.door <- v.addr
	for _, host := range []string{webName, "www." + webName} {
		until(t, "there is a certificate for "+host, func() bool { return letIn(t, v.addr, &tls.Config{ServerName: host}) })
	}
	browser := browserAt(t, v.addr, a.trust)
	for _, path := range []string{"/", "/wizard"} {
		if status, to, _ := asks(t, browser, "https://www."+webName+path, nil); status != http.StatusTemporaryRedirect || to != "https://"+webName+path+"?moved" {
			t.Errorf("%s at the other host: %d, %q", path, status, to)
		}
		if status, body := opens(t, browser, "https://"+webName+path); status != http.StatusOK || !strings.Contains(body, "wizard") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	for origin, want := range map[string]int{"https://" + webName: http.StatusSwitchingProtocols, "https://www." + webName: http.StatusForbidden, "https://Onboard.Example": http.StatusForbidden} {
		if status := opensLine(t, browser, origin); status != want {
			t.Errorf("the wizard from %s: %d", origin, status)
		}
	}
	v.ends()
	if said, issued := a.complaints(); said != "" || issued != 2 {
		t.Errorf("%d were issued: %s", issued, said)
	}
}

// ends stops a server as its operator does.
func (v *served) ends() {
	v.t.Helper()
	if err := v.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		v.t.Fatal(err)
	}
	<-v.done
	if log := v.printed(); !strings.Contains(log, "msg=stopped") || strings.Contains(log, "level=ERROR") {
		v.t.Errorf("%s", log)
	}
}

// TestServeACMERenews holds that a certificate is renewed without a word of anybody,
// and that what stops it then is said.
func TestServeACMERenews(t *testing.T) {
	t.Parallel()
	const no = "too many certificates for onboard.example already"
	a := newAuthority(t, func(n int) (from, until time.Time, why string) {
		if n > 1 {
			return from, until, no
		}
		return time.Now().Add(-time.Hour), time.Now().Add(10 * time.Minute), "" // more than two thirds are over
	})
	v := servesWith(t, simulate(t, sim.Options{Scenario: "managed-default"}), filepath.Join(t.TempDir(), "state"), a.config(""))
	a.door <- v.addr
	a.shows(v, 102)
	v.sees(t, `msg="the certificate authority refused" why="rateLimited: `+no+`"`)
	if n := a.leafAt(v.addr); n != 102 {
		t.Errorf("certificate %d is shown", n)
	}
	v.ends()
}

// TestServeACMEFails holds that SSH is served where there is no certificate, that
// the log says why, and that nobody who comes has the authority asked again.
func TestServeACMEFails(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, forMonths)
	v := servesWith(t, simulate(t, sim.Options{Scenario: "managed-default"}), filepath.Join(t.TempDir(), "state"), a.config(""))
	a.door <- "127.0.0.1:0" // nobody is there
	v.sees(t, `msg="the certificate authority refused" why="tls: dial`)
	v.sees(t, `msg="there is no certificate" host=onboard.example why=`)
	for range 3 {
		if n := a.leafAt(v.addr); n != 0 {
			t.Errorf("certificate %d", n)
		}
	}
	if out, code := v.runs("anybody", "version", ""); code != codeOpen || !strings.Contains(out, "onboard") {
		t.Errorf("%d, %q", code, out)
	}
	a.mu.Lock()
	orders := len(a.orders)
	a.mu.Unlock()
	if said, issued := a.complaints(); said != "" || issued != 0 || orders != 2 { // after the failure autocert orders once more, and finds nothing else to try
		t.Errorf("%d orders, %d were issued: %s", orders, issued, said)
	}
	v.ends()
}

// TestServeACMERefused holds what is said of settings that no authority could
// follow.
func TestServeACMERefused(t *testing.T) {
	t.Parallel()
	const door = "name: onboard.example\nweb: {samePort: true, port: 443, "
	own := t.TempDir()
	wide := filepath.Join(own, "wide")
	file := keep(t, "file", "")
	if err := os.Mkdir(wide, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, says string }{
		"no door":       {"web: {acme: {hosts: [onboard.example]}}\n", "web.acme is set, and web.listen is empty"},
		"no host":       {door + "acme: {email: it@contoso.example}}\n", "web.acme.hosts is empty"},
		"address":       {door + "acme: {hosts: [192.0.2.7]}}\n", "192.0.2.7 is an address"},
		"IPv6":          {door + "acme: {hosts: [\"2001:db8::1\"]}}\n", "is an address"},
		"wildcard":      {door + "acme: {hosts: [\"*.onboard.example\"]}}\n", "is no host name"},
		"one label":     {door + "acme: {hosts: [localhost]}}\n", "is no host name"},
		"a dot":         {door + "acme: {hosts: [onboard.example.]}}\n", "is no host name"},
		"another":       {door + "acme: {hosts: [other.example]}}\n", `web.name "onboard.example" is not in web.acme.hosts`},
		"both":          {door + "cert: /c.pem, key: /k.pem, acme: {hosts: [onboard.example]}}\n", "are both set"},
		"another port":  {"name: onboard.example\nweb: {listen: \":8443\", acme: {hosts: [onboard.example]}}\n", "web.port is 8443"},
		"e-mail":        {door + "acme: {hosts: [onboard.example], email: it}}\n", `"it" is no e-mail address`},
		"a name in it":  {door + "acme: {hosts: [onboard.example], email: \"IT <it@contoso.example>\"}}\n", "is no e-mail address"},
		"relative":      {door + "acme: {hosts: [onboard.example], cache: acme}}\n", `web.acme.cache: "acme" is no absolute path`},
		"plain HTTP":    {door + "acme: {hosts: [onboard.example], directory: \"http://127.0.0.1/dir\"}}\n", "is no https address"},
		"a password":    {door + "acme: {hosts: [onboard.example], directory: \"https://a:s3cr3t@127.0.0.1/dir\"}}\n", "is no https address"},
		"open folder":   {door + "acme: {hosts: [onboard.example], cache: " + wide + "}}\n", "is open to others (mode 0755): chmod 700 " + wide},
		"a file":        {door + "acme: {hosts: [onboard.example], cache: " + file + "}}\n", "is no folder"},
		"under a file":  {door + "acme: {hosts: [onboard.example], cache: " + file + "/x}}\n", "not a directory"},
		"no such roots": {door + "acme: {hosts: [onboard.example], caFile: /nowhere/ca.pem}}\n", "/nowhere/ca.pem"},
		"another key":   {door + "acme: {hosts: [onboard.example], key: x}}\n", `unknown field "key"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := ask(t, nil, "serve", "--config", keep(t, "serve.yaml", c.text), "--check-config")
			refused(t, a, c.says, "onboard serve --print-config")
			if strings.Contains(a.err, "s3cr3t") {
				t.Errorf("it repeats a password: %s", a.err)
			}
		})
	}
	fine := ask(t, nil, "serve", "--config", keep(t, "serve.yaml", door+"acme: {hosts: [Onboard.Example, www.onboard.example], cache: "+filepath.Join(own, "a", "b")+"}}\n"), "--check-config")
	if fine.code != codeOpen || !strings.Contains(fine.out, "for onboard.example, www.onboard.example, by ACME from https://acme-v02.api.letsencrypt.org/directory") {
		t.Errorf("%+v", fine)
	}
	if _, err := os.Stat(filepath.Join(own, "a")); err == nil {
		t.Error("it made the folder")
	}
}
