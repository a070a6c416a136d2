package web

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
)

// beside makes servers that share a shelf, and a store that is one.
func beside(t *testing.T, n int) (all []*Returns, store *cases.Store) {
	t.Helper()
	store, err := cases.Open(t.Context(), filepath.Join(t.TempDir(), "cases.db"), cases.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	for range n {
		r := newReturns(t, nil)
		r.Share(store, nil)
		all = append(all, r)
	}
	return all, store
}

// TestComesBackElsewhere holds that a browser which comes to another server than the run
// is at is heard there and told what the run says, once, whichever server it comes to.
func TestComesBackElsewhere(t *testing.T) {
	t.Parallel()
	for said, want := range map[flows.ReturnSaid]fate{
		flows.ReturnGood: fateGood, flows.ReturnError: fateError, flows.ReturnElsewhere: fateElsewhere, flows.ReturnStrange: fateUsed, flows.ReturnEmpty: fateNothing,
	} {
		t.Run(string(said), func(t *testing.T) {
			t.Parallel()
			rs, _ := beside(t, 3)
			w := waitsToSay(t, rs[0], "run1", "", said)
			state := (<-w.ready).State
			if f := brings(t, rs[1], state); f != want {
				t.Errorf("told %d", f)
			}
			for i, r := range rs {
				if f := brings(t, r, state); f != fateUsed {
					t.Errorf("at %d again: %d", i, f)
				}
			}
			if w.heard() != 1 {
				t.Errorf("heard %d times", w.heard())
			}
			if said != flows.ReturnGood {
				if next := <-w.ready; next.State == state {
					t.Error("it waits by a link that counted")
				}
			}
		})
	}
}

// TestCameToItsOwn holds that what came where the run is counts at no other server.
func TestCameToItsOwn(t *testing.T) {
	t.Parallel()
	rs, _ := beside(t, 2)
	w := waits(t, rs[0], "run1", "")
	state := (<-w.ready).State
	if f := brings(t, rs[0], state); f != fateGood {
		t.Errorf("%d", f)
	}
	for end := time.Now().Add(time.Minute); brings(t, rs[1], state) != fateUsed; {
		if time.Now().After(end) {
			t.Fatal("it counts elsewhere")
		}
	}
	if w.heard() != 1 {
		t.Errorf("heard %d times", w.heard())
	}
	again := waits(t, rs[1], "run1", state) // it did not hear that it was used
	if at := <-again.ready; at.State == state || again.heard() != 0 {
		t.Error("another server waits by a link that counted")
	}
}

// TestKeptElsewhere holds that what came to one server while nobody was there is heard
// at whichever the run is back at, and that a yes gives way to nothing less; and that
// nobody reads in the store what it was.
func TestKeptElsewhere(t *testing.T) {
	t.Parallel()
	rs, store := beside(t, 3)
	w := waits(t, rs[0], "run1", "")
	state := (<-w.ready).State
	w.leaves(t)
	for i, r := range rs[1:] {
		more := []string{"admin_consent", "False"}
		if i == 0 {
			more = nil
		}
		if f := brings(t, r, state, more...); f != fateKept {
			t.Errorf("at %d: %d", i+1, f)
		}
	}
	text, taken, err := store.LookReturn(t.Context(), sumOf(state).String())
	if err != nil || taken != 0 || len(text) == 0 || bytes.Contains(text, []byte(tenantID)) || bytes.Contains(text, []byte("consent")) {
		t.Errorf("%q, %d, %v", text, taken, err)
	}
	again := waits(t, rs[2], "run1", state)
	if at := <-again.ready; at.State != state {
		t.Error("the run has another state")
	}
	again.hears(t, 1)
	again.mu.Lock()
	came := again.came[0]
	again.mu.Unlock()
	if !strings.Contains(came, "admin_consent=True") || !strings.Contains(came, tenantID) || strings.Contains(came, "scope") {
		t.Errorf("it hears %q", came)
	}
}

// broken is a shelf that cannot be reached.
type broken struct{ Shelf }

var errAway = errors.New("away")

func (broken) PutReturn(context.Context, string, string, []byte, time.Time) (int, error) {
	return 0, errAway
}

func (broken) TakeReturn(context.Context, string, string, int, time.Time) error { return errAway }

func (broken) LookReturn(context.Context, string) ([]byte, int, error) { return nil, 0, errAway }

// TestShelfAway holds that without the shelf a run is heard where it is, and whoever
// comes elsewhere is told to come again, nothing being lost; and that then it is heard.
func TestShelfAway(t *testing.T) {
	t.Parallel()
	rs, store := beside(t, 2)
	here, there := rs[0], rs[1]
	there.Share(broken{store}, nil)
	w := waits(t, here, "run1", "")
	state := (<-w.ready).State
	p := opened(t, func(o *Options) { o.Returns = there })
	if a := p.does("GET", back(state), nil); a.status != 503 || !strings.Contains(a.body, sayAwayTitle) || strings.Contains(a.body, tenantID) {
		t.Errorf("%d %s", a.status, a.body)
	}
	alone := waits(t, there, "run2", "")
	if f := brings(t, there, (<-alone.ready).State); f != fateGood || alone.heard() != 1 {
		t.Errorf("where it is: %d", f)
	}
	back := newReturns(t, nil)
	back.Share(store, nil)
	if f := brings(t, back, state); f != fateGood || w.heard() != 1 {
		t.Errorf("once it is back: %d", f)
	}
}

// TestLinksOfBefore holds that a server goes on hearing links that it signed before it
// shared a key, and signs none with that any more.
func TestLinksOfBefore(t *testing.T) {
	t.Parallel()
	rs, store := beside(t, 1)
	own := bytes.Repeat([]byte{9}, 32)
	was, err := NewReturns(own, "https://"+named, []string{appID}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := waits(t, was, "run1", "")
	state := (<-w.ready).State
	w.leaves(t)
	if f := brings(t, rs[0], state); f != fateStrange {
		t.Errorf("another server's: %d", f)
	}
	rs[0].Share(store, own)
	again := waits(t, rs[0], "run1", state)
	if at := <-again.ready; at.State != state {
		t.Error("the run has another link")
	}
	if f := brings(t, rs[0], state); f != fateGood {
		t.Errorf("%d", f)
	}
	if _, ok := readState(someKey(), (<-waits(t, rs[0], "run2", "").ready).State); !ok {
		t.Error("a new link is signed with the old key")
	}
}

// TestShelfOfStrangers holds that what lies on a shelf under a state, and was not sealed
// with it, moves nothing.
func TestShelfOfStrangers(t *testing.T) {
	t.Parallel()
	rs, store := beside(t, 1)
	w := waits(t, rs[0], "run1", "")
	state := (<-w.ready).State
	run1 := sumOf("run1").String()
	other, err := sealed("another", map[string][]string{"admin_consent": {"True"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{{1}, []byte("admin_consent=True"), other} {
		if _, err := store.PutReturn(t.Context(), run1, sumOf(state).String(), text, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if f := brings(t, rs[0], state); f != fateGood || w.heard() != 1 {
		t.Errorf("%d, heard %d times", f, w.heard())
	}
	if _, err := store.PutReturn(t.Context(), "", "x", nil, time.Now()); !errors.Is(err, cases.ErrBadReturn) {
		t.Errorf("%v", err)
	}
	var _ run.Returner = rs[0]
}
