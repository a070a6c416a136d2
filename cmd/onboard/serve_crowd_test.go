//go:build unix

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks/sim"
	"onboard.example/ssh/cases"
)

// crowdLimits let one address be a crowd.
const crowdLimits = `limits: {perSource: 1000, rate: 1000, burst: 1000, handshakes: 1000, sessionsPerConnection: 20, sessionRate: 1000, sessionBurst: 1000, casesPerSource: 1000, commands: 100, commandsPerSource: 100}`

// crowdWalks are the walks of a crowd, from the list of apps on: a key, and what is
// seen then. Each ends at another step, on several paths.
func crowdWalks() [][][2]string {
	app := [2]string{"2\r", "● Tenant"}
	tenant := [2]string{"contoso.example\r", "Enter goes on."}
	diagnosis := [2]string{"\r", "p the ways out"}
	list := [2]string{"p", "● Path"}
	all := [2]string{"a", "DNS policy record"}
	to := func(n, title string) [2]string { return [2]string{n + "\r", title} }
	step1, step2 := "Step 1 of ", "Step 2 of "
	link := [][2]string{app, tenant, diagnosis, list, to("1", "Open the link as")}
	return [][][2]string{
		{app},
		{app, tenant},
		{app, tenant, diagnosis},
		{app, tenant, diagnosis, list},
		link,
		slices.Concat(link, [][2]string{{"\r", step2}}),
		slices.Concat(link, [][2]string{{"\r", step2}, {"i", "Step 3 of "}}),
		{app, tenant, diagnosis, list, to("2", step1)},
		{app, tenant, diagnosis, list, to("3", step1)},
		{app, tenant, diagnosis, list, to("4", step1)},
		{app, tenant, diagnosis, list, to("5", step1)},
		{app, tenant, diagnosis, list, all, to("6", step1)},
		{app, tenant, diagnosis, list, all, to("7", step1)},
	}
}

// lineWalks are walks of those who have lines alone: a question, and what is answered.
// The last is waited for.
func lineWalks() [][][2]string {
	list := [][2]string{{"Which app", "2"}, {"Which tenant", "contoso.example"}, {"Go on.", "1"}, {"The ways out.", "1"}}
	to := func(n string, more ...[2]string) [][2]string {
		return slices.Concat(list, [][2]string{{"Open the consent link. 2 min", n}}, more)
	}
	step1, step2, step3 := [2]string{"Step 1 of ", "1"}, [2]string{"Step 2 of ", "i"}, [2]string{"Step 3 of "}
	return [][][2]string{to("1", step1), to("1", step1, step2), to("1", step1, step2, step3), to("2", step1), to("4", step1)}
}

// crowdSize is how many are at work when the server is killed, and crowdAtOnce how
// many of them walk at once: one address may try no more codes than ten at once.
const crowdSize, crowdAtOnce = 100, 8

// kept is one of a crowd, and what the server said it had stored of their case.
type kept struct {
	*guest

	code, number string
	at           stand    // said to be stored
	to           stand    // on the way there; the same: on no way
	other        stand    // where the key leads, of those who go back and forth
	back         bool     // they are a step back
	heard        []string // where they were said to be stored, one after the other
	doubts       int      // how often nobody heard what became of a move
	alive        *gossh.Client
	asking       chan struct{} // holds one for each of the crowd that asks what is stored
}

// TestServeKilledInACrowd kills the server while a hundred are at their runs, some of
// them in the middle of a step to the next, and starts it again: everybody goes on by
// their code where the server had last said that they were stored, or at the step
// that they were on the way to.
func TestServeKilledInACrowd(t *testing.T) {
	t.Parallel()
	s := simulate(t, sim.Options{Scenario: "managed-default"})
	state := filepath.Join(t.TempDir(), "state")
	v := servesWith(t, s, state, crowdLimits)
	crowd, asking := make([]*kept, crowdSize), make(chan struct{}, crowdAtOnce)
	each(t, crowdSize, func(i int) (err error) {
		crowd[i], err = v.arrives(t.Context(), i, asking)
		return err
	})
	places, codes := map[stand]int{}, map[string]int{}
	for _, k := range crowd {
		places[k.at]++
		codes[k.code]++
	}
	if len(places) < 15 || len(codes) != crowdSize {
		t.Fatalf("they are at %d places, with %d codes: %v", len(places), len(codes), places)
	}

	v.killed(t, crowd)
	again := servesWith(t, s, state, crowdLimits)
	each(t, crowdSize, func(i int) error { return again.goesOn(t.Context(), crowd[i]) })
	if err := again.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-again.done
	store, err := cases.Open(t.Context(), filepath.Join(state, "cases.db"), cases.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := store.Count(t.Context()); n != crowdSize || err != nil {
		t.Errorf("%d cases, %v", n, err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	for _, k := range crowd {
		if strings.Contains(v.printed()+again.printed(), k.code) {
			t.Fatal("a code is in the log")
		}
	}
}

// each does something for everybody, a few at a time.
func each(t *testing.T, many int, do func(i int) error) {
	t.Helper()
	free := make(chan struct{}, crowdAtOnce)
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			if err := do(i); err != nil {
				t.Errorf("number %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// arrives walks one of the crowd to where they stay, and asks whether that is stored.
func (v *served) arrives(ctx context.Context, i int, asking chan struct{}) (*kept, error) {
	lines := i%5 > 1
	user := "anybody"
	if lines {
		user = "plain"
	}
	conn, err := v.dial(user)
	if err != nil {
		return nil, err
	}
	v.t.Cleanup(func() { _ = conn.Close() })
	k := &kept{alive: conn, asking: asking}
	if k.guest, err = guestOver(conn, !lines); err != nil {
		return nil, err
	}
	if lines {
		walks := lineWalks()
		walk := walks[i/5%len(walks)]
		for _, line := range walk[:len(walk)-1] {
			if err := k.answers(ctx, line[0], line[1]); err != nil {
				return nil, err
			}
		}
		if err := k.asked(ctx, walk[len(walk)-1][0]); err != nil {
			return nil, err
		}
	} else {
		if err := k.until(ctx, "the apps", func(seen string) bool { return strings.Contains(seen, "Which app") }); err != nil {
			return nil, err
		}
		walks := crowdWalks()
		for _, step := range walks[i%len(walks)] {
			if err := k.press(ctx, step[0], step[1]); err != nil {
				return nil, err
			}
		}
	}
	if k.code, err = k.guest.code(ctx); err != nil {
		return nil, err
	}
	k.at = k.stands()
	k.to = k.at
	return k, k.isStored(ctx, k.at)
}

// isStored asks the server until it says that a case is stored as it is seen.
func (k *kept) isStored(ctx context.Context, at stand) error {
	ctx, cancel := context.WithTimeout(ctx, guestWait)
	defer cancel()
	for {
		k.asking <- struct{}{}
		number, _, where, err := stored(k.alive, k.code)
		<-k.asking
		if err != nil {
			return err
		}
		if k.number = number; where == at.where() {
			if n := len(k.heard); n == 0 || k.heard[n-1] != where {
				k.heard = append(k.heard, where)
			}
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %q is stored, and %q is seen:\n%s", errNeverCame, where, at.where(), k.sees())
		}
		<-time.After(askPause)
	}
}

// askPause lies between two questions of one of a crowd, so that all of a crowd, who have
// one address, stay below the sessions a second that crowdLimits let it begin at one server:
// without it they asked so often that one was told to wait.
const askPause = 100 * time.Millisecond

// killed kills the server while half of those on screens at a path go back and forth,
// and waits until nobody has a connection.
func (v *served) killed(t *testing.T, crowd []*kept) {
	t.Helper()
	var moving []*kept
	for i, k := range crowd {
		if k.walks() && i%2 == 1 {
			moving = append(moving, k)
		}
	}
	moves := underWay(t, moving, func() {
		if err := v.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-v.done
	})
	under := 0
	for _, k := range crowd {
		<-k.over
		if k.to != k.at {
			under++
		}
	}
	t.Logf("killed after %d moves, with %d of %d on the way", moves, under, len(moving))
	if len(moving) < 10 || under == 0 {
		t.Errorf("%d were walking, and %d were on the way", len(moving), under)
	}
}

// walks says whether somebody has a screen, and is where a key leads a step back and
// another on again.
func (k *kept) walks() bool {
	return k.emu != nil && (k.at.stage == "Steps" || k.at.stage == "Path")
}

// underWay has people go back and forth until they hear no more of what is stored, and
// in the midst of that ends it. It says how many moves there were.
func underWay(t *testing.T, moving []*kept, end func()) int64 {
	t.Helper()
	each(t, len(moving), func(i int) error { return moving[i].learns(t.Context()) })
	var moves atomic.Int64
	var over atomic.Bool
	enough, stopped := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	for _, k := range moving {
		wg.Go(func() {
			for {
				if err := k.turns(t.Context()); err != nil { // the connection breaks, or the database is away
					if !over.Load() {
						t.Error(err)
					}
					if k.to != k.at {
						k.doubts++
					}
					return
				}
				if moves.Add(1) == 3*int64(len(moving)) {
					close(enough)
				}
			}
		})
	}
	go func() {
		wg.Wait()
		close(stopped)
	}()
	select {
	case <-enough:
	case <-stopped: // none is left to make as many
	}
	over.Store(true)
	end()
	<-stopped
	return moves.Load()
}

// The keys that go a step back, and on again; letters are for the fields.
const stepBack, stepOn = "\x1b[1;3D", "\x1b[1;3C" // alt with an arrow

// learns goes a step back and forth again, so that it is known where each leads.
func (k *kept) learns(ctx context.Context) error {
	for i, key := range []string{stepBack, stepOn} {
		from := k.at
		if err := k.types(key); err != nil {
			return err
		}
		if err := k.until(ctx, "another step", func(string) bool { now := k.stands(); return now != from && now.stage != "" }); err != nil {
			return err
		}
		if err := k.isStored(ctx, k.stands()); err != nil {
			return err
		}
		seen := k.stands()
		if k.at, k.to = seen, from; i == 1 && k.other != seen {
			return fmt.Errorf("back and on lead from %+v to %+v", k.other, seen)
		}
		k.other = from
	}
	k.to, k.back = k.at, false
	return nil
}

// turns goes to the other of two steps, and notes once the server has said that this
// is stored.
func (k *kept) turns(ctx context.Context) error {
	key := stepBack
	if k.back {
		key = stepOn
	}
	k.to = k.other
	if err := k.types(key); err != nil {
		k.to = k.at // nobody has heard of it
		return err
	}
	if err := k.until(ctx, k.to.where(), func(string) bool { return k.stands() == k.to }); err != nil {
		return err
	}
	if err := k.isStored(ctx, k.to); err != nil {
		return err
	}
	k.at, k.other, k.back = k.to, k.at, !k.back
	return nil
}

// goesOn comes back by the code, and holds where that leads.
func (v *served) goesOn(ctx context.Context, k *kept) error {
	conn, err := v.dial(k.code)
	if err != nil {
		return err
	}
	v.t.Cleanup(func() { _ = conn.Close() })
	g, err := guestOver(conn, k.emu != nil)
	if err != nil {
		return err
	}
	err = g.until(ctx, fmt.Sprintf("%+v or %+v", k.at, k.to), func(string) bool {
		now := g.stands()
		return now == k.at || now == k.to
	})
	if err != nil {
		return err
	}
	number, _, where, err := stored(conn, k.code)
	if err != nil {
		return err
	}
	now := g.stands()
	if where != now.where() || number != k.number {
		return fmt.Errorf("case %s at %q is stored, and %+v is seen of %s", number, where, now, k.number)
	}
	k.guest, k.alive = g, conn
	return k.isAt(ctx, now)
}

// isAt notes at which of two steps somebody turns out to be.
func (k *kept) isAt(ctx context.Context, now stand) error {
	if now != k.at {
		k.at, k.other, k.back = k.to, k.at, !k.back
	}
	k.to = k.at
	return k.isStored(ctx, k.at)
}
