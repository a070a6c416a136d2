package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/ssh"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/cluster"
	"onboard.example/tui"
)

var holdCluster = flag.Bool("hold", false, "TestCluster starts its nodes, says where they are, and keeps them until Ctrl-C")

// nodes is how many share a database.
const nodes = 3

// clustered is a database, and servers that share what they keep in it.
type clustered struct {
	t     *testing.T
	db    *cluster.Postgres
	world *sim.Sim
	dir   string
	key   gossh.PublicKey // of the host, which is one to whoever connects
	nodes [nodes]*served
}

// startPostgres starts Debian's PostgreSQL for a test; without one it is skipped.
func startPostgres(t *testing.T) *cluster.Postgres {
	t.Helper()
	db, err := cluster.StartPostgres()
	if errors.Is(err, cluster.ErrNone) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Remove(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// startCluster starts Debian's PostgreSQL and three servers.
func startCluster(t *testing.T) *clustered {
	t.Helper()
	db := startPostgres(t)
	c := &clustered{t: t, db: db, dir: t.TempDir(), world: simulate(t, sim.Options{Scenario: "managed-default"})}
	id, _, err := ssh.LoadIdentity([]string{c.hostKey()})
	if err != nil {
		t.Fatal(err)
	}
	c.key = id.PublicKeys()[0]
	for i := range c.nodes {
		c.start(i)
	}
	return c
}

func (c *clustered) hostKey() string { return filepath.Join(c.dir, "keys", "host") }

// start starts a node, or starts it anew.
func (c *clustered) start(i int) {
	c.t.Helper()
	word := strings.NewReplacer(`\`, `\\`, `:`, `\:`).Replace(c.db.Word)
	pass := keep(c.t, "pgpass", "*:*:*:onboard:"+word+"\n")
	if err := os.Chmod(pass, 0o600); err != nil {
		c.t.Fatal(err)
	}
	where := "postgres://onboard@/postgres?sslmode=disable&host=" + c.db.Dir
	v := servesFrom(c.t, []string{"PGPASSFILE=" + pass}, c.world, filepath.Join(c.dir, fmt.Sprintf("node%d", i)),
		"hostKeys: ["+c.hostKey()+"]\ncases: "+where+"\n"+crowdLimits+"\n"+guidesConfig(c.t))
	v.host = c.key
	c.nodes[i] = v
}

// clusterSize is how many are at work, as many at each node.
const clusterSize = 45

// TestCluster has people at work at three nodes over one database, some of them watched
// and recorded from another node, and one at home who shares their run there, and then takes in turn a node and, twice, the database away from
// under them. Everybody goes on where they were told that they were stored; the journals
// hold what they did, and what their guides did, once; and so does the audit of guides.
func TestCluster(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	if *holdCluster {
		c.hold()
		return
	}
	crowd, asking := make([]*kept, clusterSize), make(chan struct{}, crowdAtOnce)
	each(t, clusterSize, func(i int) (err error) {
		crowd[i], err = c.nodes[i%nodes].arrives(t.Context(), i, asking)
		return err
	})
	pairs := c.pairs(asking)
	c.t.Logf("%d people are at work, and %d are watched besides", len(crowd), len(pairs))
	c.withPairs(pairs, func(p *pair) error { return p.isRecorded(c.t.Context()) })
	c.withPairs(pairs, func(p *pair) error { return p.works(c.t.Context(), "at-first") })
	h := c.sharesAtHome()
	c.losesANode(crowd, h.losesItsNode)
	c.afterANode(pairs)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		c.losesItsDatabase(crowd, sig, func() {
			c.withoutDatabase(pairs)
			h.goesOnAlone()
		})
		word := "after-" + strings.ReplaceAll(sig.String(), " ", "-")
		c.afterTheDatabase(pairs, word)
		h.works(word)
	}
	c.bansForAll()
	c.nothingWithoutAYes(pairs, h)
	c.part(pairs)
	h.ends()
	c.replaysAll(pairs)
	c.holdsWhatTheyDid(crowd, pairs, h)
}

// bansForAll has an operator ban a client at one node, and lift that at another: it holds
// at the third until then, and the audit says both.
func (c *clustered) bansForAll() {
	c.t.Helper()
	admin := func(i int, args ...string) string {
		c.t.Helper()
		a := ask(c.t, nil, append([]string{"admin", "--socket", filepath.Join(c.dir, fmt.Sprintf("node%d", i), "admin.sock")}, args...)...)
		if a.code != codeOpen {
			c.t.Fatalf("%q: %+v", args, a)
		}
		if strings.Contains(a.out, "Not everywhere yet") { // the database was lost a moment ago
			c.t.Logf("%q: %s", args, a.out)
		}
		return a.out
	}
	served := func(want bool) {
		c.t.Helper()
		for end := time.Now().Add(time.Minute); ; {
			conn, err := gossh.Dial("tcp", c.nodes[2].addr, &gossh.ClientConfig{
				User: "anybody", HostKeyCallback: gossh.FixedHostKey(c.key), Timeout: time.Minute, ClientVersion: "SSH-2.0-Scanner_2",
			})
			if err == nil {
				_ = conn.Close()
			}
			if (err == nil) == want {
				return
			}
			if time.Now().After(end) {
				c.t.Fatalf("served: %v, %v", !want, err)
			}
			<-time.After(10 * time.Millisecond) // between two tries
		}
	}
	served(true)
	admin(0, "bans", "add", "client", "SSH-2.0-Scanner", "--reason", "no scanners", "--for", "24h")
	served(false)
	for end := time.Now().Add(time.Minute); ; <-time.After(10 * time.Millisecond) { // between two looks
		list := admin(1, "bans")
		if strings.Contains(list, "SSH-2.0-Scanner") && strings.Contains(list, "no scanners") {
			break
		}
		if time.Now().After(end) {
			c.t.Fatalf("listed: %s", list)
		}
	}
	admin(1, "bans", "lift", "SSH-2.0-Scanner")
	served(true)
	if audit := admin(2, "audit"); !strings.Contains(audit, "operator  operator  banned  client SSH-2.0-Scanner until ") || !strings.Contains(audit, "operator  operator  ban-lifted  client SSH-2.0-Scanner\n") {
		c.t.Errorf("the audit: %s", audit)
	}
}

// losesANode kills a node with everybody at it, and does something else. They go on at the
// others, and somebody at one that is started in its place.
func (c *clustered) losesANode(crowd []*kept, meanwhile func()) {
	c.t.Helper()
	var there, moving []*kept
	for i, k := range crowd {
		if i%nodes != 0 {
			continue
		}
		if there = append(there, k); k.walks() {
			moving = append(moving, k)
		}
	}
	moves := underWay(c.t, moving, func() {
		if err := c.nodes[0].cmd.Process.Kill(); err != nil {
			c.t.Fatal(err)
		}
		<-c.nodes[0].done
	})
	c.t.Logf("node lost after %d moves of %d people", moves, len(moving))
	if len(moving) < 2 {
		c.t.Fatalf("%d were walking", len(moving))
	}
	for _, k := range there {
		<-k.over
	}
	meanwhile()
	c.start(0)
	each(c.t, len(there), func(i int) error { return c.nodes[i%nodes].goesOn(c.t.Context(), there[i]) })
}

// losesItsDatabase ends the database while people are at work, has everybody on a
// screen take a step that is not saved, and starts it again: then it is. Before that it
// does something else.
func (c *clustered) losesItsDatabase(crowd []*kept, sig syscall.Signal, meanwhile func()) {
	c.t.Helper()
	var moving []*kept
	for _, k := range crowd {
		if k.walks() {
			moving = append(moving, k)
		}
	}
	moves := underWay(c.t, moving, func() {
		if err := c.db.Stop(sig); err != nil {
			c.t.Fatal(err)
		}
	})
	each(c.t, len(moving), func(i int) error {
		k := moving[i]
		now := k.stands()
		if now != k.at && now != k.to {
			return fmt.Errorf("they are at %+v, and were between %+v and %+v", now, k.at, k.to)
		}
		key, next := stepBack, k.other
		if back := k.back != (now != k.at); back {
			key = stepOn
		}
		if now != k.at {
			next = k.at
		}
		k.doubts++
		if err := k.types(key); err != nil {
			return err
		}
		return k.until(c.t.Context(), next.where()+", and that it is not saved", func(seen string) bool { return k.stands() == next && strings.Contains(seen, "Not saved since") })
	})
	c.t.Logf("%v: the database was lost after %d moves of %d people", sig, moves, len(moving))
	meanwhile()
	if err := c.db.Again(); err != nil {
		c.t.Fatal(err)
	}
	each(c.t, len(moving), func(i int) error {
		k := moving[i]
		now := k.stands()
		k.to = now
		if now != k.at {
			k.to = k.other
		}
		if err := k.until(c.t.Context(), "that it is saved", func(seen string) bool { return !strings.Contains(seen, "Not saved since") }); err != nil {
			return err
		}
		if err := k.isAt(c.t.Context(), now); err != nil {
			return err
		}
		return c.tells(i+1, k) // another node knows
	})
}

// tells asks a node where somebody is.
func (c *clustered) tells(i int, k *kept) error {
	conn, err := c.nodes[i%nodes].dial("anybody")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	number, _, where, err := stored(conn, k.code)
	if err == nil && (number != k.number || where != k.at.where()) {
		err = fmt.Errorf("case %s at %q, and they are at %q with %s", number, where, k.at.where(), k.number)
	}
	return err
}

// holdsWhatTheyDid ends the nodes and holds every journal against what its customer
// was told: nothing of that is missing, nothing stands twice, nothing was forked.
func (c *clustered) holdsWhatTheyDid(crowd []*kept, pairs []*pair, h *sharedHome) {
	c.t.Helper()
	crowd = slices.Clone(crowd)
	for _, p := range pairs {
		crowd = append(crowd, p.kept)
	}
	for _, v := range c.nodes {
		v.ends()
		if strings.Contains(v.printed(), c.db.Word) {
			c.t.Error("the password of the database is in the log")
		}
		for _, k := range crowd {
			if strings.Contains(v.printed(), k.code) {
				c.t.Error("a code is in the log")
			}
		}
	}
	store, err := cases.Open(c.t.Context(), c.db.URL(""), cases.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			c.t.Error(err)
		}
	}()
	holdsTheWatches(c.t, store, pairs)
	h.wasKept(store)
	if n, err := store.Count(c.t.Context()); n != len(crowd)+1 || err != nil {
		c.t.Errorf("%d cases, %v", n, err)
	}
	heard, doubts := 0, 0
	for i, k := range crowd {
		if err := k.wasKept(c.t.Context(), store); err != nil {
			c.t.Errorf("number %d: %v", i, err)
		}
		heard, doubts = heard+len(k.heard), doubts+k.doubts
	}
	c.t.Logf("%d people were told %d times where they are stored, and did not hear it %d times", len(crowd), heard, doubts)
}

// wasKept holds the journal of somebody's case against what they were told.
func (k *kept) wasKept(ctx context.Context, store *cases.Store) error {
	one, err := store.Resume(ctx, cases.Try{Code: k.code})
	if err != nil {
		return err
	}
	rs, err := one.Since(ctx, 0)
	if err != nil {
		return err
	}
	var s flows.State
	var was []string
	last := map[flows.WriterID]uint64{}
	for i, r := range rs {
		if r.Seq != uint64(i)+1 || r.N <= last[r.Writer] {
			return fmt.Errorf("record %d is number %d, %d of its writer after %d", i+1, r.Seq, r.N, last[r.Writer])
		}
		last[r.Writer] = r.N
		s = flows.Fold(s, r)
		if at := tui.Where(s); len(was) == 0 || was[len(was)-1] != at {
			was = append(was, at)
		}
	}
	// What they were told begins where they had come to by themselves.
	rest, missed := was, 0
	for i, at := range k.heard {
		found := false
		for n, here := range rest {
			if here == at {
				if i > 0 {
					missed += n
				}
				rest, found = rest[n+1:], true
				break
			}
		}
		if !found {
			return fmt.Errorf("they were told %q as number %d of %q, and the journal has %q", at, i+1, k.heard, was)
		}
	}
	if missed+len(rest) > k.doubts {
		return fmt.Errorf("they heard of %q and in %d cases of nothing, and the journal has %q", k.heard, k.doubts, was)
	}
	return nil
}

// hold keeps the nodes until Ctrl-C.
func (c *clustered) hold() {
	ctx, stop := signal.NotifyContext(c.t.Context(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	for i, v := range c.nodes {
		host, port, _ := strings.Cut(v.addr, ":")
		fmt.Printf("node %d: ssh -p %s %s\n", i+1, port, host)
	}
	fmt.Printf("PostgreSQL's socket: %s\nCtrl-C ends them.\n", c.db.Dir)
	<-ctx.Done()
	for _, v := range c.nodes {
		v.ends()
	}
}
