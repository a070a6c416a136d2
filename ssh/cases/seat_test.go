package cases

import (
	"context"
	"errors"
	"testing"
	"time"
)

// sat is a seat.
func sat(t testing.TB, c *Case) *Seat {
	t.Helper()
	s, err := c.Sit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// present says on which node somebody is at a case; empty: nobody is.
func present(t testing.TB, c *Case) string {
	t.Helper()
	p, ok, err := c.Present(t.Context())
	if err != nil || ok != (p.Node != "") {
		t.Fatalf("%+v, %v, %v", p, ok, err)
	}
	return p.Node
}

func isTaken(s *Seat) bool {
	select {
	case <-s.Taken():
		return true
	default:
		return false
	}
}

// taken waits until a seat is.
func taken(t testing.TB, s *Seat) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	select {
	case <-s.Taken():
	case <-ctx.Done():
		t.Fatal("who sat there was never told")
	}
}

func TestWhoSitsDownLastHasTheSeat(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{Node: "n1"})
		c, code := begun(t, s)
		other, _ := begun(t, s)
		if at := present(t, c); at != "" {
			t.Errorf("at a new case is %q", at)
		}
		first, elsewhere := sat(t, c), sat(t, other)
		if p, ok, err := c.Present(t.Context()); !ok || err != nil || p != (Presence{"n1", noon}) {
			t.Errorf("%+v, %v, %v", p, ok, err)
		}
		second := sat(t, c)
		taken(t, first)
		if err := first.Leave(t.Context()); err != nil { // of who has it no more
			t.Fatal(err)
		}
		if present(t, c) != "n1" || isTaken(second) || isTaken(elsewhere) {
			t.Error("who had the seat before freed it")
		}
		if err := second.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		if at := present(t, c); at != "" || isTaken(second) {
			t.Errorf("after everybody left there is %q", at)
		}
		third := sat(t, c)
		erase(t, s, code)
		taken(t, third)
		if _, err := c.Sit(t.Context()); !errors.Is(err, ErrNoCase) {
			t.Errorf("at a case that is gone: %v", err)
		}
		if err := third.Leave(t.Context()); err != nil {
			t.Errorf("leaving a case that is gone: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Sit(t.Context()); !errors.Is(err, ErrClosed) {
			t.Errorf("at a closed store: %v", err)
		}
	})
}

// The seats of a node that is gone go with its lease, and those of one that is
// there stay for as long as it is.
func TestSeatsGoWithTheirNode(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Node: "n1", Now: now.time})
		c, _ := begun(t, s)
		st := sat(t, c)
		tick, done := lease(t, s)
		for range 5 {
			now.set(now.time().Add(leaseTime - time.Second))
			tick <- now.time()
			tick <- now.time() // the one before is done
			if present(t, c) != "n1" {
				t.Fatal("the seat of a node that is there is gone")
			}
		}
		now.set(now.time().Add(leaseTime))
		if at := present(t, c); at != "" || isTaken(st) {
			t.Errorf("with its time over there is %q", at)
		}
		tick <- now.time() // it was only away
		tick <- now.time()
		if present(t, c) != "n1" {
			t.Error("a node that is back has lost its seats")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		<-done
	})
}

// A seat of which nobody heard that it is theirs is freed, and no other.
func TestNobodysSeatIsFreed(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{Node: "n1"})
		c, _ := begun(t, s)
		other, _ := begun(t, s)
		stays := sat(t, other)
		nobodys := &Seat{c: c, word: "nobody's", since: noon}
		if err := s.submit(&job{ctx: t.Context(), do: func(q *queries) (answer, fault error) { return nobodys.put(q, q.putSeat) }}); err != nil {
			t.Fatal(err)
		}
		if present(t, c) != "n1" {
			t.Fatal("nobody sits there")
		}
		tick, _ := lease(t, s)
		tick <- noon
		tick <- noon // the one before is done
		if at := present(t, c); at != "" || present(t, other) != "n1" || isTaken(stays) {
			t.Errorf("at the case is %q, at the other %q", at, present(t, other))
		}
	})
}

// lease has a store renew its lease by hand.
func lease(t *testing.T, s *Store) (tick chan<- time.Time, done <-chan struct{}) {
	t.Helper()
	at, ended := make(chan time.Time), make(chan struct{})
	go func() {
		defer close(ended)
		s.leasing(at)
	}()
	return at, ended
}
