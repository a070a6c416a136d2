package cases

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// knock is a try with a code of no case; wait is what it is told to wait.
func knock(t *testing.T, s *Store, from netip.Addr) (wait time.Duration) {
	t.Helper()
	_, err := s.Resume(t.Context(), Try{Code: drawnCode(t).Reveal(), From: from})
	if many, ok := errors.AsType[*TooManyError](err); ok {
		return many.Wait
	}
	if !errors.Is(err, ErrNoCase) {
		t.Fatalf("from %s: %v", from, err)
	}
	return 0
}

func TestWrongCodesAreHeardSlowly(t *testing.T) {
	t.Parallel()
	now := atNoon()
	s := fresh(t, Options{Now: now.time, Tries: Tries{Burst: 3, Every: 10 * time.Second}})
	_, code := begun(t, s)
	right := func(from netip.Addr) error {
		_, err := s.Resume(t.Context(), Try{Code: code, From: from})
		return err
	}
	v6 := netip.MustParseAddr("2001:db8:0:1::1")
	for _, from := range []netip.Addr{stranger, v6, {}} {
		for range 50 { // right ones and mistyped ones cost nothing
			if err := right(from); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Resume(t.Context(), Try{Code: strings.Repeat("7", 28), From: from}); !errors.Is(err, ErrMistyped) {
				t.Fatal(err)
			}
		}
		for n := range 3 {
			if wait := knock(t, s, from); wait != 0 {
				t.Errorf("wrong code %d from %s waits %s", n+1, from, wait)
			}
		}
		for range 5 { // whoever goes on waits no longer for it
			if wait := knock(t, s, from); wait != 10*time.Second {
				t.Errorf("the next from %s waits %s", from, wait)
			}
		}
		if _, ok := errors.AsType[*TooManyError](right(from)); !ok {
			t.Errorf("the right code is heard from %s in between: then guessing goes on behind it", from)
		}
	}
	for near, far := range map[string]string{"192.0.2.7": "192.0.2.8", "2001:db8:0:1:ffff::2": "2001:db8:0:2::1", "::ffff:192.0.2.7": "198.51.100.1", "2001:db8:0:1::1%eth0": "2001:db8:1:1::1"} {
		if knock(t, s, netip.MustParseAddr(near)) == 0 {
			t.Errorf("%s is another source than before", near)
		}
		if err := right(netip.MustParseAddr(far)); err != nil {
			t.Errorf("%s pays for the others: %v", far, err)
		}
	}
	now.set(now.time().Add(10 * time.Second))
	if err := right(stranger); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if knock(t, s, stranger) != 0 || knock(t, s, stranger) != 10*time.Second {
		t.Error("after the wait one is heard, and one alone")
	}
}

func TestWrongCodesOfEverybodyAreBounded(t *testing.T) {
	t.Parallel()
	now := atNoon()
	s := fresh(t, Options{Now: now.time, Tries: Tries{All: 20}})
	heard := 0
	for n := range 100 {
		if knock(t, s, netip.AddrFrom4([4]byte{10, 0, 0, byte(n)})) == 0 {
			heard++
		}
	}
	if heard != 20 {
		t.Errorf("%d were heard of 20", heard)
	}
	now.set(now.time().Add(50 * time.Millisecond))
	if knock(t, s, netip.MustParseAddr("10.0.0.99")) != 0 {
		t.Error("who was refused for the others' sake paid for it")
	}
}

func TestSourcesAreForgottenBeforeTheyFillTheMemory(t *testing.T) {
	t.Parallel()
	now := atNoon()
	l := newTries(Tries{All: 1 << 20}, now.time)
	for n := range 3 * mostSources {
		if n == 2*mostSources {
			now.set(now.time().Add(time.Hour))
		}
		if _, err := l.begin(t.Context(), netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.from) > mostSources {
		t.Errorf("%d sources are remembered", len(l.from))
	}
}

func TestTheWaitIsSaidInSeconds(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]string{0: "1 s", time.Millisecond: "1 s", time.Second: "1 s", 1001 * time.Millisecond: "2 s", 30 * time.Second: "30 s"} {
		if got := (&TooManyError{wait}).Error(); !strings.HasSuffix(got, "again in "+want) {
			t.Errorf("%s is said as %q", wait, got)
		}
	}
}

// TestRightCodesSideBySide holds that many who come back from one address at once,
// as after a restart of the server, are not taken for somebody who guesses, and that
// somebody who does gets no further by trying side by side.
func TestRightCodesSideBySide(t *testing.T) {
	t.Parallel()
	now := atNoon()
	s := fresh(t, Options{Now: now.time})
	_, code := begun(t, s)
	const many = 200
	var wg sync.WaitGroup
	var refused, heard atomic.Int64
	for range many {
		wg.Go(func() {
			if _, err := s.Resume(t.Context(), Try{Code: code, From: stranger}); err != nil {
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if n := refused.Load(); n != 0 {
		t.Errorf("%d of %d right codes were refused", n, many)
	}
	wrong := drawnCode(t).Reveal()
	for range many {
		wg.Go(func() {
			if _, err := s.Resume(t.Context(), Try{Code: wrong, From: stranger}); errors.Is(err, ErrNoCase) {
				heard.Add(1)
			}
		})
	}
	wg.Wait()
	if n := heard.Load(); n != 10 {
		t.Errorf("%d wrong codes were heard of %d, not ten", n, many)
	}
}

// TestTryWaitsForThoseBefore holds that a try that others in flight hold up waits for
// them, and no longer than whoever asks.
func TestTryWaitsForThoseBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newTries(Tries{Burst: 1}, time.Now)
		ended, err := l.begin(t.Context(), stranger)
		if err != nil {
			t.Fatal(err)
		}
		short, stop := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)
		go func() {
			_, err := l.begin(short, stranger)
			gaveUp <- err
		}()
		synctest.Wait()
		stop()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up is told %v", err)
		}
		waits := make(chan error, 1)
		go func() {
			again, err := l.begin(t.Context(), stranger)
			if err == nil {
				again(false)
			}
			waits <- err
		}()
		synctest.Wait()
		ended(true)
		if err := <-waits; err != nil {
			t.Errorf("the next is told %v", err)
		}
		_, err = l.begin(t.Context(), stranger)
		if many, ok := errors.AsType[*TooManyError](err); !ok || many.Wait <= 0 || len(l.flying) != 0 {
			t.Errorf("after a wrong one: %v, %v", err, l.flying)
		}
	})
}
