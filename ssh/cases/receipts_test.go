package cases

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// TestTheFirstReceiptStands holds that what is kept first of a visit is what everybody gets
// from then on, whoever tries it at the same time, that visits and cases have each their
// own, and that they go with their case.
func TestTheFirstReceiptStands(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, code := begun(t, s)
		other, _ := begun(t, s)
		is := func(of *Case, visit, want string) {
			t.Helper()
			if got, err := of.Receipt(t.Context(), visit); err != nil || string(got) != want {
				t.Errorf("of %s it is %q, %v", visit, got, err)
			}
		}
		is(c, "v1", "")
		var all sync.WaitGroup
		got := [8][]byte{}
		for i := range got {
			by, err := s.Case(t.Context(), c.Number())
			if err != nil {
				t.Fatal(err)
			}
			all.Go(func() {
				text, err := by.KeepReceipt(t.Context(), "v1", fmt.Appendf(nil, "canary %d", i))
				if got[i] = text; err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for i := range got {
			if len(got[i]) == 0 || !bytes.Equal(got[i], got[0]) {
				t.Errorf("one gets %q, another %q", got[0], got[i])
			}
		}
		is(c, "v1", string(got[0]))
		if text, err := c.KeepReceipt(t.Context(), "v2", []byte("two")); err != nil || string(text) != "two" {
			t.Errorf("%q, %v", text, err)
		}
		is(c, "v1", string(got[0]))
		is(other, "v1", "")
		if text, err := other.KeepReceipt(t.Context(), "v1", []byte("other")); err != nil || string(text) != "other" {
			t.Errorf("%q, %v", text, err)
		}
		for visit, text := range map[string]string{"": "x", strings.Repeat("v", mostWriter+1): "x", "v3": "", "v4": strings.Repeat("x", mostReceipt+1)} {
			if kept, err := c.KeepReceipt(t.Context(), visit, []byte(text)); kept != nil || !errors.Is(err, ErrBadReceipt) {
				t.Errorf("%q: %v, %v", visit, kept, err)
			}
		}
		// In another's place it is noticed.
		raw(t, s, `UPDATE receipts SET visit = 'v5' WHERE visit = 'v2'`)
		if text, err := c.Receipt(t.Context(), "v5"); text != nil || err == nil {
			t.Errorf("in another's place: %q, %v", text, err)
		}
		erase(t, s, code)
		is(c, "v1", "")
		if text, err := c.KeepReceipt(t.Context(), "v1", []byte("again")); text != nil || !errors.Is(err, ErrNoCase) {
			t.Errorf("of a case that is gone: %q, %v", text, err)
		}
		is(other, "v1", "other")
	})
}

// TestAReceiptOfAnErasedCaseIsSwept holds that what another node kept while the case was
// erased goes with the next sweep.
func TestAReceiptOfAnErasedCaseIsSwept(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		raw(t, s, `INSERT INTO receipts (case_id, visit, sealed) VALUES (4711, 'v1', `+literal(s)+`)`)
		if _, err := s.Sweep(t.Context()); err != nil && !errors.Is(err, ErrUnwiped) {
			t.Fatal(err)
		}
		if text, err := (&Case{store: s, id: 4711}).Receipt(t.Context(), "v1"); text != nil || err != nil {
			t.Errorf("%q, %v", text, err)
		}
	})
}

// literal is a few bytes, as a database writes them.
func literal(s *Store) string {
	if s.hearing != nil {
		return `'\x01'::bytea`
	}
	return `x'01'`
}
