package cases

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// quickly is how soon every method must say that the database is away.
const quickly = answerTime + 3*time.Second

// While the database is gone each method says so soon, in a way that nobody takes
// for a conflict, and works again by itself afterwards.
func TestWhileTheDatabaseIsAwayEverybodyIsTold(t *testing.T) {
	t.Parallel()
	s := ofItsOwn(t)
	store := open(t, s.URL(""), Options{})
	c, code := begun(t, store)
	must(t, c, 0, note("w", 1, "a"))
	if err := s.Stop(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	try := Try{Code: code, From: stranger}
	for name, ask := range map[string]func() error{
		"append": func() error { return second(c.Append(t.Context(), 1, note("w", 2, "b"))) },
		"since":  func() error { return second(c.Since(t.Context(), 0)) },
		"about":  func() error { return second(c.About(t.Context())) },
		"renew":  func() error { return second(c.Renew(t.Context())) },
		"bind":   func() error { return c.Bind(t.Context(), aKey) },
		"resume": func() error { return second(store.Resume(t.Context(), try)) },
		"erase":  func() error { return second(store.Erase(t.Context(), try)) },
		"case":   func() error { return second(store.Case(t.Context(), c.Number())) },
		"count":  func() error { return second(store.Count(t.Context())) },
		"sweep":  func() error { return second(store.Sweep(t.Context())) },
		"new":    func() error { _, _, err := store.New(t.Context()); return err },
	} {
		from := time.Now()
		err := ask()
		if !errors.Is(err, ErrAway) || errors.Is(err, flows.ErrConflict) || errors.Is(err, ErrNoCase) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(from); took > quickly {
			t.Errorf("%s took %s", name, took)
		}
	}
	if err := s.Again(); err != nil {
		t.Fatal(err)
	}
	for range 50 { // the try with the right code was never counted
		if _, err := store.Resume(t.Context(), try); err != nil {
			t.Fatal(err)
		}
	}
	must(t, c, 1, note("w", 2, "b"))
	if got := texts(t, c, 0); got != "a b" {
		t.Errorf("holds %q", got)
	}
}

// freeze stops every process of the server in its tracks, and gives what has them go on.
func (s *server) freeze(t *testing.T) (thaw func()) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(s.Data(), "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(file), "\n")
	children, err := os.ReadFile("/proc/" + first + "/task/" + first + "/children")
	if err != nil {
		t.Fatal(err)
	}
	all := append([]string{first}, strings.Fields(string(children))...)
	tell := func(sig syscall.Signal) {
		for _, text := range all {
			if pid, err := strconv.Atoi(text); err != nil || syscall.Kill(pid, sig) != nil && sig == syscall.SIGSTOP {
				t.Errorf("process %s was not told %v", text, sig)
			}
		}
	}
	tell(syscall.SIGSTOP)
	thaw = sync.OnceFunc(func() { tell(syscall.SIGCONT) })
	t.Cleanup(thaw)
	return thaw
}

// A server that neither answers nor ends keeps nobody longer than a database that is
// away may: not who comes first, and not who waits behind them.
func TestAFrozenServerKeepsNobody(t *testing.T) {
	t.Parallel()
	s := ofItsOwn(t)
	store := open(t, s.URL(""), Options{})
	c, _ := begun(t, store)
	d, _ := begun(t, store)
	timed := func(who string, do func() error) {
		t.Helper()
		from := time.Now()
		if err := do(); !errors.Is(err, ErrAway) || errors.Is(err, errAgain) {
			t.Errorf("%s: %v", who, err)
		}
		if took := time.Since(from); took > quickly {
			t.Errorf("%s is kept for %s", who, took)
		}
	}
	inside, frozen := make(chan struct{}), make(chan struct{})
	arrive, release := sync.OnceFunc(func() { close(inside) }), sync.OnceFunc(func() { close(frozen) })
	var wg sync.WaitGroup
	wg.Go(func() {
		timed("who is in the middle", func() error {
			ctx := context.WithoutCancel(t.Context())
			return store.storing(ctx, "asking", store.submit(&job{ctx: ctx, do: func(q *queries) (answer, fault error) {
				arrive()
				<-frozen
				_, _, err := q.about(c.id)
				return nil, err
			}}))
		})
	})
	<-inside
	defer release()
	thaw := s.freeze(t)
	release()
	timed("who waits behind", func() error { return second(d.Append(t.Context(), 0, note("w", 1, "a"))) })
	wg.Wait()
	timed("who comes then", func() error { return second(d.Append(t.Context(), 0, note("w", 1, "a"))) })
	timed("who reads", func() error { return second(d.Since(t.Context(), 0)) })
	thaw()
	eventually(t, "it is stored", func() bool { return second(d.Append(t.Context(), 0, note("w", 1, "a"))) == nil })
	if got := texts(t, d, 0); got != "a" {
		t.Errorf("holds %q", got)
	}
}

// What is kept is counted beside what is written: a count that takes long holds nobody
// up.
func TestACountHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	at := ofItsOwn(t)
	s := open(t, at.URL("")+patiently, Options{patience: 2 * soon})
	c, _ := begun(t, s)
	stands := at.another(t, `SELECT pg_advisory_lock(7)`)
	slow, err := s.files.read.PrepareContext(t.Context(), `SELECT CAST(0 AS BIGINT) FROM pg_advisory_lock_shared(7)`)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = slow.Close() })
	s.reads.kept = slow
	counted := make(chan error, 1)
	go func() { counted <- s.reckon(t.Context()) }()
	at.waits(t, "the count waits")
	var n uint64
	for range 10 {
		n = must(t, c, n, note("w", n+1, "a"))
	}
	select {
	case err := <-counted:
		t.Errorf("they are done after the count: %v", err)
		return
	default:
	}
	says(t, stands, `SELECT pg_advisory_unlock(7)`)
	if err := <-counted; err != nil {
		t.Error(err)
	}
}

// insistent appends until it is told to stop, and keeps its own record of what was
// said to be stored.
type insistent struct {
	c     *Case
	w     string
	acked stored
	told  atomic.Int64 // that it is stored
	away  atomic.Int64
}

func (i *insistent) run(t *testing.T, ctx context.Context) {
	t.Helper()
	var after uint64
	i.acked = stored{i.w: {}}
	for n := uint64(1); ctx.Err() == nil; {
		last, err := i.c.Append(t.Context(), after, note(i.w, n, "x"))
		switch {
		case err == nil:
			i.acked[i.w][n] = last
			i.told.Add(1)
			after = max(after, last)
			n++
		case errors.Is(err, flows.ErrConflict):
			if rs, err := i.c.Since(t.Context(), after); err == nil {
				after += uint64(len(rs))
			} else if !errors.Is(err, ErrAway) {
				t.Errorf("%s: %v", i.w, err)
				return
			}
		case errors.Is(err, ErrAway):
			i.away.Add(1)
			<-time.After(5 * time.Millisecond) // as a session would
		default:
			t.Errorf("%s: %v", i.w, err)
			return
		}
	}
}

// A database that is stopped in its tracks, killed, or told to stop costs nothing
// that was said to be stored, and nothing is stored twice.
func TestADatabaseThatGoesAndComesLosesNothing(t *testing.T) {
	t.Parallel()
	s := ofItsOwn(t)
	stores := []*Store{open(t, s.URL(""), Options{}), open(t, s.URL(""), Options{})}
	var all []*insistent
	for i := range 6 {
		c, _ := begun(t, stores[i%2])
		for w := range 2 { // one on each node
			all = append(all, &insistent{c: onNode(t, stores[w], c.Number()), w: fmt.Sprint("w", w)})
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for _, one := range all {
		wg.Go(func() { one.run(t, ctx) })
	}
	further := func(what string, by int64, of func(*insistent) int64) {
		t.Helper()
		was := make([]int64, len(all))
		for i, one := range all {
			was[i] = of(one)
		}
		eventually(t, what, func() bool {
			for i, one := range all {
				if of(one) < was[i]+by {
					return t.Failed()
				}
			}
			return true
		})
	}
	told := func(i *insistent) int64 { return i.told.Load() }
	away := func(i *insistent) int64 { return i.away.Load() }
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL, syscall.SIGINT, syscall.SIGKILL} {
		further("everybody writes", 5, told)
		if err := s.Stop(sig); err != nil {
			t.Fatal(err)
		}
		further("everybody is told", 1, away)
		if err := s.Again(); err != nil {
			t.Fatal(err)
		}
	}
	further("everybody writes again", 5, told)
	stop()
	wg.Wait()
	after := open(t, s.URL(""), Options{})
	var total int64
	for _, one := range all {
		c := onNode(t, after, one.c.Number())
		total += one.told.Load()
		rs, err := c.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		next := map[flows.WriterID]uint64{}
		for _, r := range rs {
			if next[r.Writer]++; r.N != next[r.Writer] {
				t.Fatalf("case %s: record %d is %d of %s, not %d", c.Number(), r.Seq, r.N, r.Writer, next[r.Writer])
			}
			if at, ok := one.acked[string(r.Writer)][r.N]; ok && at != r.Seq {
				t.Errorf("record %d of %s was said to be at %d and is at %d", r.N, r.Writer, at, r.Seq)
			}
		}
		if n := uint64(len(one.acked[one.w])); next[flows.WriterID(one.w)] < n || next[flows.WriterID(one.w)] > n+1 {
			t.Errorf("of %s %d were said to be stored, and %d are", one.w, n, next[flows.WriterID(one.w)])
		}
	}
	t.Logf("%d records were acknowledged", total)
}

// blind looks at nothing.
type blind struct{}

func (blind) Look(context.Context, run.Ask, func(checks.Finding)) (flows.Facts, error) {
	return flows.Facts{}, nil
}

// A session whose database goes goes on, says that it is not saved, and is saved
// once the database is back, everything once.
func TestARunGoesOnWithoutItsDatabase(t *testing.T) {
	t.Parallel()
	for name, sig := range map[string]syscall.Signal{"stopped": syscall.SIGQUIT, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			goesOn(t, sig)
		})
	}
}

func goesOn(t *testing.T, sig syscall.Signal) {
	t.Helper()
	s := ofItsOwn(t)
	c, _ := begun(t, open(t, s.URL(""), Options{}))
	drv, err := run.New(t.Context(), run.Hands{Look: blind{}}, c, run.Options{Writer: "d"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = drv.Run(ctx) }) // its error is the context's
	do := func(e flows.Event) {
		t.Helper()
		if err := drv.Do(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	do(flows.Started{Nonce: "abcdefabcdef", Version: "1"})
	do(flows.Noted{Text: "before"})
	eventually(t, "it is saved", func() bool { return drv.Saved().All() })
	if err := s.Stop(sig); err != nil {
		t.Fatal(err)
	}
	do(flows.Noted{Text: "without"})
	if n := len(drv.State().Notes); n != 2 {
		t.Errorf("%d notes: the person is held up", n)
	}
	eventually(t, "it says that it is not saved", func() bool { return drv.State().Unsaved != nil })
	if u := drv.State().Unsaved; !strings.Contains(u.Text, ErrAway.Error()) || strings.Contains(u.Text, s.Word) {
		t.Errorf("it says %q", u.Text)
	}
	do(flows.Noted{Text: "still"})
	if err := s.Again(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is saved again", func() bool { return drv.Saved().All() && drv.State().Unsaved == nil })
	stop()
	wg.Wait()
	rs, err := c.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, r := range rs {
		if n, ok := r.Event.(flows.Noted); ok {
			notes = append(notes, n.Text)
		}
	}
	if got := strings.Join(notes, " "); got != "before without still" {
		t.Errorf("the journal holds %q", got)
	}
}
