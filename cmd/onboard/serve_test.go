package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh"
)

// TestServeConfigIsDocumented holds the printed configuration to the defaults,
// and to every field that there is.
func TestServeConfigIsDocumented(t *testing.T) {
	t.Parallel()
	a := ask(t, nil, "serve", "--print-config")
	if a.code != codeOpen || a.err != "" {
		t.Fatalf("%+v", a)
	}
	var c serveConfig
	if err := decodeServe([]byte(a.out), &c); err != nil {
		t.Fatal(err)
	}
	want := defaultServe()
	c.HostKeys, c.TrustedProxies, c.Web.Redirects, c.Web.ACME.Hosts, c.Probes, c.Guides.Authorities, c.Guides.Keys = nil, nil, nil, nil, nil, nil, nil // an empty list and none are the same
	if !reflect.DeepEqual(c, want) {
		t.Errorf("the printed configuration is\n%+v\nand the defaults are\n%+v", c, want)
	}
	for _, s := range []any{serveConfig{}, serveLog{}, serveLimits{}, serveHosts{}, serveWeb{}, serveACME{}, serveSignIn{}, serveGuides{}, servePrincipals{}} {
		for f := range reflect.TypeOf(s).Fields() {
			if key := f.Tag.Get("yaml"); key != "" && !regexp.MustCompile(`(?m)^ *`+key+`:`).MatchString(a.out) {
				t.Errorf("%s is not in the printed configuration", key)
			}
		}
	}
}

// TestServeConfigRefused holds what is said of a configuration that cannot be
// served, and where it is wrong.
func TestServeConfigRefused(t *testing.T) {
	t.Parallel()
	file := keep(t, "file", "")
	for name, c := range map[string]struct{ text, says string }{
		"unknown key":        {"listen: :22\nlisen: x\n", `serve.yaml:2:1: unknown field "lisen"`},
		"wrong type":         {"limits:\n  tries: many\n", "serve.yaml:2:10: "},
		"no YAML":            {"a: [\n", "serve.yaml:1:4: "},
		"a tag":              {"hostKeys: !!binary x\n", "serve.yaml:"},
		"no duration":        {"drain: soon\n", "serve.yaml:"},
		"no address":         {"listen: here\n", `listen "here" is no address with a port`},
		"a host's name":      {"listen: example.com:22\n", "is no address with a port"},
		"no name":            {"name: \"a b\"\n", `name "a b" is no host name`},
		"a name's sign":      {"name: a@b\n", "is no host name"},
		"relative state":     {"state: here\n", `state: "here" is no absolute path`},
		"relative key":       {"hostKeys: [key]\n", "is no absolute path"},
		"no net":             {"trustedProxies: [here]\n", `trustedProxies: "here" is no net`},
		"everybody":          {"trustedProxies: [0.0.0.0/0]\n", "is no net"},
		"no level":           {"log: {level: loud}\n", "log.level is \"loud\"; write debug, info, warn or error"},
		"no format":          {"log: {format: xml}\n", "log.format"},
		"no addresses":       {"log: {addresses: maybe}\n", "plain, hash or off"},
		"no limit":           {"limits: {rate: 0}\n", "limits.rate must be more than nothing"},
		"less than none":     {"limits: {idle: -1s}\n", "limits.idle must be more than nothing"},
		"huge window":        {"limits: {width: 10000}\n", "500 and 200 is the most"},
		"late warning":       {"limits: {warning: 1h}\n", "warning come before idle"},
		"short keep":         {"keep: 1s\n", "keep must be an hour or more"},
		"no https":           {"microsoft: {loginUrl: http://127.0.0.1}\n", "is no https address"},
		"web address":        {"web: {listen: here}\n", `web.listen "here" is no address with a port`},
		"web unheard":        {"web: {cert: /c.pem}\n", "web.cert is set, and web.listen is empty"},
		"web on SSH's":       {"listen: 127.0.0.1:22\nweb: {listen: \"127.0.0.1:22\", cert: /c.pem, key: /k.pem}\n", "web.samePort: true"},
		"same port without":  {"web: {samePort: true}\n", "web.cert is empty"},
		"web without":        {"web: {listen: \":443\", cert: /c.pem}\n", "web.key is empty"},
		"web name":           {"web: {listen: \":443\", name: \"a/b\", cert: /c.pem, key: /k.pem}\n", `web.name "a/b" is no host name`},
		"a dot at the end":   {"name: onboard.example.\nweb: {listen: \":443\", cert: /c.pem, key: /k.pem}\n", `web.name "onboard.example." is no host name as browsers write it`},
		"half an address":    {"web: {listen: \":443\", name: \"10.1\", cert: /c.pem, key: /k.pem}\n", `web.name "10.1" is no host name`},
		"relative cert":      {"web: {listen: \":443\", cert: c.pem, key: /k.pem}\n", "web.cert: \"c.pem\" is no absolute path"},
		"no cert":            {"web: {listen: \":443\", cert: /nowhere/c.pem, key: /nowhere/k.pem}\n", "/nowhere/c.pem: no such file"},
		"redirects":          {"web: {redirects: [hetk]}\n", "web.redirects is set, and web.listen is empty"},
		"probe by nothing":   {"probes: [{app: hetk}]\n", `app "hetk" needs one of secretFile and certFile`},
		"probe by both":      {"probes: [{app: hetk, secretFile: /a, certFile: /b}]\n", "needs one of secretFile and certFile"},
		"probe by stdin":     {"probes: [{app: hetk, secretFile: \"-\"}]\n", "is no absolute path"},
		"probe twice":        {"probes: [{app: hetk, secretFile: /a}, {app: hetk, certFile: /b}]\n", `app "hetk" is named twice`},
		"probe without file": {"probes: [{app: hetk, secretFile: /nowhere/s}]\n", "/nowhere/s: no such file"},
		"probe by a folder":  {"probes: [{app: hetk, secretFile: /}]\n", "the credential / is no regular file"},
		"host key nowhere":   {"hostKeys: [" + file + "/keys/host]\n", "not a directory"},
		"host key in a file": {"state: " + file + "\n", "not a directory"},
		"a secret in it":     {"probes: [{app: hetk, secret: s3cr3t}]\n", `unknown field "secret"`},
		"metrics":            {"metrics: 9464\n", `metrics "9464" is no address with a port`},
		"open metrics":       {"metrics: 0.0.0.0:9464\n", "is an address that the public may reach"},
		"public metrics":     {"metrics: \"[2001:db8::1]:9464\"\n", "is an address that the public may reach"},
		"no word on proxies": {"microsoft: {proxy: \"\"}\n", "microsoft.proxy: write none"},
		"a shell's sign":     {"name: a;b\n", "is no host name"},
		"no way":             {"signIn: {ways: [browser]}\n", "signIn.ways is \"browser\"; write link, device or, for none, []"},
		"device first":       {"signIn: {ways: [device, link]}\n", "device last"},
		"a way twice":        {"signIn: {ways: [link, link]}\n", "each way once"},
		"no client id":       {"signIn: {clientId: mine}\n", `signIn.clientId "mine" is no client id`},
		"Microsoft's own":    {"signIn: {clientId: 14d82eec-204b-4c2f-b7e8-296a70dab67e}\n", "register one of your own"},
		"a sign-in host":     {"signIn: {loginUrl: https://evil.example}\n", `unknown field "loginUrl"`},
		"a password":         {"microsoft: {graphUrl: \"https://a:b@host\"}\n", "holds a user name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := ask(t, nil, "serve", "--config", keep(t, "serve.yaml", c.text), "--check-config")
			refused(t, a, c.says, "onboard serve --print-config")
		})
	}
	for app, says := range map[string][]string{"none": {`there is no app "none"`, "onboard apps"}, "sophiie": {`the profile of "sophiie" has no client id`, "Put the clientId into the profile"}} {
		a := ask(t, nil, "serve", "--config", keep(t, "serve.yaml", "probes: [{app: "+app+", secretFile: /nowhere}]\n"), "--check-config")
		refused(t, a, append(says, "probes: ")...)
	}
	refused(t, ask(t, nil, "serve", "--config", "nowhere.yaml"), "--config", "no such file")
	refused(t, ask(t, nil, "serve", "extra"), "extra")
}

// TestServeCheckConfig holds that looking at a configuration makes nothing, and
// finds what the start would trip over.
func TestServeCheckConfig(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	state := filepath.Join(dir, "state")
	file := keep(t, "serve.yaml", "state: "+state+"\nname: onboard.example\n")
	if a := ask(t, nil, "serve", "--config", file, "--check-config"); a.code != codeOpen || !strings.Contains(a.out, "The configuration is fine") {
		t.Errorf("%+v", a)
	}
	if _, err := os.Stat(state); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it made the state folder: %v", err)
	}
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(state, "bans.json"), []byte("[{"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, ask(t, nil, "serve", "--config", file, "--check-config"), "bans.json", "move it away")
	refused(t, ask(t, nil, "serve", "--config", keep(t, "serve.yaml", "apps: "+filepath.Join(dir, "none")), "--check-config"), "no folder")
	open := keep(t, "key", "")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	refused(t, ask(t, nil, "serve", "--config", keep(t, "serve.yaml", "hostKeys: ["+open+"]"), "--check-config"), "others can read it")
	missing := filepath.Join(dir, "other", "next")
	refused(t, ask(t, nil, "serve", "--config", keep(t, "serve.yaml", "hostKeys: ["+filepath.Join(dir, "first")+", "+missing+"]"), "--check-config"), missing, "no such file")
	if made, err := filepath.Glob(filepath.Join(dir, "[fo]*")); len(made) > 0 || err != nil {
		t.Errorf("it made %v, %v", made, err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, "keys", "host")
	if _, _, err := ssh.LoadIdentity([]string{key}); err != nil {
		t.Fatal(err)
	}
	refused(t, ask(t, nil, "serve", "--config", keep(t, "serve.yaml", "hostKeys: ["+key+", "+key+"]"), "--check-config"), "named twice")
	if err := os.Chmod(state, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(state, "bans.json")); err != nil {
		t.Fatal(err)
	}
	refused(t, ask(t, nil, "serve", "--config", file), "is open to others", "chmod 700")
}

// served is `onboard serve` as a process, over a simulated Microsoft.
type served struct {
	*session

	t            *testing.T
	env          []string
	config, addr string
	host         gossh.PublicKey
}

// serves starts a server; the state is of an earlier one, or new.
func serves(t *testing.T, s *sim.Sim, state string) *served {
	t.Helper()
	return servesWith(t, s, state, "")
}

// servesWith is serves with more of a configuration.
func servesWith(t *testing.T, s *sim.Sim, state, more string) *served {
	t.Helper()
	return servesFrom(t, npmEnv(t), s, state, more)
}

// servesFrom is servesWith with more of an environment.
func servesFrom(t *testing.T, env []string, s *sim.Sim, state, more string) *served {
	t.Helper()
	r := s.Ready()
	_, port, _ := strings.Cut(r.DNS, ":")
	v := &served{t: t, env: append(home(t), env...), config: keep(t, "serve.yaml", fmt.Sprintf(`
listen: 127.0.0.1:0
name: 127.0.0.1
port: 2222
state: %s
drain: 2s
log: {format: text, level: debug, addresses: hash}
microsoft: {loginUrl: "https://%s", graphUrl: "https://%s", dnsServer: "%s", dnsPort: %s, caFile: %q}
%s`, state, r.HTTPS, r.HTTPS, r.DNS, port, r.CA, more))}
	v.session = startAs(t, v.env, "onboard", "serve", "--config", v.config)
	v.sees(t, "msg=serving")
	at := regexp.MustCompile(`msg=serving listen=(\S+)`).FindStringSubmatch(v.printed())
	if at == nil {
		t.Fatal(v.printed())
	}
	v.addr = at[1]
	id, _, err := ssh.LoadIdentity([]string{filepath.Join(state, "keys", "host_ed25519")})
	if err != nil {
		t.Fatal(err)
	}
	v.host = id.PublicKeys()[0]
	return v
}

// dial logs in.
func (v *served) dial(user string) (*gossh.Client, error) {
	return gossh.Dial("tcp", v.addr, &gossh.ClientConfig{
		User: user, HostKeyCallback: gossh.FixedHostKey(v.host), Timeout: time.Minute,
		Auth: []gossh.AuthMethod{gossh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) { return nil, nil })},
	})
}

// runs runs a command of a client, or line mode where it is empty, with what is
// typed.
func (v *served) runs(user, line, typed string) (out string, code int) {
	v.t.Helper()
	c, err := v.dial(user)
	for late := time.Now().Add(time.Minute); err != nil && strings.Contains(err.Error(), "Please wait a few seconds") && time.Now().Before(late); c, err = v.dial(user) {
		<-time.After(200 * time.Millisecond) // as who is asked to wait does: tests are quicker than people
	}
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	s, err := c.NewSession()
	if err != nil {
		v.t.Fatal(err)
	}
	s.Stdin = strings.NewReader(typed)
	var text []byte
	if line == "" {
		pipe, bad := s.StdoutPipe()
		if bad != nil {
			v.t.Fatal(bad)
		}
		if err := s.Shell(); err != nil {
			v.t.Fatal(err)
		}
		var failed error
		text, failed = io.ReadAll(pipe)
		if err = s.Wait(); failed != nil {
			v.t.Fatal(failed)
		}
	} else {
		text, err = s.CombinedOutput(line)
	}
	var exit *gossh.ExitError
	if errors.As(err, &exit) {
		return string(text), exit.ExitStatus()
	}
	if err != nil {
		v.t.Fatalf("%v: %s", err, text)
	}
	return string(text), 0
}

// TestServe runs the whole service as its operator would: started, asked by
// clients, looked after, killed, started again, stopped.
func TestServe(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "managed-default"})
	state := filepath.Join(t.TempDir(), "state")
	v := serves(t, s, state)
	if !strings.Contains(v.printed(), "a host key was made") || !strings.Contains(v.printed(), gossh.FingerprintSHA256(v.host)) {
		t.Errorf("the new key's fingerprint is not shown:\n%s", v.printed())
	}

	out, code := v.runs("anybody", "check --domain contoso.example --app hetk --json", "")
	var report checks.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != codeUnknown || report.Tenant.Domain != "contoso.example" || report.Account != nil {
		t.Fatalf("%d, %v: %s", code, err, out)
	}
	for line, want := range map[string]string{
		"apps":                                  "hetk",
		"apps show hetk":                        "8dd90edb-c881-459a-ac84-2a1fee8c5c94",
		"version --json":                        `"schema":"onboard/version/1"`,
		"dns contoso.example --app hetk --json": `"state":"absent"`,
		"check --domain contoso.example --app hetk":  "onboard on a machine of your own",
		"check --domain not..a.domain --app hetk":    "domain",
		"check --domain gmail.com --app hetk --json": "personal",
	} {
		if out, _ := v.runs("anybody", line, ""); !strings.Contains(out, want) {
			t.Errorf("%s: %s", line, out)
		}
	}

	out, code = v.runs("anybody", "", "2\ncontoso.example\n")
	if code != codeOpen || !strings.Contains(out, "managed consent policy") && !strings.Contains(out, "contoso.example") {
		t.Errorf("line mode: %d\n%s", code, out)
	}
	back := regexp.MustCompile(`ssh -p 2222 (\S+)@127\.0\.0\.1`).FindStringSubmatch(out)
	if back == nil {
		t.Fatalf("it does not say how to come back:\n%s\n%s", out, v.printed())
	}

	v.admin(t)
	v.invitations(t)
	v.receiptKeys(t)
	if err := v.cmd.Process.Kill(); err != nil { // as kill -9 does
		t.Fatal(err)
	}
	<-v.done
	killed := v.printed()
	again := serves(t, s, state)
	if out, _ = again.runs(back[1], "", ""); !strings.Contains(out, "contoso.example") || strings.Contains(out, "which app") {
		t.Errorf("the case does not go on after a kill:\n%s", out)
	}
	if out, code := again.runs("anybody", "status "+back[1]+" --json", ""); code != codeOpen || !strings.Contains(out, `"domain":"contoso.example"`) {
		t.Errorf("%d: %s", code, out)
	}
	if strings.Contains(again.printed(), "a host key was made") {
		t.Error("another key was made")
	}
	if err := again.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-again.done
	if log := again.printed(); !strings.Contains(log, "msg=stopped") {
		t.Errorf("it does not stop by itself:\n%s", log)
	}
	for _, log := range []string{killed, again.printed()} {
		if strings.Contains(log, back[1]) || strings.Contains(log, "from=127.0.0.1") || strings.Contains(log, "contoso.example") {
			t.Errorf("the log tells too much:\n%s", log)
		}
	}
	if _, err := os.Lstat(filepath.Join(state, "admin.sock")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
}

// admin looks after a running server.
func (v *served) admin(t *testing.T) {
	t.Helper()
	do := func(args ...string) answer {
		t.Helper()
		return ask(t, nil, append(append([]string{"admin"}, args...), "--config", v.config)...)
	}
	var st struct {
		Schema string
		ssh.Status
	}
	if a := do("status", "--json"); json.Unmarshal([]byte(a.out), &st) != nil || st.Schema != adminStatusSchema || st.Served < 5 || st.Fingerprint != gossh.FingerprintSHA256(v.host) {
		t.Errorf("%+v", a)
	}
	if a := do("status"); a.code != codeOpen || !strings.Contains(a.out, "sessions so far") {
		t.Errorf("%+v", a)
	}
	if a := do("bans"); a.code != codeOpen || !strings.Contains(a.out, "Nobody is banned") {
		t.Errorf("%+v", a)
	}
	if a := do("bans", "add", "net", "127.0.0.1", "--reason", "a rehearsal", "--for", "1h"); a.code != codeOpen || !strings.Contains(a.out, "127.0.0.1/32") {
		t.Errorf("%+v", a)
	}
	if _, err := v.dial("anybody"); err == nil || !strings.Contains(err.Error(), "a rehearsal") {
		t.Errorf("whoever is banned hears %v", err)
	}
	if a := do("bans", "--json"); !strings.Contains(a.out, `"reason":"a rehearsal"`) {
		t.Errorf("%+v", a)
	}
	if a := do("bans", "lift", "127.0.0.1"); a.code != codeOpen {
		t.Errorf("%+v", a)
	}
	if c, err := v.dial("anybody"); err != nil {
		t.Error(err)
	} else {
		_ = c.Close()
	}
	for _, bad := range [][]string{{"bans", "lift", "127.0.0.1"}, {"bans", "add", "net", "everybody", "--reason", "x"}, {"bans", "add", "net", "192.0.2.1"}, {"bans", "add", "who", "x", "--reason", "x"}} {
		if a := do(bad...); a.code != codeFailed || a.err == "" {
			t.Errorf("%v: %+v", bad, a)
		}
	}
	if a := ask(t, nil, "serve", "--config", v.config); a.code == codeOpen || !strings.Contains(a.err, "another process") && !strings.Contains(a.err, "answers at") {
		t.Errorf("a second server on the same state: %+v", a)
	}
	if a := ask(t, nil, "admin", "status", "--socket", filepath.Join(t.TempDir(), "none")); a.code != codeFailed || !strings.Contains(a.err, "Is it running") {
		t.Errorf("%+v", a)
	}
}

// TestServedLooksAtPublicDomainsAlone holds that a domain that leads to a private
// address is asked nothing, by whichever door, and that no such address is told.
func TestServedLooksAtPublicDomainsAlone(t *testing.T) {
	t.Parallel()
	zone := map[string]string{
		"private.example.": "10.1.2.3", "loopback.example.": "127.0.0.1", "cloud.example.": "169.254.169.254", "carrier.example.": "100.64.0.1",
		"six.example.": "fd00::1", "mapped.example.": "::ffff:10.0.0.1", "nat64.example.": "64:ff9b::a00:1", "zero.example.": "0.0.0.0",
		"fine.example.": "203.0.114.7", "fine6.example.": "2606:4700::1",
	}
	server := nameServer(t, func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if text, ok := zone[strings.ToLower(q.Question[0].Name)]; ok {
			a, h := netip.MustParseAddr(text), dns.RR_Header{Name: q.Question[0].Name, Rrtype: q.Question[0].Qtype, Class: dns.ClassINET, Ttl: 1}
			switch {
			case q.Question[0].Qtype == dns.TypeA && a.Is4():
				m.Answer = append(m.Answer, &dns.A{Hdr: h, A: a.AsSlice()})
			case q.Question[0].Qtype == dns.TypeAAAA && a.Is6():
				m.Answer = append(m.Answer, &dns.AAAA{Hdr: h, AAAA: a.AsSlice()})
			}
		}
		_ = w.WriteMsg(m)
	})
	through, err := resolverThrough(server)
	if err != nil {
		t.Fatal(err)
	}
	c := defaultServe()
	o := c.served()
	o.lookup = through
	looked := &countingLooker{}
	g := guarded{Looker: looked, o: o}
	site := &site{clients: &clients{o: o}}
	for name, addr := range zone {
		domain := strings.TrimSuffix(name, ".")
		bad := !strings.HasPrefix(domain, "fine")
		if err := o.public(t.Context(), domain); errors.Is(err, errNotPublic) != bad {
			t.Errorf("%s: %v", domain, err)
		}
		if !bad {
			continue
		}
		_, err := g.Look(t.Context(), run.Ask{Domain: domain}, func(checks.Finding) { t.Errorf("%s was looked at", domain) })
		_, also := o.askPublic(t.Context(), domain, checks.WhyAsked{})
		var out, errs strings.Builder
		code := site.command(t.Context(), []string{"check", "--domain=" + domain, "--app=hetk"}, &out, &errs)
		byUser := site.command(t.Context(), []string{"check", "--user=a@" + domain, "--app=hetk"}, &out, &errs)
		byWord := site.command(t.Context(), []string{"dns", domain}, &out, &errs)
		for _, err := range []error{err, also} {
			if !errors.Is(err, errNotPublic) || strings.Contains(err.Error(), addr) {
				t.Errorf("%s: %v", domain, err)
			}
		}
		if code != codeUsage || byUser != codeUsage || byWord != codeUsage || out.String() != "" || strings.Contains(errs.String(), addr) || !strings.Contains(errs.String(), "public internet") {
			t.Errorf("%s: %d %d %d, %q, %q", domain, code, byUser, byWord, out.String(), errs.String())
		}
	}
	if looked.n != 0 {
		t.Errorf("%d looks were taken", looked.n)
	}
	if err := o.public(t.Context(), "nowhere.example"); err != nil {
		t.Errorf("a domain without an address: %v", err)
	}
	// Whatever a name led to when it was looked at: no connection is made.
	if _, err := onlyPublic(nil)(t.Context(), "tcp", server); !errors.Is(err, errNotPublic) {
		t.Errorf("connected to loopback: %v", err)
	}
	how, err := o.resolveOptions()
	if err != nil || !how.PublicOnly || how.AllowPrivate {
		t.Errorf("%+v, %v", how, err)
	}
	cl, err := newClients(o)
	if err != nil {
		t.Fatal(err)
	}
	defer cl.close()
	if _, err := cl.transport.DialContext(t.Context(), "tcp", server); !errors.Is(err, errNotPublic) {
		t.Errorf("the clients connect to loopback: %v", err)
	}
}

// countingLooker counts looks.
type countingLooker struct{ n int }

// Look implements run.Looker.
func (c *countingLooker) Look(context.Context, run.Ask, func(checks.Finding)) (flows.Facts, error) {
	c.n++
	return flows.Facts{}, nil
}
