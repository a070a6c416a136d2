package cases

import (
	"bytes"
	"errors"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// cutter is a way to a server that is cut once a commit was carried out and before
// its answer arrives, or, where it is early, once the commit is asked for: nothing takes
// that back any more.
type cutter struct {
	dir          string
	armed, early atomic.Bool
	cuts         atomic.Int32
}

// cancelHead begins what asks a server to end what another connection asked for.
var cancelHead = []byte{0, 0, 0, 16, 0x04, 0xd2, 0x16, 0x2e}

func newCutter(t *testing.T, s *server) *cutter {
	t.Helper()
	dir := t.TempDir()
	l, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	k := &cutter{dir: dir}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go k.between(c, filepath.Join(s.Dir, ".s.PGSQL.5432"))
		}
	}()
	return k
}

// between carries what is said.
func (k *cutter) between(client net.Conn, to string) {
	defer func() { _ = client.Close() }()
	back, err := net.Dial("unix", to) //nolint:noctx // it ends with the client
	if err != nil {
		return
	}
	defer func() { _ = back.Close() }()
	var cut atomic.Bool
	go func() {
		defer func() { _ = back.Close() }()
		buf := make([]byte, 1<<16)
		for {
			n, err := client.Read(buf)
			if k.early.Load() && bytes.HasPrefix(buf[:n], cancelHead) {
				return
			}
			if bytes.Contains(buf[:n], []byte("Q\x00\x00\x00\x0bcommit\x00")) && k.armed.Load() {
				cut.Store(true)
			}
			if _, bad := back.Write(buf[:n]); err != nil || bad != nil {
				return
			}
			if cut.Load() && k.early.Load() {
				_ = client.Close()
				return
			}
		}
	}()
	buf := make([]byte, 1<<16)
	for {
		n, err := back.Read(buf)
		if cut.Load() && n > 0 {
			k.cuts.Add(1)
			return // it is stored, and nobody hears of it
		}
		if _, bad := client.Write(buf[:n]); err != nil || bad != nil {
			return
		}
	}
}

// An append whose answer is lost is stored once, however often it is tried.
func TestALostAnswerIsNotStoredTwice(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	name := s.name(t)
	k := newCutter(t, s)
	store := open(t, s.URLAt(k.dir, name), Options{})
	c, _ := begun(t, store)
	d, _ := begun(t, store)
	batch := []flows.Record{note("w", 1, "a"), note("w", 2, "b")}
	// The store sweeps by itself once it is open, and an answer of that may be lost too:
	// so what is counted is that each of these lost its own, not how many there were.
	unheard := func(what string, do func() error) {
		t.Helper()
		before := k.cuts.Load()
		if err := do(); !errors.Is(err, ErrAway) || errors.Is(err, flows.ErrConflict) {
			t.Errorf("%s without an answer: %v", what, err)
		}
		if k.cuts.Load() == before {
			t.Errorf("%s: no answer was lost", what)
		}
	}
	k.armed.Store(true)
	for range 3 {
		unheard("an append", func() error { _, err := c.Append(t.Context(), 0, batch...); return err })
	}
	unheard("a case", func() error { _, _, err := store.New(t.Context()); return err })
	unheard("a key", func() error { return c.Bind(t.Context(), aKey) })
	var renewed Code
	unheard("a code", func() (err error) { renewed, err = c.Renew(t.Context()); return err })
	for range 2 {
		unheard("a seat", func() error { return second(d.Sit(t.Context())) })
	}
	entry := Entry{Who: "Ada, Fabrikam", Did: "watched", Mark: "one"}
	for range 2 {
		unheard("an entry", func() error { return second(store.Audit(t.Context(), entry)) })
	}
	k.armed.Store(false)
	if _, err := store.Resume(t.Context(), Try{Code: renewed.Reveal(), From: stranger, Key: aKey}); err != nil {
		t.Errorf("the code that came without an answer: %v", err)
	}
	if present(t, d) == "" {
		t.Error("nobody's seat was not stored")
	}
	tick, _ := lease(t, store)
	tick <- noon
	tick <- noon // the one before is done
	if at := present(t, d); at != "" {
		t.Errorf("at the case that nobody sat down at is %q", at)
	}
	if h, err := store.Audit(t.Context(), entry); err != nil || h.Seq != 1 {
		t.Errorf("the entry is at %+v, %v", h, err)
	}
	if h, err := store.CheckAudit(t.Context(), AuditHead{}); err != nil || h.Seq != 1 {
		t.Errorf("the audit ends at %+v, %v", h, err)
	}
	if n, err := open(t, s.URL(name), Options{}).Count(t.Context()); err != nil || n != 3 {
		t.Errorf("another node counts %d cases, %v", n, err) // of the third nobody ever heard
	}
	if last := must(t, c, 0, batch...); last != 2 {
		t.Errorf("it is at %d", last)
	}
	if got := texts(t, c, 0); got != "a b" {
		t.Errorf("holds %q", got)
	}
	if a, err := c.About(t.Context()); err != nil || !a.Bound {
		t.Errorf("%+v, %v", a, err)
	}
}

// Who watches a case on the node of whoever appends is woken where the answer is lost.
func TestALostAnswerWakesWhoWatches(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	k := newCutter(t, s)
	store := open(t, s.URLAt(k.dir, s.name(t)), Options{})
	c, _ := begun(t, store)
	wake := c.Watch(t.Context())
	listened(t, c, wake)
	k.armed.Store(true)
	if _, err := c.Append(t.Context(), 0, note("w", 1, "a")); !errors.Is(err, ErrAway) {
		t.Fatalf("an append without an answer: %v", err)
	}
	woken(t, wake)
	k.armed.Store(false)
	eventually(t, "it is stored", func() bool { return texts(t, c, 0) == "a" })
}

// What is stored only after the way to the database was lost, and after everybody looked,
// wakes who watches on the node of whoever appended as it does on others.
func TestALateCommitWakesItsOwnNode(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	name := s.name(t)
	k := newCutter(t, s)
	one, two := open(t, s.URLAt(k.dir, name)+"&statement_timeout=0", Options{}), open(t, s.URL(name), Options{})
	c, _ := begun(t, one)
	there := onNode(t, two, c.Number())
	here, far := c.Watch(t.Context()), there.Watch(t.Context())
	listened(t, c, here)
	listened(t, there, far)
	s.ask(t, `SET search_path = `+name+`;
CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER held AFTER INSERT ON records DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION held()`)
	hold := s.another(t)
	if _, err := hold.Exec(t.Context(), `SELECT pg_advisory_lock(4711)`); err != nil {
		t.Fatal(err)
	}
	k.early.Store(true)
	k.armed.Store(true)
	_, err := c.Append(t.Context(), 0, note("w", 1, "a"))
	k.armed.Store(false)
	if !errors.Is(err, ErrAway) || !errors.Is(err, flows.ErrUnheard) {
		t.Fatalf("an append that is under way: %v", err)
	}
	woken(t, here) // at once, and for nothing
	if got := texts(t, c, 0); got != "" {
		t.Fatalf("it is there already: %q", got)
	}
	if _, err := hold.Exec(t.Context(), `SELECT pg_advisory_unlock(4711)`); err != nil {
		t.Fatal(err)
	}
	woken(t, far)
	woken(t, here)
	if got := texts(t, c, 0); got != "a" {
		t.Errorf("woken before it can be read: %q", got)
	}
	must(t, c, 1, note("w", 2, "b"))
	woken(t, far)
	woken(t, here)
	must(t, there, 2, note("v", 1, "c")) // it is heard of after what was said of the one before
	woken(t, here)
	select {
	case <-here:
		t.Error("a node hears of its own again")
	default:
	}
}

// A new code whose answer was lost comes with what the second try fails with: it may be
// the one that opens the case.
func TestARenewedCodeComesWithWhatCameAfter(t *testing.T) {
	t.Parallel()
	s := postgres(t)
	name := s.name(t)
	k := newCutter(t, s)
	store := open(t, s.URLAt(k.dir, name), Options{})
	c, _ := begun(t, store)
	s.ask(t, `SET search_path = `+name+`;
CREATE FUNCTION full_again() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.find = OLD.find THEN RAISE EXCEPTION ''full'' USING ERRCODE = ''disk_full''; END IF; RETURN NEW; END';
CREATE TRIGGER full_again BEFORE UPDATE ON doors FOR EACH ROW EXECUTE FUNCTION full_again()`)
	k.armed.Store(true)
	code, err := c.Renew(t.Context())
	k.armed.Store(false)
	if !errors.Is(err, journal.ErrDiskFull) {
		t.Fatalf("the second try: %v", err)
	}
	if _, err := store.Resume(t.Context(), Try{Code: code.Reveal(), From: stranger}); err != nil {
		t.Errorf("the code that came with it: %v", err)
	}
}
