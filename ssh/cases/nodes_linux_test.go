package cases

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// nodes are stores on one database.
func nodes(t testing.TB, n int, o Options) []*Store {
	t.Helper()
	s := postgres(t)
	at := s.URL(s.name(t))
	out := make([]*Store, n)
	for i := range out {
		out[i] = open(t, at, o)
	}
	return out
}

// onNode is a case as another node has it.
func onNode(t testing.TB, s *Store, n Number) *Case {
	t.Helper()
	c, err := s.Case(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// woken waits for a wake-up.
func woken(t testing.TB, wake <-chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	select {
	case <-wake:
	case <-ctx.Done():
		t.Fatal("nobody was woken")
	}
}

func TestAnyNodeServesAnyCase(t *testing.T) {
	t.Parallel()
	ns := nodes(t, 3, Options{})
	c, code := begun(t, ns[0])
	var last uint64
	for i, s := range ns {
		here, err := s.Resume(t.Context(), Try{Code: code, From: stranger})
		if err != nil {
			t.Fatalf("node %d: %v", i, err)
		}
		last = must(t, here, last, note("w", uint64(i)+1, fmt.Sprint("n", i)))
	}
	if got := texts(t, c, 0); got != "n0 n1 n2" {
		t.Errorf("holds %q", got)
	}
	if _, err := onNode(t, ns[1], c.Number()).Append(t.Context(), 1, note("v", 1, "fork")); !errors.Is(err, flows.ErrConflict) {
		t.Errorf("behind another node: %v", err)
	}
	erase(t, ns[2], code)
	if _, err := c.Since(t.Context(), 0); !errors.Is(err, ErrNoCase) {
		t.Errorf("erased on another node: %v", err)
	}
}

// Writers on several nodes to the same cases, with everything else between.
func TestManyNodesAtOnce(t *testing.T) {
	t.Parallel()
	const records = 15
	ns := nodes(t, 3, Options{})
	var cs []*Case
	for range 4 {
		c, _ := begun(t, ns[0])
		cs = append(cs, c)
	}
	var wg sync.WaitGroup
	for i, s := range ns {
		for _, c := range cs {
			wg.Go(func() { crowd(t, onNode(t, s, c.Number()), fmt.Sprint("n", i), records) })
		}
	}
	wg.Wait()
	for _, c := range cs {
		checkStored(t, c, nil)
		if rs, err := c.Since(t.Context(), 0); err != nil || len(rs) != len(ns)*records+1 {
			t.Errorf("%d records, %v", len(rs), err)
		}
	}
}

func TestAWatcherOnAnotherNodeIsWoken(t *testing.T) {
	t.Parallel()
	ns := nodes(t, 2, Options{})
	x, codeX := begun(t, ns[0])
	y, _ := begun(t, ns[0])
	ctx, leave := context.WithCancel(t.Context())
	there := onNode(t, ns[1], x.Number())
	far, near, other := there.Watch(ctx), x.Watch(t.Context()), y.Watch(t.Context())
	listened(t, there, far)
	listened(t, x, near)
	listened(t, y, other)
	must(t, x, 0, note("w", 1, "a"))
	woken(t, far)
	woken(t, near)
	if got := texts(t, there, 0); got != "a" {
		t.Errorf("woken before it can be read: %q", got)
	}
	must(t, onNode(t, ns[1], y.Number()), 0, note("v", 1, "b")) // it is heard of after what was said of x
	woken(t, other)
	select {
	case <-near:
		t.Error("a node hears of its own")
	default:
	}
	erase(t, ns[0], codeX)
	woken(t, far)
	leave()
	for range far { //nolint:revive // until it is closed
	}
	eventually(t, "nobody listens for nobody", func() bool {
		ns[1].watchers.mu.Lock()
		defer ns[1].watchers.mu.Unlock()
		return len(ns[1].watchers.at) == 0
	})
}

// What came while the connection that listens was lost is not missed.
func TestALostListenerLosesNothing(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	name := s.name(t)
	one := open(t, s.URL(name), Options{})
	two := open(t, s.URL(name)+"&application_name="+name, Options{})
	c, _ := begun(t, one)
	there := onNode(t, two, c.Number())
	wake := there.Watch(t.Context())
	listened(t, there, wake)
	for n := range uint64(3) {
		var killed int
		s.ask(t, `SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '`+name+`'`, &killed)
		if killed == 0 {
			t.Fatal("there was nothing to kill")
		}
		must(t, c, n, note("w", n+1, "a"))
		for {
			woken(t, wake)
			rs, err := there.Since(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			if len(rs) == 1 {
				break
			}
		}
	}
}

func TestNodesThatBeginAtOnceMakeOneDatabase(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	at := s.URL(s.name(t))
	const many = 6
	var all [many]*Store
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			var err error
			if all[i], err = Open(t.Context(), at, Options{Now: clock}); err != nil {
				t.Errorf("node %d: %v", i, err)
				return
			}
			t.Cleanup(func() { _ = all[i].Close() })
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	_, code := begun(t, all[0])
	for i, n := range all {
		if _, err := n.Resume(t.Context(), Try{Code: code, From: stranger}); err != nil {
			t.Errorf("node %d has other keys: %v", i, err)
		}
	}
}

// secrets are the password in every form in which it could be told.
func (s *server) secrets() []string {
	return []string{s.Word, url.QueryEscape(s.Word), url.PathEscape(s.Word), strings.Split(s.Word, "@")[1]}
}

// What cannot be opened says why, and never by what password.
func TestWhatOfPostgresCannotBeOpened(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	good, err := url.Parse(s.URL(""))
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(u *url.URL, q url.Values)) string {
		u := *good
		q := u.Query()
		change(&u, q)
		u.RawQuery = q.Encode()
		return u.String()
	}
	foreign, newer := s.name(t), s.name(t)
	s.ask(t, `CREATE TABLE `+foreign+`.people (name TEXT)`)
	s.ask(t, `SET search_path = `+newer+`; `+createFacts+`; INSERT INTO facts VALUES ('version', '99')`)
	for name, c := range map[string]struct {
		at   string
		want error
	}{
		"no URL":            {"postgres://onboard:" + s.Word + "@/x?host=" + s.Dir, ErrAddress}, // its password is not escaped
		"no port":           {"postgres://u:" + url.QueryEscape(s.Word) + "@h:99999/x", ErrAddress},
		"no mode":           {with(func(_ *url.URL, q url.Values) { q.Set("host", "localhost"); q.Set("sslmode", s.Word) }), ErrAddress},
		"a wrong password":  {with(func(u *url.URL, _ url.Values) { u.User = url.UserPassword("onboard", s.Word+"x") }), journal.ErrDenied},
		"nobody there":      {with(func(_ *url.URL, q url.Values) { q.Set("host", t.TempDir()) }), ErrAway},
		"no such database":  {with(func(u *url.URL, _ url.Values) { u.Path = "/none" }), errAny},
		"another program's": {s.URL(foreign), ErrForeign},
		"of the future":     {s.URL(newer), ErrNewer},
		"a standby":         {s.URL(s.name(t)) + "&default_transaction_read_only=on", journal.ErrReadOnly},
	} {
		err := opens(t, c.at)
		if !errors.Is(c.want, errAny) && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		for _, text := range append(s.secrets(), "\n") {
			if err != nil && strings.Contains(err.Error(), text) || strings.Contains(Place(c.at), text) {
				t.Errorf("%s: it tells %q", name, text)
			}
		}
	}
	if p := Place(s.URL("x")); !strings.HasPrefix(p, "postgres://onboard@/postgres?") || CheckPlace(s.URL("x")) != nil {
		t.Errorf("the place is %s", p)
	}
	if Place("/var/lib/x.db") != "/var/lib/x.db" || CheckPlace("x.db") != nil {
		t.Error("a file is no file")
	}
}

var errAny = errors.New("any")

// Neither the log nor an error of a store in use tells the password.
func TestALogTellsNoPassword(t *testing.T) {
	t.Parallel()
	s := ofItsOwn(t)
	var log said
	store := open(t, s.URL(""), Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	c, _ := begun(t, store)
	listened(t, c, c.Watch(t.Context()))
	if err := s.Stop(9); err != nil {
		t.Fatal(err)
	}
	_, err := c.Append(t.Context(), 0, note("w", 1, "a"))
	if !errors.Is(err, ErrAway) || errors.Is(err, flows.ErrConflict) {
		t.Errorf("appending: %v", err)
	}
	eventually(t, "the log tells of it", func() bool { return strings.Contains(log.String(), "other nodes are not heard of") })
	if err := store.Close(); err != nil && !errors.Is(err, ErrAway) {
		t.Error(err)
	}
	for _, text := range s.secrets() {
		if strings.Contains(log.String()+err.Error(), text) {
			t.Errorf("it tells %q", text)
		}
	}
}

// said is a log that is read while it is written.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// A transaction that the database gives up for another's sake is begun anew.
func TestADeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	server := ofItsOwn(t) // what it holds open keeps every erasure at a server unwiped
	at, long := server.URL("")+patiently, Options{patience: 2 * soon}
	s, other := open(t, at, long), open(t, at, long)
	a, _ := begun(t, s)
	b, _ := begun(t, s)
	ctx := context.WithoutCancel(t.Context())
	tx, err := other.files.write.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(ctx, `SET LOCAL deadlock_timeout = '1min'`); err != nil { // so that it is the other that is given up
		t.Fatal(err)
	}
	const touch = `UPDATE cases SET size = size WHERE id = $1`
	if _, err := tx.ExecContext(ctx, touch, b.id); err != nil {
		t.Fatal(err)
	}
	tries, holds, crosses := 0, make(chan struct{}, mostLost), make(chan struct{})
	cross := sync.OnceFunc(func() { close(crosses) })
	defer cross() // or the writer would wait whatever happens here
	done := make(chan error, 1)
	go func() {
		done <- s.submit(&job{ctx: ctx, do: func(q *queries) (answer, fault error) {
			tries++
			if _, err := q.tx.ExecContext(q.ctx, touch, a.id); err != nil {
				return nil, err
			}
			holds <- struct{}{}
			<-crosses
			_, err := q.tx.ExecContext(q.ctx, touch, b.id)
			return nil, err
		}})
	}()
	<-holds
	touched := make(chan error, 1)
	go func() { touched <- second(tx.ExecContext(ctx, touch, a.id)) }()
	server.waits(t, "the other waits") // before the job does, which looks once whether that is a deadlock
	cross()
	if err := <-touched; err != nil {
		t.Fatalf("the other was given up: %v", err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil || tries < 2 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}

func TestOneNodeRedeems(t *testing.T) {
	t.Parallel()
	redeemedOnce(t, nodes(t, 2, Options{}))
}

func TestManyNodesWriteOneAudit(t *testing.T) {
	t.Parallel()
	oneChain(t, nodes(t, 3, Options{}))
}

// A second node takes a case over and the first is told; a node that dies is gone
// when its lease is.
func TestASeatIsTakenOverByAnotherNode(t *testing.T) {
	t.Parallel()
	now := atNoon()
	s := postgres(t)
	at := s.URL(s.name(t))
	one, two := open(t, at, Options{Node: "n1", Now: now.time}), open(t, at, Options{Node: "n2", Now: now.time})
	c, _ := begun(t, one)
	there := onNode(t, two, c.Number())
	first := sat(t, c)
	if present(t, there) != "n1" {
		t.Error("the other node does not see it")
	}
	second := sat(t, there)
	taken(t, first)
	if present(t, c) != "n2" || isTaken(second) {
		t.Errorf("at the case is %q", present(t, c))
	}
	now.set(now.time().Add(leaseTime + time.Second)) // the second says no more that it is there
	if present(t, c) != "" {
		t.Error("a node that died is still there")
	}
	third := sat(t, c)
	taken(t, second)
	if present(t, there) != "n1" || isTaken(third) {
		t.Error("the seat was not taken back")
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if present(t, there) != "" {
		t.Error("a node that ended is still there")
	}
}

// A node that was held for gone has not lost its seats: who sits there stays, until
// somebody else sits down or the case is gone.
func TestASeatOutlivesItsRemoval(t *testing.T) {
	t.Parallel()
	now := atNoon()
	s := postgres(t)
	at := s.URL(s.name(t))
	one, two := open(t, at, Options{Node: "n1", Now: now.time}), open(t, at, Options{Node: "n2", Now: now.time})
	c, _ := begun(t, one)
	sat(t, c) // so that the node has something to keep
	there, code := begun(t, two)
	stays := sat(t, there)
	eventually(t, "other nodes are heard of", func() bool { // which wakes it once
		two.watchers.mu.Lock()
		defer two.watchers.mu.Unlock()
		_, ok := two.watchers.at[ofSeat(there.Number())]
		return ok
	})
	rows := func() int {
		return len(column(t, one.files.read, `SELECT word FROM seats WHERE word = '`+stays.word+`'`))
	}
	keeps := func(s *Store) {
		t.Helper()
		tick, _ := lease(t, s)
		tick <- now.time()
		tick <- now.time() // the one before is done
	}
	back := func() {
		t.Helper()
		eventually(t, "who was held for gone sits there again", func() bool { return rows() == 1 })
		if p, ok, err := there.Present(t.Context()); !ok || err != nil || p != (Presence{"n2", noon}) || isTaken(stays) {
			t.Fatalf("%+v, %v, %v; taken: %v", p, ok, err, isTaken(stays))
		}
	}
	now.set(now.time().Add(2*leaseTime + time.Second)) // the database was away for a minute
	keeps(one)
	if rows() != 1 || present(t, there) != "" {
		t.Error("after a minute the seat is removed, or counts")
	}
	now.set(now.time().Add(buryTime))
	keeps(one)
	if rows() != 0 || isTaken(stays) {
		t.Error("the other node is not held for gone")
	}
	two.watchers.wake(ofSeat(there.Number())) // as when other nodes are heard of again
	back()
	now.set(now.time().Add(buryTime + leaseTime + time.Second))
	keeps(one)
	if rows() != 0 {
		t.Fatal("there was nothing to find out")
	}
	keeps(two) // it finds out by itself
	back()
	other := sat(t, onNode(t, one, there.Number()))
	taken(t, stays)
	erase(t, two, code)
	taken(t, other)
}

// What an extension puts beside the tables of a store is no other program's.
func TestAnExtensionIsNoOtherProgram(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	ours, foreign := s.name(t), s.name(t)
	s.ask(t, `CREATE EXTENSION pg_buffercache SCHEMA `+ours)
	store := open(t, s.URL(ours), Options{})
	begun(t, store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	begun(t, open(t, s.URL(ours), Options{})) // and not when it is there already
	s.ask(t, `CREATE TABLE `+foreign+`.people (name TEXT); ALTER EXTENSION pg_buffercache SET SCHEMA `+foreign)
	if err := opens(t, s.URL(foreign)); !errors.Is(err, ErrForeign) {
		t.Errorf("a program's table beside an extension's: %v", err)
	}
}
