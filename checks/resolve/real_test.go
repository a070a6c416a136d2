package resolve

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// realZone is one zone of the private tree that Debian's own servers serve.
type realZone struct {
	name   string
	policy string // of knot's signer below; empty: unsigned
	lines  []string
	at     string // when it was signed; empty: now
	ds     func(string) string
}

// realZones are deepest first, as a parent needs what its children sign with.
func realZones() []realZone {
	large := strings.Repeat(` "`+strings.Repeat("z", 250)+`"`, 12)
	common := func(z string) []string {
		return []string{
			"_hetk." + z + ` 300 TXT "v=hetk1; " "policy=private"`, "a._empty." + z + " 300 A 192.0.2.1", "_other." + z + " 300 A 192.0.2.1",
			"*.w." + z + ` 300 TXT "wild"`, "in.w." + z + " 300 A 192.0.2.1", "a.b.w." + z + " 300 A 192.0.2.1",
			"_alias." + z + " 300 CNAME _hetk." + z, "_out." + z + " 300 CNAME _hetk.plain.example.", "_gone." + z + " 300 CNAME nowhere." + z,
			"old." + z + " 300 DNAME " + z, "_large." + z + " 300 TXT" + large, "*.c." + z + " 300 CNAME _hetk." + z,
		}
	}
	spoil := func(ds string) string { return ds[:len(ds)-4] + "0000" }
	return []realZone{
		{name: "plain.shop.example.", lines: []string{`_hetk.plain.shop.example. 300 TXT "x"`}},
		{name: "shop.example.", policy: "optout", lines: common("shop.example.")},
		{name: "contoso.example.", policy: "nsec", lines: append(append(common("contoso.example."), shapeLines()...), "ns1.contoso.example. 300 A 127.0.1.2", "ns2.contoso.example. 300 A 127.0.1.3")},
		{name: "fabrikam.example.", policy: "nsec3", lines: common("fabrikam.example.")},
		{name: "ed.example.", policy: "ed", lines: common("ed.example.")},
		{name: "plain.example.", lines: common("plain.example.")},
		{name: "late.example.", policy: "nsec", lines: common("late.example."), at: "1735689600"},
		{name: "wrong.example.", policy: "nsec", lines: common("wrong.example."), ds: spoil},
		{name: "differ.example."},
		{name: "example.", policy: "nsec", lines: []string{"ns1.contoso.example. 300 A 127.0.1.2", "ns2.contoso.example. 300 A 127.0.1.3"}},
		{name: ".", policy: "nsec3"},
	}
}

// What the servers are told.

const signConf = `server:
  rundir: %[1]s
database:
  storage: %[1]s/kasp
policy:
  - id: nsec
    algorithm: ecdsap256sha256
  - id: nsec3
    algorithm: rsasha256
    nsec3: on
    nsec3-iterations: 5
  - id: optout
    algorithm: ecdsap384sha384
    nsec3: on
    nsec3-opt-out: on
    nsec3-salt-length: 0
  - id: ed
    algorithm: ed25519
template:
  - id: default
    storage: %[1]s
zone:
`

const knotConf = `server:
  rundir: %[1]s
  listen: 127.0.1.2@%[2]d
log:
  - target: stderr
    any: error
database:
  storage: %[1]s/db
template:
  - id: default
    zonefile-load: whole
    journal-content: none
zone:
`

const nsdConf = `server:
  ip-address: 127.0.1.3@%d
  username: ""
  chroot: ""
  zonesdir: %[2]q
  pidfile: ""
  database: ""
  xfrdfile: "%[2]s/xfrd.state"
  xfrdir: %[2]q
  zonelistfile: "%[2]s/zone.list"
remote-control:
  control-enable: no
`

const unboundConf = `server:
  interface: %s@%d
  username: ""
  chroot: ""
  directory: %q
  pidfile: ""
  use-syslog: no
  logfile: ""
  do-daemonize: no
  do-not-query-localhost: no
  do-ip6: no
  trust-anchor-file: %q
  module-config: "validator iterator"
  num-threads: 1
  ignore-cd-flag: %s
remote-control:
  control-enable: no
`

// programs finds Debian's servers, which a user's PATH need not hold.
func programs(names ...string) (map[string]string, []string) {
	found, lacking := map[string]string{}, []string{}
	for _, n := range names {
		for _, at := range []string{n, "/usr/sbin/" + n, "/usr/bin/" + n} {
			if p, err := exec.LookPath(at); err == nil {
				found[n] = p
				break
			}
		}
		if found[n] == "" {
			lacking = append(lacking, n)
		}
	}
	return found, lacking
}

// realWorld is knot at 127.0.1.2, nsd at 127.0.1.3 and unbound at 127.0.1.1; at
// 127.0.1.4 is an unbound that cannot be told not to check.
type realWorld struct {
	dir, anchors string
	port         int
	bin          map[string]string
}

func newRealWorld(t *testing.T) *realWorld {
	t.Helper()
	bin, lacking := programs("knotd", "kzonesign", "keymgr", "nsd", "unbound")
	if len(lacking) > 0 {
		t.Skipf("NO TESTS AGAINST REAL SERVERS: %v not installed (Debian: knot knot-dnssecutils nsd unbound)", lacking)
	}
	w := &realWorld{dir: t.TempDir(), bin: bin}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.1.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("no port")
	}
	w.port = at.Port
	l.Close()
	for _, d := range []string{"kasp", "signed"} {
		if err := os.Mkdir(filepath.Join(w.dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	w.sign(t)
	w.start(t)
	return w
}

func (w *realWorld) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (w *realWorld) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), w.bin[name], args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, said.String())
	}
	return string(out)
}

// sign writes every zone and lets knot sign it with keys of its own making.
func (w *realWorld) sign(t *testing.T) {
	t.Helper()
	var conf strings.Builder
	fmt.Fprintf(&conf, signConf, w.dir)
	for _, z := range realZones() {
		if z.policy != "" {
			fmt.Fprintf(&conf, "  - domain: %s\n    file: %q\n    dnssec-signing: on\n    dnssec-policy: %s\n", z.name, z.name+"zone", z.policy)
		}
	}
	path := w.write(t, "sign.conf", conf.String())
	above := map[string]string{} // what parents say, by parent
	for _, z := range realZones() {
		text := fmt.Sprintf("%s 300 SOA ns1.contoso.example. h.contoso.example. 1 3600 600 864000 60\n%[1]s 300 NS ns1.contoso.example.\n%[1]s 300 NS ns2.contoso.example.\n", z.name)
		text += strings.Join(z.lines, "\n") + "\n" + above[z.name]
		if z.policy == "" {
			w.write(t, filepath.Join("signed", z.name+"zone"), text)
			above[parent(z.name)] += fmt.Sprintf("%s 300 NS ns1.contoso.example.\n%[1]s 300 NS ns2.contoso.example.\n", z.name)
			continue
		}
		w.write(t, z.name+"zone", text)
		args := []string{"-c", path, "-o", filepath.Join(w.dir, "signed"), z.name}
		if z.at != "" {
			args = append([]string{"-t", z.at}, args...)
		}
		w.run(t, "kzonesign", args...)
		ds := strings.TrimSpace(w.run(t, "keymgr", "-c", path, z.name, "ds"))
		if z.ds != nil {
			var spoilt []string
			for line := range strings.SplitSeq(ds, "\n") {
				spoilt = append(spoilt, z.ds(line))
			}
			ds = strings.Join(spoilt, "\n")
		}
		if z.name == "." {
			w.anchors = w.write(t, "anchors", ds+"\n")
			continue
		}
		above[parent(z.name)] += fmt.Sprintf("%s 300 NS ns1.contoso.example.\n%[1]s 300 NS ns2.contoso.example.\n%s\n", z.name, ds)
	}
}

// start runs the servers until the test ends.
func (w *realWorld) start(t *testing.T) {
	t.Helper()
	var knot, nsd, stubs strings.Builder
	fmt.Fprintf(&knot, knotConf, w.dir, w.port)
	fmt.Fprintf(&nsd, nsdConf, w.port, w.dir)
	for _, z := range realZones() {
		file := filepath.Join(w.dir, "signed", z.name+"zone")
		fmt.Fprintf(&knot, "  - domain: %s\n    file: %q\n", z.name, file)
		if z.name == "differ.example." {
			old, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			file = w.write(t, "differ", string(old)+`_hetk.differ.example. 300 TXT "v=hetk1; policy=private"`+"\n")
		}
		fmt.Fprintf(&nsd, "zone:\n  name: %q\n  zonefile: %q\n", z.name, file)
		fmt.Fprintf(&stubs, "stub-zone:\n  name: %q\n  stub-addr: 127.0.1.2@%d\n  stub-addr: 127.0.1.3@%[2]d\n", z.name, w.port)
	}
	if err := os.Mkdir(filepath.Join(w.dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.serve(t, "127.0.1.2", "knotd", "-c", w.write(t, "knot.conf", knot.String()))
	w.serve(t, "127.0.1.3", "nsd", "-d", "-c", w.write(t, "nsd.conf", nsd.String()))
	for ip, strict := range map[string]string{"127.0.1.1": "no", "127.0.1.4": "yes"} {
		conf := fmt.Sprintf(unboundConf, ip, w.port, w.dir, w.anchors, strict) + stubs.String()
		w.serve(t, ip, "unbound", "-d", "-p", "-c", w.write(t, "unbound-"+strict+".conf", conf))
	}
}

// serve starts one server, waits for its first answer, and ends it with the test.
func (w *realWorld) serve(t *testing.T, ip, name string, args ...string) {
	t.Helper()
	var said bytes.Buffer
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, w.bin[name], args...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &said, &said, 5*time.Second
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it ends its children
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	ask := new(dns.Msg).SetQuestion("contoso.example.", dns.TypeSOA)
	for {
		c := dns.Client{Timeout: time.Second}
		m, _, err := c.ExchangeContext(t.Context(), ask, fmt.Sprintf("%s:%d", ip, w.port))
		if err == nil && m.Rcode == dns.RcodeSuccess && len(m.Answer) > 0 {
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", name, err, said.String())
		case <-late:
			t.Fatalf("%s does not answer: %v, %v", name, m, err)
		case <-tick.C:
		}
	}
}

// unboundSays is the verdict of another validator on the same data.
func (w *realWorld) unboundSays(t *testing.T, name string) Security {
	t.Helper()
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeTXT)
	m.SetEdns0(udpSize, true)
	c := dns.Client{Net: "tcp", Timeout: 5 * time.Second}
	in, _, err := c.ExchangeContext(t.Context(), m, fmt.Sprintf("127.0.1.1:%d", w.port))
	switch {
	case err != nil:
		t.Fatal(err)
	case in.Rcode == dns.RcodeServerFailure:
		return Bogus
	case in.AuthenticatedData:
		return Secure
	}
	return Insecure
}
