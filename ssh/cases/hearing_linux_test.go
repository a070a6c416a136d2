package cases

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
)

// listens waits until a store hears of a topic, or of none, from other nodes.
func listens(t *testing.T, s *Store, topics ...string) {
	t.Helper()
	eventually(t, "it listens to "+strings.Join(topics, ", "), func() bool {
		s.watchers.mu.Lock()
		defer s.watchers.mu.Unlock()
		for _, topic := range topics {
			if _, ok := s.watchers.at[topic]; !ok {
				return false
			}
		}
		return len(s.watchers.at) == len(topics)
	})
}

// A node that ends tells those who look at the queue on others that its seats are free.
func TestANodeThatEndsSaysSo(t *testing.T) {
	t.Parallel()
	ns := nodes(t, 2, Options{})
	c, _ := begun(t, ns[0])
	sat(t, c)
	wake := ns[1].WatchQueue(t.Context())
	listens(t, ns[1], ofQueue)
	<-wake // of what came before
	if err := ns[0].Close(); err != nil {
		t.Fatal(err)
	}
	woken(t, wake)
	if at := present(t, onNode(t, ns[1], c.Number())); at != "" {
		t.Errorf("at the case is %q", at)
	}
}

// Where nobody watches any more no connection is kept for it, and one is there again
// for who does.
func TestNoConnectionIsKeptForNobody(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	name := s.name(t)
	one, two := open(t, s.URL(name), Options{}), open(t, s.URL(name)+"&application_name="+name, Options{})
	two.hearing.every = 100 * time.Millisecond // nobody watches yet
	c, _ := begun(t, one)
	there := onNode(t, two, c.Number())
	ctx, leave := context.WithCancel(t.Context())
	there.Watch(ctx)
	listens(t, two, ofCase(c.Number()))
	var pid int
	s.ask(t, `SELECT pid FROM pg_stat_activity WHERE application_name = '`+name+`' AND (query LIKE 'LISTEN%' OR query = '-- ping')`, &pid)
	leave()
	listens(t, two)
	look := s.another(t)
	eventually(t, "the connection is let go", func() (gone bool) {
		if err := look.QueryRow(t.Context(), `SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)`, pid).Scan(&gone); err != nil {
			t.Fatal(err)
		}
		return gone
	})
	wake := there.Watch(t.Context())
	listens(t, two, ofCase(c.Number()))
	<-wake // nobody heard what came before
	must(t, c, 0, note("w", 1, "a"))
	woken(t, wake)
}

// However the scheme is written, a URL is never a file with the password for a name.
func TestAURLIsNoFileHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	_, at, _ := strings.Cut(s.URL(s.name(t)), "://")
	for _, head := range []string{"POSTGRES://", " postgres://", "\tPostgreSQL://", "postgresql://"} {
		if !IsURL(head+at) || strings.Contains(Place(head+at), s.Word) || CheckPlace(head+at) != nil {
			t.Errorf("%q is no URL", head)
		}
		begun(t, open(t, head+at, Options{}))
	}
}

// A database elsewhere is spoken to in the open only where somebody said so.
func TestTheWayToADatabaseIsClosedUnlessItIsSaid(t *testing.T) {
	t.Setenv("PGSSLMODE", "")
	for at, want := range map[string]error{
		"postgres://onboard@db.example/onboard":                               ErrPlain,
		"postgres://onboard@db.example/onboard?sslmode=prefer":                ErrPlain,
		"postgres://onboard@db.example/onboard?sslmode=allow":                 ErrPlain,
		"postgres://onboard@127.0.0.1,db.example/onboard":                     ErrPlain,
		"postgres://onboard@198.51.100.7/onboard":                             ErrPlain,
		"postgres://onboard@db.example/onboard?sslmode=require":               nil,
		"postgres://onboard@db.example/onboard?sslmode=verify-full":           nil,
		"postgres://onboard@db.example/onboard?sslmode=disable":               nil,
		"postgres://onboard@db.example,other.example/onboard?sslmode=disable": nil,
		"postgres://onboard@127.0.0.1/onboard":                                nil,
		"postgres://onboard@[::1]/onboard":                                    nil,
		"postgres://onboard@localhost/onboard":                                nil,
		"postgres://onboard@/onboard?host=/run/postgresql":                    nil,
	} {
		if err := CheckPlace(at); !errors.Is(err, want) {
			t.Errorf("%s: %v", at, err)
		}
	}
	t.Setenv("PGSSLMODE", "verify-full")
	if err := CheckPlace("postgres://onboard@db.example/onboard"); err != nil {
		t.Errorf("with the mode in the environment: %v", err)
	}
}

// A node whose clock is wrong, either way, takes nothing of the others for old or for
// left, and they nothing of its own.
func TestNodesGoByOneClock(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	at := s.URL(s.name(t))
	const off = 60 * 24 * time.Hour
	node := func(name string, by time.Duration) *Store {
		t.Helper()
		n, err := Open(t.Context(), at, Options{Node: name, wall: func() time.Time { return time.Now().Add(by) }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = n.Close() })
		return n
	}
	right := node("right", 0)
	c, _ := begun(t, right)
	in, code := asked(t, right, Invitation{By: "Ada", Until: time.Now().Add(time.Hour)})
	sat(t, c)
	for name, by := range map[string]time.Duration{"ahead": off, "behind": -off} {
		wrong := node(name, by)
		if at := wrong.Now(); time.Since(at).Abs() > time.Minute {
			t.Errorf("%s: it is %s", name, at)
		}
		if n, err := wrong.Sweep(t.Context()); n != 0 || err != nil {
			t.Errorf("%s: %d cases went, %v", name, n, err)
		}
		there := onNode(t, wrong, c.Number())
		if at := present(t, there); at != "right" {
			t.Errorf("%s: at the case is %q", name, at)
		}
		if got, err := wrong.Invited(t.Context(), code); err != nil || got.Number != in.Number {
			t.Errorf("%s: the invitation is %+v, %v", name, got, err)
		}
		d, _ := begun(t, wrong)
		must(t, d, 0, note("w", 1, "a"))
		sat(t, d)
		here := onNode(t, right, d.Number())
		if n, err := right.Sweep(t.Context()); n != 0 || err != nil {
			t.Errorf("%s: %d of its cases went, %v", name, n, err)
		}
		if at := present(t, here); at != name {
			t.Errorf("%s: at its case is %q", name, at)
		}
		if a, err := here.About(t.Context()); err != nil || time.Until(a.Until).Round(time.Hour) != DefaultKeep {
			t.Errorf("%s: it is kept until %s, %v", name, a.Until, err)
		}
		var lease int
		s.ask(t, `SELECT COUNT(*) FROM `+nameIn(t, at)+`.nodes WHERE until_at > extract(epoch FROM clock_timestamp() + interval '1 minute') * 1000`, &lease)
		if lease != 0 {
			t.Errorf("%s: %d leases go on for ever", name, lease)
		}
	}
}

// nameIn is the schema that an address has.
func nameIn(t *testing.T, at string) string {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("search_path")
}
