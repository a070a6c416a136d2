package ssh

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/ssh/cases"
)

// failing is a journal that fails.
type failing struct {
	flows.Journal

	err error
}

func (f failing) Append(context.Context, uint64, ...flows.Record) (uint64, error) { return 0, f.err }
func (f failing) Since(context.Context, uint64) ([]flows.Record, error)           { return nil, f.err }

// TestStoreInWords holds that a person hears of the store's trouble in words of ours,
// and nothing of where it is; the log has that, and not for each of their keys.
func TestStoreInWords(t *testing.T) {
	t.Parallel()
	const detail = "failed to connect to `user=onboard database=postgres`: /run/postgresql/.s.PGSQL.5432"
	damaged := &cases.DamagedError{Number: "1AW-6KS", Seq: 3, Err: errors.New("its seal is broken")}
	for name, c := range map[string]struct {
		err  error
		says string
		logs bool
	}{
		"away":         {fmt.Errorf("storing: %w: %w", cases.ErrAway, errors.New(detail)), cases.ErrAway.Error(), true},
		"full":         {fmt.Errorf("storing: %w: %w", journal.ErrDiskFull, errors.New(detail)), journal.ErrDiskFull.Error(), true},
		"nobody knows": {errors.New(detail), sayStoreFails, true},
		"too late":     {fmt.Errorf("storing: %w: %s", context.DeadlineExceeded, detail), sayStoreFails, true},
		"a conflict":   {fmt.Errorf("storing: %w", flows.ErrConflict), "storing: " + flows.ErrConflict.Error(), false},
		"damaged":      {damaged, damaged.Error(), false},
		"used":         {cases.ErrUsed, cases.ErrUsed.Error(), false},
		"many":         {errManyCases, sayManyCases, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := new(logged)
			s := &session{srv: &Server{o: Options{Log: slog.New(slog.NewTextHandler(log, nil)), Now: time.Now}}, conn: &conn{}, ctx: t.Context()}
			j := worded{failing{err: c.err}, s}
			for range 50 {
				_, err := j.Append(t.Context(), 0)
				_, since := j.Since(t.Context(), 0)
				for _, err := range []error{err, since} {
					if err == nil || err.Error() != c.says || !errors.Is(err, c.err) {
						t.Fatalf("%v", err)
					}
				}
			}
			said := log.String()
			if n := strings.Count(said, "\n"); c.logs && (n != 1 || !strings.Contains(said, "PGSQL")) || !c.logs && n != 0 {
				t.Errorf("%s", said)
			}
		})
	}
	if _, err := (worded{failing{}, &session{}}).Append(t.Context(), 0); err != nil {
		t.Error(err)
	}
}
