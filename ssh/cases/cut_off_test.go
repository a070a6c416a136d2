package cases

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// TestWhoLeftReadsNothing holds that a caller who does not wait any more reads nothing that
// the transaction, which may be on its way, still writes: -race sees it where they do.
func TestWhoLeftReadsNothing(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		var leave atomic.Pointer[context.CancelFunc]
		var looks atomic.Int32 // at the clock, until they leave
		s := make(t, Options{Now: func() time.Time {
			if looks.Add(-1) == 0 {
				(*leave.Load())()
			}
			return noon
		}})
		c, _ := begun(t, s)
		in, try := asked(t, s, Invitation{Tenant: "contoso.example", By: "Ada", Until: noon.Add(time.Hour)})
		comes(t, s, bea)
		if err := c.HandOver(t.Context(), lea, bea, deed("one")); err != nil {
			t.Fatal(err)
		}
		h := heldBy(t, c, lea)
		for name, leaves := range map[string]struct {
			at   int32 // the look at the clock that is in the middle of the transaction
			does func(context.Context) (nothing bool, err error)
		}{
			"an invitation": {2, func(ctx context.Context) (bool, error) { // the first is for wrong codes
				got, err := s.Redeem(ctx, try, c)
				return got == Invitation{}, err
			}},
			"a hand-over": {1, func(ctx context.Context) (bool, error) {
				gone, err := s.RefuseHandOver(ctx, h, deed("refused"))
				return !gone, err
			}},
		} {
			ctx, cancel := context.WithCancel(t.Context())
			leave.Store(&cancel)
			looks.Store(leaves.at)
			if nothing, err := leaves.does(ctx); err != nil && (!nothing || !errors.Is(err, context.Canceled)) {
				t.Errorf("%s: %v, %v", name, nothing, err)
			}
			cancel()
		}
		if _, err := s.Redeem(t.Context(), try, c); err != nil { // it was done, or is done now
			t.Errorf("%s: %v", in.Number, err)
		}
	})
}
