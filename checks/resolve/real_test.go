package resolve

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// realZone is one zone of the private tree that Debian's own servers serve.
type realZone struct {
	name   string
	policy string // of knot's signer below; empty: unsigned
	lines  []string
	at     string // when it was signed; empty: now
	ds     func(string) string
	// second is the name server beside ns1, where that is not nsd: nsd does not have
	// the zone then, nor, where only is set, has knot, and second stands alone.
	second string
	only   bool
}

// servers are the name servers that the zone and the one above it name.
func (z realZone) servers() []string {
	switch {
	case z.only:
		return []string{z.second}
	case z.second != "":
		return []string{"ns1.contoso.example.", z.second}
	}
	return []string{"ns1.contoso.example.", "ns2.contoso.example."}
}

// delegation is the zone's NS set, as lines.
func (z realZone) delegation() string {
	var out strings.Builder
	for _, ns := range z.servers() {
		fmt.Fprintf(&out, "%s 300 NS %s\n", z.name, ns)
	}
	return out.String()
}

// realHosts are the name servers' addresses: knot, nsd, an nsd that has none of these
// zones, and two where nobody answers.
func realHosts() []string {
	var out []string
	for i, at := range []string{"127.0.1.2", "127.0.1.3", "127.0.1.5", "127.0.1.6", "127.0.1.7"} {
		out = append(out, fmt.Sprintf("ns%d.contoso.example. 300 A %s", i+1, at))
	}
	return out
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
	one := func(z string) []string { return []string{"_hetk." + z + ` 300 TXT "v=hetk1; policy=private"`} }
	spoil := func(ds string) string { return ds[:len(ds)-4] + "0000" }
	return []realZone{
		{name: "plain.shop.example.", lines: []string{`_hetk.plain.shop.example. 300 TXT "x"`}},
		{name: "shop.example.", policy: "optout", lines: common("shop.example.")},
		{name: "contoso.example.", policy: "nsec", lines: slices.Concat(common("contoso.example."), shapeLines(), realHosts())},
		{name: "fabrikam.example.", policy: "nsec3", lines: common("fabrikam.example.")},
		{name: "ed.example.", policy: "ed", lines: common("ed.example.")},
		{name: "plain.example.", lines: common("plain.example.")},
		{name: "late.example.", policy: "nsec", lines: common("late.example."), at: "1735689600"},
		{name: "wrong.example.", policy: "nsec", lines: common("wrong.example."), ds: spoil},
		{name: "differ.example."},
		{name: "lame.example.", lines: one("lame.example."), second: "ns2.contoso.example."},
		{name: "refused.example.", lines: one("refused.example."), second: "ns3.contoso.example."},
		{name: "closed.example.", lines: one("closed.example."), second: "ns4.contoso.example."},
		{name: "silent.example.", lines: one("silent.example."), second: "ns5.contoso.example."},
		{name: "dead.example.", second: "ns3.contoso.example.", only: true},
		{name: "example.", policy: "nsec", lines: realHosts()},
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
  ip-address: %[3]s@%[1]d
  username: ""
  chroot: ""
  zonesdir: %[2]q
  pidfile: ""
  database: ""
  xfrdfile: "%[2]s/xfrd.%[3]s.state"
  xfrdir: %[2]q
  zonelistfile: "%[2]s/zone.%[3]s.list"
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
// 127.0.1.4 is an unbound that cannot be told not to check, and at 127.0.1.5 an nsd
// without any of these zones. At 127.0.1.7 somebody listens and never answers; at
// 127.0.1.6 nobody does.
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
	for _, d := range []string{"kasp", "signed", "db"} {
		if err := os.Mkdir(filepath.Join(w.dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	w.sign(t)
	said := ""
	for range 20 { // the port may be somebody's at one of the other addresses
		w.port = silentPort(t)
		if said = w.start(t); said == "" {
			return w
		}
	}
	t.Fatal(said)
	return nil
}

// silentPort is a port that no other world has, and where at 127.0.1.7 questions are
// heard and never answered, until the test ends.
func silentPort(t *testing.T) int {
	t.Helper()
	for range 20 {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.1.7:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		at, err := netip.ParseAddrPort(l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if pc, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", at.String()); err == nil {
			t.Cleanup(func() { _ = pc.Close() })
			return int(at.Port())
		}
	}
	t.Fatal("no free port")
	return 0
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
		text := z.name + " 300 SOA ns1.contoso.example. h.contoso.example. 1 3600 600 864000 60\n" + z.delegation()
		text += strings.Join(z.lines, "\n") + "\n" + above[z.name]
		if z.policy == "" {
			w.write(t, filepath.Join("signed", z.name+"zone"), text)
			above[parent(z.name)] += z.delegation()
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
		above[parent(z.name)] += z.delegation() + ds + "\n"
	}
}
