package run

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// TestWhatAGuideDidIsDoneOnceThoughTheAnswerIsLost: the record is there although its
// answer is not, so the guide must not hear that it was not done.
func TestWhatAGuideDidIsDoneOnceThoughTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	lost := errors.New("the answer is lost")
	for name, c := range map[string]struct {
		do   func(context.Context, *Guide) error
		kind flows.Kind
		fail [2]error // before and after the first is stored
		more error    // of those that come after
		want error
		n    int // how often it is there in the end
	}{
		"a note":                       {do: wrote, kind: flows.KindNoted, fail: [2]error{nil, lost}, n: 1},
		"a note that was not stored":   {do: wrote, kind: flows.KindNoted, fail: [2]error{lost, nil}, n: 1},
		"a note of which nobody hears": {do: wrote, kind: flows.KindNoted, fail: [2]error{nil, lost}, more: lost, want: ErrUnsure, n: 1},
		"a journal that is away":       {do: wrote, kind: flows.KindNoted, fail: [2]error{lost, nil}, more: lost, want: ErrUnsure},
		"a journal that did not try":   {do: wrote, kind: flows.KindNoted, fail: [2]error{ErrUnsent, nil}, want: ErrUnsent},
		"a run that is too long":       {do: wrote, kind: flows.KindNoted, fail: [2]error{flows.ErrFull, nil}, want: ErrUnsent},
		"asking to record":             {do: func(ctx context.Context, g *Guide) error { return g.AskToRecord(ctx) }, kind: flows.KindAskedRecord, fail: [2]error{nil, lost}, n: 1},
		"taking that back": {do: func(ctx context.Context, g *Guide) error {
			if err := g.AskToRecord(ctx); err != nil {
				return err
			}
			return g.EndRecording(ctx)
		}, kind: flows.KindRecorded, fail: [2]error{nil, lost}, n: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				j := &shaky{Memory: journal.NewMemory()}
				r := drive(t, &world{}, j, Options{})
				r.begin()
				g := comes(t, j, "Ann Lee")
				r.sees(g)
				first := true
				j.set(func(_ int, rs []flows.Record) (error, error) {
					switch {
					case rs[0].Event.Kind() != c.kind:
						return nil, nil
					case !first:
						return c.more, nil
					}
					first = false
					return c.fail[0], c.fail[1]
				})
				if err := c.do(t.Context(), g); !errors.Is(err, c.want) || c.want == nil && err != nil || errors.Is(err, ErrUnsure) != errors.Is(c.want, ErrUnsure) {
					t.Errorf("the guide hears %v", err)
				}
				if first {
					t.Fatal("nothing was tried")
				}
				j.set(nil)
				synctest.Wait()
				rs, err := j.Since(t.Context(), 0)
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				for _, r := range rs {
					if r.Event.Kind() == c.kind {
						n++
					}
				}
				if n != c.n {
					t.Errorf("it is there %d times", n)
				}
			})
		})
	}
}

func wrote(ctx context.Context, g *Guide) error { return g.Note(ctx, "press p") }
